//! Little free space, a read-only database, and a database file that is taken away.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use docket_jobs::{Policy, SpaceWatch};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{App, Database, letter, text_of, until};
use crate::on_both_databases;

on_both_databases!(
    submits_stop_before_the_disk_is_full,
    documents_beyond_the_accounts_limit_are_refused,
);

const MIN_BYTES: u64 = 1000;

async fn post(app: &App, path: &str, body: &Value) -> Response {
    let request = app.http.post(format!("{}{path}", app.base)).header("api-key", &app.key);
    request.json(body).send().await.unwrap()
}

async fn refused_as_full(answer: Response) {
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{}", answer.url());
    let retry_after = answer.headers()["retry-after"].to_str().unwrap().to_owned();
    let body: Value = answer.json().await.unwrap();
    let details = &body["error"]["details"];
    assert_eq!(details["reason"], "storage_full", "{body}");
    assert_eq!(details["retry_after"].to_string(), retry_after);
}

async fn not_ready(app: &App, reason: &str) {
    until(async || {
        let answer = app.get("/ready").await;
        if answer.status() == StatusCode::OK {
            return false;
        }
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"]["details"]["reason"], reason, "{body}");
        true
    })
    .await;
}

async fn is_ready(app: &App) {
    until(async || app.get("/ready").await.status() == StatusCode::OK).await;
}

async fn submits_stop_before_the_disk_is_full(database: Database) {
    let free_bytes = Arc::new(AtomicU64::new(MIN_BYTES));
    let reader = Arc::clone(&free_bytes);
    let folders = vec![database.folder.path().to_owned()];
    let watch = SpaceWatch::with_reader(
        folders,
        MIN_BYTES,
        Arc::new(move |_| Ok(reader.load(Ordering::SeqCst))),
    );
    let mut app = App::start_watching(database, watch).await;
    let id = app.submit_id(letter()).await;
    let slot = post(&app, "/v2/parse/upload", &json!({ "file_name": "a.pdf" })).await;
    let slot: Value = slot.json().await.unwrap();
    is_ready(&app).await;

    free_bytes.store(MIN_BYTES - 1, Ordering::SeqCst);
    not_ready(&app, "storage_full").await;
    let form =
        reqwest::multipart::Form::new().part("file", crate::app::file_part(letter(), "a.pdf"));
    refused_as_full(app.post_form(form).await).await;
    let by_url = json!({ "url": "http://127.0.0.1:9/a.pdf" });
    refused_as_full(post(&app, "/parse", &by_url).await).await;
    refused_as_full(post(&app, "/v2/parse/upload", &json!({ "file_name": "a.pdf" })).await).await;
    let task = json!({ "file": "http://127.0.0.1:9/a.pdf" });
    refused_as_full(post(&app, "/api/v1/task/parse", &task).await).await;
    let late = app.http.put(slot["upload_url"].as_str().unwrap());
    let late = late.header("content-type", "application/pdf").body(letter());
    refused_as_full(late.send().await.unwrap()).await;
    let jobs = app.get_json("/jobs").await;
    assert_eq!(jobs["jobs"].as_array().unwrap().len(), 2, "what was refused left nothing");

    // What was taken in before is done, and read.
    app.start_worker();
    assert_eq!(app.wait(&id).await["status"], "COMPLETED");
    assert!(text_of(&app.get_json(&format!("/parse/{id}")).await).contains("Letter 1"));
    let path = format!("{}/api/v1/task/{id}/parse", app.base);
    let rerun = app.http.patch(path).header("api-key", &app.key).json(&json!({}));
    refused_as_full(rerun.send().await.unwrap()).await;
    let deleted = app.delete(&format!("/jobs/{id}")).await;
    assert_eq!(deleted.status(), StatusCode::OK, "deleting makes room");

    free_bytes.store(MIN_BYTES, Ordering::SeqCst);
    is_ready(&app).await;
    let again = app.submit_id(letter()).await;
    assert_eq!(app.wait(&again).await["status"], "COMPLETED");
    app.stop().await;
}

