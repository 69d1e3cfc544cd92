//! E07: published figures, rules and tests.

use super::Words;
use super::evaluation::place;
use crate::text::{Both, Lang};
use crate::types::{Range, Rounding, RoundingMode};

/// Decimals shown beyond those printed, so that a reader sees why two figures differ.
const MORE_DECIMALS: u8 = 3;

/// What explains a published figure that is not the computed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explained {
    /// A share read as a fraction of one, or the reverse.
    PercentVersusFraction,
    /// A thousands mark read as a decimal mark, or the reverse.
    ThousandsMark,
    /// Rounded to fewer digits than printed, or rounded twice.
    Rounding,
}

/// E07.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleProblem {
    /// `valeur publiée: 2019-2020 = 3 270` where the data give 3 207.
    PublishedDisagrees {
        /// The indicator.
        indicator: String,
        /// When.
        period: Both<String>,
        /// Where; empty for the total.
        group: Both<String>,
        /// What was printed.
        printed: Range,
        /// What is computed, exactly.
        computed: Range,
        /// Decimals printed.
        decimals: u8,
        /// What explains the difference, if anything does.
        explained: Option<Explained>,
    },
    /// `valeur publiée: 2019-2020 = 50,07 %` where the data give 50.0779…
    PublishedTruncated {
        /// The indicator.
        indicator: String,
        /// When.
        period: Both<String>,
        /// Where.
        group: Both<String>,
        /// What was printed.
        printed: Range,
        /// What is computed, exactly.
        computed: Range,
        /// Decimals printed.
        decimals: u8,
    },
    /// `écart connu:` under a published value that agrees with the data.
    DiscrepancyGone {
        /// The indicator.
        name: String,
        /// When.
        period: Both<String>,
        /// Where.
        group: Both<String>,
    },
    /// `valeur publiée: 2030 = 12` where the data end in 2020.
    PublishedNotComputed {
        /// The indicator.
        indicator: String,
        /// When.
        period: Both<String>,
        /// Where.
        group: Both<String>,
    },
    /// `vérifier: a = b` where a is 3 and b is 4.
    RuleFails {
        /// The rule.
        rule: String,
        /// When.
        period: Both<String>,
        /// Where.
        group: Both<String>,
        /// Left side.
        left: Range,
        /// Right side.
        right: Range,
        /// Left minus right.
        difference: Range,
    },
    /// The same with `gravité: avertissement`.
    RuleFailsMildly {
        /// The rule.
        rule: String,
        /// When.
        period: Both<String>,
        /// Where.
        group: Both<String>,
        /// Left side.
        left: Range,
        /// Right side.
        right: Range,
        /// Left minus right.
        difference: Range,
    },
    /// `écart connu:` under a rule that holds.
    RuleDiscrepancyGone {
        /// The rule.
        rule: String,
    },
    /// A rule over figures that are missing.
    RuleCannotTell {
        /// The rule.
        rule: String,
        /// The first period.
        period: Both<String>,
        /// The first group.
        group: Both<String>,
        /// How many more places there are.
        others: usize,
    },
    /// A rule over figures that are qualified: « plus de 800 » against 900.
    RuleUndecided {
        /// The rule.
        rule: String,
        /// The first period.
        period: Both<String>,
        /// The first group.
        group: Both<String>,
        /// How many more places there are.
        others: usize,
    },
    /// `valeur publiée: 2020 = 900` where the data say « plus de 800 ».
    PublishedUndecided {
        /// The indicator.
        indicator: String,
        /// When.
        period: Both<String>,
        /// Where.
        group: Both<String>,
        /// What was printed.
        printed: Range,
        /// What the data give.
        computed: Range,
        /// Decimals printed.
        decimals: u8,
    },
    /// A rule over sources in which no period was found.
    NeverChecked {
        /// The rule.
        rule: String,
    },
    /// `attendu:` `filles 2020 = 3` where the test's data give 2.
    TestFails {
        /// The test.
        test: String,
        /// The indicator.
        indicator: String,
        /// When.
        period: Both<String>,
        /// Where.
        group: Both<String>,
        /// What is expected.
        expected: Both<String>,
        /// What the data give.
        actual: Both<String>,
    },
    /// `données registre:` without `données communes:` where `registre` looks up in `communes`.
    TestWithout {
        /// The test.
        test: String,
        /// The source of which the test has rows.
        source: String,
        /// The source in which it looks up.
        other: String,
        /// A column of that one, and its identifier.
        columns: (String, String),
    },
}

