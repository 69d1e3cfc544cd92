//! E08: the project around the indicator files: manifest, folders, text that cannot be read.

use super::Words;
use crate::text::Both;

/// E08: the project.
#[derive(Debug, Clone, PartialEq)]
pub enum ProjectProblem {
    /// `jauge check vide/` where the folder holds no `.jauge` file.
    NoFiles,
    /// `jauge check indicateur.jauge` where no such file exists.
    PathNotFound {
        /// A name in the same folder that is close.
        near: Option<String>,
    },
    /// The system refuses to open the file.
    Unreadable {
        /// Why.
        reason: Refusal,
    },
    /// `indicateurs.jauge` saved by an old editor.
    NotUtf8 {
        /// What it seems to be: `Windows-1252` or `UTF-16`.
        seems: &'static str,
        /// The first line that cannot be read as UTF-8.
        line: usize,
        /// That line, as it reads once decoded.
        text: String,
    },
    /// An indicator file of 20 MB: a data file with the wrong name.
    TooLarge {
        /// Its size.
        megabytes: u64,
        /// The limit.
        limit: u64,
    },
    /// More files than a project may have.
    TooManyFiles {
        /// The limit.
        limit: usize,
    },
    /// `langue français` in `jauge.toml`.
    ManifestSyntax,
    /// `langeu = "français"` in `jauge.toml`.
    ManifestKeyUnknown {
        /// The key as written.
        key: String,
        /// The closest one.
        near: Option<String>,
    },
    /// `langue = "allemand"` in `jauge.toml`.
    ManifestValue {
        /// The key as written.
        key: String,
        /// What it takes.
        takes: ManifestTakes,
    },
    /// `langue = "fr"` and `language = "fr"` in one `jauge.toml`.
    ManifestKeyTwice {
        /// The second key, as written.
        key: String,
    },
    /// `listes = ["../communs"]` where no such folder exists.
    FolderNotFound {
        /// The folder as written.
        path: String,
        /// A folder beside it that is close.
        near: Option<String>,
    },
    /// `membres du fichier: "regions.csv"` where the file cannot be read.
    CodeListUnreadable {
        /// The path as written.
        path: String,
        /// Where it was looked for.
        looked_in: String,
        /// Why.
        reason: Refusal,
    },
}

/// Why the system does not give a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is none.
    NotFound,
    /// The user may not read it.
    Denied,
    /// It is a folder.
    IsFolder,
    /// Another program holds it.
    InUse,
    /// Something else.
    Other,
}

/// What a key of the manifest takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestTakes {
    /// `langue = "français"`.
    Language,
    /// `données = "data"`.
    Folder,
    /// `listes = ["../communs"]`.
    Folders,
    /// `strict = true`.
    YesNo,
    /// `seuils = [90, 70]`.
    Thresholds,
    /// `seuil-de-secret = 5`.
    Confidentiality,
}

impl Refusal {
    fn words(self) -> Both<&'static str> {
        match self {
            Refusal::NotFound => Both { fr: "il n'y a pas de tel fichier", en: "there is no such file" },
            Refusal::Denied => {
                Both { fr: "vous n'avez pas le droit de le lire", en: "you are not allowed to read it" }
            }
            Refusal::IsFolder => {
                Both { fr: "c'est un dossier, pas un fichier", en: "it is a folder, not a file" }
            }
            Refusal::InUse => Both { fr: "un autre programme le tient ouvert", en: "another program holds it open" },
            Refusal::Other => Both { fr: "le système ne peut pas le lire", en: "the system cannot read it" },
        }
    }

    fn help(self) -> Both<&'static str> {
        match self {
            Refusal::NotFound => Both {
                fr: "vérifiez le nom et le dossier, accents et majuscules compris",
                en: "check the name and the folder, accents and capitals included",
            },
            Refusal::Denied => Both {
                fr: "demandez le droit de lecture, ou copiez le fichier dans un dossier à vous",
                en: "ask for the right to read it, or copy the file to a folder of yours",
            },
            Refusal::IsFolder => {
                Both { fr: "donnez un fichier de ce dossier", en: "name a file inside that folder" }
            }
            Refusal::InUse => {
                Both { fr: "fermez-le (dans Excel, par exemple), puis relancez", en: "close it (in Excel, for instance), then run again" }
            }
            Refusal::Other => Both {
                fr: "vérifiez que le disque ou le partage réseau répond, puis relancez",
                en: "check that the disk or the network share answers, then run again",
            },
        }
    }
}

