//! Which periods an indicator or a rule has: those found in the data of its sources, and those that its aims name.

use std::collections::BTreeSet;

use super::Evaluator;
use crate::plan::Request;
use crate::problem::{EvaluationProblem, Problem};
use crate::program::model::{Aim, ExprId, ExprKind, Indicator, RowKind};
use crate::text::Both;
use crate::text::Lang;
use crate::types::{CalendarId, Length, Period};

/// A longer run of periods is not filled up where it has no rows: a typing error in one date must not make thousands of
/// empty days.
const PERIODS_FILLED: i32 = 5_000;

/// Nothing says for which period the indicator could be computed.
pub(super) fn nothing_found(indicator: &Indicator) -> Problem {
    Problem::new(EvaluationProblem::NoPeriod { indicator: indicator.name.clone() }, indicator.definition)
}

/// True where a period lies inside one that was asked for.
pub(super) fn wanted(evaluator: &Evaluator<'_>, request: &Request, period: Period) -> bool {
    request.periods.is_empty() || request.periods.iter().any(|asked| evaluator.contains(*asked, period))
}

impl Evaluator<'_> {
    /// The periods of an indicator's figures, in order.
    pub(super) fn periods_of(&self, indicator: &Indicator) -> Vec<Period> {
        let periods = self.all_periods_of(indicator);
        let mut periods: Vec<Period> =
            periods.into_iter().filter(|period| wanted(self, &self.plan.request, *period)).collect();
        periods.sort_by_key(|period| period.is_unknown());
        periods
    }

    /// The same, whatever was asked.
    pub(super) fn all_periods_of(&self, indicator: &Indicator) -> BTreeSet<Period> {
        let mut periods: BTreeSet<Period> = match indicator.fixed {
            Some(fixed) => BTreeSet::from([fixed]),
            None => {
                let mut found = self.between(indicator.measure, indicator.calendar, indicator.window);
                found.extend(self.windows_inside(indicator.measure, indicator.window));
                found
            }
        };
        let targets = indicator.targets.iter().map(|target| &target.aim);
        let published = indicator.published.iter().map(|published| &published.aim);
        let aims = indicator.baselines.iter().chain(targets).chain(published);
        periods.extend(aims.filter(|aim| is_figure(aim, indicator)).map(|aim| aim.period));
        periods
    }

    /// The periods found in the data below an expression, inside a window where there is one.
    pub(super) fn between(&self, expr: ExprId, calendar: CalendarId, window: Option<Period>) -> BTreeSet<Period> {
        let mut found = self.found_below(expr, calendar);
        if let Some(window) = window.filter(|window| window.count() <= PERIODS_FILLED)
            && window.calendar == calendar
        {
            found.extend(window.first..=window.last);
        }
        let inside = |ordinal: &i32| window.is_none_or(|window| self.contains(window, Period::one(calendar, *ordinal)));
        found.into_iter().filter(inside).map(|ordinal| Period::one(calendar, ordinal)).collect()
    }

    /// The ordinals of periods found in the sources below an expression.
    pub(super) fn found_below(&self, expr: ExprId, calendar: CalendarId) -> BTreeSet<i32> {
        let mut found = BTreeSet::new();
        for source in self.sources_below(expr) {
            let Some(answered) = self.plan.by_source.get(&source).and_then(|at| self.sources.get(*at)) else {
                continue;
            };
            let Some(data) = self.program.sources.get(source) else { continue };
            let Some((_, labels)) = data.period else { continue };
            if data.milestones.is_some()
                && let Some((first, last)) = self.days_of_stages(source)
                && let Some(calendar) = self.calendar(calendar)
            {
                // How far a milestone is can be told at the end of every period from the first date to the last.
                let ordinal = |day: i32| calendar.ordinal_of(crate::types::Date::from_day_number(day));
                let (first, last) = (ordinal(first), ordinal(last));
                if last.saturating_sub(first) < PERIODS_FILLED {
                    found.extend(first..=last);
                }
                continue;
            }
            let own = if self.is_dated(source) { calendar } else { labels };
            let mut ordinals = answered.periods(own);
            let range = match data.covers_period {
                Some(declared) => self.in_calendar(declared, own).map(|declared| (declared.first, declared.last)),
                // A table states what it states; a register is complete between its first and its last row.
                None if matches!(data.row, RowKind::Count { .. }) => None,
                // Days between events are not figures of their own: a year of meetings has as many days as meetings.
                None if self.calendar(own).is_some_and(|own| own.length == Length::Day) => None,
                None => answered.found(own),
            };
            if let Some((first, last)) = range.filter(|(first, last)| last.saturating_sub(*first) < PERIODS_FILLED) {
                ordinals.extend(first..=last);
            }
            if own == calendar {
                found.extend(ordinals);
            } else if let (Some(from), Some(to)) = (self.calendar(own), self.calendar(calendar)) {
                found.extend(ordinals.into_iter().map(|ordinal| to.ordinal_of(from.start(ordinal))));
            }
        }
        found
    }

    /// The sources whose periods are those of an expression: what stands at a fixed period is left out.
    pub(super) fn sources_below(&self, expr: ExprId) -> BTreeSet<usize> {
        let program = self.program;
        if self.sources_of.borrow().is_empty() {
            // Each indicator comes after those that it uses, so what it uses is known when it is met.
            for at in &program.order {
                let Some(indicator) = program.indicators.get(*at) else { continue };
                let sources = self.direct(indicator.measure);
                self.sources_of.borrow_mut().insert(*at, sources);
            }
        }
        self.direct(expr)
    }

    fn direct(&self, expr: ExprId) -> BTreeSet<usize> {
        let known = self.sources_of.borrow();
        let mut sources = BTreeSet::new();
        let mut rest = vec![expr];
        while let Some(expr) = rest.pop() {
            let Some(expr) = self.program.exprs.get(expr.0 as usize) else { continue };
            match &expr.kind {
                ExprKind::At(..) | ExprKind::MeanOver(..) => {}
                ExprKind::Measure(measure) => {
                    sources.insert(measure.source);
                }
                ExprKind::Milestones { source, .. } => {
                    sources.insert(*source);
                }
                ExprKind::Indicator(at) => sources.extend(known.get(at).into_iter().flatten()),
                other => rest.extend(other.operands()),
            }
        }
        sources
    }

    /// The label of a period in both languages.
    pub(super) fn period_label(&self, period: Period) -> Both<String> {
        let label = |lang: Lang| {
            self.calendar(period.calendar).map_or_else(String::new, |calendar| period.label(calendar, lang))
        };
        Both { fr: label(Lang::Fr), en: label(Lang::En) }
    }
}

/// True where an aim names a figure: one with a number, or one that could be in the indicator's calendar.
fn is_figure(aim: &Aim, indicator: &Indicator) -> bool {
    let inside = aim.period.calendar == indicator.calendar || aim.period.is_window();
    aim.value.is_some() && (inside || aim.period.calendar == CalendarId::DAY || indicator.fixed == Some(aim.period))
}
