//! Numbers in the file's language, quantities, periods, days of the year, literals of conditions.

use super::names::normal;
use super::{Lower, Pair};
use crate::problem::SyntaxProblem;
use crate::syntax::ast::{Literal, Name, PeriodText, Quantity};
use crate::syntax::grammar::Rule;
use crate::syntax::keywords::{self, Keyword, fold};
use crate::syntax::limits;
use crate::text::{Lang, Span};
use crate::types::{Date, Number, Qualifier};

/// A number as typed: digits between marks.
struct Digits {
    whole: String,
    fraction: String,
    /// Written as the language wants it.
    style: bool,
    /// One to three digits and then threes, or no groups at all.
    grouped: bool,
}

fn digits(text: &str, lang: Lang) -> Digits {
    let mut parts: Vec<(char, String)> = vec![(' ', String::new())];
    for c in text.chars() {
        if c.is_ascii_digit() {
            if let Some((_, part)) = parts.last_mut() {
                part.push(c);
            }
        } else {
            parts.push((if matches!(c, '\u{a0}' | '\u{202f}') { ' ' } else { c }, String::new()));
        }
    }
    let (decimal, group) = lang.pick((',', ' '), ('.', ','));
    let first_is_zero = parts.first().is_some_and(|(_, part)| part == "0");
    let marks: Vec<char> = parts.iter().skip(1).map(|(mark, _)| *mark).collect();
    let last = parts.last().map(|(mark, part)| (*mark, part.len()));
    let is_decimal = match last {
        Some((mark @ ('.' | ','), len)) if parts.len() > 1 => {
            let once = marks.iter().filter(|other| **other == mark).count() == 1;
            once && (mark == decimal || len != 3 || first_is_zero || marks.len() > 1)
        }
        Some(_) | None => false,
    };
    let fraction = if is_decimal { parts.pop().map(|(_, part)| part).unwrap_or_default() } else { String::new() };
    let groups = parts.get(1..).unwrap_or(&[]);
    let style = groups.iter().all(|(mark, _)| *mark == group) && (!is_decimal || marks.last() == Some(&decimal));
    let first_len = parts.first().map_or(0, |(_, part)| part.len());
    let grouped = groups.is_empty() || (first_len <= 3 && groups.iter().all(|(_, part)| part.len() == 3));
    let whole = parts.iter().map(|(_, part)| part.as_str()).collect();
    Digits { whole, fraction, style, grouped }
}

/// The same number as the language writes it.
fn written(digits: &Digits, lang: Lang) -> String {
    let mut out = String::new();
    let count = digits.whole.len();
    for (at, digit) in digits.whole.chars().enumerate() {
        if at > 0 && (count - at).is_multiple_of(3) {
            out.push_str(lang.pick(" ", ","));
        }
        out.push(digit);
    }
    if !digits.fraction.is_empty() {
        out.push_str(lang.pick(",", "."));
        out.push_str(&digits.fraction);
    }
    out
}

