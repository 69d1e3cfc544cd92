//! A text in a column of periods to the period that it states: one of the table's calendar, else a window (« 2015 à 2020 »,
//! « 2020-01 à 2020-11 », « janvier à novembre 2020 »), a month by its name, a day (« 2020-12-31 », « 31 décembre 2020 »), or
//! « période inconnue ». What is not of the table's calendar stays what it is: nothing is attributed to one year.

use crate::syntax::keywords::{MONTHS, fold};
use crate::types::{Calendar, CalendarId, Date, Period};

/// Bytes that the text of a period may have.
const LONGEST: usize = 96;

/// Words between the ends of a window, folded.
const BETWEEN: [&str; 8] = [" a ", " au ", " to ", " until ", " - ", "..", " et ", " and "];

/// Words before a window or a date, folded.
const BEFORE: [&str; 8] = ["de ", "du ", "d'", "au ", "from ", "entre ", "between ", "as of "];

/// How a period is said that nobody knows, folded.
const UNKNOWN: [&str; 4] = ["periode inconnue", "unknown period", "date inconnue", "unknown date"];

/// One end of a window: its first and last day, and the calendar in which it was written.
#[derive(Clone, Copy)]
struct End {
    first: Date,
    last: Date,
    calendar: CalendarId,
}

/// Reads the text of a period in a table whose calendar is `own`. A single period of another calendar is none, but for a
/// day or a month in words: `2019-2020` in a table of civil years could be a school year as well as two years.
pub fn read_period(text: &str, own: CalendarId, calendars: &[Calendar]) -> Option<Period> {
    let calendar = calendars.get(usize::from(own.0))?;
    if let Some(ordinal) = calendar.read_label(text) {
        return Some(Period::one(own, ordinal));
    }
    if text.len() > LONGEST {
        return None;
    }
    let folded = fold(text.trim()).replace(['\u{a0}', '\u{202f}'], " ").replace(['–', '—', '−'], "-");
    if UNKNOWN.contains(&folded.as_str()) {
        return Some(Period::unknown(own));
    }
    let rest = BEFORE.iter().find_map(|word| folded.strip_prefix(word)).unwrap_or(&folded);
    let window = BETWEEN.iter().find_map(|word| rest.split_once(word));
    let (first, last) = match window {
        None => {
            let one = end(rest, None, own, calendars)?;
            (one, one)
        }
        Some((first, last)) => {
            let last = end(last.trim(), None, own, calendars)?;
            // « janvier à novembre 2020 »: the year is said once.
            (end(first.trim(), Some(last.last.parts().0), own, calendars)?, last)
        }
    };
    if window.is_none() && first.calendar != CalendarId::DAY && rest.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    between(first, last, own, calendars)
}

/// The days from one end to the other, as periods of the table's calendar where they are just that, else of the calendar in
/// which both ends were written, else as months, else as days.
fn between(first: End, last: End, own: CalendarId, calendars: &[Calendar]) -> Option<Period> {
    let (start, end) = (first.first, last.last);
    if end < start {
        return None;
    }
    let mut wanted = vec![own];
    if first.calendar == last.calendar {
        wanted.push(first.calendar);
    }
    wanted.extend([CalendarId::MONTH, CalendarId::DAY]);
    wanted.into_iter().find_map(|id| {
        let calendar = calendars.get(usize::from(id.0))?;
        let (first, last) = (calendar.ordinal_of(start), calendar.ordinal_of(end));
        (calendar.start(first) == start && calendar.end(last) == end).then_some(Period { calendar: id, first, last })
    })
}

fn end(text: &str, year: Option<i32>, own: CalendarId, calendars: &[Calendar]) -> Option<End> {
    let civil = [CalendarId::YEAR, CalendarId::HALF_YEAR, CalendarId::QUARTER, CalendarId::MONTH, CalendarId::DAY];
    let of = |id: CalendarId| {
        let calendar = calendars.get(usize::from(id.0))?;
        let ordinal = calendar.read_label(text)?;
        Some(End { first: calendar.start(ordinal), last: calendar.end(ordinal), calendar: id })
    };
    [own].into_iter().chain(civil).find_map(of).or_else(|| in_words(text, year, calendars))
}

