//! Pairs of a key and the row's filters and codes, in parts by the hash of the key.

use rustc_hash::FxHashMap;

use crate::cell::Value;
use crate::distinct::identify;
use crate::text::composed;

/// Parts by the hash of the key.
pub(super) const PARTS: usize = 1024;
/// The key, then filters and codes in one to three words.
pub(super) type Pair<const W: usize> = (u64, [u64; W]);

fn new_parts<const W: usize>() -> Vec<Part<W>> {
    (0..PARTS).map(|_| Part::default()).collect()
}

/// The pairs of one part, sorted and without repetition up to `sorted`.
#[derive(Default)]
pub(super) struct Part<const W: usize> {
    pub(super) pairs: Vec<Pair<W>>,
    sorted: usize,
}

impl<const W: usize> Part<W> {
    #[inline]
    fn push(&mut self, pair: Pair<W>) {
        const SLACK: usize = 1 << 15;
        self.pairs.push(pair);
        if self.pairs.len() > 2 * self.sorted + SLACK {
            self.sort();
        }
    }

    #[cold]
    fn sort(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        self.sorted = self.pairs.len();
    }
}

pub(super) enum Parts {
    One(Vec<Part<1>>),
    Two(Vec<Part<2>>),
    Three(Vec<Part<3>>),
}

/// Longer texts of keys, each once.
#[derive(Default)]
struct Texts {
    ids: FxHashMap<Box<[u8]>, u32>,
}

impl Texts {
    fn id(&mut self, bytes: &[u8]) -> u32 {
        if let Some(id) = self.ids.get(bytes) {
            return *id;
        }
        // INVARIANT: memory ends before there are 2^32 different texts.
        let id = self.ids.len() as u32;
        self.ids.insert(bytes.into(), id);
        id
    }
}

/// One thread's pairs.
pub(crate) struct Pairs {
    texts: Texts,
    pub(super) parts: Parts,
}

/// The kind of a key, in its highest bits.
const NUMBER: u64 = 1 << 61;
const SHORT: u64 = 2 << 61;
const LONG: u64 = 3 << 61;
const COMPACT: u64 = 1 << 63;

/// A text of seven to ten letters, digits, `-` and `_` of ASCII, six bits each, as a number that no other such text has.
#[inline]
fn compact(text: &[u8]) -> Option<u64> {
    const LEAST: usize = 7;
    let more = text.len().checked_sub(LEAST).filter(|more| *more < 4)?;
    let mut number = 0u64;
    for byte in text {
        let sign = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        number = number << 6 | u64::from(sign);
    }
    Some(COMPACT | (more as u64) << 60 | number)
}

/// A text of up to eighteen digits as a number that no other such text has: shorter ones come before longer ones.
#[inline]
pub(crate) fn digits(text: &[u8]) -> Option<u64> {
    const MOST: usize = 18;
    if text.is_empty() || text.len() > MOST {
        return None;
    }
    let mut number = 0u64;
    let mut before = 0u64;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
        before = before * 10 + 1;
    }
    // 1 + 10 + … shorter texts; in all less than 2^60.
    Some(number + before)
}

impl Pairs {
    /// None yet, of so many words.
    pub(super) fn new(words: usize) -> Pairs {
        Pairs {
            texts: Texts::default(),
            parts: match words {
                1 => Parts::One(new_parts()),
                2 => Parts::Two(new_parts()),
                _ => Parts::Three(new_parts()),
            },
        }
    }

    /// The key of a whole number.
    #[inline]
    pub(crate) fn key_of_number(&mut self, number: i64, bytes: &mut Vec<u8>) -> u64 {
        match u64::try_from(number) {
            Ok(number) if number < NUMBER => NUMBER | number,
            Ok(_) | Err(_) => {
                let number = jauge::plan::Decimal { mantissa: i128::from(number), scale: 0 };
                self.key(Value::Number(number), "", bytes)
            }
        }
    }

