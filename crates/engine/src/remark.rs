//! What is worth knowing about a file that is read all the same: known when it is opened, or not before its end.

use std::sync::{Arc, Mutex, PoisonError};

use jauge::problem::{DataPlace, Fact, FileProblem, Place, Problem};

use crate::cells::HiddenRows;
use crate::open::FilePlace;

/// Remarks of one file, from whatever thread makes them.
#[derive(Clone, Default)]
pub(crate) struct Remarks(Arc<Mutex<Noted>>);

#[derive(Default)]
struct Noted {
    facts: Vec<(Fact, u64)>,
    hidden: HiddenRows,
}

impl Remarks {
    /// Notes a remark about a line, or about the file as a whole (0).
    pub(crate) fn add(&self, fact: impl Into<Fact>, line: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).facts.push((fact.into(), line));
    }

    /// Notes which rows of a sheet are hidden.
    pub(crate) fn hidden_rows(&self, rows: HiddenRows) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).hidden = rows;
    }

    /// The remarks as problems, once the file is read; headers end on this line.
    pub(crate) fn problems(&self, file: &FilePlace, headers: u64) -> Vec<Problem> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = |line| Place::Data(DataPlace { line, ..file.whole() });
        let mut problems: Vec<Problem> =
            noted.facts.iter().map(|(fact, line)| Problem::at(fact.clone(), at(*line))).collect();
        let below = noted.hidden.runs.iter().filter(|(_, last)| *last > headers);
        let runs: Vec<(u64, u64)> = below.map(|(first, last)| (headers.saturating_add(1).max(*first), *last)).collect();
        if let Some((first, _)) = runs.first() {
            let (path, sheet) = (file.path.clone(), file.sheet.clone());
            let (line, more, by_filter) = (*first, noted.hidden.more, noted.hidden.by_filter);
            problems.push(Problem::at(FileProblem::HiddenRows { path, sheet, runs, more, by_filter }, at(line)));
        }
        problems
    }
}
