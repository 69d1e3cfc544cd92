//! Persons over several sources: distinct ones by a key that the sources share, the largest count, no total; and a warning
//! where counts of persons of two sources are added as if nobody were in both.

use crate::problem::{FactProblem, Problem};
use crate::syntax::ast::{self, Name, UnitWord};
use crate::text::{Both, Span};
use crate::types::{Additivity, Unit};

use super::Checker;
use super::indicators::State;
use super::measures::{Info, Scope};
use super::model::{ColumnType, Cond, ExprId, ExprKind, Indicator, Measure, MeasureOf, Operator, RowKind, Together};
use super::shares::excludes;

/// Steps of one walk through a measure.
const STEPS: usize = 10_000;

/// A count of persons that a sum adds: its source, and the conditions on it.
struct Counted {
    source: usize,
    conditions: Vec<Cond>,
}

impl Checker<'_> {
    /// `nombre de migrants distincts de a et b`
    pub(super) fn count_over(
        &mut self,
        (word, distinct): (&UnitWord, bool),
        sources: &[Name],
        span: Span,
        scope: Scope,
    ) -> ExprId {
        let unit = self.unit_word(word);
        if !distinct {
            let names = |and: &str| {
                let names: Vec<&str> = sources.iter().map(|name| name.text.as_str()).collect();
                names.join(and)
            };
            let sources = Both { fr: names(" et "), en: names(" and ") };
            let fact = FactProblem::NotDistinct { unit: self.unit_words(&unit), sources };
            self.report(Problem::new(fact, span));
            return self.unknown(span);
        }
        let mut parts = Vec::new();
        let mut keys: Vec<(usize, usize, &Name)> = Vec::new();
        let mut all: Option<Info> = None;
        for name in sources {
            let Some(at) = self.source_named(name) else { return self.unknown(span) };
            let Some(column) = self.shared_key(at, &unit, name) else { return self.unknown(span) };
            if let Some((first, of_first, first_name)) = keys.first().copied() {
                let Some((one, other)) = self.key_column(first, of_first).zip(self.key_column(at, column)) else {
                    return self.unknown(span);
                };
                if !same_type(&one.0, &other.0) {
                    let fact = FactProblem::KeysApart {
                        one: (one.1, first_name.text.clone(), self.holds(&one.0)),
                        other: (other.1, name.text.clone(), self.holds(&other.0)),
                    };
                    self.report(Problem::new(fact, name.span).also(one.2).also(other.2));
                    return self.unknown(span);
                }
            }
            keys.push((at, column, name));
            let info = self.source_info(at, scope);
            let kind = ExprKind::Measure(Measure { source: at, of: MeasureOf::Keys(column) });
            let part = self.push(kind, unit.clone(), Additivity::DistinctKeys, name.span, info.clone());
            all = match (all, parts.last()) {
                (None, _) | (_, None) => Some(info),
                (Some(_), Some(last)) => self.joined(*last, part),
            };
            parts.push(part);
        }
        let Some(mut info) = all else { return self.unknown(span) };
        info.sources = keys.iter().map(|(source, _, _)| *source).collect();
        info.sources.sort_unstable();
        info.sources.dedup();
        self.push(ExprKind::Together(Together::Distinct, parts), unit, Additivity::DistinctKeys, span, info)
    }

    /// The column that tells the persons of a source apart; reports where there is none.
    fn shared_key(&mut self, at: usize, unit: &Unit, name: &Name) -> Option<usize> {
        let found = self.program.sources.get(at)?;
        let Unit::Of(wanted) = unit else {
            if *unit == Unit::Unknown {
                self.spoil();
            } else {
                self.no_key(at, unit, name);
            }
            return None;
        };
        let same = |counted: &Unit| matches!(counted, Unit::Of(counted) if self.is_kind_of(*counted, *wanted));
        let by_key = found.counts.iter().find(|(counted, _)| same(counted)).map(|(_, column)| *column);
        let own = match (&found.row, found.key.as_slice()) {
            (RowKind::Thing(counted), [column]) if same(counted) => Some(*column),
            _ => None,
        };
        let key = by_key.or(own);
        if key.is_none() {
            self.no_key(at, unit, name);
        }
        key
    }

    fn no_key(&mut self, at: usize, unit: &Unit, name: &Name) {
        let Some(definition) = self.program.sources.get(at).map(|source| source.definition) else { return };
        let fact = FactProblem::NoKey { source: name.text.clone(), unit: self.unit_words(unit) };
        self.report(Problem::new(fact, name.span).also(definition));
    }

    fn key_column(&self, source: usize, column: usize) -> Option<(ColumnType, String, Span)> {
        let column = self.program.sources.get(source)?.columns.get(column)?;
        Some((column.of.clone(), column.name.clone(), column.definition))
    }

    fn holds(&self, of: &ColumnType) -> Both<String> {
        let both = |fr: &str, en: &str| Both { fr: fr.to_string(), en: en.to_string() };
        match of {
            ColumnType::Text => both("texte", "text"),
            ColumnType::Number(_) => both("nombre", "number"),
            ColumnType::Date => both("date", "date"),
            ColumnType::YesNo => both("oui ou non", "yes or no"),
            ColumnType::Dimension(at) => {
                let name = self.program.dimensions.get(*at).map_or("", |of| of.name.as_str());
                both(name, name)
            }
            ColumnType::Period(_) => both("période", "period"),
        }
    }

    /// `la plus grande de a et b`, `sans additionner a et b`
    pub(super) fn side_by_side(&mut self, how: Together, parts: &[ast::Expr], span: Span, scope: Scope) -> ExprId {
        let ids: Vec<ExprId> = parts.iter().map(|part| self.lower(part, scope)).collect();
        let Some((first, rest)) = ids.split_first() else { return self.unknown(span) };
        let (mut unit, mut info) = (self.unit(*first), self.info(*first));
        for part in rest {
            let Some(of_sum) = self.sum_unit(*first, Operator::Plus, span, *part, scope) else {
                return self.unknown(span);
            };
            let Some(joined) = self.joined_with(&info, *part, span) else { return self.unknown(span) };
            if unit != of_sum && unit != Unit::Unknown {
                unit = of_sum;
            }
            info = joined;
        }
        info.literal = false;
        self.push(ExprKind::Together(how, ids), unit, Additivity::Never, span, info)
    }

    /// Warns where a measure adds persons of two sources as if nobody were in both.
    pub(super) fn persons_added(&mut self, indicator: &Indicator) {
        if indicator.no_double_count.is_some() {
            return;
        }
        let mut rest = vec![indicator.measure];
        let mut steps = 0;
        while let Some(at) = rest.pop() {
            steps += 1;
            let Some(expr) = self.program.exprs.get(at.0 as usize).filter(|_| steps <= STEPS) else { continue };
            let span = expr.span;
            if let ExprKind::Binary(Operator::Plus, left, right) = expr.kind {
                let (one, other) = (self.persons_of(left), self.persons_of(right));
                let twice = one.iter().flat_map(|a| other.iter().map(move |b| (a, b))).find(|(a, b)| {
                    let dimensions = &self.program.dimensions;
                    let apart = a.conditions.iter().any(|x| b.conditions.iter().any(|y| excludes(x, y, dimensions)));
                    a.source != b.source && !apart
                });
                if let Some((a, b)) = twice {
                    let name = |at: usize| self.program.sources.get(at).map_or("", |source| source.name.as_str());
                    let fact = FactProblem::PersonsAdded { one: name(a.source).into(), other: name(b.source).into() };
                    let problem = Problem::new(fact, span).also(self.span(left)).also(self.span(right));
                    self.report(problem);
                    return;
                }
            }
            rest.extend(expr.kind.operands());
        }
    }

    /// The counts of persons that a sum adds.
    fn persons_of(&self, sum: ExprId) -> Vec<Counted> {
        let mut found: Vec<Counted> = Vec::new();
        let mut rest: Vec<(ExprId, Vec<Cond>)> = vec![(sum, Vec::new())];
        let mut steps = 0;
        while let Some((at, conditions)) = rest.pop() {
            steps += 1;
            let Some(expr) = self.program.exprs.get(at.0 as usize).filter(|_| steps <= STEPS) else { continue };
            match &expr.kind {
                ExprKind::Measure(measure) => {
                    let counts = match measure.of {
                        MeasureOf::Rows | MeasureOf::CountColumn | MeasureOf::Distinct(_) | MeasureOf::Keys(_) => true,
                        MeasureOf::Aggregate(..) => false,
                    };
                    if counts && self.counts_persons(&expr.unit) {
                        found.push(Counted { source: measure.source, conditions });
                    }
                }
                ExprKind::Indicator(used) => {
                    if let Some(State::Sound { indicator, .. }) = self.states.get(*used) {
                        rest.push((indicator.measure, conditions));
                    }
                }
                ExprKind::Where(inner, cond) => {
                    let mut conditions = conditions;
                    conditions.push(cond.clone());
                    rest.push((*inner, conditions));
                }
                ExprKind::Binary(Operator::Plus, left, right) => {
                    rest.push((*right, conditions.clone()));
                    rest.push((*left, conditions));
                }
                ExprKind::Binary(Operator::Minus, left, _) => rest.push((*left, conditions)),
                ExprKind::SumBy(_, inner) | ExprKind::At(inner, _) | ExprKind::Cumulative(_, inner) => {
                    rest.push((*inner, conditions));
                }
                ExprKind::Together(_, parts) => rest.extend(parts.iter().map(|part| (*part, conditions.clone()))),
                ExprKind::Bounds { possible, .. } => rest.push((*possible, conditions)),
                ExprKind::If { then, otherwise, .. } => {
                    rest.push((*otherwise, conditions.clone()));
                    rest.push((*then, conditions));
                }
                ExprKind::Number(_)
                | ExprKind::Attribute { .. }
                | ExprKind::Milestones { .. }
                | ExprKind::Negative(_)
                | ExprKind::Binary(Operator::Times | Operator::Divide, ..)
                | ExprKind::Ratio { .. }
                | ExprKind::ShareOfGroup { .. }
                | ExprKind::Previous(_)
                | ExprKind::Change(..)
                | ExprKind::Rolling(..)
                | ExprKind::Series(..)
                | ExprKind::Consumption { .. }
                | ExprKind::MeanOver(..)
                | ExprKind::Latest(_)
                | ExprKind::Compatible { .. } => {}
            }
        }
        found
    }
}

/// Keys of one type are the same where their values are.
fn same_type(one: &ColumnType, other: &ColumnType) -> bool {
    match (one, other) {
        (ColumnType::Number(_), ColumnType::Number(_)) => true,
        (one, other) => one == other,
    }
}
