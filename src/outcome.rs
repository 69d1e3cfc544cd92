//! Figures with their state and provenance, as plain data: what every output is made from.

use serde::Serialize;

use crate::text::Span;
use crate::types::{Number, Period, Range, Unit};

/// Why a figure has no number, or how it came by its zero. Never turned into 0 or blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number, zero included when it was measured.
    Number(Number),
    /// A number that is known within bounds only: « plus de 50 000 », « environ 800 ».
    Qualified(Range),
    /// Zero because nothing was there inside the declared coverage, or because the parts reach the stated total.
    ImpliedZero(ZeroReason),
    /// No number is known.
    Missing(MissingReason),
    /// The figure has no meaning here, and the definition says why.
    NotApplicable(String),
    /// The denominator is zero.
    NotComputable(ZeroDenominator),
    /// Hidden to protect persons.
    Suppressed,
    /// How far one milestone is: no number, and « en cours » is neither 0 nor 1.
    Stage(Box<Stage>),
}

/// How far one milestone is at the end of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// The dimension whose members are the stages, in order; `None` for a milestone that is reached or not.
    pub stages: Option<usize>,
    /// Reached, in progress, not begun.
    pub progress: Progress,
    /// The last stage reached: member of `stages`, which it is in their order from 1, and when.
    pub reached: Option<ReachedStage>,
    /// A later stage that may be reached too: its date is not known well enough to say.
    pub perhaps: Option<ReachedStage>,
    /// The stage that the data say is in progress (`Some(None)` for the only one), where it lies after the one reached.
    pub under_way: Option<Option<usize>>,
    /// The next stage for which the data have a planned date, and that date.
    pub planned: Option<(Option<usize>, Period)>,
}

impl Stage {
    /// Which stage is reached in their order from 1; 0 before the first.
    pub fn rank(&self) -> usize {
        self.reached.as_ref().map_or(0, |reached| reached.rank)
    }
}

/// A stage that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachedStage {
    /// The member of the dimension of stages; `None` for the only stage.
    pub member: Option<usize>,
    /// Its place among the stages, from 1.
    pub rank: usize,
    /// When: a day, or the month or year as far as it is known; `None` where no date is known.
    pub on: Option<Period>,
}

/// How far a milestone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Its last stage is reached.
    Reached,
    /// A stage is reached or in progress, not the last one.
    InProgress,
    /// Nothing yet.
    NotBegun,
}

/// How many milestones are how far: what a count or a share of milestones stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Their last stage is reached.
    pub reached: Range,
    /// Begun, not reached.
    pub in_progress: Range,
    /// Not begun.
    pub not_begun: Range,
    /// All that are followed.
    pub all: u64,
}

/// Why a zero may be inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroReason {
    /// The source declares that it covers this group and period, and has no row there.
    Coverage,
    /// The stated parts already reach the stated total.
    PartsReachTotal,
}

/// Why a figure is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingReason {
    /// The source has no row for this group and period, and does not declare that it covers them.
    NotReported,
    /// The period lies outside the source's data or declared coverage; the periods with data, if any.
    OutsideCoverage(Option<Period>),
    /// Rows exist, but the column is empty in all of them.
    ColumnEmpty,
    /// The data say that it is missing, with this text.
    SaidMissing(String),
    /// The data say that it is only planned, with this text.
    Planned(String),
    /// A sum, average, median, minimum or maximum of no rows.
    NothingToMeasure,
    /// Parts are known, but neither the total nor all the parts (`known` of `wanted` members).
    PartsIncomplete {
        /// Parts with a figure.
        known: usize,
        /// Parts that the dimension has.
        wanted: usize,
    },
    /// The source could not be read.
    SourceUnreadable,
    /// A figure that this one is computed from is missing: the name of that indicator or measure.
    Operand(String, Box<MissingReason>),
    /// A condition between qualified figures that neither certainly holds nor certainly fails.
    Undecided,
    /// A gap between dates, of which there are none or one.
    TooFewDates(usize),
    /// What is required every so often, over a period that is not a whole number of steps.
    NotWholeSteps,
    /// No whole number has this share of the whole.
    NoCompatibleCount,
    /// The figure cannot be broken down this way: the source has no such breakdown.
    NoSuchBreakdown,
    /// A stage was reached on a date that is not known well enough to say whether that was before the end of this period.
    VagueDate,
    /// Several milestones, or none: they have no stage together.
    SeveralMilestones,
}

