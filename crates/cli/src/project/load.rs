//! The way from the paths that were typed to a checked program: manifest, files, code lists, check.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jauge::problem::{Place, Problem, ProjectProblem, Severity};
use jauge::program::model::{Format, Program};
use jauge::program::{CodeTable, Context, check, tables_needed};
use jauge::syntax::ast::{BlockKind, Parsed};
use jauge::syntax::parse;
use jauge::text::{FileId, Files, Lang, SourceFile};

use super::manifest::{self, Manifest};
use super::paths::{MAXIMUM_FILES, indicator_files, near, refusal, shown, tidy};
use super::read;

/// Megabytes that an indicator file may have.
const MAXIMUM_MEGABYTES: u64 = 8;

/// A project, read and checked.
#[derive(Debug)]
pub struct Project {
    /// Data paths are relative to this: what the manifest says, else the folder of the manifest; without one, the folder typed
    /// or the folder of the first file typed.
    pub data_root: PathBuf,
    /// The settings.
    pub manifest: Manifest,
    /// Every file that was read, the manifest included.
    pub files: Files,
    /// The trees of the indicator files.
    pub parsed: Vec<Parsed>,
    /// What is sound.
    pub program: Program,
    /// What is wrong, in the order of files and text.
    pub problems: Vec<Problem>,
    /// The files that were typed, where only a part of a project was; all where `None`.
    pub selected: Option<Vec<FileId>>,
    /// A path that was typed does not exist or holds nothing: wrong use.
    pub misused: bool,
}

/// Reads and checks the project of these paths (`.` where there are none). `lang` is the language of labels where the
/// project names none.
pub fn load(typed: &[PathBuf], lang: Lang) -> Project {
    let here = [PathBuf::from(".")];
    let typed = if typed.is_empty() { &here } else { typed };
    let mut reading = Reading::default();

    let first = typed.first().map_or(Path::new("."), PathBuf::as_path);
    let found = first.exists().then(|| manifest::find(first)).flatten();
    let manifest = found.as_deref().map(|path| reading.manifest(path)).unwrap_or_default();
    let folder = match &found {
        Some(path) => folder_of(path),
        None if first.is_dir() => tidy(first),
        None => folder_of(first),
    };

    let default = manifest.lang.unwrap_or_default();
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut wanted: Vec<PathBuf> = Vec::new();
    if found.is_some() {
        paths.extend(indicator_files(&folder));
    }
    for path in typed {
        let files = reading.files_of(path);
        // With a manifest above it, a file or a folder inside the project is a part of it: its names are known there.
        if found.is_some() && tidy(path) != folder {
            wanted.extend(files.iter().cloned());
        }
        paths.extend(files);
    }
    if typed.iter().any(|path| tidy(path) == folder) {
        wanted.clear();
    }
    let wanted: Vec<String> = wanted.iter().map(|path| identity(path)).collect();

    let mut seen = BTreeSet::new();
    let mut selected = Vec::new();
    paths.sort_by_cached_key(|path| shown(path));
    for path in paths {
        let identity = identity(&path);
        if seen.contains(&identity) {
            continue;
        }
        if seen.len() >= MAXIMUM_FILES {
            let fact = ProjectProblem::TooManyFiles { limit: MAXIMUM_FILES };
            reading.problems.push(Problem::at(fact, Place::Path(shown(&folder))));
            break;
        }
        if let Some(id) = reading.indicator_file(&path, default)
            && wanted.contains(&identity)
        {
            selected.push(id);
        }
        seen.insert(identity);
    }
    for (path, span) in &manifest.shared {
        let shared = tidy(&folder.join(path));
        if !shared.is_dir() {
            let fact = ProjectProblem::FolderNotFound { path: path.clone(), near: near(&shared) };
            reading.problems.push(Problem::new(fact, *span));
            continue;
        }
        for path in indicator_files(&shared).into_iter().take(MAXIMUM_FILES) {
            if seen.insert(identity(&path)) {
                reading.shared_file(&path, default);
            }
        }
    }

    let data_root = match &manifest.data {
        Some((path, span)) => {
            let root = tidy(&folder.join(path));
            if !root.is_dir() {
                let fact = ProjectProblem::FolderNotFound { path: path.clone(), near: near(&root) };
                reading.problems.push(Problem::new(fact, *span));
            }
            root
        }
        None => folder.clone(),
    };
    let tables = reading.code_lists(&data_root);
    let lang = manifest.lang.or_else(|| agreed_language(&reading.parsed)).unwrap_or(lang);
    let context = Context { lang, tables: &tables };
    let mut checked = check(&reading.parsed, &context);
    for indicator in &mut checked.program.indicators {
        indicator.bands = indicator.bands.take().or_else(|| manifest.thresholds.clone());
    }

    if let Some(threshold) = manifest.confidentiality {
        checked.program.protect_persons(threshold);
    }

    let mut problems = reading.problems;
    problems.extend(reading.parsed.iter().flat_map(|file| file.problems.iter().cloned()));
    problems.extend(checked.problems);
    sort(&mut problems);
    let selected = (!wanted.is_empty()).then_some(selected);
    Project {
        data_root,
        manifest,
        files: reading.files,
        parsed: reading.parsed,
        program: checked.program,
        problems,
        selected,
        misused: reading.misused,
    }
}

impl Project {
    /// True where a problem concerns what was typed.
    pub fn concerns(&self, problem: &Problem) -> bool {
        match (&self.selected, &problem.at) {
            (Some(selected), Place::Text(span)) => {
                let of_indicators = self.parsed.iter().any(|file| file.file == span.file);
                !of_indicators || selected.contains(&span.file)
            }
            (_, Place::Text(_) | Place::Data(_) | Place::Path(_) | Place::Table(_)) => true,
        }
    }

