//! Sources: what a row is, columns and what they hold, keys, counts, period, coverage.

use std::collections::{HashMap, HashSet};

use crate::problem::{NameProblem, Named, Problem, TimeProblem, TypeProblem, decimals_words};
use crate::syntax::ast::{
    BlockKind, Choice, ColumnLine, ColumnOf, ColumnOption, Key, Name, RowIs, SheetNamed, Text, Value,
};
use crate::text::Both;
use crate::types::{CalendarId, Number, Offset, Unit};

use super::address::table_address;
use super::collect::Decl;
use super::model::{
    Column, ColumnType, DataSource, DateStyle, Finality, Format, NoNumber, RowKind, SheetWanted, Written,
};
use super::{Checker, Used};

/// The highest threshold of confidentiality; a higher one is a typing error.
pub const MAXIMUM_THRESHOLD: u64 = 10_000;

const A_NUMBER: Both<&str> = Both { fr: "un nombre", en: "a number" };
const DECIMALS: Both<&str> = Both { fr: "à décimales", en: "with decimals" };

/// A threshold of confidentiality: a whole number from 0 to [`MAXIMUM_THRESHOLD`].
pub fn threshold(number: &Number) -> Option<u64> {
    let whole = number.exact_decimal()?.parse::<u64>().ok()?;
    (whole <= MAXIMUM_THRESHOLD).then_some(whole)
}

/// What is known of a source besides the model.
#[derive(Default)]
pub(super) struct SourceFacts {
    /// It has a mistake that touches every measure over it.
    pub(super) broken: bool,
    /// Columns by name.
    pub(super) by_name: HashMap<String, usize>,
    /// Columns with a mistake of their own.
    pub(super) broken_columns: HashSet<usize>,
    /// Columns by dimension.
    pub(super) by_dimension: HashMap<usize, Vec<usize>>,
    /// The level named by a column that is declared with a level's name.
    pub(super) level: HashMap<usize, usize>,
}

impl<'a> Checker<'a> {
    /// Declares sources.
    pub(super) fn check_sources(&mut self) {
        let decls: Vec<Decl<'a>> = self.declared.of(BlockKind::Source).collect();
        // A source may look up in one that is declared after it: first what is in every file, then what is looked up there.
        for (at, decl) in decls.iter().enumerate() {
            self.sources.push(SourceFacts::default());
            let (source, sound) = self.apart(decl.broken, |checker| checker.in_file(at, decl));
            self.program.sources.push(source);
            self.break_source(at, !sound);
        }
        let looked_up: Vec<Vec<(Column, bool)>> =
            decls.iter().enumerate().map(|(at, decl)| self.looked_up(at, decl, &decls)).collect();
        for ((at, decl), columns) in decls.iter().enumerate().zip(looked_up) {
            let Some(mut source) = self.program.sources.get(at).cloned() else { continue };
            for (column, sound) in columns {
                // It is as fine as the column of the other source.
                let of = column.looked_up;
                let level = of.and_then(|of| self.sources.get(of.source)?.level.get(&of.column).copied());
                let id = self.add_column(at, &mut source, column, sound);
                if let (Some(facts), Some(level)) = (self.sources.get_mut(at), level) {
                    facts.level.insert(id, level);
                }
            }
            let ((), sound) = self.apart(false, |checker| checker.roles(at, decl, &mut source));
            self.break_source(at, !sound);
            if let Some(slot) = self.program.sources.get_mut(at) {
                *slot = source;
            }
        }
        self.program.protect_looked_up();
    }

    fn break_source(&mut self, at: usize, broken: bool) {
        if let Some(facts) = self.sources.get_mut(at) {
            facts.broken |= broken;
        }
    }

