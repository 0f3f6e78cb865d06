//! What a newcomer can run into: each of these once cost somebody an hour.

use std::path::Path;
use std::process::Output;

use serde_json::json;

use crate::app::{App, Database, argument, letter};
use crate::on_both_databases;
use crate::processes::{docket, output_until};

on_both_databases!(
    a_server_says_where_everything_is,
    an_address_needs_no_scheme_on_this_machine,
    a_form_without_its_document_lists_what_it_received,
    json_with_another_type_gets_a_hint,
);

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn run(words: &[&str]) -> Output {
    docket(words.iter().map(|word| (*word).to_owned()).collect()).await
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[tokio::test]
async fn commands_in_the_wrong_folder_create_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = argument(&folder.path().join("docket-data"));
    for words in [
        &["keys", "list"][..],
        &["keys", "create", "--user", "anna"],
        &["accounts", "list"],
        &["work"],
    ] {
        let refused = run(&[words, &["--data-dir", &data]].concat()).await;
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        let text = stderr(&refused);
        assert!(text.contains("no Docket database") && text.contains("--data-dir"), "{text}");
        assert!(is_empty(folder.path()), "{words:?}");
    }
}

#[tokio::test]
async fn the_doctor_creates_nothing_and_looks_at_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let data = argument(&folder.path().join("docket-data"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let flags = ["doctor", "--data-dir", &data, "--listen", &address, "--ocr-languages", "eng+tlh"];
    let found = run(&flags).await;
    let text = stdout(&found);
    assert_eq!(found.status.code(), Some(1), "{text}");
    for line in [
        "FAILED   port       cannot listen on",
        "ok       disk ",
        "ok       memory ",
        "ok       database   there is none yet",
        "missing  languages  tlh: Tesseract has no file",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(is_empty(folder.path()));
    let json = run(&["doctor", "--json", "--data-dir", &data, "--listen", "127.0.0.1:0"]).await;
    for line in stdout(&json).lines() {
        let check: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(check["check"].is_string() && check["result"].is_string(), "{line}");
    }
    let huge = run(&["doctor", "--data-dir", &data, "--memory-total-mb", "99999999"]).await;
    assert!(stdout(&huge).contains("FAILED   memory"), "{}", stdout(&huge));
    let full = run(&["doctor", "--data-dir", &data, "--free-space-min-mb", "999999999"]).await;
    assert!(stdout(&full).contains("FAILED   disk"), "{}", stdout(&full));
}

async fn a_server_says_where_everything_is(database: Database) {
    // The name of a host is as good as its address.
    let flags = ["--listen", "localhost:0", "--no-workers", "--lease-s", "11"];
    let output = output_until("serve", &database, &flags, "docket serves").await;
    let (said, log) = (stdout(&output), stderr(&output));
    for text in ["http://127.0.0.1:", "/dashboard", "/docs", "docket keys create --user NAME"] {
        assert!(said.contains(text), "{text} is missing in\n{said}");
    }
    let line = log.lines().find(|line| line.contains("docket serves")).unwrap();
    for text in ["version=", "listen=127.0.0.1:", "/dashboard", "lease_s=11", "workers=0"] {
        assert!(line.contains(text), "{text} is missing in\n{line}");
    }
    assert!(!log.contains('\u{1b}'), "a log that is no terminal has no colour codes\n{log}");
    let is_shared = matches!(database.config, docket_store::DatabaseConfig::Postgres { .. });
    assert_eq!(log.contains("other nodes of this Postgres cannot read them"), is_shared, "{log}");
    assert!(!log.contains("postgres://"), "{log}");
    let json = [&flags[..], &["--log-format", "json"]].concat();
    let output = output_until("serve", &database, &json, "docket serves").await;
    assert!(!stdout(&output).contains("dashboard"), "machines read the log\n{}", stdout(&output));
    let line =
        stderr(&output).lines().find(|line| line.contains("docket serves")).map(str::to_owned);
    let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
    assert_eq!(line["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn a_misspelt_log_level_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = argument(folder.path());
    let refused = run(&["migrate", "--log", "inof", "--data-dir", &data]).await;
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("log = inof"), "{}", stderr(&refused));
}

async fn an_address_needs_no_scheme_on_this_machine(database: Database) {
    let app = App::start(database).await;
    let bare = app.base.strip_prefix("http://").unwrap();
    let listed = run(&["jobs", "list", "--url", bare, "--api-key", &app.key]).await;
    assert_eq!(listed.status.code(), Some(0), "{}", stderr(&listed));
    let elsewhere = run(&["jobs", "list", "--url", "docs.example.com", "--api-key", "x"]).await;
    assert_eq!(elsewhere.status.code(), Some(2));
    assert!(stderr(&elsewhere).contains("must start with http://"), "{}", stderr(&elsewhere));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_could_never_arrive_are_refused() {
    let elsewhere = ["webhooks", "listen", "--url", "https://docs.example.com", "--api-key", "x"];
    let refused = run(&elsewhere).await;
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("--public-url"), "{}", stderr(&refused));
    let app = App::start_in_public(Database::sqlite()).await;
    let refused = run(&["webhooks", "listen", "--url", &app.base, "--api-key", &app.key]).await;
    assert_eq!(refused.status.code(), Some(5));
    assert!(stderr(&refused).contains("--allow-private-hosts"), "{}", stderr(&refused));
    app.stop().await;
    let mut app = App::start(Database::sqlite()).await;
    app.start_webhooks();
    let nowhere = ["--public-url", "http://127.0.0.1:1/"];
    let words = ["webhooks", "listen", "--url", &app.base, "--api-key", &app.key];
    let refused = run(&[&words[..], &nowhere].concat()).await;
    assert_eq!(refused.status.code(), Some(5), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("did not arrive"), "{}", stderr(&refused));
    assert_eq!(app.get_json("/webhooks").await["webhooks"], json!([]), "it was removed");
    app.stop().await;
}

async fn a_form_without_its_document_lists_what_it_received(database: Database) {
    let app = App::start(database).await;
    let form = || reqwest::multipart::Form::new().text("page_range", "1");
    let part = |bytes: Vec<u8>| reqwest::multipart::Part::bytes(bytes).file_name("letter.pdf");
    let small = app.post_form(form().part("document", part(letter()))).await;
    assert_eq!(small.status(), 400);
    let body: serde_json::Value = small.json().await.unwrap();
    assert_eq!(body["detail"], "Either file or url must be provided (received: document)");
    let large = app.post_form(form().part("document", part(vec![b'x'; 17 << 20]))).await;
    assert_eq!(large.status(), 400);
    let body: serde_json::Value = large.json().await.unwrap();
    let text = "The field document is too large; the document must be in the field file";
    assert_eq!(body["detail"], text);
    // A field that is known is no document under another name, and the contract fixes this text.
    let known = app.post_form(form()).await;
    let body: serde_json::Value = known.json().await.unwrap();
    assert_eq!(body["detail"], "Either file or url must be provided");
    let nothing = app.post_form(reqwest::multipart::Form::new()).await;
    let body: serde_json::Value = nothing.json().await.unwrap();
    assert_eq!(body["detail"], "Either file or url must be provided");
    app.stop().await;
}

async fn json_with_another_type_gets_a_hint(database: Database) {
    let app = App::start(database).await;
    for (path, content_type) in [
        ("/parse", Some("application/x-www-form-urlencoded")),
        ("/v2/extract", Some("text/plain")),
        ("/chunking", None),
        ("/v2/parse/upload", Some("application/x-www-form-urlencoded")),
    ] {
        let request = app.http.post(format!("{}{path}", app.base)).header("api-key", &app.key);
        let request = request.body(r#"{"url": "https://example.com/a.pdf"}"#);
        let request = match content_type {
            Some(value) => request.header("content-type", value),
            None => request,
        };
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 400, "{path}");
        let body: serde_json::Value = answer.json().await.unwrap();
        let detail = body["detail"].as_str().unwrap();
        assert!(detail.ends_with("send Content-Type: application/json"), "{path}: {detail}");
    }
    app.stop().await;
}
