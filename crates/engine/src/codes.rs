//! The codes of a key to places from 0: cells lie side by side by the places of their codes.

use std::sync::{Mutex, PoisonError};

use jauge::plan::{Catalog, Cube, CubeQuery, Key};
use rustc_hash::FxHashMap;

/// The places of one key's codes.
pub(crate) enum Codes {
    /// The members of a dimension after "unknown" and "total": so many places.
    Members(u32),
    /// Codes that were met, in the order in which threads met them.
    Met(Mutex<Met>),
}

#[derive(Default)]
pub(crate) struct Met {
    places: FxHashMap<i32, u32>,
    codes: Vec<i32>,
}

/// Places before the members.
const BEFORE: u32 = 2;

impl Codes {
    /// The places of every key of a query.
    pub(crate) fn of(query: &CubeQuery, catalog: Catalog<'_>) -> Vec<Codes> {
        let of = |key: &Key| match key {
            Key::Dimension { dimension, .. } => {
                let members = catalog.dimensions.get(*dimension).map_or(0, |dimension| dimension.members.len());
                u32::try_from(members)
                    .map_or_else(|_| Codes::Met(Mutex::default()), |many| Codes::Members(many + BEFORE))
            }
            Key::Period { .. } | Key::Said { .. } | Key::StageDate { .. } => Codes::Met(Mutex::default()),
        };
        query.keys.iter().map(of).collect()
    }

    /// The place of a code.
    pub(crate) fn place(&self, code: i32) -> u32 {
        match self {
            Codes::Members(_) => match code {
                Cube::UNKNOWN => 0,
                Cube::TOTAL => 1,
                member => member.cast_unsigned() + BEFORE,
            },
            Codes::Met(met) => {
                let mut met = met.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(place) = met.places.get(&code) {
                    return *place;
                }
                // INVARIANT: there are at most 2^32 codes.
                let place = met.codes.len() as u32;
                met.places.insert(code, place);
                met.codes.push(code);
                place
            }
        }
    }

    /// The code at a place.
    pub(crate) fn code(&self, place: u32) -> i32 {
        match self {
            Codes::Members(_) => match place {
                0 => Cube::UNKNOWN,
                1 => Cube::TOTAL,
                member => (member - BEFORE).cast_signed(),
            },
            Codes::Met(met) => {
                let met = met.lock().unwrap_or_else(PoisonError::into_inner);
                met.codes.get(place as usize).copied().unwrap_or(Cube::UNKNOWN)
            }
        }
    }

    /// How many places there can be, where that is known.
    pub(crate) fn places(&self) -> Option<u32> {
        match self {
            Codes::Members(many) => Some(*many),
            Codes::Met(_) => None,
        }
    }

    /// Bits that hold a place.
    pub(crate) fn bits(&self) -> u32 {
        // INVARIANT: the codes that are met are days of twenty thousand years at the most, and windows.
        const OF_MET: u32 = 24;
        self.places().map_or(OF_MET, |many| (u32::BITS - many.saturating_sub(1).leading_zeros()).max(1))
    }
}

/// Some keys together: how the places of their codes make the place of a cell, or are packed into one number.
pub(crate) struct Grouping {
    /// Indexes of keys.
    pub(crate) keys: Vec<usize>,
    /// For each key, how far apart its places lie; `None` where cells cannot lie by places.
    pub(crate) strides: Option<Vec<u32>>,
    /// Cells for one place of the outermost key.
    pub(crate) inner: u32,
    /// For each key, where its bits lie in a packed cell.
    pub(crate) shifts: Vec<u32>,
    /// For each key, the bits of a place.
    masks: Vec<u32>,
}

impl Grouping {
    /// `None` where the places do not fit in one number.
    pub(crate) fn new(keys: &[usize], codes: &[Codes]) -> Option<Grouping> {
        let mut shifts = Vec::new();
        let mut masks = Vec::new();
        let mut bits = 0;
        for key in keys {
            let own = codes.get(*key)?.bits();
            shifts.push(bits);
            masks.push(u32::MAX >> (u32::BITS - own));
            bits += own;
        }
        if bits > u128::BITS {
            return None;
        }
        let (strides, inner) = strides(keys, codes);
        Some(Grouping { keys: keys.to_vec(), strides, inner, shifts, masks })
    }

    /// The packed places of the cell that lies at `cell`.
    pub(crate) fn packed(&self, cell: u32) -> u128 {
        let Some(strides) = &self.strides else { return 0 };
        // From the outermost key inwards.
        let mut order: Vec<usize> = (0..strides.len()).collect();
        order.sort_unstable_by_key(|at| std::cmp::Reverse((strides.get(*at).copied().unwrap_or(0), *at)));
        let mut rest = cell;
        let mut packed = 0u128;
        for at in order {
            let stride = strides.get(at).copied().unwrap_or(1).max(1);
            packed |= u128::from(rest / stride) << self.shifts.get(at).copied().unwrap_or(0);
            rest %= stride;
        }
        packed
    }

    /// The codes of a packed cell.
    pub(crate) fn codes(&self, packed: u128, codes: &[Codes]) -> Box<[i32]> {
        let keys = self.keys.iter().zip(&self.shifts).zip(&self.masks);
        keys.filter_map(|((key, shift), mask)| Some(codes.get(*key)?.code((packed >> shift) as u32 & mask))).collect()
    }
}

/// Cells in the order in which their packed codes are met.
#[derive(Default)]
pub(crate) struct MetCells {
    cells: FxHashMap<u128, u32>,
    packed: Vec<u128>,
}

impl MetCells {
    /// The cell of packed codes.
    #[inline]
    pub(crate) fn cell(&mut self, packed: u128) -> u32 {
        // INVARIANT: memory ends before there are 2^32 cells.
        let next = self.packed.len() as u32;
        let cell = *self.cells.entry(packed).or_insert(next);
        if cell == next {
            self.packed.push(packed);
        }
        cell
    }

    /// The packed codes of a cell.
    pub(crate) fn packed(&self, cell: usize) -> u128 {
        self.packed.get(cell).copied().unwrap_or(0)
    }

    pub(crate) fn len(&self) -> usize {
        self.packed.len()
    }
}

/// How far apart the places of each key lie. A key without a known number of places lies outermost; there can be one.
fn strides(keys: &[usize], codes: &[Codes]) -> (Option<Vec<u32>>, u32) {
    let mut strides = vec![0u32; keys.len()];
    let mut inner: u32 = 1;
    let mut outermost = None;
    for (at, key) in keys.iter().enumerate() {
        match codes.get(*key).and_then(Codes::places) {
            Some(many) => {
                if let Some(stride) = strides.get_mut(at) {
                    *stride = inner;
                }
                match inner.checked_mul(many) {
                    Some(more) => inner = more,
                    None => return (None, 1),
                }
            }
            None if outermost.is_none() => outermost = Some(at),
            None => return (None, 1),
        }
    }
    if let Some(stride) = outermost.and_then(|at| strides.get_mut(at)) {
        *stride = inner;
    }
    (Some(strides), inner)
}
