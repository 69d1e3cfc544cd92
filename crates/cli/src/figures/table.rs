//! The table that an official reads: a heading per programme, one table per indicator, words wherever there is no number.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};
use jauge::outcome::{Agreement, Figure, Outcome, Tally, Value};
use jauge::program::model::{Comparison, Indicator, Program, Target};
use jauge::text::Lang;
use jauge::types::{Range, Unit};

use crate::words;

/// One rule under the header and one under the last line.
const RULED: TableStyle = TableStyle::new()
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));

/// Writes the figures. Status is a word, never a colour alone.
pub fn table(program: &Program, outcome: &Outcome, lang: Lang, width: usize) -> String {
    let mut out = String::new();
    let mut heading: Option<Option<usize>> = None;
    let mut notes = Notes::default();
    let mut at = 0;
    while let Some(first) = outcome.figures.get(at) {
        let rest = outcome.figures.get(at..).unwrap_or_default();
        let count = rest.iter().take_while(|figure| figure.indicator == first.indicator).count();
        let figures = rest.get(..count).unwrap_or_default();
        at += count.max(1);
        let Some(indicator) = program.indicators.get(first.indicator) else { continue };
        let programme = words::programme(program, indicator);
        if heading != Some(programme) {
            if heading.is_some() || programme.is_some() {
                out.push_str(&programme_heading(program, programme, lang));
            }
            heading = Some(programme);
        }
        out.push_str(&one_indicator(program, indicator, figures, &mut notes, lang, width));
        out.push('\n');
    }
    out.push_str(&notes.words(lang));
    out
}

pub(super) fn programme_heading(program: &Program, programme: Option<usize>, lang: Lang) -> String {
    let item = programme.and_then(|at| program.items.get(at));
    let text = match item {
        Some(item) => {
            let (code, label) = (&item.code, item.label.get(lang));
            lang.pick(format!("Programme {code} : {label}"), format!("Programme {code}: {label}"))
        }
        None => lang.pick("Hors programme".to_string(), "Outside any programme".to_string()),
    };
    let line = "═".repeat(unicode_width::UnicodeWidthStr::width(text.as_str()));
    format!("{text}\n{line}\n\n")
}

/// Marks that are explained under all tables.
#[derive(Default)]
struct Notes {
    provisional: bool,
    declared: bool,
    outside: bool,
    revised: bool,
    as_of: bool,
    implied: bool,
    suppressed: bool,
}

impl Notes {
    fn words(&self, lang: Lang) -> String {
        let mut out = String::new();
        let mut note = |wanted: bool, fr: &str, en: &str| {
            if wanted {
                let _ = writeln!(out, "{}", lang.pick(fr, en));
            }
        };
        note(
            self.provisional,
            "(p) provisoire : la période n'est pas finie dans les données, ou la source n'en couvre qu'une partie",
            "(p) provisional: the period is not over in the data, or the source covers only a part of it",
        );
        note(
            self.declared,
            "(p) provisoire : déclaré ainsi par l'indicateur ou par sa source",
            "(p) provisional: declared so by the indicator or its source",
        );
        note(self.revised, "(rév) révisé : remplace un chiffre antérieur", "(rev) revised: replaces an earlier figure");
        note(
            self.outside,
            "(v) hors validité : la définition de l'indicateur ne vaut pas pour cette période",
            "(v) outside validity: the definition of the indicator does not hold for this period",
        );
        note(
            self.as_of,
            "(d) valeur de la période indiquée : la dernière connue, ou celle du minimum ou du maximum",
            "(l) value of the period shown: the latest known one, or that of the minimum or maximum",
        );
        note(
            self.implied,
            "(z) zéro déduit : la source couvre ce groupe sans y avoir de ligne, ou les autres groupes font déjà le total",
            "(z) zero implied: the source covers this group and has no row there, or the other groups already make the total",
        );
        note(
            self.suppressed,
            "secret statistique : le chiffre n'est pas montré, parce qu'il est sous le seuil de secret de sa source ou qu'il donnerait un chiffre qui l'est",
            "suppressed: the figure is not shown, since it is below the confidentiality threshold of its source or would give away a figure that is",
        );
        out
    }
}

