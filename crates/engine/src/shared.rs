//! What other answerers of queries share with the engine, so that a text means the same wherever it is stored: how spellings
//! are compared, why a cell cannot be read, and the bytes by which values are told apart.

use jauge::plan::{Catalog, Decimal};
use jauge::problem::Fact;
use jauge::types::Number;

use crate::cell::{Value, Width, decimal};
use crate::column::Reader;
use crate::distinct::identify;
use crate::sheet::TYPED;

/// How codes, labels, aliases and markers are compared: composed, one plain apostrophe, hyphen and space, no blanks around
/// hyphens. Case and accents count.
pub fn spelling(text: &str) -> String {
    crate::text::plain(text)
}

/// How texts are compared: without blanks around, composed (NFC).
pub fn composed(text: &str) -> String {
    crate::text::composed(text).into_owned()
}

/// The words for yes and for no, as [`spelling`] gives them, besides those that a column declares.
pub const YES_NO: (&[&str], &[&str]) = (&crate::column::YES, &crate::column::NO);

/// How the cell behind a text is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// As a text.
    Text,
    /// With its type, written as a workbook or a database writes typed values.
    Typed,
    /// As a binary floating-point number of 32 bits.
    Single,
    /// Of 64 bits.
    Double,
}

/// Why a cell cannot be read; `None` where it can. `numeric`: the label of a band does not do.
pub fn mistake(catalog: Catalog<'_>, column: usize, text: &str, stated: Stated, numeric: bool) -> Option<Fact> {
    let column = catalog.source.columns.get(column)?;
    let reader = Reader::new(column, catalog, numeric);
    let decimals = reader.decimals().unwrap_or(0);
    let binary = |width| match width {
        Width::Single => decimal(text.parse().map_or(f64::NAN, |number: f32| f64::from(number)), width, decimals),
        Width::Double => decimal(text.parse().unwrap_or(f64::NAN), width, decimals),
    };
    let typed = |text: &str| reader.read(&format!("{TYPED}{text}")).1;
    let of_binary = |width| match binary(width) {
        Some(mantissa) => typed(&Number::scaled(i128::from(mantissa), decimals).decimal()),
        None => Some(reader.of_binary(text)),
    };
    let found = match stated {
        _ if text.is_empty() => reader.read(text).1,
        Stated::Text => reader.read(text).1,
        Stated::Typed => typed(text),
        Stated::Single => of_binary(Width::Single),
        Stated::Double => of_binary(Width::Double),
    };
    found.map(|mistake| reader.explain(mistake, text, 0))
}

/// A value that is told apart from others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Known<'t> {
    /// A composed text.
    Text(&'t str),
    /// A number.
    Number(Decimal),
    /// A day, or the ordinal of a period.
    Day(i32),
    /// Yes or no.
    YesNo(bool),
    /// The place of a member in its dimension.
    Member(usize),
}

/// Bytes that are equal exactly where the values are, in whatever source: what [`jauge::plan::Cube::keys`] holds.
pub fn identity(value: Known<'_>) -> Box<[u8]> {
    let mut bytes = Vec::new();
    match value {
        Known::Text(text) => identify(Value::Text, text, &mut bytes),
        Known::Number(number) => identify(Value::Number(number), "", &mut bytes),
        Known::Day(day) => identify(Value::Day(day), "", &mut bytes),
        Known::YesNo(yes) => identify(Value::YesNo(yes), "", &mut bytes),
        Known::Member(member) => identify(Value::Member(member, None), "", &mut bytes),
    }
    bytes.into_boxed_slice()
}
