//! Problems for people: the line of text with the place marked, in colour where there is colour.
//!
//! The only place that knows miette. It is given an excerpt that this file cuts out itself: miette counts columns in bytes,
//! shows lines of any length and loses marks at the end of a file. Its word for help is English, so help is written here.

use std::fmt::Write as _;

use jauge::problem::{Place, Problem, Severity};
use jauge::text::{Files, Lang, SourceFile, Span};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use unicode_width::UnicodeWidthStr;

use super::place::{cell, table};
use super::plain;

/// Characters of a source line that are shown, around the mark.
const LINE: usize = 200;

/// Lines of one place that are shown: a mark over more lines keeps its first ones.
const LINES: usize = 8;

/// Renders problems for people.
pub struct Human<'a> {
    lang: Lang,
    colour: bool,
    width: usize,
    files: &'a Files,
    handler: GraphicalReportHandler,
}

impl<'a> Human<'a> {
    /// Language, colour and width are fixed here: nothing is taken from the environment.
    pub fn new(lang: Lang, colour: bool, width: usize, files: &'a Files) -> Self {
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_links(false)
            .with_context_lines(1)
            .with_break_words(false)
            .without_syntax_highlighting();
        Human { lang, colour, width, files, handler }
    }

    /// One problem, ended by an empty line.
    pub fn problem(&mut self, problem: &Problem) -> String {
        let mut words = problem.words(self.lang);
        for text in [&mut words.title, &mut words.label, &mut words.help].into_iter().chain(&mut words.also) {
            *text = plain(text);
        }
        let mut excerpt = Excerpt::default();
        let mut labels = Vec::new();
        let mut elsewhere = Vec::new();
        let places = std::iter::once((&problem.at, words.label.as_str()))
            .chain(problem.also.iter().zip(words.also.iter().map(String::as_str)));
        let mut spans: Vec<(Span, &str, bool)> = Vec::new();
        for (at, (place, label)) in places.enumerate() {
            match place {
                Place::Text(span) => spans.push((*span, label, at == 0)),
                Place::Data(data) => elsewhere.push((plain(&cell(data, self.lang)), label)),
                Place::Path(path) => elsewhere.push((plain(path), label)),
                Place::Table(at) => elsewhere.push((plain(&table(at, self.lang)), label)),
            }
        }
        for (span, label, primary) in excerpt.fill(&spans, self.files) {
            let label = (!label.is_empty()).then(|| label.to_string());
            labels.push(match primary {
                true => LabeledSpan::new_primary_with_span(label, span),
                false => LabeledSpan::new_with_span(label, span),
            });
        }
        let shown = Shown { title: words.title, code: problem.code(), severity: problem.severity(), excerpt, labels };
        let mut out = String::new();
        // Writing to a string does not fail, and the excerpt answers every span that it gave out.
        let _ = self.handler.render_report(&mut out, &shown);
        // In French and in the terminal, an empty line after the code is one line too many.
        let mut out = out.replacen("\n\n", "\n", 1);
        for (place, label) in elsewhere {
            let _ = writeln!(out, "   ╭─[{}]", self.paint(&place, "36"));
            if !label.is_empty() {
                for line in wrap(label, self.width.saturating_sub(6)) {
                    let _ = writeln!(out, "   │ {line}");
                }
            }
            let _ = writeln!(out, "   ╰────");
        }
        if !words.help.is_empty() {
            let word = self.lang.pick("aide : ", "help: ");
            let indent = " ".repeat(word.width() + 2);
            let mut lines = words.help.lines().flat_map(|line| wrap(line, self.width.saturating_sub(indent.len())));
            let first = lines.next().unwrap_or_default();
            let _ = writeln!(out, "  {}{first}", self.paint(word, "36"));
            for line in lines {
                let _ = writeln!(out, "{indent}{line}");
            }
        }
        out.push('\n');
        out
    }

    fn paint(&self, text: &str, colour: &str) -> String {
        if self.colour { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_string() }
    }
}

