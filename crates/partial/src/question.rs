//! The queries of a plan to questions whose answers can be merged over places that share no row, and answers back to what the
//! plan wants.
//!
//! A count of distinct values does not add, so the values are asked for instead; a first or last value is asked for by day (or by
//! period), as sums that do add. Whatever may stand in one place only (keys, codes of facts) is asked for besides.

use std::collections::BTreeMap;

use jauge::plan::{
    Cells, Cube, CubeQuery, Decimal, GroupingSet, Key, Lane, LaneState, LaneValue, Plan, QualifiedSum, StatedFact,
};
use jauge::program::model::{ColumnType, DataSource, Program};
use jauge::types::CalendarId;

use crate::meaning;

/// What is asked of one source.
#[derive(Debug, Clone)]
pub struct Question {
    /// The query to be answered, by whatever implements [`jauge::plan::CubeSource`].
    pub query: CubeQuery,
    /// Its place among the queries of the plan.
    pub(crate) place: usize,
    /// What the plan wants.
    wanted: CubeQuery,
    /// For each set of `wanted`, where its lanes are found in the same set of `query`.
    found: Vec<Vec<Found>>,
    /// How many sets follow them, for first and last values.
    edges: usize,
    /// Columns whose values may stand in one place only; they are the lanes of the last set of `query`.
    pub(crate) once: Vec<usize>,
}

/// Where a lane of the plan is found.
#[derive(Debug, Clone, Copy)]
enum Found {
    /// At this position of the cell.
    Same(usize),
    /// Its values are counted.
    Counted(usize),
    /// In another set, whose cells have one code more, in the first or last of them that has a value.
    Edge { set: usize, earliest: bool },
    /// Lines of a file say nothing elsewhere.
    NoLine,
}

/// The questions of a plan: one for each source that is needed, in the order of the plan. With `keys`, whatever identifies rows is
/// asked for too, so that the same row in two places is found.
pub fn questions(program: &Program, plan: &Plan, keys: bool) -> Vec<Question> {
    let needed = meaning::needed(program, plan);
    let protected = meaning::protected(program);
    // Protected sources that only serve to hide always the same are not sent where nothing of them was asked.
    let left_out = |source: &usize| protected.contains(source) && !needed.contains(source);
    let queries = plan.queries.iter().enumerate().filter(|(_, query)| !left_out(&query.source));
    queries
        .filter_map(|(place, query)| {
            let source = program.sources.get(query.source)?;
            Some(question(source, place, query, keys))
        })
        .collect()
}

fn question(source: &DataSource, place: usize, wanted: &CubeQuery, keys: bool) -> Question {
    // What merges is of all periods.
    let mut query = CubeQuery { lanes: Vec::new(), sets: Vec::new(), days: None, ..wanted.clone() };
    let mut edges: Vec<GroupingSet> = Vec::new();
    let mut found = Vec::new();
    for set in &wanted.sets {
        let mut lanes: Vec<usize> = Vec::new();
        let mut of_set = Vec::new();
        for lane in set.lanes.iter().filter_map(|lane| wanted.lanes.get(*lane)) {
            let mut put = |state: LaneState| {
                let lane = position(&mut query.lanes, Lane { filter: lane.filter, state });
                position(&mut lanes, lane)
            };
            of_set.push(match lane.state {
                LaneState::Rows
                | LaneState::Present(_)
                | LaneState::Sum(_)
                | LaneState::Minimum(_)
                | LaneState::Maximum(_)
                | LaneState::Keys(_)
                | LaneState::Values(_)
                | LaneState::Marks(_) => Found::Same(put(lane.state)),
                LaneState::Distinct(column) => Found::Counted(put(LaneState::Keys(column))),
                LaneState::Line => {
                    put(LaneState::Rows);
                    Found::NoLine
                }
                LaneState::First { column, by } | LaneState::Last { column, by } => {
                    // The rows keep the cell where no row has a value.
                    put(LaneState::Rows);
                    let earliest = matches!(lane.state, LaneState::First { .. });
                    let sum = Lane { filter: lane.filter, state: LaneState::Sum(column) };
                    let lanes = vec![position(&mut query.lanes, sum)];
                    let key = Key::Period { column: by, calendar: calendar_of(source, by) };
                    let key = position(&mut query.keys, key);
                    let keys = set.keys.iter().copied().chain([key]).collect();
                    edges.push(GroupingSet { keys, lanes });
                    Found::Edge { set: wanted.sets.len() + edges.len() - 1, earliest }
                }
            });
        }
        query.sets.push(GroupingSet { keys: set.keys.clone(), lanes });
        found.push(of_set);
    }
    let count = edges.len();
    query.sets.extend(edges);
    let once = once(source, wanted, keys);
    if !once.is_empty() {
        let mut lane =
            |column: &usize| position(&mut query.lanes, Lane { filter: None, state: LaneState::Keys(*column) });
        let lanes = once.iter().map(&mut lane).collect();
        query.sets.push(GroupingSet { keys: Vec::new(), lanes });
    }
    Question { query, place, wanted: wanted.clone(), found, edges: count, once }
}

