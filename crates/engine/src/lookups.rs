//! Columns that are looked up in another source: that source is read once, before the scan, to a table from its identifiers
//! to what its cells hold. In the scan such a column is a column of codes whose values are those of the table.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jauge::plan::{Catalog, CubeQuery, LaneState};
use jauge::problem::{LookupProblem, close_to};
use rustc_hash::FxHashMap;

use crate::block::{Block, Texts};
use crate::cell::{Mistake, Value};
use crate::column::Needed;
use crate::limits;
use crate::memory::{Memory, Short};
use crate::report::shorten;
use crate::text::composed;

/// The rows of a source that is looked up in, as threads bring them.
pub(crate) struct Gathering {
    key: usize,
    columns: Vec<usize>,
    rows: Mutex<Gathered>,
}

#[derive(Default)]
struct Gathered {
    places: Identifiers,
    /// One for each wanted column.
    columns: Vec<Cells>,
}

impl Gathering {
    /// Nothing yet of what is asked of the source, see [`CubeQuery::looked_in`].
    pub(crate) fn new(query: &CubeQuery) -> Gathering {
        let wanted = query.lanes.iter().skip(1).filter_map(|lane| match lane.state {
            LaneState::Present(column) => Some(column),
            _ => None,
        });
        let columns: Vec<usize> = wanted.collect();
        let cells = columns.iter().map(|_| Cells::default()).collect();
        let rows = Mutex::new(Gathered { columns: cells, ..Gathered::default() });
        Gathering { key: query.unique.first().copied().unwrap_or(usize::MAX), columns, rows }
    }

    /// Takes in the rows of a block.
    pub(crate) fn take(&self, texts: &dyn Texts, block: &Block, needed: &[Needed<'_>], memories: &[Memory]) {
        let place = |column: usize| needed.iter().position(|one| one.index == column).unwrap_or(usize::MAX);
        let key = place(self.key);
        let places: Vec<usize> = self.columns.iter().map(|column| place(*column)).collect();
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let Gathered { places: keys, columns } = &mut *rows;
        for row in 0..block.rows() {
            // A row without an identifier is told, or may be: nothing can be looked up in it.
            if block.value(key, row, needed, memories) != Value::Text {
                continue;
            }
            let text = texts.text(key, row);
            // INVARIANT: a file has less than 2^32 rows that fit in memory.
            let place = keys.len() as u32;
            keys.insert(&composed(&text), place);
            for (cells, at) in columns.iter_mut().zip(&places) {
                let value = block.value(*at, row, needed, memories);
                let is_text = matches!(value, Value::Text | Value::Said(_));
                cells.push(value, if is_text { texts.text(*at, row) } else { Cow::Borrowed("") });
            }
        }
    }

    /// The table, once all rows are in and none of them repeats an identifier.
    pub(crate) fn table(self, catalog: Catalog<'_>, few: usize) -> Table {
        let rows = self.rows.into_inner().unwrap_or_else(PoisonError::into_inner);
        let key = catalog.source.columns.get(self.key).map_or_else(String::new, |column| column.name.clone());
        let columns: BTreeMap<usize, Cells> = self.columns.into_iter().zip(rows.columns).collect();
        Table {
            places: rows.places,
            together: Together::of(&columns, limits::REMEMBERED),
            columns,
            source: catalog.source.name.clone(),
            key,
            few,
            spelt: OnceLock::new(),
        }
    }
}

/// Identifiers with their rows. Short ones stand in the table itself: of a million of them, each is found by one look at memory.
#[derive(Default)]
struct Identifiers {
    short: FxHashMap<(u64, u64), u32>,
    long: FxHashMap<Box<str>, u32>,
}

impl Identifiers {
    fn insert(&mut self, text: &str, row: u32) {
        match Short::of(text.as_bytes()).and_then(Short::words) {
            Some(short) => self.short.insert(short, row),
            None => self.long.insert(text.into(), row),
        };
    }

    fn get(&self, text: &str) -> Option<u32> {
        match Short::of(text.as_bytes()).and_then(Short::words) {
            Some(short) => self.short.get(&short).copied(),
            None => self.long.get(text).copied(),
        }
    }

    fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    /// All of them, in any order.
    fn texts(&self) -> impl Iterator<Item = String> + '_ {
        let short = self.short.keys().map(|(low, high)| {
            let bytes = (u128::from(*high) << u64::BITS | u128::from(*low)).to_le_bytes();
            let length = usize::from(bytes.last().copied().unwrap_or(0));
            String::from_utf8_lossy(bytes.get(..length).unwrap_or(&[])).into_owned()
        });
        short.chain(self.long.keys().map(|text| text.to_string()))
    }
}

/// The cells of one column: few of them differ.
#[derive(Default)]
struct Cells {
    rows: Vec<u32>,
    values: Vec<(Value, Box<str>)>,
    numbers: FxHashMap<(u8, u8, i128), u32>,
    texts: FxHashMap<Box<str>, u32>,
}

impl Cells {
    fn push(&mut self, value: Value, text: Cow<'_, str>) {
        // INVARIANT: there are at most as many values as rows.
        let next = self.values.len() as u32;
        let number = match value {
            Value::Missing => Some((0, 0, 0)),
            Value::Marked(at) => Some((1, 0, i128::from(at))),
            Value::Total => Some((2, 0, 0)),
            Value::Number(number) => Some((3, number.scale, number.mantissa)),
            Value::Day(day) => Some((4, 0, i128::from(day))),
            Value::YesNo(yes) => Some((5, 0, i128::from(yes))),
            Value::Member(at, None) => Some((6, 0, at as i128)),
            // The number says which band it is.
            Value::Member(_, Some(number)) => Some((7, number.scale, number.mantissa)),
            Value::Text | Value::Said(_) | Value::Period(_) => None,
        };
        let text = composed(&text);
        let known = match number {
            Some(number) => *self.numbers.entry(number).or_insert(next),
            None if value == Value::Text => match self.texts.get(text.as_ref()) {
                Some(known) => *known,
                None => {
                    self.texts.insert(text.as_ref().into(), next);
                    next
                }
            },
            None => next,
        };
        if known == next {
            self.values.push((value, text.into()));
        }
        self.rows.push(known);
    }

    fn get(&self, row: u32) -> Option<&(Value, Box<str>)> {
        self.values.get(*self.rows.get(row as usize)? as usize)
    }
}

/// Columns of which few combinations of values differ: a row is found once for all of them.
#[derive(Default)]
struct Together {
    columns: Vec<usize>,
    /// For each row, its combination.
    rows: Vec<u32>,
}

impl Together {
    /// As many columns as have at most so many combinations, the first ones first.
    fn of(columns: &BTreeMap<usize, Cells>, most: usize) -> Together {
        let mut together = Together::default();
        for (column, cells) in columns {
            let mut met: FxHashMap<(u32, u32), u32> = FxHashMap::default();
            let before = together.rows.iter().copied().chain(std::iter::repeat(0));
            let rows: Option<Vec<u32>> = (before.zip(&cells.rows))
                .map(|(before, value)| {
                    // INVARIANT: there are at most as many combinations as rows.
                    let next = met.len() as u32;
                    let combination = *met.entry((before, *value)).or_insert(next);
                    (met.len() <= most).then_some(combination)
                })
                .collect();
            if let Some(rows) = rows {
                together.columns.push(*column);
                together.rows = rows;
            }
        }
        together
    }
}

/// A source by its identifiers.
pub(crate) struct Table {
    places: Identifiers,
    columns: BTreeMap<usize, Cells>,
    together: Together,
    source: String,
    /// The name of the identifier.
    key: String,
    /// So many identifiers are few.
    few: usize,
    /// Identifiers by what is left of them without zeros before and capitals.
    spelt: OnceLock<FxHashMap<String, Box<str>>>,
}

/// Identifiers are compared letter by letter with one that is not known where there are at most so many.
const COMPARED: usize = 1_000;

impl Table {
    fn has_few(&self) -> bool {
        self.places.len() <= self.few
    }

    /// An identifier that is close: one that differs by the zeros that spreadsheets leave out, else by a letter or two.
    fn near(&self, text: &str) -> Option<String> {
        let spelt = self.spelt.get_or_init(|| {
            let mut all: FxHashMap<String, Box<str>> = FxHashMap::default();
            for key in self.places.texts() {
                let known = all.entry(bare_of_zeros(&key)).or_insert_with(|| key.clone().into());
                if *key < **known {
                    *known = key.into();
                }
            }
            all
        });
        if let Some(near) = spelt.get(&bare_of_zeros(text)) {
            return Some(near.to_string());
        }
        if self.places.len() > COMPARED {
            return None;
        }
        let mut keys: Vec<String> = self.places.texts().collect();
        keys.sort_unstable();
        close_to(text, keys.iter().map(String::as_str))
    }
}

