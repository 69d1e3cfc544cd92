//! Figures to text: a table for people, CSV for spreadsheets. JSON is in `results`, since it has a schema.

pub mod audit;
mod csv;
mod table;

pub use csv::{Dialect, csv};
pub use table::table;
