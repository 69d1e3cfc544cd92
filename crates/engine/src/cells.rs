//! The XML of a sheet to its page, cell by cell: a sheet of any length needs no memory of its own. Notes which rows are hidden,
//! and tells a formula whose result is not stored from an empty cell.

use std::io::{self, Read};

use calamine::{CellErrorType, ExcelDateTime, ExcelDateTimeType};

use crate::limits;
use crate::page::{Gone, Page};
use crate::xlsx::{Shown, Texts, rich_text, unescape};
use crate::xml::{Attributes, Token, Xml, resolve, wrong};

/// What the cells of a sheet need of their workbook.
pub(crate) struct Around<'a> {
    pub(crate) shown: &'a [Shown],
    pub(crate) texts: &'a Texts,
    pub(crate) from_1904: bool,
}

/// Rows with cells that are hidden: runs of them, from 1, and whether a filter hides them.
#[derive(Debug, Default)]
pub(crate) struct HiddenRows {
    pub(crate) runs: Vec<(u64, u64)>,
    /// Rows after the last run that is kept.
    pub(crate) more: u64,
    pub(crate) by_filter: bool,
    last: u64,
}

impl HiddenRows {
    pub(crate) fn add(&mut self, row: u64) {
        // Once for each cell of the row.
        if std::mem::replace(&mut self.last, row) == row {
            return;
        }
        let full = self.runs.len() >= limits::HIDDEN_RUNS;
        match self.runs.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            Some(_) if full => self.more += 1,
            Some(_) | None => self.runs.push((row, row)),
        }
    }
}

/// Why a sheet is not read to its end.
pub(crate) enum Ended {
    /// Nobody reads any more.
    Reader,
    /// It is damaged.
    Broken(io::Error),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Ended {
        Ended::Broken(error)
    }
}

impl From<Gone> for Ended {
    fn from(gone: Gone) -> Ended {
        match gone {
            Gone::Reader => Ended::Reader,
            Gone::Outside => Ended::Broken(wrong("a cell lies outside of any sheet")),
            Gone::Order => Ended::Broken(wrong("the cells of the sheet are out of order")),
        }
    }
}

/// The type of a cell, its attribute `t`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Number,
    /// Not said: a number, or else a text.
    Open,
    Shared,
    Text,
    Inline,
    Truth,
    Error,
    Date,
}

/// Buffers of a cell.
#[derive(Default)]
struct Cell {
    value: Vec<u8>,
    has_value: bool,
    text: String,
    has_text: bool,
    formula: Option<String>,
}

/// Writes all cells of a sheet.
pub(crate) fn cells(xml: &mut Xml<impl Read>, around: &Around<'_>, page: &mut Page<'_>) -> Result<HiddenRows, Ended> {
    let mut hidden = HiddenRows::default();
    if !start(xml, &mut hidden)? {
        return Ok(hidden);
    }
    let (mut row, mut column, mut row_is_hidden) = (0u32, 0u32, false);
    let mut cell = Cell::default();
    loop {
        match xml.next()? {
            Token::Open { name: b"row", attributes, empty } => {
                let (number, is_hidden) = row_of(attributes)?;
                row = number.unwrap_or(row);
                (column, row_is_hidden) = (0, is_hidden);
                if empty {
                    row = row.saturating_add(1);
                }
            }
            Token::Close { name: b"row" } => row = row.saturating_add(1),
            Token::Open { name: b"c", attributes, empty } => {
                let (place, style, of) = cell_of(attributes)?;
                let at = place.unwrap_or((row, column));
                column = at.1.saturating_add(1);
                if empty {
                    continue;
                }
                read(xml, of, &mut cell)?;
                if !cell.has_value && !cell.has_text && cell.formula.is_none() {
                    continue;
                }
                page.move_to(at.0, at.1)?;
                write(&cell, of, around.shown.get(style).copied().unwrap_or(Shown::Number), around, page)?;
                if row_is_hidden {
                    hidden.add(u64::from(at.0) + 1);
                }
            }
            Token::Close { name: b"sheetData" } => return Ok(hidden),
            Token::End => return Err(wrong("XML that does not end").into()),
            Token::Open { .. } | Token::Close { .. } | Token::Text(_) | Token::Literal(_) => {}
        }
    }
}

/// Leaves behind what stands before the rows; false where there are none.
fn start(xml: &mut Xml<impl Read>, hidden: &mut HiddenRows) -> io::Result<bool> {
    loop {
        match xml.next()? {
            Token::Open { name: b"sheetPr", attributes, .. } => {
                hidden.by_filter = attributes.get(b"filterMode")?.is_some_and(|value| is_true(value.as_bytes()));
            }
            Token::Open { name: b"sheetData", empty, .. } => return Ok(!empty),
            Token::End => return Err(wrong("no rows in the part of the sheet")),
            Token::Open { .. } | Token::Close { .. } | Token::Text(_) | Token::Literal(_) => {}
        }
    }
}

fn is_true(value: &[u8]) -> bool {
    matches!(value, b"1" | b"true")
}

/// The number of a row, from 0, where it is said, and whether it is hidden.
fn row_of(attributes: Attributes<'_>) -> io::Result<(Option<u32>, bool)> {
    let (mut number, mut hidden) = (None, false);
    for (name, value) in attributes {
        match name {
            b"r" => {
                let row = digits(value).and_then(|row| row.checked_sub(1));
                number = Some(row.ok_or_else(|| wrong("a row without a number"))?);
            }
            b"hidden" => hidden = is_true(value),
            _ => {}
        }
    }
    Ok((number, hidden))
}

