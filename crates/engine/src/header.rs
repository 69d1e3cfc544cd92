//! The start of a file to its separator, its headers and the place of each declared column.

use jauge::problem::{DataProblem, FileProblem, close_to};

use crate::feed::{Feed, START, Stop, first_record_end, likely_encoding};
use crate::limits;
use crate::text::{composed, plain, trim};

/// Separators that are looked for, most likely first.
const SEPARATORS: [u8; 4] = [b';', b',', b'\t', b'|'];

/// The headers of a file.
#[derive(Debug, Clone)]
pub(crate) struct Headers {
    /// As written, without blanks around.
    pub(crate) names: Vec<String>,
    /// The line on which they stand.
    pub(crate) line: u64,
}

impl Headers {
    /// Reads blank lines, `sep=;` and the header record, and leaves `feed` at the first row. `known` are headers that are
    /// sought: with several possible separators, the one that finds most of them wins.
    ///
    /// `rows` are the first and the last row of the headers, from 1, where they are declared. In a sheet, where they are not, the
    /// row that holds most of the headers sought is taken.
    pub(crate) fn read(
        feed: &mut Feed,
        declared: Option<char>,
        rows: Option<(u32, u32)>,
        known: &[&str],
    ) -> Result<Headers, Stop> {
        let declared = match feed.is_sheet {
            true => Some(feed.separator),
            false => declared.map(usable).transpose()?,
        };
        feed.fill_first()?;
        if !feed.is_sheet && ends_lines_by_return(&feed.carry) {
            feed.newline = b'\r';
        }
        let first = match rows {
            Some((first, _)) => u64::from(first),
            None if feed.is_sheet => likely_row(feed, known)?,
            None => 0,
        };
        skip_to(feed, first)?;
        let mut said = None;
        if first == 0 {
            skip_blank_lines(feed)?;
            said = separator_line(feed);
            if said.is_some() {
                skip_blank_lines(feed)?;
            }
        }
        if feed.carry.is_empty() {
            return Err(Stop::file(DataProblem::FileEmpty { path: feed.path().to_string() }));
        }
        let candidates: &[u8] = match (&declared, &said) {
            (Some(declared), _) => std::slice::from_ref(declared),
            (None, Some(said)) => std::slice::from_ref(said),
            (None, None) => &SEPARATORS,
        };
        let known: Vec<String> = known.iter().map(|header| plain(header)).collect();
        let mut best: Option<(usize, usize, u8, Vec<String>, usize)> = None;
        for separator in candidates {
            let end = record_end(feed, *separator)?;
            let names = cells(feed, 0..end, *separator)?;
            let matched = names.iter().filter(|name| known.contains(&plain(name))).count();
            let better = best.as_ref().is_none_or(|(other, count, ..)| (matched, names.len()) > (*other, *count));
            if better {
                best = Some((matched, names.len(), *separator, names, end));
            }
        }
        let Some((_, _, separator, names, end)) = best else {
            return Err(Stop::file(DataProblem::FileEmpty { path: feed.path().to_string() }));
        };
        feed.separator = separator;
        let line = feed.line;
        if names.iter().any(|name| has_lone_return(name)) {
            return Err(Stop::line(FileProblem::MixedLineEnds { path: feed.path().to_string() }, line));
        }
        take(feed, end);
        let Some((first, last)) = rows.filter(|(first, last)| first != last) else {
            return Ok(Headers { names, line });
        };
        let end = record_end(feed, separator)?;
        let below = cells(feed, 0..end, separator)?;
        take(feed, end);
        Ok(Headers { names: joined(&names, &below), line: line + u64::from(last - first) })
    }

    /// Where one of the headers stands, from 0; the first two where there are two.
    pub(crate) fn find(&self, headers: &[String]) -> (Option<usize>, Option<usize>) {
        let wanted: Vec<String> = headers.iter().map(|header| plain(header)).collect();
        // Names come before other headers: where both stand in the file, the first spelling wins.
        for header in &wanted {
            let mut places =
                (0..self.names.len()).filter(|at| self.names.get(*at).is_some_and(|name| plain(name) == *header));
            if let Some(first) = places.next() {
                return (Some(first), places.next());
            }
        }
        (None, None)
    }

    /// A header that is close to one of these.
    pub(crate) fn near(&self, headers: &[String]) -> Option<String> {
        headers.iter().find_map(|header| close_to(header, self.names.iter().map(String::as_str)))
    }

    /// A separator with which the header line would hold one of these, where there seems to be a single column.
    pub(crate) fn other_separator(&self, headers: &[String]) -> Option<char> {
        let [only] = self.names.as_slice() else { return None };
        let wanted: Vec<String> = headers.iter().map(|header| plain(header)).collect();
        SEPARATORS.into_iter().map(char::from).find(|separator| {
            only.contains(*separator)
                && only.split(*separator).any(|name| wanted.contains(&plain(name.trim_matches('"'))))
        })
    }
}

