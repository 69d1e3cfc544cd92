//! A chunk of whole records to the cells of each record, only the wanted ones.

use memchr::{memchr_iter, memchr2};

use crate::feed::closing_quote;
use crate::sheet;

/// Where the text of a cell is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cell {
    start: u32,
    end: u32,
    /// In the buffer of unquoted texts instead of the chunk.
    apart: bool,
}

/// The layout of a file's records.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) separator: u8,
    pub(crate) newline: u8,
    /// Cells of the header.
    pub(crate) cells: usize,
    /// Cells that a row must have: up to the last header that is not blank.
    pub(crate) least: usize,
    /// For each cell of a record, the place in the row to which it goes, or [`Layout::SKIP`].
    pub(crate) wanted: Vec<u32>,
    /// Places in the row.
    pub(crate) places: usize,
    /// For each needed column, its place in the row, or what the name of a folder says.
    pub(crate) of_needed: Vec<Option<usize>>,
    pub(crate) named: Vec<Option<String>>,
    /// Cells beyond those of the header are no mistake: notes beside a table in a sheet.
    pub(crate) beside: bool,
}

/// Where the cells of a needed column are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of<'l> {
    /// At this place of each row.
    Place(usize),
    /// They are all what the name of a folder says.
    Name(&'l str),
}

impl Layout {
    pub(crate) const SKIP: u32 = u32::MAX;

    /// Where the cells of a needed column are.
    pub(crate) fn place_of(&self, at: usize) -> Of<'_> {
        match (self.of_needed.get(at), self.named.get(at)) {
            (Some(Some(place)), _) => Of::Place(*place),
            (_, Some(Some(name))) => Of::Name(name),
            (_, _) => Of::Name(""),
        }
    }

    /// The text of a needed column in a row.
    pub(crate) fn text<'r>(&'r self, row: &Row<'r>, at: usize) -> &'r str {
        match self.place_of(at) {
            Of::Place(place) => row.text(place),
            Of::Name(name) => name,
        }
    }
}

/// The wanted cells of one record.
pub(crate) struct Row<'a> {
    chunk: &'a str,
    apart: &'a str,
    cells: &'a [Cell],
    /// The line on which the record starts.
    pub(crate) line: u64,
    /// How many cells the record has.
    pub(crate) count: usize,
    /// It has the cells that the header promises.
    pub(crate) fits: bool,
    /// Text follows a closing quote.
    pub(crate) after_quote: bool,
}

impl<'a> Row<'a> {
    /// The text of the cell at a place of the layout, as a person sees it.
    #[inline]
    pub(crate) fn text(&self, place: usize) -> &'a str {
        sheet::bare(self.cell(place))
    }

    /// Where the cell is in the chunk, or its text where it is not there.
    #[inline]
    pub(crate) fn range(&self, place: usize) -> Result<(u32, u32), &'a str> {
        let cell = self.cells.get(place).copied().unwrap_or_default();
        if cell.apart {
            Err(self.apart.get(cell.start as usize..cell.end as usize).unwrap_or(""))
        } else {
            Ok((cell.start, cell.end))
        }
    }

    /// The same with the mark that a value of a workbook has.
    #[inline]
    pub(crate) fn cell(&self, place: usize) -> &'a str {
        let cell = self.cells.get(place).copied().unwrap_or_default();
        let text = if cell.apart { self.apart } else { self.chunk };
        text.get(cell.start as usize..cell.end as usize).unwrap_or("")
    }
}

/// Buffers that a splitter uses again for each chunk.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    cells: Vec<Cell>,
    apart: String,
}

/// Calls `each` for every record that is not a blank line. INVARIANT: offsets fit in `u32`, since a chunk is at most
/// `max(chunk size, longest record)` bytes and the engine bounds the chunk size.
pub(crate) fn rows(
    chunk: &str,
    has_quotes: bool,
    first_line: u64,
    layout: &Layout,
    buffers: &mut Buffers,
    mut each: impl FnMut(&Row<'_>),
) {
    buffers.cells.clear();
    buffers.cells.resize(layout.places, Cell::default());
    if has_quotes {
        quoted(chunk, first_line, layout, buffers, &mut each);
    } else {
        bare(chunk, first_line, layout, buffers, &mut each);
    }
}

fn bare(chunk: &str, first_line: u64, layout: &Layout, buffers: &mut Buffers, each: &mut impl FnMut(&Row<'_>)) {
    let bytes = chunk.as_bytes();
    let mut line = first_line;
    let mut start = 0usize;
    let mut record = 0usize;
    let mut count = 0usize;
    let mut extra = false;
    let ends = Marks::new(bytes, layout.separator, layout.newline).chain(
        // The last record of a file may have no line end.
        (bytes.last() != Some(&layout.newline)).then_some(bytes.len()),
    );
    for at in ends {
        let is_end = at >= bytes.len() || bytes.get(at) == Some(&layout.newline);
        let stop = if is_end && at > start && bytes.get(at - 1) == Some(&b'\r') { at - 1 } else { at };
        match layout.wanted.get(count) {
            Some(&Layout::SKIP) => {}
            Some(&place) => {
                if let Some(cell) = buffers.cells.get_mut(place as usize) {
                    *cell = Cell { start: start as u32, end: stop as u32, apart: false };
                }
            }
            None => extra |= !chunk.get(start..stop).unwrap_or("").trim().is_empty(),
        }
        count += 1;
        start = at + 1;
        if is_end {
            let blank = is_blank(chunk.get(record..stop).unwrap_or(""), count, layout);
            if !blank {
                let fits = count >= layout.least && (layout.beside || !extra);
                pad(buffers, layout, count);
                let row = Row { chunk, apart: "", cells: &buffers.cells, line, count, fits, after_quote: false };
                each(&row);
            }
            line += 1;
            count = 0;
            extra = false;
            record = start;
        }
    }
}

/// Where either of two bytes stands, found for sixty-four bytes at a time.
struct Marks<'b> {
    bytes: &'b [u8],
    marks: (u8, u8),
    /// The places of the sixty-four bytes before `at` that are left, as bits.
    left: u64,
    at: usize,
}

impl<'b> Marks<'b> {
    const AT_ONCE: usize = 64;

    fn new(bytes: &'b [u8], first: u8, second: u8) -> Self {
        Marks { bytes, marks: (first, second), left: 0, at: 0 }
    }

    /// The places of the marks in the next bytes, as bits.
    #[inline]
    fn look(&self, bytes: &[u8; Marks::AT_ONCE]) -> u64 {
        let found: [u8; Marks::AT_ONCE] =
            std::array::from_fn(|at| u8::from(bytes[at] == self.marks.0) | u8::from(bytes[at] == self.marks.1));
        // Eight bytes of 0 or 1 to eight bits: each product of a byte and a bit of the factor lands in its own place.
        const GATHER: u64 = 0x0102_0408_1020_4080;
        let (words, _) = found.as_chunks::<8>();
        words.iter().rev().fold(0, |all, word| all << 8 | u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56)
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
            match rest.first_chunk() {
                Some(bytes) => self.left = self.look(bytes),
                None => {
                    let mut bytes = [0; Marks::AT_ONCE];
                    bytes.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                    self.left = self.look(&bytes) & ((1 << rest.len()) - 1);
                }
            }
            self.at += Marks::AT_ONCE;
        }
        let place = self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(self.at - Marks::AT_ONCE + place)
    }
}

