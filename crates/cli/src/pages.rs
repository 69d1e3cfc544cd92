//! The pages of the codes, both languages in one text, compiled in.

use jauge::text::Lang;

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a code.
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.binary_search_by_key(&code, |(code, _)| code).ok().and_then(|at| PAGES.get(at)).map(|(_, text)| *text)
}

/// The section of a page in one language, its title first.
pub fn section(page: &str, lang: Lang) -> Option<&str> {
    let start = page.find(lang.pick("## Français", "## English"))?;
    let rest = page.get(start..)?;
    let body = rest.get(rest.find('\n')? + 1..)?;
    let end = body.find(lang.pick("\n## English", "\n## Français")).unwrap_or(body.len());
    body.get(..end).map(str::trim)
}

/// What the page says in its first words: the text between the first `**`.
pub fn title(page: &str, lang: Lang) -> Option<String> {
    let mut parts = section(page, lang)?.split("**");
    parts.next()?;
    parts.next().map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jauge::problem::Fact;

    #[test]
    fn every_page_has_a_code_and_both_languages() {
        let codes = Fact::codes();
        for (code, text) in PAGES {
            assert!(codes.contains(code), "docs/errors/{code}.md explains no code");
            for lang in Lang::ALL {
                assert!(title(text, lang).is_some(), "docs/errors/{code}.md has no title in {lang:?}");
            }
        }
    }

    #[test]
    fn every_code_of_the_project_family_has_its_page() {
        for code in Fact::codes().into_iter().filter(|code| code.starts_with("E08") || code.starts_with("W08")) {
            assert!(page(code).is_some(), "docs/errors/{code}.md is missing");
        }
    }
}
