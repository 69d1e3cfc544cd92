//! The text of the statements in the four dialects, on a project that tells: hostile names, a school year, bands, totals,
//! several indicators over the same rows.

mod common;

use common::*;
use jauge::plan::{Request, plan};
use jauge::problem::{AddressWrong, Fact, NotReached, Stopped, TableProblem};
use jauge::text::{Both, Lang};
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
        insta::assert_snapshot!(
            format!("sql_{}", dialect.name()),
            text("register", &script, &program.sources, Lang::En)
        );
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

const LOOK_UP: &str = r#"
source towns "Towns"
  file:        "towns.csv"
  each row is: an event
  key:         code
  columns:
    code  text, header "Code 'INSEE' -- */ \"
    size  number, may be missing, unknown "n.d."
    sex   sex

indicator of_large "Pupils of large towns"
  measure: number of pupils in register where size > 10 (missing excluded)

indicator born "Pupils by the sex of their mayor"
  measure:          number of pupils in register
  disaggregated by: sex
"#;

/// The project with columns that are looked up.
fn looks_up() -> String {
    PROJECT
        .replace(
            "    sex     sex,",
            "    town    text, may be missing, unknown \"?\"\n    sex     sex in towns by town,",
        )
        .replace(", header \"Sexe 'déclaré' -- */ \\\"", "")
        .replace("    mark    number,", "    size    size in towns by town\n    mark    number,")
        + LOOK_UP
}

/// The other source is read once, and each row finds its own there by its code.
#[test]
fn look_ups_in_four_dialects() {
    let program = program(&looks_up(), Lang::En);
    let request = Request { indicators: Some(vec![5]), ..Request::default() };
    let plan = plan(&program, &request);
    let notes = plan.notes(&program, Lang::En);
    for dialect in Dialect::ALL {
        let query = &plan.queries[0];
        let catalog = catalog(&program, query);
        let table = Table::declared(catalog, false);
        let script = script(Ask { query, catalog, table: &table, dialect, notes: Some(&notes[0]) }).expect("a script");
        let text = text("register", &script, &program.sources, Lang::Fr);
        insta::assert_snapshot!(format!("look_up_{}", dialect.name()), text);
        let document = source_document(&program, query, &notes[0], &script);
        assert_eq!(document.looked_in[0].table, ["towns"]);
    }
}

/// What is not said in SQL of a source is not looked up there either.
#[test]
fn look_ups_in_what_cannot_be_said() {
    let text = looks_up().replace("  key:         code\n", "  excluded rows: \"Total\"\n  key:         code\n");
    let program = program(&text, Lang::En);
    let plan = everything(&program);
    let query = &plan.queries[0];
    let catalog = catalog(&program, query);
    let table = Table::declared(catalog, false);
    for dialect in Dialect::ALL {
        let ask = Ask { query, catalog, table: &table, dialect, notes: None };
        let refused = script(ask).expect_err("a refusal");
        assert_eq!(refused.why, NotInSql::ExcludedRows);
        let words = jauge_sql::problem_of(&refused, catalog.source, None).words(Lang::En);
        assert_eq!(
            words.title,
            "rows left out by their first cell are not computed in a database (source `register`, column `sex`)"
        );
    }
}

/// What is said, in both languages: these are read by people.
#[test]
fn words() {
    let wanted = Both { fr: "text ou integer", en: "text or integer" };
    let said = || "connection refused".to_string();
    let not_reached = |why| TableProblem::NotReached { server: "ana@serveur:5432/stat".into(), why, said: said() };
    let stopped = |why| TableProblem::Stopped { why, said: said() };
    let not_in_sql = |why| TableProblem::NotInSql {
        why,
        source: "registre".into(),
        column: Some("note".into()),
        indicators: ["a", "b", "c", "d", "e", "f"].map(String::from).to_vec(),
    };
    let table = || "suivi.eleves".to_string();
    let all = vec![
        TableProblem::PasswordInText { without: "postgres://ana@serveur/stat?table=eleves".into() },
        TableProblem::BadAddress { wrong: AddressWrong::NoTable { write: "postgres://s/b?table=schema.table".into() } },
        TableProblem::BadAddress {
            wrong: AddressWrong::Parameter { name: "tabel".into(), near: Some("table".into()) },
        },
        TableProblem::BadAddress { wrong: AddressWrong::Parameter { name: "zz".into(), near: None } },
        TableProblem::BadAddress { wrong: AddressWrong::Part { text: "99999".into() } },
        TableProblem::NoClient { table: table() },
        not_reached(NotReached::NoAnswer),
        not_reached(NotReached::Login),
        not_reached(NotReached::Database),
        not_reached(NotReached::Service),
        not_reached(NotReached::Tls),
        TableProblem::TableUnusable { table: table(), forbidden: true, near: None, user: "ana".into() },
        TableProblem::TableUnusable { table: table(), forbidden: false, near: None, user: "ana".into() },
        TableProblem::TableUnusable {
            table: table(),
            forbidden: false,
            near: Some("eleve".into()),
            user: "ana".into(),
        },
        not_in_sql(NotInSql::Facts),
        not_in_sql(NotInSql::Milestones),
        not_in_sql(NotInSql::Qualified),
        not_in_sql(NotInSql::ExcludedRows),
        not_in_sql(NotInSql::Constant),
        not_in_sql(NotInSql::Period),
        TableProblem::ColumnKind { column: "sexe".into(), found: "jsonb".into(), wanted },
        TableProblem::KeyRepeats {
            columns: vec!["eleve".into(), "annee".into()],
            key: "E1 | 2020".into(),
            rows: 3,
            looked_up: false,
        },
        TableProblem::KeyRepeats { columns: vec!["code".into()], key: "001".into(), rows: 2, looked_up: true },
        stopped(Stopped::Timeout),
        stopped(Stopped::Cancelled),
        stopped(Stopped::Lost),
        stopped(Stopped::Failed),
        TableProblem::ReadInFilesOnly { text: "15 juin 2020".into(), column: "entree".into() },
        TableProblem::TableEmpty { table: table() },
    ];
    let mut out = String::new();
    for fact in all {
        let fact = Fact::from(fact);
        for lang in Lang::ALL {
            let words = fact.words().into(lang);
            out.push_str(&format!(
                "{} {}\n  {}\n  {}\n",
                fact.code(),
                words.title,
                words.label,
                words.help.replace('\n', "\n  ")
            ));
        }
        out.push('\n');
    }
    insta::assert_snapshot!("words", out);
}
