//! Rules: a relation between figures that holds, fails by so much, or cannot be told. Nothing to check is never a pass.

use super::expression::{compare, holds};
use super::targets::per_cent_of;
use super::{Evaluator, periods};
use crate::outcome::{GroupKey, Member, RuleOutcome, RuleResult, Value};
use crate::plan::{CtxId, uses_wanted};
use crate::problem::{FactProblem, Place, Problem, RuleProblem};
use crate::program::model::{Comparison, Rule, RuleSeverity};
use crate::types::{Number, Period, Range, Unit};

impl Evaluator<'_> {
    /// All rules in all their periods and groups.
    pub(super) fn rules(&mut self, outcomes: &mut Vec<RuleOutcome>) {
        let program = self.program;
        for (at, rule) in program.rules.iter().enumerate() {
            self.rule(at, rule, outcomes);
        }
    }

    /// Only the checks of facts that the wanted indicators state again.
    pub(super) fn stated_again(&mut self) {
        let program = self.program;
        for (at, rule) in program.rules.iter().enumerate() {
            if rule.same_fact.is_some() && uses_wanted(program, rule.left, &self.plan.indicators) {
                self.rule(at, rule, &mut Vec::new());
            }
        }
    }

    /// Where a rule is checked, whatever was asked.
    pub(super) fn places_of(&self, rule: &Rule) -> Vec<(Period, Vec<GroupKey>)> {
        let mut found = self.between(rule.left, rule.calendar, rule.window);
        found.extend(self.between(rule.right, rule.calendar, rule.window));
        found.extend(rule.window.filter(|window| window.calendar != rule.calendar));
        let groups = self.broken_down(&rule.breakdowns, false);
        found.into_iter().flat_map(|period| groups.iter().map(move |group| (period, group.clone()))).collect()
    }

    fn rule(&mut self, at: usize, rule: &Rule, outcomes: &mut Vec<RuleOutcome>) {
        let mut found = self.between(rule.left, rule.calendar, rule.window);
        found.extend(self.between(rule.right, rule.calendar, rule.window));
        if let Some(window) = rule.window.filter(|window| window.calendar != rule.calendar) {
            found.insert(window);
        }
        let mut windows = self.windows_inside(rule.left, rule.window);
        // A number on the right is the same in every window.
        if !self.sources_below(rule.right).is_empty() {
            let right = self.windows_inside(rule.right, rule.window);
            windows.retain(|period| right.contains(period));
        }
        found.extend(windows);
        if found.is_empty() {
            let mut sources = self.sources_below(rule.left);
            sources.extend(self.sources_below(rule.right));
            // Its periods may be among those that nobody asked for.
            let is_partly_read = self.sources.iter().any(|one| sources.contains(&one.source) && one.cube.unread > 0);
            if is_partly_read || !self.without_periods.is_disjoint(&sources) {
                return;
            }
            let fact = RuleProblem::NeverChecked { rule: rule.name.clone() };
            self.problems.push(Problem::new(fact, rule.relation));
            return;
        }
        let wanted: Vec<Period> =
            found.into_iter().filter(|period| periods::wanted(self, &self.plan.request, *period)).collect();
        let groups: Vec<Vec<GroupKey>> = self.broken_down(&rule.breakdowns, false).into_iter().collect();
        let mut untold: Vec<(Period, Vec<GroupKey>, bool)> = Vec::new();
        let (mut checked, mut failed) = (0usize, 0usize);
        for period in wanted {
            for group in &groups {
                let id = self.group_id(group.clone());
                let left = self.solve(rule.left, CtxId::NONE, period, id);
                let right = self.solve(rule.right, CtxId::NONE, period, id);
                let hides = self.hides_rule(at, period, id);
                let unknown = group.iter().any(|key| key.member == Member::Unknown);
                if unknown && !hides && left.rows.used == 0 && right.rows.used == 0 {
                    continue;
                }
                let left = self.covered(hides, rule.left, left);
                let right = self.covered(hides, rule.right, right);
                let result = verdict(rule, &left.value, &right.value);
                // A fact may be stated in one place only; that is no check.
                if rule.same_fact.is_some() && matches!(result, RuleResult::CannotTell(Value::Missing(_))) {
                    continue;
                }
                match &result {
                    RuleResult::Holds => checked += 1,
                    RuleResult::CannotTell(Value::NotApplicable(_) | Value::Suppressed) => {}
                    // Statements that may both be right do not contradict each other.
                    RuleResult::CannotTell(Value::Qualified(_)) if rule.same_fact.is_some() => checked += 1,
                    RuleResult::CannotTell(value) => {
                        untold.push((period, group.clone(), matches!(value, Value::Qualified(_))));
                    }
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
        if let Some([again, first]) = rule.same_fact.filter(|_| checked == 0 && self.plan.request.periods.is_empty()) {
            let (again_name, first_name) = names(rule);
            let fact = FactProblem::NeverBoth { again: again_name, first: first_name };
            let also = vec![Place::Text(again), Place::Text(first)];
            self.problems.push(Problem { also, ..Problem::new(fact, rule.relation) });
        }
        for qualified in [false, true] {
            let mut places = untold.iter().filter(|(_, _, of)| *of == qualified);
            let Some((period, group, _)) = places.next() else { continue };
            let (period, group) = (self.period_label(*period), self.group_label(group));
            let (name, others) = (rule.name.clone(), places.count());
            let fact = match qualified {
                false => RuleProblem::RuleCannotTell { rule: name, period, group, others },
                true => RuleProblem::RuleUndecided { rule: name, period, group, others },
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
        difference: &Range,
    ) {
        let (Some(left), Some(right)) = (left.range(), right.range()) else { return };
        if rule.known_discrepancy.is_some() {
            return;
        }
        let rule_name = rule.name.clone();
        let (period, group) = (self.period_label(period), self.group_label(group));
        let difference = difference.clone();
        if let Some([again, first]) = rule.same_fact {
            let (again_name, first_name) = names(rule);
            let fact = FactProblem::StatedTwice { again: again_name, first: first_name, period, group, left, right };
            let also = vec![Place::Text(again), Place::Text(first)];
            self.problems.push(Problem { also, ..Problem::new(fact, rule.relation) });
            return;
        }
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

/// The indicators of a check of one fact: the one that states it again, and the first.
fn names(rule: &Rule) -> (String, String) {
    let (again, first) = rule.name.split_once(" = ").unwrap_or((&rule.name, ""));
    (again.to_string(), first.to_string())
}

fn verdict(rule: &Rule, left: &Value, right: &Value) -> RuleResult {
    let (a, b) = match (left.range(), right.range()) {
        (Some(a), Some(b)) => (a, b),
        (None, _) => return RuleResult::CannotTell(left.clone()),
        (_, None) => return RuleResult::CannotTell(right.clone()),
    };
    let (a, b) = match (a.exact(), b.exact()) {
        (Some(a), Some(b)) => (a.clone(), b.clone()),
        (_, _) => return qualified_verdict(rule, (left, &a), (right, &b)),
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
    if holds { RuleResult::Holds } else { RuleResult::Fails { difference: Range::from(difference) } }
}

/// The verdict on figures of which one at least is qualified.
fn qualified_verdict(rule: &Rule, left: (&Value, &Range), right: (&Value, &Range)) -> RuleResult {
    let (a, b) = (left.1, right.1);
    let allowed = match &rule.tolerance {
        None => Number::zero(),
        Some((tolerance, Unit::Percent)) => per_cent_of(tolerance, b.stated()),
        Some((tolerance, _)) => tolerance.abs(),
    };
    let allowed = Range::from(allowed);
    let outcome = match rule.comparison {
        Comparison::Equal | Comparison::Different if allowed.stated().is_zero() => holds(rule.comparison, a, b),
        Comparison::Equal => near(a, b, &allowed),
        Comparison::Different => near(a, b, &allowed).map(|near| !near),
        Comparison::Less | Comparison::AtMost => holds(rule.comparison, a, &b.plus(&allowed)),
        Comparison::More | Comparison::AtLeast => holds(rule.comparison, &a.plus(&allowed), b),
    };
    match outcome {
        Some(true) => RuleResult::Holds,
        Some(false) => RuleResult::Fails { difference: a.minus(b) },
        None if matches!(left.0, Value::Qualified(_)) => RuleResult::CannotTell(left.0.clone()),
        None => RuleResult::CannotTell(right.0.clone()),
    }
}

/// Whether two figures are at most `allowed` apart.
fn near(a: &Range, b: &Range, allowed: &Range) -> Option<bool> {
    if a.is_same(b) == Some(true) {
        return Some(true);
    }
    let apart = a.minus(b);
    let (above, below) = (allowed.is_below(&apart), apart.is_below(&allowed.negative()));
    match (above, below) {
        (Some(true), _) | (_, Some(true)) => Some(false),
        (Some(false), Some(false)) => Some(true),
        _ => None,
    }
}
