//! Parquet files to blocks of rows: row groups dealt to threads, only the columns that are needed, dictionaries kept as places
//! in the thread's memory. The library unpacks the pages; what lies in them is read here, straight to codes and numbers.

mod bounds;
mod deal;
mod hybrid;
mod leaf;
mod meaning;
mod page;

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use jauge::plan::{Catalog, Days};
use jauge::problem::{ColumnarProblem, DataProblem, Place, Problem};
use jauge::text::Both;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::Length;

use crate::block::{ROWS, Texts};
use crate::column::Needed;
use crate::feed::{Stop, likely_encoding};
use crate::files::{Files, file_of, in_file, line_of};
use crate::folder::DataFile;
use crate::header::Headers;
use crate::layout::find;
use crate::open::FilePlace;
use crate::scan::Scan;
use crate::text_files::Trouble;
use crate::work::{Hands, Part};
use bounds::{Unread, constant};
use deal::{Deal, Share};
use hybrid::Broken;
use leaf::{Into, Leaf, LeafTexts, Stopped};
use meaning::{Form, Meaning, meaning};
use page::{Chunk, Failed, Input, Places, library};

/// Takes a line, and what tells the texts of its needed columns.
type Keep<'k> = &'k mut dyn FnMut(u64, &dyn Fn(usize) -> String);

/// The Parquet files of a source.
pub(crate) struct Pages {
    root: PathBuf,
    files: Vec<PagesFile>,
    groups: Vec<Group>,
    deal: Deal,
    unread: Unread,
    done: AtomicU64,
    total: u64,
}

/// Rows after which it is told how far a thread has come.
const PROGRESS: u64 = 1 << 16;

/// One row group.
#[derive(Clone, Copy)]
struct Group {
    file: usize,
    /// Its place in the file.
    at: usize,
    /// Rows of the file before its first one.
    before: u64,
    rows: u64,
    /// As it lies in the file.
    bytes: u64,
}

impl Group {
    /// Bytes up to a row.
    fn bytes_to(&self, row: u64) -> u64 {
        let bytes = u128::from(self.bytes) * u128::from(row) / u128::from(self.rows.max(1));
        u64::try_from(bytes).unwrap_or(self.bytes)
    }
}

/// One file.
struct PagesFile {
    declared: String,
    memory: Option<Bytes>,
    facts: Arc<ParquetMetaData>,
    /// For each needed column.
    columns: Vec<Of>,
}

/// Where the cells of a needed column are.
#[derive(Clone)]
enum Of {
    /// In this column of the file.
    Column(usize, Form, Meaning),
    /// They are all what the name of a folder says.
    Name(String),
}

