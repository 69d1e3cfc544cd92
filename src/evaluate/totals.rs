//! Parts against totals (meaning 6): in every table, the stated parts of exclusive groups, unknown included, the groups that a
//! partial list cites, and each group of a list whose groups overlap, against the
//! total stated beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::Evaluator;
use super::cells::{Answered, Merged};
use crate::outcome::{GroupKey, Member};
use crate::plan::{Cube, LaneState, LaneValue};
use crate::problem::{EvaluationProblem, Parts, Problem};
use crate::program::model::{Dimension, Groups};
use crate::types::{CalendarId, Number, Range};

/// The parts and the totals stated for one place of a table: its codes without the column that is cut.
type Stated = BTreeMap<Vec<i32>, BTreeMap<i32, Range>>;

/// Reports every total that its parts contradict.
pub(super) fn check(evaluator: &mut Evaluator<'_>) {
    let mut problems = Vec::new();
    for answered in &evaluator.sources {
        let Some(table) = &answered.plan.table else { continue };
        for (lane, position) in lanes(answered) {
            for (calendar, cells) in answered.tables() {
                for (at, (column, dimension)) in table.columns.iter().enumerate() {
                    let Some(of) = evaluator.program.dimensions.get(*dimension) else { continue };
                    let place = usize::from(calendar.is_some()) + at;
                    let mut stated: Stated = BTreeMap::new();
                    for (codes, cell) in cells {
                        let values: Vec<&LaneValue> = cell.iter().filter_map(|cell| cell.get(position)).collect();
                        let merged = Merged::of(&values);
                        let (Some(sum), Some(code)) = (merged.sum, codes.get(place)) else { continue };
                        if merged.values_summed > 0 {
                            let mut rest = codes.to_vec();
                            rest.remove(place);
                            stated.entry(rest).or_default().insert(*code, sum);
                        }
                    }
                    let cut = Cut { answered, calendar, dimension: *dimension, of, at, column: *column, lane };
                    cut.check(evaluator, &stated, &mut problems);
                }
            }
        }
    }
    evaluator.problems.append(&mut problems);
}

/// The sums in a table over all its rows: lane and position in its cells, in the order of lanes.
fn lanes(answered: &Answered<'_>) -> BTreeSet<(usize, usize)> {
    let of = |lane: &usize| {
        answered
            .query
            .lanes
            .get(*lane)
            .is_some_and(|lane| lane.filter.is_none() && matches!(lane.state, LaneState::Sum(_)))
    };
    let lanes = answered.plan.table.iter().flat_map(|table| &table.lanes);
    lanes.filter(|(lane, _)| of(lane)).map(|(lane, position)| (*lane, *position)).collect()
}

/// One column of a table, by which it is cut into parts.
struct Cut<'c, 'a> {
    answered: &'c Answered<'a>,
    calendar: Option<CalendarId>,
    dimension: usize,
    of: &'c Dimension,
    at: usize,
    column: usize,
    lane: usize,
}

