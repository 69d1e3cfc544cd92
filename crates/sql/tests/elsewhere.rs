//! The other dialects, run for real: DuckDB, ClickHouse (chdb) and Spark SQL (Sail) from Python against the embedded engine.
//!
//! Slow, and needs Python packages, so it is not run by default: `JAUGE_ENGINES=duckdb,clickhouse,spark JAUGE_PYTHON=python3
//! cargo test -p jauge-sql --test elsewhere -- --ignored`. An engine that is not installed is said not to be checked.

mod common;
#[path = "common/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use common::*;
use jauge::plan::{CubeQuery, CubeSource};
use jauge_engine::Engine;
use jauge_sql::{Ask, Dialect, Row, Stored, StoredColumn, Table, cube, script};
use serde_json::{Value, json};
use world::*;

struct Elsewhere {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Elsewhere {
    fn new() -> Elsewhere {
        let python = std::env::var("JAUGE_PYTHON").unwrap_or_else(|_| "python3".into());
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run.py");
        let mut command = Command::new(python);
        command.arg(program).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("Python");
        let to = child.stdin.take().expect("its input");
        let from = BufReader::new(child.stdout.take().expect("its output"));
        Elsewhere { child, to, from }
    }

    fn ask(&mut self, asked: &Value) -> Value {
        writeln!(self.to, "{asked}").expect("a runner that listens");
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).expect("an answer") > 0, "the runner has gone");
            // What libraries print is no answer.
            if let Ok(answer) = serde_json::from_str(&line) {
                return answer;
            }
        }
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The name of a type.
fn type_of(dialect: Dialect, stored: Stored) -> &'static str {
    match (dialect, stored) {
        (Dialect::Clickhouse, Stored::Text) => "String",
        (Dialect::Clickhouse, Stored::Number) => "Decimal(28, 7)",
        (Dialect::Clickhouse, Stored::Integer) => "Int64",
        (Dialect::Clickhouse, Stored::Date | Stored::Instant) => "Date32",
        (Dialect::Clickhouse, Stored::YesNo) => "Bool",
        (Dialect::Clickhouse, Stored::Single) => "Float32",
        (Dialect::Clickhouse, Stored::Double | Stored::Value) => "Float64",
        (Dialect::Spark, Stored::Text) => "string",
        (Dialect::Spark, Stored::Number) => "decimal(28, 7)",
        (Dialect::Spark, Stored::Integer) => "bigint",
        (Dialect::Spark, Stored::YesNo) => "boolean",
        (Dialect::Spark, Stored::Date | Stored::Instant) => "date",
        (_, Stored::Text) => "VARCHAR",
        (_, Stored::Number) => "DECIMAL(28, 7)",
        (_, Stored::Integer) => "BIGINT",
        (_, Stored::Date | Stored::Instant) => "DATE",
        (_, Stored::YesNo) => "BOOLEAN",
        (_, Stored::Single) => "FLOAT",
        (_, Stored::Double | Stored::Value) => "DOUBLE",
    }
}

/// A table, and what the runner is told to make it.
struct Loaded {
    table: Table,
    sent: Value,
}

impl Loaded {
    fn new(dialect: Dialect, name: &str, columns: &[&str], of: &dyn Fn(usize) -> Stored, rows: &[Vec<Cell>]) -> Loaded {
        let cell =
            |(at, (text, typed)): (usize, &Cell)| if of(at) == Stored::Text { text.clone() } else { typed.clone() };
        let held = |cell: String| (!cell.is_empty()).then_some(cell);
        let cells: Vec<Vec<Option<String>>> =
            rows.iter().map(|row| row.iter().enumerate().map(cell).map(held).collect()).collect();
        let stored = |(at, name): (usize, &&str)| (at, StoredColumn { name: name.to_string(), stored: of(at) });
        let typed: Vec<(&str, &str)> =
            columns.iter().enumerate().map(|(at, name)| (*name, type_of(dialect, of(at)))).collect();
        let table = Table {
            name: vec![name.into()],
            columns: columns.iter().enumerate().map(stored).collect(),
            looked_in: BTreeMap::new(),
        };
        Loaded { table, sent: json!({ "table": name, "columns": typed, "rows": cells }) }
    }
}

