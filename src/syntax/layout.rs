//! Lines to blocks, fields, details and list lines, by indentation alone: one bad block never hides the others. Values are
//! not read here.

use std::ops::Range;

use super::ast::{BlockKind, Key};
use super::keywords::{self, FieldEntry, Shape, is_blank};
use super::lines::{Line, only_strings};
use super::recover::{self, KeyFound};
use crate::problem::SyntaxProblem;

/// A block: its header line and what is indented under it.
#[derive(Debug)]
pub(super) struct RawBlock {
    pub kind: Option<BlockKind>,
    pub keyword: Range<usize>,
    /// What follows the block word.
    pub header: Range<usize>,
    /// The header has a string without end (reported).
    pub broken: bool,
    pub fields: Vec<RawField>,
    pub end: usize,
}

/// A field or a detail.
#[derive(Debug)]
pub(super) struct RawField {
    pub entry: Option<&'static FieldEntry>,
    pub key: Range<usize>,
    /// `inscriptions` in `données inscriptions:`.
    pub argument: Option<Range<usize>>,
    /// From after the colon to the end of the last continuation line; empty where nothing is written.
    pub value: Range<usize>,
    /// Something in the value was reported here already: it is not read.
    pub broken: bool,
    pub lines: Vec<ListLine>,
    pub details: Vec<RawField>,
    pub end: usize,
    /// The key was guessed: it does not count as a repetition.
    pub guessed: bool,
    /// List lines stand at the margin of their field (reported).
    flat: bool,
    indent: usize,
}

/// A line of a list field.
#[derive(Debug, Clone)]
pub(super) struct ListLine {
    pub indent: usize,
    pub text: Range<usize>,
    pub broken: bool,
}

/// What the layout found.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub blocks: Vec<RawBlock>,
    pub problems: Vec<(SyntaxProblem, Range<usize>)>,
}

/// Reads the blocks. `lang` is the language in which suggestions are written.
pub(super) fn layout(text: &str, lines: &[Line], lang: crate::text::Lang) -> Layout {
    let mut reader = Reader {
        text,
        lang,
        out: Layout::default(),
        field_indent: None,
        margin: false,
        marks: false,
        orphan: false,
        mixed: false,
    };
    reader.mixed = lines.iter().any(|line| line.tabs) && lines.iter().any(|line| line.spaces);
    let mut tabs: Option<Line> = None;
    let mut spaces: Option<Line> = None;
    for line in lines {
        if line.tabs && tabs.is_none() {
            tabs = Some(*line);
        }
        if line.spaces && spaces.is_none() {
            spaces = Some(*line);
        }
        reader.line(*line);
    }
    if let (Some(tabs), Some(spaces)) = (tabs, spaces) {
        let later = if tabs.start >= spaces.start { tabs } else { spaces };
        reader.report(SyntaxProblem::TabsMixed, later.start..later.end);
    }
    reader.out
}

struct Reader<'a> {
    text: &'a str,
    lang: crate::text::Lang,
    out: Layout,
    /// Columns at which the fields of the current block stand.
    field_indent: Option<usize>,
    /// A field at the margin was reported in this block.
    margin: bool,
    /// A mark at the end of a line was reported in this block.
    marks: bool,
    /// A line before any block was reported.
    orphan: bool,
    /// Tabs and spaces are mixed (reported once): depths that only follow from it are not reported.
    mixed: bool,
}

impl<'a> Reader<'a> {
    fn report(&mut self, problem: SyntaxProblem, at: Range<usize>) {
        self.out.problems.push((problem, at));
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or("")
    }

    fn kind(&self) -> Option<BlockKind> {
        self.out.blocks.last().and_then(|block| block.kind)
    }

    fn line(&mut self, mut line: Line) {
        if !self.line_end(&mut line) {
            return;
        }
        if let Some(at) = line.unclosed {
            let open = self.slice(at..line.end).chars().next().unwrap_or('"');
            let close = super::lines::closing(open).unwrap_or('"');
            self.report(
                SyntaxProblem::UnclosedString { text: self.slice(at..line.end).to_string(), close },
                at..line.end,
            );
        }
        if line.indent == 0 {
            self.at_margin(line);
        } else if self.out.blocks.is_empty() {
            self.before_blocks(line);
        } else {
            self.indented(line);
        }
        if let Some(block) = self.out.blocks.last_mut() {
            block.end = block.end.max(line.end);
        }
    }