/// Which division by zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroDenominator {
    /// 3 / 0: the parts contradict each other.
    SomethingOverZero,
    /// 0 / 0: there was nothing to measure.
    ZeroOverZero,
    /// A change in per cent from 0 to something.
    FromZero,
    /// A change in per cent from 0 to 0.
    ZeroToZero,
}

impl Value {
    /// The value of a range: a plain number where it is exact.
    pub fn of(range: Range) -> Self {
        match range.exact() {
            Some(number) => Value::Number(number.clone()),
            None => Value::Qualified(range),
        }
    }

    /// The number with its qualifier, where there is one (an implied zero is one).
    pub fn range(&self) -> Option<Range> {
        match self {
            Value::Qualified(range) => Some(range.clone()),
            Value::Number(number) => Some(Range::from(number.clone())),
            Value::ImpliedZero(_) => Some(Range::from(Number::zero())),
            Value::Missing(_)
            | Value::NotApplicable(_)
            | Value::NotComputable(_)
            | Value::Suppressed
            | Value::Stage(_) => None,
        }
    }

    /// The number as stated, where there is one (an implied zero is one). A qualifier is left aside: what is compared or
    /// computed takes [`Value::range`].
    pub fn number(&self) -> Option<Number> {
        match self {
            Value::Number(number) => Some(number.clone()),
            Value::Qualified(range) => Some(range.stated().clone()),
            Value::ImpliedZero(_) => Some(Number::zero()),
            Value::Missing(_)
            | Value::NotApplicable(_)
            | Value::NotComputable(_)
            | Value::Suppressed
            | Value::Stage(_) => None,
        }
    }
}

/// One place of a breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Member {
    /// A member of the dimension's list, by index.
    Code(usize),
    /// The column is empty (or carries the source's marker for unknown).
    Unknown,
    /// What the cited groups of a partial list (« dont ») leave of the total.
    Remainder,
}

/// One coordinate of a group: which dimension, which level of it, which member. A figure with no coordinates is the total.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKey {
    /// Index of the dimension in the program.
    pub dimension: usize,
    /// Level of the dimension, 0 being the coarsest.
    pub level: usize,
    /// The member.
    pub member: Member,
}

/// How many rows a figure stands on (meaning 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Rows {
    /// Rows of the source that were read.
    pub read: u64,
    /// Rows that entered the figure (its denominator, when it has one).
    pub used: u64,
    /// Rows that should have entered but whose value is missing.
    pub missing: u64,
    /// The three are not shown, to protect persons; they are 0 here.
    pub withheld: bool,
}

/// Where a figure stands with respect to its target (meaning 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The target is reached.
    Reached,
    /// On or above the expected path.
    OnTrack,
    /// Below the expected path, within the tolerance or the warning band.
    AtRisk,
    /// Below that.
    OffTrack,
    /// A stage that is aimed at: the milestone is begun, the stage is not reached.
    InProgress,
    /// A stage that is aimed at: the milestone is not begun.
    NotReached,
    /// A target exists, but the status cannot be told (figure missing, baseline or target to be defined).
    CannotTell,
}

/// A target or a reference value, as it applies to one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// The period for which it is set.
    pub period: Period,
    /// The number; `None` where the plan says "to be defined".
    pub value: Option<Range>,
    /// The other bound of "between".
    pub upper: Option<Number>,
    /// Where it stands in the text.
    pub definition: Span,
}

/// What explains a published figure that is not the computed one (meaning 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// Equal at the precision printed.
    Agrees,
    /// Equal once the computed figure is cut instead of rounded.
    Truncation,
    /// Equal once a share is read as a fraction of one, or the reverse.
    PercentVersusFraction,
    /// Equal once a thousands mark is read as a decimal mark, or the reverse.
    ThousandsMark,
    /// The first decimals agree: rounded to fewer digits than printed, or rounded twice.
    Rounding,
    /// None of these.
    Disagrees,
    /// There is no computed figure to compare with, or one that is qualified so that it cannot be told.
    CannotTell,
}

