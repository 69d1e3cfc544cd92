//! Words of closed lists: choices, kinds of item, lengths, months, the civil calendars.

use super::{Spellings, fold, is_spelling};
use crate::syntax::ast::{Choice, ItemKind};
use crate::text::Both;
use crate::types::Length;

/// The spellings of a choice.
#[rustfmt::skip]
pub fn choice(choice: Choice) -> Spellings {
    match choice {
        Choice::Exclusive => Both { fr: &["exclusifs"], en: &["exclusive"] },
        Choice::Overlapping => Both { fr: &["chevauchants"], en: &["overlapping"] },
        Choice::Partial => Both { fr: &["partiels"], en: &["partial"] },
        Choice::Comma => Both { fr: &["virgule"], en: &["comma"] },
        Choice::Point => Both { fr: &["point"], en: &["point"] },
        Choice::Space => Both { fr: &["espace"], en: &["space"] },
        Choice::Apostrophe => Both { fr: &["apostrophe"], en: &["apostrophe"] },
        Choice::NoMark => Both { fr: &["aucun"], en: &["none"] },
        Choice::DayMonthYear => Both { fr: &["jj/mm/aaaa"], en: &["dd/mm/yyyy"] },
        Choice::MonthDayYear => Both { fr: &["mm/jj/aaaa"], en: &["mm/dd/yyyy"] },
        Choice::YearMonthDay => Both { fr: &["aaaa-mm-jj"], en: &["yyyy-mm-dd"] },
        Choice::Flow => Both { fr: &["flux"], en: &["flow"] },
        Choice::Stock => Both { fr: &["situation à une date"], en: &["stock"] },
        Choice::Cumulative => Both { fr: &["cumul"], en: &["cumulative"] },
        Choice::Share => Both { fr: &["part"], en: &["share"] },
        Choice::Rate => Both { fr: &["taux"], en: &["rate"] },
        Choice::Up => Both { fr: &["hausse"], en: &["up"] },
        Choice::Down => Both { fr: &["baisse"], en: &["down"] },
        Choice::Stable => Both { fr: &["stabilité"], en: &["stable"] },
        Choice::NoDirection => Both { fr: &["aucun"], en: &["none"] },
        Choice::Provisional => Both { fr: &["provisoires"], en: &["provisional"] },
        Choice::Final => Both { fr: &["définitifs"], en: &["final"] },
        Choice::Revised => Both { fr: &["révisés"], en: &["revised"] },
        Choice::Blocking => Both { fr: &["bloquant"], en: &["blocking"] },
        Choice::Warning => Both { fr: &["avertissement"], en: &["warning"] },
    }
}

/// The choice of a closed list whose word `text` is, in any language.
pub fn choices_of(list: &[Choice], text: &str) -> Option<Choice> {
    let folded = fold(text);
    list.iter().copied().find(|of| is_spelling(&choice(*of), &folded))
}

/// The spellings of a kind of framework item.
pub fn item(kind: ItemKind) -> Spellings {
    match kind {
        ItemKind::StrategicObjective => Both { fr: &["objectif stratégique"], en: &["strategic objective"] },
        ItemKind::Programme => Both { fr: &["programme"], en: &["programme", "program"] },
        ItemKind::Objective => Both { fr: &["objectif"], en: &["objective"] },
        ItemKind::Action => Both { fr: &["action"], en: &["action"] },
        ItemKind::Committee => Both { fr: &["comité"], en: &["committee"] },
    }
}

/// The spellings of a length.
pub fn length(length: Length) -> Spellings {
    match length {
        Length::Year => Both { fr: &["année", "an"], en: &["year"] },
        Length::HalfYear => Both { fr: &["semestre"], en: &["half-year"] },
        Length::Quarter => Both { fr: &["trimestre"], en: &["quarter"] },
        Length::Month => Both { fr: &["mois"], en: &["month"] },
        Length::Day => Both { fr: &["jour"], en: &["day"] },
    }
}

/// The civil calendars: one for each length, named by it.
pub const CIVIL_CALENDARS: [Length; 5] = [Length::Year, Length::HalfYear, Length::Quarter, Length::Month, Length::Day];

/// The length whose word `text` is, in any language.
pub fn length_named(text: &str) -> Option<Length> {
    let folded = fold(text);
    CIVIL_CALENDARS.into_iter().find(|of| is_spelling(&length(*of), &folded))
}

/// The canonical (French) name of the civil calendar that `text` names in any language, see `Calendar::civil`.
pub fn calendar_named(text: &str) -> Option<&'static str> {
    length_named(text).and_then(|of| length(of).fr.first().copied())
}

/// January to December.
#[rustfmt::skip]
pub const MONTHS: [Spellings; 12] = [
    Both { fr: &["janvier"], en: &["January"] },
    Both { fr: &["février"], en: &["February"] },
    Both { fr: &["mars"], en: &["March"] },
    Both { fr: &["avril"], en: &["April"] },
    Both { fr: &["mai"], en: &["May"] },
    Both { fr: &["juin"], en: &["June"] },
    Both { fr: &["juillet"], en: &["July"] },
    Both { fr: &["août"], en: &["August"] },
    Both { fr: &["septembre"], en: &["September"] },
    Both { fr: &["octobre"], en: &["October"] },
    Both { fr: &["novembre"], en: &["November"] },
    Both { fr: &["décembre"], en: &["December"] },
];
