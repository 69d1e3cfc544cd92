//! A query to the statements that answer it, each with a description of its result columns: whoever can run SQL can run them
//! and hand the rows back.

use std::collections::{BTreeMap, BTreeSet};

use jauge::plan::{Catalog, CubeQuery, Filter, Key, LaneState, QueryNotes};
use jauge::program::model::{LookUp, TestKind, TestOn};
use serde::Serialize;

use crate::column::{Read, Reading, Stands};
use crate::dialect::Dialect;
use crate::refuse::{Refused, refused};
use crate::table::Table;
use crate::{looked, statement, verify};

/// The needed columns, by their place in the source. The identifiers of sources that are looked up in come after them.
pub(crate) type Reads<'a> = BTreeMap<usize, Read<'a>>;

/// The statements that answer one query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Script {
    /// For whom they are written.
    pub dialect: Dialect,
    /// The table that they read.
    pub table: Table,
    /// All of them are to be run, in any order, except where [`Statement::only_if`] says otherwise.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statement {
    /// What it is for.
    pub role: Role,
    /// It asks about the rows of another source, by its place in the program: one that is looked up in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_in: Option<usize>,
    /// The keys (places in the query) of its rows, in the order of its columns of kind `key`.
    pub keys: Vec<usize>,
    /// Its result columns, in order.
    pub columns: Vec<ResultColumn>,
    /// It need not be run where this column of a statement of role `overview` is 0. No two of these have a column of one name,
    /// `rows_all` and `identifiers` aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    /// The statement, without a semicolon.
    pub sql: String,
}

/// What a statement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// One row: rows read, first and last periods, cells that cannot be read.
    Overview,
    /// One row per cell: counts, sums, extremes.
    Cells,
    /// One row per cell: exact counts of distinct values of a column.
    Distinct,
    /// One row per cell and value of a column, with the rows that have it.
    Values,
    /// One row per cell and distinct value of a column.
    Identities,
    /// One row per cell: the value of the first or last period of a column.
    Edge,
    /// Cells of a column that cannot be read, by text.
    Unread,
    /// Keys that repeat.
    Duplicates,
    /// Codes that the source does not have in which they are looked up.
    NotFound,
}

/// A result column: its name, and what it says. A value that is not there is NULL.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResultColumn {
    /// As the statement names it.
    pub name: String,
    /// What it says.
    #[serde(flatten)]
    pub says: Says,
}

/// What a result column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum Says {
    /// Which keys the row's grouping leaves out: bit `i` is set where the statement's key `i` is not in it.
    LeftOut,
    /// The code of a key of the query.
    Key {
        /// Its place in the query.
        key: usize,
    },
    /// Rows that pass a filter of the query; all rows where it is null.
    Rows {
        /// Its place in the query.
        filter: Option<usize>,
    },
    /// The value of a lane that is a count.
    Count {
        /// Its place in the query.
        lane: usize,
    },
    /// The sum of a lane, as a decimal.
    Sum {
        /// Its place in the query.
        lane: usize,
    },
    /// How many values entered the sum of a lane.
    Entered {
        /// Its place in the query.
        lane: usize,
    },
    /// The smallest or largest value of a lane, as a decimal.
    Extreme {
        /// Its place in the query.
        lane: usize,
    },
    /// A value of the statement's column: a decimal for `values`, a text or a decimal for `identities`.
    Value {
        /// The column, by its place in the source.
        column: usize,
    },
    /// How many rows of a lane have the row's value: more than 0 where the lane has it.
    Having {
        /// Its place in the query.
        lane: usize,
    },
    /// The first ordinal of a key of periods.
    First {
        /// Its place in the query.
        key: usize,
    },
    /// The last ordinal of a key of periods.
    Last {
        /// Its place in the query.
        key: usize,
    },
    /// Cells of a column that are empty and may not be, or cannot be read.
    Wrong {
        /// The column, by its place in the source.
        column: usize,
    },
    /// Cells whose code is not found in the source that is looked up in.
    NotFound {
        /// The column of the codes, by its place in the source.
        column: usize,
        /// The other source, by its place in the program.
        source: usize,
    },
    /// How many identifiers the source has that is looked up in.
    Identifiers,
    /// 1 for cells that are empty and may not be, 2 for texts that cannot be read.
    Mistake,
    /// A text as it stands in the table; null where the column is confidential.
    Text {
        /// The column, by its place in the source.
        column: usize,
    },
    /// A code as it stands in the table; null where the column is confidential.
    Code {
        /// The column of the codes, by its place in the source.
        column: usize,
        /// The source in which it is not found, by its place in the program.
        source: usize,
    },
    /// An identifier of the other source that is the code without its zeros at the beginning and its capitals; null where there is
    /// none.
    Near,
    /// How many rows are so.
    Times,
    /// The key of one such row, part by part; null where it is confidential.
    Example,
    /// How many rows too many there are in all.
    InAll,
}

/// What a script is made of.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// What is wanted.
    pub query: &'a CubeQuery,
    /// Of what.
    pub catalog: Catalog<'a>,
    /// Where its rows stand.
    pub table: &'a Table,
    /// For whom.
    pub dialect: Dialect,
    /// Whom each lane serves, for remarks; none without it.
    pub notes: Option<&'a QueryNotes>,
}

