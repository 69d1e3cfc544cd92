//! Test blocks: inline data and the figures that they must give.

use super::groups::of_definition;
use super::{Evaluator, expression};
use crate::outcome::{GroupKey, Value};
use crate::plan::{Catalog, Cube, CubeQuery, CubeSource, Request, plan};
use crate::problem::{Fact, Problem, RuleProblem};
use crate::program::model::{Comparison, Expected, Program, Test};
use crate::text::{Lang, Span};
use crate::types::{Period, Range, Rounding};

/// How a test came out.
#[derive(Debug, Clone, PartialEq)]
pub struct TestOutcome {
    /// Its name.
    pub name: String,
    /// One per expected figure, in order.
    pub checks: Vec<TestCheck>,
}

impl TestOutcome {
    /// True where every figure is as expected and there is at least one.
    pub fn passes(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.passes)
    }
}

/// One expected figure.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCheck {
    /// The indicator, by index.
    pub indicator: usize,
    /// When.
    pub period: Period,
    /// Where.
    pub group: Vec<GroupKey>,
    /// What was computed.
    pub actual: Value,
    /// It is what was expected.
    pub passes: bool,
    /// The line.
    pub definition: Span,
}

/// Runs one test. `cubes` answers over the test's own data ([`Test::data`]), never over the files; a source for which the
/// test has no data counts as unreadable. The problems are those of the data and one per figure that is not as expected.
pub fn run_test(program: &Program, test: &Test, cubes: &dyn CubeSource) -> (TestOutcome, Vec<Problem>) {
    let mut indicators: Vec<usize> = test.expected.iter().map(|expected| expected.indicator).collect();
    indicators.sort_unstable();
    indicators.dedup();
    // An expected figure is one that the indicator has: its period and group are planned as if a plan had named them.
    let mut asked = program.clone();
    for expected in &test.expected {
        if let Some(indicator) = asked.indicators.get_mut(expected.indicator) {
            let mut dims: Vec<_> = expected.group.iter().map(|at| at.of).collect();
            dims.sort_unstable();
            if !dims.is_empty() && !indicator.breakdowns.contains(&dims) {
                indicator.breakdowns.push(dims);
            }
        }
    }
    let request = Request { indicators: Some(indicators), ..Request::default() };
    let plan = plan(&asked, &request);
    let mut problems = Vec::new();
    let mut answers = Vec::new();
    let has = |source: usize| test.data.iter().any(|data| data.source == source);
    for query in &plan.queries {
        let without = without(program, test, query);
        let given = has(query.source) && without.is_none();
        problems.extend(without.filter(|_| has(query.source)));
        let cube = match program.sources.get(query.source) {
            Some(source) if given => {
                let catalog = Catalog {
                    source,
                    sources: &program.sources,
                    dimensions: &program.dimensions,
                    calendars: &program.calendars,
                };
                cubes.cube(query, catalog)
            }
            _ => Cube { unreadable: true, ..Cube::default() },
        };
        problems.extend(cube.problems.iter().cloned());
        answers.push(cube);
    }
    let is_told =
        problems.iter().any(|problem| matches!(problem.fact, Fact::RuleProblem(RuleProblem::TestWithout { .. })));
    let mut evaluator = Evaluator::new(&asked, &plan, &answers);
    let mut checks = Vec::new();
    for expected in &test.expected {
        let group = of_definition(&expected.group);
        let id = evaluator.group_id(group.clone());
        let fig = evaluator.indicator(expected.indicator, expected.period, id);
        let rounding = asked.indicators.get(expected.indicator).and_then(|indicator| indicator.rounding);
        let passes = is_as_expected(&expected.value, &fig.value, rounding);
        if !passes && !is_told {
            let name = asked.indicators.get(expected.indicator).map(|indicator| indicator.name.clone());
            let fact = RuleProblem::TestFails {
                test: test.name.clone(),
                indicator: name.unwrap_or_default(),
                period: evaluator.period_label(expected.period),
                group: evaluator.group_label(&group),
                expected: {
                    let unit = asked.indicators.get(expected.indicator).map(|indicator| &indicator.unit);
                    super::why::expected_words(&asked, &expected.value, unit)
                },
                actual: super::why::value_words(&evaluator, &fig.value, decimals(&expected.value)),
            };
            problems.push(Problem::new(fact, expected.span).also(test.definition));
        }
        checks.push(TestCheck {
            indicator: expected.indicator,
            period: expected.period,
            group,
            actual: fig.value,
            passes,
            definition: expected.span,
        });
    }
    (TestOutcome { name: test.name.clone(), checks }, problems)
}

/// A source in which a query looks up and of which the test has no rows.
fn without(program: &Program, test: &Test, query: &CubeQuery) -> Option<Problem> {
    let source = program.sources.get(query.source)?;
    let look_ups = query.look_ups(source);
    let (_, lost) = look_ups.iter().find(|(_, to)| test.data.iter().all(|data| data.source != to.source))?;
    let other = program.sources.get(lost.source)?;
    let name = |column: usize| other.columns.get(column).map_or_else(String::new, |column| column.name.clone());
    let fact = RuleProblem::TestWithout {
        test: test.name.clone(),
        source: source.name.clone(),
        other: other.name.clone(),
        columns: (name(lost.column), name(lost.key)),
    };
    Some(Problem::new(fact, test.definition))
}

fn decimals(expected: &Expected) -> Option<u8> {
    match expected {
        Expected::Number(_, decimals) => Some(*decimals),
        Expected::Stage(_)
        | Expected::InProgress
        | Expected::Missing
        | Expected::NotApplicable
        | Expected::NotComputable => None,
    }
}

fn is_as_expected(expected: &Expected, actual: &Value, rounding: Option<Rounding>) -> bool {
    let mode = rounding.map(|rounding| rounding.mode).unwrap_or_default();
    let same = |wanted: &Range, decimals: u8| {
        let Some(actual) = actual.range() else { return false };
        let rounding = Rounding { decimals, mode };
        match (actual.exact(), wanted.exact()) {
            (Some(actual), Some(wanted)) => expression::compare(Comparison::Equal, &actual.round(rounding), wanted),
            // Said the same way, at the precision written.
            (_, _) => {
                let says = |range: &Range| range.show(Lang::En, Some(rounding));
                actual.qualifier() == wanted.qualifier() && says(&actual) == says(wanted)
            }
        }
    };
    match expected {
        Expected::Number(number, decimals) => same(number, *decimals),
        Expected::Stage(rank) => matches!(actual, Value::Stage(stage) if stage.rank() == *rank),
        Expected::InProgress => {
            matches!(actual, Value::Stage(stage) if stage.progress == crate::outcome::Progress::InProgress)
        }
        Expected::Missing => matches!(actual, Value::Missing(_)),
        Expected::NotApplicable => matches!(actual, Value::NotApplicable(_)),
        Expected::NotComputable => matches!(actual, Value::NotComputable(_)),
    }
}
