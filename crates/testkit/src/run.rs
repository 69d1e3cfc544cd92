//! One case → its failures: the text is parsed and checked, and what is found is held against what the page says.

use std::collections::BTreeMap;

use jauge::problem::{Place, Problem, Severity};
use jauge::program::{Checked, CodeTable, Context, check, tables_needed};
use jauge::syntax::ast::Parsed;
use jauge::syntax::parse;
use jauge::text::{Files, SourceFile};

use crate::page::{Case, ExpectedPlace, ExpectedProblem, Page};

/// A problem that was found, at a place of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub place: ExpectedPlace,
    /// Its code.
    pub code: String,
    /// Its title, in the page's language.
    pub title: String,
    /// It fails a run.
    pub is_error: bool,
}

/// A case, read and checked.
pub struct Read {
    /// The typed program and what is wrong in it.
    pub checked: Checked,
    /// Everything wrong in the text, at places of the page.
    pub found: Vec<Found>,
    lines: Lines,
}

/// The files of a case and the lines of the page on which they begin.
struct Lines {
    files: Files,
    starts: Vec<usize>,
}

impl Lines {
    fn place(&self, place: &Place) -> ExpectedPlace {
        match place {
            Place::Text(span) => {
                let line = self.files.get(span.file).map_or(0, |file| file.line_column(span.start).0);
                ExpectedPlace::Page(self.starts.get(usize::from(span.file.0)).copied().unwrap_or(0) + line)
            }
            Place::Data(data) => ExpectedPlace::Data(data.path.clone(), data.line),
            Place::Path(path) => ExpectedPlace::Path(path.clone()),
            Place::Table(at) => ExpectedPlace::Path(at.table.clone()),
        }
    }
}

impl Read {
    /// Reads and checks the definitions of a case.
    pub fn new(page: &Page, case: &Case) -> Read {
        let mut lines = Lines { files: Files::default(), starts: Vec::new() };
        let common: &[_] = if case.alone { &[] } else { &page.common };
        let mut parsed: Vec<Parsed> = Vec::new();
        for fence in common.iter().chain([&case.fence]) {
            let file = SourceFile::new(format!("{}-{}.jauge", page.path, fence.line), fence.text.clone());
            let id = lines.files.add(file.clone());
            lines.starts.push(fence.line);
            parsed.push(parse(id, &file, page.lang));
        }
        let tables = code_tables(case, &parsed);
        let checked = check(&parsed, &Context { lang: page.lang, tables: &tables });
        let mut read = Read { checked, found: Vec::new(), lines };
        let problems: Vec<Problem> = parsed.into_iter().flat_map(|parsed| parsed.problems).collect();
        read.add(page, &problems);
        let problems = read.checked.problems.clone();
        read.add(page, &problems);
        read
    }

    /// Adds problems found later.
    pub fn add(&mut self, page: &Page, problems: &[Problem]) {
        for problem in problems {
            self.found.push(Found {
                place: self.lines.place(&problem.at),
                code: problem.code().to_string(),
                title: problem.words(page.lang).title,
                is_error: problem.severity() == Severity::Error,
            });
        }
    }

    /// What was found and not said, or said and not found, as `line: words`. Only codes for which `counts` holds.
    pub fn failures(&self, case: &Case, counts: impl Fn(&str) -> bool) -> Vec<String> {
        let mut failures = Vec::new();
        let mut left: Vec<&Found> = self.found.iter().collect();
        for expected in case.expected.iter().filter(|expected| counts(&expected.code)) {
            match left.iter().position(|found| meets(found, expected)) {
                Some(at) => {
                    left.remove(at);
                }
                None => failures.push(format!("{}: {} does not come", shown(&expected.place), expected.code)),
            }
        }
        for found in left.into_iter().filter(|found| found.is_error && counts(&found.code)) {
            failures.push(format!("{}: {} is not said: {}", shown(&found.place), found.code, found.title));
        }
        failures
    }
}

/// True where a found problem is the expected one; a code ending in `?` stands for all that begin so.
fn meets(found: &Found, expected: &ExpectedProblem) -> bool {
    found.place == expected.place && found.code.starts_with(expected.code.trim_end_matches('?'))
}

fn shown(place: &ExpectedPlace) -> String {
    match place {
        ExpectedPlace::Page(line) => line.to_string(),
        ExpectedPlace::Data(path, line) => format!("{path}:{line}"),
        ExpectedPlace::Path(path) => path.clone(),
    }
}

/// The code lists that the definitions name, from the case's data files: plain commas, no quotes.
fn code_tables(case: &Case, parsed: &[Parsed]) -> BTreeMap<String, CodeTable> {
    let mut tables = BTreeMap::new();
    for (path, _) in tables_needed(parsed) {
        let Some(file) = case.data.iter().find(|file| file.path == path) else { continue };
        let mut rows = file.fence.text.lines().map(|line| line.split(',').map(str::to_string).collect::<Vec<_>>());
        let header = rows.next().unwrap_or_default();
        tables.insert(path, CodeTable { header, rows: rows.collect() });
    }
    tables
}
