//! The needs of one source to one query: keys, tests, filters, lanes and sets, each asked for once.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use indexmap::IndexSet;

use super::conditions::conjuncts;
use super::query::{CubeQuery, Filter, GroupingSet, Key, Lane, LaneState};
use super::{dimension_column, only_dimensions};
use crate::program::model::{
    Aggregate, ColumnTest, ColumnType, Cond, DimensionLevel, MeasureOf, MissingPolicy, Program, RowKind, TestKind,
    TestOn,
};
use crate::types::{CalendarId, Period};

/// A grouping by its meaning: in which calendar, if any, and by which dimension levels (sorted).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Shape {
    pub calendar: Option<CalendarId>,
    pub dims: Vec<DimensionLevel>,
}

/// Where the lanes of a measure are, by index into the query's lanes.
#[derive(Debug, Clone)]
pub(crate) struct MeasureLanes {
    /// What is measured.
    pub main: usize,
    /// Rows that pass the same filter.
    pub rows: usize,
    /// What the cells without a number say, where the column has texts for that.
    pub marks: Option<usize>,
    /// For `why`: rows that pass the first condition, the first two, and so on.
    pub steps: Vec<usize>,
}

impl MeasureLanes {
    /// Every lane.
    pub(crate) fn all(&self) -> impl Iterator<Item = usize> {
        [self.main, self.rows].into_iter().chain(self.marks).chain(self.steps.iter().copied())
    }
}

/// How a set is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// By the set of this index.
    Asked(usize),
    /// By adding the cells of a finer set: its index, and which of its keys are kept.
    RolledUp(usize, Vec<usize>),
}

/// What the evaluator must know to read a cube.
#[derive(Debug, Clone)]
pub(crate) struct SourcePlan {
    pub source: usize,
    /// Lanes wanted by shape: lane → answer and position in the cell.
    pub sets: BTreeMap<Shape, ShapePlan>,
    /// The key of each calendar's periods.
    pub period_keys: BTreeMap<CalendarId, usize>,
    /// The key of days, where the period column holds dates.
    pub day_key: Option<usize>,
    /// The grouping by every dimension column at every level, for tables that are aggregates already.
    pub table: Option<TablePlan>,
    /// The grouping by milestone and stage.
    pub stages: Option<StagesPlan>,
    /// Which indicators use each lane (indexes; rules are left out).
    pub lane_users: Vec<Vec<usize>>,
}

/// One wanted shape.
#[derive(Debug, Clone)]
pub(crate) struct ShapePlan {
    pub answers: HashMap<usize, (Answer, usize)>,
}

/// The one grouping of an aggregate table.
#[derive(Debug, Clone)]
pub(crate) struct TablePlan {
    /// Dimension columns: column and dimension, in the order of the source.
    pub columns: Vec<(usize, usize)>,
    /// Per calendar: the set, with its codes: period first (where the source has one), then each column's levels in turn.
    pub sets: BTreeMap<Option<CalendarId>, usize>,
    /// Lane → position in the cells of those sets.
    pub lanes: HashMap<usize, usize>,
}

/// The one grouping of a source of milestones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StagesPlan {
    /// The set; its codes are the milestone, the stage (where there are several), what the date says, the period; its lanes
    /// are the rows and the first line.
    pub set: usize,
    /// The calendar of the column of periods.
    pub calendar: CalendarId,
}

/// Builds the query of one source.
pub(crate) struct QueryBuilder<'p> {
    program: &'p Program,
    source: usize,
    keys: Interner<Key>,
    tests: Interner<ColumnTest>,
    filters: Interner<Filter>,
    lanes: Interner<Lane>,
    users: Vec<Vec<usize>>,
    wanted: BTreeMap<Shape, IndexSet<usize>>,
    table_lanes: IndexSet<usize>,
    table_calendars: Vec<Option<CalendarId>>,
    /// Lanes of the grouping by milestone and stage.
    stage_lanes: Option<[usize; 2]>,
}

