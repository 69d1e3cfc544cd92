//! E05: what can be wrong with a data file, its layout and its cells.

use super::Words;
use crate::text::Both;

/// E05. Texts from confidential columns arrive here already masked.
#[derive(Debug, Clone, PartialEq)]
pub enum DataProblem {
    /// `fichier: "inscription.csv"` where the folder holds `inscriptions.csv`.
    FileNotFound {
        /// The path as declared.
        path: String,
        /// A file of the same folder whose name is close.
        near: Option<String>,
    },
    /// `fichier: "education"` where that is a folder.
    FileIsFolder {
        /// The path as declared.
        path: String,
    },
    /// The operating system refuses to open the file.
    FileForbidden {
        /// The path as declared.
        path: String,
    },
    /// Windows: the file is open in Excel.
    FileLocked {
        /// The path as declared.
        path: String,
    },
    /// Any other trouble while reading.
    FileUnreadable {
        /// The path as declared.
        path: String,
        /// What the operating system says.
        reason: String,
    },
    /// A file with no line at all.
    FileEmpty {
        /// The path as declared.
        path: String,
    },
    /// A workbook, an archive or a program under a `.csv` name.
    NotText {
        /// The path as declared.
        path: String,
        /// What it looks like.
        looks: Binary,
    },
    /// Bytes that are not UTF-8, and no `encodage:`.
    NotUtf8 {
        /// The path as declared.
        path: String,
        /// The encoding that the bytes look like.
        likely: &'static str,
        /// The bytes, read in that encoding.
        reads: String,
    },
    /// `encodage: "windows-1525"`.
    UnknownEncoding {
        /// As declared.
        label: String,
        /// A known one that is close.
        near: Option<String>,
    },
    /// Bytes that do not exist in the declared encoding, or half a character at the end.
    BrokenEncoding {
        /// The encoding in use.
        encoding: String,
    },
    /// `séparateur: "¤"`: must be one plain character that is not a quote or a line end.
    UnusableSeparator {
        /// As declared.
        separator: char,
    },
    /// A declared column that the file does not have.
    MissingColumn {
        /// The name in the indicator file.
        column: String,
        /// Headers under which it was sought.
        sought: Vec<String>,
        /// Headers of the file.
        found: Vec<String>,
        /// A header of the file that is close.
        near: Option<String>,
        /// A separator with which the column would be found.
        separator: Option<char>,
        /// It was sought in a table of a database, not in a file.
        in_table: bool,
    },
    /// Two columns of the file answer to one declared column.
    DuplicateHeader {
        /// The header.
        header: String,
        /// Their numbers in the file, from 1.
        columns: (u32, u32),
    },
    /// A row with more or fewer cells than the header.
    WrongCellCount {
        /// Cells of the row.
        found: usize,
        /// Cells of the header.
        wanted: usize,
    },
    /// `"Rabat` with no second quote before the end of the file.
    UnclosedQuote,
    /// `"Rabat" Salé`.
    TextAfterQuote,
    /// A row of more than so many bytes: no line ends.
    RowTooLong {
        /// The most that a row may have, in mebibytes.
        limit: usize,
    },
    /// An empty cell in a column that does not say `peut être vide`.
    EmptyCell {
        /// The column.
        column: String,
    },
    /// `12a` in a column of numbers.
    NotANumber {
        /// The text.
        text: String,
    },
    /// « plus de 50 » in a column that does not say `qualifié`.
    QualifiedText {
        /// The text.
        text: String,
        /// The column.
        column: String,
    },
    /// `3,5` where the decimal mark is a point; `1.234` where nothing is declared.
    NumberStyle {
        /// The text.
        text: String,
        /// The number if its mark is a decimal mark: the mark, and the number with a point.
        as_decimal: Option<(char, String)>,
        /// The number if its mark groups thousands: the mark, and the digits.
        as_thousands: Option<(char, String)>,
        /// The source declares its decimal or thousands mark.
        declared: bool,
    },
    /// `31,40` in a column where another cell is `50.07`.
    MixedStyles {
        /// The text.
        text: String,
        /// The number if its mark is a decimal mark: the mark, and the number with a point.
        as_decimal: Option<(char, String)>,
        /// The number if its mark groups thousands: the mark, and the digits.
        as_thousands: Option<(char, String)>,
        /// The cell that is written in another style.
        other: String,
        /// Its line.
        line: u64,
        /// The column.
        column: String,
    },
    /// `26.039` in a column of persons whose decimal mark is a point.
    NotWhole {
        /// The text.
        text: String,
        /// The number if its mark groups thousands: the mark, and the digits.
        as_thousands: Option<(char, String)>,
    },
    /// `1,2E+05`: a spreadsheet has shortened the number.
    ShortenedNumber {
        /// The text.
        text: String,
    },
    /// More digits than are kept exactly.
    NumberTooLong {
        /// The text.
        text: String,
        /// The most significant digits that a number may have.
        limit: u32,
    },
    /// `2020-02-30`, `15/06/20`, or another order of day and month than declared.
    NotADate {
        /// The text.
        text: String,
        /// The declared style, in French and in English.
        style: (&'static str, &'static str),
        /// The declaration that would read it.
        other: Option<(&'static str, &'static str)>,
    },
    /// `2019-12-31T23:30:00Z` where nothing says by which clock days are counted.
    InstantWithoutZone {
        /// The text.
        text: String,
    },
    /// `2019` in a column of school years.
    NotAPeriod {
        /// The text.
        text: String,
        /// The calendar.
        calendar: String,
        /// A label of this calendar, in French and in English.
        example: (String, String),
        /// The cell dates a stage of a milestone.
        of_stage: bool,
    },
    /// A code, label or alias that the dimension does not have.
    UnknownCode {
        /// The text.
        text: String,
        /// The dimension.
        dimension: String,
        /// The code of a member that is close, and the spelling that is close.
        near: Option<(String, String)>,
    },
    /// 17,5 where the bands are 0-17 and 18+.
    InNoBand {
        /// The text.
        text: String,
        /// The dimension.
        dimension: String,
    },
    /// `peut-être` in a column of yes and no.
    NotYesOrNo {
        /// The text.
        text: String,
        /// The column.
        column: String,
    },
    /// Two rows with one key.
    DuplicateKey {
        /// The columns that together identify a row.
        columns: Vec<String>,
        /// The key, part by part.
        key: String,
        /// The line on which it stands first.
        first: u64,
        /// It is a code that another source looks up.
        looked_up: bool,
    },
    /// A sum that does not fit in 38 digits.
    SumTooLarge {
        /// The column.
        column: String,
    },
    /// A source without `fichier:` whose data are wanted.
    NoFile {
        /// The source.
        source: String,
    },
    /// `Loi 27-14;Publication;2016` below `Loi 27-14;Adoption;2018`.
    StagesBackwards {
        /// The milestone.
        milestone: String,
        /// The stage of this line.
        stage: String,
        /// Its date.
        on: Both<String>,
        /// The stage that comes before it.
        before: String,
        /// Its date, which is later.
        before_on: Both<String>,
    },
    /// One stage of one milestone on two lines with two dates.
    StageTwice {
        /// The milestone.
        milestone: String,
        /// The stage; empty where there are none.
        stage: String,
        /// One date.
        one: Both<String>,
        /// The other.
        other: Both<String>,
    },
    /// `Loi 27-14;Adoption;en cours` where that law is published.
    StagePassed {
        /// The milestone.
        milestone: String,
        /// The stage that is said to be in progress; empty where there are none.
        stage: String,
        /// The last one reached; likewise.
        reached: String,
    },
    /// `feuille: "Donees"` where the workbook has « Données ».
    SheetNotFound {
        /// The path as declared.
        path: String,
        /// As declared: a name or a number.
        wanted: String,
        /// The sheets that there are.
        sheets: Vec<String>,
        /// One whose name is close.
        near: Option<String>,
    },
    /// A workbook with several visible sheets and no `feuille:`.
    SheetNotSaid {
        /// The path as declared.
        path: String,
        /// The visible sheets.
        sheets: Vec<String>,
    },
    /// A workbook that cannot be opened: damaged, with a password, or no workbook.
    WorkbookUnreadable {
        /// The path as declared.
        path: String,
        /// It has a password.
        locked: bool,
        /// What the reader says.
        reason: String,
    },
    /// `feuille:` for a file that is no workbook.
    NoSheets {
        /// The path as declared.
        path: String,
    },
    /// `0.1` kept as a binary floating-point number: no decimal is exactly that.
    Inexact {
        /// The shortest decimal that stands for it.
        text: String,
        /// The most decimals that the column declares.
        declared: Option<u8>,
        /// The column, and how many decimals it may declare so that this cell is read.
        write: Option<(String, u8)>,
    },
    /// `12.345` in a column of `2 décimales`.
    MoreDecimals {
        /// The text.
        text: String,
        /// The column.
        column: String,
        /// The most decimals that it declares.
        most: u8,
        /// How many the text has, where it may be told.
        found: Option<u8>,
    },
    /// `#N/A`, `#DIV/0!` in a cell of a workbook.
    ErrorCell {
        /// As the workbook shows it.
        text: String,
    },
    /// `=SUM(G5:G9)` without a stored result: the workbook was written by a program that does not compute.
    NoResult {
        /// The formula, with its sign of equality.
        text: String,
    },
    /// The sheet that is read is hidden.
    HiddenSheet {
        /// The path as declared.
        path: String,
        /// The sheet.
        sheet: String,
    },
    /// A header and no row.
    HeaderOnly {
        /// The path as declared.
        path: String,
    },
}