/// Old Macintosh text: lines end in a carriage return, and no line feed follows soon.
///
/// INVARIANT: what is looked at does not depend on how much has been read.
fn ends_lines_by_return(start: &[u8]) -> bool {
    let Some(first) = memchr::memchr2(b'\r', b'\n', start) else { return false };
    let window = start.get(..first.saturating_add(START)).unwrap_or(start);
    memchr::memchr(b'\n', window).is_none()
}

/// A carriage return within a header is the end of a line in a file whose other lines end otherwise.
fn has_lone_return(name: &str) -> bool {
    name.match_indices('\r').any(|(at, _)| !name.get(at + 1..).unwrap_or("").starts_with('\n'))
}

/// Leaves the first `end` bytes behind, which end a record.
fn take(feed: &mut Feed, end: usize) {
    feed.line = feed.line_at(end);
    if end > 0 && feed.carry.get(end - 1) != Some(&feed.newline) {
        feed.line += 1;
    }
    feed.carry.drop_first(end.min(feed.carry.len()));
}

/// Leaves all lines before this one behind.
fn skip_to(feed: &mut Feed, line: u64) -> Result<(), Stop> {
    while feed.line < line && !feed.carry.is_empty() {
        let wanted = usize::try_from(line - feed.line).unwrap_or(usize::MAX);
        let mut ends = memchr::memchr_iter(feed.newline, &feed.carry).take(wanted);
        match ends.by_ref().last().map(|at| at + 1) {
            Some(end) => take(feed, end),
            None if feed.has_ended() || !feed.grow()? => take(feed, feed.carry.len()),
            None => {}
        }
        if feed.carry.is_empty() {
            feed.fill_first()?;
        }
    }
    Ok(())
}

/// Of the first rows of a sheet, the one that holds most of the headers sought; the first that is not blank where none does.
fn likely_row(feed: &mut Feed, known: &[&str]) -> Result<u64, Stop> {
    let known: Vec<String> = known.iter().map(|header| plain(header)).collect();
    let (mut start, mut line) = (0usize, feed.line);
    let mut best: Option<(usize, u64)> = None;
    for _ in 0..limits::HEADER_ROWS {
        let end = loop {
            let rest = feed.carry.get(start..).unwrap_or(&[]);
            match first_record_end(rest, feed.separator, feed.newline) {
                Ok(Some(end)) => break start + end,
                Ok(None) | Err(_) if feed.has_ended() || !feed.grow()? => break feed.carry.len(),
                Ok(None) | Err(_) => {}
            }
        };
        if end <= start {
            break;
        }
        let names = cells(feed, start..end, feed.separator)?;
        let found = names.iter().filter(|name| known.contains(&plain(name))).count();
        if names.iter().any(|name| !name.is_empty()) && best.is_none_or(|(most, _)| found > most) {
            best = Some((found, line));
        }
        (start, line) = (end, line + 1);
    }
    Ok(best.map_or(feed.line, |(_, line)| line))
}

/// Headers on two rows as one: `2020 / Filles`. A cell above several, merged with its neighbours, stands for all of them.
fn joined(above: &[String], below: &[String]) -> Vec<String> {
    let empty = String::new();
    let mut over = "";
    (0..above.len().max(below.len()))
        .map(|at| {
            let (own, low) = (above.get(at).unwrap_or(&empty), below.get(at).unwrap_or(&empty));
            if !own.is_empty() {
                over = own;
            } else if low.is_empty() {
                over = "";
            }
            match (over, low.as_str()) {
                ("", low) => low.to_string(),
                (over, "") => over.to_string(),
                (over, low) => format!("{over} / {low}"),
            }
        })
        .collect()
}

