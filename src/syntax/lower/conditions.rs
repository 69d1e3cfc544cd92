//! Conditions: the flat list of the grammar to `et` inside `ou`.

use super::{Lower, Pair};
use crate::problem::{Problem, SyntaxProblem};
use crate::syntax::ast::{Comparison, Condition, ConditionKind, Literal, MissingPolicy, Name};
use crate::syntax::grammar::Rule;
use crate::syntax::keywords::Keyword;
use crate::syntax::limits;
use crate::text::Span;

/// What a comparison needs besides its column.
#[derive(Default)]
struct Parts {
    name: Option<Name>,
    comparison: Option<(Comparison, Span)>,
    literals: Vec<Literal>,
    policy: Option<MissingPolicy>,
}

impl Lower<'_> {
    /// A whole condition.
    pub(super) fn condition(&mut self, pair: &Pair<'_>, depth: usize) -> Option<Condition> {
        let span = self.span(pair);
        if depth > limits::DEPTH {
            self.fail(SyntaxProblem::TooDeep { limit: limits::DEPTH }, span);
            return None;
        }
        // Alternatives of `ou`, each a list joined by `et`.
        let mut either: Vec<Vec<Condition>> = vec![Vec::new()];
        let mut negations: Vec<Span> = Vec::new();
        let mut and: Option<(String, Span)> = None;
        let mut or: Option<(String, Span)> = None;
        for inner in pair.clone().into_inner() {
            let at = self.span(&inner);
            match inner.as_rule() {
                Rule::not_word => negations.push(at),
                Rule::k_and | Rule::m_and => {
                    self.foreign_sign(&inner, Rule::m_and, Keyword::And);
                    and.get_or_insert((inner.as_str().to_string(), at));
                }
                Rule::k_or | Rule::m_or => {
                    self.foreign_sign(&inner, Rule::m_or, Keyword::Or);
                    or.get_or_insert((inner.as_str().to_string(), at));
                    either.push(Vec::new());
                }
                _ => {
                    if negations.len() > limits::DEPTH {
                        self.fail(SyntaxProblem::TooDeep { limit: limits::DEPTH }, at);
                        return None;
                    }
                    let mut term = self.cond_term(&inner, depth)?;
                    while let Some(not) = negations.pop() {
                        let span = not.to(term.span);
                        term = Condition { kind: ConditionKind::Not(Box::new(term)), span };
                    }
                    if let Some(last) = either.last_mut() {
                        last.push(term);
                    }
                }
            }
        }
        if let (Some((and, and_at)), Some((or, or_at))) = (and, or) {
            let (later, earlier) = if and_at.start < or_at.start { (or_at, and_at) } else { (and_at, or_at) };
            self.problems.push(Problem::new(SyntaxProblem::MixedAndOr { and, or }, later).also(earlier));
        }
        let mut ors: Vec<Condition> = either.into_iter().filter_map(|ands| joined(ands, ConditionKind::And)).collect();
        match ors.len() {
            0 | 1 => ors.pop().map(|only| Condition { span, ..only }),
            _ => joined(ors, ConditionKind::Or),
        }
    }

    fn cond_term(&mut self, pair: &Pair<'_>, depth: usize) -> Option<Condition> {
        let span = self.span(pair);
        if pair.as_rule() == Rule::cond_paren {
            let inner = pair.clone().into_inner().next()?;
            return self.condition(&inner, depth + 1);
        }
        let mut parts = Parts::default();
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::name => parts.name = Some(self.name(&inner)),
                Rule::comparison => parts.comparison = Some(self.comparison(&inner)),
                Rule::literal => {
                    let literal = self.literal(&inner)?;
                    parts.literals.push(literal);
                }
                Rule::literal_list => parts.literals = self.literal_list(&inner)?,
                Rule::policy => {
                    let counted = inner.into_inner().any(|word| word.as_rule() == Rule::k_missing_counted);
                    parts.policy = Some(if counted { MissingPolicy::Counted } else { MissingPolicy::Excluded });
                }
                _ => {}
            }
        }
        let name = parts.name?;
        let policy = parts.policy;
        let of = |kind| Some(Condition { kind, span });
        let not = |kind| of(ConditionKind::Not(Box::new(Condition { kind, span })));
        let mut literals = parts.literals.into_iter();
        match pair.as_rule() {
            Rule::is_missing => of(ConditionKind::IsMissing(name)),
            Rule::is_not_missing => not(ConditionKind::IsMissing(name)),
            Rule::between => of(ConditionKind::Between(name, literals.next()?, literals.next()?, policy)),
            Rule::among => of(ConditionKind::In(name, literals.collect(), policy)),
            Rule::not_among => not(ConditionKind::In(name, literals.collect(), policy)),
            Rule::compare => {
                let (comparison, literal) = (parts.comparison?, literals.next()?);
                let ordered = !matches!(comparison.0, Comparison::Equal | Comparison::Different);
                match literal {
                    // Members have no order: what stands after `<` as a bare name is a column.
                    Literal::Word(column) if ordered && !column.text.starts_with(|c: char| c.is_ascii_digit()) => {
                        of(ConditionKind::CompareColumns(name, comparison, column, policy))
                    }
                    literal => of(ConditionKind::Compare(name, comparison, literal, policy)),
                }
            }
            _ => of(ConditionKind::Flag(name, policy)),
        }
    }

    fn literal_list(&mut self, pair: &Pair<'_>) -> Option<Vec<Literal>> {
        let mut literals = Vec::new();
        for inner in pair.clone().into_inner() {
            literals.push(self.literal(&inner)?);
        }
        if let [Literal::Number(only)] = literals.as_slice() {
            let text = self.slice(only.span.range()).to_string();
            if only.decimals > 0 && text.contains(',') {
                let list = text.replace(',', ", ");
                let span = only.span;
                self.fail(SyntaxProblem::CommaInList { text, list }, span);
                return None;
            }
        }
        Some(literals)
    }

    /// `=`, `<>`, … and the signs of other languages, which are reported.
    pub(super) fn comparison(&mut self, pair: &Pair<'_>) -> (Comparison, Span) {
        let span = self.span(pair);
        let Some(sign) = pair.clone().into_inner().next() else { return (Comparison::Equal, span) };
        let (comparison, keyword) = match sign.as_rule() {
            Rule::k_different | Rule::m_different => (Comparison::Different, Keyword::Different),
            Rule::k_at_most | Rule::m_at_most => (Comparison::AtMost, Keyword::AtMost),
            Rule::k_at_least | Rule::m_at_least => (Comparison::AtLeast, Keyword::AtLeast),
            Rule::k_less => (Comparison::Less, Keyword::Less),
            Rule::k_more => (Comparison::More, Keyword::More),
            _ => (Comparison::Equal, Keyword::Equal),
        };
        for mistake in [Rule::m_equal, Rule::m_different, Rule::m_at_most, Rule::m_at_least] {
            self.foreign_sign(&sign, mistake, keyword);
        }
        (comparison, span)
    }

    /// Reports a sign that is read only so that it can be named.
    pub(super) fn foreign_sign(&mut self, pair: &Pair<'_>, mistake: Rule, keyword: Keyword) {
        if pair.as_rule() == mistake {
            let (sign, instead) = (pair.as_str().to_string(), keyword.word(self.lang).to_string());
            let span = self.span(pair);
            self.report(SyntaxProblem::ForeignSign { sign, instead }, span);
        }
    }
}

fn joined(mut parts: Vec<Condition>, kind: fn(Vec<Condition>) -> ConditionKind) -> Option<Condition> {
    let (first, last) = (parts.first()?.span, parts.last()?.span);
    if parts.len() == 1 {
        return parts.pop();
    }
    Some(Condition { kind: kind(parts), span: first.to(last) })
}
