//! Answers of another engine: those that Spark gave on a cluster, recorded; the same figures, or no figure at all.
//!
//! `answers/registre-enfants.json` is what `clusters/spark/run.py` wrote for `examples/registre-enfants` with `--text-columns`;
//! the fingerprint is put in anew, for remarks apart it is that of the text of the statements. `answers/communes.json` is what
//! DuckDB said in the same way for `examples/communes`.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::folder::Folder;

const RECORDED: &str = include_str!("answers/registre-enfants.json");
const LOOKED_UP: &str = include_str!("answers/communes.json");

/// The example, and the recorded answers as Spark would give them today.
fn example(name: &str) -> (Folder, Value) {
    recorded(name, "registre-enfants", &["registre.jauge", "jauge.toml", "donnees/appuis.csv"], RECORDED)
}

/// An example, and its recorded answers with the fingerprint of today's questions.
fn recorded(name: &str, example: &str, files: &[&str], answers: &str) -> (Folder, Value) {
    let of = format!("{}/../../examples/{example}", env!("CARGO_MANIFEST_DIR"));
    let folder = Folder::new(name, &[]);
    for file in files {
        folder.write(&format!("p/{file}"), &std::fs::read(format!("{of}/{file}")).expect("a file of the example"));
    }
    let mut answers: Value = serde_json::from_str(answers).expect("recorded answers");
    let dialect = answers["dialect"].as_str().expect("a dialect");
    folder.run(&["sql", "p", "--dialect", dialect, "--text-columns", "-o", "q.json"]);
    let asked: Value = serde_json::from_str(&folder.read("q.json")).expect("a document");
    answers["sources"][0]["fingerprint"] = asked["sources"][0]["fingerprint"].clone();
    (folder, answers)
}

/// Of two sources one looks up in the other: its answers say what is wrong with both.
#[test]
fn recorded_answers_of_a_look_up() {
    let files = ["communes.jauge", "jauge.toml", "donnees/communes.csv", "donnees/eleves.csv"];
    let (folder, answers) = recorded("answers-looked-up", "communes", &files, LOOKED_UP);
    folder.write("a.json", answers.to_string().as_bytes());
    let own = folder.stdout(&["eval", "p", "--format", "csv"]);
    folder.write("p/donnees/eleves.csv", b"");
    folder.write("p/donnees/communes.csv", b"");
    assert_eq!(own, folder.stdout(&["eval", "p", "--answers", "a.json", "--format", "csv"]));
    let mut out = String::new();
    for (name, at, rows) in [
        ("cells there that were not asked for", 0, json!([["5", "0", "1", "0", "0", "5"]])),
        ("codes that were not asked for", 6, json!([["10", "2024", "2024", "0", "0", "0", "2"]])),
        ("a code that is not found", 11, json!([["1", "2", "A03", "001"]])),
        ("a code twice", 5, json!([["001", "2", "1"]])),
    ] {
        let mut answers = answers.clone();
        answers["sources"][0]["results"][at] = rows;
        folder.write("a.json", answers.to_string().as_bytes());
        let said = folder.run(&["eval", "p", "--answers", "a.json", "--lang", "en", "--format", "csv"]);
        out.push_str(&format!("════ {name}\n{said}"));
    }
    assert_snapshot!("answers_looked_up", out);
}

#[test]
fn recorded_answers_give_the_figures_of_the_embedded_engine() {
    let (folder, answers) = example("answers-same");
    folder.write("a.json", answers.to_string().as_bytes());
    for format in ["json", "csv", "table"] {
        let own = folder.stdout(&["eval", "p", "--format", format]);
        // Nothing of the data is read.
        folder.write("p/donnees/appuis.csv", b"");
        let theirs = folder.stdout(&["eval", "p", "--answers", "a.json", "--format", format]);
        assert!(own == theirs && own.len() > 1000, "{format}\n{theirs}");
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/registre-enfants/donnees/appuis.csv");
        folder.write("p/donnees/appuis.csv", &std::fs::read(data).expect("the data of the example"));
    }
}

