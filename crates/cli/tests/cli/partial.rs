//! Partials as regions meet them: written, refused, merged; and nothing in a file that may not leave.

use insta::assert_snapshot;
use serde_json::Value;

use crate::folder::Folder;
use crate::schema::validate;

/// In each cell of a confidential column.
const PLANTED: &str = "ZQX";

const SECRET: &str = "une phrase convenue entre régions";

const TEXT: &str = r#"langue: français

dimension région "Région"
  groupes: exclusifs
  membres:
    RSK "Rabat-Salé-Kénitra"
    ORI "L'Oriental"

source registre "Registre d'accueil"
  fichier:          "registre.csv"
  chaque ligne est: une personne
  identifiant:      identité
  période:          année
  colonnes:
    identité texte, confidentiel
    montant  nombre, confidentiel
    région   région

source visites "Visites"
  fichier:          "visites.csv"
  chaque ligne est: un événement
  compte:           personnes par qui
  période:          année
  colonnes:
    qui texte, confidentiel

indicateur accueillis "Personnes accueillies"
  mesure:      nombre de personnes de registre
  ventilé par: région

indicateur aidés "Personnes aidées"
  mesure:      nombre de personnes de registre avec montant > 0
  ventilé par: région

indicateur visiteurs "Personnes venues"
  mesure:      nombre de personnes distinctes de visites

contrôle tous_aidés "Toutes les personnes sont aidées"
  vérifier: aidés = accueillis
"#;

const REGISTER: &str = "identité,montant,région,année\n";
const VISITS: &str = "qui,année\n";

fn rows(from: usize, to: usize) -> String {
    (from..to).map(|at| format!("{PLANTED}-{at},9{at}1{at}77,{},2020\n", if at < 3 { "RSK" } else { "ORI" })).collect()
}

fn visits(who: &[usize]) -> String {
    who.iter().map(|at| format!("{PLANTED}-{at},2020\n")).collect()
}

/// Two regions and both together, with some settings.
fn regions(name: &str, settings: &str) -> Folder {
    let folder = Folder::new(name, &[]);
    for (region, register, visits) in [
        ("nord", rows(0, 5), visits(&[0, 1, 2])),
        ("sud", rows(5, 9), visits(&[1, 2, 3])),
        ("tout", rows(0, 9), visits(&[0, 1, 2, 1, 2, 3])),
    ] {
        folder.write(&format!("{region}/a.jauge"), TEXT.as_bytes());
        folder.write(&format!("{region}/jauge.toml"), settings.as_bytes());
        folder.write(&format!("{region}/registre.csv"), format!("{REGISTER}{register}").as_bytes());
        folder.write(&format!("{region}/visites.csv"), format!("{VISITS}{visits}").as_bytes());
    }
    folder
}

