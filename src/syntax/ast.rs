//! The tree as written: blocks, fields, values. No names are resolved here and nothing is dropped: the formatter prints
//! a file from this tree and its comments alone. A piece that could not be read is a `Missing` node.
//!
//! Keywords are gone (both languages make the same tree); names, labels and codes are as the author typed them,
//! NFC-normalised.

use crate::problem::Problem;
use crate::text::{FileId, Lang, Span};
use crate::types::{Length, Number, Qualifier, RoundingMode};

/// One file, read.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// Which file.
    pub file: FileId,
    /// The language of its keywords and literals: its own `langue:` line, else the project's.
    pub lang: Lang,
    /// The `langue:` / `language:` line, where there is one.
    pub lang_line: Option<Span>,
    /// Blocks in the order of the text.
    pub blocks: Vec<Block>,
    /// Comments by offset.
    pub comments: Vec<Comment>,
    /// What was wrong, in the order of the text.
    pub problems: Vec<Problem>,
}

/// `# …` up to the end of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to the last character that is not blank.
    pub span: Span,
    /// True where nothing but blanks stands before it on its line.
    pub alone: bool,
}

/// A name, NFC-normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A string or several that join, without the quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The joined text (pieces join with one space).
    pub text: String,
    /// Each piece where it stands, quotes included.
    pub pieces: Vec<Span>,
    /// All of it.
    pub span: Span,
}

/// `"élève" en "pupil"`: a text in the file's language, and in others by ISO 639-1 code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// In the file's language.
    pub main: Option<Text>,
    /// In other languages.
    pub others: Vec<(Name, Text)>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BlockKind {
    /// `cadre` / `framework`
    Framework,
    /// `calendrier` / `calendar`
    Calendar,
    /// `unité` / `unit`
    Unit,
    /// `dimension`
    Dimension,
    /// `source`
    Source,
    /// `indicateur` / `indicator`
    Indicator,
    /// `parcours` / `funnel`
    Funnel,
    /// `contrôle` / `rule`
    Rule,
    /// `test`
    Test,
}

/// A block: header line and fields.
#[derive(Debug, Clone)]
pub struct Block {
    /// What it is; `None` for a misspelt block word (reported; its fields are read for their own mistakes only).
    pub kind: Option<BlockKind>,
    /// The block word.
    pub keyword: Span,
    /// The name.
    pub name: Option<Name>,
    /// The label after the name.
    pub labels: Labels,
    /// Fields in the order of the text.
    pub fields: Vec<Field>,
    /// Header to last field.
    pub span: Span,
}

/// `key: value`, with details indented under it (a known discrepancy under a published value).
#[derive(Debug, Clone)]
pub struct Field {
    /// Which field; `None` for an unknown one (reported).
    pub key: Option<Key>,
    /// The key as typed.
    pub key_span: Span,
    /// The value.
    pub value: Value,
    /// Fields indented under this one.
    pub details: Vec<Field>,
    /// Key to last detail.
    pub span: Span,
}

