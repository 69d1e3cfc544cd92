//! `jauge merge`: partials of several places to the figures that all rows in one place would give, or to one partial.

use std::path::Path;

use jauge::evaluate::evaluate;
use jauge::plan::Plan;
use jauge::problem::{Flaw, PartialProblem, Place, Problem, ProjectProblem};
use jauge_partial::{Partial, limits, merge, read};

use super::{End, eval, partial};
use crate::arguments::Merge;
use crate::project::{self, Project, near, refusal, sort};
use crate::render::{self, Counts, Report};
use crate::select;
use crate::terminal::{Stop, Terminal};

/// Merges, computes and writes.
pub fn run(asked: &Merge, terminal: &Terminal) -> Result<End, Stop> {
    let lang = terminal.lang;
    let figures = &asked.figures;
    let project = project::load(&figures.paths, lang);
    let mut problems: Vec<Problem> =
        project.problems.iter().filter(|problem| project.concerns(problem)).cloned().collect();
    let mut misused = project.misused;
    let merged = match misused {
        true => None,
        false => match read_all(asked, &project, &mut misused) {
            Ok((partial, found)) => {
                problems.extend(found);
                Some(partial)
            }
            Err(found) => {
                problems.extend(found);
                None
            }
        },
    };
    let Some(merged) = merged else {
        sort(&mut problems);
        let report =
            Report { files: &project.files, problems: &problems, left_out: 0, file_count: project.file_count() };
        render::to_err(&report, terminal)?;
        terminal.err(&render::summary(&report, lang));
        return Ok(if misused { End::Misuse } else { End::Problems });
    };
    let program = &project.program;
    let outcome = match &figures.partial {
        Some(_) => None,
        None => {
            let plan = narrowed(asked, &project, &merged.plan, terminal)?;
            let cubes = merged.cubes();
            let (outcome, found) = evaluate(program, &plan, &cubes);
            problems.extend(found);
            Some((outcome, plan, cubes))
        }
    };
    sort(&mut problems);
    let report = Report { files: &project.files, problems: &problems, left_out: 0, file_count: project.file_count() };
    render::to_err(&report, terminal)?;
    let mut nothing_found = false;
    match &outcome {
        None => partial::write(figures, program, &merged, terminal)?,
        Some((outcome, plan, cubes)) => {
            eval::write(figures, &project, outcome, plan, cubes, terminal)?;
            nothing_found = outcome.figures.is_empty() && !plan.indicators.is_empty();
            if nothing_found {
                terminal.err(&eval::nothing(figures, program, Some(&plan.indicators), lang));
            }
            not_in_partials(&project, &merged.plan, terminal);
        }
    }
    if !problems.is_empty() {
        terminal.err(&render::summary(&report, lang));
    }
    let strict = figures.strict || project.manifest.strict;
    Ok(match () {
        () if Counts::of(&report).fail(strict) => End::Problems,
        () if nothing_found && !(figures.periods.is_empty() && figures.groups.is_empty()) => End::Misuse,
        () => End::Fine,
    })
}

/// Every partial, read and merged.
fn read_all(asked: &Merge, project: &Project, misused: &mut bool) -> Result<(Partial, Vec<Problem>), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut partials = Vec::new();
    for path in &asked.partials {
        let name = project::shown(path);
        match bytes(path) {
            Ok(bytes) => match read(&project.program, &name, &bytes) {
                Ok(partial) => partials.push((name, partial)),
                Err(found) => problems.extend(found),
            },
            Err(problem) => {
                *misused |= matches!(problem.code(), "E0802");
                problems.push(*problem);
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    merge(&project.program, partials, asked.identical)
}

fn bytes(path: &Path) -> Result<Vec<u8>, Box<Problem>> {
    let wrong = |fact: jauge::problem::Fact| Box::new(Problem::at(fact, Place::Path(project::shown(path))));
    if !path.exists() {
        return Err(wrong(ProjectProblem::PathNotFound { near: near(path) }.into()));
    }
    let size = std::fs::metadata(path).map_or(0, |data| data.len());
    if size > limits::MEGABYTES << 20 {
        let by = Flaw::TooLarge { megabytes: size.div_ceil(1 << 20), limit: limits::MEGABYTES };
        return Err(wrong(PartialProblem::Damaged { by }.into()));
    }
    std::fs::read(path).map_err(|error| wrong(ProjectProblem::Unreadable { reason: refusal(&error) }.into()))
}

/// The plan of the partials, of which only the figures chosen are computed.
fn narrowed(asked: &Merge, project: &Project, plan: &Plan, terminal: &Terminal) -> Result<Plan, Stop> {
    let program = &project.program;
    let of = &asked.figures;
    let chosen = select::request(program, &of.indicators, &of.programmes, &of.periods, &of.groups, terminal.lang)?;
    let wanted = chosen.wanted(program);
    let mut plan = plan.clone();
    plan.indicators.retain(|at| wanted.binary_search(at).is_ok());
    plan.request.rules &= chosen.rules;
    plan.request.periods = chosen.periods;
    plan.request.groups = chosen.groups;
    Ok(plan)
}

/// Says which indicators of the project the partials were not asked for.
fn not_in_partials(project: &Project, plan: &Plan, terminal: &Terminal) {
    let indicators = &project.program.indicators;
    let missing = indicators.len().saturating_sub(plan.indicators.len()) as u64;
    if missing == 0 {
        return;
    }
    let lang = terminal.lang;
    let count = render::counted(missing, lang, ("indicateur", "indicateurs"), ("indicator", "indicators"));
    terminal.err(&lang.pick(
        format!("{count} du projet sans chiffre : les partiels ne les portent pas\n"),
        format!("{count} of the project without a figure: the partials do not carry them\n"),
    ));
}
