//! Text and rows to figures, over the slow cube source: what the conformance pages show, and the pages of E06 and E07.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use jauge::evaluate::{evaluate, run_test};
use jauge::outcome::{Member, Outcome, Value};
use jauge::plan::{Catalog, Cube, CubeSource, Plan, Request, plan};
use jauge::problem::Problem;
use jauge::program::model::{InlineData, Program};
use jauge::program::{Context, check};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge_testkit::naive::Rows;

/// The sound program of a text; its problems must be none unless they are asked for.
fn program(text: &str) -> (Program, Vec<Problem>) {
    let parsed = [parse(FileId(0), &SourceFile::new("test.jauge", text), Lang::Fr)];
    let checked = check(&parsed, &Context { lang: Lang::Fr, tables: &BTreeMap::new() });
    let problems = parsed.iter().flat_map(|parsed| parsed.problems.clone()).chain(checked.problems).collect();
    (checked.program, problems)
}

fn cubes(program: &Program, plan: &Plan, rows: &dyn CubeSource) -> Vec<Cube> {
    let cube = |query: &jauge::plan::CubeQuery| {
        let source = &program.sources[query.source];
        rows.cube(
            query,
            Catalog {
                source,
                sources: &program.sources,
                dimensions: &program.dimensions,
                calendars: &program.calendars,
            },
        )
    };
    plan.queries.iter().map(cube).collect()
}

fn show(program: &Program, outcome: &Outcome) -> String {
    let mut out = String::new();
    for figure in &outcome.figures {
        let group: Vec<String> = figure
            .group
            .iter()
            .map(|key| match &key.member {
                Member::Code(at) => program.dimensions[key.dimension].members[*at].code.clone(),
                Member::Unknown => "?".to_string(),
                Member::Remainder => "rest".to_string(),
            })
            .collect();
        let calendar = &program.calendars[usize::from(figure.period.calendar.0)];
        let value = match &figure.value {
            Value::Number(number) => number.show(Lang::En, None),
            other => format!("{other:?}"),
        };
        let name = &program.indicators[figure.indicator].name;
        let _ = write!(out, "{name} {} {}: {value}", figure.period.label(calendar, Lang::En), group.join(" "));
        if let Some(status) = figure.status {
            let _ = write!(out, " {status:?}");
        }
        out.push('\n');
    }
    for rule in &outcome.rules {
        let _ = writeln!(out, "rule {}: {:?}", program.rules[rule.rule].name, rule.result);
    }
    out
}

/// Pages of E06 and E07: the first example yields exactly its code, the mended one nothing.
#[test]
fn error_pages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let mut wrong = String::new();
    for entry in std::fs::read_dir(folder).expect("the pages") {
        let path = entry.expect("an entry").path();
        let code = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if !(code[1..].starts_with("06") || code[1..].starts_with("07")) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a page");
        let (mut csv, mut nth) = (String::new(), 0);
        let mut fences = text.split("```");
        fences.next();
        while let (Some(fence), _) = (fences.next(), fences.next()) {
            let (info, body) = fence.split_once('\n').expect("a fence with an info line");
            if info.starts_with("csv") {
                csv = body.to_string();
                continue;
            }
            let expected: &[&str] = if nth % 2 == 0 { &[code.as_str()] } else { &[] };
            nth += 1;
            let found = codes(body, &csv);
            if found != expected {
                let _ = writeln!(wrong, "{code}, example {nth}: {found:?} instead of {expected:?}");
            }
        }
        assert_eq!(nth, 4, "{code} has two examples in each language");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn codes(text: &str, csv: &str) -> Vec<String> {
    let (program, mut problems) = program(text);
    let name = program.sources.first().map(|source| source.name.clone()).unwrap_or_default();
    let rows = Rows::default().csv(&name, csv);
    let plan = plan(&program, &Request::all());
    problems.extend(evaluate(&program, &plan, &cubes(&program, &plan, &rows)).1);
    for test in &program.tests {
        let mut inline = Rows::default();
        for InlineData { source, header, rows } in &test.data {
            let rows = rows.iter().map(|(cells, _)| cells.clone()).collect();
            inline.tables.insert(program.sources[*source].name.clone(), (header.clone(), rows));
        }
        problems.extend(run_test(&program, test, &inline).1);
    }
    problems.iter().map(|problem| problem.code().to_string()).collect()
}

const SCHOOL: &str = r#"language: english

unit pupil
  singular: "pupil"
  plural:   "pupils"
  is a:     person

dimension sex "Sex"
  groups: exclusive
  members:
    F  "Female"
    M  "Male"

source register "Register"
  file:        "register.csv"
  each row is: a pupil
  key:         id
  period:      year (year)
  columns:
    id   text
    sex  sex, may be missing

indicator enrolled "Enrolled"
  measure:          number of pupils in register
  disaggregated by: sex

indicator girls "Girls, per cent"
  numerator:        enrolled where sex = F (missing excluded)
  denominator:      enrolled
  unit of measure:  %

indicator growth "Growth"
  measure:          change in % of enrolled
"#;

#[test]
fn a_register() {
    let (program, problems) = program(SCHOOL);
    assert!(problems.iter().all(|problem| !problem.code().starts_with('E')), "{problems:?}");
    let rows =
        Rows::default().csv("register", "id,year,sex\na,2019,F\nb,2019,M\nc,2021,F\nd,2021,\ne,2021,F\nf,2021,M");
    let plan = plan(&program, &Request::all());
    let (outcome, problems) = evaluate(&program, &plan, &cubes(&program, &plan, &rows));
    assert!(problems.is_empty(), "{problems:?}");
    insta::assert_snapshot!(show(&program, &outcome));
    insta::assert_snapshot!(plan.show(&program, Lang::En));
}
