//! Lists what the binary carries along: the pages of the codes and the SNIA library. A list made by hand would be stale with
//! every new page.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("../..");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);

    let pages = root.join("docs/errors");
    println!("cargo::rerun-if-changed={}", pages.display());
    let mut list =
        String::from("/// Every page: code and text, sorted by code.\npub static PAGES: &[(&str, &str)] = &[\n");
    for path in files(&pages)? {
        if is_page(&path) {
            let code = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let _ = writeln!(list, "    ({code:?}, include_str!({:?})),", path.canonicalize()?);
        }
    }
    list.push_str("];\n");
    fs::write(out.join("pages.rs"), list)?;

    let library = root.join("indicators");
    println!("cargo::rerun-if-changed={}", library.display());
    let mut list = String::from(
        "/// Every file of the SNIA library: path with `/` and bytes, sorted by path.\npub static SNIA: &[(&str, &[u8])] = &[\n",
    );
    for path in files(&library)? {
        let inside = path.strip_prefix(&library).map_err(io::Error::other)?;
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        if parts.iter().any(|part| part.starts_with('.')) {
            continue;
        }
        let _ = writeln!(list, "    ({:?}, include_bytes!({:?})),", parts.join("/"), path.canonicalize()?);
    }
    list.push_str("];\n");
    fs::write(out.join("snia.rs"), list)
}

/// The files under a folder, sorted; none where there is no such folder.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => found.extend(files(&path)?),
            false => found.push(path),
        }
    }
    found.sort();
    Ok(found)
}

/// True for `E0301.md` and `W0701.md`; a README may stand beside them.
fn is_page(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".md") && name.starts_with(['E', 'W']) && name.len() == "E0301.md".len()
}
