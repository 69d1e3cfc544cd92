//! Text to lines: indentation, content, comment, the first colon outside strings, a string that does not end.

use super::keywords::is_blank;

/// A line with something on it besides blanks and a comment. All places are bytes of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// The first character that is not blank.
    pub start: usize,
    /// After the last character that is neither blank nor comment.
    pub end: usize,
    /// Columns of indentation; a tab goes on to the next multiple of [`TAB`].
    pub indent: usize,
    /// The first colon outside strings.
    pub colon: Option<usize>,
    /// Where a string starts that has no end on this line.
    pub unclosed: Option<usize>,
    /// A tab stands in the indentation.
    pub tabs: bool,
    /// A space stands in the indentation.
    pub spaces: bool,
}

/// A comment: from `#` to its last character that is not blank; alone on its line or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawComment {
    pub start: usize,
    pub end: usize,
    pub alone: bool,
}

/// Columns between tab stops.
const TAB: usize = 4;

/// The quotes that open a string, and those that close it.
const QUOTES: [(char, char); 3] = [('"', '"'), ('«', '»'), ('“', '”')];

/// The quote that closes what `open` opens.
pub(super) fn closing(open: char) -> Option<char> {
    QUOTES.iter().find(|(opens, _)| *opens == open).map(|(_, closes)| *closes)
}

/// True where a text is strings and blanks only; the last string may lack its end.
pub(super) fn only_strings(text: &str) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match closing(c) {
            Some(closes) => {
                chars.by_ref().find(|c| *c == closes);
            }
            None if is_blank(c) => {}
            None => return false,
        }
    }
    true
}

/// Every line that says something, and every comment.
pub(super) fn lines(text: &str) -> (Vec<Line>, Vec<RawComment>) {
    let mut lines = Vec::new();
    let mut comments = Vec::new();
    let mut at = 0;
    for whole in text.split_inclusive('\n') {
        read_line(whole, at, &mut lines, &mut comments);
        at += whole.len();
    }
    (lines, comments)
}

fn read_line(whole: &str, offset: usize, lines: &mut Vec<Line>, comments: &mut Vec<RawComment>) {
    let content = whole.trim_start_matches(is_blank);
    let start = whole.len() - content.len();
    let mut line = Line {
        start: offset + start,
        end: offset + start,
        indent: 0,
        colon: None,
        unclosed: None,
        tabs: false,
        spaces: false,
    };
    for c in whole.chars().take_while(|c| is_blank(*c)) {
        match c {
            '\t' => {
                line.tabs = true;
                line.indent = (line.indent / TAB + 1) * TAB;
            }
            '\u{feff}' | '\r' | '\n' => {}
            _ => {
                line.spaces = true;
                line.indent += 1;
            }
        }
    }
    let mut chars = content.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '#' {
            let text = content.get(at..).unwrap_or("").trim_end_matches(is_blank);
            let begin = offset + start + at;
            comments.push(RawComment { start: begin, end: begin + text.len(), alone: at == 0 });
            break;
        }
        if c == ':' && line.colon.is_none() {
            line.colon = Some(offset + start + at);
        }
        let mut last = (at, c);
        if let Some(closes) = closing(c) {
            match chars.by_ref().find(|(_, c)| *c == closes) {
                Some(found) => last = found,
                None => {
                    let text = content.trim_end_matches(is_blank);
                    line.unclosed = Some(offset + start + at);
                    line.end = offset + start + text.len();
                    break;
                }
            }
        }
        if !is_blank(last.1) {
            line.end = offset + start + last.0 + last.1.len_utf8();
        }
    }
    if line.end > line.start {
        lines.push(line);
    }
}
