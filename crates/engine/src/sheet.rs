//! A sheet of a workbook to records like those of a text file, so that everything after reads both alike. Cells are separated by
//! U+001F and rows end with U+001E, which no cell can hold; the line of a record is its row in the sheet. A number, date or
//! truth value starts with [`TYPED`] and is written in one way whatever the source declares; an error starts with [`ERROR`].
//!
//! A thread of its own unpacks the workbook and gives out pieces, so that rows are counted while others are unpacked.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, sync_channel};

use calamine::{Data, DataRef, Range, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError, Xlsb};
use jauge::problem::{DataProblem, Fact, close_to};
use jauge::program::model::SheetWanted;

use crate::bytes::{Bytes, Told, Watch};
use crate::cells::{Around, Ended, HiddenRows, cells};
use crate::limits;
use crate::ods;
use crate::open::Input;
use crate::page::Page;
use crate::pieces::{Pieces, pieces};
use crate::remark::Remarks;
use crate::text::plain;
use crate::unpack::STOPPED;
use crate::xlsx::{self, Workbook};

/// Between cells.
pub(crate) const CELL: u8 = 0x1f;
/// At the end of a row.
pub(crate) const ROW: u8 = 0x1e;
/// Before a value that the workbook keeps with its type.
pub(crate) const TYPED: char = '\u{1d}';
/// Before the name of an error.
pub(crate) const ERROR: char = '\u{1c}';
/// Before a formula whose result is not stored: no error has such a name.
pub(crate) const NO_RESULT: &str = "\u{1c}=";

/// The text of a cell as a person sees it.
#[inline]
pub(crate) fn bare(text: &str) -> &str {
    text.strip_prefix([TYPED, ERROR]).unwrap_or(text)
}

/// An opened sheet.
pub(crate) struct Opened {
    pub(crate) input: Input,
    pub(crate) sheet: String,
    pub(crate) hidden: bool,
}

/// Kinds of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// The kind of a workbook, by the end of its name.
pub(crate) fn kind(path: &str) -> Option<Kind> {
    let (_, end) = path.rsplit_once('.')?;
    match end.to_ascii_lowercase().as_str() {
        "xlsx" | "xlsm" => Some(Kind::Xlsx),
        "xlsb" => Some(Kind::Xlsb),
        "xls" => Some(Kind::Xls),
        "ods" => Some(Kind::Ods),
        _ => None,
    }
}

/// A workbook as it is read.
type Book = BufReader<Bytes>;
/// The name of a thread that runs a library over a file: where it panics, the file is told as damaged, so that a panic hook may
/// keep silent about it.
pub(crate) const FOREIGN: &str = "jauge-foreign-reader";

/// What a workbook with a password starts with: it is packed into another kind of file.
const LOCKED: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];
/// Bytes read at a time.
const READ: usize = 1 << 16;

type Found = Result<(String, bool), Box<DataProblem>>;

/// Opens a sheet of a workbook, which is declared as `declared`.
pub(crate) fn open(
    bytes: Bytes,
    declared: &str,
    kind: Kind,
    wanted: Option<&SheetWanted>,
    remarks: &Remarks,
) -> Result<Opened, Box<Fact>> {
    let told = |error: io::Error| Box::new(crate::open::told(&error, Path::new(""), declared));
    let unreadable = |reason: String| -> Box<Fact> {
        Box::new(DataProblem::WorkbookUnreadable { path: declared.to_string(), locked: false, reason }.into())
    };
    let (total, done, watch) = (bytes.total, Arc::clone(&bytes.done), bytes.watch());
    let mut file = BufReader::with_capacity(READ, bytes);
    match kind {
        Kind::Xlsb => file = bounded(file).map_err(unreadable)?,
        Kind::Xls if total > limits::WORKBOOK => {
            return Err(unreadable(format!("> {} MiB", limits::WORKBOOK >> 20)));
        }
        Kind::Xls | Kind::Xlsx | Kind::Ods => {}
    }
    let (pieces, stream) = pieces(*unreadable(STOPPED.to_string()));
    let (tell, found) = sync_channel::<Found>(1);
    let (path, wanted) = (declared.to_string(), wanted.cloned());
    let (again, remarks) = (Arc::clone(&done), remarks.clone());
    let unpack = move || {
        // The sheet is most of what is left to be read.
        again.store(0, Ordering::Relaxed);
        let read = Unpacking {
            declared: &path,
            wanted: wanted.as_ref(),
            tell: &tell,
            pieces: &pieces,
            watch,
            remarks: &remarks,
        };
        read.run(file, kind);
    };
    let name = match kind {
        Kind::Xls | Kind::Xlsb => FOREIGN,
        Kind::Xlsx | Kind::Ods => "sheet",
    };
    let thread = std::thread::Builder::new().name(name.into()).spawn(unpack).map_err(told)?;
    let stream = stream.of(thread);
    let found = found.recv().map_err(|_| unreadable(STOPPED.to_string()))?;
    let (sheet, hidden) = found.map_err(|fact| Box::new((*fact).into()))?;
    let input = Input { path: declared.to_string(), reader: Box::new(stream), total, done };
    Ok(Opened { input, sheet, hidden })
}

