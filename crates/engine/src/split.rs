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

/// Records one after the other that have as many cells as the header, without quotes.
pub(crate) struct Run<'a> {
    pub(crate) chunk: &'a str,
    /// The mark before the first cell, then the one after each cell: a cell lies between two. [`Run::START`] stands for one
    /// before the chunk.
    pub(crate) marks: &'a [u32],
    /// Cells of a record.
    pub(crate) cells: usize,
    /// The line of the first record; each takes one.
    pub(crate) line: u64,
}

impl Run<'_> {
    /// One after it is the start of the chunk.
    const START: u32 = u32::MAX;

    pub(crate) fn rows(&self) -> usize {
        self.marks.len().saturating_sub(1) / self.cells
    }

    /// Where the cells at one place are, in records from `from` on.
    #[inline]
    pub(crate) fn column(&self, cell: usize, from: usize) -> impl Iterator<Item = (u32, u32)> {
        let bytes = self.chunk.as_bytes();
        let is_last = cell + 1 == self.cells;
        let of = |first: usize| self.marks.get(from * self.cells + first..).unwrap_or(&[]).chunks(self.cells);
        of(cell).zip(of(cell + 1)).map(move |(before, after)| {
            let (start, end) = (before[0].wrapping_add(1), after[0]);
            let has_return = is_last && end > start && bytes.get(end as usize - 1) == Some(&b'\r');
            (start, end - u32::from(has_return))
        })
    }
}

/// Buffers that a splitter uses again for each chunk.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    cells: Vec<Cell>,
    apart: String,
    marks: Marks,
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
        buffers.marks.find(chunk.as_bytes(), layout);
        let Buffers { cells, marks, .. } = buffers;
        for at in 0..marks.ends.len() {
            bare(chunk, marks.of(at, at + 1), first_line + at as u64, layout, cells, &mut each);
        }
    }
}

/// What a chunk without quotes has.
pub(crate) enum Found<'a> {
    Run(Run<'a>),
    Row(&'a Row<'a>),
}

