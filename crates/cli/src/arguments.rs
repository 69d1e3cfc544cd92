//! The command line: what may be typed, with its help in French and English side by side, and what was typed as data.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use jauge::text::Lang;
use jauge_sql::Dialect;

/// What was asked.
#[derive(Debug)]
pub enum Asked {
    /// `jauge check`
    Check(Check),
    /// `jauge eval`
    Eval(Eval),
    /// `jauge merge`
    Merge(Merge),
    /// `jauge fmt`
    Fmt(Fmt),
    /// `jauge test`
    Test(Test),
    /// `jauge explain`
    Explain(String),
    /// `jauge why`
    Why(Why),
    /// `jauge plan`
    Plan(Vec<PathBuf>),
    /// `jauge sql`
    Sql(Sql),
    /// `jauge new`
    New(New),
    /// `jauge schema`: of partials where true.
    Schema(bool),
    /// `jauge completions`
    Completions(clap_complete::Shell),
}

impl Asked {
    /// The paths of the project, for commands that have one.
    pub fn paths(&self) -> Option<&[PathBuf]> {
        match self {
            Asked::Check(Check { paths, .. })
            | Asked::Eval(Eval { paths, .. })
            | Asked::Fmt(Fmt { paths, .. })
            | Asked::Test(Test { paths, .. })
            | Asked::Why(Why { paths, .. })
            | Asked::Sql(Sql { paths, .. })
            | Asked::Plan(paths) => Some(paths),
            Asked::Merge(Merge { figures, .. }) => Some(&figures.paths),
            Asked::Explain(_) | Asked::New(_) | Asked::Schema(_) | Asked::Completions(_) => None,
        }
    }
}

/// `jauge check`
#[derive(Debug)]
pub struct Check {
    /// Folders and files.
    pub paths: Vec<PathBuf>,
    /// Read the data too.
    pub data: bool,
    /// Warnings fail too.
    pub strict: bool,
    /// How problems are written.
    pub format: Format,
}

/// `jauge eval`
#[derive(Debug)]
pub struct Eval {
    /// Folders and files.
    pub paths: Vec<PathBuf>,
    /// Names or codes of indicators; all where empty.
    pub indicators: Vec<String>,
    /// Codes of programmes, objectives or actions; all where empty.
    pub programmes: Vec<String>,
    /// Periods; all where empty.
    pub periods: Vec<String>,
    /// `dimension=member`; all where empty.
    pub groups: Vec<String>,
    /// How figures are written.
    pub format: FigureFormat,
    /// Where to; standard output where `None`.
    pub output: Option<PathBuf>,
    /// Warnings fail too.
    pub strict: bool,
    /// How many threads read data; one per core where `None`.
    pub threads: Option<usize>,
    /// A byte order mark before CSV, for Excel.
    pub bom: bool,
    /// The separator of CSV.
    pub separator: char,
    /// The decimal mark of CSV.
    pub decimal_mark: char,
    /// Answers of another engine, instead of reading the data.
    pub answers: Option<PathBuf>,
    /// Cells that can be merged are wanted, not figures.
    pub partial: Option<PartialWanted>,
}

/// How cells that can be merged are written.
#[derive(Debug)]
pub struct PartialWanted {
    /// Who or what they cover.
    pub label: String,
    /// What is protected is written too.
    pub protected: bool,
    /// What identifies rows is written too.
    pub keys: bool,
}

/// `jauge merge`
#[derive(Debug)]
pub struct Merge {
    /// The project, and which figures are wanted and how; where partial, the merged cells are.
    pub figures: Eval,
    /// The partials.
    pub partials: Vec<PathBuf>,
    /// Partials with the same cells are of different places all the same.
    pub identical: bool,
}

/// `jauge fmt`
#[derive(Debug)]
pub struct Fmt {
    /// Folders and files; `-` for standard input.
    pub paths: Vec<PathBuf>,
    /// Change nothing, say what would change.
    pub check: bool,
    /// Translate keywords.
    pub keywords: Option<Lang>,
}

