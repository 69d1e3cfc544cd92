//! Rules: a relation between figures that holds, fails by so much, or cannot be told. Nothing to check is never a pass.

use super::expression::compare;
use super::targets::per_cent_of;
use super::{Evaluator, periods};
use crate::outcome::{GroupKey, Member, RuleOutcome, RuleResult, Value};
use crate::plan::CtxId;
use crate::problem::{Problem, RuleProblem};
use crate::program::model::{Comparison, Rule, RuleSeverity};
use crate::types::{Number, Period, Unit};

impl Evaluator<'_> {
    /// All rules in all their periods and groups.
    pub(super) fn rules(&mut self, outcomes: &mut Vec<RuleOutcome>) {
        let program = self.program;
        for (at, rule) in program.rules.iter().enumerate() {
            self.rule(at, rule, outcomes);
        }
    }

    fn rule(&mut self, at: usize, rule: &Rule, outcomes: &mut Vec<RuleOutcome>) {
        let mut found = self.between(rule.left, rule.calendar, rule.window);
        found.extend(self.between(rule.right, rule.calendar, rule.window));
        if let Some(window) = rule.window.filter(|window| window.calendar != rule.calendar) {
            found.insert(window);
        }
        if found.is_empty() {
            let mut sources = self.sources_below(rule.left);
            sources.extend(self.sources_below(rule.right));
            if !self.without_periods.is_disjoint(&sources) {
                return;
            }
            let fact = RuleProblem::NeverChecked { rule: rule.name.clone() };
            self.problems.push(Problem::new(fact, rule.relation));
            return;
        }
        let wanted: Vec<Period> =
            found.into_iter().filter(|period| periods::wanted(self, &self.plan.request, *period)).collect();
        let groups: Vec<Vec<GroupKey>> = self.broken_down(&rule.breakdowns).into_iter().collect();
        let mut untold: Vec<(Period, Vec<GroupKey>)> = Vec::new();
        let (mut checked, mut failed) = (0usize, 0usize);
        for period in wanted {
            for group in &groups {
                let id = self.group_id(group.clone());
                let left = self.solve(rule.left, CtxId::NONE, period, id);
                let right = self.solve(rule.right, CtxId::NONE, period, id);
                let unknown = group.iter().any(|key| key.member == Member::Unknown);
                if unknown && left.rows.used == 0 && right.rows.used == 0 {
                    continue;
                }
                let result = verdict(rule, &left.value, &right.value);
                match &result {
                    RuleResult::Holds => checked += 1,
                    RuleResult::CannotTell(Value::NotApplicable(_)) => {}
                    RuleResult::CannotTell(_) => untold.push((period, group.clone())),
                    RuleResult::Fails { difference } => {
                        checked += 1;
                        failed += 1;
                        self.failure(rule, period, group, (&left.value, &right.value), difference);
                    }
                }
                let known_discrepancy = match &result {
                    RuleResult::Fails { .. } => rule.known_discrepancy.as_ref().map(|(why, _)| why.clone()),
                    RuleResult::Holds | RuleResult::CannotTell(_) => None,
                };
                outcomes.push(RuleOutcome {
                    rule: at,
                    period,
                    group: group.clone(),
                    sides: (left.value, right.value),
                    result,
                    known_discrepancy,
                });
            }
        }
        if let Some((period, group)) = untold.first() {
            let fact = RuleProblem::RuleCannotTell {
                rule: rule.name.clone(),
                period: self.period_label(*period),
                group: self.group_label(group),
                others: untold.len() - 1,
            };
            self.problems.push(Problem::new(fact, rule.relation));
        }
        if let Some((_, span)) = &rule.known_discrepancy
            && checked > 0
            && failed == 0
        {
            let fact = RuleProblem::RuleDiscrepancyGone { rule: rule.name.clone() };
            self.problems.push(Problem::new(fact, *span).also(rule.relation));
        }
    }

    fn failure(
        &mut self,
        rule: &Rule,
        period: Period,
        group: &[GroupKey],
        (left, right): (&Value, &Value),
        difference: &Number,
    ) {
        let (Some(left), Some(right)) = (left.number(), right.number()) else { return };
        if rule.known_discrepancy.is_some() {
            return;
        }
        let rule_name = rule.name.clone();
        let (period, group) = (self.period_label(period), self.group_label(group));
        let difference = difference.clone();
        let fact = match rule.severity {
            RuleSeverity::Blocking => {
                RuleProblem::RuleFails { rule: rule_name, period, group, left, right, difference }
            }
            RuleSeverity::Warning => {
                RuleProblem::RuleFailsMildly { rule: rule_name, period, group, left, right, difference }
            }
        };
        self.problems.push(Problem::new(fact, rule.relation).also(rule.definition));
    }
}

fn verdict(rule: &Rule, left: &Value, right: &Value) -> RuleResult {
    let (a, b) = match (left.number(), right.number()) {
        (Some(a), Some(b)) => (a, b),
        (None, _) => return RuleResult::CannotTell(left.clone()),
        (_, None) => return RuleResult::CannotTell(right.clone()),
    };
    let difference = a.clone() - b.clone();
    let holds = match &rule.tolerance {
        None => compare(rule.comparison, &a, &b),
        Some((tolerance, unit)) => {
            let allowed = match unit {
                Unit::Percent => per_cent_of(tolerance, &b),
                _ => tolerance.abs(),
            };
            match rule.comparison {
                Comparison::Equal => difference.abs() <= allowed,
                Comparison::Different => difference.abs() > allowed,
                Comparison::Less => a < b + allowed,
                Comparison::AtMost => a <= b + allowed,
                Comparison::More => a + allowed > b,
                Comparison::AtLeast => a + allowed >= b,
            }
        }
    };
    if holds { RuleResult::Holds } else { RuleResult::Fails { difference } }
}