    /// Cuts `;`, `{`, `}` at the end of a line; false where nothing is left.
    fn line_end(&mut self, line: &mut Line) -> bool {
        if line.unclosed.is_some() {
            return true;
        }
        let content = self.slice(line.start..line.end);
        let kept = content.trim_end_matches(|c: char| matches!(c, ';' | '{' | '}') || is_blank(c));
        if kept.len() == content.len() {
            return true;
        }
        let from = line.start + kept.len();
        if !self.marks {
            self.marks = true;
            let mark = self.slice(from..line.end).trim_matches(is_blank).to_string();
            let blanks =
                self.slice(from..line.end).len() - self.slice(from..line.end).trim_start_matches(is_blank).len();
            self.report(SyntaxProblem::LineEndMark { mark }, from + blanks..line.end);
        }
        line.end = from;
        !kept.is_empty()
    }

    fn before_blocks(&mut self, line: Line) {
        let word = recover::first_word(self.slice(line.start..line.end));
        if keywords::block_named(word).is_some() && line.colon.is_none() {
            self.report(SyntaxProblem::BlockIndented { word: word.to_string() }, line.start..line.start + word.len());
            self.open_block(line, keywords::block_named(word), word.len());
        } else if !self.orphan {
            self.orphan = true;
            self.report(
                SyntaxProblem::NoBlock { text: self.slice(line.start..line.end).to_string() },
                line.start..line.end,
            );
        }
    }

    fn at_margin(&mut self, line: Line) {
        let content = self.slice(line.start..line.end);
        let word = recover::first_word(content);
        if let Some(colon) = line.colon {
            let key = self.slice(line.start..colon).trim_end_matches(is_blank);
            let found = recover::exact_key(key, self.kind());
            let is_block = keywords::block_named(key).is_some();
            if let (Some(found), false) = (found, is_block) {
                if self.out.blocks.is_empty() {
                    if !self.orphan {
                        self.orphan = true;
                        self.report(SyntaxProblem::NoBlock { text: content.to_string() }, line.start..line.end);
                    }
                    return;
                }
                if !self.margin {
                    self.margin = true;
                    self.report(
                        SyntaxProblem::FieldAtMargin { word: key.to_string() },
                        line.start..line.start + key.len(),
                    );
                }
                let indent = self.field_indent.unwrap_or(2);
                self.open_field(line, found, colon, indent);
                return;
            }
        }
        match keywords::block_named(word) {
            Some(kind) => self.open_block(line, Some(kind), word.len()),
            None => {
                let guess = recover::guess_block(word, self.lang);
                let len = if word.is_empty() { content.len() } else { word.len() };
                let word = self.slice(line.start..line.start + len).to_string();
                let suggestion = guess.map(|kind| keywords::block_word(kind, self.lang).to_string());
                self.report(
                    SyntaxProblem::UnknownBlock { word, suggestion, lang: self.lang },
                    line.start..line.start + len,
                );
                self.open_block(line, guess, len);
                if let (None, Some(block)) = (guess, self.out.blocks.last_mut()) {
                    block.broken = true;
                }
            }
        }
    }

    fn open_block(&mut self, line: Line, kind: Option<BlockKind>, word: usize) {
        self.field_indent = None;
        self.margin = false;
        self.marks = false;
        let keyword = line.start..line.start + word;
        let mut header = keyword.end..line.unclosed.unwrap_or(line.end);
        if let Some(colon) = line.colon.filter(|colon| self.slice(keyword.end..*colon).chars().all(is_blank)) {
            if kind.is_some() {
                let word = self.slice(keyword.clone()).to_string();
                self.report(SyntaxProblem::BlockColon { word }, colon..colon + 1);
            }
            header.start = colon + 1;
        }
        self.out.blocks.push(RawBlock {
            kind,
            keyword,
            header,
            broken: line.unclosed.is_some(),
            fields: Vec::new(),
            end: line.end,
        });
    }

    fn indented(&mut self, line: Line) {
        let at = *self.field_indent.get_or_insert(line.indent);
        if line.indent > at {
            if let Some(open) = self.out.blocks.last().and_then(|block| block.fields.last()) {
                let (indent, entry) = (open.indent, open.entry);
                if line.indent > indent {
                    return self.deeper(line, entry);
                }
            }
        } else {
            self.field_indent = Some(line.indent);
        }
        self.field_line(line, line.indent);
    }

