//! A slow cube source over rows in memory: every row is read anew for every cell, by definition. It checks the engine and
//! lets the evaluator be tested without one.

use std::collections::{BTreeMap, BTreeSet};

use jauge::plan::{
    Catalog, Cells, Cube, CubeQuery, CubeSource, Decimal, Filter, GroupingSet, Key, Lane, LaneState, LaneValue,
};
use jauge::program::model::{
    Column, ColumnTest, ColumnType, Comparison, DateStyle, Dimension, FactRows, LookUp, MissingPolicy, Priority,
    TestKind, TestOn,
};
use jauge::types::{Calendar, Date, Number};

/// Rows by the name of their source: header and cells.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Each source's header and rows.
    pub tables: BTreeMap<String, (Vec<String>, Vec<Vec<String>>)>,
}

impl Rows {
    /// Adds the rows of a source from simple CSV text: commas, no quotes.
    pub fn csv(mut self, source: &str, text: &str) -> Self {
        let mut lines =
            text.lines().map(|line| line.split(',').map(|cell| cell.trim().to_string()).collect::<Vec<_>>());
        let header = lines.next().unwrap_or_default();
        self.tables.insert(source.to_string(), (header, lines.collect()));
        self
    }
}

/// What a cell holds, once read as its column says.
#[derive(Debug, Clone, PartialEq)]
pub enum Held {
    /// Nothing, a marker of unknown, or text that cannot be read.
    Missing,
    /// A text that says why there is no number: its place in the column's list.
    Marked(usize),
    /// A marker of a total.
    Total,
    /// Text.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A day number.
    Day(i32),
    /// Yes or no.
    Yes(bool),
    /// A member of a dimension.
    Member(usize, Option<Decimal>),
    /// The ordinal of a period.
    Period(i32),
}

impl Held {
    fn is_missing(&self) -> bool {
        matches!(self, Held::Missing | Held::Marked(_))
    }
}

/// Reads one cell.
pub fn read(text: &str, column: &Column, dimensions: &[Dimension], calendars: &[Calendar]) -> Held {
    let text = text.trim();
    let is_in = |list: &[String]| list.iter().any(|marker| marker == text);
    if is_in(&column.totals) {
        return Held::Total;
    }
    if text.is_empty() || is_in(&column.unknowns) {
        return Held::Missing;
    }
    if let Some(at) = column.without_number.iter().position(|(_, marker)| marker == text) {
        return Held::Marked(at);
    }
    let held = match &column.of {
        ColumnType::Text => Some(Held::Text(text.to_string())),
        ColumnType::Number(_) => {
            decimal(text).filter(|number| has_decimals(*number, column.decimals)).map(Held::Number)
        }
        ColumnType::Date => day(text, DateStyle::YearMonthDay).map(Held::Day),
        ColumnType::YesNo => match text {
            _ if is_in(&column.yes) => Some(Held::Yes(true)),
            _ if is_in(&column.no) => Some(Held::Yes(false)),
            "oui" | "yes" | "1" => Some(Held::Yes(true)),
            "non" | "no" | "0" => Some(Held::Yes(false)),
            _ => None,
        },
        ColumnType::Dimension(at) => {
            dimensions.get(*at).and_then(|dimension| member(text, dimension)).map(|at| Held::Member(at, decimal(text)))
        }
        ColumnType::Period(calendar) => {
            let calendar = calendars.get(usize::from(calendar.0));
            calendar.and_then(|calendar| calendar.read_label(text)).map(Held::Period)
        }
    };
    held.unwrap_or(Held::Missing)
}

fn member(text: &str, dimension: &Dimension) -> Option<usize> {
    let by_name = dimension.members.iter().position(|member| {
        member.code == text
            || member.label.0.values().any(|label| label == text)
            || member.aliases.iter().any(|alias| alias == text)
    });
    by_name.or_else(|| {
        let number = Number::parse_plain(text)?;
        dimension.members.iter().position(|member| {
            member
                .band
                .as_ref()
                .is_some_and(|(low, high)| *low <= number && high.as_ref().is_none_or(|high| number <= *high))
        })
    })
}

/// A plain decimal.
pub fn decimal(text: &str) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mantissa = format!("{whole}{fraction}").parse().ok()?;
    Some(Decimal { mantissa, scale: u8::try_from(fraction.len()).ok()? })
}

