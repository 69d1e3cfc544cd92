//! What is wrong with the data of a table, told: cells that cannot be read, by text and number of rows, and keys that repeat.

use std::collections::BTreeMap;

use jauge::plan::{Catalog, CubeQuery};
use jauge::problem::{DataPlace, DataProblem, LookupProblem, Place, Problem, TablePlace, TableProblem};
use jauge_engine::shared::{self, Stated};

use crate::answer::{Row, count};
use crate::column::{DOUBLE, EMPTY, SINGLE};
use crate::script::{Says, Statement};
use crate::table::{Stored, Table};

/// What stands for the text of confidential columns.
const MASK: &str = "•••";

/// Problems of one table in the making.
pub(crate) struct Told<'a> {
    catalog: Catalog<'a>,
    query: &'a CubeQuery,
    table: &'a Table,
    /// The table as it is shown.
    shown: String,
    /// Its rows.
    pub(crate) rows: u64,
    /// Those that have an identifier, where it is looked up in.
    pub(crate) identifiers: u64,
    /// Cells of a column that are wrong, and how many of them have been told; by column and, where they are codes that are not
    /// found, by the source in which they are sought.
    wrong: BTreeMap<(usize, Option<usize>), (u64, u64)>,
    problems: Vec<Problem>,
    /// Rows too many, in all and told.
    repeated: (u64, u64),
    unreadable: bool,
}

