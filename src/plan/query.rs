//! The contract with the data: a [`CubeQuery`] says what is wanted of one source, a [`Cube`] is the answer. Whoever can
//! answer it (the embedded engine, a database, a test double) implements [`CubeSource`]; nothing above this line ever
//! touches a row.

use std::collections::{BTreeMap, BTreeSet};

use crate::problem::{DataPlace, Problem};
use crate::program::model::{ColumnTest, DataSource, Dimension, FactRows, LookUp, TestKind, TestOn};
use crate::types::{Calendar, CalendarId, Period};

/// What is wanted of one source, in one scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CubeQuery {
    /// Index of the source in the program.
    pub source: usize,
    /// Codes by which cells may be grouped.
    pub keys: Vec<Key>,
    /// Row filters, as trees over `tests`.
    pub filters: Vec<Filter>,
    /// Tests on columns, each used by one or more filters. `TestOn` is always a column of this source.
    pub tests: Vec<ColumnTest>,
    /// What is measured.
    pub lanes: Vec<Lane>,
    /// In which groupings which lanes are wanted.
    pub sets: Vec<GroupingSet>,
    /// Columns whose joint value must not repeat (reported as duplicate keys); empty for no check.
    pub unique: Vec<usize>,
    /// Rows of one fact enter once; every row where `None`.
    pub facts: Option<FactRows>,
    /// The only rows that can matter to what was asked; every row where `None`.
    pub days: Option<Days>,
}

/// Rows by their period. Whoever answers may leave rows unread whose period has none of these days, and says how many they are
/// ([`Cube::unread`]); it may as well read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    /// The column of periods: of dates, or of labels. INVARIANT: every [`Key::Period`] of the query is of this column.
    pub column: usize,
    /// First and last days, by number, in order.
    pub ranges: Vec<(i32, i32)>,
}

impl Days {
    /// Some day from `first` to `last` is among them.
    pub fn touch(&self, first: i32, last: i32) -> bool {
        self.ranges.iter().any(|(from, to)| first <= *to && *from <= last)
    }
}

impl CubeQuery {
    /// The columns of the source that the answer depends on.
    pub fn columns(&self) -> BTreeSet<usize> {
        let mut columns: BTreeSet<usize> = self.unique.iter().copied().collect();
        if let Some(facts) = &self.facts {
            columns.insert(facts.column);
            columns.extend(facts.same.iter().chain(&facts.stated).chain(&facts.by));
        }
        for key in &self.keys {
            match key {
                Key::Dimension { column, .. }
                | Key::Period { column, .. }
                | Key::Said { column }
                | Key::StageDate { column } => columns.insert(*column),
            };
        }
        for test in &self.tests {
            if let TestOn::Column { column, .. } = test.on {
                columns.insert(column);
            }
            if let TestKind::Column(_, other) = test.test {
                columns.insert(other);
            }
        }
        for lane in &self.lanes {
            match lane.state {
                LaneState::Rows | LaneState::Line => {}
                LaneState::Present(column)
                | LaneState::Sum(column)
                | LaneState::Minimum(column)
                | LaneState::Maximum(column)
                | LaneState::Distinct(column)
                | LaneState::Keys(column)
                | LaneState::Values(column)
                | LaneState::Marks(column) => {
                    columns.insert(column);
                }
                LaneState::First { column, by } | LaneState::Last { column, by } => columns.extend([column, by]),
            }
        }
        columns
    }

    /// The columns that the answer depends on and that are looked up in another source, by their place in `source`, which is
    /// the one of the query.
    pub fn look_ups(&self, source: &DataSource) -> Vec<(usize, LookUp)> {
        let of = |column: usize| Some((column, source.columns.get(column)?.looked_up?));
        self.columns().into_iter().filter_map(of).collect()
    }

    /// What is asked of each source in which this query looks up, by its index: that the cells which are looked up are read, each
    /// by a lane after the one of the identifier, and that no identifier repeats. `source` is the one of the query.
    pub fn looked_in(&self, source: &DataSource) -> BTreeMap<usize, CubeQuery> {
        let mut all: BTreeMap<usize, CubeQuery> = BTreeMap::new();
        let lane = |column| Lane { filter: None, state: LaneState::Present(column) };
        for (column, look_up) in self.look_ups(source) {
            let of = all.entry(look_up.source).or_insert_with(|| CubeQuery {
                source: look_up.source,
                unique: vec![look_up.key],
                lanes: vec![lane(look_up.key)],
                ..CubeQuery::default()
            });
            if !of.lanes.iter().skip(1).any(|known| *known == lane(look_up.column)) {
                of.lanes.push(lane(look_up.column));
            }
            // A test decides which cells can be read: the label of a band is no number.
            let tests = self.tests.iter().filter(|test| match test.on {
                TestOn::Column { column: tested, .. } => tested == column,
                TestOn::Dimension(_) => false,
            });
            let on = TestOn::Column { source: look_up.source, column: look_up.column };
            of.tests.extend(tests.map(|test| ColumnTest { on, ..test.clone() }));
        }
        all
    }
}

