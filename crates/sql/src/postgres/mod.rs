//! PostgreSQL as a source: the statements of [`crate::script`] are run in the server, in one read-only transaction that sees
//! one state of the table, and only cells travel.

mod connect;
mod inspect;
mod login;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jauge::plan::{Catalog, Cells, Cube, CubeQuery, CubeSource, QueryNotes};
use jauge::problem::{LookupProblem, NotReached, Place, Problem, Stopped, TablePlace, TableProblem};
use jauge::program::model::DataSource;
use jauge::program::{TableAddress, table_address};
use postgres::{CancelToken, Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::answer::Row;
use crate::dialect::Dialect;
use crate::script::{Ask, Role, Says, Script, script};
use crate::table::Table;
use crate::{answer, problem_of};
use connect::{connect, stopped};
use inspect::{inspect, rows};
use login::{Environment, Login, login};

/// Answers cube queries of sources whose file is the address of a table.
#[derive(Default)]
pub struct Postgres {
    notes: BTreeMap<usize, QueryNotes>,
    interrupt: Interrupt,
    rows: Option<OnRows>,
}

type OnRows = Arc<dyn Fn(usize, u64) + Send + Sync>;

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}

/// A statement that runs, and how its server is reached to stop it.
type Running = (CancelToken, Option<MakeRustlsConnect>);

/// Stops what runs in the server.
#[derive(Clone, Default)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    running: Arc<Mutex<Option<Running>>>,
}

impl Interrupt {
    /// Asks the server to stop the statement that runs, and starts no other one.
    pub fn stop(&self) {
        self.asked.store(true, Ordering::Release);
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // A server that cannot be reached any more has stopped already, or stops when it misses us.
        let _ = match running {
            Some((token, Some(tls))) => token.cancel_query(tls),
            Some((token, None)) => token.cancel_query(NoTls),
            None => Ok(()),
        };
    }

    /// It was asked for.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }
}

impl Postgres {
    /// An answerer that can be interrupted.
    pub fn new(interrupt: Interrupt) -> Postgres {
        Postgres { interrupt, ..Postgres::default() }
    }

    /// Names the indicators in the remarks of the statements, and in refusals: by the source's place in the program.
    pub fn notes(mut self, notes: impl IntoIterator<Item = (usize, QueryNotes)>) -> Postgres {
        self.notes.extend(notes);
        self
    }

    /// Calls `told` with the source and its rows once they are known.
    pub fn on_rows(mut self, told: Arc<dyn Fn(usize, u64) + Send + Sync>) -> Postgres {
        self.rows = Some(told);
        self
    }

    /// The script that would answer a query, over the table as it is.
    pub fn script(&self, query: &CubeQuery, catalog: Catalog<'_>) -> Result<Script, Vec<Problem>> {
        let address = self.address(catalog)?;
        let (mut client, _, login) = open(&address, catalog)?;
        let (table, _) = tables(&mut client, &address, query, catalog, &login.user)?;
        self.made(query, catalog, &table)
    }

    fn address(&self, catalog: Catalog<'_>) -> Result<TableAddress, Vec<Problem>> {
        address_of(catalog.source).unwrap_or(Err(Vec::new()))
    }

    fn made(&self, query: &CubeQuery, catalog: Catalog<'_>, table: &Table) -> Result<Script, Vec<Problem>> {
        let notes = self.notes.get(&query.source);
        let ask = Ask { query, catalog, table, dialect: Dialect::Postgresql, notes };
        script(ask).map_err(|refused| vec![problem_of(&refused, catalog.source, notes)])
    }

