//! Answers of one place to a partial, and partials of several places to one: right, or refused.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jauge::plan::{Cells, Cube, CubeQuery, Key, LaneState, Plan, Request};
use jauge::problem::{
    Apart, DataProblem, Fact, FactProblem, NotKept, PartialProblem, Place, Problem, Severity, SharedThing,
};
use jauge::program::model::{ColumnType, DataSource, Program};
use jauge::types::{CalendarId, Period};

use crate::codes::{CodeText, text_of};
use crate::cubes::{NotMerged, merge as merge_cubes, places, rename_keys};
use crate::digest::{MergeKey, fingerprint};
use crate::guard::holds_protected;
use crate::meaning::{self, Meaning};
use crate::question::{Identities, Question, questions};
use crate::write;

/// The cells of one place, or of several merged.
#[derive(Debug, Clone)]
pub struct Partial {
    /// What is asked of the program, and where the evaluator finds it.
    pub plan: Plan,
    /// The places, in the order of their labels.
    pub parts: Vec<Part>,
    /// The fingerprint of each definition that the cells depend on, by kind and name.
    pub(crate) definitions: BTreeMap<String, String>,
    /// How identities stand in it; `None` where it holds none.
    pub(crate) identities: Option<Identified>,
    /// It holds what is protected, small counts for instance, since somebody who may has said so.
    pub protected: bool,
    /// One for each question of the plan.
    pub(crate) answers: Vec<Answer>,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Who or what it covers.
    pub label: String,
    /// Rows read there, over all sources.
    pub rows: u64,
    /// Problems in its data, by code.
    pub problems: BTreeMap<String, u64>,
    /// Problems that were only counted.
    pub problems_left_out: u64,
    /// The fingerprint of its cells.
    pub content: String,
}

/// How identities stand in a partial.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identified {
    /// Who made them out of values, since two engines do it in two ways.
    pub engine: String,
    /// What tells the secret apart under which they are pseudonyms; `None` in clear.
    pub key: Option<String>,
}

/// The answer to one question.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) question: Question,
    /// Without the set of what may stand once.
    pub(crate) cube: Cube,
    /// What may stand in one place only, by column.
    pub(crate) once: Identities,
}

/// How a place writes its answers.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'w> {
    /// Who or what is covered: `Région TTA`.
    pub label: &'w str,
    /// The secret under which identities become pseudonyms; in clear where `None`.
    pub key: Option<&'w MergeKey>,
    /// Who made identities out of values: [`Identified::engine`].
    pub engine: &'w str,
    /// What is protected is sent too.
    pub protected: bool,
}

impl Partial {
    /// The partial of the answers to the questions of a plan, in their order. Refused where a source cannot be kept.
    pub fn new(
        program: &Program,
        plan: &Plan,
        questions: Vec<Question>,
        cubes: Vec<Cube>,
        writer: Writer<'_>,
    ) -> Result<Partial, Vec<Problem>> {
        let mut refused = Vec::new();
        let mut part = Part {
            label: writer.label.trim().to_string(),
            rows: 0,
            problems: BTreeMap::new(),
            problems_left_out: 0,
            content: String::new(),
        };
        let protected = writer.protected && holds_protected(program, &questions);
        let mut answers = Vec::new();
        for (question, cube) in questions.into_iter().zip(cubes) {
            let Some(source) = program.sources.get(question.query.source) else { continue };
            let undecided =
                |problem: &Problem| matches!(problem.fact, Fact::FactProblem(FactProblem::Undecided { .. }));
            let why = match () {
                () if cube.unreadable => Some(NotKept::Unreadable),
                () if cube.problems.iter().any(undecided) => Some(NotKept::Undecided),
                () if cube.problems.iter().any(too_large) => Some(NotKept::TooLarge),
                () => None,
            };
            if let Some(why) = why {
                refused.push(not_kept(source, why));
                continue;
            }
            for problem in &cube.problems {
                *part.problems.entry(problem.code().into()).or_default() += 1;
            }
            part.problems_left_out = part.problems_left_out.saturating_add(cube.problems_left_out);
            part.rows = part.rows.saturating_add(cube.rows);
            answers.push(Answer::new(question, cube, &writer));
        }
        if !refused.is_empty() {
            return Err(refused);
        }
        let has_identities = answers.iter().any(|answer| !answer.cube.keys.is_empty() || !answer.once.is_empty());
        let mut partial = Partial {
            plan: plan.clone(),
            parts: Vec::new(),
            definitions: meaning::definitions(program, plan),
            identities: has_identities
                .then(|| Identified { engine: writer.engine.to_string(), key: writer.key.map(MergeKey::check) }),
            protected,
            answers,
        };
        part.content = fingerprint(write::cells(program, &partial).as_bytes());
        partial.parts.push(part);
        Ok(partial)
    }

