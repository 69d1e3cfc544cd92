//! Partials of several places to one: each part once, all of one question, identities that can be compared; else refused.

use std::collections::HashMap;

use jauge::problem::{Apart, NotKept, PartialProblem, Place, Problem};
use jauge::program::model::Program;

use crate::cubes::{NotMerged, merge as merge_cubes};
use crate::partial::{Identified, Partial};
use crate::shared::{not_compared, shared};

/// Partials of several places, each with the name of its file, to one; and what nobody has checked. `identical` says that places with
/// the same cells are two places all the same.
pub fn merge(
    program: &Program,
    partials: Vec<(String, Partial)>,
    identical: bool,
) -> Result<(Partial, Vec<Problem>), Vec<Problem>> {
    let mut problems = same_asked(program, &partials);
    problems.extend(twice(&partials, identical));
    problems.extend(other_keys(&partials));
    if problems.is_empty() {
        problems.extend(shared(program, &partials));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let told = partials.iter().flat_map(|(path, partial)| partial.told(path)).collect::<Vec<_>>();
    let mut rest = partials.into_iter().map(|(_, partial)| partial);
    let Some(mut all) = rest.next() else { return Err(Vec::new()) };
    for partial in rest {
        add(program, &mut all, partial).map_err(|problem| vec![*problem])?;
    }
    let mut problems = told;
    problems.extend(not_compared(program, &all));
    Ok((all, problems))
}

fn add(program: &Program, all: &mut Partial, partial: Partial) -> Result<(), Box<Problem>> {
    for (own, other) in all.answers.iter_mut().zip(partial.answers) {
        let query = &own.question.query;
        own.cube = merge_cubes(query, std::mem::take(&mut own.cube), other.cube).map_err(|why| {
            let source = program.sources.get(query.source);
            let fact = PartialProblem::NotKept {
                source: source.map(|source| source.name.clone()).unwrap_or_default(),
                why: match why {
                    NotMerged::TooLarge | NotMerged::Windows => NotKept::TooLarge,
                },
            };
            let at = source.map_or(Place::Path(String::new()), |source| Place::Text(source.definition));
            Box::new(Problem::at(fact, at))
        })?;
        // What only one of them carries was not compared, and is not carried on.
        own.once.retain(|column, _| other.once.contains_key(column));
        for (column, values) in &mut own.once {
            values.extend(other.once.get(column).into_iter().flatten().cloned());
            values.sort_unstable();
        }
    }
    all.parts.extend(partial.parts);
    all.parts.sort_by(|a, b| a.label.cmp(&b.label));
    all.protected |= partial.protected;
    all.identities = all.identities.take().or(partial.identities);
    Ok(())
}

/// Partials that answer another question than the first.
fn same_asked(program: &Program, partials: &[(String, Partial)]) -> Vec<Problem> {
    let Some((_, first)) = partials.first() else { return Vec::new() };
    let asked = |partial: &Partial| (partial.asked(program), partial.plan.request.rules);
    let wanted = asked(first);
    let others = partials.iter().skip(1).filter(|(_, partial)| asked(partial) != wanted);
    others
        .map(|(path, _)| {
            let fact = PartialProblem::OtherDefinitions { differing: Vec::new(), more: 0 };
            Problem::at(fact, Place::Path(path.clone()))
        })
        .collect()
}

/// Parts that come twice.
fn twice(partials: &[(String, Partial)], identical: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut labels: HashMap<&str, &str> = HashMap::new();
    let mut contents: HashMap<&str, (&str, &str)> = HashMap::new();
    for (path, partial) in partials {
        for part in &partial.parts {
            let mut tell = |again: Option<String>, before: &str| {
                let fact = PartialProblem::Twice { label: part.label.clone(), again };
                let mut problem = Problem::at(fact, Place::Path(path.clone()));
                problem.also.push(Place::Path(before.into()));
                problems.push(problem);
            };
            if let Some(before) = labels.insert(&part.label, path) {
                tell(None, before);
                continue;
            }
            // Two places without any row are alike and double nothing.
            if part.rows == 0 || identical {
                continue;
            }
            if let Some((label, before)) = contents.insert(&part.content, (&part.label, path)) {
                tell(Some(label.to_string()), before);
            }
        }
    }
    problems
}

/// Partials whose identities cannot be compared with those of an earlier one.
fn other_keys(partials: &[(String, Partial)]) -> Vec<Problem> {
    let known = partials.iter().filter_map(|(path, partial)| Some((path, partial.identities.as_ref()?)));
    let known: Vec<(&String, &Identified)> = known.collect();
    let Some((first, wanted)) = known.first() else { return Vec::new() };
    let others = known.iter().skip(1).filter_map(|(path, of)| {
        let why = match (&wanted.key, &of.key) {
            (a, b) if a == b && wanted.engine == of.engine => return None,
            (a, b) if a == b => Apart::Engines,
            (Some(_), Some(_)) => Apart::Secrets,
            (None, _) | (_, None) => Apart::OneInClear,
        };
        let fact = PartialProblem::OtherKeys { one: (*first).clone(), other: (*path).clone(), why };
        let mut problem = Problem::at(fact, Place::Path((*path).clone()));
        problem.also.clear();
        Some(problem)
    });
    others.collect()
}