struct Interner<T> {
    items: Vec<T>,
    by: HashMap<T, usize>,
}

impl<T: Clone + Eq + Hash> Interner<T> {
    fn new() -> Self {
        Interner { items: Vec::new(), by: HashMap::new() }
    }

    fn id(&mut self, item: T) -> usize {
        if let Some(known) = self.by.get(&item) {
            return *known;
        }
        let at = self.items.len();
        self.by.insert(item.clone(), at);
        self.items.push(item);
        at
    }
}

/// True where the source is a table of aggregates and the measure selects its cells.
pub(crate) fn selects_cells(program: &Program, source: usize, of: MeasureOf) -> bool {
    let counts = program.sources.get(source).is_some_and(|source| matches!(source.row, RowKind::Count { .. }));
    counts && matches!(of, MeasureOf::CountColumn | MeasureOf::Aggregate(..))
}

/// True where the state of a lane can be merged over groups of rows that do not meet.
pub(crate) fn merges(state: LaneState) -> bool {
    match state {
        LaneState::Rows
        | LaneState::Line
        | LaneState::Present(_)
        | LaneState::Sum(_)
        | LaneState::Minimum(_)
        | LaneState::Maximum(_)
        | LaneState::Keys(_)
        | LaneState::Values(_)
        | LaneState::Marks(_) => true,
        LaneState::Distinct(_) | LaneState::First { .. } | LaneState::Last { .. } => false,
    }
}

/// What a measure keeps of the rows of a source.
pub(crate) fn state_of(program: &Program, source: usize, of: MeasureOf) -> LaneState {
    let Some(data) = program.sources.get(source) else { return LaneState::Rows };
    let by = |column| data.period.map_or(column, |(by, _)| by);
    match of {
        MeasureOf::Rows => LaneState::Rows,
        MeasureOf::CountColumn => match &data.row {
            RowKind::Count { column, .. } => LaneState::Sum(*column),
            RowKind::Thing(_) | RowKind::Event => LaneState::Rows,
        },
        // A column that alone identifies the row cannot repeat (the query checks it): its distinct values are its values.
        MeasureOf::Distinct(column) if data.key == [column] => LaneState::Present(column),
        MeasureOf::Distinct(column) => LaneState::Distinct(column),
        MeasureOf::Keys(column) => LaneState::Keys(column),
        MeasureOf::Aggregate(aggregate, column) => match aggregate {
            Aggregate::Sum | Aggregate::Average => LaneState::Sum(column),
            Aggregate::Median | Aggregate::LongestGap => LaneState::Values(column),
            Aggregate::Minimum => LaneState::Minimum(column),
            Aggregate::Maximum => LaneState::Maximum(column),
            Aggregate::First => LaneState::First { column, by: by(column) },
            Aggregate::Last => LaneState::Last { column, by: by(column) },
        },
    }
}

impl<'p> QueryBuilder<'p> {
    pub(crate) fn new(program: &'p Program, source: usize) -> Self {
        QueryBuilder {
            program,
            source,
            keys: Interner::new(),
            tests: Interner::new(),
            filters: Interner::new(),
            lanes: Interner::new(),
            users: Vec::new(),
            wanted: BTreeMap::new(),
            table_lanes: IndexSet::new(),
            table_calendars: Vec::new(),
            stage_lanes: None,
        }
    }

