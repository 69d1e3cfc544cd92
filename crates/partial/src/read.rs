//! Text to a partial: every field, code and number is checked, so that what is read is what some place wrote for these
//! definitions, or a problem at its line. Bounded by the length of the text.

use std::collections::BTreeMap;

use jauge::plan::{Cells, Cube, Decimal, Key, LaneState, LaneValue, QualifiedSum, StatedFact, Statement};
use jauge::problem::{DataPlace, Flaw, Named, PartialProblem, Place, Problem};
use jauge::program::model::Program;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::codes::{CodeText, Members, WindowText, code_of, decimal_of, members_of, ordinal_of, window_of};
use crate::digest::{fingerprint, unhex};
use crate::meaning::{self, Meaning};
use crate::partial::{Answer, Identified, Part, Partial};
use crate::question::{Identities, Question, questions};
use crate::write::{FORMAT, FactText, QualifiedText, VERSION};

/// Bounds on what a file can make a reader hold.
pub mod limits {
    /// Megabytes of a partial.
    pub const MEGABYTES: u64 = 1024;
    /// Rows of a source: so many that counts over all cells of a file fit in 64 bits.
    pub const ROWS: u64 = 1_000_000_000_000;
    /// Definitions that are named where they differ.
    pub const NAMED: usize = 8;
}

/// What can be read of any version.
#[derive(Deserialize)]
struct Head<'t> {
    format: Option<String>,
    #[serde(borrow)]
    version: Option<&'t RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'t> {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u32,
    #[serde(rename = "jauge")]
    _jauge: String,
    checksum: String,
    parts: Vec<Part>,
    asked: Asked,
    definitions: BTreeMap<String, String>,
    identities: Option<Identified>,
    protected: bool,
    #[serde(borrow)]
    sources: Vec<SourceText<'t>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    indicators: Vec<String>,
    rules: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceText<'t> {
    source: String,
    rows: u64,
    periods: BTreeMap<String, (String, String)>,
    windows: Vec<WindowText>,
    identities: BTreeMap<String, Vec<String>>,
    once: BTreeMap<String, Vec<String>>,
    facts: Vec<FactText>,
    facts_left_out: u64,
    #[serde(borrow)]
    sets: Vec<SetText<'t>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetText<'t> {
    by: Vec<String>,
    lanes: Vec<String>,
    #[serde(borrow)]
    cells: Vec<&'t RawValue>,
}

/// A cell: its codes, and its values as they stand there.
#[derive(Deserialize)]
struct CellText<'t>(Vec<CodeText>, #[serde(borrow)] Vec<&'t RawValue>);

/// What is wrong, and where in the text where that is known.
struct Wrong(Box<PartialProblem>, Option<usize>);

impl From<Flaw> for Wrong {
    fn from(by: Flaw) -> Self {
        Wrong(Box::new(PartialProblem::Damaged { by }), None)
    }
}

/// Reads a partial for a program. `path` is its file, for messages.
pub fn read(program: &Program, path: &str, bytes: &[u8]) -> Result<Partial, Vec<Problem>> {
    let at_line = |fact: PartialProblem, line: usize| {
        let line = line as u64;
        let place = DataPlace {
            path: path.into(),
            sheet: String::new(),
            line,
            column: 0,
            header: String::new(),
            text: String::new(),
        };
        let place = if line == 0 { Place::Path(path.into()) } else { Place::Data(place) };
        vec![Problem::at(fact, place)]
    };
    let line_of = |offset: usize| 1 + bytes.iter().take(offset).filter(|byte| **byte == b'\n').count();
    let damaged = |by: Flaw, line: usize| at_line(PartialProblem::Damaged { by }, line);
    if bytes.len() as u64 > limits::MEGABYTES << 20 {
        let megabytes = bytes.len() as u64 >> 20;
        return Err(damaged(Flaw::TooLarge { megabytes, limit: limits::MEGABYTES }, 0));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => return Err(damaged(Flaw::NotJson, line_of(error.valid_up_to()))),
    };
    let not_read = |error: serde_json::Error| {
        let by = match error.classify() {
            serde_json::error::Category::Eof => Flaw::CutOff,
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => Flaw::NotJson,
            serde_json::error::Category::Data => Flaw::Shape,
        };
        damaged(by, error.line())
    };
    let head: Head = serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => damaged(Flaw::NotThis, 0),
        _ => not_read(error),
    })?;
    if head.format.as_deref() != Some(FORMAT) {
        return Err(damaged(Flaw::NotThis, 0));
    }
    let version = head.version.map_or("?", RawValue::get);
    if version != VERSION.to_string() {
        let found = version.chars().take(40).collect();
        return Err(at_line(PartialProblem::OtherVersion { found, known: VERSION }, 0));
    }
    let file: File = serde_json::from_str(text).map_err(not_read)?;
    let reader = Reader { program, text };
    reader.partial(file).map_err(|Wrong(fact, offset)| match offset {
        Some(offset) => at_line(*fact, line_of(offset)),
        None => at_line(*fact, 0),
    })
}

