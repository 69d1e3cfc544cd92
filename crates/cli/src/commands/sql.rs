//! `jauge sql`: the queries of a project as SQL, without reading any data.

use jauge::plan::plan;
use jauge::problem::Problem;
use jauge_sql::{Document, SourceDocument, VERSION, problem_of, source_document, text};

use super::End;
use crate::arguments::{Sql, SqlFormat};
use crate::questions::{Manner, questions};
use crate::render::{self, Counts, Report};
use crate::terminal::{Stop, Terminal};
use crate::{project, select};

/// Writes the queries.
pub fn run(asked: &Sql, terminal: &Terminal) -> Result<End, Stop> {
    let lang = terminal.lang;
    let project = project::load(&asked.paths, lang);
    let mut problems: Vec<Problem> =
        project.problems.iter().filter(|problem| project.concerns(problem)).cloned().collect();
    let program = &project.program;
    let report = |problems: &[Problem]| {
        let report = Report { files: &project.files, problems, left_out: 0, file_count: project.file_count() };
        render::to_err(&report, terminal).map(|()| Counts::of(&report).errors > 0)
    };
    if project.misused {
        report(&problems)?;
        return Ok(End::Misuse);
    }
    let chosen = select::request(program, &asked.indicators, &asked.programmes, &asked.periods, &asked.groups, lang);
    let request = match chosen {
        Ok(request) => request,
        Err(stop) => {
            report(&problems)?;
            return Err(stop);
        }
    };
    let plan = plan(program, &request);
    let notes = plan.notes(program, lang);
    let mut texts = Vec::new();
    let manner = Manner { dialect: asked.dialect, text_columns: asked.text_columns };
    let mut document = Document {
        version: VERSION,
        dialect: manner.dialect,
        text_columns: manner.text_columns,
        codes: Default::default(),
        sources: Vec::new(),
    };
    for (query, notes) in plan.queries.iter().zip(&notes) {
        let Some(source) = program.sources.get(query.source) else { continue };
        match questions(program, query, source, manner, Some(notes)) {
            Ok(asked) => {
                texts.push(text(&source.name, &asked.script, &program.sources, lang));
                let described = source_document(program, query, notes, &asked.script);
                document.sources.push(SourceDocument { fingerprint: asked.fingerprint, ..described });
            }
            Err(refused) => problems.push(problem_of(&refused, source, Some(notes))),
        }
    }
    let failed = report(&problems)?;
    let out = match asked.format {
        SqlFormat::Text => texts.join("\n"),
        SqlFormat::Json => serde_json::to_string_pretty(&document).map_err(std::io::Error::other)? + "\n",
    };
    match &asked.output {
        Some(path) => {
            terminal.write_file(path, out.as_bytes())?;
            let count = document.sources.iter().map(|source| source.statements.len() as u64).sum();
            let queries = render::counted(count, lang, ("requête", "requêtes"), ("query", "queries"));
            let path = project::shown(path);
            terminal.err(&lang.pick(format!("{queries} dans « {path} »\n"), format!("{queries} in `{path}`\n")));
        }
        None => terminal.out(&out)?,
    }
    if plan.queries.is_empty() {
        terminal.err(lang.pick("aucune source à lire\n", "no source to read\n"));
    }
    Ok(if failed { End::Problems } else { End::Fine })
}
