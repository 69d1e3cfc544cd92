//! Measures to sums of cells: each protected source is cut along every column that some measure looks at, as finely as the
//! measures together do; rows that no measure tells apart are one cell.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::choose::Form;
use super::{Kind, Leaf, Linear};
use crate::evaluate::Evaluator;
use crate::outcome::{GroupKey, Member};
use crate::plan::{dimension_column, protected};
use crate::program::model::{
    ColumnTest, ColumnType, Comparison, Cond, DataSource, MissingPolicy, Program, TestKind, TestOn,
};
use crate::types::{Number, Period};

/// Combinations of classes of one source that are gone through. Beyond, its figures that look at the column with the most
/// classes are hidden, and so on.
const COMBINATIONS: usize = 60_000;

/// What the rows of one class have in common in one column.
#[derive(Debug, Clone, PartialEq)]
enum Class {
    Day(i32),
    Member(usize),
    Number(Number),
    Text(String),
    OtherText,
    Yes,
    No,
    Missing,
}

/// What a measure wants of one column.
#[derive(Debug, Clone, PartialEq)]
enum Wish<'p> {
    Days(i32, i32),
    Group(GroupKey),
    Cond(&'p Cond),
}

/// The measures as sums of cells; `None` for one that cannot be followed.
#[derive(Debug, Default)]
pub(super) struct Cells {
    of: Vec<Option<Vec<u32>>>,
}

impl Cells {
    /// A sum of measures as a sum of cells, scaled to whole factors.
    pub(super) fn form(&self, linear: &Linear, leaves: &[Leaf], program: &Program) -> Option<Form> {
        let mut cells: BTreeMap<u32, Number> = BTreeMap::new();
        let mut value = Number::zero();
        let mut small = false;
        let mut counts = true;
        let mut threshold = 0;
        for (at, factor) in linear {
            let leaf = leaves.get(*at as usize)?;
            value = value + leaf.value.clone() * factor.clone();
            small |= leaf.setting.kind != Kind::Count && leaf.small;
            counts &= leaf.setting.kind == Kind::Count;
            threshold = threshold.max(protected::threshold(program, leaf.setting.source));
            for cell in self.of.get(*at as usize)?.as_ref()? {
                let sum = cells.entry(*cell).or_insert_with(Number::zero);
                *sum = sum.clone() + factor.clone();
            }
        }
        cells.retain(|_, factor| !factor.is_zero());
        Form::new(cells, value, small, counts, threshold)
    }
}

/// Cuts every source that some leaf reads.
pub(super) fn cut(evaluator: &Evaluator<'_>, leaves: &[Leaf]) -> Cells {
    let mut cells = Cells { of: vec![None; leaves.len()] };
    let mut next = 0u32;
    let sources: BTreeSet<usize> = leaves.iter().map(|leaf| leaf.setting.source).collect();
    for source in sources {
        let of_source: Vec<usize> =
            (0..leaves.len()).filter(|at| leaves.get(*at).is_some_and(|leaf| leaf.setting.source == source)).collect();
        cut_source(evaluator, source, leaves, &of_source, &mut next, &mut cells);
    }
    cells
}

/// One column with its classes and, for each, which wishes it fulfils.
struct Axis<'p> {
    wishes: Vec<Wish<'p>>,
    classes: Vec<Vec<bool>>,
}

