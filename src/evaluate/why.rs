//! Why a figure is what it is: the formula with the numbers filled in, down to the rows read and kept at each condition.

use std::collections::BTreeSet;

use super::cells::Merged;
use super::measure::{code_of, dims_of};
use super::{Evaluator, GroupId};
use crate::outcome::{Figure, MissingReason, Rows, Value, ZeroDenominator, ZeroReason};
use crate::plan::{
    CtxId, Cube, MeasureKey, Plan, Shape, conjuncts, dimension_column, each_test, only_dimensions, selects_cells,
    show_test, sign,
};
use crate::program::model::{
    Aggregate, ChangeKind, Column, Cond, DataSource, Expected, ExprId, ExprKind, Measure, MeasureOf, MilestonesOf,
    Operator, Over, Program, SeriesOf, TestKind, TestOn, Together,
};
use crate::text::{Both, Lang, Span};
use crate::types::{Number, Period, Range, Rounding, RoundingMode, Unit};

/// Steps of one explanation; what lies below is explained by asking for the indicator itself.
const STEPS: usize = 400;
/// Periods of a sum over periods that are explained one by one.
const PERIODS_SHOWN: i32 = 12;
/// Decimals of a value that is not whole.
const DECIMALS: u8 = 4;

/// Why a figure is what it is, from the indicator down to the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The figure.
    pub figure: Figure,
    /// What it is made of, each step before those that it is made of.
    pub steps: Vec<Step>,
    /// More lies below than is shown.
    pub cut: bool,
}

/// One step of an explanation.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// How deep it lies; 0 for the figure itself.
    pub depth: usize,
    /// What it is.
    pub what: Both<String>,
    /// Its value at this place of the formula; `None` for a condition.
    pub value: Option<Value>,
    /// The value in words.
    pub shown: Both<String>,
    /// The period, where it is another one than that of the step above.
    pub period: Option<Period>,
    /// Rows behind it.
    pub rows: Option<Rows>,
    /// The data file, relative to the data root.
    pub file: Option<String>,
    /// Where it is defined.
    pub definition: Span,
}

/// Explains a figure. The plan must have been made with `explain`, so that the rows kept at each condition are known.
pub fn why(program: &Program, plan: &Plan, cubes: &[Cube], figure: &Figure) -> Explanation {
    let mut evaluator = Evaluator::new(program, plan, cubes);
    evaluator.protect();
    let group = evaluator.group_id(figure.group.clone());
    let mut explaining = Explaining { evaluator: &mut evaluator, steps: Vec::new(), cut: false };
    explaining.explain(figure, group);
    Explanation { figure: figure.clone(), steps: explaining.steps, cut: explaining.cut }
}

impl Explanation {
    /// The explanation as text, one step a line, indented by depth.
    pub fn show(&self, program: &Program, lang: Lang) -> String {
        let mut out = String::new();
        for step in &self.steps {
            out.push_str(&"  ".repeat(step.depth));
            out.push_str(step.what.get(lang));
            if let Some(period) = step.period
                && let Some(calendar) = program.calendars.get(usize::from(period.calendar.0))
            {
                out.push_str(&format!(" [{}]", period.label(calendar, lang)));
            }
            let shown = step.shown.get(lang);
            if !shown.is_empty() {
                out.push_str(&format!(" = {shown}"));
            }
            if let Some(rows) = step.rows {
                out.push_str(&show_rows(rows, lang));
            }
            if let Some(file) = &step.file {
                out.push_str(&lang.pick(format!(" — fichier {file}"), format!(" — file {file}")));
            }
            out.push('\n');
        }
        if self.cut {
            out.push_str(lang.pick(
                "… (la suite : demander l'explication d'un indicateur de la formule)\n",
                "… (for the rest, ask for an indicator of the formula)\n",
            ));
        }
        out
    }
}

/// `1 ligne`, `2 lignes`; `1 row`, `2 rows`.
fn counted(rows: u64, lang: Lang) -> String {
    match lang {
        Lang::Fr => format!("{rows} ligne{}", plural_fr(rows)),
        Lang::En => format!("{rows} row{}", if rows == 1 { "" } else { "s" }),
    }
}

/// French counts zero and one in the singular.
fn plural_fr(count: u64) -> &'static str {
    if count < 2 { "" } else { "s" }
}