/// The statements that answer a query.
pub fn script(ask: Ask<'_>) -> Result<Script, Refused> {
    if let Some(refused) = refused(ask.query, ask.catalog, ask.dialect) {
        return Err(refused);
    }
    let mut statements = looked::statements(&ask);
    statements.push(verify::overview(&ask, None));
    statements.extend(statement::cells(&ask));
    statements.extend(statement::by_value(&ask));
    statements.extend(verify::unread(&ask, None));
    statements.extend(looked::not_found(&ask));
    statements.extend(verify::duplicates(&ask, None));
    Ok(Script { dialect: ask.dialect, table: ask.table.clone(), statements })
}

impl<'a> Ask<'a> {
    /// How the given columns are read, and the columns of codes by which some of them are looked up.
    pub(crate) fn reads(&self, columns: &BTreeSet<usize>) -> Reads<'a> {
        let mut reads = BTreeMap::new();
        let look_up = |column: &usize| self.catalog.source.columns.get(*column)?.looked_up;
        let mut own: BTreeSet<usize> = columns.iter().copied().filter(|column| look_up(column).is_none()).collect();
        own.extend(columns.iter().filter_map(|column| Some(look_up(column)?.by)));
        for column in own {
            let Some(declared) = self.catalog.source.columns.get(column) else { continue };
            let stored = self.table.columns.get(&column);
            if let Some(read) = Read::new(column, declared, stored, Stands::Own, &self.reading(column)) {
                reads.insert(column, read);
            }
        }
        for (column, look_up) in columns.iter().filter_map(|column| Some((*column, look_up(column)?))) {
            self.look_up(column, look_up, &mut reads);
        }
        reads
    }

    /// How a column is read that is looked up: from the other source, as that declares it.
    fn look_up(&self, column: usize, look_up: LookUp, reads: &mut Reads<'a>) {
        let LookUp { by, source: other, key, column: of } = look_up;
        let Some(source) = self.catalog.sources.get(other) else { return };
        let catalog = Catalog { source, ..self.catalog };
        let table = self.table.looked_in.get(&other);
        let mark = reads.get(&by).and_then(Read::mark);
        let mut read = |index: usize, of: usize, stands: Stands, numeric: bool| {
            let stored = table.and_then(|table| table.columns.get(&of));
            let reading = Reading { catalog, numeric, ..self.reading(index) };
            let read = Read::new(index, source.columns.get(of)?, stored, stands, &reading)?;
            reads.insert(index, read)
        };
        // A test decides for all who read a cell which ones can be read: the label of a band is no number.
        let all = self.catalog.source.columns.iter().enumerate();
        let same = |one: LookUp| (one.source, one.column) == (other, of);
        let numeric = all.filter(|(_, one)| one.looked_up.is_some_and(same)).any(|(at, _)| self.numeric(at));
        read(column, of, Stands::Elsewhere { by, source: other, mark }, numeric);
        read(self.identifier(other), key, Stands::Identifier { source: other }, false);
    }

    /// The place of the identifier of another source among the columns that are read.
    pub(crate) fn identifier(&self, other: usize) -> usize {
        self.catalog.source.columns.len() + other
    }

    fn reading(&self, column: usize) -> Reading<'a> {
        let months = self.query.keys.iter().any(|key| match key {
            Key::Period { column: of, calendar } => {
                let days = self.catalog.calendars.get(usize::from(calendar.0));
                *of == column && days.is_none_or(|of| of.length != jauge::types::Length::Day)
            }
            Key::Dimension { .. } | Key::Said { .. } | Key::StageDate { .. } => false,
        });
        Reading { dialect: self.dialect, catalog: self.catalog, numeric: self.numeric(column), months }
    }

    /// The needed columns that the table of the source has: each is verified.
    pub(crate) fn verified(&self) -> BTreeSet<usize> {
        let mut columns = self.query.columns();
        for (column, look_up) in self.query.look_ups(self.catalog.source) {
            columns.remove(&column);
            columns.insert(look_up.by);
        }
        columns
    }

    /// A test compares the numbers of the column.
    pub(crate) fn numeric(&self, column: usize) -> bool {
        self.query.tests.iter().any(|test| match (&test.on, &test.test) {
            (TestOn::Column { column: tested, .. }, TestKind::Number(..) | TestKind::NumberBetween(..)) => {
                *tested == column
            }
            (TestOn::Column { .. } | TestOn::Dimension(_), _) => false,
        })
    }

    /// The columns that some keys, filters and lanes rest on.
    pub(crate) fn columns(&self, keys: &[usize], filters: &[usize], states: &[LaneState]) -> BTreeSet<usize> {
        let query = self.query;
        let mut tests = BTreeSet::new();
        for filter in filters.iter().filter_map(|filter| query.filters.get(*filter)) {
            tests_of(filter, &mut tests);
        }
        let part = CubeQuery {
            keys: keys.iter().filter_map(|key| query.keys.get(*key)).cloned().collect(),
            tests: tests.into_iter().filter_map(|test| query.tests.get(test)).cloned().collect(),
            lanes: states.iter().map(|state| jauge::plan::Lane { filter: None, state: *state }).collect(),
            ..CubeQuery::default()
        };
        part.columns()
    }
}

fn tests_of(filter: &Filter, tests: &mut BTreeSet<usize>) {
    match filter {
        Filter::Test(at) => {
            tests.insert(*at);
        }
        Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| tests_of(part, tests)),
        Filter::Not(inner) => tests_of(inner, tests),
    }
}
