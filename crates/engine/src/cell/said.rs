//! Qualified numbers as data files write them (« plus de 50 000 », « une centaine ») to a stated number and its ends.

use jauge::plan::Decimal;
use jauge::syntax::keywords::{QualifiedText, qualified_text};
use jauge::types::{Number, Qualifier};

use super::number::{decimal_of, normal, read_number};
use super::{NumberStyle, Trouble};

/// A qualified number: what is stated, and how far the truth may lie from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Said {
    pub(crate) stated: Decimal,
    /// How far it reaches on both sides, for « environ » with a margin and « entre ».
    reach: Option<Decimal>,
    qualifier: Qualifier,
    /// It counts things: not below zero.
    floor: bool,
}

/// One end: the number, and whether it is not reached itself.
pub(crate) type End = Option<(Decimal, bool)>;

impl Said {
    /// The low and the high end.
    pub(crate) fn ends(self) -> (End, End) {
        let stated = |open: bool| Some((self.stated, open));
        let zero = (self.floor && self.stated.mantissa >= 0).then_some((Decimal::default(), false));
        let around = |sign: i128| {
            let reach = self.reach?;
            let reach = Decimal { mantissa: reach.mantissa.checked_mul(sign)?, ..reach };
            Some((plus(self.stated, reach)?, false))
        };
        match self.qualifier {
            Qualifier::MoreThan => (stated(true), None),
            Qualifier::AtLeast => (stated(false), None),
            Qualifier::LessThan | Qualifier::Nearly => (zero, stated(true)),
            Qualifier::AtMost => (zero, stated(false)),
            Qualifier::About | Qualifier::Between => (around(-1), around(1)),
            Qualifier::Unbounded => (None, None),
        }
    }

    /// An approximation, not a bound.
    pub(crate) fn is_about(self) -> bool {
        matches!(self.qualifier, Qualifier::About | Qualifier::Nearly)
    }
}

/// Reads a qualified number; `None` where the text has no qualifier.
pub(crate) fn read_said(
    text: &str,
    style: NumberStyle,
    margin: Option<&Number>,
    floor: bool,
) -> Option<Result<Said, Trouble>> {
    let about = |qualifier: Qualifier, stated: Decimal| {
        let reach = match (qualifier, margin) {
            (Qualifier::About, Some(margin)) => {
                let stated = Number::scaled(stated.mantissa, stated.scale);
                decimal_of(&(stated.abs() * margin.clone() * Number::scaled(1, 2)))
            }
            _ => None,
        };
        Said { stated, reach, qualifier, floor }
    };
    Some(match qualified_text(text)? {
        QualifiedText::Number(qualifier, number) => read_number(&number, style).map(|number| about(qualifier, number)),
        QualifiedText::Word(qualifier, number) => {
            Ok(about(qualifier, Decimal { mantissa: i128::from(number), scale: 0 }))
        }
        QualifiedText::Between(low, high) => between(&low, &high, style, floor),
    })
}

fn between(low: &str, high: &str, style: NumberStyle, floor: bool) -> Result<Said, Trouble> {
    let (low, high) = (read_number(low, style)?, read_number(high, style)?);
    let half = |sum: Decimal| {
        let scale = sum.scale.checked_add(1)?;
        Some(normal(Decimal { mantissa: sum.mantissa.checked_mul(5)?, scale }))
    };
    let opposite = Decimal { mantissa: -low.mantissa, ..low };
    let middle = plus(low, high).and_then(half);
    let reach = plus(high, opposite).and_then(half);
    match (middle, reach) {
        (Some(stated), Some(reach)) if reach.mantissa >= 0 => {
            Ok(Said { stated, reach: Some(reach), qualifier: Qualifier::Between, floor })
        }
        (Some(_), Some(_)) => Err(Trouble::NotANumber),
        _ => Err(Trouble::TooLong),
    }
}

/// The sum of two decimals; `None` where it does not fit.
fn plus(one: Decimal, other: Decimal) -> Option<Decimal> {
    let scale = one.scale.max(other.scale);
    let up = |number: Decimal| {
        let factor = 10i128.checked_pow(u32::from(scale - number.scale))?;
        number.mantissa.checked_mul(factor)
    };
    Some(normal(Decimal { mantissa: up(one)?.checked_add(up(other)?)?, scale }))
}
