//! Rows to cells, all lanes at once: every row adds one line of small counters and sums to its cell in each grouping. A count
//! is a bit of the row's mask; sixteen bits become sixteen counters by one comparison, so that a filter more costs next to
//! nothing. Counters are narrow and emptied into wide ones before they can overflow.
//!
//! Cells lie side by side by the places of their codes, or, where that would take too much room, in the order in which they
//! are met.

use jauge::plan::{CubeQuery, Decimal, LaneState};
use rustc_hash::FxHashMap;

use crate::block::ROWS;
use crate::cluster;
use crate::codes::{Codes, Grouping, MetCells};
use crate::filter::{Filters, Need, need_of};
use crate::sum::Sum;

/// What is added at once: sixteen counters of sixteen bits, or four sums.
///
/// INVARIANT: no counter passes its end before its cell is emptied, so that adding words adds the counters in them.
type Line = [u64; 4];
/// Counters of a line, which are a piece of a mask.
pub(crate) const PIECE: usize = 16;
/// Sums of a line.
const TOGETHER: usize = 4;
/// Rows that are added at a time, so that what they add stays near the processor.
const AT_ONCE: usize = 64;
/// A cell that has taken more rows is emptied: after the rows of one more block, its counters could pass their end.
const FULL: u16 = u16::MAX - ROWS as u16;
/// Bytes of the cells of one grouping that lie by their places, per thread.
const ROOM: u64 = 64 << 20;

/// What all threads share.
pub(crate) struct Fused {
    /// One for each grouping set of the query; `None` where it is answered otherwise.
    pub(crate) sets: Vec<Option<Set>>,
    /// The pieces of the mask that are counted.
    pieces: Vec<usize>,
    /// What is added: the bit, and the place among the needed columns.
    pub(crate) sums: Vec<(usize, usize)>,
}

/// One grouping.
pub(crate) struct Set {
    /// Its keys.
    pub(crate) grouping: Grouping,
    /// Places in [`Fused::pieces`].
    pieces: Vec<u16>,
    /// Places in [`Fused::sums`], by [`TOGETHER`].
    sums: Vec<u16>,
    /// For each lane of the set that is answered here.
    pub(crate) lanes: Vec<SetLane>,
}

/// Where a lane's numbers are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SetLane {
    /// Position in the set's lanes.
    pub(crate) position: usize,
    /// The counter of its filter: a cell is there where one is not zero.
    pub(crate) rows: usize,
    /// The counter of its values; `None` where only the rows are counted here.
    pub(crate) count: Option<usize>,
    /// Its sum among those of the cell, and among [`Fused::sums`].
    pub(crate) sum: Option<(usize, usize)>,
}

impl Fused {
    /// Sorts out what is answered here: rows, values and sums over cells whose codes can be packed. `place` is the place of a
    /// column among the needed ones; rows are counted too for lanes of `others`, which are answered elsewhere.
    pub(crate) fn new(
        query: &CubeQuery,
        filters: &Filters,
        codes: &[Codes],
        place: impl Fn(usize) -> usize,
        others: impl Fn(LaneState) -> bool,
    ) -> Fused {
        let mut fused = Fused { sets: Vec::new(), pieces: Vec::new(), sums: Vec::new() };
        if query.facts.is_some() {
            // Rows of facts wait, see `facts`.
            fused.sets.extend(query.sets.iter().map(|_| None));
            return fused;
        }
        let lanes_of = |set: &jauge::plan::GroupingSet| -> Vec<(usize, jauge::plan::Lane)> {
            let lanes = set.lanes.iter().enumerate();
            lanes
                .filter_map(|(at, lane)| Some((at, *query.lanes.get(*lane)?)))
                .filter(|(_, lane)| is_here(lane.state) || others(lane.state))
                .collect()
        };
        let mut pieces: Vec<usize> = Vec::new();
        for (_, lane) in query.sets.iter().flat_map(lanes_of) {
            let bits = [filters.bit(lane.filter, None), filters.bit(lane.filter, need_of(lane.state))];
            pieces.extend(bits.into_iter().flatten().map(|bit| bit / PIECE));
            if let (LaneState::Sum(column), Some(bit)) = (lane.state, bits[1]) {
                let sum = (bit, place(column));
                if !fused.sums.contains(&sum) {
                    fused.sums.push(sum);
                }
            }
        }
        pieces.sort_unstable();
        pieces.dedup();
        fused.pieces = pieces;
        let asked = cluster::asked(query, fused.sums.len(), |lane| {
            let bit = filters.bit(lane.filter, need_of(lane.state));
            fused.sums.iter().position(|(of, _)| Some(*of) == bit)
        });
        let order = cluster::order(&asked, TOGETHER);
        fused.sums = order.iter().filter_map(|at| fused.sums.get(*at).copied()).collect();
        for set in &query.sets {
            let set = fused.set(&set.keys, &lanes_of(set), filters, codes);
            fused.sets.push(set);
        }
        fused
    }

