//! The table as pest rules: the text of `grammar/keywords.pest`.

use super::phrases::{Keyword, reserved};
use crate::text::Lang;
use std::fmt::Write;

/// The text of `grammar/keywords.pest`; a test keeps the file equal to it.
pub fn grammar() -> String {
    let mut out = String::from(
        "// Made from the keyword table (src/syntax/keywords): do not edit. `JAUGE_WRITE=1 cargo test keyword` rewrites it.\n\
         // Accents may be dropped, the first letter may be a capital, any blanks may stand between words.\n\n",
    );
    for keyword in Keyword::ALL {
        let spellings = keyword.spellings();
        let mut words: Vec<&str> = Lang::ALL.iter().flat_map(|lang| spellings.get(*lang).iter().copied()).collect();
        // PEG takes the first that fits: longer words come first.
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let mut seen = std::collections::HashSet::new();
        words.retain(|word| seen.insert(*word));
        let alternatives: Vec<String> = words.into_iter().map(spelling).collect();
        let _ = writeln!(out, "{} = @{{ {} }}", keyword.rule(), alternatives.join(" | "));
    }
    let words: Vec<String> = reserved().into_iter().map(spelling).collect();
    let _ =
        writeln!(out, "\n// Words that cannot be names, in either language.\nreserved = @{{ {} }}", words.join(" | "));
    out
}

/// One spelling as a sequence; words end where a name could not go on.
fn spelling(text: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut literal = String::new();
    let strict = Keyword::keeps_accents(text);
    let flush = |literal: &mut String, parts: &mut Vec<String>| {
        if !literal.is_empty() {
            parts.push(format!("\"{literal}\""));
            literal.clear();
        }
    };
    let single = text.chars().count() == 1;
    for (at, c) in text.chars().enumerate() {
        let capital = at == 0 && c.is_alphabetic() && !single;
        let base = base_letter(c);
        if c == ' ' {
            flush(&mut literal, &mut parts);
            parts.push("b+".into());
        } else if c == '\'' {
            flush(&mut literal, &mut parts);
            parts.push("apostrophe".into());
        } else if base != c || capital {
            flush(&mut literal, &mut parts);
            let mut forms: Vec<String> = Vec::new();
            for cased in [Some(c), capital.then(|| c.to_uppercase().next().unwrap_or(c))].into_iter().flatten() {
                forms.push(format!("\"{cased}\""));
                let plain = base_letter(cased);
                if plain != cased {
                    forms.push(format!("\"{plain}\" ~ mark{}", if strict { "" } else { "?" }));
                }
            }
            parts.push(format!("({})", forms.join(" | ")));
        } else {
            literal.push(c);
        }
    }
    flush(&mut literal, &mut parts);
    if text.chars().last().is_some_and(char::is_alphabetic) {
        parts.push("!word_char".into());
    }
    parts.join(" ~ ")
}

fn base_letter(c: char) -> char {
    use unicode_normalization::UnicodeNormalization;
    if c.is_alphabetic() { std::iter::once(c).nfd().next().unwrap_or(c) } else { c }
}
