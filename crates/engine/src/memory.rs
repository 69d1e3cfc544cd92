//! A thread's memory of the texts of one column: what a text is, which filters it passes and which codes it has is worked out
//! once; a row holds the place of its text.

use jauge::plan::{Catalog, Cube, Key};
use rustc_hash::FxHashMap;

use crate::cell::{Mistake, Value};
use crate::codes::Codes;
use crate::column::{Needed, code};
use crate::limits;
use crate::sheet::bare;

/// Texts of at most sixteen bytes met of late, each with its slot: found without a hash table.
#[derive(Default)]
struct Recent {
    texts: Vec<(Short, u32)>,
    /// How often the largest number of places would have to be halved to be theirs.
    spare: u32,
}

/// A text of at most sixteen bytes, and its length.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Short {
    low: u64,
    high: u64,
    length: u32,
}

impl Short {
    const MOST: usize = 16;
    /// No text.
    const NONE: Short = Short { low: 0, high: 0, length: u32::MAX };

    /// The text from `start` to `end` of longer bytes; `None` where it is longer, or too near their end.
    #[inline(always)]
    fn within(bytes: &[u8], start: usize, end: usize) -> Option<Short> {
        let length = end.wrapping_sub(start);
        let around = bytes.get(start..)?.first_chunk()?;
        let mask = MASKS.get(length)?;
        Some(Short::new(u128::from_le_bytes(*around) & mask, length))
    }

    #[inline(always)]
    fn new(bytes: u128, length: usize) -> Short {
        Short { low: bytes as u64, high: (bytes >> 64) as u64, length: length as u32 }
    }

    fn of(text: &[u8]) -> Option<Short> {
        let mut around = [0; Short::MOST];
        around.get_mut(..text.len())?.copy_from_slice(text);
        Some(Short::new(u128::from_le_bytes(around), text.len()))
    }

    #[inline(always)]
    fn hash(self) -> u64 {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        (self.low ^ self.high.rotate_left(29)).wrapping_mul(FACTOR)
    }
}

/// The first so many bytes.
const MASKS: [u128; Short::MOST + 1] = {
    let mut masks = [u128::MAX; Short::MOST + 1];
    let mut length = 0;
    while length < Short::MOST {
        masks[length] = (1 << (8 * length)) - 1;
        length += 1;
    }
    masks
};

impl Recent {
    const LEAST: usize = 64;
    const MOST: usize = 1 << 14;

    /// Where a text is sought first. The number of places is a power of two, or none.
    #[inline(always)]
    fn place(&self, short: Short) -> usize {
        // Only the highest bits of a product depend on all bits of what was multiplied.
        (short.hash() >> (u64::BITS - Recent::MOST.ilog2())) as usize >> self.spare
    }

    /// Where a text may be.
    #[inline(always)]
    fn places(&self, short: Short) -> impl Iterator<Item = usize> {
        const TRIED: usize = 4;
        let (first, mask) = (self.place(short), self.texts.len().wrapping_sub(1));
        (0..TRIED).map(move |at| (first + at) & mask)
    }

    #[inline(always)]
    fn get(&self, short: Short) -> Option<u32> {
        match self.texts.get(self.place(short))? {
            (known, slot) if *known == short => Some(*slot),
            _ => self.elsewhere(short),
        }
    }

    #[cold]
    fn elsewhere(&self, short: Short) -> Option<u32> {
        let mut tried = self.places(short).skip(1).filter_map(|place| self.texts.get(place));
        tried.find(|(known, _)| *known == short).map(|(_, slot)| *slot)
    }

    /// Keeps a text, in the place of another one where all are taken; `texts` are known altogether.
    fn put(&mut self, short: Short, slot: u32, texts: usize) {
        const PLACES_PER_TEXT: usize = 4;
        let wanted = (PLACES_PER_TEXT * texts).next_power_of_two().clamp(Recent::LEAST, Recent::MOST);
        if self.texts.len() < wanted {
            self.texts.clear();
            self.texts.resize(wanted, (Short::NONE, 0));
            self.spare = Recent::MOST.ilog2() - wanted.ilog2();
        }
        let is_free = |place: &usize| self.texts.get(*place).is_some_and(|(known, _)| *known == Short::NONE);
        let place = self.places(short).find(is_free).unwrap_or(self.place(short));
        if let Some(recent) = self.texts.get_mut(place) {
            *recent = (short, slot);
        }
    }
}

/// The key of a place among the values of another source: no text has its first byte.
fn of_place(place: u32) -> [u8; 5] {
    let [a, b, c, d] = place.to_le_bytes();
    [u8::MAX, a, b, c, d]
}

/// A thread's memory of the texts of one column.
#[derive(Default)]
pub(crate) struct Memory {
    recent: Recent,
    slots: FxHashMap<Box<[u8]>, u32>,
    /// Slots beyond those that last: they are forgotten with the block.
    passing: FxHashMap<Box<[u8]>, u32>,
    values: Vec<(Value, Option<Mistake>)>,
    /// The texts of slots that could not be read.
    wrong: FxHashMap<u32, Box<str>>,
    /// `words` each: which filters the value lets pass.
    pub(crate) masks: Vec<u64>,
    /// `test_words` each: which tests of the general filters hold.
    pub(crate) tests: Vec<u64>,
    /// For each key of the column, the code of each slot: as cubes have it, and as a place among the codes of the key.
    pub(crate) codes: Vec<Vec<(i32, u32)>>,
    /// For each key of periods of the column, the lowest and the highest ordinal.
    pub(crate) periods: Vec<Option<(i32, i32)>>,
}

