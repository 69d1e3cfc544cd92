//! Jauge: a small declarative language for the indicators of a public strategy.
//!
//! ```text
//! text ──parse──▶ Parsed ──check──▶ Program ──plan──▶ Plan ──scan──▶ Cubes ──evaluate──▶ Outcome
//! ```
//!
//! Every arrow is a function that returns what it made and what it found wrong. None prints, reads a file, knows the
//! clock or the environment; only the scan touches data, and it is answered by another crate (`jauge-engine`) or by
//! whatever implements [`plan::CubeSource`].

pub mod evaluate;
pub mod format;
pub mod outcome;
pub mod plan;
pub mod problem;
pub mod program;
pub mod syntax;
pub mod text;
pub mod types;
