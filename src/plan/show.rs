//! A plan as text for people: per source, the columns read, what is kept and for whom, and the groupings.

use std::fmt::Write;

use super::{CubeQuery, Filter, Key, LaneState, Plan, SourcePlan};
use crate::program::model::{Column, Comparison, DataSource, Program, TestKind, TestOn};
use crate::text::Lang;
use crate::types::Date;

/// Indicators named per lane before « et 12 autres ».
const NAMES_SHOWN: usize = 6;

impl Plan {
    /// The plan as text in one language.
    pub fn show(&self, program: &Program, lang: Lang) -> String {
        let mut out = String::new();
        let named = super::collect::collect_with_users(program, &self.request);
        for (query, of_source) in named.queries.iter().zip(&named.sources) {
            let Some(source) = program.sources.get(query.source) else { continue };
            show_source(&mut out, program, lang, source, query, of_source);
        }
        if self.queries.is_empty() {
            out.push_str(lang.pick("aucune source à lire\n", "no source to read\n"));
        }
        out
    }
}

/// What the parts of a query are, in words: for remarks in texts that others read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryNotes {
    /// For each key.
    pub keys: Vec<String>,
    /// For each filter.
    pub filters: Vec<String>,
    /// For each lane: what it keeps, and the indicators that it serves.
    pub lanes: Vec<String>,
    /// For each lane, the names of the indicators that use it.
    pub users: Vec<Vec<String>>,
}

impl Plan {
    /// What the parts of each query are, in one language.
    pub fn notes(&self, program: &Program, lang: Lang) -> Vec<QueryNotes> {
        let named = super::collect::collect_with_users(program, &self.request);
        let of = |(at, query): (usize, &CubeQuery)| {
            // INVARIANT: walking an indicator again finds nothing new, so that both plans number lanes alike.
            let same = named.queries.get(at).is_some_and(|other| other == query);
            let users = named.sources.get(at).filter(|_| same).map_or(&[][..], |of| of.lane_users.as_slice());
            notes(program, lang, query, users)
        };
        self.queries.iter().enumerate().map(of).collect()
    }
}

fn notes(program: &Program, lang: Lang, query: &CubeQuery, users: &[Vec<usize>]) -> QueryNotes {
    let Some(source) = program.sources.get(query.source) else { return QueryNotes::default() };
    let names = |lane: usize| -> Vec<String> {
        let users = users.get(lane).map_or(&[][..], Vec::as_slice);
        users.iter().filter_map(|user| program.indicators.get(*user)).map(|one| one.name.clone()).collect()
    };
    let lane = |(at, lane): (usize, &super::Lane)| {
        let state = show_state(lane.state, source, lang);
        let names = names(at).join(", ");
        if names.is_empty() { state } else { format!("{state} ← {names}") }
    };
    QueryNotes {
        keys: query.keys.iter().map(|key| show_key(key, program, lang)).collect(),
        filters: query.filters.iter().map(|filter| show_filter(filter, query, program, source, lang)).collect(),
        lanes: query.lanes.iter().enumerate().map(lane).collect(),
        users: (0..query.lanes.len()).map(names).collect(),
    }
}

