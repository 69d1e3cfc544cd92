//! The words that qualify a figure, in definitions and in data: « plus de 50 000 », « une centaine », `between 40 and 60`.

use super::phrases::Keyword;
use super::{fold, is_blank};
use crate::types::Qualifier;

/// The words before a number.
pub const QUALIFIERS: [(Keyword, Qualifier); 6] = [
    (Keyword::MoreThan, Qualifier::MoreThan),
    (Keyword::LessThan, Qualifier::LessThan),
    (Keyword::SaidAtLeast, Qualifier::AtLeast),
    (Keyword::SaidAtMost, Qualifier::AtMost),
    (Keyword::Nearly, Qualifier::Nearly),
    (Keyword::About, Qualifier::About),
];

/// The words that are a number, about.
pub const ROUND_NUMBERS: [(Keyword, i64); 10] = [
    (Keyword::SomeTen, 10),
    (Keyword::SomeDozen, 12),
    (Keyword::SomeFifteen, 15),
    (Keyword::SomeTwenty, 20),
    (Keyword::SomeThirty, 30),
    (Keyword::SomeForty, 40),
    (Keyword::SomeFifty, 50),
    (Keyword::SomeSixty, 60),
    (Keyword::SomeHundred, 100),
    (Keyword::SomeThousand, 1000),
];

/// A cell of data that qualifies its number, in words of any language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QualifiedText {
    /// The qualifier, and the text of the number after it.
    Number(Qualifier, String),
    /// The qualifier, and the number that was a word: « une centaine ».
    Word(Qualifier, i64),
    /// The texts of both numbers: « entre 40 et 60 ».
    Between(String, String),
}

/// Reads the qualifier of a cell; `None` where it has none. The numbers are the caller's to read.
pub fn qualified_text(text: &str) -> Option<QualifiedText> {
    let folded = fold(text);
    let after = |keyword: Keyword| {
        let spellings = keyword.spellings();
        let all = spellings.fr.iter().chain(spellings.en);
        all.filter_map(|word| {
            let word = fold(word);
            let rest = folded.strip_prefix(word.as_str())?;
            (rest.is_empty() || rest.starts_with(is_blank) || word.ends_with('\''))
                .then(|| rest.trim_start().to_string())
        })
        .min_by_key(String::len)
    };
    let round = |text: &str| {
        ROUND_NUMBERS.iter().find_map(|(keyword, number)| {
            let spellings = keyword.spellings();
            spellings.fr.iter().chain(spellings.en).any(|word| fold(word) == text).then_some(*number)
        })
    };
    if let Some(number) = round(&folded) {
        return Some(QualifiedText::Word(Qualifier::About, number));
    }
    if let Some(rest) = after(Keyword::Between) {
        let (low, high) = rest.split_once(" et ").or_else(|| rest.split_once(" and "))?;
        return Some(QualifiedText::Between(low.trim().to_string(), high.trim().to_string()));
    }
    QUALIFIERS.iter().find_map(|(keyword, qualifier)| {
        let rest = after(*keyword)?;
        Some(match round(&rest) {
            Some(number) => QualifiedText::Word(*qualifier, number),
            None => QualifiedText::Number(*qualifier, rest),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_in_both_languages() {
        let number = |qualifier, text: &str| Some(QualifiedText::Number(qualifier, text.to_string()));
        assert_eq!(qualified_text("plus de 50\u{202f}000"), number(Qualifier::MoreThan, "50 000"));
        assert_eq!(qualified_text("Près de 2 140"), number(Qualifier::Nearly, "2 140"));
        assert_eq!(qualified_text("about 800"), number(Qualifier::About, "800"));
        assert_eq!(qualified_text("une centaine"), Some(QualifiedText::Word(Qualifier::About, 100)));
        assert_eq!(qualified_text("plus d’un millier"), Some(QualifiedText::Word(Qualifier::MoreThan, 1000)));
        assert_eq!(qualified_text("entre 40 et 60"), Some(QualifiedText::Between("40".into(), "60".into())));
        for other in ["800", "", "moinsde 3", "environnement", "entre"] {
            assert_eq!(qualified_text(other), None, "{other}");
        }
    }
}
