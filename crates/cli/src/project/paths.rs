//! Paths: which files a project has, in an order that does not depend on the machine, and how they are shown.

use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;
use jauge::problem::{Refusal, close_to};

/// Files that a project may have.
pub const MAXIMUM_FILES: usize = 10_000;

/// Folders inside folders that are walked.
const MAXIMUM_DEPTH: usize = 32;

/// The `.jauge` files under a folder, sorted by path; at most [`MAXIMUM_FILES`] and one more, which tells that there are
/// too many. Hidden folders are skipped, and so are folders with a manifest of their own: each is another project. Links to
/// folders are followed once.
pub fn indicator_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = WalkBuilder::new(folder)
        .standard_filters(false)
        .hidden(true)
        .follow_links(true)
        .max_depth(Some(MAXIMUM_DEPTH))
        .filter_entry(|entry| entry.depth() == 0 || !entry.path().join(super::manifest::NAME).is_file())
        .sort_by_file_path(Ord::cmp)
        .build()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()) && is_indicator_file(entry.path()))
        .map(ignore::DirEntry::into_path)
        .take(MAXIMUM_FILES + 1)
        .collect();
    files.sort_by_cached_key(|path| shown(path));
    files
}

/// True for a name that ends in `.jauge`, in any case.
fn is_indicator_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("jauge"))
}

/// A path as a user would type it, with `/` between folders and without `./`.
pub fn shown(path: &Path) -> String {
    let mut text = String::new();
    for component in path.components() {
        let part = match component {
            Component::CurDir => continue,
            Component::RootDir => {
                text.push('/');
                continue;
            }
            Component::ParentDir => "..".into(),
            Component::Prefix(prefix) => prefix.as_os_str().to_string_lossy(),
            Component::Normal(part) => part.to_string_lossy(),
        };
        if !text.is_empty() && !text.ends_with('/') {
            text.push('/');
        }
        text.push_str(&part);
    }
    if text.is_empty() { ".".into() } else { text }
}

/// The same folder, without `.` and without a `..` that undoes the folder before it.
pub fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidy.components().next_back(), Some(Component::Normal(_))) => {
                tidy.pop();
            }
            Component::ParentDir | Component::RootDir | Component::Prefix(_) | Component::Normal(_) => {
                tidy.push(component);
            }
        }
    }
    if tidy.as_os_str().is_empty() { PathBuf::from(".") } else { tidy }
}

/// A name in the same folder that is close to one that does not exist.
pub fn near(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_string_lossy().into_owned();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .take(MAXIMUM_FILES)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    let name = close_to(&wanted, names.iter().map(String::as_str))?;
    Some(shown(&folder.join(name)))
}

/// Why the system refused a file, as a fact.
pub fn refusal(error: &std::io::Error) -> Refusal {
    match error.kind() {
        std::io::ErrorKind::NotFound => Refusal::NotFound,
        std::io::ErrorKind::IsADirectory => Refusal::IsFolder,
        // Windows: sharing violation and lock violation.
        _ if cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33)) => Refusal::InUse,
        std::io::ErrorKind::PermissionDenied => Refusal::Denied,
        _ => Refusal::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_as_typed() {
        for (path, wanted) in [("./a/b.jauge", "a/b.jauge"), (".", "."), ("../x", "../x"), ("a//b", "a/b")] {
            assert_eq!(shown(Path::new(path)), wanted);
        }
        for (path, wanted) in [("a/../b", "b"), ("../../a", "../../a"), ("a/..", "."), ("./a/./b/../c", "a/c")] {
            assert_eq!(tidy(Path::new(path)), Path::new(wanted));
        }
    }
}
