//! Wrong use and the choice of a language.

use crate::folder::Folder;
use insta::assert_snapshot;

#[test]
fn help_in_both_languages() {
    let folder = Folder::new("help", &[]);
    for lang in ["fr", "en"] {
        assert_snapshot!(format!("help_{lang}"), folder.run(&["--lang", lang, "--help"]));
        assert_snapshot!(format!("help_check_{lang}"), folder.run(&["--lang", lang, "check", "--help"]));
    }
}

#[test]
fn wrong_use_ends_with_two() {
    let folder = Folder::new("misuse", &[("a.jauge", "langue: français\n")]);
    for lang in ["fr", "en"] {
        let mut all = String::new();
        for arguments in [
            &["chek"][..],
            &["vérifier"],
            &["check", "--fromat", "json"],
            &["check", "--format", "xml"],
            &["eval", "--threads"],
            &["eval", "--threads", "beaucoup"],
            &["why"],
            &["check", "b.jauge"],
            &["check", "dossier"],
            &[],
        ] {
            let arguments: Vec<&str> = ["--lang", lang].iter().chain(arguments).copied().collect();
            assert_eq!(folder.code(&arguments), Some(2), "{arguments:?}");
            all.push_str(&folder.run(&arguments));
            all.push('\n');
        }
        assert_snapshot!(format!("misuse_{lang}"), all);
    }
}

#[test]
fn the_language_is_asked_then_of_the_project_then_of_the_system() {
    let folder =
        Folder::new("language", &[("en/a.jauge", "language: english\n"), ("fr/a.jauge", "langue: français\n")]);
    let says = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = folder.command(arguments);
        command.envs(variables.iter().copied());
        let output = command.output().expect("it runs");
        String::from_utf8_lossy(&output.stderr).trim().to_string()
    };
    let (french, english) = ("aucun problème dans 1 fichier", "no problem in 1 file");
    assert_eq!(says(&["check", "fr"], &[]), french);
    assert_eq!(says(&["check", "en"], &[]), english);
    assert_eq!(says(&["check", "en"], &[("JAUGE_LANG", "fr")]), french);
    assert_eq!(says(&["check", "en", "--lang", "fr"], &[("JAUGE_LANG", "en")]), french);
    folder.write("en/jauge.toml", "langue = \"français\"\n".as_bytes());
    assert_eq!(says(&["check", "en"], &[]), french, "the manifest says it before the files do");
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_error() {
    use std::process::Stdio;
    let folder = Folder::new("pipe", &[]);
    let mut child = folder.command(&["schema"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[test]
fn colour_only_where_it_is_wanted() {
    let folder = Folder::new("colour", &[("jauge.toml", "langeu = \"fr\"\n"), ("a.jauge", "langue: français\n")]);
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = folder.command(arguments);
        let output = command.envs(variables.iter().copied()).output().expect("it runs");
        output.stderr.contains(&0x1b)
    };
    assert!(!coloured(&["check"], &[]), "not on a pipe");
    assert!(coloured(&["check", "--color", "always"], &[]));
    assert!(coloured(&["check"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["check"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["check", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}
