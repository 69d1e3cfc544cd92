//! The pages of E05: each example yields exactly its code, its mended form nothing.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use jauge::evaluate::evaluate;
use jauge::plan::{Catalog, CubeSource, Request, plan};
use jauge::program::{Context, check};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge_engine::Engine;

fn codes(text: &str, root: &Path) -> Vec<String> {
    let parsed = [parse(FileId(0), &SourceFile::new("page.jauge", text), Lang::Fr)];
    let checked = check(&parsed, &Context { lang: Lang::Fr, tables: &BTreeMap::new() });
    let program = checked.program;
    let mut problems: Vec<_> = parsed.into_iter().flat_map(|parsed| parsed.problems).chain(checked.problems).collect();
    let plan = plan(&program, &Request::all());
    let engine = Engine::new(root);
    let mut cubes = Vec::new();
    for query in &plan.queries {
        let source = &program.sources[query.source];
        let catalog = Catalog {
            source,
            sources: &program.sources,
            dimensions: &program.dimensions,
            calendars: &program.calendars,
        };
        let cube = engine.cube(query, catalog);
        problems.extend(cube.problems.clone());
        cubes.push(cube);
    }
    problems.extend(evaluate(&program, &plan, &cubes).1);
    problems.iter().map(|problem| problem.code().to_string()).collect()
}

#[test]
fn error_pages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let mut wrong = String::new();
    let mut pages = 0;
    for entry in std::fs::read_dir(folder).expect("the pages") {
        let path = entry.expect("an entry").path();
        let code = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if !(code.starts_with("E05") || code.starts_with("W05")) {
            continue;
        }
        pages += 1;
        let text = std::fs::read_to_string(&path).expect("a page");
        let root = std::env::temp_dir().join(format!("jauge-page-{code}-{}", std::process::id()));
        std::fs::create_dir_all(&root).expect("a folder");
        let mut nth = 0;
        let mut fences = text.split("```");
        fences.next();
        while let (Some(fence), _) = (fences.next(), fences.next()) {
            let (info, body) = fence.split_once('\n').expect("a fence with an info line");
            if let Some(name) = info.strip_prefix("csv ") {
                std::fs::write(root.join(name), body).expect("a data file");
                continue;
            }
            // How a table of a database is made; such pages are tested with the database.
            if info == "sql" {
                continue;
            }
            nth += 1;
            let expected: &[&str] = if nth % 2 == 1 { &[code.as_str()] } else { &[] };
            if info == "jauge" {
                let found = codes(body, &root);
                if found != expected {
                    let _ = writeln!(wrong, "{code}, example {nth}: {found:?} instead of {expected:?}");
                }
            }
        }
        std::fs::remove_dir_all(&root).expect("the folder");
        assert_eq!(nth, 4, "{code} has two examples in each language");
    }
    assert!(wrong.is_empty(), "{wrong}");
    let codes = jauge::problem::Fact::codes();
    let codes = codes.iter().filter(|code| code.get(1..3) == Some("05")).count();
    assert_eq!(pages, codes, "every code of the family has its page");
}
