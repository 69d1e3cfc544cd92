//! A measure over a table that is aggregated already: selects the cells that state the figure, adds parts only where that
//! is proved, and tells an implied zero from a figure that nobody reported.

use std::cell::Cell;

use super::Evaluator;
use super::cells::{Answered, Merged, TableCells};
use super::figure::Fig;
use super::measure::{Cover, finish};
use crate::outcome::{GroupKey, Member, MissingReason, Value, ZeroReason};
use crate::plan::{CtxId, Cube, LaneValue, MeasureLanes, conjuncts, level_tested, only_dimensions, state_of};
use crate::program::model::{
    ColumnTest, Cond, DataSource, Dimension, DimensionLevel, Groups, Measure, MissingPolicy, Program, TestKind, TestOn,
};
use crate::types::{CalendarId, Number, Period, Range};

/// Cells looked up for one figure; a table with more combinations than this must state its totals.
const LOOKUPS_PER_FIGURE: u32 = 200_000;
/// Combinations of members that a condition may select.
const COMBINATIONS: usize = 100_000;

/// What is wanted of one dimension column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    Total,
    Member(usize),
    Unknown,
}

/// Cells that together are the figure; none for an implied zero.
#[derive(Debug, Default)]
struct Found<'a> {
    cells: Vec<&'a [LaneValue]>,
    implied: Option<ZeroReason>,
}

struct Table<'t, 'a> {
    program: &'t Program,
    source: &'t DataSource,
    dimensions: Vec<&'t Dimension>,
    dimension_ids: Vec<usize>,
    cells: &'t TableCells<'a>,
    main: usize,
    rows: usize,
    period: Option<i32>,
    period_covered: bool,
    fuel: Cell<u32>,
}

/// The measure at a period and group. Windows are the sum of their periods.
#[allow(clippy::too_many_arguments, reason = "the setting of one figure, named one by one by the only caller")]
pub(super) fn measure(
    evaluator: &Evaluator<'_>,
    answered: &Answered<'_>,
    measure: &Measure,
    lanes: &MeasureLanes,
    ctx: CtxId,
    calendar: Option<CalendarId>,
    period: Period,
    group: &[GroupKey],
) -> Fig {
    let program = evaluator.program;
    let nothing = || Fig::missing(MissingReason::NotReported);
    let (Some(source), Some(plan)) = (program.sources.get(measure.source), &answered.plan.table) else {
        return nothing();
    };
    let (Some(cells), Some(main), Some(rows)) =
        (answered.table(calendar), plan.lanes.get(&lanes.main), plan.lanes.get(&lanes.rows))
    else {
        return nothing();
    };
    let dimension_ids: Vec<usize> = plan.columns.iter().map(|(_, dimension)| *dimension).collect();
    let dimensions: Vec<&Dimension> = dimension_ids.iter().filter_map(|at| program.dimensions.get(*at)).collect();
    let conditions = plan_conditions(evaluator, ctx);
    let wants: Vec<Want> = dimension_ids
        .iter()
        .map(|dimension| match group.iter().find(|key| key.dimension == *dimension).map(|key| &key.member) {
            None => Want::Total,
            Some(Member::Code(at)) => Want::Member(*at),
            Some(Member::Unknown | Member::Remainder) => Want::Unknown,
        })
        .collect();
    let ordinals: Vec<Option<i32>> = match calendar {
        None => vec![None],
        Some(calendar) => answered.codes_of(calendar, period).into_iter().map(Some).collect(),
    };
    let with_rows = calendar.map(|calendar| answered.periods(calendar)).unwrap_or_default();
    let mut periods: Vec<Vec<&LaneValue>> = Vec::new();
    let marks = lanes.marks.and_then(|marks| plan.lanes.get(&marks).copied());
    let mut marked: Vec<&LaneValue> = Vec::new();
    let mut implied = None;
    let mut used = 0u64;
    for ordinal in ordinals {
        let one = ordinal.map_or(period, |ordinal| answered.period_of(period.calendar, ordinal));
        let cover = evaluator.cover(answered, calendar, one);
        let has_rows = ordinal.is_none_or(|ordinal| with_rows.contains(&ordinal) || !Cube::is_ordinal(ordinal));
        if !has_rows && cover == Cover::Outside {
            return Fig::missing(evaluator.outside(answered, calendar));
        }
        let declared = source.covers_period.is_some();
        let table = Table {
            program,
            source,
            dimensions: dimensions.clone(),
            dimension_ids: dimension_ids.clone(),
            cells,
            main: *main,
            rows: *rows,
            period: ordinal,
            period_covered: if declared { cover == Cover::Full } else { has_rows },
            fuel: Cell::new(LOOKUPS_PER_FIGURE),
        };
        if !has_rows && declared {
            // The source says that it covers this period, and has nothing there.
            implied = Some(ZeroReason::Coverage);
            continue;
        }
        match table.under(&conditions, &wants) {
            Ok(found) => {
                implied = implied.or(found.implied);
                let of = |at: usize| found.cells.iter().filter_map(move |cell| cell.get(at));
                used = used.saturating_add(Merged::of(&of(*rows).collect::<Vec<_>>()).count);
                periods.push(of(*main).collect());
                marked.extend(marks.into_iter().flat_map(of));
            }
            Err(reason) => return Fig { rows: rows_read(answered), ..Fig::missing(reason) },
        }
    }
    let mut fig = finish(measure.of, state_of(program, measure.source, measure.of), used, &periods);
    answered.say_why(&mut fig, program, lanes.marks, &marked);
    fig.facts = evaluator.facts_among(measure.source, &periods.concat());
    if used == 0 {
        fig.value = match implied {
            Some(reason) => Value::ImpliedZero(reason),
            // The condition contradicts the group: girls among boys.
            None => Value::Number(Number::zero()),
        };
    }
    fig.rows.read = answered.cube.rows;
    fig
}

