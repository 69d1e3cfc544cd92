//! The bodies of the fuzz targets over mutated seeds, so that every run of the tests tries some hostile input.

#[path = "../../../fuzz/src/bodies.rs"]
mod bodies;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A fixed sequence (SplitMix64): a failure can be repeated.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound.max(1)).expect("small")).expect("below a usize")
    }

    /// Bytes with a few of them changed, doubled, dropped or cut.
    fn mutate(&mut self, seed: &[u8]) -> Vec<u8> {
        const PIECES: [&[u8]; 16] = [
            b"\"",
            b"\n",
            b"  ",
            b":",
            b",",
            b";",
            b"(",
            b")",
            b"\xe9",
            "\u{202f}".as_bytes(),
            "« ".as_bytes(),
            b"ou ",
            b"%",
            b"\0",
            b"9999999999999999999999",
            b"\r\n",
        ];
        let mut bytes = seed.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(12)).min(bytes.len());
            match self.below(5) {
                0 => drop(bytes.drain(at..end)),
                1 => drop(bytes.splice(at..at, PIECES[self.below(PIECES.len())].iter().copied())),
                2 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                3 => bytes.truncate(at.max(2)),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = byte.wrapping_add(u8::try_from(self.below(256)).expect("below 256"));
                    }
                }
            }
        }
        bytes
    }
}

fn files(folder: &Path, ending: &str, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, ending, into);
        } else if path.to_string_lossy().ends_with(ending) {
            into.push(path);
        }
    }
}

fn seeds(folders: &[&str], ending: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for folder in folders {
        files(&root.join(folder), ending, &mut paths);
    }
    assert!(!paths.is_empty(), "no seeds in {folders:?}");
    paths.into_iter().map(|path| std::fs::read(path).expect("a seed")).collect()
}

/// Every seed as it is, then mutated ones for a short while.
fn run(body: fn(&[u8]), seeds: &[Vec<u8>], random: u64) {
    const LONG_ENOUGH: Duration = Duration::from_secs(2);
    let start = Instant::now();
    seeds.iter().for_each(|seed| body(seed));
    let mut random = Seeded(random);
    while start.elapsed() < LONG_ENOUGH {
        let seed = &seeds[random.below(seeds.len())];
        // A part of a long seed: many short runs find more than few long ones.
        let from =
            seed[..random.below(seed.len().max(1))].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let part = &seed[from..(from + 2_000).min(seed.len())];
        let mutated = random.mutate(part);
        let shown = String::from_utf8_lossy(&mutated).into_owned();
        let result = std::panic::catch_unwind(|| body(&mutated));
        assert!(result.is_ok(), "a panic on this input:\n{shown:?}");
    }
}

#[test]
fn parse() {
    run(bodies::parse, &seeds(&["examples", "indicators", "fuzz/seeds"], ".jauge"), 1);
}

#[test]
fn check() {
    run(bodies::check, &seeds(&["examples", "indicators", "fuzz/seeds"], ".jauge"), 2);
}

#[test]
fn format() {
    run(bodies::format, &seeds(&["examples", "indicators", "fuzz/seeds"], ".jauge"), 3);
}

#[test]
fn csv() {
    let seeds = seeds(&["fuzz/seeds"], ".csv");
    run(bodies::csv, &seeds, 4);
    // Whole seeds, mutated: parts of them mostly have no header.
    let mut random = Seeded(5);
    for _ in 0..500 {
        bodies::csv(&random.mutate(&seeds[0]));
    }
}

#[test]
fn parquet() {
    let seeds = seeds(&["fuzz/seeds"], ".parquet");
    run_whole(bodies::parquet, &seeds, 6);
}

/// Bytes that choose, before each seed.
fn chosen(seeds: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let choices = (0..16u8).map(|choice| [choice, 5]);
    seeds.iter().flat_map(|seed| choices.clone().map(|choice| [&choice[..], seed].concat())).collect()
}

/// Whole seeds and mutated ones: parts of binary files are nothing.
fn run_whole(body: fn(&[u8]), seeds: &[Vec<u8>], random: u64) {
    const LONG_ENOUGH: Duration = Duration::from_secs(2);
    let start = Instant::now();
    seeds.iter().for_each(|seed| body(seed));
    let mut random = Seeded(random);
    while start.elapsed() < LONG_ENOUGH {
        let seed = &seeds[random.below(seeds.len())];
        let mutated = random.mutate(seed);
        let result = std::panic::catch_unwind(|| body(&mutated));
        assert!(result.is_ok(), "a panic on this input:\n{mutated:?}");
    }
}

#[test]
fn packed() {
    let seeds =
        [seeds(&["fuzz/seeds"], ".csv"), seeds(&["fuzz/seeds"], ".gz"), seeds(&["fuzz/seeds"], ".zst")].concat();
    run_whole(bodies::readers::packed, &chosen(&seeds), 6);
}

#[test]
fn workbook() {
    let seeds = [seeds(&["fuzz/seeds"], ".xlsx"), seeds(&["fuzz/seeds"], ".ods")].concat();
    run_whole(bodies::readers::workbook, &chosen(&seeds), 7);
}

#[test]
fn sheet() {
    run_whole(bodies::readers::sheet, &chosen(&seeds(&["fuzz/seeds"], ".xml")), 8);
}

#[test]
fn cells() {
    let bytes: Vec<u8> = (0..400u32).map(|at| u8::try_from(at * 7_919 % 251).expect("below 256")).collect();
    run_whole(bodies::readers::cells, &[bytes, (0..=255).rev().collect()], 9);
}

#[test]
fn code_list() {
    run_whole(bodies::readers::code_list, &chosen(&seeds(&["fuzz/seeds"], ".csv")), 10);
}

#[test]
fn headers() {
    run_whole(bodies::readers::headers, &chosen(&seeds(&["fuzz/seeds"], ".csv")), 11);
}