/// `novembre 2020`, `novembre`, `15 juin 2020`, `1er juin`, `June 15, 2020`.
fn in_words(text: &str, year: Option<i32>, calendars: &[Calendar]) -> Option<End> {
    let mut words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    if words.len() > 3 {
        return None;
    }
    let year = match words.last().filter(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit())) {
        Some(said) => {
            let said = said.parse().ok()?;
            words.pop();
            said
        }
        None => year?,
    };
    let (month, day) = match words.as_slice() {
        [month] => (month_of(month)?, None),
        [first, second] => match month_of(second) {
            Some(month) => (month, Some(*first)),
            None => (month_of(first)?, Some(*second)),
        },
        _ => return None,
    };
    match day {
        Some(day) => {
            let digits =
                ["er", "st", "nd", "rd", "th"].iter().find_map(|ending| day.strip_suffix(ending)).unwrap_or(day);
            let day = Date::new(year, month, digits.parse().ok()?)?;
            Some(End { first: day, last: day, calendar: CalendarId::DAY })
        }
        None => {
            let first = Date::new(year, month, 1)?;
            let calendar = calendars.get(usize::from(CalendarId::MONTH.0))?;
            let last = calendar.end(calendar.ordinal_of(first));
            Some(End { first, last, calendar: CalendarId::MONTH })
        }
    }
}

fn month_of(word: &str) -> Option<u8> {
    let found = MONTHS.iter().position(|month| month.fr.iter().chain(month.en).any(|name| fold(name) == word))?;
    u8::try_from(found + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Lang, Localized};
    use crate::types::Length;

    fn read(text: &str, own: CalendarId) -> Option<String> {
        let mut calendars = Calendar::civil();
        calendars.push(Calendar {
            name: "année_scolaire".into(),
            label: Localized::default(),
            starts: (9, 1),
            length: Length::Year,
        });
        let period = read_period(text, own, &calendars)?;
        let calendar = calendars.get(usize::from(period.calendar.0))?;
        Some(format!("{}: {}", calendar.name, period.label(calendar, Lang::Fr)))
    }

    #[test]
    fn texts_of_periods() {
        let year = |text: &str| read(text, CalendarId::YEAR).unwrap_or_else(|| "none".into());
        assert_eq!(year("2020"), "année: 2020");
        assert_eq!(year("2015 à 2020"), "année: 2015 à 2020");
        assert_eq!(year("2015 to 2020"), "année: 2015 à 2020");
        assert_eq!(year("2015 – 2020"), "année: 2015 à 2020");
        assert_eq!(year("2020-01 à 2020-11"), "mois: 2020-01 à 2020-11");
        assert_eq!(year("janvier à novembre 2020"), "mois: 2020-01 à 2020-11");
        assert_eq!(year("de janvier à novembre 2020"), "mois: 2020-01 à 2020-11");
        assert_eq!(year("January to November 2020"), "mois: 2020-01 à 2020-11");
        assert_eq!(year("from September 2019 to June 2020"), "mois: 2019-09 à 2020-06");
        assert_eq!(year("janvier à décembre 2020"), "année: 2020");
        assert_eq!(year("2015 à novembre 2020"), "mois: 2015-01 à 2020-11");
        assert_eq!(year("2020-S1 à 2020-S2"), "année: 2020");
        assert_eq!(year("2020-12-31"), "jour: 2020-12-31");
        assert_eq!(year("31 décembre 2020"), "jour: 2020-12-31");
        assert_eq!(year("au 31 décembre 2020"), "jour: 2020-12-31");
        assert_eq!(year("du 1er mars au 30 avril 2020"), "jour: 2020-03-01 à 2020-04-30");
        assert_eq!(year("du 14 au 20 décembre 2020"), "none");
        assert_eq!(year("14 décembre au 20 décembre 2020"), "jour: 2020-12-14 à 2020-12-20");
        assert_eq!(year("novembre 2020"), "mois: 2020-11");
        assert_eq!(year("période inconnue"), "année: période inconnue");
        for wrong in ["2019-2020", "2020-11", "2020 à 2015", "20", "bientôt", "30 février 2020", "à 2020"] {
            assert_eq!(year(wrong), "none", "{wrong}");
        }
        let school = CalendarId(5);
        assert_eq!(read("2019-2020", school).as_deref(), Some("année_scolaire: 2019-2020"));
        assert_eq!(read("2017-2018 à 2019-2020", school).as_deref(), Some("année_scolaire: 2017-2018 à 2019-2020"));
        assert_eq!(read("septembre 2019 à août 2020", school).as_deref(), Some("année_scolaire: 2019-2020"));
        assert_eq!(read("2015 à 2020", school).as_deref(), Some("année: 2015 à 2020"));
        assert_eq!(read("2020", school), None);
    }
}
