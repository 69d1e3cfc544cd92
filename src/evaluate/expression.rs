//! Measures put together: arithmetic, conditions, ratios, shares of groups, sums over groups, attributes.

use super::figure::Fig;
use super::{Evaluator, GroupId, Wanted, implied, unknown};
use crate::outcome::{Base, GroupKey, Member, MissingReason, Value};
use crate::plan::CtxId;
use crate::problem::{EvaluationProblem, Problem};
use crate::program::model::{
    AttributeValue, ChangeKind, Comparison, DimensionLevel, ExprId, ExprKind, GroupAt, Indicator, Inside, Kind,
    Operator,
};
use crate::text::Span;
use crate::types::{Number, Period, Range};

/// Groups that one sum over groups may run through.
const GROUPS_PER_SUM: usize = 1_000_000;

impl Evaluator<'_> {
    /// An indicator where it is defined: its measure, unless it is declared to have no meaning here.
    pub(super) fn defined(&mut self, wanted: Wanted) -> Fig {
        let program = self.program;
        let Some(indicator) = program.indicators.get(wanted.indicator) else { return unknown() };
        if let Some(why) = self.not_applicable(indicator, wanted.period, wanted.group) {
            return Fig::of(Value::NotApplicable(why.to_string()));
        }
        // What is known at a date, or since an origin, is not added over the periods of a window: rows state it or not.
        if wanted.period.is_window()
            && matches!(indicator.kind, Kind::Stock | Kind::Cumulative)
            && indicator.fixed.is_none()
            && !self.windows_below(indicator.measure).contains(&wanted.period)
        {
            return Fig::missing(MissingReason::NotReported);
        }
        let fig = self.expr(indicator.measure, wanted.ctx, wanted.period, wanted.group);
        self.in_series(wanted.indicator, wanted.period, wanted.group, fig)
    }

    /// Whether a group lies in a place that a definition names.
    pub(super) fn lies_in(&self, group: &[GroupKey], place: &[GroupAt]) -> bool {
        place.iter().all(|at| {
            group.iter().any(|key| match (&key.member, at.member) {
                (Member::Unknown, None) => key.dimension == at.of.dimension,
                (Member::Code(member), Some(wanted)) => {
                    let dimension = self.program.dimensions.get(key.dimension);
                    key.dimension == at.of.dimension
                        && dimension.and_then(|dimension| dimension.ancestor(*member, at.of.level)) == Some(wanted)
                }
                (Member::Unknown, Some(_)) | (Member::Code(_), None) | (Member::Remainder, _) => false,
            })
        })
    }

    fn not_applicable<'i>(&self, indicator: &'i Indicator, period: Period, group: GroupId) -> Option<&'i str> {
        let group = self.group(group);
        indicator
            .not_applicable
            .iter()
            .find(|(when, place, _)| self.contains(*when, period) && self.lies_in(group, place))
            .map(|(_, _, why)| why.as_str())
    }

    /// An expression in one setting. Recursion is as deep as one expression, which the parser bounds: other indicators
    /// come from the memo, or are noted in `needs` and then the result is not used.
    pub(super) fn expr(&mut self, id: ExprId, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        let program = self.program;
        let Some(expr) = program.exprs.get(id.0 as usize) else { return unknown() };
        match &expr.kind {
            ExprKind::Number(number) => Fig::range(number.clone()),
            ExprKind::Measure(measure) => self.measure(measure, ctx, period, group),
            ExprKind::Milestones { source, of } => self.milestones(*source, *of, ctx, period, group),
            ExprKind::Indicator(at) => self.used(*at, ctx, period, group),
            ExprKind::Attribute { dimension, attribute } => self.attribute(*dimension, attribute, ctx, period, group),
            ExprKind::Where(inner, _) => match self.plan.contexts.find(ctx, id) {
                Some(ctx) => self.expr(*inner, ctx, period, group),
                None => unknown(),
            },
            ExprKind::At(inner, period) => self.expr(*inner, ctx, *period, group),
            ExprKind::Negative(inner) => {
                let fig = self.expr(*inner, ctx, period, group);
                match fig.value.range() {
                    Some(range) => {
                        let told = fig.told.times(&Number::from(-1i64));
                        Fig { numerator: None, denominator: None, told, ..fig }.with(Value::of(range.negative()))
                    }
                    None => fig,
                }
            }
            ExprKind::Binary(..) => self.binary(id, ctx, period, group),
            ExprKind::Ratio { numerator, denominator, scale, share } => {
                let over = self.expr(*numerator, ctx, period, group);
                let under = self.expr(*denominator, ctx, period, group);
                match share {
                    Inside::NotRequired => {}
                    // What the filters prove, a table of aggregates may still contradict.
                    Inside::Proved | Inside::CheckOnData => {
                        self.check_share((id, ctx, period, group), expr.span, &over, &under);
                    }
                }
                let mut fig = Fig::ratio(&over, &under, *scale);
                if let (Value::Qualified(range), Inside::Proved) = (&fig.value, share) {
                    // The part lies inside its whole, so that it is between nothing and all of it.
                    fig.value = Value::of(range.clone().within(Number::zero(), Number::from(*scale)));
                }
                fig
            }
            ExprKind::SumBy(levels, inner) => self.sum_by(levels, *inner, ctx, period, group),
            ExprKind::ShareOfGroup { by, known, of } => self.share_of_group(by, *known, *of, ctx, period, group),
            ExprKind::Previous(inner) => self.expr(*inner, ctx, period.shift(-period.count()), group),
            ExprKind::Change(kind, inner) => {
                let now = self.expr(*inner, ctx, period, group);
                let earlier = period.shift(-period.count());
                let before = self.expr(*inner, ctx, earlier, group);
                let base =
                    before.value.range().map(|value| Base { value, unit: self.unit_of(*inner), period: Some(earlier) });
                let fig = match kind {
                    ChangeKind::Percent => Fig::change_in_percent(&now, &before),
                    ChangeKind::Points | ChangeKind::Difference => Fig::difference(&now, &before),
                };
                Fig { base: base.map(Box::new), ..fig }
            }
            ExprKind::Cumulative(since, inner) => self.cumulative(*since, *inner, ctx, period, group),
            ExprKind::Rolling(periods, inner) => self.rolling(*periods, *inner, ctx, period, group),
            ExprKind::Series(of, over, inner) => self.series(*of, *over, *inner, ctx, period, group),
            ExprKind::Consumption { window, spent, allotment } => {
                self.consumption(*window, (*spent, *allotment), ctx, period, group)
            }
            ExprKind::MeanOver(window, inner) => self.mean_over(*window, *inner, ctx, group),
            ExprKind::Latest(inner) => self.latest(*inner, ctx, period, group),
            ExprKind::Compatible { share, decimals, mode, of } => {
                let whole = self.expr(*of, ctx, period, group);
                self.compatible(
                    (id, ctx, period, group),
                    &implied::Printed { share, decimals: *decimals, mode: *mode },
                    whole,
                )
            }
            ExprKind::Together(how, parts) => self.together(*how, parts, ctx, period, group),
            ExprKind::Bounds { sure, possible } => {
                let sure = self.expr(*sure, ctx, period, group);
                let possible = self.expr(*possible, ctx, period, group);
                implied::bounds(&sure, &possible)
            }
            ExprKind::If { left, comparison, right, then, otherwise } => {
                let left = self.expr(*left, ctx, period, group);
                let right = self.expr(*right, ctx, period, group);
                let (Some(a), Some(b)) = (left.value.range(), right.value.range()) else {
                    return left.combine(&right, |_, _| Value::Missing(MissingReason::NotReported));
                };
                // Which way it went tells something of both sides.
                let sides = left.told.beside(&right.told);
                match holds(*comparison, &a, &b) {
                    Some(true) => self.expr(*then, ctx, period, group).beside_told(&sides),
                    Some(false) => self.expr(*otherwise, ctx, period, group).beside_told(&sides),
                    None => left.combine(&right, |_, _| Value::Missing(MissingReason::Undecided)),
                }
            }
        }
    }

    /// Another indicator, from the memo.
    fn used(&mut self, at: usize, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        let wanted = Wanted { indicator: at, ctx, period, group };
        let Some(fig) = self.memo.get(&wanted) else {
            self.needs.push(wanted);
            return unknown();
        };
        let mut fig = fig.clone();
        if let Value::Missing(reason) = &fig.value
            && !matches!(reason, MissingReason::Operand(..))
            && let Some(indicator) = self.program.indicators.get(at)
        {
            // The innermost name is kept: that is the one to look into.
            fig.value = Value::Missing(MissingReason::Operand(indicator.name.clone(), Box::new(reason.clone())));
        }
        fig
    }

    /// Arithmetic. `a + b + c` leans to the left: its spine is walked, not recursed into.
    fn binary(&mut self, id: ExprId, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        let program = self.program;
        let mut spine = Vec::new();
        let mut at = id;
        while let Some(ExprKind::Binary(operator, left, right)) =
            program.exprs.get(at.0 as usize).map(|expr| &expr.kind)
        {
            spine.push((*operator, *right));
            at = *left;
        }
        let mut result = self.expr(at, ctx, period, group);
        for (operator, right) in spine.into_iter().rev() {
            let right = self.expr(right, ctx, period, group);
            result = match operator {
                Operator::Plus => result.plus(&right),
                Operator::Minus => result.minus(&right),
                Operator::Times => result.times(&right),
                Operator::Divide => Fig::ratio(&result, &right, 1),
            };
        }
        result
    }

    fn check_share(&mut self, at: (ExprId, CtxId, Period, GroupId), span: Span, over: &Fig, under: &Fig) {
        let (Some(over), Some(under)) = (over.value.range(), under.value.range()) else { return };
        // Only what is certainly larger than its whole is a mistake.
        if under.is_below(&over) != Some(true) || !self.needs.is_empty() || !self.reported.insert(at) {
            return;
        }
        let (period, group) = (self.period_label(at.2), self.group_label(self.group(at.3)));
        if self.withholds(at.0) {
            self.problems.push(Problem::new(EvaluationProblem::Withheld { period: Some(period), group }, span));
            return;
        }
        let fact = EvaluationProblem::ShareAboveWhole { period, group, numerator: over, denominator: under };
        self.problems.push(Problem::new(fact, span));
    }

    /// The sum over the members of these levels and unknown; the group's other coordinates are kept.
    fn sum_by(&mut self, levels: &[DimensionLevel], inner: ExprId, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        let group = self.group(group).to_vec();
        let Some(groups) = self.parts_of(&group, levels) else {
            return Fig::missing(MissingReason::PartsIncomplete { known: 0, wanted: GROUPS_PER_SUM });
        };
        let mut sum: Option<Fig> = None;
        let (mut known, mut wanted) = (0, 0);
        let mut stopped: Option<Fig> = None;
        for part in groups {
            let unknown_part = part.iter().any(|key| key.member == Member::Unknown);
            let id = self.group_id(part);
            let fig = self.expr(inner, ctx, period, id);
            wanted += usize::from(!unknown_part);
            if fig.value.number().is_some() {
                known += usize::from(!unknown_part);
                sum = Some(match sum {
                    None => Fig { numerator: None, denominator: None, ..fig },
                    Some(sum) => sum.plus(&fig),
                });
            } else if !unknown_part {
                stopped.get_or_insert(fig);
            }
        }
        match (sum, stopped) {
            (Some(sum), None) => sum,
            (Some(sum), Some(_)) => sum.with(Value::Missing(MissingReason::PartsIncomplete { known, wanted })),
            (None, Some(fig)) => fig,
            (None, None) => Fig::missing(MissingReason::NothingToMeasure),
        }
    }

    /// The groups that `levels` cut a group into, unknown included; `None` where they are too many.
    fn parts_of(&self, group: &[GroupKey], levels: &[DimensionLevel]) -> Option<Vec<Vec<GroupKey>>> {
        let mut groups = vec![group.to_vec()];
        for level in levels {
            let dimension = self.program.dimensions.get(level.dimension)?;
            let have = group.iter().find(|key| key.dimension == level.dimension);
            let members: Vec<Member> = match have.map(|key| (key.level, &key.member)) {
                // Cut already, as finely or more so.
                Some((have, _)) if have >= level.level => continue,
                Some((_, Member::Unknown | Member::Remainder)) => continue,
                Some((above, Member::Code(member))) => dimension
                    .members_of(level.level)
                    .filter(|below| dimension.ancestor(*below, above) == Some(*member))
                    .map(Member::Code)
                    .collect(),
                None => dimension.members_of(level.level).map(Member::Code).chain([Member::Unknown]).collect(),
            };
            if groups.len().saturating_mul(members.len()) > GROUPS_PER_SUM {
                return None;
            }
            groups = groups
                .iter()
                .flat_map(|group| {
                    members.iter().map(|member| {
                        let mut group: Vec<GroupKey> =
                            group.iter().filter(|key| key.dimension != level.dimension).cloned().collect();
                        group.push(GroupKey { dimension: level.dimension, level: level.level, member: member.clone() });
                        group
                    })
                })
                .collect();
        }
        Some(groups)
    }

    /// The group's share in the total over these levels, in per cent.
    fn share_of_group(
        &mut self,
        by: &[DimensionLevel],
        known: bool,
        of: ExprId,
        ctx: CtxId,
        period: Period,
        group: GroupId,
    ) -> Fig {
        let coordinates = self.group(group).to_vec();
        let of_by = |key: &GroupKey| by.iter().any(|level| level.dimension == key.dimension);
        let rest: Vec<GroupKey> = coordinates.iter().filter(|key| !of_by(key)).cloned().collect();
        let total = self.group_id(rest.clone());
        let whole = self.expr(of, ctx, period, total);
        let whole = if known { self.known_part(whole, &rest, by, of, ctx, period) } else { whole };
        if !coordinates.iter().any(of_by) {
            // The whole in itself, whatever is known of it.
            let mut all = Fig::ratio(&whole, &whole, 100);
            if matches!(all.value, Value::Qualified(_)) {
                all.value = Value::Number(Number::from(100i64));
            }
            return all;
        }
        if known && coordinates.iter().any(|key| of_by(key) && key.member == Member::Unknown) {
            let why = self
                .program
                .lang
                .pick("la part connue ne compte pas les non renseignés", "a share of known does not count the unknown");
            return Fig::of(Value::NotApplicable(why.to_string()));
        }
        let part = self.expr(of, ctx, period, group);
        let mut fig = Fig::ratio(&part, &whole, 100);
        if let Value::Qualified(range) = &fig.value {
            fig.value = Value::of(range.clone().within(Number::zero(), Number::from(100i64)));
        }
        fig
    }

    /// A total without what is unknown in one of the levels.
    fn known_part(
        &mut self,
        whole: Fig,
        rest: &[GroupKey],
        by: &[DimensionLevel],
        of: ExprId,
        ctx: CtxId,
        period: Period,
    ) -> Fig {
        let Some(groups) = self.parts_of(rest, by) else { return whole };
        let mut known = whole;
        for part in groups {
            if part.iter().any(|key| key.member == Member::Unknown && by.iter().any(|by| by.dimension == key.dimension))
            {
                let id = self.group_id(part);
                let unknown = self.expr(of, ctx, period, id);
                // A table that states nothing unknown has nothing unknown.
                if unknown.value.number().is_some() {
                    let rows = known.rows;
                    known = known.minus(&unknown);
                    known.rows = rows;
                }
            }
        }
        known
    }

    /// The sum of a numeric attribute over the members in the group that pass the conditions on their dimension.
    fn attribute(&mut self, dimension: usize, attribute: &str, ctx: CtxId, period: Period, group: GroupId) -> Fig {
        let Some(of) = self.program.dimensions.get(dimension) else { return unknown() };
        let within = self.group(group).iter().find(|key| key.dimension == dimension);
        let within = match within.map(|key| (key.level, &key.member)) {
            None => None,
            Some((level, Member::Code(member))) => Some((level, *member)),
            Some((_, Member::Unknown | Member::Remainder)) => return Fig::missing(MissingReason::NoSuchBreakdown),
        };
        let conditions = self.plan.contexts.conditions(self.program, ctx);
        let mut sum: Option<Number> = None;
        for (at, member) in of.members.iter().enumerate() {
            let Some(of_member) = member.attributes.get(attribute) else { continue };
            let inside = within.is_none_or(|(level, wanted)| of.ancestor(at, level) == Some(wanted));
            let passes = conditions.iter().all(|cond| super::table::passes_member(self.program, cond, dimension, at));
            if inside && passes {
                let Some(value) = self.over(of_member, period) else {
                    return Fig::missing(MissingReason::NotWholeSteps);
                };
                sum = Some(match sum {
                    Some(sum) => sum + value,
                    None => value,
                });
            }
        }
        sum.map_or_else(|| Fig::missing(MissingReason::NotReported), Fig::number)
    }

    /// The value of an attribute over a period: where it is so many every so many months, as many times as the period has
    /// of these steps; `None` where they do not fill it exactly.
    fn over(&self, attribute: &AttributeValue, period: Period) -> Option<Number> {
        let Some(every) = attribute.every else { return Some(attribute.value.clone()) };
        let calendar = self.calendar(period.calendar).filter(|_| !period.is_unknown())?;
        let months = calendar.months(period.first, period.last)?;
        (every > 0 && months % every == 0).then(|| attribute.value.clone() * Number::from(u64::from(months / every)))
    }
}

/// Whether two figures stand in a relation: certainly, certainly not, or it cannot be told.
pub(super) fn holds(comparison: Comparison, left: &Range, right: &Range) -> Option<bool> {
    if let (Some(left), Some(right)) = (left.exact(), right.exact()) {
        return Some(compare(comparison, left, right));
    }
    let same = left.is_same(right);
    let below =
        |one: &Range, other: &Range| one.is_below(other).or(if same == Some(true) { Some(false) } else { None });
    match comparison {
        Comparison::Equal => same,
        Comparison::Different => same.map(|same| !same),
        Comparison::Less => below(left, right),
        Comparison::More => below(right, left),
        Comparison::AtMost => below(right, left).map(|above| !above),
        Comparison::AtLeast => below(left, right).map(|below| !below),
    }
}

/// Whether two numbers stand in a relation.
pub(super) fn compare(comparison: Comparison, left: &Number, right: &Number) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::Different => left != right,
        Comparison::Less => left < right,
        Comparison::AtMost => left <= right,
        Comparison::More => left > right,
        Comparison::AtLeast => left >= right,
    }
}