/// Every field word of every block, one variant each. Its words in both languages, the blocks in which it may stand and
/// the shape of its value are in the one table of `keywords.rs`. Examples below are French, then English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    // ── framework
    /// `éléments:` / `items:`, a list of [`Item`] lines.
    Items,
    // ── calendar
    /// `commence: 1er septembre` / `starts: 1 September` → [`Value::DayOfYear`]
    Starts,
    /// `durée: année | semestre | trimestre | mois` / `length: year | half-year | quarter | month` → [`Value::Length`]
    Length,
    // ── unit
    /// `singulier: "élève" en "pupil"` / `singular:` → [`Value::Labels`]
    Singular,
    /// `pluriel:` / `plural:` → [`Value::Labels`]
    Plural,
    /// `est: personne` / `is a: personne` → [`Value::Name`]
    IsA,
    /// `monnaie: MAD` / `currency: MAD` → [`Value::Name`] (an ISO 4217 code)
    Currency,
    // ── dimension
    /// `groupes: exclusifs | chevauchants | partiels` / `groups: exclusive | overlapping | partial` → [`Value::Choice`]
    Groups,
    /// `niveaux: région, province` / `levels:`, coarsest first → [`Value::Names`]
    Levels,
    /// `membres:` / `members:`, a list of [`MemberLine`]s.
    Members,
    /// `membres du fichier: "regions.csv", code code, libellé nom, parent région` / `members from file: "regions.csv", code
    /// code, label nom, parent région` → [`Value::FromFile`]
    MembersFrom,
    /// `tranches de: années` / `bands of: années`: members are bands over a number → [`Value::Name`] (a unit or any noun)
    BandsOf,
    /// `attributs: réunions_requises` / `attributes: …`: numeric attributes that members carry → [`Value::Names`]
    Attributes,
    // ── source
    /// `fichier: "education/inscriptions.csv"` / `file:` → [`Value::Text`]
    File,
    /// `séparateur: ";"` / `separator: ";"` (`tabulation` / `tab` allowed) → [`Value::Text`]
    Separator,
    /// `encodage: "windows-1252"` / `encoding:` → [`Value::Text`]
    Encoding,
    /// `feuille: "Données"`, `feuille: 2` / `sheet:`: of a workbook → [`Value::Sheet`]
    Sheet,
    /// `ligne des en-têtes: 3`, `lignes des en-têtes: 3 et 4` / `header row: 3`, `header rows: 3 and 4` → [`Value::HeaderRows`]
    HeaderRows,
    /// `lignes exclues: "Total"` / `excluded rows: "Total"`: rows whose first cell that is not empty is one of these texts →
    /// [`Value::Texts`]
    ExcludedRows,
    /// `décimale: virgule | point` / `decimal mark: comma | point` → [`Value::Choice`]
    DecimalMark,
    /// `milliers: espace | point | virgule | apostrophe | aucun` / `thousands mark: space | point | comma | apostrophe | none`
    /// → [`Value::Choice`]
    ThousandsMark,
    /// `dates: jj/mm/aaaa | mm/jj/aaaa | aaaa-mm-jj` / `dates: dd/mm/yyyy | mm/dd/yyyy | yyyy-mm-dd` → [`Value::Choice`]
    DateStyle,
    /// `fuseau horaire: "UTC+1"` / `time zone: "UTC+1"`: on which day an instant falls → [`Value::Text`]
    TimeZone,
    /// `producteur: "MENFPESRS"` / `provider:` → [`Value::Text`]
    Provider,
    /// `chaque ligne est: un élève | un événement | un effectif` / `each row is: a pupil | an event | a count` → [`Value::RowIs`]
    EachRowIs,
    /// `identifiant: code_élève` / `key:` → [`Value::Names`] (one or several columns)
    RowKey,
    /// `compte: migrants par code_migrant` / `counts: migrants by code_migrant`: distinct keys of another thing than the
    /// row → [`Value::Counts`]
    Counts,
    /// `fait: code_du_fait` / `fact: fact_code`: rows with the same text in this column, for the same period and groups, state one
    /// fact, which is counted once → [`Value::Name`]
    FactId,
    /// `priorité: producteur "UNHCR", "OIM"` / `priority: provider "UNHCR", "OIM"`: whose statement of a fact is kept where two
    /// differ → [`Value::Priority`]
    Priority,
    /// `effectif: nombre d'élèves` / `count: nombre of pupils`: the column `nombre` counts pupils; `, qualifié` /
    /// `, qualified` as for other columns → [`Value::CountColumn`]
    Count,
    /// `période: année (année_scolaire)` / `period: année (année_scolaire)`: column and calendar → [`Value::PeriodColumn`];
    /// in an indicator, `période: année_scolaire` or `2016 à 2020` → [`Value::PeriodWanted`]
    Period,
    /// `colonnes:` / `columns:`, a list of [`ColumnLine`]s.
    Columns,
    /// `marge des approximations: 5 %` / `margin of approximations: 5 %`: how far « environ » reaches in a qualified column →
    /// [`Value::Quantity`]
    ApproximationMargin,
    /// `seuil de secret: 5` / `confidentiality threshold: 5`: counts below it are not shown, nor what would give them away; 0
    /// for a source that holds nothing to protect → [`Value::Quantity`]
    ConfidentialityThreshold,
    /// `champ couvert: région, 2015 à 2020` / `coverage: région, 2015 to 2020`: where no row means zero → [`Value::Coverage`]
    Coverage,
    // ── indicator
    /// `code: 1.1.a` → [`Value::Code`]
    Code,
    /// `définition: "…"` / `definition:` → [`Value::Text`]
    Definition,
    /// `action: 1.1` → [`Value::Codes`]
    Action,
    /// `objectif: OSP1` / `objective:` → [`Value::Codes`]
    Objective,
    /// `programme: 1` → [`Value::Codes`]
    Programme,
    /// `mesure: nombre d'élèves de inscriptions` / `measure: number of pupils in inscriptions` → [`Value::Expr`]
    Measure,
    /// `numérateur:` / `numerator:` → [`Value::Expr`]
    Numerator,
    /// `dénominateur:` / `denominator:` → [`Value::Expr`]
    Denominator,
    /// `nature: flux | situation à une date | cumul | part | taux` / `kind: flow | stock | cumulative | share | rate` →
    /// [`Value::Choice`]
    Kind,
    /// `unité de mesure: %` / `unit of measure:` → [`Value::UnitWord`]
    UnitOfMeasure,
    /// `ventilé par: région, sexe, région x sexe` / `disaggregated by:` → [`Value::Breakdowns`]
    DisaggregatedBy,
    /// `sens souhaité: hausse | baisse | stabilité | aucun` / `direction: up | down | stable | none` → [`Value::Choice`]
    Direction,
    /// `valeur de référence: 2018-2019 = à définir` / `baseline:` → [`Value::Aim`]
    Baseline,
    /// `cible: 2020-2021, sexe F >= 3 500` / `target:` → [`Value::Aim`]
    Target,
    /// `cible intermédiaire:` / `interim target:` → [`Value::Aim`]
    InterimTarget,
    /// `tolérance: 5 %` / `tolerance: 5 %`, of a target; `écart admis:` is the same key in a rule → [`Value::Quantity`]
    Tolerance,
    /// `seuils: 90 %, 70 %` / `bands: 90 %, 70 %`: shares of the way to the target from which a figure is on track, at
    /// risk → [`Value::Quantities`]
    StatusBands,
    /// `arrondi: 2 décimales, troncature` / `rounding: 2 decimals, truncation` → [`Value::Rounding`]
    Rounding,
    /// `valeur publiée: 2019-2020, sexe F = 1 606, "Rapport 2020"` / `published:` → [`Value::Aim`]
    Published,
    /// `écart connu: "…"` / `known discrepancy:`, under a published value or a rule → [`Value::Text`]
    KnownDiscrepancy,
    /// `sans objet: 2020, "programme suspendu"` / `not applicable: 2020, "programme suspended"` → [`Value::NotApplicable`]
    NotApplicable,
    /// `organisme responsable: "…"` / `responsible:` → [`Value::Text`]
    Responsible,
    /// `source de vérification: "…"` / `means of verification:` → [`Value::Text`]
    MeansOfVerification,
    /// `valide: 2018 à 2020` / `valid: 2018 to 2020` → [`Value::PeriodWanted`]
    Valid,
    /// `version: "2.1"`: of the definition → [`Value::Text`]
    Version,
    /// `rupture de série: 2018, "nouvelle enquête"` / `series break: 2018, "new survey"`: from this period on figures are of
    /// another definition → [`Value::NotApplicable`]
    SeriesBreak,
    /// `chiffres: provisoires | définitifs | révisés` / `figures: provisional | final | revised` → [`Value::Choice`]
    Finality,
    /// `même fait que: accompagnés` / `same fact as: accompagnés`: this indicator states the fact of that one again; a sum of both
    /// counts it once, and a check compares them → [`Value::Name`]
    SameFact,
    /// `sans double compte: "…"` / `no double count: "…"`: why no person is in two of the sources that are added → [`Value::Text`]
    NoDoubleCount,
    /// `note: "…"` → [`Value::Text`]
    Note,
    // ── funnel and source of milestones
    /// `étapes: repérés, orientés, formés` / `steps:`: indicators, from the entry to the end → [`Value::Names`]; in a source,
    /// `étapes: étape_texte` / `stages: étape_texte`: the dimension whose members are the stages, in order → [`Value::Name`]
    Steps,
    /// `jalons: texte_juridique` / `milestones: texte_juridique`: the dimension whose members are milestones → [`Value::Name`]
    Milestones,
    // ── rule
    /// `vérifier: somme par région de enfants = enfants` / `verify:` → [`Value::Relation`]
    Verify,
    /// `gravité: bloquant | avertissement` / `severity: blocking | warning` → [`Value::Choice`]
    Severity,
    /// `pour: 2020` / `for: 2020`: the only period in which the rule holds; without it, every period with data →
    /// [`Value::PeriodWanted`]
    For,
    // ── test
    /// `données inscriptions:` / `data inscriptions:`, then rows `annee | sexe | nombre` → [`Value::Rows`]
    Data,
    /// `attendu:` / `expected:`, then lines `part_des_filles 2019-2020, sexe F = 50,08 %` → [`Value::Expected`]
    Expected,
}