/// A small code made of a column, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// The member of a dimension at a level: the index of the member, [`Cube::UNKNOWN`], or [`Cube::TOTAL`] where the source
    /// marks totals.
    Dimension {
        /// Column of the source.
        column: usize,
        /// The dimension.
        dimension: usize,
        /// The level; a finer code is rolled up to its ancestor, a coarser one is unknown at this level.
        level: usize,
    },
    /// The ordinal of the period: of a date in `calendar`, or of a period label (then `calendar` is the column's).
    /// [`Cube::UNKNOWN`] where the cell is empty or unreadable.
    Period {
        /// Column of the source.
        column: usize,
        /// The calendar.
        calendar: CalendarId,
    },
    /// What the date of a stage says besides its period: [`Cube::REACHED`], [`Cube::IN_PROGRESS`], [`Cube::PLANNED`], or
    /// [`Cube::UNKNOWN`] where nothing is said.
    Said {
        /// The column of periods of a source of milestones.
        column: usize,
    },
    /// The date of a stage as it is known: an ordinal of the column's calendar, or a window. [`Key::Period`] over the same
    /// column gives the period in which a stage that is reached lies.
    StageDate {
        /// The column of periods of a source of milestones.
        column: usize,
    },
}

/// A filter: a tree over the query's tests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Index into [`CubeQuery::tests`].
    Test(usize),
    /// All of them; every row where empty.
    And(Vec<Filter>),
    /// Any of them.
    Or(Vec<Filter>),
    /// Not.
    Not(Box<Filter>),
}

/// One measured thing: a filter and a mergeable state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lane {
    /// Index into [`CubeQuery::filters`]; every row where `None`.
    pub filter: Option<usize>,
    /// What is kept of the rows that pass.
    pub state: LaneState,
}

/// What a lane keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LaneState {
    /// How many rows.
    Rows,
    /// The number of the first line → [`LaneValue::Count`].
    Line,
    /// How many rows have a value in this column → [`LaneValue::Count`].
    Present(usize),
    /// Exact sum and number of values → [`LaneValue::Sum`].
    Sum(usize),
    /// Smallest value → [`LaneValue::Extreme`].
    Minimum(usize),
    /// Largest value → [`LaneValue::Extreme`].
    Maximum(usize),
    /// How many distinct values (exact) → [`LaneValue::Count`]. Empty cells are not values.
    Distinct(usize),
    /// Which distinct values → [`LaneValue::Keys`]. Empty cells are not values.
    Keys(usize),
    /// Value → number of rows, for medians → [`LaneValue::Values`].
    Values(usize),
    /// Of the cells without a value, what each says → rows, as [`LaneValue::Values`]: the place of its text in
    /// [`crate::program::model::Column::without_number`], or [`Cube::UNMARKED`].
    Marks(usize),
    /// The value of the row with the earliest date or period in `by`, summed where several rows share it → [`LaneValue::Sum`].
    /// Rows in which either cell has no value do not take part.
    First {
        /// The value.
        column: usize,
        /// The date or period.
        by: usize,
    },
    /// The same for the latest.
    Last {
        /// The value.
        column: usize,
        /// The date or period.
        by: usize,
    },
}

/// A grouping: some keys, and the lanes wanted in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupingSet {
    /// Indexes into [`CubeQuery::keys`], in the order of a cell's codes. Empty: one cell for everything.
    pub keys: Vec<usize>,
    /// Indexes into [`CubeQuery::lanes`], in the order of a cell's values.
    pub lanes: Vec<usize>,
}

/// An exact decimal: `mantissa / 10^scale`. In a cube it has no trailing zeros after the mark: 3.50 is 35 / 10^1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decimal {
    /// Digits.
    pub mantissa: i128,
    /// Digits after the decimal mark.
    pub scale: u8,
}

/// The value of one lane in one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaneValue {
    /// A count.
    Count(u64),
    /// A sum and how many values entered it.
    Sum(Decimal, u64),
    /// The same over a column in which some value is qualified.
    Qualified(Box<QualifiedSum>),
    /// An extreme; `None` where there was no value.
    Extreme(Option<Decimal>),
    /// Values in order (by number, then by scale), each with its rows.
    Values(Vec<(Decimal, u64)>),
    /// Places in [`Cube::keys`] of the column, in order.
    Keys(Vec<u32>),
}

/// A sum of values of which some are qualified, kept so that sums merge exactly.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QualifiedSum {
    /// The sum of the numbers as stated, and how many entered it.
    pub stated: Decimal,
    /// See `stated`.
    pub values: u64,
    /// The sum of the low ends that are known (exact numbers are their own), how many values have none, how many low ends are
    /// not reached themselves.
    pub low: Decimal,
    /// See `low`.
    pub no_low: u64,
    /// See `low`.
    pub open_low: u64,
    /// The same for the high ends.
    pub high: Decimal,
    /// See `high`.
    pub no_high: u64,
    /// See `high`.
    pub open_high: u64,
    /// How many values are approximations.
    pub about: u64,
    /// How many are qualified otherwise.
    pub otherwise: u64,
}

