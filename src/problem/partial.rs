//! Partial cubes: what can be wrong with cells that are written in one place and merged in another. Texts that are confidential
//! never get here: these facts hold names and counts only.

use super::{Named, Words};
use crate::text::Both;

/// E05 and W05, numbers E0590 to E0599 and W0520 to W0529.
#[derive(Debug, Clone, PartialEq)]
pub enum PartialProblem {
    /// `jauge merge p a.json` where a.json is cut off, or was edited.
    Damaged {
        /// In what way.
        by: Flaw,
    },
    /// A partial written by a later version.
    OtherVersion {
        /// The version of its format, as it stands there.
        found: String,
        /// The version that is read here.
        known: u32,
    },
    /// A partial of other definitions, or of other indicators.
    OtherDefinitions {
        /// Which definitions are not the same; empty where others were asked.
        differing: Vec<(Named, String)>,
        /// How many more.
        more: usize,
    },
    /// `jauge merge p a.json a.json`
    Twice {
        /// The label of the part.
        label: String,
        /// The label under which the same cells come again; `None` where the label itself comes again.
        again: Option<String>,
    },
    /// A part in whose data there are errors.
    WithErrors {
        /// The label of the part.
        label: String,
        /// How many, by code.
        codes: Vec<(String, u64)>,
    },
    /// `jauge eval p --partial` where a source is protected.
    Protected {
        /// The source.
        source: String,
        /// What of it is protected.
        what: Kept,
        /// The indicators that need it.
        indicators: Vec<String>,
    },
    /// Identities of a confidential column would travel in clear.
    NoMergeKey {
        /// The source.
        source: String,
        /// The column.
        column: String,
        /// What they are wanted for.
        wanted: IdentitiesFor,
    },
    /// Two partials whose identities cannot be compared.
    OtherKeys {
        /// One part.
        one: String,
        /// Another.
        other: String,
        /// Why.
        why: Apart,
    },
    /// One thing stands in two parts and would be counted twice.
    Shared {
        /// The source.
        source: String,
        /// What.
        what: SharedThing,
        /// How many of them.
        count: u64,
        /// The two parts.
        parts: (String, String),
    },
    /// A source that no partial can hold.
    NotKept {
        /// The source.
        source: String,
        /// Why.
        why: NotKept,
    },
    /// Nobody has looked whether one row stands in two parts.
    KeysNotCompared {
        /// The source.
        source: String,
        /// What identifies its rows.
        columns: Vec<String>,
        /// `--with-keys` would compare them.
        can_be: bool,
    },
    /// A part in whose data there are warnings.
    WithWarnings {
        /// The label of the part.
        label: String,
        /// How many, by code.
        codes: Vec<(String, u64)>,
    },
}

/// In what way a partial is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// It ends too early.
    CutOff,
    /// It is no JSON.
    NotJson,
    /// It is JSON, but no partial.
    NotThis,
    /// A part of it is missing, comes twice, or is of another kind.
    Shape,
    /// A code that the definitions do not have.
    Code {
        /// The code.
        code: String,
        /// Of what it should be one.
        of: String,
    },
    /// A number that is none, or that nothing can hold.
    Number {
        /// As it stands there.
        text: String,
    },
    /// A cell of more rows than the source has.
    TooMany {
        /// As many as it says.
        count: u64,
    },
    /// Two cells of one group.
    CellTwice,
    /// A place in a list that is not so long.
    Beyond,
    /// The cells are not those that were written.
    Changed,
    /// The file is too large.
    TooLarge {
        /// Its size in megabytes.
        megabytes: u64,
        /// The limit.
        limit: u64,
    },
}

/// What of a source is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Counts below a threshold.
    SmallCounts(u64),
    /// The values of a confidential column.
    Values(String),
}

/// What identities are wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentitiesFor {
    /// To count each person once, in these indicators.
    Distinct(Vec<String>),
    /// To find a fact that two parts state.
    Facts,
    /// To find a row that stands in two parts.
    Keys,
}

/// Why identities of two parts cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// They were written with two secrets.
    Secrets,
    /// Only one was written with a secret.
    OneInClear,
    /// They were made by two engines, each in its way.
    Engines,
}

