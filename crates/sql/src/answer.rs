//! Result rows to a cube: the inverse of [`crate::script`]. It believes nothing: a row that is not as its statement describes
//! it is refused.

use std::collections::{BTreeMap, BTreeSet};

use jauge::plan::{Catalog, Cells, Cube, CubeQuery, Decimal, GroupingSet, LaneState, LaneValue};
use jauge::problem::{DataProblem, Odd, Place, Problem};
use jauge::program::model::ColumnType;
use jauge::types::Period;
use jauge_engine::shared::{Known, identity};

use crate::list::is_bands;
use crate::script::{ResultColumn, Role, Says, Script, Statement};
use crate::told::Told;

/// One row of a result: each column as text (numbers as decimals, truth values as `true` or `t` or `1`), `None` for NULL.
pub type Row = Vec<Option<String>>;

/// Rows that are not as their statement describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAsDescribed {
    /// Which statement of the script.
    pub statement: usize,
    /// The column, where it is one.
    pub column: Option<String>,
    /// What was found in it.
    pub found: Odd,
}

/// What the statements say of one cell.
#[derive(Debug, Clone, Default)]
struct Parts {
    rows: BTreeMap<Option<usize>, u64>,
    values: BTreeMap<usize, Value>,
}

#[derive(Debug, Clone)]
enum Value {
    Count(u64),
    /// Sum and number of values; each comes from its own column.
    Sum(Option<Decimal>, u64),
    Extreme(Decimal),
    Values(Vec<(Decimal, u64)>),
    Keys(BTreeSet<Box<[u8]>>),
    TooLarge,
}

type Groups = BTreeMap<Vec<usize>, BTreeMap<Vec<i32>, Parts>>;

/// The cube of a query from the rows of each statement of its script, `None` where one was not run because it need not be.
/// `shown` names the table of a source, by its place in the program, in messages.
pub fn cube(
    query: &CubeQuery,
    catalog: Catalog<'_>,
    script: &Script,
    results: &[Option<Vec<Row>>],
    shown: &dyn Fn(usize) -> String,
) -> Result<Cube, NotAsDescribed> {
    let mut reading =
        Reading { query, catalog, groups: Groups::new(), cube: Cube::default(), too_large: BTreeSet::new() };
    let mut own = Told::new(catalog, query, &script.table, shown(query.source));
    let asked = query.looked_in(catalog.source);
    let mut others: BTreeMap<usize, Told<'_>> = BTreeMap::new();
    for (other, query) in &asked {
        let Some((source, table)) = catalog.sources.get(*other).zip(script.table.looked_in.get(other)) else {
            continue;
        };
        others.insert(*other, Told::new(Catalog { source, ..catalog }, query, table, shown(*other)));
    }
    for (at, statement) in script.statements.iter().enumerate() {
        let rows = results.get(at).and_then(Option::as_ref);
        let wrong = |found: Odd, column: Option<&ResultColumn>| NotAsDescribed {
            statement: at,
            column: column.map(|column| column.name.clone()),
            found,
        };
        let Some(rows) = rows else {
            if statement.only_if.is_none() {
                return Err(wrong(Odd::Nothing, None));
            }
            continue;
        };
        if statement.role == Role::Overview && rows.len() != 1 {
            return Err(wrong(Odd::Rows(rows.len()), None));
        }
        let known: BTreeMap<usize, u64> = others.iter().map(|(source, other)| (*source, other.identifiers)).collect();
        let mut seen = BTreeSet::new();
        for row in rows {
            if row.len() != statement.columns.len() {
                return Err(wrong(Odd::Columns(row.len()), None));
            }
            if one_row_a_cell(statement.role) && !seen.insert(group_of(statement, row)) {
                return Err(wrong(Odd::Twice, None));
            }
            let bad = |column: usize| {
                let text = row.get(column).and_then(Option::as_deref).unwrap_or("NULL");
                wrong(Odd::Cell(text.chars().take(80).collect()), statement.columns.get(column))
            };
            let told = match statement.looked_in {
                Some(source) => others.get_mut(&source).ok_or_else(|| wrong(Odd::Nothing, None))?,
                None => &mut own,
            };
            match statement.role {
                Role::Overview => reading.overview(statement, row, told).map_err(bad)?,
                Role::Cells | Role::Distinct | Role::Values | Role::Identities | Role::Edge => {
                    reading.cell(statement, row).map_err(bad)?;
                }
                Role::Unread => told.unread(statement, row).map_err(bad)?,
                Role::Duplicates => told.repeated(statement, row).map_err(bad)?,
                Role::NotFound => told.not_found(statement, row, &known).map_err(bad)?,
            }
        }
    }
    Ok(reading.finish(own, others))
}