/// Whether a number has so many decimals at most; zeros at their end are none.
fn has_decimals(number: Decimal, most: Option<u8>) -> bool {
    most.is_none_or(|most| (self::number(number) * Number::scaled(10i128.pow(most.into()), 0)).is_whole())
}

fn day(text: &str, style: DateStyle) -> Option<i32> {
    let parts: Vec<i32> = text.split(['-', '/']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let [a, b, c] = parts.as_slice() else { return None };
    let (year, month, day) = match style {
        DateStyle::YearMonthDay => (*a, *b, *c),
        DateStyle::DayMonthYear => (*c, *b, *a),
        DateStyle::MonthDayYear => (*c, *a, *b),
    };
    Some(Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?.day_number())
}

/// The number of a decimal.
pub fn number(decimal: Decimal) -> Number {
    Number::scaled(decimal.mantissa, decimal.scale)
}

/// Whether a row passes a test.
pub fn test(test: &ColumnTest, row: &[Held], dimensions: &[Dimension], columns: &[Column]) -> bool {
    let TestOn::Column { column, .. } = test.on else { return false };
    let held = row.get(column).unwrap_or(&Held::Missing);
    let dimension = match columns.get(column).map(|column| &column.of) {
        Some(ColumnType::Dimension(at)) => dimensions.get(*at),
        _ => None,
    };
    let missing = held.is_missing();
    match &test.test {
        TestKind::Missing => return missing,
        TestKind::Present => return !missing,
        _ if missing => return test.missing == MissingPolicy::Counted,
        _ => {}
    }
    let inside = |list: &[usize]| match (held, dimension) {
        (Held::Member(at, _), Some(dimension)) => (0..dimension.levels.len().max(1))
            .any(|level| dimension.ancestor(*at, level).is_some_and(|above| list.contains(&above))),
        _ => false,
    };
    match (&test.test, held) {
        (TestKind::Members(list), Held::Member(..)) => inside(list),
        (TestKind::NotMembers(list), Held::Member(..)) => !inside(list),
        (TestKind::Number(comparison, wanted), Held::Number(held) | Held::Member(_, Some(held))) => {
            compare(*comparison, &number(*held), wanted)
        }
        (TestKind::NumberBetween(low, high), Held::Number(held) | Held::Member(_, Some(held))) => {
            (low..=high).contains(&&number(*held))
        }
        (TestKind::Day(comparison, wanted), Held::Day(held)) => compare(*comparison, held, wanted),
        (TestKind::DayBetween(low, high), Held::Day(held)) => (low..=high).contains(&held),
        (TestKind::Texts(list), Held::Text(held)) => list.contains(held),
        (TestKind::NotTexts(list), Held::Text(held)) => !list.contains(held),
        (TestKind::Yes, Held::Yes(held)) => *held,
        (TestKind::No, Held::Yes(held)) => !held,
        (TestKind::Column(comparison, other), _) => match (held, row.get(*other)) {
            (_, None | Some(Held::Missing | Held::Marked(_))) => test.missing == MissingPolicy::Counted,
            (Held::Day(a), Some(Held::Day(b))) => compare(*comparison, a, b),
            (Held::Number(a), Some(Held::Number(b))) => compare(*comparison, &number(*a), &number(*b)),
            (Held::Text(a), Some(Held::Text(b))) => compare(*comparison, a, b),
            _ => false,
        },
        _ => false,
    }
}

/// Whether two things stand in a relation.
pub fn compare<T: PartialOrd>(comparison: Comparison, left: &T, right: &T) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::Different => left != right,
        Comparison::Less => left < right,
        Comparison::AtMost => left <= right,
        Comparison::More => left > right,
        Comparison::AtLeast => left >= right,
    }
}

fn passes(filter: &Filter, query: &CubeQuery, row: &[Held], catalog: Catalog<'_>) -> bool {
    match filter {
        Filter::Test(at) => {
            query.tests.get(*at).is_some_and(|of| test(of, row, catalog.dimensions, &catalog.source.columns))
        }
        Filter::And(parts) => parts.iter().all(|part| passes(part, query, row, catalog)),
        Filter::Or(parts) => parts.iter().any(|part| passes(part, query, row, catalog)),
        Filter::Not(inner) => !passes(inner, query, row, catalog),
    }
}

