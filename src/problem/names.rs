//! E02: names that are unknown, declared twice, of the wrong kind or missing, and definitions that turn in a circle.

use super::Words;
use crate::text::Both;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named {
    /// An indicator.
    Indicator,
    /// A source.
    Source,
    /// A dimension or one of its levels.
    Dimension,
    /// A member of a dimension.
    Member,
    /// A column of a source, or of a code list in a file.
    Column,
    /// A unit.
    Unit,
    /// A calendar.
    Calendar,
    /// An item of the framework.
    Item,
    /// A numeric attribute of a dimension's members.
    Attribute,
    /// A level of a dimension.
    Level,
    /// Another spelling of a member.
    Alias,
    /// A rule.
    Rule,
    /// A funnel.
    Funnel,
    /// A test.
    Test,
    /// A framework.
    Framework,
    /// A published value, a target or a baseline.
    Aim,
}

impl Named {
    /// With its article: `la source`, `the source`.
    pub fn the(self) -> Both<&'static str> {
        let (fr, en) = match self {
            Named::Indicator => ("l'indicateur", "the indicator"),
            Named::Source => ("la source", "the source"),
            Named::Dimension => ("la dimension", "the dimension"),
            Named::Member => ("le membre", "the member"),
            Named::Column => ("la colonne", "the column"),
            Named::Unit => ("l'unité", "the unit"),
            Named::Calendar => ("le calendrier", "the calendar"),
            Named::Item => ("le code", "the code"),
            Named::Attribute => ("l'attribut", "the attribute"),
            Named::Level => ("le niveau", "the level"),
            Named::Alias => ("l'alias", "the alias"),
            Named::Rule => ("le contrôle", "the rule"),
            Named::Funnel => ("le parcours", "the funnel"),
            Named::Test => ("le test", "the test"),
            Named::Framework => ("le cadre", "the framework"),
            Named::Aim => ("la valeur", "the value"),
        };
        Both { fr, en }
    }

    /// With the indefinite article: `une source`, `a source`.
    pub fn a(self) -> Both<&'static str> {
        let (fr, en) = match self {
            Named::Indicator => ("un indicateur", "an indicator"),
            Named::Source => ("une source", "a source"),
            Named::Dimension => ("une dimension", "a dimension"),
            Named::Member => ("un membre", "a member"),
            Named::Column => ("une colonne", "a column"),
            Named::Unit => ("une unité", "a unit"),
            Named::Calendar => ("un calendrier", "a calendar"),
            Named::Item => ("un code du cadre", "a code of the framework"),
            Named::Attribute => ("un attribut", "an attribute"),
            Named::Level => ("un niveau", "a level"),
            Named::Alias => ("un alias", "an alias"),
            Named::Rule => ("un contrôle", "a rule"),
            Named::Funnel => ("un parcours", "a funnel"),
            Named::Test => ("un test", "a test"),
            Named::Framework => ("un cadre", "a framework"),
            Named::Aim => ("une valeur", "a value"),
        };
        Both { fr, en }
    }

    /// True where the French noun is feminine.
    fn feminine(self) -> bool {
        match self {
            Named::Source | Named::Dimension | Named::Column | Named::Unit | Named::Aim => true,
            Named::Indicator
            | Named::Member
            | Named::Calendar
            | Named::Item
            | Named::Attribute
            | Named::Level
            | Named::Alias
            | Named::Rule
            | Named::Funnel
            | Named::Test
            | Named::Framework => false,
        }
    }
}

