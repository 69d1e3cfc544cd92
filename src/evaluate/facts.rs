//! Facts that several rows state, and the figures that they are counted in.

use std::collections::HashMap;

use super::Evaluator;
use crate::outcome::{FactStated, StatedBy};
use crate::plan::{Cube, CubeQuery, LaneValue, protected};

/// Which facts are in which cell: by the address of a lane's value in the cube, which stays where it is while it is borrowed.
#[derive(Debug, Default)]
pub(super) struct FactCells(HashMap<usize, Vec<usize>>);

impl FactCells {
    pub(super) fn new(cube: &Cube, query: &CubeQuery) -> Self {
        let mut cells: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, fact) in cube.facts.iter().enumerate() {
            for (set, found) in query.sets.iter().zip(&cube.sets) {
                let codes: Box<[i32]> = set.keys.iter().filter_map(|key| fact.keys.get(*key).copied()).collect();
                let Some(cell) = found.get(&codes) else { continue };
                for (lane, value) in set.lanes.iter().zip(cell) {
                    let filter = query.lanes.get(*lane).and_then(|lane| lane.filter);
                    let passes = filter.is_none_or(|filter| fact.passes.get(filter).copied().unwrap_or(false));
                    if passes {
                        cells.entry(address(value)).or_default().push(at);
                    }
                }
            }
        }
        FactCells(cells)
    }

    /// The facts in these values, each once.
    pub(super) fn among(&self, values: &[&LaneValue]) -> Vec<usize> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut facts: Vec<usize> =
            values.iter().filter_map(|value| self.0.get(&address(value))).flatten().copied().collect();
        facts.sort_unstable();
        facts.dedup();
        facts
    }
}

fn address(value: &LaneValue) -> usize {
    std::ptr::from_ref(value).addr()
}

impl Evaluator<'_> {
    /// The facts of a source in these values, as a figure keeps them; none where the source is protected.
    pub(super) fn facts_among(&self, source: usize, values: &[&LaneValue]) -> Vec<(usize, usize)> {
        if protected::is_protected(self.program, source) {
            return Vec::new();
        }
        let answered = self.plan.by_source.get(&source).and_then(|at| self.sources.get(*at));
        let facts = answered.map_or_else(Vec::new, |answered| answered.facts.among(values));
        facts.into_iter().map(|fact| (source, fact)).collect()
    }

    /// Facts with their statements, for a reader.
    pub(super) fn stated(&self, facts: &[(usize, usize)]) -> Vec<FactStated> {
        let of = |(source, fact): &(usize, usize)| {
            let answered = self.plan.by_source.get(source).and_then(|at| self.sources.get(*at))?;
            let fact = answered.cube.facts.get(*fact)?;
            let statements = fact.statements.iter().map(|one| StatedBy {
                by: one.by.clone(),
                text: one.place.text.clone(),
                file: one.place.path.clone(),
                line: one.place.line,
                counted: one.counted,
            });
            Some(FactStated {
                source: *source,
                code: fact.code.clone(),
                agree: fact.agree,
                statements: statements.collect(),
            })
        };
        facts.iter().filter_map(of).collect()
    }
}
