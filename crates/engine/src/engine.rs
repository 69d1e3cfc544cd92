//! The engine: a query and a catalog to a cube.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jauge::plan::{Catalog, Cells, Cube, CubeQuery, CubeSource, Key, LaneState, StatedFact};
use jauge::problem::{DataPlace, DataProblem, Place, Problem};
use jauge::program::model::{Column, DataSource, FactRows, TestKind, TestOn};

use crate::bytes::Bytes;
use crate::cell::Mistake;
use crate::class::{Shape, measured};
use crate::codes::Codes;
use crate::column::{Kind, Needed, Reader};
use crate::distinct::Keys;
use crate::facts::{self, FactPlaces, Several, Telling};
use crate::feed::{Feed, Stop};
use crate::filter::Filters;
use crate::fold::Folded;
use crate::fused::{self, Fused, is_here};
use crate::header::Headers;
use crate::join;
use crate::limits;
use crate::open::{self, FilePlace, Opened};
use crate::people::{self, Counted, Pairs, Plan};
use crate::remark::Remarks;
use crate::report::{Mistakes, shorten};
use crate::scan::{Part, Scan, words_of};
use crate::split::Layout;
use crate::text::plain;
use crate::windows;

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
        let source = catalog.source;
        let whole = |fact| vec![Problem::at(fact, Place::Text(source.definition))];
        let inline = self.inline.get(&query.source);
        let of_test = inline.is_some_and(|inline| inline.of_test);
        if inline.is_none() && source.path.is_none() {
            return Err(whole(DataProblem::NoFile { source: source.name.clone() }));
        }
        let declared =
            FilePlace { path: source.path.clone().unwrap_or_else(|| source.name.clone()), ..FilePlace::default() };
        let Opened { mut feed, place: file, remarks } = self
            .feed(query.source, source, self.chunk)
            .map_err(|stop| vec![place_stop(stop, source, &declared, &[])])?;
        let stopped = |stop: Stop| vec![place_stop(stop, source, &file, &[])];
        let known: Vec<&str> = source
            .columns
            .iter()
            .flat_map(|column| column.headers.iter().chain([&column.name]))
            .map(String::as_str)
            .collect();
        // They are separated by commas, see `Engine::rows`.
        let (separator, header_rows) =
            if of_test { (Some(','), None) } else { (source.format.separator, source.format.header_rows) };
        let headers = Headers::read(&mut feed, separator, header_rows, &known).map_err(stopped)?;
        let of_inline;
        let query = if of_test {
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
            of_inline = CubeQuery { unique, facts, ..query.clone() };
            &of_inline
        } else {
            query
        };
        let (needed, layout, mut problems) = layout(query, catalog, &headers, (&feed, &file), inline.is_some())?;
        let (filters, mut conditions) = Filters::new(query, catalog);
        let mut needed = needed;
        for one in &mut needed {
            if let Some(conditions) = conditions.get_mut(one.index) {
                one.conditions = std::mem::take(conditions);
            }
            one.kind = one.kind();
        }
        let place = |column: usize| needed.iter().position(|one| one.index == column).unwrap_or(usize::MAX);
        let shape = Shape { mask_words: filters.words, keys: query.keys.len() };
        let codes = Codes::of(query, catalog);
        let columns_of = |of: &dyn Fn(LaneState) -> Option<usize>| -> BTreeSet<usize> {
            query.lanes.iter().filter_map(|lane| of(lane.state)).collect()
        };
        let people: Vec<Plan> = columns_of(&distinct_of)
            .into_iter()
            .filter_map(|column| Plan::new(query, column, place(column), &filters, &codes))
            .collect();
        let is_pairs =
            |state: LaneState| distinct_of(state).is_some_and(|of| people.iter().any(|plan| plan.column == of));
        let fused = Fused::new(query, &filters, &codes, place, is_pairs);
        let by_class: Vec<Vec<bool>> = query
            .sets
            .iter()
            .zip(&fused.sets)
            .map(|(set, fused)| {
                let is_by_class = |lane: &usize| {
                    query
                        .lanes
                        .get(*lane)
                        .is_some_and(|lane| fused.is_none() || !is_here(lane.state) && !is_pairs(lane.state))
                };
                set.lanes.iter().map(is_by_class).collect()
            })
            .collect();
        let is_by_class = |set: usize, position: usize, _: LaneState| {
            by_class.get(set).and_then(|lanes| lanes.get(position)) == Some(&true)
        };
        let class_words = match query.facts {
            Some(_) => Some(vec![u64::MAX; shape.width()]),
            None => words_of(query, shape, is_by_class),
        };
        let of_class =
            |state: LaneState| matches!(state, LaneState::Distinct(_) | LaneState::Keys(_)) && !is_pairs(state);
        let distinct_words = words_of(query, shape, |_, _, state| of_class(state)).unwrap_or_default();
        let distinct_columns: Vec<usize> = columns_of(&|state| match state {
            LaneState::Keys(column) => Some(column),
            state if is_pairs(state) => None,
            state => distinct_of(state),
        })
        .into_iter()
        .collect();
        let measured = measured(query, place, &by_class);
        let distinct = distinct_columns.iter().map(|column| place(*column)).collect();
        let unique = query.unique.iter().map(|column| place(*column)).collect();
        let facts = query.facts.as_ref().map(|facts| FactPlaces::new(facts, place));
        let told = |bytes, total, rows| {
            if let Some(progress) = &self.progress {
                progress(Progress { source: query.source, bytes, total, rows });
            }
        };
        let scan = Scan {
            query,
            catalog,
            filters,
            codes,
            fused,
            people,
            by_class,
            measured,
            shape,
            class_words,
            distinct,
            distinct_words,
            needed,
            unique,
            facts,
            layout,
            place: file.clone(),
            header_line: headers.line,
            excluded: if of_test {
                Vec::new()
            } else {
                source.format.excluded_rows.iter().map(|text| plain(text)).collect()
            },
            encoding_known: feed.encoding.is_some(),
            feed: Mutex::new(feed),
            stop: Mutex::new(None),
            stopped: AtomicBool::new(false),
            rows: AtomicU64::new(0),
            told: &told,
        };
        let parts = run(&scan, self.threads);
        if let Some(stop) = scan.stop.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(vec![place_stop(stop, source, &file, &headers.names)]);
        }
        let rows = scan.rows.load(Ordering::Acquire);
        if rows == 0 {
            let at = DataPlace { line: headers.line, ..file.whole() };
            problems.push(Problem::at(DataProblem::HeaderOnly { path: file.path.clone() }, Place::Data(at)));
        }
        problems.extend(remarks.problems(&file, headers.line));
        let Merged { folded, mistakes, keys, several, identities, cells, people } =
            merge(&scan, parts, &distinct_columns, self.threads);
        let periods = folded.periods.clone();
        let (mut sets, mut too_large) = folded.finish(query);
        too_large.extend(join::cells(&scan, &cells, &people, &mut sets));
        too_large.sort_unstable();
        too_large.dedup();
        let met = scan.needed.iter().map(|one| one.reader.windows()).find(|met| !met.is_empty()).unwrap_or_default();
        let mut problems_left_out = 0;
        let (mut facts, facts_left_out) = self.facts(&scan, several, &mut problems, &mut problems_left_out);
        let windows = windows::in_order(query, &met, &mut sets, &mut facts);
        for column in too_large {
            let name = source.columns.get(column).map_or_else(String::new, |column| column.name.clone());
            let one = scan.needed.iter().find(|one| one.index == column);
            let at = DataPlace {
                line: headers.line,
                column: one.map_or(0, |one| one.number),
                header: one.map_or_else(String::new, |one| one.header.clone()),
                ..file.whole()
            };
            problems.push(Problem::at(DataProblem::SumTooLarge { column: name }, Place::Data(at)));
        }
        problems_left_out += explain(&scan, mistakes, &mut problems);
        problems_left_out += self.duplicates(&scan, keys, &mut problems);
        problems.sort_by_key(sort_key);
        Ok(Cube {
            sets,
            rows,
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

    /// The file of a source, or the bytes in its place, at its start.
    fn feed(&self, at: usize, source: &DataSource, chunk: usize) -> Result<Opened, Stop> {
        let path = source.path.as_deref().unwrap_or(&source.name);
        let Some(inline) = self.inline.get(&at) else { return open::feed(&self.root, path, &source.format, chunk) };
        if !inline.of_test {
            return open::feed_of(Bytes::of_memory(&inline.bytes), path, &source.format, chunk);
        }
        // Inline rows are text of an indicator file: UTF-8, whatever the source's file is.
        let feed = Feed::new(open::memory(path, &inline.bytes), None, chunk)?;
        let place = FilePlace { path: path.to_string(), sheet: String::new() };
        Ok(Opened { feed, place, remarks: Remarks::default() })
    }

    /// Duplicate keys, with both lines. The texts of the key are read again from the file, which is cheap for the few
    /// that are kept.
    fn duplicates(&self, scan: &Scan<'_>, keys: Keys, problems: &mut Vec<Problem>) -> u64 {
        let (lines, left_out) = keys.finish();
        let columns: Vec<&Needed<'_>> = scan.unique.iter().filter_map(|at| scan.needed.get(*at)).collect();
        let texts = self.texts(scan, lines.iter().map(|(line, _)| *line).collect(), &scan.unique);
        for (line, first) in lines {
            let key = shorten(&texts.get(&line).cloned().unwrap_or_default().join(" | "));
            let names = columns.iter().map(|one| one.reader.column.name.clone()).collect();
            let single = match columns.as_slice() {
                [one] => Some(*one),
                _ => None,
            };
            let at = |line, text| DataPlace {
                line,
                column: single.map_or(0, |one| one.number),
                header: single.map_or_else(String::new, |one| one.header.clone()),
                text,
                ..scan.place.whole()
            };
            let fact = DataProblem::DuplicateKey { columns: names, key: key.clone(), first };
            let mut problem = Problem::at(fact, Place::Data(at(line, key)));
            problem.also.push(Place::Data(at(first, String::new())));
            problems.push(problem);
        }
        left_out
    }

    /// Facts that several rows state, with the texts of their rows read again; how many more there are.
    fn facts(
        &self,
        scan: &Scan<'_>,
        mut several: Vec<Several>,
        problems: &mut Vec<Problem>,
        left_out: &mut u64,
    ) -> (Vec<StatedFact>, u64) {
        let Some(places) = &scan.facts else { return (Vec::new(), 0) };
        let (not_kept, disagree) = facts::kept(&mut several);
        *left_out += disagree;
        let lines = several.iter().flat_map(|fact| fact.lines().iter().copied()).collect();
        // A place that is not among the needed ones has an empty text.
        let by = places.by.unwrap_or(usize::MAX);
        let columns: Vec<usize> = [places.column, by].into_iter().chain(places.stated.iter().copied()).collect();
        let mut texts = self.texts(scan, lines, &columns);
        if scan.catalog.source.threshold.is_some_and(|threshold| threshold > 0) {
            // What rows state of few persons is not shown.
            for texts in texts.values_mut() {
                texts.iter_mut().skip(2).filter(|text| !text.is_empty()).for_each(|text| *text = MASK.to_string());
            }
        }
        let telling = Telling {
            query: scan.query,
            shape: scan.shape,
            place: &scan.place,
            needed: &scan.needed,
            places,
            texts: &texts,
        };
        let mut told = Vec::new();
        for fact in &several {
            let (fact, problem) = telling.tell(fact);
            told.push(fact);
            problems.extend(problem);
        }
        (told, not_kept)
    }

    /// The texts of some lines in some needed columns, read again; nothing for lines that cannot be read any more.
    fn texts(&self, scan: &Scan<'_>, mut lines: Vec<u64>, columns: &[usize]) -> BTreeMap<u64, Vec<String>> {
        let mut texts = BTreeMap::new();
        lines.sort_unstable();
        let Some(last) = lines.last().copied() else { return texts };
        let source = scan.catalog.source;
        let Ok(Opened { mut feed, .. }) = self.feed(scan.query.source, source, limits::CHUNK) else { return texts };
        let separator = Some(char::from(scan.layout.separator));
        // Below the headers, wherever they were.
        let rows = u32::try_from(scan.header_line).ok().map(|line| (line, line));
        if Headers::read(&mut feed, separator, rows, &[]).is_err() {
            return texts;
        }
        let mut buffers = crate::split::Buffers::default();
        while let Ok(Some(chunk)) = feed.next(Vec::new()) {
            if chunk.first_line > last {
                break;
            }
            let Ok(text) = std::str::from_utf8(&chunk.bytes) else { break };
            crate::split::rows(text, chunk.has_quotes, chunk.first_line, &scan.layout, &mut buffers, |row| {
                if lines.binary_search(&row.line).is_ok() {
                    let parts = columns.iter().map(|at| match scan.needed.get(*at) {
                        Some(one) if one.reader.column.confidential => MASK.to_string(),
                        Some(one) => shorten(row.text(one.place)),
                        None => String::new(),
                    });
                    texts.insert(row.line, parts.collect());
                }
            });
        }
        texts
    }
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

/// What stands for the text of confidential columns.
const MASK: &str = "•••";

fn place_stop(stop: Stop, source: &DataSource, file: &FilePlace, headers: &[String]) -> Problem {
    if stop.line == 0 {
        return Problem::at(*stop.fact, Place::Text(source.definition));
    }
    let header = (stop.column as usize).checked_sub(1).and_then(|at| headers.get(at)).cloned().unwrap_or_default();
    let at = DataPlace { line: stop.line, column: stop.column, header, text: stop.text, ..file.whole() };
    Problem::at(*stop.fact, Place::Data(at))
}

fn sort_key(problem: &Problem) -> (u64, u32, &'static str) {
    match &problem.at {
        Place::Data(at) => (at.line, at.column, problem.code()),
        Place::Text(_) | Place::Path(_) | Place::Table(_) => (0, 0, problem.code()),
    }
}

/// Finds the declared columns in the file. A needed column that is not there makes the source unreadable; another one is
/// reported, unless the rows are inline.
fn layout<'a>(
    query: &'a CubeQuery,
    catalog: Catalog<'a>,
    headers: &Headers,
    (feed, file): (&Feed, &FilePlace),
    is_inline: bool,
) -> Result<(Vec<Needed<'a>>, Layout, Vec<Problem>), Vec<Problem>> {
    let wanted = query.columns();
    let mut problems = Vec::new();
    let mut lost = false;
    let mut needed: Vec<Needed<'a>> = Vec::new();
    let mut places: Vec<u32> = vec![Layout::SKIP; headers.names.len()];
    let mut count = 0u32;
    for (index, column) in catalog.source.columns.iter().enumerate() {
        let is_needed = wanted.contains(&index);
        if is_inline && !is_needed {
            continue;
        }
        let mut sought = column.headers.clone();
        if sought.is_empty() {
            sought.push(column.name.clone());
        }
        let (first, second) = headers.find(&sought);
        let Some(first) = first else {
            lost |= is_needed;
            let separator = headers.other_separator(&sought);
            problems.push(missing_column(column, sought, separator, headers, file));
            if separator.is_some() {
                // The wrong separator loses every column: that is one mistake.
                return Err(problems.split_off(problems.len() - 1));
            }
            continue;
        };
        let number = u32::try_from(first + 1).unwrap_or(0);
        let header = headers.names.get(first).cloned().unwrap_or_default();
        if let Some(second) = second {
            lost |= is_needed;
            let columns = (number, u32::try_from(second + 1).unwrap_or(0));
            let at = DataPlace {
                line: headers.line,
                column: columns.1,
                header: header.clone(),
                text: header.clone(),
                ..file.whole()
            };
            problems.push(Problem::at(DataProblem::DuplicateHeader { header, columns }, Place::Data(at)));
            continue;
        }
        if !is_needed {
            continue;
        }
        let Some(slot) = places.get_mut(first) else { continue };
        if *slot == Layout::SKIP {
            *slot = count;
            count += 1;
        }
        let keys = query.keys.iter().enumerate().filter(|(_, key)| match key {
            Key::Dimension { column, .. }
            | Key::Period { column, .. }
            | Key::Said { column }
            | Key::StageDate { column } => *column == index,
        });
        needed.push(Needed {
            index,
            place: *slot as usize,
            number,
            header,
            reader: Reader::new(column, catalog, compares_numbers(query, index)),
            keys: keys.collect(),
            conditions: crate::filter::Conditions::default(),
            kind: Kind::Remembered,
            quick: None,
        });
        if let Some(one) = needed.last_mut() {
            one.quick = one.reader.quick();
        }
    }
    if lost {
        return Err(problems);
    }
    if !catalog.source.format.excluded_rows.is_empty() {
        // The first cell that is not empty says whether the row is left out, wherever it is.
        for place in places.iter_mut().filter(|place| **place == Layout::SKIP) {
            *place = count;
            count += 1;
        }
    }
    let least = headers.names.iter().rposition(|name| !name.is_empty()).map_or(0, |at| at + 1);
    let layout = Layout {
        separator: feed.separator,
        newline: feed.newline,
        cells: headers.names.len(),
        // Empty cells at the end of a row of a sheet are not kept.
        least: if feed.is_sheet { 0 } else { least },
        wanted: places,
        places: count as usize,
        beside: feed.is_sheet,
    };
    Ok((needed, layout, problems))
}

fn missing_column(
    column: &Column,
    sought: Vec<String>,
    separator: Option<char>,
    headers: &Headers,
    file: &FilePlace,
) -> Problem {
    let at = DataPlace { line: headers.line, ..file.whole() };
    let near = headers.near(&sought);
    let fact = DataProblem::MissingColumn {
        column: column.name.clone(),
        sought,
        found: headers.names.iter().map(|name| shorten(name)).collect(),
        near,
        separator,
    };
    Problem::at(fact, Place::Data(at)).also(column.definition)
}

fn run(scan: &Scan<'_>, threads: usize) -> Vec<Part> {
    if threads <= 1 {
        return vec![scan.run()];
    }
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| scan.run())).collect();
        let mut parts = vec![scan.run()];
        for other in others {
            match other.join() {
                Ok(part) => parts.push(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        parts
    })
}

