//! An `.ods` to its sheets and their pages: a row at a time, so that neither length nor what repeats needs memory.
//!
//! Read by ourselves and not by `calamine`, which keeps the whole sheet, repeats written out, and says neither which rows are
//! hidden nor which numbers are shown in per cent.

use std::io::{self, BufReader, Read};

use zip::ZipArchive;

use crate::bytes::Bytes;
use crate::cells::{Ended, HiddenRows};
use crate::limits;
use crate::page::Page;
use crate::xml::{Attributes, Token, Xml, wrong};

type Archive = ZipArchive<BufReader<Bytes>>;

/// A sheet.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) hidden: bool,
}

/// An opened workbook.
pub(crate) struct Workbook {
    archive: Archive,
    pub(crate) sheets: Vec<Sheet>,
}

/// Why a workbook is not opened.
pub(crate) enum Closed {
    Locked,
    Broken(io::Error),
}

impl From<io::Error> for Closed {
    fn from(error: io::Error) -> Closed {
        Closed::Broken(error)
    }
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    /// Nothing, or the text of its paragraphs.
    #[default]
    Text,
    Number,
    Percent,
    Truth,
    /// A day, or a length of time.
    Time,
    Error,
    /// A formula without its result.
    NoResult,
}

/// A cell, and how often it stands there.
#[derive(Debug, Default)]
struct Cell {
    kind: Kind,
    text: String,
    times: u32,
}

impl Workbook {
    /// Reads which sheets there are.
    pub(crate) fn new(file: BufReader<Bytes>) -> Result<Workbook, Closed> {
        let mut archive = ZipArchive::new(file).map_err(io::Error::from)?;
        if is_locked(&mut archive)? {
            return Err(Closed::Locked);
        }
        let mut xml =
            part(&mut archive, "content.xml")?.ok_or_else(|| wrong("the part of the content is not there"))?;
        let sheets = sheets(&mut xml)?;
        drop(xml);
        Ok(Workbook { archive, sheets })
    }

    /// Writes all cells of a sheet, by its place.
    pub(crate) fn cells(&mut self, sheet: usize, page: &mut Page<'_>) -> Result<HiddenRows, Ended> {
        let xml = part(&mut self.archive, "content.xml")?;
        let mut xml = xml.ok_or_else(|| wrong("the part of the content is not there"))?;
        let mut before = 0;
        loop {
            match xml.next()? {
                Token::Open { name: b"table", empty, .. } => {
                    if before == sheet {
                        return if empty { Ok(HiddenRows::default()) } else { rows(&mut xml, page) };
                    }
                    before += 1;
                    if !empty {
                        xml.skip()?;
                    }
                }
                Token::End => return Err(wrong("a sheet that is not there").into()),
                Token::Open { .. } | Token::Close { .. } | Token::Text(_) | Token::Literal(_) => {}
            }
        }
    }
}

fn part<'a>(archive: &'a mut Archive, path: &str) -> io::Result<Option<Xml<impl Read + use<'a>>>> {
    let Some(at) = archive.index_for_name(path) else { return Ok(None) };
    Ok(Some(Xml::new(archive.by_index(at)?)))
}

/// The list of parts says which are encrypted.
fn is_locked(archive: &mut Archive) -> io::Result<bool> {
    let Some(mut xml) = part(archive, "META-INF/manifest.xml")? else { return Ok(false) };
    loop {
        match xml.next() {
            Ok(Token::Open { name: b"encryption-data", .. }) => return Ok(true),
            // Of a list with a document type no more is read.
            Ok(Token::End) | Err(_) => return Ok(false),
            Ok(Token::Open { .. } | Token::Close { .. } | Token::Text(_) | Token::Literal(_)) => {}
        }
    }
}

/// The sheets, in order; a style says that one is hidden.
fn sheets(xml: &mut Xml<impl Read>) -> io::Result<Vec<Sheet>> {
    let mut hidden_styles: Vec<String> = Vec::new();
    let mut style = String::new();
    let mut sheets = Vec::new();
    loop {
        match xml.next()? {
            Token::Open { name: b"style", attributes, .. } => style = attributes.get(b"name")?.unwrap_or_default(),
            Token::Open { name: b"table-properties", attributes, .. } => {
                if attributes.get(b"display")?.as_deref() == Some("false") {
                    hidden_styles.push(std::mem::take(&mut style));
                }
            }
            Token::Open { name: b"table", attributes, empty } => {
                let of = attributes.get(b"style-name")?.unwrap_or_default();
                let name = attributes.get(b"name")?.unwrap_or_default();
                sheets.push(Sheet { name, hidden: hidden_styles.contains(&of) });
                if sheets.len() > limits::SHEETS {
                    return Err(wrong("too many sheets"));
                }
                if !empty {
                    xml.skip()?;
                }
            }
            Token::End => return Ok(sheets),
            Token::Open { .. } | Token::Close { .. } | Token::Text(_) | Token::Literal(_) => {}
        }
    }
}

