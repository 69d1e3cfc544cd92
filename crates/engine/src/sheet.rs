//! A sheet of a workbook to records like those of a text file, so that everything after reads both alike. Cells are separated by
//! U+001F and rows end with U+001E, which no cell can hold; the line of a record is its row in the sheet. A number, date or
//! truth value starts with [`TYPED`] and is written in one way whatever the source declares; an error starts with [`ERROR`].
//!
//! A thread of its own unpacks the workbook and gives out pieces, so that rows are counted while others are unpacked.

use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, sync_channel};

use calamine::{
    CellErrorType, Data, DataRef, ExcelDateTime, Ods, Range, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError,
    Xlsb, Xlsx, XlsxError,
};
use jauge::problem::{DataProblem, Fact, close_to};
use jauge::program::model::SheetWanted;

use crate::bytes::{Bytes, Told, Watch};
use crate::limits;
use crate::open::Input;
use crate::pieces::{PIECE, Pieces, pieces};
use crate::text::plain;

/// Between cells.
pub(crate) const CELL: u8 = 0x1f;
/// At the end of a row.
pub(crate) const ROW: u8 = 0x1e;
/// Before a value that the workbook keeps with its type.
pub(crate) const TYPED: char = '\u{1d}';
/// Before the name of an error.
pub(crate) const ERROR: char = '\u{1c}';

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
/// Bytes read at a time.
const READ: usize = 1 << 16;

type Found = Result<(String, bool), Box<DataProblem>>;

/// Opens a sheet of a workbook, which is declared as `declared`.
pub(crate) fn open(
    bytes: Bytes,
    declared: &str,
    kind: Kind,
    wanted: Option<&SheetWanted>,
) -> Result<Opened, Box<Fact>> {
    let told = |error: io::Error| Box::new(crate::open::told(&error, Path::new(""), declared));
    let unreadable = |reason: String| {
        Box::new(DataProblem::WorkbookUnreadable { path: declared.to_string(), locked: false, reason }.into())
    };
    let (total, done, watch) = (bytes.total, Arc::clone(&bytes.done), bytes.watch());
    let mut file = BufReader::with_capacity(READ, bytes);
    if kind != Kind::Xls {
        file = bounded(file, kind).map_err(unreadable)?;
    }
    let (pieces, stream) = pieces();
    let (tell, found) = sync_channel::<Found>(1);
    let (name, wanted) = (declared.to_string(), wanted.cloned());
    let again = Arc::clone(&done);
    let unpack = move || {
        // The sheet is most of what is left to be read.
        again.store(0, Ordering::Relaxed);
        let read = Unpacking { declared: &name, wanted: wanted.as_ref(), tell: &tell, pieces: &pieces, watch };
        read.run(file, kind);
    };
    std::thread::Builder::new().name("sheet".into()).spawn(unpack).map_err(told)?;
    let found = found.recv().map_err(|_| unreadable("the reader stopped".to_string()))?;
    let (sheet, hidden) = found.map_err(|fact| Box::new((*fact).into()))?;
    let input = Input { path: declared.to_string(), reader: Box::new(stream), total, done };
    Ok(Opened { input, sheet, hidden })
}

