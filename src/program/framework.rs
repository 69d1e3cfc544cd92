//! The framework: items by code, and what they serve.

use crate::problem::{NameProblem, Named, Problem};
use crate::syntax::ast::{BlockKind, Item, ItemKind, Key, Name, Value};
use crate::text::{Both, Lang};

use super::Checker;
use super::collect::{Decl, label};
use super::model::FrameworkItem;

impl<'a> Checker<'a> {
    /// Declares the items of all frameworks.
    pub(super) fn check_framework(&mut self) {
        let decls: Vec<Decl<'a>> = self.declared.frameworks.clone();
        let mut serving: Vec<(usize, &'a Item)> = Vec::new();
        for decl in &decls {
            self.framework_broken |= decl.broken;
            for field in decl.fields(Key::Items) {
                let Value::Items(items) = &field.value else { continue };
                let mut open: Vec<(&'a Item, Option<usize>)> = items.iter().rev().map(|item| (item, None)).collect();
                while let Some((item, parent)) = open.pop() {
                    let id = self.add_item(item, parent, decl);
                    serving.push((id, item));
                    open.extend(item.children.iter().rev().map(|child| (child, Some(id))));
                }
            }
        }
        self.framework_broken |= self.declared.of(BlockKind::Framework).any(|decl| decl.broken);
        for (id, item) in serving {
            for code in &item.serves {
                let Some(served) = self.item(code, &[]) else { continue };
                if let Some(item) = self.program.items.get_mut(id) {
                    item.serves.push(served);
                }
            }
        }
    }

    fn add_item(&mut self, item: &Item, parent: Option<usize>, decl: &Decl<'_>) -> usize {
        let id = self.program.items.len();
        if let Some(first) = self.items_by_code.get(&item.code.text).and_then(|at| self.program.items.get(*at)) {
            let fact = NameProblem::RepeatedInside {
                what: Named::Item,
                name: item.code.text.clone(),
                within: decl.name.text.clone(),
            };
            let problem = Problem::new(fact, item.code.span).also(first.definition);
            self.report(problem);
        } else {
            self.items_by_code.insert(item.code.text.clone(), id);
        }
        self.program.items.push(FrameworkItem {
            kind: item.kind,
            code: item.code.text.clone(),
            label: label(&item.labels, decl.lang, &item.code.text),
            parent,
            serves: Vec::new(),
            responsible: item.responsible.as_ref().map(|text| text.text.clone()),
            definition: item.code.span,
        });
        id
    }

    /// The item of a code, which must be of one of these kinds (any, where none is named).
    pub(super) fn item(&mut self, code: &Name, kinds: &[ItemKind]) -> Option<usize> {
        let Some(at) = self.items_by_code.get(&code.text).copied() else {
            if self.framework_broken {
                self.spoil();
                return None;
            }
            let known: Vec<String> = self.program.items.iter().map(|item| item.code.clone()).collect();
            let (near, known) = self.suggest(&code.text, known.iter().map(String::as_str));
            let fact = NameProblem::Unknown { what: Named::Item, name: code.text.clone(), within: None, near, known };
            self.report(Problem::new(fact, code.span));
            return None;
        };
        let item = self.program.items.get(at)?;
        if !kinds.is_empty() && !kinds.contains(&item.kind) {
            let key = |lang: Lang| match item.kind {
                ItemKind::StrategicObjective | ItemKind::Objective => lang.pick("objectif", "objective"),
                ItemKind::Programme => "programme",
                ItemKind::Action | ItemKind::Committee => "action",
            };
            let write = |lang| format!("{}: {}", key(lang), code.text);
            let fact = NameProblem::ItemKind {
                code: code.text.clone(),
                write: Both { fr: write(Lang::Fr), en: write(Lang::En) },
            };
            let problem = Problem::new(fact, code.span).also(item.definition);
            self.report(problem);
            return None;
        }
        Some(at)
    }
}
