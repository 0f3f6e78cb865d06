//! Texts for users are in plain English. The help texts are checked in `docket` itself.

use std::path::{Path, PathBuf};

use docket_testkit::words::unclear_lines;

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages: Vec<PathBuf> = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docket.example.toml",
        "docs/openapi.json",
    ]
    .map(|name| root.join(name))
    .to_vec();
    for entry in std::fs::read_dir(root.join("docs")).unwrap() {
        let path = entry.unwrap().path();
        // The style guide names the words.
        if path.extension().is_some_and(|extension| extension == "md")
            && !path.ends_with("style.md")
        {
            pages.push(path);
        }
    }
    assert!(pages.len() > 8, "the pages were not found");
    pages
}

#[test]
fn documentation_is_in_plain_english() {
    let wrong: Vec<String> = pages()
        .into_iter()
        .flat_map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            unclear_lines(&text).into_iter().map(move |line| format!("{name}:{line}"))
        })
        .collect();
    assert!(wrong.is_empty(), "docs/style.md says what to write instead:\n{}", wrong.join("\n"));
}
