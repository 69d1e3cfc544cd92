//! What follows of a sum of cells from the equations shown: by linear algebra, by linear programming with no cell below zero, and
//! by search among whole numbers. All in exact fractions.

use std::collections::BTreeMap;

use jauge::types::Number;

/// A cell of the true table: year, region, sex.
pub type Cell = (i32, usize, usize);
/// Cells with their factors.
pub type Terms = BTreeMap<Cell, Number>;
/// Terms and what they come to.
pub type Equation = (Terms, Number);

fn over(row: &[Number], by: &Number) -> Vec<Number> {
    row.iter().map(|number| number.divide(by).expect("a pivot is not zero")).collect()
}

fn minus(row: &mut [Number], times: &Number, other: &[Number]) {
    if !times.is_zero() {
        for (number, other) in row.iter_mut().zip(other) {
            if !other.is_zero() {
                *number = number.clone() - times.clone() * other.clone();
            }
        }
    }
}

/// Makes `column` one in `row` and zero in all others.
fn pivot(rows: &mut [Vec<Number>], row: usize, column: usize) {
    rows[row] = over(&rows[row], &rows[row][column].clone());
    let by = rows[row].clone();
    for (at, other) in rows.iter_mut().enumerate() {
        if at != row {
            let times = other[column].clone();
            minus(other, &times, &by);
        }
    }
}

fn row(terms: &Terms, sum: &Number, all: &[Cell]) -> Vec<Number> {
    let zero = Number::zero();
    all.iter().map(|cell| terms.get(cell).unwrap_or(&zero).clone()).chain([sum.clone()]).collect()
}

/// The equations in echelon form, one row per independent one, with the column that each solves.
pub fn echelon(equations: &[Equation], all: &[Cell]) -> Vec<(usize, Vec<Number>)> {
    let mut rows: Vec<Vec<Number>> = equations.iter().map(|(terms, sum)| row(terms, sum, all)).collect();
    let mut solved = Vec::new();
    for column in 0..all.len() {
        let done = solved.len();
        let Some(at) = (done..rows.len()).find(|at| !rows[*at][column].is_zero()) else { continue };
        rows.swap(done, at);
        pivot(&mut rows, done, column);
        solved.push(column);
    }
    assert!(rows[solved.len()..].iter().all(|row| row.iter().all(Number::is_zero)), "what is shown contradicts itself");
    solved.into_iter().zip(rows).collect()
}

/// The target is a sum of the equations: it is known exactly.
pub fn follows(known: &[(usize, Vec<Number>)], target: &Terms, all: &[Cell]) -> bool {
    let mut rest = row(target, &Number::zero(), all);
    for (column, row) in known {
        let times = rest[*column].clone();
        minus(&mut rest, &times, row);
    }
    rest[..all.len()].iter().all(Number::is_zero)
}

/// The least and the greatest value of the target where no cell is below zero; `None` for no greatest value.
/// The simplex method in two phases, with Bland's rule against cycles.
pub fn bounds(known: &[(usize, Vec<Number>)], target: &Terms, all: &[Cell]) -> (Number, Option<Number>) {
    let wide = all.len() + known.len();
    let one = Number::from(1i64);
    let mut table: Vec<Vec<Number>> = Vec::new();
    for (at, (_, row)) in known.iter().enumerate() {
        let sign = if row[all.len()].is_negative() { -one.clone() } else { one.clone() };
        let mut out: Vec<Number> = row[..all.len()].iter().map(|number| number.clone() * sign.clone()).collect();
        out.extend((0..known.len()).map(|other| if other == at { one.clone() } else { Number::zero() }));
        out.push(row[all.len()].clone() * sign.clone());
        table.push(out);
    }
    let mut basis: Vec<usize> = (all.len()..wide).collect();
    // First the sum of the added columns is made zero.
    let mut cost: Vec<Number> = (0..wide).map(|at| if at < all.len() { Number::zero() } else { one.clone() }).collect();
    cost.push(Number::zero());
    for row in &table {
        minus(&mut cost, &one, row);
    }
    table.push(cost);
    assert!(improve(&mut table, &mut basis, wide));
    let cost = table.pop().expect("the cost row");
    assert!(cost[wide].is_zero(), "the truth is among the tables");
    // An added column still in the basis is zero: another takes its place, or its row says nothing.
    let mut at = 0;
    while at < basis.len() {
        if basis[at] >= all.len() {
            if let Some(column) = (0..all.len()).find(|column| !table[at][*column].is_zero()) {
                pivot(&mut table, at, column);
                basis[at] = column;
            } else {
                table.remove(at);
                basis.remove(at);
                continue;
            }
        }
        at += 1;
    }
    let least = |sign: &Number| -> Option<Number> {
        let (mut table, mut basis) = (table.clone(), basis.clone());
        let mut cost: Vec<Number> = vec![Number::zero(); wide + 1];
        for (at, cell) in all.iter().enumerate() {
            cost[at] = target.get(cell).map_or_else(Number::zero, |factor| factor.clone() * sign.clone());
        }
        for (row, column) in table.iter().zip(&basis) {
            let times = cost[*column].clone();
            minus(&mut cost, &times, row);
        }
        table.push(cost);
        improve(&mut table, &mut basis, all.len()).then(|| -table[basis.len()][wide].clone())
    };
    let low = least(&one).expect("no cell is below zero");
    (low, least(&-one.clone()).map(|high| -high))
}

