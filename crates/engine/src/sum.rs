//! Exact sums of decimals, in any order.

use jauge::plan::Decimal;

use crate::cell::normal;

/// A sum and how many values entered it. INVARIANT: a value has at most [`crate::limits::DIGITS`] significant digits, so a sum
/// per scale holds 10^10 values before it could overflow, in whatever order they come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) count: u64,
    whole: i128,
    /// Sums of numbers with decimals, by scale.
    scaled: Vec<(u8, i128)>,
    overflow: bool,
}

impl Sum {
    #[inline]
    pub(crate) fn add(&mut self, value: Decimal) {
        self.count += 1;
        self.put(value.mantissa, value.scale);
    }

    pub(crate) fn merge(&mut self, other: &Sum) {
        self.count += other.count;
        self.overflow |= other.overflow;
        self.put(other.whole, 0);
        for (scale, mantissa) in &other.scaled {
            self.put(*mantissa, *scale);
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
