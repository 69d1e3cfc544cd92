//! The language of a file: its own line, else what its block words are written in, else the project's.

use super::keywords::{self, fold, is_blank};
use super::lines::Line;
use super::recover::first_word;
use crate::problem::{Problem, SyntaxProblem};
use crate::text::{FileId, Lang, Span};

/// What was found about the language, and the lines that are left.
pub(super) struct Language {
    pub lang: Lang,
    pub line: Option<Span>,
    pub lines: Vec<Line>,
    pub problems: Vec<Problem>,
}

/// Finds the language line; reports a second one, a late one, an unknown language and a file whose words are all of the
/// other language.
pub(super) fn language(id: FileId, text: &str, lines: Vec<Line>, default: Lang) -> Language {
    let mut found =
        Language { lang: default, line: None, lines: Vec::with_capacity(lines.len()), problems: Vec::new() };
    let mut block: Option<Span> = None;
    let mut words: Vec<Span> = Vec::new();
    for line in lines {
        let span = Span::new(id, line.start, line.end);
        if let (0, Some(value)) = (line.indent, value_of(text, &line)) {
            match (found.line, block) {
                (Some(first), _) => {
                    found.problems.push(Problem::new(SyntaxProblem::LanguageTwice, span).also(first));
                    continue;
                }
                (None, Some(block)) => {
                    found.problems.push(Problem::new(SyntaxProblem::LanguageLate, span).also(block));
                }
                (None, None) => {}
            }
            found.line = Some(span);
            let folded =
                fold(value.trim_matches(|c: char| is_blank(c) || matches!(c, '"' | '«' | '»' | '“' | '”' | ';')));
            let named = Lang::ALL
                .into_iter()
                .find(|lang| keywords::language_names(*lang).iter().any(|name| fold(name) == folded));
            match named {
                Some(lang) => found.lang = lang,
                None => {
                    let start = line.end - value.trim_start_matches(is_blank).len();
                    let at = Span::new(id, start, line.end);
                    let word = value.trim_matches(is_blank).to_string();
                    found.problems.push(Problem::new(SyntaxProblem::LanguageUnknown { word }, at));
                }
            }
            continue;
        }
        if line.indent == 0 {
            let word = first_word(text.get(line.start..line.end).unwrap_or(""));
            let at = Span::new(id, line.start, line.start + word.len());
            block.get_or_insert(at);
            if keywords::block_named(word).is_some() {
                words.push(at);
            }
        }
        found.lines.push(line);
    }
    if found.line.is_none() {
        undeclared(text, default, &words, &mut found);
    }
    found
}

/// A file without a language line whose block words are all of the other language is read in it, and told so once.
fn undeclared(text: &str, default: Lang, words: &[Span], found: &mut Language) {
    let other = default.pick(Lang::En, Lang::Fr);
    let is_of = |span: &Span, lang: Lang| {
        let folded = fold(text.get(span.range()).unwrap_or(""));
        keywords::BLOCKS.into_iter().any(|kind| keywords::is_spelling_in(&keywords::block(kind), &folded, lang))
    };
    let foreign = words.iter().find(|span| !is_of(span, default));
    let Some(first) = foreign else { return };
    if words.iter().all(|span| is_of(span, other)) {
        found.lang = other;
        found.problems.push(Problem::new(SyntaxProblem::LanguageUndeclared { lang: other, project: default }, *first));
    }
}

/// What follows `langue:`.
fn value_of<'a>(text: &'a str, line: &Line) -> Option<&'a str> {
    let colon = line.colon?;
    let key = fold(text.get(line.start..colon)?);
    keywords::is_spelling(&keywords::LANGUAGE_LINE, &key).then(|| text.get(colon + 1..line.end).unwrap_or(""))
}