impl Lower<'_> {
    /// A number and its decimals; another style than the file's is reported.
    pub(super) fn number(&mut self, pair: &Pair<'_>) -> Option<(Number, u8)> {
        let (text, span) = (pair.as_str(), self.span(pair));
        let read = digits(text, self.lang);
        if !read.style || !read.grouped {
            let (text, right, lang) = (text.to_string(), written(&read, self.lang), self.lang);
            let problem = if read.style {
                SyntaxProblem::NumberGroups { text, right, lang }
            } else {
                SyntaxProblem::NumberOfOtherLanguage { text, right, lang }
            };
            self.fail(problem, span);
            return None;
        }
        if read.fraction.len() > usize::from(limits::DECIMALS) {
            self.fail(SyntaxProblem::TooManyDecimals { limit: limits::DECIMALS }, span);
            return None;
        }
        if read.whole.len() > limits::DIGITS {
            let limit = self.lang.pick(format!("{} chiffres", limits::DIGITS), format!("{} digits", limits::DIGITS));
            self.fail(SyntaxProblem::TooBig { limit }, span);
            return None;
        }
        let decimals = u8::try_from(read.fraction.len()).unwrap_or(limits::DECIMALS);
        let plain = if decimals == 0 { read.whole } else { format!("{}.{}", read.whole, read.fraction) };
        Number::parse_plain(&plain).map(|value| (value, decimals))
    }

    /// `sign? number unit?`, or the same without sign.
    pub(super) fn quantity(&mut self, pair: &Pair<'_>) -> Option<Quantity> {
        let span = self.span(pair);
        let (mut negative, mut number, mut unit) = (false, None, None);
        let (mut qualifier, mut as_word) = (None, false);
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::sign => negative = inner.into_inner().any(|sign| sign.as_rule() == Rule::k_minus),
                Rule::number | Rule::bare_number => number = Some(self.number(&inner)?),
                Rule::unit_per => unit = self.unit_per(&inner),
                Rule::qualifier => qualifier = inner.into_inner().next().and_then(|word| qualifier_of(word.as_rule())),
                Rule::round => {
                    as_word = true;
                    number = inner.into_inner().next().and_then(|word| round_number(word.as_rule()));
                }
                _ => {}
            }
        }
        let (value, decimals) = number?;
        let qualifier = qualifier.or(as_word.then_some(Qualifier::About));
        let value = if negative { -value } else { value };
        Some(Quantity { value, decimals, unit, qualifier, as_word, span })
    }

    /// `2019-2020`, `2016 à 2020`
    pub(super) fn period_text(&mut self, pair: &Pair<'_>) -> Option<PeriodText> {
        let span = self.span(pair);
        let mut periods = Vec::new();
        let mut dash = false;
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::period => periods.push(inner),
                Rule::window_dash => dash = true,
                _ => {}
            }
        }
        if dash {
            let text = self.slice(span.range()).to_string();
            let words: Vec<&str> = periods.iter().map(|period| period.as_str()).collect();
            let right = words.join(&format!(" {} ", Keyword::To.word(self.lang)));
            self.fail(SyntaxProblem::WindowDash { text, right }, span);
            return None;
        }
        let mut read = periods.iter();
        let first = self.period(read.next()?)?;
        let last = match read.next() {
            Some(last) => Some(self.period(last)?),
            None => None,
        };
        Some(PeriodText { first, last, span })
    }

    fn period(&mut self, pair: &Pair<'_>) -> Option<Name> {
        let span = self.span(pair);
        let text: String = normal(pair.as_str()).chars().map(|c| c.to_ascii_uppercase()).collect();
        match period_problem(&text, self.lang) {
            None => Some(Name { text, span }),
            Some(problem) => {
                self.fail(problem, span);
                None
            }
        }
    }

    /// `1er septembre`, `1 September`: month, day.
    pub(super) fn day_of_year(&mut self, pair: &Pair<'_>) -> Option<(u8, u8, Span)> {
        let span = self.span(pair);
        let (mut day, mut month) = (None, None);
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::day_number => {
                    day = inner.as_str().trim_end_matches(|c: char| !c.is_ascii_digit()).parse::<u8>().ok();
                }
                Rule::month => {
                    let folded = fold(inner.as_str());
                    let at = keywords::MONTHS.iter().position(|month| keywords::is_spelling(month, &folded));
                    if let Some(known) = at.and_then(|at| keywords::MONTHS.get(at)) {
                        let word = inner.as_str().to_lowercase();
                        let at = self.span(&inner);
                        self.foreign_word(&word, known, at);
                    }
                    month = at.and_then(|at| u8::try_from(at + 1).ok());
                }
                _ => {}
            }
        }
        // A leap year, so that 29 February exists.
        let real = day.zip(month).filter(|(day, month)| Date::new(2000, *month, *day).is_some());
        match real {
            Some((day, month)) => Some((month, day, span)),
            None => {
                let text = self.slice(span.range()).to_string();
                self.fail(SyntaxProblem::ImpossibleDay { text }, span);
                None
            }
        }
    }

    /// A value in a condition.
    pub(super) fn literal(&mut self, pair: &Pair<'_>) -> Option<Literal> {
        let inner = match pair.as_rule() {
            Rule::literal | Rule::member_ref => pair.clone().into_inner().next()?,
            _ => pair.clone(),
        };
        match inner.as_rule() {
            Rule::text => Some(Literal::Text(self.text(&inner))),
            Rule::plain_number => {
                let number = inner.clone().into_inner().next()?;
                // Where points do not mark decimals, `1.10` is a code.
                let is_code = self.lang == Lang::Fr && number.as_str().contains('.') && !number.as_str().contains(',');
                if is_code {
                    return Some(Literal::Word(self.name(&number)));
                }
                self.quantity(&inner).map(Literal::Number)
            }
            _ => Some(Literal::Word(self.name(&inner))),
        }
    }
}

fn qualifier_of(rule: Rule) -> Option<Qualifier> {
    let keyword = Keyword::of_rule(&format!("{rule:?}"))?;
    keywords::QUALIFIERS.iter().find(|(word, _)| *word == keyword).map(|(_, qualifier)| *qualifier)
}

fn round_number(rule: Rule) -> Option<(Number, u8)> {
    let keyword = Keyword::of_rule(&format!("{rule:?}"))?;
    keywords::ROUND_NUMBERS.iter().find(|(word, _)| *word == keyword).map(|(_, number)| (Number::from(*number), 0))
}

