//! A column of declared decimals has the same figures and the same problems as text, as exact decimal and as binary number of
//! 64 and of 32 bits; a slow evaluator that reads the text says which.

use std::collections::BTreeMap;
use std::sync::Arc;

use jauge::evaluate::evaluate;
use jauge::plan::{Catalog, Cube, CubeSource, Decimal, LaneValue, Plan, Request, plan};
use jauge::problem::{Place, Problem};
use jauge::program::model::Program;
use jauge::program::{Context, check};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge::types::Number;
use jauge_engine::Engine;
use jauge_testkit::naive::Rows;
use parquet::data_type::{DoubleType, FloatType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

/// The project over a file; `declared` stands behind the type of the column.
fn program(file: &str, declared: &str) -> Program {
    let text = format!(
        r#"language: english

unit aid
  singular: "aid"
  plural:   "aids"

unit dirham
  singular: "dirham"
  plural:   "dirhams"
  currency: MAD

source aids "Aids"
  file:         "{file}"
  decimal mark: point
  each row is:  an aid
  period:       year (year)
  columns:
    year    text
    amount  number of dirhams, may be missing{declared}

indicator total "Total"
  measure: sum of amount in aids

indicator least "Least"
  measure: minimum of amount in aids

indicator middle "Middle"
  measure: median of amount in aids

indicator average "Average"
  measure: average of amount in aids

indicator large "Large ones"
  measure: number of aids in aids where amount > 10 (missing excluded)
"#
    );
    // The mark of decimals is for texts alone, and says nothing against columns with types.
    let parsed = vec![parse(FileId(0), &SourceFile::new("aids.jauge", &text), Lang::En)];
    let checked = check(&parsed, &Context { lang: Lang::En, tables: &BTreeMap::new() });
    assert!(parsed[0].problems.is_empty() && checked.problems.is_empty(), "{:?}", checked.problems);
    checked.program
}

fn answer(program: &Program, answerer: &dyn CubeSource) -> (Plan, Cube) {
    let plan = plan(program, &Request::all());
    let query = plan.queries.first().expect("a source");
    let source = program.sources.first().expect("a source");
    let catalog =
        Catalog { source, sources: &program.sources, dimensions: &program.dimensions, calendars: &program.calendars };
    let cube = answerer.cube(query, catalog);
    (plan, cube)
}

/// Every figure, as it is shown exactly.
fn figures(program: &Program, plan: &Plan, cube: &Cube) -> Vec<String> {
    let outcome = evaluate(program, plan, std::slice::from_ref(cube)).0;
    let of = |figure: &jauge::outcome::Figure| {
        format!("{} {:?} {:?} {:?}", figure.indicator, figure.period, figure.group, figure.value)
    };
    outcome.figures.iter().map(of).collect()
}

/// Code and row of data of each problem.
fn told(problems: &[Problem], header: u64) -> Vec<(String, u64)> {
    let of = |problem: &Problem| match &problem.at {
        Place::Data(at) => (problem.code().to_string(), at.line - header),
        other => panic!("{other:?}"),
    };
    let mut told: Vec<(String, u64)> = problems.iter().map(of).collect();
    told.sort();
    told
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kept {
    Decimal,
    Double,
    Single,
}

/// The rows as a Parquet file, in two groups.
fn parquet(rows: &[Option<i64>], scale: u8, kept: Kept, dictionary: bool) -> Vec<u8> {
    let of = match kept {
        Kept::Decimal => format!("int64 amount (DECIMAL(18, {scale}))"),
        Kept::Double => "double amount".to_string(),
        Kept::Single => "float amount".to_string(),
    };
    let schema = format!("message aids {{ required int64 year; optional {of}; }}");
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let properties = WriterProperties::builder().set_dictionary_enabled(dictionary).set_write_batch_size(3).build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).expect("a writer");
    for rows in rows.chunks(rows.len().div_ceil(2).max(1)) {
        let mut group = writer.next_row_group().expect("a group");
        let mut column = group.next_column().expect("a column").expect("a column");
        column.typed::<Int64Type>().write_batch(&vec![2020; rows.len()], None, None).expect("values");
        column.close().expect("a column");
        let levels: Vec<i16> = rows.iter().map(|row| i16::from(row.is_some())).collect();
        let there = || rows.iter().flatten();
        let mut column = group.next_column().expect("a column").expect("a column");
        match kept {
            Kept::Decimal => {
                let all: Vec<i64> = there().copied().collect();
                column.typed::<Int64Type>().write_batch(&all, Some(&levels), None).expect("values");
            }
            Kept::Double => {
                let all: Vec<f64> = there().map(|one| text(*one, scale).parse().expect("a number")).collect();
                column.typed::<DoubleType>().write_batch(&all, Some(&levels), None).expect("values");
            }
            Kept::Single => {
                let all: Vec<f32> = there().map(|one| text(*one, scale).parse().expect("a number")).collect();
                column.typed::<FloatType>().write_batch(&all, Some(&levels), None).expect("values");
            }
        }
        column.close().expect("a column");
        group.close().expect("a group");
    }
    writer.close().expect("a file");
    bytes
}

fn text(mantissa: i64, scale: u8) -> String {
    Number::scaled(mantissa.into(), scale).decimal()
}

fn csv(rows: &[Option<i64>], scale: u8) -> String {
    let of = |row: &Option<i64>| format!("2020,{}\n", row.map_or(String::new(), |mantissa| text(mantissa, scale)));
    std::iter::once("year,amount\n".to_string()).chain(rows.iter().map(of)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn one_column_in_four_forms(
        rows in proptest::collection::vec(proptest::option::weighted(0.9, (-(1i64 << 50)..1i64 << 50, 0u32..48)), 1..24),
        scale in 0u8..=6,
        declared in 0u8..=6,
        dictionary: bool,
        small: bool,
    ) {
        // What 32 bits tell apart at every scale, or what 64 bits do.
        let most = if small { 22 } else { 50 };
        let rows: Vec<Option<i64>> = rows
            .into_iter()
            .map(|row| row.map(|(mantissa, shift)| (mantissa >> shift) % (1i64 << most)))
            .collect();
        let option = format!(", {declared} decimals");
        let own = program("aids.csv", &option);
        let csv = csv(&rows, scale);
        let (plan, ours) = answer(&own, &Engine::new(".").inline(0, csv.clone()));
        let (_, slow) = answer(&own, &Rows::default().csv("aids", &csv));
        let expected = figures(&own, &plan, &slow);
        prop_assert_eq!(&figures(&own, &plan, &ours), &expected, "{}", csv);
        let more = |row: &Option<i64>| row.is_some_and(|one| {
            let parts = 10i64.pow(u32::from(scale.saturating_sub(declared)));
            one % parts != 0
        });
        let wrong: Vec<(String, u64)> = rows
            .iter()
            .zip(1u64..)
            .filter(|(row, _)| more(row))
            .map(|(_, line)| ("E0541".to_string(), line))
            .collect();
        prop_assert_eq!(&told(&ours.problems, 1), &wrong, "{}", csv);
        let other = program("aids.parquet", &option);
        for kept in [Kept::Decimal, Kept::Double, Kept::Single] {
            // Zeros at the end take room too: 32 bits tell nothing apart of what needs more of them than these numbers have, and
            // neither do 64 of the largest ones.
            let fits = match kept {
                Kept::Decimal => true,
                Kept::Double => small || declared <= scale,
                Kept::Single => small && declared <= scale,
            };
            if !fits {
                continue;
            }
            let bytes = parquet(&rows, scale, kept, dictionary);
            let (plan, cube) = answer(&other, &Engine::new(".").inline(0, bytes));
            prop_assert_eq!(&figures(&other, &plan, &cube), &expected, "{:?} {}", kept, csv);
            prop_assert_eq!(&told(&cube.problems, 0), &wrong, "{:?} {}", kept, csv);
        }
    }

    /// Without a declaration a binary number is read where it is whole.
    #[test]
    fn undeclared(rows in proptest::collection::vec(-4000i64..4000, 1..24), dictionary: bool, single: bool) {
        let rows: Vec<Option<i64>> = rows.into_iter().map(Some).collect();
        let own = program("aids.parquet", "");
        let kept = if single { Kept::Single } else { Kept::Double };
        let (plan, cube) = answer(&own, &Engine::new(".").inline(0, parquet(&rows, 1, kept, dictionary)));
        let whole: Vec<Option<i64>> = rows.iter().map(|row| row.filter(|one| one % 10 == 0)).collect();
        let (_, slow) = answer(&own, &Rows::default().csv("aids", &csv(&whole, 1)));
        prop_assert_eq!(figures(&own, &plan, &cube), figures(&own, &plan, &slow));
        let wrong: Vec<(String, u64)> = whole
            .iter()
            .zip(1u64..)
            .filter(|(row, _)| row.is_none())
            .map(|(_, line)| ("E0558".to_string(), line))
            .collect();
        prop_assert_eq!(told(&cube.problems, 0), wrong);
    }
}

/// What is no decimal of the column is told, and nothing else is lost.
#[test]
fn odd_numbers() {
    let schema = Arc::new(
        parse_message_type("message aids { required int64 year; required double amount; }").expect("a schema"),
    );
    let odd = [
        (f64::NAN, "E0558"),
        (f64::INFINITY, "E0558"),
        (f64::NEG_INFINITY, "E0558"),
        (1e300, "E0558"),
        (-1e22, "E0558"),
        (90_071_992_547_409.93, "E0558"),
        (5e-324, "E0541"),
        (0.1 + 0.2, "E0541"),
        (0.125, "E0541"),
        (-0.0, ""),
        (90_071_992_547.41, ""),
        (-0.01, ""),
    ];
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::default()).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    let mut column = group.next_column().expect("a column").expect("a column");
    column.typed::<Int64Type>().write_batch(&[2020; 12], None, None).expect("values");
    column.close().expect("a column");
    let mut column = group.next_column().expect("a column").expect("a column");
    column.typed::<DoubleType>().write_batch(&odd.map(|(number, _)| number), None, None).expect("values");
    column.close().expect("a column");
    group.close().expect("a group");
    writer.close().expect("a file");
    let own = program("aids.parquet", ", 2 decimals");
    let (_, cube) = answer(&own, &Engine::new(".").inline(0, bytes));
    let mut wrong: Vec<(String, u64)> = odd
        .iter()
        .zip(1u64..)
        .filter(|((_, code), _)| !code.is_empty())
        .map(|((_, code), line)| (code.to_string(), line))
        .collect();
    wrong.sort();
    assert_eq!(told(&cube.problems, 0), wrong);
    let total = LaneValue::Sum(Decimal { mantissa: 900_719_925_474, scale: 1 }, 3);
    assert!(cube.sets.iter().flat_map(|set| set.values()).flatten().any(|value| *value == total), "{:?}", cube.sets);
}
