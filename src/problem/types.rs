//! E03: units, types, missing values, shares and what may be added.

use super::Words;
use crate::text::{Both, Lang};
use crate::types::Number;

/// E03.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeProblem {
    /// `nombre d'élèves de registre + nombre de séances de seances`
    UnitsApart {
        /// The unit of the left side.
        one: Both<String>,
        /// The unit of the right side.
        other: Both<String>,
        /// Both are money.
        money: bool,
        /// They are compared, not added.
        compared: bool,
    },
    /// `élèves + réfugiés` where both are persons, without `unité de mesure: personne`.
    KindsAdded {
        /// The unit of the left side.
        one: Both<String>,
        /// The unit of the right side.
        other: Both<String>,
        /// What both are.
        kind: Both<String>,
        /// The name of that unit.
        write: Both<String>,
    },
    /// `part_des_filles + part_des_garçons`
    PercentPlusPercent,
    /// `évolution en % de part_des_filles`, or `évolution en points de enfants_inscrits`.
    ChangeOfPercent {
        /// Points were asked of something that is no percentage.
        points: bool,
    },
    /// `nombre de séances de registre` where each row is a pupil.
    NotCounted {
        /// What was to be counted.
        wanted: Both<String>,
        /// The source.
        source: String,
        /// What its rows are.
        rows: Both<String>,
        /// What to write instead.
        write: Both<String>,
    },
    /// `somme de sexe de registre`
    NotANumberColumn {
        /// The column.
        column: String,
        /// What it holds.
        holds: Both<String>,
        /// What to write instead.
        write: Both<String>,
    },
    /// `plus long écart en jours entre montant de aides`
    NotADateColumn {
        /// The column.
        column: String,
        /// What it holds.
        holds: Both<String>,
    },
    /// `cible: 2020 >= 50 %` on a number of pupils.
    AimUnit {
        /// The unit written, where there is one.
        said: Option<Both<String>>,
        /// The indicator's.
        wanted: Both<String>,
        /// The value in the right unit.
        write: Both<String>,
    },
    /// `valeur publiée: 2020 = 26,039 personnes`
    NotWhole {
        /// The number.
        value: Number,
        /// What is counted.
        unit: Both<String>,
    },
    /// `unité de mesure: séance` on a number of pupils.
    SaidUnit {
        /// The unit said.
        said: Both<String>,
        /// The unit of the measure.
        own: Both<String>,
    },
    /// A share whose numerator lies outside its denominator.
    NumeratorOutside {
        /// Nothing can be in both; else the numerator is the larger.
        apart: bool,
    },
    /// A percentage of two things that do not compare: pupils in per cent of sessions.
    PercentOfOther {
        /// The unit of the numerator.
        one: Both<String>,
        /// The unit of the denominator.
        other: Both<String>,
    },
    /// `nature: part` on a measure that is no percentage.
    NotAShare {
        /// The unit of the measure.
        unit: Both<String>,
    },
    /// `avec nationalité <> MA` on a column that may be empty.
    PolicyMissing {
        /// The column.
        column: String,
    },
    /// `avec sexe < 3`
    ComparisonApart {
        /// The column or dimension.
        column: String,
        /// What it holds.
        holds: Both<String>,
        /// A comparison that would do.
        write: Both<String>,
        /// The value that does not fit, where it is the value.
        value: Option<String>,
    },
    /// `avec date_fin < montant`
    ColumnsApart {
        /// The left column.
        one: String,
        /// The right column.
        other: String,
        /// What each holds.
        holds: [Both<String>; 2],
    },
    /// `âge < 15` where a band goes from 12 to 17.
    BandCut {
        /// The band that is cut.
        band: String,
        /// Where.
        value: Number,
    },
    /// `somme par vulnérabilité de …` where a person may be in several groups.
    SumOverlapping {
        /// The dimension.
        dimension: String,
        /// Only some groups are listed.
        partial: bool,
    },
    /// `somme par région de part_des_filles`, `cumul depuis 2015 de part_des_filles`
    SumNever {
        /// Over periods instead of groups.
        over_time: bool,
    },
    /// `somme par région de migrants_distincts`
    SumDistinct {
        /// The dimension.
        dimension: String,
    },
    /// `cumul depuis 2015 de effectif_au_31_décembre`
    StockOverTime,
    /// `cumul depuis 2015 de migrants_distincts`
    DistinctOverTime,
    /// `part par région de part_des_filles`
    ShareOfNonAdditive,
    /// `ventilé par: pathologie` where that column is confidential.
    ConfidentialBreakdown {
        /// The column.
        column: String,
        /// The source.
        source: String,
    },
    /// `effectif: sexe d'élèves` where that column holds a dimension.
    ColumnRole {
        /// The column.
        column: String,
        /// Its role.
        role: Both<&'static str>,
        /// What the role needs.
        wanted: Both<&'static str>,
        /// The column line to write.
        write: Both<String>,
    },
    /// Bands `0-5` and `5-9`.
    BandsOverlap {
        /// The lower band.
        one: String,
        /// The upper band.
        other: String,
    },
    /// A member `jeune` among bands.
    NotABand {
        /// Its code.
        code: String,
    },
    /// Members deeper than the declared levels.
    TooDeep {
        /// The dimension.
        dimension: String,
        /// Its levels.
        levels: Vec<String>,
        /// How deep the member is.
        depth: usize,
    },
    /// An attribute in meetings here and in persons there.
    AttributeUnits {
        /// The attribute.
        attribute: String,
        /// The unit of the first member.
        one: Both<String>,
        /// The unit here.
        other: Both<String>,
    },
    /// `unité a` is a `b`, which is an `a`.
    UnitCircle {
        /// The units.
        names: Vec<String>,
    },
    /// `inscrits / 0`, or `dénominateur: 0`.
    DivisionByZero,
    /// `médiane de montant de dons`, `avec montant > 50`, where the cells of that column may be qualified.
    QualifiedColumn {
        /// The column.
        column: String,
        /// It is compared in a condition.
        compared: bool,
    },
    /// `est sexe F` in a dimension whose groups overlap, or about the dimension itself.
    StandsForOverlapping {
        /// The dimension.
        dimension: String,
    },
    /// `étapes: repérés`, `étapes: repérés, repérés`
    FunnelSteps {
        /// The funnel.
        name: String,
        /// A step that comes twice.
        twice: Option<String>,
    },
    /// `seuil de secret: 2,5`, `seuil de secret: 5 %`.
    Threshold {
        /// The highest that is taken.
        limit: u64,
    },
    /// `nombre de jalons atteints de registre` where that source does not say what its milestones are.
    NoMilestones {
        /// The source.
        source: String,
        /// A dimension that it has.
        of: String,
    },
    /// `étape atteinte de étapes avec fournisseur = "MDCMRE"`
    MilestoneCondition {
        /// The dimension of milestones, and one of its codes.
        of: (String, String),
        /// The dimension of stages, and one of its codes.
        stages: Option<(String, String)>,
    },
    /// `somme par étape de (nombre de jalons atteints de étapes)`, `part par étape de …`
    MilestonesAdded {
        /// A share of a total is asked for, not a sum.
        share: bool,
    },
    /// `avancement + 1` where `avancement` is a stage.
    StageComputed,
    /// `cible: 2020 = 3` for an indicator that is a stage.
    StageWanted {
        /// A stage that could be written.
        stage: Option<String>,
    },
    /// `cible: 2020 = adopté` for an indicator that is a number.
    NumberWanted {
        /// Its unit.
        unit: Both<String>,
    },
    /// `cible: 2020 = publié` where the milestones of the source are reached or not, without stages.
    NoStages,
    /// `mesure: étape atteinte de étapes` without a breakdown by the milestones.
    StageOfSeveral {
        /// The dimension of milestones.
        of: String,
    },
    /// Bands `0-5` and `7-9`: nobody is 6.
    BandGap {
        /// The lower band.
        one: String,
        /// The upper band.
        other: String,
    },
}

