//! Keys and the cells in which they occur, to exact counts of distinct keys: a pair for each row that passes some filter,
//! divided by the hash of the key, then brought together by key and counted part by part. A pair is a key in 64 bits and the row's filters and
//! codes, packed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use jauge::plan::{CubeQuery, LaneState};
use rustc_hash::FxHashMap;

use crate::cell::Value;
use crate::codes::{Codes, Grouping, MetCells};
use crate::distinct::identify;
use crate::filter::Filters;
use crate::text::composed;

/// Parts by the hash of the key.
const PARTS: usize = 1024;
/// Bytes of the counts of one grouping that lie by their places.
const ROOM: u64 = 64 << 20;
/// The key, then filters and codes in one to three words.
type Pair<const W: usize> = (u64, [u64; W]);

/// How the distinct keys of one column are counted: what all threads share.
pub(crate) struct Plan {
    /// The column of the source.
    pub(crate) column: usize,
    /// Its place among the needed ones.
    pub(crate) at: usize,
    /// Bits of the row's mask, by their place in the first word of a pair.
    bits: Vec<usize>,
    /// Keys of the query, each with the word and the shift of its place, and its mask.
    keys: Vec<(usize, usize, u32, u64)>,
    words: usize,
    pub(crate) groups: Vec<Group>,
}

/// One grouping in which keys are counted.
pub(crate) struct Group {
    /// The grouping set of the query.
    pub(crate) set: usize,
    pub(crate) grouping: Grouping,
    /// Its lanes: position in the set's lanes, and place of the filter in the first word.
    pub(crate) lanes: Vec<(usize, u32)>,
    /// The filters of its lanes.
    filters: u64,
    /// For each key of the grouping, where its place is in a pair.
    places: Vec<(usize, u32, u64)>,
}

impl Plan {
    /// The plans of a column, one for every 64 filters. None where a pair has no room for what is asked: then keys are counted
    /// by classes.
    pub(crate) fn all(query: &CubeQuery, column: usize, at: usize, filters: &Filters, codes: &[Codes]) -> Vec<Plan> {
        let lanes = query.sets.iter().flat_map(|set| &set.lanes).filter_map(|lane| query.lanes.get(*lane));
        let bits: Option<BTreeSet<usize>> = lanes
            .filter(|lane| lane.state == LaneState::Distinct(column))
            .map(|lane| filters.bit(lane.filter, None))
            .collect();
        let bits: Vec<usize> = bits.into_iter().flatten().collect();
        let plans = bits.chunks(u64::BITS as usize).map(|bits| Plan::new(query, column, at, bits, filters, codes));
        plans.collect::<Option<_>>().unwrap_or_default()
    }

