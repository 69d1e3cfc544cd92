//! Milestones at the end of a period: which stage each has reached, and how many are how far. « En cours » is neither reached nor
//! not: it is a state of its own, and is counted apart.
//!
//! A stage counts as reached once its date is over, whatever the stages before it say: a text that is published has been adopted,
//! even if nobody says when. A date that is known too vaguely leaves both readings open.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::Answered;
use super::figure::Fig;
use super::{Evaluator, GroupId};
use crate::outcome::{GroupKey, Member, MissingReason, Progress, ReachedStage, Rows, Stage, Tally, Value};
use crate::plan::{CtxId, Cube, LaneValue, conjuncts, each_test};
use crate::problem::{DataPlace, DataProblem, Place, Problem};
use crate::program::model::{Cond, DataSource, Dimension, MilestonesOf, TestKind, TestOn};
use crate::program::stage_members;
use crate::text::Both;
use crate::types::{Number, Period, Range};

/// Milestones that an explanation lists one by one.
const LISTED: usize = 40;

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
            return with_rows(Fig::number(Number::zero()));
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
        Fig { tally: Some(tally), ..with_rows(Fig::range(value)) }
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

    /// The milestones and the stages that conditions and a group leave; `None` for a group of another dimension.
    fn chosen(&self, histories: &Histories, ctx: CtxId, group: &[GroupKey]) -> Option<Chosen> {
        let program = self.program;
        let (texts, stages) =
            (program.dimensions.get(histories.of)?, histories.stages.and_then(|at| program.dimensions.get(at)));
        let mut chosen = Chosen {
            milestones: (0..histories.milestones.len()).collect(),
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

    /// What a source says of its milestones; `None` where it could not be read.
    fn histories(&self, source: usize) -> Option<Histories> {
        let answered = self.sources.get(*self.plan.by_source.get(&source)?)?;
        let data = self.program.sources.get(source)?;
        (!answered.cube.unreadable).then(|| self.read_histories(data, answered))?
    }

    fn read_histories(&self, data: &DataSource, answered: &Answered<'_>) -> Option<Histories> {
        let declared = data.milestones?;
        let plan = answered.plan.stages?;
        let texts = self.program.dimensions.get(declared.of)?;
        let order: Vec<Option<usize>> = match declared.stages.and_then(|at| self.program.dimensions.get(at)) {
            Some(stages) => stage_members(stages).map(Some).collect(),
            None => vec![None],
        };
        let mut milestones: BTreeMap<usize, Vec<Told>> =
            stage_members(texts).map(|member| (member, vec![Told::default(); order.len()])).collect();
        for (codes, lanes) in answered.cube.sets.get(plan.set)? {
            let mut codes = codes.iter().copied();
            let member = codes.next().and_then(|code| usize::try_from(code).ok());
            let place = match declared.stages {
                Some(_) => {
                    let stage = codes.next().and_then(|code| usize::try_from(code).ok());
                    order.iter().position(|of| of.is_some() && *of == stage)
                }
                None => Some(0),
            };
            let (Some(said), Some(date)) = (codes.next(), codes.next()) else { continue };
            // A code that is not known has been reported where it stands.
            let told = member.and_then(|member| milestones.get_mut(&member));
            let Some(told) = told.zip(place).and_then(|(stages, place)| stages.get_mut(place)) else { continue };
            let count = |at: usize| match lanes.get(at) {
                Some(LaneValue::Count(count)) => *count,
                _ => 0,
            };
            told.rows += count(0);
            let on = (date != Cube::UNKNOWN).then(|| answered.period_of(plan.calendar, date));
            let on = on.filter(|on| !on.is_unknown());
            match said {
                Cube::REACHED => told.reached.push((on, count(1))),
                Cube::IN_PROGRESS => told.in_progress = Some((on, count(1))),
                Cube::PLANNED => told.planned = on.or(told.planned),
                _ => {}
            }
        }
        let milestones: Vec<Milestone> =
            milestones.into_iter().map(|(member, stages)| Milestone { member, stages }).collect();
        let dates = milestones.iter().flat_map(|milestone| &milestone.stages).flat_map(|told| {
            told.reached.iter().map(|(on, _)| *on).chain(told.in_progress.map(|(since, _)| since)).flatten()
        });
        let days: Vec<(i32, i32)> = dates.filter_map(|on| self.days(on)).collect();
        let found = days.iter().map(|(first, _)| *first).min().zip(days.iter().map(|(_, last)| *last).max());
        let known = data.covers_period.and_then(|covered| self.days(covered)).or(found);
        Some(Histories { of: declared.of, stages: declared.stages, order, milestones, known, rows: answered.cube.rows })
    }

    /// The first and the last day of what a source of milestones says.
    pub(super) fn days_of_stages(&self, source: usize) -> Option<(i32, i32)> {
        self.histories(source)?.known
    }

    /// Reports dates that run backwards and stages that are told in two ways.
    pub(super) fn check_stages(&mut self) {
        let mut problems = Vec::new();
        for answered in &self.sources {
            let (Some(data), true) = (self.program.sources.get(answered.source), answered.plan.stages.is_some()) else {
                continue;
            };
            let Some(histories) = self.histories(answered.source) else { continue };
            for milestone in &histories.milestones {
                self.check_milestone(data, &histories, milestone, &mut problems);
            }
        }
        self.problems.append(&mut problems);
    }

    fn check_milestone(
        &self,
        data: &DataSource,
        histories: &Histories,
        milestone: &Milestone,
        problems: &mut Vec<Problem>,
    ) {
        let code = |dimension: Option<usize>, member: Option<usize>| {
            let dimension = dimension.and_then(|at| self.program.dimensions.get(at));
            let member = dimension.zip(member).and_then(|(dimension, at)| dimension.members.get(at));
            member.map_or_else(String::new, |member| member.code.clone())
        };
        let name = code(Some(histories.of), Some(milestone.member));
        let stage = |at: usize| code(histories.stages, histories.order.get(at).copied().flatten());
        let label = |on: Option<Period>| match on {
            Some(on) => self.period_label(on),
            None => Both { fr: "date inconnue".into(), en: "date unknown".into() },
        };
        let place = |line: u64| DataPlace {
            path: data.path.clone().unwrap_or_default(),
            line,
            column: 0,
            header: String::new(),
            text: String::new(),
        };
        let mut before: Option<(usize, Period, u64)> = None;
        let last = milestone.stages.iter().rposition(|told| !told.reached.is_empty());
        for (at, told) in milestone.stages.iter().enumerate() {
            let mut dates: Vec<(Option<Period>, u64)> = told.reached.clone();
            dates.sort_by_key(|(_, line)| *line);
            if let [(one, first), .., (other, line)] = dates.as_slice() {
                let fact = DataProblem::StageTwice {
                    milestone: name.clone(),
                    stage: stage(at),
                    one: label(*one),
                    other: label(*other),
                };
                let mut problem = Problem::at(fact, Place::Data(place(*line)));
                problem.also.push(Place::Data(place(*first)));
                problems.push(problem);
            }
            if let (Some((_, line)), Some(reached)) = (told.in_progress, last.filter(|last| *last >= at)) {
                let fact =
                    DataProblem::StagePassed { milestone: name.clone(), stage: stage(at), reached: stage(reached) };
                problems.push(Problem::at(fact, Place::Data(place(line))));
            }
            let Some((on, line)) = dates.iter().find_map(|(on, line)| on.map(|on| (on, *line))) else { continue };
            if let Some((earlier, earlier_on, earlier_line)) = before
                && let (Some((start, _)), Some((_, end))) = (self.days(earlier_on), self.days(on))
                && end < start
            {
                let fact = DataProblem::StagesBackwards {
                    milestone: name.clone(),
                    stage: stage(at),
                    on: self.period_label(on),
                    before: stage(earlier),
                    before_on: self.period_label(earlier_on),
                };
                let mut problem = Problem::at(fact, Place::Data(place(line)));
                problem.also.push(Place::Data(place(earlier_line)));
                problems.push(problem);
            }
            before = Some((at, on, line));
        }
    }

    /// What an explanation says of milestones: each with its stage, or the stages of one with their dates.
    pub(super) fn told_of_milestones(
        &self,
        source: usize,
        ctx: CtxId,
        period: Period,
        group: GroupId,
    ) -> (Vec<Both<String>>, bool) {
        let nothing = (Vec::new(), false);
        let Some(histories) = self.histories(source) else { return nothing };
        let Some(chosen) = self.chosen(&histories, ctx, self.group(group)) else { return nothing };
        let Some((_, day)) = self.days(period) else { return nothing };
        let Some(end) = chosen.stages.last().map(|place| place + 1) else { return nothing };
        let picked: Vec<&Milestone> = chosen.milestones.iter().filter_map(|at| histories.milestones.get(*at)).collect();
        if let ([one], Some(_)) = (picked.as_slice(), histories.stages) {
            return (self.stages_told(&histories, one, day), false);
        }
        let lines = picked.iter().take(LISTED).map(|milestone| {
            let far = self.far(&histories, milestone, day);
            let all = far.progress(end);
            let label = super::member_words(self.program, histories.of, milestone.member);
            let state = match all.first().copied().filter(|_| all.len() == 1) {
                Some(progress) => {
                    let stage = self.stage_of(&histories, milestone, &chosen, &far, progress, day);
                    super::progress_words(self.program, &stage)
                }
                None => Both { fr: "date trop vague".into(), en: "date too vague".into() },
            };
            Both { fr: format!("{} : {}", label.fr, state.fr), en: format!("{}: {}", label.en, state.en) }
        });
        (lines.collect(), picked.len() > LISTED)
    }

    fn stages_told(&self, histories: &Histories, milestone: &Milestone, day: i32) -> Vec<Both<String>> {
        let far = self.far(histories, milestone, day);
        let least = far.ranks.first().copied().unwrap_or(0);
        let lines = histories.order.iter().zip(&milestone.stages).enumerate().map(|(at, (member, told))| {
            let stage = match (histories.stages, member) {
                (Some(stages), Some(member)) => super::member_words(self.program, stages, *member),
                (_, _) => Both { fr: "étape".into(), en: "stage".into() },
            };
            let on = told.reached.iter().find_map(|(on, _)| *on).map(|on| self.period_label(on));
            let later = told.in_progress.map(|(since, _)| since);
            let state = match (at < least, on) {
                (true, Some(on)) => Both { fr: format!("atteinte ({})", on.fr), en: format!("reached ({})", on.en) },
                (true, None) if told.reached.is_empty() => Both {
                    fr: "atteinte (date inconnue, d'après une étape suivante)".into(),
                    en: "reached (date unknown, from a later stage)".into(),
                },
                (true, None) => Both { fr: "atteinte (date inconnue)".into(), en: "reached (date unknown)".into() },
                (false, Some(on)) => Both { fr: format!("pas encore ({})", on.fr), en: format!("not yet ({})", on.en) },
                (false, None) => match (later, told.planned.map(|on| self.period_label(on))) {
                    (Some(Some(since)), _) => {
                        let since = self.period_label(since);
                        Both {
                            fr: format!("en cours (depuis {})", since.fr),
                            en: format!("in progress (since {})", since.en),
                        }
                    }
                    (Some(None), _) => Both { fr: "en cours".into(), en: "in progress".into() },
                    (None, Some(on)) => Both { fr: format!("prévue ({})", on.fr), en: format!("planned ({})", on.en) },
                    (None, None) => Both { fr: "non atteinte".into(), en: "not reached".into() },
                },
            };
            Both { fr: format!("{} : {}", stage.fr, state.fr), en: format!("{}: {}", stage.en, state.en) }
        });
        lines.collect()
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
