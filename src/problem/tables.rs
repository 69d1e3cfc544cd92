//! Tables of a database: their address, reaching them, what they hold, and what cannot be asked of them.

use super::Words;
use crate::text::Both;

/// E0580 to E0589. Nothing here ever holds a password.
#[derive(Debug, Clone, PartialEq)]
pub enum TableProblem {
    /// `fichier: "postgres://ana:secret@serveur/base?table=enfants"`.
    PasswordInText {
        /// The address without it.
        without: String,
    },
    /// `fichier: "postgres://serveur/base"`: which table? Or a part that means nothing.
    BadAddress {
        /// What is wrong with it.
        wrong: AddressWrong,
    },
    /// A table of PostgreSQL where the program was built without its client.
    NoClient {
        /// The table as it is shown.
        table: String,
    },
    /// The server cannot be reached, or refuses to let in.
    NotReached {
        /// Host and port.
        server: String,
        /// What happened.
        why: NotReached,
        /// What the system or the server says, without secrets.
        said: String,
    },
    /// A table that is not there, or may not be read.
    TableUnusable {
        /// The table as it is shown.
        table: String,
        /// May not be read: it is there.
        forbidden: bool,
        /// A table whose name is close.
        near: Option<String>,
        /// Who asks.
        user: String,
    },
    /// Something in a query that SQL cannot say with exactly the same figures.
    NotInSql {
        /// What it is.
        why: NotInSql,
        /// The source.
        source: String,
        /// The column, where it is one.
        column: Option<String>,
        /// The indicators that rest on it.
        indicators: Vec<String>,
    },
    /// `date` declared over a column of type `jsonb`.
    ColumnKind {
        /// The declared column.
        column: String,
        /// Its type in the database.
        found: String,
        /// Types that do, in words.
        wanted: Both<&'static str>,
    },
    /// Rows of a table that have one key.
    KeyRepeats {
        /// The columns that together identify a row.
        columns: Vec<String>,
        /// The key, part by part, as far as it may be shown.
        key: String,
        /// How many rows have it.
        rows: u64,
        /// It is a code that another source looks up.
        looked_up: bool,
    },
    /// The server stopped, or was stopped.
    Stopped {
        /// Why.
        why: Stopped,
        /// What the server says.
        said: String,
    },
    /// A table without rows.
    TableEmpty {
        /// The table as it is shown.
        table: String,
    },
    /// A text that is read in a file but not in a database.
    ReadInFilesOnly {
        /// The text.
        text: String,
        /// The column.
        column: String,
    },
}

/// What is wrong with an address.
#[derive(Debug, Clone, PartialEq)]
pub enum AddressWrong {
    /// No table is named.
    NoTable {
        /// The address with one.
        write: String,
    },
    /// A parameter that means nothing here.
    Parameter {
        /// Its name.
        name: String,
        /// One whose name is close.
        near: Option<String>,
    },
    /// A port that is no number from 1 to 65535, or a `%` without two digits behind it.
    Part {
        /// The part.
        text: String,
    },
}

/// Why a server is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReached {
    /// Nothing answers at this address.
    NoAnswer,
    /// The name or the password is refused, or no password is known.
    Login,
    /// There is no such database.
    Database,
    /// The service file, or what it should say, is missing.
    Service,
    /// No secure connection.
    Tls,
}

/// Why a server stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// `statement_timeout`.
    Timeout,
    /// Ctrl-C, or the administrator.
    Cancelled,
    /// The connection was lost.
    Lost,
    /// A value that does not fit, or anything else that the server says.
    Failed,
}

/// What SQL cannot say with exactly the same figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotInSql {
    /// `fait:`: which of several statements is kept depends on the order of lines.
    Facts,
    /// `jalons:`: stages are told by their line.
    Milestones,
    /// « plus de 50 000 ».
    Qualified,
    /// `lignes exclues`: they are known by their first cell.
    ExcludedRows,
    /// A constant that has no end after the decimal mark.
    Constant,
    /// Periods in a column that is neither of dates nor of periods.
    Period,
}

