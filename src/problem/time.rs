//! E04: periods, calendars, breakdowns, direction and targets.

use super::Words;
use crate::text::{Both, Lang};
use crate::types::Number;

/// E04.
#[derive(Debug, Clone, PartialEq)]
pub enum TimeProblem {
    /// `fuseau horaire: "Africa/Casablanca"`
    NoSuchZone {
        /// The text.
        text: String,
    },
    /// `cible: 2019-2020 >= 5` in a project without a calendar of school years.
    NotAPeriod {
        /// The text.
        text: String,
        /// A period of the calendar that is wanted.
        example: Both<String>,
    },
    /// `valeur publiée: 2019 = 3 207` on an indicator by school years.
    OtherCalendar {
        /// The text.
        text: String,
        /// The calendar of which it is a period.
        is: Both<String>,
        /// The calendar that is wanted.
        wanted: Both<String>,
        /// The periods that it touches there.
        write: Both<String>,
        /// There are several of them.
        many: bool,
    },
    /// A measure by school years plus a measure by civil years.
    CalendarsApart {
        /// The calendar of the left side.
        one: Both<String>,
        /// The calendar of the right side.
        other: Both<String>,
    },
    /// `pour 2020 à 2016`
    WindowReversed {
        /// Where it starts.
        first: String,
        /// Where it ends.
        last: String,
        /// The window in the right order, in French.
        fr: String,
        /// And in English.
        en: String,
    },
    /// `période précédente de …` over a source without a period column.
    NoPeriodColumn {
        /// The source.
        source: String,
    },
    /// `période précédente de 5`
    ConstantOverTime,
    /// `ventilé par: région` where the source has no such column.
    NoSuchDimension {
        /// The source.
        source: String,
        /// The dimension.
        dimension: String,
    },
    /// `ventilé par: région` where two columns hold regions.
    TwoColumns {
        /// The source.
        source: String,
        /// The dimension.
        dimension: String,
        /// The columns.
        columns: [String; 2],
    },
    /// `ventilé par: province` where the source only knows regions.
    LevelTooFine {
        /// The source.
        source: String,
        /// The level asked.
        level: String,
        /// The level known.
        known: String,
    },
    /// `ventilé par: sexe` where the measure has an attribute of another dimension's members.
    AttributeElsewhere {
        /// The dimension asked.
        dimension: String,
        /// The dimension whose members carry the attribute.
        attribute_of: String,
    },
    /// `ventilé par: sexe, sexe`
    DimensionTwice {
        /// The dimension.
        dimension: String,
    },
    /// `avec année = 2020` on the period column.
    PeriodAsCondition {
        /// The column.
        column: String,
        /// The value.
        text: String,
    },
    /// A target without `sens souhaité:`.
    NoDirection {
        /// The indicator.
        name: String,
    },
    /// `cible: 2020 >= 80` from 100, with `sens souhaité: hausse`.
    WrongSide {
        /// More is better.
        up: bool,
        /// The target.
        target: Number,
        /// The baseline.
        baseline: Number,
    },
    /// `tolérance: 5 %` of a target of 0.
    ZeroTarget {
        /// The unit of the indicator.
        unit: Both<String>,
    },
    /// `cible: 2020 <= 5` with `sens souhaité: hausse`.
    SignAgainst {
        /// More is better.
        up: bool,
        /// The sign is `<>`.
        different: bool,
    },
    /// `cible: 2020 = entre 60 % et 40 %`
    BoundsReversed {
        /// The first bound.
        low: Number,
        /// The second bound.
        high: Number,
    },
    /// `cible: 2016 à 2020 >= 5` on an indicator with one figure for each year.
    WindowForOne {
        /// The last period of the window.
        last: String,
    },
    /// `seuils: 70 %, 90 %`
    StatusBands,
    /// `cible: 2020 = à définir`
    ToBeDefined {
        /// It is a baseline.
        baseline: bool,
        /// The indicator is a stage.
        stage: bool,
    },
}

