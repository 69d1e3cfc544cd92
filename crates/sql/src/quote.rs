//! Names, texts and remarks made safe: whatever a label holds, it stays inside its quotes or its comment.

/// How a literal says what it cannot hold as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// Quotes are doubled; nothing else means anything.
    Doubled,
    /// The same, and `E'…'` with backslashes for texts that hold a backslash or a control character, so that the answer does
    /// not depend on `standard_conforming_strings`.
    Prefixed,
    /// Backslashes escape; hidden characters are written byte by byte.
    Bytes,
    /// Backslashes escape; hidden characters are written by their number.
    Numbers,
}

/// A text literal.
pub(crate) fn literal(text: &str, escapes: Escapes) -> String {
    let special = |c: char| c == '\\' || is_hidden(c);
    match escapes {
        Escapes::Doubled => format!("'{}'", text.replace('\'', "''")),
        Escapes::Prefixed if !text.contains(special) => format!("'{}'", text.replace('\'', "''")),
        Escapes::Prefixed => {
            let mut out = String::from("E'");
            for c in text.chars() {
                match c {
                    '\'' => out.push_str("''"),
                    '\\' => out.push_str("\\\\"),
                    c if is_hidden(c) && u32::from(c) < 0x1_0000 => out.push_str(&format!("\\u{:04X}", u32::from(c))),
                    c if is_hidden(c) => out.push_str(&format!("\\U{:08X}", u32::from(c))),
                    c => out.push(c),
                }
            }
            out.push('\'');
            out
        }
        Escapes::Bytes | Escapes::Numbers => {
            let mut out = String::from("'");
            for c in text.chars() {
                match c {
                    '\'' => out.push_str("\\'"),
                    '\\' => out.push_str("\\\\"),
                    '\n' => out.push_str("\\n"),
                    '\r' => out.push_str("\\r"),
                    '\t' => out.push_str("\\t"),
                    '\0' => out.push_str("\\0"),
                    c if is_hidden(c) => match escapes {
                        Escapes::Numbers if u32::from(c) < 0x1_0000 => {
                            out.push_str(&format!("\\u{:04X}", u32::from(c)));
                        }
                        Escapes::Numbers => out.push(c),
                        Escapes::Bytes | Escapes::Doubled | Escapes::Prefixed => {
                            let mut bytes = [0; 4];
                            for byte in c.encode_utf8(&mut bytes).bytes() {
                                out.push_str(&format!("\\x{byte:02X}"));
                            }
                        }
                    },
                    c => out.push(c),
                }
            }
            out.push('\'');
            out
        }
    }
}

/// A quoted identifier.
///
/// `backslash`: backslashes escape in names as they do in texts.
pub(crate) fn identifier(name: &str, mark: char, backslash: bool) -> String {
    let mut out = String::from(mark);
    for c in name.chars() {
        if c == mark || (c == '\\' && backslash) {
            out.push(c);
        }
        out.push(c);
    }
    out.push(mark);
    out
}

/// A remark that cannot end before its line does: no line ends, no hidden signs, nothing that turns the reading direction.
pub(crate) fn remark(text: &str) -> String {
    const LONGEST: usize = 400;
    let mut out: String = text.chars().take(LONGEST).map(|c| if is_hidden(c) { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    format!("-- {}", out.trim())
}

/// Control characters, line ends, marks of direction and signs without a shape.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_quotes() {
        let hostile = "a'b\"c\\d`e\n-- f */ $$ \u{202e}";
        assert_eq!(literal(hostile, Escapes::Doubled), "'a''b\"c\\d`e\n-- f */ $$ \u{202e}'");
        assert_eq!(literal(hostile, Escapes::Prefixed), "E'a''b\"c\\\\d`e\\u000A-- f */ $$ \\u202E'");
        assert_eq!(literal(hostile, Escapes::Bytes), "'a\\'b\"c\\\\d`e\\n-- f */ $$ \\xE2\\x80\\xAE'");
        assert_eq!(literal(hostile, Escapes::Numbers), "'a\\'b\"c\\\\d`e\\n-- f */ $$ \\u202E'");
        assert_eq!(literal("plain", Escapes::Prefixed), "'plain'");
        assert_eq!(identifier("a\"b`c\\d", '"', false), "\"a\"\"b`c\\d\"");
        assert_eq!(remark("x\n; DROP TABLE y; \u{2028} -- */"), "-- x ; DROP TABLE y;   -- */");
    }
}