/// `jauge test`
#[derive(Debug)]
pub struct Test {
    /// Folders and files.
    pub paths: Vec<PathBuf>,
    /// Warnings fail too.
    pub strict: bool,
    /// How results are written.
    pub format: Format,
    /// How many threads read data.
    pub threads: Option<usize>,
}

/// `jauge why`
#[derive(Debug)]
pub struct Why {
    /// The indicator.
    pub indicator: String,
    /// Folders and files.
    pub paths: Vec<PathBuf>,
    /// The period; the latest with a figure where `None`.
    pub period: Option<String>,
    /// `dimension=member`; the total where empty.
    pub groups: Vec<String>,
}

/// `jauge sql`
#[derive(Debug)]
pub struct Sql {
    /// Folders and files.
    pub paths: Vec<PathBuf>,
    /// For whom.
    pub dialect: Dialect,
    /// Names or codes of indicators; all where empty.
    pub indicators: Vec<String>,
    /// Codes of programmes, objectives or actions; all where empty.
    pub programmes: Vec<String>,
    /// Periods; all where empty.
    pub periods: Vec<String>,
    /// `dimension=member`; all where empty.
    pub groups: Vec<String>,
    /// Every column of the tables holds texts.
    pub text_columns: bool,
    /// How queries are written.
    pub format: SqlFormat,
    /// Where to; standard output where `None`.
    pub output: Option<PathBuf>,
}

/// How queries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlFormat {
    /// SQL with remarks.
    Text,
    /// With the description of what the queries give.
    Json,
}

/// `jauge new`
#[derive(Debug)]
pub struct New {
    /// The folder to make.
    pub folder: PathBuf,
    /// The library to copy; the small example where `None`.
    pub from: Option<String>,
}

/// How problems and test results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// With the text around, for people.
    Human,
    /// One line each.
    Concise,
    /// JSON.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
}

/// How figures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureFormat {
    /// For people.
    Table,
    /// One line per figure.
    Csv,
    /// See `jauge schema`.
    Json,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// On a terminal that can.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

const FORMATS: [&str; 6] = ["human", "concise", "json", "github", "sarif", "junit"];
const SQL_FORMATS: [&str; 2] = ["sql", "json"];
const FIGURE_FORMATS: [&str; 3] = ["table", "csv", "json"];

/// The names of the commands, in the order of the help.
pub const COMMANDS: [&str; 12] =
    ["check", "eval", "merge", "test", "why", "fmt", "new", "explain", "plan", "sql", "schema", "completions"];

/// The options of `eval` that `merge` has too.
const OF_FIGURES: [&str; 9] =
    ["indicator", "programme", "period", "group", "format", "output", "separator", "decimal-comma", "bom"];

