//! The commands as people and scripts use them: output and exit codes.

use std::process::Output;

use crate::app::{App, Database, argument, letter, pages, until};
use crate::on_both_databases;
use crate::processes::{Process, docket};

on_both_databases!(
    keys_are_made_listed_and_revoked_while_a_server_runs,
    accounts_are_listed_and_their_shares_set,
    documents_are_parsed_through_a_server,
    every_operation_has_its_command,
    the_doctor_tells_what_is_there_and_what_is_not,
    jobs_are_looked_at_and_cancelled,
    migrate_makes_a_schema_that_the_server_takes,
    data_and_the_first_key_are_for_their_owner_alone,
    short_keys_are_refused_at_start,
);

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn run(words: &[&str], more: Vec<String>) -> Output {
    docket(words.iter().map(|word| (*word).to_owned()).chain(more).collect()).await
}

fn server_flags(app: &App) -> Vec<String> {
    vec!["--url".to_owned(), app.base.clone(), "--api-key".to_owned(), app.key.clone()]
}

async fn keys_are_made_listed_and_revoked_while_a_server_runs(database: Database) {
    let app = App::start(database).await;
    let flags = app.database.flags();
    let made =
        run(&["keys", "create", "--user", "anna", "--credits", "5", "--json"], flags.clone()).await;
    assert!(made.status.success(), "{}", stderr(&made));
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let key = made["key"].as_str().unwrap();
    assert_eq!(app.get_as(key, "/jobs").await.status(), 200, "it works at once");

    let listed = stdout(&run(&["keys", "list"], flags.clone()).await);
    assert!(
        listed.contains("anna") && listed.contains(&key[key.len() - 4..]) && !listed.contains(key)
    );
    let id = made["id"].as_str().unwrap();
    let revoked = run(&["keys", "revoke", id], flags.clone()).await;
    assert!(revoked.status.success());
    // Another process revoked it: this server hears of it within a second.
    until(async || app.get_as(key, "/jobs").await.status() == 401).await;
    let unknown = run(&["keys", "revoke", "b2094b38-e432-44b6-a5d0-67bed07d5de1"], flags).await;
    assert_eq!(unknown.status.code(), Some(2));
    app.stop().await;
}

async fn accounts_are_listed_and_their_shares_set(database: Database) {
    let app = App::start(database).await;
    let flags = app.database.flags();
    let set =
        ["accounts", "set", "tester", "--weight", "2", "--running-max", "4", "--bytes-max", "9"];
    let told = run(&set, flags.clone()).await;
    assert!(told.status.success(), "{}", stderr(&told));
    let row = |output: &Output| {
        let text = stdout(output);
        let row = text.lines().find(|line| line.starts_with("tester")).unwrap();
        row.split_whitespace().take(4).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row(&told), ["tester", "2", "4", "9"]);
    let back = ["accounts", "set", "tester", "--running-max", "default", "--bytes-max", "default"];
    assert!(run(&back, flags.clone()).await.status.success());
    assert_eq!(
        row(&run(&["accounts", "list"], flags.clone()).await),
        ["tester", "2", "default", "default"]
    );
    for (words, complaint) in [
        (vec!["accounts", "set", "tester"], "nothing to set"),
        (
            vec!["accounts", "set", "nobody", "--bytes-max", "2"],
            "no account with the name 'nobody'",
        ),
        (vec!["accounts", "set", "nobody", "--weight", "2"], "no account with the name 'nobody'"),
        (vec!["accounts", "set", "tester", "--weight", "0"], "1..=1000"),
    ] {
        let refused = run(&words, flags.clone()).await;
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        assert!(stderr(&refused).contains(complaint), "{}", stderr(&refused));
    }
    app.stop().await;
}

