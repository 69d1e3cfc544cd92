//! The typed program: ids instead of names, nothing optional for "not yet known". What could not be resolved is not in
//! here: an indicator with an error that concerns it is left out, the sound ones stay.

use indexmap::IndexMap;

pub use crate::syntax::ast::{
    Aggregate, ChangeKind, Comparison, ItemKind, MilestonesOf, MissingPolicy, Operator, SeriesOf,
};
use crate::text::{Lang, Localized, Span};
use crate::types::{Additivity, Calendar, CalendarId, Number, Offset, Period, Range, Rounding, RoundingMode, Unit};

/// A checked project. Ids are indexes into these vectors.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// The project's language, for labels that a reader sees by default.
    pub lang: Lang,
    /// The civil calendars first (see [`Calendar::civil`]), then the declared ones.
    pub calendars: Vec<Calendar>,
    /// Units, built-in `personne` first.
    pub units: Vec<UnitDef>,
    /// Dimensions.
    pub dimensions: Vec<Dimension>,
    /// Sources.
    pub sources: Vec<DataSource>,
    /// Framework items in the order of the text, parents before children.
    pub items: Vec<FrameworkItem>,
    /// Indicators in the order of the text; sound ones only.
    pub indicators: Vec<Indicator>,
    /// Rules.
    pub rules: Vec<Rule>,
    /// Tests.
    pub tests: Vec<Test>,
    /// Every typed measure of the program; [`ExprId`] is an index.
    pub exprs: Vec<Expr>,
    /// Indicators in an order in which each comes after those that it uses.
    pub order: Vec<usize>,
}

impl Program {
    /// Gives a threshold of confidentiality to every source of persons that has none of its own.
    pub fn protect_persons(&mut self, threshold: u64) {
        let of_persons: Vec<bool> = self.sources.iter().map(|source| self.is_of_persons(source)).collect();
        for (source, persons) in self.sources.iter_mut().zip(of_persons) {
            if persons {
                source.threshold = source.threshold.or(Some(threshold));
            }
        }
        self.protect_looked_up();
    }

    /// A source without a threshold of its own has that of the sources in which it looks up: its groups would tell of
    /// their rows.
    pub(crate) fn protect_looked_up(&mut self) {
        let thresholds: Vec<Option<u64>> = self.sources.iter().map(|source| source.threshold).collect();
        for source in &mut self.sources {
            let others = source.columns.iter().filter_map(|column| column.looked_up);
            let highest = others.filter_map(|look_up| thresholds.get(look_up.source).copied().flatten()).max();
            source.threshold = source.threshold.or(highest.filter(|threshold| *threshold > 0));
        }
    }

    /// True where the rows of a source are persons, or count them.
    fn is_of_persons(&self, source: &DataSource) -> bool {
        let row = match &source.row {
            RowKind::Thing(unit) | RowKind::Count { unit, .. } => Some(unit),
            RowKind::Event => None,
        };
        row.into_iter().chain(source.counts.iter().map(|(unit, _)| unit)).any(|unit| self.is_person(unit))
    }

    fn is_person(&self, unit: &Unit) -> bool {
        let Unit::Of(id) = unit else { return false };
        // The built-in person comes first; a circle of units ends by the bound.
        let mut at = Some(usize::from(id.0));
        for _ in 0..=self.units.len() {
            match at {
                Some(0) => return true,
                Some(here) => at = self.units.get(here).and_then(|unit| unit.is_a),
                None => return false,
            }
        }
        false
    }
}

/// A declared noun.
#[derive(Debug, Clone)]
pub struct UnitDef {
    /// The name in indicator files.
    pub name: String,
    /// One of them.
    pub singular: Localized,
    /// Several.
    pub plural: Localized,
    /// What it is a kind of.
    pub is_a: Option<usize>,
    /// The ISO 4217 code, for money.
    pub currency: Option<String>,
    /// Where it is declared; `None` for built-in ones.
    pub definition: Option<Span>,
}

/// How the groups of a dimension relate (meaning 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Groups {
    /// Every row is in one group or unknown: parts plus unknown equal the total.
    Exclusive,
    /// A row may be in several: never summed.
    Overlapping,
    /// Only some groups are listed (« dont »): their sum is at most the total.
    Partial,
}