/// The command line in one language.
pub fn command(lang: Lang) -> Command {
    let say = |fr: &'static str, en: &'static str| lang.pick(fr, en);
    let paths = || {
        option(Arg::new("paths"), lang)
            .value_name(say("CHEMIN", "PATH"))
            .num_args(0..)
            .value_parser(ValueParser::path_buf())
            .help(say(
                "Dossier du projet, ou fichiers .jauge (par défaut : le dossier courant)",
                "Project folder, or .jauge files (default: the current folder)",
            ))
    };
    let strict = || {
        flag("strict", lang).help(say(
            "Refuse aussi les avertissements et ce qui reste « à définir »",
            "Refuse warnings and what is still \"to be defined\" too",
        ))
    };
    let format = || {
        option(Arg::new("format"), lang)
            .long("format")
            .value_name("FORMAT")
            .value_parser(PossibleValuesParser::new(FORMATS))
            .hide_possible_values(true)
            .help(say(
                "human (par défaut), concise, json, github, sarif ou junit",
                "human (the default), concise, json, github, sarif or junit",
            ))
    };
    let threads = || {
        option(Arg::new("threads"), lang)
            .long("threads")
            .value_name("N")
            .value_parser(clap::value_parser!(u16).range(1..=1024))
            .help(say(
                "Nombre de fils de lecture (par défaut : un par cœur)",
                "How many threads read data (default: one per core)",
            ))
    };
    let group = || {
        option(Arg::new("group"), lang)
            .long("group")
            .short('g')
            .value_name(say("DIMENSION=MEMBRE", "DIMENSION=MEMBER"))
            .action(ArgAction::Append)
    };
    let chosen = || {
        [
            option(Arg::new("indicator"), lang)
                .long("indicator")
                .short('i')
                .value_name(say("NOM", "NAME"))
                .action(ArgAction::Append)
                .help(say(
                    "Seulement cet indicateur (nom ou code) ; peut être répété",
                    "Only this indicator (name or code); may be repeated",
                )),
            option(Arg::new("programme"), lang)
                .long("programme")
                .short('p')
                .value_name("CODE")
                .action(ArgAction::Append)
                .help(say(
                    "Seulement ce programme, objectif ou cette action ; peut être répété",
                    "Only this programme, objective or action; may be repeated",
                )),
            option(Arg::new("period"), lang)
                .long("period")
                .value_name(say("PÉRIODE", "PERIOD"))
                .action(ArgAction::Append)
                .help(say(
                    "Seulement cette période (2020, 2019-2020, 2020-T1…) ; peut être répété",
                    "Only this period (2020, 2019-2020, 2020-Q1…); may be repeated",
                )),
            group().help(say(
                "Seulement ce groupe, par exemple région=TTA ; peut être répété",
                "Only this group, for instance région=TTA; may be repeated",
            )),
        ]
    };
    let sub = |name: &'static str, about: &'static str| with_help(Command::new(name).about(about), lang);

    let check = sub(
        "check",
        say("Vérifie les définitions, et les données avec --data", "Checks the definitions, and the data with --data"),
    )
    .arg(paths())
    .arg(flag("data", lang).help(say("Lit aussi les fichiers de données", "Reads the data files too")))
    .arg(strict())
    .arg(format());
    let eval =
        sub("eval", say("Calcule les indicateurs", "Computes the indicators"))
            .arg(paths())
            .args(chosen())
            .arg(
                option(Arg::new("format"), lang)
                    .long("format")
                    .value_name("FORMAT")
                    .value_parser(PossibleValuesParser::new(FIGURE_FORMATS))
                    .hide_possible_values(true)
                    .help(say("table (par défaut), csv ou json", "table (the default), csv or json")),
            )
            .arg(
                option(Arg::new("output"), lang)
                    .long("output")
                    .short('o')
                    .value_name(say("FICHIER", "FILE"))
                    .value_parser(ValueParser::path_buf())
                    .help(say(
                        "Écrit dans ce fichier (.csv et .json choisissent le format)",
                        "Writes to this file (.csv and .json choose the format)",
                    )),
            )
            .arg(
                option(Arg::new("separator"), lang)
                    .long("separator")
                    .value_name(say("SIGNE", "MARK"))
                    .value_parser(clap::value_parser!(char))
                    .help(say(
                        "Séparateur du CSV (par défaut : la virgule ; Excel en français attend « ; »)",
                        "Separator of CSV (default: the comma)",
                    )),
            )
            .arg(flag("decimal-comma", lang).help(say(
                "Virgule décimale dans le CSV, pour Excel en français",
                "Decimal comma in CSV, for Excel in French",
            )))
            .arg(flag("bom", lang).help(say(
                "Commence le CSV par une marque UTF-8, pour Excel",
                "Starts CSV with a UTF-8 mark, for Excel",
            )))
            .arg(strict())
            .arg(threads());
    let shared: Vec<Arg> =
        eval.get_arguments().filter(|arg| OF_FIGURES.contains(&arg.get_id().as_str())).cloned().collect();
    let eval = eval
        .arg(
            option(Arg::new("answers"), lang)
                .long("answers")
                .value_name(say("FICHIER", "FILE"))
                .conflicts_with("partial")
                .value_parser(ValueParser::path_buf())
                .help(say(
                    "Part des réponses d'un autre moteur aux questions de « sql --format json », sans lire les données",
                    "Starts from the answers of another engine to the questions of \"sql --format json\", reading no data",
                )),
        )
        .arg(flag("partial", lang).requires("label").conflicts_with_all(["period", "group", "format"]).help(say(
            "Écrit des cellules à fusionner avec « merge », au lieu des chiffres",
            "Writes cells to be merged with \"merge\", instead of figures",
        )))
        .arg(option(Arg::new("label"), lang).long("label").value_name(say("TEXTE", "TEXT")).requires("partial").help(
            say(
                "Ce que le partiel couvre, par exemple « Région TTA »",
                "What the partial covers, for instance \"Région TTA\"",
            ),
        ))
        .arg(flag("with-keys", lang).requires("partial").help(say(
            "Y met les identifiants, pour reconnaître une ligne présente dans deux partiels",
            "Puts the keys in too, so that a row that stands in two partials is found",
        )))
        .arg(flag("with-protected", lang).requires("partial").help(say(
            "Y met aussi ce qui est protégé (petits effectifs) : seulement pour qui peut le voir",
            "Puts in what is protected too (small counts): only for those who may see it",
        )));
    let merge =
        sub(
            "merge",
            say("Fusionne des partiels et calcule les indicateurs", "Merges partials and computes the indicators"),
        )
        .arg(
            option(Arg::new("project"), lang)
                .value_name(say("PROJET", "PROJECT"))
                .required(true)
                .value_parser(ValueParser::path_buf())
                .help(say("Dossier du projet, ou fichier .jauge", "Project folder, or .jauge file")),
        )
        .arg(
            option(Arg::new("partials"), lang)
                .value_name(say("PARTIEL", "PARTIAL"))
                .num_args(1..)
                .required(true)
                .value_parser(ValueParser::path_buf())
                .help(say("Fichiers écrits par « eval --partial »", "Files written by \"eval --partial\"")),
        )
        .args(shared)
        .arg(flag("partial", lang).conflicts_with_all(["indicator", "programme", "period", "group", "format"]).help(
            say("Écrit un partiel fusionné, au lieu des chiffres", "Writes a merged partial, instead of figures"),
        ))
        .arg(flag("accept-identical", lang).help(say(
            "Accepte deux lieux dont toutes les cellules sont les mêmes",
            "Accepts two places all of whose cells are the same",
        )))
        .arg(strict());
    let fmt = sub("fmt", say("Met les fichiers en forme, ou les traduit", "Formats the files, or translates them"))
        .arg(paths().help(say(
            "Dossier ou fichiers .jauge (par défaut : le dossier courant) ; « - » lit l'entrée standard",
            "Folder or .jauge files (default: the current folder); \"-\" reads standard input",
        )))
        .arg(
            flag("check", lang)
                .help(say("Ne change rien, montre ce qui changerait", "Changes nothing, shows what would change")),
        )
        .arg(
            option(Arg::new("keywords"), lang)
                .long("keywords")
                .value_name("fr|en")
                .value_parser(PossibleValuesParser::new(["fr", "en"]))
                .hide_possible_values(true)
                .help(say(
                    "Traduit les mots-clés et les nombres dans cette langue",
                    "Translates keywords and numbers to this language",
                )),
        );
    let test = sub(
        "test",
        say("Vérifie les tests, les contrôles et les valeurs publiées", "Verifies tests, rules and published figures"),
    )
    .arg(paths())
    .arg(strict())
    .arg(format())
    .arg(threads());
    let explain = sub("explain", say("Explique un code d'erreur", "Explains an error code")).arg(
        option(Arg::new("code"), lang)
            .value_name("CODE")
            .required(true)
            .help(say("Le code, par exemple E0801", "The code, for instance E0801")),
    );
    let why = sub("why", say("Montre comment un chiffre est obtenu", "Shows how a figure comes about"))
        .arg(
            option(Arg::new("indicator"), lang)
                .value_name(say("INDICATEUR", "INDICATOR"))
                .required(true)
                .help(say("Le nom ou le code de l'indicateur", "The name or the code of the indicator")),
        )
        .arg(paths())
        .arg(option(Arg::new("period"), lang).long("period").value_name(say("PÉRIODE", "PERIOD")).help(say(
            "La période (par défaut : la dernière qui a un chiffre)",
            "The period (default: the latest that has a figure)",
        )))
        .arg(group().help(say(
            "Le groupe, par exemple région=TTA (par défaut : le total)",
            "The group, for instance région=TTA (default: the total)",
        )));
    let plan =
        sub("plan", say("Montre ce qui sera lu et calculé", "Shows what will be read and computed")).arg(paths());
    let sql =
        sub("sql", say("Écrit les requêtes en SQL, sans rien lire", "Prints the queries as SQL, reading nothing"))
            .arg(paths())
            .arg(
                option(Arg::new("dialect"), lang)
                    .long("dialect")
                    .value_name(say("DIALECTE", "DIALECT"))
                    .value_parser(PossibleValuesParser::new(Dialect::ALL.map(Dialect::name)))
                    .hide_possible_values(true)
                    .help(say(
                        "postgresql (par défaut), duckdb, clickhouse ou spark",
                        "postgresql (the default), duckdb, clickhouse or spark",
                    )),
            )
            .args(chosen())
            .arg(flag("text-columns", lang).help(say(
                "Les colonnes des tables sont toutes des textes, écrits comme dans les fichiers",
                "The columns of the tables are all texts, written as in the files",
            )))
            .arg(
                option(Arg::new("format"), lang)
                    .long("format")
                    .value_name("FORMAT")
                    .value_parser(PossibleValuesParser::new(SQL_FORMATS))
                    .hide_possible_values(true)
                    .help(say(
                        "sql (par défaut) ou json, qui décrit aussi les résultats attendus",
                        "sql (the default) or json, which describes the results too",
                    )),
            )
            .arg(
                option(Arg::new("output"), lang)
                    .long("output")
                    .short('o')
                    .value_name(say("FICHIER", "FILE"))
                    .value_parser(ValueParser::path_buf())
                    .help(say(
                        "Écrit dans ce fichier (.sql et .json choisissent le format)",
                        "Writes to this file (.sql and .json choose the format)",
                    )),
            );
    let new = sub("new", say("Crée un projet qui marche tout de suite", "Makes a project that works at once"))
        .arg(
            option(Arg::new("folder"), lang)
                .value_name(say("DOSSIER", "FOLDER"))
                .required(true)
                .value_parser(ValueParser::path_buf())
                .help(say("Le dossier à créer (vide s'il existe)", "The folder to make (empty if it exists)")),
        )
        .arg(
            option(Arg::new("from"), lang)
                .long("from")
                .value_name("snia")
                .value_parser(PossibleValuesParser::new(["snia"]))
                .hide_possible_values(true)
                .help(say(
                    "Part de la bibliothèque de la SNIA (Maroc)",
                    "Starts from the library of the SNIA (Morocco)",
                )),
        );
    let schema = sub(
        "schema",
        say(
            "Écrit le schéma JSON des résultats de « eval --format json »",
            "Prints the JSON Schema of the results of \"eval --format json\"",
        ),
    )
    .arg(
        flag("partial", lang)
            .help(say("Celui des fichiers de « eval --partial »", "That of the files of \"eval --partial\"")),
    );
    let completions = sub(
        "completions",
        say("Écrit le script de complétion d'un terminal", "Prints the completion script of a shell"),
    )
    .arg(
        option(Arg::new("shell"), lang)
            .value_name("SHELL")
            .required(true)
            .value_parser(clap::value_parser!(clap_complete::Shell))
            .hide_possible_values(true)
            .help("bash, elvish, fish, powershell, zsh"),
    );

    with_help(
        Command::new("jauge")
            .about(say(
                "Calcule et vérifie les indicateurs d'une stratégie publique",
                "Computes and checks the indicators of a public strategy",
            ))
            .version(env!("CARGO_PKG_VERSION"))
            .subcommand_required(true)
            .disable_help_subcommand(true)
            .subcommand_value_name(say("COMMANDE", "COMMAND"))
            .subcommand_help_heading(say("Commandes", "Commands"))
            .after_help(say(
                "Pour commencer :  jauge new mon_projet   puis   jauge eval mon_projet",
                "To begin:  jauge new my_project   then   jauge eval my_project",
            )),
        lang,
    )
    .arg(
        option(Arg::new("lang"), lang)
            .long("lang")
            .value_name("fr|en")
            .global(true)
            .value_parser(PossibleValuesParser::new(["fr", "en"]))
            .hide_possible_values(true)
            .help(say(
                "Langue des messages (sinon JAUGE_LANG, le projet, le système)",
                "Language of messages (else JAUGE_LANG, the project, the system)",
            )),
    )
    .arg(
        option(Arg::new("color"), lang)
            .long("color")
            .value_name("auto|always|never")
            .global(true)
            .value_parser(PossibleValuesParser::new(["auto", "always", "never"]))
            .hide_possible_values(true)
            .help(say(
                "Couleurs : auto (par défaut), always (toujours) ou never (jamais)",
                "Colours: auto (the default), always or never",
            )),
    )
    .arg(
        flag("version", lang)
            .short('V')
            .action(ArgAction::Version)
            .help(say("Affiche la version", "Prints the version")),
    )
    .subcommands([check, eval, merge, test, why, fmt, new, explain, plan, sql, schema, completions])
}

