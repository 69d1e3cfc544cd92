//! Milestones: the source that dates their stages, the text of such a date, and what may be asked of them.

use std::collections::BTreeSet;

use crate::problem::{NameProblem, Named, Problem, TypeProblem};
use crate::syntax::ast::{Key, Literal, MilestonesOf, Name, Value};
use crate::syntax::keywords::fold;
use crate::text::Span;
use crate::types::{Additivity, Calendar, CalendarId, Period, Unit};

use super::Checker;
use super::collect::Decl;
use super::measures::{Info, Scope};
use super::model::{
    ColumnTest, ColumnType, Cond, DataSource, DimensionLevel, ExprId, ExprKind, Inside, Milestones, TestOn,
};
use super::units::MILESTONE;
use super::windows::read_period;

/// What the text of a stage's date says besides the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidOfStage {
    /// The stage is reached.
    Reached,
    /// It is in progress, perhaps since that date.
    InProgress,
    /// It is planned, perhaps for that date.
    Planned,
}

/// What is said of a stage before its date, folded; then nothing or the date.
const IN_PROGRESS: [&str; 4] = ["en cours", "in progress", "ongoing", "engage"];
const PLANNED: [&str; 6] = ["prevu", "prevue", "prevus", "prevues", "planned", "expected"];
/// A stage reached nobody knows when.
const REACHED: [&str; 5] = ["atteint", "atteinte", "reached", "fait", "done"];
/// Words between what is said and its date, folded.
const LINKS: [&str; 8] = ["depuis le ", "depuis ", "since ", "pour le ", "pour ", "en ", "for ", "le "];

/// Reads the date of a stage: a period as far as it is known, after « en cours depuis » or « prévu en » where it is not reached.
/// The unknown period where no date is said.
pub fn read_stage_date(text: &str, own: CalendarId, calendars: &[Calendar]) -> Option<(SaidOfStage, Period)> {
    let folded = fold(text.trim()).replace(['\u{a0}', '\u{202f}'], " ");
    let (said, rest) = split(&folded);
    if rest.is_empty() {
        return Some((said, Period::unknown(own)));
    }
    let civil = [CalendarId::MONTH, CalendarId::QUARTER, CalendarId::HALF_YEAR, CalendarId::YEAR];
    let one = |id: CalendarId| {
        let ordinal = calendars.get(usize::from(id.0))?.read_label(rest)?;
        Some(Period::one(id, ordinal))
    };
    let period = read_period(rest, own, calendars).or_else(|| civil.into_iter().find_map(one))?;
    Some((said, period))
}

/// What a text that [`read_stage_date`] reads says of the stage.
pub fn said_of_stage(text: &str) -> SaidOfStage {
    split(&fold(text.trim()).replace(['\u{a0}', '\u{202f}'], " ")).0
}

/// What is said, and the date after it. Without a word before it a date is that of a stage reached.
fn split(folded: &str) -> (SaidOfStage, &str) {
    let words = [
        (SaidOfStage::InProgress, &IN_PROGRESS[..]),
        (SaidOfStage::Planned, &PLANNED[..]),
        (SaidOfStage::Reached, &REACHED[..]),
    ];
    for (said, words) in words {
        let after = |word: &&str| folded.strip_prefix(*word).filter(|rest| rest.is_empty() || rest.starts_with(' '));
        // The longest word: « prévue » begins with « prévu ».
        if let Some(rest) = words.iter().filter_map(after).min_by_key(|rest| rest.len()) {
            let rest = rest.trim_start();
            let rest = LINKS.iter().find_map(|link| rest.strip_prefix(link)).unwrap_or(rest);
            return (said, rest.trim_start());
        }
    }
    (SaidOfStage::Reached, folded)
}

