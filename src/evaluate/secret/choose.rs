//! What to hide: everything small, then the least informative figures until nothing small follows from the rest.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::recover::{Shown, follows, span_of, width};
use crate::types::Number;

/// Forms compared two by two for what lies between them.
const PAIRED: usize = 1_500;
/// Cells of a component whose bounds are worked out; beyond, only what follows by sums and from zeros is looked at.
const BOUNDED: usize = 90;
/// Figures of which hiding is tried, for the one that helps most.
const TRIED: usize = 12;
/// Hidden figures of one component of which showing is tried again.
const SHOWN_AGAIN: usize = 200;
/// Sums shown in one component; what is more is hidden, the most detailed first.
const SUMS: usize = 3_000;

/// A sum of cells that somebody may know, and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    /// Cells with whole factors without a common divisor, the first positive.
    pub cells: Vec<(u32, i128)>,
    /// The value, scaled like the factors; `None` where it is no whole number of manageable size.
    pub value: Option<i128>,
    /// It must not be known.
    pub small: bool,
    /// All cells are counts: none is below zero.
    pub counts: bool,
    /// The highest threshold of its sources.
    pub threshold: u64,
}

impl Form {
    /// A form of rational factors; `None` where they are out of bounds.
    pub(super) fn new(
        cells: BTreeMap<u32, Number>,
        value: Number,
        small: bool,
        counts: bool,
        threshold: u64,
    ) -> Option<Form> {
        let mut scale = 1i128;
        let mut parts = Vec::new();
        for (cell, factor) in &cells {
            let (over, under) = fraction(factor)?;
            scale = scale.checked_mul(under / gcd(scale, under))?;
            parts.push((*cell, over, under));
        }
        let mut whole = Vec::new();
        for (cell, over, under) in parts {
            whole.push((cell, over.checked_mul(scale / under)?));
        }
        let mut divisor = whole.iter().fold(0i128, |all, (_, factor)| gcd(all, *factor)).max(1);
        if whole.first().is_some_and(|(_, factor)| *factor < 0) {
            divisor = -divisor;
        }
        for (_, factor) in &mut whole {
            *factor /= divisor;
        }
        let (over, under) = fraction(&value).unwrap_or((0, 0));
        let value = over.checked_mul(scale).and_then(|scaled| {
            let under = under.checked_mul(divisor)?;
            (under != 0 && scaled % under == 0).then(|| scaled / under)
        });
        let mut form = Form { cells: whole, value, small, counts, threshold };
        form.small |= form.is_few();
        Some(form)
    }

    /// True for a count, or a sum of counts, that is not zero and below the threshold.
    fn is_few(&self) -> bool {
        self.counts
            && !self.cells.is_empty()
            && self.cells.iter().all(|(_, factor)| *factor > 0)
            && self.value.is_some_and(|value| value > 0 && value < i128::from(self.threshold))
    }

    /// What is left of this sum without another; `None` where that is no count.
    fn without(&self, other: &Form) -> Option<Form> {
        let mut cells: BTreeMap<u32, i128> = self.cells.iter().copied().collect();
        for (cell, factor) in &other.cells {
            let left = cells.get_mut(cell)?;
            *left = left.checked_sub(*factor).filter(|left| *left >= 0)?;
        }
        cells.retain(|_, factor| *factor != 0);
        let value = self.value?.checked_sub(other.value?)?;
        let counts = self.counts && other.counts;
        let mut form = Form {
            cells: cells.into_iter().collect(),
            value: Some(value),
            small: false,
            counts,
            threshold: self.threshold.max(other.threshold),
        };
        form.small = form.is_few();
        Some(form)
    }
}

fn fraction(number: &Number) -> Option<(i128, i128)> {
    let (over, under) = number.fraction();
    Some((over.parse().ok()?, under.parse().ok()?))
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(1)
}

/// One thing that is shown whole or not at all.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// What it tells.
    pub forms: Vec<Form>,
    /// How detailed it is: the number of coordinates of its group.
    pub depth: usize,
    /// How large its value is.
    pub weight: Number,
}

/// Says of each item whether it is hidden, with the counts that items are made of. The answer depends on nothing but the items,
/// the counts and their order.
pub(super) fn hide(items: &[&Item], counts: &[Form]) -> Vec<bool> {
    let mut hidden: Vec<bool> = items.iter().map(|item| item.forms.iter().any(|form| form.small)).collect();
    let forms: Vec<&Form> = items.iter().flat_map(|item| &item.forms).chain(counts).collect();
    let mut targets: Vec<Form> = forms.iter().copied().filter(|form| form.small).cloned().collect();
    targets.extend(between(forms));
    targets.sort_by(|a, b| a.cells.cmp(&b.cells));
    targets.dedup_by(|a, b| a.cells == b.cells);
    for component in components(items, &targets) {
        settle(items, &component, &mut hidden);
    }
    hidden
}

