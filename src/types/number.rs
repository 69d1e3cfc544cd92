//! Exact numbers: rationals inside, rounding only on display.
//!
//! The only place that knows the library behind them.

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use serde::{Serialize, Serializer};

use super::digits;
use crate::text::Lang;

/// How a shown figure is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// To the nearest, halves away from zero: what readers of official figures expect.
    #[default]
    HalfAway,
    /// Towards zero.
    Truncation,
    /// To the nearest, halves to the even digit (bankers').
    HalfEven,
}

/// Decimals shown, and how they are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Rounding {
    /// Digits after the decimal mark, at most 30.
    pub decimals: u8,
    /// What happens to the rest.
    pub mode: RoundingMode,
}

/// An exact rational number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(RBig);

impl Number {
    /// Zero.
    pub fn zero() -> Self {
        Number(RBig::ZERO)
    }

    /// `mantissa / 10^scale`: how column sums arrive.
    pub fn scaled(mantissa: i128, scale: u8) -> Self {
        Number(RBig::from_parts(IBig::from(mantissa), UBig::from(10u8).pow(usize::from(scale))))
    }

    /// A number from plain digits with an optional sign and an optional point (`-12.50`); `None` for anything else.
    /// Group marks and decimal commas are resolved before, where the language or the column declares them.
    pub fn parse_plain(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !all_digits(whole)
            || !all_digits(fraction)
            || (digits.contains('.') && fraction.is_empty())
        {
            return None;
        }
        let mantissa: IBig = format!("{whole}{fraction}").parse().ok()?;
        Some(Number(RBig::from_parts(mantissa * IBig::from(sign), UBig::from(10u8).pow(fraction.len()))))
    }

    /// True for 0.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// True below 0.
    pub fn is_negative(&self) -> bool {
        self < &Number::zero()
    }

    /// True where the number has no fraction.
    pub fn is_whole(&self) -> bool {
        self.0.is_int()
    }

    /// The quotient; `None` when the divisor is zero.
    pub fn divide(&self, by: &Number) -> Option<Number> {
        (!by.is_zero()).then(|| Number(&self.0 / &by.0))
    }

    /// The distance from zero.
    pub fn abs(&self) -> Number {
        if self.is_negative() { -self.clone() } else { self.clone() }
    }

    /// Numerator and denominator in lowest terms, as decimal digits: `("1606", "3207")`.
    pub fn fraction(&self) -> (String, String) {
        (self.0.numerator().to_string(), self.0.denominator().to_string())
    }

    /// Rounded to `rounding.decimals` digits after the decimal mark, exact otherwise.
    pub fn round(&self, rounding: Rounding) -> Number {
        let scale = UBig::from(10u8).pow(usize::from(rounding.decimals.min(30)));
        let scaled = &self.0 * RBig::from(scale.clone());
        let numerator = scaled.numerator().clone();
        let denominator = IBig::from(scaled.denominator().clone());
        let negative = numerator < IBig::ZERO;
        let magnitude = if negative { -numerator } else { numerator };
        let whole = &magnitude / &denominator;
        let twice_rest = (&magnitude - &whole * &denominator) * IBig::from(2);
        let up = match rounding.mode {
            RoundingMode::Truncation => false,
            RoundingMode::HalfAway => twice_rest >= denominator,
            RoundingMode::HalfEven => {
                twice_rest > denominator || (twice_rest == denominator && !(&whole % IBig::from(2)).is_zero())
            }
        };
        let rounded = if up { whole + IBig::ONE } else { whole };
        Number(RBig::from_parts(if negative { -rounded } else { rounded }, scale))
    }

    /// Numerator and denominator as machine integers, where they fit.
    fn small(&self) -> Option<(i128, i128)> {
        Some((self.0.numerator().try_into().ok()?, self.0.denominator().try_into().ok()?))
    }

