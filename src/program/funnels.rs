//! Funnels to indicators: each step after the entry gives its rate from the step before and its rate from the entry. They
//! are blocks like those that an author could write, so that everything that holds for shares holds for them.

use std::collections::HashMap;

use crate::problem::{Problem, TypeProblem};
use crate::syntax::ast::{
    Block, BlockKind, Choice, Expr, ExprKind, Field, Key, Labels, Name, Parsed, Text, UnitWord, Value,
};
use crate::text::{Lang, Localized, Span};

use super::collect::label;

/// Where a funnel stands.
pub(super) struct Place(Span);

impl Place {
    /// True where `span` lies inside the funnel.
    pub(super) fn contains(&self, span: &Span) -> bool {
        span.file == self.0.file && self.0.start <= span.start && span.end <= self.0.end
    }
}

/// Where funnels stand.
pub(super) fn places(parsed: &[Parsed]) -> Vec<Place> {
    let blocks = parsed.iter().flat_map(|file| &file.blocks);
    blocks.filter(|block| block.kind == Some(BlockKind::Funnel)).map(|block| Place(block.span)).collect()
}

/// The indicators of all funnels, by file, and what is wrong with their steps.
pub(super) fn indicators_of(parsed: &[Parsed]) -> (Vec<Vec<Block>>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut labels: HashMap<&str, Localized> = HashMap::new();
    for file in parsed {
        for block in file.blocks.iter().filter(|block| block.kind == Some(BlockKind::Indicator)) {
            if let Some(name) = &block.name {
                labels.insert(&name.text, label(&block.labels, file.lang, &name.text));
            }
        }
    }
    let mut made = Vec::with_capacity(parsed.len());
    for file in parsed {
        let funnels = file.blocks.iter().filter(|block| block.kind == Some(BlockKind::Funnel));
        made.push(funnels.flat_map(|block| of_funnel(block, file.lang, &labels, &mut problems)).collect());
    }
    (made, problems)
}

fn of_funnel(block: &Block, lang: Lang, labels: &HashMap<&str, Localized>, problems: &mut Vec<Problem>) -> Vec<Block> {
    let Some(name) = &block.name else { return Vec::new() };
    let field = block.fields.iter().find(|field| field.key == Some(Key::Steps));
    let steps = match field.map(|field| &field.value) {
        Some(Value::Names(steps)) => steps.as_slice(),
        // Unreadable, and reported.
        Some(_) => return Vec::new(),
        None => &[],
    };
    let twice = steps.iter().enumerate().find(|(at, step)| steps.iter().take(*at).any(|other| other.text == step.text));
    if let Some((_, step)) = twice {
        let fact = TypeProblem::FunnelSteps { name: name.text.clone(), twice: Some(step.text.clone()) };
        problems.push(Problem::new(fact, step.span));
        return Vec::new();
    }
    let Some((entry, after)) = steps.split_first().filter(|(_, after)| !after.is_empty()) else {
        let at = field.map_or(name.span, |field| field.span);
        problems.push(Problem::new(TypeProblem::FunnelSteps { name: name.text.clone(), twice: None }, at));
        return Vec::new();
    };
    let mut made = Vec::new();
    for (before, step) in steps.iter().zip(after) {
        made.push(rate(block, name, lang, labels, before, step));
        if before.text != entry.text {
            made.push(rate(block, name, lang, labels, entry, step));
        }
    }
    made
}

/// `parcours_orientés_formés`: the share of those of one step who reached another.
fn rate(funnel: &Block, name: &Name, lang: Lang, labels: &HashMap<&str, Localized>, from: &Name, to: &Name) -> Block {
    let own = label(&funnel.labels, lang, &name.text);
    let of = |step: &Name, lang: &str| -> String {
        let known = labels.get(step.text.as_str());
        known.and_then(|label| label.0.get(lang)).unwrap_or(&step.text).clone()
    };
    let text = |code: &str, own: &str| {
        let colon = if code == Lang::Fr.code() { " :" } else { ":" };
        let text = format!("{own}{colon} {} → {}", of(from, code), of(to, code));
        Text { text, pieces: Vec::new(), span: name.span }
    };
    let others = own.0.iter().filter(|(code, _)| *code != lang.code()).map(|(code, own)| {
        let language = Name { text: code.clone(), span: name.span };
        (language, text(code, own))
    });
    let labels = Labels { main: own.0.get(lang.code()).map(|own| text(lang.code(), own)), others: others.collect() };
    let indicator = |step: &Name| Value::Expr(Expr { kind: ExprKind::Name(step.clone()), span: step.span });
    let field =
        |key: Key, value: Value, at: Span| Field { key: Some(key), key_span: at, value, details: Vec::new(), span: at };
    let percent = UnitWord { text: "%".into(), quoted: false, per: None, span: to.span };
    let mut fields = vec![
        field(Key::Numerator, indicator(to), to.span),
        field(Key::Denominator, indicator(from), from.span),
        field(Key::UnitOfMeasure, Value::UnitWord(percent), to.span),
        field(Key::Kind, Value::Choice(Choice::Share, to.span), to.span),
    ];
    fields.extend(funnel.fields.iter().filter(|field| field.key != Some(Key::Steps)).cloned());
    Block {
        kind: Some(BlockKind::Indicator),
        keyword: funnel.keyword,
        name: Some(Name { text: format!("{}_{}_{}", name.text, from.text, to.text), span: to.span }),
        labels,
        fields,
        span: funnel.span,
    }
}
