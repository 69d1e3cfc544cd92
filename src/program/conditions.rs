//! Conditions: what is tested, with which members or values, and what becomes of missing values (meaning 5).
//!
//! Negation is pushed down to the tests, each of which keeps its policy: rows that are excluded when missing fail `x = a` and
//! `non (x = a)` alike.

use crate::problem::{Problem, TimeProblem, TypeProblem};
use crate::syntax::ast::{Comparison, Condition, ConditionKind, Literal, MissingPolicy, Name};
use crate::text::{Both, Span};
use crate::types::{Calendar, CalendarId, Number, Unit};

use super::Checker;
use super::measures::Info;
use super::model::{ColumnTest, ColumnType, Cond, DimensionLevel, RowKind, TestKind, TestOn};

/// Conditions nest this deep at most; the parser refuses deeper ones before.
const DEPTH: u32 = 200;

/// What a name in a condition stands for.
struct Subject {
    on: TestOn,
    of: ColumnType,
    /// The column may be empty, and where that is declared.
    missing: Option<Span>,
    /// The declared default.
    policy: Option<MissingPolicy>,
    /// Rows are things, not counts: bands come as the numbers themselves.
    rows_are_things: bool,
    /// The sources have no such column, but a list that mixes this dimension.
    mixed: bool,
    name: String,
}