    /// The decimal digits of a finite decimal, or `None` when the expansion never ends (1/3).
    pub fn exact_decimal(&self) -> Option<String> {
        match self.small() {
            Some((_, denominator)) => digits::ends_after(denominator).map(|decimals| self.fixed(decimals)),
            None => self.exact_decimal_of_any_size(),
        }
    }

    fn exact_decimal_of_any_size(&self) -> Option<String> {
        let mut rest = self.0.denominator().clone();
        let mut digits = [0usize; 2];
        for (at, prime) in [(0, UBig::from(2u8)), (1, UBig::from(5u8))] {
            while (&rest % &prime).is_zero() {
                rest = &rest / &prime;
                digits[at] += 1;
            }
        }
        let decimals = digits[0].max(digits[1]);
        (rest.is_one() && decimals <= 30).then(|| self.fixed(decimals as u8))
    }

    /// A decimal for machines: exact where it ends, else at least 15 significant digits, rounded half away from zero.
    pub fn decimal(&self) -> String {
        if let Some(exact) = self.exact_decimal() {
            return exact;
        }
        let small = self.small().and_then(|(numerator, denominator)| digits::long(numerator, denominator));
        small.unwrap_or_else(|| self.long_of_any_size())
    }

    fn long_of_any_size(&self) -> String {
        let mut decimals = 15u8;
        let mut bound = Number::scaled(1, 1);
        while decimals < 30 && self.abs() < bound {
            bound = bound * Number::scaled(1, 1);
            decimals += 1;
        }
        self.round(Rounding { decimals, mode: RoundingMode::HalfAway }).fixed_of_any_size(decimals)
    }

    /// Shown to a reader: `50,08` and `3 207` (U+202F between groups) in French, `50.08` and `3,207` in English. A number
    /// that is not whole and has no rounding is shown with at most six decimals, trailing zeros cut.
    pub fn show(&self, lang: Lang, rounding: Option<Rounding>) -> String {
        let plain = match rounding {
            Some(rounding) => self.round(rounding).fixed(rounding.decimals),
            None => {
                let text = self.round(Rounding { decimals: 6, mode: RoundingMode::HalfAway }).fixed(6);
                text.trim_end_matches('0').trim_end_matches('.').to_string()
            }
        };
        let (sign, digits) = match plain.strip_prefix('-') {
            Some(rest) if rest.bytes().any(|b| (b'1'..=b'9').contains(&b)) => ("-", rest),
            Some(rest) => ("", rest),
            None => ("", plain.as_str()),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut out = String::from(sign);
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                out.push_str(lang.pick("\u{202f}", ","));
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push_str(lang.pick(",", "."));
            out.push_str(fraction);
        }
        out
    }

    /// `decimals` digits after the point, cut: callers round first.
    fn fixed(&self, decimals: u8) -> String {
        let small = self.small().and_then(|(numerator, denominator)| digits::fixed(numerator, denominator, decimals));
        small.unwrap_or_else(|| self.fixed_of_any_size(decimals))
    }

    fn fixed_of_any_size(&self, decimals: u8) -> String {
        let scaled = &self.0 * RBig::from(UBig::from(10u8).pow(usize::from(decimals)));
        let numerator = scaled.numerator() / IBig::from(scaled.denominator().clone());
        let negative = numerator < IBig::ZERO;
        let digits = if negative { -numerator } else { numerator }.to_string();
        let width = usize::from(decimals) + 1;
        let padded = format!("{digits:0>width$}");
        let (whole, fraction) = padded.split_at(padded.len() - usize::from(decimals));
        let sign = if negative { "-" } else { "" };
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Number(RBig::from(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Number(RBig::from(value))
    }
}

impl Add for Number {
    type Output = Number;
    fn add(self, other: Number) -> Number {
        Number(self.0 + other.0)
    }
}

impl Sub for Number {
    type Output = Number;
    fn sub(self, other: Number) -> Number {
        Number(self.0 - other.0)
    }
}

impl Mul for Number {
    type Output = Number;
    fn mul(self, other: Number) -> Number {
        Number(self.0 * other.0)
    }
}

impl Neg for Number {
    type Output = Number;
    fn neg(self) -> Number {
        Number(-self.0)
    }
}

/// Prints the machine form, see [`Number::decimal`].
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.decimal())
    }
}