struct Reader<'p, 't> {
    program: &'p Program,
    text: &'t str,
}

impl Reader<'_, '_> {
    fn partial(&self, file: File<'_>) -> Result<Partial, Wrong> {
        let program = self.program;
        let other = |differing: Vec<(Named, String)>| {
            let more = differing.len().saturating_sub(limits::NAMED);
            let differing = differing.into_iter().take(limits::NAMED).collect();
            Wrong(Box::new(PartialProblem::OtherDefinitions { differing, more }), None)
        };
        let Some(plan) = Partial::plan_of(program, &file.asked.indicators, file.asked.rules) else {
            let known = |name: &&String| program.indicators.iter().any(|indicator| indicator.name == **name);
            let unknown = file.asked.indicators.iter().filter(|name| !known(name));
            return Err(other(unknown.map(|name| (Named::Indicator, name.clone())).collect()));
        };
        let definitions = meaning::definitions(program, &plan);
        if definitions != file.definitions {
            let names = definitions.keys().chain(file.definitions.keys());
            let mut names: Vec<&String> =
                names.filter(|name| definitions.get(*name) != file.definitions.get(*name)).collect();
            names.sort_unstable();
            names.dedup();
            return Err(other(names.into_iter().filter_map(|name| named(name)).collect()));
        }
        let questions = questions(program, &plan, false);
        if questions.len() != file.sources.len() {
            return Err(other(Vec::new()));
        }
        if file.parts.is_empty() {
            return Err(Flaw::Shape.into());
        }
        let mut answers = Vec::new();
        for (question, source) in questions.into_iter().zip(file.sources) {
            answers.push(self.answer(question, source)?);
        }
        let holds = answers.iter().any(|answer| !answer.cube.keys.is_empty() || !answer.once.is_empty());
        if holds != file.identities.is_some() {
            return Err(Flaw::Shape.into());
        }
        let partial = Partial {
            plan,
            parts: file.parts,
            definitions: file.definitions,
            identities: file.identities,
            protected: file.protected,
            answers,
        };
        if fingerprint(partial.body(program).as_bytes()) != file.checksum {
            return Err(Flaw::Changed.into());
        }
        Ok(partial)
    }

    fn answer(&self, mut question: Question, text: SourceText<'_>) -> Result<Answer, Wrong> {
        let program = self.program;
        let query = &question.query;
        let source = program.sources.get(query.source).ok_or(Flaw::Shape)?;
        if source.name != text.source {
            return Err(Flaw::Shape.into());
        }
        if text.rows > limits::ROWS {
            return Err(Flaw::Number { text: text.rows.to_string() }.into());
        }
        let column = |name: &String| source.columns.iter().position(|column| column.name == *name);
        let identities = |lists: BTreeMap<String, Vec<String>>| -> Result<Identities, Wrong> {
            let mut out = BTreeMap::new();
            for (name, values) in lists {
                let column = column(&name).ok_or(Flaw::Shape)?;
                let values = values.iter().map(|value| unhex(value)).collect::<Option<Vec<_>>>().ok_or(Flaw::Shape)?;
                // In order, each once.
                if !values.is_sorted_by(|a, b| a < b) {
                    return Err(Flaw::Shape.into());
                }
                out.insert(column, values);
            }
            Ok(out)
        };
        let keys = identities(text.identities)?;
        let once = identities(text.once)?;
        let may_stand_once = |column: &usize| question.once.contains(column) || source.key == [*column];
        if !once.keys().all(may_stand_once) {
            return Err(Flaw::Shape.into());
        }
        // Codes of facts are always compared; a key on which counts rest too, but a merge drops it where a part lacks it.
        if question.once.iter().any(|column| !once.contains_key(column)) {
            return Err(Flaw::Shape.into());
        }
        let windows = text.windows.iter().map(|window| window_of(program, window)).collect::<Option<Vec<_>>>();
        let windows = windows.filter(|windows| windows.is_sorted_by(|a, b| a < b)).ok_or(Flaw::Shape)?;
        if windows.len() > Cube::WINDOWS {
            return Err(Flaw::Shape.into());
        }
        let mut meaning = Meaning::new(program);
        let mut periods = BTreeMap::new();
        let mut told = text.periods;
        for (at, key) in query.keys.iter().enumerate() {
            let Key::Period { calendar, .. } = key else { continue };
            let Some((low, high)) = told.remove(&meaning.key(query.source, key)) else { continue };
            let calendar = program.calendars.get(usize::from(calendar.0)).ok_or(Flaw::Shape)?;
            let of = |text: &str| {
                ordinal_of(calendar, text).ok_or(Flaw::Code { code: short(text), of: calendar.name.clone() })
            };
            periods.insert(at, (of(&low)?, of(&high)?));
        }
        if !told.is_empty() || text.sets.len() != question.sets_of_cells() {
            return Err(Flaw::Shape.into());
        }
        let mut sets = Vec::new();
        for (at, set) in text.sets.into_iter().enumerate() {
            sets.push(self.cells(&question, at, set, (windows.len(), text.rows), &keys)?);
        }
        let facts = text.facts.into_iter().map(|fact| self.fact(&question, fact, windows.len()));
        let facts = facts.collect::<Option<Vec<StatedFact>>>().ok_or(Flaw::Shape)?;
        if facts.len() > Cube::FACTS {
            return Err(Flaw::Shape.into());
        }
        question.once = once.keys().copied().collect();
        let cube = Cube {
            sets,
            rows: text.rows,
            unread: 0,
            periods,
            windows,
            keys,
            facts,
            facts_left_out: text.facts_left_out,
            problems: Vec::new(),
            problems_left_out: 0,
            unreadable: false,
        };
        question.strip();
        Ok(Answer { question, cube, once })
    }

