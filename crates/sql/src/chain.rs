//! The common beginning of every statement: the table's rows, read step by step to small codes, bits and values.

use std::collections::BTreeSet;

use jauge::plan::{Cube, Key};
use jauge::types::Calendar;

use crate::column::{Named, Of, Read, Stands, row_of};
use crate::dialect::Dialect;
use crate::period;
use crate::quote::remark;
use crate::script::{Ask, Reads};
use crate::table::Table;
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
                    let ordinal = ordinal(d, read, calendar);
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

fn ordinal(d: Dialect, read: &Read<'_>, calendar: &Calendar) -> String {
    match &read.of {
        Of::Date => period::ordinal_of_date(d, calendar, &read.val("a"), &read.val("q"), &read.val("j")),
        Of::Period { .. } => read.val("p"),
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
    let own: Vec<&Read<'_>> = reads.values().filter(|read| read.stands == Stands::Own).collect();
    let Steps { raw, mut after, mut looks } = read_from(d, ask.table, "", &own);
    let mut steps = Vec::new();
    // Each source that is looked up in is read once, and each of its rows is found once by each column of codes.
    let mut from = String::from("vals v");
    for identifier in reads.values() {
        let Stands::Identifier { source } = identifier.stands else { continue };
        let is_there = |read: &&Read<'_>| match read.stands {
            Stands::Elsewhere { source: of, .. } | Stands::Identifier { source: of } => of == source,
            Stands::Own => false,
        };
        let there: Vec<&Read<'_>> = reads.values().filter(is_there).collect();
        let Some(table) = ask.table.looked_in.get(&source) else { continue };
        let place = format!("_{source}");
        let other = read_from(d, table, &place, &there);
        // A table may be named as one of the steps: that one comes later.
        steps.push(other.raw);
        after.extend(other.after);
        looks |= other.looks;
        // A code that repeats is told, and no figure is given then: that it multiplies no row keeps the question small.
        let one_each = d.one_each(&format!("vals{place}"), &format!("v{source}"), &identifier.val("t"));
        after.push(format!("looked{place} AS (\n  {one_each}\n)"));
        let by: BTreeSet<usize> = there.iter().filter_map(|read| read.by()).collect();
        for by in by {
            let Some(codes) = reads.get(&by) else { continue };
            let row = row_of(by, source);
            from.push_str(&format!(
                "\n  LEFT JOIN looked{place} {row} ON {row}.t{} = {}",
                identifier.index,
                codes.val("t")
            ));
        }
    }
    steps.push(raw);
    steps.extend(after);
    // Where texts are trimmed or spelt, the signs to look at stand beside the rows.
    if looks {
        steps.splice(0..0, d.signs());
    }
    let lines: Vec<(String, String)> = coded
        .iter()
        .map(|one| {
            (
                format!("{} AS {}", one.value, one.name),
                if one.remark.is_empty() { String::new() } else { remark(&one.remark) },
            )
        })
        .collect();
    steps.push(format!("coded AS (\n  SELECT\n{}\n  FROM {from}\n)", listed(&lines)));
    format!("WITH {}", steps.join(",\n"))
}

/// The steps from the cells of one table to their values.
struct Steps {
    raw: String,
    after: Vec<String>,
    /// They look at [`Dialect::signs`].
    looks: bool,
}

/// The names of the steps end with `place`.
fn read_from(d: Dialect, table: &Table, place: &str, reads: &[&Read<'_>]) -> Steps {
    let name: Vec<String> = table.name.iter().map(|part| d.name_of(part)).collect();
    let lists = reads.iter().filter_map(|read| read.list.as_ref());
    let mut after: Vec<String> =
        lists.map(|list| format!("{} AS {}(\n  {}\n)", list.name(), d.can().inlined, list.text(d))).collect();
    let all = |of: for<'r> fn(&'r Read<'_>) -> &'r [Named]| -> Vec<Named> {
        reads.iter().flat_map(|read| of(read).iter().cloned()).collect()
    };
    let looks = |columns: &[Named]| {
        d.signs().is_some()
            && columns.iter().any(|(_, value)| value.contains("x.blanks") || value.contains("x.written"))
    };
    let (raw, parts) = (all(|read| &read.raw), all(|read| &read.parts));
    let (raw_looks, parts_look) = (looks(&raw), looks(&parts));
    let beside = |looks: bool| if looks { " CROSS JOIN signs x" } else { "" };
    let raw = step(&format!("raw{place}"), &raw, &format!("{} t{}", name.join("."), beside(raw_looks)));
    after.push(step(&format!("parts{place}"), &parts, &format!("raw{place} r{}", beside(parts_look))));
    let mut from = format!("parts{place} p");
    for read in reads.iter().filter(|read| read.list.is_some()) {
        let at = read.index;
        from.push_str(&format!(
            "\n  LEFT JOIN list{at} l{at} ON l{at}.h{at} = p.o{at}\n  LEFT JOIN list{at} k{at} ON k{at}.h{at} = CASE WHEN l{at}.h{at} \
             IS NULL THEN p.h{at} END"
        ));
    }
    after.push(step(&format!("vals{place}"), &all(|read| &read.vals), &from));
    Steps { raw, after, looks: raw_looks || parts_look }
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