fn show_rows(rows: Rows, lang: Lang) -> String {
    let mut out = lang.pick(
        format!(
            " ({} lue{}, {} retenue{}",
            counted(rows.read, lang),
            plural_fr(rows.read),
            rows.used,
            plural_fr(rows.used)
        ),
        format!(" ({} read, {} kept", counted(rows.read, lang), rows.used),
    );
    if rows.missing > 0 {
        out.push_str(
            &lang.pick(format!(", {} sans valeur", rows.missing), format!(", {} without a value", rows.missing)),
        );
    }
    out.push(')');
    out
}

struct Explaining<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    steps: Vec<Step>,
    cut: bool,
}

/// One expression still to be explained.
struct Next {
    depth: usize,
    expr: ExprId,
    ctx: CtxId,
    period: Period,
    group: GroupId,
    label: Option<Both<&'static str>>,
    above: Period,
}

impl Explaining<'_, '_> {
    fn explain(&mut self, figure: &Figure, group: GroupId) {
        let program = self.evaluator.program;
        let Some(indicator) = program.indicators.get(figure.indicator) else { return };
        self.steps.push(Step {
            depth: 0,
            what: {
                let place = self.evaluator.group_label(&figure.group);
                let of = |place: &str| if place.is_empty() { String::new() } else { format!(" ({place})") };
                Both {
                    fr: format!("{}{}", indicator.name, of(&place.fr)),
                    en: format!("{}{}", indicator.name, of(&place.en)),
                }
            },
            value: Some(figure.value.clone()),
            shown: shown(self.evaluator, &figure.value, &indicator.unit),
            period: Some(figure.period),
            rows: Some(figure.rows).filter(|rows| !rows.withheld),
            file: None,
            definition: indicator.definition,
        });
        self.first_statement(figure, group);
        if let Some(why) = &indicator.no_double_count {
            self.steps.push(Step {
                depth: 1,
                what: Both { fr: format!("sans double compte : {why}"), en: format!("no double count: {why}") },
                value: None,
                shown: both("", ""),
                period: None,
                rows: None,
                file: None,
                definition: indicator.definition,
            });
        }
        let mut rest = vec![Next {
            depth: 1,
            expr: indicator.measure,
            ctx: CtxId::NONE,
            period: figure.period,
            group,
            label: None,
            above: figure.period,
        }];
        let side_by_side = program.exprs.get(indicator.measure.0 as usize).map(|expr| &expr.kind);
        let not_added = matches!(side_by_side, Some(ExprKind::Together(Together::NotAdded, _)));
        if matches!(figure.value, Value::NotApplicable(_)) && !not_added {
            rest.clear();
        }
        if figure.value == Value::Suppressed {
            self.thresholds(indicator.measure);
        }
        while let Some(next) = rest.pop() {
            if self.steps.len() >= STEPS {
                self.cut = true;
                return;
            }
            let below = self.step(&next);
            rest.extend(below.into_iter().rev());
        }
    }

    /// Says which thresholds a figure is hidden for.
    fn thresholds(&mut self, measure: ExprId) {
        let program = self.evaluator.program;
        for (source, threshold) in super::secret::thresholds(program, measure) {
            let Some(source) = program.sources.get(source) else { continue };
            let name = &source.name;
            self.steps.push(Step {
                depth: 1,
                what: Both {
                    fr: format!("secret statistique : « {name} » a pour seuil {threshold} ; ce chiffre, ou un autre qu'il donnerait, est au-dessous"),
                    en: format!("suppressed: the threshold of `{name}` is {threshold}; this figure, or another that it would give away, is below it"),
                },
                value: None,
                shown: both("", ""),
                period: None,
                rows: None,
                file: None,
                definition: source.definition,
            });
        }
    }

