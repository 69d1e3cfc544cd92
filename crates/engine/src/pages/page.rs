//! The pages of one column of one row group, unpacked, to values in order: which cells are there, and for those that are,
//! places in the dictionary or values as they lie.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;

use super::hybrid::{Broken, Hybrid};
use super::meaning::{Form, Raw};
use crate::block::ROWS;

/// Where the bytes of a file come from.
pub(crate) enum Input {
    File(File),
    Memory(Bytes),
}

impl Length for Input {
    fn len(&self) -> u64 {
        match self {
            Input::File(file) => file.len(),
            Input::Memory(bytes) => bytes.len() as u64,
        }
    }
}

impl ChunkReader for Input {
    type T = Box<dyn Read>;

    /// For the headers of pages.
    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        // Most are shorter.
        const HEADER: usize = 256;
        Ok(match self {
            Input::File(file) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(start))?;
                Box::new(BufReader::with_capacity(HEADER, file))
            }
            Input::Memory(bytes) => Box::new(bytes::Buf::reader(cut(bytes, start, None)?)),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        match self {
            Input::File(file) => {
                if start.saturating_add(length as u64) > file.len() {
                    return Err(ParquetError::EOF("end of file".to_string()));
                }
                file.get_bytes(start, length)
            }
            Input::Memory(bytes) => cut(bytes, start, Some(length)),
        }
    }
}

fn cut(bytes: &Bytes, start: u64, length: Option<usize>) -> Result<Bytes, ParquetError> {
    let end = || ParquetError::EOF("end of file".to_string());
    let start = usize::try_from(start).ok().filter(|start| *start <= bytes.len()).ok_or_else(end)?;
    let stop = match length {
        None => bytes.len(),
        Some(length) => start.checked_add(length).filter(|stop| *stop <= bytes.len()).ok_or_else(end)?,
    };
    Ok(bytes.slice(start..stop))
}

/// Why a column cannot be read on.
#[derive(Debug)]
pub(crate) enum Failed {
    Broken(Broken),
    Library(ParquetError),
}

impl From<Broken> for Failed {
    fn from(broken: Broken) -> Self {
        Failed::Broken(broken)
    }
}

impl From<ParquetError> for Failed {
    fn from(error: ParquetError) -> Self {
        Failed::Library(error)
    }
}

const SHORT: Broken = Broken("end of page");
const FEWER: Broken = Broken("fewer values than rows");

/// Calls the library, which gives up on some damaged files instead of telling; nothing of what it held is used then.
pub(crate) fn library<T>(call: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(call))
        .unwrap_or_else(|_| Err(ParquetError::General("values that cannot be".to_string())))
}

/// Where the pages of values of the needed columns of a row group lie.
#[derive(Default)]
pub(crate) struct Places(Vec<OnceLock<Vec<PageLocation>>>);

impl Places {
    /// Of so many columns, none of them known yet.
    pub(crate) fn of(columns: usize) -> Places {
        Places((0..columns).map(|_| OnceLock::new()).collect())
    }

    /// Those of the needed column `at`, which is that `column` of the file.
    pub(crate) fn get(
        &self,
        at: usize,
        input: &Arc<Input>,
        group: &RowGroupMetaData,
        column: usize,
    ) -> Result<&[PageLocation], Failed> {
        let place = self.0.get(at).ok_or(SHORT)?;
        if let Some(known) = place.get() {
            return Ok(known);
        }
        let found = library(|| walk(input, group, column))?;
        Ok(place.get_or_init(|| found))
    }
}