    /// Some set is answered here.
    pub(crate) fn is_used(&self) -> bool {
        self.sets.iter().any(Option::is_some)
    }

    /// The needed column is added here.
    pub(crate) fn adds(&self, column: usize) -> bool {
        self.sums.iter().any(|(_, of)| *of == column)
    }

    fn set(
        &self,
        keys: &[usize],
        lanes: &[(usize, jauge::plan::Lane)],
        filters: &Filters,
        codes: &[Codes],
    ) -> Option<Set> {
        if lanes.is_empty() {
            return None;
        }
        let grouping = Grouping::new(keys, codes)?;
        let bit = |lane: &jauge::plan::Lane, need: Option<Need>| filters.bit(lane.filter, need);
        let mut pieces: Vec<u16> = Vec::new();
        let mut sums: Vec<u16> = Vec::new();
        let piece_of =
            |bit: usize| self.pieces.binary_search(&(bit / PIECE)).ok().and_then(|at| u16::try_from(at).ok());
        let sum_of = |lane: &jauge::plan::Lane| {
            let bit = bit(lane, need_of(lane.state))?;
            let is_sum = matches!(lane.state, LaneState::Sum(_));
            self.sums.iter().position(|(other, _)| is_sum && *other == bit)
        };
        for (_, lane) in lanes {
            pieces.push(piece_of(bit(lane, None)?)?);
            pieces.push(piece_of(bit(lane, need_of(lane.state))?)?);
            if let Some(sum) = sum_of(lane) {
                sums.push(u16::try_from(sum / TOGETHER).ok()?);
            }
        }
        for list in [&mut pieces, &mut sums] {
            list.sort_unstable();
            list.dedup();
        }
        let counter = |bit: usize| Some(pieces.binary_search(&piece_of(bit)?).ok()? * PIECE + bit % PIECE);
        let here = lanes.iter().map(|(position, lane)| {
            let sum = match sum_of(lane) {
                Some(at) => {
                    let together = sums.binary_search(&u16::try_from(at / TOGETHER).ok()?).ok()?;
                    Some((together * TOGETHER + at % TOGETHER, at))
                }
                None => None,
            };
            Some(SetLane {
                position: *position,
                rows: counter(bit(lane, None)?)?,
                count: if is_here(lane.state) { Some(counter(bit(lane, need_of(lane.state))?)?) } else { None },
                sum,
            })
        });
        let lanes: Vec<SetLane> = here.collect::<Option<_>>()?;
        Some(Set { grouping, pieces, sums, lanes })
    }
}

/// The lanes that are answered here.
pub(crate) fn is_here(state: LaneState) -> bool {
    match state {
        LaneState::Rows | LaneState::Present(_) | LaneState::Sum(_) => true,
        LaneState::Line
        | LaneState::Minimum(_)
        | LaneState::Maximum(_)
        | LaneState::Distinct(_)
        | LaneState::Keys(_)
        | LaneState::Values(_)
        | LaneState::Marks(_)
        | LaneState::First { .. }
        | LaneState::Last { .. } => false,
    }
}

/// Wide counters and sums of one cell.
#[derive(Debug, Clone)]
struct Wide {
    counts: Box<[u64]>,
    sums: Box<[i128]>,
}