/// A separator as one byte, if it can be one.
fn usable(separator: char) -> Result<u8, Stop> {
    match u8::try_from(separator) {
        Ok(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(byte),
        Ok(_) | Err(_) => Err(Stop::file(DataProblem::UnusableSeparator { separator })),
    }
}

fn skip_blank_lines(feed: &mut Feed) -> Result<(), Stop> {
    loop {
        // A line of separators that are blanks (tabs) is a header line without names: it is skipped as well.
        let text = feed.carry.iter().position(|byte| !byte.is_ascii_whitespace());
        let before = feed.carry.get(..text.unwrap_or(feed.carry.len())).unwrap_or(&[]);
        let end = match memchr::memrchr(feed.newline, before) {
            Some(at) => at + 1,
            // Blanks up to the end of the file.
            None if text.is_none() && feed.has_ended() => feed.carry.len(),
            None => 0,
        };
        if end > 0 {
            feed.line = feed.line_at(end);
            feed.carry.drop_first(end);
        }
        if text.is_some() || feed.has_ended() {
            return feed.fill_first();
        }
        if !feed.grow()? && !feed.has_ended() {
            return Err(feed.too_long(None));
        }
    }
}

/// `sep=;`, which Excel writes and reads.
fn separator_line(feed: &mut Feed) -> Option<u8> {
    let end = memchr::memchr(feed.newline, &feed.carry).map_or(feed.carry.len(), |at| at + 1);
    let line = feed.carry.get(..end)?.trim_ascii_end();
    let line = line.strip_prefix(b"\"").map_or(line, |line| line.strip_suffix(b"\"").unwrap_or(line));
    let separator = match line.get(..4).map(<[u8]>::to_ascii_lowercase).as_deref() {
        Some(b"sep=") => match line.get(4..) {
            Some([separator]) => *separator,
            // A tab at the end of the line has been trimmed.
            Some([]) => b'\t',
            Some(_) | None => return None,
        },
        Some(_) | None => return None,
    };
    feed.line = feed.line_at(end);
    feed.carry.drop_first(end);
    usable(char::from(separator)).ok()
}

fn record_end(feed: &mut Feed, separator: u8) -> Result<usize, Stop> {
    loop {
        let open = match first_record_end(&feed.carry, separator, feed.newline) {
            Ok(Some(end)) => return Ok(end),
            Ok(None) if feed.has_ended() => return Ok(feed.carry.len()),
            Ok(None) => None,
            Err(open) => Some(open),
        };
        if !feed.grow()? {
            return Err(match open {
                Some(open) => Stop::line(DataProblem::UnclosedQuote, feed.line_at(open)),
                None if feed.has_ended() => return Ok(feed.carry.len()),
                None => feed.too_long(None),
            });
        }
    }
}

fn cells(feed: &Feed, record: std::ops::Range<usize>, separator: u8) -> Result<Vec<String>, Stop> {
    let bytes = feed.carry.get(record).unwrap_or(&feed.carry);
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(feed, bytes, error.valid_up_to(), feed.line))?;
    let layout = crate::split::Layout {
        separator,
        newline: feed.newline,
        cells: 0,
        least: 0,
        wanted: (0..limits::COLUMNS as u32).take(bytes.len() + 1).collect(),
        places: (bytes.len() + 1).min(limits::COLUMNS),
        beside: false,
        of_needed: Vec::new(),
        named: Vec::new(),
    };
    let (mut names, mut columns) = (Vec::new(), 0);
    let mut buffers = crate::split::Buffers::default();
    crate::split::rows(text, text.contains('"'), feed.line, &layout, &mut buffers, |row| {
        columns = columns.max(row.count);
        if names.is_empty() {
            names = (0..row.count.min(limits::COLUMNS)).map(|at| composed(trim(row.text(at))).into_owned()).collect();
        }
    });
    if columns > limits::COLUMNS {
        let fact = FileProblem::TooManyColumns { path: feed.path().to_string(), limit: limits::COLUMNS };
        return Err(Stop::line(fact, feed.line));
    }
    Ok(names)
}

/// Bytes that are not UTF-8: with nothing declared the fix is to declare; else the file breaks its promise.
pub(crate) fn not_utf8(feed: &Feed, bytes: &[u8], at: usize, first_line: u64) -> Stop {
    not_utf8_at(feed.encoding.is_some(), feed.path(), (feed.separator, feed.newline), bytes, at, first_line)
}

/// The same for a chunk that has left its feed.
pub(crate) fn not_utf8_at(
    declared: bool,
    path: &str,
    (separator, newline): (u8, u8),
    bytes: &[u8],
    at: usize,
    first_line: u64,
) -> Stop {
    const AROUND: usize = 4_096;
    let before = bytes.get(..at).unwrap_or(bytes);
    let line = first_line + memchr::memchr_iter(newline, before).count() as u64;
    let start = memchr::memrchr(newline, before).map_or(0, |at| at + 1);
    let column = 1 + memchr::memchr_iter(separator, before.get(start..).unwrap_or(&[])).count();
    let column = u32::try_from(column).unwrap_or(0);
    if declared {
        let fact = DataProblem::BrokenEncoding { encoding: "UTF-8".to_string() };
        return Stop { fact: Box::new(fact.into()), line, column, text: String::new() };
    }
    let sample = bytes.get(at..).unwrap_or(&[]);
    let sample = sample.get(..AROUND).unwrap_or(sample);
    let (encoding, _) = likely_encoding(sample);
    let cell_start =
        before.iter().rposition(|byte| *byte == separator || *byte == newline).map_or(0, |place| place + 1);
    let cell_end = sample.iter().position(|byte| *byte == separator || *byte == newline || *byte == b'\r');
    let cell = bytes.get(cell_start..at + cell_end.unwrap_or(sample.len())).unwrap_or(&[]);
    let (reads, _, _) = encoding.decode(cell);
    let reads: String = trim(&reads).chars().take(jauge::problem::DataPlace::TEXT_LIMIT).collect();
    // WHATWG names are lower-case in declarations: `windows-1252`.
    let likely = match encoding.name() {
        "UTF-16LE" => "utf-16le",
        "UTF-16BE" => "utf-16be",
        name => name,
    };
    let fact = DataProblem::NotUtf8 { path: path.to_string(), likely, reads: reads.clone() };
    Stop { fact: Box::new(fact.into()), line, column, text: reads }
}
