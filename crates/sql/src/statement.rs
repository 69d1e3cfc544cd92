//! The statements of cells. Rows are grouped once, by every key and by the filters that they pass, to *classes*; cells are
//! added up from the classes, which are few. Distinct values, medians and first or last values are grouped with their value.

use std::collections::{BTreeMap, BTreeSet};

use jauge::plan::LaneState;

use crate::chain::{Coded, bit, key, listed, with};
use crate::quote::remark;
use crate::script::{Ask, ResultColumn, Role, Says, Statement};

/// Result columns of one statement; more lanes make more statements.
const WIDEST: usize = 400;
/// Filters in one word of bits.
const BITS: usize = 30;

/// The lanes wanted in each grouping, groupings of the same keys put together.
fn groupings(ask: &Ask<'_>, wanted: impl Fn(LaneState) -> bool) -> BTreeMap<Vec<usize>, BTreeSet<usize>> {
    let mut all: BTreeMap<Vec<usize>, BTreeSet<usize>> = BTreeMap::new();
    for set in &ask.query.sets {
        let mut keys = set.keys.clone();
        keys.sort_unstable();
        keys.dedup();
        let lanes = set.lanes.iter().copied();
        let lanes: Vec<usize> =
            lanes.filter(|lane| ask.query.lanes.get(*lane).is_some_and(|lane| wanted(lane.state))).collect();
        if !lanes.is_empty() {
            all.entry(keys).or_default().extend(lanes);
        }
    }
    all
}

/// What is kept of classes: everything that needs no value of its own.
fn is_of_classes(state: LaneState) -> bool {
    match state {
        LaneState::Rows | LaneState::Present(_) | LaneState::Sum(_) | LaneState::Minimum(_) | LaneState::Maximum(_) => {
            true
        }
        LaneState::Line
        | LaneState::Distinct(_)
        | LaneState::Keys(_)
        | LaneState::Values(_)
        | LaneState::Marks(_)
        | LaneState::First { .. }
        | LaneState::Last { .. } => false,
    }
}

/// The grouping part of a statement.
struct Grouped {
    keys: Vec<usize>,
    groupings: Vec<Vec<usize>>,
}

impl Grouped {
    fn new(groupings: impl IntoIterator<Item = Vec<usize>>) -> Grouped {
        let groupings: Vec<Vec<usize>> = groupings.into_iter().collect();
        let keys: BTreeSet<usize> = groupings.iter().flatten().copied().collect();
        Grouped { keys: keys.into_iter().collect(), groupings }
    }

    fn names(&self) -> Vec<String> {
        self.keys.iter().map(|key| format!("k{key}")).collect()
    }

    /// `GROUP BY` with these extra columns in each grouping.
    fn by(&self, extra: &[&str]) -> String {
        let of = |keys: &[usize]| {
            let mut names: Vec<String> = keys.iter().map(|key| format!("k{key}")).collect();
            names.extend(extra.iter().map(|name| name.to_string()));
            names.join(", ")
        };
        match self.groupings.as_slice() {
            [one] => match of(one) {
                none if none.is_empty() => String::new(),
                names => format!("\nGROUP BY {names}"),
            },
            several => {
                let sets: Vec<String> = several.iter().map(|keys| format!("({})", of(keys))).collect();
                format!("\nGROUP BY GROUPING SETS ({})", sets.join(", "))
            }
        }
    }

    /// The number that says which keys are left out of a row's grouping.
    fn left_out(&self) -> String {
        if self.groupings.len() < 2 || self.keys.is_empty() {
            return "0".into();
        }
        let terms: Vec<String> = self
            .keys
            .iter()
            .enumerate()
            .map(|(at, key)| match at {
                0 => format!("grouping(k{key})"),
                at => format!("{} * grouping(k{key})", 1u64 << at.min(62)),
            })
            .collect();
        terms.join(" + ")
    }

    /// The result columns of the grouping, and their lines.
    fn columns(&self) -> Vec<ResultColumn> {
        let mut columns = vec![ResultColumn { name: "left_out".into(), says: Says::LeftOut }];
        columns.extend(
            self.keys.iter().map(|key| ResultColumn { name: format!("k{key}"), says: Says::Key { key: *key } }),
        );
        columns
    }
}

/// Whom a lane serves.
fn serves(ask: &Ask<'_>, lane: usize) -> String {
    ask.notes.and_then(|notes| notes.lanes.get(lane)).map_or(String::new(), |note| remark(note))
}

