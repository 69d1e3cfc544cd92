//! Folders and files to a checked program: the only place of the command line that reads indicator files.

mod load;
pub mod manifest;
mod paths;
mod read;

pub use load::{Project, load, sort};
pub use paths::{indicator_files, near, refusal, shown};
