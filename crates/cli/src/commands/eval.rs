//! `jauge eval`: the figures of the sound indicators, with all that is wrong beside them.

use jauge::outcome::Outcome;
use jauge::plan::{Cube, Plan, plan};
use jauge::problem::Problem;
use jauge::program::model::Program;
use jauge::text::Lang;
use jauge::types::Period;

use super::{End, partial};
use crate::arguments::{Eval, FigureFormat};
use crate::figures::{Dialect, csv, table};
use crate::project::{self, Project};
use crate::render::{self, Counts, Report};
use crate::terminal::{Stop, Terminal};
use crate::{answers, results, scan, select};

/// Computes and writes the figures.
pub fn run(asked: &Eval, terminal: &Terminal) -> Result<End, Stop> {
    let lang = terminal.lang;
    let project = project::load(&asked.paths, lang);
    let mut problems: Vec<Problem> =
        project.problems.iter().filter(|problem| project.concerns(problem)).cloned().collect();
    if project.misused {
        let report =
            Report { files: &project.files, problems: &problems, left_out: 0, file_count: project.file_count() };
        render::to_err(&report, terminal)?;
        return Ok(End::Misuse);
    }
    let program = &project.program;
    let chosen = select::request(program, &asked.indicators, &asked.programmes, &asked.periods, &asked.groups, lang);
    let mut request = match chosen {
        Ok(request) => request,
        Err(stop) => {
            // An indicator that is left out because it is wrong is not unknown: what is wrong with it comes first.
            let report =
                Report { files: &project.files, problems: &problems, left_out: 0, file_count: project.file_count() };
            render::to_err(&report, terminal)?;
            return Err(stop);
        }
    };
    if request.indicators.is_none() && project.selected.is_some() {
        let defined_here =
            |at: &usize| program.indicators.get(*at).is_some_and(|one| project.selects(one.definition.file));
        request.indicators = Some((0..program.indicators.len()).filter(defined_here).collect());
    }

    if let Some(wanted) = &asked.partial {
        return partial::run(asked, wanted, &project, problems, &request, terminal);
    }
    let scan = match &asked.answers {
        None => scan::scan(&project, &request, asked.threads, terminal),
        Some(path) => {
            let plan = plan(program, &request);
            match answers::cubes(path, &project, &plan) {
                Ok(answered) => scan::scan_others(&project, plan, answered, asked.threads, terminal),
                Err(found) => return refuse(&project, problems, found, terminal),
            }
        }
    };
    problems.extend(scan.problems);
    let report = Report {
        files: &project.files,
        problems: &problems,
        left_out: scan.left_out,
        file_count: project.file_count(),
    };
    render::to_err(&report, terminal)?;

    write(asked, &project, &scan.outcome, &scan.plan, &scan.cubes, terminal)?;
    for (query, cube) in scan.plan.queries.iter().zip(&scan.cubes).filter(|(_, cube)| cube.unread > 0) {
        let name = program.sources.get(query.source).map_or("", |source| source.name.as_str());
        terminal.err(&unread(name, cube.unread, lang));
    }
    let nothing_found = scan.outcome.figures.is_empty() && !program.indicators.is_empty();
    if nothing_found {
        terminal.err(&nothing(asked, program, request.indicators.as_deref(), lang));
    }
    if program.indicators.is_empty() {
        terminal.err(lang.pick("aucun indicateur à calculer\n", "no indicator to compute\n"));
    }
    if !problems.is_empty() || scan.left_out > 0 {
        terminal.err(&render::summary(&report, lang));
    }
    let strict = asked.strict || project.manifest.strict;
    Ok(match () {
        () if Counts::of(&report).fail(strict) => End::Problems,
        // A period of another calendar, or a group that no indicator has, is wrong use.
        () if nothing_found && !(asked.periods.is_empty() && asked.groups.is_empty()) => End::Misuse,
        () => End::Fine,
    })
}

/// Rows of other periods than those that were asked for, which were not looked at.
fn unread(source: &str, rows: u64, lang: Lang) -> String {
    let fr = match rows {
        1 => "n'a été ni lue ni vérifiée",
        _ => "n'ont été ni lues ni vérifiées",
    };
    let en = if rows == 1 { "was" } else { "were" };
    let rows = render::counted(
        rows,
        lang,
        ("ligne d'autres périodes", "lignes d'autres périodes"),
        ("row of other periods", "rows of other periods"),
    );
    lang.pick(format!("{source} : {rows} {fr}\n"), format!("{source}: {rows} {en} neither read nor checked\n"))
}

