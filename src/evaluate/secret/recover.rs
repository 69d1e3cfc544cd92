//! The attacker: what follows from the sums shown. By subtraction of whole sums (over a large prime field, where what follows
//! in fractions follows too), and on small tables by the least and the most that a count can be when no count is below zero
//! (the simplex method in whole numbers).

use std::collections::{BTreeMap, BTreeSet};

use super::choose::Form;

/// A prime: 2^61 − 1.
const PRIME: u64 = (1 << 61) - 1;
/// Steps of the simplex method.
const PIVOTS: usize = 4_000;

/// What bounds tell of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// It lies between two bounds that are this far apart.
    Within(i128),
    /// It may be as large as one likes, or its bounds could not be worked out.
    Open,
}

fn times(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    // Less than the prime, so it fits.
    u64::try_from(product % u128::from(PRIME)).unwrap_or(0)
}

fn minus(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + (PRIME - b) }
}

fn inverse(a: u64) -> u64 {
    let (mut base, mut power, mut out) = (a, PRIME - 2, 1u64);
    while power > 0 {
        if power & 1 == 1 {
            out = times(out, base);
        }
        base = times(base, base);
        power >>= 1;
    }
    out
}

fn residue(number: i128) -> u64 {
    u64::try_from(number.rem_euclid(i128::from(PRIME))).unwrap_or(0)
}

type Sparse = BTreeMap<u32, u64>;

fn subtract(from: &mut Sparse, row: &Sparse, factor: u64) {
    for (at, value) in row {
        let entry = from.entry(*at).or_insert(0);
        *entry = minus(*entry, times(*value, factor));
        if *entry == 0 {
            from.remove(at);
        }
    }
}

/// Rows with distinct leading cells, each with the sums that it is made of.
#[derive(Default)]
struct Echelon {
    rows: BTreeMap<u32, (Sparse, Sparse)>,
}

impl Echelon {
    fn reduce(&self, row: &mut Sparse, made: &mut Sparse) {
        let mut from = 0;
        while let Some((lead, value)) = row.range(from..).next().map(|(lead, value)| (*lead, *value)) {
            if let Some((other, of)) = self.rows.get(&lead) {
                subtract(row, other, value);
                subtract(made, of, value);
            }
            match lead.checked_add(1) {
                Some(next) => from = next,
                None => return,
            }
        }
    }

    fn insert(&mut self, at: usize, form: &Form) {
        let mut row: Sparse = form.cells.iter().map(|(cell, factor)| (*cell, residue(*factor))).collect();
        let mut made: Sparse = u32::try_from(at).map(|at| BTreeMap::from([(at, 1)])).unwrap_or_default();
        self.reduce(&mut row, &mut made);
        let Some((lead, value)) = row.iter().next().map(|(lead, value)| (*lead, *value)) else { return };
        let by = inverse(value);
        for value in row.values_mut().chain(made.values_mut()) {
            *value = times(*value, by);
        }
        self.rows.insert(lead, (row, made));
    }
}

/// The sums from which a target follows by additions and subtractions; `None` where it does not.
pub(super) fn follows(shown: &[Form], target: &Form) -> Option<Vec<usize>> {
    let mut echelon = Echelon::default();
    for (at, form) in shown.iter().enumerate() {
        echelon.insert(at, form);
    }
    let mut row: Sparse = target.cells.iter().map(|(cell, factor)| (*cell, residue(*factor))).collect();
    let mut made = Sparse::new();
    echelon.reduce(&mut row, &mut made);
    row.is_empty().then(|| made.keys().filter_map(|at| usize::try_from(*at).ok()).collect())
}

/// True where a sum follows from others.
pub(super) fn span_of(shown: &[Form], form: &Form) -> bool {
    form.cells.is_empty() || follows(shown, form).is_some()
}

/// How far apart the least and the most are that a target can be.
pub(super) fn width(shown: &[Form], target: &Form) -> Shown {
    let Some(mut table) = Tableau::feasible(shown, target) else { return Shown::Open };
    let Some(most) = table.clone().best(target, 1) else { return Shown::Open };
    let Some(least) = table.best(target, -1) else { return Shown::Open };
    // Whole counts lie inside the bounds: the lower one rounded up, the upper one down.
    let most = most.0.div_euclid(most.1);
    let least = -(least.0.div_euclid(least.1));
    Shown::Within(most.saturating_sub(least))
}

/// Equations in a basis, in whole numbers over one common denominator.
#[derive(Clone)]
struct Tableau {
    rows: Vec<Vec<i128>>,
    basis: Vec<usize>,
    under: i128,
    cells: Vec<u32>,
}

