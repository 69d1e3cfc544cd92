//! Writes `data/pupils.csv`: a synthetic register, seeded, describing nobody. / Écrit `data/pupils.csv` : un registre
//! synthétique, à graine fixe, qui ne décrit personne.
//!
//!     cargo run -p jauge-testkit --example school-register

use std::fmt::Write as _;
use std::path::Path;

/// Steele, Lea and Flood's SplitMix64: a few lines that give the same sequence everywhere and for ever.
struct Draw(u64);

impl Draw {
    /// A number from 0 up to, not including, `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(words.len() as u64)).unwrap_or(0);
        words.get(at).copied().unwrap_or("")
    }
}

/// The register, as the text of a CSV file: 400 pupils enrolled from September 2023 to June 2025.
pub fn register() -> String {
    let mut draw = Draw(2026);
    let mut text = String::from("pupil,enrolled_on,sex,district,age,passed\n");
    for number in 1..=400 {
        let month = draw.below(22) + 8;
        let (year, month, day) = (2023 + month / 12, month % 12 + 1, 1 + draw.below(28));
        let (sex, district) = (draw.one_of(&["F", "M"]), draw.one_of(&["D1", "D2", "D3", ""]));
        let (age, passed) = (4 + draw.below(15), draw.one_of(&["yes", "yes", "no", ""]));
        let _ = writeln!(text, "P{number:04},{year}-{month:02}-{day:02},{sex},{district},{age},{passed}");
    }
    text
}

#[allow(dead_code)] // the test of the examples uses only the text
fn main() -> std::io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/school-register/data/pupils.csv");
    std::fs::write(path, register())
}
