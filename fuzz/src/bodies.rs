//! What is fuzzed: bytes in, no panic, and what must hold of the answer. The fuzz targets run these functions, and so does an
//! ordinary test of the engine over mutated seeds.

#[path = "readers.rs"]
pub mod readers;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jauge::format::{FormatRefusal, Style};
use jauge::plan::{Catalog, Cube, CubeQuery, CubeSource, Days, Plan, Request, plan};
use jauge::problem::{Place, Problem};
use jauge::program::model::Program;
use jauge::program::{Checked, Context};
use jauge::syntax::ast::Parsed;
use jauge::text::{FileId, Lang, SourceFile, Span};
use jauge_engine::Engine;

/// The longest text that is tried: beyond it nothing new is found, only slowly.
const LONGEST: usize = 1 << 16;

/// The parser: no panic, every place inside the text, words in both languages for every problem.
pub fn parse(bytes: &[u8]) {
    let Some((file, parsed)) = parsed(bytes) else { return };
    sound(&parsed.problems, &file);
}

/// The checker and the planner on whatever the parser makes.
pub fn check(bytes: &[u8]) {
    let Some((file, parsed)) = parsed(bytes) else { return };
    let checked = checked(&[parsed]);
    sound(&checked.problems, &file);
    let _ = plan(&checked.program, &Request::all());
}

/// The formatter: what it writes is what it reads, and writing again changes nothing.
pub fn format(bytes: &[u8]) {
    let Some((file, parsed)) = parsed(bytes) else { return };
    for keywords in [None, Some(Lang::Fr), Some(Lang::En)] {
        let style = Style { keywords, ..Style::default() };
        match jauge::format::format(&parsed, &file, &style) {
            Err(FormatRefusal::HasErrors) => return,
            Err(FormatRefusal::NotTheSame) => panic!("the formatted text means something else"),
            Ok(text) => {
                let again = SourceFile::new("fuzzed.jauge", text.clone());
                let parsed = jauge::syntax::parse(FileId(0), &again, Lang::Fr);
                let twice = jauge::format::format(&parsed, &again, &style);
                assert_eq!(twice.as_deref(), Ok(text.as_str()), "formatting twice changes the text");
            }
        }
    }
}

/// The reader of data: the first bytes choose how it is read, the rest is the file. Any number of threads and any size of
/// chunks must give the same cube, and figures must come out of it.
pub fn csv(bytes: &[u8]) {
    let [choice, chunk, data @ ..] = bytes else { return };
    let data = data.get(..LONGEST).unwrap_or(data);
    let (program, plan) = registers();
    let mut cubes = Vec::new();
    for query in &plan.queries {
        let Some(source) = program.sources.get(query.source) else { continue };
        let mut source = source.clone();
        source.format.separator = [None, Some(';'), Some(','), Some('\t')][usize::from(choice & 3)];
        source.format.decimal = [None, Some(','), Some('.'), Some(',')][usize::from(choice >> 2 & 3)];
        source.format.thousands = [None, Some(' '), Some('.'), Some(',')][usize::from(choice >> 4 & 3)];
        let catalog = Catalog {
            source: &source,
            sources: &program.sources,
            dimensions: &program.dimensions,
            calendars: &program.calendars,
        };
        let ask = |engine: Engine| engine.inline(query.source, data).cube(query, catalog);
        let cube: Cube = ask(Engine::new(".").threads(1));
        let other: Cube = ask(Engine::new(".").threads(3).chunk_bytes(usize::from(*chunk) + 1));
        assert_eq!(cube, other, "threads or chunks change the answer");
        assert!(cube.unreadable || cube.sets.len() == query.sets.len());
        for problem in &cube.problems {
            assert!(!problem.words(Lang::Fr).title.is_empty() && !problem.words(Lang::En).title.is_empty());
        }
        cubes.push(cube);
    }
    let _ = jauge::evaluate::evaluate(program, plan, &cubes);
}

/// The reader of Parquet: any number of threads must give the same cube.
pub fn parquet(bytes: &[u8]) {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    let (program, plan) = registers();
    for query in &plan.queries {
        let Some(source) = program.sources.get(query.source) else { continue };
        let mut source = source.clone();
        source.path = Some("registre.parquet".to_string());
        let catalog = Catalog {
            source: &source,
            sources: &program.sources,
            dimensions: &program.dimensions,
            calendars: &program.calendars,
        };
        let ask = |query: &CubeQuery, threads, chunk| -> Cube {
            Engine::new(".").threads(threads).chunk_bytes(chunk).inline(query.source, bytes).cube(query, catalog)
        };
        // Groups are divided down to single rows; those outside 2020 may be left unread.
        let days = source.period.map(|(column, _)| Days { column, ranges: vec![(18_262, 18_627)] });
        for query in [query, &CubeQuery { days, ..query.clone() }] {
            let cube = ask(query, 1, 1 << 20);
            assert!(cube.unreadable || cube.sets.len() == query.sets.len());
            assert_eq!(cube, ask(query, 3, 1), "threads change the answer");
        }
    }
}

fn parsed(bytes: &[u8]) -> Option<(SourceFile, Parsed)> {
    let text = String::from_utf8_lossy(bytes.get(..LONGEST).unwrap_or(bytes));
    let file = SourceFile::new("fuzzed.jauge", text.into_owned());
    let parsed = jauge::syntax::parse(FileId(0), &file, Lang::Fr);
    Some((file, parsed))
}

fn checked(parsed: &[Parsed]) -> Checked {
    jauge::program::check(parsed, &Context { lang: Lang::Fr, tables: &BTreeMap::new() })
}

fn sound(problems: &[Problem], file: &SourceFile) {
    let inside = |span: &Span| span.start <= span.end && file.text.get(span.range()).is_some();
    for problem in problems {
        for place in [&problem.at].into_iter().chain(&problem.also) {
            match place {
                Place::Text(span) => assert!(inside(span), "{problem:?} lies outside the text"),
                Place::Data(_) | Place::Path(_) | Place::Table(_) => {}
            }
        }
        for lang in Lang::ALL {
            let words = problem.words(lang);
            assert!(!words.title.is_empty(), "{problem:?} has no title");
            assert_eq!(words.also.len(), problem.also.len(), "{problem:?} has a label for each place");
        }
    }
}

/// A register with a column of every type, and its plan.
fn registers() -> &'static (Program, Plan) {
    static MADE: OnceLock<(Program, Plan)> = OnceLock::new();
    MADE.get_or_init(|| {
        let file = SourceFile::new("registers.jauge", include_str!("../seeds/registers.jauge"));
        let parsed = [jauge::syntax::parse(FileId(0), &file, Lang::Fr)];
        let checked = checked(&parsed);
        let problems: Vec<&str> =
            parsed.iter().flat_map(|p| &p.problems).chain(&checked.problems).map(|p| p.code()).collect();
        assert!(problems.iter().all(|code| code.starts_with('W')), "the seed is sound: {problems:?}");
        let plan = plan(&checked.program, &Request::all());
        assert!(!plan.queries.is_empty());
        (checked.program, plan)
    })
}