impl TypeProblem {
    pub(super) const CODES: &'static [&'static str] = &[
        "E0301", "E0302", "E0303", "E0304", "E0305", "E0306", "E0307", "E0308", "E0309", "E0310", "E0311", "E0312",
        "E0313", "E0314", "E0315", "E0316", "E0317", "E0318", "E0319", "E0320", "E0321", "E0322", "E0323", "E0324",
        "E0325", "E0326", "E0327", "E0328", "E0340", "E0341", "E0360", "E0365", "E0366", "E0367", "E0368",
        "E0369", "E0370", "E0380", "W0301",
    ];

    pub(super) fn code(&self) -> &'static str {
        match self {
            TypeProblem::UnitsApart { .. } => "E0301",
            TypeProblem::KindsAdded { .. } => "E0302",
            TypeProblem::PercentPlusPercent => "E0303",
            TypeProblem::ChangeOfPercent { .. } => "E0304",
            TypeProblem::NotCounted { .. } => "E0305",
            TypeProblem::NotANumberColumn { .. } => "E0306",
            TypeProblem::NotADateColumn { .. } => "E0360",
            TypeProblem::AimUnit { .. } => "E0307",
            TypeProblem::NotWhole { .. } => "E0308",
            TypeProblem::SaidUnit { .. } => "E0309",
            TypeProblem::NumeratorOutside { .. } => "E0310",
            TypeProblem::PercentOfOther { .. } => "E0311",
            TypeProblem::PolicyMissing { .. } => "E0312",
            TypeProblem::ComparisonApart { .. } => "E0313",
            TypeProblem::SumOverlapping { .. } => "E0314",
            TypeProblem::SumNever { .. } => "E0315",
            TypeProblem::SumDistinct { .. } => "E0316",
            TypeProblem::StockOverTime => "E0317",
            TypeProblem::DistinctOverTime => "E0318",
            TypeProblem::ConfidentialBreakdown { .. } => "E0319",
            TypeProblem::ColumnRole { .. } => "E0320",
            TypeProblem::BandsOverlap { .. } => "E0321",
            TypeProblem::TooDeep { .. } => "E0322",
            TypeProblem::NotABand { .. } => "E0323",
            TypeProblem::ColumnsApart { .. } => "E0324",
            TypeProblem::BandCut { .. } => "E0325",
            TypeProblem::AttributeUnits { .. } | TypeProblem::UnitCircle { .. } => "E0326",
            TypeProblem::NotAShare { .. } | TypeProblem::ShareOfNonAdditive => "E0327",
            TypeProblem::DivisionByZero => "E0328",
            TypeProblem::QualifiedColumn { .. } => "E0340",
            TypeProblem::FunnelSteps { .. } => "E0370",
            TypeProblem::StandsForOverlapping { .. } => "E0341",
            TypeProblem::Threshold { .. } => "E0380",
            TypeProblem::NoMilestones { .. } => "E0365",
            TypeProblem::MilestoneCondition { .. } => "E0366",
            TypeProblem::StageComputed | TypeProblem::MilestonesAdded { .. } => "E0367",
            TypeProblem::StageWanted { .. } | TypeProblem::NumberWanted { .. } | TypeProblem::NoStages => "E0368",
            TypeProblem::StageOfSeveral { .. } => "E0369",
            TypeProblem::BandGap { .. } => "W0301",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            TypeProblem::UnitsApart { one, other, money, compared } => units_apart(one, other, *money, *compared),
            TypeProblem::KindsAdded { one, other, kind, write } => Both {
                fr: Words::new(
                    format!("des {} plus des {} : le total serait en {}, il faut le dire", one.fr, other.fr, kind.fr),
                    "deux sortes d'unités sont réunies ici",
                    format!("ajouter à l'indicateur : unité de mesure: {}", write.fr),
                )
                .and(format!("des {}", one.fr))
                .and(format!("des {}", other.fr)),
                en: Words::new(
                    format!("{} plus {} make {}, which must be said", one.en, other.en, kind.en),
                    "two kinds of units are put together here",
                    format!("add to the indicator: unit of measure: {}", write.en),
                )
                .and(format!("{} here", one.en))
                .and(format!("{} here", other.en)),
            },
            TypeProblem::PercentPlusPercent => Both {
                fr: Words::new(
                    "deux pourcentages ne s'additionnent pas",
                    "pourcentage plus pourcentage",
                    "additionner les numérateurs et les dénominateurs, ou donner une différence en points : \
                     évolution en points de …",
                )
                .and("un pourcentage")
                .and("un autre pourcentage"),
                en: Words::new(
                    "two percentages cannot be added",
                    "percentage plus percentage",
                    "add the numerators and the denominators, or give a difference in points: change in points of …",
                )
                .and("a percentage")
                .and("another percentage"),
            },
            TypeProblem::ChangeOfPercent { points: false } => both(
                "l'évolution d'un pourcentage se donne en points, pas en %",
                "cette mesure est déjà en %",
                "remplacer « évolution en % de » par : évolution en points de",
                "the change of a percentage is given in points, not in %",
                "this measure is in % already",
                "instead of `change in % of` write: change in points of",
            ),
            TypeProblem::ChangeOfPercent { points: true } => both(
                "les points ne mesurent que l'évolution d'un pourcentage",
                "cette mesure n'est pas en %",
                "remplacer « évolution en points de » par : évolution en % de",
                "points only measure the change of a percentage",
                "this measure is not in %",
                "instead of `change in points of` write: change in % of",
            ),
            TypeProblem::NotCounted { wanted, source, rows, write } => Both {
                fr: Words::new(
                    format!("la source « {source} » ne compte pas des {}", wanted.fr),
                    format!("ses lignes donnent des {}", rows.fr),
                    format!("écrire : {}, ou déclarer dans la source « compte: {} par », suivi de la colonne qui les identifie", write.fr, wanted.fr),
                )
                .and("la source est ici"),
                en: Words::new(
                    format!("the source `{source}` does not count {}", wanted.en),
                    format!("its rows give {}", rows.en),
                    format!("write: {}, or declare in the source `counts: {} by`, followed by the column that identifies them", write.en, wanted.en),
                )
                .and("the source is here"),
            },
            TypeProblem::NotANumberColumn { column, holds, write } => Both {
                fr: Words::new(
                    format!("la colonne « {column} » contient {}, pas des nombres", holds.fr),
                    "il faut ici une colonne de nombres",
                    format!("écrire : {}, ou déclarer la colonne ainsi : {column}  nombre", write.fr),
                )
                .and("la colonne est déclarée ici"),
                en: Words::new(
                    format!("the column `{column}` holds {}, not numbers", holds.en),
                    "a column of numbers is needed here",
                    format!("write: {}, or declare the column so: {column}  number", write.en),
                )
                .and("the column is declared here"),
            },
            TypeProblem::NotADateColumn { column, holds } => Both {
                fr: Words::new(
                    format!("la colonne « {column} » contient {}, pas des dates", holds.fr),
                    "il faut ici une colonne de dates",
                    format!("prendre la colonne des dates, ou déclarer celle-ci : {column}  date"),
                )
                .and("la colonne est déclarée ici"),
                en: Words::new(
                    format!("the column `{column}` holds {}, not dates", holds.en),
                    "a column of dates is needed here",
                    format!("take the column of dates, or declare this one: {column}  date"),
                )
                .and("the column is declared here"),
            },
            TypeProblem::AimUnit { said, wanted, write } => aim_unit(said, wanted, write),
            TypeProblem::NotWhole { value, unit } => {
                let show = |lang| value.show(lang, None);
                let whole = |lang| value.round(WHOLE).show(lang, None);
                let thousand = value.clone() * Number::from(1000i64);
                let or = |lang: Lang, or: &str| {
                    if thousand.is_whole() { format!(" {or} {}", thousand.show(lang, None)) } else { String::new() }
                };
                Both {
                    fr: Words::new(
                        format!("{} : on compte des {} en nombres entiers", show(Lang::Fr), unit.fr),
                        "ce nombre n'est pas entier",
                        format!("écrire : {}{}", whole(Lang::Fr), or(Lang::Fr, "ou")),
                    ),
                    en: Words::new(
                        format!("{}: {} are counted in whole numbers", show(Lang::En), unit.en),
                        "this number is not whole",
                        format!("write: {}{}", whole(Lang::En), or(Lang::En, "or")),
                    ),
                }
            }
            TypeProblem::SaidUnit { said, own } => Both {
                fr: Words::new(
                    format!("l'unité de mesure est « {} », mais la mesure est en « {} »", said.fr, own.fr),
                    "cette unité n'est pas celle de la mesure",
                    format!("écrire : unité de mesure: {}", own.fr),
                )
                .and(format!("ceci est en « {} »", own.fr)),
                en: Words::new(
                    format!("the unit of measure is `{}`, but the measure is in `{}`", said.en, own.en),
                    "this unit is not that of the measure",
                    format!("write: unit of measure: {}", own.en),
                )
                .and(format!("this is in `{}`", own.en)),
            },
            TypeProblem::NumeratorOutside { apart } => numerator_outside(*apart),
            TypeProblem::PercentOfOther { one, other } => Both {
                fr: Words::new(
                    format!("des {} en pourcentage de {} : un pourcentage compare deux fois la même chose", one.fr, other.fr),
                    format!("des {}", one.fr),
                    "supprimer « unité de mesure: % », ou prendre deux mesures de la même unité",
                )
                .and(format!("des {}", other.fr)),
                en: Words::new(
                    format!("{} in per cent of {}: a percentage compares like with like", one.en, other.en),
                    format!("{} here", one.en),
                    "delete `unit of measure: %`, or take two measures of the same unit",
                )
                .and(format!("{} here", other.en)),
            },
            TypeProblem::NotAShare { unit } => Both {
                fr: Words::new(
                    format!("une part est un pourcentage, mais la mesure est en « {} »", unit.fr),
                    "cette nature ne convient pas",
                    "écrire : nature: flux, ou donner un numérateur et un dénominateur",
                )
                .and(format!("ceci est en « {} »", unit.fr)),
                en: Words::new(
                    format!("a share is a percentage, but the measure is in `{}`", unit.en),
                    "this kind does not fit",
                    "write: kind: flow, or give a numerator and a denominator",
                )
                .and(format!("this is in `{}`", unit.en)),
            },
            TypeProblem::PolicyMissing { column } => Both {
                fr: Words::new(
                    format!("« {column} » peut être vide : que faire des lignes où la valeur manque ?"),
                    "cette comparaison ne le dit pas",
                    "ajouter après la comparaison : (non renseignés exclus) ou (non renseignés comptés)",
                )
                .and("déclaré « peut être vide » ici"),
                en: Words::new(
                    format!("`{column}` may be missing: what becomes of the rows without a value?"),
                    "this comparison does not say",
                    "add after the comparison: (missing excluded) or (missing counted)",
                )
                .and("declared `may be missing` here"),
            },
            TypeProblem::ComparisonApart { column, holds, write, value } => comparison_apart(column, holds, write, value),
            TypeProblem::ColumnsApart { one, other, holds: [left, right] } => Both {
                fr: Words::new(
                    format!("« {one} » et « {other} » ne se comparent pas : {} et {}", left.fr, right.fr),
                    "comparaison de deux colonnes de types différents",
                    "comparer deux colonnes du même type, ou une colonne et une valeur",
                )
                .and(left.fr.clone())
                .and(right.fr.clone()),
                en: Words::new(
                    format!("`{one}` and `{other}` do not compare: {} and {}", left.en, right.en),
                    "two columns of different types are compared",
                    "compare two columns of the same type, or a column and a value",
                )
                .and(left.en.clone())
                .and(right.en.clone()),
            },
            TypeProblem::BandCut { band, value } => Both {
                fr: Words::new(
                    format!("la limite {} coupe la tranche « {band} »", value.show(Lang::Fr, None)),
                    "les données ne connaissent que des tranches entières",
                    "prendre pour limite le bord d'une tranche",
                )
                .and("les tranches sont déclarées ici"),
                en: Words::new(
                    format!("the bound {} cuts the band `{band}`", value.show(Lang::En, None)),
                    "the data only know whole bands",
                    "take the edge of a band as the bound",
                )
                .and("the bands are declared here"),
            },
            TypeProblem::SumOverlapping { dimension, partial } => sum_overlapping(dimension, *partial),
            TypeProblem::SumNever { over_time } => sum_never(*over_time),
            TypeProblem::SumDistinct { dimension } => both(
                format!("des personnes distinctes ne s'additionnent pas par « {dimension} » : la même serait comptée deux fois"),
                "on compte ici des identifiants distincts",
                "prendre la mesure sans « somme par » : elle compte chacun une seule fois",
                format!("distinct persons do not add up by `{dimension}`: the same one would be counted twice"),
                "distinct keys are counted here",
                "take the measure without `sum by`: it counts each one once",
            ),
            TypeProblem::StockOverTime => both(
                "une situation à une date ne s'additionne pas d'une période à l'autre",
                "ceci est une situation à une date",
                "prendre la dernière période, ou une moyenne, en écrivant devant la mesure : moyenne de 2016 à 2020 de",
                "a stock does not add up from one period to the next",
                "this is a stock",
                "take the last period, or an average, written before the measure: average from 2016 to 2020 of",
            ),
            TypeProblem::DistinctOverTime => both(
                "des personnes distinctes ne se cumulent pas : la même revient d'une période à l'autre",
                "on compte ici des identifiants distincts",
                "compter sur toute la fenêtre, en écrivant après la mesure : pour 2016 à 2020",
                "distinct persons cannot be cumulated: the same one returns from period to period",
                "distinct keys are counted here",
                "count over the whole window, written after the measure: for 2016 to 2020",
            ),
            TypeProblem::ShareOfNonAdditive => both(
                "une part dans un total demande une mesure qui s'additionne",
                "un taux, une moyenne ou une évolution n'a pas de total",
                "prendre le nombre dont il vient, par exemple l'indicateur de son numérateur",
                "a share of a total needs a measure that adds up",
                "a rate, an average or a change has no total",
                "take the number that it comes from, for example the indicator of its numerator",
            ),
            TypeProblem::ConfidentialBreakdown { column, source } => Both {
                fr: Words::new(
                    format!("« {column} » est confidentiel dans « {source} » : aucune ventilation ne peut le montrer"),
                    "ventilation par une colonne confidentielle",
                    "retirer cette dimension de « ventilé par », ou « confidentiel » de la colonne",
                )
                .and("déclaré confidentiel ici"),
                en: Words::new(
                    format!("`{column}` is confidential in `{source}`: no disaggregation may show it"),
                    "disaggregation by a confidential column",
                    "remove this dimension from `disaggregated by`, or `confidential` from the column",
                )
                .and("declared confidential here"),
            },
            TypeProblem::ColumnRole { column, role, wanted, write } => Both {
                fr: Words::new(
                    format!("« {column} » ne peut pas être {} : il faut {}", role.fr, wanted.fr),
                    format!("employée ici pour {}", role.fr),
                    format!("écrire sous « colonnes: » : {}", write.fr),
                )
                .and("la colonne est déclarée ici"),
                en: Words::new(
                    format!("`{column}` cannot be {}: {} is needed", role.en, wanted.en),
                    format!("used here as {}", role.en),
                    format!("write under `columns:`: {}", write.en),
                )
                .and("the column is declared here"),
            },
            TypeProblem::FunnelSteps { name, twice: Some(step) } => both(
                format!("l'étape « {step} » vient deux fois dans le parcours « {name} »"),
                "déjà nommée avant",
                "nommer chaque étape une fois, de l'entrée à la sortie",
                format!("the step `{step}` comes twice in the funnel `{name}`"),
                "named before",
                "name each step once, from the entry to the end",
            ),
            TypeProblem::FunnelSteps { name, twice: None } => both(
                format!("le parcours « {name} » n'a pas deux étapes"),
                "il en faut au moins deux pour un taux",
                "étapes: entrés, sortis",
                format!("the funnel `{name}` does not have two steps"),
                "a rate takes at least two",
                "steps: entered, left",
            ),
            TypeProblem::QualifiedColumn { column, compared } => {
                let (fr, en) = match compared {
                    true => ("comparée ici, ligne par ligne", "compared here, row by row"),
                    false => ("il faut ici des nombres exacts", "exact numbers are needed here"),
                };
                Both {
                    fr: Words::new(
                        format!("la colonne « {column} » contient des chiffres qualifiés, qui ne se rangent pas en ordre"),
                        fr,
                        "écrire une somme ou une moyenne (somme de …), ou retirer « qualifié » de la ligne de la colonne",
                    )
                    .and("la colonne est déclarée ici"),
                    en: Words::new(
                        format!("the column `{column}` holds qualified figures, which have no order"),
                        en,
                        "write a sum or an average (sum of …), or drop `qualified` from the column's line",
                    )
                    .and("the column is declared here"),
                }
            }
            TypeProblem::StandsForOverlapping { dimension } => Both {
                fr: Words::new(
                    format!("un membre de « {dimension} » ne peut pas être lu dans une autre dimension"),
                    "« est » demande des groupes exclusifs, et une autre dimension que celle-ci",
                    "écrire dans cette dimension « groupes: exclusifs », si chaque personne n'est que dans un \
                     groupe ; sinon supprimer « est … »",
                )
                .and("la dimension"),
                en: Words::new(
                    format!("a member of `{dimension}` cannot be read in another dimension"),
                    "`is` needs exclusive groups, and another dimension than this one",
                    "write `groups: exclusive` in this dimension, if each person is in one group only; else delete `is …`",
                )
                .and("the dimension"),
            },
            TypeProblem::Threshold { limit } => both(
                "un seuil de secret est un nombre entier, sans unité",
                format!("il faut ici un nombre entier de 0 à {limit}"),
                "écrire par exemple : seuil de secret: 5",
                "a confidentiality threshold is a whole number, without a unit",
                format!("a whole number from 0 to {limit} is needed here"),
                "write for example: confidentiality threshold: 5",
            ),
            TypeProblem::BandsOverlap { one, other } => Both {
                fr: Words::new(
                    format!("les tranches « {one} » et « {other} » se recouvrent"),
                    "commence avant la fin de l'autre",
                    format!("les deux bornes d'une tranche en font partie : faire commencer « {other} » après « {one} »"),
                )
                .and("l'autre tranche"),
                en: Words::new(
                    format!("the bands `{one}` and `{other}` overlap"),
                    "starts before the other ends",
                    format!("both ends of a band belong to it: let `{other}` start after `{one}`"),
                )
                .and("the other band"),
            },
            TypeProblem::NotABand { code } => both(
                format!("« {code} » n'est pas une tranche"),
                "cette dimension est faite de tranches",
                "écrire une tranche, par exemple : 0-5 ou 18+",
                format!("`{code}` is not a band"),
                "this dimension is made of bands",
                "write a band, for example: 0-5 or 18+",
            ),
            TypeProblem::TooDeep { dimension, levels, depth } => too_deep(dimension, levels, *depth),
            TypeProblem::AttributeUnits { attribute, one, other } => both(
                format!("l'attribut « {attribute} » est en « {} » ici et en « {} » ailleurs", other.fr, one.fr),
                "autre unité que pour les membres précédents",
                format!("donner la même unité à tous les membres : {}", one.fr),
                format!("the attribute `{attribute}` is in `{}` here and in `{}` elsewhere", other.en, one.en),
                "another unit than for the members before",
                format!("give all members the same unit: {}", one.en),
            ),
            TypeProblem::UnitCircle { names } => {
                let path = names.join(" → ");
                both(
                    format!("une unité ne peut pas être une sorte d'elle-même : {path}"),
                    "le cercle se ferme ici",
                    "supprimer cette ligne « est: », ou écrire : est: personne",
                    format!("a unit cannot be a kind of itself: {path}"),
                    "the circle closes here",
                    "delete this line `is a:`, or write: is a: person",
                )
            }
            TypeProblem::DivisionByZero => both(
                "une division par zéro ne donne jamais de résultat",
                "vaut toujours zéro",
                "écrire ici la mesure par laquelle on divise, ou un nombre autre que 0",
                "a division by zero never gives a result",
                "always zero",
                "write the measure to divide by here, or a number other than 0",
            ),
            TypeProblem::NoMilestones { source, of } => beside_source(both(
                format!("la source « {source} » ne dit pas quels sont ses jalons"),
                "cette source n'a pas de ligne « jalons: »",
                format!("ajouter à la source : jalons: {of}, puis étapes: avec la dimension dont les membres sont les étapes"),
                format!("the source `{source}` does not say what its milestones are"),
                "this source has no `milestones:` line",
                format!("add to the source: milestones: {of}, then stages: with the dimension whose members are the stages"),
            )),
            TypeProblem::MilestoneCondition { of: (of, code), stages } => {
                let (fr, en) = match stages {
                    Some((stages, _)) => (format!("« {of} » et « {stages} »"), format!("`{of}` and `{stages}`")),
                    None => (format!("« {of} »"), format!("`{of}`")),
                };
                let (and_fr, and_en) = match stages {
                    Some((stages, stage)) => (format!(" et {stages} = {stage}"), format!(" and {stages} = {stage}")),
                    None => (String::new(), String::new()),
                };
                beside_source(both(
                    "une condition sur des jalons choisit des jalons ou des étapes",
                    format!("la condition porte sur autre chose que {fr}, ou mêle les deux par « ou »"),
                    format!("écrire par exemple : {of} = {code}{and_fr}"),
                    "a condition on milestones chooses milestones or stages",
                    format!("the condition is on something else than {en}, or mixes both with `or`"),
                    format!("write for example: {of} = {code}{and_en}"),
                ))
            }
            TypeProblem::MilestonesAdded { share } => {
                let (fr, en) = match share {
                    true => ("écrire : part des jalons atteints de, suivi de la source", "write: share of milestones reached in, followed by the source"),
                    false => (
                        "prendre la mesure sans « somme par » : son total compte chaque jalon une fois",
                        "take the measure without `sum by`: its total counts each milestone once",
                    ),
                };
                both(
                    "des jalons ne s'additionnent pas d'un groupe à l'autre : un jalon franchit plusieurs étapes, et celui qui est en cours n'est ni 0 ni 1",
                    "ceci compte des jalons",
                    fr,
                    "milestones do not add up from group to group: one passes several stages, and one in progress is neither 0 nor 1",
                    "this counts milestones",
                    en,
                )
            }
            TypeProblem::StageComputed => both(
                "on ne calcule pas avec une étape",
                "cette mesure est une étape, pas un nombre",
                "compter les jalons : nombre de jalons atteints de, suivi de la source et, au besoin, d'une condition sur l'étape",
                "nothing is computed with a stage",
                "this measure is a stage, not a number",
                "count the milestones: number of milestones reached in, followed by the source and, if needed, a condition on the stage",
            ),
            TypeProblem::StageWanted { stage } => {
                let fr = stage.clone().unwrap_or_else(|| "atteint".into());
                let en = stage.clone().unwrap_or_else(|| "reached".into());
                both(
                    "cet indicateur est une étape : sa valeur en est une aussi",
                    "ceci est un nombre",
                    format!("écrire une étape, par exemple : {fr}"),
                    "this indicator is a stage: so is its value",
                    "this is a number",
                    format!("write a stage, for example: {en}"),
                )
            }
            TypeProblem::NumberWanted { unit } => both(
                format!("la valeur de cet indicateur est un nombre (unité : {})", unit.fr),
                "ceci n'est pas un nombre",
                "écrire un nombre, ou « à définir » ; une étape ne va qu'à un indicateur dont la mesure est « étape atteinte »",
                format!("the value of this indicator is a number (unit: {})", unit.en),
                "this is not a number",
                "write a number, or `to be defined`; a stage only goes with an indicator whose measure is `stage reached`",
            ),
            TypeProblem::NoStages => both(
                "ces jalons n'ont pas d'étapes : ils sont atteints ou non",
                "ceci n'est pas « atteint »",
                "écrire : atteint, ou ajouter à la source : étapes: avec la dimension dont les membres sont les étapes",
                "these milestones have no stages: they are reached or not",
                "this is not `reached`",
                "write: reached, or add to the source: stages: with the dimension whose members are the stages",
            ),
            TypeProblem::StageOfSeveral { of } => both(
                "plusieurs jalons n'ont pas d'étape ensemble",
                "cet indicateur porte sur tous les jalons à la fois",
                format!("ajouter à l'indicateur : ventilé par: {of}"),
                "several milestones have no stage together",
                "this indicator is about all milestones at once",
                format!("add to the indicator: disaggregated by: {of}"),
            ),
            TypeProblem::BandGap { one, other } => Both {
                fr: Words::new(
                    format!("rien entre les tranches « {one} » et « {other} »"),
                    "commence plus loin que la fin de la précédente",
                    "les valeurs entre les deux seront « non renseignées » : ajouter une tranche, ou élargir l'une des deux",
                )
                .and("la tranche précédente"),
                en: Words::new(
                    format!("nothing between the bands `{one}` and `{other}`"),
                    "starts later than the end of the one before",
                    "the values between the two will be `unknown`: add a band, or widen one of the two",
                )
                .and("the band before"),
            },
        }
    }
}