    /// `bits`: the filters of its lanes, 64 at most.
    fn new(
        query: &CubeQuery,
        column: usize,
        at: usize,
        bits: &[usize],
        filters: &Filters,
        codes: &[Codes],
    ) -> Option<Plan> {
        const MOST: usize = 3;
        if query.facts.is_some() {
            return None;
        }
        let lanes_of = |set: &jauge::plan::GroupingSet| -> Vec<(usize, Option<usize>)> {
            let lanes = set.lanes.iter().enumerate().filter_map(|(at, lane)| Some((at, query.lanes.get(*lane)?)));
            lanes
                .filter(|(_, lane)| lane.state == LaneState::Distinct(column))
                .filter(|(_, lane)| filters.bit(lane.filter, None).is_some_and(|bit| bits.contains(&bit)))
                .map(|(at, lane)| (at, lane.filter))
                .collect()
        };
        let mut plan = Plan { column, at, bits: bits.to_vec(), keys: Vec::new(), words: 1, groups: Vec::new() };
        let mut used = u32::try_from(plan.bits.len()).ok().filter(|used| *used <= u64::BITS)?;
        let wanted = query.sets.iter().filter(|set| !lanes_of(set).is_empty());
        for key in wanted.flat_map(|set| &set.keys) {
            if plan.keys.iter().any(|(known, ..)| known == key) {
                continue;
            }
            let bits = codes.get(*key)?.bits();
            if used + bits > u64::BITS {
                plan.words += 1;
                used = 0;
            }
            plan.keys.push((*key, plan.words - 1, used, u64::MAX >> (u64::BITS - bits)));
            used += bits;
        }
        if plan.words > MOST {
            return None;
        }
        for (set, of) in query.sets.iter().enumerate() {
            let lanes = lanes_of(of);
            if lanes.is_empty() {
                continue;
            }
            let place = |filter: Option<usize>| {
                let bit = filters.bit(filter, None)?;
                u32::try_from(plan.bits.iter().position(|known| *known == bit)?).ok()
            };
            let lanes: Vec<(usize, u32)> =
                lanes.into_iter().map(|(at, filter)| Some((at, place(filter)?))).collect::<Option<_>>()?;
            let places: Vec<(usize, u32, u64)> = of
                .keys
                .iter()
                .map(|key| {
                    plan.keys
                        .iter()
                        .find(|(known, ..)| known == key)
                        .map(|(_, word, shift, mask)| (*word, *shift, *mask))
                })
                .collect::<Option<_>>()?;
            let filters = lanes.iter().fold(0, |all, (_, at)| all | 1u64 << at);
            let grouping = Grouping::new(&of.keys, codes)?;
            plan.groups.push(Group { set, grouping, lanes, filters, places });
        }
        Some(plan)
    }

    /// What pairs say of the rows of a block besides their keys: the filters that each passes, and its codes. `masks` are the
    /// words of the rows' masks, `places` the places of their codes for each key of the query.
    pub(crate) fn pack(&self, masks: &[Vec<u64>], places: &[Vec<u32>], rows: usize, out: &mut Vec<Vec<u64>>) {
        out.resize_with(self.words, Vec::new);
        for word in out.iter_mut() {
            word.clear();
            word.resize(rows, 0);
        }
        if let Some(filters) = out.first_mut() {
            for (at, bit) in self.bits.iter().enumerate() {
                let Some(mask) = masks.get(bit / 64) else { continue };
                for (own, mask) in filters.iter_mut().zip(mask) {
                    *own |= (mask >> (bit % 64) & 1) << at;
                }
            }
        }
        for (key, word, shift, mask) in &self.keys {
            let (Some(own), Some(places)) = (out.get_mut(*word), places.get(*key)) else { continue };
            for (own, place) in own.iter_mut().zip(places) {
                *own |= (u64::from(*place) & mask) << shift;
            }
        }
    }

    /// Of the first word of a row, the filters.
    pub(crate) fn filters(&self) -> u64 {
        if self.bits.len() < 64 { (1 << self.bits.len()) - 1 } else { u64::MAX }
    }

    /// An empty collection.
    pub(crate) fn pairs(&self) -> Pairs {
        Pairs {
            texts: Texts::default(),
            parts: match self.words {
                1 => Parts::One(new_parts()),
                2 => Parts::Two(new_parts()),
                _ => Parts::Three(new_parts()),
            },
        }
    }
}

fn new_parts<const W: usize>() -> Vec<Part<W>> {
    (0..PARTS).map(|_| Part::default()).collect()
}

/// The pairs of one part, sorted and without repetition up to `sorted`.
#[derive(Default)]
struct Part<const W: usize> {
    pairs: Vec<Pair<W>>,
    sorted: usize,
}

impl<const W: usize> Part<W> {
    #[inline]
    fn push(&mut self, pair: Pair<W>) {
        const SLACK: usize = 1 << 15;
        self.pairs.push(pair);
        if self.pairs.len() > 2 * self.sorted + SLACK {
            self.sort();
        }
    }

    #[cold]
    fn sort(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        self.sorted = self.pairs.len();
    }
}

enum Parts {
    One(Vec<Part<1>>),
    Two(Vec<Part<2>>),
    Three(Vec<Part<3>>),
}

/// Longer texts of keys, each once.
#[derive(Default)]
struct Texts {
    ids: FxHashMap<Box<[u8]>, u32>,
}

