//! JUnit XML, which build servers show as test results.

use jauge::problem::Severity;
use jauge::text::Lang;

use super::Report;
use super::place::{cell, lines};

/// One test case.
#[derive(Debug, Clone)]
pub struct Case {
    /// The suite: a file, or a kind of test.
    pub suite: String,
    /// The name.
    pub name: String,
    /// How it came out.
    pub verdict: Verdict,
}

/// How a case came out.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It cannot be told, and why.
    Skip(String),
    /// It fails: one line, and all that is to be said.
    Fail(String, String),
}

/// Problems as failed cases, one suite per file; a run without problems has one case that passes.
pub fn document(report: &Report<'_>, lang: Lang) -> String {
    let mut cases: Vec<Case> = Vec::new();
    for problem in report.problems {
        let at = lines(&problem.at, report.files);
        let words = problem.words(lang);
        let place = match &problem.at {
            jauge::problem::Place::Data(data) => cell(data, lang),
            jauge::problem::Place::Text(_) => format!("{}:{}:{}", at.path, at.line, at.column),
            jauge::problem::Place::Path(path) => path.clone(),
            jauge::problem::Place::Table(at) => super::place::table(at, lang),
        };
        let text =
            [place.clone(), words.label, words.help].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        let verdict = match problem.severity() {
            Severity::Error => Verdict::Fail(words.title, text.join("\n")),
            Severity::Warning => Verdict::Skip(words.title),
        };
        cases.push(Case { suite: at.path, name: format!("{} {place}", problem.code()), verdict });
    }
    if cases.is_empty() {
        cases.push(Case { suite: "jauge".into(), name: "check".into(), verdict: Verdict::Pass });
    }
    suites(&cases)
}

/// The document of some cases, in their order; cases of one suite stand together.
pub fn suites(cases: &[Case]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for case in cases {
        if !names.contains(&case.suite.as_str()) {
            names.push(&case.suite);
        }
    }
    let count = |cases: &[&Case]| {
        let failed = cases.iter().filter(|case| matches!(case.verdict, Verdict::Fail(..))).count();
        let skipped = cases.iter().filter(|case| matches!(case.verdict, Verdict::Skip(_))).count();
        format!("tests=\"{}\" failures=\"{failed}\" skipped=\"{skipped}\"", cases.len())
    };
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites name=\"jauge\" {}>\n", count(&cases.iter().collect::<Vec<_>>())));
    for name in names {
        let of: Vec<&Case> = cases.iter().filter(|case| case.suite == name).collect();
        out.push_str(&format!("  <testsuite name=\"{}\" {}>\n", escape(name), count(&of)));
        for case in of {
            let head = format!("    <testcase classname=\"{}\" name=\"{}\"", escape(name), escape(&case.name));
            match &case.verdict {
                Verdict::Pass => out.push_str(&format!("{head}/>\n")),
                Verdict::Skip(why) => {
                    out.push_str(&format!("{head}>\n      <skipped message=\"{}\"/>\n    </testcase>\n", escape(why)));
                }
                Verdict::Fail(what, text) => out.push_str(&format!(
                    "{head}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                    escape(what),
                    escape(text)
                )),
            }
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// XML has no place for most control characters, so they are shown as a question mark.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('?'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_users_stays_text() {
        assert_eq!(escape("<a & \"b\"\u{1}>"), "&lt;a &amp; &quot;b&quot;?&gt;");
    }
}
