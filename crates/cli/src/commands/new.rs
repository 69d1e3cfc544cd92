//! `jauge new mon_projet`: a small project with data that runs at once, in the reader's language; or a copy of a library.

use std::fs;
use std::path::Path;

use super::End;
use crate::arguments::New;
use crate::project::shown;
use crate::terminal::{Stop, Terminal};
use crate::usage::message;

include!(concat!(env!("OUT_DIR"), "/snia.rs"));

/// The small project, by language: name and text of each file.
const SMALL_FR: [(&str, &str); 3] = [
    ("jauge.toml", include_str!("../../templates/fr/jauge.toml")),
    ("indicateurs.jauge", include_str!("../../templates/fr/indicateurs.jauge")),
    ("donnees/inscriptions.csv", include_str!("../../templates/fr/donnees/inscriptions.csv")),
];
const SMALL_EN: [(&str, &str); 3] = [
    ("jauge.toml", include_str!("../../templates/en/jauge.toml")),
    ("indicators.jauge", include_str!("../../templates/en/indicators.jauge")),
    ("data/enrolments.csv", include_str!("../../templates/en/data/enrolments.csv")),
];

/// Writes the files into a folder that is new or empty.
pub fn run(asked: &New, terminal: &Terminal) -> Result<End, Stop> {
    let lang = terminal.lang;
    let folder = &asked.folder;
    let name = shown(folder);
    let refuse = |wrong: String, next: String| Stop::Usage(message(&wrong, &next, lang));
    let holds_something = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    };
    if holds_something {
        return Err(refuse(
            lang.pick(
                format!("« {name} » existe et n'est pas un dossier vide"),
                format!("`{name}` exists and is not an empty folder"),
            ),
            lang.pick(
                "choisissez un autre nom : rien n'est jamais écrasé".into(),
                "choose another name: nothing is ever overwritten".into(),
            ),
        ));
    }
    let small = || lang.pick(SMALL_FR, SMALL_EN).iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    let files: Vec<(&str, &[u8])> = match &asked.from {
        None => small(),
        Some(_) => SNIA.to_vec(),
    };
    if files.is_empty() {
        return Err(refuse(
            lang.pick(
                "cette version a été compilée sans la bibliothèque de la SNIA".into(),
                "this version was built without the SNIA library".into(),
            ),
            lang.pick("essayez sans --from".into(), "try without --from".into()),
        ));
    }
    for (path, bytes) in files {
        let path = folder.join(path);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.map_err(|error| {
            refuse(
                lang.pick(
                    format!("le dossier « {name} » ne peut pas être créé"),
                    format!("the folder `{name}` cannot be made"),
                ),
                lang.pick(format!("le système répond : {error}"), format!("the system says: {error}")),
            )
        })?;
        terminal.write_file(&path, bytes)?;
        terminal.out(&format!("{}\n", shown(Path::new(&path))))?;
    }
    terminal.err(&lang.pick(
        format!("\nProjet prêt. Essayez :  jauge eval {name}\n"),
        format!("\nThe project is ready. Try:  jauge eval {name}\n"),
    ));
    Ok(End::Fine)
}