    /// Adds one step and says what lies below it.
    fn step(&mut self, next: &Next) -> Vec<Next> {
        let program = self.evaluator.program;
        let Some(expr) = program.exprs.get(next.expr.0 as usize) else { return Vec::new() };
        let fig = self.evaluator.solve(next.expr, next.ctx, next.period, next.group);
        let under = |expr: ExprId| Next {
            depth: next.depth + 1,
            expr,
            ctx: next.ctx,
            period: next.period,
            group: next.group,
            label: None,
            above: next.period,
        };
        let labelled =
            |expr: ExprId, fr: &'static str, en: &'static str| Next { label: Some(Both { fr, en }), ..under(expr) };
        let at = |expr: ExprId, period: Period| Next { period, ..under(expr) };
        let secret = self.evaluator.withholds(next.expr);
        let fig = if secret && !self.evaluator.is_open(&fig) { fig.with(Value::Suppressed) } else { fig };
        let mut file = None;
        let mut rows = None;
        let mut conditions = Vec::new();
        let (what, below): (Both<String>, Vec<Next>) = match &expr.kind {
            ExprKind::Number(_) => (both("constante", "constant"), Vec::new()),
            ExprKind::Measure(measure) => {
                let source = program.sources.get(measure.source);
                file = source.and_then(|source| source.path.clone());
                rows = (!secret).then_some(fig.rows);
                if let Some(source) = source.filter(|_| !secret) {
                    conditions = self.conditions(measure, source, next);
                }
                conditions.extend(self.looked_up(measure, next));
                let words = source.map_or_else(|| both("mesure", "measure"), |source| measure_words(measure, source));
                match self.evaluator.cited(next.group) {
                    None => (words, Vec::new()),
                    Some(cited) => {
                        let names = cited.names.join(", ");
                        let words = Both {
                            fr: format!("reste : {}, total moins {names}", words.fr),
                            en: format!("remainder: {}, total less {names}", words.en),
                        };
                        let total = Next { group: cited.total, ..labelled(next.expr, "total", "total") };
                        let group = |group: &GroupId| Next {
                            group: *group,
                            ..labelled(next.expr, "groupe cité", "cited group")
                        };
                        (words, std::iter::once(total).chain(cited.groups.iter().map(group)).collect())
                    }
                }
            }
            ExprKind::Milestones { source, of } => {
                file = program.sources.get(*source).and_then(|source| source.path.clone());
                rows = Some(fig.rows);
                // All that are followed need no list: how far they are is not asked.
                let (told, cut) = match of {
                    MilestonesOf::All => (Vec::new(), false),
                    _ => self.evaluator.told_of_milestones(*source, next.ctx, next.period, next.group),
                };
                self.cut |= cut;
                let steps = told.into_iter().map(|what| Step {
                    depth: next.depth + 1,
                    what,
                    value: None,
                    shown: both("", ""),
                    period: None,
                    rows: None,
                    file: None,
                    definition: expr.span,
                });
                conditions = steps.collect();
                let name = program.sources.get(*source).map_or("", |source| source.name.as_str());
                let words = match of {
                    MilestonesOf::Stage => both("étape atteinte de", "stage reached in"),
                    MilestonesOf::Reached | MilestonesOf::Share => both("jalons atteints de", "milestones reached in"),
                    MilestonesOf::InProgress => both("jalons en cours de", "milestones in progress in"),
                    MilestonesOf::NotBegun => both("jalons non commencés de", "milestones not begun in"),
                    MilestonesOf::All => both("jalons suivis de", "milestones followed in"),
                };
                let words = Both { fr: format!("{} {name}", words.fr), en: format!("{} {name}", words.en) };
                (words, Vec::new())
            }
            ExprKind::Indicator(used) => match program.indicators.get(*used) {
                Some(indicator) => (both(&indicator.name, &indicator.name), vec![under(indicator.measure)]),
                None => (both("", ""), Vec::new()),
            },
            ExprKind::Attribute { attribute, .. } => (both(attribute, attribute), Vec::new()),
            ExprKind::Where(inner, cond) => {
                let words = Both {
                    fr: format!("avec {}", cond_words(program, cond, Lang::Fr)),
                    en: format!("where {}", cond_words(program, cond, Lang::En)),
                };
                let ctx = self.evaluator.plan.contexts.find(next.ctx, next.expr).unwrap_or(next.ctx);
                (words, vec![Next { ctx, ..under(*inner) }])
            }
            ExprKind::At(inner, period) => (both("à une période fixe", "at a fixed period"), vec![at(*inner, *period)]),
            ExprKind::Negative(inner) => (both("opposé", "opposite"), vec![under(*inner)]),
            ExprKind::Binary(operator, left, right) => {
                let words = match operator {
                    Operator::Plus => both("somme (+)", "sum (+)"),
                    Operator::Minus => both("différence (−)", "difference (−)"),
                    Operator::Times => both("produit (×)", "product (×)"),
                    Operator::Divide => both("quotient (÷)", "quotient (÷)"),
                };
                (words, vec![under(*left), under(*right)])
            }
            ExprKind::Ratio { numerator, denominator, scale, .. } => {
                let words = if *scale == 100 {
                    both("numérateur ÷ dénominateur × 100", "numerator ÷ denominator × 100")
                } else {
                    both("numérateur ÷ dénominateur", "numerator ÷ denominator")
                };
                let below = vec![
                    labelled(*numerator, "numérateur", "numerator"),
                    labelled(*denominator, "dénominateur", "denominator"),
                ];
                (words, below)
            }
            ExprKind::SumBy(_, inner) => (both("somme par groupe de", "sum by group of"), vec![under(*inner)]),
            ExprKind::ShareOfGroup { known, of, .. } => {
                let words = if *known {
                    both("part du groupe dans le total connu", "share of the group in the known total")
                } else {
                    both("part du groupe dans le total", "share of the group in the total")
                };
                (words, vec![labelled(*of, "le groupe", "the group")])
            }
            ExprKind::Previous(inner) => {
                let before = next.period.shift(-next.period.count());
                (both("période précédente", "previous period"), vec![at(*inner, before)])
            }
            ExprKind::Change(kind, inner) => {
                let words = match kind {
                    ChangeKind::Percent => both("évolution en %", "change in %"),
                    ChangeKind::Points => both("évolution en points", "change in points"),
                    ChangeKind::Difference => both("évolution", "change"),
                };
                let before = next.period.shift(-next.period.count());
                (words, vec![under(*inner), at(*inner, before)])
            }
            ExprKind::Cumulative(since, inner) => {
                let all = Period { first: since.first, ..next.period };
                (both("cumul", "cumulative sum"), self.each_period(all, *inner, &at))
            }
            ExprKind::Rolling(periods, inner) => {
                let back = i32::try_from(*periods).unwrap_or(i32::MAX).saturating_sub(1);
                let all = Period { first: next.period.last.saturating_sub(back), ..next.period };
                let words = Both {
                    fr: format!("moyenne sur {periods} périodes"),
                    en: format!("average over {periods} periods"),
                };
                (words, self.each_period(all, *inner, &at))
            }
            ExprKind::Series(of, over, inner) => {
                let all = match over {
                    Over::Last(periods) => {
                        let back = i32::try_from(*periods).unwrap_or(i32::MAX).saturating_sub(1);
                        Period { first: next.period.last.saturating_sub(back), ..next.period }
                    }
                    Over::Since(since) => Period { first: since.first, ..next.period },
                };
                let words = match of {
                    SeriesOf::Minimum => both("minimum des périodes", "minimum of the periods"),
                    SeriesOf::Maximum => both("maximum des périodes", "maximum of the periods"),
                    SeriesOf::Rank => both(
                        "rang parmi les périodes (1 : la plus grande valeur)",
                        "rank among the periods (1: the largest value)",
                    ),
                };
                (words, self.each_period(all, *inner, &at))
            }
            ExprKind::Consumption { spent, allotment, .. } => {
                let below = vec![labelled(*spent, "utilisé", "used"), labelled(*allotment, "dotation", "allotment")];
                (both("utilisé ÷ dotation × 100", "used ÷ allotment × 100"), below)
            }
            ExprKind::MeanOver(window, inner) => {
                (both("moyenne des périodes", "average of the periods"), self.each_period(*window, *inner, &at))
            }
            ExprKind::Latest(inner) => {
                let found = fig.as_of.unwrap_or(next.period);
                (both("dernière valeur connue", "latest known value"), vec![at(*inner, found)])
            }
            ExprKind::Compatible { share, decimals, of, .. } => {
                let rounding = Some(Rounding { decimals: *decimals, mode: RoundingMode::HalfAway });
                let words = Both {
                    fr: format!("effectif compatible avec {} %", share.show(Lang::Fr, rounding)),
                    en: format!("count compatible with {} %", share.show(Lang::En, rounding)),
                };
                (words, vec![labelled(*of, "le tout", "the whole")])
            }
            ExprKind::Together(how, parts) => {
                let (words, label) = super::together::words(*how);
                (words, parts.iter().map(|part| Next { label: Some(label), ..under(*part) }).collect())
            }
            ExprKind::Bounds { sure, possible } => (
                both("entre ce qui est certain et ce qui est possible", "between what is certain and what is possible"),
                vec![labelled(*sure, "certain", "certain"), labelled(*possible, "possible", "possible")],
            ),
            ExprKind::If { left, comparison, right, then, otherwise } => {
                let words = Both {
                    fr: format!("si … {} …", sign(*comparison)),
                    en: format!("if … {} …", sign(*comparison)),
                };
                let below = vec![
                    labelled(*left, "à gauche", "left"),
                    labelled(*right, "à droite", "right"),
                    labelled(*then, "alors", "then"),
                    labelled(*otherwise, "sinon", "else"),
                ];
                (words, below)
            }
        };
        let prefixed = |lang: Lang| match &next.label {
            Some(label) => {
                format!("{}{}{}", label.get(lang), lang.pick(" : ", ": "), what.get(lang))
            }
            None => what.get(lang).clone(),
        };
        self.steps.push(Step {
            depth: next.depth,
            what: Both { fr: prefixed(Lang::Fr), en: prefixed(Lang::En) },
            shown: shown(self.evaluator, &fig.value, &expr.unit),
            value: Some(fig.value.clone()),
            period: (next.period != next.above).then_some(next.period),
            rows,
            file,
            definition: expr.span,
        });
        self.steps.extend(conditions);
        if matches!(expr.kind, ExprKind::Measure(_)) && !secret {
            self.statements(next.depth + 1, &fig.facts, expr.span);
        }
        below
    }