impl Pages {
    /// Reads the ends of all files, which tell their columns and row groups, and finds the needed columns. A thread is given at
    /// least so many rows of a group that another has begun.
    #[allow(clippy::too_many_arguments, reason = "what the engine knows of a source")]
    pub(crate) fn open(
        root: &Path,
        list: Vec<DataFile>,
        memory: Option<Arc<[u8]>>,
        needed: &[Needed<'_>],
        days: Option<&Days>,
        catalog: Catalog<'_>,
        known: &Files,
        least: u64,
    ) -> Result<Pages, Vec<Problem>> {
        let definition = Place::Text(catalog.source.definition);
        if let (Some(first), Some(field)) = (list.first(), does_not_apply(catalog)) {
            let fact = ColumnarProblem::DoesNotApply { path: first.path.clone(), field };
            return Err(vec![Problem::at(fact, definition)]);
        }
        let memory = memory.map(|bytes| Bytes::from(bytes.to_vec()));
        let mut pages = Pages {
            root: root.to_path_buf(),
            files: Vec::new(),
            groups: Vec::new(),
            deal: Deal::new([], least),
            unread: Unread::default(),
            done: AtomicU64::new(0),
            total: 0,
        };
        for (at, file) in list.into_iter().enumerate() {
            let stop = |stop: Stop| vec![Problem::at(*stop.fact, definition.clone())];
            let input = input(root, &file.path, memory.as_ref()).map_err(stop)?;
            let facts = library(|| ParquetMetaDataReader::new().parse_and_finish(&input))
                .map_err(|error| stop(broken(&file.path, &Failed::Library(error))))?;
            if !is_sound(&facts, input.len()) {
                return Err(stop(broken(&file.path, &Failed::Broken(Broken("end of file")))));
            }
            let place = FilePlace { path: file.path.clone(), sheet: String::new() };
            let schema = facts.file_metadata().schema_descr_ptr();
            // Columns that lie in others are found by their first name, and refused when they are needed.
            let names =
                schema.columns().iter().map(|column| column.path().parts().first().cloned().unwrap_or_default());
            let mut headers = Headers { names: names.collect(), line: 0 };
            let leaves: Vec<usize> = first_of_each(&mut headers.names);
            let found = find(needed, catalog, &headers, &place, &file.named, memory.is_some())?;
            let mut columns = Vec::new();
            for ((place, name), one) in found.places.iter().zip(&found.named).zip(needed) {
                let leaf = place.and_then(|place| leaves.get(place).copied());
                columns.push(match leaf {
                    None => Of::Name(name.clone().unwrap_or_default()),
                    Some(leaf) => match meaning(
                        &schema.column(leaf),
                        one.reader.decimals().unwrap_or(0),
                        catalog.source.format.zone,
                    ) {
                        Ok((form, meaning)) => Of::Column(leaf, form, meaning),
                        Err(found) => {
                            let fact = ColumnarProblem::OtherType {
                                column: one.reader.column.name.clone(),
                                header: headers.names.get(place.unwrap_or(0)).cloned().unwrap_or_default(),
                                found,
                            };
                            let problem = Problem::at(fact, Place::Data(known.whole(in_file(at, 0))));
                            return Err(vec![problem.also(one.reader.column.definition)]);
                        }
                    },
                });
            }
            known.set(at, found.file);
            let mut rows = 0u64;
            for (group, of) in facts.row_groups().iter().enumerate() {
                let whole = |number: i64| u64::try_from(number).unwrap_or(0);
                let (count, bytes) = (whole(of.num_rows()), whole(of.compressed_size()));
                let place = Group { file: at, at: group, before: rows, rows: count, bytes };
                rows += count;
                let unread = &mut pages.unread;
                let is_unread = |days: &Days| unread.takes(&place, of, &columns, needed, days, catalog);
                if days.is_some_and(is_unread) {
                    continue;
                }
                pages.groups.push(place);
                pages.total += bytes;
            }
            let (declared, memory) = (file.path, memory.clone());
            pages.files.push(PagesFile { declared, memory, facts: Arc::new(facts), columns });
        }
        pages.deal = Deal::new(pages.groups.iter().map(|group| group.rows), least);
        Ok(pages)
    }

    /// Rows that need not be read, as the statistics of their groups say.
    pub(crate) fn unread(&self) -> u64 {
        self.unread.rows
    }

    /// One thread's work.
    pub(crate) fn run(&self, scan: &Scan<'_>, hands: &mut Hands, part: &mut Part) {
        let mut texts = OfPages::new(scan);
        let mut open = None;
        let thread = self.deal.join();
        // From which period to which the data go does not depend on what is read of them.
        if let Some((at, ends)) = &self.unread.ends
            && let (Some(needed), Some(memory)) = (scan.needed.get(*at), hands.memories.get_mut(*at))
        {
            for (_, text) in ends {
                memory.slot(text, needed, scan.catalog, &scan.codes);
            }
        }
        // What is taken is read to its end, so that whatever lies before a trouble is met too.
        while !scan.stopped.load(Ordering::Acquire)
            && let Some(share) = self.deal.take(thread, scan.needed.len())
        {
            let Some(group) = self.groups.get(share.group) else { break };
            let (mut told, mut row) = (share.at, share.at);
            let mut next = || {
                let count = self.deal.next(thread);
                if count == 0 || row - told >= PROGRESS {
                    self.tell(scan, group, told..row);
                    told = row;
                }
                row += count;
                count
            };
            let read = self.rows(
                group,
                &share,
                &mut next,
                &mut open,
                scan,
                hands,
                part,
                &mut texts,
                &mut |texts, hands, part| {
                    scan.block(texts, hands, part);
                },
            );
            if let Err(stop) = read {
                scan.halt(Trouble::Stop(stop));
                break;
            }
        }
    }

    /// Tells that these rows of a group are read.
    fn tell(&self, scan: &Scan<'_>, group: &Group, rows: Range<u64>) {
        let bytes = group.bytes_to(rows.end) - group.bytes_to(rows.start);
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        scan.progress(rows.end - rows.start, done, self.total.max(done));
    }

    /// Reads rows of a group from the first one of a share on, as many at a time as `next` says, until it says 0.
    #[allow(clippy::too_many_arguments, reason = "what one thread works with")]
    fn rows(
        &self,
        group: &Group,
        share: &Share,
        next: &mut dyn FnMut() -> u64,
        open: &mut Option<(usize, Arc<Input>)>,
        scan: &Scan<'_>,
        hands: &mut Hands,
        part: &mut Part,
        texts: &mut OfPages,
        each: &mut dyn FnMut(&OfPages, &mut Hands, &mut Part),
    ) -> Result<(), Stop> {
        let Some(file) = self.files.get(group.file) else { return Ok(()) };
        let Some(of_group) = file.facts.row_groups().get(group.at) else { return Ok(()) };
        let mut count = next();
        if count == 0 {
            return Ok(());
        }
        let input = match open {
            Some((opened, input)) if *opened == group.file => Arc::clone(input),
            _ => {
                let input = Arc::new(input(&self.root, &file.declared, file.memory.as_ref())?);
                *open = Some((group.file, Arc::clone(&input)));
                input
            }
        };
        let mut leaves = Vec::new();
        // What follows from another column is read only for its texts.
        let is_read = |needed: &Needed<'_>, texts: &LeafTexts| needed.leader.is_none() || texts.wanted;
        for (at, ((of, needed), texts)) in file.columns.iter().zip(&scan.needed).zip(&texts.0).enumerate() {
            leaves.push(match of {
                _ if !is_read(needed, texts) => Leaf::of_text(String::new()),
                // The pages of a column with one value need not be read: files that are sorted or divided have many.
                of if let Some(text) = constant(of_group, of) => Leaf::of_text(text),
                Of::Name(name) => Leaf::of_text(name.clone()),
                Of::Column(column, form, meaning) => {
                    let places = share.places.get(at, &input, of_group, *column);
                    let chunk =
                        places.and_then(|places| Chunk::new(&input, of_group, *column, *form, places, share.at));
                    Leaf::of_chunk(chunk.map_err(|failed| broken(&file.declared, &failed))?, *meaning)
                }
            });
        }
        // The first row of a file is its line 1.
        let mut first = group.before + share.at + 1;
        while count > 0 {
            hands.block.lines.extend((first..first + count).map(|line| in_file(group.file, line)));
            let columns = hands.block.columns.iter_mut().zip(&mut hands.memories).zip(&mut texts.0);
            for ((place, (needed, leaf)), ((column, memory), texts)) in
                scan.needed.iter().zip(&mut leaves).enumerate().zip(columns)
            {
                if !is_read(needed, texts) {
                    continue;
                }
                column.slots.clear();
                let into = Into { at: place, memory, column, texts, mistakes: &mut part.mistakes };
                leaf.read(scan, needed, &hands.block.lines, into).map_err(|stopped| match stopped {
                    Stopped::Failed(failed) => broken(&file.declared, &failed),
                    Stopped::NotUtf8(line, bytes) => not_utf8(scan, place, line, &bytes),
                })?;
            }
            each(texts, hands, part);
            for ((leaf, texts), memory) in leaves.iter_mut().zip(&mut texts.0).zip(&hands.memories) {
                leaf.forget();
                texts.clear(memory.lasting());
            }
            first += count;
            count = next();
        }
        Ok(())
    }

    /// The first thing that ends the reading, when all rows are read one after the other. What threads find first depends on
    /// where they begin.
    pub(crate) fn first_stop(&self, scan: &Scan<'_>) -> Option<Stop> {
        let mut texts = OfPages::new(scan);
        let (mut hands, mut part) = scan.start();
        let mut open = None;
        self.groups.iter().find_map(|group| {
            self.some_rows(group, 0..group.rows, &mut open, scan, &mut hands, &mut part, &mut texts, &mut |_, _| {})
                .err()
        })
    }

    /// Reads some rows of a group.
    #[allow(clippy::too_many_arguments, reason = "what one thread works with")]
    fn some_rows(
        &self,
        group: &Group,
        rows: Range<u64>,
        open: &mut Option<(usize, Arc<Input>)>,
        scan: &Scan<'_>,
        hands: &mut Hands,
        part: &mut Part,
        texts: &mut OfPages,
        each: &mut dyn FnMut(&OfPages, &[u64]),
    ) -> Result<(), Stop> {
        let places = Arc::new(Places::of(scan.needed.len()));
        let share = Share { group: 0, at: rows.start, end: rows.end, places };
        let mut at = rows.start;
        let mut next = || {
            let count = rows.end.saturating_sub(at).min(ROWS as u64);
            at += count;
            count
        };
        self.rows(group, &share, &mut next, open, scan, hands, part, texts, &mut |texts, hands, _| {
            each(texts, &hands.block.lines);
            hands.block.clear();
        })
    }

    /// The texts of some lines, read again.
    pub(crate) fn texts(&self, scan: &Scan<'_>, lines: &[u64], keep: Keep<'_>) {
        let mut texts =
            OfPages((0..scan.needed.len()).map(|_| LeafTexts { wanted: true, ..LeafTexts::default() }).collect());
        let (mut hands, mut part) = scan.start();
        let mut open = None;
        for group in &self.groups {
            let rows = lines.iter().filter(|line| file_of(**line) == group.file).map(|line| line_of(*line));
            let rows = rows.filter_map(|line| line.checked_sub(group.before + 1)).filter(|row| *row < group.rows);
            let (Some(first), Some(last)) = (rows.clone().min(), rows.max()) else { continue };
            let each = &mut |texts: &OfPages, of_block: &[u64]| {
                for (row, line) in of_block.iter().enumerate() {
                    if lines.binary_search(line).is_ok() {
                        keep(*line, &|at| texts.text(at, row).into_owned());
                    }
                }
            };
            let read = self.some_rows(group, first..last + 1, &mut open, scan, &mut hands, &mut part, &mut texts, each);
            if read.is_err() {
                break;
            }
        }
    }
}

/// The texts of the columns of a block.
struct OfPages(Vec<LeafTexts>);

impl OfPages {
    /// Only of columns whose texts somebody asks for.
    fn new(scan: &Scan<'_>) -> Self {
        let of = |at: usize| LeafTexts { wanted: scan.asks_texts(at), ..LeafTexts::default() };
        OfPages((0..scan.needed.len()).map(of).collect())
    }
}

impl Texts for OfPages {
    fn text(&self, at: usize, row: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.0.get(at).map_or("", |texts| texts.text(row)))
    }
}

