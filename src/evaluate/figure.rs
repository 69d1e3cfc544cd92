//! A figure on its way: a value with its state, what it was divided by and the rows behind it, and how they combine.

use super::secret::Told;
use crate::outcome::{Base, MissingReason, Rows, Tally, Value, ZeroDenominator};
use crate::types::{Number, Period, Range};

/// A value with its provenance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fig {
    pub value: Value,
    pub numerator: Option<Range>,
    pub denominator: Option<Range>,
    pub rows: Rows,
    pub incomplete: bool,
    pub as_of: Option<Period>,
    pub base: Option<Box<Base>>,
    /// For a count or a share of milestones: how many are how far.
    pub tally: Option<Box<Tally>>,
    /// What it tells of protected counts.
    pub told: Told,
    /// Indicators with breaks in their series below it, each with the number of breaks before the period read.
    pub segments: Vec<(usize, usize)>,
    /// An indicator of which both sides of a break were read, and which break.
    pub crosses: Option<(usize, usize)>,
    /// Facts in it that several rows state: source and place in its cube, in order.
    pub facts: Vec<(usize, usize)>,
    /// The keys counted, where they are to be put together with those of another source.
    pub keys: Vec<u32>,
}

impl Fig {
    pub(super) fn of(value: Value) -> Self {
        Fig {
            value,
            numerator: None,
            denominator: None,
            rows: Rows::default(),
            incomplete: false,
            as_of: None,
            base: None,
            tally: None,
            told: Told::default(),
            segments: Vec::new(),
            crosses: None,
            facts: Vec::new(),
            keys: Vec::new(),
        }
    }

    pub(super) fn number(number: Number) -> Self {
        Fig::of(Value::Number(number))
    }

    pub(super) fn range(range: Range) -> Self {
        Fig::of(Value::of(range))
    }

    pub(super) fn missing(reason: MissingReason) -> Self {
        Fig::of(Value::Missing(reason))
    }

    /// The same provenance with another value.
    pub(super) fn with(self, value: Value) -> Self {
        Fig { value, ..self }
    }

    /// The same figure, which tells this besides.
    pub(super) fn beside_told(self, told: &Told) -> Self {
        let nothing = Told::default();
        let also = if told.is_empty() { self.told } else { self.told.plus(&nothing.beside(told), 1) };
        Fig { told: also, ..self }
    }

    /// The provenance of two figures taken together, without a value of its own yet.
    pub(super) fn beside(&self, other: &Fig) -> Fig {
        let known = |at: &(usize, usize)| self.segments.iter().find(|own| own.0 == at.0);
        let crossed = other.segments.iter().find_map(|at| match known(at) {
            Some(own) if own.1 != at.1 => Some((at.0, own.1.max(at.1) - 1)),
            Some(_) | None => None,
        });
        let new = other.segments.iter().filter(|at| !self.segments.contains(at));
        Fig {
            value: Value::Missing(MissingReason::NotReported),
            numerator: None,
            denominator: None,
            rows: Rows {
                read: self.rows.read.max(other.rows.read),
                used: self.rows.used.saturating_add(other.rows.used),
                missing: self.rows.missing.saturating_add(other.rows.missing),
                withheld: false,
            },
            incomplete: self.incomplete || other.incomplete,
            as_of: self.as_of.or(other.as_of),
            base: None,
            tally: None,
            told: self.told.beside(&other.told),
            segments: self.segments.iter().chain(new).copied().collect(),
            crosses: self.crosses.or(other.crosses).or(crossed),
            facts: together(&self.facts, &other.facts),
            keys: Vec::new(),
        }
    }

    /// Combines two figures when both have numbers; else the state of the one that has none, the left one first.
    pub(super) fn combine(&self, other: &Fig, combine: impl FnOnce(&Range, &Range) -> Value) -> Fig {
        let both = self.beside(other);
        match (self.value.range(), other.value.range()) {
            (Some(left), Some(right)) => both.with(combine(&left, &right)),
            (None, None) => both.with(stronger(&self.value, &other.value).clone()),
            (None, Some(_)) => both.with(self.value.clone()),
            (Some(_), None) => both.with(other.value.clone()),
        }
    }

