//! Two answers to one question to the answer over both: associative and commutative, exact, refused where a number does not fit.

use std::collections::BTreeMap;

use jauge::plan::{Cells, Cube, CubeQuery, Decimal, Key, LaneState, LaneValue, QualifiedSum};
use jauge::types::Period;

use crate::question::qualified;

/// Why two answers do not merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMerged {
    /// A sum or a count does not fit in the number that holds it.
    TooLarge,
    /// Together they state more windows than a source may.
    Windows,
}

/// The answer to a question over the rows of both. Facts and keys that stand in both are the caller's to find: here they are
/// taken for different rows.
pub fn merge(query: &CubeQuery, mut one: Cube, mut other: Cube) -> Result<Cube, NotMerged> {
    let windows = windows(query, &mut one, &mut other)?;
    let mut keys: BTreeMap<usize, Vec<Box<[u8]>>> = BTreeMap::new();
    let mut renamed: [BTreeMap<usize, Vec<u32>>; 2] = Default::default();
    let columns: Vec<usize> = one.keys.keys().chain(other.keys.keys()).copied().collect();
    for column in columns {
        if keys.contains_key(&column) {
            continue;
        }
        let of = |cube: &Cube| cube.keys.get(&column).cloned().unwrap_or_default();
        let (left, right) = (of(&one), of(&other));
        let mut all: Vec<Box<[u8]>> = left.iter().chain(&right).cloned().collect();
        all.sort_unstable();
        all.dedup();
        for (renamed, values) in renamed.iter_mut().zip([left, right]) {
            renamed.insert(column, places(&values, &all).ok_or(NotMerged::TooLarge)?);
        }
        keys.insert(column, all);
    }
    let [of_one, of_other] = renamed;
    rename_keys(query, &mut one.sets, &of_one);
    rename_keys(query, &mut other.sets, &of_other);
    for (at, (own, cells)) in one.sets.iter_mut().zip(other.sets).enumerate() {
        let states: Vec<LaneState> = states(query, at);
        for (codes, values) in cells {
            match own.entry(codes) {
                std::collections::btree_map::Entry::Vacant(slot) => {
                    slot.insert(values);
                }
                std::collections::btree_map::Entry::Occupied(mut slot) => {
                    for ((own, value), state) in slot.get_mut().iter_mut().zip(values).zip(&states) {
                        *own = add(*state, own, value).ok_or(NotMerged::TooLarge)?;
                    }
                }
            }
        }
    }
    let mut periods = one.periods;
    for (key, (low, high)) in other.periods {
        let range = periods.entry(key).or_insert((low, high));
        *range = (range.0.min(low), range.1.max(high));
    }
    let mut facts = one.facts;
    facts.append(&mut other.facts);
    let place = |fact: &jauge::plan::StatedFact| {
        let first = fact.statements.iter().map(|one| (one.place.path.clone(), one.place.line)).min();
        (first, fact.code.clone())
    };
    // Those that disagree are kept before the others, as in one scan.
    facts.sort_by_cached_key(|fact| (fact.agree, place(fact)));
    let rest = facts.len().saturating_sub(Cube::FACTS) as u64;
    facts.truncate(Cube::FACTS);
    facts.sort_by_cached_key(place);
    let sum = |a: u64, b: u64| a.checked_add(b).ok_or(NotMerged::TooLarge);
    Ok(Cube {
        sets: one.sets,
        rows: sum(one.rows, other.rows)?,
        unread: sum(one.unread, other.unread)?,
        periods,
        windows,
        keys,
        facts,
        facts_left_out: sum(sum(one.facts_left_out, other.facts_left_out)?, rest)?,
        problems: one.problems.into_iter().chain(other.problems).collect(),
        problems_left_out: sum(one.problems_left_out, other.problems_left_out)?,
        unreadable: one.unreadable || other.unreadable,
    })
}

