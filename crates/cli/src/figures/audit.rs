//! The audit that an official reads: per programme, what does not hold, what cannot be told, figures without data, targets
//! not set; then how many of each kind.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jauge::outcome::{Figure, Outcome, Value};
use jauge::program::model::Program;
use jauge::text::Lang;
use jauge::types::Period;

use super::table::programme_heading;
use crate::render::{Verdict, counted};
use crate::words;

/// What was verified, by kind; also the suites of JUnit.
pub const KINDS: [(&str, &str); 3] =
    [("tests", "tests"), ("contrôles", "rules"), ("valeurs publiées", "published figures")];

/// Groups without data that are named; the others are counted.
const NAMED: usize = 4;

/// One thing verified.
pub struct Line {
    /// Index into [`KINDS`].
    pub kind: usize,
    /// The programme that it is about (index into the framework's items), where it is about one.
    pub programme: Option<usize>,
    /// Its name.
    pub name: String,
    /// How it came out.
    pub verdict: Verdict,
    /// The author's explanation of a failure that is known.
    pub known: Option<String>,
}

/// What a programme lacks.
pub struct Gap {
    /// The programme, as in [`Line`].
    programme: Option<usize>,
    /// Which kind.
    of: Lacks,
    /// In words.
    text: String,
}

/// Kinds of gap.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lacks {
    /// Figures without data.
    Data,
    /// Baselines and targets that the plan leaves open.
    Aim,
}

/// Figures without data, and baselines and targets to be defined.
pub fn gaps(program: &Program, outcome: &Outcome, lang: Lang) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut rest = outcome.figures.as_slice();
    // One line for the same groups of several periods in a row.
    let mut runs: Vec<(Period, &[Figure])> = Vec::new();
    while let Some(first) = rest.first() {
        let same = |figure: &&Figure| figure.indicator == first.indicator && figure.period == first.period;
        let (figures, others) = rest.split_at(rest.iter().take_while(same).count().max(1));
        rest = others;
        match runs.last_mut() {
            Some((period, before)) if goes_on(*period, before, figures) => period.last = first.period.last,
            _ => runs.push((first.period, figures)),
        }
    }
    for (period, figures) in runs {
        let missing: Vec<&Figure> = figures.iter().filter(|one| lacks(one)).collect();
        let Some(one) = missing.first() else { continue };
        let Some(indicator) = program.indicators.get(one.indicator) else { continue };
        let period = words::period(program, period, lang);
        let text = match (missing.len(), figures.len()) {
            (1, 1) => {
                let why = words::reason(&one.value, program).map(|reason| reason.into(lang)).unwrap_or_default();
                format!("{} {period}{}{why}", indicator.name, lang.pick(" : ", ": "))
            }
            (lacking, all) => {
                let named = missing.iter().take(NAMED).map(|figure| words::group(program, &figure.group, lang));
                let mut named = named.collect::<Vec<_>>().join(", ");
                if let Some(more) = lacking.checked_sub(NAMED).filter(|more| *more > 0) {
                    let _ = write!(named, "{}", lang.pick(format!(" et {more} de plus"), format!(" and {more} more")));
                }
                let count = lang.pick(format!("{lacking} chiffres sur {all}"), format!("{lacking} of {all} figures"));
                let count = if lacking == 1 { lang.pick(format!("1 chiffre sur {all}"), count) } else { count };
                format!("{} {period}{}{count} ({named})", indicator.name, lang.pick(" : ", ": "))
            }
        };
        gaps.push(Gap { programme: words::programme(program, indicator), of: Lacks::Data, text });
    }
    for indicator in &program.indicators {
        let baselines = indicator.baselines.iter().map(|aim| (aim, ("valeur de référence", "baseline")));
        let targets = indicator.targets.iter().map(|target| (&target.aim, ("cible", "target")));
        for (aim, (fr, en)) in baselines.chain(targets).filter(|(aim, _)| aim.value.is_none()) {
            let period = words::period(program, aim.period, lang);
            let text = lang.pick(
                format!("{} : {fr} {period} à définir", indicator.name),
                format!("{}: {en} {period} to be defined", indicator.name),
            );
            gaps.push(Gap { programme: words::programme(program, indicator), of: Lacks::Aim, text });
        }
    }
    gaps
}

fn lacks(figure: &Figure) -> bool {
    matches!(figure.value, Value::Missing(_))
}

/// True where the figures of the next period lack the same groups, for the same reasons, as those before.
fn goes_on(period: Period, before: &[Figure], figures: &[Figure]) -> bool {
    let Some(first) = figures.first() else { return false };
    let lacking = |figures: &[Figure]| -> Vec<_> {
        figures.iter().filter(|one| lacks(one)).map(|one| (one.group.clone(), one.value.clone())).collect()
    };
    before.first().is_some_and(|one| one.indicator == first.indicator)
        && period.calendar == first.period.calendar
        && period.last.saturating_add(1) == first.period.first
        && before.len() == figures.len()
        && lacking(before) == lacking(figures)
}

