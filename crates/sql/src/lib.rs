//! Cube queries as SQL: text in four dialects, result rows back to cubes, and (feature `postgres`) PostgreSQL as a source.
//!
//! ```text
//! CubeQuery, Catalog, Table ──script──▶ Script: statements and what their columns say ──run by anyone──▶ rows ──cube──▶ Cube
//! ```
//!
//! Every statement has one shape: the needed columns of the table become small codes, bits and values in a few steps; the
//! rows are grouped once; the cells are added up from the groups. What SQL cannot say with exactly the figures of the embedded
//! engine is refused ([`Refused`]); a cell that SQL cannot read as the engine does is told, never taken for something else.

mod absent;
mod answer;
mod answers;
mod chain;
mod column;
mod dialect;
mod document;
mod list;
mod looked;
mod number;
mod period;
#[cfg(feature = "postgres")]
pub mod postgres;
mod quote;
mod refuse;
mod script;
mod statement;
mod table;
mod test;
mod told;
mod verify;

pub use absent::Absent;
pub use answer::{NotAsDescribed, Row, cube};
pub use answers::{Answers, MEGABYTES, SourceAnswers, problem_of_rows, read_answers};
pub use dialect::Dialect;
pub use document::{
    Codes, ColumnDocument, Document, GroupingDocument, KeyDocument, LaneDocument, LookedInDocument, SourceDocument,
    VERSION, fingerprint, source_document, text,
};
pub use refuse::{NotInSql, Refused, problem_of};
pub use script::{Ask, ResultColumn, Role, Says, Script, Statement, script};
pub use table::{Stored, StoredColumn, Table};
pub use verify::SHOWN;
