//! `jauge test`: test blocks, rules and published figures: what holds, what does not, what cannot be told.

use std::fmt::Write as _;
use std::sync::Arc;

use jauge::evaluate::run_test;
use jauge::outcome::{Agreement, RuleResult, Value};
use jauge::plan::Request;
use jauge::problem::{Problem, Severity};
use jauge::program::model::{InlineData, Program, RuleSeverity, Test as TestBlock};
use jauge::text::Lang;
use serde_json::json;

use super::End;
use crate::arguments::{Format, Test};
use crate::progress::Progress;
use crate::project::{self, Project};
use crate::render::{self, Case, Counts, Report, Verdict, counted};
use crate::scan::{self, Scan};
use crate::terminal::{Stop, Terminal};
use crate::words;

/// What was verified, by kind; also the suites of JUnit.
const KINDS: [(&str, &str); 3] =
    [("tests", "tests"), ("contrôles", "rules"), ("valeurs publiées", "published figures")];

/// The same kinds in JSON.
const KEYS: [&str; 3] = ["test", "rule", "published"];

/// One thing verified.
struct Line {
    /// Index into [`KINDS`].
    kind: usize,
    /// Its name.
    name: String,
    /// How it came out.
    verdict: Verdict,
    /// The author's explanation of a failure that is known.
    known: Option<String>,
}

/// Verifies everything.
pub fn run(asked: &Test, terminal: &Terminal) -> Result<End, Stop> {
    let lang = terminal.lang;
    let project = project::load(&asked.paths, lang);
    let mut problems: Vec<Problem> =
        project.problems.iter().filter(|problem| project.concerns(problem)).cloned().collect();
    let program = &project.program;
    let mut lines = Vec::new();
    let mut left_out = 0;
    if !project.misused {
        for test in program.tests.iter().filter(|test| project.selects(test.definition.file)) {
            let (line, found) = block(&project, test, lang);
            lines.push(line);
            problems.extend(found);
        }
        let scan = scan::scan(&project, &Request::all(), asked.threads, terminal);
        rules(program, &scan, lang, &mut lines);
        published(program, &scan, lang, &mut lines);
        left_out = scan.left_out;
        problems.extend(scan.problems);
    }
    let report = Report { files: &project.files, problems: &problems, left_out, file_count: project.file_count() };
    match asked.format {
        Format::Human | Format::Concise => {
            render::problems(&report, asked.format, terminal)?;
            terminal.out(&listing(&lines, lang))?;
            terminal.err(&render::summary(&report, lang));
        }
        Format::Json => terminal.out(&document(&lines, &report))?,
        Format::Junit => {
            let cases: Vec<Case> = lines.iter().map(case).collect();
            terminal.out(&render::suites(&cases))?;
        }
        Format::Github | Format::Sarif => render::problems(&report, asked.format, terminal)?,
    }
    let failed = lines.iter().any(|line| matches!(line.verdict, Verdict::Fail(..)) && line.known.is_none());
    let strict = asked.strict || project.manifest.strict;
    Ok(match () {
        () if project.misused => End::Misuse,
        () if failed || Counts::of(&report).fail(strict) => End::Problems,
        () => End::Fine,
    })
}

/// One test block, over its own data.
fn block(project: &Project, test: &TestBlock, lang: Lang) -> (Line, Vec<Problem>) {
    let progress = Arc::new(Progress::new(lang));
    let mut engine = scan::engine(project, Some(1), &progress);
    for InlineData { source, header, rows } in &test.data {
        engine = engine.rows(*source, header, rows.iter().map(|(cells, _)| cells.as_slice()));
    }
    let (outcome, problems) = run_test(&project.program, test, &engine);
    let passed = outcome.checks.iter().filter(|check| check.passes).count();
    let all = outcome.checks.len();
    let verdict = match outcome.passes() {
        true => Verdict::Pass,
        false => {
            let first = problems.iter().find(|problem| problem.severity() == Severity::Error);
            let why = first.map(|problem| problem.words(lang).title).unwrap_or_default();
            let count = lang.pick(
                format!("chiffres attendus obtenus : {passed} sur {all}"),
                format!("expected figures obtained: {passed} of {all}"),
            );
            Verdict::Fail(count, why)
        }
    };
    let label = test.label.get(lang);
    let name = if label.is_empty() { test.name.clone() } else { format!("{} ({label})", test.name) };
    (Line { kind: 0, name, verdict, known: None }, problems)
}

fn rules(program: &Program, scan: &Scan, lang: Lang, lines: &mut Vec<Line>) {
    for outcome in &scan.outcome.rules {
        let Some(rule) = program.rules.get(outcome.rule) else { continue };
        let period = words::period(program, outcome.period, lang);
        let name = format!("{} {period}, {}", rule.name, words::group(program, &outcome.group, lang));
        let side = |value: &Value| match value.range() {
            Some(number) => number.show(lang, None),
            None => words::reason(value, program).map(|reason| reason.into(lang)).unwrap_or_default(),
        };
        let sides = format!("{} / {}", side(&outcome.sides.0), side(&outcome.sides.1));
        let verdict = match &outcome.result {
            RuleResult::Holds => Verdict::Pass,
            RuleResult::CannotTell(Value::Qualified(_)) => {
                Verdict::Skip(lang.pick(format!("chiffres qualifiés : {sides}"), format!("qualified figures: {sides}")))
            }
            RuleResult::CannotTell(value) => {
                Verdict::Skip(words::reason(value, program).map(|reason| reason.into(lang)).unwrap_or_default())
            }
            RuleResult::Fails { difference } => {
                let difference = difference.show(lang, None);
                Verdict::Fail(lang.pick(format!("écart de {difference}"), format!("off by {difference}")), sides)
            }
        };
        // A rule that only warns is listed, and does not fail the run by itself.
        let known = outcome.known_discrepancy.clone().or_else(|| match rule.severity {
            RuleSeverity::Warning => Some(lang.pick("avertissement", "warning").to_string()),
            RuleSeverity::Blocking => None,
        });
        lines.push(Line { kind: 1, name, verdict, known });
    }
}

