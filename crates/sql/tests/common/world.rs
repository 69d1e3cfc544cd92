//! A source with columns of every kind, another one to look up in, tables of random rows, and random queries over them.

use jauge::plan::{CubeQuery, Filter, GroupingSet, Key, Lane, LaneState};
use jauge::program::model::{
    Column, ColumnTest, ColumnType, Comparison, DataSource, DateStyle, Dimension, Format, Groups, LookUp, Member,
    MissingPolicy, NoNumber, RowKind, TestKind, TestOn,
};
use jauge::text::{FileId, Lang, Localized, Span};
use jauge::types::{Calendar, CalendarId, Date, Length, Number, Unit};
use jauge_sql::Stored;

pub const ID: usize = 0;
pub const SEX: usize = 1;
pub const PLACE: usize = 2;
pub const AGE: usize = 3;
pub const YEAR: usize = 4;
pub const MONTH: usize = 5;
pub const AMOUNT: usize = 6;
pub const PRICE: usize = 7;
pub const DAY: usize = 8;
pub const UNTIL: usize = 9;
pub const PERSON: usize = 10;
pub const PAID: usize = 11;
pub const NICK: usize = 12;
/// Columns that are looked up: by the person, then by the identifier.
pub const TOWN_PLACE: usize = 13;
pub const TOWN_SIZE: usize = 14;
pub const TOWN_BUDGET: usize = 15;
pub const TOWN_URBAN: usize = 16;
pub const TOWN_SINCE: usize = 17;
pub const TOWN_OPENED: usize = 18;
pub const TOWN_NAME: usize = 19;
pub const ID_SIZE: usize = 20;
pub const ID_PLACE: usize = 21;
pub const SCHOOL: CalendarId = CalendarId(5);
pub const QUARTER: CalendarId = CalendarId(6);

/// Names that want to leave their quotes.
pub const HOSTILE: [&str; 13] = [
    "id",
    "sexe'--",
    "lieu \"nommé\"",
    "âge",
    "année/scolaire",
    "mois`x`",
    "montant\\n",
    "prix $$",
    "jour */",
    "jusqu’au",
    "personne;DROP TABLE t",
    "payé ?",
    "surnom {x}",
];

/// Columns of the source that is looked up in.
pub const TOWNS: [&str; 8] =
    ["code '\"`", "où -- là", "taille \\", "budget $1", "urbaine */ ?", "depuis;", "ouverte 'le'", "nom \"propre\""];

/// Columns that are looked up: the column of the codes, and the column of [`TOWNS`].
const LOOKED_UP: [(usize, usize); 9] =
    [(PERSON, 1), (PERSON, 2), (PERSON, 3), (PERSON, 4), (PERSON, 5), (ID, 6), (ID, 7), (ID, 2), (ID, 1)];

/// Numbers that look random and are the same in each run.
pub struct Luck(pub u64);

impl Luck {
    pub fn below(&mut self, end: usize) -> usize {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).expect("fits") % end
    }

    pub fn one<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        of[self.below(of.len())]
    }
}

fn nowhere() -> Span {
    Span::new(FileId(0), 0, 0)
}