/// Counts, sums and extremes: one row per cell.
pub(crate) fn cells(ask: &Ask<'_>) -> Vec<Statement> {
    // A cell is there where a row passes some filter of some lane, whatever the lane keeps.
    let all = groupings(ask, |_| true);
    if all.is_empty() {
        return Vec::new();
    }
    let lanes: BTreeSet<usize> = all.values().flatten().copied().collect();
    let filters: BTreeSet<Option<usize>> =
        lanes.iter().filter_map(|lane| ask.query.lanes.get(*lane)).map(|lane| lane.filter).collect();
    let kept: Vec<usize> = lanes
        .iter()
        .copied()
        .filter(|lane| {
            let state = ask.query.lanes.get(*lane).map(|lane| lane.state);
            state.is_some_and(|state| is_of_classes(state) && state != LaneState::Rows)
        })
        .collect();
    let mut parts: Vec<(Vec<Option<usize>>, Vec<usize>)> = Vec::new();
    let filters: Vec<Option<usize>> = filters.into_iter().collect();
    for chunk in filters.chunks(WIDEST) {
        parts.push((chunk.to_vec(), Vec::new()));
    }
    for chunk in kept.chunks(WIDEST / 2) {
        match parts.last_mut() {
            Some((filters, lanes)) if lanes.is_empty() && filters.len() + 2 * chunk.len() <= WIDEST => {
                lanes.extend(chunk)
            }
            _ => parts.push((Vec::new(), chunk.to_vec())),
        }
    }
    let grouped = Grouped::new(all.into_keys());
    parts.iter().map(|(filters, lanes)| classes(ask, &grouped, filters, lanes)).collect()
}

