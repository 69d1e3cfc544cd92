//! Indicators that state one fact (`même fait que`): a sum counts it once, and a check compares the statements.

use crate::problem::{FactProblem, Problem};
use crate::syntax::ast::{BlockKind, Comparison, Key, Value};
use crate::text::{Lang, Localized, Span};

use super::Checker;
use super::collect::Decl;
use super::indicators::State;
use super::measures::Scope;
use super::model::{Cond, ExprId, ExprKind, Operator, Rule, RuleSeverity, Together};
use super::shares::excludes;
use super::targets::known_discrepancy;

/// Steps of one walk through a sum; a sum of more parts is not looked into further.
const STEPS: usize = 10_000;

/// By declared indicator: the one that states the same fact first, and how many steps away it is. `None` where no other one
/// states its fact.
#[derive(Default)]
pub(super) struct Same(Vec<Option<(usize, usize)>>);

impl Same {
    fn of(&self, indicator: usize) -> Option<(usize, usize)> {
        self.0.get(indicator).copied().flatten()
    }
}

/// An indicator that a sum adds, with the conditions on it.
struct Leaf {
    fact: usize,
    indicator: usize,
    conditions: Vec<Cond>,
    /// The term of the sum that it is, where it is not inside another indicator.
    term: Option<ExprId>,
}

/// One step of a walk through a sum.
struct Walk {
    at: ExprId,
    conditions: Vec<Cond>,
    term: Option<ExprId>,
    /// The fact of the indicator that it is inside of.
    inside: Option<usize>,
}

impl<'a> Checker<'a> {
    /// Reads who states the same fact as whom; circles are reported.
    pub(super) fn same_facts(&mut self) {
        let decls: Vec<Decl<'a>> = self.declared.of(BlockKind::Indicator).collect();
        let before: Vec<Option<usize>> = decls
            .iter()
            .map(|decl| match decl.field(Key::SameFact).map(|field| &field.value) {
                Some(Value::Name(name)) => self.declared.position(BlockKind::Indicator, &name.text),
                _ => None,
            })
            .collect();
        let mut roots = vec![None; decls.len()];
        let mut told = vec![false; decls.len()];
        for at in 0..decls.len() {
            let (mut here, mut steps) = (at, 0);
            while let Some(next) = before.get(here).copied().flatten() {
                here = next;
                steps += 1;
                if steps > decls.len() {
                    break;
                }
            }
            if steps > decls.len() {
                self.circle(at, &before, &decls, &mut told);
                continue;
            }
            if steps > 0 {
                for (slot, depth) in [(at, steps), (here, 0)] {
                    if let Some(slot) = roots.get_mut(slot) {
                        *slot = Some((here, depth));
                    }
                }
            }
        }
        self.same = Same(roots);
    }