async fn documents_beyond_the_accounts_limit_are_refused(database: Database) {
    let bytes = i64::try_from(letter().len()).unwrap();
    let policy = Policy { account_document_bytes_max: Some(2 * bytes), ..Policy::default() };
    let app = App::start_with(database, policy).await;
    let form = || {
        let file = crate::app::file_part(letter(), "a.pdf");
        reqwest::multipart::Form::new().part("file", file)
    };
    let first = app.submit_id(letter()).await;
    app.submit_id(letter()).await;
    let by_url = json!({ "url": "http://127.0.0.1:9/a.pdf" });
    for refused in [app.post_form(form()).await, post(&app, "/parse", &by_url).await] {
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(!refused.headers().contains_key("retry-after"));
        let body: Value = refused.json().await.unwrap();
        assert_eq!(body["detail"], "Usage limit exceeded");
        assert_eq!(body["message"], "Usage limit exceeded");
        assert!(body["error"].is_string() && body.get("retry_after").is_none(), "{body}");
    }
    assert_eq!(app.get_json("/jobs").await["jobs"].as_array().unwrap().len(), 2);
    assert_eq!(crate::jobs::files_below(&app.blobs()), 2, "what was refused left no bytes");
    for _ in 0..2 {
        // Cancelled first, then deleted.
        assert_eq!(app.delete(&format!("/jobs/{first}")).await.status(), StatusCode::OK);
    }
    app.submit_id(letter()).await;
    app.stop().await;
}

/// Everything that only reads answers.
async fn everything_can_be_read(app: &App, base: &str, id: &str) {
    for path in [
        "/jobs".to_owned(),
        "/jobs?status=COMPLETED&type=parsing".to_owned(),
        format!("/jobs/{id}"),
        format!("/jobs/{id}?wait=1"),
        format!("/jobs/{id}/status"),
        format!("/jobs/{id}/result"),
        format!("/parse/{id}"),
        format!("/api/v1/task/{id}"),
        "/api/v1/tasks?include_chunks=true".to_owned(),
        "/api/v1/auth/api-keys".to_owned(),
        "/org/get_usage".to_owned(),
        "/webhooks".to_owned(),
        "/health".to_owned(),
        "/metrics".to_owned(),
    ] {
        let answer = app.get_at(base, &path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    let parsed: Value = app.get_at(base, &format!("/parse/{id}")).await.json().await.unwrap();
    let file = parsed["file_url"].as_str().unwrap();
    assert_eq!(app.http.get(file).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_postgres_is_read_and_nothing_else() {
    let mut app = App::start(Database::postgres().await).await;
    app.start_worker();
    let id = app.submit_id(letter()).await;
    app.wait(&id).await;
    // The secret of links is made by the first of them, or when a server starts.
    app.get_json(&format!("/parse/{id}")).await;
    is_ready(&app).await;
    app.database.execute(READ_ONLY).await;
    not_ready(&app, "storage_read_only").await;
    everything_can_be_read(&app, &app.base, &id).await;
    // So does a node that starts now and knows nothing yet.
    let node = app.another_node().await;
    everything_can_be_read(&app, &node.base, &id).await;
    node.stop().await;
    let refused = post(&app, "/parse", &json!({ "url": "http://127.0.0.1:9/a.pdf" })).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    app.database.execute(WRITABLE).await;
    is_ready(&app).await;
    app.stop().await;
}

/// Every connection of the store is made anew, and then can only read.
const READ_ONLY: &str = "do $$ begin
        execute format('alter database %I set default_transaction_read_only = on', current_database());
        perform pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid();
    end $$";

const WRITABLE: &str = "set transaction_read_only = off; do $$ begin
        execute format('alter database %I reset default_transaction_read_only', current_database());
        perform pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid();
    end $$";

#[tokio::test(flavor = "multi_thread")]
async fn a_database_file_that_is_taken_away_is_noticed() {
    let app = App::start(Database::sqlite()).await;
    let id = app.submit_id(letter()).await;
    is_ready(&app).await;
    let folder = app.database.folder.path().to_owned();
    for file in ["docket.sqlite", "docket.sqlite-wal"] {
        for leave_another in [false, true] {
            let (place, aside) = (folder.join(file), folder.join("aside"));
            std::fs::rename(&place, &aside).unwrap();
            if leave_another {
                std::fs::copy(&aside, &place).unwrap();
            }
            not_ready(&app, "storage_replaced").await;
            let refused = post(&app, "/parse", &json!({ "url": "http://127.0.0.1:9/a.pdf" })).await;
            assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE, "{file}");
            assert_eq!(app.get_json(&format!("/jobs/{id}")).await["status"], "queued");
            std::fs::rename(&aside, &place).unwrap();
            is_ready(&app).await;
        }
    }
    let jobs = app.get_json("/jobs").await;
    assert_eq!(jobs["jobs"].as_array().unwrap().len(), 1, "what was refused was not written");
    app.stop().await;
}