impl<'a> Checker<'a> {
    /// `jalons:` and `étapes:` of a source: columns of dimensions, and a column of dates.
    pub(super) fn milestones_of(&mut self, at: usize, decl: &Decl<'a>, source: &mut DataSource) {
        let name_of = |key| match decl.field(key).map(|field| &field.value) {
            Some(Value::Name(name)) => Some(name),
            _ => None,
        };
        let stages = name_of(Key::Steps);
        let Some(of) = name_of(Key::Milestones) else {
            if stages.is_some() && decl.field(Key::Milestones).is_none() {
                let write = ["jalons: texte_juridique", "milestones: texte_juridique"];
                self.field_missing(decl, Named::Source, ["jalons", "milestones"], write);
            }
            return;
        };
        let of = self.column_of(at, source, of);
        let stages = match stages {
            Some(name) => match self.column_of(at, source, name) {
                Some(stages) => Some(stages),
                None => return,
            },
            None => None,
        };
        let Some(of) = of else { return };
        if let (true, Some(name)) = (stages == Some(of), name_of(Key::Steps)) {
            let fact = NameProblem::RepeatedInside {
                what: Named::Dimension,
                name: name.text.clone(),
                within: source.name.clone(),
            };
            let first = name_of(Key::Milestones).map_or(name.span, |name| name.span);
            self.report(Problem::new(fact, name.span).also(first));
            return;
        }
        match source.period {
            None => {
                if !decl.broken {
                    let write = ["période: date (année)", "period: date (year)"];
                    self.field_missing(decl, Named::Source, ["période", "period"], write);
                }
            }
            Some((column, calendar)) => {
                if let Some(column) = source.columns.get_mut(column) {
                    column.of = ColumnType::Period(calendar);
                }
                source.milestones = Some(Milestones { of, stages });
            }
        }
    }

    fn column_of(&mut self, at: usize, source: &DataSource, name: &Name) -> Option<usize> {
        let level = self.level_named(name)?;
        let has = self.sources.get(at).is_some_and(|facts| facts.by_dimension.contains_key(&level.dimension));
        if !has {
            self.no_dimension(&source.name.clone(), &name.text, name.span, source.definition);
        }
        has.then_some(level.dimension)
    }

    /// `étape atteinte de …`, `nombre de jalons atteints de …`
    pub(super) fn milestones(&mut self, of: MilestonesOf, source: &Name, span: Span, scope: Scope) -> ExprId {
        let Some(at) = self.source_named(source) else { return self.unknown(span) };
        let Some(found) = self.program.sources.get(at) else { return self.unknown(span) };
        let Some(milestones) = found.milestones else {
            let definition = found.definition;
            let dimension = |skip: usize| {
                let mut held = found.columns.iter().filter_map(|column| match column.of {
                    ColumnType::Dimension(dimension) => self.program.dimensions.get(dimension),
                    _ => None,
                });
                held.nth(skip).map(|dimension| dimension.name.clone())
            };
            let fact = TypeProblem::NoMilestones {
                source: source.text.clone(),
                of: dimension(0).unwrap_or_else(|| "texte_juridique".to_string()),
            };
            self.report(Problem::new(fact, source.span).also(definition));
            return self.unknown(span);
        };
        let mut info = self.source_info(at, scope);
        // How far a milestone is can be told at the end of any period.
        info.calendar = info.calendar.map(|(own, _)| (scope.calendar.unwrap_or(own), true));
        info.stock = true;
        info.milestones = Some((at, false));
        let counted = |checker: &mut Self, of: MilestonesOf| {
            let kind = ExprKind::Milestones { source: at, of };
            checker.push(kind, Unit::Of(MILESTONE), Additivity::NotOverTime, span, info.clone())
        };
        match of {
            MilestonesOf::Stage => {
                let kind = ExprKind::Milestones { source: at, of };
                self.push(kind, Unit::Stage(milestones.stages), Additivity::Never, span, info)
            }
            MilestonesOf::Share => {
                let reached = counted(self, MilestonesOf::Reached);
                let all = counted(self, MilestonesOf::All);
                let info = Info { literal: false, whole: false, ..info };
                let share = Inside::Proved;
                let kind = ExprKind::Ratio { numerator: reached, denominator: all, scale: 100, share };
                self.push(kind, Unit::Percent, Additivity::Never, span, info)
            }
            MilestonesOf::Reached | MilestonesOf::InProgress | MilestonesOf::NotBegun | MilestonesOf::All => {
                counted(self, of)
            }
        }
    }

