//! Records of a text file to blocks of rows in columns.

use std::borrow::Cow;

use crate::block::{Block, ROWS, Texts};
use crate::column::Kind;
use crate::memory::{Memory, NEW};
use crate::report::Mistakes;
use crate::scan::Scan;
use crate::sheet::bare;
use crate::split::{Layout, Of, Row, Run};

/// The cells of some records, by column.
#[derive(Default)]
pub(crate) struct Records {
    places: usize,
    /// Records for which there is room, at most [`ROWS`].
    room: usize,
    /// Where each cell is in `text` or, in the second half of the numbers, in `apart`; `room` of them for each place.
    cells: Vec<(u32, u32)>,
    apart: String,
    rows: usize,
}

/// Marks a cell that lies apart. INVARIANT: a chunk has less than 2^31 bytes.
const APART: u32 = 1 << 31;

impl Records {
    /// Makes room for records of so many cells: for fewer of them where they are wide.
    pub(crate) fn suit(&mut self, places: usize) {
        const CELLS: usize = 1 << 22;
        self.places = places;
        self.room = (CELLS / places.max(1)).clamp(1, ROWS);
        self.cells.resize(places * self.room, (0, 0));
    }

    /// Takes in a record. There is room for it.
    #[inline]
    pub(crate) fn push(&mut self, row: &Row<'_>) {
        for place in 0..self.places {
            let cell = match row.range(place) {
                Ok(range) => range,
                Err(text) => {
                    let start = self.apart.len() as u32;
                    self.apart.push_str(text);
                    (start | APART, self.apart.len() as u32)
                }
            };
            if let Some(slot) = self.cells.get_mut(place * self.room + self.rows) {
                *slot = cell;
            }
        }
        self.rows += 1;
    }

    /// Takes in records of a run from one on, as many as have room, and says how many these are.
    pub(crate) fn push_run(&mut self, run: &Run<'_>, from: usize, layout: &Layout) -> usize {
        let many = (run.rows() - from).min(self.room - self.rows);
        for (cell, place) in layout.wanted.iter().enumerate().filter(|(_, place)| **place != Layout::SKIP) {
            let start = *place as usize * self.room + self.rows;
            let slots = self.cells.get_mut(start..start + many).unwrap_or(&mut []);
            for (slot, cell) in slots.iter_mut().zip(run.column(cell, from)) {
                *slot = cell;
            }
        }
        self.rows += many;
        many
    }

    /// No other record has room.
    pub(crate) fn is_full(&self) -> bool {
        self.rows == self.room
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub(crate) fn clear(&mut self) {
        self.apart.clear();
        self.rows = 0;
    }

    /// The cells of a place.
    fn column(&self, place: usize) -> &[(u32, u32)] {
        self.cells.get(place * self.room..place * self.room + self.rows).unwrap_or(&[])
    }
}

/// Records with the chunk in which they lie.
pub(crate) struct OfChunk<'c> {
    pub(crate) chunk: &'c str,
    pub(crate) records: &'c Records,
    pub(crate) layout: &'c Layout,
}

impl OfChunk<'_> {
    #[inline]
    fn cell(&self, (start, end): (u32, u32)) -> &str {
        let (text, start) =
            if start & APART == 0 { (self.chunk, start) } else { (self.records.apart.as_str(), start & !APART) };
        text.get(start as usize..end as usize).unwrap_or("")
    }
}

impl Texts for OfChunk<'_> {
    fn text(&self, at: usize, row: usize) -> Cow<'_, str> {
        let text = match self.layout.place_of(at) {
            Of::Place(place) => self.records.column(place).get(row).map_or("", |cell| self.cell(*cell)),
            Of::Name(name) => name,
        };
        Cow::Borrowed(bare(text))
    }
}

/// Reads the cells of all needed columns that none leads. The lines of the block are there already.
pub(crate) fn fill(
    scan: &Scan<'_>,
    texts: &OfChunk<'_>,
    block: &mut Block,
    memories: &mut [Memory],
    mistakes: &mut Mistakes,
) {
    let lines = &block.lines;
    for (at, ((needed, memory), column)) in scan.needed.iter().zip(memories).zip(&mut block.columns).enumerate() {
        if needed.leader.is_some() {
            continue;
        }
        let place = texts.layout.place_of(at);
        let cells = match place {
            Of::Place(place) => texts.records.column(place),
            Of::Name(_) => &[],
        };
        let text_of = |row: usize| match place {
            Of::Place(_) => cells.get(row).map_or("", |cell| texts.cell(*cell)),
            Of::Name(name) => name,
        };
        let mut decimals = needed.reader.reads_numbers();
        let mut saw = |text: &str, line: u64, mistakes: &mut Mistakes| {
            // What a workbook keeps as a number has no marks of its own. The first one of a block is enough.
            if decimals && bare(text) == text {
                mistakes.saw_decimals(at, line, text);
                decimals = false;
            }
        };
        if needed.kind == Kind::Remembered {
            let bytes = texts.chunk.as_bytes();
            column.slots.resize(lines.len(), NEW);
            let looked = needed.reader.looked_among_many();
            if let Some(looked) = looked {
                memory.look_up(looked, bytes, cells, &mut column.slots);
            }
            let mut row = 0;
            while let Some(slots) = column.slots.get_mut(row..).filter(|slots| !slots.is_empty()) {
                row += match looked {
                    Some(_) => slots.iter().take_while(|slot| **slot != NEW).count(),
                    // The texts of most cells have been met of late.
                    None => memory.recent(bytes, cells.get(row..).unwrap_or(&[]), slots),
                };
                if let Some(slot) = column.slots.get_mut(row) {
                    *slot = memory.slot(text_of(row), needed, scan.catalog, &scan.codes);
                    row += 1;
                }
            }
            if !memory.has_wrong() && !needed.reader.reads_numbers() {
                continue;
            }
            for (row, (slot, line)) in column.slots.iter().zip(lines).enumerate() {
                if let Some(mistake) = memory.mistake(*slot) {
                    mistakes.add(at, *line, mistake, bare(text_of(row)));
                } else if matches!(memory.value(*slot), crate::cell::Value::Number(number) if number.scale > 0) {
                    saw(text_of(row), *line, mistakes);
                }
            }
            continue;
        }
        for (row, line) in lines.iter().enumerate() {
            let in_chunk = || {
                let (start, end) = cells.get(row)?;
                needed.quick?.within(texts.chunk.as_bytes(), *start as usize, *end as usize)
            };
            let read = || needed.quick?.read(text_of(row).as_bytes());
            if let Some((number, scale)) = in_chunk().or_else(read) {
                if scale > 0 {
                    saw(text_of(row), *line, mistakes);
                }
                column.put_number(number, scale);
                continue;
            }
            let text = text_of(row);
            let (value, mistake) = needed.reader.read(text);
            if matches!(value, crate::cell::Value::Number(number) if number.scale > 0) {
                saw(text, *line, mistakes);
            }
            if let Some(mistake) = mistake {
                mistakes.add(at, *line, mistake, bare(text));
            }
            column.put(value, needed.kind);
        }
    }
}