/// Everything that needs a reader, programme by programme, then the counts.
pub fn listing(program: &Program, lines: &[Line], gaps: &[Gap], lang: Lang) -> String {
    // What is about no programme comes first.
    let mut sections: BTreeMap<Option<usize>, String> = BTreeMap::new();
    for line in lines {
        if let Some(text) = open(line, lang) {
            let _ = writeln!(sections.entry(line.programme).or_default(), "{text}");
        }
    }
    for (of, title) in [
        (Lacks::Data, lang.pick("sans donnée", "without data")),
        (Lacks::Aim, lang.pick("références et cibles non fixées", "baselines and targets not set")),
    ] {
        for programme in program_order(gaps) {
            let mut of_it = gaps.iter().filter(|gap| gap.programme == programme && gap.of == of).peekable();
            if of_it.peek().is_none() {
                continue;
            }
            let section = sections.entry(programme).or_default();
            let _ = writeln!(section, "{title}{}", lang.pick(" :", ":"));
            for gap in of_it {
                let _ = writeln!(section, "   {}", gap.text);
            }
        }
    }
    let programmes = every_programme(lines, &sections);
    let several = programmes.len() > 1;
    let mut out = String::new();
    for programme in programmes {
        if several {
            out.push_str(programme_heading(program, programme, lang).trim_end());
            out.push('\n');
            let of_it: Vec<&Line> = lines.iter().filter(|line| line.programme == programme).collect();
            out.push_str(&counts(&of_it, false, lang));
        }
        if let Some(section) = sections.get(&programme) {
            out.push_str(section);
        }
        out.push('\n');
    }
    if several {
        out.push_str(lang.pick("En tout\n═══════\n", "In all\n══════\n"));
    } else {
        out = out.trim_end().to_string();
        if !out.is_empty() {
            out.push_str("\n\n");
        }
    }
    out + &counts(&lines.iter().collect::<Vec<_>>(), true, lang)
}

fn program_order(gaps: &[Gap]) -> Vec<Option<usize>> {
    let mut order: Vec<Option<usize>> = gaps.iter().map(|gap| gap.programme).collect();
    order.sort_unstable();
    order.dedup();
    order
}

/// Programmes about which there is something to say, in the order of the framework.
fn every_programme(lines: &[Line], sections: &BTreeMap<Option<usize>, String>) -> Vec<Option<usize>> {
    let mut all: Vec<Option<usize>> = lines.iter().map(|line| line.programme).chain(sections.keys().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A line that a reader must see: not what holds.
fn open(line: &Line, lang: Lang) -> Option<String> {
    let colon = lang.pick(" : ", ": ");
    match (&line.verdict, &line.known) {
        (Verdict::Pass, _) => None,
        (Verdict::Skip(why), _) => Some(format!("?  {}{colon}{why}", line.name)),
        (Verdict::Fail(what, detail), Some(known)) => {
            let known = lang.pick(format!("connu : {known}"), format!("known: {known}"));
            Some(format!("≈  {}{colon}{what} ({detail}){} {known}", line.name, lang.pick(" ;", ";")))
        }
        (Verdict::Fail(what, detail), None) => Some(format!("✗  {}{colon}{what} ({detail})", line.name)),
    }
}

/// How many of each kind hold, fail, cannot be told.
fn counts(lines: &[&Line], with_none: bool, lang: Lang) -> String {
    let mut out = String::new();
    let colon = lang.pick(" : ", ": ");
    for (kind, names) in KINDS.iter().enumerate() {
        let of = || lines.iter().filter(|line| line.kind == kind);
        let count = |which: fn(&Line) -> bool| of().filter(|line| which(line)).count() as u64;
        let passed = count(|line| matches!(line.verdict, Verdict::Pass));
        let known = count(|line| matches!(line.verdict, Verdict::Fail(..)) && line.known.is_some());
        let failed = count(|line| matches!(line.verdict, Verdict::Fail(..)) && line.known.is_none());
        let untold = count(|line| matches!(line.verdict, Verdict::Skip(_)));
        let name = lang.pick(names.0, names.1);
        if of().next().is_none() {
            if with_none {
                let none = lang.pick(if kind == 2 { "aucune" } else { "aucun" }, "none");
                let _ = writeln!(out, "{name}{colon}{none}");
            }
            continue;
        }
        let _ = write!(out, "{name}{colon}{}", counted(passed, lang, ("conforme", "conformes"), ("holds", "hold")));
        let mut more = |number: u64, fr: (&str, &str), en: (&str, &str)| {
            if number > 0 {
                let _ = write!(out, ", {}", counted(number, lang, fr, en));
            }
        };
        more(known, ("écart connu", "écarts connus"), ("known discrepancy", "known discrepancies"));
        more(failed, ("échec", "échecs"), ("failure", "failures"));
        more(untold, ("indéterminé", "indéterminés"), ("cannot be told", "cannot be told"));
        out.push('\n');
    }
    out
}
