//! The two languages of keywords, literals and messages, and text that exists in several languages.

use indexmap::IndexMap;
use serde::Serialize;

/// A language in which keywords, literals, messages and pages exist. French comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Both languages, in the order in which pages show them.
    pub const ALL: [Lang; 2] = [Lang::Fr, Lang::En];

    /// The ISO 639-1 code, which is also the word before a translated label (`en "pupil"`).
    pub fn code(self) -> &'static str {
        match self {
            Lang::Fr => "fr",
            Lang::En => "en",
        }
    }

    /// Chooses between the French and the English form of one thing.
    pub fn pick<T>(self, fr: T, en: T) -> T {
        match self {
            Lang::Fr => fr,
            Lang::En => en,
        }
    }
}

/// One thing in both languages, side by side: leaving one out does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Both<T> {
    /// The French form.
    pub fr: T,
    /// The English form.
    pub en: T,
}

impl<T> Both<T> {
    /// The form in one language.
    pub fn get(&self, lang: Lang) -> &T {
        match lang {
            Lang::Fr => &self.fr,
            Lang::En => &self.en,
        }
    }

    /// Takes the form in one language.
    pub fn into(self, lang: Lang) -> T {
        match lang {
            Lang::Fr => self.fr,
            Lang::En => self.en,
        }
    }
}

/// A label written by an author, in one or more languages (ISO 639-1 codes, so that Arabic fits too).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Localized(pub IndexMap<String, String>);

impl Localized {
    /// A label in one language.
    pub fn one(lang: Lang, text: impl Into<String>) -> Self {
        Localized(IndexMap::from([(lang.code().to_string(), text.into())]))
    }

    /// The label in `lang`, else in whatever language it has; empty where there is no label at all.
    pub fn get(&self, lang: Lang) -> &str {
        self.0.get(lang.code()).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }

    /// True where no language has a label.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(String::is_empty)
    }
}
