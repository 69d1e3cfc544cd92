//! Which rows of a source state one fact, and whose statement is kept where they differ.

use crate::problem::{FactProblem, Problem, TypeProblem};
use crate::syntax::ast::{Key, Literal, Value};
use crate::text::{Both, Span};
use crate::types::Unit;

use super::Checker;
use super::collect::Decl;
use super::model::{ColumnType, DataSource, FactRows, Priority, RowKind};

impl Checker<'_> {
    /// The fields `fait` and `priorité` of a source; its columns and what a row is are known.
    pub(super) fn facts(&mut self, at: usize, decl: &Decl<'_>, source: &mut DataSource) {
        let named = match decl.field(Key::FactId).map(|field| &field.value) {
            Some(Value::Name(name)) => Some(name),
            _ => None,
        };
        let priority = match decl.field(Key::Priority).map(|field| (&field.value, field.key_span)) {
            Some((Value::Priority(name, values), key)) => Some((name, values, key)),
            _ => None,
        };
        let Some(name) = named else {
            if let Some((_, _, key)) = priority {
                let write = source.columns.iter().find(|column| column.of == ColumnType::Text && !column.confidential);
                let write = write.map_or_else(|| "code_du_fait".to_string(), |column| column.name.clone());
                self.report(Problem::new(FactProblem::PriorityAlone { write }, key));
            }
            return;
        };
        let Some(column) = self.own_column(at, source, name) else { return };
        if !self.is_in_file(source, column, name.span, Both { fr: "le code du fait", en: "the code of the fact" }) {
            return;
        }
        if !self.is_text(source, column, name.span, Both { fr: "le code du fait", en: "the code of the fact" }) {
            return;
        }
        let (by, priority) = match priority {
            None => (None, None),
            Some((name, values, _)) => {
                let Some(by) = self.own_column(at, source, name) else { return };
                let role = Both { fr: "qui énonce le fait", en: "who states the fact" };
                if !self.is_in_file(source, by, name.span, role) {
                    return;
                }
                let Some(priority) = self.priority(source, by, values, name.span) else { return };
                (Some(by), Some(priority))
            }
        };
        let declared = by.is_some();
        let by = by.or_else(|| {
            let mut columns = source.columns.iter().enumerate();
            let likely = columns.find(|(other, of)| {
                *other != column && of.looked_up.is_none() && of.of == ColumnType::Text && !of.confidential
            });
            likely.map(|(other, _)| other)
        });
        let (mut same, mut stated) = (Vec::new(), Vec::new());
        let of_counts = matches!(source.row, RowKind::Count { .. });
        for (at, of) in source.columns.iter().enumerate() {
            // What is looked up is not stated by the row.
            if at == column || of.looked_up.is_some() || (declared && by == Some(at)) {
                continue;
            }
            match (&of.of, of_counts) {
                // A number without a unit may be a line or a page: it is compared where it is measured.
                (ColumnType::Number(Unit::Number), _) => {}
                (ColumnType::Period(_), _) => same.push(at),
                // In a table another group is another figure of the fact; of one event they say where it was.
                (ColumnType::Dimension(_) | ColumnType::Date | ColumnType::YesNo, true) => same.push(at),
                (ColumnType::Dimension(_) | ColumnType::Date | ColumnType::YesNo, false)
                | (ColumnType::Number(_), _) => {
                    stated.push(at);
                }
                (ColumnType::Text, _) => {}
            }
        }
        source.facts = Some(FactRows { column, same, stated, by, priority });
    }

    fn is_text(&mut self, source: &DataSource, column: usize, span: Span, role: Both<&'static str>) -> bool {
        let Some(found) = source.columns.get(column) else { return false };
        if found.of == ColumnType::Text {
            return true;
        }
        let fact = TypeProblem::ColumnRole {
            column: found.name.clone(),
            role,
            wanted: Both { fr: "un texte", en: "a text" },
            write: Both {
                fr: format!("{}  texte, peut être vide", found.name),
                en: format!("{}  text, may be missing", found.name),
            },
        };
        self.report(Problem::new(fact, span).also(found.definition));
        false
    }

    fn priority(&mut self, source: &DataSource, by: usize, values: &[Literal], span: Span) -> Option<Priority> {
        if let ColumnType::Dimension(dimension) = source.columns.get(by)?.of {
            let members: Vec<Option<usize>> = values.iter().map(|value| self.member(dimension, value)).collect();
            return Some(Priority::Members(members.into_iter().collect::<Option<_>>()?));
        }
        if !self.is_text(source, by, span, Both { fr: "qui énonce le fait", en: "who states the fact" }) {
            return None;
        }
        let text = |value: &Literal| match value {
            Literal::Text(text) => text.text.clone(),
            Literal::Word(name) => name.text.clone(),
            Literal::Number(quantity) => quantity.value.exact_decimal().unwrap_or_default(),
        };
        Some(Priority::Texts(values.iter().map(text).collect()))
    }
}
