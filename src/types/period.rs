//! Calendars and periods: a school year is neither of the two civil years that it touches.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::text::{Lang, Localized};

/// A civil date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// A date that exists; years 1 to 9999.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let year = i16::try_from(year).ok().filter(|y| (1..=9999).contains(y))?;
        let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        date.ok().map(Date)
    }

    /// Year, month and day.
    pub fn parts(self) -> (i32, u8, u8) {
        (i32::from(self.0.year()), self.0.month() as u8, self.0.day() as u8)
    }

    /// Days since 1 January 1970, negative before.
    pub fn day_number(self) -> i32 {
        let (year, month, day) = self.parts();
        days_from_civil(year, i32::from(month), i32::from(day))
    }

    /// The inverse of [`Date::day_number`]; clamped to years 1 to 9999.
    pub fn from_day_number(days: i32) -> Date {
        let (year, month, day) = civil_from_days(days.clamp(-719_162, 2_932_896));
        Date::new(year, month, day).unwrap_or(Date(jiff::civil::Date::constant(1970, 1, 1)))
    }

    /// Written as people write it: `15/06/2020` in French, `2020-06-15` in English.
    pub fn show(self, lang: Lang) -> String {
        let (year, month, day) = self.parts();
        lang.pick(format!("{day:02}/{month:02}/{year:04}"), format!("{year:04}-{month:02}-{day:02}"))
    }
}

/// ISO 8601.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

// Days and civil dates: Howard Hinnant's algorithms (http://howardhinnant.github.io/date_algorithms.html), in years from
// March so that leap days come last. jiff has them too, but only through spans.
fn days_from_civil(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i32) -> (i32, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year + era * 400 + i32::from(month <= 2), month as u8, day as u8)
}

/// How long one period of a calendar lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Twelve months.
    Year,
    /// Six months.
    HalfYear,
    /// Three months.
    Quarter,
    /// One month.
    Month,
    /// One day.
    Day,
}

impl Length {
    /// How many of them make a year; 0 for days.
    pub fn per_year(self) -> i32 {
        match self {
            Length::Year => 1,
            Length::HalfYear => 2,
            Length::Quarter => 4,
            Length::Month => 12,
            Length::Day => 0,
        }
    }
}

/// Which calendar of the program; the first five are the civil ones, in the order of [`Calendar::civil`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct CalendarId(pub u16);

impl CalendarId {
    /// The civil year.
    pub const YEAR: CalendarId = CalendarId(0);
    /// The civil half-year.
    pub const HALF_YEAR: CalendarId = CalendarId(1);
    /// The civil quarter.
    pub const QUARTER: CalendarId = CalendarId(2);
    /// The civil month.
    pub const MONTH: CalendarId = CalendarId(3);
    /// The day.
    pub const DAY: CalendarId = CalendarId(4);
}

/// A way of cutting time into periods, numbered without gaps (`ordinal`).
///
/// A year's ordinal is the civil year in which it starts; a half-year's is `year * 2 + 0..1`, a quarter's `year * 4 + 0..3`, a
/// month's `year * 12 + 0..11`, a day's its day number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The name in indicator files (`année_scolaire`); civil ones have a name in each language.
    pub name: String,
    /// What readers see.
    pub label: Localized,
    /// Month and day on which its years start.
    pub starts: (u8, u8),
    /// How long a period lasts.
    pub length: Length,
}

impl Calendar {
    /// The calendars that every program has: year, half-year, quarter, month, day. Names are the French ones; the
    /// keyword table knows the English ones.
    pub fn civil() -> Vec<Calendar> {
        let of = |name: &str, en: &str, length| Calendar {
            name: name.to_string(),
            label: Localized([("fr".into(), name.replace('_', " ")), ("en".into(), en.into())].into_iter().collect()),
            starts: (1, 1),
            length,
        };
        vec![
            of("année", "year", Length::Year),
            of("semestre", "half-year", Length::HalfYear),
            of("trimestre", "quarter", Length::Quarter),
            of("mois", "month", Length::Month),
            of("jour", "day", Length::Day),
        ]
    }