/// Calls `each` for every run of records of one shape, and for every other record that is not a blank line.
pub(crate) fn runs(
    chunk: &str,
    first_line: u64,
    layout: &Layout,
    buffers: &mut Buffers,
    mut each: impl FnMut(Found<'_>),
) {
    buffers.cells.clear();
    buffers.cells.resize(layout.places, Cell::default());
    buffers.marks.find(chunk.as_bytes(), layout);
    let Buffers { cells, marks, .. } = buffers;
    // A record of one cell may be a blank line.
    let is_plain = |of_record: &[u32]| layout.cells > 1 && !layout.beside && of_record.len() == layout.cells + 1;
    let mut line = first_line;
    let mut start = 0;
    while start < marks.ends.len() {
        let plain = (start..marks.ends.len()).take_while(|at| is_plain(marks.of(*at, at + 1))).count();
        if plain > 0 {
            let marks = marks.of(start, start + plain);
            each(Found::Run(Run { chunk, marks, cells: layout.cells, line }));
        } else {
            bare(chunk, marks.of(start, start + 1), line, layout, cells, &mut |row| each(Found::Row(row)));
        }
        start += plain.max(1);
        line += plain.max(1) as u64;
    }
}

/// Reads a record without quotes; `marks` are the one before it and the one after each of its cells.
fn bare(chunk: &str, marks: &[u32], line: u64, layout: &Layout, cells: &mut [Cell], each: &mut impl FnMut(&Row<'_>)) {
    let bytes = chunk.as_bytes();
    let mut extra = false;
    let mut last = 0;
    for (count, marks) in marks.windows(2).enumerate() {
        let (start, end) = (marks[0].wrapping_add(1) as usize, marks[1] as usize);
        let is_end = end >= bytes.len() || bytes.get(end) == Some(&layout.newline);
        let stop = if is_end && end > start && bytes.get(end - 1) == Some(&b'\r') { end - 1 } else { end };
        last = stop;
        match layout.wanted.get(count) {
            Some(&Layout::SKIP) => {}
            Some(&place) => {
                if let Some(cell) = cells.get_mut(place as usize) {
                    *cell = Cell { start: start as u32, end: stop as u32, apart: false };
                }
            }
            None => extra |= !chunk.get(start..stop).unwrap_or("").trim().is_empty(),
        }
    }
    let count = marks.len().saturating_sub(1);
    let first = marks.first().map_or(0, |mark| mark.wrapping_add(1) as usize);
    if is_blank(chunk.get(first..last).unwrap_or(""), count, layout) {
        return;
    }
    let fits = count >= layout.least && (layout.beside || !extra);
    pad(cells, layout, count);
    each(&Row { chunk, apart: "", cells, line, count, fits, after_quote: false });
}

/// Where the separators and the line ends of a chunk are.
#[derive(Debug, Default)]
struct Marks {
    /// [`Run::START`], then all of them; the end of a chunk that ends without a line end is one too. Beyond `filled`, room that
    /// was written before.
    at: Vec<u32>,
    filled: usize,
    /// For each record, the index of the mark that ends it.
    ends: Vec<u32>,
}

impl Marks {
    const AT_ONCE: usize = 64;

    fn find(&mut self, bytes: &[u8], layout: &Layout) {
        self.ends.clear();
        self.filled = 0;
        self.push(Run::START);
        let finding = Finding { marks: self, bytes, signs: (layout.separator, layout.newline) };
        #[cfg(target_arch = "x86_64")]
        match pulp::x86::V3::try_new() {
            Some(simd) => simd.vectorize(OnV3 { simd, finding }),
            None => pulp::Arch::new().dispatch(finding),
        }
        #[cfg(not(target_arch = "x86_64"))]
        pulp::Arch::new().dispatch(finding);
        if bytes.last().is_some_and(|last| *last != layout.newline) {
            self.ends.push(self.filled as u32);
            self.push(bytes.len() as u32);
        }
    }

    fn push(&mut self, mark: u32) {
        if let Some(slot) = self.room().first_mut() {
            *slot = mark;
        }
        self.filled += 1;
    }

    /// Room for the marks of a piece behind what is filled.
    #[inline(always)]
    fn room(&mut self) -> &mut [u32] {
        if self.at.len() < self.filled + Marks::AT_ONCE {
            self.at.resize((2 * self.at.len()).max(self.filled + Marks::AT_ONCE), 0);
        }
        self.at.get_mut(self.filled..).unwrap_or(&mut [])
    }

    /// The marks of some records: the one before the first, and the one after each cell.
    fn of(&self, from: usize, to: usize) -> &[u32] {
        let end = |record: usize| self.ends.get(record).copied().unwrap_or(0) as usize;
        let start = from.checked_sub(1).map_or(0, end);
        self.at.get(start..to.checked_sub(1).map_or(0, |last| end(last) + 1)).unwrap_or(&[])
    }
}

/// The search, compiled for each kind of processor.
struct Finding<'a> {
    marks: &'a mut Marks,
    bytes: &'a [u8],
    signs: (u8, u8),
}

impl pulp::NullaryFnOnce for Finding<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.with(equal);
    }
}

/// The same where the processor gathers the bits itself.
#[cfg(target_arch = "x86_64")]
struct OnV3<'a> {
    simd: pulp::x86::V3,
    finding: Finding<'a>,
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for OnV3<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let OnV3 { simd, finding } = self;
        finding.with(|bytes, sign| {
            let sign = simd.avx._mm256_set1_epi8(sign.cast_signed());
            let (halves, _) = bytes.as_chunks::<32>();
            halves.iter().rev().fold(0, |all, half| {
                let found = simd.avx2._mm256_cmpeq_epi8(pulp::cast(*half), sign);
                all << 32 | u64::from(simd.avx2._mm256_movemask_epi8(found).cast_unsigned())
            })
        });
    }
}

