//! A real PostgreSQL against the embedded engine: every cell, every figure.
#![cfg(feature = "postgres")]

mod common;
#[path = "common/server.rs"]
mod server;

use common::*;
use jauge::evaluate::evaluate;
use jauge::plan::CubeSource;
use jauge::problem::{Fact, Problem};
use jauge::program::model::Program;
use jauge::program::{Context, check, table_address};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge_sql::Absent;
use jauge_sql::postgres::Postgres;
use server::Server;

/// A program whose source `at` is a table.
fn with_table(program: &Program, at: usize, server: &Server, table: &str) -> Program {
    let mut program = program.clone();
    program.sources[at].path = Some(server.address(table));
    program
}

fn types(header: &[String], special: &[(&str, &str)]) -> Vec<(String, String)> {
    let of = |name: &str| special.iter().find(|(one, _)| *one == name).map_or("text", |(_, of)| of).to_string();
    header.iter().map(|name| (name.clone(), of(name))).collect()
}

#[test]
fn the_example_registers_have_the_same_figures() {
    let Some(server) = Server::start() else { return };
    for (name, definitions, csv, lang, typed) in [
        (
            "registre",
            "examples/registre-enfants/registre.jauge",
            "examples/registre-enfants/donnees/appuis.csv",
            Lang::Fr,
            &[("debut", "date"), ("age", "integer")][..],
        ),
        (
            "register",
            "examples/school-register/pupils.jauge",
            "examples/school-register/data/pupils.csv",
            Lang::En,
            &[][..],
        ),
    ] {
        let own = program_of(definitions, lang);
        let text = std::fs::read_to_string(root().join(csv)).expect("data");
        let (header, rows) = records(&text);
        for (kind, special) in [("typed", typed), ("texts", &[][..])] {
            server.load(name, &types(&header, special), &rows);
            let program = with_table(&own, 0, &server, name);
            let plan = everything(&own);
            let ours = answers(&own, &plan, &embedded(&text));
            let theirs = answers(&program, &plan, &Postgres::default());
            assert_same(&format!("{name} {kind}"), &own, &plan, &ours, &theirs);
            let (our_figures, their_figures) = (evaluate(&own, &plan, &ours).0, evaluate(&own, &plan, &theirs).0);
            assert!(!our_figures.figures.is_empty());
            assert_eq!(format!("{:?}", our_figures.figures), format!("{:?}", their_figures.figures), "{name}");
        }
    }
}

/// The pages of E0580 to E0589: each example gives exactly its code, its mended form nothing.
#[test]
fn error_pages() {
    let Some(server) = Server::start() else { return };
    let mut wrong = String::new();
    let mut pages = 0;
    for code in Fact::codes() {
        if !(code.starts_with("E058") || code == "W0510") {
            continue;
        }
        pages += 1;
        let page = std::fs::read_to_string(root().join(format!("docs/errors/{code}.md"))).expect("a page");
        let (french, english) = page.split_once("## English").expect("both languages");
        for (section, lang) in [(french, Lang::Fr), (english, Lang::En)] {
            let mut nth = 0;
            let mut fences = section.split("```");
            fences.next();
            while let (Some(fence), _) = (fences.next(), fences.next()) {
                let (info, body) = fence.split_once('\n').expect("a fence with an info line");
                if info == "sql" {
                    server.client().batch_execute(body).expect("a table");
                    continue;
                }
                assert_eq!(info, "jauge table", "{code}");
                nth += 1;
                let found = codes_of(body, lang, &server, code);
                let expected: &[&str] = if nth == 1 { &[code] } else { &[] };
                if found != expected {
                    wrong.push_str(&format!("{code} {lang:?}, example {nth}: {found:?}\n"));
                }
            }
            assert_eq!(nth, 2, "{code}");
        }
    }
    assert_eq!(pages, 11);
    assert!(wrong.is_empty(), "{wrong}");
}

fn codes_of(text: &str, lang: Lang, server: &Server, code: &str) -> Vec<String> {
    let text = text.replace("postgres://?table=", &server.address(""));
    let parsed = [parse(FileId(0), &SourceFile::new("page.jauge", &text), lang)];
    let checked = check(&parsed, &Context { lang, tables: &Default::default() });
    let mut problems: Vec<Problem> =
        parsed.iter().flat_map(|one| one.problems.clone()).chain(checked.problems).collect();
    // Their addresses are no servers, or no tables: there is nothing to read.
    if !["E0580", "E0581"].contains(&code) {
        let program = checked.program;
        for query in &everything(&program).queries {
            let is_table =
                program.sources[query.source].path.as_deref().is_some_and(|path| table_address(path).is_some());
            let answerer: &dyn CubeSource = match (code, is_table) {
                ("E0582", true) => &Absent,
                (_, true) => &Postgres::default(),
                (_, false) => continue,
            };
            problems.extend(answerer.cube(query, catalog(&program, query)).problems);
        }
    }
    problems.iter().map(|problem| problem.code().to_string()).collect()
}