    /// A line at the level of fields.
    fn field_line(&mut self, line: Line, indent: usize) {
        let content = self.slice(line.start..line.end);
        if let Some(colon) = line.colon {
            let key = self.slice(line.start..colon).trim_end_matches(is_blank).to_string();
            let found = recover::key(&key, self.kind(), self.lang);
            return self.open_found(line, &key, found, colon, indent);
        }
        let word = recover::first_word(content);
        if keywords::block_named(word).is_some() && recover::looks_like_header(content, word) {
            self.report(SyntaxProblem::BlockIndented { word: word.to_string() }, line.start..line.start + word.len());
            return self.open_block(line, keywords::block_named(word), word.len());
        }
        let list = self.out.blocks.last().and_then(|block| block.fields.last()).filter(|field| {
            field.entry.is_some_and(|entry| entry.shape.is_list()) && (field.flat || field.lines.is_empty())
        });
        if let Some((entry, len)) = recover::starts_with_key(content, self.kind()) {
            let key = self.slice(line.start..line.start + len).to_string();
            let rest = self.slice(line.start + len..line.end).trim_start_matches(is_blank).to_string();
            self.report(SyntaxProblem::MissingColon { word: key, rest }, line.start..line.start + len);
            return self.open_field(line, (entry, None), line.start + len, indent);
        }
        if let Some(field) = list {
            let (flat, key) = (field.flat, field.key.clone());
            if !flat {
                let key = self.slice(key).to_string();
                self.report(SyntaxProblem::ListAtMargin { key }, line.start..line.end);
            }
            if let Some(field) = self.out.blocks.last_mut().and_then(|block| block.fields.last_mut()) {
                field.flat = true;
                push_line(field, line);
            }
            return;
        }
        let suggestion = recover::guess_in_line(content, self.kind(), self.lang);
        self.report(SyntaxProblem::NotAField { text: content.to_string(), suggestion }, line.start..line.end);
    }

    fn open_found(&mut self, line: Line, key: &str, found: KeyFound, colon: usize, indent: usize) {
        let span = line.start..line.start + key.len();
        match found {
            KeyFound::Known(entry, argument) => self.open_field(line, (entry, argument), colon, indent),
            KeyFound::Elsewhere(entry, blocks) => {
                let block =
                    self.kind().map(|kind| keywords::block_word(kind, self.lang).to_string()).unwrap_or_default();
                self.report(SyntaxProblem::FieldElsewhere { word: key.to_string(), block, blocks }, span);
                self.open_field(line, (entry, None), colon, indent);
                self.mark_guess(false);
            }
            KeyFound::Guess(entry, word) => {
                self.report(SyntaxProblem::UnknownField { word: key.to_string(), suggestion: Some(word) }, span);
                self.open_field(line, (entry, None), colon, indent);
                self.mark_guess(true);
            }
            KeyFound::Unknown => {
                // In a block whose word is unknown, fields are not held against it.
                if self.kind().is_some() {
                    self.report(SyntaxProblem::UnknownField { word: key.to_string(), suggestion: None }, span);
                }
                self.push_field(new_field(None, line, key.len(), None, colon, indent));
            }
        }
    }

    fn mark_guess(&mut self, keep: bool) {
        if let Some(field) = self.out.blocks.last_mut().and_then(|block| block.fields.last_mut()) {
            field.guessed = true;
            field.broken |= !keep;
        }
    }

