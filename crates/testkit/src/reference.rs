//! A slow evaluator that knows no cubes: an indicator at a period and group, computed from the rows by definition. Written
//! apart from the real one, for registers (rows that are things or events), so that the two can disagree.

use std::collections::BTreeSet;

use jauge::outcome::{GroupKey, Member};
use jauge::plan::Catalog;
use jauge::program::model::{
    Aggregate, ChangeKind, ColumnTest, ColumnType, Cond, ExprId, ExprKind, Measure, MeasureOf, Operator, Program,
    TestOn,
};
use jauge::types::{Date, Number, Period};

use crate::naive::{self, Held, Rows};

/// The number of an indicator at a period and group; `None` where it has none, for whatever reason.
pub fn figure(program: &Program, rows: &Rows, indicator: usize, period: Period, group: &[GroupKey]) -> Option<Number> {
    let measure = program.indicators.get(indicator)?.measure;
    Reference { program, rows }.value(measure, &[], period, group)
}

struct Reference<'a> {
    program: &'a Program,
    rows: &'a Rows,
}

impl Reference<'_> {
    fn value(&self, id: ExprId, conds: &[&Cond], period: Period, group: &[GroupKey]) -> Option<Number> {
        let one = |id: &ExprId| self.value(*id, conds, period, group);
        let at = |id: &ExprId, period: Period| self.value(*id, conds, period, group);
        let before = period.shift(-1);
        let all = |id: &ExprId, first: i32, last: i32| -> Option<Vec<Number>> {
            (first..=last).map(|ordinal| at(id, Period::one(period.calendar, ordinal))).collect()
        };
        let sum = |values: Vec<Number>| values.into_iter().fold(Number::zero(), |sum, value| sum + value);
        match &self.program.exprs.get(id.0 as usize)?.kind {
            ExprKind::Number(number) => number.exact().cloned(),
            ExprKind::Measure(measure) => self.measure(measure, conds, period, group),
            ExprKind::Indicator(used) => one(&self.program.indicators.get(*used)?.measure),
            ExprKind::Where(inner, cond) => self.value(*inner, &[conds, &[cond]].concat(), period, group),
            ExprKind::At(inner, period) => at(inner, *period),
            ExprKind::Negative(inner) => Some(-one(inner)?),
            ExprKind::Binary(operator, left, right) => {
                let (left, right) = (one(left)?, one(right)?);
                match operator {
                    Operator::Plus => Some(left + right),
                    Operator::Minus => Some(left - right),
                    Operator::Times => Some(left * right),
                    Operator::Divide => left.divide(&right),
                }
            }
            ExprKind::Ratio { numerator, denominator, scale, .. } => {
                Some(one(numerator)?.divide(&one(denominator)?)? * Number::from(*scale))
            }
            ExprKind::Previous(inner) => at(inner, before),
            ExprKind::Change(kind, inner) => {
                let (now, before) = (one(inner)?, at(inner, before)?);
                let change = now - before.clone();
                match kind {
                    ChangeKind::Percent => Some(change.divide(&before)? * Number::from(100i64)),
                    ChangeKind::Points | ChangeKind::Difference => Some(change),
                }
            }
            ExprKind::Cumulative(since, inner) => {
                let values = all(inner, since.first, period.last)?;
                (!values.is_empty()).then(|| sum(values))
            }
            ExprKind::Rolling(count, inner) => {
                let values = all(inner, period.last - i32::try_from(*count).ok()? + 1, period.last)?;
                sum(values).divide(&Number::from(u64::from(*count)))
            }
            ExprKind::MeanOver(window, inner) => {
                sum(all(inner, window.first, window.last)?).divide(&Number::from(i64::from(window.count())))
            }
            ExprKind::Milestones { .. }
            | ExprKind::Attribute { .. }
            | ExprKind::SumBy(..)
            | ExprKind::ShareOfGroup { .. }
            | ExprKind::Latest(_)
            | ExprKind::Compatible { .. }
            | ExprKind::Bounds { .. }
            | ExprKind::Together(..)
            | ExprKind::Series(..)
            | ExprKind::Consumption { .. }
            | ExprKind::If { .. } => None,
        }
    }

    fn measure(&self, measure: &Measure, conds: &[&Cond], period: Period, group: &[GroupKey]) -> Option<Number> {
        let source = self.program.sources.get(measure.source)?;
        let catalog = Catalog {
            source,
            sources: &self.program.sources,
            dimensions: &self.program.dimensions,
            calendars: &self.program.calendars,
        };
        let rows = self.rows.read(catalog)?;
        let (by, _) = source.period?;
        let ordinal = |row: &Vec<Held>| match row.get(by) {
            Some(Held::Period(ordinal)) => Some(*ordinal),
            Some(Held::Day(day)) => {
                let calendar = self.program.calendars.get(usize::from(period.calendar.0))?;
                Some(calendar.ordinal_of(Date::from_day_number(*day)))
            }
            _ => None,
        };
        let (first, last) = (rows.iter().filter_map(ordinal).min()?, rows.iter().filter_map(ordinal).max()?);
        let covered = period.first <= last && period.last >= first;
        let kept: Vec<&Vec<Held>> = rows
            .iter()
            .filter(|row| ordinal(row).is_some_and(|at| period.first <= at && at <= period.last))
            .filter(|row| group.iter().all(|key| self.is_in(measure.source, row, key)))
            .filter(|row| conds.iter().all(|cond| self.passes(measure.source, cond, row)))
            .collect();
        let held =
            |column: usize| kept.iter().filter_map(move |row| row.get(column)).filter(|held| **held != Held::Missing);
        let numbers = |column: usize| -> Vec<Number> {
            let mut numbers: Vec<Number> = held(column)
                .filter_map(|held| match held {
                    Held::Number(number) => Some(naive::number(*number)),
                    _ => None,
                })
                .collect();
            numbers.sort();
            numbers
        };
        let sum = |values: &[Number]| values.iter().fold(Number::zero(), |sum, value| sum + value.clone());
        match measure.of {
            MeasureOf::Rows | MeasureOf::CountColumn => covered.then(|| Number::from(kept.len() as u64)),
            MeasureOf::Distinct(column) | MeasureOf::Keys(column) => {
                let keys: BTreeSet<String> = held(column).map(|held| format!("{held:?}")).collect();
                covered.then(|| Number::from(keys.len() as u64))
            }
            MeasureOf::Aggregate(aggregate, column) => {
                let values = numbers(column);
                let middle = values.len() / 2;
                match aggregate {
                    Aggregate::Sum => (!values.is_empty()).then(|| sum(&values)),
                    Aggregate::Average => sum(&values).divide(&Number::from(values.len() as u64)),
                    Aggregate::Median if values.len() % 2 == 1 => values.get(middle).cloned(),
                    Aggregate::Median => {
                        let low = values.get(middle.checked_sub(1)?)?.clone();
                        (low + values.get(middle)?.clone()).divide(&Number::from(2i64))
                    }
                    Aggregate::LongestGap => {
                        let mut days: Vec<i32> = held(column)
                            .filter_map(|held| match held {
                                Held::Day(day) => Some(*day),
                                _ => None,
                            })
                            .collect();
                        days.sort_unstable();
                        days.dedup();
                        let gaps = days.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?));
                        gaps.max().map(|gap| Number::from(i64::from(gap)))
                    }
                    Aggregate::Minimum => values.first().cloned(),
                    Aggregate::Maximum => values.last().cloned(),
                    Aggregate::First | Aggregate::Last => None,
                }
            }
        }
    }

    fn column_of(&self, source: usize, dimension: usize) -> Option<usize> {
        let columns = &self.program.sources.get(source)?.columns;
        columns.iter().position(|column| column.of == ColumnType::Dimension(dimension))
    }

    fn is_in(&self, source: usize, row: &[Held], key: &GroupKey) -> bool {
        let held = self.column_of(source, key.dimension).and_then(|column| row.get(column));
        let above = match held {
            Some(Held::Member(at, _)) => {
                self.program.dimensions.get(key.dimension).and_then(|dimension| dimension.ancestor(*at, key.level))
            }
            _ => None,
        };
        match key.member {
            Member::Code(at) => above == Some(at),
            Member::Unknown => above.is_none(),
            Member::Remainder => false,
        }
    }

    fn passes(&self, source: usize, cond: &Cond, row: &[Held]) -> bool {
        match cond {
            Cond::And(parts) => parts.iter().all(|part| self.passes(source, part, row)),
            Cond::Or(parts) => parts.iter().any(|part| self.passes(source, part, row)),
            Cond::Not(inner) => !self.passes(source, inner, row),
            Cond::Test(test) => {
                let column = match test.on {
                    TestOn::Dimension(level) => self.column_of(source, level.dimension),
                    TestOn::Column { column, .. } => Some(column),
                };
                let (Some(column), Some(of)) = (column, self.program.sources.get(source)) else { return false };
                let test = ColumnTest { on: TestOn::Column { source, column }, ..test.clone() };
                naive::test(&test, row, &self.program.dimensions, &of.columns)
            }
        }
    }
}
