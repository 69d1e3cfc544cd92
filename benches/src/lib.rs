//! Synthetic projects and data, the same for the same seed: what the benchmarks work on.

use std::fmt::Write;

pub mod register;

/// A small generator of numbers that look random (SplitMix64), so that runs can be compared.
#[derive(Debug, Clone)]
pub struct Seeded(u64);

impl Seeded {
    /// The sequence of one seed.
    pub fn new(seed: u64) -> Self {
        Seeded(seed)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound.max(1)
    }
}

const HEAD: &str = "langue: français

unité élève
  singulier: \"élève\"
  pluriel:   \"élèves\"
  est:       personne

unité dirham
  singulier: \"dirham\"
  pluriel:   \"dirhams\"
  monnaie:   MAD

dimension sexe \"Sexe\"
  groupes: exclusifs
  membres:
    F  \"Féminin\"
    M  \"Masculin\"

dimension région \"Région\"
  groupes: exclusifs
  membres:
";

/// Regions of the synthetic country.
pub const REGIONS: u64 = 12;

/// A project of so many indicators over so many registers, in French, already formatted in the main.
pub fn project(indicators: usize, sources: usize) -> String {
    let mut text = HEAD.to_string();
    for region in 0..REGIONS {
        let _ = writeln!(text, "    R{region:02}  \"Région {region}\"");
    }
    for source in 0..sources.max(1) {
        let _ = write!(
            text,
            "
source registre_{source} \"Registre synthétique {source}\"
  fichier:          \"registre_{source}.csv\"
  chaque ligne est: un élève
  période:          année (année)
  colonnes:
    code      texte, confidentiel
    sexe      sexe
    région    région, peut être vide, non renseignés exclus
    âge       nombre
    bourse    nombre de dirhams, peut être vide
    boursier  oui ou non
"
        );
    }
    for at in 0..indicators {
        let source = at % sources.max(1);
        let age = 3 + at % 17;
        let region = at as u64 % REGIONS;
        let _ = writeln!(text, "\nindicateur indicateur_{at} \"Indicateur synthétique {at}\"");
        let _ = match at % 5 {
            0 => writeln!(
                text,
                "  mesure:           nombre d'élèves de registre_{source} avec âge >= {age} et sexe = F\n  ventilé par:      région\n  sens souhaité:    hausse\n  valeur de référence: 2018 = 100\n  cible:            2020 >= 120"
            ),
            1 => writeln!(
                text,
                "  mesure:           somme de bourse de registre_{source} avec âge < {age} et région = R{region:02}\n  ventilé par:      sexe"
            ),
            2 => writeln!(
                text,
                "  numérateur:       nombre d'élèves de registre_{source} avec boursier = oui et âge >= {age}\n  dénominateur:     nombre d'élèves de registre_{source} avec âge >= {age}\n  unité de mesure:  %\n  arrondi:          2 décimales\n  ventilé par:      région, sexe"
            ),
            3 => writeln!(
                text,
                "  mesure:           nombre d'élèves de registre_{source} avec (sexe = F ou boursier = oui) et âge = {age}"
            ),
            _ => writeln!(text, "  mesure:           indicateur_{} avec sexe = F", at - 4),
        };
    }
    text
}

/// Rows for one source of [`project`]: synthetic, and the same for the same seed.
pub fn rows(count: usize, seed: u64) -> String {
    let mut random = Seeded::new(seed);
    let mut text = String::with_capacity(count * 40);
    text.push_str("code,année,sexe,région,âge,bourse,boursier,remarque\n");
    for row in 0..count {
        let year = 2016 + random.below(5);
        let sex = if random.below(2) == 0 { "F" } else { "M" };
        let _ = write!(text, "S{row:08},{year},{sex},");
        if random.below(20) > 0 {
            let _ = write!(text, "R{:02}", random.below(REGIONS));
        }
        let _ = write!(text, ",{},", 3 + random.below(17));
        let grant = random.below(4) == 0;
        if grant {
            let _ = write!(text, "{}.{:02}", 200 + random.below(1800), random.below(100));
        }
        let _ = writeln!(text, ",{},donnée synthétique", if grant { "oui" } else { "non" });
    }
    text
}
