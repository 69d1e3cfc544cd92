//! Measures: names, counts and aggregates over the rows of a source, and everything that is done to them over time and
//! groups. Arithmetic is in `operators.rs`, conditions in `conditions.rs`.

use crate::problem::{NameProblem, Named, Problem, TimeProblem, TypeProblem};
use crate::syntax::ast::{self, BlockKind, Name, UnitWord};
use crate::text::{Both, Span};
use crate::types::{Additivity, CalendarId, Number, Period, Unit, UnitId};

use super::indicators::State;
use super::model::{
    Aggregate, ChangeKind, ColumnType, DimensionLevel, Expr, ExprId, ExprKind, Groups, Measure, MeasureOf, RowKind,
    Together,
};
use super::{Checker, Used, units};

/// How a measure changes with the period asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// It has no period: a constant, or a source without a period column.
    Steady,
    /// It has a value in each period.
    Varies,
    /// It has one value, for this period or window.
    Fixed(Period),
}

/// What is known of a measure besides the model.
#[derive(Debug, Clone)]
pub(super) struct Info {
    /// The calendar of its periods; true where it can be counted in another one (its source has dates).
    pub(super) calendar: Option<(CalendarId, bool)>,
    pub(super) time: Time,
    /// Sources below it, each once.
    pub(super) sources: Vec<usize>,
    /// Dimensions of the attributes below it.
    pub(super) attributes: Vec<usize>,
    /// A number written without a unit: it takes the unit of what it meets.
    pub(super) literal: bool,
    /// Its values are whole where its unit is.
    pub(super) whole: bool,
    /// A situation at a date is below it: it is never summed over time.
    pub(super) stock: bool,
    /// Milestones are below it: of which source, and whether a condition chooses among them.
    pub(super) milestones: Option<(usize, bool)>,
}

impl Info {
    pub(super) fn constant() -> Self {
        Info {
            calendar: None,
            time: Time::Steady,
            sources: Vec::new(),
            attributes: Vec::new(),
            literal: true,
            whole: true,
            stock: false,
            milestones: None,
        }
    }
}

/// Where a measure stands.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    /// The unit that the indicator says it is in.
    pub(super) said: Option<UnitId>,
    /// The calendar that the indicator says.
    pub(super) calendar: Option<CalendarId>,
    depth: u32,
}

impl Scope {
    pub(super) fn new(said: Option<UnitId>, calendar: Option<CalendarId>) -> Self {
        Scope { said, calendar, depth: 0 }
    }
}

/// Measures nest this deep at most; the parser refuses deeper ones before.
const DEPTH: u32 = 200;

