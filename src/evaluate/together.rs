//! Measures of one fact or of the same persons, which do not simply add up (meaning 14).

use std::collections::HashSet;

use super::figure::Fig;
use super::secret::Told;
use super::{Evaluator, GroupId, unknown};
use crate::outcome::Value;
use crate::plan::CtxId;
use crate::program::model::{ExprId, ExprKind, Measure, MeasureOf, Together};
use crate::text::Both;
use crate::types::{Number, Period, Range};

impl Evaluator<'_> {
    pub(super) fn together(
        &mut self,
        how: Together,
        parts: &[ExprId],
        ctx: CtxId,
        period: Period,
        group: GroupId,
    ) -> Fig {
        let figs: Vec<Fig> = parts.iter().map(|part| self.expr(*part, ctx, period, group)).collect();
        match how {
            Together::Once => {
                // The first statement with a number; where none has one, what the first says of it.
                let first = figs.iter().find(|fig| fig.value.range().is_some()).or(figs.first());
                first.cloned().unwrap_or_else(unknown)
            }
            Together::Distinct => self.distinct(parts, &figs),
            Together::Largest => largest(&figs),
            Together::NotAdded => {
                let why = self.program.lang.pick(
                    "non additionné : une même personne peut y être comptée deux fois",
                    "not added: one person may be counted twice in it",
                );
                let all = figs.into_iter().reduce(|all, fig| all.plus(&fig)).unwrap_or_else(unknown);
                match all.value {
                    Value::Missing(_) | Value::Suppressed => all,
                    Value::Number(_)
                    | Value::Qualified(_)
                    | Value::ImpliedZero(_)
                    | Value::Stage(_)
                    | Value::NotApplicable(_)
                    | Value::NotComputable(_) => all.with(Value::NotApplicable(why.to_string())),
                }
            }
        }
    }

    /// The keys of several sources, each once.
    fn distinct(&self, parts: &[ExprId], figs: &[Fig]) -> Fig {
        let Some(all) = figs.iter().cloned().reduce(|all, fig| all.plus(&fig)) else { return unknown() };
        if all.value.range().is_none() {
            return all;
        }
        let mut met: HashSet<&[u8]> = HashSet::new();
        for (part, fig) in parts.iter().zip(figs) {
            let Some(ExprKind::Measure(Measure { source, of: MeasureOf::Keys(column) })) =
                self.program.exprs.get(part.0 as usize).map(|expr| &expr.kind)
            else {
                continue;
            };
            let answered = self.plan.by_source.get(source).and_then(|at| self.sources.get(*at));
            let Some(keys) = answered.and_then(|answered| answered.cube.keys.get(column)) else { continue };
            met.extend(fig.keys.iter().filter_map(|key| keys.get(*key as usize)).map(|key| &**key));
        }
        // How many persons are in both sources is no sum of what is protected: it is not followed, and not shown.
        let told = Told { too_much: !all.told.is_empty(), ..Told::default() };
        Fig { told, ..all.with(Value::Number(Number::from(met.len() as u64))) }
    }
}

/// At least as many as the largest; just as many where the others are known to be zero.
fn largest(figs: &[Fig]) -> Fig {
    let known: Vec<&Fig> = figs.iter().filter(|fig| fig.value.range().is_some()).collect();
    let Some(all) = figs.iter().cloned().reduce(|all, fig| all.beside(&fig)) else { return unknown() };
    let low = |fig: &Fig| fig.value.range().and_then(|range| range.low());
    let lowest = known.iter().filter_map(|fig| low(fig)).max_by(|a, b| {
        // An end that is not reached itself says more than one that is.
        a.value.cmp(&b.value).then(a.strict.cmp(&b.strict))
    });
    let is_zero = |fig: &&&Fig| fig.value.range().is_some_and(|range| range.exact().is_some_and(Number::is_zero));
    let zeros = known.iter().filter(is_zero).count();
    if known.len() == figs.len() && zeros + 1 >= figs.len() {
        let other = known.iter().find(|fig| !is_zero(fig)).or(known.first());
        return other.map_or_else(unknown, |fig| all.with(fig.value.clone()));
    }
    match (lowest, figs.first()) {
        (Some(low), _) => {
            let range = Range::new(low.value.clone(), Some(low), None, false);
            all.with(Value::of(range))
        }
        (None, Some(first)) => first.clone(),
        (None, None) => unknown(),
    }
}

/// What it is in an explanation, and what each part is.
pub(super) fn words(how: Together) -> (Both<String>, Both<&'static str>) {
    let (what, part) = match how {
        Together::Once => (
            Both { fr: "un fait, compté une fois", en: "one fact, counted once" },
            Both { fr: "énoncé", en: "statement" },
        ),
        Together::Distinct => (
            Both { fr: "personnes distinctes de plusieurs sources", en: "distinct persons over several sources" },
            Both { fr: "dans cette source", en: "in this source" },
        ),
        Together::Largest => (
            Both { fr: "au moins la plus grande", en: "at least the largest" },
            Both { fr: "l'une", en: "one of them" },
        ),
        Together::NotAdded => (Both { fr: "non additionné", en: "not added" }, Both { fr: "l'une", en: "one of them" }),
    };
    (Both { fr: what.fr.into(), en: what.en.into() }, part)
}
