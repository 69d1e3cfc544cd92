//! Types as plain data: numbers, periods, units and how figures add.

mod digits;
mod number;
mod offset;
mod period;
mod range;
mod unit;

pub use number::{Number, Rounding, RoundingMode};
pub use offset::Offset;
pub use period::{Calendar, CalendarId, Date, Length, Period};
pub use range::{Bound, Qualifier, Range};
pub use unit::{Additivity, Unit, UnitId};