/// The findings of all threads together.
struct Merged {
    folded: Folded,
    mistakes: Mistakes,
    keys: Keys,
    several: Vec<Several>,
    identities: BTreeMap<usize, Vec<Box<[u8]>>>,
    /// Cells of each thread, with the scales of their sums.
    cells: Vec<(fused::Cells, Vec<u8>)>,
    people: Vec<Counted>,
}

fn merge(scan: &Scan<'_>, parts: Vec<Part>, distinct: &[usize], threads: usize) -> Merged {
    let (mut hands, mut all) = scan.start();
    let mut cells = Vec::new();
    let mut pairs: Vec<Vec<Pairs>> = scan.people.iter().map(|_| Vec::new()).collect();
    for part in parts {
        all.folded.merge(part.folded);
        all.mistakes.merge(part.mistakes);
        all.keys.merge(part.keys);
        all.facts.merge(part.facts);
        cells.push((part.cells, part.scales));
        for (all, of_thread) in pairs.iter_mut().zip(part.pairs) {
            all.push(of_thread);
        }
        let renamed: Vec<u32> =
            (0..part.classes.len()).map(|class| all.classes.class(part.classes.words(class)) as u32).collect();
        for (own, other) in all.occurrences.iter_mut().zip(part.occurrences) {
            own.merge(other, &renamed);
        }
    }
    let people = scan.people.iter().zip(pairs).map(|(plan, pairs)| people::count(plan, pairs, threads)).collect();
    let facts = std::mem::take(&mut all.facts);
    let (counted, several) = facts.settle(scan.facts.as_ref().is_some_and(|places| places.declared));
    scan.count(&counted, &mut all);
    scan.end(&mut hands, &mut all);
    let Part { mut folded, mistakes, classes, occurrences, keys, .. } = all;
    let mut identities = BTreeMap::new();
    for (column, mut occurrences) in distinct.iter().zip(occurrences) {
        if scan.query.lanes.iter().any(|lane| lane.state == LaneState::Keys(*column)) {
            identities.insert(*column, occurrences.in_order());
            folded.add_keys(*column, &occurrences, &classes, scan.query, scan.shape);
        }
        if scan.people.iter().all(|plan| plan.column != *column) {
            folded.add_distinct(*column, occurrences, &classes, scan.query, scan.shape);
        }
    }
    Merged { folded, mistakes, keys, several, identities, cells, people }
}