fn cut_source<'p>(
    evaluator: &Evaluator<'p>,
    source: usize,
    leaves: &[Leaf],
    of_source: &[usize],
    next: &mut u32,
    cells: &mut Cells,
) {
    let program = evaluator.program;
    let Some(data) = program.sources.get(source) else { return };
    // Which wishes each leaf has, by column.
    let mut wishes: BTreeMap<usize, Vec<Wish<'p>>> = BTreeMap::new();
    let mut wanted: Vec<(usize, Vec<(usize, usize)>)> = Vec::new();
    'leaves: for at in of_source {
        let Some(leaf) = leaves.get(*at) else { continue };
        let Some(list) = wishes_of(evaluator, source, data, leaf) else { continue };
        let mut own = Vec::new();
        for (column, wish) in list {
            if let Wish::Cond(cond) = &wish
                && !can_class(data, column, cond)
            {
                continue 'leaves;
            }
            let known = wishes.entry(column).or_default();
            let index = known.iter().position(|other| *other == wish).unwrap_or_else(|| {
                known.push(wish);
                known.len() - 1
            });
            own.push((column, index));
        }
        wanted.push((*at, own));
    }
    let mut axes: BTreeMap<usize, Axis<'p>> = BTreeMap::new();
    for (column, list) in wishes {
        let mut classes: Vec<Vec<bool>> = Vec::new();
        for class in classes_of(evaluator, data, column, &list) {
            let fulfils: Vec<bool> = list.iter().map(|wish| fulfils(program, data, wish, &class)).collect();
            if !classes.contains(&fulfils) {
                classes.push(fulfils);
            }
        }
        axes.insert(column, Axis { wishes: list, classes });
    }
    // Too many: the column with the most classes is left aside, and what looks at it is hidden.
    while axes.values().fold(1usize, |all, axis| all.saturating_mul(axis.classes.len().max(1))) > COMBINATIONS {
        let Some(widest) = axes.iter().max_by_key(|(_, axis)| axis.classes.len()).map(|(column, _)| *column) else {
            return;
        };
        axes.remove(&widest);
        wanted.retain(|(_, own)| own.iter().all(|(column, _)| *column != widest));
    }
    let mut combinations: Vec<Vec<(usize, usize)>> = vec![Vec::new()];
    for (column, axis) in &axes {
        debug_assert!(!axis.wishes.is_empty());
        combinations = combinations
            .iter()
            .flat_map(|start| {
                (0..axis.classes.len()).map(move |class| {
                    let mut all = start.clone();
                    all.push((*column, class));
                    all
                })
            })
            .collect();
    }
    let mut by_members: HashMap<(Kind, Vec<u32>), u32> = HashMap::new();
    let kinds: BTreeSet<Kind> =
        wanted.iter().filter_map(|(at, _)| leaves.get(*at)).map(|leaf| leaf.setting.kind).collect();
    for (at, _) in &wanted {
        if let Some(of) = cells.of.get_mut(*at) {
            *of = Some(Vec::new());
        }
    }
    for combination in &combinations {
        let holds = |own: &[(usize, usize)]| {
            own.iter().all(|(column, wish)| {
                let class = combination.iter().find(|(of, _)| of == column).map(|(_, class)| *class);
                class.and_then(|class| axes.get(column)?.classes.get(class)?.get(*wish).copied()).unwrap_or(false)
            })
        };
        let inside: Vec<usize> = wanted.iter().filter(|(_, own)| holds(own)).map(|(at, _)| *at).collect();
        for kind in &kinds {
            let members: Vec<u32> = inside
                .iter()
                .filter(|at| leaves.get(**at).is_some_and(|leaf| leaf.setting.kind == *kind))
                .filter_map(|at| u32::try_from(*at).ok())
                .collect();
            if members.is_empty() {
                continue;
            }
            if by_members.contains_key(&(*kind, members.clone())) {
                continue;
            }
            let cell = *next;
            *next = next.saturating_add(1);
            for at in &members {
                if let Some(Some(of)) = cells.of.get_mut(*at as usize) {
                    of.push(cell);
                }
            }
            by_members.insert((*kind, members), cell);
        }
    }
}

/// What a leaf wants of which column; `None` where it cannot be said column by column.
fn wishes_of<'p>(
    evaluator: &Evaluator<'p>,
    source: usize,
    data: &DataSource,
    leaf: &Leaf,
) -> Option<Vec<(usize, Wish<'p>)>> {
    let program = evaluator.program;
    let mut wishes = Vec::new();
    if let Some((column, _)) = data.period {
        let (first, last) = days(evaluator, leaf.setting.period)?;
        wishes.push((column, Wish::Days(first, last)));
    }
    for key in evaluator.group(leaf.setting.group) {
        wishes.push((dimension_column(program, source, key.dimension)?, Wish::Group(key.clone())));
    }
    let conditions = evaluator.plan.contexts.conditions(program, leaf.setting.ctx);
    for cond in crate::plan::conjuncts(&conditions) {
        let mut columns = BTreeSet::new();
        let mut known = true;
        crate::plan::each_test(cond, &mut |test| match column_of(program, source, test) {
            Some(column) => {
                columns.insert(column);
            }
            None => known = false,
        });
        // A condition across columns would need their combinations.
        let mut columns = columns.into_iter();
        match (known, columns.next(), columns.next()) {
            (true, Some(column), None) => wishes.push((column, Wish::Cond(cond))),
            _ => return None,
        }
    }
    Some(wishes)
}

