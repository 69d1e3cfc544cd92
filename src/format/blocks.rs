//! Blocks and fields as lines: values of one block stand under each other, lists are indented under their field.

use super::measures::comparison;
use super::page::{INDENT, Page};
use super::words::Writer;
use crate::syntax::ast::{
    Aim, AimValue, Block, BlockKind, Choice, ColumnLine, ColumnOf, ColumnOption, ExpectedLine, ExpectedValue, Field,
    GroupText, Item, MemberLine, PeriodWanted, RowIs, SheetNamed, Text, Value,
};
use crate::syntax::keywords::{Keyword, MONTHS, block_word, choice, field_word, first, item, length};
use crate::text::Span;
use crate::types::RoundingMode;

/// Writes a block.
pub fn write_block(writer: &Writer<'_>, page: &mut Page<'_>, block: &Block) {
    let Some(kind) = block.kind else { return };
    let mut header = String::from(block_word(kind, writer.to));
    if let Some(name) = &block.name {
        header.push(' ');
        header.push_str(&name.text);
    }
    let labels = writer.labels(&block.labels);
    if !labels.is_empty() {
        header.push(' ');
        header.push_str(&labels);
    }
    let first_field = block.fields.first().map_or(block.span.end, |field| field.span.start);
    page.line(0, &header, Span { end: header_end(writer, block, first_field), ..block.span });
    write_fields(writer, page, block.kind, &block.fields, 1);
}

/// The end of the header line: the last character before the first field's line.
fn header_end(writer: &Writer<'_>, block: &Block, first_field: u32) -> u32 {
    let labels =
        block.labels.others.iter().map(|(_, text)| text.span.end).chain(block.labels.main.iter().map(|t| t.span.end));
    let name = block.name.as_ref().map_or(block.keyword.end, |name| name.span.end);
    let end = labels.fold(name, u32::max);
    debug_assert!(end <= first_field.max(end) && (end as usize) <= writer.file.text.len());
    end
}

fn write_fields(writer: &Writer<'_>, page: &mut Page<'_>, kind: Option<BlockKind>, fields: &[Field], indent: usize) {
    let label = |field: &Field| {
        let mut label = field.key.map_or("", |key| field_word(key, kind, writer.to)).to_string();
        if let Value::Rows(source, _) = &field.value {
            label.push(' ');
            label.push_str(&source.text);
        }
        label + ":"
    };
    let width = fields
        .iter()
        .filter(|field| !is_list(&field.value))
        .map(|field| unicode_width::UnicodeWidthStr::width(label(field).as_str()))
        .max()
        .unwrap_or(0);
    for field in fields {
        let label = label(field);
        if is_list(&field.value) {
            page.line(indent, &label, field.key_span);
            write_list(writer, page, &field.value, indent + 1);
        } else {
            let pad = " ".repeat(width + 1 - unicode_width::UnicodeWidthStr::width(label.as_str()).min(width));
            let column = indent * INDENT + width + 1;
            let end = field.details.first().map_or(field.span.end, |detail| detail.span.start.saturating_sub(1));
            let text = format!("{label}{pad}{}", write_value(writer, &field.value, column));
            let own = Span { end: value_end(writer, field, end), ..field.span };
            page.line(indent, &text, own);
        }
        write_fields(writer, page, kind, &field.details, indent + 1);
    }
}

/// Where the value of a field ends: before its details and the blanks and comments between.
fn value_end(writer: &Writer<'_>, field: &Field, end: u32) -> u32 {
    if field.details.is_empty() {
        return field.span.end;
    }
    // The key's line, and the lines of a longer value, end before the first detail.
    let text = writer.file.text.get(field.span.start as usize..end as usize).unwrap_or("");
    let value = match text.find('\n') {
        Some(line_end) if !matches!(field.value, Value::Text(_)) => text[..line_end].len(),
        _ => text.trim_end().len(),
    };
    field.span.start + u32::try_from(value).unwrap_or(0)
}

fn is_list(value: &Value) -> bool {
    matches!(value, Value::Members(_) | Value::Items(_) | Value::Columns(_) | Value::Rows(..) | Value::Expected(_))
}

