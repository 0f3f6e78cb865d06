//! One schema history: both dialects are numbered alike, and `supabase/migrations/` is what the
//! store's own migrations say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect()
}

#[test]
fn both_dialects_are_numbered_alike() {
    let names = |dialect: &str| -> Vec<String> {
        let folder = root().join("crates/store/migrations").join(dialect);
        files(&folder).into_keys().collect()
    };
    assert_eq!(names("postgres"), names("sqlite"));
}

#[test]
fn supabase_migrations_are_the_stores_own() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("/bin/sh")
        .arg(root().join("dev/supabase-migrations"))
        .arg(folder.path())
        .status()
        .unwrap();
    assert!(made.success());
    let (want, found) = (files(folder.path()), files(&root().join("supabase/migrations")));
    assert!(want == found, "supabase/migrations/ is not up to date: run dev/supabase-migrations");
}
