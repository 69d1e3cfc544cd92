//! Tests and filters to bits: what a value of one column does to every filter is a word, made once per distinct text; a
//! row's filters are the AND of its columns' words. Filters that are not plain conjunctions are worked out from test bits.

use std::cmp::Ordering;

use jauge::plan::{Catalog, CubeQuery, Decimal, Filter, LaneState};
use jauge::program::model::{ColumnTest, Comparison, MissingPolicy, TestKind, TestOn};
use jauge::types::Number;
use rustc_hash::FxHashMap;

use crate::block::ROWS;
use crate::cell::{Value, compare, compare_number, decimal_of};
use crate::cluster;
use crate::fused::PIECE;
use crate::text::composed;

/// A test, ready for values.
pub(crate) struct Test {
    /// Column of the source.
    pub(crate) column: usize,
    /// The column on the other side, where the test compares two.
    pub(crate) other: Option<(Comparison, usize)>,
    kind: Ready,
    counted: bool,
}

enum Ready {
    /// For each member: passes, fails, or missing at this level.
    Members(Vec<Option<bool>>),
    Number(Comparison, Constant),
    NumberBetween(Constant, Constant),
    Day(Comparison, i32),
    DayBetween(i32, i32),
    Texts(Vec<String>, bool),
    YesNo(bool),
    Missing,
    Present,
    /// It has a number: what sums take.
    HasNumber,
    /// Compared with another column, see [`Test::other`].
    Column,
}

struct Constant {
    exact: Number,
    decimal: Option<Decimal>,
}

impl Constant {
    fn new(number: &Number) -> Self {
        Constant { exact: number.clone(), decimal: decimal_of(number) }
    }

    fn order(&self, value: Decimal) -> Ordering {
        match self.decimal {
            Some(decimal) => compare(value, decimal),
            None => compare_number(value, &self.exact),
        }
    }
}

fn satisfies(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::Different => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::AtMost => order.is_le(),
        Comparison::More => order.is_gt(),
        Comparison::AtLeast => order.is_ge(),
    }
}

impl Test {
    pub(crate) fn new(test: &ColumnTest, catalog: Catalog<'_>) -> Self {
        let column = match test.on {
            TestOn::Column { column, .. } => column,
            // The planner has named the column; else no row passes, since no column is found.
            TestOn::Dimension(_) => usize::MAX,
        };
        let mut other = None;
        let members = |listed: &[usize], inside: bool| {
            let of = catalog.source.columns.get(column).map(|column| &column.of);
            let dimension = match of {
                Some(jauge::program::model::ColumnType::Dimension(at)) => catalog.dimensions.get(*at),
                Some(_) | None => None,
            };
            let Some(dimension) = dimension else { return Ready::Members(Vec::new()) };
            let level = listed.first().and_then(|first| dimension.members.get(*first)).map(|member| member.level);
            let verdict = |member: usize| match level {
                None => Some(!inside),
                Some(level) => dimension.ancestor(member, level).map(|at| listed.contains(&at) == inside),
            };
            Ready::Members((0..dimension.members.len()).map(verdict).collect())
        };
        let texts = |texts: &[String], inside: bool| {
            Ready::Texts(texts.iter().map(|text| composed(text).into_owned()).collect(), inside)
        };
        let kind = match &test.test {
            TestKind::Members(listed) => members(listed, true),
            TestKind::NotMembers(listed) => members(listed, false),
            TestKind::Number(comparison, number) => Ready::Number(*comparison, Constant::new(number)),
            TestKind::NumberBetween(low, high) => Ready::NumberBetween(Constant::new(low), Constant::new(high)),
            TestKind::Day(comparison, day) => Ready::Day(*comparison, *day),
            TestKind::DayBetween(low, high) => Ready::DayBetween(*low, *high),
            TestKind::Texts(listed) => texts(listed, true),
            TestKind::NotTexts(listed) => texts(listed, false),
            TestKind::Yes => Ready::YesNo(true),
            TestKind::No => Ready::YesNo(false),
            TestKind::Missing => Ready::Missing,
            TestKind::Present => Ready::Present,
            TestKind::Column(comparison, column) => {
                other = Some((*comparison, *column));
                Ready::Column
            }
        };
        Test { column, other, kind, counted: test.missing == MissingPolicy::Counted }
    }

