//! A project and a request to an outcome: plan, read the data, evaluate. The only place of the command line that knows the
//! engine.

use std::sync::Arc;

use jauge::evaluate::evaluate;
use jauge::outcome::Outcome;
use jauge::plan::{Catalog, Cube, CubeSource, Plan, Request, plan};
use jauge::problem::Problem;
use jauge_engine::Engine;

use crate::progress::{Progress, Step};
use crate::project::{Project, sort};
use crate::sources::Sources;
use crate::terminal::Terminal;

/// What a scan gives.
pub struct Scan {
    /// What was planned.
    pub plan: Plan,
    /// The answers, one per query of the plan.
    pub cubes: Vec<Cube>,
    /// The figures and rules.
    pub outcome: Outcome,
    /// What is wrong in the data and in the figures, sorted.
    pub problems: Vec<Problem>,
    /// Problems that were counted but not kept.
    pub left_out: u64,
}

/// Reads each source that the request needs, once.
pub fn scan(project: &Project, request: &Request, threads: Option<usize>, terminal: &Terminal) -> Scan {
    let plan = plan(&project.program, request);
    scan_others(project, plan, Vec::new(), threads, terminal)
}

/// The same where another engine has answered some of the queries, by their place in the plan: the others are read.
pub fn scan_others(
    project: &Project,
    plan: Plan,
    answered: Vec<Option<Cube>>,
    threads: Option<usize>,
    terminal: &Terminal,
) -> Scan {
    let program = &project.program;
    let progress = Arc::new(Progress::new(terminal.lang, terminal.width));
    let sources = Sources::new(engine(project, threads, &progress), program, &plan, terminal.lang, &progress);
    let mut problems = Vec::new();
    let mut left_out = 0;
    let mut cubes = Vec::new();
    let mut answered = answered.into_iter();
    for query in &plan.queries {
        let cube = match (answered.next().flatten(), program.sources.get(query.source)) {
            (Some(cube), _) => cube,
            (None, Some(source)) => {
                let catalog = Catalog {
                    source,
                    sources: &program.sources,
                    dimensions: &program.dimensions,
                    calendars: &program.calendars,
                };
                sources.cube(query, catalog)
            }
            (None, None) => Cube { unreadable: true, ..Cube::default() },
        };
        problems.extend(cube.problems.iter().cloned());
        left_out += cube.problems_left_out;
        cubes.push(cube);
    }
    progress.done();
    let (outcome, found) = evaluate(program, &plan, &cubes);
    problems.extend(found);
    sort(&mut problems);
    Scan { plan, cubes, outcome, problems, left_out }
}

/// The engine over the data root of a project.
pub fn engine(project: &Project, threads: Option<usize>, progress: &Arc<Progress>) -> Engine {
    let engine = Engine::new(&project.data_root);
    let engine = match threads {
        Some(threads) => engine.threads(threads),
        None => engine,
    };
    let names: Vec<String> = project.program.sources.iter().map(|source| source.name.clone()).collect();
    let progress = Arc::clone(progress);
    engine.progress(Arc::new(move |at| {
        let name = names.get(at.source).map_or("", String::as_str);
        progress.read(Step { name, rows: at.rows, bytes: at.bytes, total: at.total });
    }))
}