/// A dimension.
#[derive(Debug, Clone)]
pub struct Dimension {
    /// The name in indicator files.
    pub name: String,
    /// What readers see.
    pub label: Localized,
    /// How groups relate.
    pub groups: Groups,
    /// Names of the levels, coarsest first; at least one (the dimension's own name where none is declared).
    pub levels: Vec<String>,
    /// Members of all levels, in the order of the text, parents before children.
    pub members: Vec<Member>,
    /// Members are bands over a number, this noun.
    pub bands_of: Option<String>,
    /// Codes are read from this file before data are: the engine's caller loads it and checks again with its members.
    pub members_from: Option<MembersFrom>,
    /// Where it is declared.
    pub definition: Span,
}

impl Dimension {
    /// The members of one level, as indexes into `members`.
    pub fn members_of(&self, level: usize) -> impl Iterator<Item = usize> + '_ {
        self.members.iter().enumerate().filter(move |(_, member)| member.level == level).map(|(at, _)| at)
    }

    /// The ancestor of `member` at `level` (itself when it is of that level); `None` where the level is finer.
    pub fn ancestor(&self, member: usize, level: usize) -> Option<usize> {
        let mut at = member;
        loop {
            let here = self.members.get(at)?;
            match here.level.cmp(&level) {
                std::cmp::Ordering::Equal => return Some(at),
                std::cmp::Ordering::Less => return None,
                std::cmp::Ordering::Greater => at = here.parent?,
            }
        }
    }
}

/// A code list in a file.
#[derive(Debug, Clone)]
pub struct MembersFrom {
    /// The file, relative to the data root.
    pub path: String,
    /// Column of codes.
    pub code: String,
    /// Column of labels.
    pub label: Option<String>,
    /// Column of parent codes.
    pub parent: Option<String>,
}

/// A member of a dimension.
#[derive(Debug, Clone)]
pub struct Member {
    /// The code.
    pub code: String,
    /// What readers see.
    pub label: Localized,
    /// Other spellings found in data.
    pub aliases: Vec<String>,
    /// Its level, 0 being the coarsest.
    pub level: usize,
    /// The member above it.
    pub parent: Option<usize>,
    /// For a band: lowest and highest value (both included), `None` for open.
    pub band: Option<(Number, Option<Number>)>,
    /// What it is in other dimensions, where the list mixes two: `est sexe F`.
    pub stands_for: Vec<GroupAt>,
    /// Numeric attributes by name.
    pub attributes: IndexMap<String, AttributeValue>,
}

/// The value of a numeric attribute of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeValue {
    /// The number.
    pub value: Number,
    /// Its unit.
    pub unit: Unit,
    /// It is so many in each step of this many months: `1 réunion par semestre` is 1 every 6.
    pub every: Option<u32>,
}

/// What one row of a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// A thing of this unit.
    Thing(Unit),
    /// An event; `counts` may say how to count what took part.
    Event,
    /// A group, with the number of its members in a column.
    Count {
        /// The column, index into `columns`.
        column: usize,
        /// What it counts.
        unit: Unit,
    },
}

/// A dataset.
#[derive(Debug, Clone)]
pub struct DataSource {
    /// The name in indicator files.
    pub name: String,
    /// What readers see.
    pub label: Localized,
    /// The file, relative to the data root; `None` in tests with inline data only.
    pub path: Option<String>,
    /// How its text is written.
    pub format: Format,
    /// Who provides it.
    pub provider: Option<String>,
    /// What a row is.
    pub row: RowKind,
    /// Columns that together identify a row.
    pub key: Vec<usize>,
    /// Distinct keys of another thing: unit and column.
    pub counts: Vec<(Unit, usize)>,
    /// The column of periods, and the calendar in which its labels are read or its dates are counted.
    pub period: Option<(usize, CalendarId)>,
    /// Columns in the order of the text; the count and period columns are among them.
    pub columns: Vec<Column>,
    /// Dimensions in which no row means zero.
    pub covers: Vec<usize>,
    /// Which rows state one fact, and whose statement is kept where they differ.
    pub facts: Option<FactRows>,
    /// How far « environ » reaches in qualified columns, in per cent; unknown where nothing is declared.
    pub margin: Option<Number>,
    /// Counts below it are not shown, nor what would give them away; `None` where nothing is declared, 0 for no protection.
    pub threshold: Option<u64>,
    /// How final its figures are.
    pub finality: Option<Finality>,
    /// Its rows are stages of milestones.
    pub milestones: Option<Milestones>,
    /// Periods in which no row means zero (registers: where data are complete).
    pub covers_period: Option<Period>,
    /// Where it is declared.
    pub definition: Span,
}

