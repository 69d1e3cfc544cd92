//! `jauge schema`: the shape of `eval --format json`, or of `eval --partial`, as a JSON Schema.

use super::End;
use crate::results;
use crate::terminal::{Stop, Terminal};

/// Prints the schema.
pub fn run(partial: bool, terminal: &Terminal) -> Result<End, Stop> {
    match partial {
        true => terminal.out(jauge_partial::SCHEMA)?,
        false => terminal.out(&results::schema())?,
    }
    Ok(End::Fine)
}
