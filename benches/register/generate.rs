//! Writes a synthetic register of any length as CSV, seeded, describing nobody. / Écrit un registre fictif de la longueur voulue,
//! en CSV, à graine fixe, qui ne décrit personne.
//!
//!     cargo run --release -p jauge-benches --bin register-data -- OUT.csv [--rows 5000000] [--seed 2026] [--wide]

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use jauge_benches::register::{Shape, write_csv};

/// What the sample in `data/` was made with.
const SEED: u64 = 2026;

struct Wanted {
    path: PathBuf,
    rows: u64,
    seed: u64,
    shape: Shape,
}

fn wanted(mut arguments: impl Iterator<Item = String>) -> Option<Wanted> {
    let (mut path, mut rows, mut seed, mut shape) = (None, 5_000_000, SEED, Shape::Plain);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rows" => rows = arguments.next()?.replace('_', "").parse().ok()?,
            "--seed" => seed = arguments.next()?.parse().ok()?,
            "--wide" => shape = Shape::Wide,
            other if other.starts_with('-') || path.is_some() => return None,
            other => path = Some(PathBuf::from(other)),
        }
    }
    Some(Wanted { path: path?, rows, seed, shape })
}

/// Written beside its place and moved there when whole, so that an interrupted run leaves no half register behind.
fn write(wanted: &Wanted) -> io::Result<()> {
    let unfinished = wanted.path.with_extension("csv.tmp");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
    write_csv(&mut out, wanted.rows, wanted.seed, wanted.shape)?;
    out.flush()?;
    drop(out);
    std::fs::rename(&unfinished, &wanted.path)
}

fn main() -> ExitCode {
    let Some(wanted) = wanted(std::env::args().skip(1)) else {
        eprintln!("register-data OUT.csv [--rows N] [--seed N] [--wide]");
        return ExitCode::from(2);
    };
    match write(&wanted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", wanted.path.display());
            ExitCode::FAILURE
        }
    }
}
