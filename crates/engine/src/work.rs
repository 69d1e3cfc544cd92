//! One thread's work: blocks of rows to masks, and by their masks to cells, to pairs of keys, to classes of rows, to facts that wait
//! and to keys that must not come again.

use std::borrow::Cow;

use crate::block::{Block, Cuts, DIGITS, Form, Texts, at_scale};
use crate::cell::Value;
use crate::class::{Classes, encode_code};
use crate::column::Kind;
use crate::distinct::{Keys, Occurrences, identify};
use crate::facts::{Facts, Waiting};
use crate::filter::{Filters, Planes};
use crate::fold::Folded;
use crate::fused::{Cells, Lines};
use crate::limits;
use crate::lookups::Meant;
use crate::memory::Memory;
use crate::people::{Pairs, Plan, digits};
use crate::report::Mistakes;
use crate::scan::Scan;
use crate::text::{composed, trim};

/// What a thread has found.
pub(crate) struct Part {
    pub(crate) cells: Cells,
    /// The scale of each sum of `cells`.
    pub(crate) scales: Vec<u8>,
    pub(crate) pairs: Vec<Pairs>,
    pub(crate) folded: Folded,
    pub(crate) mistakes: Mistakes,
    pub(crate) classes: Classes,
    pub(crate) occurrences: Vec<Occurrences>,
    pub(crate) keys: Keys,
    pub(crate) facts: Facts,
}

/// Buffers of one thread, used again for each block.
pub(crate) struct Hands {
    pub(crate) memories: Vec<Memory>,
    pub(crate) block: Block,
    cuts: Vec<Option<Cuts>>,
    /// Classes of rows in the making.
    classes: Classes,
    /// For each word of a row's mask, those of all rows.
    masks: Vec<Vec<u64>>,
    /// For each row, the bits of the tests.
    tests: Vec<u64>,
    /// For each key, the places of the rows' codes.
    places: Vec<Vec<u32>>,
    /// The slots of the rows of one column.
    slots: Vec<u32>,
    /// For each needed column, the numbers that its slots add, and those of the rows.
    amounts: Vec<Amounts>,
    /// What pairs say of the rows.
    packed: Vec<Vec<u64>>,
    words: Vec<u64>,
    projected: Vec<u64>,
    values: Vec<Value>,
    planes: Planes,
    bytes: Vec<u8>,
}

/// The numbers that a remembered column adds.
#[derive(Default)]
struct Amounts {
    scale: u8,
    /// By slot; `None` where the value is not a plain number, though it may be added.
    of_slots: Vec<Option<i64>>,
    of_rows: Vec<i64>,
}