/// Goes from header to header of the pages of a column. An index at the end of the file may tell the same; it is not asked, because
/// where a thread begins must not depend on what nobody reads from the first row on.
fn walk(input: &Arc<Input>, group: &RowGroupMetaData, column: usize) -> Result<Vec<PageLocation>, ParquetError> {
    let rows = usize::try_from(group.num_rows()).unwrap_or(0);
    let watched = Arc::new(Watched { input: Arc::clone(input), start: AtomicU64::new(0) });
    let facts = group.column(column);
    let mut pages = SerializedPageReader::new(Arc::clone(&watched), facts, rows, None)?;
    let mut starts = Vec::new();
    let (mut before, mut has_dictionary) = (0usize, false);
    while before < rows
        && let Some(page) = pages.peek_next_page()?
    {
        match page.num_levels {
            Some(cells) => {
                starts.push((watched.start(), before));
                before = before.saturating_add(cells);
            }
            None if starts.is_empty() && !has_dictionary => has_dictionary = true,
            None => return Err(ParquetError::General("dictionary in another place".to_string())),
        }
        pages.skip_next_page()?;
    }
    // What follows the last page that is needed may be anything.
    let end = match pages.peek_next_page() {
        Ok(None) => {
            let (start, length) = facts.byte_range();
            start.saturating_add(length)
        }
        Ok(Some(_)) | Err(_) => watched.start(),
    };
    let wrong = |_| ParquetError::General("place of a page".to_string());
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([end]);
    let of = |((start, row), end): (&(u64, usize), u64)| {
        Ok(PageLocation {
            offset: i64::try_from(*start).map_err(wrong)?,
            compressed_page_size: i32::try_from(end.saturating_sub(*start)).map_err(wrong)?,
            first_row_index: i64::try_from(*row).map_err(wrong)?,
        })
    };
    starts.iter().zip(ends).map(of).collect()
}

/// An input that tells where the last header was read.
struct Watched {
    input: Arc<Input>,
    start: AtomicU64,
}

impl Watched {
    fn start(&self) -> u64 {
        self.start.load(Ordering::Relaxed)
    }
}

impl Length for Watched {
    fn len(&self) -> u64 {
        self.input.len()
    }
}

impl ChunkReader for Watched {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        self.start.store(start, Ordering::Relaxed);
        self.input.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.input.get_bytes(start, length)
    }
}

/// The dictionary of a column: its values as they lie, and where each one is.
#[derive(Default)]
pub(crate) struct Dictionary {
    data: Bytes,
    /// Where each value starts, and where the last one ends.
    starts: Vec<u32>,
    form: Option<Form>,
}

impl Dictionary {
    fn new(data: Bytes, count: u32, form: Form) -> Result<Dictionary, Broken> {
        let count = usize::try_from(count).map_err(|_| SHORT)?;
        let mut starts: Vec<u32> = Vec::new();
        let narrow = |at: usize| u32::try_from(at).map_err(|_| Broken("dictionary"));
        let mut at = 0usize;
        // Each value takes a byte at the least, but for those of no length.
        for _ in 0..count {
            let length = match form {
                Form::Bit => return Err(Broken("dictionary of bits")),
                Form::Bytes => {
                    let length = length_at(&data, at)?;
                    at += 4;
                    length
                }
                form => width(form),
            };
            starts.push(narrow(at)?);
            at = at.checked_add(length).filter(|end| *end <= data.len()).ok_or(SHORT)?;
        }
        starts.push(narrow(at)?);
        Ok(Dictionary { data, starts, form: Some(form) })
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The value at a place.
    pub(crate) fn value(&self, place: u32) -> Option<Raw<'_>> {
        let at = place as usize;
        let form = self.form?;
        let start = *self.starts.get(at)? as usize;
        let end = match form {
            // The next value starts behind its length.
            Form::Bytes if at + 1 < self.len() => self.starts.get(at + 1)?.checked_sub(4)? as usize,
            _ => *self.starts.get(at + 1)? as usize,
        };
        Some(raw(form, self.data.get(start..end)?))
    }
}

fn length_at(data: &[u8], at: usize) -> Result<usize, Broken> {
    let length = data.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or(SHORT)?;
    usize::try_from(u32::from_le_bytes(*length)).map_err(|_| SHORT)
}

/// Bytes of a value that always has as many.
fn width(form: Form) -> usize {
    match form {
        Form::Int32 | Form::Float => 4,
        Form::Int64 | Form::Double => 8,
        Form::Int96 => 12,
        Form::Fixed(length) => length,
        Form::Bit | Form::Bytes => 0,
    }
}

