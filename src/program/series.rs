//! Measures over a series of periods, as written, to typed ones: minimum, maximum, rank, consumption of an allotment.

use crate::syntax::ast;
use crate::text::Span;
use crate::types::{Additivity, Unit};

use super::Checker;
use super::measures::{Info, Scope};
use super::model::{ExprId, ExprKind, Over, SeriesOf};

impl Checker<'_> {
    /// `minimum sur 5 périodes de …`, `rang depuis 2005 de …`
    pub(super) fn series(
        &mut self,
        kind: SeriesOf,
        over: &ast::SeriesOver,
        of: &ast::Expr,
        span: Span,
        scope: Scope,
    ) -> ExprId {
        let of = self.lower(of, scope);
        self.needs_time(of);
        let over = match over {
            ast::SeriesOver::Last(count) => Over::Last(*count),
            ast::SeriesOver::Since(since) => match self.period_of(since, of) {
                Some(since) => Over::Since(since),
                None => return self.unknown(span),
            },
        };
        let unit = match kind {
            SeriesOf::Minimum | SeriesOf::Maximum => self.unit(of),
            SeriesOf::Rank if self.unit(of) == Unit::Unknown => Unit::Unknown,
            SeriesOf::Rank => Unit::Number,
        };
        let info = Info { literal: false, stock: true, ..self.info(of) };
        self.push(ExprKind::Series(kind, over, of), unit, Additivity::Never, span, info)
    }

    /// `consommation de 2018 à 2020 de dépenses dans dotation`: what was used since the window began over the allotment for all
    /// of it.
    pub(super) fn consumption(
        &mut self,
        window: &ast::PeriodText,
        of: &ast::Expr,
        allotment: &ast::Expr,
        span: Span,
        scope: Scope,
    ) -> ExprId {
        let since = ast::PeriodText { first: window.first.clone(), last: None, span: window.span };
        let spent = self.cumulative(&since, of, of.span, scope);
        let Some(window_typed) = self.period_of(window, spent) else { return self.unknown(span) };
        // A plain number has no period, and an allotment with a period of its own keeps it.
        let allotment = match &allotment.kind {
            ast::ExprKind::Number(_) | ast::ExprKind::At(..) => self.lower(allotment, scope),
            _ => {
                let kind = ast::ExprKind::At(Box::new(allotment.clone()), window.clone());
                self.lower(&ast::Expr { kind, span: allotment.span }, scope)
            }
        };
        let ratio = self.percentage(spent, allotment, false, span);
        if let Some(expr) = self.program.exprs.get_mut(ratio.0 as usize)
            && matches!(expr.kind, ExprKind::Ratio { .. })
        {
            expr.kind = ExprKind::Consumption { window: window_typed, spent, allotment };
        }
        ratio
    }
}
