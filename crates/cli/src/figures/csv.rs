//! One line per figure, RFC 4180: everything that the JSON says, flat. Nothing missing is blank without its state beside it.

use jauge::outcome::{Figure, Member, Outcome, Value};
use jauge::program::model::Program;
use jauge::text::{Files, Lang};
use jauge::types::{Number, Range, Unit};

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
pub fn csv(program: &Program, files: &Files, outcome: &Outcome, lang: Lang, dialect: Dialect) -> String {
    let mut dimensions: Vec<usize> =
        outcome.figures.iter().flat_map(|figure| figure.group.iter().map(|key| key.dimension)).collect();
    dimensions.sort_unstable();
    dimensions.dedup();

    let mut header: Vec<String> = BEFORE.iter().map(|name| name.to_string()).collect();
    for name in dimensions.iter().filter_map(|at| program.dimensions.get(*at)).map(|dimension| &dimension.name) {
        header.extend([name.clone(), format!("{name}_label")]);
    }
    header.extend(AFTER.iter().map(|name| name.to_string()));

    let mut out = String::from(if dialect.bom { "\u{feff}" } else { "" });
    line(&mut out, &header, dialect.separator);
    for figure in &outcome.figures {
        line(&mut out, &cells(program, files, figure, &dimensions, lang, dialect), dialect.separator);
    }
    out
}

