//! Classes of rows to the cells of each grouping set.

use std::collections::BTreeMap;

use jauge::plan::{Cells, Cube, CubeQuery, Decimal, Key, LaneState, LaneValue};
use rustc_hash::FxHashMap;

use crate::cell::compare;
use crate::class::{Classes, Measured, Shape, State};
use crate::distinct::Occurrences;
use crate::filter::{Filters, has};

/// One set's cells: codes to states.
type Making = FxHashMap<Box<[i32]>, Box<[State]>>;

/// Cells in the making.
pub(crate) struct Folded {
    sets: Vec<Making>,
    /// For each set, which of its lanes are kept by classes; the others are answered elsewhere.
    by_class: Vec<Vec<bool>>,
    /// For each filter of the query, its bit in the words of a class.
    filters: Vec<usize>,
    /// Lowest and highest ordinal for each key of periods.
    pub(crate) periods: BTreeMap<usize, (i32, i32)>,
}

/// For one lane of one set: the bit of its filter, and where its state is kept.
#[derive(Clone, Copy)]
struct Wanted {
    bit: Option<usize>,
    from: From,
    state: LaneState,
}

#[derive(Clone, Copy)]
enum From {
    Rows,
    State(usize),
    Distinct(usize),
    Keys(usize),
    /// It is answered elsewhere, or the query does not have it.
    Nowhere,
}

/// `filters`: the bit of each filter.
fn wanted(query: &CubeQuery, measured: &[Measured], set: usize, filters: &[usize]) -> Vec<Wanted> {
    let lanes = query.sets.get(set).map_or(&[] as &[usize], |set| &set.lanes);
    let of = |lane: &usize| match query.lanes.get(*lane) {
        None => Wanted { bit: None, from: From::Nowhere, state: LaneState::Rows },
        Some(lane) => {
            let from = match lane.state {
                LaneState::Rows => From::Rows,
                LaneState::Distinct(column) => From::Distinct(column),
                LaneState::Keys(column) => From::Keys(column),
                state => measured.iter().position(|one| one.state == state).map_or(From::Nowhere, From::State),
            };
            let bit = lane.filter.and_then(|filter| filters.get(filter)).copied();
            Wanted { bit, from, state: lane.state }
        }
    };
    lanes.iter().map(of).collect()
}

fn passes(words: &[u64], shape: Shape, bit: Option<usize>) -> bool {
    bit.is_none_or(|bit| has(words.get(..shape.mask_words).unwrap_or(&[]), bit))
}

impl Folded {
    pub(crate) fn new(query: &CubeQuery, by_class: Vec<Vec<bool>>, filters: &Filters) -> Self {
        let bit = |filter| filters.bit(Some(filter), None).unwrap_or(usize::MAX);
        Folded {
            sets: query.sets.iter().map(|_| FxHashMap::default()).collect(),
            by_class,
            filters: (0..query.filters.len()).map(bit).collect(),
            periods: BTreeMap::new(),
        }
    }

    /// Takes in the lowest and the highest ordinal of a key of periods.
    pub(crate) fn saw(&mut self, key: usize, (low, high): (i32, i32)) {
        let range = self.periods.entry(key).or_insert((low, high));
        *range = (range.0.min(low), range.1.max(high));
    }

