//! A measure over the rows of one source, under conditions, at a period and group: counts, sums and the rest, with their
//! states.

use super::cells::{Answered, Merged};
use super::figure::Fig;
use super::{Evaluator, GroupId, implied, table};
use crate::outcome::{GroupKey, Member, MissingReason, Rows, Value, ZeroReason};
use crate::plan::{
    CtxId, Cube, LaneState, LaneValue, MeasureKey, Shape, dimension_column, merges, selects_cells, state_of,
};
use crate::program::model::{Aggregate, ColumnType, DimensionLevel, Measure, MeasureOf};
use crate::types::{CalendarId, Number, Period, Range};

/// How a period lies in what a source covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    /// All of it.
    Full,
    /// Some of it.
    Partial,
    /// None of it.
    Outside,
}

/// The code of a member in a cell.
pub(super) fn code_of(member: &Member) -> i32 {
    match member {
        Member::Code(at) => i32::try_from(*at).unwrap_or(Cube::UNKNOWN),
        // No cell holds a remainder: it is computed above the cells.
        Member::Unknown | Member::Remainder => Cube::UNKNOWN,
    }
}

/// The dimension levels of a group.
pub(super) fn dims_of(group: &[GroupKey]) -> Vec<DimensionLevel> {
    group.iter().map(|key| DimensionLevel { dimension: key.dimension, level: key.level }).collect()
}

