//! The readers of files: compressed text, workbooks, code lists, headers. As in the other bodies, no answer depends on threads or
//! chunks, every problem has its words, and what was packed or put into cells comes out again.

use std::io::{Cursor, Write};

use jauge::plan::{Catalog, Cube, CubeSource};
use jauge::problem::{Place, Problem};
use jauge::program::model::{DataSource, Format};
use jauge::text::Lang;
use jauge_engine::Engine;

use super::{LONGEST, registers};

/// The cubes of a file of this name, the same in any way of reading.
fn cubes(path: &str, bytes: &[u8], chunk: u8, change: impl Fn(&mut DataSource)) -> Vec<Cube> {
    let (program, plan) = registers();
    let mut cubes = Vec::new();
    for query in &plan.queries {
        let Some(source) = program.sources.get(query.source) else { continue };
        let mut source = source.clone();
        source.path = Some(path.to_string());
        change(&mut source);
        let catalog = Catalog {
            source: &source,
            sources: &program.sources,
            dimensions: &program.dimensions,
            calendars: &program.calendars,
        };
        let ask = |engine: Engine| engine.inline(query.source, bytes).cube(query, catalog);
        let cube = ask(Engine::new(".").threads(1));
        let other = ask(Engine::new(".").threads(2).chunk_bytes(usize::from(chunk) + 1));
        assert_eq!(cube, other, "threads or chunks change the answer");
        cube.problems.iter().for_each(in_words);
        cubes.push(cube);
    }
    let _ = jauge::evaluate::evaluate(program, plan, &cubes);
    cubes
}

fn in_words(problem: &Problem) {
    for lang in Lang::ALL {
        let words = problem.words(lang);
        assert!(!words.title.is_empty() && !words.label.is_empty() && !words.help.is_empty(), "{problem:?}");
    }
}

/// Compressed files: bytes as they are under each name, and packed so that the text must come out again, then bent.
pub fn packed(bytes: &[u8]) {
    let [choice, chunk, data @ ..] = bytes else { return };
    let data = data.get(..LONGEST).unwrap_or(data);
    let path = ["r.csv.gz", "r.csv.zst", "r.zip", "r.csv"][usize::from(choice & 3)];
    cubes(path, data, *chunk, |_| {});
    let plain = cubes("r.csv", data, *chunk, |_| {});
    let (path, mut packed) = match choice & 3 {
        0 => ("r.csv.gz", gzip(data)),
        1 => ("r.csv.zst", zstd(data)),
        2 => ("r.zip", zip(&[("r.csv", data)])),
        _ => ("r.csv.gz", [gzip(data), gzip(b""), vec![0; 3]].concat()),
    };
    // What starts like a compressed file would be unpacked under its own name.
    if plain.iter().all(|cube| cube.problems.iter().all(|problem| !problem.code().contains("0503"))) && !data.is_empty()
    {
        for (cube, plain) in cubes(path, &packed, *chunk, |_| {}).iter().zip(&plain) {
            let same = cube.sets == plain.sets && cube.rows == plain.rows && cube.periods == plain.periods;
            assert!(same || cube.unreadable && plain.unreadable, "packing changes the answer");
        }
    }
    let length = packed.len();
    for pair in data.chunks_exact(2).take(3) {
        let at = (usize::from(pair[0]) << 8 | usize::from(pair[1])) % length.max(1);
        if let Some(byte) = packed.get_mut(at) {
            *byte ^= choice | 1;
        }
    }
    cubes(path, &packed, *chunk, |_| {});
}

/// Workbooks: the file itself.
pub fn workbook(bytes: &[u8]) {
    let [choice, chunk, data @ ..] = bytes else { return };
    let path = if choice & 1 == 0 { "r.xlsx" } else { "r.ods" };
    cubes(path, data.get(..LONGEST).unwrap_or(data), *chunk, |_| {});
}