fn digits(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u32, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

type Place = Option<(u32, u32)>;

/// The place of a cell where it is said, its style, its type.
fn cell_of(attributes: Attributes<'_>) -> io::Result<(Place, usize, Type)> {
    let (mut place, mut style, mut of) = (None, 0, Type::Open);
    for (name, value) in attributes {
        match name {
            b"r" => place = Some(address(value).ok_or_else(|| wrong("a cell without an address"))?),
            b"s" => style = digits(value).and_then(|style| usize::try_from(style).ok()).unwrap_or(usize::MAX),
            b"t" => {
                of = match value {
                    b"n" => Type::Number,
                    b"s" => Type::Shared,
                    b"str" => Type::Text,
                    b"inlineStr" | b"is" => Type::Inline,
                    b"b" => Type::Truth,
                    b"e" => Type::Error,
                    b"d" => Type::Date,
                    _ => return Err(wrong("a cell of an unknown type")),
                }
            }
            _ => {}
        }
    }
    Ok((place, style, of))
}

/// `AB12` as row and column, from 0.
fn address(text: &[u8]) -> Place {
    let letters = text.iter().position(|byte| !byte.is_ascii_alphabetic())?;
    let (letters, number) = text.split_at(letters);
    if letters.is_empty() {
        return None;
    }
    let column = letters.iter().try_fold(0u32, |column, letter| {
        let letter = u32::from(letter.to_ascii_uppercase() - b'A');
        column.checked_mul(26)?.checked_add(letter)?.checked_add(1)
    })?;
    Some((digits(number)?.checked_sub(1)?, column - 1))
}

/// Reads what stands inside of a cell.
fn read(xml: &mut Xml<impl Read>, of: Type, cell: &mut Cell) -> io::Result<()> {
    cell.value.clear();
    cell.text.clear();
    (cell.has_value, cell.has_text, cell.formula) = (false, false, None);
    loop {
        match xml.next()? {
            Token::Open { name: b"v", empty, .. } => {
                match empty {
                    false => value(xml, of, cell)?,
                    // The result of a formula may be an empty text.
                    true => cell.has_text |= of == Type::Text,
                }
            }
            Token::Open { name: b"is", empty: false, .. } => {
                rich_text(xml, &mut cell.text)?;
                cell.has_text = true;
            }
            Token::Open { name: b"f", empty, .. } => {
                let mut formula = String::new();
                if !empty {
                    xml.text(&mut formula)?;
                }
                cell.formula = Some(formula);
            }
            Token::Open { empty: false, .. } => xml.skip()?,
            Token::Close { .. } => return Ok(()),
            Token::Open { .. } | Token::Text(_) | Token::Literal(_) => {}
            Token::End => return Err(wrong("XML that does not end")),
        }
    }
}

/// Reads a value: bytes as they are, or a text.
fn value(xml: &mut Xml<impl Read>, of: Type, cell: &mut Cell) -> io::Result<()> {
    if matches!(of, Type::Text | Type::Date) {
        xml.text(&mut cell.text)?;
        unescape(&mut cell.text, 0);
        cell.has_text = true;
        return Ok(());
    }
    loop {
        match xml.next()? {
            Token::Text(text) | Token::Literal(text) => {
                cell.value.extend_from_slice(text);
                cell.has_value |= !text.is_empty();
            }
            Token::Close { .. } => return Ok(()),
            Token::Open { .. } => return Err(wrong("a value that is no text")),
            Token::End => return Err(wrong("XML that does not end")),
        }
    }
}

/// Writes what was read of a cell.
fn write(cell: &Cell, of: Type, shown: Shown, around: &Around<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let value = cell.value.trim_ascii();
    match of {
        Type::Inline if cell.has_text => page.text(&cell.text),
        Type::Text if cell.has_text => page.text(&cell.text),
        Type::Date if cell.has_text => page.iso(&cell.text),
        _ if value.is_empty() => {
            if let Some(formula) = &cell.formula {
                page.no_result(formula);
            }
        }
        Type::Shared => {
            let text = digits(value).and_then(|at| around.texts.get(usize::try_from(at).ok()?));
            page.written(text.ok_or_else(|| wrong("a text that is not there"))?);
        }
        Type::Truth => match value {
            b"0" | b"false" | b"FALSE" => page.truth(false),
            b"1" | b"true" | b"TRUE" => page.truth(true),
            _ => return Err(wrong("a truth value that is none")),
        },
        Type::Error => {
            let text = std::str::from_utf8(value).ok().and_then(|text| text.parse::<CellErrorType>().ok());
            page.error(&text.ok_or_else(|| wrong("an unknown error in a cell"))?);
        }
        Type::Number | Type::Open => number(value, of, shown, around, page)?,
        Type::Inline | Type::Text | Type::Date => {}
    }
    Ok(())
}

fn number(value: &[u8], of: Type, shown: Shown, around: &Around<'_>, page: &mut Page<'_>) -> io::Result<()> {
    if shown == Shown::Number && page.decimal(value) {
        return Ok(());
    }
    let number = std::str::from_utf8(value).ok().and_then(|text| text.parse::<f64>().ok()).filter(|n| n.is_finite());
    let Some(number) = number else {
        if of == Type::Number {
            return Err(wrong("a number that is none"));
        }
        let mut text = String::new();
        resolve(value, &mut text)?;
        page.text(&text);
        return Ok(());
    };
    match shown {
        Shown::Number => page.number(number, false),
        Shown::Percent => page.number(number, true),
        Shown::Date => page.date(&ExcelDateTime::new(number, ExcelDateTimeType::DateTime, around.from_1904)),
        Shown::Duration => page.date(&ExcelDateTime::new(number, ExcelDateTimeType::TimeDelta, around.from_1904)),
    }
    Ok(())
}
