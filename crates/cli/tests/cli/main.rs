//! The binary as its users meet it: arguments in, text and exit code out.

mod answers;
mod commands;
mod folder;
#[cfg(unix)]
mod interrupt;
mod partial;
mod problems;
mod schema;
mod secret;
mod sql;
mod usage;
