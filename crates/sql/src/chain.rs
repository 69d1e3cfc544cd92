//! The common beginning of every statement: the table's rows, read step by step to small codes, bits and values.

use jauge::plan::{Cube, Key};
use jauge::types::Calendar;

use crate::column::{Named, Of};
use crate::dialect::Dialect;
use crate::period;
use crate::quote::remark;
use crate::script::{Ask, Reads};
use crate::test;

/// A column of the last step, with its remark.
pub(crate) struct Coded {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) remark: String,
}

impl Coded {
    pub(crate) fn new(name: impl Into<String>, value: impl Into<String>, remark: impl Into<String>) -> Coded {
        Coded { name: name.into(), value: value.into(), remark: remark.into() }
    }
}

/// The code of a key.
pub(crate) fn key(ask: &Ask<'_>, at: usize, reads: &Reads<'_>) -> Coded {
    let d = ask.dialect;
    let name = format!("k{at}");
    let said = ask.notes.and_then(|notes| notes.keys.get(at)).cloned().unwrap_or_default();
    let unknown = || Cube::UNKNOWN.to_string();
    let value = match ask.query.keys.get(at) {
        Some(Key::Dimension { column, level, .. }) => {
            let code = reads.get(column).and_then(|read| read.level(*level));
            code.map_or_else(unknown, |code| format!("COALESCE({code}, {})", Cube::UNKNOWN))
        }
        Some(Key::Period { column, calendar }) => {
            let calendar = ask.catalog.calendars.get(usize::from(calendar.0));
            match (reads.get(column), calendar) {
                (Some(read), Some(calendar)) => {
                    let ordinal = ordinal(d, *column, &read.of, calendar);
                    let mut special = String::new();
                    if let Some(total) = read.is_total() {
                        special.push_str(&format!(" WHEN {total} THEN {}", Cube::TOTAL));
                    }
                    if let (Some(unknown), Some(code)) = (read.is_unknown_period(), Cube::window_code(0)) {
                        special.push_str(&format!(" WHEN {unknown} THEN {code}"));
                    }
                    let ordinal = format!("COALESCE({ordinal}, {})", Cube::UNKNOWN);
                    if special.is_empty() { ordinal } else { format!("CASE{special} ELSE {ordinal} END") }
                }
                _ => unknown(),
            }
        }
        // INVARIANT: `refused` has refused the keys of stages.
        Some(Key::Said { .. } | Key::StageDate { .. }) | None => unknown(),
    };
    Coded::new(name, value, said)
}

fn ordinal(d: Dialect, column: usize, of: &Of<'_>, calendar: &Calendar) -> String {
    match of {
        Of::Date => {
            let (months, day, days) = (format!("v.a{column}"), format!("v.q{column}"), format!("v.j{column}"));
            period::ordinal_of_date(d, calendar, &months, &day, &days)
        }
        Of::Period { .. } => format!("v.p{column}"),
        Of::Text | Of::Number | Of::YesNo | Of::Member(_) | Of::Bands(_) => "NULL".into(),
    }
}

/// The bit of a filter: 1 where a row passes.
pub(crate) fn bit(ask: &Ask<'_>, at: usize, reads: &Reads<'_>) -> Coded {
    let condition =
        ask.query.filters.get(at).map_or("FALSE".into(), |of| test::filter(ask.dialect, of, ask.query, reads));
    let said = ask.notes.and_then(|notes| notes.filters.get(at)).cloned().unwrap_or_default();
    Coded::new(format!("f{at}"), format!("CASE WHEN {condition} THEN 1 ELSE 0 END"), said)
}

/// `WITH … coded AS (…)`: the beginning of a statement over some needed columns.
pub(crate) fn with(ask: &Ask<'_>, reads: &Reads<'_>, coded: &[Coded]) -> String {
    let d = ask.dialect;
    let table: Vec<String> = ask.table.name.iter().map(|part| d.name_of(part)).collect();
    let mut steps: Vec<String> = Vec::new();
    let lists = reads.values().filter_map(|read| read.list.as_ref());
    for list in lists {
        steps.push(format!("{} AS {}(\n  {}\n)", list.name(), d.can().inlined, list.text(d)));
    }
    let all = |of: for<'r> fn(&'r crate::column::Read<'_>) -> &'r [Named]| -> Vec<Named> {
        reads.values().flat_map(|read| of(read).iter().cloned()).collect()
    };
    let raw = all(|read| &read.raw);
    let parts = all(|read| &read.parts);
    // Where texts are trimmed or spelt, the signs to look at stand beside the rows.
    let signs = d.signs();
    let looks = |columns: &[Named]| {
        signs.is_some() && columns.iter().any(|(_, value)| value.contains("x.blanks") || value.contains("x.written"))
    };
    let beside = |columns: &[Named]| if looks(columns) { " CROSS JOIN signs x" } else { "" };
    if looks(&raw) || looks(&parts) {
        steps.splice(0..0, signs.clone());
    }
    steps.push(step("raw", &raw, &format!("{} t{}", table.join("."), beside(&raw))));
    steps.push(step("parts", &parts, &format!("raw r{}", beside(&parts))));
    let mut from = String::from("parts p");
    for read in reads.values().filter(|read| read.list.is_some()) {
        let at = read.index;
        from.push_str(&format!(
            "\n  LEFT JOIN list{at} l{at} ON l{at}.h{at} = p.o{at}\n  LEFT JOIN list{at} k{at} ON k{at}.h{at} = CASE WHEN l{at}.h{at} \
             IS NULL THEN p.h{at} END"
        ));
    }
    steps.push(step("vals", &all(|read| &read.vals), &from));
    let lines: Vec<(String, String)> = coded
        .iter()
        .map(|one| {
            (
                format!("{} AS {}", one.value, one.name),
                if one.remark.is_empty() { String::new() } else { remark(&one.remark) },
            )
        })
        .collect();
    steps.push(format!("coded AS (\n  SELECT\n{}\n  FROM vals v\n)", listed(&lines)));
    format!("WITH {}", steps.join(",\n"))
}

/// Lines of a list, with commas, each remark at the end of its line.
pub(crate) fn listed(lines: &[(String, String)]) -> String {
    let last = lines.len().saturating_sub(1);
    let line = |(at, (text, remark)): (usize, &(String, String))| {
        let comma = if at == last { "" } else { "," };
        let remark = if remark.is_empty() { String::new() } else { format!("  {remark}") };
        format!("    {text}{comma}{remark}")
    };
    let all: Vec<String> = lines.iter().enumerate().map(line).collect();
    all.join("\n")
}

fn step(name: &str, columns: &[Named], from: &str) -> String {
    let mut lines: Vec<(String, String)> =
        columns.iter().map(|(name, value)| (format!("{value} AS {name}"), String::new())).collect();
    if lines.is_empty() {
        lines.push(("1 AS one".into(), String::new()));
    }
    format!("{name} AS (\n  SELECT\n{}\n  FROM {from}\n)", listed(&lines))
}
