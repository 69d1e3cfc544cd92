//! A scan: what is kept of rows in which way, and the rows of text files pulled chunk by chunk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jauge::plan::{Catalog, CubeQuery, LaneState};
use jauge::problem::Problem;

use crate::cell::Mistake;
use crate::class::{Measured, Shape, measured};
use crate::codes::Codes;
use crate::column::{Kind, Needed};
use crate::facts::FactPlaces;
use crate::files::{Files, file_of};
use crate::filled::Filled;
use crate::filter::Filters;
use crate::fused::{Fused, is_here};
use crate::header::not_utf8_at;
use crate::lookups::Gathering;
use crate::pages::Pages;
use crate::people::Plan;
use crate::report::{Mistakes, shorten};
use crate::rows::{OfChunk, Records, fill};
use crate::split::{Buffers, Found, Layout, Row, rows, runs};
use crate::text::{plain, trim};
use crate::text_files::{Pulled, TextFiles, Trouble};
use crate::told::MASK;
use crate::work::{Hands, Part};

/// What all threads share.
pub(crate) struct Scan<'a> {
    pub(crate) query: &'a CubeQuery,
    pub(crate) catalog: Catalog<'a>,
    pub(crate) needed: Vec<Needed<'a>>,
    /// Some needed column is looked up in another source.
    pub(crate) looks_up: bool,
    /// Where the rows of a source go that is looked up in.
    pub(crate) gathering: Option<&'a Gathering>,
    pub(crate) filters: Filters,
    /// The places of each key's codes.
    pub(crate) codes: Vec<Codes>,
    /// What is counted and added row by row, without classes.
    pub(crate) fused: Fused,
    /// Columns whose distinct values are counted by pairs.
    pub(crate) people: Vec<Plan>,
    /// For each set, which of its lanes are kept by classes of rows.
    pub(crate) by_class: Vec<Vec<bool>>,
    /// What is kept by classes of rows.
    pub(crate) measured: Vec<Measured>,
    pub(crate) shape: Shape,
    /// Which bits of a row's words matter to what is kept by classes; `None` where nothing is.
    pub(crate) class_words: Option<Vec<u64>>,
    /// Columns of the source whose distinct values are kept by classes, and their places among the needed ones.
    pub(crate) distinct_columns: Vec<usize>,
    pub(crate) distinct: Vec<usize>,
    /// Which bits of a class's words matter to them.
    pub(crate) distinct_words: Vec<u64>,
    /// Needed columns that together are a key.
    pub(crate) unique: Vec<usize>,
    /// Where the columns of facts are.
    pub(crate) facts: Option<FactPlaces>,
    pub(crate) reading: Reading<'a>,
    pub(crate) files: Files,
    /// First cells of rows that are left out.
    pub(crate) excluded: Vec<String>,
    /// The first trouble that ends the scan.
    pub(crate) stop: Mutex<Option<Trouble>>,
    pub(crate) stopped: AtomicBool,
    pub(crate) rows: AtomicU64,
    pub(crate) told: &'a (dyn Fn(u64, u64, u64) + Send + Sync),
}

/// Where rows come from.
pub(crate) enum Reading<'a> {
    /// Records of text files and sheets.
    Text(Box<Mutex<TextFiles<'a>>>),
    /// Row groups of Parquet files.
    Pages(Box<Pages>),
}