/// Which rows of a source state one fact (meaning 14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRows {
    /// The column of the fact's code; rows without one state different facts.
    pub column: usize,
    /// Columns in which two statements of one fact agree by definition: another value there is another figure of it.
    pub same: Vec<usize>,
    /// Columns in which they may differ.
    pub stated: Vec<usize>,
    /// The column that says who states it; a likely one where no priority is declared.
    pub by: Option<usize>,
    /// Whose statement is kept; `None` where nothing is declared.
    pub priority: Option<Priority>,
}

/// The values of a column in the order in which they are believed; others come after all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Priority {
    /// Of a text column.
    Texts(Vec<String>),
    /// Members of a dimension.
    Members(Vec<usize>),
}

/// Rows that say when milestones reach their stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milestones {
    /// The dimension whose members are the milestones.
    pub of: usize,
    /// The dimension whose members are the stages, in their order; `None` where a milestone is reached or not.
    pub stages: Option<usize>,
}

/// How the text of a data file is written; `None` is found out and reported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Format {
    /// The separator.
    pub separator: Option<char>,
    /// The sheet of a workbook; the only visible one where nothing is declared.
    pub sheet: Option<SheetWanted>,
    /// The first and the last row of the headers, from 1; found where nothing is declared.
    pub header_rows: Option<(u32, u32)>,
    /// Rows whose first cell that is not empty is one of these texts are left out.
    pub excluded_rows: Vec<String>,
    /// The encoding label (`windows-1252`).
    pub encoding: Option<String>,
    /// The decimal mark; a point where nothing is declared.
    pub decimal: Option<char>,
    /// The thousands mark: a space stands for space, U+00A0 and U+202F; none where nothing is declared.
    pub thousands: Option<char>,
    /// Order of day, month and year; ISO where nothing is declared.
    pub dates: DateStyle,
    /// Which clock says on what day an instant falls, that is known in universal time.
    pub zone: Option<Offset>,
}

/// Which sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SheetWanted {
    /// Of this name.
    Name(String),
    /// At this place, from 1.
    Number(u32),
}

/// Order of day, month and year in a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DateStyle {
    /// `2020-06-15`
    #[default]
    YearMonthDay,
    /// `15/06/2020` (also with `-` or `.`)
    DayMonthYear,
    /// `06/15/2020`
    MonthDayYear,
}

/// Why a cell has no number, as its text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoNumber {
    /// There was nothing to measure.
    NotApplicable,
    /// Nobody knows.
    NotAvailable,
    /// It is only planned.
    Planned,
}

/// A column of a source.
#[derive(Debug, Clone)]
pub struct Column {
    /// The name in indicator files.
    pub name: String,
    /// Headers under which it may stand in the file, the name first.
    pub headers: Vec<String>,
    /// What it holds.
    pub of: ColumnType,
    /// It may be empty.
    pub may_be_missing: bool,
    /// What comparisons do with missing values by default.
    pub missing: Option<MissingPolicy>,
    /// Never shown in any output.
    pub confidential: bool,
    /// Its cells may say « plus de 50 000 », « environ 800 ».
    pub qualified: bool,
    /// The most decimals that its numbers have, where that is declared.
    pub decimals: Option<u8>,
    /// Texts that mark a total.
    pub totals: Vec<String>,
    /// Texts that mean unknown, besides an empty cell.
    pub unknowns: Vec<String>,
    /// Texts that say why there is no number.
    pub without_number: Vec<(NoNumber, String)>,
    /// Texts for yes and no, besides the usual ones.
    pub yes: Vec<String>,
    /// See `yes`.
    pub no: Vec<String>,
    /// How its cells are written, where that is not as the source says.
    pub written: Written,
    /// Only whole numbers are possible: it counts persons.
    pub whole: bool,
    /// It is not in the file of its source: another source has its values. What its cells hold and how they are marked
    /// ([`Column::of`], [`Column::unknowns`] and the like) is then as that source declares.
    pub looked_up: Option<LookUp>,
    /// Where it is declared.
    pub definition: Span,
}

