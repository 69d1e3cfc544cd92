//! `jauge check`: what is wrong in the definitions, and in the data with `--data`.

use jauge::plan::Request;
use jauge::problem::Problem;

use super::End;
use crate::arguments::{Check, Format};
use crate::project;
use crate::render::{self, Counts, Report};
use crate::scan;
use crate::terminal::{Stop, Terminal};

/// Checks a project.
pub fn run(asked: &Check, terminal: &Terminal) -> Result<End, Stop> {
    let project = project::load(&asked.paths, terminal.lang);
    let mut problems: Vec<Problem> =
        project.problems.iter().filter(|problem| project.concerns(problem)).cloned().collect();
    let mut left_out = 0;
    if asked.data {
        let scan = scan::scan(&project, &Request::all(), None, terminal);
        left_out = scan.left_out;
        problems.extend(scan.problems);
    }
    let report = Report { files: &project.files, problems: &problems, left_out, file_count: project.file_count() };
    render::problems(&report, asked.format, terminal)?;
    if matches!(asked.format, Format::Human | Format::Concise) && !project.misused {
        terminal.err(&render::summary(&report, terminal.lang));
    }
    Ok(match () {
        () if project.misused => End::Misuse,
        () if Counts::of(&report).fail(asked.strict || project.manifest.strict) => End::Problems,
        () => End::Fine,
    })
}
