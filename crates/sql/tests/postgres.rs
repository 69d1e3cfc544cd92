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
use jauge_engine::Engine;
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

/// A project whose files are tables.
fn in_tables(text: &str, server: &Server, tables: &[(&str, &str)]) -> Program {
    let address = |text: String, (file, table): &(&str, &str)| text.replace(file, &server.address(table));
    program(&tables.iter().fold(text.to_string(), address), Lang::Fr)
}

/// What is looked up in another table is what is looked up in another file.
#[test]
fn the_example_of_look_ups_has_the_same_figures() {
    let Some(server) = Server::start() else { return };
    let read = |file: &str| std::fs::read_to_string(root().join("examples/communes").join(file)).expect("a file");
    let text = read("communes.jauge");
    let (pupils, communes) = (read("donnees/eleves.csv"), read("donnees/communes.csv"));
    let own = program(&text, Lang::Fr);
    let at = |name: &str| own.sources.iter().position(|source| source.name == name).expect("a source");
    let engine = Engine::new(".").inline(at("élèves"), pupils.clone()).inline(at("communes"), communes.clone());
    for special in [&[("internat", "boolean"), ("exercice", "integer")][..], &[]] {
        for (table, csv) in [("eleves", &pupils), ("communes", &communes)] {
            let (header, rows) = records(csv);
            let truth = |cell: String| match cell.as_str() {
                "oui" if !special.is_empty() => "true".into(),
                "non" if !special.is_empty() => "false".into(),
                _ => cell,
            };
            let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row.into_iter().map(truth).collect()).collect();
            server.load(table, &types(&header, special), &rows);
        }
        let program = in_tables(&text, &server, &[("eleves.csv", "eleves"), ("communes.csv", "communes")]);
        let plan = everything(&own);
        let ours = answers(&own, &plan, &engine);
        let theirs = answers(&program, &plan, &Postgres::default());
        assert_same("communes", &own, &plan, &ours, &theirs);
        let (our_figures, their_figures) = (evaluate(&own, &plan, &ours).0, evaluate(&own, &plan, &theirs).0);
        assert!(!our_figures.figures.is_empty());
        assert_eq!(format!("{:?}", our_figures.figures), format!("{:?}", their_figures.figures));
    }
}

