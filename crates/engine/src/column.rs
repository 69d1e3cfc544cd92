//! A declared column to the function that reads its cells, and each thread's memory of texts already read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jauge::plan::{Catalog, Cube, Key};
use jauge::problem::{DataProblem, Fact, close_to};
use jauge::program::model::{Column, ColumnType, DateStyle, Dimension, LookUp};
use jauge::program::{SaidOfStage, read_period, read_stage_date, said_of_stage};
use jauge::text::Lang;
use jauge::types::{Calendar, CalendarId, Date, Number, Offset, Period, Unit};
use rustc_hash::FxHashMap;

use crate::cell::{
    Mistake, NumberStyle, Trouble, Value, binary_mistake, compare_number, date, decimals_in, is_instant, long_date,
    other_style, read_number, read_said, readings, style_words,
};
use crate::filter::Conditions;
use crate::limits;
use crate::lookups::{Looked, Tables};
use crate::report::shorten;
use crate::sheet::{ERROR, NO_RESULT, TYPED};
use crate::text::{composed, plain, trim};

/// How the cells of a column are read.
pub(crate) struct Reader<'a> {
    pub(crate) column: &'a Column,
    of: Of<'a>,
    /// Texts that stand for a total or for a missing value.
    markers: FxHashMap<String, Value>,
    dates: DateStyle,
    numeric: bool,
    /// How far « environ » reaches, in per cent.
    margin: Option<&'a Number>,
}

enum Of<'a> {
    Text,
    Number(NumberStyle),
    Date(DateStyle, Option<Offset>),
    YesNo(FxHashMap<String, bool>),
    Member {
        dimension: &'a Dimension,
        spellings: FxHashMap<String, usize>,
        style: NumberStyle,
        /// Some member is a band of numbers.
        has_bands: bool,
    },
    Period(Periods<'a>),
    /// Codes for which another source has the values.
    LookedUp(Looked),
    /// The declaration names something that the program does not have: every cell is missing.
    Nothing,
}

/// A column of periods.
struct Periods<'a> {
    own: CalendarId,
    calendar: &'a Calendar,
    all: &'a [Calendar],
    /// They are dates of stages: « en cours », « prévu en 2021 ».
    of_stages: bool,
    /// Windows and other periods that are not of the calendar, in the order in which a thread met them.
    met: Mutex<BTreeMap<Period, usize>>,
}

impl Periods<'_> {
    fn read(&self, text: &str) -> Option<i32> {
        let period = if self.of_stages {
            read_stage_date(text, self.own, self.all)?.1
        } else {
            read_period(text, self.own, self.all)?
        };
        if period.calendar == self.own && !period.is_window() && !period.is_unknown() {
            return Some(period.first);
        }
        self.code(period)
    }

    fn code(&self, period: Period) -> Option<i32> {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = met.get(&period) {
            return Cube::window_code(*at);
        }
        let at = met.len();
        let code = Cube::window_code(at)?;
        met.insert(period, at);
        Some(code)
    }
}

pub(crate) const YES: [&str; 6] = ["oui", "yes", "vrai", "true", "1", "y"];
pub(crate) const NO: [&str; 6] = ["non", "no", "faux", "false", "0", "n"];

