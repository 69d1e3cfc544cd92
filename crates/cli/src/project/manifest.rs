//! `jauge.toml`: text to settings and problems. Keys exist in French and in English, with or without accents.

use std::path::{Path, PathBuf};

use jauge::problem::{MANIFEST_KEYS, ManifestTakes, Problem, ProjectProblem, close_to};
use jauge::program::confidentiality_threshold;
use jauge::text::{FileId, Lang, Span};
use jauge::types::Number;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::language;

/// The name of the file.
pub const NAME: &str = "jauge.toml";

/// Folders above a path that are searched for a manifest.
const MAXIMUM_PARENTS: usize = 64;

/// The settings of a project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifest {
    /// The language of files that do not say theirs, and of messages.
    pub lang: Option<Lang>,
    /// The folder of data, as written.
    pub data: Option<(String, Span)>,
    /// Folders whose code lists are shared, as written.
    pub shared: Vec<(String, Span)>,
    /// Warnings fail too.
    pub strict: bool,
    /// From which share of the way to a target a figure is on track, at risk: for indicators that do not say (0.9, 0.7).
    pub thresholds: Option<(Number, Number)>,
    /// Counts of persons below it are not shown, in sources that do not say (a source's own `seuil de secret:` wins).
    pub confidentiality: Option<u64>,
}

/// The manifest that governs a path: in its folder, or in the nearest folder above that has one.
pub fn find(path: &Path) -> Option<PathBuf> {
    let start = std::path::absolute(path).ok()?;
    let mut ups = if path.is_dir() { path.to_path_buf() } else { path.parent()?.to_path_buf() };
    if ups.as_os_str().is_empty() {
        ups = PathBuf::from(".");
    }
    let mut real = if path.is_dir() { start.as_path() } else { start.parent()? };
    for _ in 0..MAXIMUM_PARENTS {
        let candidate = ups.join(NAME);
        if candidate.is_file() {
            return Some(super::paths::tidy(&candidate));
        }
        real = real.parent()?;
        // `a/b` goes up to `a`, and `.` or `..` to one more `..`: the path stays as its user would type it.
        ups = match super::paths::tidy(&ups) {
            tidy if tidy == Path::new(".") => PathBuf::from(".."),
            tidy if tidy.ends_with("..") => tidy.join(".."),
            tidy => tidy.parent().filter(|up| !up.as_os_str().is_empty()).map_or(PathBuf::from("."), Path::to_path_buf),
        };
    }
    None
}

/// Only the language, for messages that come before the project is loaded.
pub fn language_of(text: &str) -> Option<Lang> {
    read(FileId(0), text).0.lang
}

/// Reads a manifest.
pub fn read(file: FileId, text: &str) -> (Manifest, Vec<Problem>) {
    let mut manifest = Manifest::default();
    let mut problems = Vec::new();
    let readable = with_plain_keys(text);
    let (table, errors) = DeTable::parse_recoverable(&readable);
    let span = |range: std::ops::Range<usize>| Span::new(file, range.start, range.end);
    if let Some(error) = errors.first() {
        let range = error.span().unwrap_or(0..0);
        problems.push(Problem::new(ProjectProblem::ManifestSyntax, span(whole_line(text, range.start))));
        return (manifest, problems);
    }
    let mut entries: Vec<(Spanned<_>, Spanned<DeValue<'_>>)> = table.into_inner().into_iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);

    let mut seen: [Option<Span>; MANIFEST_KEYS.len()] = [None; MANIFEST_KEYS.len()];
    for (key, value) in &entries {
        let at = span(key.span());
        let written = text.get(key.span()).unwrap_or("").trim_matches(['"', '\'']).to_string();
        let known = MANIFEST_KEYS.iter().position(|(fr, en)| fold(&written) == fold(fr) || fold(&written) == fold(en));
        let Some((index, slot)) = known.and_then(|index| Some((index, seen.get_mut(index)?))) else {
            let near = close_to(&written, MANIFEST_KEYS.iter().flat_map(|(fr, en)| [*fr, *en]));
            problems.push(Problem::new(ProjectProblem::ManifestKeyUnknown { key: written, near }, at));
            continue;
        };
        if let Some(first) = *slot {
            problems.push(Problem::new(ProjectProblem::ManifestKeyTwice { key: written }, at).also(first));
            continue;
        }
        *slot = Some(at);
        let place = span(value.span());
        let value = value.get_ref();
        let wrong = match index {
            0 => {
                manifest.lang = value.as_str().and_then(language::read);
                manifest.lang.is_none().then_some(ManifestTakes::Language)
            }
            1 => {
                manifest.data = value.as_str().map(|path| (path.to_string(), place));
                manifest.data.is_none().then_some(ManifestTakes::Folder)
            }
            2 => match folders(value, span) {
                Some(folders) => {
                    manifest.shared = folders;
                    None
                }
                None => Some(ManifestTakes::Folders),
            },
            3 => {
                manifest.strict = value.as_bool().unwrap_or(false);
                value.as_bool().is_none().then_some(ManifestTakes::YesNo)
            }
            5 => {
                manifest.confidentiality = match value {
                    DeValue::Integer(integer) => Number::parse_plain(integer.as_str()),
                    _ => None,
                }
                .and_then(|number| confidentiality_threshold(&number));
                manifest.confidentiality.is_none().then_some(ManifestTakes::Confidentiality)
            }
            _ => {
                manifest.thresholds = thresholds(value);
                manifest.thresholds.is_none().then_some(ManifestTakes::Thresholds)
            }
        };
        if let Some(takes) = wrong {
            problems.push(Problem::new(ProjectProblem::ManifestValue { key: written, takes }, place));
        }
    }
    (manifest, problems)
}

fn folders(value: &DeValue<'_>, span: impl Fn(std::ops::Range<usize>) -> Span) -> Option<Vec<(String, Span)>> {
    let of = |value: &Spanned<DeValue<'_>>| Some((value.get_ref().as_str()?.to_string(), span(value.span())));
    value.as_array()?.iter().map(of).collect()
}

fn thresholds(value: &DeValue<'_>) -> Option<(Number, Number)> {
    let percent = |value: &Spanned<DeValue<'_>>| -> Option<Number> {
        let text = match value.get_ref() {
            DeValue::Integer(integer) => integer.as_str().to_string(),
            DeValue::Float(float) => float.as_str().to_string(),
            DeValue::String(text) => text.trim_end_matches('%').trim().replace(',', "."),
            DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => return None,
        };
        let number = Number::parse_plain(&text)?;
        let fits = !number.is_negative() && number <= Number::from(100_i64);
        fits.then(|| number.divide(&Number::from(100_i64))).flatten()
    };
    let mut values = value.as_array()?.iter();
    let (on_track, at_risk) = (percent(values.next()?)?, percent(values.next()?)?);
    (values.next().is_none() && on_track >= at_risk).then_some((on_track, at_risk))
}

