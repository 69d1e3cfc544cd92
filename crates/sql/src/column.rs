//! A declared column to SQL: in which steps its cells are read, and the expressions of its value, of what marks it, and of
//! what is wrong with it. What SQL cannot read as the engine does is told, never taken for something else.
//!
//! ```text
//! raw: the stored cell ──▶ parts: its spelling, the parts of a date ──▶ vals: its value ──▶ used by keys, tests, lanes
//! ```

use std::collections::BTreeMap;

use jauge::plan::{Catalog, Cube};
use jauge::program::model::{Column, ColumnType, DateStyle, Dimension, Format};
use jauge::types::{Number, Offset, Unit};
use jauge_engine::shared;

use crate::dialect::Dialect;
use crate::list::{List, is_bands, spellings};
use crate::number::{self, Floats, Marks};
use crate::period;
use crate::table::{Stored, StoredColumn};

/// The mark of a cell that is unknown by its text, in the column of marks; the texts that say why come from 0.
const UNKNOWN_TEXT: i32 = -1;
/// The mark of a total.
const TOTAL_TEXT: i32 = -2;

/// What is wrong with a cell: nothing where it is 0.
pub(crate) const EMPTY: u64 = 1;
/// It cannot be read.
const UNREAD: u64 = 2;
/// It is a floating-point number of 32 bits that cannot be read.
pub(crate) const SINGLE: u64 = 3;
/// Of 64 bits.
pub(crate) const DOUBLE: u64 = 4;

/// A name and the expression behind it.
pub(crate) type Named = (String, String);

/// The lowest and the highest number of a band; no highest one where it is open.
type Band = (Number, Option<Number>);

/// Where the cells of a column stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stands {
    /// In the table of the source.
    Own,
    /// In the table of another source, in the row of the code of the column `by`.
    Elsewhere {
        by: usize,
        source: usize,
        /// The mark of the code: where the code is none, it says why.
        mark: Option<String>,
    },
    /// It identifies the rows of that other source.
    Identifier { source: usize },
}

/// How a needed column is read.
pub(crate) struct Read<'a> {
    /// Its place in the source: what its steps are named by.
    pub(crate) index: usize,
    /// As the source declares it that has its cells.
    pub(crate) column: &'a Column,
    pub(crate) stands: Stands,
    pub(crate) raw: Vec<Named>,
    pub(crate) parts: Vec<Named>,
    pub(crate) vals: Vec<Named>,
    /// The list of spellings that `vals` joins, by the spelling of `parts`.
    pub(crate) list: Option<List>,
    pub(crate) of: Of<'a>,
    pub(crate) stored: Stored,
    /// It has texts that mark totals, or missing values.
    marked: bool,
    totals: bool,
    /// Its numbers may be binary.
    floats: Floats,
}

/// What the column holds.
pub(crate) enum Of<'a> {
    Text,
    Number,
    Date,
    YesNo,
    Member(&'a Dimension),
    Bands(&'a Dimension),
    Period {
        /// A cell without a value stands for a period that nobody knows.
        unknown: bool,
    },
}

/// What a column is read with.
pub(crate) struct Reading<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) catalog: Catalog<'a>,
    /// A test compares its numbers, so that the label of a band does not do.
    pub(crate) numeric: bool,
    /// Year and month are wanted of a date, besides the day.
    pub(crate) months: bool,
}