/// E02.
#[derive(Debug, Clone, PartialEq)]
pub enum NameProblem {
    /// `numérateur: enfant_inscrits` where only `enfants_inscrits` is declared. One code for each kind of name.
    Unknown {
        /// What was looked for.
        what: Named,
        /// The name as written.
        name: String,
        /// The source or dimension in which it was looked for.
        within: Option<String>,
        /// The name that was probably meant.
        near: Option<String>,
        /// Some names that exist.
        known: Vec<String>,
    },
    /// Two blocks `indicateur total "…"`, in the same file or in two.
    DefinedTwice {
        /// What both define.
        what: Named,
        /// The name.
        name: String,
    },
    /// Two members `F` in a dimension, two columns `sexe` in a source, an alias that is another member's label.
    RepeatedInside {
        /// What is repeated.
        what: Named,
        /// Its text.
        name: String,
        /// The source, dimension or framework in which it is.
        within: String,
    },
    /// `mesure: inscriptions` where `inscriptions` is a source.
    WrongKind {
        /// The name.
        name: String,
        /// What it names.
        is: Named,
        /// What is wanted there.
        wanted: Named,
        /// What to write instead, in both languages.
        write: Both<String>,
    },
    /// `objectif: 1.1` where `1.1` is an action.
    ItemKind {
        /// The code.
        code: String,
        /// The line to write instead.
        write: Both<String>,
    },
    /// An indicator without a measure, a source without columns.
    FieldMissing {
        /// The kind of block.
        block: Named,
        /// Its name.
        name: String,
        /// The field, in both languages, as it must be written.
        field: Both<String>,
        /// The line to add, in both languages.
        write: Both<String>,
    },
    /// An indicator with both a measure and a numerator.
    TwoForms {
        /// The indicator.
        name: String,
    },
    /// `a` is computed from `b`, which is computed from `a`.
    Cycle {
        /// Names in order; the first follows the last.
        names: Vec<String>,
    },
    /// A test's data row has more or fewer cells than its header.
    CellCount {
        /// Cells of the row.
        found: usize,
        /// Cells of the header.
        wanted: usize,
    },
    /// A declared source, dimension or unit that nothing uses.
    Unused {
        /// What it is.
        what: Named,
        /// Its name.
        name: String,
    },
}