fn published(program: &Program, scan: &Scan, lang: Lang, lines: &mut Vec<Line>) {
    for figure in &scan.outcome.figures {
        let Some(indicator) = program.indicators.get(figure.indicator) else { continue };
        for published in &figure.published {
            let period = words::period(program, figure.period, lang);
            let name = format!("{} {period}, {}", indicator.name, words::group(program, &figure.group, lang));
            let verdict = words::agreement(published.agreement).into(lang).to_string();
            let computed = match figure.value.range() {
                Some(number) => words::amount(program, &number, &indicator.unit, None, lang),
                None => words::reason(&figure.value, program).map(|reason| reason.into(lang)).unwrap_or_default(),
            };
            let printed = published.value.show(lang, None);
            let both = lang.pick(
                format!("publié {printed}, calculé {computed}"),
                format!("published {printed}, computed {computed}"),
            );
            let verdict = match published.agreement {
                Agreement::Agrees => Verdict::Pass,
                Agreement::CannotTell => Verdict::Skip(computed),
                Agreement::Truncation
                | Agreement::PercentVersusFraction
                | Agreement::ThousandsMark
                | Agreement::Rounding
                | Agreement::Disagrees => Verdict::Fail(verdict, both),
            };
            lines.push(Line { kind: 2, name, verdict, known: published.known_discrepancy.clone() });
        }
    }
}

/// What does not hold and what cannot be told, then how many of each kind.
fn listing(lines: &[Line], lang: Lang) -> String {
    let mut out = String::new();
    for line in lines {
        match (&line.verdict, &line.known) {
            (Verdict::Pass, _) => {}
            (Verdict::Skip(why), _) => {
                let _ = writeln!(out, "?  {} : {why}", line.name);
            }
            (Verdict::Fail(what, detail), Some(known)) => {
                let known = lang.pick(format!("connu : {known}"), format!("known: {known}"));
                let _ = writeln!(out, "≈  {} : {what} ({detail}) ; {known}", line.name);
            }
            (Verdict::Fail(what, detail), None) => {
                let _ = writeln!(out, "✗  {} : {what} ({detail})", line.name);
            }
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    for (kind, names) in KINDS.iter().enumerate() {
        let of = || lines.iter().filter(|line| line.kind == kind);
        let count = |which: fn(&Line) -> bool| of().filter(|line| which(line)).count() as u64;
        let passed = count(|line| matches!(line.verdict, Verdict::Pass));
        let known = count(|line| matches!(line.verdict, Verdict::Fail(..)) && line.known.is_some());
        let failed = count(|line| matches!(line.verdict, Verdict::Fail(..)) && line.known.is_none());
        let untold = count(|line| matches!(line.verdict, Verdict::Skip(_)));
        let name = lang.pick(names.0, names.1);
        if of().next().is_none() {
            let none = lang.pick(if kind == 2 { "aucune" } else { "aucun" }, "none");
            let _ = writeln!(out, "{name} : {none}");
            continue;
        }
        let _ = write!(out, "{name} : {}", counted(passed, lang, ("conforme", "conformes"), ("holds", "hold")));
        if known > 0 {
            let _ = write!(
                out,
                ", {}",
                counted(known, lang, ("écart connu", "écarts connus"), ("known discrepancy", "known discrepancies"))
            );
        }
        if failed > 0 {
            let _ = write!(out, ", {}", counted(failed, lang, ("échec", "échecs"), ("failure", "failures")));
        }
        if untold > 0 {
            let _ = write!(
                out,
                ", {}",
                counted(untold, lang, ("indéterminé", "indéterminés"), ("cannot be told", "cannot be told"))
            );
        }
        out.push('\n');
    }
    out
}

fn case(line: &Line) -> Case {
    let verdict = match (&line.verdict, &line.known) {
        (Verdict::Fail(what, _), Some(known)) => Verdict::Skip(format!("{what}: {known}")),
        (verdict, _) => verdict.clone(),
    };
    let (_, suite) = KINDS.get(line.kind).copied().unwrap_or_default();
    Case { suite: suite.to_string(), name: line.name.clone(), verdict }
}

fn document(lines: &[Line], report: &Report<'_>) -> String {
    let results: Vec<serde_json::Value> = lines
        .iter()
        .map(|line| {
            let (verdict, message) = match &line.verdict {
                Verdict::Pass => ("holds", String::new()),
                Verdict::Skip(why) => ("cannot_tell", why.clone()),
                Verdict::Fail(what, detail) => ("fails", format!("{what} ({detail})")),
            };
            json!({
                "kind": KEYS.get(line.kind),
                "name": line.name,
                "result": verdict,
                "message": message,
                "known_discrepancy": line.known,
            })
        })
        .collect();
    let problems: Vec<serde_json::Value> =
        report.problems.iter().map(|problem| render::problem_json(problem, report.files)).collect();
    format!("{:#}\n", json!({ "version": 1, "results": results, "problems": problems }))
}