/// The comparison of one figure with one published value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What was printed.
    pub value: Range,
    /// Decimals printed.
    pub decimals: u8,
    /// Where it was printed, as the author says.
    pub source: Option<String>,
    /// The verdict.
    pub agreement: Agreement,
    /// The author's explanation of a known discrepancy.
    pub known_discrepancy: Option<String>,
    /// Where it stands in the text.
    pub definition: Span,
}

/// One figure: one indicator, one period, one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Index of the indicator in the program.
    pub indicator: usize,
    /// The period or window.
    pub period: Period,
    /// The group; empty for the total.
    pub group: Vec<GroupKey>,
    /// The value and its state.
    pub value: Value,
    /// The numerator, for shares, rates, changes and averages.
    pub numerator: Option<Range>,
    /// The denominator, likewise.
    pub denominator: Option<Range>,
    /// Rows behind the figure.
    pub rows: Rows,
    /// The reference value that applies. What most figures lack is boxed: there may be millions of them.
    pub baseline: Option<Box<Aim>>,
    /// The target that applies.
    pub target: Option<Box<Aim>>,
    /// Where the figure stands.
    pub status: Option<Status>,
    /// Comparisons with what was printed.
    pub published: Vec<Published>,
    /// The period is not over in the data, or the source covers only a part of it.
    pub incomplete: bool,
    /// For a latest known value, a minimum or a maximum: the period that it was found in.
    pub as_of: Option<Period>,
    /// For a change: the figure that it starts from; for a consumption: the allotment.
    pub base: Option<Box<Base>>,
    /// What the life of its definition says about it.
    pub life: Life,
    /// For a count or a share of milestones: how many are how far.
    pub tally: Option<Box<Tally>>,
    /// Facts in it that several rows state, each counted once.
    pub facts: Vec<FactStated>,
}

/// A fact that several rows of a source state (meaning 14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactStated {
    /// Index of the source in the program.
    pub source: usize,
    /// The code of the fact.
    pub code: String,
    /// All statements are the same.
    pub agree: bool,
    /// The statements, the one that is counted first.
    pub statements: Vec<StatedBy>,
}

/// One statement of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedBy {
    /// Who states it.
    pub by: Option<String>,
    /// What is stated, as it stands in the data.
    pub text: String,
    /// The data file.
    pub file: String,
    /// Its line.
    pub line: u64,
    /// It is the one that is counted.
    pub counted: bool,
}

/// What the life of a definition says about one figure (meaning 15).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Life {
    /// The definition holds in this window only, and the figure is not in it.
    pub outside: Option<Period>,
    /// A break in the series at this figure, or inside what it is computed from.
    pub series_break: Option<Box<Break>>,
    /// The figure is provisional, as its indicator or one of its sources declares.
    pub provisional: bool,
    /// The figure replaces an earlier one, likewise.
    pub revised: bool,
}

/// A break in a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The indicator that has it.
    pub indicator: usize,
    /// The first period of the new definition.
    pub from: Period,
    /// Why.
    pub reason: String,
    /// The figure is computed from both sides of it; else it is the first one of the new definition.
    pub crosses: bool,
}

/// What a change starts from, or what a consumption is drawn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The number.
    pub value: Range,
    /// Its unit.
    pub unit: Unit,
    /// Its period; `None` where it has none.
    pub period: Option<Period>,
}

/// How a rule came out. Nothing to check is never a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleResult {
    /// It holds.
    Holds,
    /// It fails, by this much.
    Fails {
        /// Left side minus right side.
        difference: Range,
    },
    /// A side has no number, or is qualified so that it cannot be told: that side.
    CannotTell(Value),
}

/// One rule at one period and group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOutcome {
    /// Index of the rule in the program.
    pub rule: usize,
    /// The period.
    pub period: Period,
    /// The group; empty for the total.
    pub group: Vec<GroupKey>,
    /// Left and right side.
    pub sides: (Value, Value),
    /// The verdict.
    pub result: RuleResult,
    /// The author's explanation, where the failure is a known discrepancy.
    pub known_discrepancy: Option<String>,
}

/// Everything that an evaluation found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Figures, in the order of indicators, periods, groups.
    pub figures: Vec<Figure>,
    /// Rules.
    pub rules: Vec<RuleOutcome>,
}
