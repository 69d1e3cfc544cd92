//! Partials are fuzzed: a file that another region sent, under the checksum that it should have, since whoever means harm can
//! compute that. No panic; what is read is written and read again as the same; figures come out of it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jauge::evaluate::evaluate;
use jauge::program::model::Program;
use jauge::program::{Context, check};
use jauge::text::{FileId, Lang, SourceFile};
use jauge_partial::read;
use sha2::{Digest, Sha256};

/// What the partials of the seeds were asked.
pub const TEXT: &str = include_str!("../seeds/partiel.jauge");

/// The program of [`TEXT`].
pub fn program() -> &'static Program {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let parsed = [jauge::syntax::parse(FileId(0), &SourceFile::new("partiel.jauge", TEXT), Lang::Fr)];
        let checked = check(&parsed, &Context { lang: Lang::Fr, tables: &BTreeMap::new() });
        assert!(parsed[0].problems.is_empty() && checked.problems.is_empty(), "{:?}", checked.problems);
        checked.program
    })
}

/// The text with the checksum of what it says now; as it is where it has none.
pub fn resealed(text: &str) -> String {
    let (Some(body), Some(sum)) = (text.find("\"parts\""), text.find("\"checksum\": \"")) else { return text.into() };
    let from = sum + "\"checksum\": \"".len();
    let seal: String = Sha256::digest(&text.as_bytes()[body..]).iter().map(|byte| format!("{byte:02x}")).collect();
    match (text.get(..from), text.get(from + seal.len()..)) {
        (Some(before), Some(after)) if from + seal.len() <= body => format!("{before}{seal}{after}"),
        _ => text.into(),
    }
}

/// One file.
pub fn partial(bytes: &[u8]) {
    let program = program();
    let _ = read(program, "as-it-is.json", bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match read(program, "resealed.json", resealed(text).as_bytes()) {
        Ok(partial) => {
            let written = partial.write(program);
            let again = read(program, "again.json", written.as_bytes()).expect("what is written is read");
            assert_eq!(again.write(program), written, "read and written, it is the same");
            let _ = evaluate(program, &partial.plan, &partial.cubes());
        }
        Err(problems) => {
            for problem in problems {
                let words = Lang::ALL.map(|lang| problem.words(lang));
                assert!(words.iter().all(|words| !words.title.is_empty()), "{problem:?}");
            }
        }
    }
}