/// The value of some bytes.
#[inline]
fn raw(form: Form, bytes: &[u8]) -> Raw<'_> {
    match form {
        Form::Int32 => Raw::Whole(bytes.first_chunk().map_or(0, |bytes| i128::from(i32::from_le_bytes(*bytes)))),
        Form::Int64 => Raw::Whole(bytes.first_chunk().map_or(0, |bytes| i128::from(i64::from_le_bytes(*bytes)))),
        Form::Int96 => {
            // Nanoseconds of the day, then the Julian day.
            const EPOCH: i128 = 2_440_588;
            const DAY: i128 = 86_400_000_000_000;
            let day = bytes.get(8..).and_then(|rest| rest.first_chunk::<4>());
            let days = day.map_or(0, |day| i128::from(u32::from_le_bytes(*day))) - EPOCH;
            let time = bytes.first_chunk::<8>().map_or(0, |bytes| i128::from(i64::from_le_bytes(*bytes)));
            Raw::Whole(days * DAY + time)
        }
        Form::Float => Raw::Binary(bytes.first_chunk().map_or(0.0, |bytes| f64::from(f32::from_le_bytes(*bytes)))),
        Form::Double => Raw::Binary(bytes.first_chunk().map_or(0.0, |bytes| f64::from_le_bytes(*bytes))),
        Form::Bit | Form::Bytes | Form::Fixed(_) => Raw::Bytes(bytes),
    }
}

/// Big-endian bytes of a decimal.
#[inline]
pub(crate) fn big_endian(bytes: &[u8]) -> Option<i128> {
    if bytes.len() > 16 {
        return None;
    }
    let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1i128 } else { 0 };
    Some(bytes.iter().fold(sign, |all, byte| all << 8 | i128::from(*byte)))
}

/// A value from the bytes of its plain form; `None` where they are not of its length.
pub(crate) fn plain(form: Form, bytes: &[u8]) -> Option<Raw<'_>> {
    match form {
        Form::Bit => bytes.first().filter(|_| bytes.len() == 1).map(|bit| Raw::Whole(i128::from(*bit))),
        Form::Bytes => Some(Raw::Bytes(bytes)),
        form => (bytes.len() == width(form)).then(|| raw(form, bytes)),
    }
}

/// The values of the page that is read.
enum Values {
    /// Places in the dictionary.
    Places(Hybrid),
    /// Bits in a row, from this one on.
    Bits(Bytes, usize),
    /// Bits as runs.
    Runs(Hybrid),
    /// Values as they lie, from this byte on.
    Plain(Bytes, usize),
}