impl TimeProblem {
    pub(super) const CODES: &'static [&'static str] = &[
        "E0401", "E0402", "E0403", "E0404", "E0405", "E0406", "E0407", "E0408", "E0409", "E0410", "E0411", "E0412",
        "E0413", "E0414", "E0415", "E0416", "E0417", "W0401",
    ];

    pub(super) fn code(&self) -> &'static str {
        match self {
            TimeProblem::NotAPeriod { .. } => "E0401",
            TimeProblem::OtherCalendar { .. } => "E0402",
            TimeProblem::CalendarsApart { .. } => "E0403",
            TimeProblem::WindowReversed { .. } | TimeProblem::BoundsReversed { .. } => "E0404",
            TimeProblem::NoPeriodColumn { .. } | TimeProblem::ConstantOverTime => "E0405",
            TimeProblem::NoSuchDimension { .. } | TimeProblem::AttributeElsewhere { .. } => "E0406",
            TimeProblem::TwoColumns { .. } => "E0407",
            TimeProblem::DimensionTwice { .. } => "E0408",
            TimeProblem::NoDirection { .. } => "E0409",
            TimeProblem::WrongSide { .. } => "E0410",
            TimeProblem::ZeroTarget { .. } => "E0411",
            TimeProblem::SignAgainst { .. } => "E0412",
            TimeProblem::LevelTooFine { .. } => "E0413",
            TimeProblem::PeriodAsCondition { .. } => "E0414",
            TimeProblem::WindowForOne { .. } => "E0415",
            TimeProblem::StatusBands => "E0416",
            TimeProblem::NoSuchZone { .. } => "E0417",
            TimeProblem::ToBeDefined { .. } => "W0401",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            TimeProblem::NoSuchZone { text } => {
                // `Africa/Casablanca`, not `GMT+1`.
                let (fr, en) = match text.contains('/') {
                    true => (
                        "\nUn fuseau nommé change de décalage au fil de l'année et des décrets : les chiffres dépendraient de la version de \
                         ses règles",
                        "\nA zone with a name changes its distance over the year and by decree: figures would depend on the version of its \
                         rules",
                    ),
                    false => ("", ""),
                };
                both(
                    format!("« {text} » n'est pas un décalage avec le temps universel"),
                    "de UTC-12 à UTC+14",
                    format!("fuseau horaire: \"UTC+1\"{fr}"),
                    format!("`{text}` is no distance from universal time"),
                    "from UTC-12 to UTC+14",
                    format!("time zone: \"UTC+1\"{en}"),
                )
            }
            TimeProblem::NotAPeriod { text, example } => both(
                format!("« {text} » n'est une période d'aucun calendrier du projet"),
                "période inconnue",
                format!("écrire par exemple : {} ; pour des années scolaires, déclarer un bloc « calendrier »", example.fr),
                format!("`{text}` is a period of no calendar of the project"),
                "unknown period",
                format!("write for example: {}; for school years, declare a `calendar` block", example.en),
            ),
            TimeProblem::OtherCalendar { text, is, wanted, write, many } => {
                let (fr, en) = if *many { ("l'une de ces périodes", "one of these periods") } else { ("", "") };
                let colon = |word: &str, text: &str, space: &str| {
                    if word.is_empty() { format!("{space}: {text}") } else { format!(" {word}{space}: {text}") }
                };
                both(
                    format!("« {text} » est une période du calendrier « {} », il faut ici « {} »", is.fr, wanted.fr),
                    "période d'un autre calendrier",
                    format!("écrire{}", colon(fr, &write.fr, " ")),
                    format!("`{text}` is a period of the calendar `{}`, `{}` is wanted here", is.en, wanted.en),
                    "period of another calendar",
                    format!("write{}", colon(en, &write.en, "")),
                )
            }
            TimeProblem::CalendarsApart { one, other } => Both {
                fr: Words::new(
                    format!("deux calendriers dans une même mesure : « {} » et « {} »", one.fr, other.fr),
                    format!("ici « {} »", other.fr),
                    "prendre deux mesures du même calendrier ; une source qui a une colonne de dates se compte dans tous",
                )
                .and(format!("ici « {} »", one.fr)),
                en: Words::new(
                    format!("two calendars in one measure: `{}` and `{}`", one.en, other.en),
                    format!("`{}` here", other.en),
                    "take two measures of the same calendar; a source with a column of dates can be counted in any",
                )
                .and(format!("`{}` here", one.en)),
            },
            TimeProblem::WindowReversed { first, last, fr, en } => both(
                format!("cette fenêtre finit avant de commencer : de {first} à {last}"),
                "fenêtre à l'envers",
                format!("écrire : {fr}"),
                format!("this window ends before it starts: from {first} to {last}"),
                "window the wrong way round",
                format!("write: {en}"),
            ),
            TimeProblem::BoundsReversed { low, high } => both(
                "la première borne est plus grande que la seconde",
                "bornes à l'envers",
                format!("écrire : entre {} et {}", high.show(Lang::Fr, None), low.show(Lang::Fr, None)),
                "the first bound is larger than the second",
                "bounds the wrong way round",
                format!("write: between {} and {}", high.show(Lang::En, None), low.show(Lang::En, None)),
            ),
            TimeProblem::NoPeriodColumn { source } => Both {
                fr: Words::new(
                    format!("la source « {source} » n'a pas de période : rien ne peut y être suivi dans le temps"),
                    "demande une période",
                    "ajouter à la source : période: année",
                )
                .and("source sans champ « période »"),
                en: Words::new(
                    format!("the source `{source}` has no period: nothing in it can be followed over time"),
                    "needs a period",
                    "add to the source: period: year",
                )
                .and("source without a field `period`"),
            },
            TimeProblem::ConstantOverTime => both(
                "un nombre fixe n'a ni période précédente ni évolution",
                "ne change pas avec le temps",
                "prendre une mesure qui vient d'une source",
                "a constant has no previous period and no change",
                "does not change over time",
                "take a measure that comes from a source",
            ),
            TimeProblem::NoSuchDimension { source, dimension } => Both {
                fr: Words::new(
                    format!("la source « {source} » n'a pas de colonne pour « {dimension} »"),
                    "absent de cette source",
                    format!("ajouter à ses colonnes : {dimension}  {dimension} ; ou retirer « {dimension} » d'ici"),
                )
                .and("la source est ici"),
                en: Words::new(
                    format!("the source `{source}` has no column for `{dimension}`"),
                    "not in this source",
                    format!("add to its columns: {dimension}  {dimension}; or remove `{dimension}` from here"),
                )
                .and("the source is here"),
            },
            TimeProblem::AttributeElsewhere { dimension, attribute_of } => Both {
                fr: Words::new(
                    format!("un attribut des membres de « {attribute_of} » n'a pas de valeur par « {dimension} »"),
                    "autre dimension que celle de l'attribut",
                    format!("ventiler par : {attribute_of}"),
                )
                .and("la dimension de l'attribut"),
                en: Words::new(
                    format!("an attribute of the members of `{attribute_of}` has no value by `{dimension}`"),
                    "another dimension than the attribute's",
                    format!("disaggregate by: {attribute_of}"),
                )
                .and("the attribute's dimension"),
            },
            TimeProblem::TwoColumns { source, dimension, columns: [one, other] } => Both {
                fr: Words::new(
                    format!("deux colonnes de « {source} » contiennent « {dimension} » : laquelle ?"),
                    "deux colonnes possibles",
                    format!("garder une seule colonne de cette dimension : déclarer « {one} » ou « {other} » en texte"),
                )
                .and(format!("« {one} »"))
                .and(format!("« {other} »")),
                en: Words::new(
                    format!("two columns of `{source}` hold `{dimension}`: which one?"),
                    "two possible columns",
                    format!("keep one column of this dimension: declare `{one}` or `{other}` as text"),
                )
                .and(format!("`{one}`"))
                .and(format!("`{other}`")),
            },
            TimeProblem::LevelTooFine { source, level, known } => Both {
                fr: Words::new(
                    format!("la source « {source} » ne connaît que le niveau « {known} », plus large que « {level} »"),
                    "niveau trop fin",
                    format!("écrire : {known}"),
                )
                .and(format!("colonne de niveau « {known} »")),
                en: Words::new(
                    format!("the source `{source}` only knows the level `{known}`, coarser than `{level}`"),
                    "too fine a level",
                    format!("write: {known}"),
                )
                .and(format!("column of level `{known}`")),
            },
            TimeProblem::DimensionTwice { dimension } => both(
                format!("« {dimension} » figure deux fois dans la ventilation"),
                "deuxième fois",
                "supprimer cette répétition",
                format!("`{dimension}` stands twice in the disaggregation"),
                "second time",
                "delete this repetition",
            ),
            TimeProblem::PeriodAsCondition { column, text } => both(
                format!("« {column} » est la période de la source : elle ne se met pas dans une condition"),
                "condition sur la période",
                format!("écrire après la mesure : pour {text}"),
                format!("`{column}` is the source's period: it does not go into a condition"),
                "condition on the period",
                format!("write after the measure: for {text}"),
            ),
            TimeProblem::NoDirection { name } => both(
                format!("l'indicateur « {name} » a une cible, mais pas de sens souhaité"),
                "cible sans sens souhaité",
                "ajouter à l'indicateur : sens souhaité: hausse (ou baisse, stabilité, aucun)",
                format!("the indicator `{name}` has a target, but no direction"),
                "target without a direction",
                "add to the indicator: direction: up (or down, stable, none)",
            ),
            TimeProblem::WrongSide { up, target, baseline } => wrong_side(*up, target, baseline),
            TimeProblem::ZeroTarget { unit } => Both {
                fr: Words::new(
                    "une tolérance en % d'une cible nulle ne permet aucun écart",
                    "en % de zéro",
                    format!("donner la tolérance dans l'unité de l'indicateur, par exemple : tolérance: 5 {}", unit.fr),
                )
                .and("la cible est zéro"),
                en: Words::new(
                    "a tolerance in % of a target of zero allows no difference",
                    "in % of zero",
                    format!("give the tolerance in the indicator's unit, for example: tolerance: 5 {}", unit.en),
                )
                .and("the target is zero"),
            },
            TimeProblem::SignAgainst { up, different } => sign_against(*up, *different),
            TimeProblem::WindowForOne { last } => both(
                "cet indicateur a un chiffre par période, pas un pour toute une fenêtre",
                "plusieurs périodes",
                format!("écrire une seule période, par exemple : {last}"),
                "this indicator has one figure for each period, not one for a whole window",
                "several periods",
                format!("write a single period, for example: {last}"),
            ),
            TimeProblem::StatusBands => both(
                "il faut deux seuils en %, le plus haut d'abord",
                "seuils",
                "écrire par exemple : seuils: 90 %, 70 %",
                "two bands in % are needed, the higher one first",
                "bands",
                "write for example: bands: 90 %, 70 %",
            ),
            TimeProblem::ToBeDefined { baseline, stage } => {
                let (what_fr, set_fr, what_en) =
                    if *stage { ("une étape", "elle est fixée", "a stage") } else { ("un nombre", "il est fixé", "a number") };
                let (fr, en) = if *baseline { ("la valeur de référence", "the baseline") } else { ("la cible", "the target") };
                both(
                    format!("{fr} reste à définir"),
                    "à définir",
                    format!("remplacer par {what_fr} dès qu'{set_fr} ; « --strict » refuse ce qui reste à définir"),
                    format!("{en} is still to be defined"),
                    "to be defined",
                    format!("replace it by {what_en} as soon as it is set; `--strict` refuses what is still to be defined"),
                )
            }
        }
    }
}