fn classes(ask: &Ask<'_>, grouped: &Grouped, rows: &[Option<usize>], lanes: &[usize]) -> Statement {
    let d = ask.dialect;
    let query = ask.query;
    let states: Vec<LaneState> =
        lanes.iter().filter_map(|lane| query.lanes.get(*lane)).map(|lane| lane.state).collect();
    let mut filters: BTreeSet<usize> = rows.iter().flatten().copied().collect();
    filters.extend(lanes.iter().filter_map(|lane| query.lanes.get(*lane)?.filter));
    let filters: Vec<usize> = filters.into_iter().collect();
    let reads = ask.reads(&ask.columns(&grouped.keys, &filters, &states));
    let mut coded: Vec<Coded> = grouped.keys.iter().map(|at| key(ask, *at, &reads)).collect();
    coded.extend(filters.iter().map(|at| bit(ask, *at, &reads)));
    // What is kept of each class, by column.
    let mut kept: Vec<(String, String)> = vec![("count(*) AS n".into(), String::new())];
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for state in &states {
        let (column, aggregates): (usize, &[(&str, &str)]) = match state {
            LaneState::Present(column) => (*column, &[("o", "sum(")]),
            LaneState::Sum(column) => (*column, &[("s", "sum("), ("c", "count(")]),
            LaneState::Minimum(column) => (*column, &[("low", "min(")]),
            LaneState::Maximum(column) => (*column, &[("high", "max(")]),
            LaneState::Rows
            | LaneState::Line
            | LaneState::Distinct(_)
            | LaneState::Keys(_)
            | LaneState::Values(_)
            | LaneState::Marks(_)
            | LaneState::First { .. }
            | LaneState::Last { .. } => continue,
        };
        let Some(read) = reads.get(&column) else { continue };
        let (own, value) = match state {
            LaneState::Present(_) => {
                (format!("o{column}"), format!("CASE WHEN {} THEN 1 ELSE 0 END", read.is_present()))
            }
            _ => (format!("x{column}"), read.number().unwrap_or_else(|| "NULL".into())),
        };
        if seen.insert(own.clone()) {
            let name = ask.catalog.source.columns.get(column).map_or("", |column| column.name.as_str());
            coded.push(Coded::new(own.clone(), value, name));
        }
        for (letter, aggregate) in aggregates {
            let made = format!("{letter}_{column}");
            if seen.insert(made.clone()) {
                kept.push((format!("{aggregate}{own}) AS {made}"), String::new()));
            }
        }
    }
    if coded.is_empty() {
        coded.push(Coded::new("one", "1", ""));
    }
    let words: Vec<String> = filters
        .chunks(BITS)
        .enumerate()
        .map(|(word, bits)| {
            let terms: Vec<String> = bits
                .iter()
                .enumerate()
                .map(|(at, filter)| if at == 0 { format!("f{filter}") } else { format!("{} * f{filter}", 1u64 << at) })
                .collect();
            format!("{} AS w{word}", terms.join(" + "))
        })
        .collect();
    let passes = |filter: usize| {
        let at = filters.iter().position(|one| *one == filter).unwrap_or(0);
        d.bit(&format!("w{}", at / BITS), at % BITS)
    };
    let mut class_keys = grouped.names();
    let mut lines: Vec<(String, String)> = class_keys.iter().map(|name| (name.clone(), String::new())).collect();
    lines.extend(words.iter().map(|word| (word.clone(), String::new())));
    lines.extend(kept);
    // The words are named by what they are made of: not every target groups by a name given here.
    class_keys.extend(filters.chunks(BITS).enumerate().map(|(word, _)| format!("w{word}")));
    let by = match class_keys.len() {
        0 => String::new(),
        count => {
            let places: Vec<String> = (1..=count).map(|at| at.to_string()).collect();
            format!("\n  GROUP BY {}", places.join(", "))
        }
    };
    let chain = with(ask, &reads, &coded);

    let mut columns = grouped.columns();
    let mut out: Vec<(String, String)> = vec![(format!("{} AS left_out", grouped.left_out()), String::new())];
    out.extend(grouped.names().into_iter().map(|name| (name, String::new())));
    for filter in rows {
        let (name, value) = match filter {
            Some(filter) => {
                (format!("rows_f{filter}"), format!("sum(CASE WHEN {} THEN n ELSE 0 END)", passes(*filter)))
            }
            None => ("rows_all".to_string(), "sum(n)".to_string()),
        };
        let lane = query.lanes.iter().position(|lane| lane.state == LaneState::Rows && lane.filter == *filter);
        out.push((format!("{value} AS {name}"), lane.map_or(String::new(), |lane| serves(ask, lane))));
        columns.push(ResultColumn { name, says: Says::Rows { filter: *filter } });
    }
    for lane in lanes {
        let Some(of) = query.lanes.get(*lane) else { continue };
        let taken = |aggregate: &str, value: String| match of.filter {
            Some(filter) => format!("{aggregate}(CASE WHEN {} THEN {value} END)", passes(filter)),
            None => format!("{aggregate}({value})"),
        };
        let made: Vec<(&str, String, Says)> = match of.state {
            LaneState::Present(column) => {
                vec![("present", taken("sum", format!("o_{column}")), Says::Count { lane: *lane })]
            }
            LaneState::Sum(column) => vec![
                ("sum", taken("sum", format!("s_{column}")), Says::Sum { lane: *lane }),
                ("values", taken("sum", format!("c_{column}")), Says::Entered { lane: *lane }),
            ],
            LaneState::Minimum(column) => {
                vec![("lowest", taken("min", format!("low_{column}")), Says::Extreme { lane: *lane })]
            }
            LaneState::Maximum(column) => {
                vec![("highest", taken("max", format!("high_{column}")), Says::Extreme { lane: *lane })]
            }
            LaneState::Rows
            | LaneState::Line
            | LaneState::Distinct(_)
            | LaneState::Keys(_)
            | LaneState::Values(_)
            | LaneState::Marks(_)
            | LaneState::First { .. }
            | LaneState::Last { .. } => Vec::new(),
        };
        for (word, value, says) in made {
            let name = format!("{word}_{lane}");
            out.push((format!("{value} AS {name}"), serves(ask, *lane)));
            columns.push(ResultColumn { name, says });
        }
    }
    let sql = format!(
        "{chain},\nclasses AS (\n  SELECT\n{}\n  FROM coded{by}\n)\nSELECT\n{}\nFROM classes{}{}",
        listed(&lines),
        listed(&out),
        grouped.by(&[]),
        d.can().settings
    );
    Statement { role: Role::Cells, looked_in: None, keys: grouped.keys.clone(), columns, only_if: None, sql }
}

/// Lanes that need a value of their own: distinct values, medians, identities, first and last values.
pub(crate) fn by_value(ask: &Ask<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut states: Vec<LaneState> = Vec::new();
    for lane in &ask.query.lanes {
        if !is_of_classes(lane.state) && !states.contains(&lane.state) {
            states.push(lane.state);
        }
    }
    for state in states {
        let wanted = groupings(ask, |one| one == state);
        if wanted.is_empty() {
            continue;
        }
        let lanes: BTreeSet<usize> = wanted.values().flatten().copied().collect();
        let lanes: Vec<usize> = lanes.into_iter().collect();
        let grouped = Grouped::new(wanted.into_keys());
        match state {
            LaneState::Distinct(_) | LaneState::Keys(_) | LaneState::Values(_) | LaneState::Marks(_) => {
                statements.extend(lanes.chunks(WIDEST).map(|lanes| valued(ask, &grouped, state, lanes)));
            }
            LaneState::First { .. } | LaneState::Last { .. } => {
                statements.extend(lanes.iter().map(|lane| edge(ask, &grouped, state, *lane)));
            }
            LaneState::Rows
            | LaneState::Line
            | LaneState::Present(_)
            | LaneState::Sum(_)
            | LaneState::Minimum(_)
            | LaneState::Maximum(_) => {}
        }
    }
    statements
}

