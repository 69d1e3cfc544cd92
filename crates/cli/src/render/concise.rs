//! One line per problem: `file:line:col: CODE message`.

use jauge::problem::{Place, Problem};
use jauge::text::{Files, Lang};

use super::place::lines;
use super::plain;

/// The line of one problem.
pub fn line(problem: &Problem, files: &Files, lang: Lang) -> String {
    let at = lines(&problem.at, files);
    let place = match problem.at {
        Place::Text(_) | Place::Data(_) => format!("{}:{}:{}", at.path, at.line, at.column),
        Place::Path(_) => at.path,
        Place::Table(ref table) => super::place::table(table, lang),
    };
    let words = problem.words(lang);
    let title = plain(&words.title).replace('\n', " ");
    format!("{place}: {} {title}\n", problem.code())
}
