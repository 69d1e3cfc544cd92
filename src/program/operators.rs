//! Arithmetic and comparison of measures: which units meet, and what comes out (meaning 8).

use crate::problem::{Problem, TimeProblem, TypeProblem};
use crate::syntax::ast;
use crate::text::{Both, Span};
use crate::types::{Additivity, CalendarId, Number, Period, Unit, UnitId};

use super::Checker;
use super::measures::{Info, Scope, Time};
use super::model::{ExprId, ExprKind, Inside, Operator};

/// How two units meet in a sum or a comparison.
enum Meeting {
    /// They agree on this unit.
    Agree(Unit),
    /// They are both kinds of this unit.
    Kinds(UnitId),
    /// They do not go together.
    Apart,
}

impl Checker<'_> {
    /// Types `one operator other`.
    pub(super) fn binary(
        &mut self,
        one: ExprId,
        operator: Operator,
        at: Span,
        other: ExprId,
        span: Span,
        scope: Scope,
    ) -> ExprId {
        let Some(mut info) = self.joined(one, other) else { return self.unknown(span) };
        match operator {
            Operator::Plus | Operator::Minus => {
                let Some(unit) = self.sum_unit(one, operator, at, other, scope) else { return self.unknown(span) };
                if operator == Operator::Plus
                    && let Some(once) = self.added_once(one, other, at, span)
                {
                    return once;
                }
                let additivity = self.weaker(one, other);
                self.push(ExprKind::Binary(operator, one, other), unit, additivity, span, info)
            }
            Operator::Times => {
                let (one, other) = (self.as_factor(one, other), self.as_factor(other, one));
                let unit = product(&self.unit(one), &self.unit(other));
                let additivity = self.scaled_additivity(one, other);
                info.whole = false;
                self.push(ExprKind::Binary(operator, one, other), unit, additivity, span, info)
            }
            Operator::Divide => {
                info.whole = false;
                if self.is_zero(other) {
                    return self.unknown(span);
                }
                let unit = self.quotient(&self.unit(one), &self.unit(other));
                if self.info(other).literal {
                    let additivity = self.additivity(one);
                    return self.push(ExprKind::Binary(operator, one, other), unit, additivity, span, info);
                }
                let kind = ExprKind::Ratio { numerator: one, denominator: other, scale: 1, share: Inside::NotRequired };
                self.push(kind, unit, Additivity::Never, span, info)
            }
        }
    }

    /// Reports a divisor that is the number 0.
    pub(super) fn is_zero(&mut self, divisor: ExprId) -> bool {
        // A measure with an error of its own stands as a number of unknown unit: it says nothing.
        let zero = self.unit(divisor) != Unit::Unknown
            && matches!(self.expr(divisor).map(|expr| &expr.kind), Some(ExprKind::Number(number)) if number.exact().is_some_and(Number::is_zero));
        if zero {
            self.report(Problem::new(TypeProblem::DivisionByZero, self.span(divisor)));
        }
        zero
    }

    /// A quotient in per cent; a share's numerator must lie inside its denominator.
    pub(super) fn percentage(&mut self, part: ExprId, whole: ExprId, share: bool, span: Span) -> ExprId {
        let Some(info) = self.joined(part, whole) else { return self.unknown(span) };
        if self.is_zero(whole) {
            return self.unknown(span);
        }
        let (one, other) = (self.unit(part), self.unit(whole));
        let comparable = match self.meet(&one, &other) {
            Meeting::Agree(_) | Meeting::Kinds(_) => true,
            Meeting::Apart => self.info(part).literal || self.info(whole).literal,
        };
        if !comparable {
            let fact = TypeProblem::PercentOfOther { one: self.unit_words(&one), other: self.unit_words(&other) };
            self.report(Problem::new(fact, self.span(part)).also(self.span(whole)));
            return self.unknown(span);
        }
        let share = if share { self.inside(part, whole) } else { Inside::NotRequired };
        let info = Info { literal: false, whole: false, ..info };
        let kind = ExprKind::Ratio { numerator: part, denominator: whole, scale: 100, share };
        self.push(kind, Unit::Percent, Additivity::Never, span, info)
    }

    /// `si … alors … sinon …`
    pub(super) fn choice(
        &mut self,
        relation: &ast::Relation,
        then: &ast::Expr,
        otherwise: &ast::Expr,
        span: Span,
        scope: Scope,
    ) -> ExprId {
        let (left, right) = (self.lower(&relation.left, scope), self.lower(&relation.right, scope));
        self.comparable(left, relation.comparison.1, right);
        let (then, otherwise) = (self.lower(then, scope), self.lower(otherwise, scope));
        let Some(sides) = self.joined(left, right) else { return self.unknown(span) };
        let Some(values) = self.joined(then, otherwise) else { return self.unknown(span) };
        let (one, other) = (self.unit(then), self.unit(otherwise));
        let unit = match self.meet(&one, &other) {
            Meeting::Agree(unit) => unit,
            Meeting::Kinds(kind) if scope.said == Some(kind) => Unit::Of(kind),
            Meeting::Kinds(_) | Meeting::Apart => match (self.info(then).literal, self.info(otherwise).literal) {
                (true, _) => other,
                (false, true) => one,
                (false, false) => {
                    self.units_apart(then, self.span(otherwise), otherwise, false);
                    return self.unknown(span);
                }
            },
        };
        let Some(info) = self.joined_infos(&sides, &values, span) else { return self.unknown(span) };
        let kind = ExprKind::If { left, comparison: relation.comparison.0, right, then, otherwise };
        self.push(kind, unit, Additivity::Never, span, info)
    }

    /// Reports two sides of a comparison whose units do not go together.
    pub(super) fn comparable(&mut self, left: ExprId, at: Span, right: ExprId) {
        let agree = match self.meet(&self.unit(left), &self.unit(right)) {
            Meeting::Agree(_) => true,
            Meeting::Kinds(_) | Meeting::Apart => self.info(left).literal || self.info(right).literal,
        };
        if !agree {
            self.units_apart(left, at, right, true);
        }
    }

    pub(super) fn sum_unit(
        &mut self,
        one: ExprId,
        operator: Operator,
        at: Span,
        other: ExprId,
        scope: Scope,
    ) -> Option<Unit> {
        let (left, right) = (self.unit(one), self.unit(other));
        match (&left, operator, &right) {
            (Unit::Percent, Operator::Plus, Unit::Percent) => {
                self.report(
                    Problem::new(TypeProblem::PercentPlusPercent, at).also(self.span(one)).also(self.span(other)),
                );
                return None;
            }
            (Unit::Percent, _, Unit::Percent) => {
                // What is left of a whole is a share again; else the difference of two percentages is in points.
                let whole = matches!(self.expr(one).map(|expr| &expr.kind),
                    Some(ExprKind::Number(number)) if number.exact() == Some(&Number::from(100i64)));
                return Some(if whole { Unit::Percent } else { Unit::Points });
            }
            (Unit::Percent, _, Unit::Points) => return Some(Unit::Percent),
            _ => {}
        }
        match self.meet(&left, &right) {
            Meeting::Agree(unit) => Some(unit),
            Meeting::Kinds(kind) => {
                if scope.said.is_some_and(|said| self.is_kind_of(kind, said)) {
                    return scope.said.map(Unit::Of);
                }
                let words = self.unit_words(&Unit::Of(kind));
                let name = self.program.units.get(kind.0 as usize).map_or(String::new(), |unit| unit.name.clone());
                let pasteable = |plural: &str| if plural.contains(' ') { name.clone() } else { plural.to_string() };
                let fact = TypeProblem::KindsAdded {
                    one: self.unit_words(&left),
                    other: self.unit_words(&right),
                    kind: words.clone(),
                    write: Both { fr: pasteable(&words.fr), en: pasteable(&words.en) },
                };
                self.report(Problem::new(fact, at).also(self.span(one)).also(self.span(other)));
                None
            }
            Meeting::Apart => {
                let (literal_one, literal_other) = (self.info(one).literal, self.info(other).literal);
                match (literal_one, literal_other) {
                    (true, _) if right != Unit::Percent => Some(right),
                    (_, true) if left != Unit::Percent => Some(left),
                    (true | false, true | false) => {
                        self.units_apart(one, at, other, false);
                        None
                    }
                }
            }
        }
    }

    fn units_apart(&mut self, one: ExprId, at: Span, other: ExprId, compared: bool) {
        let (left, right) = (self.unit(one), self.unit(other));
        let money = |unit: &Unit| match unit {
            Unit::Of(id) => self.program.units.get(id.0 as usize).is_some_and(|unit| unit.currency.is_some()),
            Unit::Number
            | Unit::Percent
            | Unit::Points
            | Unit::Per(..)
            | Unit::Times(..)
            | Unit::Stage(_)
            | Unit::Unknown => false,
        };
        let fact = TypeProblem::UnitsApart {
            one: self.unit_words(&left),
            other: self.unit_words(&right),
            money: money(&left) && money(&right),
            compared,
        };
        self.report(Problem::new(fact, at).also(self.span(one)).also(self.span(other)));
    }

    fn meet(&self, one: &Unit, other: &Unit) -> Meeting {
        match (one, other) {
            (Unit::Unknown, unit) | (unit, Unit::Unknown) => Meeting::Agree(unit.clone()),
            (one, other) if one == other => Meeting::Agree(one.clone()),
            (Unit::Of(a), Unit::Of(b)) => {
                if self.is_kind_of(*a, *b) {
                    Meeting::Agree(Unit::Of(*b))
                } else if self.is_kind_of(*b, *a) {
                    Meeting::Agree(Unit::Of(*a))
                } else {
                    self.common_kind(*a, *b).map_or(Meeting::Apart, Meeting::Kinds)
                }
            }
            (
                Unit::Of(_)
                | Unit::Number
                | Unit::Percent
                | Unit::Points
                | Unit::Per(..)
                | Unit::Times(..)
                | Unit::Stage(_),
                Unit::Of(_)
                | Unit::Number
                | Unit::Percent
                | Unit::Points
                | Unit::Per(..)
                | Unit::Times(..)
                | Unit::Stage(_),
            ) => Meeting::Apart,
        }
    }

    /// The unit of a quotient.
    pub(super) fn quotient(&self, one: &Unit, other: &Unit) -> Unit {
        match (one, other) {
            (Unit::Unknown, _) | (_, Unit::Unknown) => Unit::Unknown,
            (unit, Unit::Number) => unit.clone(),
            (Unit::Times(a, b), by) if **a == *by => (**b).clone(),
            (Unit::Times(a, b), by) if **b == *by => (**a).clone(),
            (one, other) => match self.meet(one, other) {
                Meeting::Agree(_) | Meeting::Kinds(_) => Unit::Number,
                Meeting::Apart => Unit::Per(Box::new(one.clone()), Box::new(other.clone())),
            },
        }
    }

    /// A percentage that multiplies something else is a fraction of it.
    fn as_factor(&mut self, id: ExprId, other: ExprId) -> ExprId {
        let literal_other = self.info(other).literal;
        if self.unit(id) != Unit::Percent || literal_other {
            return id;
        }
        let span = self.span(id);
        let hundred = self.push(
            ExprKind::Number(Number::from(100i64).into()),
            Unit::Number,
            Additivity::Never,
            span,
            Info::constant(),
        );
        let info = self.info(id);
        self.push(ExprKind::Binary(Operator::Divide, id, hundred), Unit::Number, Additivity::Never, span, info)
    }

    pub(super) fn weaker(&self, one: ExprId, other: ExprId) -> Additivity {
        let rank = |additivity: &Additivity| match additivity {
            Additivity::Everywhere => 0,
            Additivity::NotOverTime => 1,
            Additivity::DistinctKeys => 2,
            Additivity::Never => 3,
        };
        let (one, other) = (self.additivity(one), self.additivity(other));
        if rank(&one) >= rank(&other) { one } else { other }
    }

    fn scaled_additivity(&self, one: ExprId, other: ExprId) -> Additivity {
        let constant = |id| matches!(self.expr(id).map(|expr| &expr.kind), Some(ExprKind::Number(_)));
        match (constant(one), constant(other)) {
            (_, true) => self.additivity(one),
            (true, false) => self.additivity(other),
            (false, false) => Additivity::Never,
        }
    }

    /// What is known of two measures together; reports calendars that differ.
    pub(super) fn joined(&mut self, one: ExprId, other: ExprId) -> Option<Info> {
        let (a, b) = (self.info(one), self.info(other));
        if let (Some((left, false)), Some((right, false))) = (a.calendar, b.calendar)
            && left != right
        {
            self.calendars_apart(left, right, self.span(one), self.span(other));
            return None;
        }
        self.joined_infos(&a, &b, self.span(one))
    }

    /// What is known of several measures and of one more.
    pub(super) fn joined_with(&mut self, all: &Info, other: ExprId, at: Span) -> Option<Info> {
        let own = self.info(other);
        if let (Some((left, false)), Some((right, false))) = (all.calendar, own.calendar)
            && left != right
        {
            self.calendars_apart(left, right, at, self.span(other));
            return None;
        }
        self.joined_infos(all, &own, at)
    }

    pub(super) fn calendars_apart(&mut self, left: CalendarId, right: CalendarId, at: Span, also: Span) {
        let words = |id| {
            let (fr, en) = self.calendar_name(id);
            Both { fr, en }
        };
        let fact = TimeProblem::CalendarsApart { one: words(left), other: words(right) };
        self.report(Problem::new(fact, also).also(at));
    }

    fn joined_infos(&mut self, a: &Info, b: &Info, at: Span) -> Option<Info> {
        let calendar = match (a.calendar, b.calendar) {
            (Some((left, false)), Some((right, false))) if left != right => {
                self.calendars_apart(left, right, at, at);
                return None;
            }
            (Some(fixed @ (_, false)), _) | (_, Some(fixed @ (_, false))) => Some(fixed),
            (Some(left), _) => Some(left),
            (None, right) => right,
        };
        let time = match (a.time, b.time) {
            (Time::Varies, _) | (_, Time::Varies) => Time::Varies,
            (Time::Fixed(one), Time::Fixed(other)) => Time::Fixed(Period {
                calendar: one.calendar,
                first: one.first.min(other.first),
                last: one.last.max(other.last),
            }),
            (Time::Fixed(one), Time::Steady) | (Time::Steady, Time::Fixed(one)) => Time::Fixed(one),
            (Time::Steady, Time::Steady) => Time::Steady,
        };
        let merge = |one: &[usize], other: &[usize]| {
            let mut all = one.to_vec();
            all.extend(other.iter().filter(|at| !one.contains(at)));
            all
        };
        Some(Info {
            calendar,
            time,
            sources: merge(&a.sources, &b.sources),
            attributes: merge(&a.attributes, &b.attributes),
            literal: a.literal && b.literal,
            whole: a.whole && b.whole,
            stock: a.stock || b.stock,
            milestones: a.milestones.or(b.milestones),
        })
    }
}

fn product(one: &Unit, other: &Unit) -> Unit {
    match (one, other) {
        (Unit::Unknown, _) | (_, Unit::Unknown) => Unit::Unknown,
        (Unit::Number, unit) | (unit, Unit::Number) => unit.clone(),
        (Unit::Per(above, below), by) | (by, Unit::Per(above, below)) if **below == *by => (**above).clone(),
        (one, other) => Unit::Times(Box::new(one.clone()), Box::new(other.clone())),
    }
}
