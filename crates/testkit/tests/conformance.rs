//! Every page of `tests/conformance` is sound, and is the same page in both languages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jauge_testkit::page::{self, Page};

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
