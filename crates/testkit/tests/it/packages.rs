//! The packages that are published hold all that they compile, and say what they are.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Each published package: its description by `cargo metadata`.
fn published() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    // An empty list of registries is `publish = false`.
    packages.filter(|package| package["publish"].is_null()).cloned().collect()
}

fn folder(package: &Value) -> PathBuf {
    Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned()
}

/// Files below a folder with this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|name| name == extension) {
            found.push(path);
        }
    }
    found
}

/// Paths that a source file includes, from its own folder.
fn included(text: &str) -> Vec<&str> {
    let arguments = ["include_str!(\"", "include_bytes!(\"", "include!(\""].into_iter();
    arguments
        .flat_map(|start| text.split(start).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn published_packages_hold_all_that_they_compile() {
    let mut seen = 0;
    for package in published() {
        let folder = folder(&package).canonicalize().unwrap();
        for file in files(&folder.join("src"), "rs") {
            let text = std::fs::read_to_string(&file).unwrap();
            for path in included(&text) {
                // A link from elsewhere into the package is not part of the package.
                let path = file.parent().unwrap().join(path);
                let real = path.parent().unwrap().canonicalize().unwrap();
                let outside = format!("{} includes {}", file.display(), path.display());
                assert!(real.starts_with(&folder), "{outside}");
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "the included files were not found");
}

#[test]
fn published_packages_can_be_published() {
    let packages = published();
    let names: Vec<&str> =
        packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 7, "{names:?}");
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        for field in ["description", "license", "repository", "readme"] {
            assert!(package[field].is_string(), "{name} has no {field}");
        }
        assert!(folder(package).join("LICENSE").is_file(), "{name} has no licence text");
        let version = format!("={}", package["version"].as_str().unwrap());
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = dependency["name"].as_str().unwrap();
            if dependency["path"].is_null() || dependency["kind"] == "dev" {
                continue;
            }
            assert!(names.contains(&other), "{name} needs {other}, which is not published");
            assert_eq!(dependency["req"], version.as_str(), "{name} needs this version of {other}");
        }
    }
}
