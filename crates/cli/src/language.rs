//! Which language to speak: `--lang`, else JAUGE_LANG, else the project's, else the operating system's, else English.
//!
//! It is found before the command line is read, since its help and its errors must speak it too.

use std::ffi::OsString;
use std::path::Path;

use jauge::text::Lang;

use crate::project::manifest;

/// The language that was asked for, by option or by environment; `None` leaves the choice to the project.
pub fn asked(arguments: &[OsString], variable: Option<&str>) -> Option<Lang> {
    let mut texts = arguments.iter().skip(1).map(|argument| argument.to_string_lossy());
    let mut of_option = None;
    while let Some(argument) = texts.next() {
        if argument == "--" {
            break;
        }
        if argument == "--lang" {
            of_option = texts.next().and_then(|value| read(&value)).or(of_option);
        } else if let Some(value) = argument.strip_prefix("--lang=") {
            of_option = read(value).or(of_option);
        }
    }
    of_option.or_else(|| variable.and_then(read))
}

/// The language of the manifest that governs the first path typed, or the current folder.
pub fn of_project(arguments: &[OsString]) -> Option<Lang> {
    let typed = arguments.iter().skip(2).map(Path::new).find(|path| path.exists());
    let manifest = manifest::find(typed.unwrap_or(Path::new(".")))?;
    manifest::language_of(&std::fs::read_to_string(manifest).ok()?)
}

/// The language of the operating system, where it is one of ours.
pub fn of_system() -> Option<Lang> {
    sys_locale::get_locales().find_map(|locale| read(&locale))
}

/// A language from what people and systems call it: `fr`, `fr-MA`, `fr_FR.UTF-8`, `français`, `english`.
pub fn read(text: &str) -> Option<Lang> {
    let text = text.trim().to_lowercase();
    let first = text.split(['-', '_', '.', '@']).next().unwrap_or("");
    match first {
        "fr" | "français" | "francais" | "french" => Some(Lang::Fr),
        "en" | "english" | "anglais" => Some(Lang::En),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&str], variable: Option<&str>) -> Option<Lang> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        asked(&arguments, variable)
    }

    #[test]
    fn the_option_wins_over_the_variable() {
        assert_eq!(of(&["jauge", "check"], None), None);
        assert_eq!(of(&["jauge", "check"], Some("fr_MA.UTF-8")), Some(Lang::Fr));
        assert_eq!(of(&["jauge", "--lang", "en", "check"], Some("fr")), Some(Lang::En));
        assert_eq!(of(&["jauge", "check", "--lang=fr"], Some("en")), Some(Lang::Fr));
        assert_eq!(of(&["jauge", "check", "--", "--lang=fr"], None), None);
        assert_eq!(of(&["jauge", "--lang", "de"], Some("en")), Some(Lang::En));
    }
}
