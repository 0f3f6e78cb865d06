//! What is turned away at the door: beyond the queue's limit, and beyond the balance once the pages
//! are known.

use docket_contract::UserId;
use docket_jobs::{AccountLimits, Caller, Policy};
use docket_worker::{FetchSettings, WorkerSettings};
use reqwest::multipart::Form;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{App, Database, child_command, file_part, letter, until};
use crate::on_both_databases;

on_both_databases!(
    a_full_queue_turns_submits_away,
    pages_unknown_at_submit_are_charged_before_they_are_read,
);

fn document() -> Form {
    Form::new().part("file", file_part(letter(), "a.pdf"))
}

async fn account(app: &App, name: &str, credits: i64) -> (String, Caller) {
    let user_id = UserId(name.to_owned());
    let limits = AccountLimits { credits: Some(credits), submits_per_minute: None };
    let key = app.jobs.create_key(&user_id, limits, "test").await.unwrap();
    (key.text, Caller { user_id })
}

async fn post(app: &App, key: &str, path: &str, form: Form) -> Response {
    let request = app.http.post(format!("{}{path}", app.base)).header("api-key", key);
    request.multipart(form).send().await.unwrap()
}

async fn a_full_queue_turns_submits_away(database: Database) {
    let policy = Policy { queue_jobs_max: 3, ..Policy::default() };
    let mut app = App::start_with(database, policy).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(app.submit_id(letter()).await);
    }
    let schema = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    let extract =
        || Form::new().part("pdf_file", file_part(letter(), "a.pdf")).text("schema_data", schema);
    let batch =
        || Form::new().part("pdf_files", file_part(letter(), "a.pdf")).text("schema_data", schema);
    for (path, form) in
        [("/parse", document()), ("/v2/extract", extract()), ("/batch/cite", batch())]
    {
        let refused = post(&app, &app.key, path, form).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        let retry_after = refused.headers()["retry-after"].to_str().unwrap().to_owned();
        let problem: Value = refused.json().await.unwrap();
        let details = &problem["error"]["details"];
        assert_eq!(
            (&problem["error"]["code"], &details["reason"]),
            (&json!("service_unavailable"), &json!("queue_full"))
        );
        assert_eq!(details["retry_after"].to_string(), retry_after);
        assert!(problem["detail"].is_string());
    }
    let (poor, _) = account(&app, "poor", 0).await;
    let refused = post(&app, &poor, "/parse", document()).await;
    assert_eq!(refused.status(), StatusCode::PAYMENT_REQUIRED, "waiting would not help it");
    assert_eq!(crate::jobs::files_below(&app.database.folder.path().join("blobs/uploads")), 3);
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 3);
    app.start_worker();
    for id in ids {
        app.wait(&id).await;
    }
    until(async || post(&app, &app.key, "/parse", document()).await.status() == StatusCode::OK)
        .await;
    app.stop().await;
}

async fn pages_unknown_at_submit_are_charged_before_they_are_read(database: Database) {
    let mut app = App::start(database).await;
    let source = format!("{}/three.pdf", crate::uploads::file_host().await);
    let mut settings = WorkerSettings::new(child_command());
    settings.fetch = FetchSettings { allow_private_hosts: true, ..FetchSettings::default() };
    app.start_worker_with(settings);
    let by_url = async |key: &str, pages: &str| {
        let form = Form::new().text("url", source.clone()).text("page_range", pages.to_owned());
        let created: Value = post(&app, key, "/parse", form).await.json().await.unwrap();
        assert_eq!(created["credit_used"], 0, "{created}");
        created["job_id"].as_str().unwrap().to_owned()
    };
    let id = by_url(&app.key, "1-2").await;
    app.wait(&id).await;
    assert_eq!(app.get_json(&format!("/parse/{id}")).await["credit_used"], 2);
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 2);
    let (poor, caller) = account(&app, "poor", 2).await;
    let id = by_url(&poor, "all").await;
    let path = format!("/jobs/{id}");
    until(async || {
        let job: Value = app.get_as(&poor, &path).await.json().await.unwrap();
        job["status"] == "FAILED"
    })
    .await;
    let failed: Value = app.get_as(&poor, &path).await.json().await.unwrap();
    let error = failed["error"].as_str().unwrap();
    assert_eq!(error, "Insufficient quota: 3 pages are to be read, 2 credits are left");
    assert_eq!(app.jobs.balance(&caller).await.unwrap().used, 0);
    app.stop().await;
}
