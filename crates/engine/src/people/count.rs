//! The pairs of all threads, brought together by key and counted part by part.

use std::sync::atomic::{AtomicUsize, Ordering};

use rustc_hash::FxHashMap;

use super::pairs::{PARTS, Pair, Pairs, Part, Parts, hash};
use super::{Group, Plan};
use crate::codes::MetCells;

/// Bytes of the counts of one grouping that lie by their places.
const ROOM: u64 = 64 << 20;

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
