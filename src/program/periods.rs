//! Calendars, and period texts read in the calendar in which they are wanted (meaning 9).

use crate::problem::{NameProblem, Named, Problem, TimeProblem};
use crate::syntax::ast::{BlockKind, Key, Name, PeriodText, Value};
use crate::text::Lang;
use crate::types::{Calendar, CalendarId, Length, Period};

use super::Checker;
use super::measures::Info;
use super::model::ColumnType;
use super::windows::read_period;

/// Civil calendars come first in every program.
const CIVIL: usize = 5;

impl Checker<'_> {
    /// Declares calendars.
    pub(super) fn check_calendars(&mut self) {
        let decls: Vec<_> = self.declared.of(BlockKind::Calendar).collect();
        for decl in decls {
            let starts = match decl.field(Key::Starts).map(|field| &field.value) {
                Some(Value::DayOfYear(month, day, _)) => (*month, *day),
                _ => (1, 1),
            };
            let length = match decl.field(Key::Length).map(|field| &field.value) {
                Some(Value::Length(length, _)) => *length,
                _ => Length::Year,
            };
            self.program.calendars.push(Calendar { name: decl.name.text.clone(), label: decl.label(), starts, length });
        }
    }

    /// The calendar of a name; reports and spoils where there is none.
    pub(super) fn calendar_named(&mut self, name: &Name) -> Option<CalendarId> {
        if let Some(at) = self.declared.position(BlockKind::Calendar, &name.text) {
            if self.declared.get(BlockKind::Calendar, &name.text).is_some_and(|decl| decl.broken) {
                self.spoil();
                return None;
            }
            return u16::try_from(at + CIVIL).ok().map(CalendarId);
        }
        if let Some(civil) = civil_calendar(&name.text) {
            return Some(civil);
        }
        if self.declared.is_puzzling(&name.text) {
            self.spoil();
            return None;
        }
        let mut known = self.declared.names(BlockKind::Calendar);
        known.extend(["année", "semestre", "trimestre", "mois", "jour"]);
        let (near, known) = self.suggest(&name.text, known.into_iter());
        let fact = NameProblem::Unknown { what: Named::Calendar, name: name.text.clone(), within: None, near, known };
        self.report(Problem::new(fact, name.span));
        None
    }

    /// The calendar of an id that this program gave out.
    pub(super) fn calendar(&self, id: CalendarId) -> &Calendar {
        // INVARIANT: ids are made by `calendar_named` and `CalendarId`'s constants, and calendars are never removed; the
        // civil year stands first in every program.
        self.program.calendars.get(id.0 as usize).unwrap_or(&self.program.calendars[0])
    }

    /// A calendar's name as a reader sees it in messages.
    pub(super) fn calendar_name(&self, id: CalendarId) -> (String, String) {
        let calendar = self.calendar(id);
        let shown = |lang| {
            let label = calendar.label.get(lang);
            if label.is_empty() { calendar.name.clone() } else { label.to_lowercase() }
        };
        if usize::from(id.0) < CIVIL {
            let en = calendar.label.get(Lang::En);
            let fr = calendar.label.get(Lang::Fr);
            let civil = if id == CalendarId::DAY { ("", "") } else { (" civil", "civil ") };
            let e = if id == CalendarId::YEAR { "e" } else { "" };
            let fr_civil = if civil.0.is_empty() { String::new() } else { format!("{}{e}", civil.0) };
            return (format!("{fr}{fr_civil}"), format!("{}{en}", civil.1));
        }
        (shown(Lang::Fr), shown(Lang::En))
    }

    /// Reads a period or window in the calendar in which it is wanted. Reports and gives `None` where it is of another
    /// calendar, reversed, or no period at all.
    pub(super) fn period(&mut self, text: &PeriodText, wanted: CalendarId) -> Option<Period> {
        let first = self.ordinal(&text.first, wanted)?;
        let last = match &text.last {
            Some(last) => self.ordinal(last, wanted)?,
            None => first,
        };
        if last < first {
            let calendar = self.calendar(wanted);
            let window = Period { calendar: wanted, first: last, last: first };
            let fact = TimeProblem::WindowReversed {
                first: calendar.label_of(first, Lang::Fr),
                last: calendar.label_of(last, Lang::Fr),
                fr: window.label(calendar, Lang::Fr),
                en: window.label(calendar, Lang::En),
            };
            self.report(Problem::new(fact, text.span));
            return None;
        }
        Some(Period { calendar: wanted, first, last })
    }

    /// A period for which a figure is stated: one of the calendar, or a window or a day, which tables may state whatever
    /// their calendar is (`2020-01 à 2020-11`, `2020-12-31`). Reports what is none of them.
    pub(super) fn stated_period(&mut self, text: &PeriodText, wanted: CalendarId, info: &Info) -> Option<Period> {
        let own = self.calendar(wanted);
        let in_own = |name: &Name| own.read_label(&name.text).is_some();
        let all_own = in_own(&text.first) && text.last.as_ref().is_none_or(in_own);
        if !all_own && self.states_windows(info) {
            let elsewhere = match &text.last {
                Some(last) => {
                    read_period(&format!("{} à {}", text.first.text, last.text), wanted, &self.program.calendars)
                }
                None => read_period(&text.first.text, wanted, &self.program.calendars),
            };
            if let Some(period) = elsewhere {
                return Some(period);
            }
        }
        if self.broken && info.calendar.is_none() {
            // What the measure counts in was not understood: nothing can be said of the calendar of its periods.
            return None;
        }
        self.period(text, wanted)
    }

    /// True where a source below has periods as labels: its rows may state windows and days.
    pub(super) fn states_windows(&self, info: &Info) -> bool {
        info.sources.iter().filter_map(|at| self.program.sources.get(*at)).any(|source| {
            let column = source.period.and_then(|(column, _)| source.columns.get(column));
            column.is_some_and(|column| matches!(column.of, ColumnType::Period(_)))
        })
    }

    fn ordinal(&mut self, text: &Name, wanted: CalendarId) -> Option<i32> {
        if let Some(ordinal) = self.calendar(wanted).read_label(&text.text) {
            return Some(ordinal);
        }
        let fact = match self.read_elsewhere(&text.text) {
            Some((other, ordinal)) => {
                let (read, as_fr, as_en) = self.overlapping(other, ordinal, wanted);
                let (is_fr, is_en) = self.calendar_name(other);
                let (wanted_fr, wanted_en) = self.calendar_name(wanted);
                TimeProblem::OtherCalendar {
                    text: text.text.clone(),
                    is: crate::text::Both { fr: is_fr, en: is_en },
                    wanted: crate::text::Both { fr: wanted_fr, en: wanted_en },
                    write: crate::text::Both { fr: as_fr, en: as_en },
                    many: read > 1,
                }
            }
            None => {
                let calendar = self.calendar(wanted);
                let example = |lang| calendar.label_of(calendar.length.per_year().max(1) * 2020, lang);
                let example =
                    |lang| if calendar.length == Length::Day { "2020-06-15".to_string() } else { example(lang) };
                TimeProblem::NotAPeriod {
                    text: text.text.clone(),
                    example: crate::text::Both { fr: example(Lang::Fr), en: example(Lang::En) },
                }
            }
        };
        self.report(Problem::new(fact, text.span));
        None
    }

    /// The first calendar of the program in which the text is a period, the civil year before all others.
    pub(super) fn calendar_reading(&self, text: &str) -> Option<CalendarId> {
        let year = self.calendar(CalendarId::YEAR).read_label(text).map(|_| CalendarId::YEAR);
        year.or_else(|| self.read_elsewhere(text).map(|(id, _)| id))
    }

    /// The first calendar of the program in which the text is a period.
    fn read_elsewhere(&self, text: &str) -> Option<(CalendarId, i32)> {
        let ids = (0..self.program.calendars.len()).filter_map(|at| u16::try_from(at).ok().map(CalendarId));
        ids.filter_map(|id| self.calendar(id).read_label(text).map(|ordinal| (id, ordinal))).next()
    }

    /// How many periods of `wanted` the other period touches, and the first and last of them in both languages.
    fn overlapping(&self, other: CalendarId, ordinal: i32, wanted: CalendarId) -> (i32, String, String) {
        let (other, calendar) = (self.calendar(other), self.calendar(wanted));
        let first = calendar.ordinal_of(other.start(ordinal));
        let last = calendar.ordinal_of(other.end(ordinal));
        let count = last - first + 1;
        let list = |lang: Lang| {
            let (a, b) = (calendar.label_of(first, lang), calendar.label_of(last, lang));
            match count {
                1 => a,
                2 => format!("{a} {} {b}", lang.pick("ou", "or")),
                _ => format!("{a} {} {b}", lang.pick("à", "to")),
            }
        };
        (count, list(Lang::Fr), list(Lang::En))
    }
}

/// The civil calendars by their words in both languages.
pub(super) fn civil_calendar(word: &str) -> Option<CalendarId> {
    match word.to_lowercase().as_str() {
        "année" | "annee" | "year" => Some(CalendarId::YEAR),
        "semestre" | "half-year" | "half_year" | "semester" => Some(CalendarId::HALF_YEAR),
        "trimestre" | "quarter" => Some(CalendarId::QUARTER),
        "mois" | "month" => Some(CalendarId::MONTH),
        "jour" | "day" => Some(CalendarId::DAY),
        _ => None,
    }
}
