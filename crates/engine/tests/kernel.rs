//! What the inner loops do where they change their way: counters that are emptied, numbers with more digits than before or too
//! large for a block, cells that no longer lie by their places, keys with many rows. Each is held against a count row by row.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::*;
use jauge::plan::{Cube, CubeQuery, CubeSource, Decimal, Filter, GroupingSet, Key, Lane, LaneState, LaneValue};
use jauge::program::model::{ColumnTest, Comparison, MissingPolicy, TestKind, TestOn};
use jauge::types::{CalendarId, Number};
use jauge_engine::Engine;

fn ask(world: &World, query: &CubeQuery, text: &str, threads: usize) -> Cube {
    Engine::new(".").threads(threads).chunk_bytes(1 << 18).inline(0, text).cube(query, world.catalog())
}

fn one_set(keys: Vec<Key>, states: &[LaneState]) -> CubeQuery {
    CubeQuery {
        source: 0,
        sets: vec![GroupingSet { keys: (0..keys.len()).collect(), lanes: (0..states.len()).collect() }],
        keys,
        lanes: states.iter().map(|state| Lane { filter: None, state: *state }).collect(),
        ..CubeQuery::default()
    }
}

fn row(sex: &str, amount: &str, day: &str, person: &str) -> String {
    format!("{sex},ORI,20,2019-2020,{amount},{day},{person},oui\n")
}

#[test]
fn counters_are_emptied_and_sums_stay_exact() {
    // Twice the room of a counter in one cell, with numbers at the border of what a block holds.
    let large = 1i64 << 46;
    let mut text = HEADER.to_string();
    let (mut sum, mut count) = (0i128, 0u64);
    for at in 0..150_000i64 {
        let number = if at % 3 == 0 { -large + at } else { large - at };
        sum += i128::from(number);
        count += 1;
        text.push_str(&row("F", &number.to_string(), "2020-01-31", "p"));
    }
    let query = one_set(vec![dimension_key(SEX, 0, 0)], &[LaneState::Rows, LaneState::Sum(AMOUNT)]);
    for threads in [1, 3] {
        let cube = ask(&world(), &query, &text, threads);
        let wanted = vec![LaneValue::Count(count), LaneValue::Sum(Decimal { mantissa: sum, scale: 0 }, count)]
            .into_boxed_slice();
        assert_eq!(cube.sets[0].values().collect::<Vec<_>>(), [&wanted]);
    }
}

#[test]
fn more_digits_and_larger_numbers_may_come_at_any_row() {
    let rare = ["0.5", "-0.25", "0.125", "0.000000001", "0.000000000001", "70368744177665", "9223372036854775807"];
    let largest = "9".repeat(24);
    let mut text = HEADER.to_string();
    let mut sum = Number::from(0i64);
    for at in 0..9_000usize {
        let number = match at {
            8_999 => largest.clone(),
            at if at % 1_200 == 1_199 => rare[at / 1_200].to_string(),
            at => (at % 50).to_string(),
        };
        let (whole, decimals) = number.split_once('.').unwrap_or((&number, ""));
        let mantissa: i128 = format!("{whole}{decimals}").parse().expect("digits");
        sum = sum + Number::scaled(mantissa, decimals.len() as u8);
        text.push_str(&row("F", &number, "2020-01-31", "p"));
    }
    let test = |low: i64| ColumnTest {
        on: TestOn::Column { source: 0, column: AMOUNT },
        test: TestKind::Number(Comparison::More, Number::from(low)),
        missing: MissingPolicy::Excluded,
    };
    let mut query = one_set(vec![], &[LaneState::Sum(AMOUNT)]);
    query.tests = vec![test(49), test(0)];
    query.filters = vec![Filter::Test(0), Filter::Test(1)];
    for filter in [0, 1] {
        query.lanes.push(Lane { filter: Some(filter), state: LaneState::Rows });
        query.sets[0].lanes.push(query.lanes.len() - 1);
    }
    for threads in [1, 2] {
        let cube = ask(&world(), &query, &text, threads);
        let values = cube.sets[0].values().next().expect("a cell");
        let LaneValue::Sum(found, 9_000) = values[0] else { panic!("{values:?}") };
        assert_eq!(Number::scaled(found.mantissa, found.scale), sum);
        // Above 49: the three large ones. Above 0: all but the zeros and the one below.
        assert_eq!(values[1], LaneValue::Count(3));
        let zeros = (0..9_000).filter(|at| at % 1_200 != 1_199 && *at != 8_999 && at % 50 == 0).count() as u64;
        assert_eq!(values[2], LaneValue::Count(9_000 - zeros - 1));
    }
}

