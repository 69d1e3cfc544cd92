//! Qualified cells: their sums are those of the numbers stated, of the low ends and of the high ends, whatever the order of rows,
//! the threads and the chunks.

mod common;

use common::*;
use jauge::plan::{Cube, CubeSource, Decimal, LaneState, LaneValue, QualifiedSum};
use jauge::types::Number;
use jauge_engine::Engine;
use proptest::prelude::*;

/// A cell, its number stated, its ends (in halves; `None` where unknown) and whether each end is reached.
type Case = (&'static str, i128, Option<(i128, bool)>, Option<(i128, bool)>, Option<bool>);

/// The last column: an approximation, qualified otherwise, or exact.
const CASES: [Case; 9] = [
    ("12", 24, Some((24, true)), Some((24, true)), None),
    ("0.5", 1, Some((1, true)), Some((1, true)), None),
    ("plus de 50", 100, Some((100, false)), None, Some(false)),
    ("au moins 3", 6, Some((6, true)), None, Some(false)),
    ("less than 7", 14, None, Some((14, false)), Some(false)),
    ("au plus 9", 18, None, Some((18, true)), Some(false)),
    ("près de 20", 40, None, Some((40, false)), Some(true)),
    ("une centaine", 200, Some((190, true)), Some((210, true)), Some(true)),
    ("entre 4 et 7", 11, Some((8, true)), Some((14, true)), Some(false)),
];

fn ask(cells: &[usize], threads: usize, chunk: usize) -> Cube {
    let mut world = world();
    world.source.margin = Some(Number::from(5i64));
    for column in &mut world.source.columns {
        column.qualified = column.name == "montant";
    }
    let mut text = String::from("sexe;montant\n");
    for cell in cells {
        text.push_str(&format!("F;{}\n", CASES[*cell].0));
    }
    let query = query(vec![], vec![LaneState::Sum(AMOUNT)]);
    Engine::new(".").threads(threads).chunk_bytes(chunk).inline(0, text).cube(&query, world.catalog())
}

fn sum(cube: &Cube) -> &LaneValue {
    &cube.sets[0].values().next().expect("the cell of everything")[0]
}

fn halves(decimal: Decimal) -> i128 {
    match decimal.scale {
        0 => decimal.mantissa * 2,
        1 => decimal.mantissa / 5,
        scale => panic!("a half has one decimal, not {scale}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_of_ends(
        cells in proptest::collection::vec(0..CASES.len(), 1..40),
        threads in 1usize..4,
        chunk in 1usize..100,
    ) {
        let cube = ask(&cells, threads, chunk);
        prop_assert!(cube.problems.is_empty(), "{:?}", cube.problems);
        let mut backwards = cells.clone();
        backwards.reverse();
        let other = ask(&backwards, 1, 1 << 20);
        prop_assert_eq!(sum(&cube), sum(&other));
        let all: Vec<Case> = cells.iter().map(|cell| CASES[*cell]).collect();
        let stated: i128 = all.iter().map(|case| case.1).sum();
        match sum(&cube) {
            LaneValue::Sum(total, values) => {
                prop_assert!(all.iter().all(|case| case.4.is_none()));
                prop_assert_eq!((halves(*total), *values), (stated, all.len() as u64));
            }
            LaneValue::Qualified(qualified) => {
                let QualifiedSum {
                    stated: total, values, low, no_low, open_low, high, no_high, open_high, about, otherwise,
                } = **qualified;
                let count = |of: &dyn Fn(&Case) -> bool| all.iter().filter(|case| of(case)).count() as u64;
                prop_assert_eq!((halves(total), values), (stated, all.len() as u64));
                prop_assert_eq!(halves(low), all.iter().filter_map(|case| case.2).map(|end| end.0).sum::<i128>());
                prop_assert_eq!(halves(high), all.iter().filter_map(|case| case.3).map(|end| end.0).sum::<i128>());
                prop_assert_eq!(no_low, count(&|case| case.2.is_none()));
                prop_assert_eq!(no_high, count(&|case| case.3.is_none()));
                prop_assert_eq!(open_low, count(&|case| case.2.is_some_and(|end| !end.1)));
                prop_assert_eq!(open_high, count(&|case| case.3.is_some_and(|end| !end.1)));
                prop_assert_eq!(about, count(&|case| case.4 == Some(true)));
                prop_assert_eq!(otherwise, count(&|case| case.4 == Some(false)));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}

#[test]
fn a_qualified_cell_needs_the_option() {
    let world = world();
    let query = query(vec![], vec![LaneState::Sum(AMOUNT)]);
    let cube = world.ask(&query, "sexe;montant\nF;plus de 50\nF;environ\nF;12\n");
    assert_eq!(problems(&cube), ["E0540 2:2 plus de 50", "E0519 3:2 environ"]);
    assert_eq!(sum(&cube), &LaneValue::Sum(Decimal { mantissa: 12, scale: 0 }, 1));
}
