//! One thread's share of a scan: chunks pulled from the feed, rows to classes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jauge::plan::{Catalog, CubeQuery, LaneState};

use crate::cell::{Mistake, Value};
use crate::class::{Classes, Measured, Shape, encode_code};
use crate::column::{Memory, Needed};
use crate::distinct::{Keys, Occurrences, identify};
use crate::facts::{FactPlaces, Facts, Waiting};
use crate::feed::{Feed, Stop};
use crate::filter::Filters;
use crate::fold::Folded;
use crate::header::not_utf8_at;
use crate::limits;
use crate::open::FilePlace;
use crate::report::Mistakes;
use crate::sheet::bare;
use crate::split::{Buffers, Layout, Row, rows};
use crate::text::{plain, trim};

/// What all threads share.
pub(crate) struct Scan<'a> {
    pub(crate) query: &'a CubeQuery,
    pub(crate) catalog: Catalog<'a>,
    pub(crate) needed: Vec<Needed<'a>>,
    pub(crate) filters: Filters,
    pub(crate) measured: Vec<Measured>,
    pub(crate) shape: Shape,
    /// Needed columns whose distinct values are counted.
    pub(crate) distinct: Vec<usize>,
    /// Which bits of a class's words matter to distinct counts.
    pub(crate) distinct_words: Vec<u64>,
    /// Needed columns that together are a key.
    pub(crate) unique: Vec<usize>,
    /// Where the columns of facts are.
    pub(crate) facts: Option<FactPlaces>,
    pub(crate) layout: Layout,
    pub(crate) place: FilePlace,
    /// The line of the last header.
    pub(crate) header_line: u64,
    /// First cells of rows that are left out.
    pub(crate) excluded: Vec<String>,
    pub(crate) encoding_known: bool,
    pub(crate) feed: Mutex<Feed>,
    pub(crate) stop: Mutex<Option<Stop>>,
    pub(crate) stopped: AtomicBool,
    pub(crate) rows: AtomicU64,
    pub(crate) told: &'a (dyn Fn(u64, u64, u64) + Send + Sync),
}

/// What a thread has found.
pub(crate) struct Part {
    pub(crate) folded: Folded,
    pub(crate) mistakes: Mistakes,
    pub(crate) classes: Classes,
    pub(crate) occurrences: Vec<Occurrences>,
    pub(crate) keys: Keys,
    pub(crate) facts: Facts,
}

/// Buffers of one thread, used again for each row.
struct Hands {
    memories: Vec<Memory>,
    values: Vec<Value>,
    words: Vec<u64>,
    projected: Vec<u64>,
    tests: Vec<u64>,
    stack: Vec<bool>,
    bytes: Vec<u8>,
}

