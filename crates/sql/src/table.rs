//! Where the rows of a source stand: the table, and under which name and of which kind each declared column is stored.

use std::collections::BTreeMap;

use jauge::plan::Catalog;
use jauge::program::model::ColumnType;
use jauge::program::table_address;
use serde::Serialize;

use crate::list::is_bands;

/// How the cells of a column are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    /// Texts, written as the source declares (`3,50`, `15/06/2020`, `oui`).
    Text,
    /// Exact numbers, with decimals or without.
    Number,
    /// Whole numbers.
    Integer,
    /// Dates, or moments whose time of day is not looked at.
    Date,
    /// Instants: on which day one falls is said by the clock of the source.
    Instant,
    /// Truth values.
    YesNo,
    /// Binary floating-point numbers of 32 bits.
    Single,
    /// Of 64 bits.
    Double,
    /// Any other typed value, by its text: a point for decimals, ISO dates.
    Value,
}

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredColumn {
    /// Its name in the table.
    pub name: String,
    /// How its cells are stored.
    pub stored: Stored,
}

/// A table that answers for a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The parts of its name: the schema where there is one, then the table.
    pub name: Vec<String>,
    /// By the place of the declared column in the source; columns that are looked up are in the tables of `looked_in`.
    pub columns: BTreeMap<usize, StoredColumn>,
    /// The tables of the sources that are looked up in, by the place of the source in the program.
    pub looked_in: BTreeMap<usize, Table>,
}

impl Table {
    /// The table of a source as its declarations let one expect it: of its address, else of the source's name, columns under
    /// their declared names, typed as declared, or all texts.
    pub fn declared(catalog: Catalog<'_>, texts: bool) -> Table {
        let looked_in = catalog.source.columns.iter().filter_map(|column| {
            let other = column.looked_up?.source;
            let source = catalog.sources.get(other)?;
            Some((other, Table::alone(Catalog { source, ..catalog }, texts)))
        });
        Table { looked_in: looked_in.collect(), ..Table::alone(catalog, texts) }
    }

    fn alone(catalog: Catalog<'_>, texts: bool) -> Table {
        let own = catalog.source.columns.iter().enumerate().filter(|(_, column)| column.looked_up.is_none());
        let columns = own.map(|(at, column)| {
            let bands = |dimension: &usize| catalog.dimensions.get(*dimension).is_some_and(is_bands);
            let stored = match &column.of {
                _ if texts => Stored::Text,
                ColumnType::Text | ColumnType::Period(_) => Stored::Text,
                ColumnType::Number(_) => Stored::Number,
                ColumnType::Date => Stored::Date,
                ColumnType::YesNo => Stored::YesNo,
                ColumnType::Dimension(dimension) if bands(dimension) => Stored::Number,
                ColumnType::Dimension(_) => Stored::Text,
            };
            // Qualified numbers and marked cells can only be texts.
            let stored =
                match (column.qualified || !column.totals.is_empty() || !column.without_number.is_empty(), stored) {
                    (true, _) => Stored::Text,
                    (false, stored) => stored,
                };
            let name = column.headers.last().unwrap_or(&column.name).clone();
            (at, StoredColumn { name, stored })
        });
        let name = match catalog.source.path.as_deref().and_then(table_address) {
            Some(Ok(address)) => address.table,
            Some(Err(_)) | None => vec![catalog.source.name.clone()],
        };
        Table { name, columns: columns.collect(), looked_in: BTreeMap::new() }
    }
}