fn column_of(program: &Program, source: usize, test: &ColumnTest) -> Option<usize> {
    match test.on {
        TestOn::Dimension(level) => dimension_column(program, source, level.dimension),
        TestOn::Column { source: of, column } => (of == source).then_some(column),
    }
}

fn days(evaluator: &Evaluator<'_>, period: Period) -> Option<(i32, i32)> {
    if period.is_unknown() {
        // A day before all others: what has no known period is in no other one, and is protected like any.
        return Some((i32::MIN, i32::MIN));
    }
    let calendar = evaluator.calendar(period.calendar)?;
    Some((calendar.start(period.first).day_number(), calendar.end(period.last).day_number()))
}

/// True where the tests of a condition are of the kind of its column.
fn can_class(data: &DataSource, column: usize, cond: &Cond) -> bool {
    let Some(of) = data.columns.get(column).map(|column| &column.of) else { return false };
    let mut fits = true;
    crate::plan::each_test(cond, &mut |test| {
        fits &= matches!(
            (&test.test, of),
            (TestKind::Missing | TestKind::Present, _)
                | (TestKind::Members(_) | TestKind::NotMembers(_), ColumnType::Dimension(_))
                | (TestKind::Number(..) | TestKind::NumberBetween(..), ColumnType::Number(_))
                | (TestKind::Day(..) | TestKind::DayBetween(..), ColumnType::Date)
                | (TestKind::Texts(_) | TestKind::NotTexts(_), ColumnType::Text)
                | (TestKind::Yes | TestKind::No, ColumnType::YesNo)
        );
    });
    fits
}

/// The classes of a column that the wishes may tell apart. A class that no whole number is in is left out: the attacker is
/// taken to know more, never less.
fn classes_of(evaluator: &Evaluator<'_>, data: &DataSource, column: usize, wishes: &[Wish<'_>]) -> Vec<Class> {
    let Some(of) = data.columns.get(column) else { return Vec::new() };
    let mut classes = Vec::new();
    let mut tests: Vec<&ColumnTest> = Vec::new();
    for wish in wishes {
        if let Wish::Cond(cond) = wish {
            crate::plan::each_test(cond, &mut |test| tests.push(test));
        }
    }
    match &of.of {
        ColumnType::Dimension(dimension) => {
            let Some(dimension) = evaluator.program.dimensions.get(*dimension) else { return classes };
            let is_parent = |at: usize| dimension.members.iter().any(|member| member.parent == Some(at));
            classes.extend((0..dimension.members.len()).filter(|at| !is_parent(*at)).map(Class::Member));
        }
        ColumnType::Date | ColumnType::Period(_) => {
            let mut cuts = BTreeSet::new();
            for wish in wishes {
                if let Wish::Days(first, last) = wish {
                    cuts.extend([*first, last.saturating_add(1)]);
                }
            }
            for test in &tests {
                match test.test {
                    TestKind::Day(_, day) => cuts.extend([day, day.saturating_add(1)]),
                    TestKind::DayBetween(first, last) => cuts.extend([first, last.saturating_add(1)]),
                    _ => {}
                }
            }
            classes.extend(cuts.first().map(|first| Class::Day(first.saturating_sub(1))));
            classes.extend(cuts.into_iter().map(Class::Day));
        }
        ColumnType::Number(_) => {
            let mut cuts = BTreeSet::new();
            for test in &tests {
                match &test.test {
                    TestKind::Number(_, number) => {
                        cuts.insert(number.clone());
                    }
                    TestKind::NumberBetween(low, high) => cuts.extend([low.clone(), high.clone()]),
                    _ => {}
                }
            }
            let one = || Number::from(1i64);
            classes.extend(cuts.first().map(|first| Class::Number(first.clone() - one())));
            for cut in &cuts {
                classes.push(Class::Number(cut.clone()));
                let above = whole_above(cut);
                if !cuts.contains(&above) && cuts.range(cut.clone()..above.clone()).nth(1).is_none() {
                    classes.push(Class::Number(above));
                }
            }
        }
        ColumnType::Text => {
            for test in &tests {
                if let TestKind::Texts(texts) | TestKind::NotTexts(texts) = &test.test {
                    classes.extend(texts.iter().cloned().map(Class::Text));
                }
            }
            classes.push(Class::OtherText);
        }
        ColumnType::YesNo => classes.extend([Class::Yes, Class::No]),
    }
    if of.may_be_missing || !of.unknowns.is_empty() {
        classes.push(Class::Missing);
    }
    classes
}

