//! Random queries over random tables with hostile names and texts: PostgreSQL and the embedded engine have the same cells and
//! the same mistakes. `JAUGE_CASES` says how many.
#![cfg(feature = "postgres")]

mod common;
#[path = "common/server.rs"]
mod server;
#[path = "common/world.rs"]
mod world;

use common::*;
use jauge::plan::CubeSource;
use jauge_engine::Engine;
use jauge_sql::Stored;
use jauge_sql::postgres::Postgres;
use server::Server;
use world::*;

const CASES: u64 = 40;

#[test]
fn random_tables() {
    let Some(server) = Server::start() else { return };
    let cases = std::env::var("JAUGE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES);
    let first = std::env::var("JAUGE_CASE").ok().and_then(|text| text.parse().ok());
    for case in first.map_or(0..cases, |first| first..first + 1) {
        let mut luck = Luck(0x9e37_79b9_7f4a_7c15 ^ (case + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
        let kind = case % 4;
        // Texts as in files, readable and not; types of the database; numbers and truth values by other types.
        let (marked, clean) = (kind < 2, kind != 0);
        let mut world = world(marked);
        world.declare_decimals(kind, (case / 4).is_multiple_of(2));
        let count = luck.below(30);
        let rows = rows(&mut luck, count, marked, clean);
        let of = |column: usize| match (kind, TYPED[column], column) {
            (0 | 1, _, _) | (_, Stored::Text, _) => "text",
            (3, _, AMOUNT) => "double precision",
            (3, _, DAY) => "timestamp",
            (3, _, AGE) => "real",
            (3, _, PRICE) => "bigint",
            (3, _, PAID) => "integer",
            (3, _, PERSON) => "varchar(40)",
            (_, Stored::Number, _) => "numeric",
            (_, Stored::Integer, _) => "integer",
            (_, Stored::Date | Stored::Instant, _) => "date",
            (_, Stored::YesNo, _) => "boolean",
            (_, Stored::Single | Stored::Double | Stored::Value, _) => "double precision",
        };
        let columns: Vec<(String, String)> =
            HOSTILE.iter().enumerate().map(|(at, name)| (name.to_string(), of(at).to_string())).collect();
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                let cell = |(at, (text, typed)): (usize, &Cell)| match (of(at), at) {
                    ("text" | "varchar(40)", _) => text.clone(),
                    ("integer", PAID) => typed.replace("true", "1").replace("false", "0"),
                    _ => typed.clone(),
                };
                row.iter().enumerate().map(cell).collect()
            })
            .collect();
        server.load("t \"%\" é", &columns, &cells);
        let towns = towns(&mut luck, marked, clean);
        let of_town = |column: usize| match (kind, TOWNS_TYPED[column], column) {
            (0 | 1, _, _) | (_, Stored::Text, 1..) => "text",
            (3, Stored::Text, _) => "varchar(20)",
            (3, Stored::Number, _) => "double precision",
            (3, Stored::Date, _) => "timestamp",
            (_, Stored::Number, _) => "numeric",
            (_, Stored::Date, _) => "date",
            (_, Stored::YesNo, _) => "boolean",
            (_, _, _) => "text",
        };
        let columns: Vec<(String, String)> =
            TOWNS.iter().enumerate().map(|(at, name)| (name.to_string(), of_town(at).to_string())).collect();
        let is_text = |of: &str| matches!(of, "text" | "varchar(20)");
        let cell =
            |(at, (text, typed)): (usize, &Cell)| if is_text(of_town(at)) { text.clone() } else { typed.clone() };
        let cells: Vec<Vec<String>> = towns.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect();
        server.load("villes '\"%\"", &columns, &cells);
        let engine = Engine::new(".").inline(0, csv(&HOSTILE, &rows)).inline(1, csv(&TOWNS, &towns));
        for number in 0..4 {
            let query = query(&mut luck);
            world.sources[0].path = None;
            world.sources[1].path = None;
            let ours = engine.cube(&query, world.catalog());
            world.sources[0].path = Some(server.address("t%20%22%25%22%20%C3%A9"));
            world.sources[1].path = Some(server.address("villes%20'%22%25%22"));
            let theirs = Postgres::default().cube(&query, world.catalog());
            if count == 0 && !ours.unreadable {
                // Files say so with their headers, tables without.
                assert_eq!(shown(&query, &ours), shown(&query, &theirs), "case {case}.{number}");
                continue;
            }
            assert_alike(&format!("case {case}.{number}"), &query, &ours, &theirs);
        }
    }
}
