//! Whoever reads everything that is shown cannot work out a count below the threshold: on random registers, for every small
//! count there is another table of whole counts, none below zero, that gives exactly the figures shown and another count
//! there. (What follows by linear algebra or by linear programming would be the same in all such tables.)

use std::collections::BTreeMap;

use jauge::evaluate::{evaluate, why};
use jauge::outcome::{Figure, Member, Value};
use jauge::plan::{Catalog, Cube, CubeSource, Request, plan};
use jauge::program::model::Program;
use jauge::program::{Context, check};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge::types::Number;
use jauge_engine::Engine;
use proptest::prelude::*;

const THRESHOLD: i64 = 5;

const TEXT: &str = r#"language: english

dimension region "Region"
  groups: exclusive
  members:
    A "A"
    B "B"
    C "C"

dimension sex "Sex"
  groups: exclusive
  members:
    F "F"
    M "M"

source register "Register"
  file: "r.csv"
  each row is: a person
  key: id
  confidentiality threshold: 5
  period: year
  columns:
    id      text, confidential
    region  region
    sex     sex

indicator all "All"
  measure: number of persons in register
"#;

/// Ways of breaking down and deriving; the first line of each is put under `all`.
const SHAPES: [&str; 5] = [
    "  disaggregated by: region x sex, region, sex\n",
    "  disaggregated by: region x sex\n",
    "  disaggregated by: region, sex\n\nindicator girls \"Girls\"\n  measure: all where sex = F\n  disaggregated by: region\n",
    "  disaggregated by: region\n\nindicator part \"Part\"\n  numerator: all where sex = F\n  denominator: all\n  unit of measure: %\n  disaggregated by: region\n\nindicator men \"Men\"\n  measure: all - (all where sex = F)\n",
    "  disaggregated by: region x sex\n\nindicator since \"Since\"\n  kind: cumulative\n  measure: cumulative since 2019 of all\n  disaggregated by: region, sex\n",
];

/// A cell of the true table: year, region, sex.
type Cell = (i32, usize, usize);
/// Cells with their factors, and their sum.
type Equation = (BTreeMap<Cell, i64>, i64);

fn program(shape: usize) -> Program {
    let text = format!("{TEXT}{}", SHAPES[shape]);
    let file = SourceFile::new("a.jauge", text);
    let parsed = vec![parse(FileId(0), &file, Lang::En)];
    let checked = check(&parsed, &Context { lang: Lang::En, tables: &BTreeMap::new() });
    assert!(parsed[0].problems.is_empty(), "{:?}", parsed[0].problems);
    assert!(checked.problems.iter().all(|problem| !problem.code().starts_with('E')), "{:?}", checked.problems);
    checked.program
}

fn whole(number: &Number) -> i64 {
    number.decimal().parse().expect("a whole count")
}

/// The cells of a group in the years from `first` to `last`.
fn cells(figure: &Figure, first: i32, last: i32, sex: Option<usize>) -> BTreeMap<Cell, i64> {
    let mut out = BTreeMap::new();
    for year in first..=last {
        for region in 0..3 {
            for of_sex in 0..2 {
                let inside = figure
                    .group
                    .iter()
                    .all(|key| key.member == Member::Code(if key.dimension == 0 { region } else { of_sex }))
                    && sex.is_none_or(|sex| sex == of_sex);
                if inside {
                    out.insert((year, region, of_sex), 1);
                }
            }
        }
    }
    out
}

/// Everything that the figures say, read off the outputs and the definitions alone.
fn shown(program: &Program, figures: &[Figure]) -> Vec<Equation> {
    let mut equations = Vec::new();
    for figure in figures {
        let name = program.indicators[figure.indicator].name.as_str();
        let year = 2019 + figure.period.first - first_year(figures);
        if figure.value == Value::Suppressed {
            assert!(figure.numerator.is_none() && figure.denominator.is_none() && figure.rows.withheld);
            continue;
        }
        let mut say = |cells: BTreeMap<Cell, i64>, number: &Number| equations.push((cells, whole(number)));
        match (name, figure.value.number()) {
            ("part", _) => {
                for (range, sex) in [(&figure.numerator, Some(0)), (&figure.denominator, None)] {
                    if let Some(range) = range {
                        say(cells(figure, year, year, sex), range.stated());
                    }
                }
            }
            (_, None) => {}
            ("all", Some(number)) => say(cells(figure, year, year, None), &number),
            ("girls", Some(number)) => say(cells(figure, year, year, Some(0)), &number),
            ("men", Some(number)) => say(cells(figure, year, year, Some(1)), &number),
            ("since", Some(number)) => say(cells(figure, 2019, year, None), &number),
            (other, _) => panic!("{other}"),
        }
    }
    equations
}

fn first_year(figures: &[Figure]) -> i32 {
    figures.iter().map(|figure| figure.period.first).min().unwrap_or(0)
}