    /// A source with the columns of its file.
    fn in_file(&mut self, at: usize, decl: &Decl<'a>) -> DataSource {
        let mut source = DataSource {
            name: decl.name.text.clone(),
            label: decl.label(),
            path: decl.text(Key::File),
            format: format_of(decl),
            provider: decl.text(Key::Provider),
            row: RowKind::Event,
            key: Vec::new(),
            counts: Vec::new(),
            period: None,
            columns: Vec::new(),
            covers: Vec::new(),
            covers_period: None,
            finality: finality_of(decl),
            facts: None,
            margin: None,
            threshold: None,
            milestones: None,
            definition: decl.name.span,
        };
        self.columns(at, decl, &mut source);
        if let Some(Err(fact)) = source.path.as_deref().and_then(table_address) {
            let span = decl.field(Key::File).map_or(decl.name.span, |field| field.key_span);
            self.report(Problem::new(fact, span));
            // What is wrong with it may be a password, which no later message may show.
            source.path = Some(String::new());
        }
        if source.path.is_none() && !decl.broken {
            let write = ["fichier: \"dossier/données.csv\"", "file: \"folder/data.csv\""];
            self.field_missing(decl, Named::Source, ["fichier", "file"], write);
        }
        source
    }

    /// What the columns of a source are for.
    fn roles(&mut self, at: usize, decl: &Decl<'a>, source: &mut DataSource) {
        self.period_column(at, decl, source);
        self.row_kind(at, decl, source);
        for field in decl.fields(Key::RowKey) {
            let Value::Names(names) = &field.value else { continue };
            for name in names {
                let role = Both { fr: "un identifiant", en: "a key" };
                let column = self.own_column(at, source, name);
                source.key.extend(column.filter(|column| self.is_in_file(source, *column, name.span, role)));
            }
        }
        for field in decl.fields(Key::Counts) {
            let Value::Counts(word, name) = &field.value else { continue };
            let unit = self.unit_word(word);
            if let Some(column) = self.own_column(at, source, name) {
                source.counts.push((unit, column));
            }
        }
        self.milestones_of(at, decl, source);
        self.coverage(at, decl, source);
        self.facts(at, decl, source);
        if let Some(Value::Quantity(quantity)) = decl.field(Key::ApproximationMargin).map(|field| &field.value)
            && self.quantity_in(quantity, &Unit::Percent)
        {
            source.margin = Some(quantity.value.abs());
        }
        for column in &mut source.columns {
            column.whole = matches!(&column.of, ColumnType::Number(unit) if self.counts_persons(unit));
        }
        self.threshold(decl, source);
        if let Some(Value::Text(text)) = decl.field(Key::TimeZone).map(|field| &field.value)
            && source.format.zone.is_none()
        {
            self.report(Problem::new(TimeProblem::NoSuchZone { text: text.text.clone() }, text.span));
        }
    }

    fn columns(&mut self, at: usize, decl: &Decl<'a>, source: &mut DataSource) {
        for field in decl.fields(Key::Columns) {
            let Value::Columns(lines) = &field.value else { continue };
            for line in lines.iter().filter(|line| !matches!(line.of, ColumnOf::LookedUp { .. })) {
                let known = self.sources.get(at).and_then(|facts| facts.by_name.get(&line.name.text).copied());
                if let Some(first) = known.and_then(|known| source.columns.get(known)) {
                    let fact = NameProblem::RepeatedInside {
                        what: Named::Column,
                        name: line.name.text.clone(),
                        within: source.name.clone(),
                    };
                    let problem = Problem::new(fact, line.name.span).also(first.definition);
                    self.report(problem);
                    continue;
                }
                let (of, sound) = self.apart(false, |checker| checker.column_type(line));
                self.numbers_only(line, &of.0, decl);
                self.add_column(at, source, column(line, of.0), sound);
                if let (Some(facts), Some(level)) = (self.sources.get_mut(at), of.1) {
                    facts.level.insert(source.columns.len().saturating_sub(1), level);
                }
            }
        }
        // A table of counts may have no other columns than its count and its period.
        if decl.field(Key::Columns).is_none() && decl.field(Key::Count).is_none() && !decl.broken {
            let write = ["colonnes:  puis, en retrait, sexe  sexe", "columns:  then, indented, sexe  sexe"];
            self.field_missing(decl, Named::Source, ["colonnes", "columns"], write);
        }
    }

    /// A threshold is a whole number of persons, or of whatever a row is.
    fn threshold(&mut self, decl: &Decl<'a>, source: &mut DataSource) {
        let Some(Value::Quantity(quantity)) = decl.field(Key::ConfidentialityThreshold).map(|field| &field.value)
        else {
            return;
        };
        source.threshold = threshold(&quantity.value).filter(|_| quantity.unit.is_none());
        if source.threshold.is_none() {
            self.report(Problem::new(TypeProblem::Threshold { limit: MAXIMUM_THRESHOLD }, quantity.span));
        }
    }