const WHOLE: crate::types::Rounding =
    crate::types::Rounding { decimals: 0, mode: crate::types::RoundingMode::HalfAway };

/// Title, label and help in French, then in English.
/// Words with the label of a source, which is the further place.
fn beside_source(words: Both<Words>) -> Both<Words> {
    Both { fr: words.fr.and("la source est ici"), en: words.en.and("the source is here") }
}

fn both(
    title_fr: impl Into<String>,
    label_fr: impl Into<String>,
    help_fr: impl Into<String>,
    title_en: impl Into<String>,
    label_en: impl Into<String>,
    help_en: impl Into<String>,
) -> Both<Words> {
    Both { fr: Words::new(title_fr, label_fr, help_fr), en: Words::new(title_en, label_en, help_en) }
}

fn units_apart(one: &Both<String>, other: &Both<String>, money: bool, compared: bool) -> Both<Words> {
    let (verb_fr, verb_en) =
        if compared { ("ne se comparent pas", "cannot be compared") } else { ("ne s'additionnent pas", "cannot be added") };
    let (help_fr, help_en) = if money {
        (
            "convertir d'abord l'une des deux monnaies : la multiplier par son cours, par exemple x 10".to_string(),
            "convert one of the two currencies first: multiply it by its rate, for example x 10".to_string(),
        )
    } else if compared {
        (
            format!("comparer deux mesures en « {} », ou deux mesures en « {} »", one.fr, other.fr),
            format!("compare two measures in `{}`, or two measures in `{}`", one.en, other.en),
        )
    } else {
        (
            format!("faire deux indicateurs : l'un en « {} », l'autre en « {} »", one.fr, other.fr),
            format!("make two indicators: one in `{}`, the other in `{}`", one.en, other.en),
        )
    };
    Both {
        fr: Words::new(
            format!("« {} » et « {} » {verb_fr}", one.fr, other.fr),
            "les unités ne vont pas ensemble",
            help_fr,
        )
        .and(format!("ceci est en « {} »", one.fr))
        .and(format!("ceci est en « {} »", other.fr)),
        en: Words::new(format!("`{}` and `{}` {verb_en}", one.en, other.en), "the units do not go together", help_en)
            .and(format!("this is in `{}`", one.en))
            .and(format!("this is in `{}`", other.en)),
    }
}

