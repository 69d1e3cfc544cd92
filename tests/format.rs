//! The formatter over every indicator file of the repository, and over a file that holds one of everything: the same
//! definitions, the same comments, nothing to do the second time, and there and back is the identity.

use std::fs;
use std::path::{Path, PathBuf};

use jauge::format::{FormatRefusal, Style, UnitWords, format};
use jauge::syntax::ast::{Labels, Parsed, Value};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};

fn project_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("indicators"), root.join("examples")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "jauge") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(found.len() > 5, "the library and the examples are there");
    found
}

fn read(text: &str) -> (SourceFile, Parsed) {
    let file = SourceFile::new("file.jauge", text);
    let parsed = parse(FileId(0), &file, Lang::Fr);
    (file, parsed)
}

fn formatted(text: &str, keywords: Option<Lang>, units: &UnitWords) -> Result<String, FormatRefusal> {
    let (file, parsed) = read(text);
    format(&parsed, &file, &Style { keywords, units: units.clone() })
}

fn check(name: &str, text: &str, units: &UnitWords) {
    let once = formatted(text, None, units).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    assert_eq!(formatted(&once, None, units).as_deref(), Ok(once.as_str()), "{name}: formatting again changes it");
    let comments = |text: &str| {
        let (file, parsed) = read(text);
        parsed.comments.iter().map(|comment| file.slice(comment.span).to_string()).collect::<Vec<_>>()
    };
    assert_eq!(comments(text), comments(&once), "{name}: comments");
    let lang = read(text).1.lang;
    let other = if lang == Lang::Fr { Lang::En } else { Lang::Fr };
    let there = formatted(&once, Some(other), units).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    assert_ne!(there, once, "{name}: nothing was translated");
    assert_eq!(formatted(&there, Some(lang), units).as_deref(), Ok(once.as_str()), "{name}: there and back");
}

#[test]
fn every_file_of_the_repository() {
    let texts: Vec<(String, String)> = project_files()
        .iter()
        .map(|path| (path.display().to_string(), fs::read_to_string(path).expect("UTF-8")))
        .collect();
    let parsed: Vec<Parsed> = texts.iter().map(|(_, text)| read(text).1).collect();
    let units = UnitWords::collect(&parsed);
    for (name, text) in &texts {
        check(name, text, &units);
    }
}

const EVERYTHING: &str = include_str!("format/everything.jauge");

#[test]
fn one_of_everything() {
    let units = UnitWords::collect([&read(EVERYTHING).1]);
    check("everything.jauge", EVERYTHING, &units);
    let english = formatted(EVERYTHING, Some(Lang::En), &units).expect("a sound file");
    let french = formatted(EVERYTHING, None, &units).expect("a sound file");
    insta::assert_snapshot!("everything_fr", french);
    insta::assert_snapshot!("everything_en", english);
}

#[test]
fn a_file_with_errors_is_left_alone() {
    let text = "langue: français\nindicateur a \"A\"\n  mesure: nombre de\n";
    assert_eq!(formatted(text, None, &UnitWords::default()), Err(FormatRefusal::HasErrors));
}

#[test]
fn a_label_goes_on_over_the_lines_below_it() {
    let text = r#"langue: français

cadre snia "Stratégie"
  éléments:
    objectif 1 "Assurer l'accès"   # la suite est en dessous
      "aux soins"
      "pour tous"
      action 1.1 "Former"

dimension région "Région"
  membres:
    TTA "Tanger"
        "Tétouan"
    OR "Oriental"
"#;
    let (_, parsed) = read(text);
    assert_eq!(parsed.problems, []);
    let values: Vec<&Value> = parsed.blocks.iter().flat_map(|block| &block.fields).map(|field| &field.value).collect();
    let [Value::Items(items), Value::Members(members)] = values.as_slice() else { panic!("two lists: {values:?}") };
    let text_of = |labels: &Labels| labels.main.as_ref().map(|text| text.text.clone());
    assert_eq!(items.len(), 1);
    assert_eq!(text_of(&items[0].labels).as_deref(), Some("Assurer l'accès aux soins pour tous"));
    assert_eq!(items[0].children.len(), 1, "the action stays below its objective");
    assert_eq!(members.len(), 2);
    assert_eq!(text_of(&members[0].labels).as_deref(), Some("Tanger Tétouan"));
    check("labels", text, &UnitWords::default());
}