    /// What the indicator says that stated the fact first.
    fn first_statement(&mut self, figure: &Figure, group: GroupId) {
        let program = self.evaluator.program;
        let is_this = |expr: ExprId| {
            let kind = program.exprs.get(expr.0 as usize).map(|expr| &expr.kind);
            matches!(kind, Some(ExprKind::Indicator(at)) if *at == figure.indicator)
        };
        let stated = program.rules.iter().find(|rule| rule.same_fact.is_some() && is_this(rule.left));
        let Some(rule) = stated.filter(|rule| !self.evaluator.withholds(rule.right)) else { return };
        let Some(ExprKind::Indicator(first)) = program.exprs.get(rule.right.0 as usize).map(|expr| &expr.kind) else {
            return;
        };
        let Some(first) = program.indicators.get(*first) else { return };
        let fig = self.evaluator.solve(rule.right, CtxId::NONE, figure.period, group);
        if fig.value.range().is_none() {
            return;
        }
        self.steps.push(Step {
            depth: 1,
            what: Both {
                fr: format!("même fait que « {} », qui dit", first.name),
                en: format!("same fact as `{}`, which says", first.name),
            },
            shown: shown(self.evaluator, &fig.value, &first.unit),
            value: Some(fig.value),
            period: None,
            rows: None,
            file: None,
            definition: rule.relation,
        });
    }

