//! Answers of another engine: what can be wrong with rows that were computed elsewhere and come back in a file. These facts hold no
//! text of a confidential column.

use super::Words;
use crate::text::Both;

/// E05, numbers E0550 to E0554.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswersProblem {
    /// `jauge eval p --answers a.json` where a.json is cut off, or is something else.
    AnswersDamaged {
        /// In what way.
        by: AnswersFlaw,
    },
    /// Answers in a later form.
    AnswersVersion {
        /// The version of the form, as it stands there.
        found: String,
        /// The version that is read here.
        known: u32,
    },
    /// Answers to other questions than these definitions ask.
    OtherQuestions {
        /// The source.
        source: String,
        /// Nothing is asked of this source here.
        not_asked: bool,
    },
    /// A question without an answer.
    AnswerMissing {
        /// The source.
        source: String,
        /// The number of the question from 1; `None` where the whole source is missing.
        question: Option<usize>,
    },
    /// Rows that are not as the question describes them.
    AnswerNotAsDescribed {
        /// The source.
        source: String,
        /// The number of the question, from 1.
        question: usize,
        /// The column, where it is one.
        column: Option<String>,
        /// What was found in it.
        found: Odd,
    },
}

/// What a row is where it is not as described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Odd {
    /// A cell with this text.
    Cell(String),
    /// So many columns.
    Columns(usize),
    /// So many rows where there is one.
    Rows(usize),
    /// One group has two rows.
    Twice,
    /// There is no answer.
    Nothing,
}

/// In what way a file holds no answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswersFlaw {
    /// It ends too early.
    CutOff,
    /// It is no JSON from this line on.
    NotJson(usize),
    /// It is JSON, but not this.
    NotThis,
    /// A part is missing, or of another kind, at this line; 0 where no line can be named.
    Shape(usize),
    /// A source comes twice.
    Twice(String),
    /// More megabytes than are read.
    TooLarge(u64),
}

