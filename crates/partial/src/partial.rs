//! Answers of one place to a partial, and a partial to the answers that the evaluator takes.

use std::collections::{BTreeMap, BTreeSet};

use jauge::plan::{Cube, LaneState, Plan, Request};
use jauge::problem::{DataProblem, Fact, FactProblem, NotKept, PartialProblem, Place, Problem};
use jauge::program::model::{DataSource, Program};

use crate::cubes::{places, rename_keys};
use crate::digest::{MergeKey, fingerprint};
use crate::guard::holds_protected;
use crate::meaning;
use crate::question::{Identities, Question};
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
