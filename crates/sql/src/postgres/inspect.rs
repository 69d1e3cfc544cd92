//! The table of an address: whether it is there and may be read, and how each declared column is stored.

use std::collections::{BTreeMap, BTreeSet};

use jauge::plan::Catalog;
use jauge::problem::{DataProblem, Place, Problem, Stopped, TablePlace, TableProblem, close_to};
use jauge::program::TableAddress;
use jauge::program::model::{Column, ColumnType};
use jauge::text::Both;
use jauge_engine::shared::spelling;
use postgres::error::SqlState;
use postgres::{Client, SimpleQueryMessage};

use super::connect::stopped;
use crate::answer::Row;
use crate::dialect::Dialect;
use crate::list::is_bands;
use crate::table::{Stored, StoredColumn, Table};

/// The rows of a query.
pub(super) fn rows(client: &mut Client, sql: &str) -> Result<Vec<Row>, postgres::Error> {
    let messages = client.simple_query(sql)?;
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|at| row.get(at).map(str::to_string)).collect()),
        _ => None,
    });
    Ok(rows.collect())
}

/// The table, and what is wrong with its columns. A problem that leaves nothing to read is an error.
pub(super) fn inspect(
    client: &mut Client,
    address: &TableAddress,
    catalog: Catalog<'_>,
    needed: &BTreeSet<usize>,
    user: &str,
) -> Result<(Table, Vec<Problem>), Vec<Problem>> {
    let shown = address.shown();
    let whole =
        TablePlace { table: shown.clone(), column: String::new(), text: String::new(), rows: 0, key: String::new() };
    let at_table =
        |fact: TableProblem| vec![Problem::at(fact, Place::Table(whole.clone())).also(catalog.source.definition)];
    let unusable = |forbidden: bool, near: Option<String>| TableProblem::TableUnusable {
        table: address.table.join("."),
        forbidden,
        near,
        user: user.to_string(),
    };
    let encoding = rows(client, "SHOW server_encoding").map_err(|error| at_table(stopped(&error)))?;
    let encoding = encoding.into_iter().flatten().flatten().next().unwrap_or_default();
    if encoding != "UTF8" {
        let said = format!("server_encoding = {encoding}");
        return Err(at_table(TableProblem::Stopped { why: Stopped::Failed, said }));
    }
    let d = Dialect::Postgresql;
    let quoted: Vec<String> = address.table.iter().map(|part| d.name_of(part)).collect();
    let name = d.literal(&quoted.join("."));
    let sql = format!(
        "SELECT n.nspname, c.relname, c.oid, has_any_column_privilege(c.oid, 'SELECT') FROM pg_class c JOIN pg_namespace n ON \
         n.oid = c.relnamespace WHERE c.oid = to_regclass({name}) AND c.relkind IN ('r', 'v', 'm', 'p', 'f')"
    );
    let found = match rows(client, &sql) {
        Ok(found) => found,
        Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
            return Err(at_table(unusable(true, None)));
        }
        Err(error) => return Err(at_table(stopped(&error))),
    };
    let text = |row: &Row, at: usize| row.get(at).cloned().flatten().unwrap_or_default();
    let Some(table) = found.first() else {
        let near = near(client, address);
        return Err(at_table(unusable(false, near)));
    };
    if text(table, 3) != "t" {
        return Err(at_table(unusable(true, None)));
    }
    let oid = text(table, 2);
    // A domain is what it is made of.
    let sql = format!(
        "SELECT a.attname, format_type(COALESCE(NULLIF(t.typbasetype, 0), t.oid), NULL), t.typtype, \
         has_column_privilege({oid}, a.attnum, 'SELECT') FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE \
         a.attrelid = {oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    );
    let stored = rows(client, &sql).map_err(|error| at_table(stopped(&error)))?;
    let mut columns = BTreeMap::new();
    let mut problems = Vec::new();
    let mut lost = false;
    for (index, column) in catalog.source.columns.iter().enumerate() {
        if column.looked_up.is_some() {
            // It is in the table of another source.
            continue;
        }
        let is_needed = needed.contains(&index);
        let Some(row) = find(&stored, column) else {
            lost |= is_needed;
            problems.push(missing(column, &stored, &whole));
            continue;
        };
        let own = text(row, 0);
        let place = || Place::Table(TablePlace { column: own.clone(), ..whole.clone() });
        if text(row, 3) != "t" {
            if is_needed {
                lost = true;
                problems.push(Problem::at(unusable(true, None), place()));
            }
            continue;
        }
        let kind = if text(row, 2) == "e" { "enum".to_string() } else { text(row, 1) };
        match kind_of(&kind, column, catalog) {
            Ok(stored) => {
                columns.insert(index, StoredColumn { name: own, stored });
            }
            Err(wanted) => {
                lost |= is_needed;
                let fact = TableProblem::ColumnKind { column: column.name.clone(), found: kind, wanted };
                problems.push(Problem::at(fact, place()).also(column.definition));
            }
        }
    }
    if lost {
        return Err(problems);
    }
    Ok((Table { name: vec![text(table, 0), text(table, 1)], columns, looked_in: BTreeMap::new() }, problems))
}