    fn cells(
        &self,
        question: &Question,
        at: usize,
        text: SetText<'_>,
        (windows, rows): (usize, u64),
        identities: &Identities,
    ) -> Result<Cells, Wrong> {
        let query = &question.query;
        let set = query.sets.get(at).ok_or(Flaw::Shape)?;
        let keys: Vec<&Key> = set.keys.iter().filter_map(|key| query.keys.get(*key)).collect();
        let mut meaning = Meaning::new(self.program);
        let by: Vec<String> = keys.iter().map(|key| meaning.key(query.source, key)).collect();
        let lanes: Vec<String> = set.lanes.iter().map(|lane| meaning.lane(query, *lane)).collect();
        if by != text.by || lanes != text.lanes {
            return Err(Wrong(Box::new(PartialProblem::OtherDefinitions { differing: Vec::new(), more: 0 }), None));
        }
        let states = crate::cubes::states(query, at);
        let members: Vec<Members<'_>> = keys.iter().map(|key| members_of(self.program, key)).collect();
        let mut cells = Cells::new();
        for raw in text.cells {
            let here = |by: Flaw| Wrong(Box::new(PartialProblem::Damaged { by }), Some(self.offset(raw)));
            let CellText(codes, values) = serde_json::from_str(raw.get()).map_err(|_| here(Flaw::Shape))?;
            if codes.len() != keys.len() || values.len() != states.len() {
                return Err(here(Flaw::Shape));
            }
            let mut cell = Vec::with_capacity(codes.len());
            for ((code, members), (key, by)) in codes.iter().zip(&members).zip(keys.iter().zip(&by)) {
                cell.push(code_of(self.program, key, members, code, windows).ok_or_else(|| {
                    let code = match code {
                        CodeText::Text(text) => short(text),
                        CodeText::Window(at) => at.to_string(),
                        CodeText::Unknown => "null".into(),
                        CodeText::Total => "true".into(),
                    };
                    here(Flaw::Code { code, of: by.clone() })
                })?);
            }
            let mut found = Vec::with_capacity(values.len());
            for (raw, state) in values.iter().zip(&states) {
                let known = match state {
                    LaneState::Keys(column) => identities.get(column).map_or(0, Vec::len),
                    LaneState::Rows
                    | LaneState::Line
                    | LaneState::Present(_)
                    | LaneState::Sum(_)
                    | LaneState::Minimum(_)
                    | LaneState::Maximum(_)
                    | LaneState::Distinct(_)
                    | LaneState::Values(_)
                    | LaneState::Marks(_)
                    | LaneState::First { .. }
                    | LaneState::Last { .. } => 0,
                };
                found.push(value(raw.get(), *state, known, rows).map_err(here)?);
            }
            if cells.insert(cell.into_boxed_slice(), found.into_boxed_slice()).is_some() {
                return Err(here(Flaw::CellTwice));
            }
        }
        Ok(cells)
    }