/// Workbooks: the XML of one of the parts, the others being sound.
pub fn sheet(bytes: &[u8]) {
    let [choice, chunk, data @ ..] = bytes else { return };
    let xml = data.get(..LONGEST).unwrap_or(data);
    let sound =
        sheet_xml("<row><c t=\"s\"><v>0</v></c></row><row><c t=\"s\"><v>1</v></c><c s=\"1\"><v>4e4</v></c></row>");
    let texts = b"<sst><si><t>code</t></si><si><t>A1</t></si></sst>";
    let (path, bytes) = match choice & 7 {
        0..=3 => ("r.xlsx", xlsx(xml, texts, STYLES)),
        4 => ("r.xlsx", xlsx(sound.as_bytes(), xml, STYLES)),
        5 => ("r.xlsx", xlsx(sound.as_bytes(), texts, xml)),
        _ => ("r.ods", zip(&[("content.xml", xml)])),
    };
    cubes(path, &bytes, *chunk, |source| {
        source.format.header_rows = [None, Some((1, 2))][usize::from(choice >> 3 & 1)];
    });
}

/// Cells as a workbook keeps them and as a CSV file writes them: the same figures, the same mistakes on the same lines.
pub fn cells(bytes: &[u8]) {
    let [choice, chunk, data @ ..] = bytes else { return };
    let table = table(data.get(..1 << 10).unwrap_or(data));
    let mut csv = String::new();
    let (mut rows, mut texts) = (String::new(), String::new());
    let mut shared = 0u32;
    for (at, row) in table.iter().enumerate() {
        let quoted: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        csv.push_str(&quoted.join(","));
        csv.push('\n');
        rows.push_str(&format!("<x:row r='{}'>", at + 1));
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let place = format!("{}{}", char::from(b'A' + column as u8), at + 1);
            let escaped = cell.replace('&', "&amp;").replace('<', "&#60;");
            let digits = |sign: char| sign.is_ascii_digit();
            let is_number =
                column == 5 && cell.starts_with(digits) && cell.ends_with(digits) && cell.parse::<f64>().is_ok();
            rows.push_str(&match (at + column + usize::from(*choice)) % 4 {
                _ if is_number => format!("<x:c r='{place}'><x:v>{cell}</x:v></x:c>"),
                0 => format!("<c r='{place}' t='inlineStr'><is><r><t>{escaped}</t></r></is></c>"),
                1 => format!("<c t='str' r='{place}'><f>\"&lt;\"</f><v>{escaped}</v></c>"),
                2 if !cell.contains("]]>") => {
                    format!("<c r='{place}' t='inlineStr'><is><t><![CDATA[{cell}]]></t></is></c>")
                }
                _ => {
                    texts.push_str(&format!("<si><t>{escaped}</t><rPh><t>x</t></rPh></si>"));
                    shared += 1;
                    format!("<c r='{place}' s='0' t='s'><v>{}</v></c>", shared - 1)
                }
            });
        }
        rows.push_str("</x:row>");
    }
    let book = xlsx(sheet_xml(&rows).as_bytes(), format!("<sst>{texts}</sst>").as_bytes(), STYLES);
    let declared = |source: &mut DataSource| {
        source.format.separator = Some(',');
        source.format.decimal = Some('.');
        source.format.header_rows = Some((1, 1));
    };
    let written = cubes("r.csv", csv.as_bytes(), *chunk, declared);
    let kept = cubes("r.xlsx", &book, *chunk, |source| {
        declared(source);
        source.format.separator = None;
    });
    for (kept, written) in kept.iter().zip(&written) {
        assert_eq!((kept.rows, kept.unreadable), (written.rows, false), "{csv}");
        assert_eq!(kept.sets, written.sets, "{csv}");
        let places = |cube: &Cube| {
            let place = |problem: &Problem| match &problem.at {
                Place::Data(at) => (problem.code(), at.line, at.column, at.text.clone()),
                Place::Text(_) | Place::Path(_) | Place::Table(_) => (problem.code(), 0, 0, String::new()),
            };
            cube.problems.iter().map(place).collect::<Vec<_>>()
        };
        assert_eq!(places(kept), places(written), "{csv}");
    }
}

/// A code list, of text or of a workbook: as many cells in each row as there are headers, or a problem in words.
pub fn code_list(bytes: &[u8]) {
    let [choice, data @ ..] = bytes else { return };
    let data = data.get(..LONGEST).unwrap_or(data);
    let format =
        Format { separator: [None, Some(';'), Some(','), Some('\t')][usize::from(choice & 3)], ..Format::default() };
    let sheet = sheet_xml(&String::from_utf8_lossy(data));
    let (path, bytes) = match choice >> 2 & 3 {
        0 | 1 => ("codes.csv", data.to_vec()),
        2 => ("codes.csv.gz", gzip(data)),
        _ => ("codes.xlsx", xlsx(sheet.as_bytes(), b"<sst/>", STYLES)),
    };
    match jauge_engine::read_table_of(path, bytes, &format) {
        Ok(table) => {
            assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
            table.remarks.iter().for_each(in_words);
        }
        Err(problem) => in_words(&problem),
    }
}

