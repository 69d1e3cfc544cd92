//! Statistical disclosure control: which figures and sides of rules must stay hidden so that no count below the threshold of
//! its source can be read, nor worked out from everything else that is shown.
//!
//! Every figure carries what it tells of protected counts ([`Told`]). `cells` cuts the rows of each source as finely as any
//! figure does, so that each measure is a sum of cells; `choose` hides what is small and then, one by one, whatever still
//! gives a small count away; `recover` is the attacker: what follows from the sums shown, and from no count being negative.

mod cells;
mod choose;
mod recover;
mod told;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

pub(super) use told::{Linear, Told};

use self::choose::{Form, Item};
use super::figure::Fig;
use super::{Evaluator, GroupId};
use crate::outcome::Value;
use crate::plan::{CtxId, protected};
use crate::program::model::{Aggregate, ExprId, Measure, MeasureOf, Program, RowKind};
use crate::types::{Number, Period};

/// What is counted or summed in a leaf: leaves of one kind add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    /// Persons, or whatever the source protects. Distinct keys are taken for persons.
    Count,
    /// Values of a column.
    Values(usize),
}

/// One protected measure in one setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Setting {
    source: usize,
    kind: Kind,
    ctx: CtxId,
    period: Period,
    group: GroupId,
}

#[derive(Debug, Clone)]
struct Leaf {
    setting: Setting,
    value: Number,
    /// It stands on fewer rows than the threshold, and on some.
    small: bool,
}

/// A figure, or one side of the other thing that shows numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Shown {
    Figure(usize, Period, u32),
    Rule(usize, Period, u32),
}

/// The protected measures met so far, and what was decided.
#[derive(Debug, Default)]
pub(super) struct Secret {
    leaves: RefCell<Vec<Leaf>>,
    known: RefCell<HashMap<Setting, u32>>,
    hidden: HashSet<Shown>,
    /// What can be worked out from what is shown, for explanations.
    open: Vec<Linear>,
    active: bool,
}

impl Secret {
    /// Marks a measure's figure with what it tells.
    pub(super) fn tell(
        &self,
        program: &Program,
        measure: &Measure,
        (ctx, period, group): (CtxId, Period, GroupId),
        mut fig: Fig,
    ) -> Fig {
        let threshold = protected::threshold(program, measure.source);
        if threshold == 0 {
            return fig;
        }
        let Some(value) = fig.value.number() else { return fig };
        let Some(source) = program.sources.get(measure.source) else { return fig };
        let register = !matches!(source.row, RowKind::Count { .. });
        let few = |number: &Number| !number.is_zero() && number.abs() < Number::from(threshold);
        let few_rows = register && fig.rows.used > 0 && fig.rows.used < threshold;
        let leaf = |kind: Kind, value: Number, small: bool| {
            let setting = Setting { source: measure.source, kind, ctx, period, group };
            Told::leaf(self.leaf(Leaf { setting, value, small }))
        };
        fig.told = match measure.of {
            MeasureOf::Rows | MeasureOf::CountColumn | MeasureOf::Distinct(_) | MeasureOf::Keys(_) => {
                let small = few(&value);
                leaf(Kind::Count, value, small)
            }
            MeasureOf::Aggregate(aggregate, column) => {
                let small = few_rows || (!register && few(&value));
                let rows = leaf(Kind::Count, Number::from(fig.rows.used), few_rows);
                let sum = match (aggregate, &fig.numerator) {
                    (Aggregate::Average, Some(sum)) => sum.stated().clone(),
                    _ => value,
                };
                let values = leaf(Kind::Values(column), sum, small);
                // A mean shows its sum and its count; how many rows stand behind the others is not shown.
                match (aggregate, register) {
                    (Aggregate::Average, true) => values.beside(&rows),
                    _ => values,
                }
            }
        };
        fig
    }

