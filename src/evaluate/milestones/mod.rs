//! Milestones at the end of a period: which stage each has reached, and how many are how far. « En cours » is neither reached nor
//! not: it is a state of its own, and is counted apart.
//!
//! A stage counts as reached once its date is over, whatever the stages before it say: a text that is published has been adopted,
//! even if nobody says when. A date that is known too vaguely leaves both readings open.

mod check;
mod chosen;
mod read;
mod told;

use std::collections::BTreeSet;

use super::figure::Fig;
use super::{Evaluator, GroupId};
use crate::outcome::{MissingReason, Progress, ReachedStage, Rows, Stage, Tally, Value};
use crate::plan::CtxId;
use crate::program::model::MilestonesOf;
use crate::types::{Number, Period, Range};

/// What rows say of one stage of one milestone; each with its line, 0 where it is not known.
#[derive(Debug, Clone, Default)]
struct Told {
    /// When it is reached, as far as that is known.
    reached: Vec<(Option<Period>, u64)>,
    /// Since when it is in progress.
    in_progress: Option<(Option<Period>, u64)>,
    /// For when it is planned.
    planned: Option<Period>,
    rows: u64,
}

/// One milestone.
#[derive(Debug, Clone)]
struct Milestone {
    /// The member.
    member: usize,
    /// By stage, in their order.
    stages: Vec<Told>,
}

/// What a source says of its milestones.
#[derive(Debug, Clone)]
pub(super) struct Histories {
    of: usize,
    stages: Option<usize>,
    /// Members of the dimension of stages, in order; one `None` where there are no stages.
    order: Vec<Option<usize>>,
    milestones: Vec<Milestone>,
    /// The first day of which anything is known, and the last one.
    known: Option<(i32, i32)>,
    rows: u64,
}

/// Which milestones and which stages are asked for: all of the first, and the places of the second.
struct Chosen {
    milestones: Vec<usize>,
    stages: Vec<usize>,
}

/// How far one milestone may be: the places (from 1) of the last stage that it may have reached, 0 for none, and whether
/// it may be begun, or not, without any.
struct Far {
    ranks: Vec<usize>,
    begun: (bool, bool),
}

impl Far {
    /// What it may be with respect to a last stage.
    fn progress(&self, last: usize) -> BTreeSet<Progress> {
        let mut all = BTreeSet::new();
        for rank in &self.ranks {
            match *rank {
                0 => {
                    all.extend(self.begun.0.then_some(Progress::InProgress));
                    all.extend(self.begun.1.then_some(Progress::NotBegun));
                }
                rank if rank >= last => {
                    all.insert(Progress::Reached);
                }
                _ => {
                    all.insert(Progress::InProgress);
                }
            }
        }
        all
    }
}

