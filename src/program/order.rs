//! Dependency order of indicators, and the circles in it.

use crate::problem::{NameProblem, Problem};
use crate::syntax::ast::{self, BlockKind, ExprKind, Key, Value};
use crate::text::Span;

use super::Checker;
use super::collect::Decl;

/// For each indicator, those that it uses and where.
type Uses = Vec<Vec<(usize, Span)>>;

impl<'a> Checker<'a> {
    /// Declared indicators, each after those that it uses; the ones that turn in a circle are reported and given apart.
    pub(super) fn order(&mut self) -> (Vec<usize>, Vec<bool>) {
        let decls: Vec<Decl<'a>> = self.declared.of(BlockKind::Indicator).collect();
        let uses: Uses = decls.iter().map(|decl| self.uses(decl)).collect();
        let groups = components(&uses);
        let mut circular = vec![false; decls.len()];
        let mut order = Vec::with_capacity(decls.len());
        for group in groups {
            let alone = match group.as_slice() {
                [one] => !uses.get(*one).is_some_and(|uses| uses.iter().any(|(used, _)| used == one)),
                _ => false,
            };
            if !alone {
                for at in &group {
                    if let Some(circular) = circular.get_mut(*at) {
                        *circular = true;
                    }
                }
                self.report_circle(&group, &uses, &decls);
            }
            order.extend(group);
        }
        (order, circular)
    }

    /// The indicators that a block's measures name.
    fn uses(&self, decl: &Decl<'a>) -> Vec<(usize, Span)> {
        let mut found = Vec::new();
        let mut open: Vec<&ast::Expr> = Vec::new();
        for field in &decl.block.fields {
            if let (Some(Key::Measure | Key::Numerator | Key::Denominator), Value::Expr(expr)) =
                (field.key, &field.value)
            {
                open.push(expr);
            }
        }
        while let Some(expr) = open.pop() {
            match &expr.kind {
                ExprKind::Name(name) => {
                    found.extend(self.declared.position(BlockKind::Indicator, &name.text).map(|at| (at, name.span)));
                }
                ExprKind::Number(_)
                | ExprKind::Count { .. }
                | ExprKind::CountOver { .. }
                | ExprKind::Aggregate { .. }
                | ExprKind::Milestones(..)
                | ExprKind::Attribute { .. }
                | ExprKind::Missing => {}
                ExprKind::Largest(parts) | ExprKind::NotAdded(parts) => open.extend(parts),
                ExprKind::Where(of, _)
                | ExprKind::At(of, _)
                | ExprKind::Negative(of)
                | ExprKind::SumBy(_, of)
                | ExprKind::ShareOfGroup { of, .. }
                | ExprKind::Previous(of)
                | ExprKind::Change(_, of)
                | ExprKind::Cumulative(_, of)
                | ExprKind::Rolling(_, of)
                | ExprKind::Series(_, _, of)
                | ExprKind::MeanOver(_, of)
                | ExprKind::Latest(of)
                | ExprKind::Compatible { of, .. } => open.push(of),
                ExprKind::Binary(one, _, other)
                | ExprKind::Share(one, other)
                | ExprKind::Consumption(_, one, other) => open.extend([&**one, &**other]),
                ExprKind::If(relation, then, otherwise) => {
                    open.extend([&relation.left, &relation.right, &**then, &**otherwise]);
                }
            }
        }
        found
    }

    /// Reports the shortest circle through the first indicator of a group.
    fn report_circle(&mut self, group: &[usize], uses: &Uses, decls: &[Decl<'a>]) {
        let Some(first) = group.iter().min().copied() else { return };
        let inside: std::collections::HashSet<usize> = group.iter().copied().collect();
        let mut from: std::collections::HashMap<usize, (usize, Span)> = std::collections::HashMap::new();
        let mut queue = std::collections::VecDeque::from([first]);
        'search: while let Some(at) = queue.pop_front() {
            for (used, span) in uses.get(at).map_or(&[][..], Vec::as_slice) {
                if inside.contains(used) && !from.contains_key(used) {
                    from.insert(*used, (at, *span));
                    if *used == first {
                        break 'search;
                    }
                    queue.push_back(*used);
                }
            }
        }
        let mut steps = Vec::new();
        let mut at = first;
        while let Some((before, span)) = from.get(&at).copied() {
            steps.push((before, span));
            at = before;
            if at == first {
                break;
            }
        }
        steps.reverse();
        let name = |at: usize| decls.get(at).map_or(String::new(), |decl| decl.name.text.clone());
        let names = steps.iter().map(|(at, _)| name(*at)).collect();
        let mut spans = steps.iter().map(|(_, span)| *span);
        let Some(at) = spans.next() else { return };
        let problem = Problem::new(NameProblem::Cycle { names }, at);
        self.report(spans.fold(problem, Problem::also));
    }
}

/// Groups that reach each other, each after the groups that it uses (Tarjan's algorithm, without recursion).
fn components(uses: &Uses) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let count = uses.len();
    let mut index = vec![NEW; count];
    let mut low = vec![0usize; count];
    let mut on_stack = vec![false; count];
    let mut stack = Vec::new();
    let mut next = 0;
    let mut groups = Vec::new();
    // INVARIANT: every number below is under `count`: starts are, and uses are positions of declared indicators.
    for start in 0..count {
        if index[start] != NEW {
            continue;
        }
        let mut open: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((at, edge)) = open.last().copied() {
            if edge == 0 {
                index[at] = next;
                low[at] = next;
                next += 1;
                stack.push(at);
                on_stack[at] = true;
            }
            if let Some((used, _)) = uses[at].get(edge).copied() {
                if let Some(top) = open.last_mut() {
                    top.1 += 1;
                }
                if index[used] == NEW {
                    open.push((used, 0));
                } else if on_stack[used] {
                    low[at] = low[at].min(index[used]);
                }
                continue;
            }
            open.pop();
            if let Some((above, _)) = open.last() {
                low[*above] = low[*above].min(low[at]);
            }
            if low[at] == index[at] {
                let mut group = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    group.push(member);
                    if member == at {
                        break;
                    }
                }
                groups.push(group);
            }
        }
    }
    groups
}
