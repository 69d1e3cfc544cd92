//! A thread's memory of the texts of one column: what a text is, which filters it passes and which codes it has is worked out
//! once; a row holds the place of its text.

use jauge::plan::{Catalog, Cube, Key};
use rustc_hash::FxHashMap;

use crate::cell::{Mistake, Value};
use crate::codes::Codes;
use crate::column::{Needed, code};
use crate::limits;
use crate::sheet::bare;

/// Short texts met of late, each with its slot: found without a hash table.
#[derive(Default)]
struct Recent(Vec<(u64, u64, usize, u32)>);

impl Recent {
    const ROOM: usize = 1024;

    /// What a text of at most sixteen bytes is: the same for no other of its length.
    #[inline]
    fn of(text: &[u8]) -> Option<(u64, u64)> {
        let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
        match text.len() {
            8..=16 => Some((word(text.first_chunk()?), word(text.last_chunk()?))),
            4..=7 => Some((half(text.first_chunk()?), half(text.last_chunk()?))),
            0..=3 => Some((text.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)), 0)),
            _ => None,
        }
    }

    #[inline]
    fn place((first, last): (u64, u64)) -> usize {
        ((first ^ last.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as usize
    }
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
    /// The slot of `text`: known, or learnt now. Beyond what is remembered, a slot lasts as long as the block.
    #[inline]
    pub(crate) fn slot(&mut self, text: &str, needed: &Needed<'_>, catalog: Catalog<'_>, codes: &[Codes]) -> u32 {
        let Some(short) = Recent::of(text.as_bytes()) else { return self.found(text, needed, catalog, codes) };
        let place = Recent::place(short);
        if let Some((first, last, length, slot)) = self.recent.0.get(place)
            && (*first, *last) == short
            && *length == text.len()
        {
            return *slot;
        }
        let slot = self.found(text, needed, catalog, codes);
        if self.recent.0.is_empty() {
            // No text has this length.
            self.recent.0.resize(Recent::ROOM, (0, 0, usize::MAX, 0));
        }
        if let Some(recent) = self.recent.0.get_mut(place) {
            *recent = (short.0, short.1, text.len(), slot);
        }
        slot
    }

    fn found(&mut self, text: &str, needed: &Needed<'_>, catalog: Catalog<'_>, codes: &[Codes]) -> u32 {
        let known = self.slots.get(text.as_bytes());
        let passing = || if self.passing.is_empty() { None } else { self.passing.get(text.as_bytes()) };
        match known.or_else(passing) {
            Some(slot) => *slot,
            None => self.learn(text, needed, catalog, codes),
        }
    }

    #[cold]
    fn learn(&mut self, text: &str, needed: &Needed<'_>, catalog: Catalog<'_>, codes: &[Codes]) -> u32 {
        // INVARIANT: what is remembered and a block's rows together fit.
        let slot = self.values.len() as u32;
        let lasts = self.slots.len() < limits::REMEMBERED;
        let slots = if lasts { &mut self.slots } else { &mut self.passing };
        slots.insert(text.as_bytes().into(), slot);
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
        self.recent.0.clear();
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
