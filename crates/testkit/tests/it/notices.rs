//! The dependencies whose licence asks for a notice are listed in `THIRD_PARTY.md`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences that ask whoever passes on a binary to say where the source is.
const SOURCE_ON_REQUEST: [&str; 6] = ["MPL", "LGPL", "GPL", "EPL", "CDDL", "EUPL"];

/// Every package of the dependency graph on this system, without our own.
fn packages() -> Vec<Value> {
    let host = Command::new("rustc").arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .args(["--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = metadata["packages"].as_array().unwrap().iter();
    all.filter(|package| !package["source"].is_null()).cloned().collect()
}

/// Whether every licence that one may choose from asks for a notice.
fn asks_for_a_notice(expression: &str) -> bool {
    expression.split(" OR ").flat_map(|choice| choice.split('/')).all(|choice| {
        let mut words = choice.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.any(|word| SOURCE_ON_REQUEST.contains(&word))
    })
}

#[test]
fn notices_are_complete() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../THIRD_PARTY.md");
    let text = std::fs::read_to_string(path).unwrap();
    let listed: BTreeSet<&str> = text.lines().filter(|line| line.contains("MPL-2.0 |")).collect();
    let needed = packages().into_iter().filter_map(|package| {
        let field = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
        let (name, version, licence) = (field("name"), field("version"), field("license"));
        assert!(
            !licence.is_empty() || !field("license_file").is_empty(),
            "{name} {version} names no licence"
        );
        let source = format!("https://static.crates.io/crates/{name}/{name}-{version}.crate");
        let row =
            format!("| {name} | {version} | {licence} | {} | {source} |", field("repository"));
        asks_for_a_notice(&licence).then_some(row)
    });
    let needed: BTreeSet<String> = needed.collect();
    let needed: BTreeSet<&str> = needed.iter().map(String::as_str).collect();
    assert_eq!(listed, needed, "THIRD_PARTY.md needs exactly the rows on the right");
}

#[test]
fn a_notice_is_due_only_without_another_choice() {
    for due in ["MPL-2.0", "MPL-2.0 AND MIT", "LGPL-2.1-or-later OR MPL-2.0", "GPL-3.0-only"] {
        assert!(asks_for_a_notice(due), "{due}");
    }
    for free in
        ["MIT", "MIT OR MPL-2.0", "Apache-2.0/MIT", "BSD-3-Clause AND MIT", "LGPL-2.1 OR MIT"]
    {
        assert!(!asks_for_a_notice(free), "{free}");
    }
}
