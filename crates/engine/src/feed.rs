//! A reader to UTF-8 chunks of whole records, whatever the encoding, with the line on which each chunk starts.

use std::sync::atomic::Ordering;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use jauge::problem::{Binary, DataProblem, Fact, close_to};
use memchr::{memchr, memchr_iter, memchr2};

use crate::filled::Filled;
use crate::limits;
use crate::open::{FilePlace, Input};

/// Why reading ends early: the source is unreadable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stop {
    pub(crate) fact: Box<Fact>,
    /// Line from 1, or 0 for the file as a whole.
    pub(crate) line: u64,
    /// Number of the column from 1, or 0.
    pub(crate) column: u32,
    pub(crate) text: String,
}

impl Stop {
    pub(crate) fn file(fact: impl Into<Fact>) -> Self {
        Stop { fact: Box::new(fact.into()), line: 0, column: 0, text: String::new() }
    }

    pub(crate) fn line(fact: impl Into<Fact>, line: u64) -> Self {
        Stop { fact: Box::new(fact.into()), line, column: 0, text: String::new() }
    }
}

/// Whole records, in UTF-8 if the file keeps its promise.
pub(crate) struct Chunk {
    pub(crate) bytes: Filled,
    pub(crate) first_line: u64,
    pub(crate) has_quotes: bool,
}

/// Reads a file piece by piece.
pub(crate) struct Feed {
    input: Input,
    decoder: Option<Decoder>,
    /// The encoding's name, where it was declared or a byte order mark says it.
    pub(crate) encoding: Option<&'static Encoding>,
    raw: Filled,
    /// What was read and not given out.
    pub(crate) carry: Filled,
    /// The line on which `carry` starts.
    pub(crate) line: u64,
    pub(crate) separator: u8,
    pub(crate) newline: u8,
    /// It is a sheet of a workbook.
    pub(crate) is_sheet: bool,
    /// Where its problems are.
    pub(crate) place: FilePlace,
    chunk: usize,
    ended: bool,
}

/// Bytes read at a time from an encoding other than UTF-8.
const RAW: usize = 1 << 18;
/// Bytes looked at to tell text from workbooks, and lines that end in one way from those that end in another.
pub(crate) const START: usize = 1 << 12;

