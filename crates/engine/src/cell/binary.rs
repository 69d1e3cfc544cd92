//! A binary floating-point number to the decimal that it stands for, which is one that a column declares, or none.

use super::Mistake;

/// How many bits a number has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// 32, that keep some seven digits.
    Single,
    /// 64, that keep some sixteen.
    Double,
}

/// Powers of ten, each an exact floating-point number, as far as columns have decimals.
const POWERS: [f64; 16] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/// Up to this power they are exact in 32 bits too.
const SINGLE_POWERS: u8 = 10;

impl Width {
    /// Whole numbers below it are told apart.
    fn whole(self) -> f64 {
        match self {
            Width::Single => 16_777_216.0,
            Width::Double => 9_007_199_254_740_992.0,
        }
    }

    /// The floating-point number that is nearest to `mantissa / 10^decimals`: one division of exact numbers rounds once.
    fn nearest(self, mantissa: f64, power: f64, decimals: u8) -> f64 {
        match self {
            Width::Double => mantissa / power,
            Width::Single if decimals <= SINGLE_POWERS => f64::from(mantissa as f32 / power as f32),
            Width::Single => format!("{mantissa}e-{decimals}").parse().map_or(f64::NAN, |near: f32| f64::from(near)),
        }
    }
}

/// The decimal for which a number stands, as `mantissa / 10^decimals`: the only one with so many digits after the mark whose
/// nearest floating-point number it is. `None` where there is none, and where there are several: none of them is known to be
/// meant.
#[inline]
pub(crate) fn decimal(number: f64, width: Width, decimals: u8) -> Option<i64> {
    let power = *POWERS.get(usize::from(decimals))?;
    let near = (number * power).round();
    let stands = |mantissa: f64| width.nearest(mantissa, power, decimals) == number;
    let whole = width.whole();
    // Far below the bound the product is nearer to its decimal than to any other, and decimals have numbers of their own.
    if near.abs() < whole / 4.0 {
        // INVARIANT: it is whole and fits.
        return stands(near).then_some(near as i64);
    }
    // What is not finite is not below it.
    if near.abs() < whole {
        let mut all = [-2.0, -1.0, 0.0, 1.0, 2.0].into_iter().map(|by| near + by).filter(|mantissa| stands(*mantissa));
        // INVARIANT: they are whole and fit.
        return all.next().filter(|_| all.next().is_none()).map(|one| one as i64);
    }
    None
}

/// Digits after the mark of a number as it is printed: `0.25`, `1.5e-7`; `None` where it is no finite number.
pub(crate) fn decimals_in(text: &str) -> Option<u32> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = whole.trim_start_matches('-').bytes().chain(fraction.bytes());
    let fraction = i64::try_from(fraction.trim_end_matches('0').len()).ok()?;
    (!whole.is_empty() && digits.clone().all(|byte| byte.is_ascii_digit()))
        .then(|| u32::try_from((fraction - exponent).max(0)).ok())?
}

/// Why a number stands for no decimal of a column that declares so many; `text` is the number as it is printed.
pub(crate) fn mistake(text: &str, declared: Option<u8>) -> Mistake {
    match (declared, decimals_in(text)) {
        (Some(most), Some(found)) if found > u32::from(most) => Mistake::Decimals,
        (_, _) => Mistake::Inexact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn double(number: f64, decimals: u8) -> Option<i64> {
        decimal(number, Width::Double, decimals)
    }

    fn single(number: f32, decimals: u8) -> Option<i64> {
        decimal(f64::from(number), Width::Single, decimals)
    }

    #[test]
    fn the_only_decimal_or_none() {
        assert_eq!(double(0.1, 1), Some(1));
        assert_eq!(double(0.1, 2), Some(10));
        assert_eq!(double(0.1, 0), None);
        assert_eq!(double(-1234.56, 2), Some(-123_456));
        assert_eq!(double(0.1 + 0.2, 2), None, "0.30000000000000004");
        assert_eq!(double(-0.0, 2), Some(0));
        assert_eq!(double(5e-324, 15), None);
        assert_eq!(double(1e300, 2), None);
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
            assert_eq!((double(odd, 0), double(odd, 15)), (None, None), "{odd}");
        }
        assert_eq!(double(9_007_199_254_740_991.0, 0), Some(9_007_199_254_740_991));
        assert_eq!(double(9_007_199_254_740_992.0, 0), None, "…993 is kept so too");
        assert_eq!(single(0.1, 1), Some(1));
        assert_eq!(single(131_071.99, 2), Some(13_107_199));
        assert_eq!(single(200_000.13, 2), None, "200 000.12 is kept so too");
        assert_eq!(single(200_000.0, 2), None);
        assert_eq!(single(200_000.0, 0), Some(200_000));
        assert_eq!(single(16_777_216.0, 0), None);
        assert_eq!(single(0.000_01, 12), Some(10_000_000));
        assert_eq!(double(1.0, 16), None, "no column has so many");
    }

    #[test]
    fn decimals_as_printed() {
        for (text, found) in
            [("0.25", 2), ("-3.0", 0), ("1e-7", 7), ("1.5e-7", 8), ("1e300", 0), ("1.25e1", 1), ("12", 0)]
        {
            assert_eq!(decimals_in(text), Some(found), "{text}");
        }
        for text in ["NaN", "inf", "-Infinity", "", "•••"] {
            assert_eq!(decimals_in(text), None, "{text}");
        }
    }

    proptest! {
        /// Found by definition: of the decimals around, those that are read as this number.
        #[test]
        fn by_definition(mantissa in -(1i64 << 54)..(1i64 << 54), shift in 0u32..50, decimals in 0u8..=15, single: bool) {
            let mantissa = mantissa >> shift;
            let text = |mantissa: i64| format!("{mantissa}e-{decimals}");
            let read = |mantissa: i64| {
                if single {
                    f64::from(text(mantissa).parse::<f32>().expect("a number"))
                } else {
                    text(mantissa).parse::<f64>().expect("a number")
                }
            };
            let width = if single { Width::Single } else { Width::Double };
            let number = read(mantissa);
            let alone = read(mantissa - 1) != number && read(mantissa + 1) != number;
            let small = (mantissa.unsigned_abs() as f64) < width.whole();
            prop_assert_eq!(decimal(number, width, decimals), (alone && small).then_some(mantissa));
            // Its neighbour among numbers is no decimal, unless it is one that is told apart.
            if let Some(found) = decimal(f64::from_bits(number.to_bits() + 1), Width::Double, decimals) {
                prop_assert_eq!(text(found).parse::<f64>().expect("a number"), f64::from_bits(number.to_bits() + 1));
            }
        }
    }
}
