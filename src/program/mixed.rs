//! Lists that mix two dimensions (women, men, unaccompanied minors): what their members are in the other one, and conditions on
//! that other dimension read through them.
//!
//! Members of which nothing is said are neither surely inside nor surely outside: a condition then has two readings, what is
//! certain and what is possible, and the figure lies between both. `(non renseignés exclus)` or `(non renseignés comptés)` picks one.

use crate::problem::{Problem, TypeProblem};
use crate::syntax::ast::{Condition, Key, MemberLine, MissingPolicy, Name, Value};
use crate::text::Span;

use super::Checker;
use super::collect::Decl;
use super::measures::Info;
use super::model::{ColumnTest, Cond, DimensionLevel, ExprId, ExprKind, GroupAt, Groups, RowKind, TestKind, TestOn};

/// How a condition is being read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Members of which nothing is said pass.
    possible: bool,
    /// The reading made a difference.
    matters: bool,
}

impl<'a> Checker<'a> {
    /// Resolves the `est sexe F` of the members of a dimension.
    pub(super) fn stand_for(&mut self, at: usize, decl: &Decl<'a>) {
        for field in decl.fields(Key::Members) {
            let Value::Members(members) = &field.value else { continue };
            let mut open: Vec<&'a MemberLine> = members.iter().collect();
            while let Some(line) = open.pop() {
                open.extend(&line.children);
                for group in &line.stands_for {
                    let Some(member) = self.member_at(at, &line.code) else { continue };
                    if self.program.dimensions.get(at).is_some_and(|dimension| dimension.groups != Groups::Exclusive) {
                        let fact = TypeProblem::StandsForOverlapping { dimension: decl.name.text.clone() };
                        self.report(Problem::new(fact, group.span).also(decl.name.span));
                        return;
                    }
                    let Some(mut of) = self.level_named(&group.dimension) else { continue };
                    if of.dimension == at {
                        let fact = TypeProblem::StandsForOverlapping { dimension: decl.name.text.clone() };
                        self.report(Problem::new(fact, group.span).also(decl.name.span));
                        continue;
                    }
                    let stands = match &group.member {
                        None => None,
                        Some(literal) => {
                            let Some(found) = self.member(of.dimension, literal) else { continue };
                            let found_in = self.program.dimensions.get(of.dimension);
                            let level = found_in.and_then(|dimension| dimension.members.get(found));
                            of.level = level.map_or(of.level, |member| member.level);
                            Some(found)
                        }
                    };
                    let here = self.program.dimensions.get_mut(at).and_then(|of| of.members.get_mut(member));
                    if let (Some(here), Some(stands)) = (here, stands) {
                        here.stands_for.push(GroupAt { of, member: Some(stands) });
                    }
                }
            }
        }
    }

    fn member_at(&self, dimension: usize, code: &Name) -> Option<usize> {
        let members = &self.program.dimensions.get(dimension)?.members;
        members.iter().position(|member| member.code == code.text)
    }

    /// A measure under a condition; where the condition has two readings, the figure between both.
    pub(super) fn restricted(&mut self, of: ExprId, condition: &Condition, span: Span) -> ExprId {
        let info = self.info(of);
        self.mixed = Reading::default();
        let Some(sure) = self.condition(condition, &info) else { return self.unknown(span) };
        self.chooses_milestones(of, &sure, condition.span);
        let sure = self.through(sure, &info);
        let matters = self.mixed.matters;
        let sure = self.where_id(of, sure, span);
        if !matters {
            return sure;
        }
        self.mixed = Reading { possible: true, matters: false };
        let possible = self.condition(condition, &info);
        self.mixed = Reading::default();
        let Some(possible) = possible else { return self.unknown(span) };
        let possible = self.through(possible, &info);
        let possible = self.where_id(of, possible, span);
        let (unit, additivity) = (self.unit(of), self.additivity(of));
        self.push(ExprKind::Bounds { sure, possible }, unit, additivity, span, info)
    }

    fn where_id(&mut self, of: ExprId, cond: Cond, span: Span) -> ExprId {
        let (unit, additivity, mut info) = (self.unit(of), self.additivity(of), self.info(of));
        if let Some((source, chosen)) = info.milestones {
            info.milestones = Some((source, chosen || self.is_about_milestones(source, &cond)));
        }
        self.push(ExprKind::Where(of, cond), unit, additivity, span, info)
    }

