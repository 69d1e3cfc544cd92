//! Files that lie, break or have no end: a diagnostic, in bounded memory and time, the same however the file is cut. All data are
//! synthetic.

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use jauge::plan::{Cube, CubeQuery, CubeSource, LaneState};
use jauge_engine::Engine;

fn by_sex() -> CubeQuery {
    query(vec![dimension_key(SEX, 0, 0)], vec![LaneState::Rows, LaneState::Sum(AMOUNT)])
}

/// The problems of a text, the same in any chunks on any number of threads.
fn told(path: &str, bytes: &[u8]) -> Vec<String> {
    let mut world = world();
    world.source.path = Some(path.into());
    let ask = |engine: Engine| engine.inline(0, bytes).cube(&by_sex(), world.catalog());
    let cube = ask(Engine::new(".").threads(1));
    for (threads, chunk) in [(1, 7), (3, 64), (2, 5_000)] {
        if bytes.len() < 1 << 20 || chunk > 1_000 {
            assert_eq!(ask(Engine::new(".").threads(threads).chunk_bytes(chunk)), cube, "{path}: {threads}, {chunk}");
        }
    }
    problems(&cube)
}

/// So many times these bytes, gzipped: a long text in a short file.
fn long(start: &str, piece: &[u8], times: usize) -> Vec<u8> {
    let pack = |bytes: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(bytes).expect("memory takes it");
        packed.finish().expect("memory takes it")
    };
    [pack(start.as_bytes()), pack(piece).repeat(times)].concat()
}

#[test]
fn lines_and_fields_without_end() {
    let mebibyte = vec![b'a'; 1 << 20];
    // A gibibyte each.
    assert_eq!(told("r.csv.gz", &long("", &mebibyte, 1 << 10)), ["E0517 1:0"]);
    assert_eq!(told("r.csv.gz", &long("sexe,montant\nF,1\nF,", &mebibyte, 1 << 10)), ["E0517 3:0"]);
    assert_eq!(told("r.csv.gz", &long("sexe,montant\nF,1\nF,\"", &mebibyte, 1 << 10)), ["E0515 3:0"]);
    assert_eq!(told("r.csv.gz", &long("\"", &mebibyte, 1 << 10)), ["E0517 1:0"]);
    // Quotes that never close, one in each row.
    assert_eq!(told("r.csv", &[b"sexe,montant\n".to_vec(), b"\"F,1\n".repeat(9)].concat()), ["E0515 10:0"]);
    // Thirty-two mebibytes of blank lines, before the headers and instead of rows.
    let blank = vec![b'\n'; 1 << 20];
    assert_eq!(told("r.csv.gz", &long("", &blank, 32)), ["E0506 text"]);
    let mut world = world();
    world.source.format.header_rows = Some((2_000_000, 2_000_000));
    world.source.path = Some("r.csv.gz".into());
    let late = [long("", &blank, 4), long("sexe,montant\nF,1\n", b"", 0)].concat();
    let cube = Engine::new(".").inline(0, late).cube(&by_sex(), world.catalog());
    assert!(cube.unreadable);
}

#[test]
fn a_million_columns() {
    let header = (0..1_000_000).map(|at| format!("c{at}")).collect::<Vec<_>>().join(",");
    assert_eq!(told("r.csv", format!("{header}\n").as_bytes()), ["E0534 1:0"]);
    let row = ",".repeat(1_000_000);
    assert_eq!(
        told("r.csv", format!("sexe,montant\nF,1\n{row}\nM,{row}\n").as_bytes()),
        ["E0518 3:1", "E0518 3:2", "E0518 4:2"]
    );
}

#[test]
fn bytes_of_zero() {
    let rows = "F,1\n".repeat(3_000);
    let text = format!("sexe,montant\n{rows}F,\0\nF,2\n");
    assert_eq!(told("r.csv", text.as_bytes()), ["E0507 3002:0"]);
    // What a computer that stopped leaves of a file: its end is zeros.
    let text = format!("sexe,montant\n{rows}F,{}", "\0".repeat(9_000));
    assert_eq!(told("r.csv", text.as_bytes()), ["E0507 3002:0"]);
    let text = format!("sexe,montant\n{rows}\"F\",\"1\n{}", "\0".repeat(9_000));
    assert_eq!(told("r.csv", text.as_bytes()), ["E0507 3003:0"]);
    assert_eq!(told("r.csv", b"sexe,mon\0tant\nF,1\n"), ["E0507 text"]);
}

#[test]
fn counts_of_columns_that_change() {
    let text = "sexe,montant\nF,1\nF,1,2\nF\n\nF,1,\n,,,,\nF;1\n";
    assert_eq!(told("r.csv", text.as_bytes()), ["E0514 3:0", "E0514 4:0", "E0518 7:1", "E0518 7:2", "E0514 8:0"]);
}

#[test]
fn wide_text() {
    let of = |text: &str, big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let text = "sexe,montant\nF,1\nM,2\n";
    for big in [false, true] {
        let marked = of(&format!("\u{feff}{text}"), big);
        assert_eq!(told("r.csv", &marked), Vec::<String>::new());
        assert_eq!(told("r.csv", &marked[..marked.len() - 1]), ["E0510 3:0"]);
        assert_eq!(told("r.csv", &of(text, big)), ["E0508 1:1 sexe,montant"]);
        assert_eq!(told("r.csv", &of(text, big)[..41]), ["E0508 1:1 sexe,montant"]);
    }
    assert_eq!(told("r.csv", &[0; 64]), ["E0507 text"]);
    assert_eq!(told("r.csv", &[0xff, 0xfe]), ["E0506 text"]);
    assert_eq!(told("r.csv", &[0xff, 0xfe, 0]), ["E0510 1:0"]);
}

