//! What answers for a table of PostgreSQL where its client is not built in: the reason, and how to get one.

use jauge::plan::{Catalog, Cells, Cube, CubeQuery, CubeSource};
use jauge::problem::{Problem, TableProblem};
use jauge::program::table_address;

/// Answers every query with the problem that there is no client.
#[derive(Debug, Clone, Copy, Default)]
pub struct Absent;

impl CubeSource for Absent {
    fn cube(&self, query: &CubeQuery, catalog: Catalog<'_>) -> Cube {
        let fact = match catalog.source.path.as_deref().and_then(table_address) {
            Some(Ok(address)) => TableProblem::NoClient { table: address.table.join(".") },
            Some(Err(fact)) => fact,
            None => TableProblem::NoClient { table: catalog.source.name.clone() },
        };
        Cube {
            sets: query.sets.iter().map(|_| Cells::new()).collect(),
            problems: vec![Problem::new(fact, catalog.source.definition)],
            unreadable: true,
            ..Cube::default()
        }
    }
}
