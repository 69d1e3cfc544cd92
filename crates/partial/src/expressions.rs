//! Measures and conditions to canonical text: names instead of ids, one way of writing, whatever the language, layout and
//! comments of the definitions are.

use jauge::program::model::{
    Aggregate, ChangeKind, ColumnTest, ColumnType, Comparison, Cond, DimensionLevel, ExprId, ExprKind, Inside, Measure,
    MeasureOf, MilestonesOf, MissingPolicy, Operator, Over, SeriesOf, TestKind, TestOn, Together,
};
use jauge::types::{Date, Number, Period, Range, RoundingMode, Unit};

use crate::meaning::Meaning;

/// A number, exact.
pub(crate) fn exact(number: &Number) -> String {
    let (above, below) = number.fraction();
    if below == "1" { above } else { format!("{above}/{below}") }
}

/// A text in quotes: what is inside cannot end it.
pub(crate) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn list<T>(items: &[T], show: impl FnMut(&T) -> String) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(", ")
}

/// The sign of a comparison.
pub(crate) fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::Different => "<>",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::More => ">",
        Comparison::AtLeast => ">=",
    }
}

fn range(range: &Range) -> String {
    let end = |end: Option<jauge::types::Bound>| {
        end.map_or("?".to_string(), |end| format!("{}{}", exact(&end.value), if end.strict { " open" } else { "" }))
    };
    let qualifier = range.qualifier().map_or("exactly", jauge::types::Qualifier::code);
    format!("{qualifier} {} [{}; {}]", exact(range.stated()), end(range.low()), end(range.high()))
}