impl Evaluator<'_> {
    /// A measure over the milestones of a source.
    pub(super) fn milestones(
        &mut self,
        source: usize,
        of: MilestonesOf,
        ctx: CtxId,
        period: Period,
        group: GroupId,
    ) -> Fig {
        let Some(histories) = self.histories(source) else {
            return Fig::missing(MissingReason::SourceUnreadable);
        };
        let Some(chosen) = self.chosen(&histories, ctx, self.group(group)) else {
            return Fig::missing(MissingReason::NoSuchBreakdown);
        };
        let picked = || chosen.milestones.iter().filter_map(|at| histories.milestones.get(*at));
        let used = picked().flat_map(|milestone| &milestone.stages).map(|told| told.rows).sum();
        let rows = Rows { read: histories.rows, used, ..Rows::default() };
        let with_rows = |fig: Fig| Fig { rows, ..fig };
        if of == MilestonesOf::Stage && chosen.milestones.len() != 1 {
            return with_rows(Fig::missing(MissingReason::SeveralMilestones));
        }
        let Some((first, last)) = self.days(period) else {
            return with_rows(Fig::missing(MissingReason::NotReported));
        };
        if let Some((from, to)) = histories.known
            && (last < from || first > to)
        {
            let calendar = period.calendar;
            let found = self.calendar(calendar).map(|known| {
                let ordinal = |day: i32| known.ordinal_of(crate::types::Date::from_day_number(day));
                Period { calendar, first: ordinal(from), last: ordinal(to) }
            });
            return with_rows(Fig::missing(MissingReason::OutsideCoverage(found)));
        }
        let Some(end) = chosen.stages.last().map(|place| place + 1) else {
            // A group of no known stage: nothing is in it.
            return Fig { rows: Rows { used: 0, ..rows }, ..Fig::number(Number::zero()) };
        };
        let (mut sure, mut possible) = ([0u64; 3], [0u64; 3]);
        let slot = |progress: Progress| match progress {
            Progress::Reached => 0,
            Progress::InProgress => 1,
            Progress::NotBegun => 2,
        };
        let mut single = None;
        for milestone in picked() {
            let far = self.far(&histories, milestone, last);
            let all = far.progress(end);
            for progress in &all {
                // INVARIANT: `slot` is below 3.
                possible[slot(*progress)] += 1;
                sure[slot(*progress)] += u64::from(all.len() == 1);
            }
            single = Some((milestone, far, all));
        }
        if let (Some((milestone, far, all)), 1) = (single, chosen.milestones.len())
            && matches!(of, MilestonesOf::Stage | MilestonesOf::Reached)
        {
            // Some stage is reached for certain: that is told, and what may be beyond it. Else nobody can tell.
            let least = far.ranks.first().copied().unwrap_or(0);
            let progress = match all.first().copied().filter(|_| all.len() == 1) {
                Some(progress) => Some(progress),
                None => (least > 0).then_some(Progress::InProgress),
            };
            match (of, progress) {
                (MilestonesOf::Stage, None) => return with_rows(Fig::missing(MissingReason::VagueDate)),
                (MilestonesOf::Stage, Some(progress)) => {
                    let stage = self.stage_of(&histories, milestone, &chosen, &far, progress, last);
                    return with_rows(Fig::of(Value::Stage(Box::new(stage))));
                }
                (_, Some(Progress::InProgress)) if all.len() == 1 => {
                    let stage = self.stage_of(&histories, milestone, &chosen, &far, Progress::InProgress, last);
                    return with_rows(Fig::of(Value::Stage(Box::new(stage))));
                }
                (_, _) => {}
            }
        }
        let count = |of: Progress| {
            let at = slot(of);
            let (low, high) = (Number::from(sure[at]), Number::from(possible[at]));
            if low == high { Range::from(low) } else { Range::between(low, high) }
        };
        let all = u64::try_from(chosen.milestones.len()).unwrap_or(u64::MAX);
        let tally = Tally {
            reached: count(Progress::Reached),
            in_progress: count(Progress::InProgress),
            not_begun: count(Progress::NotBegun),
            all,
        };
        let value = match of {
            MilestonesOf::Reached | MilestonesOf::Stage | MilestonesOf::Share => tally.reached.clone(),
            MilestonesOf::InProgress => tally.in_progress.clone(),
            MilestonesOf::NotBegun => tally.not_begun.clone(),
            MilestonesOf::All => Range::from(Number::from(all)),
        };
        Fig { tally: Some(Box::new(tally)), ..with_rows(Fig::range(value)) }
    }

    /// The first and the last day of a period; none of an unknown one.
    fn days(&self, period: Period) -> Option<(i32, i32)> {
        let calendar = self.calendar(period.calendar).filter(|_| !period.is_unknown())?;
        Some((calendar.start(period.first).day_number(), calendar.end(period.last).day_number()))
    }

    /// How far a milestone is on a day.
    fn far(&self, histories: &Histories, milestone: &Milestone, day: i32) -> Far {
        // What has no date is so at the end of what is known; when before, nobody says.
        let at_end = histories.known.is_none_or(|(_, last)| day >= last);
        let over = |on: Option<Period>| match on.and_then(|on| self.days(on)) {
            Some((first, last)) => (last <= day, first <= day),
            None => (at_end, true),
        };
        let (mut least, mut ranks) = (0, Vec::new());
        let mut begun = (false, false);
        for (at, told) in milestone.stages.iter().enumerate() {
            let dates: Vec<(bool, bool)> = told.reached.iter().map(|(on, _)| over(*on)).collect();
            if dates.iter().any(|(sure, _)| *sure) {
                least = at + 1;
            } else if dates.iter().any(|(_, possible)| *possible) {
                ranks.push(at + 1);
            }
            if let Some((since, _)) = told.in_progress {
                let (sure, possible) = over(since);
                begun = (begun.0 || sure, begun.1 || possible);
            }
        }
        ranks.retain(|rank| *rank > least);
        ranks.insert(0, least);
        Far { ranks, begun: (begun.1, !begun.0) }
    }

    fn stage_of(
        &self,
        histories: &Histories,
        milestone: &Milestone,
        chosen: &Chosen,
        far: &Far,
        progress: Progress,
        day: i32,
    ) -> Stage {
        let asked = |rank: usize| rank.checked_sub(1).is_some_and(|at| chosen.stages.contains(&at));
        let rank = far.ranks.first().copied().unwrap_or(0);
        let on = |rank: usize| {
            let told = rank.checked_sub(1).and_then(|at| milestone.stages.get(at));
            told.and_then(|told| told.reached.iter().filter_map(|(on, _)| *on).min_by_key(|on| self.days(*on)))
        };
        // Of the stages that are asked for, the last one that is reached: by a later one, where its own date is not known.
        let shown = (1..=rank).rev().find(|rank| asked(*rank));
        let member = |rank: usize| rank.checked_sub(1).and_then(|at| histories.order.get(at).copied().flatten());
        let at = |rank: usize| ReachedStage { member: member(rank), rank, on: on(rank) };
        let reached = shown.map(at);
        let perhaps =
            far.ranks.get(1..).and_then(|ranks| ranks.iter().rev().find(|rank| asked(**rank))).copied().map(at);
        let at_end = histories.known.is_none_or(|(_, last)| day >= last);
        let begun = |since: Option<Period>| match since.and_then(|since| self.days(since)) {
            Some((first, _)) => first <= day,
            None => at_end,
        };
        let later = || milestone.stages.iter().enumerate().filter(|(at, _)| *at >= rank);
        let under_way = later().find(|(_, told)| told.in_progress.is_some_and(|(since, _)| begun(since)));
        let planned = later().find_map(|(at, told)| told.planned.map(|on| (member(at + 1), on)));
        Stage {
            stages: histories.stages,
            progress,
            reached,
            perhaps,
            under_way: under_way.map(|(at, _)| member(at + 1)),
            planned,
        }
    }
}