/// Where the values of a column are found that is not in the file of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LookUp {
    /// The column of the same source that holds the other's identifier: a text.
    pub by: usize,
    /// The other source.
    pub source: usize,
    /// The identifier of the other source: a text that stands in one row only.
    pub key: usize,
    /// The column of the other source that has the values; it is in that source's file.
    pub column: usize,
}

/// How the cells of one column are written; `None` is as the source declares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Written {
    /// The decimal mark.
    pub decimal: Option<char>,
    /// The thousands mark; `Some(None)` for none.
    pub thousands: Option<Option<char>>,
    /// Order of day, month and year.
    pub dates: Option<DateStyle>,
}

impl Written {
    /// The source's format under this column's own declarations.
    pub fn over(self, format: &Format) -> Format {
        Format {
            decimal: self.decimal.or(format.decimal),
            thousands: self.thousands.unwrap_or(format.thousands),
            dates: self.dates.unwrap_or(format.dates),
            ..format.clone()
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnType {
    /// Text, compared as it is.
    Text,
    /// A number of this unit.
    Number(Unit),
    /// A date.
    Date,
    /// Yes or no.
    YesNo,
    /// A member of a dimension, at any level; a number where the dimension is made of bands.
    Dimension(usize),
    /// A period label of this calendar.
    Period(CalendarId),
}

/// A node of the framework.
#[derive(Debug, Clone)]
pub struct FrameworkItem {
    /// What it is.
    pub kind: ItemKind,
    /// Its code.
    pub code: String,
    /// Its label.
    pub label: Localized,
    /// The item above it.
    pub parent: Option<usize>,
    /// Items it serves.
    pub serves: Vec<usize>,
    /// Who answers for it.
    pub responsible: Option<String>,
    /// Where it is declared.
    pub definition: Span,
}

/// Behaviour of an indicator over time and against its whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// Counted within a period.
    #[default]
    Flow,
    /// At a date.
    Stock,
    /// From an origin.
    Cumulative,
    /// A part inside its whole.
    Share,
    /// A quotient that may pass 100 %.
    Rate,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Staying is better.
    Stable,
    /// Neither.
    None,
}

/// One level of one dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DimensionLevel {
    /// Index of the dimension.
    pub dimension: usize,
    /// Level, 0 being the coarsest.
    pub level: usize,
}

/// An indicator.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// The name in indicator files.
    pub name: String,
    /// The author's code.
    pub code: Option<String>,
    /// What readers see.
    pub label: Localized,
    /// What it means.
    pub text: Option<String>,
    /// Framework items that it belongs to.
    pub items: Vec<usize>,
    /// What is computed. For numerator and denominator this is a [`ExprKind::Ratio`].
    pub measure: ExprId,
    /// Behaviour.
    pub kind: Kind,
    /// The unit of its figures.
    pub unit: Unit,
    /// Breakdowns besides the total, each a product of dimension levels.
    pub breakdowns: Vec<Vec<DimensionLevel>>,
    /// The calendar of its figures.
    pub calendar: CalendarId,
    /// The only periods wanted; all with data where `None`.
    pub window: Option<Period>,
    /// The measure has one value for the whole window (a mean from 2016 to 2020): its only period.
    pub fixed: Option<Period>,
    /// Which way is better; `None` when undeclared (reported where there is a target).
    pub direction: Option<Direction>,
    /// Reference values.
    pub baselines: Vec<Aim>,
    /// Interim and final targets, in order of period.
    pub targets: Vec<Target>,
    /// Published values.
    pub published: Vec<PublishedValue>,
    /// Tolerance around the target, in per cent of it or in the unit.
    pub tolerance: Option<(Number, Unit)>,
    /// From which share of the way to the target a figure is on track, at risk (0.9 and 0.7 for 90 % and 70 %).
    pub bands: Option<(Number, Number)>,
    /// How it is shown.
    pub rounding: Option<Rounding>,
    /// Where it has no meaning, and why.
    pub not_applicable: Vec<(Period, Vec<GroupAt>, String)>,
    /// The periods in which the definition holds, and where that is said.
    pub valid: Option<(Period, Span)>,
    /// The version of the definition.
    pub version: Option<String>,
    /// From when on figures are of another definition, where, and why; in order of period.
    pub breaks: Vec<SeriesBreak>,
    /// How final its figures are.
    pub finality: Option<Finality>,
    /// Who answers for it.
    pub responsible: Option<String>,
    /// How it can be verified.
    pub verification: Option<String>,
    /// The indicator whose fact it states again.
    pub same_fact_as: Option<String>,
    /// Why no person is in two of the sources that it adds.
    pub no_double_count: Option<String>,
    /// Notes.
    pub notes: Vec<String>,
    /// Where it is defined: the name.
    pub definition: Span,
    /// The whole block.
    pub block: Span,
}

