//! A Markdown table of a page → what must come out: figures (`| indicateur | période | groupe | valeur | état |`) or
//! rules (`| contrôle | période | groupe | résultat |`). Other tables are prose.

use jauge::text::Lang;
use jauge::types::Number;

/// A table of expectations.
#[derive(Debug, Clone)]
pub struct Table {
    /// Figures or rules.
    pub of: TableOf,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// What a table speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableOf {
    /// Figures of indicators.
    Figures,
    /// Results of rules.
    Rules,
}

/// One row, cells by what their column says; empty where the table has no such column.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Line of the page.
    pub line: usize,
    /// The indicator or rule.
    pub name: String,
    /// The period's label.
    pub period: String,
    /// `total`, `région TTA`, `région TTA, sexe F`.
    pub group: String,
    /// The value as shown, or a fraction.
    pub value: Option<Written>,
    /// The value's words: `plus de 50 000`.
    pub value_text: String,
    /// The state's words, or those of a rule's result.
    pub state: String,
    /// Words for the status towards the target.
    pub status: String,
    /// The numerator.
    pub numerator: Option<Written>,
    /// The denominator.
    pub denominator: Option<Written>,
    /// What a change starts from, with its period: `300 (2018)`.
    pub base: Option<String>,
    /// The period that the value was found in.
    pub as_of: Option<String>,
    /// Words of the flag: `rupture de série`, `hors validité`.
    pub flag: Option<String>,
}

/// A number as written on a page: compared at the precision written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The number.
    pub number: Number,
    /// Decimals written; `None` for a fraction, which is compared exactly.
    pub decimals: Option<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Heading {
    Indicator,
    Rule,
    Period,
    Group,
    Value,
    State,
    Status,
    Numerator,
    Denominator,
    Base,
    AsOf,
    Flag,
}

fn heading(text: &str) -> Option<Heading> {
    Some(match text {
        "indicateur" | "indicator" => Heading::Indicator,
        "contrôle" | "rule" => Heading::Rule,
        "période" | "period" => Heading::Period,
        "groupe" | "group" => Heading::Group,
        "valeur" | "value" => Heading::Value,
        "état" | "state" | "résultat" | "result" => Heading::State,
        "situation" | "status" => Heading::Status,
        "numérateur" | "numerator" => Heading::Numerator,
        "dénominateur" | "denominator" => Heading::Denominator,
        "base" => Heading::Base,
        "atteint en" | "reached in" => Heading::AsOf,
        "mention" | "flag" => Heading::Flag,
        _ => return None,
    })
}

impl Table {
    /// Reads the lines of a table (number, text); `None` where it is prose, an error as `line: words`.
    pub fn read(lines: &[(usize, &str)], lang: Lang) -> Result<Option<Table>, String> {
        let cells = |line: &str| -> Vec<String> {
            line.trim().trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_string()).collect()
        };
        let Some((_, first)) = lines.first() else { return Ok(None) };
        let headings: Vec<Option<Heading>> = cells(first).iter().map(|cell| heading(cell)).collect();
        let of = match headings.first() {
            Some(Some(Heading::Indicator)) => TableOf::Figures,
            Some(Some(Heading::Rule)) => TableOf::Rules,
            _ => return Ok(None),
        };
        let mut rows = Vec::new();
        for (number, line) in lines.iter().skip(2) {
            let mut row = Row { line: *number, ..Row::default() };
            let texts = cells(line);
            if texts.len() != headings.len() {
                return Err(format!("{number}: {} cells under {} headings", texts.len(), headings.len()));
            }
            for (text, heading) in texts.into_iter().zip(&headings) {
                let qualified = jauge::syntax::keywords::qualified_text(&text).is_some()
                    || ["sans bornes", "no known"].iter().any(|words| text.starts_with(words));
                let written = || match text.as_str() {
                    _ if qualified => Ok(None),
                    "" | "—" | "-" => Ok(None),
                    _ => Written::read(&text, lang).map(Some).ok_or(format!("{number}: `{text}` is no number")),
                };
                match heading {
                    Some(Heading::Indicator | Heading::Rule) => row.name = text,
                    Some(Heading::Period) => row.period = text,
                    Some(Heading::Group) => row.group = text,
                    Some(Heading::Value) => {
                        row.value = written()?;
                        row.value_text = text;
                    }
                    Some(Heading::State) => row.state = text,
                    Some(Heading::Status) => row.status = text,
                    Some(Heading::Numerator) => row.numerator = written()?,
                    Some(Heading::Denominator) => row.denominator = written()?,
                    Some(Heading::Base) => row.base = Some(text),
                    Some(Heading::AsOf) => row.as_of = Some(text),
                    Some(Heading::Flag) => row.flag = Some(text),
                    None => return Err(format!("{}: a heading is not known", lines.first().map_or(0, |l| l.0))),
                }
            }
            rows.push(row);
        }
        Ok(Some(Table { of, rows }))
    }
}

impl Written {
    /// Reads `50,08 %`, `3 207`, `-12.5` or `1606/3207`; what follows the digits is a unit and does not count.
    pub fn read(text: &str, lang: Lang) -> Option<Written> {
        if let Some((above, below)) = text.split_once('/') {
            let number = Number::parse_plain(above.trim())?.divide(&Number::parse_plain(below.trim())?)?;
            return Some(Written { number, decimals: None });
        }
        let text = text.replace(['−', '–'], "-");
        let spaces = [' ', '\u{a0}', '\u{202f}'];
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '+') || spaces.contains(&c)))
            .unwrap_or(text.len());
        let digits = text.get(..end)?.trim();
        let plain = match lang {
            Lang::Fr => digits.replace(spaces, "").replace(',', "."),
            Lang::En => digits.replace(',', "").replace(spaces, ""),
        };
        let decimals = plain.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        Some(Written { number: Number::parse_plain(&plain)?, decimals: Some(u8::try_from(decimals).ok()?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, lang: Lang) -> Option<(String, Option<u8>)> {
        Written::read(text, lang).map(|written| (written.number.decimal(), written.decimals))
    }

    #[test]
    fn numbers_as_shown() {
        assert_eq!(plain("50,08 %", Lang::Fr), Some(("50.08".into(), Some(2))));
        assert_eq!(plain("3 207 élèves", Lang::Fr), Some(("3207".into(), Some(0))));
        assert_eq!(plain("3,207.50", Lang::En), Some(("3207.5".into(), Some(2))));
        assert_eq!(plain("−4", Lang::En), Some(("-4".into(), Some(0))));
        assert_eq!(plain("1/4", Lang::Fr), Some(("0.25".into(), None)));
        assert_eq!(plain("beaucoup", Lang::Fr), None);
    }

    #[test]
    fn other_tables_are_prose() {
        assert!(Table::read(&[(1, "| mot | sens |"), (2, "|---|---|")], Lang::Fr).expect("no mistake").is_none());
        let wrong = Table::read(&[(1, "| rule | result |"), (2, "|---|---|"), (3, "| a |")], Lang::En);
        assert_eq!(wrong.err().as_deref(), Some("3: 1 cells under 2 headings"));
    }
}
