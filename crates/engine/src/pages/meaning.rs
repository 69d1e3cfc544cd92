//! A column of a Parquet file to what its values mean: texts, exact numbers, days, yes or no. What has no such meaning is
//! refused before anything is read.

use jauge::types::{Date, Number, Offset};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::schema::types::ColumnDescriptor;

use super::page::big_endian;
use crate::cell::{Width, decimal};

/// How values lie in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Bit,
    Int32,
    Int64,
    Int96,
    Float,
    Double,
    Bytes,
    Fixed(usize),
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// UTF-8.
    Text,
    /// A whole number; of 64 bits without sign where that is said.
    Whole { unsigned: bool },
    /// A whole number of `10^-scale`.
    Decimal(u8),
    /// Days since 1970.
    Day,
    /// So many of these since 1970 make a day, by this clock.
    Instant(i64, Clock),
    /// Yes or no.
    Truth,
    /// A binary floating-point number that stands for a decimal of so many digits after the mark.
    Binary(Width, u8),
    /// Sixteen bytes.
    Uuid,
}

/// By what clock days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// That of the place, whichever it is.
    Own,
    /// One that is so many units of the column ahead of universal time.
    Ahead(i64),
    /// The values are instants in universal time, and nothing says whose days count.
    Unsaid,
}

/// A value that is not a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Raw<'v> {
    Whole(i128),
    Binary(f64),
    Bytes(&'v [u8]),
}

/// The form and the meaning of a column, or its type in words where it has none. `decimals`: as many as its numbers have at
/// most; `zone`: the clock by which instants fall on days.
pub(crate) fn meaning(
    column: &ColumnDescriptor,
    decimals: u8,
    zone: Option<Offset>,
) -> Result<(Form, Meaning), String> {
    let refused = || Err(type_name(column));
    if column.max_rep_level() > 0 || column.path().parts().len() > 1 {
        return refused();
    }
    let form = match column.physical_type() {
        Type::BOOLEAN => Form::Bit,
        Type::INT32 => Form::Int32,
        Type::INT64 => Form::Int64,
        Type::INT96 => Form::Int96,
        Type::FLOAT => Form::Float,
        Type::DOUBLE => Form::Double,
        Type::BYTE_ARRAY => Form::Bytes,
        Type::FIXED_LEN_BYTE_ARRAY => Form::Fixed(usize::try_from(column.type_length()).unwrap_or(0)),
    };
    let decimal = |scale: i32| match (form, u8::try_from(scale)) {
        (Form::Fixed(length), _) if length == 0 || length > 16 => refused(),
        (_, Ok(scale)) if scale <= 28 => Ok((form, Meaning::Decimal(scale))),
        (_, _) => refused(),
    };
    let is_bytes = matches!(form, Form::Bytes);
    let instant = |unit: &TimeUnit, universal: bool| {
        let per_second: i64 = match unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        };
        let clock = match zone {
            _ if !universal => Clock::Own,
            Some(zone) => Clock::Ahead(i64::from(zone.minutes()) * 60 * per_second),
            None => Clock::Unsaid,
        };
        Ok((form, Meaning::Instant(SECONDS * per_second, clock)))
    };
    match column.logical_type_ref() {
        Some(LogicalType::String | LogicalType::Enum | LogicalType::Json) if is_bytes => Ok((form, Meaning::Text)),
        Some(LogicalType::Decimal(of)) => decimal(of.scale),
        Some(LogicalType::Date) if form == Form::Int32 => Ok((form, Meaning::Day)),
        Some(LogicalType::Timestamp(of)) if form == Form::Int64 => instant(&of.unit, of.is_adjusted_to_u_t_c),
        Some(LogicalType::Integer(of)) if matches!(form, Form::Int32 | Form::Int64) => {
            Ok((form, Meaning::Whole { unsigned: !of.is_signed }))
        }
        Some(LogicalType::Uuid) if form == Form::Fixed(16) => Ok((form, Meaning::Uuid)),
        Some(_) => refused(),
        None => match (column.converted_type(), form) {
            (ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON, Form::Bytes) => Ok((form, Meaning::Text)),
            (ConvertedType::DECIMAL, _) => decimal(column.type_scale()),
            (ConvertedType::DATE, Form::Int32) => Ok((form, Meaning::Day)),
            (ConvertedType::TIMESTAMP_MILLIS, Form::Int64) => instant(&TimeUnit::MILLIS, true),
            (ConvertedType::TIMESTAMP_MICROS, Form::Int64) => instant(&TimeUnit::MICROS, true),
            (
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64,
                Form::Int32 | Form::Int64,
            ) => Ok((form, Meaning::Whole { unsigned: true })),
            (
                ConvertedType::NONE
                | ConvertedType::INT_8
                | ConvertedType::INT_16
                | ConvertedType::INT_32
                | ConvertedType::INT_64,
                Form::Int32 | Form::Int64,
            ) => Ok((form, Meaning::Whole { unsigned: false })),
            (ConvertedType::NONE, Form::Bit) => Ok((form, Meaning::Truth)),
            // The old form of instants does not say its clock; who writes it (Spark, Hive) means universal time.
            (ConvertedType::NONE, Form::Int96) => instant(&TimeUnit::NANOS, true),
            (ConvertedType::NONE, Form::Float) => Ok((form, Meaning::Binary(Width::Single, decimals))),
            (ConvertedType::NONE, Form::Double) => Ok((form, Meaning::Binary(Width::Double, decimals))),
            // Older writers do not say that bytes are text.
            (ConvertedType::NONE, Form::Bytes) => Ok((form, Meaning::Text)),
            (_, _) => refused(),
        },
    }
}