/// Codes that are not found, identifiers that repeat, and cells that cannot be read are told of the table where they are.
#[test]
fn mistakes_in_look_ups() {
    let Some(server) = Server::start() else { return };
    let text = std::fs::read_to_string(root().join("examples/communes/communes.jauge")).expect("a file");
    let load = |table: &str, header: &[&str], rows: &[&[&str]]| {
        let columns: Vec<(String, String)> = header.iter().map(|name| (name.to_string(), "text".into())).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect();
        server.load(table, &columns, &rows);
    };
    let pupils: [&[&str]; 6] = [
        &["A1", "2024", "001"],
        &["A2", "2024", "1"],
        &["A3", "2024", "1"],
        &["A4", "2024", "SECRET"],
        &["A5", "2024", ""],
        &["A6", "2024", " 002\u{a0}"],
    ];
    load("eleves", &["matricule", "exercice", "code_commune"], &pupils);
    let header = ["code_commune", "région", "milieu", "internat"];
    load("communes", &header, &[&["001", "TTA", "U", "oui"], &["002", "TTA", "urbain", "non"]]);
    load("deux", &header, &[&["001", "TTA", "U", "oui"], &["002", "TTA", "R", "non"], &[" 001", "ORI", "U", "oui"]]);
    load("autres", &["région", "milieu", "internat"], &[&["TTA", "U", "oui"]]);
    let mut out = String::new();
    for (name, communes, find, put) in [
        ("not found", "communes", "", ""),
        (
            "not found, and hidden",
            "communes",
            "code_commune texte\n    région       région de",
            "code_commune texte, confidentiel\n    région       région de",
        ),
        ("twice", "deux", "", ""),
        ("no such table", "commune", "", ""),
        ("no such column", "autres", "", ""),
    ] {
        let text = if find.is_empty() { text.clone() } else { text.replace(find, put) };
        let program = in_tables(&text, &server, &[("eleves.csv", "eleves"), ("communes.csv", communes)]);
        let plan = everything(&program);
        let cubes = answers(&program, &plan, &Postgres::default());
        let told = told(&cubes[0].problems);
        assert_eq!(told.contains("SECRET"), name == "not found", "{told}");
        let near = |problem: &&Problem| problem.words(Lang::En).help.contains("correct the cell (001?)");
        assert_eq!(cubes[0].problems.iter().filter(near).count(), usize::from(name == "not found"), "{told}");
        let figures = evaluate(&program, &plan, &cubes).0.figures;
        let enrolled = figures.iter().find(|figure| figure.group.is_empty() && figure.period.first == 2024);
        let enrolled = enrolled.map(|figure| format!("{:?}", figure.value));
        out.push_str(&format!("# {name}: {enrolled:?}\n{told}"));
    }
    // Somebody has made the program of other places than those that were checked.
    let mut apart = in_tables(&text, &server, &[("eleves.csv", "eleves"), ("communes.csv", "communes")]);
    let plan = everything(&apart);
    for path in ["communes.csv", "postgres://elsewhere/postgres?table=communes"] {
        apart.sources[0].path = Some(path.into());
        out.push_str(&format!("# {path}\n{}", told(&answers(&apart, &plan, &Postgres::default())[0].problems)));
    }
    insta::assert_snapshot!("mistakes_in_look_ups", out.replace(&server.port.to_string(), "PORT"));
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

const PUPILS: &str = r#"language: english

unit pupil
  singular: "pupil"
  plural:   "pupils"
  is a:     person

dimension sex "Sex"
  groups: exclusive
  members:
    F "Girls"
    M "Boys"

source register "Register"
  file:        "postgres://?table=pupils"
  each row is: a pupil
  key:         id
  period:      year (year)
  columns:
    id   text
    name text, confidential
    sex  sex
    mark number

indicator enrolled "Enrolled"
  measure:          number of pupils in register
  disaggregated by: sex

indicator names "Names"
  measure: number of distinct pupils in register where name <> "x"

indicator marks "Marks"
  measure: sum of mark in register
"#;

/// One query of a program whose tables are in the server.
fn ask(server: &Server, text: &str, postgres: &Postgres) -> jauge::plan::Cube {
    let program = program(&text.replace("postgres://?table=", &server.address("")), Lang::En);
    let plan = everything(&program);
    postgres.cube(&plan.queries[0], catalog(&program, &plan.queries[0]))
}

/// Mistakes in the data are counted in the server; what is confidential does not leave it.
#[test]
fn mistakes_are_told_with_counts_and_examples() {
    let Some(server) = Server::start() else { return };
    let text = PUPILS
        .replace("name text, confidential", "name number, confidential")
        .replace(" where name <> \"x\"", " where name > 3");
    let text = text.replace("number of distinct pupils", "number of pupils");
    let columns = ["id", "name", "year", "sex", "mark"].map(|name| (name.to_string(), "text".to_string()));
    let rows: Vec<Vec<String>> = [
        ["p1", "SECRET-1", "2020", "F", "12"],
        ["p2", "SECRET-2", "2020", "X", "1e3"],
        ["p2", "4", "2020", "X", "a"],
        ["p4", "5", "MMXX", "Fille", ""],
    ]
    .map(|row| row.map(String::from).to_vec())
    .to_vec();
    server.load("pupils", &columns, &rows);
    let cube = ask(&server, &text, &Postgres::default());
    let told = told(&cube.problems);
    assert!(!told.contains("SECRET"), "{told}");
    insta::assert_snapshot!("mistakes", told);
}

#[test]
fn trouble_with_the_server() {
    let Some(server) = Server::start() else { return };
    let mut out = String::new();
    let mut tell = |name: &str, cube: jauge::plan::Cube| {
        assert!(cube.unreadable, "{name}");
        let told = told(&cube.problems).replace(&server.port.to_string(), "PORT");
        out.push_str(&format!("# {name}\n{told}"));
    };
    let mut client = server.client();
    client
        .batch_execute(
            "CREATE TABLE pupils (id text, name text, year integer, sex text, mark jsonb); CREATE ROLE ana LOGIN; \
             CREATE SCHEMA closed; CREATE TABLE closed.pupils (LIKE pupils); \
             CREATE TABLE odd (LIKE pupils); ALTER TABLE odd ALTER mark TYPE numeric USING NULL, ALTER sex TYPE bytea USING NULL; \
             CREATE TABLE part (LIKE odd); ALTER TABLE part ALTER sex TYPE text USING NULL; \
             GRANT SELECT (id, name, year, sex) ON part TO ana; ALTER TABLE part DROP COLUMN name; \
             CREATE FUNCTION slow() RETURNS text LANGUAGE sql AS $$ SELECT pg_sleep(30)::text $$; \
             CREATE TABLE one (id text, name text, year integer, mark numeric); INSERT INTO one VALUES ('a', 'b', 2020, 1); \
             CREATE VIEW slow AS SELECT id, name, year, slow() AS sex, mark FROM one",
        )
        .expect("tables");
    let of = |table: &str| PUPILS.replace("?table=pupils", &format!("?table={table}"));
    tell("type of a column", ask(&server, PUPILS, &Postgres::default()));
    tell("type of a group", ask(&server, &of("odd"), &Postgres::default()));
    tell("no such table", ask(&server, &of("pupil"), &Postgres::default()));
    let as_ana = |table: &str| {
        of(table).replace("postgres://?", &server.address("").replace("postgres@", "ana@").replace("table=", ""))
    };
    tell("forbidden table", ask(&server, &as_ana("odd"), &Postgres::default()));
    tell("forbidden schema", ask(&server, &as_ana("closed.pupils"), &Postgres::default()));
    tell("forbidden column, and one that is not there", ask(&server, &as_ana("part"), &Postgres::default()));
    let other = of("pupils").replace("postgres://?", &server.address("").replace("/postgres?table=", "/nowhere?"));
    tell("no such database", ask(&server, &other, &Postgres::default()));
    let nobody =
        of("pupils").replace("postgres://?", &server.address("").replace("postgres@", "nobody@").replace("table=", ""));
    tell("no such user", ask(&server, &nobody, &Postgres::default()));
    client
        .batch_execute("ALTER ROLE ana SET statement_timeout = '300ms'; GRANT SELECT ON slow TO ana")
        .expect("a timeout");
    tell("too slow", ask(&server, &as_ana("slow"), &Postgres::default()));
    // Somebody presses Ctrl-C.
    let interrupt = jauge_sql::postgres::Interrupt::default();
    let own = interrupt.clone();
    let presses = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(700));
        own.stop();
    });
    let started = std::time::Instant::now();
    tell("interrupted", ask(&server, &of("slow"), &Postgres::new(interrupt)));
    assert!(started.elapsed() < std::time::Duration::from_secs(20));
    presses.join().expect("it was pressed");
    insta::assert_snapshot!("trouble", out);
}

