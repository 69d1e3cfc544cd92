//! Look-ups: what can be wrong with a column that is found in another source by its identifier.

use super::Words;
use crate::text::Both;

/// E03, numbers 85 to 91, and E0545. Texts that are confidential arrive here already masked.
#[derive(Debug, Clone, PartialEq)]
pub enum LookupProblem {
    /// `région de communes selon code_commune` where `communes` has no `identifiant`, or one of several columns.
    NoIdentifier {
        /// The other source.
        source: String,
        /// Its text columns, of which one may be the identifier.
        columns: Vec<String>,
        /// How many columns its identifier has.
        found: usize,
    },
    /// The other source has a period: one identifier has as many rows as periods.
    HasPeriod {
        /// The other source.
        source: String,
        /// Its column of periods.
        column: String,
    },
    /// A look-up through a column that is itself looked up in a third source.
    Chain {
        /// That column.
        column: String,
        /// Its source.
        source: String,
        /// The source where its values are.
        third: String,
    },
    /// A column of which some cells mark totals: a total is the value of no single row.
    Totals {
        /// The column.
        column: String,
        /// Its source.
        source: String,
    },
    /// A column that is looked up is the period, the identifier, the count or the fact of its source.
    Role {
        /// The column.
        column: String,
        /// What it is wanted for.
        role: Both<&'static str>,
        /// The column of this source that holds the identifier of the other.
        by: String,
    },
    /// `région de communes selon code_commune, en-tête "Région"`: how a column is written is said where it is written.
    Elsewhere {
        /// The word of the option.
        option: Both<&'static str>,
        /// The column of the other source.
        column: String,
        /// The other source.
        source: String,
    },
    /// `somme de capacité de registre` where each pupil has the capacity of the whole school.
    Repeated {
        /// The aggregate, in words.
        aggregate: Both<&'static str>,
        /// The column.
        column: String,
        /// The column of the other source.
        of: String,
        /// The other source.
        source: String,
    },
    /// `registre` is a file and `communes` a table of a database, or they are in two databases.
    Apart {
        /// The source.
        one: String,
        /// The source that is looked in.
        other: String,
    },
    /// A cell that is no identifier of the other source.
    NotFound {
        /// The text of the cell.
        text: String,
        /// The column of the other source that identifies its rows.
        identifier: String,
        /// The other source.
        source: String,
        /// How many identifiers there are.
        known: usize,
        /// An identifier that is close.
        near: Option<String>,
        /// In how many rows the code stands.
        rows: u64,
    },
}

