//! The answer does not depend on threads, chunk sizes or the order of rows, and agrees with a row-by-row count.

mod common;

use std::collections::BTreeMap;

use common::*;
use jauge::plan::{Cube, CubeQuery, CubeSource, Filter, GroupingSet, Key, Lane, LaneState, LaneValue};
use jauge::program::model::{ColumnTest, Comparison, MissingPolicy, TestKind, TestOn};
use jauge::types::{CalendarId, Number};
use jauge_engine::Engine;
use proptest::prelude::*;

const CELLS: [&[&str]; 8] = [
    &["F", "M", "Féminin", "X", ""],
    &["TTA", "Tétouan", "L’Oriental", "Oujda", "\"Tanger - Tétouan\"", "Rabat"],
    &["3", "18", "42", "", "0-17"],
    &["2018-2019", "2019/20", "2020", "2020-2021"],
    &["1", "0.5", "-2.25", "", "\"1,5\"", "1000000"],
    &["2020-01-31", "2020-09-01", "2019-02-30", "2021-12-31"],
    &["a", "b", "\"c\nd\"", "\"e \"\"f\"\"\"", "a-much-longer-name-of-a-person", ""],
    &["oui", "non", "yes", ""],
];

fn full_query() -> CubeQuery {
    let test = |column, test, missing| ColumnTest { on: TestOn::Column { source: 0, column }, test, missing };
    let states = [
        LaneState::Rows,
        LaneState::Present(AMOUNT),
        LaneState::Sum(AMOUNT),
        LaneState::Minimum(AMOUNT),
        LaneState::Maximum(AMOUNT),
        LaneState::Distinct(PERSON),
        LaneState::Keys(PERSON),
        LaneState::Values(AMOUNT),
        LaneState::First { column: AMOUNT, by: DAY },
        LaneState::Last { column: AMOUNT, by: YEAR },
    ];
    let filters = [None, Some(0), Some(1), Some(2)];
    let lanes: Vec<Lane> =
        filters.iter().flat_map(|filter| states.iter().map(|state| Lane { filter: *filter, state: *state })).collect();
    let all: Vec<usize> = (0..lanes.len()).collect();
    CubeQuery {
        source: 0,
        keys: vec![
            dimension_key(SEX, 0, 0),
            dimension_key(REGION, 1, 0),
            dimension_key(AGE, 2, 0),
            Key::Period { column: YEAR, calendar: CalendarId(5) },
            Key::Period { column: DAY, calendar: CalendarId::QUARTER },
        ],
        tests: vec![
            test(SEX, TestKind::Members(vec![0]), MissingPolicy::Excluded),
            test(AMOUNT, TestKind::Number(Comparison::AtLeast, Number::from(1i64)), MissingPolicy::Counted),
            test(PAID, TestKind::Yes, MissingPolicy::Excluded),
            test(REGION, TestKind::NotMembers(vec![1]), MissingPolicy::Excluded),
            test(AMOUNT, TestKind::Column(Comparison::Less, AGE), MissingPolicy::Excluded),
        ],
        filters: vec![
            Filter::And(vec![Filter::Test(0), Filter::Not(Box::new(Filter::Test(1)))]),
            Filter::Or(vec![Filter::Test(2), Filter::And(vec![Filter::Test(0), Filter::Test(3)])]),
            Filter::Not(Box::new(Filter::And(vec![Filter::Test(4), Filter::Test(1)]))),
        ],
        lanes,
        sets: vec![
            GroupingSet { keys: vec![], lanes: all.clone() },
            GroupingSet { keys: vec![0, 3], lanes: all.clone() },
            GroupingSet { keys: vec![1, 2], lanes: vec![0, 5, 14, 20] },
            GroupingSet { keys: vec![4], lanes: all },
        ],
        facts: None,
        days: None,
        unique: vec![PERSON, SEX],
    }
}