impl ManifestTakes {
    fn words(self, key: &str) -> Both<(&'static str, String)> {
        match self {
            ManifestTakes::Language => Both {
                fr: ("prend une des deux langues", format!("écrivez `{key} = \"français\"` ou `{key} = \"english\"`")),
                en: ("takes one of the two languages", format!("write `{key} = \"français\"` or `{key} = \"english\"`")),
            },
            ManifestTakes::Folder => Both {
                fr: ("prend un dossier entre guillemets", format!("écrivez par exemple `{key} = \"donnees\"`")),
                en: ("takes a folder in quotes", format!("write for instance `{key} = \"data\"`")),
            },
            ManifestTakes::Folders => Both {
                fr: (
                    "prend une liste de dossiers entre crochets",
                    format!("écrivez par exemple `{key} = [\"../communs\"]`"),
                ),
                en: ("takes a list of folders in brackets", format!("write for instance `{key} = [\"../common\"]`")),
            },
            ManifestTakes::YesNo => Both {
                fr: ("prend true (oui) ou false (non), sans guillemets", format!("écrivez `{key} = true`")),
                en: ("takes true or false, without quotes", format!("write `{key} = true`")),
            },
            ManifestTakes::Confidentiality => Both {
                fr: ("prend un nombre entier, sans guillemets", format!("écrivez par exemple `{key} = 5`")),
                en: ("takes a whole number, without quotes", format!("write for instance `{key} = 5`")),
            },
            ManifestTakes::Thresholds => Both {
                fr: (
                    "prend deux pourcentages, le plus grand d'abord",
                    format!("écrivez par exemple `{key} = [90, 70]` : en bonne voie dès 90 %, à risque dès 70 %"),
                ),
                en: (
                    "takes two percentages, the larger one first",
                    format!("write for instance `{key} = [90, 70]`: on track from 90 %, at risk from 70 %"),
                ),
            },
        }
    }
}

/// The keys of `jauge.toml`, French then English, in the order in which the manual shows them.
pub const MANIFEST_KEYS: [(&str, &str); 6] = [
    ("langue", "language"),
    ("données", "data"),
    ("listes", "shared"),
    ("strict", "strict"),
    ("seuils", "thresholds"),
    ("seuil-de-secret", "confidentiality-threshold"),
];