/// Another table that gives all equations and another count in `target`.
fn other_table(
    equations: &[Equation],
    all: &[Cell],
    truth: &BTreeMap<Cell, i64>,
    target: &BTreeMap<Cell, i64>,
) -> bool {
    let of = |table: &BTreeMap<Cell, i64>, cells: &BTreeMap<Cell, i64>| -> i64 {
        cells.iter().map(|(cell, factor)| factor * table[cell]).sum()
    };
    let wanted = of(truth, target);
    // Cells are filled one by one; an equation is checked as soon as all its cells are, and bounds each before.
    fn fill(
        at: usize,
        all: &[Cell],
        left: &mut Vec<(i64, usize)>,
        member: &[Vec<usize>],
        table: &mut BTreeMap<Cell, i64>,
        done: &dyn Fn(&BTreeMap<Cell, i64>) -> bool,
        fuel: &mut usize,
    ) -> bool {
        let Some(cell) = all.get(at) else { return done(table) };
        if *fuel == 0 {
            return false;
        }
        *fuel -= 1;
        let most = member[at].iter().map(|row| left[*row].0).min().unwrap_or(30);
        let exact = member[at].iter().find(|row| left[**row].1 == 1).map(|row| left[*row].0);
        let range = exact.map_or(0..=most, |exact| exact..=exact);
        for value in range {
            if value < 0 || value > most {
                continue;
            }
            for row in &member[at] {
                left[*row].0 -= value;
                left[*row].1 -= 1;
            }
            let possible = member[at].iter().all(|row| left[*row].0 >= 0 && (left[*row].1 > 0 || left[*row].0 == 0));
            table.insert(*cell, value);
            let found = possible && fill(at + 1, all, left, member, table, done, fuel);
            for row in &member[at] {
                left[*row].0 += value;
                left[*row].1 += 1;
            }
            if found {
                return true;
            }
        }
        false
    }
    let mut left: Vec<(i64, usize)> = equations.iter().map(|(cells, sum)| (*sum, cells.len())).collect();
    let member: Vec<Vec<usize>> = all
        .iter()
        .map(|cell| (0..equations.len()).filter(|at| equations[*at].0.contains_key(cell)).collect())
        .collect();
    let mut table = BTreeMap::new();
    let mut fuel = 400_000;
    fill(0, all, &mut left, &member, &mut table, &|table| of(table, target) != wanted, &mut fuel)
}

fn attack(shape: usize, counts: &[i64]) {
    let program = program(shape);
    let all: Vec<Cell> = (2019..2021)
        .flat_map(|year| (0..3).flat_map(move |region| (0..2).map(move |sex| (year, region, sex))))
        .collect();
    let truth: BTreeMap<Cell, i64> = all.iter().copied().zip(counts.iter().copied()).collect();
    let mut csv = String::from("id,region,sex,year\n");
    for ((year, region, sex), count) in &truth {
        for at in 0..*count {
            let (of_region, of_sex) = (["A", "B", "C"][*region], ["F", "M"][*sex]);
            csv.push_str(&format!("SECRET-{year}{of_region}{of_sex}{at},{of_region},{of_sex},{year}\n"));
        }
    }
    let request = Request { explain: true, ..Request::all() };
    let plan = plan(&program, &request);
    let engine = Engine::new(".").inline(0, csv.into_bytes());
    let cubes: Vec<Cube> = plan
        .queries
        .iter()
        .map(|query| {
            let source = &program.sources[query.source];
            engine.cube(query, Catalog { source, dimensions: &program.dimensions, calendars: &program.calendars })
        })
        .collect();
    let (outcome, problems) = evaluate(&program, &plan, &cubes);
    assert!(problems.is_empty(), "{problems:?}");
    let equations = shown(&program, &outcome.figures);
    for (cells, sum) in &equations {
        let true_sum: i64 = cells.iter().map(|(cell, factor)| factor * truth[cell]).sum();
        assert_eq!(true_sum, *sum, "what is shown is true: {cells:?}");
    }
    // Small counts of the table: its cells, and its sums by region, by sex and by year.
    let mut small: Vec<BTreeMap<Cell, i64>> = all.iter().map(|cell| BTreeMap::from([(*cell, 1)])).collect();
    for year in 2019..2021 {
        let of = |keep: &dyn Fn(&Cell) -> bool| -> BTreeMap<Cell, i64> {
            all.iter().filter(|cell| cell.0 == year && keep(cell)).map(|cell| (*cell, 1)).collect()
        };
        small.extend((0..3).map(|region| of(&|cell| cell.1 == region)));
        small.extend((0..2).map(|sex| of(&|cell| cell.2 == sex)));
        small.push(of(&|_| true));
    }
    for target in small {
        let count: i64 = target.keys().map(|cell| truth[cell]).sum();
        if (1..THRESHOLD).contains(&count) {
            assert!(other_table(&equations, &all, &truth, &target), "{target:?} is {count}: {equations:?}");
        }
    }
    // An explanation shows no more: nothing of a hidden figure, and no row of a register.
    for figure in outcome.figures.iter().filter(|figure| figure.value == Value::Suppressed).take(3) {
        let explained = why(&program, &plan, &cubes, figure).show(&program, Lang::En);
        assert!(!explained.contains(" kept") && !explained.contains("SECRET"), "{explained}");
        assert!(explained.contains("suppressed"), "{explained}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_small_count_can_be_worked_out(
        shape in 0..SHAPES.len(),
        counts in proptest::collection::vec(prop_oneof![0i64..5, 5i64..14], 12),
    ) {
        attack(shape, &counts);
    }
}