    /// The test that a lane makes besides its filter.
    fn of_need(need: Need) -> Self {
        let (column, kind) = match need {
            Need::Present(column) => (column, Ready::Present),
            Need::Number(column) => (column, Ready::HasNumber),
        };
        Test { column, other: None, kind, counted: false }
    }

    /// The constants with which numbers are compared; `None` where the test asks for more than the place of a number among
    /// decimals.
    pub(crate) fn cuts(&self) -> Option<Vec<Decimal>> {
        match &self.kind {
            Ready::Number(_, constant) => Some(vec![constant.decimal?]),
            Ready::NumberBetween(low, high) => Some(vec![low.decimal?, high.decimal?]),
            Ready::Missing | Ready::Present | Ready::HasNumber => Some(Vec::new()),
            Ready::Members(..)
            | Ready::Day(..)
            | Ready::DayBetween(..)
            | Ready::Texts(..)
            | Ready::YesNo(_)
            | Ready::Column => None,
        }
    }

    /// Whether the test holds for a value; `text` is the cell, composed. A value of another type than the test asks for
    /// counts as missing.
    pub(crate) fn holds(&self, value: Value, text: &str) -> bool {
        let known = match (&self.kind, value) {
            (Ready::Missing, value) => return !value.is_present(),
            (Ready::Present, value) => return value.is_present(),
            (Ready::HasNumber, value) => return value.number().is_some(),
            (_, Value::Missing | Value::Marked(_)) => None,
            // A total is no member: neither in the list nor among the others.
            (Ready::Members(..), Value::Total) => Some(false),
            (Ready::Members(verdicts), Value::Member(member, _)) => verdicts.get(member).copied().flatten(),
            (Ready::Number(comparison, constant), value) => {
                value.number().map(|number| satisfies(*comparison, constant.order(number)))
            }
            (Ready::NumberBetween(low, high), value) => {
                value.number().map(|number| low.order(number).is_ge() && high.order(number).is_le())
            }
            (Ready::Day(comparison, day), Value::Day(value)) => Some(satisfies(*comparison, value.cmp(day))),
            (Ready::DayBetween(low, high), Value::Day(value)) => Some((*low..=*high).contains(&value)),
            (Ready::Texts(_, _), Value::Total) => Some(false),
            (Ready::Texts(texts, inside), _) => Some(texts.iter().any(|one| one == text) == *inside),
            (Ready::YesNo(wanted), Value::YesNo(value)) => Some(value == *wanted),
            (Ready::Members(..) | Ready::Day(..) | Ready::DayBetween(..) | Ready::YesNo(_) | Ready::Column, _) => None,
        };
        known.unwrap_or(self.counted)
    }

    /// Whether a comparison of two columns holds.
    pub(crate) fn holds_between(&self, comparison: Comparison, left: (Value, &str), right: (Value, &str)) -> bool {
        let order = match (left.0, right.0) {
            (Value::Missing | Value::Marked(_), _) | (_, Value::Missing | Value::Marked(_)) => None,
            (Value::Text, Value::Text) => Some(composed(left.1).cmp(&composed(right.1))),
            (Value::YesNo(left), Value::YesNo(right)) => Some(left.cmp(&right)),
            (Value::Member(left, None), Value::Member(right, None)) => Some(left.cmp(&right)),
            (Value::Total, Value::Total) => Some(Ordering::Equal),
            (left, right) => match (left.number(), right.number()) {
                (Some(left), Some(right)) => Some(compare(left, right)),
                (_, _) => None,
            },
        };
        order.map_or(self.counted, |order| satisfies(comparison, order))
    }
}

/// What a lane asks of its column besides its filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Need {
    /// A value in this column.
    Present(usize),
    /// A number in this column.
    Number(usize),
}