    fn open_field(
        &mut self,
        line: Line,
        found: (&'static FieldEntry, Option<Range<usize>>),
        colon: usize,
        indent: usize,
    ) {
        let key = self.slice(line.start..colon).trim_end_matches(is_blank).len();
        let argument = found.1.map(|range| line.start + range.start..line.start + range.end);
        let field = new_field(Some(found.0), line, key, argument, colon, indent);
        self.push_field(field);
    }

    fn push_field(&mut self, mut field: RawField) {
        // The colon itself, where there is one.
        if self.slice(field.value.clone()).starts_with(':') {
            field.value.start += 1;
        }
        let blanks = self.slice(field.value.clone());
        field.value.start += blanks.len() - blanks.trim_start_matches(is_blank).len();
        if let Some(block) = self.out.blocks.last_mut() {
            block.fields.push(field);
        }
    }

    /// A line indented deeper than the current field.
    fn deeper(&mut self, line: Line, entry: Option<&'static FieldEntry>) {
        let content = self.slice(line.start..line.end);
        let is_list = entry.is_some_and(|entry| entry.shape.is_list());
        if let Some(colon) = line.colon {
            let key = self.slice(line.start..colon).trim_end_matches(is_blank).to_string();
            let detail = entry.and_then(|entry| recover::detail(&key, entry.key));
            if let Some(detail) = detail {
                return self.push_detail(line, Some(detail), colon, false);
            }
            let span = line.start..line.start + key.len();
            if let Some(found) = recover::exact_key(&key, self.kind()) {
                if !self.mixed {
                    self.report(SyntaxProblem::FieldTooDeep { word: key }, span);
                }
                let indent = self.field_indent.unwrap_or(line.indent);
                return self.open_field(line, found, colon, indent);
            }
            if !is_list {
                let guess = entry.and_then(|entry| recover::guess_detail(&key, entry.key, self.lang));
                let found = recover::key(&key, self.kind(), self.lang);
                match (guess, found) {
                    (Some((detail, word)), _) => {
                        self.report(SyntaxProblem::UnknownField { word: key, suggestion: Some(word) }, span);
                        self.push_detail(line, Some(detail), colon, true);
                    }
                    (None, KeyFound::Guess(entry, word)) => {
                        self.report(SyntaxProblem::UnknownField { word: key, suggestion: Some(word) }, span);
                        let indent = self.field_indent.unwrap_or(line.indent);
                        self.open_field(line, (entry, None), colon, indent);
                        self.mark_guess(true);
                    }
                    (None, KeyFound::Known(..) | KeyFound::Elsewhere(..) | KeyFound::Unknown) => {
                        self.report(SyntaxProblem::UnknownField { word: key, suggestion: None }, span);
                        self.push_detail(line, None, colon, true);
                    }
                }
                return;
            }
        }
        let missing_colon =
            entry.filter(|_| !is_list).and_then(|entry| recover::starts_with_detail(content, entry.key));
        let Some(field) = self.out.blocks.last_mut().and_then(|block| block.fields.last_mut()) else { return };
        field.end = field.end.max(line.end);
        if is_list {
            let labelled = entry.is_some_and(|entry| matches!(entry.shape, Shape::Members | Shape::Items));
            match field.lines.last_mut().filter(|above| labelled && continues(self.text, above, line)) {
                Some(above) => {
                    above.text.end = line.end;
                    above.broken |= line.unclosed.is_some();
                }
                None => push_line(field, line),
            }
            return;
        }
        if let Some((detail, len)) = missing_colon {
            let rest = self.slice(line.start + len..line.end).trim_start_matches(is_blank).to_string();
            let word = self.slice(line.start..line.start + len).to_string();
            self.report(SyntaxProblem::MissingColon { word, rest }, line.start..line.start + len);
            return self.push_detail(line, Some(detail), line.start + len, false);
        }
        // A continuation: of the last detail where it stands deeper than it, else of the field.
        let open = match field.details.last_mut() {
            Some(detail) if line.indent > detail.indent => detail,
            Some(_) | None => field,
        };
        if open.value.is_empty() {
            open.value.start = line.start;
        }
        open.value.end = line.end;
        open.end = open.end.max(line.end);
        open.broken |= line.unclosed.is_some();
    }

    fn push_detail(&mut self, line: Line, entry: Option<&'static FieldEntry>, colon: usize, guessed: bool) {
        let key = self.slice(line.start..colon).trim_end_matches(is_blank).len();
        let mut detail = new_field(entry, line, key, None, colon, line.indent);
        detail.guessed = guessed;
        if self.slice(detail.value.clone()).starts_with(':') {
            detail.value.start += 1;
        }
        let blanks = self.slice(detail.value.clone());
        detail.value.start += blanks.len() - blanks.trim_start_matches(is_blank).len();
        if let Some(field) = self.out.blocks.last_mut().and_then(|block| block.fields.last_mut()) {
            field.end = field.end.max(line.end);
            field.details.push(detail);
        }
    }
}

fn new_field(
    entry: Option<&'static FieldEntry>,
    line: Line,
    key: usize,
    argument: Option<Range<usize>>,
    value: usize,
    indent: usize,
) -> RawField {
    RawField {
        entry,
        key: line.start..line.start + key,
        argument,
        value: value..line.end.max(value),
        broken: line.unclosed.is_some(),
        lines: Vec::new(),
        details: Vec::new(),
        end: line.end,
        guessed: false,
        flat: false,
        indent,
    }
}

/// True for a deeper line of nothing but strings under a line that ends with one: strings that follow each other join.
fn continues(text: &str, above: &ListLine, line: Line) -> bool {
    let ends_with_string = text.get(above.text.clone()).is_some_and(|text| text.ends_with(['"', '»', '”']));
    let strings = text.get(line.start..line.unclosed.unwrap_or(line.end)).is_some_and(only_strings);
    line.indent > above.indent && ends_with_string && strings
}

fn push_line(field: &mut RawField, line: Line) {
    field.end = field.end.max(line.end);
    field.lines.push(ListLine { indent: line.indent, text: line.start..line.end, broken: line.unclosed.is_some() });
}

/// The field whose word is followed by a name: `données inscriptions:`.
pub(super) const WITH_ARGUMENT: Key = Key::Data;
