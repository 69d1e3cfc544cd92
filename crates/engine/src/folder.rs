//! A declared path that ends with `/` to the files of that folder and of the folders in it, in the order of their names. What
//! a folder's name says (`annee=2020`) is a column of its files.

use std::path::Path;

use jauge::problem::{ColumnarProblem, Fact};

use crate::feed::Stop;
use crate::limits;
use crate::open::{join, told};

/// A data file of a source.
#[derive(Debug, Clone)]
pub(crate) struct DataFile {
    /// The path as it would be declared.
    pub(crate) path: String,
    /// Columns that its folders name, with their values.
    pub(crate) named: Vec<(String, String)>,
}

impl DataFile {
    pub(crate) fn alone(path: &str) -> Self {
        DataFile { path: path.to_string(), named: Vec::new() }
    }
}

/// Endings of data files.
const ENDINGS: [&str; 11] = ["parquet", "csv", "tsv", "txt", "gz", "zst", "xlsx", "xlsm", "xlsb", "xls", "ods"];

/// True where the path names a Parquet file.
pub(crate) fn is_parquet(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("parquet"))
}

/// The files of a declared path: itself, unless it ends with `/`. Files that systems and programs leave beside the data (their
/// names start with `.`, `_` or `~$`) are no data; whatever else is not is told.
pub(crate) fn files(root: &Path, declared: &str) -> Result<Vec<DataFile>, Stop> {
    if !declared.ends_with('/') {
        return Ok(vec![DataFile::alone(declared)]);
    }
    let mut files = Vec::new();
    let mut open = vec![(declared.trim_end_matches('/').to_string(), Vec::new(), 0)];
    while let Some((folder, named, depth)) = open.pop() {
        let trouble = |error: &std::io::Error| Stop::file(told(error, root, &folder));
        let entries = std::fs::read_dir(join(root, &folder)).map_err(|error| trouble(&error))?;
        for entry in entries {
            let entry = entry.map_err(|error| trouble(&error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(['.', '_']) || name.starts_with("~$") || LEFT_BY_SYSTEMS.contains(&name.as_str()) {
                continue;
            }
            let path = format!("{folder}/{name}");
            // A link is followed; one that leads nowhere is told.
            let facts = std::fs::metadata(entry.path()).map_err(|error| Stop::file(told(&error, root, &path)))?;
            if facts.is_dir() {
                if depth < limits::FOLDERS {
                    let mut named: Vec<(String, String)> = named.clone();
                    named.extend(named_by(&name));
                    open.push((path, named, depth + 1));
                    continue;
                }
                return Err(Stop::file(ColumnarProblem::FolderTooDeep { path, limit: limits::FOLDERS }));
            }
            let ending = name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase());
            if !ENDINGS.contains(&ending.as_str()) {
                return Err(Stop::file(ColumnarProblem::OtherFile { folder: declared.to_string(), path }));
            }
            files.push(DataFile { path, named: named.clone() });
            if files.len() > limits::FILES {
                let fact: Fact =
                    ColumnarProblem::TooManyFiles { path: declared.to_string(), limit: limits::FILES }.into();
                return Err(Stop::file(fact));
            }
        }
    }
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    match files.split_first() {
        None => Err(Stop::file(ColumnarProblem::FolderEmpty { path: declared.to_string() })),
        Some((first, rest)) => {
            if let Some(other) = rest.iter().find(|other| is_parquet(&other.path) != is_parquet(&first.path)) {
                let fact = ColumnarProblem::MixedFiles { first: first.path.clone(), other: other.path.clone() };
                return Err(Stop::file(fact));
            }
            Ok(files)
        }
    }
}

const LEFT_BY_SYSTEMS: [&str; 2] = ["Thumbs.db", "desktop.ini"];

/// The column that the name of a folder tells, and its value.
fn named_by(name: &str) -> Option<(String, String)> {
    const NOTHING: &str = "__HIVE_DEFAULT_PARTITION__";
    let (column, value) = name.split_once('=')?;
    let value = if value == NOTHING { String::new() } else { decoded(value) };
    Some((decoded(column), value))
}

/// `%20` and the like are written for signs that names of folders cannot have.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or(&[]);
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_string())
}
