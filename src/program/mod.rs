//! Tree to typed program: names become ids once, here.
//!
//! Blocks are collected over all files first, then checked chapter by chapter, each on what the chapters before it made. A
//! definition with a mistake is reported once and left out; what refers to it is left out silently.

pub use sources::{MAXIMUM_THRESHOLD, threshold as confidentiality_threshold};

mod address;
mod collect;
mod conditions;
mod dimensions;
mod facts;
mod framework;
mod funnels;
mod indicators;
mod lookups;
mod measures;
mod mixed;
pub mod model;
mod operators;
mod order;
mod periods;
mod persons;
mod rules;
mod same;
mod series;
mod shares;
mod sources;
mod stages;
mod targets;
mod tests;
mod units;
mod windows;

use std::collections::{BTreeMap, HashMap};

pub use address::{TableAddress, table_address};
pub(crate) use stages::stage_members;
pub use stages::{SaidOfStage, read_stage_date, said_of_stage};
pub use windows::read_period;

use crate::problem::{Problem, Severity, close_to};
use crate::syntax::ast::{Block, BlockKind, Key, Parsed, Value};
use crate::text::{Lang, Span};
use crate::types::{Calendar, UnitId};
use collect::Declared;
use dimensions::DimensionFacts;
use measures::Info;
use model::{DimensionLevel, Program};
use sources::SourceFacts;

/// What a check may look up besides the tree.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The project's language.
    pub lang: Lang,
    /// Code lists read from CSV by the caller, by path as written.
    pub tables: &'a BTreeMap<String, CodeTable>,
}

/// A code list, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeTable {
    /// Headers.
    pub header: Vec<String>,
    /// Rows of cells.
    pub rows: Vec<Vec<String>>,
}

/// What a check gives.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The sound definitions.
    pub program: Program,
    /// What is wrong, in source order; the problems of `Parsed` are not repeated.
    pub problems: Vec<Problem>,
}

/// The paths of the code lists (`membres du fichier`) that the caller reads before [`check`], each with its place.
pub fn tables_needed(parsed: &[Parsed]) -> Vec<(String, Span)> {
    let fields = parsed.iter().flat_map(|file| &file.blocks).flat_map(|block| &block.fields);
    let mut tables: Vec<(String, Span)> = Vec::new();
    for field in fields {
        if let (Some(Key::MembersFrom), Value::FromFile(from)) = (field.key, &field.value)
            && !tables.iter().any(|(path, _)| *path == from.path.text)
        {
            tables.push((from.path.text.clone(), from.path.span));
        }
    }
    tables
}

/// Checks a project: resolves names, types measures, and keeps what is sound.
pub fn check(parsed: &[Parsed], context: &Context<'_>) -> Checked {
    let (made, steps) = funnels::indicators_of(parsed);
    let mut checker = Checker::new(parsed, &made, context);
    checker.problems.extend(steps);
    checker.check_calendars();
    checker.check_units();
    checker.check_dimensions();
    checker.check_sources();
    checker.check_framework();
    checker.same_facts();
    checker.check_indicators();
    checker.check_rules();
    checker.check_same_facts();
    checker.check_tests();
    checker.warn_unused();
    checker.finish()
}

/// The state of one check.
struct Checker<'a> {
    context: &'a Context<'a>,
    declared: Declared<'a>,
    problems: Vec<Problem>,
    program: Program,
    units_by_word: HashMap<String, UnitId>,
    dimensions: Vec<DimensionFacts>,
    levels: HashMap<String, DimensionLevel>,
    sources: Vec<SourceFacts>,
    items_by_code: HashMap<String, usize>,
    framework_broken: bool,
    /// What is known of each expression besides the model; as long as `program.exprs`.
    infos: Vec<Info>,
    /// By declared indicator: its index among the sound ones' slots, see `indicators.rs`.
    states: Vec<indicators::State>,
    used: Used,
    /// The definition at hand has a mistake, or refers to one that has.
    broken: bool,
    suggestions_left: usize,
    mixed: mixed::Reading,
    same: same::Same,
    /// Where funnels stand.
    funnels: Vec<funnels::Place>,
}

/// What something refers to.
#[derive(Default)]
struct Used {
    sources: Vec<bool>,
    dimensions: Vec<bool>,
    units: Vec<bool>,
}

impl Used {
    fn mark(list: &mut Vec<bool>, at: usize) {
        if list.len() <= at {
            list.resize(at + 1, false);
        }
        if let Some(used) = list.get_mut(at) {
            *used = true;
        }
    }