/// What a file that is not text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// `.xlsx`, `.ods` or another zip archive.
    Workbook,
    /// `.xls`.
    OldWorkbook,
    /// Parquet.
    Parquet,
    /// Compressed, inside of what has been unpacked.
    Packed,
    /// Bytes of zero.
    Zeros,
}

fn join(list: &[String], open: &str, close: &str) -> String {
    const SHOWN: usize = 12;
    let mut parts: Vec<String> = list.iter().take(SHOWN).map(|one| format!("{open}{one}{close}")).collect();
    if list.len() > SHOWN {
        parts.push(format!("… (+{})", list.len() - SHOWN));
    }
    parts.join(", ")
}

fn fr_list(list: &[String]) -> String {
    join(list, "« ", " »")
}

fn en_list(list: &[String]) -> String {
    join(list, "`", "`")
}

fn fr_mark(mark: char) -> &'static str {
    match mark {
        ',' => "virgule",
        '.' => "point",
        '\'' | '’' => "apostrophe",
        _ => "espace",
    }
}

/// `2 décimales`, `1 décimale`.
pub(crate) fn decimals_words(count: u8) -> Both<String> {
    let (fr, en) = (if count > 1 { "s" } else { "" }, if count == 1 { "" } else { "s" });
    Both { fr: format!("{count} décimale{fr}"), en: format!("{count} decimal{en}") }
}

fn en_mark(mark: char) -> &'static str {
    match mark {
        ',' => "comma",
        '.' => "point",
        '\'' | '’' => "apostrophe",
        _ => "space",
    }
}

fn fr_separator(separator: char) -> String {
    if separator == '\t' { "séparateur: tabulation".into() } else { format!("séparateur: \"{separator}\"") }
}

fn en_separator(separator: char) -> String {
    if separator == '\t' { "separator: tab".into() } else { format!("separator: \"{separator}\"") }
}

