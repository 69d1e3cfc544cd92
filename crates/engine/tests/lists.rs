//! Code lists: what is read, what is told, what is refused. All data are synthetic.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use jauge::program::model::Format;
use jauge_engine::{limits, read_table_of};

fn of(path: &str, bytes: Vec<u8>) -> Result<(usize, Vec<&'static str>), (&'static str, u64)> {
    match read_table_of(path, bytes, &Format::default()) {
        Ok(table) => Ok((table.rows.len(), table.remarks.iter().map(|remark| remark.code()).collect())),
        Err(problem) => {
            let line = match &problem.at {
                jauge::problem::Place::Data(at) => at.line,
                _ => 0,
            };
            Err((problem.code(), line))
        }
    }
}

fn gz(text: &str, times: usize) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text.as_bytes()).expect("memory takes it");
    packed.finish().expect("memory takes it").repeat(times)
}

#[test]
fn lists_are_told_about_like_data() {
    let text = "code,libellé\nTTA,Tanger\nORI,Oriental\n";
    assert_eq!(of("codes.csv", text.into()), Ok((2, vec![])));
    assert_eq!(of("codes.csv.gz", gz(text, 1)), Ok((2, vec![])));
    assert_eq!(of("codes.csv", gz(text, 1)), Ok((2, vec!["W0503"])));
    assert_eq!(of("codes.csv", format!("{text}a,b,c\n").into()), Err(("E0514", 4)));
    assert_eq!(of("codes.csv", format!("{text}a,b\0\n").into()), Err(("E0507", 0)));
}

#[test]
fn lists_without_end_are_refused() {
    // Headers, then so many rows.
    let mut long = gz("code\n", 1);
    long.extend(gz(&"a\n".repeat(1 << 18), 4));
    assert_eq!(of("codes.csv.gz", long), Err(("E0537", limits::TABLE_ROWS as u64 + 2)));
    // Few rows of very many cells: what counts is what is kept.
    let width = 50_000;
    let mut wide = gz(&format!("{}\n", vec!["c"; width].join(",")), 1);
    wide.extend(gz(&format!("{}\n", ",".repeat(width - 1)), 400));
    assert_eq!(of("codes.csv.gz", wide), Err(("E0537", (limits::TABLE_CELLS / width) as u64 + 2)));
}
