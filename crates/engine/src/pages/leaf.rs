//! The values of one column of a row group to the cells of blocks: places in the dictionary become places in the thread's memory
//! by one look-up, numbers stay numbers, and whatever else is written as text and read as a cell of a workbook would be.

use rustc_hash::FxHashMap;

use super::hybrid::Broken;
use super::meaning::{Form, Meaning, Raw};
use super::page::{Chunk, Failed, Got, fixed};
use crate::block::ColumnBlock;
use crate::cell::{Mistake, Value};
use crate::column::{Kind, Needed};
use crate::memory::{Memory, NEW};
use crate::report::Mistakes;
use crate::scan::Scan;
use crate::sheet::TYPED;

/// The texts of a needed column, for those who ask for them.
#[derive(Default)]
pub(crate) struct LeafTexts {
    /// Somebody asks for them.
    pub(crate) wanted: bool,
    /// Of a remembered column, the texts of the slots, and the slots of the rows.
    pub(crate) of_slots: Vec<String>,
    pub(crate) slots: Vec<u32>,
    /// Of another one, the texts of the rows.
    pub(crate) arena: String,
    pub(crate) spans: Vec<(u32, u32)>,
}

impl LeafTexts {
    /// The text of a row, as a person sees it.
    pub(crate) fn text(&self, row: usize) -> &str {
        match self.slots.get(row) {
            Some(slot) => self.of_slots.get(*slot as usize).map_or("", String::as_str),
            None => {
                let (start, end) = self.spans.get(row).copied().unwrap_or_default();
                self.arena.get(start as usize..end as usize).unwrap_or("")
            }
        }
    }

    /// Forgets the rows of a block, and the slots that did not last.
    pub(crate) fn clear(&mut self, lasting: usize) {
        self.of_slots.truncate(lasting);
        self.slots.clear();
        self.arena.clear();
        self.spans.clear();
    }
}

/// Where the cells of a column go.
pub(crate) struct Into<'r> {
    /// Place among the needed columns.
    pub(crate) at: usize,
    pub(crate) memory: &'r mut Memory,
    pub(crate) column: &'r mut ColumnBlock,
    pub(crate) texts: &'r mut LeafTexts,
    pub(crate) mistakes: &'r mut Mistakes,
}

/// Why the cells of a column cannot be had.
#[derive(Debug)]
pub(crate) enum Stopped {
    Failed(Failed),
    /// Bytes that are no UTF-8, in a cell of this line.
    NotUtf8(u64, Vec<u8>),
}

impl<E: std::convert::Into<Failed>> std::convert::From<E> for Stopped {
    fn from(failed: E) -> Self {
        Stopped::Failed(failed.into())
    }
}

/// One column of a row group, or a value that all its rows have.
pub(crate) struct Leaf {
    from: From,
    meaning: Meaning,
    /// Dictionary places to slots.
    slots: Vec<u32>,
    /// Places that were met beyond what the memory keeps.
    passing: Vec<u32>,
    /// Dictionary places to plain numbers.
    numbers: Vec<Option<(i64, u8)>>,
    /// Whole values that are not in a dictionary, to slots.
    whole: FxHashMap<i128, u32>,
    /// The slots of no and yes, and of empty cells.
    bits: [u32; 2],
    empty: Option<u32>,
    text: String,
}

enum From {
    Chunk(Box<Chunk>),
    /// What the name of a folder says, or the one value of the row group, written as a cell.
    Text(String),
}

impl Leaf {
    pub(crate) fn of_chunk(chunk: Chunk, meaning: Meaning) -> Leaf {
        Leaf::new(From::Chunk(Box::new(chunk)), meaning)
    }

    pub(crate) fn of_text(text: String) -> Leaf {
        Leaf::new(From::Text(text), Meaning::Text)
    }

    fn new(from: From, meaning: Meaning) -> Leaf {
        Leaf {
            from,
            meaning,
            slots: Vec::new(),
            passing: Vec::new(),
            numbers: Vec::new(),
            whole: FxHashMap::default(),
            bits: [NEW; 2],
            empty: None,
            text: String::new(),
        }
    }