fn said(folder: &Folder, arguments: &[&str], secret: Option<&str>) -> String {
    let mut command = folder.command(arguments);
    command.env_remove("JAUGE_MERGE_KEY");
    if let Some(secret) = secret {
        command.env("JAUGE_MERGE_KEY", secret);
    }
    let output = command.output().expect("the binary runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().unwrap_or(-1);
    format!(
        "$ jauge {}\nexit {code}\n{}---- stderr\n{}",
        arguments.join(" "),
        text(&output.stdout),
        text(&output.stderr)
    )
}

fn write(folder: &Folder, region: &str, more: &[&str], secret: Option<&str>) -> String {
    let (label, file) = (format!("Région {region}"), format!("{region}.json"));
    let arguments = [&["eval", region, "--partial", "--label", &label, "-o", &file], more].concat();
    said(folder, &arguments, secret)
}

#[test]
fn two_regions_give_what_both_together_give() {
    let folder = regions("partial-two", "");
    let mut all = String::new();
    for region in ["nord", "sud"] {
        all.push_str(&write(&folder, region, &["--with-keys"], Some(SECRET)));
    }
    all.push_str(&said(&folder, &["merge", "tout", "nord.json", "sud.json"], None));
    all.push_str(&said(&folder, &["merge", "tout", "nord.json", "sud.json", "--partial", "-o", "deux.json"], None));
    all.push_str(&said(&folder, &["merge", "tout", "deux.json", "-i", "visiteurs", "--format", "csv"], None));
    all.push_str(&said(&folder, &["merge", "tout", "nord.json", "deux.json", "--lang", "en"], None));
    all.push_str(&said(&folder, &["merge", "tout", "nord.json", "ouest.json"], None));
    assert_snapshot!("partial_two_regions", all);
    let whole = folder.stdout(&["eval", "tout", "--format", "json"]);
    for partials in [&["nord.json", "sud.json"][..], &["sud.json", "nord.json"], &["deux.json"]] {
        let merged = folder.stdout(&[&["merge", "tout", "--format", "json"], partials].concat());
        assert_eq!(merged, whole);
    }
    let schema: Value = serde_json::from_str(&folder.stdout(&["schema", "--partial"])).expect("the schema is JSON");
    for file in ["nord.json", "deux.json"] {
        let document: Value = serde_json::from_str(&folder.read(file)).expect("a partial is JSON");
        assert_eq!(validate(&document, &schema, &schema, file), Ok(()));
    }
}

#[test]
fn the_library_fits_the_schema() {
    let folder = Folder::new("partial-library", &[]);
    assert_eq!(folder.code(&["--lang", "fr", "new", "snia", "--from", "snia"]), Some(0));
    let text = folder.stdout(&["eval", "snia", "--partial", "--label", "Maroc"]);
    let schema: Value = serde_json::from_str(&folder.stdout(&["schema", "--partial"])).expect("the schema is JSON");
    let document: Value = serde_json::from_str(&text).expect("a partial is JSON");
    assert_eq!(validate(&document, &schema, &schema, "snia"), Ok(()));
    for wrong in [r#"{"format": "jauge-partial"}"#, r#"{"version": 2}"#] {
        let document: Value = serde_json::from_str(wrong).expect("it is JSON");
        assert!(validate(&document, &schema, &schema, "").is_err(), "{wrong}");
    }
}

#[test]
fn what_may_not_leave_is_refused() {
    let folder = regions("partial-refused", "seuil-de-secret = 5\n");
    let mut all = String::new();
    all.push_str(&write(&folder, "nord", &[], Some(SECRET)));
    all.push_str(&write(&folder, "nord", &["--with-protected"], None));
    all.push_str(&write(&folder, "nord", &["--with-protected", "-i", "accueillis"], Some("trop court")));
    all.push_str(&said(&folder, &["eval", "nord", "--partial"], None));
    all.push_str(&said(&folder, &["eval", "nord", "--partial", "--label", " "], None));
    all.push_str(&said(&folder, &["eval", "nord", "--partial", "--label", "x", "--period", "2020"], None));
    all.push_str(&said(&folder, &["merge", "nord"], None));
    assert_snapshot!("partial_refused", all);
    assert_eq!(folder.names(), ["nord", "sud", "tout"], "nothing is written");
}

#[test]
fn planted_secrets_are_in_no_file() {
    let planted: String = PLANTED.bytes().map(|byte| format!("{byte:02x}")).collect();
    for (lang, secret) in [("fr", Some(SECRET)), ("en", None)] {
        let folder = regions(&format!("partial-secret-{lang}"), "seuil-de-secret = 5\n");
        for more in [&[][..], &["--with-keys"], &["--with-protected"], &["--with-protected", "--with-keys"]] {
            for region in ["nord", "sud"] {
                let text = write(&folder, region, &[more, &["--lang", lang]].concat(), secret);
                assert!(!text.contains("exit 3") && !text.contains(PLANTED), "{text}");
                let is_written = folder.names().contains(&format!("{region}.json"));
                // Small counts leave only where somebody says so, identities only under a key.
                assert_eq!(is_written, more.contains(&"--with-protected") && secret.is_some(), "{text}");
            }
        }
        if secret.is_none() {
            continue;
        }
        for merged in [&["--partial", "-o", "deux.json"][..], &["--format", "json"], &["--format", "csv"], &[]] {
            let text = said(&folder, &[&["merge", "tout", "nord.json", "sud.json"], merged].concat(), None);
            assert!(text.contains("exit 0") && !text.contains(PLANTED), "{text}");
            // Three persons in one region, below the threshold in all of them.
            assert!(!text.contains(",3,"), "{text}");
        }
        for file in ["nord.json", "sud.json", "deux.json"] {
            let text = folder.read(file);
            assert!(!text.contains(PLANTED) && !text.contains(&planted), "{text}");
            assert!(!text.contains(SECRET), "{text}");
            for amount in (0..9).map(|at| format!("9{at}1{at}77")) {
                assert!(!text.contains(&format!("\"{amount}\"")), "{text}");
            }
        }
        let csv = folder.stdout(&["merge", "tout", "nord.json", "sud.json", "--format", "csv"]);
        assert!(csv.contains("suppressed"), "{csv}");
        assert_eq!(csv, folder.stdout(&["eval", "tout", "--format", "csv"]), "hidden like in one place");
    }
}

#[test]
fn a_damaged_file_gives_no_figure() {
    let folder = regions("partial-damaged", "");
    write(&folder, "nord", &[], Some(SECRET));
    write(&folder, "sud", &["-i", "accueillis"], Some(SECRET));
    let text = folder.read("nord.json");
    folder.write("coupé.json", &text.as_bytes()[..text.len() / 2]);
    let mut all = String::new();
    for partials in [&["coupé.json", "sud.json"][..], &["nord.json", "sud.json"], &["tout/registre.csv"]] {
        for lang in ["fr", "en"] {
            all.push_str(&said(&folder, &[&["merge", "tout", "--lang", lang], partials].concat(), None));
        }
    }
    // Definitions that have changed since.
    let other = TEXT.replace("avec montant > 0", "avec montant > 10");
    folder.write("tout/a.jauge", other.as_bytes());
    all.push_str(&said(&folder, &["merge", "tout", "nord.json"], None));
    assert_snapshot!("partial_damaged", all);
}