async fn documents_are_parsed_through_a_server(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.pdf");
    let bad = folder.path().join("bad.pdf");
    std::fs::write(&good, pages(2)).unwrap();
    std::fs::write(&bad, b"%PDF-1.7 broken off").unwrap();
    let flags = server_flags(&app);

    let sent = run(&["parse", &argument(&good)], flags.clone()).await;
    assert_eq!(sent.status.code(), Some(0));
    let id = stdout(&sent).split_whitespace().next().unwrap().to_owned();
    assert_eq!(app.wait(&id).await["status"], "COMPLETED");

    let waited = run(&["parse", &argument(&good), "--wait"], flags.clone()).await;
    assert!(stdout(&waited).contains("Letter 2"), "{}", stderr(&waited));
    assert!(stderr(&waited).contains("COMPLETED  2 pages"), "{}", stderr(&waited));

    let out = folder.path().join("out");
    let words = [
        "parse",
        &argument(&good),
        &argument(&bad),
        "--wait",
        "--format",
        "json",
        "--out-dir",
        &argument(&out),
    ];
    let mixed = run(&words, flags.clone()).await;
    assert_eq!(mixed.status.code(), Some(3), "one job failed");
    let written: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.join("good.json")).unwrap()).unwrap();
    assert_eq!(written["status"], "Succeeded");
    assert!(!out.join("bad.json").exists());

    let missing = run(&["parse", "/no/such.pdf"], flags.clone()).await;
    assert_eq!(missing.status.code(), Some(2));
    let refused =
        run(&["parse", &argument(&good), "--url", &app.base, "--api-key", "wrong"], Vec::new())
            .await;
    assert_eq!(refused.status.code(), Some(5));
    let nowhere = run(
        &["parse", &argument(&good), "--url", "http://127.0.0.1:1", "--api-key", "x"],
        Vec::new(),
    )
    .await;
    assert_eq!(nowhere.status.code(), Some(5));
    app.stop().await;
}