/// The stored column of a declared one: by its exact name, else by its spelling.
fn find<'r>(stored: &'r [Row], column: &Column) -> Option<&'r Row> {
    let sought = || column.headers.iter().chain([&column.name]);
    let name = |row: &Row| row.first().cloned().flatten().unwrap_or_default();
    let exact = sought().find_map(|wanted| stored.iter().find(|row| name(row) == *wanted));
    exact.or_else(|| sought().find_map(|wanted| stored.iter().find(|row| spelling(&name(row)) == spelling(wanted))))
}

fn missing(column: &Column, stored: &[Row], whole: &TablePlace) -> Problem {
    let found: Vec<String> = stored.iter().filter_map(|row| row.first().cloned().flatten()).collect();
    let mut sought = column.headers.clone();
    if sought.is_empty() {
        sought.push(column.name.clone());
    }
    let near = sought.iter().find_map(|one| close_to(one, found.iter().map(String::as_str)));
    let fact = DataProblem::MissingColumn {
        column: column.name.clone(),
        sought,
        found,
        near,
        separator: None,
        in_table: true,
    };
    Problem::at(fact, Place::Table(whole.clone())).also(column.definition)
}

/// How a type of the database is read for a declared column; types that do, where it does not.
fn kind_of(found: &str, column: &Column, catalog: Catalog<'_>) -> Result<Stored, Both<&'static str>> {
    let stored = match found {
        "smallint" | "integer" | "bigint" => Stored::Integer,
        "numeric" => Stored::Number,
        "real" => Stored::Single,
        "double precision" => Stored::Double,
        "date" | "timestamp without time zone" => Stored::Date,
        "timestamp with time zone" => Stored::Instant,
        "boolean" => Stored::YesNo,
        "text" | "character varying" | "character" | "name" | "citext" | "uuid" | "enum" | "\"char\"" => Stored::Text,
        _ => return Err(wanted(column)),
    };
    let is_number = |stored| matches!(stored, Stored::Number | Stored::Integer | Stored::Single | Stored::Double);
    let bands = match &column.of {
        ColumnType::Dimension(at) => catalog.dimensions.get(*at).is_some_and(is_bands),
        ColumnType::Text | ColumnType::Number(_) | ColumnType::Date | ColumnType::YesNo | ColumnType::Period(_) => {
            false
        }
    };
    let does = match (&column.of, stored) {
        (_, Stored::Text) => true,
        (ColumnType::Text, stored) => stored != Stored::Instant,
        (ColumnType::Number(_), stored) => is_number(stored),
        (ColumnType::Date, stored) => matches!(stored, Stored::Date | Stored::Instant),
        (ColumnType::YesNo, stored) => matches!(stored, Stored::YesNo | Stored::Number | Stored::Integer),
        (ColumnType::Dimension(_), stored) if bands => is_number(stored),
        (ColumnType::Dimension(_), stored) => matches!(stored, Stored::Number | Stored::Integer | Stored::YesNo),
        (ColumnType::Period(_), stored) => matches!(stored, Stored::Number | Stored::Integer),
    };
    if does { Ok(stored) } else { Err(wanted(column)) }
}

fn wanted(column: &Column) -> Both<&'static str> {
    match &column.of {
        ColumnType::Text => {
            Both { fr: "un texte, un nombre, une date ou un booléen", en: "a text, a number, a date or a boolean" }
        }
        ColumnType::Number(_) => Both { fr: "integer, numeric ou text", en: "integer, numeric or text" },
        ColumnType::Date => Both { fr: "date, timestamp ou text", en: "date, timestamp or text" },
        ColumnType::YesNo => Both { fr: "boolean, integer ou text", en: "boolean, integer or text" },
        ColumnType::Dimension(_) => Both { fr: "text ou integer", en: "text or integer" },
        ColumnType::Period(_) => Both { fr: "text ou integer", en: "text or integer" },
    }
}

/// A table whose name is close.
fn near(client: &mut Client, address: &TableAddress) -> Option<String> {
    let sql = "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END FROM pg_class c \
               JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN \
               ('pg_catalog', 'information_schema', 'pg_toast') LIMIT 2000";
    let names: Vec<String> =
        rows(client, sql).ok()?.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect();
    close_to(&address.table.join("."), names.iter().map(String::as_str))
        .or_else(|| close_to(address.table.last()?, names.iter().map(String::as_str)))
}
