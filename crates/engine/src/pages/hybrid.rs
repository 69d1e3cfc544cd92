//! Runs and packed bits of a Parquet page to small numbers: dictionary places and levels. The form is the format's own "RLE /
//! bit-packing hybrid".

use bytes::Bytes;

/// A page's bytes end before its values do, or hold something that they may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) &'static str);

/// Small numbers of one width, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hybrid {
    data: Bytes,
    at: usize,
    width: u32,
    run: Run,
}

/// What is left of the current run.
#[derive(Debug, Clone, Copy)]
enum Run {
    /// So many times the same number.
    Same(usize, u32),
    /// So many packed numbers; the next one starts at this bit of the data.
    Packed(usize, usize),
}

impl Default for Run {
    fn default() -> Self {
        Run::Same(0, 0)
    }
}

impl Hybrid {
    /// `width` bits each, at most 32.
    pub(crate) fn new(data: Bytes, width: u32) -> Result<Hybrid, Broken> {
        if width > u32::BITS {
            return Err(Broken("bit width"));
        }
        Ok(Hybrid { data, at: 0, width, run: Run::default() })
    }

    fn next_run(&mut self) -> Result<(), Broken> {
        const END: Broken = Broken("end of runs");
        let mut header = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = *self.data.get(self.at).ok_or(END)?;
            self.at += 1;
            header |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let count = usize::try_from(header >> 1).map_err(|_| Broken("run length"))?;
        if header & 1 == 1 {
            // Groups of eight.
            let start = self.at;
            let bytes = count.checked_mul(self.width as usize).ok_or(Broken("run length"))?;
            let left = self.data.len().saturating_sub(start);
            // The last group may be cut where its numbers are not needed.
            let values = count.checked_mul(8).ok_or(Broken("run length"))?;
            let values = match self.width {
                0 => values,
                width => values.min(left * 8 / width as usize),
            };
            self.at = start + bytes.min(left);
            self.run = Run::Packed(values, start * 8);
        } else {
            let bytes = self.width.div_ceil(8) as usize;
            let value = self.data.get(self.at..self.at + bytes).ok_or(END)?;
            let value = value.iter().rev().fold(0u32, |all, byte| all << 8 | u32::from(*byte));
            self.at += bytes;
            self.run = Run::Same(count, value);
        }
        Ok(())
    }

    /// The next run's length and number where all of the next `count` are the same; they are taken then.
    pub(crate) fn same(&mut self, count: usize) -> Result<Option<u32>, Broken> {
        while self.left() == 0 {
            self.next_run()?;
        }
        match &mut self.run {
            Run::Same(left, value) if *left >= count => {
                *left -= count;
                Ok(Some(*value))
            }
            Run::Same(..) | Run::Packed(..) => Ok(None),
        }
    }

    fn left(&self) -> usize {
        match self.run {
            Run::Same(left, _) | Run::Packed(left, _) => left,
        }
    }

    /// Appends the next `count` numbers.
    pub(crate) fn read(&mut self, mut count: usize, out: &mut Vec<u32>) -> Result<(), Broken> {
        // Runs of nothing bring us no further; a page has at most one a byte.
        while count > 0 {
            if self.left() == 0 {
                self.next_run()?;
                continue;
            }
            let taken = count.min(self.left());
            match &mut self.run {
                Run::Same(left, value) => {
                    out.resize(out.len() + taken, *value);
                    *left -= taken;
                }
                Run::Packed(left, bit) => {
                    unpack(&self.data, *bit, self.width, taken, out);
                    *bit += taken * self.width as usize;
                    *left -= taken;
                }
            }
            count -= taken;
        }
        Ok(())
    }
}

/// Numbers of `width` bits from bit `start` on, the lowest bit first.
#[inline]
fn unpack(data: &[u8], start: usize, width: u32, count: usize, out: &mut Vec<u32>) {
    let mask = if width == 0 { 0 } else { u64::MAX >> (u64::BITS - width) };
    let mut bit = start;
    let mut left = count;
    // Several numbers of one word, where eight bytes are there.
    if (1..=14).contains(&width) {
        let at_once = 56 / width as usize;
        while left >= at_once {
            let Some(word) = data.get(bit / 8..).and_then(|rest| rest.first_chunk::<8>()) else { break };
            let mut word = u64::from_le_bytes(*word) >> (bit % 8);
            out.extend((0..at_once).map(|_| {
                let value = (word & mask) as u32;
                word >>= width;
                value
            }));
            bit += at_once * width as usize;
            left -= at_once;
        }
    }
    for _ in 0..left {
        let rest = data.get(bit / 8..).unwrap_or(&[]);
        let word = match rest.first_chunk::<8>() {
            Some(word) => u64::from_le_bytes(*word),
            None => rest.iter().take(8).rev().fold(0u64, |all, byte| all << 8 | u64::from(*byte)),
        };
        out.push((word >> (bit % 8) & mask) as u32);
        bit += width as usize;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs in groups of eight.
    fn packed(values: &[u32], width: u32) -> Vec<u8> {
        let groups = values.len().div_ceil(8);
        let mut out = vec![(groups as u8) << 1 | 1];
        let mut bits: Vec<bool> = Vec::new();
        for at in 0..groups * 8 {
            let value = values.get(at).copied().unwrap_or(0);
            bits.extend((0..width).map(|bit| value >> bit & 1 == 1));
        }
        out.extend(bits.chunks(8).map(|bits| bits.iter().rev().fold(0u8, |all, bit| all << 1 | u8::from(*bit))));
        out
    }

    #[test]
    fn every_width_in_pieces() {
        for width in 0..=32u32 {
            let most = if width == 0 { 0 } else { u32::MAX >> (32 - width) };
            let values: Vec<u32> = (0..200u32).map(|at| at.wrapping_mul(2_654_435_761) & most).collect();
            let mut data = packed(&values, width);
            data.extend([10 << 1]);
            data.extend(most.to_le_bytes().iter().take(width.div_ceil(8) as usize));
            let mut hybrid = Hybrid::new(Bytes::from(data), width).expect("width");
            let mut out = Vec::new();
            for piece in [1, 2, 3, 5, 8, 13, 21, 34, 55, 58] {
                hybrid.read(piece, &mut out).expect("numbers");
            }
            assert_eq!(out, values, "width {width}");
            assert_eq!(hybrid.same(10), Ok(Some(most)));
            assert_eq!(hybrid.read(1, &mut out), Err(Broken("end of runs")));
        }
    }
}
