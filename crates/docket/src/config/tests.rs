//! Tests of the configuration: layers, errors, and the files made from the table.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::exit::Exit;
use given::GivenValue;

fn options_of(text: &str) -> (tempfile::TempDir, ServeOptions) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docket.toml");
    std::fs::write(&path, text).unwrap();
    (folder, ServeOptions { config: Some(path), ..ServeOptions::default() })
}

fn config_of(text: &str) -> anyhow::Result<Config> {
    let (_folder, options) = options_of(text);
    options.checked()
}

fn error_of(text: &str) -> String {
    let error = config_of(text).unwrap_err();
    assert_eq!(Exit::of_error(&error), Exit::Usage, "{text}");
    error.to_string()
}

/// Compares a file of the tree with what the table gives, or writes it with `UPDATE_GOLDENS=1`.
fn assert_file(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(
        found == expected,
        "{} differs from the table of settings: UPDATE_GOLDENS=1 cargo test -p docket config",
        path.display()
    );
}

#[test]
fn the_example_file_is_made_from_the_table() {
    assert_file("docket.example.toml", &texts::example());
}

#[test]
fn the_settings_of_the_operations_page_are_made_from_the_table() {
    const BEGIN: &str = "<!-- settings: made from the table in crates/docket/src/config/ -->\n";
    const END: &str = "<!-- end of settings -->\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let page = format!("{before}{BEGIN}{}\n{END}{after}", texts::tables());
    assert_file("docs/operations.md", &page);
}

#[test]
fn the_example_file_can_be_read_and_changes_nothing() {
    let shown: String = texts::example()
        .lines()
        .filter_map(|line| line.strip_prefix("#"))
        .filter(|line| line.split_once(" = ").is_some_and(|(name, _)| !name.contains(' ')))
        .map(|line| format!("{line}\n"))
        .collect();
    let (example, default) = (config_of(&shown).unwrap(), config_of("").unwrap());
    for config in [&example, &default] {
        // The crates' own defaults are those of the table.
        assert_eq!(format!("{:?}", config.policy), format!("{:?}", Policy::default()));
    }
    assert_eq!(format!("{:?}", example.worker), format!("{:?}", default.worker));
    assert_eq!((example.listen, &example.log), (default.listen, &default.log));
    assert_eq!(example.data.data_dir, default.data.data_dir);
    let examples: String = texts::example()
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.split_once(" = ").is_some_and(|(name, _)| !name.contains(' ')))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(examples.lines().count() > 5, "{examples}");
    config_of(&examples).unwrap();
}

#[test]
fn flags_beat_environment_beats_file_beats_defaults() {
    let (_folder, mut options) = options_of("lease_s = 20\nlisten = \"127.0.0.1:9\"\nlog = \"\"");
    options = options.with_defaults(&[("log", "warn"), ("listen", "127.0.0.1:7")]);
    let given =
        |text: &str| GivenValue { name: "lease_s", text: text.to_owned(), from_environment: false };
    let config = options.clone().checked().unwrap();
    assert_eq!(config.policy.lease, Duration::from_secs(20), "the file");
    assert_eq!(config.listen.port(), 9, "the file before the default of a command");
    assert_eq!(config.log.0, "warn", "an empty value is none; the default of a command is next");
    let flags = ServeOptions { values: vec![given("30")], ..options.clone() };
    assert_eq!(flags.checked().unwrap().policy.lease, Duration::from_secs(30), "a flag");
    let empty = ServeOptions { values: vec![given("")], ..options };
    assert_eq!(empty.checked().unwrap().policy.lease, Duration::from_secs(20), "an empty flag");
}

#[test]
fn an_unknown_key_names_the_nearest_setting() {
    let error = error_of("leases = 3");
    assert!(error.contains("there is no setting 'leases'; the nearest is 'lease_s'"), "{error}");
    let error = error_of("databse_url = \"postgres://user:password@host/name\"");
    assert!(error.contains("'database_url'") && !error.contains("password"), "{error}");
    error_of("[models]\nurl = 1");
    error_of("= ");
}