/// What the values of one column do to filters.
#[derive(Default)]
pub(crate) struct Conditions {
    words: usize,
    test_words: usize,
    touched: Vec<usize>,
    /// Filter bit, the test, and whether it must fail.
    must: Vec<(usize, std::sync::Arc<Test>, bool)>,
    /// Test bit and test, for general filters.
    flags: Vec<(usize, std::sync::Arc<Test>)>,
}

impl Conditions {
    pub(crate) fn is_empty(&self) -> bool {
        self.must.is_empty() && self.flags.is_empty()
    }

    pub(crate) fn words(&self) -> usize {
        self.words
    }

    pub(crate) fn test_words(&self) -> usize {
        self.test_words
    }

    /// All tests on the column.
    pub(crate) fn tests(&self) -> impl Iterator<Item = &Test> {
        let must = self.must.iter().map(|(_, test, _)| test);
        must.chain(self.flags.iter().map(|(_, test)| test)).map(std::sync::Arc::as_ref)
    }

    /// The words of a row's mask that the column can change.
    pub(crate) fn touched(&self) -> &[usize] {
        &self.touched
    }

    /// Appends the words of one value.
    pub(crate) fn push(&self, value: Value, text: &str, masks: &mut Vec<u64>, tests: &mut Vec<u64>) {
        let start = masks.len();
        masks.resize(start + self.words, u64::MAX);
        for (bit, test, negated) in &self.must {
            if test.holds(value, text) == *negated {
                clear(masks.get_mut(start..).unwrap_or_default(), *bit);
            }
        }
        let start = tests.len();
        tests.resize(start + self.test_words, 0);
        for (bit, test) in &self.flags {
            if test.holds(value, text) {
                set(tests.get_mut(start..).unwrap_or_default(), *bit);
            }
        }
    }
}

fn clear(words: &mut [u64], bit: usize) {
    if let Some(word) = words.get_mut(bit / 64) {
        *word &= !(1 << (bit % 64));
    }
}

fn set(words: &mut [u64], bit: usize) {
    if let Some(word) = words.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}

/// Whether bit `bit` is set.
#[inline]
pub(crate) fn has(words: &[u64], bit: usize) -> bool {
    words.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
}

/// A filter tree in Polish notation: worked out from its end with a stack.
enum Step {
    Test(usize),
    And(usize),
    Or(usize),
    Not,
}

/// Rows of a block, as bits.
type Plane = [u64; ROWS / 64];
const NO_ROW: Plane = [0; ROWS / 64];
const ALL_ROWS: Plane = [u64::MAX; ROWS / 64];

/// Buffers for general filters.
#[derive(Default)]
pub(crate) struct Planes {
    /// For each test, the rows for which it holds.
    tested: Vec<Plane>,
    stack: Vec<Plane>,
}

/// All filters of a query, and those of its lanes: a filter and a need make a bit of their own. Bits that the same sets ask for
/// stand together.
pub(crate) struct Filters {
    bits: FxHashMap<(Option<usize>, Option<Need>), usize>,
    /// Words of a row's mask.
    pub(crate) words: usize,
    /// Words of a row's test bits.
    pub(crate) test_words: usize,
    /// Filter bit and its steps.
    general: Vec<(usize, Vec<Step>)>,
    /// The tests that general filters use.
    tested: Vec<usize>,
    /// Tests between two columns that general filters use.
    between: Vec<(usize, std::sync::Arc<Test>)>,
}