    /// The plan of what a partial says that it was asked; `None` where the program has no such indicator.
    pub(crate) fn plan_of(program: &Program, indicators: &[String], rules: bool) -> Option<Plan> {
        let place = |name: &String| program.indicators.iter().position(|indicator| indicator.name == *name);
        let indicators = indicators.iter().map(place).collect::<Option<Vec<usize>>>()?;
        Some(jauge::plan::plan(program, &Request { indicators: Some(indicators), rules, ..Request::default() }))
    }

    /// The names of the indicators asked, in the order of the program.
    pub(crate) fn asked(&self, program: &Program) -> Vec<String> {
        let indicators = self.plan.indicators.iter().filter_map(|at| program.indicators.get(*at));
        indicators.map(|indicator| indicator.name.clone()).collect()
    }

    /// The answers to the queries of the plan, in their order, as [`jauge::evaluate::evaluate`] takes them.
    pub fn cubes(&self) -> Vec<Cube> {
        // A source that nothing asked rests on is not in a partial.
        let none = || Cube { unreadable: true, ..Cube::default() };
        let mut cubes: Vec<Cube> = self.plan.queries.iter().map(|_| none()).collect();
        for answer in &self.answers {
            if let Some(cube) = cubes.get_mut(answer.question.place) {
                *cube = answer.question.settle(&answer.cube);
            }
        }
        cubes
    }

    /// How many cells it has.
    pub fn cell_count(&self) -> u64 {
        self.answers.iter().flat_map(|answer| &answer.cube.sets).map(|cells| cells.len() as u64).sum()
    }

    /// The columns whose identities it holds: `code_élève (registre)`.
    pub fn identity_columns(&self, program: &Program) -> Vec<String> {
        let mut columns = Vec::new();
        for answer in &self.answers {
            let Some(source) = program.sources.get(answer.question.query.source) else { continue };
            let held = answer.cube.keys.keys().chain(answer.once.keys()).collect::<BTreeSet<_>>();
            let named = held.into_iter().filter_map(|at| source.columns.get(*at));
            columns.extend(named.map(|column| format!("{} ({})", column.name, source.name)));
        }
        columns
    }

    /// True where identities stand in it as they are.
    pub fn identities_in_clear(&self) -> bool {
        self.identities.as_ref().is_some_and(|of| of.key.is_none())
    }

    /// What the places say of their data, at the file that holds them.
    pub fn told(&self, path: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        for part in &self.parts {
            let (errors, warnings): (Vec<_>, Vec<_>) = part
                .problems
                .iter()
                .map(|(code, count)| (code.clone(), *count))
                .partition(|(code, _)| code.starts_with('E'));
            let mut tell = |fact: PartialProblem| problems.push(Problem::at(fact, Place::Path(path.into())));
            let label = || part.label.clone();
            if !errors.is_empty() || part.problems_left_out > 0 {
                let mut codes = errors;
                codes.extend((part.problems_left_out > 0).then(|| ("…".to_string(), part.problems_left_out)));
                tell(PartialProblem::WithErrors { label: label(), codes });
            }
            if !warnings.is_empty() {
                tell(PartialProblem::WithWarnings { label: label(), codes: warnings });
            }
        }
        problems
    }
}