/// Statements of this role give each cell once.
fn one_row_a_cell(role: Role) -> bool {
    match role {
        Role::Cells | Role::Distinct | Role::Edge => true,
        Role::Overview | Role::Values | Role::Identities | Role::Unread | Role::Duplicates | Role::NotFound => false,
    }
}

/// What tells the cell of a row from the others.
fn group_of<'r>(statement: &Statement, row: &'r Row) -> Vec<&'r Option<String>> {
    let is_key = |says: Says| matches!(says, Says::LeftOut | Says::Key { .. });
    statement.columns.iter().zip(row).filter(|(column, _)| is_key(column.says)).map(|(_, text)| text).collect()
}

struct Reading<'a> {
    query: &'a CubeQuery,
    catalog: Catalog<'a>,
    groups: Groups,
    cube: Cube,
    too_large: BTreeSet<usize>,
}

impl Reading<'_> {
    fn overview(&mut self, statement: &Statement, row: &Row, told: &mut Told<'_>) -> Result<(), usize> {
        for (at, (column, text)) in statement.columns.iter().zip(row).enumerate() {
            match column.says {
                Says::Rows { filter: None } => told.rows = count(text).ok_or(at)?,
                Says::First { key } => {
                    if let Some(text) = text {
                        let first: i32 = text.parse().map_err(|_| at)?;
                        self.cube.periods.entry(key).or_insert((first, first)).0 = first;
                    }
                }
                Says::Last { key } => {
                    if let Some(text) = text {
                        let last: i32 = text.parse().map_err(|_| at)?;
                        self.cube.periods.entry(key).or_insert((last, last)).1 = last;
                    }
                }
                Says::Wrong { column } => told.wrong(column, None, summed(text).ok_or(at)?),
                Says::NotFound { column, source } => told.wrong(column, Some(source), summed(text).ok_or(at)?),
                Says::Identifiers => told.identifiers = summed(text).ok_or(at)?,
                _ => return Err(at),
            }
        }
        Ok(())
    }

    fn cell(&mut self, statement: &Statement, row: &Row) -> Result<(), usize> {
        let mut left_out = 0u64;
        let mut codes: Vec<(usize, i32)> = Vec::new();
        // A column says whether its key is in the row's grouping; so all of them are read first.
        for (at, (column, text)) in statement.columns.iter().zip(row).enumerate() {
            match column.says {
                Says::LeftOut => left_out = count(text).ok_or(at)?,
                Says::Key { key } => {
                    let place = statement.keys.iter().position(|one| *one == key).ok_or(at)?;
                    if left_out >> place.min(63) & 1 == 0 {
                        codes.push((key, text.as_deref().and_then(|text| text.parse().ok()).ok_or(at)?));
                    }
                }
                _ => {}
            }
        }
        codes.sort_unstable();
        let keys: Vec<usize> = codes.iter().map(|(key, _)| *key).collect();
        let codes: Vec<i32> = codes.into_iter().map(|(_, code)| code).collect();
        let mut value: Option<(&str, usize)> = None;
        let mut parts = std::mem::take(self.groups.entry(keys.clone()).or_default().entry(codes.clone()).or_default());
        for (at, (column, text)) in statement.columns.iter().zip(row).enumerate() {
            match column.says {
                Says::LeftOut | Says::Key { .. } => {}
                Says::Rows { filter } => {
                    parts.rows.insert(filter, summed(text).ok_or(at)?);
                }
                Says::Count { lane } => {
                    let count = summed(text).ok_or(at)?;
                    parts.values.insert(lane, Value::Count(count));
                }
                Says::Sum { lane } => {
                    let sum = match text {
                        None => Value::Sum(None, 0),
                        Some(text) => match decimal(text).ok_or(at)? {
                            Size::Fits(sum) => Value::Sum(Some(sum), 0),
                            Size::TooLarge => Value::TooLarge,
                        },
                    };
                    parts.values.insert(lane, sum);
                }
                Says::Entered { lane } => {
                    let entered = summed(text).ok_or(at)?;
                    match parts.values.get_mut(&lane) {
                        // A target may answer NULL where a sum does not fit.
                        Some(Value::Sum(None, _)) if entered > 0 => {
                            parts.values.insert(lane, Value::TooLarge);
                        }
                        Some(Value::Sum(_, own)) => *own = entered,
                        _ => {}
                    }
                }
                Says::Extreme { lane } => {
                    if let Some(text) = text {
                        match decimal(text).ok_or(at)? {
                            Size::Fits(extreme) => parts.values.insert(lane, Value::Extreme(extreme)),
                            Size::TooLarge => parts.values.insert(lane, Value::TooLarge),
                        };
                    }
                }
                Says::Value { column } => value = Some((text.as_deref().ok_or(at)?, column)),
                Says::Having { lane } => {
                    let (text_of, column) = value.ok_or(at)?;
                    let rows = summed(text).ok_or(at)?;
                    if rows == 0 {
                        continue;
                    }
                    match self.query.lanes.get(lane).map(|lane| lane.state) {
                        Some(LaneState::Keys(_)) => {
                            let bytes = self.bytes(column, text_of).ok_or(at)?;
                            let own = parts.values.entry(lane).or_insert_with(|| Value::Keys(BTreeSet::new()));
                            if let Value::Keys(own) = own {
                                own.insert(bytes);
                            }
                        }
                        Some(LaneState::Values(_) | LaneState::Marks(_)) => match decimal(text_of).ok_or(at)? {
                            Size::TooLarge => {
                                parts.values.insert(lane, Value::TooLarge);
                            }
                            Size::Fits(number) => {
                                if let Value::Values(own) =
                                    parts.values.entry(lane).or_insert_with(|| Value::Values(Vec::new()))
                                {
                                    own.push((number, rows));
                                }
                            }
                        },
                        _ => return Err(at),
                    }
                }
                _ => return Err(at),
            }
        }
        if let Some(slot) = self.groups.get_mut(&keys).and_then(|cells| cells.get_mut(&codes)) {
            *slot = parts;
        }
        Ok(())
    }

    /// The bytes of a value, as the engine would have them.
    fn bytes(&self, column: usize, text: &str) -> Option<Box<[u8]>> {
        let number = |text: &str| match decimal(text)? {
            Size::Fits(number) => Some(number),
            Size::TooLarge => None,
        };
        let member = |text: &str| text.parse().ok().map(|member| identity(Known::Member(member)));
        Some(match &self.catalog.source.columns.get(column)?.of {
            ColumnType::Text => identity(Known::Text(text)),
            ColumnType::Number(_) => identity(Known::Number(number(text)?)),
            ColumnType::Date | ColumnType::Period(_) => identity(Known::Day(text.parse().ok()?)),
            ColumnType::YesNo => identity(Known::YesNo(matches!(text, "t" | "true" | "1"))),
            ColumnType::Dimension(at) => {
                let bands = is_bands(self.catalog.dimensions.get(*at)?);
                match (bands, text.strip_prefix('n'), text.strip_prefix('m')) {
                    (false, _, _) => member(text)?,
                    (true, Some(digits), _) => identity(Known::Number(number(digits)?)),
                    (true, None, Some(at)) => member(at)?,
                    (true, None, None) => identity(Known::Number(number(text)?)),
                }
            }
        })
    }

    fn finish(mut self, told: Told<'_>, others: BTreeMap<usize, Told<'_>>) -> Cube {
        let mut cube = self.cube.clone();
        for other in others.into_values() {
            // Nothing says which of the rows is looked up: then there is no answer.
            let repeats = other.repeats();
            let (problems, left_out, unreadable) = other.finish([]);
            if repeats {
                return Cube {
                    sets: self.query.sets.iter().map(|_| Cells::new()).collect(),
                    problems,
                    problems_left_out: left_out,
                    unreadable: true,
                    ..Cube::default()
                };
            }
            cube.problems.extend(problems);
            cube.problems_left_out += left_out;
            cube.unreadable |= unreadable;
        }
        // Distinct values are numbered in the order of their bytes.
        let mut identities: BTreeMap<usize, BTreeSet<Box<[u8]>>> = BTreeMap::new();
        for lane in &self.query.lanes {
            if let LaneState::Keys(column) = lane.state {
                identities.entry(column).or_default();
            }
        }
        for parts in self.groups.values().flat_map(BTreeMap::values) {
            for (lane, value) in &parts.values {
                if let (Value::Keys(keys), Some(LaneState::Keys(column))) =
                    (value, self.query.lanes.get(*lane).map(|lane| lane.state))
                {
                    identities.entry(column).or_default().extend(keys.iter().cloned());
                }
            }
        }
        let identities: BTreeMap<usize, Vec<Box<[u8]>>> =
            identities.into_iter().map(|(column, keys)| (column, keys.into_iter().collect())).collect();
        let sets: Vec<Cells> = self.query.sets.iter().map(|set| self.cells(set, &identities)).collect();
        let mut lanes_too_large = BTreeSet::new();
        for parts in self.groups.values().flat_map(BTreeMap::values) {
            let large = parts.values.iter().filter(|(_, value)| matches!(value, Value::TooLarge));
            lanes_too_large.extend(large.map(|(lane, _)| *lane));
        }
        for lane in lanes_too_large {
            if let Some(LaneState::Sum(column) | LaneState::First { column, .. } | LaneState::Last { column, .. }) =
                self.query.lanes.get(lane).map(|lane| lane.state)
            {
                self.too_large.insert(column);
            }
        }
        let unknown_period = Cube::window_code(0);
        let windows = self.query.keys.iter().enumerate().find_map(|(at, key)| {
            let jauge::plan::Key::Period { column, .. } = key else { return None };
            let Some(ColumnType::Period(own)) = self.catalog.source.columns.get(*column).map(|column| &column.of)
            else {
                return None;
            };
            let met = self.groups.iter().any(|(keys, cells)| {
                let place = keys.iter().position(|key| *key == at);
                place.is_some_and(|place| cells.keys().any(|codes| codes.get(place).copied() == unknown_period))
            });
            met.then(|| vec![Period::unknown(*own)])
        });
        cube.rows = told.rows;
        cube.sets = sets;
        cube.windows = windows.unwrap_or_default();
        cube.keys = identities;
        let large = |column: &usize| {
            let name = self.catalog.source.columns.get(*column).map_or_else(String::new, |column| column.name.clone());
            Problem::at(DataProblem::SumTooLarge { column: name }, Place::Table(told.column(*column)))
        };
        let large: Vec<Problem> = self.too_large.iter().map(large).collect();
        let (problems, left_out, unreadable) = told.finish(large);
        cube.problems.extend(problems);
        cube.problems_left_out += left_out;
        cube.unreadable |= unreadable;
        if cube.unreadable {
            cube.sets = self.query.sets.iter().map(|_| Cells::new()).collect();
        }
        cube
    }

    fn cells(&self, set: &GroupingSet, identities: &BTreeMap<usize, Vec<Box<[u8]>>>) -> Cells {
        let mut keys = set.keys.clone();
        keys.sort_unstable();
        keys.dedup();
        let lanes: Vec<_> = set.lanes.iter().map(|lane| (*lane, self.query.lanes.get(*lane))).collect();
        let of = |parts: &Parts| -> Box<[LaneValue]> {
            lanes
                .iter()
                .map(|(at, lane)| {
                    let Some(lane) = lane else { return LaneValue::Count(0) };
                    let rows = parts.rows.get(&lane.filter).copied().unwrap_or(0);
                    value(lane.state, rows, parts.values.get(at), identities)
                })
                .collect()
        };
        let mut done = Cells::new();
        for (codes, parts) in self.groups.get(&keys).into_iter().flatten() {
            let passes = |(_, lane): &(usize, Option<&jauge::plan::Lane>)| {
                lane.is_some_and(|lane| parts.rows.get(&lane.filter).is_some_and(|rows| *rows > 0))
            };
            if !lanes.iter().any(passes) {
                continue;
            }
            // The cell's codes stand in the order of the set.
            let own = set.keys.iter().map(|key| {
                let place = keys.iter().position(|one| one == key);
                place.and_then(|place| codes.get(place)).copied().unwrap_or(Cube::UNKNOWN)
            });
            done.insert(own.collect(), of(parts));
        }
        if set.keys.is_empty() {
            done.entry(Box::from([])).or_insert_with(|| of(&Parts::default()));
        }
        done
    }
}

