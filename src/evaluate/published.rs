//! Published figures are tests (meaning 13): the exact figure against what was printed, at the precision printed.

use super::Evaluator;
use super::groups::of_definition;
use crate::outcome::{Agreement, Figure, MissingReason, Published, Value};
use crate::problem::{Explained, Problem, RuleProblem};
use crate::program::model::Indicator;
use crate::types::{Number, Qualifier, Range, Rounding, RoundingMode, Unit};

/// Decimals to which a twice-rounded figure may have been rounded first.
const ROUNDED_BEFORE: u8 = 4;

/// Compares a figure with each value published for it, and reports what does not agree.
pub(super) fn compare(evaluator: &mut Evaluator<'_>, indicator: &Indicator, figure: &mut Figure) {
    for published in &indicator.published {
        let aim = &published.aim;
        let Some(printed) = &aim.value else { continue };
        if aim.period != figure.period || of_definition(&aim.group) != figure.group {
            continue;
        }
        let mode = indicator.rounding.map(|rounding| rounding.mode).unwrap_or_default();
        let computed = match &figure.value {
            Value::Stage(stage) if matches!(indicator.unit, Unit::Stage(_)) => {
                Some(Range::from(Number::from(u64::try_from(stage.rank()).unwrap_or(u64::MAX))))
            }
            value => value.range(),
        };
        let agreement = match &computed {
            None => Agreement::CannotTell,
            Some(computed) => compared(computed, printed, published.decimals, mode, &indicator.unit),
        };
        figure.published.push(Published {
            value: printed.clone(),
            decimals: published.decimals,
            source: aim.source.clone(),
            agreement,
            known_discrepancy: published.known_discrepancy.as_ref().map(|(why, _)| why.clone()),
            definition: aim.span,
        });
        let name = || indicator.name.clone();
        let (period, group) = (evaluator.period_label(figure.period), evaluator.group_label(&figure.group));
        let fact = match (agreement, &published.known_discrepancy) {
            (Agreement::Agrees, None) => continue,
            (Agreement::Agrees, Some((_, span))) => {
                let fact = RuleProblem::DiscrepancyGone { name: name(), period, group };
                evaluator.problems.push(Problem::new(fact, *span).also(aim.span));
                continue;
            }
            // The source has its own problem: one mistake, one diagnostic.
            // What is hidden is not compared, on purpose.
            (Agreement::CannotTell, _) if figure.value == Value::Suppressed => continue,
            (Agreement::CannotTell, _) if is_unreadable(&figure.value) => continue,
            (Agreement::CannotTell, _) if let Some(computed) = computed => RuleProblem::PublishedUndecided {
                indicator: name(),
                period,
                group,
                printed: printed.clone(),
                computed,
                decimals: published.decimals,
            },
            (Agreement::CannotTell, _) => RuleProblem::PublishedNotComputed { indicator: name(), period, group },
            // Listed in the outcome, with the author's reason.
            (_, Some(_)) => continue,
            (agreement, None) => {
                // There is a computed figure: without one the verdict is that nobody can tell.
                let computed = computed.unwrap_or_else(|| Range::from(Number::zero()));
                let decimals = published.decimals;
                let printed = printed.clone();
                match agreement {
                    Agreement::Truncation => RuleProblem::PublishedTruncated {
                        indicator: name(),
                        period,
                        group,
                        printed,
                        computed,
                        decimals,
                    },
                    _ => RuleProblem::PublishedDisagrees {
                        indicator: name(),
                        period,
                        group,
                        printed,
                        computed,
                        decimals,
                        explained: explained(agreement),
                    },
                }
            }
        };
        evaluator.problems.push(Problem::new(fact, aim.span).also(indicator.definition));
    }
}