    /// The lanes of a measure under conditions, inside a window where one is given.
    pub(crate) fn measure(
        &mut self,
        of: MeasureOf,
        conditions: &[&Cond],
        window: Option<Period>,
        explain: bool,
    ) -> MeasureLanes {
        let table = selects_cells(self.program, self.source, of);
        let parts: Vec<&Cond> = conjuncts(conditions);
        let mut kept = Vec::new();
        if let Some(filter) = window.and_then(|window| self.inside(window)) {
            kept.push(filter);
        }
        let mut steps = Vec::new();
        for part in parts {
            if table && only_dimensions(self.program, part) {
                continue;
            }
            kept.push(self.filter(part));
            if explain {
                let filter = self.whole(kept.clone());
                steps.push(self.lane(filter, LaneState::Rows));
            }
        }
        let filter = self.whole(kept);
        let state = state_of(self.program, self.source, of);
        let main = self.lane(filter, state);
        let rows = self.lane(filter, LaneState::Rows);
        let marked = match state {
            LaneState::Sum(column)
            | LaneState::Minimum(column)
            | LaneState::Maximum(column)
            | LaneState::Values(column)
            | LaneState::First { column, .. }
            | LaneState::Last { column, .. } => {
                let source = self.program.sources.get(self.source);
                let texts = source.and_then(|source| source.columns.get(column)).map(|of| &of.without_number);
                texts.filter(|texts| !texts.is_empty()).map(|_| column)
            }
            LaneState::Rows
            | LaneState::Line
            | LaneState::Present(_)
            | LaneState::Distinct(_)
            | LaneState::Keys(_)
            | LaneState::Marks(_) => None,
        };
        let marks = marked.map(|column| self.lane(filter, LaneState::Marks(column)));
        MeasureLanes { main, rows, marks, steps }
    }

    fn lane(&mut self, filter: Option<usize>, state: LaneState) -> usize {
        let at = self.lanes.id(Lane { filter, state });
        if self.users.len() <= at {
            self.users.resize(at + 1, Vec::new());
        }
        at
    }

    fn whole(&mut self, mut parts: Vec<Filter>) -> Option<usize> {
        let filter = match parts.len() {
            0 => return None,
            1 => parts.pop()?,
            _ => Filter::And(parts),
        };
        Some(self.filters.id(filter))
    }

    /// Dates inside a window.
    fn inside(&mut self, window: Period) -> Option<Filter> {
        let (column, _) = self.program.sources.get(self.source)?.period?;
        let calendar = self.program.calendars.get(usize::from(window.calendar.0))?;
        let days = (calendar.start(window.first).day_number(), calendar.end(window.last).day_number());
        let test = ColumnTest {
            on: TestOn::Column { source: self.source, column },
            test: TestKind::DayBetween(days.0, days.1),
            missing: MissingPolicy::Excluded,
        };
        Some(Filter::Test(self.tests.id(test)))
    }

    fn filter(&mut self, cond: &Cond) -> Filter {
        match cond {
            Cond::Test(test) => {
                let on = match test.on {
                    TestOn::Dimension(level) => {
                        // The checker has seen to it that each source below a `where` has the dimension.
                        let column = dimension_column(self.program, self.source, level.dimension).unwrap_or(usize::MAX);
                        TestOn::Column { source: self.source, column }
                    }
                    TestOn::Column { .. } => test.on,
                };
                Filter::Test(self.tests.id(ColumnTest { on, ..test.clone() }))
            }
            Cond::And(parts) => Filter::And(parts.iter().map(|part| self.filter(part)).collect()),
            Cond::Or(parts) => Filter::Or(parts.iter().map(|part| self.filter(part)).collect()),
            Cond::Not(inner) => Filter::Not(Box::new(self.filter(inner))),
        }
    }

    /// Notes that a lane is wanted in a shape, and for which indicator.
    pub(crate) fn want(&mut self, lanes: &MeasureLanes, shape: Shape, user: Option<usize>) {
        for lane in lanes.all() {
            self.wanted.entry(shape.clone()).or_default().insert(lane);
            self.used_by(lane, user);
        }
    }

    /// Notes that a lane is wanted in the table's own grouping.
    pub(crate) fn want_in_table(&mut self, lanes: &MeasureLanes, calendar: Option<CalendarId>, user: Option<usize>) {
        for lane in lanes.all() {
            self.table_lanes.insert(lane);
            self.used_by(lane, user);
        }
        if !self.table_calendars.contains(&calendar) {
            self.table_calendars.push(calendar);
        }
    }