/// Headers: wherever they are declared to be, and with whatever stands above them.
pub fn headers(bytes: &[u8]) {
    let [choice, chunk, data @ ..] = bytes else { return };
    let data = data.get(..LONGEST).unwrap_or(data);
    let rows = [None, Some((1, 1)), Some((2, 3)), Some((u32::from(*chunk) + 1, u32::from(*chunk) + 2))];
    let declared = |source: &mut DataSource| {
        source.format.header_rows = rows[usize::from(choice & 3)];
        source.format.encoding = [None, Some("utf-16le".to_string())][usize::from(choice >> 2 & 1)].clone();
    };
    cubes("r.csv", data, *chunk, declared);
    let text = String::from_utf8_lossy(data);
    let of = |line: &str| -> String {
        line.split([',', ';', '\t']).map(|cell| format!("<c t='inlineStr'><is><t>{cell}</t></is></c>")).collect()
    };
    let rows: String = text.lines().map(|line| format!("<row>{}</row>", of(line))).collect();
    cubes("r.xlsx", &xlsx(sheet_xml(&rows).as_bytes(), b"<sst/>", STYLES), *chunk, declared);
}

/// The columns of the register, and rows that bytes choose.
fn table(bytes: &[u8]) -> Vec<Vec<String>> {
    const HEADER: [&str; 7] = ["code", "jour", "sexe", "région", "âge", "note", "boursier"];
    const GOOD: [[&str; 4]; 7] = [
        ["A1", "a2", "é", "A1"],
        ["2020-06-15", "2020-09-01", "15/06/2020", "2020-02-30"],
        ["F", "Masculin", " M ", "f"],
        ["", "TTA", "Tanger - Tétouan", "TET"],
        ["12", "18+", "", "0-17"],
        ["1.5", "-", "0", "1500"],
        ["oui", "non", "Oui", "?"],
    ];
    const SIGNS: [&str; 16] = ["a", "9", ".", "-", "\"", "&", "<", ">", ",", ";", "'", "é", "]]>", " ", "\u{a0}", "="];
    let mut bytes = bytes.iter().copied();
    let mut table = vec![HEADER.map(str::to_string).to_vec()];
    while let Some(first) = bytes.next() {
        // The key is never empty: a row of nothing is none in a workbook.
        let mut row = vec![format!("K{first}")];
        for good in GOOD.iter().skip(1) {
            let choice = bytes.next().unwrap_or(0);
            row.push(match choice >> 5 {
                7 => bytes.by_ref().take(usize::from(choice & 7)).map(|byte| SIGNS[usize::from(byte & 15)]).collect(),
                _ => good[usize::from(choice & 3)].to_string(),
            });
        }
        table.push(row);
    }
    table
}

const STYLES: &[u8] =
    b"<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='9'/></cellXfs></styleSheet>";

fn sheet_xml(rows: &str) -> String {
    format!("<x:worksheet xmlns:x='x'><x:sheetData>{rows}</x:sheetData></x:worksheet>")
}

/// A workbook of one sheet.
fn xlsx(sheet: &[u8], texts: &[u8], styles: &[u8]) -> Vec<u8> {
    let links = "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='sheet1.xml'/><Relationship Id='r2' \
                 Type='x/sharedStrings' Target='texts.xml'/><Relationship Id='r3' Type='x/styles' Target='/xl/styles.xml'/></Relationships>";
    zip(&[
        (
            "_rels/.rels",
            b"<Relationships><Relationship Type='x/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        ),
        ("xl/workbook.xml", b"<workbook><sheets><sheet name='S' r:id='r1'/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/sheet1.xml", sheet),
        ("xl/texts.xml", texts),
        ("xl/styles.xml", styles),
    ])
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in files {
        zip.start_file(*name, stored).expect("memory takes it");
        zip.write_all(bytes).expect("memory takes it");
    }
    zip.finish().expect("memory takes it").into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory takes it");
    packed.finish().expect("memory takes it")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}
