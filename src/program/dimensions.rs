//! Dimensions: members by code, label or alias, levels, bands, attributes; written in the block or read from a code list.

use std::collections::HashMap;

use indexmap::IndexMap;
use unicode_normalization::UnicodeNormalization;

use crate::problem::{NameProblem, Named, Problem, TypeProblem, close_to};
use crate::syntax::ast::{self, BlockKind, Choice, FromFile, Key, Literal, MemberLine, Name, Value};
use crate::text::{Localized, Span};
use crate::types::{Number, Unit};

use super::collect::{Decl, label};
use super::model::{AttributeValue, Dimension, DimensionLevel, Groups, Member, MembersFrom};
use super::{Checker, Used};

/// What is known of a dimension besides the model.
#[derive(Default)]
pub(super) struct DimensionFacts {
    /// It has a mistake: what refers to its members is left out silently.
    pub(super) broken: bool,
    /// Codes, labels, aliases and bands as spelled → member.
    spellings: HashMap<String, usize>,
    /// Units of the attributes.
    pub(super) attributes: IndexMap<String, Unit>,
}

/// A member on its way into the dimension, with its place.
struct Entry<'e> {
    code: &'e str,
    label: Localized,
    aliases: Vec<(&'e str, Span)>,
    parent: Option<usize>,
    span: Span,
}

impl<'a> Checker<'a> {
    /// Declares dimensions.
    pub(super) fn check_dimensions(&mut self) {
        let decls: Vec<Decl<'a>> = self.declared.of(BlockKind::Dimension).collect();
        for (at, decl) in decls.iter().enumerate() {
            self.dimensions.push(DimensionFacts::default());
            let (dimension, sound) = self.apart(decl.broken, |checker| checker.dimension(at, decl));
            self.program.dimensions.push(dimension);
            if let Some(facts) = self.dimensions.get_mut(at) {
                facts.broken = !sound;
            }
        }
        for (at, decl) in decls.iter().enumerate() {
            self.name_levels(at, decl);
        }
        for (at, decl) in decls.iter().enumerate() {
            let ((), sound) = self.apart(false, |checker| checker.stand_for(at, decl));
            if let Some(facts) = self.dimensions.get_mut(at) {
                facts.broken |= !sound;
            }
        }
    }

    fn name_levels(&mut self, at: usize, decl: &Decl<'a>) {
        let levels = self.program.dimensions.get(at).map(|dimension| dimension.levels.clone()).unwrap_or_default();
        let finest = levels.len().saturating_sub(1);
        for (level, name) in levels.iter().enumerate() {
            let of = DimensionLevel { dimension: at, level };
            let other = self.levels.get(name).copied().filter(|other| other.dimension != at);
            match other.and_then(|other| self.program.dimensions.get(other.dimension)) {
                Some(other) => {
                    let span = match decl.field(Key::Levels).map(|field| &field.value) {
                        Some(Value::Names(names)) => names.get(level).map_or(decl.name.span, |name| name.span),
                        _ => decl.name.span,
                    };
                    let fact = NameProblem::DefinedTwice { what: Named::Level, name: name.clone() };
                    let problem = Problem::new(fact, span).also(other.definition);
                    self.report(problem);
                }
                None => {
                    self.levels.insert(name.clone(), of);
                }
            }
        }
        let own = DimensionLevel { dimension: at, level: finest };
        self.levels.entry(decl.name.text.clone()).or_insert(own);
    }

