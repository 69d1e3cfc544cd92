//! A slice that the grammar refused to the one problem that says why.

use std::ops::Range;

use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::Rule;
use super::keywords::{self, Keyword, Shape, is_blank};
use super::limits;
use super::lines::closing;
use super::lower::keyword_of;
use super::recover::is_word_char;
use crate::problem::{Hoped, SyntaxProblem, close_to};
use crate::text::{Both, Lang};

/// Things that are hoped for at most, in a message.
const HOPED: usize = 5;

/// A parenthesis without its other half, or too many inside each other. Strings and comments do not count.
pub(super) fn parentheses(slice: &str) -> Option<(SyntaxProblem, Range<usize>)> {
    let mut open: Vec<usize> = Vec::new();
    let mut chars = slice.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '#' => {
                chars.by_ref().find(|(_, c)| *c == '\n');
            }
            '(' => {
                if open.len() >= limits::DEPTH {
                    return Some((SyntaxProblem::TooDeep { limit: limits::DEPTH }, at..at + 1));
                }
                open.push(at);
            }
            ')' => {
                if open.pop().is_none() {
                    return Some((SyntaxProblem::Parenthesis { open: false }, at..at + 1));
                }
            }
            _ => {
                if let Some(close) = closing(c) {
                    chars.by_ref().find(|(_, c)| *c == close);
                }
            }
        }
    }
    open.last().map(|at| (SyntaxProblem::Parenthesis { open: true }, *at..*at + 1))
}

/// Why the grammar refused a slice.
pub(super) fn failure(rule: Rule, slice: &str, error: &Error<Rule>, lang: Lang) -> (SyntaxProblem, Range<usize>) {
    let at = match error.location {
        InputLocation::Pos(at) => at,
        InputLocation::Span((at, _)) => at,
    };
    let at = skip_blanks(slice, at);
    let whole = 0..slice.len();
    let positives: &[Rule] = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        // The grammar itself fails in no other way: the parser stopped because it was too deep.
        ErrorVariant::CustomError { .. } => return (SyntaxProblem::TooDeep { limit: limits::DEPTH }, whole),
    };
    let prose = matches!(rule, Rule::v_text | Rule::v_labels | Rule::v_separator);
    if prose && !slice.starts_with(['"', '«', '“']) {
        return (SyntaxProblem::ProseWithoutQuotes { text: slice.to_string() }, whole);
    }
    let rest = slice.get(at..).unwrap_or("");
    let found = found(rest);
    let place = at..at + found.len();
    let declares = matches!(rule, Rule::header | Rule::l_column | Rule::v_name | Rule::v_names);
    if declares && keywords::is_reserved(found) {
        return (SyntaxProblem::NameIsKeyword { word: found.to_string() }, place);
    }
    if rule == Rule::header && at > 0 && found.starts_with(is_word_char) {
        return (SyntaxProblem::ProseWithoutQuotes { text: rest.to_string() }, at..slice.len());
    }
    let words: Vec<&'static str> = positives
        .iter()
        .filter_map(|rule| keyword_of(*rule))
        .map(|keyword| keyword.word(lang))
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect();
    if !rest.is_empty() {
        let near = close_to(found, words.iter().copied()).filter(|_| found.chars().count() > 2);
        let hoped = match near {
            Some(word) => vec![quoted(&word)],
            None => hoped(positives, lang),
        };
        return (SyntaxProblem::Unexpected { found: found.to_string(), hoped }, place);
    }
    let end = slice.trim_end_matches(is_blank).len();
    let last = slice.get(..end).and_then(|text| text.chars().next_back()).map_or(0, char::len_utf8);
    (SyntaxProblem::EndsEarly { hoped: hoped(positives, lang) }, end - last..end)
}

fn skip_blanks(slice: &str, at: usize) -> usize {
    let mut at = at;
    loop {
        let rest = slice.get(at..).unwrap_or("");
        at += rest.len() - rest.trim_start_matches(is_blank).len();
        let rest = slice.get(at..).unwrap_or("");
        if !rest.starts_with('#') {
            return at;
        }
        at += rest.find('\n').unwrap_or(rest.len());
    }
}

