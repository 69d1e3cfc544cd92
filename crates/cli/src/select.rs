//! What was typed to choose figures (names, codes, periods, groups) to ids, or to a message that says what exists.

use jauge::outcome::{GroupKey, Member};
use jauge::plan::Request;
use jauge::problem::close_to;
use jauge::program::model::{Dimension, Program};
use jauge::text::Lang;
use jauge::types::{CalendarId, Period};

use crate::terminal::Stop;
use crate::usage::message;

/// Names shown where none is near.
const NAMES_SHOWN: usize = 12;

/// Words for a total and for unknown, as users and SDMX write them.
const TOTAL: [&str; 2] = ["total", "_T"];
const UNKNOWN: [&str; 4] = ["_U", "non renseigné", "unknown", "?"];
/// Words for what a partial list leaves of its total.
const REMAINDER: [&str; 3] = ["_R", "reste", "remainder"];

/// Chooses the wanted indicators, programmes, periods and groups.
pub fn request(
    program: &Program,
    indicators: &[String],
    programmes: &[String],
    periods: &[String],
    groups: &[String],
    lang: Lang,
) -> Result<Request, Stop> {
    let mut request = Request { rules: indicators.is_empty() && programmes.is_empty(), ..Request::default() };
    if !indicators.is_empty() {
        let chosen = indicators.iter().map(|name| indicator(program, name, lang));
        request.indicators = Some(chosen.collect::<Result<_, _>>()?);
    }
    if !programmes.is_empty() {
        let mut items = Vec::new();
        for code in programmes {
            items.extend(items_of(program, code, lang)?);
        }
        request.items = Some(items);
    }
    for text in periods {
        request.periods.extend(period(program, text, lang)?);
    }
    for text in groups {
        request.groups.push(group(program, text, lang)?);
    }
    Ok(request)
}

/// The indicator of a name or a code.
pub fn indicator(program: &Program, name: &str, lang: Lang) -> Result<usize, Stop> {
    let all = &program.indicators;
    let found = all.iter().position(|one| one.name == name || one.code.as_deref() == Some(name));
    found.ok_or_else(|| {
        let names = || all.iter().map(|one| one.name.as_str());
        unknown(
            lang.pick(format!("indicateur inconnu : « {name} »"), format!("unknown indicator: `{name}`")),
            close_to(name, names()),
            names().collect(),
            lang,
        )
    })
}

fn items_of(program: &Program, code: &str, lang: Lang) -> Result<Vec<usize>, Stop> {
    let found: Vec<usize> =
        program.items.iter().enumerate().filter(|(_, item)| item.code == code).map(|(at, _)| at).collect();
    if found.is_empty() {
        let codes = || program.items.iter().map(|item| item.code.as_str());
        return Err(unknown(
            lang.pick(format!("aucun programme ni action « {code} »"), format!("no programme or action `{code}`")),
            close_to(code, codes()),
            codes().collect(),
            lang,
        ));
    }
    Ok(found)
}

/// Every period that a text means: `2019-2020` is one in each calendar whose years are not civil, and a window of civil
/// years.
pub fn period(program: &Program, text: &str, lang: Lang) -> Result<Vec<Period>, Stop> {
    let text = text.trim();
    let mut found = Vec::new();
    let bounds = [" à ", " to ", "..", " – "].iter().find_map(|mark| text.split_once(mark));
    for (at, calendar) in program.calendars.iter().enumerate() {
        let Ok(id) = u16::try_from(at) else { break };
        let read = |part: &str| calendar.read_label(part.trim());
        match bounds {
            None => found.extend(read(text).map(|ordinal| Period::one(CalendarId(id), ordinal))),
            Some((first, last)) => {
                if let (Some(first), Some(last)) = (read(first), read(last))
                    && first <= last
                {
                    found.push(Period { calendar: CalendarId(id), first, last });
                }
            }
        }
    }
    if found.is_empty() {
        return Err(Stop::Usage(message(
            &lang.pick(
                format!("aucun calendrier de ce projet n'a de période « {text} »"),
                format!("no calendar of this project has a period `{text}`"),
            ),
            &lang.pick(
                "écrivez par exemple 2020, 2019-2020 (année scolaire), 2020-S1, 2020-T1, 2020-06 ou « 2016 à 2020 »"
                    .to_string(),
                "write for instance 2020, 2019-2020 (a school year), 2020-H1, 2020-Q1, 2020-06 or \"2016 to 2020\""
                    .to_string(),
            ),
            lang,
        )));
    }
    Ok(found)
}

