//! Dates as data files write them, in the source's declared order of day, month and year.

use jauge::program::model::DateStyle;
use jauge::syntax::keywords::{MONTHS, fold};
use jauge::types::{Date, Offset};

/// A trimmed text to its day number. A time of day after the date is not looked at, unless it says by how much its clock is ahead of
/// universal time: then it is an instant, that falls on a day of the clock `zone`; without one, an instant at midnight by its own
/// clock is a date, and another one is none.
pub(crate) fn date(text: &str, style: DateStyle, zone: Option<Offset>) -> Option<i32> {
    let (day, clock) = parts(text)?;
    let day = day_of(day, style)?;
    match (clock, zone) {
        (None, _) | (Some(Clock { midnight: true, .. }), None) => Some(day),
        (Some(Clock { midnight: false, .. }), None) => None,
        (Some(clock), Some(zone)) => {
            let minutes = clock.minutes - clock.ahead + i32::from(zone.minutes());
            Some(day + minutes.div_euclid(MINUTES))
        }
    }
}

/// Whether a text is an instant, so that only a clock says its day.
pub(crate) fn is_instant(text: &str, style: DateStyle) -> bool {
    parts(text).is_some_and(|(day, clock)| clock.is_some() && day_of(day, style).is_some())
}

/// Minutes of a day.
const MINUTES: i32 = 24 * 60;

fn day_of(text: &str, style: DateStyle) -> Option<i32> {
    let (first, second, third) = three(text)?;
    let (year, month, day) = match style {
        DateStyle::YearMonthDay => (first, second, third),
        DateStyle::DayMonthYear => (third, second, first),
        DateStyle::MonthDayYear => (third, first, second),
    };
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).map(Date::day_number)
}

/// `15 juin 2020`, `1er juin 2020`, `15 June 2020`, `June 15, 2020`: the month is a word, so that nothing is to be guessed
/// whatever style is declared. A day of the week before it is not looked at, nor is the case of letters.
pub(crate) fn long_date(text: &str) -> Option<i32> {
    if text.len() > LONGEST || !text.chars().any(char::is_alphabetic) {
        return None;
    }
    let folded = fold(text);
    let mut words: Vec<&str> = folded.split([' ', ',', '\u{a0}', '\u{202f}']).filter(|word| !word.is_empty()).collect();
    if words.len() == 4 && words.first().is_some_and(|word| is_weekday(word)) {
        words.remove(0);
    }
    let [first, second, year] = words.as_slice() else { return None };
    let (day, month) = match month_of(second) {
        Some(month) => (*first, month),
        None => (*second, month_of(first)?),
    };
    let digits = ["er", "st", "nd", "rd", "th"].iter().find_map(|ending| day.strip_suffix(ending)).unwrap_or(day);
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || digits.len() > 2 || !plain(digits) || !plain(year) {
        return None;
    }
    Date::new(year.parse().ok()?, month, digits.parse().ok()?).map(Date::day_number)
}

/// Bytes that a long date may have.
const LONGEST: usize = 64;

/// A month by its French or English name, or a usual abbreviation with or without its point.
fn month_of(word: &str) -> Option<u8> {
    #[rustfmt::skip]
    const SHORT: [&[&str]; 12] = [
        &["janv", "jan"], &["fevr", "fev", "feb"], &["mar"], &["avr", "apr"], &[], &["jun"], &["juil", "jul"], &["aug"],
        &["sept", "sep"], &["oct"], &["nov"], &["dec"],
    ];
    let word = word.strip_suffix('.').unwrap_or(word);
    let found = MONTHS.iter().zip(SHORT).position(|(month, short)| {
        short.contains(&word) || month.fr.iter().chain(month.en).any(|name| fold(name) == word)
    })?;
    u8::try_from(found + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 14] = [
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    DAYS.contains(&word)
}

/// The style in which the text would be a date.
pub(crate) fn other_style(text: &str, declared: DateStyle) -> Option<DateStyle> {
    [DateStyle::YearMonthDay, DateStyle::DayMonthYear, DateStyle::MonthDayYear]
        .into_iter()
        .find(|style| *style != declared && parts(text).is_some_and(|(day, _)| day_of(day, *style).is_some()))
}

/// How the declaration writes a style, in French and in English.
pub(crate) fn style_words(style: DateStyle) -> (&'static str, &'static str) {
    match style {
        DateStyle::YearMonthDay => ("aaaa-mm-jj", "yyyy-mm-dd"),
        DateStyle::DayMonthYear => ("jj/mm/aaaa", "dd/mm/yyyy"),
        DateStyle::MonthDayYear => ("mm/jj/aaaa", "mm/dd/yyyy"),
    }
}

/// A time of day, and how far its clock is ahead of universal time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Clock {
    minutes: i32,
    /// In minutes too.
    ahead: i32,
    midnight: bool,
}

