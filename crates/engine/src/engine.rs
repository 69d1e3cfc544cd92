//! The engine: a query and a catalog to a cube.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use jauge::plan::{Catalog, Cells, Cube, CubeQuery, CubeSource};
use jauge::problem::{DataPlace, DataProblem, Fact, Place, Problem};
use jauge::program::model::{DataSource, FactRows};

use crate::bytes::Bytes;
use crate::feed::{Feed, Stop};
use crate::files::{Files, file_of};
use crate::folder::{self, DataFile, is_parquet};
use crate::header::Headers;
use crate::lookups::{Gathering, Tables};
use crate::merge::{self, Merged};
use crate::open::{self, FilePlace, Opened};
use crate::pages::Pages;
use crate::remark::Remarks;
use crate::scan::{Reading, Scan};
use crate::text::plain;
use crate::text_files::{TextFiles, Trouble, header_only};
use crate::{join, layout, limits, told, windows};

/// How far a scan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Index of the source in the program.
    pub source: usize,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes of the file; as many as were read where that is not known.
    pub total: u64,
    /// Rows read.
    pub rows: u64,
}

type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// Answers cube queries over CSV files below a folder, or over bytes in memory.
#[derive(Clone)]
pub struct Engine {
    root: PathBuf,
    threads: usize,
    chunk: usize,
    few_codes: usize,
    progress: Option<OnProgress>,
    inline: BTreeMap<usize, Inline>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("root", &self.root).field("threads", &self.threads).finish_non_exhaustive()
    }
}

/// Bytes that stand in for a file.
#[derive(Clone)]
struct Inline {
    bytes: Arc<[u8]>,
    /// The rows of a test block: UTF-8, separated by commas, not every column.
    of_test: bool,
}

