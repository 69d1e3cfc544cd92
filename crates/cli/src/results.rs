//! Figures as JSON: our own structures, from which the schema is made too. Keys and codes are never translated.

use std::collections::BTreeMap;

use jauge::outcome::{Aim, Figure, Member, Outcome};
use jauge::plan::{Cube, CubeQuery, Plan};
use jauge::program::model::Program;
use jauge::text::{Both, Files, Lang, Localized, Span};
use jauge::types::{Bound, Number, Period, Qualifier, Range, Unit};
use schemars::JsonSchema;
use serde::Serialize;

use crate::words;

/// The version of the document's shape: a new number when a reader of the old one would be misled.
const VERSION: u32 = 1;

/// The results of `jauge eval --format json`: one row per indicator, period and group.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Jauge results")]
pub struct Document {
    /// The version of this shape.
    pub version: u32,
    /// The language of the project (`fr` or `en`), in which period labels are written.
    pub language: String,
    /// The figures, in the order of indicators, periods, groups.
    pub rows: Vec<Row>,
    /// What was read of each source that was asked, in the order of the questions.
    pub sources: Vec<SourceOut>,
}

/// What was read of a source.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SourceOut {
    /// Its name in indicator files.
    pub source: String,
    /// False where it could not be read: the figures that need it have none.
    pub readable: bool,
    /// Rows that were read and checked.
    pub rows: u64,
    /// Rows of other periods than those that were asked for, which were neither read nor checked.
    pub unread: u64,
}

/// One figure.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Row {
    /// The name of the indicator in indicator files.
    pub indicator: String,
    /// The author's code of the indicator.
    pub code: Option<String>,
    /// The label, by ISO 639-1 language code.
    pub label: BTreeMap<String, String>,
    /// The code of the programme, where the indicator belongs to one.
    pub programme: Option<String>,
    /// When.
    pub period: PeriodOut,
    /// Where: one entry per dimension; empty for the total.
    pub group: Vec<Coordinate>,
    /// True for the total over all groups.
    pub total: bool,
    /// The numerator, for shares, rates, changes and averages.
    pub numerator: Option<Num>,
    /// The denominator, likewise.
    pub denominator: Option<Num>,
    /// The value; null where there is none, see `state`. Percentages are in per cent.
    pub value: Option<Num>,
    /// The unit of the value, in both languages (plural); empty for a bare number.
    pub unit: Texts,
    /// How far one milestone is; null for a number. Then there is no value.
    pub stage: Option<StageOut>,
    /// For a count or a share of milestones: how many are how far.
    pub milestones: Option<TallyOut>,
    /// Whether there is a number, and if not why.
    pub state: State,
    /// The reason of the state; null for a measured number.
    pub reason: Option<Reason>,
    /// The SDMX observation status: A normal, B break in the series, E estimated (qualified), P provisional, O missing, M cannot exist, Q suppressed.
    pub obs_status: String,
    /// The reference value that applies.
    pub baseline: Option<AimOut>,
    /// The target that applies.
    pub target: Option<AimOut>,
    /// Where the figure stands with respect to its target.
    pub status: Option<StatusOut>,
    /// Comparisons with published figures.
    pub published: Vec<PublishedOut>,
    /// Rows behind the figure.
    pub rows: RowsOut,
    /// The period is not over in the data, or the source covers only a part of it.
    pub incomplete: bool,
    /// For a latest known value, a minimum or a maximum: the period that it is of.
    pub as_of: Option<PeriodOut>,
    /// For a change: the figure that it starts from; for a consumption: the allotment.
    pub base: Option<BaseOut>,
    /// The version of the definition.
    pub version: Option<String>,
    /// The window in which the definition holds, where the figure is not in it.
    pub outside_validity: Option<PeriodOut>,
    /// A break in the series at this figure, or inside what it is computed from.
    pub series_break: Option<BreakOut>,
    /// The indicator whose fact it states again; null where it states a fact of its own.
    pub same_fact_as: Option<String>,
    /// Why no person is in two of the sources that are added; null where nothing is declared.
    pub no_double_count: Option<String>,
    /// Facts in the figure that several rows state, each counted once.
    pub facts: Vec<FactOut>,
    /// The figure is declared provisional.
    pub provisional: bool,
    /// The figure is declared to replace an earlier one.
    pub revised: bool,
    /// Where the indicator is defined.
    pub definition: PlaceOut,
}

