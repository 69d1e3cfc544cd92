//! States, units, status and agreement in words: what a reader sees where there is no number, and beside the numbers.

use jauge::outcome::{
    Agreement, GroupKey, Member, MissingReason, Progress, Status, Value, ZeroDenominator, ZeroReason,
};
use jauge::program::model::{Indicator, ItemKind, Program};
use jauge::text::{Both, Lang};
use jauge::types::{Number, Period, Qualifier, Range, Unit};

/// Levels of a derived unit that are spelled out.
const UNIT_DEPTH: usize = 6;

/// The state of a value, as a stable word for machines.
pub fn state(value: &Value) -> &'static str {
    match value {
        Value::Number(_) | Value::Qualified(_) => "number",
        Value::ImpliedZero(_) => "implied_zero",
        Value::Missing(_) => "missing",
        Value::NotApplicable(_) => "not_applicable",
        Value::NotComputable(_) => "not_computable",
        Value::Suppressed => "suppressed",
        Value::Stage(stage) => progress(stage.progress),
    }
}

/// How far a milestone is, as a stable word for machines.
pub fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Reached => "reached",
        Progress::InProgress => "in_progress",
        Progress::NotBegun => "not_begun",
    }
}

/// The SDMX observation status: `A` normal, `E` estimated (qualified), `P` provisional, `O` missing, `M` cannot exist, `Q` suppressed.
pub fn obs_status(value: &Value, incomplete: bool) -> &'static str {
    match value {
        Value::Number(_) | Value::Qualified(_) | Value::ImpliedZero(_) if incomplete => "P",
        // SDMX: an estimated value.
        Value::Qualified(_) => "E",
        Value::Number(_) | Value::ImpliedZero(_) => "A",
        Value::Missing(_) => "O",
        Value::NotApplicable(_) | Value::NotComputable(_) => "M",
        Value::Suppressed => "Q",
        Value::Stage(_) => "A",
    }
}

/// The status of a figure with the life of its definition: also `B`, a break in the series, and `P` where figures are
/// declared provisional.
pub fn figure_status(figure: &jauge::outcome::Figure) -> &'static str {
    let status = obs_status(&figure.value, figure.incomplete || figure.life.provisional);
    if status == "A" && figure.life.series_break.is_some() { "B" } else { status }
}

/// The reason of a state, as a stable word for machines; `None` for a measured number.
pub fn reason_code(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Number(_) | Value::Qualified(_) => return None,
        Value::ImpliedZero(ZeroReason::Coverage) => "coverage",
        Value::ImpliedZero(ZeroReason::PartsReachTotal) => "parts_reach_total",
        Value::Missing(reason) => missing_code(reason),
        Value::NotApplicable(_) => "declared",
        Value::NotComputable(ZeroDenominator::SomethingOverZero) => "something_over_zero",
        Value::NotComputable(ZeroDenominator::ZeroOverZero) => "zero_over_zero",
        Value::NotComputable(ZeroDenominator::FromZero) => "base_zero",
        Value::NotComputable(ZeroDenominator::ZeroToZero) => "zero_to_zero",
        Value::Suppressed => "confidential",
        Value::Stage(_) => return None,
    })
}

fn missing_code(reason: &MissingReason) -> &'static str {
    match reason {
        MissingReason::NotReported => "not_reported",
        MissingReason::OutsideCoverage(_) => "outside_coverage",
        MissingReason::ColumnEmpty => "column_empty",
        MissingReason::SaidMissing(_) => "said_missing",
        MissingReason::Planned(_) => "planned",
        MissingReason::NothingToMeasure => "nothing_to_measure",
        MissingReason::PartsIncomplete { .. } => "parts_incomplete",
        MissingReason::SourceUnreadable => "source_unreadable",
        MissingReason::Operand(_, _) => "operand_missing",
        MissingReason::Undecided => "undecided",
        MissingReason::TooFewDates(_) => "too_few_dates",
        MissingReason::NotWholeSteps => "not_whole_steps",
        MissingReason::NoCompatibleCount => "no_compatible_count",
        MissingReason::NoSuchBreakdown => "no_such_breakdown",
        MissingReason::VagueDate => "vague_date",
        MissingReason::SeveralMilestones => "several_milestones",
    }
}