fn rows_read(answered: &Answered<'_>) -> crate::outcome::Rows {
    crate::outcome::Rows { read: answered.cube.rows, used: 0, missing: 0, withheld: false }
}

/// The conditions of a context that select members of dimensions; the others are in the lane's filter.
fn plan_conditions<'p>(evaluator: &Evaluator<'p>, ctx: CtxId) -> Vec<&'p Cond> {
    let program = evaluator.program;
    let all = evaluator.plan.contexts.conditions(program, ctx);
    conjuncts(&all).into_iter().filter(|cond| only_dimensions(program, cond)).collect()
}

impl<'a> Table<'_, 'a> {
    /// The figure for a group under conditions on dimensions.
    fn under(&self, conditions: &[&Cond], wants: &[Want]) -> Result<Found<'a>, MissingReason> {
        let mut tested: Vec<Option<usize>> = vec![None; wants.len()];
        for cond in conditions {
            let mut levels: Vec<DimensionLevel> = Vec::new();
            tests(cond, &mut |test| levels.extend(level_tested(self.program, test)));
            for level in levels {
                let Some(at) = self.dimension_ids.iter().position(|dimension| *dimension == level.dimension) else {
                    return Err(MissingReason::NoSuchBreakdown);
                };
                if let Some(finest) = tested.get_mut(at) {
                    *finest = Some(finest.map_or(level.level, |have| have.max(level.level)));
                }
            }
        }
        if tested.iter().all(Option::is_none) {
            return self.named(wants);
        }
        let candidates: Vec<Vec<Want>> = wants
            .iter()
            .zip(&tested)
            .zip(&self.dimensions)
            .map(|((want, level), dimension)| match level {
                None => vec![*want],
                Some(level) => candidates(dimension, *want, *level),
            })
            .collect();
        let all: usize = candidates.iter().fold(1, |all, list| all.saturating_mul(list.len()));
        if all > COMBINATIONS {
            return Err(MissingReason::PartsIncomplete { known: 0, wanted: all });
        }
        let mut chosen: Vec<Vec<Want>> = vec![Vec::new()];
        for list in &candidates {
            chosen =
                chosen.iter().flat_map(|start| list.iter().map(|want| [start.as_slice(), &[*want]].concat())).collect();
        }
        chosen.retain(|assigned| conditions.iter().all(|cond| self.passes(cond, assigned)));
        if chosen.len() == all {
            return self.named(wants);
        }
        if let [one] = chosen.as_slice() {
            return self.named(one);
        }
        let varies = |at: usize| chosen.windows(2).any(|pair| matches!(pair, [a, b] if a.get(at) != b.get(at)));
        let adds = self.dimensions.iter().enumerate().all(|(at, of)| of.groups == Groups::Exclusive || !varies(at));
        let known_members = |assigned: &[Want]| {
            assigned.iter().zip(&tested).all(|(want, test)| test.is_none() || *want != Want::Unknown)
        };
        let wanted = chosen.iter().filter(|assigned| known_members(assigned)).count();
        if !adds {
            return Err(MissingReason::PartsIncomplete { known: 0, wanted });
        }
        let mut sum = Found::default();
        let mut known = 0;
        for assigned in &chosen {
            let counted = known_members(assigned);
            match self.named(assigned) {
                Ok(found) => {
                    known += usize::from(counted);
                    sum.implied = sum.implied.or(found.implied);
                    sum.cells.extend(found.cells);
                }
                // Nobody has to state that nothing is unknown.
                Err(_) if !counted => {}
                Err(_) => {}
            }
        }
        if known < wanted {
            return Err(match known {
                0 => MissingReason::NotReported,
                _ => MissingReason::PartsIncomplete { known, wanted },
            });
        }
        Ok(sum)
    }

    /// The figure for a group, or the zero that may be inferred for it.
    fn named(&self, wants: &[Want]) -> Result<Found<'a>, MissingReason> {
        let reason = match self.resolve(wants, 0) {
            Ok(found) => return Ok(found),
            Err(reason) => reason,
        };
        let mut members = wants.iter().zip(&self.dimension_ids).filter(|(want, _)| matches!(want, Want::Member(_)));
        let names_members = members.clone().next().is_some();
        if names_members && self.period_covered && members.all(|(_, dimension)| self.source.covers.contains(dimension))
        {
            return Ok(Found { cells: Vec::new(), implied: Some(ZeroReason::Coverage) });
        }
        if (0..wants.len()).any(|at| self.parts_reach_total(wants, at)) {
            return Ok(Found { cells: Vec::new(), implied: Some(ZeroReason::PartsReachTotal) });
        }
        Err(reason)
    }

    /// The row that states exactly this, else the sum of parts where it is proved to be the whole.
    fn resolve(&self, wants: &[Want], from: usize) -> Result<Found<'a>, MissingReason> {
        if let Some(cells) = self.stated(wants) {
            return Ok(Found { cells, implied: None });
        }
        let mut best: Option<(usize, usize)> = None;
        for at in from..wants.len() {
            let (Some(want), Some(dimension)) = (wants.get(at), self.dimensions.get(at)) else { continue };
            if dimension.groups != Groups::Exclusive {
                continue;
            }
            let parts = parts(dimension, *want);
            if parts.is_empty() {
                continue;
            }
            let covered = self.period_covered
                && self.dimension_ids.get(at).is_some_and(|dimension| self.source.covers.contains(dimension));
            let mut sum = Found::default();
            let mut known = 0;
            let mut wants = wants.to_vec();
            for part in &parts {
                wants.splice(at..=at, [Want::Member(*part)]);
                if let Ok(found) = self.resolve(&wants, at) {
                    known += 1;
                    sum.implied = sum.implied.or(found.implied);
                    sum.cells.extend(found.cells);
                }
            }
            if *want == Want::Total {
                wants.splice(at..=at, [Want::Unknown]);
                if let Ok(found) = self.resolve(&wants, at + 1) {
                    sum.cells.extend(found.cells);
                }
            }
            if known == parts.len() || (covered && known > 0) {
                return Ok(sum);
            }
            if known > 0 && best.is_none() {
                best = Some((known, parts.len()));
            }
        }
        Err(best.map_or(MissingReason::NotReported, |(known, wanted)| MissingReason::PartsIncomplete { known, wanted }))
    }

    /// The rows that state exactly this.
    fn stated(&self, wants: &[Want]) -> Option<Vec<&'a [LaneValue]>> {
        self.fuel.set(self.fuel.get().checked_sub(1)?);
        let mut key: Vec<i32> = self.period.into_iter().collect();
        key.extend(wants.iter().map(|want| match want {
            Want::Total => Cube::TOTAL,
            Want::Unknown => Cube::UNKNOWN,
            Want::Member(at) => i32::try_from(*at).unwrap_or(Cube::UNKNOWN),
        }));
        let cells = self.cells.get(key.as_slice())?;
        let rows: Vec<&LaneValue> = cells.iter().filter_map(|cell| cell.get(self.rows)).collect();
        (Merged::of(&rows).count > 0).then(|| cells.clone())
    }

    fn stated_sum(&self, wants: &[Want]) -> Option<Range> {
        let cells = self.stated(wants)?;
        let values: Vec<&LaneValue> = cells.iter().filter_map(|cell| cell.get(self.main)).collect();
        let merged = Merged::of(&values);
        merged.sum.filter(|_| merged.values_summed > 0)
    }

    /// True where the other parts of an exclusive dimension already make the stated total.
    fn parts_reach_total(&self, wants: &[Want], at: usize) -> bool {
        let (Some(Want::Member(member)), Some(dimension)) = (wants.get(at), self.dimensions.get(at)) else {
            return false;
        };
        if dimension.groups != Groups::Exclusive {
            return false;
        }
        let parent = dimension.members.get(*member).and_then(|member| member.parent);
        let whole = parent.map_or(Want::Total, Want::Member);
        let with = |want: Want| {
            let mut wants = wants.to_vec();
            wants.splice(at..=at, [want]);
            wants
        };
        let Some(total) = self.stated_sum(&with(whole)) else { return false };
        let mut sum: Option<Range> = None;
        let unknown = (whole == Want::Total).then_some(Want::Unknown);
        for part in parts(dimension, whole).into_iter().map(Want::Member).chain(unknown) {
            if let Some(stated) = self.stated_sum(&with(part)) {
                sum = Some(sum.map_or_else(|| stated.clone(), |sum| sum.plus(&stated)));
            }
        }
        // Only exact numbers prove that nothing is left.
        sum.and_then(|sum| sum.exact().cloned()).is_some_and(|sum| total.exact() == Some(&sum))
    }

    /// Whether a combination of members passes. Depth is bounded by the parser.
    fn passes(&self, cond: &Cond, assigned: &[Want]) -> bool {
        match cond {
            Cond::Test(test) => self.test_passes(test, assigned),
            Cond::And(parts) => parts.iter().all(|part| self.passes(part, assigned)),
            Cond::Or(parts) => parts.iter().any(|part| self.passes(part, assigned)),
            Cond::Not(inner) => !self.passes(inner, assigned),
        }
    }

    fn test_passes(&self, test: &ColumnTest, assigned: &[Want]) -> bool {
        let Some(level) = level_tested(self.program, test) else { return false };
        let Some(at) = self.dimension_ids.iter().position(|dimension| *dimension == level.dimension) else {
            return false;
        };
        let (Some(want), Some(dimension)) = (assigned.get(at), self.dimensions.get(at)) else { return false };
        let member = match want {
            Want::Member(member) => dimension.ancestor(*member, level.level),
            Want::Total | Want::Unknown => None,
        };
        member_passes(test, member)
    }
}

