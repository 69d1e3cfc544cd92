//! What is confidential appears in nothing that the binary says or writes: cells of confidential columns are planted with words
//! that no other text holds, and every command is run in every format and in both languages.

use crate::folder::Folder;

/// In each cell of a confidential column.
const PLANTED: &str = "ZQX";

const FRENCH: &str = r#"langue: français

dimension région "Région"
  groupes: exclusifs
  membres:
    RSK "Rabat-Salé-Kénitra"
    ORI "l'Oriental"

source registre "Registre d'accueil"
  fichier:          "registre.csv"
  chaque ligne est: une personne
  identifiant:      identité
  période:          année
  colonnes:
    identité texte, confidentiel
    montant  nombre, confidentiel
    région   région

indicateur accueillis "Personnes accueillies"
  mesure:      nombre de personnes de registre
  ventilé par: région

indicateur aidés "Personnes aidées"
  mesure:      nombre de personnes de registre avec montant > 0
  ventilé par: région

contrôle tous_aidés "Toutes les personnes sont aidées"
  vérifier: aidés = accueillis
"#;

const ENGLISH: &str = r#"language: english

dimension région "Region"
  groups: exclusive
  members:
    RSK "Rabat-Salé-Kénitra"
    ORI "L'Oriental"

source registre "Reception register"
  file:        "registre.csv"
  each row is: a person
  key:         identité
  period:      année
  columns:
    identité text, confidential
    montant  number, confidential
    région   région

indicator accueillis "Persons received"
  measure:          number of persons in registre
  disaggregated by: région

indicator aidés "Persons helped"
  measure:          number of persons in registre where montant > 0
  disaggregated by: région

rule tous_aidés "All persons are helped"
  verify: aidés = accueillis
"#;

/// Registers with every kind of mistake beside, in and around the confidential cells.
fn registers() -> Vec<(&'static str, String)> {
    let head = "identité,montant,région,année\n";
    let sound: String =
        (0..9).map(|at| format!("{PLANTED}-{at},9{at}1{at}77,{},2020\n", if at < 3 { "RSK" } else { "ORI" })).collect();
    let with = |row: &str| format!("{head}{sound}{row}\n");
    vec![
        ("sound", format!("{head}{sound}")),
        ("not a number", with(&format!("{PLANTED}-a,{PLANTED}b,RSK,2020"))),
        ("unknown code", with(&format!("{PLANTED}-a,1,XXX,2020"))),
        ("double", with(&format!("{PLANTED}-1,1,RSK,2020"))),
        ("too few cells", with(&format!("{PLANTED}-a,1"))),
        ("too many cells", with(&format!("{PLANTED}-a,1,RSK,2020,{PLANTED}-b"))),
        ("open quote", with(&format!("\"{PLANTED}-a,1,RSK,2020"))),
        ("period", with(&format!("{PLANTED}-a,1,RSK,20z0"))),
        ("empty", with(",,RSK,2020")),
        ("spaces", with(&format!(" {PLANTED}-a ,1,RSK,2020"))),
    ]
}

/// The commands that read or show something of a project.
fn commands() -> Vec<Vec<&'static str>> {
    let formats: [(&[&str], &[&str]); 3] = [
        (&["check", "--data"], &["human", "json", "sarif", "github", "junit"]),
        (&["eval"], &["table", "json", "csv"]),
        (&["test"], &["human", "json", "sarif", "github", "junit"]),
    ];
    let mut out: Vec<Vec<&str>> = Vec::new();
    for (command, formats) in formats {
        for format in formats {
            out.push([command, &["--format", format]].concat());
        }
    }
    for indicator in ["accueillis", "aidés"] {
        out.push(vec!["why", indicator]);
        out.push(vec!["why", indicator, "--group", "région=RSK"]);
    }
    out.push(vec!["plan"]);
    out
}

#[test]
fn planted_secrets_appear_nowhere() {
    for (lang, text) in [("fr", FRENCH), ("en", ENGLISH)] {
        for (name, register) in registers() {
            let folder = Folder::new(
                &format!("secret-{lang}-{}", name.replace(' ', "-")),
                &[("a.jauge", text), ("jauge.toml", "seuil-de-secret = 5\n"), ("registre.csv", &register)],
            );
            for command in commands() {
                let arguments = [&command[..], &["--lang", lang]].concat();
                let said = folder.run(&arguments);
                let what = format!("{name}: {said}");
                assert!(!said.contains("exit 3"), "{what}");
                // A file that cannot be read at all leaves `why` without a figure; else no command here is wrong use.
                assert!(command[0] == "why" || !said.contains("exit 2"), "{what}");
                assert!(!said.contains(PLANTED), "{what}");
                // A count of 3 persons is below the threshold, and no amount of a person is shown.
                for amount in ["90", "91", "92"].map(|start| format!("{start}1{}77", &start[1..])) {
                    assert!(!said.contains(&amount), "{what}");
                }
            }
            // Nothing was written either.
            let written: Vec<_> = folder.names();
            assert_eq!(written, ["a.jauge", "jauge.toml", "registre.csv"]);
        }
    }
}

#[test]
fn the_threshold_of_the_project_hides_small_counts() {
    let register = &registers()[0].1;
    let files = |settings| [("a.jauge", FRENCH), ("jauge.toml", settings), ("registre.csv", register.as_str())];
    let said = |settings| Folder::new("secret-project", &files(settings)).run(&["eval", "--format", "csv"]);
    let hidden = said("seuil-de-secret = 5\n");
    assert!(hidden.contains("suppressed"), "{hidden}");
    assert!(!hidden.contains(",3,"), "{hidden}");
    let open = said("langue = \"fr\"\n");
    assert!(!open.contains("suppressed") && open.contains(",3,"), "{open}");
}
