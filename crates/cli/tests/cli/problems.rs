//! How problems look: for people, at two widths, and for programs.

use crate::folder::Folder;
use insta::assert_snapshot;

/// A project whose manifest, text and encoding are wrong.
fn broken(name: &str) -> Folder {
    let folder = Folder::new(
        name,
        &[("jauge.toml", "# réglages\nlangeu = \"français\"\nséuils = [90, 70]\nseuils = [70, 90]\n")],
    );
    folder.write("ancien.jauge", b"langue: fran\xe7ais\n");
    let long = format!(
        "langue: français\nunité élève\n  note: \"{}\" élèves {}\n",
        "très long ".repeat(40),
        "suite ".repeat(40)
    );
    folder.write("long.jauge", long.as_bytes());
    folder.write("fin.jauge", "langue: français\nunité".as_bytes());
    folder
}

#[test]
fn for_people() {
    let folder = broken("people");
    assert_snapshot!("problems_fr", folder.run(&["--lang", "fr", "check"]));
    assert_snapshot!("problems_en", folder.run(&["--lang", "en", "check"]));
    let output = folder.command(&["--lang", "fr", "check"]).env("COLUMNS", "50").output().expect("it runs");
    assert_snapshot!("problems_narrow", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn for_programs() {
    let folder = broken("programs");
    for format in ["concise", "json", "github", "junit"] {
        assert_snapshot!(format!("problems_{format}"), folder.run(&["--lang", "fr", "check", "--format", format]));
    }
}

/// SARIF carries the pages of the codes, so it is pinned on one code only.
#[test]
fn for_code_scanning() {
    let files = [("jauge.toml", "langeu = \"français\"\n"), ("a b.jauge", "langue: français\n")];
    assert_snapshot!("problems_sarif", Folder::new("sarif", &files).run(&["check", "--format", "sarif"]));
}

#[test]
fn json_is_the_same_in_every_language() {
    let folder = broken("same");
    let of = |lang| folder.stdout(&["--lang", lang, "check", "--format", "json"]);
    assert_eq!(of("fr"), of("en"));
}

#[test]
fn data_problems_name_line_and_column() {
    let folder = Folder::new("data", &[]);
    assert_eq!(folder.code(&["--lang", "fr", "new", "p"]), Some(0));
    let data = folder.read("p/donnees/inscriptions.csv").replace("2019-2020,F,NOR,365", "2019-2020,F,NROD,365");
    folder.write("p/donnees/inscriptions.csv", data.as_bytes());
    assert_eq!(folder.code(&["check", "p"]), Some(0), "definitions alone are sound");
    assert_snapshot!("data_fr", folder.run(&["check", "p", "--data"]));
    assert_snapshot!("data_concise", folder.run(&["check", "p", "--data", "--format", "concise"]));
}

#[test]
fn many_problems_are_cut_for_people_only() {
    let folder = Folder::new("many", &[]);
    assert_eq!(folder.code(&["--lang", "fr", "new", "p"]), Some(0));
    let mut data = folder.read("p/donnees/inscriptions.csv");
    for at in 0..50 {
        data.push_str(&format!("2019-2020,F,X{at},1\n"));
    }
    folder.write("p/donnees/inscriptions.csv", data.as_bytes());
    let people = folder.run(&["check", "p", "--data"]);
    assert!(people.contains("et 30 autres"), "{people}");
    let json: serde_json::Value =
        serde_json::from_str(&folder.stdout(&["check", "p", "--data", "--format", "json"])).expect("it is JSON");
    let of_unknown =
        |problem: &&serde_json::Value| problem["place"]["text"].as_str().is_some_and(|text| text.starts_with('X'));
    assert_eq!(json["problems"].as_array().map(|all| all.iter().filter(of_unknown).count()), Some(50));
}

#[test]
fn sound_indicators_are_computed_beside_a_broken_one() {
    let folder = Folder::new("sound", &[]);
    assert_eq!(folder.code(&["--lang", "fr", "new", "p"]), Some(0));
    let mut text = folder.read("p/indicateurs.jauge");
    text.push_str("\nindicateur perdu \"Perdu\"\n  mesure: élèves_inscris\n");
    folder.write("p/indicateurs.jauge", text.as_bytes());
    assert_eq!(folder.code(&["eval", "p"]), Some(1));
    assert!(folder.stdout(&["eval", "p"]).contains("50,0\u{a0}%"));
}
