//! Bytes of XML to its tags and texts, one after the other and none of them kept: what the parts of an `.xlsx` need and no more.
//! Names come without their prefix, document types are refused (so that there are no entities to expand), and a tag or a text
//! has a greatest length.

use std::borrow::Cow;
use std::io::{self, Read};

use memchr::{memchr, memmem};

use crate::limits;

/// A piece of XML.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// `<c r="A1">`, `<c r="A1"/>`.
    Open { name: &'a [u8], attributes: Attributes<'a>, empty: bool },
    /// `</c>`.
    Close { name: &'a [u8] },
    /// Text as written, with its references.
    Text(&'a [u8]),
    /// Text that stands for itself.
    Literal(&'a [u8]),
    /// The end of the document.
    End,
}

/// Bytes read at a time.
const READ: usize = 1 << 16;

/// A document that is read.
pub(crate) struct Xml<R> {
    reader: R,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
}

/// What is wrong with the document.
pub(crate) fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_string())
}

impl<R: Read> Xml<R> {
    pub(crate) fn new(reader: R) -> Xml<R> {
        Xml { reader, buffer: Vec::with_capacity(2 * READ), at: 0, ended: false }
    }

    /// The next piece.
    pub(crate) fn next(&mut self) -> io::Result<Token<'_>> {
        loop {
            let Some(first) = self.byte(0)? else { return Ok(Token::End) };
            if first != b'<' {
                let end = self.find(0, |rest| memchr(b'<', rest))?.unwrap_or(self.buffer.len() - self.at);
                return Ok(Token::Text(self.take(end, 0)));
            }
            match self.byte(1)? {
                Some(b'?') => {
                    let end = self.after(2, b"?>")?;
                    self.at += end;
                }
                Some(b'!') => {
                    if self.starts(b"<!--")? {
                        let end = self.after(4, b"-->")?;
                        self.at += end;
                    } else if self.starts(b"<![CDATA[")? {
                        let end = self.after(9, b"]]>")?;
                        let text = self.take(end, 0);
                        return Ok(Token::Literal(text.get(9..text.len() - 3).unwrap_or(&[])));
                    } else {
                        return Err(wrong("a document type in XML"));
                    }
                }
                Some(_) => {
                    let end = self.find(1, tag_end)?.ok_or_else(|| wrong("a tag that does not end"))?;
                    return tag(self.take(end, 1));
                }
                None => return Err(wrong("a tag that does not end")),
            }
        }
    }

    /// The text up to the end of the element that is open, references resolved; whatever stands inside is left out.
    pub(crate) fn text(&mut self, into: &mut String) -> io::Result<()> {
        let mut depth = 0u32;
        loop {
            match self.next()? {
                Token::Open { empty: true, .. } => {}
                Token::Open { .. } => depth += 1,
                Token::Close { .. } if depth == 0 => return Ok(()),
                Token::Close { .. } => depth -= 1,
                Token::Text(text) if depth == 0 => resolve(text, into)?,
                Token::Literal(text) if depth == 0 => into.push_str(utf8(text)?),
                Token::Text(_) | Token::Literal(_) => {}
                Token::End => return Err(wrong("XML that does not end")),
            }
        }
    }

    /// Leaves the element that is open behind.
    pub(crate) fn skip(&mut self) -> io::Result<()> {
        let mut depth = 0u32;
        loop {
            match self.next()? {
                Token::Open { empty: false, .. } => depth += 1,
                Token::Close { .. } if depth == 0 => return Ok(()),
                Token::Close { .. } => depth -= 1,
                Token::Open { .. } | Token::Text(_) | Token::Literal(_) => {}
                Token::End => return Err(wrong("XML that does not end")),
            }
        }
    }

    /// So many bytes and what stands after them, which is left behind.
    fn take(&mut self, end: usize, more: usize) -> &[u8] {
        let start = self.at;
        self.at = (start + end + more).min(self.buffer.len());
        self.buffer.get(start..start + end).unwrap_or(&[])
    }

    fn byte(&mut self, offset: usize) -> io::Result<Option<u8>> {
        while self.buffer.len() <= self.at + offset {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(self.buffer.get(self.at + offset).copied())
    }

    fn starts(&mut self, with: &[u8]) -> io::Result<bool> {
        self.byte(with.len() - 1)?;
        Ok(self.buffer.get(self.at..).is_some_and(|rest| rest.starts_with(with)))
    }

    /// Where something is, from here on; `None` where the document ends before.
    fn find(&mut self, from: usize, sought: impl Fn(&[u8]) -> Option<usize>) -> io::Result<Option<usize>> {
        loop {
            if let Some(found) = self.buffer.get(self.at + from..).and_then(&sought) {
                return Ok(Some(from + found));
            }
            if self.buffer.len() - self.at > limits::RECORD {
                return Err(wrong("a tag or text that is too long"));
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// One past these signs.
    fn after(&mut self, from: usize, signs: &[u8]) -> io::Result<usize> {
        let found = self.find(from, |rest| memmem::find(rest, signs))?;
        found.map(|found| found + signs.len()).ok_or_else(|| wrong("XML that does not end"))
    }

    /// Reads on, at least as much as is kept, so that looking again costs no more than reading.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let wanted = READ.max(self.buffer.len());
        let read = self.reader.by_ref().take(wanted as u64).read_to_end(&mut self.buffer)?;
        self.ended = read == 0;
        Ok(read > 0)
    }
}

/// The `>` of a tag: none in quotes.
fn tag_end(rest: &[u8]) -> Option<usize> {
    let mut quote = 0u8;
    rest.iter().position(|byte| {
        match byte {
            b'>' if quote == 0 => return true,
            b'"' | b'\'' if quote == 0 => quote = *byte,
            byte if *byte == quote => quote = 0,
            _ => {}
        }
        false
    })
}

/// A tag from its `<` to before its `>`.
fn tag(bytes: &[u8]) -> io::Result<Token<'_>> {
    let inner = bytes.get(1..).unwrap_or(&[]);
    if let Some(name) = inner.strip_prefix(b"/") {
        return Ok(Token::Close { name: local(name.trim_ascii_end()) });
    }
    let (inner, empty) = inner.strip_suffix(b"/").map_or((inner, false), |inner| (inner, true));
    let end = inner.iter().position(u8::is_ascii_whitespace).unwrap_or(inner.len());
    let (name, rest) = inner.split_at(end);
    if name.is_empty() {
        return Err(wrong("a tag without a name"));
    }
    Ok(Token::Open { name: local(name), attributes: Attributes(rest), empty })
}

/// A name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    memchr(b':', name).and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

/// The attributes of a tag, in order: names without their prefix, values as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attributes<'a>(&'a [u8]);

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_ascii_start();
        let equals = memchr(b'=', rest)?;
        let name = rest.get(..equals)?.trim_ascii_end();
        let rest = rest.get(equals + 1..)?.trim_ascii_start();
        let (quote, rest) = rest.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
        let end = memchr(*quote, rest)?;
        self.0 = rest.get(end + 1..)?;
        Some((local(name), rest.get(..end)?))
    }
}