impl<'a> Reader<'a> {
    /// `numeric`: the query compares numbers of this column, so that a band's label does not do.
    pub(crate) fn new(column: &'a Column, catalog: Catalog<'a>, numeric: bool) -> Self {
        let format = &column.written.over(&catalog.source.format);
        let mut markers = FxHashMap::default();
        for text in &column.unknowns {
            markers.insert(plain(text), Value::Missing);
        }
        for (at, (_, text)) in (0u16..).zip(&column.without_number) {
            markers.insert(plain(text), Value::Marked(at));
        }
        for text in &column.totals {
            markers.insert(plain(text), Value::Total);
        }
        let of = match &column.of {
            ColumnType::Text => Of::Text,
            ColumnType::Number(unit) => Of::Number(NumberStyle::new(format, *unit == Unit::Percent, column.decimals)),
            ColumnType::Date => Of::Date(format.dates, format.zone),
            ColumnType::YesNo => Of::YesNo(yes_no(column)),
            ColumnType::Dimension(at) => match catalog.dimensions.get(*at) {
                Some(dimension) => Of::Member {
                    dimension,
                    spellings: spellings(dimension),
                    style: NumberStyle::new(format, false, column.decimals),
                    has_bands: dimension.members.iter().any(|member| member.band.is_some()),
                },
                None => Of::Nothing,
            },
            ColumnType::Period(CalendarId(at)) => {
                let own = CalendarId(*at);
                let of_stages = catalog.source.milestones.is_some();
                let all = catalog.calendars;
                let of = |calendar| Of::Period(Periods { own, calendar, all, of_stages, met: Mutex::default() });
                catalog.calendars.get(usize::from(*at)).map_or(Of::Nothing, of)
            }
        };
        let margin = catalog.source.margin.as_ref();
        Reader { column, of, markers, dates: format.dates, numeric, margin }
    }

    /// The reader of a column that is looked up: it reads the codes of the column `by`. Where the other source could not be
    /// read, nothing is there.
    pub(crate) fn of_codes(look_up: LookUp, catalog: Catalog<'a>, tables: &Tables) -> Option<Self> {
        let by = catalog.source.columns.get(look_up.by)?;
        let looked = tables.get(&look_up.source).map(|table| Looked::new(table, look_up.column));
        let mut reader = Reader { of: looked.map_or(Of::Nothing, Of::LookedUp), ..Reader::new(by, catalog, false) };
        // The words of the other source come first.
        let there = catalog.sources.get(look_up.source)?.columns.get(look_up.column)?.without_number.len();
        for marker in reader.markers.values_mut() {
            if let Value::Marked(at) = marker {
                *at = at.saturating_add(u16::try_from(there).unwrap_or(u16::MAX));
            }
        }
        Some(reader)
    }

    /// The table behind a column that is looked up.
    pub(crate) fn looked(&self) -> Option<&Looked> {
        match &self.of {
            Of::LookedUp(looked) => Some(looked),
            Of::Text
            | Of::Number(_)
            | Of::Date(..)
            | Of::YesNo(_)
            | Of::Member { .. }
            | Of::Period(_)
            | Of::Nothing => None,
        }
    }

    /// The table behind a column that is looked up, where it has many codes and each text is one.
    pub(crate) fn looked_among_many(&self) -> Option<&Looked> {
        self.looked().filter(|looked| looked.has_many() && self.markers.is_empty())
    }

    /// Where what is looked up by a code stands among the values of the other source; `None` for any other cell.
    #[inline]
    pub(crate) fn place(&self, text: &str) -> Option<u32> {
        let Of::LookedUp(looked) = &self.of else { return None };
        // A text that marks a code as unknown is none, whatever the other source has.
        if self.markers.is_empty() { looked.place(text.strip_prefix(TYPED).unwrap_or(text)) } else { None }
    }

    /// The text by which a cell is compared.
    pub(crate) fn compared<'t>(&'t self, text: &'t str) -> Cow<'t, str> {
        match self.looked() {
            Some(looked) => Cow::Borrowed(looked.text(text)),
            None => composed(text),
        }
    }

    /// Numbers are read of such cells, so that their marks can contradict each other.
    pub(crate) fn reads_numbers(&self) -> bool {
        matches!(self.of, Of::Number(_))
    }

    /// How plain numbers may be read without looking further: the decimal mark, and whether three digits after a point may be
    /// thousands. `None` where a number may stand for something else.
    pub(crate) fn quick(&self) -> Option<Quick> {
        let Of::Number(style) = &self.of else { return None };
        let looks = |text: &String| text.bytes().any(|byte| byte.is_ascii_digit());
        if self.markers.keys().any(looks) {
            return None;
        }
        Some(Quick { mark: style.mark()?, declared: style.is_declared(), decimals: self.decimals().unwrap_or(u8::MAX) })
    }

