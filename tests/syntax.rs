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
fn smoke() {
    let text = include_str!("syntax/snia.fr.jauge");
    println!("{}", shown(text, Lang::Fr, Lang::Fr));
}
