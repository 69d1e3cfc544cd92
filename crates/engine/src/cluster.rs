//! Things that are asked for by the same sets are put next to each other, so that each set takes few pieces of them.

use std::collections::BTreeMap;

use jauge::plan::{CubeQuery, Lane};

/// For each of `many` things, which sets of a query ask for it, as bits: `things` says what a lane asks for.
pub(crate) fn asked<T: IntoIterator<Item = usize>>(
    query: &CubeQuery,
    many: usize,
    things: impl Fn(&Lane) -> T,
) -> Vec<Vec<u64>> {
    let mut asked = vec![vec![0u64; query.sets.len().div_ceil(64)]; many];
    for (at, set) in query.sets.iter().enumerate() {
        for lane in set.lanes.iter().filter_map(|lane| query.lanes.get(*lane)) {
            for thing in things(lane) {
                if let Some(word) = asked.get_mut(thing).and_then(|sets| sets.get_mut(at / 64)) {
                    *word |= 1 << (at % 64);
                }
            }
        }
    }
    asked
}

/// An order of things in pieces of `piece`, so that the sets take few pieces altogether: `asked` says for each thing which
/// sets ask for it, as bits. The order is a good one, not always the best.
pub(crate) fn order(asked: &[Vec<u64>], piece: usize) -> Vec<usize> {
    let mut order = in_turn(asked, piece);
    swap(asked, piece, &mut order);
    order
}

/// How many sets some things are asked for by.
fn sets_of<'a>(asked: &'a [Vec<u64>], things: impl Iterator<Item = &'a usize> + Clone) -> u32 {
    let words = asked.first().map_or(0, Vec::len);
    let word =
        |at: usize| things.clone().filter_map(|thing| asked.get(*thing)?.get(at)).fold(0, |all, sets| all | sets);
    (0..words).map(|at| word(at).count_ones()).sum()
}

/// Things of different pieces change places as long as that spares pieces.
fn swap(asked: &[Vec<u64>], piece: usize, order: &mut [usize]) {
    // Beyond this, trying all pairs would take longer than it spares.
    const MOST: usize = 256;
    const TURNS: usize = 8;
    if order.len() > MOST {
        return;
    }
    for _ in 0..TURNS {
        let mut better = false;
        for first in 0..order.len() {
            for second in (first / piece + 1) * piece..order.len() {
                let cost = |order: &[usize]| -> u32 {
                    let pieces =
                        [first / piece, second / piece].into_iter().filter_map(|at| order.chunks(piece).nth(at));
                    pieces.map(|things| sets_of(asked, things.iter())).sum()
                };
                let before = cost(order);
                order.swap(first, second);
                if cost(order) < before {
                    better = true;
                } else {
                    order.swap(first, second);
                }
            }
        }
        if !better {
            return;
        }
    }
}

/// Piece by piece, what is asked for by the most sets begins, and what brings the fewest sets more comes next.
fn in_turn(asked: &[Vec<u64>], piece: usize) -> Vec<usize> {
    let mut alike: BTreeMap<&[u64], Vec<usize>> = BTreeMap::new();
    for (at, sets) in asked.iter().enumerate() {
        alike.entry(sets).or_default().push(at);
    }
    let many = |sets: &mut dyn Iterator<Item = u64>| sets.map(u64::count_ones).sum::<u32>();
    let mut order = Vec::with_capacity(asked.len());
    let mut of_piece: Vec<u64> = Vec::new();
    while !alike.is_empty() {
        let room = piece - order.len() % piece;
        if room == piece {
            of_piece.clear();
        }
        of_piece.resize(asked.first().map_or(0, Vec::len), 0);
        let key = |sets: &[u64]| {
            let more = many(&mut sets.iter().zip(&of_piece).map(|(own, all)| own & !all));
            let shared = many(&mut sets.iter().zip(&of_piece).map(|(own, all)| own & all));
            // In an empty piece nothing is shared yet.
            if room == piece { (u32::MAX - more, 0) } else { (more, u32::MAX - shared) }
        };
        let Some(next) = alike.keys().copied().min_by_key(|sets| key(sets)) else { break };
        let Some(mut things) = alike.remove(next) else { break };
        let rest = things.split_off(room.min(things.len()));
        order.extend(things);
        for (all, own) in of_piece.iter_mut().zip(next) {
            *all |= own;
        }
        if !rest.is_empty() {
            alike.insert(next, rest);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn what_is_asked_for_together_stands_together() {
        // Two sets, each with things of its own, and things of both.
        let asked: Vec<Vec<u64>> = [1, 2, 3, 1, 2, 3, 1, 2].map(|sets| vec![sets]).into();
        let order = order(&asked, 3);
        let mut all = order.clone();
        all.sort_unstable();
        assert_eq!(all, (0..8).collect::<Vec<_>>());
        let pieces_of = |set: u64| {
            let asks = |piece: &&[usize]| piece.iter().any(|at| asked[*at][0] & set != 0);
            order.chunks(3).filter(asks).count()
        };
        assert_eq!((pieces_of(1), pieces_of(2)), (2, 2), "{order:?}");
    }
}