/// Floating-point numbers are read by declared decimals, and told where they are none, as from a Parquet file.
#[test]
fn floating_point_numbers() {
    let Some(server) = Server::start() else { return };
    let mut client = server.client();
    client
        .batch_execute(
            "CREATE TABLE pupils (id text, name text, year integer, sex text, mark double precision, small real); \
             INSERT INTO pupils SELECT 'p' || row_number() OVER (), 'n', 2020, 'F', mark, small FROM (VALUES \
             ('0.1'::float8, '0.1'::float4), ('0.2', '131071.99'), ('1234.56', '200000.13'), ('90071992547.41', '200000'), \
             ('90071992547409.93', '0.001'), ('0.30000000000000004', '12'), ('NaN', 'NaN'), ('Infinity', '-Infinity'), \
             ('1e300', '1e30'), ('-0', '-0'), ('1e-5', '1e-5'), (NULL, NULL)) AS v (mark, small)",
        )
        .expect("a table");
    let mut out = String::new();
    for (mark, small) in [("", ""), (", 2 decimals", ", 2 decimals"), (", 5 decimals", ", 5 decimals")] {
        let text = PUPILS
            .replace(
                "mark number",
                &format!("mark number, may be missing{mark}\n    small number, may be missing{small}"),
            )
            .replace(
                "indicator marks",
                "indicator smalls \"Smalls\"\n  measure: sum of small in register\n\nindicator marks",
            );
        let program = program(&text.replace("postgres://?table=pupils", &server.address("pupils")), Lang::En);
        let plan = everything(&program);
        let cubes = answers(&program, &plan, &Postgres::default());
        assert!(!cubes[0].unreadable, "{}", told(&cubes[0].problems));
        let mut sums: Vec<String> = Vec::new();
        for value in cubes[0].sets.iter().filter_map(|set| set.values().next()).flatten() {
            if let jauge::plan::LaneValue::Sum(sum, count) = value {
                let sum = format!("{}/{count}", jauge::types::Number::scaled(sum.mantissa, sum.scale));
                if !sums.contains(&sum) {
                    sums.push(sum);
                }
            }
        }
        out.push_str(&format!("# mark{mark}, small{small}: {}\n{}", sums.join(" "), told(&cubes[0].problems)));
    }
    insta::assert_snapshot!("floating_point_numbers", out.replace(&server.port.to_string(), "PORT"));
}