/// The cells of one grouping set: codes in the order of [`GroupingSet::keys`] → values in the order of
/// [`GroupingSet::lanes`]. Only groups with at least one row that passes at least one lane's filter have a cell; the set with
/// no keys always has its cell.
pub type Cells = BTreeMap<Box<[i32]>, Box<[LaneValue]>>;

/// The answer to a [`CubeQuery`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cube {
    /// One per grouping set of the query, in its order.
    pub sets: Vec<Cells>,
    /// Rows read.
    pub rows: u64,
    /// Rows that were left unread, because they lie outside [`CubeQuery::days`]; they are not among `rows`.
    pub unread: u64,
    /// For each `Key::Period` of the query (by index into `keys`): the lowest and highest ordinal found. Rows that are left unread
    /// count for that.
    pub periods: BTreeMap<usize, (i32, i32)>,
    /// Windows, days of a table of years and the unknown period, where rows state them: what [`Cube::window_code`] counts.
    pub windows: Vec<Period>,
    /// The values of columns of [`LaneState::Keys`] in order, as bytes that are equal exactly where the values are, in whatever source.
    pub keys: BTreeMap<usize, Vec<Box<[u8]>>>,
    /// Facts that several rows state, in the order of their first lines; at most [`Cube::FACTS`] of them.
    pub facts: Vec<StatedFact>,
    /// How many more there are.
    pub facts_left_out: u64,
    /// What is wrong in the data.
    pub problems: Vec<Problem>,
    /// Occurrences that are counted but not in `problems`, because there were too many.
    pub problems_left_out: u64,
    /// The source could not be read at all; `problems` says why.
    pub unreadable: bool,
}

/// A fact that several rows state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedFact {
    /// Its code as it stands in the data.
    pub code: String,
    /// The rows, by line. Each is a place whose text is what the row states.
    pub statements: Vec<Statement>,
    /// They all state the same.
    pub agree: bool,
    /// For each [`CubeQuery::keys`], the code of the row that is counted (of the first one where none is).
    pub keys: Vec<i32>,
    /// For each [`CubeQuery::filters`], whether that row passes.
    pub passes: Vec<bool>,
}

/// One row that states a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Who states it, where a column says so.
    pub by: Option<String>,
    /// The row, and what it states.
    pub place: DataPlace,
    /// It is the one that is counted.
    pub counted: bool,
}

impl Cube {
    /// How many facts that several rows state are kept to be shown.
    pub const FACTS: usize = 1_000;
    /// The code of a group whose column is empty or unreadable.
    pub const UNKNOWN: i32 = i32::MIN;
    /// The code of a row that the source marks as a total.
    pub const TOTAL: i32 = i32::MIN + 1;
    /// How many windows one source may state.
    pub const WINDOWS: usize = 1 << 16;
    /// The code of a stage that is reached on its date.
    pub const REACHED: i32 = 0;
    /// The code of a stage that is in progress since its date.
    pub const IN_PROGRESS: i32 = 1;
    /// The code of a stage that is planned for its date.
    pub const PLANNED: i32 = 2;
    /// In [`LaneState::Marks`]: a cell that does not say why it has no value.
    pub const UNMARKED: i128 = -1;
    const FIRST_WINDOW: i32 = i32::MIN + 2;

    /// The code of a period that is none of the column's calendar: its place in [`Cube::windows`]. `None` beyond
    /// [`Cube::WINDOWS`].
    pub fn window_code(at: usize) -> Option<i32> {
        (at < Cube::WINDOWS).then(|| i32::try_from(at).ok()).flatten().map(|at| Cube::FIRST_WINDOW + at)
    }

    /// The inverse of [`Cube::window_code`].
    pub fn window_at(code: i32) -> Option<usize> {
        usize::try_from(code.checked_sub(Cube::FIRST_WINDOW)?).ok().filter(|at| *at < Cube::WINDOWS)
    }

    /// True where a code of a period is an ordinal of its calendar.
    pub fn is_ordinal(code: i32) -> bool {
        code != Cube::UNKNOWN && code != Cube::TOTAL && Cube::window_at(code).is_none()
    }
}

/// What the answerer of a query may look up: never more than this.
#[derive(Debug, Clone, Copy)]
pub struct Catalog<'a> {
    /// The source that the query names.
    pub source: &'a DataSource,
    /// All sources of the program: where a column of `source` is looked up in another one, that one's columns.
    pub sources: &'a [DataSource],
    /// All dimensions of the program.
    pub dimensions: &'a [Dimension],
    /// All calendars of the program.
    pub calendars: &'a [Calendar],
}

/// Whoever answers cube queries.
pub trait CubeSource {
    /// Answers one query. Problems in the data are in the answer; a source that cannot be read is an answer too.
    fn cube(&self, query: &CubeQuery, catalog: Catalog<'_>) -> Cube;
}
