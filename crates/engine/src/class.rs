//! Rows to classes: rows that pass the same filters and have the same key codes are one class, and what is counted or summed
//! is kept once per class. There are few classes for many rows, so a row costs one look-up.

use jauge::plan::{CubeQuery, Decimal, LaneState};
use rustc_hash::FxHashMap;

use crate::cell::{Value, compare};
use crate::sum::Sum;

/// The words that tell classes apart: filter bits, then key codes, one word each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) mask_words: usize,
    pub(crate) keys: usize,
}

impl Shape {
    pub(crate) fn width(self) -> usize {
        self.mask_words + self.keys
    }

    /// The code of a key in the words of a class.
    pub(crate) fn code(self, words: &[u64], key: usize) -> i32 {
        words.get(self.mask_words + key).map_or(jauge::plan::Cube::UNKNOWN, |word| decode_code(*word))
    }
}

/// A code as a word of a class.
#[inline]
pub(crate) fn encode_code(code: i32) -> u64 {
    u64::from(code.cast_unsigned())
}

fn decode_code(word: u64) -> i32 {
    // INVARIANT: the word was made of a code, so the cast keeps all of it.
    (word as u32).cast_signed()
}

/// What is kept of the rows of a class, or of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum State {
    Count(u64),
    /// The first line; 0 for none.
    Line(u64),
    Sum(Sum),
    Minimum(Option<Decimal>),
    Maximum(Option<Decimal>),
    /// Values by mantissa and scale.
    Values(FxHashMap<(i128, u8), u64>),
    /// Values by their number, in any order, some of them more than once.
    Keys(Vec<u32>),
    First(Option<(Decimal, Sum)>),
    Last(Option<(Decimal, Sum)>),
}

impl State {
    pub(crate) fn new(state: LaneState) -> Self {
        match state {
            LaneState::Rows | LaneState::Present(_) | LaneState::Distinct(_) => State::Count(0),
            LaneState::Keys(_) => State::Keys(Vec::new()),
            LaneState::Line => State::Line(0),
            LaneState::Sum(_) => State::Sum(Sum::default()),
            LaneState::Minimum(_) => State::Minimum(None),
            LaneState::Maximum(_) => State::Maximum(None),
            LaneState::Values(_) | LaneState::Marks(_) => State::Values(FxHashMap::default()),
            LaneState::First { .. } => State::First(None),
            LaneState::Last { .. } => State::Last(None),
        }
    }

    /// Takes in the state of other rows of the same lane.
    pub(crate) fn merge(&mut self, other: &State) {
        match (self, other) {
            (State::Count(own), State::Count(other)) => *own += other,
            (State::Line(own), State::Line(other)) => first_line(own, *other),
            (State::Sum(own), State::Sum(other)) => own.merge(other),
            (State::Minimum(own), State::Minimum(Some(other))) => lower(own, *other),
            (State::Maximum(own), State::Maximum(Some(other))) => raise(own, *other),
            (State::Values(own), State::Values(other)) => {
                for (value, rows) in other {
                    *own.entry(*value).or_default() += rows;
                }
            }
            (State::Keys(own), State::Keys(other)) => own.extend_from_slice(other),
            (State::First(own), State::First(Some((at, sum)))) => edge(own, *at, sum, true),
            (State::Last(own), State::Last(Some((at, sum)))) => edge(own, *at, sum, false),
            // INVARIANT: both were made for one lane; the rest are states of no row.
            (
                State::Count(_)
                | State::Line(_)
                | State::Sum(_)
                | State::Minimum(_)
                | State::Maximum(_)
                | State::Values(_)
                | State::Keys(_)
                | State::First(_)
                | State::Last(_),
                _,
            ) => {}
        }
    }
}

fn first_line(own: &mut u64, line: u64) {
    if line > 0 && (*own == 0 || line < *own) {
        *own = line;
    }
}

fn lower(own: &mut Option<Decimal>, value: Decimal) {
    if own.is_none_or(|own| compare(value, own).is_lt()) {
        *own = Some(value);
    }
}

fn raise(own: &mut Option<Decimal>, value: Decimal) {
    if own.is_none_or(|own| compare(value, own).is_gt()) {
        *own = Some(value);
    }
}

fn edge(own: &mut Option<(Decimal, Sum)>, at: Decimal, sum: &Sum, earliest: bool) {
    match own {
        Some((best, total)) => {
            let order = compare(at, *best);
            let order = if earliest { order } else { order.reverse() };
            if order.is_lt() {
                *own = Some((at, sum.clone()));
            } else if order.is_eq() {
                total.merge(sum);
            }
        }
        None => *own = Some((at, sum.clone())),
    }
}

/// A lane state over needed columns instead of columns of the source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) state: LaneState,
    column: usize,
    by: usize,
}

