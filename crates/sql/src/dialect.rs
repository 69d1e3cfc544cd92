//! The four targets and what each can do: one table of capabilities, and the few expressions that are written differently.
//! Nothing else in this crate asks which dialect it writes.

use serde::{Deserialize, Serialize};

use crate::quote::{self, Escapes};

/// For whom the text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// PostgreSQL 13 and later.
    Postgresql,
    /// DuckDB.
    Duckdb,
    /// ClickHouse.
    Clickhouse,
    /// Spark SQL, and engines that speak it.
    Spark,
}

/// What a target can do and how it writes things.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capabilities {
    /// Around identifiers.
    pub(crate) mark: char,
    /// In literals.
    pub(crate) escapes: Escapes,
    /// Backslashes escape in identifiers too.
    pub(crate) backslash_names: bool,
    /// Texts that PostgreSQL cannot hold.
    pub(crate) holds_nul: bool,
    /// Digits after the mark that exact numbers have, where the type fixes them; digits before it.
    pub(crate) scale: Option<u8>,
    /// Texts are composed (NFC) by a function of this name; none where there is no such function.
    pub(crate) nfc: Option<&'static str>,
    /// A common table expression that is read twice is computed once when it says so.
    pub(crate) materialized: &'static str,
    /// One that is written into whoever reads it.
    pub(crate) inlined: &'static str,
    /// After the statement.
    pub(crate) settings: &'static str,
}

impl Dialect {
    /// All of them, in the order of the help.
    pub const ALL: [Dialect; 4] = [Dialect::Postgresql, Dialect::Duckdb, Dialect::Clickhouse, Dialect::Spark];

