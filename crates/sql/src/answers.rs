//! Text to answers: the file in which another engine hands back the rows of a [`crate::Document`]. All of it or nothing.

use std::collections::BTreeSet;

use jauge::problem::{AnswersFlaw, AnswersProblem, Odd};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category;

use crate::answer::{NotAsDescribed, Row};
use crate::dialect::Dialect;
use crate::document::VERSION;
use crate::script::{Says, Script};

/// Megabytes of answers that are read: cells, not rows, so a file that is longer is something else.
pub const MEGABYTES: u64 = 1024;

/// What another engine answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// [`VERSION`].
    pub version: u32,
    /// For whom the questions were written.
    pub dialect: Dialect,
    /// Who answers, in words.
    #[serde(default)]
    pub engine: String,
    /// Every column of the tables was taken to hold texts.
    pub text_columns: bool,
    /// One for each source of the document.
    pub sources: Vec<SourceAnswers>,
}

/// The answers for one source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceAnswers {
    /// Its name.
    pub source: String,
    /// The fingerprint of its questions, as the document has it.
    pub fingerprint: String,
    /// The rows of each statement, in their order; `None` for one that was not run because it need not be.
    pub results: Vec<Option<Vec<Row>>>,
}

/// What can be read of any version.
#[derive(Deserialize)]
struct Head {
    version: Option<serde_json::Value>,
}

/// Reads answers.
pub fn read_answers(bytes: &[u8]) -> Result<Answers, AnswersProblem> {
    let damaged = |by| AnswersProblem::AnswersDamaged { by };
    if bytes.len() as u64 > MEGABYTES << 20 {
        return Err(damaged(AnswersFlaw::TooLarge(MEGABYTES)));
    }
    let wrong = |error: serde_json::Error| match error.classify() {
        Category::Eof => damaged(AnswersFlaw::CutOff),
        Category::Syntax | Category::Io => damaged(AnswersFlaw::NotJson(error.line())),
        Category::Data => damaged(AnswersFlaw::Shape(error.line())),
    };
    let is_object = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if !is_object && serde_json::from_slice::<IgnoredAny>(bytes).is_ok() {
        return Err(damaged(AnswersFlaw::NotThis));
    }
    let head: Head = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => damaged(AnswersFlaw::NotThis),
        Category::Eof | Category::Syntax | Category::Io => wrong(error),
    })?;
    match head.version {
        None => return Err(damaged(AnswersFlaw::NotThis)),
        Some(version) if version.as_u64() != Some(u64::from(VERSION)) => {
            let found = version.to_string().chars().take(20).collect();
            return Err(AnswersProblem::AnswersVersion { found, known: VERSION });
        }
        Some(_) => {}
    }
    let answers: Answers = serde_json::from_slice(bytes).map_err(wrong)?;
    let mut seen = BTreeSet::new();
    match answers.sources.iter().find(|one| !seen.insert(one.source.as_str())) {
        Some(twice) => Err(damaged(AnswersFlaw::Twice(twice.source.clone()))),
        None => Ok(answers),
    }
}

/// Rows that are not as described, as a problem; texts of the table stay hidden.
pub fn problem_of_rows(source: &str, script: &Script, wrong: &NotAsDescribed) -> AnswersProblem {
    let question = wrong.statement + 1;
    let statement = script.statements.get(wrong.statement);
    let column = statement.and_then(|of| of.columns.iter().find(|column| Some(&column.name) == wrong.column.as_ref()));
    let hidden = column.is_some_and(|column| match column.says {
        Says::Value { .. }
        | Says::Text { .. }
        | Says::Code { .. }
        | Says::Near
        | Says::Example
        | Says::Extreme { .. } => true,
        Says::LeftOut
        | Says::Key { .. }
        | Says::Rows { .. }
        | Says::Count { .. }
        | Says::Sum { .. }
        | Says::Entered { .. }
        | Says::Having { .. }
        | Says::First { .. }
        | Says::Last { .. }
        | Says::Wrong { .. }
        | Says::NotFound { .. }
        | Says::Identifiers
        | Says::Mistake
        | Says::Times
        | Says::InAll => false,
    });
    let found = match &wrong.found {
        Odd::Cell(_) if hidden => Odd::Cell("•••".into()),
        found => found.clone(),
    };
    AnswersProblem::AnswerNotAsDescribed { source: source.into(), question, column: wrong.column.clone(), found }
}
