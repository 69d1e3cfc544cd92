//! Partial cubes: what a place that may not share its rows can share, so that figures over several places are those that all rows
//! in one place would give.
//!
//! ```text
//! Plan ──questions──▶ Question ──scan──▶ Cube ──Partial::new──▶ Partial ──write──▶ text, shipped
//! texts ──read──▶ Partials ──merge──▶ Partial ──cubes──▶ Cubes ──evaluate──▶ Outcome
//! ```
//!
//! A merge is right or refused: what does not add (distinct persons, first and last values) is asked for in a form that does, what
//! may stand in one place only is compared, and definitions are checked by their meaning. Nothing here reads a file, knows the
//! clock or the environment.
//!
//! ```
//! use std::collections::BTreeMap;
//! use jauge::plan::{Catalog, CubeSource, Request, plan};
//! use jauge::{evaluate::evaluate, program::{Context, check}, syntax::parse, text::{FileId, Lang, SourceFile}};
//! use jauge_engine::Engine;
//! use jauge_partial::{Partial, Writer, merge, questions, read, refusals};
//!
//! const TEXT: &str = r#"language: english
//! source visits "Visits"
//!   file:        "visits.csv"
//!   each row is: an event
//!   period:      year (year)
//!   columns:
//!     hours number
//! indicator hours "Hours"
//!   measure: sum of hours in visits
//! "#;
//! let parsed = [parse(FileId(0), &SourceFile::new("a.jauge", TEXT), Lang::En)];
//! let program = check(&parsed, &Context { lang: Lang::En, tables: &BTreeMap::new() }).program;
//!
//! // In each region: what the plan needs, in a form that adds, over its own rows.
//! let region = |label: &str, csv: &str| -> String {
//!     let plan = plan(&program, &Request::all());
//!     let questions = questions(&program, &plan, false);
//!     assert!(refusals(&program, &plan, &questions, false, false).is_empty());
//!     let engine = Engine::new(".").inline(0, csv);
//!     let catalog = |at: usize| Catalog {
//!         source: &program.sources[at], sources: &program.sources, dimensions: &program.dimensions, calendars: &program.calendars,
//!     };
//!     let cubes = questions.iter().map(|one| engine.cube(&one.query, catalog(one.query.source))).collect();
//!     let writer = Writer { label, key: None, engine: jauge_engine::IDENTITIES, protected: false };
//!     Partial::new(&program, &plan, questions, cubes, writer).expect("a sound source").write(&program)
//! };
//! let texts = [region("North", "year,hours\n2020,1.5\n"), region("South", "year,hours\n2020,2\n")];
//!
//! // In one place: the figures that all rows would give.
//! let read = |text: &String| (String::from("a.json"), read(&program, "a.json", text.as_bytes()).expect("a partial"));
//! let (all, _) = merge(&program, texts.iter().map(read).collect(), false).expect("partials of two regions");
//! let (outcome, _) = evaluate(&program, &all.plan, &all.cubes());
//! assert_eq!(outcome.figures[0].value.number().map(|sum| sum.decimal()), Some("3.5".into()));
//! ```

mod codes;
mod cubes;
mod digest;
mod expressions;
mod guard;
mod meaning;
mod merge;
mod partial;
mod question;
mod read;
mod shared;
mod write;

pub use cubes::{NotMerged, merge as merge_cubes};
pub use digest::MergeKey;
pub use guard::refusals;
pub use merge::merge;
pub use partial::{Identified, Part, Partial, Writer};
pub use question::{Question, questions};
pub use read::{limits, read};
pub use write::VERSION;

/// The JSON Schema of a partial.
pub const SCHEMA: &str = include_str!("../../../docs/schema/partial.schema.json");
