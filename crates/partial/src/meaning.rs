//! A program and what is asked of it to what its cells depend on: a canonical text of each definition, and its fingerprint.
//!
//! What a definition *means* is in, how it is laid out, commented or labelled is not; nor is where and how a data file is
//! written (path, separator, headers, marks of decimals, words for total and unknown), since each region writes its own.
//! Targets and published values are in only as far as they ask for other groups and windows.

use std::collections::{BTreeMap, BTreeSet};

use jauge::plan::{CubeQuery, Filter, Key, LaneState, Plan};
use jauge::program::model::{
    Aim, AttributeValue, Column, ColumnType, DimensionLevel, ExprId, ExprKind, FactRows, Groups, LookUp, Measure,
    MissingPolicy, NoNumber, Priority, Program, RowKind, Rule,
};
use jauge::types::{CalendarId, Length};

use crate::digest::fingerprint;
use crate::expressions::{exact, quoted, sign};

/// Writes definitions, and notes which others they name.
pub(crate) struct Meaning<'p> {
    pub(crate) program: &'p Program,
    pub(crate) indicators: BTreeSet<usize>,
    pub(crate) sources: BTreeSet<usize>,
    pub(crate) dimensions: BTreeSet<usize>,
    pub(crate) calendars: BTreeSet<usize>,
    pub(crate) units: BTreeSet<usize>,
}

/// The fingerprint of each definition that the answers of a plan depend on, by kind and name: `source registre`.
pub(crate) fn definitions(program: &Program, plan: &Plan) -> BTreeMap<String, String> {
    let mut meaning = Meaning::new(program);
    let mut out = BTreeMap::new();
    let mut put = |kind: &str, name: &str, text: String| {
        out.insert(format!("{kind} {name}"), fingerprint(text.as_bytes()));
    };
    meaning.indicators.extend(asked_indicators(program, plan));
    meaning.sources.extend(plan.queries.iter().map(|query| query.source));
    for at in asked_rules(program, plan) {
        if let Some(rule) = program.rules.get(at) {
            put("rule", &rule.name, meaning.rule(rule));
        }
    }
    // Each definition may name others, also of its own kind.
    let mut done = BTreeSet::new();
    while let Some((at, indicator)) = next(&meaning.indicators, &mut done, &program.indicators) {
        put("indicator", &indicator.name, meaning.indicator(at));
    }
    done.clear();
    while let Some((at, source)) = next(&meaning.sources, &mut done, &program.sources) {
        put("source", &source.name, meaning.source(at));
    }
    done.clear();
    while let Some((at, dimension)) = next(&meaning.dimensions, &mut done, &program.dimensions) {
        put("dimension", &dimension.name, meaning.dimension(at));
    }
    done.clear();
    while let Some((_, unit)) = next(&meaning.units, &mut done, &program.units) {
        meaning.units.extend(unit.is_a);
        let is_a = unit.is_a.and_then(|at| program.units.get(at)).map_or("", |of| of.name.as_str());
        put("unit", &unit.name, format!("{is_a}\n{}", unit.currency.as_deref().unwrap_or("")));
    }
    for at in meaning.calendars {
        if let Some(calendar) = program.calendars.get(at) {
            let length = match calendar.length {
                Length::Year => "year",
                Length::HalfYear => "half-year",
                Length::Quarter => "quarter",
                Length::Month => "month",
                Length::Day => "day",
            };
            let (month, day) = calendar.starts;
            put("calendar", &calendar.name, format!("{length} from {month:02}-{day:02}"));
        }
    }
    out
}

/// The first of some definitions that is not done yet.
fn next<'d, T>(wanted: &BTreeSet<usize>, done: &mut BTreeSet<usize>, all: &'d [T]) -> Option<(usize, &'d T)> {
    let at = wanted.iter().copied().find(|at| *at < all.len() && !done.contains(at))?;
    done.insert(at);
    all.get(at).map(|one| (at, one))
}

/// The sources below an expression.
pub(crate) fn sources_below(program: &Program, expr: ExprId) -> BTreeSet<usize> {
    let mut sources = BTreeSet::new();
    each_measure(program, expr, &mut |measure| {
        sources.insert(measure.map_or_else(|source| source, |measure| measure.source));
    });
    sources
}