async fn every_operation_has_its_command(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let folder = tempfile::tempdir().unwrap();
    let (letter_file, schema) =
        (folder.path().join("letter.pdf"), folder.path().join("schema.json"));
    std::fs::write(&letter_file, pages(2)).unwrap();
    let wanted = r#"{"type":"object","properties":{"total_due":{"type":"number"}}}"#;
    std::fs::write(&schema, wanted).unwrap();
    let (file, schema) = (argument(&letter_file), argument(&schema));
    let flags = server_flags(&app);
    let result = async |words: &[&str]| {
        let output = run(words, flags.clone()).await;
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let values = result(&["extract", &file, "--schema", &schema, "--citations", "--wait"]).await;
    assert_eq!(values["total_due"]["value"], 12.5, "{values}");
    assert!(values["total_due"]["bboxes"].is_array());
    let chunks = result(&["chunk", &file, "--strategy", "page", "--wait"]).await;
    assert_eq!(chunks["total_chunks"], 2);
    let classes = result(&["classify", &file, "--categories", "Letter,Recipe", "--wait"]).await;
    assert_eq!(classes["total_pages"], 2, "{classes}");

    let out = folder.path().join("parts");
    let categories = r#"["Letter/../x"]"#;
    let words =
        ["split", &file, "--categories", categories, "--wait", "--out-dir", &argument(&out)];
    let split = run(&words, flags.clone()).await;
    assert_eq!(split.status.code(), Some(0), "{}", stderr(&split));
    assert!(std::fs::read(out.join("letter-Letter_.._x.pdf")).unwrap().starts_with(b"%PDF-"));
    assert!(out.join("letter.json").exists());

    let sent = run(&["chunk", &file], flags.clone()).await;
    let id = stdout(&sent).split_whitespace().next().unwrap().to_owned();
    assert_eq!(app.wait(&id).await["type"], "chunking");
    let refused = run(&["chunk", &file, "--strategy", "sideways"], flags.clone()).await;
    assert_eq!(refused.status.code(), Some(5));
    assert!(stderr(&refused).contains("strategy must be one of"), "{}", stderr(&refused));
    let unread = run(&["extract", &file, "--schema", "/no/such.json"], flags.clone()).await;
    assert_eq!(unread.status.code(), Some(2));
    app.stop().await;
}

async fn the_doctor_tells_what_is_there_and_what_is_not(database: Database) {
    let app = App::start(database).await;
    let flags = app.database.flags();
    let flags: Vec<String> =
        flags.into_iter().chain(["--listen", "127.0.0.1:0"].map(str::to_owned)).collect();
    let well = run(&["doctor"], flags.clone()).await;
    assert_eq!(well.status.code(), Some(0), "{}", stdout(&well));
    for line in ["ok       database", "ok       storage", "ok       engine     a confined child"] {
        assert!(stdout(&well).contains(line), "{}", stdout(&well));
    }
    let without = run(&["doctor", "--tesseract-path", "/no/such/tesseract"], flags).await;
    assert_eq!(without.status.code(), Some(0), "it is better to have, no more");
    assert!(stdout(&without).contains("missing  tesseract"), "{}", stdout(&without));
    let ill =
        run(&["doctor", "--data-dir", "/proc/no-folder", "--listen", "127.0.0.1:0"], Vec::new())
            .await;
    assert_eq!(ill.status.code(), Some(1));
    assert!(stdout(&ill).contains("FAILED   disk"), "{}", stdout(&ill));
    app.stop().await;
}

async fn jobs_are_looked_at_and_cancelled(database: Database) {
    let mut app = App::start(database).await;
    let flags = server_flags(&app);
    let (done, other) = (app.submit_id(letter()).await, app.submit_id(letter()).await);
    let timed_out = run(&["jobs", "watch", &done, "--timeout", "0"], flags.clone()).await;
    assert_eq!(timed_out.status.code(), Some(4));
    let cancelled = run(&["jobs", "cancel", &other], flags.clone()).await;
    assert_eq!(cancelled.status.code(), Some(0), "{}", stderr(&cancelled));
    let watched = run(&["jobs", "watch", &other], flags.clone()).await;
    assert_eq!(watched.status.code(), Some(3));
    app.start_worker();
    let watched = run(&["jobs", "watch", &done], flags.clone()).await;
    assert_eq!(watched.status.code(), Some(0));
    assert!(stdout(&watched).contains("COMPLETED"));
    let got = run(&["jobs", "get", &done], flags.clone()).await;
    let got: serde_json::Value = serde_json::from_slice(&got.stdout).unwrap();
    assert_eq!(got["id"], done.as_str());
    let listed = stdout(&run(&["jobs", "list", "--status", "FAILED"], flags.clone()).await);
    assert!(listed.contains(&other) && !listed.contains(&done));
    let unknown = run(&["jobs", "get", "nonsense"], flags).await;
    assert_eq!(unknown.status.code(), Some(5));
    app.stop().await;
}

async fn migrate_makes_a_schema_that_the_server_takes(database: Database) {
    for _ in 0..2 {
        let migrated = run(&["migrate"], database.flags()).await;
        assert!(migrated.status.success(), "{}", stderr(&migrated));
    }
    let app = App::start(database).await;
    assert_eq!(app.get("/jobs").await.status(), 200);
    app.stop().await;
}

#[tokio::test]
async fn local_parses_need_no_server() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("good.pdf"), folder.path().join("bad.pdf"));
    std::fs::write(&good, pages(3)).unwrap();
    std::fs::write(&bad, b"no document at all").unwrap();
    let parsed =
        run(&["parse", "--local", &argument(&good), "--page-range", "2"], Vec::new()).await;
    assert_eq!(parsed.status.code(), Some(0), "{}", stderr(&parsed));
    assert!(stdout(&parsed).contains("Letter 2") && !stdout(&parsed).contains("Letter 3"));
    let failed = run(&["parse", "--local", &argument(&bad)], Vec::new()).await;
    assert_eq!(failed.status.code(), Some(3));
    let nonsense =
        run(&["parse", "--local", &argument(&good), "--page-range", "x"], Vec::new()).await;
    assert_eq!(nonsense.status.code(), Some(2));
}

