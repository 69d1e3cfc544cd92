//! Problems to text: for people, for other programs. Each format is a file; all of them are given the same sorted list.

mod concise;
mod github;
mod human;
mod json;
mod junit;
mod place;
mod sarif;

use std::collections::BTreeMap;

use jauge::problem::{Problem, Severity};
use jauge::text::{Files, Lang};

use crate::arguments::Format;
use crate::terminal::{Stop, Terminal};

pub use json::problem as problem_json;
pub use junit::{Case, Verdict, suites};

/// Problems of one code that are printed for people.
const PRINTED_PER_CODE: usize = 20;

/// What is to be rendered.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The files that spans refer to.
    pub files: &'a Files,
    /// Problems, sorted.
    pub problems: &'a [Problem],
    /// Problems that were counted but not kept, since there were too many.
    pub left_out: u64,
    /// How many indicator files were read.
    pub file_count: usize,
}

/// How many of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
}

impl Counts {
    /// Counts problems; those left out are errors in data.
    pub fn of(report: &Report<'_>) -> Self {
        let errors = report.problems.iter().filter(|problem| problem.severity() == Severity::Error).count() as u64;
        Counts { errors: errors + report.left_out, warnings: (report.problems.len() as u64).saturating_sub(errors) }
    }

    /// True where the run fails.
    pub fn fail(self, strict: bool) -> bool {
        self.errors > 0 || (strict && self.warnings > 0)
    }
}

/// Writes problems as asked: a machine format is the result, on standard output; the others go to standard error.
pub fn problems(report: &Report<'_>, format: Format, terminal: &Terminal) -> Result<(), Stop> {
    match format {
        Format::Human => {
            let mut human = human::Human::new(terminal.lang, terminal.colour_err, terminal.width, report.files);
            for problem in capped(report.problems, terminal.lang, &mut |more| terminal.err(&more)) {
                terminal.err(&human.problem(problem));
            }
        }
        Format::Concise => {
            let mut more = String::new();
            let lines: Vec<String> = capped(report.problems, terminal.lang, &mut |line| more.push_str(&line))
                .map(|problem| concise::line(problem, report.files, terminal.lang))
                .collect();
            terminal.out(&(lines.concat() + &more))?;
        }
        Format::Json => terminal.out(&json::document(report))?,
        Format::Github => terminal.out(&github::lines(report, terminal.lang))?,
        Format::Sarif => terminal.out(&sarif::document(report))?,
        Format::Junit => terminal.out(&junit::document(report, terminal.lang))?,
    }
    Ok(())
}

/// Problems for people, as text: for `explain`, tests and commands that only have diagnostics.
pub fn to_err(report: &Report<'_>, terminal: &Terminal) -> Result<(), Stop> {
    problems(report, Format::Human, terminal)
}

/// `3 erreurs, 2 avertissements dans 4 fichiers`
pub fn summary(report: &Report<'_>, lang: Lang) -> String {
    let counts = Counts::of(report);
    let files = counted(report.file_count as u64, lang, ("fichier", "fichiers"), ("file", "files"));
    let errors = counted(counts.errors, lang, ("erreur", "erreurs"), ("error", "errors"));
    let warnings = counted(counts.warnings, lang, ("avertissement", "avertissements"), ("warning", "warnings"));
    let what = match (counts.errors, counts.warnings) {
        (0, 0) => lang.pick("aucun problème", "no problem").to_string(),
        (_, 0) => errors,
        (0, _) => warnings,
        _ => format!("{errors}, {warnings}"),
    };
    format!("{what} {} {files}\n", lang.pick("dans", "in"))
}

/// A number and its noun: zero is singular in French and plural in English.
pub fn counted(number: u64, lang: Lang, fr: (&str, &str), en: (&str, &str)) -> String {
    let noun = lang.pick(if number < 2 { fr.0 } else { fr.1 }, if number == 1 { en.0 } else { en.1 });
    format!("{} {noun}", jauge::types::Number::from(number).show(lang, None))
}

/// Text for a terminal: control characters of the user's text would move its cursor or change its colours.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '?' } else { c }).collect()
}

/// The first [`PRINTED_PER_CODE`] problems of each code; the others are counted in one line per code at the end.
fn capped<'a>(problems: &'a [Problem], lang: Lang, more: &mut dyn FnMut(String)) -> impl Iterator<Item = &'a Problem> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for problem in problems {
        let count = counts.entry(problem.code()).or_default();
        *count += 1;
        if *count <= PRINTED_PER_CODE {
            kept.push(problem);
        }
    }
    for (code, count) in counts {
        if let Some(others) = count.checked_sub(PRINTED_PER_CODE).filter(|others| *others > 0) {
            more(lang.pick(
                format!("{code} : et {others} autres ; tous sont dans « jauge check --format json »\n"),
                format!("{code}: and {others} more; all of them are in `jauge check --format json`\n"),
            ));
        }
    }
    kept.into_iter()
}