/// What was typed, as data. `matches` come from [`command`].
pub fn asked(matches: &ArgMatches) -> Option<Asked> {
    let (name, of) = matches.subcommand()?;
    let format = || match of.get_one::<String>("format").map(String::as_str) {
        Some("concise") => Format::Concise,
        Some("json") => Format::Json,
        Some("github") => Format::Github,
        Some("sarif") => Format::Sarif,
        Some("junit") => Format::Junit,
        _ => Format::Human,
    };
    let threads = || of.get_one::<u16>("threads").map(|n| usize::from(*n));
    Some(match name {
        "check" => Asked::Check(Check {
            paths: paths(of),
            data: of.get_flag("data"),
            strict: of.get_flag("strict"),
            format: format(),
        }),
        "eval" => Asked::Eval(figures(of, paths(of))),
        "merge" => Asked::Merge(Merge {
            figures: figures(of, of.get_one::<PathBuf>("project").into_iter().cloned().collect()),
            partials: of.get_many::<PathBuf>("partials").map(|paths| paths.cloned().collect()).unwrap_or_default(),
            identical: of.get_flag("accept-identical"),
        }),
        "fmt" => Asked::Fmt(Fmt {
            paths: paths(of),
            check: of.get_flag("check"),
            keywords: match of.get_one::<String>("keywords").map(String::as_str) {
                Some("fr") => Some(Lang::Fr),
                Some("en") => Some(Lang::En),
                _ => None,
            },
        }),
        "test" => {
            Asked::Test(Test { paths: paths(of), strict: of.get_flag("strict"), format: format(), threads: threads() })
        }
        "explain" => Asked::Explain(of.get_one::<String>("code")?.clone()),
        "why" => Asked::Why(Why {
            indicator: of.get_one::<String>("indicator")?.clone(),
            paths: paths(of),
            period: of.get_one::<String>("period").cloned(),
            groups: many(of, "group"),
        }),
        "plan" => Asked::Plan(paths(of)),
        "sql" => {
            let output = of.get_one::<PathBuf>("output").cloned();
            let extension = output.as_ref().and_then(|path| path.extension()).and_then(|ext| ext.to_str());
            let dialect = of.get_one::<String>("dialect").and_then(|name| Dialect::named(name));
            Asked::Sql(Sql {
                paths: paths(of),
                dialect: dialect.unwrap_or(Dialect::Postgresql),
                indicators: many(of, "indicator"),
                programmes: many(of, "programme"),
                periods: many(of, "period"),
                groups: many(of, "group"),
                text_columns: of.get_flag("text-columns"),
                format: match (of.get_one::<String>("format").map(String::as_str), extension) {
                    (Some("json"), _) | (None, Some("json")) => SqlFormat::Json,
                    _ => SqlFormat::Text,
                },
                output,
            })
        }
        "new" => Asked::New(New {
            folder: of.get_one::<PathBuf>("folder")?.clone(),
            from: of.get_one::<String>("from").cloned(),
        }),
        "schema" => Asked::Schema(of.get_flag("partial")),
        "completions" => Asked::Completions(*of.get_one::<clap_complete::Shell>("shell")?),
        _ => return None,
    })
}