/// The reason of a state in words; `None` for a measured number.
pub fn reason(value: &Value, program: &Program) -> Option<Both<String>> {
    Some(match value {
        Value::Number(_) | Value::Qualified(_) => return None,
        Value::ImpliedZero(ZeroReason::Coverage) => Both {
            fr: "zéro déduit : la source couvre ce groupe et n'y a aucune ligne".into(),
            en: "zero implied: the source covers this group and has no row there".into(),
        },
        Value::ImpliedZero(ZeroReason::PartsReachTotal) => Both {
            fr: "zéro déduit : les autres groupes font déjà le total".into(),
            en: "zero implied: the other groups already make the total".into(),
        },
        Value::Missing(why) => missing(why, program),
        Value::NotApplicable(why) => Both { fr: format!("sans objet : {why}"), en: format!("not applicable: {why}") },
        Value::NotComputable(ZeroDenominator::SomethingOverZero) => Both {
            fr: "non calculable : le dénominateur est nul, pas le numérateur".into(),
            en: "not computable: the denominator is zero, the numerator is not".into(),
        },
        Value::NotComputable(ZeroDenominator::ZeroOverZero) => Both {
            fr: "non calculable : numérateur et dénominateur sont nuls".into(),
            en: "not computable: numerator and denominator are both zero".into(),
        },
        Value::NotComputable(ZeroDenominator::FromZero) => {
            Both { fr: "non calculable : la base est nulle".into(), en: "not computable: the base is zero".into() }
        }
        Value::NotComputable(ZeroDenominator::ZeroToZero) => Both {
            fr: "non calculable : la base est nulle, et le chiffre aussi".into(),
            en: "not computable: the base is zero, and so is the figure".into(),
        },
        Value::Suppressed => Both { fr: "secret statistique".into(), en: "suppressed to protect persons".into() },
        Value::Stage(stage) => jauge::evaluate::progress_words(program, stage),
    })
}

/// Why a figure is missing, in words.
fn missing(why: &MissingReason, program: &Program) -> Both<String> {
    let both = |fr: &str, en: &str| Both { fr: fr.to_string(), en: en.to_string() };
    let mut names = Vec::new();
    let mut why = why;
    while let MissingReason::Operand(name, inner) = why {
        names.push(name.as_str());
        why = inner;
    }
    let reason = match why {
        MissingReason::NotReported => both("la source n'en dit rien", "the source does not report it"),
        MissingReason::OutsideCoverage(Some(found)) => Both {
            fr: format!("hors des données, qui portent sur {}", period(program, *found, Lang::Fr)),
            en: format!("outside the data, which are about {}", period(program, *found, Lang::En)),
        },
        MissingReason::OutsideCoverage(None) => {
            both("hors des périodes que la source couvre", "outside the periods that the source covers")
        }
        MissingReason::ColumnEmpty => both("la colonne est vide", "the column is empty"),
        MissingReason::SaidMissing(text) => {
            Both { fr: format!("les données disent « {text} »"), en: format!("the data say “{text}”") }
        }
        MissingReason::Planned(text) => Both {
            fr: format!("seulement prévu : les données disent « {text} »"),
            en: format!("planned only: the data say “{text}”"),
        },
        MissingReason::NothingToMeasure => both("aucune ligne à mesurer", "no row to measure"),
        MissingReason::PartsIncomplete { known, wanted } => Both {
            fr: format!("ni total ni toutes les parties ({known} sur {wanted})"),
            en: format!("neither the total nor all parts ({known} of {wanted})"),
        },
        MissingReason::SourceUnreadable => both("la source ne peut pas être lue", "the source cannot be read"),
        MissingReason::Undecided => both(
            "la condition porte sur des chiffres qualifiés et ne peut pas être tranchée",
            "the condition is about qualified figures and cannot be decided",
        ),
        MissingReason::TooFewDates(0) => both("aucune date", "no date"),
        MissingReason::TooFewDates(_) => {
            both("une seule date : il en faut deux pour un écart", "one date only: a gap needs two")
        }
        MissingReason::NotWholeSteps => both(
            "la période ne compte pas un nombre entier de fois la fréquence",
            "the period is not a whole number of the required steps",
        ),
        MissingReason::NoCompatibleCount => {
            both("aucun nombre entier ne donne ce pourcentage", "no whole number gives this percentage")
        }
        MissingReason::NoSuchBreakdown => {
            both("la source n'a pas cette ventilation", "the source has no such breakdown")
        }
        MissingReason::VagueDate => both(
            "la date d'une étape est trop vague pour cette période",
            "the date of a stage is too vague for this period",
        ),
        MissingReason::SeveralMilestones => {
            both("plusieurs jalons n'ont pas d'étape ensemble", "several milestones have no stage together")
        }
        MissingReason::Operand(_, _) => both("une donnée manque", "a figure is missing"),
    };
    let of = |lang: Lang| match names.last() {
        Some(name) => lang.pick(format!(" (« {name} »)"), format!(" (`{name}`)")),
        None => String::new(),
    };
    Both {
        fr: format!("non disponible : {}{}", reason.fr, of(Lang::Fr)),
        en: format!("not available: {}{}", reason.en, of(Lang::En)),
    }
}