/// Title, label and help in French, then in English.
fn both(
    title_fr: impl Into<String>,
    label_fr: impl Into<String>,
    help_fr: impl Into<String>,
    title_en: impl Into<String>,
    label_en: impl Into<String>,
    help_en: impl Into<String>,
) -> Both<Words> {
    Both { fr: Words::new(title_fr, label_fr, help_fr), en: Words::new(title_en, label_en, help_en) }
}

fn wrong_side(up: bool, target: &Number, baseline: &Number) -> Both<Words> {
    let (wanted_fr, wanted_en, is_fr, is_en) = if up {
        ("hausse", "up", "plus basse", "lower")
    } else {
        ("baisse", "down", "plus haute", "higher")
    };
    let (other_fr, other_en) = if up { ("baisse", "down") } else { ("hausse", "up") };
    let show = |number: &Number, lang| number.show(lang, None);
    Both {
        fr: Words::new(
            format!(
                "la cible {} est {is_fr} que la valeur de référence {}, alors que le sens souhaité est : {wanted_fr}",
                show(target, Lang::Fr),
                show(baseline, Lang::Fr)
            ),
            "du mauvais côté de la valeur de référence",
            format!("corriger la cible ou la valeur de référence, ou écrire : sens souhaité: {other_fr}"),
        )
        .and("la valeur de référence")
        .and("le sens souhaité"),
        en: Words::new(
            format!(
                "the target {} is {is_en} than the baseline {}, although the direction is: {wanted_en}",
                show(target, Lang::En),
                show(baseline, Lang::En)
            ),
            "on the wrong side of the baseline",
            format!("mend the target or the baseline, or write: direction: {other_en}"),
        )
        .and("the baseline")
        .and("the direction"),
    }
}

fn sign_against(up: bool, different: bool) -> Both<Words> {
    if different {
        return Both {
            fr: Words::new(
                "une cible ne se donne pas avec « <> »",
                "ce signe ne fixe aucune cible",
                "écrire : >=, <= ou =",
            )
            .and("le sens souhaité"),
            en: Words::new("a target is not given with `<>`", "this sign sets no target", "write: >=, <= or =")
                .and("the direction"),
        };
    }
    let (fr, en, sign) = if up { ("hausse", "up", ">=") } else { ("baisse", "down", "<=") };
    Both {
        fr: Words::new(
            format!("ce signe va contre le sens souhaité : {fr}"),
            "signe contraire",
            format!("écrire : {sign}"),
        )
        .and("le sens souhaité"),
        en: Words::new(
            format!("this sign goes against the direction: {en}"),
            "contrary sign",
            format!("write: {sign}"),
        )
        .and("the direction"),
    }
}