impl Texts {
    fn id(&mut self, bytes: &[u8]) -> u32 {
        if let Some(id) = self.ids.get(bytes) {
            return *id;
        }
        // INVARIANT: memory ends before there are 2^32 different texts.
        let id = self.ids.len() as u32;
        self.ids.insert(bytes.into(), id);
        id
    }
}

/// One thread's pairs.
pub(crate) struct Pairs {
    texts: Texts,
    parts: Parts,
}

/// The kind of a key, in its highest bits.
const NUMBER: u64 = 1 << 61;
const SHORT: u64 = 2 << 61;
const LONG: u64 = 3 << 61;
const COMPACT: u64 = 1 << 63;

/// A text of seven to ten letters, digits, `-` and `_` of ASCII, six bits each, as a number that no other such text has.
#[inline]
fn compact(text: &[u8]) -> Option<u64> {
    const LEAST: usize = 7;
    let more = text.len().checked_sub(LEAST).filter(|more| *more < 4)?;
    let mut number = 0u64;
    for byte in text {
        let sign = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        number = number << 6 | u64::from(sign);
    }
    Some(COMPACT | (more as u64) << 60 | number)
}

/// A text of up to eighteen digits as a number that no other such text has: shorter ones come before longer ones.
#[inline]
pub(crate) fn digits(text: &[u8]) -> Option<u64> {
    const MOST: usize = 18;
    if text.is_empty() || text.len() > MOST {
        return None;
    }
    let mut number = 0u64;
    let mut before = 0u64;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
        before = before * 10 + 1;
    }
    // 1 + 10 + … shorter texts; in all less than 2^60.
    Some(number + before)
}

impl Pairs {
    /// The key of a whole number.
    #[inline]
    pub(crate) fn key_of_number(&mut self, number: i64, bytes: &mut Vec<u8>) -> u64 {
        match u64::try_from(number) {
            Ok(number) if number < NUMBER => NUMBER | number,
            Ok(_) | Err(_) => {
                let number = jauge::plan::Decimal { mantissa: i128::from(number), scale: 0 };
                self.key(Value::Number(number), "", bytes)
            }
        }
    }

    /// The key of a value in 64 bits.
    pub(crate) fn key(&mut self, value: Value, text: &str, bytes: &mut Vec<u8>) -> u64 {
        match value {
            Value::Text => {
                let short = |text: &[u8]| digits(text).or_else(|| compact(text));
                if let Some(key) = short(text.as_bytes()).or_else(|| short(composed(text).as_bytes())) {
                    return key;
                }
            }
            Value::Number(number) if number.scale == 0 => {
                if let Some(key) = u64::try_from(number.mantissa).ok().filter(|number| *number < NUMBER) {
                    return NUMBER | key;
                }
            }
            _ => {}
        }
        bytes.clear();
        identify(value, text, bytes);
        const ROOM: usize = 7;
        if bytes.len() <= ROOM {
            let packed = bytes.iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
            return SHORT | (bytes.len() as u64) << 56 | packed;
        }
        LONG | u64::from(self.texts.id(bytes))
    }

    /// Adds a row of a block that was packed.
    #[inline]
    pub(crate) fn add(&mut self, key: u64, packed: &[Vec<u64>], row: usize) {
        match &mut self.parts {
            Parts::One(parts) => put(parts, key, packed, row),
            Parts::Two(parts) => put(parts, key, packed, row),
            Parts::Three(parts) => put(parts, key, packed, row),
        }
    }

    /// Takes in another thread's pairs: its longer texts have other numbers there.
    fn rename(&mut self, other: &mut Pairs) {
        if other.texts.ids.is_empty() {
            return;
        }
        let mut renamed = vec![0u32; other.texts.ids.len()];
        for (text, id) in std::mem::take(&mut other.texts.ids) {
            let next = self.texts.ids.len() as u32;
            if let Some(slot) = renamed.get_mut(id as usize) {
                *slot = *self.texts.ids.entry(text).or_insert(next);
            }
        }
        match &mut other.parts {
            Parts::One(parts) => rename(parts, &renamed),
            Parts::Two(parts) => rename(parts, &renamed),
            Parts::Three(parts) => rename(parts, &renamed),
        }
    }
}

