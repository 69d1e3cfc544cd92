//! All blocks of all files by kind and name: what every later chapter looks names up in.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::problem::{NameProblem, Named, Place, Problem, Severity};
use crate::syntax::ast::{Block, BlockKind, Field, Key, Labels, Name, Parsed, Value};
use crate::text::{FileId, Lang, Localized};

/// A named block.
#[derive(Clone, Copy)]
pub(super) struct Decl<'a> {
    pub(super) block: &'a Block,
    pub(super) name: &'a Name,
    /// The language of its file.
    pub(super) lang: Lang,
    /// Something in it could not be read (reported by the parser).
    pub(super) broken: bool,
}

impl<'a> Decl<'a> {
    /// The first field with this key.
    pub(super) fn field(&self, key: Key) -> Option<&'a Field> {
        self.block.fields.iter().find(|field| field.key == Some(key))
    }

    /// All fields with this key.
    pub(super) fn fields(&self, key: Key) -> impl Iterator<Item = &'a Field> + use<'a> {
        self.block.fields.iter().filter(move |field| field.key == Some(key))
    }

    /// The text of a prose field.
    pub(super) fn text(&self, key: Key) -> Option<String> {
        match self.field(key).map(|field| &field.value) {
            Some(Value::Text(text)) => Some(text.text.clone()),
            _ => None,
        }
    }

    /// The label after the name, or the name where there is none.
    pub(super) fn label(&self) -> Localized {
        label(&self.block.labels, self.lang, &self.name.text)
    }
}

/// A label as plain data; `name` where there is none.
pub(super) fn label(labels: &Labels, lang: Lang, name: &str) -> Localized {
    let mut of = Localized::default();
    if let Some(main) = &labels.main {
        of.0.insert(lang.code().to_string(), main.text.clone());
    }
    for (language, text) in &labels.others {
        of.0.insert(language.text.clone(), text.text.clone());
    }
    if of.0.is_empty() { Localized::one(lang, name) } else { of }
}

/// Declared blocks, by kind and name.
pub(super) struct Declared<'a> {
    blocks: HashMap<BlockKind, IndexMap<&'a str, Decl<'a>>>,
    /// Frameworks in the order of the text; their names matter to nobody.
    pub(super) frameworks: Vec<Decl<'a>>,
    /// Names of blocks whose block word could not be read, or which are declared twice: whoever refers to them is left out
    /// silently.
    puzzling: HashMap<&'a str, ()>,
    /// Some file has an error of the parser.
    pub(super) parse_errors: bool,
}

impl<'a> Declared<'a> {
    /// Collects, reporting names that are defined twice.
    pub(super) fn collect(parsed: &'a [Parsed], made: &'a [Vec<Block>], problems: &mut Vec<Problem>) -> Self {
        let mut declared =
            Declared { blocks: HashMap::new(), frameworks: Vec::new(), puzzling: HashMap::new(), parse_errors: false };
        for (at, file) in parsed.iter().enumerate() {
            let errors = errors_in(file);
            declared.parse_errors |= !errors.is_empty();
            for block in file.blocks.iter().chain(made.get(at).into_iter().flatten()) {
                let Some(name) = &block.name else { continue };
                let from = errors.partition_point(|(_, at)| *at < block.span.start);
                let broken = errors.get(from).is_some_and(|(_, at)| *at < block.span.end) || has_missing(&block.fields);
                let decl = Decl { block, name, lang: file.lang, broken };
                declared.add(decl, problems);
            }
        }
        declared
    }

    fn add(&mut self, decl: Decl<'a>, problems: &mut Vec<Problem>) {
        let name: &'a str = &decl.name.text;
        let Some(kind) = decl.block.kind else {
            self.puzzling.insert(name, ());
            return;
        };
        if kind == BlockKind::Framework {
            self.frameworks.push(decl);
        }
        let of_kind = self.blocks.entry(kind).or_default();
        if let Some(first) = of_kind.get(name) {
            let fact = NameProblem::DefinedTwice { what: named(kind), name: name.to_string() };
            problems.push(Problem::new(fact, decl.name.span).also(first.name.span));
        } else {
            of_kind.insert(name, decl);
        }
    }

    /// All blocks of a kind, in the order of the text.
    pub(super) fn of(&self, kind: BlockKind) -> impl Iterator<Item = Decl<'a>> + '_ {
        self.blocks.get(&kind).into_iter().flat_map(|blocks| blocks.values().copied())
    }

    /// The names of all blocks of a kind.
    pub(super) fn names(&self, kind: BlockKind) -> Vec<&'a str> {
        self.blocks.get(&kind).map(|blocks| blocks.keys().copied().collect()).unwrap_or_default()
    }

    /// The position of a name among the blocks of a kind.
    pub(super) fn position(&self, kind: BlockKind, name: &str) -> Option<usize> {
        self.blocks.get(&kind)?.get_index_of(name)
    }

    /// The block of this name and kind.
    pub(super) fn get(&self, kind: BlockKind, name: &str) -> Option<Decl<'a>> {
        self.blocks.get(&kind)?.get(name).copied()
    }

    /// True for the name of a block whose kind is unknown (reported already).
    pub(super) fn is_puzzling(&self, name: &str) -> bool {
        self.puzzling.contains_key(name)
    }
}

/// Starts of the errors that the parser found in a file, in order.
fn errors_in(file: &Parsed) -> Vec<(FileId, u32)> {
    let errors = file.problems.iter().filter(|problem| problem.severity() == Severity::Error);
    let mut starts: Vec<(FileId, u32)> = errors
        .filter_map(|problem| match &problem.at {
            Place::Text(span) => Some((span.file, span.start)),
            Place::Data(_) | Place::Path(_) | Place::Table(_) => None,
        })
        .collect();
    starts.sort_unstable();
    starts
}

fn has_missing(fields: &[Field]) -> bool {
    fields.iter().any(|field| matches!(field.value, Value::Missing(_)) || has_missing(&field.details))
}

/// What the name of a block names.
pub(super) fn named(kind: BlockKind) -> Named {
    match kind {
        BlockKind::Framework => Named::Framework,
        BlockKind::Calendar => Named::Calendar,
        BlockKind::Unit => Named::Unit,
        BlockKind::Dimension => Named::Dimension,
        BlockKind::Source => Named::Source,
        BlockKind::Indicator => Named::Indicator,
        BlockKind::Rule => Named::Rule,
        BlockKind::Funnel => Named::Funnel,
        BlockKind::Test => Named::Test,
    }
}