/// Breaks at plain spaces; text to be pasted stays whole on its line where it is indented.
fn wrap(text: &str, width: usize) -> Vec<String> {
    if text.starts_with(' ') || text.width() <= width {
        return vec![text.to_string()];
    }
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(word.to_string());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[derive(Debug)]
struct Shown {
    title: String,
    code: &'static str,
    severity: Severity,
    excerpt: Excerpt,
    labels: Vec<LabeledSpan>,
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.labels.is_empty()).then_some(&self.excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}

/// The lines that are shown, copied out of one or several files, long ones cut.
#[derive(Debug, Default)]
struct Excerpt {
    text: String,
    lines: Vec<Line>,
}

/// One line of the excerpt.
#[derive(Debug)]
struct Line {
    path: String,
    /// Number of the line in its file, from 1.
    number: usize,
    /// Where it starts in the excerpt, and where it ends without its line end.
    start: usize,
    end: usize,
    /// Characters of the real line that were cut before it, less the mark of the cut.
    before: usize,
    /// Lines of one run follow each other in one file.
    run: usize,
}

impl Excerpt {
    /// Copies the lines around the spans; answers the spans in the excerpt, in the order given.
    fn fill<'w>(&mut self, spans: &[(Span, &'w str, bool)], files: &Files) -> Vec<(SourceSpan, &'w str, bool)> {
        // Which lines of which file, with the first marked byte of each for the cut.
        let mut wanted: Vec<(jauge::text::FileId, usize)> = Vec::new();
        for (span, _, _) in spans {
            let Some(file) = files.get(span.file) else { continue };
            let first = file.line_column(span.start).0;
            let last = file.line_column(last_byte(*span)).0.min(first + LINES);
            wanted.extend((first.saturating_sub(1).max(1)..=last + 1).map(|line| (span.file, line)));
        }
        wanted.sort_unstable();
        wanted.dedup();
        let mut places: Vec<(jauge::text::FileId, usize, usize, usize, usize)> = Vec::new();
        let mut before: Option<(jauge::text::FileId, usize)> = None;
        let mut run = 0;
        for (id, number) in wanted {
            let Some(file) = files.get(id) else { continue };
            let Some((line_start, text)) = line_of(file, number) else { continue };
            let masked = without_password(text);
            let text = masked.as_str();
            if before != Some((id, number.saturating_sub(1))) {
                run += 1;
            }
            before = Some((id, number));
            let marked = spans.iter().filter(|(span, _, _)| span.file == id).filter_map(|(span, _, _)| {
                let start = span.start as usize;
                (start >= line_start && start <= line_start + text.len()).then(|| start - line_start)
            });
            let (from, cut) = cut(text, marked.min().unwrap_or(0));
            let skipped = text.get(..from).map_or(0, |before| before.chars().count());
            let mark = if from > 0 { "…" } else { "" };
            let start = self.text.len();
            self.text.push_str(mark);
            for c in cut.chars() {
                // A control character would move the cursor of the terminal.
                self.text.push(if c.is_control() && c != '\t' { same_width(c) } else { c });
            }
            let text_start = start + mark.len();
            if from + cut.len() < text.len() {
                self.text.push('…');
            }
            let end = self.text.len();
            self.text.push('\n');
            self.lines.push(Line {
                path: file.path.clone(),
                number,
                start,
                end,
                before: skipped.saturating_sub(mark.chars().count()),
                run,
            });
            places.push((id, line_start + from, line_start + from + cut.len(), text_start, text_start + cut.len()));
        }
        spans
            .iter()
            .filter_map(|(span, label, primary)| {
                let map = |offset: usize| {
                    let of_file = || places.iter().filter(|place| place.0 == span.file);
                    let (_, from, to, start, end) =
                        *of_file().rev().find(|place| place.1 <= offset).or_else(|| of_file().next())?;
                    Some((start + offset.clamp(from, to).saturating_sub(from)).min(end))
                };
                let (start, end) = (map(span.start as usize)?, map(last_byte(*span) as usize + 1)?);
                let start = self.floor(start);
                let line = self.lines.iter().find(|line| line.start <= start && start <= line.end)?;
                // A mark without width, or at the end of a line, is one character wide: miette would lose it.
                let end = match span.start == span.end {
                    true => start,
                    false => self.ceil(end.max(start)),
                };
                let _ = line;
                Some((SourceSpan::from((start, end.saturating_sub(start))), *label, *primary))
            })
            .collect()
    }

    fn floor(&self, mut at: usize) -> usize {
        at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn ceil(&self, mut at: usize) -> usize {
        at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        at
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let at = |offset: usize| self.lines.iter().position(|line| line.start <= offset && offset <= line.end);
        let first = at(span.offset()).ok_or(MietteError::OutOfBounds)?;
        let last = at(span.offset() + span.len()).ok_or(MietteError::OutOfBounds)?;
        let run = |index: usize| self.lines.get(index).map(|line| line.run);
        if run(first) != run(last) {
            return Err(MietteError::OutOfBounds);
        }
        let near = |index: &usize| run(*index) == run(first);
        let from = (first.saturating_sub(before)..=first).find(near).unwrap_or(first);
        let to = (last..=last + after).take_while(near).last().unwrap_or(last);
        let (Some(head), Some(start), Some(end)) = (self.lines.get(first), self.lines.get(from), self.lines.get(to))
        else {
            return Err(MietteError::OutOfBounds);
        };
        // With context, contents are whole lines; without, they only tell the line and column of the mark itself.
        let (line, column) = match before + after {
            0 => {
                let text = self.text.get(head.start..span.offset()).unwrap_or("");
                (head.number, head.before + text.trim_start_matches('\u{feff}').chars().count())
            }
            _ => (start.number, 0),
        };
        let data = self.text.get(start.start..end.end).unwrap_or("").as_bytes();
        Ok(Box::new(MietteSpanContents::new_named(
            head.path.clone(),
            data,
            SourceSpan::from((start.start, data.len())),
            line.saturating_sub(1),
            column,
            to - from + 1,
        )))
    }
}

