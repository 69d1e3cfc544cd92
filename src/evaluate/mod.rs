//! Cubes to figures: what every indicator means, in exact arithmetic, the same for every engine.
//!
//! `cells` reads cubes, `measure` and `table` give the measures, `expression` and `time` everything built on them,
//! `periods` and `groups` say which figures there are, `targets` and `published` compare them, `rules` and `totals` check
//! them, `why` explains one.

mod cells;
mod expression;
mod facts;
mod figure;
mod groups;
mod implied;
mod life;
mod measure;
mod milestones;
mod periods;
mod published;
mod remainder;
mod rules;
mod secret;
mod series;
mod stage;
mod table;
mod targets;
mod tests;
mod time;
mod together;
mod totals;
mod why;
mod windows;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use indexmap::IndexSet;

pub use stage::{member_words, progress_words, stage_words};
pub use tests::{TestCheck, TestOutcome, run_test};
pub use why::{Explanation, Step, why};

use self::cells::Answered;
use self::figure::Fig;
use crate::outcome::{Figure, GroupKey, Outcome, Value};
use crate::plan::{CtxId, Cube, Plan};
use crate::problem::Problem;
use crate::program::model::{Expr, ExprId, ExprKind, Program};
use crate::types::{Calendar, CalendarId, Period};

/// Which group, by the order in which the evaluator met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct GroupId(u32);

/// One indicator in one setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Wanted {
    indicator: usize,
    ctx: CtxId,
    period: Period,
    group: GroupId,
}

/// Computes what the plan wants from the answers to its queries, which stand in the order of `plan.queries`. The problems are
/// those of evaluation, rules and published figures; those of the data are in the cubes.
pub fn evaluate(program: &Program, plan: &Plan, cubes: &[Cube]) -> (Outcome, Vec<Problem>) {
    let mut evaluator = Evaluator::new(program, plan, cubes);
    evaluator.protect();
    let mut outcome = Outcome::default();
    for at in &plan.indicators {
        evaluator.figures_of(*at, &mut outcome.figures);
    }
    if plan.request.rules {
        evaluator.rules(&mut outcome.rules);
    } else {
        evaluator.stated_again();
    }
    totals::check(&mut evaluator);
    evaluator.check_stages();
    (outcome, evaluator.problems)
}

/// The state of one evaluation.
pub(crate) struct Evaluator<'a> {
    program: &'a Program,
    plan: &'a Plan,
    sources: Vec<Answered<'a>>,
    groups: IndexSet<Vec<GroupKey>>,
    memo: HashMap<Wanted, Fig>,
    /// Indicators that some expression uses: the figures of the others are not kept once they are given.
    used: HashSet<usize>,
    /// What the expression under evaluation needs first.
    needs: Vec<Wanted>,
    problems: Vec<Problem>,
    reported: HashSet<(ExprId, CtxId, Period, GroupId)>,
    sources_of: RefCell<HashMap<usize, BTreeSet<usize>>>,
    /// Sources for which it was said already that no period was found.
    without_periods: BTreeSet<usize>,
    /// What sources say of their milestones.
    histories: RefCell<HashMap<usize, Option<Rc<milestones::Histories>>>>,
    /// What stays hidden.
    secret: secret::Secret,
}

impl<'a> Evaluator<'a> {
    fn new(program: &'a Program, plan: &'a Plan, cubes: &'a [Cube]) -> Self {
        Evaluator {
            program,
            plan,
            sources: cells::answered(program, plan, cubes),
            groups: IndexSet::from([Vec::new()]),
            memo: HashMap::new(),
            used: used(program),
            needs: Vec::new(),
            problems: Vec::new(),
            reported: HashSet::new(),
            sources_of: RefCell::new(HashMap::new()),
            without_periods: BTreeSet::new(),
            histories: RefCell::new(HashMap::new()),
            secret: secret::Secret::default(),
        }
    }

