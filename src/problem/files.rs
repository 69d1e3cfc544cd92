//! E05: what can be wrong with a data file as a whole: what it is, how it is packed, whether it stays as it is.

use super::Words;
use crate::text::Both;

/// E05, files as a whole.
#[derive(Debug, Clone, PartialEq)]
pub enum FileProblem {
    /// `fichier: "/dev/zero"`: a device, a pipe or a socket.
    NotAFile {
        /// The path as declared.
        path: String,
    },
    /// A link that leads back to itself.
    LinkLoop {
        /// The path as declared.
        path: String,
    },
    /// Another program writes to the file while it is read.
    FileChanged {
        /// The path as declared.
        path: String,
    },
    /// `sexe,montant` and a carriage return, where other lines end in a line feed.
    MixedLineEnds {
        /// The path as declared.
        path: String,
    },
    /// A header of a million cells.
    TooManyColumns {
        /// The path as declared.
        path: String,
        /// The most columns that a file may have.
        limit: usize,
    },
    /// A code list of more than a million rows.
    CodeListTooLong {
        /// The path as declared.
        path: String,
    },
    /// `registre.csv.gz` of which the end is missing.
    PackedBroken {
        /// The path as declared.
        path: String,
        /// How it is compressed.
        packing: Packing,
        /// What is wrong with it.
        damage: Damage,
    },
    /// A small file that unpacks without end.
    PackedTooLarge {
        /// The path as declared.
        path: String,
        /// The bound that it passes.
        bound: Bound,
    },
    /// `registre.zip` with two files in it.
    ArchiveUnclear {
        /// The path as declared.
        path: String,
        /// What is in it.
        holds: Holds,
    },
    /// `registre.csv` that is compressed, `registre.csv.gz` that is not.
    PackedName {
        /// The path as declared.
        path: String,
        /// How it is compressed; `None` where it is not.
        packing: Option<Packing>,
    },
    /// Rows of a sheet that whoever opens the workbook does not see.
    HiddenRows {
        /// The path as declared.
        path: String,
        /// The sheet.
        sheet: String,
        /// The first and the last row of each run, from 1.
        runs: Vec<(u64, u64)>,
        /// Hidden rows after the last of these runs.
        more: u64,
        /// A filter hides them.
        by_filter: bool,
    },
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// `.gz`.
    Gzip,
    /// `.zst`.
    Zstd,
    /// `.zip`.
    Zip,
}

impl Packing {
    /// The end of the name of such files.
    pub fn ending(self) -> &'static str {
        match self {
            Packing::Gzip => "gz",
            Packing::Zstd => "zst",
            Packing::Zip => "zip",
        }
    }
}

/// What is wrong with a compressed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// It ends too early.
    Cut,
    /// What is unpacked is not what was packed: the checksum differs.
    Checksum,
    /// Bytes that are not compressed follow the end.
    Trailing,
    /// The bytes make no sense.
    Malformed {
        /// What the unpacker says.
        reason: String,
    },
}

/// A bound on what a compressed file unpacks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// So many times its size.
    Ratio(u64),
    /// So many gibibytes.
    Total(u64),
    /// So many mebibytes of memory at once.
    Memory(u64),
}

/// What a `.zip` holds that is not one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// No file.
    Nothing,
    /// Several files.
    Several(Vec<String>),
    /// A workbook.
    Workbook(String),
    /// A file that needs a password.
    Locked(String),
    /// A file compressed in a way that is not read.
    OtherMethod(String),
}

