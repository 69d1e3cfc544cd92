//! Rows in columns: what a reader hands on, a block of rows at a time. A column whose texts are remembered holds places in the
//! thread's memory; a column of numbers holds them at one scale; what fits in neither form stands apart.

use std::borrow::Cow;

use jauge::plan::Decimal;

use crate::cell::{Value, compare, normal};
use crate::column::{Kind, Needed};
use crate::memory::Memory;

/// Rows of a block. INVARIANT: it fits in `u32`.
pub(crate) const ROWS: usize = 2048;

/// The texts of a block's cells, for the few places that need them.
pub(crate) trait Texts {
    /// The text of a cell as a person sees it; `at` is the place of the column among the needed ones.
    fn text(&self, at: usize, row: usize) -> Cow<'_, str>;
}

/// What a cell of a column that is not remembered holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Form {
    /// Nothing: [`Value::Missing`].
    Missing,
    /// A number of the block, or a text.
    Plain,
    /// Something else, which stands in [`ColumnBlock::others`].
    Other,
}

/// One column of a block.
#[derive(Debug, Default)]
pub(crate) struct ColumnBlock {
    /// Places in the memory of the column, where it is remembered.
    pub(crate) slots: Vec<u32>,
    /// Numbers at `scale`, where the column is one of numbers; 0 in cells of another form.
    pub(crate) numbers: Vec<i64>,
    /// Digits after the mark.
    pub(crate) scale: u8,
    /// The form of each cell of a column that is not remembered.
    pub(crate) forms: Vec<Form>,
    /// Cells of another form, by row.
    pub(crate) others: Vec<(u32, Value)>,
}

/// The largest number that a block holds: so many rows of it add in 64 bits.
pub(crate) const LARGEST: i64 = 1 << 46;

/// Rows in columns.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// The line of each row.
    pub(crate) lines: Vec<u64>,
    /// One for each needed column.
    pub(crate) columns: Vec<ColumnBlock>,
}

impl Block {
    pub(crate) fn new(needed: usize) -> Self {
        Block { lines: Vec::with_capacity(ROWS), columns: (0..needed).map(|_| ColumnBlock::default()).collect() }
    }

    pub(crate) fn rows(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        // Slots are written over.
        for column in &mut self.columns {
            column.numbers.clear();
            column.forms.clear();
            column.others.clear();
        }
    }

    /// The value of a cell.
    pub(crate) fn value(&self, at: usize, row: usize, needed: &[Needed<'_>], memories: &[Memory]) -> Value {
        let (Some(column), Some(of)) = (self.columns.get(at), needed.get(at)) else { return Value::Missing };
        let plain = match of.kind {
            Kind::Remembered => {
                let slot = column.slots.get(row).copied().unwrap_or(u32::MAX);
                return memories.get(at).map_or(Value::Missing, |memory| memory.value(slot));
            }
            Kind::Number => {
                let mantissa = column.numbers.get(row).copied().unwrap_or(0);
                Value::Number(normal(Decimal { mantissa: i128::from(mantissa), scale: column.scale }))
            }
            Kind::Text => Value::Text,
        };
        match column.forms.get(row) {
            Some(Form::Plain) => plain,
            Some(Form::Other) => column.other(row),
            Some(Form::Missing) | None => Value::Missing,
        }
    }
}

impl ColumnBlock {
    /// The value of a cell that stands apart.
    pub(crate) fn other(&self, row: usize) -> Value {
        let found = self.others.binary_search_by_key(&row, |(at, _)| *at as usize);
        found.ok().and_then(|at| self.others.get(at)).map_or(Value::Missing, |(_, value)| *value)
    }

    /// Adds a cell that is not remembered. A number that does not fit stands apart.
    pub(crate) fn put(&mut self, value: Value, kind: Kind) {
        match value {
            Value::Missing => self.push(Form::Missing, 0),
            Value::Text if kind == Kind::Text => self.push(Form::Plain, 0),
            Value::Number(number) if kind == Kind::Number => match i64::try_from(number.mantissa) {
                Ok(mantissa) => self.put_number(mantissa, number.scale),
                Err(_) => self.put_other(value),
            },
            _ => self.put_other(value),
        }
    }