    /// Where a piece of the text stands in it.
    fn offset(&self, raw: &RawValue) -> usize {
        raw.get().as_ptr().addr().saturating_sub(self.text.as_ptr().addr())
    }

    fn fact(&self, question: &Question, text: FactText, windows: usize) -> Option<StatedFact> {
        let query = &question.query;
        if text.keys.len() != query.keys.len() || text.passes.len() != query.filters.len() {
            return None;
        }
        let keys = query
            .keys
            .iter()
            .zip(&text.keys)
            .map(|(key, code)| code_of(self.program, key, &members_of(self.program, key), code, windows));
        let statements = text.statements.into_iter().map(|one| Statement {
            by: one.by,
            place: DataPlace {
                path: one.file,
                sheet: one.sheet,
                line: one.line,
                column: one.column,
                header: one.header,
                text: one.text,
            },
            counted: one.counted,
        });
        Some(StatedFact {
            code: text.code,
            agree: text.agree,
            keys: keys.collect::<Option<Vec<i32>>>()?,
            passes: text.passes,
            statements: statements.collect(),
        })
    }
}

/// At most so much of a text in a message.
fn short(text: &str) -> String {
    text.chars().take(DataPlace::TEXT_LIMIT).collect()
}

/// A definition of a partial by its kind: `source registre`.
fn named(definition: &str) -> Option<(Named, String)> {
    let (kind, name) = definition.split_once(' ')?;
    let kind = match kind {
        "indicator" => Named::Indicator,
        "rule" => Named::Rule,
        "source" => Named::Source,
        "dimension" => Named::Dimension,
        "unit" => Named::Unit,
        "calendar" => Named::Calendar,
        _ => return None,
    };
    Some((kind, short(name)))
}

fn decimal(text: &str) -> Result<Decimal, Flaw> {
    decimal_of(text).ok_or_else(|| Flaw::Number { text: short(text) })
}

/// The value of a lane, of a source with so many identities in the lane's column and so many rows.
fn value(text: &str, state: LaneState, identities: usize, rows: u64) -> Result<LaneValue, Flaw> {
    let counted = |count: u64| if count <= rows { Ok(count) } else { Err(Flaw::TooMany { count }) };
    fn parse<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, Flaw> {
        serde_json::from_str(text).map_err(|_| Flaw::Number { text: short(text) })
    }
    Ok(match state {
        LaneState::Rows | LaneState::Line | LaneState::Present(_) | LaneState::Distinct(_) => {
            LaneValue::Count(counted(parse(text)?)?)
        }
        LaneState::Sum(_) | LaneState::First { .. } | LaneState::Last { .. } if text.starts_with('{') => {
            let of: QualifiedText = parse(text)?;
            LaneValue::Qualified(Box::new(QualifiedSum {
                stated: decimal(&of.stated)?,
                values: counted(of.values)?,
                low: decimal(&of.low)?,
                no_low: counted(of.no_low)?,
                open_low: counted(of.open_low)?,
                high: decimal(&of.high)?,
                no_high: counted(of.no_high)?,
                open_high: counted(of.open_high)?,
                about: counted(of.about)?,
                otherwise: counted(of.otherwise)?,
            }))
        }
        LaneState::Sum(_) | LaneState::First { .. } | LaneState::Last { .. } => {
            let (sum, values): (String, u64) = parse(text)?;
            LaneValue::Sum(decimal(&sum)?, counted(values)?)
        }
        LaneState::Minimum(_) | LaneState::Maximum(_) => {
            let extreme: Option<String> = parse(text)?;
            LaneValue::Extreme(extreme.map(|text| decimal(&text)).transpose()?)
        }
        LaneState::Values(_) | LaneState::Marks(_) => {
            let values: Vec<(String, u64)> = parse(text)?;
            let values = values.into_iter().map(|(value, rows)| Ok((decimal(&value)?, counted(rows)?)));
            let values = values.collect::<Result<Vec<_>, Flaw>>()?;
            if !values.is_sorted_by(|(a, _), (b, _)| crate::cubes::compare(*a, *b).is_lt()) {
                return Err(Flaw::Shape);
            }
            LaneValue::Values(values)
        }
        LaneState::Keys(_) => {
            let keys: Vec<u32> = parse(text)?;
            if keys.iter().any(|key| *key as usize >= identities) {
                return Err(Flaw::Beyond);
            }
            if !keys.is_sorted_by(|a, b| a < b) {
                return Err(Flaw::Shape);
            }
            LaneValue::Keys(keys)
        }
    })
}
