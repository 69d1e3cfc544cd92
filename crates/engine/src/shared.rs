//! What other answerers of queries share with the engine, so that a text means the same wherever it is stored: how spellings
//! are compared, why a cell cannot be read, and the bytes by which values are told apart.

use jauge::plan::{Catalog, Decimal};
use jauge::problem::Fact;

use crate::cell::Value;
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

/// Why a cell cannot be read; `None` where it can. `typed`: it is written as a workbook or a database writes typed values.
/// `numeric`: the label of a band does not do.
pub fn mistake(catalog: Catalog<'_>, column: usize, text: &str, typed: bool, numeric: bool) -> Option<Fact> {
    let column = catalog.source.columns.get(column)?;
    let reader = Reader::new(column, catalog, numeric);
    let found = if typed && !text.is_empty() { reader.read(&format!("{TYPED}{text}")).1 } else { reader.read(text).1 };
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