/// Calls `found` for each measure below an expression; with the source alone where milestones are asked.
pub(crate) fn each_measure(program: &Program, expr: ExprId, found: &mut dyn FnMut(Result<&Measure, usize>)) {
    let mut seen = BTreeSet::new();
    let mut rest = vec![expr];
    while let Some(at) = rest.pop() {
        if !seen.insert(at) {
            continue;
        }
        let Some(kind) = program.exprs.get(at.0 as usize).map(|expr| &expr.kind) else { continue };
        match kind {
            ExprKind::Measure(measure) => found(Ok(measure)),
            ExprKind::Milestones { source, .. } => found(Err(*source)),
            ExprKind::Indicator(used) => rest.extend(program.indicators.get(*used).map(|used| used.measure)),
            ExprKind::Number(_) | ExprKind::Attribute { .. } => {}
            ExprKind::Where(..)
            | ExprKind::At(..)
            | ExprKind::Negative(_)
            | ExprKind::Binary(..)
            | ExprKind::Ratio { .. }
            | ExprKind::SumBy(..)
            | ExprKind::ShareOfGroup { .. }
            | ExprKind::Previous(_)
            | ExprKind::Change(..)
            | ExprKind::Cumulative(..)
            | ExprKind::Rolling(..)
            | ExprKind::Series(..)
            | ExprKind::Consumption { .. }
            | ExprKind::MeanOver(..)
            | ExprKind::Latest(_)
            | ExprKind::Compatible { .. }
            | ExprKind::Bounds { .. }
            | ExprKind::Together(..)
            | ExprKind::If { .. } => rest.extend(kind.operands()),
        }
    }
}

/// Sources whose small counts are protected.
pub(crate) fn protected(program: &Program) -> BTreeSet<usize> {
    let sources = program.sources.iter().enumerate();
    sources.filter(|(_, of)| of.threshold.is_some_and(|threshold| threshold > 0)).map(|(at, _)| at).collect()
}

/// The indicators wanted.
fn asked_indicators(program: &Program, plan: &Plan) -> Vec<usize> {
    plan.indicators.iter().copied().filter(|at| *at < program.indicators.len()).collect()
}

/// The rules asked.
fn asked_rules(program: &Program, plan: &Plan) -> Vec<usize> {
    if plan.request.rules { (0..program.rules.len()).collect() } else { Vec::new() }
}

/// The sources below what is wanted itself, whatever the plan reads besides so as to hide always the same.
pub(crate) fn needed(program: &Program, plan: &Plan) -> BTreeSet<usize> {
    let mut sources = BTreeSet::new();
    for at in asked_indicators(program, plan) {
        sources.extend(program.indicators.get(at).map(|of| sources_below(program, of.measure)).into_iter().flatten());
    }
    for at in asked_rules(program, plan) {
        let sides = program.rules.get(at).map(|rule| [rule.left, rule.right]).into_iter().flatten();
        sources.extend(sides.flat_map(|side| sources_below(program, side)));
    }
    sources
}

impl<'p> Meaning<'p> {
    pub(crate) fn new(program: &'p Program) -> Self {
        Meaning {
            program,
            indicators: BTreeSet::new(),
            sources: BTreeSet::new(),
            dimensions: BTreeSet::new(),
            calendars: BTreeSet::new(),
            units: BTreeSet::new(),
        }
    }

    pub(crate) fn source_name(&mut self, at: usize) -> String {
        self.sources.insert(at);
        self.program.sources.get(at).map_or("?".into(), |source| source.name.clone())
    }

    pub(crate) fn dimension_name(&mut self, at: usize) -> String {
        self.dimensions.insert(at);
        self.program.dimensions.get(at).map_or("?".into(), |dimension| dimension.name.clone())
    }

    pub(crate) fn calendar_name(&mut self, id: CalendarId) -> String {
        self.calendars.insert(usize::from(id.0));
        self.program.calendars.get(usize::from(id.0)).map_or("?".into(), |calendar| calendar.name.clone())
    }

    pub(crate) fn column_name(&self, source: usize, column: usize) -> String {
        let column = self.program.sources.get(source).and_then(|source| source.columns.get(column));
        column.map_or("?".into(), |column| column.name.clone())
    }

    fn rule(&mut self, rule: &Rule) -> String {
        let left = self.expression(rule.left);
        let right = self.expression(rule.right);
        let by: Vec<String> = rule.breakdowns.iter().map(|levels| self.levels(levels)).collect();
        let window = rule.window.map(|window| self.period(window)).unwrap_or_default();
        let calendar = self.calendar_name(rule.calendar);
        format!("{left} {} {right}\nby {}\n{calendar}\n{window}", sign(rule.comparison), by.join("; "))
    }

