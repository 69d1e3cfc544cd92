//! Cubes to lane values: finds the cells of a group and period, whether they were asked for or are rolled up from finer
//! ones, and merges the states of several cells into one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::facts::FactCells;
use super::figure::Fig;
use crate::outcome::{MissingReason, Value};
use crate::plan::{Answer, Cube, CubeQuery, Decimal, LaneState, LaneValue, Plan, QualifiedSum, Shape, SourcePlan};
use crate::program::model::{NoNumber, Program};
use crate::types::{Bound, CalendarId, Number, Period, Range};

/// Rolled-up cells: the kept codes to the finer cells that they are made of.
type Rolled<'a> = BTreeMap<Box<[i32]>, Vec<&'a [LaneValue]>>;

/// The cells of an aggregate table: period (where the source has one) and one coordinate per dimension column.
pub(super) type TableCells<'a> = HashMap<Box<[i32]>, Vec<&'a [LaneValue]>>;

/// One source with its answer.
pub(super) struct Answered<'a> {
    pub source: usize,
    pub cube: &'a Cube,
    pub query: &'a CubeQuery,
    pub plan: &'a SourcePlan,
    rolled: HashMap<(usize, Vec<usize>), Rolled<'a>>,
    tables: BTreeMap<Option<CalendarId>, TableCells<'a>>,
    all_rows: Option<usize>,
    /// Facts that several rows state, by cell.
    pub facts: FactCells,
}

impl<'a> Answered<'a> {
    fn new(program: &Program, cube: &'a Cube, query: &'a CubeQuery, plan: &'a SourcePlan) -> Self {
        let mut rolled: HashMap<(usize, Vec<usize>), Rolled<'a>> = HashMap::new();
        for shape in plan.sets.values() {
            for (answer, _) in shape.answers.values() {
                let Answer::RolledUp(set, kept) = answer else { continue };
                rolled.entry((*set, kept.clone())).or_insert_with(|| roll_up(cube, *set, kept));
            }
        }
        let mut tables = BTreeMap::new();
        if let Some(table) = &plan.table {
            let levels: Vec<usize> = table
                .columns
                .iter()
                .map(|(_, dimension)| program.dimensions.get(*dimension).map_or(1, |of| of.levels.len().max(1)))
                .collect();
            for (calendar, set) in &table.sets {
                tables.insert(*calendar, table_cells(cube, *set, calendar.is_some(), &levels));
            }
        }
        let all_rows = query.lanes.iter().position(|lane| lane.filter.is_none() && lane.state == LaneState::Rows);
        let facts = FactCells::new(cube, query);
        Answered { source: plan.source, cube, query, plan, rolled, tables, all_rows, facts }
    }

