//! How far the periods that are asked for reach into the data of each source: the days of the rows that can matter to a figure of
//! these periods. Whoever reads the data may leave the others unread.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::query::Days;
use crate::program::model::{ExprId, ExprKind, Over, Program, RowKind};
use crate::types::{CalendarId, Date, Period};

/// Periods of a calendar, one after the other; all before the last where there is no first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Span {
    calendar: CalendarId,
    first: Option<i32>,
    last: i32,
}

/// A longer span reaches back to the beginning.
const PERIODS: i32 = 100_000;

impl Span {
    fn of(period: Period) -> Span {
        Span { calendar: period.calendar, first: Some(period.first), last: period.last }
    }

    /// So many periods more before the first one.
    fn back(self, by: i32) -> Span {
        let first = self.first.map(|first| first.saturating_sub(by));
        Span { first: first.filter(|first| self.last.saturating_sub(*first) < PERIODS), ..self }
    }

    /// All periods before it too.
    fn ever(self) -> Span {
        Span { first: None, ..self }
    }
}

struct Walk<'p> {
    program: &'p Program,
    seen: HashSet<(ExprId, Span)>,
    work: Vec<(ExprId, Span)>,
    days: BTreeMap<usize, Vec<(i32, i32)>>,
    /// Every row of these matters.
    whole: BTreeSet<usize>,
}

/// For each source whose rows need not all be read, the days of those that matter, where `roots` are computed, each in its calendar, for
/// the periods asked for.
pub(super) fn reach(
    program: &Program,
    asked: &[Period],
    roots: impl Iterator<Item = (ExprId, CalendarId)>,
) -> BTreeMap<usize, Days> {
    let mut walk =
        Walk { program, seen: HashSet::new(), work: Vec::new(), days: BTreeMap::new(), whole: BTreeSet::new() };
    for (expr, calendar) in roots {
        for period in asked {
            // A figure may also be of a window, or of a period of another calendar, that lies inside the one that is asked for.
            if let Some(span) = walk.in_calendar(Span::of(*period), calendar) {
                walk.later(expr, span);
            }
        }
    }
    while let Some((expr, span)) = walk.work.pop() {
        walk.expr(expr, span);
    }
    let Walk { days, whole, .. } = walk;
    let of = |(source, ranges): (usize, Vec<(i32, i32)>)| {
        let declared = program.sources.get(source)?;
        let (column, _) = declared.period?;
        // The rows of a table are its groups and totals, those of one fact are counted once: they are read together.
        let is_together = matches!(declared.row, RowKind::Count { .. }) || declared.facts.is_some();
        let reads_all = is_together || declared.milestones.is_some() || whole.contains(&source);
        (!reads_all).then(|| (source, Days { column, ranges: joined(ranges) }))
    };
    days.into_iter().filter_map(of).collect()
}

/// Ranges in order, without those that touch.
fn joined(mut ranges: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    ranges.sort_unstable();
    let mut all: Vec<(i32, i32)> = Vec::new();
    for (first, last) in ranges {
        match all.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            Some(_) | None => all.push((first, last)),
        }
    }
    all
}

impl Walk<'_> {
    fn later(&mut self, expr: ExprId, span: Span) {
        if self.seen.insert((expr, span)) {
            self.work.push((expr, span));
        }
    }

    /// The first day and the last.
    fn days_of(&self, span: Span) -> Option<(i32, i32)> {
        let calendar = self.program.calendars.get(usize::from(span.calendar.0))?;
        let first = span.first.map_or(i32::MIN, |first| calendar.start(first).day_number());
        Some((first, calendar.end(span.last).day_number()))
    }

    /// The periods of a calendar that have a day in the span.
    fn in_calendar(&self, span: Span, calendar: CalendarId) -> Option<Span> {
        if span.calendar == calendar {
            return Some(span);
        }
        let (first, last) = self.days_of(span)?;
        let to = self.program.calendars.get(usize::from(calendar.0))?;
        let ordinal = |day: i32| to.ordinal_of(Date::from_day_number(day));
        Some(Span { calendar, first: span.first.map(|_| ordinal(first)), last: ordinal(last) })
    }

    /// The span, and what lies between the first period of `since` and it.
    fn since(&self, since: Period, span: Span) -> Option<Span> {
        let span = self.in_calendar(span, since.calendar)?;
        Some(Span { first: span.first.map(|first| first.min(since.first)), ..span })
    }

    fn expr(&mut self, expr: ExprId, span: Span) {
        let program = self.program;
        let Some(expr) = program.exprs.get(expr.0 as usize) else { return };
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Attribute { .. } => {}
            ExprKind::Measure(measure) => {
                if let Some(days) = self.days_of(span) {
                    self.days.entry(measure.source).or_default().push(days);
                }
            }
            ExprKind::Milestones { source, .. } => {
                self.whole.insert(*source);
            }
            ExprKind::Indicator(at) => {
                if let Some(indicator) = program.indicators.get(*at) {
                    self.later(indicator.measure, span);
                }
            }
            ExprKind::At(inner, period) | ExprKind::MeanOver(period, inner) => self.later(*inner, Span::of(*period)),
            // A window is followed back by its own length.
            ExprKind::Previous(inner) | ExprKind::Change(_, inner) => {
                let length = span.first.map_or(0, |first| span.last.saturating_sub(first));
                self.later(*inner, span.back(length.saturating_add(2)));
            }
            ExprKind::Rolling(periods, inner) | ExprKind::Series(_, Over::Last(periods), inner) => {
                self.later(*inner, span.back(i32::try_from(*periods).unwrap_or(i32::MAX)));
            }
            ExprKind::Cumulative(since, inner) | ExprKind::Series(_, Over::Since(since), inner) => {
                if let Some(span) = self.since(*since, span) {
                    self.later(*inner, span);
                }
            }
            ExprKind::Latest(inner) => self.later(*inner, span.ever()),
            ExprKind::Where(..)
            | ExprKind::Negative(_)
            | ExprKind::Binary(..)
            | ExprKind::Ratio { .. }
            | ExprKind::SumBy(..)
            | ExprKind::ShareOfGroup { .. }
            | ExprKind::Consumption { .. }
            | ExprKind::Compatible { .. }
            | ExprKind::Bounds { .. }
            | ExprKind::Together(..)
            | ExprKind::If { .. } => {
                for operand in expr.kind.operands() {
                    self.later(operand, span);
                }
            }
        }
    }
}
