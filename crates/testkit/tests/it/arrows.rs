//! The arrows between the modules of the engine, and the import cycles of all crates.

use std::path::{Path, PathBuf};

use crate::imports::{Imports, Module};

/// Which modules each module of the engine may name. `error` and `limits` may be named by all; the
/// crate's root and `pipeline` may name all.
const ARROWS: [(&str, &[&str]); 7] = [
    ("model", &[]),
    ("lexicon", &[]),
    ("source", &["model"]),
    ("recognise", &["model", "source"]),
    ("analyse", &["model", "lexicon"]),
    ("task", &["model", "lexicon"]),
    // Crops and split PDFs are cut from the file itself; what tasks find is written too.
    ("write", &["model", "source", "task"]),
];

/// Arrows that are still to go: the file that has each, and the module that it leads to.
const ARROWS_TO_GO: [(&str, &str); 0] = [];

/// Types of the contract that only `write` and the face (`lib`, `pipeline`) may name, and the files
/// that still do. Specs and results are the tasks' input and output.
const CONTRACT_TO_GO: [&str; 0] = [];

/// How many cycles of files are still to go in each crate, at most.
const CYCLES_TO_GO: [(&str, usize); 0] = [];

/// Cycles that may stay, none over more files than [`CYCLE_FILES_MAX`].
const CYCLES_MAX: usize = 2;
const CYCLE_FILES_MAX: usize = 3;

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn engine() -> Imports {
    Imports::read(&crates().join("engine/src"))
}

fn top(module: &Module) -> &str {
    module.first().map_or("lib", String::as_str)
}

#[test]
fn modules_of_the_engine_name_only_what_is_below_them() {
    let engine = engine();
    let mut to_go: Vec<(String, String)> = Vec::new();
    for (file, others) in &engine.files {
        if matches!(top(file), "lib" | "pipeline" | "error" | "limits") {
            continue;
        }
        let allowed = ARROWS.iter().find(|(module, _)| *module == top(file));
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("{} is no module of the map", top(file)));
        for other in others {
            let inner = top(other) == top(file) || matches!(top(other), "error" | "limits");
            if !inner && !allowed.contains(&top(other)) {
                to_go.push((file.join("/"), top(other).to_owned()));
            }
        }
    }
    to_go.dedup();
    let found: Vec<(&str, &str)> = to_go.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(found, ARROWS_TO_GO, "arrows that the design does not have");
}

#[test]
fn the_contract_is_named_where_the_engine_is_left() {
    let engine = engine();
    let may = |file: &Module, path: &str| {
        let outside = matches!(top(file), "lib" | "pipeline" | "write" | "error");
        let asked = path.starts_with("spec::") || path.starts_with("results::");
        let formats = path.starts_with("format::") && top(file) == "source";
        outside || formats || asked && matches!(top(file), "task" | "recognise")
    };
    let names = |(file, paths): (&Module, &std::collections::BTreeSet<String>)| {
        paths.iter().any(|path| !may(file, path)).then(|| file.join("/"))
    };
    let found: Vec<String> = engine.contract.iter().filter_map(names).collect();
    assert_eq!(found, CONTRACT_TO_GO, "types of the contract inside of the engine");
}

#[test]
fn files_do_not_import_one_another_in_circles() {
    let mut left: Vec<(String, Vec<String>)> = Vec::new();
    for entry in std::fs::read_dir(crates()).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let cycles = Imports::read(&folder.join("src")).cycles().into_iter();
        let cycles: Vec<Vec<String>> =
            cycles.map(|cycle| cycle.iter().map(|file| file.join("/")).collect()).collect();
        match CYCLES_TO_GO.iter().find(|(room, _)| *room == name) {
            Some((_, most)) => assert!(cycles.len() <= *most, "cycles of {name}: {cycles:#?}"),
            None => left.extend(cycles.into_iter().map(|files| (name.clone(), files))),
        }
    }
    let small = left.iter().all(|(_, files)| files.len() <= CYCLE_FILES_MAX);
    let inside = left.iter().all(|(room, files)| {
        let module = |file: &String| file.split('/').next().unwrap().to_owned();
        room != "engine" || files.iter().all(|file| module(file) == module(&files[0]))
    });
    assert!(left.len() <= CYCLES_MAX && small && inside, "{} cycles: {left:#?}", left.len());
}