/// What stands in two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SharedThing {
    /// Values of the key of this column.
    Key(String),
    /// Facts.
    Fact,
    /// Groups of a table: the first of them.
    Group(String),
}

/// Why no partial can hold a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKept {
    /// It cannot be read.
    Unreadable,
    /// Rows contradict each other on a fact, so that none is counted.
    Undecided,
    /// A sum does not fit.
    TooLarge,
}

fn codes(codes: &[(String, u64)]) -> String {
    codes.iter().map(|(code, count)| format!("{code} × {count}")).collect::<Vec<_>>().join(", ")
}

/// Indicators that are named in a message; the others are counted.
const NAMES: usize = 6;

fn names(names: &[String], open: &str, close: &str, more: &str) -> String {
    let shown: Vec<String> = names.iter().take(NAMES).map(|name| format!("{open}{name}{close}")).collect();
    let rest = names.len().saturating_sub(NAMES);
    let rest = if rest > 0 { format!(", {more} {rest}") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}

impl PartialProblem {
    pub(super) const CODES: &'static [&'static str] = &[
        "E0590", "E0591", "E0592", "E0593", "E0594", "E0595", "E0596", "E0597", "E0598", "E0599", "W0520", "W0521",
    ];

    pub(super) fn code(&self) -> &'static str {
        match self {
            PartialProblem::Damaged { .. } => "E0590",
            PartialProblem::OtherVersion { .. } => "E0591",
            PartialProblem::OtherDefinitions { .. } => "E0592",
            PartialProblem::Twice { .. } => "E0593",
            PartialProblem::WithErrors { .. } => "E0594",
            PartialProblem::Protected { .. } => "E0595",
            PartialProblem::NoMergeKey { .. } => "E0596",
            PartialProblem::OtherKeys { .. } => "E0597",
            PartialProblem::Shared { .. } => "E0598",
            PartialProblem::NotKept { .. } => "E0599",
            PartialProblem::KeysNotCompared { .. } => "W0520",
            PartialProblem::WithWarnings { .. } => "W0521",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            PartialProblem::Damaged { by } => by.words(),
            PartialProblem::OtherVersion { found, known } => Both {
                fr: Words::new(
                    format!("ce partiel est d'une version que ce programme ne lit pas : {found}"),
                    format!("la version {known} est lue ici"),
                    "mettez jauge à jour, ou demandez un partiel écrit par la même version",
                ),
                en: Words::new(
                    format!("this partial is of a version that this program does not read: {found}"),
                    format!("version {known} is read here"),
                    "update jauge, or ask for a partial written by the same version",
                ),
            },
            PartialProblem::OtherDefinitions { differing, more } => {
                let all = |quote: fn(&str) -> String, the: fn(Named) -> &'static str, word: &str| {
                    let shown = differing.iter().map(|(named, name)| format!("{} {}", the(*named), quote(name)));
                    let mut shown: Vec<String> = shown.collect();
                    if *more > 0 {
                        shown.push(format!("{word} {more}"));
                    }
                    shown.join(", ")
                };
                if differing.is_empty() {
                    return Both {
                        fr: Words::new(
                            "ce partiel répond à une autre question que les autres",
                            "d'autres indicateurs, d'autres ventilations ou d'autres contrôles y sont demandés",
                            "écrivez-le de nouveau, avec les mêmes définitions et les mêmes options que les autres",
                        ),
                        en: Words::new(
                            "this partial answers another question than the others",
                            "other indicators, breakdowns or rules are asked for in it",
                            "write it again, with the same definitions and the same options as the others",
                        ),
                    };
                }
                Both {
                    fr: Words::new(
                        "ce partiel a été écrit avec d'autres définitions",
                        format!("ne sont pas les mêmes qu'ici : {}", all(|name| format!("« {name} »"), |of| of.the().fr, "et d'autres :")),
                        "mettez les mêmes fichiers d'indicateurs des deux côtés, puis écrivez le partiel de nouveau",
                    ),
                    en: Words::new(
                        "this partial was written with other definitions",
                        format!("not the same as here: {}", all(|name| format!("`{name}`"), |of| of.the().en, "and others:")),
                        "put the same indicator files on both sides, then write the partial again",
                    ),
                }
            }
            PartialProblem::Twice { label, again } => match again {
                None => Both {
                    fr: Words::new(
                        format!("« {label} » est déjà dans la fusion : ses chiffres compteraient deux fois"),
                        "la même étiquette de nouveau",
                        "donnez chaque partiel une seule fois ; deux lieux ont deux étiquettes (`--label`)",
                    )
                    .and("déjà ici"),
                    en: Words::new(
                        format!("`{label}` is in the merge already: its figures would count twice"),
                        "the same label again",
                        "give each partial once only; two places have two labels (`--label`)",
                    )
                    .and("already here"),
                },
                Some(again) => Both {
                    fr: Words::new(
                        format!("« {label} » et « {again} » ont exactement les mêmes cellules"),
                        "les mêmes données sous une autre étiquette ?",
                        "retirez l'un des deux ; si deux lieux ont vraiment les mêmes chiffres, ajoutez `--accept-identical`",
                    )
                    .and("déjà ici"),
                    en: Words::new(
                        format!("`{label}` and `{again}` have exactly the same cells"),
                        "the same data under another label?",
                        "leave one of them out; where two places really have the same figures, add `--accept-identical`",
                    )
                    .and("already here"),
                },
            },
            PartialProblem::WithErrors { label, codes: found } => Both {
                fr: Words::new(
                    format!("les données de « {label} » ont des erreurs"),
                    codes(found),
                    "faites corriger là-bas ce que `jauge check --data` y montre, puis écrire le partiel de nouveau",
                ),
                en: Words::new(
                    format!("the data of `{label}` have errors"),
                    codes(found),
                    "have what `jauge check --data` shows mended there, and the partial written again",
                ),
            },
            PartialProblem::WithWarnings { label, codes: found } => Both {
                fr: Words::new(
                    format!("les données de « {label} » ont des avertissements"),
                    codes(found),
                    "`jauge check --data` les montre là-bas, ligne par ligne",
                ),
                en: Words::new(
                    format!("the data of `{label}` have warnings"),
                    codes(found),
                    "`jauge check --data` shows them there, line by line",
                ),
            },
            PartialProblem::Protected { source, what, indicators } => {
                let fr_names = names(indicators, "« ", " »", "et encore");
                let en_names = names(indicators, "`", "`", "and more:");
                let (fr, en) = match what {
                    Kept::SmallCounts(threshold) => (
                        format!("« {source} » a un seuil de secret ({threshold}) : ses petits effectifs ne quittent pas ce poste"),
                        format!("`{source}` has a confidentiality threshold ({threshold}): its small counts do not leave this place"),
                    ),
                    Kept::Values(column) => (
                        format!("les valeurs de « {column} » de « {source} » sont confidentielles et partiraient une à une"),
                        format!("the values of `{column}` of `{source}` are confidential and would leave one by one"),
                    ),
                };
                Both {
                    fr: Words::new(
                        fr,
                        format!("nécessaires à : {fr_names}"),
                        "choisissez d'autres indicateurs (`--indicator`) ; ou, si vous en avez le droit et si le destinataire peut voir ces cellules, ajoutez `--with-protected` : la fusion appliquera le secret aux totaux",
                    ),
                    en: Words::new(
                        en,
                        format!("needed by: {en_names}"),
                        "choose other indicators (`--indicator`); or, if you may and if whoever receives them may see these cells, add `--with-protected`: the merge applies the threshold to the totals",
                    ),
                }
            }
            PartialProblem::NoMergeKey { source, column, wanted } => {
                let (fr, en) = match wanted {
                    IdentitiesFor::Distinct(indicators) => (
                        format!("pour compter chacun une fois dans {}", names(indicators, "« ", " »", "et encore")),
                        format!("to count each one once in {}", names(indicators, "`", "`", "and more:")),
                    ),
                    IdentitiesFor::Facts => (
                        "pour reconnaître un fait énoncé dans deux partiels".into(),
                        "to find a fact that two partials state".into(),
                    ),
                    IdentitiesFor::Keys => (
                        "pour reconnaître une ligne présente dans deux partiels".into(),
                        "to find a row that stands in two partials".into(),
                    ),
                };
                Both {
                    fr: Words::new(
                        format!("les identités de « {column} » de « {source} » sont confidentielles et ne partent pas en clair"),
                        fr,
                        "convenez d'une phrase secrète entre régions (16 caractères au moins) et mettez-la dans la variable d'environnement JAUGE_MERGE_KEY ; sinon choisissez d'autres indicateurs (`--indicator`)",
                    ),
                    en: Words::new(
                        format!("the identities of `{column}` of `{source}` are confidential and do not leave in clear"),
                        en,
                        "agree on a secret phrase between regions (16 characters at least) and put it in the environment variable JAUGE_MERGE_KEY; else choose other indicators (`--indicator`)",
                    ),
                }
            }
            PartialProblem::OtherKeys { one, other, why } => {
                let (fr, en) = match why {
                    Apart::Secrets => (
                        "écrites avec deux phrases secrètes différentes",
                        "written with two different secret phrases",
                    ),
                    Apart::OneInClear => (
                        "brouillées dans l'un, en clair dans l'autre",
                        "scrambled in one, in clear in the other",
                    ),
                    Apart::Engines => (
                        "faites par deux moteurs, chacun à sa façon",
                        "made by two engines, each in its own way",
                    ),
                };
                Both {
                    fr: Words::new(
                        format!("les identités de « {one} » et de « {other} » ne se comparent pas : une personne compterait deux fois"),
                        fr,
                        "écrivez de nouveau l'un des deux, avec la même JAUGE_MERGE_KEY et la même version",
                    ),
                    en: Words::new(
                        format!("the identities of `{one}` and of `{other}` cannot be compared: one person would count twice"),
                        en,
                        "write one of them again, with the same JAUGE_MERGE_KEY and the same version",
                    ),
                }
            }
            PartialProblem::Shared { source, what, count, parts: (one, other) } => {
                let (fr, en, fr_label, en_label) = match what {
                    SharedThing::Key(column) => (
                        format!("des lignes de « {source} » sont à la fois dans « {one} » et dans « {other} »"),
                        format!("rows of `{source}` are both in `{one}` and in `{other}`"),
                        format!("identifiants « {column} » communs : {count}"),
                        format!("keys `{column}` in both: {count}"),
                    ),
                    SharedThing::Fact => (
                        format!("« {one} » et « {other} » énoncent les mêmes faits de « {source} »"),
                        format!("`{one}` and `{other}` state the same facts of `{source}`"),
                        format!("faits communs : {count}"),
                        format!("facts in both: {count}"),
                    ),
                    SharedThing::Group(group) => (
                        format!("« {one} » et « {other} » donnent les mêmes groupes du tableau « {source} »"),
                        format!("`{one}` and `{other}` give the same groups of the table `{source}`"),
                        format!("groupes communs : {count}, dont {group}"),
                        format!("groups in both: {count}, among them {group}"),
                    ),
                };
                Both {
                    fr: Words::new(
                        fr,
                        fr_label,
                        "laissez chaque ligne dans un seul lieu, puis écrivez les partiels de nouveau : rien n'est additionné deux fois",
                    ),
                    en: Words::new(
                        en,
                        en_label,
                        "leave each row in one place only, then write the partials again: nothing is added twice",
                    ),
                }
            }
            PartialProblem::NotKept { source, why } => {
                let (fr, en) = match why {
                    NotKept::Unreadable => (
                        (format!("« {source} » ne peut pas être lue : aucun partiel n'est écrit"), "sans elle, le partiel vaudrait zéro là où rien n'est connu", "corrigez d'abord ce qui est dit plus haut, ou choisissez d'autres indicateurs (`--indicator`)"),
                        (format!("`{source}` cannot be read: no partial is written"), "without it, the partial would stand for zero where nothing is known", "mend first what is said above, or choose other indicators (`--indicator`)"),
                    ),
                    NotKept::Undecided => (
                        (format!("des lignes de « {source} » se contredisent sur un même fait : aucun partiel n'est écrit"), "le fait n'est pas compté, et un autre lieu peut l'énoncer aussi", "corrigez la ligne fausse, ou déclarez une priorité dans la source"),
                        (format!("rows of `{source}` contradict each other on one fact: no partial is written"), "the fact is not counted, and another place may state it too", "mend the wrong row, or declare a priority in the source"),
                    ),
                    NotKept::TooLarge => (
                        (format!("les sommes de « {source} » ne tiennent pas dans un nombre exact, une fois fusionnées"), "un nombre démesuré dans l'un des partiels", "vérifiez les nombres de cette source dans chaque partiel"),
                        (format!("the sums of `{source}` do not fit in an exact number once merged"), "a huge number in one of the partials", "check the numbers of this source in each partial"),
                    ),
                };
                Both { fr: Words::new(fr.0, fr.1, fr.2), en: Words::new(en.0, en.1, en.2) }
            }
            PartialProblem::KeysNotCompared { source, columns, can_be } => Both {
                fr: Words::new(
                    format!("personne n'a vérifié qu'une ligne de « {source} » n'est que dans un partiel"),
                    format!("identifiée par {}, ce que les partiels ne portent pas", columns.join(" + ")),
                    match can_be {
                        true => "pour le vérifier, écrivez chaque partiel avec `--with-keys`",
                        false => "vérifiez entre régions qu'elles ne tiennent pas les mêmes lignes : un identifiant de plusieurs colonnes ne se compare pas entre partiels",
                    },
                ),
                en: Words::new(
                    format!("nobody has checked that a row of `{source}` is in one partial only"),
                    format!("identified by {}, which the partials do not carry", columns.join(" + ")),
                    match can_be {
                        true => "to have it checked, write each partial with `--with-keys`",
                        false => "check between regions that they do not hold the same rows: a key of several columns is not compared between partials",
                    },
                ),
            },
        }
    }
}