/// The date, and the time after it where it says its clock: `10:00:00Z`, `10:00+01:00`.
fn parts(text: &str) -> Option<(&str, Option<Clock>)> {
    let Some((day, time)) = text.split_once([' ', 'T']) else { return Some((text, None)) };
    let is_time = time.len() >= 4
        && time.contains(':')
        && time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'Z' | b'+' | b'-'));
    if !is_time {
        return None;
    }
    let Some(at) = time.find(['Z', '+', '-']) else { return Some((day, None)) };
    let (time, zone) = time.split_at(at);
    let number = |text: &str| text.parse::<i32>().ok().filter(|number| (0..60).contains(number));
    let ahead = match zone {
        "Z" => 0,
        _ => {
            let (sign, digits) = zone.split_at(1);
            let digits = digits.replace(':', "");
            let (hours, minutes) = (digits.get(..2)?, digits.get(2..).filter(|rest| !rest.is_empty()).unwrap_or("00"));
            let ahead = number(hours)? * 60 + number(minutes)?;
            if sign == "-" { -ahead } else { ahead }
        }
    };
    let mut times = time.split(':');
    let minutes = number(times.next()?)? * 60 + number(times.next()?)?;
    let seconds = times.next().unwrap_or("0");
    let midnight = minutes == 0 && seconds.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    (minutes < MINUTES && times.next().is_none()).then_some((day, Some(Clock { minutes, ahead, midnight })))
}

fn three(text: &str) -> Option<(&str, &str, &str)> {
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    let mark = if mark == '\u{2011}' || matches!(mark, '/' | '-' | '.') { mark } else { return None };
    let mut parts = text.split(mark);
    let all = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (parts.next().is_none() && digits(all.0) && digits(all.1) && digits(all.2)).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_fall_on_a_day_of_a_clock() {
        let day = |text, zone: &str| {
            let zone = Offset::read(zone);
            date(text, DateStyle::YearMonthDay, zone).map(|day| Date::from_day_number(day).to_string())
        };
        for (text, zone, expected) in [
            ("2019-12-31T23:30:00Z", "", None),
            ("2019-12-31T23:30:00Z", "UTC", Some("2019-12-31")),
            ("2019-12-31T23:30:00Z", "UTC+1", Some("2020-01-01")),
            ("2019-12-31 23:30:00.5+01:00", "UTC+1", Some("2019-12-31")),
            ("2020-01-01T00:30+01", "UTC", Some("2019-12-31")),
            ("2020-01-01T00:00:00Z", "", Some("2020-01-01")),
            ("2020-01-01T00:00:00Z", "UTC+1", Some("2020-01-01")),
            ("2020-01-01T00:00:00Z", "UTC-1", Some("2019-12-31")),
            ("2020-01-01T00:00:01Z", "", None),
            ("2020-01-01T24:00:00Z", "UTC", None),
            ("2020-01-01T10:00:00+1", "UTC", None),
            ("2019-12-31 23:30", "UTC+1", Some("2019-12-31")),
        ] {
            assert_eq!(day(text, zone).as_deref(), expected, "{text} {zone}");
        }
    }

    #[test]
    fn orders() {
        let day = |text, style| date(text, style, None).map(|day| Date::from_day_number(day).to_string());
        let iso = Some("2020-06-15".to_string());
        for text in ["2020-06-15", "2020-6-15", "2020/06/15", "2020-06-15 00:00:00", "2020-06-15T10:00:00"] {
            assert_eq!(day(text, DateStyle::YearMonthDay), iso, "{text}");
        }
        for text in ["15/06/2020", "15-06-2020", "15.6.2020"] {
            assert_eq!(day(text, DateStyle::DayMonthYear), iso, "{text}");
        }
        assert_eq!(day("06/15/2020", DateStyle::MonthDayYear), iso);
        for text in
            ["2020-02-30", "15/06/20", "15/06-2020", "2020-06", "20200615", "", "//", "2020-06-15 midi", "1/1/1/1"]
        {
            assert_eq!(day(text, DateStyle::YearMonthDay), None, "{text}");
            assert_eq!(day(text, DateStyle::DayMonthYear), None, "{text}");
        }
        for text in [
            "15 juin 2020",
            "15 June 2020",
            "June 15, 2020",
            "lundi 15 juin 2020",
            "15\u{a0}JUIN 2020",
            "15 jun 2020",
            "15th June 2020",
        ] {
            assert_eq!(long_date(text).map(|day| Date::from_day_number(day).to_string()), iso, "{text}");
        }
        let first = long_date("1er août 2020").map(|day| Date::from_day_number(day).to_string());
        assert_eq!(first.as_deref(), Some("2020-08-01"));
        assert_eq!(long_date("1 aout 2020"), long_date("1er août 2020"));
        assert_eq!(long_date("14 juil. 2020"), long_date("14 July 2020"));
        assert_eq!(long_date("3 févr. 2020"), long_date("3 Feb 2020"));
        for text in ["15 jui 2020", "31 juin 2020", "juin 2020", "15 juin 20", "15 ju 2020", "le 15 juin", "15 15 2020"]
        {
            assert_eq!(long_date(text), None, "{text}");
        }
        assert_eq!(other_style("15/06/2020", DateStyle::YearMonthDay), Some(DateStyle::DayMonthYear));
    }
}
