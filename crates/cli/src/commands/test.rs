//! `jauge test`: test blocks, rules and published figures: what holds, what does not, what cannot be told.

use std::sync::Arc;

use jauge::evaluate::run_test;
use jauge::outcome::{Agreement, RuleResult, Value};
use jauge::plan::Request;
use jauge::problem::{Problem, Severity};
use jauge::program::model::{ExprId, ExprKind, InlineData, Program, RuleSeverity, Test as TestBlock};
use jauge::text::Lang;
use serde_json::json;

use super::End;
use crate::arguments::{Format, Test};
use crate::figures::audit::{self, KINDS, Line};
use crate::progress::Progress;
use crate::project::{self, Project};
use crate::render::{self, Case, Counts, Report, Verdict};
use crate::scan::{self, Scan};
use crate::terminal::{Stop, Terminal};
use crate::words;

/// The kinds of things verified, in JSON.
const KEYS: [&str; 3] = ["test", "rule", "published"];

/// Verifies everything.
pub fn run(asked: &Test, terminal: &Terminal) -> Result<End, Stop> {
    let lang = terminal.lang;
    let project = project::load(&asked.paths, lang);
    let mut problems: Vec<Problem> =
        project.problems.iter().filter(|problem| project.concerns(problem)).cloned().collect();
    let program = &project.program;
    let mut lines = Vec::new();
    let (mut left_out, mut gaps) = (0, Vec::new());
    if !project.misused {
        for test in program.tests.iter().filter(|test| project.selects(test.definition.file)) {
            let (line, found) = block(&project, test, lang);
            lines.push(line);
            problems.extend(found);
        }
        let scan = scan::scan(&project, &Request::all(), asked.threads, terminal);
        rules(program, &scan, lang, &mut lines);
        published(program, &scan, lang, &mut lines);
        gaps = audit::gaps(program, &scan.outcome, lang);
        left_out = scan.left_out;
        problems.extend(scan.problems);
    }
    let report = Report { files: &project.files, problems: &problems, left_out, file_count: project.file_count() };
    match asked.format {
        Format::Human | Format::Concise => {
            render::problems(&report, asked.format, terminal)?;
            terminal.out(&audit::listing(program, &lines, &gaps, lang))?;
            terminal.err(&render::summary(&report, lang));
        }
        Format::Json => terminal.out(&document(program, &lines, &report))?,
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
    let progress = Arc::new(Progress::new(lang, 0));
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
    (Line { kind: 0, programme: None, name, verdict, known: None }, problems)
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
        lines.push(Line { kind: 1, programme: of_rule(program, rule.left, rule.right), name, verdict, known });
    }
}

/// The programme of the first indicator that a rule compares.
fn of_rule(program: &Program, left: ExprId, right: ExprId) -> Option<usize> {
    let mut rest = vec![right, left];
    while let Some(expr) = rest.pop() {
        let Some(expr) = program.exprs.get(expr.0 as usize) else { continue };
        if let ExprKind::Indicator(at) = expr.kind {
            let programme = program.indicators.get(at).and_then(|one| words::programme(program, one));
            if programme.is_some() {
                return programme;
            }
        }
        rest.extend(expr.kind.operands().into_iter().rev());
    }
    None
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
            let programme = words::programme(program, indicator);
            lines.push(Line { kind: 2, programme, name, verdict, known: published.known_discrepancy.clone() });
        }
    }
}

fn case(line: &Line) -> Case {
    let verdict = match (&line.verdict, &line.known) {
        (Verdict::Fail(what, _), Some(known)) => Verdict::Skip(format!("{what}: {known}")),
        (verdict, _) => verdict.clone(),
    };
    let (_, suite) = KINDS.get(line.kind).copied().unwrap_or_default();
    Case { suite: suite.to_string(), name: line.name.clone(), verdict }
}

fn document(program: &Program, lines: &[Line], report: &Report<'_>) -> String {
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
                "programme": line.programme.and_then(|at| program.items.get(at)).map(|item| &item.code),
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
