//! One line per figure, RFC 4180: everything that the JSON says, flat. Nothing missing is blank without its state beside it.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use jauge::outcome::{Figure, GroupKey, Member, Outcome, Published, Value};
use jauge::program::model::{Indicator, Program};
use jauge::text::{Files, Lang};
use jauge::types::{Number, Period, Qualifier, Range, Unit};

use crate::words;

/// How the CSV is written.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// Between cells.
    pub separator: char,
    /// A byte order mark first, without which Excel takes UTF-8 for Windows-1252.
    pub bom: bool,
    /// The decimal mark: a point for programs, a comma for Excel in French.
    pub decimal_mark: char,
}

const BEFORE: [&str; 8] =
    ["indicator", "code", "label", "programme", "period", "period_start", "period_end", "calendar"];

const AFTER: [&str; 36] = [
    "total",
    "value",
    "value_exact",
    "qualifier",
    "low",
    "high",
    "numerator",
    "denominator",
    "unit",
    "state",
    "reason",
    "obs_status",
    "baseline",
    "target",
    "status",
    "published",
    "agreement",
    "known_discrepancy",
    "rows_read",
    "rows_used",
    "rows_missing",
    "incomplete",
    "base",
    "base_period",
    "version",
    "outside_validity",
    "series_break",
    "series_break_reason",
    "provisional",
    "revised",
    "stage",
    "stage_date",
    "in_progress",
    "not_begun",
    "file",
    "line",
];

/// Writes the figures. There is one column for each dimension that some figure is broken down by, with the member's code
/// (`_T` total, `_U` unknown, `_R` the remainder of a partial list) and one with its label.
pub fn csv(
    program: &Program,
    files: &Files,
    outcome: &Outcome,
    lang: Lang,
    dialect: Dialect,
    out: &mut dyn Write,
) -> io::Result<()> {
    let keys = outcome.figures.iter().flat_map(|figure| &figure.group);
    let dimensions: BTreeSet<usize> = keys.map(|key| key.dimension).collect();

    let mut line = Line { text: String::new(), cells: 0, separator: dialect.separator };
    BEFORE.iter().for_each(|name| line.cell(name));
    for name in dimensions.iter().filter_map(|at| program.dimensions.get(*at)).map(|dimension| &dimension.name) {
        line.cell(name);
        line.cell(&format!("{name}_label"));
    }
    AFTER.iter().for_each(|name| line.cell(name));
    if dialect.bom {
        out.write_all("\u{feff}".as_bytes())?;
    }
    line.end(out)?;
    let mut said = Said::default();
    for figure in &outcome.figures {
        if let Some(indicator) = program.indicators.get(figure.indicator) {
            let about = About { program, files, lang, dialect, indicator, figure };
            about.cells(&dimensions, &mut said, &mut line);
            line.end(out)?;
        }
    }
    Ok(())
}

/// What lines say again and again, said once: figures stand in the order of indicators, periods, groups.
#[derive(Default)]
struct Said {
    indicator: Option<(usize, OfIndicator)>,
    period: Option<(Period, [String; 4])>,
    /// Code and label.
    members: HashMap<GroupKey, [String; 2]>,
}

struct OfIndicator {
    before: [String; 4],
    unit: String,
    version: String,
    place: [String; 2],
}

/// One figure and what is needed to put it into words.
struct About<'a> {
    program: &'a Program,
    files: &'a Files,
    lang: Lang,
    dialect: Dialect,
    indicator: &'a Indicator,
    figure: &'a Figure,
}