    /// Adds a number.
    #[inline]
    pub(crate) fn put_number(&mut self, mantissa: i64, scale: u8) {
        if scale == self.scale && (-LARGEST..=LARGEST).contains(&mantissa) {
            self.push(Form::Plain, mantissa);
            return;
        }
        if scale > self.scale {
            self.raise(scale);
        }
        let number = Decimal { mantissa: i128::from(mantissa), scale };
        match at_scale(number, self.scale) {
            Some(number) => self.push(Form::Plain, number),
            None => self.put_other(Value::Number(normal(number))),
        }
    }

    /// Adds numbers at the scale of the column, 0 and nothing in the cells that are not there; false, and nothing is added,
    /// where one does not fit.
    pub(crate) fn put_numbers(&mut self, numbers: impl Iterator<Item = i64>, presence: Option<&[u32]>) -> bool {
        let start = self.numbers.len();
        match presence {
            None => {
                self.numbers.extend(numbers);
                self.forms.resize(self.numbers.len(), Form::Plain);
            }
            Some(presence) => {
                let mut numbers = numbers;
                self.numbers.extend(presence.iter().map(|level| match level {
                    1 => numbers.next().unwrap_or(0),
                    _ => 0,
                }));
                let form = |level: &u32| if *level == 1 { Form::Plain } else { Form::Missing };
                self.forms.extend(presence.iter().map(form));
            }
        }
        let added = self.numbers.get(start..).unwrap_or(&[]);
        let (least, most) =
            added.iter().fold((0, 0), |(least, most), number| (*number.min(&least), *number.max(&most)));
        let fits = least >= -LARGEST && most <= LARGEST;
        if !fits {
            self.numbers.truncate(start);
            self.forms.truncate(start);
        }
        fits
    }

    fn put_other(&mut self, value: Value) {
        let row = self.forms.len() as u32;
        self.others.push((row, value));
        self.push(Form::Other, 0);
    }

    #[inline]
    fn push(&mut self, form: Form, number: i64) {
        self.forms.push(form);
        self.numbers.push(number);
    }

