//! What cannot be said in SQL with exactly the same figures: it is refused with its reason, never approached.

use jauge::plan::{Catalog, CubeQuery, Key, LaneState, QueryNotes};
pub use jauge::problem::NotInSql;
use jauge::problem::{Problem, TableProblem};
use jauge::program::model::{ColumnType, DataSource, TestKind, TestOn};

use crate::dialect::Dialect;
use crate::number::is_exact;

/// A refusal: why, about which column, and which lanes it concerns (all of them where it is the whole source).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub why: NotInSql,
    /// The column, by its place in the source.
    pub column: Option<usize>,
    /// Lanes of the query.
    pub lanes: Vec<usize>,
}

/// A refusal as a problem, at the source or at its column, naming the indicators that it concerns where notes know them.
pub fn problem_of(refused: &Refused, source: &DataSource, notes: Option<&QueryNotes>) -> Problem {
    let column = refused.column.and_then(|column| source.columns.get(column));
    let mut indicators: Vec<String> = Vec::new();
    let users = refused.lanes.iter().filter_map(|lane| notes?.users.get(*lane)).flatten();
    for name in users {
        if !indicators.contains(name) {
            indicators.push(name.clone());
        }
    }
    let fact = TableProblem::NotInSql {
        why: refused.why,
        source: source.name.clone(),
        column: column.map(|column| column.name.clone()),
        indicators,
    };
    Problem::new(fact, column.map_or(source.definition, |column| column.definition))
}

/// The first thing in a query that cannot be said.
pub(crate) fn refused(query: &CubeQuery, catalog: Catalog<'_>, d: Dialect) -> Option<Refused> {
    let source = catalog.source;
    let all = || (0..query.lanes.len()).collect::<Vec<usize>>();
    let whole = |why| Some(Refused { why, column: None, lanes: all() });
    if query.facts.is_some() {
        return whole(NotInSql::Facts);
    }
    let of_stage = |key: &Key| match key {
        Key::Said { .. } | Key::StageDate { .. } => true,
        Key::Dimension { .. } | Key::Period { .. } => false,
    };
    if source.milestones.is_some()
        || query.keys.iter().any(of_stage)
        || query.lanes.iter().any(|lane| lane.state == LaneState::Line)
    {
        return whole(NotInSql::Milestones);
    }
    if !source.format.excluded_rows.is_empty() {
        return whole(NotInSql::ExcludedRows);
    }
    for column in query.columns() {
        let Some(of) = source.columns.get(column) else { continue };
        if of.qualified {
            return Some(Refused { why: NotInSql::Qualified, column: Some(column), lanes: lanes_of(query, column) });
        }
    }
    let asked = query.looked_in(catalog.source);
    for (column, look_up) in query.look_ups(source) {
        // What cannot be read there cannot be looked up.
        let other = asked.get(&look_up.source).zip(catalog.sources.get(look_up.source));
        let why = other.and_then(|(query, source)| refused(query, Catalog { source, ..catalog }, d)).map(|it| it.why);
        if let Some(why) = why {
            return Some(Refused { why, column: Some(column), lanes: lanes_of(query, column) });
        }
    }
    for test in &query.tests {
        let constants = match &test.test {
            TestKind::Number(_, number) => vec![number],
            TestKind::NumberBetween(low, high) => vec![low, high],
            TestKind::Members(_)
            | TestKind::NotMembers(_)
            | TestKind::Day(..)
            | TestKind::DayBetween(..)
            | TestKind::Texts(_)
            | TestKind::NotTexts(_)
            | TestKind::Yes
            | TestKind::No
            | TestKind::Missing
            | TestKind::Present
            | TestKind::Column(..) => Vec::new(),
        };
        if constants.into_iter().any(|number| !is_exact(d, number)) {
            let column = match test.on {
                TestOn::Column { column, .. } => Some(column),
                TestOn::Dimension(_) => None,
            };
            return Some(Refused { why: NotInSql::Constant, column, lanes: all() });
        }
    }
    for key in &query.keys {
        if let Key::Period { column, .. } = key {
            let of = source.columns.get(*column).map(|column| &column.of);
            if !matches!(of, Some(ColumnType::Date | ColumnType::Period(_))) {
                return Some(Refused { why: NotInSql::Period, column: Some(*column), lanes: all() });
            }
        }
    }
    None
}

/// The lanes that rest on a column, by what they keep; all of them where none does.
fn lanes_of(query: &CubeQuery, column: usize) -> Vec<usize> {
    let of = |state: LaneState| match state {
        LaneState::Rows | LaneState::Line => false,
        LaneState::Present(at)
        | LaneState::Sum(at)
        | LaneState::Minimum(at)
        | LaneState::Maximum(at)
        | LaneState::Distinct(at)
        | LaneState::Keys(at)
        | LaneState::Values(at)
        | LaneState::Marks(at) => at == column,
        LaneState::First { column: at, by } | LaneState::Last { column: at, by } => at == column || by == column,
    };
    let lanes: Vec<usize> =
        query.lanes.iter().enumerate().filter(|(_, lane)| of(lane.state)).map(|(at, _)| at).collect();
    if lanes.is_empty() { (0..query.lanes.len()).collect() } else { lanes }
}
