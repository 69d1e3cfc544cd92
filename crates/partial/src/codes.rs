//! Codes of cells to what stands in a partial, and back: codes of members, first days of periods, places of windows.

use std::collections::HashMap;

use jauge::plan::{Cube, Decimal, Key};
use jauge::program::model::Program;
use jauge::types::{Calendar, CalendarId, Date, Period};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A code as it stands in a partial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CodeText {
    /// Empty or unreadable: `null`.
    Unknown,
    /// Marked as a total: `true`.
    Total,
    /// The code of a member, the first day of a period, or a word for a stage.
    Text(String),
    /// The place of a window in the list of the source, from 0.
    Window(u32),
}

impl Serialize for CodeText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            CodeText::Unknown => serializer.serialize_unit(),
            CodeText::Total => serializer.serialize_bool(true),
            CodeText::Text(text) => serializer.serialize_str(text),
            CodeText::Window(at) => serializer.serialize_u32(*at),
        }
    }
}

impl<'de> Deserialize<'de> for CodeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = CodeText;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a code")
            }

            fn visit_unit<E>(self) -> Result<CodeText, E> {
                Ok(CodeText::Unknown)
            }

            fn visit_bool<E: serde::de::Error>(self, total: bool) -> Result<CodeText, E> {
                if total { Ok(CodeText::Total) } else { Err(E::custom("false is no code")) }
            }

            fn visit_str<E>(self, text: &str) -> Result<CodeText, E> {
                Ok(CodeText::Text(text.into()))
            }

            fn visit_u64<E: serde::de::Error>(self, at: u64) -> Result<CodeText, E> {
                u32::try_from(at).map(CodeText::Window).map_err(|_| E::custom("no such window"))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Numbers of periods that a partial may name: the days of the years 1 to 9999, of which every other calendar has fewer.
const ORDINALS: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;

const REACHED: &str = "reached";
const IN_PROGRESS: &str = "in progress";
const PLANNED: &str = "planned";

/// What stands for a code of a key.
pub(crate) fn text_of(program: &Program, key: &Key, code: i32) -> CodeText {
    match code {
        Cube::UNKNOWN => return CodeText::Unknown,
        Cube::TOTAL => return CodeText::Total,
        _ => {}
    }
    let text = match key {
        Key::Dimension { dimension, .. } => {
            let member = usize::try_from(code).ok().and_then(|at| program.dimensions.get(*dimension)?.members.get(at));
            member.map(|member| member.code.clone())
        }
        Key::Period { column: _, calendar } => return period_code(program, *calendar, code),
        // The calendar of a stage's date is that of its column, whose periods the question groups by as well.
        Key::StageDate { .. } => return raw(code),
        Key::Said { .. } => match code {
            Cube::REACHED => Some(REACHED.into()),
            Cube::IN_PROGRESS => Some(IN_PROGRESS.into()),
            Cube::PLANNED => Some(PLANNED.into()),
            _ => None,
        },
    };
    // A code that is none of the key's can only mean that nobody knows.
    text.map_or(CodeText::Unknown, CodeText::Text)
}

fn raw(code: i32) -> CodeText {
    match Cube::window_at(code).and_then(|at| u32::try_from(at).ok()) {
        Some(at) => CodeText::Window(at),
        None => CodeText::Text(format!("#{code}")),
    }
}

fn period_code(program: &Program, calendar: CalendarId, code: i32) -> CodeText {
    match (Cube::window_at(code), program.calendars.get(usize::from(calendar.0))) {
        (None, Some(calendar)) => CodeText::Text(ordinal_text(calendar, code)),
        (Some(_), _) | (None, None) => raw(code),
    }
}

/// The first day of a period; its number where that day is no date (the year 0).
pub(crate) fn ordinal_text(calendar: &Calendar, ordinal: i32) -> String {
    let start = calendar.start(ordinal);
    if calendar.ordinal_of(start) == ordinal { start.to_string() } else { format!("#{ordinal}") }
}

/// The inverse of [`ordinal_text`].
pub(crate) fn ordinal_of(calendar: &Calendar, text: &str) -> Option<i32> {
    if let Some(number) = text.strip_prefix('#') {
        return number.parse().ok().filter(|code| ORDINALS.contains(code));
    }
    let mut parts = text.splitn(3, '-');
    let number = |part: Option<&str>, digits: usize| {
        let part = part.filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        part.parse::<i32>().ok()
    };
    let year = number(parts.next(), 4)?;
    let month = u8::try_from(number(parts.next(), 2)?).ok()?;
    let day = u8::try_from(number(parts.next(), 2)?).ok()?;
    let date = Date::new(year, month, day)?;
    let ordinal = calendar.ordinal_of(date);
    (calendar.start(ordinal) == date).then_some(ordinal)
}

/// The members of a key's dimension by their codes.
pub(crate) type Members<'p> = HashMap<&'p str, i32>;

/// The members of a key; none where it is no dimension.
pub(crate) fn members_of<'p>(program: &'p Program, key: &Key) -> Members<'p> {
    let dimension = match key {
        Key::Dimension { dimension, .. } => program.dimensions.get(*dimension),
        Key::Period { .. } | Key::StageDate { .. } | Key::Said { .. } => None,
    };
    let members = dimension.into_iter().flat_map(|dimension| &dimension.members);
    (0..).zip(members).map(|(at, member)| (member.code.as_str(), at)).collect()
}

