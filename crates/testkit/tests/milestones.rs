//! Milestones on random tables, against all readings of their dates written out one by one: a date that is too vague is over or
//! it is not, and a count is what it is in every reading, or lies between the smallest and the largest of them.

use std::collections::{BTreeMap, BTreeSet};

use jauge::evaluate::evaluate;
use jauge::outcome::{Figure, Member, Progress, Value};
use jauge::plan::{Catalog, Cube, CubeSource, Request, plan};
use jauge::program::{Context, check};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge::types::{Date, Number, Range};
use jauge_engine::Engine;
use proptest::prelude::*;

const PROGRAM: &str = r#"language: english

dimension law "Law"
  groups: exclusive
  members:
    A  "A"
    B  "B"
    C  "C"
    D  "D"

dimension stage "Stage"
  groups: exclusive
  members:
    drafting     "Drafting"
    adoption     "Adoption"
    publication  "Publication"

source stages "Stages"
  file:        "stages.csv"
  each row is: an event
  milestones:  law
  stages:      stage
  period:      date (year)
  coverage:    2015 to 2018
  columns:
    law    law
    stage  stage

indicator all_stages "Reached"
  measure:          number of milestones reached in stages
  disaggregated by: law
  period:           half-year

indicator adopted "Adopted"
  measure: number of milestones reached in stages where stage in drafting, adoption
  period:  half-year

indicator share "Share"
  measure: share of milestones reached in stages
  period:  half-year
"#;

const LAWS: [&str; 4] = ["A", "B", "C", "D"];
const STAGES: [&str; 3] = ["drafting", "adoption", "publication"];
/// The last day of the coverage: what has no date is so on this day.
const END: (i32, u8, u8) = (2018, 12, 31);

/// What a row says of one stage.
#[derive(Debug, Clone, Copy)]
enum Said {
    Nothing,
    Day(i32, u8, u8),
    Month(i32, u8),
    Year(i32),
    NoDate,
    InProgress,
    InProgressSince(i32),
    Planned(i32),
}

impl Said {
    fn text(self) -> Option<String> {
        Some(match self {
            Said::Nothing => return None,
            Said::Day(year, month, day) => format!("{year}-{month:02}-{day:02}"),
            Said::Month(year, month) => format!("{year}-{month:02}"),
            Said::Year(year) => year.to_string(),
            Said::NoDate => "unknown date".into(),
            Said::InProgress => "in progress".into(),
            Said::InProgressSince(year) => format!("in progress since {year}"),
            Said::Planned(year) => format!("planned for {year}"),
        })
    }

    /// Whether it says that the stage is reached, and the first and last day on which it may have become so.
    fn fact(self) -> Option<(bool, Option<(Date, Date)>)> {
        let day = |year, month, day| Date::new(year, month, day).expect("a date");
        let year = |year| Some((day(year, 1, 1), day(year, 12, 31)));
        Some(match self {
            Said::Nothing | Said::Planned(_) => return None,
            Said::Day(y, m, d) => (true, Some((day(y, m, d), day(y, m, d)))),
            Said::Month(y, m) => (true, Some((day(y, m, 1), day(y, m, 28)))),
            Said::Year(y) => (true, year(y)),
            Said::NoDate => (true, None),
            Said::InProgress => (false, None),
            Said::InProgressSince(y) => (false, year(y)),
        })
    }
}

fn said() -> impl Strategy<Value = Said> {
    let year = || 2015..2019i32;
    prop_oneof![
        3 => Just(Said::Nothing),
        2 => (year(), 1..13u8, 1..29u8).prop_map(|(y, m, d)| Said::Day(y, m, d)),
        // A half-year ends on the 30th or 31st, so that the days after the 28th of a month decide nothing.
        1 => (year(), 1..13u8).prop_map(|(y, m)| Said::Month(y, m)),
        1 => year().prop_map(Said::Year),
        1 => Just(Said::NoDate),
        1 => Just(Said::InProgress),
        1 => year().prop_map(Said::InProgressSince),
        1 => year().prop_map(Said::Planned),
    ]
}

/// How far a milestone is in each reading of its dates.
fn readings(stages: &[Said], last: usize, day: Date) -> BTreeSet<Progress> {
    let end = Date::new(END.0, END.1, END.2).expect("a date");
    // By fact: the stage, reached or in progress, certain; those that are certainly not yet so are left out.
    let facts: Vec<(usize, bool, bool)> = stages
        .iter()
        .enumerate()
        .filter_map(|(at, said)| {
            let (reached, days) = said.fact()?;
            let (sure, possible) = match days {
                Some((first, last)) => (last <= day, first <= day),
                None => (day >= end, true),
            };
            possible.then_some((at, reached, sure))
        })
        .collect();
    let mut all = BTreeSet::new();
    for mask in 0..1u32 << facts.len() {
        let holds = |at: usize, sure: bool| sure || mask & (1 << at) != 0;
        let held: Vec<(usize, bool)> = facts
            .iter()
            .enumerate()
            .filter(|(at, (_, _, sure))| holds(*at, *sure))
            .map(|(_, (stage, reached, _))| (*stage, *reached))
            .collect();
        all.insert(if held.iter().any(|(stage, reached)| *reached && *stage >= last) {
            Progress::Reached
        } else if held.is_empty() {
            Progress::NotBegun
        } else {
            Progress::InProgress
        });
    }
    all
}

