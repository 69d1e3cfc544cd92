//! Distinct values and duplicate keys: the only things whose memory follows the rows.

use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

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

/// Keys that must not repeat: the first line of each, and the lines on which one comes again.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    first: FxHashMap<Identity, u64>,
    again: BinaryHeap<(u64, Identity)>,
    count: u64,
}

impl Keys {
    pub(crate) fn add(&mut self, bytes: &[u8], line: u64) {
        self.put(Identity::new(bytes), line);
    }

    fn put(&mut self, identity: Identity, line: u64) {
        match self.first.entry(identity) {
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(line);
            }
            std::collections::hash_map::Entry::Occupied(mut slot) => {
                let later = line.max(*slot.get());
                let earlier = line.min(*slot.get());
                slot.insert(earlier);
                let identity = slot.key().clone();
                self.count += 1;
                self.keep(later, identity);
            }
        }
    }

    fn keep(&mut self, line: u64, identity: Identity) {
        self.again.push((line, identity));
        if self.again.len() > limits::KEPT {
            self.again.pop();
        }
    }

    pub(crate) fn merge(&mut self, other: Keys) {
        self.count += other.count;
        for (line, identity) in other.again {
            self.keep(line, identity);
        }
        for (identity, line) in other.first {
            self.put(identity, line);
        }
    }

    /// The first repeated lines, each with the line where the key stands first; and how many more there are.
    pub(crate) fn finish(self) -> (Vec<(u64, u64)>, u64) {
        let left_out = self.count - self.again.len() as u64;
        let lines = self.again.into_sorted_vec();
        let first = self.first;
        (
            lines.into_iter().map(|(line, identity)| (line, first.get(&identity).copied().unwrap_or(line))).collect(),
            left_out,
        )
    }
}
