//! A declared path or bytes in memory to a reader, or to the reason why there is none.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use jauge::problem::{DataPlace, DataProblem, Fact, FileProblem, close_to};
use jauge::program::model::Format;

use crate::bytes::{Bytes, Told};
use crate::feed::{Feed, Stop};
use crate::remark::Remarks;
use crate::{sheet, unpack};

/// What is read.
pub(crate) struct Input {
    /// The path as declared, for messages.
    pub(crate) path: String,
    /// Its bytes, unpacked.
    pub(crate) reader: Box<dyn Read + Send>,
    /// How many bytes the file has, packed or not.
    pub(crate) total: u64,
    /// How many of them have been read.
    pub(crate) done: Arc<AtomicU64>,
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

/// An opened file at its start.
pub(crate) struct Opened {
    pub(crate) feed: Feed,
    pub(crate) place: FilePlace,
    pub(crate) remarks: Remarks,
}

/// Opens a declared file below `root`: text, compressed text or workbook.
pub(crate) fn feed(root: &Path, declared: &str, format: &Format, chunk: usize) -> Result<Opened, Stop> {
    let stop = |fact: Box<Fact>| Stop::file(*fact);
    let file = file(root, declared).map_err(stop)?;
    let bytes = Bytes::of_file(file, declared).map_err(|error| Stop::file(told(&error, root, declared)))?;
    feed_of(bytes, declared, format, chunk)
}

/// The same for bytes that are read as the file of this name would be.
pub(crate) fn feed_of(mut bytes: Bytes, declared: &str, format: &Format, chunk: usize) -> Result<Opened, Stop> {
    const START: u64 = 4;
    let failed = |error: io::Error| Stop::file(told(&error, Path::new(""), declared));
    let path = declared.to_string();
    let remarks = Remarks::default();
    if let Some(kind) = sheet::kind(declared) {
        let opened = sheet::open(bytes, declared, kind, format.sheet.as_ref(), &remarks);
        let opened = opened.map_err(|fact| Stop::file(*fact))?;
        let place = FilePlace { path, sheet: opened.sheet };
        if opened.hidden {
            remarks.add(DataProblem::HiddenSheet { path: place.path.clone(), sheet: place.sheet.clone() }, 0);
        }
        return Ok(Opened { feed: Feed::of_sheet(opened.input, chunk), place, remarks });
    }
    if format.sheet.is_some() {
        return Err(Stop::file(DataProblem::NoSheets { path }));
    }
    let packing = unpack::packing(&bytes.start(START).map_err(failed)?);
    let (total, done) = (bytes.total, Arc::clone(&bytes.done));
    let reader = match packing {
        Some(packing) => unpack::unpack(bytes, packing, declared).map_err(failed)?,
        None => Box::new(bytes),
    };
    if packing != unpack::named(declared) {
        remarks.add(FileProblem::PackedName { path: path.clone(), packing }, 0);
    }
    let place = FilePlace { path: path.clone(), sheet: String::new() };
    let input = Input { path, reader, total, done };
    Ok(Opened { feed: Feed::new(input, format.encoding.as_deref(), chunk)?, place, remarks })
}

/// Opens a file whose path is declared with `/` below `root`.
pub(crate) fn file(root: &Path, declared: &str) -> Result<File, Box<Fact>> {
    let path = join(root, declared);
    let trouble = |error: &io::Error| Box::new(told(error, root, declared));
    // Before it is opened: opening a pipe waits for whoever writes to it.
    let facts = std::fs::metadata(&path).map_err(|error| trouble(&error))?;
    if facts.is_dir() {
        return Err(Box::new(DataProblem::FileIsFolder { path: declared.to_string() }.into()));
    }
    if !facts.is_file() {
        return Err(Box::new(FileProblem::NotAFile { path: declared.to_string() }.into()));
    }
    File::open(&path).map_err(|error| trouble(&error))
}

/// Reads bytes that are in memory, as they are.
pub(crate) fn memory(path: &str, bytes: &Arc<[u8]>) -> Input {
    let bytes = Bytes::of_memory(bytes);
    Input { path: path.to_string(), total: bytes.total, done: Arc::clone(&bytes.done), reader: Box::new(bytes) }
}

/// What the operating system's answer means for the reader of a message.
pub(crate) fn told(error: &io::Error, root: &Path, declared: &str) -> Fact {
    // Windows: sharing violation and lock violation, which is what a workbook open in Excel gives.
    const SHARING: [i32; 2] = [32, 33];
    // ELOOP on Linux and on macOS, ERROR_CANT_RESOLVE_FILENAME on Windows.
    const LOOP: i32 = if cfg!(windows) {
        1921
    } else if cfg!(target_os = "linux") {
        40
    } else {
        62
    };
    if let Some(fact) = Told::of(error) {
        return fact.clone();
    }
    let path = declared.to_string();
    if error.raw_os_error() == Some(LOOP) {
        return FileProblem::LinkLoop { path }.into();
    }
    if cfg!(windows) && error.raw_os_error().is_some_and(|code| SHARING.contains(&code)) {
        return DataProblem::FileLocked { path }.into();
    }
    let fact = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            let near = near_file(root, declared);
            DataProblem::FileNotFound { path, near }
        }
        io::ErrorKind::PermissionDenied => DataProblem::FileForbidden { path },
        io::ErrorKind::IsADirectory => DataProblem::FileIsFolder { path },
        _ => DataProblem::FileUnreadable { path, reason: error.to_string() },
    };
    fact.into()
}

pub(crate) fn join(root: &Path, declared: &str) -> PathBuf {
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