#[tokio::test]
async fn a_transaction_pooler_is_refused_with_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://user:secret@db.example.supabase.co:6543/postgres";
    let words = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database-url",
        url,
        "--data-dir",
        &argument(folder.path()),
    ];
    let refused = run(&words, Vec::new()).await;
    assert_eq!(refused.status.code(), Some(2));
    let told = stderr(&refused);
    assert!(told.contains("6543") && told.contains("5432") && !told.contains("secret"), "{told}");
    assert_eq!(told.trim().lines().count(), 1, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_serves_a_data_folder() {
    let database = Database::sqlite();
    let _first = crate::processes::Process::serve(&database, &["--no-workers"]).await;
    let second = run(&["serve", "--listen", "127.0.0.1:0"], database.flags()).await;
    assert_eq!(second.status.code(), Some(2));
    assert!(stderr(&second).contains("already serves"), "{}", stderr(&second));
}

#[tokio::test]
async fn a_reader_that_goes_away_is_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.pdf");
    std::fs::write(&path, crate::app::long_document()).unwrap();
    let child = std::process::Command::new(crate::app::program())
        .args(["parse", "--local", &argument(&path)])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    drop(child.stdout.take());
    let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
}

async fn data_and_the_first_key_are_for_their_owner_alone(database: Database) {
    use std::os::unix::fs::PermissionsExt;
    let folder = database.folder.path().to_owned();
    let mode = |name: &str| {
        let path = if name.is_empty() { folder.clone() } else { folder.join(name) };
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    // Everything was there before, open to all.
    std::fs::create_dir_all(folder.join("blobs/uploads")).unwrap();
    std::fs::write(folder.join("blobs/uploads/old"), "x").unwrap();
    let is_embedded = matches!(database.config, docket_store::DatabaseConfig::Sqlite { .. });
    let mut files = vec!["blobs/uploads/old"];
    if is_embedded {
        std::fs::write(folder.join("docket.sqlite"), "").unwrap();
        files.push("docket.sqlite");
    }
    for name in ["", "blobs", "blobs/uploads"] {
        let path = if name.is_empty() { folder.clone() } else { folder.join(name) };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    for name in &files {
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(folder.join(name), open).unwrap();
    }
    let node = Process::serve(&database, &["--no-workers"]).await;
    if is_embedded {
        files.extend(["docket.sqlite-wal", "docket.sqlite-shm", "serve.lock"]);
    }
    files.push("api-key");
    until(async || {
        let folders = ["", "blobs", "blobs/uploads"];
        folders.iter().all(|name| mode(name) == 0o700)
            && files.iter().all(|name| mode(name) == 0o600)
    })
    .await;
    let key = std::fs::read_to_string(folder.join("api-key")).unwrap();
    let request = reqwest::Client::new().get(format!("{}/jobs", node.base));
    let answer = request.header("api-key", key.trim()).send().await.unwrap();
    assert_eq!(answer.status(), 200, "it is the first key");
}

async fn short_keys_are_refused_at_start(database: Database) {
    let words = ["serve", "--no-workers", "--listen", "127.0.0.1:0", "--api-key"];
    let mut flags = vec!["x".repeat(31)];
    flags.extend(database.flags());
    let refused = run(&words, flags).await;
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("DOCKET_API_KEY must have at least 32 characters"));
    let key = "x".repeat(32);
    let node = Process::serve(&database, &["--no-workers", "--api-key", &key]).await;
    let request = reqwest::Client::new().get(format!("{}/jobs", node.base));
    assert_eq!(request.header("api-key", key).send().await.unwrap().status(), 200);
}
