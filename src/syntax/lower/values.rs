//! Values of fields, by the shape that the keyword table gives them.

use std::ops::Range;

use super::{Lower, Pair};
use crate::problem::{SyntaxProblem, close_to};
use crate::syntax::ast::{Choice, FromFile, Name, PeriodWanted, RowIs, SheetNamed, Text, Value};
use crate::syntax::grammar::Rule;
use crate::syntax::keywords::{self, Hint, Shape};
use crate::syntax::limits;
use crate::text::Span;
use crate::types::RoundingMode;

impl Lower<'_> {
    /// The value of a field that is no list; `None` only after a problem.
    pub(super) fn of_shape(&mut self, shape: Shape, range: Range<usize>, key: &str) -> Option<Value> {
        let rule = match shape {
            Shape::Choice(list) => return self.choice(list, range, key),
            Shape::Length => return self.length(range, key),
            Shape::Text => Rule::v_text,
            Shape::Separator => Rule::v_separator,
            Shape::Labels => Rule::v_labels,
            Shape::Name => Rule::v_name,
            Shape::Names => Rule::v_names,
            Shape::Code => Rule::v_code,
            Shape::Codes => Rule::v_codes,
            Shape::DayOfYear => Rule::v_day_of_year,
            Shape::FromFile => Rule::v_from_file,
            Shape::RowIs => Rule::v_row_is,
            Shape::Counts => Rule::v_counts,
            Shape::Priority => Rule::v_priority,
            Shape::Sheet => Rule::v_sheet,
            Shape::HeaderRows => Rule::v_header_rows,
            Shape::Texts => Rule::v_texts,
            Shape::CountColumn => Rule::v_count_column,
            Shape::PeriodColumn => Rule::v_period_column,
            Shape::PeriodWanted => Rule::v_period_wanted,
            Shape::Coverage => Rule::v_coverage,
            Shape::Expr => Rule::v_expr,
            Shape::UnitWord => Rule::v_unit_word,
            Shape::Breakdowns => Rule::v_breakdowns,
            Shape::Aim => Rule::v_aim,
            Shape::Quantity => Rule::v_quantity,
            Shape::Quantities => Rule::v_quantities,
            Shape::Rounding => Rule::v_rounding,
            Shape::NotApplicable => Rule::v_not_applicable,
            Shape::Relation => Rule::v_relation,
            // Lists are read line by line, see `lists.rs`.
            Shape::Members | Shape::Items | Shape::Columns | Shape::Rows | Shape::Expected => return None,
        };
        let whole = self.at(range.clone());
        let whole_text = self.slice(range.clone()).to_string();
        let pairs: Vec<Pair<'_>> = self.read(rule, range)?.filter(|pair| pair.as_rule() != Rule::EOI).collect();
        let first = pairs.first()?;
        let value = match shape {
            Shape::Text => Value::Text(self.text(first)),
            Shape::Separator if first.as_rule() == Rule::k_tab => {
                Value::Text(Text { text: "\t".into(), pieces: Vec::new(), span: whole })
            }
            Shape::Separator => Value::Text(self.text(first)),
            Shape::Labels => Value::Labels(self.labels(first.clone())),
            Shape::Name => Value::Name(self.name(first)),
            Shape::Names => Value::Names(pairs.iter().map(|pair| self.name(pair)).collect()),
            Shape::Code => Value::Code(self.name(first)),
            Shape::Codes => Value::Codes(pairs.iter().map(|pair| self.name(pair)).collect()),
            Shape::DayOfYear => self.day_of_year(first).map(|(month, day, span)| Value::DayOfYear(month, day, span))?,
            Shape::FromFile => Value::FromFile(self.members_file(&pairs)?),
            Shape::RowIs => Value::RowIs(self.row_is(&pairs)?),
            Shape::Counts => Value::Counts(self.unit_word(first), self.name(pairs.last()?)),
            Shape::Priority => {
                let mut values = Vec::new();
                for pair in pairs.iter().filter(|pair| pair.as_rule() == Rule::member_ref) {
                    values.push(self.literal(pair)?);
                }
                Value::Priority(self.name(first), values)
            }
            Shape::Sheet if first.as_rule() == Rule::bare_number => {
                Value::Sheet(SheetNamed::Number(self.place(first)?, whole))
            }
            Shape::Sheet => Value::Sheet(SheetNamed::Name(self.text(first))),
            Shape::HeaderRows => {
                let last = pairs.last().filter(|last| last.as_rule() == Rule::bare_number)?;
                let (first, last) = (self.place(first)?, self.place(last)?);
                if last < first || last - first > 1 {
                    let found = whole_text;
                    self.fail(SyntaxProblem::Unexpected { found, hoped: Vec::new() }, whole);
                    return None;
                }
                Value::HeaderRows(first, last, whole)
            }
            Shape::Texts => Value::Texts(pairs.iter().map(|pair| self.text(pair)).collect()),
            Shape::CountColumn => Value::CountColumn {
                column: self.name(first),
                unit: self.unit_word(pairs.iter().find(|part| part.as_rule() == Rule::unit_word)?),
                qualified: pairs.iter().any(|part| part.as_rule() == Rule::k_qualified),
            },
            Shape::PeriodColumn => {
                let calendar = pairs.get(1).map(|pair| self.calendar(pair));
                Value::PeriodColumn(self.name(first), calendar)
            }
            Shape::PeriodWanted => Value::PeriodWanted(match first.as_rule() {
                Rule::period_text => PeriodWanted::Period(self.period_text(first)?),
                _ => PeriodWanted::Calendar(self.calendar(first)),
            }),
            Shape::Coverage => {
                let names = pairs.iter().filter(|pair| pair.as_rule() == Rule::name);
                let names: Vec<Name> = names.map(|pair| self.name(pair)).collect();
                let mut windows = pairs.iter().filter(|pair| pair.as_rule() == Rule::period_text);
                let window = match windows.next() {
                    Some(pair) => Some(self.period_text(pair)?),
                    None => None,
                };
                if let Some(second) = windows.next() {
                    let found = second.as_str().to_string();
                    let at = self.span(second);
                    self.fail(SyntaxProblem::Unexpected { found, hoped: Vec::new() }, at);
                    return None;
                }
                Value::Coverage(names, window)
            }
            Shape::Expr => Value::Expr(self.expr(first, 0)?),
            Shape::UnitWord => Value::UnitWord(self.unit_per(first)?),
            Shape::Breakdowns => Value::Breakdowns(pairs.iter().map(|pair| self.breakdown(pair)).collect()),
            Shape::Aim => Value::Aim(Box::new(self.aim(first)?)),
            Shape::Quantity => Value::Quantity(self.quantity(first)?),
            Shape::Quantities => {
                let mut all = Vec::new();
                for pair in &pairs {
                    all.push(self.quantity(pair)?);
                }
                Value::Quantities(all)
            }
            Shape::Rounding => self.rounding(&pairs, whole)?,
            Shape::NotApplicable => {
                let period = self.period_text(first)?;
                let groups = self.groups(&pairs)?;
                Value::NotApplicable(period, groups, self.text(pairs.last()?))
            }
            Shape::Relation => Value::Relation(Box::new(self.relation(first, 0)?)),
            Shape::Choice(_) | Shape::Length => return None,
            Shape::Members | Shape::Items | Shape::Columns | Shape::Rows | Shape::Expected => return None,
        };
        Some(value)
    }

    /// A place in a workbook, from 1.
    fn place(&mut self, pair: &Pair<'_>) -> Option<u32> {
        let place = pair.as_str().parse().ok().filter(|place| (1..=limits::SHEET_ROWS).contains(place));
        if place.is_none() {
            let at = self.span(pair);
            self.fail(SyntaxProblem::Unexpected { found: pair.as_str().to_string(), hoped: Vec::new() }, at);
        }
        place
    }

    fn choice(&mut self, list: &'static [Choice], range: Range<usize>, key: &str) -> Option<Value> {
        let span = self.at(range.clone());
        let text = self.slice(range);
        self.choice_of(list, text, span, key)
    }

    /// A word of a closed list; `None` only after a problem.
    pub(super) fn choice_of(&mut self, list: &[Choice], text: &str, span: Span, key: &str) -> Option<Value> {
        if let Some(found) = keywords::choices_of(list, text) {
            self.foreign_word(text, &keywords::choice(found), span);
            return Some(Value::Choice(found, span));
        }
        let word = |of: Choice| keywords::first(&keywords::choice(of), self.lang).to_string();
        let choices: Vec<String> = list.iter().map(|of| word(*of)).collect();
        let hinted = keywords::hint(text).find_map(|hint| match hint {
            Hint::Choice(of) if list.contains(&of) => Some(word(of)),
            Hint::Choice(_) | Hint::Block(_) | Hint::Field(_) => None,
        });
        let suggestion = hinted.or_else(|| close_to(text, choices.iter().map(String::as_str)));
        let problem =
            SyntaxProblem::UnknownChoice { word: text.to_string(), key: key.to_string(), choices, suggestion };
        self.fail(problem, span);
        None
    }

    fn length(&mut self, range: Range<usize>, key: &str) -> Option<Value> {
        let span = self.at(range.clone());
        let text = self.slice(range);
        if let Some(found) = keywords::length_named(text) {
            self.foreign_word(text, &keywords::length(found), span);
            return Some(Value::Length(found, span));
        }
        let word = |of| keywords::first(&keywords::length(of), self.lang).to_string();
        let choices: Vec<String> = keywords::CIVIL_CALENDARS.into_iter().map(word).collect();
        let suggestion = close_to(text, choices.iter().map(String::as_str));
        let problem =
            SyntaxProblem::UnknownChoice { word: text.to_string(), key: key.to_string(), choices, suggestion };
        self.fail(problem, span);
        None
    }

    /// A calendar's name; a civil one by its French name, as `Calendar::civil` has it.
    fn calendar(&self, pair: &Pair<'_>) -> Name {
        let name = self.name(pair);
        match keywords::calendar_named(&name.text) {
            Some(civil) => Name { text: civil.to_string(), ..name },
            None => name,
        }
    }

    fn members_file(&mut self, pairs: &[Pair<'_>]) -> Option<FromFile> {
        let path = self.text(pairs.first()?);
        let mut file = FromFile { path, code: None, label: None, parent: None };
        for pair in pairs.iter().skip(1) {
            let mut inner = pair.clone().into_inner();
            let (word, column) = (inner.next()?, inner.next()?);
            let column = Some(self.name_or_string(&column));
            match word.as_rule() {
                Rule::k_code_column => file.code = column,
                Rule::k_label_column => file.label = column,
                _ => file.parent = column,
            }
        }
        Some(file)
    }

    fn row_is(&mut self, pairs: &[Pair<'_>]) -> Option<RowIs> {
        let what = pairs.last()?;
        Some(match what.as_rule() {
            Rule::row_event => RowIs::Event(self.span(what)),
            Rule::row_count => RowIs::Count(self.span(what)),
            _ => RowIs::Thing(self.unit_word(what)),
        })
    }

    fn breakdown(&self, pair: &Pair<'_>) -> Vec<Name> {
        pair.clone().into_inner().filter(|part| part.as_rule() == Rule::name).map(|part| self.name(&part)).collect()
    }

    /// A number of decimals; one that is too large is reported.
    pub(super) fn decimals(&mut self, count: &Pair<'_>, limit: u8) -> Option<u8> {
        let read = count.as_str().parse().ok().filter(|count| *count <= limit);
        if read.is_none() {
            let at = self.span(count);
            self.fail(SyntaxProblem::TooManyDecimals { limit }, at);
        }
        read
    }

    fn rounding(&mut self, pairs: &[Pair<'_>], whole: crate::text::Span) -> Option<Value> {
        let (mut decimals, mut mode) = (0u8, None);
        for pair in pairs {
            let inner = pair.clone().into_inner().next()?;
            match (pair.as_rule(), inner.as_rule()) {
                (Rule::decimals, _) => decimals = self.decimals(&inner, limits::DECIMALS)?,
                (_, Rule::k_truncation) => mode = Some(RoundingMode::Truncation),
                (_, Rule::k_half_even) => mode = Some(RoundingMode::HalfEven),
                _ => mode = Some(RoundingMode::HalfAway),
            }
        }
        Some(Value::Rounding(decimals, mode, whole))
    }
}
