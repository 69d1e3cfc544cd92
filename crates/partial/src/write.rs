//! A partial to text: JSON, one cell a line, the same bytes for the same cells.

use std::fmt::Write;

use jauge::plan::{CubeQuery, LaneValue, QualifiedSum, StatedFact};
use jauge::program::model::Program;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::codes::{CodeText, decimal_text, ordinal_text, text_of, window_text};
use crate::digest::{fingerprint, hex};
use crate::meaning::Meaning;
use crate::partial::{Answer, Partial};

/// What the file says that it is.
pub(crate) const FORMAT: &str = "jauge-partial";

/// The version of the format: a new number when a reader of the old one would be misled.
pub const VERSION: u32 = 1;

/// A fact that several rows state, as it stands in a partial.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FactText {
    pub(crate) code: String,
    pub(crate) agree: bool,
    pub(crate) keys: Vec<CodeText>,
    pub(crate) passes: Vec<bool>,
    pub(crate) statements: Vec<StatementText>,
}

/// One row that states a fact.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatementText {
    pub(crate) by: Option<String>,
    pub(crate) file: String,
    pub(crate) sheet: String,
    pub(crate) line: u64,
    pub(crate) column: u32,
    pub(crate) header: String,
    pub(crate) text: String,
    pub(crate) counted: bool,
}

/// A sum of qualified numbers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QualifiedText {
    pub(crate) stated: String,
    pub(crate) values: u64,
    pub(crate) low: String,
    pub(crate) no_low: u64,
    pub(crate) open_low: u64,
    pub(crate) high: String,
    pub(crate) no_high: u64,
    pub(crate) open_high: u64,
    pub(crate) about: u64,
    pub(crate) otherwise: u64,
}

impl Partial {
    /// The text of a partial.
    pub fn write(&self, program: &Program) -> String {
        let body = self.body(program);
        let head = json!({
            "format": FORMAT,
            "version": VERSION,
            "jauge": env!("CARGO_PKG_VERSION"),
            "checksum": fingerprint(body.as_bytes()),
        });
        let mut text = lines(&head);
        // `lines` ends with a closing brace, which the body replaces.
        text.truncate(text.len() - "\n}\n".len());
        text.push_str(",\n");
        text.push_str(&body);
        text
    }

    /// Everything after the checksum.
    pub(crate) fn body(&self, program: &Program) -> String {
        let head = json!({
            "parts": self.parts,
            "asked": { "indicators": self.asked(program), "rules": self.plan.request.rules },
            "definitions": self.definitions,
            "identities": self.identities,
            "protected": self.protected,
        });
        let text = lines(&head);
        let mut text = text.strip_prefix("{\n").unwrap_or(&text).to_string();
        text.truncate(text.len() - "\n}\n".len());
        text.push_str(",\n\"sources\": [");
        for (at, answer) in self.answers.iter().enumerate() {
            text.push_str(if at > 0 { ",\n" } else { "\n" });
            source(program, answer, true, &mut text);
        }
        text.push_str("\n]\n}\n");
        text
    }
}

/// What two places with the same data share: everything but facts, which name their files.
pub(crate) fn cells(program: &Program, partial: &Partial) -> String {
    let mut text = String::new();
    for answer in &partial.answers {
        source(program, answer, false, &mut text);
    }
    text
}

/// An object, one field a line.
fn lines(object: &Value) -> String {
    let mut text = String::from("{\n");
    for (at, (name, value)) in object.as_object().into_iter().flatten().enumerate() {
        if at > 0 {
            text.push_str(",\n");
        }
        // Writing to a string does not fail.
        let _ = write!(text, "{}: {value}", json!(name));
    }
    text.push_str("\n}\n");
    text
}

