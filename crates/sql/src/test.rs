//! Tests and filters to conditions that are true or false for every row: what becomes of a missing value is in the test.

use jauge::plan::{Cube, CubeQuery, Filter};
use jauge::program::model::{ColumnTest, Comparison, MissingPolicy, TestKind, TestOn};
use jauge_engine::shared;

use crate::column::{Of, Read};
use crate::dialect::Dialect;
use crate::number;
use crate::script::Reads;

/// The sign of a comparison.
fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::Different => "<>",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::More => ">",
        Comparison::AtLeast => ">=",
    }
}

/// A filter. Depth is that of the condition, which the parser bounds.
pub(crate) fn filter(d: Dialect, filter_: &Filter, query: &CubeQuery, reads: &Reads<'_>) -> String {
    let join = |parts: &[Filter], word: &str, none: &str| {
        let parts: Vec<String> = parts.iter().map(|part| filter(d, part, query, reads)).collect();
        match parts.len() {
            0 => none.to_string(),
            1 => parts.concat(),
            _ => format!("({})", parts.join(word)),
        }
    };
    match filter_ {
        // A test that the query does not have lets nothing pass, as in the engine.
        Filter::Test(at) => query.tests.get(*at).map_or("FALSE".into(), |test| self::test(d, test, reads)),
        Filter::And(parts) => join(parts, " AND ", "TRUE"),
        Filter::Or(parts) => join(parts, " OR ", "FALSE"),
        Filter::Not(inner) => format!("NOT {}", filter(d, inner, query, reads)),
    }
}

/// One test: never NULL.
fn test(d: Dialect, test: &ColumnTest, reads: &Reads<'_>) -> String {
    let counted = if test.missing == MissingPolicy::Counted { "TRUE" } else { "FALSE" };
    let column = match test.on {
        TestOn::Column { column, .. } => reads.get(&column),
        TestOn::Dimension(_) => None,
    };
    // The planner has named the column; else no row passes.
    let Some(read) = column else { return "FALSE".into() };
    let known = |condition: String| format!("COALESCE({condition}, {counted})");
    // A total is no member and no text: neither in a list nor among the others.
    let no_total = |condition: String| match read.is_total() {
        Some(total) => format!("(NOT {total} AND {condition})"),
        None => condition,
    };
    match &test.test {
        TestKind::Missing => format!("NOT {}", parenthesised(read.is_present())),
        TestKind::Present => parenthesised(read.is_present()),
        TestKind::Members(listed) => members(read, listed, true, counted),
        TestKind::NotMembers(listed) => members(read, listed, false, counted),
        TestKind::Number(comparison, constant) => match read.number() {
            Some(value) => known(number::compared(d, &value, sign(*comparison), constant)),
            None => counted.into(),
        },
        TestKind::NumberBetween(low, high) => match read.number() {
            Some(value) => known(format!(
                "{} AND {}",
                number::compared(d, &value, ">=", low),
                number::compared(d, &value, "<=", high)
            )),
            None => counted.into(),
        },
        TestKind::Day(comparison, day) => match (&read.of, read.number()) {
            (Of::Date, Some(value)) => known(format!("{value} {} {day}", sign(*comparison))),
            _ => counted.into(),
        },
        TestKind::DayBetween(low, high) => match (&read.of, read.number()) {
            (Of::Date, Some(value)) => known(format!("{value} BETWEEN {low} AND {high}")),
            _ => counted.into(),
        },
        TestKind::Texts(texts) => no_total(known(format!("{} IN ({})", text_of(read), composed(d, texts)))),
        TestKind::NotTexts(texts) => no_total(known(format!("{} NOT IN ({})", text_of(read), composed(d, texts)))),
        TestKind::Yes => known(yes_no(read, true)),
        TestKind::No => known(yes_no(read, false)),
        TestKind::Column(comparison, other) => match reads.get(other) {
            Some(other) => between(read, other, *comparison, counted),
            None => counted.into(),
        },
    }
}

fn parenthesised(condition: String) -> String {
    if condition.starts_with('(') { condition } else { format!("({condition})") }
}

fn composed(d: Dialect, texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| shared::composed(text)).collect();
    let list = d.literals(texts.iter().map(String::as_str));
    // A list of which nothing can be held is a text that no cell has: not NULL, which would leave the answer open.
    if list == "NULL" { "''".into() } else { list }
}

fn text_of(read: &Read<'_>) -> String {
    read.val("t")
}

fn yes_no(read: &Read<'_>, wanted: bool) -> String {
    match (&read.of, wanted) {
        (Of::YesNo, true) => read.val("b"),
        (Of::YesNo, false) => format!("NOT {}", read.val("b")),
        _ => "NULL".into(),
    }
}

fn members(read: &Read<'_>, listed: &[usize], inside: bool, counted: &str) -> String {
    let (Of::Member(dimension) | Of::Bands(dimension)) = &read.of else { return counted.into() };
    let level = listed.first().and_then(|first| dimension.members.get(*first)).map(|member| member.level);
    let Some(level) = level else {
        // None of no members: every value that is no total passes, or none does.
        let Some(value) = read.level(0) else { return counted.into() };
        let holds = if inside { "FALSE".to_string() } else { format!("{value} <> {}", Cube::TOTAL) };
        return format!("CASE WHEN {} THEN COALESCE({holds}, TRUE) ELSE {counted} END", read.is_present());
    };
    let Some(value) = read.level(level) else { return counted.into() };
    let mut codes: Vec<String> = listed.iter().map(usize::to_string).collect();
    if !inside {
        codes.push(Cube::TOTAL.to_string());
    }
    let word = if inside { "IN" } else { "NOT IN" };
    match (inside, codes.as_slice()) {
        (true, [one]) => format!("COALESCE({value} = {one}, {counted})"),
        _ => format!("COALESCE({value} {word} ({}), {counted})", codes.join(", ")),
    }
}

/// A comparison of two columns of one type.
fn between(left: &Read<'_>, right: &Read<'_>, comparison: Comparison, counted: &str) -> String {
    let sign = sign(comparison);
    let value = |read: &Read<'_>| match &read.of {
        Of::Text => read.val("t"),
        // Ordered as the engine does: no before yes.
        Of::YesNo => format!("CASE WHEN {0} THEN 1 WHEN NOT {0} THEN 0 END", read.val("b")),
        Of::Member(_) => format!("NULLIF({}, {})", read.val("m"), Cube::TOTAL),
        Of::Number | Of::Date | Of::Bands(_) | Of::Period { .. } => read.number().unwrap_or_else(|| "NULL".into()),
    };
    let total = |read: &Read<'_>| match &read.of {
        Of::Member(_) => Some(format!("COALESCE({} = {}, FALSE)", read.val("m"), Cube::TOTAL)),
        _ => read.is_total(),
    };
    let plain = |read: &Read<'_>| match total(read) {
        Some(total) => format!("CASE WHEN {total} THEN NULL ELSE {} END", value(read)),
        None => value(read),
    };
    let both = match (total(left), total(right)) {
        (Some(left), Some(right)) => Some(format!("{left} AND {right}")),
        _ => None,
    };
    let compared = format!("COALESCE({} {sign} {}, {counted})", plain(left), plain(right));
    match both {
        Some(both) => {
            let equal = matches!(comparison, Comparison::Equal | Comparison::AtMost | Comparison::AtLeast);
            let equal = if equal { "TRUE" } else { "FALSE" };
            format!("CASE WHEN {both} THEN {equal} ELSE {compared} END")
        }
        None => compared,
    }
}
