//! Measures: the flat list of the grammar to a tree, products inside sums.

use super::{Lower, Pair};
use crate::problem::SyntaxProblem;
use crate::syntax::ast::{
    Aggregate, ChangeKind, Condition, Expr, ExprKind, MilestonesOf, Name, Operator, PeriodText, Relation, SeriesOf,
    SeriesOver,
};
use crate::syntax::grammar::Rule;
use crate::syntax::keywords::Keyword;
use crate::syntax::limits;
use crate::text::Span;
use crate::types::RoundingMode;

impl Lower<'_> {
    /// A whole measure, or what follows `de`.
    pub(super) fn expr(&mut self, pair: &Pair<'_>, depth: usize) -> Option<Expr> {
        let whole = self.span(pair);
        if depth > limits::DEPTH {
            self.fail(SyntaxProblem::TooDeep { limit: limits::DEPTH }, whole);
            return None;
        }
        let parts: Vec<Pair<'_>> = pair.clone().into_inner().collect();
        if parts.len() > limits::PARTS {
            let count = limits::PARTS;
            let limit = self.lang.pick(format!("{count} termes et signes"), format!("{count} terms and signs"));
            self.fail(SyntaxProblem::TooBig { limit }, whole);
            return None;
        }
        let mut sum: Option<(Expr, Option<(Operator, Span)>)> = None;
        let mut product: Option<Expr> = None;
        let mut negative: Option<Span> = None;
        let mut waiting: Option<(Operator, Span)> = None;
        let mut current: Option<Expr> = None;
        for part in &parts {
            let span = self.span(part);
            match part.as_rule() {
                Rule::negative => negative = Some(span),
                Rule::where_clause | Rule::or_clause => {
                    let condition = self.condition_of(part, depth)?;
                    current = current.map(|of| restricted(of, condition));
                }
                Rule::at_clause => {
                    let period = self.period_of(part)?;
                    current = current.map(|of| {
                        let span = of.span.to(span);
                        Expr { kind: ExprKind::At(Box::new(of), period), span }
                    });
                }
                Rule::k_plus | Rule::k_minus | Rule::k_times | Rule::k_divide => {
                    let operator = match part.as_rule() {
                        Rule::k_plus => Operator::Plus,
                        Rule::k_minus => Operator::Minus,
                        Rule::k_times => Operator::Times,
                        _ => Operator::Divide,
                    };
                    self.minus_spaces(part);
                    product = multiplied(product, waiting.take(), signed(current.take(), negative.take()));
                    if matches!(operator, Operator::Plus | Operator::Minus) {
                        sum = added(sum, product.take()).map(|left| (left, Some((operator, span))));
                    } else {
                        waiting = Some((operator, span));
                    }
                }
                _ => current = Some(self.term(part, depth)?),
            }
        }
        product = multiplied(product, waiting, signed(current, negative));
        added(sum, product)
    }

    /// `a-b` could be a name or a subtraction.
    fn minus_spaces(&mut self, sign: &Pair<'_>) {
        let span = self.span(sign);
        let before = self.text.get(..span.start as usize).unwrap_or("");
        let after = self.text.get(span.end as usize..).unwrap_or("");
        let is_word = super::super::recover::is_word_char;
        let (Some(b), Some(a)) = (before.chars().next_back(), after.chars().next()) else { return };
        if sign.as_rule() == Rule::k_minus && is_word(b) && is_word(a) {
            let left = before.rsplit(|c| !is_word(c)).next().unwrap_or("");
            let right = after.split(|c| !is_word(c)).next().unwrap_or("");
            let problem = SyntaxProblem::MinusWithoutSpaces {
                text: format!("{left}-{right}"),
                right: format!("{left} - {right}"),
            };
            let at = Span { start: span.start - left.len() as u32, end: span.end + right.len() as u32, ..span };
            self.fail(problem, at);
        }
    }

    fn condition_of(&mut self, clause: &Pair<'_>, depth: usize) -> Option<Condition> {
        let inner: Vec<Pair<'_>> = clause.clone().into_inner().collect();
        let condition = inner.iter().find(|part| part.as_rule() == Rule::condition)?;
        if clause.as_rule() == Rule::or_clause {
            let text = self.slice(self.span(condition).range());
            let right = format!("{} {text}", Keyword::Where.word(self.lang));
            let at = inner.first().map_or(self.span(clause), |word| self.span(word));
            self.report(SyntaxProblem::OrForWhere { right }, at);
        }
        self.condition(condition, depth + 1)
    }

    fn period_of(&mut self, pair: &Pair<'_>) -> Option<PeriodText> {
        let inner = pair.clone().into_inner().find(|part| part.as_rule() == Rule::period_text)?;
        self.period_text(&inner)
    }

    /// `a = b`
    pub(super) fn relation(&mut self, pair: &Pair<'_>, depth: usize) -> Option<Relation> {
        let mut inner = pair.clone().into_inner();
        let (left, sign, right) = (inner.next()?, inner.next()?, inner.next()?);
        let left = self.expr(&left, depth + 1)?;
        let comparison = self.comparison(&sign);
        Some(Relation { left, comparison, right: self.expr(&right, depth + 1)? })
    }

    fn term(&mut self, pair: &Pair<'_>, depth: usize) -> Option<Expr> {
        let span = self.span(pair);
        let inner: Vec<Pair<'_>> = pair.clone().into_inner().collect();
        let names: Vec<Name> =
            inner.iter().filter(|part| part.as_rule() == Rule::name).map(|part| self.name(part)).collect();
        let mut names = names.into_iter();
        let mut operands =
            inner.iter().filter(|part| matches!(part.as_rule(), Rule::operand | Rule::expr | Rule::side));
        let find = |rule: Rule| inner.iter().find(|part| part.as_rule() == rule);
        let mut operand = |lower: &mut Self| -> Option<Box<Expr>> {
            let of = operands.next()?;
            lower.expr(of, depth + 1).map(Box::new)
        };
        let kind = match pair.as_rule() {
            // The parentheses stay in the span, so that arithmetic around them covers them.
            Rule::paren => return operand(self).map(|inside| Expr { span, ..*inside }),
            Rule::measure_number => ExprKind::Number(self.quantity(pair)?),
            Rule::measure_qualified => ExprKind::Number(self.quantity(inner.first()?)?),
            Rule::measure_name => ExprKind::Name(names.next()?),
            Rule::count => ExprKind::Count {
                unit: self.unit_word(find(Rule::unit_word)?),
                distinct: find(Rule::k_distinct).is_some(),
                source: names.next()?,
            },
            Rule::count_over => {
                let distinct = find(Rule::k_distinct).is_some();
                ExprKind::CountOver { unit: self.unit_word(find(Rule::unit_word)?), distinct, sources: names.collect() }
            }
            Rule::largest | Rule::not_added => {
                let mut parts = Vec::new();
                for _ in inner.iter().filter(|part| part.as_rule() == Rule::side) {
                    parts.push(*operand(self)?);
                }
                if pair.as_rule() == Rule::largest { ExprKind::Largest(parts) } else { ExprKind::NotAdded(parts) }
            }
            Rule::aggregate => {
                let word = find(Rule::aggregate_word).or(find(Rule::longest_gap))?.clone().into_inner().next()?;
                let aggregate = match word.as_rule() {
                    Rule::k_longest_gap => Aggregate::LongestGap,
                    Rule::k_average => Aggregate::Average,
                    Rule::k_median => Aggregate::Median,
                    Rule::k_minimum => Aggregate::Minimum,
                    Rule::k_maximum => Aggregate::Maximum,
                    Rule::k_first => Aggregate::First,
                    Rule::k_last => Aggregate::Last,
                    _ => Aggregate::Sum,
                };
                ExprKind::Aggregate { aggregate, column: names.next()?, source: names.next()? }
            }
            Rule::milestones => {
                let shared = find(Rule::k_share).is_some();
                let of = inner.iter().find_map(|part| match part.as_rule() {
                    Rule::k_stage_reached => Some(MilestonesOf::Stage),
                    Rule::k_milestones_reached if shared => Some(MilestonesOf::Share),
                    Rule::k_milestones_reached => Some(MilestonesOf::Reached),
                    Rule::k_milestones_in_progress => Some(MilestonesOf::InProgress),
                    Rule::k_milestones_not_begun => Some(MilestonesOf::NotBegun),
                    Rule::k_milestones_followed => Some(MilestonesOf::All),
                    _ => None,
                });
                ExprKind::Milestones(of?, names.next()?)
            }
            Rule::attribute => ExprKind::Attribute { attribute: names.next()?, dimension: names.next()? },
            Rule::conditional => {
                let relation = self.relation(find(Rule::relation)?, depth)?;
                ExprKind::If(Box::new(relation), operand(self)?, operand(self)?)
            }
            Rule::sum_by => ExprKind::SumBy(self.names_by(find(Rule::names_by)?), operand(self)?),
            Rule::share => ExprKind::Share(operand(self)?, operand(self)?),
            Rule::share_by | Rule::share_known => ExprKind::ShareOfGroup {
                by: self.names_by(find(Rule::names_by)?),
                known: pair.as_rule() == Rule::share_known,
                of: operand(self)?,
            },
            Rule::previous => ExprKind::Previous(operand(self)?),
            Rule::change_percent => ExprKind::Change(ChangeKind::Percent, operand(self)?),
            Rule::change_points => ExprKind::Change(ChangeKind::Points, operand(self)?),
            Rule::change => ExprKind::Change(ChangeKind::Difference, operand(self)?),
            Rule::cumulative => ExprKind::Cumulative(self.period_of(pair)?, operand(self)?),
            Rule::mean_over => ExprKind::MeanOver(self.period_of(pair)?, operand(self)?),
            Rule::rolling => {
                let count = self.periods_back(find(Rule::number)?)?;
                ExprKind::Rolling(count, operand(self)?)
            }
            Rule::series_last => {
                let count = self.periods_back(find(Rule::number)?)?;
                ExprKind::Series(series_of(inner.first()?), SeriesOver::Last(count), operand(self)?)
            }
            Rule::series_since => {
                let since = SeriesOver::Since(self.period_of(pair)?);
                ExprKind::Series(series_of(inner.first()?), since, operand(self)?)
            }
            Rule::consumption => ExprKind::Consumption(self.period_of(pair)?, operand(self)?, operand(self)?),
            Rule::latest => ExprKind::Latest(operand(self)?),
            Rule::compatible => ExprKind::Compatible {
                share: self.quantity(find(Rule::quantity)?)?,
                mode: find(Rule::rounding_mode).and_then(|mode| mode.clone().into_inner().next()).map(
                    |word| match word.as_rule() {
                        Rule::k_truncation => RoundingMode::Truncation,
                        Rule::k_half_even => RoundingMode::HalfEven,
                        _ => RoundingMode::HalfAway,
                    },
                ),
                of: operand(self)?,
            },
            _ => ExprKind::Missing,
        };
        Some(Expr { kind, span })
    }

    /// How many periods a series goes back.
    fn periods_back(&mut self, number: &Pair<'_>) -> Option<u32> {
        let count = number.as_str().parse::<u32>().ok().filter(|count| (1..=limits::ROLLING).contains(count));
        if count.is_none() {
            let limit = limits::ROLLING;
            let limit = self.lang.pick(format!("{limit} périodes"), format!("{limit} periods"));
            let at = self.span(number);
            self.fail(SyntaxProblem::TooBig { limit }, at);
        }
        count
    }

    fn names_by(&self, pair: &Pair<'_>) -> Vec<Name> {
        pair.clone().into_inner().filter(|part| part.as_rule() == Rule::name).map(|part| self.name(&part)).collect()
    }
}