    /// True where its years are civil years.
    pub fn is_civil(&self) -> bool {
        self.starts == (1, 1)
    }

    /// The ordinal of the period in which a date lies.
    pub fn ordinal_of(&self, date: Date) -> i32 {
        let (year, month, day) = date.parts();
        let months = year * 12 + i32::from(month) - 1 - (i32::from(self.starts.0) - 1) - i32::from(day < self.starts.1);
        match self.length {
            Length::Year => months.div_euclid(12),
            Length::HalfYear => months.div_euclid(6),
            Length::Quarter => months.div_euclid(3),
            Length::Month => months,
            Length::Day => date.day_number(),
        }
    }

    /// The first day of a period.
    pub fn start(&self, ordinal: i32) -> Date {
        let months = match self.length {
            Length::Year => ordinal.saturating_mul(12),
            Length::HalfYear => ordinal.saturating_mul(6),
            Length::Quarter => ordinal.saturating_mul(3),
            Length::Month => ordinal,
            Length::Day => return Date::from_day_number(ordinal),
        }
        .saturating_add(i32::from(self.starts.0) - 1);
        let (year, month) = (months.div_euclid(12).clamp(1, 9999), months.rem_euclid(12) as u8 + 1);
        let day = self.starts.1.max(1);
        (1..=day).rev().find_map(|day| Date::new(year, month, day)).unwrap_or(Date::from_day_number(0))
    }

    /// The last day of a period.
    pub fn end(&self, ordinal: i32) -> Date {
        match self.length {
            Length::Day => self.start(ordinal),
            _ => Date::from_day_number(self.start(ordinal.saturating_add(1)).day_number() - 1),
        }
    }

    /// How many whole months lie from the start of one period to the end of another; `None` where they are not whole.
    pub fn months(&self, first: i32, last: i32) -> Option<u32> {
        let (from, to) = (self.start(first), Date::from_day_number(self.end(last).day_number() + 1));
        let ((year, month, day), (to_year, to_month, to_day)) = (from.parts(), to.parts());
        let months = (to_year - year) * 12 + i32::from(to_month) - i32::from(month);
        if day == to_day { u32::try_from(months).ok() } else { None }
    }

    /// The label of one period: `2020`, `2019-2020`, `2020-S1`, `2020-T1` (`2020-Q1` in English), `2020-06`, `2020-06-15`.
    pub fn label_of(&self, ordinal: i32, lang: Lang) -> String {
        let year_label = |year: i32| if self.is_civil() { format!("{year}") } else { format!("{year}-{}", year + 1) };
        let per_year = self.length.per_year();
        match self.length {
            Length::Year => year_label(ordinal),
            Length::HalfYear | Length::Quarter => {
                let letter = match self.length {
                    Length::HalfYear => lang.pick("S", "H"),
                    _ => lang.pick("T", "Q"),
                };
                format!("{}-{letter}{}", year_label(ordinal.div_euclid(per_year)), ordinal.rem_euclid(per_year) + 1)
            }
            Length::Month => {
                let (year, month, _) = self.start(ordinal).parts();
                format!("{year:04}-{month:02}")
            }
            Length::Day => self.start(ordinal).to_string(),
        }
    }