    /// The facts that several rows state, with every statement.
    fn statements(&mut self, depth: usize, facts: &[(usize, usize)], definition: Span) {
        let step = |depth: usize, fr: String, en: String, file: Option<String>| Step {
            depth,
            what: Both { fr, en },
            value: None,
            shown: both("", ""),
            period: None,
            rows: None,
            file,
            definition,
        };
        for fact in self.evaluator.stated(facts) {
            if self.steps.len() >= STEPS {
                self.cut = true;
                return;
            }
            let (code, count) = (&fact.code, fact.statements.len());
            let (fr, en) = if fact.agree {
                ("compté une fois", "counted once")
            } else {
                ("compté une fois, énoncé de deux façons", "counted once, stated in two ways")
            };
            let (fr, en) =
                (format!("fait « {code} », {count} lignes : {fr}"), format!("fact `{code}`, {count} rows: {en}"));
            self.steps.push(step(depth, fr, en, None));
            for one in fact.statements {
                let by = one.by.map_or(String::new(), |by| format!(", {by}"));
                let (fr, en) = match (one.counted, fact.agree) {
                    (true, _) => ("compté", "counted"),
                    (false, true) => ("le même énoncé", "the same statement"),
                    (false, false) => ("gardé sans être compté", "kept, not counted"),
                };
                let (text, line) = (&one.text, one.line);
                let fr = format!("{text}{by}, ligne {line} : {fr}");
                let en = format!("{text}{by}, line {line}: {en}");
                self.steps.push(step(depth + 1, fr, en, Some(one.file)));
            }
        }
    }

    fn each_period(&mut self, all: Period, inner: ExprId, at: &dyn Fn(ExprId, Period) -> Next) -> Vec<Next> {
        let first = all.first.max(all.last.saturating_sub(PERIODS_SHOWN - 1));
        self.cut |= first > all.first;
        (first..=all.last).map(|ordinal| at(inner, Period::one(all.calendar, ordinal))).collect()
    }

