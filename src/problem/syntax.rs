//! E01: what is wrong with the text itself, before anything is known of names, units or data.
//!
//! Words that help to mend a file (`suggestion`, `instead`, `choices`) are in the language of the file, whatever the
//! language of the message: they are there to be pasted.

use super::Words;
use crate::text::{Both, Lang};

/// What a reader hoped to find at a place: a description in both languages.
pub type Hoped = Both<String>;

/// What is wrong with the text itself.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "fields are what their names say; the doc of each variant shows a text that triggers it")]
pub enum SyntaxProblem {
    /// `indicatuer enfants "Enfants"`
    UnknownBlock { word: String, suggestion: Option<String>, lang: Lang },
    /// `  mesuré par: nombre d'élèves de registre`
    UnknownField { word: String, suggestion: Option<String> },
    /// `fichier: "x.csv"` in an indicator
    FieldElsewhere { word: String, block: String, blocks: Vec<String> },
    /// `mesure: a` and again `mesure: b` in one indicator
    FieldTwice { word: String },
    /// `mesure: a` at the first column
    FieldAtMargin { word: String },
    /// `  indicateur b "B"`, indented
    BlockIndented { word: String },
    /// `      ventilé par: sexe`, deeper than the field before
    FieldTooDeep { word: String },
    /// `  mesure nombre d'élèves de registre`
    MissingColon { word: String, rest: String },
    /// `  nombre des enfants`
    NotAField { text: String, suggestion: Option<String> },
    /// `indicateur "Enfants"`
    MissingName { block: String },
    /// `indicateur enfants`
    MissingLabel { block: String, name: String },
    /// `indicateur par "…"`
    NameIsKeyword { word: String },
    /// `  numerator: a` in a French file
    OtherLanguage { word: String, instead: String, lang: Lang },
    /// `note: "sans fin`
    UnclosedString { text: String, close: char },
    /// `définition: Nombre d'enfants`
    ProseWithoutQuotes { text: String },
    /// `mesure: enfants ou sexe = F`
    OrForWhere { right: String },
    /// `avec a = b et c = d ou e = f`
    MixedAndOr { and: String, or: String },
    /// `50.07 %` in a French file
    NumberOfOtherLanguage { text: String, right: String, lang: Lang },
    /// `32 07`
    NumberGroups { text: String, right: String, lang: Lang },
    /// `sexe == F`
    ForeignSign { sign: String, instead: String },
    /// `mesure: a;`
    LineEndMark { mark: String },
    /// `parmi 1,5`
    CommaInList { text: String, list: String },
    /// `nature: entrées`
    UnknownChoice { word: String, key: String, choices: Vec<String>, suggestion: Option<String> },
    /// `mesure: a b`
    Unexpected { found: String, hoped: Vec<Hoped> },
    /// `mesure: a +`
    EndsEarly { hoped: Vec<Hoped> },
    /// `mesure: (a + b`, `mesure: a + b)`
    Parenthesis { open: bool },
    /// `mesure:` and nothing
    MissingValue { key: String, hoped: Vec<Hoped> },
    /// tabs on some lines, spaces on others
    TabsMixed,
    /// `langue: espagnol`
    LanguageUnknown { word: String },
    /// two `langue:` lines
    LanguageTwice,
    /// `langue: français` after the first block
    LanguageLate,
    /// a file in English without `language: english` in a French project
    LanguageUndeclared { lang: Lang, project: Lang },
    /// a file that is not text
    NotText,
    /// a hundred parentheses in each other
    TooDeep { limit: usize },
    /// a measure with a thousand terms, a file of 20 MB
    TooBig { limit: String },
    /// `2016-2020`, `2016 - 2020`
    WindowDash { text: String, right: String },
    /// `2020-13`, `2019/2020`
    ImpossiblePeriod { text: String, right: Option<String> },
    /// `commence: 31 février`
    ImpossibleDay { text: String },
    /// `indicateur: enfants`
    BlockColon { word: String },
    /// list lines that are not indented under `membres:`
    ListAtMargin { key: String },
    /// `  mesure: a` before any block
    NoBlock { text: String },
    /// `membres: TTA, ORI` on one line
    ListOnOneLine { key: String, text: String },
    /// a word on the line of another language, of a name with a minus: `a-b`
    MinusWithoutSpaces { text: String, right: String },
    /// `arrondi: 40 décimales`
    TooManyDecimals { limit: u8 },
    /// `colonnes:` and `aref` alone on a line
    ColumnWithoutType { name: String },
    /// `réunions 1 réunion tous les 3 jours`
    NoPace { text: String },
}

