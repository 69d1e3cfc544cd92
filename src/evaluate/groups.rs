//! Which groups a figure is wanted for: the total, every member of each breakdown, and what aims name.

use indexmap::IndexSet;

use super::Evaluator;
use super::figure::Fig;
use crate::outcome::{GroupKey, Member, MissingReason, Value};
use crate::program::model::{Aim, DimensionLevel, GroupAt, Groups, Indicator};
use crate::text::{Both, Lang};
use crate::types::Period;

/// Groups that one breakdown may make; a larger product is cut here and its members are asked for by name.
const GROUPS_PER_BREAKDOWN: usize = 1_000_000;

/// True for a group of unknown members without anything in it: it is shown only where it has something.
pub(super) fn left_out(group: &[GroupKey], fig: &Fig) -> bool {
    let unknown = group.iter().any(|key| key.member == Member::Unknown);
    let remainder = group.iter().any(|key| key.member == Member::Remainder);
    let told = match &fig.value {
        Value::Missing(MissingReason::PartsIncomplete { known, .. }) => *known > 0,
        value => value.range().is_some(),
    };
    // Milestones have no stage together.
    if matches!(fig.value, Value::Missing(MissingReason::SeveralMilestones)) {
        return true;
    }
    if remainder && !told {
        return true;
    }
    unknown && fig.rows.used == 0 && fig.value.number().is_none_or(|number| number.is_zero())
}

/// A group of a definition as a group of an outcome, in the order of dimensions.
pub(super) fn of_definition(group: &[GroupAt]) -> Vec<GroupKey> {
    let mut keys: Vec<GroupKey> = group
        .iter()
        .map(|at| GroupKey {
            dimension: at.of.dimension,
            level: at.of.level,
            member: at.member.map_or(Member::Unknown, Member::Code),
        })
        .collect();
    keys.sort_unstable();
    keys
}

impl Evaluator<'_> {
    /// The groups of an indicator's figures at a period, the total first.
    pub(super) fn groups_of(&self, indicator: &Indicator, period: Period) -> Vec<Vec<GroupKey>> {
        self.wanted(self.all_groups_of(indicator, period))
    }

    /// The same, whatever was asked.
    pub(super) fn all_groups_of(&self, indicator: &Indicator, period: Period) -> IndexSet<Vec<GroupKey>> {
        let mut groups: IndexSet<Vec<GroupKey>> = self.broken_down(&indicator.breakdowns, true);
        let targets = indicator.targets.iter().map(|target| &target.aim);
        let published = indicator.published.iter().map(|published| &published.aim);
        let named = |aim: &&Aim| aim.period == period && aim.value.is_some();
        let aims = indicator.baselines.iter().chain(targets).chain(published).filter(named);
        groups.extend(aims.map(|aim| of_definition(&aim.group)));
        groups
    }

    /// The total and every group of some breakdowns; with what partial lists leave of it, if wanted.
    pub(super) fn broken_down(&self, breakdowns: &[Vec<DimensionLevel>], remainders: bool) -> IndexSet<Vec<GroupKey>> {
        let mut groups = IndexSet::from([Vec::new()]);
        for breakdown in breakdowns {
            let mut product: Vec<Vec<GroupKey>> = vec![Vec::new()];
            for level in breakdown {
                let Some(dimension) = self.program.dimensions.get(level.dimension) else { continue };
                let remainder = (remainders && dimension.groups == Groups::Partial).then_some(Member::Remainder);
                let members: Vec<Member> = dimension
                    .members_of(level.level)
                    .map(Member::Code)
                    .chain(remainder)
                    .chain([Member::Unknown])
                    .collect();
                if product.len().saturating_mul(members.len()) > GROUPS_PER_BREAKDOWN {
                    break;
                }
                let key = |member: &Member| GroupKey {
                    dimension: level.dimension,
                    level: level.level,
                    member: member.clone(),
                };
                product = product
                    .iter()
                    .flat_map(|start| members.iter().map(|member| [start.as_slice(), &[key(member)]].concat()))
                    .collect();
            }
            for mut group in product {
                group.sort_unstable();
                groups.insert(group);
            }
        }
        groups
    }

    /// The groups that the request lets pass.
    pub(super) fn wanted(&self, groups: IndexSet<Vec<GroupKey>>) -> Vec<Vec<GroupKey>> {
        let asked: Vec<Vec<GroupKey>> = self
            .plan
            .request
            .groups
            .iter()
            .map(|group| {
                let mut group = group.clone();
                group.sort_unstable();
                group
            })
            .collect();
        groups.into_iter().filter(|group| asked.is_empty() || asked.contains(group)).collect()
    }

    /// A group as words: `région TTA, sexe F`; empty for the total.
    pub(super) fn group_label(&self, group: &[GroupKey]) -> Both<String> {
        let label = |lang: Lang| {
            let parts: Vec<String> = group
                .iter()
                .filter_map(|key| {
                    let dimension = self.program.dimensions.get(key.dimension)?;
                    let level = dimension.levels.get(key.level).unwrap_or(&dimension.name);
                    let member = match &key.member {
                        Member::Code(at) => dimension.members.get(*at)?.code.as_str(),
                        Member::Unknown => lang.pick("non renseigné", "unknown"),
                        Member::Remainder => lang.pick("reste", "remainder"),
                    };
                    Some(format!("{level} {member}"))
                })
                .collect();
            parts.join(", ")
        };
        Both { fr: label(Lang::Fr), en: label(Lang::En) }
    }
}