    fn calendar(&self, id: CalendarId) -> Option<&'a Calendar> {
        self.program.calendars.get(usize::from(id.0))
    }

    fn group(&self, id: GroupId) -> &[GroupKey] {
        self.groups.get_index(id.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The id of a group; its coordinates are put in the order of dimensions.
    fn group_id(&mut self, mut group: Vec<GroupKey>) -> GroupId {
        group.sort_unstable();
        GroupId(u32::try_from(self.groups.insert_full(group).0).unwrap_or(u32::MAX))
    }

    /// An indicator's figure. Indicators below it that are not known yet are computed first, over a list of work: a chain
    /// of indicators of any length is no deeper than one expression.
    fn indicator(&mut self, indicator: usize, period: Period, group: GroupId) -> Fig {
        let wanted = Wanted { indicator, ctx: CtxId::NONE, period, group };
        self.complete(vec![wanted]);
        let kept = self.used.contains(&indicator);
        let fig = if kept { self.memo.get(&wanted).cloned() } else { self.memo.remove(&wanted) };
        fig.unwrap_or_else(unknown)
    }

    /// An expression's figure.
    fn solve(&mut self, expr: ExprId, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        loop {
            self.needs.clear();
            let fig = self.expr(expr, ctx, period, group);
            if self.needs.is_empty() {
                return fig;
            }
            let needs = std::mem::take(&mut self.needs);
            self.complete(needs);
        }
    }

    fn complete(&mut self, mut work: Vec<Wanted>) {
        while let Some(wanted) = work.last().copied() {
            if self.memo.contains_key(&wanted) {
                work.pop();
                continue;
            }
            self.needs.clear();
            let fig = self.defined(wanted);
            if self.needs.is_empty() {
                self.memo.insert(wanted, fig);
                work.pop();
            } else {
                work.append(&mut self.needs);
            }
        }
    }

    fn figures_of(&mut self, at: usize, figures: &mut Vec<Figure>) {
        let program = self.program;
        let Some(indicator) = program.indicators.get(at) else { return };
        let periods = self.periods_of(indicator);
        if periods.is_empty() && self.plan.request.periods.is_empty() {
            let sources = self.sources_below(indicator.measure);
            // Where the data are at fault, that has been said already.
            let at_fault = self.sources.iter().any(|answered| {
                sources.contains(&answered.source) && (answered.cube.unreadable || !answered.cube.problems.is_empty())
            });
            if !at_fault {
                self.problems.push(periods::nothing_found(indicator));
            }
            self.without_periods.extend(sources);
        }
        let first = figures.len();
        // Only aims name groups for one period.
        let aims = indicator.baselines.len() + indicator.targets.len() + indicator.published.len();
        let mut groups = Vec::new();
        for (turn, period) in periods.into_iter().enumerate() {
            if turn == 0 || aims > 0 {
                groups = self.groups_of(indicator, period);
            }
            for group in &groups {
                let id = self.group_id(group.clone());
                let fig = self.indicator(at, period, id);
                let hides = self.hides_figure(at, period, id);
                if !hides && groups::left_out(group, &fig) && !self.plan.request.groups.contains(group) {
                    continue;
                }
                let fig = self.covered(hides, indicator.measure, fig);
                figures.push(self.figure(at, period, group.clone(), fig));
            }
        }
        self.tell_outside(indicator, figures.get(first..).unwrap_or_default());
    }

    fn figure(&mut self, at: usize, period: Period, group: Vec<GroupKey>, fig: Fig) -> Figure {
        let life = self.life_of(at, period, &group, fig.crosses);
        let facts = if fig.value == Value::Suppressed { Vec::new() } else { self.stated(&fig.facts) };
        let mut figure = Figure {
            indicator: at,
            period,
            group,
            value: fig.value,
            numerator: fig.numerator,
            denominator: fig.denominator,
            rows: fig.rows,
            baseline: None,
            target: None,
            status: None,
            published: Vec::new(),
            incomplete: fig.incomplete,
            as_of: fig.as_of,
            base: fig.base,
            life,
            facts,
            tally: fig.tally,
        };
        if let Some(indicator) = self.program.indicators.get(at) {
            targets::place(indicator, &mut figure);
            published::compare(self, indicator, &mut figure);
        }
        figure
    }
}

/// The indicators that some expression uses.
fn used(program: &Program) -> HashSet<usize> {
    let at = |expr: &Expr| if let ExprKind::Indicator(at) = &expr.kind { Some(*at) } else { None };
    program.exprs.iter().filter_map(at).collect()
}

/// A figure that cannot be known yet, or at all.
fn unknown() -> Fig {
    Fig::missing(crate::outcome::MissingReason::NotReported)
}