    /// The key of a value in 64 bits.
    pub(crate) fn key(&mut self, value: Value, text: &str, bytes: &mut Vec<u8>) -> u64 {
        match value {
            Value::Text => {
                let short = |text: &[u8]| digits(text).or_else(|| compact(text));
                if let Some(key) = short(text.as_bytes()).or_else(|| short(composed(text).as_bytes())) {
                    return key;
                }
            }
            Value::Number(number) if number.scale == 0 => {
                if let Some(key) = u64::try_from(number.mantissa).ok().filter(|number| *number < NUMBER) {
                    return NUMBER | key;
                }
            }
            _ => {}
        }
        bytes.clear();
        identify(value, text, bytes);
        const ROOM: usize = 7;
        if bytes.len() <= ROOM {
            let packed = bytes.iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
            return SHORT | (bytes.len() as u64) << 56 | packed;
        }
        LONG | u64::from(self.texts.id(bytes))
    }

    /// Adds a row of a block that was packed.
    #[inline]
    pub(crate) fn add(&mut self, key: u64, packed: &[Vec<u64>], row: usize) {
        match &mut self.parts {
            Parts::One(parts) => put(parts, key, packed, row),
            Parts::Two(parts) => put(parts, key, packed, row),
            Parts::Three(parts) => put(parts, key, packed, row),
        }
    }

    /// Takes in another thread's pairs: its longer texts have other numbers there.
    pub(super) fn rename(&mut self, other: &mut Pairs) {
        if other.texts.ids.is_empty() {
            return;
        }
        let mut renamed = vec![0u32; other.texts.ids.len()];
        for (text, id) in std::mem::take(&mut other.texts.ids) {
            let next = self.texts.ids.len() as u32;
            if let Some(slot) = renamed.get_mut(id as usize) {
                *slot = *self.texts.ids.entry(text).or_insert(next);
            }
        }
        match &mut other.parts {
            Parts::One(parts) => rename(parts, &renamed),
            Parts::Two(parts) => rename(parts, &renamed),
            Parts::Three(parts) => rename(parts, &renamed),
        }
    }
}

pub(super) fn hash(key: u64) -> u64 {
    // Multiplication alone leaves the low bits of alike keys alike.
    let mixed = (key ^ key >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

fn part_of(key: u64) -> usize {
    (hash(key) >> (u64::BITS - PARTS.ilog2())) as usize % PARTS
}

#[inline]
fn put<const W: usize>(parts: &mut [Part<W>], key: u64, packed: &[Vec<u64>], row: usize) {
    let words = std::array::from_fn(|word| packed.get(word).and_then(|all| all.get(row)).copied().unwrap_or(0));
    if let Some(part) = parts.get_mut(part_of(key)) {
        part.push((key, words));
    }
}

fn rename<const W: usize>(parts: &mut Vec<Part<W>>, renamed: &[u32]) {
    let old = std::mem::replace(parts, new_parts());
    for (key, words) in old.into_iter().flat_map(|part| part.pairs) {
        let key = if key & COMPACT == 0 && key >= LONG {
            LONG | u64::from(renamed.get((key & u64::from(u32::MAX)) as usize).copied().unwrap_or(0))
        } else {
            key
        };
        if let Some(part) = parts.get_mut(part_of(key)) {
            part.push((key, words));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn texts_have_keys_of_their_own() {
        let mut pairs = Pairs::new(1);
        let mut bytes = Vec::new();
        let mut met: BTreeMap<u64, String> = BTreeMap::new();
        let numbers = (0..2_000u32).map(|at| (at * 7_919).to_string());
        let texts: Vec<String> = numbers
            .flat_map(|number| {
                ["", "0", "00", "P", "p-", "MA_", "é", "A.", "un-nom-plus-long-"]
                    .map(|start| format!("{start}{number}"))
            })
            .chain(
                ["aaaaaaa", "aaaaaaaa", "0000000", "00000000", "AAAAAAAAAA", "__________", "------- "]
                    .map(String::from),
            )
            .collect();
        for text in &texts {
            let key = pairs.key(Value::Text, text, &mut bytes);
            let other = met.insert(key, composed(text).into_owned());
            assert!(other.as_ref().is_none_or(|other| *other == composed(text)), "{text:?} and {other:?}");
            assert_eq!(pairs.key(Value::Text, &format!(" {text} "), &mut bytes), key, "{text:?} with blanks");
        }
    }
}
