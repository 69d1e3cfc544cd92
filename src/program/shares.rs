//! Shares: whether a numerator lies inside its denominator, proved from the filters where that can be (meaning 8).

use crate::problem::{Problem, TypeProblem};
use crate::syntax::ast::{Comparison, MissingPolicy};
use crate::types::{Number, Period};

use super::Checker;
use super::conditions::compare_numbers;
use super::indicators::State;
use super::model::{
    Aggregate, ColumnTest, Cond, Dimension, ExprId, ExprKind, Groups, Inside, Measure, MeasureOf, TestKind, TestOn,
};

/// Indicators that stand on indicators are followed this far; beyond, a share is checked on the data.
const CHAIN: usize = 64;

/// A measure as what is counted and the conditions on it.
struct Filtered<'p> {
    measure: &'p Measure,
    at: Option<Period>,
    conditions: Vec<&'p Cond>,
}

impl Checker<'_> {
    /// Whether the numerator lies inside the denominator; reports where it certainly does not.
    pub(super) fn inside(&mut self, numerator: ExprId, denominator: ExprId) -> Inside {
        let (Some(part), Some(whole)) = (self.filtered(numerator), self.filtered(denominator)) else {
            return Inside::CheckOnData;
        };
        if part.measure != whole.measure || part.at != whole.at || !grows(part.measure) {
            return Inside::CheckOnData;
        }
        let dimensions = &self.program.dimensions;
        let implied = |by: &[&Cond], wanted: &Cond| by.iter().any(|cond| implies(cond, wanted, dimensions));
        if whole.conditions.iter().all(|wanted| implied(&part.conditions, wanted)) {
            return Inside::Proved;
        }
        let apart =
            part.conditions.iter().any(|one| whole.conditions.iter().any(|other| excludes(one, other, dimensions)));
        let reversed = part.conditions.iter().all(|wanted| implied(&whole.conditions, wanted));
        if apart || reversed {
            let fact = TypeProblem::NumeratorOutside { apart };
            let (at, also) = (self.span(numerator), self.span(denominator));
            self.report(Problem::new(fact, at).also(also));
        }
        Inside::CheckOnData
    }

    fn filtered(&self, id: ExprId) -> Option<Filtered<'_>> {
        let mut at = id;
        let mut period = None;
        let mut conditions = Vec::new();
        for _ in 0..CHAIN {
            match &self.expr(at)?.kind {
                ExprKind::Measure(measure) => return Some(Filtered { measure, at: period, conditions }),
                ExprKind::Where(of, cond) => {
                    match cond {
                        Cond::And(parts) => conditions.extend(parts),
                        Cond::Test(_) | Cond::Or(_) | Cond::Not(_) => conditions.push(cond),
                    }
                    at = *of;
                }
                ExprKind::Indicator(indicator) => match self.states.get(*indicator)? {
                    State::Sound { indicator, .. } => at = indicator.measure,
                    State::Pending | State::Broken => return None,
                },
                ExprKind::At(of, when) => {
                    period = period.or(Some(*when));
                    at = *of;
                }
                ExprKind::Number(_)
                | ExprKind::Milestones { .. }
                | ExprKind::Attribute { .. }
                | ExprKind::Negative(_)
                | ExprKind::Binary(..)
                | ExprKind::Ratio { .. }
                | ExprKind::SumBy(..)
                | ExprKind::ShareOfGroup { .. }
                | ExprKind::Previous(_)
                | ExprKind::Change(..)
                | ExprKind::Cumulative(..)
                | ExprKind::Rolling(..)
                | ExprKind::Series(..)
                | ExprKind::Consumption { .. }
                | ExprKind::MeanOver(..)
                | ExprKind::Latest(_)
                | ExprKind::Compatible { .. }
                | ExprKind::Bounds { .. }
                | ExprKind::Together(..)
                | ExprKind::If { .. } => return None,
            }
        }
        None
    }
}

