//! Projects, cubes and a real PostgreSQL for tests.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jauge::plan::{Catalog, Cube, CubeQuery, CubeSource, LaneValue, Plan, Request, plan};
use jauge::problem::{Fact, LookupProblem, Place, Problem};
use jauge::program::model::Program;
use jauge::program::{CodeTable, Context, check, tables_needed};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge_engine::Engine;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The program of a text in which nothing is wrong.
pub fn program(text: &str, lang: Lang) -> Program {
    let parsed = [parse(FileId(0), &SourceFile::new("test.jauge", text), lang)];
    assert!(tables_needed(&parsed).is_empty(), "no code list in a file");
    let tables: BTreeMap<String, CodeTable> = BTreeMap::new();
    let checked = check(&parsed, &Context { lang, tables: &tables });
    let problems = parsed.iter().flat_map(|parsed| &parsed.problems).chain(&checked.problems);
    let errors: Vec<String> = problems
        .filter(|problem| problem.code().starts_with('E'))
        .map(|problem| format!("{} {}", problem.code(), problem.words(Lang::En).title))
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    checked.program
}

/// The program of a file of the repository.
pub fn program_of(path: &str, lang: Lang) -> Program {
    program(&std::fs::read_to_string(root().join(path)).expect("a file of the repository"), lang)
}

/// What a source may look up.
pub fn catalog<'p>(program: &'p Program, query: &CubeQuery) -> Catalog<'p> {
    let source = &program.sources[query.source];
    Catalog { source, sources: &program.sources, dimensions: &program.dimensions, calendars: &program.calendars }
}

/// The plan of everything.
pub fn everything(program: &Program) -> Plan {
    plan(program, &Request::all())
}

/// The answers of one answerer.
pub fn answers(program: &Program, plan: &Plan, source: &dyn CubeSource) -> Vec<Cube> {
    plan.queries.iter().map(|query| source.cube(query, catalog(program, query))).collect()
}

/// The embedded engine over a CSV text for source 0.
pub fn embedded(csv: &str) -> Engine {
    Engine::new(".").inline(0, csv.as_bytes().to_vec())
}

/// A cube as text that is the same for the same figures, whoever has answered: identities are written out, and nothing of the
/// problems is kept.
pub fn shown(query: &CubeQuery, cube: &Cube) -> String {
    let mut out = format!("rows {} periods {:?}\n", cube.rows, cube.periods);
    for (set, cells) in query.sets.iter().zip(&cube.sets) {
        out.push_str(&format!("set {:?}\n", set.keys));
        for (codes, values) in cells {
            let values: Vec<String> = values
                .iter()
                .zip(&set.lanes)
                .map(|(value, lane)| match (value, query.lanes[*lane].state) {
                    (LaneValue::Keys(keys), jauge::plan::LaneState::Keys(column)) => {
                        let all = &cube.keys[&column];
                        format!("{:?}", keys.iter().map(|key| &all[*key as usize]).collect::<Vec<_>>())
                    }
                    (value, _) => format!("{value:?}"),
                })
                .collect();
            out.push_str(&format!("{codes:?} {}\n", values.join(" ")));
        }
    }
    out
}

/// Every cell of two answers, compared.
pub fn assert_same(name: &str, program: &Program, plan: &Plan, ours: &[Cube], theirs: &[Cube]) {
    for ((query, ours), theirs) in plan.queries.iter().zip(ours).zip(theirs) {
        assert!(!theirs.unreadable, "{name}: {}", told(&theirs.problems));
        let (left, right) = (shown(query, ours), shown(query, theirs));
        if left != right {
            let source = &program.sources[query.source].name;
            let differing: Vec<String> = left
                .lines()
                .zip(right.lines())
                .filter(|(left, right)| left != right)
                .take(5)
                .map(|(left, right)| format!("  engine {left}\n  sql    {right}"))
                .collect();
            panic!(
                "{name}: {source}: {} and {} lines\n{}\nproblems: {}\n{query:#?}",
                left.lines().count(),
                right.lines().count(),
                differing.join("\n"),
                told(&theirs.problems)
            );
        }
    }
}

/// Problems as lines of code, place and title.
pub fn told(problems: &[Problem]) -> String {
    let mut out = String::new();
    for problem in problems {
        let place = match &problem.at {
            Place::Text(_) => "text".to_string(),
            Place::Data(at) => format!("{}:{}", at.path, at.line),
            Place::Path(path) => path.clone(),
            Place::Table(at) => {
                format!("{} [{}] `{}` {} rows, such as `{}`", at.table, at.column, at.text, at.rows, at.key)
            }
        };
        let words = problem.words(Lang::En);
        out.push_str(&format!("{} {place}: {} ({})\n", problem.code(), words.title, words.label));
    }
    out
}

/// The records of a CSV text without quotes inside cells.
pub fn records(csv: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let cells = |line: &str| line.split(',').map(|cell| cell.trim_matches('"').to_string()).collect::<Vec<_>>();
    let mut lines = csv.lines();
    let header = lines.next().map(cells).unwrap_or_default();
    (header, lines.map(cells).collect())
}

/// How often each code is told of each column; keys that repeat count rows too many, and codes that are not found their rows,
/// whoever tells them.
pub fn tally(cube: &Cube) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    for problem in &cube.problems {
        let (code, column, times) = match (&problem.at, problem.code()) {
            (Place::Data(_), "E0528") => ("repeated", String::new(), 1),
            (Place::Table(at), "E0587") => ("repeated", String::new(), at.rows - 1),
            (Place::Data(at), code) => {
                let rows = match &problem.fact {
                    Fact::LookupProblem(LookupProblem::NotFound { rows, .. }) => *rows,
                    _ => 1,
                };
                (code, at.header.clone(), rows)
            }
            (Place::Table(at), code) => (code, at.column.clone(), at.rows.max(1)),
            (_, code) => (code, String::new(), 1),
        };
        *all.entry(format!("{code} {column}")).or_default() += times;
    }
    all
}

/// Both answers have the same cells and the same mistakes, or none has cells.
pub fn assert_alike(name: &str, query: &CubeQuery, ours: &Cube, theirs: &Cube) {
    assert_eq!(theirs.unreadable, ours.unreadable, "{name}: {}", told(&theirs.problems));
    let (left, right) = (shown(query, ours), shown(query, theirs));
    if left != right {
        let differing: Vec<String> = left
            .lines()
            .zip(right.lines().chain(std::iter::repeat("")))
            .filter(|(left, right)| left != right)
            .take(4)
            .map(|(left, right)| format!("  engine {left}\n  sql    {right}"))
            .collect();
        panic!("{name}:\n{}\n{query:?}", differing.join("\n"));
    }
    assert_eq!(tally(ours), tally(theirs), "{name}\n{}\nENGINE\n{}", told(&theirs.problems), told(&ours.problems));
}
