//! Bounds on what is read, in one place: no text makes the reader recurse or allocate without bound.

/// Bytes of a file.
pub(super) const FILE_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of one value that is not prose.
pub(super) const VALUE_BYTES: usize = 16 * 1024;
/// Parentheses and measures inside each other.
pub(super) const DEPTH: usize = 32;
/// Terms, signs and conditions side by side in one measure.
pub(super) const PARTS: usize = 200;
/// Levels of indentation in a list.
pub(super) const NESTING: usize = 16;
/// Decimals of a number.
pub(super) const DECIMALS: u8 = 30;
/// Decimals of the numbers of a column: as many digits as a floating-point number keeps.
pub(super) const COLUMN_DECIMALS: u8 = 15;
/// Digits of a number before the decimal mark.
pub(super) const DIGITS: usize = 30;
/// Periods of a rolling mean.
pub(super) const ROLLING: u32 = 1000;
/// Rows of a sheet, as many as Excel has.
pub const SHEET_ROWS: u32 = 1_048_576;