impl About<'_> {
    fn cells(&self, dimensions: &BTreeSet<usize>, said: &mut Said, line: &mut Line) {
        let figure = self.figure;
        let indicator = match said.indicator.take() {
            Some((at, indicator)) if at == figure.indicator => indicator,
            Some(_) | None => self.of_indicator(),
        };
        let (_, indicator) = said.indicator.insert((figure.indicator, indicator));
        let period = match said.period.take() {
            Some((at, period)) if at == figure.period => period,
            Some(_) | None => self.of_period(),
        };
        let (_, period) = said.period.insert((figure.period, period));
        indicator.before.iter().chain(period.iter()).for_each(|cell| line.cell(cell));
        for dimension in dimensions {
            match figure.group.iter().find(|key| key.dimension == *dimension) {
                None => ["_T", "total"].iter().for_each(|cell| line.cell(cell)),
                Some(key) => {
                    if !said.members.contains_key(key) {
                        said.members.insert(key.clone(), self.of_member(key));
                    }
                    said.members.get(key).into_iter().flatten().for_each(|cell| line.cell(cell));
                }
            }
        }
        self.value(&indicator.unit, line);
        self.aims(line);
        self.provenance(&indicator.version, line);
        self.milestones(line);
        indicator.place.iter().for_each(|cell| line.cell(cell));
        debug_assert_eq!(line.cells, BEFORE.len() + 2 * dimensions.len() + AFTER.len());
    }

    fn of_indicator(&self) -> OfIndicator {
        let About { program, lang, indicator, .. } = *self;
        let programme = words::programme(program, indicator).and_then(|at| program.items.get(at));
        let file = self.files.get(indicator.definition.file);
        OfIndicator {
            before: [
                text(&indicator.name),
                text(indicator.code.as_deref().unwrap_or("")),
                text(indicator.label.get(lang)),
                text(programme.map_or("", |item| item.code.as_str())),
            ],
            unit: text(&words::unit_word(program, &indicator.unit, false, lang)),
            version: text(indicator.version.as_deref().unwrap_or("")),
            place: [
                text(file.map_or("", |file| file.path.as_str())),
                file.map_or(0, |file| file.line_column(indicator.definition.start).0).to_string(),
            ],
        }
    }

    fn of_period(&self) -> [String; 4] {
        let period = self.figure.period;
        let calendar = self.program.calendars.get(usize::from(period.calendar.0));
        let known = calendar.filter(|_| !period.is_unknown());
        [
            self.period(period),
            known.map(|calendar| calendar.start(period.first).to_string()).unwrap_or_default(),
            known.map(|calendar| calendar.end(period.last).to_string()).unwrap_or_default(),
            text(calendar.map_or("", |calendar| calendar.name.as_str())),
        ]
    }

    fn of_member(&self, key: &GroupKey) -> [String; 2] {
        let code = match key.member {
            Member::Unknown => "_U",
            Member::Remainder => "_R",
            Member::Code(at) => {
                let dimension = self.program.dimensions.get(key.dimension);
                dimension.and_then(|dimension| dimension.members.get(at)).map_or("", |member| member.code.as_str())
            }
        };
        [text(code), text(&words::coordinate(self.program, key, self.lang))]
    }

    /// From `total` to `obs_status`.
    fn value(&self, unit: &str, line: &mut Line) {
        let About { program, lang, figure, .. } = *self;
        line.cell(truth(figure.group.is_empty()));
        match figure.value.number() {
            Some(value) => {
                line.cell(&self.decimal(&value));
                let (numerator, denominator) = value.fraction();
                // A fraction such as 1/2 would be read as a date by a spreadsheet, were it not for the text mark.
                line.cell(&if denominator == "1" { numerator } else { format!("'{numerator}/{denominator}") });
            }
            None => line.skip(2),
        }
        match figure.value.range().filter(|range| range.exact().is_none()) {
            Some(range) => {
                line.cell(range.qualifier().map_or("", Qualifier::code));
                for end in [range.low(), range.high()] {
                    line.cell(&end.map(|end| self.decimal(&end.value)).unwrap_or_default());
                }
            }
            None => line.skip(3),
        }
        line.maybe(figure.numerator.as_ref().map(|range| self.stated(range)));
        line.maybe(figure.denominator.as_ref().map(|range| self.stated(range)));
        line.cell(unit);
        line.cell(words::state(&figure.value));
        line.maybe(words::reason(&figure.value, program).map(|reason| text(&reason.into(lang))));
        line.cell(words::figure_status(figure));
    }

    /// From `baseline` to `known_discrepancy`.
    fn aims(&self, line: &mut Line) {
        let About { lang, figure, .. } = *self;
        for aim in [&figure.baseline, &figure.target] {
            line.maybe(aim.as_ref().map(|aim| match &aim.value {
                Some(value) => self.aimed(value),
                None => lang.pick("à définir", "to be defined").to_string(),
            }));
        }
        line.cell(figure.status.map_or("", |status| words::status(status).into(lang)));
        if figure.published.is_empty() {
            return line.skip(3);
        }
        let join = |parts: Vec<String>| parts.join(" | ");
        line.cell(&join(figure.published.iter().map(|published| self.aimed(&published.value)).collect()));
        let agreement = |of: &Published| words::agreement(of.agreement).into(lang).to_string();
        line.cell(&join(figure.published.iter().map(agreement).collect()));
        line.cell(&text(&join(figure.published.iter().filter_map(|of| of.known_discrepancy.clone()).collect())));
    }

    /// From `rows_read` to `revised`.
    fn provenance(&self, version: &str, line: &mut Line) {
        let About { figure, .. } = *self;
        let (rows, life) = (&figure.rows, &figure.life);
        for count in [rows.read, rows.used, rows.missing] {
            line.maybe((!rows.withheld).then(|| count.to_string()));
        }
        line.cell(truth(figure.incomplete));
        line.maybe(figure.base.as_ref().map(|base| self.decimal(base.value.stated())));
        line.maybe(figure.base.as_ref().and_then(|base| base.period).map(|at| self.period(at)));
        line.cell(version);
        line.cell(truth(life.outside.is_some()));
        line.maybe(life.series_break.as_ref().map(|at| self.period(at.from)));
        line.maybe(life.series_break.as_ref().map(|at| text(&at.reason)));
        line.cell(truth(life.provisional));
        line.cell(truth(life.revised));
    }

    /// From `stage` to `not_begun`.
    fn milestones(&self, line: &mut Line) {
        let About { program, figure, .. } = *self;
        match &figure.value {
            Value::Stage(stage) => {
                // The code of the last stage reached, as for members of a group.
                let stages = stage.stages.and_then(|at| program.dimensions.get(at));
                let reached = stage.reached.as_ref();
                line.maybe(reached.map(|reached| {
                    let member = stages.zip(reached.member).and_then(|(stages, at)| stages.members.get(at));
                    text(member.map_or("reached", |member| member.code.as_str()))
                }));
                line.maybe(reached.and_then(|reached| reached.on).map(|on| self.period(on)));
            }
            Value::Number(_)
            | Value::Qualified(_)
            | Value::ImpliedZero(_)
            | Value::Missing(_)
            | Value::NotApplicable(_)
            | Value::NotComputable(_)
            | Value::Suppressed => line.skip(2),
        }
        line.maybe(figure.tally.as_ref().map(|tally| self.stated(&tally.in_progress)));
        line.maybe(figure.tally.as_ref().map(|tally| self.stated(&tally.not_begun)));
    }

    fn period(&self, period: Period) -> String {
        words::period(self.program, period, self.lang)
    }

    fn decimal(&self, number: &Number) -> String {
        let decimal = number.decimal();
        if self.dialect.decimal_mark == '.' {
            decimal
        } else {
            decimal.replace('.', &self.dialect.decimal_mark.to_string())
        }
    }

    /// A qualified number is text: « plus de 50000 » is not 50000.
    fn stated(&self, range: &Range) -> String {
        match range.qualifier() {
            None => self.decimal(range.stated()),
            Some(_) => range.show(self.lang, None),
        }
    }

    /// A target or a published value: a number, or a stage by its name.
    fn aimed(&self, value: &Range) -> String {
        match self.indicator.unit {
            Unit::Stage(_) => text(&words::amount(self.program, value, &self.indicator.unit, None, self.lang)),
            Unit::Of(_)
            | Unit::Number
            | Unit::Unknown
            | Unit::Percent
            | Unit::Points
            | Unit::Per(_, _)
            | Unit::Times(_, _) => self.stated(value),
        }
    }
}

