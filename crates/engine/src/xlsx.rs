//! The parts of an `.xlsx` around its sheets: which sheets there are and where, the texts that cells share, and how cells
//! show their numbers.
//!
//! Read by ourselves and not by `calamine`, which serves the other kinds: it does not say which rows are hidden, nor
//! tells a formula without a stored result from an empty cell.

use std::io::{self, BufReader, Read, Seek};

use zip::ZipArchive;

use crate::bytes::Bytes;
use crate::limits;
use crate::page::write_text;
use crate::xml::{Token, Xml, wrong};

type Archive = ZipArchive<BufReader<Bytes>>;

/// How a cell shows its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Number,
    Percent,
    Date,
    /// A length of time.
    Duration,
}

/// A sheet of a workbook.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) hidden: bool,
    /// It has cells: it is no chart.
    pub(crate) has_cells: bool,
    /// Its part.
    path: String,
}

/// An opened workbook.
pub(crate) struct Workbook {
    archive: Archive,
    pub(crate) sheets: Vec<Sheet>,
    /// Days are counted from 1904.
    pub(crate) from_1904: bool,
    /// By style of cells.
    pub(crate) shown: Vec<Shown>,
    pub(crate) texts: Texts,
}

/// The texts that cells share, as a page writes them.
#[derive(Default)]
pub(crate) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
    pub(crate) fn get(&self, at: usize) -> Option<&[u8]> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.bytes.get(start..end)
    }

    fn push(&mut self, text: &str) {
        write_text(text, &mut self.bytes);
        self.ends.push(self.bytes.len());
    }
}

impl Workbook {
    /// Reads all but the sheets.
    pub(crate) fn new(file: BufReader<Bytes>) -> io::Result<Workbook> {
        let mut archive = ZipArchive::new(file)?;
        let root = relations(&mut archive, "_rels/.rels")?;
        let book = root.into_iter().find(|relation| relation.kind == "officeDocument");
        let book = book.map_or_else(|| "xl/workbook.xml".to_string(), |relation| relation.target);
        let (folder, name) = book.rsplit_once('/').unwrap_or(("", &book));
        let links = relations(&mut archive, &beside(folder, &format!("_rels/{name}.rels")))?;
        let path = |kind: &str| {
            let found = links.iter().find(|relation| relation.kind == kind);
            found.map(|relation| beside(folder, &relation.target))
        };
        let (sheets, from_1904) = sheets(&mut archive, &book, folder, &links)?;
        let shown = match path("styles") {
            Some(path) => styles(&mut archive, &path)?,
            None => Vec::new(),
        };
        let texts = match path("sharedStrings") {
            Some(path) => texts(&mut archive, &path)?,
            None => Texts::default(),
        };
        Ok(Workbook { archive, sheets, from_1904, shown, texts })
    }

    /// The XML of a sheet, and what its cells need.
    pub(crate) fn sheet(&mut self, name: &str) -> io::Result<(Xml<impl Read>, &[Shown], &Texts)> {
        let sheet = self.sheets.iter().find(|sheet| sheet.name == name);
        let path = sheet.map(|sheet| sheet.path.clone()).ok_or_else(|| wrong("a sheet that is not there"))?;
        let at = place(&self.archive, &path).ok_or_else(|| wrong("the part of the sheet is not there"))?;
        Ok((Xml::new(self.archive.by_index(at)?), &self.shown, &self.texts))
    }
}

/// A link from one part to another.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

/// The path of a part that is named from a folder.
fn beside(folder: &str, target: &str) -> String {
    match target.strip_prefix('/') {
        Some(target) => target.to_string(),
        None if folder.is_empty() => target.to_string(),
        None => format!("{folder}/{target}"),
    }
}

/// Where a part is: some programs write paths in another case.
fn place(archive: &ZipArchive<impl Read + Seek>, path: &str) -> Option<usize> {
    let path = path.trim_start_matches('/');
    archive.index_for_name(path).or_else(|| {
        (0..archive.len()).find(|at| {
            let entry = archive.by_index_data(*at);
            entry.is_ok_and(|entry| entry.name().is_ok_and(|name| name.replace('\\', "/").eq_ignore_ascii_case(path)))
        })
    })
}

/// The XML of a part, if there is one; no longer than what may be in memory.
fn part<'a>(archive: &'a mut Archive, path: &str) -> io::Result<Option<Xml<impl Read + use<'a>>>> {
    let Some(at) = place(archive, path) else { return Ok(None) };
    Ok(Some(Xml::new(Bounded { reader: archive.by_index(at)?, left: limits::WORKBOOK })))
}