impl Engine {
    /// An engine on all cores, for files below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Engine {
            root: root.into(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            chunk: limits::CHUNK,
            few_codes: limits::FEW_CODES,
            progress: None,
            inline: BTreeMap::new(),
        }
    }

    /// On so many threads; at least one.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.clamp(1, limits::THREADS);
        self
    }

    /// In chunks of about so many bytes. The answer does not depend on it.
    pub fn chunk_bytes(mut self, bytes: usize) -> Self {
        self.chunk = bytes.clamp(1, limits::CHUNK_MOST);
        self
    }

    /// A source that is looked up in has few codes up to so many: they are remembered one by one. The answer does not depend on it.
    pub fn few_codes(mut self, codes: usize) -> Self {
        self.few_codes = codes.min(limits::REMEMBERED);
        self
    }

    /// Calls `progress` after each chunk, from whatever thread has worked on it.
    pub fn progress(mut self, progress: Arc<dyn Fn(Progress) + Send + Sync>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Answers for a source from these CSV bytes instead of its file, read as the file would be; columns that the query
    /// does not need may be left out.
    pub fn inline(mut self, source: usize, bytes: impl Into<Vec<u8>>) -> Self {
        self.inline.insert(source, Inline { bytes: bytes.into().into(), of_test: false });
        self
    }

    /// Answers for a source from the rows of a test block. They carry only the columns that the test is about.
    pub fn rows<'r>(
        mut self,
        source: usize,
        header: &'r [String],
        rows: impl IntoIterator<Item = &'r [String]>,
    ) -> Self {
        let mut text = String::new();
        for cells in std::iter::once(header).chain(rows) {
            let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.push_str(&quoted.join(","));
            text.push('\n');
        }
        self.inline.insert(source, Inline { bytes: text.into_bytes().into(), of_test: true });
        self
    }

    fn answer(&self, query: &CubeQuery, catalog: Catalog<'_>) -> Result<Cube, Vec<Problem>> {
        let (tables, mut problems, left_out) = self.tables(query, catalog)?;
        let mut cube = self.read(query, catalog, &tables, None)?;
        problems.append(&mut cube.problems);
        cube.problems_left_out += left_out;
        Ok(Cube { problems, ..cube })
    }

    /// The sources in which a query looks up, each by its identifier, and what is wrong in their cells. An identifier that
    /// repeats leaves open what is looked up: then there is no answer.
    fn tables(&self, query: &CubeQuery, catalog: Catalog<'_>) -> Result<(Tables, Vec<Problem>, u64), Vec<Problem>> {
        let (mut tables, mut problems, mut left_out) = (Tables::new(), Vec::new(), 0);
        for (other, query) in query.looked_in(catalog.source) {
            let Some(source) = catalog.sources.get(other) else { continue };
            let catalog = Catalog { source, ..catalog };
            let gathering = Gathering::new(&query);
            let cube = self.read(&query, catalog, &Tables::new(), Some(&gathering))?;
            let repeats =
                |problem: &Problem| matches!(problem.fact, Fact::DataProblem(DataProblem::DuplicateKey { .. }));
            if cube.problems.iter().any(repeats) {
                return Err(cube.problems);
            }
            problems.extend(cube.problems);
            left_out += cube.problems_left_out;
            tables.insert(other, Arc::new(gathering.table(catalog, self.few_codes)));
        }
        Ok((tables, problems, left_out))
    }

    /// Reads a source once. The rows of one that is looked up in go to `gathering` too.
    fn read(
        &self,
        query: &CubeQuery,
        catalog: Catalog<'_>,
        tables: &Tables,
        gathering: Option<&Gathering>,
    ) -> Result<Cube, Vec<Problem>> {
        let source = catalog.source;
        let inline = self.inline.get(&query.source);
        let of_test = inline.is_some_and(|inline| inline.of_test);
        let path = match (inline, &source.path) {
            (None, None) => {
                let fact = DataProblem::NoFile { source: source.name.clone() };
                return Err(vec![Problem::at(fact, Place::Text(source.definition))]);
            }
            (_, Some(path)) => path,
            (Some(_), None) => &source.name,
        };
        let stopped = |stop: Stop| vec![place_stop(stop, source, &Files::new([path.as_str()].into_iter()))];
        let list = match inline {
            Some(_) => vec![DataFile::alone(path)],
            None => folder::files(&self.root, path).map_err(stopped)?,
        };
        let files = Files::new(list.iter().map(|file| file.path.as_str()));
        let stopped = |stop: Stop| vec![place_stop(stop, source, &files)];
        let told = |bytes, total, rows| {
            if let Some(progress) = &self.progress {
                progress(Progress { source: query.source, bytes, total, rows });
            }
        };
        if list.first().is_some_and(|first| is_parquet(&first.path)) && !of_test {
            let memory = inline.map(|inline| Arc::clone(&inline.bytes));
            let least = (self.chunk / limits::ROW_BYTES) as u64;
            let needed = layout::needed(query, catalog, tables);
            let days = query.days.as_ref();
            let pages = Pages::open(&self.root, list, memory, &needed, days, catalog, &files, least)?;
            let mut scan = Scan::new(query, catalog, needed, Reading::Pages(Box::new(pages)), files, &told);
            scan.gathering = gathering;
            return self.finish(scan);
        }
        let open = |file: &DataFile| self.feed(query.source, source, &file.path);
        let mut text = TextFiles::new(list, Box::new(open), of_test, inline.is_some());
        let Some(opened) = text.open(catalog).map_err(stopped)? else { return Ok(Cube::default()) };
        let of_inline;
        let query = if of_test {
            of_inline = asked_of_rows(query, source, &opened.1);
            &of_inline
        } else {
            query
        };
        let needed = layout::needed(query, catalog, tables);
        text.begin(opened, &needed, catalog, &files)?;
        let excluded = if of_test { &[] } else { source.format.excluded_rows.as_slice() };
        let mut scan = Scan::new(query, catalog, needed, Reading::Text(Box::new(Mutex::new(text))), files, &told);
        scan.gathering = gathering;
        scan.excluded = excluded.iter().map(|text| plain(text)).collect();
        self.finish(scan)
    }

    /// Scans, and puts what was found together.
    fn finish(&self, scan: Scan<'_>) -> Result<Cube, Vec<Problem>> {
        let (query, source) = (scan.query, scan.catalog.source);
        let parts = merge::run(&scan, self.threads);
        if let Some(trouble) = scan.stop.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let again = match &scan.reading {
                Reading::Pages(pages) => pages.first_stop(&scan).map(Trouble::Stop),
                Reading::Text(_) => None,
            };
            return Err(match again.unwrap_or(trouble) {
                Trouble::Stop(stop) => vec![place_stop(stop, source, &scan.files)],
                Trouble::Problems(problems) => problems,
            });
        }
        let rows = scan.rows.load(Ordering::Acquire);
        let unread = match &scan.reading {
            Reading::Pages(pages) => pages.unread(),
            Reading::Text(_) => 0,
        };
        let mut problems = scan.remarks();
        if rows == 0 && unread == 0 {
            problems.push(header_only(&scan.files, 0));
        }
        let Merged { folded, mistakes, keys, several, identities, cells, people } =
            merge::merge(&scan, parts, self.threads);
        let periods = folded.periods.clone();
        let (mut sets, mut too_large) = folded.finish(query);
        too_large.extend(join::cells(&scan, &cells, &people, &mut sets));
        too_large.sort_unstable();
        too_large.dedup();
        let met = scan.needed.iter().map(|one| one.reader.windows()).find(|met| !met.is_empty()).unwrap_or_default();
        let mut problems_left_out = 0;
        let (mut facts, facts_left_out) = told::facts(&scan, several, &mut problems, &mut problems_left_out);
        let windows = windows::in_order(query, &met, &mut sets, &mut facts);
        for column in too_large {
            let name = source.columns.get(column).map_or_else(String::new, |column| column.name.clone());
            let at = scan.needed.iter().position(|one| one.index == column).unwrap_or(usize::MAX);
            let header_line = scan.files.get(0).header_line;
            let place = scan.files.cell(at, header_line, String::new());
            problems.push(Problem::at(DataProblem::SumTooLarge { column: name }, Place::Data(place)));
        }
        problems_left_out += told::explain(&scan, mistakes, &mut problems);
        problems_left_out += told::duplicates(&scan, keys, &mut problems);
        problems.sort_by_key(sort_key);
        Ok(Cube {
            sets,
            rows,
            unread,
            periods,
            windows,
            keys: identities,
            facts,
            facts_left_out,
            problems,
            problems_left_out,
            unreadable: false,
        })
    }

    /// A file of a source, or the bytes in its place, at its start.
    fn feed(&self, at: usize, source: &DataSource, path: &str) -> Result<Opened, Stop> {
        let Some(inline) = self.inline.get(&at) else {
            return open::feed(&self.root, path, &source.format, self.chunk);
        };
        if !inline.of_test {
            return open::feed_of(Bytes::of_memory(&inline.bytes), path, &source.format, self.chunk);
        }
        // Inline rows are text of an indicator file: UTF-8, whatever the source's file is.
        let feed = Feed::new(open::memory(path, &inline.bytes), None, self.chunk)?;
        let place = FilePlace { path: path.to_string(), sheet: String::new() };
        Ok(Opened { feed, place, remarks: Remarks::default() })
    }
}

