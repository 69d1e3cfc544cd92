//! Exact sums of decimals, in any order.

use jauge::plan::{Decimal, LaneValue, QualifiedSum};

use crate::cell::{Said, Value, normal};

/// A sum and how many values entered it. INVARIANT: a value has at most [`crate::limits::DIGITS`] significant digits, so a sum
/// per scale holds 10^10 values before it could overflow, in whatever order they come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) count: u64,
    whole: i128,
    /// Sums of numbers with decimals, by scale.
    scaled: Vec<(u8, i128)>,
    overflow: bool,
    /// Where some value is qualified: the sums of the ends.
    ends: Option<Box<Ends>>,
}

/// The sums of the low and of the high ends; an exact number is its own ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Ends {
    low: Sum,
    no_low: u64,
    open_low: u64,
    high: Sum,
    no_high: u64,
    open_high: u64,
    about: u64,
    otherwise: u64,
}

impl Sum {
    /// Adds the number of a value, where it has one.
    #[inline]
    pub(crate) fn take(&mut self, value: Value) {
        match value {
            Value::Said(said) => self.add_said(said),
            _ => {
                if let Some(number) = value.number() {
                    self.add(number);
                }
            }
        }
    }

    #[inline]
    pub(crate) fn add(&mut self, value: Decimal) {
        self.count += 1;
        self.put(value.mantissa, value.scale);
        if let Some(ends) = &mut self.ends {
            ends.low.put(value.mantissa, value.scale);
            ends.high.put(value.mantissa, value.scale);
        }
    }

    /// Adds a sum of values that were counted elsewhere.
    pub(crate) fn put_total(&mut self, value: Decimal) {
        self.put(value.mantissa, value.scale);
        if let Some(ends) = &mut self.ends {
            ends.low.put(value.mantissa, value.scale);
            ends.high.put(value.mantissa, value.scale);
        }
    }

    #[cold]
    fn add_said(&mut self, said: Said) {
        let ends = self.with_ends();
        let (low, high) = said.ends();
        match low {
            Some((low, open)) => {
                ends.low.put(low.mantissa, low.scale);
                ends.open_low += u64::from(open);
            }
            None => ends.no_low += 1,
        }
        match high {
            Some((high, open)) => {
                ends.high.put(high.mantissa, high.scale);
                ends.open_high += u64::from(open);
            }
            None => ends.no_high += 1,
        }
        ends.about += u64::from(said.is_about());
        ends.otherwise += u64::from(!said.is_about());
        self.count += 1;
        self.put(said.stated.mantissa, said.stated.scale);
    }

    /// The ends, which so far are those of exact numbers.
    fn with_ends(&mut self) -> &mut Ends {
        if self.ends.is_none() {
            let exact = self.clone();
            self.ends = Some(Box::new(Ends { low: exact.clone(), high: exact, ..Ends::default() }));
        }
        self.ends.get_or_insert_default()
    }

    /// Some value is qualified.
    pub(crate) fn is_qualified(&self) -> bool {
        self.ends.is_some()
    }

    /// The sum with its ends; `None` where every value is exact or the sums do not fit in a decimal.
    pub(crate) fn qualified(&self) -> Option<QualifiedSum> {
        let ends = self.ends.as_deref()?;
        Some(QualifiedSum {
            stated: self.total()?,
            values: self.count,
            low: ends.low.total()?,
            no_low: ends.no_low,
            open_low: ends.open_low,
            high: ends.high.total()?,
            no_high: ends.no_high,
            open_high: ends.open_high,
            about: ends.about,
            otherwise: ends.otherwise,
        })
    }

    /// The value of a lane over so many values; `None` where it does not fit.
    pub(crate) fn value(&self, values: u64) -> Option<LaneValue> {
        let total = self.total()?;
        if !self.is_qualified() {
            return Some(LaneValue::Sum(total, values));
        }
        Some(LaneValue::Qualified(Box::new(QualifiedSum { values, ..self.qualified()? })))
    }

    pub(crate) fn merge(&mut self, other: &Sum) {
        if self.ends.is_some() || other.ends.is_some() {
            self.merge_ends(other);
        }
        self.count += other.count;
        self.overflow |= other.overflow;
        self.put(other.whole, 0);
        for (scale, mantissa) in &other.scaled {
            self.put(*mantissa, *scale);
        }
    }

    fn merge_ends(&mut self, other: &Sum) {
        let ends = self.with_ends();
        match other.ends.as_deref() {
            None => {
                ends.low.merge(other);
                ends.high.merge(other);
            }
            Some(more) => {
                ends.low.merge(&more.low);
                ends.high.merge(&more.high);
                ends.no_low += more.no_low;
                ends.open_low += more.open_low;
                ends.no_high += more.no_high;
                ends.open_high += more.open_high;
                ends.about += more.about;
                ends.otherwise += more.otherwise;
            }
        }
    }

    fn put(&mut self, mantissa: i128, scale: u8) {
        let slot = if scale == 0 {
            &mut self.whole
        } else {
            let at = match self.scaled.iter().position(|(other, _)| *other == scale) {
                Some(at) => at,
                None => {
                    self.scaled.push((scale, 0));
                    self.scaled.len() - 1
                }
            };
            match self.scaled.get_mut(at) {
                Some((_, slot)) => slot,
                None => return,
            }
        };
        match slot.checked_add(mantissa) {
            Some(sum) => *slot = sum,
            None => self.overflow = true,
        }
    }

    /// The sum; `None` where it does not fit in a decimal.
    pub(crate) fn total(&self) -> Option<Decimal> {
        if self.overflow {
            return None;
        }
        let parts: Vec<Decimal> = self
            .scaled
            .iter()
            .map(|(scale, mantissa)| normal(Decimal { mantissa: *mantissa, scale: *scale }))
            .collect();
        let scale = parts.iter().map(|part| part.scale).max().unwrap_or(0);
        let mut mantissa: i128 = 0;
        for part in parts.iter().chain([&Decimal { mantissa: self.whole, scale: 0 }]) {
            let factor = 10i128.checked_pow(u32::from(scale - part.scale))?;
            mantissa = mantissa.checked_add(part.mantissa.checked_mul(factor)?)?;
        }
        Some(normal(Decimal { mantissa, scale }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_in_any_order() {
        let values = [(1, 1), (2, 1), (-3, 1), (5, 0), (25, 2), (i128::pow(10, 27), 0)];
        let mut forward = Sum::default();
        let mut backward = Sum::default();
        for (mantissa, scale) in values {
            forward.add(Decimal { mantissa, scale });
        }
        for (mantissa, scale) in values.into_iter().rev() {
            let mut one = Sum::default();
            one.add(Decimal { mantissa, scale });
            backward.merge(&one);
        }
        let total = Some(Decimal { mantissa: i128::pow(10, 29) + 525, scale: 2 });
        assert_eq!((forward.total(), backward.total()), (total, total));
        assert_eq!(forward.count, 6);
    }
}
