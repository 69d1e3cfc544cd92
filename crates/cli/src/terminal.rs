//! The two ways out: results on standard output, everything else on standard error; colour, width, broken pipes, and files
//! written aside and renamed.

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use jauge::text::Lang;

use crate::arguments::Colour;
use crate::interrupt::Aside;

/// How to speak and how wide.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// The language of messages.
    pub lang: Lang,
    /// Colour on standard output.
    pub colour_out: bool,
    /// Colour on standard error.
    pub colour_err: bool,
    /// Characters in a line.
    pub width: usize,
}

/// Why a command stops: the message is ready to be shown.
#[derive(Debug)]
pub enum Stop {
    /// Wrong use: exit 2.
    Usage(String),
    /// The reader has gone (`| head`): exit 0.
    Closed,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Stop::Closed,
            _ => Stop::Usage(format!("{error}\n")),
        }
    }
}

impl Terminal {
    /// Looks at the environment once. Width is fixed off a terminal, so that output is the same everywhere.
    pub fn new(lang: Lang, colour: Colour) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let auto = |terminal: bool| match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto if set("NO_COLOR") => false,
            Colour::Auto if std::env::var_os("CLICOLOR_FORCE").is_some_and(|v| !v.is_empty() && v != "0") => true,
            Colour::Auto => terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
        };
        let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
        let width = width.or_else(|| terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0)));
        Terminal {
            lang,
            colour_out: auto(io::stdout().is_terminal()),
            colour_err: auto(io::stderr().is_terminal()),
            width: width.unwrap_or(DEFAULT_WIDTH).clamp(MINIMUM_WIDTH, MAXIMUM_WIDTH),
        }
    }

    /// Writes a result.
    pub fn out(&self, text: &str) -> Result<(), Stop> {
        let mut stream = anstream::AutoStream::new(io::stdout().lock(), choice(self.colour_out));
        stream.write_all(text.as_bytes())?;
        Ok(stream.flush()?)
    }

    /// Writes a result for machines part by part, to a file or to standard output: it is never whole in memory.
    pub fn pour(&self, path: Option<&Path>, parts: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Stop> {
        match path {
            Some(path) => write_aside(path, parts).map_err(|error| Stop::Usage(self.refusal(path, &error))),
            None => {
                let mut stream = BufWriter::with_capacity(PART, io::stdout().lock());
                parts(&mut stream)?;
                Ok(stream.flush()?)
            }
        }
    }

    /// Writes a diagnostic. Nobody reads standard error once it is closed, so that is no reason to stop.
    pub fn err(&self, text: &str) {
        let mut stream = anstream::AutoStream::new(io::stderr().lock(), choice(self.colour_err));
        let _ = stream.write_all(text.as_bytes());
        let _ = stream.flush();
    }

    /// Writes a whole file: aside in the same folder, then renamed over the old one, whose permissions it keeps.
    pub fn write_file(&self, path: &Path, bytes: &[u8]) -> Result<(), Stop> {
        write_aside(path, |out| out.write_all(bytes)).map_err(|error| Stop::Usage(self.refusal(path, &error)))
    }

    fn refusal(&self, path: &Path, error: &io::Error) -> String {
        let shown = path.display();
        // Windows answers 32 (sharing violation) or 33 (lock violation) for a file that Excel holds.
        let in_use = cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33 | 5));
        let (wrong, next) = match error.kind() {
            _ if in_use => self.lang.pick(
                (
                    format!("« {shown} » est ouvert dans un autre programme"),
                    "fermez-le (dans Excel, par exemple), puis relancez".to_string(),
                ),
                (
                    format!("`{shown}` is open in another program"),
                    "close it (in Excel, for instance), then run again".to_string(),
                ),
            ),
            io::ErrorKind::IsADirectory => self.lang.pick(
                (format!("« {shown} » est un dossier"), "donnez un nom de fichier".to_string()),
                (format!("`{shown}` is a folder"), "give the name of a file".to_string()),
            ),
            io::ErrorKind::NotFound => self.lang.pick(
                (format!("le dossier de « {shown} » n'existe pas"), "créez-le d'abord".to_string()),
                (format!("the folder of `{shown}` does not exist"), "make it first".to_string()),
            ),
            io::ErrorKind::PermissionDenied => self.lang.pick(
                (format!("vous n'avez pas le droit d'écrire « {shown} »"), "choisissez un dossier à vous".to_string()),
                (format!("you are not allowed to write `{shown}`"), "choose a folder of yours".to_string()),
            ),
            _ => self.lang.pick(
                (format!("« {shown} » ne peut pas être écrit"), format!("le système répond : {error}")),
                (format!("`{shown}` cannot be written"), format!("the system says: {error}")),
            ),
        };
        crate::usage::message(&wrong, &next, self.lang)
    }
}

/// Bytes written at a time.
const PART: usize = 1 << 16;
const DEFAULT_WIDTH: usize = 100;
const MINIMUM_WIDTH: usize = 40;
const MAXIMUM_WIDTH: usize = 160;

fn choice(colour: bool) -> ColorChoice {
    if colour { ColorChoice::Always } else { ColorChoice::Never }
}

fn write_aside(path: &Path, parts: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        // A device or a pipe is written to; a file in its place would take it away from everybody else.
        let mut out = BufWriter::with_capacity(PART, fs::OpenOptions::new().write(true).open(path)?);
        parts(&mut out)?;
        return out.flush();
    }
    // A link is followed, so that what it points to is replaced and the link stays.
    let target = if path.is_symlink() { fs::canonicalize(path)? } else { path.to_path_buf() };
    let folder =
        target.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(PathBuf::from("."), Path::to_path_buf);
    if target.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "a folder has this name"));
    }
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let aside = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let (aside, file) = Aside::new(&aside)?;
    let mut out = BufWriter::with_capacity(PART, file);
    parts(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    match fs::metadata(&target) {
        Ok(old) if old.permissions().readonly() => {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file may only be read"));
        }
        Ok(old) => file.set_permissions(old.permissions())?,
        Err(_) => {}
    }
    drop(file);
    aside.replace(&target)
}