/// The calendar in which a column of periods is ordered: days where it holds dates.
fn calendar_of(source: &DataSource, column: usize) -> CalendarId {
    match source.columns.get(column).map(|column| &column.of) {
        Some(ColumnType::Period(calendar)) => *calendar,
        Some(
            ColumnType::Date | ColumnType::Text | ColumnType::Number(_) | ColumnType::YesNo | ColumnType::Dimension(_),
        )
        | None => CalendarId::DAY,
    }
}

/// The columns whose values may stand in one place only: codes of facts, which would else be counted twice; the key of rows where
/// distinct values rest on it, or where that is wanted.
fn once(source: &DataSource, wanted: &CubeQuery, keys: bool) -> Vec<usize> {
    let mut columns: Vec<usize> = wanted.facts.iter().map(|facts| facts.column).collect();
    if let [key] = source.key.as_slice()
        && (keys || rests_on_key(source, wanted))
    {
        position(&mut columns, *key);
    }
    columns
}

/// True where a count of distinct values is a count of rows, since each row has another key: of that, only one file is known.
pub(crate) fn rests_on_key(source: &DataSource, query: &CubeQuery) -> bool {
    source.counts.iter().any(|(_, column)| source.key == [*column])
        || query.lanes.iter().any(|lane| matches!(lane.state, LaneState::Present(_)))
}

/// The place of one among all, where it is put if it is not there yet.
fn position<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    all.iter().position(|other| *other == one).unwrap_or_else(|| {
        all.push(one);
        all.len() - 1
    })
}

impl Question {
    /// The columns whose values travel one by one.
    pub(crate) fn identities(&self) -> Vec<usize> {
        let mut columns = Vec::new();
        for lane in &self.query.lanes {
            if let LaneState::Keys(column) = lane.state {
                position(&mut columns, column);
            }
        }
        columns
    }