impl<'a> Read<'a> {
    /// How a column of a table is read; `None` where its declaration names something that the program does not have.
    pub(crate) fn new(
        index: usize,
        column: &'a Column,
        stored: Option<&StoredColumn>,
        stands: Stands,
        with: &Reading<'a>,
    ) -> Option<Read<'a>> {
        let d = with.dialect;
        let (stored_name, stored) = stored.map_or(("", Stored::Text), |of| (of.name.as_str(), of.stored));
        let format = column.written.over(&with.catalog.source.format);
        let of = match &column.of {
            ColumnType::Text => Of::Text,
            ColumnType::Number(_) => Of::Number,
            ColumnType::Date => Of::Date,
            ColumnType::YesNo => Of::YesNo,
            ColumnType::Dimension(at) => {
                let dimension = with.catalog.dimensions.get(*at)?;
                if is_bands(dimension) { Of::Bands(dimension) } else { Of::Member(dimension) }
            }
            ColumnType::Period(_) => Of::Period { unknown: column.may_be_missing || !column.unknowns.is_empty() },
        };
        // Only PostgreSQL has numbers of any size: elsewhere they are read from their texts, so that nothing is rounded.
        let is_number = matches!(of, Of::Number | Of::Bands(_));
        let floats = match (stored, d) {
            (Stored::Single, Dialect::Postgresql) if is_number => Floats::Of("real", 1 << 24),
            (Stored::Double, Dialect::Postgresql) if is_number => Floats::Of("double precision", 1 << 53),
            (Stored::Text | Stored::Date | Stored::Instant | Stored::YesNo, _) | (_, Dialect::Postgresql) => {
                Floats::None
            }
            (_, Dialect::Duckdb | Dialect::Clickhouse | Dialect::Spark) if is_number => Floats::Asked,
            (_, Dialect::Duckdb | Dialect::Clickhouse | Dialect::Spark) => Floats::None,
        };
        // A number may be the mark of a missing value.
        let digits = |text: &String| text.bytes().any(|byte| byte.is_ascii_digit());
        let marks =
            column.unknowns.iter().chain(&column.totals).chain(column.without_number.iter().map(|(_, text)| text));
        let is_exact = d == Dialect::Postgresql && !marks.into_iter().any(digits);
        let stored = match (stored, &of) {
            (Stored::Number | Stored::Integer, Of::Number | Of::Bands(_)) if is_exact => stored,
            (Stored::Date, Of::Date) => Stored::Date,
            (Stored::Instant, Of::Date) if d == Dialect::Postgresql => Stored::Instant,
            (Stored::YesNo, Of::YesNo) => Stored::YesNo,
            (Stored::Text, _) => Stored::Text,
            (
                Stored::Number
                | Stored::Integer
                | Stored::Single
                | Stored::Double
                | Stored::Date
                | Stored::Instant
                | Stored::YesNo
                | Stored::Value,
                _,
            ) => Stored::Value,
        };
        let mut read = Read {
            index,
            column,
            stands,
            raw: Vec::new(),
            parts: Vec::new(),
            vals: Vec::new(),
            list: None,
            of,
            stored,
            marked: false,
            totals: false,
            floats,
        };
        let cell = format!("t.{}", d.name_of(stored_name));
        match stored {
            Stored::Text | Stored::Value => read.texts(&cell, &format, with),
            Stored::Number | Stored::Integer | Stored::Date | Stored::YesNo => read.typed(&cell, with),
            Stored::Instant => read.typed(&here(&cell, format.zone), with),
            // They have become values.
            Stored::Single | Stored::Double => {}
        }
        Some(read)
    }

    fn name(&self, letter: &str) -> String {
        format!("{letter}{}", self.index)
    }

    /// The column of the codes by which it is looked up.
    pub(crate) fn by(&self) -> Option<usize> {
        match &self.stands {
            Stands::Elsewhere { by, .. } => Some(*by),
            Stands::Own | Stands::Identifier { .. } => None,
        }
    }

    /// One of its values of `vals`, in the step after it.
    pub(crate) fn val(&self, letter: &str) -> String {
        self.of_vals(&self.name(letter))
    }

    fn of_vals(&self, name: &str) -> String {
        match &self.stands {
            Stands::Own => format!("v.{name}"),
            Stands::Elsewhere { by, source, .. } => format!("{}.{name}", row_of(*by, *source)),
            Stands::Identifier { source } => format!("v{source}.{name}"),
        }
    }

    /// A cell of a type of the database.
    fn typed(&mut self, cell: &str, with: &Reading<'_>) {
        let d = with.dialect;
        let own = self.name("c");
        self.raw.push((own.clone(), cell.to_string()));
        let raw = format!("p.{own}");
        self.parts.push((own.clone(), format!("r.{own}")));
        match &self.of {
            Of::Number | Of::Bands(_) => {
                let bands = matches!(self.of, Of::Bands(_));
                // The bands of a number are many comparisons: it is read one step before them.
                let from = if bands { "r" } else { "p" };
                let number = format!("CAST({from}.{own} AS numeric)");
                // As many digits as the engine takes; a number that is not finite is above them.
                // Without a cast before it, rounding takes no binary number: the server refuses a column of them by its type.
                let scale = self.column.decimals.unwrap_or(28);
                let mut fits = format!("abs({number}) < 1e28 AND {number} = round({from}.{own}, {scale})");
                if self.column.whole && !bands {
                    fits = format!("{fits} AND {number} = trunc({number})");
                }
                let number = match self.stored {
                    Stored::Integer => format!("{from}.{own}"),
                    Stored::Number
                    | Stored::Single
                    | Stored::Double
                    | Stored::Text
                    | Stored::Date
                    | Stored::Instant
                    | Stored::YesNo
                    | Stored::Value => {
                        format!("CASE WHEN {fits} THEN {number} END")
                    }
                };
                let name = self.name("n");
                if bands {
                    self.parts.push((name.clone(), number));
                    self.vals.push((name.clone(), format!("p.{name}")));
                } else {
                    self.vals.push((name, number));
                }
            }
            Of::Date => {
                let [year, month, day] = d.date_parts(&raw);
                // Also what is infinite is in no year.
                let fits = match d {
                    Dialect::Postgresql => format!("{raw} >= DATE '0001-01-01' AND {raw} < DATE '10000-01-01'"),
                    // Whose day an instant is cannot be said there.
                    Dialect::Duckdb | Dialect::Clickhouse | Dialect::Spark => {
                        format!("{} AND {year} BETWEEN 1 AND 9999", d.has_no_clock(&raw))
                    }
                };
                let unsaid = self.is_unsaid(with);
                let fits = if unsaid { format!("{fits} AND {raw} = date_trunc('day', {raw})") } else { fits };
                self.vals.push((self.name("j"), format!("CASE WHEN {fits} THEN {} END", d.days(&raw))));
                if with.months {
                    self.vals.push((self.name("a"), format!("CASE WHEN {fits} THEN {year} * 12 + {month} - 1 END")));
                    self.vals.push((self.name("q"), format!("CASE WHEN {fits} THEN {day} END")));
                }
            }
            Of::YesNo => self.vals.push((self.name("b"), raw.clone())),
            Of::Text | Of::Member(_) | Of::Period { .. } => {}
        }
        let text = if self.is_unsaid(with) {
            let time = format!("rtrim(rtrim(to_char({raw}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '0'), '.')");
            d.text(&format!("CASE WHEN isfinite({raw}) THEN {time} || 'Z' ELSE CAST({raw} AS text) END"))
        } else {
            d.text(&raw)
        };
        self.vals.push((self.name("s"), text));
        self.bands(with);
    }

    /// Its cells are instants, and nothing says by which clock they fall on days: only those at midnight are dates.
    fn is_unsaid(&self, with: &Reading<'_>) -> bool {
        self.stored == Stored::Instant && with.catalog.source.format.zone.is_none()
    }

    /// A cell that is read from its text.
    fn texts(&mut self, cell: &str, format: &Format, with: &Reading<'_>) {
        let d = with.dialect;
        let own = self.name("s");
        let float = self.name("f");
        match self.floats {
            Floats::None => {}
            Floats::Of(..) => self.raw.push((float.clone(), cell.to_string())),
            Floats::Asked => self.raw.push((float.clone(), d.float_bits(cell))),
        }
        if self.floats != Floats::None {
            self.parts.push((float.clone(), format!("r.{float}")));
            self.vals.push((float.clone(), format!("p.{float}")));
        }
        let text = match self.floats {
            // The shortest decimal that the number is read from again, without an exponent.
            Floats::Of(..) => d.text(&format!(
                "CASE WHEN abs({cell}) < 1e28 THEN CAST(CAST(CAST({cell} AS text) AS numeric) AS text) ELSE CAST({cell} AS text) END"
            )),
            Floats::None | Floats::Asked => format!("NULLIF({}, '')", d.trimmed(&d.text(cell))),
        };
        self.raw.push((own.clone(), text));
        let s = format!("r.{own}");
        self.parts.push((own.clone(), s.clone()));
        self.vals.push((own.clone(), format!("p.{own}")));
        let markers = self.markers();
        self.marked = !markers.is_empty();
        self.totals = !self.column.totals.is_empty();
        let listed = matches!(self.of, Of::Member(_) | Of::Bands(_));
        if listed {
            let own = self.name("o");
            self.raw.push((own.clone(), d.text(cell)));
            self.parts.push((own.clone(), format!("r.{own}")));
        }
        let spelled = self.marked || listed || matches!(self.of, Of::YesNo);
        if spelled {
            self.parts.push((self.name("h"), spelling(d, &s)));
        }
        let h = format!("p.{}", self.name("h"));
        let mark = if self.marked && listed {
            let mark = self.of_list("g");
            self.vals.push((self.name("g"), mark.clone()));
            Some(mark)
        } else if self.marked {
            let mut by: BTreeMap<i32, Vec<&str>> = BTreeMap::new();
            for (text, mark) in &markers {
                by.entry(*mark).or_default().push(text);
            }
            let cases: Vec<String> = by
                .iter()
                .map(|(mark, texts)| format!("WHEN {h} IN ({}) THEN {mark}", d.literals(texts.iter().copied())))
                .collect();
            let mark = format!("CASE {} END", cases.join(" "));
            self.vals.push((self.name("g"), mark.clone()));
            Some(mark)
        } else {
            None
        };
        // A cell that is marked has no value, whatever its text.
        let unless_marked = |value: String| match &mark {
            Some(mark) => format!("CASE WHEN ({mark}) IS NULL THEN {value} END"),
            None => value,
        };
        let p = format!("p.{own}");
        match &self.of {
            Of::Text => {
                let composed = d.composed(&p);
                let value = match d.can().nfc {
                    Some(_) => composed,
                    // Without a function that composes, a text that may not be composed is told.
                    None => format!("CASE WHEN NOT {} THEN {p} END", d.is_like(&p, MAY_COMPOSE)),
                };
                let value = unless_marked(value);
                self.vals.push((self.name("t"), value));
            }
            Of::Number | Of::Bands(_) => {
                let percent = matches!(&self.column.of, ColumnType::Number(Unit::Percent));
                let declared = self.column.decimals;
                let marks = match self.stored {
                    Stored::Value => Marks::plain(percent, declared),
                    Stored::Text
                    | Stored::Number
                    | Stored::Integer
                    | Stored::Single
                    | Stored::Double
                    | Stored::Date
                    | Stored::Instant
                    | Stored::YesNo => Marks::new(format, percent, declared),
                };
                let bands = matches!(self.of, Of::Bands(_));
                let (text, from) = if bands { (&s, "r") } else { (&p, "p") };
                let number = number::read(d, text, marks, self.column.whole && !bands);
                let whole = if self.column.whole { Some(0) } else { declared };
                let plainly = |most| number::printed(d, text, most);
                let number = number::standing(d, (&number, &format!("{from}.{float}")), self.floats, whole, plainly);
                let number = if bands {
                    self.parts.push((self.name("n"), number));
                    format!("p.{}", self.name("n"))
                } else {
                    number
                };
                let number = unless_marked(number);
                self.vals.push((self.name("n"), number));
                if bands {
                    self.listed(with);
                    self.bands(with);
                }
            }
            Of::Date => {
                let style = if self.stored == Stored::Value { DateStyle::YearMonthDay } else { format.dates };
                let form = period::date_form(style);
                for (letter, part) in ["y", "m", "d"].into_iter().zip(form.parts) {
                    self.parts.push((self.name(letter), d.whole(&d.part(&s, &part))));
                }
                let part = |letter: &str| format!("p.{letter}{}", self.index);
                let (year, month, day) = (part("y"), part("m"), part("d"));
                let fits = format!("{} AND {}", d.is_like(&p, &form.whole), period::is_date(d, &year, &month, &day));
                let when = |value: String| unless_marked(format!("CASE WHEN {fits} THEN {value} END"));
                let days = period::days(d, &year, &month, &day);
                self.vals.push((self.name("j"), when(days)));
                if with.months {
                    self.vals.push((self.name("a"), when(format!("{year} * 12 + {month} - 1"))));
                    self.vals.push((self.name("q"), when(day)));
                }
            }
            Of::YesNo => {
                let (yes, no) = self.yes_no();
                let lower = format!("lower({h})");
                let list = |words: &[String]| d.literals(words.iter().map(String::as_str));
                let value = format!(
                    "CASE WHEN {h} IN ({yes}) THEN TRUE WHEN {h} IN ({no}) THEN FALSE WHEN {lower} IN ({yes}) THEN TRUE \
                     WHEN {lower} IN ({no}) THEN FALSE END",
                    yes = list(&yes),
                    no = list(&no)
                );
                let value = unless_marked(value);
                self.vals.push((self.name("b"), value));
            }
            Of::Member(_) => self.listed(with),
            Of::Period { .. } => {
                let calendar = match &self.column.of {
                    ColumnType::Period(id) => with.catalog.calendars.get(usize::from(id.0)),
                    ColumnType::Text
                    | ColumnType::Number(_)
                    | ColumnType::Date
                    | ColumnType::YesNo
                    | ColumnType::Dimension(_) => None,
                };
                if let Some(calendar) = calendar {
                    let plain = d.translated(&s, "\u{2013}/\u{2011}", "---");
                    self.parts.push((self.name("w"), plain));
                    let ordinal = period::ordinal_of_label(d, &format!("p.{}", self.name("w")), calendar);
                    let ordinal = unless_marked(ordinal);
                    self.vals.push((self.name("p"), ordinal));
                }
            }
        }
    }

    /// The spellings of members, joined by the spelling of the cell.
    fn listed(&mut self, with: &Reading<'_>) {
        let (Of::Member(dimension) | Of::Bands(dimension)) = &self.of else { return };
        // Where the numbers of a band are compared, its label says too little.
        let known =
            if with.numeric && matches!(self.of, Of::Bands(_)) { BTreeMap::new() } else { spellings(dimension) };
        let totals: Vec<String> = self.column.totals.iter().map(|text| shared::spelling(text)).collect();
        let markers = self.markers();
        let list = List::new(self.index, dimension, known, &totals, &markers);
        if let Of::Member(_) = &self.of {
            let levels = dimension.levels.len().max(1);
            self.vals.push((self.name("m"), self.of_list("m")));
            for level in 0..levels {
                self.vals.push((level_name(self.index, level), self.of_list_column(&level_name(self.index, level))));
            }
        }
        self.list = Some(list);
    }

    /// A column of the list: by the cell as it is written, which most often is a spelling already, else by its spelling.
    fn of_list_column(&self, column: &str) -> String {
        let at = self.index;
        format!("CASE WHEN l{at}.h{at} IS NOT NULL THEN l{at}.{column} ELSE k{at}.{column} END")
    }

    fn of_list(&self, letter: &str) -> String {
        self.of_list_column(&self.name(letter))
    }

    /// The band of a number, and its ancestors.
    fn bands(&mut self, with: &Reading<'_>) {
        let Of::Bands(dimension) = &self.of else { return };
        let d = with.dialect;
        let Some((_, number)) = self.vals.iter().find(|(name, _)| *name == self.name("n")).cloned() else { return };
        let mut bands: Vec<(usize, usize, &Band)> = dimension
            .members
            .iter()
            .enumerate()
            .filter_map(|(at, member)| member.band.as_ref().map(|band| (member.level, at, band)))
            .collect();
        // The finest band wins, the first one of a level.
        bands.sort_by_key(|(level, at, _)| (std::cmp::Reverse(*level), *at));
        let inside = |(low, high): &Band| {
            let low = number::compared(d, &number, ">=", low);
            match high {
                Some(high) => format!("{low} AND {}", number::compared(d, &number, "<=", high)),
                None => low,
            }
        };
        for level in 0..dimension.levels.len().max(1) {
            let cases: Vec<String> = bands
                .iter()
                .map(|(_, at, band)| match dimension.ancestor(*at, level) {
                    Some(above) => format!("WHEN {} THEN {above}", inside(band)),
                    None => format!("WHEN {} THEN NULL", inside(band)),
                })
                .collect();
            let name = level_name(self.index, level);
            let of_list =
                if self.list.is_some() { format!(" ELSE {}", self.of_list_column(&name)) } else { String::new() };
            self.vals.push((name, format!("CASE {}{of_list} END", cases.join(" "))));
        }
        let any: Vec<String> = bands.iter().map(|(_, at, band)| format!("WHEN {} THEN {at}", inside(band))).collect();
        let of_list = match &self.list {
            // A number in no band is no label either.
            Some(_) => format!(" WHEN ({number}) IS NOT NULL THEN NULL ELSE {}", self.of_list("m")),
            None => String::new(),
        };
        self.vals.push((self.name("m"), format!("CASE {}{of_list} END", any.join(" "))));
    }

    /// Texts that stand for a total or for no value, by their spelling. A later list wins over an earlier one.
    fn markers(&self) -> BTreeMap<String, i32> {
        let mut all = BTreeMap::new();
        all.extend(self.column.unknowns.iter().map(|text| (shared::spelling(text), UNKNOWN_TEXT)));
        let said = self.column.without_number.iter().zip(0i32..);
        all.extend(said.map(|((_, text), at)| (shared::spelling(text), at)));
        all.extend(self.column.totals.iter().map(|text| (shared::spelling(text), TOTAL_TEXT)));
        all
    }

    /// The words for yes and for no: what is declared last wins.
    fn yes_no(&self) -> (Vec<String>, Vec<String>) {
        let mut words: BTreeMap<String, bool> = BTreeMap::new();
        let (yes, no) = shared::YES_NO;
        words.extend(yes.iter().map(|word| (word.to_string(), true)));
        words.extend(no.iter().map(|word| (word.to_string(), false)));
        words.extend(self.column.yes.iter().map(|word| (shared::spelling(word), true)));
        words.extend(self.column.no.iter().map(|word| (shared::spelling(word), false)));
        let of = |wanted: bool| words.iter().filter(|(_, yes)| **yes == wanted).map(|(word, _)| word.clone()).collect();
        (of(true), of(false))
    }
}

