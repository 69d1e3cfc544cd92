//! A figure on its way: a value with its state, what it was divided by and the rows behind it, and how they combine.

use crate::outcome::{MissingReason, Rows, Value, ZeroDenominator};
use crate::types::{Number, Period};

/// A value with its provenance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fig {
    pub value: Value,
    pub numerator: Option<Number>,
    pub denominator: Option<Number>,
    pub rows: Rows,
    pub incomplete: bool,
    pub as_of: Option<Period>,
}

impl Fig {
    pub(super) fn of(value: Value) -> Self {
        Fig { value, numerator: None, denominator: None, rows: Rows::default(), incomplete: false, as_of: None }
    }

    pub(super) fn number(number: Number) -> Self {
        Fig::of(Value::Number(number))
    }

    pub(super) fn missing(reason: MissingReason) -> Self {
        Fig::of(Value::Missing(reason))
    }

    /// The same provenance with another value.
    pub(super) fn with(self, value: Value) -> Self {
        Fig { value, ..self }
    }

    /// The provenance of two figures taken together, without a value of its own yet.
    fn beside(&self, other: &Fig) -> Fig {
        Fig {
            value: Value::Missing(MissingReason::NotReported),
            numerator: None,
            denominator: None,
            rows: Rows {
                read: self.rows.read.max(other.rows.read),
                used: self.rows.used.saturating_add(other.rows.used),
                missing: self.rows.missing.saturating_add(other.rows.missing),
            },
            incomplete: self.incomplete || other.incomplete,
            as_of: self.as_of.or(other.as_of),
        }
    }

    /// Combines two figures when both have numbers; else the state of the one that has none, the left one first.
    pub(super) fn combine(&self, other: &Fig, combine: impl FnOnce(Number, Number) -> Value) -> Fig {
        let both = self.beside(other);
        match (self.value.number(), other.value.number()) {
            (Some(left), Some(right)) => both.with(combine(left, right)),
            (None, None) => both.with(stronger(&self.value, &other.value).clone()),
            (None, Some(_)) => both.with(self.value.clone()),
            (Some(_), None) => both.with(other.value.clone()),
        }
    }

    /// Numerator over denominator, times `scale`.
    pub(super) fn ratio(numerator: &Fig, denominator: &Fig, scale: i64) -> Fig {
        let mut out = numerator.combine(denominator, |over, under| quotient(&over, &under, scale));
        out.rows.used = denominator.rows.used;
        out.rows.missing = numerator.rows.missing.max(denominator.rows.missing);
        out.numerator = numerator.value.number();
        out.denominator = denominator.value.number();
        out
    }

    /// How much it changed from `before`, in per cent of it.
    pub(super) fn change_in_percent(now: &Fig, before: &Fig) -> Fig {
        let mut out = now.combine(before, |now, before| quotient(&(now - before.clone()), &before, 100));
        out.rows = now.rows;
        if let (Some(now), Some(before)) = (now.value.number(), before.value.number()) {
            out.numerator = Some(now - before.clone());
            out.denominator = Some(before);
        }
        out
    }

    /// How much it changed from `before`.
    pub(super) fn difference(now: &Fig, before: &Fig) -> Fig {
        let mut out = now.combine(before, |now, before| Value::Number(now - before));
        out.rows = now.rows;
        out
    }
}

/// A quotient with its states: 3/0 and 0/0 are told apart.
pub(super) fn quotient(over: &Number, under: &Number, scale: i64) -> Value {
    match over.divide(under) {
        Some(quotient) => Value::Number(quotient * Number::from(scale)),
        None if over.is_zero() => Value::NotComputable(ZeroDenominator::ZeroOverZero),
        None => Value::NotComputable(ZeroDenominator::SomethingOverZero),
    }
}

/// Of two states without a number, the one that says more: what has no meaning, what is hidden, what is missing, what could
/// not be divided.
fn stronger<'v>(left: &'v Value, right: &'v Value) -> &'v Value {
    let rank = |value: &Value| match value {
        Value::NotApplicable(_) => 0,
        Value::Suppressed => 1,
        Value::Missing(_) => 2,
        Value::NotComputable(_) => 3,
        Value::ImpliedZero(_) | Value::Number(_) => 4,
    };
    if rank(right) < rank(left) { right } else { left }
}
