//! What is worth knowing about a file that is read all the same: known when it is opened, or not before its end.

use std::sync::{Arc, Mutex, PoisonError};

use jauge::problem::{DataPlace, Fact, Place, Problem};

use crate::open::FilePlace;

/// Remarks of one file, from whatever thread makes them.
#[derive(Clone, Default)]
pub(crate) struct Remarks(Arc<Mutex<Vec<(Fact, u64)>>>);

impl Remarks {
    /// Notes a remark about a line, or about the file as a whole (0).
    pub(crate) fn add(&self, fact: impl Into<Fact>, line: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((fact.into(), line));
    }

    /// The remarks as problems.
    pub(crate) fn problems(&self, file: &FilePlace) -> Vec<Problem> {
        let remarks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = |line| Place::Data(DataPlace { line, ..file.whole() });
        remarks.iter().map(|(fact, line)| Problem::at(fact.clone(), at(*line))).collect()
    }
}
