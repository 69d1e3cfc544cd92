//! A series of periods up to the one asked: its minimum, its maximum, the rank of its last figure; and the consumption of an
//! allotment.

use std::cmp::Ordering;

use super::figure::Fig;
use super::{Evaluator, GroupId};
use crate::outcome::{Base, MissingReason, Value};
use crate::plan::CtxId;
use crate::program::model::{ExprId, ExprKind, Over, SeriesOf};
use crate::types::{Bound, Number, Period, Range, Unit};

/// Periods that one series may run through.
const PERIODS_PER_SERIES: i32 = 100_000;

impl Evaluator<'_> {
    /// Minimum, maximum or rank. A series with a gap has none: a figure that is not known might be the smallest.
    pub(super) fn series(
        &mut self,
        of: SeriesOf,
        over: Over,
        inner: ExprId,
        ctx: CtxId,
        period: Period,
        group: GroupId,
    ) -> Fig {
        let window = match over {
            Over::Last(periods) => {
                let back = i32::try_from(periods).unwrap_or(PERIODS_PER_SERIES).saturating_sub(1);
                Period { first: period.last.saturating_sub(back), ..period }
            }
            Over::Since(since) => {
                match self.in_calendar(period, since.calendar).filter(|period| period.last >= since.first) {
                    Some(period) => Period { first: since.first, ..period },
                    None => return Fig::missing(MissingReason::OutsideCoverage(None)),
                }
            }
        };
        if window.count() > PERIODS_PER_SERIES {
            return Fig::missing(MissingReason::OutsideCoverage(None));
        }
        let mut known: Vec<(Period, Fig, Range)> = Vec::new();
        let mut stopped: Option<Fig> = None;
        for ordinal in window.first..=window.last {
            let at = Period::one(window.calendar, ordinal);
            let fig = self.expr(inner, ctx, at, group);
            match fig.value.range() {
                Some(range) => known.push((at, fig, range)),
                None => stopped = stopped.or(Some(fig)),
            }
        }
        if let Some(stopped) = stopped {
            return match (&stopped.value, known.len()) {
                (Value::Missing(_), 1..) => Fig::missing(MissingReason::PartsIncomplete {
                    known: known.len(),
                    wanted: usize::try_from(window.count()).unwrap_or(0),
                }),
                (_, _) => stopped,
            };
        }
        let Some((last, rest)) = known.split_last() else { return Fig::missing(MissingReason::NothingToMeasure) };
        let mut joined = last.1.clone();
        for (_, fig, _) in rest {
            let told = joined.told.beside(&fig.told);
            joined = joined.plus(fig);
            joined.told = told;
        }
        joined.as_of = None;
        let smaller = |one: &Range, other: &Range| match of {
            SeriesOf::Minimum => one.is_below(other),
            SeriesOf::Maximum | SeriesOf::Rank => other.is_below(one),
        };
        match of {
            SeriesOf::Rank => {
                let ahead = rest.iter().map(|(_, _, range)| (last.2.is_below(range), last.2.is_same(range)));
                let (mut certain, mut possible) = (0i64, 0i64);
                for (below, same) in ahead {
                    certain += i64::from(below == Some(true));
                    possible += i64::from(below != Some(false) && same != Some(true));
                }
                let value = match certain == possible {
                    true => Range::from(Number::from(certain + 1)),
                    false => Range::between(Number::from(certain + 1), Number::from(possible + 1)),
                };
                joined.with(Value::of(value))
            }
            SeriesOf::Minimum | SeriesOf::Maximum => {
                let Some((first, more)) = known.split_first() else { return joined };
                let (mut found, mut when) = (first.2.clone(), Some(first.0));
                for (at, _, range) in more {
                    match smaller(range, &found) {
                        Some(true) => (found, when) = (range.clone(), Some(*at)),
                        Some(false) => {}
                        None if range == &found => {}
                        // It cannot be told which of the two it is, nor therefore when.
                        None => {
                            found = match of {
                                SeriesOf::Minimum => lesser(&found, range),
                                SeriesOf::Maximum | SeriesOf::Rank => {
                                    lesser(&found.negative(), &range.negative()).negative()
                                }
                            };
                            when = None;
                        }
                    }
                }
                Fig { as_of: when, ..joined.with(Value::of(found)) }
            }
        }
    }

    /// The unit of an expression.
    pub(super) fn unit_of(&self, expr: ExprId) -> Unit {
        self.program.exprs.get(expr.0 as usize).map_or(Unit::Unknown, |expr| expr.unit.clone())
    }

    /// What was used of an allotment since its window began, in per cent of it.
    pub(super) fn consumption(
        &mut self,
        window: Period,
        (spent, allotment): (ExprId, ExprId),
        ctx: CtxId,
        period: Period,
        group: GroupId,
    ) -> Fig {
        let inside = self.in_calendar(period, window.calendar);
        if inside.is_none_or(|period| period.first < window.first || period.last > window.last) {
            return Fig::missing(MissingReason::OutsideCoverage(Some(window)));
        }
        let of = self.expr(spent, ctx, period, group);
        let whole = self.expr(allotment, ctx, period, group);
        // An allotment with a period of its own shows that one.
        let own = match self.program.exprs.get(allotment.0 as usize).map(|expr| &expr.kind) {
            Some(ExprKind::At(_, own)) => *own,
            Some(_) | None => window,
        };
        let base = whole.value.range().map(|value| Base { value, unit: self.unit_of(allotment), period: Some(own) });
        Fig { base: base.map(Box::new), ..Fig::ratio(&of, &whole, 100) }
    }
}

/// The smaller of two qualified figures of which it is not known which that is.
fn lesser(one: &Range, other: &Range) -> Range {
    let order = |a: &Bound, b: &Bound| a.value.cmp(&b.value);
    let low = match (one.low(), other.low()) {
        (Some(a), Some(b)) => Some(match order(&a, &b) {
            Ordering::Less => a,
            Ordering::Greater => b,
            Ordering::Equal => Bound { strict: a.strict && b.strict, ..a },
        }),
        (_, _) => None,
    };
    let high = match (one.high(), other.high()) {
        (Some(a), Some(b)) => Some(match order(&a, &b) {
            Ordering::Less => a,
            Ordering::Greater => b,
            Ordering::Equal => Bound { strict: a.strict || b.strict, ..a },
        }),
        (a, b) => a.or(b),
    };
    Range::new(one.stated().min(other.stated()).clone(), low, high, false)
}
