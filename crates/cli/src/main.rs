//! The binary `jauge`: arguments in, one function, exit code out.
//!
//! 0 fine, 1 problems found, 2 wrong use (also a missing file, an unknown option, an unknown indicator), 3 our bug, 130
//! interrupted (Ctrl-C).

mod answers;
mod arguments;
mod commands;
mod figures;
mod interrupt;
mod language;
mod pages;
mod progress;
mod project;
mod questions;
mod render;
mod results;
mod scan;
mod select;
mod sources;
mod terminal;
mod usage;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use jauge::text::Lang;

use arguments::{Asked, Colour};
use commands::End;
use terminal::{Stop, Terminal};

const FINE: u8 = 0;
const PROBLEMS: u8 = 1;
const MISUSE: u8 = 2;
const OUR_BUG: u8 = 3;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        // The file is told as damaged.
        if jauge_engine::is_of_damage(info) {
            return;
        }
        Terminal::new(Lang::En, Colour::Never).err(&format!(
            "jauge : erreur interne. Ce n'est pas votre faute : signalez-la, avec ce qui suit et la commande tapée.\n\
             jauge: internal error. It is not your fault: please report it, with what follows and the command typed.\n\n\
             jauge {}, {} {}\n{info}\n",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH,
        ));
    }));
    ExitCode::from(std::panic::catch_unwind(run).unwrap_or(OUR_BUG))
}

fn run() -> u8 {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let chosen = language::asked(&typed, std::env::var("JAUGE_LANG").ok().as_deref());
    let otherwise = |paths: &[PathBuf]| {
        chosen.or_else(|| language::of_project(paths)).or_else(language::of_system).unwrap_or(Lang::En)
    };
    // The language of the folder in which we are is sought where it matters only: the folder may hold much besides a project.
    let matches = match arguments::command(chosen.unwrap_or(Lang::En)).try_get_matches_from(&typed) {
        Ok(matches) => matches,
        Err(_) => {
            let lang = otherwise(&[]);
            match arguments::command(lang).try_get_matches_from(&typed) {
                Ok(matches) => matches,
                Err(error) => return said_by_clap(&error, lang),
            }
        }
    };
    let Some(asked) = arguments::asked(&matches) else { return MISUSE };
    let lang = otherwise(asked.paths().unwrap_or_default());
    let terminal = Terminal::new(lang, arguments::colour(&matches));
    interrupt::heed(terminal);
    let end = match &asked {
        Asked::Check(check) => commands::check::run(check, &terminal),
        Asked::Eval(eval) => commands::eval::run(eval, &terminal),
        Asked::Merge(merge) => commands::merge::run(merge, &terminal),
        Asked::Fmt(fmt) => commands::fmt::run(fmt, &terminal),
        Asked::Test(test) => commands::test::run(test, &terminal),
        Asked::Explain(code) => commands::explain::run(code, &terminal),
        Asked::Why(why) => commands::why::run(why, &terminal),
        Asked::Plan(paths) => commands::plan::run(paths, &terminal),
        Asked::Sql(sql) => commands::sql::run(sql, &terminal),
        Asked::New(new) => commands::new::run(new, &terminal),
        Asked::Schema(partial) => commands::schema::run(*partial, &terminal),
        Asked::Completions(shell) => commands::completions::run(*shell, &terminal),
    };
    match end {
        Ok(End::Fine) | Err(Stop::Closed) => FINE,
        Ok(End::Problems) => PROBLEMS,
        Ok(End::Misuse) => MISUSE,
        Err(Stop::Usage(message)) => {
            terminal.err(&message);
            MISUSE
        }
    }
}

/// Help and version are results; everything else that clap says is wrong use, in our words.
fn said_by_clap(error: &clap::Error, lang: Lang) -> u8 {
    let terminal = Terminal::new(lang, Colour::Auto);
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match terminal.out(&error.render().to_string()) {
            Ok(()) | Err(Stop::Closed) => FINE,
            Err(Stop::Usage(_)) => MISUSE,
        },
        _ => {
            terminal.err(&usage::words(error, lang));
            MISUSE
        }
    }
}