    /// Adds the rows of `classes`. Distinct values are added apart.
    pub(crate) fn add(&mut self, classes: &Classes, query: &CubeQuery, measured: &[Measured], shape: Shape) {
        // Without facts, they are known of the columns.
        let with_periods = query.facts.is_some();
        for (key, _) in query.keys.iter().enumerate().filter(|(_, key)| matches!(key, Key::Period { .. })) {
            for class in 0..classes.len() {
                let code = shape.code(classes.words(class), key);
                if with_periods && Cube::is_ordinal(code) {
                    self.saw(key, (code, code));
                }
            }
        }
        for set in 0..query.sets.len() {
            let mut lanes = wanted(query, measured, set, &self.filters);
            let here = self.by_class.get(set).cloned().unwrap_or_default();
            if !here.contains(&true) {
                continue;
            }
            for (lane, here) in lanes.iter_mut().zip(here) {
                if !here {
                    lane.from = From::Nowhere;
                }
            }
            for class in 0..classes.len() {
                let words = classes.words(class);
                let is_here = |lane: &Wanted| !matches!(lane.from, From::Nowhere);
                if !lanes.iter().any(|lane| is_here(lane) && passes(words, shape, lane.bit)) {
                    continue;
                }
                let states = classes.states(class);
                let rows = classes.rows.get(class).copied().unwrap_or(0);
                let Some(cell) = self.cell(query, set, words, shape, &lanes) else { continue };
                for (own, lane) in cell.iter_mut().zip(&lanes) {
                    if !passes(words, shape, lane.bit) {
                        continue;
                    }
                    match lane.from {
                        From::Rows => own.merge(&State::Count(rows)),
                        From::State(at) => {
                            if let Some(state) = states.get(at) {
                                own.merge(state);
                            }
                        }
                        From::Distinct(_) | From::Keys(_) | From::Nowhere => {}
                    }
                }
            }
        }
    }

    /// Adds the distinct values of one column.
    pub(crate) fn add_distinct(
        &mut self,
        column: usize,
        occurrences: Occurrences,
        classes: &Classes,
        query: &CubeQuery,
        shape: Shape,
    ) {
        let sets: Vec<(usize, Vec<Wanted>)> = (0..query.sets.len())
            .map(|set| (set, wanted(query, &[], set, &self.filters)))
            .filter(|(_, lanes)| lanes.iter().any(|lane| matches!(lane.from, From::Distinct(at) if at == column)))
            .collect();
        let mut met: Vec<Box<[i32]>> = Vec::new();
        occurrences.runs(classes.len(), |run, values| {
            for (set, lanes) in &sets {
                for (at, lane) in lanes.iter().enumerate() {
                    if !matches!(lane.from, From::Distinct(of) if of == column) {
                        continue;
                    }
                    met.clear();
                    for class in run {
                        let words = classes.words(*class as usize);
                        if !passes(words, shape, lane.bit) {
                            continue;
                        }
                        let codes = codes(query, *set, words, shape);
                        if met.contains(&codes) {
                            continue;
                        }
                        met.push(codes);
                        if let Some(own) = self.cell(query, *set, words, shape, lanes).and_then(|cell| cell.get_mut(at))
                        {
                            own.merge(&State::Count(values));
                        }
                    }
                }
            }
        });
    }

