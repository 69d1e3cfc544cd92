//! What is wrong with the data of a table, told: cells that cannot be read, by text and number of rows, and keys that repeat.

use std::collections::BTreeMap;

use jauge::plan::{Catalog, CubeQuery};
use jauge::problem::{DataPlace, DataProblem, Place, Problem, TablePlace, TableProblem};
use jauge_engine::shared::{self, Stated};

use crate::answer::{Row, count};
use crate::column::{DOUBLE, EMPTY, SINGLE};
use crate::script::{Says, Script, Statement};
use crate::table::Stored;

/// What stands for the text of confidential columns.
const MASK: &str = "•••";

/// Problems in the making.
pub(crate) struct Told<'a> {
    catalog: Catalog<'a>,
    script: &'a Script,
    /// The table as it is shown.
    pub(crate) shown: &'a str,
    /// Cells of a column that are wrong, and how many of them have been told.
    wrong: BTreeMap<usize, (u64, u64)>,
    problems: Vec<Problem>,
    /// Rows too many, in all and told.
    repeated: (u64, u64),
    unreadable: bool,
}

impl<'a> Told<'a> {
    pub(crate) fn new(catalog: Catalog<'a>, script: &'a Script, shown: &'a str) -> Told<'a> {
        let (wrong, problems) = (BTreeMap::new(), Vec::new());
        Told { catalog, script, shown, wrong, problems, repeated: (0, 0), unreadable: false }
    }

    /// The table as a whole.
    pub(crate) fn whole(&self) -> TablePlace {
        TablePlace {
            table: self.shown.to_string(),
            column: String::new(),
            text: String::new(),
            rows: 0,
            key: String::new(),
        }
    }

    /// A column of it.
    pub(crate) fn column(&self, column: usize) -> TablePlace {
        let stored = self.script.table.columns.get(&column);
        TablePlace { column: stored.map_or_else(String::new, |stored| stored.name.clone()), ..self.whole() }
    }

    pub(crate) fn wrong(&mut self, column: usize, cells: u64) {
        self.wrong.entry(column).or_default().0 = cells;
    }

    /// A row of [`crate::Role::Unread`].
    pub(crate) fn unread(&mut self, statement: &Statement, row: &Row, query: &CubeQuery) -> Result<(), usize> {
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
        if let Some((_, told)) = self.wrong.get_mut(&column) {
            *told += times;
        }
        let text = if declared.confidential { MASK.to_string() } else { shorten(cell.as_deref().unwrap_or_default()) };
        let place = TablePlace { rows: times, key, ..self.column(column) };
        if mistake == EMPTY {
            let fact = DataProblem::EmptyCell { column: declared.name.clone() };
            self.problems.push(Problem::at(fact, Place::Table(place)));
            return Ok(());
        }
        let typed = self.script.table.columns.get(&column).is_some_and(|stored| stored.stored != Stored::Text);
        let stated = match mistake {
            SINGLE => Stated::Single,
            DOUBLE => Stated::Double,
            _ if typed => Stated::Typed,
            _ => Stated::Text,
        };
        let numeric = query.tests.iter().any(|test| match (&test.on, &test.test) {
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
    pub(crate) fn repeated(&mut self, statement: &Statement, row: &Row, query: &CubeQuery) -> Result<(), usize> {
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
        let columns: Vec<_> = query.unique.iter().filter_map(|at| self.catalog.source.columns.get(*at)).collect();
        let parts = query.unique.iter().zip(&columns).map(|(at, column)| match column.confidential {
            true => MASK.to_string(),
            false => shorten(key.get(at).map_or("", String::as_str)),
        });
        let key: Vec<String> = parts.collect();
        let fact = TableProblem::KeyRepeats {
            columns: columns.iter().map(|column| column.name.clone()).collect(),
            key: key.join(" | "),
            rows: times,
        };
        self.problems.push(Problem::at(fact, Place::Table(TablePlace { rows: times, ..self.whole() })));
        Ok(())
    }

    /// The problems, how many rows are not told, and whether the table is of no use.
    pub(crate) fn finish(self) -> (Vec<Problem>, u64, bool) {
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