    /// The most decimals that a number of this column may have, where that is known.
    pub(crate) fn decimals(&self) -> Option<u8> {
        if self.column.whole { Some(0) } else { self.column.decimals }
    }

    /// Why a binary number that is printed so stands for no decimal.
    pub(crate) fn of_binary(&self, text: &str) -> Mistake {
        binary_mistake(text, self.column.decimals)
    }

    /// Reads one cell. A mistake comes with a missing value.
    pub(crate) fn read(&self, text: &str) -> (Value, Option<Mistake>) {
        let (text, typed) = match text.strip_prefix(TYPED) {
            Some(text) => (text, true),
            None if text.starts_with(NO_RESULT) => return (Value::Missing, Some(Mistake::NoResult)),
            None if text.starts_with(ERROR) => return (Value::Missing, Some(Mistake::ErrorCell)),
            None => (trim(text), false),
        };
        if text.is_empty() {
            return (self.missing(), (!self.column.may_be_missing).then_some(Mistake::Empty));
        }
        if !self.markers.is_empty()
            && let Some(value) = self.markers.get(&plain(text))
        {
            return (if *value == Value::Missing { self.missing() } else { *value }, None);
        }
        match self.of_type(text, typed) {
            Ok(Value::Member(_, None)) if self.numeric => (Value::Missing, Some(Mistake::NotANumber)),
            Ok(value) => (value, None),
            Err(mistake) => (Value::Missing, Some(mistake)),
        }
    }

    /// What a cell without a value holds: in a column of periods, a period that nobody knows.
    fn missing(&self) -> Value {
        match &self.of {
            Of::Period(periods) if self.column.may_be_missing || !self.column.unknowns.is_empty() => {
                periods.code(Period::unknown(periods.own)).map_or(Value::Missing, Value::Period)
            }
            Of::Text
            | Of::Number(_)
            | Of::Date(..)
            | Of::YesNo(_)
            | Of::Member { .. }
            | Of::Period(_)
            | Of::LookedUp(_)
            | Of::Nothing => Value::Missing,
        }
    }

    /// The windows met so far, in the order of their codes.
    pub(crate) fn windows(&self) -> Vec<Period> {
        match &self.of {
            Of::Period(periods) => {
                let met = periods.met.lock().unwrap_or_else(PoisonError::into_inner);
                let mut met: Vec<(usize, Period)> = met.iter().map(|(period, at)| (*at, *period)).collect();
                met.sort_unstable();
                met.into_iter().map(|(_, period)| period).collect()
            }
            Of::Text
            | Of::Number(_)
            | Of::Date(..)
            | Of::YesNo(_)
            | Of::Member { .. }
            | Of::LookedUp(_)
            | Of::Nothing => Vec::new(),
        }
    }

    /// `typed`: a workbook keeps the value with its type, so that it is written in one way whatever is declared.
    fn of_type(&self, text: &str, typed: bool) -> Result<Value, Mistake> {
        match &self.of {
            Of::Text => Ok(Value::Text),
            Of::Number(style) if typed => self.number(text, style.plain()),
            Of::Number(style) => self.number(text, *style),
            Of::Date(style, zone) => {
                let style = if typed { DateStyle::YearMonthDay } else { *style };
                let day = date(text, style, *zone).or_else(|| if typed { None } else { long_date(text) });
                let wrong = || if is_instant(text, style) { Mistake::NoZone } else { Mistake::NotADate };
                day.map(Value::Day).ok_or_else(wrong)
            }
            Of::YesNo(words) => words
                .get(&plain(text))
                .or_else(|| words.get(&plain(text).to_lowercase()))
                .map(|yes| Value::YesNo(*yes))
                .ok_or(Mistake::NotYesOrNo),
            Of::Member { dimension, spellings, style, has_bands } => {
                let style = if typed { style.plain() } else { *style };
                member(text, dimension, spellings, style, *has_bands)
            }
            Of::Period(periods) => periods.read(text).map(Value::Period).ok_or_else(|| {
                if is_instant(text, DateStyle::YearMonthDay) { Mistake::NoZone } else { Mistake::NotAPeriod }
            }),
            Of::LookedUp(looked) => looked.value(text),
            Of::Nothing => Ok(Value::Missing),
        }
    }