impl NameProblem {
    pub(super) const CODES: &'static [&'static str] = &[
        "E0201", "E0202", "E0203", "E0204", "E0205", "E0206", "E0207", "E0208", "E0209", "E0210", "E0211", "E0212",
        "E0213", "E0214", "E0215", "E0216", "W0201",
    ];

    pub(super) fn code(&self) -> &'static str {
        match self {
            NameProblem::Unknown { what, .. } => match what {
                Named::Indicator | Named::Rule | Named::Funnel | Named::Test | Named::Framework | Named::Aim => "E0201",
                Named::Source => "E0202",
                Named::Dimension | Named::Level => "E0203",
                Named::Member | Named::Alias => "E0204",
                Named::Column => "E0205",
                Named::Unit => "E0206",
                Named::Calendar => "E0207",
                Named::Item => "E0208",
                Named::Attribute => "E0209",
            },
            NameProblem::DefinedTwice { .. } => "E0210",
            NameProblem::RepeatedInside { .. } => "E0211",
            NameProblem::WrongKind { .. } | NameProblem::ItemKind { .. } => "E0212",
            NameProblem::FieldMissing { .. } => "E0213",
            NameProblem::TwoForms { .. } => "E0214",
            NameProblem::Cycle { .. } => "E0215",
            NameProblem::CellCount { .. } => "E0216",
            NameProblem::Unused { .. } => "W0201",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            NameProblem::Unknown { what, name, within, near, known } => unknown(*what, name, within, near, known),
            NameProblem::DefinedTwice { what, name } => {
                let the = what.the();
                let e = if what.feminine() { "e" } else { "" };
                Both {
                    fr: Words::new(
                        format!("{} « {name} » est défini{e} deux fois", the.fr),
                        "seconde définition",
                        format!("donner un autre nom à l'une des deux, par exemple : {name}_2"),
                    )
                    .and("première définition"),
                    en: Words::new(
                        format!("{} `{name}` is defined twice", the.en),
                        "second definition",
                        format!("give one of the two another name, for example: {name}_2"),
                    )
                    .and("first definition"),
                }
            }
            NameProblem::RepeatedInside { what, name, within } => {
                let the = what.the();
                Both {
                    fr: Words::new(
                        format!("{} « {name} » figure deux fois dans « {within} »", the.fr),
                        "deuxième fois",
                        "supprimer cette ligne ou cet alias, ou lui donner un autre nom",
                    )
                    .and("première fois"),
                    en: Words::new(
                        format!("{} `{name}` stands twice in `{within}`", the.en),
                        "second time",
                        "delete this line or alias, or give it another name",
                    )
                    .and("first time"),
                }
            }
            NameProblem::WrongKind { name, is, wanted, write } => {
                let (is, wanted) = (is.a(), wanted.a());
                Both {
                    fr: Words::new(
                        format!("« {name} » est {}, il faut ici {}", is.fr, wanted.fr),
                        format!("c'est {}", is.fr),
                        format!("écrire : {}", write.fr),
                    )
                    .and("défini ici"),
                    en: Words::new(
                        format!("`{name}` is {}, where {} is wanted", is.en, wanted.en),
                        format!("this is {}", is.en),
                        format!("write: {}", write.en),
                    )
                    .and("defined here"),
                }
            }
            NameProblem::ItemKind { code, write } => Both {
                fr: Words::new(
                    format!("« {code} » n'est pas de cette sorte dans le cadre"),
                    "autre sorte d'élément",
                    format!("écrire : {}", write.fr),
                )
                .and("déclaré ici"),
                en: Words::new(
                    format!("`{code}` is of another kind in the framework"),
                    "another kind of item",
                    format!("write: {}", write.en),
                )
                .and("declared here"),
            },
            NameProblem::FieldMissing { block, name, field, write } => {
                let the = block.the();
                let e = if block.feminine() { "ète" } else { "et" };
                Both {
                    fr: Words::new(
                        format!("il manque le champ « {} » : {} « {name} » est incompl{e}", field.fr, the.fr),
                        format!("sans champ « {} »", field.fr),
                        format!("ajouter, en retrait sous cette ligne : {}", write.fr),
                    ),
                    en: Words::new(
                        format!("{} `{name}` lacks the field `{}`", the.en, field.en),
                        format!("no field `{}`", field.en),
                        format!("add, indented under this line: {}", write.en),
                    ),
                }
            }
            NameProblem::TwoForms { name } => Both {
                fr: Words::new(
                    format!("l'indicateur « {name} » a une mesure et aussi un numérateur ou un dénominateur"),
                    "en trop, puisque l'autre forme est là",
                    "garder soit « mesure: », soit « numérateur: » et « dénominateur: »",
                )
                .and("l'autre forme"),
                en: Words::new(
                    format!("the indicator `{name}` has a measure and also a numerator or a denominator"),
                    "one too many, since the other form is there",
                    "keep either `measure:`, or `numerator:` and `denominator:`",
                )
                .and("the other form"),
            },
            NameProblem::Cycle { names } => cycle(names),
            NameProblem::CellCount { found, wanted } => Both {
                fr: Words::new(
                    format!("cette ligne de données a {found} cellules, il en faut {wanted}"),
                    format!("{found} cellules"),
                    "séparer les cellules par « | », une par colonne de l'en-tête ; laisser vide une cellule sans valeur",
                )
                .and(format!("l'en-tête a {wanted} colonnes")),
                en: Words::new(
                    format!("this data row has {found} cells, it needs {wanted}"),
                    format!("{found} cells"),
                    "separate the cells with `|`, one for each column of the header; leave a cell without a value empty",
                )
                .and(format!("the header has {wanted} columns")),
            },
            NameProblem::Unused { what, name } => {
                let the = what.the();
                let e = if what.feminine() { "e" } else { "" };
                Both {
                    fr: Words::new(
                        format!("{} « {name} » n'est jamais utilisé{e}", the.fr),
                        "aucun indicateur, contrôle ni source ne s'en sert",
                        "supprimer ce bloc, ou l'utiliser dans un indicateur",
                    ),
                    en: Words::new(
                        format!("{} `{name}` is never used", the.en),
                        "no indicator, rule or source uses it",
                        "delete this block, or use it in an indicator",
                    ),
                }
            }
        }
    }
}

