//! E05: what can be wrong with Parquet files, and with a folder whose files are one source.

use super::Words;
use crate::text::Both;

/// E05, Parquet files and folders of files.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnarProblem {
    /// `registre.parquet` of which the end is missing.
    Broken {
        /// The path as declared.
        path: String,
        /// What is wrong with it, as the format calls it.
        reason: String,
    },
    /// A declared column that is a list in the file.
    OtherType {
        /// The name in indicator files.
        column: String,
        /// The header in the file.
        header: String,
        /// Its type, as the format calls it.
        found: String,
    },
    /// `fichier: "registre/"` where the folder has no data file.
    FolderEmpty {
        /// The path as declared.
        path: String,
    },
    /// Parquet and CSV files in one folder.
    MixedFiles {
        /// A file.
        first: String,
        /// One of another kind.
        other: String,
    },
    /// `notes.docx` in a folder of data.
    OtherFile {
        /// The folder as declared.
        folder: String,
        /// The file.
        path: String,
    },
    /// A folder with a million files.
    TooManyFiles {
        /// The folder as declared.
        path: String,
        /// The most files that a source may have.
        limit: usize,
    },
    /// Folders in folders without end.
    FolderTooDeep {
        /// The folder.
        path: String,
        /// How deep folders may lie.
        limit: usize,
    },
    /// `lignes exclues` of a Parquet file.
    DoesNotApply {
        /// The path as declared.
        path: String,
        /// What is declared.
        field: Both<&'static str>,
    },
}

impl ColumnarProblem {
    pub(super) const CODES: &'static [&'static str] =
        &["E0556", "E0557", "E0559", "E0560", "E0561", "E0562", "E0563", "E0564"];

    pub(super) fn code(&self) -> &'static str {
        match self {
            ColumnarProblem::Broken { .. } => "E0556",
            ColumnarProblem::OtherType { .. } => "E0557",
            ColumnarProblem::FolderEmpty { .. } => "E0559",
            ColumnarProblem::MixedFiles { .. } => "E0560",
            ColumnarProblem::OtherFile { .. } => "E0561",
            ColumnarProblem::TooManyFiles { .. } => "E0562",
            ColumnarProblem::FolderTooDeep { .. } => "E0563",
            ColumnarProblem::DoesNotApply { .. } => "E0564",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            ColumnarProblem::Broken { path, reason } => Both {
                fr: Words::new(
                    format!("le fichier Parquet « {path} » est abîmé ou incomplet"),
                    format!("sa lecture échoue ({reason}) : aucun chiffre n'en est tiré"),
                    "copiez ou exportez le fichier de nouveau, en entier",
                ),
                en: Words::new(
                    format!("the Parquet file `{path}` is damaged or incomplete"),
                    format!("reading it fails ({reason}): no figure is taken from it"),
                    "copy or export the file again, the whole of it",
                ),
            },
            ColumnarProblem::OtherType { column, header, found } => Both {
                fr: Words::new(
                    format!("la colonne « {column} » n'est ni un texte, ni un nombre, ni une date dans le fichier"),
                    format!("la colonne « {header} » y est du type {found}"),
                    "exportez-la en texte, en nombre décimal, en date ou en oui/non, une valeur par ligne",
                ),
                en: Words::new(
                    format!("the column `{column}` is neither text, number nor date in the file"),
                    format!("the column `{header}` is of the type {found} there"),
                    "export it as text, decimal number, date or yes/no, one value a row",
                ),
            },
            ColumnarProblem::FolderEmpty { path } => Both {
                fr: Words::new(
                    format!("aucun fichier de données dans le dossier « {path} »"),
                    "ni CSV, ni classeur, ni Parquet dans ce dossier ou ses sous-dossiers",
                    "déposez-y les fichiers, ou nommez un fichier : fichier: \"registre.csv\"",
                ),
                en: Words::new(
                    format!("no data file in the folder `{path}`"),
                    "neither CSV, workbook nor Parquet in this folder or the folders in it",
                    "put the files there, or name a file: file: \"register.csv\"",
                ),
            },
            ColumnarProblem::MixedFiles { first, other } => Both {
                fr: Words::new(
                    "le dossier mêle des fichiers Parquet et d'autres fichiers",
                    format!("« {first} » et « {other} » : les mêmes lignes y sont peut-être deux fois"),
                    "gardez dans le dossier une seule des deux formes",
                ),
                en: Words::new(
                    "the folder mixes Parquet files with other ones",
                    format!("`{first}` and `{other}`: the same rows may stand there twice"),
                    "keep only one of the two forms in the folder",
                ),
            },
            ColumnarProblem::OtherFile { folder, path } => Both {
                fr: Words::new(
                    format!("« {path} » n'est pas un fichier de données"),
                    format!("tous les fichiers du dossier « {folder} » sont lus comme données"),
                    "déplacez ce fichier hors du dossier, ou faites commencer son nom par « _ »",
                ),
                en: Words::new(
                    format!("`{path}` is not a data file"),
                    format!("all files of the folder `{folder}` are read as data"),
                    "move this file out of the folder, or let its name start with `_`",
                ),
            },
            ColumnarProblem::TooManyFiles { path, limit } => Both {
                fr: Words::new(
                    format!("le dossier « {path} » contient plus de {limit} fichiers"),
                    "au-delà, la lecture s'arrête",
                    "réunissez les fichiers, par exemple un par année",
                ),
                en: Words::new(
                    format!("the folder `{path}` holds more than {limit} files"),
                    "reading stops beyond that",
                    "join the files, one a year for instance",
                ),
            },
            ColumnarProblem::FolderTooDeep { path, limit } => Both {
                fr: Words::new(
                    format!("le dossier « {path} » est trop profond"),
                    format!("plus de {limit} dossiers les uns dans les autres"),
                    "rapprochez les fichiers du dossier nommé dans la source",
                ),
                en: Words::new(
                    format!("the folder `{path}` lies too deep"),
                    format!("more than {limit} folders in each other"),
                    "bring the files closer to the folder that the source names",
                ),
            },
            ColumnarProblem::DoesNotApply { path, field } => Both {
                fr: Words::new(
                    format!("« {} » ne s'applique pas à un fichier Parquet", field.fr),
                    format!("« {path} » dit lui-même ses colonnes et ses types"),
                    format!("retirez la ligne « {} »", field.fr),
                ),
                en: Words::new(
                    format!("`{}` does not apply to a Parquet file", field.en),
                    format!("`{path}` itself tells its columns and types"),
                    format!("take the line `{}` out", field.en),
                ),
            },
        }
    }
}
