//! Écrit `donnees/appuis.csv` : un registre fictif, une ligne par enfant et par appui, dont les totaux sont ceux du rapport
//! 2020. / Writes `donnees/appuis.csv`: a synthetic register, one row per child and support, whose totals are the report's.
//!
//!     cargo run -p jauge-testkit --example registre-enfants
//!
//! What the report states is fixed below; everything else (who, when, how old, which of the girls) is drawn from a seeded
//! sequence and describes nobody.

use std::fmt::Write as _;
use std::path::Path;

/// The regions of the register, in the spelling of the code list.
const REGIONS: [&str; 12] = ["TTA", "ORI", "FM", "RSK", "BMK", "CS", "MS", "DT", "SM", "GON", "LSH", "DOD"];

/// Children enrolled in school in 2019-2020, and girls among them.
const ENROLLED: usize = 3_207;
const GIRLS: usize = 1_606;
/// Children in remedial classes, by region: they are among those enrolled.
const REMEDIAL: [(&str, usize); 3] = [("CS", 200), ("RSK", 145), ("FM", 80)];
/// Children in non-formal education, by region: they are not enrolled in school.
const NON_FORMAL: [(&str, usize); 5] = [("RSK", 111), ("CS", 94), ("FM", 26), ("TTA", 38), ("ORI", 33)];
/// Children aged four to six in preschool, by region.
const PRESCHOOL: [(&str, usize); 3] = [("CS", 96), ("BMK", 24), ("SM", 24)];
/// Enrolled children who received a school bag, and whose family received a cash transfer (Tayssir).
const BAGS: usize = 617;
const TRANSFERS: usize = 254;

/// Steele, Lea and Flood's SplitMix64: a few lines that give the same sequence everywhere and for ever.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `end`.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }

    /// A few of the items, in a random order.
    fn some<T: Clone>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut left = items.to_vec();
        (0..count.min(left.len())).map(|_| left.swap_remove(self.below(left.len()))).collect()
    }
}

#[derive(Clone)]
struct Child {
    number: usize,
    girl: bool,
    region: &'static str,
    age: usize,
}

/// The register, as the text of a CSV file.
pub fn register() -> String {
    let mut draw = Draw(2020);
    let mut number = 0;
    let mut child = |draw: &mut Draw, girl: bool, region: &'static str, ages: (usize, usize)| {
        number += 1;
        Child { number, girl, region, age: ages.0 + draw.below(ages.1 - ages.0 + 1) }
    };
    let mut rows: Vec<(Child, &str)> = Vec::new();

    let enrolled: Vec<Child> = (0..ENROLLED)
        .map(|at| {
            // Half of them live where the remedial classes are; the others anywhere.
            let region = if at % 2 == 0 { REMEDIAL[draw.below(3)].0 } else { REGIONS[draw.below(12)] };
            child(&mut draw, at < GIRLS, region, (6, 17))
        })
        .collect();
    rows.extend(enrolled.iter().cloned().map(|child| (child, "INSCRIPTION")));
    for (region, count) in REMEDIAL {
        let here: Vec<Child> = enrolled.iter().filter(|child| child.region == region).cloned().collect();
        rows.extend(draw.some(&here, count).into_iter().map(|child| (child, "SOUTIEN")));
    }
    rows.extend(draw.some(&enrolled, BAGS).into_iter().map(|child| (child, "CARTABLE")));
    rows.extend(draw.some(&enrolled, TRANSFERS).into_iter().map(|child| (child, "TAYSSIR")));
    for (support, places, ages) in [("ENF", &NON_FORMAL[..], (9, 16)), ("PRESCOLAIRE", &PRESCHOOL[..], (4, 6))] {
        for &(region, count) in places {
            for _ in 0..count {
                let girl = draw.below(2) == 0;
                rows.push((child(&mut draw, girl, region, ages), support));
            }
        }
    }

    let mut text = String::from("enfant,appui,debut,sexe,region,age\n");
    for (child, support) in draw.some(&rows, rows.len()) {
        let sex = if child.girl { "F" } else { "H" };
        // From September 2019 to June 2020; one age in fifty was not written down.
        let month = draw.below(10);
        let (year, month) = if month < 4 { (2019, month + 9) } else { (2020, month - 3) };
        let day = 1 + draw.below(28);
        let age = if draw.below(50) == 0 { String::new() } else { child.age.to_string() };
        let Child { number, region, .. } = child;
        let _ = writeln!(text, "E{number:05},{support},{year}-{month:02}-{day:02},{sex},{region},{age}");
    }
    text
}

#[allow(dead_code)] // the test of the examples uses only the text
fn main() -> std::io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/registre-enfants/donnees/appuis.csv");
    std::fs::write(path, register())
}
