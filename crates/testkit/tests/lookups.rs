//! Columns that are looked up in another source: the engine against the slow evaluator on random tables, in every form of
//! file, on any number of threads.

use std::collections::{BTreeMap, BTreeSet};

use jauge::plan::{Catalog, Cube, CubeSource, LaneValue, Plan, Request, plan};
use jauge::problem::{Fact, LookupProblem};
use jauge::program::model::Program;
use jauge::program::{Context, check};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge_engine::Engine;
use jauge_testkit::columnar::parquet;
use jauge_testkit::naive::{self, Rows};
use proptest::prelude::*;

/// `AIDS` and `TOWNS` are the files.
const TEXT: &str = r#"language: english

unit aid
  singular: "aid"
  plural:   "aids"

unit town
  singular: "town"
  plural:   "towns"

dimension region "Region"
  groups: exclusive
  levels: region, province
  members:
    TTA  "Tanger"
      TNG  "Tanger-Assilah"
    ORI  "Oriental"

dimension size "Size"
  bands of: persons
  members:
    0-99
    100+

source aids "Aids"
  file:        "AIDS"
  each row is: an aid
  key:         id
  counts:      towns by name
  period:      day (year)
  columns:
    id      text
    day     date
    code    text, may be missing, not applicable "abroad"
    amount  number, may be missing
    place   place in towns by code
    size    size in towns by code
    spent   budget in towns by code
    opened  opened in towns by code
    urban   urban in towns by code, missing excluded
    name    name in towns by code

source towns "Towns"
  file:        "TOWNS"
  each row is: a town
  key:         code
  columns:
    code    text, may be missing
    place   region, may be missing
    size    size, may be missing
    budget  number, may be missing, planned "soon"
    opened  date, may be missing
    urban   yes or no, may be missing
    name    text, may be missing

indicator by_place "By place"
  measure:          number of aids in aids
  disaggregated by: region, province, size, region x size

indicator in_urban "In urban towns"
  measure: number of aids in aids where urban = yes

indicator of_old "In old towns"
  measure: number of aids in aids where opened < 2010-06-01 (missing counted)

indicator of_rich "In rich towns"
  measure: number of aids in aids where spent between 10 and 20 (missing excluded)

indicator above "Above the budget"
  measure: number of aids in aids where amount > spent (missing excluded)

indicator before "Before the opening"
  measure: sum of amount in aids where day < opened (missing counted)

indicator same "Named as its code"
  measure: number of aids in aids where name = code (missing excluded)

indicator rabat "In Rabat"
  measure: number of aids in aids where name = "Rabat" (missing excluded)

indicator named "Towns"
  measure:          number of distinct towns in aids
  disaggregated by: region

indicator least "Least budget"
  measure: minimum of spent in aids

indicator budgets "Budgets"
  measure: sum of budget in towns
"#;

#[derive(Debug, Clone)]
struct Tables {
    aids: Vec<[String; 4]>,
    towns: Vec<[String; 7]>,
}

impl Tables {
    fn aids(&self) -> String {
        text("id,day,code,amount", &self.aids)
    }

    fn towns(&self) -> String {
        text("code,place,size,budget,opened,urban,name", &self.towns)
    }

    /// The codes of aids that no town has, with their rows.
    fn not_found(&self) -> BTreeMap<String, u64> {
        let codes: BTreeSet<&str> = self.towns.iter().map(|row| row[0].as_str()).collect();
        let mut all = BTreeMap::new();
        let known = |code: &str| code.is_empty() || code == "abroad" || codes.contains(code);
        for row in self.aids.iter().filter(|row| !known(&row[2])) {
            *all.entry(row[2].clone()).or_default() += 1;
        }
        all
    }

    fn engine(&self, (aids, towns): (bool, bool)) -> Engine {
        let bytes = |text: String, packed: bool| {
            if packed { parquet(&text).expect("a Parquet file") } else { text.into_bytes() }
        };
        Engine::new(".").inline(0, bytes(self.aids(), aids)).inline(1, bytes(self.towns(), towns))
    }
}

fn text<const N: usize>(header: &str, rows: &[[String; N]]) -> String {
    std::iter::once(header.to_string()).chain(rows.iter().map(|row| row.join(","))).collect::<Vec<_>>().join("\n")
        + "\n"
}

/// Codes with zeros before them are other codes; `x9` is in no list.
const CODES: [&str; 8] = ["a1", "0a1", "b-2", "é3", "c4", "d5", "Rabat", "commune-of-tangier"];

fn tables() -> impl Strategy<Value = Tables> {
    let one = |of: &'static [&'static str]| prop::sample::select(of);
    let aid = (
        one(&["2018-01-01", "2019-06-15", "2020-02-29"]),
        one(&["", "a1", "0a1", "b-2", "é3", "c4", "d5", "Rabat", "commune-of-tangier", "x9", "abroad"]),
        one(&["", "0", "5", "15", "30"]),
    );
    let town = (
        one(&["", "TTA", "TNG", "ORI"]),
        one(&["", "0", "99", "100", "5000"]),
        one(&["", "0", "10", "15", "21", "soon"]),
        one(&["", "2001-01-01", "2010-06-01", "2019-06-15"]),
        one(&["", "oui", "non"]),
        one(&["", "Rabat", "Salé"]),
    );
    let towns = prop::collection::vec(town, 0..CODES.len() + 1);
    (prop::collection::vec(aid, 1..40), towns, prop::sample::subsequence(CODES.to_vec(), CODES.len())).prop_map(
        |(aids, towns, codes)| {
            let aid = |(at, (day, code, amount)): (usize, (&str, &str, &str))| {
                [format!("a{at}"), day.to_string(), code.to_string(), amount.to_string()]
            };
            let town = |((place, size, budget, opened, urban, name), code): (_, &str)| {
                [code, place, size, budget, opened, urban, name].map(str::to_string)
            };
            Tables {
                aids: aids.into_iter().enumerate().map(aid).collect(),
                towns: towns.into_iter().zip(codes).map(town).collect(),
            }
        },
    )
}