fn hash(key: u64) -> u64 {
    // Multiplication alone leaves the low bits of alike keys alike.
    let mixed = (key ^ key >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

fn part_of(key: u64) -> usize {
    (hash(key) >> (u64::BITS - PARTS.ilog2())) as usize % PARTS
}

#[inline]
fn put<const W: usize>(parts: &mut [Part<W>], key: u64, packed: &[Vec<u64>], row: usize) {
    let words = std::array::from_fn(|word| packed.get(word).and_then(|all| all.get(row)).copied().unwrap_or(0));
    if let Some(part) = parts.get_mut(part_of(key)) {
        part.push((key, words));
    }
}

fn rename<const W: usize>(parts: &mut Vec<Part<W>>, renamed: &[u32]) {
    let old = std::mem::replace(parts, new_parts());
    for (key, words) in old.into_iter().flat_map(|part| part.pairs) {
        let key = if key & COMPACT == 0 && key >= LONG {
            LONG | u64::from(renamed.get((key & u64::from(u32::MAX)) as usize).copied().unwrap_or(0))
        } else {
            key
        };
        if let Some(part) = parts.get_mut(part_of(key)) {
            part.push((key, words));
        }
    }
}

/// For each group, packed cells to how many keys they have for each lane.
pub(crate) type Counted = Vec<FxHashMap<u128, Box<[u64]>>>;

/// Counts the distinct keys of all threads' pairs, on as many threads.
pub(crate) fn count(plan: &Plan, mut all: Vec<Pairs>, threads: usize) -> Counted {
    let mut rest = all.split_off(1.min(all.len()));
    let Some(first) = all.first_mut() else { return plan.groups.iter().map(|_| FxHashMap::default()).collect() };
    for other in &mut rest {
        first.rename(other);
    }
    all.append(&mut rest);
    let mut one: Vec<Vec<Part<1>>> = Vec::new();
    let mut two: Vec<Vec<Part<2>>> = Vec::new();
    let mut three: Vec<Vec<Part<3>>> = Vec::new();
    for pairs in all {
        match pairs.parts {
            Parts::One(parts) => one.push(parts),
            Parts::Two(parts) => two.push(parts),
            Parts::Three(parts) => three.push(parts),
        }
    }
    match plan.words {
        1 => count_parts(plan, one, threads),
        2 => count_parts(plan, two, threads),
        _ => count_parts(plan, three, threads),
    }
}

fn count_parts<const W: usize>(plan: &Plan, all: Vec<Vec<Part<W>>>, threads: usize) -> Counted {
    // For each part, the pairs of every thread.
    let mut parts: Vec<std::sync::Mutex<Vec<Vec<Pair<W>>>>> = (0..PARTS).map(|_| Default::default()).collect();
    for of_thread in all {
        for (part, slot) in of_thread.into_iter().zip(&mut parts) {
            slot.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner).push(part.pairs);
        }
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut runs = Runs::default();
        let mut tallies: Vec<Tally> = plan.groups.iter().map(|group| Tally::new(plan, group)).collect();
        while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let lists = std::mem::take(&mut *part.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
            runs.fill(&lists);
            for (group, tally) in plan.groups.iter().zip(&mut tallies) {
                tally.take(group, &runs);
            }
        }
        tallies
    };
    let done: Vec<Vec<Tally>> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.max(1)).map(|_| scope.spawn(work)).collect();
        let mut done = vec![work()];
        for other in others {
            match other.join() {
                Ok(tallies) => done.push(tallies),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    let mut counted: Counted = plan.groups.iter().map(|_| FxHashMap::default()).collect();
    for tallies in done {
        for ((tally, group), counted) in tallies.into_iter().zip(&plan.groups).zip(&mut counted) {
            tally.into_cells(group, counted);
        }
    }
    counted
}

/// What the pairs of a part say besides their keys, by key: those of keys with one pair, those of keys with two, and so on.
#[derive(Default)]
struct Runs<const W: usize> {
    words: Vec<[u64; W]>,
    /// How many words are of keys with one pair, with two, and so on up to [`SAME`].
    same: [usize; SAME],
    /// How many pairs each of the other keys has.
    long: Vec<usize>,
    /// By hash, one more than the number of a key, or 0.
    table: Vec<u32>,
    /// Each key, by its number.
    keys: Vec<u64>,
    /// How many pairs each key has; then, where the next one goes.
    places: Vec<u32>,
    /// The number of each pair's key.
    of_pairs: Vec<u32>,
}

/// Keys with so many pairs or fewer are counted together with those that have as many.
const SAME: usize = 6;

impl<const W: usize> Runs<W> {
    /// INVARIANT: a part has fewer than 2^32 pairs.
    fn fill(&mut self, lists: &[Vec<Pair<W>>]) {
        let pairs = || lists.iter().flatten();
        let count: usize = lists.iter().map(Vec::len).sum();
        self.table.clear();
        self.table.resize((2 * count).next_power_of_two().max(2), 0);
        let (mask, bits) = (self.table.len() - 1, self.table.len().ilog2());
        self.keys.clear();
        self.places.clear();
        self.of_pairs.clear();
        for (key, _) in pairs() {
            // The highest bits of the hash are those of the part.
            let mut at = (hash(*key) << PARTS.ilog2() >> (u64::BITS - bits)) as usize;
            let number = loop {
                let Some(slot) = self.table.get_mut(at & mask) else { break 0 };
                if *slot == 0 {
                    self.keys.push(*key);
                    self.places.push(0);
                    *slot = self.keys.len() as u32;
                }
                if self.keys.get(*slot as usize - 1) == Some(key) {
                    break *slot - 1;
                }
                at += 1;
            };
            if let Some(own) = self.places.get_mut(number as usize) {
                *own += 1;
            }
            self.of_pairs.push(number);
        }
        self.same = [0; SAME];
        self.long.clear();
        for many in &self.places {
            match self.same.get_mut(*many as usize - 1) {
                Some(same) => *same += *many as usize,
                None => self.long.push(*many as usize),
            }
        }
        let mut start = 0;
        let mut next: [u32; SAME + 1] = std::array::from_fn(|at| {
            let own = start;
            start += self.same.get(at).copied().unwrap_or(0) as u32;
            own
        });
        for place in &mut self.places {
            let next = &mut next[(*place as usize - 1).min(SAME)];
            let many = *place;
            *place = *next;
            *next += many;
        }
        self.words.clear();
        self.words.resize(count, [0; W]);
        for ((_, words), number) in pairs().zip(&self.of_pairs) {
            let Some(place) = self.places.get_mut(*number as usize) else { continue };
            if let Some(slot) = self.words.get_mut(*place as usize) {
                *slot = *words;
            }
            *place += 1;
        }
    }
}

/// Eight counters of a cell.
type Line = [u32; 8];

/// Eight bits to eight counters.
const COUNTERS: [Line; 256] = {
    let mut counters = [[0; 8]; 256];
    let mut bits = 0;
    while bits < 256 {
        let mut at = 0;
        while at < 8 {
            counters[bits][at] = (bits >> at & 1) as u32;
            at += 1;
        }
        bits += 1;
    }
    counters
};

/// Counts of keys in the cells of one group: one counter for each filter of the plan.
///
/// INVARIANT: a thread takes fewer than 2^32 pairs before its counters are emptied.
struct Tally {
    /// Lines of a cell.
    lines: usize,
    counts: Vec<Line>,
    /// Where cells do not lie by their places.
    met: Option<MetCells>,
    /// Pairs taken since the counters were emptied, and what was in them.
    taken: usize,
    emptied: FxHashMap<u128, Box<[u64]>>,
    /// The cell of each pair.
    cells: Vec<u32>,
}

/// The inner loop, compiled for each kind of processor.
struct Counting<'a, const W: usize> {
    tally: &'a mut Tally,
    group: &'a Group,
    runs: &'a Runs<W>,
}

impl<const W: usize> pulp::NullaryFnOnce for Counting<'_, W> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Counting { tally, group, runs } = self;
        if !tally.find_by_place(group, &runs.words) {
            tally.find_by_meeting(group, &runs.words);
        }
        tally.count(group, runs);
    }
}

