//! Keys and the cells in which they occur, to exact counts of distinct keys: a pair for each row that passes some filter,
//! divided by the hash of the key, then brought together by key and counted part by part. A pair is a key in 64 bits and the row's filters and
//! codes, packed.

mod count;
mod pairs;

use std::collections::BTreeSet;

use jauge::plan::{CubeQuery, LaneState};

use crate::codes::{Codes, Grouping};
use crate::filter::Filters;

pub(crate) use count::{Counted, count};
pub(crate) use pairs::{Pairs, digits};

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
        Pairs::new(self.words)
    }
}