    /// True where an indicator, rule or test is defined in what was typed.
    pub fn selects(&self, file: FileId) -> bool {
        self.selected.as_ref().is_none_or(|selected| selected.contains(&file))
    }

    /// How many indicator files were read of what was typed.
    pub fn file_count(&self) -> usize {
        self.selected.as_ref().map_or(self.parsed.len(), Vec::len)
    }

    /// True where a definition is wrong.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity() == Severity::Error && self.concerns(problem))
    }
}

/// Puts problems in the order of files and text; those of the project first, those of data last.
pub fn sort(problems: &mut Vec<Problem>) {
    problems.sort_by_key(|problem| match &problem.at {
        Place::Path(path) => (0, FileId(0), 0, path.clone(), 0, 0, ""),
        Place::Text(span) => (1, span.file, span.start, String::new(), 0, 0, ""),
        Place::Data(place) => (2, FileId(0), 0, place.path.clone(), place.line, place.column, problem.code()),
        Place::Table(place) => (3, FileId(0), 0, place.table.clone(), 0, 0, ""),
    });
    // A source that is looked up in is read for each source that does, and for itself.
    problems.dedup();
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    files: Files,
    parsed: Vec<Parsed>,
    problems: Vec<Problem>,
    misused: bool,
}

impl Reading {
    fn manifest(&mut self, path: &Path) -> Manifest {
        let Some(text) = self.text(path) else { return Manifest::default() };
        let id = self.files.add(SourceFile::new(shown(path), text.clone()));
        let (manifest, problems) = manifest::read(id, &text);
        self.problems.extend(problems);
        manifest
    }

    /// The indicator files that a typed path names.
    fn files_of(&mut self, path: &Path) -> Vec<PathBuf> {
        let place = || Place::Path(shown(path));
        if !path.exists() {
            self.misused = true;
            self.problems.push(Problem::at(ProjectProblem::PathNotFound { near: near(path) }, place()));
            return Vec::new();
        }
        if !path.is_dir() {
            return vec![path.to_path_buf()];
        }
        let files = indicator_files(path);
        if files.is_empty() {
            self.misused = true;
            self.problems.push(Problem::at(ProjectProblem::NoFiles, place()));
        }
        files
    }

    fn indicator_file(&mut self, path: &Path, default: Lang) -> Option<FileId> {
        let text = self.text(path)?;
        let file = SourceFile::new(shown(path), text);
        let id = self.files.add(file.clone());
        self.parsed.push(parse(id, &file, default));
        Some(id)
    }

    /// Of a shared folder only the lists are taken: what its indicators say is the business of its own project.
    fn shared_file(&mut self, path: &Path, default: Lang) {
        if self.indicator_file(path, default).is_none() {
            return;
        }
        if let Some(parsed) = self.parsed.last_mut() {
            parsed.blocks.retain(|block| match block.kind {
                Some(BlockKind::Framework | BlockKind::Calendar | BlockKind::Unit | BlockKind::Dimension) => true,
                Some(
                    BlockKind::Source | BlockKind::Indicator | BlockKind::Funnel | BlockKind::Rule | BlockKind::Test,
                )
                | None => false,
            });
        }
    }

    fn text(&mut self, path: &Path) -> Option<String> {
        let place = Place::Path(shown(path));
        let size = std::fs::metadata(path).map_or(0, |data| data.len());
        if size > MAXIMUM_MEGABYTES << 20 {
            let fact = ProjectProblem::TooLarge { megabytes: size.div_ceil(1 << 20), limit: MAXIMUM_MEGABYTES };
            self.problems.push(Problem::at(fact, place));
            return None;
        }
        match std::fs::read(path) {
            Ok(bytes) => {
                let (text, problem) = read::decode(bytes);
                self.problems.extend(problem.map(|fact| Problem::at(fact, place)));
                Some(text)
            }
            Err(error) => {
                self.problems.push(Problem::at(ProjectProblem::Unreadable { reason: refusal(&error) }, place));
                None
            }
        }
    }

    fn code_lists(&mut self, data_root: &Path) -> BTreeMap<String, CodeTable> {
        let mut tables = BTreeMap::new();
        for (path, span) in tables_needed(&self.parsed) {
            // Looked at, not opened: opening a pipe waits for whoever writes to it.
            if let Err(error) = std::fs::metadata(data_root.join(&path)) {
                let looked_in = shown(data_root);
                let fact = ProjectProblem::CodeListUnreadable { path, looked_in, reason: refusal(&error) };
                self.problems.push(Problem::new(fact, span));
                continue;
            }
            match jauge_engine::read_table(data_root, &path, &Format::default()) {
                Ok(jauge_engine::Table { header, rows, remarks }) => {
                    self.problems.extend(remarks);
                    tables.insert(path, CodeTable { header, rows });
                }
                Err(problem) => self.problems.push(*problem),
            }
        }
        tables
    }
}

/// The language that every file names; `None` where they differ or there is no file.
fn agreed_language(parsed: &[Parsed]) -> Option<Lang> {
    let first = parsed.first()?.lang;
    parsed.iter().all(|file| file.lang == first && file.lang_line.is_some()).then_some(first)
}

fn folder_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tidy(folder)
}

/// The same text for the same file, however it was typed.
fn identity(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    tidy(&absolute).to_string_lossy().into_owned()
}
