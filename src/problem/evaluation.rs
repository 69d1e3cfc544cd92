//! E06: what evaluation finds in the figures themselves.

use super::Words;
use crate::text::{Both, Lang};
use crate::types::{Number, Range, Rounding, RoundingMode};

/// Which parts are held against a total.
#[derive(Debug, Clone, PartialEq)]
pub enum Parts {
    /// Every member of an exclusive list has its figure.
    All,
    /// Some members of an exclusive list have theirs.
    Known,
    /// Those that a partial list cites.
    Cited,
    /// One of a list whose groups overlap: its label.
    One(Both<String>),
}

/// E06.
#[derive(Debug, Clone, PartialEq)]
pub enum EvaluationProblem {
    /// In a table of counts, `F | 1606`, `M | 1700`, `_T | 3207`: the parts are not the total stated beside them.
    PartsAndTotal {
        /// The source.
        source: String,
        /// The column that is counted.
        column: String,
        /// The dimension or level of the parts.
        dimension: String,
        /// When.
        period: Option<Both<String>>,
        /// The other coordinates; empty for the total.
        group: Both<String>,
        /// The sum of the parts, unknown included.
        parts: Range,
        /// The stated total.
        total: Range,
        /// Which parts.
        held: Parts,
    },
    /// `numérateur: filles`, `dénominateur: inscrits`, kind share, and the data hold more girls than pupils.
    ShareAboveWhole {
        /// When.
        period: Both<String>,
        /// Where; empty for the total.
        group: Both<String>,
        /// The numerator.
        numerator: Range,
        /// The denominator.
        denominator: Range,
    },
    /// The figures of a protected source contradict each other (parts and total, part and whole); the numbers are withheld.
    Withheld {
        /// When.
        period: Option<Both<String>>,
        /// Where; empty for the total.
        group: Both<String>,
    },
    /// `effectif compatible avec 33,4 % de 4 personnes`
    NoCompatibleCount {
        /// When.
        period: Both<String>,
        /// Where.
        group: Both<String>,
        /// The percentage.
        share: Number,
        /// Its decimals.
        decimals: u8,
        /// The whole.
        whole: Range,
    },
    /// `valide: 2018 à 2020`, and the data have 2016.
    OutsideValidity {
        /// The indicator.
        indicator: String,
        /// When its definition holds.
        valid: Both<String>,
        /// The first periods outside.
        periods: Vec<Both<String>>,
        /// How many more there are.
        more: usize,
    },
    /// An indicator over a source without rows: no period for which it could be computed, and none is named.
    NoPeriod {
        /// The indicator.
        indicator: String,
    },
}