/// The end of the file tells of row groups that lie in it.
fn is_sound(facts: &ParquetMetaData, length: u64) -> bool {
    let columns = facts.file_metadata().schema_descr().num_columns();
    facts.row_groups().iter().all(|group| {
        group.num_rows() >= 0
            && group.compressed_size() >= 0
            && group.num_columns() == columns
            && group.columns().iter().all(|column| {
                let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
                let end = start.checked_add(column.compressed_size());
                start >= 0 && column.compressed_size() >= 0 && end.is_some_and(|end| end.unsigned_abs() <= length)
            })
    })
}

/// Keeps the first of columns that have one name, which lie in one column; their places among all.
fn first_of_each(names: &mut Vec<String>) -> Vec<usize> {
    let mut places = Vec::new();
    let mut kept: Vec<String> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        // Leaves of one column stand next to each other.
        if kept.last() != Some(name) {
            kept.push(name.clone());
            places.push(at);
        }
    }
    *names = kept;
    places
}

/// What is declared of text files and workbooks alone.
fn does_not_apply(catalog: Catalog<'_>) -> Option<Both<&'static str>> {
    let format = &catalog.source.format;
    if format.sheet.is_some() {
        Some(Both { fr: "feuille", en: "sheet" })
    } else if format.header_rows.is_some() {
        Some(Both { fr: "ligne des en-têtes", en: "header row" })
    } else if !format.excluded_rows.is_empty() {
        Some(Both { fr: "lignes exclues", en: "excluded rows" })
    } else if format.separator.is_some() {
        Some(Both { fr: "séparateur", en: "separator" })
    } else if format.encoding.is_some() {
        Some(Both { fr: "encodage", en: "encoding" })
    } else {
        None
    }
}

fn input(root: &Path, declared: &str, memory: Option<&Bytes>) -> Result<Input, Stop> {
    match memory {
        Some(memory) => Ok(Input::Memory(memory.clone())),
        None => Ok(Input::File(crate::open::file(root, declared).map_err(|fact| Stop::file(*fact))?)),
    }
}

fn broken(path: &str, failed: &Failed) -> Stop {
    let reason = match failed {
        Failed::Broken(broken) => broken.0.to_string(),
        Failed::Library(error) => error.to_string(),
    };
    Stop::file(ColumnarProblem::Broken { path: path.to_string(), reason })
}

/// Bytes that are no UTF-8, in a cell of this line.
fn not_utf8(scan: &Scan<'_>, at: usize, line: u64, bytes: &[u8]) -> Stop {
    let known = scan.files.get(file_of(line));
    let (number, _) = known.columns.get(at).cloned().unwrap_or_default();
    let (encoding, _) = likely_encoding(bytes);
    let (reads, _, _) = encoding.decode(bytes);
    let reads: String = reads.chars().take(jauge::problem::DataPlace::TEXT_LIMIT).collect();
    let fact = DataProblem::BrokenEncoding { encoding: "UTF-8".to_string() };
    Stop { fact: Box::new(fact.into()), line, column: number, text: reads }
}