#[test]
fn the_fingerprint_is_of_the_questions_and_not_of_words() {
    let (folder, _) = example("answers-fingerprint");
    let of = |arguments: &[&str]| -> String {
        let text = folder.stdout(&[&["sql", "p", "--dialect", "spark", "--format", "json"], arguments].concat());
        let asked: Value = serde_json::from_str(&text).expect("a document");
        asked["sources"][0]["fingerprint"].as_str().expect("a fingerprint").to_string()
    };
    assert_eq!(of(&["--lang", "fr"]), of(&["--lang", "en"]));
    assert_ne!(of(&[]), of(&["--text-columns"]));
    assert_ne!(of(&[]), of(&["-i", "part_des_filles"]));
}

#[test]
fn answers_that_cannot_be_used_give_no_figure() {
    let (folder, answers) = example("answers-refused");
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut answers = answers.clone();
        change(&mut answers);
        answers.to_string()
    };
    let whole = answers.to_string();
    let cases: Vec<(&str, String)> = vec![
        ("cut off", whole.chars().take(whole.chars().count() / 2).collect()),
        ("no JSON", whole.replacen('{', "<", 1)),
        ("another JSON", "[1, 2]".into()),
        ("no version", "{}".into()),
        ("another version", changed(&|of| of["version"] = json!(2))),
        ("an unknown field", changed(&|of| of["sources"][0]["more"] = json!(1))),
        ("a number that is no text", changed(&|of| of["sources"][0]["results"][1][0][6] = json!(169.0))),
        (
            "a source twice",
            changed(&|of| {
                let one = of["sources"][0].clone();
                of["sources"].as_array_mut().expect("sources").push(one);
            }),
        ),
        ("other questions", changed(&|of| of["sources"][0]["fingerprint"] = json!("0"))),
        ("another dialect", changed(&|of| of["dialect"] = json!("duckdb"))),
        (
            "an unknown source",
            changed(&|of| {
                let one = json!({"source": "autre", "fingerprint": "0", "results": []});
                of["sources"].as_array_mut().expect("sources").push(one);
            }),
        ),
        ("a source is missing", changed(&|of| of["sources"] = json!([]))),
        (
            "a question is missing",
            changed(&|of| {
                of["sources"][0]["results"].as_array_mut().expect("results").pop();
            }),
        ),
        ("an answer is left out", changed(&|of| of["sources"][0]["results"][1] = json!(null))),
        ("unread cells not asked for", changed(&|of| of["sources"][0]["results"][0][0][5] = json!("3"))),
        ("an empty overview", changed(&|of| of["sources"][0]["results"][0] = json!([]))),
        (
            "a column is missing",
            changed(&|of| {
                of["sources"][0]["results"][1][0].as_array_mut().expect("a row").pop();
            }),
        ),
        ("an exponent", changed(&|of| of["sources"][0]["results"][1][0][6] = json!("1.69E+2"))),
        (
            "a cell twice",
            changed(&|of| {
                let row = of["sources"][0]["results"][1][0].clone();
                of["sources"][0]["results"][1].as_array_mut().expect("rows").push(row);
            }),
        ),
    ];
    let mut out = String::new();
    for (name, text) in &cases {
        folder.write("a.json", text.as_bytes());
        for lang in ["fr", "en"] {
            let said = folder.run(&["eval", "p", "--answers", "a.json", "--lang", lang]);
            assert!(said.contains("exit 1") && !said.contains("---- stdout"), "{name}\n{said}");
            out.push_str(&format!("════ {name}\n{said}"));
        }
    }
    out.push_str(&folder.run(&["eval", "p", "--answers", "b.json", "--lang", "en"]));
    out.push_str(&folder.run(&["eval", "p", "--answers", "a.json", "--partial", "--label", "x", "--lang", "en"]));
    assert_snapshot!("answers_refused", out);
}