fn cells(
    program: &Program,
    files: &Files,
    figure: &Figure,
    dimensions: &[usize],
    lang: Lang,
    dialect: Dialect,
) -> Vec<String> {
    let Some(indicator) = program.indicators.get(figure.indicator) else { return Vec::new() };
    let calendar = program.calendars.get(usize::from(figure.period.calendar.0));
    let known = calendar.filter(|_| !figure.period.is_unknown());
    let programme = words::programme(program, indicator).and_then(|at| program.items.get(at));
    let mark = dialect.decimal_mark.to_string();
    let decimal =
        |number: Option<&Number>| number.map(|number| number.decimal().replace('.', &mark)).unwrap_or_default();
    let mut cells = vec![
        text(&indicator.name),
        text(indicator.code.as_deref().unwrap_or("")),
        text(indicator.label.get(lang)),
        text(programme.map_or("", |item| item.code.as_str())),
        words::period(program, figure.period, lang),
        known.map(|calendar| calendar.start(figure.period.first).to_string()).unwrap_or_default(),
        known.map(|calendar| calendar.end(figure.period.last).to_string()).unwrap_or_default(),
        text(calendar.map_or("", |calendar| calendar.name.as_str())),
    ];
    for dimension in dimensions {
        let key = figure.group.iter().find(|key| key.dimension == *dimension);
        let code = match key.map(|key| &key.member) {
            None => "_T".to_string(),
            Some(Member::Unknown) => "_U".to_string(),
            Some(Member::Remainder) => "_R".to_string(),
            Some(Member::Code(at)) => {
                let member = program.dimensions.get(*dimension).and_then(|dimension| dimension.members.get(*at));
                member.map(|member| member.code.clone()).unwrap_or_default()
            }
        };
        let label = key.map_or("total".into(), |key| words::coordinate(program, key, lang));
        cells.extend([text(&code), text(&label)]);
    }
    let value = figure.value.number();
    let exact = value.as_ref().map(|value| crate::results::number(value).fraction).unwrap_or_default();
    // A qualified number is text: « plus de 50000 » is not 50000.
    let stated = |range: &Range| match range.qualifier() {
        None => decimal(Some(range.stated())),
        Some(_) => range.show(lang, None),
    };
    let end = |end: Option<jauge::types::Bound>| end.map(|end| decimal(Some(&end.value))).unwrap_or_default();
    let range = figure.value.range().filter(|range| range.exact().is_none());
    let aim = |aim: &Option<jauge::outcome::Aim>| match aim {
        Some(aim) => match &aim.value {
            Some(value) if matches!(indicator.unit, Unit::Stage(_)) => {
                text(&words::amount(program, value, &indicator.unit, None, lang))
            }
            Some(value) => stated(value),
            None => lang.pick("à définir", "to be defined").to_string(),
        },
        None => String::new(),
    };
    // The code of the last stage reached, as for members of a group.
    let stage = match &figure.value {
        Value::Stage(stage) => stage.reached.as_ref().map(|reached| {
            let stages = stage.stages.and_then(|at| program.dimensions.get(at));
            let member = stages.zip(reached.member).and_then(|(stages, at)| stages.members.get(at));
            (member.map_or("reached".to_string(), |member| member.code.clone()), reached.on)
        }),
        _ => None,
    };
    let rows = |count: u64| if figure.rows.withheld { String::new() } else { count.to_string() };
    let join = |parts: Vec<String>| parts.join(" | ");
    let file = files.get(indicator.definition.file);
    cells.extend([
        figure.group.is_empty().to_string(),
        decimal(value.as_ref()),
        // A fraction such as 1/2 would be read as a date by a spreadsheet, were it not for the text mark.
        if exact.contains('/') { format!("'{exact}") } else { exact },
        range.as_ref().and_then(Range::qualifier).map_or("", jauge::types::Qualifier::code).to_string(),
        range.as_ref().map(|range| end(range.low())).unwrap_or_default(),
        range.as_ref().map(|range| end(range.high())).unwrap_or_default(),
        figure.numerator.as_ref().map(stated).unwrap_or_default(),
        figure.denominator.as_ref().map(stated).unwrap_or_default(),
        text(&words::unit_word(program, &indicator.unit, false, lang)),
        words::state(&figure.value).to_string(),
        text(&words::reason(&figure.value, program).map(|reason| reason.into(lang)).unwrap_or_default()),
        words::figure_status(figure).to_string(),
        aim(&figure.baseline),
        aim(&figure.target),
        figure.status.map(|status| words::status(status).into(lang).to_string()).unwrap_or_default(),
        join(
            figure
                .published
                .iter()
                .map(|published| match indicator.unit {
                    Unit::Stage(_) => text(&words::amount(program, &published.value, &indicator.unit, None, lang)),
                    _ => stated(&published.value),
                })
                .collect(),
        ),
        join(
            figure
                .published
                .iter()
                .map(|published| words::agreement(published.agreement).into(lang).to_string())
                .collect(),
        ),
        text(&join(figure.published.iter().filter_map(|published| published.known_discrepancy.clone()).collect())),
        rows(figure.rows.read),
        rows(figure.rows.used),
        rows(figure.rows.missing),
        figure.incomplete.to_string(),
        figure.base.as_ref().map(|base| decimal(Some(base.value.stated()))).unwrap_or_default(),
        figure
            .base
            .as_ref()
            .and_then(|base| base.period)
            .map(|at| words::period(program, at, lang))
            .unwrap_or_default(),
        text(indicator.version.as_deref().unwrap_or("")),
        figure.life.outside.is_some().to_string(),
        figure.life.series_break.as_ref().map(|at| words::period(program, at.from, lang)).unwrap_or_default(),
        text(figure.life.series_break.as_ref().map_or("", |at| at.reason.as_str())),
        figure.life.provisional.to_string(),
        figure.life.revised.to_string(),
        stage.as_ref().map(|(name, _)| text(name)).unwrap_or_default(),
        stage.and_then(|(_, on)| on).map(|on| words::period(program, on, lang)).unwrap_or_default(),
        figure.tally.as_ref().map(|tally| stated(&tally.in_progress)).unwrap_or_default(),
        figure.tally.as_ref().map(|tally| stated(&tally.not_begun)).unwrap_or_default(),
        text(file.map_or("", |file| file.path.as_str())),
        file.map_or(0, |file| file.line_column(indicator.definition.start).0).to_string(),
    ]);
    cells
}

/// A text that a spreadsheet would take for a formula gets the mark that spreadsheets have for plain text.
fn text(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_string(),
    }
}

fn line(out: &mut String, cells: &[String], separator: char) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(separator);
        }
        if cell.contains([separator, '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formula() {
        let mut out = String::new();
        line(&mut out, &["a;b".into(), "say \"x\"".into(), text("=1+1"), "1,5".into()], ';');
        assert_eq!(out, "\"a;b\";\"say \"\"x\"\"\";'=1+1;1,5\r\n");
    }
}