impl Scan<'_> {
    /// Empty buffers and findings.
    pub(crate) fn start(&self) -> (Hands, Part) {
        let hands = Hands {
            memories: self.needed.iter().map(|_| Memory::default()).collect(),
            block: Block::new(self.needed.len()),
            cuts: self
                .needed
                .iter()
                .map(|one| (one.kind == Kind::Number && !one.conditions.is_empty()).then(|| Cuts::new(one)))
                .collect(),
            classes: Classes::new(self.shape, &self.measured),
            masks: vec![Vec::new(); self.filters.words],
            tests: Vec::new(),
            places: vec![Vec::new(); self.codes.len()],
            slots: Vec::new(),
            amounts: self.needed.iter().map(|_| Amounts::default()).collect(),
            packed: Vec::new(),
            words: vec![0; self.shape.width()],
            projected: vec![0; self.shape.width()],
            values: vec![Value::Missing; self.needed.len()],
            planes: Planes::default(),
            bytes: Vec::new(),
        };
        let part = Part {
            cells: Cells::new(&self.fused),
            scales: vec![0; self.fused.sums.len()],
            pairs: self.people.iter().map(Plan::pairs).collect(),
            folded: Folded::new(self.query, self.by_class.clone(), &self.filters),
            mistakes: Mistakes::default(),
            classes: Classes::new(self.shape, &[]),
            occurrences: self.distinct.iter().map(|_| Occurrences::default()).collect(),
            keys: Keys::default(),
            facts: Facts::default(),
        };
        (hands, part)
    }

    /// What is left in the buffers goes among the findings.
    pub(crate) fn end(&self, hands: &mut Hands, part: &mut Part) {
        part.folded.add(&hands.classes, self.query, &self.measured, self.shape);
        for (scale, (_, column)) in part.scales.iter_mut().zip(&self.fused.sums) {
            *scale = hands.amounts.get(*column).map_or(0, |amounts| amounts.scale);
        }
        if self.facts.is_some() {
            // Rows that wait are not counted yet.
            return;
        }
        for (memory, needed) in hands.memories.iter().zip(&self.needed) {
            for ((key, _), range) in needed.keys.iter().zip(&memory.periods) {
                if let Some(range) = range {
                    part.folded.saw(*key, *range);
                }
            }
        }
    }

    /// Takes in the rows of the block, which is empty afterwards.
    pub(crate) fn block(&self, texts: &dyn Texts, hands: &mut Hands, part: &mut Part) {
        let rows = hands.block.rows();
        if rows == 0 {
            return;
        }
        let meant;
        let texts: &dyn Texts = if self.looks_up {
            meant = Meant { texts, needed: &self.needed };
            &meant
        } else {
            texts
        };
        self.follow(hands);
        if let Some(gathering) = self.gathering {
            gathering.take(texts, &hands.block, &self.needed, &hands.memories);
        }
        self.masks(texts, hands, rows);
        for (needed, (memory, column)) in self.needed.iter().zip(hands.memories.iter().zip(&hands.block.columns)) {
            for ((key, _), codes) in needed.keys.iter().zip(&memory.codes) {
                let Some(places) = hands.places.get_mut(*key) else { continue };
                places.clear();
                places.extend(column.slots.iter().map(|slot| codes.get(*slot as usize).map_or(0, |(_, place)| *place)));
            }
        }
        if self.fused.is_used() {
            self.fused(hands, part, rows);
        }
        self.pairs(texts, hands, part, rows);
        let by_class = self.class_words.is_some() || !self.distinct.is_empty();
        if by_class || self.facts.is_some() {
            for row in 0..rows {
                self.row(texts, row, hands, part);
            }
        }
        if !self.unique.is_empty() {
            self.keys(texts, hands, part, rows);
        }
        if hands.classes.len() >= limits::CLASSES {
            part.folded.add(&hands.classes, self.query, &self.measured, self.shape);
            hands.classes.clear();
        }
        for (memory, needed) in hands.memories.iter_mut().zip(&self.needed) {
            memory.forget(needed);
        }
        hands.block.clear();
    }

    /// The cells of columns that another one leads.
    fn follow(&self, hands: &mut Hands) {
        for (at, needed) in self.needed.iter().enumerate() {
            let Some(leader) = needed.leader else { continue };
            let (Some((columns, [column, ..])), Some((memories, [memory, ..]))) =
                (hands.block.columns.split_at_mut_checked(at), hands.memories.split_at_mut_checked(at))
            else {
                continue;
            };
            if let (Some(of), Some(led_by)) = (columns.get(leader), memories.get(leader)) {
                memory.follow(led_by, &of.slots, &mut column.slots, needed, self.catalog, &self.codes);
            }
        }
    }

    /// Which filters each row passes.
    fn masks(&self, texts: &dyn Texts, hands: &mut Hands, rows: usize) {
        for word in &mut hands.masks {
            word.clear();
            word.resize(rows, u64::MAX);
        }
        let test_words = self.filters.test_words;
        hands.tests.clear();
        hands.tests.resize(rows * test_words, 0);
        let columns = hands.block.columns.iter().zip(&hands.memories).zip(&mut hands.cuts);
        for (needed, ((column, memory), cuts)) in self.needed.iter().zip(columns) {
            if needed.conditions.is_empty() {
                continue;
            }
            let (slots, masks, tests) = match cuts {
                Some(cuts) => {
                    cuts.places(column, needed, &mut hands.slots);
                    (&hands.slots, &cuts.masks, &cuts.tests)
                }
                None => (&column.slots, &memory.masks, &memory.tests),
            };
            let words = needed.conditions.words();
            for word in needed.conditions.touched() {
                let Some(own) = hands.masks.get_mut(*word) else { continue };
                if words == 1 {
                    for (own, slot) in own.iter_mut().zip(slots) {
                        *own &= masks.get(*slot as usize).copied().unwrap_or(0);
                    }
                } else {
                    for (own, slot) in own.iter_mut().zip(slots) {
                        *own &= masks.get(*slot as usize * words + word).copied().unwrap_or(0);
                    }
                }
            }
            if needed.conditions.test_words() > 0 {
                for (own, slot) in hands.tests.chunks_mut(test_words).zip(slots) {
                    let start = *slot as usize * test_words;
                    for (own, bits) in own.iter_mut().zip(tests.get(start..).unwrap_or(&[])) {
                        *own |= bits;
                    }
                }
            }
        }
        if self.filters.is_general() {
            self.between(texts, hands, rows);
            self.filters.general(&hands.tests, &mut hands.masks, &mut hands.planes);
        }
    }

    /// The test bits of comparisons between two columns.
    fn between(&self, texts: &dyn Texts, hands: &mut Hands, rows: usize) {
        let test_words = self.filters.test_words;
        let place = |column: usize| self.needed.iter().position(|needed| needed.index == column);
        for (bit, test) in self.filters.between() {
            let Some((comparison, other)) = test.other else { continue };
            let (left, right) = (place(test.column), place(other));
            for (row, bits) in (0..rows).zip(hands.tests.chunks_mut(test_words)) {
                let side = |at: Option<usize>| {
                    at.map_or((Value::Missing, Cow::Borrowed("")), |at| {
                        let value = hands.block.value(at, row, &self.needed, &hands.memories);
                        // Only texts are compared as such.
                        let text = if value == Value::Text { texts.text(at, row) } else { Cow::Borrowed("") };
                        (value, text)
                    })
                };
                let (left, right) = (side(left), side(right));
                if test.holds_between(comparison, (left.0, &left.1), (right.0, &right.1)) {
                    Filters::mark(bits, bit);
                }
            }
        }
    }

    /// Rows, values and sums go to their cells.
    fn fused(&self, hands: &mut Hands, part: &mut Part, rows: usize) {
        let added = hands.block.columns.iter().zip(&hands.memories).zip(&mut hands.amounts);
        for (at, (needed, ((column, memory), amounts))) in self.needed.iter().zip(added).enumerate() {
            if !self.fused.adds(at) {
                continue;
            }
            let before = amounts.scale;
            match needed.kind {
                Kind::Number => amounts.scale = column.scale,
                Kind::Remembered => amounts.gather(&column.slots, memory),
                Kind::Text => {}
            }
            if amounts.scale > before {
                part.cells.rescale(&self.fused, at, amounts.scale - before);
            }
        }
        let numbers: Vec<&[i64]> = self
            .fused
            .sums
            .iter()
            .map(|(_, at)| match self.needed.get(*at).map(|one| one.kind) {
                Some(Kind::Number) => hands.block.columns.get(*at).map_or(&[] as &[i64], |column| &column.numbers),
                Some(Kind::Remembered | Kind::Text) | None => {
                    hands.amounts.get(*at).map_or(&[] as &[i64], |amounts| &amounts.of_rows)
                }
            })
            .collect();
        let lines = Lines { rows, masks: &hands.masks, places: &hands.places, numbers: &numbers };
        part.cells.add(&self.fused, &lines);
        // What is no plain number of its column is added apart.
        for (sum, (bit, at)) in self.fused.sums.iter().enumerate() {
            let passes = |row: usize| {
                hands.masks.get(bit / 64).and_then(|all| all.get(row)).is_some_and(|word| word >> (bit % 64) & 1 == 1)
            };
            let Some(column) = hands.block.columns.get(*at) else { continue };
            for (row, value) in &column.others {
                if passes(*row as usize) {
                    part.cells.add_apart(&self.fused, *row as usize, sum, *value);
                }
            }
            let (Some(amounts), Some(memory)) = (hands.amounts.get(*at), hands.memories.get(*at)) else { continue };
            if amounts.of_slots.iter().any(Option::is_none) {
                for (row, slot) in column.slots.iter().enumerate() {
                    if amounts.of_slots.get(*slot as usize) == Some(&None) && passes(row) {
                        part.cells.add_apart(&self.fused, row, sum, memory.value(*slot));
                    }
                }
            }
        }
    }

    /// Keys whose distinct ones are counted.
    fn pairs(&self, texts: &dyn Texts, hands: &mut Hands, part: &mut Part, rows: usize) {
        for (plan, pairs) in self.people.iter().zip(&mut part.pairs) {
            let (Some(column), Some(needed)) = (hands.block.columns.get(plan.at), self.needed.get(plan.at)) else {
                continue;
            };
            plan.pack(&hands.masks, &hands.places, rows, &mut hands.packed);
            let all = plan.filters();
            for row in 0..rows {
                if hands.packed.first().and_then(|filters| filters.get(row)).is_none_or(|word| word & all == 0) {
                    continue;
                }
                let is_plain = column.forms.get(row) == Some(&Form::Plain);
                let key = match needed.kind {
                    Kind::Text if is_plain => pairs.key(Value::Text, &texts.text(plan.at, row), &mut hands.bytes),
                    Kind::Number if is_plain && column.scale == 0 => {
                        pairs.key_of_number(column.numbers.get(row).copied().unwrap_or(0), &mut hands.bytes)
                    }
                    Kind::Text | Kind::Number | Kind::Remembered => {
                        let value = hands.block.value(plan.at, row, &self.needed, &hands.memories);
                        if !value.is_present() || value == Value::Total {
                            continue;
                        }
                        // Only of these is the text what they are.
                        let is_text = matches!(value, Value::Text | Value::Said(_));
                        let text = if is_text { texts.text(plan.at, row) } else { Cow::Borrowed("") };
                        pairs.key(value, &text, &mut hands.bytes)
                    }
                };
                pairs.add(key, &hands.packed, row);
            }
        }
    }

    /// What is kept of a row by classes, by facts and by keys that must not repeat.
    fn row(&self, texts: &dyn Texts, row: usize, hands: &mut Hands, part: &mut Part) {
        let line = hands.block.lines.get(row).copied().unwrap_or(0);
        for at in 0..self.needed.len() {
            let value = hands.block.value(at, row, &self.needed, &hands.memories);
            if let Some(slot) = hands.values.get_mut(at) {
                *slot = value;
            }
        }
        let mask_words = self.shape.mask_words;
        for (word, all) in hands.words.iter_mut().zip(&hands.masks) {
            *word = all.get(row).copied().unwrap_or(0);
        }
        for (needed, (memory, column)) in self.needed.iter().zip(hands.memories.iter().zip(&hands.block.columns)) {
            let slot = column.slots.get(row).copied().unwrap_or(u32::MAX) as usize;
            for ((key, _), codes) in needed.keys.iter().zip(&memory.codes) {
                if let (Some(word), Some((code, _))) = (hands.words.get_mut(mask_words + key), codes.get(slot)) {
                    *word = encode_code(*code);
                }
            }
        }
        if !self.waits(texts, row, line, hands, part) {
            if let Some(matters) = &self.class_words {
                for ((to, from), matters) in hands.projected.iter_mut().zip(&hands.words).zip(matters) {
                    *to = from & matters;
                }
                hands.classes.add(&hands.projected, &self.measured, &hands.values, line);
            }
            if !self.distinct.is_empty() {
                self.occurrences(texts, row, hands, part);
            }
        }
    }

    fn occurrences(&self, texts: &dyn Texts, row: usize, hands: &mut Hands, part: &mut Part) {
        for ((to, from), matters) in hands.projected.iter_mut().zip(&hands.words).zip(&self.distinct_words) {
            *to = from & matters;
        }
        let class = part.classes.class(&hands.projected);
        for (at, occurrences) in self.distinct.iter().zip(&mut part.occurrences) {
            let value = hands.values.get(*at).copied().unwrap_or(Value::Missing);
            if !value.is_present() || value == Value::Total {
                continue;
            }
            hands.bytes.clear();
            identify(value, &texts.text(*at, row), &mut hands.bytes);
            occurrences.add(&hands.bytes, class);
        }
    }

    /// Keeps a row that states a fact until all rows are read; false where it states none.
    fn waits(&self, texts: &dyn Texts, row: usize, line: u64, hands: &mut Hands, part: &mut Part) -> bool {
        let Some(places) = &self.facts else { return false };
        let value = |at: usize| hands.values.get(at).copied().unwrap_or(Value::Missing);
        let text = |at: usize| texts.text(at, row);
        let code = value(places.column);
        if !code.is_present() || code == Value::Total {
            return false;
        }
        // A part's length after it keeps ("ab", "c") and ("a", "bc") apart.
        let joined = |columns: &mut dyn Iterator<Item = usize>| {
            let mut bytes = Vec::new();
            for at in columns {
                let start = bytes.len();
                identify(value(at), &text(at), &mut bytes);
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
                identify(value(*at), &text(*at), &mut bytes);
            }
            bytes.into_boxed_slice()
        });
        let waiting = Waiting {
            rank: places.by.map_or(u32::MAX, |at| places.rank(value(at), &text(at))),
            line,
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

    /// Keys that must not come again.
    fn keys(&self, texts: &dyn Texts, hands: &mut Hands, part: &mut Part, rows: usize) {
        let single = match self.unique.as_slice() {
            [one] => self.needed.get(*one).map(|needed| (*one, needed.kind)).zip(hands.block.columns.get(*one)),
            _ => None,
        };
        for row in 0..rows {
            let line = hands.block.lines.get(row).copied().unwrap_or(0);
            if let Some(((at, Kind::Text), column)) = single
                && column.forms.get(row) == Some(&Form::Plain)
                && let text = texts.text(at, row)
                && let Some(number) = digits(text.as_bytes()).or_else(|| digits(composed(&text).as_bytes()))
            {
                part.keys.add_number(number, line);
                continue;
            }
            self.key(texts, row, line, &hands.block, &hands.memories, &mut hands.bytes, part);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "parts of the hands that are used beside each other")]
    fn key(
        &self,
        texts: &dyn Texts,
        row: usize,
        line: u64,
        block: &Block,
        memories: &[Memory],
        bytes: &mut Vec<u8>,
        part: &mut Part,
    ) {
        bytes.clear();
        let mut some = false;
        for at in &self.unique {
            let value = block.value(*at, row, &self.needed, memories);
            let text = texts.text(*at, row);
            some |= value.is_present() || !trim(&text).is_empty();
            let start = bytes.len();
            identify(value, &text, bytes);
            // A part's length after it keeps ("ab", "c") and ("a", "bc") apart; a single part needs none.
            if self.unique.len() > 1 {
                let length = u32::try_from(bytes.len() - start).unwrap_or(u32::MAX);
                bytes.extend_from_slice(&length.to_le_bytes());
            }
        }
        // A row without any key has been reported where the key may not be empty.
        if some {
            part.keys.add(bytes, line);
        }
    }
}

impl Amounts {
    /// The numbers of the rows of a block. More digits are taken where a value has more.
    fn gather(&mut self, slots: &[u32], memory: &Memory) {
        self.of_slots.truncate(memory.lasting());
        let mut at = self.of_slots.len();
        while at < memory.len() {
            let value = memory.value(at as u32);
            let number = match value {
                Value::Said(_) => None,
                _ => match value.number() {
                    None => Some(0),
                    Some(number) if number.scale > self.scale && number.scale <= DIGITS => {
                        // All are read again with more digits.
                        self.scale = number.scale;
                        self.of_slots.clear();
                        at = 0;
                        continue;
                    }
                    Some(number) => at_scale(number, self.scale),
                },
            };
            self.of_slots.push(number);
            at += 1;
        }
        self.of_rows.clear();
        let of = |slot: &u32| self.of_slots.get(*slot as usize).copied().flatten().unwrap_or(0);
        self.of_rows.extend(slots.iter().map(of));
    }
}