impl Memory {
    /// Writes the slots of texts that were met of late, up to one that was not, and says how many these are. `cells` are where
    /// the texts start and end in `bytes`.
    pub(crate) fn recent(&self, bytes: &[u8], cells: &[(u32, u32)], slots: &mut [u32]) -> usize {
        for (at, ((start, end), slot)) in cells.iter().zip(slots).enumerate() {
            let short = Short::within(bytes, *start as usize, *end as usize);
            let Some(known) = short.and_then(|short| self.recent.get(short)) else { return at };
            *slot = known;
        }
        cells.len()
    }

    /// The slot of `text`: known, or learnt now. Beyond what is remembered, a slot lasts as long as the block.
    pub(crate) fn slot(&mut self, text: &str, needed: &Needed<'_>, catalog: Catalog<'_>, codes: &[Codes]) -> u32 {
        let Some(short) = Short::of(text.as_bytes()) else { return self.found(text, needed, catalog, codes) };
        if let Some(slot) = self.recent.get(short) {
            return slot;
        }
        let slot = self.found(text, needed, catalog, codes);
        // What is forgotten with the block is not met again.
        if (slot as usize) < self.lasting() {
            self.recent.put(short, slot, self.lasting());
        }
        slot
    }

    fn found(&mut self, text: &str, needed: &Needed<'_>, catalog: Catalog<'_>, codes: &[Codes]) -> u32 {
        // Codes may be many where what is looked up by them is not: it is remembered by what stands in the other source.
        let place = needed.reader.place(text).map(of_place);
        let key = place.as_ref().map_or(text.as_bytes(), |place| place.as_slice());
        let known = self.slots.get(key);
        let passing = || if self.passing.is_empty() { None } else { self.passing.get(key) };
        match known.or_else(passing) {
            Some(slot) => *slot,
            None => self.learn(key, text, needed, catalog, codes),
        }
    }

    #[cold]
    fn learn(&mut self, key: &[u8], text: &str, needed: &Needed<'_>, catalog: Catalog<'_>, codes: &[Codes]) -> u32 {
        // INVARIANT: what is remembered and a block's rows together fit.
        let slot = self.values.len() as u32;
        let lasts = self.slots.len() < limits::REMEMBERED;
        let slots = if lasts { &mut self.slots } else { &mut self.passing };
        slots.insert(key.into(), slot);
        let (value, mistake) = needed.reader.read(text);
        let mistake = mistake.filter(|mistake| needed.tells(*mistake));
        self.values.push((value, mistake));
        let bare = bare(text);
        if mistake.is_some() {
            self.wrong.insert(slot, bare.into());
        }
        let composed = needed.reader.compared(bare);
        needed.conditions.push(value, &composed, &mut self.masks, &mut self.tests);
        self.codes.resize_with(needed.keys.len(), Vec::new);
        self.periods.resize(needed.keys.len(), None);
        for ((at, key), (column, range)) in needed.keys.iter().zip(self.codes.iter_mut().zip(&mut self.periods)) {
            let code = code(key, value, &composed, catalog);
            if matches!(key, Key::Period { .. }) && Cube::is_ordinal(code) {
                let (low, high) = range.unwrap_or((code, code));
                *range = Some((low.min(code), high.max(code)));
            }
            column.push((code, codes.get(*at).map_or(0, |codes| codes.place(code))));
        }
        slot
    }

    /// Forgets what does not last: the block has been worked through.
    pub(crate) fn forget(&mut self, needed: &Needed<'_>) {
        if self.passing.is_empty() {
            return;
        }
        self.passing.clear();
        let lasting = self.slots.len();
        self.wrong.retain(|slot, _| (*slot as usize) < lasting);
        self.values.truncate(lasting);
        self.masks.truncate(lasting * needed.conditions.words());
        self.tests.truncate(lasting * needed.conditions.test_words());
        for column in &mut self.codes {
            column.truncate(lasting);
        }
    }

    pub(crate) fn value(&self, slot: u32) -> Value {
        self.values.get(slot as usize).map_or(Value::Missing, |(value, _)| *value)
    }

    /// Some slot could not be read.
    pub(crate) fn has_wrong(&self) -> bool {
        !self.wrong.is_empty()
    }

    /// The text of a slot that could not be read.
    pub(crate) fn wrong(&self, slot: u32) -> &str {
        self.wrong.get(&slot).map_or("", |text| text)
    }

    pub(crate) fn mistake(&self, slot: u32) -> Option<Mistake> {
        self.values.get(slot as usize).and_then(|(_, mistake)| *mistake)
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Slots that last beyond the block.
    pub(crate) fn lasting(&self) -> usize {
        self.slots.len()
    }
}
