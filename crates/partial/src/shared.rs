//! What stands in two partials and may stand in one only (keys, facts, groups of a table), and where nobody can have looked.

use std::collections::{BTreeMap, HashMap};

use jauge::plan::{Cells, Cube, CubeQuery, Key};
use jauge::problem::{PartialProblem, Place, Problem, SharedThing};
use jauge::program::model::{ColumnType, DataSource, Program};
use jauge::types::{CalendarId, Period};

use crate::codes::{CodeText, text_of};
use crate::meaning::Meaning;
use crate::partial::Partial;
use crate::question::Question;

/// The label of a partial in a message.
fn label(partial: &Partial) -> String {
    partial.parts.iter().map(|part| part.label.as_str()).collect::<Vec<_>>().join(", ")
}

/// What stands in two partials and may stand in one only.
pub(crate) fn shared(program: &Program, partials: &[(String, Partial)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let Some((_, first)) = partials.first() else { return problems };
    for (at, answer) in first.answers.iter().enumerate() {
        let Some(source) = program.sources.get(answer.question.query.source) else { continue };
        let of = |partial: usize| partials.get(partial).and_then(|(_, partial)| partial.answers.get(at));
        let mut tell = |what: &dyn Fn() -> SharedThing, pairs: BTreeMap<(usize, usize), u64>| {
            for ((one, other), count) in pairs {
                let (Some((_, one)), Some((path, other))) = (partials.get(one), partials.get(other)) else { continue };
                let fact = PartialProblem::Shared {
                    source: source.name.clone(),
                    what: what(),
                    count,
                    parts: (label(one), label(other)),
                };
                problems.push(Problem::at(fact, Place::Path(path.clone())));
            }
        };
        for column in answer.once.keys() {
            let mut pairs = BTreeMap::new();
            let mut met: HashMap<&[u8], usize> = HashMap::new();
            for partial in 0..partials.len() {
                for value in of(partial).and_then(|answer| answer.once.get(column)).into_iter().flatten() {
                    match met.get(&**value) {
                        Some(before) if *before != partial => *pairs.entry((*before, partial)).or_default() += 1,
                        Some(_) => {}
                        None => {
                            met.insert(value, partial);
                        }
                    }
                }
            }
            let is_fact = answer.question.query.facts.as_ref().is_some_and(|facts| facts.column == *column);
            let name = source.columns.get(*column).map(|column| column.name.clone()).unwrap_or_default();
            tell(&|| if is_fact { SharedThing::Fact } else { SharedThing::Key(name.clone()) }, pairs);
        }
        let Some((set, keys)) = groups(program, source, &answer.question) else { continue };
        let mut pairs = BTreeMap::new();
        let mut example: Option<Vec<i32>> = None;
        let mut met: HashMap<Vec<i32>, usize> = HashMap::new();
        // Each partial counts the windows that it states itself.
        let mut windows: Vec<Period> = Vec::new();
        let mut window_places: HashMap<Period, usize> = HashMap::new();
        for partial in 0..partials.len() {
            let Some(cube) = of(partial).map(|answer| &answer.cube) else { continue };
            let renamed: Vec<usize> = cube
                .windows
                .iter()
                .map(|window| {
                    *window_places.entry(*window).or_insert_with(|| {
                        windows.push(*window);
                        windows.len() - 1
                    })
                })
                .collect();
            let cells = cube.sets.get(set).into_iter().flat_map(Cells::keys);
            for codes in cells.filter(|codes| is_known(codes, &keys)) {
                let code = |code: &i32| {
                    let window = Cube::window_at(*code).and_then(|at| renamed.get(at));
                    window.and_then(|at| Cube::window_code(*at)).unwrap_or(*code)
                };
                let codes: Vec<i32> = codes.iter().map(code).collect();
                match met.get(&codes) {
                    Some(before) => {
                        *pairs.entry((*before, partial)).or_default() += 1;
                        example.get_or_insert(codes);
                    }
                    None => {
                        met.insert(codes, partial);
                    }
                }
            }
        }
        let query = &answer.question.query;
        let shown = example.map(|codes| group_text(program, query, (set, &windows), &codes)).unwrap_or_default();
        tell(&|| SharedThing::Group(shown.clone()), pairs);
    }
    problems
}

/// For each column that tells rows of a table apart, the places of its codes in the cells of a set.
type ByColumn = Vec<Vec<usize>>;

/// The set whose cells are the groups of a table, which may stand once: it has a code for every column that tells two rows apart.
fn groups(program: &Program, source: &DataSource, question: &Question) -> Option<(usize, ByColumn)> {
    let query = &question.query;
    if query.unique.is_empty() || !source.key.is_empty() || query.facts.is_some() {
        return None;
    }
    let places = |set: &[usize], column: usize| -> Option<Vec<usize>> {
        let found = |wanted: &dyn Fn(&Key) -> bool| set.iter().position(|key| query.keys.get(*key).is_some_and(wanted));
        match &source.columns.get(column)?.of {
            ColumnType::Dimension(dimension) => {
                let levels = program.dimensions.get(*dimension)?.levels.len().max(1);
                let at = |level: usize| found(&|key| *key == Key::Dimension { column, dimension: *dimension, level });
                (0..levels).map(at).collect()
            }
            ColumnType::Period(calendar) => {
                Some(vec![found(&|key| *key == Key::Period { column, calendar: *calendar })?])
            }
            ColumnType::Date => Some(vec![found(&|key| *key == Key::Period { column, calendar: CalendarId::DAY })?]),
            ColumnType::YesNo | ColumnType::Number(_) | ColumnType::Text => None,
        }
    };
    query.sets.iter().take(question.sets_of_cells()).enumerate().find_map(|(at, set)| {
        let keys = query.unique.iter().map(|column| places(&set.keys, *column)).collect::<Option<ByColumn>>()?;
        Some((at, keys))
    })
}

/// True where every column has a code: of what is unknown nobody can say whether it is the same.
fn is_known(codes: &[i32], keys: &ByColumn) -> bool {
    keys.iter().all(|places| places.iter().any(|at| codes.get(*at).is_some_and(|code| *code != Cube::UNKNOWN)))
}

/// A group as a reader knows it: `TTA × F × 2020-01-01`.
fn group_text(program: &Program, query: &CubeQuery, (set, windows): (usize, &[Period]), codes: &[i32]) -> String {
    let keys = query.sets.get(set).map_or(&[][..], |set| &set.keys);
    let texts = keys.iter().zip(codes).filter_map(|(key, code)| match text_of(program, query.keys.get(*key)?, *code) {
        CodeText::Text(text) => Some(text),
        CodeText::Total => Some("_T".into()),
        CodeText::Window(at) => {
            let window = windows.get(at as usize)?;
            let calendar = program.calendars.get(usize::from(window.calendar.0))?;
            Some(window.label(calendar, program.lang))
        }
        CodeText::Unknown => None,
    });
    let mut texts: Vec<String> = texts.collect();
    // A member at several levels is named once.
    texts.dedup();
    texts.join(" × ")
}

/// Sources of which nobody has looked whether a row stands in two parts.
pub(crate) fn not_compared(program: &Program, all: &Partial) -> Vec<Problem> {
    if all.parts.iter().filter(|part| part.rows > 0).count() < 2 {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for answer in &all.answers {
        let query = &answer.question.query;
        let Some(source) = program.sources.get(query.source) else { continue };
        let compared = match source.key.as_slice() {
            [] if query.unique.is_empty() => true,
            [] => groups(program, source, &answer.question).is_some(),
            [key] => answer.once.contains_key(key),
            _ => false,
        };
        if compared || answer.cube.rows == 0 {
            continue;
        }
        let meaning = Meaning::new(program);
        let fact = PartialProblem::KeysNotCompared {
            source: source.name.clone(),
            columns: query.unique.iter().map(|column| meaning.column_name(query.source, *column)).collect(),
            can_be: source.key.len() == 1,
        };
        problems.push(Problem::at(fact, Place::Text(source.definition)));
    }
    problems
}