fn aim_unit(said: &Option<Both<String>>, wanted: &Both<String>, write: &Both<String>) -> Both<Words> {
    let (title_fr, title_en) = match said {
        Some(said) => (
            format!("cette valeur est en « {} », mais l'indicateur est en « {} »", said.fr, wanted.fr),
            format!("this value is in `{}`, but the indicator is in `{}`", said.en, wanted.en),
        ),
        None => (
            format!("cette valeur n'a pas d'unité, l'indicateur est en « {} »", wanted.fr),
            format!("this value has no unit, the indicator is in `{}`", wanted.en),
        ),
    };
    both(
        title_fr,
        "pas l'unité de l'indicateur",
        format!("écrire : {}", write.fr),
        title_en,
        "not the unit of the indicator",
        format!("write: {}", write.en),
    )
}

fn numerator_outside(apart: bool) -> Both<Words> {
    let (title_fr, title_en) = if apart {
        (
            "le numérateur est en dehors du dénominateur : rien ne peut être dans les deux",
            "the numerator lies outside the denominator: nothing can be in both",
        )
    } else {
        (
            "le numérateur est plus large que son dénominateur : la part passerait 100 %",
            "the numerator is wider than its denominator: the share would pass 100 %",
        )
    };
    Both {
        fr: Words::new(
            title_fr,
            "pas contenu dans le dénominateur",
            "prendre pour dénominateur la même mesure sans ses conditions ; pour un taux qui peut passer 100 %, ajouter : \
             nature: taux",
        )
        .and("le dénominateur"),
        en: Words::new(
            title_en,
            "not inside the denominator",
            "take the same measure without its conditions as the denominator; for a rate that may pass 100 %, add: \
             kind: rate",
        )
        .and("the denominator"),
    }
}

