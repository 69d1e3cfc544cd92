//! Every field: its words, the blocks in which it may stand, the fields under which it may stand, the shape of its value.

use super::{Spellings, first, fold};
use crate::syntax::ast::BlockKind::{
    self, Calendar, Dimension, Framework, Funnel, Indicator, Rule, Source, Test, Unit,
};
use crate::syntax::ast::{Choice, Key};
use crate::text::{Both, Lang};

/// What stands after the colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the variant of `ast::Value` that it makes")]
pub enum Shape {
    Text,
    /// A text, or the word for a tabulation.
    Separator,
    Labels,
    Name,
    Names,
    Code,
    Codes,
    Choice(&'static [Choice]),
    DayOfYear,
    Length,
    Members,
    FromFile,
    Items,
    RowIs,
    Counts,
    Priority,
    Sheet,
    HeaderRows,
    Texts,
    CountColumn,
    PeriodColumn,
    PeriodWanted,
    Columns,
    Coverage,
    Expr,
    UnitWord,
    Breakdowns,
    Aim,
    Quantity,
    Quantities,
    Rounding,
    NotApplicable,
    Relation,
    Rows,
    Expected,
}

impl Shape {
    /// True where the value is a list of lines without colons, indented under the field.
    pub fn is_list(self) -> bool {
        matches!(self, Shape::Members | Shape::Items | Shape::Columns | Shape::Rows | Shape::Expected)
    }
}

/// One row of the table. A key has several rows where its shape or its words depend on the block.
#[derive(Debug, Clone)]
pub struct FieldEntry {
    /// The key.
    pub key: Key,
    /// The blocks in which it may stand.
    pub blocks: &'static [BlockKind],
    /// The fields under which it may stand as a detail.
    pub under: &'static [Key],
    /// The shape of its value.
    pub shape: Shape,
    /// Its words, canonical first.
    pub words: Spellings,
}

const fn row(
    key: Key,
    blocks: &'static [BlockKind],
    shape: Shape,
    fr: &'static [&'static str],
    en: &'static [&'static str],
) -> FieldEntry {
    FieldEntry { key, blocks, under: &[], shape, words: Both { fr, en } }
}

const fn detail(mut entry: FieldEntry, under: &'static [Key]) -> FieldEntry {
    entry.under = under;
    entry
}

use Choice as C;

