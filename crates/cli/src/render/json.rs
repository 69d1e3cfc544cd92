//! Problems as JSON: both languages, byte offsets, columns in characters and in UTF-16 units. Keys are never translated.

use jauge::problem::{Place, Problem, Severity};
use jauge::text::{Both, Files};
use serde_json::{Value, json};

use super::place::lines;
use super::{Counts, Report};

/// The version of this document's shape.
const VERSION: u32 = 1;

/// The whole document.
pub fn document(report: &Report<'_>) -> String {
    let counts = Counts::of(report);
    let problems: Vec<Value> = report.problems.iter().map(|one| problem(one, report.files)).collect();
    let document = json!({
        "version": VERSION,
        "problems": problems,
        "summary": {
            "errors": counts.errors,
            "warnings": counts.warnings,
            "problems_left_out": report.left_out,
            "files": report.file_count,
        },
    });
    format!("{document:#}\n")
}

/// One problem.
pub fn problem(problem: &Problem, files: &Files) -> Value {
    let words = problem.fact.words();
    let also: Vec<Value> = problem
        .also
        .iter()
        .enumerate()
        .map(|(at, also)| {
            let label = |words: &jauge::problem::Words| words.also.get(at).cloned().unwrap_or_default();
            json!({ "label": { "fr": label(&words.fr), "en": label(&words.en) }, "place": place(also, files) })
        })
        .collect();
    json!({
        "code": problem.code(),
        "severity": match problem.severity() { Severity::Error => "error", Severity::Warning => "warning" },
        "message": both(Both { fr: &words.fr.title, en: &words.en.title }),
        "label": both(Both { fr: &words.fr.label, en: &words.en.label }),
        "help": both(Both { fr: &words.fr.help, en: &words.en.help }),
        "place": place(&problem.at, files),
        "also": also,
    })
}

/// A text in both languages.
fn both(text: Both<&str>) -> Value {
    json!({ "fr": text.fr, "en": text.en })
}

fn place(place: &Place, files: &Files) -> Value {
    let at = lines(place, files);
    match place {
        Place::Text(span) => json!({
            "kind": "text",
            "file": at.path,
            "start": span.start,
            "end": span.end,
            "line": at.line,
            "column": at.column,
            "utf16_column": at.utf16_column,
            "end_line": at.end_line,
            "end_column": at.end_column,
            "end_utf16_column": at.end_utf16_column,
        }),
        Place::Data(data) => json!({
            "kind": "data",
            "file": at.path,
            "cell": data.address(),
            "line": data.line,
            "column": data.column,
            "header": data.header,
            "text": data.text,
        }),
        Place::Path(path) => json!({ "kind": "path", "file": path }),
        Place::Table(at) => json!({
            "kind": "table",
            "table": at.table,
            "column": at.column,
            "text": at.text,
            "rows": at.rows,
            "key": at.key,
        }),
    }
}
