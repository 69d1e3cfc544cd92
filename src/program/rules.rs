//! Rules: two measures that must compare.

use crate::problem::{Named, Problem, TypeProblem};
use crate::syntax::ast::{BlockKind, Choice, Key, PeriodWanted, Value};
use crate::types::{CalendarId, Unit};

use super::Checker;
use super::collect::Decl;
use super::indicators::choice;
use super::measures::Scope;
use super::model::{Rule, RuleSeverity};
use super::targets::known_discrepancy;

impl<'a> Checker<'a> {
    /// Checks all rules; the sound ones enter the program.
    pub(super) fn check_rules(&mut self) {
        let decls: Vec<Decl<'a>> = self.declared.of(BlockKind::Rule).collect();
        for decl in &decls {
            let kept = self.program.exprs.len();
            let (rule, sound) = self.apart(decl.broken, |checker| checker.rule(decl));
            match rule {
                Some(rule) if sound => self.program.rules.push(rule),
                Some(_) | None => {
                    self.program.exprs.truncate(kept);
                    self.infos.truncate(kept);
                }
            }
        }
    }

    fn rule(&mut self, decl: &Decl<'a>) -> Option<Rule> {
        let Some(field) = decl.field(Key::Verify) else {
            if !decl.broken {
                let write =
                    ["vérifier: somme par région de enfants = enfants", "verify: sum by région of enfants = enfants"];
                self.field_missing(decl, Named::Rule, ["vérifier", "verify"], write);
            }
            return None;
        };
        let Value::Relation(relation) = &field.value else {
            self.spoil();
            return None;
        };
        let scope = Scope::new(None, None);
        let (left, right) = (self.lower(&relation.left, scope), self.lower(&relation.right, scope));
        for side in [left, right] {
            if matches!(self.unit(side), Unit::Stage(_)) {
                let at = self.span(side);
                self.report(Problem::new(TypeProblem::StageComputed, at));
                return None;
            }
        }
        self.comparable(left, relation.comparison.1, right);
        let info = self.joined(left, right)?;
        let calendar = info.calendar.map_or(CalendarId::YEAR, |(calendar, _)| calendar);
        let window = match decl.field(Key::For).map(|field| &field.value) {
            Some(Value::PeriodWanted(PeriodWanted::Period(text))) => self.stated_period(text, calendar, &info),
            _ => None,
        };
        let tolerance = match decl.field(Key::Tolerance).map(|field| &field.value) {
            Some(Value::Quantity(quantity)) => {
                let own = self.unit(left);
                let unit = quantity.unit.as_ref().map_or_else(|| own.clone(), |word| self.unit_word(word));
                let agrees = unit == Unit::Percent
                    || unit == own
                    || unit == Unit::Unknown
                    || own == Unit::Unknown
                    || (own == Unit::Percent && unit == Unit::Points);
                if !agrees {
                    let fact = TypeProblem::AimUnit {
                        said: Some(self.unit_words(&unit)),
                        wanted: self.unit_words(&own),
                        write: self.unit_words(&own),
                    };
                    self.report(Problem::new(fact, quantity.span));
                }
                Some((quantity.value.clone(), unit))
            }
            _ => None,
        };
        let discrepancy = decl.field(Key::KnownDiscrepancy).and_then(|field| match &field.value {
            Value::Text(text) => Some((text.text.clone(), text.span)),
            _ => None,
        });
        Some(Rule {
            name: decl.name.text.clone(),
            label: decl.label(),
            left,
            comparison: relation.comparison.0,
            right,
            tolerance,
            severity: match choice(decl, Key::Severity) {
                Some((Choice::Warning, _)) => RuleSeverity::Warning,
                _ => RuleSeverity::Blocking,
            },
            breakdowns: self.breakdowns(decl, &info),
            calendar,
            window,
            known_discrepancy: discrepancy.or_else(|| known_discrepancy(field)),
            same_fact: None,
            definition: decl.name.span,
            relation: field.span,
        })
    }
}
