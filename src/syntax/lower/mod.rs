//! Raw blocks to the tree: each slice of text is read by the grammar and lowered at once; pairs never leave here. A
//! slice that cannot be read gives exactly one problem and a `Missing` node.

mod aims;
mod conditions;
mod lists;
mod literals;
mod measures;
mod names;
mod values;

use std::ops::Range;

use pest::Parser;
use pest::iterators::Pairs;

use super::ast::{Block, BlockKind, Comment, Field, Labels, Value};
use super::diagnose;
use super::grammar::{Grammar, Rule};
use super::keywords::{self, Keyword, Shape, is_blank};
use super::layout::{RawBlock, RawField};
use super::limits;
use crate::problem::{Problem, SyntaxProblem};
use crate::text::{FileId, Lang, Span};

pub(super) type Pair<'i> = pest::iterators::Pair<'i, Rule>;

/// Lowers the blocks of one file.
pub(super) struct Lower<'a> {
    pub file: FileId,
    pub text: &'a str,
    pub lang: Lang,
    pub comments: &'a [Comment],
    pub problems: Vec<Problem>,
    /// Where the slice being read starts.
    base: usize,
    /// A word of the other language was reported in this block.
    foreign: bool,
    /// The current value was found to be unreadable (reported).
    bad: bool,
}

impl<'a> Lower<'a> {
    pub(super) fn new(file: FileId, text: &'a str, lang: Lang, comments: &'a [Comment]) -> Self {
        Lower { file, text, lang, comments, problems: Vec::new(), base: 0, foreign: false, bad: false }
    }

    pub(super) fn report(&mut self, problem: SyntaxProblem, at: Span) {
        self.problems.push(Problem::new(problem, at));
    }

    /// Reports what makes the whole value unreadable.
    fn fail(&mut self, problem: SyntaxProblem, at: Span) {
        self.bad = true;
        self.report(problem, at);
    }

    fn at(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or("")
    }

    /// Where a pair stands, without the blanks and comments that the grammar took along after it.
    fn span(&self, pair: &Pair<'_>) -> Span {
        let span = pair.as_span();
        let start = self.base + span.start();
        let mut end = self.base + span.end();
        loop {
            end = start + self.slice(start..end).trim_end_matches(is_blank).len();
            let at = self.comments.partition_point(|comment| (comment.span.end as usize) < end);
            match self.comments.get(at) {
                Some(comment) if comment.span.end as usize == end && comment.span.start as usize > start => {
                    end = comment.span.start as usize;
                }
                Some(_) | None => return self.at(start..end),
            }
        }
    }