/// The distinct states of a query that are kept per class (counts of rows and of distinct values are not). `by_class` says for
/// each lane of each set whether it is.
pub(crate) fn measured(query: &CubeQuery, place: impl Fn(usize) -> usize, by_class: &[Vec<bool>]) -> Vec<Measured> {
    let mut all: Vec<Measured> = Vec::new();
    let lanes = query.sets.iter().zip(by_class).flat_map(|(set, by_class)| set.lanes.iter().zip(by_class));
    for lane in lanes.filter(|(_, by_class)| **by_class).filter_map(|(lane, _)| query.lanes.get(*lane)) {
        let (column, by) = match lane.state {
            LaneState::Rows | LaneState::Distinct(_) | LaneState::Keys(_) => continue,
            LaneState::Line => (usize::MAX, usize::MAX),
            LaneState::Present(column)
            | LaneState::Sum(column)
            | LaneState::Minimum(column)
            | LaneState::Maximum(column)
            | LaneState::Values(column)
            | LaneState::Marks(column) => (column, column),
            LaneState::First { column, by } | LaneState::Last { column, by } => (column, by),
        };
        if all.iter().all(|one| one.state != lane.state) {
            let place = |column| if lane.state == LaneState::Line { usize::MAX } else { place(column) };
            all.push(Measured { state: lane.state, column: place(column), by: place(by) });
        }
    }
    all
}

/// Classes of rows.
pub(crate) struct Classes {
    shape: Shape,
    index: FxHashMap<Box<[u64]>, u32>,
    words: Vec<u64>,
    pub(crate) rows: Vec<u64>,
    states: Vec<State>,
    fresh: Vec<State>,
    /// The class of the row before: neighbours are often alike.
    last: usize,
}

impl Classes {
    pub(crate) fn new(shape: Shape, measured: &[Measured]) -> Self {
        Classes {
            shape,
            index: FxHashMap::default(),
            words: Vec::new(),
            rows: Vec::new(),
            states: Vec::new(),
            fresh: measured.iter().map(|one| State::new(one.state)).collect(),
            last: usize::MAX,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn words(&self, class: usize) -> &[u64] {
        let width = self.shape.width();
        self.words.get(class * width..(class + 1) * width).unwrap_or(&[])
    }

    pub(crate) fn states(&self, class: usize) -> &[State] {
        let width = self.fresh.len();
        self.states.get(class * width..(class + 1) * width).unwrap_or(&[])
    }

    /// The class of these words.
    #[inline]
    pub(crate) fn class(&mut self, words: &[u64]) -> usize {
        if self.last < self.len() && self.words(self.last) == words {
            return self.last;
        }
        let class = match self.index.get(words) {
            Some(class) => *class as usize,
            None => {
                let class = self.rows.len();
                // INVARIANT: classes are folded long before there are 2^32 of them; distinct ones follow distinct values.
                self.index.insert(words.into(), u32::try_from(class).unwrap_or(u32::MAX));
                self.words.extend_from_slice(words);
                self.rows.push(0);
                self.states.extend_from_slice(&self.fresh);
                class
            }
        };
        self.last = class;
        class
    }

    /// Takes in one row.
    #[inline]
    pub(crate) fn add(&mut self, words: &[u64], measured: &[Measured], values: &[Value], line: u64) {
        let class = self.class(words);
        if let Some(rows) = self.rows.get_mut(class) {
            *rows += 1;
        }
        let width = self.fresh.len();
        if width == 0 {
            return;
        }
        let Some(states) = self.states.get_mut(class * width..(class + 1) * width) else { return };
        for (state, one) in states.iter_mut().zip(measured) {
            let value = values.get(one.column).copied().unwrap_or(Value::Missing);
            match state {
                State::Count(count) => *count += u64::from(value.is_present()),
                State::Line(own) => first_line(own, line),
                State::Sum(sum) => sum.take(value),
                State::Minimum(own) => {
                    if let Some(number) = value.number() {
                        lower(own, number);
                    }
                }
                State::Maximum(own) => {
                    if let Some(number) = value.number() {
                        raise(own, number);
                    }
                }
                State::Values(own) if matches!(one.state, LaneState::Marks(_)) => {
                    if let Some(mark) = value.mark() {
                        *own.entry((mark, 0)).or_default() += 1;
                    }
                }
                State::Values(own) => {
                    if let Some(number) = value.number() {
                        *own.entry((number.mantissa, number.scale)).or_default() += 1;
                    }
                }
                // Distinct values are added apart.
                State::Keys(_) => {}
                State::First(own) => {
                    put_edge(own, value, values.get(one.by).copied(), true);
                }
                State::Last(own) => {
                    put_edge(own, value, values.get(one.by).copied(), false);
                }
            }
        }
    }

    /// Forgets all classes.
    pub(crate) fn clear(&mut self) {
        self.index.clear();
        self.words.clear();
        self.rows.clear();
        self.states.clear();
        self.last = usize::MAX;
    }
}

fn put_edge(own: &mut Option<(Decimal, Sum)>, value: Value, by: Option<Value>, earliest: bool) {
    if let (Some(_), Some(at)) = (value.number(), by.and_then(Value::number)) {
        let mut sum = Sum::default();
        sum.take(value);
        edge(own, at, &sum, earliest);
    }
}
