//! What each command prints and how it ends, in both languages. Layout is pinned here and only here.

use crate::folder::Folder;
use insta::assert_snapshot;

/// The project that `jauge new` makes, with its tests.
fn small(name: &str, lang: &str) -> Folder {
    let folder = Folder::new(name, &[]);
    assert_eq!(folder.code(&["--lang", lang, "new", "p"]), Some(0));
    folder
}

#[test]
fn new_makes_a_project_that_runs() {
    for lang in ["fr", "en"] {
        let folder = Folder::new(&format!("new-{lang}"), &[]);
        assert_snapshot!(format!("new_{lang}"), folder.run(&["--lang", lang, "new", "p"]));
        for command in ["check", "eval", "test", "plan"] {
            assert_eq!(folder.code(&[command, "p"]), Some(0), "{command} {lang}");
        }
        assert_eq!(folder.code(&["check", "p", "--data", "--strict"]), Some(0), "{lang}");
        assert_eq!(folder.code(&["fmt", "--check", "p"]), Some(0), "the example is formatted ({lang})");
        assert_snapshot!(format!("new_again_{lang}"), folder.run(&["--lang", lang, "new", "p"]));
    }
}

#[test]
fn new_from_snia_is_the_library() {
    let folder = Folder::new("snia", &[]);
    assert_eq!(folder.code(&["--lang", "fr", "new", "p", "--from", "snia"]), Some(0));
    assert_eq!(folder.code(&["eval", "p", "-i", "part_des_filles"]), Some(0));
}