    /// Only numbers can be qualified, or have decimals; bands are of numbers, and persons are whole.
    fn numbers_only(&mut self, line: &ColumnLine, of: &ColumnType, decl: &Decl<'a>) {
        let counted = match decl.field(Key::Count).map(|field| &field.value) {
            Some(Value::CountColumn { column, .. }) => column.text == line.name.text,
            _ => false,
        };
        let is_number = counted || matches!(of, ColumnType::Number(_));
        let name = &line.name.text;
        for (option, span) in &line.options {
            let (role, wanted, write) = match option {
                ColumnOption::Qualified if !is_number => (
                    Both { fr: "qualifiée", en: "qualified" },
                    A_NUMBER,
                    Both { fr: format!("{name}  nombre, qualifié"), en: format!("{name}  number, qualified") },
                ),
                ColumnOption::Decimals(count) if !is_number && !self.is_of_bands(of) => (DECIMALS, A_NUMBER, {
                    let Both { fr, en } = decimals_words(*count);
                    Both { fr: format!("{name}  nombre, {fr}"), en: format!("{name}  number, {en}") }
                }),
                ColumnOption::Decimals(1..) if matches!(of, ColumnType::Number(unit) if self.counts_persons(unit)) => (
                    DECIMALS,
                    Both { fr: "un nombre de ce qui se divise", en: "a number of what can be divided" },
                    Both { fr: format!("{name}  nombre de personnes"), en: format!("{name}  number of persons") },
                ),
                _ => continue,
            };
            let fact = TypeProblem::ColumnRole { column: name.clone(), role, wanted, write };
            self.report(Problem::new(fact, *span).also(line.name.span));
        }
    }

    /// Its members are bands of numbers.
    fn is_of_bands(&self, of: &ColumnType) -> bool {
        let ColumnType::Dimension(at) = of else { return false };
        self.program.dimensions.get(*at).is_some_and(|of| of.members.iter().any(|member| member.band.is_some()))
    }

    fn add_column(&mut self, at: usize, source: &mut DataSource, column: Column, sound: bool) -> usize {
        let id = source.columns.len();
        if let Some(facts) = self.sources.get_mut(at) {
            facts.by_name.insert(column.name.clone(), id);
            if !sound {
                facts.broken_columns.insert(id);
            }
            if let ColumnType::Dimension(dimension) = column.of {
                facts.by_dimension.entry(dimension).or_default().push(id);
            }
        }
        source.columns.push(column);
        id
    }

    /// What a column holds, and the level that it names where that is not the dimension's own name.
    fn column_type(&mut self, line: &ColumnLine) -> (ColumnType, Option<usize>) {
        match &line.of {
            ColumnOf::Text(_) => (ColumnType::Text, None),
            ColumnOf::Number(word, _) => {
                let unit = word.as_ref().map_or(Unit::Number, |word| self.unit_word(word));
                (ColumnType::Number(unit), None)
            }
            ColumnOf::Date(_) => (ColumnType::Date, None),
            ColumnOf::YesNo(_) => (ColumnType::YesNo, None),
            ColumnOf::Dimension(name) => match self.level_named(name) {
                Some(of) => {
                    let dimension = self.program.dimensions.get(of.dimension);
                    let own = dimension.is_some_and(|dimension| dimension.name == name.text);
                    (ColumnType::Dimension(of.dimension), (!own).then_some(of.level))
                }
                None => (ColumnType::Text, None),
            },
            // A look-up takes its type from the other source, see `lookups.rs`.
            ColumnOf::LookedUp { .. } => (ColumnType::Text, None),
            ColumnOf::Missing(_) => {
                self.spoil();
                (ColumnType::Text, None)
            }
        }
    }

