//! Files that are no partials, or no longer: each ends in a diagnostic with its place, in bounded time; none in a panic or in
//! figures.

mod common;
#[path = "../../../fuzz/src/partials.rs"]
mod partials;

use std::time::{Duration, Instant};

use common::*;
use jauge::problem::{Place, Problem};
use jauge::program::model::Program;
use jauge::text::Lang;
use jauge_partial::read;
use partials::resealed;
use proptest::prelude::*;

const TEXT: &str = r#"language: english

unit pupil
  singular: "pupil"
  plural:   "pupils"
  is a:     person

dimension sex "Sex"
  groups: exclusive
  members:
    F  "Female"
    M  "Male"

source register "Register"
  file:        "register.csv"
  each row is: an event
  counts:      pupils by who
  period:      day (year)
  columns:
    who  text
    day  date
    sex  sex, may be missing
    age  number, may be missing

indicator enrolled "Enrolled"
  measure:          number of distinct pupils in register
  disaggregated by: sex

indicator ages "Sum"
  measure:          sum of age in register
  disaggregated by: sex

indicator middle "Median"
  measure:          median of age in register

indicator oldest "Oldest"
  measure:          maximum of age in register

indicator last_age "Last"
  measure:          last of age in register
"#;

fn sound(program: &Program) -> String {
    let data = vec!["who,day,sex,age\na,2020-01-02,F,7.5\nb,2021-03-04,M,-3\nc,2021-03-04,,12\n".to_string()];
    written(program, "Nord", &data, USUAL).expect("a partial").write(program)
}

fn told(problems: &[Problem]) -> String {
    let show = |problem: &Problem| {
        let place = match &problem.at {
            Place::Data(place) => format!("{}:{}", place.path, place.line),
            Place::Path(path) => path.clone(),
            Place::Text(_) | Place::Table(_) => "elsewhere".into(),
        };
        let words = problem.words(Lang::En);
        format!("{} {place}: {}, {}", problem.code(), words.title, words.label)
    };
    problems.iter().map(show).collect::<Vec<_>>().join("\n")
}