    /// The columns that are grouped by only to find first and last values, and those whose values these are.
    pub(crate) fn by_day(&self) -> impl Iterator<Item = usize> + '_ {
        let columns = self.wanted.lanes.iter().map(|lane| match lane.state {
            LaneState::First { column, by } | LaneState::Last { column, by } => vec![column, by],
            LaneState::Rows
            | LaneState::Line
            | LaneState::Present(_)
            | LaneState::Sum(_)
            | LaneState::Minimum(_)
            | LaneState::Maximum(_)
            | LaneState::Distinct(_)
            | LaneState::Keys(_)
            | LaneState::Values(_)
            | LaneState::Marks(_) => Vec::new(),
        });
        columns.flatten()
    }

    /// The question without its last set, once what may stand once was taken out of the answer.
    pub(crate) fn strip(&mut self) {
        self.query.sets.truncate(self.found.len() + self.edges);
    }

    /// How many sets of the query hold cells of figures; the one after them holds what may stand once.
    pub(crate) fn sets_of_cells(&self) -> usize {
        self.found.len() + self.edges
    }

    /// The answer that the plan wants, of an answer to this question.
    pub(crate) fn settle(&self, cube: &Cube) -> Cube {
        let mut sets = Vec::new();
        for (at, found) in self.found.iter().enumerate() {
            let mut cells = Cells::new();
            for (codes, values) in cube.sets.get(at).into_iter().flatten() {
                let settled = found.iter().map(|found| self.value(cube, *found, codes, values));
                cells.insert(codes.clone(), settled.collect());
            }
            sets.push(cells);
        }
        let keys = self.wanted.keys.len();
        let lanes = &self.wanted.lanes;
        let kept = |column: &usize| lanes.iter().any(|lane| lane.state == LaneState::Keys(*column));
        let fact =
            |fact: &StatedFact| StatedFact { keys: fact.keys.iter().take(keys).copied().collect(), ..fact.clone() };
        Cube {
            sets,
            rows: cube.rows,
            unread: 0,
            periods: cube.periods.iter().filter(|(key, _)| **key < keys).map(|(key, of)| (*key, *of)).collect(),
            windows: cube.windows.clone(),
            keys: cube.keys.iter().filter(|(column, _)| kept(column)).map(|(at, of)| (*at, of.clone())).collect(),
            facts: cube.facts.iter().map(fact).collect(),
            facts_left_out: cube.facts_left_out,
            problems: Vec::new(),
            problems_left_out: 0,
            unreadable: false,
        }
    }

    fn value(&self, cube: &Cube, found: Found, codes: &[i32], values: &[LaneValue]) -> LaneValue {
        match found {
            // A cell has a value for each lane of its set: readers and mergers keep it so.
            Found::Same(at) => values.get(at).cloned().unwrap_or(LaneValue::Count(0)),
            Found::Counted(at) => LaneValue::Count(match values.get(at) {
                Some(LaneValue::Keys(keys)) => keys.len() as u64,
                Some(
                    LaneValue::Count(_)
                    | LaneValue::Sum(..)
                    | LaneValue::Qualified(_)
                    | LaneValue::Extreme(_)
                    | LaneValue::Values(_),
                )
                | None => 0,
            }),
            Found::NoLine => LaneValue::Count(0),
            Found::Edge { set, earliest } => edge(cube.sets.get(set), codes, earliest),
        }
    }
}

/// The sum of the first or last period that has a value, of the cells whose codes begin like this.
fn edge(cells: Option<&Cells>, codes: &[i32], earliest: bool) -> LaneValue {
    let from: Box<[i32]> = codes.iter().copied().chain([i32::MIN]).collect();
    let to: Box<[i32]> = codes.iter().copied().chain([i32::MAX]).collect();
    let none = || LaneValue::Sum(Decimal::default(), 0);
    let Some(cells) = cells else { return none() };
    let has_value = |codes: &[i32], values: &[LaneValue]| {
        // Of a window or an unknown period nobody can say whether it is the first.
        let told = codes.last().is_some_and(|code| Cube::is_ordinal(*code));
        let value = values.first().filter(|_| told)?;
        let some = match value {
            LaneValue::Sum(_, values) => *values > 0,
            LaneValue::Qualified(sum) => sum.values > 0,
            LaneValue::Count(_) | LaneValue::Extreme(_) | LaneValue::Values(_) | LaneValue::Keys(_) => false,
        };
        some.then(|| value.clone())
    };
    let mut range = cells.range(from..=to);
    let value = if earliest {
        range.find_map(|(codes, values)| has_value(codes, values))
    } else {
        range.rev().find_map(|(codes, values)| has_value(codes, values))
    };
    value.unwrap_or_else(none)
}

/// A sum of exact numbers as one of qualified ones: it is its own ends.
pub(crate) fn qualified(sum: Decimal, values: u64) -> QualifiedSum {
    QualifiedSum { stated: sum, values, low: sum, high: sum, ..QualifiedSum::default() }
}

/// Values and the columns that they are of, each known by its place.
pub(crate) type Identities = BTreeMap<usize, Vec<Box<[u8]>>>;
