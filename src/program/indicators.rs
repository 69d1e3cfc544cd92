//! Indicators: measure or numerator and denominator, unit, kind, breakdowns, and their place in time.

use crate::problem::{NameProblem, Named, Problem, TimeProblem, TypeProblem};
use crate::syntax::ast::{self, BlockKind, Choice, ItemKind, Key, Name, PeriodWanted, UnitWord, Value};
use crate::text::Span;
use crate::types::{Additivity, CalendarId, Period, Rounding, Unit, UnitId};

use super::Checker;
use super::collect::Decl;
use super::measures::{Info, Scope, Time};
use super::model::{DimensionLevel, Direction, ExprId, ExprKind, Indicator, Inside, Kind, Operator};

/// What became of a declared indicator.
pub(super) enum State {
    /// Not looked at yet.
    Pending,
    /// It, or something that it uses, has a mistake.
    Broken,
    /// Sound, with what users of it must know.
    Sound { indicator: Box<Indicator>, info: Info, additivity: Additivity },
}

/// The measure of an indicator with its unit.
struct Measured {
    id: ExprId,
    unit: Unit,
}

impl<'a> Checker<'a> {
    /// Checks all indicators, each after those that it uses.
    pub(super) fn check_indicators(&mut self) {
        let (order, circular) = self.order();
        let decls: Vec<Decl<'a>> = self.declared.of(BlockKind::Indicator).collect();
        self.states = decls.iter().map(|_| State::Pending).collect();
        for at in &order {
            let Some(decl) = decls.get(*at) else { continue };
            let broken = decl.broken || circular.get(*at).copied().unwrap_or(false);
            if circular.get(*at).copied().unwrap_or(false) {
                self.set_state(*at, State::Broken);
            }
            let kept = self.program.exprs.len();
            let (made, sound) = self.apart(broken, |checker| checker.indicator(decl));
            let state = match made {
                Some((indicator, info, additivity)) if sound => {
                    self.program.order.push(*at);
                    State::Sound { indicator: Box::new(indicator), info, additivity }
                }
                Some(_) | None => {
                    self.program.exprs.truncate(kept);
                    self.infos.truncate(kept);
                    State::Broken
                }
            };
            self.set_state(*at, state);
        }
    }

    fn set_state(&mut self, at: usize, state: State) {
        if let Some(slot) = self.states.get_mut(at) {
            *slot = state;
        }
    }

    /// Moves the sound indicators into the program and renumbers what refers to them.
    pub(super) fn keep_sound(&mut self) {
        let mut numbers = vec![0usize; self.states.len()];
        for (at, state) in std::mem::take(&mut self.states).into_iter().enumerate() {
            if let State::Sound { indicator, .. } = state {
                if let Some(number) = numbers.get_mut(at) {
                    *number = self.program.indicators.len();
                }
                self.program.indicators.push(*indicator);
            }
        }
        let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
        for at in &mut self.program.order {
            *at = number(*at);
        }
        for expr in &mut self.program.exprs {
            if let ExprKind::Indicator(at) = &mut expr.kind {
                *at = number(*at);
            }
        }
        for test in &mut self.program.tests {
            for expectation in &mut test.expected {
                expectation.indicator = number(expectation.indicator);
            }
        }
    }