/// Instants fall on a day of the clock that the source says, whatever the clock of the server's session is.
#[test]
fn instants() {
    let Some(server) = Server::start() else { return };
    let mut client = server.client();
    client
        .batch_execute(
            "ALTER DATABASE postgres SET timezone = 'Asia/Tokyo'; \
             CREATE TABLE pupils (id text, name text, at timestamptz, sex text, mark integer); \
             INSERT INTO pupils VALUES ('p1', 'n', '2019-12-31 23:30:00+00', 'F', 1), \
             ('p2', 'n', '2019-12-31 22:59:59.5+00', 'F', 10), ('p3', 'n', '2020-01-01 00:00:00+00', 'F', 100), \
             ('p4', 'n', '2020-01-01 00:00:00.5+00', 'F', 1000)",
        )
        .expect("a table");
    let mut out = String::new();
    for zone in ["", "UTC", "UTC+1", "UTC-1"] {
        let field = if zone.is_empty() { String::new() } else { format!("  time zone: \"{zone}\"\n") };
        let text = PUPILS
            .replace("  period:      year (year)\n", &format!("{field}  period:      at (year)\n"))
            .replace("    id   text\n", "    id   text\n    at   date\n");
        let program = program(&text.replace("postgres://?table=pupils", &server.address("pupils")), Lang::En);
        let plan = everything(&program);
        let cubes = answers(&program, &plan, &Postgres::default());
        assert!(!cubes[0].unreadable, "{}", told(&cubes[0].problems));
        let figures = evaluate(&program, &plan, &cubes).0.figures;
        let marks: Vec<String> = figures
            .iter()
            .filter(|figure| program.indicators[figure.indicator].name == "marks")
            .map(|figure| format!("{:?} {:?}", figure.period.first, figure.value))
            .collect();
        out.push_str(&format!("# zone `{zone}`\n{}\n{}", marks.join("\n"), told(&cubes[0].problems)));
    }
    insta::assert_snapshot!("instants", out);
}