/// What [`Chunk::read`] gives of the cells that are there.
pub(crate) enum Got<'p> {
    /// Places in the dictionary, which is another one than at the last call where that is said.
    Places(&'p [u32], &'p Dictionary, bool),
    /// Bits, as 0 and 1.
    Bits(&'p [u32]),
    /// Values of one length, side by side.
    Fixed(Form, &'p [u8]),
    /// Values of different lengths: their bytes, and where each lies.
    Bytes(&'p [u8], &'p [(u32, u32)]),
}

/// One column of one row group.
pub(crate) struct Chunk {
    pages: Pages,
    form: Form,
    optional: bool,
    dictionary: Dictionary,
    /// It is another one than at the last call of [`Chunk::read`].
    renewed: bool,
    /// Cells of the page that are not read yet.
    left: usize,
    levels: Option<Hybrid>,
    values: Values,
    numbers: Vec<u32>,
    spans: Vec<(u32, u32)>,
    decoded: Vec<u8>,
    presence: Vec<u32>,
}

enum Pages {
    /// Their bytes are read here.
    Own(Box<dyn PageReader>),
    /// Their encoding is one of the rarer ones: the library reads the values.
    Library(Box<ColumnReader>),
}

impl Chunk {
    /// A column at a row of its group, counted from 0; `places` are its pages.
    pub(crate) fn new(
        input: &Arc<Input>,
        group: &RowGroupMetaData,
        column: usize,
        form: Form,
        places: &[PageLocation],
        row: u64,
    ) -> Result<Chunk, Failed> {
        let facts = group.column(column);
        let rows = usize::try_from(group.num_rows()).unwrap_or(0);
        let own = || SerializedPageReader::new(Arc::clone(input), facts, rows, Some(places.to_vec()));
        let mut pages: Box<dyn PageReader> = Box::new(library(own)?);
        let row = i64::try_from(row).map_err(|_| SHORT)?;
        let page = places.partition_point(|place| place.first_row_index <= row).saturating_sub(1);
        let first = places.get(page).ok_or(FEWER)?.first_row_index;
        let is_usual = |encoding: Encoding| match encoding {
            Encoding::PLAIN | Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY | Encoding::RLE => true,
            #[allow(deprecated, reason = "old files have it for levels")]
            Encoding::BIT_PACKED => true,
            _ => false,
        };
        let is_usual = facts.encodings().all(is_usual);
        let mut dictionary = None;
        let pages = if is_usual {
            if library(|| pages.peek_next_page())?.is_some_and(|page| page.is_dict) {
                dictionary = library(|| pages.get_next_page())?;
            }
            for _ in 0..page {
                library(|| pages.skip_next_page())?;
            }
            Pages::Own(pages)
        } else {
            let mut reader = library(|| Ok(get_column_reader(facts.column_descr_ptr(), pages)))?;
            let pass = usize::try_from(first).map_err(|_| SHORT)?;
            if library(|| skip(&mut reader, pass))? < pass {
                return Err(FEWER.into());
            }
            Pages::Library(Box::new(reader))
        };
        let mut chunk = Chunk {
            pages,
            form,
            optional: facts.column_descr().max_def_level() > 0,
            dictionary: Dictionary::default(),
            renewed: false,
            left: 0,
            levels: None,
            values: Values::Plain(Bytes::new(), 0),
            numbers: Vec::new(),
            spans: Vec::new(),
            decoded: Vec::new(),
            presence: Vec::new(),
        };
        if let Some(page) = dictionary {
            chunk.open_page(page)?;
        }
        // Rows of the first page that are another thread's are read as that one reads them.
        let mut pass = usize::try_from(row.saturating_sub(first)).map_err(|_| SHORT)?;
        while pass > 0 {
            pass -= chunk.read(pass.min(ROWS))?.0;
        }
        chunk.renewed = true;
        Ok(chunk)
    }

    /// Reads at most `most` cells, at least one: how many they are, which of them are there (1) or empty (0; all are there where
    /// it is nothing), and those that are.
    pub(crate) fn read(&mut self, most: usize) -> Result<(usize, Option<&[u32]>, Got<'_>), Failed> {
        if matches!(self.pages, Pages::Library(_)) {
            return self.by_library(most);
        }
        while self.left == 0 {
            self.turn()?;
        }
        let count = most.min(self.left);
        self.left -= count;
        self.presence.clear();
        let mut all = true;
        if let Some(levels) = &mut self.levels {
            match levels.same(count)? {
                Some(1) => {}
                Some(_) => {
                    all = false;
                    self.presence.resize(count, 0);
                }
                None => {
                    all = false;
                    levels.read(count, &mut self.presence)?;
                }
            }
        }
        let there = if all { count } else { self.presence.iter().filter(|level| **level == 1).count() };
        self.numbers.clear();
        let got = match &mut self.values {
            Values::Places(places) => {
                places.read(there, &mut self.numbers)?;
                Got::Places(&self.numbers, &self.dictionary, std::mem::take(&mut self.renewed))
            }
            Values::Runs(runs) => {
                runs.read(there, &mut self.numbers)?;
                Got::Bits(&self.numbers)
            }
            Values::Bits(data, at) => {
                if (*at + there).div_ceil(8) > data.len() {
                    return Err(SHORT.into());
                }
                let bit = |at: usize| u32::from(data.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1));
                self.numbers.extend((*at..*at + there).map(bit));
                *at += there;
                Got::Bits(&self.numbers)
            }
            Values::Plain(data, at) => match self.form {
                Form::Bytes => {
                    self.spans.clear();
                    for _ in 0..there {
                        let length = length_at(data, *at)?;
                        let start = *at + 4;
                        let end = start.checked_add(length).filter(|end| *end <= data.len()).ok_or(SHORT)?;
                        let narrow = |at: usize| u32::try_from(at).map_err(|_| SHORT);
                        self.spans.push((narrow(start)?, narrow(end)?));
                        *at = end;
                    }
                    Got::Bytes(data, &self.spans)
                }
                form => {
                    let start = *at;
                    let end =
                        there.checked_mul(width(form)).and_then(|length| start.checked_add(length)).ok_or(SHORT)?;
                    *at = end;
                    Got::Fixed(form, data.get(start..end).ok_or(SHORT)?)
                }
            },
        };
        Ok((count, (!all).then_some(self.presence.as_slice()), got))
    }

    /// Goes on to the next page.
    fn turn(&mut self) -> Result<(), Failed> {
        let Pages::Own(pages) = &mut self.pages else { return Err(SHORT.into()) };
        let page = library(|| pages.get_next_page())?.ok_or(FEWER)?;
        self.open_page(page)
    }

    fn open_page(&mut self, page: Page) -> Result<(), Failed> {
        match page {
            Page::DictionaryPage { buf, num_values, .. } => {
                self.dictionary = Dictionary::new(buf, num_values, self.form)?;
                self.renewed = true;
            }
            Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
                let mut data = buf;
                self.levels = None;
                if self.optional {
                    if def_level_encoding != Encoding::RLE {
                        return Err(Broken("levels as packed bits").into());
                    }
                    let length = length_at(&data, 0)?;
                    let end = length.checked_add(4).filter(|end| *end <= data.len()).ok_or(SHORT)?;
                    self.levels = Some(Hybrid::new(data.slice(4..end), 1)?);
                    data = data.slice(end..);
                }
                self.open(data, num_values, encoding)?;
            }
            Page::DataPageV2 { buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
                let length = |bytes: u32| usize::try_from(bytes).map_err(|_| SHORT);
                let start = length(rep_levels_byte_len)?;
                let end =
                    start.checked_add(length(def_levels_byte_len)?).filter(|end| *end <= buf.len()).ok_or(SHORT)?;
                self.levels = if self.optional { Some(Hybrid::new(buf.slice(start..end), 1)?) } else { None };
                self.open(buf.slice(end..), num_values, encoding)?;
            }
        }
        Ok(())
    }

    fn open(&mut self, data: Bytes, count: u32, encoding: Encoding) -> Result<(), Failed> {
        self.left = usize::try_from(count).map_err(|_| SHORT)?;
        self.values = match encoding {
            Encoding::PLAIN if self.form == Form::Bit => Values::Bits(data, 0),
            Encoding::PLAIN => Values::Plain(data, 0),
            Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY => {
                let width = data.first().copied().map_or(0, u32::from);
                Values::Places(Hybrid::new(data.slice(data.len().min(1)..), width)?)
            }
            Encoding::RLE if self.form == Form::Bit => {
                let length = length_at(&data, 0)?;
                let end = length.checked_add(4).filter(|end| *end <= data.len()).ok_or(SHORT)?;
                Values::Runs(Hybrid::new(data.slice(4..end), 1)?)
            }
            _ => return Err(Broken("encoding").into()),
        };
        Ok(())
    }

    /// The same by the library, whatever the encoding.
    fn by_library(&mut self, most: usize) -> Result<(usize, Option<&[u32]>, Got<'_>), Failed> {
        let Pages::Library(reader) = &mut self.pages else { return Err(SHORT.into()) };
        let mut levels: Vec<i16> = Vec::new();
        let levels_of = self.optional.then_some(&mut levels);
        self.decoded.clear();
        self.numbers.clear();
        self.spans.clear();
        // Values are laid side by side again, as in a plain page.
        macro_rules! fixed {
            ($reader:expr) => {{
                let mut values = Vec::new();
                let (rows, ..) = library(|| $reader.read_records(most, levels_of, None, &mut values))?;
                self.decoded.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                rows
            }};
        }
        let rows = match reader.as_mut() {
            ColumnReader::BoolColumnReader(reader) => {
                let mut values: Vec<bool> = Vec::new();
                let (rows, ..) = library(|| reader.read_records(most, levels_of, None, &mut values))?;
                self.numbers.extend(values.iter().map(|value| u32::from(*value)));
                rows
            }
            ColumnReader::Int32ColumnReader(reader) => fixed!(reader),
            ColumnReader::Int64ColumnReader(reader) => fixed!(reader),
            ColumnReader::FloatColumnReader(reader) => fixed!(reader),
            ColumnReader::DoubleColumnReader(reader) => fixed!(reader),
            ColumnReader::Int96ColumnReader(reader) => {
                let mut values = Vec::new();
                let (rows, ..) = library(|| reader.read_records(most, levels_of, None, &mut values))?;
                for value in &values {
                    let value: &parquet::data_type::Int96 = value;
                    self.decoded.extend(value.data().iter().flat_map(|word| word.to_le_bytes()));
                }
                rows
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                let mut values = Vec::new();
                let (rows, ..) = library(|| reader.read_records(most, levels_of, None, &mut values))?;
                for value in &values {
                    let value: &parquet::data_type::FixedLenByteArray = value;
                    self.decoded.extend_from_slice(value.data());
                }
                rows
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                let mut values = Vec::new();
                let (rows, ..) = library(|| reader.read_records(most, levels_of, None, &mut values))?;
                for value in &values {
                    let value: &parquet::data_type::ByteArray = value;
                    let start = u32::try_from(self.decoded.len()).map_err(|_| SHORT)?;
                    self.decoded.extend_from_slice(value.data());
                    self.spans.push((start, u32::try_from(self.decoded.len()).map_err(|_| SHORT)?));
                }
                rows
            }
        };
        if rows == 0 {
            return Err(FEWER.into());
        }
        self.presence.clear();
        self.presence.extend(levels.iter().map(|level| u32::from(*level > 0)));
        let presence = self.optional.then_some(self.presence.as_slice());
        let there = presence.map_or(rows, |levels| levels.iter().filter(|level| **level == 1).count());
        let got = match self.form {
            Form::Bit => Got::Bits(&self.numbers),
            Form::Bytes => Got::Bytes(&self.decoded, &self.spans),
            form => Got::Fixed(form, &self.decoded),
        };
        let count = match &got {
            Got::Places(list, ..) | Got::Bits(list) => list.len(),
            Got::Bytes(_, spans) => spans.len(),
            Got::Fixed(form, bytes) => bytes.len() / width(*form).max(1),
        };
        if count != there || presence.is_some_and(|levels| levels.len() != rows) {
            return Err(FEWER.into());
        }
        Ok((rows, presence, got))
    }
}

