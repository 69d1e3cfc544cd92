//! Walks the measures of what is wanted and notes what each needs of its source: under which conditions, by which
//! dimensions, in which calendar or window. Indicators that use others are walked over a list of work, so that a chain of
//! any length is no deeper than one expression.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::conditions::{Contexts, CtxId};
use super::lanes::{MeasureLanes, QueryBuilder, Shape, merges, selects_cells, state_of};
use super::{MeasureKey, Plan, Request, protected, reach, refine, without};
use crate::program::model::{Aim, ColumnType, DimensionLevel, ExprId, ExprKind, GroupAt, Measure, Over, Program};
use crate::types::{CalendarId, Period};

/// Over which time a measure is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Time {
    /// In each period of a calendar.
    Each(CalendarId),
    /// Over all of a window.
    Window(Period),
}

impl Time {
    fn of(period: Period) -> Time {
        if period.is_window() { Time::Window(period) } else { Time::Each(period.calendar) }
    }

    fn calendar(self) -> CalendarId {
        match self {
            Time::Each(calendar) => calendar,
            Time::Window(period) => period.calendar,
        }
    }

    /// The times that one period earlier needs.
    fn earlier(self) -> Time {
        match self {
            Time::Each(calendar) => Time::Each(calendar),
            Time::Window(period) => Time::Window(period.shift(-period.count())),
        }
    }
}

/// One expression in one setting.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Task {
    expr: ExprId,
    ctx: CtxId,
    dims: Vec<DimensionLevel>,
    time: Time,
}

struct Collector<'p> {
    program: &'p Program,
    explain: bool,
    contexts: Contexts,
    builders: BTreeMap<usize, QueryBuilder<'p>>,
    measures: HashMap<MeasureKey, MeasureLanes>,
    seen: HashSet<Task>,
    work: Vec<Task>,
    user: Option<usize>,
    /// Visits left for which what was seen from another indicator is walked again.
    visits: usize,
}

/// Expressions visited to tell which indicators use which lane; a project beyond it shows the first users only.
const VISITS_FOR_USERS: usize = 500_000;

/// The plan of what is wanted.
pub(super) fn collect(program: &Program, request: &Request) -> Plan {
    run(program, request, 0)
}

/// The same plan, with the users of every lane: each indicator is walked through all the indicators below it.
pub(super) fn collect_with_users(program: &Program, request: &Request) -> Plan {
    run(program, request, VISITS_FOR_USERS)
}

fn run(program: &Program, request: &Request, visits: usize) -> Plan {
    let mut collector = Collector {
        program,
        explain: request.explain,
        contexts: Contexts::new(),
        builders: BTreeMap::new(),
        measures: HashMap::new(),
        seen: HashSet::new(),
        work: Vec::new(),
        user: None,
        visits,
    };
    let indicators = request.wanted(program);
    for at in &indicators {
        collector.indicator(*at);
    }
    // What is hidden must not depend on what is asked: two runs side by side would give it away. So every figure that rests
    // on protected counts is computed with them.
    let secret = protected::any(program);
    let rests = |expr: ExprId| secret && !protected::below(program, expr).is_empty();
    let mut roots: Vec<(ExprId, CalendarId)> = indicators
        .iter()
        .filter_map(|at| program.indicators.get(*at))
        .map(|indicator| (indicator.measure, indicator.calendar))
        .collect();
    for (at, indicator) in program.indicators.iter().enumerate() {
        if rests(indicator.measure) && indicators.binary_search(&at).is_err() {
            collector.indicator(at);
        }
    }
    for rule in &program.rules {
        let stated_again = rule.same_fact.is_some() && uses_wanted(program, rule.left, &indicators);
        if request.rules || stated_again || rests(rule.left) || rests(rule.right) {
            let time = Time::Each(rule.calendar);
            roots.extend([rule.left, rule.right].map(|side| (side, rule.calendar)));
            for dims in std::iter::once(&Vec::new()).chain(&rule.breakdowns) {
                collector.root(rule.left, dims.clone(), time);
                collector.root(rule.right, dims.clone(), time);
            }
            if let Some(window) = rule.window {
                collector.root(rule.left, Vec::new(), Time::of(window));
                collector.root(rule.right, Vec::new(), Time::of(window));
            }
        }
    }
    let mut plan = Plan {
        request: request.clone(),
        indicators,
        queries: Vec::new(),
        sources: Vec::new(),
        by_source: HashMap::new(),
        contexts: collector.contexts,
        measures: collector.measures,
    };
    // What is hidden depends on all periods.
    let mut reach = match request.periods.is_empty() || secret {
        true => BTreeMap::new(),
        false => reach::reach(program, &request.periods, roots.into_iter()),
    };
    for (source, builder) in collector.builders {
        let (mut query, of_source) = builder.finish();
        query.days = reach.remove(&source);
        plan.by_source.insert(source, plan.queries.len());
        plan.queries.push(query);
        plan.sources.push(of_source);
    }
    plan
}