fn text(rows: &[Vec<usize>]) -> String {
    let mut text = HEADER.to_string();
    for row in rows {
        let cells: Vec<&str> = CELLS.iter().zip(row).map(|(cells, at)| cells[at % cells.len()]).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

fn ask(text: &str, threads: usize, chunk: usize) -> Cube {
    let world = world();
    Engine::new(".").threads(threads).chunk_bytes(chunk).inline(0, text).cube(&full_query(), world.catalog())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn threads_and_chunks_change_nothing(
        rows in proptest::collection::vec(proptest::collection::vec(0usize..30, 8), 0..60),
        chunk in 1usize..300,
        threads in 1usize..5,
    ) {
        let text = text(&rows);
        prop_assert_eq!(ask(&text, threads, chunk), ask(&text, 1, 1 << 20));
    }

    #[test]
    fn order_changes_only_the_lines(
        rows in proptest::collection::vec(proptest::collection::vec(0usize..30, 8), 0..40),
    ) {
        let forward = ask(&text(&rows), 1, 1 << 20);
        let reversed: Vec<Vec<usize>> = rows.iter().rev().cloned().collect();
        let backward = ask(&text(&reversed), 1, 1 << 20);
        prop_assert_eq!(forward.sets, backward.sets);
        prop_assert_eq!(forward.periods, backward.periods);
        prop_assert_eq!(forward.problems.len(), backward.problems.len());
    }

    #[test]
    fn parts_and_unknown_make_the_total(
        rows in proptest::collection::vec(proptest::collection::vec(0usize..30, 8), 0..60),
    ) {
        let cube = ask(&text(&rows), 2, 64);
        let mut naive: BTreeMap<usize, u64> = BTreeMap::new();
        for row in &rows {
            // F and Féminin are one member, M another, the rest unknown.
            *naive.entry([0, 1, 0, 2, 2][row[0] % 5]).or_default() += 1;
        }
        let mut found: BTreeMap<usize, u64> = BTreeMap::new();
        for (codes, values) in &cube.sets[1] {
            let LaneValue::Count(count) = values[0] else { panic!("rows are counted") };
            *found.entry(usize::try_from(codes[0]).unwrap_or(2)).or_default() += count;
        }
        found.retain(|_, count| *count > 0);
        prop_assert_eq!(found, naive);
        prop_assert_eq!(cube.rows, rows.len() as u64);
    }

    #[test]
    fn any_bytes_are_answered(
        bytes in proptest::collection::vec(prop_oneof![
            Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), Just(b';'), Just(0xe9u8), Just(b'F'), Just(b'1'), any::<u8>()
        ], 0..400),
        with_header in any::<bool>(),
        chunk in 1usize..40,
    ) {
        let mut text = if with_header { HEADER.as_bytes().to_vec() } else { Vec::new() };
        text.extend(&bytes);
        let world = world();
        let one = Engine::new(".").threads(3).chunk_bytes(chunk).inline(0, text.clone()).cube(&full_query(), world.catalog());
        let other = Engine::new(".").threads(1).inline(0, text).cube(&full_query(), world.catalog());
        prop_assert_eq!(one, other);
    }

    #[test]
    fn quoted_text_is_read_as_csv_core_reads_it(
        cells in proptest::collection::vec(
            prop_oneof!["[a ]{0,3}", "a\"[a\"]{0,2}", "\"([a ,;\n]|\"\"){0,4}\""], 0..30),
        chunk in 1usize..20,
    ) {
        let mut text = "personne,x,y\n".to_string();
        for row in cells.chunks_exact(3) {
            text.push_str(&row.join(","));
            text.push('\n');
        }
        let world = world().lenient();
        let query = query(vec![], vec![LaneState::Rows, LaneState::Distinct(PERSON)]);
        let cube = Engine::new(".").chunk_bytes(chunk).inline(0, text.clone()).cube(&query, world.catalog());
        let first = first_cells(text.as_bytes());
        let distinct: std::collections::BTreeSet<&str> =
            first.iter().skip(1).map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
        prop_assert_eq!(&show(&cube)[0], &format!("[] {} {}", first.len() - 1, distinct.len()), "{:?}", text);
    }
}

/// The first cell of every record; every record ends with a line end.
fn first_cells(mut input: &[u8]) -> Vec<String> {
    let mut reader = csv_core::Reader::new();
    let (mut out, mut ends) = ([0u8; 4096], [0usize; 256]);
    let mut all = Vec::new();
    loop {
        let (result, read, _, cells) = reader.read_record(input, &mut out, &mut ends);
        input = &input[read..];
        match result {
            csv_core::ReadRecordResult::Record => {
                assert_eq!(cells, 3);
                all.push(String::from_utf8(out[..ends[0]].to_vec()).unwrap());
            }
            csv_core::ReadRecordResult::InputEmpty => {}
            _ => return all,
        }
    }
}

#[test]
fn a_line_without_end_is_bounded() {
    let mut text = HEADER.to_string();
    text.push_str(&"x".repeat(20 << 20));
    let cube = ask(&text, 2, 1 << 20);
    assert_eq!((problems(&cube), cube.unreadable), (vec!["E0517 2:0".to_string()], true));
    let mut text = HEADER.to_string();
    text.push('"');
    text.push_str(&"x\n".repeat(10 << 20));
    assert_eq!(problems(&ask(&text, 2, 1 << 20)), ["E0515 2:0"]);
}

#[test]
fn many_distinct_texts_are_read_without_being_remembered() {
    let mut text = HEADER.to_string();
    let rows = 150_000;
    for at in 0..rows {
        text.push_str(&format!("F,ORI,{},2019-2020,{}.5,2020-01-31,p{at},oui\n", at % 140_000, at % 100_000));
    }
    let cube = ask(&text, 2, 1 << 16);
    let values = cube.sets[0].values().next().unwrap();
    assert_eq!(values[0], LaneValue::Count(rows));
    assert_eq!(values[5], LaneValue::Count(rows));
    assert_eq!(cube.problems, []);
    let below = ask(&text, 1, 1 << 22);
    assert_eq!(cube, below);
}

#[test]
fn many_conditions_on_distinct_keys_are_counted_as_each_alone() {
    let mut text = HEADER.to_string();
    for at in 0..3_000 {
        let sex = ["F", "M", ""][at % 3];
        text.push_str(&format!("{sex},TTA,{},2019-2020,{},2020-01-31,p{},oui\n", at % 60, at % 251, at % 701));
    }
    let world = world();
    let test = |at: usize| ColumnTest {
        on: TestOn::Column { source: 0, column: AMOUNT },
        test: TestKind::Number(Comparison::AtLeast, Number::from(at as u64)),
        missing: MissingPolicy::Excluded,
    };
    let counted = |conditions: Vec<usize>| {
        let lanes: Vec<Lane> = (0..conditions.len())
            .map(|filter| Lane { filter: Some(filter), state: LaneState::Distinct(PERSON) })
            .collect();
        let query = CubeQuery {
            source: 0,
            keys: vec![dimension_key(SEX, 0, 0)],
            tests: conditions.iter().map(|at| test(*at)).collect(),
            filters: (0..conditions.len()).map(Filter::Test).collect(),
            sets: vec![
                GroupingSet { keys: vec![], lanes: (0..lanes.len()).collect() },
                GroupingSet { keys: vec![0], lanes: (0..lanes.len()).rev().step_by(2).collect() },
            ],
            lanes,
            facts: None,
            days: None,
            unique: Vec::new(),
        };
        Engine::new(".").threads(2).chunk_bytes(1 << 12).inline(0, text.clone()).cube(&query, world.catalog()).sets
    };
    let together = counted((0..150).collect());
    for at in [0, 1, 62, 63, 64, 65, 127, 128, 149] {
        let alone = counted(vec![at]);
        let total =
            |sets: &[jauge::plan::Cells], place: usize| sets[0].values().next().map(|values| values[place].clone());
        assert_eq!(total(&together, at), total(&alone, 0), "{at}");
        // The second grouping has every other lane, from the last.
        if at % 2 == 1 {
            for (codes, values) in &alone[1] {
                assert_eq!(together[1].get(codes).map(|all| &all[(149 - at) / 2]), Some(&values[0]), "{at} {codes:?}");
            }
        }
    }
}