    fn number(&self, text: &str, style: NumberStyle) -> Result<Value, Mistake> {
        let trouble = match read_number(text, style) {
            Ok(number) if self.column.whole && number.scale > 0 => return Err(Mistake::NotWhole),
            Ok(number) => return Ok(Value::Number(number)),
            Err(trouble) => trouble,
        };
        let floor = matches!(&self.column.of, ColumnType::Number(Unit::Of(_)));
        match read_said(text, style, self.margin, floor) {
            None => Err(trouble.into()),
            Some(Ok(said)) if self.column.qualified => Ok(Value::Said(said)),
            Some(Ok(_)) => Err(Mistake::Qualified),
            Some(Err(trouble)) => Err(trouble.into()),
        }
    }

    /// The facts where a cell and another one of the column, on the line `other.0`, write their decimals with different marks.
    pub(crate) fn mixed(&self, text: &str, other: (u64, &str)) -> Option<DataProblem> {
        if self.column.confidential {
            return None;
        }
        let text = shorten(text);
        let (as_decimal, as_thousands) = readings(&text);
        let (mark, _) = as_decimal.as_ref()?;
        let (other_mark, _) = readings(other.1).0?;
        (*mark != other_mark).then(|| DataProblem::MixedStyles {
            text,
            as_decimal,
            as_thousands,
            other: other.1.to_string(),
            line: other.0,
            column: self.column.name.clone(),
        })
    }