/// The states of the lanes of a set.
pub(crate) fn states(query: &CubeQuery, set: usize) -> Vec<LaneState> {
    let lanes = query.sets.get(set).map_or(&[][..], |set| &set.lanes);
    lanes.iter().filter_map(|lane| query.lanes.get(*lane)).map(|lane| lane.state).collect()
}

/// Where each value stands among all, which are sorted and hold them.
pub(crate) fn places(values: &[Box<[u8]>], all: &[Box<[u8]>]) -> Option<Vec<u32>> {
    values.iter().map(|value| u32::try_from(all.binary_search(value).ok()?).ok()).collect()
}

/// Gives the keys in cells their new places.
pub(crate) fn rename_keys(query: &CubeQuery, sets: &mut [Cells], renamed: &BTreeMap<usize, Vec<u32>>) {
    for (at, cells) in sets.iter_mut().enumerate() {
        let columns: Vec<Option<usize>> = states(query, at)
            .into_iter()
            .map(|state| match state {
                LaneState::Keys(column) => Some(column),
                LaneState::Rows
                | LaneState::Line
                | LaneState::Present(_)
                | LaneState::Sum(_)
                | LaneState::Minimum(_)
                | LaneState::Maximum(_)
                | LaneState::Distinct(_)
                | LaneState::Values(_)
                | LaneState::Marks(_)
                | LaneState::First { .. }
                | LaneState::Last { .. } => None,
            })
            .collect();
        if columns.iter().all(Option::is_none) {
            continue;
        }
        for values in cells.values_mut() {
            for (value, column) in values.iter_mut().zip(&columns) {
                let Some(renamed) = column.and_then(|column| renamed.get(&column)) else { continue };
                if let LaneValue::Keys(keys) = value {
                    // A key that is in no list was none of the answer's.
                    *keys = keys.iter().filter_map(|key| renamed.get(*key as usize).copied()).collect();
                    keys.sort_unstable();
                    keys.dedup();
                }
            }
        }
    }
}

/// The windows of both in order, with the codes of their cells changed alike.
fn windows(query: &CubeQuery, one: &mut Cube, other: &mut Cube) -> Result<Vec<Period>, NotMerged> {
    let mut all: Vec<Period> = one.windows.iter().chain(&other.windows).copied().collect();
    all.sort_unstable();
    all.dedup();
    if all.len() > Cube::WINDOWS {
        return Err(NotMerged::Windows);
    }
    for cube in [one, other] {
        if cube.windows == all {
            continue;
        }
        let met = std::mem::take(&mut cube.windows);
        let renamed = |code: i32| {
            let window = Cube::window_at(code).and_then(|at| met.get(at));
            window.and_then(|window| all.binary_search(window).ok()).and_then(Cube::window_code).unwrap_or(code)
        };
        let is_period = |key: &usize| matches!(query.keys.get(*key), Some(Key::Period { .. } | Key::StageDate { .. }));
        for (cells, set) in cube.sets.iter_mut().zip(&query.sets) {
            let places: Vec<usize> =
                set.keys.iter().enumerate().filter(|(_, key)| is_period(key)).map(|(at, _)| at).collect();
            if places.is_empty() {
                continue;
            }
            let change = |(mut codes, values): (Box<[i32]>, Box<[LaneValue]>)| {
                for at in &places {
                    if let Some(code) = codes.get_mut(*at) {
                        *code = renamed(*code);
                    }
                }
                (codes, values)
            };
            *cells = std::mem::take(cells).into_iter().map(change).collect();
        }
        for fact in &mut cube.facts {
            for (at, code) in fact.keys.iter_mut().enumerate() {
                if is_period(&at) {
                    *code = renamed(*code);
                }
            }
        }
    }
    Ok(all)
}

