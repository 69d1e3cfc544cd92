//! Ctrl-C in the middle of a long scan.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::folder::Folder;

/// A register of some gibibytes in a few megabytes, so that no machine has read it when it is interrupted.
fn long(name: &str) -> Folder {
    let text = "langue: français\n\nunité élève\n  singulier: \"élève\"\n  pluriel: \"élèves\"\n  est: personne\n\nsource registre \"Registre\"\n  \
                fichier: \"registre.csv.gz\"\n  chaque ligne est: un élève\n  période: exercice (année)\n  colonnes:\n    \
                école  texte\n\nindicateur inscrits \"Inscrits\"\n  mesure: nombre d'élèves de registre\n";
    let folder = Folder::new(name, &[("p/registre.jauge", text), ("r.csv", "ce qui était là\n")]);
    let pack = |text: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(text.as_bytes()).expect("memory takes it");
        packed.finish().expect("memory takes it")
    };
    let rows: String = (0..200_000).map(|row| format!("20{},École n° {}\n", row % 10 + 10, row % 500)).collect();
    folder.write("p/registre.csv.gz", &[pack("exercice,école\n"), pack(&rows).repeat(500)].concat());
    folder
}

#[test]
fn a_scan_that_is_interrupted_leaves_nothing_behind() {
    for (lang, words) in [("fr", "jauge : interrompu."), ("en", "jauge: interrupted.")] {
        let folder = long(&format!("interrupt-{lang}"));
        let mut command = folder.command(&["--lang", lang, "eval", "p", "--format", "csv", "-o", "r.csv"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let started = Instant::now();
        while !reads(child.id(), "registre.csv.gz") {
            assert!(started.elapsed() < Duration::from_secs(60), "the scan does not begin");
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(200));
        let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
        assert!(kill.is_ok_and(|status| status.success()), "the signal is sent");
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), said.starts_with(words), output.stdout.len()),
            (Some(130), true, 0),
            "{said}"
        );
        assert_eq!(folder.names(), ["p", "r.csv"]);
        assert_eq!(folder.read("r.csv"), "ce qui était là\n");
    }
}

/// The process has opened a file of this name; where the system does not tell, half a second has to do.
fn reads(process: u32, name: &str) -> bool {
    let Ok(open) = std::fs::read_dir(Path::new("/proc").join(process.to_string()).join("fd")) else {
        std::thread::sleep(Duration::from_millis(500));
        return true;
    };
    open.flatten().any(|entry| std::fs::read_link(entry.path()).is_ok_and(|path| path.ends_with(Path::new(name))))
}
