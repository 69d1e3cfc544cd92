//! The statements that verify the data: what is read in all, what cannot be read, which keys repeat.

use std::collections::BTreeSet;

use jauge::plan::{Cube, Key};

use crate::chain::{Coded, key, listed, with};
use crate::column::{Read, Stands};
use crate::dialect::Dialect;
use crate::looked;
use crate::script::{Ask, Reads, ResultColumn, Role, Says, Statement};

/// Texts of a column, and repeated keys, that are told one by one.
pub const SHOWN: usize = 100;

/// Rows read, first and last periods, cells that cannot be read, codes that are not found: one row. `other`: the rows are those of
/// a source that is looked up in.
pub(crate) fn overview(ask: &Ask<'_>, other: Option<usize>) -> Statement {
    let reads = ask.reads(&ask.query.columns());
    let periods: Vec<usize> =
        (0..ask.query.keys.len()).filter(|at| matches!(ask.query.keys.get(*at), Some(Key::Period { .. }))).collect();
    let mut coded: Vec<Coded> = periods.iter().map(|at| key(ask, *at, &reads)).collect();
    let mut columns = vec![ResultColumn { name: "rows_all".into(), says: Says::Rows { filter: None } }];
    let mut out = vec![("count(*) AS rows_all".to_string(), String::new())];
    // Codes that are no ordinals are far below every one.
    let least = Cube::window_code(Cube::WINDOWS - 1).unwrap_or(Cube::TOTAL);
    for at in &periods {
        for (word, aggregate, says) in
            [("first", "min", Says::First { key: *at }), ("last", "max", Says::Last { key: *at })]
        {
            let name = format!("{word}_k{at}");
            out.push((format!("{aggregate}(CASE WHEN k{at} > {least} THEN k{at} END) AS {name}"), String::new()));
            columns.push(ResultColumn { name, says });
        }
    }
    for (column, read) in reads.iter().filter(|(_, read)| read.stands == Stands::Own) {
        coded.push(Coded::new(format!("e{column}"), read.mistake(), &read.column.name));
        let name = wrong(*column, other);
        out.push((format!("sum(CASE WHEN e{column} > 0 THEN 1 ELSE 0 END) AS {name}"), String::new()));
        columns.push(ResultColumn { name, says: Says::Wrong { column: *column } });
    }
    for (column, source) in looked::codes(ask).into_keys() {
        let lost = looked::is_lost(column, source, &reads);
        let name = looked::count_name(column, source);
        out.push((format!("sum({}) AS {name}", lost.name), String::new()));
        coded.push(lost);
        columns.push(ResultColumn { name, says: Says::NotFound { column, source } });
    }
    if let Some(read) = ask.query.unique.first().filter(|_| other.is_some()).and_then(|key| reads.get(key)) {
        coded.push(Coded::new("identified", format!("CASE WHEN {} THEN 1 ELSE 0 END", read.is_present()), ""));
        out.push(("sum(identified) AS identifiers".into(), String::new()));
        columns.push(ResultColumn { name: "identifiers".into(), says: Says::Identifiers });
    }
    if coded.is_empty() {
        coded.push(Coded::new("one", "1", ""));
    }
    let sql =
        format!("{}\nSELECT\n{}\nFROM coded{}", with(ask, &reads, &coded), listed(&out), ask.dialect.can().settings);
    Statement { role: Role::Overview, looked_in: other, keys: Vec::new(), columns, only_if: None, sql }
}

fn wrong(column: usize, other: Option<usize>) -> String {
    match other {
        Some(source) => format!("wrong_{source}_{column}"),
        None => format!("wrong_{column}"),
    }
}

/// How some columns are read, with those of the key, and the key of a row; NULL where there is none to show.
pub(crate) fn with_key<'a>(ask: &Ask<'a>, mut columns: BTreeSet<usize>) -> (Reads<'a>, String) {
    columns.extend(ask.catalog.source.key.iter().copied().filter(|key| ask.table.columns.contains_key(key)));
    let reads = ask.reads(&columns);
    let place = match (ask.dialect, example(ask, &reads).as_str()) {
        (Dialect::Clickhouse, "NULL") => "NULL".to_string(),
        (_, "NULL") => "CAST(NULL AS INTEGER)".to_string(),
        (_, place) => place.to_string(),
    };
    (reads, place)
}

/// The text of a cell as it may be shown; NULL where it is confidential.
pub(crate) fn shown(read: &Read<'_>, d: Dialect) -> String {
    match (read.column.confidential, d) {
        (true, Dialect::Clickhouse) => "NULL".to_string(),
        (true, Dialect::Spark) => "CAST(NULL AS STRING)".to_string(),
        (true, Dialect::Postgresql | Dialect::Duckdb) => "CAST(NULL AS VARCHAR(1))".to_string(),
        (false, _) => read.text(),
    }
}