impl FileProblem {
    pub(super) const CODES: &'static [&'static str] =
        &["E0531", "E0532", "E0533", "E0534", "E0536", "E0537", "E0577", "E0578", "E0579", "W0503", "W0504"];

    pub(super) fn code(&self) -> &'static str {
        match self {
            FileProblem::NotAFile { .. } => "E0531",
            FileProblem::LinkLoop { .. } => "E0532",
            FileProblem::FileChanged { .. } => "E0533",
            FileProblem::TooManyColumns { .. } => "E0534",
            FileProblem::MixedLineEnds { .. } => "E0536",
            FileProblem::CodeListTooLong { .. } => "E0537",
            FileProblem::PackedBroken { .. } => "E0577",
            FileProblem::PackedTooLarge { .. } => "E0578",
            FileProblem::ArchiveUnclear { .. } => "E0579",
            FileProblem::PackedName { .. } => "W0503",
            FileProblem::HiddenRows { .. } => "W0504",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            FileProblem::NotAFile { path } => Both {
                fr: Words::new(
                    format!("« {path} » n'est pas un fichier de données"),
                    "un périphérique ou un canal entre programmes",
                    "enregistrez les données dans un fichier et nommez-le : fichier: \"donnees.csv\"",
                ),
                en: Words::new(
                    format!("`{path}` is not a data file"),
                    "a device, or a pipe between programs",
                    "save the data to a file and name it: file: \"data.csv\"",
                ),
            },
            FileProblem::LinkLoop { path } => Both {
                fr: Words::new(
                    format!("le lien « {path} » ramène à lui-même"),
                    "aucun fichier au bout du lien",
                    "remplacez le lien par le fichier, ou nommez le fichier lui-même",
                ),
                en: Words::new(
                    format!("the link `{path}` leads back to itself"),
                    "no file at the end of the link",
                    "put the file in the place of the link, or name the file itself",
                ),
            },
            FileProblem::FileChanged { path } => Both {
                fr: Words::new(
                    format!("le fichier « {path} » a changé pendant sa lecture"),
                    "un autre programme y écrit : aucun chiffre n'en est tiré",
                    "attendez la fin de l'écriture (copie, export, synchronisation), puis relancez",
                ),
                en: Words::new(
                    format!("the file `{path}` has changed while it was read"),
                    "another program writes to it: no figure is taken from it",
                    "wait until the writing has ended (copy, export, synchronisation), then run again",
                ),
            },
            FileProblem::MixedLineEnds { path } => Both {
                fr: Words::new(
                    format!("les lignes de « {path} » ne finissent pas toutes de la même façon"),
                    "un retour chariot seul sépare ici deux lignes",
                    "ouvrez le fichier dans Excel et enregistrez-le de nouveau en « CSV UTF-8 »",
                ),
                en: Words::new(
                    format!("the lines of `{path}` do not all end in the same way"),
                    "a lone carriage return parts two lines here",
                    "open the file in Excel and save it again as “CSV UTF-8”",
                ),
            },
            FileProblem::TooManyColumns { path, limit } => Both {
                fr: Words::new(
                    format!("le fichier « {path} » a plus de {limit} colonnes"),
                    "cette ligne d'en-têtes",
                    "vérifiez le séparateur et les fins de ligne ; un tableau large se met en long, une ligne par valeur",
                ),
                en: Words::new(
                    format!("the file `{path}` has more than {limit} columns"),
                    "this header line",
                    "check the separator and the line ends; a wide table is made long, one row per value",
                ),
            },
            FileProblem::CodeListTooLong { path } => Both {
                fr: Words::new(
                    format!("la liste de codes « {path} » est trop longue"),
                    "la lecture s'arrête ici",
                    "gardez une ligne par code et les colonnes utiles : un million de lignes au plus, 16 millions de cellules",
                ),
                en: Words::new(
                    format!("the code list `{path}` is too long"),
                    "reading stops here",
                    "keep one row per code and the columns that serve: a million rows at most, 16 million cells",
                ),
            },
            FileProblem::PackedBroken { path, packing, damage } => {
                let ending = packing.ending();
                Both {
                    fr: Words::new(
                        format!("le fichier compressé « {path} » est abîmé"),
                        match damage {
                            Damage::Cut => "il s'arrête avant sa fin".to_string(),
                            Damage::Checksum => "sa somme de contrôle ne correspond pas à son contenu".to_string(),
                            Damage::Trailing => "des octets en trop suivent la fin des données".to_string(),
                            Damage::Malformed { reason } => format!("la décompression échoue ({reason})"),
                        },
                        match damage {
                            Damage::Cut => "copiez ou téléchargez le fichier de nouveau, en entier".to_string(),
                            Damage::Checksum | Damage::Trailing | Damage::Malformed { .. } => {
                                format!("redemandez le fichier à son producteur, ou compressez de nouveau le CSV en .{ending}")
                            }
                        },
                    ),
                    en: Words::new(
                        format!("the compressed file `{path}` is damaged"),
                        match damage {
                            Damage::Cut => "it stops before its end".to_string(),
                            Damage::Checksum => "its checksum does not fit what it holds".to_string(),
                            Damage::Trailing => "stray bytes follow the end of the data".to_string(),
                            Damage::Malformed { reason } => format!("unpacking fails ({reason})"),
                        },
                        match damage {
                            Damage::Cut => "copy or download the file again, the whole of it".to_string(),
                            Damage::Checksum | Damage::Trailing | Damage::Malformed { .. } => {
                                format!("ask its provider for the file again, or compress the CSV anew as .{ending}")
                            }
                        },
                    ),
                }
            }
            FileProblem::PackedTooLarge { path, bound } => Both {
                fr: Words::new(
                    format!("le fichier compressé « {path} » donne trop de données"),
                    match bound {
                        Bound::Ratio(times) => format!("plus de {times} fois sa taille : ce n'est sans doute pas un tableau"),
                        Bound::Total(size) => format!("plus de {size} Gio"),
                        Bound::Memory(size) => format!("plus de {size} Mio de mémoire pour le décompresser"),
                    },
                    "si le fichier est sûr, décompressez-le et nommez le CSV : fichier: \"donnees.csv\"",
                ),
                en: Words::new(
                    format!("the compressed file `{path}` unpacks to too much"),
                    match bound {
                        Bound::Ratio(times) => format!("more than {times} times its size: this is hardly a table"),
                        Bound::Total(size) => format!("more than {size} GiB"),
                        Bound::Memory(size) => format!("more than {size} MiB of memory to unpack it"),
                    },
                    "if the file is trusted, unpack it and name the CSV: file: \"data.csv\"",
                ),
            },
            FileProblem::ArchiveUnclear { path, holds } => Both {
                fr: Words::new(
                    match holds {
                        Holds::Nothing => format!("l'archive « {path} » est vide"),
                        Holds::Several(_) => format!("l'archive « {path} » contient plusieurs fichiers : lequel lire ?"),
                        Holds::Workbook(_) => format!("l'archive « {path} » contient un classeur"),
                        Holds::Locked(_) => format!("l'archive « {path} » est protégée par un mot de passe"),
                        Holds::OtherMethod(_) => format!("l'archive « {path} » est compressée d'une façon inconnue ici"),
                    },
                    match holds {
                        Holds::Nothing => "aucun fichier dans l'archive".to_string(),
                        Holds::Several(files) => format!("ses fichiers : {}", listed(files, "« ", " »")),
                        Holds::Workbook(file) | Holds::Locked(file) | Holds::OtherMethod(file) => {
                            format!("son fichier : « {file} »")
                        }
                    },
                    match holds {
                        Holds::Nothing => "demandez l'archive de nouveau, ou nommez le fichier de données".to_string(),
                        Holds::Several(files) => {
                            let first = files.first().map_or("donnees.csv", String::as_str);
                            format!("extrayez le fichier voulu et nommez-le : fichier: \"{first}\"")
                        }
                        Holds::Workbook(file) | Holds::Locked(file) | Holds::OtherMethod(file) => {
                            format!("extrayez-le et nommez-le : fichier: \"{file}\"")
                        }
                    },
                ),
                en: Words::new(
                    match holds {
                        Holds::Nothing => format!("the archive `{path}` is empty"),
                        Holds::Several(_) => format!("the archive `{path}` holds several files: which one is meant?"),
                        Holds::Workbook(_) => format!("the archive `{path}` holds a workbook"),
                        Holds::Locked(_) => format!("the archive `{path}` is protected by a password"),
                        Holds::OtherMethod(_) => format!("the archive `{path}` is compressed in a way unknown here"),
                    },
                    match holds {
                        Holds::Nothing => "no file in the archive".to_string(),
                        Holds::Several(files) => format!("its files: {}", listed(files, "`", "`")),
                        Holds::Workbook(file) | Holds::Locked(file) | Holds::OtherMethod(file) => {
                            format!("its file: `{file}`")
                        }
                    },
                    match holds {
                        Holds::Nothing => "ask for the archive again, or name the data file".to_string(),
                        Holds::Several(files) => {
                            let first = files.first().map_or("data.csv", String::as_str);
                            format!("extract the file that is meant and name it: file: \"{first}\"")
                        }
                        Holds::Workbook(file) | Holds::Locked(file) | Holds::OtherMethod(file) => {
                            format!("extract it and name it: file: \"{file}\"")
                        }
                    },
                ),
            },
            FileProblem::HiddenRows { path, sheet, runs, more, by_filter } => {
                let count: u64 = runs.iter().map(|(first, last)| last - first + 1).sum::<u64>() + more;
                Both {
                    fr: Words::new(
                        match count {
                            1 => format!("une ligne de la feuille « {sheet} » de « {path} » est masquée"),
                            count => format!("{count} lignes de la feuille « {sheet} » de « {path} » sont masquées"),
                        },
                        format!(
                            "{} comme les autres : {}",
                            if count == 1 { "elle compte" } else { "elles comptent" },
                            rows(runs, *more, "ligne", "à")
                        ),
                        match by_filter {
                            true => "dans Excel : Données, Effacer le filtre ; supprimez celles qui ne doivent pas compter",
                            false => "dans Excel : sélectionnez tout, Format, Afficher les lignes ; supprimez celles qui ne \
                                      doivent pas compter",
                        },
                    ),
                    en: Words::new(
                        match count {
                            1 => format!("a row of the sheet `{sheet}` of `{path}` is hidden"),
                            count => format!("{count} rows of the sheet `{sheet}` of `{path}` are hidden"),
                        },
                        format!(
                            "{} like the others: {}",
                            if count == 1 { "it counts" } else { "they count" },
                            rows(runs, *more, "row", "to")
                        ),
                        match by_filter {
                            true => "in Excel: Data, Clear filter; delete those that should not count",
                            false => "in Excel: select all, Format, Unhide Rows; delete those that should not count",
                        },
                    ),
                }
            }
            FileProblem::PackedName { path, packing } => {
                let bare = without_packing(path);
                let name = packing.map_or(bare.to_string(), |packing| format!("{bare}.{}", packing.ending()));
                Both {
                    fr: Words::new(
                        match packing {
                            Some(_) => format!("le nom de « {path} » ne dit pas comment il est compressé"),
                            None => format!("« {path} » n'est pas compressé, malgré son nom"),
                        },
                        match packing {
                            Some(packing) => format!("lu comme fichier .{}", packing.ending()),
                            None => "lu comme fichier ordinaire".to_string(),
                        },
                        format!("renommez le fichier, puis écrivez : fichier: \"{name}\""),
                    ),
                    en: Words::new(
                        match packing {
                            Some(_) => format!("the name of `{path}` does not say how it is compressed"),
                            None => format!("`{path}` is not compressed, whatever its name says"),
                        },
                        match packing {
                            Some(packing) => format!("read as a .{} file", packing.ending()),
                            None => "read as a plain file".to_string(),
                        },
                        format!("rename the file, then write: file: \"{name}\""),
                    ),
                }
            }
        }
    }
}