/// How a sheet is named.
#[derive(Debug, Clone)]
pub enum SheetNamed {
    /// By its name.
    Name(Text),
    /// By its place, from 1.
    Number(u32, Span),
}

/// The value of a field, by the shape that the keyword table gives it.
#[derive(Debug, Clone)]
pub enum Value {
    /// Prose or a path.
    Text(Text),
    /// Several texts.
    Texts(Vec<Text>),
    /// A sheet of a workbook, by its name or its place.
    Sheet(SheetNamed),
    /// The first and the last row of the headers, from 1.
    HeaderRows(u32, u32, Span),
    /// A label in several languages.
    Labels(Labels),
    /// One name.
    Name(Name),
    /// Several names, separated by commas.
    Names(Vec<Name>),
    /// A code (`1.1`, `OSP1`).
    Code(Name),
    /// Several codes.
    Codes(Vec<Name>),
    /// A word of a closed list.
    Choice(Choice, Span),
    /// A day of the year: month, day.
    DayOfYear(u8, u8, Span),
    /// Length of a calendar's period.
    Length(Length, Span),
    /// Members of a dimension.
    Members(Vec<MemberLine>),
    /// Members in a CSV file.
    FromFile(FromFile),
    /// Items of a framework.
    Items(Vec<Item>),
    /// What a row is.
    RowIs(RowIs),
    /// `migrants par code_migrant`: unit word, key column.
    Counts(UnitWord, Name),
    /// `producteur "UNHCR", "OIM"`: a column and its values, the first one before the others.
    Priority(Name, Vec<Literal>),
    /// `nombre d'élèves`: column, unit word.
    CountColumn {
        /// The column.
        column: Name,
        /// What it counts.
        unit: UnitWord,
        /// `qualifié` / `qualified`: its cells may say « plus de 50 ».
        qualified: bool,
    },
    /// Column and calendar.
    PeriodColumn(Name, Option<Name>),
    /// A calendar's name or a window.
    PeriodWanted(PeriodWanted),
    /// Columns.
    Columns(Vec<ColumnLine>),
    /// Dimensions and periods that a source covers fully.
    Coverage(Vec<Name>, Option<PeriodText>),
    /// A measure.
    Expr(Expr),
    /// A unit.
    UnitWord(UnitWord),
    /// Breakdowns: each is one dimension or a product.
    Breakdowns(Vec<Vec<Name>>),
    /// A baseline, target or published value.
    Aim(Box<Aim>),
    /// A number with its unit.
    Quantity(Quantity),
    /// Several of them.
    Quantities(Vec<Quantity>),
    /// Decimals and mode.
    Rounding(u8, Option<RoundingMode>, Span),
    /// When, where and why a figure has no meaning.
    NotApplicable(PeriodText, Vec<GroupText>, Text),
    /// Left, comparison, right.
    Relation(Box<Relation>),
    /// Inline data for a source.
    Rows(Name, Vec<DataRow>),
    /// Figures that a test must give.
    Expected(Vec<ExpectedLine>),
    /// Could not be read (reported).
    Missing(Span),
}