    /// Notes that the stages of milestones are wanted, and for which indicator.
    pub(crate) fn want_stages(&mut self, user: Option<usize>) {
        let lanes = [self.lane(None, LaneState::Rows), self.lane(None, LaneState::Line)];
        self.stage_lanes = Some(lanes);
        for lane in lanes {
            self.used_by(lane, user);
        }
    }

    /// Every period's rows, which tell the periods found and the coverage.
    pub(crate) fn want_periods(&mut self, calendar: Option<CalendarId>) {
        let lane = self.lane(None, LaneState::Rows);
        self.wanted.entry(Shape { calendar, dims: Vec::new() }).or_default().insert(lane);
    }

    fn used_by(&mut self, lane: usize, user: Option<usize>) {
        if let (Some(users), Some(user)) = (self.users.get_mut(lane), user)
            && users.last() != Some(&user)
        {
            users.push(user);
        }
    }

    fn period_key(&mut self, calendar: CalendarId) -> Option<usize> {
        let (column, _) = self.program.sources.get(self.source)?.period?;
        Some(self.keys.id(Key::Period { column, calendar }))
    }

    /// The finished query.
    pub(crate) fn finish(mut self) -> (CubeQuery, SourcePlan) {
        let wanted = std::mem::take(&mut self.wanted);
        let mut sets: Vec<GroupingSet> = Vec::new();
        let mut positions: Vec<HashMap<usize, usize>> = Vec::new();
        let mut plans: BTreeMap<Shape, ShapePlan> = BTreeMap::new();
        let mut period_keys = BTreeMap::new();

        // The finest groupings first: what they hold and what merges is not asked for again.
        let mut shapes: Vec<(Shape, IndexSet<usize>)> = wanted.into_iter().collect();
        shapes.sort_by_key(|(shape, _)| std::cmp::Reverse(shape.dims.len()));
        for (shape, lanes) in shapes {
            let mut keys = Vec::new();
            if let Some(calendar) = shape.calendar
                && let Some(key) = self.period_key(calendar)
            {
                period_keys.insert(calendar, key);
                keys.push(key);
            }
            for level in &shape.dims {
                // A dimension that the source does not have cannot be asked for; the evaluator says so.
                if let Some(column) = dimension_column(self.program, self.source, level.dimension) {
                    keys.push(self.keys.id(Key::Dimension { column, dimension: level.dimension, level: level.level }));
                }
            }
            let mut answers = HashMap::new();
            let mut asked = Vec::new();
            for lane in lanes {
                let state = self.lanes.items.get(lane).map(|lane| lane.state);
                let finer = sets.iter().enumerate().find_map(|(at, set)| {
                    let position = *positions.get(at)?.get(&lane)?;
                    let kept: Option<Vec<usize>> =
                        keys.iter().map(|key| set.keys.iter().position(|other| other == key)).collect();
                    Some((Answer::RolledUp(at, kept?), position))
                });
                match finer {
                    Some(answer) if state.is_some_and(merges) => {
                        answers.insert(lane, answer);
                    }
                    _ => {
                        answers.insert(lane, (Answer::Asked(sets.len()), asked.len()));
                        asked.push(lane);
                    }
                }
            }
            if !asked.is_empty() {
                positions.push(asked.iter().enumerate().map(|(position, lane)| (*lane, position)).collect());
                sets.push(GroupingSet { keys, lanes: asked });
            }
            plans.insert(shape, ShapePlan { answers });
        }

        let table = self.table(&mut sets, &mut period_keys);
        let stages = self.stages(&mut sets);
        let source = self.program.sources.get(self.source);
        let day_key = source.and_then(|source| {
            let (column, _) = source.period?;
            matches!(source.columns.get(column)?.of, ColumnType::Date).then_some(column)
        });
        let day_key = day_key.map(|column| self.keys.id(Key::Period { column, calendar: CalendarId::DAY }));
        let unique = source.map_or_else(Vec::new, |source| {
            // Where facts have codes, two lines of the same groups are two facts or one, and the codes say which.
            if !source.key.is_empty() || source.facts.is_some() || !matches!(source.row, RowKind::Count { .. }) {
                return source.key.clone();
            }
            // Two lines of a table for the same groups and period would be added without anybody noticing. A text that is no
            // dimension (who provided the line) does not tell them apart: `identifiant` says so where it does.
            let columns = source.columns.iter().enumerate();
            let tells_apart = |of: &ColumnType| match of {
                ColumnType::Number(_) | ColumnType::Text => false,
                ColumnType::Date | ColumnType::YesNo | ColumnType::Dimension(_) | ColumnType::Period(_) => true,
            };
            columns.filter(|(_, column)| tells_apart(&column.of)).map(|(at, _)| at).collect()
        });
        let mut facts = source.and_then(|source| source.facts.clone());
        if let (Some(facts), Some(source)) = (&mut facts, source) {
            // Numbers without a unit are stated where they are measured.
            let lanes = CubeQuery { lanes: self.lanes.items.clone(), ..CubeQuery::default() };
            for column in lanes.columns() {
                let number = source.columns.get(column).is_some_and(|of| matches!(of.of, ColumnType::Number(_)));
                if number && !facts.stated.contains(&column) {
                    facts.stated.push(column);
                }
            }
            facts.stated.sort_unstable();
        }
        let query = CubeQuery {
            source: self.source,
            keys: self.keys.items,
            filters: self.filters.items,
            tests: self.tests.items,
            lanes: self.lanes.items,
            sets,
            unique,
            facts,
            days: None,
        };
        let plan = SourcePlan {
            source: self.source,
            sets: plans,
            period_keys,
            day_key,
            table,
            stages,
            lane_users: self.users,
        };
        (query, plan)
    }

