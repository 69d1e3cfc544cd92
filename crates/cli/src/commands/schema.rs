//! `jauge schema`: the shape of `eval --format json`, as a JSON Schema.

use super::End;
use crate::results;
use crate::terminal::{Stop, Terminal};

/// Prints the schema.
pub fn run(terminal: &Terminal) -> Result<End, Stop> {
    terminal.out(&results::schema())?;
    Ok(End::Fine)
}
