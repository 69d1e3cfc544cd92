//! A thread's memory of the texts of one column: what a text is, which filters it passes and which codes it has is worked out
//! once; a row holds the place of its text.

use jauge::plan::{Catalog, Cube, Key};
use rustc_hash::FxHashMap;

use crate::cell::{Mistake, Value};
use crate::codes::Codes;
use crate::column::{Needed, code};
use crate::limits;
use crate::lookups::Looked;
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
pub(crate) struct Short {
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

    pub(crate) fn of(text: &[u8]) -> Option<Short> {
        let mut around = [0; Short::MOST];
        around.get_mut(..text.len())?.copy_from_slice(text);
        Some(Short::new(u128::from_le_bytes(around), text.len()))
    }

    /// The text as two words that no other has; `None` where it takes both whole.
    #[inline(always)]
    pub(crate) fn words(self) -> Option<(u64, u64)> {
        ((self.length as usize) < Short::MOST).then_some((self.low, self.high | u64::from(self.length) << 56))
    }

    /// It is as people see it, with nothing to be left out or composed.
    #[inline(always)]
    fn is_plain(self) -> bool {
        let bytes = u128::from(self.high) << 64 | u128::from(self.low);
        let last = (bytes >> (8 * self.length.saturating_sub(1))) as u8;
        const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
        (self.low | self.high) & HIGH_BITS == 0 && (bytes as u8).is_ascii_graphic() && last.is_ascii_graphic()
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

/// No slot yet, or no place in another source.
pub(crate) const NEW: u32 = u32::MAX;

/// A thread's memory of the texts of one column.
#[derive(Default)]
pub(crate) struct Memory {
    recent: Recent,
    slots: FxHashMap<Box<[u8]>, u32>,
    /// Codes may be many where what is looked up by them is not: the slots by places in the other source.
    of_places: Vec<u32>,
    /// Slots beyond those that last: they are forgotten with the block.
    passing: FxHashMap<Box<[u8]>, u32>,
    values: Vec<(Value, Option<Mistake>)>,
    /// The texts of slots that could not be read.
    wrong: FxHashMap<u32, Box<str>>,
    /// Where the column leads others, a text for each slot.
    texts: Vec<Box<str>>,
    /// Where another column leads this one, for each slot of that one the slot of this one.
    led: Vec<u32>,
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

    /// Writes the slots of codes of which the other source has many; [`NEW`] where one needs a look of its own. They are sought side
    /// by side, since each waits for memory. `cells` are where the codes start and end in `bytes`.
    pub(crate) fn look_up(&self, looked: &Looked, bytes: &[u8], cells: &[(u32, u32)], slots: &mut [u32]) {
        let plain = |(start, end): &(u32, u32)| {
            Short::within(bytes, *start as usize, *end as usize).filter(|short| short.is_plain())
        };
        slots.fill(NEW);
        for (slot, cell) in slots.iter_mut().zip(cells) {
            *slot = plain(cell).and_then(|short| looked.row(short)).unwrap_or(NEW);
        }
        for slot in slots {
            let place = looked.place_in(*slot).unwrap_or(NEW);
            *slot = self.of_places.get(place as usize).copied().unwrap_or(NEW);
        }
    }

    /// The slot of `text`: known, or learnt now. Beyond what is remembered, a slot lasts as long as the block.
    pub(crate) fn slot(&mut self, text: &str, needed: &Needed<'_>, catalog: Catalog<'_>, codes: &[Codes]) -> u32 {
        if let Some(place) = needed.reader.place(text) {
            return match self.of_places.get(place as usize) {
                Some(slot) if *slot != NEW => *slot,
                _ => self.learn_place(place as usize, text, needed, catalog, codes),
            };
        }
        let Some(short) = Short::of(text.as_bytes()) else { return self.found(text, needed, catalog, codes) };
        if let Some(slot) = self.recent.get(short) {
            return slot;
        }
        let slot = self.found(text, needed, catalog, codes);
        // What is forgotten with the block is not met again.
        if (slot as usize) < limits::REMEMBERED {
            self.recent.put(short, slot, self.lasting());
        }
        slot
    }

    fn found(&mut self, text: &str, needed: &Needed<'_>, catalog: Catalog<'_>, codes: &[Codes]) -> u32 {
        let known = self.slots.get(text.as_bytes());
        let passing = || if self.passing.is_empty() { None } else { self.passing.get(text.as_bytes()) };
        if let Some(slot) = known.or_else(passing) {
            return *slot;
        }
        let slot = self.learn(text, needed, catalog, codes);
        let slots = if (slot as usize) < limits::REMEMBERED { &mut self.slots } else { &mut self.passing };
        slots.insert(text.as_bytes().into(), slot);
        slot
    }

    #[cold]
    fn learn_place(
        &mut self,
        place: usize,
        text: &str,
        needed: &Needed<'_>,
        catalog: Catalog<'_>,
        codes: &[Codes],
    ) -> u32 {
        let slot = self.learn(text, needed, catalog, codes);
        if (slot as usize) < limits::REMEMBERED {
            self.of_places.resize(self.of_places.len().max(place + 1), NEW);
            if let Some(known) = self.of_places.get_mut(place) {
                *known = slot;
            }
        }
        slot
    }

    #[cold]
    fn learn(&mut self, text: &str, needed: &Needed<'_>, catalog: Catalog<'_>, codes: &[Codes]) -> u32 {
        // INVARIANT: what is remembered and a block's rows together fit.
        let slot = self.values.len() as u32;
        let (value, mistake) = needed.reader.read(text);
        let mistake = mistake.filter(|mistake| needed.tells(*mistake));
        self.values.push((value, mistake));
        let bare = bare(text);
        if mistake.is_some() {
            self.wrong.insert(slot, bare.into());
        }
        if needed.leads {
            self.texts.push(text.into());
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

    /// Writes the slots that follow from those of the column that leads this one.
    pub(crate) fn follow(
        &mut self,
        leader: &Memory,
        of_leader: &[u32],
        slots: &mut Vec<u32>,
        needed: &Needed<'_>,
        catalog: Catalog<'_>,
        codes: &[Codes],
    ) {
        self.led.truncate(leader.lasting());
        while let Some(text) = leader.texts.get(self.led.len()) {
            let slot = self.slot(text, needed, catalog, codes);
            self.led.push(slot);
        }
        slots.clear();
        slots.extend(of_leader.iter().map(|slot| self.led.get(*slot as usize).copied().unwrap_or(0)));
    }

    /// Forgets what does not last: the block has been worked through.
    pub(crate) fn forget(&mut self, needed: &Needed<'_>) {
        let lasting = self.lasting();
        if self.values.len() == lasting {
            return;
        }
        self.passing.clear();
        self.wrong.retain(|slot, _| (*slot as usize) < lasting);
        self.values.truncate(lasting);
        self.texts.truncate(lasting);
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
        self.values.len().min(limits::REMEMBERED)
    }
}