fn distinct_of(state: LaneState) -> Option<usize> {
    match state {
        LaneState::Distinct(column) => Some(column),
        LaneState::Rows
        | LaneState::Line
        | LaneState::Present(_)
        | LaneState::Sum(_)
        | LaneState::Minimum(_)
        | LaneState::Maximum(_)
        | LaneState::Keys(_)
        | LaneState::Values(_)
        | LaneState::Marks(_)
        | LaneState::First { .. }
        | LaneState::Last { .. } => None,
    }
}

/// Adds the words' facts of the mistakes that are kept; says how many are not.
fn explain(scan: &Scan<'_>, mistakes: Mistakes, problems: &mut Vec<Problem>) -> u64 {
    let decimals = mistakes.decimals();
    let (kept, left_out) = mistakes.finish();
    // The same text in the same column has the same facts: looking for close names is slow.
    let mut known: BTreeMap<(usize, Mistake, Box<str>), DataProblem> = BTreeMap::new();
    for (at, kept) in kept {
        let cells = scan.layout.cells;
        let Some(needed) = scan.needed.get(at) else {
            let fact = match kept.mistake {
                Mistake::CellCount { found } => DataProblem::WrongCellCount { found: found as usize, wanted: cells },
                _ => DataProblem::TextAfterQuote,
            };
            let place = DataPlace { line: kept.line, ..scan.place.whole() };
            problems.push(Problem::at(fact, Place::Data(place)));
            continue;
        };
        let masked = needed.reader.column.confidential && !kept.text.is_empty();
        let text = if masked { MASK.to_string() } else { kept.text.to_string() };
        let fact = known
            .entry((at, kept.mistake, text.clone().into()))
            .or_insert_with(|| {
                let other = decimals.get(&at).filter(|_| kept.mistake == Mistake::Style);
                let mixed = other.and_then(|(line, other)| needed.reader.mixed(&text, (*line, other)));
                mixed.unwrap_or_else(|| needed.reader.explain(kept.mistake, &text, cells))
            })
            .clone();
        let place = DataPlace {
            line: kept.line,
            column: needed.number,
            header: needed.header.clone(),
            text,
            ..scan.place.whole()
        };
        problems.push(Problem::at(fact, Place::Data(place)));
    }
    left_out
}

/// True where a test of the query compares the numbers of a column.
fn compares_numbers(query: &CubeQuery, column: usize) -> bool {
    query.tests.iter().any(|test| match (&test.on, &test.test) {
        (TestOn::Column { column: tested, .. }, TestKind::Number(..) | TestKind::NumberBetween(..)) => {
            *tested == column
        }
        (TestOn::Column { .. } | TestOn::Dimension(_), _) => false,
    })
}