fn fr(text: &str) -> String {
    format!("« {} »", cut(text))
}

fn en(text: &str) -> String {
    format!("`{}`", cut(text))
}

/// User text at most this long in a message.
const SHOWN: usize = 60;

fn cut(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN - 1).chain(['…']).collect()
}

fn list(words: &[String], quote: impl Fn(&str) -> String, or: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
    joined(&quoted, or)
}

fn joined(words: &[String], or: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {or} {last}", first.join(", ")),
    }
}

fn hoped_list(hoped: &[Hoped], lang: Lang) -> String {
    let words: Vec<String> = hoped.iter().map(|hoped| hoped.get(lang).clone()).collect();
    joined(&words, lang.pick("ou", "or"))
}

impl SyntaxProblem {
    pub(super) const CODES: &'static [&'static str] = &[
        "E0101", "E0102", "E0103", "E0104", "E0105", "E0106", "E0107", "E0108", "E0109", "E0110", "E0111", "E0112",
        "E0113", "E0114", "E0115", "E0116", "E0117", "E0118", "E0119", "E0120", "E0121", "E0122", "E0123", "E0124",
        "E0125", "E0126", "E0127", "E0128", "E0129", "E0130", "E0131", "E0132", "E0133", "E0134", "E0135", "E0136",
        "E0137", "E0138", "E0139", "E0140", "E0141", "E0142", "E0143", "E0144", "E0145", "E0160",
    ];

    pub(super) fn code(&self) -> &'static str {
        match self {
            SyntaxProblem::UnknownBlock { .. } => "E0101",
            SyntaxProblem::UnknownField { .. } => "E0102",
            SyntaxProblem::FieldElsewhere { .. } => "E0103",
            SyntaxProblem::FieldTwice { .. } => "E0104",
            SyntaxProblem::FieldAtMargin { .. } => "E0105",
            SyntaxProblem::BlockIndented { .. } => "E0106",
            SyntaxProblem::FieldTooDeep { .. } => "E0107",
            SyntaxProblem::MissingColon { .. } => "E0108",
            SyntaxProblem::NotAField { .. } => "E0109",
            SyntaxProblem::MissingName { .. } => "E0110",
            SyntaxProblem::MissingLabel { .. } => "E0111",
            SyntaxProblem::NameIsKeyword { .. } => "E0112",
            SyntaxProblem::OtherLanguage { .. } => "E0113",
            SyntaxProblem::UnclosedString { .. } => "E0114",
            SyntaxProblem::ProseWithoutQuotes { .. } => "E0115",
            SyntaxProblem::OrForWhere { .. } => "E0116",
            SyntaxProblem::MixedAndOr { .. } => "E0117",
            SyntaxProblem::NumberOfOtherLanguage { .. } => "E0118",
            SyntaxProblem::NumberGroups { .. } => "E0119",
            SyntaxProblem::ForeignSign { .. } => "E0120",
            SyntaxProblem::LineEndMark { .. } => "E0121",
            SyntaxProblem::CommaInList { .. } => "E0122",
            SyntaxProblem::UnknownChoice { .. } => "E0123",
            SyntaxProblem::Unexpected { .. } => "E0124",
            SyntaxProblem::EndsEarly { .. } => "E0125",
            SyntaxProblem::Parenthesis { .. } => "E0126",
            SyntaxProblem::MissingValue { .. } => "E0127",
            SyntaxProblem::TabsMixed => "E0128",
            SyntaxProblem::LanguageUnknown { .. } => "E0129",
            SyntaxProblem::LanguageTwice => "E0130",
            SyntaxProblem::LanguageLate => "E0131",
            SyntaxProblem::LanguageUndeclared { .. } => "E0132",
            SyntaxProblem::NotText => "E0133",
            SyntaxProblem::TooDeep { .. } => "E0134",
            SyntaxProblem::TooBig { .. } => "E0135",
            SyntaxProblem::WindowDash { .. } => "E0136",
            SyntaxProblem::ImpossiblePeriod { .. } => "E0137",
            SyntaxProblem::ImpossibleDay { .. } => "E0138",
            SyntaxProblem::BlockColon { .. } => "E0139",
            SyntaxProblem::ListAtMargin { .. } => "E0140",
            SyntaxProblem::NoBlock { .. } => "E0141",
            SyntaxProblem::ListOnOneLine { .. } => "E0142",
            SyntaxProblem::MinusWithoutSpaces { .. } => "E0143",
            SyntaxProblem::TooManyDecimals { .. } => "E0144",
            SyntaxProblem::ColumnWithoutType { .. } => "E0145",
            SyntaxProblem::NoPace { .. } => "E0160",
        }
    }

    #[rustfmt::skip]
    pub(super) fn words(&self) -> Both<Words> {
        match self {
            SyntaxProblem::UnknownBlock { word, suggestion, lang } => {
                let blocks = lang.pick("cadre, calendrier, unité, dimension, source, indicateur, contrôle, test",
                    "framework, calendar, unit, dimension, source, indicator, rule, test");
                Both {
                    fr: Words::new(format!("{} n'ouvre aucun bloc", fr(word)), "mot de bloc inconnu", match suggestion {
                        Some(right) => format!("écrire {}", fr(right)),
                        None => format!("une ligne à la marge commence par l'un de ces mots : {blocks} ; un champ s'écrit en retrait"),
                    }),
                    en: Words::new(format!("{} opens no block", en(word)), "unknown block word", match suggestion {
                        Some(right) => format!("write {}", en(right)),
                        None => format!("a line at the margin starts with one of these words: {blocks}; a field is indented"),
                    }),
                }
            }
            SyntaxProblem::UnknownField { word, suggestion } => Both {
                fr: Words::new(format!("le champ {} n'existe pas", fr(word)), "champ inconnu", match suggestion {
                    Some(right) => format!("écrire « {right}: »"),
                    None => "supprimer la ligne, ou la mettre en commentaire avec « # »".into(),
                }),
                en: Words::new(format!("there is no field {}", en(word)), "unknown field", match suggestion {
                    Some(right) => format!("write `{right}:`"),
                    None => "remove the line, or make it a comment with `#`".into(),
                }),
            },
            SyntaxProblem::FieldElsewhere { word, block, blocks } => Both {
                fr: Words::new(format!("le champ {} n'a pas sa place dans un bloc {}", fr(word), fr(block)), format!("champ d'un bloc {}", list(blocks, fr, "ou")),
                    format!("déplacer la ligne dans un bloc {}, ou la supprimer", list(blocks, fr, "ou"))),
                en: Words::new(format!("the field {} does not belong in a block {}", en(word), en(block)), format!("a field of a block {}", list(blocks, en, "or")),
                    format!("move the line to a block {}, or remove it", list(blocks, en, "or"))),
            },
            SyntaxProblem::FieldTwice { word } => Both {
                fr: Words::new(format!("le champ {} est écrit deux fois dans le bloc", fr(word)), "deuxième fois", "garder une seule des deux lignes").and("première fois"),
                en: Words::new(format!("the field {} is written twice in the block", en(word)), "second time", "keep only one of the two lines").and("first time"),
            },
            SyntaxProblem::FieldAtMargin { word } => Both {
                fr: Words::new(format!("le champ {} est écrit à la marge", fr(word)), "ce champ devrait être en retrait",
                    format!("mettre deux espaces devant : «   {word}: … », ici et sur les lignes suivantes du bloc")),
                en: Words::new(format!("the field {} stands at the margin", en(word)), "this field should be indented",
                    format!("put two spaces before it: `  {word}: …`, here and on the next lines of the block")),
            },
            SyntaxProblem::BlockIndented { word } => Both {
                fr: Words::new(format!("le bloc {} commence en retrait", fr(word)), "un bloc commence à la marge", "supprimer les espaces au début de la ligne"),
                en: Words::new(format!("the block {} is indented", en(word)), "a block starts at the margin", "remove the blanks at the start of the line"),
            },
            SyntaxProblem::FieldTooDeep { word } => Both {
                fr: Words::new(format!("le champ {} est trop en retrait", fr(word)), "lu comme un champ du bloc, non comme la suite du champ précédent",
                    format!("aligner « {word}: » sur les autres champs du bloc")),
                en: Words::new(format!("the field {} is indented too deep", en(word)), "read as a field of the block, not as more of the field before",
                    format!("align `{word}:` with the other fields of the block")),
            },
            SyntaxProblem::MissingColon { word, rest } => Both {
                fr: Words::new(format!("il manque deux-points après {}", fr(word)), "nom de champ sans deux-points", format!("écrire « {word}: {} »", cut(rest))),
                en: Words::new(format!("a colon is missing after {}", en(word)), "a field name without a colon", format!("write `{word}: {}`", cut(rest))),
            },
            SyntaxProblem::NotAField { text, suggestion } => Both {
                fr: Words::new(format!("{} n'est pas un champ", fr(text)), "ni un champ, ni la suite d'un champ", match suggestion {
                    Some(right) => format!("écrire « {right}: … » ; la suite d'une valeur se met plus en retrait que son champ"),
                    None => "un champ s'écrit « nom: valeur » ; la suite d'une valeur se met plus en retrait que son champ ; un commentaire commence par « # »".into(),
                }),
                en: Words::new(format!("{} is not a field", en(text)), "neither a field nor more of one", match suggestion {
                    Some(right) => format!("write `{right}: …`; the rest of a value is indented deeper than its field"),
                    None => "a field is written `name: value`; the rest of a value is indented deeper than its field; a comment starts with `#`".into(),
                }),
            },
            SyntaxProblem::MissingName { block } => Both {
                fr: Words::new(format!("il manque un nom après {}", fr(block)), "sans nom", format!("écrire un nom sans espace, puis le libellé : « {block} mon_nom \"Libellé\" »")),
                en: Words::new(format!("a name is missing after {}", en(block)), "without a name", format!("write a name without blanks, then the label: `{block} my_name \"Label\"`")),
            },
            SyntaxProblem::MissingLabel { block, name } => Both {
                fr: Words::new(format!("il manque un libellé à {}", fr(name)), "sans libellé", format!("écrire « {block} {name} \"Libellé en toutes lettres\" »")),
                en: Words::new(format!("{} has no label", en(name)), "without a label", format!("write `{block} {name} \"Label in full\"`")),
            },
            SyntaxProblem::NameIsKeyword { word } => Both {
                fr: Words::new(format!("{} est un mot du langage et ne peut pas être un nom", fr(word)), "mot réservé", format!("choisir un autre nom, par exemple « {word}_1 »")),
                en: Words::new(format!("{} is a word of the language and cannot be a name", en(word)), "reserved word", format!("choose another name, for example `{word}_1`")),
            },
            SyntaxProblem::OtherLanguage { word, instead, lang } => Both {
                fr: Words::new(format!("{} est un mot {}, et ce fichier est en {}", fr(word), lang.pick("anglais", "français"), lang.pick("français", "anglais")),
                    "mot de l'autre langue", format!("écrire {}", fr(instead))),
                en: Words::new(format!("{} is {}, and this file is in {}", en(word), lang.pick("English", "French"), lang.pick("French", "English")),
                    "word of the other language", format!("write {}", en(instead))),
            },
            SyntaxProblem::UnclosedString { text, close } => Both {
                fr: Words::new("ce texte n'est pas fermé par un guillemet", "le texte commence ici et finit avec la ligne", format!("fermer le texte : {}{}{close}", cut(text), if *close == '»' { " " } else { "" })),
                en: Words::new("this text has no closing quotation mark", "the text starts here and ends with the line", format!("close the text: {}{}{close}", cut(text), if *close == '»' { " " } else { "" })),
            },
            SyntaxProblem::ProseWithoutQuotes { text } => Both {
                fr: Words::new("un texte s'écrit entre guillemets", "texte sans guillemets", format!("écrire \"{}\"", cut(text))),
                en: Words::new("a text is written in quotation marks", "text without quotation marks", format!("write \"{}\"", cut(text))),
            },
            SyntaxProblem::OrForWhere { right } => Both {
                fr: Words::new("« ou » sans accent relie deux conditions ; ici il faut « avec » (ou « où »)", "« ou » n'introduit pas de condition", format!("écrire {}", fr(right))),
                en: Words::new("`or` joins two conditions; here it must be `where`", "`or` does not introduce a condition", format!("write {}", en(right))),
            },
            SyntaxProblem::MixedAndOr { and, or } => Both {
                fr: Words::new(format!("{} et {} sont mêlés sans parenthèses", fr(and), fr(or)), "deux lectures possibles", format!("mettre des parenthèses : « (… {and} …) {or} … » ou « … {and} (… {or} …) »")).and("l'autre mot est ici"),
                en: Words::new(format!("{} and {} are mixed without parentheses", en(and), en(or)), "it can be read in two ways", format!("add parentheses: `(… {and} …) {or} …` or `… {and} (… {or} …)`")).and("the other word is here"),
            },
            SyntaxProblem::NumberOfOtherLanguage { text, right, lang } => Both {
                fr: Words::new(format!("{} n'est pas un nombre écrit comme en {}", fr(text), lang.pick("français", "anglais")),
                    lang.pick("la décimale se marque par une virgule, les milliers par une espace", "la décimale se marque par un point, les milliers par une virgule"), format!("écrire {}", fr(right))),
                en: Words::new(format!("{} is not a number as {} writes it", en(text), lang.pick("French", "English")),
                    lang.pick("decimals follow a comma, thousands a space", "decimals follow a point, thousands a comma"), format!("write {}", en(right))),
            },
            SyntaxProblem::NumberGroups { text, right, lang } => Both {
                fr: Words::new(format!("les chiffres de {} ne sont pas groupés par trois", fr(text)), lang.pick("une espace sépare des groupes de trois chiffres", "une virgule sépare des groupes de trois chiffres"), format!("écrire {}, si c'est bien ce nombre", fr(right))),
                en: Words::new(format!("the digits of {} are not in groups of three", en(text)), lang.pick("a space stands between groups of three digits", "a comma stands between groups of three digits"), format!("write {}, if that is the number", en(right))),
            },
            SyntaxProblem::ForeignSign { sign, instead } => Both {
                fr: Words::new(format!("le signe {} n'existe pas", fr(sign)), "signe inconnu", format!("écrire {}", fr(instead))),
                en: Words::new(format!("there is no sign {}", en(sign)), "unknown sign", format!("write {}", en(instead))),
            },
            SyntaxProblem::LineEndMark { mark } => Both {
                fr: Words::new(format!("une ligne ne se termine pas par {}", fr(mark)), "signe de trop", format!("supprimer {} : la fin de la ligne suffit, le retrait dit le reste", fr(mark))),
                en: Words::new(format!("a line does not end with {}", en(mark)), "not needed", format!("remove {}: the end of the line is enough, indentation says the rest", en(mark))),
            },
            SyntaxProblem::CommaInList { text, list } => Both {
                fr: Words::new(format!("{} est lu comme un seul nombre, non comme une liste", fr(text)), "virgule sans espace : virgule décimale", format!("pour une liste, écrire {} ; pour un nombre, {}", fr(list), fr(text))),
                en: Words::new(format!("{} is read as one number, not as a list", en(text)), "no space after the comma", format!("for a list, write {}", en(list))),
            },
            SyntaxProblem::UnknownChoice { word, key, choices, suggestion } => Both {
                fr: Words::new(format!("{} n'est pas une valeur de {}", fr(word), fr(key)), "valeur inconnue", match suggestion {
                    Some(right) => format!("écrire {} ; valeurs possibles : {}", fr(right), choices.join(", ")),
                    None => format!("valeurs possibles : {}", choices.join(", ")),
                }),
                en: Words::new(format!("{} is not a value of {}", en(word), en(key)), "unknown value", match suggestion {
                    Some(right) => format!("write {}; possible values: {}", en(right), choices.join(", ")),
                    None => format!("possible values: {}", choices.join(", ")),
                }),
            },
            SyntaxProblem::Unexpected { found, hoped } => Both {
                fr: Words::new(format!("{} n'a pas de sens à cet endroit", fr(found)), "la lecture s'arrête ici", after(hoped, Lang::Fr)),
                en: Words::new(format!("{} makes no sense here", en(found)), "reading stops here", after(hoped, Lang::En)),
            },
            SyntaxProblem::EndsEarly { hoped } => Both {
                fr: Words::new("la ligne s'arrête trop tôt", "il manque quelque chose ici", after(hoped, Lang::Fr)),
                en: Words::new("the line ends too early", "something is missing here", after(hoped, Lang::En)),
            },
            SyntaxProblem::Parenthesis { open } => Both {
                fr: if *open {
                    Words::new("une parenthèse n'est pas fermée", "ouverte ici", "ajouter « ) » à la fin de ce qu'elle contient")
                } else {
                    Words::new("une parenthèse est fermée sans être ouverte", "fermée ici", "supprimer « ) », ou ajouter « ( » devant")
                },
                en: if *open {
                    Words::new("a parenthesis is not closed", "opened here", "add `)` after what it holds")
                } else {
                    Words::new("a parenthesis is closed without being opened", "closed here", "remove `)`, or add `(` before")
                },
            },
            SyntaxProblem::MissingValue { key, hoped } => Both {
                fr: Words::new(format!("le champ {} est vide", fr(key)), "sans valeur", after(hoped, Lang::Fr)),
                en: Words::new(format!("the field {} is empty", en(key)), "without a value", after(hoped, Lang::En)),
            },
            SyntaxProblem::TabsMixed => Both {
                fr: Words::new("le retrait mêle tabulations et espaces", "les autres lignes ont l'autre sorte de retrait", "n'employer que des espaces : deux par niveau"),
                en: Words::new("the indentation mixes tabs and spaces", "other lines are indented in the other way", "use spaces only: two for each level"),
            },
            SyntaxProblem::LanguageUnknown { word } => Both {
                fr: Words::new(format!("la langue {} n'est pas connue", fr(word)), "langue inconnue", "écrire « langue: français » ou « language: english »"),
                en: Words::new(format!("the language {} is not known", en(word)), "unknown language", "write `langue: français` or `language: english`"),
            },
            SyntaxProblem::LanguageTwice => Both {
                fr: Words::new("la langue du fichier est donnée deux fois", "deuxième fois", "supprimer cette ligne").and("première fois"),
                en: Words::new("the language of the file is given twice", "second time", "remove this line").and("first time"),
            },
            SyntaxProblem::LanguageLate => Both {
                fr: Words::new("la langue du fichier est donnée après le premier bloc", "trop bas", "mettre cette ligne en tête du fichier").and("un bloc commence avant elle"),
                en: Words::new("the language of the file is given after the first block", "too late", "move this line to the top of the file").and("a block starts before it"),
            },
            SyntaxProblem::LanguageUndeclared { lang, project } => Both {
                fr: Words::new(format!("ce fichier est écrit en {} sans le dire", lang.pick("français", "anglais")), format!("le projet est en {}", project.pick("français", "anglais")),
                    format!("ajouter en première ligne : « {} »", lang.pick("langue: français", "language: english"))),
                en: Words::new(format!("this file is written in {} without saying so", lang.pick("French", "English")), format!("the project is in {}", project.pick("French", "English")),
                    format!("add this first line: `{}`", lang.pick("langue: français", "language: english"))),
            },
            SyntaxProblem::NotText => Both {
                fr: Words::new("ce fichier n'est pas un texte en UTF-8", "caractère nul", "l'enregistrer comme texte, encodage UTF-8"),
                en: Words::new("this file is not text in UTF-8", "a null character", "save it as text, encoding UTF-8"),
            },
            SyntaxProblem::TooDeep { limit } => Both {
                fr: Words::new(format!("il y a plus de {limit} niveaux emboîtés"), "trop profond", "définir une partie comme indicateur à part, et l'appeler par son nom"),
                en: Words::new(format!("there are more than {limit} levels inside each other"), "too deep", "define a part as an indicator of its own, and call it by its name"),
            },
            SyntaxProblem::TooBig { limit } => Both {
                fr: Words::new(format!("ce texte est trop long : la limite est de {}", limit.replace("KB", "Ko").replace("MB", "Mo")), "trop long", "le partager en plusieurs parties"),
                en: Words::new(format!("this text is too long: the limit is {limit}"), "too long", "split it into several parts"),
            },
            SyntaxProblem::WindowDash { text, right } => Both {
                fr: Words::new(format!("{} n'est pas une période", fr(text)), "un tiret relie deux années qui se suivent, comme 2019-2020", format!("pour plusieurs années, écrire {}", fr(right))),
                en: Words::new(format!("{} is not a period", en(text)), "a hyphen joins two consecutive years, as in 2019-2020", format!("for several years, write {}", en(right))),
            },
            SyntaxProblem::ImpossiblePeriod { text, right } => Both {
                fr: Words::new(format!("{} n'est pas une période", fr(text)), "période inconnue", match right {
                    Some(right) => format!("écrire {}", fr(right)),
                    None => "écrire par exemple 2020, 2019-2020, 2020-S1, 2020-T1, 2020-06 ou 2020-06-15".into(),
                }),
                en: Words::new(format!("{} is not a period", en(text)), "unknown period", match right {
                    Some(right) => format!("write {}", en(right)),
                    None => "write for example 2020, 2019-2020, 2020-H1, 2020-Q1, 2020-06 or 2020-06-15".into(),
                }),
            },
            SyntaxProblem::ImpossibleDay { text } => Both {
                fr: Words::new(format!("{} n'est pas un jour de l'année", fr(text)), "jour inconnu", "écrire par exemple « 1er septembre »"),
                en: Words::new(format!("{} is not a day of the year", en(text)), "unknown day", "write for example `1 September`"),
            },
            SyntaxProblem::BlockColon { word } => Both {
                fr: Words::new(format!("le mot de bloc {} n'est pas suivi de deux-points", fr(word)), "deux-points de trop", format!("écrire « {word} mon_nom \"Libellé\" »")),
                en: Words::new(format!("the block word {} has no colon after it", en(word)), "one colon too many", format!("write `{word} my_name \"Label\"`")),
            },
            SyntaxProblem::ListAtMargin { key } => Both {
                fr: Words::new(format!("les lignes de {} ne sont pas en retrait", fr(key)), "cette ligne et les suivantes", format!("les mettre plus en retrait que « {key}: »")),
                en: Words::new(format!("the lines of {} are not indented", en(key)), "this line and the next ones", format!("indent them deeper than `{key}:`")),
            },
            SyntaxProblem::NoBlock { text } => Both {
                fr: Words::new(format!("{} ne se trouve dans aucun bloc", fr(text)), "avant le premier bloc", "commencer un bloc à la marge, par exemple « indicateur mon_nom \"Libellé\" »"),
                en: Words::new(format!("{} stands in no block", en(text)), "before the first block", "start a block at the margin, for example `indicator my_name \"Label\"`"),
            },
            SyntaxProblem::ListOnOneLine { key, text } => Both {
                fr: Words::new(format!("{} s'écrit sur les lignes suivantes, une par ligne", fr(key)), "sur la même ligne", format!("aller à la ligne après « {key}: » et mettre {} en retrait", fr(text))),
                en: Words::new(format!("{} is written on the next lines, one to a line", en(key)), "on the same line", format!("start a new line after `{key}:` and indent {}", en(text))),
            },
            SyntaxProblem::MinusWithoutSpaces { text, right } => Both {
                fr: Words::new(format!("le signe moins de {} n'a pas d'espaces autour", fr(text)), "nom ou soustraction ?", format!("pour soustraire, écrire {} ; un nom ne contient pas de tiret", fr(right))),
                en: Words::new(format!("the minus in {} has no spaces around it", en(text)), "a name or a subtraction?", format!("to subtract, write {}; a name has no hyphen", en(right))),
            },
            SyntaxProblem::TooManyDecimals { limit } => Both {
                fr: Words::new(format!("il y a plus de {limit} décimales"), "trop de décimales", format!("écrire au plus {limit} décimales")),
                en: Words::new(format!("there are more than {limit} decimals"), "too many decimals", format!("write at most {limit} decimals")),
            },
            SyntaxProblem::ColumnWithoutType { name } => Both {
                fr: Words::new(format!("la colonne {} n'a pas de type", fr(name)), "sans type", format!("écrire « {name} texte », « {name} nombre », « {name} date » ou « {name} » suivi du nom d'une dimension")),
                en: Words::new(format!("the column {} has no type", en(name)), "without a type", format!("write `{name} text`, `{name} number`, `{name} date` or `{name}` and the name of a dimension")),
            },
            SyntaxProblem::NoPace { text } => Both {
                fr: Words::new(format!("{} n'est pas une fréquence", fr(text)), "fréquence inconnue", "écrire : par mois, par trimestre, par semestre, par an, ou par exemple : tous les 2 mois"),
                en: Words::new(format!("{} does not say how often", en(text)), "unknown frequency", "write: per month, per quarter, per half-year, per year, or for example: every 2 months"),
            },
        }
    }
}

/// What could stand here, as a help line.
fn after(hoped: &[Hoped], lang: Lang) -> String {
    if hoped.is_empty() {
        return lang.pick("supprimer ce qui suit, ou le mettre en commentaire avec « # »".into(), "remove what follows, or make it a comment with `#`".into());
    }
    format!("{} {}", lang.pick("mettre ici", "put here"), hoped_list(hoped, lang))
}