/// A status in words.
pub fn status(status: Status) -> Both<&'static str> {
    match status {
        Status::Reached => Both { fr: "atteinte", en: "reached" },
        Status::OnTrack => Both { fr: "en bonne voie", en: "on track" },
        Status::AtRisk => Both { fr: "à risque", en: "at risk" },
        Status::OffTrack => Both { fr: "en retard", en: "off track" },
        Status::InProgress => Both { fr: "en cours", en: "in progress" },
        Status::NotReached => Both { fr: "non atteinte", en: "not reached" },
        Status::CannotTell => Both { fr: "indéterminé", en: "cannot tell" },
    }
}

/// The verdict on a published figure, in words.
pub fn agreement(agreement: Agreement) -> Both<&'static str> {
    match agreement {
        Agreement::Agrees => Both { fr: "conforme", en: "agrees" },
        Agreement::Truncation => {
            Both { fr: "écart : tronqué au lieu d'arrondi", en: "differs: cut instead of rounded" }
        }
        Agreement::PercentVersusFraction => {
            Both { fr: "écart : pourcentage pris pour une fraction", en: "differs: percentage taken for a fraction" }
        }
        Agreement::ThousandsMark => Both {
            fr: "écart : signe des milliers pris pour une virgule",
            en: "differs: thousands mark taken for a decimal mark",
        },
        Agreement::Rounding => Both { fr: "écart d'arrondi", en: "differs by rounding" },
        Agreement::Disagrees => Both { fr: "écart", en: "differs" },
        Agreement::CannotTell => {
            Both { fr: "pas de chiffre calculé à comparer", en: "no computed figure to compare" }
        }
    }
}

/// The label of a period.
pub fn period(program: &Program, period: Period, lang: Lang) -> String {
    match program.calendars.get(usize::from(period.calendar.0)) {
        Some(calendar) => period.label(calendar, lang),
        None => String::new(),
    }
}

/// A group in words: `Tanger-Tétouan, féminin`; `total` where there are no coordinates.
pub fn group(program: &Program, group: &[GroupKey], lang: Lang) -> String {
    if group.is_empty() {
        return "total".into();
    }
    let parts: Vec<String> = group.iter().map(|key| coordinate(program, key, lang)).collect();
    parts.join(" × ")
}

/// One coordinate in words: the member's label, or its code where it has none.
pub fn coordinate(program: &Program, key: &GroupKey, lang: Lang) -> String {
    let dimension = program.dimensions.get(key.dimension);
    match key.member {
        Member::Unknown | Member::Remainder => {
            let name = dimension.map_or("", |dimension| dimension.label.get(lang));
            let name = if name.is_empty() { dimension.map_or("", |dimension| dimension.name.as_str()) } else { name };
            match key.member {
                Member::Remainder => lang.pick(format!("{name} : reste"), format!("{name}: remainder")),
                Member::Unknown | Member::Code(_) => {
                    lang.pick(format!("{name} : non renseigné"), format!("{name}: unknown"))
                }
            }
        }
        Member::Code(at) => match dimension.and_then(|dimension| dimension.members.get(at)) {
            Some(member) if !member.label.get(lang).is_empty() => member.label.get(lang).to_string(),
            Some(member) => member.code.clone(),
            None => String::new(),
        },
    }
}