impl Tally {
    fn new(plan: &Plan, group: &Group) -> Self {
        Tally {
            lines: plan.bits.len().div_ceil(8),
            counts: Vec::new(),
            met: group.grouping.strides.is_none().then(Default::default),
            taken: 0,
            emptied: FxHashMap::default(),
            cells: Vec::new(),
        }
    }

    /// Counts the keys of a part.
    fn take<const W: usize>(&mut self, group: &Group, runs: &Runs<W>) {
        if self.taken.saturating_add(runs.words.len()) > u32::MAX as usize {
            self.empty(group);
        }
        self.taken += runs.words.len();
        pulp::Arch::new().dispatch(Counting { tally: self, group, runs });
    }

    /// Finds the cell of each pair by the places of its codes; false where cells would take too much room.
    #[inline(always)]
    fn find_by_place<const W: usize>(&mut self, group: &Group, words: &[[u64; W]]) -> bool {
        let (Some(strides), None) = (&group.grouping.strides, &self.met) else { return false };
        self.cells.clear();
        self.cells.resize(words.len(), 0);
        let mut far = 0;
        for ((word, shift, mask), stride) in group.places.iter().zip(strides) {
            let mut most = 0;
            for (cell, words) in self.cells.iter_mut().zip(words) {
                // INVARIANT: a place has at most 32 bits.
                let place = (words.get(*word).copied().unwrap_or(0) >> shift & mask) as u32;
                most = most.max(place);
                *cell = cell.wrapping_add(place.wrapping_mul(*stride));
            }
            far += u64::from(most) * u64::from(*stride);
        }
        // No cell lies farther than this.
        let whole = (far / u64::from(group.grouping.inner) + 1) * u64::from(group.grouping.inner);
        let room = whole.saturating_mul((self.lines * size_of::<Line>()) as u64);
        if room > ROOM {
            self.empty(group);
            self.met = Some(Default::default());
            return false;
        }
        let lines = whole as usize * self.lines;
        if lines > self.counts.len() {
            self.counts.resize(lines, Line::default());
        }
        true
    }

