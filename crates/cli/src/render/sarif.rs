//! SARIF 2.1.0, the subset that GitHub reads. Messages are in English, rules carry both languages in their help.

use std::collections::BTreeMap;

use jauge::problem::{Place, Problem, Severity};
use jauge::text::Lang;
use serde_json::{Value, json};

use super::Report;
use super::place::{fingerprint, lines};
use crate::pages;

/// Characters that GitHub reads of a description.
const DESCRIPTION: usize = 1024;

/// The whole document.
pub fn document(report: &Report<'_>) -> String {
    let mut rules: BTreeMap<&'static str, &Problem> = BTreeMap::new();
    for problem in report.problems {
        rules.entry(problem.code()).or_insert(problem);
    }
    let index = |code: &str| rules.keys().position(|have| *have == code);
    let results: Vec<Value> =
        report.problems.iter().map(|problem| result(problem, index(problem.code()), report)).collect();
    let rules: Vec<Value> = rules.iter().map(|(code, problem)| rule(code, problem)).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "jauge",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn rule(code: &str, problem: &Problem) -> Value {
    let page = pages::page(code).unwrap_or("");
    let title = pages::title(page, Lang::En).unwrap_or_else(|| problem.words(Lang::En).title);
    json!({
        "id": code,
        "shortDescription": { "text": cut(&title) },
        "fullDescription": { "text": cut(&title) },
        "help": { "text": if page.is_empty() { title.clone() } else { page.to_string() }, "markdown": page },
        "defaultConfiguration": { "level": level(problem.severity()) },
    })
}

fn result(problem: &Problem, rule: Option<usize>, report: &Report<'_>) -> Value {
    let at = lines(&problem.at, report.files);
    let words = problem.words(Lang::En);
    let text = [words.title, words.label, words.help].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let mut location = json!({ "artifactLocation": { "uri": uri(&at.path) } });
    let region = match &problem.at {
        Place::Text(_) => Some(json!({
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
        })),
        Place::Data(data) => Some(json!({ "startLine": data.line.max(1) })),
        Place::Path(_) | Place::Table(_) => None,
    };
    if let (Some(region), Some(location)) = (region, location.as_object_mut()) {
        location.insert("region".into(), region);
    }
    json!({
        "ruleId": problem.code(),
        "ruleIndex": rule,
        "level": level(problem.severity()),
        "message": { "text": text.join("\n") },
        "locations": [{ "physicalLocation": location }],
        "partialFingerprints": { "jauge/v1": fingerprint(problem, &at.path) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn cut(text: &str) -> String {
    text.chars().take(DESCRIPTION).collect()
}

/// A relative URI: everything but unreserved characters and `/` is written in hexadecimal.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