/// Counts what will be in memory at once by unpacking it into nothing: the sizes that an archive states may be false.
fn bounded(mut file: Book, kind: Kind) -> Result<Book, String> {
    // A file that is no archive is told so by whoever opens it next; one with a password is no archive either.
    let Ok(mut archive) = zip::ZipArchive::new(&mut file) else { return rewound(file) };
    let mut left = limits::WORKBOOK;
    for at in 0..archive.len() {
        let Ok(entry) = archive.by_index(at) else { continue };
        let name = entry.name().map_or_else(|_| String::new(), |name| name.to_string());
        let streamed = kind == Kind::Xlsx && name.contains("worksheets/sheet");
        let unread = ["media/", "Pictures/", "Thumbnails/"].iter().any(|folder| name.contains(folder));
        if streamed || unread {
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

struct Unpacking<'a> {
    declared: &'a str,
    wanted: Option<&'a SheetWanted>,
    tell: &'a SyncSender<Found>,
    pieces: &'a Pieces,
    watch: Option<Watch>,
}

impl Unpacking<'_> {
    fn run(&self, file: Book, kind: Kind) {
        let failed = match kind {
            Kind::Xlsx => Xlsx::new(file)
                .map_err(|error| self.unreadable(&error, matches!(error, XlsxError::Password)))
                .map(|book| self.xlsx(book)),
            Kind::Xls => Xls::new(file)
                .map_err(|error| self.unreadable(&error, matches!(error, XlsError::Password)))
                .map(|book| self.whole(book)),
            Kind::Xlsb => Xlsb::new(file).map_err(|error| self.unreadable(&error, false)).map(|book| self.whole(book)),
            Kind::Ods => Ods::new(file)
                .map_err(|error| self.unreadable(&error, matches!(error, calamine::OdsError::Password)))
                .map(|book| self.whole(book)),
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
    fn xlsx(&self, mut book: Xlsx<Book>) {
        let Some(sheet) = self.choose(book.sheets_metadata()) else { return };
        let mut cells = match book.worksheet_cells_reader(&sheet) {
            Ok(cells) => cells,
            Err(error) => return self.fail(&error),
        };
        let is_percent =
            |style: &calamine::Style| style.number_format.as_ref().is_some_and(|format| percent(&format.format_code));
        let percents: Vec<bool> = cells.styles().iter().map(is_percent).collect();
        let mut page = Page::new(self.pieces);
        loop {
            match cells.next_cell_with_style_id() {
                Ok(Some((cell, style))) => {
                    let (row, column) = cell.get_position();
                    let percent = percents.get(style).copied().unwrap_or(false);
                    match page.move_to(row, column) {
                        Ok(()) => {}
                        Err(Gone::Reader) => return,
                        Err(Gone::Outside) => return self.fail(&"a cell lies outside of any sheet"),
                        Err(Gone::Order) => return self.fail(&"the cells of the sheet are out of order"),
                    }
                    match cell.get_value() {
                        DataRef::Empty => {}
                        DataRef::Int(number) => page.number(*number as f64, percent),
                        DataRef::Float(number) => page.number(*number, percent),
                        DataRef::String(text) => page.text(text),
                        DataRef::SharedString(text) => page.text(text),
                        DataRef::Bool(truth) => page.truth(*truth),
                        DataRef::DateTime(at) => page.date(at),
                        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => page.iso(text),
                        DataRef::Error(error) => page.error(error),
                    }
                }
                Ok(None) => break,
                Err(error) => return self.fail(&error),
            }
        }
        self.end(page);
    }

    /// The other kinds are read whole.
    fn whole<B>(&self, mut book: B)
    where
        B: Reader<Book>,
        B::Error: std::fmt::Display,
    {
        let Some(sheet) = self.choose(book.sheets_metadata()) else { return };
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
            match page.move_to(row, column) {
                Ok(()) => {}
                Err(Gone::Reader) => return,
                Err(Gone::Order | Gone::Outside) => return self.fail(&"a cell lies outside of any sheet"),
            }
            match value {
                Data::Empty => {}
                Data::Int(number) => page.number(*number as f64, false),
                Data::Float(number) => page.number(*number, false),
                Data::String(text) => page.text(text),
                Data::Bool(truth) => page.truth(*truth),
                Data::DateTime(at) => page.date(at),
                Data::DateTimeIso(text) | Data::DurationIso(text) => page.iso(text),
                Data::Error(error) => page.error(error),
            }
        }
        self.end(page);
    }

    fn end(&self, page: Page<'_>) {
        page.finish();
        if let Some(Err(error)) = self.watch.as_ref().map(Watch::unchanged) {
            let _ = self.pieces.send(Err(error));
        }
    }

    fn fail(&self, error: &dyn std::fmt::Display) {
        // A file that another program writes to looks damaged, but is not.
        let changed = self.watch.as_ref().and_then(|watch| watch.unchanged().err());
        // Before the sheet is chosen nobody waits for pieces, after it nobody waits for the choice.
        let _ = self.pieces.send(Err(changed.unwrap_or_else(|| Told::error(*self.unreadable(error, false)))));
    }

    /// The sheet that is wanted, told to whoever opens it; the only visible one where none is declared.
    fn choose(&self, sheets: &[Sheet]) -> Option<String> {
        let sheets: Vec<&Sheet> = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
        let names = |sheets: &[&Sheet]| sheets.iter().map(|sheet| sheet.name.clone()).collect::<Vec<_>>();
        let not_found = |wanted: String| {
            let near = close_to(&wanted, sheets.iter().map(|sheet| sheet.name.as_str()));
            DataProblem::SheetNotFound { path: self.declared.to_string(), wanted, sheets: names(&sheets), near }
        };
        let found = match self.wanted {
            Some(SheetWanted::Name(name)) => {
                let exact = sheets.iter().find(|sheet| sheet.name == *name);
                let found = exact.or_else(|| sheets.iter().find(|sheet| plain(&sheet.name) == plain(name)));
                found.copied().ok_or_else(|| not_found(name.clone()))
            }
            Some(SheetWanted::Number(number)) => {
                let place = usize::try_from(*number).ok().and_then(|number| number.checked_sub(1));
                let found = place.and_then(|place| sheets.get(place));
                found.copied().ok_or_else(|| not_found(number.to_string()))
            }
            None => {
                let visible: Vec<&Sheet> =
                    sheets.iter().copied().filter(|sheet| sheet.visible == SheetVisible::Visible).collect();
                match visible.as_slice() {
                    [only] => Ok(*only),
                    [] => Err(not_found(String::new())),
                    several => {
                        Err(DataProblem::SheetNotSaid { path: self.declared.to_string(), sheets: names(several) })
                    }
                }
            }
        };
        let chosen = found.as_ref().ok().map(|sheet| sheet.name.clone());
        let told = found.map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).map_err(Box::new);
        self.tell.send(told).ok()?;
        chosen
    }
}

/// A format that shows a number times a hundred: a % that is not in quotes or escaped.
fn percent(format: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    for sign in format.chars() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '%' if !quoted => return true,
            _ => {}
        }
    }
    false
}