/// `ligne 5, lignes 7 à 9`.
fn rows(runs: &[(u64, u64)], more: u64, row: &str, to: &str) -> String {
    const SHOWN: usize = 6;
    let one = |(first, last): &(u64, u64)| match first == last {
        true => format!("{row} {first}"),
        false => format!("{row}s {first} {to} {last}"),
    };
    let mut parts: Vec<String> = runs.iter().take(SHOWN).map(one).collect();
    if runs.len() > SHOWN || more > 0 {
        parts.push("…".to_string());
    }
    parts.join(", ")
}

/// A path without the end that says how a file is compressed.
fn without_packing(path: &str) -> &str {
    let bare = [Packing::Gzip, Packing::Zstd, Packing::Zip].into_iter().find_map(|packing| {
        let (bare, end) = path.rsplit_once('.')?;
        end.eq_ignore_ascii_case(packing.ending()).then_some(bare)
    });
    bare.unwrap_or(path)
}

fn listed(files: &[String], open: &str, close: &str) -> String {
    const SHOWN: usize = 8;
    let mut parts: Vec<String> = files.iter().take(SHOWN).map(|file| format!("{open}{file}{close}")).collect();
    if files.len() > SHOWN {
        parts.push(format!("… (+{})", files.len() - SHOWN));
    }
    parts.join(", ")
}
