//! The checker: text in, problems in words (both languages) out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jauge::problem::{Place, Problem};
use jauge::program::{Checked, CodeTable, Context, check as check_project, tables_needed};
use jauge::syntax::parse;
use jauge::text::{Files, Lang, SourceFile};

/// A CSV with commas or semicolons and without quotes: enough for code lists in tests.
fn table(text: &str) -> CodeTable {
    let mark = if text.lines().next().unwrap_or("").contains(';') { ';' } else { ',' };
    let cells = |line: &str| line.split(mark).map(|cell| cell.trim().trim_matches('"').to_string()).collect();
    let mut lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
    CodeTable { header: lines.next().map(cells).unwrap_or_default(), rows: lines.map(cells).collect() }
}

/// Parses and checks files; the problems of both phases in order.
fn checked(files: &Files, root: &Path) -> (Checked, Vec<Problem>) {
    let parsed: Vec<_> = files.iter().map(|(id, file)| parse(id, file, Lang::Fr)).collect();
    let mut tables = BTreeMap::new();
    for (path, _) in tables_needed(&parsed) {
        if let Ok(text) = std::fs::read_to_string(root.join(&path)) {
            tables.insert(path, table(&text));
        }
    }
    let checked = check_project(&parsed, &Context { lang: Lang::Fr, tables: &tables });
    let mut problems: Vec<Problem> = parsed.iter().flat_map(|parsed| parsed.problems.clone()).collect();
    problems.extend(checked.problems.iter().cloned());
    (checked, problems)
}

/// Problems as a reader sees them, in both languages.
fn words(problems: &[Problem], files: &Files) -> String {
    let mut out = String::new();
    for problem in problems {
        let place = |place: &Place| match place {
            Place::Text(span) => {
                let file = files.get(span.file).expect("a span of these files");
                let (line, column) = file.line_column(span.start);
                format!("{}:{line}:{column} [{}]", file.path, file.slice(*span).replace('\n', "⏎"))
            }
            other => format!("{other:?}"),
        };
        out.push_str(&format!("{} {}\n", problem.code(), place(&problem.at)));
        for lang in Lang::ALL {
            let words = problem.words(lang);
            out.push_str(&format!("  {}: {}\n      ^ {}\n", lang.code(), words.title, words.label));
            for (at, also) in problem.also.iter().zip(&words.also) {
                out.push_str(&format!("      + {}: {also}\n", place(at)));
            }
            assert_eq!(problem.also.len(), words.also.len(), "{} has a label for each place", problem.code());
            out.push_str(&format!("      = {}\n", words.help));
        }
    }
    if out.is_empty() { "no problem\n".to_string() } else { out }
}

/// One file, checked.
fn check(text: &str) -> String {
    let mut files = Files::default();
    files.add(SourceFile::new("a.jauge", text));
    let (_, problems) = checked(&files, Path::new("."));
    words(&problems, &files)
}

fn project(root: &str) -> (Files, PathBuf) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
    let mut files = Files::default();
    let mut folders = vec![root.clone()];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "jauge") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        files.add(SourceFile::new(path.strip_prefix(&root).expect("under the root").display().to_string(), text));
    }
    (files, root)
}

#[test]
fn projects_of_the_repository_are_sound() {
    for root in [
        "indicators",
        "examples/premiers-pas",
        "examples/export-excel",
        "examples/communes",
        "examples/registre-enfants",
        "examples/school-register",
    ] {
        let (files, root) = project(root);
        let (_, problems) = checked(&files, &root);
        let errors: Vec<Problem> = problems.into_iter().filter(|problem| problem.code().starts_with('E')).collect();
        assert!(errors.is_empty(), "{}\n{}", root.display(), words(&errors, &files));
    }
}

/// The words of each code of the checker, on the French example of its page.
#[test]
fn words_of_each_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors");
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the folder of pages").flatten().map(|entry| entry.path()).collect();
    pages.sort();
    for page in pages {
        let code = page.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_string();
        if !["E02", "E03", "E04", "W02", "W03", "W04"].iter().any(|family| code.starts_with(family)) {
            continue;
        }
        let text = std::fs::read_to_string(&page).expect("a readable page");
        let example = text.split("```jauge\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
        insta::assert_snapshot!(code, format!("{example}\n{}", check(example)));
    }
}