#[test]
fn line_ends() {
    let fine = Vec::<String>::new();
    assert_eq!(told("r.csv", b"sexe,montant\rF,1\rM,2\r"), fine);
    assert_eq!(told("r.csv", b"sexe,montant\r\nF,1\nM,2\r\n"), fine);
    assert_eq!(told("r.csv", b"sexe,montant\rF,1\rM,2\nF,3\n"), ["E0536 1:0"]);
    assert_eq!(told("r.csv", b"sexe,montant\nF,1\rM,2\nF,3\n"), ["E0514 2:0"]);
    assert_eq!(told("r.csv", b"sexe,montant\nF,1\r\r\nF,3\n"), fine);
    // A line feed far from a first line that ends without one.
    let far = ["sexe,montant\r", &"F,1\r".repeat(4_000), "M,2\nF,3\n"].concat();
    assert_eq!(told("r.csv", far.as_bytes()), ["E0514 4002:0"]);
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("jauge-hostile-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn ask(root: &Path, path: &str, engine: impl Fn(Engine) -> Engine) -> Cube {
    let mut world = world();
    world.source.path = Some(path.into());
    engine(Engine::new(root).threads(1).chunk_bytes(1_000)).cube(&by_sex(), world.catalog())
}

#[test]
#[cfg(unix)]
fn what_is_no_file() {
    use std::os::unix::fs::symlink;
    let root = folder("kinds");
    std::fs::create_dir_all(root.join("dossier.csv")).expect("a folder");
    std::fs::create_dir_all(root.join("dossier.xlsx")).expect("a folder");
    symlink(root.join("b.csv"), root.join("a.csv")).expect("a link");
    symlink(root.join("a.csv"), root.join("b.csv")).expect("a link");
    symlink(root.join("nulle part.csv"), root.join("c.csv")).expect("a link");
    let _socket = std::os::unix::net::UnixListener::bind(root.join("prise.csv")).expect("a socket");
    let made =
        std::process::Command::new("mkfifo").arg(root.join("tube.csv")).status().is_ok_and(|status| status.success());
    let told = |path: &str| problems(&ask(&root, path, |engine| engine));
    assert_eq!(told("dossier.csv"), ["E0502 text"]);
    assert_eq!(told("dossier.xlsx"), ["E0502 text"]);
    assert_eq!(told("/dev/zero"), ["E0531 text"]);
    assert_eq!(told("/dev/null"), ["E0531 text"]);
    assert_eq!(told("prise.csv"), ["E0531 text"]);
    assert_eq!(told("a.csv"), ["E0532 text"]);
    assert_eq!(told("c.csv"), ["E0501 text"]);
    if made {
        assert_eq!(told("tube.csv"), ["E0531 text"]);
    }
    std::fs::remove_dir_all(root).expect("the folder");
}

/// What is told of a file to which something is done after its first rows have been read.
fn changed(path: &Path, change: impl Fn(&Path) + Send + Sync + 'static) -> Vec<String> {
    let (root, name) = (path.parent().expect("a folder"), path.file_name().expect("a name").to_string_lossy());
    let (done, at) = (Arc::new(AtomicBool::new(false)), path.to_path_buf());
    let change = Arc::new(move |_| {
        if !done.swap(true, Ordering::AcqRel) {
            change(&at);
        }
    });
    let cube = ask(root, &name, |engine| engine.progress(change.clone()));
    assert!(cube.unreadable, "{:?}", problems(&cube));
    problems(&cube)
}

#[test]
fn files_that_change_while_they_are_read() {
    let root = folder("changes");
    let path = root.join("r.csv");
    let text = format!("sexe,montant\n{}", "F,1\n".repeat(100_000));
    let write = || std::fs::write(&path, &text).expect("a file");
    let grow = |path: &Path| {
        let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("the file");
        file.write_all(b"F,1\n").expect("a row");
    };
    write();
    assert_eq!(changed(&path, grow), ["E0533 100002:0"]);
    write();
    let cut = |path: &Path| {
        let file = std::fs::OpenOptions::new().write(true).open(path).expect("the file");
        file.set_len(200_000).expect("it is cut");
    };
    let [told] = &changed(&path, cut)[..] else { panic!() };
    assert!(told.starts_with("E0533 "), "{told}");
    // As long as before, but other rows.
    write();
    let rewrite = |path: &Path| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        let text = std::fs::read_to_string(path).expect("the file").replace("F,1", "M,2");
        let mut file = std::fs::OpenOptions::new().write(true).open(path).expect("the file");
        file.write_all(text.as_bytes()).expect("its text");
    };
    assert_eq!(changed(&path, rewrite), ["E0533 100002:0"]);
    let packed = root.join("r.csv.gz");
    std::fs::write(&packed, long("sexe,montant\n", &text.as_bytes()[13..], 20)).expect("a file");
    let [told] = &changed(&packed, grow)[..] else { panic!() };
    assert!(told.starts_with("E0533 "), "{told}");
    // What does not change is read.
    write();
    assert_eq!(show(&ask(&root, "r.csv", |engine| engine)), ["[0] 100000 100000/100000"]);
    std::fs::remove_dir_all(root).expect("the folder");
}
