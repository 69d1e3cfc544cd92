//! Scripts written down: as a file of SQL for people, and as a versioned document for whoever runs them elsewhere.

use std::collections::BTreeSet;

use jauge::plan::{Catalog, Cube, CubeQuery, Key, QueryNotes};
use jauge::program::model::{DataSource, Program};
use jauge::text::Lang;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::dialect::Dialect;
use crate::quote::remark;
use crate::refuse::Refused;
use crate::script::{Ask, Role, Script, Statement, script};
use crate::table::Table;

/// The version of the document's shape; a reader refuses one that it does not know.
pub const VERSION: u32 = 1;

/// All that is needed to run the queries of a project elsewhere and to read the rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// [`VERSION`].
    pub version: u32,
    /// For whom the statements are written.
    pub dialect: Dialect,
    /// Every column of the tables is taken to hold texts.
    pub text_columns: bool,
    /// Codes of keys that are no member and no ordinal.
    pub codes: Codes,
    /// One per source that is needed.
    pub sources: Vec<SourceDocument>,
}

/// Codes that are no member of a dimension and no ordinal of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Codes {
    /// The cell is empty or cannot be read.
    pub unknown: i32,
    /// The row is marked as a total.
    pub total: i32,
    /// The period of the row is said to be unknown.
    pub unknown_period: i32,
}

impl Default for Codes {
    fn default() -> Self {
        let unknown_period = Cube::window_code(0).unwrap_or(Cube::UNKNOWN);
        Codes { unknown: Cube::UNKNOWN, total: Cube::TOTAL, unknown_period }
    }
}

/// One source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceDocument {
    /// Its name in the indicator files.
    pub source: String,
    /// What its questions mean, in short: [`fingerprint`]. Answers carry it too.
    pub fingerprint: String,
    /// The parts of the table's name.
    pub table: Vec<String>,
    /// The columns that the statements read.
    pub columns: Vec<ColumnDocument>,
    /// The tables of other sources that they read, to look up in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub looked_in: Vec<LookedInDocument>,
    /// What a column of kind `key` says, by its number.
    pub keys: Vec<KeyDocument>,
    /// The filters, by their number, in words.
    pub filters: Vec<String>,
    /// The lanes, by their number: what is kept of the rows, in words.
    pub lanes: Vec<LaneDocument>,
    /// The groupings wanted: numbers of keys and of lanes.
    pub groupings: Vec<GroupingDocument>,
    /// The statements.
    pub statements: Vec<Statement>,
}

/// A source that is looked up in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LookedInDocument {
    /// Its number in statements.
    pub number: usize,
    /// Its name in the indicator files.
    pub source: String,
    /// The parts of its table's name.
    pub table: Vec<String>,
    /// The columns that the statements read.
    pub columns: Vec<ColumnDocument>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnDocument {
    /// Its number in statements.
    pub number: usize,
    /// Its name in the indicator files.
    pub column: String,
    /// Its name in the table.
    pub name: String,
    /// How its cells are taken to be stored.
    pub stored: crate::table::Stored,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeyDocument {
    /// The place of a member in the list of its dimension.
    Member {
        /// The dimension.
        dimension: String,
        /// The level.
        level: String,
        /// The codes of its members, by place.
        members: Vec<String>,
    },
    /// The ordinal of a period: a year by its first civil year; half-years, quarters and months counted from year 0; days
    /// from 1 January 1970.
    Period {
        /// The calendar.
        calendar: String,
    },
    /// Of a stage of a milestone, which no statement has.
    Stage,
}

/// A lane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LaneDocument {
    /// What is kept of which rows, and for which indicators, in words.
    pub keeps: String,
    /// The number of its filter; every row without one.
    pub filter: Option<usize>,
    /// The indicators that it serves.
    pub indicators: Vec<String>,
}

/// A grouping.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupingDocument {
    /// Numbers of keys.
    pub keys: Vec<usize>,
    /// Numbers of lanes.
    pub lanes: Vec<usize>,
}

