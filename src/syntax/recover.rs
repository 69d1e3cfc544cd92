//! What a word that is not ours was meant to be: exact, in another block, misspelt, a near miss.

use std::ops::Range;

use super::ast::{BlockKind, Key};
use super::keywords::{
    self, FIELDS, FieldEntry, Hint, field_named, field_word, fields_in, fields_under, first, fold, is_blank,
};
use super::layout::WITH_ARGUMENT;
use crate::problem::close_to;
use crate::text::Lang;

/// What the text before a colon is.
#[derive(Debug)]
pub(super) enum KeyFound {
    /// A field of this block; for `données inscriptions`, the place of the name inside the text.
    Known(&'static FieldEntry, Option<Range<usize>>),
    /// A field of other blocks, named in the file's language.
    Elsewhere(&'static FieldEntry, Vec<String>),
    /// A misspelt field, and its word in the file's language.
    Guess(&'static FieldEntry, String),
    /// Nothing near.
    Unknown,
}

/// The first word of a line: letters, digits, `_` and marks.
pub(super) fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !is_word_char(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

/// True for characters of names.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || ('\u{300}'..='\u{36f}').contains(&c)
}

/// A known field of any block, or `données inscriptions`.
pub(super) fn exact_key(text: &str, block: Option<BlockKind>) -> Option<(&'static FieldEntry, Option<Range<usize>>)> {
    if let Some(entry) = field_named(text, block) {
        return Some((entry, None));
    }
    let word = first_word(text);
    let entry = field_named(word, block).filter(|entry| entry.key == WITH_ARGUMENT)?;
    let rest = text.get(word.len()..)?;
    let start = text.len() - rest.trim_start_matches(is_blank).len();
    Some((entry, Some(start..text.len())))
}

/// What the text before a colon is, in a block.
pub(super) fn key(text: &str, block: Option<BlockKind>, lang: Lang) -> KeyFound {
    if let Some((entry, argument)) = exact_key(text, block) {
        return match block {
            Some(block) if !entry.blocks.contains(&block) => near_miss(text, Some(block), lang).unwrap_or_else(|| {
                let names = entry.blocks.iter().map(|kind| keywords::block_word(*kind, lang).to_string()).collect();
                KeyFound::Elsewhere(entry, names)
            }),
            Some(_) | None => KeyFound::Known(entry, argument),
        };
    }
    near_miss(text, block, lang).or_else(|| misspelt(text, block, lang)).unwrap_or(KeyFound::Unknown)
}

fn near_miss(text: &str, block: Option<BlockKind>, lang: Lang) -> Option<KeyFound> {
    keywords::hint(text).find_map(|hint| match hint {
        Hint::Field(key) => {
            let entry = FIELDS
                .iter()
                .find(|entry| entry.key == key && block.is_none_or(|block| entry.blocks.contains(&block)))?;
            Some(KeyFound::Guess(entry, field_word(key, block, lang).to_string()))
        }
        Hint::Block(_) | Hint::Choice(_) => None,
    })
}

fn misspelt(text: &str, block: Option<BlockKind>, lang: Lang) -> Option<KeyFound> {
    let entries: Vec<&'static FieldEntry> = match block {
        Some(block) => fields_in(block).collect(),
        None => FIELDS.iter().collect(),
    };
    let (entry, word) = closest(text, &entries, lang)?;
    Some(KeyFound::Guess(entry, word))
}

fn closest(text: &str, entries: &[&'static FieldEntry], lang: Lang) -> Option<(&'static FieldEntry, String)> {
    let spellings = || entries.iter().flat_map(|entry| entry.words.fr.iter().chain(entry.words.en).copied());
    // A word and a bit more (`mesure (nombre)`) is found by the part before.
    let near = close_to(text, spellings())?;
    let entry = entries.iter().find(|entry| keywords::is_spelling(&entry.words, &fold(&near)))?;
    Some((entry, first(&entry.words, lang).to_string()))
}

/// A field that may stand under another.
pub(super) fn detail(text: &str, under: Key) -> Option<&'static FieldEntry> {
    let folded = fold(text);
    fields_under(under).find(|entry| keywords::is_spelling(&entry.words, &folded))
}

/// A misspelt detail.
pub(super) fn guess_detail(text: &str, under: Key, lang: Lang) -> Option<(&'static FieldEntry, String)> {
    let entries: Vec<_> = fields_under(under).collect();
    closest(text, &entries, lang)
}

/// The block that a word was meant to be.
pub(super) fn guess_block(word: &str, _lang: Lang) -> Option<BlockKind> {
    let hinted = keywords::hint(word).find_map(|hint| match hint {
        Hint::Block(kind) => Some(kind),
        Hint::Field(_) | Hint::Choice(_) => None,
    });
    hinted.or_else(|| {
        let words: Vec<(&str, BlockKind)> = keywords::BLOCKS
            .into_iter()
            .flat_map(|kind| {
                let spellings = keywords::block(kind);
                spellings.fr.iter().chain(spellings.en).map(move |word| (*word, kind)).collect::<Vec<_>>()
            })
            .collect();
        let near = close_to(word, words.iter().map(|(word, _)| *word))?;
        words.into_iter().find(|(word, _)| *word == near).map(|(_, kind)| kind)
    })
}

/// A line that starts with the words of a field of this block but has no colon: the field, and how many bytes its words take.
pub(super) fn starts_with_key(text: &str, block: Option<BlockKind>) -> Option<(&'static FieldEntry, usize)> {
    let entries = FIELDS.iter().filter(|entry| block.is_none_or(|block| entry.blocks.contains(&block)));
    longest_start(text, entries)
}

/// The same for a detail of a field.
pub(super) fn starts_with_detail(text: &str, under: Key) -> Option<(&'static FieldEntry, usize)> {
    longest_start(text, fields_under(under))
}

fn longest_start(
    text: &str,
    entries: impl Iterator<Item = &'static FieldEntry>,
) -> Option<(&'static FieldEntry, usize)> {
    let starts = word_ends(text);
    let mut best: Option<(&'static FieldEntry, usize)> = None;
    for entry in entries {
        for end in &starts {
            let known = text.get(..*end).is_some_and(|words| keywords::is_spelling(&entry.words, &fold(words)));
            if known && best.is_none_or(|(_, len)| len < *end) {
                best = Some((entry, *end));
            }
        }
    }
    best
}

/// Where the first words of a line end.
fn word_ends(text: &str) -> Vec<usize> {
    const WORDS: usize = 5;
    let mut ends = Vec::new();
    let mut inside = false;
    for (at, c) in text.char_indices() {
        if is_blank(c) {
            if inside {
                ends.push(at);
            }
            if ends.len() == WORDS {
                return ends;
            }
            inside = false;
        } else {
            inside = true;
        }
    }
    ends.push(text.len());
    ends
}

/// The field that the first words of a line may have been meant to be.
pub(super) fn guess_in_line(text: &str, block: Option<BlockKind>, lang: Lang) -> Option<String> {
    let entries: Vec<_> =
        FIELDS.iter().filter(|entry| block.is_none_or(|block| entry.blocks.contains(&block))).collect();
    word_ends(text).into_iter().rev().find_map(|end| closest(text.get(..end)?, &entries, lang)).map(|(_, word)| word)
}

/// `indicateur x "…"`: a block word and one name, then nothing or a label.
pub(super) fn looks_like_header(text: &str, word: &str) -> bool {
    let rest = text.get(word.len()..).unwrap_or("").trim_start_matches(is_blank);
    let name = first_word(rest);
    let after = rest.get(name.len()..).unwrap_or("").trim_start_matches(is_blank);
    !name.is_empty() && (after.is_empty() || after.starts_with(['"', '«', '“']))
}
