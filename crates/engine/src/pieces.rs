//! Bytes that a thread of its own makes, piece by piece, to one stream: a sheet or a compressed file is unpacked while the rows
//! before are counted. The thread ends when nobody reads any more.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use jauge::problem::Fact;

use crate::bytes::Told;

/// Bytes of a piece.
pub(crate) const PIECE: usize = 1 << 18;
/// Pieces that wait.
const WAITING: usize = 8;

/// A piece, or why there is none; an empty one says that all have been given.
type Piece = io::Result<Vec<u8>>;

/// Where pieces are given.
pub(crate) struct Pieces(SyncSender<Piece>);

/// Nobody reads any more.
pub(crate) struct NoReader;

impl Pieces {
    pub(crate) fn give(&self, piece: Vec<u8>) -> Result<(), NoReader> {
        if piece.is_empty() {
            return Ok(());
        }
        self.0.send(Ok(piece)).map_err(|_| NoReader)
    }

    /// All have been given. A thread that ends without it has died, and what it gave is not the whole.
    pub(crate) fn end(&self) {
        let _ = self.0.send(Ok(Vec::new()));
    }

    /// Why no more can be given.
    pub(crate) fn fail(&self, error: io::Error) {
        let _ = self.0.send(Err(error));
    }
}

/// Pieces as one stream of bytes.
pub(crate) struct Stream {
    /// `None` only while it goes away.
    waiting: Option<Receiver<Piece>>,
    piece: Vec<u8>,
    at: usize,
    ended: bool,
    died: Fact,
    thread: Option<JoinHandle<()>>,
}

impl Stream {
    /// Waits for this thread when it goes away, so that the file is closed by then.
    pub(crate) fn of(mut self, thread: JoinHandle<()>) -> Stream {
        self.thread = Some(thread);
        self
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // The thread ends once nobody takes what it gives.
        self.waiting = None;
        if let Some(thread) = self.thread.take() {
            // What it died of has been told.
            let _ = thread.join();
        }
    }
}

/// Both ends; and what is told where the thread dies.
pub(crate) fn pieces(died: impl Into<Fact>) -> (Pieces, Stream) {
    let (pieces, waiting) = sync_channel(WAITING);
    let waiting = Some(waiting);
    (Pieces(pieces), Stream { waiting, piece: Vec::new(), at: 0, ended: false, died: died.into(), thread: None })
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.piece.len() {
            if self.ended {
                return Ok(0);
            }
            let piece = self.waiting.as_ref().and_then(|waiting| waiting.recv().ok());
            self.piece = piece.ok_or_else(|| Told::error(self.died.clone()))??;
            self.at = 0;
            self.ended = self.piece.is_empty();
        }
        let rest = self.piece.get(self.at..).unwrap_or(&[]);
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_dies_is_no_end() {
        let fact = jauge::problem::DataProblem::NoSheets { path: "r.xlsx".to_string() };
        let (pieces, mut stream) = pieces(fact.clone());
        let _ = pieces.give(b"abc".to_vec());
        drop(pieces);
        let mut all = Vec::new();
        let error = stream.read_to_end(&mut all).expect_err("it did not end");
        assert_eq!(Told::of(&error), Some(&fact.into()));
        assert_eq!(all, b"abc");
    }
}
