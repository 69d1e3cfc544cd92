//! Answers of another engine to cubes, one for each query that could be asked in SQL. Everything is checked before anything is
//! used: the form, whether the questions are the same ones, whether all are answered, each row.

use std::path::Path;

use jauge::plan::{Catalog, Cube, Plan};
use jauge::problem::{AnswersFlaw, AnswersProblem, Fact, Place, Problem, ProjectProblem};
use jauge_sql::{Answers, MEGABYTES, SourceAnswers, cube, problem_of_rows, read_answers};

use crate::project::{self, Project, near, refusal};
use crate::questions::{Manner, questions};

/// The cubes of the queries that are answered in a file, `None` for those that SQL cannot say: these are read as ever.
pub fn cubes(path: &Path, project: &Project, plan: &Plan) -> Result<Vec<Option<Cube>>, Vec<Problem>> {
    let at = |fact: Fact| Problem::at(fact, Place::Path(project::shown(path)));
    let answers = read(path).map_err(|fact| vec![at(*fact)])?;
    let program = &project.program;
    let mut problems = Vec::new();
    let mut cubes = Vec::new();
    let mut used = Vec::new();
    let manner = Manner { dialect: answers.dialect, text_columns: answers.text_columns };
    for query in &plan.queries {
        let Some(source) = program.sources.get(query.source) else {
            cubes.push(None);
            continue;
        };
        let Ok(asked) = questions(program, query, source, manner, None) else {
            cubes.push(None);
            continue;
        };
        used.push(source.name.as_str());
        let own = answers.sources.iter().find(|one| one.source == source.name);
        let cube = match own.map(|own| whole(own, &asked.fingerprint, asked.script.statements.len())) {
            None => Err(AnswersProblem::AnswerMissing { source: source.name.clone(), question: None }),
            Some(Err(problem)) => Err(problem),
            Some(Ok(results)) => {
                let catalog = Catalog {
                    source,
                    sources: &program.sources,
                    dimensions: &program.dimensions,
                    calendars: &program.calendars,
                };
                let shown = |of: usize| {
                    let table = asked.script.table.looked_in.get(&of).filter(|_| of != query.source);
                    format!("{}: {}", answers.dialect.name(), table.unwrap_or(&asked.script.table).name.join("."))
                };
                // An answer may only be left out where the overview says that there is nothing to find.
                match left_out_wrongly(&asked.script, results) {
                    Some(at) => {
                        Err(AnswersProblem::AnswerMissing { source: source.name.clone(), question: Some(at + 1) })
                    }
                    None => cube(query, catalog, &asked.script, results, &shown)
                        .map_err(|wrong| problem_of_rows(&source.name, &asked.script, &wrong)),
                }
            }
        };
        match cube {
            Ok(cube) => cubes.push(Some(cube)),
            Err(problem) => problems.push(at(problem.into())),
        }
    }
    for other in answers.sources.iter().filter(|one| !used.contains(&one.source.as_str())) {
        let fact = AnswersProblem::OtherQuestions { source: other.source.clone(), not_asked: true };
        problems.push(at(fact.into()));
    }
    if problems.is_empty() { Ok(cubes) } else { Err(problems) }
}

fn read(path: &Path) -> Result<Answers, Box<Fact>> {
    if !path.exists() {
        return Err(Box::new(ProjectProblem::PathNotFound { near: near(path) }.into()));
    }
    if std::fs::metadata(path).map_or(0, |data| data.len()) > MEGABYTES << 20 {
        let by = AnswersFlaw::TooLarge(MEGABYTES);
        return Err(Box::new(AnswersProblem::AnswersDamaged { by }.into()));
    }
    let bytes = std::fs::read(path);
    let bytes = bytes.map_err(|error| Box::new(ProjectProblem::Unreadable { reason: refusal(&error) }.into()))?;
    read_answers(&bytes).map_err(|problem| Box::new(problem.into()))
}

type Results = [Option<Vec<jauge_sql::Row>>];

/// The results of a source, where they answer these questions and no other number of them.
fn whole<'a>(own: &'a SourceAnswers, fingerprint: &str, questions: usize) -> Result<&'a Results, AnswersProblem> {
    let source = || own.source.clone();
    if own.fingerprint != fingerprint || own.results.len() > questions {
        return Err(AnswersProblem::OtherQuestions { source: source(), not_asked: false });
    }
    if own.results.len() < questions {
        return Err(AnswersProblem::AnswerMissing { source: source(), question: Some(own.results.len() + 1) });
    }
    Ok(&own.results)
}

/// The first statement without an answer that should have one.
fn left_out_wrongly(script: &jauge_sql::Script, results: &Results) -> Option<usize> {
    let is_zero = |column: &str| {
        let overviews = script.statements.iter().zip(results).filter(|(one, _)| one.role == jauge_sql::Role::Overview);
        let places =
            overviews.filter_map(|(one, rows)| Some((one.columns.iter().position(|of| of.name == column)?, rows)));
        let mut cells = places.flat_map(|(place, rows)| rows.iter().flatten().map(move |row| row.get(place)));
        cells.all(|cell| match cell {
            Some(Some(text)) => text.chars().all(|digit| matches!(digit, '0' | '.')),
            Some(None) => true,
            None => false,
        })
    };
    script.statements.iter().zip(results).position(|(statement, rows)| match (&statement.only_if, rows) {
        (_, Some(_)) => false,
        (None, None) => true,
        (Some(column), None) => !is_zero(column),
    })
}