/// Which figures are wanted of these paths, and how; the options that a command does not have are not asked.
fn figures(of: &ArgMatches, paths: Vec<PathBuf>) -> Eval {
    let output = of.get_one::<PathBuf>("output").cloned();
    let extension = output.as_ref().and_then(|path| path.extension()).and_then(|ext| ext.to_str());
    let format = match (of.get_one::<String>("format").map(String::as_str), extension) {
        (Some("csv"), _) | (None, Some("csv")) => FigureFormat::Csv,
        (Some("json"), _) | (None, Some("json")) => FigureFormat::Json,
        _ => FigureFormat::Table,
    };
    let text = |name: &str| of.try_get_one::<String>(name).ok().flatten().cloned().unwrap_or_default();
    let is_set = |name: &str| of.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or(false);
    Eval {
        paths,
        indicators: many(of, "indicator"),
        programmes: many(of, "programme"),
        periods: many(of, "period"),
        groups: many(of, "group"),
        format,
        output,
        strict: of.get_flag("strict"),
        threads: of.try_get_one::<u16>("threads").ok().flatten().map(|n| usize::from(*n)),
        bom: of.get_flag("bom"),
        separator: of.get_one::<char>("separator").copied().unwrap_or(','),
        decimal_mark: if of.get_flag("decimal-comma") { ',' } else { '.' },
        answers: of.try_get_one::<PathBuf>("answers").ok().flatten().cloned(),
        partial: of.get_flag("partial").then(|| PartialWanted {
            label: text("label"),
            protected: is_set("with-protected"),
            keys: is_set("with-keys"),
        }),
    }
}

