//! A code list in a CSV file to its header and rows, with the same reader as data.

use std::path::Path;

use jauge::problem::{DataPlace, DataProblem, FileProblem, Place, Problem};
use jauge::program::model::Format;

use crate::bytes::Bytes;
use crate::feed::Stop;
use crate::filled::Filled;
use crate::header::{Headers, not_utf8};
use crate::limits;
use crate::open::{self, Opened};
use crate::split::{Buffers, Layout, rows};
use crate::text::trim;

/// A code list.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The headers.
    pub header: Vec<String>,
    /// The rows, each as wide as the header.
    pub rows: Vec<Vec<String>>,
    /// What is worth knowing about the file, which was read all the same.
    pub remarks: Vec<Problem>,
}

/// Reads a whole CSV file below `root`: cells without blanks around, every row as wide as the header. The first row that
/// does not fit is the problem.
pub fn read_table(root: &Path, path: &str, format: &Format) -> Result<Table, Box<Problem>> {
    table(path, format, open::feed(root, path, format, limits::CHUNK))
}

/// The same for bytes that are read as the file of this name would be.
pub fn read_table_of(path: &str, bytes: impl Into<Vec<u8>>, format: &Format) -> Result<Table, Box<Problem>> {
    let bytes = Bytes::of_memory(&bytes.into().into());
    table(path, format, open::feed_of(bytes, path, format, limits::CHUNK))
}

fn table(path: &str, format: &Format, opened: Result<Opened, Stop>) -> Result<Table, Box<Problem>> {
    let whole = |fact| Box::new(Problem::at(fact, Place::Path(path.to_string())));
    let place = |stop: Stop| {
        if stop.line == 0 {
            return whole(*stop.fact);
        }
        let at = DataPlace {
            path: path.to_string(),
            sheet: String::new(),
            line: stop.line,
            column: stop.column,
            header: String::new(),
            text: stop.text,
        };
        Box::new(Problem::at(*stop.fact, Place::Data(at)))
    };
    let Opened { mut feed, place: file, remarks } = opened.map_err(place)?;
    let headers = Headers::read(&mut feed, format.separator, format.header_rows, &[]).map_err(place)?;
    let width = headers.names.len();
    let layout = Layout {
        separator: feed.separator,
        newline: feed.newline,
        cells: width,
        least: headers.names.iter().rposition(|name| !name.is_empty()).map_or(0, |at| at + 1),
        wanted: (0..width).map(|at| at as u32).collect(),
        places: width,
        of_needed: Vec::new(),
        named: Vec::new(),
        beside: feed.is_sheet,
    };
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut buffers = Buffers::default();
    let mut wrong: Option<Stop> = None;
    while let Some(chunk) = feed.next(Filled::default()).map_err(place)? {
        let text = std::str::from_utf8(&chunk.bytes)
            .map_err(|error| place(not_utf8(&feed, &chunk.bytes, error.valid_up_to(), chunk.first_line)))?;
        rows(text, chunk.has_quotes, chunk.first_line, &layout, &mut buffers, |row| {
            if wrong.is_some() {
                return;
            }
            if all.len() >= limits::TABLE_ROWS || all.len().saturating_mul(width) >= limits::TABLE_CELLS {
                wrong = Some(Stop::line(FileProblem::CodeListTooLong { path: path.to_string() }, row.line));
            } else if row.after_quote {
                wrong = Some(Stop::line(DataProblem::TextAfterQuote, row.line));
            } else if !row.fits {
                wrong = Some(Stop::line(DataProblem::WrongCellCount { found: row.count, wanted: width }, row.line));
            } else {
                all.push((0..width).map(|at| trim(row.text(at)).to_string()).collect());
            }
        });
        if let Some(wrong) = wrong.take() {
            return Err(place(wrong));
        }
    }
    Ok(Table { header: headers.names, rows: all, remarks: remarks.problems(&file, headers.line) })
}