fn write_list(writer: &Writer<'_>, page: &mut Page<'_>, value: &Value, indent: usize) {
    match value {
        Value::Members(members) => write_members(writer, page, members, indent),
        Value::Items(items) => write_items(writer, page, items, indent),
        Value::Columns(columns) => {
            let width = columns.iter().map(|column| column.name.text.chars().count()).max().unwrap_or(0);
            for column in columns {
                page.line(indent, &write_column(writer, column, width), column.span);
            }
        }
        Value::Rows(_, rows) => {
            let count = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
            let widths: Vec<usize> = (0..count)
                .map(|at| rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| cell.text.chars().count()).max())
                .map(|width| width.unwrap_or(0))
                .collect();
            for row in rows {
                let cells = row.cells.iter().zip(&widths);
                let cells: Vec<String> = cells.map(|(cell, width)| format!("{:<1$}", cell.text, *width)).collect();
                page.line(indent, &cells.join(" | "), row.span);
            }
        }
        Value::Expected(lines) => {
            for line in lines {
                page.line(indent, &write_expected(writer, line), line.span);
            }
        }
        Value::Text(_)
        | Value::Labels(_)
        | Value::Name(_)
        | Value::Names(_)
        | Value::Code(_)
        | Value::Codes(_)
        | Value::Choice(..)
        | Value::DayOfYear(..)
        | Value::Length(..)
        | Value::FromFile(_)
        | Value::RowIs(_)
        | Value::Counts(..)
        | Value::Priority(..)
        | Value::Sheet(_)
        | Value::HeaderRows(..)
        | Value::Texts(_)
        | Value::CountColumn { .. }
        | Value::PeriodColumn(..)
        | Value::PeriodWanted(_)
        | Value::Coverage(..)
        | Value::Expr(_)
        | Value::UnitWord(_)
        | Value::Breakdowns(_)
        | Value::Aim(_)
        | Value::Quantity(_)
        | Value::Quantities(_)
        | Value::Rounding(..)
        | Value::NotApplicable(..)
        | Value::Relation(_)
        | Value::Missing(_) => {}
    }
}

fn write_members(writer: &Writer<'_>, page: &mut Page<'_>, members: &[MemberLine], indent: usize) {
    let width = members.iter().map(|member| member.code.text.chars().count()).max().unwrap_or(0);
    for member in members {
        let mut line = format!("{:<width$} {}", member.code.text, writer.labels(&member.labels));
        if !member.aliases.is_empty() {
            let aliases: Vec<String> = member.aliases.iter().map(|alias| writer.text(alias)).collect();
            line = format!("{} {} {}", line.trim_end(), writer.word(Keyword::Alias), aliases.join(", "));
        }
        for group in &member.stands_for {
            let group = write_group(writer, std::slice::from_ref(group));
            let group = group.trim_start_matches([',', ' ']);
            line = format!("{} {} {group}", line.trim_end(), writer.word(Keyword::StandsFor));
        }
        for attribute in &member.attributes {
            let (name, quantity) = (&attribute.name.text, writer.quantity(&attribute.quantity));
            line = format!("{}, {name} {quantity}", line.trim_end());
            if let Some(pace) = &attribute.pace {
                line = format!("{line} {}", writer.pace(pace));
            }
        }
        page.line(indent, &line, member.span);
        write_members(writer, page, &member.children, indent + 1);
    }
}

fn write_items(writer: &Writer<'_>, page: &mut Page<'_>, items: &[Item], indent: usize) {
    for entry in items {
        let kind = first(&item(entry.kind), writer.to);
        let mut line = format!("{kind} {} {}", entry.code.text, writer.labels(&entry.labels)).trim_end().to_string();
        if !entry.serves.is_empty() {
            line = format!("{line} {} {}", writer.word(Keyword::For), writer.names(&entry.serves));
        }
        if let Some(text) = &entry.responsible {
            line = format!("{line} {} {}", writer.word(Keyword::ResponsibleBody), writer.text(text));
        }
        page.line(indent, &line, entry.span);
        write_items(writer, page, &entry.children, indent + 1);
    }
}