impl Tableau {
    /// A basis in which no count is below zero; `None` where there is none or the numbers grow too large.
    fn feasible(shown: &[Form], target: &Form) -> Option<Tableau> {
        let forms: Vec<&Form> = shown.iter().filter(|form| form.counts && form.value.is_some()).collect();
        let cells: BTreeSet<u32> =
            forms.iter().copied().chain([target]).flat_map(|form| form.cells.iter().map(|(cell, _)| *cell)).collect();
        let cells: Vec<u32> = cells.into_iter().collect();
        let (count, width) = (cells.len(), cells.len().checked_add(forms.len())?);
        let mut rows = Vec::new();
        for (at, form) in forms.iter().enumerate() {
            let mut row = vec![0i128; width.checked_add(1)?];
            let value = form.value?;
            let sign = if value < 0 { -1 } else { 1 };
            for (cell, factor) in &form.cells {
                *row.get_mut(cells.binary_search(cell).ok()?)? = factor * sign;
            }
            *row.get_mut(count.checked_add(at)?)? = 1;
            *row.last_mut()? = value * sign;
            rows.push(row);
        }
        let basis = (count..width).collect();
        let mut table = Tableau { rows, basis, under: 1, cells };
        // First the artificial unknowns, one a row, are driven out.
        let mut cost = vec![0i128; width];
        for cost in cost.iter_mut().skip(count) {
            *cost = -1;
        }
        let (rest, _) = table.climb(&cost, width)?;
        if rest != 0 {
            return None;
        }
        let mut at = 0;
        while let Some(basic) = table.basis.get(at).copied() {
            if basic >= count {
                let row = table.rows.get(at)?;
                match row.iter().take(count).position(|value| *value != 0) {
                    Some(column) => table.pivot(at, column)?,
                    None => {
                        // The equation follows from the others.
                        table.rows.remove(at);
                        table.basis.remove(at);
                        continue;
                    }
                }
            }
            at += 1;
        }
        for row in &mut table.rows {
            let value = row.pop()?;
            row.truncate(count);
            row.push(value);
        }
        Some(table)
    }

    /// The most that `sign` times a target can be, as a fraction; `None` where there is no limit.
    fn best(&mut self, target: &Form, sign: i128) -> Option<(i128, i128)> {
        let mut cost = vec![0i128; self.cells.len()];
        for (cell, factor) in &target.cells {
            *cost.get_mut(self.cells.binary_search(cell).ok()?)? = factor * sign;
        }
        let width = self.cells.len();
        self.climb(&cost, width)
    }

    /// Climbs to the most of a cost; Bland's rule, so that it ends.
    fn climb(&mut self, cost: &[i128], width: usize) -> Option<(i128, i128)> {
        for _ in 0..PIVOTS {
            // Reduced costs over the common denominator.
            let mut reduced: Vec<i128> = Vec::with_capacity(width);
            for column in 0..width {
                let mut sum = cost.get(column)?.checked_mul(self.under)?;
                for (row, basic) in self.rows.iter().zip(&self.basis) {
                    let of = cost.get(*basic)?;
                    if *of != 0 {
                        sum = sum.checked_sub(of.checked_mul(*row.get(column)?)?)?;
                    }
                }
                reduced.push(sum);
            }
            let Some(column) = reduced.iter().position(|value| *value > 0) else {
                let mut best = 0i128;
                for (row, basic) in self.rows.iter().zip(&self.basis) {
                    best = best.checked_add(cost.get(*basic)?.checked_mul(*row.last()?)?)?;
                }
                return Some((best, self.under));
            };
            let mut leaving: Option<(i128, i128, usize)> = None;
            for (at, row) in self.rows.iter().enumerate() {
                let (entry, value) = (*row.get(column)?, *row.last()?);
                if entry <= 0 {
                    continue;
                }
                let better = match leaving {
                    None => true,
                    Some((best_value, best_entry, best)) => {
                        let (here, there) = (value.checked_mul(best_entry)?, best_value.checked_mul(entry)?);
                        here < there || (here == there && self.basis.get(at) < self.basis.get(best))
                    }
                };
                if better {
                    leaving = Some((value, entry, at));
                }
            }
            let (_, _, row) = leaving?;
            self.pivot(row, column)?;
        }
        None
    }

    /// Brings a column into the basis. All entries stay whole: each is a minor of the equations.
    fn pivot(&mut self, row: usize, column: usize) -> Option<()> {
        let pivot_row = self.rows.get(row)?.clone();
        let pivot = *pivot_row.get(column)?;
        for (at, other) in self.rows.iter_mut().enumerate() {
            if at == row {
                continue;
            }
            let factor = *other.get(column)?;
            for (value, of) in other.iter_mut().zip(&pivot_row) {
                let product = value.checked_mul(pivot)?.checked_sub(factor.checked_mul(*of)?)?;
                *value = product.checked_div(self.under)?;
            }
        }
        self.under = pivot;
        if pivot < 0 {
            self.under = -pivot;
            for value in self.rows.iter_mut().flatten() {
                *value = -*value;
            }
        }
        *self.basis.get_mut(row)? = column;
        Some(())
    }
}
