//! Rows that state facts to one row a fact: rows of one fact wait until the file has been read; then one of them is counted,
//! by the declared priority where they differ, and all are told.

use std::collections::BTreeMap;

use jauge::plan::{Cube, CubeQuery, StatedFact, Statement};
use jauge::problem::{DataPlace, FactProblem, Place, Problem, Stated};
use jauge::program::model::{FactRows, Priority};
use rustc_hash::FxHashMap;

use crate::cell::Value;
use crate::class::Shape;
use crate::column::Needed;
use crate::distinct::Identity;
use crate::files::Files;
use crate::filter::has;
use crate::text::plain;

/// The places of a source's fact columns among the needed ones, and its priority.
pub(crate) struct FactPlaces {
    pub(crate) column: usize,
    pub(crate) same: Vec<usize>,
    pub(crate) stated: Vec<usize>,
    pub(crate) by: Option<usize>,
    /// A priority is declared: `by` is not only a guess.
    pub(crate) declared: bool,
    texts: FxHashMap<String, u32>,
    members: FxHashMap<usize, u32>,
}

impl FactPlaces {
    pub(crate) fn new(facts: &FactRows, place: impl Fn(usize) -> usize) -> Self {
        let all = |columns: &[usize]| columns.iter().map(|column| place(*column)).collect();
        let rank = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let (mut texts, mut members) = (FxHashMap::default(), FxHashMap::default());
        match &facts.priority {
            None => {}
            Some(Priority::Texts(list)) => {
                for (at, text) in list.iter().enumerate() {
                    texts.entry(plain(text)).or_insert(rank(at));
                }
            }
            Some(Priority::Members(list)) => {
                for (at, member) in list.iter().enumerate() {
                    members.entry(*member).or_insert(rank(at));
                }
            }
        }
        FactPlaces {
            column: place(facts.column),
            same: all(&facts.same),
            stated: all(&facts.stated),
            by: facts.by.map(&place),
            declared: facts.priority.is_some(),
            texts,
            members,
        }
    }

    /// The place of a statement in the declared order; those that it does not name come last.
    pub(crate) fn rank(&self, value: Value, text: &str) -> u32 {
        let found = match value {
            Value::Member(member, _) => self.members.get(&member),
            Value::Text => self.texts.get(&plain(text)),
            Value::Missing
            | Value::Marked(_)
            | Value::Total
            | Value::Number(_)
            | Value::Said(_)
            | Value::Day(_)
            | Value::YesNo(_)
            | Value::Period(_) => None,
        };
        found.copied().unwrap_or(u32::MAX)
    }
}

/// A row that waits.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) rank: u32,
    pub(crate) line: u64,
    pub(crate) words: Box<[u64]>,
    pub(crate) values: Box<[Value]>,
    /// The identities of its distinct columns, in their order; empty where there is none.
    pub(crate) keys: Vec<Box<[u8]>>,
}

/// Lines kept of those that state the same of one fact.
const LINES: usize = 8;

/// What rows state of one fact, all of them the same.
#[derive(Debug)]
struct Claim {
    what: Identity,
    /// Nothing is stated: every such cell is empty.
    empty: bool,
    best: Waiting,
    /// The first lines, with their ranks.
    lines: Vec<(u32, u64)>,
}

impl Claim {
    fn keep(&mut self, lines: &[(u32, u64)]) {
        self.lines.extend_from_slice(lines);
        self.lines.sort_unstable();
        self.lines.truncate(LINES);
    }
}

/// The facts of a file; as long as the file has different facts.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    facts: FxHashMap<Identity, Vec<Claim>>,
}

impl Facts {
    pub(crate) fn add(&mut self, fact: &[u8], what: &[u8], empty: bool, row: Waiting) {
        let claims = self.facts.entry(Identity::new(fact)).or_default();
        let lines = vec![(row.rank, row.line)];
        put(claims, Claim { what: Identity::new(what), empty, best: row, lines });
    }

    pub(crate) fn merge(&mut self, other: Facts) {
        for (fact, claims) in other.facts {
            let own = self.facts.entry(fact).or_default();
            for claim in claims {
                put(own, claim);
            }
        }
    }

    /// For each fact the row that is counted, and the facts that several rows state.
    pub(crate) fn settle(self, declared: bool) -> (Vec<Waiting>, Vec<Several>) {
        let mut counted = Vec::new();
        let mut several = Vec::new();
        for (_, mut claims) in self.facts {
            claims.sort_by_key(|claim| (claim.empty, claim.best.rank, claim.best.line));
            let lines: usize = claims.iter().map(|claim| claim.lines.len()).sum();
            // A row that states nothing contradicts nobody.
            let said: Vec<&Claim> = claims.iter().filter(|claim| !claim.empty).collect();
            let agree = said.len() <= 1;
            let decided = match said.as_slice() {
                [] | [_] => true,
                [first, second, ..] => declared && first.best.rank < second.best.rank,
            };
            let Some(first) = claims.first() else { continue };
            if lines > 1 {
                let all = claims.iter().enumerate();
                let mut rows: Vec<(usize, u32, u64)> = all
                    .flat_map(|(at, claim)| claim.lines.iter().map(move |(rank, line)| (at, *rank, *line)))
                    .collect();
                rows.sort_unstable();
                several.push(Several {
                    agree,
                    decided,
                    lines: rows.into_iter().map(|(_, _, line)| line).collect(),
                    words: first.best.words.clone(),
                });
            }
            if decided {
                let first = claims.swap_remove(0);
                counted.push(first.best);
            }
        }
        // What is counted first does not depend on the order of hashing.
        counted.sort_unstable_by_key(|row| row.line);
        several.sort_unstable_by_key(|fact| fact.lines.iter().min().copied());
        (counted, several)
    }
}

