//! The cells of a source of milestones to what it says of each milestone and stage.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Histories, Milestone, Told};
use crate::evaluate::Evaluator;
use crate::evaluate::cells::Answered;
use crate::plan::{Cube, LaneValue};
use crate::program::model::DataSource;
use crate::program::stage_members;

impl Evaluator<'_> {
    /// What a source says of its milestones; `None` where it could not be read.
    pub(super) fn histories(&self, source: usize) -> Option<Rc<Histories>> {
        if let Some(known) = self.histories.borrow().get(&source) {
            return known.clone();
        }
        let read = || {
            let answered = self.sources.get(*self.plan.by_source.get(&source)?)?;
            let data = self.program.sources.get(source)?;
            if answered.cube.unreadable { None } else { self.read_histories(data, answered).map(Rc::new) }
        };
        let histories = read();
        self.histories.borrow_mut().insert(source, histories.clone());
        histories
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
    pub(in crate::evaluate) fn days_of_stages(&self, source: usize) -> Option<(i32, i32)> {
        self.histories(source)?.known
    }
}