    /// The words' facts of a mistake that is kept. `text` is masked already where the column is confidential.
    pub(crate) fn explain(&self, mistake: Mistake, text: &str, cells: usize) -> Fact {
        let masked = self.column.confidential;
        let text = shorten(text);
        let fact = match mistake {
            Mistake::NotFound => match self.looked() {
                Some(looked) => return looked.explain(&text, masked).into(),
                None => DataProblem::EmptyCell { column: self.column.name.clone() },
            },
            Mistake::ErrorCell => DataProblem::ErrorCell { text },
            Mistake::NoResult => DataProblem::NoResult { text },
            Mistake::Inexact => {
                let declared = self.column.decimals;
                let found = self.style().and(decimals_in(&text)).filter(|found| (1..=limits::DECIMALS).contains(found));
                let write = found.filter(|_| declared.is_none()).map(|found| (self.column.name.clone(), found as u8));
                DataProblem::Inexact { text, declared, write }
            }
            Mistake::Decimals => {
                let style = self.style();
                let read =
                    |style: NumberStyle| read_number(&text, style.any_decimals()).ok().map(|it| u32::from(it.scale));
                let most = self.column.decimals.unwrap_or(0);
                let found = [style.and_then(read), style.map(NumberStyle::plain).and_then(read), decimals_in(&text)];
                let found =
                    found.into_iter().flatten().find(|found| (u32::from(most) + 1..=limits::DECIMALS).contains(found));
                DataProblem::MoreDecimals {
                    text,
                    column: self.column.name.clone(),
                    most,
                    found: found.and_then(|found| u8::try_from(found).ok()),
                }
            }
            Mistake::Empty => DataProblem::EmptyCell { column: self.column.name.clone() },
            Mistake::NotANumber => DataProblem::NotANumber { text },
            Mistake::Qualified => DataProblem::QualifiedText { text, column: self.column.name.clone() },
            Mistake::Style if masked => DataProblem::NotANumber { text },
            Mistake::Style => {
                let (as_decimal, as_thousands) = readings(&text);
                let declared = self.style().is_some_and(NumberStyle::is_declared);
                DataProblem::NumberStyle { text, as_decimal, as_thousands, declared }
            }
            Mistake::NotWhole if masked => DataProblem::NotANumber { text },
            Mistake::NotWhole => {
                let (_, as_thousands) = readings(&text);
                DataProblem::NotWhole { text, as_thousands }
            }
            Mistake::Shortened => DataProblem::ShortenedNumber { text },
            Mistake::TooLong => DataProblem::NumberTooLong { text, limit: limits::DIGITS },
            Mistake::NoZone => DataProblem::InstantWithoutZone { text },
            Mistake::NotADate => {
                let other = if masked { None } else { other_style(&text, self.dates).map(style_words) };
                DataProblem::NotADate { text, style: style_words(self.dates), other }
            }
            Mistake::NotAPeriod => {
                let calendar = match &self.of {
                    Of::Period(periods) => Some(periods.calendar),
                    Of::Text
                    | Of::Number(_)
                    | Of::Date(..)
                    | Of::YesNo(_)
                    | Of::Member { .. }
                    | Of::LookedUp(_)
                    | Of::Nothing => None,
                };
                let example = calendar.map_or_else(Default::default, |calendar| {
                    let ordinal = Date::new(2020, 6, 15).map_or(0, |date| calendar.ordinal_of(date));
                    (calendar.label_of(ordinal, Lang::Fr), calendar.label_of(ordinal, Lang::En))
                });
                let calendar = calendar.map_or_else(String::new, |calendar| calendar.name.clone());
                DataProblem::NotAPeriod {
                    text,
                    calendar,
                    example,
                    of_stage: matches!(&self.of, Of::Period(periods) if periods.of_stages),
                }
            }
            Mistake::UnknownCode => {
                let near = if masked { None } else { self.near(&text) };
                DataProblem::UnknownCode { text, dimension: self.dimension_name(), near }
            }
            Mistake::InNoBand => DataProblem::InNoBand { text, dimension: self.dimension_name() },
            Mistake::NotYesOrNo => DataProblem::NotYesOrNo { text, column: self.column.name.clone() },
            Mistake::CellCount { found } => DataProblem::WrongCellCount { found: found as usize, wanted: cells },
            Mistake::AfterQuote => DataProblem::TextAfterQuote,
        };
        fact.into()
    }

    /// How numbers are written, where there are any.
    fn style(&self) -> Option<NumberStyle> {
        match &self.of {
            Of::Number(style) => Some(*style),
            Of::Member { style, has_bands: true, .. } => Some(*style),
            Of::Member { .. }
            | Of::Text
            | Of::Date(..)
            | Of::YesNo(_)
            | Of::Period(_)
            | Of::LookedUp(_)
            | Of::Nothing => None,
        }
    }

    fn dimension_name(&self) -> String {
        match &self.of {
            Of::Member { dimension, .. } => dimension.name.clone(),
            Of::Text | Of::Number(_) | Of::Date(..) | Of::YesNo(_) | Of::Period(_) | Of::LookedUp(_) | Of::Nothing => {
                String::new()
            }
        }
    }

    /// The code and the spelling of the member whose spelling is closest.
    fn near(&self, text: &str) -> Option<(String, String)> {
        let Of::Member { dimension, .. } = &self.of else { return None };
        let all = dimension.members.iter().flat_map(|member| {
            let labels = member.label.0.values();
            [&member.code].into_iter().chain(labels).chain(&member.aliases).map(move |spelling| (member, spelling))
        });
        let near = close_to(text, all.clone().map(|(_, spelling)| spelling.as_str()))?;
        let (member, spelling) = all.into_iter().find(|(_, spelling)| **spelling == near)?;
        Some((member.code.clone(), spelling.clone()))
    }
}

impl From<Trouble> for Mistake {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NotANumber => Mistake::NotANumber,
            Trouble::Style => Mistake::Style,
            Trouble::Shortened => Mistake::Shortened,
            Trouble::TooLong => Mistake::TooLong,
            Trouble::Decimals => Mistake::Decimals,
        }
    }
}