/// Serialises as `{"decimal": "50.0779…", "fraction": "160600/3207"}`; both are strings, so that no reader rounds them.
impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let (numerator, denominator) = self.fraction();
        let mut out = serializer.serialize_struct("Number", 2)?;
        out.serialize_field("decimal", &self.decimal())?;
        out.serialize_field("fraction", &format!("{numerator}/{denominator}"))?;
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse_plain(text).expect("a plain number")
    }

    #[test]
    fn a_third_three_times_is_one() {
        let third = Number::from(1i64).divide(&Number::from(3i64)).expect("three is not zero");
        assert_eq!(third * Number::from(3i64), Number::from(1i64));
    }

    #[test]
    fn shown_in_both_languages() {
        let share = Number::from(160_600i64).divide(&Number::from(3207i64)).expect("not zero");
        let two = |mode| Some(Rounding { decimals: 2, mode });
        assert_eq!(share.show(Lang::Fr, two(RoundingMode::HalfAway)), "50,08");
        assert_eq!(share.show(Lang::En, two(RoundingMode::Truncation)), "50.07");
        assert!(share.decimal().starts_with("50.0779544745868"), "{share}");
        assert_eq!(number("-1234567.5").show(Lang::Fr, None), "-1\u{202f}234\u{202f}567,5");
        assert_eq!(number("-0.4").show(Lang::En, Some(Rounding { decimals: 0, mode: RoundingMode::HalfAway })), "0");
    }

    #[test]
    fn halves() {
        let show = |text, mode| number(text).show(Lang::En, Some(Rounding { decimals: 0, mode }));
        assert_eq!(show("2.5", RoundingMode::HalfAway), "3");
        assert_eq!(show("-2.5", RoundingMode::HalfAway), "-3");
        assert_eq!(show("2.5", RoundingMode::HalfEven), "2");
        assert_eq!(show("3.5", RoundingMode::HalfEven), "4");
        assert_eq!(show("-2.9", RoundingMode::Truncation), "-2");
    }

    #[test]
    fn machine_form_is_exact_or_long() {
        assert_eq!(number("12.50").decimal(), "12.5");
        assert_eq!(number("3207").decimal(), "3207");
        let third = Number::from(1i64).divide(&Number::from(3000i64)).expect("not zero");
        assert_eq!(third.decimal(), "0.000333333333333333");
    }

    #[test]
    fn small_and_large_numbers_are_written_alike() {
        let wholes = [0, 1, -1, 2, 3, 7, -10, 99, 1000, 12_345_678_901_i64, i64::MIN, i64::MAX];
        let parts = [1, 2, 3, 5, 6, 7, 8, 10, 25, 97, 1000, 1024, 3_333_333, 15_625, 10_000_000_000, i64::MAX];
        for (whole, part) in wholes.iter().flat_map(|whole| parts.map(|part| (*whole, part))) {
            let Some(number) = Number::from(whole).divide(&Number::from(part)) else { continue };
            let exact = number.exact_decimal_of_any_size();
            assert_eq!(number.exact_decimal(), exact, "{whole}/{part}");
            assert_eq!(number.decimal(), exact.unwrap_or_else(|| number.long_of_any_size()), "{whole}/{part}");
            for decimals in [0, 1, 2, 6, 15, 30] {
                assert_eq!(number.fixed(decimals), number.fixed_of_any_size(decimals), "{whole}/{part}");
            }
        }
    }

    #[test]
    fn plain_digits_only() {
        for wrong in ["", "-", ".5", "5.", "1,5", "1 000", "1e5", "٣"] {
            assert_eq!(Number::parse_plain(wrong), None, "{wrong}");
        }
    }
}