impl Flaw {
    fn words(&self) -> Both<Words> {
        let (fr, en): (String, String) = match self {
            Flaw::CutOff => ("le fichier s'arrête trop tôt".into(), "the file ends too early".into()),
            Flaw::NotJson => ("ce n'est pas du JSON à partir d'ici".into(), "this is no JSON from here on".into()),
            Flaw::NotThis => (
                "c'est du JSON, mais pas un partiel de jauge".into(),
                "this is JSON, but no partial of jauge".into(),
            ),
            Flaw::Shape => (
                "une partie manque, vient deux fois ou n'est pas de la bonne sorte".into(),
                "a part is missing, comes twice or is of the wrong kind".into(),
            ),
            Flaw::Code { code, of } => (
                format!("« {code} » n'est pas un code de « {of} »"),
                format!("`{code}` is no code of `{of}`"),
            ),
            Flaw::Number { text } => {
                (format!("« {text} » n'est pas un nombre exact"), format!("`{text}` is no exact number"))
            }
            Flaw::TooMany { count } => (
                format!("{count} lignes dans une cellule, plus que la source n'en a"),
                format!("{count} rows in a cell, more than the source has"),
            ),
            Flaw::CellTwice => ("une deuxième cellule du même groupe".into(), "a second cell of the same group".into()),
            Flaw::Beyond => {
                ("renvoie à une place qui n'existe pas".into(), "refers to a place that does not exist".into())
            }
            Flaw::Changed => (
                "le contenu n'est plus celui qui a été écrit : la somme de contrôle diffère".into(),
                "the content is no longer what was written: the checksum differs".into(),
            ),
            Flaw::TooLarge { megabytes, limit } => (
                format!("{megabytes} Mo, et un partiel en a au plus {limit}"),
                format!("{megabytes} MB, and a partial has at most {limit}"),
            ),
        };
        Both {
            fr: Words::new(
                "ce partiel est abîmé, rien n'en est repris",
                fr,
                "demandez-le de nouveau, tel que `jauge eval --partial` l'a écrit",
            ),
            en: Words::new(
                "this partial is damaged, nothing of it is used",
                en,
                "ask for it again, as `jauge eval --partial` wrote it",
            ),
        }
    }
}
