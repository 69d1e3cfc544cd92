//! Projects and rows in places: what each writes, what the merge gives, and what all rows in one place give.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;

use jauge::evaluate::evaluate;
use jauge::outcome::Outcome;
use jauge::plan::{Catalog, Cube, CubeQuery, CubeSource, Plan, Request, plan};
use jauge::problem::Problem;
use jauge::program::model::Program;
use jauge::program::{Context, check};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge_engine::Engine;
use jauge_partial::{MergeKey, Partial, Writer, merge, questions, read, refusals};

pub const SECRET: &str = "une phrase que les régions partagent";

/// The program of a text in which nothing is wrong.
pub fn program(text: &str) -> Program {
    let parsed = [parse(FileId(0), &SourceFile::new("test.jauge", text), Lang::En)];
    let checked = check(&parsed, &Context { lang: Lang::En, tables: &BTreeMap::new() });
    let problems = parsed.iter().flat_map(|parsed| &parsed.problems).chain(&checked.problems);
    let errors: Vec<String> = problems
        .filter(|problem| problem.code().starts_with('E'))
        .map(|problem| format!("{} {}", problem.code(), problem.words(Lang::En).title))
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    checked.program
}

/// The CSV of each source, in the order of the program.
pub type Data = Vec<String>;

fn engine(data: &Data) -> Engine {
    let engine = Engine::new(".").threads(1);
    data.iter().enumerate().fold(engine, |engine, (at, csv)| engine.inline(at, csv.as_bytes()))
}

pub fn answer(program: &Program, query: &CubeQuery, data: &Data) -> Cube {
    let source = &program.sources[query.source];
    let catalog =
        Catalog { source, sources: &program.sources, dimensions: &program.dimensions, calendars: &program.calendars };
    engine(data).cube(query, catalog)
}

/// What all rows in one place give.
pub fn whole(program: &Program, data: &Data) -> (Outcome, Vec<Problem>) {
    let plan = plan(program, &Request::all());
    let cubes: Vec<Cube> = plan.queries.iter().map(|query| answer(program, query, data)).collect();
    evaluate(program, &plan, &cubes)
}

/// How a place writes.
#[derive(Clone, Copy)]
pub struct How {
    pub secret: Option<&'static str>,
    pub keys: bool,
    pub protected: bool,
}

pub const USUAL: How = How { secret: Some(SECRET), keys: false, protected: true };

pub fn asked(program: &Program) -> Plan {
    plan(program, &Request::all())
}

/// What one place writes.
pub fn written(program: &Program, label: &str, data: &Data, how: How) -> Result<Partial, Vec<Problem>> {
    let plan = asked(program);
    let questions = questions(program, &plan, how.keys);
    let refused = refusals(program, &plan, &questions, how.protected, how.secret.is_some());
    if !refused.is_empty() {
        return Err(refused);
    }
    let cubes = questions.iter().map(|question| answer(program, &question.query, data)).collect();
    let key = how.secret.map(|secret| MergeKey::new(secret).expect("long enough"));
    let writer = Writer { label, key: key.as_ref(), engine: "test", protected: how.protected };
    Partial::new(program, &plan, questions, cubes, writer)
}

/// A partial sent as a file.
pub fn sent(program: &Program, partial: &Partial) -> Partial {
    let text = partial.write(program);
    let read = read(program, "sent.json", text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"));
    assert_eq!(read.write(program), text, "what is read is what was written");
    read
}

/// Merges partials, each under the name of its file.
pub fn merged(program: &Program, partials: &[Partial]) -> Result<(Partial, Vec<Problem>), Vec<Problem>> {
    let named = partials.iter().enumerate().map(|(at, partial)| (format!("{at}.json"), partial.clone()));
    merge(program, named.collect(), true)
}

pub fn evaluated(program: &Program, partial: &Partial) -> (Outcome, Vec<Problem>) {
    evaluate(program, &partial.plan, &partial.cubes())
}

pub fn codes(problems: &[Problem]) -> Vec<&'static str> {
    problems.iter().map(Problem::code).collect()
}
