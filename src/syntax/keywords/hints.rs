//! Words that people write instead of ours, and what we call the thing.

use super::fold;
use crate::syntax::ast::{BlockKind, Choice, Key};

/// What a near-miss word means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// A block word.
    Block(BlockKind),
    /// A field.
    Field(Key),
    /// A choice.
    Choice(Choice),
}

/// Near misses, in either language.
#[rustfmt::skip]
pub const HINTS: &[(&str, Hint)] = &[
    ("référentiel", Hint::Block(BlockKind::Framework)),
    ("logframe", Hint::Block(BlockKind::Framework)),
    ("plan", Hint::Block(BlockKind::Framework)),
    ("axe", Hint::Block(BlockKind::Dimension)),
    ("nomenclature", Hint::Block(BlockKind::Dimension)),
    ("variable", Hint::Block(BlockKind::Dimension)),
    ("données", Hint::Block(BlockKind::Source)),
    ("dataset", Hint::Block(BlockKind::Source)),
    ("data", Hint::Block(BlockKind::Source)),
    ("kpi", Hint::Block(BlockKind::Indicator)),
    ("règle", Hint::Block(BlockKind::Rule)),
    ("check", Hint::Block(BlockKind::Rule)),
    ("vérification", Hint::Block(BlockKind::Rule)),
    ("désagrégé par", Hint::Field(Key::DisaggregatedBy)),
    ("désagrégation", Hint::Field(Key::DisaggregatedBy)),
    ("ventilation", Hint::Field(Key::DisaggregatedBy)),
    ("breakdown", Hint::Field(Key::DisaggregatedBy)),
    ("disaggregation", Hint::Field(Key::DisaggregatedBy)),
    ("by", Hint::Field(Key::DisaggregatedBy)),
    ("formule", Hint::Field(Key::Measure)),
    ("formula", Hint::Field(Key::Measure)),
    ("calcul", Hint::Field(Key::Measure)),
    ("calculation", Hint::Field(Key::Measure)),
    ("valeur initiale", Hint::Field(Key::Baseline)),
    ("situation de référence", Hint::Field(Key::Baseline)),
    ("référence", Hint::Field(Key::Baseline)),
    ("base", Hint::Field(Key::Baseline)),
    ("valeur cible", Hint::Field(Key::Target)),
    ("objectif chiffré", Hint::Field(Key::Target)),
    ("jalon", Hint::Field(Key::InterimTarget)),
    ("milestone", Hint::Field(Key::InterimTarget)),
    ("sens", Hint::Field(Key::Direction)),
    ("tendance", Hint::Field(Key::Direction)),
    ("tendance souhaitée", Hint::Field(Key::Direction)),
    ("unité", Hint::Field(Key::UnitOfMeasure)),
    ("unit", Hint::Field(Key::UnitOfMeasure)),
    ("type", Hint::Field(Key::Kind)),
    ("publié", Hint::Field(Key::Published)),
    ("chiffre publié", Hint::Field(Key::Published)),
    ("published figure", Hint::Field(Key::Published)),
    ("responsable", Hint::Field(Key::Responsible)),
    ("moyens de vérification", Hint::Field(Key::MeansOfVerification)),
    ("moyen de vérification", Hint::Field(Key::MeansOfVerification)),
    ("commentaire", Hint::Field(Key::Note)),
    ("remarque", Hint::Field(Key::Note)),
    ("comment", Hint::Field(Key::Note)),
    ("description", Hint::Field(Key::Definition)),
    ("chemin", Hint::Field(Key::File)),
    ("path", Hint::Field(Key::File)),
    ("fournisseur", Hint::Field(Key::Provider)),
    ("clé", Hint::Field(Key::RowKey)),
    ("clef", Hint::Field(Key::RowKey)),
    ("identifier", Hint::Field(Key::RowKey)),
    ("délimiteur", Hint::Field(Key::Separator)),
    ("delimiter", Hint::Field(Key::Separator)),
    ("modalités", Hint::Field(Key::Members)),
    ("codes", Hint::Field(Key::Members)),
    ("valeurs", Hint::Field(Key::Members)),
    ("values", Hint::Field(Key::Members)),
    ("couverture", Hint::Field(Key::Coverage)),
    ("variables", Hint::Field(Key::Columns)),
    ("fields", Hint::Field(Key::Columns)),
    ("champs", Hint::Field(Key::Columns)),
    ("seuil", Hint::Field(Key::StatusBands)),
    ("thresholds", Hint::Field(Key::StatusBands)),
    ("résultat attendu", Hint::Field(Key::Expected)),
    ("stock", Hint::Choice(Choice::Stock)),
    ("flow", Hint::Choice(Choice::Flow)),
    ("ratio", Hint::Choice(Choice::Share)),
    ("pourcentage", Hint::Choice(Choice::Share)),
    ("percentage", Hint::Choice(Choice::Share)),
    ("augmentation", Hint::Choice(Choice::Up)),
    ("croissant", Hint::Choice(Choice::Up)),
    ("increase", Hint::Choice(Choice::Up)),
    ("diminution", Hint::Choice(Choice::Down)),
    ("décroissant", Hint::Choice(Choice::Down)),
    ("decrease", Hint::Choice(Choice::Down)),
    ("neutre", Hint::Choice(Choice::NoDirection)),
    ("erreur", Hint::Choice(Choice::Blocking)),
    ("error", Hint::Choice(Choice::Blocking)),
    ("disjoints", Hint::Choice(Choice::Exclusive)),
];

/// The things that a near-miss word may mean.
pub fn hint(text: &str) -> impl Iterator<Item = Hint> {
    let folded = fold(text);
    HINTS.iter().filter(move |(word, _)| fold(word) == folded).map(|(_, hint)| *hint)
}