#[test]
fn figures_for_people() {
    assert_snapshot!("eval_fr", small("table-fr", "fr").run(&["eval", "p"]));
    assert_snapshot!("eval_en", small("table-en", "en").run(&["eval", "p"]));
    let narrow = small("table-narrow", "fr");
    let output =
        narrow.command(&["eval", "p", "-i", "élèves_inscrits"]).env("COLUMNS", "60").output().expect("it runs");
    assert_snapshot!("eval_narrow", String::from_utf8_lossy(&output.stdout));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_written_to_and_not_replaced() {
    let folder = small("pipe", "fr");
    let printed = folder.stdout(&["eval", "p", "--format", "csv"]);
    assert!(!printed.is_empty());
    assert_eq!(folder.stdout(&["eval", "p", "--format", "csv", "-o", "/dev/stdout"]), printed);
}

#[test]
fn figures_for_programs() {
    let folder = small("machine", "fr");
    let only = ["-i", "part_des_filles", "--period", "2019-2020"];
    let with = |more: &[&str]| folder.run(&[&["eval", "p"], &only[..], more].concat());
    assert_snapshot!("eval_csv", with(&["--format", "csv"]));
    assert_snapshot!("eval_json", with(&["--format", "json", "--group", "région=NOR"]));
    let output = folder.stdout(&["eval", "p", "--format", "csv", "--bom", "--separator", ";"]);
    assert!(output.starts_with("\u{feff}indicator;code;"));
    assert_eq!(folder.code(&["eval", "p", "-o", "figures.json"]), Some(0));
    assert!(folder.read("figures.json").starts_with("{\n  \"version\": 1"));
    assert_snapshot!("eval_output_folder_missing", folder.run(&["eval", "p", "-o", "nowhere/x.csv"]));
}

#[test]
fn figures_that_do_not_exist() {
    let folder = small("choice", "fr");
    assert_snapshot!("eval_unknown_indicator", folder.run(&["eval", "p", "-i", "part_des_files"]));
    assert_snapshot!("eval_unknown_programme", folder.run(&["eval", "p", "-p", "9"]));
    assert_snapshot!("eval_other_calendar", folder.run(&["eval", "p", "--period", "2019"]));
    assert_snapshot!("eval_no_period", folder.run(&["eval", "p", "--period", "hier"]));
    assert_snapshot!("eval_unknown_member", folder.run(&["--lang", "en", "eval", "p", "--group", "région=NRO"]));
    assert_snapshot!("why_no_figure", folder.run(&["why", "part_des_filles", "p", "--group", "sexe=F"]));
}

#[test]
fn why_shows_the_formula() {
    assert_snapshot!("why_fr", small("why-fr", "fr").run(&["why", "part_des_filles", "p"]));
    assert_snapshot!("why_en", small("why-en", "en").run(&["why", "share_of_girls", "p", "--group", "region=NOR"]));
}

/// A column that is looked up in another source is told with the file that has it: of a condition, of a group, of neither.
#[test]
fn why_names_the_other_source() {
    let folder = Folder::new("why-looked-up", &[]);
    for file in ["communes.jauge", "jauge.toml", "donnees/communes.csv", "donnees/eleves.csv"] {
        let of = format!("{}/../../examples/communes/{file}", env!("CARGO_MANIFEST_DIR"));
        folder.write(&format!("p/{file}"), &std::fs::read(of).expect("a file of the example"));
    }
    let why = |lang: &str, more: &[&str]| folder.run(&[&["--lang", lang, "why"], more].concat());
    assert_snapshot!("why_looked_up_fr", why("fr", &["part_des_ruraux_sans_internat", "p", "--group", "région=ORI"]));
    assert_snapshot!("why_looked_up_en", why("en", &["part_des_ruraux_sans_internat", "p"]));
    assert!(!why("fr", &["inscrits", "p"]).contains("communes.csv"));
}

#[test]
fn tests_rules_and_published_figures() {
    let folder = small("test", "fr");
    assert_snapshot!("test_fr", folder.run(&["test", "p"]));
    // The register loses ten pupils: the published figure no longer agrees.
    let data = folder.read("p/donnees/inscriptions.csv").replace("2019-2020,F,NOR,365", "2019-2020,F,NOR,355");
    folder.write("p/donnees/inscriptions.csv", data.as_bytes());
    assert_snapshot!("test_fails_fr", folder.run(&["test", "p"]));
    assert_snapshot!("test_fails_en", folder.run(&["--lang", "en", "test", "p"]));
    assert_snapshot!("test_junit", folder.run(&["test", "p", "--format", "junit"]));
    assert_eq!(folder.code(&["test", "p", "--format", "json"]), Some(1));
}

#[test]
fn formatting() {
    let folder = Folder::new("fmt", &[("a.jauge", "langue: français\nunité élève\n   singulier : \"élève\"\n")]);
    assert_snapshot!("fmt_check", folder.run(&["fmt", "--check"]));
    assert_snapshot!("fmt", folder.run(&["fmt"]));
    assert_snapshot!("fmt_again", folder.run(&["fmt", "--lang", "en"]));
    assert_snapshot!("fmt_text", folder.read("a.jauge"));
    folder.write("b.jauge", "langue: français\nunité « x\n".as_bytes());
    assert_eq!(folder.code(&["fmt"]), Some(1), "a file with mistakes is left alone");
    assert_eq!(folder.read("b.jauge"), "langue: français\nunité « x\n");
}

#[test]
fn formatting_of_standard_input() {
    use std::io::Write as _;
    use std::process::Stdio;
    let folder = Folder::new("stdin", &[]);
    let mut command = folder.command(&["fmt", "-", "--keywords", "en"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut input = child.stdin.take().expect("an input");
    input
        .write_all("langue: français\nunité élève\n   singulier : \"élève\" en \"pupil\"\n".as_bytes())
        .expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
    assert_eq!(text, "language: english\n\nunit élève\n  singular: \"pupil\" fr \"élève\"\n");
}

#[test]
fn pages_are_explained_in_the_language_asked() {
    let folder = Folder::new("explain", &[]);
    assert_snapshot!("explain_fr", folder.run(&["--lang", "fr", "explain", "e0808"]));
    assert_snapshot!("explain_en", folder.run(&["--lang", "en", "explain", "E0808"]));
    assert_snapshot!("explain_unknown", folder.run(&["--lang", "fr", "explain", "E9999"]));
}

#[test]
fn the_schema_is_printed() {
    let committed = include_str!("../../../../docs/schema/eval.schema.json").replace("\r\n", "\n");
    assert_eq!(Folder::new("schema", &[]).stdout(&["schema"]), committed);
}

#[test]
fn completions_exist_for_every_shell() {
    let folder = Folder::new("completions", &[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(folder.stdout(&["completions", shell]).contains("explain"), "{shell}");
    }
}

const REGISTER: &str = r#"language: english

unit record
  singular: "record"
  plural:   "records"

source register "Register"
  file:        "registre.parquet"
  each row is: a record
  period:      jour (year)
  columns:
    code text, may be missing
    jour date, may be missing

indicator records "Records"
  measure: number of records in register
"#;

#[test]
fn rows_of_other_periods_are_left_unread_and_told() {
    let folder = Folder::new("unread", &[("r.jauge", REGISTER)]);
    folder.write("registre.parquet", include_bytes!("../../../../fuzz/seeds/registre.parquet"));
    let run = |lang: &str, period: &str| folder.run(&["--lang", lang, "eval", "r.jauge", "--period", period]);
    assert_snapshot!("unread_en", run("en", "2021"));
    assert_snapshot!("unread_fr", run("fr", "2021"));
    let json = folder.stdout(&["eval", "r.jauge", "--period", "2021", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&json).expect("figures are JSON");
    let read = serde_json::json!([{ "source": "register", "readable": true, "rows": 2, "unread": 3 }]);
    assert_eq!(document["sources"], read);
    // A period that lies in the part, all periods, and a check read all.
    assert!(!run("en", "2020").contains("other periods"));
    assert!(!folder.run(&["--lang", "en", "eval", "r.jauge"]).contains("other periods"));
    assert!(!folder.run(&["--lang", "en", "check", "r.jauge", "--data"]).contains("other periods"));
}
