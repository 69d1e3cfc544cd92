//! Distinct values and duplicate keys: the only things whose memory follows the rows.

use std::collections::BinaryHeap;
use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::cell::Value;
use crate::limits;

/// A value as bytes that are equal exactly when the values are. Up to fifteen bytes stand in place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Identity {
    Short(u128),
    Long(Box<[u8]>),
}

impl Identity {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        const ROOM: usize = 15;
        if bytes.len() > ROOM {
            return Identity::Long(bytes.into());
        }
        let mut place = [0u8; 16];
        for (to, from) in place.iter_mut().zip(bytes) {
            *to = *from;
        }
        // The length keeps "a" and "a\0" apart; it is at most fifteen.
        place[15] = bytes.len() as u8;
        Identity::Short(u128::from_le_bytes(place))
    }
}

impl Identity {
    /// The bytes that it was made of.
    fn bytes(&self) -> Box<[u8]> {
        match self {
            Identity::Long(bytes) => bytes.clone(),
            Identity::Short(place) => {
                let place = place.to_le_bytes();
                place.get(..usize::from(place[15])).unwrap_or(&[]).into()
            }
        }
    }
}

/// Appends a value's identity; texts by their composed text.
pub(crate) fn identify(value: Value, text: &str, out: &mut Vec<u8>) {
    match value {
        Value::Missing | Value::Marked(_) => {
            out.push(0);
            out.extend_from_slice(crate::text::composed(text).as_bytes());
        }
        Value::Total => out.push(1),
        Value::Text | Value::Said(_) => {
            out.push(2);
            out.extend_from_slice(crate::text::composed(text).as_bytes());
        }
        // A number in a band is told apart by the number.
        Value::Number(number) | Value::Member(_, Some(number)) => {
            out.push(3);
            out.push(number.scale);
            let bytes = number.mantissa.to_le_bytes();
            // Bytes that only continue the sign are cut, so that usual numbers are short.
            let fill = if number.mantissa < 0 { 0xff } else { 0 };
            let kept = bytes.iter().rposition(|byte| *byte != fill).map_or(0, |at| at + 1);
            out.push(fill);
            out.extend(bytes.iter().take(kept));
        }
        Value::Day(number) | Value::Period(number) => {
            out.push(4);
            out.extend_from_slice(&number.to_le_bytes());
        }
        Value::YesNo(yes) => out.extend_from_slice(&[5, u8::from(yes)]),
        Value::Member(member, None) => {
            out.push(6);
            out.extend_from_slice(&(member as u64).to_le_bytes());
        }
    }
}

/// In which classes each value of a column occurs.
#[derive(Debug, Default)]
pub(crate) struct Occurrences {
    ids: FxHashMap<Identity, u32>,
    /// Value and class, in one word; sorted up to `sorted`.
    pairs: Vec<u64>,
    sorted: usize,
}

impl Occurrences {
    pub(crate) fn add(&mut self, bytes: &[u8], class: usize) {
        let next = self.ids.len() as u32;
        let id = *self.ids.entry(Identity::new(bytes)).or_insert(next);
        self.push(u64::from(id) << 32 | class as u64);
    }

    fn push(&mut self, pair: u64) {
        const SLACK: usize = 1 << 20;
        self.pairs.push(pair);
        if self.pairs.len() > 2 * self.sorted + SLACK {
            self.pairs.sort_unstable();
            self.pairs.dedup();
            self.sorted = self.pairs.len();
        }
    }

    /// Takes in another thread's occurrences; `classes` says which class here each class there is.
    pub(crate) fn merge(&mut self, other: Occurrences, classes: &[u32]) {
        let mut ids = vec![0u32; other.ids.len()];
        for (identity, id) in other.ids {
            let next = self.ids.len() as u32;
            let own = *self.ids.entry(identity).or_insert(next);
            if let Some(slot) = ids.get_mut(id as usize) {
                *slot = own;
            }
        }
        for pair in other.pairs {
            let id = ids.get((pair >> 32) as usize).copied().unwrap_or(0);
            let class = classes.get((pair & 0xffff_ffff) as usize).copied().unwrap_or(0);
            self.push(u64::from(id) << 32 | u64::from(class));
        }
    }

    /// Numbers the values in the order of their bytes, whatever the order in which threads met them, and gives them.
    pub(crate) fn in_order(&mut self) -> Vec<Box<[u8]>> {
        let mut all: Vec<(Box<[u8]>, u32)> = self.ids.iter().map(|(identity, id)| (identity.bytes(), *id)).collect();
        all.sort_unstable();
        let mut renamed = vec![0u32; all.len()];
        for (new, (_, old)) in all.iter().enumerate() {
            if let Some(slot) = renamed.get_mut(*old as usize) {
                *slot = new as u32;
            }
        }
        for id in self.ids.values_mut() {
            *id = renamed.get(*id as usize).copied().unwrap_or(0);
        }
        for pair in &mut self.pairs {
            let id = renamed.get((*pair >> 32) as usize).copied().unwrap_or(0);
            *pair = u64::from(id) << 32 | (*pair & 0xffff_ffff);
        }
        self.sorted = 0;
        all.into_iter().map(|(bytes, _)| bytes).collect()
    }