/// The key of a row, part by part; NULL where the source has none, or every part of it is confidential.
fn example(ask: &Ask<'_>, reads: &Reads<'_>) -> String {
    let d = ask.dialect;
    let of_key = || ask.catalog.source.key.iter().filter_map(|column| reads.get(column));
    if of_key().all(|read| read.column.confidential) {
        return "NULL".into();
    }
    let parts: Vec<String> = of_key()
        .map(|read| if read.column.confidential { "'•••'".into() } else { format!("COALESCE({}, '')", read.text()) })
        .collect();
    match d {
        Dialect::Postgresql | Dialect::Duckdb => parts.join(" || ' | ' || "),
        Dialect::Clickhouse | Dialect::Spark => {
            if parts.len() == 1 {
                parts.concat()
            } else {
                format!("concat({})", parts.join(", ' | ', "))
            }
        }
    }
}

/// For each needed column the texts that cannot be read, those of most rows first.
pub(crate) fn unread(ask: &Ask<'_>, other: Option<usize>) -> Vec<Statement> {
    let of = |column: &usize| {
        let (reads, place) = with_key(ask, BTreeSet::from([*column]));
        let read = reads.get(column)?;
        let coded = [
            Coded::new("mistake", read.mistake(), &read.column.name),
            Coded::new("cell", shown(read, ask.dialect), ""),
            Coded::new("place", place, ""),
        ];
        let sql = format!(
            "{}\nSELECT mistake, cell, count(*) AS times, min(place) AS example\nFROM coded\nWHERE mistake > 0\nGROUP BY mistake, \
             cell\nORDER BY times DESC, mistake, cell\nLIMIT {SHOWN}{}",
            with(ask, &reads, &coded),
            ask.dialect.can().settings
        );
        let columns = vec![
            ResultColumn { name: "mistake".into(), says: Says::Mistake },
            ResultColumn { name: "cell".into(), says: Says::Text { column: *column } },
            ResultColumn { name: "times".into(), says: Says::Times },
            ResultColumn { name: "example".into(), says: Says::Example },
        ];
        let only_if = Some(wrong(*column, other));
        Some(Statement { role: Role::Unread, looked_in: other, keys: Vec::new(), columns, only_if, sql })
    };
    ask.verified().iter().filter_map(of).collect()
}

/// Keys that repeat, those of most rows first.
pub(crate) fn duplicates(ask: &Ask<'_>, other: Option<usize>) -> Option<Statement> {
    if ask.query.unique.is_empty() {
        return None;
    }
    let reads = ask.reads(&ask.query.unique.iter().copied().collect());
    let parts: Vec<_> = ask.query.unique.iter().filter_map(|column| reads.get(column)).collect();
    let mut coded = Vec::new();
    let mut some = Vec::new();
    let mut by = Vec::new();
    let mut columns = Vec::new();
    let mut shown = Vec::new();
    for read in &parts {
        let at = read.index;
        let valued = match read.is_total() {
            Some(total) => format!("{} AND NOT {total}", read.is_present()),
            None => read.is_present(),
        };
        coded.push(Coded::new(format!("i{at}"), read.identity(ask.dialect), &read.column.name));
        // What has no value is told apart by its text.
        coded.push(Coded::new(format!("u{at}"), format!("CASE WHEN {valued} THEN NULL ELSE {} END", read.text()), ""));
        coded.push(Coded::new(format!("s{at}"), read.text(), ""));
        // An empty cell that stands for the unknown period is a value.
        some.push(if read.is_unknown_period().is_some() { "TRUE".into() } else { format!("s{at} IS NOT NULL") });
        by.extend([format!("i{at}"), format!("u{at}")]);
        if !read.column.confidential {
            shown.push(format!("min(s{at}) AS key_{at}"));
            columns.push(ResultColumn { name: format!("key_{at}"), says: Says::Text { column: at } });
        }
    }
    shown.push("count(*) AS times".into());
    columns.push(ResultColumn { name: "times".into(), says: Says::Times });
    columns.push(ResultColumn { name: "in_all".into(), says: Says::InAll });
    let names: Vec<&str> = columns.iter().take(columns.len() - 1).map(|column| column.name.as_str()).collect();
    let mut order: Vec<&str> = vec!["times DESC"];
    order.extend(names.iter().filter(|name| **name != "times"));
    let sql = format!(
        "{},\nrepeated AS {}(\n  SELECT {}\n  FROM coded\n  WHERE {}\n  GROUP BY {}\n  HAVING count(*) > 1\n)\nSELECT {}, (SELECT \
         sum(times - 1) FROM repeated) AS in_all\nFROM repeated\nORDER BY {}\nLIMIT {SHOWN}{}",
        with(ask, &reads, &coded),
        ask.dialect.can().materialized,
        shown.join(", "),
        some.join(" OR "),
        by.join(", "),
        names.join(", "),
        order.join(", "),
        ask.dialect.can().settings
    );
    Some(Statement { role: Role::Duplicates, looked_in: other, keys: Vec::new(), columns, only_if: None, sql })
}
