//! One file per command: each is given what was typed and says how the run ends.

pub mod check;
pub mod completions;
pub mod eval;
pub mod explain;
pub mod fmt;
pub mod merge;
pub mod new;
pub mod partial;
pub mod plan;
pub mod schema;
pub mod sql;
pub mod test;
pub mod why;

/// How a run ends, where it was not stopped by wrong use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Exit 0.
    Fine,
    /// Exit 1.
    Problems,
    /// Exit 2, the reason having been said.
    Misuse,
}
