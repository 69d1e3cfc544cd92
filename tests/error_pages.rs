//! The pages of `docs/errors`: each example gives exactly its code, its mended form nothing.

use std::collections::BTreeMap;
use std::path::Path;

use jauge::program::{CodeTable, Context, check, tables_needed};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};

/// Codes of a text, with the code lists given beside it.
fn codes(text: &str, lang: Lang, csv: &BTreeMap<String, String>) -> Vec<&'static str> {
    let file = SourceFile::new("page.jauge", text);
    let parsed = vec![parse(FileId(0), &file, lang)];
    let mut tables = BTreeMap::new();
    for (path, _) in tables_needed(&parsed) {
        if let Some(text) = csv.get(&path) {
            let cells = |line: &str| line.split(',').map(|cell| cell.trim().to_string()).collect();
            let mut lines = text.lines();
            let header = lines.next().map(cells).unwrap_or_default();
            tables.insert(path, CodeTable { header, rows: lines.map(cells).collect() });
        }
    }
    let checked = check(&parsed, &Context { lang, tables: &tables });
    let mut codes: Vec<&'static str> = parsed[0].problems.iter().map(|problem| problem.code()).collect();
    codes.extend(checked.problems.iter().map(|problem| problem.code()));
    codes
}

/// The fences of one language section: info string and text.
fn fences(section: &str) -> Vec<(String, String)> {
    let mut fences = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in section.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info.trim().to_string(), String::new())),
            (Some(_), Some(_)) => fences.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    fences
}

#[test]
fn examples_give_their_code_and_mended_forms_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors");
    let mut wrong = String::new();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of pages").flatten() {
        let path = entry.path();
        let code = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_string();
        // Families that parse and check can show; the others need data, an evaluation or a project.
        if !["E01", "E02", "E03", "E04", "W01", "W02", "W03", "W04"].iter().any(|family| code.starts_with(family)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a readable page");
        let (french, english) = text.split_once("## English").expect("both languages");
        for (section, lang) in [(french, Lang::Fr), (english, Lang::En)] {
            let mut csv = BTreeMap::new();
            let mut examples = Vec::new();
            for (info, text) in fences(section) {
                match info.split_once(' ') {
                    Some(("csv", path)) => {
                        csv.insert(path.trim().to_string(), text);
                    }
                    Some(_) | None if info == "jauge" => examples.push(text),
                    Some(_) | None => {}
                }
            }
            for (at, example) in examples.iter().enumerate() {
                seen += 1;
                let mut found = codes(example, lang, &csv);
                // A page on the text shows a lone block: that nothing uses it is no mistake of its.
                found.retain(|found| !(code.starts_with("E01") && *found == "W0201"));
                let wanted: &[&str] = if at == 0 { &[&code] } else { &[] };
                if found != wanted {
                    wrong.push_str(&format!("{code} {lang:?} example {}: {found:?}\n{example}\n", at + 1));
                }
            }
        }
    }
    assert!(seen > 0, "there are examples");
    assert!(wrong.is_empty(), "{wrong}");
}