/// The fingerprint of what is asked of a source: the statements, what their rows mean, and the members that codes stand for.
/// Remarks and the language do not count.
pub fn fingerprint(program: &Program, ask: Ask<'_>) -> Result<String, Refused> {
    let bare = script(Ask { notes: None, ..ask })?;
    let mut document = source_document(program, ask.query, &QueryNotes::default(), &bare);
    document.fingerprint.clear();
    // A document is plain data: writing it does not fail.
    let text = serde_json::to_string(&(VERSION, ask.dialect, Codes::default(), document)).unwrap_or_default();
    Ok(Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The document of one source; its fingerprint is for the caller to fill in.
pub fn source_document(program: &Program, query: &CubeQuery, notes: &QueryNotes, script: &Script) -> SourceDocument {
    let source = program.sources.get(query.source);
    let named = |source: Option<&DataSource>| source.map_or_else(String::new, |source| source.name.clone());
    let mut needed = query.columns();
    let mut looked_in = Vec::new();
    if let Some(source) = source {
        let catalog = Catalog {
            source,
            sources: &program.sources,
            dimensions: &program.dimensions,
            calendars: &program.calendars,
        };
        needed.extend(query.look_ups(source).into_iter().map(|(_, look_up)| look_up.by));
        for (number, query) in query.looked_in(catalog.source) {
            let (other, Some(table)) = (program.sources.get(number), script.table.looked_in.get(&number)) else {
                continue;
            };
            let columns = columns(other, table, &query.columns());
            looked_in.push(LookedInDocument { number, source: named(other), table: table.name.clone(), columns });
        }
    }
    let key = |key: &Key| match key {
        Key::Dimension { dimension, level, .. } => {
            let of = program.dimensions.get(*dimension);
            KeyDocument::Member {
                dimension: of.map_or_else(String::new, |of| of.name.clone()),
                level: of.and_then(|of| of.levels.get(*level)).cloned().unwrap_or_default(),
                members: of.map_or_else(Vec::new, |of| of.members.iter().map(|one| one.code.clone()).collect()),
            }
        }
        Key::Period { calendar, .. } => KeyDocument::Period {
            calendar: program.calendars.get(usize::from(calendar.0)).map_or_else(String::new, |of| of.name.clone()),
        },
        Key::Said { .. } | Key::StageDate { .. } => KeyDocument::Stage,
    };
    let lane = |(at, lane): (usize, &jauge::plan::Lane)| LaneDocument {
        keeps: notes.lanes.get(at).cloned().unwrap_or_default(),
        filter: lane.filter,
        indicators: notes.users.get(at).cloned().unwrap_or_default(),
    };
    SourceDocument {
        source: named(source),
        fingerprint: String::new(),
        table: script.table.name.clone(),
        columns: columns(source, &script.table, &needed),
        looked_in,
        keys: query.keys.iter().map(key).collect(),
        filters: notes.filters.clone(),
        lanes: query.lanes.iter().enumerate().map(lane).collect(),
        groupings: query
            .sets
            .iter()
            .map(|set| GroupingDocument { keys: set.keys.clone(), lanes: set.lanes.clone() })
            .collect(),
        statements: script.statements.clone(),
    }
}

/// The needed columns of a table.
fn columns(source: Option<&DataSource>, table: &Table, needed: &BTreeSet<usize>) -> Vec<ColumnDocument> {
    let of = source.map_or(&[][..], |source| source.columns.as_slice());
    let stored = table.columns.iter().filter(|(number, _)| needed.contains(number));
    stored
        .map(|(number, stored)| ColumnDocument {
            number: *number,
            column: of.get(*number).map_or_else(String::new, |column| column.name.clone()),
            name: stored.name.clone(),
            stored: stored.stored,
        })
        .collect()
}

/// A script as a text for people, its remarks in one language. `sources` are those of the program.
pub fn text(source: &str, script: &Script, sources: &[DataSource], lang: Lang) -> String {
    let in_table = |source: &str, table: &Table| {
        let table = table.name.join(".");
        lang.pick(format!("« {source} », table {table}"), format!("\"{source}\", table {table}"))
    };
    let name = |other: usize| sources.get(other).map_or("", |source| source.name.as_str());
    let mut out = String::new();
    let mut head = format!("Source {}", in_table(source, &script.table));
    for (other, table) in &script.table.looked_in {
        // A table that no statement reads is not needed.
        if script.statements.iter().any(|statement| statement.looked_in == Some(*other)) {
            let other = in_table(name(*other), table);
            head.push_str(&lang.pick(format!(" ; cherche dans {other}"), format!("; looks up in {other}")));
        }
    }
    out.push_str(&format!("{}\n", remark(&format!("════ {head} ════"))));
    for statement in &script.statements {
        let (fr, en) = match statement.role {
            Role::Overview => {
                ("ce qui est lu, et les cellules illisibles", "what is read, and cells that cannot be read")
            }
            Role::Cells => ("effectifs, sommes et extrêmes", "counts, sums and extremes"),
            Role::Distinct => ("valeurs distinctes comptées", "distinct values, counted"),
            Role::Values => ("valeurs et leurs lignes, pour les médianes", "values and their rows, for medians"),
            Role::Identities => ("valeurs distinctes, une à une", "distinct values, one by one"),
            Role::Edge => ("première ou dernière valeur", "first or last value"),
            Role::Unread => ("cellules illisibles, par texte", "cells that cannot be read, by text"),
            Role::Duplicates => ("clés en double", "keys that repeat"),
            Role::NotFound => ("codes introuvables, par texte", "codes that are not found, by text"),
        };
        let of = match statement.looked_in.map(name) {
            Some(other) => lang.pick(format!("« {other} » : "), format!("\"{other}\": ")),
            None => String::new(),
        };
        let only = match &statement.only_if {
            Some(column) => lang.pick(
                format!(" ; inutile si {column} vaut 0 dans la requête de ce qui est lu"),
                format!("; of no use where {column} is 0 in the query of what is read"),
            ),
            None => String::new(),
        };
        out.push_str(&format!("\n{}\n{};\n", remark(&format!("── {of}{}{only}", lang.pick(fr, en))), statement.sql));
    }
    out
}
