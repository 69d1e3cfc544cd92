//! Baselines, targets, published values: their periods, groups and units, and the side on which they lie (meanings 8 to 10).

use std::collections::HashMap;

use crate::problem::{NameProblem, Named, Problem, TimeProblem, TypeProblem};
use crate::syntax::ast::{self, AimValue, Comparison, Field, GroupText, Key, Quantity, Value};
use crate::text::{Lang, Span};
use crate::types::{Number, Period, Range, Unit};

use super::Checker;
use super::collect::Decl;
use super::indicators::choice;
use super::measures::Info;
use super::model::{Aim, Direction, GroupAt, Indicator, PublishedValue, SeriesBreak, Target};

/// An aim as read, with what its text said.
struct Read {
    aim: Aim,
    upper: Option<Number>,
    comparison: Comparison,
    comparison_at: Span,
    decimals: u8,
}

impl<'a> Checker<'a> {
    /// Reads the aims of an indicator into it.
    pub(super) fn aims(&mut self, decl: &Decl<'a>, indicator: &mut Indicator, info: &Info) {
        let mut signs = Vec::new();
        let mut seen = HashMap::new();
        for field in &decl.block.fields {
            let Some(key) = field.key else { continue };
            let Value::Aim(aim) = &field.value else { continue };
            let Some(read) = self.aim(key, aim, indicator, info) else { continue };
            self.twice(key, &read, &mut seen);
            match key {
                Key::Baseline => indicator.baselines.push(read.aim),
                Key::Published => {
                    let known_discrepancy = known_discrepancy(field);
                    indicator.published.push(PublishedValue {
                        aim: read.aim,
                        decimals: read.decimals,
                        known_discrepancy,
                    });
                }
                Key::Target | Key::InterimTarget => {
                    signs.push((read.comparison, read.comparison_at));
                    indicator.targets.push(Target {
                        aim: read.aim,
                        upper: read.upper,
                        comparison: read.comparison,
                        interim: key == Key::InterimTarget,
                    });
                }
                _ => {}
            }
        }
        self.tolerance_and_bands(decl, indicator);
        self.sides(decl, indicator, &signs);
        indicator.targets.sort_by_key(|target| (target.aim.period.first, target.aim.period.last));
        for field in decl.fields(Key::NotApplicable) {
            let Value::NotApplicable(text, group, why) = &field.value else { continue };
            let Some(period) = self.stated_period(text, indicator.calendar, info) else { continue };
            let Some(group) = self.group(group, info) else { continue };
            indicator.not_applicable.push((period, group, why.text.clone()));
        }
        if let Some(Value::PeriodWanted(ast::PeriodWanted::Period(text))) =
            decl.field(Key::Valid).map(|field| &field.value)
        {
            indicator.valid = self.period(text, indicator.calendar).map(|period| (period, text.span));
        }
        for field in decl.fields(Key::SeriesBreak) {
            let Value::NotApplicable(text, group, why) = &field.value else { continue };
            let Some(from) = self.period(text, indicator.calendar) else { continue };
            let Some(group) = self.group(group, info) else { continue };
            indicator.breaks.push(SeriesBreak { from, group, reason: why.text.clone() });
        }
        indicator.breaks.sort_by_key(|at| at.from.first);
    }

    fn aim(&mut self, key: Key, aim: &ast::Aim, indicator: &Indicator, info: &Info) -> Option<Read> {
        let period = self.stated_period(&aim.period, indicator.calendar, info);
        let group = self.group(&aim.group, info);
        let (value, upper, decimals) = match &aim.value {
            AimValue::Stage(literal) => {
                let Unit::Stage(stages) = &indicator.unit else {
                    self.stage_or_number(&indicator.unit, literal.span());
                    return None;
                };
                let rank = self.stage_rank(*stages, literal)?;
                (Some(Range::from(Number::from(u64::try_from(rank).unwrap_or(u64::MAX)))), None, 0)
            }
            AimValue::Is(Quantity { span, .. }) | AimValue::Between(Quantity { span, .. }, _)
                if matches!(indicator.unit, Unit::Stage(_)) =>
            {
                self.stage_or_number(&indicator.unit, *span);
                return None;
            }
            AimValue::Is(quantity) => {
                self.aim_quantity(quantity, indicator, info);
                (Some(self.said(quantity, &indicator.unit)), None, quantity.decimals)
            }
            AimValue::Between(low, high) => {
                self.aim_quantity(low, indicator, info);
                self.aim_quantity(high, indicator, info);
                if low.value > high.value {
                    let fact = TimeProblem::BoundsReversed { low: low.value.clone(), high: high.value.clone() };
                    self.report(Problem::new(fact, low.span.to(high.span)));
                }
                // A target between two numbers has two bounds; a figure that is said to be between them is one figure.
                match key {
                    Key::Target | Key::InterimTarget => {
                        (Some(Range::from(low.value.clone())), Some(high.value.clone()), low.decimals)
                    }
                    _ => {
                        let range = Range::between(low.value.clone(), high.value.clone());
                        (Some(range), None, low.decimals.max(high.decimals))
                    }
                }
            }
            AimValue::ToBeDefined(span) => {
                let baseline = key == Key::Baseline;
                self.report(Problem::new(
                    TimeProblem::ToBeDefined { baseline, stage: matches!(indicator.unit, Unit::Stage(_)) },
                    *span,
                ));
                (None, None, 0)
            }
            AimValue::Missing(_) => {
                self.spoil();
                return None;
            }
        };
        let (period, group) = (period?, group?);
        self.one_period(period, &aim.period, indicator.fixed, info).then_some(())?;
        Some(Read {
            aim: Aim {
                period,
                group,
                value,
                source: aim.source.as_ref().map(|text| text.text.clone()),
                span: aim.span,
            },
            upper,
            comparison: aim.comparison.0,
            comparison_at: aim.comparison.1,
            decimals,
        })
    }