impl Evaluator<'_> {
    pub(super) fn measure(&self, measure: &Measure, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        let fig = self.measured(measure, ctx, period, group);
        self.secret.tell(self.program, measure, (ctx, period, group), fig)
    }

    fn measured(&self, measure: &Measure, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        self.measure_of(measure, ctx, period, self.group(group))
    }

    /// The measure at a group, put together where the group is a remainder or mixes two dimensions.
    pub(super) fn measure_of(&self, measure: &Measure, ctx: CtxId, period: Period, group: &[GroupKey]) -> Fig {
        if let Some(at) = group.iter().position(|key| key.member == Member::Remainder) {
            return self.remainder(measure, ctx, period, group, at);
        }
        match self.mixed_parts(measure, group) {
            None => self.measure_at(measure, ctx, period, group),
            Some(parts) => {
                let at = |group: &Vec<GroupKey>| self.measure_at(measure, ctx, period, group);
                implied::between_parts(parts.sure.iter().map(at).collect(), parts.possible.iter().map(at).collect())
            }
        }
    }

    fn measure_at(&self, measure: &Measure, ctx: CtxId, period: Period, group: &[GroupKey]) -> Fig {
        let nothing = || Fig::missing(MissingReason::NotReported);
        let Some(answered) = self.plan.by_source.get(&measure.source).and_then(|at| self.sources.get(*at)) else {
            return nothing();
        };
        let Some(source) = self.program.sources.get(measure.source) else { return nothing() };
        if answered.cube.unreadable {
            return Fig::missing(MissingReason::SourceUnreadable);
        }
        if group.iter().any(|key| dimension_column(self.program, measure.source, key.dimension).is_none()) {
            return Fig::missing(MissingReason::NoSuchBreakdown);
        }
        let dated = self.is_dated(measure.source);
        let (calendar, period) = match source.period {
            None => (None, period),
            Some(_) if period.is_unknown() && answered.window(period).is_none() => {
                return Fig::missing(MissingReason::OutsideCoverage(None));
            }
            Some(_) if dated => (Some(period.calendar), period),
            // A window or a day that rows state is what they state, whatever the periods in it say.
            Some((_, calendar)) if answered.window(period).is_some() => (Some(calendar), period),
            Some((_, calendar)) => match self.in_calendar(period, calendar) {
                Some(period) => (Some(calendar), period),
                None => return Fig::missing(MissingReason::OutsideCoverage(None)),
            },
        };
        let state = state_of(self.program, measure.source, measure.of);
        let window = (dated && period.is_window() && !merges(state)).then_some(period);
        let key = MeasureKey { source: measure.source, of: measure.of, ctx, window };
        let Some(lanes) = self.plan.measures.get(&key) else { return nothing() };
        if selects_cells(self.program, measure.source, measure.of) {
            return table::measure(self, answered, measure, lanes, ctx, calendar, period, group);
        }

        let shape = Shape { calendar: if window.is_some() { None } else { calendar }, dims: dims_of(group) };
        let mut codes: Vec<i32> = group.iter().map(|key| code_of(&key.member)).collect();
        let (mut rows, mut cells, mut marks) = (0u64, Vec::new(), Vec::new());
        if shape.calendar.is_some() {
            codes.insert(0, 0);
            for ordinal in answered.codes_of(calendar.unwrap_or(period.calendar), period) {
                if let Some(first) = codes.first_mut() {
                    *first = ordinal;
                }
                rows = rows.saturating_add(Merged::of(&answered.at(lanes.rows, &shape, &codes)).count);
                cells.push(answered.at(lanes.main, &shape, &codes));
                marks.extend(lanes.marks.iter().flat_map(|marks| answered.at(*marks, &shape, &codes)));
            }
        } else {
            rows = Merged::of(&answered.at(lanes.rows, &shape, &codes)).count;
            cells.push(answered.at(lanes.main, &shape, &codes));
            marks.extend(lanes.marks.iter().flat_map(|marks| answered.at(*marks, &shape, &codes)));
        }
        let cover = self.cover(answered, calendar, period);
        let mut fig = finish(measure.of, state, rows, &cells);
        answered.say_why(&mut fig, self.program, lanes.marks, &marks);
        fig.facts = self.facts_among(measure.source, &cells.concat());
        if rows == 0 {
            fig.value = match (cover, measure.of) {
                (Cover::Outside, _) => Value::Missing(self.outside(answered, calendar)),
                (Cover::Full | Cover::Partial, MeasureOf::Aggregate(..)) => {
                    Value::Missing(MissingReason::NothingToMeasure)
                }
                // The register was read for this period and nothing of it was here; without any row, coverage says so.
                (Cover::Full | Cover::Partial, _) if answered.rows_in(calendar, period) > 0 => {
                    Value::Number(Number::zero())
                }
                (Cover::Full | Cover::Partial, _) => Value::ImpliedZero(ZeroReason::Coverage),
            };
        }
        fig.rows.read = answered.cube.rows;
        fig.incomplete = cover == Cover::Partial || self.ends_inside(answered, calendar, period);
        fig
    }

    pub(super) fn is_dated(&self, source: usize) -> bool {
        self.program.sources.get(source).is_some_and(|source| {
            let column = source.period.and_then(|(column, _)| source.columns.get(column));
            column.is_some_and(|column| column.of == ColumnType::Date)
        })
    }

    /// The same days as periods of another calendar; `None` where its periods start or end elsewhere.
    pub(super) fn in_calendar(&self, period: Period, calendar: CalendarId) -> Option<Period> {
        if period.calendar == calendar {
            return Some(period);
        }
        let (from, to) = (self.calendar(period.calendar)?, self.calendar(calendar)?);
        let (start, end) = (from.start(period.first), from.end(period.last));
        let (first, last) = (to.ordinal_of(start), to.ordinal_of(end));
        (to.start(first) == start && to.end(last) == end).then_some(Period { calendar, first, last })
    }

    /// True where `outer` contains all days of `inner`.
    pub(super) fn contains(&self, outer: Period, inner: Period) -> bool {
        if outer.calendar == inner.calendar {
            return outer.first <= inner.first && inner.last <= outer.last;
        }
        match (self.calendar(outer.calendar), self.calendar(inner.calendar)) {
            (Some(of_outer), Some(of_inner)) => {
                of_outer.start(outer.first) <= of_inner.start(inner.first)
                    && of_inner.end(inner.last) <= of_outer.end(outer.last)
            }
            _ => false,
        }
    }

    /// What the source covers of a period: as declared, else from the first to the last period found.
    pub(super) fn cover(&self, answered: &Answered<'_>, calendar: Option<CalendarId>, period: Period) -> Cover {
        let Some(calendar) = calendar else { return Cover::Full };
        let declared = self.program.sources.get(answered.source).and_then(|source| source.covers_period);
        if answered.window(period).is_some() {
            return match declared {
                Some(declared) if !self.contains(declared, period) => Cover::Outside,
                Some(_) | None => Cover::Full,
            };
        }
        let single = |ordinal: i32| match declared {
            Some(declared) => self.contains(declared, Period::one(calendar, ordinal)),
            None => answered.found(calendar).is_some_and(|(first, last)| first <= ordinal && ordinal <= last),
        };
        let covered = (period.first..=period.last).filter(|ordinal| single(*ordinal)).count();
        match usize::try_from(period.count()) {
            Ok(all) if covered == all => Cover::Full,
            _ if covered > 0 => Cover::Partial,
            _ => Cover::Outside,
        }
    }

    /// Why a period outside has no figure: the data are about these periods.
    pub(super) fn outside(&self, answered: &Answered<'_>, calendar: Option<CalendarId>) -> MissingReason {
        let found = calendar.and_then(|calendar| {
            let (first, last) = answered.found(calendar)?;
            Some(Period { calendar, first, last })
        });
        MissingReason::OutsideCoverage(found)
    }

    /// True where the dates of the source end before the period does, and the source does not declare that it covers it.
    fn ends_inside(&self, answered: &Answered<'_>, calendar: Option<CalendarId>, period: Period) -> bool {
        let declared = self.program.sources.get(answered.source).and_then(|source| source.covers_period);
        if declared.is_some_and(|declared| self.contains(declared, period)) {
            return false;
        }
        let Some(calendar) = calendar.and_then(|calendar| self.calendar(calendar)) else { return false };
        answered.last_day().is_some_and(|last| {
            calendar.start(period.first).day_number() <= last && last < calendar.end(period.last).day_number()
        })
    }
}