impl TableProblem {
    pub(super) const CODES: &'static [&'static str] =
        &["E0580", "E0581", "E0582", "E0583", "E0584", "E0585", "E0586", "E0587", "E0588", "E0589", "W0510"];

    pub(super) fn code(&self) -> &'static str {
        match self {
            TableProblem::PasswordInText { .. } => "E0580",
            TableProblem::BadAddress { .. } => "E0581",
            TableProblem::NoClient { .. } => "E0582",
            TableProblem::NotReached { .. } => "E0583",
            TableProblem::TableUnusable { .. } => "E0584",
            TableProblem::NotInSql { .. } => "E0585",
            TableProblem::ColumnKind { .. } => "E0586",
            TableProblem::KeyRepeats { .. } => "E0587",
            TableProblem::Stopped { .. } => "E0588",
            TableProblem::ReadInFilesOnly { .. } => "E0589",
            TableProblem::TableEmpty { .. } => "W0510",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            TableProblem::PasswordInText { without } => Both {
                fr: Words::new(
                    "un mot de passe est écrit dans le texte",
                    "mot de passe en clair",
                    format!(
                        "fichier: \"{without}\"\nDonnez le mot de passe par PGPASSWORD ou par le fichier ~/.pgpass ; changez-le \
                         si ce texte a été partagé"
                    ),
                ),
                en: Words::new(
                    "a password is written in the text",
                    "a password for all to read",
                    format!(
                        "file: \"{without}\"\nGive the password through PGPASSWORD or the file ~/.pgpass; change it if this text \
                         was shared"
                    ),
                ),
            },
            TableProblem::BadAddress { wrong } => match wrong {
                AddressWrong::NoTable { write } => Both {
                    fr: Words::new(
                        "l'adresse ne dit pas quelle table lire",
                        "quelle table ?",
                        format!("fichier: \"{write}\""),
                    ),
                    en: Words::new(
                        "the address does not say which table to read",
                        "which table?",
                        format!("file: \"{write}\""),
                    ),
                },
                AddressWrong::Parameter { name, near } => Both {
                    fr: Words::new(
                        format!("« {name} » n'a pas de sens dans l'adresse d'une table"),
                        "paramètre inconnu",
                        match near {
                            Some(near) => format!("vouliez-vous écrire « {near}= » ?"),
                            None => "il y a : table, service, user, sslmode".into(),
                        },
                    ),
                    en: Words::new(
                        format!("`{name}` means nothing in the address of a table"),
                        "unknown parameter",
                        match near {
                            Some(near) => format!("did you mean `{near}=`?"),
                            None => "there are: table, service, user, sslmode".into(),
                        },
                    ),
                },
                AddressWrong::Part { text } => Both {
                    fr: Words::new(
                        format!("« {text} » n'est pas lisible dans l'adresse d'une table"),
                        "partie illisible",
                        "fichier: \"postgres://serveur:5432/base?table=schéma.table\"",
                    ),
                    en: Words::new(
                        format!("`{text}` cannot be read in the address of a table"),
                        "unreadable part",
                        "file: \"postgres://server:5432/database?table=schema.table\"",
                    ),
                },
            },
            TableProblem::NoClient { table } => Both {
                fr: Words::new(
                    format!("ce programme est construit sans PostgreSQL : la table « {table} » n'est pas lue"),
                    "table PostgreSQL",
                    "cargo install --path crates/cli --features postgres\nOu exportez la table en CSV : fichier: \"export.csv\"",
                ),
                en: Words::new(
                    format!("this program is built without PostgreSQL: the table `{table}` is not read"),
                    "a table of PostgreSQL",
                    "cargo install --path crates/cli --features postgres\nOr export the table as CSV: file: \"export.csv\"",
                ),
            },
            TableProblem::NotReached { server, why, said } => not_reached(server, *why, said),
            TableProblem::TableUnusable { table, forbidden: true, user, .. } => Both {
                fr: Words::new(
                    format!("« {user} » n'a pas le droit de lire la table « {table} »"),
                    "lecture refusée",
                    format!("demandez à l'administrateur de la base : GRANT SELECT ON {table} TO {user}"),
                ),
                en: Words::new(
                    format!("`{user}` may not read the table `{table}`"),
                    "reading is refused",
                    format!("ask the administrator of the database: GRANT SELECT ON {table} TO {user}"),
                ),
            },
            TableProblem::TableUnusable { table, near, .. } => Both {
                fr: Words::new(
                    format!("la base n'a pas de table « {table} »"),
                    "aucune table de ce nom",
                    match near {
                        Some(near) => format!("vouliez-vous écrire « table={near} » ?"),
                        None => "vérifiez le schéma et la base : table=schéma.table ; majuscules et accents comptent".into(),
                    },
                ),
                en: Words::new(
                    format!("the database has no table `{table}`"),
                    "no table of this name",
                    match near {
                        Some(near) => format!("did you mean `table={near}`?"),
                        None => "check the schema and the database: table=schema.table; capitals and accents count".into(),
                    },
                ),
            },
            TableProblem::NotInSql { why, source, column, indicators } => {
                not_in_sql(*why, source, column.as_deref(), indicators)
            }
            TableProblem::ColumnKind { column, found, wanted } => Both {
                fr: Words::new(
                    format!("la colonne « {column} » est de type « {found} » dans la base"),
                    "type inutilisable",
                    format!("il faut {} ; sinon, lisez une vue qui convertit la colonne", wanted.fr),
                ),
                en: Words::new(
                    format!("the column `{column}` is of type `{found}` in the database"),
                    "unusable type",
                    format!("it must be {}; else read a view that converts the column", wanted.en),
                ),
            },
            TableProblem::KeyRepeats { columns, key, rows, looked_up } => {
                let (fr, en) = match looked_up {
                    true => (
                        "supprimez les lignes en trop : un code que l'on cherche n'y figure qu'une fois",
                        "remove the rows that are too many: a code that is looked up stands there once only",
                    ),
                    false => (
                        "supprimez les lignes en trop, ou complétez la liste des colonnes qui distinguent une ligne d'une autre",
                        "remove the rows that are too many, or complete the list of columns that tell one row from another",
                    ),
                };
                let list = columns.join(", ");
                let shown = |open: &str, close: &str| match key.is_empty() {
                    true => String::new(),
                    false => format!(" {open}{key}{close}"),
                };
                Both {
                    fr: Words::new(
                        format!("{list} :{} se trouve sur {rows} lignes", shown("« ", " »")),
                        "clé en double",
                        fr,
                    ),
                    en: Words::new(
                        format!("{list}:{} stands on {rows} rows", shown("`", "`")),
                        "a key that repeats",
                        en,
                    ),
                }
            }
            TableProblem::Stopped { why, said } => stopped(*why, said),
            TableProblem::TableEmpty { table } => Both {
                fr: Words::new(
                    format!("la table « {table} » est vide"),
                    "aucune ligne",
                    "vérifiez que la table est chargée ; sans lignes, les chiffres de cette source sont non disponibles",
                ),
                en: Words::new(
                    format!("the table `{table}` is empty"),
                    "no row",
                    "check that the table is loaded; without rows, the figures of this source are missing",
                ),
            },
            TableProblem::ReadInFilesOnly { text, column } => Both {
                fr: Words::new(
                    format!("« {text} » n'est pas lu dans une base de données"),
                    format!("colonne « {column} »"),
                    "écrivez la valeur sous sa forme simple (2020-06-15, 1234.5, 2019-2020), ou exportez la table en CSV",
                ),
                en: Words::new(
                    format!("`{text}` is not read in a database"),
                    format!("column `{column}`"),
                    "write the value in its plain form (2020-06-15, 1234.5, 2019-2020), or export the table as CSV",
                ),
            },
        }
    }
}