    /// Its name on the command line and in documents.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Postgresql => "postgresql",
            Dialect::Duckdb => "duckdb",
            Dialect::Clickhouse => "clickhouse",
            Dialect::Spark => "spark",
        }
    }

    /// The dialect of a name.
    pub fn named(name: &str) -> Option<Dialect> {
        Dialect::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    pub(crate) fn can(self) -> Capabilities {
        match self {
            Dialect::Postgresql => Capabilities {
                mark: '"',
                escapes: Escapes::Prefixed,
                backslash_names: false,
                holds_nul: false,
                scale: None,
                nfc: Some("normalize"),
                materialized: "MATERIALIZED ",
                inlined: "NOT MATERIALIZED ",
                settings: "",
            },
            Dialect::Duckdb => Capabilities {
                mark: '"',
                escapes: Escapes::Doubled,
                backslash_names: false,
                holds_nul: true,
                scale: Some(9),
                nfc: Some("nfc_normalize"),
                materialized: "MATERIALIZED ",
                inlined: "NOT MATERIALIZED ",
                settings: "",
            },
            Dialect::Clickhouse => Capabilities {
                mark: '`',
                escapes: Escapes::Bytes,
                backslash_names: true,
                holds_nul: true,
                scale: Some(9),
                nfc: Some("normalizeUTF8NFC"),
                materialized: "",
                inlined: "",
                // Without them an outer join gives empty texts, and a grouping set zeros, where nothing is known.
                settings: "\nSETTINGS join_use_nulls = 1, group_by_use_nulls = 1",
            },
            Dialect::Spark => Capabilities {
                mark: '`',
                escapes: Escapes::Numbers,
                backslash_names: false,
                holds_nul: true,
                scale: Some(9),
                nfc: None,
                materialized: "",
                inlined: "",
                settings: "",
            },
        }
    }

    /// A quoted identifier.
    pub(crate) fn name_of(self, name: &str) -> String {
        let can = self.can();
        quote::identifier(name, can.mark, can.backslash_names)
    }

    /// A text literal.
    pub(crate) fn literal(self, text: &str) -> String {
        quote::literal(text, self.can().escapes)
    }

    /// A list of text literals; texts that the target cannot hold are no text of its tables. Never empty.
    pub(crate) fn literals<'t>(self, texts: impl IntoIterator<Item = &'t str>) -> String {
        let can = self.can();
        let held = texts.into_iter().filter(|text| can.holds_nul || !text.contains('\0'));
        let all: Vec<String> = held.map(|text| self.literal(text)).collect();
        if all.is_empty() { "NULL".into() } else { all.join(", ") }
    }

    /// A value as text, compared byte by byte.
    pub(crate) fn text(self, value: &str) -> String {
        match self {
            Dialect::Postgresql => format!("CAST({value} AS text) COLLATE \"C\""),
            Dialect::Duckdb => format!("CAST({value} AS VARCHAR)"),
            Dialect::Clickhouse => format!("toString({value})"),
            Dialect::Spark => format!("CAST({value} AS STRING)"),
        }
    }

    /// Without blanks around, of whatever kind.
    pub(crate) fn trimmed(self, text: &str) -> String {
        match self {
            // Most texts are ASCII without blanks around: that is seen faster than it is done.
            Dialect::Postgresql => format!(
                "CASE WHEN octet_length({text}) = length({text}) AND ascii({text}) > 32 AND ascii(right({text}, 1)) > 32 THEN \
                 {text} ELSE btrim({text}, x.blanks) END"
            ),
            Dialect::Duckdb => format!("trim({text}, x.blanks)"),
            Dialect::Clickhouse => {
                let class = self.literal(&format!("^[{BLANK_RANGES}]+|[{BLANK_RANGES}]+$"));
                format!("replaceRegexpAll({text}, {class}, '')")
            }
            Dialect::Spark => format!("trim(BOTH {} FROM {text})", self.literal(BLANKS)),
        }
    }

    /// A small table of the signs that trimming and spelling look at, so that they are written once; nothing where the target
    /// wants them as literals.
    pub(crate) fn signs(self) -> Option<String> {
        let (from, to) = spelling_signs();
        match self {
            Dialect::Postgresql | Dialect::Duckdb => Some(format!(
                "signs AS NOT MATERIALIZED (\n  SELECT\n    {} AS blanks,\n    {} AS written,\n    {} AS meant\n)",
                self.literal(BLANKS),
                self.literal(&from),
                self.literal(&to)
            )),
            Dialect::Clickhouse | Dialect::Spark => None,
        }
    }

    /// Quotes, dashes and blanks of every kind as the plain ones.
    pub(crate) fn with_plain_signs(self, text: &str) -> String {
        let (from, to) = spelling_signs();
        match self {
            Dialect::Postgresql | Dialect::Duckdb => format!("translate({text}, x.written, x.meant)"),
            Dialect::Clickhouse | Dialect::Spark => self.translated(text, &from, &to),
        }
    }

    /// Whether a text is of a form.
    pub(crate) fn is_like(self, text: &str, form: &str) -> String {
        let form = self.literal(form);
        match self {
            Dialect::Postgresql => format!("{text} ~ {form}"),
            Dialect::Duckdb => format!("regexp_matches({text}, {form})"),
            Dialect::Clickhouse => format!("match({text}, {form})"),
            Dialect::Spark => format!("{text} RLIKE {form}"),
        }
    }

    /// What the one group of a form matches.
    pub(crate) fn part(self, text: &str, form: &str) -> String {
        let form = self.literal(form);
        match self {
            Dialect::Postgresql => format!("substring({text} from {form})"),
            Dialect::Duckdb | Dialect::Spark => format!("regexp_extract({text}, {form}, 1)"),
            Dialect::Clickhouse => format!("extract({text}, {form})"),
        }
    }

    /// Every match replaced.
    pub(crate) fn replaced(self, text: &str, form: &str, by: &str) -> String {
        let (form, by) = (self.literal(form), self.literal(by));
        match self {
            Dialect::Postgresql | Dialect::Duckdb => format!("regexp_replace({text}, {form}, {by}, 'g')"),
            Dialect::Clickhouse => format!("replaceRegexpAll({text}, {form}, {by})"),
            Dialect::Spark => format!("regexp_replace({text}, {form}, {by})"),
        }
    }

    /// Characters of `from` as those of `to`, which are as many.
    pub(crate) fn translated(self, text: &str, from: &str, to: &str) -> String {
        let (from, to) = (self.literal(from), self.literal(to));
        match self {
            Dialect::Postgresql | Dialect::Duckdb | Dialect::Spark => format!("translate({text}, {from}, {to})"),
            Dialect::Clickhouse => format!("translateUTF8({text}, {from}, {to})"),
        }
    }

    /// Composed (NFC), where the target can.
    pub(crate) fn composed(self, text: &str) -> String {
        match self.can().nfc {
            Some(nfc) => {
                let ascii = match self {
                    Dialect::Postgresql => format!("octet_length({text}) = length({text})"),
                    Dialect::Duckdb | Dialect::Clickhouse | Dialect::Spark => self.is_like(text, "^[ -~]*$"),
                };
                format!("CASE WHEN {ascii} THEN {text} ELSE {nfc}({text}) END")
            }
            None => text.to_string(),
        }
    }

    /// A text of digits as a whole number; nothing where it is none.
    pub(crate) fn whole(self, text: &str) -> String {
        match self {
            Dialect::Postgresql => format!("CAST({text} AS integer)"),
            Dialect::Duckdb | Dialect::Spark => format!("TRY_CAST({text} AS INTEGER)"),
            Dialect::Clickhouse => format!("toInt32OrNull({text})"),
        }
    }

    /// A text of the plain form of a number as an exact number.
    pub(crate) fn number(self, text: &str) -> String {
        match self {
            Dialect::Postgresql => format!("CAST({text} AS numeric)"),
            Dialect::Duckdb => format!("TRY_CAST({text} AS DECIMAL(38, 9))"),
            Dialect::Clickhouse => format!("toDecimal256OrNull({text}, 9)"),
            Dialect::Spark => format!("TRY_CAST({text} AS DECIMAL(28, 9))"),
        }
    }

    /// A constant number.
    pub(crate) fn constant(self, digits: &str) -> String {
        match self {
            Dialect::Postgresql => match digits.strip_prefix('-') {
                Some(digits) => format!("(-{digits})"),
                None => digits.to_string(),
            },
            Dialect::Duckdb => format!("CAST('{digits}' AS DECIMAL(38, 9))"),
            Dialect::Clickhouse => format!("toDecimal256('{digits}', 9)"),
            Dialect::Spark => format!("CAST('{digits}' AS DECIMAL(28, 9))"),
        }
    }

    /// Bits of the digits of a cell that is kept as a binary number; 0 where it is none. Of the type alone, which is one for all
    /// rows.
    pub(crate) fn float_bits(self, cell: &str) -> String {
        let [single, double] = crate::number::DIGITS;
        let case = |of: &str, [narrow, wide]: [&str; 2]| {
            format!("CASE {of} WHEN '{narrow}' THEN {single} WHEN '{wide}' THEN {double} ELSE 0 END")
        };
        match self {
            Dialect::Postgresql => case(&format!("CAST(pg_typeof({cell}) AS text)"), ["real", "double precision"]),
            Dialect::Duckdb => case(&format!("typeof({cell})"), ["FLOAT", "DOUBLE"]),
            Dialect::Clickhouse => {
                let of = format!("replaceRegexpAll(toTypeName({cell}), '^Nullable\\(|\\)$', '')");
                case(&of, ["Float32", "Float64"])
            }
            Dialect::Spark => case(&format!("typeof({cell})"), ["float", "double"]),
        }
    }

    /// Whether a date is kept without a clock, so that its day is its own. Of the type alone, which is one for all rows.
    pub(crate) fn has_no_clock(self, date: &str) -> String {
        match self {
            Dialect::Postgresql => format!("pg_typeof({date}) <> CAST('timestamptz' AS regtype)"),
            Dialect::Duckdb => format!("typeof({date}) <> 'TIMESTAMP WITH TIME ZONE'"),
            Dialect::Clickhouse => format!("toTypeName({date}) NOT LIKE '%DateTime%'"),
            Dialect::Spark => format!("typeof({date}) <> 'timestamp'"),
        }
    }

    /// Whole division of numbers that are not negative.
    pub(crate) fn divided(self, value: &str, by: i32) -> String {
        match self {
            Dialect::Postgresql => format!("({value}) / {by}"),
            Dialect::Duckdb => format!("({value}) // {by}"),
            Dialect::Clickhouse => format!("intDiv({value}, {by})"),
            Dialect::Spark => format!("({value}) div {by}"),
        }
    }

    /// Days since 1 January 1970 of a date.
    pub(crate) fn days(self, date: &str) -> String {
        match self {
            Dialect::Postgresql => format!("CAST({date} AS date) - DATE '1970-01-01'"),
            Dialect::Duckdb => format!("date_diff('day', DATE '1970-01-01', CAST({date} AS DATE))"),
            Dialect::Clickhouse => format!("dateDiff('day', toDate32('1970-01-01'), toDate32({date}))"),
            Dialect::Spark => format!("datediff(CAST({date} AS DATE), DATE '1970-01-01')"),
        }
    }

    /// Year, month and day of a date.
    pub(crate) fn date_parts(self, date: &str) -> [String; 3] {
        let parts = match self {
            Dialect::Postgresql => ["CAST(extract(year FROM", "CAST(extract(month FROM", "CAST(extract(day FROM"],
            Dialect::Duckdb | Dialect::Spark => ["year(", "month(", "day("],
            Dialect::Clickhouse => ["toYear(", "toMonth(", "toDayOfMonth("],
        };
        parts.map(|part| match self {
            Dialect::Postgresql => format!("{part} {date}) AS integer)"),
            Dialect::Duckdb | Dialect::Spark | Dialect::Clickhouse => format!("{part}{date})"),
        })
    }

    /// Whether a bit of a word of filters is set.
    pub(crate) fn bit(self, word: &str, bit: usize) -> String {
        let value = 1u64 << (bit % 63);
        match self {
            Dialect::Clickhouse => format!("bitAnd({word}, {value}) <> 0"),
            Dialect::Postgresql | Dialect::Duckdb | Dialect::Spark => format!("({word} & {value}) <> 0"),
        }
    }

    /// One row of each code that a step has, and 1 as `found`. The step is read as `of`.
    pub(crate) fn one_each(self, step: &str, of: &str, code: &str) -> String {
        match self {
            // Of a window neither knows that its rows are single, and PostgreSQL does not share out the work around it.
            Dialect::Postgresql | Dialect::Duckdb => format!(
                "SELECT DISTINCT ON ({code}) {of}.*, 1 AS found\n  FROM {step} {of}\n  WHERE {code} IS NOT NULL\n  ORDER BY {code}"
            ),
            Dialect::Clickhouse | Dialect::Spark => format!(
                "SELECT *\n  FROM (\n    SELECT {of}.*, row_number() OVER (PARTITION BY {code} ORDER BY {code}) AS found\n    FROM {step} \
                 {of}\n    WHERE {code} IS NOT NULL\n  ) w\n  WHERE found = 1"
            ),
        }
    }

    /// Rows of constants as a table: its name, the types and names of its columns (the first of texts, the others whole).
    pub(crate) fn constants(self, columns: &[String], rows: &[Vec<String>]) -> String {
        let rows: Vec<String> = rows.iter().map(|row| format!("({})", row.join(", "))).collect();
        let rows = rows.join(",\n    ");
        match self {
            Dialect::Postgresql | Dialect::Duckdb | Dialect::Spark => {
                format!("SELECT * FROM (VALUES\n    {rows}) AS list ({})", columns.join(", "))
            }
            Dialect::Clickhouse => {
                let typed: Vec<String> = columns
                    .iter()
                    .enumerate()
                    .map(|(at, name)| format!("{name} {}", if at == 0 { "String" } else { "Nullable(Int32)" }))
                    .collect();
                format!("SELECT * FROM values({},\n    {rows})", self.literal(&typed.join(", ")))
            }
        }
    }
}

/// Every blank of Unicode, and the byte order mark.
pub(crate) const BLANKS: &str = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\
                                 \u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";

/// The same as ranges of a regular expression of RE2.
const BLANK_RANGES: &str =
    "\\x{9}-\\x{D} \\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}";

/// Signs that count as others in spellings, and those others, one by one.
fn spelling_signs() -> (String, String) {
    let quotes = "\u{2019}\u{2018}\u{2bc}\u{b4}";
    let dashes = "\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}";
    let blanks: String = BLANKS.chars().filter(|c| *c != ' ' && *c != '\u{feff}').collect();
    let plain = quotes.chars().map(|_| '\'').chain(dashes.chars().map(|_| '-')).chain(blanks.chars().map(|_| ' '));
    (format!("{quotes}{dashes}{blanks}"), plain.collect())
}