impl LookupProblem {
    pub(super) const CODES: &'static [&'static str] =
        &["E0385", "E0386", "E0387", "E0388", "E0389", "E0390", "E0391", "E0545"];

    pub(super) fn code(&self) -> &'static str {
        match self {
            LookupProblem::NoIdentifier { .. } => "E0385",
            LookupProblem::HasPeriod { .. } => "E0386",
            LookupProblem::Chain { .. } | LookupProblem::Totals { .. } => "E0387",
            LookupProblem::Role { .. } => "E0388",
            LookupProblem::Elsewhere { .. } => "E0389",
            LookupProblem::Repeated { .. } => "E0390",
            LookupProblem::Apart { .. } => "E0391",
            LookupProblem::NotFound { .. } => "E0545",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            LookupProblem::NoIdentifier { source, columns, found } => {
                let column = columns.first().map_or("code", String::as_str);
                let (fr, en) = match found {
                    0 => (
                        format!("rien n'identifie une ligne de « {source} »"),
                        format!("nothing identifies a row of `{source}`"),
                    ),
                    _ => (
                        format!("il faut {found} colonnes pour identifier une ligne de « {source} »"),
                        format!("it takes {found} columns to identify a row of `{source}`"),
                    ),
                };
                Both {
                    fr: Words::new(
                        fr,
                        "laquelle de ses lignes ?",
                        format!("nommez dans « {source} » la colonne de texte où chaque code ne figure qu'une fois : identifiant: {column}"),
                    )
                    .and("la source où l'on cherche"),
                    en: Words::new(
                        en,
                        "which of its rows?",
                        format!("name in `{source}` the text column where each code stands once only: key: {column}"),
                    )
                    .and("the source that is looked in"),
                }
            }
            LookupProblem::HasPeriod { source, column } => Both {
                fr: Words::new(
                    format!("« {source} » a des périodes : un même code peut y avoir une ligne par période"),
                    "de quelle période ?",
                    format!(
                        "cherchez dans une source sans « période: », qui a une seule ligne par code ; si « {source} » n'en a qu'une, \
                         retirez « période: {column} »"
                    ),
                )
                .and("ses périodes"),
                en: Words::new(
                    format!("`{source}` has periods: one code may have a row for each period"),
                    "of which period?",
                    format!(
                        "look in a source without `period:`, which has one row per code; if `{source}` has only one, remove \
                         `period: {column}`"
                    ),
                )
                .and("its periods"),
            },
            LookupProblem::Chain { column, source, third } => Both {
                fr: Words::new(
                    format!("« {column} » n'est pas dans le fichier de « {source} » : elle est elle-même cherchée dans « {third} »"),
                    "une recherche dans une recherche",
                    format!("ajoutez la colonne « {column} » au fichier de « {source} », et déclarez-la là avec son type"),
                )
                .and("cherchée ici"),
                en: Words::new(
                    format!("`{column}` is not in the file of `{source}`: it is itself looked up in `{third}`"),
                    "a look-up in a look-up",
                    format!("add the column `{column}` to the file of `{source}`, and declare it there with its type"),
                )
                .and("looked up here"),
            },
            LookupProblem::Totals { column, source } => Both {
                fr: Words::new(
                    format!("des cellules de « {column} » marquent un total : ce n'est la valeur d'aucune ligne de « {source} »"),
                    "une valeur, ou un total ?",
                    format!("retirez « total » de cette colonne, et les lignes de total de « {source} » : lignes exclues: \"Total\""),
                )
                .and("le total est déclaré ici"),
                en: Words::new(
                    format!("some cells of `{column}` mark a total: that is the value of no row of `{source}`"),
                    "a value, or a total?",
                    format!("remove `total` from this column, and the rows of totals from `{source}`: excluded rows: \"Total\""),
                )
                .and("the total is declared here"),
            },
            LookupProblem::Role { column, role, by } => Both {
                fr: Words::new(
                    format!("« {column} » est cherchée dans une autre source : elle ne peut pas être {}", role.fr),
                    "n'est pas dans le fichier de cette source",
                    format!("nommez une colonne du fichier, comme {by}"),
                )
                .and("cherchée ici"),
                en: Words::new(
                    format!("`{column}` is looked up in another source: it cannot be {}", role.en),
                    "is not in the file of this source",
                    format!("name a column of the file, such as {by}"),
                )
                .and("looked up here"),
            },
            LookupProblem::Elsewhere { option, column, source } => Both {
                fr: Words::new(
                    format!("« {} » se dit dans la source où la colonne est écrite", option.fr),
                    "ne se dit pas ici",
                    format!("déplacez-le à la ligne de « {column} » dans la source « {source} »"),
                ),
                en: Words::new(
                    format!("`{}` is said in the source where the column is written", option.en),
                    "not said here",
                    format!("move it to the line of `{column}` in the source `{source}`"),
                ),
            },
            LookupProblem::Repeated { aggregate, column, of, source } => Both {
                fr: Words::new(
                    format!(
                        "la {} de « {column} » compterait chaque valeur autant de fois que sa ligne de « {source} » est citée",
                        aggregate.fr
                    ),
                    "chaque ligne porte la valeur entière",
                    format!(
                        "mesurez-la là où elle figure une fois : mesure: {} de {of} de {source} ; ici, elle sert dans une condition : \
                         {column} >= …",
                        aggregate.fr
                    ),
                )
                .and("cherchée ici"),
                en: Words::new(
                    format!("the {} of `{column}` would count each value as often as its row of `{source}` is named", aggregate.en),
                    "each row has the whole value",
                    format!(
                        "measure it where it stands once: measure: {} of {of} in {source}; here it serves in a condition: {column} >= …",
                        aggregate.en
                    ),
                )
                .and("looked up here"),
            },
            LookupProblem::Apart { one, other } => Both {
                fr: Words::new(
                    format!("« {one} » et « {other} » ne sont pas au même endroit"),
                    "n'est pas dans la même base de données",
                    "exportez la table en CSV, ou mettez les deux tables dans une même base : une colonne se cherche d'un fichier dans un \
                     fichier, ou d'une table dans une table de la même base",
                )
                .and("la source où l'on cherche"),
                en: Words::new(
                    format!("`{one}` and `{other}` are not in the same place"),
                    "is not in the same database",
                    "export the table as CSV, or put both tables into one database: a column is looked up from a file in a file, or from \
                     a table in a table of the same database",
                )
                .and("the source that is looked in"),
            },
            LookupProblem::NotFound { text, identifier, source, known, near, rows } => {
                let (fr, en) = match near {
                    Some(near) => (
                        format!("corrigez la cellule ({near} ?), ou ajoutez ce code à « {source} »"),
                        format!("correct the cell ({near}?), or add this code to `{source}`"),
                    ),
                    None => (
                        format!("corrigez la cellule, ou ajoutez ce code à « {source} », qui en a {known}"),
                        format!("correct the cell, or add this code to `{source}`, which has {known}"),
                    ),
                };
                let (label_fr, label_en) = match rows {
                    0 | 1 => ("code introuvable".to_string(), "code not found".to_string()),
                    rows => (format!("code introuvable, dans {rows} lignes"), format!("code not found, in {rows} rows")),
                };
                Both {
                    fr: Words::new(format!("« {text} » n'est pas un {identifier} de « {source} »"), label_fr, fr),
                    en: Words::new(format!("`{text}` is no {identifier} of `{source}`"), label_en, en),
                }
            }
        }
    }
}
