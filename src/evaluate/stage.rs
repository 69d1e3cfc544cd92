//! The stage of a milestone in words.

use crate::outcome::{Progress, Stage};
use crate::program::model::Program;
use crate::text::{Both, Lang};
use crate::types::Period;

/// A member's label in both languages, or its code where it has none.
pub fn member_words(program: &Program, dimension: usize, member: usize) -> Both<String> {
    let member = program.dimensions.get(dimension).and_then(|dimension| dimension.members.get(member));
    let words = |lang: Lang| {
        member.map_or_else(String::new, |member| match member.label.get(lang) {
            "" => member.code.clone(),
            label => label.to_string(),
        })
    };
    Both { fr: words(Lang::Fr), en: words(Lang::En) }
}

/// `Adoption (2016-08)`, `Transmission (2018-12-28) ; en cours : Adoption`, `non commencé`.
pub fn stage_words(program: &Program, stage: &Stage) -> Both<String> {
    let words = |lang: Lang| {
        let name = |member: Option<usize>| match (stage.stages, member) {
            (Some(stages), Some(member)) => member_words(program, stages, member).into(lang),
            (_, _) => lang.pick("atteint", "reached").to_string(),
        };
        let label = |period: Period| {
            let calendar = program.calendars.get(usize::from(period.calendar.0));
            calendar.map_or_else(String::new, |calendar| period.label(calendar, lang))
        };
        let unknown = lang.pick("date inconnue", "date unknown");
        let mut parts = Vec::new();
        if let Some(reached) = &stage.reached {
            let on = reached.on.map_or_else(|| unknown.to_string(), label);
            parts.push(format!("{} ({on})", name(reached.member)));
        }
        if let Some(perhaps) = &stage.perhaps {
            let on = perhaps.on.map_or_else(|| unknown.to_string(), label);
            parts.push(format!("{}{} ({on})", lang.pick("peut-être ", "perhaps "), name(perhaps.member)));
        }
        match stage.under_way {
            Some(Some(member)) => {
                let colon = lang.pick(" : ", ": ");
                parts.push(format!("{}{colon}{}", lang.pick("en cours", "in progress"), name(Some(member))));
            }
            Some(None) => parts.push(lang.pick("en cours", "in progress").to_string()),
            None => {}
        }
        if let Some((member, on)) = &stage.planned {
            let colon = lang.pick(" : ", ": ");
            let what = member.map_or_else(String::new, |member| format!("{colon}{}", name(Some(member))));
            parts.push(format!("{}{what} ({})", lang.pick("prévu", "planned"), label(*on)));
        }
        if parts.is_empty() {
            parts.push(progress(stage.progress, lang).to_string());
        }
        parts.join(lang.pick(" ; ", "; "))
    };
    Both { fr: words(Lang::Fr), en: words(Lang::En) }
}

/// How far a milestone is, with its stage: `en cours : Transmission (2018-12-28)`.
pub fn progress_words(program: &Program, stage: &Stage) -> Both<String> {
    let stage_said = stage_words(program, stage);
    let words = |lang: Lang| {
        let far = progress(stage.progress, lang);
        let said = stage_said.get(lang);
        if said.starts_with(far) { said.clone() } else { format!("{far}{}{said}", lang.pick(" : ", ": ")) }
    };
    Both { fr: words(Lang::Fr), en: words(Lang::En) }
}

fn progress(progress: Progress, lang: Lang) -> &'static str {
    match progress {
        Progress::Reached => lang.pick("atteint", "reached"),
        Progress::InProgress => lang.pick("en cours", "in progress"),
        Progress::NotBegun => lang.pick("non commencé", "not begun"),
    }
}