    fn circle(&mut self, at: usize, before: &[Option<usize>], decls: &[Decl<'a>], told: &mut [bool]) {
        let mut round = Vec::new();
        let mut here = at;
        while !round.contains(&here) {
            round.push(here);
            match before.get(here).copied().flatten() {
                Some(next) => here = next,
                None => return,
            }
        }
        // What leads into a circle is not part of it.
        let round: Vec<usize> = round.into_iter().skip_while(|step| *step != here).collect();
        if round.iter().any(|step| told.get(*step).copied().unwrap_or(false)) {
            return;
        }
        let names = round.iter().filter_map(|step| decls.get(*step)).map(|decl| decl.name.text.clone()).collect();
        for step in &round {
            if let Some(told) = told.get_mut(*step) {
                *told = true;
            }
        }
        let field = round.first().and_then(|first| decls.get(*first)?.field(Key::SameFact));
        if let Some(field) = field {
            self.report(Problem::new(FactProblem::SameInCircle { names }, field.span));
        }
    }

    /// One check for each indicator that states a fact again: both figures are the same wherever both are known.
    pub(super) fn check_same_facts(&mut self) {
        let decls: Vec<Decl<'a>> = self.declared.of(BlockKind::Indicator).collect();
        for (at, decl) in decls.iter().enumerate() {
            let Some(field) = decl.field(Key::SameFact) else { continue };
            let Value::Name(name) = &field.value else { continue };
            let known = self.declared.position(BlockKind::Indicator, &name.text);
            // A circle has been reported.
            if known.is_some() && self.same.of(at).is_none() {
                continue;
            }
            let kept = self.program.exprs.len();
            let (rule, sound) = self.apart(decl.broken, |checker| {
                let scope = Scope::new(None, None);
                let left = checker.lower(&crate::syntax::ast::Expr::named(decl.name), scope);
                let right = checker.lower(&crate::syntax::ast::Expr::named(name), scope);
                checker.comparable(left, field.key_span, right);
                let info = checker.joined(left, right)?;
                let (Some(State::Sound { indicator: own, .. }), Some(State::Sound { indicator: first, .. })) =
                    (checker.states.get(at), known.and_then(|known| checker.states.get(known)))
                else {
                    return None;
                };
                let both = own.breakdowns.iter().filter(|by| first.breakdowns.contains(by)).cloned().collect();
                let mut label = Localized::default();
                for lang in Lang::ALL {
                    let words = lang.pick(" : même fait que ", ": same fact as ");
                    label.0.insert(lang.code().into(), format!("{}{words}{}", own.name, first.name));
                }
                Some(Rule {
                    name: format!("{} = {}", own.name, first.name),
                    label,
                    left,
                    comparison: Comparison::Equal,
                    right,
                    tolerance: None,
                    severity: RuleSeverity::Warning,
                    breakdowns: both,
                    calendar: info.calendar.map_or(own.calendar, |(calendar, _)| calendar),
                    window: None,
                    known_discrepancy: known_discrepancy(field),
                    same_fact: Some([own.definition, first.definition]),
                    definition: own.definition,
                    relation: field.key_span.to(name.span),
                })
            });
            match rule {
                Some(rule) if sound => self.program.rules.push(rule),
                Some(_) | None => {
                    self.program.exprs.truncate(kept);
                    self.infos.truncate(kept);
                }
            }
        }
    }

    /// A sum in which both sides state one fact: the fact once. `None` where they state different ones.
    pub(super) fn added_once(&mut self, one: ExprId, other: ExprId, at: Span, span: Span) -> Option<ExprId> {
        if self.same.0.iter().all(Option::is_none) {
            return None;
        }
        let (left, right) = (self.leaves(one), self.leaves(other));
        let mut merge = None;
        for b in &right {
            for a in left.iter().filter(|a| a.fact == b.fact) {
                let direct = a.term.is_some() && b.term == Some(other);
                // An indicator that its author adds to itself is another matter.
                if a.indicator == b.indicator && a.term.is_some() && b.term.is_some() {
                    continue;
                }
                if direct && a.conditions == b.conditions {
                    merge = merge.or(a.term);
                    continue;
                }
                let apart = |x: &Cond| b.conditions.iter().any(|y| excludes(x, y, &self.program.dimensions));
                if a.conditions.iter().any(apart) {
                    continue;
                }
                let name = |at: usize| {
                    let mut decls = self.declared.of(BlockKind::Indicator);
                    decls.nth(at).map_or_else(String::new, |decl| decl.name.text.clone())
                };
                let fact = FactProblem::AddedTwice { one: name(a.indicator), other: name(b.indicator) };
                let problem = Problem::new(fact, at).also(self.span(one)).also(self.span(other));
                self.report(problem);
                return Some(self.unknown(span));
            }
        }
        let term = merge?;
        let info = self.joined(term, other)?;
        let mut parts = match self.expr(term).map(|expr| expr.kind.clone()) {
            Some(ExprKind::Together(Together::Once, parts)) => parts,
            _ => vec![term],
        };
        parts.push(other);
        parts.sort_by_key(|part| {
            self.leaves(*part).first().and_then(|leaf| self.same.of(leaf.indicator)).map(|at| at.1)
        });
        let (unit, additivity) = (self.unit(term), self.weaker(term, other));
        let own = self.span(term);
        let once = self.push(ExprKind::Together(Together::Once, parts), unit, additivity, own, info);
        if term == one {
            if let Some(expr) = self.program.exprs.get_mut(once.0 as usize) {
                expr.span = span;
            }
            return Some(once);
        }
        self.replace_term(one, term, once);
        if let Some(expr) = self.program.exprs.get_mut(one.0 as usize) {
            expr.span = span;
        }
        Some(one)
    }

    /// Puts `new` where `old` is a term of a sum.
    fn replace_term(&mut self, sum: ExprId, old: ExprId, new: ExprId) {
        let mut rest = vec![sum];
        while let Some(at) = rest.pop() {
            let Some(expr) = self.program.exprs.get_mut(at.0 as usize) else { continue };
            if let ExprKind::Binary(Operator::Plus | Operator::Minus, left, right) = &mut expr.kind {
                for side in [left, right] {
                    if *side == old {
                        *side = new;
                        return;
                    }
                    rest.push(*side);
                }
            }
        }
    }

    /// The indicators with a fact of several statements that a sum adds.
    fn leaves(&self, sum: ExprId) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        let first = Walk { at: sum, conditions: Vec::new(), term: Some(sum), inside: None };
        let mut rest: Vec<Walk> = vec![first];
        let mut steps = 0;
        while let Some(walk) = rest.pop() {
            steps += 1;
            let Walk { at, conditions, term, inside } = walk;
            let on = |at: ExprId, term: Option<ExprId>| Walk { at, conditions: conditions.clone(), term, inside };
            let Some(expr) = self.program.exprs.get(at.0 as usize).filter(|_| steps <= STEPS) else { continue };
            match &expr.kind {
                ExprKind::Indicator(used) => {
                    let fact = self.same.of(*used).map(|(fact, _)| fact);
                    // One statement may be made of another one of the same fact.
                    if let Some(fact) = fact.filter(|fact| inside != Some(*fact)) {
                        let conditions = conditions.clone();
                        leaves.push(Leaf { fact, indicator: *used, conditions, term });
                    }
                    if let Some(State::Sound { indicator, .. }) = self.states.get(*used) {
                        rest.push(Walk { inside: fact.or(inside), ..on(indicator.measure, None) });
                    }
                }
                ExprKind::Where(inner, cond) => {
                    let mut inner = on(*inner, term);
                    inner.conditions.push(cond.clone());
                    rest.push(inner);
                }
                ExprKind::Binary(Operator::Plus, left, right) => {
                    let side = |side: ExprId| on(side, term.filter(|_| conditions.is_empty()).map(|_| side));
                    rest.extend([side(*right), side(*left)]);
                }
                ExprKind::Binary(Operator::Minus, left, _) => {
                    let term = term.filter(|_| conditions.is_empty()).map(|_| *left);
                    rest.push(on(*left, term));
                }
                ExprKind::Together(Together::Once, parts) => {
                    rest.extend(parts.iter().rev().map(|part| on(*part, term)));
                }
                ExprKind::Together(Together::Distinct | Together::Largest | Together::NotAdded, _) => {}
                ExprKind::SumBy(_, inner) => rest.push(on(*inner, None)),
                ExprKind::Bounds { possible, .. } => rest.push(on(*possible, None)),
                ExprKind::If { then, otherwise, .. } => {
                    rest.extend([on(*otherwise, None), on(*then, None)]);
                }
                ExprKind::Number(_)
                | ExprKind::Measure(_)
                | ExprKind::Attribute { .. }
                | ExprKind::Milestones { .. }
                | ExprKind::At(..)
                | ExprKind::Negative(_)
                | ExprKind::Binary(Operator::Times | Operator::Divide, ..)
                | ExprKind::Ratio { .. }
                | ExprKind::ShareOfGroup { .. }
                | ExprKind::Previous(_)
                | ExprKind::Change(..)
                | ExprKind::Cumulative(..)
                | ExprKind::Rolling(..)
                | ExprKind::Series(..)
                | ExprKind::Consumption { .. }
                | ExprKind::MeanOver(..)
                | ExprKind::Latest(_)
                | ExprKind::Compatible { .. } => {}
            }
        }
        leaves
    }
}