/// Every word of the closed lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each variant is its own English keyword")]
pub enum Choice {
    Exclusive,
    Overlapping,
    Partial,
    Comma,
    Point,
    Space,
    Apostrophe,
    NoMark,
    DayMonthYear,
    MonthDayYear,
    YearMonthDay,
    Flow,
    Stock,
    Cumulative,
    Share,
    Rate,
    Up,
    Down,
    Stable,
    NoDirection,
    Provisional,
    Final,
    Revised,
    Blocking,
    Warning,
}

/// `TTA "Tanger-Tétouan-Al Hoceïma" alias "Tanger-Tétouan"`; members of the next level are indented deeper. Attributes
/// follow as `nom nombre`; `est sexe F` says what the member is in another dimension.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// A name, a code (`1.1`), a band (`0-5`, `18+`) or a quoted code.
    pub code: Name,
    /// The label.
    pub labels: Labels,
    /// Other spellings found in data.
    pub aliases: Vec<Text>,
    /// `est sexe F` / `is sexe F`: what it is in another dimension, where the list mixes two.
    pub stands_for: Vec<GroupText>,
    /// Values of the dimension's numeric attributes.
    pub attributes: Vec<MemberAttribute>,
    /// Members below this one.
    pub children: Vec<MemberLine>,
    /// The line.
    pub span: Span,
}