impl RuleProblem {
    pub(super) const CODES: &'static [&'static str] =
        &["E0701", "E0702", "E0703", "E0704", "E0705", "E0706", "W0701", "W0702", "W0703", "W0704", "W0705", "W0740", "W0741"];

    pub(super) fn code(&self) -> &'static str {
        match self {
            RuleProblem::PublishedDisagrees { .. } => "E0701",
            RuleProblem::DiscrepancyGone { .. } => "E0702",
            RuleProblem::RuleFails { .. } => "E0703",
            RuleProblem::RuleDiscrepancyGone { .. } => "E0704",
            RuleProblem::TestFails { .. } => "E0705",
            RuleProblem::TestWithout { .. } => "E0706",
            RuleProblem::PublishedTruncated { .. } => "W0701",
            RuleProblem::PublishedNotComputed { .. } => "W0702",
            RuleProblem::RuleFailsMildly { .. } => "W0703",
            RuleProblem::RuleCannotTell { .. } => "W0704",
            RuleProblem::NeverChecked { .. } => "W0705",
            RuleProblem::RuleUndecided { .. } => "W0740",
            RuleProblem::PublishedUndecided { .. } => "W0741",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            RuleProblem::PublishedDisagrees { indicator, period, group, printed, computed, decimals, explained } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                let (printed_fr, printed_en) = at(printed, *decimals);
                let (exact_fr, exact_en) = exact(computed, *decimals);
                let (right_fr, right_en) = at(computed, *decimals);
                let (because_fr, because_en) = because(*explained);
                Both {
                    fr: Words::new(
                        format!("la valeur publiée de « {indicator} » n'est pas celle que donnent les données{fr}"),
                        format!("publié {printed_fr}, calculé {exact_fr}{because_fr}"),
                        format!(
                            "écrire {right_fr}, ou ajouter sous la valeur : écart connu: \"pourquoi le rapport imprime \
                             {printed_fr}\""
                        ),
                    )
                    .and("l'indicateur"),
                    en: Words::new(
                        format!("the published value of `{indicator}` is not what the data give{en}"),
                        format!("published {printed_en}, computed {exact_en}{because_en}"),
                        format!(
                            "write {right_en}, or add under the value: known discrepancy: \"why the report prints \
                             {printed_en}\""
                        ),
                    )
                    .and("the indicator"),
                }
            }
            RuleProblem::PublishedTruncated { indicator, period, group, printed, computed, decimals } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                let (printed_fr, printed_en) = at(printed, *decimals);
                let (exact_fr, exact_en) = exact(computed, *decimals);
                let (right_fr, right_en) = at(computed, *decimals);
                Both {
                    fr: Words::new(
                        format!("la valeur publiée de « {indicator} » est tronquée au lieu d'être arrondie{fr}"),
                        format!("publié {printed_fr}, calculé {exact_fr}, arrondi {right_fr}"),
                        "ajouter sous la valeur : écart connu: \"le rapport tronque\", ou dans l'indicateur : arrondi: \
                         … décimales, troncature",
                    )
                    .and("l'indicateur"),
                    en: Words::new(
                        format!("the published value of `{indicator}` is truncated instead of rounded{en}"),
                        format!("published {printed_en}, computed {exact_en}, rounded {right_en}"),
                        "add under the value: known discrepancy: \"the report truncates\", or in the indicator: rounding: \
                         … decimals, truncation",
                    )
                    .and("the indicator"),
                }
            }
            RuleProblem::DiscrepancyGone { name, period, group } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                Both {
                    fr: Words::new(
                        format!("l'écart connu de « {name} » n'existe plus{fr}"),
                        "la valeur publiée est maintenant celle que donnent les données",
                        "supprimer cette ligne « écart connu »",
                    )
                    .and("la valeur publiée"),
                    en: Words::new(
                        format!("the known discrepancy of `{name}` is gone{en}"),
                        "the published value is now what the data give",
                        "delete this `known discrepancy` line",
                    )
                    .and("the published value"),
                }
            }
            RuleProblem::PublishedNotComputed { indicator, period, group } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                Both {
                    fr: Words::new(
                        format!("la valeur publiée de « {indicator} » ne peut pas être vérifiée{fr}"),
                        "les données ne donnent aucun chiffre ici",
                        "compléter le fichier de données, ou demander pourquoi : jauge why",
                    )
                    .and("l'indicateur"),
                    en: Words::new(
                        format!("the published value of `{indicator}` cannot be checked{en}"),
                        "the data give no figure here",
                        "complete the data file, or ask for the reason: jauge why",
                    )
                    .and("the indicator"),
                }
            }
            RuleProblem::RuleFails { rule, period, group, left, right, difference }
            | RuleProblem::RuleFailsMildly { rule, period, group, left, right, difference } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                let sides = |lang: Lang| {
                    (left.show(lang, None), right.show(lang, None), difference.show(lang, None))
                };
                let ((lf, rf, df), (le, re, de)) = (sides(Lang::Fr), sides(Lang::En));
                Both {
                    fr: Words::new(
                        format!("le contrôle « {rule} » échoue{fr}"),
                        format!("à gauche {lf}, à droite {rf} : écart {df}"),
                        "corriger les données, ou ajouter au contrôle : écart admis: …, ou : écart connu: \"pourquoi\"",
                    )
                    .and("le contrôle"),
                    en: Words::new(
                        format!("rule `{rule}` fails{en}"),
                        format!("left {le}, right {re}: difference {de}"),
                        "mend the data, or add to the rule: tolerance: …, or: known discrepancy: \"why\"",
                    )
                    .and("the rule"),
                }
            }
            RuleProblem::RuleDiscrepancyGone { rule } => Both {
                fr: Words::new(
                    format!("l'écart connu du contrôle « {rule} » n'existe plus"),
                    "le contrôle est maintenant respecté partout",
                    "supprimer cette ligne « écart connu »",
                )
                .and("ce qui est vérifié"),
                en: Words::new(
                    format!("the known discrepancy of rule `{rule}` is gone"),
                    "the rule now holds everywhere",
                    "delete this `known discrepancy` line",
                )
                .and("what is verified"),
            },
            RuleProblem::RuleCannotTell { rule, period, group, others } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                let more_fr = if *others > 0 { format!(" et {others} fois encore") } else { String::new() };
                let more_en = if *others > 0 { format!(" and {others} more times") } else { String::new() };
                Both {
                    fr: Words::new(
                        format!("le contrôle « {rule} » ne peut pas conclure{fr}"),
                        format!("un des deux côtés n'a pas de chiffre ici{more_fr}"),
                        "compléter les données, ou limiter le contrôle à une période : pour: 2020",
                    ),
                    en: Words::new(
                        format!("rule `{rule}` cannot tell{en}"),
                        format!("one of its sides has no figure here{more_en}"),
                        "complete the data, or limit the rule to one period: for: 2020",
                    ),
                }
            }
            RuleProblem::RuleUndecided { rule, period, group, others } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                let more_fr = if *others > 0 { format!(" et {others} fois encore") } else { String::new() };
                let more_en = if *others > 0 { format!(" and {others} more times") } else { String::new() };
                Both {
                    fr: Words::new(
                        format!("le contrôle « {rule} » ne peut pas conclure : ses chiffres sont qualifiés{fr}"),
                        format!("les bornes connues (plus de, environ…) ne tranchent pas ici{more_fr}"),
                        "remplacer le chiffre qualifié par le chiffre exact, ou déclarer dans la source : marge des \
                         approximations: 5 %",
                    ),
                    en: Words::new(
                        format!("rule `{rule}` cannot tell: its figures are qualified{en}"),
                        format!("the known bounds (more than, about…) do not settle it here{more_en}"),
                        "replace the qualified figure by the exact one, or declare in the source: margin of \
                         approximations: 5 %",
                    ),
                }
            }
            RuleProblem::PublishedUndecided { indicator, period, group, printed, computed, decimals } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                let (printed_fr, printed_en) = at(printed, *decimals);
                let (computed_fr, computed_en) = at(computed, *decimals);
                Both {
                    fr: Words::new(
                        format!("la valeur publiée de « {indicator} » ne peut être ni confirmée ni infirmée{fr}"),
                        format!("publié {printed_fr}, calculé {computed_fr}"),
                        format!("écrire {computed_fr}, ou mettre le chiffre exact dans les données"),
                    )
                    .and("l'indicateur"),
                    en: Words::new(
                        format!("the published value of `{indicator}` can be neither confirmed nor refuted{en}"),
                        format!("published {printed_en}, computed {computed_en}"),
                        format!("write {computed_en}, or put the exact figure into the data"),
                    )
                    .and("the indicator"),
                }
            }
            RuleProblem::NeverChecked { rule } => Both {
                fr: Words::new(
                    format!("le contrôle « {rule} » n'a rien vérifié"),
                    "aucune période n'a été trouvée dans les données de ce contrôle",
                    "vérifier que les fichiers de données ont des lignes, ou nommer la période : pour: 2020",
                ),
                en: Words::new(
                    format!("rule `{rule}` has checked nothing"),
                    "no period was found in the data of this rule",
                    "check that the data files have rows, or name the period: for: 2020",
                ),
            },
            RuleProblem::TestFails { test, indicator, period, group, expected, actual } => {
                let (fr, en) = (place(&[&period.fr, &group.fr]), place(&[&period.en, &group.en]));
                Both {
                    fr: Words::new(
                        format!("le test « {test} » échoue : « {indicator} » n'a pas la valeur attendue{fr}"),
                        format!("attendu {}, obtenu {}", expected.fr, actual.fr),
                        format!("corriger la définition de « {indicator} », les données du test ou cette ligne"),
                    )
                    .and("le test"),
                    en: Words::new(
                        format!("test `{test}` fails: `{indicator}` does not have the expected value{en}"),
                        format!("expected {}, got {}", expected.en, actual.en),
                        format!("mend the definition of `{indicator}`, the data of the test or this line"),
                    )
                    .and("the test"),
                }
            }
            RuleProblem::TestWithout { test, source, other, columns: (column, key) } => Both {
                fr: Words::new(
                    format!("le test « {test} » n'a pas de lignes de « {other} », où « {source} » cherche « {column} »"),
                    "un test ne lit aucun fichier",
                    format!("ajouter au test : données {other}:  puis, en retrait, {key} | {column}"),
                ),
                en: Words::new(
                    format!("the test `{test}` has no rows of `{other}`, where `{source}` looks up `{column}`"),
                    "a test reads no file",
                    format!("add to the test: data {other}:  then, indented, {key} | {column}"),
                ),
            },
        }
    }
}

