//! Many documents in one call: folders, patterns, bad files, Ctrl-C and `--resume`.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::app::{App, Database, argument, letter, pages, until};
use crate::on_both_databases;
use crate::processes::{Running, docket};

on_both_databases!(
    a_bad_document_does_not_stop_the_others,
    a_resumed_call_sends_nothing_twice,
    an_interrupted_call_says_how_to_continue,
    jobs_are_read_and_deleted_by_command,
);

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn words(app: &App, words: &[&str]) -> Vec<String> {
    let server = ["--url", &app.base, "--api-key", &app.key];
    words.iter().chain(&server).map(|word| (*word).to_owned()).collect()
}

async fn run(app: &App, arguments: &[&str]) -> Output {
    docket(words(app, arguments)).await
}

async fn count(app: &App) -> usize {
    app.get_json("/jobs?limit=100").await["jobs"].as_array().unwrap().len()
}

/// Documents of several kinds in two folders.
fn fill(folder: &Path) {
    std::fs::create_dir_all(folder.join("letters")).unwrap();
    std::fs::write(folder.join("report.pdf"), pages(2)).unwrap();
    std::fs::write(folder.join("notes.md"), "# Notes\n\nThe fox jumps.\n").unwrap();
    std::fs::write(folder.join("letters/a.pdf"), letter()).unwrap();
    std::fs::write(folder.join("letters/table.csv"), "fox,dog\n1,2\n").unwrap();
    std::fs::write(folder.join("program.exe"), "no document").unwrap();
}

async fn a_bad_document_does_not_stop_the_others(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let root = tempfile::tempdir().unwrap();
    let (folder, out) = (root.path().join("docs"), root.path().join("docs/out"));
    fill(&folder);
    std::fs::write(folder.join("broken.pdf"), "%PDF-1.7 broken off").unwrap();
    let (folder_text, out_text) = (argument(&folder), argument(&out));
    let missing = argument(&folder.join("missing.pdf"));
    let parse = ["parse", &missing, &folder_text, "--out-dir", &out_text];
    let output = run(&app, &parse).await;
    let printed = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "a file was named that is not there\n{printed}");
    for name in ["report.md", "notes.md", "letters/a.md", "letters/table.md"] {
        assert!(out.join(name).is_file(), "{name}\n{printed}");
    }
    assert!(printed.contains("6 documents: 4 completed, 2 failed"), "{printed}");
    for name in ["missing.pdf: there is no such file", "broken.pdf: "] {
        assert!(
            printed.lines().any(|line| line.starts_with("  ") && line.contains(name)),
            "{printed}"
        );
    }
    assert_eq!(printed.matches("submitted  job ").count(), 5, "ids are printed at once\n{printed}");

    // Results in the folder are no documents of the next call. Patterns and JSON:
    let pattern = format!("{folder_text}/**/*.pdf");
    let output = run(&app, &["parse", &pattern, "--wait", "--json"]).await;
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert_eq!(stderr(&output), "", "programs read standard output alone");
    let objects: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |status: &str| objects.iter().filter(|object| object["status"] == status).count();
    assert_eq!((of("submitted"), of("COMPLETED"), of("FAILED")), (3, 2, 1), "{objects:?}");
    let failed = objects.iter().find(|object| object["status"] == "FAILED").unwrap();
    assert!(failed["file"].as_str().unwrap().ends_with("broken.pdf"), "{failed}");
    let completed = objects.iter().find(|object| object["status"] == "COMPLETED").unwrap();
    assert!(completed["result"]["chunks"].is_array(), "{completed}");

    let local = docket(vec!["parse".into(), "--local".into(), folder_text, "--json".into()]).await;
    assert_eq!(local.status.code(), Some(3), "{}", stderr(&local));
    assert_eq!(stdout(&local).matches("COMPLETED").count(), 8, "the results are documents too");
    let empty = tempfile::tempdir().unwrap();
    let none = run(&app, &["parse", &argument(empty.path())]).await;
    assert_eq!(none.status.code(), Some(2));
    assert!(stderr(&none).contains("there is no document in this folder"), "{}", stderr(&none));
    app.stop().await;
}

