//! Every page of `tests/conformance` is sound, says the same in both languages, and is what the implementation does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jauge::format::{Style, UnitWords, format};
use jauge::syntax::ast::Parsed;
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge_testkit::figures::figures;
use jauge_testkit::page::{self, Page};
use jauge_testkit::run::Read;
use jauge_testkit::shape::{difference, shape};

fn pages() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut folders = vec![root.clone()];
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder of pages can be read") {
            let path = entry.expect("an entry of the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".fr.md") || path.to_string_lossy().ends_with(".en.md") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let name = |path: &Path| path.strip_prefix(&root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let text = |path: &Path| std::fs::read_to_string(path).expect("a page is UTF-8").replace("\r\n", "\n");
    paths.iter().map(|path| page::read(&name(path), &text(path))).collect()
}

fn report(failures: &[String]) {
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn pages_are_well_formed() {
    let pages = pages();
    assert!(pages.len() >= 38, "only {} pages found", pages.len());
    let mistakes: Vec<String> =
        pages.iter().flat_map(|page| page.mistakes.iter().map(|mistake| format!("{}:{mistake}", page.path))).collect();
    report(&mistakes);
}

#[test]
fn each_page_exists_in_both_languages() {
    let mut by_name: BTreeMap<String, Vec<Page>> = BTreeMap::new();
    for page in pages() {
        let name = page.path.trim_end_matches(".fr.md").trim_end_matches(".en.md").to_string();
        by_name.entry(name).or_default().push(page);
    }
    let mut failures = Vec::new();
    for (name, pages) in by_name {
        let [en, fr] = pages.as_slice() else {
            failures.push(format!("{name}: a language is missing"));
            continue;
        };
        if let Some(at) =
            (0..en.skeleton.len().max(fr.skeleton.len())).find(|at| en.skeleton.get(*at) != fr.skeleton.get(*at))
        {
            failures.push(format!(
                "{name}: piece {at} is {:?} in French, {:?} in English",
                fr.skeleton.get(at),
                en.skeleton.get(at)
            ));
        }
    }
    report(&failures);
}

/// Every definition text of a page with its line, the common ones first.
fn texts(page: &Page) -> Vec<(usize, SourceFile)> {
    let fences = page.common.iter().chain(page.cases.iter().map(|case| &case.fence));
    fences.map(|fence| (fence.line, SourceFile::new(page.path.clone(), fence.text.clone()))).collect()
}

fn read(file: &SourceFile, lang: Lang) -> Parsed {
    parse(FileId(0), file, lang)
}

#[test]
fn both_languages_make_the_same_trees() {
    let pages = pages();
    let mut failures = Vec::new();
    for fr in pages.iter().filter(|page| page.lang == Lang::Fr) {
        let Some(en) = pages.iter().find(|page| page.path == fr.path.replace(".fr.md", ".en.md")) else { continue };
        for ((fr_line, fr_text), (en_line, en_text)) in texts(fr).iter().zip(&texts(en)) {
            let (one, other) = (shape(&read(fr_text, Lang::Fr).blocks), shape(&read(en_text, Lang::En).blocks));
            if let Some((left, right)) = difference(&one, &other) {
                failures.push(format!("{}:{fr_line}: `{left}`, but {}:{en_line}: `{right}`", fr.path, en.path));
            }
        }
    }
    report(&failures);
}

#[test]
fn formatting_is_stable_and_translation_loses_nothing() {
    let mut failures = Vec::new();
    for page in pages() {
        let commons: Vec<SourceFile> =
            page.common.iter().map(|fence| SourceFile::new(page.path.clone(), fence.text.clone())).collect();
        for (line, file) in texts(&page) {
            let parsed = read(&file, page.lang);
            if !parsed.problems.is_empty() {
                continue;
            }
            // The translation of a file says its language; so the original must.
            let lang = parsed.lang;
            let head =
                if parsed.lang_line.is_some() { "" } else { lang.pick("langue: français\n", "language: english\n") };
            let file = SourceFile::new(page.path.clone(), format!("{head}{}", file.text));
            let parsed = read(&file, lang);
            let all: Vec<Parsed> = commons.iter().chain([&file]).map(|file| read(file, page.lang)).collect();
            let units = UnitWords::collect(&all);
            let style = |to| Style { keywords: to, units: units.clone() };
            let again = |text: &str, to: Option<Lang>, lang: Lang| {
                let file = SourceFile::new(page.path.clone(), text);
                format(&read(&file, lang), &file, &style(to))
            };
            let Ok(formatted) = format(&parsed, &file, &style(None)) else {
                failures.push(format!("{}:{line}: cannot be formatted", page.path));
                continue;
            };
            if again(&formatted, None, lang).ok().as_deref() != Some(&formatted) {
                failures.push(format!("{}:{line}: formatting twice is not formatting once", page.path));
            }
            let other = lang.pick(Lang::En, Lang::Fr);
            let back =
                again(&formatted, Some(other), lang).and_then(|translated| again(&translated, Some(lang), other));
            match back {
                // English has no `une`: a French article comes back as `un`, and nothing else may change.
                Ok(back) if back.replace(": une ", ": un ") == formatted.replace(": une ", ": un ") => {}
                Ok(back) => {
                    let changed = difference(&formatted, &back);
                    failures.push(format!("{}:{line}: there and back is {changed:?}", page.path));
                }
                Err(refusal) => failures.push(format!("{}:{line}: cannot be translated: {refusal:?}", page.path)),
            }
        }
    }
    report(&failures);
}

/// Problems that text alone can show: syntax, names, types and units, time.
fn is_of_definitions(code: &str) -> bool {
    ["E01", "E02", "E03", "E04", "W01", "W02", "W03", "W04"].iter().any(|family| code.starts_with(family))
}

#[test]
fn definitions_have_the_problems_that_pages_mark() {
    let mut failures = Vec::new();
    for page in pages() {
        for case in &page.cases {
            let read = Read::new(&page, case);
            failures
                .extend(read.failures(case, is_of_definitions).iter().map(|words| format!("{}:{words}", page.path)));
        }
    }
    report(&failures);
}

#[test]
fn data_give_the_figures_and_problems_that_pages_say() {
    let mut failures = Vec::new();
    for page in pages() {
        for case in &page.cases {
            let mut read = Read::new(&page, case);
            let wrong = figures(&page, case, &mut read);
            let wrong = wrong.into_iter().chain(read.failures(case, |_| true));
            failures.extend(wrong.map(|words| format!("{}:{words}", page.path)));
        }
    }
    report(&failures);
}