    /// A quantity as its author qualifies it. A number of things is not below zero.
    pub(super) fn said(&self, quantity: &Quantity, unit: &Unit) -> Range {
        match quantity.qualifier {
            None => Range::from(quantity.value.clone()),
            Some(qualifier) => {
                let things = matches!(unit, Unit::Of(_));
                Range::said(qualifier, quantity.value.clone(), None, things)
            }
        }
    }

    /// A group's coordinates; reports dimensions that the sources do not have and members that do not exist.
    pub(super) fn group(&mut self, texts: &[GroupText], info: &Info) -> Option<Vec<GroupAt>> {
        let mut group = Vec::with_capacity(texts.len());
        for text in texts {
            let mut of = self.level_named(&text.dimension)?;
            if !self.has_dimension(of, &text.dimension, info) {
                return None;
            }
            let member = match &text.member {
                Some(literal) => {
                    let member = self.member(of.dimension, literal)?;
                    of.level = self.program.dimensions.get(of.dimension)?.members.get(member)?.level;
                    Some(member)
                }
                None => None,
            };
            group.push(GroupAt { of, member });
        }
        Some(group)
    }

    fn aim_quantity(&mut self, quantity: &Quantity, indicator: &Indicator, info: &Info) {
        let agrees = self.quantity_in(quantity, &indicator.unit);
        if agrees && info.whole {
            self.whole(&quantity.value, &indicator.unit, quantity.span);
        }
    }

    /// True where a quantity is in this unit; reports where it is not.
    pub(super) fn quantity_in(&mut self, quantity: &Quantity, wanted: &Unit) -> bool {
        let said = quantity.unit.as_ref().map(|word| self.unit_word(word));
        let agrees = match (&said, wanted) {
            (_, Unit::Unknown) | (Some(Unit::Unknown), _) => true,
            (None, Unit::Percent | Unit::Points) => false,
            (None, _) => true,
            (Some(Unit::Of(said)), Unit::Of(wanted)) => self.is_kind_of(*wanted, *said) || said == wanted,
            (Some(said), Unit::Per(above, _)) if *said == **above => true,
            (Some(said), wanted) => said == wanted,
        };
        if !agrees {
            let write = |lang: Lang| {
                let number = quantity.value.show(lang, None);
                match wanted {
                    Unit::Number => number,
                    Unit::Of(_)
                    | Unit::Percent
                    | Unit::Points
                    | Unit::Per(..)
                    | Unit::Times(..)
                    | Unit::Stage(_)
                    | Unit::Unknown => {
                        format!("{number} {}", self.show_unit(wanted, lang))
                    }
                }
            };
            let fact = TypeProblem::AimUnit {
                said: said.map(|said| self.unit_words(&said)),
                wanted: self.unit_words(wanted),
                write: crate::text::Both { fr: write(Lang::Fr), en: write(Lang::En) },
            };
            self.report(Problem::new(fact, quantity.span));
        }
        agrees
    }

    fn twice(&mut self, key: Key, read: &Read, seen: &mut HashMap<(Key, Period, Vec<GroupAt>), Span>) {
        let key = if key == Key::InterimTarget { Key::Target } else { key };
        let source = read.aim.source.is_some() && key == Key::Published;
        let at = (key, read.aim.period, read.aim.group.clone());
        match seen.get(&at).copied() {
            // Two reports may print two figures for one fact.
            Some(_) if source => {}
            Some(first) => {
                let calendar = self.calendar(read.aim.period.calendar);
                let name = read.aim.period.label(calendar, self.context.lang);
                let fact = NameProblem::RepeatedInside { what: Named::Aim, name, within: key_word(key).to_string() };
                self.report(Problem::new(fact, read.aim.span).also(first));
            }
            None => {
                seen.insert(at, read.aim.span);
            }
        }
    }

