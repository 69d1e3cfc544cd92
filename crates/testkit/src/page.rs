//! Markdown page → cases. One `jauge` fence is one case: the definitions, the data files that it sees, the problems that
//! are marked on its lines, and the tables of figures that follow it. The format is told in `tests/conformance/README.md`.

use jauge::text::Lang;

use crate::table::Table;

/// A page, read.
#[derive(Debug, Clone)]
pub struct Page {
    /// The path as given.
    pub path: String,
    /// The language of its prose, definitions and literals.
    pub lang: Lang,
    /// Headings and fences in order, for comparing a page with its translation: `##`, `jauge common`, `csv`.
    pub skeleton: Vec<String>,
    /// Definitions that every case of the page sees (`jauge common`).
    pub common: Vec<Fence>,
    /// One per other `jauge` fence.
    pub cases: Vec<Case>,
    /// What is wrong with the page itself, as `line: words`.
    pub mistakes: Vec<String>,
}

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// Line of the page on which the fence opens, from 1: line `n` of the text is line `line + n` of the page.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// A data file of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// The path that definitions name.
    pub path: String,
    /// How its bytes are made from the fence's text.
    pub encoding: Encoding,
    /// How they are compressed.
    pub packing: Option<Packing>,
    /// The end of the bytes is missing (`cut`, `coupé`).
    pub cut: bool,
    /// The fence.
    pub fence: Fence,
}

/// The ways in which a page can compress a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// `gzip`.
    Gzip,
    /// `zstd`.
    Zstd,
    /// `zip`: an archive with this one file.
    Zip,
    /// `parquet`: the same rows in columns.
    Parquet,
}

impl Packing {
    fn pack(self, text: &[u8]) -> Vec<u8> {
        use std::io::Write;
        // Writing to memory does not fail.
        match self {
            Packing::Gzip => {
                let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                let _ = packed.write_all(text);
                packed.finish().unwrap_or_default()
            }
            Packing::Zstd => ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest),
            Packing::Parquet => crate::columnar::parquet(&String::from_utf8_lossy(text)).unwrap_or_default(),
            Packing::Zip => {
                let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
                let begun = zip.start_file("data.csv", zip::write::SimpleFileOptions::default());
                let _ = begun.is_ok() && zip.write_all(text).is_ok();
                zip.finish().map(std::io::Cursor::into_inner).unwrap_or_default()
            }
        }
    }
}

/// The encodings in which a page can hand out a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with one (`utf-8-bom`): what Excel writes.
    Utf8Bom,
    /// `windows-1252`, for the characters that it shares with Latin-1.
    Windows1252,
    /// `utf-16`: little-endian with a byte order mark.
    Utf16,
}

impl DataFile {
    /// The bytes of the file. Characters that Latin-1 lacks become `?` in `windows-1252`.
    pub fn bytes(&self) -> Vec<u8> {
        let text = self.encoded();
        let mut bytes = self.packing.map_or(text.clone(), |packing| packing.pack(&text));
        if self.cut {
            bytes.truncate(bytes.len() / 2);
        }
        bytes
    }

    fn encoded(&self) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => self.fence.text.clone().into_bytes(),
            Encoding::Utf8Bom => format!("\u{feff}{}", self.fence.text).into_bytes(),
            Encoding::Windows1252 => {
                self.fence.text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
            }
            Encoding::Utf16 => {
                let text = format!("\u{feff}{}", self.fence.text);
                text.encode_utf16().flat_map(u16::to_le_bytes).collect()
            }
        }
    }
}

/// One `jauge` fence with all that is said about it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The headings above it, joined with ` / `.
    pub section: String,
    /// The definitions.
    pub fence: Fence,
    /// It does not see the page's common definitions (`jauge seul`, `jauge alone`).
    pub alone: bool,
    /// Data files that it sees; a later one replaces an earlier one of the same path.
    pub data: Vec<DataFile>,
    /// Problems that it must yield.
    pub expected: Vec<ExpectedProblem>,
    /// Figures and rules that it must yield.
    pub tables: Vec<Table>,
}

/// A problem that a case must yield.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpectedProblem {
    /// Where.
    pub place: ExpectedPlace,
    /// The code, or its beginning followed by `?`.
    pub code: String,
}

/// The place of an expected problem.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExpectedPlace {
    /// A line of the page.
    Page(usize),
    /// A line of a data file.
    Data(String, u64),
    /// A file as a whole.
    Path(String),
}

const FENCE: &str = "```";

