//! What a query asks of the columns of a source, and where a file has them.

use jauge::plan::{Catalog, CubeQuery, Key};
use jauge::problem::{DataPlace, DataProblem, Place, Problem};
use jauge::program::model::{Column, LookUp, TestKind, TestOn};

use crate::column::{Kind, Needed, Reader, Silent};
use crate::feed::Feed;
use crate::files::OneFile;
use crate::filter::Conditions;
use crate::header::Headers;
use crate::lookups::Tables;
use crate::open::FilePlace;
use crate::report::shorten;
use crate::split::Layout;

/// The columns that a query needs.
pub(crate) fn needed<'a>(query: &'a CubeQuery, catalog: Catalog<'a>, tables: &Tables) -> Vec<Needed<'a>> {
    let wanted = query.columns();
    let columns = catalog.source.columns.iter().enumerate().filter(|(index, _)| wanted.contains(index));
    let of = |(index, column): (usize, &'a Column)| {
        let keys = query.keys.iter().enumerate().filter(|(_, key)| match key {
            Key::Dimension { column, .. }
            | Key::Period { column, .. }
            | Key::Said { column }
            | Key::StageDate { column } => *column == index,
        });
        let of_codes = column.looked_up.and_then(|look_up| Reader::of_codes(look_up, catalog, tables));
        let reader = of_codes.unwrap_or_else(|| Reader::new(column, catalog, compares_numbers(query, index)));
        // Of columns with the same codes the first one tells what is wrong with them.
        let before = |same: &dyn Fn(LookUp, LookUp) -> bool| {
            let others = wanted.range(..index).filter_map(|other| catalog.source.columns.get(*other)?.looked_up);
            column.looked_up.is_some_and(|own| others.into_iter().any(|other| same(own, other)))
        };
        let silent = Silent {
            cells: column.looked_up.is_some_and(|own| wanted.contains(&own.by)) || before(&|a, b| a.by == b.by),
            codes: before(&|a, b| (a.by, a.source) == (b.by, b.source)),
        };
        let quick = reader.quick();
        let (keys, conditions) = (keys.collect(), Conditions::default());
        let (kind, leader) = (Kind::Remembered, None);
        Needed { index, reader, keys, conditions, kind, quick, silent, leads: false, leader }
    };
    let mut needed: Vec<Needed<'a>> = columns.map(of).collect();
    let leaders: Vec<Option<usize>> = (0..needed.len()).map(|at| leader(&needed, at, catalog)).collect();
    for (at, one) in needed.iter_mut().enumerate() {
        one.leader = leaders.get(at).copied().flatten();
        one.leads = leaders.contains(&Some(at));
    }
    needed
}

