//! Lists: members, framework items, columns, inline rows, expected figures, one to a line; deeper lines are children. A
//! line that cannot be read is left out after its problem.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::{Lower, Pair};
use crate::problem::SyntaxProblem;
use crate::syntax::ast::{
    Choice, ColumnLine, ColumnOf, ColumnOption, DataRow, Item, ItemKind, Key, Labels, MemberAttribute, MemberLine,
    MissingPolicy, Name, Pace, Value,
};
use crate::syntax::grammar::Rule;
use crate::syntax::keywords::{self, Shape, is_blank, length_named};
use crate::syntax::layout::{ListLine, RawField};
use crate::syntax::limits;
use crate::syntax::lines::closing;
use crate::text::Both;
use crate::types::Length;

impl Lower<'_> {
    /// The value of a list field with at least one line.
    pub(super) fn list(&mut self, shape: Shape, raw: &RawField) -> Value {
        let lines = &raw.lines;
        match shape {
            Shape::Members => {
                let read = self.lines(lines, |lower, range| lower.member(range));
                Value::Members(self.nested(read, |above, below| above.children.push(below)))
            }
            Shape::Items => {
                let read = self.lines(lines, |lower, range| lower.item(range));
                Value::Items(self.nested(read, |above, below| above.children.push(below)))
            }
            Shape::Columns => {
                let read = self.lines(lines, |lower, range| lower.column(range));
                Value::Columns(read.into_iter().map(|(_, line)| line).collect())
            }
            Shape::Expected => {
                let read = self.lines(lines, |lower, range| {
                    let span = lower.at(range.clone());
                    let pairs: Vec<Pair<'_>> = lower.read(Rule::l_expected, range)?.collect();
                    lower.expected_line(&pairs, span)
                });
                Value::Expected(read.into_iter().map(|(_, line)| line).collect())
            }
            Shape::Rows => self.rows(raw),
            Shape::Text
            | Shape::Separator
            | Shape::Labels
            | Shape::Name
            | Shape::Names
            | Shape::Code
            | Shape::Codes
            | Shape::Choice(_)
            | Shape::DayOfYear
            | Shape::Length
            | Shape::FromFile
            | Shape::RowIs
            | Shape::Counts
            | Shape::Priority
            | Shape::Sheet
            | Shape::HeaderRows
            | Shape::Texts
            | Shape::CountColumn
            | Shape::PeriodColumn
            | Shape::PeriodWanted
            | Shape::Coverage
            | Shape::Expr
            | Shape::UnitWord
            | Shape::Breakdowns
            | Shape::Aim
            | Shape::Quantity
            | Shape::Quantities
            | Shape::Rounding
            | Shape::NotApplicable
            | Shape::Relation => Value::Missing(self.at(raw.value.clone())),
        }
    }

    /// Reads each line; problems of a line do not make the list unreadable.
    fn lines<T>(&mut self, lines: &[ListLine], read: impl Fn(&mut Self, Range<usize>) -> Option<T>) -> Vec<(usize, T)> {
        let mut out = Vec::with_capacity(lines.len());
        for line in lines.iter().filter(|line| !line.broken) {
            let range = self.trimmed(line.text.clone());
            if let Some(value) = read(self, range) {
                out.push((line.indent, value));
            }
            self.bad = false;
        }
        out
    }

    /// Lines that are indented deeper become children of the line above.
    fn nested<T>(&mut self, lines: Vec<(usize, T)>, add: fn(&mut T, T)) -> Vec<T>
    where
        T: Spanned,
    {
        let mut roots: Vec<T> = Vec::new();
        let mut open: Vec<(usize, T)> = Vec::new();
        let mut deep = false;
        let close = |open: &mut Vec<(usize, T)>, roots: &mut Vec<T>| {
            if let Some((_, done)) = open.pop() {
                match open.last_mut() {
                    Some((_, above)) => add(above, done),
                    None => roots.push(done),
                }
            }
        };
        for (indent, line) in lines {
            while open.last().is_some_and(|(above, _)| *above >= indent) {
                close(&mut open, &mut roots);
            }
            if open.len() >= limits::NESTING {
                if !deep {
                    deep = true;
                    self.report(SyntaxProblem::TooDeep { limit: limits::NESTING }, line.spanned());
                }
                close(&mut open, &mut roots);
            }
            open.push((indent, line));
        }
        while !open.is_empty() {
            close(&mut open, &mut roots);
        }
        roots
    }

    fn member(&mut self, range: Range<usize>) -> Option<MemberLine> {
        let span = self.at(range.clone());
        let mut line: Option<MemberLine> = None;
        let mut labels = Labels::default();
        for pair in self.read(Rule::l_member, range)? {
            match (pair.as_rule(), line.as_mut()) {
                (Rule::member_code, _) => {
                    let code = self.name_or_string(&pair);
                    let (aliases, attributes, children) = (Vec::new(), Vec::new(), Vec::new());
                    let (labels, stands_for) = (Labels::default(), Vec::new());
                    line = Some(MemberLine { code, labels, aliases, stands_for, attributes, children, span });
                }
                (Rule::labels, _) => labels = self.labels(pair),
                (Rule::alias, Some(line)) => {
                    let texts = pair.into_inner().filter(|part| part.as_rule() == Rule::text);
                    line.aliases.extend(texts.map(|text| self.text(&text)));
                }
                (Rule::stands_for, Some(line)) => {
                    let parts: Vec<Pair<'_>> = pair.into_inner().collect();
                    line.stands_for.extend(self.groups(&parts)?);
                }
                (Rule::attribute_value, Some(line)) => {
                    line.attributes.push(self.attribute(pair)?);
                }
                _ => {}
            }
        }
        line.map(|line| MemberLine { labels, ..line })
    }

    /// `réunions 12 réunions`, `réunions 1 réunion par mois`, `réunions 1 réunion tous les 3 mois`.
    fn attribute(&mut self, pair: Pair<'_>) -> Option<MemberAttribute> {
        let mut inner = pair.into_inner();
        let (name, value, every) = (inner.next()?, inner.next()?, inner.next());
        let name = self.name(&name);
        let mut quantity = self.quantity(&value)?;
        let mut pace = None;
        if let Some(every) = every {
            let span = self.span(&every);
            let written = every.as_str().trim().to_string();
            let (mut count, mut step) = (1, None);
            for part in every.into_inner() {
                match part.as_rule() {
                    Rule::bare_number => count = part.as_str().parse().ok().filter(|count| *count > 0).unwrap_or(0),
                    Rule::unit_word => step = Some(self.unit_word(&part)),
                    _ => {}
                }
            }
            let step = step?;
            pace = match step_named(&step.text).filter(|_| count > 0) {
                Some(step) => Some(Pace { count, step, span }),
                None => {
                    self.report(SyntaxProblem::NoPace { text: written }, span);
                    return None;
                }
            };
        } else if let Some(unit) = &mut quantity.unit {
            let step = unit.per.as_ref().filter(|per| !per.quoted);
            if let Some((step, span)) = step.and_then(|per| step_named(&per.text).map(|step| (step, per.span))) {
                unit.per = None;
                pace = Some(Pace { count: 1, step, span });
            }
        }
        Some(MemberAttribute { name, quantity, pace })
    }

    fn item(&mut self, range: Range<usize>) -> Option<Item> {
        let span = self.at(range.clone());
        let (mut kind, mut code, mut labels) = (None, None, Labels::default());
        let (mut serves, mut responsible) = (Vec::new(), None);
        for pair in self.read(Rule::l_item, range)? {
            match pair.as_rule() {
                Rule::item_kind => {
                    kind = pair.into_inner().next().map(|word| match word.as_rule() {
                        Rule::k_strategic_objective => ItemKind::StrategicObjective,
                        Rule::k_programme => ItemKind::Programme,
                        Rule::k_objective => ItemKind::Objective,
                        Rule::k_action => ItemKind::Action,
                        _ => ItemKind::Committee,
                    });
                }
                Rule::code => code = Some(self.name(&pair)),
                Rule::labels => labels = self.labels(pair),
                Rule::serves => {
                    let codes = pair.into_inner().filter(|part| part.as_rule() == Rule::code);
                    serves.extend(codes.map(|code| self.name(&code)));
                }
                Rule::responsible => {
                    responsible =
                        pair.into_inner().find(|part| part.as_rule() == Rule::text).map(|text| self.text(&text));
                }
                _ => {}
            }
        }
        Some(Item { kind: kind?, code: code?, labels, serves, responsible, children: Vec::new(), span })
    }

    fn column(&mut self, range: Range<usize>) -> Option<ColumnLine> {
        let span = self.at(range.clone());
        let text = self.slice(range.clone());
        let word = crate::syntax::recover::first_word(text);
        let rest = text.get(word.len()..).unwrap_or("").trim_start_matches(is_blank);
        if !word.is_empty() && rest.is_empty() {
            self.report(SyntaxProblem::ColumnWithoutType { name: word.to_string() }, span);
            return None;
        }
        let (mut name, mut of, mut options) = (None, None, Vec::new());
        for pair in self.read(Rule::l_column, range)? {
            match pair.as_rule() {
                Rule::name => name = Some(self.name(&pair)),
                Rule::column_of => of = Some(self.column_of(&pair)),
                Rule::column_option => {
                    let at = self.span(&pair);
                    if let Some(option) = self.column_option(&pair) {
                        options.push((option, at));
                    }
                    if self.bad {
                        return None;
                    }
                }
                _ => {}
            }
        }
        Some(ColumnLine { name: name?, of: of?, options, span })
    }

    fn column_of(&self, pair: &Pair<'_>) -> ColumnOf {
        let span = self.span(pair);
        let Some(inner) = pair.clone().into_inner().next() else { return ColumnOf::Missing(span) };
        match inner.as_rule() {
            Rule::k_yes_no => ColumnOf::YesNo(span),
            Rule::k_text => ColumnOf::Text(span),
            Rule::k_date => ColumnOf::Date(span),
            Rule::number_of => {
                let unit = inner.into_inner().find(|part| part.as_rule() == Rule::unit_per);
                ColumnOf::Number(unit.and_then(|unit| self.unit_per(&unit)), span)
            }
            Rule::looked_up => {
                let names: Vec<Pair<'_>> = inner.into_inner().filter(|part| part.as_rule() == Rule::name).collect();
                let [column, source, by] = names.as_slice() else { return ColumnOf::Missing(span) };
                ColumnOf::LookedUp { column: self.name(column), source: self.name(source), by: self.name(by) }
            }
            _ => ColumnOf::Dimension(self.name(&inner)),
        }
    }

    /// A word of the closed list that the field of the same name takes.
    fn style(&mut self, key: Key, pair: &Pair<'_>) -> Option<Choice> {
        let list = keywords::FIELDS.iter().find_map(|entry| match entry.shape {
            Shape::Choice(list) if entry.key == key => Some(list),
            _ => None,
        })?;
        let word = keywords::field_word(key, None, self.lang);
        match self.choice_of(list, pair.as_str(), self.span(pair), word)? {
            Value::Choice(choice, _) => Some(choice),
            _ => None,
        }
    }

    fn column_option(&mut self, pair: &Pair<'_>) -> Option<ColumnOption> {
        let mut inner = pair.clone().into_inner();
        let word = inner.next()?;
        let text = inner.clone().next();
        let of_text = |make: fn(crate::syntax::ast::Text) -> ColumnOption| text.map(|text| make(self.text(&text)));
        match word.as_rule() {
            Rule::k_may_be_missing => Some(ColumnOption::MayBeMissing),
            Rule::k_missing_excluded => Some(ColumnOption::Missing(MissingPolicy::Excluded)),
            Rule::k_missing_counted => Some(ColumnOption::Missing(MissingPolicy::Counted)),
            Rule::k_confidential => Some(ColumnOption::Confidential),
            Rule::k_qualified => Some(ColumnOption::Qualified),
            Rule::decimal_count => self.decimals(&word, limits::COLUMN_DECIMALS).map(ColumnOption::Decimals),
            Rule::k_total => of_text(ColumnOption::Total),
            Rule::k_not_applicable => of_text(ColumnOption::NotApplicable),
            Rule::k_unknown => of_text(ColumnOption::Unknown),
            Rule::k_not_available => of_text(ColumnOption::NotAvailable),
            Rule::k_planned => of_text(ColumnOption::Planned),
            Rule::k_decimal_style => self.style(Key::DecimalMark, &inner.next()?).map(ColumnOption::DecimalMark),
            Rule::k_thousands_style => self.style(Key::ThousandsMark, &inner.next()?).map(ColumnOption::ThousandsMark),
            Rule::k_dates_style => self.style(Key::DateStyle, &inner.next()?).map(ColumnOption::DateStyle),
            Rule::k_header => of_text(ColumnOption::Header),
            Rule::k_yes => of_text(ColumnOption::Yes),
            Rule::k_no => of_text(ColumnOption::No),
            _ => None,
        }
    }

    fn rows(&mut self, raw: &RawField) -> Value {
        let Some(argument) = raw.argument.clone() else {
            let hoped = Both { fr: "le nom d'une source".to_string(), en: "the name of a source".to_string() };
            self.fail(SyntaxProblem::EndsEarly { hoped: vec![hoped] }, self.at(raw.key.clone()));
            return Value::Missing(self.at(raw.value.clone()));
        };
        let source = match self.read(Rule::v_name, argument) {
            Some(mut pairs) => pairs.next().map(|pair| self.name(&pair)),
            None => None,
        };
        let Some(source) = source else { return Value::Missing(self.at(raw.value.clone())) };
        let lines: Vec<Range<usize>> =
            raw.lines.iter().filter(|line| !line.broken).map(|line| self.trimmed(line.text.clone())).collect();
        Value::Rows(source, lines.into_iter().map(|line| self.row(line)).collect())
    }

    /// Cells between `|`; a cell that is one string loses its quotes, but not in its span.
    fn row(&mut self, line: Range<usize>) -> DataRow {
        let text = self.slice(line.clone());
        let mut cells = Vec::new();
        let mut start = 0;
        let mut closes: Option<char> = None;
        for (at, c) in text.char_indices().chain([(text.len(), '|')]) {
            match closes {
                Some(close) if c == close => closes = None,
                Some(_) if at < text.len() => {}
                Some(_) | None if c == '|' => {
                    let cell = self.trimmed(line.start + start..line.start + at);
                    let typed = self.slice(cell.clone());
                    let open = typed.chars().next();
                    let inner = open.and_then(closing).and_then(|close| {
                        let inner = typed.strip_prefix(open?)?.strip_suffix(close)?;
                        (!inner.contains(close)).then(|| inner.trim_matches(is_blank))
                    });
                    cells.push(Name { text: inner.unwrap_or(typed).nfc().collect(), span: self.at(cell) });
                    start = at + 1;
                }
                Some(_) | None => closes = closing(c),
            }
        }
        DataRow { cells, span: self.at(line) }
    }
}

/// Lines that know where they stand.
trait Spanned {
    fn spanned(&self) -> crate::text::Span;
}

impl Spanned for MemberLine {
    fn spanned(&self) -> crate::text::Span {
        self.span
    }
}

impl Spanned for Item {
    fn spanned(&self) -> crate::text::Span {
        self.span
    }
}

/// The step of time that a word names, in the singular or the plural of any language; a day is not one.
fn step_named(word: &str) -> Option<Length> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let found = length_named(word).or_else(|| length_named(singular))?;
    (found != Length::Day).then_some(found)
}
