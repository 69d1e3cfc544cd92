//! Numbers as texts to exact numbers, and constants of definitions. A text that is not read here is told.

use jauge::program::model::Format;
use jauge::types::Number;

use crate::dialect::Dialect;

/// The marks in which the numbers of a column are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks {
    decimal: char,
    thousands: Option<char>,
    declared: bool,
    percent: bool,
    /// The most decimals, where they are declared.
    decimals: Option<u8>,
}

impl Marks {
    /// As a source declares them.
    pub(crate) fn new(format: &Format, percent: bool, decimals: Option<u8>) -> Marks {
        Marks {
            decimal: format.decimal.unwrap_or('.'),
            thousands: format.thousands,
            declared: format.decimal.is_some() || format.thousands.is_some(),
            percent,
            decimals,
        }
    }

    /// As a database writes its own.
    pub(crate) fn plain(percent: bool, decimals: Option<u8>) -> Marks {
        Marks { decimal: '.', thousands: None, declared: true, percent, decimals }
    }
}

/// The signs of a mark, inside a class of a regular expression.
fn class(mark: char) -> String {
    match mark {
        ' ' => " \u{a0}\u{202f}\u{2009}".into(),
        '\'' => "'\u{2019}".into(),
        '\\' | ']' | '^' | '-' => format!("\\{mark}"),
        mark => mark.into(),
    }
}

/// The number of a trimmed text; NULL where it is none in these marks, or has more digits than are kept exactly.
pub(crate) fn read(d: Dialect, text: &str, marks: Marks, whole: bool) -> String {
    let decimal = class(marks.decimal);
    let groups = marks.thousands.map(class);
    let digits = match (&groups, d.can().scale) {
        (Some(groups), _) => format!("([0-9]+|[0-9]{{1,3}}([{groups}][0-9]{{3}})+)"),
        (None, _) => "[0-9]+".into(),
    };
    let most = [d.can().scale, marks.decimals].into_iter().flatten().min();
    let decimals = match most {
        Some(0) => format!("([{decimal}]0+)?"),
        Some(most) => format!("([{decimal}][0-9]{{1,{most}}}0*)?"),
        None => format!("([{decimal}][0-9]+)?"),
    };
    let percent = if marks.percent { "( *%)?" } else { "" };
    let form = format!("^[-+\u{2212}]?{digits}{decimals}{percent}$");
    // What is not a digit, a sign or the decimal mark is taken away; then the marks are those of SQL.
    let bare = d.replaced(text, &format!("[^0-9{decimal}\u{2212}-]"), "");
    let mut from = String::from("\u{2212}");
    let mut to = String::from("-");
    if marks.decimal != '.' {
        from.push(marks.decimal);
        to.push('.');
    }
    let bare = d.translated(&bare, &from, &to);
    let mut fits = vec![d.is_like(text, &form)];
    // As many digits as the engine keeps, or as the type of numbers holds.
    let most = match d.can().scale {
        None => 28,
        Some(_) if d == Dialect::Spark => 19,
        Some(_) => 28,
    };
    let kept = match d.can().scale {
        None => d.replaced(text, "[^0-9]", ""),
        // Before the mark only: what is after it is bounded by the form.
        Some(_) => d.replaced(&d.replaced(text, &format!("[{decimal}].*$"), ""), "[^0-9]", ""),
    };
    fits.push(format!("length({kept}) <= {most}"));
    if !marks.declared {
        // `1.234` with nothing declared may be a thousand.
        fits.push(format!("NOT {}", d.is_like(text, "^[-+\u{2212}]?[1-9][0-9]{0,2}[.][0-9]{3}$")));
    }
    let number = d.number(&bare);
    let fits = fits.join(" AND ");
    if whole {
        return format!("CASE WHEN {fits} AND {number} = floor({number}) THEN {number} END");
    }
    format!("CASE WHEN {fits} THEN {number} END")
}

/// What is known of a cell of numbers besides its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Floats {
    /// It is kept exactly.
    None,
    /// It is a floating-point number of this type of PostgreSQL, and below this whole numbers are told apart.
    Of(&'static str, i64),
    /// Whether it is one is asked of the cell: bits of its digits, 0 where it is none.
    Asked,
}

/// Bits of the digits of floating-point numbers of 32 and of 64 bits.
pub(crate) const DIGITS: [u32; 2] = [24, 53];

/// A number, unless its cell `float` is a binary number that stands for no decimal of so many digits after the mark, or for
/// several (see `docs/en/data.md`). `plainly`: such a number is printed with so many at most.
pub(crate) fn standing(
    d: Dialect,
    (number, float): (&str, &str),
    of: Floats,
    decimals: Option<u8>,
    plainly: impl Fn(u8) -> String,
) -> String {
    let scale = decimals.unwrap_or(0);
    match of {
        Floats::None => number.to_string(),
        Floats::Of(kind, whole) => {
            let step = Number::scaled(1, scale).decimal();
            let other = |sign| format!("CAST({number} {sign} {step} AS {kind}) <> {float}");
            let small = format!("abs({number}) < {}", Number::scaled(i128::from(whole), scale).decimal());
            format!(
                "CASE WHEN {} THEN CASE WHEN {small} AND {} AND {} THEN {number} END END",
                plainly(scale),
                other("+"),
                other("-")
            )
        }
        // A quarter of what is told apart: there decimals have numbers of their own, and no neighbour need be looked at. Casts to
        // binary numbers do not round alike everywhere.
        Floats::Asked => {
            let [single, double] =
                DIGITS.map(|bits| d.constant(&((1i64 << (bits - 2)) / 10i64.pow(scale.into())).to_string()));
            let small = format!("abs({number}) < CASE {float} WHEN {} THEN {single} ELSE {double} END", DIGITS[0]);
            format!("CASE WHEN {float} = 0 OR ({} AND {small}) THEN {number} END", plainly(scale))
        }
    }
}

/// Whether a text that a database has printed has so many decimals at most.
pub(crate) fn printed(d: Dialect, text: &str, decimals: u8) -> String {
    let decimals = match decimals {
        0 => "[.]0+".to_string(),
        most => format!("[.][0-9]{{1,{most}}}0*"),
    };
    d.is_like(text, &format!("^-?[0-9]+({decimals})?$"))
}

/// A comparison of a number with a constant, exact also where the constant has no end after the mark.
pub(crate) fn compared(d: Dialect, number: &str, sign: &str, constant: &Number) -> String {
    match constant.exact_decimal() {
        Some(digits) => format!("{number} {sign} {}", d.constant(&digits)),
        // INVARIANT: `refuse` has seen to it that every constant has an end.
        None => format!("{number} {sign} NULL"),
    }
}

/// Whether a constant can be written exactly.
pub(crate) fn is_exact(d: Dialect, constant: &Number) -> bool {
    constant.exact_decimal().is_some_and(|digits| {
        let digits = digits.trim_start_matches('-');
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        d.can().scale.is_none_or(|scale| decimals.len() <= usize::from(scale) && whole.len() <= 19)
    })
}