    /// Gives cells to codes in the order in which they are met.
    fn find_by_meeting<const W: usize>(&mut self, group: &Group, words: &[[u64; W]]) {
        let met = self.met.get_or_insert_default();
        self.cells.clear();
        for words in words {
            let place =
                |(word, shift, mask): &(usize, u32, u64)| words.get(*word).copied().unwrap_or(0) >> shift & mask;
            let shifts = group.places.iter().zip(&group.grouping.shifts);
            let packed = shifts.fold(0u128, |packed, (at, shift)| packed | u128::from(place(at)) << shift);
            self.cells.push(met.cell(packed));
        }
        self.counts.resize(met.len() * self.lines, Line::default());
    }

    #[inline(always)]
    fn count<const W: usize>(&mut self, group: &Group, runs: &Runs<W>) {
        let cells = std::mem::take(&mut self.cells);
        let (mut words, mut of_words) = (runs.words.as_slice(), cells.as_slice());
        let mut next = |many: usize| {
            let (first, rest) = words.split_at_checked(many).unwrap_or((words, &[]));
            let (cells, rest_of) = of_words.split_at_checked(many).unwrap_or((of_words, &[]));
            (words, of_words) = (rest, rest_of);
            (first, cells)
        };
        let [one, two, three, four, five, six] = runs.same.map(&mut next);
        self.same::<W, 1>(group, one);
        self.same::<W, 2>(group, two);
        self.same::<W, 3>(group, three);
        self.same::<W, 4>(group, four);
        self.same::<W, 5>(group, five);
        self.same::<W, 6>(group, six);
        let mut sorted: Vec<(u32, u64)> = Vec::new();
        for many in &runs.long {
            let (words, cells) = next(*many);
            sorted.clear();
            sorted.extend(cells.iter().copied().zip(words.iter().map(|words| words[0] & group.filters)));
            sorted.sort_unstable();
            for of_cell in sorted.chunk_by(|a, b| a.0 == b.0) {
                let cell = of_cell.first().map_or(0, |(cell, _)| *cell);
                self.add(cell, of_cell.iter().fold(0, |all, (_, filters)| all | filters));
            }
        }
        self.cells = cells;
    }

