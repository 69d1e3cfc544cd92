//! Facts and persons counted once: what can be wrong with statements of one fact, in definitions and in data.

use super::Words;
use crate::text::{Both, Lang};

/// E03 and E05, numbers 55 to 59. Texts that are confidential arrive here already masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactProblem {
    /// `priorité: producteur "UNHCR"` in a source without `fait:`.
    PriorityAlone {
        /// A column that may hold the code of the fact.
        write: String,
    },
    /// Two rows of one fact state different numbers, and nothing says which one is kept.
    Undecided {
        /// The code of the fact.
        code: String,
        /// What each row states, the first one being the place of the problem.
        statements: Vec<Stated>,
        /// The column that says who states it, or is likely to.
        by: Option<String>,
        /// A priority is declared, but it does not tell these apart.
        declared: bool,
    },
    /// Two rows of one fact state different numbers; the declared priority has chosen.
    Disputed {
        /// The code of the fact.
        code: String,
        /// What each row states, the one that is counted first.
        statements: Vec<Stated>,
    },
}

/// What one row states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Who states it.
    pub by: Option<String>,
    /// The text of what is stated.
    pub text: String,
    /// The line of the data file.
    pub line: u64,
}

/// Statements written out; more are counted.
const SHOWN: usize = 4;

impl FactProblem {
    pub(super) const CODES: &'static [&'static str] = &["E0355", "E0555", "W0555"];

    pub(super) fn code(&self) -> &'static str {
        match self {
            FactProblem::PriorityAlone { .. } => "E0355",
            FactProblem::Undecided { .. } => "E0555",
            FactProblem::Disputed { .. } => "W0555",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            FactProblem::PriorityAlone { write } => Both {
                fr: Words::new(
                    "une priorité est déclarée, mais rien ne dit quelles lignes énoncent le même fait",
                    "une priorité entre quels énoncés ?",
                    format!("nommer la colonne du code du fait : fait: {write}"),
                ),
                en: Words::new(
                    "a priority is declared, but nothing says which rows state the same fact",
                    "a priority between which statements?",
                    format!("name the column of the fact's code: fact: {write}"),
                ),
            },
            FactProblem::Undecided { code, statements, by, declared } => {
                undecided(code, statements, by.as_deref(), *declared)
            }
            FactProblem::Disputed { code, statements } => Both {
                fr: rest(
                    Words::new(
                        format!("le fait « {code} » est énoncé de deux façons : {}", listed(statements, Lang::Fr)),
                        "cet énoncé est compté, par la priorité déclarée",
                        "corriger l'énoncé faux dans les données, ou laisser la priorité trancher : les deux restent dans « jauge \
                         why » et dans le JSON",
                    ),
                    statements,
                    "cet énoncé est gardé sans être compté",
                ),
                en: rest(
                    Words::new(
                        format!("the fact `{code}` is stated in two ways: {}", listed(statements, Lang::En)),
                        "this statement is counted, by the declared priority",
                        "mend the wrong statement in the data, or leave it to the priority: both stay in `jauge why` and in \
                         the JSON",
                    ),
                    statements,
                    "this statement is kept, and not counted",
                ),
            },
        }
    }
}

fn undecided(code: &str, statements: &[Stated], by: Option<&str>, declared: bool) -> Both<Words> {
    let mut names: Vec<&str> = statements.iter().filter_map(|stated| stated.by.as_deref()).collect();
    let mut met = Vec::new();
    names.retain(|name| {
        let new = !met.contains(name);
        met.push(*name);
        new
    });
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let (column, list) = (by.unwrap_or("producteur"), quoted.join(", "));
    let (help_fr, help_en) = if names.len() > 1 {
        (
            format!("dire dans la source qui l'emporte : priorité: {column} {list}"),
            format!("say in the source who prevails: priority: {column} {list}"),
        )
    } else if declared {
        (
            "la priorité ne les départage pas : corriger l'un des énoncés, ou donner un code à chacun si ce sont deux faits".into(),
            "the priority does not tell them apart: mend one of the statements, or give each its code if they are two facts".into(),
        )
    } else {
        (
            "corriger l'un des énoncés, ou dire par une colonne qui énonce le fait : priorité: producteur \"A\", \"B\"".into(),
            "mend one of the statements, or say by a column who states the fact: priority: provider \"A\", \"B\"".into(),
        )
    };
    Both {
        fr: rest(
            Words::new(
                format!(
                    "le fait « {code} » est énoncé de deux façons, et rien ne dit laquelle compter : {}",
                    listed(statements, Lang::Fr)
                ),
                "aucun de ces énoncés n'est compté",
                help_fr,
            ),
            statements,
            "l'autre énoncé",
        ),
        en: rest(
            Words::new(
                format!(
                    "the fact `{code}` is stated in two ways, and nothing says which to count: {}",
                    listed(statements, Lang::En)
                ),
                "none of these statements is counted",
                help_en,
            ),
            statements,
            "the other statement",
        ),
    }
}

fn rest(words: Words, statements: &[Stated], label: &str) -> Words {
    statements.iter().skip(1).fold(words, |words, _| words.and(label))
}

/// `26 039 (UNHCR, ligne 3), 26 093 (OIM, ligne 8)`
fn listed(statements: &[Stated], lang: Lang) -> String {
    let mut parts: Vec<String> = statements
        .iter()
        .take(SHOWN)
        .map(|stated| {
            let by = stated.by.as_ref().map_or(String::new(), |by| format!("{by}, "));
            let line = stated.line;
            let place = lang.pick(format!("ligne {line}"), format!("line {line}"));
            format!("{} ({by}{place})", stated.text)
        })
        .collect();
    if statements.len() > SHOWN {
        parts.push("…".into());
    }
    parts.join(", ")
}