    /// Reads a slice by a rule; the pairs inside it, or `None` after one problem.
    fn read(&mut self, rule: Rule, range: Range<usize>) -> Option<Pairs<'a, Rule>> {
        let slice = self.slice(range.clone());
        self.base = range.start;
        if slice.len() > limits::VALUE_BYTES && !matches!(rule, Rule::v_text | Rule::v_labels) {
            let limit = format!("{} KB", limits::VALUE_BYTES / 1024);
            self.fail(SyntaxProblem::TooBig { limit }, self.at(range));
            return None;
        }
        if let Some((problem, at)) = diagnose::parentheses(slice) {
            let at = range.start + at.start..range.start + at.end;
            self.fail(problem, self.at(at));
            return None;
        }
        match Grammar::parse(rule, slice) {
            Ok(mut pairs) => {
                let inner = pairs.next()?.into_inner();
                self.foreign_words(inner.clone());
                Some(inner)
            }
            Err(error) => {
                let (problem, at) = diagnose::failure(rule, slice, &error, self.lang);
                self.fail(problem, self.at(range.start + at.start..range.start + at.end));
                None
            }
        }
    }

    /// Reports the first keyword of the other language in a block.
    fn foreign_words(&mut self, pairs: Pairs<'a, Rule>) {
        if self.foreign {
            return;
        }
        for pair in pairs.flatten() {
            let Some(keyword) = keyword_of(pair.as_rule()) else { continue };
            let text = pair.as_str();
            let known = keyword.spellings();
            if known.get(self.lang).contains(&text) || keyword.is_word_of(text, self.lang) {
                continue;
            }
            let problem = SyntaxProblem::OtherLanguage {
                word: text.to_string(),
                instead: keyword.word(self.lang).to_string(),
                lang: self.lang,
            };
            self.foreign = true;
            let span = self.span(&pair);
            return self.report(problem, span);
        }
    }

    /// Reports a word of the table that is typed in the other language.
    fn foreign_word(&mut self, text: &str, known: &keywords::Spellings, span: Span) {
        if self.foreign || known.get(self.lang).contains(&text) {
            return;
        }
        if !keywords::is_spelling_in(known, &keywords::fold(text), self.lang) {
            self.foreign = true;
            let instead = keywords::first(known, self.lang).to_string();
            self.report(SyntaxProblem::OtherLanguage { word: text.to_string(), instead, lang: self.lang }, span);
        }
    }

    /// Lowers a block.
    pub(super) fn block(&mut self, raw: RawBlock) -> Block {
        self.foreign = false;
        let keyword = self.at(raw.keyword.clone());
        if let Some(kind) = raw.kind {
            let known = keywords::block(kind);
            let word = self.slice(raw.keyword.clone());
            // A misspelt word is of no language.
            if keywords::block_named(word).is_some() {
                self.foreign_word(word, &known, keyword);
            }
        }
        let (name, labels) = self.header(&raw);
        let mut fields: Vec<Field> = Vec::with_capacity(raw.fields.len());
        for field in raw.fields {
            let guessed = field.guessed;
            let field = self.field(field, raw.kind);
            let first = fields.iter().find(|other| {
                !guessed && other.key.is_some() && other.key == field.key && !keywords::is_repeated(field.key)
            });
            if let Some(first) = first {
                let word = self.slice(field.key_span.range()).to_string();
                let at = first.key_span;
                self.problems.push(Problem::new(SyntaxProblem::FieldTwice { word }, field.key_span).also(at));
            }
            fields.push(field);
        }
        let span = self.at(raw.keyword.start..raw.end);
        Block { kind: raw.kind, keyword, name, labels, fields, span }
    }

    fn header(&mut self, raw: &RawBlock) -> (Option<super::ast::Name>, Labels) {
        let header = self.trimmed(raw.header.clone());
        let block = raw.kind.map(|kind| keywords::block_word(kind, self.lang).to_string()).unwrap_or_default();
        let slice = self.slice(header.clone());
        if raw.kind.is_none() {
            // The block word is reported; its name is kept where it can be read.
            return match Grammar::parse(Rule::header, slice) {
                Ok(mut pairs) => {
                    self.base = header.start;
                    pairs.next().map(|pair| self.name_and_labels(pair.into_inner())).unwrap_or_default()
                }
                Err(_) => (None, Labels::default()),
            };
        }
        if slice.is_empty() || slice.starts_with(['"', '«', '“']) {
            if !raw.broken {
                self.report(SyntaxProblem::MissingName { block }, self.at(raw.keyword.clone()));
            }
            return (None, Labels::default());
        }
        let Some(pairs) = self.read(Rule::header, header.clone()) else {
            self.bad = false;
            // The name alone, so that nothing else is said to be missing.
            self.base = header.start;
            let name = Grammar::parse(Rule::name, slice).ok().and_then(|mut pairs| pairs.next());
            return (name.map(|pair| self.name(&pair)), Labels::default());
        };
        let (name, labels) = self.name_and_labels(pairs);
        let needs_label = raw.kind == Some(BlockKind::Indicator) && !raw.broken;
        if let (true, None, true, Some(name)) = (needs_label, &labels.main, labels.others.is_empty(), &name) {
            let problem = SyntaxProblem::MissingLabel { block, name: name.text.clone() };
            let span = name.span;
            self.report(problem, span);
        }
        (name, labels)
    }

    fn name_and_labels(&self, pairs: Pairs<'_, Rule>) -> (Option<super::ast::Name>, Labels) {
        let (mut name, mut labels) = (None, Labels::default());
        for pair in pairs {
            match pair.as_rule() {
                Rule::name => name = Some(self.name(&pair)),
                Rule::labels => labels = self.labels(pair),
                _ => {}
            }
        }
        (name, labels)
    }

    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let slice = self.slice(range.clone());
        let start = range.start + (slice.len() - slice.trim_start_matches(is_blank).len());
        start..start + slice.trim_matches(is_blank).len()
    }

    /// Lowers a field or a detail.
    fn field(&mut self, raw: RawField, block: Option<BlockKind>) -> Field {
        let key_span = self.at(raw.key.clone());
        let key = raw.entry.map(|entry| entry.key);
        if let (Some(entry), false) = (raw.entry, raw.guessed) {
            let word = self.slice(raw.key.clone());
            let word = if raw.argument.is_some() { super::recover::first_word(word) } else { word };
            self.foreign_word(word, &entry.words, key_span);
        }
        self.bad = false;
        let span = self.at(raw.key.start..raw.end.max(raw.value.end));
        let value = match raw.entry {
            Some(entry) if !raw.broken => self.value(entry.shape, &raw, block),
            Some(_) | None => Value::Missing(self.at(raw.value.clone())),
        };
        let value = if self.bad { Value::Missing(self.at(raw.value.clone())) } else { value };
        let details = raw.details.into_iter().map(|detail| self.field(detail, block)).collect();
        Field { key, key_span, value, details, span }
    }

    fn value(&mut self, shape: Shape, raw: &RawField, block: Option<BlockKind>) -> Value {
        let range = self.trimmed(raw.value.clone());
        let key = self.slice(raw.key.clone()).to_string();
        if shape.is_list() {
            if !range.is_empty() {
                let text = self.slice(range.clone()).to_string();
                self.fail(SyntaxProblem::ListOnOneLine { key, text }, self.at(range));
                return Value::Missing(self.at(raw.value.clone()));
            }
            if raw.lines.is_empty() {
                let hoped = vec![diagnose::hoped_of_shape(shape)];
                self.fail(SyntaxProblem::MissingValue { key, hoped }, self.at(raw.key.clone()));
                return Value::Missing(self.at(raw.value.clone()));
            }
            return self.list(shape, raw);
        }
        if range.is_empty() {
            let hoped = vec![diagnose::hoped_of_shape(shape)];
            self.fail(SyntaxProblem::MissingValue { key, hoped }, self.at(raw.key.clone()));
            return Value::Missing(self.at(raw.value.clone()));
        }
        let word = raw.entry.map(|entry| keywords::field_word(entry.key, block, self.lang)).unwrap_or_default();
        self.of_shape(shape, range.clone(), word).unwrap_or_else(|| {
            // INVARIANT: `None` only after a problem.
            self.bad = true;
            Value::Missing(self.at(range))
        })
    }
}

/// The keyword of a `k_…` rule.
pub(super) fn keyword_of(rule: Rule) -> Option<Keyword> {
    use std::collections::HashMap;
    use std::sync::OnceLock;
    static KEYWORDS: OnceLock<HashMap<Rule, Keyword>> = OnceLock::new();
    let known = KEYWORDS.get_or_init(|| {
        let named = |rule: &Rule| Keyword::of_rule(&format!("{rule:?}")).map(|keyword| (*rule, keyword));
        Rule::all_rules().iter().filter_map(named).collect()
    });
    known.get(&rule).copied()
}