fn code(key: &Key, row: &[Held], catalog: Catalog<'_>) -> i32 {
    match key {
        Key::Dimension { column, dimension, level } => match row.get(*column) {
            Some(Held::Total) => Cube::TOTAL,
            Some(Held::Member(at, _)) => catalog
                .dimensions
                .get(*dimension)
                .and_then(|dimension| dimension.ancestor(*at, *level))
                .and_then(|at| i32::try_from(at).ok())
                .unwrap_or(Cube::UNKNOWN),
            _ => Cube::UNKNOWN,
        },
        Key::Period { column, calendar } => match row.get(*column) {
            Some(Held::Period(ordinal)) => *ordinal,
            Some(Held::Day(day)) => catalog
                .calendars
                .get(usize::from(calendar.0))
                .map_or(Cube::UNKNOWN, |calendar| calendar.ordinal_of(Date::from_day_number(*day))),
            _ => Cube::UNKNOWN,
        },
        Key::StageDate { column } => match row.get(*column) {
            Some(Held::Period(ordinal)) => *ordinal,
            _ => Cube::UNKNOWN,
        },
        // It reads plain periods only: what has a date is reached.
        Key::Said { column } => match row.get(*column) {
            Some(Held::Period(_) | Held::Day(_)) => Cube::REACHED,
            _ => Cube::UNKNOWN,
        },
    }
}

/// The distinct values of a column, in order.
fn keys_of(rows: &[Vec<Held>], column: usize) -> Vec<String> {
    let held = rows.iter().filter_map(|row| row.get(column).filter(|held| !held.is_missing()));
    let keys: BTreeSet<String> = held.map(|held| format!("{held:?}")).collect();
    keys.into_iter().collect()
}

fn lane(
    lane: &Lane,
    query: &CubeQuery,
    rows: &[&Vec<Held>],
    all: &[Vec<Held>],
    catalog: Catalog<'_>,
) -> (LaneValue, bool) {
    let filter = lane.filter.and_then(|at| query.filters.get(at));
    let kept: Vec<&&Vec<Held>> =
        rows.iter().filter(|row| filter.is_none_or(|filter| passes(filter, query, row, catalog))).collect();
    let numbers = |column: usize| -> Vec<Decimal> {
        kept.iter()
            .filter_map(|row| match row.get(column) {
                Some(Held::Number(number)) => Some(*number),
                Some(Held::Day(day)) => Some(Decimal { mantissa: i128::from(*day), scale: 0 }),
                _ => None,
            })
            .collect()
    };
    let at_edge = |column: usize, by: usize, last: bool| {
        let when = |row: &Vec<Held>| match (row.get(by), row.get(column)) {
            (Some(Held::Day(at) | Held::Period(at)), Some(Held::Number(number))) => Some((*at, *number)),
            _ => None,
        };
        let all: Vec<(i32, Decimal)> = kept.iter().filter_map(|row| when(row)).collect();
        let at = if last { all.iter().map(|(at, _)| *at).max() } else { all.iter().map(|(at, _)| *at).min() };
        let values: Vec<Decimal> = all.iter().filter(|(when, _)| Some(*when) == at).map(|(_, value)| *value).collect();
        LaneValue::Sum(sum(&values), values.len() as u64)
    };
    let value = match lane.state {
        LaneState::Rows => LaneValue::Count(kept.len() as u64),
        // Rows in memory have no lines.
        LaneState::Line => LaneValue::Count(0),
        LaneState::Present(column) => {
            let present = kept.iter().filter(|row| row.get(column).is_some_and(|held| !held.is_missing()));
            LaneValue::Count(present.count() as u64)
        }
        LaneState::Sum(column) => {
            let values = numbers(column);
            LaneValue::Sum(sum(&values), values.len() as u64)
        }
        LaneState::Minimum(column) => LaneValue::Extreme(numbers(column).into_iter().min_by_key(|at| number(*at))),
        LaneState::Maximum(column) => LaneValue::Extreme(numbers(column).into_iter().max_by_key(|at| number(*at))),
        LaneState::Distinct(column) => {
            let keys: BTreeSet<String> = kept
                .iter()
                .filter_map(|row| row.get(column).filter(|held| !held.is_missing()))
                .map(|held| format!("{held:?}"))
                .collect();
            LaneValue::Count(keys.len() as u64)
        }
        LaneState::Keys(column) => {
            let known = keys_of(all, column);
            let of = |row: &&&Vec<Held>| {
                let held = format!("{:?}", row.get(column)?);
                u32::try_from(known.iter().position(|key| *key == held)?).ok()
            };
            let keys: BTreeSet<u32> = kept.iter().filter_map(of).collect();
            LaneValue::Keys(keys.into_iter().collect())
        }
        LaneState::Marks(column) => {
            let mut marks: BTreeMap<i128, u64> = BTreeMap::new();
            for row in &kept {
                let mark = match row.get(column) {
                    Some(Held::Marked(at)) => *at as i128,
                    Some(Held::Missing) => Cube::UNMARKED,
                    _ => continue,
                };
                *marks.entry(mark).or_default() += 1;
            }
            let one = |(mantissa, rows)| (Decimal { mantissa, scale: 0 }, rows);
            LaneValue::Values(marks.into_iter().map(one).collect())
        }
        LaneState::Values(column) => {
            let mut values: BTreeMap<(Number, u8), (Decimal, u64)> = BTreeMap::new();
            for value in numbers(column) {
                values.entry((number(value), value.scale)).or_insert((value, 0)).1 += 1;
            }
            LaneValue::Values(values.into_values().collect())
        }
        LaneState::First { column, by } => at_edge(column, by, false),
        LaneState::Last { column, by } => at_edge(column, by, true),
    };
    (value, !kept.is_empty())
}

