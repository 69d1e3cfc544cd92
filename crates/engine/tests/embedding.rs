//! The embedding pages quote the example that is compiled, word for word.

use std::fs;
use std::path::Path;

#[test]
fn the_pages_quote_the_example_that_is_compiled() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read =
        |path: &str| fs::read_to_string(root.join(path)).expect("a file of the repository").replace("\r\n", "\n");
    let example = read("crates/engine/examples/embed.rs");
    let data = read("crates/engine/examples/data/inscriptions.csv");
    for page in ["docs/fr/embarquer.md", "docs/en/embedding.md"] {
        let text = read(page);
        assert!(text.contains(&format!("```rust\n{example}```")), "{page} quotes another `embed.rs`");
        assert!(text.contains(&format!("```csv\n{data}```")), "{page} quotes another data file");
    }
}
