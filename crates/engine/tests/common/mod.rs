//! A small program and queries over CSV text.

#![allow(dead_code, reason = "each test file uses a part of it")]

use jauge::plan::{
    Catalog, Cube, CubeQuery, CubeSource, Decimal, Filter, GroupingSet, Key, Lane, LaneState, LaneValue,
};
use jauge::problem::{Place, Problem};
use jauge::program::model::{
    Column, ColumnTest, ColumnType, DataSource, Dimension, Format, Groups, Member, MissingPolicy, RowKind, TestKind,
    TestOn,
};
use jauge::text::{FileId, Lang, Localized, Span};
use jauge::types::{Calendar, CalendarId, Length, Number, Unit};
use jauge_engine::Engine;

pub const SEX: usize = 0;
pub const REGION: usize = 1;
pub const AGE: usize = 2;
pub const YEAR: usize = 3;
pub const AMOUNT: usize = 4;
pub const DAY: usize = 5;
pub const PERSON: usize = 6;
pub const PAID: usize = 7;

pub const HEADER: &str = "sexe,region,age,annee,montant,jour,personne,paye\n";

pub fn nowhere() -> Span {
    Span::new(FileId(0), 0, 0)
}

pub fn column(name: &str, of: ColumnType) -> Column {
    Column {
        name: name.into(),
        headers: vec![name.into()],
        of,
        may_be_missing: false,
        missing: None,
        confidential: false,
        qualified: false,
        decimals: None,
        totals: vec![],
        unknowns: vec![],
        without_number: vec![],
        yes: vec![],
        no: vec![],
        written: Default::default(),
        whole: false,
        looked_up: None,
        definition: nowhere(),
    }
}

pub fn member(code: &str, label: &str, level: usize, parent: Option<usize>) -> Member {
    Member {
        stands_for: vec![],
        code: code.into(),
        label: Localized::one(Lang::Fr, label),
        aliases: vec![],
        level,
        parent,
        band: None,
        attributes: Default::default(),
    }
}

fn dimension(name: &str, levels: &[&str], members: Vec<Member>) -> Dimension {
    Dimension {
        name: name.into(),
        label: Localized::default(),
        groups: Groups::Exclusive,
        levels: levels.iter().map(|level| level.to_string()).collect(),
        members,
        bands_of: None,
        members_from: None,
        definition: nowhere(),
    }
}

pub struct World {
    pub source: DataSource,
    pub dimensions: Vec<Dimension>,
    pub calendars: Vec<Calendar>,
}

pub fn world() -> World {
    let mut calendars = Calendar::civil();
    calendars.push(Calendar {
        name: "année_scolaire".into(),
        label: Localized::default(),
        starts: (9, 1),
        length: Length::Year,
    });
    let mut region = dimension(
        "région",
        &["région", "province"],
        vec![
            member("TTA", "Tanger-Tétouan-Al Hoceïma", 0, None),
            member("TET", "Tétouan", 1, Some(0)),
            member("TNG", "Tanger", 1, Some(0)),
            member("ORI", "L'Oriental", 0, None),
            member("OUJ", "Oujda", 1, Some(3)),
        ],
    );
    region.members[0].aliases.push("Tanger-Tétouan".into());
    let mut age =
        dimension("âge", &["âge"], vec![member("0-17", "mineurs", 0, None), member("18+", "majeurs", 0, None)]);
    age.bands_of = Some("ans".to_string());
    age.members[0].band = Some((Number::from(0i64), Some(Number::from(17i64))));
    age.members[1].band = Some((Number::from(18i64), None));
    let sex = dimension("sexe", &["sexe"], vec![member("F", "Féminin", 0, None), member("M", "Masculin", 0, None)]);
    let columns = vec![
        column("sexe", ColumnType::Dimension(0)),
        column("region", ColumnType::Dimension(1)),
        column("age", ColumnType::Dimension(2)),
        column("annee", ColumnType::Period(CalendarId(5))),
        column("montant", ColumnType::Number(Unit::Number)),
        column("jour", ColumnType::Date),
        column("personne", ColumnType::Text),
        column("paye", ColumnType::YesNo),
    ];
    let source = DataSource {
        name: "registre".into(),
        label: Localized::default(),
        path: Some("registre.csv".into()),
        format: Format::default(),
        provider: None,
        row: RowKind::Event,
        key: vec![],
        counts: vec![],
        period: None,
        columns,
        covers: vec![],
        facts: None,
        margin: None,
        threshold: None,
        milestones: None,
        covers_period: None,
        finality: None,
        definition: nowhere(),
    };
    World { source, dimensions: vec![sex, region, age], calendars }
}

