//! `jauge explain E0301`: the page of a code, in the reader's language.

use jauge::problem::close_to;

use super::End;
use crate::pages::{PAGES, page, section};
use crate::terminal::{Stop, Terminal};
use crate::usage;

/// Prints the page.
pub fn run(code: &str, terminal: &Terminal) -> Result<End, Stop> {
    let lang = terminal.lang;
    let wanted = code.trim().to_uppercase();
    let Some(text) = page(&wanted) else {
        let wrong = lang.pick(format!("aucun code « {code} »"), format!("no code `{code}`"));
        let next = match close_to(&wanted, PAGES.iter().map(|(code, _)| *code)) {
            Some(near) => lang.pick(format!("vouliez-vous dire « {near} » ?"), format!("did you mean `{near}`?")),
            None => lang.pick(
                "le code est écrit au-dessus de chaque message, par exemple E0801".into(),
                "the code stands above each message, for instance E0801".into(),
            ),
        };
        return Err(Stop::Usage(usage::message(&wrong, &next, lang)));
    };
    terminal.out(&format!("{wanted}\n\n{}\n", section(text, lang).unwrap_or(text)))?;
    Ok(End::Fine)
}
