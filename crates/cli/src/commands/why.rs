//! `jauge why part_des_filles`: the formula of one figure with its numbers, down to the rows read and kept.

use std::fmt::Write as _;

use jauge::evaluate::why;
use jauge::outcome::Figure;
use jauge::plan::Request;
use jauge::program::model::Program;
use jauge::text::Lang;

use super::End;
use crate::arguments::Why;
use crate::project;
use crate::render::{self, Report};
use crate::terminal::{Stop, Terminal};
use crate::usage::message;
use crate::{scan, select, words};

/// Figures that are listed where the one asked for does not exist.
const LISTED: usize = 12;

/// Explains one figure.
pub fn run(asked: &Why, terminal: &Terminal) -> Result<End, Stop> {
    let lang = terminal.lang;
    let project = project::load(&asked.paths, lang);
    let program = &project.program;
    let report =
        Report { files: &project.files, problems: &project.problems, left_out: 0, file_count: project.file_count() };
    if project.misused {
        render::to_err(&report, terminal)?;
        return Ok(End::Misuse);
    }
    let found = select::indicator(program, &asked.indicator, lang);
    if found.is_err() {
        // The indicator may be left out because of a mistake: that is said first.
        render::to_err(&report, terminal)?;
    }
    let at = found?;
    let periods = asked.period.as_ref().map_or(Ok(Vec::new()), |text| select::period(program, text, lang))?;
    let group = asked.groups.join(",");
    let group = if group.is_empty() { Vec::new() } else { select::group(program, &group, lang)? };

    let request = Request { indicators: Some(vec![at]), explain: true, ..Request::default() };
    let scan = scan::scan(&project, &request, None, terminal);
    let figures: Vec<&Figure> = scan.outcome.figures.iter().filter(|figure| figure.indicator == at).collect();
    let here = || figures.iter().filter(|figure| figure.group == group);
    let wanted = match periods.is_empty() {
        true => here().rev().find(|figure| figure.value.number().is_some()).or_else(|| here().next_back()),
        false => here().find(|figure| periods.contains(&figure.period)),
    };
    let Some(figure) = wanted else { return Err(none(program, &figures, lang)) };

    let Some(indicator) = program.indicators.get(at) else { return Ok(End::Misuse) };
    let label = match indicator.label.get(lang) {
        "" => indicator.name.clone(),
        label => format!("{label} [{}]", indicator.name),
    };
    let mut out = format!(
        "{label}\n{}, {}\n",
        words::period(program, figure.period, lang),
        words::group(program, &figure.group, lang)
    );
    if let Some(file) = project.files.get(indicator.definition.file) {
        let (line, column) = file.line_column(indicator.definition.start);
        let place = format!("{}:{line}:{column}", file.path);
        let _ = writeln!(out, "{}", lang.pick(format!("défini dans {place}"), format!("defined in {place}")));
    }
    if let Some(text) = &indicator.text {
        let _ = writeln!(out, "{text}");
    }
    out.push('\n');
    out.push_str(&why(program, &scan.plan, &scan.cubes, figure).show(program, lang));
    for published in &figure.published {
        let value = published.value.show(lang, None);
        let verdict = words::agreement(published.agreement).into(lang);
        let source = published.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
        let known = published.known_discrepancy.as_ref().map(|why| format!(" ; {why}")).unwrap_or_default();
        let line = lang.pick(
            format!("publié : {value}{source} : {verdict}{known}"),
            format!("published: {value}{source}: {verdict}{known}"),
        );
        let _ = writeln!(out, "\n{line}");
    }
    let report = Report {
        files: &project.files,
        problems: &scan.problems,
        left_out: scan.left_out,
        file_count: project.file_count(),
    };
    render::to_err(&report, terminal)?;
    terminal.out(&out)?;
    Ok(End::Fine)
}

/// The figure asked for does not exist: which ones do.
fn none(program: &Program, figures: &[&Figure], lang: Lang) -> Stop {
    let mut names: Vec<String> = figures
        .iter()
        .map(|figure| {
            format!("{} ({})", words::period(program, figure.period, lang), words::group(program, &figure.group, lang))
        })
        .collect();
    names.dedup();
    let more = if names.len() > LISTED { ", …" } else { "" };
    names.truncate(LISTED);
    let next = match names.is_empty() {
        true => lang.pick(
            "cet indicateur n'a aucun chiffre : essayez « jauge check --data »".into(),
            "this indicator has no figure: try `jauge check --data`".into(),
        ),
        false => {
            let names = names.join(", ");
            lang.pick(format!("il y a : {names}{more}"), format!("there are: {names}{more}"))
        }
    };
    let wrong = lang.pick("pas de chiffre pour cette période et ce groupe", "no figure for this period and group");
    Stop::Usage(message(wrong, &next, lang))
}
