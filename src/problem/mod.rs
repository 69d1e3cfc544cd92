//! Everything that can be wrong, as data: a fact, where it is, and its words in both languages.
//!
//! One file per family; numbers are never reused. `problem` imports no phase: a fact carries plain data.

mod words;

pub use answers::{AnswersFlaw, Odd};
pub use data::Binary;
pub(crate) use data::decimals_words;
pub use evaluation::Parts;
pub use facts::Stated;
pub use files::{Bound, Damage, Holds, Packing};
pub use names::Named;
pub use partial::{Apart, Flaw, IdentitiesFor, Kept, NotKept, SharedThing};
pub use rules::Explained;
pub use syntax::Hoped;
pub use tables::{AddressWrong, NotInSql, NotReached, Stopped};
pub use words::{Severity, Words, close_to};

use crate::text::{Both, Lang, Span};

/// A problem: what is wrong and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// What is wrong.
    pub fact: Fact,
    /// The smallest place that proves it.
    pub at: Place,
    /// The places that it clashes with; `Words::also` has a label for each, in this order.
    pub also: Vec<Place>,
}

/// Where something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In an indicator file.
    Text(Span),
    /// In a data file.
    Data(DataPlace),
    /// A file or folder as a whole.
    Path(String),
    /// In a table of a database.
    Table(TablePlace),
}

/// A column of a database's table: there are no lines, so a row is told by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePlace {
    /// The table as it is shown: `postgres: statistics.pupils`.
    pub table: String,
    /// The column's name in the table, empty for the whole table.
    pub column: String,
    /// The offending text, at most [`DataPlace::TEXT_LIMIT`] characters; `•••` where the column is confidential.
    pub text: String,
    /// How many rows are so; 0 where that is not the question.
    pub rows: u64,
    /// The key of one of them; empty where there is none, or it is confidential.
    pub key: String,
}

/// A cell of a data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPlace {
    /// The path as declared, with `/`.
    pub path: String,
    /// The sheet of a workbook; empty for other files.
    pub sheet: String,
    /// Line of the file, from 1 (the line on which the row starts); the row of a sheet.
    pub line: u64,
    /// Number of the column, from 1; 0 for the whole row.
    pub column: u32,
    /// The column's header, empty for the whole row.
    pub header: String,
    /// The offending text, at most [`DataPlace::TEXT_LIMIT`] characters; `•••` where the column is confidential.
    pub text: String,
}

impl DataPlace {
    /// Characters of offending text that are kept.
    pub const TEXT_LIMIT: usize = 80;

    /// The address of a cell of a sheet, as a workbook shows it: `Feuille1!G4`, `'Mes données'!4:4` for a whole row; `None` for
    /// other files and for a sheet as a whole.
    pub fn address(&self) -> Option<String> {
        if self.sheet.is_empty() || self.line == 0 {
            return None;
        }
        let plain = self.sheet.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
        let sheet = if plain { self.sheet.clone() } else { format!("'{}'", self.sheet.replace('\'', "''")) };
        let line = self.line;
        if self.column == 0 {
            return Some(format!("{sheet}!{line}:{line}"));
        }
        let mut letters = Vec::new();
        let mut rest = self.column;
        while rest > 0 {
            rest -= 1;
            // A remainder of 26 is below 256.
            letters.push(char::from(b'A' + (rest % 26) as u8));
            rest /= 26;
        }
        let letters: String = letters.iter().rev().collect();
        Some(format!("{sheet}!{letters}{line}"))
    }
}

/// Declares the families: one module each with an enum that has `code`, `severity` and `words`.
macro_rules! families {
    ($($(#[$doc:meta])* $module:ident :: $family:ident),* $(,)?) => {
        $(mod $module; pub use $module::$family;)*

        /// What is wrong, by family.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Fact { $($(#[$doc])* $family($family)),* }

        impl Fact {
            /// The stable code: `E0101`, `W0701`.
            pub fn code(&self) -> &'static str {
                match self { $(Fact::$family(fact) => fact.code()),* }
            }

            /// Its words in both languages.
            pub fn words(&self) -> Both<Words> {
                match self { $(Fact::$family(fact) => fact.words()),* }
            }

            /// Every code of every family, in order.
            pub fn codes() -> Vec<&'static str> {
                let mut codes = Vec::new();
                $(codes.extend_from_slice($family::CODES);)*
                codes.sort_unstable();
                codes
            }
        }

        $(impl From<$family> for Fact {
            fn from(fact: $family) -> Fact { Fact::$family(fact) }
        })*
    };
}

families! {
    /// E01: text and syntax.
    syntax::SyntaxProblem,
    /// E02: names.
    names::NameProblem,
    /// E03: types and units.
    types::TypeProblem,
    /// E04: time and disaggregation.
    time::TimeProblem,
    /// E05: data.
    data::DataProblem,
    /// E05: data files as a whole.
    files::FileProblem,
    /// E05: Parquet files and folders of files.
    columnar::ColumnarProblem,
    /// E06: evaluation.
    evaluation::EvaluationProblem,
    /// E07: rules and published figures.
    rules::RuleProblem,
    /// Facts and persons counted once.
    facts::FactProblem,
    /// Columns that are found in another source.
    lookups::LookupProblem,
    /// Tables of a database.
    tables::TableProblem,
    /// Partial cubes that are written in one place and merged in another.
    partial::PartialProblem,
    /// Answers of another engine.
    answers::AnswersProblem,
    /// E08: the project: manifest, files, folders.
    project::ProjectProblem,
}

pub use project::{MANIFEST_KEYS, ManifestTakes, Refusal};

impl Fact {
    /// The same of so many rows, where its words say how many.
    pub fn of_rows(mut self, all: u64) -> Self {
        if let Fact::LookupProblem(LookupProblem::NotFound { rows, .. }) = &mut self {
            *rows = all;
        }
        self
    }
}

impl Problem {
    /// A problem at a place of an indicator file.
    pub fn new(fact: impl Into<Fact>, at: Span) -> Self {
        Problem { fact: fact.into(), at: Place::Text(at), also: Vec::new() }
    }

    /// A problem at any place.
    pub fn at(fact: impl Into<Fact>, at: Place) -> Self {
        Problem { fact: fact.into(), at, also: Vec::new() }
    }

    /// The same, with a place that it clashes with.
    pub fn also(mut self, place: Span) -> Self {
        self.also.push(Place::Text(place));
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.fact.code()
    }

    /// Errors have codes in E, warnings in W.
    pub fn severity(&self) -> Severity {
        if self.code().starts_with('E') { Severity::Error } else { Severity::Warning }
    }

    /// Its words in one language.
    pub fn words(&self, lang: Lang) -> Words {
        self.fact.words().into(lang)
    }
}
