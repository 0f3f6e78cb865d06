//! Many extractions at once, and keys made through the API.

use reqwest::StatusCode;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::app::{App, Database, file_part, letter, until};
use crate::on_both_databases;

on_both_databases!(
    a_batch_is_one_job_per_file,
    a_bad_batch_leaves_nothing,
    a_repeated_batch_is_one_batch,
    keys_are_made_and_revoked_through_the_api,
);

const SCHEMA: &str = r#"{"type":"object","properties":{"total_due":{"type":"number"}}}"#;

fn batch(files: &[Vec<u8>]) -> Form {
    files.iter().enumerate().fold(Form::new().text("schema_data", SCHEMA), |form, (idx, body)| {
        form.part("pdf_files", file_part(body.clone(), &format!("{idx}.pdf")))
    })
}

async fn post(app: &App, form: Form) -> reqwest::Response {
    let request = app.http.post(format!("{}/batch/cite", app.base)).header("api-key", &app.key);
    request.multipart(form).send().await.unwrap()
}

async fn a_batch_is_one_job_per_file(database: Database) {
    let mut app = App::start(database).await;
    let files = [letter(), b"%PDF-1.7 broken off".to_vec(), letter()];
    let made: Value = post(&app, batch(&files)).await.json().await.unwrap();
    assert_eq!((&made["status"], &made["total_files"]), (&json!("QUEUED"), &json!(3)));
    let id = made["batch_id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), "batch_".len() + 36);
    let path = format!("/batch/status/{id}");
    let queued = app.get_json(&path).await;
    assert_eq!(
        (&queued["status"], &queued["statistics"]["queued_jobs"]),
        (&json!("QUEUED"), &json!(3))
    );

    app.start_worker();
    until(async || {
        let word = app.get_json(&path).await["status"].as_str().unwrap().to_owned();
        !["QUEUED", "PROCESSING"].contains(&word.as_str())
    })
    .await;
    let ended = app.get_json(&path).await;
    assert_eq!(ended["status"], "COMPLETED_WITH_FAILURES");
    let names: Vec<&str> = ended["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| job["file_name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["0.pdf", "1.pdf", "2.pdf"]);
    assert!(ended["jobs"][1]["error"].is_string());
    let first = ended["jobs"][0]["job_id"].as_str().unwrap();
    assert_eq!(app.get_json(&format!("/jobs/{first}")).await["type"], "extraction");
    assert_eq!(
        app.get_json(&format!("/extract/{first}")).await["result"]["total_due"]["value"],
        12.5
    );
    assert_eq!(app.get(&format!("/jobs/{id}")).await.status(), StatusCode::NOT_FOUND);
    let (stranger, _) = crate::app::new_account(&app.jobs, "stranger").await;
    assert_eq!(app.get_as(&stranger, &path).await.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}

async fn a_repeated_batch_is_one_batch(database: Database) {
    let app = App::start(database).await;
    let submit = async |files: &[Vec<u8>]| {
        let request = app.http.post(format!("{}/batch/cite", app.base));
        let request = request.header("api-key", &app.key).header("idempotency-key", "once");
        let answer = request.multipart(batch(files)).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let first = submit(&[letter(), letter()]).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(submit(&[letter(), letter()]).await, first);
    assert_eq!(submit(&[letter()]).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(app.get_json("/jobs").await["jobs"].as_array().unwrap().len(), 2);
    assert_eq!(crate::jobs::files_below(&app.database.folder.path().join("blobs/uploads")), 2);
    app.stop().await;
}

async fn a_bad_batch_leaves_nothing(database: Database) {
    let app = App::start(database).await;
    let none = post(&app, batch(&[])).await;
    assert_eq!(none.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let body: Value = none.json().await.unwrap();
    assert_eq!(body["detail"][0]["loc"], json!(["body", "pdf_files", 0]));
    let size = post(&app, batch(&[letter()]).text("batch_size", "0")).await;
    let body: Value = size.json().await.unwrap();
    assert_eq!(body, json!({ "detail": "Batch size must be a positive integer" }));
    let empty = post(&app, batch(&[letter(), Vec::new()])).await;
    assert_eq!(empty.status(), StatusCode::BAD_REQUEST);
    assert_eq!(app.get_json("/jobs").await, json!({ "jobs": [] }));
    let uploads = app.database.folder.path().join("blobs/uploads");
    assert_eq!(crate::jobs::files_below(&uploads), 0, "no bytes without a job");
    app.stop().await;
}

async fn keys_are_made_and_revoked_through_the_api(database: Database) {
    let app = App::start(database).await;
    let url = format!("{}/api/v1/auth/api-keys", app.base);
    let request =
        app.http.post(&url).header("api-key", &app.key).json(&json!({ "name": "second" }));
    let made = request.send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Value = made.json().await.unwrap();
    let key = made["key"].as_str().unwrap();
    let id = app.submit_id(letter()).await;
    assert_eq!(
        app.get_as(key, &format!("/jobs/{id}")).await.status(),
        StatusCode::OK,
        "one account"
    );
    let listed = app.get_json("/api/v1/auth/api-keys").await;
    assert!(!listed.to_string().contains(key));
    let preview = format!("****{}", &key[key.len() - 4..]);
    assert_eq!(listed["api_keys"][0]["key_preview"], preview);
    let revoke = async |preview: &str| {
        let body = json!({ "key_preview": preview });
        app.http.delete(&url).header("api-key", &app.key).json(&body).send().await.unwrap()
    };
    assert_eq!(revoke(&preview).await.json::<Value>().await.unwrap()["success"], true);
    assert_eq!(app.get_as(key, "/jobs").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(revoke("****zzzz").await.status(), StatusCode::NOT_FOUND);
    let past = json!({ "expires_at": "2020-01-01T00:00:00Z" });
    let refused = app.http.post(&url).header("api-key", &app.key).json(&past).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    app.stop().await;
}
