//! Units as types, and how a figure adds: what may be summed with what, and over what.

use serde::Serialize;

/// Which declared unit of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct UnitId(pub u16);

/// The unit of a figure, as a type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Things of a declared kind (pupils, sessions, MAD).
    Of(UnitId),
    /// A bare number: a literal, or the quotient of two figures of one unit.
    Number,
    /// A share or a change in per cent.
    Percent,
    /// The difference of two percentages.
    Points,
    /// One unit per another (pupils per class).
    Per(Box<Unit>, Box<Unit>),
    /// One unit times another (vouchers × MAD per voucher has cancelled already).
    Times(Box<Unit>, Box<Unit>),
    /// A stage: a member of this dimension, in the order of its members; `None` for reached or not. Nothing is computed with
    /// it.
    Stage(Option<usize>),
    /// Unknown because of an error reported elsewhere: agrees with everything and is never reported again.
    Unknown,
}

/// Over what a figure may be summed (meaning 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Additivity {
    /// Rows or sums of rows: adds over exclusive groups and over time.
    Everywhere,
    /// A stock: adds over exclusive groups, not over time.
    NotOverTime,
    /// Distinct keys: adds only over groups in which no key can appear twice.
    DistinctKeys,
    /// Ratios, averages, medians, extremes, changes: never adds.
    Never,
}