/// From a period on, the figures of an indicator are of another definition.
#[derive(Debug, Clone)]
pub struct SeriesBreak {
    /// The first period of the new definition.
    pub from: Period,
    /// Where; everywhere when empty.
    pub group: Vec<GroupAt>,
    /// Why.
    pub reason: String,
}

/// How final figures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Finality {
    /// They may still change.
    Provisional,
    /// They stay.
    Final,
    /// They replace earlier ones.
    Revised,
}

/// One coordinate of a group in a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GroupAt {
    /// Dimension and level.
    pub of: DimensionLevel,
    /// The member; `None` for unknown.
    pub member: Option<usize>,
}

/// A reference value: period, group and number.
#[derive(Debug, Clone)]
pub struct Aim {
    /// When.
    pub period: Period,
    /// Where; empty for the total.
    pub group: Vec<GroupAt>,
    /// What; `None` for "to be defined". A percentage is in per cent (50.07).
    pub value: Option<Range>,
    /// Where it was said.
    pub source: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// A target.
#[derive(Debug, Clone)]
pub struct Target {
    /// Period, group, number.
    pub aim: Aim,
    /// The other bound of "between".
    pub upper: Option<Number>,
    /// How it is compared: at least, at most, exactly.
    pub comparison: Comparison,
    /// It is a step towards a later one.
    pub interim: bool,
}

/// A published value.
#[derive(Debug, Clone)]
pub struct PublishedValue {
    /// Period, group, number.
    pub aim: Aim,
    /// Decimals printed.
    pub decimals: u8,
    /// The author's explanation of a known discrepancy, and where it stands.
    pub known_discrepancy: Option<(String, Span)>,
}

/// How bad a failing rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleSeverity {
    /// The run fails.
    Blocking,
    /// The run says so.
    Warning,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The name.
    pub name: String,
    /// What readers see.
    pub label: Localized,
    /// Left side.
    pub left: ExprId,
    /// How they compare.
    pub comparison: Comparison,
    /// Right side.
    pub right: ExprId,
    /// Allowed difference, in per cent of the right side or in the unit.
    pub tolerance: Option<(Number, Unit)>,
    /// How bad.
    pub severity: RuleSeverity,
    /// Breakdowns in which it must hold, besides the total.
    pub breakdowns: Vec<Vec<DimensionLevel>>,
    /// The calendar.
    pub calendar: CalendarId,
    /// The only periods; all with data where `None`.
    pub window: Option<Period>,
    /// The author's explanation of a known failure.
    pub known_discrepancy: Option<(String, Span)>,
    /// It compares two statements of one fact: where the indicators that state it stand.
    pub same_fact: Option<[Span; 2]>,
    /// Where it is defined.
    pub definition: Span,
    /// The `verify` line.
    pub relation: Span,
}

/// A test: inline data and what they must give.
#[derive(Debug, Clone)]
pub struct Test {
    /// The name.
    pub name: String,
    /// What readers see.
    pub label: Localized,
    /// Data by source: header and rows of cells, with their spans.
    pub data: Vec<InlineData>,
    /// What is expected.
    pub expected: Vec<Expectation>,
    /// Where it is defined.
    pub definition: Span,
}

/// The rows that a test gives to a source.
#[derive(Debug, Clone)]
pub struct InlineData {
    /// The source.
    pub source: usize,
    /// Names of columns.
    pub header: Vec<String>,
    /// Cells of each row, and its line.
    pub rows: Vec<(Vec<String>, Span)>,
}

/// One expected figure.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The indicator.
    pub indicator: usize,
    /// When.
    pub period: Period,
    /// Where.
    pub group: Vec<GroupAt>,
    /// The number and the decimals to which it must agree, or the state.
    pub value: Expected,
    /// The line.
    pub span: Span,
}

