//! Mistakes in cells, kept or counted: the first of each kind in each column are kept, the rest are counted, and neither
//! depends on the order in which rows are met.

use std::collections::BTreeMap;

use jauge::problem::DataPlace;
use rustc_hash::FxHashMap;

use crate::cell::Mistake;
use crate::limits;

/// A mistake that is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kept {
    pub(crate) line: u64,
    pub(crate) mistake: Mistake,
    pub(crate) text: Box<str>,
    /// How many rows are so; 1 where each is told by itself.
    pub(crate) rows: u64,
}

#[derive(Debug, Clone, Default)]
struct Kind {
    kept: Vec<Kept>,
    count: u64,
    /// So many lower lines are kept already that a mistake from this line on need not be.
    closed: Option<u64>,
}

/// Mistakes by needed column and kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mistakes {
    kinds: BTreeMap<(usize, u8), Kind>,
    /// For each needed column, the first cell with decimals that was read: its line and text.
    decimals: BTreeMap<usize, (u64, Box<str>)>,
    /// Codes that the other source does not have: one of them may stand in most rows.
    codes: NotFound,
}

/// For each needed column the codes that are not found, each with its first line and its rows; nothing once there are too
/// many, which does not depend on the order in which they are met.
#[derive(Debug, Clone, Default)]
struct NotFound {
    met: FxHashMap<(usize, Box<str>), (u64, u64)>,
    are_too_many: bool,
}

impl NotFound {
    fn add(&mut self, column: usize, text: &str, line: u64, rows: u64) {
        if self.are_too_many {
            return;
        }
        let (first, all) = self.met.entry((column, text.into())).or_insert((line, 0));
        *first = line.min(*first);
        *all += rows;
        if self.met.len() > limits::KEPT {
            *self = NotFound { met: FxHashMap::default(), are_too_many: true };
        }
    }
}

impl Kind {
    fn keep(&mut self, kept: Kept) {
        self.kept.push(kept);
        if self.kept.len() >= 2 * limits::KEPT {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.kept.sort_unstable();
        self.kept.truncate(limits::KEPT);
        if self.kept.len() == limits::KEPT {
            self.closed = self.kept.last().map(|kept| kept.line.saturating_add(1));
        }
    }
}

impl Mistakes {
    /// Notes a mistake in the needed column `column`.
    pub(crate) fn add(&mut self, column: usize, line: u64, mistake: Mistake, text: &str) {
        if mistake == Mistake::NotFound {
            self.codes.add(column, text, line, 1);
        }
        let kind = self.kinds.entry((column, mistake.kind())).or_default();
        kind.count += 1;
        if kind.closed.is_none_or(|closed| line < closed) {
            kind.keep(Kept { line, mistake, text: shorten(text).into(), rows: 1 });
        }
    }

    /// Notes a cell with decimals that was read.
    #[inline]
    pub(crate) fn saw_decimals(&mut self, column: usize, line: u64, text: &str) {
        match self.decimals.get_mut(&column) {
            Some((first, _)) if *first <= line => {}
            Some(first) => *first = (line, shorten(text).into()),
            None => {
                self.decimals.insert(column, (line, shorten(text).into()));
            }
        }
    }

    /// The first cell of each needed column whose decimals were read.
    pub(crate) fn decimals(&self) -> BTreeMap<usize, (u64, Box<str>)> {
        self.decimals.clone()
    }

    pub(crate) fn merge(&mut self, other: Mistakes) {
        for (column, (line, text)) in other.decimals {
            self.saw_decimals(column, line, &text);
        }
        if other.codes.are_too_many {
            self.codes = other.codes;
        } else {
            for ((column, text), (line, rows)) in other.codes.met {
                self.codes.add(column, &text, line, rows);
            }
        }
        for (key, kind) in other.kinds {
            let own = self.kinds.entry(key).or_default();
            own.count += kind.count;
            for kept in kind.kept {
                own.keep(kept);
            }
        }
    }

    /// What is kept, with its column, and how many are not.
    pub(crate) fn finish(self) -> (Vec<(usize, Kept)>, u64) {
        let mut all = Vec::new();
        let mut left_out = 0;
        for ((column, of), mut kind) in self.kinds {
            if of == Mistake::NotFound.kind() && !self.codes.are_too_many {
                continue;
            }
            kind.cut();
            left_out += kind.count - kind.kept.len() as u64;
            all.extend(kind.kept.into_iter().map(|kept| (column, kept)));
        }
        let mut codes: Vec<(usize, Kept)> = self
            .codes
            .met
            .into_iter()
            .map(|((column, text), (line, rows))| {
                (column, Kept { line, mistake: Mistake::NotFound, text: shorten(&text).into(), rows })
            })
            .collect();
        codes.sort_unstable();
        all.extend(codes);
        (all, left_out)
    }
}

/// At most [`DataPlace::TEXT_LIMIT`] characters.
pub(crate) fn shorten(text: &str) -> String {
    let text = crate::text::trim(text);
    match text.char_indices().nth(DataPlace::TEXT_LIMIT) {
        None => text.to_string(),
        Some(_) => text.chars().take(DataPlace::TEXT_LIMIT - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_kept_in_any_order() {
        let all = 5 * crate::limits::KEPT as u64;
        let lines: Vec<u64> = (0..all).map(|at| (at * 2_731) % all).collect();
        let (left, right) = lines.split_at(1_234);
        let of = |lines: &[u64]| {
            let mut mistakes = Mistakes::default();
            lines.iter().for_each(|line| mistakes.add(0, *line, Mistake::Empty, ""));
            mistakes
        };
        let mut parts = of(right);
        parts.merge(of(left));
        let (kept, left_out) = parts.finish();
        assert_eq!(left_out, all * 4 / 5);
        assert_eq!(kept.iter().map(|(_, kept)| kept.line).collect::<Vec<_>>(), (0..all / 5).collect::<Vec<_>>());
    }
}