/// The value of a lane over the rows of two cells; `None` where it does not fit, or where the lane cannot be merged.
fn add(state: LaneState, own: &LaneValue, other: LaneValue) -> Option<LaneValue> {
    Some(match (own, other) {
        (LaneValue::Count(a), LaneValue::Count(b)) => LaneValue::Count(a.checked_add(b)?),
        (LaneValue::Sum(a, n), LaneValue::Sum(b, m)) => LaneValue::Sum(plus(*a, b)?, n.checked_add(m)?),
        (LaneValue::Sum(a, n), LaneValue::Qualified(b)) => {
            LaneValue::Qualified(Box::new(plus_qualified(&qualified(*a, *n), &b)?))
        }
        (LaneValue::Qualified(a), LaneValue::Sum(b, m)) => {
            LaneValue::Qualified(Box::new(plus_qualified(a, &qualified(b, m))?))
        }
        (LaneValue::Qualified(a), LaneValue::Qualified(b)) => LaneValue::Qualified(Box::new(plus_qualified(a, &b)?)),
        (LaneValue::Extreme(a), LaneValue::Extreme(b)) => LaneValue::Extreme(match (*a, b) {
            (Some(a), Some(b)) => {
                let largest = matches!(state, LaneState::Maximum(_));
                let other = if largest { compare(a, b).is_lt() } else { compare(a, b).is_gt() };
                Some(if other { b } else { a })
            }
            (a, b) => a.or(b),
        }),
        (LaneValue::Values(a), LaneValue::Values(b)) => {
            let mut all = a.clone();
            all.extend(b);
            all.sort_by(|(a, _), (b, _)| compare(*a, *b).then(a.scale.cmp(&b.scale)));
            let mut merged: Vec<(Decimal, u64)> = Vec::with_capacity(all.len());
            for (value, rows) in all {
                match merged.last_mut() {
                    Some((last, so_far)) if *last == value => *so_far = so_far.checked_add(rows)?,
                    _ => merged.push((value, rows)),
                }
            }
            LaneValue::Values(merged)
        }
        (LaneValue::Keys(a), LaneValue::Keys(b)) => {
            let mut all: Vec<u32> = a.iter().copied().chain(b).collect();
            all.sort_unstable();
            all.dedup();
            LaneValue::Keys(all)
        }
        (
            LaneValue::Count(_)
            | LaneValue::Sum(..)
            | LaneValue::Qualified(_)
            | LaneValue::Extreme(_)
            | LaneValue::Values(_)
            | LaneValue::Keys(_),
            _,
        ) => return None,
    })
}

fn plus_qualified(a: &QualifiedSum, b: &QualifiedSum) -> Option<QualifiedSum> {
    Some(QualifiedSum {
        stated: plus(a.stated, b.stated)?,
        values: a.values.checked_add(b.values)?,
        low: plus(a.low, b.low)?,
        no_low: a.no_low.checked_add(b.no_low)?,
        open_low: a.open_low.checked_add(b.open_low)?,
        high: plus(a.high, b.high)?,
        no_high: a.no_high.checked_add(b.no_high)?,
        open_high: a.open_high.checked_add(b.open_high)?,
        about: a.about.checked_add(b.about)?,
        otherwise: a.otherwise.checked_add(b.otherwise)?,
    })
}

/// The exact sum of two decimals.
fn plus(a: Decimal, b: Decimal) -> Option<Decimal> {
    let scale = a.scale.max(b.scale);
    let raised = |of: Decimal| of.mantissa.checked_mul(10i128.checked_pow(u32::from(scale - of.scale))?);
    Some(normal(Decimal { mantissa: raised(a)?.checked_add(raised(b)?)?, scale }))
}

/// Without zeros after the mark.
pub(crate) fn normal(mut of: Decimal) -> Decimal {
    if of.mantissa == 0 {
        return Decimal::default();
    }
    while of.scale > 0 && of.mantissa % 10 == 0 {
        of.mantissa /= 10;
        of.scale -= 1;
    }
    of
}

/// Which of two decimals is larger.
pub(crate) fn compare(a: Decimal, b: Decimal) -> std::cmp::Ordering {
    if a.scale == b.scale {
        return a.mantissa.cmp(&b.mantissa);
    }
    let number = |of: Decimal| jauge::types::Number::scaled(of.mantissa, of.scale);
    number(a).cmp(&number(b))
}