/// A number, exact and as a decimal.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Num {
    /// At least 15 significant digits.
    #[schemars(with = "f64")]
    pub decimal: serde_json::Number,
    /// Exact: an integer, or a fraction in lowest terms (`1606/3207`).
    #[schemars(regex(pattern = r"^-?[0-9]+(/[0-9]+)?$"))]
    pub fraction: String,
    /// How the number is qualified; absent for an exact one. The number itself is the one that was stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<QualifierOut>,
    /// The low end of a qualified number, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<End>,
    /// The high end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<End>,
}

/// How a number is qualified.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QualifierOut {
    /// More than the number.
    MoreThan,
    /// The number or more.
    AtLeast,
    /// Less than the number.
    LessThan,
    /// The number or less.
    AtMost,
    /// About the number, and not quite.
    Nearly,
    /// About the number.
    About,
    /// Between the two ends.
    Between,
    /// No end is known.
    Unbounded,
}

/// One end of a qualified number.
#[derive(Debug, Serialize, JsonSchema)]
pub struct End {
    /// At least 15 significant digits.
    #[schemars(with = "f64")]
    pub decimal: serde_json::Number,
    /// Exact, as for the number itself.
    #[schemars(regex(pattern = r"^-?[0-9]+(/[0-9]+)?$"))]
    pub fraction: String,
    /// The end may be the number itself.
    pub included: bool,
}

/// A period.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PeriodOut {
    /// The label: `2020`, `2019-2020`, `2020-S1`, `2016 à 2020`.
    pub label: String,
    /// The name of the calendar.
    pub calendar: String,
    /// The first day; null where the period is unknown.
    #[schemars(regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub start: Option<String>,
    /// The last day; null where the period is unknown.
    #[schemars(regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub end: Option<String>,
}

/// What a change starts from, or what a consumption is drawn from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BaseOut {
    /// The number.
    pub value: Num,
    /// Its unit, in both languages (plural); empty for a bare number.
    pub unit: Texts,
    /// Its period; null where it has none.
    pub period: Option<PeriodOut>,
}

/// A break in a series.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BreakOut {
    /// The indicator whose definition changed.
    pub indicator: String,
    /// The first period of the new definition.
    pub from: PeriodOut,
    /// Why.
    pub reason: String,
    /// The figure is computed from both sides of the break; else it is the first one of the new definition.
    pub crosses: bool,
}

/// A fact that several rows of a source state, counted once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FactOut {
    /// The source.
    pub source: String,
    /// The code of the fact.
    pub code: String,
    /// All statements are the same.
    pub agree: bool,
    /// The statements, the one that is counted first.
    pub statements: Vec<StatementOut>,
}

/// One row that states a fact.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StatementOut {
    /// Who states it.
    pub by: Option<String>,
    /// What is stated, as it stands in the data.
    pub text: String,
    /// The data file, relative to the data folder.
    pub file: String,
    /// Its line, from 1.
    pub line: u64,
    /// It is the one that is counted.
    pub counted: bool,
}

/// How far one milestone is at the end of the period.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StageOut {
    /// The last stage reached; null before the first.
    pub reached: Option<StageRef>,
    /// When it was reached, as far as that is known; null where no date is known.
    pub on: Option<PeriodOut>,
    /// A later stage that may be reached too: its date is not known well enough to say.
    pub perhaps: Option<StageRef>,
    /// The later stage that is in progress; null for none.
    pub in_progress: Option<StageRef>,
    /// The next stage with a planned date; null for none.
    pub planned: Option<StageRef>,
    /// For when it is planned.
    pub planned_for: Option<PeriodOut>,
}

/// A stage.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StageRef {
    /// Its code; `reached` for a milestone without stages.
    pub code: String,
    /// Its label, by language code.
    pub label: BTreeMap<String, String>,
}

/// How many milestones are how far.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TallyOut {
    /// Their last stage is reached.
    pub reached: Num,
    /// Begun and not reached: neither 0 nor 1.
    pub in_progress: Num,
    /// Not begun.
    pub not_begun: Num,
    /// All that are followed.
    pub all: u64,
}

