//! Columns that are not in the file of their source: another source has their values, by its identifier.

use crate::problem::{LookupProblem, NameProblem, Named, Problem, TypeProblem};
use crate::syntax::ast::{Aggregate, ColumnLine, ColumnOf, ColumnOption, Key, Name, Value};
use crate::syntax::keywords::Keyword;
use crate::text::{Both, Lang, Span};

use super::Checker;
use super::address::table_address;
use super::collect::Decl;
use super::model::{Column, ColumnType, DataSource, LookUp};

/// What a line of a look-up names.
struct Line<'l> {
    line: &'l ColumnLine,
    column: &'l Name,
    source: &'l Name,
    by: &'l Name,
}

impl<'a> Checker<'a> {
    /// The columns of a source that are looked up in others, each with whether it is sound. The columns of every file are
    /// known.
    pub(super) fn looked_up(&mut self, at: usize, decl: &Decl<'a>, all: &[Decl<'a>]) -> Vec<(Column, bool)> {
        let mut found: Vec<(Column, bool)> = Vec::new();
        for line in decl.fields(Key::Columns).filter_map(|field| match &field.value {
            Value::Columns(lines) => Some(lines),
            _ => None,
        }) {
            for line in line {
                let ColumnOf::LookedUp { column, source, by } = &line.of else { continue };
                let own = self.program.sources.get(at).map_or(&[][..], |source| source.columns.as_slice());
                let mut named = own.iter().chain(found.iter().map(|(column, _)| column));
                if let Some(first) = named.find(|column| column.name == line.name.text).map(|column| column.definition)
                {
                    let fact = NameProblem::RepeatedInside {
                        what: Named::Column,
                        name: line.name.text.clone(),
                        within: decl.name.text.clone(),
                    };
                    self.report(Problem::new(fact, line.name.span).also(first));
                    continue;
                }
                let asked = Line { line, column, source, by };
                let (column, sound) = self.apart(false, |checker| checker.look_up(at, &asked, all));
                found.push((column.unwrap_or_else(|| super::sources::column(line, ColumnType::Text)), sound));
            }
        }
        found
    }

    /// One column that is looked up; `None` where it cannot be.
    fn look_up(&mut self, at: usize, asked: &Line<'_>, all: &[Decl<'a>]) -> Option<Column> {
        self.is_not_looked_up(asked.by, all.get(at)?)?;
        let by = self.column(at, asked.by);
        let other = self.source_named(asked.source);
        if let Some(by) = by {
            let role = Both { fr: "le code cherché", en: "the code that is looked for" };
            self.is_code(at, by, asked.by.span, role, asked.source)?;
        }
        let (by, other) = (by?, other?);
        let of = all.get(other)?;
        self.is_not_looked_up(asked.column, of)?;
        self.are_together(at, other, asked.source)?;
        let column = self.column(other, asked.column)?;
        let key = self.identifier(asked, other, of)?;
        if let Some(Value::PeriodColumn(name, _)) = of.field(Key::Period).map(|field| &field.value) {
            let fact = LookupProblem::HasPeriod { source: of.name.text.clone(), column: name.text.clone() };
            self.report(Problem::new(fact, asked.source.span).also(name.span));
            return None;
        }
        let found = self.program.sources.get(other)?.columns.get(column)?.clone();
        if !found.totals.is_empty() {
            let fact = LookupProblem::Totals { column: found.name.clone(), source: of.name.text.clone() };
            self.report(Problem::new(fact, asked.column.span).also(found.definition));
            return None;
        }
        self.options_of_the_file(asked, &found);
        let options = || asked.line.options.iter().map(|(option, _)| option);
        let policy = options().find_map(|option| match option {
            ColumnOption::Missing(policy) => Some(*policy),
            _ => None,
        });
        let own = self.program.sources.get(at)?.columns.get(by)?;
        let says = options().any(|option| matches!(option, ColumnOption::MayBeMissing | ColumnOption::Missing(_)));
        let unknown =
            |column: &Column| column.may_be_missing || !column.unknowns.is_empty() || !column.without_number.is_empty();
        // A code that says why there is none says it of what is looked up too: after what the other source says.
        let mut without_number = found.without_number.clone();
        without_number.extend(own.without_number.iter().cloned());
        Some(Column {
            name: asked.line.name.text.clone(),
            headers: own.headers.clone(),
            // Where the code may be missing, what is looked up by it may be too.
            may_be_missing: says || unknown(own) || found.may_be_missing,
            missing: policy.or(found.missing),
            confidential: found.confidential || options().any(|option| matches!(option, ColumnOption::Confidential)),
            without_number,
            looked_up: Some(LookUp { by, source: other, key, column }),
            definition: asked.line.name.span,
            ..found
        })
    }

    /// Two files, or two tables of one database, whoever asks it.
    fn are_together(&mut self, at: usize, other: usize, name: &Name) -> Option<()> {
        let (one, other) = (self.program.sources.get(at)?, self.program.sources.get(other)?);
        let address = |source: &DataSource| table_address(source.path.as_deref()?)?.ok();
        let together = match (address(one), address(other)) {
            (Some(one), Some(other)) => one.is_beside(&other),
            (one, other) => one.is_none() && other.is_none(),
        };
        if together {
            return Some(());
        }
        let fact = LookupProblem::Apart { one: one.name.clone(), other: other.name.clone() };
        let problem = Problem::new(fact, name.span).also(other.definition);
        self.report(problem);
        None
    }

    /// The identifier of the other source: one column of texts.
    fn identifier(&mut self, asked: &Line<'_>, other: usize, of: &Decl<'a>) -> Option<usize> {
        let fields = of.fields(Key::RowKey).filter_map(|field| match &field.value {
            Value::Names(names) => Some(names),
            _ => None,
        });
        let names: Vec<&'a Name> = fields.flatten().collect();
        let [name] = names.as_slice() else {
            let columns = &self.program.sources.get(other)?.columns;
            let texts = columns.iter().filter(|column| column.of == ColumnType::Text);
            let fact = LookupProblem::NoIdentifier {
                source: of.name.text.clone(),
                columns: texts.map(|column| column.name.clone()).collect(),
                found: names.len(),
            };
            self.report(Problem::new(fact, asked.source.span).also(of.name.span));
            return None;
        };
        let facts = self.sources.get(other)?;
        // A name that is no column is told where it stands.
        let Some(key) = facts.by_name.get(&name.text).copied().filter(|key| !facts.broken_columns.contains(key)) else {
            self.spoil();
            return None;
        };
        let role = Both { fr: "l'identifiant", en: "the key" };
        self.is_code(other, key, asked.source.span, role, asked.source)?;
        Some(key)
    }

    /// Codes are compared as texts: `007` is not `7`.
    fn is_code(&mut self, at: usize, column: usize, span: Span, role: Both<&'static str>, source: &Name) -> Option<()> {
        let found = self.program.sources.get(at)?.columns.get(column)?;
        if found.of != ColumnType::Text {
            let fact = TypeProblem::ColumnRole {
                column: found.name.clone(),
                role,
                wanted: Both { fr: "un texte", en: "a text" },
                write: Both { fr: format!("{}  texte", found.name), en: format!("{}  text", found.name) },
            };
            let problem = Problem::new(fact, span).also(found.definition);
            self.report(problem);
            return None;
        }
        if !found.totals.is_empty() {
            let fact = LookupProblem::Totals { column: found.name.clone(), source: source.text.clone() };
            let problem = Problem::new(fact, span).also(found.definition);
            self.report(problem);
            return None;
        }
        Some(())
    }

    /// One step is enough: what the other source looks up itself is looked up where it is.
    fn is_not_looked_up(&mut self, name: &Name, of: &Decl<'a>) -> Option<()> {
        let fields = of.fields(Key::Columns).filter_map(|field| match &field.value {
            Value::Columns(lines) => Some(lines),
            _ => None,
        });
        for line in fields.flatten().filter(|line| line.name.text == name.text) {
            if let ColumnOf::LookedUp { source, .. } = &line.of {
                let fact = LookupProblem::Chain {
                    column: name.text.clone(),
                    source: of.name.text.clone(),
                    third: source.text.clone(),
                };
                self.report(Problem::new(fact, name.span).also(line.name.span));
                return None;
            }
        }
        Some(())
    }

    /// How cells are written is said in the source that has them.
    fn options_of_the_file(&mut self, asked: &Line<'_>, found: &Column) {
        for (option, span) in &asked.line.options {
            let word = match option {
                ColumnOption::MayBeMissing | ColumnOption::Missing(_) | ColumnOption::Confidential => continue,
                ColumnOption::Qualified => Keyword::Qualified,
                ColumnOption::Decimals(_) => Keyword::Decimals,
                ColumnOption::Total(_) => Keyword::Total,
                ColumnOption::Unknown(_) => Keyword::Unknown,
                ColumnOption::NotApplicable(_) => Keyword::NotApplicable,
                ColumnOption::NotAvailable(_) => Keyword::NotAvailable,
                ColumnOption::Planned(_) => Keyword::Planned,
                ColumnOption::Header(_) => Keyword::Header,
                ColumnOption::DecimalMark(_) => Keyword::DecimalStyle,
                ColumnOption::ThousandsMark(_) => Keyword::ThousandsStyle,
                ColumnOption::DateStyle(_) => Keyword::DatesStyle,
                ColumnOption::Yes(_) => Keyword::Yes,
                ColumnOption::No(_) => Keyword::No,
            };
            let fact = LookupProblem::Elsewhere {
                option: Both { fr: word.word(Lang::Fr), en: word.word(Lang::En) },
                column: found.name.clone(),
                source: asked.source.text.clone(),
            };
            self.report(Problem::new(fact, *span));
        }
    }

    /// The period, the identifier, the count and the fact of a row are in its own file: tells where `column` is not.
    pub(super) fn is_in_file(
        &mut self,
        source: &DataSource,
        column: usize,
        span: Span,
        role: Both<&'static str>,
    ) -> bool {
        let Some(found) = source.columns.get(column) else { return true };
        let Some(look_up) = found.looked_up else { return true };
        let by = source.columns.get(look_up.by).map_or_else(String::new, |by| by.name.clone());
        let fact = LookupProblem::Role { column: found.name.clone(), role, by };
        let problem = Problem::new(fact, span).also(found.definition);
        self.report(problem);
        false
    }

    /// What is said of one row of the other source stands in many rows of this one: adding it up says nothing.
    pub(super) fn adds_looked_up(&mut self, found: &Column, aggregate: Aggregate, column: &Name) -> bool {
        let Some(look_up) = found.looked_up else { return false };
        let aggregate = match aggregate {
            // How often a value stands there does not matter.
            Aggregate::Minimum | Aggregate::Maximum | Aggregate::LongestGap => return false,
            Aggregate::Sum => Both { fr: "somme", en: "sum" },
            Aggregate::Average => Both { fr: "moyenne", en: "average" },
            Aggregate::Median => Both { fr: "médiane", en: "median" },
            Aggregate::First => Both { fr: "première valeur", en: "first value" },
            Aggregate::Last => Both { fr: "dernière valeur", en: "last value" },
        };
        let other = self.program.sources.get(look_up.source);
        let of = other.and_then(|other| other.columns.get(look_up.column)).map_or("", |of| of.name.as_str());
        let fact = LookupProblem::Repeated {
            aggregate,
            column: found.name.clone(),
            of: of.to_string(),
            source: other.map_or_else(String::new, |other| other.name.clone()),
        };
        self.report(Problem::new(fact, column.span).also(found.definition));
        true
    }
}