    fn indicator(&mut self, decl: &Decl<'a>) -> Option<(Indicator, Info, Additivity)> {
        let said = match decl.field(Key::UnitOfMeasure).map(|field| &field.value) {
            Some(Value::UnitWord(word)) => Some((self.unit_word(word), word)),
            _ => None,
        };
        let said_kind = choice(decl, Key::Kind).and_then(|(choice, span)| kind_of(choice).map(|kind| (kind, span)));
        let wanted = match decl.field(Key::Period).map(|field| &field.value) {
            Some(Value::PeriodWanted(wanted)) => Some(wanted),
            _ => None,
        };
        let calendar = match wanted {
            Some(PeriodWanted::Calendar(name)) => self.calendar_named(name),
            Some(PeriodWanted::Period(_)) | None => None,
        };
        let said_id = match &said {
            Some((Unit::Of(id), _)) => Some(*id),
            _ => None,
        };
        let said_span = match wanted {
            Some(PeriodWanted::Calendar(name)) => name.span,
            Some(PeriodWanted::Period(_)) | None => decl.name.span,
        };
        let measured = self.measured(decl, &said, said_kind, said_id, calendar)?;
        let mut info = self.info(measured.id);
        let mut calendar_id = calendar.unwrap_or(CalendarId::YEAR);
        match (info.calendar, calendar) {
            (Some((own, flexible)), Some(asked)) if own != asked && !flexible => {
                let span = self.span(measured.id);
                self.calendars_apart(own, asked, span, said_span);
            }
            (Some((own, _)), None) => calendar_id = own,
            (None, None) => {
                // A constant counts in no calendar of its own: its period says in which.
                if let Some(PeriodWanted::Period(text)) = wanted {
                    calendar_id = self.calendar_reading(&text.first.text).unwrap_or(calendar_id);
                }
            }
            (Some(_) | None, Some(_)) => {}
        }
        // An indicator that says its calendar is counted in it wherever it is used.
        info.calendar = info.calendar.map(|(own, flexible)| (own, flexible && calendar.is_none()));
        let window = match wanted {
            Some(PeriodWanted::Period(text)) => self.period(text, calendar_id),
            Some(PeriodWanted::Calendar(_)) | None => None,
        };
        let fixed = match info.time {
            Time::Fixed(period) => Some(period),
            // What is said of a whole window is not said of each of its periods.
            Time::Steady if info.calendar.is_none() => window.filter(|window| window.is_window()),
            Time::Steady | Time::Varies => None,
        };
        let kind = self.kind(said_kind, &measured, &info);
        let additivity = match kind {
            Kind::Stock | Kind::Cumulative => {
                info.stock = true;
                match self.additivity(measured.id) {
                    Additivity::Everywhere => Additivity::NotOverTime,
                    other => other,
                }
            }
            Kind::Flow | Kind::Share | Kind::Rate => self.additivity(measured.id),
        };
        let mut indicator = Indicator {
            name: decl.name.text.clone(),
            code: match decl.field(Key::Code).map(|field| &field.value) {
                Some(Value::Code(code)) => Some(code.text.clone()),
                _ => None,
            },
            label: decl.label(),
            text: decl.text(Key::Definition),
            items: self.items_of(decl),
            measure: measured.id,
            kind,
            unit: measured.unit,
            breakdowns: self.breakdowns(decl, &info),
            calendar: calendar_id,
            window,
            fixed,
            direction: choice(decl, Key::Direction).and_then(|(choice, _)| direction_of(choice)),
            baselines: Vec::new(),
            targets: Vec::new(),
            published: Vec::new(),
            tolerance: None,
            bands: None,
            rounding: match decl.field(Key::Rounding).map(|field| &field.value) {
                Some(Value::Rounding(decimals, mode, _)) => {
                    Some(Rounding { decimals: *decimals, mode: mode.unwrap_or_default() })
                }
                _ => None,
            },
            not_applicable: Vec::new(),
            valid: None,
            version: decl.text(Key::Version),
            breaks: Vec::new(),
            finality: super::sources::finality_of(decl),
            responsible: decl.text(Key::Responsible),
            verification: decl.text(Key::MeansOfVerification),
            same_fact_as: match decl.field(Key::SameFact).map(|field| &field.value) {
                Some(Value::Name(name)) => Some(name.text.clone()),
                _ => None,
            },
            no_double_count: decl.text(Key::NoDoubleCount),
            notes: decl
                .fields(Key::Note)
                .filter_map(|field| match &field.value {
                    Value::Text(text) => Some(text.text.clone()),
                    _ => None,
                })
                .collect(),
            definition: decl.name.span,
            block: decl.block.span,
        };
        self.one_milestone(indicator.measure, &indicator.breakdowns, decl.name.span);
        info.literal = false;
        self.aims(decl, &mut indicator, &info);
        self.persons_added(&indicator);
        Some((indicator, info, additivity))
    }

