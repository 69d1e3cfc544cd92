//! Tree and comments to text: one way to write a file, in either keyword language. It checks itself by reading its own
//! output again.

mod blocks;
mod measures;
mod page;
mod units;
mod words;

pub use units::UnitWords;

use crate::problem::Severity;
use crate::syntax::ast::Parsed;
use crate::syntax::keywords::{LANGUAGE_LINE, first, language_names};
use crate::syntax::parse;
use crate::text::{Lang, SourceFile};
use page::Page;
use words::Writer;

/// How to write.
#[derive(Debug, Clone, Default)]
pub struct Style {
    /// The language of keywords, literals and unit words; the file's own where `None`.
    pub keywords: Option<Lang>,
    /// The units of the project, so that their words can be translated.
    pub units: UnitWords,
}

/// Why a file was left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatRefusal {
    /// It has mistakes that `parse` reported: what cannot be read is not rewritten.
    HasErrors,
    /// The text written does not read back as the same definitions: a bug of ours, nothing is changed.
    NotTheSame,
}

/// Writes a file anew. `fmt∘fmt = fmt`; into the other language and back is the identity on formatted text.
///
/// ```
/// use jauge::format::{Style, format};
/// use jauge::syntax::parse;
/// use jauge::text::{FileId, Lang, SourceFile};
///
/// let file = SourceFile::new("a.jauge", "langue: français\nunité élève\n   singulier : \"élève\"\n");
/// let parsed = parse(FileId(0), &file, Lang::Fr);
/// let text = format(&parsed, &file, &Style::default()).expect("a sound file");
/// assert_eq!(text, "langue: français\n\nunité élève\n  singulier: \"élève\"\n");
/// ```
///
/// # Errors
/// A file with errors is refused, see [`FormatRefusal`].
pub fn format(parsed: &Parsed, file: &SourceFile, style: &Style) -> Result<String, FormatRefusal> {
    if parsed.problems.iter().any(|problem| problem.severity() == Severity::Error) {
        return Err(FormatRefusal::HasErrors);
    }
    let to = style.keywords.unwrap_or(parsed.lang);
    let text = write(parsed, file, to, &style.units);
    let again_file = SourceFile::new(file.path.as_str(), text.as_str());
    let again = parse(parsed.file, &again_file, to);
    let back_file;
    let back = if to == parsed.lang {
        &again
    } else {
        // Into the other language: the same definitions are what comes back.
        let text = write(&again, &again_file, parsed.lang, &style.units);
        back_file = SourceFile::new(file.path.as_str(), text.as_str());
        &parse(parsed.file, &back_file, parsed.lang)
    };
    let sound = !again.problems.iter().any(|problem| problem.severity() == Severity::Error);
    let same = outline(&back.blocks) == outline(&parsed.blocks) && again.comments.len() == parsed.comments.len();
    if sound && same { Ok(text) } else { Err(FormatRefusal::NotTheSame) }
}

fn write(parsed: &Parsed, file: &SourceFile, to: Lang, units: &UnitWords) -> String {
    let writer = Writer { file, from: parsed.lang, to, units };
    let mut page = Page::new(file, &parsed.comments);
    match parsed.lang_line {
        Some(span) => page.line(0, &language_line(to), span),
        // A file without the line has the project's language; in another one it must say so.
        None if to != parsed.lang => page.insert(&language_line(to)),
        None => {}
    }
    for block in &parsed.blocks {
        page.paragraph(block.span.start);
        blocks::write_block(&writer, &mut page, block);
    }
    page.finish()
}

fn language_line(lang: Lang) -> String {
    let name = language_names(lang).first().copied().unwrap_or_default();
    format!("{}: {name}", first(&LANGUAGE_LINE, lang))
}

/// The tree without places, to compare what was read with what was written.
fn outline(blocks: &[crate::syntax::ast::Block]) -> String {
    let debug = format!("{blocks:?}");
    let mut out = String::with_capacity(debug.len());
    let mut rest = debug.as_str();
    while let Some(at) = rest.find("Span {") {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    // Quotes around a noun that does not need them are the formatter's to drop.
    out.replace("quoted: true", "quoted: false")
}
