//! Reads which file of a crate names which: every `crate::`, `super::` and `self::` path, in `use`
//! items and in the middle of code. Tests among the sources are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module by its names from the crate's root; the root itself is empty.
pub(crate) type Module = Vec<String>;

/// The files of one crate.
pub(crate) struct Imports {
    /// Which other files each file names.
    pub files: BTreeMap<Module, BTreeSet<Module>>,
    /// The paths into the crate `docket_contract` of each file, without that name.
    pub contract: BTreeMap<Module, BTreeSet<String>>,
}

/// A path that a file names, and whether it makes it a name of its own for others.
struct Named {
    path: Vec<String>,
    exported: bool,
}

impl Imports {
    /// Reads a crate's folder of sources.
    pub(crate) fn read(sources: &Path) -> Self {
        let mut texts = BTreeMap::new();
        gather(sources, &mut Vec::new(), &mut texts);
        let named: BTreeMap<Module, Vec<Named>> =
            texts.iter().map(|(module, text)| (module.clone(), paths(&bare(text)))).collect();
        let mut imports = Self { files: BTreeMap::new(), contract: BTreeMap::new() };
        let exports = exports(&named);
        for (module, paths) in &named {
            let whole =
                paths.iter().filter_map(|named| absolute(module, &named.path, &named_in(&texts)));
            let files = whole.map(|path| resolved(path, &named, &exports));
            let others = files.filter(|file| file != module).collect();
            imports.files.insert(module.clone(), others);
            let of_contract = |named: &Named| {
                let (first, rest) = named.path.split_first()?;
                (first == "docket_contract").then(|| rest.join("::"))
            };
            imports.contract.insert(module.clone(), paths.iter().filter_map(of_contract).collect());
        }
        imports
    }

    /// Groups of files that name one another, directly or through others.
    pub(crate) fn cycles(&self) -> Vec<Vec<Module>> {
        let reach: BTreeMap<&Module, BTreeSet<&Module>> =
            self.files.keys().map(|file| (file, self.reached_from(file))).collect();
        let mut cycles: Vec<Vec<Module>> = Vec::new();
        for (file, reached) in &reach {
            if !reached.contains(*file) || cycles.iter().any(|cycle| cycle.contains(*file)) {
                continue;
            }
            let both = reached.iter().filter(|other| reach[**other].contains(*file));
            cycles.push(both.map(|other| (*other).clone()).collect());
        }
        cycles
    }

    fn reached_from<'s>(&'s self, file: &Module) -> BTreeSet<&'s Module> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Module> = self.files[file].iter().collect();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(&self.files[next]);
            }
        }
        reached
    }
}