/// The value of merged cells, one list of values per period in order. Coverage and rows read are the caller's.
pub(super) fn finish(of: MeasureOf, state: LaneState, rows: u64, periods: &[Vec<&LaneValue>]) -> Fig {
    let cells: Vec<&LaneValue> = match state {
        // The first and the last value are those of the first and last period that have one.
        LaneState::First { .. } => periods.iter().find(|cells| has_value(cells)).cloned().unwrap_or_default(),
        LaneState::Last { .. } => periods.iter().rev().find(|cells| has_value(cells)).cloned().unwrap_or_default(),
        LaneState::Distinct(_) => {
            let filled: Vec<&Vec<&LaneValue>> = periods.iter().filter(|cells| has_value(cells)).collect();
            match filled.as_slice() {
                [] => Vec::new(),
                [one] => one.to_vec(),
                // A key may be in several periods, so their counts do not add.
                _ => return Fig::missing(MissingReason::NoSuchBreakdown),
            }
        }
        LaneState::Rows
        | LaneState::Line
        | LaneState::Present(_)
        | LaneState::Sum(_)
        | LaneState::Minimum(_)
        | LaneState::Maximum(_)
        | LaneState::Keys(_)
        | LaneState::Values(_)
        | LaneState::Marks(_) => periods.concat(),
    };
    let merged = Merged::of(&cells);
    let empty = || Value::Missing(MissingReason::ColumnEmpty);
    let mut numerator = None;
    let mut denominator = None;
    let keys: Vec<u32> = merged.keys.iter().copied().collect();
    let (value, with_value) = match state {
        LaneState::Keys(_) => (Value::Number(Number::from(keys.len() as u64)), rows),
        LaneState::Rows | LaneState::Line | LaneState::Present(_) | LaneState::Distinct(_) => {
            (Value::Number(Number::from(merged.count)), rows)
        }
        LaneState::Sum(_) | LaneState::First { .. } | LaneState::Last { .. } => {
            let values = merged.values_summed;
            let sum = merged.sum.filter(|_| values > 0);
            let average = matches!(of, MeasureOf::Aggregate(Aggregate::Average, _));
            let value = match (sum, average) {
                (None, _) => empty(),
                (Some(sum), false) => Value::of(sum),
                (Some(sum), true) => {
                    numerator = Some(sum.clone());
                    let values = Range::from(Number::from(values));
                    denominator = Some(values.clone());
                    sum.divide(&values).map_or_else(empty, Value::of)
                }
            };
            let with_value = match state {
                LaneState::Sum(_) => values,
                _ => rows,
            };
            (value, with_value)
        }
        LaneState::Minimum(_) => (merged.extremes.iter().min().cloned().map_or_else(empty, Value::Number), rows),
        LaneState::Maximum(_) => (merged.extremes.iter().max().cloned().map_or_else(empty, Value::Number), rows),
        LaneState::Values(_) | LaneState::Marks(_) => {
            let value = match of {
                MeasureOf::Aggregate(Aggregate::LongestGap, _) => merged.longest_gap(),
                MeasureOf::Aggregate(..)
                | MeasureOf::Rows
                | MeasureOf::CountColumn
                | MeasureOf::Distinct(_)
                | MeasureOf::Keys(_) => merged.median().map_or_else(empty, Value::Number),
            };
            (value, merged.values.values().sum())
        }
    };
    Fig {
        numerator,
        denominator,
        keys,
        rows: Rows { read: 0, used: rows, missing: rows.saturating_sub(with_value), withheld: false },
        ..Fig::of(value)
    }
}

fn has_value(cells: &[&LaneValue]) -> bool {
    cells.iter().any(|cell| match cell {
        LaneValue::Count(count) => *count > 0,
        LaneValue::Sum(_, values) => *values > 0,
        LaneValue::Qualified(sum) => sum.values > 0,
        LaneValue::Extreme(extreme) => extreme.is_some(),
        LaneValue::Values(values) => !values.is_empty(),
        LaneValue::Keys(keys) => !keys.is_empty(),
    })
}