fn put(claims: &mut Vec<Claim>, claim: Claim) {
    match claims.iter_mut().find(|own| own.what == claim.what) {
        None => claims.push(claim),
        Some(own) => {
            own.keep(&claim.lines);
            if (claim.best.rank, claim.best.line) < (own.best.rank, own.best.line) {
                own.best = claim.best;
            }
        }
    }
}

/// A fact that several rows state.
pub(crate) struct Several {
    agree: bool,
    decided: bool,
    /// The first one is counted, where it is decided.
    lines: Vec<u64>,
    words: Box<[u64]>,
}

impl Several {
    pub(crate) fn lines(&self) -> &[u64] {
        &self.lines
    }
}

/// The texts of a line that tell a statement: the fact's code, who states it, what is stated.
pub(crate) type Texts = BTreeMap<u64, Vec<String>>;

/// What facts are told with.
pub(crate) struct Telling<'t, 'a> {
    pub(crate) query: &'t CubeQuery,
    pub(crate) shape: Shape,
    pub(crate) files: &'t Files,
    pub(crate) needed: &'t [Needed<'a>],
    pub(crate) places: &'t FactPlaces,
    pub(crate) texts: &'t Texts,
}

impl Telling<'_, '_> {
    /// One fact for the cube, and its problem where its statements differ.
    pub(crate) fn tell(&self, fact: &Several) -> (StatedFact, Option<Problem>) {
        let of = |line: u64, at: usize| self.texts.get(&line).and_then(|texts| texts.get(at)).cloned();
        let first = fact.lines.first().copied().unwrap_or(0);
        let code = of(first, 0).unwrap_or_default();
        // Of several stated columns, those in which the rows differ; all where they do not.
        let count = self.places.stated.len();
        let differs = |at: &usize| fact.lines.iter().any(|line| of(*line, at + 2) != of(first, at + 2));
        let mut shown: Vec<usize> = (0..count).filter(differs).collect();
        if shown.is_empty() {
            shown = (0..count).collect();
        }
        let column = shown.first().and_then(|at| self.places.stated.get(*at)).copied();
        let statements: Vec<Statement> = fact
            .lines
            .iter()
            .enumerate()
            .map(|(at, line)| {
                let texts: Vec<String> = shown.iter().map(|at| of(*line, at + 2).unwrap_or_default()).collect();
                let place = match column {
                    Some(at) => self.files.cell(at, *line, texts.join(" | ")),
                    None => DataPlace { text: texts.join(" | "), ..self.files.whole(*line) },
                };
                let by = of(*line, 1).filter(|by| !by.is_empty());
                Statement { by, place, counted: fact.decided && at == 0 }
            })
            .collect();
        let problem = (!fact.agree).then(|| {
            let stated: Vec<Stated> = statements
                .iter()
                .map(|one| Stated { by: one.by.clone(), text: one.place.text.clone(), line: one.place.line })
                .collect();
            let by = self.places.by.and_then(|at| self.needed.get(at)).map(|one| one.reader.column.name.clone());
            let code = code.clone();
            let fact = match fact.decided {
                true => FactProblem::Disputed { code, statements: stated },
                false => FactProblem::Undecided { code, statements: stated, by, declared: self.places.declared },
            };
            let mut places = statements.iter().map(|one| Place::Data(one.place.clone()));
            let at = places.next().unwrap_or_else(|| Place::Path(self.files.get(0).place.path));
            Problem { also: places.collect(), ..Problem::at(fact, at) }
        });
        let keys = (0..self.query.keys.len()).map(|key| self.shape.code(&fact.words, key)).collect();
        let masks = fact.words.get(..self.shape.mask_words).unwrap_or(&[]);
        let passes = (0..self.query.filters.len()).map(|filter| has(masks, filter)).collect();
        (StatedFact { code, statements, agree: fact.agree, keys, passes }, problem)
    }
}

/// The facts that are kept to be shown, those that disagree before the others, in the order of their lines; how many are not,
/// and how many of these disagree.
pub(crate) fn kept(several: &mut Vec<Several>) -> (u64, u64) {
    several.sort_by_key(|fact| fact.agree);
    let rest = several.get(Cube::FACTS..).unwrap_or(&[]);
    let left_out = (rest.len() as u64, rest.iter().filter(|fact| !fact.agree).count() as u64);
    several.truncate(Cube::FACTS);
    several.sort_by_key(|fact| fact.lines.iter().min().copied());
    left_out
}