/// The word, string or sign at the start of a text.
fn found(rest: &str) -> &str {
    let Some(first) = rest.chars().next() else { return "" };
    let end = if is_word_char(first) {
        rest.find(|c: char| !is_word_char(c)).unwrap_or(rest.len())
    } else if let Some(close) = closing(first) {
        let inside = first.len_utf8();
        rest.get(inside..).and_then(|text| text.find(close)).map_or(rest.len(), |at| inside + at + close.len_utf8())
    } else {
        first.len_utf8()
    };
    rest.get(..end).unwrap_or("")
}

fn quoted(word: &str) -> Hoped {
    Both { fr: format!("« {word} »"), en: format!("`{word}`") }
}

fn both(fr: &str, en: &str) -> Hoped {
    Both { fr: fr.to_string(), en: en.to_string() }
}

/// What the grammar could have gone on with, in the order of the grammar, without repetitions.
fn hoped(positives: &[Rule], lang: Lang) -> Vec<Hoped> {
    let mut out: Vec<Hoped> = Vec::new();
    for rule in positives {
        if let Some(hoped) = hoped_of_rule(*rule, lang)
            && !out.contains(&hoped)
            && out.len() < HOPED
        {
            out.push(hoped);
        }
    }
    out
}

fn hoped_of_rule(rule: Rule, lang: Lang) -> Option<Hoped> {
    if let Some(keyword) = keyword_of(rule) {
        return match keyword {
            Keyword::Plus | Keyword::Minus | Keyword::Times | Keyword::Divide => {
                Some(both("un signe (+, -, x, /)", "a sign (+, -, x, /)"))
            }
            Keyword::Equal
            | Keyword::Different
            | Keyword::Less
            | Keyword::AtMost
            | Keyword::More
            | Keyword::AtLeast => Some(comparison()),
            // Only read to report a lost accent.
            Keyword::Or => None,
            _ => Some(quoted(keyword.word(lang))),
        };
    }
    match rule {
        Rule::name | Rule::measure_name | Rule::breakdown | Rule::names_by | Rule::column_ref => {
            Some(both("un nom", "a name"))
        }
        Rule::number | Rule::quantity | Rule::bare_number | Rule::decimals | Rule::decimal_count => {
            Some(both("un nombre", "a number"))
        }
        Rule::string | Rule::text | Rule::labels => {
            Some(both("un texte entre guillemets", "a text in quotation marks"))
        }
        Rule::period | Rule::period_text => Some(both("une période", "a period")),
        Rule::code | Rule::member_code => Some(both("un code", "a code")),
        Rule::unit_word | Rule::unit_per => Some(both("une unité", "a unit")),
        Rule::literal | Rule::literal_word | Rule::member_ref | Rule::literal_list => {
            Some(both("une valeur", "a value"))
        }
        Rule::expr | Rule::operand | Rule::count => Some(both("une mesure", "a measure")),
        Rule::condition => Some(both("une condition", "a condition")),
        Rule::comparison => Some(comparison()),
        Rule::calendar => Some(both("un calendrier", "a calendar")),
        Rule::group => Some(both("un groupe, comme « sexe F »", "a group, like `sexe F`")),
        Rule::aim_value | Rule::expected_value => Some(both("un nombre", "a number")),
        Rule::day_number | Rule::day_of_year => {
            Some(both("un jour, comme « 1er septembre »", "a day, like `1 September`"))
        }
        Rule::column_of => Some(both("un type de colonne", "a type of column")),
        Rule::paren | Rule::cond_paren | Rule::policy => Some(both("une parenthèse", "a parenthesis")),
        _ => None,
    }
}

fn comparison() -> Hoped {
    both("un signe (=, <>, <, <=, >, >=)", "a sign (=, <>, <, <=, >, >=)")
}

