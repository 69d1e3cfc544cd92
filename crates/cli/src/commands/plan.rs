//! `jauge plan`: what will be read and computed, without reading any data.

use std::path::PathBuf;

use jauge::plan::{Request, plan};

use super::End;
use crate::project;
use crate::render::{self, Report};
use crate::terminal::{Stop, Terminal};

/// Prints the plan of everything.
pub fn run(paths: &[PathBuf], terminal: &Terminal) -> Result<End, Stop> {
    let project = project::load(paths, terminal.lang);
    let report =
        Report { files: &project.files, problems: &project.problems, left_out: 0, file_count: project.file_count() };
    render::to_err(&report, terminal)?;
    if project.misused {
        return Ok(End::Misuse);
    }
    let plan = plan(&project.program, &Request::all());
    terminal.out(&plan.show(&project.program, terminal.lang))?;
    Ok(if project.has_errors() { End::Problems } else { End::Fine })
}
