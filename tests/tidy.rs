//! Keeps the house as `ARCHITECTURE.md` draws it: the direction of imports, a page for every code in both languages, a short
//! opening in every file.

use std::fs;
use std::path::{Path, PathBuf};

use jauge::problem::Fact;

/// Each room and the rooms that it may name.
const MAY_USE: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("types", &["text"]),
    ("problem", &["text", "types"]),
    ("outcome", &["text", "types"]),
    ("syntax", &["text", "types", "problem"]),
    ("format", &["text", "types", "problem", "syntax"]),
    ("program", &["text", "types", "problem", "syntax"]),
    ("plan", &["text", "types", "problem", "outcome", "program"]),
    ("evaluate", &["text", "types", "problem", "outcome", "program", "plan"]),
];

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn rooms_import_downwards_only() {
    let mut wrong = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        let inside = path.strip_prefix(root().join("src")).expect("under src");
        let room = inside.components().next().expect("a name").as_os_str().to_string_lossy();
        let room = room.trim_end_matches(".rs");
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == room) else { continue };
        let text = fs::read_to_string(&path).expect("a source file");
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for part in line.split("crate::").skip(1) {
                let used: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let is_room = MAY_USE.iter().any(|(name, _)| *name == used);
                if is_room && used != room && !allowed.contains(&used.as_str()) {
                    wrong.push(format!("{}:{}: {room} may not use {used}", inside.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    let mut wrong = Vec::new();
    for folder in ["src", "crates", "tests"] {
        for path in files(&root().join(folder), ".rs") {
            if !fs::read_to_string(&path).expect("a source file").starts_with("//!") {
                wrong.push(path.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "no `//!` at the top:\n{}", wrong.join("\n"));
}

#[test]
fn every_code_has_its_page_in_both_languages() {
    let codes = Fact::codes();
    let mut unique = codes.clone();
    unique.dedup();
    assert_eq!(codes, unique, "a code is used twice");
    let folder = root().join("docs/errors");
    let mut wrong = Vec::new();
    for code in &codes {
        let Ok(page) = fs::read_to_string(folder.join(format!("{code}.md"))) else {
            wrong.push(format!("{code}: no page"));
            continue;
        };
        for needed in [&format!("# {code}\n"), "## Français\n", "## English\n"] {
            if !page.contains(needed) {
                wrong.push(format!("{code}: no `{}`", needed.trim()));
            }
        }
    }
    for path in files(&folder, ".md") {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if name.len() == 5 && !codes.contains(&name.as_str()) {
            wrong.push(format!("{name}: a page for no code"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