    /// The next `lines.len()` cells.
    pub(crate) fn read(
        &mut self,
        scan: &Scan<'_>,
        needed: &Needed<'_>,
        lines: &[u64],
        mut into: Into<'_>,
    ) -> Result<(), Stopped> {
        let Leaf { from, meaning, slots, passing, numbers, whole, bits: of_bits, empty, text } = self;
        let mut putting = Putting { scan, needed, meaning: *meaning, text, empty };
        let mut done = 0;
        while let Some(left) = lines.get(done..).filter(|left| !left.is_empty()) {
            let chunk = match from {
                From::Chunk(chunk) => chunk,
                From::Text(text) => {
                    left.iter().for_each(|line| putting.text(text, *line, &mut into));
                    break;
                }
            };
            // The dictionary is read with the first page.
            let (count, presence, got) = chunk.read(left.len())?;
            let lines = left.get(..count).unwrap_or(left);
            match got {
                Got::Places(places, dictionary, renewed) => {
                    if renewed {
                        slots.clear();
                        slots.resize(dictionary.len(), NEW);
                        numbers.clear();
                        passing.clear();
                        if needed.kind == Kind::Number && putting.reads_plainly() && !into.texts.wanted {
                            numbers.extend(
                                (0..dictionary.len() as u32)
                                    .map(|at| dictionary.value(at).and_then(|raw| putting.plain(raw))),
                            );
                        }
                    }
                    if putting.slots_at_once(slots, places, presence, &mut into) {
                        done += count;
                        continue;
                    }
                    let broken = Broken("place in the dictionary");
                    let mut each = Each::new(lines, presence);
                    // A binary number is looked at one by one.
                    let is_remembered =
                        needed.kind == Kind::Remembered && !matches!(putting.meaning, Meaning::Binary(..));
                    for place in places {
                        each.empty_ones(&mut putting, &mut into);
                        let Some(line) = each.next() else { break };
                        if is_remembered {
                            let known = *slots.get(*place as usize).ok_or(broken)?;
                            let slot = if known == NEW {
                                let raw = dictionary.value(*place).ok_or(broken)?;
                                let slot = putting.learn(raw, line, &mut into)?;
                                if slot as usize >= into.memory.lasting() {
                                    passing.push(*place);
                                }
                                if let Some(known) = slots.get_mut(*place as usize) {
                                    *known = slot;
                                }
                                slot
                            } else {
                                known
                            };
                            putting.slot(slot, line, &mut into);
                        } else {
                            match numbers.get(*place as usize) {
                                Some(Some((number, scale))) => into.column.put_number(*number, *scale),
                                Some(None) | None => {
                                    putting.value(dictionary.value(*place).ok_or(broken)?, line, &mut into)?;
                                }
                            }
                        }
                    }
                    each.empty_ones(&mut putting, &mut into);
                }
                Got::Bits(bits) => {
                    if putting.slots_at_once(of_bits.as_slice(), bits, presence, &mut into) {
                        done += count;
                        continue;
                    }
                    let mut each = Each::new(lines, presence);
                    for bit in bits {
                        each.empty_ones(&mut putting, &mut into);
                        let Some(line) = each.next() else { break };
                        let known = of_bits.get(*bit as usize).copied().unwrap_or(NEW);
                        if known != NEW {
                            putting.slot(known, line, &mut into);
                            continue;
                        }
                        let raw = Raw::Whole(i128::from(*bit));
                        if needed.kind != Kind::Remembered {
                            putting.value(raw, line, &mut into)?;
                            continue;
                        }
                        let slot = putting.learn(raw, line, &mut into)?;
                        if let Some(known) = of_bits.get_mut(*bit as usize)
                            && (slot as usize) < into.memory.lasting()
                        {
                            *known = slot;
                        }
                        putting.slot(slot, line, &mut into);
                    }
                    each.empty_ones(&mut putting, &mut into);
                }
                Got::Fixed(form, bytes) => {
                    if putting.numbers_at_once(form, bytes, presence, &mut into) {
                        done += count;
                        continue;
                    }
                    let mut each = Each::new(lines, presence);
                    for raw in fixed(form, bytes) {
                        each.empty_ones(&mut putting, &mut into);
                        let Some(line) = each.next() else { break };
                        match raw {
                            Raw::Whole(number) if needed.kind == Kind::Remembered => {
                                putting.whole(raw, number, line, whole, &mut into)?;
                            }
                            Raw::Whole(_) | Raw::Binary(_) | Raw::Bytes(_) => putting.value(raw, line, &mut into)?,
                        }
                    }
                    each.empty_ones(&mut putting, &mut into);
                }
                Got::Bytes(data, spans) => {
                    if putting.codes_at_once(data, spans, presence, lines, &mut into)? {
                        done += count;
                        continue;
                    }
                    let mut each = Each::new(lines, presence);
                    for (start, end) in spans {
                        each.empty_ones(&mut putting, &mut into);
                        let Some(line) = each.next() else { break };
                        let bytes = data.get(*start as usize..*end as usize).unwrap_or(&[]);
                        putting.value(Raw::Bytes(bytes), line, &mut into)?;
                    }
                    each.empty_ones(&mut putting, &mut into);
                }
            }
            done += count;
        }
        Ok(())
    }