/// The group of `région=TTA`, of several coordinates `région=TTA,sexe=F`, or of `total`.
pub fn group(program: &Program, text: &str, lang: Lang) -> Result<Vec<GroupKey>, Stop> {
    if TOTAL.contains(&text.trim()) {
        return Ok(Vec::new());
    }
    let mut keys: Vec<GroupKey> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    // A comma inside a label is not a separator: only one before the next `=` is.
    for part in text.split(',') {
        match parts.last_mut() {
            Some(last) if !part.contains('=') => {
                last.push(',');
                last.push_str(part);
            }
            _ => parts.push(part.to_string()),
        }
    }
    for part in &parts {
        let Some((name, member)) = part.split_once('=') else {
            return Err(Stop::Usage(message(
                &lang.pick(format!("« {part} » n'est pas un groupe"), format!("`{part}` is not a group")),
                lang.pick("écrivez par exemple --group région=TTA", "write for instance --group région=TTA"),
                lang,
            )));
        };
        keys.push(key(program, name.trim(), member.trim(), lang)?);
    }
    keys.sort_unstable();
    Ok(keys)
}

fn key(program: &Program, name: &str, wanted: &str, lang: Lang) -> Result<GroupKey, Stop> {
    let dimensions = &program.dimensions;
    let of_level = |dimension: &Dimension| dimension.levels.iter().position(|level| level == name);
    let by_level =
        dimensions.iter().enumerate().find_map(|(at, dimension)| Some((at, dimension, Some(of_level(dimension)?))));
    let by_name =
        || dimensions.iter().enumerate().find(|(_, dimension)| dimension.name == name).map(|(at, of)| (at, of, None));
    let Some((dimension, of, level)) = by_name().or(by_level) else {
        let names = || dimensions.iter().map(|dimension| dimension.name.as_str());
        return Err(unknown(
            lang.pick(format!("dimension inconnue : « {name} »"), format!("unknown dimension: `{name}`")),
            close_to(name, names()),
            names().collect(),
            lang,
        ));
    };
    if UNKNOWN.contains(&wanted) {
        return Ok(GroupKey { dimension, level: level.unwrap_or(0), member: Member::Unknown });
    }
    if REMAINDER.contains(&wanted) && !of.members.iter().any(|member| member.code == wanted) {
        return Ok(GroupKey { dimension, level: level.unwrap_or(0), member: Member::Remainder });
    }
    let fits = |member: &jauge::program::model::Member| {
        let labels = member.label.0.values().chain(&member.aliases);
        level.is_none_or(|level| member.level == level)
            && (member.code == wanted || labels.into_iter().any(|label| label.to_lowercase() == wanted.to_lowercase()))
    };
    let found = of.members.iter().enumerate().find(|(_, member)| fits(member));
    match found {
        Some((at, member)) => Ok(GroupKey { dimension, level: member.level, member: Member::Code(at) }),
        None => {
            let names = || of.members.iter().flat_map(|member| [member.code.as_str(), member.label.get(lang)]);
            Err(unknown(
                lang.pick(
                    format!("« {wanted} » n'est pas dans la dimension « {name} »"),
                    format!("`{wanted}` is not in the dimension `{name}`"),
                ),
                close_to(wanted, names().filter(|name| !name.is_empty())),
                of.members.iter().map(|member| member.code.as_str()).collect(),
                lang,
            ))
        }
    }
}

fn unknown(wrong: String, near: Option<String>, known: Vec<&str>, lang: Lang) -> Stop {
    let next = match near {
        Some(near) => lang.pick(format!("vouliez-vous dire « {near} » ?"), format!("did you mean `{near}`?")),
        None if known.is_empty() => lang.pick("le projet n'en définit aucun".into(), "the project defines none".into()),
        None => {
            let shown = known.iter().take(NAMES_SHOWN).copied().collect::<Vec<_>>().join(", ");
            let more = if known.len() > NAMES_SHOWN { ", …" } else { "" };
            lang.pick(format!("il y a : {shown}{more}"), format!("there are: {shown}{more}"))
        }
    };
    Stop::Usage(message(&wrong, &next, lang))
}