fn comparison_apart(
    column: &str,
    holds: &Both<String>,
    write: &Both<String>,
    value: &Option<String>,
) -> Both<Words> {
    let (label_fr, label_en) = match value.as_deref() {
        Some(value) if !value.is_empty() => {
            (format!("« {value} » n'en est pas"), format!("`{value}` is not one of them"))
        }
        Some(_) | None => ("cette comparaison ne convient pas".to_string(), "this comparison does not fit".to_string()),
    };
    both(
        format!("« {column} » contient {} : cette condition ne peut pas être vérifiée", holds.fr),
        label_fr,
        format!("écrire par exemple : {}", write.fr),
        format!("`{column}` holds {}: this condition cannot be tested", holds.en),
        label_en,
        format!("write for example: {}", write.en),
    )
}

fn sum_overlapping(dimension: &str, partial: bool) -> Both<Words> {
    let (title_fr, title_en, also_fr, also_en) = if partial {
        (
            format!("les groupes de « {dimension} » sont partiels : leur somme n'est pas le total"),
            format!("the groups of `{dimension}` are partial: their sum is not the total"),
            "déclarés partiels ici",
            "declared partial here",
        )
    } else {
        (
            format!("les groupes de « {dimension} » se chevauchent : leur somme compterait deux fois"),
            format!("the groups of `{dimension}` overlap: their sum would count twice"),
            "déclarés chevauchants ici",
            "declared overlapping here",
        )
    };
    Both {
        fr: Words::new(
            title_fr,
            "somme sur des groupes qui ne font pas un tout",
            "prendre la mesure sans « somme par » : elle donne le total",
        )
        .and(also_fr),
        en: Words::new(
            title_en,
            "a sum over groups that do not make a whole",
            "take the measure without `sum by`: it gives the total",
        )
        .and(also_en),
    }
}

