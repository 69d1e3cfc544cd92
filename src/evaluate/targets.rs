//! Baselines, targets and status. They look at the value and never touch it (meaning 10).

use super::groups::of_definition;
use crate::outcome::{self, Figure, Progress, Status, Value};
use crate::program::model::{Aim, Comparison, Indicator, Target};
use crate::types::{Number, Period, Range, Unit};

/// Adds the baseline, the target and the status that apply to a figure.
pub(super) fn place(indicator: &Indicator, figure: &mut Figure) {
    let here = |aim: &Aim| of_definition(&aim.group) == figure.group && aim.period.calendar == figure.period.calendar;
    let baselines = || indicator.baselines.iter().filter(|aim| here(aim) && aim.period.last < figure.period.last);
    let baseline = baselines().max_by_key(|aim| aim.period.last);
    let target = indicator
        .targets
        .iter()
        .filter(|target| here(&target.aim) && target.aim.period.last >= figure.period.last)
        .min_by_key(|target| target.aim.period.last);
    figure.baseline = baseline.map(|aim| Box::new(outcome_aim(aim, None)));
    // The plan starts at its first reference value: a figure of that period or before has no target to reach.
    let start = indicator.baselines.iter().filter(|aim| here(aim)).map(|aim| aim.period.last).min();
    if start.is_some_and(|start| figure.period.last <= start) {
        return;
    }
    let Some(target) = target else { return };
    figure.target = Some(Box::new(outcome_aim(&target.aim, target.upper.clone())));

    // The path to the target starts at the last point before the figure: a baseline or a step on the way.
    let steps = indicator.targets.iter().map(|target| &target.aim);
    let start = steps
        .filter(|aim| here(aim) && aim.period.last < figure.period.last)
        .chain(baseline)
        .filter_map(|aim| Some((aim.period, aim.value.as_ref()?.stated().clone())))
        .max_by_key(|(period, _)| period.last);
    figure.status = Some(match figure.value.range() {
        None if let Value::Stage(stage) = &figure.value => aimed_stage(stage, target),
        None => Status::CannotTell,
        Some(value) => within(indicator, target, start, figure.period, &value),
    });
}

/// Where a milestone stands with respect to a stage that is aimed at: reached, begun but not reached, or not begun.
fn aimed_stage(stage: &outcome::Stage, target: &Target) -> Status {
    let Some(goal) = &target.aim.value else { return Status::CannotTell };
    let is_there = |rank: usize| Number::from(u64::try_from(rank).unwrap_or(u64::MAX)) >= *goal.stated();
    match stage.progress {
        _ if is_there(stage.rank()) => Status::Reached,
        _ if stage.perhaps.as_ref().is_some_and(|perhaps| is_there(perhaps.rank)) => Status::CannotTell,
        Progress::InProgress | Progress::Reached => Status::InProgress,
        Progress::NotBegun => Status::NotReached,
    }
}

fn outcome_aim(aim: &Aim, upper: Option<Number>) -> outcome::Aim {
    outcome::Aim { period: aim.period, value: aim.value.clone(), upper, definition: aim.span }
}

/// The status of a figure that may be qualified: the one that it has at both of its ends, if it is the same.
fn within(
    indicator: &Indicator,
    target: &Target,
    start: Option<(Period, Number)>,
    period: Period,
    value: &Range,
) -> Status {
    let Some(goal) = &target.aim.value else { return Status::CannotTell };
    if let (Some(number), Some(_)) = (value.exact(), goal.exact()) {
        return status(indicator, target, start, period, number);
    }
    let reached = match &target.upper {
        Some(upper) => {
            let (low, high) = (goal.clone(), Range::from(upper.clone()));
            match (value.is_below(&low), high.is_below(value)) {
                (Some(false), Some(false)) => Some(true),
                (Some(true), _) | (_, Some(true)) => Some(false),
                _ => None,
            }
        }
        None => super::expression::holds(target.comparison, value, goal),
    };
    match reached {
        Some(true) => return Status::Reached,
        Some(false) => {}
        None => return Status::CannotTell,
    }
    // It is not reached wherever the figure lies; how far off it is must not depend on where.
    let at = |end: Option<crate::types::Bound>| match end {
        Some(end) => match status(indicator, target, start.clone(), period, &end.value) {
            // The end itself may be the target, just outside the figure.
            Status::Reached => Status::CannotTell,
            other => other,
        },
        None => Status::OffTrack,
    };
    match (at(value.low()), at(value.high())) {
        (one, other) if one == other => one,
        _ => Status::CannotTell,
    }
}

