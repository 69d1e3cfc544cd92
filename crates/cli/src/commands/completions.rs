//! `jauge completions bash`: the script that completes commands and options in a shell.

use clap_complete::Shell;

use super::End;
use crate::arguments::command;
use crate::terminal::{Stop, Terminal};

/// Prints the script.
pub fn run(shell: Shell, terminal: &Terminal) -> Result<End, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(terminal.lang), "jauge", &mut script);
    terminal.out(&String::from_utf8_lossy(&script))?;
    Ok(End::Fine)
}