impl DataProblem {
    pub(super) const CODES: &'static [&'static str] = &[
        "E0541", "E0542", "E0558", "E0501", "E0502", "E0503", "E0504", "E0505", "E0506", "E0507", "E0508", "E0509", "E0510", "E0511", "E0512", "E0513",
        "E0514", "E0515", "E0516", "E0517", "E0518", "E0519", "E0520", "E0521", "E0522", "E0523", "E0524", "E0525", "E0526",
        "E0527", "E0528", "E0529", "E0530", "E0535", "E0540", "E0565", "E0566", "E0567", "E0570", "E0571", "E0572", "E0573",
        "E0574", "E0575", "E0576", "W0501", "W0502",
    ];

    pub(super) fn code(&self) -> &'static str {
        match self {
            DataProblem::FileNotFound { .. } => "E0501",
            DataProblem::FileIsFolder { .. } => "E0502",
            DataProblem::FileForbidden { .. } => "E0503",
            DataProblem::FileLocked { .. } => "E0504",
            DataProblem::FileUnreadable { .. } => "E0505",
            DataProblem::FileEmpty { .. } => "E0506",
            DataProblem::NotText { .. } => "E0507",
            DataProblem::NotUtf8 { .. } => "E0508",
            DataProblem::UnknownEncoding { .. } => "E0509",
            DataProblem::BrokenEncoding { .. } => "E0510",
            DataProblem::UnusableSeparator { .. } => "E0511",
            DataProblem::MissingColumn { .. } => "E0512",
            DataProblem::DuplicateHeader { .. } => "E0513",
            DataProblem::WrongCellCount { .. } => "E0514",
            DataProblem::UnclosedQuote => "E0515",
            DataProblem::TextAfterQuote => "E0516",
            DataProblem::RowTooLong { .. } => "E0517",
            DataProblem::EmptyCell { .. } => "E0518",
            DataProblem::NotANumber { .. } => "E0519",
            DataProblem::QualifiedText { .. } => "E0540",
            DataProblem::NumberStyle { .. } => "E0520",
            DataProblem::MixedStyles { .. } => "E0570",
            DataProblem::NotWhole { .. } => "E0571",
            DataProblem::ShortenedNumber { .. } => "E0521",
            DataProblem::NumberTooLong { .. } => "E0522",
            DataProblem::NotADate { .. } => "E0523",
            DataProblem::InstantWithoutZone { .. } => "E0542",
            DataProblem::NotAPeriod { .. } => "E0524",
            DataProblem::UnknownCode { .. } => "E0525",
            DataProblem::InNoBand { .. } => "E0526",
            DataProblem::NotYesOrNo { .. } => "E0527",
            DataProblem::DuplicateKey { .. } => "E0528",
            DataProblem::SumTooLarge { .. } => "E0529",
            DataProblem::NoFile { .. } => "E0530",
            DataProblem::StagesBackwards { .. } => "E0565",
            DataProblem::StageTwice { .. } => "E0566",
            DataProblem::StagePassed { .. } => "E0567",
            DataProblem::SheetNotFound { .. } => "E0572",
            DataProblem::SheetNotSaid { .. } => "E0573",
            DataProblem::WorkbookUnreadable { .. } => "E0574",
            DataProblem::NoSheets { .. } => "E0575",
            DataProblem::ErrorCell { .. } => "E0576",
            DataProblem::NoResult { .. } => "E0535",
            DataProblem::Inexact { .. } => "E0558",
            DataProblem::MoreDecimals { .. } => "E0541",
            DataProblem::HeaderOnly { .. } => "W0501",
            DataProblem::HiddenSheet { .. } => "W0502",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            DataProblem::FileNotFound { path, near } => Both {
                fr: Words::new(
                    format!("le fichier de données « {path} » n'existe pas"),
                    "aucun fichier de ce nom",
                    match near {
                        Some(near) => format!("fichier: \"{near}\""),
                        None => "placez le fichier à cet endroit, ou corrigez le chemin : il part du dossier des données, \
                                 avec « / » entre les dossiers"
                            .into(),
                    },
                ),
                en: Words::new(
                    format!("the data file `{path}` does not exist"),
                    "no file of this name",
                    match near {
                        Some(near) => format!("file: \"{near}\""),
                        None => "put the file there, or mend the path: it starts at the data folder, with `/` between folders"
                            .into(),
                    },
                ),
            },
            DataProblem::FileIsFolder { path } => Both {
                fr: Words::new(
                    format!("« {path} » est un dossier, pas un fichier"),
                    "un dossier",
                    format!("nommez un fichier (fichier: \"{path}/donnees.csv\"), ou tous ceux du dossier : fichier: \"{path}/\""),
                ),
                en: Words::new(
                    format!("`{path}` is a folder, not a file"),
                    "a folder",
                    format!("name a file (file: \"{path}/data.csv\"), or all those of the folder: file: \"{path}/\""),
                ),
            },
            DataProblem::FileForbidden { path } => Both {
                fr: Words::new(
                    format!("l'ordinateur refuse l'accès au fichier « {path} »"),
                    "accès refusé",
                    "demandez le droit de lecture sur ce fichier et sur son dossier, ou copiez-le dans un dossier à vous",
                ),
                en: Words::new(
                    format!("the computer refuses access to the file `{path}`"),
                    "access refused",
                    "ask for the right to read this file and its folder, or copy it to a folder of yours",
                ),
            },
            DataProblem::FileLocked { path } => Both {
                fr: Words::new(
                    format!("le fichier « {path} » est ouvert dans un autre programme"),
                    "retenu par un autre programme",
                    "fermez ce fichier dans Excel, puis relancez",
                ),
                en: Words::new(
                    format!("the file `{path}` is open in another program"),
                    "held by another program",
                    "close this file in Excel, then run again",
                ),
            },
            DataProblem::FileUnreadable { path, reason } => Both {
                fr: Words::new(
                    format!("le fichier « {path} » n'a pas pu être lu jusqu'au bout"),
                    format!("le système répond : {reason}"),
                    "vérifiez le disque ou le réseau, ou copiez le fichier ailleurs, puis relancez",
                ),
                en: Words::new(
                    format!("the file `{path}` could not be read to its end"),
                    format!("the system answers: {reason}"),
                    "check the disk or the network, or copy the file elsewhere, then run again",
                ),
            },
            DataProblem::FileEmpty { path } => Both {
                fr: Words::new(
                    format!("le fichier « {path} » est vide"),
                    "aucune ligne, pas même les en-têtes",
                    "enregistrez de nouveau les données ; la première ligne porte les en-têtes des colonnes",
                ),
                en: Words::new(
                    format!("the file `{path}` is empty"),
                    "no line, not even the headers",
                    "save the data again; the first line holds the headers of the columns",
                ),
            },
            DataProblem::NotText { path, looks } => Both {
                fr: Words::new(
                    format!("« {path} » n'est pas un fichier CSV"),
                    match looks {
                        Binary::Workbook => "un classeur Excel ou LibreOffice, ou une archive",
                        Binary::OldWorkbook => "un classeur Excel ancien (.xls)",
                        Binary::Parquet => "un fichier Parquet",
                        Binary::Packed => "un fichier compressé deux fois",
                        Binary::Zeros => "des octets nuls : ce n'est pas du texte, ou de l'UTF-16 sans marque au début",
                    },
                    match looks {
                        Binary::Workbook => "nommez le fichier .xlsx (ou .ods), ou enregistrez-le dans Excel en « CSV UTF-8 »",
                        Binary::OldWorkbook => "nommez le fichier .xls, ou enregistrez-le dans Excel en « CSV UTF-8 »",
                        Binary::Parquet => "enregistrez ces données au format CSV",
                        Binary::Packed => "décompressez-le une fois, puis nommez le fichier obtenu",
                        Binary::Zeros => "enregistrez le fichier en CSV UTF-8, ou écrivez : encodage: \"utf-16le\"",
                    },
                ),
                en: Words::new(
                    format!("`{path}` is not a CSV file"),
                    match looks {
                        Binary::Workbook => "an Excel or LibreOffice workbook, or an archive",
                        Binary::OldWorkbook => "an old Excel workbook (.xls)",
                        Binary::Parquet => "a Parquet file",
                        Binary::Packed => "a file compressed twice",
                        Binary::Zeros => "bytes of zero: this is not text, or it is UTF-16 with no mark at its start",
                    },
                    match looks {
                        Binary::Workbook => "name the file .xlsx (or .ods), or save it from Excel as “CSV UTF-8”",
                        Binary::OldWorkbook => "name the file .xls, or save it from Excel as “CSV UTF-8”",
                        Binary::Parquet => "save these data as CSV",
                        Binary::Packed => "unpack it once, then name the file that comes out",
                        Binary::Zeros => "save the file as CSV UTF-8, or write: encoding: \"utf-16le\"",
                    },
                ),
            },
            DataProblem::NotUtf8 { path, likely, reads } => Both {
                fr: Words::new(
                    format!("le fichier « {path} » n'est pas en UTF-8, et son encodage n'est pas déclaré"),
                    format!("se lirait « {reads} » en {likely}"),
                    format!("encodage: \"{likely}\""),
                ),
                en: Words::new(
                    format!("the file `{path}` is not UTF-8, and its encoding is not declared"),
                    format!("would read `{reads}` in {likely}"),
                    format!("encoding: \"{likely}\""),
                ),
            },
            DataProblem::SheetNotFound { path, wanted, sheets, near } => {
                let name = near.as_deref().or(sheets.first().map(String::as_str)).unwrap_or("");
                Both {
                    fr: Words::new(
                        format!("le classeur « {path} » n'a pas de feuille « {wanted} »"),
                        format!("ses feuilles : {}", fr_list(sheets)),
                        format!("feuille: \"{name}\""),
                    ),
                    en: Words::new(
                        format!("the workbook `{path}` has no sheet `{wanted}`"),
                        format!("its sheets: {}", en_list(sheets)),
                        format!("sheet: \"{name}\""),
                    ),
                }
            }
            DataProblem::SheetNotSaid { path, sheets } => {
                let name = sheets.first().map_or("", String::as_str);
                Both {
                    fr: Words::new(
                        format!("le classeur « {path} » a plusieurs feuilles : laquelle lire ?"),
                        format!("ses feuilles visibles : {}", fr_list(sheets)),
                        format!("feuille: \"{name}\""),
                    ),
                    en: Words::new(
                        format!("the workbook `{path}` has several sheets: which one is meant?"),
                        format!("its visible sheets: {}", en_list(sheets)),
                        format!("sheet: \"{name}\""),
                    ),
                }
            }
            DataProblem::WorkbookUnreadable { path, locked: true, .. } => Both {
                fr: Words::new(
                    format!("le classeur « {path} » est protégé par un mot de passe"),
                    "il ne peut pas être lu",
                    "dans Excel : Fichier, Informations, Protéger le classeur, Chiffrer avec mot de passe, effacez-le et \
                     enregistrez une copie",
                ),
                en: Words::new(
                    format!("the workbook `{path}` is protected by a password"),
                    "it cannot be read",
                    "in Excel: File, Info, Protect Workbook, Encrypt with Password, empty it and save a copy",
                ),
            },
            DataProblem::WorkbookUnreadable { path, locked: false, reason } => Both {
                fr: Words::new(
                    format!("« {path} » ne se lit pas comme un classeur"),
                    format!("le lecteur dit : {reason}"),
                    "ouvrez-le dans Excel ou LibreOffice et enregistrez-le de nouveau en .xlsx",
                ),
                en: Words::new(
                    format!("`{path}` cannot be read as a workbook"),
                    format!("the reader says: {reason}"),
                    "open it in Excel or LibreOffice and save it again as .xlsx",
                ),
            },
            DataProblem::NoSheets { path } => Both {
                fr: Words::new(
                    format!("« {path} » n'est pas un classeur : il n'a pas de feuille"),
                    "une feuille est déclarée pour ce fichier",
                    "retirez la ligne « feuille: », ou nommez un fichier .xlsx, .xls ou .ods",
                ),
                en: Words::new(
                    format!("`{path}` is no workbook: it has no sheet"),
                    "a sheet is declared for this file",
                    "remove the line `sheet:`, or name a file .xlsx, .xls or .ods",
                ),
            },
            DataProblem::Inexact { text, write: Some((column, decimals)), .. } => {
                let declared = decimals_words(*decimals);
                Both {
                    fr: Words::new(
                        format!("« {text} » est un nombre à virgule flottante, et la colonne « {column} » ne dit pas ses décimales"),
                        "une valeur binaire approchée : rien ne dit de quel décimal",
                        format!("écrivez combien de décimales la colonne a au plus : {column}  nombre, {}", declared.fr),
                    ),
                    en: Words::new(
                        format!("`{text}` is a floating-point number, and the column `{column}` does not say its decimals"),
                        "a binary value that is near some decimal: nothing says which",
                        format!("write how many decimals the column has at most: {column}  number, {}", declared.en),
                    ),
                }
            }
            DataProblem::Inexact { text, declared, write: None } => Both {
                fr: Words::new(
                    format!("« {text} » est un nombre à virgule flottante, pas un décimal exact"),
                    match declared.map(decimals_words) {
                        Some(declared) => format!("ou bien aucun nombre à {} ne se garde sous cette forme, ou bien plusieurs", declared.fr),
                        None => "une valeur binaire approchée : la somme ne serait pas exacte".to_string(),
                    },
                    "arrondissez la valeur là où elle est calculée, et exportez la colonne en décimal (par exemple DECIMAL(12, 2)) ou en \
                     texte",
                ),
                en: Words::new(
                    format!("`{text}` is a floating-point number, not an exact decimal"),
                    match declared.map(decimals_words) {
                        Some(declared) => format!("either no number with {} is kept in this form, or several are", declared.en),
                        None => "a binary value that is near some decimal: the sum would not be exact".to_string(),
                    },
                    "round the value where it is computed, and export the column as a decimal (DECIMAL(12, 2), for instance) or as text",
                ),
            },
            DataProblem::InstantWithoutZone { text } => Both {
                fr: Words::new(
                    format!("« {text} » est un instant, et la source ne dit pas l'heure de quel lieu compte"),
                    "selon le lieu, c'est ce jour, la veille ou le lendemain",
                    "à Rabat, écrivez sous la source : fuseau horaire: \"UTC+1\" ; en temps universel : fuseau horaire: \"UTC\"",
                ),
                en: Words::new(
                    format!("`{text}` is an instant, and the source does not say whose clock counts"),
                    "depending on the place it is this day, the day before or the day after",
                    "in Rabat, write under the source: time zone: \"UTC+1\"; in universal time: time zone: \"UTC\"",
                ),
            },
            DataProblem::MoreDecimals { text, column, most, found } => {
                let declared = decimals_words(*most);
                let found = found.map(decimals_words);
                Both {
                    fr: Words::new(
                        format!("« {text} » a plus de décimales que la colonne « {column} » n'en déclare"),
                        format!("{} au plus", declared.fr),
                        match &found {
                            Some(found) => format!("corrigez la donnée, ou écrivez : {column}  nombre, {}", found.fr),
                            None => "corrigez la donnée : elle n'est pas arrondie à votre place".to_string(),
                        },
                    ),
                    en: Words::new(
                        format!("`{text}` has more decimals than the column `{column}` declares"),
                        format!("{} at most", declared.en),
                        match &found {
                            Some(found) => format!("mend the data, or write: {column}  number, {}", found.en),
                            None => "mend the data: it is not rounded for you".to_string(),
                        },
                    ),
                }
            }
            DataProblem::ErrorCell { text } => Both {
                fr: Words::new(
                    format!("la cellule contient l'erreur {text}"),
                    "aucune valeur ; comptée comme manquante",
                    "corrigez la formule dans le classeur, ou videz la cellule et déclarez la colonne « peut être vide »",
                ),
                en: Words::new(
                    format!("the cell holds the error {text}"),
                    "no value; counted as missing",
                    "mend the formula in the workbook, or empty the cell and declare the column `may be missing`",
                ),
            },
            DataProblem::NoResult { text } => Both {
                fr: Words::new(
                    format!("la formule « {text} » n'a pas de résultat enregistré"),
                    "case sans valeur",
                    "ouvrez le classeur dans Excel ou LibreOffice, laissez-le calculer, et enregistrez-le",
                ),
                en: Words::new(
                    format!("the formula `{text}` has no stored result"),
                    "a cell without a value",
                    "open the workbook in Excel or LibreOffice, let it compute, and save it",
                ),
            },
            DataProblem::HiddenSheet { path, sheet } => Both {
                fr: Words::new(
                    format!("la feuille « {sheet} » de « {path} » est masquée"),
                    "elle est lue, mais qui ouvre le classeur ne la voit pas",
                    "dans Excel : clic droit sur un onglet, Afficher…",
                ),
                en: Words::new(
                    format!("the sheet `{sheet}` of `{path}` is hidden"),
                    "it is read, but whoever opens the workbook does not see it",
                    "in Excel: right click on a tab, Unhide…",
                ),
            },
            DataProblem::UnknownEncoding { label, near } => {
                let near = near.as_deref().unwrap_or("windows-1252");
                Both {
                    fr: Words::new(
                        format!("l'encodage « {label} » n'est pas connu"),
                        "encodage déclaré pour ce fichier",
                        format!("encodage: \"{near}\""),
                    ),
                    en: Words::new(
                        format!("the encoding `{label}` is not known"),
                        "encoding declared for this file",
                        format!("encoding: \"{near}\""),
                    ),
                }
            }
            DataProblem::BrokenEncoding { encoding } => Both {
                fr: Words::new(
                    format!("des octets n'ont pas de sens en {encoding}"),
                    "ici, la lecture s'arrête",
                    "le fichier est abîmé ou d'un autre encodage : enregistrez-le en « CSV UTF-8 » et retirez la ligne \
                     « encodage: »",
                ),
                en: Words::new(
                    format!("some bytes have no meaning in {encoding}"),
                    "reading stops here",
                    "the file is damaged or in another encoding: save it as “CSV UTF-8” and remove the line `encoding:`",
                ),
            },
            DataProblem::UnusableSeparator { separator } => Both {
                fr: Words::new(
                    format!("« {separator} » ne peut pas séparer des colonnes"),
                    "séparateur déclaré pour ce fichier",
                    "séparateur: \";\"",
                ),
                en: Words::new(
                    format!("`{separator}` cannot separate columns"),
                    "separator declared for this file",
                    "separator: \";\"",
                ),
            },
            DataProblem::MissingColumn { column, sought, found, near, separator, in_table } => {
                let (place, headers) = match in_table {
                    true => (Both { fr: "la table", en: "the table" }, Both { fr: "colonnes trouvées", en: "columns found" }),
                    false => (Both { fr: "le fichier", en: "the file" }, Both { fr: "en-têtes trouvés", en: "headers found" }),
                };
                let own = match in_table {
                    true => Both { fr: "son nom", en: "its name" },
                    false => Both { fr: "son en-tête", en: "its header" },
                };
                Both {
                    fr: Words::new(
                        format!("la colonne « {column} » n'est pas dans {}", place.fr),
                        format!("{} : {}", headers.fr, fr_list(found)),
                        match (separator, near) {
                            (Some(separator), _) => fr_separator(*separator),
                            (None, Some(near)) => format!("{column}  …, en-tête \"{near}\""),
                            (None, None) => format!(
                                "cherchée sous {} ; indiquez {} dans {} : {column}  …, en-tête \"…\"",
                                fr_list(sought),
                                own.fr,
                                place.fr
                            ),
                        },
                    )
                    .and("déclarée ici"),
                    en: Words::new(
                        format!("the column `{column}` is not in {}", place.en),
                        format!("{}: {}", headers.en, en_list(found)),
                        match (separator, near) {
                            (Some(separator), _) => en_separator(*separator),
                            (None, Some(near)) => format!("{column}  …, header \"{near}\""),
                            (None, None) => format!(
                                "sought as {}; give {} in {}: {column}  …, header \"…\"",
                                en_list(sought),
                                own.en,
                                place.en
                            ),
                        },
                    )
                    .and("declared here"),
                }
            }
            DataProblem::DuplicateHeader { header, columns: (first, second) } => Both {
                fr: Words::new(
                    format!("deux colonnes du fichier répondent à « {header} »"),
                    format!("colonnes {first} et {second}"),
                    "donnez un autre en-tête à l'une des deux dans le fichier",
                ),
                en: Words::new(
                    format!("two columns of the file answer to `{header}`"),
                    format!("columns {first} and {second}"),
                    "give one of the two another header in the file",
                ),
            },
            DataProblem::WrongCellCount { found, wanted } => Both {
                fr: Words::new(
                    format!("cette ligne a {found} cellules, les en-têtes en ont {wanted}"),
                    "ligne laissée de côté",
                    "complétez ou corrigez la ligne ; un texte qui contient le séparateur se met entre guillemets : \
                     \"Rabat; Salé\"",
                ),
                en: Words::new(
                    format!("this row has {found} cells, the headers have {wanted}"),
                    "row left aside",
                    "complete or mend the row; a text that contains the separator stands in quotes: \"Rabat; Salé\"",
                ),
            },
            DataProblem::UnclosedQuote => Both {
                fr: Words::new(
                    "un guillemet ouvert n'est jamais fermé",
                    "la cellule commence ici et avale la suite du fichier",
                    "ajoutez le guillemet qui manque à la fin de la cellule : \"Rabat\"",
                ),
                en: Words::new(
                    "a quote that opens is never closed",
                    "the cell starts here and swallows the rest of the file",
                    "add the missing quote at the end of the cell: \"Rabat\"",
                ),
            },
            DataProblem::TextAfterQuote => Both {
                fr: Words::new(
                    "du texte suit le guillemet fermant d'une cellule",
                    "ligne laissée de côté",
                    "doublez les guillemets qui font partie du texte : \"dit \"\"Rabat\"\" ici\"",
                ),
                en: Words::new(
                    "text follows the closing quote of a cell",
                    "row left aside",
                    "double the quotes that belong to the text: \"called \"\"Rabat\"\" here\"",
                ),
            },
            DataProblem::RowTooLong { limit } => Both {
                fr: Words::new(
                    format!("une ligne dépasse {limit} Mo"),
                    "aucune fin de ligne à partir d'ici",
                    "vérifiez que le fichier est bien un CSV avec une ligne par enregistrement",
                ),
                en: Words::new(
                    format!("a line is longer than {limit} MB"),
                    "no line end from here on",
                    "check that the file really is a CSV with one line per record",
                ),
            },
            DataProblem::EmptyCell { column } => Both {
                fr: Words::new(
                    format!("une cellule de « {column} » est vide"),
                    "cellule vide",
                    format!("remplissez-la, ou déclarez la colonne ainsi : {column}  …, peut être vide"),
                ),
                en: Words::new(
                    format!("a cell of `{column}` is empty"),
                    "empty cell",
                    format!("fill it, or declare the column so: {column}  …, may be missing"),
                ),
            },
            DataProblem::NotANumber { text } => Both {
                fr: Words::new(
                    format!("« {text} » n'est pas un nombre"),
                    "ce texte",
                    format!(
                        "corrigez la cellule, ou déclarez ce que ce texte veut dire, à la fin de la ligne de la colonne : \
                         non disponible \"{text}\""
                    ),
                ),
                en: Words::new(
                    format!("`{text}` is not a number"),
                    "this text",
                    format!(
                        "mend the cell, or declare what this text means, at the end of the column's line: missing \"{text}\""
                    ),
                ),
            },
            DataProblem::QualifiedText { text, column } => Both {
                fr: Words::new(
                    format!("« {text} » est un chiffre qualifié, et la colonne « {column} » n'en attend pas"),
                    "ce texte",
                    format!(
                        "mettez le chiffre exact, ou déclarez la colonne ainsi pour que « plus de », « environ » \
                         suivent le chiffre dans les calculs : {column}  nombre, qualifié"
                    ),
                ),
                en: Words::new(
                    format!("`{text}` is a qualified figure, and the column `{column}` has none"),
                    "this text",
                    format!(
                        "put the exact figure, or declare the column so, and `more than`, `about` follow the figure \
                         through every computation: {column}  number, qualified"
                    ),
                ),
            },
            DataProblem::NumberStyle { text, as_decimal, as_thousands, declared } => {
                let readings = |decimal: &dyn Fn(char, &str) -> String, group: &dyn Fn(char, &str) -> String, or: &str| {
                    let parts: Vec<String> = as_decimal
                        .iter()
                        .map(|(mark, number)| decimal(*mark, number))
                        .chain(as_thousands.iter().map(|(mark, number)| group(*mark, number)))
                        .collect();
                    parts.join(or)
                };
                Both {
                    fr: Words::new(
                        if *declared {
                            format!("« {text} » n'est pas écrit comme la source le déclare")
                        } else {
                            format!("« {text} » peut être lu de plusieurs façons")
                        },
                        readings(
                            &|_, number| format!("{} si le signe sépare les décimales", number.replace('.', ",")),
                            &|_, number| format!("{number} s'il groupe les milliers"),
                            ", ",
                        ),
                        readings(
                            &|mark, _| format!("décimale: {}", fr_mark(mark)),
                            &|mark, _| format!("milliers: {}", fr_mark(mark)),
                            ", ou bien milliers et décimales à déclarer ainsi : ",
                        ),
                    ),
                    en: Words::new(
                        if *declared {
                            format!("`{text}` is not written as the source declares")
                        } else {
                            format!("`{text}` can be read in several ways")
                        },
                        readings(
                            &|_, number| format!("{number} if the mark separates decimals"),
                            &|_, number| format!("{number} if it groups thousands"),
                            ", ",
                        ),
                        readings(
                            &|mark, _| format!("decimal mark: {}", en_mark(mark)),
                            &|mark, _| format!("thousands mark: {}", en_mark(mark)),
                            ", or else, if thousands are grouped: ",
                        ),
                    ),
                }
            }
            DataProblem::MixedStyles { text, as_decimal, as_thousands, other, line, column } => {
                let decimal = as_decimal.as_ref().map_or("", |(_, number)| number);
                let marks = |mark: fn(char) -> &'static str| as_decimal.as_ref().map_or("", |(sign, _)| mark(*sign));
                Both {
                    fr: Words::new(
                        format!("« {text} » et « {other} » (ligne {line}) sont dans la même colonne, mais pas écrits de même"),
                        match as_thousands {
                            Some((_, number)) => format!(
                                "{} si le signe sépare les décimales, {number} s'il groupe les milliers",
                                decimal.replace('.', ",")
                            ),
                            None => format!("{} si le signe sépare les décimales", decimal.replace('.', ",")),
                        },
                        format!(
                            "une colonne n'a qu'une écriture : corrigez les cellules de l'autre, puis déclarez celle qui \
                             reste, par exemple {column}  nombre, décimale {}",
                            marks(fr_mark)
                        ),
                    ),
                    en: Words::new(
                        format!("`{text}` and `{other}` (line {line}) are in one column, but not written alike"),
                        match as_thousands {
                            Some((_, number)) => {
                                format!("{decimal} if the mark separates decimals, {number} if it groups thousands")
                            }
                            None => format!("{decimal} if the mark separates decimals"),
                        },
                        format!(
                            "a column has one way of writing: mend the cells of the other, then declare the one that \
                             stays, for example {column}  number, decimal mark {}",
                            marks(en_mark)
                        ),
                    ),
                }
            }
            DataProblem::NotWhole { text, as_thousands } => Both {
                fr: Words::new(
                    format!("« {text} » n'est pas un nombre entier de personnes"),
                    match as_thousands {
                        Some((_, number)) => format!("{number} si le signe groupe les milliers"),
                        None => "une partie d'une personne".to_string(),
                    },
                    match as_thousands {
                        Some((mark, _)) => format!(
                            "si le signe groupe les milliers, à la fin de la ligne de la colonne : milliers {}, décimale {}",
                            fr_mark(*mark),
                            if *mark == '.' { "virgule" } else { "point" }
                        ),
                        None => "corrigez la cellule, ou donnez à la colonne une unité qui se divise".to_string(),
                    },
                ),
                en: Words::new(
                    format!("`{text}` is not a whole number of persons"),
                    match as_thousands {
                        Some((_, number)) => format!("{number} if the mark groups thousands"),
                        None => "a part of a person".to_string(),
                    },
                    match as_thousands {
                        Some((mark, _)) => format!(
                            "if the mark groups thousands, at the end of the column's line: thousands mark {}, decimal mark {}",
                            en_mark(*mark),
                            if *mark == '.' { "comma" } else { "point" }
                        ),
                        None => "mend the cell, or give the column a unit that can be divided".to_string(),
                    },
                ),
            },
            DataProblem::ShortenedNumber { text } => Both {
                fr: Words::new(
                    format!("« {text} » est un nombre abrégé par le tableur"),
                    "des chiffres ont pu se perdre",
                    "dans Excel, mettez la colonne au format Nombre et enregistrez de nouveau",
                ),
                en: Words::new(
                    format!("`{text}` is a number that the spreadsheet has shortened"),
                    "digits may have been lost",
                    "in Excel, give the column the Number format and save again",
                ),
            },
            DataProblem::NumberTooLong { text, limit } => Both {
                fr: Words::new(
                    format!("« {text} » a trop de chiffres"),
                    format!("plus de {limit} chiffres"),
                    "vérifiez la cellule ; si c'est un identifiant et non une quantité, déclarez la colonne comme « texte »",
                ),
                en: Words::new(
                    format!("`{text}` has too many digits"),
                    format!("more than {limit} digits"),
                    "check the cell; if it is an identifier and not a quantity, declare the column as `text`",
                ),
            },
            DataProblem::NotADate { text, style: (fr, en), other } => Both {
                fr: Words::new(
                    format!("« {text} » n'est pas une date {fr}"),
                    "cette cellule",
                    match other {
                        Some((fr, _)) => format!("si toutes les dates s'écrivent ainsi : dates: {fr}"),
                        None => format!("écrivez une date qui existe, dans l'ordre {fr}"),
                    },
                ),
                en: Words::new(
                    format!("`{text}` is not a {en} date"),
                    "this cell",
                    match other {
                        Some((_, en)) => format!("if all dates are written so: dates: {en}"),
                        None => format!("write a date that exists, in the order {en}"),
                    },
                ),
            },
            DataProblem::NotAPeriod { text, of_stage: true, .. } => Both {
                fr: Words::new(
                    format!("« {text} » ne dit pas quand une étape est franchie"),
                    "cette cellule",
                    "écrivez par exemple : 2016-08-25, août 2016, 2016, date inconnue, en cours depuis 2019, prévu en 2021",
                ),
                en: Words::new(
                    format!("`{text}` does not say when a stage is passed"),
                    "this cell",
                    "write for example: 2016-08-25, August 2016, 2016, unknown date, in progress since 2019, planned for 2021",
                ),
            },
            DataProblem::NotAPeriod { text, calendar, example: (fr, en), of_stage: false } => Both {
                fr: Words::new(
                    format!("« {text} » n'est pas une période de « {calendar} »"),
                    "cette cellule",
                    format!("écrivez la période ainsi : {fr}"),
                ),
                en: Words::new(
                    format!("`{text}` is not a period of `{calendar}`"),
                    "this cell",
                    format!("write the period so: {en}"),
                ),
            },
            DataProblem::UnknownCode { text, dimension, near } => Both {
                fr: Words::new(
                    format!("« {text} » n'est pas un membre de « {dimension} »"),
                    "compté comme non renseigné",
                    match near {
                        Some((code, spelling)) if code == spelling => format!(
                            "vouliez-vous dire « {code} » ? sinon déclarez cette orthographe : {code}  … alias \"{text}\""
                        ),
                        Some((code, spelling)) => format!(
                            "vouliez-vous dire « {spelling} » ? sinon déclarez cette orthographe : {code}  … alias \"{text}\""
                        ),
                        None => format!(
                            "corrigez la cellule, ou ajoutez ce membre à la dimension ; si ce texte veut dire non renseigné, \
                             ajoutez à la colonne : non renseigné \"{text}\""
                        ),
                    },
                ),
                en: Words::new(
                    format!("`{text}` is not a member of `{dimension}`"),
                    "counted as unknown",
                    match near {
                        Some((code, spelling)) => format!(
                            "did you mean `{spelling}`? otherwise declare this spelling: {code}  … alias \"{text}\""
                        ),
                        None => format!(
                            "mend the cell, or add this member to the dimension; if this text means unknown, add to the \
                             column: unknown \"{text}\""
                        ),
                    },
                ),
            },
            DataProblem::InNoBand { text, dimension } => Both {
                fr: Words::new(
                    format!("{text} n'est dans aucune tranche de « {dimension} »"),
                    "compté comme non renseigné",
                    "corrigez la cellule, ou ajoutez la tranche qui manque à la dimension",
                ),
                en: Words::new(
                    format!("{text} is in no band of `{dimension}`"),
                    "counted as unknown",
                    "mend the cell, or add the missing band to the dimension",
                ),
            },
            DataProblem::NotYesOrNo { text, column } => Both {
                fr: Words::new(
                    format!("« {text} » ne dit ni oui ni non"),
                    "compté comme non renseigné",
                    format!("écrivez « oui » ou « non », ou déclarez ce texte : {column}  oui ou non, oui \"{text}\""),
                ),
                en: Words::new(
                    format!("`{text}` says neither yes nor no"),
                    "counted as unknown",
                    format!("write `yes` or `no`, or declare this text: {column}  yes or no, yes \"{text}\""),
                ),
            },
            DataProblem::DuplicateKey { columns, key, first, looked_up } => {
                let (fr, en) = match looked_up {
                    true => (
                        "supprimez l'une des deux lignes : un code que l'on cherche n'y figure qu'une fois",
                        "remove one of the two rows: a code that is looked up stands there once only",
                    ),
                    false => (
                        "supprimez l'une des deux lignes, ou complétez la liste des colonnes qui distinguent une ligne d'une autre",
                        "remove one of the two rows, or complete the list of columns that tell one row from another",
                    ),
                };
                Both {
                    fr: Words::new(
                        format!("{} : « {key} » figure déjà à la ligne {first}", fr_list(columns)),
                        "ici de nouveau",
                        fr,
                    )
                    .and("ici la première fois"),
                    en: Words::new(
                        format!("{}: `{key}` already stands on line {first}", en_list(columns)),
                        "here again",
                        en,
                    )
                    .and("here the first time"),
                }
            }
            DataProblem::SumTooLarge { column } => Both {
                fr: Words::new(
                    format!("la somme de « {column} » dépasse 38 chiffres"),
                    "somme non calculée",
                    "vérifiez les valeurs de cette colonne, elles sont démesurées",
                ),
                en: Words::new(
                    format!("the sum of `{column}` has more than 38 digits"),
                    "sum not computed",
                    "check the values of this column, they are out of all proportion",
                ),
            },
            DataProblem::NoFile { source } => Both {
                fr: Words::new(
                    format!("la source « {source} » n'a pas de fichier"),
                    "aucune donnée à lire",
                    "fichier: \"donnees.csv\"",
                ),
                en: Words::new(
                    format!("the source `{source}` has no file"),
                    "no data to read",
                    "file: \"data.csv\"",
                ),
            },
            DataProblem::StagesBackwards { milestone, stage, on, before, before_on } => Both {
                fr: Words::new(
                    format!("« {milestone} » : l'étape « {stage} » ({}) est datée d'avant l'étape « {before} » ({})", on.fr, before_on.fr),
                    "cette étape vient après l'autre dans la liste des étapes",
                    "corriger l'une des deux dates, ou l'ordre des membres dans la dimension des étapes",
                )
                .and("l'étape d'avant est ici"),
                en: Words::new(
                    format!("`{milestone}`: the stage `{stage}` ({}) is dated before the stage `{before}` ({})", on.en, before_on.en),
                    "this stage comes after the other one in the list of stages",
                    "mend one of the two dates, or the order of the members in the dimension of stages",
                )
                .and("the stage before it is here"),
            },
            DataProblem::StageTwice { milestone, stage, one, other } => {
                let of = |fr: bool| match (stage.is_empty(), fr) {
                    (true, true) => format!("« {milestone} »"),
                    (true, false) => format!("`{milestone}`"),
                    (false, true) => format!("« {milestone} », étape « {stage} »"),
                    (false, false) => format!("`{milestone}`, stage `{stage}`"),
                };
                Both {
                    fr: Words::new(
                        format!("{} : deux dates, {} et {}", of(true), one.fr, other.fr),
                        "une étape n'est atteinte qu'une fois",
                        "garder une des deux lignes ; une date prévue s'écrit « prévu en 2021 »",
                    )
                    .and("l'autre date est ici"),
                    en: Words::new(
                        format!("{}: two dates, {} and {}", of(false), one.en, other.en),
                        "a stage is reached only once",
                        "keep one of the two lines; a planned date is written `planned for 2021`",
                    )
                    .and("the other date is here"),
                }
            }
            DataProblem::StagePassed { milestone, stage, .. } if stage.is_empty() => Both {
                fr: Words::new(
                    format!("« {milestone} » est dit en cours, et atteint sur une autre ligne"),
                    "en cours ici",
                    "garder la ligne qui donne la date",
                ),
                en: Words::new(
                    format!("`{milestone}` is said to be in progress, and reached on another line"),
                    "in progress here",
                    "keep the line that gives the date",
                ),
            },
            DataProblem::StagePassed { milestone, stage, reached } => Both {
                fr: Words::new(
                    format!("« {milestone} » : l'étape « {stage} » est dite en cours, mais « {reached} » est atteinte"),
                    "en cours ici",
                    "écrire la date de cette étape, ou « date inconnue »",
                ),
                en: Words::new(
                    format!("`{milestone}`: the stage `{stage}` is said to be in progress, but `{reached}` is reached"),
                    "in progress here",
                    "write the date of this stage, or `unknown date`",
                ),
            },
            DataProblem::HeaderOnly { path } => Both {
                fr: Words::new(
                    format!("le fichier « {path} » n'a que des en-têtes"),
                    "aucune ligne de données",
                    "ajoutez les données sous les en-têtes ; sans elles, les chiffres de cette source sont non disponibles",
                ),
                en: Words::new(
                    format!("the file `{path}` has only headers"),
                    "no row of data",
                    "add the data under the headers; without them, the figures of this source are missing",
                ),
            },
        }
    }
}
