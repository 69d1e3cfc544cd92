//! Unit words in both languages: what `fmt --keywords` may translate besides keywords.

use std::collections::HashMap;

use crate::syntax::ast::{Block, BlockKind, Key, Labels, Parsed, Value};
use crate::syntax::keywords::Keyword;
use crate::text::Lang;

/// The words of a project's units: singular and plural in both languages.
#[derive(Debug, Clone, Default)]
pub struct UnitWords {
    /// Word in one language → the word in the other.
    to: HashMap<(Lang, String), String>,
}

impl UnitWords {
    /// Collects the unit blocks of a project.
    pub fn collect<'a>(files: impl IntoIterator<Item = &'a Parsed>) -> Self {
        let mut words = UnitWords::default();
        words.pair("personne", "person");
        words.pair("personnes", "persons");
        for parsed in files {
            for block in parsed.blocks.iter().filter(|block| block.kind == Some(BlockKind::Unit)) {
                words.read(block, parsed.lang);
            }
        }
        words
    }

    /// The word in `to`, where the project's units have one and it leads back to the same word.
    pub fn translate(&self, word: &str, from: Lang, to: Lang) -> Option<&str> {
        let there = self.to.get(&(from, word.to_string()))?;
        // `each row is: an event` is no unit: a noun that would read like it keeps its own word.
        if [Keyword::Event, Keyword::CountRow].iter().any(|keyword| keyword.is_word_of(there, to)) {
            return None;
        }
        let back = self.to.get(&(to, there.clone()))?;
        (back == word).then_some(there.as_str())
    }

    fn read(&mut self, block: &Block, lang: Lang) {
        for field in &block.fields {
            let (Some(Key::Singular | Key::Plural), Value::Labels(labels)) = (field.key, &field.value) else {
                continue;
            };
            if let (Some(fr), Some(en)) = (label_in(labels, lang, Lang::Fr), label_in(labels, lang, Lang::En)) {
                self.pair(fr, en);
            }
        }
    }

    fn pair(&mut self, fr: &str, en: &str) {
        self.to.entry((Lang::Fr, fr.to_string())).or_insert_with(|| en.to_string());
        self.to.entry((Lang::En, en.to_string())).or_insert_with(|| fr.to_string());
    }
}

/// The text of a label in one language, `main` being the file's.
fn label_in(labels: &Labels, main: Lang, wanted: Lang) -> Option<&str> {
    if main == wanted {
        return labels.main.as_ref().map(|text| text.text.as_str());
    }
    labels.others.iter().find(|(lang, _)| lang.text == wanted.code()).map(|(_, text)| text.text.as_str())
}
