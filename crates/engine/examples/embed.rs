//! A project text and a CSV file to figures, from Rust: parse, check, plan, scan, evaluate.

use std::collections::BTreeMap;
use std::path::Path;

use jauge::evaluate::evaluate;
use jauge::outcome::Value;
use jauge::plan::{Catalog, Cube, CubeSource, Request, plan};
use jauge::problem::{Problem, Severity};
use jauge::program::{Context, check};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge_engine::Engine;

const TEXT: &str = r#"language: english

calendar school_year "School year"
  starts: 1 September

unit pupil
  singular: "pupil"
  plural:   "pupils"
  is a:     person

dimension sex "Sex"
  groups: exclusive
  members:
    F "girls"
    M "boys"

source enrolments "Foreign children enrolled"
  file:        "inscriptions.csv"
  each row is: a count
  count:       eleves of pupils
  period:      annee (school_year)
  columns:
    sexe  sex, total "_T"

indicator enrolled "Foreign children enrolled at school"
  measure:   number of pupils in enrolments
  direction: up

indicator girls "Girls among enrolled children"
  numerator:       enrolled where sex = F
  denominator:     enrolled
  unit of measure: %
  rounding:        2 decimals
  direction:       stable
"#;

fn main() {
    let lang = Lang::En;
    let file = SourceFile::new("school.jauge", TEXT);

    // Parsing and checking never fail: they return what they made and what they found wrong.
    let parsed = [parse(FileId(0), &file, lang)];
    let checked = check(&parsed, &Context { lang, tables: &BTreeMap::new() });
    let program = &checked.program;

    // One query per source serves all indicators.
    let plan = plan(program, &Request::all());
    let engine = Engine::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data"));
    let cubes: Vec<Cube> = plan
        .queries
        .iter()
        .map(|query| match program.sources.get(query.source) {
            Some(source) => {
                let catalog = Catalog {
                    source,
                    sources: &program.sources,
                    dimensions: &program.dimensions,
                    calendars: &program.calendars,
                };
                engine.cube(query, catalog)
            }
            None => Cube { unreadable: true, ..Cube::default() },
        })
        .collect();
    let (outcome, found) = evaluate(program, &plan, &cubes);

    let problems: Vec<&Problem> = parsed
        .iter()
        .flat_map(|parsed| &parsed.problems)
        .chain(&checked.problems)
        .chain(cubes.iter().flat_map(|cube| &cube.problems))
        .chain(&found)
        .collect();
    for problem in &problems {
        let words = problem.words(lang);
        eprintln!("{}: {}\n  {}", problem.code(), words.title, words.help);
    }

    for figure in &outcome.figures {
        let Some(indicator) = program.indicators.get(figure.indicator) else { continue };
        let Some(calendar) = program.calendars.get(figure.period.calendar.0 as usize) else { continue };
        let period = figure.period.label(calendar, lang);
        match &figure.value {
            Value::Number(number) => {
                let (above, below) = number.fraction();
                println!("{} {period} = {} ({above}/{below})", indicator.name, number.show(lang, indicator.rounding));
            }
            state => println!("{} {period}: no figure, {state:?}", indicator.name),
        }
    }
    if problems.iter().any(|problem| problem.severity() == Severity::Error) {
        std::process::exit(1);
    }
}
