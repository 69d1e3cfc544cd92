//! What may not leave: small counts of protected sources, values of confidential columns, identities in clear. Nothing is written
//! where something is refused here.

use std::collections::BTreeSet;

use jauge::plan::{LaneState, Plan};
use jauge::problem::{IdentitiesFor, Kept, PartialProblem, Place, Problem};
use jauge::program::model::{DataSource, ExprId, Measure, MeasureOf, Program};

use crate::meaning::each_measure;
use crate::question::{Question, rests_on_key};

/// What is refused: `protected` says that whoever asks may send what is protected, `keyed` that identities travel under a key.
pub fn refusals(program: &Program, plan: &Plan, questions: &[Question], protected: bool, keyed: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for question in questions {
        let Some(source) = program.sources.get(question.query.source) else { continue };
        let at = question.query.source;
        if !protected {
            if let Some(threshold) = source.threshold.filter(|threshold| *threshold > 0) {
                let indicators = users(program, plan, &|measure| measure.source == at);
                problems.push(refused(source, Kept::SmallCounts(threshold), indicators));
            }
            for column in confidential_values(source, question) {
                let indicators = users(program, plan, &|measure| {
                    measure.source == at && matches!(measure.of, MeasureOf::Aggregate(_, of) if of == column)
                });
                let name = source.columns.get(column).map(|column| column.name.clone()).unwrap_or_default();
                problems.push(refused(source, Kept::Values(name), indicators));
            }
        }
        if !keyed {
            for column in question.identities() {
                let Some(of) = source.columns.get(column).filter(|column| column.confidential) else { continue };
                let fact = PartialProblem::NoMergeKey {
                    source: source.name.clone(),
                    column: of.name.clone(),
                    wanted: wanted_for(program, plan, question, source, column),
                };
                problems.push(Problem::at(fact, Place::Text(of.definition)).also(source.definition));
            }
        }
    }
    problems
}

/// True where the answers to these questions hold what is protected.
pub(crate) fn holds_protected(program: &Program, questions: &[Question]) -> bool {
    let sources = questions.iter().filter_map(|question| Some((program.sources.get(question.query.source)?, question)));
    sources.into_iter().any(|(source, question)| {
        source.threshold.is_some_and(|threshold| threshold > 0) || !confidential_values(source, question).is_empty()
    })
}

fn refused(source: &DataSource, what: Kept, indicators: Vec<String>) -> Problem {
    let fact = PartialProblem::Protected { source: source.name.clone(), what, indicators };
    Problem::at(fact, Place::Text(source.definition))
}

/// Confidential columns whose values would stand in the file one by one, or as extremes, or by day.
fn confidential_values(source: &DataSource, question: &Question) -> BTreeSet<usize> {
    let is_confidential = |at: &usize| source.columns.get(*at).is_some_and(|column| column.confidential);
    let lanes = question.query.lanes.iter().filter_map(|lane| match lane.state {
        LaneState::Minimum(column) | LaneState::Maximum(column) | LaneState::Values(column) => Some(column),
        LaneState::Rows
        | LaneState::Line
        | LaneState::Present(_)
        | LaneState::Sum(_)
        | LaneState::Distinct(_)
        | LaneState::Keys(_)
        | LaneState::Marks(_)
        | LaneState::First { .. }
        | LaneState::Last { .. } => None,
    });
    lanes.chain(question.by_day()).filter(is_confidential).collect()
}

fn wanted_for(
    program: &Program,
    plan: &Plan,
    question: &Question,
    source: &DataSource,
    column: usize,
) -> IdentitiesFor {
    let at = question.query.source;
    let counted = users(program, plan, &|measure| {
        measure.source == at && matches!(measure.of, MeasureOf::Distinct(of) | MeasureOf::Keys(of) if of == column)
    });
    if !counted.is_empty() {
        return IdentitiesFor::Distinct(counted);
    }
    let of_fact = question.query.facts.as_ref().is_some_and(|facts| facts.column == column);
    if of_fact && !(source.key == [column] && rests_on_key(source, &question.query)) {
        return IdentitiesFor::Facts;
    }
    IdentitiesFor::Keys
}

/// The names of the wanted indicators that rest on some measure.
fn users(program: &Program, plan: &Plan, is_used: &dyn Fn(&Measure) -> bool) -> Vec<String> {
    let rests = |expr: ExprId| {
        let mut found = false;
        each_measure(program, expr, &mut |measure| match measure {
            Ok(measure) => found |= is_used(measure),
            // Milestones are read by row, whatever is asked of them.
            Err(source) => found |= is_used(&Measure { source, of: MeasureOf::Rows }),
        });
        found
    };
    let indicators = plan.indicators.iter().filter_map(|at| program.indicators.get(*at));
    let mut names: Vec<String> =
        indicators.filter(|indicator| rests(indicator.measure)).map(|indicator| indicator.name.clone()).collect();
    let rules = program.rules.iter().filter(|rule| plan.request.rules && (rests(rule.left) || rests(rule.right)));
    names.extend(rules.map(|rule| rule.name.clone()));
    names
}