    fn tolerance_and_bands(&mut self, decl: &Decl<'a>, indicator: &mut Indicator) {
        if let Some(Value::Quantity(quantity)) = decl.field(Key::Tolerance).map(|field| &field.value) {
            let unit = match &quantity.unit {
                Some(word) => self.unit_word(word),
                None => indicator.unit.clone(),
            };
            let allowed = unit == Unit::Percent
                || unit == Unit::Unknown
                || (unit == Unit::Points && indicator.unit == Unit::Percent)
                || self.quantity_in(quantity, &indicator.unit);
            if allowed {
                indicator.tolerance = Some((quantity.value.clone(), unit.clone()));
            }
            if unit == Unit::Percent && allowed {
                for target in &indicator.targets {
                    if target.aim.value.as_ref().is_some_and(|value| value.stated().is_zero()) && target.upper.is_none()
                    {
                        let unit = self.unit_words(&indicator.unit);
                        let problem = Problem::new(TimeProblem::ZeroTarget { unit }, quantity.span);
                        let problem = problem.also(target.aim.span);
                        self.report(problem);
                        break;
                    }
                }
            }
        }
        let Some(Value::Quantities(bands)) = decl.field(Key::StatusBands).map(|field| &field.value) else { return };
        let hundred = Number::from(100i64);
        let in_percent = bands.iter().all(|band| {
            let word = band.unit.as_ref().map(|word| word.text.as_str());
            word == Some("%") && !band.value.is_negative() && band.value <= hundred
        });
        match bands.as_slice() {
            [high, low] if in_percent && high.value > low.value => {
                indicator.bands = high.value.divide(&hundred).zip(low.value.divide(&hundred));
            }
            bands => {
                let span = match (bands.first(), bands.last()) {
                    (Some(first), Some(last)) => first.span.to(last.span),
                    _ => decl.name.span,
                };
                self.report(Problem::new(TimeProblem::StatusBands, span));
            }
        }
    }

    /// Direction, sign and side of the targets (meaning 10).
    fn sides(&mut self, decl: &Decl<'a>, indicator: &Indicator, signs: &[(Comparison, Span)]) {
        let direction = choice(decl, Key::Direction).map(|(_, span)| span);
        let Some(first) = indicator.targets.first() else { return };
        let Some(said) = indicator.direction else {
            let stage = matches!(indicator.unit, Unit::Stage(_));
            if decl.field(Key::Direction).is_none() && !decl.broken && !stage {
                self.report(Problem::new(TimeProblem::NoDirection { name: indicator.name.clone() }, first.aim.span));
            }
            return;
        };
        let direction_at = direction.unwrap_or(indicator.definition);
        for (target, (comparison, at)) in indicator.targets.iter().zip(signs) {
            if target.upper.is_some() {
                continue;
            }
            let against = match (said, comparison) {
                (Direction::Up, Comparison::Less | Comparison::AtMost)
                | (Direction::Down, Comparison::More | Comparison::AtLeast)
                | (_, Comparison::Different) => true,
                (
                    Direction::Up | Direction::Down | Direction::Stable | Direction::None,
                    Comparison::Equal | Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast,
                ) => false,
            };
            if against {
                let fact = TimeProblem::SignAgainst {
                    up: said == Direction::Up,
                    different: *comparison == Comparison::Different,
                };
                self.report(Problem::new(fact, *at).also(direction_at));
                continue;
            }
            let baseline = indicator.baselines.iter().rfind(|baseline| {
                baseline.group == target.aim.group && baseline.period.first <= target.aim.period.first
            });
            let Some((baseline, from)) = baseline.and_then(|aim| aim.value.as_ref().map(|value| (aim, value))) else {
                continue;
            };
            let Some(value) = &target.aim.value else { continue };
            let wrong = match said {
                Direction::Up => value.is_below(from) == Some(true),
                Direction::Down => from.is_below(value) == Some(true),
                Direction::Stable | Direction::None => false,
            };
            if wrong {
                let fact = TimeProblem::WrongSide {
                    up: said == Direction::Up,
                    target: value.stated().clone(),
                    baseline: from.stated().clone(),
                };
                self.report(Problem::new(fact, target.aim.span).also(baseline.span).also(direction_at));
            }
        }
    }
}

/// The author's explanation under a published value or a rule.
pub(super) fn known_discrepancy(field: &Field) -> Option<(String, Span)> {
    field.details.iter().find_map(|detail| match (detail.key, &detail.value) {
        (Some(Key::KnownDiscrepancy), Value::Text(text)) => Some((text.text.clone(), text.span)),
        _ => None,
    })
}

fn key_word(key: Key) -> &'static str {
    match key {
        Key::Baseline => "valeur de référence / baseline",
        Key::Published => "valeur publiée / published",
        _ => "cible / target",
    }
}
