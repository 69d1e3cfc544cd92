//! Findings to problems with places and words: cells that could not be read, keys that come again, facts that several rows
//! state. Texts that were not kept are read again from the file, which is cheap for the few that are shown.

use std::collections::BTreeMap;

use jauge::plan::StatedFact;
use jauge::problem::{DataProblem, Fact, Place, Problem};

use crate::cell::Mistake;
use crate::column::Needed;
use crate::facts::{self, Several, Telling};
use crate::files::line_of;
use crate::report::{Mistakes, shorten};
use crate::scan::Scan;

/// What stands for the text of confidential columns.
pub(crate) const MASK: &str = "•••";

/// Duplicate keys, with both lines: where one comes again, where it stands first, and how many more there are.
pub(crate) fn duplicates(
    scan: &Scan<'_>,
    (lines, left_out): (Vec<(u64, u64)>, u64),
    problems: &mut Vec<Problem>,
) -> u64 {
    let columns: Vec<&Needed<'_>> = scan.unique.iter().filter_map(|at| scan.needed.get(*at)).collect();
    let texts = scan.texts(lines.iter().map(|(line, _)| *line).collect(), &scan.unique);
    for (line, first) in lines {
        let key = shorten(&texts.get(&line).cloned().unwrap_or_default().join(" | "));
        let names = columns.iter().map(|one| one.reader.column.name.clone()).collect();
        let at = |line, text| match scan.unique.as_slice() {
            [one] => scan.files.cell(*one, line, text),
            _ => jauge::problem::DataPlace { text, ..scan.files.whole(line) },
        };
        let looked_up = scan.gathering.is_some();
        let fact = DataProblem::DuplicateKey { columns: names, key: key.clone(), first: line_of(first), looked_up };
        let mut problem = Problem::at(fact, Place::Data(at(line, key)));
        problem.also.push(Place::Data(at(first, String::new())));
        problems.push(problem);
    }
    left_out
}

/// Facts that several rows state, with the texts of their rows read again; how many more there are.
pub(crate) fn facts(
    scan: &Scan<'_>,
    mut several: Vec<Several>,
    problems: &mut Vec<Problem>,
    left_out: &mut u64,
) -> (Vec<StatedFact>, u64) {
    let Some(places) = &scan.facts else { return (Vec::new(), 0) };
    let (not_kept, disagree) = facts::kept(&mut several);
    *left_out += disagree;
    let lines = several.iter().flat_map(|fact| fact.lines().iter().copied()).collect();
    // A place that is not among the needed ones has an empty text.
    let by = places.by.unwrap_or(usize::MAX);
    let columns: Vec<usize> = [places.column, by].into_iter().chain(places.stated.iter().copied()).collect();
    let mut texts = scan.texts(lines, &columns);
    if scan.catalog.source.threshold.is_some_and(|threshold| threshold > 0) {
        // What rows state of few persons is not shown.
        for texts in texts.values_mut() {
            texts.iter_mut().skip(2).filter(|text| !text.is_empty()).for_each(|text| *text = MASK.to_string());
        }
    }
    let telling = Telling {
        query: scan.query,
        shape: scan.shape,
        files: &scan.files,
        needed: &scan.needed,
        places,
        texts: &texts,
    };
    let mut told = Vec::new();
    for fact in &several {
        let (fact, problem) = telling.tell(fact);
        told.push(fact);
        problems.extend(problem);
    }
    (told, not_kept)
}

/// Adds the words' facts of the mistakes that are kept; says how many are not.
pub(crate) fn explain(scan: &Scan<'_>, mistakes: Mistakes, problems: &mut Vec<Problem>) -> u64 {
    let decimals = mistakes.decimals();
    let (kept, left_out) = mistakes.finish();
    // The same text in the same column has the same facts: looking for close names is slow.
    let mut known: BTreeMap<(usize, Mistake, Box<str>), Fact> = BTreeMap::new();
    for (at, kept) in kept {
        let cells = scan.cells(kept.line);
        let Some(needed) = scan.needed.get(at) else {
            let fact = match kept.mistake {
                Mistake::CellCount { found } => DataProblem::WrongCellCount { found: found as usize, wanted: cells },
                _ => DataProblem::TextAfterQuote,
            };
            problems.push(Problem::at(fact, Place::Data(scan.files.whole(kept.line))));
            continue;
        };
        let masked = needed.reader.column.confidential && !kept.text.is_empty();
        let text = if masked { MASK.to_string() } else { kept.text.to_string() };
        let fact = known
            .entry((at, kept.mistake, text.clone().into()))
            .or_insert_with(|| {
                let other = decimals.get(&at).filter(|_| kept.mistake == Mistake::Style);
                let mixed = other.and_then(|(line, other)| needed.reader.mixed(&text, (*line, other)));
                mixed.map_or_else(|| needed.reader.explain(kept.mistake, &text, cells), Fact::from)
            })
            .clone()
            .of_rows(kept.rows);
        let place = scan.files.cell(at, kept.line, text);
        problems.push(Problem::at(fact, Place::Data(place)));
    }
    left_out
}