/// Whether a member, or an unknown one, passes a test on dimensions.
fn member_passes(test: &ColumnTest, member: Option<usize>) -> bool {
    debug_assert!(matches!(test.on, TestOn::Dimension(_) | TestOn::Column { .. }));
    let counted = test.missing == MissingPolicy::Counted;
    match &test.test {
        TestKind::Members(list) => member.map_or(counted, |member| list.contains(&member)),
        TestKind::NotMembers(list) => member.map_or(counted, |member| !list.contains(&member)),
        TestKind::Missing => member.is_none(),
        TestKind::Present => member.is_some(),
        TestKind::Number(..)
        | TestKind::NumberBetween(..)
        | TestKind::Day(..)
        | TestKind::DayBetween(..)
        | TestKind::Texts(_)
        | TestKind::NotTexts(_)
        | TestKind::Yes
        | TestKind::No
        | TestKind::Column(..) => false,
    }
}

/// What a condition at a level chooses from, inside what the group wants.
fn candidates(dimension: &Dimension, want: Want, level: usize) -> Vec<Want> {
    match want {
        Want::Unknown => vec![Want::Unknown],
        Want::Total => dimension.members_of(level).map(Want::Member).chain([Want::Unknown]).collect(),
        Want::Member(member) => match dimension.members.get(member) {
            Some(of) if of.level < level => dimension
                .members_of(level)
                .filter(|below| dimension.ancestor(*below, of.level) == Some(member))
                .map(Want::Member)
                .collect(),
            _ => vec![want],
        },
    }
}