    fn answer(&self, query: &CubeQuery, catalog: Catalog<'_>) -> Result<Cube, Vec<Problem>> {
        let address = self.address(catalog)?;
        let shown = address.shown();
        let whole = || {
            Place::Table(TablePlace {
                table: shown.clone(),
                column: String::new(),
                text: String::new(),
                rows: 0,
                key: String::new(),
            })
        };
        let failed = |fact: TableProblem| vec![Problem::at(fact, whole())];
        if self.interrupt.is_asked() {
            return Err(failed(TableProblem::Stopped { why: Stopped::Cancelled, said: String::new() }));
        }
        let (mut client, tls, login) = open(&address, catalog)?;
        *self.interrupt.running.lock().unwrap_or_else(PoisonError::into_inner) = Some((client.cancel_token(), tls));
        let of_server = |error: &postgres::Error| failed(stopped(error));
        for setting in SETTINGS {
            client.batch_execute(setting).map_err(|error| of_server(&error))?;
        }
        // Only newer servers notice at once that we are gone.
        let _ = client.batch_execute("SET client_connection_check_interval = '2s'");
        client
            .batch_execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .map_err(|error| of_server(&error))?;
        let (table, problems) = tables(&mut client, &address, query, catalog, &login.user)?;
        let script = self.made(query, catalog, &table)?;
        let mut results: Vec<Option<Vec<Row>>> = vec![None; script.statements.len()];
        let mut empty: Vec<String> = Vec::new();
        for (statement, slot) in script.statements.iter().zip(&mut results) {
            if self.interrupt.is_asked() {
                return Err(failed(TableProblem::Stopped { why: Stopped::Cancelled, said: String::new() }));
            }
            if statement.only_if.as_ref().is_some_and(|column| empty.contains(column)) {
                continue;
            }
            let found = rows(&mut client, &statement.sql).map_err(|error| of_server(&error))?;
            if statement.role == Role::Overview
                && let Some(row) = found.first()
            {
                for (column, text) in statement.columns.iter().zip(row) {
                    if text.as_deref().is_none_or(|text| text == "0") {
                        empty.push(column.name.clone());
                    }
                    if let (Says::Rows { filter: None }, Some(told), Some(rows)) =
                        (column.says, &self.rows, answer::count(text))
                    {
                        told(statement.looked_in.unwrap_or(query.source), rows);
                    }
                }
            }
            *slot = Some(found);
        }
        *self.interrupt.running.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let shown = |source: usize| match catalog.sources.get(source).and_then(address_of) {
            Some(Ok(address)) => address.shown(),
            Some(Err(_)) | None => shown.clone(),
        };
        let mut cube = crate::cube(query, catalog, &script, &results, &shown).map_err(|wrong| {
            let said = format!("{}: {:?}", wrong.column.unwrap_or_default(), wrong.found);
            failed(TableProblem::Stopped { why: Stopped::Failed, said })
        })?;
        cube.problems.splice(0..0, problems);
        Ok(cube)
    }
}

/// The address of a source; `None` where it is a file.
fn address_of(source: &DataSource) -> Option<Result<TableAddress, Vec<Problem>>> {
    let read = table_address(source.path.as_deref()?)?;
    Some(read.map_err(|fact| vec![Problem::new(fact, source.definition)]))
}

/// The table of a source and those in which the query looks up, and what is wrong with their columns.
fn tables(
    client: &mut Client,
    own: &TableAddress,
    query: &CubeQuery,
    catalog: Catalog<'_>,
    user: &str,
) -> Result<(Table, Vec<Problem>), Vec<Problem>> {
    let mut needed = query.columns();
    needed.extend(query.look_ups(catalog.source).into_iter().map(|(_, look_up)| look_up.by));
    let (mut table, mut problems) = inspect(client, own, catalog, &needed, user)?;
    for (other, query) in query.looked_in(catalog.source) {
        let Some(source) = catalog.sources.get(other) else { continue };
        let Some(address) = address_of(source).transpose()?.filter(|address| own.is_beside(address)) else {
            let fact = LookupProblem::Apart { one: catalog.source.name.clone(), other: source.name.clone() };
            return Err(vec![Problem::new(fact, catalog.source.definition).also(source.definition)]);
        };
        let (other_table, wrong) = inspect(client, &address, Catalog { source, ..catalog }, &query.columns(), user)?;
        table.looked_in.insert(other, other_table);
        problems.extend(wrong);
    }
    Ok((table, problems))
}

/// What the statements take for granted.
const SETTINGS: [&str; 5] = [
    "SET datestyle = 'ISO, YMD'",
    "SET extra_float_digits = 1",
    "SET standard_conforming_strings = on",
    // Compiling hundreds of short conditions takes longer than running them.
    "SET jit = off",
    // Grouping in memory is many times faster than sorting; what does not fit is spilled.
    "SET work_mem = '64MB'",
];

/// The connection of an address.
fn open(
    address: &TableAddress,
    catalog: Catalog<'_>,
) -> Result<(Client, Option<MakeRustlsConnect>, Login), Vec<Problem>> {
    let environment = Environment {
        variable: &|name| std::env::var(name).ok(),
        file: &|path: &Path| std::fs::read_to_string(path).ok(),
    };
    let at_source = |fact: TableProblem| vec![Problem::new(fact, catalog.source.definition)];
    let login = login(address, &environment).map_err(|none| {
        at_source(TableProblem::NotReached { server: none.0.clone(), why: NotReached::Service, said: none.0 })
    })?;
    let (client, tls) = connect(&login).map_err(at_source)?;
    Ok((client, tls, login))
}

impl CubeSource for Postgres {
    fn cube(&self, query: &CubeQuery, catalog: Catalog<'_>) -> Cube {
        self.answer(query, catalog).unwrap_or_else(|problems| Cube {
            sets: query.sets.iter().map(|_| Cells::new()).collect(),
            problems,
            unreadable: true,
            ..Cube::default()
        })
    }
}
