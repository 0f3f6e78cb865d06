//! Habits of the source files that no lint checks.

use std::path::{Path, PathBuf};

fn sources() -> Vec<(PathBuf, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    gather(crates, &mut found);
    assert!(found.len() > 50, "the tree was not found");
    found
}

fn gather(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{} has no opening sentence", path.display());
    }
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    for (path, _) in sources() {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let empty =
            ["util", "utils", "common", "helpers", "helper", "core", "manager", "misc", "mod"];
        assert!(!empty.contains(&stem), "{}", path.display());
    }
}

#[test]
fn sql_stays_in_the_store_and_http_in_the_server() {
    for (path, text) in sources() {
        let path = path.display().to_string();
        let inside = |room: &str| path.contains(&format!("/crates/{room}/"));
        if inside("server") {
            assert!(!text.contains("docket_store"), "{path}: the server knows jobs, not the store");
        }
        if inside("jobs") {
            assert!(!text.contains("StatusCode"), "{path}: the domain knows no HTTP");
        }
        // Tests among the sources read their golden files.
        if inside("engine") && path.contains("/src/") && !path.ends_with("/tests.rs") {
            for forbidden in ["std::fs", "std::net", "std::env", "SystemTime", "Instant::now"] {
                assert!(!text.contains(forbidden), "{path}: the engine only computes, {forbidden}");
            }
        }
    }
}