impl Cut<'_, '_> {
    fn check(&self, evaluator: &Evaluator<'_>, stated: &Stated, problems: &mut Vec<Problem>) {
        // Children by parent, the coarsest level under `None`.
        let mut children: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for (at, member) in self.of.members.iter().enumerate() {
            children.entry(member.parent).or_default().push(at);
        }
        for (rest, values) in stated {
            for (parent, members) in &children {
                let whole = parent.map_or(Cube::TOTAL, code);
                let Some(total) = values.get(&whole) else { continue };
                let known: Vec<&Range> = members.iter().filter_map(|member| values.get(&code(*member))).collect();
                let unknown = values.get(&Cube::UNKNOWN).filter(|_| parent.is_none());
                if known.is_empty() {
                    continue;
                }
                if self.of.groups == Groups::Overlapping {
                    // Groups that overlap do not add up, but none is more than the whole.
                    for member in members {
                        let Some(part) = values.get(&code(*member)).filter(|part| total.is_below(part) == Some(true))
                        else {
                            continue;
                        };
                        let label = evaluator.group_label(
                            &key(evaluator, self.dimension, code(*member)).into_iter().collect::<Vec<_>>(),
                        );
                        let held = Parts::One(label);
                        problems.extend(self.problem(evaluator, rest, *parent, part.clone(), total.clone(), held));
                    }
                    continue;
                }
                let complete = self.of.groups == Groups::Exclusive && known.len() == members.len();
                let parts =
                    known.into_iter().chain(unknown).fold(Range::from(Number::zero()), |sum, part| sum.plus(part));
                // Qualified figures contradict each other only where no number fits both.
                if total.is_below(&parts) == Some(true) || (complete && parts.is_same(total) == Some(false)) {
                    let held = match self.of.groups {
                        Groups::Exclusive if complete => Parts::All,
                        Groups::Exclusive => Parts::Known,
                        Groups::Partial | Groups::Overlapping => Parts::Cited,
                    };
                    problems.extend(self.problem(evaluator, rest, *parent, parts, total.clone(), held));
                }
            }
        }
    }

    fn problem(
        &self,
        evaluator: &Evaluator<'_>,
        rest: &[i32],
        parent: Option<usize>,
        parts: Range,
        total: Range,
        held: Parts,
    ) -> Option<Problem> {
        let source = evaluator.program.sources.get(self.answered.source)?;
        let column = source.columns.get(self.column)?;
        let mut codes = rest.iter().copied();
        let period = self.calendar.and_then(|calendar| Some(self.answered.period_of(calendar, codes.next()?)));
        let mut group: Vec<GroupKey> = Vec::new();
        let columns = self.answered.plan.table.as_ref().map_or(&[][..], |table| &table.columns);
        let others = columns.iter().enumerate().filter(|(at, _)| *at != self.at).map(|(_, (_, dimension))| *dimension);
        for (dimension, code) in others.zip(codes) {
            group.extend(key(evaluator, dimension, code));
        }
        if let Some(parent) = parent {
            group.extend(key(evaluator, self.dimension, code(parent)));
        }
        let counted = match self.answered.query.lanes.get(self.lane)?.state {
            LaneState::Sum(counted) => source.columns.get(counted)?,
            _ => return None,
        };
        let level = parent.and_then(|parent| self.of.members.get(parent)).map_or(0, |member| member.level + 1);
        if evaluator.secret.is_active() && crate::plan::protected::is_protected(evaluator.program, self.answered.source)
        {
            let period = period.map(|period| evaluator.period_label(period));
            let fact = EvaluationProblem::Withheld { period, group: evaluator.group_label(&group) };
            return Some(Problem::new(fact, column.definition).also(source.definition));
        }
        let fact = EvaluationProblem::PartsAndTotal {
            source: source.name.clone(),
            column: counted.name.clone(),
            dimension: self.of.levels.get(level).unwrap_or(&self.of.name).clone(),
            period: period.map(|period| evaluator.period_label(period)),
            group: evaluator.group_label(&group),
            parts,
            total,
            held,
        };
        Some(Problem::new(fact, column.definition).also(source.definition))
    }
}

fn code(member: usize) -> i32 {
    i32::try_from(member).unwrap_or(Cube::UNKNOWN)
}

/// The coordinate of a code; none for a total.
fn key(evaluator: &Evaluator<'_>, dimension: usize, code: i32) -> Option<GroupKey> {
    match code {
        Cube::TOTAL => None,
        Cube::UNKNOWN => Some(GroupKey { dimension, level: 0, member: Member::Unknown }),
        _ => {
            let at = usize::try_from(code).ok()?;
            let level = evaluator.program.dimensions.get(dimension)?.members.get(at)?.level;
            Some(GroupKey { dimension, level, member: Member::Code(at) })
        }
    }
}
