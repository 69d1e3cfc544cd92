//! Numbers as data files write them to exact decimals, under the source's declared marks.

use std::cmp::Ordering;

use jauge::plan::Decimal;
use jauge::program::model::Format;
use jauge::types::Number;

use crate::limits;

/// The marks that a source declares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NumberStyle {
    decimal: char,
    thousands: Option<char>,
    declared: bool,
    percent: bool,
    /// The most decimals.
    decimals: u8,
}

impl NumberStyle {
    /// The marks of a format; `percent` where the column's unit is per cent, so that `12,5 %` may stand in it; `decimals` as
    /// declared.
    pub(crate) fn new(format: &Format, percent: bool, decimals: Option<u8>) -> Self {
        NumberStyle {
            decimal: format.decimal.unwrap_or('.'),
            thousands: format.thousands,
            declared: format.decimal.is_some() || format.thousands.is_some(),
            percent,
            decimals: decimals.unwrap_or(u8::MAX),
        }
    }

    /// As a workbook's own numbers are written: a point for decimals and nothing else.
    pub(crate) fn plain(self) -> Self {
        NumberStyle { decimal: '.', thousands: None, declared: true, ..self }
    }

    /// The same with however many decimals.
    pub(crate) fn any_decimals(self) -> Self {
        NumberStyle { decimals: u8::MAX, ..self }
    }

    /// The decimal mark, where it is one byte.
    pub(crate) fn mark(self) -> Option<u8> {
        u8::try_from(self.decimal).ok().filter(u8::is_ascii)
    }

    /// The source says how its numbers are written.
    pub(crate) fn is_declared(self) -> bool {
        self.declared
    }
}

/// Why a text is no number here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Not a number in any style.
    NotANumber,
    /// A number in another style than the declared one, or in several.
    Style,
    /// It has an exponent.
    Shortened,
    /// Too many digits.
    TooLong,
    /// More decimals than declared.
    Decimals,
}

/// Reads a trimmed text.
pub(crate) fn read_number(text: &str, style: NumberStyle) -> Result<Decimal, Trouble> {
    // The usual case first: up to eighteen bare digits.
    let bytes = text.as_bytes();
    if !bytes.is_empty() && bytes.len() <= 18 && bytes.iter().all(u8::is_ascii_digit) {
        let mantissa = bytes.iter().fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        return Ok(Decimal { mantissa: i128::from(mantissa), scale: 0 });
    }
    let bare = match text.strip_suffix('%') {
        Some(rest) if style.percent => rest.trim_end(),
        Some(_) | None => text,
    };
    let (negative, digits) = unsigned(bare);
    if ambiguous(digits, style) {
        return Err(Trouble::Style);
    }
    match in_style(digits, style.decimal, style.thousands) {
        Some(Ok(number)) if number.scale > style.decimals => Err(Trouble::Decimals),
        Some(Ok(number)) => Ok(if negative { Decimal { mantissa: -number.mantissa, ..number } } else { number }),
        Some(Err(TooLong)) => Err(Trouble::TooLong),
        None if is_exponent(digits) => Err(Trouble::Shortened),
        None if readings(text) != (None, None) => Err(Trouble::Style),
        None => Err(Trouble::NotANumber),
    }
}

/// A mark, and the number as it would be read with it.
pub(crate) type Reading = Option<(char, String)>;

/// How else the text could be read: with its mark as decimal mark (the mark, the number with a point), and with its mark
/// between groups of thousands (the mark, the digits).
pub(crate) fn readings(text: &str) -> (Reading, Reading) {
    let (negative, digits) = unsigned(text);
    let sign = if negative { "-" } else { "" };
    let show = |number: Decimal| format!("{sign}{}", Number::scaled(number.mantissa, number.scale));
    let marks = ['.', ',', '\'', ' '];
    let decimal = ['.', ','].into_iter().find_map(|mark| {
        let groups = marks.into_iter().filter(|group| *group != mark).map(Some);
        let number = [None].into_iter().chain(groups).find_map(|group| in_style(digits, mark, group)?.ok())?;
        digits.contains(mark).then(|| (mark, show(number)))
    });
    let thousands = marks.into_iter().find_map(|mark| {
        let other = if mark == ',' { '.' } else { ',' };
        let number = in_style(digits, other, Some(mark))?.ok()?;
        digits.chars().any(|c| is_group(c, mark)).then(|| (mark, show(number)))
    });
    (decimal, thousands)
}