/// Reads a page; never fails, mistakes are in it. The language is told by the path (`.en.md`, else French).
pub fn read(path: &str, text: &str) -> Page {
    let lang = if path.ends_with(".en.md") { Lang::En } else { Lang::Fr };
    let mut page = Page {
        path: path.to_string(),
        lang,
        skeleton: Vec::new(),
        common: Vec::new(),
        cases: Vec::new(),
        mistakes: Vec::new(),
    };
    let mut headings: Vec<(usize, String)> = Vec::new();
    let mut data_common: Vec<DataFile> = Vec::new();
    let mut data: Vec<DataFile> = Vec::new();
    // True where the last `jauge` fence of this section may still be told its problems and tables.
    let mut open = false;
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line)).peekable();
    while let Some((number, line)) = lines.next() {
        if let Some(info) = line.strip_prefix(FENCE) {
            let mut body = String::new();
            let mut closed = false;
            for (_, line) in lines.by_ref() {
                if line.trim_end() == FENCE {
                    closed = true;
                    break;
                }
                body.push_str(line);
                body.push('\n');
            }
            if !closed {
                page.mistakes.push(format!("{number}: the fence is not closed"));
            }
            let fence = Fence { line: number, text: body };
            let words: Vec<&str> = info.split_whitespace().collect();
            match words.as_slice() {
                ["jauge", "common" | "commun"] => {
                    page.skeleton.push("jauge common".into());
                    if !page.cases.is_empty() {
                        page.mistakes.push(format!("{number}: common definitions must stand before the first example"));
                    }
                    page.common.push(fence);
                    open = false;
                }
                ["jauge", rest @ ..] => {
                    page.skeleton.push("jauge".into());
                    let alone = matches!(rest, ["seul" | "alone"]);
                    if !alone && !rest.is_empty() {
                        page.mistakes.push(format!("{number}: `{info}` is not known"));
                    }
                    let expected = marks(&fence, &mut page.mistakes);
                    page.cases.push(Case {
                        section: headings.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" / "),
                        fence,
                        alone,
                        data: merged(&data_common, &data),
                        expected,
                        tables: Vec::new(),
                    });
                    open = true;
                }
                ["csv", path, rest @ ..] => {
                    page.skeleton.push("csv".into());
                    let mut encoding = Encoding::Utf8;
                    let (mut packing, mut cut) = (None, false);
                    let mut common = false;
                    for word in rest {
                        match *word {
                            "common" | "commun" => common = true,
                            "utf-8-bom" => encoding = Encoding::Utf8Bom,
                            "windows-1252" => encoding = Encoding::Windows1252,
                            "utf-16" => encoding = Encoding::Utf16,
                            "gzip" => packing = Some(Packing::Gzip),
                            "zstd" => packing = Some(Packing::Zstd),
                            "zip" => packing = Some(Packing::Zip),
                            "parquet" => packing = Some(Packing::Parquet),
                            "cut" | "coupé" => cut = true,
                            _ => page.mistakes.push(format!("{number}: `{word}` is not known")),
                        }
                    }
                    let file = DataFile { path: (*path).to_string(), encoding, packing, cut, fence };
                    if common { data_common.push(file) } else { data.push(file) }
                }
                ["problems" | "problèmes"] => {
                    page.skeleton.push("problems".into());
                    match page.cases.last_mut() {
                        Some(case) if open => listed(&fence, &mut case.expected, &mut page.mistakes),
                        _ => page.mistakes.push(format!("{number}: no example stands before these problems")),
                    }
                }
                _ => page.skeleton.push(words.first().copied().unwrap_or("").into()),
            }
        } else if let Some(level) = heading(line) {
            headings.retain(|(above, _)| *above < level);
            headings.push((level, line.trim_start_matches('#').trim().to_string()));
            page.skeleton.push("#".repeat(level));
            data.clear();
            open = false;
        } else if line.starts_with('|') {
            let mut rows = vec![(number, line)];
            while let Some(row) = lines.next_if(|(_, line)| line.starts_with('|')) {
                rows.push(row);
            }
            match (Table::read(&rows, lang), page.cases.last_mut()) {
                (Ok(Some(table)), Some(case)) if open => {
                    page.skeleton.push(format!("table of {} rows", table.rows.len()));
                    case.tables.push(table);
                }
                (Ok(Some(_)), _) => page.mistakes.push(format!("{number}: no example stands before this table")),
                (Ok(None), _) => page.skeleton.push("table".into()),
                (Err(words), _) => page.mistakes.push(words),
            }
        }
    }
    page
}

/// The level of a heading line.
fn heading(line: &str) -> Option<usize> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    (level > 0 && line.get(level..).is_some_and(|rest| rest.starts_with(' '))).then_some(level)
}