fn at(number: &Range, decimals: u8) -> (String, String) {
    let rounding = Some(Rounding { decimals, mode: RoundingMode::HalfAway });
    (number.show(Lang::Fr, rounding), number.show(Lang::En, rounding))
}

/// A computed figure with a few more decimals than printed, unless it is whole.
fn exact(number: &Range, decimals: u8) -> (String, String) {
    let whole = |end: Option<crate::types::Bound>| end.is_none_or(|end| end.value.is_whole());
    if number.stated().is_whole() && whole(number.low()) && whole(number.high()) { at(number, 0) } else { at(number, decimals.saturating_add(MORE_DECIMALS)) }
}

fn because(explained: Option<Explained>) -> (&'static str, &'static str) {
    match explained {
        Some(Explained::PercentVersusFraction) => {
            (" : un pourcentage lu comme une fraction, ou l'inverse", ": a percentage read as a fraction, or the reverse")
        }
        Some(Explained::ThousandsMark) => (
            " : une marque de milliers lue comme une marque décimale, ou l'inverse",
            ": a thousands mark read as a decimal mark, or the reverse",
        ),
        Some(Explained::Rounding) => (
            " : arrondi à moins de décimales qu'imprimé, ou arrondi deux fois",
            ": rounded to fewer decimals than printed, or rounded twice",
        ),
        None => ("", ""),
    }
}
