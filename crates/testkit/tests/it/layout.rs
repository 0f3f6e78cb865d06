//! The arrows between the rooms, and where a library may be used, read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Every arrow that the design has; `testkit` is for tests only and stands outside.
const ARROWS: [(&str, &[&str]); 7] = [
    ("contract", &[]),
    ("engine", &["contract"]),
    ("store", &["contract"]),
    ("jobs", &["contract", "store"]),
    ("worker", &["contract", "engine", "jobs"]),
    ("server", &["contract", "jobs"]),
    ("docket", &["contract", "jobs", "server", "store", "worker"]),
];

/// Libraries that one room alone may use.
const WRAPPED: [(&str, &str); 15] = [
    ("sqlx", "store"),
    ("rusqlite", "store"),
    ("object_store", "store"),
    ("axum", "server"),
    ("tower", "server"),
    ("tower-http", "server"),
    ("docling", "engine"),
    ("hayro", "engine"),
    ("hayro-syntax", "engine"),
    ("image", "engine"),
    ("hayro-font", "engine"),
    ("hayro-cmap", "engine"),
    ("landlock", "worker"),
    ("seccompiler", "worker"),
    ("clap", "docket"),
];

/// What would let the engine do more than compute.
const NOT_IN_ENGINE: [&str; 6] = ["tokio", "reqwest", "chrono", "rand", "tracing", "rustix"];

/// Each room's dependencies outside of tests, rooms by their folder's name.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let room = |package: &str| package.trim_start_matches("docket-").to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let all = package["dependencies"].as_array().unwrap().iter();
            let normal = all.filter(|dependency| dependency["kind"] != "dev");
            let names = normal.map(|dependency| room(dependency["name"].as_str().unwrap()));
            (room(package["name"].as_str().unwrap()), names.collect())
        })
        .collect()
}

#[test]
fn there_are_no_other_arrows() {
    let found = dependencies();
    let rooms: BTreeSet<&str> = ARROWS.iter().map(|(room, _)| *room).chain(["testkit"]).collect();
    assert_eq!(found.keys().map(String::as_str).collect::<BTreeSet<_>>(), rooms);
    for (room, allowed) in ARROWS {
        let used = found[room].iter().map(String::as_str).filter(|name| rooms.contains(name));
        for used in used {
            assert!(
                allowed.contains(&used),
                "{room} -> {used} is an arrow that the design does not have"
            );
        }
    }
}

#[test]
fn libraries_stay_in_their_rooms() {
    let found = dependencies();
    for (library, owner) in WRAPPED {
        for (room, used) in found.iter().filter(|(room, _)| *room != owner && *room != "testkit") {
            assert!(!used.contains(library), "{room} uses {library}, which belongs to {owner}");
        }
    }
    for library in NOT_IN_ENGINE {
        assert!(!found["engine"].contains(library), "the engine only computes: {library}");
    }
}