    /// Counts keys that have `N` pairs each: a filter counts in the first pair of its cell.
    #[inline(always)]
    fn same<const W: usize, const N: usize>(&mut self, group: &Group, (words, cells): (&[[u64; W]], &[u32])) {
        for (words, cells) in words.as_chunks::<N>().0.iter().zip(cells.as_chunks::<N>().0) {
            for at in 0..N {
                let mut fresh = words[at][0] & group.filters;
                for before in 0..at {
                    let known = if cells[before] == cells[at] { words[before][0] } else { 0 };
                    fresh &= !known;
                }
                self.add(cells[at], fresh);
            }
        }
    }

    /// One key more in a cell, for each filter of `fresh`.
    #[inline(always)]
    fn add(&mut self, cell: u32, fresh: u64) {
        let start = cell as usize * self.lines;
        for (at, line) in self.counts.get_mut(start..start + self.lines).unwrap_or(&mut []).iter_mut().enumerate() {
            let counters = COUNTERS[(fresh >> (8 * at) & 255) as usize];
            *line = std::array::from_fn(|at| line[at].wrapping_add(counters[at]));
        }
    }

    /// Empties the counters.
    #[cold]
    fn empty(&mut self, group: &Group) {
        let counts = std::mem::take(&mut self.counts);
        let met = self.met.as_mut().map(std::mem::take);
        for (at, cell) in counts.chunks(self.lines.max(1)).enumerate() {
            if cell.iter().flatten().all(|count| *count == 0) {
                continue;
            }
            let packed = match &met {
                Some(met) => met.packed(at),
                None => group.grouping.packed(at as u32),
            };
            let own = self.emptied.entry(packed).or_insert_with(|| vec![0; group.lanes.len()].into());
            for (own, (_, filter)) in own.iter_mut().zip(&group.lanes) {
                *own += u64::from(cell.as_flattened().get(*filter as usize).copied().unwrap_or(0));
            }
        }
        self.taken = 0;
    }

    fn into_cells(mut self, group: &Group, into: &mut FxHashMap<u128, Box<[u64]>>) {
        self.empty(group);
        for (packed, counts) in self.emptied {
            let own = into.entry(packed).or_insert_with(|| vec![0; counts.len()].into());
            for (own, count) in own.iter_mut().zip(&counts) {
                *own += count;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn texts_have_keys_of_their_own() {
        let pairs = Plan { column: 0, at: 0, bits: Vec::new(), keys: Vec::new(), words: 1, groups: Vec::new() };
        let mut pairs = pairs.pairs();
        let mut bytes = Vec::new();
        let mut met: BTreeMap<u64, String> = BTreeMap::new();
        let numbers = (0..2_000u32).map(|at| (at * 7_919).to_string());
        let texts: Vec<String> = numbers
            .flat_map(|number| {
                ["", "0", "00", "P", "p-", "MA_", "é", "A.", "un-nom-plus-long-"]
                    .map(|start| format!("{start}{number}"))
            })
            .chain(
                ["aaaaaaa", "aaaaaaaa", "0000000", "00000000", "AAAAAAAAAA", "__________", "------- "]
                    .map(String::from),
            )
            .collect();
        for text in &texts {
            let key = pairs.key(Value::Text, text, &mut bytes);
            let other = met.insert(key, composed(text).into_owned());
            assert!(other.as_ref().is_none_or(|other| *other == composed(text)), "{text:?} and {other:?}");
            assert_eq!(pairs.key(Value::Text, &format!(" {text} "), &mut bytes), key, "{text:?} with blanks");
        }
    }
}