fn sum(values: &[Decimal]) -> Decimal {
    let scale = values.iter().map(|value| value.scale).max().unwrap_or(0);
    let mantissa = values.iter().map(|value| value.mantissa * 10i128.pow(u32::from(scale - value.scale))).sum();
    Decimal { mantissa, scale }
}

fn cells(set: &GroupingSet, query: &CubeQuery, all: &[Vec<Held>], catalog: Catalog<'_>) -> Cells {
    let mut groups: BTreeMap<Box<[i32]>, Vec<&Vec<Held>>> = BTreeMap::new();
    if set.keys.is_empty() {
        groups.insert(Box::new([]), Vec::new());
    }
    for row in all {
        let codes = set.keys.iter().filter_map(|key| query.keys.get(*key)).map(|key| code(key, row, catalog)).collect();
        groups.entry(codes).or_default().push(row);
    }
    let mut cells = Cells::new();
    for (codes, rows) in groups {
        let lanes: Vec<(LaneValue, bool)> = set
            .lanes
            .iter()
            .filter_map(|at| query.lanes.get(*at))
            .map(|of| lane(of, query, &rows, all, catalog))
            .collect();
        if set.keys.is_empty() || lanes.iter().any(|(_, any)| *any) {
            cells.insert(codes, lanes.into_iter().map(|(value, _)| value).collect());
        }
    }
    cells
}

impl Rows {
    /// The rows of a source, each cell read as its column says. A column that is not in the header is missing throughout.
    pub fn read(&self, catalog: Catalog<'_>) -> Option<Vec<Vec<Held>>> {
        let (header, rows) = self.tables.get(&catalog.source.name)?;
        let places: Vec<Option<usize>> = catalog
            .source
            .columns
            .iter()
            .map(|column| {
                header.iter().position(|name| *name == column.name || column.headers.iter().any(|other| other == name))
            })
            .collect();
        let of = |row: &Vec<String>| -> Vec<Held> {
            catalog
                .source
                .columns
                .iter()
                .zip(&places)
                .map(|(column, place)| {
                    if let Some(look_up) = column.looked_up {
                        return self.looked_up(row, look_up, catalog).unwrap_or(Held::Missing);
                    }
                    let text = place.and_then(|at| row.get(at)).map_or("", String::as_str);
                    let held = read(text, column, catalog.dimensions, catalog.calendars);
                    match (&column.of, held) {
                        (ColumnType::Date, Held::Missing) => {
                            day(text, catalog.source.format.dates).map_or(Held::Missing, Held::Day)
                        }
                        (_, held) => held,
                    }
                })
                .collect()
        };
        Some(rows.iter().map(of).collect())
    }