fn column(name: &str, of: ColumnType) -> Column {
    Column {
        name: name.into(),
        headers: vec![name.into()],
        of,
        may_be_missing: true,
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

fn member(code: &str, label: &str, level: usize, parent: Option<usize>) -> Member {
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

/// What a query may look up.
#[derive(Clone)]
pub struct World {
    /// The source, and the one in which it looks up.
    pub sources: [DataSource; 2],
    pub dimensions: Vec<Dimension>,
    pub calendars: Vec<Calendar>,
}

impl World {
    pub fn catalog(&self) -> jauge::plan::Catalog<'_> {
        jauge::plan::Catalog {
            source: &self.sources[0],
            sources: &self.sources,
            dimensions: &self.dimensions,
            calendars: &self.calendars,
        }
    }
}

impl World {
    /// Binary numbers are read where their decimals are declared; cells with more than that are told, however they are stored.
    pub fn declare_decimals(&mut self, kind: u64, many: bool) {
        self.sources[0].columns[AMOUNT].decimals = match (kind, many) {
            (3, true) => Some(7),
            (_, true) => None,
            (_, false) => Some(2),
        };
        let one = (kind == 3).then_some(1);
        self.sources[0].columns[AGE].decimals = one;
        self.sources[1].columns[2].decimals = one;
        self.sources[1].columns[3].decimals = if many && kind != 3 { None } else { Some(2) };
        for (at, (_, of)) in LOOKED_UP.iter().enumerate() {
            let found = self.sources[1].columns[*of].decimals;
            self.sources[0].columns[HOSTILE.len() + at].decimals = found;
        }
    }
}

/// The sources. `marked`: cells may be marked as totals, unknown, or without a number, which only texts can be.
pub fn world(marked: bool) -> World {
    let mut calendars = Calendar::civil();
    let calendar =
        |name: &str, starts, length| Calendar { name: name.into(), label: Localized::default(), starts, length };
    calendars.push(calendar("scolaire", (9, 1), Length::Year));
    calendars.push(calendar("trimestre décalé", (2, 15), Length::Quarter));
    let mut sex = dimension("sexe", &["sexe"], vec![member("F", "Féminin", 0, None), member("M", "Masculin", 0, None)]);
    sex.members[0].aliases.push("O'Brien \"x\" \\ -- */ $$ {y}".into());
    sex.members[1].aliases.push("deux\nlignes".into());
    let place = dimension(
        "lieu",
        &["région", "province"],
        vec![
            member("TTA", "Tanger-Tétouan-Al Hoceïma", 0, None),
            member("TET", "Tétouan", 1, Some(0)),
            member("TNG", "Tanger - Assilah", 1, Some(0)),
            member("ORI", "L'Oriental", 0, None),
            member("OUJ", "Oujda", 1, Some(3)),
        ],
    );
    let mut age =
        dimension("âge", &["âge"], vec![member("0-17", "mineurs", 0, None), member("18+", "majeurs", 0, None)]);
    age.bands_of = Some("années".into());
    age.members[0].band = Some((Number::from(0i64), Some(Number::parse_plain("17.5").expect("a number"))));
    age.members[1].band = Some((Number::from(18i64), None));
    let of = [
        ColumnType::Text,
        ColumnType::Dimension(0),
        ColumnType::Dimension(1),
        ColumnType::Dimension(2),
        ColumnType::Period(SCHOOL),
        ColumnType::Period(CalendarId::MONTH),
        ColumnType::Number(Unit::Number),
        ColumnType::Number(Unit::Number),
        ColumnType::Date,
        ColumnType::Date,
        ColumnType::Text,
        ColumnType::YesNo,
        ColumnType::Text,
    ];
    let mut columns: Vec<Column> = HOSTILE.iter().zip(of).map(|(name, of)| column(name, of)).collect();
    columns[ID].may_be_missing = false;
    columns[DAY].may_be_missing = false;
    columns[PAID].yes.push("payé".into());
    columns[PAID].no.push("impayé".into());
    if marked {
        columns[SEX].totals.push("_T".into());
        columns[SEX].unknowns.push("ne sait pas".into());
        columns[AGE].totals.push("tous".into());
        columns[AMOUNT].unknowns.push("nd".into());
        columns[AMOUNT].without_number =
            vec![(NoNumber::NotApplicable, "sans objet".into()), (NoNumber::Planned, "prévu ’21".into())];
        columns[PERSON].unknowns.push("-".into());
        columns[PERSON].without_number = vec![(NoNumber::NotApplicable, "personne".into())];
        columns[NICK].totals.push("Ensemble".into());
        columns[YEAR].unknowns.push("?".into());
    } else {
        columns[MONTH].may_be_missing = false;
    }
    let of = [
        ColumnType::Text,
        ColumnType::Dimension(1),
        ColumnType::Dimension(2),
        ColumnType::Number(Unit::Number),
        ColumnType::YesNo,
        ColumnType::Period(SCHOOL),
        ColumnType::Date,
        ColumnType::Text,
    ];
    let mut towns: Vec<Column> = TOWNS.iter().zip(of).map(|(name, of)| column(name, of)).collect();
    towns[0].may_be_missing = false;
    towns[4].yes.push("ville".into());
    if marked {
        towns[1].unknowns.push("ne sait pas".into());
        towns[3].unknowns.push("n.d.".into());
        towns[3].without_number = vec![(NoNumber::Planned, "prévu".into()), (NoNumber::NotApplicable, "s. o.".into())];
        towns[5].unknowns.push("?".into());
        towns[7].unknowns.push("-".into());
    } else {
        towns[6].may_be_missing = false;
    }
    let looked_up = LOOKED_UP.iter().map(|(by, of)| Column {
        name: format!("{} selon {by}", TOWNS[*of]),
        headers: columns[*by].headers.clone(),
        may_be_missing: true,
        looked_up: Some(LookUp { by: *by, source: 1, key: 0, column: *of }),
        ..towns[*of].clone()
    });
    let looked_up: Vec<Column> = looked_up.collect();
    columns.extend(looked_up);
    let french = Format {
        separator: Some(','),
        decimal: Some(','),
        thousands: Some(' '),
        dates: DateStyle::DayMonthYear,
        ..Format::default()
    };
    let english = Format { decimal: Some('.'), thousands: Some(','), dates: DateStyle::YearMonthDay, ..french.clone() };
    World {
        sources: [source("t", french, columns), source("villes", english, towns)],
        dimensions: vec![sex, place, age],
        calendars,
    }
}

fn source(name: &str, format: Format, columns: Vec<Column>) -> DataSource {
    DataSource {
        name: name.into(),
        label: Localized::default(),
        path: None,
        format,
        provider: None,
        row: RowKind::Event,
        key: vec![ID],
        counts: vec![],
        period: None,
        columns,
        covers: vec![],
        covers_period: None,
        finality: None,
        facts: None,
        margin: None,
        threshold: None,
        milestones: None,
        definition: nowhere(),
    }
}

/// How each column is stored in a typed table.
pub const TYPED: [Stored; 13] = [
    Stored::Text,
    Stored::Text,
    Stored::Text,
    Stored::Number,
    Stored::Text,
    Stored::Text,
    Stored::Number,
    Stored::Integer,
    Stored::Date,
    Stored::Date,
    Stored::Text,
    Stored::YesNo,
    Stored::Text,
];

/// The same for [`TOWNS`].
pub const TOWNS_TYPED: [Stored; 8] = [
    Stored::Text,
    Stored::Text,
    Stored::Number,
    Stored::Number,
    Stored::YesNo,
    Stored::Text,
    Stored::Date,
    Stored::Text,
];

/// A cell as a file writes it, and as a typed table holds it; empty for NULL.
pub type Cell = (String, String);

const SEXES: [&str; 10] =
    ["", "F", "M", "Féminin", "Fe\u{301}minin", " Masculin ", "X", "f", "O’Brien \"x\" \\ – */ $$ {y}", "deux\nlignes"];
const PLACES: [&str; 12] = [
    "",
    "TTA",
    "TET",
    "TNG",
    "ORI",
    "OUJ",
    "L’Oriental",
    "Tanger-Tétouan – Al  Hoceïma",
    "Tanger-Assilah",
    "\u{a0}Oujda\u{202f}",
    "YYY",
    "TE\u{200b}T",
];
const AGES: [&str; 8] = ["", "0", "17,5", "17,6", "18", "65", "-1", "12"];
const YEARS: [&str; 9] = ["", "2018-2019", "2019/2020", "2019-20", "2019–2020", "2020-2021", "2019", "2019-2021", "x"];
const MONTHS: [&str; 6] = ["2019-12", "2020-01", "2020-6", "2020/06", "2020-13", ""];
const AMOUNTS: [&str; 14] = [
    "",
    "0",
    "10",
    "10,00",
    "10,01",
    "7,5",
    "-3",
    "−3,25",
    "1 250",
    "1\u{a0}234\u{202f}567,125",
    "+4",
    "12,3456789",
    "abc",
    "1e3",
];
const PRICES: [&str; 6] = ["", "0", "10", "11", "-3", "999999999"];
const DAYS: [&str; 10] = [
    "01/01/2018",
    "31/12/2018",
    "31-8-2019",
    "1/9/2019",
    "29.02.2020",
    "14/02/2021",
    "15/02/2021",
    "30/02/2020",
    "15/06/2020 10:30",
    "",
];
const PERSONS: [&str; 11] = ["", "p1", "p2", "p3", "é", "e\u{301}", " p1 ", "P1", "a'b\"c\\d", "-- $$ */", "p\u{a0}4"];
const PAIDS: [&str; 9] = ["", "oui", "Non", "TRUE", "0", "payé", "impayé", "yes", "peut-être"];
const NICKS: [&str; 8] = ["", "p1", "p2", "P1", "é", "zz", "é ", "a"];

/// A random table. `clean`: every cell is readable, as typed tables want it.
pub fn rows(luck: &mut Luck, count: usize, marked: bool, clean: bool) -> Vec<Vec<Cell>> {
    let special = |column: usize| -> &[&str] {
        match column {
            SEX => &["_T", "ne sait pas"],
            AGE => &["tous", "mineurs", "18+"],
            AMOUNT => &["nd", "sans objet", "prévu '21"],
            PERSON => &["-", "personne"],
            NICK => &["Ensemble"],
            YEAR => &["?"],
            _ => &[],
        }
    };
    (0..count)
        .map(|row| {
            (0..HOSTILE.len())
                .map(|column| {
                    let pool: &[&str] = match column {
                        ID => &["i"],
                        SEX => {
                            if clean {
                                &SEXES[..6]
                            } else {
                                &SEXES
                            }
                        }
                        PLACE => {
                            if clean {
                                &PLACES[..10]
                            } else {
                                &PLACES
                            }
                        }
                        AGE => &AGES,
                        YEAR => {
                            if clean {
                                &YEARS[..6]
                            } else {
                                &YEARS
                            }
                        }
                        MONTH => {
                            if clean {
                                &MONTHS[..4]
                            } else {
                                &MONTHS
                            }
                        }
                        AMOUNT => {
                            if clean {
                                &AMOUNTS[..12]
                            } else {
                                &AMOUNTS
                            }
                        }
                        PRICE => &PRICES,
                        DAY => {
                            if clean {
                                &DAYS[..7]
                            } else {
                                &DAYS
                            }
                        }
                        UNTIL => {
                            if clean {
                                &DAYS[..7]
                            } else {
                                &DAYS
                            }
                        }
                        PERSON => &PERSONS,
                        PAID => {
                            if clean {
                                &PAIDS[..8]
                            } else {
                                &PAIDS
                            }
                        }
                        _ => &NICKS,
                    };
                    let special = special(column);
                    let text = match column {
                        // Some keys repeat.
                        ID if !clean && row % 7 == 3 => format!("i{}", luck.below(3)),
                        ID => format!("i{row}"),
                        _ if marked && !special.is_empty() && luck.below(5) == 0 => luck.one(special).to_string(),
                        _ => luck.one(pool).to_string(),
                    };
                    let stored = typed(column, &text);
                    (text, stored)
                })
                .collect()
        })
        .collect()
}

/// A readable cell as a typed table holds it.
fn typed(column: usize, text: &str) -> String {
    match column {
        AGE | AMOUNT | PRICE => {
            text.replace([' ', '\u{a0}', '\u{202f}'], "").replace('−', "-").replace(',', ".").replace('+', "")
        }
        DAY | UNTIL => {
            let day = text.split(' ').next().unwrap_or_default();
            let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
            let [day, month, year] = parts.as_slice() else { return String::new() };
            let number = |text: &str| text.parse::<i32>().expect("a number");
            let date = Date::new(number(year), number(month) as u8, number(day) as u8);
            date.map_or_else(String::new, |date| date.to_string())
        }
        PAID => match text {
            "oui" | "TRUE" | "payé" | "yes" => "true".into(),
            "Non" | "0" | "impayé" => "false".into(),
            _ => String::new(),
        },
        _ => text.to_string(),
    }
}

const CODES: [&str; 14] =
    ["p1", " p2", "p3", "é", "e", "P1", "a'b\"c\\d", "-- $$ */", "p\u{a0}4", "i0", "i1", "i2\u{202f}", "i5", "0p1"];

/// A random table of the source that is looked up in, with its cells as [`rows`] has them. Not `clean`: an identifier may repeat.
pub fn towns(luck: &mut Luck, marked: bool, clean: bool) -> Vec<Vec<Cell>> {
    let mut codes: Vec<&str> = CODES.into_iter().filter(|_| luck.below(3) > 0).collect();
    if !clean && luck.below(4) == 0 {
        codes.push(luck.one(&["p1", "p1 ", "", "é"]));
    }
    if codes.is_empty() {
        codes.push("p1");
    }
    let budgets: &[&str] =
        if clean { &["", "0", "10", "1,250", "10.01", "-3.5"] } else { &["", "10,5", "1 250", "17"] };
    let sizes: &[&str] = if clean { &["", "0", "17.5", "18", "65"] } else { &["mineurs", "17.6", "12", "18+"] };
    let days: &[&str] =
        if clean { &["2018-12-31", "2019-09-01", "2020-02-29"] } else { &["", "01/09/2019", "2020-02-29"] };
    let all = |column: usize| -> (&[&str], &[&str]) {
        match column {
            1 => (if clean { &PLACES[..10] } else { &PLACES }, &["ne sait pas"]),
            2 => (sizes, if clean { &[] } else { &["majeurs"] }),
            3 => (budgets, &["n.d.", "s. o.", "prévu"]),
            4 => (if clean { &["", "oui", "non", "ville"] } else { &["", "ville", "village"] }, &[]),
            5 => (if clean { &YEARS[..6] } else { &YEARS }, &["?"]),
            6 => (days, &[]),
            _ => (&NICKS, &["-"]),
        }
    };
    codes
        .iter()
        .map(|code| {
            let cell = |column: usize, luck: &mut Luck| {
                let (pool, special) = all(column);
                let text = match column {
                    0 => code.to_string(),
                    _ if marked && !special.is_empty() && luck.below(4) == 0 => luck.one(special).to_string(),
                    _ => luck.one(pool).to_string(),
                };
                let stored = match column {
                    2 | 3 => text.replace(',', ""),
                    4 => text.replace("oui", "true").replace("ville", "true").replace("non", "false"),
                    _ => text.clone(),
                };
                (text, stored)
            };
            (0..TOWNS.len()).map(|column| cell(column, luck)).collect()
        })
        .collect()
}

/// Rows as a CSV text.
pub fn csv(header: &[&str], rows: &[Vec<Cell>]) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let mut out: Vec<String> = vec![header.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(",")];
    for row in rows {
        let cells: Vec<String> = row.iter().map(|(text, _)| quoted(text)).collect();
        out.push(cells.join(","));
    }
    out.join("\n") + "\n"
}

fn test(luck: &mut Luck) -> ColumnTest {
    let columns = [
        ID,
        SEX,
        PLACE,
        AGE,
        YEAR,
        AMOUNT,
        PRICE,
        DAY,
        UNTIL,
        PERSON,
        PAID,
        NICK,
        TOWN_PLACE,
        TOWN_SIZE,
        TOWN_BUDGET,
        TOWN_URBAN,
        TOWN_SINCE,
        TOWN_OPENED,
        TOWN_NAME,
        ID_SIZE,
    ];
    let comparison = [
        Comparison::Equal,
        Comparison::Different,
        Comparison::Less,
        Comparison::AtMost,
        Comparison::More,
        Comparison::AtLeast,
    ][luck.below(6)];
    let mut column = columns[luck.below(columns.len())];
    let day = |text: &str| {
        let date = typed(DAY, text);
        let parts: Vec<i32> = date.split('-').map(|part| part.parse().expect("a number")).collect();
        Date::new(parts[0], parts[1] as u8, parts[2] as u8).expect("a date").day_number()
    };
    let number = |luck: &mut Luck| {
        Number::parse_plain(luck.one(&["0", "10", "10.01", "-3", "7.5", "1250", "17"])).expect("a number")
    };
    let test = match luck.below(6) {
        0 => TestKind::Missing,
        1 => TestKind::Present,
        _ => match column {
            SEX => match luck.below(3) {
                0 => TestKind::Members(vec![luck.below(2)]),
                1 => TestKind::NotMembers(vec![luck.below(2)]),
                _ => TestKind::Members(vec![0, 1]),
            },
            PLACE | TOWN_PLACE => match luck.below(4) {
                0 => TestKind::Members(vec![0, 3]),
                1 => TestKind::NotMembers(vec![3]),
                2 => TestKind::Members(vec![1]),
                _ => TestKind::NotMembers(vec![2, 4]),
            },
            AGE | TOWN_SIZE | ID_SIZE if luck.below(2) == 0 => TestKind::Members(vec![luck.below(2)]),
            TOWN_SIZE => TestKind::Number(comparison, Number::from(17i64)),
            ID_SIZE => TestKind::Column(comparison, AGE),
            AGE => {
                column = AMOUNT;
                TestKind::NumberBetween(number(luck).min(Number::from(0i64)), number(luck))
            }
            YEAR | TOWN_SINCE => TestKind::Present,
            TOWN_BUDGET if luck.below(2) == 0 => TestKind::Column(comparison, AMOUNT),
            TOWN_BUDGET => TestKind::Number(comparison, number(luck)),
            TOWN_OPENED if luck.below(2) == 0 => TestKind::Column(comparison, DAY),
            TOWN_OPENED => TestKind::Day(comparison, day("01/09/2019")),
            TOWN_URBAN if luck.below(2) == 0 => TestKind::Yes,
            TOWN_URBAN => TestKind::No,
            TOWN_NAME if luck.below(2) == 0 => TestKind::Column(comparison, PERSON),
            AMOUNT | PRICE => match luck.below(3) {
                0 => TestKind::Column(comparison, if column == AMOUNT { PRICE } else { AMOUNT }),
                1 => TestKind::NumberBetween(Number::from(0i64), number(luck)),
                _ => TestKind::Number(comparison, number(luck)),
            },
            DAY | UNTIL => match luck.below(3) {
                0 => TestKind::Column(comparison, if column == DAY { UNTIL } else { DAY }),
                1 => TestKind::DayBetween(day("31/12/2018"), day("29/02/2020")),
                _ => TestKind::Day(comparison, day("01/09/2019")),
            },
            PAID if luck.below(2) == 0 => TestKind::Yes,
            PAID => TestKind::No,
            _ => match luck.below(3) {
                0 => TestKind::Column(comparison, if column == PERSON { NICK } else { PERSON }),
                1 => TestKind::Texts(vec!["p1".into(), "a'b\"c\\d".into(), "e\u{301}".into()]),
                _ => TestKind::NotTexts(vec!["p1".into(), "é".into(), "-- $$ */".into()]),
            },
        },
    };
    let missing = if luck.below(2) == 0 { MissingPolicy::Counted } else { MissingPolicy::Excluded };
    ColumnTest { on: TestOn::Column { source: 0, column }, test, missing }
}

fn filter(luck: &mut Luck, tests: usize, depth: usize) -> Filter {
    match luck.below(if depth == 0 { 2 } else { 5 }) {
        0 | 1 => Filter::Test(luck.below(tests)),
        2 => Filter::And((0..1 + luck.below(2)).map(|_| filter(luck, tests, depth - 1)).collect()),
        3 => Filter::Or((0..1 + luck.below(2)).map(|_| filter(luck, tests, depth - 1)).collect()),
        _ => Filter::Not(Box::new(filter(luck, tests, depth - 1))),
    }
}

/// A random query.
pub fn query(luck: &mut Luck) -> CubeQuery {
    let all = [
        Key::Dimension { column: SEX, dimension: 0, level: 0 },
        Key::Dimension { column: PLACE, dimension: 1, level: 0 },
        Key::Dimension { column: PLACE, dimension: 1, level: 1 },
        Key::Dimension { column: AGE, dimension: 2, level: 0 },
        Key::Dimension { column: TOWN_PLACE, dimension: 1, level: 0 },
        Key::Dimension { column: TOWN_PLACE, dimension: 1, level: 1 },
        Key::Dimension { column: TOWN_SIZE, dimension: 2, level: 0 },
        Key::Dimension { column: ID_PLACE, dimension: 1, level: 1 },
        Key::Period { column: YEAR, calendar: SCHOOL },
        Key::Period { column: MONTH, calendar: CalendarId::MONTH },
        Key::Period { column: DAY, calendar: SCHOOL },
        Key::Period { column: DAY, calendar: QUARTER },
        Key::Period { column: DAY, calendar: CalendarId::HALF_YEAR },
        Key::Period { column: DAY, calendar: CalendarId::MONTH },
        Key::Period { column: UNTIL, calendar: CalendarId::DAY },
    ];
    let mut keys: Vec<Key> = Vec::new();
    for _ in 0..luck.below(5) {
        let key = all[luck.below(all.len())].clone();
        // One column of periods only may have an unknown one.
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let tests: Vec<ColumnTest> = (0..1 + luck.below(5)).map(|_| test(luck)).collect();
    let filters: Vec<Filter> = (0..1 + luck.below(4)).map(|_| filter(luck, tests.len(), 2)).collect();
    let states = [
        LaneState::Rows,
        LaneState::Rows,
        LaneState::Present(PERSON),
        LaneState::Present(AMOUNT),
        LaneState::Present(YEAR),
        LaneState::Sum(AMOUNT),
        LaneState::Sum(PRICE),
        LaneState::Sum(AGE),
        LaneState::Minimum(AMOUNT),
        LaneState::Maximum(UNTIL),
        LaneState::Minimum(YEAR),
        LaneState::Distinct(PERSON),
        LaneState::Distinct(NICK),
        LaneState::Distinct(AMOUNT),
        LaneState::Distinct(AGE),
        LaneState::Distinct(PLACE),
        LaneState::Distinct(DAY),
        LaneState::Distinct(PAID),
        LaneState::Keys(PERSON),
        LaneState::Keys(PRICE),
        LaneState::Values(AMOUNT),
        LaneState::Values(DAY),
        LaneState::Marks(AMOUNT),
        LaneState::First { column: AMOUNT, by: DAY },
        LaneState::Last { column: AMOUNT, by: UNTIL },
        LaneState::Last { column: PRICE, by: YEAR },
        LaneState::Present(TOWN_BUDGET),
        LaneState::Present(TOWN_SINCE),
        LaneState::Minimum(TOWN_BUDGET),
        LaneState::Maximum(TOWN_OPENED),
        LaneState::Distinct(TOWN_NAME),
        LaneState::Distinct(TOWN_SIZE),
        LaneState::Distinct(ID_PLACE),
        LaneState::Keys(TOWN_NAME),
        LaneState::Marks(TOWN_BUDGET),
        LaneState::Sum(TOWN_SIZE),
    ];
    let mut lanes: Vec<Lane> = Vec::new();
    for _ in 0..1 + luck.below(8) {
        let filter = (luck.below(3) > 0).then(|| luck.below(filters.len()));
        let lane = Lane { filter, state: states[luck.below(states.len())] };
        if !lanes.contains(&lane) {
            lanes.push(lane);
        }
    }
    let sets = (0..1 + luck.below(4))
        .map(|_| {
            let mut own: Vec<usize> = (0..keys.len()).filter(|_| luck.below(2) == 0).collect();
            if luck.below(2) == 0 {
                own.reverse();
            }
            let mut of: Vec<usize> = (0..lanes.len()).filter(|_| luck.below(3) > 0).collect();
            if of.is_empty() {
                of.push(0);
            }
            GroupingSet { keys: own, lanes: of }
        })
        .collect();
    let unique = [vec![ID], vec![], vec![SEX, YEAR, PERSON], vec![AMOUNT, PAID]][luck.below(4)].clone();
    CubeQuery { source: 0, keys, filters, tests, lanes, sets, unique, facts: None, days: None }
}
