//! Program and request to cube queries: one scan of each source serves all its indicators and rules.
//!
//! `collect` walks the measures and notes what is needed of which source; `lanes` turns the needs of one source into one
//! query without repetition; `show` prints a plan for people.

mod collect;
mod conditions;
mod lanes;
pub(crate) mod protected;
mod query;
mod reach;
mod show;

use std::collections::HashMap;

pub use query::*;
pub use show::QueryNotes;

pub(crate) use collect::uses_wanted;
pub(crate) use conditions::{Contexts, CtxId, conjuncts, each_test, level_tested};
pub(crate) use lanes::{Answer, MeasureLanes, Shape, SourcePlan, merges, selects_cells, state_of};
pub(crate) use show::{show_test, sign};

use crate::outcome::GroupKey;
use crate::program::model::{Cond, DimensionLevel, MeasureOf, Program};
use crate::types::Period;

/// What is wanted of a program.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Only these indicators, by index; all where `None`.
    pub indicators: Option<Vec<usize>>,
    /// Only indicators under these framework items (or under an item below them), by index; all where `None`.
    pub items: Option<Vec<usize>>,
    /// Rules too.
    pub rules: bool,
    /// Only these periods; a figure is kept when its period lies inside one of them. All where empty.
    pub periods: Vec<Period>,
    /// Only these groups: figures whose group is exactly one of them, the empty one being the total. All where empty.
    pub groups: Vec<Vec<GroupKey>>,
    /// Also count the rows kept at each condition, for `why`.
    pub explain: bool,
}

impl Request {
    /// Everything: all indicators, all rules, all periods, all groups.
    pub fn all() -> Self {
        Request { rules: true, ..Request::default() }
    }

    /// The indicators wanted, in the order of the program.
    pub fn wanted(&self, program: &Program) -> Vec<usize> {
        let under = |at: usize| match &self.items {
            None => true,
            Some(items) => program.indicators.get(at).is_some_and(|indicator| {
                indicator.items.iter().any(|item| {
                    let mut at = Some(*item);
                    // Parents come before children, so this walk ends.
                    while let Some(here) = at {
                        if items.contains(&here) {
                            return true;
                        }
                        at = program.items.get(here).and_then(|item| item.parent).filter(|parent| *parent < here);
                    }
                    false
                })
            }),
        };
        let mut wanted: Vec<usize> = match &self.indicators {
            Some(indicators) => indicators.iter().copied().filter(|at| *at < program.indicators.len()).collect(),
            None => (0..program.indicators.len()).collect(),
        };
        wanted.retain(|at| under(*at));
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }
}

/// A planned computation: the queries to answer, and where the evaluator finds what in the answers.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What was wanted.
    pub request: Request,
    /// The indicators whose figures are wanted.
    pub indicators: Vec<usize>,
    /// One query per source that is needed, in the order of sources. `evaluate` takes cubes in this order.
    pub queries: Vec<CubeQuery>,
    pub(crate) sources: Vec<SourcePlan>,
    pub(crate) by_source: HashMap<usize, usize>,
    pub(crate) contexts: Contexts,
    pub(crate) measures: HashMap<MeasureKey, MeasureLanes>,
}

/// A measure under conditions, and the fixed window when its state cannot be merged over periods.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct MeasureKey {
    pub source: usize,
    pub of: MeasureOf,
    pub ctx: CtxId,
    pub window: Option<Period>,
}

/// Plans the computation of what is wanted.
pub fn plan(program: &Program, request: &Request) -> Plan {
    collect::collect(program, request)
}

/// The column of a source that holds members of a dimension.
pub(crate) fn dimension_column(program: &Program, source: usize, dimension: usize) -> Option<usize> {
    use crate::program::model::ColumnType;
    let source = program.sources.get(source)?;
    source.columns.iter().position(|column| column.of == ColumnType::Dimension(dimension))
}

/// The finer of two lists of coordinates: `more` added to `dims`, the finer level where both name a dimension. Sorted.
pub(crate) fn refine(dims: &[DimensionLevel], more: &[DimensionLevel]) -> Vec<DimensionLevel> {
    let mut out: Vec<DimensionLevel> = dims.to_vec();
    for level in more {
        match out.iter_mut().find(|have| have.dimension == level.dimension) {
            Some(have) => have.level = have.level.max(level.level),
            None => out.push(*level),
        }
    }
    out.sort_unstable();
    out
}

/// `dims` without the dimensions that `by` names.
pub(crate) fn without(dims: &[DimensionLevel], by: &[DimensionLevel]) -> Vec<DimensionLevel> {
    dims.iter().filter(|have| by.iter().all(|level| level.dimension != have.dimension)).copied().collect()
}

/// True where every test of the condition is on a dimension.
pub(crate) fn only_dimensions(program: &Program, cond: &Cond) -> bool {
    let mut all = true;
    conditions::each_test(cond, &mut |test| all &= conditions::level_tested(program, test).is_some());
    all
}