#[test]
fn a_bad_value_names_setting_source_value_and_what_is_allowed() {
    for (text, parts) in [
        ("listen = 5", ["configuration file", "listen = 5", "an address and port"]),
        ("poll_ms = 5", ["docket.toml", "poll_ms = 5", "of milliseconds, 10 or more"]),
        ("workers = 2000", ["docket.toml", "workers = 2000", "from 1 to 1024"]),
        ("attempts_max = -1", ["docket.toml", "attempts_max = -1", "1 or more"]),
        ("backoff_s = [1, \"x\"]", ["docket.toml", "backoff_s", "whole numbers of seconds"]),
        ("log_format = \"xml\"", ["docket.toml", "\"xml\"", "text or json"]),
        ("no_workers = \"true\"", ["docket.toml", "no_workers", "true or false"]),
        ("lease_s = 3", ["lease_s = 3", "twice", "heartbeat_s"]),
        ("memory_total_mb = 1000", ["memory_total_mb = 1000", "at least 1152", "child_memory_mb"]),
        ("database_url = 5", ["database_url = (secret)", "text", ""]),
        ("log = \"inof\"", ["log = \"inof\"", "error, warn, info, debug", "docket_worker=debug"]),
        ("public_url = \"docs.example.com\"", ["public_url", "http:// or https://", ""]),
        ("blob_endpoint = \"minio:9000\"", ["blob_endpoint", "http:// or https://", ""]),
        ("listen = \"8080\"", ["listen", "127.0.0.1:8080 or localhost:8080", ""]),
        ("database_url = \"localhost/docket\"", ["database_url", "postgres://", ""]),
    ] {
        let error = error_of(text);
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
    let value = GivenValue { name: "lease_s", text: "soon".to_owned(), from_environment: true };
    let options = ServeOptions { values: vec![value], ..ServeOptions::default() };
    let error = options.checked().unwrap_err().to_string();
    assert!(error.starts_with("environment variable DOCKET_LEASE_S: lease_s = soon"), "{error}");
}

#[test]
fn names_are_unique_and_every_entry_is_documented() {
    let settings: Vec<&Setting> = GROUPS.iter().copied().flatten().collect();
    let mut names: Vec<&str> = settings.iter().map(|setting| setting.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), settings.len());
    for setting in settings {
        let help = setting.paragraphs().into_iter().next().unwrap_or_default();
        assert!(help.ends_with('.') && help.len() <= 100, "{}: {help}", setting.name);
        assert_eq!(setting.flag, setting.name.replace('_', "-"));
        assert_eq!(setting.env, format!("DOCKET_{}", setting.name.to_uppercase()));
        assert!(setting.placeholder.is_empty() || setting.min == 0, "{}", setting.name);
    }
}

#[test]
fn the_data_alone_is_read_from_the_same_file() {
    let (_folder, options) = options_of("data_dir = \"/x\"\nlease_s = 20");
    let data = DataOptions { config: options.config, ..DataOptions::default() };
    assert_eq!(data.checked().unwrap().data_dir, PathBuf::from("/x"));
}

#[test]
fn the_operations_page_agrees_with_the_defaults() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let page = std::fs::read_to_string(path).unwrap();
    let config = config_of("").unwrap();
    let retries = usize::try_from(config.policy.worker_losses_max).unwrap() - 1;
    let pauses: Vec<String> = config
        .policy
        .backoff
        .iter()
        .take(retries)
        .map(|pause| pause.as_secs().to_string())
        .collect();
    let sentence =
        format!("tried again after {} s, and fails at the third loss", pauses.join(" and "));
    assert!(page.contains(&sentence), "{sentence}");
    // Machines of the sizing table: what is left to the system after each row.
    for (row, machine_mb, used_mb) in [
        ("| 4 GB | one `docket serve` | default (3072)", 4096, 3072),
        ("1152 for `serve` (page counts), 2432 for each `work` |", 8192, 1152 + 2 * 2432),
        ("| 16 GB with Postgres (4 GB) | one `docket serve` | 8192 |", 16384, 8192 + 4096),
    ] {
        assert!(page.contains(row), "{row}");
        assert!(machine_mb - used_mb >= machine_mb / 4, "a quarter is left: {row}");
    }
}