    fn leaf(&self, leaf: Leaf) -> u32 {
        let mut leaves = self.leaves.borrow_mut();
        *self.known.borrow_mut().entry(leaf.setting).or_insert_with(|| {
            leaves.push(leaf);
            u32::try_from(leaves.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// True where the small counts of some source are protected.
    pub(super) fn is_active(&self) -> bool {
        self.active
    }
}

impl Evaluator<'_> {
    /// Decides what stays hidden, over everything that the project could show, whatever was asked.
    pub(super) fn protect(&mut self) {
        let program = self.program;
        if !protected::any(program) {
            return;
        }
        let mut shown: Vec<(Shown, Vec<Fig>, usize)> = Vec::new();
        for (at, indicator) in program.indicators.iter().enumerate() {
            if protected::below(program, indicator.measure).is_empty() {
                continue;
            }
            for period in self.all_periods_of(indicator) {
                for group in self.all_groups_of(indicator, period) {
                    let depth = group.len();
                    let id = self.group_id(group);
                    let fig = self.indicator(at, period, id);
                    shown.push((Shown::Figure(at, period, id.0), vec![fig], depth));
                }
            }
        }
        for (at, rule) in program.rules.iter().enumerate() {
            if !self.rests(rule.left) && !self.rests(rule.right) {
                continue;
            }
            for (period, group) in self.places_of(rule) {
                let depth = group.len();
                let id = self.group_id(group);
                let left = self.solve(rule.left, CtxId::NONE, period, id);
                let right = self.solve(rule.right, CtxId::NONE, period, id);
                let sides = [(rule.left, left), (rule.right, right)];
                let figs = sides.into_iter().filter(|(side, _)| self.rests(*side)).map(|(_, fig)| fig).collect();
                shown.push((Shown::Rule(at, period, id.0), figs, depth));
            }
        }
        let leaves = self.secret.leaves.borrow().clone();
        let cells = cells::cut(self, &leaves);
        let mut hidden = HashSet::new();
        let mut items: Vec<(Shown, Item, Vec<Linear>)> = Vec::new();
        for (key, figs, depth) in shown {
            match self.item(&figs, depth, &leaves, &cells) {
                Some(item) => {
                    let linear =
                        figs.iter().filter(|fig| shows(fig)).flat_map(|fig| fig.told.forms().cloned()).collect();
                    items.push((key, item, linear));
                }
                None => {
                    hidden.insert(key);
                }
            }
        }
        // A count that is only ever shown inside a difference is protected like any other.
        let counts: Vec<Form> = (0u32..)
            .zip(&leaves)
            .filter(|(_, leaf)| leaf.setting.kind == Kind::Count)
            .filter_map(|(at, _)| cells.form(&vec![(at, Number::from(1i64))], &leaves, program))
            .collect();
        let decided = choose::hide(&items.iter().map(|(_, item, _)| item).collect::<Vec<_>>(), &counts);
        let mut open: Vec<Linear> = Vec::new();
        for ((key, _, linear), hide) in items.into_iter().zip(decided) {
            if hide {
                hidden.insert(key);
            } else {
                open.extend(linear);
            }
        }
        self.secret = Secret {
            leaves: RefCell::new(leaves),
            known: RefCell::new(self.secret.known.take()),
            hidden,
            open,
            active: true,
        };
        self.memo.clear();
        self.reported.clear();
        self.problems.clear();
    }

    fn rests(&self, expr: ExprId) -> bool {
        !protected::below(self.program, expr).is_empty()
    }

    /// True where the numbers of an expression may not be told in a message.
    pub(super) fn withholds(&self, expr: ExprId) -> bool {
        self.secret.active && self.rests(expr)
    }

    /// What figures shown together tell; `None` where it cannot be followed, so that they must be hidden.
    fn item(&self, figs: &[Fig], depth: usize, leaves: &[Leaf], cells: &cells::Cells) -> Option<Item> {
        let mut forms: Vec<Form> = Vec::new();
        let mut weight = Number::zero();
        for fig in figs {
            if !shows(fig) {
                continue;
            }
            // A number of which nothing is known is not known to be harmless.
            if fig.told.too_much || fig.told.is_empty() {
                return None;
            }
            weight = fig.value.number().unwrap_or_else(Number::zero).abs();
            for linear in fig.told.forms() {
                forms.push(cells.form(linear, leaves, self.program)?);
            }
        }
        Some(Item { forms, depth, weight })
    }

    /// True where a figure may not be shown.
    pub(super) fn hides_figure(&self, indicator: usize, period: Period, group: GroupId) -> bool {
        self.secret.hidden.contains(&Shown::Figure(indicator, period, group.0))
    }

    /// True where the sides of a rule may not be shown.
    pub(super) fn hides_rule(&self, rule: usize, period: Period, group: GroupId) -> bool {
        self.secret.hidden.contains(&Shown::Rule(rule, period, group.0))
    }

    /// A figure as it may be shown: the same, without its rows where they are those of a protected source; or hidden.
    pub(super) fn covered(&self, hides: bool, measure: ExprId, mut fig: Fig) -> Fig {
        if !self.secret.active || !self.rests(measure) {
            return fig;
        }
        let registers = protected::below(self.program, measure);
        let register = |at: &usize| {
            self.program.sources.get(*at).is_some_and(|source| !matches!(source.row, RowKind::Count { .. }))
        };
        if hides || registers.iter().any(register) {
            fig.rows = crate::outcome::Rows { withheld: true, ..crate::outcome::Rows::default() };
        }
        if hides {
            fig.value = Value::Suppressed;
            fig.numerator = None;
            fig.denominator = None;
            fig.base = None;
            fig.as_of = None;
        }
        fig
    }

    /// True where a step of an explanation may show its number: it follows from what is shown anyway.
    pub(super) fn is_open(&self, fig: &Fig) -> bool {
        if !self.secret.active || fig.told.is_empty() {
            return true;
        }
        let leaves = self.secret.leaves.borrow();
        let cells = cells::cut(self, &leaves);
        let known: Vec<Form> =
            self.secret.open.iter().filter_map(|linear| cells.form(linear, &leaves, self.program)).collect();
        !fig.told.too_much
            && fig.told.forms().all(|linear| {
                // A measure that no figure is made of is not followed: it is not shown.
                cells.form(linear, &leaves, self.program).is_some_and(|form| choose::is_known(&known, &form))
            })
    }
}

/// True where a figure shows some number.
fn shows(fig: &Fig) -> bool {
    fig.value.number().is_some() || fig.numerator.is_some() || fig.denominator.is_some() || fig.base.is_some()
}

/// Thresholds by source, for the words of explanations.
pub(super) fn thresholds(program: &Program, expr: ExprId) -> BTreeMap<usize, u64> {
    protected::below(program, expr).into_iter().map(|source| (source, protected::threshold(program, source))).collect()
}