    /// The dimension whose members say what they are in `dimension`, where all sources of a measure have a column of the first
    /// and none of the second.
    pub(super) fn mixing(&self, dimension: usize, of: &Info) -> Option<usize> {
        let has = |wanted: usize| {
            let columns = |source: &usize| {
                let facts = self.sources.get(*source);
                facts.and_then(|facts| facts.by_dimension.get(&wanted)).map_or(0, Vec::len)
            };
            of.sources.iter().map(columns).collect::<Vec<_>>()
        };
        if of.sources.is_empty() || has(dimension).iter().any(|count| *count > 0) {
            return None;
        }
        let speaks = |at: &usize| {
            let members = self.program.dimensions.get(*at).map_or(&[][..], |of| &of.members);
            members.iter().any(|member| member.stands_for.iter().any(|is| is.of.dimension == dimension))
        };
        (0..self.program.dimensions.len()).filter(speaks).find(|at| has(*at).iter().all(|count| *count == 1))
    }

    /// True where all sources of a measure are tables of aggregates that have the dimension only through a list that mixes it:
    /// figures by it are known, within bounds.
    pub(super) fn is_mixed_in(&self, dimension: usize, of: &Info) -> bool {
        let table = |source: &usize| {
            let source = self.program.sources.get(*source);
            source.is_some_and(|source| matches!(source.row, RowKind::Count { .. }))
        };
        of.attributes.is_empty() && of.sources.iter().all(table) && self.mixing(dimension, of).is_some()
    }

    /// What becomes of members of which nothing is said, where nobody says it.
    pub(super) fn read_mixed(&mut self, said: Option<MissingPolicy>) -> MissingPolicy {
        match (said, self.mixed.possible) {
            (Some(said), _) => said,
            (None, possible) => {
                self.mixed.matters = true;
                if possible { MissingPolicy::Counted } else { MissingPolicy::Excluded }
            }
        }
    }

    /// Tests on a dimension that the sources do not have, as tests on the list that mixes it. Depth is bounded by the parser.
    fn through(&self, cond: Cond, of: &Info) -> Cond {
        let all = |parts: Vec<Cond>| parts.into_iter().map(|part| self.through(part, of)).collect();
        match cond {
            Cond::And(parts) => Cond::And(all(parts)),
            Cond::Or(parts) => Cond::Or(all(parts)),
            Cond::Not(inner) => Cond::Not(Box::new(self.through(*inner, of))),
            Cond::Test(test) => {
                let TestOn::Dimension(level) = test.on else { return Cond::Test(test) };
                match self.mixing(level.dimension, of) {
                    Some(mixed) => self.test_through(&test, level, mixed),
                    None => Cond::Test(test),
                }
            }
        }
    }

    fn test_through(&self, test: &ColumnTest, level: DimensionLevel, mixed: usize) -> Cond {
        let (Some(other), Some(list)) =
            (self.program.dimensions.get(level.dimension), self.program.dimensions.get(mixed))
        else {
            return Cond::Test(test.clone());
        };
        let finest = list.levels.len().saturating_sub(1);
        let passes = |at: &usize| {
            let is = list.members.get(*at).and_then(|member| {
                let is = member.stands_for.iter().find(|is| is.of.dimension == level.dimension)?;
                other.ancestor(is.member?, level.level)
            });
            match (&test.test, is) {
                (TestKind::Members(wanted), Some(is)) => wanted.contains(&is),
                (TestKind::NotMembers(unwanted), Some(is)) => !unwanted.contains(&is),
                (TestKind::Missing, is) => is.is_none(),
                (TestKind::Present, is) => is.is_some(),
                (_, _) => test.missing == MissingPolicy::Counted,
            }
        };
        let members: Vec<usize> = list.members_of(finest).filter(passes).collect();
        let missing = match test.test {
            TestKind::Missing => MissingPolicy::Counted,
            TestKind::Present => MissingPolicy::Excluded,
            _ => test.missing,
        };
        let on = TestOn::Dimension(DimensionLevel { dimension: mixed, level: finest });
        Cond::Test(ColumnTest { on, test: TestKind::Members(members), missing })
    }
}