fn valued(ask: &Ask<'_>, grouped: &Grouped, state: LaneState, lanes: &[usize]) -> Statement {
    let query = ask.query;
    let of = |lane: &usize| query.lanes.get(*lane).and_then(|lane| lane.filter);
    let filters: BTreeSet<usize> = lanes.iter().filter_map(of).collect();
    let filters: Vec<usize> = filters.into_iter().collect();
    let reads = ask.reads(&ask.columns(&grouped.keys, &filters, &[state]));
    let (column, role, aggregate) = match state {
        LaneState::Distinct(column) => (column, Role::Distinct, "max"),
        LaneState::Keys(column) => (column, Role::Identities, "max"),
        LaneState::Values(column) | LaneState::Marks(column) => (column, Role::Values, "sum"),
        LaneState::Rows
        | LaneState::Line
        | LaneState::Present(_)
        | LaneState::Sum(_)
        | LaneState::Minimum(_)
        | LaneState::Maximum(_)
        | LaneState::First { .. }
        | LaneState::Last { .. } => (usize::MAX, Role::Values, "sum"),
    };
    let value = reads.get(&column).map(|read| match state {
        LaneState::Values(_) => read.number().unwrap_or_else(|| "NULL".into()),
        LaneState::Marks(_) => {
            let none = format!("CASE WHEN NOT ({}) THEN -1 END", read.is_present());
            match read.mark() {
                Some(mark) => format!("CASE WHEN {mark} >= 0 THEN {mark} ELSE {none} END"),
                None => none,
            }
        }
        _ => read.identity(ask.dialect),
    });
    let mut coded: Vec<Coded> = grouped.keys.iter().map(|at| key(ask, *at, &reads)).collect();
    coded.extend(filters.iter().map(|at| bit(ask, *at, &reads)));
    let name = ask.catalog.source.columns.get(column).map_or("", |column| column.name.as_str());
    coded.push(Coded::new("x", value.unwrap_or_else(|| "NULL".into()), name));
    let chain = with(ask, &reads, &coded);
    let mut bits: Vec<String> = filters.iter().map(|filter| format!("f{filter}")).collect();
    // A lane without a filter takes every row.
    if lanes.iter().any(|lane| of(lane).is_none()) {
        bits.push("every".into());
    }
    let first: Vec<String> = bits
        .iter()
        .map(|bit| {
            let value = match (bit.as_str(), aggregate) {
                ("every", "sum") => "count(*)".to_string(),
                ("every", _) => "1".to_string(),
                (bit, aggregate) => format!("{aggregate}({bit})"),
            };
            format!("{value} AS g_{bit}")
        })
        .collect();
    let mut passing = String::new();
    if !bits.contains(&"every".to_string()) {
        let any: Vec<String> = bits.iter().map(|bit| format!("{bit} = 1")).collect();
        passing = format!(" AND ({})", any.join(" OR "));
    }
    let names = grouped.names();
    let list = |extra: &[String]| names.iter().chain(extra).cloned().collect::<Vec<_>>().join(", ");
    let x = ["x".to_string()];
    let once = format!(
        "once AS (\n  SELECT {}, {}\n  FROM coded\n  WHERE x IS NOT NULL{passing}\n  GROUP BY {}\n)",
        list(&x),
        first.join(", "),
        list(&x)
    );
    let second: Vec<String> = bits.iter().map(|bit| format!("{aggregate}(g_{bit}) AS h_{bit}")).collect();
    let settings = ask.dialect.can().settings;
    let bit_of = |lane: &usize| of(lane).map_or("every".to_string(), |filter| format!("f{filter}"));
    let mut columns = grouped.columns();
    let found = format!(
        "found AS (\n  SELECT {} AS left_out, {}, {}\n  FROM once{}\n)",
        grouped.left_out(),
        list(&x),
        second.join(", "),
        grouped.by(&["x"]).replace('\n', "\n  ")
    );
    let mut out: Vec<(String, String)> = vec![("left_out".into(), String::new())];
    out.extend(names.iter().map(|name| (name.clone(), String::new())));
    let by = if role == Role::Distinct {
        for lane in lanes {
            let name = format!("distinct_{lane}");
            out.push((format!("sum(h_{}) AS {name}", bit_of(lane)), serves(ask, *lane)));
            columns.push(ResultColumn { name, says: Says::Count { lane: *lane } });
        }
        let mut by = vec!["left_out".to_string()];
        by.extend(names.iter().cloned());
        format!("\nGROUP BY {}", by.join(", "))
    } else {
        out.push(("x".into(), String::new()));
        columns.push(ResultColumn { name: "x".into(), says: Says::Value { column } });
        for lane in lanes {
            let name = format!("having_{lane}");
            out.push((format!("h_{} AS {name}", bit_of(lane)), serves(ask, *lane)));
            columns.push(ResultColumn { name, says: Says::Having { lane: *lane } });
        }
        String::new()
    };
    let sql = format!("{chain},\n{once},\n{found}\nSELECT\n{}\nFROM found{by}{settings}", listed(&out));
    Statement { role, looked_in: None, keys: grouped.keys.clone(), columns, only_if: None, sql }
}