fn refused(program: &Program, bytes: &[u8]) -> Vec<Problem> {
    match read(program, "x.json", bytes) {
        Ok(_) => panic!("it is read: {}", String::from_utf8_lossy(bytes)),
        Err(problems) => problems,
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let program = program(TEXT);
    let text = sound(&program);
    assert!(read(&program, "x.json", text.as_bytes()).is_ok());
    let mut out = String::new();
    let mut try_with = |what: &str, wrong: String| {
        assert_ne!(wrong, text, "{what}");
        out.push_str(&format!("{what}\n  {}\n", told(&refused(&program, wrong.as_bytes())).replace('\n', "\n  ")));
    };
    let change = |from: &str, to: &str| text.replacen(from, to, 1);
    try_with("empty", String::new());
    try_with("no JSON", "year;count\n2020;3\n".into());
    try_with("other JSON", "{\"version\": 1, \"rows\": []}".into());
    try_with("a list", "[1, 2]".into());
    try_with("half", text[..text.len() / 2].into());
    try_with("a later version", change("\"version\": 1", "\"version\": 2"));
    try_with("a huge version", change("\"version\": 1", "\"version\": 1e400"));
    try_with("an unknown field", change("\"protected\": false", "\"protected\": false, \"more\": 1"));
    try_with("a field twice", change("\"protected\": false", "\"protected\": false, \"protected\": false"));
    try_with("a NUL", change("\"protected\"", "\"prot\0ected\""));
    try_with("an unknown code", change("\"F\"]", "\"Z\"]"));
    try_with("a day that is none", change("\"2020-01-01\"]", "\"2020-02-30\"]"));
    try_with("a day inside a year", change("[\"2020-01-01\"]", "[\"2020-01-02\"]"));
    try_with("a window that is not there", change("[\"2020-01-01\"]", "[7]"));
    try_with("false", change("[\"2020-01-01\"]", "[false]"));
    try_with("a huge sum", change("\"7.5\"", &format!("\"{}\"", "9".repeat(60))));
    try_with("a float", change("[\"7.5\",1]", "[7.5,1]"));
    try_with("an exponent", change("\"7.5\"", "\"75e-1\""));
    try_with("a negative count", change("[\"7.5\",1]", "[\"7.5\",-1]"));
    try_with("a count of 2^64", change("[\"7.5\",1]", "[\"7.5\",18446744073709551616]"));
    try_with("another number", change("\"7.5\"", "\"8.5\""));
    try_with("another label", change("\"Nord\"", "\"Sud\""));
    try_with("no part", {
        let start = text.find("\"parts\": [").expect("parts") + "\"parts\": [".len();
        let end = start + text[start..].find("}]").expect("the end") + 1;
        format!("{}{}", &text[..start], &text[end..])
    });
    let cell = text.lines().find(|line| line.starts_with("[[") && line.ends_with(',')).expect("a cell");
    try_with("a cell twice", change(cell, &format!("{cell}\n{cell}")));
    try_with("more rows in a cell than there are", change("[\"7.5\",1]", "[\"7.5\",4]"));
    try_with("a year far away", change("[[\"2020-01-01\"]", "[[\"#2000000000\"]"));
    insta::assert_snapshot!(out);
}

#[test]
fn a_million_cells_end_in_time() {
    let program = program(TEXT);
    let text = sound(&program);
    let cell = text.lines().find(|line| line.starts_with("[[")).expect("a cell").trim_end_matches([',', ']', '}']);
    // The cell as it stands, and so many more behind it: the second one is there twice.
    let whole = text.lines().find(|line| line.starts_with("[[")).expect("a cell");
    let closed = if whole.ends_with(',') { whole.trim_end_matches(',') } else { cell };
    let started = Instant::now();
    let many = vec![closed; 1_000_000].join(",\n");
    let problems = refused(&program, text.replacen(closed, &many, 1).as_bytes());
    assert_eq!(problems[0].code(), "E0590", "{}", told(&problems));
    let deep = format!("{{\"format\": \"jauge-partial\", \"version\": {}", "[".repeat(2_000_000));
    assert_eq!(refused(&program, deep.as_bytes())[0].code(), "E0590");
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn cut_anywhere_it_is_refused() {
    let program = program(TEXT);
    let text = sound(&program);
    for at in (0..text.trim_end().len()).step_by(3).filter(|at| text.is_char_boundary(*at)) {
        let problems = refused(&program, &text.as_bytes()[..at]);
        assert_eq!(problems[0].code(), "E0590", "{at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_byte_changes_unseen(at in 0usize..10_000, byte in any::<u8>()) {
        let program = program(TEXT);
        let text = sound(&program);
        let mut bytes = text.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        // White space between values and the version of the writer carry no figure; all else is refused.
        if let Ok(partial) = read(&program, "x.json", &bytes) {
            prop_assert_eq!(partial.write(&program), text);
        }
    }
}

#[test]
fn resealed_it_is_read() {
    let program = program(TEXT);
    let text = sound(&program);
    assert_eq!(resealed(&text), text);
    assert!(read(&program, "x.json", resealed(&text.replace("\"7.5\"", "\"8.5\"")).as_bytes()).is_ok());
}

/// What stands in the place of a number or a text.
const TOKENS: &[&str] = &[
    "0",
    "1",
    "3",
    "-1",
    "18446744073709551615",
    "1000000000000",
    "\"99999999999999999999999999999999999999\"",
    "\"-99999999999999999999999999999999999999\"",
    "\"0.00000000000000000000000000000000000001\"",
    "\"0001-01-01\"",
    "\"9999-01-01\"",
    "\"#-719162\"",
    "\"#2932896\"",
    "\"M\"",
    "true",
    "null",
    "[]",
    "{}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_means_it_gets_a_problem_or_figures(
        changes in prop::collection::vec((0usize..400, prop::sample::select(TOKENS)), 1..4),
    ) {
        let program = program(TEXT);
        let mut text = sound(&program);
        for (at, token) in changes {
            let from = text.find("\"sources\"").expect("the sources");
            // Numbers and texts between brackets and commas.
            let places: Vec<usize> = text[from..]
                .char_indices()
                .filter(|(at, mark)| {
                    matches!(mark, '[' | ',') && text[from + at + 1..].starts_with(|next: char| next.is_ascii_digit() || next == '"')
                })
                .map(|(at, _)| from + at + 1)
                .collect();
            let start = places[at % places.len()];
            let end = start + text[start + 1..].find([',', ']']).expect("an end") + 1;
            text.replace_range(start..end, token);
        }
        let text = resealed(&text);
        if let Ok(partial) = read(&program, "x.json", text.as_bytes()) {
            let data = vec!["who,day,sex,age\nd,2020-01-02,F,7.5\n".to_string()];
            let other = written(&program, "Sud", &data, USUAL).expect("a partial");
            evaluated(&program, &partial);
            if let Ok((all, _)) = merged(&program, &[partial, other]) {
                evaluated(&program, &all);
            }
        }
    }
}

/// The seed of the fuzz target, with pieces of it dropped, doubled and moved.
#[test]
fn the_body_of_the_fuzz_target_holds() {
    let seed = include_str!("../../../fuzz/seeds/partiel.cubes.json");
    assert!(read(partials::program(), "seed.json", seed.as_bytes()).is_ok(), "the seed is sound");
    partials::partial(seed.as_bytes());
    let pieces: Vec<&str> = seed.split_inclusive([',', '[', ']', '{', '}', ':', '\n']).collect();
    for at in 0..pieces.len() {
        let without = [&pieces[..at], &pieces[at + 1..]].concat().concat();
        let twice = [&pieces[..=at], &pieces[at..]].concat().concat();
        let moved = [&pieces[at..], &pieces[..at]].concat().concat();
        let other = pieces[(at * 31) % pieces.len()];
        let changed = [&pieces[..at], &[other], &pieces[at + 1..]].concat().concat();
        for text in [without, twice, moved, changed] {
            partials::partial(text.as_bytes());
        }
    }
}
