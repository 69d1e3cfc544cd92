//! The text of one cell to its value.

mod binary;
mod date;
mod number;
mod said;

pub(crate) use binary::{Width, decimal, decimals_in, mistake as binary_mistake};
pub(crate) use date::{date, is_instant, long_date, other_style, style_words};
pub(crate) use number::{NumberStyle, Trouble, compare, compare_number, decimal_of, normal, read_number, readings};
pub(crate) use said::{Said, read_said};

use jauge::plan::{Cube, Decimal};

/// What a cell holds. Text is not in here: whoever needs it has the cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    /// Empty, marked as unknown, or unreadable (then there is a mistake too).
    Missing,
    /// Missing with a text that says why: its place in the column's list.
    Marked(u16),
    /// The source's marker for a total.
    Total,
    /// A text.
    Text,
    /// A number.
    Number(Decimal),
    /// A qualified number.
    Said(Said),
    /// A day number.
    Day(i32),
    /// Yes or no.
    YesNo(bool),
    /// A member of the column's dimension; the number where it is a band.
    Member(usize, Option<Decimal>),
    /// The ordinal of a period, or the code of a window.
    Period(i32),
}

impl Value {
    /// As a number: what sums, extremes and medians take. A date counts as its day number, a period as its ordinal.
    pub(crate) fn number(self) -> Option<Decimal> {
        match self {
            Value::Number(number) => Some(number),
            Value::Said(said) => Some(said.stated),
            Value::Member(_, number) => number,
            Value::Day(day) => Some(Decimal { mantissa: i128::from(day), scale: 0 }),
            Value::Period(ordinal) if !Cube::is_ordinal(ordinal) => None,
            Value::Period(ordinal) => Some(Decimal { mantissa: i128::from(ordinal), scale: 0 }),
            Value::Missing | Value::Marked(_) | Value::Total | Value::Text | Value::YesNo(_) => None,
        }
    }

    /// Of a cell without a value, the place of its text among those that say why; [`Cube::UNMARKED`] where it says nothing.
    pub(crate) fn mark(self) -> Option<i128> {
        match self {
            Value::Missing => Some(Cube::UNMARKED),
            Value::Marked(at) => Some(i128::from(at)),
            _ => None,
        }
    }

    /// False for missing cells.
    pub(crate) fn is_present(self) -> bool {
        !matches!(self, Value::Missing | Value::Marked(_))
    }
}

/// Why a cell could not be read. Its words are made later, for those that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Mistake {
    /// An error of a workbook.
    ErrorCell,
    /// A formula of a workbook without its result.
    NoResult,
    /// A binary floating-point number that stands for no decimal.
    Inexact,
    /// More decimals than declared.
    Decimals,
    /// Empty where it may not be.
    Empty,
    /// Not a number.
    NotANumber,
    /// A qualified number where none is declared.
    Qualified,
    /// Marks that do not fit the declaration.
    Style,
    /// A part of a person.
    NotWhole,
    /// An exponent.
    Shortened,
    /// Too many digits.
    TooLong,
    /// Not a date.
    NotADate,
    /// An instant whose day is not said.
    NoZone,
    /// Not a period of the calendar.
    NotAPeriod,
    /// Not a member.
    UnknownCode,
    /// In no band.
    InNoBand,
    /// Neither yes nor no.
    NotYesOrNo,
    /// A code that the other source does not have.
    NotFound,
    /// A cell too many or too few: the row is left aside.
    CellCount {
        /// Cells found.
        found: u32,
    },
    /// Text after a closing quote: the row is left aside.
    AfterQuote,
}

impl Mistake {
    /// Which kind it is, whatever its facts.
    pub(crate) fn kind(self) -> u8 {
        match self {
            Mistake::Empty => 0,
            Mistake::NotANumber => 1,
            Mistake::Style => 2,
            Mistake::Shortened => 3,
            Mistake::TooLong => 4,
            Mistake::NotADate => 5,
            Mistake::NotAPeriod => 6,
            Mistake::UnknownCode => 7,
            Mistake::InNoBand => 8,
            Mistake::NotYesOrNo => 9,
            Mistake::CellCount { .. } => 10,
            Mistake::AfterQuote => 11,
            Mistake::Qualified => 12,
            Mistake::NotWhole => 14,
            Mistake::ErrorCell => 15,
            Mistake::NoResult => 17,
            Mistake::Inexact => 16,
            Mistake::NotFound => 18,
            Mistake::Decimals => 19,
            Mistake::NoZone => 20,
        }
    }
}
