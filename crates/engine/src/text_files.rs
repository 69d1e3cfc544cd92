//! The text files and workbooks of a source, one after the other, to chunks of whole records with the layout of their file.

use std::sync::Arc;

use jauge::plan::Catalog;
use jauge::problem::{DataProblem, Problem};

use crate::column::Needed;
use crate::feed::{Chunk, Feed, Stop};
use crate::files::{Files, in_file};
use crate::filled::Filled;
use crate::folder::DataFile;
use crate::header::Headers;
use crate::layout::{find, of_records};
use crate::open::Opened;
use crate::remark::Remarks;
use crate::split::Layout;

/// Why a file cannot be read on.
pub(crate) enum Trouble {
    /// Something in the file; the line is among those of all files.
    Stop(Stop),
    /// Its columns.
    Problems(Vec<Problem>),
}

/// A chunk, and how far reading has come.
pub(crate) struct Pulled {
    pub(crate) chunk: Chunk,
    pub(crate) layout: Arc<Layout>,
    pub(crate) encoding_known: bool,
    pub(crate) done: u64,
    pub(crate) total: u64,
}

/// How a file is opened.
pub(crate) type Open<'a> = dyn Fn(&DataFile) -> Result<Opened, Stop> + Send + Sync + 'a;

/// The files that are left to read.
pub(crate) struct TextFiles<'a> {
    files: Vec<DataFile>,
    /// The number of the file that is read, from 0.
    at: usize,
    now: Option<(Feed, Arc<Layout>)>,
    open: Box<Open<'a>>,
    /// Bytes of the files that are read already.
    done: u64,
    pub(crate) remarks: Vec<(usize, Remarks)>,
    pub(crate) problems: Vec<Problem>,
    /// The rows are those of a test block: separated by commas.
    of_test: bool,
    is_inline: bool,
}

impl<'a> TextFiles<'a> {
    pub(crate) fn new(files: Vec<DataFile>, open: Box<Open<'a>>, of_test: bool, is_inline: bool) -> Self {
        let (remarks, problems) = (Vec::new(), Vec::new());
        TextFiles { files, at: 0, now: None, open, done: 0, remarks, problems, of_test, is_inline }
    }

    /// Opens the next file and reads its headers; false where there is none.
    pub(crate) fn open(&mut self, catalog: Catalog<'_>) -> Result<Option<(Feed, Headers)>, Stop> {
        let Some(file) = self.files.get(self.at) else { return Ok(None) };
        let source = catalog.source;
        let known: Vec<&str> = source
            .columns
            .iter()
            .filter(|column| column.looked_up.is_none())
            .flat_map(|column| column.headers.iter().chain([&column.name]))
            .map(String::as_str)
            .collect();
        let Opened { mut feed, place, remarks } = (self.open)(file)?;
        let (separator, header_rows) =
            if self.of_test { (Some(','), None) } else { (source.format.separator, source.format.header_rows) };
        let headers = Headers::read(&mut feed, separator, header_rows, &known).map_err(|stop| self.of_file(stop))?;
        self.remarks.push((self.at, remarks));
        feed.place = place;
        Ok(Some((feed, headers)))
    }

    /// Finds the needed columns of an opened file, which is read from here on.
    pub(crate) fn begin(
        &mut self,
        (feed, headers): (Feed, Headers),
        needed: &[Needed<'_>],
        catalog: Catalog<'_>,
        known: &Files,
    ) -> Result<(), Vec<Problem>> {
        let named = self.files.get(self.at).map_or(&[] as &[_], |file| &file.named);
        let found = find(needed, catalog, &headers, &feed.place, named, self.is_inline)?;
        let keeps_all = !self.of_test && !catalog.source.format.excluded_rows.is_empty();
        let layout = of_records(&found, &headers, &feed, keeps_all);
        known.set(self.at, found.file);
        if self.at == 0 {
            // The other files have the same columns, or not.
            self.problems = found.problems;
        }
        self.now = Some((feed, Arc::new(layout)));
        Ok(())
    }

    /// The next chunk of whatever file; `None` at the end of the last.
    pub(crate) fn next(
        &mut self,
        mut spare: Filled,
        needed: &[Needed<'_>],
        catalog: Catalog<'_>,
        known: &Files,
    ) -> Result<Option<Pulled>, Trouble> {
        loop {
            if let Some((feed, layout)) = &mut self.now {
                match feed.next(spare) {
                    Ok(Some(mut chunk)) => {
                        chunk.first_line = in_file(self.at, chunk.first_line);
                        let (done, total) = feed.progress();
                        let (encoding_known, layout) = (feed.encoding.is_some(), Arc::clone(layout));
                        return Ok(Some(Pulled {
                            chunk,
                            layout,
                            encoding_known,
                            done: self.done + done,
                            total: self.done + total,
                        }));
                    }
                    Ok(None) => {
                        self.done += feed.progress().0;
                        self.now = None;
                        self.at += 1;
                        spare = Filled::default();
                    }
                    Err(stop) => return Err(Trouble::Stop(self.of_file(stop))),
                }
            }
            match self.open(catalog).map_err(Trouble::Stop)? {
                Some(opened) => self.begin(opened, needed, catalog, known).map_err(Trouble::Problems)?,
                None => return Ok(None),
            }
        }
    }

    /// A stop with its line among those of all files.
    fn of_file(&self, stop: Stop) -> Stop {
        Stop { line: if stop.line == 0 { 0 } else { in_file(self.at, stop.line) }, ..stop }
    }

    /// Goes on with the file of this number.
    pub(crate) fn skip_to(&mut self, file: usize) {
        self.at = file;
        self.now = None;
    }
}

/// A file without rows is told.
pub(crate) fn header_only(files: &Files, file: usize) -> Problem {
    let known = files.get(file);
    let at = jauge::problem::DataPlace { line: known.header_line, ..known.place.whole() };
    Problem::at(DataProblem::HeaderOnly { path: known.place.path }, jauge::problem::Place::Data(at))
}