/// `réunions_requises 12 réunions`, `réunions_requises 1 réunion par mois`, `réunions_requises 1 réunion tous les 3 mois`
#[derive(Debug, Clone)]
pub struct MemberAttribute {
    /// The attribute.
    pub name: Name,
    /// Its value; the unit is without the `par mois`.
    pub quantity: Quantity,
    /// How often.
    pub pace: Option<Pace>,
}

/// `par semestre` / `per half-year`, `tous les 3 mois` / `every 3 months`
#[derive(Debug, Clone)]
pub struct Pace {
    /// 3 in `tous les 3 mois`.
    pub count: u16,
    /// The step; a day is not one.
    pub step: Length,
    /// Where it stands.
    pub span: Span,
}

/// `"regions.csv", code code_region, libellé nom, parent code_parent`
#[derive(Debug, Clone)]
pub struct FromFile {
    /// The file.
    pub path: Text,
    /// The column of codes.
    pub code: Option<Name>,
    /// The column of labels.
    pub label: Option<Name>,
    /// The column of parent codes.
    pub parent: Option<Name>,
}

/// What a framework item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKind {
    /// `objectif stratégique` / `strategic objective`
    StrategicObjective,
    /// `programme`
    Programme,
    /// `objectif` / `objective`
    Objective,
    /// `action`
    Action,
    /// `comité` / `committee`
    Committee,
}

/// `action 1.1 "Information" pour OSP1`
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its code.
    pub code: Name,
    /// Its label.
    pub labels: Labels,
    /// `pour` / `for`: the codes of the items it serves.
    pub serves: Vec<Name>,
    /// `responsable "…"` / `responsible "…"`.
    pub responsible: Option<Text>,
    /// Items indented under it.
    pub children: Vec<Item>,
    /// The line.
    pub span: Span,
}

/// What one row of a source is.
#[derive(Debug, Clone)]
pub enum RowIs {
    /// `un élève` / `a pupil`
    Thing(UnitWord),
    /// `un événement` / `an event`, also `une réunion` where `réunion` is declared as a unit: that is [`RowIs::Thing`].
    Event(Span),
    /// `un effectif` / `a count`
    Count(Span),
}

/// A unit as written: `%`, `points`, a declared noun in the singular or plural of any language, or a unit's name. A noun of
/// several words stands in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitWord {
    /// The text (`%`, `points`, `élèves`).
    pub text: String,
    /// It stood in quotes.
    pub quoted: bool,
    /// `par bon` / `per voucher`
    pub per: Option<Box<UnitWord>>,
    /// Where it stands.
    pub span: Span,
}

/// One line of `colonnes:`.
#[derive(Debug, Clone)]
pub struct ColumnLine {
    /// The column's name in indicator files.
    pub name: Name,
    /// What it holds.
    pub of: ColumnOf,
    /// Options in the order written.
    pub options: Vec<(ColumnOption, Span)>,
    /// The line.
    pub span: Span,
}

/// What a column holds.
#[derive(Debug, Clone)]
pub enum ColumnOf {
    /// `texte` / `text`
    Text(Span),
    /// `nombre` / `number`, `nombre de dirhams` / `number of dirhams`
    Number(Option<UnitWord>, Span),
    /// `date`
    Date(Span),
    /// `oui ou non` / `yes or no`
    YesNo(Span),
    /// A dimension, or a level of one.
    Dimension(Name),
    /// `région de communes selon code_commune` / `region in communes by commune_code`: what another source says of the
    /// row whose identifier this source has in the column `by`.
    LookedUp {
        /// The column of the other source.
        column: Name,
        /// The other source.
        source: Name,
        /// The column of this source that holds the other's identifier.
        by: Name,
    },
    /// Could not be read.
    Missing(Span),
}

/// What may follow a column's type, separated by commas.
#[derive(Debug, Clone)]
pub enum ColumnOption {
    /// `peut être vide` / `may be missing`
    MayBeMissing,
    /// `non renseignés exclus` / `missing excluded`: the default for comparisons on this column
    Missing(MissingPolicy),
    /// `confidentiel` / `confidential`
    Confidential,
    /// `qualifié` / `qualified`: its cells may say « plus de 50 000 », « environ 800 »
    Qualified,
    /// `2 décimales` / `2 decimals`: the most decimals that its numbers have
    Decimals(u8),
    /// `total "_T"`: this text marks a total
    Total(Text),
    /// `non renseigné "_U"` / `unknown "_U"`: this text, besides an empty cell, means unknown
    Unknown(Text),
    /// `sans objet "…"` / `not applicable "…"`: this text means that the value has no meaning there
    NotApplicable(Text),
    /// `non disponible "-"` / `missing "-"`: this text means missing
    NotAvailable(Text),
    /// `prévu "prévu"` / `planned "planned"`: this text means that it is only planned
    Planned(Text),
    /// `en-tête "AREF"` / `header "AREF"`: other headers under which the column is found in the file
    Header(Text),
    /// `décimale virgule` / `decimal mark comma`: how the numbers of this column are written, whatever the source says
    DecimalMark(Choice),
    /// `milliers espace` / `thousands mark space`
    ThousandsMark(Choice),
    /// `dates jj/mm/aaaa` / `dates dd/mm/yyyy`
    DateStyle(Choice),
    /// `oui "O"` / `yes "Y"`
    Yes(Text),
    /// `non "N"` / `no "N"`
    No(Text),
}