    /// More digits from here on; numbers that they make too large stand apart.
    #[cold]
    fn raise(&mut self, scale: u8) {
        let up = usize::from(scale - self.scale);
        let (Some(power), true) = (POWERS.get(up), scale <= DIGITS) else { return };
        for (row, (form, number)) in self.forms.iter_mut().zip(&mut self.numbers).enumerate() {
            let more = number.checked_mul(*power).filter(|more| (-LARGEST..=LARGEST).contains(more));
            match (more, *form) {
                (Some(more), _) => *number = more,
                (None, _) => {
                    let value = Decimal { mantissa: i128::from(*number), scale: self.scale };
                    self.others.push((row as u32, Value::Number(normal(value))));
                    (*form, *number) = (Form::Other, 0);
                }
            }
        }
        self.others.sort_unstable_by_key(|(row, _)| *row);
        self.scale = scale;
    }
}

/// A number at a scale, where a block can hold it.
pub(crate) fn at_scale(number: Decimal, scale: u8) -> Option<i64> {
    let power = POWERS.get(usize::from(scale.checked_sub(number.scale)?))?;
    let number = i64::try_from(number.mantissa).ok()?.checked_mul(*power)?;
    (-LARGEST..=LARGEST).contains(&number).then_some(number)
}

/// Digits after the mark that the numbers of a block may have.
pub(crate) const DIGITS: u8 = 9;
const POWERS: [i64; 10] = {
    let mut powers = [1i64; 10];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// What the numbers of a column do to filters: numbers that lie at the same place among the constants with which the column is
/// compared do the same.
#[derive(Debug, Default)]
pub(crate) struct Cuts {
    /// The constants in order.
    constants: Vec<Decimal>,
    /// For each constant, at `scale`: a number above the first is past it, one at least the second has reached it.
    marks: Vec<(i64, i64)>,
    scale: u8,
    /// For each place, where its words start; places are learnt when they are met.
    known: Vec<u32>,
    pub(crate) masks: Vec<u64>,
    pub(crate) tests: Vec<u64>,
    /// How many words there are, and how many of them last beyond a block.
    filled: u32,
    lasting: u32,
}

impl Cuts {
    /// A place that is not known yet.
    const NEW: u32 = u32::MAX;

    pub(crate) fn new(needed: &Needed<'_>) -> Self {
        let mut constants: Vec<Decimal> = needed.conditions.tests().filter_map(|test| test.cuts()).flatten().collect();
        constants.sort_unstable_by(|a, b| compare(*a, *b));
        constants.dedup();
        let known = vec![Cuts::NEW; 2 * constants.len() + 1];
        let mut cuts = Cuts { constants, known, scale: u8::MAX, ..Cuts::default() };
        // The first words are those of a cell without a number.
        needed.conditions.push(Value::Missing, "", &mut cuts.masks, &mut cuts.tests);
        (cuts.filled, cuts.lasting) = (1, 1);
        cuts
    }

    /// Which words belong to each cell of a column: 0 for a cell without anything. Cells that stand apart have words of their
    /// own, which last until the next call.
    pub(crate) fn places(&mut self, column: &ColumnBlock, needed: &Needed<'_>, out: &mut Vec<u32>) {
        self.filled = self.lasting;
        self.masks.truncate(self.lasting as usize * needed.conditions.words());
        self.tests.truncate(self.lasting as usize * needed.conditions.test_words());
        if self.scale != column.scale {
            self.scale = column.scale;
            self.marks = self.constants.iter().map(|constant| marks(*constant, column.scale)).collect();
        }
        out.clear();
        for (form, number) in column.forms.iter().zip(&column.numbers) {
            out.push(match form {
                Form::Missing => 0,
                Form::Plain => {
                    let place = self.place(*number);
                    match self.known.get(place).copied() {
                        Some(at) if at != Cuts::NEW => at,
                        _ => self.learn(place, *number, column.scale, needed),
                    }
                }
                // Written below.
                Form::Other => Cuts::NEW,
            });
        }
        self.lasting = self.filled;
        for (row, value) in &column.others {
            needed.conditions.push(*value, "", &mut self.masks, &mut self.tests);
            if let Some(slot) = out.get_mut(*row as usize) {
                *slot = self.filled;
            }
            self.filled += 1;
        }
    }

    #[inline]
    fn place(&self, number: i64) -> usize {
        const FEW: usize = 8;
        if self.marks.len() <= FEW {
            self.marks.iter().map(|(past, reached)| usize::from(number > *past) + usize::from(number >= *reached)).sum()
        } else {
            let past = self.marks.partition_point(|(past, _)| number > *past);
            let reached = self.marks.partition_point(|(_, reached)| number >= *reached);
            past + reached
        }
    }

    #[cold]
    fn learn(&mut self, place: usize, number: i64, scale: u8, needed: &Needed<'_>) -> u32 {
        let value = Value::Number(normal(Decimal { mantissa: i128::from(number), scale }));
        needed.conditions.push(value, "", &mut self.masks, &mut self.tests);
        let at = self.filled;
        self.filled += 1;
        if let Some(slot) = self.known.get_mut(place) {
            *slot = at;
        }
        at
    }
}

/// A constant among whole numbers of `10^-scale`; beyond what 64 bits hold, no number of a block passes it.
fn marks(constant: Decimal, scale: u8) -> (i64, i64) {
    let power = |digits: u8| 10i128.checked_pow(u32::from(digits)).unwrap_or(i128::MAX);
    let (floor, exact) = match scale.checked_sub(constant.scale) {
        Some(up) => (constant.mantissa.saturating_mul(power(up)), true),
        None => {
            let down = power(constant.scale - scale);
            (constant.mantissa.div_euclid(down), constant.mantissa.rem_euclid(down) == 0)
        }
    };
    let fit = |number: i128| i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX });
    (fit(floor), fit(if exact { floor } else { floor.saturating_add(1) }))
}