impl Meaning<'_> {
    /// An expression. Its depth is that of the text, which the parser bounds.
    pub(crate) fn expression(&mut self, at: ExprId) -> String {
        let program = self.program;
        let Some(expr) = program.exprs.get(at.0 as usize) else { return "?".into() };
        match &expr.kind {
            ExprKind::Number(number) => range(number),
            ExprKind::Measure(measure) => self.measure(measure),
            ExprKind::Milestones { source, of } => {
                let what = match of {
                    MilestonesOf::Stage => "stage",
                    MilestonesOf::Reached => "reached",
                    MilestonesOf::InProgress => "in progress",
                    MilestonesOf::NotBegun => "not begun",
                    MilestonesOf::All => "all",
                    MilestonesOf::Share => "share",
                };
                format!("milestones {what} in {}", self.source_name(*source))
            }
            ExprKind::Indicator(used) => {
                self.indicators.insert(*used);
                let name = program.indicators.get(*used).map_or("?", |used| used.name.as_str());
                format!("indicator {name}")
            }
            ExprKind::Attribute { dimension, attribute } => {
                format!("attribute {attribute} of {}", self.dimension_name(*dimension))
            }
            ExprKind::Where(inner, cond) => {
                let inner = self.expression(*inner);
                format!("({inner} where {})", self.condition(cond))
            }
            ExprKind::At(inner, period) => {
                let inner = self.expression(*inner);
                format!("({inner} at {})", self.period(*period))
            }
            ExprKind::Negative(inner) => format!("-({})", self.expression(*inner)),
            ExprKind::Binary(operator, left, right) => {
                let sign = match operator {
                    Operator::Plus => "+",
                    Operator::Minus => "-",
                    Operator::Times => "*",
                    Operator::Divide => "/",
                };
                let left = self.expression(*left);
                format!("({left} {sign} {})", self.expression(*right))
            }
            ExprKind::Ratio { numerator, denominator, scale, share } => {
                let share = match share {
                    Inside::NotRequired => "",
                    Inside::Proved => " inside",
                    Inside::CheckOnData => " inside, checked",
                };
                let numerator = self.expression(*numerator);
                format!("({numerator} over {} times {scale}{share})", self.expression(*denominator))
            }
            ExprKind::SumBy(levels, inner) => {
                let inner = self.expression(*inner);
                format!("(sum by {} of {inner})", self.levels(levels))
            }
            ExprKind::ShareOfGroup { by, known, of } => {
                let of = self.expression(*of);
                let known = if *known { " known" } else { "" };
                format!("(share by {}{known} of {of})", self.levels(by))
            }
            ExprKind::Previous(inner) => format!("(previous {})", self.expression(*inner)),
            ExprKind::Change(kind, inner) => {
                let kind = match kind {
                    ChangeKind::Percent => "percent",
                    ChangeKind::Points => "points",
                    ChangeKind::Difference => "difference",
                };
                format!("(change {kind} of {})", self.expression(*inner))
            }
            ExprKind::Cumulative(since, inner) => {
                let inner = self.expression(*inner);
                format!("(cumulative since {} of {inner})", self.period(*since))
            }
            ExprKind::Rolling(periods, inner) => format!("(mean over {periods} of {})", self.expression(*inner)),
            ExprKind::Series(of, over, inner) => {
                let of = match of {
                    SeriesOf::Minimum => "minimum",
                    SeriesOf::Maximum => "maximum",
                    SeriesOf::Rank => "rank",
                };
                let over = match over {
                    Over::Last(periods) => format!("last {periods}"),
                    Over::Since(period) => format!("since {}", self.period(*period)),
                };
                format!("({of} over {over} of {})", self.expression(*inner))
            }
            ExprKind::Consumption { window, spent, allotment } => {
                let (spent, allotment) = (self.expression(*spent), self.expression(*allotment));
                format!("(consumption of {allotment} by {spent} in {})", self.period(*window))
            }
            ExprKind::MeanOver(period, inner) => {
                let inner = self.expression(*inner);
                format!("(mean over {} of {inner})", self.period(*period))
            }
            ExprKind::Latest(inner) => format!("(latest {})", self.expression(*inner)),
            ExprKind::Compatible { share, decimals, mode, of } => {
                let mode = match mode {
                    RoundingMode::HalfAway => "half away",
                    RoundingMode::Truncation => "truncation",
                    RoundingMode::HalfEven => "half even",
                };
                format!("(compatible with {} to {decimals}, {mode}, of {})", exact(share), self.expression(*of))
            }
            ExprKind::Bounds { sure, possible } => {
                let sure = self.expression(*sure);
                format!("(between {sure} and {})", self.expression(*possible))
            }
            ExprKind::Together(how, parts) => {
                let how = match how {
                    Together::Once => "once",
                    Together::Distinct => "distinct",
                    Together::Largest => "largest",
                    Together::NotAdded => "not added",
                };
                let parts: Vec<String> = parts.iter().map(|part| self.expression(*part)).collect();
                format!("({how} of {})", parts.join(", "))
            }
            ExprKind::If { left, right, comparison, then, otherwise } => {
                let [left, right, then, otherwise] = [left, right, then, otherwise].map(|part| self.expression(*part));
                format!("(if {left} {} {right} then {then} else {otherwise})", sign(*comparison))
            }
        }
    }

    fn measure(&mut self, measure: &Measure) -> String {
        let source = self.source_name(measure.source);
        let column = |at: usize| self.column_name(measure.source, at);
        let of = match measure.of {
            MeasureOf::Rows => "rows".to_string(),
            MeasureOf::CountColumn => "count".to_string(),
            MeasureOf::Distinct(at) => format!("distinct {}", column(at)),
            MeasureOf::Keys(at) => format!("keys {}", column(at)),
            MeasureOf::Aggregate(aggregate, at) => {
                let aggregate = match aggregate {
                    Aggregate::Sum => "sum",
                    Aggregate::Average => "average",
                    Aggregate::Median => "median",
                    Aggregate::LongestGap => "longest gap",
                    Aggregate::Minimum => "minimum",
                    Aggregate::Maximum => "maximum",
                    Aggregate::First => "first",
                    Aggregate::Last => "last",
                };
                format!("{aggregate} {}", column(at))
            }
        };
        format!("{of} in {source}")
    }

    fn condition(&mut self, cond: &Cond) -> String {
        let mut join = |parts: &[Cond], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.condition(part)).collect();
            format!("({})", parts.join(word))
        };
        match cond {
            Cond::Test(test) => self.test(test),
            Cond::And(parts) => join(parts, " and "),
            Cond::Or(parts) => join(parts, " or "),
            Cond::Not(inner) => format!("not {}", self.condition(inner)),
        }
    }

    /// A test, with what becomes of missing values.
    pub(crate) fn test(&mut self, test: &ColumnTest) -> String {
        let (name, dimension, source) = match test.on {
            TestOn::Dimension(level) => (self.level(level), Some(level.dimension), None),
            TestOn::Column { source, column } => {
                let of = self.program.sources.get(source).and_then(|of| of.columns.get(column)).map(|of| &of.of);
                let dimension = match of {
                    Some(ColumnType::Dimension(at)) => Some(*at),
                    _ => None,
                };
                (self.column_name(source, column), dimension, Some(source))
            }
        };
        let members = |members: &[usize]| {
            list(members, |at| {
                let member = dimension.and_then(|of| self.program.dimensions.get(of)?.members.get(*at));
                member.map_or("?".into(), |member| quoted(&member.code))
            })
        };
        let day = |day: i32| Date::from_day_number(day).to_string();
        let what = match &test.test {
            TestKind::Members(all) => format!("in {}", members(all)),
            TestKind::NotMembers(all) => format!("not in {}", members(all)),
            TestKind::Number(comparison, number) => format!("{} {}", sign(*comparison), exact(number)),
            TestKind::NumberBetween(low, high) => format!("between {} and {}", exact(low), exact(high)),
            TestKind::Day(comparison, of) => format!("{} {}", sign(*comparison), day(*of)),
            TestKind::DayBetween(low, high) => format!("between {} and {}", day(*low), day(*high)),
            TestKind::Texts(texts) => format!("text in {}", list(texts, |text| quoted(text))),
            TestKind::NotTexts(texts) => format!("text not in {}", list(texts, |text| quoted(text))),
            TestKind::Yes => "yes".into(),
            TestKind::No => "no".into(),
            TestKind::Missing => "missing".into(),
            TestKind::Present => "present".into(),
            TestKind::Column(comparison, other) => {
                let other = source.map_or("?".into(), |source| self.column_name(source, *other));
                format!("{} column {other}", sign(*comparison))
            }
        };
        let missing = match test.missing {
            MissingPolicy::Excluded => "",
            MissingPolicy::Counted => " (missing counted)",
        };
        format!("{name} {what}{missing}")
    }

    pub(crate) fn levels(&mut self, levels: &[DimensionLevel]) -> String {
        let all: Vec<String> = levels.iter().map(|level| self.level(*level)).collect();
        all.join(" x ")
    }

    pub(crate) fn level(&mut self, level: DimensionLevel) -> String {
        let name = self.dimension_name(level.dimension);
        let of = self.program.dimensions.get(level.dimension).and_then(|of| of.levels.get(level.level));
        format!("{name}.{}", of.map_or("?", String::as_str))
    }

    pub(crate) fn period(&mut self, period: Period) -> String {
        let calendar = self.calendar_name(period.calendar);
        if period.is_unknown() {
            return format!("unknown period of {calendar}");
        }
        let Some(of) = self.program.calendars.get(usize::from(period.calendar.0)) else { return "?".into() };
        format!("{calendar} from {} to {}", of.start(period.first), of.end(period.last))
    }

    pub(crate) fn unit(&mut self, unit: &Unit) -> String {
        match unit {
            Unit::Of(id) => {
                self.units.insert(usize::from(id.0));
                self.program.units.get(usize::from(id.0)).map_or("?".into(), |unit| unit.name.clone())
            }
            Unit::Number => "number".into(),
            Unit::Percent => "percent".into(),
            Unit::Points => "points".into(),
            Unit::Per(above, below) => {
                let above = self.unit(above);
                format!("({above} per {})", self.unit(below))
            }
            Unit::Times(one, other) => {
                let one = self.unit(one);
                format!("({one} times {})", self.unit(other))
            }
            Unit::Stage(stages) => {
                format!("stage {}", stages.map_or("reached".into(), |at| self.dimension_name(at)))
            }
            Unit::Unknown => "unknown".into(),
        }
    }
}
