//! Unit blocks, the words by which units are called, and how units relate.

use crate::problem::{NameProblem, Named, Problem, TypeProblem};
use crate::syntax::ast::{BlockKind, Key, UnitWord, Value};
use crate::text::{Lang, Localized, Span};
use crate::types::{Unit, UnitId};

use super::model::UnitDef;
use super::{Checker, Used, collect};

/// Units that every program has: `personne`, `événement`, `jalon`.
pub(super) const BUILT_IN: usize = 3;

/// Index of the built-in unit of events.
pub(super) const EVENT: UnitId = UnitId(1);

/// Index of the built-in unit of milestones.
pub(super) const MILESTONE: UnitId = UnitId(2);

/// The chain of `est:` is followed this far at most.
const KINSHIP: usize = 32;

impl Checker<'_> {
    /// Declares units and their words.
    pub(super) fn check_units(&mut self) {
        self.program.units = vec![
            built_in("personne", ["personne", "personnes"], ["person", "persons"]),
            built_in("événement", ["événement", "événements"], ["event", "events"]),
            built_in("jalon", ["jalon", "jalons"], ["milestone", "milestones"]),
        ];
        for (word, at) in [
            ("personne", 0),
            ("personnes", 0),
            ("person", 0),
            ("persons", 0),
            ("people", 0),
            ("événement", 1),
            ("événements", 1),
            ("event", 1),
            ("events", 1),
            ("jalon", 2),
            ("jalons", 2),
            ("milestone", 2),
            ("milestones", 2),
        ] {
            self.units_by_word.insert(word.to_string(), UnitId(at));
        }
        let decls: Vec<_> = self.declared.of(BlockKind::Unit).collect();
        for decl in &decls {
            let words = |key| match decl.field(key).map(|field| &field.value) {
                Some(Value::Labels(labels)) => collect::label(labels, decl.lang, &decl.name.text),
                _ => Localized::one(decl.lang, decl.name.text.replace('_', " ")),
            };
            let currency = match decl.field(Key::Currency).map(|field| &field.value) {
                Some(Value::Name(name)) => Some(name.text.clone()),
                _ => None,
            };
            let unit = UnitDef {
                name: decl.name.text.clone(),
                singular: words(Key::Singular),
                plural: words(Key::Plural),
                is_a: None,
                currency,
                definition: Some(decl.name.span),
            };
            let at = self.program.units.iter().take(BUILT_IN).position(|known| known.name == unit.name);
            let id = at.unwrap_or(self.program.units.len());
            let Ok(short) = u16::try_from(id) else { break };
            self.name_unit(UnitId(short), &unit, decl.name.span);
            match self.program.units.get_mut(id) {
                Some(slot) => *slot = unit,
                None => self.program.units.push(unit),
            }
        }
        for (at, decl) in decls.iter().enumerate() {
            let Some(Value::Name(parent)) = decl.field(Key::IsA).map(|field| &field.value) else { continue };
            let id = self.unit_of_block(at);
            let Some(parent_id) = self.unit_named(&parent.text, parent.span) else { continue };
            if parent_id.0 as usize == id || self.is_kind_of(parent_id, UnitId(id as u16)) {
                let names = vec![decl.name.text.clone(), parent.text.clone()];
                self.report(Problem::new(TypeProblem::UnitCircle { names }, parent.span));
                continue;
            }
            if let Some(unit) = self.program.units.get_mut(id) {
                unit.is_a = Some(parent_id.0 as usize);
            }
        }
    }

    fn name_unit(&mut self, id: UnitId, unit: &UnitDef, at: Span) {
        let words = unit.singular.0.values().chain(unit.plural.0.values()).chain([&unit.name]);
        let words: Vec<String> = words.cloned().collect();
        for word in words {
            let before = self.units_by_word.insert(fold(&word), id);
            if let Some(before) = before
                && before != id
                && before.0 as usize >= BUILT_IN
                && let Some(other) = self.program.units.get(before.0 as usize).and_then(|unit| unit.definition)
            {
                self.units_by_word.insert(fold(&word), before);
                let fact = NameProblem::RepeatedInside { what: Named::Unit, name: word, within: unit.name.clone() };
                self.report(Problem::new(fact, at).also(other));
            }
        }
    }

    /// The id of the unit that the n-th unit block declares.
    pub(super) fn unit_of_block(&self, at: usize) -> usize {
        let name = self.declared.names(BlockKind::Unit).get(at).copied().unwrap_or("");
        self.units_by_word.get(&fold(name)).map_or(usize::MAX, |id| id.0 as usize)
    }

    /// The unit that a word names; [`Unit::Unknown`] (and a report) where there is none.
    pub(super) fn unit_word(&mut self, word: &UnitWord) -> Unit {
        let above = self.unit_noun(word);
        match &word.per {
            None => above,
            Some(below) => match (above, self.unit_noun(below)) {
                (Unit::Unknown, _) | (_, Unit::Unknown) => Unit::Unknown,
                (above, below) => Unit::Per(Box::new(above), Box::new(below)),
            },
        }
    }

    fn unit_noun(&mut self, word: &UnitWord) -> Unit {
        if !word.quoted {
            match word.text.as_str() {
                "%" => return Unit::Percent,
                "points" | "point" => return Unit::Points,
                _ => {}
            }
        }
        match self.unit_named(&word.text, word.span) {
            Some(id) => Unit::Of(id),
            None => Unit::Unknown,
        }
    }

    fn unit_named(&mut self, text: &str, span: Span) -> Option<UnitId> {
        if let Some(id) = self.units_by_word.get(&fold(text)).copied() {
            Used::mark(&mut self.used.units, id.0 as usize);
            return Some(id);
        }
        if self.declared.is_puzzling(text) {
            self.spoil();
            return None;
        }
        let words: Vec<String> = self.units_by_word.keys().cloned().collect();
        let near = self.suggest(text, words.iter().map(String::as_str)).0;
        let fact =
            NameProblem::Unknown { what: Named::Unit, name: text.to_string(), within: None, near, known: Vec::new() };
        self.report(Problem::new(fact, span));
        None
    }

    /// True where `unit` is `ancestor` or a kind of it.
    pub(super) fn is_kind_of(&self, unit: UnitId, ancestor: UnitId) -> bool {
        self.ancestors(unit).any(|at| at == ancestor)
    }

    /// The nearest unit that both are kinds of.
    pub(super) fn common_kind(&self, one: UnitId, other: UnitId) -> Option<UnitId> {
        self.ancestors(one).find(|ancestor| self.is_kind_of(other, *ancestor))
    }

    /// The unit itself, what it is a kind of, and so on.
    fn ancestors(&self, unit: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        let next = |at: &UnitId| {
            let parent = self.program.units.get(at.0 as usize)?.is_a?;
            u16::try_from(parent).ok().map(UnitId)
        };
        std::iter::successors(Some(unit), next).take(KINSHIP)
    }

    /// True where the unit is persons or a kind of them.
    pub(super) fn counts_persons(&self, unit: &Unit) -> bool {
        match unit {
            Unit::Of(id) => self.is_kind_of(*id, UnitId(0)),
            Unit::Number
            | Unit::Percent
            | Unit::Points
            | Unit::Per(..)
            | Unit::Times(..)
            | Unit::Stage(_)
            | Unit::Unknown => false,
        }
    }

    /// True where figures of this unit are whole numbers: people are, money is not.
    pub(super) fn is_countable(&self, unit: &Unit) -> bool {
        match unit {
            Unit::Of(id) => self.program.units.get(id.0 as usize).is_some_and(|unit| unit.currency.is_none()),
            Unit::Number
            | Unit::Percent
            | Unit::Points
            | Unit::Per(..)
            | Unit::Times(..)
            | Unit::Stage(_)
            | Unit::Unknown => false,
        }
    }

    /// The unit as an author writes it, in the plural.
    pub(super) fn show_unit(&self, unit: &Unit, lang: Lang) -> String {
        match unit {
            Unit::Of(id) => self.program.units.get(id.0 as usize).map_or("", |unit| unit.plural.get(lang)).to_string(),
            Unit::Number => lang.pick("nombre", "number").to_string(),
            Unit::Percent => "%".to_string(),
            Unit::Points => "points".to_string(),
            Unit::Per(one, other) => {
                let per = lang.pick("par", "per");
                format!("{} {per} {}", self.show_unit(one, lang), self.show_one(other, lang))
            }
            Unit::Times(one, other) => format!("{} × {}", self.show_unit(one, lang), self.show_unit(other, lang)),
            Unit::Stage(_) => lang.pick("étape", "stage").to_string(),
            Unit::Unknown => "?".to_string(),
        }
    }

    fn show_one(&self, unit: &Unit, lang: Lang) -> String {
        match unit {
            Unit::Of(id) => {
                self.program.units.get(id.0 as usize).map_or("", |unit| unit.singular.get(lang)).to_string()
            }
            Unit::Number
            | Unit::Percent
            | Unit::Points
            | Unit::Per(..)
            | Unit::Times(..)
            | Unit::Stage(_)
            | Unit::Unknown => self.show_unit(unit, lang),
        }
    }
}

fn built_in(name: &str, fr: [&str; 2], en: [&str; 2]) -> UnitDef {
    let words = |at: usize| {
        Localized([("fr", fr), ("en", en)].map(|(lang, w)| (lang.into(), w[at].to_string())).into_iter().collect())
    };
    UnitDef {
        name: name.to_string(),
        singular: words(0),
        plural: words(1),
        is_a: None,
        currency: None,
        definition: None,
    }
}

/// Words are compared without case and with one kind of apostrophe.
fn fold(word: &str) -> String {
    word.trim().replace('’', "'").replace(['\u{a0}', '\u{202f}'], " ").to_lowercase()
}