/// What is wrong with a period as typed, dashes and capitals made plain.
fn period_problem(text: &str, lang: Lang) -> Option<SyntaxProblem> {
    let wrong = |right: Option<String>| SyntaxProblem::ImpossiblePeriod { text: text.to_string(), right };
    let next = |first: &str, second: &str| -> Option<bool> {
        let (year, other) = (first.parse::<u32>().ok()?, second.parse::<u32>().ok()?);
        let following = year + 1;
        Some(if second.len() == 2 { following % 100 == other } else { following == other })
    };
    let both = |first: &str| first.parse::<u32>().ok().map(|year| format!("{first}-{}", year + 1));
    if let Some((first, second)) = text.split_once('/') {
        let right = next(first, second).filter(|next| *next).and_then(|_| both(first));
        return Some(wrong(right));
    }
    let parts: Vec<&str> = text.split('-').collect();
    let part_fits = |part: &str| match (part.chars().next(), part.get(1..).and_then(|n| n.parse::<u8>().ok())) {
        (Some('S' | 'H'), Some(n)) => (1..=2).contains(&n),
        (Some('T' | 'Q'), Some(n)) => (1..=4).contains(&n),
        _ => false,
    };
    let date = |year: &str, month: &str, day: &str| match (year.parse(), month.parse(), day.parse()) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).is_some(),
        _ => false,
    };
    match parts.as_slice() {
        [_] => None,
        [first, second] if second.len() == 4 => {
            (next(first, second) != Some(true)).then(|| SyntaxProblem::WindowDash {
                text: text.to_string(),
                right: format!("{first} {} {second}", Keyword::To.word(lang)),
            })
        }
        [_, part] if part_fits(part) => None,
        [year, month] if date(year, month, "1") => None,
        [year, month] => Some(wrong(next(year, month).filter(|next| *next).and_then(|_| both(year)))),
        [first, second, part] if second.len() == 4 => {
            (next(first, second) != Some(true) || !part_fits(part)).then(|| wrong(None))
        }
        [year, month, day] => (!date(year, month, day)).then(|| wrong(None)),
        _ => Some(wrong(None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, lang: Lang) -> String {
        let read = digits(text, lang);
        let right = written(&read, lang);
        match (read.style, read.grouped) {
            (true, true) => right,
            (true, false) => format!("groups: {right}"),
            (false, _) => format!("style: {right}"),
        }
    }

    #[test]
    fn numbers_follow_the_language() {
        for (text, fr, en) in [
            ("3207", "3 207", "3,207"),
            ("3 207", "3 207", "style: 3,207"),
            ("3\u{202f}207", "3 207", "style: 3,207"),
            ("3,207", "3,207", "3,207"),
            ("50,07", "50,07", "style: 50.07"),
            ("50.07", "style: 50,07", "50.07"),
            ("26.039", "style: 26 039", "26.039"),
            ("26,039", "26,039", "26,039"),
            ("0.125", "style: 0,125", "0.125"),
            ("3.207,5", "style: 3 207,5", "style: 3,207.5"),
            ("3,207.5", "style: 3 207,5", "3,207.5"),
            ("1'234", "style: 1 234", "style: 1,234"),
            ("32 07", "groups: 3 207", "style: 3,207"),
            ("1234 567", "groups: 1 234 567", "style: 1,234,567"),
            ("1 234 567,25", "1 234 567,25", "style: 1,234,567.25"),
            ("1.234.567", "style: 1 234 567", "style: 1,234,567"),
            ("12,34,567", "style: 1 234 567", "groups: 1,234,567"),
        ] {
            assert_eq!(read(text, Lang::Fr), fr, "{text} in French");
            assert_eq!(read(text, Lang::En), en, "{text} in English");
        }
    }

    #[test]
    fn periods() {
        for good in ["2020", "2019-2020", "2020-S1", "2020-T4", "2020-Q1", "2019-2020-S2", "2020-06", "2020-02-29"] {
            assert_eq!(period_problem(good, Lang::Fr), None, "{good}");
        }
        let right = |text: &str| match period_problem(text, Lang::Fr) {
            Some(SyntaxProblem::WindowDash { right, .. }) => right,
            Some(SyntaxProblem::ImpossiblePeriod { right, .. }) => right.unwrap_or_default(),
            other => format!("{other:?}"),
        };
        assert_eq!(right("2016-2020"), "2016 à 2020");
        assert_eq!(right("2019/2020"), "2019-2020");
        assert_eq!(right("2019/20"), "2019-2020");
        assert_eq!(right("2019-20"), "2019-2020");
        assert_eq!(right("2020-13"), "");
        assert_eq!(right("2020-S3"), "");
        assert_eq!(right("2019-02-29"), "");
    }
}