impl Filters {
    /// Sorts the filters of a query out, and says for each column of the source what its values do.
    pub(crate) fn new(query: &CubeQuery, catalog: Catalog<'_>) -> (Filters, Vec<Conditions>) {
        let mut tests: Vec<_> = query.tests.iter().map(|test| std::sync::Arc::new(Test::new(test, catalog))).collect();
        let mut all: Vec<Filter> = query.filters.clone();
        let mut bits = FxHashMap::default();
        for filter in 0..query.filters.len() {
            bits.insert((Some(filter), None), filter);
        }
        let mut needs: FxHashMap<Need, usize> = FxHashMap::default();
        for lane in &query.lanes {
            for need in [None, need_of(lane.state)] {
                if bits.contains_key(&(lane.filter, need)) {
                    continue;
                }
                let mut parts: Vec<Filter> =
                    lane.filter.and_then(|at| query.filters.get(at)).cloned().into_iter().collect();
                if let Some(need) = need {
                    let test = *needs.entry(need).or_insert_with(|| {
                        tests.push(std::sync::Arc::new(Test::of_need(need)));
                        tests.len() - 1
                    });
                    parts.push(Filter::Test(test));
                }
                bits.insert((lane.filter, need), all.len());
                all.push(Filter::And(parts));
            }
        }
        let asked = cluster::asked(query, all.len(), |lane| {
            [None, need_of(lane.state)]
                .into_iter()
                .filter_map(|need| bits.get(&(lane.filter, need)).copied())
                .collect::<Vec<_>>()
        });
        let order = cluster::order(&asked, PIECE);
        let mut moved = vec![0; all.len()];
        for (to, from) in order.iter().enumerate() {
            if let Some(slot) = moved.get_mut(*from) {
                *slot = to;
            }
        }
        for bit in bits.values_mut() {
            *bit = moved.get(*bit).copied().unwrap_or(0);
        }
        let words = all.len().div_ceil(64);
        let mut filters =
            Filters { bits, words, test_words: 0, general: Vec::new(), tested: Vec::new(), between: Vec::new() };
        let mut conditions: Vec<Conditions> = catalog.source.columns.iter().map(|_| Conditions::default()).collect();
        let mut flagged = vec![false; tests.len()];
        for (bit, filter) in order.iter().filter_map(|at| all.get(*at)).enumerate() {
            let parts = conjunction(filter).filter(|parts| {
                parts.iter().all(|(test, _)| {
                    let one = tests.get(*test);
                    one.is_some_and(|one| one.other.is_none() && one.column < conditions.len())
                })
            });
            match parts {
                Some(parts) => {
                    for (test, negated) in parts {
                        let Some(one) = tests.get(test) else { continue };
                        if let Some(column) = conditions.get_mut(one.column) {
                            column.must.push((bit, one.clone(), negated));
                        }
                    }
                }
                None => {
                    let steps = steps(filter);
                    for step in &steps {
                        if let Step::Test(test) = step
                            && let Some(flag) = flagged.get_mut(*test)
                        {
                            *flag = true;
                        }
                    }
                    filters.general.push((bit, steps));
                }
            }
        }
        if flagged.contains(&true) {
            filters.test_words = tests.len().div_ceil(64);
        }
        for (bit, test) in tests.iter().enumerate() {
            if flagged.get(bit) != Some(&true) {
                continue;
            }
            filters.tested.push(bit);
            match test.other {
                Some(_) => filters.between.push((bit, test.clone())),
                None => {
                    if let Some(column) = conditions.get_mut(test.column) {
                        column.flags.push((bit, test.clone()));
                    }
                }
            }
        }
        for column in &mut conditions {
            if !column.is_empty() {
                column.words = words;
                column.test_words = filters.test_words;
                column.touched = column.must.iter().map(|(bit, ..)| bit / 64).collect();
                column.touched.sort_unstable();
                column.touched.dedup();
            }
        }
        (filters, conditions)
    }

    /// The bit of a lane's filter together with a need.
    pub(crate) fn bit(&self, filter: Option<usize>, need: Option<Need>) -> Option<usize> {
        self.bits.get(&(filter, need)).copied()
    }

    /// Some filter is no plain conjunction.
    pub(crate) fn is_general(&self) -> bool {
        !self.general.is_empty()
    }

    /// Tests between columns: test bit and test.
    pub(crate) fn between(&self) -> impl Iterator<Item = (usize, &Test)> {
        self.between.iter().map(|(bit, test)| (*bit, test.as_ref()))
    }