    /// A condition on milestones chooses milestones or stages; a column of rows would leave out stages of a milestone.
    pub(super) fn chooses_milestones(&mut self, of: ExprId, cond: &Cond, span: Span) {
        let Some((source, _)) = self.info(of).milestones else { return };
        let Some(found) = self.program.sources.get(source) else { return };
        let Some(milestones) = found.milestones else { return };
        let chosen = |dimension: usize| dimension == milestones.of || Some(dimension) == milestones.stages;
        let tested = |cond: &Cond| -> BTreeSet<Option<usize>> {
            tests(cond).into_iter().map(|test| self.dimension_of(test)).collect()
        };
        let other = tested(cond).into_iter().any(|dimension| !dimension.is_some_and(chosen));
        // `et` separates what is asked of milestones from what is asked of stages; `ou` between the two cannot be told.
        let mixed = conjuncts(cond).into_iter().any(|part| tested(part).len() > 1);
        if other || mixed {
            let name = |dimension: usize| {
                self.program.dimensions.get(dimension).map_or_else(String::new, |dimension| dimension.name.clone())
            };
            let code = |dimension: usize| {
                let dimension = self.program.dimensions.get(dimension);
                let last = dimension.and_then(|of| of.members.get(stage_members(of).last()?));
                last.map_or_else(String::new, |member| member.code.clone())
            };
            let named = |dimension: usize| (name(dimension), code(dimension));
            let fact =
                TypeProblem::MilestoneCondition { of: named(milestones.of), stages: milestones.stages.map(named) };
            let definition = found.definition;
            self.report(Problem::new(fact, span).also(definition));
        }
    }

    /// The dimension that a test is about.
    fn dimension_of(&self, test: &ColumnTest) -> Option<usize> {
        match test.on {
            TestOn::Dimension(level) => Some(level.dimension),
            TestOn::Column { source, column } => match self.program.sources.get(source)?.columns.get(column)?.of {
                ColumnType::Dimension(dimension) => Some(dimension),
                _ => None,
            },
        }
    }

    /// True where a condition is about the milestones of a source themselves.
    pub(super) fn is_about_milestones(&self, source: usize, cond: &Cond) -> bool {
        let of = self.program.sources.get(source).and_then(|source| source.milestones).map(|milestones| milestones.of);
        tests(cond).into_iter().any(|test| of.is_some() && self.dimension_of(test) == of)
    }

    /// Reports a stage under arithmetic.
    pub(super) fn no_arithmetic_on_stages(&mut self, kind: &ExprKind, span: Span) {
        match kind {
            ExprKind::Where(..) | ExprKind::At(..) | ExprKind::Indicator(_) => return,
            _ => {}
        }
        let stage = kind.operands().into_iter().find(|operand| matches!(self.unit(*operand), Unit::Stage(_)));
        if let Some(stage) = stage {
            let at = self.span(stage);
            self.report(Problem::new(TypeProblem::StageComputed, if at == span { span } else { at }));
        }
    }

    /// The place of a stage among the stages, from 1: what a target or a published stage says.
    pub(super) fn stage_rank(&mut self, stages: Option<usize>, literal: &Literal) -> Option<usize> {
        let Some(dimension) = stages else {
            let said = match literal {
                Literal::Word(name) => name.text.as_str(),
                Literal::Text(text) => text.text.as_str(),
                Literal::Number(_) => "",
            };
            if REACHED.contains(&fold(said).as_str()) {
                return Some(1);
            }
            self.report(Problem::new(TypeProblem::NoStages, literal.span()));
            return None;
        };
        let member = self.member(dimension, literal)?;
        let dimension = self.program.dimensions.get(dimension)?;
        stage_members(dimension).position(|at| at == member).map(|at| at + 1)
    }

