//! Jobs whose document is uploaded afterwards, through a signed link without a key.

use std::time::Duration;

use docket_contract::timestamp::Timestamp;
use docket_jobs::{Policy, RerunRequest};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{App, Database, letter, pages, text_of, until};
use crate::jobs::files_below;
use crate::on_both_databases;

on_both_databases!(
    a_document_can_follow_its_job,
    only_the_right_upload_is_taken,
    the_same_upload_again_changes_nothing,
    a_link_that_is_never_used_fails_its_job,
    bad_names_are_refused_in_the_shape_of_uploads,
    options_are_json,
    an_announced_submit_happens_once,
    uploads_have_the_common_limit,
    an_account_without_credits_announces_nothing,
);

async fn announce(app: &App, body: &Value) -> Response {
    let request =
        app.http.post(format!("{}/v2/parse/upload", app.base)).header("api-key", &app.key);
    request.json(body).send().await.unwrap()
}

async fn slot(app: &App, body: &Value) -> Value {
    let answer = announce(app, body).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

async fn put(app: &App, url: &str, content_type: &str, body: Vec<u8>) -> (StatusCode, Value) {
    let request = app.http.put(url).header("content-type", content_type);
    let answer = request.body(body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap()
}

async fn a_document_can_follow_its_job(database: Database) {
    let mut app = App::start(database).await;
    let slot = slot(&app, &json!({ "file_name": "report.pdf" })).await;
    assert_eq!((text(&slot, "upload_method"), &slot["credit_used"]), ("PUT", &json!(0)));
    assert_eq!(slot["upload_headers"], json!({ "Content-Type": "application/pdf" }));
    assert_eq!(slot["quota_remaining"], 1_000_000);
    let left = text(&slot, "expires_at").parse::<Timestamp>().unwrap() - app.jobs.now();
    assert!((899..=901).contains(&left.num_seconds()), "{left}");
    let id = text(&slot, "job_id");
    let parse = app.get_json(&format!("/parse/{id}")).await;
    assert_eq!((text(&parse, "status"), &parse["file_url"]), ("AwaitingUpload", &Value::Null));
    let job = app.get_json(&format!("/jobs/{id}")).await;
    assert_eq!((text(&job, "status"), text(&job, "pdf_hash")), ("queued", ""));
    let url = text(&slot, "upload_url");
    assert!(url.starts_with(&app.base), "{url}");
    let (status, received) = put(&app, url, "application/pdf", pages(3)).await;
    assert_eq!((status, text(&received, "status")), (StatusCode::OK, "Queued"));
    let queued = app.get_json(&format!("/parse/{id}")).await;
    assert_eq!(text(&queued, "status"), "Queued");
    assert!(queued.get("started_at").is_none(), "{queued}");
    app.start_worker();
    assert_eq!(text(&app.wait(id).await, "status"), "COMPLETED");
    let parsed = app.get_json(&format!("/parse/{id}")).await;
    assert!(text_of(&parsed).contains("Letter 3"));
    assert_eq!((&parsed["credit_used"], &parsed["page_count"]), (&json!(3), &json!(3)));
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 3);
    app.stop().await;
}

async fn only_the_right_upload_is_taken(database: Database) {
    let app = App::start(database).await;
    let slot = slot(&app, &json!({ "file_name": "report.pdf" })).await;
    let (id, url) = (text(&slot, "job_id"), text(&slot, "upload_url"));
    let forbidden = async |url: &str, content_type: &str| {
        let (status, body) = put(&app, url, content_type, letter()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{url} {content_type}: {body}");
        assert!(body["detail"].is_string(), "{body}");
    };
    forbidden(url, "text/plain").await;
    forbidden(url, "application/pdf; charset=utf-8").await;
    forbidden(&url[..url.len() - 1], "application/pdf").await;
    forbidden(&url.replace("expires=", "expires=1"), "application/pdf").await;
    forbidden(url.split_once('?').unwrap().0, "application/pdf").await;
    forbidden(&format!("{url}&expires=1"), "application/pdf").await;
    let other = "01992f0c-0000-7000-8000-000000000000";
    forbidden(&url.replace(id, other), "application/pdf").await;
    forbidden(&url.replace(id, "nonsense"), "application/pdf").await;
    let (status, body) = put(&app, url, "application/pdf", Vec::new()).await;
    assert_eq!((status, &body["error"]), (StatusCode::BAD_REQUEST, &body["detail"]));
    let (status, _) = put(&app, url, "application/pdf", b"MZ\x90 no document".to_vec()).await;
    assert_eq!(status, StatusCode::OK, "a name that says PDF: the job will tell that it is none");
    let read = app.get_json(&format!("/parse/{id}")).await;
    let read = text(&read, "file_url").replace("/document?", "/upload?");
    forbidden(&read, "application/pdf").await;
    assert_eq!(app.delete(&format!("/jobs/{id}")).await.status(), StatusCode::OK);
    assert_eq!(app.delete(&format!("/jobs/{id}")).await.status(), StatusCode::OK);
    forbidden(url, "application/pdf").await;
    assert_eq!(files_below(&app.database.folder.path().join("blobs/uploads")), 0);
    app.stop().await;
}

async fn the_same_upload_again_changes_nothing(database: Database) {
    let mut app = App::start(database).await;
    let slot = slot(&app, &json!({ "file_name": "a.pdf" })).await;
    let (id, url) = (text(&slot, "job_id"), text(&slot, "upload_url"));
    for _ in 0..2 {
        let (status, _) = put(&app, url, "application/pdf", letter()).await;
        assert_eq!(status, StatusCode::OK, "an answer can be lost on its way");
    }
    let (status, _) = put(&app, url, "application/pdf", pages(2)).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "other bytes never replace the first");
    app.start_worker();
    assert_eq!(text(&app.wait(id).await, "status"), "COMPLETED");
    assert_eq!(files_below(&app.database.folder.path().join("blobs/uploads")), 1);
    app.stop().await;
}

async fn a_link_that_is_never_used_fails_its_job(database: Database) {
    let policy = Policy { sweep: Duration::from_millis(100), ..Policy::default() };
    let app = App::start_with(database, policy).await;
    let slot = slot(&app, &json!({ "file_name": "a.pdf", "expires_in": 1 })).await;
    let (id, url) = (text(&slot, "job_id"), text(&slot, "upload_url"));
    let path = format!("/parse/{id}");
    until(async || text(&app.get_json(&path).await, "status") == "Failed").await;
    let failed = app.get_json(&path).await;
    assert_eq!(text(&failed, "message"), "upload window expired");
    assert_eq!(failed["message"], failed["error"]);
    assert_eq!(text(&app.get_json(&format!("/jobs/{id}")).await, "status"), "FAILED");
    let (status, _) = put(&app, url, "application/pdf", letter()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let rerun = RerunRequest {
        spec: docket_contract::JobSpec::Parse(docket_contract::spec::ParseSpec::default()),
        password: None,
        expires_in_s: None,
    };
    let seen = app.jobs.find(&app.caller, id.parse().unwrap()).await.unwrap();
    assert!(app.jobs.rerun(&app.caller, &seen, rerun).await.is_err(), "it has no document");
    app.stop().await;
}

async fn bad_names_are_refused_in_the_shape_of_uploads(database: Database) {
    let app = App::start(database).await;
    for body in [
        json!({ "file_name": "virus.exe" }),
        json!({ "file_name": "noext" }),
        json!({ "file_name": "" }),
        json!({ "file_name": null }),
        json!({}),
        json!([]),
        json!({ "file_name": "a.pdf", "page_range": "5-1" }),
    ] {
        let answer = announce(&app, &body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        let problem: Value = answer.json().await.unwrap();
        assert!(problem["error"].is_string() && problem["error"] == problem["detail"], "{problem}");
    }
    let answer: Value =
        announce(&app, &json!({ "file_name": "virus.exe" })).await.json().await.unwrap();
    assert_eq!(
        text(&answer, "error"),
        "Unsupported file type: .exe. Supported extensions: pdf, png, jpg, jpeg, tiff, docx, pptx, xlsx"
    );
    let keyless = app.http.post(format!("{}/v2/parse/upload", app.base));
    let keyless = keyless.json(&json!({ "file_name": "a.pdf" })).send().await.unwrap();
    assert_eq!(keyless.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(app.get_json("/jobs").await["jobs"], json!([]));
    app.stop().await;
}

async fn options_are_json(database: Database) {
    let app = App::start(database).await;
    let slot = slot(
        &app,
        &json!({
            "file_name": "scan.TIFF", "merge_tables": true, "page_range": "2-3",
            "chunk_processing": { "target_length": 0 }, "segment_type_naming": "Other",
            "segment_analysis": { "Table": { "html": "LLM" } }, "validate_segments": ["Table"],
        }),
    )
    .await;
    assert_eq!(slot["upload_headers"]["Content-Type"], "image/tiff");
    let parse = app.get_json(&format!("/parse/{}", text(&slot, "job_id"))).await;
    let options = &parse["configuration"];
    assert_eq!((&parse["merge_tables"], &options["merge_tables"]), (&json!(true), &json!(true)));
    assert_eq!(options["chunk_processing"]["target_length"], 0);
    assert_eq!(options["segment_processing"], json!({ "Table": { "html": "LLM" } }));
    assert_eq!(options["validate_segments"], json!(["Table"]));
    app.stop().await;
}

async fn an_announced_submit_happens_once(database: Database) {
    let app = App::start(database).await;
    let announce = async |name: &str| {
        let request = app.http.post(format!("{}/v2/parse/upload", app.base));
        let request = request.header("api-key", &app.key).header("idempotency-key", "once");
        let answer = request.json(&json!({ "file_name": name })).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let first = announce("a.pdf").await;
    assert_eq!(announce("a.pdf").await, first);
    assert_eq!(announce("b.pdf").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(app.get_json("/jobs").await["jobs"].as_array().unwrap().len(), 1);
    app.stop().await;
}

async fn uploads_have_the_common_limit(database: Database) {
    let policy = Policy { upload_bytes_max: 1024 * 1024, ..Policy::default() };
    let app = App::start_with(database, policy).await;
    let slot = slot(&app, &json!({ "file_name": "a.pdf" })).await;
    let url = text(&slot, "upload_url");
    let body = vec![b'x'; 1024 * 1024 + 1];
    let (status, problem) = put(&app, url, "application/pdf", body.clone()).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(problem["max_file_size_bytes"], 1024 * 1024);
    let pieces = futures_util::stream::iter(
        body.chunks(65_536)
            .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
            .collect::<Vec<_>>(),
    );
    let request = app.http.put(url).header("content-type", "application/pdf");
    let answer = request.body(reqwest::Body::wrap_stream(pieces)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE, "also without a declared length");
    // What was written of it is removed after the answer.
    let uploads = app.database.folder.path().join("blobs/uploads");
    until(async || files_below(&uploads) == 0).await;
    app.stop().await;
}

async fn an_account_without_credits_announces_nothing(database: Database) {
    use docket_contract::UserId;
    use docket_jobs::AccountLimits;
    let mut app = App::start(database).await;
    let poor = UserId("poor".to_owned());
    let limits = |credits| AccountLimits { credits: Some(credits), submits_per_minute: None };
    app.key = app.jobs.create_key(&poor, limits(1), "test").await.unwrap().text;
    let announce = async |idempotency_key: Option<&str>| {
        let mut request = app.http.post(format!("{}/v2/parse/upload", app.base));
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        let request = request.header("api-key", &app.key).json(&json!({ "file_name": "a.pdf" }));
        request.send().await.unwrap()
    };
    let first: Value = announce(Some("once")).await.json().await.unwrap();
    app.jobs.create_key(&poor, limits(0), "test").await.unwrap();
    for key in [None, Some("again")] {
        let refused = announce(key).await;
        assert_eq!(refused.status(), StatusCode::PAYMENT_REQUIRED, "{key:?}");
        let body: Value = refused.json().await.unwrap();
        let quota = json!({ "current": 0, "limit": 0, "remaining": 0 });
        assert_eq!((text(&body, "status"), &body["quota_data"]), ("QUOTA_EXCEEDED", &quota));
        assert_eq!(body["detail"]["quota_data"], quota);
    }
    let again: Value = announce(Some("once")).await.json().await.unwrap();
    assert_eq!(again["job_id"], first["job_id"], "what was answered once is answered again");
    assert_eq!(app.get_json("/jobs").await["jobs"].as_array().unwrap().len(), 1);
    app.stop().await;
}
