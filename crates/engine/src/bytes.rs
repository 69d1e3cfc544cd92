//! A file or bytes in memory to one kind of reader, which counts what is read and holds the file to what it was when it was
//! opened: figures of a file that another program writes to would be of no moment in particular.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use jauge::problem::{Fact, FileProblem};

/// A fact that travels as an error of reading, see [`crate::open::told`].
#[derive(Debug)]
pub(crate) struct Told(pub(crate) Fact);

impl Told {
    pub(crate) fn error(fact: impl Into<Fact>) -> io::Error {
        io::Error::other(Told(fact.into()))
    }

    /// The fact that an error carries.
    pub(crate) fn of(error: &io::Error) -> Option<&Fact> {
        error.get_ref()?.downcast_ref::<Told>().map(|told| &told.0)
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.code())
    }
}

impl std::error::Error for Told {}

/// A file as it was when it was opened.
#[derive(Clone)]
pub(crate) struct Watch {
    file: Arc<File>,
    path: String,
    length: u64,
    modified: Option<SystemTime>,
}

impl Watch {
    /// An error where the file is no longer what it was.
    pub(crate) fn unchanged(&self) -> io::Result<()> {
        let facts = self.file.metadata()?;
        if facts.len() == self.length && facts.modified().ok() == self.modified {
            return Ok(());
        }
        Err(Told::error(FileProblem::FileChanged { path: self.path.clone() }))
    }
}

enum From {
    File { watch: Watch, at: u64 },
    Memory(Cursor<Arc<[u8]>>),
}

/// What is read.
pub(crate) struct Bytes {
    from: From,
    /// How many bytes there are.
    pub(crate) total: u64,
    /// How many have been read.
    pub(crate) done: Arc<AtomicU64>,
}

impl Bytes {
    /// The bytes of an open file, which is declared as `path`.
    pub(crate) fn of_file(file: File, path: &str) -> io::Result<Bytes> {
        let facts = file.metadata()?;
        let watch = Watch {
            file: Arc::new(file),
            path: path.to_string(),
            length: facts.len(),
            modified: facts.modified().ok(),
        };
        Ok(Bytes { from: From::File { watch, at: 0 }, total: facts.len(), done: Arc::default() })
    }

    /// Bytes in memory.
    pub(crate) fn of_memory(bytes: &Arc<[u8]>) -> Bytes {
        let total = bytes.len() as u64;
        Bytes { from: From::Memory(Cursor::new(Arc::clone(bytes))), total, done: Arc::default() }
    }

    /// The file, to be looked at again at the end by whoever does not read it in order.
    pub(crate) fn watch(&self) -> Option<Watch> {
        match &self.from {
            From::File { watch, .. } => Some(watch.clone()),
            From::Memory(_) => None,
        }
    }

    /// The first bytes, at most so many; reading goes on at the start.
    pub(crate) fn start(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        self.by_ref().take(most).read_to_end(&mut start)?;
        self.rewind()?;
        self.done.store(0, Ordering::Relaxed);
        Ok(start)
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.from {
            From::Memory(cursor) => cursor.read(buffer)?,
            From::File { watch, at } => {
                // A file that grows is not followed.
                let left = usize::try_from(watch.length.saturating_sub(*at)).unwrap_or(usize::MAX);
                let room = buffer.len().min(left);
                let read = match buffer.get_mut(..room) {
                    Some(buffer) if room > 0 => watch.file.as_ref().read(buffer)?,
                    Some(_) | None => 0,
                };
                if read == 0 && !buffer.is_empty() {
                    watch.unchanged()?;
                }
                *at += read as u64;
                read
            }
        };
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.from {
            From::Memory(cursor) => cursor.seek(to),
            From::File { watch, at } => {
                *at = watch.file.as_ref().seek(to)?;
                Ok(*at)
            }
        }
    }
}
