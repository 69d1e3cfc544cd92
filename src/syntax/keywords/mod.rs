//! The one table of both languages: block words, field keys, choices, phrases, signs, hints. Parser, formatter,
//! highlighter, completion and glossary are made from it.
//!
//! Of every list of spellings the first is the canonical one, which the formatter prints; the others are accepted.

mod choices;
mod fields;
mod grammar;
mod hints;
mod phrases;
mod qualifiers;

pub use choices::{CIVIL_CALENDARS, MONTHS, calendar_named, choice, choices_of, item, length, length_named};
pub use fields::{FIELDS, FieldEntry, Shape, field_named, field_word, fields_in, fields_under, is_repeated};
pub use grammar::grammar;
pub use hints::{HINTS, Hint, hint};
pub use phrases::{Keyword, is_reserved, reserved};
pub use qualifiers::{QUALIFIERS, QualifiedText, ROUND_NUMBERS, qualified_text};

use unicode_normalization::UnicodeNormalization;

use super::ast::BlockKind;
use crate::text::{Both, Lang};

/// The spellings of one thing in both languages, canonical first.
pub type Spellings = Both<&'static [&'static str]>;

/// Every block, in the order of the reference.
pub const BLOCKS: [BlockKind; 9] = [
    BlockKind::Framework,
    BlockKind::Calendar,
    BlockKind::Unit,
    BlockKind::Dimension,
    BlockKind::Source,
    BlockKind::Indicator,
    BlockKind::Funnel,
    BlockKind::Rule,
    BlockKind::Test,
];

/// The spellings of a block word.
pub fn block(kind: BlockKind) -> Spellings {
    match kind {
        BlockKind::Framework => Both { fr: &["cadre"], en: &["framework"] },
        BlockKind::Calendar => Both { fr: &["calendrier"], en: &["calendar"] },
        BlockKind::Unit => Both { fr: &["unité"], en: &["unit"] },
        BlockKind::Dimension => Both { fr: &["dimension"], en: &["dimension"] },
        BlockKind::Source => Both { fr: &["source"], en: &["source"] },
        BlockKind::Indicator => Both { fr: &["indicateur"], en: &["indicator"] },
        BlockKind::Funnel => Both { fr: &["parcours"], en: &["funnel"] },
        BlockKind::Rule => Both { fr: &["contrôle"], en: &["rule"] },
        BlockKind::Test => Both { fr: &["test"], en: &["test"] },
    }
}

/// The block word that the formatter prints.
pub fn block_word(kind: BlockKind, lang: Lang) -> &'static str {
    first(&block(kind), lang)
}

/// The block whose word `text` is, in any language.
pub fn block_named(text: &str) -> Option<BlockKind> {
    let folded = fold(text);
    BLOCKS.into_iter().find(|kind| is_spelling(&block(*kind), &folded))
}

/// The words before the language of a file: `langue: français`, `language: english`.
pub const LANGUAGE_LINE: Spellings = Both { fr: &["langue"], en: &["language"] };

/// The names of a language, canonical first.
pub fn language_names(lang: Lang) -> &'static [&'static str] {
    match lang {
        Lang::Fr => &["français", "french", "fr"],
        Lang::En => &["english", "anglais", "en"],
    }
}

/// The canonical spelling.
pub fn first(spellings: &Spellings, lang: Lang) -> &'static str {
    spellings.get(lang).first().copied().unwrap_or("")
}

/// True where `folded` (see [`fold`]) is one of the spellings, in any language.
pub fn is_spelling(spellings: &Spellings, folded: &str) -> bool {
    Lang::ALL.iter().any(|lang| is_spelling_in(spellings, folded, *lang))
}

/// True where `folded` (see [`fold`]) is one of the spellings in this language.
pub fn is_spelling_in(spellings: &Spellings, folded: &str, lang: Lang) -> bool {
    spellings.get(lang).iter().any(|spelling| fold(spelling) == folded)
}

/// Lower case, no accents, `'` for `’`, `-` for `–`, one space for any blanks: two keywords that fold alike are one.
pub fn fold(text: &str) -> String {
    let is_mark = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    let plain = |c: char| match c {
        '’' | '‘' | 'ʼ' => '\'',
        '–' | '\u{2011}' | '−' => '-',
        other => other,
    };
    let mut out = String::with_capacity(text.len());
    for word in text.split(is_blank).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.nfd().filter(|c| !is_mark(c)).flat_map(char::to_lowercase).map(plain));
    }
    out
}

/// Blanks between words: space, tab, U+00A0, U+202F, ends of lines.
pub fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{a0}' | '\u{202f}' | '\u{feff}' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Words that may stand in one position, each with what it means.
    fn clash<'a>(position: &str, words: impl Iterator<Item = (&'a str, String)>) {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (word, means) in words {
            let before = seen.entry(fold(word)).or_insert_with(|| means.clone());
            assert_eq!(*before, means, "`{word}` has two meanings as {position}");
        }
    }

    fn all(spellings: Spellings) -> impl Iterator<Item = &'static str> {
        spellings.fr.iter().chain(spellings.en).copied().collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn no_word_has_two_meanings_in_one_position() {
        let blocks = BLOCKS.into_iter().flat_map(|kind| all(block(kind)).map(move |word| (word, format!("{kind:?}"))));
        clash("block word", blocks);
        for kind in BLOCKS {
            let fields =
                fields_in(kind).flat_map(|entry| all(entry.words).map(|word| (word, format!("{:?}", entry.key))));
            clash("field", fields);
        }
        for entry in FIELDS {
            let details =
                fields_under(entry.key).flat_map(|of| all(of.words).map(|word| (word, format!("{:?}", of.key))));
            clash("detail", details);
            if let Shape::Choice(list) = entry.shape {
                clash("choice", list.iter().flat_map(|of| all(choice(*of)).map(move |word| (word, format!("{of:?}")))));
            }
        }
        // What may follow a measure or a condition, and what may start a measure.
        use Keyword as K;
        let follow = [K::Where, K::And, K::Or, K::For, K::By, K::Then, K::Else];
        let start = [
            K::NumberOf,
            K::Sum,
            K::Average,
            K::Median,
            K::LongestGap,
            K::First,
            K::Last,
            K::Share,
            K::Previous,
            K::Change,
            K::If,
        ];
        for group in [follow.as_slice(), start.as_slice()] {
            let words = group.iter().flat_map(|keyword| {
                let spellings = all(keyword.spellings()).filter(|word| !Keyword::keeps_accents(word));
                spellings.map(move |word| (word, format!("{keyword:?}")))
            });
            clash("word of a measure", words);
        }
    }

    #[test]
    fn ou_is_or_and_where_keeps_its_accent() {
        assert!(Keyword::Or.spellings().fr.contains(&"ou"));
        assert!(Keyword::keeps_accents("où") && !Keyword::Where.spellings().fr.contains(&"ou"));
    }
}