    fn period_column(&mut self, at: usize, decl: &Decl<'a>, source: &mut DataSource) {
        let Some(Value::PeriodColumn(name, calendar)) = decl.field(Key::Period).map(|field| &field.value) else {
            return;
        };
        let calendar = match calendar {
            Some(calendar) => match self.calendar_named(calendar) {
                Some(calendar) => calendar,
                None => return,
            },
            None => CalendarId::YEAR,
        };
        let known = self.sources.get(at).and_then(|facts| facts.by_name.get(&name.text).copied());
        let id = match known {
            Some(id) => id,
            None => self.add_column(at, source, plain_column(name, ColumnType::Period(calendar)), true),
        };
        if !self.is_in_file(source, id, name.span, Both { fr: "la période", en: "the period" }) {
            return;
        }
        let Some(column) = source.columns.get_mut(id) else { return };
        match column.of {
            ColumnType::Date | ColumnType::Period(_) => {}
            ColumnType::Text | ColumnType::Number(_) => column.of = ColumnType::Period(calendar),
            ColumnType::YesNo | ColumnType::Dimension(_) => {
                let fact = TypeProblem::ColumnRole {
                    column: name.text.clone(),
                    role: Both { fr: "la période", en: "the period" },
                    wanted: Both { fr: "une date ou un texte", en: "a date or a text" },
                    write: Both { fr: format!("{}  texte", name.text), en: format!("{}  text", name.text) },
                };
                let problem = Problem::new(fact, name.span).also(column.definition);
                self.report(problem);
            }
        }
        source.period = Some((id, calendar));
    }

    fn row_kind(&mut self, at: usize, decl: &Decl<'a>, source: &mut DataSource) {
        let Some(field) = decl.field(Key::EachRowIs) else {
            if !decl.broken {
                let write = ["chaque ligne est: un effectif", "each row is: a count"];
                self.field_missing(decl, Named::Source, ["chaque ligne est", "each row is"], write);
            }
            return;
        };
        match &field.value {
            Value::RowIs(RowIs::Thing(word)) => source.row = RowKind::Thing(self.unit_word(word)),
            Value::RowIs(RowIs::Event(_)) => source.row = RowKind::Event,
            Value::RowIs(RowIs::Count(_)) => self.count_column(at, decl, source),
            _ => self.spoil(),
        }
    }

    fn count_column(&mut self, at: usize, decl: &Decl<'a>, source: &mut DataSource) {
        let Some(Value::CountColumn { column: name, unit: word, qualified }) =
            decl.field(Key::Count).map(|field| &field.value)
        else {
            if !decl.broken {
                let write = ["effectif: nombre d'élèves", "count: nombre of pupils"];
                self.field_missing(decl, Named::Source, ["effectif", "count"], write);
            }
            return;
        };
        let unit = self.unit_word(word);
        let known = self.sources.get(at).and_then(|facts| facts.by_name.get(&name.text).copied());
        let column = match known {
            Some(id) => id,
            None => self.add_column(at, source, plain_column(name, ColumnType::Number(unit.clone())), true),
        };
        if !self.is_in_file(source, column, name.span, Both { fr: "l'effectif", en: "the count" }) {
            return;
        }
        if let Some(found) = source.columns.get_mut(column) {
            found.qualified |= *qualified;
            match &found.of {
                ColumnType::Number(_) => found.of = ColumnType::Number(unit.clone()),
                ColumnType::Text
                | ColumnType::Date
                | ColumnType::YesNo
                | ColumnType::Dimension(_)
                | ColumnType::Period(_) => {
                    let fact = TypeProblem::ColumnRole {
                        column: name.text.clone(),
                        role: Both { fr: "l'effectif", en: "the count" },
                        wanted: Both { fr: "un nombre", en: "a number" },
                        write: Both { fr: format!("{}  nombre", name.text), en: format!("{}  number", name.text) },
                    };
                    let problem = Problem::new(fact, name.span).also(found.definition);
                    self.report(problem);
                }
            }
        }
        source.row = RowKind::Count { column, unit };
    }

    fn coverage(&mut self, at: usize, decl: &Decl<'a>, source: &mut DataSource) {
        for field in decl.fields(Key::Coverage) {
            let Value::Coverage(names, period) = &field.value else { continue };
            for name in names {
                let Some(of) = self.level_named(name) else { continue };
                let has = self.sources.get(at).is_some_and(|facts| facts.by_dimension.contains_key(&of.dimension));
                if has {
                    source.covers.push(of.dimension);
                } else {
                    self.no_dimension(&source.name.clone(), &name.text, name.span, source.definition);
                }
            }
            if let Some(text) = period {
                match source.period {
                    Some((_, calendar)) => source.covers_period = self.period(text, calendar).or(source.covers_period),
                    None => self.no_period(&source.name.clone(), text.span, source.definition),
                }
            }
        }
    }