    /// One step per column that the measure rests on and that is looked up in another source: the file that has it.
    fn looked_up(&self, measure: &Measure, next: &Next) -> Vec<Step> {
        let program = self.evaluator.program;
        let Some(source) = program.sources.get(measure.source) else { return Vec::new() };
        let of_dimension = |dimension| dimension_column(program, measure.source, dimension);
        let mut columns: BTreeSet<usize> = BTreeSet::new();
        match measure.of {
            MeasureOf::Rows | MeasureOf::CountColumn => {}
            MeasureOf::Distinct(column) | MeasureOf::Keys(column) | MeasureOf::Aggregate(_, column) => {
                columns.insert(column);
            }
        }
        for cond in &self.evaluator.plan.contexts.conditions(program, next.ctx) {
            each_test(cond, &mut |test| {
                match test.on {
                    TestOn::Column { column, .. } => columns.extend([column]),
                    TestOn::Dimension(level) => columns.extend(of_dimension(level.dimension)),
                }
                if let TestKind::Column(_, other) = test.test {
                    columns.insert(other);
                }
            });
        }
        columns.extend(self.evaluator.group(next.group).iter().filter_map(|key| of_dimension(key.dimension)));
        let step = |column: &Column| {
            let look_up = column.looked_up?;
            let (other, by) = (program.sources.get(look_up.source)?, source.columns.get(look_up.by)?);
            Some(Step {
                depth: next.depth + 1,
                what: Both {
                    fr: format!("colonne {} : cherchée dans {} selon {}", column.name, other.name, by.name),
                    en: format!("column {}: looked up in {} by {}", column.name, other.name, by.name),
                },
                value: None,
                shown: both("", ""),
                period: None,
                rows: None,
                file: other.path.clone(),
                definition: column.definition,
            })
        };
        columns.into_iter().filter_map(|at| step(source.columns.get(at)?)).collect()
    }

    /// One step per condition on the rows of a measure: how many pass it and those before it.
    fn conditions(&self, measure: &Measure, source: &DataSource, next: &Next) -> Vec<Step> {
        let evaluator = &*self.evaluator;
        let program = evaluator.program;
        let key = MeasureKey { source: measure.source, of: measure.of, ctx: next.ctx, window: None };
        let Some(lanes) = evaluator.plan.measures.get(&key) else { return Vec::new() };
        let Some(answered) = evaluator.plan.by_source.get(&measure.source).and_then(|at| evaluator.sources.get(*at))
        else {
            return Vec::new();
        };
        let all = evaluator.plan.contexts.conditions(program, next.ctx);
        let table = selects_cells(program, measure.source, measure.of);
        let parts = conjuncts(&all).into_iter().filter(|cond| !(table && only_dimensions(program, cond)));
        let dated = evaluator.is_dated(measure.source);
        let calendar = source.period.map(|(_, calendar)| if dated { next.period.calendar } else { calendar });
        let group = evaluator.group(next.group);
        let shape = Shape { calendar, dims: dims_of(group) };
        let codes: Vec<i32> = group.iter().map(|key| code_of(&key.member)).collect();
        let mut steps = Vec::new();
        for (cond, lane) in parts.zip(&lanes.steps) {
            let mut merged = Merged::default();
            if shape.calendar.is_some() {
                for ordinal in answered.codes_of(calendar.unwrap_or(next.period.calendar), next.period) {
                    let codes: Vec<i32> = std::iter::once(ordinal).chain(codes.iter().copied()).collect();
                    merged.add_all(&answered.at(*lane, &shape, &codes));
                }
            } else {
                merged.add_all(&answered.at(*lane, &shape, &codes));
            }
            let kept = merged.count;
            let words = |lang: Lang| {
                let cond = cond_words(program, cond, lang);
                lang.pick(
                    format!("condition {cond} : {} retenue{}", counted(kept, lang), plural_fr(kept)),
                    format!("condition {cond}: {} kept", counted(kept, lang)),
                )
            };
            steps.push(Step {
                depth: next.depth + 1,
                what: Both { fr: words(Lang::Fr), en: words(Lang::En) },
                value: None,
                shown: both("", ""),
                period: None,
                rows: None,
                file: None,
                definition: source.definition,
            });
        }
        steps
    }
}

fn both(fr: &str, en: &str) -> Both<String> {
    Both { fr: fr.to_string(), en: en.to_string() }
}

