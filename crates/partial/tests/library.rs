//! The SNIA library and the examples: every data file cut by rows into several places, the merge compared with the whole. Tables of
//! aggregates with totals, windows, qualified figures, milestones, facts and registers are all in there.

mod common;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use common::{SECRET, sent};
use jauge::evaluate::evaluate;
use jauge::outcome::Outcome;
use jauge::plan::{Catalog, Cube, CubeQuery, CubeSource, Request, plan};
use jauge::program::model::{DataSource, Format, Program};
use jauge::program::{CodeTable, Context, check, tables_needed};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge_engine::Engine;
use jauge_partial::{MergeKey, Partial, Writer, merge, questions};

struct Project {
    program: Program,
    root: PathBuf,
}

/// The project of a folder, whose data lie in `data` below it.
fn project(folder: &str, data: &str) -> Project {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the repository").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "jauge") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let file = |(at, path): (usize, &PathBuf)| {
        let text = std::fs::read_to_string(path).expect("an indicator file");
        let id = FileId(u16::try_from(at).expect("few files"));
        parse(id, &SourceFile::new(path.to_string_lossy().into_owned(), text), Lang::Fr)
    };
    let parsed: Vec<_> = paths.iter().enumerate().map(file).collect();
    let root = folder.join(data);
    let table = |(path, _): (String, jauge::text::Span)| {
        let table = jauge_engine::read_table(&root, &path, &Format::default()).expect("a code list");
        (path, CodeTable { header: table.header, rows: table.rows })
    };
    let tables: BTreeMap<String, CodeTable> = tables_needed(&parsed).into_iter().map(table).collect();
    let checked = check(&parsed, &Context { lang: Lang::Fr, tables: &tables });
    Project { program: checked.program, root }
}

/// The data of a source, cut by rows: the same header in each place, rows in turn, but rows of one fact in one place.
fn cut(project: &Project, source: &DataSource, places: usize, turn: usize) -> Option<Vec<Vec<u8>>> {
    let path = source.path.as_ref()?;
    let bytes = std::fs::read(project.root.join(path)).expect("a data file");
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let header = lines.next().unwrap_or_default();
    let mut out = vec![header.to_vec(); places];
    let mut of_fact: HashMap<Vec<u8>, usize> = HashMap::new();
    let fact = source.facts.as_ref().map(|facts| {
        let names = &source.columns[facts.column].headers;
        let name = source.columns[facts.column].name.clone();
        let header = String::from_utf8_lossy(header).into_owned();
        let separator = if header.contains(';') { b';' } else { b',' };
        let mut cells = header.trim().split(char::from(separator)).map(|cell| cell.trim_matches('"'));
        let at = cells.position(|cell| cell == name || names.iter().any(|name| name == cell)).expect("the column");
        (separator, at)
    });
    for (at, line) in lines.enumerate() {
        let mut place = (at * 7 + turn) % places;
        if let Some((separator, column)) = fact {
            let code = line.split(|byte| *byte == separator).nth(column).unwrap_or_default().trim_ascii().to_vec();
            if !code.is_empty() {
                place = *of_fact.entry(code).or_insert(place);
            }
        }
        out[place].extend_from_slice(line);
        if !line.ends_with(b"\n") {
            out[place].push(b'\n');
        }
    }
    Some(out)
}

fn answer(program: &Program, engine: &Engine, query: &CubeQuery) -> Cube {
    let source = &program.sources[query.source];
    engine.cube(
        query,
        Catalog { source, sources: &program.sources, dimensions: &program.dimensions, calendars: &program.calendars },
    )
}

/// Figures and rules, without the files and lines of statements.
fn told(outcome: &Outcome) -> Vec<String> {
    let figures = outcome.figures.iter().map(|figure| {
        let mut figure = figure.clone();
        for fact in &mut figure.facts {
            for statement in &mut fact.statements {
                (statement.file, statement.line) = (String::new(), 0);
            }
            fact.statements.sort_by_key(|one| format!("{one:?}"));
        }
        figure.facts.sort_by_key(|fact| format!("{fact:?}"));
        format!("{figure:?}")
    });
    figures.chain(outcome.rules.iter().map(|rule| format!("{rule:?}"))).collect()
}

fn compare(folder: &str, data: &str, places: usize, least: usize) {
    let project = project(folder, data);
    let program = &project.program;
    let plan = plan(program, &Request::all());
    let engine = Engine::new(&project.root).threads(1);
    let cubes: Vec<Cube> = plan.queries.iter().map(|query| answer(program, &engine, query)).collect();
    let expected = evaluate(program, &plan, &cubes).0;
    assert!(expected.figures.len() >= least, "{} figures", expected.figures.len());

    let asked = questions(program, &plan, false);
    let key = MergeKey::new(SECRET).expect("long enough");
    let partial = |place: usize| {
        let mut engine = Engine::new(&project.root).threads(1);
        for (at, source) in program.sources.iter().enumerate() {
            if let Some(mut cut) = cut(&project, source, places, at) {
                engine = engine.inline(at, cut.swap_remove(place));
            }
        }
        let cubes = asked.iter().map(|question| answer(program, &engine, &question.query)).collect();
        let label = format!("Place {place}");
        let writer = Writer { label: &label, key: Some(&key), engine: "test", protected: true };
        let partial = Partial::new(program, &plan, asked.clone(), cubes, writer);
        let partial = partial.unwrap_or_else(|problems| panic!("{folder}: {problems:?}"));
        (format!("{place}.json"), sent(program, &partial))
    };
    let partials = (0..places).map(partial).collect();
    let (merged, _) = merge(program, partials, true).unwrap_or_else(|problems| panic!("{folder}: {problems:#?}"));
    let outcome = evaluate(program, &merged.plan, &merged.cubes()).0;
    let (found, expected) = (told(&outcome), told(&expected));
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected, "{folder} in {places} places");
    }
    assert_eq!(found.len(), expected.len(), "{folder} in {places} places");
}

#[test]
fn the_library_in_places_is_the_library() {
    compare("indicators", "donnees", 3, 500);
}

#[test]
fn the_examples_in_places_are_the_examples() {
    for (folder, data, least) in [
        ("examples/premiers-pas", "donnees", 4),
        ("examples/export-excel", "donnees", 4),
        ("examples/registre-enfants", "donnees", 10),
        ("examples/school-register", "data", 10),
    ] {
        for places in [1, 2, 5] {
            compare(folder, data, places, least);
        }
    }
}
