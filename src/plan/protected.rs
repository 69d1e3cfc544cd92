//! Which measures rest on sources whose small counts are protected.

use std::collections::BTreeSet;

use crate::program::model::{ExprId, ExprKind, Program};

/// True where some source has a threshold.
pub(crate) fn any(program: &Program) -> bool {
    program.sources.iter().any(|source| source.threshold.is_some_and(|threshold| threshold > 0))
}

/// True where the counts of a source are protected.
pub(crate) fn is_protected(program: &Program, source: usize) -> bool {
    threshold(program, source) > 0
}

/// The threshold of a source; 0 for none.
pub(crate) fn threshold(program: &Program, source: usize) -> u64 {
    program.sources.get(source).and_then(|source| source.threshold).unwrap_or(0)
}

/// The protected sources below an expression, whatever the period.
pub(crate) fn below(program: &Program, expr: ExprId) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut rest = vec![expr];
    while let Some(at) = rest.pop() {
        if !seen.insert(at) {
            continue;
        }
        let Some(expr) = program.exprs.get(at.0 as usize) else { continue };
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Attribute { .. } => {}
            // How far a text is tells nothing of a person.
            ExprKind::Milestones { .. } => {}
            ExprKind::Measure(measure) => {
                found.extend(is_protected(program, measure.source).then_some(measure.source));
            }
            ExprKind::Indicator(used) => rest.extend(program.indicators.get(*used).map(|used| used.measure)),
            ExprKind::Where(inner, _)
            | ExprKind::At(inner, _)
            | ExprKind::Negative(inner)
            | ExprKind::SumBy(_, inner)
            | ExprKind::ShareOfGroup { of: inner, .. }
            | ExprKind::Previous(inner)
            | ExprKind::Change(_, inner)
            | ExprKind::Cumulative(_, inner)
            | ExprKind::Rolling(_, inner)
            | ExprKind::MeanOver(_, inner)
            | ExprKind::Series(_, _, inner)
            | ExprKind::Latest(inner)
            | ExprKind::Compatible { of: inner, .. } => rest.push(*inner),
            ExprKind::Consumption { spent, allotment, .. } => rest.extend([*spent, *allotment]),
            ExprKind::Together(_, parts) => rest.extend(parts),
            ExprKind::Bounds { sure, possible } => rest.extend([*sure, *possible]),
            ExprKind::Binary(_, left, right) => rest.extend([*left, *right]),
            ExprKind::Ratio { numerator, denominator, .. } => rest.extend([*numerator, *denominator]),
            ExprKind::If { left, right, then, otherwise, .. } => rest.extend([*left, *right, *then, *otherwise]),
        }
    }
    found
}
