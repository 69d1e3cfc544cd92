//! Rows of random tables in several places: the merge of what the places write gives every figure that all rows in one place
//! give, in whatever order it is done.

mod common;

use common::*;
use jauge::outcome::Outcome;
use jauge::program::model::Program;
use jauge_partial::Partial;
use proptest::prelude::*;

const REGISTER: &str = r#"language: english

unit aid
  singular: "aid"
  plural:   "aids"

unit visit
  singular: "visit"
  plural:   "visits"

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
    id      text, confidential
    day     date
    person  text, confidential, may be missing
    sex     sex, may be missing
    place   region, may be missing
    amount  number of dirhams, may be missing

source visits "Visits"
  file:        "visits.csv"
  each row is: a visit
  counts:      migrants by person
  period:      year (year)
  columns:
    person  text, confidential, may be missing
    sex     sex, may be missing
    stock   number of visits, may be missing

indicator aided "Aids"
  measure:          number of aids in aids
  disaggregated by: sex, region, province x sex

indicator migrants "Distinct migrants"
  measure:          number of distinct migrants in aids
  disaggregated by: sex, region

indicator quarterly "Distinct migrants by quarter"
  measure:          number of distinct migrants in aids where amount > 5 (missing excluded)
  period:           quarter
  disaggregated by: sex

indicator both "Distinct migrants of both"
  measure:          number of distinct migrants in aids and visits
  disaggregated by: sex

indicator spent "Amount"
  measure:          sum of amount in aids
  disaggregated by: region

indicator mean_amount "Mean"
  measure:          average of amount in aids where sex = F (missing excluded)
  disaggregated by: region

indicator middle "Median"
  measure:          median of amount in aids
  disaggregated by: sex

indicator least "Least"
  measure:          minimum of amount in aids
  disaggregated by: sex

indicator most "Most"
  measure:          maximum of amount in aids
  disaggregated by: sex

indicator gap "Gap"
  measure:          longest gap in days between day in aids
  disaggregated by: region

indicator opening "First"
  measure:          first of amount in aids
  disaggregated by: sex

indicator closing "Last"
  measure:          last of amount in aids where place = ORI (missing excluded)
  disaggregated by: sex

indicator last_stock "Stock"
  measure:          last of stock in visits
  disaggregated by: sex

indicator girls "Share"
  numerator:        aided where sex = F (missing excluded)
  denominator:      aided
  unit of measure:  %
  disaggregated by: region

indicator growth "Growth"
  measure:          change in % of spent

rule parts "Parts"
  verify:           sum by sex of aided = aided
"#;

#[derive(Debug, Clone)]
struct Rows {
    aids: Vec<(String, usize)>,
    visits: Vec<(String, usize)>,
}

const PLACES: usize = 4;

fn rows() -> impl Strategy<Value = Rows> {
    let day = || prop::sample::select(vec!["2018-01-01", "2018-12-31", "2019-06-15", "2020-02-29", "2021-03-04"]);
    let person = || prop::sample::select(vec!["", "p1", "p2", "p3", "a person with a long identity"]);
    let sex = || prop::sample::select(vec!["", "F", "M", "X"]);
    let place = prop::sample::select(vec!["", "TTA", "TNG", "TET", "ORI", "OUJ", "Y"]);
    let amount = prop::sample::select(vec!["", "0", "10", "10.00", "10.01", "7.5", "-3", "1250"]);
    let aid = (day(), person(), sex(), place, amount, 0..PLACES);
    let visit = (prop::sample::select(vec!["2018", "2019", "2021"]), person(), sex(), 0..9u8, 0..PLACES);
    (prop::collection::vec(aid, 1..24), prop::collection::vec(visit, 0..9)).prop_map(|(aids, visits)| Rows {
        aids: aids
            .into_iter()
            .enumerate()
            .map(|(at, (day, person, sex, place, amount, of))| {
                (format!("a{at},{day},{person},{sex},{place},{amount}"), of)
            })
            .collect(),
        visits: visits
            .into_iter()
            .map(|(year, person, sex, stock, of)| (format!("{year},{person},{sex},{stock}"), of))
            .collect(),
    })
}

impl Rows {
    /// The rows of some places; those of a place that has none are files with headers only.
    fn data(&self, is_in: impl Fn(usize) -> bool) -> Data {
        let csv = |head: &str, rows: &[(String, usize)]| {
            let kept = rows.iter().filter(|(_, of)| is_in(*of)).map(|(row, _)| row.as_str());
            std::iter::once(head).chain(kept).collect::<Vec<_>>().join("\n") + "\n"
        };
        vec![csv("id,day,person,sex,place,amount", &self.aids), csv("year,person,sex,stock", &self.visits)]
    }

    fn places(&self, program: &Program) -> Vec<Partial> {
        let place = |at: usize| {
            let data = self.data(|of| of == at);
            written(program, &format!("Place {at}"), &data, USUAL).unwrap_or_else(|problems| panic!("{problems:?}"))
        };
        (0..PLACES).map(place).collect()
    }
}