fn measure_words(measure: &Measure, source: &DataSource) -> Both<String> {
    let column = |at: usize| source.columns.get(at).map_or("?", |column| column.name.as_str());
    let name = &source.name;
    match measure.of {
        MeasureOf::Rows => both(&format!("nombre de lignes de {name}"), &format!("number of rows in {name}")),
        MeasureOf::CountColumn => both(&format!("effectif de {name}"), &format!("count of {name}")),
        MeasureOf::Distinct(at) | MeasureOf::Keys(at) => both(
            &format!("nombre de {} distincts de {name}", column(at)),
            &format!("number of distinct {} in {name}", column(at)),
        ),
        MeasureOf::Aggregate(aggregate, at) => {
            let word = match aggregate {
                Aggregate::Sum => ("somme", "sum"),
                Aggregate::Average => ("moyenne", "average"),
                Aggregate::Median => ("médiane", "median"),
                Aggregate::LongestGap => {
                    let column = column(at);
                    return both(
                        &format!("plus long écart en jours entre {column} de {name}"),
                        &format!("longest gap in days between {column} in {name}"),
                    );
                }
                Aggregate::Minimum => ("minimum", "minimum"),
                Aggregate::Maximum => ("maximum", "maximum"),
                Aggregate::First => ("première valeur", "first"),
                Aggregate::Last => ("dernière valeur", "last"),
            };
            let column = column(at);
            both(&format!("{} de {column} de {name}", word.0), &format!("{} of {column} in {name}", word.1))
        }
    }
}

/// A condition as the author would write it. Depth is bounded by the parser.
fn cond_words(program: &Program, cond: &Cond, lang: Lang) -> String {
    let join = |parts: &[Cond], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| cond_words(program, part, lang)).collect();
        parts.join(&format!(" {word} "))
    };
    match cond {
        Cond::Test(test) => {
            let source = match test.on {
                crate::program::model::TestOn::Column { source, .. } => source,
                crate::program::model::TestOn::Dimension(_) => 0,
            };
            match program.sources.get(source) {
                Some(source) => show_test(test.on, &test.test, program, source, lang),
                None => String::new(),
            }
        }
        Cond::And(parts) => join(parts, lang.pick("et", "and")),
        Cond::Or(parts) => format!("({})", join(parts, lang.pick("ou", "or"))),
        Cond::Not(inner) => format!("{} ({})", lang.pick("non", "not"), cond_words(program, inner, lang)),
    }
}

/// A value with its unit, as a reader sees it.
fn shown(evaluator: &Evaluator<'_>, value: &Value, unit: &Unit) -> Both<String> {
    let words = value_words(evaluator, value, None);
    let sign = match (value.number(), unit) {
        (Some(_), Unit::Percent) => " %",
        _ => "",
    };
    Both { fr: format!("{}{sign}", words.fr), en: format!("{}{sign}", words.en) }
}

fn number_words(number: &Number, decimals: Option<u8>) -> Both<String> {
    let rounding = match decimals {
        Some(decimals) => Some(Rounding { decimals, mode: RoundingMode::HalfAway }),
        None if number.is_whole() => None,
        None => Some(Rounding { decimals: DECIMALS, mode: RoundingMode::HalfAway }),
    };
    Both { fr: number.show(Lang::Fr, rounding), en: number.show(Lang::En, rounding) }
}

fn range_words(range: &Range, decimals: Option<u8>) -> Both<String> {
    let whole = |end: Option<crate::types::Bound>| end.is_none_or(|end| end.value.is_whole());
    let decimals = decimals.or_else(|| {
        let whole = range.stated().is_whole() && whole(range.low()) && whole(range.high());
        (!whole).then_some(DECIMALS)
    });
    let rounding = decimals.map(|decimals| Rounding { decimals, mode: RoundingMode::HalfAway });
    Both { fr: range.show(Lang::Fr, rounding), en: range.show(Lang::En, rounding) }
}

/// What a test expects, in words.
pub(super) fn expected_words(program: &Program, expected: &Expected, unit: Option<&Unit>) -> Both<String> {
    match expected {
        Expected::Stage(rank) => {
            let stages = match unit {
                Some(Unit::Stage(Some(stages))) => {
                    program.dimensions.get(*stages).map(|dimension| (*stages, dimension))
                }
                _ => None,
            };
            let member = stages.and_then(|(_, of)| crate::program::stage_members(of).nth(rank.checked_sub(1)?));
            match stages.zip(member) {
                Some(((stages, _), member)) => super::member_words(program, stages, member),
                None => both("atteint", "reached"),
            }
        }
        Expected::InProgress => both("en cours", "in progress"),
        Expected::Number(range, decimals) => range_words(range, Some(*decimals)),
        Expected::Missing => both("non disponible", "missing"),
        Expected::NotApplicable => both("sans objet", "not applicable"),
        Expected::NotComputable => both("non calculable", "not computable"),
    }
}

