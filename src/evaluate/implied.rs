//! Counts that are not stated but follow: from a percentage of a whole, and from categories that mix two dimensions.

use super::figure::Fig;
use super::{Evaluator, GroupId};
use crate::outcome::{GroupKey, Member, MissingReason, Value};
use crate::plan::{CtxId, dimension_column, selects_cells};
use crate::problem::{EvaluationProblem, Problem};
use crate::program::model::{ColumnType, ExprId, Measure, Member as DimensionMember};
use crate::types::{Bound, Number, Period, Range, Rounding, RoundingMode};

/// A percentage as it was printed.
pub(super) struct Printed<'p> {
    pub share: &'p Number,
    pub decimals: u8,
    pub mode: RoundingMode,
}

impl Evaluator<'_> {
    /// The whole numbers that a printed percentage of a whole allows; where there is none, that is said.
    pub(super) fn compatible(
        &mut self,
        at: (ExprId, CtxId, Period, GroupId),
        printed: &Printed<'_>,
        whole: Fig,
    ) -> Fig {
        let Some(of) = whole.value.range() else { return whole };
        let (numerator, denominator) = (None, None);
        if let Some(count) = counts(printed, &of) {
            return Fig { numerator, denominator, ..whole.with(Value::of(count)) };
        }
        if !self.withholds(at.0) && self.needs.is_empty() && self.reported.insert(at) {
            let (period, group) = (self.period_label(at.2), self.group_label(self.group(at.3)));
            let (share, decimals) = (printed.share.clone(), printed.decimals);
            let fact = EvaluationProblem::NoCompatibleCount { period, group, share, decimals, whole: of };
            let span = self.program.exprs.get(at.0.0 as usize).map(|expr| expr.span);
            self.problems.extend(span.map(|span| Problem::new(fact, span)));
        }
        Fig { numerator, denominator, ..whole.with(Value::Missing(MissingReason::NoCompatibleCount)) }
    }
}

/// The groups of a list that mixes two dimensions, for one group of the other dimension.
pub(super) struct MixedParts {
    /// Those that certainly belong.
    pub sure: Vec<Vec<GroupKey>>,
    /// Those of which nothing is said.
    pub possible: Vec<Vec<GroupKey>>,
}

impl Evaluator<'_> {
    /// Where a table has no column for one dimension of a group, but a list that mixes it: the groups of that list. `None` where
    /// the group can be looked up as it is.
    pub(super) fn mixed_parts(&self, measure: &Measure, group: &[GroupKey]) -> Option<MixedParts> {
        let program = self.program;
        let lacks = |key: &&GroupKey| dimension_column(program, measure.source, key.dimension).is_none();
        let key = group.iter().find(lacks)?;
        if !selects_cells(program, measure.source, measure.of) {
            return None;
        }
        let other = program.dimensions.get(key.dimension)?;
        let source = program.sources.get(measure.source)?;
        let (mixed, list) = source.columns.iter().find_map(|column| {
            let ColumnType::Dimension(at) = column.of else { return None };
            let list = program.dimensions.get(at)?;
            let speaks = |member: &DimensionMember| member.stands_for.iter().any(|is| is.of.dimension == key.dimension);
            list.members.iter().any(speaks).then_some((at, list))
        })?;
        let level = list.levels.len().saturating_sub(1);
        let mut parts = MixedParts { sure: Vec::new(), possible: Vec::new() };
        let within = group.iter().find(|of| of.dimension == mixed);
        for at in list.members_of(level) {
            let inside = within.is_none_or(|of| match of.member {
                Member::Code(wanted) => list.ancestor(at, of.level) == Some(wanted),
                Member::Unknown | Member::Remainder => false,
            });
            if !inside {
                continue;
            }
            let is = list.members.get(at).and_then(|member| {
                let is = member.stands_for.iter().find(|is| is.of.dimension == key.dimension)?;
                other.ancestor(is.member?, key.level)
            });
            let mut place: Vec<GroupKey> =
                group.iter().filter(|of| of.dimension != mixed && of.dimension != key.dimension).cloned().collect();
            place.push(GroupKey { dimension: mixed, level, member: Member::Code(at) });
            place.sort_unstable();
            match (is, &key.member) {
                (Some(is), Member::Code(wanted)) if is == *wanted => parts.sure.push(place),
                (None, Member::Code(_)) => parts.possible.push(place),
                (None, Member::Unknown) => parts.sure.push(place),
                (Some(_), Member::Code(_) | Member::Unknown) | (_, Member::Remainder) => {}
            }
        }
        Some(parts)
    }
}