impl Feed {
    /// Opens the encoding: a byte order mark, then the declaration, then UTF-8.
    pub(crate) fn new(input: Input, declared: Option<&str>, chunk: usize) -> Result<Feed, Stop> {
        let declared = match declared {
            Some(label) => Some(Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| unknown_encoding(label))?),
            None => None,
        };
        let mut feed = Feed {
            input,
            decoder: None,
            encoding: declared,
            raw: Filled::default(),
            carry: Filled::default(),
            line: 1,
            separator: b',',
            newline: b'\n',
            is_sheet: false,
            place: FilePlace::default(),
            chunk: chunk.max(1),
            ended: false,
        };
        feed.fill_raw(START)?;
        if feed.raw.is_empty() {
            return Err(Stop::file(DataProblem::FileEmpty { path: feed.input.path }));
        }
        let mark = Encoding::for_bom(&feed.raw);
        if let (None, None, Some((likely, reads))) = (mark, declared, unmarked_wide(&feed.raw)) {
            let fact = DataProblem::NotUtf8 { path: feed.input.path, likely, reads: reads.clone() };
            return Err(Stop { fact: Box::new(fact.into()), line: 1, column: 1, text: reads });
        }
        if let Some(looks) =
            looks_binary(&feed.raw, mark.is_some() || declared.is_some_and(|e| !e.is_ascii_compatible()))
        {
            return Err(Stop::file(DataProblem::NotText { path: feed.input.path, looks }));
        }
        let encoding = mark.map(|(encoding, _)| encoding).or(declared);
        feed.encoding = encoding;
        match encoding {
            None => {}
            Some(utf8) if utf8 == UTF_8 => {
                feed.raw.keep(mark.map_or(0, |(_, length)| length)..feed.raw.len());
            }
            Some(other) => {
                feed.decoder = Some(other.new_decoder_with_bom_removal());
            }
        }
        if feed.decoder.is_none() {
            feed.carry = std::mem::take(&mut feed.raw);
        } else {
            let start = std::mem::take(&mut feed.raw);
            feed.decode(&start, feed.ended)?;
        }
        Ok(feed)
    }

    /// Reads a sheet, see [`crate::sheet`].
    pub(crate) fn of_sheet(input: Input, chunk: usize) -> Feed {
        Feed {
            input,
            decoder: None,
            encoding: Some(UTF_8),
            raw: Filled::default(),
            carry: Filled::default(),
            line: 1,
            separator: crate::sheet::CELL,
            newline: crate::sheet::ROW,
            is_sheet: true,
            place: FilePlace::default(),
            chunk: chunk.max(1),
            ended: false,
        }
    }

    pub(crate) fn path(&self) -> &str {
        &self.input.path
    }

    /// Bytes of the file that have been read, and bytes in all.
    pub(crate) fn progress(&self) -> (u64, u64) {
        let done = self.input.done.load(Ordering::Relaxed);
        (done.min(self.input.total), self.input.total)
    }

    /// The next chunk of whole records; `None` at the end. `spare` is a buffer to use again.
    pub(crate) fn next(&mut self, mut spare: Filled) -> Result<Option<Chunk>, Stop> {
        let mut wanted = self.chunk;
        loop {
            self.fill(wanted)?;
            if self.carry.is_empty() {
                return Ok(None);
            }
            // One look for both: quotes are seldom, bytes of zero are none of a text.
            let first = memchr2(b'"', 0, &self.carry);
            let has_quotes = first.is_some_and(|at| self.carry.get(at) == Some(&b'"'));
            let zero = if has_quotes { memchr(0, &self.carry) } else { first };
            let sound = zero.and_then(|at| self.carry.get(..at)).unwrap_or(&self.carry);
            let (end, open) = if has_quotes {
                last_record_end(sound, self.separator, self.newline)
            } else {
                (memchr::memrchr(self.newline, sound).map_or(0, |at| at + 1), None)
            };
            let end = match (self.ended, open) {
                // The rows before are given out first, so that the first mistake is found however the file is cut.
                _ if zero.is_some() && end > 0 => end,
                _ if zero.is_some() => {
                    let fact = DataProblem::NotText { path: self.input.path.clone(), looks: Binary::Zeros };
                    return Err(Stop::line(fact, self.line_at(zero.unwrap_or(0))));
                }
                (true, Some(open)) => return Err(Stop::line(DataProblem::UnclosedQuote, self.line_at(open))),
                (true, None) => self.carry.len(),
                (false, _) => end,
            };
            if end == 0 {
                if self.carry.len() >= limits::RECORD {
                    return Err(self.too_long(open));
                }
                wanted = self.carry.len().saturating_mul(2).min(limits::RECORD);
                continue;
            }
            let (whole, rest) = self.carry.split_at(end);
            spare.fill_with(rest);
            let first_line = self.line;
            self.line += memchr_iter(self.newline, whole).count() as u64;
            let mut bytes = std::mem::replace(&mut self.carry, spare);
            bytes.keep(0..end);
            return Ok(Some(Chunk { bytes, first_line, has_quotes }));
        }
    }

    /// Reads until `carry` holds the first record, whatever the separator, or the file ends.
    pub(crate) fn fill_first(&mut self) -> Result<(), Stop> {
        let mut wanted = self.chunk.max(START);
        loop {
            self.fill(wanted)?;
            // Of text so much more that the kind of its line ends can be told, however it is read.
            let (line, more) = match self.is_sheet {
                true => (memchr(self.newline, &self.carry), 1),
                false => (memchr2(b'\n', b'\r', &self.carry), START),
            };
            let has_line = line.is_some_and(|at| at + more < self.carry.len());
            if self.ended || has_line {
                return Ok(());
            }
            if self.carry.len() >= limits::RECORD {
                return Err(self.too_long(None));
            }
            wanted = self.carry.len().saturating_mul(2).min(limits::RECORD);
        }
    }

    /// Reads more; false at the end of the file or of what one record may have.
    pub(crate) fn grow(&mut self) -> Result<bool, Stop> {
        let before = self.carry.len();
        self.fill(before.saturating_mul(2).clamp(START, limits::RECORD))?;
        Ok(self.carry.len() > before)
    }

    /// The file has been read to its end.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn line_at(&self, offset: usize) -> u64 {
        let before = self.carry.get(..offset).unwrap_or(&self.carry);
        self.line + memchr_iter(self.newline, before).count() as u64
    }

    pub(crate) fn too_long(&self, open: Option<usize>) -> Stop {
        match open {
            Some(open) => Stop::line(DataProblem::UnclosedQuote, self.line_at(open)),
            None => Stop::line(DataProblem::RowTooLong { limit: limits::RECORD >> 20 }, self.line),
        }
    }

    fn fill(&mut self, wanted: usize) -> Result<(), Stop> {
        while self.carry.len() < wanted && !self.ended {
            if self.decoder.is_none() {
                let room = wanted - self.carry.len();
                let read = self.carry.read(&mut self.input, room);
                self.ended = read.map_err(|stop| self.broken(stop))? < room;
            } else {
                self.fill_raw(RAW)?;
                let mut raw = std::mem::take(&mut self.raw);
                self.decode(&raw, self.ended)?;
                raw.keep(0..0);
                self.raw = raw;
            }
        }
        Ok(())
    }

    fn fill_raw(&mut self, room: usize) -> Result<(), Stop> {
        let read = self.raw.read(&mut self.input, room);
        self.ended = read.map_err(|stop| self.broken(stop))? < room;
        Ok(())
    }

    /// Where reading fails, the line that could still be read, once there is one.
    fn broken(&self, stop: Stop) -> Stop {
        if self.carry.is_empty() && self.line == 1 {
            return stop;
        }
        Stop { line: self.line_at(self.carry.len()), ..stop }
    }

    fn decode(&mut self, mut raw: &[u8], last: bool) -> Result<(), Stop> {
        let Some(decoder) = self.decoder.as_mut() else { return Ok(()) };
        loop {
            // A decoder needs at most three bytes for one; the constant is for what it has kept.
            let room = decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(raw.len()).max(16);
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(raw, self.carry.room(room), last);
            self.carry.add(written);
            raw = raw.get(read..).unwrap_or(&[]);
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(_, _) => {
                    let encoding = self.encoding.map_or("UTF-8", Encoding::name).to_string();
                    let line = self.line_at(self.carry.len());
                    return Err(Stop::line(DataProblem::BrokenEncoding { encoding }, line));
                }
            }
        }
    }
}

