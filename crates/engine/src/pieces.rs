//! Bytes that a thread of its own makes, piece by piece, to one stream: a sheet or a compressed file is unpacked while the rows
//! before are counted. The thread ends when nobody reads any more.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Bytes of a piece.
pub(crate) const PIECE: usize = 1 << 18;
/// Pieces that wait.
const WAITING: usize = 8;

/// Where pieces are given; refused once nobody reads.
pub(crate) type Pieces = SyncSender<io::Result<Vec<u8>>>;

/// Pieces as one stream of bytes.
pub(crate) struct Stream {
    waiting: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
}

/// Both ends.
pub(crate) fn pieces() -> (Pieces, Stream) {
    let (pieces, waiting) = sync_channel(WAITING);
    (pieces, Stream { waiting, piece: Vec::new(), at: 0 })
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.piece.len() {
            // The sender is gone: the stream has ended.
            let Ok(piece) = self.waiting.recv() else { return Ok(0) };
            self.piece = piece?;
            self.at = 0;
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