/// One coordinate of a group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Coordinate {
    /// The name of the dimension.
    pub dimension: String,
    /// The name of the level.
    pub level: String,
    /// The member's code; `_U` for unknown, as in SDMX.
    pub member: String,
    /// The member's label, by language code.
    pub label: BTreeMap<String, String>,
    /// The column is empty or says unknown.
    pub unknown: bool,
}

/// Whether there is a number.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A measured number, zero included; `value` says how it is qualified, where it is.
    Number,
    /// Zero, since the data prove that nothing was there.
    ImpliedZero,
    /// No number is known.
    Missing,
    /// The figure has no meaning here.
    NotApplicable,
    /// The denominator is zero.
    NotComputable,
    /// Hidden to protect persons.
    Suppressed,
    /// No number: the last stage of the milestone is reached, see `stage`.
    Reached,
    /// No number: the milestone is begun and not reached, which is neither 0 nor 1.
    InProgress,
    /// No number: the milestone is not begun.
    NotBegun,
}

/// Why.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reason {
    /// A stable word.
    pub code: String,
    /// In words.
    pub text: Texts,
}

/// A text in both languages.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Texts {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// A reference value or a target.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AimOut {
    /// For when it is set.
    pub period: PeriodOut,
    /// The number; null where the plan says "to be defined", and for a stage.
    pub value: Option<Num>,
    /// The stage, for an indicator that is one.
    pub stage: Option<StageRef>,
    /// The other bound of "between".
    pub upper: Option<Num>,
    /// Where it is written.
    pub definition: PlaceOut,
}

/// Where a figure stands with respect to its target.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusOut {
    /// The target is reached.
    Reached,
    /// On or above the expected path.
    OnTrack,
    /// Below it, within the tolerance or the warning band.
    AtRisk,
    /// Below that.
    OffTrack,
    /// A stage is aimed at: the milestone is begun, the stage is not reached.
    InProgress,
    /// A stage is aimed at: the milestone is not begun.
    NotReached,
    /// It cannot be told.
    CannotTell,
}

/// A comparison with a published figure.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PublishedOut {
    /// What was printed; for a stage, its place among the stages from 1.
    pub value: Num,
    /// The stage that was printed, for an indicator that is one.
    pub stage: Option<StageRef>,
    /// Decimals printed.
    pub decimals: u8,
    /// Where it was printed.
    pub source: Option<String>,
    /// The verdict.
    pub agreement: AgreementOut,
    /// The author's explanation of a known discrepancy.
    pub known_discrepancy: Option<String>,
    /// Where it is written in the indicator file.
    pub definition: PlaceOut,
}

/// The verdict on a published figure.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementOut {
    /// Equal at the precision printed.
    Agrees,
    /// Equal once the computed figure is cut instead of rounded.
    Truncation,
    /// Equal once a share is read as a fraction of one, or the reverse.
    PercentVersusFraction,
    /// Equal once a thousands mark is read as a decimal mark, or the reverse.
    ThousandsMark,
    /// The first decimals agree.
    Rounding,
    /// None of these.
    Disagrees,
    /// There is no computed figure to compare with.
    CannotTell,
}

/// Rows behind a figure; null where they are not shown, to protect persons.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RowsOut {
    /// Rows of the source that were read.
    pub read: Option<u64>,
    /// Rows that entered the figure.
    pub used: Option<u64>,
    /// Rows that should have entered but whose value is missing.
    pub missing: Option<u64>,
}

/// A place in an indicator file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlaceOut {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

/// The JSON Schema of [`Document`].
pub fn schema() -> String {
    let schema = schemars::schema_for!(Document);
    format!("{:#}\n", schema.as_value())
}

/// The document of an outcome.
pub fn document(program: &Program, files: &Files, outcome: &Outcome, plan: &Plan, cubes: &[Cube]) -> Document {
    let out = Out { program, files };
    let rows = outcome.figures.iter().filter_map(|figure| out.row(figure)).collect();
    let source = |(query, cube): (&CubeQuery, &Cube)| SourceOut {
        source: program.sources.get(query.source).map_or_else(String::new, |source| source.name.clone()),
        readable: !cube.unreadable,
        rows: cube.rows,
        unread: cube.unread,
    };
    let sources = plan.queries.iter().zip(cubes).map(source).collect();
    Document { version: VERSION, language: program.lang.code().into(), rows, sources }
}