/// A part of which more than what may be in memory is an error.
struct Bounded<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        let left = self.left.checked_sub(read as u64);
        self.left = left.ok_or_else(|| wrong(&format!("a part of more than {} MiB", limits::WORKBOOK >> 20)))?;
        Ok(read)
    }
}

fn relations(archive: &mut Archive, path: &str) -> io::Result<Vec<Relation>> {
    let mut all = Vec::new();
    let Some(mut xml) = part(archive, path)? else { return Ok(all) };
    loop {
        match xml.next()? {
            Token::Open { name: b"Relationship", attributes, .. } => {
                let of = |name: &[u8]| Ok::<_, io::Error>(attributes.get(name)?.unwrap_or_default());
                let kind = of(b"Type")?;
                let kind = kind.rsplit('/').next().unwrap_or_default().to_string();
                all.push(Relation {
                    id: of(b"Id")?,
                    kind,
                    target: of(b"Target")?.trim_start_matches("./").to_string(),
                });
            }
            Token::End => return Ok(all),
            Token::Open { .. } | Token::Close { .. } | Token::Text(_) | Token::Literal(_) => {}
        }
    }
}

fn sheets(archive: &mut Archive, book: &str, folder: &str, links: &[Relation]) -> io::Result<(Vec<Sheet>, bool)> {
    let mut xml = part(archive, book)?.ok_or_else(|| wrong("the part of the workbook is not there"))?;
    let (mut sheets, mut from_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Token::Open { name: b"sheet", attributes, .. } => {
                let id = attributes.get(b"id")?.unwrap_or_default();
                let link = links.iter().find(|link| link.id == id);
                let link = link.ok_or_else(|| wrong("a sheet without its part"))?;
                let state = attributes.get(b"state")?;
                sheets.push(Sheet {
                    name: attributes.get(b"name")?.unwrap_or_default(),
                    hidden: state.is_some_and(|state| state != "visible"),
                    has_cells: link.kind == "worksheet",
                    path: beside(folder, &link.target),
                });
            }
            Token::Open { name: b"workbookPr", attributes, .. } => {
                if let Some(value) = attributes.get(b"date1904")? {
                    from_1904 = matches!(value.as_str(), "1" | "true");
                }
            }
            Token::End => return Ok((sheets, from_1904)),
            Token::Open { .. } | Token::Close { .. } | Token::Text(_) | Token::Literal(_) => {}
        }
    }
}

/// How the cells of each style show numbers.
fn styles(archive: &mut Archive, path: &str) -> io::Result<Vec<Shown>> {
    let Some(mut xml) = part(archive, path)? else { return Ok(Vec::new()) };
    let mut own: Vec<(u32, Shown)> = Vec::new();
    let (mut all, mut in_cells) = (Vec::new(), false);
    let number = |text: Option<String>| text.and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    loop {
        match xml.next()? {
            Token::Open { name: b"numFmt", attributes, .. } => {
                let code = attributes.get(b"formatCode")?.unwrap_or_default();
                own.push((number(attributes.get(b"numFmtId")?), shown_by(&code)));
            }
            Token::Open { name: b"cellXfs", empty, .. } => in_cells = !empty,
            Token::Close { name: b"cellXfs" } => in_cells = false,
            Token::Open { name: b"xf", attributes, .. } if in_cells => {
                let id = number(attributes.get(b"numFmtId")?);
                let found = own.iter().find(|(own, _)| *own == id).map(|(_, shown)| *shown);
                all.push(found.unwrap_or_else(|| shown_by_number(id)));
            }
            Token::End => return Ok(all),
            Token::Open { .. } | Token::Close { .. } | Token::Text(_) | Token::Literal(_) => {}
        }
    }
}

/// What the formats are that need not be written (ECMA-376, 18.8.30); those of East Asia among them.
fn shown_by_number(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Date,
        46 => Shown::Duration,
        _ => Shown::Number,
    }
}