/// What becomes of missing values in a comparison (meaning 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MissingPolicy {
    /// `non renseignés exclus` / `missing excluded`: they fail the comparison, negated or not.
    Excluded,
    /// `non renseignés comptés` / `missing counted`: they pass it.
    Counted,
}

/// A period or a window, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodText {
    /// `2019-2020`, `2020-S1`, `2020-06`…
    pub first: Name,
    /// The end of a window `2016 à 2020`.
    pub last: Option<Name>,
    /// All of it.
    pub span: Span,
}

/// In an indicator: which calendar, or which window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodWanted {
    /// A calendar's name.
    Calendar(Name),
    /// One period or a window.
    Period(PeriodText),
}

/// `sexe F`, `région TTA`, `sexe non renseigné`
#[derive(Debug, Clone)]
pub struct GroupText {
    /// The dimension (or level).
    pub dimension: Name,
    /// The member; `None` for unknown.
    pub member: Option<Literal>,
    /// Both.
    pub span: Span,
}

/// A number with its unit, exactly as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// The number.
    pub value: Number,
    /// Decimals printed.
    pub decimals: u8,
    /// The unit after it.
    pub unit: Option<UnitWord>,
    /// `plus de 50 000`, `environ 800` / `more than 50,000`, `about 800`
    pub qualifier: Option<Qualifier>,
    /// Written as a word: `une centaine`, `un millier` / `some hundred`, `some thousand`
    pub as_word: bool,
    /// Where it stands.
    pub span: Span,
}

/// How a target is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`, `≠`
    Different,
    /// `<`
    Less,
    /// `<=`, `≤`
    AtMost,
    /// `>`
    More,
    /// `>=`, `≥`
    AtLeast,
}

/// `2020-2021, sexe F >= 3 500, "Plan 2020"`: baselines, targets and published values share one shape.
#[derive(Debug, Clone)]
pub struct Aim {
    /// When.
    pub period: PeriodText,
    /// Where; empty for the total.
    pub group: Vec<GroupText>,
    /// How it is compared.
    pub comparison: (Comparison, Span),
    /// What.
    pub value: AimValue,
    /// Where it was said.
    pub source: Option<Text>,
    /// All of it.
    pub span: Span,
}

/// The value of an [`Aim`].
#[derive(Debug, Clone)]
pub enum AimValue {
    /// A number.
    Is(Quantity),
    /// `= entre 40 % et 60 %` / `= between 40 % and 60 %`
    Between(Quantity, Quantity),
    /// `= adoption`: a stage, by code or label
    Stage(Literal),
    /// `à définir` / `to be defined`
    ToBeDefined(Span),
    /// `non disponible`, `sans objet`… printed instead of a number is not a value of an aim; unreadable text is this.
    Missing(Span),
}

/// A relation between two measures.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Left side.
    pub left: Expr,
    /// How they compare.
    pub comparison: (Comparison, Span),
    /// Right side.
    pub right: Expr,
}

/// `3207 | _T | 2019-2020`
#[derive(Debug, Clone)]
pub struct DataRow {
    /// Cells, trimmed.
    pub cells: Vec<Name>,
    /// The line.
    pub span: Span,
}

/// `part_des_filles 2019-2020, sexe F = 50,08 %`
#[derive(Debug, Clone)]
pub struct ExpectedLine {
    /// The indicator.
    pub indicator: Name,
    /// When.
    pub period: PeriodText,
    /// Where.
    pub group: Vec<GroupText>,
    /// What.
    pub value: ExpectedValue,
    /// The line.
    pub span: Span,
}