impl Checker<'_> {
    /// Types a condition over what is known of the measure that it restricts; `None` where it is broken.
    pub(super) fn condition(&mut self, condition: &Condition, of: &Info) -> Option<Cond> {
        self.cond(condition, of, false, 0)
    }

    fn cond(&mut self, condition: &Condition, of: &Info, negated: bool, depth: u32) -> Option<Cond> {
        if depth > DEPTH {
            self.spoil();
            return None;
        }
        match &condition.kind {
            ConditionKind::And(parts) | ConditionKind::Or(parts) => {
                let made: Vec<Option<Cond>> =
                    parts.iter().map(|part| self.cond(part, of, negated, depth + 1)).collect();
                let made: Vec<Cond> = made.into_iter().collect::<Option<_>>()?;
                let all = matches!(condition.kind, ConditionKind::And(_)) != negated;
                Some(if all { Cond::And(made) } else { Cond::Or(made) })
            }
            ConditionKind::Not(inner) => self.cond(inner, of, !negated, depth + 1),
            ConditionKind::Compare(name, (comparison, at), literal, policy) => {
                let comparison = if negated { opposite(*comparison) } else { *comparison };
                let subject = self.subject(name, of)?;
                if let Some(other) = self.column_meant(&subject, literal, of) {
                    return self.compare_columns(name, comparison, *at, &other, *policy, of, condition.span);
                }
                let policy = self.policy(&subject, *policy, condition.span);
                self.compare(&subject, comparison, *at, literal, policy)
            }
            ConditionKind::In(name, literals, policy) => {
                let subject = self.subject(name, of)?;
                let policy = self.policy(&subject, *policy, condition.span);
                self.one_of(&subject, literals, negated, policy)
            }
            ConditionKind::Between(name, low, high, policy) => {
                let subject = self.subject(name, of)?;
                let policy = self.policy(&subject, *policy, condition.span);
                let (from, to) = if negated {
                    (Comparison::Less, Comparison::More)
                } else {
                    (Comparison::AtLeast, Comparison::AtMost)
                };
                let low = self.compare(&subject, from, low.span(), low, policy);
                let high = self.compare(&subject, to, high.span(), high, policy);
                let both = vec![low?, high?];
                Some(if negated { Cond::Or(both) } else { between(both) })
            }
            ConditionKind::IsMissing(name) => {
                let subject = self.subject(name, of)?;
                let test = if negated { TestKind::Present } else { TestKind::Missing };
                Some(test_of(&subject, test, MissingPolicy::Counted))
            }
            ConditionKind::Flag(name, policy) => {
                let subject = self.subject(name, of)?;
                if subject.of != ColumnType::YesNo {
                    self.does_not_fit(&subject, name.span, None);
                    return None;
                }
                let policy = self.policy(&subject, *policy, condition.span)?;
                Some(test_of(&subject, if negated { TestKind::No } else { TestKind::Yes }, policy))
            }
            ConditionKind::CompareColumns(one, (comparison, at), other, policy) => {
                let comparison = if negated { opposite(*comparison) } else { *comparison };
                self.compare_columns(one, comparison, *at, other, *policy, of, condition.span)
            }
            ConditionKind::Missing => {
                self.spoil();
                None
            }
        }
    }

    /// What the name tests, in the sources of the measure.
    fn subject(&mut self, name: &Name, of: &Info) -> Option<Subject> {
        if let [source] = of.sources.as_slice()
            && let Some(column) = self.sources.get(*source).and_then(|facts| facts.by_name.get(&name.text)).copied()
        {
            return self.column_subject(*source, column, name);
        }
        if self.levels.contains_key(&name.text) {
            let level = self.level_named(name)?;
            return self.dimension_subject(level, name, of);
        }
        match of.sources.as_slice() {
            [source] => {
                self.column(*source, name)?;
                None
            }
            // Nothing is known of the columns of a measure that is broken elsewhere.
            [] if self.broken => None,
            [] => {
                self.level_named(name);
                None
            }
            sources => {
                let owner = sources.iter().copied().find(|source| {
                    self.sources.get(*source).is_some_and(|facts| facts.by_name.contains_key(&name.text))
                });
                match owner {
                    // A column of one of several sources: the dimension that it holds is what they share.
                    Some(owner) => {
                        let column = self.column(owner, name)?;
                        let found = self.program.sources.get(owner)?.columns.get(column)?;
                        let ColumnType::Dimension(dimension) = found.of else {
                            let other = sources.iter().find(|source| **source != owner)?;
                            let other = self.program.sources.get(*other)?;
                            let (other, definition) = (other.name.clone(), other.definition);
                            self.no_dimension(&other, &name.text, name.span, definition);
                            return None;
                        };
                        let finest = self.program.dimensions.get(dimension)?.levels.len().saturating_sub(1);
                        self.dimension_subject(DimensionLevel { dimension, level: finest }, name, of)
                    }
                    None => {
                        self.level_named(name);
                        None
                    }
                }
            }
        }
    }

    fn column_subject(&mut self, source: usize, column: usize, name: &Name) -> Option<Subject> {
        self.column(source, name)?;
        let found = self.program.sources.get(source)?.columns.get(column)?;
        let on = match found.of {
            ColumnType::Dimension(dimension)
                if self.sources.get(source)?.by_dimension.get(&dimension).is_some_and(|all| all.len() == 1) =>
            {
                let level = self.program.dimensions.get(dimension)?.levels.len().saturating_sub(1);
                TestOn::Dimension(DimensionLevel { dimension, level })
            }
            ColumnType::Text
            | ColumnType::Number(_)
            | ColumnType::Date
            | ColumnType::YesNo
            | ColumnType::Dimension(_)
            | ColumnType::Period(_) => TestOn::Column { source, column },
        };
        if found.qualified {
            let fact = TypeProblem::QualifiedColumn { column: name.text.clone(), compared: true };
            let definition = found.definition;
            self.report(Problem::new(fact, name.span).also(definition));
            return None;
        }
        Some(Subject {
            on,
            of: found.of.clone(),
            missing: found.may_be_missing.then_some(found.definition),
            policy: found.missing,
            rows_are_things: self.rows_are_things(&[source]),
            mixed: false,
            name: name.text.clone(),
        })
    }

    fn rows_are_things(&self, sources: &[usize]) -> bool {
        let rows = |source: &usize| self.program.sources.get(*source).map(|source| &source.row);
        sources.iter().all(|source| matches!(rows(source), Some(RowKind::Thing(_) | RowKind::Event)))
    }

    fn dimension_subject(&mut self, level: DimensionLevel, name: &Name, of: &Info) -> Option<Subject> {
        if self.mixing(level.dimension, of).is_some() {
            return Some(Subject {
                on: TestOn::Dimension(level),
                of: ColumnType::Dimension(level.dimension),
                missing: None,
                policy: None,
                rows_are_things: false,
                mixed: true,
                name: name.text.clone(),
            });
        }
        if !self.has_dimension(level, name, of) {
            return None;
        }
        let columns = of.sources.iter().filter_map(|source| {
            let column = *self.sources.get(*source)?.by_dimension.get(&level.dimension)?.first()?;
            self.program.sources.get(*source)?.columns.get(column)
        });
        let (mut missing, mut policy) = (None, None);
        for column in columns.filter(|column| column.may_be_missing) {
            missing = missing.or(Some(column.definition));
            policy = policy.or(column.missing);
        }
        Some(Subject {
            on: TestOn::Dimension(level),
            of: ColumnType::Dimension(level.dimension),
            missing,
            policy,
            rows_are_things: self.rows_are_things(&of.sources),
            mixed: false,
            name: name.text.clone(),
        })
    }

    /// True where every source below a measure has exactly one column of this dimension, as fine as the level asked.
    pub(super) fn has_dimension(&mut self, level: DimensionLevel, name: &Name, of: &Info) -> bool {
        if self.is_mixed_in(level.dimension, of) {
            return true;
        }
        for source in &of.sources {
            let Some((facts, found)) = self.sources.get(*source).zip(self.program.sources.get(*source)) else {
                return false;
            };
            let columns = facts.by_dimension.get(&level.dimension).map_or(&[][..], Vec::as_slice);
            match columns {
                [column] => {
                    if facts.level.get(column).is_some_and(|known| *known < level.level) {
                        let known = self.level_name(DimensionLevel { level: facts.level[column], ..level });
                        let fact = TimeProblem::LevelTooFine {
                            source: found.name.clone(),
                            level: self.level_name(level),
                            known,
                        };
                        let definition =
                            found.columns.get(*column).map_or(found.definition, |column| column.definition);
                        self.report(Problem::new(fact, name.span).also(definition));
                        return false;
                    }
                }
                [] => {
                    // A column with a mistake of its own may have been meant for this dimension.
                    if facts.broken_columns.is_empty() {
                        let (source, definition) = (found.name.clone(), found.definition);
                        self.no_dimension(&source, &name.text, name.span, definition);
                    } else {
                        self.spoil();
                    }
                    return false;
                }
                [one, other, ..] => {
                    let column =
                        |at: usize| found.columns.get(at).map(|column| (column.name.clone(), column.definition));
                    let (Some((one, at_one)), Some((other, at_other))) = (column(*one), column(*other)) else {
                        return false;
                    };
                    let fact = TimeProblem::TwoColumns {
                        source: found.name.clone(),
                        dimension: name.text.clone(),
                        columns: [one, other],
                    };
                    self.report(Problem::new(fact, name.span).also(at_one).also(at_other));
                    return false;
                }
            }
        }
        if !of.attributes.is_empty() && !of.attributes.contains(&level.dimension) {
            let dimension = of.attributes.first().and_then(|at| self.program.dimensions.get(*at));
            let Some(dimension) = dimension else { return false };
            let fact =
                TimeProblem::AttributeElsewhere { dimension: name.text.clone(), attribute_of: dimension.name.clone() };
            let definition = dimension.definition;
            self.report(Problem::new(fact, name.span).also(definition));
            return false;
        }
        true
    }

    pub(super) fn no_dimension(&mut self, source: &str, dimension: &str, at: Span, definition: Span) {
        let fact = TimeProblem::NoSuchDimension { source: source.to_string(), dimension: dimension.to_string() };
        self.report(Problem::new(fact, at).also(definition));
    }

    /// A level's name.
    pub(super) fn level_name(&self, of: DimensionLevel) -> String {
        let dimension = self.program.dimensions.get(of.dimension);
        dimension.and_then(|dimension| dimension.levels.get(of.level)).cloned().unwrap_or_default()
    }

    /// What becomes of missing values; reports where nobody says.
    fn policy(&mut self, subject: &Subject, said: Option<MissingPolicy>, at: Span) -> Option<MissingPolicy> {
        if subject.mixed {
            return Some(self.read_mixed(said));
        }
        match (subject.missing, said.or(subject.policy)) {
            (None, said) => Some(said.unwrap_or(MissingPolicy::Excluded)),
            (Some(_), Some(policy)) => Some(policy),
            (Some(definition), None) => {
                let fact = TypeProblem::PolicyMissing { column: subject.name.clone() };
                self.report(Problem::new(fact, at).also(definition));
                None
            }
        }
    }

    fn compare(
        &mut self,
        subject: &Subject,
        comparison: Comparison,
        at: Span,
        literal: &Literal,
        policy: Option<MissingPolicy>,
    ) -> Option<Cond> {
        match &subject.of {
            ColumnType::Dimension(dimension) => {
                self.compare_member(subject, *dimension, comparison, at, literal, policy)
            }
            ColumnType::Number(unit) => {
                let Literal::Number(quantity) = literal else {
                    self.does_not_fit(subject, literal.span(), Some(literal));
                    return None;
                };
                if let Some(word) = &quantity.unit {
                    let said = self.unit_word(word);
                    if said != *unit && said != Unit::Unknown && *unit != Unit::Unknown && *unit != Unit::Number {
                        let fact = TypeProblem::UnitsApart {
                            one: self.unit_words(unit),
                            other: self.unit_words(&said),
                            money: false,
                            compared: true,
                        };
                        self.report(Problem::new(fact, word.span));
                        return None;
                    }
                }
                Some(test_of(subject, TestKind::Number(comparison, quantity.value.clone()), policy?))
            }
            ColumnType::Date => self.compare_date(subject, comparison, literal, policy),
            ColumnType::Text => {
                let Some(text) = text_of(literal) else {
                    self.does_not_fit(subject, literal.span(), Some(literal));
                    return None;
                };
                match comparison {
                    Comparison::Equal => Some(test_of(subject, TestKind::Texts(vec![text]), policy?)),
                    Comparison::Different => Some(test_of(subject, TestKind::NotTexts(vec![text]), policy?)),
                    Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => {
                        self.does_not_fit(subject, at, None);
                        None
                    }
                }
            }
            ColumnType::YesNo => {
                let Some(yes) = text_of(literal).and_then(|text| yes_or_no(&text)) else {
                    self.does_not_fit(subject, literal.span(), Some(literal));
                    return None;
                };
                let yes = match comparison {
                    Comparison::Equal => yes,
                    Comparison::Different => !yes,
                    Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => {
                        self.does_not_fit(subject, at, None);
                        return None;
                    }
                };
                Some(test_of(subject, if yes { TestKind::Yes } else { TestKind::No }, policy?))
            }
            ColumnType::Period(_) => {
                let text = text_of(literal).unwrap_or_default();
                let fact = TimeProblem::PeriodAsCondition { column: subject.name.clone(), text };
                self.report(Problem::new(fact, at));
                None
            }
        }
    }

    fn compare_member(
        &mut self,
        subject: &Subject,
        dimension: usize,
        comparison: Comparison,
        at: Span,
        literal: &Literal,
        policy: Option<MissingPolicy>,
    ) -> Option<Cond> {
        let negated = match comparison {
            Comparison::Equal => false,
            Comparison::Different => true,
            Comparison::Less | Comparison::AtMost | Comparison::More | Comparison::AtLeast => {
                return self.compare_band(subject, dimension, comparison, at, literal, policy);
            }
        };
        if let Literal::Number(quantity) = literal
            && self.is_number_of_bands(subject, literal)
        {
            return Some(test_of(subject, TestKind::Number(comparison, quantity.value.clone()), policy?));
        }
        self.one_of(subject, std::slice::from_ref(literal), negated, policy)
    }

    /// `âge = 7` in a register where 7 is no band by itself.
    fn is_number_of_bands(&self, subject: &Subject, literal: &Literal) -> bool {
        let ColumnType::Dimension(dimension) = subject.of else { return false };
        let bands = self.program.dimensions.get(dimension).is_some_and(|of| of.bands_of.is_some());
        bands
            && subject.rows_are_things
            && matches!(literal, Literal::Number(_))
            && self.member_named(dimension, literal).is_none()
    }

    /// `âge < 18` where ages come in bands: the bands that lie wholly on that side, or the numbers of a register.
    fn compare_band(
        &mut self,
        subject: &Subject,
        dimension: usize,
        comparison: Comparison,
        at: Span,
        literal: &Literal,
        policy: Option<MissingPolicy>,
    ) -> Option<Cond> {
        let of = self.program.dimensions.get(dimension)?;
        let (Literal::Number(quantity), Some(_)) = (literal, &of.bands_of) else {
            self.does_not_fit(subject, at, None);
            return None;
        };
        let value = &quantity.value;
        if subject.rows_are_things {
            return Some(test_of(subject, TestKind::Number(comparison, value.clone()), policy?));
        }
        let mut members = Vec::new();
        for (member, found) in of.members.iter().enumerate() {
            let Some((low, high)) = &found.band else { continue };
            let low_in = compare_numbers(low, comparison, value);
            let high_in = match high {
                Some(high) => compare_numbers(high, comparison, value),
                None => matches!(comparison, Comparison::More | Comparison::AtLeast),
            };
            if low_in != high_in {
                let fact = TypeProblem::BandCut { band: found.code.clone(), value: value.clone() };
                self.report(Problem::new(fact, literal.span()).also(of.definition));
                return None;
            }
            if low_in {
                members.push(member);
            }
        }
        Some(test_of(subject, TestKind::Members(members), policy?))
    }

    fn compare_date(
        &mut self,
        subject: &Subject,
        comparison: Comparison,
        literal: &Literal,
        policy: Option<MissingPolicy>,
    ) -> Option<Cond> {
        let text = text_of(literal).unwrap_or_default();
        let Some((first, last)) = days(&self.program.calendars, &text) else {
            self.does_not_fit(subject, literal.span(), Some(literal));
            return None;
        };
        let policy = policy?;
        let day = |comparison, day| test_of(subject, TestKind::Day(comparison, day), policy);
        Some(match comparison {
            Comparison::Equal => test_of(subject, TestKind::DayBetween(first, last), policy),
            Comparison::Different if first == last => day(Comparison::Different, first),
            Comparison::Different => Cond::Or(vec![day(Comparison::Less, first), day(Comparison::More, last)]),
            Comparison::Less => day(Comparison::Less, first),
            Comparison::AtMost => day(Comparison::AtMost, last),
            Comparison::More => day(Comparison::More, last),
            Comparison::AtLeast => day(Comparison::AtLeast, first),
        })
    }

    fn one_of(
        &mut self,
        subject: &Subject,
        literals: &[Literal],
        negated: bool,
        policy: Option<MissingPolicy>,
    ) -> Option<Cond> {
        let ColumnType::Dimension(dimension) = subject.of else {
            let comparison = if negated { Comparison::Different } else { Comparison::Equal };
            if subject.of == ColumnType::Text {
                let texts: Option<Vec<String>> = literals.iter().map(text_of).collect();
                if let Some(texts) = texts {
                    let test = if negated { TestKind::NotTexts(texts) } else { TestKind::Texts(texts) };
                    return Some(test_of(subject, test, policy?));
                }
            }
            let tests: Vec<Option<Cond>> = literals
                .iter()
                .map(|literal| self.compare(subject, comparison, literal.span(), literal, policy))
                .collect();
            let tests: Vec<Cond> = tests.into_iter().collect::<Option<_>>()?;
            return Some(if negated { Cond::And(tests) } else { Cond::Or(tests) });
        };
        if literals.len() > 1 && literals.iter().any(|literal| self.is_number_of_bands(subject, literal)) {
            let comparison = if negated { Comparison::Different } else { Comparison::Equal };
            let one = |literal: &Literal| {
                self.compare_member(subject, dimension, comparison, literal.span(), literal, policy)
            };
            let tests: Vec<Option<Cond>> = literals.iter().map(one).collect();
            let tests: Vec<Cond> = tests.into_iter().collect::<Option<_>>()?;
            return Some(if negated { Cond::And(tests) } else { Cond::Or(tests) });
        }
        let found: Vec<Option<usize>> = literals.iter().map(|literal| self.member(dimension, literal)).collect();
        let members: Vec<usize> = found.into_iter().collect::<Option<_>>()?;
        let policy = policy?;
        // Members of one test are of one level: several levels make several tests.
        let mut by_level: Vec<(usize, Vec<usize>)> = Vec::new();
        for member in members {
            let level = self.program.dimensions.get(dimension)?.members.get(member)?.level;
            match by_level.iter_mut().find(|(known, _)| *known == level) {
                Some((_, all)) => all.push(member),
                None => by_level.push((level, vec![member])),
            }
        }
        let mut tests: Vec<Cond> = by_level
            .into_iter()
            .map(|(level, members)| {
                let on = match subject.on {
                    TestOn::Dimension(of) => TestOn::Dimension(DimensionLevel { level, ..of }),
                    on @ TestOn::Column { .. } => on,
                };
                let test = if negated { TestKind::NotMembers(members) } else { TestKind::Members(members) };
                Cond::Test(ColumnTest { on, test, missing: policy })
            })
            .collect();
        match tests.len() {
            1 => tests.pop(),
            _ if negated => Some(Cond::And(tests)),
            _ => Some(Cond::Or(tests)),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one comparison as the tree has them")]
    fn compare_columns(
        &mut self,
        one: &Name,
        comparison: Comparison,
        at: Span,
        other: &Name,
        said: Option<MissingPolicy>,
        of: &Info,
        span: Span,
    ) -> Option<Cond> {
        let [source] = of.sources.as_slice() else {
            self.level_named(one);
            return None;
        };
        let source = *source;
        let Some(right) = self.sources.get(source).and_then(|facts| facts.by_name.get(&other.text)).copied() else {
            // `sexe = F` without such a column: a member was meant, and the parser could not know.
            let left = self.subject(one, of)?;
            let policy = self.policy(&left, said, span);
            return self.compare(&left, comparison, at, &Literal::Word(other.clone()), policy);
        };
        let left = self.column(source, one)?;
        self.column(source, other)?;
        let columns = &self.program.sources.get(source)?.columns;
        let (a, b) = (columns.get(left)?, columns.get(right)?);
        let missing = [a, b].into_iter().find(|column| column.may_be_missing);
        let policy = [a, b].into_iter().find_map(|column| column.missing);
        let subject = Subject {
            on: TestOn::Column { source, column: left },
            of: a.of.clone(),
            missing: missing.map(|column| column.definition),
            policy,
            rows_are_things: true,
            mixed: false,
            name: missing.map_or(one.text.clone(), |column| column.name.clone()),
        };
        if !fits(&a.of, &b.of) {
            let fact = TypeProblem::ColumnsApart {
                one: one.text.clone(),
                other: other.text.clone(),
                holds: [self.column_words(&a.of), self.column_words(&b.of)],
            };
            let (one, other) = (a.definition, b.definition);
            self.report(Problem::new(fact, at).also(one).also(other));
            return None;
        }
        let policy = self.policy(&subject, said, span)?;
        Some(test_of(&subject, TestKind::Column(comparison, right), policy))
    }

    /// `entrée = sortie`: a bare word that is no value of the left side, but a column of the same source and type.
    fn column_meant(&self, subject: &Subject, literal: &Literal, of: &Info) -> Option<Name> {
        let (Literal::Word(word), [source]) = (literal, of.sources.as_slice()) else { return None };
        let right = self.sources.get(*source)?.by_name.get(&word.text)?;
        let right = self.program.sources.get(*source)?.columns.get(*right)?;
        let is_value = match &subject.of {
            ColumnType::Dimension(dimension) => self.member_named(*dimension, literal).is_some(),
            ColumnType::Date => days(&self.program.calendars, &word.text).is_some(),
            ColumnType::YesNo => yes_or_no(&word.text).is_some(),
            ColumnType::Text | ColumnType::Number(_) | ColumnType::Period(_) => false,
        };
        (!is_value && fits(&subject.of, &right.of)).then(|| word.clone())
    }

    fn does_not_fit(&mut self, subject: &Subject, at: Span, literal: Option<&Literal>) {
        let fact = TypeProblem::ComparisonApart {
            column: subject.name.clone(),
            holds: self.column_words(&subject.of),
            write: self.example_test(subject),
            value: literal.map(|literal| text_of(literal).unwrap_or_default()),
        };
        self.report(Problem::new(fact, at));
    }

    fn example_test(&self, subject: &Subject) -> Both<String> {
        let name = &subject.name;
        let both = |fr: &str, en: &str| Both { fr: format!("{name}{fr}"), en: format!("{name}{en}") };
        match &subject.of {
            ColumnType::Text => both(" = \"…\"", " = \"…\""),
            ColumnType::Number(_) => both(" >= 18", " >= 18"),
            ColumnType::Date => both(" >= 2020-06-15", " >= 2020-06-15"),
            ColumnType::YesNo => both(" = oui", " = yes"),
            ColumnType::Dimension(at) => {
                let members = self.program.dimensions.get(*at).map_or(&[][..], |dimension| &dimension.members);
                let code = members.first().map_or("…", |member| &member.code);
                both(&format!(" = {code}"), &format!(" = {code}"))
            }
            ColumnType::Period(_) => both("", ""),
        }
    }

    /// What a column holds, in words.
    pub(super) fn column_words(&self, of: &ColumnType) -> Both<String> {
        let (fr, en) = match of {
            ColumnType::Text => ("du texte", "text"),
            ColumnType::Number(_) => ("des nombres", "numbers"),
            ColumnType::Date => ("des dates", "dates"),
            ColumnType::YesNo => ("oui ou non", "yes or no"),
            ColumnType::Dimension(at) => {
                let name = self.program.dimensions.get(*at).map_or("", |dimension| &dimension.name);
                return Both { fr: format!("des membres de « {name} »"), en: format!("members of `{name}`") };
            }
            ColumnType::Period(_) => ("des périodes", "periods"),
        };
        Both { fr: fr.to_string(), en: en.to_string() }
    }
}

/// Two closed bounds on one thing are one test.
fn between(both: Vec<Cond>) -> Cond {
    if let [Cond::Test(low), Cond::Test(high)] = both.as_slice() {
        let test = match (&low.test, &high.test) {
            (TestKind::Number(_, low), TestKind::Number(_, high)) => {
                Some(TestKind::NumberBetween(low.clone(), high.clone()))
            }
            (TestKind::Day(_, low), TestKind::Day(_, high)) => Some(TestKind::DayBetween(*low, *high)),
            (TestKind::Members(low), TestKind::Members(high)) => {
                Some(TestKind::Members(low.iter().filter(|member| high.contains(member)).copied().collect()))
            }
            _ => None,
        };
        if let Some(test) = test {
            return Cond::Test(ColumnTest { on: low.on, test, missing: low.missing });
        }
    }
    Cond::And(both)
}

fn test_of(subject: &Subject, test: TestKind, missing: MissingPolicy) -> Cond {
    Cond::Test(ColumnTest { on: subject.on, test, missing })
}

/// True where two columns can be compared.
fn fits(one: &ColumnType, other: &ColumnType) -> bool {
    match (one, other) {
        (ColumnType::Number(x), ColumnType::Number(y)) => {
            x == y || *x == Unit::Unknown || *y == Unit::Unknown || *x == Unit::Number || *y == Unit::Number
        }
        (x, y) => x == y,
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "oui" | "yes" | "vrai" | "true" => Some(true),
        "non" | "no" | "faux" | "false" => Some(false),
        _ => None,
    }
}

fn text_of(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Word(name) => Some(name.text.clone()),
        Literal::Text(text) => Some(text.text.clone()),
        Literal::Number(quantity) => match quantity.unit {
            None => quantity.value.exact_decimal(),
            Some(_) => None,
        },
    }
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::Different,
        Comparison::Different => Comparison::Equal,
        Comparison::Less => Comparison::AtLeast,
        Comparison::AtMost => Comparison::More,
        Comparison::More => Comparison::AtMost,
        Comparison::AtLeast => Comparison::Less,
    }
}

pub(super) fn compare_numbers(one: &Number, comparison: Comparison, other: &Number) -> bool {
    match comparison {
        Comparison::Equal => one == other,
        Comparison::Different => one != other,
        Comparison::Less => one < other,
        Comparison::AtMost => one <= other,
        Comparison::More => one > other,
        Comparison::AtLeast => one >= other,
    }
}

/// First and last day of a date or of a civil period.
fn days(calendars: &[Calendar], text: &str) -> Option<(i32, i32)> {
    let civil = [CalendarId::DAY, CalendarId::MONTH, CalendarId::QUARTER, CalendarId::HALF_YEAR, CalendarId::YEAR];
    civil.iter().find_map(|id| {
        let calendar = calendars.get(id.0 as usize)?;
        let ordinal = calendar.read_label(text)?;
        Some((calendar.start(ordinal).day_number(), calendar.end(ordinal).day_number()))
    })
}