/// Answers that cannot be used: what is wrong with them is told, and no figure is given.
fn refuse(
    project: &Project,
    mut problems: Vec<Problem>,
    found: Vec<Problem>,
    terminal: &Terminal,
) -> Result<End, Stop> {
    let misused = found.iter().any(|problem| problem.code() == "E0802");
    problems.extend(found);
    project::sort(&mut problems);
    let report = Report { files: &project.files, problems: &problems, left_out: 0, file_count: project.file_count() };
    render::to_err(&report, terminal)?;
    terminal.err(&render::summary(&report, terminal.lang));
    Ok(if misused { End::Misuse } else { End::Problems })
}

/// Writes figures as they were asked for.
pub fn write(
    asked: &Eval,
    project: &Project,
    outcome: &Outcome,
    plan: &Plan,
    cubes: &[Cube],
    terminal: &Terminal,
) -> Result<(), Stop> {
    let lang = terminal.lang;
    let program = &project.program;
    let path = asked.output.as_deref();
    let files = &project.files;
    match asked.format {
        FigureFormat::Table => {
            let width = if path.is_some() { FILE_WIDTH } else { terminal.width };
            let text = render::plain(&table(program, outcome, lang, width));
            match path {
                Some(path) => terminal.write_file(path, text.as_bytes())?,
                None => terminal.out(&text)?,
            }
        }
        FigureFormat::Csv => {
            let dialect = Dialect { separator: asked.separator, bom: asked.bom, decimal_mark: asked.decimal_mark };
            terminal.pour(path, |out| csv(program, files, outcome, lang, dialect, out))?;
        }
        FigureFormat::Json => terminal.pour(path, |out| {
            serde_json::to_writer_pretty(&mut *out, &results::document(program, files, outcome, plan, cubes))?;
            out.write_all(b"\n")
        })?,
    }
    if let Some(path) = path {
        let count = outcome.figures.len() as u64;
        let figures = render::counted(count, lang, ("chiffre", "chiffres"), ("figure", "figures"));
        let path = project::shown(path);
        terminal.err(&lang.pick(format!("{figures} dans « {path} »\n"), format!("{figures} in `{path}`\n")));
    }
    Ok(())
}

/// Width of a table in a file, whatever the terminal is.
const FILE_WIDTH: usize = 120;

/// No figure answers what was asked: which periods of their own calendars cover it.
pub fn nothing(asked: &Eval, program: &Program, chosen: Option<&[usize]>, lang: Lang) -> String {
    if asked.periods.is_empty() {
        return lang.pick("aucun chiffre pour ce qui est demandé\n".into(), "no figure for what was asked\n".into());
    }
    let indicators = program.indicators.iter().enumerate();
    let wanted = indicators.filter(|(at, _)| chosen.is_none_or(|chosen| chosen.contains(at)));
    let mut calendars: Vec<usize> = wanted.map(|(_, indicator)| usize::from(indicator.calendar.0)).collect();
    calendars.sort_unstable();
    calendars.dedup();
    let periods: Vec<Period> =
        asked.periods.iter().flat_map(|text| select::period(program, text, lang).unwrap_or_default()).collect();
    let examples: Vec<String> = calendars
        .iter()
        .filter_map(|at| program.calendars.get(*at))
        .map(|calendar| {
            let mut labels: Vec<String> = Vec::new();
            for period in &periods {
                let Some(own) = program.calendars.get(usize::from(period.calendar.0)) else { continue };
                for day in [own.start(period.first), own.end(period.last)] {
                    let label = calendar.label_of(calendar.ordinal_of(day), lang);
                    if !labels.contains(&label) {
                        labels.push(label);
                    }
                }
            }
            let name = calendar.label.get(lang);
            let name = if name.is_empty() { calendar.name.as_str() } else { name };
            format!("{} ({name})", labels.join(lang.pick(" ou ", " or ")))
        })
        .collect();
    let (asked, examples) = (asked.periods.join(", "), examples.join(" ; "));
    lang.pick(
        format!("aucun chiffre pour {asked} ; périodes de ces indicateurs qui s'en approchent : {examples}\n"),
        format!("no figure for {asked}; the periods of these indicators that come near: {examples}\n"),
    )
}