/// The table, in the order in which fields are usually written.
#[rustfmt::skip]
pub const FIELDS: &[FieldEntry] = &[
    row(Key::Items, &[Framework], Shape::Items, &["éléments"], &["items"]),
    row(Key::Starts, &[Calendar], Shape::DayOfYear, &["commence"], &["starts"]),
    row(Key::Length, &[Calendar], Shape::Length, &["durée"], &["length"]),
    row(Key::Singular, &[Unit], Shape::Labels, &["singulier"], &["singular"]),
    row(Key::Plural, &[Unit], Shape::Labels, &["pluriel"], &["plural"]),
    row(Key::IsA, &[Unit], Shape::Name, &["est"], &["is a", "is an", "is"]),
    row(Key::Currency, &[Unit], Shape::Name, &["monnaie"], &["currency"]),
    row(Key::Groups, &[Dimension], Shape::Choice(&[C::Exclusive, C::Overlapping, C::Partial]), &["groupes"], &["groups"]),
    row(Key::Levels, &[Dimension], Shape::Names, &["niveaux"], &["levels"]),
    row(Key::BandsOf, &[Dimension], Shape::Name, &["tranches de"], &["bands of"]),
    row(Key::Attributes, &[Dimension], Shape::Names, &["attributs"], &["attributes"]),
    row(Key::Members, &[Dimension], Shape::Members, &["membres"], &["members"]),
    row(Key::MembersFrom, &[Dimension], Shape::FromFile, &["membres du fichier"], &["members from file"]),
    row(Key::File, &[Source], Shape::Text, &["fichier"], &["file"]),
    row(Key::Sheet, &[Source], Shape::Sheet, &["feuille"], &["sheet"]),
    row(Key::HeaderRows, &[Source], Shape::HeaderRows, &["ligne des en-têtes", "lignes des en-têtes"], &["header row", "header rows"]),
    row(Key::ExcludedRows, &[Source], Shape::Texts, &["lignes exclues"], &["excluded rows"]),
    row(Key::Separator, &[Source], Shape::Separator, &["séparateur"], &["separator"]),
    row(Key::Encoding, &[Source], Shape::Text, &["encodage"], &["encoding"]),
    row(Key::DecimalMark, &[Source], Shape::Choice(&[C::Comma, C::Point]), &["décimale"], &["decimal mark"]),
    row(Key::ThousandsMark, &[Source], Shape::Choice(&[C::Space, C::Point, C::Comma, C::Apostrophe, C::NoMark]), &["milliers"], &["thousands mark"]),
    row(Key::DateStyle, &[Source], Shape::Choice(&[C::DayMonthYear, C::MonthDayYear, C::YearMonthDay]), &["dates"], &["dates"]),
    row(Key::TimeZone, &[Source], Shape::Text, &["fuseau horaire"], &["time zone"]),
    row(Key::Provider, &[Source], Shape::Text, &["producteur"], &["provider"]),
    row(Key::EachRowIs, &[Source], Shape::RowIs, &["chaque ligne est"], &["each row is"]),
    row(Key::RowKey, &[Source], Shape::Names, &["identifiant"], &["key"]),
    row(Key::Counts, &[Source], Shape::Counts, &["compte"], &["counts"]),
    row(Key::FactId, &[Source], Shape::Name, &["fait"], &["fact"]),
    row(Key::Priority, &[Source], Shape::Priority, &["priorité"], &["priority"]),
    row(Key::Count, &[Source], Shape::CountColumn, &["effectif"], &["count"]),
    row(Key::Period, &[Source], Shape::PeriodColumn, &["période"], &["period"]),
    row(Key::Columns, &[Source], Shape::Columns, &["colonnes"], &["columns"]),
    row(Key::ApproximationMargin, &[Source], Shape::Quantity, &["marge des approximations"], &["margin of approximations"]),
    row(Key::ConfidentialityThreshold, &[Source], Shape::Quantity, &["seuil de secret"], &["confidentiality threshold"]),
    row(Key::Coverage, &[Source], Shape::Coverage, &["champ couvert"], &["coverage"]),
    row(Key::Code, &[Indicator, Rule], Shape::Code, &["code"], &["code"]),
    row(Key::Definition, &[Framework, Unit, Dimension, Source, Indicator, Funnel, Rule], Shape::Text, &["définition"], &["definition"]),
    row(Key::Programme, &[Indicator, Funnel], Shape::Codes, &["programme"], &["programme", "program"]),
    row(Key::Objective, &[Indicator, Funnel], Shape::Codes, &["objectif"], &["objective"]),
    row(Key::Action, &[Indicator, Funnel], Shape::Codes, &["action"], &["action"]),
    row(Key::Measure, &[Indicator], Shape::Expr, &["mesure"], &["measure"]),
    row(Key::Numerator, &[Indicator], Shape::Expr, &["numérateur"], &["numerator"]),
    row(Key::Denominator, &[Indicator], Shape::Expr, &["dénominateur"], &["denominator"]),
    row(Key::UnitOfMeasure, &[Indicator], Shape::UnitWord, &["unité de mesure"], &["unit of measure"]),
    row(Key::Kind, &[Indicator], Shape::Choice(&[C::Flow, C::Stock, C::Cumulative, C::Share, C::Rate]), &["nature"], &["kind"]),
    row(Key::DisaggregatedBy, &[Indicator, Funnel], Shape::Breakdowns, &["ventilé par"], &["disaggregated by"]),
    row(Key::Period, &[Indicator, Funnel], Shape::PeriodWanted, &["période"], &["period"]),
    row(Key::Direction, &[Indicator], Shape::Choice(&[C::Up, C::Down, C::Stable, C::NoDirection]), &["sens souhaité"], &["direction"]),
    row(Key::Baseline, &[Indicator], Shape::Aim, &["valeur de référence"], &["baseline"]),
    row(Key::InterimTarget, &[Indicator], Shape::Aim, &["cible intermédiaire"], &["interim target"]),
    row(Key::Target, &[Indicator], Shape::Aim, &["cible"], &["target"]),
    detail(row(Key::Tolerance, &[Indicator], Shape::Quantity, &["tolérance"], &["tolerance"]), &[Key::Target, Key::InterimTarget]),
    row(Key::Tolerance, &[Rule], Shape::Quantity, &["écart admis", "tolérance"], &["tolerance"]),
    row(Key::StatusBands, &[Indicator], Shape::Quantities, &["seuils"], &["bands"]),
    row(Key::Rounding, &[Indicator, Funnel], Shape::Rounding, &["arrondi"], &["rounding"]),
    row(Key::Published, &[Indicator], Shape::Aim, &["valeur publiée"], &["published", "published value"]),
    row(Key::NoDoubleCount, &[Indicator], Shape::Text, &["sans double compte"], &["no double count"]),
    row(Key::SameFact, &[Indicator], Shape::Name, &["même fait que"], &["same fact as"]),
    detail(row(Key::KnownDiscrepancy, &[Rule], Shape::Text, &["écart connu"], &["known discrepancy"]), &[Key::Published, Key::SameFact, Key::Verify]),
    row(Key::NotApplicable, &[Indicator], Shape::NotApplicable, &["sans objet"], &["not applicable"]),
    row(Key::Responsible, &[Indicator, Funnel], Shape::Text, &["organisme responsable"], &["responsible"]),
    row(Key::MeansOfVerification, &[Indicator, Funnel], Shape::Text, &["source de vérification"], &["means of verification"]),
    row(Key::Valid, &[Indicator], Shape::PeriodWanted, &["valide"], &["valid"]),
    row(Key::Version, &[Indicator], Shape::Text, &["version"], &["version"]),
    row(Key::SeriesBreak, &[Indicator], Shape::NotApplicable, &["rupture de série"], &["series break"]),
    row(Key::Finality, &[Source, Indicator], Shape::Choice(&[C::Provisional, C::Final, C::Revised]), &["chiffres"], &["figures"]),
    row(Key::Steps, &[Funnel], Shape::Names, &["étapes"], &["steps"]),
    row(Key::Milestones, &[Source], Shape::Name, &["jalons"], &["milestones"]),
    row(Key::Steps, &[Source], Shape::Name, &["étapes"], &["stages"]),
    row(Key::Verify, &[Rule], Shape::Relation, &["vérifier"], &["verify"]),
    row(Key::Severity, &[Rule], Shape::Choice(&[C::Blocking, C::Warning]), &["gravité"], &["severity"]),
    row(Key::For, &[Rule], Shape::PeriodWanted, &["pour"], &["for"]),
    row(Key::Data, &[Test], Shape::Rows, &["données"], &["data"]),
    row(Key::Expected, &[Test], Shape::Expected, &["attendu"], &["expected"]),
    detail(row(Key::Note, &[Framework, Calendar, Unit, Dimension, Source, Indicator, Funnel, Rule, Test], Shape::Text, &["note"], &["note"]),
        &[Key::Published, Key::Baseline, Key::Target, Key::InterimTarget, Key::SameFact, Key::Verify]),
];