/// The line with stars for the password of an address, byte for byte, so that marks stay where they are.
fn without_password(line: &str) -> String {
    let mut bytes = line.as_bytes().to_vec();
    let mut hide = |from: usize, to: usize| {
        if let Some(secret) = bytes.get_mut(from..to) {
            secret.fill(b'*');
        }
    };
    let lower = line.to_ascii_lowercase();
    for (at, scheme) in lower.match_indices("postgres").chain(lower.match_indices("postgresql")) {
        let Some(rest) = lower.get(at + scheme.len()..).and_then(|rest| rest.strip_prefix("://")) else { continue };
        let start = at + scheme.len() + 3;
        let length = rest.find(['"', '»']).unwrap_or(rest.len());
        let address = rest.get(..length).unwrap_or("");
        if let Some((before, _)) = address.rsplit_once('@')
            && let Some((user, password)) = before.split_once(':')
        {
            let from = start + user.len() + 1;
            hide(from, from + password.len());
        }
        for name in ["password=", "passwd=", "pwd="] {
            for (found, _) in address.match_indices(name) {
                let from = start + found + name.len();
                let value = lower.get(from..start + length).unwrap_or("");
                hide(from, from + value.find('&').unwrap_or(value.len()));
            }
        }
    }
    // Whole values between ASCII signs are replaced by ASCII, so that the text stays UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}

/// The last byte of a span, or its start when it is empty.
fn last_byte(span: Span) -> u32 {
    span.end.saturating_sub(1).max(span.start)
}

/// A character of the same number of bytes, so that offsets stay.
fn same_width(c: char) -> char {
    match c.len_utf8() {
        1 => ' ',
        2 => '\u{a0}',
        _ => '\u{2007}',
    }
}

/// Where a line starts in its file, and its text; `None` past the end.
fn line_of(file: &SourceFile, number: usize) -> Option<(usize, &str)> {
    Some((file.line_start(number)? as usize, file.line(number)))
}

/// The part of a line that is shown: [`LINE`] characters, a third of them before the mark. Answers its first byte too.
fn cut(text: &str, mark: usize) -> (usize, &str) {
    if text.chars().count() <= LINE {
        return (0, text);
    }
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let marked = starts.partition_point(|start| *start < mark);
    let first = marked.saturating_sub(LINE / 3).min(starts.len().saturating_sub(LINE));
    let from = starts.get(first).copied().unwrap_or(0);
    let to = starts.get(first + LINE).copied().unwrap_or(text.len());
    (from, text.get(from..to).unwrap_or(""))
}
