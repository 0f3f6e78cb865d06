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
    nobody_on_the_way_keeps_private_answers,
    errors_do_not_send_back_all_that_came,
    times_out_of_range_are_refused,
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

async fn nobody_on_the_way_keeps_private_answers(database: Database) {
    let app = App::start_alone(database).await;
    let created = app.submit(letter(), &[]).await;
    let id = created["job_id"].as_str().unwrap();
    let parsed = app.get_json(&format!("/parse/{id}")).await;
    let link = parsed["file_url"].as_str().unwrap().strip_prefix(&app.base).unwrap().to_owned();
    for path in [
        "/jobs".to_owned(),
        format!("/jobs/{id}"),
        // From memory.
        format!("/jobs/{id}"),
        format!("/jobs/{id}?wait=0"),
        format!("/jobs/{id}/result"),
        format!("/parse/{id}"),
        link,
        "/api/v1/tasks".to_owned(),
        "/api/v1/auth/api-keys".to_owned(),
        "/org/get_usage".to_owned(),
        "/webhooks".to_owned(),
        "/dashboard".to_owned(),
        "/jobs/unknown".to_owned(),
        "/no/such/route".to_owned(),
    ] {
        let answer = app.get(&path).await;
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
    }
    let etag = app.get(&format!("/jobs/{id}")).await.headers()["etag"].clone();
    let request = app.http.get(format!("{}/jobs/{id}", app.base)).header("api-key", &app.key);
    let known = request.header("if-none-match", etag).send().await.unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED, "a client's own copy still counts");
    for path in ["/", "/docs", "/dashboard"] {
        let page = app.get(path).await;
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(page.headers().contains_key("referrer-policy"), "{path}");
    }
    app.stop().await;
}

async fn errors_do_not_send_back_all_that_came(database: Database) {
    let app = App::start(database).await;
    let long = "x".repeat(400_000);
    let name = format!("a.{}", &long[..200_000]);
    let part = reqwest::multipart::Part::bytes(b"no document".to_vec()).file_name(name);
    let long_id = format!("/jobs/{}", &long[..20_000]);
    let webhook = serde_json::json!({ "url": "https://example.org", "events": [long, long] });
    let key = serde_json::json!({ "key_preview": long.clone(), long.clone(): 1 });
    let post = |path: &str| {
        let request = app.http.post(format!("{}{path}", app.base));
        request.header("api-key", &app.key)
    };
    let keys = format!("{}/api/v1/auth/api-keys", app.base);
    for request in [
        post("/parse").multipart(reqwest::multipart::Form::new().part("file", part)),
        post("/parse")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("url=http://h/a&page_range={long}")),
        post("/v2/parse/upload").json(&serde_json::json!({ "file_name": format!("a.{long}") })),
        post("/webhooks").body(webhook.to_string()),
        app.http.delete(keys).header("api-key", &app.key).body(key.to_string()),
        app.http.get(format!("{}{long_id}", app.base)).header("api-key", &app.key),
    ] {
        let answer = request.header("x-request-id", &long[..20_000]).send().await.unwrap();
        let status = answer.status();
        assert!(status.is_client_error(), "{status}");
        assert!(answer.headers()["x-request-id"].len() <= 128);
        let body = answer.text().await.unwrap();
        assert!(body.len() < 5_000, "{status}: {} bytes", body.len());
    }
    app.stop().await;
}

async fn times_out_of_range_are_refused(database: Database) {
    let app = App::start(database).await;
    for (given, taken) in [
        ("3600", true),
        ("3153600000", true),
        ("0", false),
        ("-1", false),
        ("1.5", false),
        ("soon", false),
        ("1000000000000", false),
        ("99999999999999999999999", false),
    ] {
        let form = reqwest::multipart::Form::new()
            .part("file", crate::app::file_part(letter(), "a.pdf"))
            .text("expires_in", given);
        let of_upload = app.http.post(format!("{}/v2/parse/upload", app.base));
        let announced = serde_json::json!({ "file_name": "a.pdf", "expires_in": given });
        let of_upload = of_upload.header("api-key", &app.key).json(&announced);
        for answer in [app.post_form(form).await, of_upload.send().await.unwrap()] {
            let want = if taken { StatusCode::OK } else { StatusCode::BAD_REQUEST };
            assert_eq!(answer.status(), want, "{given}");
            let body: Value = answer.json().await.unwrap();
            let text = body["detail"].as_str().unwrap_or_default();
            assert_eq!(!taken, text.starts_with("expires_in must be"), "{body}");
        }
    }
    app.stop().await;
}