fn source(program: &Program, answer: &Answer, with_facts: bool, text: &mut String) {
    let query = &answer.question.query;
    let cube = &answer.cube;
    let name = program.sources.get(query.source).map_or("", |source| source.name.as_str());
    let mut meaning = Meaning::new(program);
    let mut periods = serde_json::Map::new();
    for (key, (low, high)) in &cube.periods {
        let Some(of) = query.keys.get(*key) else { continue };
        let jauge::plan::Key::Period { calendar, .. } = of else { continue };
        let Some(calendar) = program.calendars.get(usize::from(calendar.0)) else { continue };
        let range = json!([ordinal_text(calendar, *low), ordinal_text(calendar, *high)]);
        periods.insert(meaning.key(query.source, of), range);
    }
    let windows: Vec<_> = cube.windows.iter().map(|window| window_text(program, *window)).collect();
    let head = json!({ "source": name, "rows": cube.rows, "periods": periods, "windows": windows });
    let fields = lines(&head);
    text.push_str(fields.trim_end_matches("\n}\n"));
    for (field, columns) in [("identities", &cube.keys), ("once", &answer.once)] {
        let _ = write!(text, ",\n\"{field}\": {{");
        for (at, (column, values)) in columns.iter().enumerate() {
            let column = meaning.column_name(query.source, *column);
            let _ = write!(text, "{}{}: [", if at > 0 { ",\n" } else { "\n" }, json!(column));
            for (at, value) in values.iter().enumerate() {
                let _ = write!(text, "{}\"{}\"", if at > 0 { "," } else { "" }, hex(value));
            }
            text.push(']');
        }
        text.push('}');
    }
    if with_facts {
        let facts: Vec<FactText> = cube.facts.iter().map(|fact| fact_text(program, query, fact)).collect();
        let _ = write!(text, ",\n\"facts\": {},\n\"facts_left_out\": {}", json!(facts), cube.facts_left_out);
    }
    text.push_str(",\n\"sets\": [");
    for (at, set) in query.sets.iter().take(answer.question.sets_of_cells()).enumerate() {
        let by: Vec<String> =
            set.keys.iter().filter_map(|key| query.keys.get(*key)).map(|key| meaning.key(query.source, key)).collect();
        let lanes: Vec<String> = set.lanes.iter().map(|lane| meaning.lane(query, *lane)).collect();
        text.push_str(if at > 0 { ",\n" } else { "\n" });
        let _ = write!(text, "{{\"by\": {}, \"lanes\": {}, \"cells\": [", json!(by), json!(lanes));
        for (at, (codes, values)) in cube.sets.get(at).into_iter().flatten().enumerate() {
            text.push_str(if at > 0 { ",\n" } else { "\n" });
            let keys = set.keys.iter().filter_map(|key| query.keys.get(*key));
            let codes: Vec<CodeText> = keys.zip(codes).map(|(key, code)| text_of(program, key, *code)).collect();
            let values: Vec<Value> = values.iter().map(value).collect();
            let _ = write!(text, "[{},{}]", json!(codes), Value::Array(values));
        }
        text.push_str("]}");
    }
    text.push_str("\n]\n}");
}

fn value(of: &LaneValue) -> Value {
    match of {
        LaneValue::Count(count) => json!(count),
        LaneValue::Sum(sum, values) => json!([decimal_text(*sum), values]),
        LaneValue::Qualified(sum) => {
            let QualifiedSum { stated, values, low, no_low, open_low, high, no_high, open_high, about, otherwise } =
                &**sum;
            json!(QualifiedText {
                stated: decimal_text(*stated),
                values: *values,
                low: decimal_text(*low),
                no_low: *no_low,
                open_low: *open_low,
                high: decimal_text(*high),
                no_high: *no_high,
                open_high: *open_high,
                about: *about,
                otherwise: *otherwise,
            })
        }
        LaneValue::Extreme(extreme) => json!(extreme.map(decimal_text)),
        LaneValue::Values(values) => {
            Value::Array(values.iter().map(|(value, rows)| json!([decimal_text(*value), rows])).collect())
        }
        LaneValue::Keys(keys) => json!(keys),
    }
}

fn fact_text(program: &Program, query: &CubeQuery, fact: &StatedFact) -> FactText {
    let statements = fact.statements.iter().map(|one| StatementText {
        by: one.by.clone(),
        file: one.place.path.clone(),
        sheet: one.place.sheet.clone(),
        line: one.place.line,
        column: one.place.column,
        header: one.place.header.clone(),
        text: one.place.text.clone(),
        counted: one.counted,
    });
    FactText {
        code: fact.code.clone(),
        agree: fact.agree,
        keys: query.keys.iter().zip(&fact.keys).map(|(key, code)| text_of(program, key, *code)).collect(),
        passes: fact.passes.clone(),
        statements: statements.collect(),
    }
}
