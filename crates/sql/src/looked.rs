//! The sources that a query looks up in: the statements that verify each, as a source of its own, and the codes that it does not have.

use std::collections::{BTreeMap, BTreeSet};

use jauge::plan::Catalog;

use crate::chain::{Coded, with};
use crate::column::found;
use crate::dialect::Dialect;
use crate::script::{Ask, Reads, ResultColumn, Role, Says, Statement};
use crate::verify::{self, SHOWN};

/// The statements that verify them.
pub(crate) fn statements(ask: &Ask<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    for (other, query) in &ask.query.looked_in(ask.catalog.source) {
        let (Some(source), Some(table)) = (ask.catalog.sources.get(*other), ask.table.looked_in.get(other)) else {
            continue;
        };
        let ask = Ask { query, catalog: Catalog { source, ..ask.catalog }, table, notes: None, ..*ask };
        statements.push(verify::overview(&ask, Some(*other)));
        statements.extend(verify::unread(&ask, Some(*other)));
        statements.extend(verify::duplicates(&ask, Some(*other)));
    }
    statements
}

/// The columns of codes of a query, each with the sources in which it is sought and a column that is looked up there.
pub(crate) fn codes(ask: &Ask<'_>) -> BTreeMap<(usize, usize), usize> {
    let look_ups = ask.query.look_ups(ask.catalog.source);
    look_ups.into_iter().map(|(column, look_up)| ((look_up.by, look_up.source), column)).collect()
}

/// 1 where the code of a row is not found.
pub(crate) fn is_lost(by: usize, source: usize, reads: &Reads<'_>) -> Coded {
    let code = reads.get(&by).map_or_else(|| "NULL".into(), |read| read.val("t"));
    let lost = format!("CASE WHEN {} IS NULL AND {code} IS NOT NULL THEN 1 ELSE 0 END", found(by, source));
    Coded::new(format!("u{source}_{by}"), lost, "")
}

/// The column that says how many are not found.
pub(crate) fn count_name(by: usize, source: usize) -> String {
    format!("not_found_{by}_{source}")
}

/// For each column of codes those that are not found, those of most rows first.
pub(crate) fn not_found(ask: &Ask<'_>) -> Vec<Statement> {
    codes(ask).into_iter().filter_map(|((by, source), column)| lost(ask, by, source, column)).collect()
}

fn lost(ask: &Ask<'_>, by: usize, source: usize, column: usize) -> Option<Statement> {
    let d = ask.dialect;
    let (reads, place) = verify::with_key(ask, BTreeSet::from([by, column]));
    let read = reads.get(&by)?;
    let identifier = ask.identifier(source);
    let is_shown = !read.column.confidential && !reads.get(&identifier)?.column.confidential;
    let coded = [
        is_lost(by, source, &reads),
        Coded::new("cell", verify::shown(read, d), &read.column.name),
        Coded::new("code", read.val("t"), ""),
        Coded::new("place", place, ""),
    ];
    let mut columns = vec![
        ResultColumn { name: "cell".into(), says: Says::Code { column: by, source } },
        ResultColumn { name: "times".into(), says: Says::Times },
        ResultColumn { name: "example".into(), says: Says::Example },
    ];
    let (mut near, mut beside) = ("", String::new());
    if is_shown {
        columns.push(ResultColumn { name: "near".into(), says: Says::Near });
        near = ", near";
        let of = format!("t{identifier}");
        beside = format!(
            "\nLEFT JOIN (\n  SELECT {} AS bare, min({of}) AS near\n  FROM looked_{source}\n  GROUP BY 1\n) n ON n.bare = {}",
            bare(d, &of),
            bare(d, "lost.code")
        );
    }
    let sql = format!(
        "{},\nlost AS (\n  SELECT cell, min(code) AS code, count(*) AS times, min(place) AS example\n  FROM coded\n  WHERE {} = 1\n  \
         GROUP BY cell\n  ORDER BY times DESC, cell\n  LIMIT {SHOWN}\n)\nSELECT cell, times, example{near}\nFROM lost{beside}\nORDER \
         BY times DESC, cell{}",
        with(ask, &reads, &coded),
        coded.first().map_or("", |lost| lost.name.as_str()),
        d.can().settings
    );
    let only_if = Some(count_name(by, source));
    Some(Statement { role: Role::NotFound, looked_in: None, keys: Vec::new(), columns, only_if, sql })
}

/// A code without the zeros that spreadsheets leave out, and without capitals.
fn bare(d: Dialect, code: &str) -> String {
    let digits = format!("trim(LEADING '0' FROM {code})");
    format!("lower(CASE WHEN {} THEN {digits} ELSE {code} END)", d.is_like(&digits, "^[0-9]"))
}