/// Why writing ends early.
enum Gone {
    /// Nobody reads any more.
    Reader,
    /// A cell comes after one that follows it.
    Order,
    /// A cell is where no sheet has any.
    Outside,
}

/// The records in the making.
struct Page<'a> {
    pieces: &'a Pieces,
    bytes: Vec<u8>,
    row: u32,
    column: u32,
    /// Something has been written since the row began.
    begun: bool,
}

impl<'a> Page<'a> {
    fn new(pieces: &'a Pieces) -> Self {
        Page { pieces, bytes: Vec::with_capacity(PIECE + (PIECE >> 2)), row: 0, column: 0, begun: false }
    }

    fn move_to(&mut self, row: u32, column: u32) -> Result<(), Gone> {
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
        self.pieces.send(Ok(piece)).map_err(|_| Gone::Reader)
    }

    fn finish(mut self) {
        if self.begun {
            self.bytes.push(ROW);
        }
        let _ = self.give();
    }

    fn text(&mut self, text: &str) {
        let hostile = text.bytes().any(|byte| (0x1c..=0x1f).contains(&byte));
        let quoted = text.contains('"');
        if !hostile && !quoted {
            self.bytes.extend_from_slice(text.as_bytes());
            return;
        }
        // Quotes are written as in any text file, so that the same reader takes them away.
        let clean = text.replace(['\u{1c}', '\u{1d}', '\u{1e}', '\u{1f}'], " ").replace('"', "\"\"");
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(clean.as_bytes());
        self.bytes.push(b'"');
    }

    fn typed(&mut self, text: &str) {
        self.bytes.push(TYPED as u8);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn truth(&mut self, truth: bool) {
        self.typed(if truth { "true" } else { "false" });
    }

    fn error(&mut self, error: &CellErrorType) {
        self.bytes.push(ERROR as u8);
        self.bytes.extend_from_slice(error.to_string().as_bytes());
    }

    /// ISO 8601; of a moment the day.
    fn iso(&mut self, text: &str) {
        let day = text.split_once('T').map_or(text, |(day, _)| day);
        self.typed(day);
    }

    /// The day of a moment, whatever the hour; a length of time is a number of days.
    fn date(&mut self, at: &ExcelDateTime) {
        if at.is_duration() {
            return self.number(at.as_f64(), false);
        }
        let (year, month, day, ..) = at.to_ymd_hms_milli();
        self.typed(&format!("{year:04}-{month:02}-{day:02}"));
    }

    /// A number as Excel shows it, to 15 digits: 0.1 + 0.2 is kept as 0.30000000000000004 and means 0.3.
    fn number(&mut self, number: f64, percent: bool) {
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
