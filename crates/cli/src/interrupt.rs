//! Ctrl-C: what is being written aside is removed, the message says so, and the command ends with 130, as shells expect of a
//! program that was interrupted. It ends at once, wherever it is: nothing but a file that is written aside can be half done.

use std::fs::{self, File};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jauge::text::Lang;

use crate::terminal::Terminal;

/// 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// The file that is being written. Whoever holds this holds back the end of the process.
static ASIDE: Mutex<Option<PathBuf>> = Mutex::new(None);

/// What runs in a server, and must be stopped there.
#[cfg(feature = "postgres")]
static ELSEWHERE: Mutex<Option<jauge_sql::postgres::Interrupt>> = Mutex::new(None);

/// Ctrl-C also stops this.
#[cfg(feature = "postgres")]
pub fn also(interrupt: jauge_sql::postgres::Interrupt) {
    *ELSEWHERE.lock().unwrap_or_else(PoisonError::into_inner) = Some(interrupt);
}

/// Asks servers to stop what they compute for us; the process does not wait for their answer for long.
fn stop_elsewhere() {
    #[cfg(feature = "postgres")]
    if let Some(interrupt) = ELSEWHERE.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let asked = std::thread::spawn(move || interrupt.stop());
        for _ in 0..PATIENCE {
            if asked.is_finished() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

/// Fiftieths of a second that a server is given to hear us.
#[cfg(feature = "postgres")]
const PATIENCE: u32 = 100;

/// From here on Ctrl-C is heeded.
pub fn heed(terminal: Terminal) {
    // Without a handler the system ends the process as it always did.
    let _ = ctrlc::set_handler(move || {
        // Held until the process has ended, so that no other file is begun.
        let mut aside = ASIDE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = aside.take() {
            let _ = fs::remove_file(path);
        }
        stop_elsewhere();
        // What was typed and the line of progress stand where the cursor is.
        let start = if io::stderr().is_terminal() { "\n" } else { "" };
        terminal.err(&format!("{start}{}", words(terminal.lang)));
        std::process::exit(INTERRUPTED);
    });
}

fn words(lang: Lang) -> String {
    lang.pick(
        "jauge : interrompu. Aucun fichier n'est resté à moitié écrit.\n",
        "jauge: interrupted. No file is left half-written.\n",
    )
    .to_string()
}

/// A file that is written aside, to take the place of another once it is whole.
pub struct Aside(PathBuf);

impl Aside {
    /// Begins a file that is not there yet; it is closed before it takes its place.
    pub fn new(path: &Path) -> io::Result<(Aside, File)> {
        let mut aside = ASIDE.lock().unwrap_or_else(PoisonError::into_inner);
        let file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
        *aside = Some(path.to_path_buf());
        Ok((Aside(path.to_path_buf()), file))
    }

    /// Puts the file in the place of another.
    pub fn replace(self, target: &Path) -> io::Result<()> {
        let mut aside = ASIDE.lock().unwrap_or_else(PoisonError::into_inner);
        fs::rename(&self.0, target)?;
        *aside = None;
        Ok(())
    }
}

impl Drop for Aside {
    /// What has not been put in its place goes away.
    fn drop(&mut self) {
        let mut aside = ASIDE.lock().unwrap_or_else(PoisonError::into_inner);
        if aside.take().is_some() {
            let _ = fs::remove_file(&self.0);
        }
    }
}