/// True where a sum did not fit, which leaves a zero in its place.
fn too_large(problem: &Problem) -> bool {
    matches!(problem.fact, Fact::DataProblem(DataProblem::SumTooLarge { .. }))
}

fn not_kept(source: &DataSource, why: NotKept) -> Problem {
    Problem::at(PartialProblem::NotKept { source: source.name.clone(), why }, Place::Text(source.definition))
}

impl Answer {
    fn new(question: Question, mut cube: Cube, writer: &Writer<'_>) -> Self {
        cube.problems.clear();
        cube.problems_left_out = 0;
        for fact in &mut cube.facts {
            for statement in &mut fact.statements {
                statement.place.path = format!("{} : {}", writer.label.trim(), statement.place.path);
            }
        }
        let once = question.once.iter().map(|column| (*column, cube.keys.get(column).cloned().unwrap_or_default()));
        let mut once: Identities = once.collect();
        cube.sets.truncate(question.sets_of_cells());
        let lanes = &question.query.lanes;
        let sets = question.query.sets.iter().take(question.sets_of_cells());
        let in_cells: BTreeSet<usize> = sets
            .flat_map(|set| &set.lanes)
            .filter_map(|lane| match lanes.get(*lane)?.state {
                LaneState::Keys(column) => Some(column),
                LaneState::Rows
                | LaneState::Line
                | LaneState::Present(_)
                | LaneState::Sum(_)
                | LaneState::Minimum(_)
                | LaneState::Maximum(_)
                | LaneState::Distinct(_)
                | LaneState::Values(_)
                | LaneState::Marks(_)
                | LaneState::First { .. }
                | LaneState::Last { .. } => None,
            })
            .collect();
        cube.keys.retain(|column, _| in_cells.contains(column));
        for column in in_cells {
            // A source without rows has no identities, and says so.
            cube.keys.entry(column).or_default();
        }
        if let Some(key) = writer.key {
            let mut renamed = BTreeMap::new();
            for (column, values) in &mut cube.keys {
                let pseudonyms: Vec<Box<[u8]>> = values.iter().map(|value| key.pseudonym(value)).collect();
                let mut sorted = pseudonyms.clone();
                sorted.sort_unstable();
                sorted.dedup();
                renamed.insert(*column, places(&pseudonyms, &sorted).unwrap_or_default());
                *values = sorted;
            }
            rename_keys(&question.query, &mut cube.sets, &renamed);
            for values in once.values_mut() {
                *values = values.iter().map(|value| key.pseudonym(value)).collect();
                values.sort_unstable();
            }
        }
        Answer { question, cube, once }
    }
}