fn sum_never(over_time: bool) -> Both<Words> {
    let (what_fr, what_en) =
        if over_time { ("d'une période à l'autre", "from period to period") } else { ("", "") };
    let space = if over_time { " " } else { "" };
    both(
        format!("un taux, une moyenne, une médiane ou une évolution ne s'additionne pas{space}{what_fr}"),
        "cette mesure ne s'additionne pas",
        "additionner les nombres dont elle vient, puis refaire le quotient",
        format!("a rate, an average, a median or a change does not add up{space}{what_en}"),
        "this measure does not add up",
        "add up the numbers that it comes from, then take the quotient again",
    )
}

fn too_deep(dimension: &str, levels: &[String], depth: usize) -> Both<Words> {
    let write = format!("{}, …", levels.join(", "));
    Both {
        fr: Words::new(
            format!("ce membre est au niveau {depth}, mais « {dimension} » n'en a que {}", levels.len()),
            "en retrait sous un autre membre",
            format!("nommer les niveaux, du plus large au plus fin : niveaux: {write} ; ou supprimer le retrait"),
        )
        .and("la dimension est ici"),
        en: Words::new(
            format!("this member is at level {depth}, but `{dimension}` only has {}", levels.len()),
            "indented under another member",
            format!("name the levels, coarsest first: levels: {write}; or remove the indentation"),
        )
        .and("the dimension is here"),
    }
}