fn not_reached(server: &str, why: NotReached, said: &str) -> Both<Words> {
    let (fr, en) = match why {
        NotReached::NoAnswer => (
            (
                format!("la base de données ne répond pas : {server}"),
                "vérifiez l'adresse et le port, et que le serveur est allumé et joignable d'ici (PGHOST, PGPORT)",
            ),
            (
                format!("the database does not answer: {server}"),
                "check the address and the port, and that the server runs and can be reached from here (PGHOST, PGPORT)",
            ),
        ),
        NotReached::Login => (
            (
                format!("la base de données refuse l'entrée : {server}"),
                "donnez le nom par PGUSER et le mot de passe par PGPASSWORD ou le fichier ~/.pgpass",
            ),
            (
                format!("the database refuses to let in: {server}"),
                "give the name through PGUSER and the password through PGPASSWORD or the file ~/.pgpass",
            ),
        ),
        NotReached::Database => (
            (format!("le serveur n'a pas cette base : {server}"), "postgres://serveur/base?table=…, ou PGDATABASE"),
            (format!("the server has no such database: {server}"), "postgres://server/database?table=…, or PGDATABASE"),
        ),
        NotReached::Service => (
            (
                "le service demandé n'est pas décrit".to_string(),
                "décrivez-le dans ~/.pg_service.conf ou dans le fichier que nomme PGSERVICEFILE",
            ),
            (
                "the service asked for is not described".to_string(),
                "describe it in ~/.pg_service.conf or in the file that PGSERVICEFILE names",
            ),
        ),
        NotReached::Tls => (
            (
                format!("la connexion chiffrée est impossible : {server}"),
                "vérifiez le certificat du serveur (PGSSLROOTCERT), ou convenez d'un autre sslmode avec l'administrateur",
            ),
            (
                format!("no encrypted connection is possible: {server}"),
                "check the certificate of the server (PGSSLROOTCERT), or agree on another sslmode with the administrator",
            ),
        ),
    };
    Both { fr: Words::new(fr.0, said, fr.1), en: Words::new(en.0, said, en.1) }
}

