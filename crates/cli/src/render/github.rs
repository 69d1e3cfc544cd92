//! Annotations that GitHub Actions reads from the log: `::error file=…,line=…::text`.

use jauge::problem::{Place, Severity};
use jauge::text::Lang;

use super::Report;
use super::place::lines as lines_of;

/// One annotation per problem.
pub fn lines(report: &Report<'_>, lang: Lang) -> String {
    let mut out = String::new();
    for problem in report.problems {
        let at = lines_of(&problem.at, report.files);
        let words = problem.words(lang);
        let level = match problem.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = match problem.at {
            Place::Text(_) => format!(
                "file={},line={},col={},endLine={},endColumn={}",
                property(&at.path),
                at.line,
                at.column,
                at.end_line,
                at.end_column
            ),
            Place::Data(_) => format!("file={},line={}", property(&at.path), at.line),
            Place::Path(_) | Place::Table(_) => format!("file={}", property(&at.path)),
        };
        let title = property(&format!("{} {}", problem.code(), words.title));
        let text = message(
            &[words.title, words.label, words.help]
                .iter()
                .filter(|part| !part.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join("\n"),
        );
        out.push_str(&format!("::{level} {place},title={title}::{text}\n"));
    }
    out
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_the_protocol_are_escaped() {
        assert_eq!(property("a:b,c\n50 %"), "a%3Ab%2Cc%0A50 %25");
        assert_eq!(message("a:b,c\r\n%"), "a:b,c%0D%0A%25");
    }
}