/// What a field without a value should have.
pub(super) fn hoped_of_shape(shape: Shape) -> Hoped {
    match shape {
        Shape::Text | Shape::Labels => both("un texte entre guillemets", "a text in quotation marks"),
        Shape::Separator => both("un signe entre guillemets, comme \";\"", "a sign in quotation marks, like \",\""),
        Shape::Name => both("un nom", "a name"),
        Shape::Names => {
            both("un ou plusieurs noms, séparés par des virgules", "one or several names, separated by commas")
        }
        Shape::Code | Shape::Codes => both("un code, comme 1.1", "a code, like 1.1"),
        Shape::Choice(list) => {
            let words = |lang: Lang| {
                let words: Vec<&str> = list.iter().map(|of| keywords::first(&keywords::choice(*of), lang)).collect();
                words.join(", ")
            };
            Both { fr: format!("un mot parmi : {}", words(Lang::Fr)), en: format!("one of: {}", words(Lang::En)) }
        }
        Shape::DayOfYear => both("un jour, comme « 1er septembre »", "a day, like `1 September`"),
        Shape::Length => {
            both("« année », « semestre », « trimestre » ou « mois »", "`year`, `half-year`, `quarter` or `month`")
        }
        Shape::Members => both("des membres, un par ligne, plus en retrait", "members, one to a line, indented deeper"),
        Shape::FromFile => both("un fichier, comme \"regions.csv\"", "a file, like \"regions.csv\""),
        Shape::Items => both("des éléments, un par ligne, plus en retrait", "items, one to a line, indented deeper"),
        Shape::RowIs => both("ce qu'est une ligne, comme « un élève »", "what a row is, like `a pupil`"),
        Shape::Counts => both(
            "une unité et sa clé, comme « migrants par code_migrant »",
            "a unit and its key, like `migrants by code_migrant`",
        ),
        Shape::Priority => both(
            "une colonne et ses valeurs, la première d'abord, comme producteur \"UNHCR\", \"OIM\"",
            "a column and its values, the first one first, like provider \"UNHCR\", \"IOM\"",
        ),
        Shape::Sheet => both(
            "le nom ou le numéro d'une feuille, comme \"Données\" ou 2",
            "the name or number of a sheet, like \"Data\" or 2",
        ),
        Shape::HeaderRows => both(
            "le numéro d'une ou de deux lignes qui se suivent, comme 3 ou « 3 et 4 »",
            "the number of one row or of two that follow each other, like 3 or `3 and 4`",
        ),
        Shape::Texts => both("un ou plusieurs textes, comme \"Total\"", "one or several texts, like \"Total\""),
        Shape::CountColumn => both(
            "une colonne et son unité, comme « nombre d'élèves »",
            "a column and its unit, like `nombre of pupils`",
        ),
        Shape::PeriodColumn => both("une colonne, comme « année »", "a column, like `année`"),
        Shape::PeriodWanted => both("une période, comme 2016 à 2020", "a period, like 2016 to 2020"),
        Shape::Columns => {
            both("des colonnes, une par ligne, plus en retrait", "columns, one to a line, indented deeper")
        }
        Shape::Coverage => both("des dimensions et une période", "dimensions and a period"),
        Shape::Expr => {
            both("une mesure, comme « nombre d'élèves de registre »", "a measure, like `number of pupils in registre`")
        }
        Shape::UnitWord => both("une unité, comme %", "a unit, like %"),
        Shape::Breakdowns => both("une ou plusieurs dimensions", "one or several dimensions"),
        Shape::Aim => both("une période et une valeur, comme 2020 = 3 207", "a period and a value, like 2020 = 3,207"),
        Shape::Quantity | Shape::Quantities => both("un nombre, comme 5 %", "a number, like 5 %"),
        Shape::Rounding => {
            both("un nombre de décimales, comme « 2 décimales »", "a number of decimals, like `2 decimals`")
        }
        Shape::NotApplicable => both(
            "une période et une raison, comme 2020, \"programme suspendu\"",
            "a period and a reason, like 2020, \"programme suspended\"",
        ),
        Shape::Relation => {
            both("une égalité entre deux mesures, comme « a = b »", "an equality of two measures, like `a = b`")
        }
        Shape::Rows => both("des lignes de données, comme « 2020 | F | 12 »", "rows of data, like `2020 | F | 12`"),
        Shape::Expected => {
            both("des chiffres attendus, comme « enfants 2020 = 12 »", "expected figures, like `enfants 2020 = 12`")
        }
    }
}