async fn a_resumed_call_sends_nothing_twice(database: Database) {
    let mut app = App::start(database).await;
    let root = tempfile::tempdir().unwrap();
    fill(root.path());
    std::fs::write(root.path().join("broken.pdf"), "%PDF-1.7 broken off").unwrap();
    let folder = argument(root.path());
    let sent = run(&app, &["parse", &folder]).await;
    assert_eq!(sent.status.code(), Some(0), "{}", stderr(&sent));
    assert_eq!((stdout(&sent).lines().count(), count(&app).await), (5, 5));
    let again = run(&app, &["parse", &folder, "--resume"]).await;
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    assert!(stderr(&again).contains("5 documents: 5 unchanged"), "{}", stderr(&again));
    assert_eq!(count(&app).await, 5, "nothing is sent twice");

    std::fs::write(root.path().join("notes.md"), "# Other notes\n").unwrap();
    let changed = run(&app, &["parse", &folder, "--resume"]).await;
    let printed = stderr(&changed);
    assert!(printed.contains("5 documents: 1 submitted, 4 unchanged"), "{printed}");
    assert_eq!(count(&app).await, 6);
    let other = run(&app, &["parse", &folder, "--resume", "--page-range", "1"]).await;
    assert_eq!(stdout(&other).lines().count(), 5, "other options are another call");

    app.start_worker();
    let results = tempfile::tempdir().unwrap();
    let out = argument(results.path());
    let waited = run(&app, &["parse", &folder, "--resume", "--out-dir", &out]).await;
    assert_eq!(waited.status.code(), Some(3), "{}", stderr(&waited));
    assert!(results.path().join("letters/table.md").is_file());
    assert_eq!(count(&app).await, 11, "the results of the jobs are read");
    let last = run(&app, &["parse", &folder, "--resume", "--out-dir", &out]).await;
    let printed = stderr(&last);
    assert!(printed.contains("5 documents: 4 unchanged, 1 failed"), "{printed}");
    assert!(printed.contains("(an earlier call)"), "{printed}");
    std::fs::remove_file(results.path().join("report.md")).unwrap();
    let words = ["parse", &folder, "--resume", "--retry-failed", "--out-dir", &out];
    assert_eq!(run(&app, &words).await.status.code(), Some(3));
    assert!(results.path().join("report.md").is_file(), "it is read again");
    assert_eq!(count(&app).await, 12, "only the failed one is sent again");
    app.stop().await;
}

async fn an_interrupted_call_says_how_to_continue(database: Database) {
    let mut app = App::start(database).await;
    let root = tempfile::tempdir().unwrap();
    let (folder, out) = (root.path().join("docs"), root.path().join("out"));
    std::fs::create_dir(&folder).unwrap();
    for number in 0..12 {
        let text = format!("# Number {number}\n");
        std::fs::write(folder.join(format!("{number}.md")), text).unwrap();
    }
    let (folder, out_text) = (argument(&folder), argument(&out));
    let parse = ["parse", &folder, "--out-dir", &out_text, "--parallel", "4"];
    let running = Running::start(&words(&app, &parse));
    // No worker runs: four jobs wait, and eight documents are not sent.
    until(async || count(&app).await == 4).await;
    let output = running.interrupt().await;
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert!(stderr(&output).contains("Interrupted with 12 documents left"), "{}", stderr(&output));
    assert!(stderr(&output).contains("same command and --resume"), "{}", stderr(&output));
    assert_eq!(count(&app).await, 4);
    app.start_worker();
    let output = run(&app, &[&parse[..], &["--resume"]].concat()).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(count(&app).await, 12, "one job of each document");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 12);
    app.stop().await;
}

async fn jobs_are_read_and_deleted_by_command(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let (first, second) = (app.submit_id(letter()).await, app.submit_id(letter()).await);
    app.wait(&first).await;
    app.wait(&second).await;
    let listed = stdout(&run(&app, &["jobs", "list"]).await);
    assert!(listed.starts_with("CREATED"), "{listed}");
    let created = app.get_json(&format!("/jobs/{first}")).await["created_at"].clone();
    assert!(listed.contains(created.as_str().unwrap()), "it sorts by this time\n{listed}");
    let result = run(&app, &["jobs", "result", &first]).await;
    assert!(stdout(&result).contains("Total due"), "{}", stderr(&result));
    let markdown = run(&app, &["jobs", "result", &first, "--format", "md"]).await;
    assert!(stdout(&markdown).starts_with('#'), "{}", stdout(&markdown));
    let unknown = "b2094b38-e432-44b6-a5d0-67bed07d5de1";
    let deleted = run(&app, &["jobs", "delete", &first, &second, unknown, "--json"]).await;
    assert_eq!(deleted.status.code(), Some(5), "{}", stdout(&deleted));
    assert_eq!(stdout(&deleted).matches("\"ok\":true").count(), 2, "{}", stdout(&deleted));
    assert_eq!(count(&app).await, 0);
    let usage = run(&app, &["usage"]).await;
    assert!(stdout(&usage).contains("used       2 of"), "{}", stdout(&usage));
    let usage = run(&app, &["usage", "--json"]).await;
    let usage: Value = serde_json::from_slice(&usage.stdout).unwrap();
    assert_eq!(usage["current_usage"], 2);
    let flags = app.database.flags();
    for list in ["keys", "accounts"] {
        let words = [list, "list", "--json"].map(str::to_owned).into_iter().chain(flags.clone());
        let listed = docket(words.collect()).await;
        let line = stdout(&listed).lines().next().map(str::to_owned);
        let object: Value = serde_json::from_str(&line.unwrap()).unwrap();
        assert_eq!(object["account"], "tester");
    }
    app.stop().await;
}

#[tokio::test]
async fn texts_for_shells_and_for_man_are_made() {
    for shell in ["bash", "zsh", "fish"] {
        let script = docket(vec!["completions".to_owned(), shell.to_owned()]).await;
        assert!(stdout(&script).contains("retry-failed"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let page = stdout(&docket(vec!["man".to_owned()]).await);
    assert!(page.contains(".TH docket") && page.contains("quickstart"), "{page}");
    let pages = ["man", "--out-dir", &argument(folder.path())].map(str::to_owned).to_vec();
    assert_eq!(docket(pages).await.status.code(), Some(0));
    assert!(folder.path().join("docket-parse.1").is_file());
    assert!(!folder.path().join("docket-engine-child.1").exists(), "hidden commands have no page");
}