/// What the values of `vals` say. Each gives an expression.
impl Read<'_> {
    /// The place of its text among those that mark cells; nothing where there is none.
    pub(crate) fn mark(&self) -> Option<String> {
        match (self.own_mark(), &self.stands) {
            (own, Stands::Own | Stands::Identifier { .. } | Stands::Elsewhere { mark: None, .. }) => own,
            (None, Stands::Elsewhere { mark, .. }) => mark.clone(),
            // The texts of the other source come first.
            (Some(own), Stands::Elsewhere { mark: Some(code), .. }) => Some(match self.column.without_number.len() {
                0 => format!("COALESCE({own}, {code})"),
                there => format!("COALESCE({own}, CASE WHEN {code} >= 0 THEN {code} + {there} ELSE {code} END)"),
            }),
        }
    }

    fn own_mark(&self) -> Option<String> {
        self.marked.then(|| self.val("g"))
    }

    /// It is marked as a total. Never NULL.
    pub(crate) fn is_total(&self) -> Option<String> {
        self.totals.then(|| format!("COALESCE({} = {TOTAL_TEXT}, FALSE)", self.val("g")))
    }

    /// Its value, where it has one that is not a total: what is NULL for every other cell.
    fn value(&self) -> String {
        match &self.of {
            Of::Text => self.val("t"),
            Of::Number => self.val("n"),
            Of::Date => self.val("j"),
            Of::YesNo => self.val("b"),
            Of::Member(_) => format!("NULLIF({}, {})", self.val("m"), Cube::TOTAL),
            Of::Bands(_) if self.totals => format!("NULLIF({}, {})", self.val("m"), Cube::TOTAL),
            Of::Bands(_) => self.val("m"),
            Of::Period { .. } => self.val("p"),
        }
    }

    /// True where the engine would find a value: a total too, and a period that nobody knows. Never NULL.
    pub(crate) fn is_present(&self) -> String {
        let mut parts = vec![format!("{} IS NOT NULL", self.value())];
        parts.extend(self.is_total());
        parts.extend(self.is_unknown_period());
        if parts.len() == 1 { parts.remove(0) } else { format!("({})", parts.join(" OR ")) }
    }

    /// A cell of a column of periods that stands for the unknown one. Never NULL.
    pub(crate) fn is_unknown_period(&self) -> Option<String> {
        let Of::Period { unknown: true } = &self.of else { return None };
        let empty = format!("{} IS NULL", self.val("s"));
        let unknown = match self.own_mark() {
            Some(mark) => format!("({empty} OR COALESCE({mark} = {UNKNOWN_TEXT}, FALSE))"),
            None => empty,
        };
        Some(match &self.stands {
            Stands::Own | Stands::Identifier { .. } => unknown,
            // Where no row is found, no cell stands for anything.
            Stands::Elsewhere { by, source, .. } => format!("({} IS NOT NULL AND {unknown})", found(*by, *source)),
        })
    }

    /// As a number: what sums, extremes and medians take. `None` where no cell has one.
    pub(crate) fn number(&self) -> Option<String> {
        match &self.of {
            Of::Number => Some(self.val("n")),
            // A number in no band is a mistake, and no number.
            Of::Bands(_) => Some(format!("CASE WHEN {} IS NOT NULL THEN {} END", self.val("m"), self.val("n"))),
            Of::Date => Some(self.val("j")),
            Of::Period { .. } => Some(self.val("p")),
            Of::Text | Of::YesNo | Of::Member(_) => None,
        }
    }

    /// The member's ancestor at a level, the total's own code for a total.
    pub(crate) fn level(&self, level: usize) -> Option<String> {
        match &self.of {
            Of::Member(_) | Of::Bands(_) => {
                let name = self.of_vals(&level_name(self.index, level));
                Some(match (&self.of, self.is_total()) {
                    // A total of a list has its code in the list.
                    (Of::Bands(_), Some(total)) => format!("CASE WHEN {total} THEN {} ELSE {name} END", Cube::TOTAL),
                    _ => name,
                })
            }
            Of::Text | Of::Number | Of::Date | Of::YesNo | Of::Period { .. } => None,
        }
    }

    /// What tells its value apart from others; NULL where it has none, or is a total.
    pub(crate) fn identity(&self, d: Dialect) -> String {
        match &self.of {
            Of::Bands(_) if self.list.is_some() => {
                let digits = match d {
                    Dialect::Postgresql => format!("CAST(trim_scale(CAST({} AS numeric)) AS text)", self.val("n")),
                    Dialect::Duckdb | Dialect::Clickhouse | Dialect::Spark => d.text(&self.val("n")),
                };
                let member = d.text(&self.value());
                let glued = |mark: &str, value: &str| match d {
                    Dialect::Postgresql | Dialect::Duckdb => format!("'{mark}' || {value}"),
                    Dialect::Clickhouse | Dialect::Spark => format!("concat('{mark}', {value})"),
                };
                format!(
                    "CASE WHEN {0} IS NULL THEN NULL ELSE COALESCE({1}, {2}) END",
                    self.value(),
                    glued("n", &digits),
                    glued("m", &member)
                )
            }
            Of::Bands(_) => format!("CASE WHEN {} IS NOT NULL THEN {} END", self.val("m"), self.val("n")),
            Of::Period { unknown: true } => {
                let unknown = self.is_unknown_period().unwrap_or_else(|| "FALSE".into());
                format!(
                    "CASE WHEN {unknown} THEN {} ELSE {} END",
                    Cube::window_code(0).unwrap_or(Cube::UNKNOWN),
                    self.val("p")
                )
            }
            Of::Text if self.totals => {
                format!("CASE WHEN {} THEN NULL ELSE {} END", self.is_total().unwrap_or_default(), self.val("t"))
            }
            Of::Text | Of::Number | Of::Date | Of::YesNo | Of::Member(_) | Of::Period { .. } => self.value(),
        }
    }

    /// The cell as it is written, for messages.
    pub(crate) fn text(&self) -> String {
        self.val("s")
    }

    /// 0 for a cell that is read, or what is wrong with it.
    pub(crate) fn mistake(&self) -> String {
        let empty = if self.column.may_be_missing { 0 } else { EMPTY };
        let known = match self.mark() {
            Some(mark) => format!(" WHEN {mark} IS NOT NULL THEN 0"),
            None => String::new(),
        };
        let listed = match (&self.of, &self.list) {
            // A spelling of the list that stands for no member marks an unknown value.
            (Of::Member(_), Some(_)) => format!("{} IS NOT NULL", self.val("m")),
            _ => format!("{} IS NOT NULL", self.value()),
        };
        let unread = match self.floats {
            Floats::None => UNREAD.to_string(),
            Floats::Of("real", _) => SINGLE.to_string(),
            Floats::Of(..) => DOUBLE.to_string(),
            Floats::Asked => {
                let [single, double] = number::DIGITS;
                let bits = self.val("f");
                format!("CASE {bits} WHEN {single} THEN {SINGLE} WHEN {double} THEN {DOUBLE} ELSE {UNREAD} END")
            }
        };
        format!("CASE WHEN {} IS NULL THEN {empty}{known} WHEN {listed} THEN 0 ELSE {unread} END", self.val("s"))
    }
}