fn one_indicator(
    program: &Program,
    indicator: &Indicator,
    figures: &[Figure],
    notes: &mut Notes,
    lang: Lang,
    width: usize,
) -> String {
    let any = |of: fn(&Figure) -> bool| figures.iter().any(of);
    let with_group = any(|figure| !figure.group.is_empty());
    let with_parts = any(|figure| figure.denominator.is_some());
    let with_base = any(|figure| figure.base.is_some());
    // A column of its own: what is in progress is counted neither as reached nor as not.
    let with_tally = any(|figure| figure.tally.is_some());
    let with_baseline = any(|figure| figure.baseline.is_some());
    let with_target = any(|figure| figure.target.is_some());
    let with_published = any(|figure| !figure.published.is_empty());

    let mut header = vec![lang.pick("Période", "Period")];
    let mut columns = |wanted: bool, fr: &'static str, en: &'static str| {
        if wanted {
            header.push(lang.pick(fr, en));
        }
    };
    columns(with_group, "Groupe", "Group");
    columns(true, "Valeur", "Value");
    columns(with_parts, "Numérateur / dénominateur", "Numerator / denominator");
    columns(with_tally, "En cours", "In progress");
    columns(with_tally, "Non commencés", "Not begun");
    columns(with_base, "Base", "Base");
    columns(with_baseline, "Référence", "Baseline");
    columns(with_target, "Cible", "Target");
    columns(with_target, "Statut", "Status");
    columns(with_published, "Valeur publiée", "Published");

    let mut table = Table::new();
    table
        .load_style(RULED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width.saturating_sub(2)).unwrap_or(u16::MAX))
        .set_header(&header);
    let mut widest: Vec<u16> = header.iter().map(|name| longest_word(name)).collect();
    let mut last_period = None;
    for figure in figures {
        let period = words::period(program, figure.period, lang);
        let same = last_period == Some(figure.period) && with_group;
        last_period = Some(figure.period);
        let mut row = vec![Cell::new(if same { String::new() } else { period })];
        if with_group {
            row.push(Cell::new(words::group(program, &figure.group, lang)));
        }
        let value = value(program, indicator, figure, notes, lang);
        row.push(match figure.value.number() {
            Some(_) => Cell::new(value).set_alignment(CellAlignment::Right),
            None => Cell::new(value),
        });
        if with_parts {
            let show = |number: &Option<jauge::types::Range>| match number {
                Some(number) => number.show(lang, None),
                None => "?".into(),
            };
            let parts = match figure.numerator.is_some() || figure.denominator.is_some() {
                true => format!("{} / {}", show(&figure.numerator), show(&figure.denominator)),
                false => String::new(),
            };
            row.push(Cell::new(parts).set_alignment(CellAlignment::Right));
        }
        if with_tally {
            let show = |of: fn(&Tally) -> &Range| {
                let number = figure.tally.as_ref().map(|tally| of(tally).show(lang, None));
                Cell::new(number.unwrap_or_default()).set_alignment(CellAlignment::Right)
            };
            row.push(show(|tally| &tally.in_progress));
            row.push(show(|tally| &tally.not_begun));
        }
        if with_base {
            row.push(Cell::new(base(program, figure, lang)).set_alignment(CellAlignment::Right));
        }
        if with_baseline {
            row.push(Cell::new(aim(program, indicator, figure.baseline.as_deref(), lang)));
        }
        if with_target {
            row.push(Cell::new(aim(program, indicator, figure.target.as_deref(), lang)));
            let status = figure.status.map_or("", |status| words::status(status).into(lang));
            row.push(Cell::new(status));
        }
        if with_published {
            row.push(Cell::new(published(program, indicator, figure, lang)));
        }
        for (widest, cell) in widest.iter_mut().zip(&row) {
            *widest = longest_word(&cell.content()).max(*widest);
        }
        table.add_row(row);
    }
    // A word is never broken: on a narrow terminal the table is wider than the screen, but it can be read.
    for (column, widest) in table.column_iter_mut().zip(widest) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(widest + PADDING)));
    }

    let unit = words::unit_word(program, &indicator.unit, false, lang);
    let code = indicator.code.as_ref().map(|code| format!("{code} ")).unwrap_or_default();
    let label = match indicator.label.get(lang) {
        "" => indicator.name.as_str(),
        label => label,
    };
    let mut out = format!("  {code}{label}  [{}]", indicator.name);
    if let Some(version) = &indicator.version {
        let _ = write!(out, "{}", lang.pick(format!("  version {version}"), format!("  version {version}")));
    }
    if !unit.is_empty() {
        let _ = write!(out, "{}", lang.pick(format!("  unité : {unit}"), format!("  unit: {unit}")));
    }
    out.push('\n');
    for line in table.to_string().lines() {
        let _ = writeln!(out, "  {}", line.trim_end());
    }
    out.push_str(&breaks(program, figures, lang));
    out
}