/// What a test expects.
#[derive(Debug, Clone)]
pub enum Expected {
    /// This number at this many decimals; a qualified one must be said the same way.
    Number(Range, u8),
    /// The milestone has reached this stage and none after it: its place among the stages, from 1.
    Stage(usize),
    /// The milestone is begun and not reached.
    InProgress,
    /// Missing, for whatever reason.
    Missing,
    /// Not applicable.
    NotApplicable,
    /// The denominator is zero.
    NotComputable,
}

/// Index into [`Program::exprs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// A typed measure.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its unit. A per-cent figure is in per cent: 50.07, not 0.5007.
    pub unit: Unit,
    /// Over what it may be summed.
    pub additivity: Additivity,
    /// Where it stands.
    pub span: Span,
}

/// Kinds of typed measure.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A constant.
    Number(Range),
    /// Over the rows of a source.
    Measure(Measure),
    /// Over the milestones whose stages a source dates.
    Milestones {
        /// The source; it has [`DataSource::milestones`].
        source: usize,
        /// What is asked of them.
        of: MilestonesOf,
    },
    /// Another indicator.
    Indicator(usize),
    /// The sum of a numeric attribute over the members in the group.
    Attribute {
        /// The dimension.
        dimension: usize,
        /// The attribute.
        attribute: String,
    },
    /// Restricted to rows or groups that pass.
    Where(ExprId, Cond),
    /// At a fixed period or window, whatever period is asked.
    At(ExprId, Period),
    /// The opposite.
    Negative(ExprId),
    /// Arithmetic.
    Binary(Operator, ExprId, ExprId),
    /// Numerator over denominator, times `scale` (100 for per cent, 1 else).
    Ratio {
        /// Numerator.
        numerator: ExprId,
        /// Denominator.
        denominator: ExprId,
        /// 100 for a percentage.
        scale: i64,
        /// The numerator must lie inside the denominator (shares).
        share: Inside,
    },
    /// The sum over the members of these levels (and unknown), the group's other coordinates kept.
    SumBy(Vec<DimensionLevel>, ExprId),
    /// Each group's share in the total over these levels, in per cent.
    ShareOfGroup {
        /// Over which the total is taken.
        by: Vec<DimensionLevel>,
        /// Without unknown.
        known: bool,
        /// The measure.
        of: ExprId,
    },
    /// One period earlier.
    Previous(ExprId),
    /// Change since the previous period.
    Change(ChangeKind, ExprId),
    /// Sum from this period up to the one asked.
    Cumulative(Period, ExprId),
    /// Mean of this many periods up to the one asked.
    Rolling(u32, ExprId),
    /// Minimum, maximum or rank over the periods up to the one asked.
    Series(SeriesOf, Over, ExprId),
    /// How much of an allotment for a window is used, in per cent.
    Consumption {
        /// The window of the allotment.
        window: Period,
        /// What was used since the window began: a [`ExprKind::Cumulative`].
        spent: ExprId,
        /// The allotment.
        allotment: ExprId,
    },
    /// Mean over a fixed window.
    MeanOver(Period, ExprId),
    /// The latest figure not after the period asked.
    Latest(ExprId),
    /// The whole numbers whose share in a whole is printed like this.
    Compatible {
        /// The percentage as printed.
        share: Number,
        /// Its decimals.
        decimals: u8,
        /// How it was rounded.
        mode: RoundingMode,
        /// The whole.
        of: ExprId,
    },
    /// What is certain and what is possible, where a category mixes two dimensions: the figure lies between both.
    Bounds {
        /// What certainly belongs.
        sure: ExprId,
        /// What may belong.
        possible: ExprId,
    },
    /// Measures of the same persons or of the same fact, which do not simply add up.
    Together(Together, Vec<ExprId>),
    /// One or the other.
    If {
        /// Left side of the comparison.
        left: ExprId,
        /// How they compare.
        comparison: Comparison,
        /// Right side.
        right: ExprId,
        /// When it holds.
        then: ExprId,
        /// When it does not.
        otherwise: ExprId,
    },
}

/// How measures that do not simply add up are put together (meaning 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Together {
    /// Statements of one fact, the one that is believed first: the first that has a number.
    Once,
    /// Distinct keys over several sources: each part is a [`MeasureOf::Keys`].
    Distinct,
    /// Persons who may be the same: at least as many as the largest part.
    Largest,
    /// Persons who may be the same, and no total is wanted.
    NotAdded,
}