/// More rows never make it smaller (a sum of amounts might be negative: checked on the data).
fn grows(measure: &Measure) -> bool {
    match measure.of {
        MeasureOf::Rows | MeasureOf::CountColumn | MeasureOf::Distinct(_) | MeasureOf::Keys(_) => true,
        MeasureOf::Aggregate(aggregate, _) => match aggregate {
            Aggregate::Sum => true,
            Aggregate::Average
            | Aggregate::Median
            | Aggregate::LongestGap
            | Aggregate::Minimum
            | Aggregate::Maximum
            | Aggregate::First
            | Aggregate::Last => false,
        },
    }
}

/// True where what passes `one` certainly passes `other`.
fn implies(one: &Cond, other: &Cond, dimensions: &[Dimension]) -> bool {
    if one == other {
        return true;
    }
    match (one, other) {
        (_, Cond::And(parts)) => parts.iter().all(|part| implies(one, part, dimensions)),
        (_, Cond::Or(parts)) if parts.iter().any(|part| implies(one, part, dimensions)) => true,
        (Cond::Or(parts), _) => !parts.is_empty() && parts.iter().all(|part| implies(part, other, dimensions)),
        (Cond::And(parts), _) => parts.iter().any(|part| implies(part, other, dimensions)),
        (Cond::Test(one), Cond::Test(other)) => test_implies(one, other, dimensions),
        (Cond::Not(_), _) | (_, Cond::Not(_)) | (Cond::Test(_), Cond::Or(_)) => false,
    }
}

fn test_implies(one: &ColumnTest, other: &ColumnTest, dimensions: &[Dimension]) -> bool {
    if one.missing == MissingPolicy::Counted && other.missing == MissingPolicy::Excluded {
        return false;
    }
    let lifted = |members: &[usize]| lifted(one.on, other.on, members, dimensions);
    match (&one.test, &other.test) {
        (TestKind::Members(a), TestKind::Members(b)) => {
            lifted(a).is_some_and(|a| a.iter().all(|member| b.contains(member)))
        }
        (TestKind::Members(a), TestKind::NotMembers(b)) => {
            lifted(a).is_some_and(|a| a.iter().all(|member| !b.contains(member)))
        }
        (TestKind::NotMembers(a), TestKind::NotMembers(b)) => {
            one.on == other.on && b.iter().all(|member| a.contains(member))
        }
        _ if one.on != other.on => false,
        (TestKind::Texts(a), TestKind::Texts(b)) => a.iter().all(|text| b.contains(text)),
        (TestKind::Texts(a), TestKind::NotTexts(b)) => a.iter().all(|text| !b.contains(text)),
        (TestKind::NotTexts(a), TestKind::NotTexts(b)) => b.iter().all(|text| a.contains(text)),
        (a, b) => match (range(a), range(b)) {
            (Some(a), Some(b)) => a.within(&b),
            _ => a == b,
        },
    }
}

/// True where nothing passes both.
pub(super) fn excludes(one: &Cond, other: &Cond, dimensions: &[Dimension]) -> bool {
    let (Cond::Test(one), Cond::Test(other)) = (one, other) else { return false };
    if one.missing == MissingPolicy::Counted && other.missing == MissingPolicy::Counted {
        return false;
    }
    match (&one.test, &other.test) {
        (TestKind::Members(a), TestKind::Members(b)) => {
            // One thing may be in two overlapping groups.
            if let TestOn::Dimension(of) = one.on
                && dimensions.get(of.dimension).is_none_or(|dimension| dimension.groups == Groups::Overlapping)
            {
                return false;
            }
            let a_in_b = lifted(one.on, other.on, a, dimensions);
            let disjoint = |a: &[usize], b: &[usize]| a.iter().all(|member| !b.contains(member));
            a_in_b.is_some_and(|a| disjoint(&a, b))
                || lifted(other.on, one.on, b, dimensions).is_some_and(|b| disjoint(a, &b))
        }
        (TestKind::Members(a), TestKind::NotMembers(b)) | (TestKind::NotMembers(b), TestKind::Members(a)) => {
            one.on == other.on && a.iter().all(|member| b.contains(member))
        }
        (TestKind::Texts(a), TestKind::Texts(b)) => one.on == other.on && a.iter().all(|text| !b.contains(text)),
        (TestKind::Yes, TestKind::No) | (TestKind::No, TestKind::Yes) => one.on == other.on,
        (TestKind::Missing, TestKind::Present) | (TestKind::Present, TestKind::Missing) => one.on == other.on,
        (a, b) => match (range(a), range(b)) {
            (Some(a), Some(b)) => one.on == other.on && a.apart(&b),
            _ => false,
        },
    }
}