/// A line without text is no row; in a sheet, neither is a row whose cells are all empty.
fn is_blank(record: &str, count: usize, layout: &Layout) -> bool {
    let blank = |sign: char| {
        sign.is_whitespace()
            || sign == char::from(layout.newline)
            || (layout.beside && sign == char::from(layout.separator))
    };
    (count == 1 || layout.beside) && record.chars().all(blank)
}

/// Cells under blank headers at the end may be absent: then they are empty.
fn pad(buffers: &mut Buffers, layout: &Layout, count: usize) {
    if count < layout.cells {
        for place in layout.wanted.iter().skip(count) {
            if let Some(cell) = buffers.cells.get_mut(*place as usize) {
                *cell = Cell::default();
            }
        }
    }
}

fn quoted(chunk: &str, first_line: u64, layout: &Layout, buffers: &mut Buffers, each: &mut impl FnMut(&Row<'_>)) {
    let bytes = chunk.as_bytes();
    let mut line = first_line;
    let mut at = 0usize;
    while at < bytes.len() {
        let record = at;
        let mut count = 0usize;
        let mut extra = false;
        let mut after_quote = false;
        let mut any_quote = false;
        buffers.apart.clear();
        // One cell per turn, until the record ends.
        loop {
            let is_quoted = bytes.get(at) == Some(&b'"');
            let mut inside = None;
            let mut from = at;
            if is_quoted {
                any_quote = true;
                // The feeder cuts at record ends outside quotes, so a chunk's quotes close; if not, the rest is the cell.
                let close = closing_quote(bytes, at).unwrap_or(bytes.len());
                inside = Some((at + 1, close));
                from = (close + 1).min(bytes.len());
            }
            let rest = bytes.get(from..).unwrap_or(&[]);
            let end = memchr2(layout.separator, layout.newline, rest).map_or(bytes.len(), |found| from + found);
            let is_end = end >= bytes.len() || bytes.get(end) == Some(&layout.newline);
            let stop = if is_end && end > from && bytes.get(end - 1) == Some(&b'\r') { end - 1 } else { end };
            let (cell, text) = match inside {
                None => (Cell { start: at as u32, end: stop as u32, apart: false }, chunk.get(at..stop)),
                Some((start, close)) => {
                    after_quote |= !chunk.get(from..stop).unwrap_or("").trim().is_empty();
                    let text = chunk.get(start..close.min(bytes.len())).unwrap_or("");
                    if text.contains('"') {
                        let begin = buffers.apart.len();
                        buffers.apart.push_str(&text.replace("\"\"", "\""));
                        (Cell { start: begin as u32, end: buffers.apart.len() as u32, apart: true }, Some(text))
                    } else {
                        (Cell { start: start as u32, end: close.min(bytes.len()) as u32, apart: false }, Some(text))
                    }
                }
            };
            match layout.wanted.get(count) {
                Some(&Layout::SKIP) => {}
                Some(&place) => {
                    if let Some(slot) = buffers.cells.get_mut(place as usize) {
                        *slot = cell;
                    }
                }
                None => extra |= !text.unwrap_or("").trim().is_empty(),
            }
            count += 1;
            at = end + 1;
            if is_end {
                break;
            }
        }
        let whole = chunk.get(record..at.min(bytes.len())).unwrap_or("");
        let blank = !any_quote && is_blank(whole, count, layout);
        if !blank {
            let fits = count >= layout.least && (layout.beside || !extra);
            pad(buffers, layout, count);
            let row = Row { chunk, apart: &buffers.apart, cells: &buffers.cells, line, count, fits, after_quote };
            each(&row);
        }
        line += memchr_iter(layout.newline, whole.as_bytes()).count() as u64;
    }
}