/// One thread's cells of one grouping.
pub(crate) struct SetCells {
    /// Rows since the cell was emptied.
    filled: Vec<u16>,
    /// For each cell, lines of counters, then lines of sums.
    lines: Vec<Line>,
    wide: FxHashMap<u32, Wide>,
    /// Where cells do not lie by their places.
    met: Option<MetCells>,
    /// Sums of values that are no plain number of the block: by cell and place in [`Fused::sums`].
    apart: FxHashMap<(u32, u32), Sum>,
    /// The cell of each row of the block.
    cells: Vec<u32>,
}

/// The numbers of one cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Total {
    pub(crate) counts: Box<[u64]>,
    pub(crate) sums: Vec<Sum>,
}

/// One thread's cells of all groupings.
pub(crate) struct Cells {
    pub(crate) sets: Vec<Option<SetCells>>,
}

/// The rows of a block, as cells take them.
pub(crate) struct Lines<'b> {
    pub(crate) rows: usize,
    /// Words of the rows' masks: all rows of the first word, then of the second.
    pub(crate) masks: &'b [Vec<u64>],
    /// For each key of the query, the places of the rows' codes.
    pub(crate) places: &'b [Vec<u32>],
    /// For each of [`Fused::sums`], the numbers of its column: 0 where there is none.
    pub(crate) numbers: &'b [&'b [i64]],
}

impl Set {
    /// Lines of a cell.
    fn lines(&self) -> usize {
        self.pieces.len() + self.sums.len()
    }

    /// The lines of a cell among those of all.
    fn of_cell<'l>(&self, lines: &'l [Line], cell: usize) -> &'l [Line] {
        lines.get(cell * self.lines()..(cell + 1) * self.lines()).unwrap_or(&[])
    }

    /// The counters and the sums of a cell's lines.
    fn numbers<'l>(&self, lines: &'l [Line]) -> (impl Iterator<Item = u64> + 'l, impl Iterator<Item = i64> + 'l) {
        let (counts, sums) = lines.split_at_checked(self.pieces.len()).unwrap_or((lines, &[]));
        let of_word = |word: &u64| {
            let word = *word;
            (0..4).map(move |at| word >> (16 * at) & u64::from(u16::MAX))
        };
        (counts.iter().flatten().flat_map(of_word), sums.iter().flatten().map(|sum| sum.cast_signed()))
    }
}

impl SetCells {
    fn new(set: &Set) -> Self {
        SetCells {
            filled: Vec::new(),
            lines: Vec::new(),
            wide: FxHashMap::default(),
            met: set.grouping.strides.is_none().then(Default::default),
            apart: FxHashMap::default(),
            cells: Vec::new(),
        }
    }

    fn room(&mut self, set: &Set, cells: usize) {
        if cells > self.filled.len() {
            self.filled.resize(cells, 0);
            self.lines.resize(cells * set.lines(), [0; 4]);
        }
    }

    /// Finds the cell of each row.
    fn find(&mut self, set: &Set, lines: &Lines<'_>) {
        self.cells.clear();
        self.cells.resize(lines.rows, 0);
        let grouping = &set.grouping;
        if let (Some(strides), None) = (&grouping.strides, &self.met) {
            let mut fits = true;
            for (key, stride) in grouping.keys.iter().zip(strides) {
                let Some(places) = lines.places.get(*key) else { continue };
                // The outermost key has no bound of its own.
                let most = places.iter().copied().max().unwrap_or(0);
                fits &= most.checked_mul(*stride).and_then(|far| far.checked_add(grouping.inner)).is_some();
                for (cell, place) in self.cells.iter_mut().zip(places) {
                    *cell = cell.wrapping_add(place.wrapping_mul(*stride));
                }
            }
            let most = self.cells.iter().copied().max().unwrap_or(0);
            let whole = u64::from(most / grouping.inner + 1) * u64::from(grouping.inner);
            let bytes = (set.lines() * size_of::<Line>() + size_of::<u16>()) as u64;
            if fits && whole * bytes <= ROOM {
                self.room(set, whole as usize);
                return;
            }
            self.by_meeting(set);
        }
        let Some(met) = &mut self.met else { return };
        for row in 0..lines.rows {
            let mut code: u128 = 0;
            for (key, shift) in grouping.keys.iter().zip(&grouping.shifts) {
                let place = lines.places.get(*key).and_then(|places| places.get(row)).copied().unwrap_or(0);
                code |= u128::from(place) << shift;
            }
            if let Some(slot) = self.cells.get_mut(row) {
                *slot = met.cell(code);
            }
        }
        let cells = met.len();
        self.room(set, cells);
    }