/// Passes over so many rows; how many there were.
fn skip(reader: &mut ColumnReader, rows: usize) -> Result<usize, ParquetError> {
    match reader {
        ColumnReader::BoolColumnReader(reader) => reader.skip_records(rows),
        ColumnReader::Int32ColumnReader(reader) => reader.skip_records(rows),
        ColumnReader::Int64ColumnReader(reader) => reader.skip_records(rows),
        ColumnReader::Int96ColumnReader(reader) => reader.skip_records(rows),
        ColumnReader::FloatColumnReader(reader) => reader.skip_records(rows),
        ColumnReader::DoubleColumnReader(reader) => reader.skip_records(rows),
        ColumnReader::ByteArrayColumnReader(reader) => reader.skip_records(rows),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => reader.skip_records(rows),
    }
}

/// The values of [`Got::Fixed`].
#[inline]
pub(crate) fn fixed(form: Form, bytes: &[u8]) -> impl Iterator<Item = Raw<'_>> {
    bytes.chunks_exact(width(form).max(1)).map(move |bytes| raw(form, bytes))
}

#[cfg(test)]
mod tests {
    use parquet::basic::Compression;
    use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
    use parquet::file::metadata::ParquetMetaDataReader;
    use parquet::file::properties::{WriterProperties, WriterVersion};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::*;