    /// Clears the bits of general filters in the rows whose test bits do not satisfy them. `tests` has the test bits of all
    /// rows of a block, `masks` each word of their masks.
    pub(crate) fn general(&self, tests: &[u64], masks: &mut [Vec<u64>], planes: &mut Planes) {
        let Planes { tested, stack } = planes;
        tested.resize(64 * self.test_words, NO_ROW);
        for test in &self.tested {
            let Some(plane) = tested.get_mut(*test) else { continue };
            for (word, rows) in plane.iter_mut().zip(tests.chunks(64 * self.test_words)) {
                let rows = rows.chunks(self.test_words).enumerate();
                *word = rows.fold(0, |all, (at, bits)| all | u64::from(has(bits, *test)) << at);
            }
        }
        for (bit, steps) in &self.general {
            stack.clear();
            for step in steps.iter().rev() {
                let mut join = |parts: &usize, start: Plane, of: fn(u64, u64) -> u64| {
                    let from = stack.len().saturating_sub(*parts);
                    stack.drain(from..).fold(start, |all, part| std::array::from_fn(|at| of(all[at], part[at])))
                };
                let plane = match step {
                    Step::Test(test) => tested.get(*test).copied().unwrap_or(NO_ROW),
                    Step::And(parts) => join(parts, ALL_ROWS, |all, part| all & part),
                    Step::Or(parts) => join(parts, NO_ROW, |any, part| any | part),
                    Step::Not => stack.pop().unwrap_or(NO_ROW).map(|word| !word),
                };
                stack.push(plane);
            }
            let passing = stack.pop().unwrap_or(NO_ROW);
            let Some(own) = masks.get_mut(bit / 64) else { continue };
            for (rows, passing) in own.chunks_mut(64).zip(passing) {
                for (at, word) in rows.iter_mut().enumerate() {
                    *word &= !((!passing >> at & 1) << (bit % 64));
                }
            }
        }
    }

    /// Marks the test bit of a comparison between columns.
    pub(crate) fn mark(tests: &mut [u64], bit: usize) {
        set(tests, bit);
    }
}

/// What a lane counts of its column.
pub(crate) fn need_of(state: LaneState) -> Option<Need> {
    match state {
        LaneState::Present(column) => Some(Need::Present(column)),
        LaneState::Sum(column) => Some(Need::Number(column)),
        LaneState::Rows
        | LaneState::Line
        | LaneState::Minimum(_)
        | LaneState::Maximum(_)
        | LaneState::Distinct(_)
        | LaneState::Keys(_)
        | LaneState::Values(_)
        | LaneState::Marks(_)
        | LaneState::First { .. }
        | LaneState::Last { .. } => None,
    }
}

/// The tests of a plain conjunction, each with whether it must fail; `None` for any other filter.
fn conjunction(filter: &Filter) -> Option<Vec<(usize, bool)>> {
    let mut parts = Vec::new();
    let mut open = vec![(filter, false)];
    while let Some((filter, negated)) = open.pop() {
        match (filter, negated) {
            (Filter::Test(test), negated) => parts.push((*test, negated)),
            (Filter::And(inner), false) => open.extend(inner.iter().map(|one| (one, false))),
            // By De Morgan: not (a or b) is (not a) and (not b).
            (Filter::Or(inner), true) => open.extend(inner.iter().map(|one| (one, true))),
            (Filter::Not(inner), negated) => open.push((inner, !negated)),
            (Filter::Or(inner), false) if inner.len() == 1 => open.extend(inner.iter().map(|one| (one, false))),
            (Filter::And(inner), true) if inner.len() == 1 => open.extend(inner.iter().map(|one| (one, true))),
            (Filter::And(_), true) | (Filter::Or(_), false) => return None,
        }
    }
    Some(parts)
}

fn steps(filter: &Filter) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut open = vec![filter];
    while let Some(filter) = open.pop() {
        match filter {
            Filter::Test(test) => steps.push(Step::Test(*test)),
            Filter::And(inner) => {
                steps.push(Step::And(inner.len()));
                open.extend(inner);
            }
            Filter::Or(inner) => {
                steps.push(Step::Or(inner.len()));
                open.extend(inner);
            }
            Filter::Not(inner) => {
                steps.push(Step::Not);
                open.push(inner);
            }
        }
    }
    steps
}