impl Checker<'_> {
    /// Types a measure.
    pub(super) fn lower(&mut self, expr: &ast::Expr, scope: Scope) -> ExprId {
        let span = expr.span;
        let scope = Scope { depth: scope.depth + 1, ..scope };
        if scope.depth > DEPTH {
            return self.unknown(span);
        }
        match &expr.kind {
            ast::ExprKind::Number(quantity) => {
                let unit = quantity.unit.as_ref().map_or(Unit::Number, |word| self.unit_word(word));
                self.whole(&quantity.value, &unit, quantity.span);
                let info = Info { literal: quantity.unit.is_none(), ..Info::constant() };
                let number = self.said(quantity, &unit);
                self.push(ExprKind::Number(number), unit, Additivity::Never, span, info)
            }
            ast::ExprKind::Name(name) => self.indicator_measure(name),
            ast::ExprKind::Count { unit, distinct, source } => self.count(unit, *distinct, source, span, scope),
            ast::ExprKind::CountOver { unit, distinct, sources } => {
                self.count_over((unit, *distinct), sources, span, scope)
            }
            ast::ExprKind::Largest(parts) => self.side_by_side(Together::Largest, parts, span, scope),
            ast::ExprKind::NotAdded(parts) => self.side_by_side(Together::NotAdded, parts, span, scope),
            ast::ExprKind::Aggregate { aggregate, column, source } => {
                self.aggregate(*aggregate, column, source, span, scope)
            }
            ast::ExprKind::Milestones(of, source) => self.milestones(*of, source, span, scope),
            ast::ExprKind::Attribute { attribute, dimension } => self.attribute(attribute, dimension, span),
            ast::ExprKind::Where(of, condition) => {
                let of = self.lower(of, scope);
                self.restricted(of, condition, span)
            }
            ast::ExprKind::At(of, period) => self.at(of, period, span, scope),
            ast::ExprKind::Negative(of) => {
                let of = self.lower(of, scope);
                self.over(of, ExprKind::Negative, span)
            }
            ast::ExprKind::Binary(one, (operator, at), other) => {
                let (one, other) = (self.lower(one, scope), self.lower(other, scope));
                self.binary(one, *operator, *at, other, span, scope)
            }
            ast::ExprKind::SumBy(by, of) => self.sum_by(by, of, span, scope),
            ast::ExprKind::Share(part, whole) => {
                let (part, whole) = (self.lower(part, scope), self.lower(whole, scope));
                self.percentage(part, whole, true, span)
            }
            ast::ExprKind::ShareOfGroup { by, known, of } => {
                let of = self.lower(of, scope);
                let levels = self.levels_of(by, &self.info(of));
                if self.additivity(of) == Additivity::Never {
                    self.report(Problem::new(TypeProblem::ShareOfNonAdditive, self.span(of)));
                } else if self.info(of).milestones.is_some() {
                    self.report(Problem::new(TypeProblem::MilestonesAdded { share: true }, self.span(of)));
                }
                let Some(by) = levels else { return self.unknown(span) };
                let info = Info { literal: false, whole: false, ..self.info(of) };
                let kind = ExprKind::ShareOfGroup { by, known: *known, of };
                self.push(kind, Unit::Percent, Additivity::Never, span, info)
            }
            ast::ExprKind::Previous(of) => {
                let of = self.lower(of, scope);
                self.needs_time(of);
                self.over(of, ExprKind::Previous, span)
            }
            ast::ExprKind::Change(kind, of) => self.change(*kind, of, span, scope),
            ast::ExprKind::Cumulative(since, of) => self.cumulative(since, of, span, scope),
            ast::ExprKind::Rolling(periods, of) => {
                let of = self.lower(of, scope);
                self.needs_time(of);
                self.mean(of, |of| ExprKind::Rolling(*periods, of), None, span)
            }
            ast::ExprKind::Series(kind, over, of) => self.series(*kind, over, of, span, scope),
            ast::ExprKind::Consumption(window, of, allotment) => self.consumption(window, of, allotment, span, scope),
            ast::ExprKind::MeanOver(window, of) => {
                let of = self.lower(of, scope);
                let Some(window) = self.period_of(window, of) else { return self.unknown(span) };
                self.mean(of, |of| ExprKind::MeanOver(window, of), Some(window), span)
            }
            ast::ExprKind::Latest(of) => {
                let of = self.lower(of, scope);
                self.needs_time(of);
                let id = self.over(of, ExprKind::Latest, span);
                self.set_additivity(id, Additivity::Never);
                id
            }
            ast::ExprKind::Compatible { share, mode, of } => {
                let of = self.lower(of, scope);
                if !self.quantity_in(share, &Unit::Percent) {
                    return self.unknown(span);
                }
                let kind = ExprKind::Compatible {
                    share: share.value.clone(),
                    decimals: share.decimals,
                    mode: mode.unwrap_or_default(),
                    of,
                };
                self.push(kind, self.unit(of), Additivity::Never, span, self.info(of))
            }
            ast::ExprKind::If(relation, then, otherwise) => self.choice(relation, then, otherwise, span, scope),
            ast::ExprKind::Missing => self.unknown(span),
        }
    }

    fn indicator_measure(&mut self, name: &Name) -> ExprId {
        let Some(at) = self.declared.position(BlockKind::Indicator, &name.text) else {
            self.not_an_indicator(name);
            return self.unknown(name.span);
        };
        let Some(State::Sound { indicator, info, additivity }) = self.states.get(at) else {
            self.spoil();
            return self.unknown(name.span);
        };
        let (unit, info, additivity) = (indicator.unit.clone(), info.clone(), additivity.clone());
        self.push(ExprKind::Indicator(at), unit, additivity, name.span, info)
    }

    /// Reports a name that is no indicator, unless its mistake is known.
    pub(super) fn not_an_indicator(&mut self, name: &Name) {
        if self.declared.is_puzzling(&name.text) {
            self.spoil();
            return;
        }
        if let Some(at) = self.declared.position(BlockKind::Source, &name.text) {
            Used::mark(&mut self.used.sources, at);
            let write = self.count_in_source(at);
            let Some(source) = self.declared.get(BlockKind::Source, &name.text) else { return };
            let fact =
                NameProblem::WrongKind { name: name.text.clone(), is: Named::Source, wanted: Named::Indicator, write };
            self.report(Problem::new(fact, name.span).also(source.name.span));
            return;
        }
        let other = [(BlockKind::Dimension, Named::Dimension), (BlockKind::Unit, Named::Unit)];
        for (kind, is) in other {
            let Some(decl) = self.declared.get(kind, &name.text) else { continue };
            let near = self.declared.names(BlockKind::Indicator).first().map_or("x", |name| name).to_string();
            let write = match is {
                Named::Dimension => Both {
                    fr: format!("somme par {} de {near}", name.text),
                    en: format!("sum by {} of {near}", name.text),
                },
                _ => {
                    let source =
                        self.declared.names(BlockKind::Source).first().map_or("source", |name| name).to_string();
                    Both {
                        fr: format!("nombre de {} de {source}", name.text),
                        en: format!("number of {} in {source}", name.text),
                    }
                }
            };
            let fact = NameProblem::WrongKind { name: name.text.clone(), is, wanted: Named::Indicator, write };
            self.report(Problem::new(fact, name.span).also(decl.name.span));
            return;
        }
        let known = self.declared.names(BlockKind::Indicator);
        let (near, known) = self.suggest(&name.text, known.into_iter());
        let fact = NameProblem::Unknown { what: Named::Indicator, name: name.text.clone(), within: None, near, known };
        self.report(Problem::new(fact, name.span));
    }

    /// What to write to count in a source.
    pub(super) fn count_in_source(&self, at: usize) -> Both<String> {
        let Some(source) = self.program.sources.get(at) else { return Both { fr: String::new(), en: String::new() } };
        let unit = match &source.row {
            RowKind::Thing(unit) | RowKind::Count { unit, .. } => unit.clone(),
            RowKind::Event => source.counts.first().map_or(Unit::Of(units::EVENT), |(unit, _)| unit.clone()),
        };
        let words = self.unit_words(&unit);
        Both {
            fr: format!("nombre {}{} de {}", of_fr(&words.fr), words.fr, source.name),
            en: format!("number of {} in {}", words.en, source.name),
        }
    }

    fn count(&mut self, word: &UnitWord, distinct: bool, source: &Name, span: Span, scope: Scope) -> ExprId {
        let unit = self.unit_word(word);
        let Some(at) = self.source_named(source) else { return self.unknown(span) };
        let Some(found) = self.program.sources.get(at) else { return self.unknown(span) };
        let Unit::Of(wanted) = &unit else {
            if unit != Unit::Unknown {
                let write = self.count_in_source(at);
                self.report(Problem::new(
                    TypeProblem::NotCounted {
                        wanted: self.unit_words(&unit),
                        source: source.text.clone(),
                        rows: self.row_words(at),
                        write,
                    },
                    word.span,
                ));
            }
            return self.unknown(span);
        };
        let same = |counted: &Unit| matches!(counted, Unit::Of(counted) if self.is_kind_of(*counted, *wanted));
        let by_key = found.counts.iter().find(|(counted, _)| same(counted)).map(|(_, column)| *column);
        let (of, additivity) = match &found.row {
            RowKind::Thing(counted) if same(counted) => (Some(MeasureOf::Rows), Additivity::Everywhere),
            RowKind::Count { unit: counted, .. } if same(counted) && !distinct => {
                (Some(MeasureOf::CountColumn), Additivity::Everywhere)
            }
            RowKind::Event if *wanted == units::EVENT => (Some(MeasureOf::Rows), Additivity::Everywhere),
            RowKind::Thing(_) | RowKind::Count { .. } | RowKind::Event => match by_key {
                Some(column) if found.key == [column] => (Some(MeasureOf::Rows), Additivity::Everywhere),
                Some(column) => (Some(MeasureOf::Distinct(column)), Additivity::DistinctKeys),
                None => (None, Additivity::Never),
            },
        };
        let unknown_rows = match &found.row {
            RowKind::Thing(unit) | RowKind::Count { unit, .. } => *unit == Unit::Unknown,
            RowKind::Event => false,
        };
        let Some(of) = of else {
            if unknown_rows {
                self.spoil();
                return self.unknown(span);
            }
            let fact = TypeProblem::NotCounted {
                wanted: self.unit_words(&unit),
                source: source.text.clone(),
                rows: self.row_words(at),
                write: self.count_in_source(at),
            };
            let definition = found.definition;
            self.report(Problem::new(fact, word.span).also(definition));
            return self.unknown(span);
        };
        let info = self.source_info(at, scope);
        self.push(ExprKind::Measure(Measure { source: at, of }), unit, additivity, span, info)
    }

    fn row_words(&self, at: usize) -> Both<String> {
        let unit = self.program.sources.get(at).map(|source| match &source.row {
            RowKind::Thing(unit) | RowKind::Count { unit, .. } => unit.clone(),
            RowKind::Event => Unit::Of(units::EVENT),
        });
        self.unit_words(&unit.unwrap_or(Unit::Unknown))
    }

    fn aggregate(&mut self, aggregate: Aggregate, column: &Name, source: &Name, span: Span, scope: Scope) -> ExprId {
        let Some(at) = self.source_named(source) else { return self.unknown(span) };
        let Some(column_at) = self.column(at, column) else { return self.unknown(span) };
        let Some(found) = self.program.sources.get(at).and_then(|source| source.columns.get(column_at)) else {
            return self.unknown(span);
        };
        let found = found.clone();
        if self.adds_looked_up(&found, aggregate, column) {
            return self.unknown(span);
        }
        let gap = aggregate == Aggregate::LongestGap;
        let unit = match &found.of {
            ColumnType::Date if gap => self.days(),
            of if gap => {
                let fact = TypeProblem::NotADateColumn { column: column.text.clone(), holds: self.column_words(of) };
                let definition = found.definition;
                self.report(Problem::new(fact, column.span).also(definition));
                return self.unknown(span);
            }
            ColumnType::Number(unit) => unit.clone(),
            of @ (ColumnType::Text
            | ColumnType::Date
            | ColumnType::YesNo
            | ColumnType::Dimension(_)
            | ColumnType::Period(_)) => {
                let fact = TypeProblem::NotANumberColumn {
                    column: column.text.clone(),
                    holds: self.column_words(of),
                    write: self.count_in_source(at),
                };
                let definition = found.definition;
                self.report(Problem::new(fact, column.span).also(definition));
                return self.unknown(span);
            }
        };
        if found.qualified && matches!(aggregate, Aggregate::Median | Aggregate::Minimum | Aggregate::Maximum) {
            let fact = TypeProblem::QualifiedColumn { column: column.text.clone(), compared: false };
            let definition = found.definition;
            self.report(Problem::new(fact, column.span).also(definition));
            return self.unknown(span);
        }
        let mut info = self.source_info(at, scope);
        let additivity = match aggregate {
            Aggregate::Sum => Additivity::Everywhere,
            Aggregate::First | Aggregate::Last => {
                info.stock = true;
                if info.time == Time::Steady {
                    self.no_period(&source.text, span, self.program.sources.get(at).map_or(span, |s| s.definition));
                }
                Additivity::NotOverTime
            }
            Aggregate::Average
            | Aggregate::Median
            | Aggregate::LongestGap
            | Aggregate::Minimum
            | Aggregate::Maximum => Additivity::Never,
        };
        info.whole = !matches!(aggregate, Aggregate::Average | Aggregate::Median);
        let measure = Measure { source: at, of: MeasureOf::Aggregate(aggregate, column_at) };
        self.push(ExprKind::Measure(measure), unit, additivity, span, info)
    }

    /// The unit of a number of days: the project's own, if it declares one.
    fn days(&self) -> Unit {
        let own = ["jours", "days"].iter().find_map(|word| self.units_by_word.get(*word).copied());
        own.map_or(Unit::Number, Unit::Of)
    }

    fn attribute(&mut self, attribute: &Name, dimension: &Name, span: Span) -> ExprId {
        let Some(level) = self.level_named(dimension) else { return self.unknown(span) };
        let Some(facts) = self.dimensions.get(level.dimension) else { return self.unknown(span) };
        let Some(unit) = facts.attributes.get(&attribute.text).cloned() else {
            if facts.broken {
                self.spoil();
                return self.unknown(span);
            }
            let known: Vec<String> = facts.attributes.keys().cloned().collect();
            let (near, known) = self.suggest(&attribute.text, known.iter().map(String::as_str));
            let fact = NameProblem::Unknown {
                what: Named::Attribute,
                name: attribute.text.clone(),
                within: Some(dimension.text.clone()),
                near,
                known,
            };
            self.report(Problem::new(fact, attribute.span));
            return self.unknown(span);
        };
        let info = Info { attributes: vec![level.dimension], literal: false, ..Info::constant() };
        let kind = ExprKind::Attribute { dimension: level.dimension, attribute: attribute.text.clone() };
        self.push(kind, unit, Additivity::NotOverTime, span, info)
    }

    pub(super) fn source_info(&self, at: usize, scope: Scope) -> Info {
        let source = self.program.sources.get(at);
        let calendar = source.and_then(|source| source.period).map(|(column, calendar)| {
            let dated = source
                .and_then(|source| source.columns.get(column))
                .is_some_and(|column| column.of == ColumnType::Date);
            if dated { (scope.calendar.unwrap_or(calendar), true) } else { (calendar, false) }
        });
        Info {
            calendar,
            time: if calendar.is_some() { Time::Varies } else { Time::Steady },
            sources: vec![at],
            literal: false,
            ..Info::constant()
        }
    }

    fn at(&mut self, of: &ast::Expr, period: &ast::PeriodText, span: Span, scope: Scope) -> ExprId {
        let of = self.lower(of, scope);
        self.needs_time(of);
        // How far a milestone is can be told at the end of any day.
        let info = self.info(of);
        let stated = match (info.milestones, info.calendar) {
            (Some(_), Some((calendar, _))) => self.stated_period(period, calendar, &info),
            // A window that rows of a table may state, whatever their calendar.
            (None, Some((calendar, _))) if period.last.is_some() => self.stated_period(period, calendar, &info),
            (_, _) => self.period_of(period, of),
        };
        let Some(period) = stated else { return self.unknown(span) };
        if period.is_window() && self.info(of).stock {
            self.report(Problem::new(TypeProblem::StockOverTime, self.span(of)));
        }
        let id = self.over(of, |of| ExprKind::At(of, period), span);
        self.set_time(id, Time::Fixed(period));
        if self.additivity(id) == Additivity::Everywhere {
            self.set_additivity(id, Additivity::NotOverTime);
        }
        id
    }

    fn sum_by(&mut self, by: &[Name], of: &ast::Expr, span: Span, scope: Scope) -> ExprId {
        let of = self.lower(of, scope);
        let Some(levels) = self.levels_of(by, &self.info(of)) else { return self.unknown(span) };
        for (level, name) in levels.iter().zip(by) {
            let Some(dimension) = self.program.dimensions.get(level.dimension) else { continue };
            let fact = match dimension.groups {
                Groups::Exclusive => continue,
                Groups::Overlapping => TypeProblem::SumOverlapping { dimension: name.text.clone(), partial: false },
                Groups::Partial => TypeProblem::SumOverlapping { dimension: name.text.clone(), partial: true },
            };
            let definition = dimension.definition;
            self.report(Problem::new(fact, name.span).also(definition));
            return self.unknown(span);
        }
        if self.info(of).milestones.is_some() && self.additivity(of) != Additivity::Never {
            self.report(Problem::new(TypeProblem::MilestonesAdded { share: false }, self.span(of)));
            return self.unknown(span);
        }
        match self.additivity(of) {
            Additivity::Everywhere | Additivity::NotOverTime => {}
            Additivity::DistinctKeys => {
                let dimension = by.first().map_or(String::new(), |name| name.text.clone());
                self.report(Problem::new(TypeProblem::SumDistinct { dimension }, self.span(of)));
                return self.unknown(span);
            }
            Additivity::Never => {
                if self.unit(of) == Unit::Unknown {
                    return self.unknown(span);
                }
                self.report(Problem::new(TypeProblem::SumNever { over_time: false }, self.span(of)));
                return self.unknown(span);
            }
        }
        self.over(of, |of| ExprKind::SumBy(levels, of), span)
    }

    /// The levels of these names, each of which the sources of a measure must have.
    pub(super) fn levels_of(&mut self, names: &[Name], info: &Info) -> Option<Vec<DimensionLevel>> {
        let mut levels = Vec::with_capacity(names.len());
        for name in names {
            let level = self.level_named(name)?;
            self.has_dimension(level, name, info).then_some(())?;
            levels.push(level);
        }
        Some(levels)
    }

    fn change(&mut self, kind: ChangeKind, of: &ast::Expr, span: Span, scope: Scope) -> ExprId {
        let of = self.lower(of, scope);
        self.needs_time(of);
        let unit = self.unit(of);
        let relative = matches!(unit, Unit::Percent | Unit::Points);
        let (unit, additivity) = match kind {
            ChangeKind::Percent => {
                if relative {
                    self.report(Problem::new(TypeProblem::ChangeOfPercent { points: false }, span));
                }
                (Unit::Percent, Additivity::Never)
            }
            ChangeKind::Points => {
                if !relative && unit != Unit::Unknown {
                    self.report(Problem::new(TypeProblem::ChangeOfPercent { points: true }, span));
                }
                (Unit::Points, Additivity::Never)
            }
            ChangeKind::Difference => match unit {
                Unit::Percent => (Unit::Points, Additivity::Never),
                unit => match self.additivity(of) {
                    Additivity::Everywhere | Additivity::NotOverTime => (unit, Additivity::NotOverTime),
                    Additivity::DistinctKeys | Additivity::Never => (unit, Additivity::Never),
                },
            },
        };
        let whole = kind == ChangeKind::Difference && self.info(of).whole;
        let info = Info { literal: false, whole, stock: true, ..self.info(of) };
        self.push(ExprKind::Change(kind, of), unit, additivity, span, info)
    }

    pub(super) fn cumulative(&mut self, since: &ast::PeriodText, of: &ast::Expr, span: Span, scope: Scope) -> ExprId {
        let of = self.lower(of, scope);
        self.needs_time(of);
        let Some(since) = self.period_of(since, of) else { return self.unknown(span) };
        let stock = self.info(of).stock;
        match self.additivity(of) {
            Additivity::Everywhere if !stock => {}
            Additivity::NotOverTime | Additivity::Everywhere => {
                self.report(Problem::new(TypeProblem::StockOverTime, self.span(of)));
            }
            Additivity::DistinctKeys => self.report(Problem::new(TypeProblem::DistinctOverTime, self.span(of))),
            Additivity::Never => {
                if self.unit(of) != Unit::Unknown {
                    self.report(Problem::new(TypeProblem::SumNever { over_time: true }, self.span(of)));
                }
            }
        }
        let id = self.over(of, |of| ExprKind::Cumulative(since, of), span);
        self.set_additivity(id, Additivity::NotOverTime);
        self.set_stock(id);
        id
    }

    fn mean(&mut self, of: ExprId, kind: impl FnOnce(ExprId) -> ExprKind, fixed: Option<Period>, span: Span) -> ExprId {
        let additivity = match self.additivity(of) {
            Additivity::Everywhere | Additivity::NotOverTime => Additivity::NotOverTime,
            Additivity::DistinctKeys | Additivity::Never => Additivity::Never,
        };
        let mut info = Info { literal: false, whole: false, stock: true, ..self.info(of) };
        if let Some(window) = fixed {
            info.time = Time::Fixed(window);
        }
        let unit = self.unit(of);
        self.push(kind(of), unit, additivity, span, info)
    }

    /// Reports a measure over time whose source has no period column.
    pub(super) fn needs_time(&mut self, of: ExprId) {
        let info = self.info(of);
        if info.time != Time::Steady || self.unit(of) == Unit::Unknown {
            return;
        }
        let span = self.span(of);
        match info.sources.first().and_then(|at| self.program.sources.get(*at)) {
            Some(source) => self.no_period(&source.name.clone(), span, source.definition),
            None => self.report(Problem::new(TimeProblem::ConstantOverTime, span)),
        }
    }

    pub(super) fn no_period(&mut self, source: &str, at: Span, definition: Span) {
        let fact = TimeProblem::NoPeriodColumn { source: source.to_string() };
        self.report(Problem::new(fact, at).also(definition));
    }

    /// A period in the calendar of a measure.
    pub(super) fn period_of(&mut self, text: &ast::PeriodText, of: ExprId) -> Option<Period> {
        if self.unit(of) == Unit::Unknown {
            return None;
        }
        let calendar = self.info(of).calendar.map_or(CalendarId::YEAR, |(calendar, _)| calendar);
        self.period(text, calendar)
    }

    /// Reports a number that is not whole where its unit is counted.
    pub(super) fn whole(&mut self, value: &Number, unit: &Unit, span: Span) {
        if !value.is_whole() && self.is_countable(unit) {
            let fact = TypeProblem::NotWhole { value: value.clone(), unit: self.unit_words(unit) };
            self.report(Problem::new(fact, span));
        }
    }

    /// A measure made of one other, with its unit and ways.
    fn over(&mut self, of: ExprId, kind: impl FnOnce(ExprId) -> ExprKind, span: Span) -> ExprId {
        let (unit, additivity) = (self.unit(of), self.additivity(of));
        let info = self.info(of);
        self.push(kind(of), unit, additivity, span, info)
    }

    pub(super) fn push(
        &mut self,
        kind: ExprKind,
        unit: Unit,
        additivity: Additivity,
        span: Span,
        info: Info,
    ) -> ExprId {
        self.no_arithmetic_on_stages(&kind, span);
        let id = ExprId(u32::try_from(self.program.exprs.len()).unwrap_or(u32::MAX));
        self.program.exprs.push(Expr { kind, unit, additivity, span });
        self.infos.push(info);
        id
    }

    /// A measure whose mistake is reported: it agrees with everything.
    pub(super) fn unknown(&mut self, span: Span) -> ExprId {
        self.spoil();
        let info = Info { literal: false, ..Info::constant() };
        self.push(ExprKind::Number(Number::zero().into()), Unit::Unknown, Additivity::Never, span, info)
    }

    pub(super) fn expr(&self, id: ExprId) -> Option<&Expr> {
        self.program.exprs.get(id.0 as usize)
    }

    pub(super) fn info(&self, id: ExprId) -> Info {
        self.infos.get(id.0 as usize).cloned().unwrap_or_else(Info::constant)
    }

    pub(super) fn unit(&self, id: ExprId) -> Unit {
        self.expr(id).map_or(Unit::Unknown, |expr| expr.unit.clone())
    }

    pub(super) fn span(&self, id: ExprId) -> Span {
        // INVARIANT: ids are made by `push` of the same check, so the expression is there.
        self.expr(id).map_or(Span::new(crate::text::FileId(0), 0, 0), |expr| expr.span)
    }

    pub(super) fn additivity(&self, id: ExprId) -> Additivity {
        self.expr(id).map_or(Additivity::Never, |expr| expr.additivity.clone())
    }

    fn set_additivity(&mut self, id: ExprId, additivity: Additivity) {
        if let Some(expr) = self.program.exprs.get_mut(id.0 as usize) {
            expr.additivity = additivity;
        }
    }

    fn set_time(&mut self, id: ExprId, time: Time) {
        if let Some(info) = self.infos.get_mut(id.0 as usize) {
            info.time = time;
        }
    }

    fn set_stock(&mut self, id: ExprId) {
        if let Some(info) = self.infos.get_mut(id.0 as usize) {
            info.stock = true;
        }
    }

    /// A unit in both languages, in the plural.
    pub(super) fn unit_words(&self, unit: &Unit) -> Both<String> {
        use crate::text::Lang;
        Both { fr: self.show_unit(unit, Lang::Fr), en: self.show_unit(unit, Lang::En) }
    }
}

/// `de ` or `d'` before a French word.
pub(super) fn of_fr(word: &str) -> &'static str {
    use unicode_normalization::UnicodeNormalization;
    match word.nfd().next().map(|c| c.to_ascii_lowercase()) {
        Some('a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h') => "d'",
        _ => "de ",
    }
}