    /// From here on, cells lie in the order in which they are met.
    fn by_meeting(&mut self, set: &Set) {
        let old = std::mem::replace(self, SetCells { met: Some(Default::default()), ..SetCells::new(set) });
        let mut renamed: FxHashMap<u32, u32> = FxHashMap::default();
        for cell in 0..old.filled.len() as u32 {
            let at = cell as usize;
            if old.filled.get(at).copied().unwrap_or(0) == 0 && !old.wide.contains_key(&cell) {
                continue;
            }
            let code = set.grouping.packed(cell);
            let Some(met) = &mut self.met else { return };
            renamed.insert(cell, met.cell(code));
            self.filled.push(old.filled.get(at).copied().unwrap_or(0));
            self.lines.extend_from_slice(set.of_cell(&old.lines, at));
        }
        let new = |cell: u32| renamed.get(&cell).copied().unwrap_or(u32::MAX);
        self.wide = old.wide.into_iter().map(|(cell, wide)| (new(cell), wide)).collect();
        self.apart = old.apart.into_iter().map(|((cell, sum), value)| ((new(cell), sum), value)).collect();
        self.cells = old.cells;
    }

    /// Notes that the cells have taken the rows of a block, and empties those that are full.
    #[inline(always)]
    fn fill(&mut self, set: &Set) {
        let mut most = 0;
        for cell in &self.cells {
            if let Some(filled) = self.filled.get_mut(*cell as usize) {
                *filled += 1;
                most = most.max(*filled);
            }
        }
        if most > FULL {
            for cell in 0..self.filled.len() as u32 {
                if self.filled.get(cell as usize).is_some_and(|filled| *filled > FULL) {
                    self.empty(set, cell);
                }
            }
        }
    }

    /// Empties the narrow counters of a cell.
    #[cold]
    fn empty(&mut self, set: &Set, cell: u32) {
        let at = cell as usize;
        let (wide_counts, wide_sums) = (set.pieces.len() * PIECE, set.sums.len() * TOGETHER);
        let wide = self
            .wide
            .entry(cell)
            .or_insert_with(|| Wide { counts: vec![0; wide_counts].into(), sums: vec![0; wide_sums].into() });
        let (counts, sums) = set.numbers(set.of_cell(&self.lines, at));
        for (own, narrow) in wide.counts.iter_mut().zip(counts) {
            *own += narrow;
        }
        for (own, narrow) in wide.sums.iter_mut().zip(sums) {
            *own += i128::from(narrow);
        }
        let count = set.lines();
        if let Some(lines) = self.lines.get_mut(at * count..(at + 1) * count) {
            lines.fill([0; 4]);
        }
        if let Some(filled) = self.filled.get_mut(at) {
            *filled = 0;
        }
    }

    /// The sums over a column are at another scale from here on: all are emptied, and what they are is multiplied.
    fn rescale(&mut self, set: &Set, sums: &[bool], factor: i128) {
        for cell in 0..self.filled.len() as u32 {
            if self.filled.get(cell as usize).is_some_and(|filled| *filled > 0) {
                self.empty(set, cell);
            }
        }
        for wide in self.wide.values_mut() {
            for (place, together) in set.sums.iter().enumerate() {
                for at in 0..TOGETHER {
                    if sums.get(usize::from(*together) * TOGETHER + at) == Some(&true)
                        && let Some(sum) = wide.sums.get_mut(place * TOGETHER + at)
                    {
                        // INVARIANT: a sum at most 2^46 * 10^19 rows times 10^18 stays far below 2^127.
                        *sum *= factor;
                    }
                }
            }
        }
    }
}

impl Cells {
    pub(crate) fn new(fused: &Fused) -> Self {
        Cells { sets: fused.sets.iter().map(|set| set.as_ref().map(SetCells::new)).collect() }
    }