/// What a test expects.
#[derive(Debug, Clone)]
pub enum ExpectedValue {
    /// A number, compared at the precision written; a qualified one (`plus de 50`) must be said the same way.
    Is(Quantity),
    /// `entre 40 et 60` / `between 40 and 60`: bounds that the figure must have.
    Between(Quantity, Quantity),
    /// `= adoption`: a stage, by code or label
    Stage(Literal),
    /// `en cours` / `in progress`: of one milestone
    InProgress(Span),
    /// `non disponible` / `missing`
    Missing(Span),
    /// `sans objet` / `not applicable`
    NotApplicable(Span),
    /// `non calculable` / `not computable`
    NotComputable(Span),
}

/// A measure as written.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, without trailing blanks.
    pub span: Span,
}

impl Expr {
    /// An indicator by its name.
    pub fn named(name: &Name) -> Self {
        Expr { kind: ExprKind::Name(name.clone()), span: name.span }
    }
}

/// Kinds of measure.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// `100 %`, `3 207 élèves`
    Number(Quantity),
    /// An indicator.
    Name(Name),
    /// `nombre d'élèves de inscriptions` / `number of pupils in inscriptions`; with `distincts` / `distinct`
    Count {
        /// What is counted.
        unit: UnitWord,
        /// `distincts`
        distinct: bool,
        /// In which source.
        source: Name,
    },
    /// `nombre de migrants distincts de registre et bons` / `number of distinct migrants in registre and bons`: persons who are
    /// in several of these sources are counted once, by the key that the sources share
    CountOver {
        /// What is counted.
        unit: UnitWord,
        /// `distincts`; without it the count is reported.
        distinct: bool,
        /// In which sources.
        sources: Vec<Name>,
    },
    /// `la plus grande de a et b` / `largest of a and b`: persons may be in both, so that the total is at least this
    Largest(Vec<Expr>),
    /// `sans additionner a et b` / `without adding a and b`: persons may be in both, and no total is wanted
    NotAdded(Vec<Expr>),
    /// `somme de montant de bons` / `sum of montant in bons`
    Aggregate {
        /// Which.
        aggregate: Aggregate,
        /// Which column.
        column: Name,
        /// In which source.
        source: Name,
    },
    /// `étape atteinte de étapes_textes`, `nombre de jalons atteints de étapes_textes` / `stage reached in étapes_textes`,
    /// `number of milestones reached in étapes_textes`
    Milestones(MilestonesOf, Name),
    /// `réunions_requises par comité` / `réunions_requises by comité`: a numeric attribute of a dimension's members
    Attribute {
        /// The attribute.
        attribute: Name,
        /// The dimension.
        dimension: Name,
    },
    /// `… avec sexe = F` / `… where sexe = F`
    Where(Box<Expr>, Condition),
    /// `… pour 2018` / `… for 2018`: the measure at a fixed period or window
    At(Box<Expr>, PeriodText),
    /// `-x`
    Negative(Box<Expr>),
    /// `x + y`
    Binary(Box<Expr>, (Operator, Span), Box<Expr>),
    /// `somme par région de …` / `sum by région of …`
    SumBy(Vec<Name>, Box<Expr>),
    /// `part de … dans …` / `share of … in …`
    Share(Box<Expr>, Box<Expr>),
    /// `part par région de …` / `share by région of …`: the share of each group in the total of its dimension;
    /// `part connue par région de …` / `share of known by région of …`: in the total without unknown
    ShareOfGroup {
        /// Dimensions over which the total is taken.
        by: Vec<Name>,
        /// Without unknown.
        known: bool,
        /// The measure.
        of: Box<Expr>,
    },
    /// `période précédente de …` / `previous period of …`
    Previous(Box<Expr>),
    /// `évolution en % de …`, `évolution en points de …`, `évolution de …` / `change in % of …`, `change in points of …`, `change of …`
    Change(ChangeKind, Box<Expr>),
    /// `cumul depuis 2005 de …` / `cumulative since 2005 of …`
    Cumulative(PeriodText, Box<Expr>),
    /// `moyenne sur 5 périodes de …` / `average over 5 periods of …`: the period and the four before it
    Rolling(u32, Box<Expr>),
    /// `minimum sur 5 périodes de …`, `rang depuis 2005 de …` / `minimum over 5 periods of …`, `rank since 2005 of …`
    Series(SeriesOf, SeriesOver, Box<Expr>),
    /// `consommation de 2018 à 2020 de … dans …` / `consumption from 2018 to 2020 of … in …`: how much of an allotment for this
    /// window has been used up to the period asked, in per cent
    Consumption(PeriodText, Box<Expr>, Box<Expr>),
    /// `moyenne de 2016 à 2020 de …` / `average from 2016 to 2020 of …`
    MeanOver(PeriodText, Box<Expr>),
    /// `dernière valeur connue de …` / `latest value of …`: with its period shown
    Latest(Box<Expr>),
    /// `effectif compatible avec 31,40 % de inscrits` / `count compatible with 31.40 % of inscrits`: the whole numbers whose share
    /// is printed like this; `(troncature)`, `(au plus proche)` after the percentage say how it was rounded
    Compatible {
        /// The percentage as printed.
        share: Quantity,
        /// How it was rounded.
        mode: Option<RoundingMode>,
        /// The whole.
        of: Box<Expr>,
    },
    /// `si … alors … sinon …` / `if … then … else …`
    If(Box<Relation>, Box<Expr>, Box<Expr>),
    /// Could not be read (reported).
    Missing,
}

