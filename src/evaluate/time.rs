//! Measures over several periods: cumulative, rolling, mean over a window, latest known value.

use super::figure::Fig;
use super::{Evaluator, GroupId};
use crate::outcome::{MissingReason, Value};
use crate::plan::CtxId;
use crate::program::model::ExprId;
use crate::types::{Number, Period};

/// Periods that one sum or mean may run through.
const PERIODS_PER_SUM: i32 = 100_000;

impl Evaluator<'_> {
    /// The sum from the first period of `since` up to the one asked.
    pub(super) fn cumulative(&mut self, since: Period, of: ExprId, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        let Some(period) = self.in_calendar(period, since.calendar).filter(|period| period.last >= since.first) else {
            return Fig::missing(MissingReason::OutsideCoverage(None));
        };
        self.sum_over(Period { first: since.first, ..period }, of, ctx, group)
    }

    /// The mean of this many periods, the one asked being the last.
    pub(super) fn rolling(&mut self, periods: u32, of: ExprId, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        let back = i32::try_from(periods).unwrap_or(PERIODS_PER_SUM).saturating_sub(1);
        self.mean_over(Period { first: period.last.saturating_sub(back), ..period }, of, ctx, group)
    }

    /// The mean of the periods of a window.
    pub(super) fn mean_over(&mut self, window: Period, of: ExprId, ctx: CtxId, group: GroupId) -> Fig {
        let sum = self.sum_over(window, of, ctx, group);
        let periods = Fig::number(Number::from(i64::from(window.count())));
        Fig { rows: sum.rows, ..Fig::ratio(&sum, &periods, 1) }
    }

    fn sum_over(&mut self, window: Period, of: ExprId, ctx: CtxId, group: GroupId) -> Fig {
        if window.count() > PERIODS_PER_SUM {
            return Fig::missing(MissingReason::OutsideCoverage(None));
        }
        let mut sum: Option<Fig> = None;
        let mut stopped: Option<Fig> = None;
        let mut known = 0;
        for ordinal in window.first..=window.last {
            let fig = self.expr(of, ctx, Period::one(window.calendar, ordinal), group);
            if fig.value.number().is_none() {
                stopped.get_or_insert(fig);
                continue;
            }
            known += 1;
            sum = Some(match sum {
                None => Fig { numerator: None, denominator: None, ..fig },
                Some(sum) => sum.plus(&fig),
            });
        }
        let wanted = usize::try_from(window.count()).unwrap_or(0);
        match (sum, stopped) {
            (Some(sum), None) => sum,
            (Some(sum), Some(stopped)) => match stopped.value {
                // A part that has no meaning is not a part that is lacking.
                Value::NotApplicable(_) | Value::NotComputable(_) | Value::Suppressed => sum.with(stopped.value),
                Value::Missing(_)
                | Value::Number(_)
                | Value::Qualified(_)
                | Value::ImpliedZero(_)
                | Value::Stage(_) => sum.with(Value::Missing(MissingReason::PartsIncomplete { known, wanted })),
            },
            (None, Some(fig)) => fig,
            (None, None) => Fig::missing(MissingReason::NothingToMeasure),
        }
    }

    /// The latest figure not after the period asked, with its period.
    pub(super) fn latest(&mut self, of: ExprId, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        let asked = self.expr(of, ctx, period, group);
        if !self.needs.is_empty() || asked.value.number().is_some() {
            return Fig { as_of: asked.as_of.or(Some(period)), ..asked };
        }
        let found = self.found_below(of, period.calendar);
        for ordinal in found.range(..period.first).rev() {
            let earlier = Period::one(period.calendar, *ordinal);
            let fig = self.expr(of, ctx, earlier, group);
            if !self.needs.is_empty() || fig.value.number().is_some() {
                return Fig { as_of: fig.as_of.or(Some(earlier)), ..fig };
            }
        }
        asked
    }
}
