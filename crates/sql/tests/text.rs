//! The text of the statements in the four dialects, on a project that tells: hostile names, a school year, bands, totals,
//! several indicators over the same rows.

mod common;

use common::*;
use jauge::plan::{Request, plan};
use jauge::text::Lang;
use jauge_sql::{Ask, Dialect, NotInSql, Table, script, source_document, text};

const PROJECT: &str = r#"language: english

calendar school_year "School year"
  starts: 1 September

unit pupil
  singular: "pupil"
  plural:   "pupils"
  is a:     person

dimension sex "Sex"
  groups: exclusive
  members:
    F "Girls", alias "O'Brien; DROP TABLE x -- */ $$ \"
    M "Boys"

dimension age "Age"
  groups:   exclusive
  bands of: years
  members:
    0-11 "Children"
    12+  "Youths"

source register "Register"
  file:        "register.csv"
  each row is: a pupil
  key:         pupil
  period:      entered (school_year)
  columns:
    pupil   text, confidential
    entered date
    sex     sex, may be missing, header "Sexe 'déclaré' -- */ \"
    age     age, may be missing
    mark    number, may be missing

indicator enrolled "Enrolled"
  measure:          number of pupils in register
  disaggregated by: sex, age

indicator girls "Girls"
  measure: number of pupils in register where sex = F (missing excluded)

indicator good_girls "Girls with good marks"
  measure: number of pupils in register where (sex = F (missing excluded) and mark >= 12.5 (missing excluded))

indicator marks "Average mark"
  measure: average of mark in register

indicator middle "Median mark"
  measure: median of mark in register
"#;

#[test]
fn four_dialects() {
    let program = program(PROJECT, Lang::En);
    let plan = everything(&program);
    let notes = plan.notes(&program, Lang::En);
    for dialect in Dialect::ALL {
        let query = &plan.queries[0];
        let catalog = catalog(&program, query);
        let table = Table::declared(catalog, false);
        let script = script(Ask { query, catalog, table: &table, dialect, notes: Some(&notes[0]) }).expect("a script");
        insta::assert_snapshot!(format!("sql_{}", dialect.name()), text("register", &script, Lang::En));
    }
}

#[test]
fn the_document_of_a_source() {
    let program = program(PROJECT, Lang::En);
    let request = Request { indicators: Some(vec![1]), ..Request::default() };
    let plan = plan(&program, &request);
    let notes = plan.notes(&program, Lang::En);
    let query = &plan.queries[0];
    let catalog = catalog(&program, query);
    let table = Table::declared(catalog, true);
    let ask = Ask { query, catalog, table: &table, dialect: Dialect::Duckdb, notes: Some(&notes[0]) };
    let mut document = source_document(&program, query, &notes[0], &script(ask).expect("a script"));
    document.statements.iter_mut().for_each(|statement| statement.sql = "…".into());
    insta::assert_snapshot!("document", serde_json::to_string_pretty(&document).expect("JSON"));
}

/// Every lane of the query is rendered, or the source is refused with the indicators that rest on it.
#[test]
fn what_cannot_be_said_is_refused_by_name() {
    // Qualified figures have no order and no median.
    let text = PROJECT
        .replace("mark    number,", "mark    number, qualified,")
        .replace(" and mark >= 12.5 (missing excluded)", " and sex = M (missing excluded)")
        .replace("median of", "sum of");
    let program = program(&text, Lang::En);
    let plan = everything(&program);
    let notes = plan.notes(&program, Lang::En);
    let query = &plan.queries[0];
    let catalog = catalog(&program, query);
    let table = Table::declared(catalog, false);
    let ask = Ask { query, catalog, table: &table, dialect: Dialect::Postgresql, notes: Some(&notes[0]) };
    let refused = script(ask).expect_err("qualified numbers");
    assert_eq!(refused.why, NotInSql::Qualified);
    let problem = jauge_sql::problem_of(&refused, catalog.source, Some(&notes[0]));
    let words = problem.words(Lang::En);
    assert_eq!(
        words.title,
        "qualified numbers (\"more than 50,000\") are not computed in a database (source `register`, column `mark`)"
    );
    assert_eq!(words.label, "for marks, middle");
}