    /// A column of the source at hand by its name; reports where there is none.
    pub(super) fn own_column(&mut self, at: usize, source: &DataSource, name: &Name) -> Option<usize> {
        let facts = self.sources.get(at)?;
        if let Some(column) = facts.by_name.get(&name.text).copied() {
            return Some(column);
        }
        self.unknown_column(&source.name, source.columns.iter().map(|column| column.name.as_str()), name);
        None
    }

    /// A column of a declared source by its name; reports where there is none, spoils where it has a mistake.
    pub(super) fn column(&mut self, source: usize, name: &Name) -> Option<usize> {
        let facts = self.sources.get(source)?;
        if let Some(column) = facts.by_name.get(&name.text).copied() {
            if facts.broken_columns.contains(&column) {
                self.spoil();
                return None;
            }
            return Some(column);
        }
        if facts.broken {
            self.spoil();
            return None;
        }
        let known: Vec<String> =
            self.program.sources.get(source)?.columns.iter().map(|column| column.name.clone()).collect();
        let owner = self.program.sources.get(source)?.name.clone();
        self.unknown_column(&owner, known.iter().map(String::as_str), name);
        None
    }

    pub(super) fn unknown_column<'n>(&mut self, source: &str, known: impl Iterator<Item = &'n str>, name: &Name) {
        let (near, known) = self.suggest(&name.text, known);
        let fact = NameProblem::Unknown {
            what: Named::Column,
            name: name.text.clone(),
            within: Some(source.to_string()),
            near,
            known,
        };
        self.report(Problem::new(fact, name.span));
    }

    /// The source of a name; reports where there is none, spoils where it has a mistake.
    pub(super) fn source_named(&mut self, name: &Name) -> Option<usize> {
        if let Some(at) = self.declared.position(BlockKind::Source, &name.text) {
            Used::mark(&mut self.used.sources, at);
            if self.sources.get(at).is_none_or(|facts| facts.broken) {
                self.spoil();
                return None;
            }
            return Some(at);
        }
        if self.declared.is_puzzling(&name.text) {
            self.spoil();
            return None;
        }
        if let Some(other) = self.declared.get(BlockKind::Indicator, &name.text) {
            let write = Both { fr: name.text.clone(), en: name.text.clone() };
            let fact =
                NameProblem::WrongKind { name: name.text.clone(), is: Named::Indicator, wanted: Named::Source, write };
            self.report(Problem::new(fact, name.span).also(other.name.span));
            return None;
        }
        let known = self.declared.names(BlockKind::Source);
        let (near, known) = self.suggest(&name.text, known.into_iter());
        let fact = NameProblem::Unknown { what: Named::Source, name: name.text.clone(), within: None, near, known };
        self.report(Problem::new(fact, name.span));
        None
    }

    /// A required field that is not there.
    pub(super) fn field_missing(&mut self, decl: &Decl<'_>, block: Named, field: [&str; 2], write: [&str; 2]) {
        let both = |[fr, en]: [&str; 2]| Both { fr: fr.to_string(), en: en.to_string() };
        let fact =
            NameProblem::FieldMissing { block, name: decl.name.text.clone(), field: both(field), write: both(write) };
        self.report(Problem::new(fact, decl.name.span));
    }
}

/// A column that is named by `effectif:` or `période:` only.
fn plain_column(name: &Name, of: ColumnType) -> Column {
    Column {
        name: name.text.clone(),
        headers: vec![name.text.clone()],
        of,
        may_be_missing: false,
        missing: None,
        confidential: false,
        qualified: false,
        decimals: None,
        totals: Vec::new(),
        unknowns: Vec::new(),
        without_number: Vec::new(),
        yes: Vec::new(),
        no: Vec::new(),
        written: Written::default(),
        whole: false,
        looked_up: None,
        definition: name.span,
    }
}