    fn has(list: &[bool], at: usize) -> bool {
        list.get(at).copied().unwrap_or(false)
    }
}

/// Looking for a near name reads every name of its kind, so only this many are looked for in one check.
const SUGGESTIONS: usize = 300;

/// Names shown where none is near.
const NAMES_SHOWN: usize = 8;

impl<'a> Checker<'a> {
    fn new(parsed: &'a [Parsed], made: &'a [Vec<Block>], context: &'a Context<'a>) -> Self {
        let mut problems = Vec::new();
        let declared = Declared::collect(parsed, made, &mut problems);
        let program = Program { lang: context.lang, calendars: Calendar::civil(), ..Program::default() };
        Checker {
            context,
            declared,
            problems,
            program,
            units_by_word: HashMap::new(),
            dimensions: Vec::new(),
            levels: HashMap::new(),
            sources: Vec::new(),
            items_by_code: HashMap::new(),
            framework_broken: false,
            infos: Vec::new(),
            states: Vec::new(),
            used: Used::default(),
            broken: false,
            suggestions_left: SUGGESTIONS,
            funnels: funnels::places(parsed),
            mixed: mixed::Reading::default(),
            same: same::Same::default(),
        }
    }

    /// Reports a problem; an error breaks the definition at hand.
    fn report(&mut self, problem: Problem) {
        if problem.severity() == Severity::Error {
            self.broken = true;
        }
        self.problems.push(problem);
    }

    /// The definition at hand refers to something whose mistake is reported elsewhere.
    fn spoil(&mut self) {
        self.broken = true;
    }

    /// Runs `work` on one definition and says whether it came out sound.
    fn apart<T>(&mut self, broken: bool, work: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = std::mem::replace(&mut self.broken, broken);
        let made = work(self);
        let sound = !std::mem::replace(&mut self.broken, before);
        (made, sound)
    }

    /// The near name and some known names, for a name that is unknown.
    fn suggest<'n>(&mut self, name: &str, known: impl Iterator<Item = &'n str>) -> (Option<String>, Vec<String>) {
        if self.suggestions_left == 0 {
            return (None, Vec::new());
        }
        self.suggestions_left -= 1;
        let known: Vec<&str> = known.collect();
        let near = close_to(name, known.iter().copied());
        let shown = known.iter().take(NAMES_SHOWN).map(|name| name.to_string()).collect();
        (near, shown)
    }

    /// Warns of what nothing uses, unless something is wrong: then the use may be in what could not be read.
    fn warn_unused(&mut self) {
        use crate::problem::{NameProblem, Named};
        let errors = self.declared.parse_errors || self.problems.iter().any(|p| p.severity() == Severity::Error);
        if errors {
            return;
        }
        let kinds = [
            (BlockKind::Source, Named::Source, &self.used.sources, 0),
            (BlockKind::Dimension, Named::Dimension, &self.used.dimensions, 0),
            (BlockKind::Unit, Named::Unit, &self.used.units, units::BUILT_IN),
        ];
        let mut unused = Vec::new();
        for (kind, what, used, from) in kinds {
            for (at, decl) in self.declared.of(kind).enumerate() {
                let id = if kind == BlockKind::Unit { self.unit_of_block(at) } else { at + from };
                if !Used::has(used, id) {
                    let fact = NameProblem::Unused { what, name: decl.name.text.clone() };
                    unused.push(Problem::new(fact, decl.name.span));
                }
            }
        }
        self.problems.append(&mut unused);
    }

    fn finish(mut self) -> Checked {
        self.keep_sound();
        self.problems.sort_by_key(|problem| match &problem.at {
            crate::problem::Place::Text(span) => (span.file, span.start),
            crate::problem::Place::Data(_) | crate::problem::Place::Path(_) | crate::problem::Place::Table(_) => {
                (crate::text::FileId(u16::MAX), u32::MAX)
            }
        });
        // A funnel makes several indicators of one line: its mistake is told once.
        let mut told = std::collections::HashSet::new();
        self.problems.retain(|problem| match &problem.at {
            crate::problem::Place::Text(span) if self.funnels.iter().any(|funnel| funnel.contains(span)) => {
                told.insert((problem.code(), *span))
            }
            crate::problem::Place::Text(_)
            | crate::problem::Place::Data(_)
            | crate::problem::Place::Path(_)
            | crate::problem::Place::Table(_) => true,
        });
        Checked { program: self.program, problems: self.problems }
    }
}