/// A number with its unit: `50,08 %`, `3 207 élèves`.
pub fn amount(
    program: &Program,
    number: &Range,
    unit: &Unit,
    rounding: Option<jauge::types::Rounding>,
    lang: Lang,
) -> String {
    if let Unit::Stage(stages) = unit {
        return stage_at(program, *stages, number.stated(), lang);
    }
    let shown = number.show(lang, rounding);
    // « entre 1 et 2 jalons »: the noun agrees with the larger end.
    let most = number.high().filter(|_| number.qualifier() == Some(Qualifier::Between)).map(|end| end.value);
    let word = unit_word(program, unit, is_singular(most.as_ref().unwrap_or(number.stated()), lang), lang);
    match unit {
        Unit::Percent => lang.pick(format!("{shown}\u{a0}%"), format!("{shown}%")),
        _ if word.is_empty() => shown,
        _ => format!("{shown}\u{a0}{word}"),
    }
}

/// A stage by its place from 1, as targets and published stages say it.
fn stage_at(program: &Program, stages: Option<usize>, rank: &Number, lang: Lang) -> String {
    match stage_member(program, stages, rank).zip(stages) {
        Some((member, stages)) => jauge::evaluate::member_words(program, stages, member).into(lang),
        None if rank.is_zero() => lang.pick("non commencé", "not begun").into(),
        None => lang.pick("atteint", "reached").into(),
    }
}

/// The member that a stage is, by its place from 1.
pub fn stage_member(program: &Program, stages: Option<usize>, rank: &Number) -> Option<usize> {
    let dimension = program.dimensions.get(stages?)?;
    let rank = rank.exact_decimal()?.parse::<usize>().ok()?;
    dimension.members_of(dimension.levels.len().saturating_sub(1)).nth(rank.checked_sub(1)?)
}

/// A unit in words, empty for a bare number.
pub fn unit_word(program: &Program, unit: &Unit, singular: bool, lang: Lang) -> String {
    unit_at(program, unit, singular, lang, UNIT_DEPTH)
}

fn unit_at(program: &Program, unit: &Unit, singular: bool, lang: Lang, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else { return "…".into() };
    match unit {
        Unit::Of(id) => match program.units.get(usize::from(id.0)) {
            Some(of) => {
                let word = if singular { of.singular.get(lang) } else { of.plural.get(lang) };
                match (&of.currency, word) {
                    (Some(currency), "") => currency.clone(),
                    (None, "") => of.name.clone(),
                    (_, word) => word.to_string(),
                }
            }
            None => String::new(),
        },
        Unit::Number | Unit::Unknown | Unit::Stage(_) => String::new(),
        Unit::Percent => "%".into(),
        Unit::Points => {
            lang.pick(if singular { "point" } else { "points" }, if singular { "point" } else { "points" }).into()
        }
        Unit::Per(over, under) => {
            let over = unit_at(program, over, singular, lang, depth);
            let under = unit_at(program, under, true, lang, depth);
            format!("{over} {} {under}", lang.pick("par", "per")).trim().to_string()
        }
        Unit::Times(left, right) => {
            format!(
                "{} × {}",
                unit_at(program, left, singular, lang, depth),
                unit_at(program, right, singular, lang, depth)
            )
        }
    }
}

/// French has the singular below two, English for one only.
fn is_singular(number: &Number, lang: Lang) -> bool {
    let size = number.abs();
    lang.pick(size < Number::from(2_i64), size == Number::from(1_i64))
}

/// The programme that an indicator belongs to: the nearest one above its first item.
pub fn programme(program: &Program, indicator: &Indicator) -> Option<usize> {
    indicator.items.iter().find_map(|item| {
        let mut at = *item;
        loop {
            let here = program.items.get(at)?;
            if here.kind == ItemKind::Programme {
                return Some(at);
            }
            // Parents come before children, so this walk ends.
            at = here.parent.filter(|parent| *parent < at)?;
        }
    })
}