fn figures(outcome: &Outcome) -> Vec<String> {
    let figures = outcome.figures.iter().map(|figure| format!("{figure:?}"));
    figures.chain(outcome.rules.iter().map(|rule| format!("{rule:?}"))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_merge_is_the_whole(rows in rows()) {
        let program = program(REGISTER);
        let expected = whole(&program, &rows.data(|_| true)).0;
        prop_assert!(expected.figures.len() > 20);
        let partials: Vec<Partial> = rows.places(&program).iter().map(|one| sent(&program, one)).collect();
        let (all, _) = merged(&program, &partials).unwrap_or_else(|problems| panic!("{problems:?}"));
        prop_assert_eq!(figures(&evaluated(&program, &all).0), figures(&expected), "{:?}", rows);
        // Sent on as one file, it is the same.
        prop_assert_eq!(figures(&evaluated(&program, &sent(&program, &all)).0), figures(&expected));
    }

    #[test]
    fn order_and_steps_change_nothing(rows in rows(), order in Just((0..PLACES).collect::<Vec<_>>()).prop_shuffle()) {
        let program = program(REGISTER);
        let places = rows.places(&program);
        let text = |partials: &[Partial]| merged(&program, partials).expect("a merge").0.write(&program);
        let expected = text(&places);
        let turned: Vec<Partial> = order.iter().map(|at| places[*at].clone()).collect();
        prop_assert_eq!(&text(&turned), &expected);
        let step = |partials: &[Partial]| merged(&program, partials).expect("a merge").0;
        let pairs = [step(&turned[..2]), step(&turned[2..])];
        prop_assert_eq!(&text(&pairs), &expected);
        let one_by_one = [step(&[step(&turned[..2]), turned[2].clone()]), turned[3].clone()];
        prop_assert_eq!(&text(&one_by_one), &expected);
    }
}

/// Tables with qualified numbers, cells that say why they have none, windows as periods, and totals.
const TABLES: &str = r#"language: english

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

source spending "Spending"
  file:        "spending.csv"
  each row is: an event
  period:      year (year)
  columns:
    sex     sex, may be missing
    amount  number of dirhams, qualified, may be missing, missing "-", planned "to come"
    share   number, may be missing, not applicable "suspended"

source table "Table"
  file:        "table.csv"
  each row is: a count
  count:       heads of migrants
  period:      year (year)
  key:         line
  columns:
    line  text
    sex   sex, total "_T"

indicator spent "Spent"
  measure:          sum of amount in spending
  disaggregated by: sex

indicator mean_spent "Mean"
  measure:          average of amount in spending
  disaggregated by: sex

indicator shares "Shares"
  measure:          sum of share in spending
  disaggregated by: sex

indicator last_share "Last share"
  measure:          last of share in spending
  disaggregated by: sex

indicator heads "Heads"
  measure:          number of migrants in table
  disaggregated by: sex

indicator growth "Growth"
  measure:          change in % of heads

indicator since "Since"
  measure:          cumulative since 2018 of heads
"#;

fn tables() -> impl Strategy<Value = Vec<Vec<(String, usize)>>> {
    let year =
        || prop::sample::select(vec!["2018", "2019", "2020", "2015 to 2020", "31 December 2020", "2018 to 2019"]);
    let sex = prop::sample::select(vec!["", "F", "M"]);
    let amount = prop::sample::select(vec![
        "",
        "-",
        "to come",
        "12.5",
        "more than 50",
        "about 800",
        "at least 3",
        "7",
        "between 2 and 4",
    ]);
    let share = prop::sample::select(vec!["", "suspended", "0.5", "3"]);
    let of_table = prop::sample::select(vec!["_T", "F", "M"]);
    let spending = prop::collection::vec((year(), sex, amount, share, 0..PLACES), 0..14);
    let table = prop::collection::vec((year(), of_table, 0..50u8, 0..PLACES), 0..12);
    (spending, table).prop_map(|(spending, table)| {
        let spending =
            spending.into_iter().map(|(year, sex, amount, share, of)| (format!("{year},{sex},{amount},{share}"), of));
        let table = table
            .into_iter()
            .enumerate()
            .map(|(at, (year, sex, heads, of))| (format!("{year},l{at},{sex},{heads}"), of));
        vec![spending.collect(), table.collect()]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tables_merge_to_the_whole(rows in tables()) {
        let program = program(TABLES);
        let heads = ["year,sex,amount,share", "year,line,sex,heads"];
        let data = |is_in: &dyn Fn(usize) -> bool| -> Data {
            let csv = |(head, rows): (&&str, &Vec<(String, usize)>)| {
                let kept = rows.iter().filter(|(_, of)| is_in(*of)).map(|(row, _)| row.as_str());
                std::iter::once(*head).chain(kept).collect::<Vec<_>>().join("\n") + "\n"
            };
            heads.iter().zip(&rows).map(csv).collect()
        };
        let expected = whole(&program, &data(&|_| true)).0;
        let place = |at: usize| {
            let partial = written(&program, &format!("Place {at}"), &data(&|of| of == at), USUAL);
            sent(&program, &partial.unwrap_or_else(|problems| panic!("{problems:?}")))
        };
        let places: Vec<Partial> = (0..PLACES).map(place).collect();
        let (all, _) = merged(&program, &places).unwrap_or_else(|problems| panic!("{problems:?}"));
        prop_assert_eq!(figures(&evaluated(&program, &all).0), figures(&expected), "{:?}", rows);
        let turned: Vec<Partial> = places.iter().rev().cloned().collect();
        prop_assert_eq!(merged(&program, &turned).expect("a merge").0.write(&program), all.write(&program));
    }
}