impl AnswersProblem {
    pub(super) const CODES: &'static [&'static str] = &["E0550", "E0551", "E0552", "E0553", "E0554"];

    pub(super) fn code(&self) -> &'static str {
        match self {
            AnswersProblem::AnswersDamaged { .. } => "E0550",
            AnswersProblem::AnswersVersion { .. } => "E0551",
            AnswersProblem::OtherQuestions { .. } => "E0552",
            AnswersProblem::AnswerMissing { .. } => "E0553",
            AnswersProblem::AnswerNotAsDescribed { .. } => "E0554",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            AnswersProblem::AnswersDamaged { by } => {
                let label = by.label();
                Both {
                    fr: Words::new(
                        "ce fichier ne contient pas de réponses entières, rien n'en est repris",
                        label.fr,
                        "relancez le programme qui l'a écrit, par exemple `clusters/spark/run.py`",
                    ),
                    en: Words::new(
                        "this file does not hold whole answers, nothing of it is used",
                        label.en,
                        "run the program that wrote it again, for instance `clusters/spark/run.py`",
                    ),
                }
            }
            AnswersProblem::AnswersVersion { found, known } => Both {
                fr: Words::new(
                    format!("ces réponses sont d'une version que ce programme ne lit pas : {found}"),
                    format!("la version {known} est lue ici"),
                    "mettez à jour ensemble jauge et le programme qui pose les questions",
                ),
                en: Words::new(
                    format!("these answers are of a version that this program does not read: {found}"),
                    format!("version {known} is read here"),
                    "update jauge and the program that asks the questions together",
                ),
            },
            AnswersProblem::OtherQuestions { source, not_asked } => {
                let (fr, en) = match not_asked {
                    true => ("rien n'est demandé ici à cette source", "nothing is asked of this source here"),
                    false => (
                        "les définitions ou le choix des chiffres ont changé depuis `jauge sql`",
                        "the definitions or the choice of figures have changed since `jauge sql`",
                    ),
                };
                Both {
                    fr: Words::new(
                        format!("les réponses de « {source} » répondent à d'autres questions"),
                        fr,
                        "écrivez de nouveau les questions avec `jauge sql --format json`, avec le même choix (`-i`, `-p`, `-g`) que pour `eval`, et posez-les de nouveau",
                    ),
                    en: Words::new(
                        format!("the answers of `{source}` answer other questions"),
                        en,
                        "write the questions again with `jauge sql --format json`, with the same choice (`-i`, `-p`, `-g`) as for `eval`, and ask them again",
                    ),
                }
            }
            AnswersProblem::AnswerMissing { source, question } => {
                let (fr, en) = match question {
                    Some(number) => (format!("la question {number}"), format!("question {number}")),
                    None => ("toutes ses questions".into(), "all its questions".into()),
                };
                Both {
                    fr: Words::new(
                        format!("il manque des réponses pour « {source} »"),
                        fr,
                        "posez toutes les questions de `jauge sql --format json` : aucun chiffre n'est donné à moitié",
                    ),
                    en: Words::new(
                        format!("answers for `{source}` are missing"),
                        en,
                        "ask all questions of `jauge sql --format json`: no figure is given by halves",
                    ),
                }
            }
            AnswersProblem::AnswerNotAsDescribed { source, question, column, found } => {
                let column = column.as_deref().unwrap_or_default();
                let (fr, en) = match found {
                    Odd::Cell(text) => (format!("« {text} » dans la colonne {column}"), format!("`{text}` in column {column}")),
                    Odd::Columns(count) => (format!("nombre de colonnes : {count}"), format!("number of columns: {count}")),
                    Odd::Rows(count) => {
                        (format!("nombre de lignes : {count}, une seule attendue"), format!("number of rows: {count}, one is expected"))
                    }
                    Odd::Twice => ("un même groupe a deux lignes".into(), "one group has two rows".into()),
                    Odd::Nothing => ("aucune réponse".into(), "no answer".into()),
                };
                Both {
                    fr: Words::new(
                        format!("une ligne de la réponse {question} de « {source} » n'est pas comme la question la décrit"),
                        fr,
                        "les nombres entiers et décimaux reviennent en textes simples (`12.50`), sans exposant, un par colonne décrite",
                    ),
                    en: Words::new(
                        format!("a row of answer {question} of `{source}` is not as the question describes it"),
                        en,
                        "whole numbers and decimals come back as plain texts (`12.50`), without exponent, one for each column described",
                    ),
                }
            }
        }
    }
}

impl AnswersFlaw {
    fn label(&self) -> Both<String> {
        let (fr, en) = match self {
            AnswersFlaw::CutOff => ("le fichier s'arrête trop tôt".into(), "the file ends too early".into()),
            AnswersFlaw::NotJson(line) => {
                (format!("ce n'est pas du JSON à partir de la ligne {line}"), format!("this is no JSON from line {line} on"))
            }
            AnswersFlaw::NotThis => (
                "c'est du JSON, mais pas des réponses à `jauge sql --format json`".into(),
                "this is JSON, but no answers to `jauge sql --format json`".into(),
            ),
            AnswersFlaw::Shape(0) => (
                "une partie manque ou n'est pas de la bonne sorte".into(),
                "a part is missing or of the wrong kind".into(),
            ),
            AnswersFlaw::Shape(line) => (
                format!("une partie manque ou n'est pas de la bonne sorte, ligne {line}"),
                format!("a part is missing or of the wrong kind, line {line}"),
            ),
            AnswersFlaw::Twice(source) => (format!("« {source} » vient deux fois"), format!("`{source}` comes twice")),
            AnswersFlaw::TooLarge(megabytes) => {
                (format!("plus de {megabytes} Mo"), format!("more than {megabytes} MB"))
            }
        };
        Both { fr, en }
    }
}