    /// The values of a lane at the codes of a shape, to be merged. Empty where there is no such cell.
    pub(super) fn at(&self, lane: usize, shape: &Shape, codes: &[i32]) -> Vec<&'a LaneValue> {
        let Some((answer, position)) = self.plan.sets.get(shape).and_then(|shape| shape.answers.get(&lane)) else {
            return Vec::new();
        };
        let lane_of = |cell: &'a [LaneValue]| cell.get(*position);
        match answer {
            Answer::Asked(set) => {
                let cells = self.cube.sets.get(*set).and_then(|cells| cells.get(codes));
                cells.and_then(|cell| lane_of(cell)).into_iter().collect()
            }
            Answer::RolledUp(set, kept) => {
                let cells = self.rolled.get(&(*set, kept.clone())).and_then(|cells| cells.get(codes));
                cells.map_or_else(Vec::new, |cells| cells.iter().filter_map(|cell| lane_of(cell)).collect())
            }
        }
    }

    /// The code of a window that rows state.
    pub(super) fn window(&self, period: Period) -> Option<i32> {
        self.cube.windows.iter().position(|window| *window == period).and_then(Cube::window_code)
    }

    /// The period of a code: one of the calendar, or a window.
    pub(super) fn period_of(&self, calendar: CalendarId, code: i32) -> Period {
        let window = Cube::window_at(code).and_then(|at| self.cube.windows.get(at).copied());
        window.unwrap_or(Period::one(calendar, code))
    }

    /// The codes of the periods of a window: its own where rows state it, else those of each period.
    pub(super) fn codes_of(&self, calendar: CalendarId, period: Period) -> Vec<i32> {
        match self.window(period) {
            Some(code) => vec![code],
            None if period.is_unknown() || period.calendar != calendar => Vec::new(),
            None => (period.first..=period.last).collect(),
        }
    }

    /// The cells of the table in one calendar.
    pub(super) fn table(&self, calendar: Option<CalendarId>) -> Option<&TableCells<'a>> {
        self.tables.get(&calendar)
    }

    /// All tables by calendar.
    pub(super) fn tables(&self) -> impl Iterator<Item = (Option<CalendarId>, &TableCells<'a>)> {
        self.tables.iter().map(|(calendar, cells)| (*calendar, cells))
    }

    /// The lowest and highest period found in the data.
    pub(super) fn found(&self, calendar: CalendarId) -> Option<(i32, i32)> {
        self.cube.periods.get(self.plan.period_keys.get(&calendar)?).copied()
    }

    /// The last day found in the data, where they hold dates.
    pub(super) fn last_day(&self) -> Option<i32> {
        self.cube.periods.get(&self.plan.day_key?).map(|(_, last)| *last)
    }

    /// The periods that have rows.
    pub(super) fn periods(&self, calendar: CalendarId) -> BTreeSet<i32> {
        let shape = Shape { calendar: Some(calendar), dims: Vec::new() };
        let answer = self.all_rows.and_then(|lane| self.plan.sets.get(&shape)?.answers.get(&lane));
        let codes: Vec<i32> = match answer {
            None => Vec::new(),
            Some((Answer::Asked(set), _)) => {
                let cells = self.cube.sets.get(*set);
                cells.map_or_else(Vec::new, |cells| cells.keys().filter_map(|codes| codes.first().copied()).collect())
            }
            Some((Answer::RolledUp(set, kept), _)) => self
                .rolled
                .get(&(*set, kept.clone()))
                .map_or_else(Vec::new, |cells| cells.keys().filter_map(|codes| codes.first().copied()).collect()),
        };
        codes.into_iter().filter(|code| Cube::is_ordinal(*code)).collect()
    }

    /// Says of a figure without any value what its cells say instead of one, where all of them say the same kind of thing.
    pub(super) fn say_why(&self, fig: &mut Fig, program: &Program, lane: Option<usize>, marks: &[&LaneValue]) {
        let (Value::Missing(MissingReason::ColumnEmpty), Some(lane)) = (&fig.value, lane) else { return };
        let Some(LaneState::Marks(column)) = self.query.lanes.get(lane).map(|lane| lane.state) else { return };
        let Some(column) = program.sources.get(self.source).and_then(|source| source.columns.get(column)) else {
            return;
        };
        let merged = Merged::of(marks);
        let texts = merged.values.keys().map(|mark| {
            let at: usize = mark.decimal().parse().ok()?;
            column.without_number.get(at)
        });
        // One cell that says nothing, or something else, leaves the whole without a reason.
        let Some(texts) = texts.collect::<Option<Vec<_>>>() else { return };
        let Some((what, _)) = texts.first() else { return };
        if texts.iter().any(|(other, _)| other != what) {
            return;
        }
        let said = texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(", ");
        fig.value = match what {
            NoNumber::NotApplicable => Value::NotApplicable(said),
            NoNumber::NotAvailable => Value::Missing(MissingReason::SaidMissing(said)),
            NoNumber::Planned => Value::Missing(MissingReason::Planned(said)),
        };
    }

    /// How many rows a period has, whatever their groups.
    pub(super) fn rows_in(&self, calendar: Option<CalendarId>, period: Period) -> u64 {
        let shape = Shape { calendar, dims: Vec::new() };
        let Some(lane) = self.all_rows else { return 0 };
        let mut merged = Merged::default();
        match calendar {
            None => merged.add_all(&self.at(lane, &shape, &[])),
            Some(calendar) => {
                for ordinal in self.codes_of(calendar, period) {
                    merged.add_all(&self.at(lane, &shape, &[ordinal]));
                }
            }
        }
        merged.count
    }
}

fn roll_up<'a>(cube: &'a Cube, set: usize, kept: &[usize]) -> Rolled<'a> {
    let mut rolled: Rolled<'a> = BTreeMap::new();
    for (codes, cell) in cube.sets.get(set).into_iter().flatten() {
        let key: Box<[i32]> = kept.iter().filter_map(|at| codes.get(*at).copied()).collect();
        rolled.entry(key).or_default().push(cell);
    }
    rolled
}