/// The numbers of a row, for other writers.
pub fn number(number: &Number) -> Num {
    let (numerator, denominator) = number.fraction();
    let fraction = if denominator == "1" { numerator } else { format!("{numerator}/{denominator}") };
    let text = number.decimal();
    let whole = text.parse::<i64>().ok().map(serde_json::Number::from);
    let decimal = || serde_json::Number::from_f64(text.parse::<f64>().ok()?);
    let decimal = whole.or_else(decimal).unwrap_or_else(|| serde_json::Number::from(0));
    Num { decimal, fraction, qualifier: None, low: None, high: None }
}

/// The number of a range, with its qualifier and its ends.
pub fn range(range: &Range) -> Num {
    let Some(qualifier) = range.qualifier() else { return number(range.stated()) };
    let end = |end: Option<Bound>| {
        let end = end?;
        let Num { decimal, fraction, .. } = number(&end.value);
        Some(End { decimal, fraction, included: !end.strict })
    };
    Num {
        qualifier: Some(match qualifier {
            Qualifier::MoreThan => QualifierOut::MoreThan,
            Qualifier::AtLeast => QualifierOut::AtLeast,
            Qualifier::LessThan => QualifierOut::LessThan,
            Qualifier::AtMost => QualifierOut::AtMost,
            Qualifier::Nearly => QualifierOut::Nearly,
            Qualifier::About => QualifierOut::About,
            Qualifier::Between => QualifierOut::Between,
            Qualifier::Unbounded => QualifierOut::Unbounded,
        }),
        low: end(range.low()),
        high: end(range.high()),
        ..number(range.stated())
    }
}

struct Out<'a> {
    program: &'a Program,
    files: &'a Files,
}

