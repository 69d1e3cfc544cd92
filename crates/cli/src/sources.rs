//! Who answers for a source: PostgreSQL where its file is the address of a table, the embedded engine for files.

use std::sync::Arc;

use jauge::plan::{Catalog, Cube, CubeQuery, CubeSource, Plan};
use jauge::program::model::Program;
use jauge::program::table_address;
use jauge::text::Lang;
use jauge_engine::Engine;

use crate::progress::Progress;

/// The answerers of a project.
pub struct Sources {
    files: Engine,
    #[cfg(feature = "postgres")]
    tables: jauge_sql::postgres::Postgres,
    #[cfg(not(feature = "postgres"))]
    tables: jauge_sql::Absent,
}

impl Sources {
    /// Files through `files`; tables with the indicators of `plan` named in what the server is asked.
    #[cfg(feature = "postgres")]
    pub fn new(files: Engine, program: &Program, plan: &Plan, lang: Lang, progress: &Arc<Progress>) -> Sources {
        let interrupt = jauge_sql::postgres::Interrupt::default();
        crate::interrupt::also(interrupt.clone());
        let in_tables =
            |source: usize| program.sources.get(source).is_some_and(|source| is_table(source.path.as_deref()));
        let notes = if plan.queries.iter().any(|query| in_tables(query.source)) {
            plan.notes(program, lang)
        } else {
            Vec::new()
        };
        let notes = plan.queries.iter().map(|query| query.source).zip(notes);
        let progress = Arc::clone(progress);
        let names: Vec<String> = program.sources.iter().map(|source| source.name.clone()).collect();
        let told = move |source: usize, rows: u64| {
            let name = names.get(source).map_or("", String::as_str);
            progress.read(crate::progress::Step { name, rows, bytes: 0, total: 0 });
        };
        let tables = jauge_sql::postgres::Postgres::new(interrupt).notes(notes).on_rows(Arc::new(told));
        Sources { files, tables }
    }

    /// Files through `files`; tables are not read by this program.
    #[cfg(not(feature = "postgres"))]
    pub fn new(files: Engine, _: &Program, _: &Plan, _: Lang, _: &Arc<Progress>) -> Sources {
        Sources { files, tables: jauge_sql::Absent }
    }
}

impl CubeSource for Sources {
    fn cube(&self, query: &CubeQuery, catalog: Catalog<'_>) -> Cube {
        if is_table(catalog.source.path.as_deref()) {
            self.tables.cube(query, catalog)
        } else {
            self.files.cube(query, catalog)
        }
    }
}

fn is_table(path: Option<&str>) -> bool {
    path.and_then(table_address).is_some()
}