impl<'a> Scan<'a> {
    /// Sorts out what is kept of rows in which way.
    pub(crate) fn new(
        query: &'a CubeQuery,
        catalog: Catalog<'a>,
        mut needed: Vec<Needed<'a>>,
        reading: Reading<'a>,
        files: Files,
        told: &'a (dyn Fn(u64, u64, u64) + Send + Sync),
    ) -> Scan<'a> {
        let (filters, mut conditions) = Filters::new(query, catalog);
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
            .flat_map(|column| Plan::all(query, column, place(column), &filters, &codes))
            .collect();
        let is_pairs =
            |state: LaneState| distinct_of(state).is_some_and(|of| people.iter().any(|plan| plan.column == of));
        let fused = Fused::new(query, &filters, &codes, place, is_pairs);
        let by_class: Vec<Vec<bool>> = query
            .sets
            .iter()
            .zip(&fused.sets)
            .map(|(set, fused)| {
                let elsewhere = |state| fused.is_some() && (is_here(state) || is_pairs(state));
                let is_by_class = |lane: &usize| query.lanes.get(*lane).is_some_and(|lane| !elsewhere(lane.state));
                set.lanes.iter().map(is_by_class).collect()
            })
            .collect();
        let is_by_class = |set: usize, position: usize, _: LaneState| {
            by_class.get(set).and_then(|lanes| lanes.get(position)) == Some(&true)
        };
        let class_words = match query.facts {
            Some(_) => Some(vec![u64::MAX; shape.width()]),
            None => words_of(query, shape, &filters, is_by_class),
        };
        let of_class =
            |state: LaneState| matches!(state, LaneState::Distinct(_) | LaneState::Keys(_)) && !is_pairs(state);
        let distinct_words = words_of(query, shape, &filters, |_, _, state| of_class(state)).unwrap_or_default();
        let distinct_columns: Vec<usize> = columns_of(&|state| match state {
            LaneState::Keys(column) => Some(column),
            state if is_pairs(state) => None,
            state => distinct_of(state),
        })
        .into_iter()
        .collect();
        Scan {
            measured: measured(query, place, &by_class),
            distinct: distinct_columns.iter().map(|column| place(*column)).collect(),
            unique: query.unique.iter().map(|column| place(*column)).collect(),
            facts: query.facts.as_ref().map(|facts| FactPlaces::new(facts, place)),
            query,
            catalog,
            filters,
            codes,
            fused,
            people,
            by_class,
            shape,
            class_words,
            distinct_columns,
            distinct_words,
            looks_up: needed.iter().any(|one| one.reader.looked().is_some()),
            needed,
            gathering: None,
            reading,
            files,
            excluded: Vec::new(),
            stop: Mutex::new(None),
            stopped: AtomicBool::new(false),
            rows: AtomicU64::new(0),
            told,
        }
    }

    /// What is worth knowing about the files, and declared columns that are not there.
    pub(crate) fn remarks(&self) -> Vec<Problem> {
        let Reading::Text(text) = &self.reading else { return Vec::new() };
        let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
        let mut problems = std::mem::take(&mut text.problems);
        for (file, remarks) in &text.remarks {
            let known = self.files.get(*file);
            problems.extend(remarks.problems(&known.place, known.header_line));
        }
        problems
    }

    /// The texts of some lines in some needed columns, read again; nothing for lines that cannot be read any more.
    pub(crate) fn texts(&self, mut lines: Vec<u64>, columns: &[usize]) -> BTreeMap<u64, Vec<String>> {
        let mut texts = BTreeMap::new();
        lines.sort_unstable();
        lines.dedup();
        let mut keep = |line: u64, text: &dyn Fn(usize) -> String| {
            let parts = columns.iter().map(|at| match self.needed.get(*at) {
                Some(one) if one.reader.column.confidential => MASK.to_string(),
                Some(_) => shorten(&text(*at)),
                None => String::new(),
            });
            texts.insert(line, parts.collect());
        };
        match &self.reading {
            Reading::Text(text) => {
                let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
                for lines in lines.chunk_by(|a, b| file_of(*a) == file_of(*b)) {
                    let file = lines.first().map_or(0, |line| file_of(*line));
                    let last = lines.last().copied().unwrap_or(0);
                    text.skip_to(file);
                    let mut buffers = Buffers::default();
                    while let Ok(Some(pulled)) = text.next(Filled::default(), &self.needed, self.catalog, &self.files) {
                        let chunk = pulled.chunk;
                        if chunk.first_line > last {
                            break;
                        }
                        let Ok(bytes) = std::str::from_utf8(&chunk.bytes) else { break };
                        let layout = &pulled.layout;
                        rows(bytes, chunk.has_quotes, chunk.first_line, layout, &mut buffers, |row| {
                            if lines.binary_search(&row.line).is_ok() {
                                keep(row.line, &|at| layout.text(row, at).to_string());
                            }
                        });
                    }
                }
            }
            Reading::Pages(pages) => pages.texts(self, &lines, &mut keep),
        }
        texts
    }

    /// Takes in rows until there are none.
    pub(crate) fn run(&self) -> Part {
        let (mut hands, mut part) = self.start();
        match &self.reading {
            Reading::Text(text) => self.records(text, &mut hands, &mut part),
            Reading::Pages(pages) => pages.run(self, &mut hands, &mut part),
        }
        self.end(&mut hands, &mut part);
        part
    }

    /// Pulls chunks until there are none.
    fn records(&self, files: &Mutex<TextFiles<'_>>, hands: &mut Hands, part: &mut Part) {
        let mut buffers = Buffers::default();
        let mut records = Records::default();
        let mut spare = Filled::default();
        while let Some(pulled) = self.pull(files, spare) {
            let Pulled { chunk, layout, encoding_known, done, total } = pulled;
            let text = match std::str::from_utf8(&chunk.bytes) {
                Ok(text) => text,
                Err(error) => {
                    let signs = (layout.separator, layout.newline);
                    let (at, line) = (error.valid_up_to(), chunk.first_line);
                    let path = self.files.get(file_of(line)).place.path;
                    self.halt(Trouble::Stop(not_utf8_at(encoding_known, &path, signs, &chunk.bytes, at, line)));
                    break;
                }
            };
            records.suit(layout.places);
            let (mut count, mut of_runs) = (0u64, 0u64);
            let flush = |records: &mut Records, hands: &mut Hands, part: &mut Part| {
                let texts = OfChunk { chunk: text, records, layout: &layout };
                fill(self, &texts, &mut hands.block, &mut hands.memories, &mut part.mistakes);
                self.block(&texts, hands, part);
                records.clear();
            };
            let mut one = |row: &Row<'_>, records: &mut Records, hands: &mut Hands, part: &mut Part| {
                if self.excludes(row, &layout) {
                    return;
                }
                count += 1;
                if self.is_broken(row, &mut part.mistakes) {
                    return;
                }
                hands.block.lines.push(row.line);
                records.push(row);
                if records.is_full() {
                    flush(records, hands, part);
                }
            };
            if chunk.has_quotes || !self.excluded.is_empty() {
                rows(text, chunk.has_quotes, chunk.first_line, &layout, &mut buffers, |row| {
                    one(row, &mut records, hands, part);
                });
            } else {
                runs(text, chunk.first_line, &layout, &mut buffers, |found| match found {
                    Found::Row(row) => one(row, &mut records, hands, part),
                    Found::Run(run) => {
                        let mut from = 0;
                        while from < run.rows() {
                            let many = records.push_run(&run, from, &layout);
                            let line = run.line + from as u64;
                            hands.block.lines.extend(line..line + many as u64);
                            from += many;
                            if records.is_full() {
                                flush(&mut records, hands, part);
                            }
                        }
                        of_runs += run.rows() as u64;
                    }
                });
            }
            count += of_runs;
            if !records.is_empty() {
                flush(&mut records, hands, part);
            }
            self.progress(count, done, total);
            spare = chunk.bytes;
        }
    }

    /// So many rows more have been read, and so many bytes of all.
    pub(crate) fn progress(&self, count: u64, done: u64, total: u64) {
        let rows = self.rows.fetch_add(count, Ordering::Relaxed) + count;
        (self.told)(done, total, rows);
    }

    /// Somebody asks for the texts of a needed column, not only for what they are.
    pub(crate) fn asks_texts(&self, at: usize) -> bool {
        let is_text = self.needed.get(at).is_some_and(|one| one.kind != Kind::Number);
        if self.gathering.is_some() {
            return true;
        }
        let is_people = is_text && self.people.iter().any(|plan| plan.at == at);
        let index = self.needed.get(at).map(|one| one.index);
        let is_compared = self
            .filters
            .between()
            .any(|(_, test)| Some(test.column) == index || test.other.is_some_and(|(_, other)| Some(other) == index));
        is_people || is_compared || self.unique.contains(&at) || self.distinct.contains(&at) || self.facts.is_some()
    }

    /// The cells that a row of the file of this line has.
    pub(crate) fn cells(&self, line: u64) -> usize {
        self.files.get(file_of(line)).cells
    }

    /// A row that has not the cells of the header, or text after a quote, is left aside.
    fn is_broken(&self, row: &Row<'_>, mistakes: &mut Mistakes) -> bool {
        if row.fits && !row.after_quote {
            return false;
        }
        let mistake = if row.after_quote {
            Mistake::AfterQuote
        } else {
            Mistake::CellCount { found: u32::try_from(row.count).unwrap_or(u32::MAX) }
        };
        mistakes.add(usize::MAX, row.line, mistake, "");
        true
    }

    /// The first cell that is not empty is a text that marks rows to be left out.
    fn excludes(&self, row: &Row<'_>, layout: &Layout) -> bool {
        if self.excluded.is_empty() {
            return false;
        }
        let mut cells = layout.wanted.iter().filter(|place| **place != Layout::SKIP);
        let first = cells.find_map(|place| Some(row.text(*place as usize)).filter(|text| !trim(text).is_empty()));
        first.is_some_and(|first| self.excluded.contains(&plain(first)))
    }

    fn pull(&self, files: &Mutex<TextFiles<'_>>, spare: Filled) -> Option<Pulled> {
        let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
        // Chunks that were pulled before a stop are worked through, so that the first stop of the file is found.
        if self.stopped.load(Ordering::Acquire) {
            return None;
        }
        files.next(spare, &self.needed, self.catalog, &self.files).unwrap_or_else(|trouble| {
            self.halt(trouble);
            None
        })
    }

    /// Ends the scan; of several troubles, the one that comes first in the files is told.
    pub(crate) fn halt(&self, trouble: Trouble) {
        let place = |trouble: &Trouble| match trouble {
            Trouble::Stop(stop) => (stop.line, stop.column),
            // Columns that are not there: nothing of their file is read.
            Trouble::Problems(_) => (u64::MAX, 0),
        };
        let mut first = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        if first.as_ref().is_none_or(|other| place(&trouble) < place(other)) {
            *first = Some(trouble);
        }
        self.stopped.store(true, Ordering::Release);
    }
}

/// Which bits of a row's words matter to some lanes of each set; `None` where there are no such lanes.
fn words_of(
    query: &CubeQuery,
    shape: Shape,
    filters: &Filters,
    is_wanted: impl Fn(usize, usize, LaneState) -> bool,
) -> Option<Vec<u64>> {
    let mut words = vec![0u64; shape.width()];
    let mut some = false;
    for (at, set) in query.sets.iter().enumerate() {
        let lanes =
            set.lanes.iter().enumerate().filter_map(|(position, lane)| Some((position, query.lanes.get(*lane)?)));
        let mut any = false;
        for (_, lane) in lanes.filter(|(position, lane)| is_wanted(at, *position, lane.state)) {
            any = true;
            let Some(bit) = lane.filter.and_then(|filter| filters.bit(Some(filter), None)) else { continue };
            if let Some(word) = words.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
        if any {
            some = true;
            for key in &set.keys {
                if let Some(word) = words.get_mut(shape.mask_words + key) {
                    *word = u64::MAX;
                }
            }
        }
    }
    some.then_some(words)
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