/// The rows of the table that is open.
fn rows(xml: &mut Xml<impl Read>, page: &mut Page<'_>) -> Result<HiddenRows, Ended> {
    let mut hidden = HiddenRows::default();
    let (mut row, mut repeated) = (0u32, 0u64);
    let mut depth = 0u32;
    let mut cells: Vec<Cell> = Vec::new();
    loop {
        match xml.next()? {
            Token::Open { name: b"table-row", attributes, empty } => {
                let times = times(attributes, b"number-rows-repeated")?;
                let visibility = attributes.get(b"visibility")?;
                let by_filter = visibility.as_deref() == Some("filter");
                let is_hidden = by_filter || visibility.as_deref() == Some("collapse");
                cells.clear();
                if !empty {
                    read_row(xml, &mut cells)?;
                }
                if cells.is_empty() {
                    row = row.saturating_add(times);
                    continue;
                }
                for _ in 0..times {
                    let written = write_row(&cells, row, page)?;
                    repeated += written;
                    if repeated > limits::SHEET_CELLS {
                        return Err(wrong("more cells than a sheet may have").into());
                    }
                    if is_hidden && written > 0 {
                        hidden.add(u64::from(row) + 1);
                        hidden.by_filter |= by_filter;
                    }
                    row = row.saturating_add(1);
                }
            }
            // Drawings and the like, which may have tables of their own.
            Token::Open { name: b"shapes" | b"forms" | b"named-expressions", empty: false, .. } => xml.skip()?,
            Token::Open { empty: false, .. } => depth += 1,
            Token::Close { .. } if depth == 0 => return Ok(hidden),
            Token::Close { .. } => depth -= 1,
            Token::Open { .. } | Token::Text(_) | Token::Literal(_) => {}
            Token::End => return Err(wrong("XML that does not end").into()),
        }
    }
}

/// How often a row or a cell stands there.
fn times(attributes: Attributes<'_>, name: &[u8]) -> io::Result<u32> {
    match attributes.get(name)? {
        None => Ok(1),
        Some(times) => times.trim().parse().map_err(|_| wrong("a number of repeats that is none")),
    }
}

/// The cells of the row that is open, without empty ones at its end.
fn read_row(xml: &mut Xml<impl Read>, cells: &mut Vec<Cell>) -> io::Result<()> {
    let mut length = 0;
    loop {
        match xml.next()? {
            Token::Open { name: b"table-cell" | b"covered-table-cell", attributes, empty } => {
                let mut cell = cell(attributes)?;
                if !empty {
                    let mut text = String::new();
                    paragraphs(xml, &mut text)?;
                    if matches!(cell.kind, Kind::Text | Kind::Error)
                        && (cell.text.is_empty() || cell.kind == Kind::Error)
                    {
                        cell.text = text;
                    } else if cell.kind == Kind::NoResult && !text.is_empty() {
                        // A formula whose result is a text without its type.
                        cell = Cell { kind: Kind::Text, text, ..cell };
                    }
                }
                length += cell.text.len();
                if length > limits::RECORD {
                    return Err(wrong("a row that is too long"));
                }
                // Cells that follow each other may be many and empty.
                match cells.last_mut() {
                    Some(last) if is_nothing(last) && is_nothing(&cell) => {
                        last.times = last.times.saturating_add(cell.times)
                    }
                    Some(_) | None => cells.push(cell),
                }
                if cells.len() > limits::SHEET.1 as usize {
                    return Err(wrong("a cell lies outside of any sheet"));
                }
            }
            Token::Open { empty: false, .. } => xml.skip()?,
            Token::Close { .. } => break,
            Token::Open { .. } | Token::Text(_) | Token::Literal(_) => {}
            Token::End => return Err(wrong("XML that does not end")),
        }
    }
    if cells.last().is_some_and(is_nothing) {
        cells.pop();
    }
    Ok(())
}

fn is_nothing(cell: &Cell) -> bool {
    cell.kind == Kind::Text && cell.text.is_empty()
}

