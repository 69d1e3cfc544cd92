//! Measures of one fact or of the same persons, which do not simply add up (meaning 14).

use super::figure::Fig;
use super::{Evaluator, GroupId, unknown};
use crate::outcome::Value;
use crate::plan::CtxId;
use crate::program::model::{ExprId, Together};
use crate::text::Both;
use crate::types::Period;

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
            Together::Distinct | Together::Largest | Together::NotAdded => Fig::of(Value::Suppressed),
        }
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
