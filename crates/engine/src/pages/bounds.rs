//! What the statistics of a row group say of a column, as far as the format promises it: a cut text is no value, bounds hold only of
//! cells that are there, and whether all are there must be said.

use jauge::plan::{Catalog, Cube, Days};
use jauge::program::model::ColumnType;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

use super::meaning::{Form, Meaning};
use super::page::plain;
use super::{Group, Of};
use crate::cell::Value;
use crate::column::Needed;
use crate::sheet::TYPED;

/// The value that all cells of a column have, written as a cell; `None` where nothing proves that there is one, and where each must be
/// looked at.
pub(super) fn constant(of_group: &RowGroupMetaData, of: &Of) -> Option<String> {
    let (column, form, meaning) = match of {
        Of::Name(name) => return Some(name.clone()),
        Of::Column(column, form, meaning) => (*column, *form, *meaning),
    };
    let of = of_group.columns().get(column)?.statistics()?;
    let (least, most) = ends(of)?;
    let is_one = of.min_is_exact() && of.max_is_exact() && least == most;
    is_one.then(|| written(form, meaning, least)).flatten()
}

/// The least and the greatest of cells that are all there, or what lies beyond them.
fn ends(of: &Statistics) -> Option<(&[u8], &[u8])> {
    let ends = (of.min_bytes_opt()?, of.max_bytes_opt()?);
    (of.null_count_opt() == Some(0)).then_some(ends)
}

/// A value as a cell.
fn written(form: Form, meaning: Meaning, bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    match meaning {
        Meaning::Binary(..) => return None,
        Meaning::Text => text.push_str(std::str::from_utf8(bytes).ok()?),
        Meaning::Whole { .. }
        | Meaning::Decimal(_)
        | Meaning::Day
        | Meaning::Instant(..)
        | Meaning::Truth
        | Meaning::Uuid => {
            text.push(TYPED);
            meaning.write(plain(form, bytes)?, &mut text);
        }
    }
    Some(text)
}

/// Row groups that need not be read.
#[derive(Default)]
pub(super) struct Unread {
    pub(super) rows: u64,
    /// The first and the last period of their rows, each as a cell; together with the place of the column among the needed ones.
    pub(super) ends: Option<(usize, [(i32, String); 2])>,
}

impl Unread {
    /// Notes a group whose rows all lie outside the days that matter; false where some may not.
    pub(super) fn takes(
        &mut self,
        group: &Group,
        of_group: &RowGroupMetaData,
        columns: &[Of],
        needed: &[Needed<'_>],
        days: &Days,
        catalog: Catalog<'_>,
    ) -> bool {
        let place = needed.iter().position(|one| one.index == days.column);
        let Some((at, one, of)) = place.and_then(|at| Some((at, needed.get(at)?, columns.get(at)?))) else {
            return false;
        };
        let Some([first, last]) = periods(of_group, of, one, catalog) else { return false };
        if group.rows == 0 || last.1 < first.0 || days.touch(first.0, last.1) {
            return false;
        }
        self.rows += group.rows;
        let (first, last) = ((first.0, first.2), (last.1, last.2));
        self.ends = Some(match self.ends.take() {
            None => (at, [first, last]),
            Some((at, [least, most])) => {
                (at, [if first.0 < least.0 { first } else { least }, if last.0 > most.0 { last } else { most }])
            }
        });
        true
    }
}

/// Between which periods all rows of a group lie: first day, last day and cell of each.
fn periods(
    of_group: &RowGroupMetaData,
    of: &Of,
    needed: &Needed<'_>,
    catalog: Catalog<'_>,
) -> Option<[(i32, i32, String); 2]> {
    let period = |text: String| {
        let days = match (needed.reader.read(&text).0, &needed.reader.column.of) {
            (Value::Day(day), ColumnType::Date) => (day, day),
            // Windows, and periods that nobody knows, are read.
            (Value::Period(ordinal), ColumnType::Period(own)) if Cube::is_ordinal(ordinal) => {
                let calendar = catalog.calendars.get(usize::from(own.0))?;
                (calendar.start(ordinal).day_number(), calendar.end(ordinal).day_number())
            }
            (_, _) => return None,
        };
        Some((days.0, days.1, text))
    };
    if let Some(text) = constant(of_group, of) {
        let one = period(text)?;
        return Some([one.clone(), one]);
    }
    let (form, meaning, column) = match of {
        Of::Column(column, form @ (Form::Int32 | Form::Int64), meaning @ (Meaning::Day | Meaning::Instant(..))) => {
            (*form, *meaning, *column)
        }
        // Texts are not in the order of their periods, and the order of the old instants is not defined.
        Of::Column(..) | Of::Name(_) => return None,
    };
    // Some days may be written for something that is no date.
    let marks = needed.reader.column;
    if !(marks.unknowns.is_empty() && marks.totals.is_empty() && marks.without_number.is_empty()) {
        return None;
    }
    let (least, most) = ends(of_group.columns().get(column)?.statistics()?)?;
    Some([period(written(form, meaning, least)?)?, period(written(form, meaning, most)?)?])
}
