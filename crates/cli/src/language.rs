//! Which language to speak: `--lang`, else JAUGE_LANG, else the project's, else the operating system's, else English.
//!
//! A first guess is made before the command line is read, since its help and its errors must speak it too.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jauge::text::Lang;

use crate::project::{self, manifest};

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

/// The language of the project of these paths (`.` where there are none): what its manifest says, else what the first of
/// its files says in its first lines.
pub fn of_project(paths: &[PathBuf]) -> Option<Lang> {
    let path = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let of_manifest = || manifest::language_of(&read_start(&manifest::find(path)?)?);
    let of_file = || {
        let file = match path.is_dir() {
            true => project::indicator_files(path).into_iter().next()?,
            false => path.to_path_buf(),
        };
        let text = read_start(&file)?;
        text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            let key = key.trim_start_matches('\u{feff}').trim();
            matches!(key, "langue" | "language").then(|| read(value.split('#').next().unwrap_or("")))?
        })
    };
    of_manifest().or_else(of_file)
}

/// Bytes that are read to find a language.
const START: u64 = 1 << 16;

fn read_start(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(START).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
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