    /// Takes in the rows of a block.
    pub(crate) fn add(&mut self, fused: &Fused, lines: &Lines<'_>) {
        for (set, cells) in fused.sets.iter().zip(&mut self.sets) {
            if let (Some(set), Some(cells)) = (set, cells) {
                cells.find(set, lines);
            }
        }
        pulp::Arch::new().dispatch(Adding { cells: self, fused, lines });
    }

    /// Adds a value that is no plain number to a sum of the cells of a row of the block that was taken in last.
    pub(crate) fn add_apart(&mut self, fused: &Fused, row: usize, sum: usize, value: crate::cell::Value) {
        for (set, cells) in fused.sets.iter().zip(&mut self.sets) {
            let (Some(set), Some(cells)) = (set, cells) else { continue };
            if !set.lanes.iter().any(|lane| lane.sum.is_some_and(|(_, at)| at == sum)) {
                continue;
            }
            if let Some(cell) = cells.cells.get(row) {
                cells.apart.entry((*cell, sum as u32)).or_default().take(value);
            }
        }
    }

    /// The sums over a needed column have so many digits more from here on.
    pub(crate) fn rescale(&mut self, fused: &Fused, column: usize, digits: u8) {
        let factor = 10i128.saturating_pow(u32::from(digits));
        let sums: Vec<bool> = fused.sums.iter().map(|(_, of)| *of == column).collect();
        for (set, cells) in fused.sets.iter().zip(&mut self.sets) {
            if let (Some(set), Some(cells)) = (set, cells) {
                cells.rescale(set, &sums, factor);
            }
        }
    }

    /// The cells of one grouping with their packed codes. `scales` are those of the sums.
    pub(crate) fn totals(&self, fused: &Fused, at: usize, scales: &[u8], into: &mut FxHashMap<u128, Total>) {
        let (Some(Some(set)), Some(Some(cells))) = (fused.sets.get(at), self.sets.get(at)) else { return };
        let (pieces, together) = (set.pieces.len(), set.sums.len());
        for cell in 0..cells.filled.len() {
            let at = cell as u32;
            let filled = cells.filled.get(cell).copied().unwrap_or(0);
            let wide = cells.wide.get(&at);
            if filled == 0 && wide.is_none() {
                continue;
            }
            let code = match &cells.met {
                Some(met) => met.packed(cell),
                None => set.grouping.packed(at),
            };
            let total = into.entry(code).or_insert_with(|| Total {
                counts: vec![0; pieces * PIECE].into(),
                sums: vec![Sum::default(); together * TOGETHER],
            });
            let (counts, sums) = set.numbers(set.of_cell(&cells.lines, cell));
            for (own, narrow) in total.counts.iter_mut().zip(counts) {
                *own += narrow;
            }
            for (own, wide) in total.counts.iter_mut().zip(wide.map_or(&[] as &[u64], |wide| &wide.counts)) {
                *own += wide;
            }
            for (place, narrow) in sums.enumerate() {
                let wide = wide.and_then(|wide| wide.sums.get(place)).copied().unwrap_or(0);
                let sum = set.sums.get(place / TOGETHER).map_or(0, |at| usize::from(*at) * TOGETHER + place % TOGETHER);
                let Some(own) = total.sums.get_mut(place) else { continue };
                let scale = scales.get(sum).copied().unwrap_or(0);
                own.put_total(Decimal { mantissa: i128::from(narrow) + wide, scale });
                if let Some(apart) = cells.apart.get(&(at, sum as u32)) {
                    own.merge(apart);
                }
            }
        }
    }
}

/// The inner loop, compiled for each kind of processor.
struct Adding<'a, 'b> {
    cells: &'a mut Cells,
    fused: &'a Fused,
    lines: &'a Lines<'b>,
}

impl pulp::NullaryFnOnce for Adding<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        add(self.cells, self.fused, self.lines);
    }
}

/// Four bits to four counters.
const COUNTERS: [u64; 16] = {
    let mut counters = [0; 16];
    let mut bits = 0;
    while bits < 16 {
        let mut at = 0;
        while at < 4 {
            counters[bits] |= (bits as u64 >> at & 1) << (16 * at);
            at += 1;
        }
        bits += 1;
    }
    counters
};

