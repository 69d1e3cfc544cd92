//! A checked case → its figures and rules over the page's data, held against the tables of the page.

use jauge::evaluate::{evaluate, run_test};
use jauge::outcome::{
    Figure, GroupKey, Member, MissingReason, Outcome, Progress, RuleResult, Status, Value, ZeroDenominator, ZeroReason,
};
use jauge::plan::{Catalog, Cube, CubeSource, Request, plan};
use jauge::program::model::{InlineData, Program};
use jauge::text::Lang;
use jauge::types::{Number, Period, Range, Rounding, RoundingMode};
use jauge_engine::Engine;

use crate::page::{Case, Page};
use crate::run::Read;
use crate::table::{Row, TableOf, Written};

/// Runs the tests of a case and, where the page gives every file that it names, its data; what is found is added to
/// `read`. Answers what disagrees with the page's tables, as `line: words`.
pub fn figures(page: &Page, case: &Case, read: &mut Read) -> Vec<String> {
    let program = read.checked.program.clone();
    for test in &program.tests {
        let mut engine = Engine::new("").threads(1);
        for InlineData { source, header, rows } in &test.data {
            engine = engine.rows(*source, header, rows.iter().map(|(cells, _)| cells.as_slice()));
        }
        let (_, problems) = run_test(&program, test, &engine);
        read.add(page, &problems);
    }
    let root = std::env::temp_dir().join(format!("jauge-page-{}-{}", std::process::id(), case.fence.line));
    let mut engine = Engine::new(&root).threads(1);
    let mut complete = !program.sources.is_empty();
    for (at, source) in program.sources.iter().enumerate() {
        if let Some(folder) = source.path.as_ref().filter(|path| path.ends_with('/')) {
            // All files of a folder are one source: they stand on the disk.
            for file in case.data.iter().filter(|file| file.path.starts_with(folder.as_str())) {
                let path = root.join(&file.path);
                let made = path.parent().is_some_and(|folder| std::fs::create_dir_all(folder).is_ok());
                complete &= made && std::fs::write(path, file.bytes()).is_ok();
            }
            continue;
        }
        match case.data.iter().find(|file| Some(&file.path) == source.path.as_ref()) {
            Some(file) => engine = engine.inline(at, file.bytes()),
            None => complete = false,
        }
    }
    if !complete {
        return case.tables.iter().flat_map(|table| &table.rows).map(|row| format!("{}: no data", row.line)).collect();
    }
    let plan = plan(&program, &Request::all());
    let mut cubes: Vec<Cube> = Vec::new();
    for query in &plan.queries {
        let source = &program.sources[query.source];
        let catalog = Catalog {
            source,
            sources: &program.sources,
            dimensions: &program.dimensions,
            calendars: &program.calendars,
        };
        let cube = engine.cube(query, catalog);
        read.add(page, &cube.problems);
        cubes.push(cube);
    }
    // Where no source is a folder, there is none.
    let _ = std::fs::remove_dir_all(&root);
    let (outcome, problems) = evaluate(&program, &plan, &cubes);
    read.add(page, &problems);
    let mut failures = Vec::new();
    for table in &case.tables {
        for row in &table.rows {
            let verdict = match table.of {
                TableOf::Figures => figure(&program, &outcome, row, page.lang),
                TableOf::Rules => rule(&program, &outcome, row, page.lang),
            };
            if let Some(words) = verdict {
                failures.push(format!("{}: {words}", row.line));
            }
        }
    }
    failures
}

fn label(program: &Program, period: Period, lang: Lang) -> String {
    program.calendars.get(usize::from(period.calendar.0)).map_or(String::new(), |calendar| period.label(calendar, lang))
}

fn group(program: &Program, keys: &[GroupKey], lang: Lang) -> String {
    let words: Vec<String> = keys
        .iter()
        .map(|key| {
            let dimension = &program.dimensions[key.dimension];
            let level = dimension.levels.get(key.level).map_or(dimension.name.as_str(), String::as_str);
            match key.member {
                Member::Code(at) => format!("{level} {}", dimension.members[at].code),
                Member::Unknown => format!("{level} {}", lang.pick("non renseigné", "unknown")),
                Member::Remainder => format!("{level} {}", lang.pick("reste", "remainder")),
            }
        })
        .collect();
    if words.is_empty() { "total".to_string() } else { words.join(", ") }
}

