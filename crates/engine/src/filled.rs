//! A buffer that is used again without being cleared.

use crate::feed::Stop;
use crate::open::Input;

/// A buffer of which a part is filled. What lies beyond has been filled before and is written over, so that it need not be
/// cleared each time.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    bytes: Vec<u8>,
    filled: usize,
}

impl std::ops::Deref for Filled {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or(&[])
    }
}

impl Filled {
    /// So many bytes behind what is filled.
    pub(crate) fn room(&mut self, room: usize) -> &mut [u8] {
        let end = self.filled + room;
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes.get_mut(self.filled..end).unwrap_or(&mut [])
    }

    /// Reads so many bytes, or to the end of the input, and says how many these are.
    pub(crate) fn read(&mut self, input: &mut Input, room: usize) -> Result<usize, Stop> {
        let before = self.filled;
        let end = before + room;
        while self.filled < end {
            match input.reader.read(self.room(end - self.filled)) {
                Ok(0) => break,
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(Stop::file(crate::open::told(&error, std::path::Path::new(""), &input.path)));
                }
            }
        }
        Ok(self.filled - before)
    }

    /// So many bytes have been written behind what was filled.
    pub(crate) fn add(&mut self, written: usize) {
        self.filled = (self.filled + written).min(self.bytes.len());
    }

    /// The first bytes go away.
    pub(crate) fn drop_first(&mut self, many: usize) {
        self.keep(many..self.filled);
    }

    /// Only these bytes are left.
    pub(crate) fn keep(&mut self, range: std::ops::Range<usize>) {
        self.filled = range.end.min(self.filled).saturating_sub(range.start);
        self.bytes.copy_within(range.start..range.start + self.filled, 0);
    }

    /// Only these bytes are in it.
    pub(crate) fn fill_with(&mut self, bytes: &[u8]) {
        self.filled = 0;
        self.room(bytes.len()).copy_from_slice(bytes);
        self.filled = bytes.len();
    }
}