impl<'a> Attributes<'a> {
    /// One value, references resolved.
    pub(crate) fn get(mut self, name: &[u8]) -> io::Result<Option<String>> {
        let Some((_, value)) = self.find(|(found, _)| *found == name) else { return Ok(None) };
        let mut text = String::new();
        resolve(value, &mut text)?;
        Ok(Some(text))
    }
}

fn utf8(bytes: &[u8]) -> io::Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| wrong("XML that is not UTF-8"))
}

/// Text with `&amp;` and its like as what they stand for, and one line end.
pub(crate) fn resolve(bytes: &[u8], into: &mut String) -> io::Result<()> {
    let text = utf8(bytes)?;
    let text = match memchr(b'\r', bytes) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
    };
    let mut rest = text.as_ref();
    while let Some((before, after)) = rest.split_once('&') {
        into.push_str(before);
        let (name, after) = after.split_once(';').ok_or_else(|| wrong("a reference that does not end"))?;
        let sign = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            name => match name.strip_prefix('#') {
                Some(number) => number
                    .strip_prefix(['x', 'X'])
                    .map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16))
                    .ok()
                    .and_then(char::from_u32),
                None => None,
            },
        };
        into.push(sign.ok_or_else(|| wrong("an unknown reference"))?);
        rest = after;
    }
    into.push_str(rest);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One byte at a time: every border is met.
    struct Slowly<'a>(&'a [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = buffer.len().min(1);
            self.0.read(&mut buffer[..count])
        }
    }

    fn shown(text: &str) -> String {
        let mut xml = Xml::new(Slowly(text.as_bytes()));
        let mut out = String::new();
        let of = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        loop {
            match xml.next() {
                Ok(Token::Open { name, attributes, empty }) => {
                    let attributes: Vec<String> =
                        attributes.map(|(name, value)| format!(" {}={}", of(name), of(value))).collect();
                    out += &format!("<{}{}{}>", of(name), attributes.concat(), if empty { "/" } else { "" });
                }
                Ok(Token::Close { name }) => out += &format!("</{}>", of(name)),
                Ok(Token::Text(text) | Token::Literal(text)) => out += &of(text),
                Ok(Token::End) => return out,
                Err(error) => return format!("{out}!{error}"),
            }
        }
    }

    #[test]
    fn tags_and_texts() {
        assert_eq!(
            shown("<?xml version='1.0'?><!-- <x> --><x:a b = \"1>2\" n:c='\"'  ><d/>e&amp;f<![CDATA[<g>]]></x:a >"),
            "<a b=1>2 c=\"><d/>e&amp;f<g></a>"
        );
        assert_eq!(shown("<a"), "!a tag that does not end");
        assert_eq!(shown("<!DOCTYPE a>"), "!a document type in XML");
        assert_eq!(shown("<>"), "!a tag without a name");
        assert_eq!(shown("<a>b<!--"), "<a>b!XML that does not end");
        assert_eq!(shown("<a b>"), "<a>");
    }

    #[test]
    fn references_are_resolved() {
        let of = |text: &str| {
            let mut out = String::new();
            resolve(text.as_bytes(), &mut out).map(|()| out).map_err(|error| error.to_string())
        };
        assert_eq!(of("a&lt;b&#233;&#xe9;&quot;\r\nc"), Ok("a<béé\"\nc".to_string()));
        assert_eq!(of("a&nbsp;"), Err("an unknown reference".to_string()));
        assert_eq!(of("a&b"), Err("a reference that does not end".to_string()));
        let mut text = String::new();
        Xml::new(&b"un <b>x<c/></b>deux</t>"[..]).text(&mut text).expect("it ends");
        assert_eq!(text, "un deux");
    }
}