/// Counts that lie between two others and are small: who knows both knows them.
fn between(mut forms: Vec<&Form>) -> Vec<Form> {
    forms.retain(|form| form.counts && form.value.is_some());
    forms.sort_by(|a, b| a.cells.len().cmp(&b.cells.len()).then_with(|| a.cells.cmp(&b.cells)));
    forms.dedup_by(|a, b| a.cells == b.cells);
    forms.truncate(PAIRED);
    let mut found = Vec::new();
    for (at, large) in forms.iter().enumerate() {
        for small in forms.iter().take(at) {
            let apart = large.value.zip(small.value).and_then(|(large, small)| large.checked_sub(small));
            if apart.is_some_and(|apart| apart > 0 && apart < i128::from(large.threshold)) {
                found.extend(large.without(small).filter(|form| form.small));
            }
        }
    }
    found
}

/// Items and targets that share cells, directly or through others.
struct Component {
    items: Vec<usize>,
    targets: Vec<Form>,
}

fn components(items: &[&Item], targets: &[Form]) -> Vec<Component> {
    let mut parent: HashMap<u32, u32> = HashMap::new();
    fn root(parent: &mut HashMap<u32, u32>, cell: u32) -> u32 {
        let mut at = cell;
        while let Some(up) = parent.get(&at).copied().filter(|up| *up != at) {
            // Halving the way keeps it short.
            let above = parent.get(&up).copied().unwrap_or(up);
            parent.insert(at, above);
            at = up;
        }
        parent.entry(at).or_insert(at);
        at
    }
    let mut join = |cells: &mut dyn Iterator<Item = u32>| {
        let Some(first) = cells.next() else { return };
        let mut at = root(&mut parent, first);
        for cell in cells {
            let other = root(&mut parent, cell);
            let (low, high) = (at.min(other), at.max(other));
            parent.insert(high, low);
            at = low;
        }
    };
    for item in items {
        join(&mut item.forms.iter().flat_map(|form| form.cells.iter().map(|(cell, _)| *cell)));
    }
    for target in targets {
        join(&mut target.cells.iter().map(|(cell, _)| *cell));
    }
    let mut found: BTreeMap<u32, Component> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        if let Some((cell, _)) = item.forms.iter().find_map(|form| form.cells.first()) {
            let root = root(&mut parent, *cell);
            found.entry(root).or_insert_with(|| Component { items: Vec::new(), targets: Vec::new() }).items.push(at);
        }
    }
    for target in targets {
        if let Some((cell, _)) = target.cells.first() {
            let root = root(&mut parent, *cell);
            if let Some(component) = found.get_mut(&root) {
                component.targets.push(target.clone());
            }
        }
    }
    found.into_values().filter(|component| !component.targets.is_empty()).collect()
}

/// Hides items of one component until none of its targets follows from what is shown.
fn settle(items: &[&Item], component: &Component, hidden: &mut [bool]) {
    let cells: BTreeSet<u32> = component
        .items
        .iter()
        .filter_map(|at| items.get(*at))
        .flat_map(|item| item.forms.iter().flat_map(|form| form.cells.iter().map(|(cell, _)| *cell)))
        .collect();
    // The most detailed are hidden first where there are too many to follow.
    let mut by_detail: Vec<usize> = component.items.clone();
    by_detail.sort_by_key(|at| items.get(*at).map_or(0, |item| item.depth));
    let mut sums = 0usize;
    for at in &by_detail {
        sums = sums.saturating_add(items.get(*at).map_or(0, |item| item.forms.len()));
        if sums > SUMS
            && let Some(hide) = hidden.get_mut(*at)
        {
            *hide = true;
        }
    }
    for target in &component.targets {
        let bounded = cells.len() <= BOUNDED && target.counts;
        loop {
            let shown = shown(items, component, hidden);
            let Some(next) = (match leak(&shown, target, bounded) {
                Leak::None => break,
                Leak::Sum(rows) => least(items, &owners(items, component, hidden, &rows)),
                Leak::Narrow => widening(items, component, hidden, target, bounded),
            }) else {
                break;
            };
            if let Some(hide) = hidden.get_mut(next) {
                *hide = true;
            }
        }
    }
    // Hiding only ever takes sums away, so the earlier targets stay safe. What turned out not to be needed is shown again.
    let mut chosen: Vec<usize> = component
        .items
        .iter()
        .copied()
        .filter(|at| hidden.get(*at).copied().unwrap_or(false))
        .filter(|at| items.get(*at).is_some_and(|item| !item.forms.iter().any(|form| form.small)))
        .collect();
    if sums > SUMS || chosen.len() > SHOWN_AGAIN {
        return;
    }
    chosen.sort_by(|a, b| order(items, *b, *a));
    for at in chosen {
        if let Some(hide) = hidden.get_mut(at) {
            *hide = false;
        }
        let shown = shown(items, component, hidden);
        let leaks =
            |target: &Form| !matches!(leak(&shown, target, cells.len() <= BOUNDED && target.counts), Leak::None);
        if component.targets.iter().any(leaks)
            && let Some(hide) = hidden.get_mut(at)
        {
            *hide = true;
        }
    }
}