    fn stages(&mut self, sets: &mut Vec<GroupingSet>) -> Option<StagesPlan> {
        let lanes = self.stage_lanes?;
        let source = self.program.sources.get(self.source)?;
        let milestones = source.milestones?;
        let (column, calendar) = source.period?;
        let mut keys = Vec::new();
        for dimension in std::iter::once(milestones.of).chain(milestones.stages) {
            let column = dimension_column(self.program, self.source, dimension)?;
            let level = self.program.dimensions.get(dimension)?.levels.len().saturating_sub(1);
            keys.push(self.keys.id(Key::Dimension { column, dimension, level }));
        }
        keys.push(self.keys.id(Key::Said { column }));
        keys.push(self.keys.id(Key::StageDate { column }));
        sets.push(GroupingSet { keys, lanes: lanes.to_vec() });
        Some(StagesPlan { set: sets.len() - 1, calendar })
    }

    fn table(
        &mut self,
        sets: &mut Vec<GroupingSet>,
        period_keys: &mut BTreeMap<CalendarId, usize>,
    ) -> Option<TablePlan> {
        if self.table_lanes.is_empty() {
            return None;
        }
        let program = self.program;
        let source = program.sources.get(self.source)?;
        let mut columns = Vec::new();
        let mut keys = Vec::new();
        for (column, of) in source.columns.iter().enumerate() {
            let ColumnType::Dimension(dimension) = of.of else { continue };
            columns.push((column, dimension));
            let levels = program.dimensions.get(dimension).map_or(1, |dimension| dimension.levels.len().max(1));
            for level in 0..levels {
                keys.push(self.keys.id(Key::Dimension { column, dimension, level }));
            }
        }
        let mut by_calendar = BTreeMap::new();
        for calendar in std::mem::take(&mut self.table_calendars) {
            let mut all = Vec::new();
            if let Some(calendar) = calendar
                && let Some(key) = self.period_key(calendar)
            {
                period_keys.insert(calendar, key);
                all.push(key);
            }
            all.extend(keys.iter().copied());
            by_calendar.insert(calendar, sets.len());
            sets.push(GroupingSet { keys: all, lanes: self.table_lanes.iter().copied().collect() });
        }
        let lanes = self.table_lanes.iter().enumerate().map(|(position, lane)| (*lane, position)).collect();
        Some(TablePlan { columns, sets: by_calendar, lanes })
    }
}
