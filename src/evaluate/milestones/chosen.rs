//! Which milestones and which stages a figure is about: what its conditions and its group leave.

use super::{Chosen, Histories};
use crate::evaluate::Evaluator;
use crate::outcome::{GroupKey, Member};
use crate::plan::{CtxId, conjuncts, each_test};
use crate::program::model::{Cond, Dimension, TestKind, TestOn};

impl Evaluator<'_> {
    /// The milestones and the stages that conditions and a group leave; `None` for a group of another dimension.
    pub(super) fn chosen(&self, histories: &Histories, ctx: CtxId, group: &[GroupKey]) -> Option<Chosen> {
        let program = self.program;
        let (texts, stages) =
            (program.dimensions.get(histories.of)?, histories.stages.and_then(|at| program.dimensions.get(at)));
        // A group of one milestone is looked up: a project of many milestones asks for each of them.
        let named = group.iter().find_map(|key| match key.member {
            Member::Code(member) if key.dimension == histories.of => {
                histories.milestones.binary_search_by_key(&member, |milestone| milestone.member).ok()
            }
            Member::Code(_) | Member::Unknown | Member::Remainder => None,
        });
        let mut chosen = Chosen {
            milestones: named.map_or_else(|| (0..histories.milestones.len()).collect(), |at| vec![at]),
            stages: (0..histories.order.len()).collect(),
        };
        let member_of = |at: &usize| histories.milestones.get(*at).map_or(usize::MAX, |milestone| milestone.member);
        let stage_of = |at: &usize| histories.order.get(*at).copied().flatten().unwrap_or(usize::MAX);
        for cond in conjuncts(&self.plan.contexts.conditions(program, ctx)) {
            match self.dimension_tested(cond) {
                Some(at) if at == histories.of => {
                    chosen.milestones.retain(|at| passes(cond, texts, member_of(at)));
                }
                Some(at) if Some(at) == histories.stages => {
                    chosen.stages.retain(|at| stages.is_some_and(|stages| passes(cond, stages, stage_of(at))));
                }
                Some(_) | None => return None,
            }
        }
        for key in group {
            let inside = |dimension: &Dimension, member: usize| match key.member {
                Member::Code(wanted) => dimension.ancestor(member, key.level) == Some(wanted),
                Member::Unknown | Member::Remainder => false,
            };
            if key.dimension == histories.of {
                chosen.milestones.retain(|at| inside(texts, member_of(at)));
            } else if Some(key.dimension) == histories.stages {
                chosen.stages.retain(|at| stages.is_some_and(|stages| inside(stages, stage_of(at))));
            } else {
                return None;
            }
        }
        Some(chosen)
    }

    /// The one dimension that a condition tests.
    fn dimension_tested(&self, cond: &Cond) -> Option<usize> {
        let mut found = None;
        each_test(cond, &mut |test| {
            found = found.or(match test.on {
                TestOn::Dimension(level) => Some(level.dimension),
                TestOn::Column { source, column } => {
                    let column = self.program.sources.get(source).and_then(|source| source.columns.get(column));
                    match column.map(|column| &column.of) {
                        Some(crate::program::model::ColumnType::Dimension(dimension)) => Some(*dimension),
                        _ => None,
                    }
                }
            });
        });
        found
    }
}

/// Whether a member passes a condition over its dimension. Depth is that of the condition, which the parser bounds.
fn passes(cond: &Cond, dimension: &Dimension, member: usize) -> bool {
    match cond {
        Cond::And(parts) => parts.iter().all(|part| passes(part, dimension, member)),
        Cond::Or(parts) => parts.iter().any(|part| passes(part, dimension, member)),
        Cond::Not(inner) => !passes(inner, dimension, member),
        Cond::Test(test) => {
            let is_one = |wanted: &[usize]| {
                wanted.iter().any(|wanted| {
                    let level = dimension.members.get(*wanted).map(|member| member.level);
                    level.and_then(|level| dimension.ancestor(member, level)) == Some(*wanted)
                })
            };
            match &test.test {
                TestKind::Members(wanted) => is_one(wanted),
                TestKind::NotMembers(wanted) => !is_one(wanted),
                TestKind::Missing => false,
                _ => true,
            }
        }
    }
}