/// Partials of several places, each with the name of its file, to one; and what nobody has checked. `identical` says that places with
/// the same cells are two places all the same.
pub fn merge(
    program: &Program,
    partials: Vec<(String, Partial)>,
    identical: bool,
) -> Result<(Partial, Vec<Problem>), Vec<Problem>> {
    let mut problems = same_asked(program, &partials);
    problems.extend(twice(&partials, identical));
    problems.extend(other_keys(&partials));
    if problems.is_empty() {
        problems.extend(shared(program, &partials));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let told = partials.iter().flat_map(|(path, partial)| partial.told(path)).collect::<Vec<_>>();
    let mut rest = partials.into_iter().map(|(_, partial)| partial);
    let Some(mut all) = rest.next() else { return Err(Vec::new()) };
    for partial in rest {
        add(program, &mut all, partial).map_err(|problem| vec![*problem])?;
    }
    let mut problems = told;
    problems.extend(not_compared(program, &all));
    Ok((all, problems))
}

fn add(program: &Program, all: &mut Partial, partial: Partial) -> Result<(), Box<Problem>> {
    for (own, other) in all.answers.iter_mut().zip(partial.answers) {
        let query = &own.question.query;
        own.cube = merge_cubes(query, std::mem::take(&mut own.cube), other.cube).map_err(|why| {
            let source = program.sources.get(query.source);
            let fact = PartialProblem::NotKept {
                source: source.map(|source| source.name.clone()).unwrap_or_default(),
                why: match why {
                    NotMerged::TooLarge | NotMerged::Windows => NotKept::TooLarge,
                },
            };
            let at = source.map_or(Place::Path(String::new()), |source| Place::Text(source.definition));
            Box::new(Problem::at(fact, at))
        })?;
        // What only one of them carries was not compared, and is not carried on.
        own.once.retain(|column, _| other.once.contains_key(column));
        for (column, values) in &mut own.once {
            values.extend(other.once.get(column).into_iter().flatten().cloned());
            values.sort_unstable();
        }
    }
    all.parts.extend(partial.parts);
    all.parts.sort_by(|a, b| a.label.cmp(&b.label));
    all.protected |= partial.protected;
    all.identities = all.identities.take().or(partial.identities);
    Ok(())
}

/// Partials that answer another question than the first.
fn same_asked(program: &Program, partials: &[(String, Partial)]) -> Vec<Problem> {
    let Some((_, first)) = partials.first() else { return Vec::new() };
    let asked = |partial: &Partial| (partial.asked(program), partial.plan.request.rules);
    let wanted = asked(first);
    let others = partials.iter().skip(1).filter(|(_, partial)| asked(partial) != wanted);
    others
        .map(|(path, _)| {
            let fact = PartialProblem::OtherDefinitions { differing: Vec::new(), more: 0 };
            Problem::at(fact, Place::Path(path.clone()))
        })
        .collect()
}

/// Parts that come twice.
fn twice(partials: &[(String, Partial)], identical: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut labels: HashMap<&str, &str> = HashMap::new();
    let mut contents: HashMap<&str, (&str, &str)> = HashMap::new();
    for (path, partial) in partials {
        for part in &partial.parts {
            let mut tell = |again: Option<String>, before: &str| {
                let fact = PartialProblem::Twice { label: part.label.clone(), again };
                let mut problem = Problem::at(fact, Place::Path(path.clone()));
                problem.also.push(Place::Path(before.into()));
                problems.push(problem);
            };
            if let Some(before) = labels.insert(&part.label, path) {
                tell(None, before);
                continue;
            }
            // Two places without any row are alike and double nothing.
            if part.rows == 0 || identical {
                continue;
            }
            if let Some((label, before)) = contents.insert(&part.content, (&part.label, path)) {
                tell(Some(label.to_string()), before);
            }
        }
    }
    problems
}

/// Partials whose identities cannot be compared with those of an earlier one.
fn other_keys(partials: &[(String, Partial)]) -> Vec<Problem> {
    let known = partials.iter().filter_map(|(path, partial)| Some((path, partial.identities.as_ref()?)));
    let known: Vec<(&String, &Identified)> = known.collect();
    let Some((first, wanted)) = known.first() else { return Vec::new() };
    let others = known.iter().skip(1).filter_map(|(path, of)| {
        let why = match (&wanted.key, &of.key) {
            (a, b) if a == b && wanted.engine == of.engine => return None,
            (a, b) if a == b => Apart::Engines,
            (Some(_), Some(_)) => Apart::Secrets,
            (None, _) | (_, None) => Apart::OneInClear,
        };
        let fact = PartialProblem::OtherKeys { one: (*first).clone(), other: (*path).clone(), why };
        let mut problem = Problem::at(fact, Place::Path((*path).clone()));
        problem.also.clear();
        Some(problem)
    });
    others.collect()
}

/// The label of a partial in a message.
fn label(partial: &Partial) -> String {
    partial.parts.iter().map(|part| part.label.as_str()).collect::<Vec<_>>().join(", ")
}

/// What stands in two partials and may stand in one only.
fn shared(program: &Program, partials: &[(String, Partial)]) -> Vec<Problem> {
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
fn not_compared(program: &Program, all: &Partial) -> Vec<Problem> {
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

/// True where some problem is an error.
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity() == Severity::Error)
}

/// The questions of a partial's plan.
pub(crate) fn questions_of(program: &Program, plan: &Plan) -> Vec<Question> {
    questions(program, plan, false)
}