/// When colour is wanted.
pub fn colour(matches: &ArgMatches) -> Colour {
    let global = || {
        let (_, of) = matches.subcommand()?;
        of.get_one::<String>("color").or_else(|| matches.get_one::<String>("color")).cloned()
    };
    match global().as_deref() {
        Some("always") => Colour::Always,
        Some("never") => Colour::Never,
        _ => Colour::Auto,
    }
}

fn paths(of: &ArgMatches) -> Vec<PathBuf> {
    of.get_many::<PathBuf>("paths").map(|paths| paths.cloned().collect()).unwrap_or_default()
}

fn many(of: &ArgMatches, name: &str) -> Vec<String> {
    of.get_many::<String>(name).map(|values| values.cloned().collect()).unwrap_or_default()
}

fn option(arg: Arg, lang: Lang) -> Arg {
    arg.help_heading(lang.pick("Options et arguments", "Options and arguments"))
}

fn flag(name: &'static str, lang: Lang) -> Arg {
    option(Arg::new(name), lang).long(name).action(ArgAction::SetTrue)
}

/// clap's own words are English, so its help flag, its headings and its template are replaced.
fn with_help(command: Command, lang: Lang) -> Command {
    command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .help_template(lang.pick(
            "{about}\n\nUtilisation : {usage}\n\n{all-args}{after-help}",
            "{about}\n\nUsage: {usage}\n\n{all-args}{after-help}",
        ))
        .arg(
            flag("help", lang)
                .short('h')
                .action(ArgAction::Help)
                .help(lang.pick("Affiche cette aide", "Prints this help")),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_take_the_same_arguments() {
        for lang in Lang::ALL {
            command(lang).debug_assert();
            let names: Vec<_> = command(lang).get_subcommands().map(|sub| sub.get_name().to_string()).collect();
            assert_eq!(names, COMMANDS);
        }
    }
}