fn stopped(why: Stopped, said: &str) -> Both<Words> {
    let (fr, en) = match why {
        Stopped::Timeout => (
            (
                "la base de données a mis trop de temps et s'est arrêtée",
                "relancez à une heure creuse, ou demandez un « statement_timeout » plus long (PGOPTIONS=\"-c statement_timeout=10min\")",
            ),
            (
                "the database took too long and stopped",
                "run again at a quiet hour, or ask for a longer statement_timeout (PGOPTIONS=\"-c statement_timeout=10min\")",
            ),
        ),
        Stopped::Cancelled => (
            ("le calcul dans la base de données a été interrompu", "relancez la commande"),
            ("the computation in the database was interrupted", "run the command again"),
        ),
        Stopped::Lost => (
            ("la connexion avec la base de données s'est rompue", "relancez la commande ; le serveur a peut-être redémarré"),
            ("the connection with the database was lost", "run the command again; the server may have restarted"),
        ),
        Stopped::Failed => (
            ("la base de données n'a pas pu répondre", "montrez ce message à l'administrateur de la base"),
            ("the database could not answer", "show this message to the administrator of the database"),
        ),
    };
    Both { fr: Words::new(fr.0, said, fr.1), en: Words::new(en.0, said, en.1) }
}

/// Indicators named; more are counted.
const NAMED: usize = 5;

fn not_in_sql(why: NotInSql, source: &str, column: Option<&str>, indicators: &[String]) -> Both<Words> {
    let (fr, en) = match why {
        NotInSql::Facts => ("les énoncés d'un même fait", "statements of one fact"),
        NotInSql::Milestones => ("les étapes de jalons", "stages of milestones"),
        NotInSql::Qualified => ("les nombres qualifiés (« plus de 50 000 »)", "qualified numbers (\"more than 50,000\")"),
        NotInSql::ExcludedRows => ("les lignes exclues par leur première cellule", "rows left out by their first cell"),
        NotInSql::Constant => {
            ("les seuils qui ont plus de décimales que la base n'en garde", "bounds with more decimals than the database keeps")
        }
        NotInSql::Period => {
            ("les périodes d'une colonne qui n'est ni date ni période", "periods of a column that is neither date nor period")
        }
    };
    let of = |fr: bool| column.map_or(String::new(), |name| if fr { format!(", colonne « {name} »") } else { format!(", column `{name}`") });
    let more = indicators.len().saturating_sub(NAMED);
    let named = indicators.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let rest = |fr: bool| match (more, fr) {
        (0, _) => String::new(),
        (1, true) => " et un autre".into(),
        (more, true) => format!(" et {more} autres"),
        (more, false) => format!(" and {more} more"),
    };
    let label = |fr: bool| match (named.is_empty(), fr) {
        (true, _) => String::new(),
        (false, true) => format!("pour {named}{}", rest(true)),
        (false, false) => format!("for {named}{}", rest(false)),
    };
    Both {
        fr: Words::new(
            format!("{fr} ne se calculent pas dans une base de données (source « {source} »{})", of(true)),
            label(true),
            "exportez la table en CSV : fichier: \"export.csv\"",
        ),
        en: Words::new(
            format!("{en} are not computed in a database (source `{source}`{})", of(false)),
            label(false),
            "export the table as CSV: file: \"export.csv\"",
        ),
    }
}