#[inline(always)]
fn add(cells: &mut Cells, fused: &Fused, lines: &Lines<'_>) {
    const PER_WORD: usize = 64 / PIECE;
    let empty: &[u64] = &[];
    let mask = |word: usize| lines.masks.get(word).map_or(empty, Vec::as_slice);
    // Word and shift of each piece; word, shift and numbers of each sum.
    let pieces: Vec<(&[u64], u32)> =
        fused.pieces.iter().map(|piece| (mask(piece / PER_WORD), (piece % PER_WORD * PIECE) as u32)).collect();
    let added: Vec<(&[u64], u32, &[i64])> = fused
        .sums
        .iter()
        .zip(lines.numbers)
        .map(|((bit, _), numbers)| (mask(bit / 64), (bit % 64) as u32, *numbers))
        .collect();
    // What rows add: a line for each piece, then lines of sums.
    let mut adds: Vec<[Line; AT_ONCE]> = vec![[[0; 4]; AT_ONCE]; pieces.len() + added.len().div_ceil(TOGETHER)];
    let mut sets: Vec<(&Set, &mut SetCells)> = fused
        .sets
        .iter()
        .zip(&mut cells.sets)
        .filter_map(|(set, cells)| Some((set.as_ref()?, cells.as_mut()?)))
        .collect();
    for start in (0..lines.rows).step_by(AT_ONCE) {
        let end = (start + AT_ONCE).min(lines.rows);
        let (of_pieces, of_sums) = adds.split_at_mut(pieces.len());
        for ((mask, shift), out) in pieces.iter().zip(of_pieces) {
            for (line, word) in out.iter_mut().zip(mask.get(start..end).unwrap_or(&[])) {
                let piece = (word >> shift) as usize;
                *line = std::array::from_fn(|at| COUNTERS[piece >> (4 * at) & 15]);
            }
        }
        for (at, (mask, shift, numbers)) in added.iter().enumerate() {
            let Some(out) = of_sums.get_mut(at / TOGETHER) else { continue };
            let rows = mask.get(start..end).unwrap_or(&[]).iter().zip(numbers.get(start..end).unwrap_or(&[]));
            for (line, (word, number)) in out.iter_mut().zip(rows) {
                let passes = word >> shift & 1;
                line[at % TOGETHER] = number.cast_unsigned() & 0u64.wrapping_sub(passes);
            }
        }
        for (set, cells) in &mut sets {
            let SetCells { lines, cells, .. } = &mut **cells;
            let cells = cells.get(start..end).unwrap_or(&[]);
            let add = |at: usize| {
                let piece = set.pieces.get(at).map(|piece| usize::from(*piece));
                let sum = || set.sums.get(at - set.pieces.len()).map(|sum| pieces.len() + usize::from(*sum));
                piece.or_else(sum).and_then(|at| adds.get(at))
            };
            let mut at = 0;
            while at < set.lines() {
                at += match [add(at), add(at + 1), add(at + 2), add(at + 3)] {
                    [Some(one), Some(two), Some(three), Some(four)] => {
                        put(lines, set.lines(), at, cells, [one, two, three, four])
                    }
                    [Some(one), Some(two), Some(three), None] => put(lines, set.lines(), at, cells, [one, two, three]),
                    [Some(one), Some(two), ..] => put(lines, set.lines(), at, cells, [one, two]),
                    [Some(one), ..] => put(lines, set.lines(), at, cells, [one]),
                    [None, ..] => break,
                };
            }
        }
    }
    for (set, cells) in sets {
        cells.fill(set);
    }
}

/// Adds some lines of the rows, the first of which is the cell's line `place` of `whole`, and says how many these are.
#[inline(always)]
fn put<const N: usize>(
    lines: &mut [Line],
    whole: usize,
    place: usize,
    cells: &[u32],
    adds: [&[Line; AT_ONCE]; N],
) -> usize {
    for (row, cell) in cells.iter().enumerate().take(AT_ONCE) {
        let start = *cell as usize * whole + place;
        let Some(own) = lines.get_mut(start..).and_then(|lines| lines.first_chunk_mut::<N>()) else { continue };
        for (own, add) in own.iter_mut().zip(adds) {
            *own = std::array::from_fn(|at| own[at].wrapping_add(add[row][at]));
        }
    }
    N
}