    /// The block has been worked through: slots beyond what the memory keeps are others from here on.
    pub(crate) fn forget(&mut self) {
        for place in self.passing.drain(..) {
            if let Some(slot) = self.slots.get_mut(place as usize) {
                *slot = NEW;
            }
        }
    }
}

/// The lines of cells, those that are empty apart.
struct Each<'l> {
    lines: &'l [u64],
    presence: Option<&'l [u32]>,
    at: usize,
}

impl<'l> Each<'l> {
    fn new(lines: &'l [u64], presence: Option<&'l [u32]>) -> Self {
        Each { lines, presence, at: 0 }
    }

    /// Puts the empty cells before the next one that is there.
    #[inline(always)]
    fn empty_ones(&mut self, putting: &mut Putting<'_, '_, '_>, into: &mut Into<'_>) {
        if let Some(presence) = self.presence {
            while presence.get(self.at) == Some(&0) {
                putting.nothing(self.lines.get(self.at).copied().unwrap_or(0), into);
                self.at += 1;
            }
        }
    }

    /// The line of the next cell.
    #[inline(always)]
    fn next(&mut self) -> Option<u64> {
        let line = self.lines.get(self.at).copied();
        self.at += 1;
        line
    }
}

/// Puts cells into a block.
struct Putting<'p, 's, 'n> {
    scan: &'p Scan<'s>,
    needed: &'p Needed<'n>,
    meaning: Meaning,
    text: &'p mut String,
    /// The slot of empty cells.
    empty: &'p mut Option<u32>,
}