fn status(
    indicator: &Indicator,
    target: &Target,
    start: Option<(Period, Number)>,
    period: Period,
    value: &Number,
) -> Status {
    let Some(goal) = target.aim.value.as_ref().map(Range::stated) else { return Status::CannotTell };
    if reached(target.comparison, goal, target.upper.as_ref(), value) {
        return Status::Reached;
    }
    // "Between" is reached from either side: the nearer bound is the goal.
    let goal = match &target.upper {
        Some(upper) if value > upper => upper,
        _ => goal,
    };
    let due = period.last >= target.aim.period.last;
    let expected = match (&start, due) {
        (_, true) => goal.clone(),
        (Some(start), false) => on_path(start, (target.aim.period, goal), period),
        (None, false) => return Status::CannotTell,
    };
    let up = match &start {
        Some((_, from)) if from != goal => from < goal,
        _ => rises(target, goal, value),
    };
    let short = if up { expected.clone() - value.clone() } else { value.clone() - expected.clone() };
    // Before it is due, a figure on or beyond the path is on track; when due, a figure that is not what was wanted is not.
    if !due && (short.is_zero() || short.is_negative()) {
        return Status::OnTrack;
    }
    if let (Some((on_track, at_risk)), Some((_, from))) = (&indicator.bands, &start)
        && let Some(way) = (value.clone() - from.clone()).divide(&(expected.clone() - from.clone()))
    {
        return match () {
            () if way >= *on_track => Status::OnTrack,
            () if way >= *at_risk => Status::AtRisk,
            () => Status::OffTrack,
        };
    }
    let tolerance = indicator.tolerance.as_ref().map(|(tolerance, unit)| match unit {
        Unit::Percent if indicator.unit != Unit::Percent => per_cent_of(tolerance, &expected),
        _ => tolerance.clone(),
    });
    match tolerance {
        Some(tolerance) if short.abs() <= tolerance => Status::AtRisk,
        _ => Status::OffTrack,
    }
}

/// `per_cent` per cent of the size of `whole`.
pub(super) fn per_cent_of(per_cent: &Number, whole: &Number) -> Number {
    per_cent.clone() * whole.abs() * Number::scaled(1, 2)
}

fn reached(comparison: Comparison, goal: &Number, upper: Option<&Number>, value: &Number) -> bool {
    match upper {
        Some(upper) => goal <= value && value <= upper,
        None => super::expression::compare(comparison, value, goal),
    }
}

/// Whether more is what the target asks of a figure that has not reached it.
fn rises(target: &Target, goal: &Number, value: &Number) -> bool {
    match target.comparison {
        Comparison::AtLeast | Comparison::More => true,
        Comparison::AtMost | Comparison::Less => false,
        Comparison::Equal | Comparison::Different => value < goal,
    }
}

/// The value on the straight line from the start to the goal.
fn on_path(start: &(Period, Number), goal: (Period, &Number), at: Period) -> Number {
    let between = |from: Period, to: Period| Number::from(i64::from(to.last) - i64::from(from.last));
    let way = between(start.0, at).divide(&between(start.0, goal.0)).unwrap_or_else(|| Number::from(1i64));
    start.1.clone() + (goal.1.clone() - start.1.clone()) * way
}