    fn indicator(&mut self, at: usize) -> String {
        let Some(indicator) = self.program.indicators.get(at) else { return String::new() };
        let mut lines = vec![self.expression(indicator.measure), self.unit(&indicator.unit)];
        lines.push(self.calendar_name(indicator.calendar));
        lines.extend(indicator.fixed.map(|period| format!("fixed {}", self.period(period))));
        let mut by: Vec<String> = indicator.breakdowns.iter().map(|levels| self.levels(levels)).collect();
        let targets = indicator.targets.iter().map(|target| &target.aim);
        let published = indicator.published.iter().map(|published| &published.aim);
        for Aim { period, group, .. } in indicator.baselines.iter().chain(targets).chain(published) {
            let mut levels: Vec<DimensionLevel> = group.iter().map(|at| at.of).collect();
            levels.sort_unstable();
            let levels = self.levels(&levels);
            let window = if period.is_window() { self.period(*period) } else { String::new() };
            // What is aimed at in total is computed anyway.
            by.push([levels, window].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" in "));
        }
        by.retain(|by| !by.is_empty());
        by.sort();
        by.dedup();
        lines.extend(by.into_iter().map(|by| format!("by {by}")));
        lines.join("\n")
    }

    fn source(&mut self, at: usize) -> String {
        let Some(source) = self.program.sources.get(at) else { return String::new() };
        let names = |meaning: &Self, columns: &[usize]| {
            columns.iter().map(|column| meaning.column_name(at, *column)).collect::<Vec<_>>().join(", ")
        };
        let mut lines = vec![match &source.row {
            RowKind::Thing(unit) => format!("each row is {}", self.unit(unit)),
            RowKind::Event => "each row is an event".into(),
            RowKind::Count { column, unit } => {
                let column = self.column_name(at, *column);
                format!("each row counts {column} of {}", self.unit(unit))
            }
        }];
        lines.push(format!("key {}", names(self, &source.key)));
        for (unit, column) in &source.counts {
            let column = self.column_name(at, *column);
            lines.push(format!("counts {} by {column}", self.unit(unit)));
        }
        if let Some((column, calendar)) = source.period {
            let column = self.column_name(at, column);
            lines.push(format!("period {column} in {}", self.calendar_name(calendar)));
        }
        for dimension in &source.covers {
            lines.push(format!("covers {}", self.dimension_name(*dimension)));
        }
        lines.extend(source.covers_period.map(|period| format!("covers {}", self.period(period))));
        lines.extend(source.format.zone.map(|zone| format!("days {} minutes ahead", zone.minutes())));
        lines.extend(source.margin.as_ref().map(|margin| format!("margin {}", exact(margin))));
        lines.push(format!("threshold {}", source.threshold.unwrap_or(0)));
        if let Some(FactRows { column, same, stated, by, priority }) = &source.facts {
            let column = self.column_name(at, *column);
            lines.push(format!("fact {column} same {} stated {}", names(self, same), names(self, stated)));
            lines.extend(by.map(|by| format!("by {}", self.column_name(at, by))));
            let of = by.and_then(|by| source.columns.get(by)).map(|column| &column.of);
            let members = match of {
                Some(ColumnType::Dimension(of)) => self.program.dimensions.get(*of),
                _ => None,
            };
            lines.extend(priority.as_ref().map(|priority| match priority {
                Priority::Texts(texts) => texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" > "),
                Priority::Members(list) => {
                    let code = |at: &usize| members.and_then(|of| of.members.get(*at)).map(|of| quoted(&of.code));
                    list.iter().filter_map(code).collect::<Vec<_>>().join(" > ")
                }
            }));
        }
        if let Some(milestones) = source.milestones {
            let of = self.dimension_name(milestones.of);
            let stages = milestones.stages.map_or("reached".into(), |at| self.dimension_name(at));
            lines.push(format!("milestones {of} stages {stages}"));
        }
        let mut columns: Vec<String> = source.columns.iter().map(|column| self.column(at, column)).collect();
        // The order in which columns are declared says nothing.
        columns.sort();
        lines.extend(columns);
        lines.join("\n")
    }

    fn column(&mut self, source: usize, column: &Column) -> String {
        let of = match &column.of {
            ColumnType::Text => "text".into(),
            ColumnType::Number(unit) => format!("number of {}", self.unit(unit)),
            ColumnType::Date => "date".into(),
            ColumnType::YesNo => "yes or no".into(),
            ColumnType::Dimension(at) => format!("dimension {}", self.dimension_name(*at)),
            ColumnType::Period(calendar) => format!("period {}", self.calendar_name(*calendar)),
        };
        let mut text = format!("column {} {of}", column.name);
        let says = [
            (column.may_be_missing, " may be missing"),
            (column.missing == Some(MissingPolicy::Excluded), " missing excluded"),
            (column.missing == Some(MissingPolicy::Counted), " missing counted"),
            (column.confidential, " confidential"),
            (column.qualified, " qualified"),
            (column.whole, " whole"),
        ];
        text.extend(says.into_iter().filter(|(is, _)| *is).map(|(_, word)| word));
        text.extend(column.decimals.map(|most| format!(" decimals {most}")));
        if let Some(LookUp { by, source: other, key, column }) = column.looked_up {
            let (found, key) = (self.column_name(other, column), self.column_name(other, key));
            let (other, by) = (self.source_name(other), self.column_name(source, by));
            text.push_str(&format!(" is {found} in {other} where {key} is {by}"));
        }
        for (why, words) in &column.without_number {
            let why = match why {
                NoNumber::NotApplicable => "not applicable",
                NoNumber::NotAvailable => "not available",
                NoNumber::Planned => "planned",
            };
            text.push_str(&format!(" {why} {}", quoted(words)));
        }
        text
    }

    fn dimension(&mut self, at: usize) -> String {
        let program = self.program;
        let Some(dimension) = program.dimensions.get(at) else { return String::new() };
        let groups = match dimension.groups {
            Groups::Exclusive => "exclusive",
            Groups::Overlapping => "overlapping",
            Groups::Partial => "partial",
        };
        let mut lines = vec![groups.to_string(), dimension.levels.join(" > ")];
        lines.extend(dimension.bands_of.clone());
        // The order of members is told: it is the order of stages, and of what is kept by its place.
        for member in &dimension.members {
            let parent = member.parent.and_then(|at| dimension.members.get(at)).map_or("", |of| of.code.as_str());
            let mut text = format!("{} level {} in {}", quoted(&member.code), member.level, quoted(parent));
            if let Some((low, high)) = &member.band {
                text.push_str(&format!(" from {} to {}", exact(low), high.as_ref().map_or("?".into(), exact)));
            }
            for stands in &member.stands_for {
                let of = program.dimensions.get(stands.of.dimension);
                let code = stands.member.and_then(|at| of?.members.get(at)).map_or("?", |of| of.code.as_str());
                text.push_str(&format!(" is {} {}", self.level(stands.of), quoted(code)));
            }
            for (name, AttributeValue { value, unit, every }) in &member.attributes {
                let every = every.map_or(String::new(), |months| format!(" every {months}"));
                text.push_str(&format!(" {name} {} {}{every}", exact(value), self.unit(unit)));
            }
            lines.push(text);
        }
        lines.join("\n")
    }

    /// The text of a key of a query: `aref by région.province`.
    pub(crate) fn key(&mut self, source: usize, key: &Key) -> String {
        match key {
            Key::Dimension { column, dimension, level } => {
                let column = self.column_name(source, *column);
                format!("{column} by {}", self.level(DimensionLevel { dimension: *dimension, level: *level }))
            }
            Key::Period { column, calendar } => {
                let column = self.column_name(source, *column);
                format!("{column} in {}", self.calendar_name(*calendar))
            }
            Key::Said { column } => format!("{} says", self.column_name(source, *column)),
            Key::StageDate { column } => format!("{} as known", self.column_name(source, *column)),
        }
    }

    /// The text of a lane of a query: `sum montant where sexe in "F"`.
    pub(crate) fn lane(&mut self, query: &CubeQuery, lane: usize) -> String {
        let Some(lane) = query.lanes.get(lane) else { return "?".into() };
        let column = |at: usize| self.column_name(query.source, at);
        let state = match lane.state {
            LaneState::Rows => "rows".into(),
            LaneState::Line => "line".into(),
            LaneState::Present(at) => format!("present {}", column(at)),
            LaneState::Sum(at) => format!("sum {}", column(at)),
            LaneState::Minimum(at) => format!("minimum {}", column(at)),
            LaneState::Maximum(at) => format!("maximum {}", column(at)),
            LaneState::Distinct(at) => format!("distinct {}", column(at)),
            LaneState::Keys(at) => format!("keys {}", column(at)),
            LaneState::Values(at) => format!("values {}", column(at)),
            LaneState::Marks(at) => format!("marks {}", column(at)),
            LaneState::First { column: at, by } => format!("first {} by {}", column(at), column(by)),
            LaneState::Last { column: at, by } => format!("last {} by {}", column(at), column(by)),
        };
        match lane.filter.and_then(|filter| query.filters.get(filter)) {
            None => state,
            Some(filter) => format!("{state} where {}", self.filter(query, filter)),
        }
    }

    /// Depth is that of the condition, which the parser bounds.
    fn filter(&mut self, query: &CubeQuery, filter: &Filter) -> String {
        let mut join = |parts: &[Filter], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.filter(query, part)).collect();
            format!("({})", parts.join(word))
        };
        match filter {
            Filter::Test(at) => query.tests.get(*at).map_or("?".into(), |test| self.test(test)),
            Filter::And(parts) => join(parts, " and "),
            Filter::Or(parts) => join(parts, " or "),
            Filter::Not(inner) => format!("not {}", self.filter(query, inner)),
        }
    }
}
