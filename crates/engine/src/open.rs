//! A declared path or bytes in memory to a reader, or to the reason why there is none.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jauge::problem::{DataPlace, DataProblem, close_to};
use jauge::program::model::Format;

use crate::feed::{Feed, Stop};
use crate::sheet;

/// What is read.
pub(crate) struct Input {
    /// The path as declared, for messages.
    pub(crate) path: String,
    /// Its bytes.
    pub(crate) reader: Box<dyn Read + Send>,
    /// How many there are, where that is known.
    pub(crate) total: u64,
}

/// A file, and the sheet that is read of it: where its problems are.
#[derive(Debug, Clone, Default)]
pub(crate) struct FilePlace {
    pub(crate) path: String,
    /// Empty for a file without sheets.
    pub(crate) sheet: String,
}

impl FilePlace {
    /// The file as a whole; the rest is for the caller to fill.
    pub(crate) fn whole(&self) -> DataPlace {
        DataPlace {
            path: self.path.clone(),
            sheet: self.sheet.clone(),
            line: 0,
            column: 0,
            header: String::new(),
            text: String::new(),
        }
    }
}

/// Opens a declared file below `root`, text or workbook, at its start; with where its problems are, and whether the sheet
/// is hidden.
pub(crate) fn feed(
    root: &Path,
    declared: &str,
    format: &Format,
    chunk: usize,
) -> Result<(Feed, FilePlace, bool), Stop> {
    let stop = |fact: Box<DataProblem>| Stop::file(*fact);
    let Some(kind) = sheet::kind(declared) else {
        let input = file(root, declared).map_err(stop)?;
        if format.sheet.is_some() {
            return Err(Stop::file(DataProblem::NoSheets { path: declared.to_string() }));
        }
        let place = FilePlace { path: input.path.clone(), sheet: String::new() };
        return Ok((Feed::new(input, format.encoding.as_deref(), chunk)?, place, false));
    };
    // Missing, forbidden and locked files are told apart as for any other file.
    file(root, declared).map_err(stop)?;
    let opened = sheet::open(&join(root, declared), declared, kind, format.sheet.as_ref()).map_err(stop)?;
    let place = FilePlace { path: declared.to_string(), sheet: opened.sheet };
    Ok((Feed::of_sheet(opened.input, chunk), place, opened.hidden))
}

/// Opens a file whose path is declared with `/` below `root`.
pub(crate) fn file(root: &Path, declared: &str) -> Result<Input, Box<DataProblem>> {
    let path = join(root, declared);
    let trouble = |error: &io::Error| Box::new(told(error, root, declared));
    let facts = std::fs::metadata(&path).map_err(|error| trouble(&error))?;
    if facts.is_dir() {
        return Err(Box::new(DataProblem::FileIsFolder { path: declared.to_string() }));
    }
    let file = std::fs::File::open(&path).map_err(|error| trouble(&error))?;
    Ok(Input { path: declared.to_string(), reader: Box::new(file), total: facts.len() })
}

/// Reads bytes that are in memory.
pub(crate) fn memory(path: &str, bytes: &Arc<[u8]>) -> Input {
    let total = bytes.len() as u64;
    Input { path: path.to_string(), reader: Box::new(io::Cursor::new(Arc::clone(bytes))), total }
}

/// What the operating system's answer means for the reader of a message.
pub(crate) fn told(error: &io::Error, root: &Path, declared: &str) -> DataProblem {
    // Windows: sharing violation and lock violation, which is what a workbook open in Excel gives.
    const SHARING: [i32; 2] = [32, 33];
    let path = declared.to_string();
    if cfg!(windows) && error.raw_os_error().is_some_and(|code| SHARING.contains(&code)) {
        return DataProblem::FileLocked { path };
    }
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            let near = near_file(root, declared);
            DataProblem::FileNotFound { path, near }
        }
        io::ErrorKind::PermissionDenied => DataProblem::FileForbidden { path },
        io::ErrorKind::IsADirectory => DataProblem::FileIsFolder { path },
        _ => DataProblem::FileUnreadable { path, reason: error.to_string() },
    }
}

fn join(root: &Path, declared: &str) -> PathBuf {
    let mut path = root.to_path_buf();
    if declared.starts_with('/') {
        return PathBuf::from(declared);
    }
    path.extend(declared.split('/').filter(|part| !part.is_empty()));
    path
}

/// A file of the folder whose name is close, as it would be declared.
fn near_file(root: &Path, declared: &str) -> Option<String> {
    const LOOKED_AT: usize = 2_000;
    let (folder, name) = declared.rsplit_once('/').map_or(("", declared), |(folder, name)| (folder, name));
    let entries = std::fs::read_dir(join(root, folder)).ok()?;
    let mut names: Vec<String> =
        entries.take(LOOKED_AT).filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort_unstable();
    let near = close_to(name, names.iter().map(String::as_str))?;
    Some(if folder.is_empty() { near } else { format!("{folder}/{near}") })
}