fn write_column(writer: &Writer<'_>, column: &ColumnLine, width: usize) -> String {
    let of = match &column.of {
        ColumnOf::Text(_) => writer.word(Keyword::OfText).to_string(),
        ColumnOf::Number(None, _) => writer.word(Keyword::NumberOf).to_string(),
        ColumnOf::Number(Some(unit), _) => format!("{} {}", writer.word(Keyword::NumberOf), writer.of_unit(unit)),
        ColumnOf::Date(_) => writer.word(Keyword::OfDate).to_string(),
        ColumnOf::YesNo(_) => writer.word(Keyword::OfYesNo).to_string(),
        ColumnOf::Dimension(name) => name.text.clone(),
        ColumnOf::LookedUp { column, source, by } => {
            let (of, by_word) = (writer.of_source(), writer.word(Keyword::AccordingTo));
            format!("{} {of} {} {by_word} {}", column.text, source.text, by.text)
        }
        ColumnOf::Missing(span) => writer.file.slice(*span).to_string(),
    };
    let marked = |word: Keyword, text: &Text| format!("{} {}", writer.word(word), writer.text(text));
    let styled = |word: Keyword, of: Choice| format!("{} {}", writer.word(word), first(&choice(of), writer.to));
    let options = column.options.iter().map(|(option, _)| match option {
        ColumnOption::MayBeMissing => writer.word(Keyword::MayBeMissing).to_string(),
        ColumnOption::Missing(policy) => writer.missing_policy(*policy).to_string(),
        ColumnOption::Confidential => writer.word(Keyword::Confidential).to_string(),
        ColumnOption::Qualified => writer.word(Keyword::Qualified).to_string(),
        ColumnOption::Decimals(count) => writer.decimals(*count),
        ColumnOption::Total(text) => marked(Keyword::Total, text),
        ColumnOption::Unknown(text) => marked(Keyword::Unknown, text),
        ColumnOption::NotApplicable(text) => marked(Keyword::NotApplicable, text),
        ColumnOption::NotAvailable(text) => marked(Keyword::NotAvailable, text),
        ColumnOption::Planned(text) => marked(Keyword::Planned, text),
        ColumnOption::DecimalMark(word) => styled(Keyword::DecimalStyle, *word),
        ColumnOption::ThousandsMark(word) => styled(Keyword::ThousandsStyle, *word),
        ColumnOption::DateStyle(word) => styled(Keyword::DatesStyle, *word),
        ColumnOption::Header(text) => marked(Keyword::Header, text),
        ColumnOption::Yes(text) => marked(Keyword::Yes, text),
        ColumnOption::No(text) => marked(Keyword::No, text),
    });
    let parts: Vec<String> = std::iter::once(of).chain(options).collect();
    format!("{:<width$} {}", column.name.text, parts.join(", "))
}

fn write_expected(writer: &Writer<'_>, line: &ExpectedLine) -> String {
    let value = match &line.value {
        ExpectedValue::Is(quantity) => writer.quantity(quantity),
        ExpectedValue::Between(low, high) => writer.between(low, high),
        ExpectedValue::Stage(literal) => writer.literal(literal),
        ExpectedValue::InProgress(_) => writer.word(Keyword::ExpectedInProgress).to_string(),
        ExpectedValue::Missing(_) => writer.word(Keyword::NotAvailable).to_string(),
        ExpectedValue::NotApplicable(_) => writer.word(Keyword::NotApplicable).to_string(),
        ExpectedValue::NotComputable(_) => writer.word(Keyword::NotComputable).to_string(),
    };
    let group = write_group(writer, &line.group);
    format!("{} {}{group} = {value}", line.indicator.text, writer.period(&line.period))
}

fn write_group(writer: &Writer<'_>, group: &[GroupText]) -> String {
    let mut out = String::new();
    for part in group {
        let member = match &part.member {
            Some(literal) => writer.literal(literal),
            None => writer.word(Keyword::Unknown).to_string(),
        };
        out.push_str(&format!(", {} {member}", part.dimension.text));
    }
    out
}

