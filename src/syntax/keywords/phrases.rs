//! Words and signs inside values: each is one named rule of the grammar, `k_…`.

use super::{Spellings, first, fold, is_spelling_in};
use crate::text::{Both, Lang};

macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident = $rule:literal, $fr:expr, $en:expr;)*) => {
        /// Words and signs inside values.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each variant is its own English keyword")]
        pub enum Keyword { $($(#[$doc])* $name),* }

        impl Keyword {
            /// All of them, in the order of the table.
            pub const ALL: &'static [Keyword] = &[$(Keyword::$name),*];

            /// The name of its rule in the grammar.
            pub fn rule(self) -> &'static str {
                match self { $(Keyword::$name => $rule),* }
            }

            /// Its spellings, canonical first.
            pub fn spellings(self) -> Spellings {
                match self { $(Keyword::$name => Both { fr: &$fr, en: &$en }),* }
            }
        }
    };
}

phrases! {
    // ── between things
    /// `d'` where a vowel follows, see [`Keyword::word`].
    Of = "k_of", ["de", "d'", "du", "des", "de la", "de l'"], ["of"];
    In = "k_in", ["dans"], ["in"];
    By = "k_by", ["par"], ["by"];
    Per = "k_per", ["par"], ["per"];
    From = "k_from", ["de"], ["from"];
    To = "k_to", ["à"], ["to"];
    For = "k_for", ["pour"], ["for"];
    Where = "k_where", ["avec", "où"], ["where", "with"];
    And = "k_and", ["et"], ["and"];
    Or = "k_or", ["ou"], ["or"];
    Not = "k_not", ["non"], ["not"];
    Among = "k_among", ["parmi"], ["in"];
    NotAmong = "k_not_among", ["pas parmi", "non parmi"], ["not in"];
    Between = "k_between", ["entre"], ["between"];
    IsMissing = "k_is_missing",
        ["est non renseigné", "est non renseignée", "est vide"], ["is missing", "is unknown"];
    IsNotMissing = "k_is_not_missing",
        ["n'est pas non renseigné", "n'est pas non renseignée", "est renseigné", "est renseignée"], ["is not missing", "is known"];
    MissingExcluded = "k_missing_excluded",
        ["non renseignés exclus", "non renseignées exclues", "non renseigné exclu"], ["missing excluded"];
    MissingCounted = "k_missing_counted",
        ["non renseignés comptés", "non renseignées comptées", "non renseigné compté"], ["missing counted"];
    // ── measures
    NumberOf = "k_number", ["nombre"], ["number"];
    Distinct = "k_distinct", ["distincts", "distinctes", "distinct"], ["distinct"];
    Sum = "k_sum", ["somme"], ["sum"];
    Average = "k_average", ["moyenne"], ["average", "mean"];
    Median = "k_median", ["médiane"], ["median"];
    LongestGap = "k_longest_gap", ["plus long écart en jours entre"], ["longest gap in days between"];
    /// Before a length of time: `tous les 3 mois`.
    Every = "k_every", ["tous les", "toutes les", "chaque"], ["every", "each"];
    Minimum = "k_minimum", ["minimum"], ["minimum"];
    Maximum = "k_maximum", ["maximum"], ["maximum"];
    First = "k_first", ["première valeur"], ["first value", "first"];
    Last = "k_last", ["dernière valeur"], ["last value", "last"];
    StageReached = "k_stage_reached", ["étape atteinte"], ["stage reached"];
    MilestonesReached = "k_milestones_reached", ["jalons atteints", "jalon atteint"], ["milestones reached", "milestone reached"];
    MilestonesInProgress = "k_milestones_in_progress", ["jalons en cours"], ["milestones in progress"];
    MilestonesNotBegun = "k_milestones_not_begun", ["jalons non commencés"], ["milestones not begun"];
    MilestonesFollowed = "k_milestones_followed", ["jalons suivis"], ["milestones followed"];
    ExpectedInProgress = "k_in_progress", ["en cours"], ["in progress"];
    CompatibleWith = "k_compatible", ["effectif compatible avec"], ["count compatible with"];
    Latest = "k_latest", ["dernière valeur connue"], ["latest value"];
    Largest = "k_largest", ["la plus grande", "le plus grand"], ["largest", "the largest"];
    NotAdded = "k_not_added", ["sans additionner", "non additionné", "non additionnés"], ["without adding", "not added"];
    Share = "k_share", ["part"], ["share"];
    ShareKnown = "k_share_known", ["part connue"], ["share of known"];
    Previous = "k_previous", ["période précédente"], ["previous period"];
    ChangePercent = "k_change_percent", ["évolution en %"], ["change in %"];
    ChangePoints = "k_change_points", ["évolution en points"], ["change in points"];
    Change = "k_change", ["évolution"], ["change"];
    CumulativeSince = "k_cumulative", ["cumul depuis"], ["cumulative since"];
    MinimumOver = "k_minimum_over", ["minimum sur"], ["minimum over"];
    MaximumOver = "k_maximum_over", ["maximum sur"], ["maximum over"];
    RankOver = "k_rank_over", ["rang sur"], ["rank over"];
    MinimumSince = "k_minimum_since", ["minimum depuis"], ["minimum since"];
    MaximumSince = "k_maximum_since", ["maximum depuis"], ["maximum since"];
    RankSince = "k_rank_since", ["rang depuis"], ["rank since"];
    Consumption = "k_consumption", ["consommation"], ["consumption"];
    AverageOver = "k_average_over", ["moyenne sur"], ["average over"];
    Periods = "k_periods", ["périodes", "période"], ["periods", "period"];
    If = "k_if", ["si"], ["if"];
    Then = "k_then", ["alors"], ["then"];
    Else = "k_else", ["sinon"], ["else"];
    // ── values
    ToBeDefined = "k_to_be_defined", ["à définir"], ["to be defined"];
    Unknown = "k_unknown", ["non renseigné", "non renseignée", "inconnu"], ["unknown"];
    NotApplicable = "k_not_applicable", ["sans objet"], ["not applicable"];
    NotAvailable = "k_not_available", ["non disponible"], ["missing"];
    Planned = "k_planned", ["prévu", "prévue", "prévus"], ["planned"];
    NotComputable = "k_not_computable", ["non calculable"], ["not computable"];
    // ── qualifiers
    MoreThan = "k_more_than", ["plus de", "plus d'"], ["more than", "over"];
    LessThan = "k_less_than", ["moins de", "moins d'"], ["less than", "fewer than", "under"];
    SaidAtLeast = "k_said_at_least", ["au moins"], ["at least"];
    SaidAtMost = "k_said_at_most", ["au plus", "au maximum"], ["at most", "up to"];
    Nearly = "k_nearly", ["près de", "près d'", "presque"], ["nearly", "almost", "close to"];
    About = "k_about", ["environ"], ["about", "around", "approximately"];
    SomeTen = "k_some_10", ["une dizaine"], ["some ten", "ten or so"];
    SomeDozen = "k_some_12", ["une douzaine"], ["some dozen", "a dozen"];
    SomeFifteen = "k_some_15", ["une quinzaine"], ["some fifteen", "fifteen or so"];
    SomeTwenty = "k_some_20", ["une vingtaine"], ["some twenty", "twenty or so"];
    SomeThirty = "k_some_30", ["une trentaine"], ["some thirty", "thirty or so"];
    SomeForty = "k_some_40", ["une quarantaine"], ["some forty", "forty or so"];
    SomeFifty = "k_some_50", ["une cinquantaine"], ["some fifty", "fifty or so"];
    SomeSixty = "k_some_60", ["une soixantaine"], ["some sixty", "sixty or so"];
    SomeHundred = "k_some_100", ["une centaine"], ["some hundred", "a hundred"];
    SomeThousand = "k_some_1000", ["un millier"], ["some thousand", "a thousand"];
    // ── columns
    /// Before the column of a look-up: `région de communes selon code_commune`.
    AccordingTo = "k_according_to", ["selon"], ["by"];
    Qualified = "k_qualified", ["qualifié", "qualifiée"], ["qualified"];
    OfText = "k_text", ["texte"], ["text"];
    OfDate = "k_date", ["date"], ["date"];
    OfYesNo = "k_yes_no", ["oui ou non"], ["yes or no"];
    MayBeMissing = "k_may_be_missing", ["peut être vide"], ["may be missing"];
    Confidential = "k_confidential", ["confidentiel", "confidentielle"], ["confidential"];
    Total = "k_total", ["total"], ["total"];
    DecimalStyle = "k_decimal_style", ["décimale"], ["decimal mark"];
    ThousandsStyle = "k_thousands_style", ["milliers"], ["thousands mark"];
    DatesStyle = "k_dates_style", ["dates"], ["dates"];
    Header = "k_header", ["en-tête"], ["header"];
    Yes = "k_yes", ["oui"], ["yes"];
    No = "k_no", ["non"], ["no"];
    Tab = "k_tab", ["tabulation"], ["tab"];
    // ── rows
    A = "k_a", ["un", "une"], ["a", "an"];
    Event = "k_event", ["événement"], ["event"];
    CountRow = "k_count_row", ["effectif"], ["count"];
    StandsFor = "k_stands_for", ["est"], ["is"];
    Alias = "k_alias", ["alias"], ["alias"];
    CodeColumn = "k_code_column", ["code"], ["code"];
    LabelColumn = "k_label_column", ["libellé"], ["label"];
    ParentColumn = "k_parent_column", ["parent"], ["parent"];
    // ── framework
    StrategicObjective = "k_strategic_objective", ["objectif stratégique"], ["strategic objective"];
    Programme = "k_programme", ["programme"], ["programme", "program"];
    Objective = "k_objective", ["objectif"], ["objective"];
    Action = "k_action", ["action"], ["action"];
    Committee = "k_committee", ["comité"], ["committee"];
    ResponsibleBody = "k_responsible", ["responsable"], ["responsible"];
    // ── rounding
    Decimals = "k_decimals", ["décimales", "décimale"], ["decimals", "decimal"];
    Truncation = "k_truncation", ["troncature"], ["truncation"];
    HalfAway = "k_half_away", ["au plus proche"], ["nearest"];
    HalfEven = "k_half_even", ["bancaire"], ["bankers"];
    // ── units
    Percent = "k_percent", ["%"], ["%"];
    Points = "k_points", ["points", "point", "points de pourcentage"], ["points", "point", "percentage points"];
    Persons = "k_persons", ["personnes", "personne"], ["persons", "person", "people"];
    // ── signs
    Times = "k_times", ["x", "×", "*"], ["x", "×", "*"];
    Divide = "k_divide", ["/", "÷"], ["/", "÷"];
    Plus = "k_plus", ["+"], ["+"];
    Minus = "k_minus", ["-", "–", "−"], ["-", "–", "−"];
    AtMost = "k_at_most", ["<=", "≤"], ["<=", "≤"];
    AtLeast = "k_at_least", [">=", "≥"], [">=", "≥"];
    Different = "k_different", ["<>", "≠"], ["<>", "≠"];
    Equal = "k_equal", ["="], ["="];
    Less = "k_less", ["<"], ["<"];
    More = "k_more", [">"], [">"];
}

impl Keyword {
    /// The word that the formatter prints. French `de` elides before a vowel: the formatter chooses between
    /// `spellings().fr[0]` and `spellings().fr[1]`.
    pub fn word(self, lang: Lang) -> &'static str {
        first(&self.spellings(), lang)
    }

    /// The keyword of a rule name.
    pub fn of_rule(rule: &str) -> Option<Keyword> {
        Keyword::ALL.iter().copied().find(|keyword| keyword.rule() == rule)
    }

    /// True where `text` is one of its spellings in this language.
    pub fn is_word_of(self, text: &str, lang: Lang) -> bool {
        is_spelling_in(&self.spellings(), &fold(text), lang)
    }

    /// Accents must be typed where the word without them means something else: `où` is *where*, `ou` is *or*.
    pub fn keeps_accents(spelling: &str) -> bool {
        spelling == "où"
    }
}

/// Words that stand between things, so that no author's name may be one of them, in either language (files are
/// translated).
const RESERVED: &[Keyword] = &[
    Keyword::Of,
    Keyword::In,
    Keyword::By,
    Keyword::From,
    Keyword::For,
    Keyword::Where,
    Keyword::And,
    Keyword::Or,
    Keyword::Not,
    Keyword::Among,
    Keyword::Between,
    Keyword::If,
    Keyword::Then,
    Keyword::Else,
];

/// The reserved words of both languages, as names might be typed; `x` multiplies.
pub fn reserved() -> Vec<&'static str> {
    let mut words: Vec<&'static str> = RESERVED
        .iter()
        .flat_map(|keyword| {
            let spellings = keyword.spellings();
            spellings.fr.iter().chain(spellings.en).copied().collect::<Vec<_>>()
        })
        .filter(|word| word.chars().all(char::is_alphabetic))
        .chain(["est", "is", "x", "pas"])
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// True where `text` cannot be a name because it is a word of the language (capitals apart: `DE` is a code).
pub fn is_reserved(text: &str) -> bool {
    reserved().contains(&text)
}