fn value(
    state: LaneState,
    rows: u64,
    found: Option<&Value>,
    identities: &BTreeMap<usize, Vec<Box<[u8]>>>,
) -> LaneValue {
    match state {
        LaneState::Rows => LaneValue::Count(rows),
        LaneState::Line => LaneValue::Count(0),
        LaneState::Present(_) | LaneState::Distinct(_) => match found {
            Some(Value::Count(count)) => LaneValue::Count(*count),
            _ => LaneValue::Count(0),
        },
        LaneState::Sum(_) | LaneState::First { .. } | LaneState::Last { .. } => match found {
            Some(Value::Sum(Some(sum), entered)) => LaneValue::Sum(*sum, *entered),
            _ => LaneValue::Sum(Decimal::default(), 0),
        },
        LaneState::Minimum(_) | LaneState::Maximum(_) => match found {
            Some(Value::Extreme(extreme)) => LaneValue::Extreme(Some(*extreme)),
            _ => LaneValue::Extreme(None),
        },
        LaneState::Values(_) | LaneState::Marks(_) => match found {
            Some(Value::Values(values)) => {
                let mut values = values.clone();
                values.sort_by_key(|(value, _)| number(*value));
                LaneValue::Values(values)
            }
            _ => LaneValue::Values(Vec::new()),
        },
        LaneState::Keys(column) => match (found, identities.get(&column)) {
            (Some(Value::Keys(keys)), Some(all)) => {
                let places = keys.iter().filter_map(|key| all.binary_search(key).ok());
                LaneValue::Keys(places.filter_map(|place| u32::try_from(place).ok()).collect())
            }
            _ => LaneValue::Keys(Vec::new()),
        },
    }
}

fn number(decimal: Decimal) -> jauge::types::Number {
    jauge::types::Number::scaled(decimal.mantissa, decimal.scale)
}

/// A sum of counts: over no row it is NULL.
fn summed(text: &Option<String>) -> Option<u64> {
    if text.is_none() { Some(0) } else { count(text) }
}

/// A count; sums of counts may come with decimals that are zero.
pub(crate) fn count(text: &Option<String>) -> Option<u64> {
    let text = text.as_deref()?;
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    decimals.bytes().all(|digit| digit == b'0').then(|| whole.parse().ok())?
}

enum Size {
    Fits(Decimal),
    TooLarge,
}

/// A decimal without zeros at its end; `None` where the text is none.
fn decimal(text: &str) -> Option<Size> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !whole.bytes().chain(decimals.bytes()).all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let decimals = decimals.trim_end_matches('0');
    let (Ok(mantissa), Ok(scale)) = (format!("{whole}{decimals}").parse::<i128>(), u8::try_from(decimals.len())) else {
        return Some(Size::TooLarge);
    };
    Some(Size::Fits(Decimal { mantissa: if negative { -mantissa } else { mantissa }, scale }))
}