/// Counts what will be in memory at once by unpacking it into nothing: the sizes that an archive states may be false.
fn bounded(mut file: Book) -> Result<Book, String> {
    // A file that is no archive is told so by whoever opens it next; one with a password is no archive either.
    let Ok(mut archive) = zip::ZipArchive::new(&mut file) else { return rewound(file) };
    let mut left = limits::WORKBOOK;
    for at in 0..archive.len() {
        let Ok(entry) = archive.by_index(at) else { continue };
        let name = entry.name().map_or_else(|_| String::new(), |name| name.to_string());
        let unread = ["media/", "Pictures/", "Thumbnails/"].iter().any(|folder| name.contains(folder));
        if unread {
            continue;
        }
        // Damage is found by the reader itself.
        let read = io::copy(&mut entry.take(left + 1), &mut io::sink()).unwrap_or(0);
        left = left.checked_sub(read).ok_or_else(|| format!("{name}: > {} MiB", limits::WORKBOOK >> 20))?;
    }
    drop(archive);
    rewound(file)
}

fn rewound(mut file: Book) -> Result<Book, String> {
    io::Seek::rewind(&mut file).map_err(|error| error.to_string())?;
    Ok(file)
}

/// A sheet of any kind of workbook.
#[derive(Debug, Clone, Copy)]
struct Seen<'a> {
    name: &'a str,
    hidden: bool,
}

impl<'a> Seen<'a> {
    fn of(sheet: &'a Sheet) -> Seen<'a> {
        Seen { name: &sheet.name, hidden: sheet.visible != SheetVisible::Visible }
    }

    fn of_xlsx(sheet: &'a xlsx::Sheet) -> Seen<'a> {
        Seen { name: &sheet.name, hidden: sheet.hidden }
    }
}

/// The sheets of a workbook that have cells.
fn seen(sheets: &[Sheet]) -> Vec<Seen<'_>> {
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).map(Seen::of).collect()
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(at) => DataRef::DateTime(*at),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// Writes one cell.
fn put(page: &mut Page<'_>, (row, column): (u32, u32), value: &DataRef<'_>) -> Result<(), Ended> {
    page.move_to(row, column)?;
    match value {
        DataRef::Empty => {}
        DataRef::Int(number) => page.number(*number as f64, false),
        DataRef::Float(number) => page.number(*number, false),
        DataRef::String(text) => page.text(text),
        DataRef::SharedString(text) => page.text(text),
        DataRef::Bool(truth) => page.truth(*truth),
        DataRef::DateTime(at) => page.date(at),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => page.iso(text),
        DataRef::Error(error) => page.error(error),
    }
    Ok(())
}

struct Unpacking<'a> {
    declared: &'a str,
    wanted: Option<&'a SheetWanted>,
    tell: &'a SyncSender<Found>,
    pieces: &'a Pieces,
    watch: Option<Watch>,
    remarks: &'a Remarks,
}