/// Fields that may stand several times in one block.
const REPEATED: &[Key] = &[
    Key::Baseline,
    Key::Target,
    Key::InterimTarget,
    Key::Published,
    Key::NotApplicable,
    Key::SeriesBreak,
    Key::Note,
    Key::Data,
    Key::Counts,
    Key::Expected,
    Key::Verify,
];

/// True where a field may stand several times in one block.
pub fn is_repeated(key: Option<Key>) -> bool {
    key.is_some_and(|key| REPEATED.contains(&key))
}

/// The row for a key in a block (under any field of it); the key's first row where the block has none.
fn entry(key: Key, block: Option<BlockKind>) -> Option<&'static FieldEntry> {
    let of_key = || FIELDS.iter().filter(move |entry| entry.key == key);
    of_key().find(|entry| block.is_some_and(|block| entry.blocks.contains(&block))).or_else(|| of_key().next())
}

/// The word that the formatter prints for a key in a block.
pub fn field_word(key: Key, block: Option<BlockKind>, lang: Lang) -> &'static str {
    entry(key, block).map_or("", |entry| first(&entry.words, lang))
}

/// The row whose word `text` is, in any language; a row of `block` is preferred where the word serves in several.
pub fn field_named(text: &str, block: Option<BlockKind>) -> Option<&'static FieldEntry> {
    use std::collections::HashMap;
    use std::sync::OnceLock;
    static ROWS: OnceLock<HashMap<String, Vec<&'static FieldEntry>>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        let mut rows: HashMap<String, Vec<&'static FieldEntry>> = HashMap::new();
        for entry in FIELDS {
            for word in entry.words.fr.iter().chain(entry.words.en) {
                rows.entry(fold(word)).or_default().push(entry);
            }
        }
        rows
    });
    let named = rows.get(&fold(text))?;
    named.iter().find(|entry| block.is_some_and(|block| entry.blocks.contains(&block))).or(named.first()).copied()
}

/// The fields that may stand in a block.
pub fn fields_in(block: BlockKind) -> impl Iterator<Item = &'static FieldEntry> {
    FIELDS.iter().filter(move |entry| entry.blocks.contains(&block))
}

/// The fields that may stand under a field.
pub fn fields_under(key: Key) -> impl Iterator<Item = &'static FieldEntry> {
    FIELDS.iter().filter(move |entry| entry.under.contains(&key))
}
