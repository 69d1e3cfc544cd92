//! Tree → text with names, labels and places erased: what must be the same in the French and the English page.

use jauge::syntax::ast::Block;

/// The shape of some blocks, one node or number per line.
pub fn shape(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut depth_of_span = 0usize;
    for line in format!("{blocks:#?}").lines() {
        let text = line.trim();
        if depth_of_span > 0 {
            if matches!(text, "}" | "}," | "]" | "]," | ")" | "),") {
                depth_of_span -= 1;
            } else if text.ends_with(['{', '[', '(']) {
                depth_of_span += 1;
            }
            continue;
        }
        if text.ends_with("Span {") || text.ends_with("pieces: [") {
            depth_of_span = 1;
            continue;
        }
        match line.split_once('"') {
            Some((before, _)) => out.push_str(before.trim_end()),
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// The first place where two shapes differ, as two lines; `None` where they are the same.
pub fn difference<'a>(one: &'a str, other: &'a str) -> Option<(&'a str, &'a str)> {
    let (mut one, mut other) = (one.lines(), other.lines());
    loop {
        match (one.next(), other.next()) {
            (None, None) => return None,
            (left, right) if left == right => {}
            (left, right) => return Some((left.unwrap_or("").trim(), right.unwrap_or("").trim())),
        }
    }
}

#[cfg(test)]
mod tests {
    use jauge::syntax::parse;
    use jauge::text::{FileId, Lang, SourceFile};

    use super::*;

    fn of(text: &str, lang: Lang) -> String {
        shape(&parse(FileId(0), &SourceFile::new("x.jauge", text), lang).blocks)
    }

    #[test]
    fn names_do_not_count_but_fields_and_numbers_do() {
        let fr = of("indicateur a \"A\"\n  note: \"x\"\n  cible: 2020 >= 5\n", Lang::Fr);
        let en = of("indicator bb \"B b\"\n  note: \"yy\"\n  target: 2020 >= 5\n", Lang::En);
        assert_eq!(difference(&fr, &en), None);
        let other = of("indicator bb \"B b\"\n  note: \"yy\"\n  target: 2020 >= 6\n", Lang::En);
        assert!(difference(&fr, &other).is_some(), "{fr}");
        let less = of("indicator bb \"B b\"\n  target: 2020 >= 5\n", Lang::En);
        assert!(difference(&fr, &less).is_some());
    }
}
