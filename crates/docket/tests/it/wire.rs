//! What is true of every route: JSON errors, CORS, request ids, and bodies to the letter.

use insta::{allow_duplicates, assert_json_snapshot, assert_snapshot};
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::app::{App, Database, letter, pages};
use crate::on_both_databases;

on_both_databases!(
    errors_of_the_framework_are_json,
    browsers_may_call_from_anywhere,
    every_answer_has_a_request_id,
    bodies_to_the_letter,
    health_and_readiness_need_no_key,
);

async fn errors_of_the_framework_are_json(database: Database) {
    let app = App::start(database).await;
    for (method, path, status) in [
        (Method::GET, "/no/such/route", 404),
        (Method::DELETE, "/parse", 405),
        (Method::PUT, "/jobs", 405),
        (Method::POST, "/health", 405),
        (Method::GET, "/jobs/%20", 404),
        (Method::GET, "/jobs/%ff", 404),
        (Method::GET, "/jobs?limit=1&limit=2", 400),
    ] {
        let request =
            app.http.request(method, format!("{}{path}", app.base)).header("api-key", &app.key);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/json", "{path}");
        assert!(answer.json::<Value>().await.unwrap()["detail"].is_string(), "{path}");
    }
    app.stop().await;
}

async fn browsers_may_call_from_anywhere(database: Database) {
    let app = App::start(database).await;
    let request = app
        .http
        .request(Method::OPTIONS, format!("{}/parse", app.base))
        .header("origin", "https://app.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "api-key");
    let preflight = request.send().await.unwrap();
    assert_eq!(preflight.status(), StatusCode::OK);
    assert_eq!(preflight.headers()["access-control-allow-origin"], "*");
    let allowed = preflight.headers()["access-control-allow-headers"].to_str().unwrap().to_owned();
    for name in ["api-key", "x-api-key", "authorization", "content-type", "idempotency-key"] {
        assert!(allowed.contains(name), "{name}");
    }
    let request =
        app.http.get(format!("{}/jobs", app.base)).header("origin", "https://app.example");
    let refused = request.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        refused.headers()["access-control-allow-origin"],
        "*",
        "errors must be readable too"
    );
    app.stop().await;
}

async fn every_answer_has_a_request_id(database: Database) {
    let app = App::start(database).await;
    let fresh = app.get("/jobs").await.headers()["x-request-id"].clone();
    assert_eq!(fresh.len(), 36);
    let request = app.http.get(format!("{}/nowhere", app.base)).header("x-request-id", "mine-1");
    assert_eq!(request.send().await.unwrap().headers()["x-request-id"], "mine-1");
    app.stop().await;
}

async fn bodies_to_the_letter(database: Database) {
    let app = App::start(database).await;
    let created = app.submit(pages(3), &[]).await;
    let job = app.get_json(&format!("/jobs/{}", created["job_id"].as_str().unwrap())).await;
    let times =
        [&job["created_at"], &created["created_at"]].map(|time| time.as_str().unwrap().len());
    assert_eq!(times, ["2024-01-15T10:30:00.000Z".len(), "2025-10-22T06:51:16.870302Z".len()]);
    let unknown = "b2094b38-e432-44b6-a5d0-67bed07d5de1";
    let no_job = app.get(&format!("/jobs/{unknown}")).await.text().await.unwrap();
    let no_parse = app.get(&format!("/parse/{unknown}")).await.text().await.unwrap();
    app.stop().await;
    allow_duplicates! { check_bodies(&created, &job, &no_job, &no_parse) }
}

fn check_bodies(created: &Value, job: &Value, no_job: &str, no_parse: &str) {
    assert_json_snapshot!(created, {".job_id" => "[id]", ".created_at" => "[time]"}, @r#"
    {
      "job_id": "[id]",
      "status": "Starting",
      "file_name": "letter.pdf",
      "created_at": "[time]",
      "message": "Task created successfully. Use GET /parse/{job_id} to check status and retrieve results.",
      "credit_used": 3,
      "quota_remaining": 999997,
      "merge_tables": false
    }
    "#);
    assert_json_snapshot!(job, {
        ".id" => "[id]", ".job_id" => "[id]", ".created_at" => "[time]", ".updated_at" => "[time]",
        ".pdf_hash" => "[hash]",
    }, @r#"
    {
      "id": "[id]",
      "job_id": "[id]",
      "status": "queued",
      "type": "parsing",
      "created_at": "[time]",
      "updated_at": "[time]",
      "pdf_name": "letter.pdf",
      "pdf_hash": "[hash]",
      "user_id": "tester",
      "message": "Job is queued"
    }
    "#);
    assert_snapshot!(no_job, @r#"{"detail":"Job b2094b38-e432-44b6-a5d0-67bed07d5de1 not found"}"#);
    assert_snapshot!(no_parse, @r#"{"error":{"code":"task_not_found","message":"Job b2094b38-e432-44b6-a5d0-67bed07d5de1 not found","details":{"task_id":"b2094b38-e432-44b6-a5d0-67bed07d5de1"}},"detail":"Job b2094b38-e432-44b6-a5d0-67bed07d5de1 not found"}"#);
}

async fn health_and_readiness_need_no_key(database: Database) {
    let app = App::start(database).await;
    app.submit_id(letter()).await;
    for path in ["/health", "/ready"] {
        let answer = app.http.get(format!("{}{path}", app.base)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let body: Value = answer.json().await.unwrap();
        assert!(body["status"].is_string());
        let shows_walls = body["sandbox"]["missing"].is_array();
        assert_eq!(shows_walls, path == "/ready", "{body}");
    }
    app.stop().await;
}