fn gather(folder: &Path, inside: &mut Module, texts: &mut BTreeMap<Module, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            inside.push(stem);
            gather(&path, inside, texts);
            inside.pop();
        } else if path.extension().is_some_and(|extension| extension == "rs") && stem != "tests" {
            let mut module = inside.clone();
            if !(module.is_empty() && matches!(stem.as_str(), "lib" | "main")) {
                module.push(stem);
            }
            texts.insert(module, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The code of each file in a folder, without comments, texts and tests.
pub(crate) fn texts_of(folder: &Path) -> BTreeMap<Module, String> {
    let mut texts = BTreeMap::new();
    gather(folder, &mut Vec::new(), &mut texts);
    texts.into_iter().map(|(module, text)| (module, bare(&text))).collect()
}

/// The code without its comments, its texts and its tests.
fn bare(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code.lines().map(|line| {
        let code = line.split("//").next().unwrap();
        // A text may hold braces and semicolons.
        code.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
    });
    lines.collect::<Vec<_>>().join("\n").replace("pub(in ", "pub(in_")
}

fn paths(code: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut rest = String::new();
    for statement in code.split_inclusive(';') {
        let start = statement.rfind("use ").filter(|at| begins_item(&statement[..*at]));
        let Some(at) = start else {
            rest.push_str(statement);
            continue;
        };
        let (before, tree) = (&statement[..at], &statement[at + 4..]);
        let exported = before.trim_end().lines().next_back().unwrap_or("").contains("pub");
        let mut leaves = Vec::new();
        expand(&[], tree.trim_end_matches(';'), &mut leaves);
        found.extend(leaves.into_iter().map(|path| Named { path, exported }));
        rest.push_str(before);
    }
    for start in ["crate::", "super::"] {
        for (at, _) in rest.match_indices(start) {
            let is_start = !rest[..at].ends_with(|c: char| c.is_alphanumeric() || ":_".contains(c));
            let ends = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
            let path = rest[at..].split(ends).next().unwrap();
            if is_start {
                let path = path.split("::").filter(|name| !name.is_empty()).map(str::to_owned);
                found.push(Named { path: path.collect(), exported: false });
            }
        }
    }
    found
}

/// `use` stands at the start of an item, behind nothing but its visibility.
fn begins_item(before: &str) -> bool {
    let line = before.lines().next_back().unwrap_or("").trim();
    before.is_empty() || before.ends_with('\n') || line.starts_with("pub") || line.is_empty()
}

/// The paths of a tree such as `a::{b, c::{self, d}}`.
fn expand(before: &[String], tree: &str, leaves: &mut Vec<Vec<String>>) {
    let tree = tree.trim();
    let Some((start, inner)) = tree.split_once('{') else {
        let name = tree.split(" as ").next().unwrap();
        let names = name.split("::").map(|name| name.trim().to_owned());
        leaves.push(before.iter().cloned().chain(names).filter(|name| !name.is_empty()).collect());
        return;
    };
    let names = start.split("::").map(|name| name.trim().to_owned());
    let whole: Vec<String> =
        before.iter().cloned().chain(names).filter(|name| !name.is_empty()).collect();
    let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
    let mut depth = 0;
    let parts = inner.split(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    parts.filter(|part| !part.trim().is_empty()).for_each(|part| expand(&whole, part, leaves));
}

fn named_in(texts: &BTreeMap<Module, String>) -> BTreeSet<&Module> {
    texts.keys().collect()
}

/// The path from the root of the crate; `None` for one that leads out of it.
fn absolute(module: &Module, path: &[String], files: &BTreeSet<&Module>) -> Option<Module> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([module, rest].concat()),
        "super" => {
            let ups = path.iter().take_while(|name| *name == "super").count();
            let base = &module[..module.len().saturating_sub(ups)];
            Some([base, &path[ups..]].concat())
        }
        _ => {
            let child: Module = [module.as_slice(), std::slice::from_ref(first)].concat();
            files.contains(&child).then(|| [module, path].concat())
        }
    }
}

/// What each file gives on under a name of its own: the file and name, and where it comes from.
fn exports(named: &BTreeMap<Module, Vec<Named>>) -> BTreeMap<Module, Module> {
    let files: BTreeSet<&Module> = named.keys().collect();
    let mut exports = BTreeMap::new();
    for (module, paths) in named {
        for one in paths.iter().filter(|one| one.exported) {
            if let Some(from) = absolute(module, &one.path, &files)
                && let Some(name) = from.last()
            {
                exports.insert([module.as_slice(), std::slice::from_ref(name)].concat(), from);
            }
        }
    }
    exports
}

/// The file that holds what a path names, through the files that give it on.
fn resolved(
    mut path: Module,
    named: &BTreeMap<Module, Vec<Named>>,
    exports: &BTreeMap<Module, Module>,
) -> Module {
    for _ in 0..8 {
        let length = (0..=path.len()).rev().find(|length| named.contains_key(&path[..*length]));
        let length = length.unwrap_or(0);
        let from = path.get(..length + 1).and_then(|name| exports.get(name));
        match from.filter(|from| from.as_slice() != &path[..length + 1]) {
            Some(from) => path = [from, &path[length + 1..]].concat(),
            None => return path[..length].to_vec(),
        }
    }
    path
}

#[test]
fn paths_are_found_in_trees_and_in_code() {
    let code = "pub(crate) use a::{b, c::{self, d as e}};\nfn f(x: crate::g::H) { super::i(); }";
    let found: Vec<String> = paths(code).iter().map(|named| named.path.join("::")).collect();
    assert_eq!(found, ["a::b", "a::c::self", "a::c::d", "crate::g::H", "super::i"]);
}