/// The type as the format names it.
fn type_name(column: &ColumnDescriptor) -> String {
    let path = column.path().parts();
    if column.max_rep_level() > 0 {
        return format!("list ({})", path.join("."));
    }
    if path.len() > 1 {
        return format!("struct ({})", path.join("."));
    }
    match column.logical_type_ref() {
        Some(logical) => format!("{logical:?} ({})", column.physical_type()),
        None if column.converted_type() != ConvertedType::NONE => {
            format!("{} ({})", column.converted_type(), column.physical_type())
        }
        None => column.physical_type().to_string(),
    }
}

/// Seconds of a day.
const SECONDS: i64 = 86_400;

/// The days of the years 1 to 9999.
const DAYS: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;

impl Meaning {
    /// A value as exact decimal: mantissa and scale; `None` for what is no number, and for a binary number that stands for none.
    pub(crate) fn number(self, raw: Raw<'_>) -> Option<(i128, u8)> {
        match (self, raw) {
            (Meaning::Whole { .. }, Raw::Whole(number)) => Some((number, 0)),
            (Meaning::Decimal(scale), Raw::Whole(number)) => Some((number, scale)),
            (Meaning::Decimal(scale), Raw::Bytes(bytes)) => Some((big_endian(bytes)?, scale)),
            (Meaning::Binary(width, decimals), Raw::Binary(number)) => {
                decimal(number, width, decimals).map(|mantissa| (i128::from(mantissa), decimals))
            }
            (
                Meaning::Whole { .. }
                | Meaning::Decimal(_)
                | Meaning::Binary(..)
                | Meaning::Text
                | Meaning::Day
                | Meaning::Instant(..)
                | Meaning::Truth
                | Meaning::Uuid,
                _,
            ) => None,
        }
    }

    /// A value that is not a text, written in one way: numbers with a point, days as ISO dates.
    pub(crate) fn write(self, raw: Raw<'_>, out: &mut String) {
        use std::fmt::Write;
        if let Some((mantissa, scale)) = self.number(raw) {
            let _ = match scale {
                0 => write!(out, "{mantissa}"),
                scale => write!(out, "{}", Number::scaled(mantissa, scale).decimal()),
            };
            return;
        }
        // A day that no calendar has is left as a number, which is no date.
        let day = |day: i128| i32::try_from(day).ok().filter(|day| DAYS.contains(day)).map(Date::from_day_number);
        let _ = match (self, raw) {
            (Meaning::Day, Raw::Whole(number)) => match day(number) {
                Some(day) => write!(out, "{day}"),
                None => write!(out, "{number}"),
            },
            (Meaning::Instant(per_day, clock), Raw::Whole(number)) => {
                let per_day = i128::from(per_day);
                let here = if let Clock::Ahead(ahead) = clock { number + i128::from(ahead) } else { number };
                match (day(here.div_euclid(per_day)), here.rem_euclid(per_day), clock) {
                    (None, _, _) => write!(out, "{number}"),
                    // At midnight it is a date that was kept as an instant.
                    (Some(day), 0, _) | (Some(day), _, Clock::Own | Clock::Ahead(_)) => write!(out, "{day}"),
                    (Some(day), time, Clock::Unsaid) => {
                        let seconds = time * i128::from(SECONDS) / per_day;
                        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
                        // What is left of a second is said only where it tells from midnight.
                        let rest = if (hours, minutes, seconds) == (0, 0, 0) { ".1" } else { "" };
                        write!(out, "{day}T{hours:02}:{minutes:02}:{seconds:02}{rest}Z")
                    }
                }
            }
            (Meaning::Truth, Raw::Whole(number)) => out.write_str(if number == 0 { "false" } else { "true" }),
            (_, Raw::Whole(number)) => write!(out, "{number}"),
            // INVARIANT: it came of 32 bits, and prints as they do.
            (Meaning::Binary(Width::Single, _), Raw::Binary(number)) => write!(out, "{:?}", number as f32),
            (_, Raw::Binary(number)) => write!(out, "{number:?}"),
            (_, Raw::Bytes(bytes)) => {
                for (at, byte) in bytes.iter().enumerate() {
                    if self == Meaning::Uuid && [4, 6, 8, 10].contains(&at) {
                        out.push('-');
                    }
                    let _ = write!(out, "{byte:02x}");
                }
                Ok(())
            }
        };
    }
}
