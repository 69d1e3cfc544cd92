//! The files of a source, and the lines of all of them in one order: a line carries the number of its file in its high bits.

use std::sync::{PoisonError, RwLock};

use jauge::problem::DataPlace;

use crate::open::FilePlace;

/// Bits of a line within its file.
const LINE_BITS: u32 = 40;

/// What is known of one file.
#[derive(Debug, Clone, Default)]
pub(crate) struct OneFile {
    pub(crate) place: FilePlace,
    /// The line of the last header.
    pub(crate) header_line: u64,
    /// Cells of the header.
    pub(crate) cells: usize,
    /// For each needed column, its number in the file, from 1, and its header.
    pub(crate) columns: Vec<(u32, String)>,
}

/// The files of a source; each is known once it is opened.
pub(crate) struct Files(RwLock<Vec<OneFile>>);

impl Files {
    /// Files of which only the paths are known.
    pub(crate) fn new<'p>(paths: impl Iterator<Item = &'p str>) -> Self {
        let of = |path: &str| OneFile {
            place: FilePlace { path: path.to_string(), sheet: String::new() },
            ..OneFile::default()
        };
        Files(RwLock::new(paths.map(of).collect()))
    }

    /// Keeps what has become known of a file.
    pub(crate) fn set(&self, file: usize, known: OneFile) {
        if let Some(slot) = self.0.write().unwrap_or_else(PoisonError::into_inner).get_mut(file) {
            *slot = known;
        }
    }

    /// What is known of a file.
    pub(crate) fn get(&self, file: usize) -> OneFile {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(file).cloned().unwrap_or_default()
    }

    /// The place of a line as a whole, or of its file where the line is 0.
    pub(crate) fn whole(&self, line: u64) -> DataPlace {
        DataPlace { line: line_of(line), ..self.get(file_of(line)).place.whole() }
    }

    /// The place of a cell of a needed column.
    pub(crate) fn cell(&self, at: usize, line: u64, text: String) -> DataPlace {
        let file = self.get(file_of(line));
        let (column, header) = file.columns.get(at).cloned().unwrap_or_default();
        DataPlace { line: line_of(line), column, header, text, ..file.place.whole() }
    }
}

/// A line among those of all files. INVARIANT: a file has less than 2^40 lines, and there are less than 2^24 files.
pub(crate) fn in_file(file: usize, line: u64) -> u64 {
    (file as u64) << LINE_BITS | line
}

/// The file of a line.
pub(crate) fn file_of(line: u64) -> usize {
    (line >> LINE_BITS) as usize
}

/// The line within its file.
pub(crate) fn line_of(line: u64) -> u64 {
    line & (u64::MAX >> (u64::BITS - LINE_BITS))
}