/// What a format makes of a number, by its first section: `0.0%`, `dd/mm/yyyy`, `[h]:mm`.
fn shown_by(format: &str) -> Shown {
    let mut signs = format.chars().peekable();
    let mut percent = false;
    while let Some(sign) = signs.next() {
        match sign {
            // Text, and a sign of which only the width or the repetition is shown.
            '"' => while signs.next().is_some_and(|sign| sign != '"') {},
            '\\' | '_' | '*' => {
                signs.next();
            }
            ';' => break,
            '[' => {
                let inside: String = signs.by_ref().take_while(|sign| *sign != ']').collect();
                let inside = inside.to_ascii_lowercase();
                if !inside.is_empty()
                    && ["h", "m", "s"].iter().any(|unit| inside.trim_matches(|c| unit.contains(c)).is_empty())
                {
                    return Shown::Duration;
                }
            }
            // `General` and `Standard` are no dates, whatever letters they have.
            'G' | 'g' if format.eq_ignore_ascii_case("general") => return Shown::Number,
            'd' | 'm' | 'h' | 'y' | 's' | 'D' | 'M' | 'H' | 'Y' | 'S' => return Shown::Date,
            '%' => percent = true,
            _ => {}
        }
    }
    if percent { Shown::Percent } else { Shown::Number }
}

fn texts(archive: &mut Archive, path: &str) -> io::Result<Texts> {
    let mut texts = Texts::default();
    let Some(mut xml) = part(archive, path)? else { return Ok(texts) };
    let mut text = String::new();
    loop {
        match xml.next()? {
            Token::Open { name: b"si", empty, .. } => {
                text.clear();
                if !empty {
                    rich_text(&mut xml, &mut text)?;
                }
                texts.push(&text);
            }
            Token::End => return Ok(texts),
            Token::Open { .. } | Token::Close { .. } | Token::Text(_) | Token::Literal(_) => {}
        }
    }
}

/// The text of the element that is open, whatever its pieces look like; without the reading aid of East Asian writing.
pub(crate) fn rich_text(xml: &mut Xml<impl Read>, into: &mut String) -> io::Result<()> {
    let start = into.len();
    let mut depth = 0u32;
    loop {
        match xml.next()? {
            Token::Open { empty: true, .. } => {}
            Token::Open { name: b"t", .. } => xml.text(into)?,
            Token::Open { name: b"rPh", .. } => xml.skip()?,
            Token::Open { .. } => depth += 1,
            Token::Close { .. } if depth == 0 => break,
            Token::Close { .. } => depth -= 1,
            Token::Text(_) | Token::Literal(_) => {}
            Token::End => return Err(wrong("XML that does not end")),
        }
    }
    unescape(into, start);
    Ok(())
}

/// `_x000D_`, which Excel writes for signs that XML does not have.
pub(crate) fn unescape(text: &mut String, start: usize) {
    let Some(tail) = text.get(start..).filter(|tail| tail.contains("_x")) else { return };
    let mut clean = String::with_capacity(tail.len());
    let mut rest = tail;
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        clean.push_str(before);
        let code = escape.get(2..6).filter(|_| escape.get(6..7) == Some("_"));
        let sign = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        match sign {
            Some('\r') => rest = escape.get(7..).unwrap_or(""),
            Some(sign) => {
                clean.push(sign);
                rest = escape.get(7..).unwrap_or("");
            }
            None => {
                clean.push_str("_x");
                rest = escape.get(2..).unwrap_or("");
            }
        }
    }
    clean.push_str(rest);
    text.truncate(start);
    text.push_str(&clean);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_say_what_is_shown() {
        for (format, shown) in [
            ("General", Shown::Number),
            ("0.00", Shown::Number),
            ("#,##0 \"DH\"", Shown::Number),
            ("#,##0\\ [$MAD-40C]", Shown::Number),
            ("[Red]0", Shown::Number),
            ("0.0%", Shown::Percent),
            ("0\" %\"", Shown::Number),
            ("0\\%", Shown::Number),
            ("0;dd", Shown::Number),
            ("dd/mm/yyyy", Shown::Date),
            ("[$-40C]d mmmm yyyy;@", Shown::Date),
            ("[hh]:mm", Shown::Duration),
            ("[m]", Shown::Duration),
            ("_(* #,##0_)", Shown::Number),
        ] {
            assert_eq!(shown_by(format), shown, "{format}");
        }
    }

    #[test]
    fn signs_that_xml_does_not_have() {
        for (written, read) in
            [("a_x000D_\nb", "a\nb"), ("_x0041_", "A"), ("_x41_", "_x41_"), ("_xé", "_xé"), ("_x", "_x")]
        {
            let mut text = format!("_x{written}");
            unescape(&mut text, 2);
            assert_eq!(text, format!("_x{read}"));
        }
    }
}