impl EvaluationProblem {
    pub(super) const CODES: &'static [&'static str] = &["E0601", "E0602", "E0680", "W0601", "W0640", "W0670"];

    pub(super) fn code(&self) -> &'static str {
        match self {
            EvaluationProblem::PartsAndTotal { .. } => "E0601",
            EvaluationProblem::ShareAboveWhole { .. } => "E0602",
            EvaluationProblem::Withheld { .. } => "E0680",
            EvaluationProblem::NoPeriod { .. } => "W0601",
            EvaluationProblem::NoCompatibleCount { .. } => "W0640",
            EvaluationProblem::OutsideValidity { .. } => "W0670",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            EvaluationProblem::PartsAndTotal { source, column, dimension, period, group, parts, total, held } => {
                let place = |lang: Lang| {
                    let period = period.as_ref().map(|period| period.get(lang).as_str());
                    place(&[period.unwrap_or_default(), group.get(lang)])
                };
                let more = parts.stated() > total.stated();
                let gap = if more { parts.minus(total) } else { total.minus(parts) };
                let shown = |number: &Range, lang: Lang| number.show(lang, None);
                let (fr_gap, en_gap) = (shown(&gap, Lang::Fr), shown(&gap, Lang::En));
                let fr_side = if more { "de trop" } else { "de moins" };
                let en_side = if more { "too many" } else { "too few" };
                let (all_fr, all_en) = match held {
                    Parts::All => ("les parties, toutes connues, font", "the parts, all known, make"),
                    Parts::Known => ("les parties déjà connues font", "the parts known so far make"),
                    Parts::Cited => ("les groupes cités font", "the groups cited make"),
                    Parts::One(_) => ("ce groupe compte", "this group counts"),
                };
                let title = match held {
                    Parts::All | Parts::Known => Both {
                        fr: format!("les parties par {dimension} ne font pas le total"),
                        en: format!("the parts by {dimension} do not make the total"),
                    },
                    Parts::Cited => Both {
                        fr: format!("les groupes de {dimension} dépassent le total dont ils font partie"),
                        en: format!("the groups of {dimension} are more than the total that they are part of"),
                    },
                    Parts::One(label) => Both {
                        fr: format!("« {} » dépasse le total dont il fait partie", label.fr),
                        en: format!("`{}` is more than the total that it is part of", label.en),
                    },
                };
                let overlap = match held {
                    Parts::All | Parts::Known | Parts::Cited => Both {
                        fr: format!(
                            " ; si les groupes de {dimension} se recoupent, écrire « groupes: chevauchants » dans la dimension"
                        ),
                        en: format!(
                            "; if the groups of {dimension} overlap, write `groups: overlapping` in the dimension"
                        ),
                    },
                    Parts::One(_) => Both { fr: String::new(), en: String::new() },
                };
                Both {
                    fr: Words::new(
                        format!("{}{}", title.fr, place(Lang::Fr)),
                        format!(
                            "{all_fr} {} et le total indiqué est {} ({fr_gap} {fr_side})",
                            shown(parts, Lang::Fr),
                            shown(total, Lang::Fr)
                        ),
                        format!("corriger « {column} » dans les lignes du fichier{}", overlap.fr),
                    )
                    .and(format!("les lignes de « {source} »")),
                    en: Words::new(
                        format!("{}{}", title.en, place(Lang::En)),
                        format!(
                            "{all_en} {} and the stated total is {} ({en_gap} {en_side})",
                            shown(parts, Lang::En),
                            shown(total, Lang::En)
                        ),
                        format!("mend `{column}` in the rows of the file{}", overlap.en),
                    )
                    .and(format!("the rows of `{source}`")),
                }
            }
            EvaluationProblem::Withheld { period, group } => {
                let of = |lang: Lang| {
                    let period = period.as_ref().map(|period| period.get(lang).as_str());
                    place(&[period.unwrap_or_default(), group.get(lang)])
                };
                Both {
                    fr: Words::new(
                        format!("des chiffres sous secret statistique se contredisent{}", of(Lang::Fr)),
                        "la somme des parties n'est pas le total, ou une part dépasse son tout",
                        "vérifier dans les données elles-mêmes : ces nombres ne sont pas montrés, à cause de « seuil de secret »",
                    )
                    .and("la source est déclarée ici"),
                    en: Words::new(
                        format!("figures under a confidentiality threshold contradict each other{}", of(Lang::En)),
                        "the parts do not make the total, or a part is larger than its whole",
                        "look into the data themselves: these numbers are not shown, because of `confidentiality threshold`",
                    )
                    .and("the source is declared here"),
                }
            }
            EvaluationProblem::ShareAboveWhole { period, group, numerator, denominator } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                Both {
                    fr: Words::new(
                        format!("une part dépasse son tout{fr}"),
                        format!(
                            "le numérateur vaut {} et le dénominateur {}",
                            numerator.show(Lang::Fr, None),
                            denominator.show(Lang::Fr, None)
                        ),
                        "vérifier les deux dans les données ; si le quotient peut dépasser 100 %, écrire « nature: taux »",
                    ),
                    en: Words::new(
                        format!("a share is larger than its whole{en}"),
                        format!(
                            "the numerator is {} and the denominator {}",
                            numerator.show(Lang::En, None),
                            denominator.show(Lang::En, None)
                        ),
                        "check both in the data; if the quotient may pass 100 %, write `kind: rate`",
                    ),
                }
            }
            EvaluationProblem::NoCompatibleCount { period, group, share, decimals, whole } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                let rounding = Some(Rounding { decimals: *decimals, mode: RoundingMode::HalfAway });
                let share = |lang: Lang| share.show(lang, rounding);
                Both {
                    fr: Words::new(
                        format!("aucun nombre entier ne donne {} % de {}{fr}", share(Lang::Fr), whole.show(Lang::Fr, None)),
                        "ce pourcentage et ce tout se contredisent",
                        "vérifier les deux dans le rapport ; s'il coupe au lieu d'arrondir, écrire « (troncature) » \
                         après le pourcentage",
                    ),
                    en: Words::new(
                        format!("no whole number gives {} % of {}{en}", share(Lang::En), whole.show(Lang::En, None)),
                        "this percentage and this whole contradict each other",
                        "check both in the report; if it cuts instead of rounding, write `(truncation)` after the percentage",
                    ),
                }
            }
            EvaluationProblem::OutsideValidity { indicator, valid, periods, more } => {
                let list = |lang: Lang| {
                    let names: Vec<&str> = periods.iter().map(|period| period.get(lang).as_str()).collect();
                    let more = match (more, lang) {
                        (0, _) => String::new(),
                        (more, Lang::Fr) => format!(" et {more} de plus"),
                        (more, Lang::En) => format!(" and {more} more"),
                    };
                    format!("{}{more}", names.join(", "))
                };
                Both {
                    fr: Words::new(
                        format!("« {indicator} » a des chiffres hors de sa validité : {}", list(Lang::Fr)),
                        format!("la définition vaut pour {}", valid.fr),
                        format!("limiter les périodes, « période: {} », ou élargir la validité", valid.fr),
                    ),
                    en: Words::new(
                        format!("`{indicator}` has figures outside its validity: {}", list(Lang::En)),
                        format!("the definition holds for {}", valid.en),
                        format!("limit the periods, `period: {}`, or widen the validity", valid.en),
                    ),
                }
            }
            EvaluationProblem::NoPeriod { indicator } => Both {
                fr: Words::new(
                    format!("« {indicator} » n'a aucune période à calculer"),
                    "aucune période n'a été trouvée dans les données de cet indicateur",
                    "vérifier que le fichier de données a des lignes, ou nommer la période : « période: 2016 à 2020 »",
                ),
                en: Words::new(
                    format!("`{indicator}` has no period to compute"),
                    "no period was found in the data of this indicator",
                    "check that the data file has rows, or name the period: `period: 2016 to 2020`",
                ),
            },
        }
    }
}

/// ` (2019-2020, région TTA)`; empty where there is nothing to say.
pub(super) fn place(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}