fn truth(holds: bool) -> &'static str {
    if holds { "true" } else { "false" }
}

/// A text that a spreadsheet would take for a formula gets the mark that spreadsheets have for plain text.
fn text(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_string(),
    }
}

/// The line that is being written.
struct Line {
    text: String,
    cells: usize,
    separator: char,
}

impl Line {
    fn cell(&mut self, cell: &str) {
        if self.cells > 0 {
            self.text.push(self.separator);
        }
        self.cells += 1;
        if cell.contains([self.separator, '"', '\n', '\r']) {
            self.text.push('"');
            self.text.push_str(&cell.replace('"', "\"\""));
            self.text.push('"');
        } else {
            self.text.push_str(cell);
        }
    }

    fn maybe(&mut self, cell: Option<String>) {
        self.cell(cell.as_deref().unwrap_or(""));
    }

    /// So many empty cells.
    fn skip(&mut self, cells: usize) {
        (0..cells).for_each(|_| self.cell(""));
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.text.push_str("\r\n");
        out.write_all(self.text.as_bytes())?;
        self.text.clear();
        self.cells = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formula() {
        let mut line = Line { text: String::new(), cells: 0, separator: ';' };
        ["a;b", "say \"x\"", &text("=1+1"), "1,5"].iter().for_each(|cell| line.cell(cell));
        let mut out = Vec::new();
        line.end(&mut out).expect("room in memory");
        assert_eq!(out, b"\"a;b\";\"say \"\"x\"\"\";'=1+1;1,5\r\n");
    }
}
