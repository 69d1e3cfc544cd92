//! Measures and conditions as text.

use super::words::Writer;
use crate::syntax::ast::{
    Aggregate, ChangeKind, Comparison, Condition, ConditionKind, Expr, ExprKind, MilestonesOf, MissingPolicy, Name,
    Operator, Relation, SeriesOf, SeriesOver,
};
use crate::syntax::keywords::Keyword;
use crate::text::Lang;
use crate::types::RoundingMode;

impl Writer<'_> {
    /// A measure on one line.
    pub fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Number(quantity) => self.quantity(quantity),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Count { unit, distinct, source } => {
                let number = self.word(Keyword::NumberOf);
                let word = self.word(Keyword::Distinct);
                let counted = match (distinct, self.to) {
                    (false, _) => self.of_unit(unit),
                    (true, Lang::Fr) => format!("{} {word}", self.of_unit(unit)),
                    (true, Lang::En) => format!("{} {word} {}", self.word(Keyword::Of), self.unit(unit)),
                };
                format!("{number} {counted} {} {}", self.of_source(), source.text)
            }
            ExprKind::CountOver { unit, distinct, sources } => {
                let (number, word) = (self.word(Keyword::NumberOf), self.word(Keyword::Distinct));
                let counted = match (distinct, self.to) {
                    (false, _) => self.of_unit(unit),
                    (true, Lang::Fr) => format!("{} {word}", self.of_unit(unit)),
                    (true, Lang::En) => format!("{} {word} {}", self.word(Keyword::Of), self.unit(unit)),
                };
                let names = self.listed(sources.iter().map(|name| name.text.clone()).collect());
                format!("{number} {counted} {} {names}", self.of_source())
            }
            ExprKind::Largest(parts) => {
                let parts = self.listed(parts.iter().map(|part| self.operand(part)).collect());
                format!("{} {} {parts}", self.word(Keyword::Largest), self.word(Keyword::Of))
            }
            ExprKind::NotAdded(parts) => {
                let parts = self.listed(parts.iter().map(|part| self.operand(part)).collect());
                format!("{} {parts}", self.word(Keyword::NotAdded))
            }
            ExprKind::Aggregate { aggregate, column, source } => {
                if *aggregate == Aggregate::LongestGap {
                    let gap = self.word(Keyword::LongestGap);
                    return format!("{gap} {} {} {}", column.text, self.of_source(), source.text);
                }
                let aggregate = self.word(match aggregate {
                    Aggregate::LongestGap => Keyword::LongestGap,
                    Aggregate::Sum => Keyword::Sum,
                    Aggregate::Average => Keyword::Average,
                    Aggregate::Median => Keyword::Median,
                    Aggregate::Minimum => Keyword::Minimum,
                    Aggregate::Maximum => Keyword::Maximum,
                    Aggregate::First => Keyword::First,
                    Aggregate::Last => Keyword::Last,
                });
                let of = self.word(Keyword::Of);
                format!("{aggregate} {of} {} {} {}", column.text, self.of_source(), source.text)
            }
            ExprKind::Milestones(of, source) => {
                let (number, of_word) = (self.word(Keyword::NumberOf), self.word(Keyword::Of));
                let count = |word: Keyword| format!("{number} {of_word} {}", self.word(word));
                let words = match of {
                    MilestonesOf::Stage => self.word(Keyword::StageReached).to_string(),
                    MilestonesOf::Reached => count(Keyword::MilestonesReached),
                    MilestonesOf::InProgress => count(Keyword::MilestonesInProgress),
                    MilestonesOf::NotBegun => count(Keyword::MilestonesNotBegun),
                    MilestonesOf::All => count(Keyword::MilestonesFollowed),
                    MilestonesOf::Share => {
                        let of_word = self.to.pick("des", of_word);
                        format!("{} {of_word} {}", self.word(Keyword::Share), self.word(Keyword::MilestonesReached))
                    }
                };
                format!("{words} {} {}", self.of_source(), source.text)
            }
            ExprKind::Attribute { attribute, dimension } => {
                format!("{} {} {}", attribute.text, self.word(Keyword::By), dimension.text)
            }
            ExprKind::Where(inner, condition) => {
                format!("{} {} {}", self.operand(inner), self.word(Keyword::Where), self.condition(condition))
            }
            ExprKind::At(inner, period) => {
                format!("{} {} {}", self.operand(inner), self.word(Keyword::For), self.period(period))
            }
            ExprKind::Negative(inner) => format!("-{}", self.operand(inner)),
            ExprKind::Binary(left, (operator, _), right) => {
                let sign = match operator {
                    Operator::Plus => "+",
                    Operator::Minus => "-",
                    Operator::Times => "×",
                    Operator::Divide => "/",
                };
                format!("{} {sign} {}", self.side(left, *operator, false), self.side(right, *operator, true))
            }
            ExprKind::SumBy(by, inner) => self.prefixed(&self.by(Keyword::Sum, by), inner),
            ExprKind::Share(part, whole) => {
                let (share, of, within) = (self.word(Keyword::Share), self.word(Keyword::Of), self.word(Keyword::In));
                format!("{share} {of} {} {within} {}", self.operand(part), self.operand(whole))
            }
            ExprKind::ShareOfGroup { by, known, of } => {
                self.prefixed(&self.by(if *known { Keyword::ShareKnown } else { Keyword::Share }, by), of)
            }
            ExprKind::Previous(inner) => self.prefixed(self.word(Keyword::Previous), inner),
            ExprKind::Change(kind, inner) => self.prefixed(
                self.word(match kind {
                    ChangeKind::Percent => Keyword::ChangePercent,
                    ChangeKind::Points => Keyword::ChangePoints,
                    ChangeKind::Difference => Keyword::Change,
                }),
                inner,
            ),
            ExprKind::Cumulative(since, inner) => {
                self.prefixed(&format!("{} {}", self.word(Keyword::CumulativeSince), self.period(since)), inner)
            }
            ExprKind::Rolling(count, inner) => self.prefixed(
                &format!("{} {count} {}", self.word(Keyword::AverageOver), self.word(Keyword::Periods)),
                inner,
            ),
            ExprKind::Series(of, over, inner) => {
                let word = self.word(match (of, over) {
                    (SeriesOf::Minimum, SeriesOver::Last(_)) => Keyword::MinimumOver,
                    (SeriesOf::Maximum, SeriesOver::Last(_)) => Keyword::MaximumOver,
                    (SeriesOf::Rank, SeriesOver::Last(_)) => Keyword::RankOver,
                    (SeriesOf::Minimum, SeriesOver::Since(_)) => Keyword::MinimumSince,
                    (SeriesOf::Maximum, SeriesOver::Since(_)) => Keyword::MaximumSince,
                    (SeriesOf::Rank, SeriesOver::Since(_)) => Keyword::RankSince,
                });
                let over = match over {
                    SeriesOver::Last(count) => format!("{count} {}", self.word(Keyword::Periods)),
                    SeriesOver::Since(since) => self.period(since),
                };
                self.prefixed(&format!("{word} {over}"), inner)
            }
            ExprKind::Consumption(window, of, allotment) => {
                let (word, from) = (self.word(Keyword::Consumption), self.word(Keyword::From));
                let spent = self.prefixed(&format!("{word} {from} {}", self.period(window)), of);
                format!("{spent} {} {}", self.word(Keyword::In), self.operand(allotment))
            }
            ExprKind::MeanOver(window, inner) => self.prefixed(
                &format!("{} {} {}", self.word(Keyword::Average), self.word(Keyword::From), self.period(window)),
                inner,
            ),
            ExprKind::Latest(inner) => self.prefixed(self.word(Keyword::Latest), inner),
            ExprKind::Compatible { share, mode, of } => {
                let mode = match mode {
                    Some(RoundingMode::HalfAway) => format!(" ({})", self.word(Keyword::HalfAway)),
                    Some(RoundingMode::Truncation) => format!(" ({})", self.word(Keyword::Truncation)),
                    Some(RoundingMode::HalfEven) => format!(" ({})", self.word(Keyword::HalfEven)),
                    None => String::new(),
                };
                let head = format!("{} {}{mode}", self.word(Keyword::CompatibleWith), self.quantity(share));
                self.prefixed(&head, of)
            }
            ExprKind::If(relation, then, otherwise) => format!(
                "{} {} {} {} {} {}",
                self.word(Keyword::If),
                self.relation(relation),
                self.word(Keyword::Then),
                self.expr(then),
                self.word(Keyword::Else),
                self.expr(otherwise)
            ),
            ExprKind::Missing => self.file.slice(expr.span).to_string(),
        }
    }

    /// Two measures compared.
    pub fn relation(&self, relation: &Relation) -> String {
        format!("{} {} {}", self.expr(&relation.left), comparison(relation.comparison.0), self.expr(&relation.right))
    }

    /// A condition on one line.
    pub fn condition(&self, condition: &Condition) -> String {
        let joined = |parts: &[Condition], with: Keyword| {
            let parts: Vec<String> = parts.iter().map(|part| self.part(part)).collect();
            parts.join(&format!(" {} ", self.word(with)))
        };
        match &condition.kind {
            ConditionKind::Compare(name, (sign, _), literal, policy) => {
                format!("{} {} {}{}", name.text, comparison(*sign), self.literal(literal), self.policy(*policy))
            }
            ConditionKind::CompareColumns(left, (sign, _), right, policy) => {
                format!("{} {} {}{}", left.text, comparison(*sign), right.text, self.policy(*policy))
            }
            ConditionKind::In(name, values, policy) => {
                let values: Vec<String> = values.iter().map(|value| self.literal(value)).collect();
                format!("{} {} {}{}", name.text, self.word(Keyword::Among), values.join(", "), self.policy(*policy))
            }
            ConditionKind::Between(name, low, high, policy) => format!(
                "{} {} {} {} {}{}",
                name.text,
                self.word(Keyword::Between),
                self.literal(low),
                self.word(Keyword::And),
                self.literal(high),
                self.policy(*policy)
            ),
            ConditionKind::IsMissing(name) => format!("{} {}", name.text, self.word(Keyword::IsMissing)),
            ConditionKind::Flag(name, policy) => format!("{}{}", name.text, self.policy(*policy)),
            ConditionKind::Not(inner) => format!("{} {}", self.word(Keyword::Not), self.part(inner)),
            ConditionKind::And(parts) => joined(parts, Keyword::And),
            ConditionKind::Or(parts) => joined(parts, Keyword::Or),
            ConditionKind::Missing => self.file.slice(condition.span).to_string(),
        }
    }

    fn policy(&self, policy: Option<MissingPolicy>) -> String {
        let Some(policy) = policy else { return String::new() };
        format!(" ({})", self.missing_policy(policy))
    }

    /// What becomes of missing values, in words.
    pub fn missing_policy(&self, policy: MissingPolicy) -> &'static str {
        self.word(match policy {
            MissingPolicy::Excluded => Keyword::MissingExcluded,
            MissingPolicy::Counted => Keyword::MissingCounted,
        })
    }

    /// A condition under another: `and` and `or` are bracketed.
    fn part(&self, condition: &Condition) -> String {
        match &condition.kind {
            ConditionKind::And(_) | ConditionKind::Or(_) => format!("({})", self.condition(condition)),
            ConditionKind::Compare(..)
            | ConditionKind::CompareColumns(..)
            | ConditionKind::In(..)
            | ConditionKind::Between(..)
            | ConditionKind::IsMissing(_)
            | ConditionKind::Flag(..)
            | ConditionKind::Not(_)
            | ConditionKind::Missing => self.condition(condition),
        }
    }

    /// « de » before a source, which is « in » in English.
    pub fn of_source(&self) -> &'static str {
        match self.to {
            Lang::Fr => self.word(Keyword::Of),
            Lang::En => self.word(Keyword::In),
        }
    }

    fn by(&self, head: Keyword, names: &[Name]) -> String {
        format!("{} {} {}", self.word(head), self.word(Keyword::By), self.names(names))
    }

    /// `a, b et c`
    fn listed(&self, mut parts: Vec<String>) -> String {
        let last = parts.pop().unwrap_or_default();
        if parts.is_empty() { last } else { format!("{} {} {last}", parts.join(", "), self.word(Keyword::And)) }
    }

    fn prefixed(&self, head: &str, inner: &Expr) -> String {
        format!("{head} {} {}", self.word(Keyword::Of), self.operand(inner))
    }

    /// A measure after a word or before `avec`: anything of several words that could swallow what follows is bracketed.
    fn operand(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Number(_)
            | ExprKind::Name(_)
            | ExprKind::Count { .. }
            | ExprKind::Aggregate { .. }
            | ExprKind::Milestones(..)
            | ExprKind::Missing => self.expr(expr),
            ExprKind::Attribute { .. }
            | ExprKind::Where(..)
            | ExprKind::At(..)
            | ExprKind::Negative(_)
            | ExprKind::Binary(..)
            | ExprKind::SumBy(..)
            | ExprKind::Share(..)
            | ExprKind::ShareOfGroup { .. }
            | ExprKind::Previous(_)
            | ExprKind::Change(..)
            | ExprKind::Cumulative(..)
            | ExprKind::Rolling(..)
            | ExprKind::Series(..)
            | ExprKind::Consumption(..)
            | ExprKind::MeanOver(..)
            | ExprKind::Latest(_)
            | ExprKind::Compatible { .. }
            | ExprKind::CountOver { .. }
            | ExprKind::Largest(_)
            | ExprKind::NotAdded(_)
            | ExprKind::If(..) => format!("({})", self.expr(expr)),
        }
    }

    /// One side of an arithmetic sign.
    fn side(&self, expr: &Expr, under: Operator, right: bool) -> String {
        let ExprKind::Binary(_, (inner, _), _) = &expr.kind else { return self.operand(expr) };
        let rank = |operator: Operator| match operator {
            Operator::Plus | Operator::Minus => 0,
            Operator::Times | Operator::Divide => 1,
        };
        let binds = if right { rank(*inner) > rank(under) } else { rank(*inner) >= rank(under) };
        if binds { self.expr(expr) } else { format!("({})", self.expr(expr)) }
    }
}

/// The sign of a comparison.
pub fn comparison(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::Different => "<>",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::More => ">",
        Comparison::AtLeast => ">=",
    }
}