/// Both lists; of two files with one path the later stays.
fn merged(common: &[DataFile], own: &[DataFile]) -> Vec<DataFile> {
    let mut all: Vec<DataFile> = Vec::new();
    for file in common.iter().chain(own) {
        all.retain(|other| other.path != file.path);
        all.push(file.clone());
    }
    all
}

/// The marks `# erreur : E0301` at line ends; `# ↑ erreur : E0301` on a line of its own speaks of the line above.
fn marks(fence: &Fence, mistakes: &mut Vec<String>) -> Vec<ExpectedProblem> {
    let mut found = Vec::new();
    for (at, line) in fence.text.lines().enumerate() {
        let number = fence.line + at + 1;
        let Some((before, comment)) = line.rsplit_once('#') else { continue };
        let comment = comment.trim();
        let (above, comment) = match comment.strip_prefix(['↑', '^']) {
            Some(rest) => (true, rest.trim_start()),
            None => (false, comment),
        };
        let Some((word, codes)) = comment.split_once(':') else { continue };
        if !matches!(word.trim(), "erreur" | "error" | "avertissement" | "warning") {
            continue;
        }
        if above != before.trim().is_empty() {
            mistakes.push(format!("{number}: a mark stands at the end of its line, or below it with ↑"));
        }
        let place = ExpectedPlace::Page(if above { number - 1 } else { number });
        for code in codes.split([' ', ',']).filter(|code| !code.is_empty()) {
            if !is_code(code) {
                mistakes.push(format!("{number}: `{code}` is not a code"));
            }
            found.push(ExpectedProblem { place: place.clone(), code: code.to_string() });
        }
    }
    found
}

/// The lines of a `problems` fence: `inscriptions.csv:3 E0502`, or `inscriptions.csv E0501` for the whole file.
fn listed(fence: &Fence, into: &mut Vec<ExpectedProblem>, mistakes: &mut Vec<String>) {
    for (at, line) in fence.text.lines().enumerate() {
        let number = fence.line + at + 1;
        let mut words = line.split_whitespace();
        let Some(place) = words.next() else { continue };
        let place = match place.rsplit_once(':') {
            Some((path, row)) => match row.parse() {
                Ok(row) => ExpectedPlace::Data(path.to_string(), row),
                Err(_) => {
                    mistakes.push(format!("{number}: `{row}` is not the number of a line"));
                    continue;
                }
            },
            None => ExpectedPlace::Path(place.to_string()),
        };
        for code in words {
            if !is_code(code) {
                mistakes.push(format!("{number}: `{code}` is not a code"));
            }
            into.push(ExpectedProblem { place: place.clone(), code: code.to_string() });
        }
    }
}

fn is_code(text: &str) -> bool {
    text.len() == 5 && text.starts_with(['E', 'W']) && text.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b'?')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# Unités

```jauge common
unité élève
```

## Additionner

```csv a.csv windows-1252
é
```

```jauge
indicateur a
  mesure: x   # erreur : E0301
  note: \"
  # ↑ error: E0102, E0103
```

| indicateur | période | groupe | valeur | état |
|---|---|---|---|---|
| a | 2020 | total | 3 | |

```problems
a.csv:3 E0502
a.csv E0501
```

## Autre

```jauge seul
```
";

    #[test]
    fn a_page_is_read() {
        let page = read("x.fr.md", PAGE);
        assert_eq!(page.mistakes, Vec::<String>::new());
        assert_eq!(
            page.skeleton,
            ["#", "jauge common", "##", "csv", "jauge", "table of 1 rows", "problems", "##", "jauge"]
        );
        let case = &page.cases[0];
        assert_eq!(case.section, "Unités / Additionner");
        assert_eq!(case.data[0].bytes(), b"\xe9\n");
        let page_line = |line| ExpectedPlace::Page(line);
        let expected: Vec<_> = case.expected.iter().map(|e| (e.place.clone(), e.code.as_str())).collect();
        assert_eq!(
            expected,
            [
                (page_line(15), "E0301"),
                (page_line(16), "E0102"),
                (page_line(16), "E0103"),
                (ExpectedPlace::Data("a.csv".into(), 3), "E0502"),
                (ExpectedPlace::Path("a.csv".into()), "E0501"),
            ]
        );
        assert_eq!(case.tables.len(), 1);
        assert!(page.cases[1].alone && page.cases[1].data.is_empty());
    }

    #[test]
    fn mistakes_of_a_page_are_told() {
        let page = read("x.fr.md", "```problems\na.csv:x E0501\n```\n```jauge\nx # erreur : E3\n");
        let starts: Vec<&str> = page.mistakes.iter().filter_map(|m| m.split(':').next()).collect();
        assert_eq!(starts, ["1", "4", "5"], "{:?}", page.mistakes);
    }
}