/// Pivots until the last row, the cost, has nothing below zero among the first `columns`; false where it has no least value.
fn improve(table: &mut [Vec<Number>], basis: &mut [usize], columns: usize) -> bool {
    let last = basis.len();
    loop {
        let Some(column) = (0..columns).find(|column| table[last][*column].is_negative()) else { return true };
        let sums = table[0].len() - 1;
        let mut best: Option<(Number, usize, usize)> = None;
        for at in 0..last {
            let factor = &table[at][column];
            if factor.is_zero() || factor.is_negative() {
                continue;
            }
            let ratio = (table[at][sums].divide(factor).expect("not zero"), basis[at], at);
            if best.as_ref().is_none_or(|best| ratio < *best) {
                best = Some(ratio);
            }
        }
        let Some((_, _, at)) = best else { return false };
        pivot(table, at, column);
        basis[at] = column;
    }
}

/// Another table of whole numbers gives all equations and another count in the target. For sums of cells without other factors.
pub fn other_table(equations: &[Equation], all: &[Cell], truth: &BTreeMap<Cell, i64>, target: &Terms) -> bool {
    let of = |table: &BTreeMap<Cell, i64>| -> i64 { target.keys().map(|cell| table[cell]).sum() };
    let wanted = of(truth);
    let mut left: Vec<(i64, usize)> =
        equations.iter().map(|(cells, sum)| (sum.decimal().parse().expect("a whole count"), cells.len())).collect();
    let member: Vec<Vec<usize>> = all
        .iter()
        .map(|cell| (0..equations.len()).filter(|at| equations[*at].0.contains_key(cell)).collect())
        .collect();
    let mut table = BTreeMap::new();
    let mut fuel = 400_000;
    fill(0, all, &mut left, &member, &mut table, &|table| of(table) != wanted, &mut fuel)
}

/// Cells are filled one by one; an equation is checked as soon as all its cells are, and bounds each before.
fn fill(
    at: usize,
    all: &[Cell],
    left: &mut Vec<(i64, usize)>,
    member: &[Vec<usize>],
    table: &mut BTreeMap<Cell, i64>,
    done: &dyn Fn(&BTreeMap<Cell, i64>) -> bool,
    fuel: &mut usize,
) -> bool {
    let Some(cell) = all.get(at) else { return done(table) };
    if *fuel == 0 {
        return false;
    }
    *fuel -= 1;
    let most = member[at].iter().map(|row| left[*row].0).min().unwrap_or(30);
    let exact = member[at].iter().find(|row| left[**row].1 == 1).map(|row| left[*row].0);
    let range = exact.map_or(0..=most, |exact| exact..=exact);
    for value in range {
        if value < 0 || value > most {
            continue;
        }
        for row in &member[at] {
            left[*row].0 -= value;
            left[*row].1 -= 1;
        }
        let possible = member[at].iter().all(|row| left[*row].0 >= 0 && (left[*row].1 > 0 || left[*row].0 == 0));
        table.insert(*cell, value);
        let found = possible && fill(at + 1, all, left, member, table, done, fuel);
        for row in &member[at] {
            left[*row].0 += value;
            left[*row].1 += 1;
        }
        if found {
            return true;
        }
    }
    false
}
