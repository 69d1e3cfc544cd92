//! Text and places in it: the lowest floor, which everything else stands on.

mod file;
mod lang;

pub use file::{FileId, Files, SourceFile, Span};
pub use lang::{Both, Lang, Localized};