/// Members tested at one level, as members of the (same or coarser) level of another test; on overlapping groups members
/// say nothing of each other, so there only the same members are comparable.
fn lifted(from: TestOn, to: TestOn, members: &[usize], dimensions: &[Dimension]) -> Option<Vec<usize>> {
    match (from, to) {
        (TestOn::Dimension(from), TestOn::Dimension(to)) if from.dimension == to.dimension => {
            let dimension = dimensions.get(from.dimension)?;
            members.iter().map(|member| dimension.ancestor(*member, to.level)).collect()
        }
        (from, to) => (from == to).then(|| members.to_vec()),
    }
}

/// An interval of numbers or days: bounds, each with whether it is included.
struct Range {
    low: Option<(Number, bool)>,
    high: Option<(Number, bool)>,
}

impl Range {
    fn within(&self, outer: &Range) -> bool {
        let low = match (&self.low, &outer.low) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some((a, a_in)), Some((b, b_in))) => a > b || (a == b && (*b_in || !a_in)),
        };
        let high = match (&self.high, &outer.high) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some((a, a_in)), Some((b, b_in))) => a < b || (a == b && (*b_in || !a_in)),
        };
        low && high
    }

    fn apart(&self, other: &Range) -> bool {
        let below = |high: &Option<(Number, bool)>, low: &Option<(Number, bool)>| match (high, low) {
            (Some((a, a_in)), Some((b, b_in))) => {
                compare_numbers(a, Comparison::Less, b) || (a == b && !(*a_in && *b_in))
            }
            _ => false,
        };
        below(&self.high, &other.low) || below(&other.high, &self.low)
    }
}

fn range(test: &TestKind) -> Option<Range> {
    let of = |comparison: Comparison, value: Number| match comparison {
        Comparison::Equal => Some(Range { low: Some((value.clone(), true)), high: Some((value, true)) }),
        Comparison::Different => None,
        Comparison::Less => Some(Range { low: None, high: Some((value, false)) }),
        Comparison::AtMost => Some(Range { low: None, high: Some((value, true)) }),
        Comparison::More => Some(Range { low: Some((value, false)), high: None }),
        Comparison::AtLeast => Some(Range { low: Some((value, true)), high: None }),
    };
    match test {
        TestKind::Number(comparison, value) => of(*comparison, value.clone()),
        TestKind::Day(comparison, day) => of(*comparison, Number::from(i64::from(*day))),
        TestKind::NumberBetween(low, high) => {
            Some(Range { low: Some((low.clone(), true)), high: Some((high.clone(), true)) })
        }
        TestKind::DayBetween(low, high) => Some(Range {
            low: Some((Number::from(i64::from(*low)), true)),
            high: Some((Number::from(i64::from(*high)), true)),
        }),
        TestKind::Members(_)
        | TestKind::NotMembers(_)
        | TestKind::Texts(_)
        | TestKind::NotTexts(_)
        | TestKind::Yes
        | TestKind::No
        | TestKind::Missing
        | TestKind::Present
        | TestKind::Column(..) => None,
    }
}