    /// Notes which distinct values of one column each cell has.
    pub(crate) fn add_keys(
        &mut self,
        column: usize,
        occurrences: &Occurrences,
        classes: &Classes,
        query: &CubeQuery,
        shape: Shape,
    ) {
        let is_wanted = |lane: &Wanted| matches!(lane.from, From::Keys(of) if of == column);
        for set in 0..query.sets.len() {
            let lanes = wanted(query, &[], set, &self.filters);
            if !lanes.iter().any(is_wanted) {
                continue;
            }
            for (key, class) in occurrences.pairs() {
                let words = classes.words(class as usize);
                for (at, lane) in lanes.iter().enumerate() {
                    if !is_wanted(lane) || !passes(words, shape, lane.bit) {
                        continue;
                    }
                    if let Some(own) = self.cell(query, set, words, shape, &lanes).and_then(|cell| cell.get_mut(at)) {
                        own.merge(&State::Keys(vec![key]));
                    }
                }
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Folded) {
        for (key, range) in other.periods {
            self.saw(key, range);
        }
        for (own, other) in self.sets.iter_mut().zip(other.sets) {
            for (codes, states) in other {
                match own.entry(codes) {
                    std::collections::hash_map::Entry::Vacant(slot) => {
                        slot.insert(states);
                    }
                    std::collections::hash_map::Entry::Occupied(mut slot) => {
                        for (own, state) in slot.get_mut().iter_mut().zip(&states) {
                            own.merge(state);
                        }
                    }
                }
            }
        }
    }

    fn cell(
        &mut self,
        query: &CubeQuery,
        set: usize,
        words: &[u64],
        shape: Shape,
        lanes: &[Wanted],
    ) -> Option<&mut Box<[State]>> {
        let codes = codes(query, set, words, shape);
        let fresh = || lanes.iter().map(|lane| State::new(lane.state)).collect();
        Some(self.sets.get_mut(set)?.entry(codes).or_insert_with(fresh))
    }

    /// The cells of all sets, and the columns whose sum does not fit.
    pub(crate) fn finish(self, query: &CubeQuery) -> (Vec<Cells>, Vec<usize>) {
        let mut too_large = Vec::new();
        let mut sets = Vec::new();
        for (at, cells) in self.sets.into_iter().enumerate() {
            let lanes = wanted(query, &[], at, &self.filters);
            let mut done = Cells::new();
            for (codes, states) in cells {
                let values = states.into_vec().into_iter().zip(&lanes).map(|(state, lane)| {
                    let (value, fits) = value(state);
                    if !fits {
                        too_large.extend(column_of(lane.state));
                    }
                    value
                });
                done.insert(codes, values.collect());
            }
            if query.sets.get(at).is_some_and(|set| set.keys.is_empty()) {
                let none: Box<[i32]> = Box::from([]);
                done.entry(none).or_insert_with(|| lanes.iter().map(|lane| value(State::new(lane.state)).0).collect());
            }
            sets.push(done);
        }
        too_large.sort_unstable();
        too_large.dedup();
        (sets, too_large)
    }
}

fn codes(query: &CubeQuery, set: usize, words: &[u64], shape: Shape) -> Box<[i32]> {
    let keys = query.sets.get(set).map_or(&[] as &[usize], |set| &set.keys);
    keys.iter().map(|key| shape.code(words, *key)).collect()
}

fn column_of(state: LaneState) -> Option<usize> {
    match state {
        LaneState::Rows | LaneState::Line => None,
        LaneState::Present(column)
        | LaneState::Sum(column)
        | LaneState::Minimum(column)
        | LaneState::Maximum(column)
        | LaneState::Distinct(column)
        | LaneState::Keys(column)
        | LaneState::Values(column)
        | LaneState::Marks(column)
        | LaneState::First { column, .. }
        | LaneState::Last { column, .. } => Some(column),
    }
}

/// The value of a state, and whether it fits.
fn value(state: State) -> (LaneValue, bool) {
    let sum = |sum: &crate::sum::Sum| match sum.value(sum.count) {
        Some(value) => (value, true),
        None => (LaneValue::Sum(Decimal::default(), 0), false),
    };
    match state {
        State::Count(count) | State::Line(count) => (LaneValue::Count(count), true),
        State::Sum(total) => sum(&total),
        State::Minimum(extreme) | State::Maximum(extreme) => (LaneValue::Extreme(extreme), true),
        State::Values(values) => {
            let mut all: Vec<(Decimal, u64)> =
                values.into_iter().map(|((mantissa, scale), rows)| (Decimal { mantissa, scale }, rows)).collect();
            all.sort_unstable_by(|(a, _), (b, _)| compare(*a, *b).then(a.scale.cmp(&b.scale)));
            (LaneValue::Values(all), true)
        }
        State::Keys(mut keys) => {
            keys.sort_unstable();
            keys.dedup();
            (LaneValue::Keys(keys), true)
        }
        State::First(edge) | State::Last(edge) => match edge {
            Some((_, total)) => sum(&total),
            None => (LaneValue::Sum(Decimal::default(), 0), true),
        },
    }
}