impl Putting<'_, '_, '_> {
    /// Puts cells of a remembered column whose values have been met and could be read, so that none needs a look of its own;
    /// false, and nothing is put, where one does. `slots` are those of the places.
    fn slots_at_once(&self, slots: &[u32], places: &[u32], presence: Option<&[u32]>, into: &mut Into<'_>) -> bool {
        if self.needed.kind != Kind::Remembered || into.texts.wanted || into.memory.has_wrong() {
            return false;
        }
        let out = &mut into.column.slots;
        let start = out.len();
        let slot = |place: &u32| slots.get(*place as usize).copied().unwrap_or(NEW);
        match (presence, *self.empty) {
            (None, _) => out.extend(places.iter().map(slot)),
            (Some(presence), Some(empty)) => {
                let mut at = 0;
                out.extend(presence.iter().map(|level| {
                    let is_there = *level == 1;
                    let there = places.get(at).map_or(empty, slot);
                    at += usize::from(is_there);
                    if is_there { there } else { empty }
                }));
            }
            (Some(_), None) => return false,
        }
        let known = out.get(start..).unwrap_or(&[]).iter().fold(0, |most, slot| *slot.max(&most)) < NEW;
        if !known {
            out.truncate(start);
        }
        known
    }

    /// Puts cells that are looked up by codes of which there are many; false, and nothing is put, where the column is another one.
    fn codes_at_once(
        &mut self,
        data: &[u8],
        spans: &[(u32, u32)],
        presence: Option<&[u32]>,
        lines: &[u64],
        into: &mut Into<'_>,
    ) -> Result<bool, Stopped> {
        let is_text = matches!(self.meaning, Meaning::Text) && !into.texts.wanted;
        let Some(looked) = self.needed.reader.looked_among_many().filter(|_| is_text && presence.is_none()) else {
            return Ok(false);
        };
        let before = into.column.slots.len();
        into.column.slots.resize(before + spans.len(), NEW);
        into.memory.look_up(looked, data, spans, into.column.slots.get_mut(before..).unwrap_or(&mut []));
        for (at, ((start, end), line)) in (before..).zip(spans.iter().zip(lines)) {
            if into.column.slots.get(at) != Some(&NEW) {
                continue;
            }
            let code = data.get(*start as usize..*end as usize).unwrap_or(&[]);
            let slot = self.learn(Raw::Bytes(code), *line, into)?;
            if let Some(to) = into.column.slots.get_mut(at) {
                *to = slot;
            }
            if let Some(mistake) = into.memory.mistake(slot) {
                self.wrong(mistake, slot, *line, into);
            }
        }
        Ok(true)
    }

    /// Puts numbers that lie side by side; false, and nothing is put, where some need a closer look.
    fn numbers_at_once(&self, form: Form, bytes: &[u8], presence: Option<&[u32]>, into: &mut Into<'_>) -> bool {
        let scale = match self.meaning {
            Meaning::Whole { unsigned: false } => 0,
            Meaning::Decimal(scale) => scale,
            _ => return false,
        };
        let is_plain = self.needed.kind == Kind::Number && self.reads_plainly() && !into.texts.wanted;
        let empty_is_plain = || self.needed.reader.read("") == (Value::Missing, None);
        if !is_plain || scale != into.column.scale || presence.is_some() && !empty_is_plain() {
            return false;
        }
        match form {
            Form::Int32 => {
                let numbers = bytes.as_chunks().0.iter().map(|bytes| i64::from(i32::from_le_bytes(*bytes)));
                into.column.put_numbers(numbers, presence)
            }
            Form::Int64 => {
                let numbers = bytes.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes));
                into.column.put_numbers(numbers, presence)
            }
            Form::Fixed(width @ 1..=8) => {
                let number = |at: usize| {
                    // The bytes of the next numbers are shifted away.
                    let word = match bytes.get(at..).and_then(|rest| rest.first_chunk()) {
                        Some(word) => i64::from_be_bytes(*word),
                        None => {
                            let mut word = [0; 8];
                            word.iter_mut().zip(bytes.get(at..).unwrap_or(&[])).for_each(|(to, from)| *to = *from);
                            i64::from_be_bytes(word)
                        }
                    };
                    word >> (64 - 8 * width)
                };
                into.column.put_numbers((0..bytes.len() / width).map(|at| number(at * width)), presence)
            }
            Form::Fixed(_) | Form::Bit | Form::Int96 | Form::Float | Form::Double | Form::Bytes => false,
        }
    }

    /// Numbers need no closer look.
    fn reads_plainly(&self) -> bool {
        let decimals = match self.meaning {
            Meaning::Decimal(scale) => scale,
            Meaning::Whole { .. } | Meaning::Binary(..) => 0,
            Meaning::Text | Meaning::Day | Meaning::Instant(..) | Meaning::Truth | Meaning::Uuid => return false,
        };
        self.needed.quick.is_some_and(|quick| decimals <= quick.decimals)
    }

    /// A number that needs no closer look.
    #[inline]
    fn plain(&self, raw: Raw<'_>) -> Option<(i64, u8)> {
        let (number, scale) = self.meaning.number(raw)?;
        Some((i64::try_from(number).ok()?, scale))
    }

    /// The slot of a value.
    fn learn(&mut self, raw: Raw<'_>, line: u64, into: &mut Into<'_>) -> Result<u32, Stopped> {
        self.written(raw, line)?;
        Ok(self.slot_of(into))
    }

    /// Writes a value as a cell.
    fn written(&mut self, raw: Raw<'_>, line: u64) -> Result<(), Stopped> {
        self.text.clear();
        match (self.meaning, raw) {
            (Meaning::Text, Raw::Bytes(bytes)) => {
                let text = std::str::from_utf8(bytes).map_err(|_| Stopped::NotUtf8(line, bytes.to_vec()))?;
                self.text.push_str(text);
            }
            _ => {
                self.text.push(TYPED);
                self.meaning.write(raw, self.text);
            }
        }
        Ok(())
    }

    /// The slot of the text that is written.
    fn slot_of(&mut self, into: &mut Into<'_>) -> u32 {
        let slot = into.memory.slot(self.text, self.needed, self.scan.catalog, &self.scan.codes);
        if into.texts.wanted && slot as usize >= into.texts.of_slots.len() {
            into.texts.of_slots.push(crate::sheet::bare(self.text).to_string());
        }
        slot
    }

    /// Puts a cell of a remembered column.
    #[inline]
    fn slot(&mut self, slot: u32, line: u64, into: &mut Into<'_>) {
        into.column.slots.push(slot);
        if into.texts.wanted {
            into.texts.slots.push(slot);
        }
        if into.memory.has_wrong()
            && let Some(mistake) = into.memory.mistake(slot)
        {
            self.wrong(mistake, slot, line, into);
        }
    }

    #[cold]
    fn wrong(&mut self, mistake: Mistake, slot: u32, line: u64, into: &mut Into<'_>) {
        into.mistakes.add(into.at, line, mistake, into.memory.wrong(slot));
    }

    /// Puts an empty cell.
    #[inline]
    fn nothing(&mut self, line: u64, into: &mut Into<'_>) {
        match *self.empty {
            Some(slot) => self.slot(slot, line, into),
            None => {
                self.text("", line, into);
                if self.needed.kind == Kind::Remembered {
                    *self.empty =
                        into.column.slots.last().copied().filter(|slot| (*slot as usize) < into.memory.lasting());
                }
            }
        }
    }

    /// Puts a cell by its text.
    fn text(&mut self, text: &str, line: u64, into: &mut Into<'_>) {
        self.text.clear();
        self.text.push_str(text);
        self.cell(line, into);
    }

    /// Puts the cell that is written.
    fn cell(&mut self, line: u64, into: &mut Into<'_>) {
        if self.needed.kind == Kind::Remembered {
            let slot = self.slot_of(into);
            self.slot(slot, line, into);
            return;
        }
        let (value, mistake) = self.needed.reader.read(self.text);
        if let Some(mistake) = mistake {
            into.mistakes.add(into.at, line, mistake, crate::sheet::bare(self.text));
        }
        into.column.put(value, self.needed.kind);
        self.keep_text(into);
    }

    /// Keeps the text of the cell that is written.
    fn keep_text(&mut self, into: &mut Into<'_>) {
        if into.texts.wanted {
            // INVARIANT: the cells of a block come from pages, which are shorter than 2^31 bytes.
            let start = into.texts.arena.len() as u32;
            into.texts.arena.push_str(crate::sheet::bare(self.text));
            into.texts.spans.push((start, into.texts.arena.len() as u32));
        }
    }

    /// Puts a value.
    #[inline]
    fn value(&mut self, raw: Raw<'_>, line: u64, into: &mut Into<'_>) -> Result<(), Stopped> {
        if self.needed.kind == Kind::Number
            && self.reads_plainly()
            && let Some((number, scale)) = self.plain(raw)
        {
            into.column.put_number(number, scale);
            if into.texts.wanted {
                self.written(raw, line)?;
                self.keep_text(into);
            }
            return Ok(());
        }
        self.written(raw, line)?;
        if let (Meaning::Binary(..), None) = (self.meaning, self.meaning.number(raw)) {
            self.inexact(line, into);
            return Ok(());
        }
        self.cell(line, into);
        Ok(())
    }

    /// Puts a binary number of which it is not known for what decimal it stands.
    #[cold]
    fn inexact(&mut self, line: u64, into: &mut Into<'_>) {
        let text = crate::sheet::bare(self.text);
        let mistake = self.needed.reader.of_binary(text);
        if self.needed.tells(mistake) {
            into.mistakes.add(into.at, line, mistake, text);
        }
        if self.needed.kind == Kind::Remembered {
            self.text.clear();
            let slot = self.slot_of(into);
            into.column.slots.push(slot);
            if into.texts.wanted {
                into.texts.slots.push(slot);
            }
        } else {
            into.column.put(Value::Missing, self.needed.kind);
            self.keep_text(into);
        }
    }

    /// Puts a whole value of a remembered column.
    #[inline]
    fn whole(
        &mut self,
        raw: Raw<'_>,
        number: i128,
        line: u64,
        known: &mut FxHashMap<i128, u32>,
        into: &mut Into<'_>,
    ) -> Result<(), Stopped> {
        if self.needed.kind != Kind::Remembered {
            return self.value(raw, line, into);
        }
        let slot = match known.get(&number) {
            Some(slot) => *slot,
            None => {
                let slot = self.learn(raw, line, into)?;
                if (slot as usize) < into.memory.lasting() {
                    known.insert(number, slot);
                }
                slot
            }
        };
        self.slot(slot, line, into);
        Ok(())
    }
}
