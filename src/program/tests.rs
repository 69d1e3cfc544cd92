//! Test blocks: inline data for sources, and the figures that they must give.

use crate::problem::{NameProblem, Named, Problem};
use crate::syntax::ast::{BlockKind, DataRow, ExpectedLine, ExpectedValue, Key, Name, Quantity, Value};
use crate::types::{Range, Unit};

use super::Checker;
use super::collect::Decl;
use super::indicators::State;
use super::model::{Expectation, Expected, InlineData, Test};

impl<'a> Checker<'a> {
    /// Checks all tests; the sound ones enter the program.
    pub(super) fn check_tests(&mut self) {
        let decls: Vec<Decl<'a>> = self.declared.of(BlockKind::Test).collect();
        for decl in &decls {
            let (test, sound) = self.apart(decl.broken, |checker| checker.test(decl));
            if sound {
                self.program.tests.push(test);
            }
        }
    }

    fn test(&mut self, decl: &Decl<'a>) -> Test {
        let mut test = Test {
            name: decl.name.text.clone(),
            label: decl.label(),
            data: Vec::new(),
            expected: Vec::new(),
            definition: decl.name.span,
        };
        for field in decl.fields(Key::Data) {
            let Value::Rows(source, rows) = &field.value else { continue };
            test.data.extend(self.test_data(source, rows));
        }
        for field in decl.fields(Key::Expected) {
            let Value::Expected(lines) = &field.value else { continue };
            for line in lines {
                test.expected.extend(self.expectation(line));
            }
        }
        if decl.field(Key::Expected).is_none() && !decl.broken {
            let write = ["attendu:  puis, en retrait, total 2020 = 12", "expected:  then, indented, total 2020 = 12"];
            self.field_missing(decl, Named::Test, ["attendu", "expected"], write);
        }
        test
    }

    fn test_data(&mut self, source: &Name, rows: &[DataRow]) -> Option<InlineData> {
        let at = self.source_named(source)?;
        let (header, rows) = rows.split_first()?;
        for cell in &header.cells {
            let known = self.program.sources.get(at)?.columns.iter().any(|column| column.headers.contains(&cell.text));
            if !known {
                let columns: Vec<String> =
                    self.program.sources.get(at)?.columns.iter().map(|column| column.name.clone()).collect();
                self.unknown_column(&source.text, columns.iter().map(String::as_str), cell);
            }
        }
        let mut data = Vec::with_capacity(rows.len());
        for row in rows {
            if row.cells.len() != header.cells.len() {
                let fact = NameProblem::CellCount { found: row.cells.len(), wanted: header.cells.len() };
                self.report(Problem::new(fact, row.span).also(header.span));
                continue;
            }
            data.push((row.cells.iter().map(|cell| cell.text.clone()).collect(), row.span));
        }
        Some(InlineData { source: at, header: header.cells.iter().map(|cell| cell.text.clone()).collect(), rows: data })
    }

    fn expectation(&mut self, line: &ExpectedLine) -> Option<Expectation> {
        let Some(at) = self.declared.position(BlockKind::Indicator, &line.indicator.text) else {
            self.not_an_indicator(&line.indicator);
            return None;
        };
        let Some(State::Sound { indicator, info, .. }) = self.states.get(at) else {
            self.spoil();
            return None;
        };
        let (calendar, unit, fixed, info) = (indicator.calendar, indicator.unit.clone(), indicator.fixed, info.clone());
        let period = self.stated_period(&line.period, calendar, &info)?;
        self.one_period(period, &line.period, fixed, &info).then_some(())?;
        let group = self.group(&line.group, &info)?;
        let value = match &line.value {
            ExpectedValue::Stage(literal) => {
                let Unit::Stage(stages) = &unit else {
                    self.stage_or_number(&unit, literal.span());
                    return None;
                };
                Expected::Stage(self.stage_rank(*stages, literal)?)
            }
            ExpectedValue::Is(Quantity { span, .. }) | ExpectedValue::Between(Quantity { span, .. }, _)
                if matches!(unit, Unit::Stage(_)) =>
            {
                self.stage_or_number(&unit, *span);
                return None;
            }
            ExpectedValue::InProgress(_) => Expected::InProgress,
            ExpectedValue::Is(quantity) => {
                self.quantity_in(quantity, &unit);
                Expected::Number(self.said(quantity, &unit), quantity.decimals)
            }
            ExpectedValue::Between(low, high) => {
                self.quantity_in(low, &unit);
                self.quantity_in(high, &unit);
                let range = Range::between(low.value.clone(), high.value.clone());
                Expected::Number(range, low.decimals.max(high.decimals))
            }
            ExpectedValue::Missing(_) => Expected::Missing,
            ExpectedValue::NotApplicable(_) => Expected::NotApplicable,
            ExpectedValue::NotComputable(_) => Expected::NotComputable,
        };
        Some(Expectation { indicator: at, period, group, value, span: line.span })
    }
}