    /// What the other source holds in the row whose identifier this row has: every row of it is looked at.
    fn looked_up(&self, row: &[String], look_up: LookUp, catalog: Catalog<'_>) -> Option<Held> {
        let (header, _) = self.tables.get(&catalog.source.name)?;
        let by = catalog.source.columns.get(look_up.by)?;
        let place = header.iter().position(|name| *name == by.name || by.headers.contains(name))?;
        let code = read(row.get(place)?, by, catalog.dimensions, catalog.calendars);
        let source = catalog.sources.get(look_up.source)?;
        match code {
            Held::Missing => return None,
            // The words of the other source come first.
            Held::Marked(at) => {
                return Some(Held::Marked(at + source.columns.get(look_up.column)?.without_number.len()));
            }
            _ => {}
        }
        let others = self.read(Catalog { source, ..catalog })?;
        others.iter().find(|other| other.get(look_up.key) == Some(&code))?.get(look_up.column).cloned()
    }
}

/// The rows that are counted: of those that state one fact, the one whose author comes first in the declared order, then the
/// first one; none where two that differ share the first place.
fn counted(rows: Vec<Vec<Held>>, facts: &FactRows) -> Vec<Vec<Held>> {
    let of = |row: &[Held], columns: &[usize]| -> Vec<Held> {
        columns.iter().map(|column| row.get(*column).cloned().unwrap_or(Held::Missing)).collect()
    };
    let rank = |row: &[Held]| match (&facts.priority, facts.by.and_then(|by| row.get(by))) {
        (Some(Priority::Texts(list)), Some(Held::Text(text))) => list.iter().position(|one| one == text),
        (Some(Priority::Members(list)), Some(Held::Member(at, _))) => list.iter().position(|one| one == at),
        _ => None,
    };
    let place = |row: &[Held]| rank(row).unwrap_or(usize::MAX);
    let said = |row: &[Held]| of(row, &facts.stated).iter().any(|held| !held.is_missing());
    let mut kept = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if matches!(row.get(facts.column), None | Some(Held::Missing | Held::Marked(_) | Held::Total)) {
            kept.push(row.clone());
            continue;
        }
        let key = |row: &[Held]| (of(row, &[facts.column]), of(row, &facts.same));
        let all: Vec<(usize, &Vec<Held>)> =
            rows.iter().enumerate().filter(|(_, other)| key(other) == key(row)).collect();
        let speaking: Vec<&(usize, &Vec<Held>)> = all.iter().filter(|(_, row)| said(row)).collect();
        let differs = |one: &[Held], other: &[Held]| of(one, &facts.stated) != of(other, &facts.stated);
        let Some(best) = speaking.iter().min_by_key(|(at, row)| (place(row), *at)) else {
            if all.first().is_some_and(|(first, _)| *first == at) {
                kept.push(row.clone());
            }
            continue;
        };
        let tied = |(_, other): &&&(usize, &Vec<Held>)| differs(other, best.1) && place(other) == place(best.1);
        let disputed = speaking.iter().any(|other| differs(other.1, best.1));
        let decided = !disputed || (facts.priority.is_some() && !speaking.iter().any(|other| tied(&other)));
        if decided && best.0 == at {
            kept.push(row.clone());
        }
    }
    kept
}

impl CubeSource for Rows {
    fn cube(&self, query: &CubeQuery, catalog: Catalog<'_>) -> Cube {
        let Some(rows) = self.read(catalog) else { return Cube { unreadable: true, ..Cube::default() } };
        let read = rows.len() as u64;
        let rows = match &query.facts {
            Some(facts) => counted(rows, facts),
            None => rows,
        };
        let mut periods = BTreeMap::new();
        for (at, key) in query.keys.iter().enumerate() {
            if let Key::Period { .. } = key {
                let found: Vec<i32> =
                    rows.iter().map(|row| code(key, row, catalog)).filter(|code| *code != Cube::UNKNOWN).collect();
                if let (Some(low), Some(high)) = (found.iter().min(), found.iter().max()) {
                    periods.insert(at, (*low, *high));
                }
            }
        }
        Cube {
            sets: query.sets.iter().map(|set| cells(set, query, &rows, catalog)).collect(),
            keys: query
                .lanes
                .iter()
                .filter_map(|lane| match lane.state {
                    LaneState::Keys(column) => {
                        let keys = keys_of(&rows, column).into_iter().map(|key| key.into_bytes().into_boxed_slice());
                        Some((column, keys.collect()))
                    }
                    _ => None,
                })
                .collect(),
            rows: read,
            periods,
            ..Cube::default()
        }
    }
}
