//! Baselines, targets, published values, expected figures: a period, groups, a sign, a value.

use super::{Lower, Pair};
use crate::syntax::ast::{Aim, AimValue, ExpectedLine, ExpectedValue, GroupText};
use crate::syntax::grammar::Rule;
use crate::syntax::keywords::Keyword;

impl Lower<'_> {
    /// `2020-2021, sexe F >= 3 500, "Plan 2020"`
    pub(super) fn aim(&mut self, pair: &Pair<'_>) -> Option<Aim> {
        let span = self.span(pair);
        let parts: Vec<Pair<'_>> = pair.clone().into_inner().collect();
        let find = |rule: Rule| parts.iter().find(|part| part.as_rule() == rule);
        let period = self.period_text(find(Rule::period_text)?)?;
        let group = self.groups(&parts)?;
        let comparison = self.comparison(find(Rule::comparison)?);
        let value = self.aim_value(find(Rule::aim_value)?)?;
        let source = find(Rule::text).map(|text| self.text(text));
        Some(Aim { period, group, comparison, value, source, span })
    }

    fn aim_value(&mut self, pair: &Pair<'_>) -> Option<AimValue> {
        let inner = pair.clone().into_inner().next()?;
        Some(match inner.as_rule() {
            Rule::k_to_be_defined => AimValue::ToBeDefined(self.span(&inner)),
            Rule::aim_between => {
                let bounds: Vec<Pair<'_>> =
                    inner.into_inner().filter(|part| part.as_rule() == Rule::quantity).collect();
                let (low, high) = (bounds.first()?, bounds.last()?);
                AimValue::Between(self.quantity(low)?, self.quantity(high)?)
            }
            Rule::stage => AimValue::Stage(self.literal(&inner.into_inner().next()?)?),
            _ => AimValue::Is(self.quantity(&inner)?),
        })
    }

    /// The `sexe F` among the parts of an aim.
    pub(super) fn groups(&mut self, parts: &[Pair<'_>]) -> Option<Vec<GroupText>> {
        let mut groups = Vec::new();
        for part in parts.iter().filter(|part| part.as_rule() == Rule::group) {
            let span = self.span(part);
            let mut inner = part.clone().into_inner();
            let dimension = self.name(&inner.next()?);
            let member = inner.next()?;
            let member = match member.as_rule() {
                Rule::k_unknown => None,
                _ => Some(self.literal(&member)?),
            };
            groups.push(GroupText { dimension, member, span });
        }
        Some(groups)
    }

    /// `part_des_filles 2019-2020, sexe F = 50,08 %`
    pub(super) fn expected_line(&mut self, parts: &[Pair<'_>], span: crate::text::Span) -> Option<ExpectedLine> {
        let find = |rule: Rule| parts.iter().find(|part| part.as_rule() == rule);
        let indicator = self.name(find(Rule::name)?);
        let period = self.period_text(find(Rule::period_text)?)?;
        let group = self.groups(parts)?;
        if let Some(sign) = find(Rule::m_equal) {
            self.foreign_sign(sign, Rule::m_equal, Keyword::Equal);
        }
        let inner = find(Rule::expected_value)?.clone().into_inner().next()?;
        let at = self.span(&inner);
        let value = match inner.as_rule() {
            Rule::k_not_available => ExpectedValue::Missing(at),
            Rule::k_not_applicable => ExpectedValue::NotApplicable(at),
            Rule::k_not_computable => ExpectedValue::NotComputable(at),
            Rule::aim_between => {
                let bounds: Vec<Pair<'_>> =
                    inner.into_inner().filter(|part| part.as_rule() == Rule::quantity).collect();
                let (low, high) = (bounds.first()?, bounds.last()?);
                ExpectedValue::Between(self.quantity(low)?, self.quantity(high)?)
            }
            Rule::k_in_progress => ExpectedValue::InProgress(at),
            Rule::stage => ExpectedValue::Stage(self.literal(&inner.into_inner().next()?)?),
            _ => ExpectedValue::Is(self.quantity(&inner)?),
        };
        Some(ExpectedLine { indicator, period, group, value, span })
    }
}
