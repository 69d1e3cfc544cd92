//! Where some periods are asked for, the engine may leave rows of others unread: whatever a page defines, the figures, the rules and
//! what is said of them are those of all rows.

use std::path::Path;

use jauge::evaluate::evaluate;
use jauge::outcome::Outcome;
use jauge::plan::{Catalog, Cube, CubeSource, Plan, Request, plan};
use jauge::problem::Problem;
use jauge::program::model::Program;
use jauge::types::Period;
use jauge_engine::Engine;
use jauge_testkit::columnar::parquet_of_groups;
use jauge_testkit::page::{self, Page};
use jauge_testkit::run::Read;

fn pages() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut folders = vec![root];
    let mut pages = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder of pages can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".fr.md") {
                let text = std::fs::read_to_string(&path).expect("a page is UTF-8").replace("\r\n", "\n");
                pages.push(page::read(&path.to_string_lossy(), &text));
            }
        }
    }
    pages
}

/// What comes out, without how many rows were read for it.
fn told(program: &Program, plan: &Plan, cubes: &[Cube]) -> (Outcome, Vec<Problem>) {
    let (mut outcome, problems) = evaluate(program, plan, cubes);
    outcome.figures.iter_mut().for_each(|figure| figure.rows.read = 0);
    (outcome, problems)
}

/// Whatever looks at other periods than the one asked for, over a register with dates.
const TIME: &str = r#"# Time

## All of it

```csv visits.csv
day,sex,amount,person
2016-03-01,F,10,a
2016-11-30,M,20,b
2017-02-28,F,5,a
2018-01-01,M,7,c
2018-12-31,F,11,a
2019-06-15,F,13,d
2021-06-15,M,17,d
2021-07-01,F,19,e
2022-01-02,F,23,a
2022-12-30,F,29,f
```

```jauge
language: english

unit dirham
  singular: "dirham"
  plural:   "dirhams"
  currency: MAD

unit visit
  singular: "visit"
  plural:   "visits"

dimension sex "Sex"
  groups: exclusive
  members:
    F "Female"
    M "Male"

source visits "Visits"
  file:        "visits.csv"
  each row is: a visit
  period:      day (year)
  columns:
    day    date
    sex    sex
    amount number of dirhams
    person text

indicator number "Number"
  measure:          number of visits in visits
  disaggregated by: sex

indicator spent "Spent"
  measure: sum of amount in visits

indicator of_men "Average of men"
  measure: average of amount in visits where sex = M

indicator latest "Latest"
  measure: latest value of of_men

indicator before "Before"
  measure: previous period of spent

indicator more "More"
  measure: change of spent

indicator more_and_more "Change of the change"
  measure: change of more

indicator since "Since 2017"
  measure: cumulative since 2017 of spent

indicator of_latest "Change of what is latest"
  measure: change of latest

indicator mean "Mean of three"
  measure: average over 3 periods of spent

indicator lowest "Lowest"
  measure: minimum over 2 periods of spent

indicator highest "Highest"
  measure: maximum since 2018 of spent

rule as_before "As much as before"
  verify: spent = before
```
"#;

#[test]
fn rows_of_other_periods_do_not_matter() {
    let (mut asked, mut unread) = (0, 0);
    let time = page::read("time.en.md", TIME);
    assert_eq!(time.mistakes.len(), 0, "{:?}", time.mistakes);
    let read = Read::new(&time, &time.cases[0]);
    assert!(read.found.is_empty(), "{:?}", read.found);
    for page in pages().into_iter().chain([time]) {
        for case in &page.cases {
            let mut program = Read::new(&page, case).checked.program;
            let mut engine = Engine::new("").threads(1);
            let mut complete = !program.sources.is_empty();
            for (at, source) in program.sources.iter_mut().enumerate() {
                let file = case.data.iter().find(|file| Some(&file.path) == source.path.as_ref());
                // One row a group: whatever need not be read is not.
                match file.and_then(|file| parquet_of_groups(&file.fence.text, 1).ok()) {
                    Some(bytes) => engine = engine.inline(at, bytes),
                    None => complete = false,
                }
                source.path = Some(format!("{at}.parquet"));
                source.format = Default::default();
            }
            if !complete {
                continue;
            }
            let cubes = |plan: &Plan, all: bool| -> Vec<Cube> {
                let of = |query: &jauge::plan::CubeQuery| {
                    let mut query = query.clone();
                    if all {
                        query.days = None;
                    }
                    let source = &program.sources[query.source];
                    let catalog = Catalog {
                        source,
                        sources: &program.sources,
                        dimensions: &program.dimensions,
                        calendars: &program.calendars,
                    };
                    engine.cube(&query, catalog)
                };
                plan.queries.iter().map(of).collect()
            };
            let whole = plan(&program, &Request::all());
            let found = told(&program, &whole, &cubes(&whole, true)).0;
            let mut periods: Vec<Period> = found.figures.iter().map(|figure| figure.period).collect();
            periods.extend(found.rules.iter().map(|rule| rule.period));
            periods.sort_unstable();
            periods.dedup();
            // Periods before and after the data, and two at once.
            let ends = periods.first().copied().into_iter().chain(periods.last().copied());
            let beside: Vec<Period> = ends.flat_map(|period| [period.shift(-3), period.shift(3)]).collect();
            let pairs = periods.first().zip(periods.last()).map(|(first, last)| vec![*first, *last]);
            let of_periods: Vec<Vec<Period>> =
                periods.iter().chain(&beside).map(|period| vec![*period]).chain(pairs).collect();
            // Each indicator alone, because what one needs hides what another forgets.
            let alone = (0..program.indicators.len()).map(|at| Some(vec![at]));
            let chosen: Vec<Option<Vec<usize>>> = std::iter::once(None).chain(alone).collect();
            let requests = chosen.iter().flat_map(|indicators| {
                of_periods.iter().map(move |periods| Request {
                    indicators: indicators.clone(),
                    rules: indicators.is_none(),
                    periods: periods.clone(),
                    ..Request::default()
                })
            });
            for request in requests.filter(|request| !request.periods.iter().any(|period| period.is_unknown())) {
                let plan = plan(&program, &request);
                let (all, some) = (cubes(&plan, true), cubes(&plan, false));
                asked += 1;
                unread += some.iter().filter(|cube| cube.unread > 0).count();
                for (all, some) in all.iter().zip(&some) {
                    assert_eq!(all.rows, some.rows + some.unread);
                    assert_eq!(all.periods, some.periods);
                }
                let place = format!("{} line {}, {:?}", page.path, case.fence.line, request);
                assert_eq!(told(&program, &plan, &some), told(&program, &plan, &all), "{place}");
            }
        }
    }
    assert!(asked > 300 && unread > 100, "{asked} requests, {unread} sources that were not read as a whole");
}