/// A value after its key; a longer text goes on under `column`.
fn write_value(writer: &Writer<'_>, value: &Value, column: usize) -> String {
    match value {
        Value::Text(text) if text.text == "\t" => writer.word(Keyword::Tab).to_string(),
        Value::Text(text) => writer.pieces(text).join(&format!("\n{}", " ".repeat(column))),
        Value::Labels(labels) => writer.labels(labels),
        Value::Name(name) | Value::Code(name) => writer.name(name),
        Value::Names(names) | Value::Codes(names) => writer.names(names),
        Value::Choice(word, _) => first(&choice(*word), writer.to).to_string(),
        Value::DayOfYear(month, day, _) => {
            let month = usize::from(*month).checked_sub(1).and_then(|at| MONTHS.get(at));
            let month = month.map_or("", |spellings| first(spellings, writer.to));
            let ordinal = if *day == 1 { writer.to.pick("er", "") } else { "" };
            format!("{day}{ordinal} {month}")
        }
        Value::Length(unit, _) => first(&length(*unit), writer.to).to_string(),
        Value::FromFile(from) => {
            let mut out = writer.text(&from.path);
            let columns = [
                (Keyword::CodeColumn, &from.code),
                (Keyword::LabelColumn, &from.label),
                (Keyword::ParentColumn, &from.parent),
            ];
            for (word, name) in columns {
                if let Some(name) = name {
                    out.push_str(&format!(", {} {}", writer.word(word), name.text));
                }
            }
            out
        }
        Value::RowIs(RowIs::Thing(unit)) => writer.a_unit(unit),
        Value::RowIs(RowIs::Event(_)) => writer.row_is(Keyword::Event),
        Value::RowIs(RowIs::Count(_)) => writer.row_is(Keyword::CountRow),
        Value::Counts(unit, column) => format!("{} {} {}", writer.unit(unit), writer.word(Keyword::By), column.text),
        Value::Priority(column, values) => {
            let values: Vec<String> = values.iter().map(|value| writer.literal(value)).collect();
            format!("{} {}", column.text, values.join(", "))
        }
        Value::Sheet(SheetNamed::Name(text)) => writer.text(text),
        Value::Sheet(SheetNamed::Number(number, _)) => number.to_string(),
        Value::HeaderRows(first, last, _) if first == last => first.to_string(),
        Value::HeaderRows(first, last, _) => format!("{first} {} {last}", writer.word(Keyword::And)),
        Value::Texts(texts) => texts.iter().map(|text| writer.text(text)).collect::<Vec<_>>().join(", "),
        Value::CountColumn { column, unit, qualified } => {
            let option = if *qualified { format!(", {}", writer.word(Keyword::Qualified)) } else { String::new() };
            format!("{} {}{option}", column.text, writer.of_unit(unit))
        }
        Value::PeriodColumn(column, None) => column.text.clone(),
        Value::PeriodColumn(column, Some(calendar)) => format!("{} ({})", column.text, calendar.text),
        Value::PeriodWanted(PeriodWanted::Calendar(name)) => name.text.clone(),
        Value::PeriodWanted(PeriodWanted::Period(period)) => writer.period(period),
        Value::Coverage(names, period) => {
            let names = names.iter().map(|name| name.text.clone());
            let period = period.iter().map(|period| writer.period(period));
            names.chain(period).collect::<Vec<_>>().join(", ")
        }
        Value::Expr(expr) => writer.expr(expr),
        Value::UnitWord(unit) => writer.unit(unit),
        Value::Breakdowns(breakdowns) => {
            let product = |names: &Vec<crate::syntax::ast::Name>| {
                names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(" x ")
            };
            breakdowns.iter().map(product).collect::<Vec<_>>().join(", ")
        }
        Value::Aim(aim) => write_aim(writer, aim),
        Value::Quantity(quantity) => writer.quantity(quantity),
        Value::Quantities(quantities) => {
            quantities.iter().map(|quantity| writer.quantity(quantity)).collect::<Vec<_>>().join(", ")
        }
        Value::Rounding(decimals, mode, _) => {
            let mode = match mode {
                Some(RoundingMode::HalfAway) => format!(", {}", writer.word(Keyword::HalfAway)),
                Some(RoundingMode::Truncation) => format!(", {}", writer.word(Keyword::Truncation)),
                Some(RoundingMode::HalfEven) => format!(", {}", writer.word(Keyword::HalfEven)),
                None => String::new(),
            };
            format!("{}{mode}", writer.decimals(*decimals))
        }
        Value::NotApplicable(period, group, reason) => {
            format!("{}{}, {}", writer.period(period), write_group(writer, group), writer.text(reason))
        }
        Value::Relation(relation) => writer.relation(relation),
        Value::Missing(span) => writer.file.slice(*span).to_string(),
        Value::Members(_) | Value::Items(_) | Value::Columns(_) | Value::Rows(..) | Value::Expected(_) => String::new(),
    }
}

fn write_aim(writer: &Writer<'_>, aim: &Aim) -> String {
    let value = match &aim.value {
        AimValue::Is(quantity) => writer.quantity(quantity),
        AimValue::Between(low, high) => writer.between(low, high),
        AimValue::Stage(literal) => writer.literal(literal),
        AimValue::ToBeDefined(_) => writer.word(Keyword::ToBeDefined).to_string(),
        AimValue::Missing(span) => writer.file.slice(*span).to_string(),
    };
    let source = aim.source.as_ref().map_or(String::new(), |text| format!(", {}", writer.text(text)));
    let group = write_group(writer, &aim.group);
    format!("{}{group} {} {value}{source}", writer.period(&aim.period), comparison(aim.comparison.0))
}