fn yes_no(column: &Column) -> FxHashMap<String, bool> {
    let mut words: FxHashMap<String, bool> = FxHashMap::default();
    words.extend(YES.iter().map(|word| (word.to_string(), true)));
    words.extend(NO.iter().map(|word| (word.to_string(), false)));
    words.extend(column.yes.iter().map(|word| (plain(word), true)));
    words.extend(column.no.iter().map(|word| (plain(word), false)));
    words
}

/// Every spelling of every member. A code wins over a label, a label over an alias, an earlier member over a later one.
fn spellings(dimension: &Dimension) -> FxHashMap<String, usize> {
    let mut all = FxHashMap::default();
    let members = || dimension.members.iter().enumerate();
    for (at, member) in members() {
        all.entry(plain(&member.code)).or_insert(at);
    }
    for (at, member) in members() {
        for label in member.label.0.values() {
            all.entry(plain(label)).or_insert(at);
        }
    }
    for (at, member) in members() {
        for alias in &member.aliases {
            all.entry(plain(alias)).or_insert(at);
        }
    }
    all
}

fn member(
    text: &str,
    dimension: &Dimension,
    spellings: &FxHashMap<String, usize>,
    style: NumberStyle,
    has_bands: bool,
) -> Result<Value, Mistake> {
    if has_bands {
        match read_number(text, style) {
            Ok(number) => {
                return band(number, dimension).ok_or(Mistake::InNoBand).map(|at| Value::Member(at, Some(number)));
            }
            Err(trouble @ (Trouble::Style | Trouble::Shortened | Trouble::TooLong | Trouble::Decimals))
                if !spellings.contains_key(&plain(text)) =>
            {
                return Err(trouble.into());
            }
            Err(_) => {}
        }
    }
    spellings.get(&plain(text)).map(|at| Value::Member(*at, None)).ok_or(Mistake::UnknownCode)
}

/// The finest band in which a number lies.
fn band(number: jauge::plan::Decimal, dimension: &Dimension) -> Option<usize> {
    let inside = |(low, high): &(Number, Option<Number>)| {
        compare_number(number, low).is_ge() && high.as_ref().is_none_or(|high| compare_number(number, high).is_le())
    };
    let members = dimension.members.iter().enumerate();
    let within = members.filter(|(_, member)| member.band.as_ref().is_some_and(inside));
    within.max_by_key(|(at, member)| (member.level, std::cmp::Reverse(*at))).map(|(at, _)| at)
}

/// The code that a key gives to a value of its column.
pub(crate) fn code(key: &Key, value: Value, text: &str, catalog: Catalog<'_>) -> i32 {
    let index = |at: Option<usize>| at.and_then(|at| i32::try_from(at).ok()).unwrap_or(Cube::UNKNOWN);
    match key {
        Key::Dimension { dimension, level, .. } => {
            let Some(dimension) = catalog.dimensions.get(*dimension) else { return Cube::UNKNOWN };
            match value {
                Value::Total => Cube::TOTAL,
                Value::Member(member, _) => index(dimension.ancestor(member, *level)),
                Value::Number(number) => index(band(number, dimension).and_then(|at| dimension.ancestor(at, *level))),
                Value::Missing
                | Value::Marked(_)
                | Value::Text
                | Value::Said(_)
                | Value::Day(_)
                | Value::YesNo(_)
                | Value::Period(_) => Cube::UNKNOWN,
            }
        }
        Key::Period { column, calendar } if catalog.source.milestones.is_some() => {
            stage_period(*column, *calendar, value, text, catalog)
        }
        Key::StageDate { .. } => match value {
            Value::Period(code) => code,
            Value::Missing
            | Value::Marked(_)
            | Value::Total
            | Value::Text
            | Value::Number(_)
            | Value::Said(_)
            | Value::Day(_)
            | Value::YesNo(_)
            | Value::Member(..) => Cube::UNKNOWN,
        },
        Key::Period { calendar, .. } => {
            let Some(calendar) = catalog.calendars.get(usize::from(calendar.0)) else { return Cube::UNKNOWN };
            match value {
                Value::Period(ordinal) => ordinal,
                Value::Day(day) => calendar.ordinal_of(Date::from_day_number(day)),
                Value::Text | Value::Number(_) => calendar.read_label(text).unwrap_or(Cube::UNKNOWN),
                Value::Total => Cube::TOTAL,
                Value::Missing | Value::Marked(_) | Value::Said(_) | Value::YesNo(_) | Value::Member(..) => {
                    Cube::UNKNOWN
                }
            }
        }
        Key::Said { .. } => match value {
            Value::Period(_) => match said_of_stage(text) {
                SaidOfStage::Reached => Cube::REACHED,
                SaidOfStage::InProgress => Cube::IN_PROGRESS,
                SaidOfStage::Planned => Cube::PLANNED,
            },
            Value::Missing
            | Value::Marked(_)
            | Value::Total
            | Value::Text
            | Value::Number(_)
            | Value::Said(_)
            | Value::Day(_)
            | Value::YesNo(_)
            | Value::Member(..) => Cube::UNKNOWN,
        },
    }
}

