//! The cells of all threads, and the counts of keys, to the cells of the cube.

use jauge::plan::{Cells, Decimal, LaneState, LaneValue};
use rustc_hash::FxHashMap;

use crate::fused::{self, Total};
use crate::people::Counted;
use crate::scan::Scan;

/// Puts the numbers that rows were added to, and the counts of distinct keys, in `sets`; the columns whose sum does not fit.
pub(crate) fn cells(
    scan: &Scan<'_>,
    threads: &[(fused::Cells, Vec<u8>)],
    people: &[Counted],
    sets: &mut [Cells],
) -> Vec<usize> {
    let mut too_large = Vec::new();
    for (at, (set, (fused, cells))) in scan.query.sets.iter().zip(scan.fused.sets.iter().zip(sets)).enumerate() {
        let Some(fused) = fused else { continue };
        let mut totals: FxHashMap<u128, Total> = FxHashMap::default();
        for (of_thread, scales) in threads {
            of_thread.totals(&scan.fused, at, scales, &mut totals);
        }
        let state = |lane: &usize| scan.query.lanes.get(*lane).map_or(LaneState::Rows, |lane| lane.state);
        let none: Box<[LaneValue]> = set.lanes.iter().map(|lane| nothing(state(lane))).collect();
        for (packed, total) in &totals {
            let count = |at: usize| total.counts.get(at).copied().unwrap_or(0);
            if fused.lanes.iter().all(|lane| count(lane.rows) == 0) {
                continue;
            }
            let values = cells.entry(fused.grouping.codes(*packed, &scan.codes)).or_insert_with(|| none.clone());
            for lane in &fused.lanes {
                let (Some(slot), Some(values)) = (values.get_mut(lane.position), lane.count.map(count)) else {
                    continue;
                };
                *slot = match lane.sum.and_then(|(at, sum)| Some((total.sums.get(at)?, sum))) {
                    None => LaneValue::Count(values),
                    Some((sum, of)) => sum.value(values).unwrap_or_else(|| {
                        let column = scan.fused.sums.get(of).and_then(|(_, at)| scan.needed.get(*at));
                        too_large.extend(column.map(|column| column.index));
                        LaneValue::Sum(Decimal::default(), 0)
                    }),
                };
            }
        }
        for (plan, counted) in scan.people.iter().zip(people) {
            for (group, counted) in plan.groups.iter().zip(counted).filter(|(group, _)| group.set == at) {
                for (packed, counts) in counted {
                    let values =
                        cells.entry(group.grouping.codes(*packed, &scan.codes)).or_insert_with(|| none.clone());
                    for ((position, _), count) in group.lanes.iter().zip(counts) {
                        if let Some(slot) = values.get_mut(*position) {
                            *slot = LaneValue::Count(*count);
                        }
                    }
                }
            }
        }
        if set.keys.is_empty() {
            cells.entry(Box::from([])).or_insert(none);
        }
    }
    too_large
}

/// The value of a lane without rows.
fn nothing(state: LaneState) -> LaneValue {
    match state {
        LaneState::Rows | LaneState::Line | LaneState::Present(_) | LaneState::Distinct(_) => LaneValue::Count(0),
        LaneState::Sum(_) | LaneState::First { .. } | LaneState::Last { .. } => LaneValue::Sum(Decimal::default(), 0),
        LaneState::Minimum(_) | LaneState::Maximum(_) => LaneValue::Extreme(None),
        LaneState::Keys(_) => LaneValue::Keys(Vec::new()),
        LaneState::Values(_) | LaneState::Marks(_) => LaneValue::Values(Vec::new()),
    }
}
