//! Text to tree.

use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};

fn shown(text: &str, default: Lang, words: Lang) -> String {
    let file = SourceFile::new("x.jauge", text);
    let parsed = parse(FileId(0), &file, default);
    let mut out = String::new();
    for problem in &parsed.problems {
        let told = problem.words(words);
        let jauge::problem::Place::Text(span) = problem.at else { panic!("{problem:?}") };
        let (line, column) = file.line_column(span.start);
        out += &format!(
            "{} {line}:{column} `{}`\n  {}\n  {}\n  {}\n",
            problem.code(),
            file.slice(span),
            told.title,
            told.label,
            told.help
        );
        for also in told.also {
            out += &format!("  also: {also}\n");
        }
    }
    out
}

#[test]
fn one_mistake_is_one_problem() {
    let told = shown(include_str!("syntax/snia.fr.jauge"), Lang::Fr, Lang::Fr);
    assert!(
        told.starts_with("E0114 54:28") && told.lines().filter(|line| line.starts_with('E')).count() == 1,
        "{told}"
    );
}

#[test]
fn ten_mistakes_in_ten_blocks() {
    let mistakes = [
        "indicatuer a \"A\"\n  mesure: b\n",
        "indicateur a \"A\"\n  mesur: b\n",
        "indicateur a \"A\"\n  mesure: b +\n",
        "indicateur a \"A\"\n  mesure: (b\n",
        "indicateur a \"A\"\n  mesure: b ou sexe = F\n",
        "indicateur a \"A\"\n  mesure: b\nventilé par: sexe\n",
        "indicateur a \"A\"\n  définition: Sans guillemets\n",
        "indicateur a \"A\"\n  sens souhaité: monter\n",
        "indicateur a \"A\"\n  cible: 2020 >= 50.07 %\n",
        "indicateur a \"A\n  mesure: b\n",
    ];
    let told = shown(&mistakes.concat(), Lang::Fr, Lang::Fr);
    let codes: Vec<&str> = told.lines().filter(|line| line.starts_with('E')).filter_map(|line| line.get(..5)).collect();
    let expected = ["E0101", "E0102", "E0125", "E0126", "E0116", "E0105", "E0115", "E0123", "E0118", "E0114"];
    assert_eq!(codes, expected, "{told}");
}

/// Every `.jauge` file of the repository and of these tests.
fn files() -> Vec<String> {
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))];
    let mut texts = Vec::new();
    let root = folders.remove(0);
    folders.extend(["examples", "indicators", "tests/syntax"].map(|name| root.join(name)));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "jauge") {
                texts.push(std::fs::read_to_string(path).expect("a text in UTF-8"));
            }
        }
    }
    texts
}

fn survives(text: &str) {
    let file = SourceFile::new("x.jauge", text);
    let parsed = parse(FileId(0), &file, Lang::Fr);
    for problem in &parsed.problems {
        let jauge::problem::Place::Text(span) = problem.at else { panic!("{problem:?}") };
        assert!(text.get(span.range()).is_some(), "{problem:?} lies outside its text");
        for lang in Lang::ALL {
            assert!(!problem.words(lang).title.is_empty());
        }
    }
}

#[test]
fn broken_text_never_panics() {
    let texts = files();
    assert!(!texts.is_empty());
    for text in texts {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let every = (lines.len() / 10).max(1);
        for at in (0..lines.len()).step_by(every) {
            let mut kept = lines.clone();
            kept.remove(at);
            survives(&kept.concat());
        }
        let step = (text.len() / 25).max(1);
        for at in (0..text.len()).step_by(step) {
            let cut = (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            let (before, after) = text.split_at(cut);
            survives(before);
            let word = after.split_whitespace().next().unwrap_or("");
            survives(&format!("{before}{word} {after}"));
        }
    }
}

#[test]
fn hostile_text_ends() {
    for text in [
        "(".repeat(20_000),
        "période précédente de ".repeat(600),
        "si a > 0 alors ".repeat(600),
        "a avec ".to_string() + &"non ".repeat(3_000) + "b",
        "- ".repeat(5_000),
        "a + ".repeat(3_000) + "a",
        "a avec (".repeat(31),
        "9".repeat(10_000),
    ] {
        survives(&format!("indicateur i \"I\"\n  mesure: {text}\n"));
    }
    survives("a\0b");
    survives("");
    survives("\u{feff}langue: français\r\n");
}

/// The pages of this family: code, language of the section, the example and its mended form.
fn pages() -> Vec<(String, Lang, Vec<String>)> {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/errors");
    let mut pages = Vec::new();
    let codes = jauge::problem::Fact::codes().into_iter().filter(|code| code.starts_with("E01"));
    for code in codes {
        let text =
            std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap_or_else(|_| panic!("{code} has no page"));
        for (lang, section) in Lang::ALL.into_iter().zip(text.split("\n## ").skip(1)) {
            let fences = section.split("```jauge\n").skip(1);
            let examples = fences.filter_map(|rest| rest.split("```").next()).map(str::to_string).collect();
            pages.push((code.to_string(), lang, examples));
        }
    }
    pages
}

#[test]
fn pages_show_their_code_and_its_mending() {
    let mut wrong = String::new();
    for (code, lang, examples) in pages() {
        let [bad, good] = examples.as_slice() else { continue };
        let told = shown(bad, lang, lang);
        let codes: Vec<&str> = told.lines().filter_map(|line| line.get(..5)).filter(|c| c.starts_with("E0")).collect();
        if codes != [code.as_str()] {
            wrong += &format!("{code} {lang:?} gives\n{told}\n");
        }
        let mended = shown(good, lang, lang);
        if !mended.is_empty() {
            wrong += &format!("{code} {lang:?} mended gives\n{mended}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_message_in_both_languages() {
    let mut out = String::new();
    for (code, lang, examples) in pages() {
        if let Some(bad) = examples.first() {
            out += &format!("── {code} {lang:?}\n{}", shown(bad, lang, lang));
        }
    }
    insta::assert_snapshot!("messages", out);
}

/// The tree without places, one thing to a line.
fn tree(text: &str) -> String {
    let file = SourceFile::new("x.jauge", text);
    let parsed = parse(FileId(0), &file, Lang::Fr);
    let shown = format!("{:#?}", parsed.blocks);
    // `Span { … }` takes five lines of the pretty form; places differ between the languages and are tested elsewhere.
    let mut out = String::new();
    let mut lines = shown.lines();
    while let Some(line) = lines.next() {
        if line.trim_end().ends_with("Span {") {
            let indent = line.len() - line.trim_start().len();
            lines
                .by_ref()
                .find(|line| line.len() - line.trim_start().len() == indent && line.trim_start().starts_with('}'));
        } else {
            out += line;
            out.push('\n');
        }
    }
    out
}

#[test]
fn french_and_english_make_the_same_tree() {
    let french = tree(include_str!("syntax/snia.fr.jauge"));
    let english = tree(include_str!("syntax/snia.en.jauge"));
    let first = french.lines().zip(english.lines()).find(|(fr, en)| fr != en);
    assert_eq!(first, None);
    assert_eq!(french.lines().count(), english.lines().count());
    insta::assert_snapshot!("tree", french);
}

#[test]
fn parentheses_are_read_in_no_time() {
    let measure = format!("{}a{}", "(".repeat(30), ")".repeat(30));
    let text = format!("indicateur i \"I\"\n  mesure: {measure}\n");
    let start = std::time::Instant::now();
    assert_eq!(shown(&text, Lang::Fr, Lang::Fr), "");
    // Microseconds; a precedence ladder would take hours.
    assert!(start.elapsed().as_secs() < 5);
}
