//! `jauge eval --partial`: cells that can be merged with those of other places, instead of figures. Nothing is written where
//! something may not leave.

use std::sync::Arc;

use jauge::plan::{Catalog, Cube, CubeSource, Request, plan};
use jauge::problem::Problem;
use jauge::program::model::Program;
use jauge::text::Lang;
use jauge_partial::{MergeKey, Partial, Writer, questions, refusals};

use super::End;
use crate::arguments::{Eval, PartialWanted};
use crate::progress::Progress;
use crate::project::{self, Project, sort};
use crate::render::{self, Counts, Report};
use crate::scan;
use crate::sources::Sources;
use crate::terminal::{Stop, Terminal};
use crate::usage::message;

/// The environment variable of the secret that regions share.
const MERGE_KEY: &str = "JAUGE_MERGE_KEY";

/// Reads the sources and writes the cells.
pub fn run(
    asked: &Eval,
    wanted: &PartialWanted,
    project: &Project,
    mut problems: Vec<Problem>,
    request: &Request,
    terminal: &Terminal,
) -> Result<End, Stop> {
    let lang = terminal.lang;
    let program = &project.program;
    if wanted.label.trim().is_empty() {
        return Err(Stop::Usage(message(
            lang.pick("l'étiquette du partiel est vide", "the label of the partial is empty"),
            lang.pick("écrivez par exemple --label \"Région TTA\"", "write for instance --label \"Région TTA\""),
            lang,
        )));
    }
    let key = merge_key(lang)?;
    let plan = plan(program, request);
    let questions = questions(program, &plan, wanted.keys);
    let refused = refusals(program, &plan, &questions, wanted.protected, key.is_some());
    let mut left_out = 0;
    let written = if refused.is_empty() {
        let progress = Arc::new(Progress::new(lang, terminal.width));
        let engine = scan::engine(project, asked.threads, &progress);
        // The lanes asked are not those of the plan: what a server is asked is not commented with their indicators.
        let mut unnoted = plan.clone();
        unnoted.queries.clear();
        let sources = Sources::new(engine, program, &unnoted, lang, &progress);
        let mut cubes = Vec::new();
        for question in &questions {
            let cube = match program.sources.get(question.query.source) {
                Some(source) => {
                    let catalog = Catalog {
                        source,
                        sources: &program.sources,
                        dimensions: &program.dimensions,
                        calendars: &program.calendars,
                    };
                    sources.cube(&question.query, catalog)
                }
                None => Cube { unreadable: true, ..Cube::default() },
            };
            problems.extend(cube.problems.iter().cloned());
            left_out += cube.problems_left_out;
            cubes.push(cube);
        }
        progress.done();
        let writer = Writer {
            label: &wanted.label,
            key: key.as_ref(),
            engine: jauge_engine::IDENTITIES,
            protected: wanted.protected,
        };
        Partial::new(program, &plan, questions, cubes, writer)
    } else {
        Err(refused)
    };
    let written = match written {
        Ok(partial) => Some(partial),
        Err(refused) => {
            problems.extend(refused);
            None
        }
    };
    sort(&mut problems);
    let report = Report { files: &project.files, problems: &problems, left_out, file_count: project.file_count() };
    render::to_err(&report, terminal)?;
    if let Some(partial) = &written {
        write(asked, program, partial, terminal)?;
        told(program, partial, terminal);
    }
    if !problems.is_empty() || left_out > 0 {
        terminal.err(&render::summary(&report, lang));
    }
    let strict = asked.strict || project.manifest.strict;
    Ok(if Counts::of(&report).fail(strict) { End::Problems } else { End::Fine })
}

/// Writes a partial where it was asked for.
pub fn write(asked: &Eval, program: &Program, partial: &Partial, terminal: &Terminal) -> Result<(), Stop> {
    let text = partial.write(program);
    match &asked.output {
        None => terminal.out(&text),
        Some(path) => {
            terminal.write_file(path, text.as_bytes())?;
            let count = partial.cell_count();
            let lang = terminal.lang;
            let cells = render::counted(count, lang, ("cellule", "cellules"), ("cell", "cells"));
            let path = project::shown(path);
            terminal.err(&lang.pick(format!("{cells} dans « {path} »\n"), format!("{cells} in `{path}`\n")));
            Ok(())
        }
    }
}

/// Says what whoever sends the file must know of it.
fn told(program: &Program, partial: &Partial, terminal: &Terminal) {
    let columns: Vec<String> = partial.identity_columns(program);
    let lang = terminal.lang;
    if !columns.is_empty() {
        let columns = columns.join(", ");
        terminal.err(&match partial.identities_in_clear() {
            true => lang.pick(
                format!("identités en clair : {columns} ; {MERGE_KEY} les brouillerait\n"),
                format!("identities in clear: {columns}; {MERGE_KEY} would scramble them\n"),
            ),
            false => lang.pick(
                format!("identités brouillées : {columns} ; ce fichier reste une donnée personnelle\n"),
                format!("scrambled identities: {columns}; this file is still personal data\n"),
            ),
        });
    }
    if partial.protected {
        terminal.err(lang.pick(
            "ce fichier contient ce qui est protégé : ne l'envoyez qu'à qui peut le voir\n",
            "this file holds what is protected: send it only to those who may see it\n",
        ));
    }
}

/// The secret of the environment; too short a one is wrong use.
fn merge_key(lang: Lang) -> Result<Option<MergeKey>, Stop> {
    let Some(secret) = std::env::var_os(MERGE_KEY).filter(|secret| !secret.is_empty()) else { return Ok(None) };
    let key = secret.to_str().and_then(MergeKey::new);
    key.map(Some).ok_or_else(|| {
        let least = MergeKey::LEAST;
        Stop::Usage(message(
            &lang.pick(format!("{MERGE_KEY} est trop courte"), format!("{MERGE_KEY} is too short")),
            &lang.pick(
                format!("convenez d'une phrase d'au moins {least} caractères, la même dans toutes les régions"),
                format!("agree on a phrase of at least {least} characters, the same in all regions"),
            ),
            lang,
        ))
    })
}