#[test]
fn a_sum_beyond_what_a_decimal_holds_is_told() {
    let mut text = HEADER.to_string();
    // 28 digits before the mark in some rows, 28 after it in another: no decimal of 128 bits holds their sum.
    text.push_str(&row("F", &"9".repeat(28), "2020-01-31", "p"));
    text.push_str(&row("F", &format!("0.{}1", "0".repeat(27)), "2020-01-31", "p"));
    let query = one_set(vec![], &[LaneState::Sum(AMOUNT)]);
    let cube = ask(&world(), &query, &text, 1);
    assert_eq!(cube.problems.iter().map(|problem| problem.code()).collect::<Vec<_>>(), ["E0529"]);
}

/// A world whose first two dimensions have so many members.
fn wide(members: usize) -> World {
    let mut world = world();
    for dimension in [0, 1] {
        world.dimensions[dimension].levels.truncate(1);
        world.dimensions[dimension].members =
            (0..members).map(|at| member(&format!("C{at}"), &format!("C{at}"), 0, None)).collect();
    }
    world
}

#[test]
fn many_members_and_pairs_of_members_are_counted_like_few() {
    const MEMBERS: usize = 9_000;
    let world = wide(MEMBERS);
    let mut text = HEADER.to_string();
    let mut pairs: BTreeMap<(i32, i32), (u64, i128)> = BTreeMap::new();
    let mut by_year: BTreeMap<(i32, i32), u64> = BTreeMap::new();
    for at in 0..60_000usize {
        let (sex, region) = ((at * 7_919) % MEMBERS, (at * at) % 97);
        let year = 1_000 + (at * 31) % 8_000;
        text.push_str(&format!("C{sex},C{region},20,2019-2020,{at},{year}-01-31,p,oui\n"));
        let cell = pairs.entry((sex as i32, region as i32)).or_default();
        *cell = (cell.0 + 1, cell.1 + at as i128);
        *by_year.entry((year as i32, sex as i32)).or_default() += 1;
    }
    let year = Key::Period { column: DAY, calendar: CalendarId::YEAR };
    let keys = vec![dimension_key(SEX, 0, 0), dimension_key(REGION, 1, 0), year];
    let query = CubeQuery {
        source: 0,
        keys,
        lanes: vec![
            Lane { filter: None, state: LaneState::Rows },
            Lane { filter: None, state: LaneState::Sum(AMOUNT) },
        ],
        sets: vec![
            // Eighty million pairs, and the members in each of eight thousand years: too many to lie by their places.
            GroupingSet { keys: vec![0, 1], lanes: vec![0, 1] },
            GroupingSet { keys: vec![2, 0], lanes: vec![0] },
        ],
        ..CubeQuery::default()
    };
    for threads in [1, 2] {
        let cube = ask(&world, &query, &text, threads);
        assert_eq!(cube.problems, []);
        let found: BTreeMap<(i32, i32), (u64, i128)> = cube.sets[0]
            .iter()
            .map(|(codes, values)| match (&values[0], &values[1]) {
                (LaneValue::Count(rows), LaneValue::Sum(sum, _)) => ((codes[0], codes[1]), (*rows, sum.mantissa)),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(found, pairs);
        let found: BTreeMap<(i32, i32), u64> = cube.sets[1]
            .iter()
            .map(|(codes, values)| match values[0] {
                LaneValue::Count(rows) => ((codes[0], codes[1]), rows),
                ref other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(found, by_year);
    }
}

#[test]
fn distinct_keys_with_few_and_with_many_rows_in_narrow_and_wide_pairs() {
    let calendars = [CalendarId::YEAR, CalendarId::QUARTER, CalendarId::MONTH, CalendarId::DAY];
    let keys: Vec<Key> = calendars.iter().map(|calendar| Key::Period { column: DAY, calendar: *calendar }).collect();
    let world = world();
    let mut text = HEADER.to_string();
    let mut rows: Vec<(String, i32)> = Vec::new();
    for at in 0..30_000usize {
        // One person in every other row, some with a few, many with one; texts of every kind of key.
        let person = match at % 4 {
            0 | 2 => "everywhere".to_string(),
            1 => format!("a-longer-name-of-a-person-{}", at % 500),
            _ => at.to_string(),
        };
        let day = 15_000 + (at as i32 * 17) % 4_000;
        text.push_str(&row("F", "1", &jauge::types::Date::from_day_number(day).to_string(), &person));
        rows.push((person, day));
    }
    // The first so many calendars: pairs of one word, of two, of three.
    for many in 1..=calendars.len() {
        let query = CubeQuery {
            source: 0,
            keys: keys.clone(),
            lanes: vec![Lane { filter: None, state: LaneState::Distinct(PERSON) }],
            sets: (0..many).map(|key| GroupingSet { keys: vec![key], lanes: vec![0] }).collect(),
            ..CubeQuery::default()
        };
        for threads in [1, 3] {
            let cube = ask(&world, &query, &text, threads);
            for (set, calendar) in cube.sets.iter().zip(calendars) {
                let calendar = &world.calendars[usize::from(calendar.0)];
                let mut wanted: BTreeMap<i32, BTreeSet<&str>> = BTreeMap::new();
                for (person, day) in &rows {
                    let period = calendar.ordinal_of(jauge::types::Date::from_day_number(*day));
                    wanted.entry(period).or_default().insert(person);
                }
                let found: Vec<(i32, LaneValue)> =
                    set.iter().map(|(codes, values)| (codes[0], values[0].clone())).collect();
                let wanted: Vec<(i32, LaneValue)> = wanted
                    .into_iter()
                    .map(|(period, people)| (period, LaneValue::Count(people.len() as u64)))
                    .collect();
                assert_eq!(found, wanted, "{many} calendars");
            }
        }
    }
}

#[test]
fn keys_that_come_again_are_found_in_any_part() {
    let mut text = HEADER.to_string();
    for at in 0..40_000usize {
        let person = if at % 10_000 == 9_999 { format!(" {} ", at - 5_000) } else { at.to_string() };
        text.push_str(&row("F", "1", "2020-01-31", &person));
    }
    let mut query = one_set(vec![], &[LaneState::Rows]);
    query.unique = vec![PERSON];
    for threads in [1, 3] {
        let cube = ask(&world(), &query, &text, threads);
        let told: Vec<(u64, u64)> = cube
            .problems
            .iter()
            .map(|problem| match (&problem.at, problem.also.first()) {
                (jauge::problem::Place::Data(at), Some(jauge::problem::Place::Data(first))) => (at.line, first.line),
                other => panic!("{other:?}"),
            })
            .collect();
        let wanted: Vec<(u64, u64)> = (0..4).map(|at| (at * 10_000 + 10_001, at * 10_000 + 5_001)).collect();
        assert_eq!(told, wanted);
    }
}

#[test]
fn a_filter_without_tests_holds_or_fails_for_all_rows() {
    let text = format!("{HEADER}{}{}", row("F", "1", "2020-01-31", "p"), row("M", "2", "2020-01-31", "q"));
    let all = Filter::And(vec![]);
    for (filter, wanted) in [
        (all.clone(), 2),
        (Filter::Not(Box::new(all.clone())), 0),
        (Filter::Or(vec![]), 0),
        (Filter::Not(Box::new(Filter::Or(vec![]))), 2),
    ] {
        let mut query = one_set(vec![], &[LaneState::Rows]);
        query.filters = vec![filter.clone()];
        query.lanes[0].filter = Some(0);
        let cube = ask(&world(), &query, &text, 1);
        assert_eq!(
            cube.sets[0].values().next().map(|cell| cell[0].clone()),
            Some(LaneValue::Count(wanted)),
            "{filter:?}"
        );
    }
}

#[test]
fn wide_records_are_taken_fewer_at_a_time() {
    const WIDE: usize = 5_000;
    let mut world = world();
    world.source.format.excluded_rows = vec!["Total".into()];
    let mut text = HEADER.trim_end().to_string();
    text.extend((0..WIDE).map(|at| format!(",c{at}")));
    text.push('\n');
    let rest = format!("{}\n", ",".repeat(WIDE));
    for at in 0..1_000 {
        text.push_str(row(if at % 3 == 0 { "F" } else { "M" }, &at.to_string(), "2020-01-31", "p").trim_end());
        text.push_str(&rest);
    }
    text.push_str(&format!("Total{}{rest}", ",".repeat(7)));
    let query = one_set(vec![dimension_key(SEX, 0, 0)], &[LaneState::Rows, LaneState::Sum(AMOUNT)]);
    let cube = ask(&world, &query, &text, 2);
    assert_eq!(show(&cube), ["[0] 334 166833/334", "[1] 666 332667/666"]);
}
