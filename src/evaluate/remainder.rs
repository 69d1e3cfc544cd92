//! The remainder of a partial list (« dont »): the stated total less every group that the list cites.

use super::figure::Fig;
use super::{Evaluator, GroupId};
use crate::outcome::{GroupKey, Member, MissingReason};
use crate::plan::{CtxId, protected, selects_cells};
use crate::program::model::{Aggregate, Groups, Measure, MeasureOf};
use crate::types::Period;

/// What a remainder is made of, for an explanation.
pub(super) struct Cited {
    /// The same group without the remainder.
    pub total: GroupId,
    /// The cited groups.
    pub groups: Vec<GroupId>,
    /// Their codes.
    pub names: Vec<String>,
}

impl Evaluator<'_> {
    /// What the first remainder of a group is made of; `None` where there is none.
    pub(super) fn cited(&mut self, group: GroupId) -> Option<Cited> {
        let group = self.group(group).to_vec();
        let at = group.iter().position(|key| key.member == Member::Remainder)?;
        let key = group.get(at)?.clone();
        let dimension = self.program.dimensions.get(key.dimension)?;
        let mut rest = group;
        rest.remove(at);
        let mut cited = Cited { total: self.group_id(rest.clone()), groups: Vec::new(), names: Vec::new() };
        for member in dimension.members_of(key.level) {
            let mut part = rest.clone();
            part.push(GroupKey { member: Member::Code(member), ..key.clone() });
            cited.groups.push(self.group_id(part));
            cited.names.extend(dimension.members.get(member).map(|member| member.code.clone()));
        }
        Some(cited)
    }

    /// The measure at a group whose coordinate `at` is a remainder. Each step down has one remainder less, so that the
    /// depth is the number of coordinates.
    pub(super) fn remainder(
        &self,
        measure: &Measure,
        ctx: CtxId,
        period: Period,
        group: &[GroupKey],
        at: usize,
    ) -> Fig {
        let none = || Fig::missing(MissingReason::NoSuchBreakdown);
        let Some(key) = group.get(at) else { return none() };
        let Some(dimension) = self.program.dimensions.get(key.dimension) else { return none() };
        // The subtraction is made of figures before any is hidden: it would tell what a hidden one was.
        if protected::threshold(self.program, measure.source) > 0 {
            return none();
        }
        // Only sums add up; in a register, whoever is in no cited group is unknown.
        let adds = match measure.of {
            MeasureOf::CountColumn | MeasureOf::Aggregate(Aggregate::Sum, _) => true,
            MeasureOf::Rows | MeasureOf::Distinct(_) | MeasureOf::Keys(_) | MeasureOf::Aggregate(..) => false,
        };
        if dimension.groups != Groups::Partial || !adds || !selects_cells(self.program, measure.source, measure.of) {
            return none();
        }
        let rest: Vec<GroupKey> =
            group.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, key)| key.clone()).collect();
        let part = |member: Member| {
            let mut part = rest.clone();
            part.push(GroupKey { dimension: key.dimension, level: key.level, member });
            part.sort_unstable();
            self.measure_of(measure, ctx, period, &part)
        };
        let mut left = self.measure_of(measure, ctx, period, &rest);
        if left.value.range().is_none() {
            return left;
        }
        let (mut known, mut wanted) = (0, 0);
        for member in dimension.members_of(key.level) {
            wanted += 1;
            let cited = part(Member::Code(member));
            if cited.value.range().is_some() {
                known += 1;
                left = left.minus(&cited);
            }
        }
        if known < wanted {
            // Whoever is in a cited group without a figure is not in the remainder.
            return Fig::missing(MissingReason::PartsIncomplete { known, wanted });
        }
        let unknown = part(Member::Unknown);
        if unknown.value.range().is_some() { left.minus(&unknown) } else { left }
    }
}
