//! Text to tree: lines, then blocks and fields by their indentation, then each value by the grammar of `grammar/`, lowered
//! at once. Never fails: what cannot be read is a `Missing` node and one problem.

pub mod ast;
mod diagnose;
mod grammar;
pub mod keywords;
mod language;
mod layout;
mod limits;
mod lines;
mod lower;
mod recover;

use crate::problem::{Problem, SyntaxProblem};
use crate::text::{FileId, Lang, SourceFile, Span};
use ast::{Comment, Parsed};

/// Reads one file. `default` is the project's language, for a file that does not say its own.
pub fn parse(id: FileId, file: &SourceFile, default: Lang) -> Parsed {
    let text = file.text.as_str();
    let unread = |problem: SyntaxProblem, at: Span| Parsed {
        file: id,
        lang: default,
        lang_line: None,
        blocks: Vec::new(),
        comments: Vec::new(),
        problems: vec![Problem::new(problem, at)],
    };
    if text.len() > limits::FILE_BYTES {
        let limit = format!("{} MB", limits::FILE_BYTES / (1024 * 1024));
        return unread(SyntaxProblem::TooBig { limit }, Span::new(id, 0, 0));
    }
    if let Some(at) = text.find('\0') {
        return unread(SyntaxProblem::NotText, Span::new(id, at, at + 1));
    }
    let (lines, comments) = lines::lines(text);
    let comments: Vec<Comment> = comments
        .into_iter()
        .map(|comment| Comment { span: Span::new(id, comment.start, comment.end), alone: comment.alone })
        .collect();
    let language = language::language(id, text, lines, default);
    let layout = layout::layout(text, &language.lines, language.lang);
    let mut lower = lower::Lower::new(id, text, language.lang, &comments);
    let blocks = layout.blocks.into_iter().map(|block| lower.block(block)).collect();
    let mut problems = language.problems;
    for (problem, at) in layout.problems {
        problems.push(Problem::new(problem, Span::new(id, at.start, at.end)));
    }
    problems.append(&mut lower.problems);
    problems.sort_by_key(place);
    Parsed { file: id, lang: language.lang, lang_line: language.line, blocks, comments, problems }
}

fn place(problem: &Problem) -> (u32, u32) {
    match &problem.at {
        crate::problem::Place::Text(span) => (span.start, span.end),
        crate::problem::Place::Data(_) | crate::problem::Place::Path(_) | crate::problem::Place::Table(_) => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn keyword_grammar_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/grammar/keywords.pest");
        let made = super::keywords::grammar();
        if std::env::var_os("JAUGE_WRITE").is_some() {
            std::fs::write(path, &made).expect("the grammar folder can be written");
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(found == made, "grammar/keywords.pest is not what the table says: JAUGE_WRITE=1 cargo test keyword");
    }
}