fn series_of(word: &Pair<'_>) -> SeriesOf {
    match word.as_rule() {
        Rule::k_minimum_over | Rule::k_minimum_since => SeriesOf::Minimum,
        Rule::k_maximum_over | Rule::k_maximum_since => SeriesOf::Maximum,
        _ => SeriesOf::Rank,
    }
}

fn restricted(of: Expr, condition: Condition) -> Expr {
    let span = of.span.to(condition.span);
    Expr { kind: ExprKind::Where(Box::new(of), condition), span }
}

fn signed(of: Option<Expr>, negative: Option<Span>) -> Option<Expr> {
    match (of, negative) {
        (Some(of), Some(sign)) => {
            let span = sign.to(of.span);
            Some(Expr { kind: ExprKind::Negative(Box::new(of)), span })
        }
        (of, _) => of,
    }
}

fn multiplied(left: Option<Expr>, operator: Option<(Operator, Span)>, right: Option<Expr>) -> Option<Expr> {
    match (left, operator, right) {
        (Some(left), Some(operator), Some(right)) => Some(binary(left, operator, right)),
        (left, _, right) => right.or(left),
    }
}

fn added(sum: Option<(Expr, Option<(Operator, Span)>)>, right: Option<Expr>) -> Option<Expr> {
    match (sum, right) {
        (Some((left, Some(operator))), Some(right)) => Some(binary(left, operator, right)),
        (Some((left, _)), None) => Some(left),
        (_, right) => right,
    }
}

fn binary(left: Expr, operator: (Operator, Span), right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary(Box::new(left), operator, Box::new(right)), span }
}
