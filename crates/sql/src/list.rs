//! The spellings of a dimension's members, as a small table that the rows are joined with.

use std::collections::BTreeMap;

use jauge::plan::Cube;
use jauge::program::model::Dimension;
use jauge_engine::shared;

use crate::column::level_name;
use crate::dialect::Dialect;

/// A list: each spelling once, with its member, its mark where it has one, and the member's ancestor at each level.
pub(crate) struct List {
    column: usize,
    levels: usize,
    marks: bool,
    rows: Vec<(String, Vec<Option<i32>>)>,
}

impl List {
    /// The list of a column. Texts that mark totals and missing values come before spellings of members.
    pub(crate) fn new(
        column: usize,
        dimension: &Dimension,
        known: BTreeMap<String, usize>,
        totals: &[String],
        markers: &BTreeMap<String, i32>,
    ) -> List {
        let levels = dimension.levels.len().max(1);
        let code = |at: usize| i32::try_from(at).ok();
        let mut rows = BTreeMap::new();
        for (text, member) in known {
            if markers.contains_key(&text) {
                continue;
            }
            let mut codes = vec![code(member)];
            codes.extend((!markers.is_empty()).then_some(None));
            codes.extend((0..levels).map(|level| dimension.ancestor(member, level).and_then(code)));
            rows.insert(text, codes);
        }
        for (text, mark) in markers {
            let code = totals.contains(text).then_some(Cube::TOTAL);
            let mut codes = vec![code, Some(*mark)];
            codes.extend((0..levels).map(|_| code));
            rows.insert(text.clone(), codes);
        }
        List { column, levels, marks: !markers.is_empty(), rows: rows.into_iter().collect() }
    }

    /// Its name.
    pub(crate) fn name(&self) -> String {
        format!("list{}", self.column)
    }

    /// The query that makes it.
    pub(crate) fn text(&self, d: Dialect) -> String {
        let mut columns = vec![format!("h{}", self.column), format!("m{}", self.column)];
        columns.extend(self.marks.then(|| format!("g{}", self.column)));
        columns.extend((0..self.levels).map(|level| level_name(self.column, level)));
        let null = |code: &Option<i32>| match (code, d) {
            (Some(code), _) => code.to_string(),
            // The first row says the types.
            (None, Dialect::Postgresql | Dialect::Duckdb | Dialect::Spark) => "CAST(NULL AS integer)".to_string(),
            (None, Dialect::Clickhouse) => "NULL".to_string(),
        };
        let held = self.rows.iter().filter(|(text, _)| d.can().holds_nul || !text.contains('\0'));
        let mut rows: Vec<Vec<String>> = held
            .map(|(text, codes)| {
                let mut row = vec![d.literal(text)];
                row.extend(codes.iter().map(null));
                row
            })
            .collect();
        if rows.is_empty() {
            // An empty text stands in no cell.
            let mut row = vec!["''".to_string()];
            row.extend((1..columns.len()).map(|_| null(&None)));
            rows.push(row);
        }
        d.constants(&columns, &rows)
    }
}

/// Its members are bands of a number.
pub(crate) fn is_bands(dimension: &Dimension) -> bool {
    dimension.bands_of.is_some() && dimension.members.iter().any(|member| member.band.is_some())
}

/// Every spelling of every member. A code wins over a label, a label over an alias, an earlier member over a later one.
pub(crate) fn spellings(dimension: &Dimension) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    let members = || dimension.members.iter().enumerate();
    for (at, member) in members() {
        all.entry(shared::spelling(&member.code)).or_insert(at);
    }
    for (at, member) in members() {
        for label in member.label.0.values() {
            all.entry(shared::spelling(label)).or_insert(at);
        }
    }
    for (at, member) in members() {
        for alias in &member.aliases {
            all.entry(shared::spelling(alias)).or_insert(at);
        }
    }
    all
}