/// Cells by what each row states: of the codes of one column at all its levels, the finest that is known.
fn table_cells<'a>(cube: &'a Cube, set: usize, has_period: bool, levels: &[usize]) -> TableCells<'a> {
    let mut table: TableCells<'a> = HashMap::new();
    for (codes, cell) in cube.sets.get(set).into_iter().flatten() {
        let mut rest = codes.iter().copied();
        let mut key = Vec::with_capacity(levels.len() + 1);
        if has_period {
            key.extend(rest.next());
        }
        for count in levels {
            let mut stated = Cube::UNKNOWN;
            for code in rest.by_ref().take(*count) {
                if code != Cube::UNKNOWN {
                    stated = code;
                }
            }
            key.push(stated);
        }
        table.entry(key.into_boxed_slice()).or_default().push(cell);
    }
    table
}

/// All sources with their answers, in the order of the plan.
pub(super) fn answered<'a>(program: &Program, plan: &'a Plan, cubes: &'a [Cube]) -> Vec<Answered<'a>> {
    plan.queries
        .iter()
        .zip(&plan.sources)
        .zip(cubes)
        .map(|((query, of_source), cube)| Answered::new(program, cube, query, of_source))
        .collect()
}

/// The number of a decimal.
pub(super) fn number(decimal: Decimal) -> Number {
    Number::scaled(decimal.mantissa, decimal.scale)
}

/// The bounds of a sum over a qualified column.
fn range(sum: &QualifiedSum) -> Range {
    let end = |of: Decimal, none: u64, open: u64| (none == 0).then(|| Bound { value: number(of), strict: open > 0 });
    let low = end(sum.low, sum.no_low, sum.open_low);
    let high = end(sum.high, sum.no_high, sum.open_high);
    Range::new(number(sum.stated), low, high, sum.about > 0 && sum.otherwise == 0)
}

/// The merged states of several cells.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Counts added.
    pub count: u64,
    /// Sums added, and how many values entered them.
    pub sum: Option<Range>,
    /// See `sum`.
    pub values_summed: u64,
    /// Values that were extremes of their cell.
    pub extremes: Vec<Number>,
    /// Every value with its rows.
    pub values: BTreeMap<Number, u64>,
    /// Keys, each once.
    pub keys: BTreeSet<u32>,
}

impl Merged {
    pub(super) fn of(values: &[&LaneValue]) -> Self {
        let mut merged = Merged::default();
        merged.add_all(values);
        merged
    }

    pub(super) fn add_all(&mut self, values: &[&LaneValue]) {
        for value in values {
            match value {
                LaneValue::Count(count) => self.count = self.count.saturating_add(*count),
                LaneValue::Sum(sum, values) => {
                    self.add_sum(&Range::from(number(*sum)), *values);
                }
                LaneValue::Qualified(sum) => self.add_sum(&range(sum), sum.values),
                LaneValue::Keys(keys) => self.keys.extend(keys),
                LaneValue::Extreme(extreme) => self.extremes.extend(extreme.map(number)),
                LaneValue::Values(values) => {
                    for (value, rows) in values {
                        let all = self.values.entry(number(*value)).or_default();
                        *all = all.saturating_add(*rows);
                    }
                }
            }
        }
    }

    fn add_sum(&mut self, sum: &Range, values: u64) {
        let so_far = self.sum.take().unwrap_or_else(|| Range::from(Number::zero()));
        self.sum = Some(so_far.plus(sum));
        self.values_summed = self.values_summed.saturating_add(values);
    }

    /// The most days from one value, a day number, to the next.
    pub(super) fn longest_gap(&self) -> Value {
        let days = self.values.keys();
        let gaps = days.clone().zip(days.skip(1)).map(|(day, next)| next.clone() - day.clone());
        gaps.max().map_or(Value::Missing(MissingReason::TooFewDates(self.values.len())), Value::Number)
    }

    /// The middle value, or the mean of the two in the middle.
    pub(super) fn median(&self) -> Option<Number> {
        let total: u64 = self.values.values().sum();
        let nth = |wanted: u64| {
            let mut before = 0u64;
            self.values.iter().find_map(|(value, rows)| {
                before = before.saturating_add(*rows);
                (before > wanted).then(|| value.clone())
            })
        };
        let high = nth(total / 2)?;
        if total % 2 == 1 {
            return Some(high);
        }
        (nth((total / 2).checked_sub(1)?)? + high).divide(&Number::from(2i64))
    }
}
