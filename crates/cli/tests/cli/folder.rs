//! Runs the binary in a folder of its own, with nothing of the environment that could change its words.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A folder that goes away with the test.
pub struct Folder(PathBuf);

impl Folder {
    /// A new folder with these files.
    pub fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let path = std::env::temp_dir().join(format!("jauge-cli-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder for the test");
        let folder = Folder(path);
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }

    /// Writes one file.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a path with a folder")).expect("a folder for the file");
        fs::write(path, bytes).expect("a file for the test");
    }

    /// Reads one file.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("a file that the test wrote")
    }

    /// The names of the files here, in order.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("the folder of the test");
        let mut out: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into()).collect();
        out.sort();
        out
    }

    /// The binary, about to be run here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jauge"));
        command.current_dir(&self.0).args(arguments).stdin(Stdio::null());
        for name in ["JAUGE_LANG", "NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"]
        {
            command.env_remove(name);
        }
        command
    }

    /// What a run says and how it ends, as one text.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the binary runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        let code = output.status.code().map_or("none".into(), |code| code.to_string());
        let mut out = format!("$ jauge {}\nexit {code}\n", arguments.join(" "));
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                out.push_str(&format!("---- {name}\n{}", text(bytes)));
            }
        }
        out
    }

    /// Only the exit code.
    pub fn code(&self, arguments: &[&str]) -> Option<i32> {
        self.command(arguments).output().expect("the binary runs").status.code()
    }

    /// Only standard output.
    pub fn stdout(&self, arguments: &[&str]) -> String {
        String::from_utf8_lossy(&self.command(arguments).output().expect("the binary runs").stdout).into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