/// The smallest whole number above a number.
fn whole_above(number: &Number) -> Number {
    let down = number.round(crate::types::Rounding { decimals: 0, mode: crate::types::RoundingMode::Truncation });
    let one = Number::from(1i64);
    if down > *number { down } else { down + one }
}

fn fulfils(program: &Program, data: &DataSource, wish: &Wish<'_>, class: &Class) -> bool {
    match wish {
        Wish::Days(first, last) => matches!(class, Class::Day(day) if first <= day && day <= last),
        Wish::Group(key) => match (&key.member, class) {
            (Member::Unknown, Class::Missing) => true,
            (Member::Unknown, Class::Member(at)) => ancestor(program, key.dimension, *at, key.level).is_none(),
            (Member::Code(wanted), Class::Member(at)) => {
                ancestor(program, key.dimension, *at, key.level) == Some(*wanted)
            }
            _ => false,
        },
        Wish::Cond(cond) => passes(program, data, cond, class),
    }
}

fn ancestor(program: &Program, dimension: usize, member: usize, level: usize) -> Option<usize> {
    program.dimensions.get(dimension)?.ancestor(member, level)
}

/// Whether a class passes a condition. Depth is bounded by the parser.
fn passes(program: &Program, data: &DataSource, cond: &Cond, class: &Class) -> bool {
    match cond {
        Cond::Test(test) => test_passes(program, data, test, class),
        Cond::And(parts) => parts.iter().all(|part| passes(program, data, part, class)),
        Cond::Or(parts) => parts.iter().any(|part| passes(program, data, part, class)),
        Cond::Not(inner) => !passes(program, data, inner, class),
    }
}

fn test_passes(program: &Program, data: &DataSource, test: &ColumnTest, class: &Class) -> bool {
    let counted = test.missing == MissingPolicy::Counted;
    let member = |list: &[usize]| -> Option<bool> {
        let Class::Member(at) = class else { return None };
        let level = match test.on {
            TestOn::Dimension(level) => Some((level.dimension, level.level)),
            TestOn::Column { column, .. } => match data.columns.get(column)?.of {
                ColumnType::Dimension(dimension) => {
                    let first = list.first().and_then(|first| program.dimensions.get(dimension)?.members.get(*first));
                    Some((dimension, first.map_or(0, |member| member.level)))
                }
                _ => None,
            },
        };
        let (dimension, level) = level?;
        ancestor(program, dimension, *at, level).map(|at| list.contains(&at))
    };
    match (&test.test, class) {
        (TestKind::Missing, class) => *class == Class::Missing,
        (TestKind::Present, class) => *class != Class::Missing,
        (TestKind::Members(list), _) => member(list).unwrap_or(counted),
        (TestKind::NotMembers(list), _) => member(list).map_or(counted, |inside| !inside),
        (_, Class::Missing) => counted,
        (TestKind::Number(comparison, with), Class::Number(number)) => compare(*comparison, number, with),
        (TestKind::NumberBetween(low, high), Class::Number(number)) => low <= number && number <= high,
        (TestKind::Day(comparison, with), Class::Day(day)) => compare(*comparison, day, with),
        (TestKind::DayBetween(first, last), Class::Day(day)) => first <= day && day <= last,
        (TestKind::Texts(list), Class::Text(text)) => list.contains(text),
        (TestKind::NotTexts(list), Class::Text(text)) => !list.contains(text),
        (TestKind::NotTexts(_), Class::OtherText) => true,
        (TestKind::Yes, class) => *class == Class::Yes,
        (TestKind::No, class) => *class == Class::No,
        _ => false,
    }
}

fn compare<T: PartialOrd>(comparison: Comparison, left: &T, right: &T) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::Different => left != right,
        Comparison::Less => left < right,
        Comparison::AtMost => left <= right,
        Comparison::More => left > right,
        Comparison::AtLeast => left >= right,
    }
}