    /// Reports a number where a stage is wanted, or a stage where a number is.
    pub(super) fn stage_or_number(&mut self, unit: &Unit, span: Span) {
        let fact = match unit {
            Unit::Stage(stages) => {
                let dimension = stages.and_then(|at| self.program.dimensions.get(at));
                let last = dimension.and_then(|dimension| stage_members(dimension).last().map(|at| (dimension, at)));
                let code = last.and_then(|(dimension, at)| dimension.members.get(at)).map(|member| member.code.clone());
                TypeProblem::StageWanted { stage: code }
            }
            // Unknown because of an error that is reported elsewhere.
            Unit::Unknown => return self.spoil(),
            _ => TypeProblem::NumberWanted { unit: self.unit_words(unit) },
        };
        self.report(Problem::new(fact, span));
    }

    /// The stage of several milestones together is none: the indicator needs a breakdown or a condition that leaves one.
    pub(super) fn one_milestone(&mut self, measure: ExprId, breakdowns: &[Vec<DimensionLevel>], at: Span) {
        let (Unit::Stage(_), Some((source, chosen))) = (self.unit(measure), self.info(measure).milestones) else {
            return;
        };
        let Some(milestones) = self.program.sources.get(source).and_then(|source| source.milestones) else { return };
        let broken_down = breakdowns.iter().flatten().any(|level| level.dimension == milestones.of);
        if !broken_down && !chosen {
            let dimension = self.program.dimensions.get(milestones.of);
            let of = dimension.map_or_else(String::new, |dimension| dimension.name.clone());
            self.report(Problem::new(TypeProblem::StageOfSeveral { of }, at));
        }
    }
}

/// The tests of a condition. Depth is bounded by the parser.
fn tests(cond: &Cond) -> Vec<&ColumnTest> {
    match cond {
        Cond::Test(test) => vec![test],
        Cond::And(parts) | Cond::Or(parts) => parts.iter().flat_map(tests).collect(),
        Cond::Not(inner) => tests(inner),
    }
}

/// What must hold each on its own.
fn conjuncts(cond: &Cond) -> Vec<&Cond> {
    match cond {
        Cond::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        Cond::Test(_) | Cond::Or(_) | Cond::Not(_) => vec![cond],
    }
}

/// The stages of a dimension in their order: its members of the finest level.
pub(crate) fn stage_members(dimension: &super::model::Dimension) -> impl Iterator<Item = usize> + '_ {
    dimension.members_of(dimension.levels.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    fn read(text: &str) -> String {
        let calendars = Calendar::civil();
        let Some((said, period)) = read_stage_date(text, CalendarId::YEAR, &calendars) else { return "none".into() };
        assert_eq!(said, said_of_stage(text), "{text}");
        let calendar = calendars.get(usize::from(period.calendar.0));
        let label = calendar.map_or_else(String::new, |calendar| period.label(calendar, Lang::Fr));
        format!("{said:?} {label}")
    }

    #[test]
    fn dates_of_stages() {
        for (text, wanted) in [
            ("2016-08-25", "Reached 2016-08-25"),
            ("25 août 2016", "Reached 2016-08-25"),
            ("August 25, 2016", "Reached 2016-08-25"),
            ("août 2016", "Reached 2016-08"),
            ("2016-08", "Reached 2016-08"),
            ("2016", "Reached 2016"),
            ("date inconnue", "Reached période inconnue"),
            ("Atteint", "Reached période inconnue"),
            ("en cours", "InProgress période inconnue"),
            ("En cours depuis 2019", "InProgress 2019"),
            ("in progress since May 2019", "InProgress 2019-05"),
            ("prévue en 2021", "Planned 2021"),
            ("prévu pour le 1er mars 2021", "Planned 2021-03-01"),
            ("planned for 2021", "Planned 2021"),
            ("planned", "Planned période inconnue"),
            ("en\u{a0}cours", "InProgress période inconnue"),
            ("prévuement", "none"),
            ("en coursier", "none"),
            ("bientôt", "none"),
            ("en cours depuis hier", "none"),
            ("2016-13", "none"),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }
}