    /// The sum.
    pub(super) fn plus(&self, other: &Fig) -> Fig {
        Fig { told: self.told.plus(&other.told, 1), ..self.combine(other, |a, b| Value::of(a.plus(b))) }
    }

    /// The difference.
    pub(super) fn minus(&self, other: &Fig) -> Fig {
        Fig { told: self.told.plus(&other.told, -1), ..self.combine(other, |a, b| Value::of(a.minus(b))) }
    }

    /// The product.
    pub(super) fn times(&self, other: &Fig) -> Fig {
        let mut out = self.combine(other, |a, b| Value::of(a.times(b)));
        let known =
            |fig: &Fig| fig.value.range().and_then(|range| range.exact().cloned()).filter(|_| fig.told.is_empty());
        if let Some(factor) = known(other) {
            out.told = self.told.times(&factor);
        } else if let Some(factor) = known(self) {
            out.told = other.told.times(&factor);
        }
        out
    }

    /// Numerator over denominator, times `scale`.
    pub(super) fn ratio(numerator: &Fig, denominator: &Fig, scale: i64) -> Fig {
        let mut out = numerator.combine(denominator, |over, under| quotient(over, under, scale));
        out.rows.used = denominator.rows.used;
        out.rows.missing = numerator.rows.missing.max(denominator.rows.missing);
        out.tally = numerator.tally.clone().filter(|_| numerator.tally == denominator.tally);
        out.numerator = numerator.value.range();
        out.denominator = denominator.value.range();
        out
    }

    /// How much it changed from `before`, in per cent of it.
    pub(super) fn change_in_percent(now: &Fig, before: &Fig) -> Fig {
        let hundred = Range::from(Number::from(100i64));
        // now / before - 1: each figure enters once, so that the bounds are as narrow as they can be.
        let mut out = now.combine(before, |now, before| match (now.exact(), before.exact()) {
            (None, _) | (_, None) if !before.stated().is_zero() => match now.divide(before) {
                Some(quotient) => Value::of(quotient.times(&hundred).minus(&hundred)),
                None => quotient(&now.minus(before), before, 100),
            },
            _ => quotient(&now.minus(before), before, 100),
        });
        out.rows = now.rows;
        out.value = match (now.value.range(), out.value) {
            (Some(_), Value::NotComputable(ZeroDenominator::SomethingOverZero)) if before.value.range().is_some() => {
                Value::NotComputable(ZeroDenominator::FromZero)
            }
            (Some(_), Value::NotComputable(ZeroDenominator::ZeroOverZero)) if before.value.range().is_some() => {
                Value::NotComputable(ZeroDenominator::ZeroToZero)
            }
            (_, value) => value,
        };
        if let (Some(now), Some(before)) = (now.value.range(), before.value.range()) {
            out.numerator = Some(now.minus(&before));
            out.denominator = Some(before);
        }
        out
    }

    /// How much it changed from `before`.
    pub(super) fn difference(now: &Fig, before: &Fig) -> Fig {
        let mut out = now.minus(before);
        out.rows = now.rows;
        // The base is shown beside it.
        out.told = now.told.beside(&before.told);
        out
    }
}

/// Both lists, each fact once.
fn together(one: &[(usize, usize)], other: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut all = [one, other].concat();
    all.sort_unstable();
    all.dedup();
    all
}

/// A quotient with its states: 3/0 and 0/0 are told apart.
pub(super) fn quotient(over: &Range, under: &Range, scale: i64) -> Value {
    match over.divide(under) {
        Some(quotient) => Value::of(quotient.times(&Range::from(Number::from(scale)))),
        None if over.stated().is_zero() => Value::NotComputable(ZeroDenominator::ZeroOverZero),
        None => Value::NotComputable(ZeroDenominator::SomethingOverZero),
    }
}

/// Of two states without a number, the one that says more: what has no meaning, what is hidden, what is missing, what could
/// not be divided.
fn stronger<'v>(left: &'v Value, right: &'v Value) -> &'v Value {
    let rank = |value: &Value| match value {
        Value::NotApplicable(_) => 0,
        Value::Suppressed => 1,
        Value::Stage(_) => 2,
        Value::Missing(_) => 2,
        Value::NotComputable(_) => 3,
        Value::ImpliedZero(_) | Value::Number(_) | Value::Qualified(_) => 4,
    };
    if rank(right) < rank(left) { right } else { left }
}
