//! Dates and periods in SQL: the parts of a date as texts, its day number, and ordinals of calendars.

use jauge::program::model::DateStyle;
use jauge::types::{Calendar, Length};

use crate::dialect::Dialect;

/// The form of a date in a text.
pub(crate) struct DateForm {
    /// The whole text.
    pub(crate) whole: String,
    /// Year, month and day, one group each.
    pub(crate) parts: [String; 3],
}

/// The form of dates in an order of day, month and year. A time of day after the date is not looked
/// at; one that says its clock is read in files only.
pub(crate) fn date_form(style: DateStyle) -> DateForm {
    let (two, four) = ("[0-9]{1,2}", "[0-9]{4}");
    let any = "[-/.]";
    let time = "([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?";
    let (first, second, third) = match style {
        DateStyle::YearMonthDay => (four, two, two),
        DateStyle::DayMonthYear | DateStyle::MonthDayYear => (two, two, four),
    };
    // One mark, the same twice.
    let joined: Vec<String> =
        ["-", "/", "[.]"].iter().map(|mark| format!("{first}{mark}{second}{mark}{third}")).collect();
    let place = |at: usize| match at {
        0 => format!("^({first}){any}"),
        1 => format!("^{first}{any}({second}){any}"),
        _ => format!("^{first}{any}{second}{any}({third})"),
    };
    let order = match style {
        DateStyle::YearMonthDay => [0, 1, 2],
        DateStyle::DayMonthYear => [2, 1, 0],
        DateStyle::MonthDayYear => [2, 0, 1],
    };
    DateForm { whole: format!("^({}){time}$", joined.join("|")), parts: order.map(place) }
}

/// True where there is such a day in the years 1 to 9999.
pub(crate) fn is_date(d: Dialect, year: &str, month: &str, day: &str) -> String {
    let rest = |by: u32| match d {
        Dialect::Clickhouse => format!("modulo({year}, {by})"),
        Dialect::Postgresql | Dialect::Duckdb | Dialect::Spark => format!("{year} % {by}"),
    };
    let leap = format!("({} = 0 AND ({} <> 0 OR {} = 0))", rest(4), rest(100), rest(400));
    format!(
        "{year} BETWEEN 1 AND 9999 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND CASE WHEN {month} IN (4, 6, 9, 11) \
         THEN 30 WHEN {month} <> 2 THEN 31 WHEN {leap} THEN 29 ELSE 28 END"
    )
}

/// Days since 1 January 1970 (Howard Hinnant's algorithm, in years from March).
pub(crate) fn days(d: Dialect, year: &str, month: &str, day: &str) -> String {
    // Years are from 1, so that from March of the year before they are not negative.
    let from_march = format!("({year} - CASE WHEN {month} <= 2 THEN 1 ELSE 0 END)");
    let of_year = d.divided(&format!("153 * ({month} + CASE WHEN {month} > 2 THEN -3 ELSE 9 END) + 2"), 5);
    let (by4, by100, by400) = (d.divided(&from_march, 4), d.divided(&from_march, 100), d.divided(&from_march, 400));
    format!("{from_march} * 365 + {by4} - {by100} + {by400} + {of_year} + {day} - 1 - 719468")
}

/// The ordinal of the period in which a date lies: `months` counts months since year 0, `days` days since 1970.
pub(crate) fn ordinal_of_date(d: Dialect, calendar: &Calendar, months: &str, day: &str, days: &str) -> String {
    let shift = i32::from(calendar.starts.0) - 1;
    let mut own = match shift {
        0 => months.to_string(),
        shift => format!("{months} - {shift}"),
    };
    if calendar.starts.1 > 1 {
        own = format!("{own} - CASE WHEN {day} < {} THEN 1 ELSE 0 END", calendar.starts.1);
    }
    match calendar.length {
        // Years are from 1, so that no count of months is negative.
        Length::Year => d.divided(&own, 12),
        Length::HalfYear => d.divided(&own, 6),
        Length::Quarter => d.divided(&own, 3),
        Length::Month => own,
        Length::Day => days.to_string(),
    }
}

/// The ordinal of a label of a calendar, dashes already plain; NULL for any other text.
pub(crate) fn ordinal_of_label(d: Dialect, text: &str, calendar: &Calendar) -> String {
    let civil = calendar.is_civil();
    let year = d.whole(&d.part(text, "^([0-9]{4})"));
    let (year_form, next) = match civil {
        true => ("[0-9]{4}", None),
        false => {
            ("[0-9]{4}-([1-9][0-9]{3}|[0-9]{2})", Some(d.whole(&d.part(text, "^[0-9]{4}-([1-9][0-9]{3}|[0-9]{2})"))))
        }
    };
    // 2019-2020 and 2019-20, not 2019-2021. A form of two digits is not read after one of four: the longer comes first.
    let follows = next.map(|next| {
        let rest = match d {
            Dialect::Clickhouse => format!("modulo({year} + 1, 100)"),
            Dialect::Postgresql | Dialect::Duckdb | Dialect::Spark => format!("({year} + 1) % 100"),
        };
        format!(" AND ({next} = {year} + 1 OR ({next} < 100 AND {next} = {rest}))")
    });
    let follows = follows.unwrap_or_default();
    let when = |form: &str, value: &str| {
        format!("CASE WHEN {}{follows} THEN {value} END", d.is_like(text, &format!("^{form}$")))
    };
    match calendar.length {
        Length::Year => when(year_form, &year),
        Length::HalfYear | Length::Quarter => {
            let (letters, most) = match calendar.length {
                Length::HalfYear => ("[SsHh]", 2),
                _ => ("[TtQq]", 4),
            };
            let part = d.whole(&d.part(text, &format!("-{letters}([1-{most}])$")));
            when(&format!("{year_form}-{letters}[1-{most}]"), &format!("{year} * {most} + {part} - 1"))
        }
        Length::Month => {
            let month = d.whole(&d.part(text, "^[0-9]{4}-([0-9]{1,2})$"));
            let shift = i32::from(calendar.starts.0) - 1;
            let start = calendar.starts.1.max(1).to_string();
            let form = d.is_like(text, "^[0-9]{4}-[0-9]{1,2}$");
            let exists = is_date(d, &year, &month, &start);
            format!("CASE WHEN {form} THEN CASE WHEN {exists} THEN {year} * 12 + {month} - 1 - {shift} END END")
        }
        Length::Day => {
            let month = d.whole(&d.part(text, "^[0-9]{4}-([0-9]{1,2})-"));
            let day = d.whole(&d.part(text, "^[0-9]{4}-[0-9]{1,2}-([0-9]{1,2})$"));
            let form = d.is_like(text, "^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$");
            let exists = is_date(d, &year, &month, &day);
            let days = days(d, &year, &month, &day);
            format!("CASE WHEN {form} THEN CASE WHEN {exists} THEN {days} END END")
        }
    }
}
