//! The findings of all threads to one.

use std::collections::BTreeMap;

use jauge::plan::LaneState;

use crate::facts::Several;
use crate::fold::Folded;
use crate::fused;
use crate::people::{self, Counted, Pairs};
use crate::report::Mistakes;
use crate::scan::Scan;
use crate::work::Part;

/// Scans on so many threads.
pub(crate) fn run(scan: &Scan<'_>, threads: usize) -> Vec<Part> {
    if threads <= 1 {
        return vec![scan.run()];
    }
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| scan.run())).collect();
        let mut parts = vec![scan.run()];
        for other in others {
            match other.join() {
                Ok(part) => parts.push(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        parts
    })
}

/// The findings of all threads together.
pub(crate) struct Merged {
    pub(crate) folded: Folded,
    pub(crate) mistakes: Mistakes,
    /// Lines on which a key comes again, each with its first; how many more there are.
    pub(crate) keys: (Vec<(u64, u64)>, u64),
    pub(crate) several: Vec<Several>,
    pub(crate) identities: BTreeMap<usize, Vec<Box<[u8]>>>,
    /// Cells of each thread, with the scales of their sums.
    pub(crate) cells: Vec<(fused::Cells, Vec<u8>)>,
    pub(crate) people: Vec<Counted>,
}

/// Joins what threads have found.
pub(crate) fn merge(scan: &Scan<'_>, parts: Vec<Part>, threads: usize) -> Merged {
    let (mut hands, mut all) = scan.start();
    let mut cells = Vec::new();
    let mut pairs: Vec<Vec<Pairs>> = scan.people.iter().map(|_| Vec::new()).collect();
    for part in parts {
        all.folded.merge(part.folded);
        all.mistakes.merge(part.mistakes);
        all.keys.merge(part.keys);
        all.facts.merge(part.facts);
        cells.push((part.cells, part.scales));
        for (all, of_thread) in pairs.iter_mut().zip(part.pairs) {
            all.push(of_thread);
        }
        let renamed: Vec<u32> =
            (0..part.classes.len()).map(|class| all.classes.class(part.classes.words(class)) as u32).collect();
        for (own, other) in all.occurrences.iter_mut().zip(part.occurrences) {
            own.merge(other, &renamed);
        }
    }
    let people = scan.people.iter().zip(pairs).map(|(plan, pairs)| people::count(plan, pairs, threads)).collect();
    let facts = std::mem::take(&mut all.facts);
    let (counted, several) = facts.settle(scan.facts.as_ref().is_some_and(|places| places.declared));
    scan.count(&counted, &mut all);
    scan.end(&mut hands, &mut all);
    let Part { mut folded, mistakes, classes, occurrences, keys, .. } = all;
    let mut identities = BTreeMap::new();
    for (column, mut occurrences) in scan.distinct_columns.iter().zip(occurrences) {
        if scan.query.lanes.iter().any(|lane| lane.state == LaneState::Keys(*column)) {
            identities.insert(*column, occurrences.in_order());
            folded.add_keys(*column, &occurrences, &classes, scan.query, scan.shape);
        }
        if scan.people.iter().all(|plan| plan.column != *column) {
            folded.add_distinct(*column, occurrences, &classes, scan.query, scan.shape);
        }
    }
    Merged { folded, mistakes, keys: keys.finish(threads), several, identities, cells, people }
}