pub(super) fn column(line: &ColumnLine, of: ColumnType) -> Column {
    let mut column = plain_column(&line.name, of);
    let mut without_number = Vec::new();
    let mut says = |what: NoNumber, text: &Text| without_number.push((what, text.text.clone()));
    for (option, _) in &line.options {
        match option {
            ColumnOption::MayBeMissing => column.may_be_missing = true,
            ColumnOption::Missing(policy) => {
                column.may_be_missing = true;
                column.missing = Some(*policy);
            }
            ColumnOption::Confidential => column.confidential = true,
            ColumnOption::Qualified => column.qualified = true,
            ColumnOption::Decimals(count) => column.decimals = Some(*count),
            ColumnOption::Total(text) => column.totals.push(text.text.clone()),
            ColumnOption::Unknown(text) => column.unknowns.push(text.text.clone()),
            ColumnOption::NotApplicable(text) => says(NoNumber::NotApplicable, text),
            ColumnOption::NotAvailable(text) => says(NoNumber::NotAvailable, text),
            ColumnOption::Planned(text) => says(NoNumber::Planned, text),
            ColumnOption::DecimalMark(word) => column.written.decimal = mark(*word),
            ColumnOption::ThousandsMark(word) => column.written.thousands = Some(mark(*word)),
            ColumnOption::DateStyle(word) => column.written.dates = Some(date_style(*word)),
            ColumnOption::Header(text) => column.headers.push(text.text.clone()),
            ColumnOption::Yes(text) => column.yes.push(text.text.clone()),
            ColumnOption::No(text) => column.no.push(text.text.clone()),
        }
    }
    column.without_number = without_number;
    column
}

fn format_of(decl: &Decl<'_>) -> Format {
    let choice = |key| match decl.field(key).map(|field| &field.value) {
        Some(Value::Choice(choice, _)) => Some(*choice),
        _ => None,
    };

    Format {
        separator: decl.text(Key::Separator).and_then(|text| match text.to_lowercase().as_str() {
            "tabulation" | "tab" | "\\t" => Some('\t'),
            _ => text.chars().next(),
        }),
        sheet: match decl.field(Key::Sheet).map(|field| &field.value) {
            Some(Value::Sheet(SheetNamed::Name(text))) => Some(SheetWanted::Name(text.text.clone())),
            Some(Value::Sheet(SheetNamed::Number(number, _))) => Some(SheetWanted::Number(*number)),
            _ => None,
        },
        header_rows: match decl.field(Key::HeaderRows).map(|field| &field.value) {
            Some(Value::HeaderRows(first, last, _)) => Some((*first, *last)),
            _ => None,
        },
        excluded_rows: match decl.field(Key::ExcludedRows).map(|field| &field.value) {
            Some(Value::Texts(texts)) => texts.iter().map(|text| text.text.clone()).collect(),
            _ => Vec::new(),
        },
        encoding: decl.text(Key::Encoding),
        decimal: choice(Key::DecimalMark).and_then(mark),
        thousands: choice(Key::ThousandsMark).and_then(mark),
        dates: choice(Key::DateStyle).map_or(DateStyle::default(), date_style),
        zone: decl.text(Key::TimeZone).and_then(|text| Offset::read(&text)),
    }
}

/// `chiffres:`
pub(super) fn finality_of(decl: &Decl<'_>) -> Option<Finality> {
    match decl.field(Key::Finality).map(|field| &field.value) {
        Some(Value::Choice(Choice::Provisional, _)) => Some(Finality::Provisional),
        Some(Value::Choice(Choice::Final, _)) => Some(Finality::Final),
        Some(Value::Choice(Choice::Revised, _)) => Some(Finality::Revised),
        _ => None,
    }
}

/// The character of a word of `décimale:` or `milliers:`.
fn mark(word: Choice) -> Option<char> {
    match word {
        Choice::Comma => Some(','),
        Choice::Point => Some('.'),
        Choice::Space => Some(' '),
        Choice::Apostrophe => Some('\''),
        _ => None,
    }
}

fn date_style(word: Choice) -> DateStyle {
    match word {
        Choice::DayMonthYear => DateStyle::DayMonthYear,
        Choice::MonthDayYear => DateStyle::MonthDayYear,
        _ => DateStyle::YearMonthDay,
    }
}
