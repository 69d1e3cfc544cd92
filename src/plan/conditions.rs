//! Conditions that stand above a measure: a context is the chain of `where`s between an indicator and the measure.

use std::collections::HashMap;

use crate::program::model::{
    ColumnTest, ColumnType, Cond, DimensionLevel, ExprId, ExprKind, Program, TestKind, TestOn,
};

/// Which chain of conditions; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct CtxId(pub u32);

impl CtxId {
    pub(crate) const NONE: CtxId = CtxId(0);
}

/// Chains of conditions, each made once: a chain is a shorter chain and one more `where`.
#[derive(Debug, Clone)]
pub(crate) struct Contexts {
    chains: Vec<Vec<ExprId>>,
    by: HashMap<(CtxId, ExprId), CtxId>,
}

impl Contexts {
    pub(crate) fn new() -> Self {
        Contexts { chains: vec![Vec::new()], by: HashMap::new() }
    }

    /// The chain with one more `where`.
    pub(crate) fn push(&mut self, program: &Program, ctx: CtxId, at: ExprId) -> CtxId {
        if let Some(known) = self.by.get(&(ctx, at)) {
            return *known;
        }
        let chain = self.chains.get(ctx.0 as usize).cloned().unwrap_or_default();
        let already = chain.iter().any(|other| condition(program, *other) == condition(program, at));
        let id = if already {
            // The same condition twice is the condition once.
            ctx
        } else {
            let mut chain = chain;
            chain.push(at);
            self.chains.push(chain);
            CtxId(u32::try_from(self.chains.len() - 1).unwrap_or(u32::MAX))
        };
        self.by.insert((ctx, at), id);
        id
    }

    /// The chain with one more `where`, where the plan has met it.
    pub(crate) fn find(&self, ctx: CtxId, at: ExprId) -> Option<CtxId> {
        self.by.get(&(ctx, at)).copied()
    }

    /// The conditions of a chain, the outermost first.
    pub(crate) fn conditions<'p>(&self, program: &'p Program, ctx: CtxId) -> Vec<&'p Cond> {
        let chain = self.chains.get(ctx.0 as usize).map_or(&[][..], Vec::as_slice);
        chain.iter().filter_map(|at| condition(program, *at)).collect()
    }
}

fn condition(program: &Program, at: ExprId) -> Option<&Cond> {
    match &program.exprs.get(at.0 as usize)?.kind {
        ExprKind::Where(_, cond) => Some(cond),
        _ => None,
    }
}

/// Splits nested `and`s into what must hold each on its own.
pub(crate) fn conjuncts<'c>(conditions: &[&'c Cond]) -> Vec<&'c Cond> {
    let mut out = Vec::new();
    let mut rest: Vec<&Cond> = conditions.iter().rev().copied().collect();
    while let Some(cond) = rest.pop() {
        match cond {
            Cond::And(parts) => rest.extend(parts.iter().rev()),
            Cond::Test(_) | Cond::Or(_) | Cond::Not(_) => {
                if !out.contains(&cond) {
                    out.push(cond);
                }
            }
        }
    }
    out
}

/// Calls `found` for each test of a condition. Depth is bounded by the parser.
pub(crate) fn each_test<'c>(cond: &'c Cond, found: &mut dyn FnMut(&'c ColumnTest)) {
    match cond {
        Cond::Test(test) => found(test),
        Cond::And(parts) | Cond::Or(parts) => parts.iter().for_each(|part| each_test(part, found)),
        Cond::Not(inner) => each_test(inner, found),
    }
}

/// The dimension and level that a test looks at; `None` where it is a test of rows only.
pub(crate) fn level_tested(program: &Program, test: &ColumnTest) -> Option<DimensionLevel> {
    match test.on {
        TestOn::Dimension(level) => match &test.test {
            TestKind::Members(_) | TestKind::NotMembers(_) | TestKind::Missing | TestKind::Present => Some(level),
            _ => None,
        },
        TestOn::Column { source, column } => {
            let ColumnType::Dimension(dimension) = program.sources.get(source)?.columns.get(column)?.of else {
                return None;
            };
            let members = match &test.test {
                TestKind::Members(members) | TestKind::NotMembers(members) => members.as_slice(),
                TestKind::Missing | TestKind::Present => &[],
                _ => return None,
            };
            let first = members.first().and_then(|at| program.dimensions.get(dimension)?.members.get(*at));
            Some(DimensionLevel { dimension, level: first.map_or(0, |member| member.level) })
        }
    }
}
