//! The engine and the evaluator against slow ones written apart, on random small tables; and what must hold on any table.

use std::collections::BTreeMap;

use jauge::evaluate::evaluate;
use jauge::outcome::{Outcome, Value};
use jauge::plan::{Catalog, Cube, CubeSource, LaneValue, Plan, Request, plan};
use jauge::program::model::Program;
use jauge::program::{Context, check};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge::types::Number;
use jauge_engine::Engine;
use jauge_testkit::naive::{self, Rows};
use jauge_testkit::reference;
use proptest::prelude::*;

const HEAD: &str = r#"language: english

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

dimension region "Region"
  groups: exclusive
  levels: region, province
  members:
    TTA  "Tanger"
      TNG  "Tanger-Assilah"
      TET  "Tétouan"
    ORI  "Oriental"
      OUJ  "Oujda"

source aids "Aids"
  file:        "aids.csv"
  each row is: an aid
  key:         id
  counts:      migrants by person
  period:      day (year)
  columns:
    id      text
    day     date
    person  text, may be missing
    sex     sex, may be missing
    place   region, may be missing
    amount  number of dirhams, may be missing

indicator girls "Per cent of aids"
  numerator:        number of aids in aids where sex = F (missing excluded)
  denominator:      number of aids in aids
  unit of measure:  %
  disaggregated by: region
"#;

/// What is measured.
const BASES: &[&str] = &[
    "number of aids in aids",
    "number of distinct migrants in aids",
    "sum of amount in aids",
    "average of amount in aids",
    "median of amount in aids",
    "minimum of amount in aids",
    "maximum of amount in aids",
    "longest gap in days between day in aids",
];

/// Under which condition.
const CONDITIONS: &[&str] = &[
    "",
    " where sex = F (missing excluded)",
    " where sex <> F (missing counted)",
    " where place = ORI (missing excluded)",
    " where amount > 10 (missing excluded)",
    " where amount is missing",
    " where (sex = M (missing excluded) or place = TTA (missing counted))",
    " where not (sex = F (missing counted))",
];

/// In which time. Only sums of rows may be added over periods.
const TIMES: &[(&str, bool)] = &[
    ("", false),
    ("previous period of ", false),
    ("change in % of ", false),
    ("change of ", false),
    ("cumulative since 2018 of ", true),
    ("average over 2 periods of ", true),
];

#[derive(Debug, Clone)]
struct Table(Vec<[String; 6]>);

impl Table {
    fn csv(&self) -> String {
        let mut out = String::from("id,day,person,sex,place,amount\n");
        for row in &self.0 {
            out.push_str(&row.join(","));
            out.push('\n');
        }
        out
    }
}

fn table() -> impl Strategy<Value = Table> {
    let days = prop::sample::select(vec!["2018-01-01", "2018-12-31", "2019-06-15", "2020-02-29", "2021-03-04"]);
    let person = prop::sample::select(vec!["", "p1", "p2", "p3"]);
    // `X` and `Y` are codes of no list: reported, and counted as unknown.
    let sex = prop::sample::select(vec!["", "F", "M", "X"]);
    let place = prop::sample::select(vec!["", "TTA", "TNG", "TET", "ORI", "OUJ", "Y"]);
    let amount = prop::sample::select(vec!["", "0", "10", "10.00", "10.01", "7.5", "-3", "1250"]);
    prop::collection::vec((days, person, sex, place, amount), 1..24).prop_map(|rows| {
        let row = |(at, (day, person, sex, place, amount)): (usize, (&str, &str, &str, &str, &str))| {
            [format!("a{at}"), day.into(), person.into(), sex.into(), place.into(), amount.into()]
        };
        Table(rows.into_iter().enumerate().map(row).collect())
    })
}