fn unknown_encoding(label: &str) -> Stop {
    const LABELS: [&str; 14] = [
        "utf-8",
        "utf-16le",
        "utf-16be",
        "windows-1252",
        "windows-1256",
        "windows-1250",
        "windows-1251",
        "iso-8859-1",
        "iso-8859-15",
        "iso-8859-6",
        "macintosh",
        "ibm866",
        "gbk",
        "shift_jis",
    ];
    Stop::file(DataProblem::UnknownEncoding { label: label.to_string(), near: close_to(label, LABELS) })
}

/// UTF-16 without its mark: every other byte of plain text is zero. With the start of its first line.
fn unmarked_wide(start: &[u8]) -> Option<(&'static str, String)> {
    let zeros = |from: usize| start.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (high_first, high_second) = (zeros(0), zeros(1));
    let (encoding, likely) = match (high_first, high_second) {
        (0, some) if some * 4 > start.len() => (UTF_16LE, "utf-16le"),
        (some, 0) if some * 4 > start.len() => (UTF_16BE, "utf-16be"),
        _ => return None,
    };
    let (text, _) = encoding.decode_without_bom_handling(start);
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let reads: String = line.chars().take(jauge::problem::DataPlace::TEXT_LIMIT).collect();
    (!reads.is_empty() && !reads.contains(|sign: char| sign.is_control() && sign != '\t')).then_some((likely, reads))
}

fn looks_binary(start: &[u8], zeros_are_text: bool) -> Option<Binary> {
    if start.starts_with(b"PK\x03\x04") {
        Some(Binary::Workbook)
    } else if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        Some(Binary::OldWorkbook)
    } else if crate::unpack::packing(start).is_some() {
        Some(Binary::Packed)
    } else if start.starts_with(b"PAR1") {
        Some(Binary::Parquet)
    } else if !zeros_are_text && start.contains(&0) {
        Some(Binary::Zeros)
    } else {
        None
    }
}

/// One past the last record end outside quotes, 0 where there is none; and where a quote opens that does not close.
///
/// INVARIANT: a quote opens a quoted cell only as the first byte of a cell, exactly as the splitter reads it.
pub(crate) fn last_record_end(bytes: &[u8], separator: u8, newline: u8) -> (usize, Option<usize>) {
    let mut end = 0;
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        if *first == b'"' {
            match closing_quote(bytes, at) {
                Some(close) => at = close + 1,
                None => return (end, Some(at)),
            }
        }
        let Some(rest) = bytes.get(at..) else { break };
        let Some(found) = memchr2(separator, newline, rest) else { break };
        at += found + 1;
        if rest.get(found) == Some(&newline) {
            end = at;
        }
    }
    (end, None)
}

/// One past the first record end outside quotes.
pub(crate) fn first_record_end(bytes: &[u8], separator: u8, newline: u8) -> Result<Option<usize>, usize> {
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        if *first == b'"' {
            at = closing_quote(bytes, at).ok_or(at)? + 1;
        }
        let Some(rest) = bytes.get(at..) else { break };
        let Some(found) = memchr2(separator, newline, rest) else { break };
        at += found + 1;
        if rest.get(found) == Some(&newline) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// The quote that closes the one at `open`; doubled quotes are text.
pub(crate) fn closing_quote(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let quote = at + memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        at = quote + 2;
    }
}

/// The encoding that bytes which are not UTF-8 look like, and the bytes read in it.
pub(crate) fn likely_encoding(sample: &[u8]) -> (&'static Encoding, String) {
    let high = |byte: &u8| *byte >= 0x80;
    let total = sample.iter().filter(|byte| high(byte)).count();
    // French has its accents alone between letters; Arabic words are runs of high bytes.
    let in_runs = sample.windows(2).filter(|pair| pair.iter().all(high)).count();
    // Where Windows has signs that words do not hold, the old Macintosh has é, è, à, ê, ç and ô.
    let mac = sample.iter().filter(|byte| matches!(byte, 0x8e | 0x8f | 0x88 | 0x90 | 0x8d | 0x99)).count();
    let western = sample.iter().filter(|byte| **byte >= 0xc0).count();
    let encoding = if sample.iter().filter(|byte| **byte == 0).count() * 4 > sample.len() {
        if sample.first() == Some(&0) { UTF_16BE } else { UTF_16LE }
    } else if in_runs * 2 > total {
        encoding_rs::WINDOWS_1256
    } else if mac * 2 > total && western * 2 < total {
        encoding_rs::MACINTOSH
    } else {
        encoding_rs::WINDOWS_1252
    };
    let (text, _, _) = encoding.decode(sample);
    (encoding, text.into_owned())
}