impl World {
    pub fn catalog(&self) -> Catalog<'_> {
        Catalog {
            source: &self.source,
            sources: std::slice::from_ref(&self.source),
            dimensions: &self.dimensions,
            calendars: &self.calendars,
        }
    }

    pub fn ask(&self, query: &CubeQuery, bytes: impl Into<Vec<u8>>) -> Cube {
        Engine::new(".").threads(1).inline(0, bytes).cube(query, self.catalog())
    }

    /// All columns may be empty.
    pub fn lenient(mut self) -> World {
        self.source.columns.iter_mut().for_each(|column| column.may_be_missing = true);
        self
    }
}

/// Counts rows, by keys, with one lane per state.
pub fn query(keys: Vec<Key>, states: Vec<LaneState>) -> CubeQuery {
    CubeQuery {
        source: 0,
        filters: vec![],
        tests: vec![],
        sets: vec![GroupingSet { keys: (0..keys.len()).collect(), lanes: (0..states.len()).collect() }],
        lanes: states.into_iter().map(|state| Lane { filter: None, state }).collect(),
        keys,
        unique: vec![],
        facts: None,
        days: None,
    }
}

/// Counts rows that pass one test.
pub fn counting(column: usize, test: TestKind, missing: MissingPolicy) -> CubeQuery {
    let mut query = query(vec![], vec![LaneState::Rows]);
    query.tests.push(ColumnTest { on: TestOn::Column { source: 0, column }, test, missing });
    query.filters.push(Filter::Test(0));
    query.lanes[0].filter = Some(0);
    query
}

pub fn dimension_key(column: usize, dimension: usize, level: usize) -> Key {
    Key::Dimension { column, dimension, level }
}

/// `[codes] values` per cell, in order.
pub fn show(cube: &Cube) -> Vec<String> {
    let code = |code: &i32| match *code {
        Cube::UNKNOWN => "?".to_string(),
        Cube::TOTAL => "T".to_string(),
        code => code.to_string(),
    };
    let number = |n: &Decimal| Number::scaled(n.mantissa, n.scale).to_string();
    let value = |value: &LaneValue| match value {
        LaneValue::Count(count) => count.to_string(),
        LaneValue::Sum(sum, count) => format!("{}/{count}", number(sum)),
        LaneValue::Qualified(sum) => format!("{sum:?}"),
        LaneValue::Keys(keys) => format!("{keys:?}"),
        LaneValue::Extreme(extreme) => extreme.as_ref().map_or("-".into(), number),
        LaneValue::Values(values) => {
            values.iter().map(|(n, rows)| format!("{}x{rows}", number(n))).collect::<Vec<_>>().join("+")
        }
    };
    let cells = cube.sets.iter().flatten();
    cells
        .map(|(codes, values)| {
            let codes: Vec<String> = codes.iter().map(code).collect();
            let values: Vec<String> = values.iter().map(value).collect();
            format!("[{}] {}", codes.join(" "), values.join(" "))
        })
        .collect()
}

/// `CODE line:column text` per problem.
pub fn problems(cube: &Cube) -> Vec<String> {
    cube.problems.iter().map(one).collect()
}

fn one(problem: &Problem) -> String {
    match &problem.at {
        Place::Data(at) => format!("{} {}:{} {}", problem.code(), at.line, at.column, at.text).trim_end().to_string(),
        Place::Text(_) => format!("{} text", problem.code()),
        Place::Path(path) => format!("{} {path}", problem.code()),
        Place::Table(at) => format!("{} {}", problem.code(), at.table),
    }
}