/// The same group whatever the order of its coordinates.
fn same_group(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut parts: Vec<String> = text.split(", ").map(str::to_string).collect();
        parts.sort();
        parts
    };
    sorted(one) == sorted(other)
}

fn figure(program: &Program, outcome: &Outcome, row: &Row, lang: Lang) -> Option<String> {
    let of = |figure: &&Figure| {
        program.indicators[figure.indicator].name == row.name
            && label(program, figure.period, lang) == row.period
            && same_group(&group(program, &figure.group, lang), &row.group)
    };
    let Some(figure) = outcome.figures.iter().find(of) else { return Some("there is no such figure".into()) };
    let mode = program.indicators[figure.indicator].rounding.map_or(RoundingMode::HalfAway, |rounding| rounding.mode);
    if let Value::Qualified(range) = &figure.value {
        let rounding = program.indicators[figure.indicator].rounding;
        let shown = plain(&range.show(lang, rounding));
        if plain(&row.value_text) != shown {
            return Some(format!("the value is `{shown}`"));
        }
    }
    let number = figure.value.number();
    if !matches!(figure.value, Value::Qualified(_)) && !agrees(number.as_ref(), row.value.as_ref(), mode) {
        return Some(format!("the value is {:?}", number.map(|number| number.decimal())));
    }
    let state = state(program, &figure.value, lang);
    if row.state != state && !state.starts_with(&format!("{} (", row.state)) {
        return Some(format!("the state is `{state}`"));
    }
    let status = figure.status.map_or("", |status| status_words(status, lang));
    if !row.status.is_empty() && row.status != status {
        return Some(format!("the status is `{status}`"));
    }
    for (actual, written) in [(&figure.numerator, &row.numerator), (&figure.denominator, &row.denominator)] {
        let actual = actual.as_ref().map(Range::stated);
        if written.is_some() && !agrees(actual, written.as_ref(), mode) {
            return Some(format!("a part is {:?}", actual.map(Number::decimal)));
        }
    }
    let base = figure.base.as_ref().map_or(String::new(), |base| {
        let period = base.period.map_or(String::new(), |period| label(program, period, lang));
        format!("{} ({period})", plain(&base.value.show(lang, None)))
    });
    if row.base.as_ref().is_some_and(|written| *written != base) {
        return Some(format!("the base is `{base}`"));
    }
    let life = &figure.life;
    let flags = [
        (life.outside.is_some(), lang.pick("hors validité", "outside validity")),
        (life.series_break.as_ref().is_some_and(|at| !at.crosses), lang.pick("rupture de série", "series break")),
        (
            life.series_break.as_ref().is_some_and(|at| at.crosses),
            lang.pick("à travers la rupture", "across the break"),
        ),
        (life.provisional, lang.pick("provisoire", "provisional")),
        (life.revised, lang.pick("révisé", "revised")),
    ];
    let flags: Vec<&str> = flags.iter().filter(|(holds, _)| *holds).map(|(_, words)| *words).collect();
    if row.flag.as_ref().is_some_and(|written| *written != flags.join(", ")) {
        return Some(format!("the flag is `{}`", flags.join(", ")));
    }
    let as_of = figure.as_of.map_or(String::new(), |period| label(program, period, lang));
    if row.as_of.as_ref().is_some_and(|written| *written != as_of) {
        return Some(format!("the value is of `{as_of}`"));
    }
    None
}

/// The words of a qualified figure without units, with plain spaces.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ").trim_end_matches('%').trim().to_string()
}

fn agrees(actual: Option<&Number>, written: Option<&Written>, mode: RoundingMode) -> bool {
    match (actual, written) {
        (None, None) => true,
        (Some(actual), Some(Written { number, decimals: Some(decimals) })) => {
            actual.round(Rounding { decimals: *decimals, mode }) == *number
        }
        (Some(actual), Some(Written { number, decimals: None })) => actual == number,
        (None, Some(_)) | (Some(_), None) => false,
    }
}

