//! Texts for users are in plain English, and the map of the code is true. The help texts are checked in
//! `docket` itself.

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

/// Where the paths in ARCHITECTURE.md may begin.
const ROOTS: [&str; 3] = ["", "crates", "crates/engine/src"];

#[test]
fn the_map_names_files_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let map = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    // Every second piece between backticks is a name; one with a slash inside is a path.
    let names = map.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_path = |name: &&str| {
        let mark = |c: char| c.is_ascii_alphanumeric() || "_-./{},".contains(c);
        name.contains('/') && !name.starts_with('/') && name.chars().all(mark)
    };
    let paths: Vec<String> = names.filter(is_path).flat_map(expanded).collect();
    assert!(paths.len() > 30, "the paths were not found: {paths:?}");
    let exists = |path: &String| ROOTS.iter().any(|start| root.join(start).join(path).exists());
    let missing: Vec<&String> = paths.iter().filter(|path| !exists(path)).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names what is not there: {missing:?}");
}

/// A path with `{a,b}` as one path for each.
fn expanded(path: &str) -> Vec<String> {
    let Some((before, (choices, after))) =
        path.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return vec![path.to_owned()];
    };
    choices.split(',').map(|choice| format!("{before}{choice}{after}")).collect()
}