/// The period in which a stage was reached: a day or a month lies in one year. Nothing for a stage that is in progress or
/// planned.
fn stage_period(column: usize, calendar: CalendarId, value: Value, text: &str, catalog: Catalog<'_>) -> i32 {
    let own = catalog.source.columns.get(column).map(|column| &column.of);
    let (Value::Period(code), Some(ColumnType::Period(own))) = (value, own) else { return Cube::UNKNOWN };
    let Some((SaidOfStage::Reached, period)) = read_stage_date(text, *own, catalog.calendars) else {
        return Cube::UNKNOWN;
    };
    let of = |id: CalendarId| catalog.calendars.get(usize::from(id.0));
    let (Some(written), Some(calendar), false) = (of(period.calendar), of(calendar), period.is_unknown()) else {
        return code;
    };
    let first = calendar.ordinal_of(written.start(period.first));
    let last = calendar.ordinal_of(written.end(period.last));
    if first == last { first } else { code }
}

/// Plain numbers of up to eighteen digits, read byte by byte.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quick {
    mark: u8,
    declared: bool,
    /// The most decimals.
    pub(crate) decimals: u8,
}

impl Quick {
    /// The number from `start` to `end` of longer bytes, where it has up to sixteen digits and at most two after the mark;
    /// `None` for whatever else there may be, [`Quick::read`] among it.
    #[inline(always)]
    pub(crate) fn within(self, bytes: &[u8], start: usize, end: usize) -> Option<(i64, u8)> {
        if let Some(number) = sixteen(bytes, start, end) {
            return Some((number, 0));
        }
        let is_mark = |at: usize| end.checked_sub(at).and_then(|at| bytes.get(at)) == Some(&self.mark);
        for (after, power) in [(2, 100), (1, 10)] {
            if is_mark(after + 1) && after <= usize::from(self.decimals) {
                let mark = end - after - 1;
                let (before, parts) = (sixteen(bytes, start, mark)?, sixteen(bytes, mark + 1, end)?);
                return Some((before * power + parts, after as u8));
            }
        }
        None
    }