impl ProjectProblem {
    pub(super) const CODES: &'static [&'static str] = &[
        "E0801", "E0802", "E0803", "E0804", "E0805", "E0806", "E0807", "E0808", "E0809", "E0810", "E0811", "E0812",
    ];

    pub(super) fn code(&self) -> &'static str {
        match self {
            ProjectProblem::NoFiles => "E0801",
            ProjectProblem::PathNotFound { .. } => "E0802",
            ProjectProblem::Unreadable { .. } => "E0803",
            ProjectProblem::NotUtf8 { .. } => "E0804",
            ProjectProblem::TooLarge { .. } => "E0805",
            ProjectProblem::TooManyFiles { .. } => "E0806",
            ProjectProblem::ManifestSyntax => "E0807",
            ProjectProblem::ManifestKeyUnknown { .. } => "E0808",
            ProjectProblem::ManifestValue { .. } => "E0809",
            ProjectProblem::ManifestKeyTwice { .. } => "E0810",
            ProjectProblem::FolderNotFound { .. } => "E0811",
            ProjectProblem::CodeListUnreadable { .. } => "E0812",
        }
    }

    pub(super) fn words(&self) -> Both<Words> {
        match self {
            ProjectProblem::NoFiles => Both {
                fr: Words::new(
                    "ce dossier ne contient aucun fichier d'indicateurs",
                    "aucun nom de fichier ne finit par « .jauge » ici",
                    "créez un projet qui marche tout de suite : `jauge new mon_projet`",
                ),
                en: Words::new(
                    "this folder holds no indicator file",
                    "no file name ends in `.jauge` here",
                    "make a project that works at once: `jauge new my_project`",
                ),
            },
            ProjectProblem::PathNotFound { near } => Both {
                fr: Words::new(
                    "ce fichier ou ce dossier n'existe pas",
                    "introuvable",
                    match near {
                        Some(near) => format!("vouliez-vous dire « {near} » ?"),
                        None => "vérifiez le nom et le dossier, accents et majuscules compris".into(),
                    },
                ),
                en: Words::new(
                    "this file or folder does not exist",
                    "not found",
                    match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "check the name and the folder, accents and capitals included".into(),
                    },
                ),
            },
            ProjectProblem::Unreadable { reason } => {
                let (why, help) = (reason.words(), reason.help());
                Both {
                    fr: Words::new("ce fichier ne peut pas être lu", why.fr, help.fr),
                    en: Words::new("this file cannot be read", why.en, help.en),
                }
            }
            ProjectProblem::NotUtf8 { seems, line, text } => Both {
                fr: Words::new(
                    format!("ce fichier n'est pas enregistré en UTF-8, mais, semble-t-il, en {seems}"),
                    format!("ligne {line}, lue en {seems} : « {text} »"),
                    "dans le Bloc-notes : Fichier, Enregistrer sous…, Encodage : UTF-8, Enregistrer",
                ),
                en: Words::new(
                    format!("this file is not saved as UTF-8 but, it seems, as {seems}"),
                    format!("line {line}, read as {seems}: `{text}`"),
                    "in Notepad: File, Save as…, Encoding: UTF-8, Save",
                ),
            },
            ProjectProblem::TooLarge { megabytes, limit } => Both {
                fr: Words::new(
                    format!("ce fichier d'indicateurs est trop gros : {megabytes} Mo"),
                    format!("un fichier d'indicateurs a au plus {limit} Mo"),
                    "les données vont dans un fichier .csv, que nomme le champ `fichier:` d'une source",
                ),
                en: Words::new(
                    format!("this indicator file is too large: {megabytes} MB"),
                    format!("an indicator file has at most {limit} MB"),
                    "data belong in a .csv file, named by the field `file:` of a source",
                ),
            },
            ProjectProblem::TooManyFiles { limit } => Both {
                fr: Words::new(
                    "ce dossier contient trop de fichiers d'indicateurs",
                    format!("un projet a au plus {limit} fichiers ; les autres n'ont pas été lus"),
                    "donnez un dossier plus petit : `jauge check programme1`",
                ),
                en: Words::new(
                    "this folder holds too many indicator files",
                    format!("a project has at most {limit} files; the others were not read"),
                    "name a smaller folder: `jauge check programme1`",
                ),
            },
            ProjectProblem::ManifestSyntax => Both {
                fr: Words::new(
                    "cette ligne de jauge.toml ne peut pas être lue",
                    "ici",
                    "chaque ligne s'écrit `nom = valeur`, un texte entre guillemets : `langue = \"français\"`",
                ),
                en: Words::new(
                    "this line of jauge.toml cannot be read",
                    "here",
                    "each line reads `name = value`, a text in quotes: `language = \"english\"`",
                ),
            },
            ProjectProblem::ManifestKeyUnknown { key, near } => {
                let all = |lang: fn(&(&'static str, &'static str)) -> &'static str| {
                    MANIFEST_KEYS.iter().map(lang).collect::<Vec<_>>().join(", ")
                };
                Both {
                    fr: Words::new(
                        format!("jauge.toml ne connaît pas « {key} »"),
                        "réglage inconnu",
                        match near {
                            Some(near) => format!("vouliez-vous dire « {near} » ?"),
                            None => format!("les réglages sont : {}", all(|key| key.0)),
                        },
                    ),
                    en: Words::new(
                        format!("jauge.toml does not know `{key}`"),
                        "unknown setting",
                        match near {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => format!("the settings are: {}", all(|key| key.1)),
                        },
                    ),
                }
            }
            ProjectProblem::ManifestValue { key, takes } => {
                let Both { fr, en } = takes.words(key);
                Both {
                    fr: Words::new(format!("« {key} » {}", fr.0), "cette valeur ne convient pas", fr.1),
                    en: Words::new(format!("`{key}` {}", en.0), "this value does not fit", en.1),
                }
            }
            ProjectProblem::ManifestKeyTwice { key } => Both {
                fr: Words::new(
                    format!("« {key} » règle ce qui l'est déjà"),
                    "second réglage de la même chose",
                    "gardez une seule des deux lignes",
                )
                .and("premier réglage"),
                en: Words::new(
                    format!("`{key}` sets what is set already"),
                    "second setting of the same thing",
                    "keep only one of the two lines",
                )
                .and("first setting"),
            },
            ProjectProblem::FolderNotFound { path, near } => Both {
                fr: Words::new(
                    format!("le dossier « {path} » n'existe pas"),
                    "introuvable à partir du dossier de jauge.toml",
                    match near {
                        Some(near) => format!("vouliez-vous dire « {near} » ?"),
                        None => format!("créez le dossier « {path} », ou corrigez le chemin"),
                    },
                ),
                en: Words::new(
                    format!("the folder `{path}` does not exist"),
                    "not found from the folder of jauge.toml",
                    match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("create the folder `{path}`, or mend the path"),
                    },
                ),
            },
            ProjectProblem::CodeListUnreadable { path, looked_in, reason } => {
                let (why, help) = (reason.words(), reason.help());
                Both {
                    fr: Words::new(
                        format!("la liste de codes « {path} » ne peut pas être lue : {}", why.fr),
                        format!("cherchée dans « {looked_in} »"),
                        help.fr,
                    ),
                    en: Words::new(
                        format!("the code list `{path}` cannot be read: {}", why.en),
                        format!("looked for in `{looked_in}`"),
                        help.en,
                    ),
                }
            }
        }
    }
}