/// How a target can be found out.
enum Leak {
    None,
    /// It follows from these sums.
    Sum(Vec<Form>),
    /// It lies between bounds that are too near.
    Narrow,
}

fn leak(shown: &[Form], target: &Form, bounded: bool) -> Leak {
    // Where a sum of counts is zero, each of them is.
    let mut all = shown.to_vec();
    let mut from: Vec<usize> = (0..shown.len()).collect();
    for (at, form) in shown.iter().enumerate() {
        if form.counts && form.value == Some(0) && form.cells.iter().all(|(_, factor)| *factor > 0) {
            for (cell, _) in &form.cells {
                all.push(Form { cells: vec![(*cell, 1)], ..form.clone() });
                from.push(at);
            }
        }
    }
    if let Some(rows) = follows(&all, target) {
        return Leak::Sum(rows.into_iter().filter_map(|at| shown.get(*from.get(at)?).cloned()).collect());
    }
    if bounded
        && let Shown::Within(width) = width(shown, target)
        && width < i128::from(target.threshold)
    {
        return Leak::Narrow;
    }
    Leak::None
}

/// The sums that are shown, each once.
fn shown(items: &[&Item], component: &Component, hidden: &[bool]) -> Vec<Form> {
    let mut forms: Vec<Form> = component
        .items
        .iter()
        .filter(|at| !hidden.get(**at).copied().unwrap_or(true))
        .filter_map(|at| items.get(*at))
        .flat_map(|item| item.forms.iter().cloned())
        .collect();
    forms.sort_by(|a, b| a.cells.cmp(&b.cells));
    forms.dedup_by(|a, b| a.cells == b.cells);
    forms
}

/// The items that show one of these sums.
fn owners(items: &[&Item], component: &Component, hidden: &[bool], rows: &[Form]) -> Vec<usize> {
    let of = |at: &usize| {
        items.get(*at).is_some_and(|item| item.forms.iter().any(|form| rows.iter().any(|row| row.cells == form.cells)))
    };
    component.items.iter().copied().filter(|at| !hidden.get(*at).copied().unwrap_or(true)).filter(of).collect()
}

/// The item whose hiding loses least: a difference before a count, then the most detailed, not zero, the smallest, the first.
fn least(items: &[&Item], among: &[usize]) -> Option<usize> {
    among.iter().copied().min_by(|a, b| order(items, *a, *b))
}

fn order(items: &[&Item], a: usize, b: usize) -> std::cmp::Ordering {
    let key = |at: usize| {
        let item = items.get(at);
        let depth = item.map_or(0, |item| item.depth);
        let zero = item.is_none_or(|item| item.weight.is_zero());
        let width: usize = item.map_or(0, |item| item.forms.iter().map(|form| form.cells.len()).max().unwrap_or(0));
        let counts =
            item.is_none_or(|item| item.forms.iter().flat_map(|form| &form.cells).all(|(_, factor)| *factor > 0));
        (counts, std::cmp::Reverse(depth), zero, width, item.map(|item| item.weight.clone()), at)
    };
    key(a).cmp(&key(b))
}

/// Of the items around a target, the first whose hiding widens what may be thought of it.
fn widening(items: &[&Item], component: &Component, hidden: &[bool], target: &Form, bounded: bool) -> Option<usize> {
    debug_assert!(bounded);
    let mut open: Vec<usize> =
        component.items.iter().copied().filter(|at| !hidden.get(*at).copied().unwrap_or(true)).collect();
    open.sort_by(|a, b| order(items, *a, *b));
    let now = match width(&shown(items, component, hidden), target) {
        Shown::Within(width) => width,
        Shown::Open => return None,
    };
    let mut best: Option<(i128, usize)> = None;
    for (tried, at) in open.iter().enumerate() {
        if tried >= TRIED && best.is_some() {
            break;
        }
        let mut without = hidden.to_vec();
        if let Some(hide) = without.get_mut(*at) {
            *hide = true;
        }
        let then = match width(&shown(items, component, &without), target) {
            Shown::Within(width) => width,
            Shown::Open => i128::MAX,
        };
        if then >= i128::from(target.threshold) {
            return Some(*at);
        }
        if then > now && best.is_none_or(|(width, _)| then > width) {
            best = Some((then, *at));
        }
    }
    best.map(|(_, at)| at).or_else(|| open.first().copied())
}

/// True where a sum follows from others.
pub(super) fn is_known(shown: &[Form], form: &Form) -> bool {
    span_of(shown, form)
}