    const ROWS_WRITTEN: usize = 97;

    /// A text, a number and a truth; the first and the last may be empty.
    fn written(version: WriterVersion, codec: Compression, encoding: Option<Encoding>, page: usize) -> Bytes {
        let schema = "message m { optional binary a (UTF8); required int64 b; optional boolean c; }";
        let schema = Arc::new(parse_message_type(schema).expect("a schema"));
        let mut properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_compression(codec)
            .set_write_batch_size(page)
            .set_data_page_row_count_limit(page)
            .set_dictionary_page_size_limit(200)
            .set_dictionary_enabled(encoding.is_none());
        if let Some(encoding) = encoding {
            properties = properties.set_column_encoding("a".into(), encoding);
            properties = properties.set_column_encoding("b".into(), Encoding::DELTA_BINARY_PACKED);
        }
        let mut bytes = Vec::new();
        let mut file = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties.build())).expect("a writer");
        let mut group = file.next_row_group().expect("a group");
        let levels: Vec<i16> =
            (0..ROWS_WRITTEN).map(|row| i16::from(row % 5 != 3 && !(20..40).contains(&row))).collect();
        let there = || (0..ROWS_WRITTEN).filter(|row| levels[*row] == 1);
        let mut column = group.next_column().expect("a column").expect("a column");
        let texts: Vec<ByteArray> = there().map(|row| format!("texte {}", row * row % 31).as_str().into()).collect();
        column.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None).expect("values");
        column.close().expect("a column");
        let mut column = group.next_column().expect("a column").expect("a column");
        let numbers: Vec<i64> = (0..ROWS_WRITTEN as i64).map(|row| row * row % 41).collect();
        column.typed::<Int64Type>().write_batch(&numbers, None, None).expect("values");
        column.close().expect("a column");
        let mut column = group.next_column().expect("a column").expect("a column");
        let truths: Vec<bool> = there().map(|row| row % 3 == 0).collect();
        column.typed::<BoolType>().write_batch(&truths, Some(&levels), None).expect("values");
        column.close().expect("a column");
        group.close().expect("a group");
        file.close().expect("a file");
        bytes.into()
    }

    /// The cells of a column from a row on, read a few at a time.
    fn cells(bytes: &Bytes, column: usize, form: Form, row: usize) -> Vec<Option<String>> {
        let input = Arc::new(Input::Memory(bytes.clone()));
        let facts = ParquetMetaDataReader::new().parse_and_finish(input.as_ref()).expect("an end");
        let group = facts.row_group(0);
        let places = Places::of(1);
        let places = places.get(0, &input, group, column).expect("pages");
        let mut chunk = Chunk::new(&input, group, column, form, places, row as u64).expect("a column");
        let mut all = Vec::new();
        let mut known = Vec::new();
        while all.len() < ROWS_WRITTEN - row {
            let (count, presence, got) = chunk.read(7.min(ROWS_WRITTEN - row - all.len())).expect("cells");
            let there: Vec<String> = match got {
                Got::Places(places, dictionary, renewed) => {
                    if renewed {
                        known = (0..dictionary.len() as u32).map(|at| format!("{:?}", dictionary.value(at))).collect();
                    }
                    places.iter().map(|place| known[*place as usize].clone()).collect()
                }
                Got::Bits(bits) => bits.iter().map(u32::to_string).collect(),
                Got::Fixed(form, bytes) => fixed(form, bytes).map(|raw| format!("{:?}", Some(raw))).collect(),
                Got::Bytes(data, spans) => {
                    let text = |(start, end): &(u32, u32)| Raw::Bytes(&data[*start as usize..*end as usize]);
                    spans.iter().map(|span| format!("{:?}", Some(text(span)))).collect()
                }
            };
            let mut there = there.into_iter();
            match presence {
                None => all.extend(there.map(Some)),
                Some(levels) => all.extend(levels.iter().map(|level| if *level == 1 { there.next() } else { None })),
            }
            assert!(count > 0);
        }
        all
    }

    #[test]
    fn a_column_may_be_read_from_any_row_on() {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for codec in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(Default::default())] {
                for encoding in [None, Some(Encoding::PLAIN), Some(Encoding::DELTA_BYTE_ARRAY)] {
                    for page in [1, 10, 1_000] {
                        let bytes = written(version, codec, encoding, page);
                        for (column, form) in [Form::Bytes, Form::Int64, Form::Bit].into_iter().enumerate() {
                            let whole = cells(&bytes, column, form, 0);
                            assert_eq!(whole.len(), ROWS_WRITTEN);
                            for row in 0..ROWS_WRITTEN {
                                let rest = cells(&bytes, column, form, row);
                                assert_eq!(
                                    rest,
                                    whole[row..],
                                    "{version:?} {codec} {encoding:?} {page}: {column} from {row}"
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}
