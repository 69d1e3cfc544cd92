//! Partials of which one place has its rows in PostgreSQL and another in a file: the merge gives the figures of all rows in one file.
#![cfg(feature = "postgres")]

mod common;
#[path = "common/server.rs"]
mod server;

use common::*;
use jauge::evaluate::evaluate;
use jauge::plan::CubeSource;
use jauge::problem::Problem;
use jauge::program::model::Program;
use jauge::text::Lang;
use jauge_partial::{MergeKey, Partial, Writer, merge, questions, read};
use jauge_sql::postgres::Postgres;
use server::Server;

const REGISTER: &str = r#"language: english

unit aid
  singular: "aid"
  plural:   "aids"

unit migrant
  singular: "migrant"
  plural:   "migrants"
  is a:     person

unit dirham
  singular: "dirham"
  plural:   "dirhams"
  currency: MAD

dimension sex "Sex"
  groups: exclusive
  members:
    F  "Female"
    M  "Male"

source aids "Aids"
  file:        "aids.csv"
  each row is: an aid
  key:         id
  counts:      migrants by person
  period:      day (year)
  columns:
    id      text, confidential
    day     date
    person  text, confidential, may be missing
    sex     sex, may be missing
    amount  number of dirhams, 2 decimals, may be missing

indicator aided "Aids"
  measure:          number of aids in aids
  disaggregated by: sex

indicator migrants "Distinct migrants"
  measure:          number of distinct migrants in aids
  disaggregated by: sex

indicator spent "Amount"
  measure:          sum of amount in aids
  disaggregated by: sex

indicator middle "Median"
  measure:          median of amount in aids

indicator least "Least"
  measure:          minimum of amount in aids

indicator opening "First"
  measure:          first of amount in aids

indicator closing "Last"
  measure:          last of amount in aids where sex = F (missing excluded)

indicator share "Share"
  numerator:        aided where sex = F (missing excluded)
  denominator:      aided
  unit of measure:  %
"#;

const ROWS: [&str; 9] = [
    "a1,2018-01-01,p1,F,10.50",
    "a2,2018-12-31,p2,M,7.5",
    "a3,2019-06-15,p1,F,",
    "a4,2019-06-15,,M,1250",
    "a5,2020-02-29,a person with a long identity,F,0.01",
    "a6,2020-02-29,p3,,-3",
    "a7,2020-03-01,p1,M,10.5",
    "a8,2021-03-04,p2,F,99.99",
    "a9,2021-03-04,p4,F,0",
];

const HEADER: &str = "id,day,person,sex,amount";

fn csv(rows: &[&str]) -> String {
    std::iter::once(HEADER).chain(rows.iter().copied()).collect::<Vec<_>>().join("\n") + "\n"
}

/// What one place writes, sent as a file.
fn sent(program: &Program, answers: &Program, label: &str, answerer: &dyn CubeSource) -> (String, Partial) {
    let plan = everything(program);
    let key = MergeKey::new("a phrase that the regions share").expect("long enough");
    let questions = questions(program, &plan, false);
    let cubes = questions.iter().map(|one| answerer.cube(&one.query, catalog(answers, &one.query))).collect();
    let writer = Writer { label, key: Some(&key), engine: jauge_engine::IDENTITIES, protected: true };
    let told = |problems: Vec<Problem>| panic!("{label}: {}", told(&problems));
    let partial = Partial::new(program, &plan, questions, cubes, writer).unwrap_or_else(told);
    let text = partial.write(program);
    (format!("{label}.json"), read(program, label, text.as_bytes()).unwrap_or_else(told))
}

#[test]
fn a_table_and_a_file_make_the_whole() {
    let Some(server) = Server::start() else { return };
    let own = program(REGISTER, Lang::En);
    let with_table = program(&REGISTER.replace("aids.csv", &server.address("aids")), Lang::En);
    let types = [("id", "text"), ("day", "date"), ("person", "text"), ("sex", "text"), ("amount", "double precision")];
    let columns = types.map(|(name, of)| (name.to_string(), of.to_string()));
    let plan = everything(&own);
    let whole = evaluate(&own, &plan, &answers(&own, &plan, &embedded(&csv(&ROWS)))).0;
    let expected: Vec<String> = whole.figures.iter().map(|figure| format!("{figure:?}")).collect();
    assert!(expected.len() > 20);
    for cut in [0, 1, 4, ROWS.len()] {
        let (table, file) = ROWS.split_at(cut);
        let cells: Vec<Vec<String>> = table.iter().map(|row| row.split(',').map(str::to_string).collect()).collect();
        server.load("aids", &columns, &cells);
        let partials = vec![
            sent(&own, &with_table, "table", &Postgres::default()),
            sent(&own, &own, "file", &embedded(&csv(file))),
        ];
        let (merged, _) = merge(&own, partials, true).unwrap_or_else(|problems| panic!("{}", told(&problems)));
        let outcome = evaluate(&own, &merged.plan, &merged.cubes()).0;
        let found: Vec<String> = outcome.figures.iter().map(|figure| format!("{figure:?}")).collect();
        assert_eq!(found, expected, "{cut} rows in the table");
    }
}
