//! The life of a definition in its figures: outside its validity, at a break of its series or across one, provisional or
//! revised (meaning 15).

use super::figure::Fig;
use super::{Evaluator, GroupId};
use crate::outcome::{Break, Figure, GroupKey, Life};
use crate::problem::{EvaluationProblem, Problem};
use crate::program::model::{Finality, Indicator};
use crate::types::Period;

/// Periods outside the validity that one warning names.
const PERIODS_NAMED: usize = 3;

impl Evaluator<'_> {
    /// Notes on which side of its breaks an indicator was read.
    pub(super) fn in_series(&self, at: usize, period: Period, group: GroupId, fig: Fig) -> Fig {
        let Some(indicator) = self.program.indicators.get(at).filter(|indicator| !indicator.breaks.is_empty()) else {
            return fig;
        };
        let group = self.group(group);
        let before = |ordinal: i32| {
            let here = indicator.breaks.iter().enumerate().filter(|(_, one)| {
                one.from.calendar == period.calendar && one.from.first <= ordinal && self.lies_in(group, &one.group)
            });
            here.map(|(number, _)| number + 1).max().unwrap_or(0)
        };
        let (first, last) = (before(period.first), before(period.last));
        let crosses = fig.crosses.or((first != last).then(|| (at, last.saturating_sub(1))));
        let mut segments = fig.segments.clone();
        segments.push((at, last));
        Fig { segments, crosses, ..fig }
    }

    /// What is to be said of one figure.
    pub(super) fn life_of(
        &self,
        at: usize,
        period: Period,
        group: &[GroupKey],
        crosses: Option<(usize, usize)>,
    ) -> Life {
        let Some(indicator) = self.program.indicators.get(at) else { return Life::default() };
        let starts = indicator.breaks.iter().rev().find(|one| {
            one.from.calendar == period.calendar
                && period.first <= one.from.first
                && one.from.first <= period.last
                && self.lies_in(group, &one.group)
        });
        let own = starts.filter(|_| !period.is_window()).map(|one| Break {
            indicator: at,
            from: one.from,
            reason: one.reason.clone(),
            crosses: false,
        });
        let across = crosses.and_then(|(of, number)| {
            let one = self.program.indicators.get(of)?.breaks.get(number)?;
            Some(Break { indicator: of, from: one.from, reason: one.reason.clone(), crosses: true })
        });
        let of_sources = self.sources_below(indicator.measure);
        let of_sources = of_sources.iter().filter_map(|source| self.program.sources.get(*source)?.finality);
        let said: Vec<Finality> = match indicator.finality {
            Some(own) => vec![own],
            None => of_sources.collect(),
        };
        Life {
            outside: indicator.valid.map(|(valid, _)| valid).filter(|valid| !self.contains(*valid, period)),
            series_break: own.or(across).map(Box::new),
            provisional: said.contains(&Finality::Provisional),
            revised: said.contains(&Finality::Revised),
        }
    }

    /// Warns of figures outside the validity of their definition, once for each indicator.
    pub(super) fn tell_outside(&mut self, indicator: &Indicator, figures: &[Figure]) {
        let Some((valid, span)) = indicator.valid else { return };
        let outside = figures.iter().filter(|figure| figure.life.outside.is_some() && figure.value.number().is_some());
        let mut periods: Vec<Period> = outside.map(|figure| figure.period).collect();
        periods.dedup();
        if periods.is_empty() {
            return;
        }
        let fact = EvaluationProblem::OutsideValidity {
            indicator: indicator.name.clone(),
            valid: self.period_label(valid),
            periods: periods.iter().take(PERIODS_NAMED).map(|period| self.period_label(*period)).collect(),
            more: periods.len().saturating_sub(PERIODS_NAMED),
        };
        self.problems.push(Problem::new(fact, span));
    }
}