/// The first of the needed columns, where it comes before the one at this place, whose cells tell what that one holds.
fn leader(needed: &[Needed<'_>], at: usize, catalog: Catalog<'_>) -> Option<usize> {
    let by = |one: &Needed<'_>| catalog.source.columns.get(one.index)?.looked_up.map(|look_up| look_up.by);
    let own = needed.get(at)?;
    let looked = own.reader.looked()?;
    let leads = |one: &Needed<'_>| by(one) == by(own) && one.reader.looked().is_some_and(|other| other.leads(looked));
    needed.iter().take(at).position(leads)
}

/// True where a test of the query compares the numbers of a column.
fn compares_numbers(query: &CubeQuery, column: usize) -> bool {
    query.tests.iter().any(|test| match (&test.on, &test.test) {
        (TestOn::Column { column: tested, .. }, TestKind::Number(..) | TestKind::NumberBetween(..)) => {
            *tested == column
        }
        (TestOn::Column { .. } | TestOn::Dimension(_), _) => false,
    })
}

/// Where the needed columns are in a file.
pub(crate) struct Found {
    /// For each needed column, its place among the headers, from 0; `None` for one that the name of a folder tells.
    pub(crate) places: Vec<Option<usize>>,
    /// For each needed column, what the name of a folder says of it.
    pub(crate) named: Vec<Option<String>>,
    pub(crate) file: OneFile,
    /// Columns that are declared and not needed, and not there either.
    pub(crate) problems: Vec<Problem>,
}

/// Finds the declared columns in a file. A needed column that is not there makes the source unreadable; another one is
/// reported, unless the rows are inline. `named` are the columns that names of folders tell.
pub(crate) fn find(
    needed: &[Needed<'_>],
    catalog: Catalog<'_>,
    headers: &Headers,
    place: &FilePlace,
    named: &[(String, String)],
    is_inline: bool,
) -> Result<Found, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut lost = false;
    let file =
        OneFile { place: place.clone(), header_line: headers.line, cells: headers.names.len(), columns: Vec::new() };
    let mut found = Found { places: Vec::new(), named: Vec::new(), file, problems: Vec::new() };
    for (index, column) in catalog.source.columns.iter().enumerate() {
        let is_needed = needed.iter().any(|one| one.index == index);
        if (is_inline || column.looked_up.is_some()) && !is_needed {
            continue;
        }
        // The column of the codes is sought, and told of, by itself.
        let is_told = column.looked_up.is_none_or(|own| is_inline && !needed.iter().any(|one| one.index == own.by));
        let mut sought = column.headers.clone();
        if sought.is_empty() {
            sought.push(column.name.clone());
        }
        let (first, second) = headers.find(&sought);
        let Some(first) = first else {
            let told = sought.iter().find_map(|header| named.iter().find(|(name, _)| name == header));
            if let Some((header, value)) = told {
                if is_needed {
                    found.places.push(None);
                    found.named.push(Some(value.clone()));
                    found.file.columns.push((0, header.clone()));
                }
                continue;
            }
            lost |= is_needed;
            if !is_told {
                continue;
            }
            let separator = headers.other_separator(&sought);
            problems.push(missing_column(column, sought, separator, headers, place));
            if separator.is_some() {
                // The wrong separator loses every column: that is one mistake.
                return Err(problems.split_off(problems.len() - 1));
            }
            continue;
        };
        let number = u32::try_from(first + 1).unwrap_or(0);
        let header = headers.names.get(first).cloned().unwrap_or_default();
        if let Some(second) = second {
            lost |= is_needed;
            if !is_told {
                continue;
            }
            let columns = (number, u32::try_from(second + 1).unwrap_or(0));
            let at = DataPlace {
                line: headers.line,
                column: columns.1,
                header: header.clone(),
                text: header.clone(),
                ..place.whole()
            };
            problems.push(Problem::at(DataProblem::DuplicateHeader { header, columns }, Place::Data(at)));
            continue;
        }
        if is_needed {
            found.places.push(Some(first));
            found.named.push(None);
            found.file.columns.push((number, header));
        }
    }
    if lost {
        return Err(problems);
    }
    found.problems = problems;
    Ok(found)
}

/// How the records of a text file are laid out, with the needed columns where they were found.
pub(crate) fn of_records(found: &Found, headers: &Headers, feed: &Feed, keeps_all: bool) -> Layout {
    let mut wanted = vec![Layout::SKIP; headers.names.len()];
    let mut count = 0u32;
    let mut place = |slot: &mut u32| {
        if *slot == Layout::SKIP {
            *slot = count;
            count += 1;
        }
        *slot as usize
    };
    let of = |at: &Option<usize>| at.and_then(|at| wanted.get_mut(at)).map(&mut place);
    let of_needed: Vec<Option<usize>> = found.places.iter().map(of).collect();
    if keeps_all {
        // The first cell that is not empty says whether the row is left out, wherever it is.
        wanted.iter_mut().for_each(|slot| {
            place(slot);
        });
    }
    let least = headers.names.iter().rposition(|name| !name.is_empty()).map_or(0, |at| at + 1);
    Layout {
        separator: feed.separator,
        newline: feed.newline,
        cells: headers.names.len(),
        // Empty cells at the end of a row of a sheet are not kept.
        least: if feed.is_sheet { 0 } else { least },
        wanted,
        places: count as usize,
        beside: feed.is_sheet,
        of_needed,
        named: found.named.clone(),
    }
}

fn missing_column(
    column: &Column,
    sought: Vec<String>,
    separator: Option<char>,
    headers: &Headers,
    file: &FilePlace,
) -> Problem {
    let at = DataPlace { line: headers.line, ..file.whole() };
    let near = headers.near(&sought);
    let fact = DataProblem::MissingColumn {
        column: column.name.clone(),
        sought,
        found: headers.names.iter().map(|name| shorten(name)).collect(),
        near,
        separator,
        in_table: false,
    };
    Problem::at(fact, Place::Data(at)).also(column.definition)
}