/// A value with its state and reason, in words.
pub(super) fn value_words(evaluator: &Evaluator<'_>, value: &Value, decimals: Option<u8>) -> Both<String> {
    match value {
        Value::Number(number) => number_words(number, decimals),
        Value::Qualified(range) => range_words(range, decimals),
        Value::ImpliedZero(ZeroReason::Coverage) => {
            both("0 (aucune ligne dans le champ couvert)", "0 (no row inside the coverage)")
        }
        Value::ImpliedZero(ZeroReason::PartsReachTotal) => {
            both("0 (les autres groupes font déjà le total)", "0 (the other groups already make the total)")
        }
        Value::Missing(reason) => {
            let reason = reason_words(evaluator, reason);
            Both { fr: format!("non disponible ({})", reason.fr), en: format!("missing ({})", reason.en) }
        }
        Value::NotApplicable(why) => Both { fr: format!("sans objet ({why})"), en: format!("not applicable ({why})") },
        Value::NotComputable(ZeroDenominator::SomethingOverZero) => {
            both("non calculable (le dénominateur est nul)", "not computable (the denominator is zero)")
        }
        Value::NotComputable(ZeroDenominator::FromZero) => {
            both("non calculable (la base est nulle)", "not computable (the base is zero)")
        }
        Value::NotComputable(ZeroDenominator::ZeroToZero) => both(
            "non calculable (la base est nulle, le chiffre aussi)",
            "not computable (the base is zero, and so is the figure)",
        ),
        Value::NotComputable(ZeroDenominator::ZeroOverZero) => both(
            "non calculable (numérateur et dénominateur sont nuls)",
            "not computable (numerator and denominator are zero)",
        ),
        Value::Suppressed => both("secret statistique", "suppressed"),
        Value::Stage(stage) => super::progress_words(evaluator.program, stage),
    }
}

/// Why a figure is missing, in words. An operand names the innermost indicator, so there is one level at most.
fn reason_words(evaluator: &Evaluator<'_>, reason: &MissingReason) -> Both<String> {
    match reason {
        MissingReason::NotReported => both("chiffre non communiqué", "not reported"),
        MissingReason::OutsideCoverage(None) => both("hors des données", "outside the data"),
        MissingReason::OutsideCoverage(Some(found)) => {
            let found = evaluator.period_label(*found);
            Both {
                fr: format!("hors des données, qui portent sur {}", found.fr),
                en: format!("outside the data, which are about {}", found.en),
            }
        }
        MissingReason::ColumnEmpty => both("colonne vide", "column empty"),
        MissingReason::SaidMissing(text) => {
            Both { fr: format!("« {text} » dans les données"), en: format!("“{text}” in the data") }
        }
        MissingReason::Planned(text) => {
            Both { fr: format!("seulement prévu : « {text} »"), en: format!("planned only: “{text}”") }
        }
        MissingReason::NothingToMeasure => both("aucune ligne à mesurer", "no row to measure"),
        MissingReason::PartsIncomplete { known, wanted } => {
            Both { fr: format!("{known} parties connues sur {wanted}"), en: format!("{known} of {wanted} parts known") }
        }
        MissingReason::SourceUnreadable => both("source illisible", "source cannot be read"),
        MissingReason::Operand(name, inner) => {
            let inner = reason_words(evaluator, inner);
            Both { fr: format!("{name} : {}", inner.fr), en: format!("{name}: {}", inner.en) }
        }
        MissingReason::Undecided => both(
            "la condition porte sur des chiffres qualifiés et ne peut pas être tranchée",
            "the condition is about qualified figures and cannot be decided",
        ),
        MissingReason::TooFewDates(_) => both("moins de deux dates", "fewer than two dates"),
        MissingReason::NotWholeSteps => both(
            "la période ne compte pas un nombre entier de fois la fréquence",
            "the period is not a whole number of steps",
        ),
        MissingReason::NoCompatibleCount => {
            both("aucun nombre entier ne donne ce pourcentage", "no whole number gives this percentage")
        }
        MissingReason::NoSuchBreakdown => {
            both("la source n'a pas cette ventilation", "the source has no such breakdown")
        }
        MissingReason::VagueDate => both("date trop vague", "date too vague"),
        MissingReason::SeveralMilestones => {
            both("plusieurs jalons n'ont pas d'étape ensemble", "several milestones have no stage together")
        }
    }
}