/// The code of a text, of a source that states so many windows; `None` where the key has no such code.
pub(crate) fn code_of(
    program: &Program,
    key: &Key,
    members: &Members<'_>,
    text: &CodeText,
    windows: usize,
) -> Option<i32> {
    match (text, key) {
        (CodeText::Unknown, _) => Some(Cube::UNKNOWN),
        (CodeText::Total, _) => Some(Cube::TOTAL),
        (CodeText::Window(at), Key::Period { .. } | Key::StageDate { .. }) => {
            let at = usize::try_from(*at).ok().filter(|at| *at < windows)?;
            Cube::window_code(at)
        }
        (CodeText::Text(text), Key::Dimension { .. }) => members.get(text.as_str()).copied(),
        (CodeText::Text(text), Key::Period { calendar, .. }) => {
            ordinal_of(program.calendars.get(usize::from(calendar.0))?, text)
        }
        (CodeText::Text(text), Key::StageDate { .. }) => {
            text.strip_prefix('#')?.parse().ok().filter(|code| ORDINALS.contains(code))
        }
        (CodeText::Text(text), Key::Said { .. }) => match text.as_str() {
            REACHED => Some(Cube::REACHED),
            IN_PROGRESS => Some(Cube::IN_PROGRESS),
            PLANNED => Some(Cube::PLANNED),
            _ => None,
        },
        (CodeText::Window(_), Key::Dimension { .. } | Key::Said { .. }) => None,
    }
}

/// A window as it stands in a partial.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WindowText {
    /// The name of its calendar.
    calendar: String,
    /// The first day of its first and of its last period; absent where the period is unknown.
    first: Option<String>,
    last: Option<String>,
}

/// What stands for a window.
pub(crate) fn window_text(program: &Program, window: Period) -> WindowText {
    let calendar = program.calendars.get(usize::from(window.calendar.0));
    let text = |ordinal: i32| calendar.filter(|_| !window.is_unknown()).map(|of| ordinal_text(of, ordinal));
    WindowText {
        calendar: calendar.map(|calendar| calendar.name.clone()).unwrap_or_default(),
        first: text(window.first),
        last: text(window.last),
    }
}

/// The window of a text.
pub(crate) fn window_of(program: &Program, text: &WindowText) -> Option<Period> {
    let at = program.calendars.iter().position(|calendar| calendar.name == text.calendar)?;
    let id = CalendarId(u16::try_from(at).ok()?);
    let calendar = program.calendars.get(at)?;
    match (&text.first, &text.last) {
        (None, None) => Some(Period::unknown(id)),
        (Some(first), Some(last)) => {
            let (first, last) = (ordinal_of(calendar, first)?, ordinal_of(calendar, last)?);
            (first <= last).then_some(Period { calendar: id, first, last })
        }
        (None, Some(_)) | (Some(_), None) => None,
    }
}

/// A decimal as text: `-3.5`.
pub(crate) fn decimal_text(of: Decimal) -> String {
    let digits = of.mantissa.unsigned_abs().to_string();
    let scale = usize::from(of.scale);
    let sign = if of.mantissa < 0 { "-" } else { "" };
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, rest) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{rest}")
}

/// The decimal of a text; `None` where it is none, or where it has more digits than an exact number can hold.
pub(crate) fn decimal_of(text: &str) -> Option<Decimal> {
    /// Digits of a number that surely fits.
    const DIGITS: usize = 38;
    let body = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = body.split_once('.').unwrap_or((body, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(rest) || whole.len() + rest.len() > DIGITS {
        return None;
    }
    if body.contains('.') && rest.is_empty() {
        return None;
    }
    let mantissa: i128 = format!("{whole}{rest}").parse().ok()?;
    let mantissa = if body.len() < text.len() { -mantissa } else { mantissa };
    Some(crate::cubes::normal(Decimal { mantissa, scale: u8::try_from(rest.len()).ok()? }))
}