/// Aggregates over a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aggregate {
    /// `somme` / `sum`
    Sum,
    /// `moyenne` / `average`
    Average,
    /// `médiane` / `median`
    Median,
    /// `plus long écart en jours entre` / `longest gap in days between`: of a column of dates.
    LongestGap,
    /// `minimum`
    Minimum,
    /// `maximum`
    Maximum,
    /// `première valeur` / `first`: over time
    First,
    /// `dernière valeur` / `last`: over time
    Last,
}

/// What is asked of milestones, at the end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MilestonesOf {
    /// `étape atteinte` / `stage reached`: the last stage that one milestone has reached.
    Stage,
    /// `jalons atteints` / `milestones reached`: the last stage is reached.
    Reached,
    /// `jalons en cours` / `milestones in progress`: begun, not reached.
    InProgress,
    /// `jalons non commencés` / `milestones not begun`
    NotBegun,
    /// `jalons suivis` / `milestones followed`: all of them.
    All,
    /// `part des jalons atteints` / `share of milestones reached`: among all of them.
    Share,
}

/// What is taken of a series of periods that ends with the one asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SeriesOf {
    /// The smallest figure, with its period.
    Minimum,
    /// The largest figure, with its period.
    Maximum,
    /// The rank of the last figure, 1 for the largest; equal figures share their rank.
    Rank,
}

/// How far back a series goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeriesOver {
    /// `sur 5 périodes` / `over 5 periods`: the period asked and the four before it.
    Last(u32),
    /// `depuis 2005` / `since 2005`
    Since(PeriodText),
}

/// How a change is expressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeKind {
    /// In per cent of the previous value.
    Percent,
    /// In points, for shares.
    Points,
    /// As a difference.
    Difference,
}

/// Arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operator {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `x`, `×`, `*`
    Times,
    /// `/`, `÷`
    Divide,
}

/// A condition on rows or groups. Mixed `et`/`ou` without parentheses is reported and still parsed, `et` first.
#[derive(Debug, Clone)]
pub struct Condition {
    /// What it is.
    pub kind: ConditionKind,
    /// Where it stands.
    pub span: Span,
}

/// Kinds of condition.
#[derive(Debug, Clone)]
pub enum ConditionKind {
    /// `sexe = F`, `âge < 18 (non renseignés exclus)`
    Compare(Name, (Comparison, Span), Literal, Option<MissingPolicy>),
    /// `région parmi TTA, ORI` / `région in TTA, ORI`; `pas parmi` / `not in` is `Not` around it
    In(Name, Vec<Literal>, Option<MissingPolicy>),
    /// `âge entre 6 et 17` / `âge between 6 and 17`, both included
    Between(Name, Literal, Literal, Option<MissingPolicy>),
    /// `nationalité est non renseignée` / `nationalité is missing`
    IsMissing(Name),
    /// A yes-or-no column by its name alone.
    Flag(Name, Option<MissingPolicy>),
    /// `non …` / `not …`
    Not(Box<Condition>),
    /// `… et …` / `… and …`
    And(Vec<Condition>),
    /// `… ou …` / `… or …`
    Or(Vec<Condition>),
    /// Two columns compared: `date_fin < date_début`
    CompareColumns(Name, (Comparison, Span), Name, Option<MissingPolicy>),
    /// Could not be read (reported).
    Missing,
}

/// A value in a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A member's code, a band, a period or a date, as typed; `oui`/`non` too.
    Word(Name),
    /// A quoted label or text.
    Text(Text),
    /// A number.
    Number(Quantity),
}

impl Literal {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Literal::Word(name) => name.span,
            Literal::Text(text) => text.span,
            Literal::Number(quantity) => quantity.span,
        }
    }
}