/// How far back a series goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Over {
    /// The period asked and those before it, so many in all.
    Last(u32),
    /// From the first period of this one.
    Since(Period),
}

impl ExprKind {
    /// The measures right below this one, what stands at a fixed period included.
    pub fn operands(&self) -> Vec<ExprId> {
        match self {
            ExprKind::Number(_)
            | ExprKind::Attribute { .. }
            | ExprKind::Measure(_)
            | ExprKind::Milestones { .. }
            | ExprKind::Indicator(_) => Vec::new(),
            ExprKind::At(inner, _)
            | ExprKind::MeanOver(_, inner)
            | ExprKind::Where(inner, _)
            | ExprKind::Negative(inner)
            | ExprKind::SumBy(_, inner)
            | ExprKind::ShareOfGroup { of: inner, .. }
            | ExprKind::Previous(inner)
            | ExprKind::Change(_, inner)
            | ExprKind::Cumulative(_, inner)
            | ExprKind::Rolling(_, inner)
            | ExprKind::Series(_, _, inner)
            | ExprKind::Latest(inner)
            | ExprKind::Compatible { of: inner, .. } => vec![*inner],
            ExprKind::Bounds { sure, possible } => vec![*sure, *possible],
            ExprKind::Together(_, parts) => parts.clone(),
            ExprKind::Binary(_, left, right) => vec![*left, *right],
            ExprKind::Consumption { spent, allotment, .. } => vec![*spent, *allotment],
            ExprKind::Ratio { numerator, denominator, .. } => vec![*numerator, *denominator],
            ExprKind::If { left, right, then, otherwise, .. } => vec![*left, *right, *then, *otherwise],
        }
    }
}

/// Whether a share's numerator lies inside its denominator (meaning 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inside {
    /// Not a share: a rate, a change, a plain quotient.
    NotRequired,
    /// The filters prove it.
    Proved,
    /// Each figure is checked.
    CheckOnData,
}

/// Something counted or aggregated over the rows of one source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Measure {
    /// The source.
    pub source: usize,
    /// What is taken.
    pub of: MeasureOf,
}

/// What a measure takes from the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MeasureOf {
    /// The number of rows.
    Rows,
    /// The sum of the count column.
    CountColumn,
    /// The number of distinct values of a column.
    Distinct(usize),
    /// The same, kept value by value to be put together with those of another source.
    Keys(usize),
    /// An aggregate of a numeric column.
    Aggregate(Aggregate, usize),
}

/// A typed condition: two-valued, since every test says what becomes of the missing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cond {
    /// One test.
    Test(ColumnTest),
    /// All.
    And(Vec<Cond>),
    /// Any.
    Or(Vec<Cond>),
    /// Not. A test under it keeps its policy: missing values are excluded or counted, not flipped.
    Not(Box<Cond>),
}

/// One test on one column or dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnTest {
    /// What is tested.
    pub on: TestOn,
    /// The test.
    pub test: TestKind,
    /// What becomes of missing values; `Excluded` where the column cannot be missing.
    pub missing: MissingPolicy,
}

/// What a test looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TestOn {
    /// A dimension at a level, in whatever source the measure below reads; each of them has exactly one such column.
    Dimension(DimensionLevel),
    /// A column of one source.
    Column {
        /// The source.
        source: usize,
        /// The column.
        column: usize,
    },
}

/// What is asked of a value. For a test under `Not`, `missing` has been resolved already.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TestKind {
    /// One of these members (indexes into the dimension's members; all at the level named by `on`).
    Members(Vec<usize>),
    /// None of these members.
    NotMembers(Vec<usize>),
    /// A number compared with a constant.
    Number(Comparison, Number),
    /// A number in a closed interval.
    NumberBetween(Number, Number),
    /// A date (as a day number) compared with a constant.
    Day(Comparison, i32),
    /// A date in a closed interval.
    DayBetween(i32, i32),
    /// A text equal to one of these.
    Texts(Vec<String>),
    /// A text equal to none of these.
    NotTexts(Vec<String>),
    /// Yes.
    Yes,
    /// No.
    No,
    /// Missing.
    Missing,
    /// Not missing.
    Present,
    /// Compared with another column of the same source and type.
    Column(Comparison, usize),
}