    /// Reads a period label as data files write it: the labels of [`Calendar::label_of`] in either language, also
    /// `2019/2020`, `2019/20`, `2019-20` for a year that is not civil. `None` where the text is no period of this calendar.
    pub fn read_label(&self, text: &str) -> Option<i32> {
        let text = text.trim().replace(['–', '/', '\u{2011}'], "-");
        let number = |part: &str| {
            (part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i32>().ok()).flatten()
        };
        let year_of = |part: &str| -> Option<i32> {
            if self.is_civil() {
                return number(part);
            }
            let (first, second) = part.split_once('-')?;
            let first = number(first)?;
            let next = first + 1;
            let short = format!("{:02}", next.rem_euclid(100));
            (second == next.to_string() || second == short).then_some(first)
        };
        match self.length {
            Length::Year => year_of(&text),
            Length::HalfYear | Length::Quarter => {
                let (year, part) = text.rsplit_once('-')?;
                let letters: &[char] =
                    if self.length == Length::HalfYear { &['S', 's', 'H', 'h'] } else { &['T', 't', 'Q', 'q'] };
                let index: i32 = part.strip_prefix(letters)?.parse().ok()?;
                let per_year = self.length.per_year();
                (1..=per_year).contains(&index).then(|| year_of(year).map(|year| year * per_year + index - 1))?
            }
            Length::Month => {
                let (year, month) = text.split_once('-')?;
                let month: u8 = month.parse().ok()?;
                Some(self.ordinal_of(Date::new(number(year)?, month, self.starts.1.max(1))?))
            }
            Length::Day => {
                let mut parts = text.splitn(3, '-');
                let year = number(parts.next()?)?;
                Some(Date::new(year, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)?.day_number())
            }
        }
    }
}

/// One period of a calendar, or several consecutive ones (a window, when `first < last`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// The calendar.
    pub calendar: CalendarId,
    /// Ordinal of the first period.
    pub first: i32,
    /// Ordinal of the last period; never before the first.
    pub last: i32,
}

impl Period {
    /// One period.
    pub fn one(calendar: CalendarId, ordinal: i32) -> Self {
        Period { calendar, first: ordinal, last: ordinal }
    }

    /// The period of facts of which nobody knows the period. It lies in no other one.
    pub fn unknown(calendar: CalendarId) -> Self {
        Period { calendar, first: i32::MIN, last: i32::MIN }
    }

    /// True where nobody knows the period.
    pub fn is_unknown(self) -> bool {
        self.first == i32::MIN
    }

    /// True for a window of several periods.
    pub fn is_window(self) -> bool {
        self.first < self.last
    }

    /// The same length, `by` periods later (earlier when negative).
    pub fn shift(self, by: i32) -> Self {
        if self.is_unknown() {
            return self;
        }
        Period { first: self.first.saturating_add(by), last: self.last.saturating_add(by), ..self }
    }

    /// How many periods of its calendar it spans.
    pub fn count(self) -> i32 {
        self.last - self.first + 1
    }

    /// The label: `2020`, or `2016 à 2020` (`2016 to 2020`) for a window.
    pub fn label(self, calendar: &Calendar, lang: Lang) -> String {
        if self.is_unknown() {
            return lang.pick("période inconnue", "unknown period").to_string();
        }
        let first = calendar.label_of(self.first, lang);
        if self.is_window() {
            format!("{first} {} {}", lang.pick("à", "to"), calendar.label_of(self.last, lang))
        } else {
            first
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn school() -> Calendar {
        Calendar { name: "année_scolaire".into(), label: Localized::default(), starts: (9, 1), length: Length::Year }
    }

    #[test]
    fn school_years() {
        let year = school();
        let date = |y, m, d| Date::new(y, m, d).expect("a date");
        assert_eq!(year.ordinal_of(date(2020, 8, 31)), 2019);
        assert_eq!(year.ordinal_of(date(2020, 9, 1)), 2020);
        assert_eq!(year.label_of(2019, Lang::Fr), "2019-2020");
        assert_eq!(year.start(2019).to_string(), "2019-09-01");
        assert_eq!(year.end(2019).to_string(), "2020-08-31");
        for label in ["2019-2020", "2019/2020", "2019/20", "2019-20"] {
            assert_eq!(year.read_label(label), Some(2019), "{label}");
        }
        assert_eq!(year.read_label("2019"), None);
        assert_eq!(year.read_label("2019-2021"), None);
    }

    #[test]
    fn civil_labels_read_back() {
        for calendar in Calendar::civil() {
            for day in (-1000..40_000).step_by(13) {
                let ordinal = calendar.ordinal_of(Date::from_day_number(day));
                assert!(calendar.start(ordinal).day_number() <= day && day <= calendar.end(ordinal).day_number());
                for lang in Lang::ALL {
                    assert_eq!(calendar.read_label(&calendar.label_of(ordinal, lang)), Some(ordinal));
                }
            }
        }
    }
}
