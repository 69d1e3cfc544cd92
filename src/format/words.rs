//! Small things as text: quoted texts, labels, numbers, periods, units. What needs no layout.

use super::units::UnitWords;
use crate::syntax::ast::{Labels, Literal, Name, Pace, PeriodText, Quantity, Text, UnitWord};
use crate::syntax::keywords::{Keyword, QUALIFIERS, ROUND_NUMBERS, first, length};
use crate::text::{Lang, SourceFile};
use crate::types::{Length, Number, Rounding, RoundingMode};

/// From one language into the same or the other.
pub struct Writer<'a> {
    /// The file, for what is kept as typed.
    pub file: &'a SourceFile,
    /// The language of the file.
    pub from: Lang,
    /// The language to write.
    pub to: Lang,
    /// The project's units.
    pub units: &'a UnitWords,
}

impl Writer<'_> {
    /// A keyword.
    pub fn word(&self, keyword: Keyword) -> &'static str {
        keyword.word(self.to)
    }

    /// `2 décimales`, `1 décimale`.
    pub fn decimals(&self, count: u8) -> String {
        let plural = count > 1 || (count == 0 && self.to == Lang::En);
        let word = Keyword::Decimals.spellings().get(self.to).get(usize::from(!plural)).copied();
        format!("{count} {}", word.unwrap_or_default())
    }

    /// `par semestre`, `tous les 3 mois`.
    pub fn pace(&self, pace: &Pace) -> String {
        let step = length(pace.step);
        let step = match (pace.step, self.to) {
            (Length::Year, Lang::Fr) => "an",
            _ => first(&step, self.to),
        };
        if pace.count == 1 {
            return format!("{} {step}", self.word(Keyword::Per));
        }
        let plural = if step.ends_with('s') { "" } else { "s" };
        format!("{} {} {step}{plural}", self.word(Keyword::Every), pace.count)
    }

    /// A name or code, as typed.
    pub fn name(&self, name: &Name) -> String {
        name.text.clone()
    }

    /// Names separated by commas.
    pub fn names(&self, names: &[Name]) -> String {
        names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// A text with the author's own quotes, its pieces separated by blanks.
    pub fn text(&self, text: &Text) -> String {
        self.pieces(text).join(" ")
    }

    /// The pieces of a text as typed.
    pub fn pieces(&self, text: &Text) -> Vec<String> {
        text.pieces.iter().map(|span| self.file.slice(*span).to_string()).collect()
    }

    /// Labels. The label without a language code is in the file's language; when the language of the file changes, labels
    /// change places so that each keeps its own.
    pub fn labels(&self, labels: &Labels) -> String {
        let mut main = labels.main.as_ref();
        let mut others: Vec<(&str, &Text)> =
            labels.others.iter().map(|(lang, text)| (lang.text.as_str(), text)).collect();
        if self.from != self.to {
            let at = others.iter().position(|(lang, _)| *lang == self.to.code());
            match (at, main) {
                (Some(at), Some(old)) => {
                    let new = std::mem::replace(&mut others[at], (self.from.code(), old));
                    main = Some(new.1);
                }
                (Some(at), None) => main = Some(others.remove(at).1),
                (None, Some(old)) => {
                    others.insert(0, (self.from.code(), old));
                    main = None;
                }
                (None, None) => {}
            }
        }
        let main = main.map(|text| self.text(text));
        let others = others.into_iter().map(|(lang, text)| format!("{lang} {}", self.text(text)));
        main.into_iter().chain(others).collect::<Vec<_>>().join(" ")
    }

    /// `entre 40 et 60`
    pub fn between(&self, low: &Quantity, high: &Quantity) -> String {
        let (between, and) = (self.word(Keyword::Between), self.word(Keyword::And));
        format!("{between} {} {and} {}", self.quantity(low), self.quantity(high))
    }

    /// A number exactly as precise as it was written, in the style of the language; `plus de 800`, `une centaine`.
    pub fn quantity(&self, quantity: &Quantity) -> String {
        let qualifier = QUALIFIERS.iter().find(|(_, of)| Some(*of) == quantity.qualifier).map(|(keyword, _)| *keyword);
        let round = ROUND_NUMBERS.iter().find(|(_, number)| Number::from(*number) == quantity.value);
        if let Some((round, _)) = round.filter(|_| quantity.as_word) {
            return self.round_number(qualifier, *round, quantity);
        }
        match qualifier {
            Some(keyword) => format!("{} {}", self.word(keyword), self.plain_quantity(quantity)),
            None => self.plain_quantity(quantity),
        }
    }

    /// `une centaine d'enfants`, `plus d'une centaine`; `some hundred pupils`, `more than a hundred`.
    fn round_number(&self, qualifier: Option<Keyword>, round: Keyword, quantity: &Quantity) -> String {
        let spellings = round.spellings();
        let other = qualifier.filter(|qualifier| *qualifier != Keyword::About);
        let word = match (other, self.to) {
            // `plus d'une centaine`: the elided spelling of the qualifier.
            (Some(qualifier), Lang::Fr) => {
                let elided = qualifier.spellings().fr.iter().copied().find(|word| word.ends_with('\''));
                let before = elided.map_or_else(|| format!("{} ", self.word(qualifier)), str::to_string);
                format!("{before}{}", self.word(round))
            }
            (Some(qualifier), Lang::En) => {
                let article = spellings.en.last().copied().unwrap_or_default();
                format!("{} {article}", self.word(qualifier))
            }
            (None, Lang::Fr | Lang::En) => self.word(round).to_string(),
        };
        match (&quantity.unit, self.to) {
            (None, _) => word,
            (Some(unit), Lang::Fr) => format!("{word} {}", self.of_unit(unit)),
            (Some(unit), Lang::En) => format!("{word} {}", self.unit(unit)),
        }
    }

    fn plain_quantity(&self, quantity: &Quantity) -> String {
        let rounding = Rounding { decimals: quantity.decimals, mode: RoundingMode::Truncation };
        // What any keyboard can type: a plain space between groups.
        let number = quantity.value.show(self.to, Some(rounding)).replace('\u{202f}', " ");
        match &quantity.unit {
            Some(unit) => format!("{number} {}", self.unit(unit)),
            None => number,
        }
    }

    /// A unit word, translated where the project's units say how.
    pub fn unit(&self, unit: &UnitWord) -> String {
        if let Some(below) = &unit.per {
            let above = UnitWord { per: None, ..unit.clone() };
            return format!("{} {} {}", self.unit(&above), self.word(Keyword::Per), self.unit(below));
        }
        let text = match self.units.translate(&unit.text, self.from, self.to) {
            Some(other) if self.from != self.to => other,
            _ => &unit.text,
        };
        // Quotes only where a noun needs them, so that a translation leads back to what was written.
        let plain = matches!(text, "%") || text.chars().all(|c| c.is_alphanumeric() || c == '_');
        if plain { text.to_string() } else { format!("\"{text}\"") }
    }

    /// « de » before a unit word: `d'` before a vowel in French.
    pub fn of_unit(&self, unit: &UnitWord) -> String {
        let noun = self.unit(unit);
        let first = noun.trim_start_matches('"').chars().next().unwrap_or(' ');
        let elides = "aeiouyâàäéèêëîïôöûüùœæhAEIOUYÂÀÉÈÊÎÔÛŒ".contains(first) && !first.eq_ignore_ascii_case(&'h');
        match self.to {
            Lang::Fr if elides => format!("d'{noun}"),
            Lang::Fr | Lang::En => format!("{} {noun}", self.word(Keyword::Of)),
        }
    }

    /// `un élève`, `une réunion`, `a pupil`, `an event`. French keeps the author's article; one written in English has none to
    /// keep, and its ending decides.
    pub fn a_unit(&self, unit: &UnitWord) -> String {
        let noun = self.unit(unit);
        let bare = noun.trim_start_matches('"');
        let article = match self.to {
            Lang::En => {
                if bare.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) {
                    "an"
                } else {
                    "a"
                }
            }
            Lang::Fr if self.from == Lang::Fr => {
                let before = self.file.text.get(..unit.span.start as usize).unwrap_or("");
                if before.trim_end().ends_with("une") { "une" } else { "un" }
            }
            Lang::Fr => {
                if is_feminine(bare.trim_end_matches('"')) {
                    "une"
                } else {
                    "un"
                }
            }
        };
        format!("{article} {noun}")
    }

    /// `un événement`, `an event`, `un effectif`, `a count`.
    pub fn row_is(&self, what: Keyword) -> String {
        let noun = self.word(what);
        let article = match self.to {
            Lang::Fr => "un",
            Lang::En => {
                if noun.starts_with('e') {
                    "an"
                } else {
                    "a"
                }
            }
        };
        format!("{article} {noun}")
    }

    /// A period or a window.
    pub fn period(&self, period: &PeriodText) -> String {
        let first = self.period_label(&period.first);
        match &period.last {
            Some(last) => format!("{first} {} {}", self.word(Keyword::To), self.period_label(last)),
            None => first,
        }
    }

    /// `2020-T1` in French is `2020-Q1` in English, `2020-S1` is `2020-H1`.
    fn period_label(&self, name: &Name) -> String {
        let Some((year, part)) = name.text.rsplit_once('-') else { return name.text.clone() };
        let mut chars = part.chars();
        let letter = match (chars.next(), self.to) {
            (Some('T' | 't' | 'Q' | 'q'), Lang::Fr) => 'T',
            (Some('T' | 't' | 'Q' | 'q'), Lang::En) => 'Q',
            (Some('S' | 's' | 'H' | 'h'), Lang::Fr) => 'S',
            (Some('S' | 's' | 'H' | 'h'), Lang::En) => 'H',
            _ => return name.text.clone(),
        };
        format!("{year}-{letter}{}", chars.as_str())
    }

    /// A value in a condition.
    pub fn literal(&self, literal: &Literal) -> String {
        match literal {
            Literal::Word(name) => name.text.clone(),
            Literal::Text(text) => self.text(text),
            Literal::Number(quantity) => self.quantity(quantity),
        }
    }
}

/// Feminine by its ending, for the nouns that registers are made of.
fn is_feminine(noun: &str) -> bool {
    const ENDINGS: [&str; 20] = [
        "ion", "té", "ée", "ure", "ette", "ance", "ence", "ie", "ive", "onne", "ise", "ille", "elle", "euse", "aison",
        "ude", "ière", "rice", "esse", "ique",
    ];
    // Nouns that reports count and whose ending does not tell.
    const NOUNS: [&str; 30] = [
        "aide",
        "année",
        "bourse",
        "caravane",
        "circulaire",
        "classe",
        "commune",
        "demande",
        "école",
        "enquête",
        "équipe",
        "étape",
        "famille",
        "femme",
        "fête",
        "fiche",
        "fille",
        "langue",
        "ligne",
        "loi",
        "mère",
        "offre",
        "personne",
        "place",
        "plainte",
        "région",
        "rencontre",
        "semaine",
        "victime",
        "visite",
    ];
    let first = noun.split_whitespace().next().unwrap_or("");
    NOUNS.contains(&first) || ENDINGS.iter().any(|ending| first.ends_with(ending))
}