impl Finding<'_> {
    /// Bits of a piece whose marks are written without asking how many there are: more than most pieces have.
    const MOST: usize = 12;

    #[inline(always)]
    fn with(self, equal: impl Fn(&[u8; Marks::AT_ONCE], u8) -> u64) {
        let Finding { marks, bytes, signs: (separator, newline) } = self;
        for (piece, bytes) in bytes.chunks(Marks::AT_ONCE).enumerate() {
            let start = (piece * Marks::AT_ONCE) as u32;
            let (separators, newlines) = match bytes.first_chunk() {
                Some(bytes) => (equal(bytes, separator), equal(bytes, newline)),
                None => {
                    let mut padded = [0; Marks::AT_ONCE];
                    padded.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
                    let there = (1u64 << bytes.len()) - 1;
                    (equal(&padded, separator) & there, equal(&padded, newline) & there)
                }
            };
            let mut left = separators | newlines;
            let mut lines = newlines;
            while lines != 0 {
                let before = left & (lines & lines.wrapping_neg()).wrapping_sub(1);
                marks.ends.push((marks.filled + before.count_ones() as usize) as u32);
                lines &= lines - 1;
            }
            let many = left.count_ones() as usize;
            let room = marks.room();
            let mut write = |slot: &mut u32| {
                *slot = start + left.trailing_zeros();
                left &= left.wrapping_sub(1);
            };
            let (first, rest) = room.split_at_mut(Finding::MOST.min(room.len()));
            first.iter_mut().for_each(&mut write);
            rest.iter_mut().take(many.saturating_sub(Finding::MOST)).for_each(write);
            marks.filled += many;
        }
    }
}

/// Which of the bytes are the sign, as bits.
#[inline(always)]
fn equal(bytes: &[u8; Marks::AT_ONCE], sign: u8) -> u64 {
    let found: [u8; Marks::AT_ONCE] = std::array::from_fn(|at| u8::from(bytes[at] == sign));
    // Eight bytes of 0 or 1 to eight bits: each product of a byte and a bit of the factor lands in its own place.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (words, _) = found.as_chunks::<8>();
    words.iter().rev().fold(0, |all, word| all << 8 | u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56)
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
fn pad(cells: &mut [Cell], layout: &Layout, count: usize) {
    if count < layout.cells {
        for place in layout.wanted.iter().skip(count) {
            if let Some(cell) = cells.get_mut(*place as usize) {
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
            pad(&mut buffers.cells, layout, count);
            let row = Row { chunk, apart: &buffers.apart, cells: &buffers.cells, line, count, fits, after_quote };
            each(&row);
        }
        line += memchr_iter(layout.newline, whole.as_bytes()).count() as u64;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulp::NullaryFnOnce as _;

    use super::*;

    proptest! {
        #[test]
        fn every_processor_finds_the_same_marks(text in "[a,;\n]{0,300}", before in "[,\n]{0,300}") {
            let layout = Layout {
                separator: b',',
                newline: b'\n',
                cells: 0,
                least: 0,
                wanted: Vec::new(),
                places: 0,
                of_needed: Vec::new(),
                named: Vec::new(),
                beside: false,
            };
            let mut marks = Marks::default();
            // What a longer chunk has left is of no account.
            marks.find(before.as_bytes(), &layout);
            marks.find(text.as_bytes(), &layout);
            let mut plain = Marks::default();
            Finding { marks: &mut plain, bytes: text.as_bytes(), signs: (b',', b'\n') }.call();
            let signs: Vec<u32> = (0u32..).zip(text.bytes()).filter(|(_, byte)| b",\n".contains(byte)).map(|(at, _)| at).collect();
            prop_assert_eq!(plain.at.get(..plain.filled), Some(signs.as_slice()));
            let found = marks.at.get(1..signs.len() + 1);
            prop_assert_eq!(found, Some(signs.as_slice()));
            let open = !text.is_empty() && !text.ends_with('\n');
            prop_assert_eq!(marks.filled, 1 + signs.len() + usize::from(open));
            let lines = text.matches('\n').count() + usize::from(open);
            prop_assert_eq!(marks.ends.len(), lines);
            for line in 0..lines {
                let end = marks.of(line, line + 1).last().copied().unwrap_or(0) as usize;
                prop_assert!(text.as_bytes().get(end).is_none_or(|byte| *byte == b'\n'));
            }
        }
    }
}