impl Scan<'_> {
    /// Pulls chunks until there are none.
    pub(crate) fn run(&self) -> Part {
        let mut classes = Classes::new(self.shape, &self.measured);
        let mut part = Part {
            folded: Folded::new(self.query),
            mistakes: Mistakes::default(),
            classes: Classes::new(self.shape, &[]),
            occurrences: self.distinct.iter().map(|_| Occurrences::default()).collect(),
            keys: Keys::default(),
            facts: Facts::default(),
        };
        let mut hands = Hands {
            memories: self.needed.iter().map(|_| Memory::new()).collect(),
            values: vec![Value::Missing; self.needed.len()],
            words: vec![0; self.shape.width()],
            projected: vec![0; self.shape.width()],
            tests: vec![0; self.filters.test_words],
            stack: Vec::new(),
            bytes: Vec::new(),
        };
        let mut buffers = Buffers::default();
        let mut spare = Vec::new();
        while let Some((chunk, done, total)) = self.pull(spare) {
            let text = match std::str::from_utf8(&chunk.bytes) {
                Ok(text) => text,
                Err(error) => {
                    let signs = (self.layout.separator, self.layout.newline);
                    let at = error.valid_up_to();
                    let line = chunk.first_line;
                    self.halt(not_utf8_at(self.encoding_known, &self.place.path, signs, &chunk.bytes, at, line));
                    break;
                }
            };
            let mut count = 0u64;
            rows(text, chunk.has_quotes, chunk.first_line, &self.layout, &mut buffers, |row| {
                if self.excludes(row) {
                    return;
                }
                count += 1;
                self.row(row, &mut hands, &mut classes, &mut part);
            });
            if classes.len() >= limits::CLASSES {
                part.folded.add(&classes, self.query, &self.measured, self.shape);
                classes.clear();
            }
            let rows = self.rows.fetch_add(count, Ordering::Relaxed) + count;
            (self.told)(done, total, rows);
            spare = chunk.bytes;
        }
        part.folded.add(&classes, self.query, &self.measured, self.shape);
        part
    }

    /// The first cell that is not empty is a text that marks rows to be left out.
    fn excludes(&self, row: &Row<'_>) -> bool {
        if self.excluded.is_empty() {
            return false;
        }
        let mut cells = self.layout.wanted.iter().filter(|place| **place != Layout::SKIP);
        let first = cells.find_map(|place| Some(row.text(*place as usize)).filter(|text| !trim(text).is_empty()));
        first.is_some_and(|first| self.excluded.contains(&plain(first)))
    }

    fn pull(&self, spare: Vec<u8>) -> Option<(crate::feed::Chunk, u64, u64)> {
        let mut feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner);
        // Chunks that were pulled before a stop are worked through, so that the first stop of the file is found.
        if self.stopped.load(Ordering::Acquire) {
            return None;
        }
        match feed.next(spare) {
            Ok(chunk) => {
                let (done, total) = feed.progress();
                chunk.map(|chunk| (chunk, done, total))
            }
            Err(stop) => {
                self.halt(stop);
                None
            }
        }
    }

    fn halt(&self, stop: Stop) {
        let mut first = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        if first.as_ref().is_none_or(|other| (stop.line, stop.column) < (other.line, other.column)) {
            *first = Some(stop);
        }
        self.stopped.store(true, Ordering::Release);
    }

    #[inline]
    fn row(&self, row: &Row<'_>, hands: &mut Hands, classes: &mut Classes, part: &mut Part) {
        if !row.fits || row.after_quote {
            let mistake = if row.after_quote {
                Mistake::AfterQuote
            } else {
                Mistake::CellCount { found: u32::try_from(row.count).unwrap_or(u32::MAX) }
            };
            part.mistakes.add(usize::MAX, row.line, mistake, "");
            return;
        }
        let mask_words = self.shape.mask_words;
        hands.words.iter_mut().take(mask_words).for_each(|word| *word = u64::MAX);
        hands.tests.iter_mut().for_each(|word| *word = 0);
        for (at, ((needed, memory), slot)) in
            self.needed.iter().zip(&mut hands.memories).zip(&mut hands.values).enumerate()
        {
            let text = row.cell(needed.place);
            let (value, mistake) = if needed.is_remembered() {
                let known = memory.get(text, needed, self.catalog);
                for (word, mask) in hands.words.iter_mut().zip(known.masks) {
                    *word &= mask;
                }
                for (word, bits) in hands.tests.iter_mut().zip(known.tests) {
                    *word |= bits;
                }
                for ((key, _), code) in needed.keys.iter().zip(known.codes) {
                    if let Some(word) = hands.words.get_mut(mask_words + key) {
                        *word = encode_code(*code);
                    }
                }
                (known.value, known.mistake)
            } else {
                needed.reader.read(text)
            };
            *slot = value;
            // What a workbook keeps as a number has no marks of its own.
            if matches!(value, Value::Number(number) if number.scale > 0) && bare(text) == text {
                part.mistakes.saw_decimals(at, row.line, text);
            }
            if let Some(mistake) = mistake {
                part.mistakes.add(at, row.line, mistake, bare(text));
            }
        }
        if self.filters.test_words > 0 {
            self.general(row, hands);
        }
        if !self.waits(row, hands, part) {
            classes.add(&hands.words, &self.measured, &hands.values, row.line);
            if !self.distinct.is_empty() {
                self.occurrences(row, hands, part);
            }
        }
        if !self.unique.is_empty() {
            self.key(row, hands, part);
        }
    }

    fn general(&self, row: &Row<'_>, hands: &mut Hands) {
        for (bit, test) in self.filters.between() {
            let Some((comparison, other)) = test.other else { continue };
            let side = |column: usize| {
                let at = self.needed.iter().position(|needed| needed.index == column);
                at.map_or((Value::Missing, ""), |at| {
                    let value = hands.values.get(at).copied().unwrap_or(Value::Missing);
                    (value, self.needed.get(at).map_or("", |needed| row.text(needed.place)))
                })
            };
            if test.holds_between(comparison, side(test.column), side(other)) {
                Filters::mark(&mut hands.tests, bit);
            }
        }
        let mask = hands.words.get_mut(..self.shape.mask_words).unwrap_or_default();
        self.filters.general(&hands.tests, mask, &mut hands.stack);
    }

    fn occurrences(&self, row: &Row<'_>, hands: &mut Hands, part: &mut Part) {
        for ((to, from), matters) in hands.projected.iter_mut().zip(&hands.words).zip(&self.distinct_words) {
            *to = from & matters;
        }
        let class = part.classes.class(&hands.projected);
        for (at, occurrences) in self.distinct.iter().zip(&mut part.occurrences) {
            let value = hands.values.get(*at).copied().unwrap_or(Value::Missing);
            if !value.is_present() || value == Value::Total {
                continue;
            }
            let text = self.needed.get(*at).map_or("", |needed| row.text(needed.place));
            hands.bytes.clear();
            identify(value, text, &mut hands.bytes);
            occurrences.add(&hands.bytes, class);
        }
    }

    /// Keeps a row that states a fact until all rows are read; false where it states none.
    fn waits(&self, row: &Row<'_>, hands: &mut Hands, part: &mut Part) -> bool {
        let Some(places) = &self.facts else { return false };
        let value = |at: usize| hands.values.get(at).copied().unwrap_or(Value::Missing);
        let text = |at: usize| self.needed.get(at).map_or("", |needed| row.text(needed.place));
        let code = value(places.column);
        if !code.is_present() || code == Value::Total {
            return false;
        }
        // A part's length after it keeps ("ab", "c") and ("a", "bc") apart.
        let joined = |columns: &mut dyn Iterator<Item = usize>| {
            let mut bytes = Vec::new();
            for at in columns {
                let start = bytes.len();
                identify(value(at), text(at), &mut bytes);
                let length = u32::try_from(bytes.len() - start).unwrap_or(u32::MAX);
                bytes.extend_from_slice(&length.to_le_bytes());
            }
            bytes
        };
        let fact = joined(&mut std::iter::once(places.column).chain(places.same.iter().copied()));
        let what = joined(&mut places.stated.iter().copied());
        let empty = !places.stated.is_empty() && places.stated.iter().all(|at| !value(*at).is_present());
        let keys = self.distinct.iter().map(|at| {
            let mut bytes = Vec::new();
            if value(*at).is_present() && value(*at) != Value::Total {
                identify(value(*at), text(*at), &mut bytes);
            }
            bytes.into_boxed_slice()
        });
        let waiting = Waiting {
            rank: places.by.map_or(u32::MAX, |at| places.rank(value(at), text(at))),
            line: row.line,
            words: hands.words.as_slice().into(),
            values: hands.values.as_slice().into(),
            keys: keys.collect(),
        };
        part.facts.add(&fact, &what, empty, waiting);
        true
    }

    /// Puts the counted rows of facts among the others.
    pub(crate) fn count(&self, rows: &[Waiting], part: &mut Part) {
        let mut classes = Classes::new(self.shape, &self.measured);
        let mut projected = vec![0; self.shape.width()];
        for row in rows {
            classes.add(&row.words, &self.measured, &row.values, row.line);
            for ((to, from), matters) in projected.iter_mut().zip(&row.words).zip(&self.distinct_words) {
                *to = from & matters;
            }
            if self.distinct.is_empty() {
                continue;
            }
            let class = part.classes.class(&projected);
            for (key, occurrences) in row.keys.iter().zip(&mut part.occurrences) {
                if !key.is_empty() {
                    occurrences.add(key, class);
                }
            }
        }
        part.folded.add(&classes, self.query, &self.measured, self.shape);
    }

    fn key(&self, row: &Row<'_>, hands: &mut Hands, part: &mut Part) {
        hands.bytes.clear();
        let mut some = false;
        for at in &self.unique {
            let value = hands.values.get(*at).copied().unwrap_or(Value::Missing);
            let text = self.needed.get(*at).map_or("", |needed| row.text(needed.place));
            some |= value.is_present() || !crate::text::trim(text).is_empty();
            let start = hands.bytes.len();
            identify(value, text, &mut hands.bytes);
            // A part's length after it keeps ("ab", "c") and ("a", "bc") apart; a single part needs none.
            if self.unique.len() > 1 {
                let length = u32::try_from(hands.bytes.len() - start).unwrap_or(u32::MAX);
                hands.bytes.extend_from_slice(&length.to_le_bytes());
            }
        }
        // A row without any key has been reported where the key may not be empty.
        if some {
            part.keys.add(&hands.bytes, row.line);
        }
    }
}

/// Which bits of a class's words matter to lanes of distinct counts.
pub(crate) fn distinct_words(query: &CubeQuery, shape: Shape) -> Vec<u64> {
    let mut words = vec![0u64; shape.width()];
    for set in &query.sets {
        let lanes = set.lanes.iter().filter_map(|lane| query.lanes.get(*lane));
        let mut any = false;
        for lane in lanes.filter(|lane| matches!(lane.state, LaneState::Distinct(_) | LaneState::Keys(_))) {
            any = true;
            if let Some(word) = lane.filter.and_then(|filter| words.get_mut(filter / 64)) {
                *word |= 1 << (lane.filter.unwrap_or(0) % 64);
            }
        }
        if any {
            for key in &set.keys {
                if let Some(word) = words.get_mut(shape.mask_words + key) {
                    *word = u64::MAX;
                }
            }
        }
    }
    words
}