fn indicators() -> impl Strategy<Value = String> {
    let one = (0..BASES.len(), 0..CONDITIONS.len(), 0..TIMES.len(), 0..3usize);
    prop::collection::vec(one, 1..5).prop_map(|chosen| {
        let mut text = String::from(HEAD);
        for (at, (base, condition, (time, adds), by)) in
            chosen.into_iter().map(|(base, condition, time, by)| (base, condition, TIMES[time], by)).enumerate()
        {
            let base_at = if adds && base != 2 { 0 } else { base };
            let by = ["", "  disaggregated by: sex\n", "  disaggregated by: region, province x sex\n"][by];
            text.push_str(&format!(
                "\nindicator base_{at} \"Base\"\n  measure: {}{}\n{by}\nindicator made_{at} \"Made\"\n  measure: {time}base_{at}\n{by}",
                BASES[base_at], CONDITIONS[condition]
            ));
        }
        text
    })
}

/// The program of a text in which nothing is wrong.
fn program(text: &str) -> Program {
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

fn answer(program: &Program, plan: &Plan, source: &dyn CubeSource) -> Vec<Cube> {
    plan.queries
        .iter()
        .map(|query| {
            let source_of = &program.sources[query.source];
            let catalog = Catalog {
                source: source_of,
                sources: &program.sources,
                dimensions: &program.dimensions,
                calendars: &program.calendars,
            };
            source.cube(query, catalog)
        })
        .collect()
}

fn engine(table: &Table) -> Engine {
    Engine::new(".").inline(0, table.csv())
}

fn evaluated(program: &Program, engine: &Engine) -> Outcome {
    let plan = plan(program, &Request::all());
    evaluate(program, &plan, &answer(program, &plan, engine)).0
}

/// A lane's value without how it is written: 10 and 10.00 are one number.
fn plain(value: &LaneValue) -> String {
    match value {
        LaneValue::Count(count) => format!("{count}"),
        LaneValue::Qualified(sum) => format!("{sum:?}"),
        LaneValue::Sum(sum, values) => format!("{} of {values}", naive::number(*sum)),
        LaneValue::Keys(keys) => format!("{keys:?}"),
        LaneValue::Extreme(extreme) => format!("{:?}", extreme.map(naive::number)),
        LaneValue::Values(values) => {
            let mut all: BTreeMap<Number, u64> = BTreeMap::new();
            for (value, rows) in values {
                *all.entry(naive::number(*value)).or_default() += rows;
            }
            format!("{all:?}")
        }
    }
}

fn cells(cube: &Cube) -> Vec<BTreeMap<Vec<i32>, Vec<String>>> {
    let set = |set: &jauge::plan::Cells| {
        set.iter().map(|(codes, cell)| (codes.to_vec(), cell.iter().map(plain).collect())).collect()
    };
    cube.sets.iter().map(set).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_counts_what_rows_say(table in table(), text in indicators()) {
        let program = program(&text);
        let plan = plan(&program, &Request::all());
        let slow = answer(&program, &plan, &Rows::default().csv("aids", &table.csv()));
        let fast = answer(&program, &plan, &engine(&table));
        for (slow, fast) in slow.iter().zip(&fast) {
            prop_assert_eq!(cells(slow), cells(fast));
            prop_assert_eq!(slow.rows, fast.rows);
            prop_assert_eq!(&slow.periods, &fast.periods);
        }
    }

    #[test]
    fn figures_are_what_their_definitions_say(table in table(), text in indicators()) {
        let program = program(&text);
        let rows = Rows::default().csv("aids", &table.csv());
        for figure in evaluated(&program, &engine(&table)).figures {
            let by_definition = reference::figure(&program, &rows, figure.indicator, figure.period, &figure.group);
            let name = &program.indicators[figure.indicator].name;
            prop_assert_eq!(figure.value.number(), by_definition, "{} {:?} {:?}\n{}\n{}", name, figure.period, figure.group, table.csv(), text);
        }
    }

    #[test]
    fn order_splits_and_threads_change_nothing(table in table(), text in indicators(), threads in 1usize..5) {
        let program = program(&text);
        let expected = evaluated(&program, &engine(&table));
        let mut turned = table.clone();
        turned.0.reverse();
        prop_assert_eq!(&evaluated(&program, &engine(&turned)), &expected);
        let split = engine(&table).threads(threads).chunk_bytes(64);
        prop_assert_eq!(&evaluated(&program, &split), &expected);
    }

    #[test]
    fn totals_are_their_parts_and_ratios_their_sums(table in table()) {
        let text = format!("{HEAD}\nindicator all \"All\"\n  measure: number of aids in aids\n  disaggregated by: sex, region\n");
        let program = program(&text);
        let figures = evaluated(&program, &engine(&table)).figures;
        for figure in &figures {
            match program.indicators[figure.indicator].name.as_str() {
                "all" if figure.group.is_empty() => {
                    for dimension in 0..program.dimensions.len() {
                        let parts = figures.iter().filter(|part| {
                            part.indicator == figure.indicator
                                && part.period == figure.period
                                && part.group.iter().any(|key| key.dimension == dimension)
                        });
                        let sum = parts.filter_map(|part| part.value.number()).fold(Number::zero(), |a, b| a + b);
                        prop_assert_eq!(Some(sum), figure.value.number());
                    }
                }
                "girls" => {
                    if let (Some(over), Some(under)) = (&figure.numerator, &figure.denominator) {
                        let quotient = over.stated().divide(under.stated()).map(|quotient| quotient * Number::from(100i64));
                        prop_assert_eq!(figure.value.number(), quotient);
                    }
                }
                _ => {}
            }
        }
    }

    #[test]
    fn direction_changes_no_value(table in table()) {
        let values = |direction: &str| -> Vec<Value> {
            let text = format!(
                "{HEAD}\nindicator all \"All\"\n  measure: number of aids in aids\n  direction: {direction}\n  target: 2021 = 5\n"
            );
            evaluated(&program(&text), &engine(&table)).figures.into_iter().map(|figure| figure.value).collect()
        };
        let up = values("up");
        for direction in ["down", "stable", "none"] {
            prop_assert_eq!(&values(direction), &up);
        }
    }
}

const FACTS: &str = r#"language: english

unit migrant
  singular: "migrant"
  plural:   "migrants"
  is a:     person

dimension sex "Sex"
  groups: exclusive
  members:
    F  "Female"
    M  "Male"

source aids "Aids"
  file:        "aids.csv"
  each row is: a count
  count:       number of migrants
  fact:        fact
  priority:    provider "B", "A"
  period:      year (year)
  columns:
    fact      text, may be missing
    provider  text
    sex       sex, total "_T"

indicator aided "Aided"
  measure: number of migrants in aids
  disaggregated by: sex
"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn facts_are_counted_once_whatever_the_order(
        rows in proptest::collection::vec(
            ("[xyz]?", prop::sample::select(vec!["A", "B", "C"]), prop::sample::select(vec!["F", "M", "_T"]), 1u8..4,
             2019u16..2021), 0..14),
        chunk in 1usize..40,
        threads in 1usize..4,
    ) {
        let mut text = String::from("fact,provider,sex,number,year\n");
        for (fact, provider, sex, number, year) in &rows {
            text.push_str(&format!("{fact},{provider},{sex},{number},{year}\n"));
        }
        let file = SourceFile::new("facts.jauge", FACTS);
        let parsed = vec![parse(FileId(0), &file, Lang::En)];
        let checked = check(&parsed, &Context { lang: Lang::En, tables: &BTreeMap::new() });
        prop_assert!(checked.problems.is_empty(), "{:?}", checked.problems);
        let plan = plan(&checked.program, &Request::all());
        let query = plan.queries.first().expect("a source");
        let program = &checked.program;
        let source = program.sources.first().expect("a source");
        let catalog = Catalog { source, sources: &program.sources, dimensions: &program.dimensions, calendars: &program.calendars };
        let naive = Rows::default().csv("aids", &text).cube(query, catalog);
        let fast = Engine::new(".").chunk_bytes(chunk).threads(threads).inline(0, text.clone()).cube(query, catalog);
        prop_assert_eq!(&fast.sets, &naive.sets, "{}", text);
        let whole = Engine::new(".").threads(1).inline(0, text.clone()).cube(query, catalog);
        prop_assert_eq!(fast, whole, "{}", text);
    }
}