/// A query without the columns that the rows of a test block do not have.
fn asked_of_rows(query: &CubeQuery, source: &DataSource, headers: &Headers) -> CubeQuery {
    let is_there = |column: &usize| {
        source.columns.get(*column).is_some_and(|column| {
            let sought: Vec<String> = column.headers.iter().chain([&column.name]).cloned().collect();
            headers.find(&sought).0.is_some()
        })
    };
    let unique = query.unique.iter().copied().filter(is_there).collect();
    let facts = query.facts.clone().filter(|facts| is_there(&facts.column)).map(|facts| FactRows {
        same: facts.same.into_iter().filter(|column| is_there(column)).collect(),
        stated: facts.stated.into_iter().filter(|column| is_there(column)).collect(),
        by: facts.by.filter(|by| is_there(by)),
        ..facts
    });
    CubeQuery { unique, facts, ..query.clone() }
}

impl CubeSource for Engine {
    fn cube(&self, query: &CubeQuery, catalog: Catalog<'_>) -> Cube {
        self.answer(query, catalog).unwrap_or_else(|problems| Cube {
            sets: query.sets.iter().map(|_| Cells::new()).collect(),
            problems,
            unreadable: true,
            ..Cube::default()
        })
    }
}

fn place_stop(stop: Stop, source: &DataSource, files: &Files) -> Problem {
    if stop.line == 0 {
        return Problem::at(*stop.fact, Place::Text(source.definition));
    }
    let known = files.get(file_of(stop.line));
    let header = known.columns.iter().find(|(number, _)| *number == stop.column && stop.column > 0);
    let header = header.map(|(_, header)| header.clone()).unwrap_or_default();
    let at = DataPlace { column: stop.column, header, text: stop.text, ..files.whole(stop.line) };
    Problem::at(*stop.fact, Place::Data(at))
}

fn sort_key(problem: &Problem) -> (u64, u32, &'static str) {
    match &problem.at {
        Place::Data(at) => (at.line, at.column, problem.code()),
        Place::Text(_) | Place::Path(_) | Place::Table(_) => (0, 0, problem.code()),
    }
}