impl Out<'_> {
    fn row(&self, figure: &Figure) -> Option<Row> {
        let indicator = self.program.indicators.get(figure.indicator)?;
        let programme = words::programme(self.program, indicator).and_then(|at| self.program.items.get(at));
        let reason = words::reason_code(&figure.value).zip(words::reason(&figure.value, self.program));
        use jauge::outcome::{Progress, Status, Value};
        Some(Row {
            indicator: indicator.name.clone(),
            code: indicator.code.clone(),
            label: labels(&indicator.label),
            programme: programme.map(|item| item.code.clone()),
            period: self.period(figure.period),
            group: figure.group.iter().filter_map(|key| self.coordinate(key)).collect(),
            total: figure.group.is_empty(),
            numerator: figure.numerator.as_ref().map(range),
            denominator: figure.denominator.as_ref().map(range),
            value: figure.value.range().as_ref().map(range),
            unit: Texts {
                fr: words::unit_word(self.program, &indicator.unit, false, Lang::Fr),
                en: words::unit_word(self.program, &indicator.unit, false, Lang::En),
            },
            stage: match &figure.value {
                Value::Stage(stage) => Some(self.stage(stage)),
                _ => None,
            },
            milestones: figure.tally.as_ref().map(|tally| TallyOut {
                reached: range(&tally.reached),
                in_progress: range(&tally.in_progress),
                not_begun: range(&tally.not_begun),
                all: tally.all,
            }),
            state: match figure.value {
                Value::Number(_) | Value::Qualified(_) => State::Number,
                Value::ImpliedZero(_) => State::ImpliedZero,
                Value::Missing(_) => State::Missing,
                Value::NotApplicable(_) => State::NotApplicable,
                Value::NotComputable(_) => State::NotComputable,
                Value::Suppressed => State::Suppressed,
                Value::Stage(ref stage) => match stage.progress {
                    Progress::Reached => State::Reached,
                    Progress::InProgress => State::InProgress,
                    Progress::NotBegun => State::NotBegun,
                },
            },
            reason: reason.map(|(code, Both { fr, en })| Reason { code: code.into(), text: Texts { fr, en } }),
            obs_status: words::figure_status(figure).into(),
            baseline: figure.baseline.as_ref().map(|aim| self.aim(aim, &indicator.unit)),
            target: figure.target.as_ref().map(|aim| self.aim(aim, &indicator.unit)),
            status: figure.status.map(|status| match status {
                Status::Reached => StatusOut::Reached,
                Status::OnTrack => StatusOut::OnTrack,
                Status::AtRisk => StatusOut::AtRisk,
                Status::OffTrack => StatusOut::OffTrack,
                Status::InProgress => StatusOut::InProgress,
                Status::NotReached => StatusOut::NotReached,
                Status::CannotTell => StatusOut::CannotTell,
            }),
            published: figure.published.iter().map(|published| self.published(published, &indicator.unit)).collect(),
            rows: {
                let shown = |count: u64| (!figure.rows.withheld).then_some(count);
                RowsOut {
                    read: shown(figure.rows.read),
                    used: shown(figure.rows.used),
                    missing: shown(figure.rows.missing),
                }
            },
            incomplete: figure.incomplete,
            as_of: figure.as_of.map(|period| self.period(period)),
            base: figure.base.as_ref().map(|base| BaseOut {
                value: range(&base.value),
                unit: Texts {
                    fr: words::unit_word(self.program, &base.unit, false, Lang::Fr),
                    en: words::unit_word(self.program, &base.unit, false, Lang::En),
                },
                period: base.period.map(|period| self.period(period)),
            }),
            version: indicator.version.clone(),
            outside_validity: figure.life.outside.map(|period| self.period(period)),
            series_break: figure.life.series_break.as_ref().map(|at| BreakOut {
                indicator: self.program.indicators.get(at.indicator).map(|of| of.name.clone()).unwrap_or_default(),
                from: self.period(at.from),
                reason: at.reason.clone(),
                crosses: at.crosses,
            }),
            same_fact_as: indicator.same_fact_as.clone(),
            no_double_count: indicator.no_double_count.clone(),
            facts: figure.facts.iter().map(|fact| self.fact(fact)).collect(),
            provisional: figure.life.provisional,
            revised: figure.life.revised,
            definition: self.place(indicator.definition),
        })
    }

    fn period(&self, period: Period) -> PeriodOut {
        let calendar = self.program.calendars.get(usize::from(period.calendar.0));
        let known = calendar.filter(|_| !period.is_unknown());
        PeriodOut {
            label: words::period(self.program, period, self.program.lang),
            calendar: calendar.map(|calendar| calendar.name.clone()).unwrap_or_default(),
            start: known.map(|calendar| calendar.start(period.first).to_string()),
            end: known.map(|calendar| calendar.end(period.last).to_string()),
        }
    }

    fn coordinate(&self, key: &jauge::outcome::GroupKey) -> Option<Coordinate> {
        let dimension = self.program.dimensions.get(key.dimension)?;
        let member = match key.member {
            Member::Code(at) => dimension.members.get(at),
            Member::Unknown | Member::Remainder => None,
        };
        Some(Coordinate {
            dimension: dimension.name.clone(),
            level: dimension.levels.get(key.level).cloned().unwrap_or_default(),
            member: match (member, &key.member) {
                (Some(member), _) => member.code.clone(),
                (None, Member::Remainder) => "_R".into(),
                (None, Member::Unknown | Member::Code(_)) => "_U".into(),
            },
            label: match member {
                Some(member) => labels(&member.label),
                None if key.member == Member::Remainder => {
                    BTreeMap::from([("fr".into(), "reste".into()), ("en".into(), "remainder".into())])
                }
                None => BTreeMap::from([("fr".into(), "non renseigné".into()), ("en".into(), "unknown".into())]),
            },
            unknown: key.member == Member::Unknown,
        })
    }

    fn fact(&self, fact: &jauge::outcome::FactStated) -> FactOut {
        let statements = fact.statements.iter().map(|one| StatementOut {
            by: one.by.clone(),
            text: one.text.clone(),
            file: one.file.clone(),
            line: one.line,
            counted: one.counted,
        });
        FactOut {
            source: self.program.sources.get(fact.source).map(|source| source.name.clone()).unwrap_or_default(),
            code: fact.code.clone(),
            agree: fact.agree,
            statements: statements.collect(),
        }
    }

    fn stage(&self, stage: &jauge::outcome::Stage) -> StageOut {
        let of = |member: Option<usize>| self.stage_ref(stage.stages, member);
        StageOut {
            reached: stage.reached.as_ref().map(|reached| of(reached.member)),
            on: stage.reached.as_ref().and_then(|reached| reached.on).map(|on| self.period(on)),
            perhaps: stage.perhaps.as_ref().map(|perhaps| of(perhaps.member)),
            in_progress: stage.under_way.map(of),
            planned: stage.planned.as_ref().map(|(member, _)| of(*member)),
            planned_for: stage.planned.as_ref().map(|(_, on)| self.period(*on)),
        }
    }

    fn stage_ref(&self, stages: Option<usize>, member: Option<usize>) -> StageRef {
        let dimension = stages.and_then(|at| self.program.dimensions.get(at));
        match dimension.zip(member).and_then(|(dimension, at)| dimension.members.get(at)) {
            Some(member) => StageRef { code: member.code.clone(), label: labels(&member.label) },
            None => StageRef {
                code: "reached".into(),
                label: BTreeMap::from([("fr".into(), "atteint".into()), ("en".into(), "reached".into())]),
            },
        }
    }

    /// The stage that an aim says, where the indicator is one.
    fn aimed(&self, unit: &Unit, rank: &Range) -> Option<StageRef> {
        let Unit::Stage(stages) = unit else { return None };
        Some(self.stage_ref(*stages, words::stage_member(self.program, *stages, rank.stated())))
    }

    fn aim(&self, aim: &Aim, unit: &Unit) -> AimOut {
        let stage = aim.value.as_ref().and_then(|rank| self.aimed(unit, rank));
        AimOut {
            period: self.period(aim.period),
            value: aim.value.as_ref().filter(|_| stage.is_none()).map(range),
            stage,
            upper: aim.upper.as_ref().map(number),
            definition: self.place(aim.definition),
        }
    }

    fn published(&self, published: &jauge::outcome::Published, unit: &Unit) -> PublishedOut {
        use jauge::outcome::Agreement;
        PublishedOut {
            value: range(&published.value),
            stage: self.aimed(unit, &published.value),
            decimals: published.decimals,
            source: published.source.clone(),
            agreement: match published.agreement {
                Agreement::Agrees => AgreementOut::Agrees,
                Agreement::Truncation => AgreementOut::Truncation,
                Agreement::PercentVersusFraction => AgreementOut::PercentVersusFraction,
                Agreement::ThousandsMark => AgreementOut::ThousandsMark,
                Agreement::Rounding => AgreementOut::Rounding,
                Agreement::Disagrees => AgreementOut::Disagrees,
                Agreement::CannotTell => AgreementOut::CannotTell,
            },
            known_discrepancy: published.known_discrepancy.clone(),
            definition: self.place(published.definition),
        }
    }

    fn place(&self, span: Span) -> PlaceOut {
        let file = self.files.get(span.file);
        let (line, column) = file.map_or((0, 0), |file| file.line_column(span.start));
        PlaceOut { file: file.map(|file| file.path.clone()).unwrap_or_default(), line, column }
    }
}

fn labels(label: &Localized) -> BTreeMap<String, String> {
    label.0.iter().map(|(lang, text)| (lang.clone(), text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_long_enough() {
        let third = Number::from(100_i64).divide(&Number::from(3_i64)).map(|n| number(&n));
        let third = third.map(|num| (num.decimal.to_string(), num.fraction));
        assert_eq!(third, Some(("33.333333333333336".into(), "100/3".into())));
        let whole = number(&Number::from(3207_i64));
        assert_eq!((whole.decimal.to_string().as_str(), whole.fraction.as_str()), ("3207", "3207"));
    }

    #[test]
    fn the_committed_schema_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/eval.schema.json");
        if std::env::var_os("JAUGE_WRITE").is_some() {
            std::fs::write(path, schema()).expect("docs/schema can be written");
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
        assert!(
            committed == schema(),
            "docs/schema/eval.schema.json is stale: JAUGE_WRITE=1 cargo test -p jauge-cli schema"
        );
    }
}