/// A line for each break in the series that some figure meets.
fn breaks(program: &Program, figures: &[Figure], lang: Lang) -> String {
    let mut lines: Vec<String> = Vec::new();
    for at in figures.iter().filter_map(|figure| figure.life.series_break.as_ref()) {
        let period = words::period(program, at.from, lang);
        let line = match program.indicators.get(at.indicator).filter(|_| at.crosses) {
            Some(of) => lang.pick(
                format!("(r) à travers la rupture de série de « {} » en {period} : {}", of.name, at.reason),
                format!("(b) across the series break of `{}` in {period}: {}", of.name, at.reason),
            ),
            None => lang.pick(
                format!("(r) rupture de série en {period} : {}", at.reason),
                format!("(b) series break in {period}: {}", at.reason),
            ),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

/// Blanks around the text of a cell.
const PADDING: u16 = 2;

/// The width of the longest piece between plain spaces; a number and its unit are one piece.
fn longest_word(text: &str) -> u16 {
    let width = |word: &str| unicode_width::UnicodeWidthStr::width(word);
    u16::try_from(text.split([' ', '\n']).map(width).max().unwrap_or(0)).unwrap_or(u16::MAX).min(MAXIMUM_WORD)
}

/// A word longer than this is broken all the same.
const MAXIMUM_WORD: u16 = 40;

/// The value with its unit and marks, or why there is none.
fn value(program: &Program, indicator: &Indicator, figure: &Figure, notes: &mut Notes, lang: Lang) -> String {
    let Some(number) = figure.value.range() else {
        notes.suppressed |= figure.value == Value::Suppressed;
        if let (Value::Stage(stage), Unit::Stage(_)) = (&figure.value, &indicator.unit) {
            return jauge::evaluate::stage_words(program, stage).into(lang);
        }
        return words::reason(&figure.value, program).map(|reason| reason.into(lang)).unwrap_or_default();
    };
    let mut text = words::amount(program, &number, &indicator.unit, indicator.rounding, lang);
    if matches!(figure.value, Value::ImpliedZero(_)) {
        notes.implied = true;
        text.push_str(" (z)");
    }
    if figure.life.series_break.is_some() {
        text.push_str(lang.pick(" (r)", " (b)"));
    }
    if figure.life.outside.is_some() {
        notes.outside = true;
        text.push_str(" (v)");
    }
    if figure.life.revised {
        notes.revised = true;
        text.push_str(lang.pick(" (rév)", " (rev)"));
    }
    if figure.life.provisional && !figure.incomplete {
        notes.declared = true;
        text.push_str(" (p)");
    }
    if figure.incomplete {
        notes.provisional = true;
        text.push_str(" (p)");
    }
    if let Some(period) = figure.as_of.filter(|period| *period != figure.period) {
        notes.as_of = true;
        let _ = write!(text, " {} {}", lang.pick("(d)", "(l)"), words::period(program, period, lang));
    }
    text
}

/// What a change starts from, with its period.
fn base(program: &Program, figure: &Figure, lang: Lang) -> String {
    let Some(base) = &figure.base else { return String::new() };
    let amount = words::amount(program, &base.value, &base.unit, None, lang);
    match base.period {
        Some(period) => format!("{amount} ({})", words::period(program, period, lang)),
        None => amount,
    }
}

fn aim(program: &Program, indicator: &Indicator, aim: Option<&jauge::outcome::Aim>, lang: Lang) -> String {
    let Some(aim) = aim else { return String::new() };
    let show = |number: &jauge::types::Range| words::amount(program, number, &indicator.unit, None, lang);
    let value = match (&aim.value, &aim.upper) {
        (Some(value), Some(upper)) => {
            format!("{} {} {}", show(value), lang.pick("à", "to"), show(&upper.clone().into()))
        }
        (Some(value), None) => show(value),
        (None, _) => lang.pick("à définir", "to be defined").into(),
    };
    let sign = indicator.targets.iter().find(|target| target.aim.span == aim.definition).map_or("", target_sign);
    format!("{sign}{value} ({})", words::period(program, aim.period, lang))
}

/// How a target is compared, before its value.
fn target_sign(target: &Target) -> &'static str {
    match (target.comparison, &target.upper) {
        (_, Some(_)) | (Comparison::Equal, None) => "",
        (Comparison::Different, None) => "≠\u{a0}",
        (Comparison::Less, None) => "<\u{a0}",
        (Comparison::AtMost, None) => "≤\u{a0}",
        (Comparison::More, None) => ">\u{a0}",
        (Comparison::AtLeast, None) => "≥\u{a0}",
    }
}

fn published(program: &Program, indicator: &Indicator, figure: &Figure, lang: Lang) -> String {
    let one = |published: &jauge::outcome::Published| {
        let rounding =
            jauge::types::Rounding { decimals: published.decimals, mode: jauge::types::RoundingMode::HalfAway };
        let value = words::amount(program, &published.value, &indicator.unit, Some(rounding), lang);
        let mark = match published.agreement {
            Agreement::Agrees => "✓",
            Agreement::CannotTell => "?",
            Agreement::Truncation
            | Agreement::PercentVersusFraction
            | Agreement::ThousandsMark
            | Agreement::Rounding
            | Agreement::Disagrees => "≠",
        };
        let verdict = match published.agreement {
            Agreement::Agrees => String::new(),
            other => format!("{} {}", lang.pick(" ;", ";"), words::agreement(other).into(lang)),
        };
        let known = published.known_discrepancy.as_ref().filter(|_| published.agreement != Agreement::Agrees);
        let known =
            known.map(|why| lang.pick(format!(" (connu : {why})"), format!(" (known: {why})"))).unwrap_or_default();
        let source = published.source.as_ref().map(|source| format!(", {source}")).unwrap_or_default();
        format!("{mark} {value}{source}{verdict}{known}")
    };
    figure.published.iter().map(one).collect::<Vec<_>>().join("\n")
}
