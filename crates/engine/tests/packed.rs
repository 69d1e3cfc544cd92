//! What the engine makes of compressed files. All data are synthetic.

mod common;

use std::io::{Cursor, Write};

use common::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use jauge::plan::{Cube, CubeQuery, CubeSource, LaneState};
use jauge::problem::{Bound, Damage, Fact, FileProblem, Holds};
use jauge::text::Lang;
use jauge_engine::Engine;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use zip::write::SimpleFileOptions;

const TEXT: &str = "sexe,montant\nF,1\nM,-2\nF,3.5\n";

fn by_sex() -> CubeQuery {
    query(vec![dimension_key(SEX, 0, 0)], vec![LaneState::Rows, LaneState::Sum(AMOUNT)])
}

fn gz(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text).expect("memory takes it");
    packed.finish().expect("memory takes it")
}

fn zst(text: &[u8]) -> Vec<u8> {
    compress_to_vec(text, CompressionLevel::Fastest)
}

fn zipped(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        if name.ends_with('/') {
            zip.add_directory(*name, options).expect("a folder");
            continue;
        }
        zip.start_file(*name, options).expect("an entry");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

fn ask(path: &str, bytes: impl Into<Vec<u8>>) -> Cube {
    let mut world = world();
    world.source.path = Some(path.into());
    Engine::new(".").threads(2).chunk_bytes(16).inline(0, bytes).cube(&by_sex(), world.catalog())
}

/// The cube is that of the text; the problems are these.
fn read(path: &str, bytes: impl Into<Vec<u8>>, wanted: &[&str]) {
    let cube = ask(path, bytes);
    assert_eq!(problems(&cube), wanted, "{path}");
    assert_eq!(show(&cube), ["[0] 2 4.5/2", "[1] 1 -2/1"], "{path}");
}

/// The file is refused: its fact, and the line up to which it could be read.
fn refused(path: &str, bytes: impl Into<Vec<u8>>) -> (FileProblem, String) {
    let cube = ask(path, bytes);
    assert!(cube.unreadable, "{path}: {:?}", show(&cube));
    let [problem] = cube.problems.as_slice() else { panic!("{path}: {:?}", cube.problems) };
    for lang in Lang::ALL {
        let words = problem.words(lang);
        assert!(words.title.contains(path) && !words.label.is_empty() && !words.help.is_empty(), "{words:?}");
    }
    let Fact::FileProblem(fact) = &problem.fact else { panic!("{path}: {problem:?}") };
    (fact.clone(), problems(&cube).remove(0))
}

fn damage(path: &str, bytes: impl Into<Vec<u8>>) -> (Damage, String) {
    match refused(path, bytes) {
        (FileProblem::PackedBroken { damage, .. }, place) => (damage, place),
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn compressed_tables_are_read_as_the_tables_they_hold() {
    let (half, rest) = TEXT.as_bytes().split_at(20);
    let skipped = [&[0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zst(TEXT.as_bytes())].concat();
    read("r.csv.gz", gz(TEXT.as_bytes()), &[]);
    read("R.CSV.GZ", [gz(half), gz(b""), gz(rest)].concat(), &[]);
    read("r.csv.gz", [gz(TEXT.as_bytes()), vec![0; 100]].concat(), &[]);
    read("r.csv.zst", zst(TEXT.as_bytes()), &[]);
    read("r.csv.zst", [zst(half), zst(rest)].concat(), &[]);
    read("r.csv.zst", skipped, &[]);
    let options = SimpleFileOptions::default();
    read("r.zip", zipped(&[("registre.csv", TEXT.as_bytes())], options), &[]);
    let stored = options.compression_method(zip::CompressionMethod::Stored);
    let mac = [("export/", &b""[..]), ("export/r.csv", TEXT.as_bytes()), ("__MACOSX/export/._r.csv", b"x")];
    read("r.zip", zipped(&mac, stored), &[]);
    // Encodings, separators and marks are those of any table.
    let wide: Vec<u8> =
        "\u{feff}sep=;\r\nsexe;montant\r\nF;1\r\nM;-2\r\nF;3.5\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    read("r.csv.gz", gz(&wide), &[]);
}

#[test]
fn what_a_name_does_not_say_is_told() {
    read("r.csv", gz(TEXT.as_bytes()), &["W0503 0:0"]);
    read("r.csv.gz", TEXT, &["W0503 0:0"]);
    read("r.csv.gz", zst(TEXT.as_bytes()), &["W0503 0:0"]);
    read("r.csv", zipped(&[("r.csv", TEXT.as_bytes())], SimpleFileOptions::default()), &["W0503 0:0"]);
    let cube = ask("donnees/r.csv.gz", zst(TEXT.as_bytes()));
    assert!(cube.problems[0].words(Lang::Fr).help.ends_with("fichier: \"donnees/r.csv.zst\""));
    let cube = ask("r.csv.zst", TEXT);
    assert!(cube.problems[0].words(Lang::En).help.ends_with("file: \"r.csv\""));
}

#[test]
fn damaged_files_are_refused_with_their_line() {
    let rows: String = (0..60_000).map(|row| format!("{},{}\n", ["F", "M"][row % 2], row * row % 9_973)).collect();
    let text = format!("sexe,montant\n{rows}");
    for (path, whole) in [("r.csv.gz", gz(text.as_bytes())), ("r.csv.zst", zst(text.as_bytes()))] {
        for cut in [5, whole.len() / 2, whole.len() - 1] {
            let (found, place) = damage(path, &whole[..cut]);
            assert_eq!(found, Damage::Cut, "{path} {cut}");
            let line: u64 = place.split([' ', ':']).nth(1).and_then(|line| line.parse().ok()).unwrap_or(0);
            // zstd gives nothing out before it has a window of it.
            let some = cut > 5 && path == "r.csv.gz";
            assert!((line > 1_000 || !some) && line <= 60_002, "{path} {cut}: {place}");
        }
        let (found, _) = damage(path, [&whole[..], b"reste"].concat());
        assert_eq!(found, Damage::Trailing, "{path}");
        // Bytes changed anywhere: never a figure that differs, never a panic.
        let good = show(&ask(path, whole.clone()));
        for at in (0..whole.len()).step_by(whole.len() / 40) {
            let mut bent = whole.clone();
            bent[at] ^= 0x10;
            let cube = ask(path, bent);
            assert!(cube.unreadable || show(&cube) == good, "{path} {at}");
        }
    }
    let mut bent = gz(TEXT.as_bytes());
    let crc = bent.len() - 8;
    bent[crc] ^= 1;
    assert_eq!(damage("r.csv.gz", bent).0, Damage::Checksum);
    let mut bent = zst(TEXT.as_bytes());
    let last = bent.len() - 1;
    bent[last] ^= 1;
    assert_eq!(damage("r.csv.zst", bent).0, Damage::Checksum);
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut bent = zipped(&[("r.csv", TEXT.as_bytes())], stored);
    let at = bent.windows(3).position(|bytes| bytes == b"3.5").expect("it is stored");
    bent[at] = b'4';
    assert_eq!(damage("r.zip", bent).0, Damage::Checksum);
    let whole = zipped(&[("r.csv", text.as_bytes())], SimpleFileOptions::default());
    let (found, place) = damage("r.zip", &whole[..whole.len() / 2]);
    assert!(matches!(found, Damage::Malformed { .. }) && place == "E0577 text", "{found:?} {place}");
}

#[test]
fn archives_hold_one_table_or_are_refused() {
    let options = SimpleFileOptions::default();
    let holds = |files: &[(&str, &[u8])]| match refused("r.zip", zipped(files, options)) {
        (FileProblem::ArchiveUnclear { holds, .. }, place) => (holds, place),
        other => panic!("{other:?}"),
    };
    assert_eq!(holds(&[]).0, Holds::Nothing);
    assert_eq!(holds(&[("dossier/", b"")]).0, Holds::Nothing);
    let several = holds(&[("a.csv", TEXT.as_bytes()), ("lisez-moi.txt", b"x")]);
    assert_eq!(several, (Holds::Several(vec!["a.csv".into(), "lisez-moi.txt".into()]), "E0579 text".to_string()));
    assert_eq!(holds(&[("r.xlsx", b"PK")]).0, Holds::Workbook("r.xlsx".into()));
    let mut locked = zipped(&[("r.csv", TEXT.as_bytes())], options);
    // The bit of the general purpose flags, in the entry and in the list at the end.
    let list = locked.windows(4).position(|bytes| bytes == b"PK\x01\x02").expect("a list");
    locked[6] |= 1;
    locked[list + 8] |= 1;
    assert!(matches!(refused("r.zip", locked).0, FileProblem::ArchiveUnclear { holds: Holds::Locked(_), .. }));
    let mut other = zipped(&[("r.csv", TEXT.as_bytes())], options);
    let list = other.windows(4).position(|bytes| bytes == b"PK\x01\x02").expect("a list");
    other[8] = 9;
    other[list + 10] = 9;
    assert!(matches!(refused("r.zip", other).0, FileProblem::ArchiveUnclear { holds: Holds::OtherMethod(_), .. }));
    let cube = ask("r.csv", zipped(&[("[Content_Types].xml", b"<Types/>")], options));
    assert_eq!(problems(&cube), ["E0507 text"]);
    // Compressed twice.
    assert_eq!(problems(&ask("r.csv.gz", gz(&gz(TEXT.as_bytes())))), ["E0507 text"]);
}

#[test]
fn what_needs_too_much_memory_is_refused() {
    // A frame header with a window of 2^31 bytes.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, (31 - 10) << 3, 1, 0, 0];
    let (fact, _) = refused("r.csv.zst", frame);
    assert_eq!(fact, FileProblem::PackedTooLarge { path: "r.csv.zst".into(), bound: Bound::Memory(128) });
    // A line without end: a gibibyte of one letter in a megabyte.
    let piece = gz(&vec![b'a'; 1 << 20]);
    let line = [gz(b"sexe,montant\nF,"), piece.repeat(1 << 10)].concat();
    assert_eq!(problems(&ask("r.csv.gz", line)), ["E0517 2:0"]);
    let header = piece.repeat(1 << 10);
    assert_eq!(problems(&ask("r.csv.gz", header)), ["E0517 1:0"]);
}
