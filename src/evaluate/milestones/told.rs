//! What an explanation says of milestones: each with its stage, or the stages of one with their dates.

use super::{Histories, Milestone};
use crate::evaluate::{Evaluator, GroupId, member_words, progress_words};
use crate::plan::CtxId;
use crate::text::Both;
use crate::types::Period;

/// Milestones that an explanation lists one by one.
const LISTED: usize = 40;

impl Evaluator<'_> {
    /// What an explanation says of milestones: each with its stage, or the stages of one with their dates.
    pub(in crate::evaluate) fn told_of_milestones(
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
            let label = member_words(self.program, histories.of, milestone.member);
            let state = match all.first().copied().filter(|_| all.len() == 1) {
                Some(progress) => {
                    let stage = self.stage_of(&histories, milestone, &chosen, &far, progress, day);
                    progress_words(self.program, &stage)
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
                (Some(stages), Some(member)) => member_words(self.program, stages, *member),
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
                (false, Some(on)) if far.ranks.contains(&(at + 1)) => {
                    Both { fr: format!("peut-être atteinte ({})", on.fr), en: format!("perhaps reached ({})", on.en) }
                }
                (false, None) if far.ranks.contains(&(at + 1)) => Both {
                    fr: "peut-être atteinte (date inconnue)".into(),
                    en: "perhaps reached (date unknown)".into(),
                },
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
