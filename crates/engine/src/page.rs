//! The cells of a sheet to records like those of a text file, see [`crate::sheet`]: the one place that knows how each kind of
//! value is written.

use calamine::{CellErrorType, ExcelDateTime};

use crate::limits;
use crate::pieces::{NoReader, PIECE, Pieces};
use crate::sheet::{CELL, ERROR, NO_RESULT, ROW, TYPED};

/// Why writing ends early.
pub(crate) enum Gone {
    /// Nobody reads any more.
    Reader,
    /// A cell comes after one that follows it.
    Order,
    /// A cell is where no sheet has any.
    Outside,
}

/// The records in the making.
pub(crate) struct Page<'a> {
    pieces: &'a Pieces,
    bytes: Vec<u8>,
    row: u32,
    column: u32,
    /// Something has been written since the row began.
    begun: bool,
}

impl<'a> Page<'a> {
    pub(crate) fn new(pieces: &'a Pieces) -> Self {
        Page { pieces, bytes: Vec::with_capacity(PIECE + (PIECE >> 2)), row: 0, column: 0, begun: false }
    }

    pub(crate) fn move_to(&mut self, row: u32, column: u32) -> Result<(), Gone> {
        if row >= limits::SHEET.0 || column >= limits::SHEET.1 {
            return Err(Gone::Outside);
        }
        if row < self.row || (row == self.row && self.begun && column <= self.column) {
            return Err(Gone::Order);
        }
        while self.row < row {
            self.bytes.push(ROW);
            self.row += 1;
            self.column = 0;
            self.begun = false;
            if self.bytes.len() >= PIECE {
                self.give()?;
            }
        }
        while self.column < column {
            self.bytes.push(CELL);
            self.column += 1;
        }
        self.begun = true;
        Ok(())
    }

    fn give(&mut self) -> Result<(), Gone> {
        let piece = std::mem::replace(&mut self.bytes, Vec::with_capacity(PIECE + (PIECE >> 2)));
        self.pieces.give(piece).map_err(|NoReader| Gone::Reader)
    }

    pub(crate) fn finish(mut self) {
        if self.begun {
            self.bytes.push(ROW);
        }
        let _ = self.give();
    }

    pub(crate) fn text(&mut self, text: &str) {
        write_text(text, &mut self.bytes);
    }

    /// A text that has been written by [`write_text`].
    pub(crate) fn written(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
    }

    fn typed(&mut self, text: &str) {
        self.bytes.push(TYPED as u8);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn truth(&mut self, truth: bool) {
        self.typed(if truth { "true" } else { "false" });
    }

    pub(crate) fn error(&mut self, error: &CellErrorType) {
        self.error_text(&error.to_string());
    }

    /// An error as the workbook shows it.
    pub(crate) fn error_text(&mut self, text: &str) {
        self.bytes.push(ERROR as u8);
        self.shown(text);
    }

    /// A formula whose result the workbook does not keep.
    pub(crate) fn no_result(&mut self, formula: &str) {
        self.bytes.extend_from_slice(NO_RESULT.as_bytes());
        self.shown(formula);
    }

    fn shown(&mut self, text: &str) {
        const SHOWN: usize = 80;
        let shown: String = text.chars().take(SHOWN).map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
        self.bytes.extend_from_slice(shown.as_bytes());
    }

    /// A number as the workbook writes it, where it is written as this page would.
    pub(crate) fn decimal(&mut self, number: &[u8]) -> bool {
        let is_plain = is_plain(number);
        if is_plain {
            self.bytes.push(TYPED as u8);
            self.bytes.extend_from_slice(number);
        }
        is_plain
    }

    /// ISO 8601; of a moment the day.
    pub(crate) fn iso(&mut self, text: &str) {
        let day = text.split_once('T').map_or(text, |(day, _)| day);
        self.typed(day);
    }

    /// The day of a moment, whatever the hour; a length of time is a number of days.
    pub(crate) fn date(&mut self, at: &ExcelDateTime) {
        if at.is_duration() {
            return self.number(at.as_f64(), false);
        }
        let (year, month, day, ..) = at.to_ymd_hms_milli();
        self.typed(&format!("{year:04}-{month:02}-{day:02}"));
    }

    /// A number as Excel shows it, to 15 digits: 0.1 + 0.2 is kept as 0.30000000000000004 and means 0.3.
    pub(crate) fn number(&mut self, number: f64, percent: bool) {
        use std::io::Write;
        /// Below it whole numbers are exact.
        const EXACT: f64 = 1e15;
        self.bytes.push(TYPED as u8);
        let shown = if percent { number * 100.0 } else { number };
        // Writing to memory does not fail.
        if shown.fract() == 0.0 && shown.abs() < EXACT {
            let _ = write!(self.bytes, "{}", shown as i64);
        } else {
            let start = self.bytes.len();
            let _ = write!(self.bytes, "{shown}");
            let digits = self.bytes.iter().skip(start).filter(|byte| byte.is_ascii_digit()).count();
            if digits > 15 {
                self.bytes.truncate(start);
                let rounded = format!("{shown:.14e}").parse().unwrap_or(shown);
                let _ = write!(self.bytes, "{rounded}");
            }
        }
        if percent {
            self.bytes.push(b'%');
        }
    }
}

/// `12`, `-0.5`: as [`Page::number`] would write it, so that nothing needs to be read and written again.
fn is_plain(number: &[u8]) -> bool {
    const DIGITS: usize = 15;
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    let (whole, fraction) = match memchr::memchr(b'.', digits) {
        Some(point) => (digits.get(..point).unwrap_or(&[]), digits.get(point + 1..).unwrap_or(&[])),
        None => (digits, &b"1"[..]),
    };
    let all_digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    all_digits(whole)
        && all_digits(fraction)
        && digits.len() <= DIGITS
        && (whole == b"0" || !whole.starts_with(b"0"))
        && !fraction.ends_with(b"0")
        && number != b"-0"
}

/// Quotes are written as in any text file, so that the same reader takes them away; what parts cells and rows is a blank.
pub(crate) fn write_text(text: &str, into: &mut Vec<u8>) {
    let hostile = text.bytes().any(|byte| (0x1c..=0x1f).contains(&byte));
    let quoted = text.contains('"');
    if !hostile && !quoted {
        into.extend_from_slice(text.as_bytes());
        return;
    }
    let clean = text.replace(['\u{1c}', '\u{1d}', '\u{1e}', '\u{1f}'], " ").replace('"', "\"\"");
    into.push(b'"');
    into.extend_from_slice(clean.as_bytes());
    into.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_written_as_they_would_be_read() {
        let (pieces, _stream) = crate::pieces::pieces(jauge::problem::DataProblem::UnclosedQuote);
        let mut page = Page::new(&pieces);
        for text in ["0", "1", "-1", "12.5", "-0.25", "0.001", "123456789012345", "99999999999999", "1234567.8901234"] {
            page.bytes.clear();
            page.number(text.parse().expect("a number"), false);
            assert_eq!(page.bytes.get(1..), Some(text.as_bytes()), "{text}");
            assert!(is_plain(text.as_bytes()), "{text}");
        }
        for text in
            ["-0", "00", "01", "1.", ".5", "1.50", "1e5", "", "-", "1,5", "1234567890123456", "+1", " 1", "0.", "1.2.3"]
        {
            assert!(!is_plain(text.as_bytes()), "{text}");
        }
    }
}