/// The first or last value of one lane.
fn edge(ask: &Ask<'_>, grouped: &Grouped, state: LaneState, lane: usize) -> Statement {
    let filter = ask.query.lanes.get(lane).and_then(|lane| lane.filter);
    let filters: Vec<usize> = filter.into_iter().collect();
    let reads = ask.reads(&ask.columns(&grouped.keys, &filters, &[state]));
    let (column, by, order) = match state {
        LaneState::First { column, by } => (column, by, ""),
        LaneState::Last { column, by } => (column, by, " DESC"),
        LaneState::Rows
        | LaneState::Line
        | LaneState::Present(_)
        | LaneState::Sum(_)
        | LaneState::Minimum(_)
        | LaneState::Maximum(_)
        | LaneState::Distinct(_)
        | LaneState::Keys(_)
        | LaneState::Values(_)
        | LaneState::Marks(_) => (usize::MAX, usize::MAX, ""),
    };
    let number = |column: usize| reads.get(&column).and_then(|read| read.number()).unwrap_or_else(|| "NULL".into());
    let name = |column: usize| ask.catalog.source.columns.get(column).map_or("", |column| column.name.as_str());
    let mut coded: Vec<Coded> = grouped.keys.iter().map(|at| key(ask, *at, &reads)).collect();
    coded.extend(filters.iter().map(|at| bit(ask, *at, &reads)));
    coded.push(Coded::new("x", number(column), name(column)));
    coded.push(Coded::new("y", number(by), name(by)));
    let chain = with(ask, &reads, &coded);
    let passing = filter.map_or(String::new(), |filter| format!(" AND f{filter} = 1"));
    let names = grouped.names();
    let list = |extra: &[&str]| {
        names.iter().cloned().chain(extra.iter().map(|name| name.to_string())).collect::<Vec<_>>().join(", ")
    };
    let mut within = vec!["left_out".to_string()];
    within.extend(names.iter().cloned());
    let mut out: Vec<(String, String)> = vec![("left_out".into(), String::new())];
    out.extend(names.iter().map(|name| (name.clone(), String::new())));
    out.push((format!("s AS sum_{lane}"), serves(ask, lane)));
    out.push((format!("c AS values_{lane}"), String::new()));
    let sql = format!(
        "{chain},\nonce AS (\n  SELECT {key}, sum(x) AS sx, count(x) AS cx\n  FROM coded\n  WHERE x IS NOT NULL AND y IS NOT \
         NULL{passing}\n  GROUP BY {key}\n),\nfound AS (\n  SELECT {left_out} AS left_out, {key}, sum(sx) AS s, sum(cx) AS c\n  \
         FROM once{sets}\n),\nranked AS (\n  SELECT found.*, row_number() OVER (PARTITION BY {within} ORDER BY y{order}) AS place\n  \
         FROM found\n)\nSELECT\n{out}\nFROM ranked\nWHERE place = 1{settings}",
        key = list(&["y"]),
        left_out = grouped.left_out(),
        sets = grouped.by(&["y"]).replace('\n', "\n  "),
        within = within.join(", "),
        out = listed(&out),
        settings = ask.dialect.can().settings
    );
    let mut columns = grouped.columns();
    columns.push(ResultColumn { name: format!("sum_{lane}"), says: Says::Sum { lane } });
    columns.push(ResultColumn { name: format!("values_{lane}"), says: Says::Entered { lane } });
    Statement { role: Role::Edge, looked_in: None, keys: grouped.keys.clone(), columns, only_if: None, sql }
}