/// What the attributes of a cell say.
fn cell(attributes: Attributes<'_>) -> io::Result<Cell> {
    let mut cell = Cell { times: times(attributes, b"number-columns-repeated")?, ..Cell::default() };
    let (mut is_typed, mut formula) = (false, false);
    for (name, value) in attributes {
        let kind = match (name, value) {
            // LibreOffice says it beside the type that the format has.
            (b"value-type", b"error") => {
                cell.kind = Kind::Error;
                continue;
            }
            (b"value-type", b"float" | b"currency") => Kind::Number,
            (b"value-type", b"percentage") => Kind::Percent,
            (b"value-type", b"boolean") => Kind::Truth,
            (b"value-type", b"date" | b"time") => Kind::Time,
            (b"value-type", _) => Kind::Text,
            (b"formula", _) => {
                formula = true;
                continue;
            }
            _ => continue,
        };
        is_typed = true;
        if cell.kind != Kind::Error {
            cell.kind = kind;
        }
    }
    let value: &[u8] = match cell.kind {
        Kind::Number | Kind::Percent => b"value",
        Kind::Truth => b"boolean-value",
        Kind::Time => b"date-value",
        Kind::Text => b"string-value",
        Kind::Error | Kind::NoResult => b"",
    };
    if !value.is_empty() {
        cell.text = attributes.get(value)?.unwrap_or_default();
    }
    if cell.kind == Kind::Time && cell.text.is_empty() {
        cell.text = attributes.get(b"time-value")?.unwrap_or_default();
    }
    if formula && !is_typed && cell.kind == Kind::Text {
        let formula = attributes.get(b"formula")?.unwrap_or_default();
        // `of:=SUM([.B1:.B3])`: the name of the language is none of the formula.
        let shown = formula.split_once(":=").map_or(formula.as_str(), |(_, formula)| formula);
        cell = Cell { kind: Kind::NoResult, text: shown.trim_start_matches('=').to_string(), ..cell };
    }
    Ok(cell)
}

/// The paragraphs of the cell that is open, one line each; notes are none of its text.
fn paragraphs(xml: &mut Xml<impl Read>, into: &mut String) -> io::Result<()> {
    let (mut depth, mut inside, mut any) = (0u32, 0u32, false);
    loop {
        match xml.next()? {
            Token::Open { name: b"annotation" | b"table" | b"custom-shape" | b"frame", empty: false, .. } => {
                xml.skip()?
            }
            Token::Open { name: b"p", empty, .. } => {
                if any {
                    into.push('\n');
                }
                any = true;
                if !empty {
                    (depth, inside) = (depth + 1, depth + 1);
                }
            }
            Token::Open { name: b"s", attributes, empty } => {
                const MOST: u32 = 1 << 12;
                let count = times(attributes, b"c")?.min(MOST);
                into.extend(std::iter::repeat_n(' ', count as usize));
                depth += u32::from(!empty);
            }
            Token::Open { name: b"tab", empty, .. } => {
                into.push('\t');
                depth += u32::from(!empty);
            }
            Token::Open { name: b"line-break", empty, .. } => {
                into.push('\n');
                depth += u32::from(!empty);
            }
            Token::Open { empty, .. } => depth += u32::from(!empty),
            Token::Close { .. } if depth == 0 => return Ok(()),
            Token::Close { .. } => {
                if depth == inside {
                    inside = 0;
                }
                depth -= 1;
            }
            Token::Text(text) if inside > 0 => crate::xml::resolve(text, into)?,
            Token::Literal(text) if inside > 0 => into.push_str(&String::from_utf8_lossy(text)),
            Token::Text(_) | Token::Literal(_) => {}
            Token::End => return Err(wrong("XML that does not end")),
        }
    }
}

/// Writes a row; how many cells it has.
fn write_row(cells: &[Cell], row: u32, page: &mut Page<'_>) -> Result<u64, Ended> {
    let (mut column, mut written) = (0u32, 0u64);
    for cell in cells {
        if is_nothing(cell) {
            column = column.saturating_add(cell.times);
            continue;
        }
        for _ in 0..cell.times {
            page.move_to(row, column)?;
            write(cell, page)?;
            column = column.saturating_add(1);
            written += 1;
        }
    }
    Ok(written)
}

fn write(cell: &Cell, page: &mut Page<'_>) -> io::Result<()> {
    let text = cell.text.as_str();
    match cell.kind {
        Kind::Text => page.text(text),
        Kind::Number if page.decimal(text.as_bytes()) => {}
        Kind::Number | Kind::Percent => {
            let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
            page.number(number.ok_or_else(|| wrong("a number that is none"))?, cell.kind == Kind::Percent);
        }
        Kind::Truth => page.truth(text.eq_ignore_ascii_case("true")),
        Kind::Time => page.iso(text),
        Kind::Error => page.error_text(text),
        Kind::NoResult => page.no_result(text),
    }
    Ok(())
}