fn bare_of_zeros(text: &str) -> String {
    let digits = text.trim_start_matches('0');
    if digits.starts_with(|c: char| c.is_ascii_digit()) { digits.to_lowercase() } else { text.to_lowercase() }
}

/// The tables of the sources in which a query looks up.
pub(crate) type Tables = BTreeMap<usize, Arc<Table>>;

/// What stands in a table for the codes of a column.
pub(crate) struct Looked {
    table: Arc<Table>,
    column: usize,
}

impl Looked {
    pub(crate) fn new(table: &Arc<Table>, column: usize) -> Looked {
        Looked { table: Arc::clone(table), column }
    }

    /// The place of what the table holds for a code; `None` where it has few codes, which are better remembered themselves.
    pub(crate) fn place(&self, code: &str) -> Option<u32> {
        if self.table.has_few() {
            return None;
        }
        self.place_in(self.table.places.get(&composed(code))?)
    }

    /// The other source has many codes: they are better looked up than remembered.
    pub(crate) fn has_many(&self) -> bool {
        !self.table.has_few()
    }

    /// The row of a code that is short.
    #[inline]
    pub(crate) fn row(&self, short: Short) -> Option<u32> {
        self.table.places.short.get(&short.words()?).copied()
    }

    /// The place of what the table holds in a row.
    #[inline]
    pub(crate) fn place_in(&self, row: u32) -> Option<u32> {
        let rows =
            if self.is_together() { &self.table.together.rows } else { &self.table.columns.get(&self.column)?.rows };
        rows.get(row as usize).copied()
    }

    /// Codes that mean the same here mean the same there.
    pub(crate) fn leads(&self, other: &Looked) -> bool {
        Arc::ptr_eq(&self.table, &other.table) && (self.table.has_few() || (self.is_together() && other.is_together()))
    }

    fn is_together(&self) -> bool {
        self.table.together.columns.contains(&self.column)
    }

    fn get(&self, code: &str) -> Option<&(Value, Box<str>)> {
        let row = self.table.places.get(&composed(code))?;
        self.table.columns.get(&self.column)?.get(row)
    }

    /// What the table holds for a code.
    pub(crate) fn value(&self, code: &str) -> Result<Value, Mistake> {
        self.get(code).map(|(value, _)| *value).ok_or(Mistake::NotFound)
    }

    /// The text that it holds there, where it is one.
    pub(crate) fn text(&self, code: &str) -> &str {
        self.get(code).map_or("", |(_, text)| text)
    }

    /// The words' facts of a code that is not there.
    pub(crate) fn explain(&self, text: &str, masked: bool) -> LookupProblem {
        LookupProblem::NotFound {
            text: shorten(text),
            identifier: self.table.key.clone(),
            source: self.table.source.clone(),
            known: self.table.places.len(),
            near: if masked { None } else { self.table.near(text) },
            rows: 1,
        }
    }
}

/// The texts of a block in which a column that is looked up has the texts of the other source.
pub(crate) struct Meant<'t> {
    pub(crate) texts: &'t dyn Texts,
    pub(crate) needed: &'t [Needed<'t>],
}

impl Texts for Meant<'_> {
    fn text(&self, at: usize, row: usize) -> Cow<'_, str> {
        let text = self.texts.text(at, row);
        match self.needed.get(at).and_then(|one| one.reader.looked()) {
            Some(looked) => Cow::Borrowed(looked.text(&text)),
            None => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_together_while_their_combinations_are_few() {
        let column = |values: [i32; 4]| {
            let mut cells = Cells::default();
            for value in values {
                cells.push(Value::Day(value), Cow::Borrowed(""));
            }
            cells
        };
        let columns = BTreeMap::from([(1, column([7, 7, 8, 8])), (2, column([1, 2, 3, 4])), (5, column([9, 9, 9, 6]))]);
        let of = |most| {
            let together = Together::of(&columns, most);
            (together.columns, together.rows)
        };
        assert_eq!(of(2), (vec![1], vec![0, 0, 1, 1]));
        assert_eq!(of(3), (vec![1, 5], vec![0, 0, 1, 2]));
        assert_eq!(of(4), (vec![1, 2, 5], vec![0, 1, 2, 3]));
        assert_eq!(of(0), (vec![], vec![]));
    }
}