fn unsigned(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// `1.234` with nothing declared: a point between one to three digits and three more.
fn ambiguous(digits: &str, style: NumberStyle) -> bool {
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    !style.declared
        && digits.split_once('.').is_some_and(|(whole, rest)| {
            rest.len() == 3 && all_digits(rest) && whole.len() <= 3 && all_digits(whole) && !whole.starts_with('0')
        })
}

fn is_exponent(digits: &str) -> bool {
    let Some((mantissa, exponent)) = digits.split_once(['e', 'E']) else { return false };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let mut some = false;
    let plain = mantissa.bytes().all(|b| {
        some |= b.is_ascii_digit();
        b.is_ascii_digit() || b == b'.' || b == b','
    });
    plain && some && !exponent.is_empty() && exponent.bytes().all(|b| b.is_ascii_digit())
}

fn is_group(c: char, mark: char) -> bool {
    match mark {
        ' ' => matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'),
        '\'' => matches!(c, '\'' | '\u{2019}'),
        mark => c == mark,
    }
}

struct TooLong;

/// Digits, groups and decimals in one style; `None` where the text is not of this shape.
fn in_style(digits: &str, decimal: char, thousands: Option<char>) -> Option<Result<Decimal, TooLong>> {
    let mut mantissa: i128 = 0;
    let mut significant: u32 = 0;
    let mut scale: u32 = 0;
    // Digits since the last group mark, and whether there was one.
    let mut run: u32 = 0;
    let mut grouped = false;
    let mut after = false;
    let mut too_long = false;
    for c in digits.chars() {
        if let Some(digit) = c.to_digit(10) {
            if mantissa != 0 || digit != 0 {
                significant += 1;
            }
            too_long |= significant > limits::DIGITS || scale > limits::DIGITS;
            if !too_long {
                mantissa = mantissa * 10 + i128::from(digit);
            }
            run = run.saturating_add(1);
            scale = scale.saturating_add(u32::from(after));
        } else if c == decimal && !after {
            if run == 0 || (grouped && run != 3) {
                return None;
            }
            after = true;
            run = 0;
        } else if !after && thousands.is_some_and(|mark| is_group(c, mark)) {
            if run == 0 || run > 3 || (grouped && run != 3) {
                return None;
            }
            grouped = true;
            run = 0;
        } else {
            return None;
        }
    }
    if run == 0 || (grouped && !after && run != 3) {
        return None;
    }
    // Zeros at the end carry nothing: `0.5000…` of any length is a half.
    if too_long && after {
        let cut = digits.trim_end_matches('0');
        if cut.len() < digits.len() && cut.len() > 1 {
            return in_style(cut.trim_end_matches(decimal), decimal, thousands);
        }
    }
    match u8::try_from(scale) {
        Ok(scale) if !too_long => Some(Ok(normal(Decimal { mantissa, scale }))),
        Ok(_) | Err(_) => Some(Err(TooLong)),
    }
}

/// Without trailing zeros after the mark.
pub(crate) fn normal(mut number: Decimal) -> Decimal {
    if number.mantissa == 0 {
        return Decimal::default();
    }
    while number.scale > 0 && number.mantissa % 10 == 0 {
        number.mantissa /= 10;
        number.scale -= 1;
    }
    number
}

/// Compares two numbers by value.
pub(crate) fn compare(left: Decimal, right: Decimal) -> Ordering {
    if left.scale == right.scale {
        return left.mantissa.cmp(&right.mantissa);
    }
    let scale = left.scale.max(right.scale);
    let up = |number: Decimal| {
        10i128.checked_pow(u32::from(scale - number.scale)).and_then(|factor| number.mantissa.checked_mul(factor))
    };
    match (up(left), up(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (_, _) => Number::scaled(left.mantissa, left.scale).cmp(&Number::scaled(right.mantissa, right.scale)),
    }
}

/// Compares a cell's number with a constant of a definition.
pub(crate) fn compare_number(left: Decimal, right: &Number) -> Ordering {
    Number::scaled(left.mantissa, left.scale).cmp(right)
}

/// A constant as a decimal, where it is one that fits.
pub(crate) fn decimal_of(number: &Number) -> Option<Decimal> {
    let text = number.exact_decimal()?;
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
    Some(normal(Decimal { mantissa: mantissa * sign, scale: u8::try_from(fraction.len()).ok()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(decimal: Option<char>, thousands: Option<char>) -> NumberStyle {
        NumberStyle::new(&Format { decimal, thousands, ..Format::default() }, false, None)
    }

    fn read(text: &str, decimal: Option<char>, thousands: Option<char>) -> Result<String, Trouble> {
        read_number(text, style(decimal, thousands)).map(|n| Number::scaled(n.mantissa, n.scale).to_string())
    }

    #[test]
    fn declared_marks() {
        assert_eq!(read("3207", None, None), Ok("3207".into()));
        assert_eq!(read("-3,50", Some(','), None), Ok("-3.5".into()));
        assert_eq!(read("−3,50", Some(','), None), Ok("-3.5".into()));
        for text in ["1 234 567,5", "1\u{a0}234\u{202f}567,5", "1234567,50"] {
            assert_eq!(read(text, Some(','), Some(' ')), Ok("1234567.5".into()), "{text}");
        }
        assert_eq!(read("1.234,5", Some(','), Some('.')), Ok("1234.5".into()));
        assert_eq!(read("0.125", None, None), Ok("0.125".into()));
        assert_eq!(read("1.234", Some('.'), None), Ok("1.234".into()));
        assert_eq!(read("0.30000000000000004", None, None), Ok("0.30000000000000004".into()));
        assert_eq!(read(&format!("0.5{}", "0".repeat(60)), None, None), Ok("0.5".into()));
    }

    #[test]
    fn other_styles_are_not_guessed() {
        assert_eq!(read("1.234", None, None), Err(Trouble::Style));
        assert_eq!(readings("1.234"), (Some(('.', "1.234".into())), Some(('.', "1234".into()))));
        assert_eq!(read("3,5", None, None), Err(Trouble::Style));
        assert_eq!(readings("3,5"), (Some((',', "3.5".into())), None));
        assert_eq!(read("1.234", Some(','), None), Err(Trouble::Style));
        assert_eq!(read("12 34", Some(','), Some(' ')), Err(Trouble::NotANumber));
        assert_eq!(read("1 234", None, None), Err(Trouble::Style));
        assert_eq!(read("1.2.3", None, None), Err(Trouble::NotANumber));
        assert_eq!(read("1,2E+05", Some(','), None), Err(Trouble::Shortened));
        assert_eq!(read("12 %", None, None), Err(Trouble::NotANumber));
        for text in ["", "-", ".", ",5", "5,", "abc", "٣", "--3", "1e", "e5", "%"] {
            assert!(read(text, Some(','), None).is_err(), "{text}");
        }
        assert_eq!(read(&"9".repeat(29), None, None), Err(Trouble::TooLong));
        assert_eq!(read(&"9".repeat(28), None, None), Ok("9".repeat(28)));
    }

    #[test]
    fn compared_by_value() {
        let of = |mantissa, scale| Decimal { mantissa, scale };
        assert_eq!(compare(of(35, 1), of(4, 0)), Ordering::Less);
        assert_eq!(compare(of(i128::MAX, 0), of(1, 30)), Ordering::Greater);
        assert_eq!(decimal_of(&Number::scaled(-350, 2)), Some(of(-35, 1)));
    }
}