/// The sum of what is certain as the lower bound, with what is possible as the upper one.
pub(super) fn between_parts(sure: Vec<Fig>, possible: Vec<Fig>) -> Fig {
    let none = || Fig::number(Number::zero());
    let sum = |figs: Vec<Fig>| figs.into_iter().reduce(|sum, fig| sum.plus(&fig));
    let sure = sum(sure).unwrap_or_else(none);
    match sum(possible) {
        None => sure,
        Some(possible) => bounds(&sure, &sure.plus(&possible)),
    }
}

/// The whole numbers of which a whole gives this percentage; `None` where no whole number does.
fn counts(printed: &Printed<'_>, whole: &Range) -> Option<Range> {
    let hundredth = Range::from(Number::scaled(1, 2));
    let product = shares(printed).times(whole).times(&hundredth);
    let none = Rounding { decimals: 0, mode: RoundingMode::HalfAway };
    let one = || Number::from(1i64);
    let low = product.low().map(|low| {
        let up = low.value.toward(0, true);
        if low.strict && up == low.value { up + one() } else { up }
    });
    let high = product.high().map(|high| {
        let down = high.value.toward(0, false);
        if high.strict && down == high.value { down - one() } else { down }
    });
    // A number of things is not below zero.
    let low = low.map(|low| if low.is_negative() { Number::zero() } else { low });
    if let (Some(low), Some(high)) = (&low, &high)
        && low > high
    {
        return None;
    }
    let mut stated = (printed.share.clone() * whole.stated().clone() * Number::scaled(1, 2)).round(none);
    if let Some(low) = low.as_ref().filter(|low| **low > stated) {
        stated = low.clone();
    }
    if let Some(high) = high.as_ref().filter(|high| **high < stated) {
        stated = high.clone();
    }
    let about = matches!(whole.qualifier(), Some(crate::types::Qualifier::About | crate::types::Qualifier::Nearly));
    Some(Range::new(stated, low.map(Bound::closed), high.map(Bound::closed), about))
}

/// The percentages that are printed like this.
fn shares(printed: &Printed<'_>) -> Range {
    let share = printed.share.clone();
    let step = Number::scaled(1, printed.decimals.min(30));
    let half = step.clone() * Number::scaled(5, 1);
    let (low, high) = match (printed.mode, share.is_negative()) {
        (RoundingMode::Truncation, false) => (Bound::closed(share.clone()), Bound::open(share.clone() + step)),
        (RoundingMode::Truncation, true) => (Bound::open(share.clone() - step), Bound::closed(share.clone())),
        // Halves go away from zero: the half below is printed like this, the half above is not.
        (RoundingMode::HalfAway, false) => {
            (Bound::closed(share.clone() - half.clone()), Bound::open(share.clone() + half))
        }
        (RoundingMode::HalfAway, true) => {
            (Bound::open(share.clone() - half.clone()), Bound::closed(share.clone() + half))
        }
        // A half goes to the even digit, up or down.
        (RoundingMode::HalfEven, _) => {
            (Bound::closed(share.clone() - half.clone()), Bound::closed(share.clone() + half))
        }
    };
    Range::new(share, Some(low), Some(high), false)
}

/// What is certain as the lower bound, what is possible as the upper one.
pub(super) fn bounds(sure: &Fig, possible: &Fig) -> Fig {
    let mut fig = sure.combine(possible, |sure, possible| {
        Value::of(Range::new(sure.stated().clone(), sure.low(), possible.high(), false))
    });
    fig.rows = possible.rows;
    fig
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    fn of(share: &str, mode: RoundingMode, whole: &Range) -> String {
        let decimals = share.split_once('.').map_or(0, |(_, rest)| rest.len() as u8);
        let share = Number::parse_plain(share).expect("a number");
        let printed = Printed { share: &share, decimals, mode };
        counts(&printed, whole).map_or("none".into(), |range| range.show(Lang::En, None))
    }

    #[test]
    fn counts_of_a_percentage() {
        let whole = |number: i64| Range::from(Number::from(number));
        assert_eq!(of("31.40", RoundingMode::HalfAway, &whole(6816)), "2,140");
        assert_eq!(of("50", RoundingMode::HalfAway, &whole(1225)), "between 607 and 618");
        assert_eq!(of("50.07", RoundingMode::HalfAway, &whole(3207)), "none");
        assert_eq!(of("50.07", RoundingMode::Truncation, &whole(3207)), "1,606");
        assert_eq!(of("12.5", RoundingMode::HalfEven, &whole(2000)), "between 249 and 251");
        assert_eq!(of("0", RoundingMode::HalfAway, &whole(100)), "0");
        let about = Range::said(crate::types::Qualifier::About, Number::from(800i64), None, true);
        assert_eq!(of("25", RoundingMode::HalfAway, &about), "about 200");
        let more = Range::said(crate::types::Qualifier::MoreThan, Number::from(800i64), None, true);
        assert_eq!(of("25", RoundingMode::HalfAway, &more), "at least 197");
    }
}