/// The members that make up a whole: those of the coarsest level, or those right below a member.
fn parts(dimension: &Dimension, whole: Want) -> Vec<usize> {
    let parent = match whole {
        Want::Total => None,
        Want::Member(member) => Some(member),
        Want::Unknown => return Vec::new(),
    };
    let members = dimension.members.iter().enumerate();
    members.filter(|(_, member)| member.parent == parent).map(|(at, _)| at).collect()
}

fn tests<'c>(cond: &'c Cond, found: &mut dyn FnMut(&'c ColumnTest)) {
    crate::plan::each_test(cond, found);
}

/// Whether a member passes a condition, tests of other dimensions and of rows left aside. Depth is bounded by the parser.
pub(super) fn passes_member(program: &Program, cond: &Cond, dimension: usize, member: usize) -> bool {
    let about = |cond: &Cond| {
        let mut about = true;
        tests(cond, &mut |test| {
            about &= level_tested(program, test).is_some_and(|level| level.dimension == dimension);
        });
        about
    };
    match cond {
        Cond::Test(test) => match (level_tested(program, test), program.dimensions.get(dimension)) {
            (Some(level), Some(of)) if level.dimension == dimension => {
                member_passes(test, of.ancestor(member, level.level))
            }
            _ => true,
        },
        Cond::And(parts) => parts.iter().all(|part| passes_member(program, part, dimension, member)),
        Cond::Or(parts) => !about(cond) || parts.iter().any(|part| passes_member(program, part, dimension, member)),
        Cond::Not(inner) => !about(cond) || !passes_member(program, inner, dimension, member),
    }
}