    /// Values and the classes in which they occur.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.pairs.iter().map(|pair| ((pair >> 32) as u32, (pair & 0xffff_ffff) as u32))
    }

    /// Calls `each` with the classes of every value and with how many values have exactly these classes. Values of one class
    /// are gathered first, since most values have one.
    pub(crate) fn runs(mut self, classes: usize, mut each: impl FnMut(&[u32], u64)) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        let mut single = vec![0u64; classes];
        let mut run: Vec<u32> = Vec::new();
        for values in self.pairs.chunk_by(|a, b| a >> 32 == b >> 32) {
            run.clear();
            run.extend(values.iter().map(|pair| (pair & 0xffff_ffff) as u32));
            match run.as_slice() {
                [class] => {
                    if let Some(count) = single.get_mut(*class as usize) {
                        *count += 1;
                    }
                }
                several => each(several, 1),
            }
        }
        for (class, count) in single.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            each(&[class as u32], count);
        }
    }
}

/// Parts by the hash of the key.
const PARTS: usize = 256;

/// Keys that must not repeat, with their lines: dealt by hash, sorted at the end.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Up to fifteen bytes, as two words, or a number and a word that no bytes give.
    short: Vec<Vec<((u64, u64), u64)>>,
    long: Vec<Vec<(Box<[u8]>, u64)>>,
}

impl Keys {
    /// Adds a key by its bytes.
    pub(crate) fn add(&mut self, bytes: &[u8], line: u64) {
        match Identity::new(bytes) {
            // The low and the high half.
            Identity::Short(short) => self.add_short((short as u64, (short >> 64) as u64), line),
            Identity::Long(long) => {
                let hash = FxBuildHasher.hash_one(&long);
                deal(&mut self.long, hash, (long, line));
            }
        }
    }

    /// Adds a key that is a number which no other key of the column is, see [`crate::people::digits`].
    #[inline]
    pub(crate) fn add_number(&mut self, number: u64, line: u64) {
        // No length of bytes is this high.
        const NUMBER: u64 = 1 << 63;
        self.add_short((number, NUMBER), line);
    }

    #[inline]
    fn add_short(&mut self, key: (u64, u64), line: u64) {
        let hash = (key.0 ^ key.0 >> 32 ^ key.1.rotate_left(17)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        deal(&mut self.short, hash, (key, line));
    }

    pub(crate) fn merge(&mut self, other: Keys) {
        join(&mut self.short, other.short);
        join(&mut self.long, other.long);
    }

    /// The first repeated lines, each with the line where the key stands first; and how many more there are.
    pub(crate) fn finish(self, threads: usize) -> (Vec<(u64, u64)>, u64) {
        let mut again = repeated(self.short, threads);
        again.merge(repeated(self.long, threads));
        let left_out = again.count - again.kept.len() as u64;
        (again.kept.into_sorted_vec(), left_out)
    }
}

#[inline]
fn deal<K>(parts: &mut Vec<Vec<(K, u64)>>, hash: u64, key: (K, u64)) {
    if parts.is_empty() {
        parts.resize_with(PARTS, Vec::new);
    }
    if let Some(part) = parts.get_mut((hash >> (u64::BITS - PARTS.ilog2())) as usize) {
        part.push(key);
    }
}

fn join<K>(own: &mut Vec<Vec<(K, u64)>>, other: Vec<Vec<(K, u64)>>) {
    if own.is_empty() {
        *own = other;
        return;
    }
    for (own, mut other) in own.iter_mut().zip(other) {
        own.append(&mut other);
    }
}

/// Lines on which a key comes again, each with the line where it stands first: the first of them are kept.
#[derive(Debug, Default)]
struct Again {
    kept: BinaryHeap<(u64, u64)>,
    count: u64,
}

impl Again {
    fn keep(&mut self, line: u64, first: u64) {
        self.kept.push((line, first));
        if self.kept.len() > limits::KEPT {
            self.kept.pop();
        }
    }

    fn merge(&mut self, other: Again) {
        self.count += other.count;
        for (line, first) in other.kept {
            self.keep(line, first);
        }
    }
}

/// The lines on which keys come again.
fn repeated<K: Ord + Send>(mut parts: Vec<Vec<(K, u64)>>, threads: usize) -> Again {
    let of_parts = |parts: &mut [Vec<(K, u64)>]| {
        let mut again = Again::default();
        for part in parts {
            part.sort_unstable();
            for lines in part.chunk_by(|a, b| a.0 == b.0).filter(|lines| lines.len() > 1) {
                let first = lines.first().map_or(0, |(_, line)| *line);
                for (_, line) in lines.iter().skip(1) {
                    again.count += 1;
                    again.keep(*line, first);
                }
            }
            // What has been looked at need not be kept.
            *part = Vec::new();
        }
        again
    };
    let share = parts.len().div_ceil(threads.max(1)).max(1);
    let mut all = Again::default();
    std::thread::scope(|scope| {
        let work: Vec<_> = parts.chunks_mut(share).map(|parts| scope.spawn(|| of_parts(parts))).collect();
        for work in work {
            all.merge(work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    all
}