fn unknown(
    what: Named,
    name: &str,
    within: &Option<String>,
    near: &Option<String>,
    known: &[String],
) -> Both<Words> {
    let the = what.the();
    let (title_fr, title_en) = match within {
        Some(owner) => (
            format!("{} « {name} » n'existe pas dans « {owner} »", the.fr),
            format!("{} `{name}` does not exist in `{owner}`", the.en),
        ),
        None => (format!("{} « {name} » n'existe pas", the.fr), format!("{} `{name}` does not exist", the.en)),
    };
    let (help_fr, help_en) = match (near, known) {
        (Some(near), _) => (format!("écrire : {near}"), format!("write: {near}")),
        (None, []) => declare(what, name),
        (None, known) => {
            let list = known.join(", ");
            (format!("écrire l'un de ceux-ci : {list}"), format!("write one of these: {list}"))
        }
    };
    let label_fr = if what.feminine() { "inconnue" } else { "inconnu" };
    Both { fr: Words::new(title_fr, label_fr, help_fr), en: Words::new(title_en, "unknown", help_en) }
}

/// What to declare where nothing of this kind exists yet.
fn declare(what: Named, name: &str) -> (String, String) {
    match what {
        Named::Indicator | Named::Rule | Named::Funnel | Named::Test | Named::Framework | Named::Aim => {
            (format!("déclarer un bloc : indicateur {name} \"…\""), format!("declare a block: indicator {name} \"…\""))
        }
        Named::Source => {
            (format!("déclarer un bloc : source {name} \"…\""), format!("declare a block: source {name} \"…\""))
        }
        Named::Dimension | Named::Level => {
            (format!("déclarer un bloc : dimension {name} \"…\""), format!("declare a block: dimension {name} \"…\""))
        }
        Named::Unit => (format!("déclarer un bloc : unité {name}"), format!("declare a block: unit {name}")),
        Named::Calendar => {
            (format!("déclarer un bloc : calendrier {name} \"…\""), format!("declare a block: calendar {name} \"…\""))
        }
        Named::Item => (
            format!("déclarer cet élément dans un bloc « cadre », sous « éléments: » : action {name} \"…\""),
            format!("declare this item in a `framework` block, under `items:`: action {name} \"…\""),
        ),
        Named::Member | Named::Alias => (
            format!("ajouter une ligne sous « membres: » : {name} \"…\""),
            format!("add a line under `members:`: {name} \"…\""),
        ),
        Named::Column => (
            format!("ajouter une ligne sous « colonnes: » : {name}  texte"),
            format!("add a line under `columns:`: {name}  text"),
        ),
        Named::Attribute => (
            format!("ajouter à la dimension une ligne : attributs: {name}"),
            format!("add a line to the dimension: attributes: {name}"),
        ),
    }
}

fn cycle(names: &[String]) -> Both<Words> {
    let mut path = names.to_vec();
    path.extend(names.first().cloned());
    let path = path.join(" → ");
    let first = names.first().map_or("", String::as_str);
    let others = names.len().saturating_sub(1);
    let mut both = Both {
        fr: Words::new(
            format!("l'indicateur « {first} » se calcule à partir de lui-même : {path}"),
            "le cercle passe par ici",
            "calculer l'un de ces indicateurs directement sur une source, par exemple : mesure: nombre d'élèves de inscriptions",
        ),
        en: Words::new(
            format!("the indicator `{first}` is computed from itself: {path}"),
            "the circle passes here",
            "compute one of these indicators directly from a source, for example: measure: number of pupils in inscriptions",
        ),
    };
    for _ in 0..others {
        both.fr = both.fr.and("puis par ici");
        both.en = both.en.and("then here");
    }
    both
}