#[test]
#[ignore = "needs Python packages"]
fn random_tables_elsewhere() {
    let cases: u64 = std::env::var("JAUGE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let first: Option<u64> = std::env::var("JAUGE_CASE").ok().and_then(|text| text.parse().ok());
    let engines = std::env::var("JAUGE_ENGINES").unwrap_or_else(|_| "duckdb".into());
    let mut elsewhere = Elsewhere::new();
    for engine in engines.split(',') {
        let dialect = Dialect::named(engine).expect("a dialect");
        for case in first.map_or(0..cases, |first| first..first + 1) {
            if !one(&mut elsewhere, dialect, case) {
                break;
            }
        }
    }
}

fn one(elsewhere: &mut Elsewhere, dialect: Dialect, case: u64) -> bool {
    let mut luck = Luck(0x9e37_79b9_7f4a_7c15 ^ (case + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let kind = case % 4;
    let (marked, clean) = (kind < 2, kind != 0);
    let mut world = world(marked);
    // As in the tables of PostgreSQL.
    world.declare_decimals(kind, (case / 4).is_multiple_of(2));
    let count = 1 + luck.below(30);
    let mut rows = rows(&mut luck, count, marked, clean);
    let towns = towns(&mut luck, marked, clean);
    if dialect == Dialect::Spark {
        // Texts that may have to be composed are refused there, see below.
        rows.iter_mut().flatten().for_each(|cell| {
            cell.0 = cell.0.replace('\u{301}', "");
            cell.1 = cell.1.replace('\u{301}', "");
        });
    }
    let stored = |column: usize| match (kind, TYPED[column], column) {
        (0 | 1, _, _) => Stored::Text,
        (3, _, AMOUNT) => Stored::Double,
        (3, _, AGE) => Stored::Single,
        (_, stored, _) => stored,
    };
    let name = "t 'é' -- \"x\"";
    let name = if dialect == Dialect::Spark { "t_e" } else { name };
    let stored_town = |column: usize| match (kind, TOWNS_TYPED[column], column) {
        (0 | 1, _, _) => Stored::Text,
        (3, _, 2) => Stored::Single,
        (3, _, 3) => Stored::Double,
        (_, stored, _) => stored,
    };
    let name_of_towns = match (case % 5, dialect) {
        // As a step of the statements: ClickHouse takes it for that one, and says that it does not have these columns.
        (0, Dialect::Duckdb | Dialect::Spark) => "vals",
        (_, Dialect::Spark) => "villes_e",
        (_, Dialect::Postgresql | Dialect::Duckdb | Dialect::Clickhouse) => "villes 'é' -- \"x\" \\",
    };
    let own = Loaded::new(dialect, name, &HOSTILE, &stored, &rows);
    let other = Loaded::new(dialect, name_of_towns, &TOWNS, &stored_town, &towns);
    let table = Table { looked_in: BTreeMap::from([(1, other.table)]), ..own.table };
    let engine = Engine::new(".").inline(0, csv(&HOSTILE, &rows)).inline(1, csv(&TOWNS, &towns));
    let queries: Vec<CubeQuery> = (0..4).map(|_| query(&mut luck)).collect();
    let scripts: Vec<_> = queries
        .iter()
        .map(|query| {
            script(Ask { query, catalog: world.catalog(), table: &table, dialect, notes: None }).expect("a script")
        })
        .collect();
    let statements: Vec<&str> =
        scripts.iter().flat_map(|script| &script.statements).map(|statement| statement.sql.as_str()).collect();
    let answer = elsewhere.ask(&json!({
        "engine": dialect.name(), "tables": [own.sent, other.sent], "statements": statements,
    }));
    if let Some(absent) = answer["absent"].as_str() {
        eprintln!("NOT CHECKED: {} ({absent})", dialect.name());
        return false;
    }
    assert!(
        answer["wrong"].is_null(),
        "{} case {case}: {}",
        dialect.name(),
        answer["wrong"].as_str().unwrap_or_default()
    );
    let mut results = answer["results"].as_array().expect("results").iter();
    for (number, (query, script)) in queries.iter().zip(&scripts).enumerate() {
        let own: Vec<Option<Vec<Row>>> = script
            .statements
            .iter()
            .map(|_| {
                let rows = results.next().and_then(Value::as_array).expect("the rows of a statement");
                let text = |value: &Value| match value {
                    Value::Null => None,
                    Value::String(text) => Some(text.clone()),
                    other => Some(other.to_string()),
                };
                let row = |row: &Value| row.as_array().expect("a row").iter().map(text).collect();
                Some(rows.iter().map(row).collect())
            })
            .collect();
        let ours = engine.cube(query, world.catalog());
        let shown = |_| "elsewhere".to_string();
        let theirs = cube(query, world.catalog(), script, &own, &shown).expect("rows as described");
        assert_alike(&format!("{} case {case}.{number}", dialect.name()), query, &ours, &theirs);
    }
    true
}

/// Numbers of columns that a statement may have.
#[test]
fn scripts_are_of_every_dialect() {
    let world = world(true);
    let mut luck = Luck(7);
    let mut seen: BTreeMap<Dialect, usize> = BTreeMap::new();
    for dialect in Dialect::ALL {
        for _ in 0..50 {
            let query = query(&mut luck);
            let table = Table::declared(world.catalog(), true);
            let script = script(Ask { query: &query, catalog: world.catalog(), table: &table, dialect, notes: None });
            *seen.entry(dialect).or_default() += script.expect("a script").statements.len();
        }
    }
    assert!(seen.values().all(|statements| *statements > 100));
}
