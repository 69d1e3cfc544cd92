//! Windows that threads met in any order to windows in the order of time, with the codes of the cells changed alike.

use jauge::plan::{Cells, Cube, CubeQuery, Key, StatedFact};
use jauge::types::Period;

/// The windows in order; the codes in the cells follow them.
pub(crate) fn in_order(query: &CubeQuery, met: &[Period], sets: &mut [Cells], facts: &mut [StatedFact]) -> Vec<Period> {
    let mut windows = met.to_vec();
    windows.sort_unstable();
    if windows == met {
        return windows;
    }
    let renamed = |code: i32| {
        let window = Cube::window_at(code).and_then(|at| met.get(at));
        let at = window.and_then(|window| windows.binary_search(window).ok());
        at.and_then(Cube::window_code).unwrap_or(code)
    };
    for (cells, set) in sets.iter_mut().zip(&query.sets) {
        let is_period = |key: &usize| matches!(query.keys.get(*key), Some(Key::Period { .. } | Key::StageDate { .. }));
        let places: Vec<usize> =
            set.keys.iter().enumerate().filter(|(_, key)| is_period(key)).map(|(at, _)| at).collect();
        if places.is_empty() {
            continue;
        }
        *cells = std::mem::take(cells)
            .into_iter()
            .map(|(mut codes, values)| {
                for at in &places {
                    if let Some(code) = codes.get_mut(*at) {
                        *code = renamed(*code);
                    }
                }
                (codes, values)
            })
            .collect();
    }
    for fact in facts {
        for (code, key) in fact.keys.iter_mut().zip(&query.keys) {
            if matches!(key, Key::Period { .. }) {
                *code = renamed(*code);
            }
        }
    }
    windows
}
