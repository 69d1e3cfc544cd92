//! Dates as data files write them, in the source's declared order of day, month and year.

use jauge::program::model::DateStyle;
use jauge::types::Date;

/// A trimmed text to its day number. A time of day after the date is not looked at.
pub(crate) fn date(text: &str, style: DateStyle) -> Option<i32> {
    let (first, second, third) = three(day_part(text)?)?;
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

/// The style in which the text would be a date.
pub(crate) fn other_style(text: &str, declared: DateStyle) -> Option<DateStyle> {
    [DateStyle::YearMonthDay, DateStyle::DayMonthYear, DateStyle::MonthDayYear]
        .into_iter()
        .find(|style| *style != declared && date(text, *style).is_some())
}

/// How the declaration writes a style, in French and in English.
pub(crate) fn style_words(style: DateStyle) -> (&'static str, &'static str) {
    match style {
        DateStyle::YearMonthDay => ("aaaa-mm-jj", "yyyy-mm-dd"),
        DateStyle::DayMonthYear => ("jj/mm/aaaa", "dd/mm/yyyy"),
        DateStyle::MonthDayYear => ("mm/jj/aaaa", "mm/dd/yyyy"),
    }
}

fn day_part(text: &str) -> Option<&str> {
    let Some((day, time)) = text.split_once([' ', 'T']) else { return Some(text) };
    let is_time = time.len() >= 4
        && time.contains(':')
        && time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'Z' | b'+' | b'-'));
    is_time.then_some(day)
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
    fn orders() {
        let day = |text, style| date(text, style).map(|day| Date::from_day_number(day).to_string());
        let iso = Some("2020-06-15".to_string());
        for text in ["2020-06-15", "2020-6-15", "2020/06/15", "2020-06-15 00:00:00", "2020-06-15T10:00:00Z"] {
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
        assert_eq!(other_style("15/06/2020", DateStyle::YearMonthDay), Some(DateStyle::DayMonthYear));
    }
}
