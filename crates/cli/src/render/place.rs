//! Where a problem is, with lines and columns as people and editors count them.

use jauge::problem::{Place, Problem};
use jauge::text::{Files, Lang};

/// Lines and columns of a place, all from 1; 0 where a place has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// The file.
    pub path: String,
    /// First line.
    pub line: u64,
    /// First column, in characters.
    pub column: u64,
    /// Line of the end.
    pub end_line: u64,
    /// Column after the end, in characters.
    pub end_column: u64,
    /// First column, in UTF-16 units.
    pub utf16_column: u64,
    /// Column after the end, in UTF-16 units.
    pub end_utf16_column: u64,
}

/// Finds the lines of a place.
pub fn lines(place: &Place, files: &Files) -> Lines {
    match place {
        Place::Text(span) => {
            let Some(file) = files.get(span.file) else { return Lines::default() };
            let (line, column) = file.line_column(span.start);
            let (end_line, end_column) = file.line_column(span.end);
            Lines {
                path: file.path.clone(),
                line: line as u64,
                column: column as u64,
                end_line: end_line as u64,
                end_column: end_column as u64,
                utf16_column: file.utf16_column(span.start) as u64,
                end_utf16_column: file.utf16_column(span.end) as u64,
            }
        }
        Place::Data(data) => Lines {
            path: data.path.clone(),
            line: data.line,
            column: u64::from(data.column),
            end_line: data.line,
            end_column: u64::from(data.column),
            ..Lines::default()
        },
        Place::Path(path) => Lines { path: path.clone(), ..Lines::default() },
        Place::Table(at) => Lines { path: at.table.clone(), ..Lines::default() },
    }
}

/// The place of a cell for people: `donnees.csv:12, colonne 3 « région » : « Tangr »`.
pub fn cell(place: &jauge::problem::DataPlace, lang: Lang) -> String {
    let address = place.address();
    let mut text = match &address {
        Some(address) => format!("{}, {address}", place.path),
        None => format!("{}:{}", place.path, place.line),
    };
    if place.column > 0 {
        let (column, header) = (place.column, &place.header);
        if address.is_none() {
            text.push_str(&lang.pick(format!(", colonne {column}"), format!(", column {column}")));
        }
        if !header.is_empty() {
            text.push_str(&lang.pick(format!(" « {header} »"), format!(" `{header}`")));
        }
    }
    if !place.text.is_empty() {
        let cell = &place.text;
        text.push_str(&lang.pick(format!(" : « {cell} »"), format!(": `{cell}`")));
    }
    text
}

/// The place of a table for people: `postgres: enfants « région » : « Tangr », 3 lignes, dont A12`.
pub fn table(place: &jauge::problem::TablePlace, lang: Lang) -> String {
    let mut text = place.table.clone();
    let quoted = |of: &str| lang.pick(format!("« {of} »"), format!("`{of}`"));
    if !place.column.is_empty() {
        text.push_str(&format!(" {}", quoted(&place.column)));
    }
    if !place.text.is_empty() {
        text.push_str(&lang.pick(format!(" : {}", quoted(&place.text)), format!(": {}", quoted(&place.text))));
    }
    if place.rows > 0 {
        let rows = super::counted(place.rows, lang, ("ligne", "lignes"), ("row", "rows"));
        text.push_str(&format!(", {rows}"));
        if !place.key.is_empty() {
            text.push_str(
                &lang.pick(format!(", dont {}", quoted(&place.key)), format!(", such as {}", quoted(&place.key))),
            );
        }
    }
    text
}

/// A stable mark of a problem that does not move with the lines above it: the code, the file and the words.
pub fn fingerprint(problem: &Problem, path: &str) -> String {
    // FNV-1a, 64 bits: the mark only has to be the same on every machine.
    let words = problem.words(Lang::En);
    let parts = [problem.code(), path, &words.title, &words.label];
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.join("\u{0}").bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