impl<'a> Told<'a> {
    pub(crate) fn new(catalog: Catalog<'a>, query: &'a CubeQuery, table: &'a Table, shown: String) -> Told<'a> {
        let (wrong, problems) = (BTreeMap::new(), Vec::new());
        let (rows, identifiers, repeated, unreadable) = (0, 0, (0, 0), false);
        Told { catalog, query, table, shown, rows, identifiers, wrong, problems, repeated, unreadable }
    }

    /// The table as a whole.
    pub(crate) fn whole(&self) -> TablePlace {
        TablePlace {
            table: self.shown.clone(),
            column: String::new(),
            text: String::new(),
            rows: 0,
            key: String::new(),
        }
    }

    /// A column of it.
    pub(crate) fn column(&self, column: usize) -> TablePlace {
        let stored = self.table.columns.get(&column);
        TablePlace { column: stored.map_or_else(String::new, |stored| stored.name.clone()), ..self.whole() }
    }

    /// So many cells of a column are wrong; codes that are not found in `source`.
    pub(crate) fn wrong(&mut self, column: usize, source: Option<usize>, cells: u64) {
        self.wrong.entry((column, source)).or_default().0 = cells;
    }

    /// Identifiers repeat.
    pub(crate) fn repeats(&self) -> bool {
        self.repeated.0 > 0
    }

    /// A row of [`crate::Role::NotFound`]; `known` says how many identifiers a source has.
    pub(crate) fn not_found(
        &mut self,
        statement: &Statement,
        row: &Row,
        known: &BTreeMap<usize, u64>,
    ) -> Result<(), usize> {
        let (mut cell, mut rows, mut key, mut near, mut code) = (None, 0, String::new(), None, (0, 0));
        for (at, (of, text)) in statement.columns.iter().zip(row).enumerate() {
            match of.says {
                Says::Code { column, source } => {
                    code = (column, source);
                    cell = text.as_deref();
                }
                Says::Times => rows = count(text).ok_or(at)?,
                Says::Example => key = shorten(text.as_deref().unwrap_or_default()),
                Says::Near => near = text.as_deref().map(shorten),
                _ => return Err(at),
            }
        }
        let (column, source) = code;
        let Some(declared) = self.catalog.source.columns.get(column) else { return Ok(()) };
        if let Some((_, told)) = self.wrong.get_mut(&(column, Some(source))) {
            *told += rows;
        }
        let text = if declared.confidential { MASK.to_string() } else { shorten(cell.unwrap_or_default()) };
        let place = TablePlace { rows, key, text: text.clone(), ..self.column(column) };
        let other = self.catalog.sources.get(source);
        let look_ups = self.catalog.source.columns.iter().filter_map(|column| column.looked_up);
        let identifier = look_ups.filter(|one| one.source == source).find_map(|one| other?.columns.get(one.key));
        let fact = LookupProblem::NotFound {
            text,
            identifier: identifier.map_or_else(String::new, |column| column.name.clone()),
            source: other.map_or_else(String::new, |source| source.name.clone()),
            known: known.get(&source).and_then(|known| usize::try_from(*known).ok()).unwrap_or(0),
            near,
            rows,
        };
        self.problems.push(Problem::at(fact, Place::Table(place)));
        Ok(())
    }

    /// A row of [`crate::Role::Unread`].
    pub(crate) fn unread(&mut self, statement: &Statement, row: &Row) -> Result<(), usize> {
        let (mut mistake, mut cell, mut times, mut key, mut column) = (0, None, 0, String::new(), 0);
        for (at, (of, text)) in statement.columns.iter().zip(row).enumerate() {
            match of.says {
                Says::Mistake => mistake = count(text).ok_or(at)?,
                Says::Text { column: of } => {
                    column = of;
                    cell = text.clone();
                }
                Says::Times => times = count(text).ok_or(at)?,
                Says::Example => key = shorten(text.as_deref().unwrap_or_default()),
                _ => return Err(at),
            }
        }
        let Some(declared) = self.catalog.source.columns.get(column) else { return Ok(()) };
        if let Some((_, told)) = self.wrong.get_mut(&(column, None)) {
            *told += times;
        }
        let text = if declared.confidential { MASK.to_string() } else { shorten(cell.as_deref().unwrap_or_default()) };
        let place = TablePlace { rows: times, key, ..self.column(column) };
        if mistake == EMPTY {
            let fact = DataProblem::EmptyCell { column: declared.name.clone() };
            self.problems.push(Problem::at(fact, Place::Table(place)));
            return Ok(());
        }
        let typed = self.table.columns.get(&column).is_some_and(|stored| stored.stored != Stored::Text);
        let stated = match mistake {
            SINGLE => Stated::Single,
            DOUBLE => Stated::Double,
            _ if typed => Stated::Typed,
            _ => Stated::Text,
        };
        let numeric = self.query.tests.iter().any(|test| match (&test.on, &test.test) {
            (
                jauge::program::model::TestOn::Column { column: tested, .. },
                jauge::program::model::TestKind::Number(..) | jauge::program::model::TestKind::NumberBetween(..),
            ) => *tested == column,
            (_, _) => false,
        });
        let read = if declared.confidential { MASK } else { cell.as_deref().unwrap_or_default() };
        let place = TablePlace { text: text.clone(), ..place };
        match shared::mistake(self.catalog, column, read, stated, numeric) {
            Some(fact) => self.problems.push(Problem::at(fact, Place::Table(place))),
            None => {
                // The engine reads it in a file: figures without it would be other figures.
                self.unreadable = true;
                let fact = TableProblem::ReadInFilesOnly { text, column: declared.name.clone() };
                self.problems.push(Problem::at(fact, Place::Table(place)));
            }
        }
        Ok(())
    }

    /// A row of [`crate::Role::Duplicates`].
    pub(crate) fn repeated(&mut self, statement: &Statement, row: &Row) -> Result<(), usize> {
        let mut key: BTreeMap<usize, String> = BTreeMap::new();
        let mut times = 0;
        for (at, (of, text)) in statement.columns.iter().zip(row).enumerate() {
            match of.says {
                Says::Text { column } => {
                    key.insert(column, text.clone().unwrap_or_default());
                }
                Says::Times => times = count(text).ok_or(at)?,
                Says::InAll => self.repeated.0 = count(text).ok_or(at)?,
                _ => return Err(at),
            }
        }
        self.repeated.1 += times.saturating_sub(1);
        let unique = &self.query.unique;
        let columns: Vec<_> = unique.iter().filter_map(|at| self.catalog.source.columns.get(*at)).collect();
        let parts = unique.iter().zip(&columns).map(|(at, column)| match column.confidential {
            true => MASK.to_string(),
            false => shorten(key.get(at).map_or("", String::as_str)),
        });
        let key: Vec<String> = parts.collect();
        let fact = TableProblem::KeyRepeats {
            columns: columns.iter().map(|column| column.name.clone()).collect(),
            key: key.join(" | "),
            rows: times,
            looked_up: statement.looked_in.is_some(),
        };
        self.problems.push(Problem::at(fact, Place::Table(TablePlace { rows: times, ..self.whole() })));
        Ok(())
    }

    /// The problems, how many rows are not told, and whether the table is of no use. `before`: what else is wrong with it.
    pub(crate) fn finish(mut self, before: impl IntoIterator<Item = Problem>) -> (Vec<Problem>, u64, bool) {
        let is_empty = (self.rows == 0).then(|| {
            let fact = TableProblem::TableEmpty { table: self.shown.clone() };
            Problem::at(fact, Place::Table(self.whole()))
        });
        let first: Vec<Problem> = is_empty.into_iter().chain(before).collect();
        self.problems.splice(0..0, first);
        let cells: u64 = self.wrong.values().map(|(all, told)| all.saturating_sub(*told)).sum();
        (self.problems, cells + self.repeated.0.saturating_sub(self.repeated.1), self.unreadable)
    }
}

/// At most [`DataPlace::TEXT_LIMIT`] characters.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(DataPlace::TEXT_LIMIT) {
        None => text.to_string(),
        Some(_) => text.chars().take(DataPlace::TEXT_LIMIT - 1).chain(['…']).collect(),
    }
}
