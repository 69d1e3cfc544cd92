//! Dates that run backwards and stages that are told in two ways, each with its line.

use super::{Histories, Milestone};
use crate::evaluate::Evaluator;
use crate::problem::{DataPlace, DataProblem, Place, Problem};
use crate::program::model::DataSource;
use crate::text::Both;
use crate::types::Period;

impl Evaluator<'_> {
    /// Reports dates that run backwards and stages that are told in two ways.
    pub(in crate::evaluate) fn check_stages(&mut self) {
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
            sheet: String::new(),
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
}