    fn measured(
        &mut self,
        decl: &Decl<'a>,
        said: &Option<(Unit, &'a UnitWord)>,
        kind: Option<(Kind, Span)>,
        said_id: Option<UnitId>,
        calendar: Option<CalendarId>,
    ) -> Option<Measured> {
        let scope = Scope::new(said_id, calendar);
        let expr = |key| {
            let field = decl.field(key)?;
            match &field.value {
                Value::Expr(expr) => Some((expr, field.key_span)),
                _ => None,
            }
        };
        let (measure, numerator, denominator) = (expr(Key::Measure), expr(Key::Numerator), expr(Key::Denominator));
        let rate = matches!(kind, Some((Kind::Rate, _)));
        let percent = matches!(said, Some((Unit::Percent, _))) || matches!(kind, Some((Kind::Share, _)));
        match (measure, numerator, denominator) {
            (Some((measure, _)), None, None) => {
                let id = self.lower(measure, scope);
                let id = if percent { self.as_percentage(id, !rate) } else { id };
                Some(self.in_said_unit(id, said))
            }
            (None, Some((numerator, _)), Some((denominator, _))) => {
                let (one, other) = (self.lower(numerator, scope), self.lower(denominator, scope));
                let span = numerator.span;
                let id = if percent {
                    self.percentage(one, other, !rate, span)
                } else {
                    let unit = self.quotient(&self.unit(one), &self.unit(other));
                    let info = self.joined(one, other)?;
                    if self.is_zero(other) {
                        return None;
                    }
                    let info = Info { literal: false, whole: false, ..info };
                    let share = Inside::NotRequired;
                    let kind = ExprKind::Ratio { numerator: one, denominator: other, scale: 1, share };
                    self.push(kind, unit, Additivity::Never, span, info)
                };
                Some(self.in_said_unit(id, said))
            }
            (Some((_, at)), numerator, denominator) => {
                let other = numerator.or(denominator).map_or(at, |(_, at)| at);
                let fact = NameProblem::TwoForms { name: decl.name.text.clone() };
                self.report(Problem::new(fact, other).also(at));
                None
            }
            (None, one, other) => {
                for expr in [one, other].into_iter().flatten() {
                    self.lower(expr.0, scope);
                }
                if !decl.broken {
                    let (field, write) = match (one, other) {
                        (Some(_), _) => {
                            (["dénominateur", "denominator"], self.example_measure("dénominateur", "denominator"))
                        }
                        (None, Some(_)) => {
                            (["numérateur", "numerator"], self.example_measure("numérateur", "numerator"))
                        }
                        (None, None) => (["mesure", "measure"], self.example_measure("mesure", "measure")),
                    };
                    self.field_missing(decl, Named::Indicator, field, [&write.0, &write.1]);
                }
                None
            }
        }
    }

    /// A line that the author might have meant, made from the first source.
    fn example_measure(&self, fr: &str, en: &str) -> (String, String) {
        if self.program.sources.is_empty() {
            return (format!("{fr}: nombre d'élèves de registre"), format!("{en}: number of pupils in registre"));
        }
        let write = self.count_in_source(0);
        (format!("{fr}: {}", write.fr), format!("{en}: {}", write.en))
    }

    /// A plain quotient of an indicator that is in per cent.
    fn as_percentage(&mut self, id: ExprId, share: bool) -> ExprId {
        let Some(expr) = self.expr(id) else { return id };
        let span = expr.span;
        match expr.kind {
            ExprKind::Ratio { numerator, denominator, scale: 1, .. } => {
                self.percentage(numerator, denominator, share, span)
            }
            ExprKind::Binary(Operator::Divide, numerator, denominator) if expr.unit == Unit::Number => {
                self.percentage(numerator, denominator, share, span)
            }
            _ => id,
        }
    }

    fn in_said_unit(&mut self, id: ExprId, said: &Option<(Unit, &'a UnitWord)>) -> Measured {
        let own = self.unit(id);
        let Some((said, word)) = said else { return Measured { id, unit: own } };
        let literal = self.info(id).literal;
        let agrees = match (&own, said) {
            (Unit::Unknown, _) | (_, Unit::Unknown) => true,
            (Unit::Of(own), Unit::Of(said)) => self.is_kind_of(*own, *said),
            (Unit::Per(above, _), said) if **above == *said => return Measured { id, unit: own },
            (own, said) => own == said || literal,
        };
        if agrees {
            return Measured { id, unit: said.clone() };
        }
        let fact = TypeProblem::SaidUnit { said: self.unit_words(said), own: self.unit_words(&own) };
        let span = self.span(id);
        self.report(Problem::new(fact, word.span).also(span));
        Measured { id, unit: own }
    }

    fn kind(&mut self, said: Option<(Kind, Span)>, measured: &Measured, info: &Info) -> Kind {
        let expr = self.expr(measured.id).map(|expr| &expr.kind);
        let own = match expr {
            Some(
                ExprKind::Ratio { share: Inside::Proved | Inside::CheckOnData, .. } | ExprKind::ShareOfGroup { .. },
            ) => Kind::Share,
            Some(ExprKind::Cumulative(..)) => Kind::Cumulative,
            _ if matches!(measured.unit, Unit::Percent | Unit::Points | Unit::Per(..)) => Kind::Rate,
            _ if info.stock && matches!(expr, Some(ExprKind::Measure(_) | ExprKind::Milestones { .. })) => Kind::Stock,
            _ => Kind::Flow,
        };
        match said {
            Some((Kind::Share, span)) if measured.unit != Unit::Percent && measured.unit != Unit::Unknown => {
                let fact = TypeProblem::NotAShare { unit: self.unit_words(&measured.unit) };
                let at = self.span(measured.id);
                self.report(Problem::new(fact, span).also(at));
                Kind::Share
            }
            Some((kind, _)) => kind,
            None => own,
        }
    }

    fn items_of(&mut self, decl: &Decl<'a>) -> Vec<usize> {
        let keys: [(Key, &[ItemKind]); 3] = [
            (Key::Programme, &[ItemKind::Programme]),
            (Key::Objective, &[ItemKind::Objective, ItemKind::StrategicObjective]),
            (Key::Action, &[ItemKind::Action, ItemKind::Committee]),
        ];
        let mut items = Vec::new();
        for (key, kinds) in keys {
            for field in decl.fields(key) {
                let Value::Codes(codes) = &field.value else { continue };
                for code in codes {
                    items.extend(self.item(code, kinds));
                }
            }
        }
        items
    }

    /// The breakdowns of an indicator or rule; reports dimensions that its sources do not have.
    pub(super) fn breakdowns(&mut self, decl: &Decl<'a>, info: &Info) -> Vec<Vec<DimensionLevel>> {
        let mut breakdowns: Vec<Vec<DimensionLevel>> = Vec::new();
        for field in decl.fields(Key::DisaggregatedBy) {
            let Value::Breakdowns(products) = &field.value else { continue };
            for names in products {
                let Some(product) = self.levels_of(names, info) else { continue };
                if let Some(name) = repeated(&product, names) {
                    let fact = TimeProblem::DimensionTwice { dimension: name.text.clone() };
                    self.report(Problem::new(fact, name.span));
                    continue;
                }
                if let Some(name) = names.first()
                    && breakdowns.contains(&product)
                {
                    let fact = TimeProblem::DimensionTwice { dimension: name.text.clone() };
                    self.report(Problem::new(fact, name.span));
                    continue;
                }
                for (level, name) in product.iter().zip(names) {
                    self.not_confidential(*level, name, info);
                }
                breakdowns.push(product);
            }
        }
        breakdowns
    }

    fn not_confidential(&mut self, level: DimensionLevel, name: &Name, info: &Info) {
        for source in &info.sources {
            let column = self.sources.get(*source).and_then(|facts| facts.by_dimension.get(&level.dimension)?.first());
            let Some((found, column)) = self.program.sources.get(*source).zip(column) else { continue };
            let Some(column) = found.columns.get(*column).filter(|column| column.confidential) else { continue };
            let fact = TypeProblem::ConfidentialBreakdown { column: column.name.clone(), source: found.name.clone() };
            let definition = column.definition;
            self.report(Problem::new(fact, name.span).also(definition));
        }
    }

    /// A window of whole periods where a single one is wanted.
    pub(super) fn one_period(
        &mut self,
        period: Period,
        text: &ast::PeriodText,
        fixed: Option<Period>,
        info: &Info,
    ) -> bool {
        if !period.is_window() || fixed == Some(period) || self.states_windows(info) {
            return true;
        }
        let calendar = self.calendar(period.calendar);
        let fact = TimeProblem::WindowForOne { last: calendar.label_of(period.last, self.context.lang) };
        self.report(Problem::new(fact, text.span));
        false
    }
}

fn repeated<'n>(product: &[DimensionLevel], names: &'n [Name]) -> Option<&'n Name> {
    product
        .iter()
        .enumerate()
        .find(|(at, level)| product.iter().take(*at).any(|before| before.dimension == level.dimension))
        .and_then(|(at, _)| names.get(at))
}

pub(super) fn choice(decl: &Decl<'_>, key: Key) -> Option<(Choice, Span)> {
    match decl.field(key).map(|field| &field.value) {
        Some(Value::Choice(choice, span)) => Some((*choice, *span)),
        _ => None,
    }
}

fn kind_of(choice: Choice) -> Option<Kind> {
    match choice {
        Choice::Flow => Some(Kind::Flow),
        Choice::Stock => Some(Kind::Stock),
        Choice::Cumulative => Some(Kind::Cumulative),
        Choice::Share => Some(Kind::Share),
        Choice::Rate => Some(Kind::Rate),
        _ => None,
    }
}

fn direction_of(choice: Choice) -> Option<Direction> {
    match choice {
        Choice::Up => Some(Direction::Up),
        Choice::Down => Some(Direction::Down),
        Choice::Stable => Some(Direction::Stable),
        Choice::NoDirection => Some(Direction::None),
        _ => None,
    }
}
