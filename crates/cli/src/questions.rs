//! What is asked of another engine: for each query of a plan its table and its script. `jauge sql` writes them down, `jauge eval
//! --answers` needs the same ones to read the answers.

use jauge::plan::{Catalog, CubeQuery, QueryNotes};
use jauge::program::model::{DataSource, Program};
use jauge_sql::{Ask, Dialect, Refused, Script, Table, fingerprint, script};

/// How questions are put.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// For whom.
    pub dialect: Dialect,
    /// Every column of the tables holds texts.
    pub text_columns: bool,
}

/// The questions to one source.
pub struct Questions {
    /// The statements, with remarks where notes were given.
    pub script: Script,
    /// What they mean, in short.
    pub fingerprint: String,
}

/// What a query asks of its source.
pub fn questions(
    program: &Program,
    query: &CubeQuery,
    source: &DataSource,
    manner: Manner,
    notes: Option<&QueryNotes>,
) -> Result<Questions, Refused> {
    let catalog =
        Catalog { source, sources: &program.sources, dimensions: &program.dimensions, calendars: &program.calendars };
    let table = Table::declared(catalog, manner.text_columns);
    let ask = Ask { query, catalog, table: &table, dialect: manner.dialect, notes };
    Ok(Questions { script: script(ask)?, fingerprint: fingerprint(program, ask)? })
}
