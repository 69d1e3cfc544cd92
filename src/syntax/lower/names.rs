//! Names, texts, labels, codes, unit words.

use unicode_normalization::UnicodeNormalization;

use super::{Lower, Pair};
use crate::syntax::ast::{Labels, Name, Text, UnitWord};
use crate::syntax::grammar::Rule;
use crate::syntax::keywords::is_blank;

/// NFC, and `-` for the other dashes.
pub(super) fn normal(text: &str) -> String {
    text.nfc().map(|c| if matches!(c, '–' | '‑' | '−') { '-' } else { c }).collect()
}

impl Lower<'_> {
    /// A name or a code.
    pub(super) fn name(&self, pair: &Pair<'_>) -> Name {
        Name { text: normal(pair.as_str()), span: self.span(pair) }
    }

    /// A name, or a text that stands for one (a column's header).
    pub(super) fn name_or_string(&self, pair: &Pair<'_>) -> Name {
        let strings = pair.clone().into_inner().find(|inner| inner.as_rule() == Rule::string);
        match strings.or_else(|| (pair.as_rule() == Rule::string).then(|| pair.clone())) {
            Some(string) => Name { text: content(&string), span: self.span(pair) },
            None => self.name(pair),
        }
    }

    /// One or several strings that join.
    pub(super) fn text(&self, pair: &Pair<'_>) -> Text {
        let strings: Vec<Pair<'_>> = pair.clone().into_inner().collect();
        let text = strings.iter().map(content).collect::<Vec<_>>().join(" ");
        Text { text, pieces: strings.iter().map(|string| self.span(string)).collect(), span: self.span(pair) }
    }

    /// `"élève" en "pupil"`
    pub(super) fn labels(&self, pair: Pair<'_>) -> Labels {
        let mut labels = Labels::default();
        let mut lang = None;
        for inner in pair.into_inner() {
            match (inner.as_rule(), lang.take()) {
                (Rule::lang_code, _) => lang = Some(self.name(&inner)),
                (Rule::text, None) => labels.main = Some(self.text(&inner)),
                (Rule::text, Some(code)) => labels.others.push((code, self.text(&inner))),
                _ => {}
            }
        }
        labels
    }

    /// `MAD par bon`
    pub(super) fn unit_per(&self, pair: &Pair<'_>) -> Option<UnitWord> {
        let mut words = pair.clone().into_inner().filter(|part| part.as_rule() == Rule::unit_word);
        let above = self.unit_word(&words.next()?);
        let per = words.next().map(|below| Box::new(self.unit_word(&below)));
        Some(UnitWord { per, span: self.span(pair), ..above })
    }

    /// `%`, `élèves`, `"agents de santé"`
    pub(super) fn unit_word(&self, pair: &Pair<'_>) -> UnitWord {
        let span = self.span(pair);
        match pair.clone().into_inner().next() {
            Some(inner) if inner.as_rule() == Rule::string => {
                UnitWord { text: content(&inner), quoted: true, per: None, span }
            }
            Some(inner) => UnitWord { text: normal(inner.as_str()), quoted: false, per: None, span },
            None => UnitWord { text: normal(pair.as_str()), quoted: false, per: None, span },
        }
    }
}

/// What stands between the quotes, NFC; `« … »` has blanks inside.
fn content(string: &Pair<'_>) -> String {
    let Some(inner) = string.clone().into_inner().next() else { return String::new() };
    let text: String = inner.as_str().nfc().collect();
    if inner.as_rule() == Rule::guillemet { text.trim_matches(is_blank).to_string() } else { text }
}