fn state(program: &Program, value: &Value, lang: Lang) -> String {
    match value {
        Value::Number(_) => lang.pick("mesuré", "measured"),
        Value::Qualified(_) => lang.pick("qualifié", "qualified"),
        Value::ImpliedZero(ZeroReason::Coverage) => lang.pick("zéro déduit (champ couvert)", "implied zero (coverage)"),
        Value::ImpliedZero(ZeroReason::PartsReachTotal) => {
            lang.pick("zéro déduit (total atteint)", "implied zero (parts reach the total)")
        }
        Value::Missing(reason) => match reason {
            MissingReason::NotReported => lang.pick("non disponible (non communiqué)", "missing (not reported)"),
            MissingReason::OutsideCoverage(_) => lang.pick("non disponible (hors champ)", "missing (outside coverage)"),
            MissingReason::SaidMissing(_) => {
                lang.pick("non disponible (dit par les données)", "missing (said by the data)")
            }
            MissingReason::Planned(_) => lang.pick("non disponible (prévu)", "missing (planned)"),
            MissingReason::ColumnEmpty => lang.pick("non disponible (colonne vide)", "missing (column empty)"),
            MissingReason::NothingToMeasure => {
                lang.pick("non disponible (rien à mesurer)", "missing (nothing to measure)")
            }
            MissingReason::PartsIncomplete { .. } => {
                lang.pick("non disponible (parties incomplètes)", "missing (parts incomplete)")
            }
            MissingReason::SourceUnreadable => {
                lang.pick("non disponible (source illisible)", "missing (source unreadable)")
            }
            MissingReason::Operand(..) => lang.pick("non disponible (opérande)", "missing (operand)"),
            MissingReason::Undecided => lang.pick("non disponible (indécis)", "missing (undecided)"),
            MissingReason::TooFewDates(_) => {
                lang.pick("non disponible (moins de deux dates)", "missing (fewer than two dates)")
            }
            MissingReason::NotWholeSteps => lang.pick("non disponible (fréquence)", "missing (not whole steps)"),
            MissingReason::NoCompatibleCount => lang.pick("non disponible (aucun entier)", "missing (no whole number)"),
            MissingReason::VagueDate => lang.pick("non disponible (date vague)", "missing (vague date)"),
            MissingReason::SeveralMilestones => {
                lang.pick("non disponible (plusieurs jalons)", "missing (several milestones)")
            }
            MissingReason::NoSuchBreakdown => lang.pick("non disponible (non ventilé)", "missing (no such breakdown)"),
        },
        Value::NotApplicable(_) => lang.pick("sans objet", "not applicable"),
        Value::NotComputable(ZeroDenominator::SomethingOverZero) => {
            lang.pick("non calculable (x/0)", "not computable (x/0)")
        }
        Value::NotComputable(ZeroDenominator::FromZero) => {
            lang.pick("non calculable (base nulle)", "not computable (base zero)")
        }
        Value::NotComputable(ZeroDenominator::ZeroToZero) => {
            lang.pick("non calculable (de 0 à 0)", "not computable (from 0 to 0)")
        }
        Value::NotComputable(ZeroDenominator::ZeroOverZero) => {
            lang.pick("non calculable (0/0)", "not computable (0/0)")
        }
        Value::Suppressed => lang.pick("secret statistique", "suppressed"),
        Value::Stage(stage) => {
            let far = match stage.progress {
                Progress::Reached => lang.pick("atteint", "reached"),
                Progress::InProgress => lang.pick("en cours", "in progress"),
                Progress::NotBegun => lang.pick("non commencé", "not begun"),
            };
            let stage = jauge::evaluate::stage_words(program, stage).into(lang);
            return if stage == far { far.to_string() } else { format!("{far} ({stage})") };
        }
    }
    .to_string()
}

fn status_words(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::Reached => lang.pick("atteinte", "reached"),
        Status::OnTrack => lang.pick("en bonne voie", "on track"),
        Status::AtRisk => lang.pick("à risque", "at risk"),
        Status::OffTrack => lang.pick("hors trajectoire", "off track"),
        Status::InProgress => lang.pick("en cours", "in progress"),
        Status::NotReached => lang.pick("non atteinte", "not reached"),
        Status::CannotTell => lang.pick("indéterminée", "cannot tell"),
    }
}

fn rule(program: &Program, outcome: &Outcome, row: &Row, lang: Lang) -> Option<String> {
    let found = outcome.rules.iter().find(|rule| {
        program.rules[rule.rule].name == row.name
            && label(program, rule.period, lang) == row.period
            && same_group(&group(program, &rule.group, lang), &row.group)
    });
    let Some(found) = found else { return Some("there is no such result".into()) };
    let words = match found.result {
        RuleResult::Holds => lang.pick("tenu", "holds"),
        RuleResult::Fails { .. } => lang.pick("non tenu", "fails"),
        RuleResult::CannotTell(_) => lang.pick("impossible à dire", "cannot tell"),
    };
    (words != row.state).then(|| format!("the result is `{words}`"))
}