/// The smallest and the largest number of milestones that are this far.
fn counted(all: &[BTreeSet<Progress>], far: Progress) -> Range {
    let sure = all.iter().filter(|one| one.len() == 1 && one.contains(&far)).count() as u64;
    let possible = all.iter().filter(|one| one.contains(&far)).count() as u64;
    if sure == possible { Range::from(Number::from(sure)) } else { Range::between(sure.into(), possible.into()) }
}

/// The figures, and the problems with their lines.
fn figures(csv: &str, threads: usize, chunk: usize) -> (Vec<Figure>, Vec<String>) {
    let parsed = [parse(FileId(0), &SourceFile::new("test.jauge", PROGRAM), Lang::En)];
    let checked = check(&parsed, &Context { lang: Lang::En, tables: &BTreeMap::new() });
    assert!(checked.problems.is_empty(), "{:?}", checked.problems);
    let program = checked.program;
    let plan = plan(&program, &Request::all());
    let engine = Engine::new("").threads(threads).chunk_bytes(chunk).inline(0, csv.as_bytes());
    let cubes: Vec<Cube> = plan
        .queries
        .iter()
        .map(|query| {
            let source = &program.sources[query.source];
            engine.cube(
                query,
                Catalog {
                    source,
                    sources: &program.sources,
                    dimensions: &program.dimensions,
                    calendars: &program.calendars,
                },
            )
        })
        .collect();
    assert!(cubes.iter().all(|cube| cube.problems.is_empty()), "{:?}", cubes.iter().map(|c| &c.problems));
    let (outcome, problems) = evaluate(&program, &plan, &cubes);
    (outcome.figures, problems.iter().map(|problem| format!("{} {:?}", problem.code(), problem.at)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_those_of_all_readings(table in prop::collection::vec([said(), said(), said()], LAWS.len())) {
        let mut csv = String::from("law,stage,date\n");
        for (law, stages) in LAWS.iter().zip(&table) {
            for (stage, said) in STAGES.iter().zip(stages) {
                if let Some(text) = said.text() {
                    csv.push_str(&format!("{law},{stage},{text}\n"));
                }
            }
        }
        // A table without any row is reported, and has nothing to count.
        prop_assume!(csv.lines().count() > 1);
        let answer = figures(&csv, 1, 1 << 16);
        prop_assert_eq!(&answer, &figures(&csv, 3, 8));
        let found = answer.0;
        let mut checked = 0;
        for figure in &found {
            // Half-years are numbered from the first one of year 0.
            let (year, half) = (figure.period.first.div_euclid(2), figure.period.first.rem_euclid(2));
            let day = if half == 0 { Date::new(year, 6, 30) } else { Date::new(year, 12, 31) }.expect("a date");
            let last = if figure.indicator == 1 { 1 } else { 2 };
            let all: Vec<BTreeSet<Progress>> = table.iter().map(|stages| readings(stages, last, day)).collect();
            checked += 1;
            if let [key] = figure.group.as_slice() {
                let Member::Code(at) = key.member else { continue };
                let one = &all[at];
                match &figure.value {
                    Value::Stage(stage) => prop_assert_eq!(one, &BTreeSet::from([stage.progress]), "{} {:?}", csv, figure),
                    value => {
                        let wanted = counted(&all[at..=at], Progress::Reached);
                        prop_assert_eq!(value.range(), Some(wanted), "{} {:?}", csv, figure);
                        prop_assert_ne!(one, &BTreeSet::from([Progress::InProgress]));
                    }
                }
                continue;
            }
            let tally = figure.tally.as_ref().expect("a tally");
            prop_assert_eq!(&tally.reached, &counted(&all, Progress::Reached), "{} {:?}", csv, figure);
            prop_assert_eq!(&tally.in_progress, &counted(&all, Progress::InProgress), "{} {:?}", csv, figure);
            prop_assert_eq!(&tally.not_begun, &counted(&all, Progress::NotBegun), "{} {:?}", csv, figure);
            prop_assert_eq!(tally.all, LAWS.len() as u64);
        }
        // Eight half-years, two totals, one breakdown by four laws, and the share.
        prop_assert_eq!(checked, 8 * (3 + LAWS.len()));
    }
}