/// True where an expression is an indicator that is wanted.
pub(crate) fn uses_wanted(program: &Program, expr: ExprId, indicators: &[usize]) -> bool {
    let expr = program.exprs.get(expr.0 as usize).map(|expr| &expr.kind);
    matches!(expr, Some(ExprKind::Indicator(at)) if indicators.binary_search(at).is_ok())
}

/// The dimension levels of a group in a definition, sorted.
fn dims_of(group: &[GroupAt]) -> Vec<DimensionLevel> {
    let mut dims: Vec<DimensionLevel> = group.iter().map(|at| at.of).collect();
    dims.sort_unstable();
    dims
}

impl Collector<'_> {
    fn indicator(&mut self, at: usize) {
        let Some(indicator) = self.program.indicators.get(at) else { return };
        self.user = Some(at);
        if self.visits > 0 {
            self.seen.clear();
        }
        let time = indicator.fixed.map_or(Time::Each(indicator.calendar), Time::of);
        let mut groups: Vec<Vec<DimensionLevel>> = vec![Vec::new()];
        groups.extend(indicator.breakdowns.iter().map(|dims| {
            let mut dims = dims.clone();
            dims.sort_unstable();
            dims
        }));
        let published = indicator.published.iter().map(|published| &published.aim);
        let targets = indicator.targets.iter().map(|target| &target.aim);
        let aims: Vec<&Aim> = indicator.baselines.iter().chain(targets).chain(published).collect();
        groups.extend(aims.iter().map(|aim| dims_of(&aim.group)));
        groups.sort_unstable();
        groups.dedup();
        for dims in groups {
            self.root(indicator.measure, dims, time);
        }
        // A value published for a window is computed over the window.
        let windows: HashSet<(Vec<DimensionLevel>, Period)> =
            aims.iter().filter(|aim| aim.period.is_window()).map(|aim| (dims_of(&aim.group), aim.period)).collect();
        for (dims, window) in windows {
            self.root(indicator.measure, dims, Time::Window(window));
        }
        self.user = None;
    }

    fn root(&mut self, expr: ExprId, dims: Vec<DimensionLevel>, time: Time) {
        let mut dims = dims;
        dims.sort_unstable();
        self.later(Task { expr, ctx: CtxId::NONE, dims, time });
        while let Some(task) = self.work.pop() {
            self.visits = self.visits.saturating_sub(1);
            self.walk(&task);
        }
    }

    fn later(&mut self, task: Task) {
        if self.seen.insert(task.clone()) {
            self.work.push(task);
        }
    }

    fn walk(&mut self, task: &Task) {
        let program = self.program;
        let Some(expr) = program.exprs.get(task.expr.0 as usize) else { return };
        let with = |expr: ExprId| Task { expr, ..task.clone() };
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Attribute { .. } => {}
            ExprKind::Measure(measure) => self.measure(measure, task),
            ExprKind::Milestones { source, .. } => {
                let program = self.program;
                let builder = self.builders.entry(*source).or_insert_with(|| QueryBuilder::new(program, *source));
                builder.want_stages(self.user);
            }
            ExprKind::Indicator(at) => {
                if let Some(indicator) = program.indicators.get(*at) {
                    self.later(with(indicator.measure));
                }
            }
            ExprKind::Where(inner, _) => {
                let ctx = self.contexts.push(program, task.ctx, task.expr);
                self.later(Task { ctx, ..with(*inner) });
            }
            ExprKind::At(inner, period) => self.later(Task { time: Time::of(*period), ..with(*inner) }),
            ExprKind::Negative(inner) | ExprKind::Latest(inner) | ExprKind::Compatible { of: inner, .. } => {
                self.later(with(*inner));
            }
            ExprKind::Together(_, parts) => {
                for part in parts {
                    self.later(with(*part));
                }
            }
            ExprKind::Bounds { sure, possible } => {
                self.later(with(*sure));
                self.later(with(*possible));
            }
            ExprKind::Binary(_, left, right) => {
                self.later(with(*left));
                self.later(with(*right));
            }
            ExprKind::Ratio { numerator, denominator, .. } => {
                self.later(with(*numerator));
                self.later(with(*denominator));
            }
            ExprKind::SumBy(levels, inner) => {
                self.later(Task { dims: refine(&task.dims, levels), ..with(*inner) });
            }
            ExprKind::ShareOfGroup { by, known, of } => {
                self.later(with(*of));
                let rest = without(&task.dims, by);
                if *known {
                    self.later(Task { dims: refine(&rest, by), ..with(*of) });
                }
                self.later(Task { dims: rest, ..with(*of) });
            }
            ExprKind::Previous(inner) => self.later(Task { time: task.time.earlier(), ..with(*inner) }),
            ExprKind::Change(_, inner) => {
                self.later(with(*inner));
                self.later(Task { time: task.time.earlier(), ..with(*inner) });
            }
            ExprKind::Cumulative(period, inner) | ExprKind::MeanOver(period, inner) => {
                self.later(Task { time: Time::Each(period.calendar), ..with(*inner) });
            }
            ExprKind::Series(_, Over::Since(period), inner) => {
                self.later(Task { time: Time::Each(period.calendar), ..with(*inner) });
            }
            ExprKind::Consumption { spent, allotment, .. } => {
                self.later(with(*spent));
                self.later(with(*allotment));
            }
            ExprKind::Rolling(_, inner) | ExprKind::Series(_, Over::Last(_), inner) => {
                self.later(Task { time: Time::Each(task.time.calendar()), ..with(*inner) });
            }
            ExprKind::If { left, right, then, otherwise, .. } => {
                for part in [*left, *right, *then, *otherwise] {
                    self.later(with(part));
                }
            }
        }
    }

    fn measure(&mut self, measure: &Measure, task: &Task) {
        let program = self.program;
        let Some(source) = program.sources.get(measure.source) else { return };
        let builder = self.builders.entry(measure.source).or_insert_with(|| QueryBuilder::new(program, measure.source));
        let dated = source
            .period
            .and_then(|(column, _)| source.columns.get(column))
            .is_some_and(|column| column.of == ColumnType::Date);
        // A source without periods has one answer for all of them; labels of periods have their own calendar.
        let calendar = match source.period {
            None => None,
            Some(_) if dated => Some(task.time.calendar()),
            Some((_, calendar)) => Some(calendar),
        };
        let window = match task.time {
            Time::Window(window) if dated && !merges(state_of(program, measure.source, measure.of)) => Some(window),
            Time::Window(_) | Time::Each(_) => None,
        };
        let key = MeasureKey { source: measure.source, of: measure.of, ctx: task.ctx, window };
        let contexts = &self.contexts;
        let explain = self.explain;
        let lanes = self
            .measures
            .entry(key)
            .or_insert_with(|| builder.measure(measure.of, &contexts.conditions(program, task.ctx), window, explain));
        builder.want_periods(calendar);
        if selects_cells(program, measure.source, measure.of) {
            builder.want_in_table(lanes, calendar, self.user);
        } else {
            let calendar = if window.is_some() { None } else { calendar };
            builder.want(lanes, Shape { calendar, dims: task.dims.clone() }, self.user);
        }
    }
}
