//! The CSV text of a page to the same rows as a Parquet file: whole numbers and ISO dates with their
//! types, numbers with decimals as floating-point numbers of 64 bits, instants as such, the rest as text.

use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type as Field;

/// The type of a column whose cells all look alike.
enum Of {
    Whole(Vec<Option<i64>>),
    Day(Vec<Option<i32>>),
    Double(Vec<Option<f64>>),
    /// Milliseconds.
    Instant(Vec<Option<i64>>),
    Text(Vec<Option<ByteArray>>),
}

/// The bytes of a Parquet file with these rows; cells hold neither commas nor quotes.
pub fn parquet(text: &str) -> Result<Vec<u8>, ParquetError> {
    parquet_of_groups(text, usize::MAX)
}

/// The same in row groups of so many rows.
pub fn parquet_of_groups(text: &str, rows_each: usize) -> Result<Vec<u8>, ParquetError> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or("").split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (at, name) in header.iter().enumerate() {
        let cells: Vec<Option<&str>> =
            rows.iter().map(|row| row.get(at).copied().filter(|cell| !cell.is_empty())).collect();
        let column = of(&cells);
        let (physical, logical) = match &column {
            Of::Whole(_) => (Type::INT64, None),
            Of::Day(_) => (Type::INT32, Some(LogicalType::Date)),
            Of::Double(_) => (Type::DOUBLE, None),
            Of::Instant(_) => (Type::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
            Of::Text(_) => (Type::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let field = Field::primitive_type_builder(name, physical)
            .with_logical_type(logical)
            .with_repetition(Repetition::OPTIONAL)
            .build()?;
        fields.push(Arc::new(field));
        columns.push(column);
    }
    let schema = Arc::new(Field::group_type_builder("page").with_fields(fields).build()?);
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::default()))?;
    let mut start = 0;
    while start < rows.len().max(1) {
        let these = start..start.saturating_add(rows_each).min(rows.len());
        let mut group = file.next_row_group()?;
        for column in &columns {
            let Some(mut writer) = group.next_column()? else { break };
            match column {
                Of::Whole(cells) | Of::Instant(cells) => {
                    let (there, levels) = split(cells.get(these.clone()).unwrap_or(&[]));
                    writer.typed::<Int64Type>().write_batch(&there, Some(&levels), None)?;
                }
                Of::Day(cells) => {
                    let (there, levels) = split(cells.get(these.clone()).unwrap_or(&[]));
                    writer.typed::<Int32Type>().write_batch(&there, Some(&levels), None)?;
                }
                Of::Double(cells) => {
                    let (there, levels) = split(cells.get(these.clone()).unwrap_or(&[]));
                    writer.typed::<DoubleType>().write_batch(&there, Some(&levels), None)?;
                }
                Of::Text(cells) => {
                    let (there, levels) = split(cells.get(these.clone()).unwrap_or(&[]));
                    writer.typed::<ByteArrayType>().write_batch(&there, Some(&levels), None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        start = these.end.max(start + 1);
    }
    file.close()?;
    Ok(bytes)
}

fn of(cells: &[Option<&str>]) -> Of {
    let day = |cell: &str| {
        let mut parts = cell.split('-').map(str::parse::<i32>);
        let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        jauge::types::Date::new(year, month, day).map(jauge::types::Date::day_number)
    };
    let days: Vec<Option<i32>> = cells.iter().map(|cell| cell.and_then(day)).collect();
    let whole: Vec<Option<i64>> = cells.iter().map(|cell| cell.and_then(|cell| cell.parse().ok())).collect();
    let instant = |cell: &str| {
        let (date, time) = cell.strip_suffix('Z')?.split_once('T')?;
        let seconds = time.split(':').try_fold(0, |sum, part| part.parse::<i64>().ok().map(|part| sum * 60 + part))?;
        Some((i64::from(day(date)?) * 86_400 + seconds) * 1_000)
    };
    let instants: Vec<Option<i64>> = cells.iter().map(|cell| cell.and_then(instant)).collect();
    let decimal = |cell: &str| cell.starts_with(|sign: char| sign == '-' || sign.is_ascii_digit());
    let doubles: Vec<Option<f64>> =
        cells.iter().map(|cell| cell.filter(|cell| decimal(cell)).and_then(|cell| cell.parse().ok())).collect();
    let there = cells.iter().flatten().count();
    if there > 0 && whole.iter().flatten().count() == there {
        Of::Whole(whole)
    } else if there > 0 && days.iter().flatten().count() == there {
        Of::Day(days)
    } else if there > 0 && doubles.iter().flatten().count() == there {
        Of::Double(doubles)
    } else if there > 0 && instants.iter().flatten().count() == there {
        Of::Instant(instants)
    } else {
        Of::Text(cells.iter().map(|cell| cell.map(ByteArray::from)).collect())
    }
}

/// The cells that are there, and for each whether it is.
fn split<T: Clone>(cells: &[Option<T>]) -> (Vec<T>, Vec<i16>) {
    (cells.iter().flatten().cloned().collect(), cells.iter().map(|cell| i16::from(cell.is_some())).collect())
}