    fn dimension(&mut self, at: usize, decl: &Decl<'a>) -> Dimension {
        let groups = match decl.field(Key::Groups).map(|field| &field.value) {
            Some(Value::Choice(Choice::Overlapping, _)) => Groups::Overlapping,
            Some(Value::Choice(Choice::Partial, _)) => Groups::Partial,
            _ => Groups::Exclusive,
        };
        let named = match decl.field(Key::Levels).map(|field| &field.value) {
            Some(Value::Names(names)) => names.as_slice(),
            _ => &[],
        };
        let levels: Vec<String> = match named {
            [] => vec![decl.name.text.clone()],
            names => names.iter().map(|name| name.text.clone()).collect(),
        };
        let bands_of = match decl.field(Key::BandsOf).map(|field| &field.value) {
            Some(Value::Name(name)) => Some(name.text.clone()),
            _ => None,
        };
        let attributes: &[Name] = match decl.field(Key::Attributes).map(|field| &field.value) {
            Some(Value::Names(names)) => names.as_slice(),
            _ => &[],
        };
        let mut dimension = Dimension {
            name: decl.name.text.clone(),
            label: decl.label(),
            groups,
            levels,
            members: Vec::new(),
            bands_of,
            members_from: None,
            definition: decl.name.span,
        };
        let mut places = Vec::new();
        for field in decl.fields(Key::Members) {
            let Value::Members(members) = &field.value else { continue };
            let mut open: Vec<(&'a MemberLine, Option<usize>)> =
                members.iter().rev().map(|line| (line, None)).collect();
            while let Some((line, parent)) = open.pop() {
                let entry = Entry {
                    code: &line.code.text,
                    label: label(&line.labels, decl.lang, &line.code.text),
                    aliases: line.aliases.iter().map(|alias| (alias.text.as_str(), alias.span)).collect(),
                    parent,
                    span: line.code.span,
                };
                let id = self.add_member(at, &mut dimension, entry, &mut places);
                self.attributes(at, &mut dimension, id, line, attributes);
                open.extend(line.children.iter().rev().map(|child| (child, Some(id))));
            }
        }
        let mut listed = false;
        if let Some(Value::FromFile(from)) = decl.field(Key::MembersFrom).map(|field| &field.value) {
            listed = true;
            dimension.members_from = members_from(from);
            self.read_list(at, &mut dimension, from, attributes, decl, &mut places);
        }
        if dimension.members.is_empty() && !listed && !self.broken {
            let write = ["membres:  puis, en retrait, F \"femmes\"", "members:  then, indented, F \"women\""];
            self.field_missing(decl, Named::Dimension, ["membres", "members"], write);
        }
        self.check_bands(&mut dimension, &places);
        dimension
    }

    fn add_member(&mut self, at: usize, dimension: &mut Dimension, entry: Entry<'_>, places: &mut Vec<Span>) -> usize {
        let id = dimension.members.len();
        let level = match entry.parent {
            Some(parent) => dimension.members.get(parent).map_or(0, |above| above.level) + 1,
            None => 0,
        };
        if level == dimension.levels.len() {
            let fact = TypeProblem::TooDeep {
                dimension: dimension.name.clone(),
                levels: dimension.levels.clone(),
                depth: level + 1,
            };
            self.report(Problem::new(fact, entry.span).also(dimension.definition));
        }
        let code = [(entry.code, entry.span, Named::Member)];
        let label: Vec<String> = entry.label.0.values().filter(|text| *text != entry.code).cloned().collect();
        let labels = label.iter().map(|text| (text.as_str(), entry.span, Named::Member));
        let aliases = entry.aliases.iter().map(|(text, span)| (*text, *span, Named::Alias));
        let mut clash = None;
        if let Some(facts) = self.dimensions.get_mut(at) {
            for (text, span, what) in code.into_iter().chain(labels).chain(aliases) {
                match facts.spellings.get(&spelling(text)).copied() {
                    Some(other) if other != id => {
                        clash.get_or_insert((text.to_string(), span, what, other));
                    }
                    Some(_) => {}
                    None => {
                        facts.spellings.insert(spelling(text), id);
                    }
                }
            }
        }
        // Two members of different levels may share a label (a province named like its region); then the label means the
        // coarser one and codes tell them apart.
        let clash = clash.filter(|(text, _, what, other)| {
            let other_level = dimension.members.get(*other).map_or(0, |other| other.level);
            *what == Named::Alias || text == entry.code || other_level == level
        });
        if let Some((text, span, what, other)) = clash {
            let fact = NameProblem::RepeatedInside { what, name: text, within: dimension.name.clone() };
            let mut problem = Problem::new(fact, span);
            if let Some(first) = places.get(other) {
                problem = problem.also(*first);
            }
            self.report(problem);
        }
        places.push(entry.span);
        dimension.members.push(Member {
            code: entry.code.to_string(),
            label: entry.label,
            aliases: entry.aliases.iter().map(|(text, _)| text.to_string()).collect(),
            level: level.min(dimension.levels.len().saturating_sub(1)),
            parent: entry.parent,
            band: None,
            stands_for: Vec::new(),
            attributes: IndexMap::new(),
        });
        id
    }

    fn attributes(&mut self, at: usize, dimension: &mut Dimension, id: usize, line: &MemberLine, declared: &[Name]) {
        for ast::MemberAttribute { name, quantity, pace } in &line.attributes {
            if !declared.iter().any(|known| known.text == name.text) {
                let (near, known) = self.suggest(&name.text, declared.iter().map(|known| known.text.as_str()));
                let fact = NameProblem::Unknown {
                    what: Named::Attribute,
                    name: name.text.clone(),
                    within: Some(dimension.name.clone()),
                    near,
                    known,
                };
                self.report(Problem::new(fact, name.span));
                continue;
            }
            let unit = quantity.unit.as_ref().map_or(Unit::Number, |word| self.unit_word(word));
            self.whole(&quantity.value, &unit, quantity.span);
            let before = match self.dimensions.get_mut(at) {
                Some(facts) => facts.attributes.entry(name.text.clone()).or_insert_with(|| unit.clone()).clone(),
                None => unit.clone(),
            };
            if before != unit && before != Unit::Unknown && unit != Unit::Unknown {
                let fact = TypeProblem::AttributeUnits {
                    attribute: name.text.clone(),
                    one: self.unit_words(&before),
                    other: self.unit_words(&unit),
                };
                self.report(Problem::new(fact, quantity.span));
            }
            if let Some(member) = dimension.members.get_mut(id) {
                let every =
                    pace.as_ref().map(|pace| u32::from(pace.count) * 12 / pace.step.per_year().max(1).unsigned_abs());
                let value = AttributeValue { value: quantity.value.clone(), unit, every };
                member.attributes.insert(name.text.clone(), value);
            }
        }
    }

    fn read_list(
        &mut self,
        at: usize,
        dimension: &mut Dimension,
        from: &FromFile,
        attributes: &[Name],
        decl: &Decl<'a>,
        places: &mut Vec<Span>,
    ) {
        let Some(table) = self.context.tables.get(&from.path.text) else {
            // The caller says why the file could not be read.
            self.spoil();
            return;
        };
        let find = |name: &str| table.header.iter().position(|header| header.trim() == name);
        let column = |checker: &mut Self, name: &Name| {
            let found = find(&name.text);
            if found.is_none() {
                let (near, known) = checker.suggest(&name.text, table.header.iter().map(String::as_str));
                let fact = NameProblem::Unknown {
                    what: Named::Column,
                    name: name.text.clone(),
                    within: Some(from.path.text.clone()),
                    near,
                    known,
                };
                checker.report(Problem::new(fact, name.span));
            }
            found
        };
        let code = match &from.code {
            Some(name) => column(self, name),
            None => find("code").or(Some(0)),
        };
        let label_column = from.label.as_ref().and_then(|name| column(self, name));
        let parent_column = from.parent.as_ref().and_then(|name| column(self, name));
        let Some(code) = code else { return };
        let attribute_columns: Vec<(&Name, usize)> =
            attributes.iter().filter_map(|name| find(&name.text).map(|at| (name, at))).collect();
        let cell = |row: &'a [String], at: usize| row.get(at).map_or("", |text| text.trim());
        // Parents may stand below their children in the file: roots first, then what hangs on them.
        let mut below: IndexMap<&str, Vec<&'a [String]>> = IndexMap::new();
        let known: HashMap<&str, ()> = table.rows.iter().map(|row| (cell(row, code), ())).collect();
        for row in &table.rows {
            let own = cell(row, code);
            if own.is_empty() {
                continue;
            }
            let parent = parent_column.map_or("", |at| cell(row, at));
            let parent = if parent != own && known.contains_key(parent) { parent } else { "" };
            below.entry(parent).or_default().push(row);
        }
        let mut open: Vec<(&'a [String], Option<usize>)> =
            below.swap_remove("").unwrap_or_default().into_iter().rev().map(|row| (row, None)).collect();
        while let Some((row, parent)) = open.pop() {
            let own = cell(row, code);
            let text = label_column.map_or("", |at| cell(row, at));
            let text = if text.is_empty() { own } else { text };
            let entry = Entry {
                code: own,
                label: Localized::one(decl.lang, text),
                aliases: Vec::new(),
                parent,
                span: from.path.span,
            };
            let id = self.add_member(at, dimension, entry, places);
            for (name, column) in &attribute_columns {
                let number = Number::parse_plain(&cell(row, *column).replace(',', "."));
                if let (Some(number), Some(member)) = (number, dimension.members.get_mut(id)) {
                    let value = AttributeValue { value: number, unit: Unit::Number, every: None };
                    member.attributes.insert(name.text.clone(), value);
                    if let Some(facts) = self.dimensions.get_mut(at) {
                        facts.attributes.entry(name.text.clone()).or_insert(Unit::Number);
                    }
                }
            }
            if self.broken && dimension.members.len() > table.rows.len() {
                return;
            }
            let children = below.swap_remove(own).unwrap_or_default();
            open.extend(children.into_iter().rev().map(|child| (child, Some(id))));
        }
    }

    fn check_bands(&mut self, dimension: &mut Dimension, places: &[Span]) {
        if dimension.bands_of.is_none() {
            return;
        }
        let mut bands: Vec<(Number, Option<Number>, usize)> = Vec::new();
        for (at, member) in dimension.members.iter_mut().enumerate() {
            let place = places.get(at).copied().unwrap_or(dimension.definition);
            match band(&member.code) {
                Some((low, high)) => {
                    member.band = Some((low.clone(), high.clone()));
                    bands.push((low, high, at));
                }
                None => {
                    let fact = TypeProblem::NotABand { code: member.code.clone() };
                    self.report(Problem::new(fact, place));
                }
            }
        }
        bands.sort_by(|one, other| one.0.cmp(&other.0));
        for pair in bands.windows(2) {
            let [(_, high, one), (low, _, other)] = pair else { continue };
            let code = |at: usize| dimension.members.get(at).map_or(String::new(), |member| member.code.clone());
            let place = |at: usize| places.get(at).copied().unwrap_or(dimension.definition);
            let overlap = high.as_ref().is_none_or(|high| low <= high);
            let gap = high.as_ref().is_some_and(|high| *low > high.clone() + Number::from(1i64));
            if overlap {
                let fact = TypeProblem::BandsOverlap { one: code(*one), other: code(*other) };
                self.report(Problem::new(fact, place(*other)).also(place(*one)));
            } else if gap && bands.len() == dimension.members.len() {
                let fact = TypeProblem::BandGap { one: code(*one), other: code(*other) };
                self.report(Problem::new(fact, place(*other)).also(place(*one)));
            }
        }
    }

    /// The dimension and level of a name; reports and spoils where there is none.
    pub(super) fn level_named(&mut self, name: &Name) -> Option<DimensionLevel> {
        if let Some(of) = self.levels.get(&name.text).copied() {
            Used::mark(&mut self.used.dimensions, of.dimension);
            if self.dimensions.get(of.dimension).is_some_and(|facts| facts.broken) {
                self.spoil();
            }
            return Some(of);
        }
        if self.declared.is_puzzling(&name.text) {
            self.spoil();
            return None;
        }
        let known: Vec<String> = self.levels.keys().cloned().collect();
        let (near, mut known) = self.suggest(&name.text, known.iter().map(String::as_str));
        known.sort_unstable();
        let fact = NameProblem::Unknown { what: Named::Dimension, name: name.text.clone(), within: None, near, known };
        self.report(Problem::new(fact, name.span));
        None
    }

    /// The member that a literal names, if any.
    pub(super) fn member_named(&self, dimension: usize, literal: &Literal) -> Option<usize> {
        let facts = self.dimensions.get(dimension)?;
        facts.spellings.get(&spelling(&text_and_span(literal).0)).copied()
    }

    /// The member that a literal names; reports and spoils where there is none.
    pub(super) fn member(&mut self, dimension: usize, literal: &Literal) -> Option<usize> {
        if self.dimensions.get(dimension)?.broken {
            self.spoil();
            return None;
        }
        if let Some(member) = self.member_named(dimension, literal) {
            return Some(member);
        }
        let (text, span) = text_and_span(literal);
        let near = if self.suggestions_left == 0 {
            None
        } else {
            self.suggestions_left -= 1;
            near_member(&text, &self.program.dimensions.get(dimension)?.members)
        };
        let of = self.program.dimensions.get(dimension)?;
        let shown = |member: &Member| match member.label.get(self.context.lang) {
            label if label.is_empty() || label == member.code => member.code.clone(),
            label => format!("{} ({label})", member.code),
        };
        let near = near.and_then(|at| of.members.get(at)).map(shown);
        let known = of.members.iter().take(super::NAMES_SHOWN).map(shown).collect();
        let within = Some(of.name.clone());
        let fact = NameProblem::Unknown { what: Named::Member, name: text, within, near, known };
        self.report(Problem::new(fact, span));
        None
    }
}

fn text_and_span(literal: &Literal) -> (String, Span) {
    match literal {
        Literal::Word(name) => (name.text.clone(), name.span),
        Literal::Text(text) => (text.text.clone(), text.span),
        Literal::Number(quantity) => (quantity.value.exact_decimal().unwrap_or_default(), quantity.span),
    }
}

/// Words of a label that are shorter than this say too little: `de`, `la`.
const TELLING_WORD: usize = 4;

/// The member whose code, label or alias is spelled most like this; else one with a word like it in its label.
fn near_member(text: &str, members: &[Member]) -> Option<usize> {
    fn spelled(member: &Member) -> impl Iterator<Item = &str> {
        member.label.0.values().chain(&member.aliases).chain([&member.code]).map(String::as_str)
    }
    fn words(member: &Member) -> impl Iterator<Item = &str> {
        let apart = |c: char| !c.is_alphanumeric();
        spelled(member).flat_map(move |text| text.split(apart)).filter(|word| word.chars().count() >= TELLING_WORD)
    }
    let loose = fold(text);
    let alike = members.iter().position(|member| spelled(member).any(|known| fold(known) == loose));
    alike.or_else(|| {
        if let Some(near) = close_to(text, members.iter().flat_map(spelled)) {
            return members.iter().position(|member| spelled(member).any(|known| known == near));
        }
        let near = close_to(text, members.iter().flat_map(words))?;
        members.iter().position(|member| words(member).any(|known| known == near))
    })
}

fn members_from(from: &FromFile) -> Option<MembersFrom> {
    Some(MembersFrom {
        path: from.path.text.clone(),
        code: from.code.as_ref().map_or("code", |name| &name.text).to_string(),
        label: from.label.as_ref().map(|name| name.text.clone()),
        parent: from.parent.as_ref().map(|name| name.text.clone()),
    })
}

/// `0-5`, `18+`: lowest and highest value.
fn band(code: &str) -> Option<(Number, Option<Number>)> {
    let number = |text: &str| Number::parse_plain(text.trim().replace(',', ".").as_str());
    let code = code.replace(['–', '\u{2011}'], "-");
    if let Some(low) = code.strip_suffix('+') {
        return Some((number(low)?, None));
    }
    match code.split_once('-') {
        Some((low, high)) => {
            let (low, high) = (number(low)?, number(high)?);
            (low <= high).then_some((low, Some(high)))
        }
        None => number(&code).map(|value| (value.clone(), Some(value))),
    }
}

/// Spellings are equal up to spaces around hyphens, runs of spaces and typographic marks.
pub(super) fn spelling(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().nfc() {
        let c = match c {
            '’' | 'ʼ' => '\'',
            '–' | '‑' | '—' | '\u{2010}' => '-',
            '\u{a0}' | '\u{202f}' | '\t' => ' ',
            c => c,
        };
        match c {
            ' ' if out.ends_with([' ', '-']) => {}
            '-' => {
                while out.ends_with(' ') {
                    out.pop();
                }
                out.push('-');
            }
            c => out.push(c),
        }
    }
    out
}

/// As [`spelling`], without case and accents, and with hyphens as spaces: for suggestions only.
fn fold(text: &str) -> String {
    let is_mark = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    let plain = spelling(text).nfd().filter(|c| !is_mark(c)).flat_map(char::to_lowercase).collect::<String>();
    plain.replace(['-', '_'], " ")
}
