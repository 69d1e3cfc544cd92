//! `jauge sql`, and a table of PostgreSQL in a program built without its client.

use crate::folder::Folder;

const TABLE: &str = r#"language: english

unit pupil
  singular: "pupil"
  plural:   "pupils"
  is a:     person

dimension sex "Sex"
  groups: exclusive
  members:
    F "Girls"
    M "Boys"

source register "Register"
  file:        "postgres://?table=school.pupils"
  each row is: a pupil
  period:      year (year)
  columns:
    sex sex

indicator enrolled "Enrolled"
  measure:          number of pupils in register
  disaggregated by: sex
"#;

fn folder(name: &str) -> Folder {
    Folder::new(name, &[("p/a.jauge", TABLE)])
}

#[test]
fn queries_are_printed_and_written() {
    let folder = folder("sql");
    let output = folder.command(&["--lang", "en", "sql", "p"]).output().expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("FROM \"school\".\"pupils\" t") && text.contains("-- rows ← enrolled"), "{text}");
    for (dialect, quoted) in [("duckdb", "\"pupils\""), ("clickhouse", "`pupils`"), ("spark", "`pupils`")] {
        let arguments = ["sql", "p", "--dialect", dialect, "-i", "enrolled", "-o", "queries.json"];
        let output = folder.command(&arguments).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(0));
        let document: serde_json::Value = serde_json::from_str(&folder.read("queries.json")).expect("JSON");
        assert_eq!(document["version"], 1);
        assert_eq!(document["dialect"], dialect);
        let statements = document["sources"][0]["statements"].as_array().expect("statements");
        assert!(statements.iter().all(|one| one["sql"].as_str().is_some_and(|sql| sql.contains(quoted))));
    }
    let output =
        folder.command(&["--lang", "fr", "sql", "p", "--dialect", "oracle"]).output().expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("postgresql, duckdb, clickhouse, spark"), "{said}");
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_table_without_the_client_is_told() {
    let folder = folder("sql-absent");
    for (lang, words) in [("fr", "est construit sans PostgreSQL"), ("en", "is built without PostgreSQL")] {
        let output = folder.command(&["--lang", lang, "eval", "p"]).output().expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1));
        assert!(said.contains("E0582") && said.contains(words) && said.contains("--features postgres"), "{said}");
    }
}