impl Unpacking<'_> {
    fn run(&self, mut file: Book, kind: Kind) {
        let failed = match kind {
            Kind::Xlsx => {
                let locked = file.fill_buf().is_ok_and(|start| start.starts_with(&LOCKED));
                Workbook::new(file).map_err(|error| self.unreadable(&error, locked)).map(|book| self.xlsx(book))
            }
            Kind::Xls => Xls::new(file)
                .map_err(|error| self.unreadable(&error, matches!(error, XlsError::Password)))
                .map(|book| self.xls(book)),
            Kind::Xlsb => Xlsb::new(file).map_err(|error| self.unreadable(&error, false)).map(|book| self.xlsb(book)),
            Kind::Ods => ods::Workbook::new(file)
                .map_err(|closed| match closed {
                    ods::Closed::Locked => self.unreadable(&"a password", true),
                    ods::Closed::Broken(error) => self.unreadable(&error, false),
                })
                .map(|book| self.ods(book)),
        };
        if let Err(fact) = failed {
            let _ = self.tell.send(Err(fact));
        }
    }

    fn unreadable(&self, error: &dyn std::fmt::Display, locked: bool) -> Box<DataProblem> {
        let reason = error.to_string();
        Box::new(DataProblem::WorkbookUnreadable { path: self.declared.to_string(), locked, reason })
    }

    /// Cell by cell, so that a sheet of any length needs no more memory than its different texts.
    fn xlsx(&self, mut book: Workbook) {
        let sheets: Vec<Seen<'_>> = book.sheets.iter().filter(|sheet| sheet.has_cells).map(Seen::of_xlsx).collect();
        let Some(sheet) = self.choose(&sheets) else { return };
        let from_1904 = book.from_1904;
        let mut page = Page::new(self.pieces);
        let ended = match book.sheet(&sheet) {
            Ok((mut xml, shown, texts)) => cells(&mut xml, &Around { shown, texts, from_1904 }, &mut page),
            Err(error) => Err(Ended::Broken(error)),
        };
        self.ended(ended, page);
    }

    /// Likewise.
    fn xlsb(&self, mut book: Xlsb<Book>) {
        let Some(sheet) = self.choose(&seen(book.sheets_metadata())) else { return };
        let mut cells = match book.worksheet_cells_reader(&sheet) {
            Ok(cells) => cells,
            Err(error) => return self.fail(&error),
        };
        let mut page = Page::new(self.pieces);
        loop {
            match cells.next_cell() {
                Ok(Some(cell)) => {
                    let (row, column) = cell.get_position();
                    match put(&mut page, (row, column), cell.get_value()) {
                        Ok(()) => {}
                        Err(Ended::Reader) => return,
                        Err(Ended::Broken(error)) => return self.fail(&error),
                    }
                }
                Ok(None) => return self.end(page),
                Err(error) => return self.fail(&error),
            }
        }
    }

    /// A row at a time.
    fn ods(&self, mut book: ods::Workbook) {
        let seen = |sheet: &'_ ods::Sheet| (sheet.name.clone(), sheet.hidden);
        let sheets: Vec<(String, bool)> = book.sheets.iter().map(seen).collect();
        let sheets: Vec<Seen<'_>> = sheets.iter().map(|(name, hidden)| Seen { name, hidden: *hidden }).collect();
        let Some(sheet) = self.choose(&sheets) else { return };
        let at = sheets.iter().position(|seen| seen.name == sheet).unwrap_or(0);
        let mut page = Page::new(self.pieces);
        let ended = book.cells(at, &mut page);
        self.ended(ended, page);
    }

    /// The oldest kind is read whole.
    fn xls(&self, mut book: Xls<Book>) {
        let Some(sheet) = self.choose(&seen(book.sheets_metadata())) else { return };
        let range: Range<Data> = match book.worksheet_range(&sheet) {
            Ok(range) => range,
            Err(error) => return self.fail(&error),
        };
        let mut page = Page::new(self.pieces);
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let at =
                |start: u32, offset: usize| u32::try_from(offset).ok().and_then(|offset| start.checked_add(offset));
            let (Some(row), Some(column)) = (at(top, row), at(left, column)) else { continue };
            match put(&mut page, (row, column), &borrowed(value)) {
                Ok(()) => {}
                Err(Ended::Reader) => return,
                Err(Ended::Broken(error)) => return self.fail(&error),
            }
        }
        self.end(page);
    }

    fn ended(&self, ended: Result<HiddenRows, Ended>, page: Page<'_>) {
        match ended {
            Ok(hidden) => {
                self.remarks.hidden_rows(hidden);
                self.end(page);
            }
            Err(Ended::Reader) => {}
            Err(Ended::Broken(error)) => self.fail(&error),
        }
    }

    fn end(&self, page: Page<'_>) {
        page.finish();
        match self.watch.as_ref().map(Watch::unchanged) {
            Some(Err(error)) => self.pieces.fail(error),
            Some(Ok(())) | None => self.pieces.end(),
        }
    }

    fn fail(&self, error: &dyn std::fmt::Display) {
        // A file that another program writes to looks damaged, but is not.
        let changed = self.watch.as_ref().and_then(|watch| watch.unchanged().err());
        // Before the sheet is chosen nobody waits for pieces, after it nobody waits for the choice.
        self.pieces.fail(changed.unwrap_or_else(|| Told::error(*self.unreadable(error, false))));
    }

    /// The sheet that is wanted, told to whoever opens it; the only visible one where none is declared.
    fn choose(&self, sheets: &[Seen<'_>]) -> Option<String> {
        let names = |sheets: &[Seen<'_>]| sheets.iter().map(|sheet| sheet.name.to_string()).collect::<Vec<_>>();
        let not_found = |wanted: String| {
            let near = close_to(&wanted, sheets.iter().map(|sheet| sheet.name));
            DataProblem::SheetNotFound { path: self.declared.to_string(), wanted, sheets: names(sheets), near }
        };
        let found = match self.wanted {
            Some(SheetWanted::Name(name)) => {
                let exact = sheets.iter().find(|sheet| sheet.name == *name);
                let found = exact.or_else(|| sheets.iter().find(|sheet| plain(sheet.name) == plain(name)));
                found.copied().ok_or_else(|| not_found(name.clone()))
            }
            Some(SheetWanted::Number(number)) => {
                let place = usize::try_from(*number).ok().and_then(|number| number.checked_sub(1));
                let found = place.and_then(|place| sheets.get(place));
                found.copied().ok_or_else(|| not_found(number.to_string()))
            }
            None => {
                let visible: Vec<Seen<'_>> = sheets.iter().copied().filter(|sheet| !sheet.hidden).collect();
                match visible.as_slice() {
                    [only] => Ok(*only),
                    [] => Err(not_found(String::new())),
                    several => {
                        Err(DataProblem::SheetNotSaid { path: self.declared.to_string(), sheets: names(several) })
                    }
                }
            }
        };
        let chosen = found.as_ref().ok().map(|sheet| sheet.name.to_string());
        let told = found.map(|sheet| (sheet.name.to_string(), sheet.hidden)).map_err(Box::new);
        self.tell.send(told).ok()?;
        chosen
    }
}