fn program((aids, towns): (bool, bool)) -> Program {
    let file = |name: &str, packed: bool| format!("{name}.{}", if packed { "parquet" } else { "csv" });
    let text = TEXT.replace("AIDS", &file("aids", aids)).replace("TOWNS", &file("towns", towns));
    let parsed = [parse(FileId(0), &SourceFile::new("test.jauge", &text), Lang::En)];
    let checked = check(&parsed, &Context { lang: Lang::En, tables: &BTreeMap::new() });
    let problems: Vec<String> = parsed
        .iter()
        .flat_map(|parsed| &parsed.problems)
        .chain(&checked.problems)
        .filter(|problem| problem.code().starts_with('E'))
        .map(|problem| format!("{} {}", problem.code(), problem.words(Lang::En).title))
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
    checked.program
}

fn answers(program: &Program, plan: &Plan, from: &dyn CubeSource) -> Vec<Cube> {
    let answer = |query: &jauge::plan::CubeQuery| {
        let catalog = Catalog {
            source: &program.sources[query.source],
            sources: &program.sources,
            dimensions: &program.dimensions,
            calendars: &program.calendars,
        };
        from.cube(query, catalog)
    };
    plan.queries.iter().map(answer).collect()
}

/// Cells with numbers as numbers: 10 and 10.00 are one.
fn cells(cube: &Cube) -> Vec<BTreeMap<Vec<i32>, Vec<String>>> {
    let plain = |value: &LaneValue| match value {
        LaneValue::Sum(sum, values) => format!("{} of {values}", naive::number(*sum)),
        LaneValue::Extreme(extreme) => format!("{:?}", extreme.map(naive::number)),
        other => format!("{other:?}"),
    };
    let set = |set: &jauge::plan::Cells| {
        set.iter().map(|(codes, cell)| (codes.to_vec(), cell.iter().map(plain).collect())).collect()
    };
    cube.sets.iter().map(set).collect()
}

fn codes(cubes: &[Cube], code: &str) -> usize {
    cubes.iter().flat_map(|cube| &cube.problems).filter(|problem| problem.code() == code).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_looked_up_is_what_the_other_rows_say(tables in tables(), packed in any::<(bool, bool)>()) {
        let program = program(packed);
        let plan = plan(&program, &Request::all());
        let slow = Rows::default().csv("aids", &tables.aids()).csv("towns", &tables.towns());
        let slow = answers(&program, &plan, &slow);
        let fast = answers(&program, &plan, &tables.engine(packed));
        for (slow, fast) in slow.iter().zip(&fast) {
            prop_assert!(!fast.unreadable, "{:?}", fast.problems);
            prop_assert_eq!(cells(slow), cells(fast), "{:?}", &tables);
            prop_assert_eq!(slow.rows, fast.rows);
        }
        let told: BTreeMap<String, u64> = fast
            .iter()
            .flat_map(|cube| &cube.problems)
            .filter_map(|problem| match &problem.fact {
                Fact::LookupProblem(LookupProblem::NotFound { text, rows, .. }) => Some((text.clone(), *rows)),
                _ => None,
            })
            .collect();
        prop_assert_eq!(told, tables.not_found());
        let wrong: Vec<&str> = fast
            .iter()
            .flat_map(|cube| &cube.problems)
            .map(jauge::problem::Problem::code)
            .filter(|code| !["E0545", "W0501"].contains(code))
            .collect();
        prop_assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn threads_chunks_and_many_codes_change_nothing(
        tables in tables(), packed in any::<(bool, bool)>(), chunk in 1usize..200, few in 0usize..3,
    ) {
        let program = program(packed);
        let plan = plan(&program, &Request::all());
        let expected = answers(&program, &plan, &tables.engine(packed).threads(1));
        for threads in [2, 4] {
            let engine = tables.engine(packed).threads(threads).chunk_bytes(chunk).few_codes(few);
            prop_assert_eq!(&answers(&program, &plan, &engine), &expected);
        }
    }

    #[test]
    fn a_code_that_repeats_gives_no_figure(tables in tables(), at in any::<prop::sample::Index>(), threads in 1usize..5) {
        prop_assume!(!tables.towns.is_empty());
        let mut twice = tables.clone();
        let row = twice.towns[at.index(twice.towns.len())].clone();
        twice.towns.push(row);
        let program = program((false, false));
        let plan = plan(&program, &Request::all());
        let cubes = answers(&program, &plan, &twice.engine((false, false)).threads(threads).chunk_bytes(16));
        let of_aids = &cubes[0];
        prop_assert!(of_aids.unreadable);
        prop_assert_eq!(codes(std::slice::from_ref(of_aids), "E0528"), 1);
        prop_assert_eq!(&of_aids.problems[0].also.len(), &1);
    }
}
