//! Facts and persons counted once: what can be wrong with statements of one fact, in definitions and in data.

use super::Words;
use super::evaluation::place;
use crate::text::{Both, Lang};
use crate::types::{Range, Rounding, RoundingMode};

/// E03 and E05, numbers 55 to 59. Texts that are confidential arrive here already masked.
#[derive(Debug, Clone, PartialEq)]
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
    /// `même fait que: b` where b says `même fait que: a` and a says `même fait que: b`.
    SameInCircle {
        /// The indicators, each stating the fact of the next.
        names: Vec<String>,
    },
    /// `total_a + b` where `total_a` adds a already, and b states the same fact as a.
    AddedTwice {
        /// The indicator on the left.
        one: String,
        /// The indicator on the right.
        other: String,
    },
    /// Two indicators of one fact have different figures.
    StatedTwice {
        /// The indicator that states it again.
        again: String,
        /// The indicator that states it first.
        first: String,
        /// When.
        period: Both<String>,
        /// Where; empty for the total.
        group: Both<String>,
        /// What the one that states it again says.
        left: Range,
        /// What the first one says.
        right: Range,
    },
    /// Two indicators of one fact that have no figure for the same period and group.
    NeverBoth {
        /// The indicator that states it again.
        again: String,
        /// The indicator that states it first.
        first: String,
    },
    /// `nombre de migrants distincts de a et b` where b has no key of migrants.
    NoKey {
        /// The source.
        source: String,
        /// What is counted.
        unit: Both<String>,
    },
    /// `nombre de migrants de a et b`: added or counted once?
    NotDistinct {
        /// What is counted.
        unit: Both<String>,
        /// The sources as they are written.
        sources: Both<String>,
    },
    /// The same where the key of a is a text and that of b a number.
    KeysApart {
        /// A column, its source and what it holds.
        one: (String, String, Both<String>),
        /// The other.
        other: (String, String, Both<String>),
    },
    /// `bénéficiaires_a + bénéficiaires_b`: persons of two sources, as if nobody were in both.
    PersonsAdded {
        /// A source.
        one: String,
        /// The other.
        other: String,
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

/// Decimals of a figure that is not whole.
const DECIMALS: u8 = 4;
/// Statements written out; more are counted.
const SHOWN: usize = 4;

impl FactProblem {
    pub(super) const CODES: &'static [&'static str] = &["E0355", "E0356", "E0357", "E0358", "E0359", "E0555", "W0355", "W0555", "W0655", "W0656"];

    pub(super) fn code(&self) -> &'static str {
        match self {
            FactProblem::PriorityAlone { .. } => "E0355",
            FactProblem::AddedTwice { .. } => "E0356",
            FactProblem::SameInCircle { .. } => "E0357",
            FactProblem::NoKey { .. } | FactProblem::NotDistinct { .. } => "E0358",
            FactProblem::KeysApart { .. } => "E0359",
            FactProblem::PersonsAdded { .. } => "W0355",
            FactProblem::StatedTwice { .. } => "W0655",
            FactProblem::NeverBoth { .. } => "W0656",
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
            FactProblem::SameInCircle { names } => {
                let names = |open: &str, close: &str| {
                    let names: Vec<String> = names.iter().map(|name| format!("{open}{name}{close}")).collect();
                    names.join(" → ")
                };
                Both {
                    fr: Words::new(
                        format!("« même fait que » tourne en rond : {}", names("« ", " »")),
                        "renvoie à un indicateur qui revient ici",
                        "garder le champ dans tous ces indicateurs sauf un : celui qui énonce le fait en premier",
                    ),
                    en: Words::new(
                        format!("`same fact as` turns in a circle: {}", names("`", "`")),
                        "refers to an indicator that comes back here",
                        "keep the field in all these indicators but one: the one that states the fact first",
                    ),
                }
            }
            FactProblem::AddedTwice { one, other } => Both {
                fr: Words::new(
                    format!("cette somme compterait deux fois le même fait : « {one} » et « {other} »"),
                    "additionne deux énoncés d'un seul fait",
                    format!("additionner les indicateurs eux-mêmes, sans total intermédiaire : dans « {one} + {other} » le fait ne compte qu'une fois"),
                )
                .and("le fait est ici")
                .and("et de nouveau ici"),
                en: Words::new(
                    format!("this sum would count one fact twice: `{one}` and `{other}`"),
                    "adds two statements of one fact",
                    format!("add the indicators themselves, without a total between: in `{one} + {other}` the fact counts once"),
                )
                .and("the fact is here")
                .and("and here again"),
            },
            FactProblem::NeverBoth { again, first } => Both {
                fr: Words::new(
                    format!("« {again} » et « {first} » n'ont aucun chiffre de la même période : rien n'a été comparé"),
                    "dit énoncer le même fait",
                    "vérifier les périodes des deux sources ; un fait d'une autre période est un autre fait",
                )
                .and("énoncé ici")
                .and("énoncé d'abord ici"),
                en: Words::new(
                    format!("`{again}` and `{first}` have no figure of the same period: nothing was compared"),
                    "says that it states the same fact",
                    "check the periods of both sources; a fact of another period is another fact",
                )
                .and("stated here")
                .and("stated first here"),
            },
            FactProblem::NoKey { source, unit } => Both {
                fr: Words::new(
                    format!("rien ne dit quelles lignes de « {source} » sont la même personne"),
                    format!("des {} distincts demandés ici", unit.fr),
                    format!("déclarer dans la source la colonne de leur code : compte: {} par code ; sinon écrire « la plus grande de … et … » ou « sans additionner … et … »", unit.fr),
                )
                .and("source déclarée ici"),
                en: Words::new(
                    format!("nothing says which rows of `{source}` are the same person"),
                    format!("distinct {} wanted here", unit.en),
                    format!("declare in the source the column of their code: counts: {} by code; else write `largest of … and …` or `without adding … and …`", unit.en),
                )
                .and("the source is declared here"),
            },
            FactProblem::NotDistinct { unit, sources } => {
                let of = if unit.fr.starts_with(['a', 'e', 'i', 'o', 'u', 'y', 'é', 'è', 'ê', 'h']) { "d'" } else { "de " };
                Both {
                    fr: Words::new(
                        format!("qui est dans plusieurs de ces sources : compter une fois ? ({})", sources.fr),
                        "un nombre sur plusieurs sources ne dit pas ce qu'il fait des mêmes personnes",
                        format!("écrire : nombre {of}{} distincts de {}", unit.fr, sources.fr),
                    ),
                    en: Words::new(
                        format!("who is in several of these sources: counted once? ({})", sources.en),
                        "a number over several sources does not say what it does with the same persons",
                        format!("write: number of distinct {} in {}", unit.en, sources.en),
                    ),
                }
            }
            FactProblem::KeysApart { one: (a, source_a, of_a), other: (b, source_b, of_b) } => Both {
                fr: Words::new(
                    format!("les clés ne se comparent pas : « {a} » de « {source_a} » ({}) et « {b} » de « {source_b} » ({})", of_a.fr, of_b.fr),
                    "une personne n'y a pas la même clé",
                    format!("déclarer les deux colonnes du même type : {b}  {}", of_a.fr),
                )
                .and("une clé ici")
                .and("l'autre clé ici"),
                en: Words::new(
                    format!("the keys cannot be compared: `{a}` of `{source_a}` ({}) and `{b}` of `{source_b}` ({})", of_a.en, of_b.en),
                    "a person does not have the same key in it",
                    format!("declare both columns with one type: {b}  {}", of_a.en),
                )
                .and("one key here")
                .and("the other key here"),
            },
            FactProblem::PersonsAdded { one, other } => Both {
                fr: Words::new(
                    format!("une personne de « {one} » qui est aussi dans « {other} » serait comptée deux fois"),
                    "additionne des personnes de deux sources",
                    "compter par la clé commune (« nombre de … distincts de a et b »), ou écrire « la plus grande de a et b », \
                     « sans additionner a et b » ; si personne n'est dans les deux, le dire : sans double compte: \"pourquoi\"",
                )
                .and("des personnes d'ici")
                .and("et d'ici"),
                en: Words::new(
                    format!("a person of `{one}` who is also in `{other}` would be counted twice"),
                    "adds persons of two sources",
                    "count by the shared key (`number of distinct … in a and b`), or write `largest of a and b`, \
                     `without adding a and b`; if nobody is in both, say so: no double count: \"why\"",
                )
                .and("persons from here")
                .and("and from here"),
            },
            FactProblem::StatedTwice { again, first, period, group, left, right } => {
                let shown = |range: &Range, lang: Lang| {
                    let whole = range.stated().is_whole();
                    let rounding = (!whole).then_some(Rounding { decimals: DECIMALS, mode: RoundingMode::HalfAway });
                    range.show(lang, rounding)
                };
                let (at_fr, at_en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                let (a, b) = (shown(left, Lang::Fr), shown(right, Lang::Fr));
                let (c, d) = (shown(left, Lang::En), shown(right, Lang::En));
                Both {
                    fr: Words::new(
                        format!("un même fait est énoncé de deux façons : « {again} » dit {a}, « {first} » dit {b}{}", at_fr),
                        format!("un total compte le fait une fois, d'après « {first} »"),
                        "corriger l'énoncé faux, ou expliquer la différence sous ce champ : écart connu: \"…\"",
                    )
                    .and(format!("énoncé ici : {a}"))
                    .and(format!("énoncé ici : {b}")),
                    en: Words::new(
                        format!("one fact is stated in two ways: `{again}` says {c}, `{first}` says {d}{}", at_en),
                        format!("a total counts the fact once, as `{first}` says"),
                        "mend the wrong statement, or explain the difference under this field: known discrepancy: \"…\"",
                    )
                    .and(format!("stated here: {c}"))
                    .and(format!("stated here: {d}")),
                }
            }
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
