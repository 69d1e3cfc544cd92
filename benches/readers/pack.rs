//! Writes a CSV file as the same table in another form, told by the end of the name: gzip, zstd, zip or a workbook with typed cells.
//! / Écrit un fichier CSV sous une autre forme, d'après la fin du nom : gzip, zstd, zip, ou un classeur aux cases typées.
//!
//!     cargo run --release -p jauge-benches --bin readers-data -- IN.csv OUT.csv.gz|OUT.csv.zst|OUT.zip|OUT.xlsx

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

fn pack(from: &Path, to: &Path) -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 20, File::open(from)?);
    let end = to.extension().and_then(|end| end.to_str()).unwrap_or_default();
    if end == "xlsx" {
        return workbook(input, to).map_err(io::Error::other);
    }
    let mut output = BufWriter::new(File::create(to)?);
    match end {
        "gz" => {
            let mut packed = flate2::write::GzEncoder::new(&mut output, flate2::Compression::default());
            io::copy(&mut input, &mut packed)?;
            packed.finish()?;
        }
        "zst" => ruzstd::encoding::compress(input, &mut output, ruzstd::encoding::CompressionLevel::Fastest),
        "zip" => {
            let mut zip = zip::ZipWriter::new(&mut output);
            let options = zip::write::SimpleFileOptions::default().large_file(true);
            zip.start_file("register.csv", options)?;
            io::copy(&mut input, &mut zip)?;
            zip.finish()?;
        }
        _ => return Err(io::Error::new(io::ErrorKind::InvalidInput, "gz, zst, zip or xlsx")),
    }
    output.flush()
}

/// Numbers, dates and truth values with their type, as a person's workbook has them. The generator writes no quotes.
fn workbook(input: impl BufRead, to: &Path) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet_with_low_memory()?;
    sheet.set_name("data")?;
    for (row, line) in input.lines().enumerate() {
        let row = u32::try_from(row)?;
        for (column, text) in line?.split(',').enumerate() {
            let column = u16::try_from(column)?;
            let is_date = text.len() == 10 && text.as_bytes().get(4) == Some(&b'-');
            match (text, text.parse::<f64>()) {
                ("", _) => continue,
                ("true" | "false", _) => sheet.write(row, column, text == "true")?,
                (date, _) if is_date => {
                    sheet.write_with_format(row, column, &ExcelDateTime::parse_from_str(date)?, &day)?
                }
                (_, Ok(number)) => sheet.write(row, column, number)?,
                (text, Err(_)) => sheet.write(row, column, text)?,
            };
        }
    }
    book.save(to)?;
    Ok(())
}

fn main() -> ExitCode {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = names.as_slice() else {
        eprintln!("readers-data IN.csv OUT.csv.gz|OUT.csv.zst|OUT.zip|OUT.xlsx");
        return ExitCode::from(2);
    };
    match pack(Path::new(from), Path::new(to)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{to}: {error}");
            ExitCode::FAILURE
        }
    }
}