#[test]
fn a_broken_indicator_leaves_the_sound_ones() {
    let text = "langue: français\n\nunité élève\n  singulier: \"élève\"\n\nsource registre \"Registre\"\n  fichier: \"r.csv\"\n  chaque ligne est: un élève\n  colonnes:\n    école  texte\n\nindicateur a \"A\"\n  mesure: nombre d'élève de registr\n\nindicateur b \"B\"\n  mesure: a + a\n\nindicateur c \"C\"\n  mesure: nombre d'élève de registre\n";
    let mut files = Files::default();
    files.add(SourceFile::new("a.jauge", text));
    let (checked, problems) = checked(&files, Path::new("."));
    assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), ["E0202"], "{}", words(&problems, &files));
    let names: Vec<&str> = checked.program.indicators.iter().map(|indicator| indicator.name.as_str()).collect();
    assert_eq!(names, ["c"]);
    assert_eq!(checked.program.order, [0]);
}

/// A denominator with an error of its own is not also a division by zero.
#[test]
fn a_broken_denominator_is_one_mistake() {
    let text = "langue: français\n\nunité élève\n  singulier: \"élève\"\n\nsource registre \"Registre\"\n  fichier: \"r.csv\"\n  chaque ligne est: un élève\n  colonnes:\n    école  texte\n\nindicateur a \"A\"\n  mesure: nombre d'élève de registr\n\nindicateur b \"B\"\n  numérateur: nombre d'élève de registre\n  dénominateur: a\n  unité de mesure: %\n";
    let mut files = Files::default();
    files.add(SourceFile::new("a.jauge", text));
    let (_, problems) = checked(&files, Path::new("."));
    assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), ["E0202"], "{}", words(&problems, &files));
}

/// Where the calendar of a source was not understood, nothing is said of the periods that its indicators state.
#[test]
fn a_broken_source_is_one_mistake() {
    let text = "langue: français\n\ncalendrier scolaire \"Année scolaire\"\n  commence: 1er septembre\n\nunité élève\n  singulier: \"élève\"\n  est: personne\n\nsource registre \"Registre\"\n  fichier: \"r.csv\"\n  chaque ligne est: un élève\n  période: jour (scolaire)\n  champ couvert: 2020-T5\n  colonnes:\n    jour  date\n\nindicateur a \"A\"\n  mesure: nombre d'élève de registre\n  valeur publiée: 2019-2020 = 12\n";
    let mut files = Files::default();
    files.add(SourceFile::new("a.jauge", text));
    let (_, problems) = checked(&files, Path::new("."));
    assert_eq!(problems.len(), 1, "{}", words(&problems, &files));
}

/// Where a measure is not understood, nothing is said of the columns that restrict it.
#[test]
fn conditions_on_a_broken_measure_are_no_mistake() {
    let text = "langue: français\n\nunité élève\n  singulier: \"élève\"\n\nsource registre \"Registre\"\n  fichier: \"r.csv\"\n  chaque ligne est: un élève\n  colonnes:\n    boursier  oui ou non\n\nindicateur a \"A\"\n  mesure: nombre d'élève de registr\n\nindicateur b \"B\"\n  mesure: a avec boursier\n";
    let mut files = Files::default();
    files.add(SourceFile::new("a.jauge", text));
    let (_, problems) = checked(&files, Path::new("."));
    assert_eq!(problems.iter().map(Problem::code).collect::<Vec<_>>(), ["E0202"], "{}", words(&problems, &files));
}

/// A column that is looked up is as fine as the one of the other source.
#[test]
fn a_looked_up_level_is_not_finer_than_it_is() {
    let text = "langue: français\n\nunité élève\n  singulier: \"élève\"\n\ndimension territoire \"Territoire\"\n  niveaux: région, province\n  membres:\n    TTA \"Tanger\"\n      TNG \"Tanger-Assilah\"\n\nsource communes \"Communes\"\n  fichier: \"c.csv\"\n  chaque ligne est: un événement\n  identifiant: code\n  colonnes:\n    code  texte\n    lieu  LEVEL\n\nsource registre \"Registre\"\n  fichier: \"r.csv\"\n  chaque ligne est: un élève\n  période: an\n  colonnes:\n    commune  texte\n    lieu     lieu de communes selon commune\n\nindicateur a \"A\"\n  mesure: nombre d'élève de registre\n  ventilé par: province\n";
    let of = |level: &str| {
        let mut files = Files::default();
        files.add(SourceFile::new("a.jauge", text.replace("LEVEL", level)));
        checked(&files, Path::new(".")).1.iter().map(Problem::code).collect::<Vec<_>>()
    };
    assert_eq!(of("province"), [""; 0]);
    assert_eq!(of("région"), ["E0413"]);
}
