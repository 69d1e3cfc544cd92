//! `jauge fmt`: files put in form, or translated. The only command that changes indicator files.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use jauge::format::{FormatRefusal, Style, UnitWords, format};
use jauge::problem::Problem;
use jauge::syntax::parse;
use jauge::text::{FileId, Files, Lang, SourceFile};
use similar::TextDiff;

use super::End;
use crate::arguments::Fmt;
use crate::project;
use crate::render::{self, Report};
use crate::terminal::{Stop, Terminal};
use crate::usage;

/// Formats files, or standard input.
pub fn run(asked: &Fmt, terminal: &Terminal) -> Result<End, Stop> {
    if asked.paths == [PathBuf::from("-")] {
        return standard_input(asked, terminal);
    }
    let project = project::load(&asked.paths, terminal.lang);
    let mut problems: Vec<Problem> =
        project.problems.iter().filter(|problem| problem.code().starts_with("E08")).cloned().collect();
    let style = Style { keywords: asked.keywords, units: UnitWords::collect(&project.parsed) };
    let (mut changed, mut refused) = (Vec::new(), false);
    for parsed in &project.parsed {
        let Some(file) = project.files.get(parsed.file).filter(|_| project.selects(parsed.file)) else { continue };
        // A file in another encoding was read, but is not written: its reader would see another file.
        let other_encoding = |problem: &Problem| {
            problem.code() == "E0804" && matches!(&problem.at, jauge::problem::Place::Path(path) if *path == file.path)
        };
        if project.problems.iter().any(other_encoding) {
            refused = true;
            continue;
        }
        match format(parsed, file, &style) {
            Ok(text) if text == file.text => {}
            Ok(text) => {
                if asked.check {
                    terminal.out(&difference(&file.path, &file.text, &text))?;
                } else {
                    terminal.write_file(Path::new(&file.path), text.as_bytes())?;
                    terminal.out(&format!("{}\n", file.path))?;
                }
                changed.push(parsed.file);
            }
            Err(refusal) => {
                refused = true;
                problems.extend(parsed.problems.iter().filter(|problem| problem.code().starts_with('E')).cloned());
                terminal.err(&refusal_words(&file.path, refusal, terminal.lang));
            }
        }
    }
    let report = Report { files: &project.files, problems: &problems, left_out: 0, file_count: project.file_count() };
    render::to_err(&report, terminal)?;
    let files = render::counted(changed.len() as u64, terminal.lang, ("fichier", "fichiers"), ("file", "files"));
    terminal.err(&match (asked.check, changed.is_empty()) {
        (_, true) => terminal.lang.pick("rien à changer\n".into(), "nothing to change\n".into()),
        (true, false) => terminal.lang.pick(format!("{files} à mettre en forme\n"), format!("{files} to format\n")),
        (false, false) => terminal.lang.pick(format!("{files} mis en forme\n"), format!("{files} formatted\n")),
    });
    Ok(match () {
        () if project.misused => End::Misuse,
        () if refused || !problems.is_empty() || (asked.check && !changed.is_empty()) => End::Problems,
        () => End::Fine,
    })
}

fn standard_input(asked: &Fmt, terminal: &Terminal) -> Result<End, Stop> {
    let lang = terminal.lang;
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(MAXIMUM_INPUT).read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        let wrong = lang.pick("l'entrée n'est pas en UTF-8", "the input is not UTF-8");
        Stop::Usage(usage::message(wrong, lang.pick("enregistrez-la en UTF-8", "save it as UTF-8"), lang))
    })?;
    let default = crate::language::of_project(&[]).unwrap_or_default();
    let name = lang.pick("entrée standard", "standard input");
    let mut files = Files::default();
    let file = SourceFile::new(name, text);
    let id: FileId = files.add(file.clone());
    let parsed = parse(id, &file, default);
    let style = Style { keywords: asked.keywords, units: UnitWords::collect([&parsed]) };
    match format(&parsed, &file, &style) {
        Ok(text) if asked.check => {
            let same = text == file.text;
            if !same {
                terminal.out(&difference(name, &file.text, &text))?;
            }
            Ok(if same { End::Fine } else { End::Problems })
        }
        Ok(text) => {
            terminal.out(&text)?;
            Ok(End::Fine)
        }
        Err(refusal) => {
            terminal.err(&refusal_words(name, refusal, lang));
            let report = Report { files: &files, problems: &parsed.problems, left_out: 0, file_count: 1 };
            render::to_err(&report, terminal)?;
            Ok(End::Problems)
        }
    }
}

/// Bytes of standard input that are read.
const MAXIMUM_INPUT: u64 = 8 << 20;

fn refusal_words(path: &str, refusal: FormatRefusal, lang: Lang) -> String {
    match refusal {
        FormatRefusal::HasErrors => lang.pick(
            format!("« {path} » n'est pas changé : corrigez d'abord ce qui suit\n"),
            format!("`{path}` is not changed: mend first what follows\n"),
        ),
        FormatRefusal::NotTheSame => lang.pick(
            format!("« {path} » n'est pas changé : la mise en forme en changerait le sens ; signalez-le, c'est notre erreur\n"),
            format!("`{path}` is not changed: formatting would change its meaning; please report it, it is our mistake\n"),
        ),
    }
}

/// A unified difference, as version control shows it.
fn difference(path: &str, old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().context_radius(2).header(path, path).to_string()
}
