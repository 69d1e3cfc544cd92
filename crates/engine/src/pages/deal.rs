//! Who reads which rows: whole row groups in order, and when there are no more, the second half of what another thread still has
//! before it. So a file of one group is the work of all threads, and none waits for the last group.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::page::Places;
use crate::block::ROWS;

/// Row groups to be read by several threads.
pub(crate) struct Deal {
    /// A rest of fewer than twice as many rows is not divided: what a thread must read before its first row would cost more.
    least: u64,
    table: Mutex<Table>,
}

struct Table {
    /// Groups that nobody has begun, and how many rows each has.
    waiting: VecDeque<(usize, u64)>,
    /// What each thread has before it.
    hands: Vec<Share>,
}

/// Rows of one group, counted from its first one, at 0.
#[derive(Clone, Default)]
pub(crate) struct Share {
    /// Place of the group among all.
    pub(crate) group: usize,
    /// The first row that is not read yet, and the one behind the last.
    pub(crate) at: u64,
    pub(crate) end: u64,
    /// Where the pages of the group's needed columns lie, as far as that is known.
    pub(crate) places: Arc<Places>,
}

impl Share {
    fn left(&self) -> u64 {
        self.end - self.at
    }
}

impl Deal {
    pub(crate) fn new(rows: impl IntoIterator<Item = u64>, least: u64) -> Deal {
        let waiting = rows.into_iter().enumerate().collect();
        Deal { least: least.max(1), table: Mutex::new(Table { waiting, hands: Vec::new() }) }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One thread more; its number.
    pub(crate) fn join(&self) -> usize {
        let mut table = self.table();
        table.hands.push(Share::default());
        table.hands.len() - 1
    }

    /// A share for a thread that has none; `None` where all rows are in good hands.
    pub(crate) fn take(&self, thread: usize, columns: usize) -> Option<Share> {
        let mut table = self.table();
        let share = match table.waiting.pop_front() {
            Some((group, end)) => Share { group, at: 0, end, places: Arc::new(Places::of(columns)) },
            None => {
                let longest = table.hands.iter_mut().max_by_key(|share| share.left())?;
                if longest.left() / 2 < self.least {
                    return None;
                }
                let middle = longest.end - longest.left() / 2;
                let second = Share { at: middle, ..longest.clone() };
                longest.end = middle;
                second
            }
        };
        *table.hands.get_mut(thread)? = share.clone();
        Some(share)
    }

    /// How many rows a thread reads next of its share: a block at the most, 0 where it has read all.
    pub(crate) fn next(&self, thread: usize) -> u64 {
        let mut table = self.table();
        let Some(share) = table.hands.get_mut(thread) else { return 0 };
        let count = share.left().min(self.least).min(ROWS as u64);
        share.at += count;
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_once() {
        let rows = [5u64, 0, 1_000, 3];
        for threads in 1..6 {
            let deal = Deal::new(rows, 4);
            let hands: Vec<usize> = (0..threads).map(|_| deal.join()).collect();
            let mut read: Vec<Vec<u64>> = rows.iter().map(|rows| vec![0; *rows as usize]).collect();
            let mut shares: Vec<Option<Share>> = hands.iter().map(|thread| deal.take(*thread, 0)).collect();
            let mut divided = 0;
            while shares.iter().any(Option::is_some) {
                for (thread, share) in hands.iter().zip(&mut shares) {
                    let Some(of) = share else { continue };
                    let count = deal.next(*thread);
                    for row in of.at..of.at + count {
                        read[of.group][row as usize] += 1;
                    }
                    of.at += count;
                    if count == 0 {
                        *share = deal.take(*thread, 0);
                        divided += usize::from(share.as_ref().is_some_and(|share| share.at > 0));
                    }
                }
            }
            assert!(read.iter().flatten().all(|times| *times == 1), "{threads} threads");
            assert_eq!(divided > 0, threads > 1);
        }
    }
}
