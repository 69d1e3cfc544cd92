//! Partial cubes: what a place that may not share its rows can share, so that figures over several places are those that all rows
//! in one place would give.
//!
//! ```text
//! Plan ──questions──▶ Question ──scan──▶ Cube ──Partial::new──▶ Partial ──write──▶ text, shipped
//! texts ──read──▶ Partials ──merge──▶ Partial ──cubes──▶ Cubes ──evaluate──▶ Outcome
//! ```
//!
//! A merge is right or refused: what does not add (distinct persons, first and last values) is asked for in a form that does, what
//! may stand in one place only is compared, and definitions are checked by their meaning. Nothing here reads a file, knows the
//! clock or the environment.

mod codes;
mod cubes;
mod digest;
mod expressions;
mod guard;
mod meaning;
mod partial;
mod question;
mod read;
mod write;

pub use cubes::{NotMerged, merge as merge_cubes};
pub use digest::MergeKey;
pub use guard::refusals;
pub use partial::{Identified, Part, Partial, Writer, has_errors, merge};
pub use question::{Question, questions};
pub use read::{limits, read};
pub use write::VERSION;

/// The JSON Schema of a partial.
pub const SCHEMA: &str = include_str!("../../../docs/schema/partial.schema.json");
