//! Lines with their comments: what the printer writes on, so that no comment is ever lost.
//!
//! Lines are written in the order of the text. Before a line, the comments that stand alone above it are written at its
//! indentation; after it, the comment that shares its last line.

use crate::syntax::ast::Comment;
use crate::text::{SourceFile, Span};

/// Spaces of one level of indentation.
pub const INDENT: usize = 2;

/// The page being written.
pub struct Page<'a> {
    file: &'a SourceFile,
    comments: std::iter::Peekable<std::slice::Iter<'a, Comment>>,
    out: String,
    /// The end of the last thing written, to keep the author's single blank lines.
    end: u32,
    /// How deep it stands: a comment right under a block belongs to its fields.
    depth: usize,
}

impl<'a> Page<'a> {
    /// An empty page over the comments of a file, which are in the order of the text.
    pub fn new(file: &'a SourceFile, comments: &'a [Comment]) -> Self {
        Page { file, comments: comments.iter().peekable(), out: String::new(), end: 0, depth: 0 }
    }

    /// Writes one logical line (`text` may hold line ends, each piece already indented) made from `from`.
    pub fn line(&mut self, indent: usize, text: &str, from: Span) {
        let trailing = self.comments_within(indent, from);
        self.keep_blank(from.start);
        self.out.push_str(&" ".repeat(indent * INDENT));
        self.out.push_str(text.trim_end());
        if let Some(comment) = trailing {
            self.out.push_str("  ");
            self.out.push_str(self.file.slice(comment).trim_end());
            self.end = self.end.max(comment.end);
        }
        self.out.push('\n');
        self.end = self.end.max(from.end);
        self.depth = indent.min(1);
    }

    /// Writes a line that the text does not have, at the top.
    pub fn insert(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// Starts a new paragraph: exactly one blank line, none at the top of the page. Comments above what starts at `at`
    /// belong to the new paragraph.
    pub fn paragraph(&mut self, at: u32) {
        // A comment that stands right under the paragraph before, without a blank line between, stays there.
        while let Some(comment) = self.comments.peek().copied() {
            let apart = self.blank_between(self.end, comment.span.start);
            if comment.span.start >= at || apart || !comment.alone || self.out.is_empty() {
                break;
            }
            let span = comment.span;
            self.comments.next();
            self.comment_line(self.depth, span);
        }
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self.end = u32::MAX;
    }

    /// Writes the comments that are left and gives the text.
    pub fn finish(mut self) -> String {
        let rest: Vec<Span> = self.comments.by_ref().map(|comment| comment.span).collect();
        for span in rest {
            self.keep_blank(span.start);
            self.comment_line(0, span);
        }
        while self.out.ends_with("\n\n") {
            self.out.pop();
        }
        self.out
    }

    /// Writes the lone comments before and inside `from`; gives the last comment that shares its line.
    fn comments_within(&mut self, indent: usize, from: Span) -> Option<Span> {
        let last_line = self.file.line_column(from.end.saturating_sub(1).max(from.start)).0;
        let mut trailing: Option<Span> = None;
        while let Some(comment) = self.comments.peek().copied() {
            let span = comment.span;
            let shares = !comment.alone && self.file.line_column(span.start).0 <= last_line;
            if span.start >= from.end && !shares {
                break;
            }
            self.comments.next();
            if let Some(earlier) = trailing.take() {
                self.comment_line(indent, earlier);
            }
            if shares && span.start >= from.start {
                trailing = Some(span);
            } else {
                self.keep_blank(span.start);
                self.comment_line(indent, span);
            }
        }
        trailing
    }

    fn comment_line(&mut self, indent: usize, span: Span) {
        self.out.push_str(&" ".repeat(indent * INDENT));
        self.out.push_str(self.file.slice(span).trim_end());
        self.out.push('\n');
        self.end = span.end;
    }

    /// One blank line where the author left one or more.
    fn keep_blank(&mut self, start: u32) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") && self.blank_between(self.end, start) {
            self.out.push('\n');
        }
        self.end = start;
    }

    fn blank_between(&self, end: u32, start: u32) -> bool {
        // Only blanks lie between: every comment moves `end`.
        self.file.text.get(end as usize..start as usize).is_some_and(|between| between.matches('\n').count() > 1)
    }
}