/// An instant as the clock of the source shows it, or that of universal time.
fn here(cell: &str, zone: Option<Offset>) -> String {
    format!("{cell} AT TIME ZONE INTERVAL '{} minutes'", zone.map_or(0, Offset::minutes))
}

/// The row of another source that the code of the column `by` finds.
pub(crate) fn row_of(by: usize, source: usize) -> String {
    format!("y{source}_{by}")
}

/// 1 where there is such a row, else NULL.
pub(crate) fn found(by: usize, source: usize) -> String {
    format!("{}.found", row_of(by, source))
}

/// The column of a level of a dimension.
pub(crate) fn level_name(column: usize, level: usize) -> String {
    format!("l{column}_{level}")
}

/// How codes are compared: see [`shared::spelling`].
fn spelling(d: Dialect, text: &str) -> String {
    let gone = "\u{ad}\u{feff}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}";
    let composed = match d.can().nfc {
        Some(nfc) => format!("{nfc}({text})"),
        None => text.to_string(),
    };
    let mapped = d.with_plain_signs(&composed);
    let kept = d.replaced(&mapped, &format!("[{gone}]"), "");
    let blanks = d.replaced(&kept, " +", " ");
    let hyphens = d.replaced(&blanks, " ?- ?", "-");
    let plain = d.is_like(text, "^[A-Za-z0-9_.]*$");
    format!("CASE WHEN {plain} THEN {text} ELSE trim({hyphens}) END")
}

/// Signs that composing (NFC) may change, as a class of Java's regular expressions.
const MAY_COMPOSE: &str =
    "[\\p{M}\u{1100}-\u{11ff}\u{2000}\u{2001}\u{2126}\u{212a}\u{212b}\u{1f71}-\u{1fff}\u{37e}\u{387}\u{f900}-\u{faff}]";
