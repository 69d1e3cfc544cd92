//! Windows, days and the unknown period that rows of tables state: an indicator has a figure for each of them, and no
//! other period has any of it.

use std::collections::BTreeSet;

use super::Evaluator;
use crate::program::model::{ExprId, ExprKind};
use crate::types::Period;

/// Steps of one walk; a chain of indicators longer than that shows the windows of its first part.
const STEPS: usize = 100_000;

impl Evaluator<'_> {
    /// The windows that every table below an expression states. None where a table has only periods, or where the
    /// expression looks at other periods than the one asked: those cannot be told of a window.
    pub(super) fn windows_below(&self, expr: ExprId) -> BTreeSet<Period> {
        let mut sources: BTreeSet<usize> = BTreeSet::new();
        let mut met: BTreeSet<ExprId> = BTreeSet::new();
        let mut rest = vec![expr];
        while let Some(at) = rest.pop() {
            if !met.insert(at) {
                continue;
            }
            if met.len() > STEPS {
                break;
            }
            let Some(expr) = self.program.exprs.get(at.0 as usize) else { continue };
            match &expr.kind {
                ExprKind::Measure(measure) => {
                    sources.insert(measure.source);
                }
                ExprKind::Indicator(at) => {
                    rest.extend(self.program.indicators.get(*at).map(|indicator| indicator.measure));
                }
                ExprKind::Previous(_)
                | ExprKind::Change(..)
                | ExprKind::Cumulative(..)
                | ExprKind::Rolling(..)
                | ExprKind::Series(..)
                | ExprKind::Consumption { .. }
                | ExprKind::Latest(_) => return BTreeSet::new(),
                // A stage is told at the end of any period; the days on which rows date it are no periods of figures.
                ExprKind::Milestones { .. } => return BTreeSet::new(),
                ExprKind::Number(_) | ExprKind::Attribute { .. } | ExprKind::At(..) | ExprKind::MeanOver(..) => {}
                ExprKind::Where(inner, _)
                | ExprKind::Negative(inner)
                | ExprKind::SumBy(_, inner)
                | ExprKind::ShareOfGroup { of: inner, .. }
                | ExprKind::Compatible { of: inner, .. } => rest.push(*inner),
                ExprKind::Together(_, parts) => rest.extend(parts),
                ExprKind::Bounds { sure, possible } => rest.extend([*sure, *possible]),
                ExprKind::Binary(_, left, right) => rest.extend([*left, *right]),
                ExprKind::Ratio { numerator, denominator, .. } => rest.extend([*numerator, *denominator]),
                ExprKind::If { left, right, then, otherwise, .. } => rest.extend([*left, *right, *then, *otherwise]),
            }
        }
        let mut windows: Option<BTreeSet<Period>> = None;
        for source in sources {
            // A source without periods has the same answer for all of them.
            if self.program.sources.get(source).is_none_or(|source| source.period.is_none()) {
                continue;
            }
            let answered = self.plan.by_source.get(&source).and_then(|at| self.sources.get(*at));
            let mut own: BTreeSet<Period> =
                answered.map(|answered| answered.cube.windows.iter().copied().collect()).unwrap_or_default();
            // Days on which stages are reached lie in their periods, like the dates of events.
            if self.program.sources.get(source).is_some_and(|source| source.milestones.is_some()) {
                own.retain(|period| period.is_unknown());
            }
            windows = Some(match windows {
                None => own,
                Some(windows) => windows.intersection(&own).copied().collect(),
            });
        }
        windows.unwrap_or_default()
    }

    /// The windows of an expression inside what an indicator or a rule wants.
    pub(super) fn windows_inside(&self, expr: ExprId, window: Option<Period>) -> BTreeSet<Period> {
        let mut windows = self.windows_below(expr);
        windows.retain(|period| window.is_none_or(|window| self.contains(window, *period)));
        windows
    }
}