fn show_source(
    out: &mut String,
    program: &Program,
    lang: Lang,
    source: &DataSource,
    query: &CubeQuery,
    of_source: &SourcePlan,
) {
    let path = source.path.as_deref().unwrap_or(lang.pick("données en ligne", "inline data"));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "source {} ({path})", source.name);
    let name = |column: &Column| match column.looked_up {
        None => column.name.clone(),
        Some(look_up) => {
            let other = program.sources.get(look_up.source).map_or("?", |other| other.name.as_str());
            let by = source.columns.get(look_up.by).map_or("?", |by| by.name.as_str());
            format!("{} ({other} {} {by})", column.name, lang.pick("selon", "by"))
        }
    };
    let columns: Vec<String> = query.columns().iter().filter_map(|at| source.columns.get(*at)).map(name).collect();
    let label = lang.pick("  colonnes lues : ", "  columns read: ");
    let _ = writeln!(out, "{label}{}", columns.join(", "));
    let _ = writeln!(out, "{}", lang.pick("  mesures :", "  measures:"));
    for (at, lane) in query.lanes.iter().enumerate() {
        let state = show_state(lane.state, source, lang);
        let filter = lane.filter.and_then(|filter| query.filters.get(filter));
        let filter = filter.map_or(String::new(), |filter| {
            format!(" {} {}", lang.pick("avec", "where"), show_filter(filter, query, program, source, lang))
        });
        let users = of_source.lane_users.get(at).map_or(&[][..], Vec::as_slice);
        let names: Vec<&str> = users
            .iter()
            .take(NAMES_SHOWN)
            .filter_map(|user| program.indicators.get(*user))
            .map(|indicator| indicator.name.as_str())
            .collect();
        let more = users.len().saturating_sub(NAMES_SHOWN);
        let more = match more {
            0 => String::new(),
            _ => lang.pick(format!(" et {more} autres"), format!(" and {more} more")),
        };
        let users = if names.is_empty() { String::new() } else { format!("  ← {}{more}", names.join(", ")) };
        let _ = writeln!(out, "    {}. {state}{filter}{users}", at + 1);
    }
    let _ = writeln!(out, "{}", lang.pick("  regroupements :", "  groupings:"));
    for set in &query.sets {
        let keys: Vec<String> =
            set.keys.iter().filter_map(|key| query.keys.get(*key)).map(|key| show_key(key, program, lang)).collect();
        let keys = if keys.is_empty() { lang.pick("ensemble", "all rows").to_string() } else { keys.join(" × ") };
        let lanes: Vec<String> = set.lanes.iter().map(|lane| (lane + 1).to_string()).collect();
        let label = lang.pick("mesures", "measures");
        let _ = writeln!(out, "    {keys} : {label} {}", lanes.join(", "));
    }
}

fn column_name(source: &DataSource, column: usize) -> &str {
    source.columns.get(column).map_or("?", |column| column.name.as_str())
}

fn show_state(state: LaneState, source: &DataSource, lang: Lang) -> String {
    let of = |fr: &str, en: &str, column: usize| format!("{} {}", lang.pick(fr, en), column_name(source, column));
    match state {
        LaneState::Rows => lang.pick("lignes", "rows").to_string(),
        LaneState::Line => lang.pick("première ligne", "first line").to_string(),
        LaneState::Present(column) => of("lignes renseignées de", "rows with a value in", column),
        LaneState::Sum(column) => of("somme de", "sum of", column),
        LaneState::Minimum(column) => of("minimum de", "minimum of", column),
        LaneState::Maximum(column) => of("maximum de", "maximum of", column),
        LaneState::Distinct(column) => of("valeurs distinctes de", "distinct values of", column),
        LaneState::Keys(column) => of("valeurs distinctes, une à une, de", "distinct values, one by one, of", column),
        LaneState::Values(column) => of("valeurs de", "values of", column),
        LaneState::Marks(column) => of("cellules sans valeur de", "cells without a value of", column),
        LaneState::First { column, .. } => of("première valeur de", "first value of", column),
        LaneState::Last { column, .. } => of("dernière valeur de", "last value of", column),
    }
}

fn show_key(key: &Key, program: &Program, lang: Lang) -> String {
    match key {
        Key::Dimension { dimension, level, .. } => {
            let dimension = program.dimensions.get(*dimension);
            let level = dimension.and_then(|dimension| dimension.levels.get(*level));
            level.or(dimension.map(|dimension| &dimension.name)).cloned().unwrap_or_default()
        }
        Key::Period { calendar, .. } => {
            let calendar = program.calendars.get(usize::from(calendar.0));
            calendar.map_or(String::new(), |calendar| calendar.label.get(lang).to_string())
        }
        Key::StageDate { .. } => lang.pick("date de l'étape", "date of the stage").to_string(),
        Key::Said { .. } => lang.pick("atteinte, en cours ou prévue", "reached, in progress or planned").to_string(),
    }
}