    /// Digits with at most one mark and a sign; `None` for whatever needs a closer look.
    #[inline]
    pub(crate) fn read(self, text: &[u8]) -> Option<(i64, u8)> {
        const MOST: usize = 19;
        let (negative, digits) = match text {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        if digits.is_empty() || digits.len() > MOST {
            return None;
        }
        let mut number = 0i64;
        let mut mark = None;
        for (at, byte) in digits.iter().enumerate() {
            let digit = byte.wrapping_sub(b'0');
            if digit <= 9 {
                // At most eighteen digits.
                number = number * 10 + i64::from(digit);
            } else if *byte == self.mark && mark.is_none() && at > 0 {
                mark = Some(at);
            } else {
                return None;
            }
        }
        let after = match mark {
            None if digits.len() == MOST => return None,
            None => 0,
            // Nothing after the mark, more decimals than there may be, and three digits that may be thousands are for the closer look.
            Some(mark) => match digits.len() - mark - 1 {
                0 => return None,
                after if after > usize::from(self.decimals) => return None,
                3 if !self.declared => return None,
                after => after,
            },
        };
        Some((if negative { -number } else { number }, after as u8))
    }
}

/// The number that one to sixteen digits from `start` to `end` of longer bytes make; `None` where there is anything else, or where
/// the bytes before do not reach far enough.
#[inline(always)]
fn sixteen(bytes: &[u8], start: usize, end: usize) -> Option<i64> {
    const DIGITS: usize = 16;
    const ZEROS: u128 = u128::from_le_bytes([b'0'; DIGITS]);
    let before = DIGITS.checked_sub(end.checked_sub(start)?).filter(|before| *before < DIGITS)?;
    let around = bytes.get(end.checked_sub(DIGITS)?..end)?.first_chunk()?;
    // What stands before the number becomes zeros.
    let kept = u128::MAX << (8 * before);
    let digits = (u128::from_le_bytes(*around) ^ ZEROS) & kept;
    let eight = |digits: u64| {
        // Pairs of digits, then pairs of these, and so on.
        let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
        let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
        fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff
    };
    let (first, last) = (digits as u64, (digits >> 64) as u64);
    // Ten and more reach the highest bit of their byte.
    let above = |digits: u64| (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
    (above(first) | above(last) == 0).then(|| (eight(first) * 100_000_000 + eight(last)).cast_signed())
}

/// How the cells of a needed column are handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A table from text to code, filters and value saves work.
    Remembered,
    /// Numbers that are counted, added or compared with constants: there may be as many as rows.
    Number,
    /// Texts of which nothing is asked but which they are.
    Text,
}

/// A column that a query needs.
pub(crate) struct Needed<'a> {
    /// Index in the source.
    pub(crate) index: usize,
    pub(crate) reader: Reader<'a>,
    /// The query's keys over this column: index of the key, the key.
    pub(crate) keys: Vec<(usize, &'a Key)>,
    /// What tests on this column do to filters.
    pub(crate) conditions: Conditions,
    /// How its cells are handed on, see [`Needed::kind`].
    pub(crate) kind: Kind,
    /// How its plain numbers are read, where they may be.
    pub(crate) quick: Option<Quick>,
    /// The cells of another needed column are the same ones: it tells of them, or of the codes that are not found.
    pub(crate) silent: Silent,
    /// Other needed columns are looked up by the same cells: their slots follow from those of this one.
    pub(crate) leads: bool,
    /// The place of the needed column that leads this one.
    pub(crate) leader: Option<usize>,
}

/// What another needed column tells already.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Silent {
    pub(crate) cells: bool,
    pub(crate) codes: bool,
}

impl Needed<'_> {
    /// Whether this column is the one that tells of a mistake.
    pub(crate) fn tells(&self, mistake: Mistake) -> bool {
        !(if mistake == Mistake::NotFound { self.silent.codes } else { self.silent.cells })
    }

    /// The kind that fits what is asked.
    pub(crate) fn kind(&self) -> Kind {
        match &self.reader.of {
            Of::Number(_) if self.keys.is_empty() && self.conditions.tests().all(|test| test.cuts().is_some()) => {
                Kind::Number
            }
            Of::Text if self.keys.is_empty() && self.conditions.is_empty() => Kind::Text,
            Of::Text
            | Of::Number(_)
            | Of::Date(..)
            | Of::YesNo(_)
            | Of::Member { .. }
            | Of::Period(_)
            | Of::LookedUp(_)
            | Of::Nothing => Kind::Remembered,
        }
    }
}