fn explained(agreement: Agreement) -> Option<Explained> {
    match agreement {
        Agreement::PercentVersusFraction => Some(Explained::PercentVersusFraction),
        Agreement::ThousandsMark => Some(Explained::ThousandsMark),
        Agreement::Rounding => Some(Explained::Rounding),
        Agreement::Agrees | Agreement::Truncation | Agreement::Disagrees | Agreement::CannotTell => None,
    }
}

/// What was printed against what is computed, either of which may be qualified. Printed « plus de 50 000 » agrees with every
/// number above, and with a figure that says the same; it disagrees with what cannot be above.
fn compared(computed: &Range, printed: &Range, decimals: u8, mode: RoundingMode, unit: &Unit) -> Agreement {
    if let (Some(computed), Some(printed)) = (computed.exact(), printed.exact()) {
        return agreement(computed, printed, decimals, mode, unit);
    }
    let rounding = Some(Rounding { decimals, mode });
    let says = |range: &Range| range.show(crate::text::Lang::En, rounding);
    let same_words = computed.qualifier() == printed.qualifier() && says(computed) == says(printed);
    if same_words || (!is_vague(printed) && computed.is_inside(printed)) {
        return Agreement::Agrees;
    }
    // Half a unit of the last decimal printed: what rounding may hide.
    let half = Number::scaled(5, decimals.saturating_add(1));
    let wide = match printed.exact() {
        Some(number) => Range::between(number.clone() - half.clone(), number.clone() + half),
        None => printed.clone(),
    };
    match computed.is_same(&wide) {
        Some(false) => Agreement::Disagrees,
        Some(true) | None => Agreement::CannotTell,
    }
}

/// « environ 800 », « près de 800 »: how near that is nobody says, so that nothing proves it.
fn is_vague(range: &Range) -> bool {
    match range.qualifier() {
        Some(Qualifier::About | Qualifier::Nearly | Qualifier::Unbounded) => true,
        Some(
            Qualifier::MoreThan | Qualifier::AtLeast | Qualifier::LessThan | Qualifier::AtMost | Qualifier::Between,
        )
        | None => false,
    }
}

/// What explains the difference between a figure and what was printed, the most harmless explanation first.
pub(super) fn agreement(
    computed: &Number,
    printed: &Number,
    decimals: u8,
    mode: RoundingMode,
    unit: &Unit,
) -> Agreement {
    let to = |number: &Number, decimals: u8, mode| number.round(Rounding { decimals, mode });
    if to(computed, decimals, mode) == *printed {
        return Agreement::Agrees;
    }
    if to(computed, decimals, RoundingMode::Truncation) == *printed {
        return Agreement::Truncation;
    }
    let twice = (1..=ROUNDED_BEFORE).any(|more| {
        let once = to(computed, decimals.saturating_add(more), RoundingMode::HalfAway);
        to(&once, decimals, RoundingMode::HalfAway) == *printed
    });
    let fewer = (0..decimals).any(|decimals| to(computed, decimals, RoundingMode::HalfAway) == *printed);
    if twice || fewer {
        return Agreement::Rounding;
    }
    let (hundred, thousand) = (Number::from(100i64), Number::from(1000i64));
    let same = |number: Number| to(&number, decimals, mode) == *printed;
    let fraction = matches!(unit, Unit::Percent | Unit::Number | Unit::Points);
    if fraction && (same(computed.clone() * hundred.clone()) || computed.divide(&hundred).is_some_and(same)) {
        return Agreement::PercentVersusFraction;
    }
    let shifted =
        printed.clone() * thousand.clone() == *computed || printed.divide(&thousand).as_ref() == Some(computed);
    if shifted { Agreement::ThousandsMark } else { Agreement::Disagrees }
}

/// True where there is no figure because a source could not be read.
fn is_unreadable(value: &Value) -> bool {
    let Value::Missing(reason) = value else { return false };
    let mut reason = reason;
    while let MissingReason::Operand(_, below) = reason {
        reason = below;
    }
    *reason == MissingReason::SourceUnreadable
}
