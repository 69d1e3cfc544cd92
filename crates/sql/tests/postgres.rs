//! A real PostgreSQL against the embedded engine: every cell, every figure.
#![cfg(feature = "postgres")]

mod common;
#[path = "common/server.rs"]
mod server;

use common::*;
use jauge::evaluate::evaluate;
use jauge::program::model::Program;
use jauge::text::Lang;
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