/// TOML wants quotes around keys with accents. Nobody knows that, so such keys are replaced by plain letters of the same
/// number of bytes before they are read, and their real text is taken from the span.
fn with_plain_keys(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let key_end = line.find(['=', '"', '\'', '#', '[']).filter(|end| line.as_bytes().get(*end) == Some(&b'='));
        let (key, rest) = line.split_at(key_end.unwrap_or(0));
        for c in key.chars() {
            match c {
                '\u{feff}' if at == 0 => out.push(c),
                '\u{a0}' | '\u{202f}' => out.extend(std::iter::repeat_n(' ', c.len_utf8())),
                c if c.is_ascii() => out.push(c),
                c => out.extend(std::iter::repeat_n('-', c.len_utf8())),
            }
        }
        out.push_str(rest);
    }
    out
}

fn whole_line(text: &str, at: usize) -> std::ops::Range<usize> {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let (before, after) = text.split_at(at);
    let before = before.strip_suffix('\n').filter(|_| after.trim().is_empty()).unwrap_or(before);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| start + end);
    start..end
}

fn fold(key: &str) -> String {
    key.to_lowercase().replace('é', "e").replace("e\u{301}", "e")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        read(FileId(0), text).1.iter().map(Problem::code).collect()
    }

    #[test]
    fn both_languages_with_or_without_accents() {
        let french = "langue = \"français\"\ndonnées = \"d\"\nlistes = [\"../a\"]\nstrict = true\nseuils = [90, \"70 %\"]\nseuil-de-secret = 5\n";
        let english = french
            .replace("langue", "language")
            .replace("données", "data")
            .replace("listes", "shared")
            .replace("seuils", "thresholds")
            .replace("seuil-de-secret", "confidentiality-threshold");
        let plain = |text: &str| {
            let (manifest, problems) = read(FileId(0), text);
            assert_eq!(problems, []);
            let shared: Vec<String> = manifest.shared.into_iter().map(|(path, _)| path).collect();
            let data = manifest.data.map(|(path, _)| path);
            (manifest.lang, data, shared, manifest.strict, manifest.thresholds, manifest.confidentiality)
        };
        assert_eq!(plain(french), plain(&english));
        assert_eq!(plain(french), plain(&french.replace("données", "donnees")));
        assert_eq!(plain(french), plain(&french.replace("données", "\"données\"")));
        assert_eq!(plain(french).1.as_deref(), Some("d"));
        assert_eq!(plain(french).5, Some(5));
    }

    #[test]
    fn each_mistake_has_its_code() {
        assert_eq!(codes("langue français"), ["E0807"]);
        assert_eq!(codes("langeu = \"fr\""), ["E0808"]);
        assert_eq!(codes("langue = \"allemand\""), ["E0809"]);
        assert_eq!(codes("langue = \"fr\"\nlanguage = \"fr\""), ["E0810"]);
        assert_eq!(codes("seuils = [70, 90]"), ["E0809"]);
        assert_eq!(codes("données = 3\nlistes = \"x\"\nstrict = \"oui\""), ["E0809", "E0809", "E0809"]);
        for wrong in ["-1", "2.5", "\"5\"", "true", "99999999999999999999"] {
            assert_eq!(codes(&format!("seuil-de-secret = {wrong}")), ["E0809"], "{wrong}");
        }
        assert_eq!(codes(""), [""; 0]);
    }

    #[test]
    fn a_key_of_the_manifest_is_pointed_at() {
        let (_, problems) = read(FileId(3), "données = \"x\"\nséuil = 3\n");
        let places: Vec<_> = problems.iter().map(|problem| problem.at.clone()).collect();
        assert_eq!(places, [jauge::problem::Place::Text(Span::new(FileId(3), 15, 21))]);
    }
}