/// A filter as the author would write it. Depth is that of the condition, which the parser bounds.
fn show_filter(filter: &Filter, query: &CubeQuery, program: &Program, source: &DataSource, lang: Lang) -> String {
    let join = |parts: &[Filter], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| show_filter(part, query, program, source, lang)).collect();
        format!("({})", parts.join(&format!(" {word} ")))
    };
    match filter {
        Filter::Test(at) => match query.tests.get(*at) {
            Some(test) => show_test(test.on, &test.test, program, source, lang),
            None => String::new(),
        },
        Filter::And(parts) => join(parts, lang.pick("et", "and")),
        Filter::Or(parts) => join(parts, lang.pick("ou", "or")),
        Filter::Not(inner) => {
            format!("{} {}", lang.pick("non", "not"), show_filter(inner, query, program, source, lang))
        }
    }
}

/// A test as the author would write it.
pub(crate) fn show_test(on: TestOn, test: &TestKind, program: &Program, source: &DataSource, lang: Lang) -> String {
    let (name, dimension) = match on {
        TestOn::Dimension(level) => {
            let dimension = program.dimensions.get(level.dimension);
            let name = dimension.and_then(|dimension| dimension.levels.get(level.level)).map_or("?", String::as_str);
            (name, dimension)
        }
        TestOn::Column { column, .. } => {
            let of = source.columns.get(column).map(|column| &column.of);
            let dimension = match of {
                Some(crate::program::model::ColumnType::Dimension(at)) => program.dimensions.get(*at),
                _ => None,
            };
            (column_name(source, column), dimension)
        }
    };
    let members = |members: &[usize]| {
        let codes: Vec<&str> = members
            .iter()
            .filter_map(|at| dimension.and_then(|dimension| dimension.members.get(*at)))
            .map(|member| member.code.as_str())
            .collect();
        codes.join(", ")
    };
    let and = lang.pick("et", "and");
    let between = lang.pick("entre", "between");
    match test {
        TestKind::Members(list) if list.len() == 1 => format!("{name} = {}", members(list)),
        TestKind::Members(list) => format!("{name} {} {}", lang.pick("parmi", "in"), members(list)),
        TestKind::NotMembers(list) if list.len() == 1 => format!("{name} <> {}", members(list)),
        TestKind::NotMembers(list) => format!("{name} {} {}", lang.pick("pas parmi", "not in"), members(list)),
        TestKind::Number(comparison, number) => format!("{name} {} {}", sign(*comparison), number.show(lang, None)),
        TestKind::NumberBetween(low, high) => {
            format!("{name} {between} {} {and} {}", low.show(lang, None), high.show(lang, None))
        }
        TestKind::Day(comparison, day) => {
            format!("{name} {} {}", sign(*comparison), Date::from_day_number(*day).show(lang))
        }
        TestKind::DayBetween(low, high) => {
            let (low, high) = (Date::from_day_number(*low), Date::from_day_number(*high));
            format!("{name} {between} {} {and} {}", low.show(lang), high.show(lang))
        }
        TestKind::Texts(texts) => format!("{name} = {}", quoted(texts, lang)),
        TestKind::NotTexts(texts) => format!("{name} <> {}", quoted(texts, lang)),
        TestKind::Yes => name.to_string(),
        TestKind::No => format!("{} {name}", lang.pick("non", "not")),
        TestKind::Missing => format!("{name} {}", lang.pick("est non renseigné", "is missing")),
        TestKind::Present => format!("{name} {}", lang.pick("est renseigné", "is not missing")),
        TestKind::Column(comparison, other) => {
            format!("{name} {} {}", sign(*comparison), column_name(source, *other))
        }
    }
}

fn quoted(texts: &[String], lang: Lang) -> String {
    let texts: Vec<String> = texts.iter().map(|text| lang.pick(format!("« {text} »"), format!("\"{text}\""))).collect();
    texts.join(", ")
}

/// The sign of a comparison.
pub(crate) fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::Different => "≠",
        Comparison::Less => "<",
        Comparison::AtMost => "≤",
        Comparison::More => ">",
        Comparison::AtLeast => "≥",
    }
}
