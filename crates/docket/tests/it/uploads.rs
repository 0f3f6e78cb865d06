//! Every way in which clients put a document on the wire, and every way to get it wrong.

use std::time::Duration;

use docket_jobs::Policy;
use docket_worker::{FetchSettings, WorkerSettings};
use reqwest::multipart::{Form, Part};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::app::{App, Database, child_command, file_part, letter, pages, text_of};
use crate::on_both_databases;

on_both_databases!(
    the_file_is_found_by_its_field,
    a_text_in_place_of_the_file_is_refused,
    bad_submits_are_refused_and_leave_nothing,
    too_large_an_upload_is_refused,
    an_early_refusal_reaches_a_client_that_still_sends,
    documents_are_fetched_by_url,
    private_hosts_are_not_fetched,
);

async fn the_file_is_found_by_its_field(database: Database) {
    let app = App::start(database).await;
    for (part, name) in [
        (Part::bytes(letter()), "document.pdf"),
        (Part::bytes(letter()).mime_str("application/octet-stream").unwrap(), "document.pdf"),
        (file_part(letter(), "räk ning.pdf"), "räk ning.pdf"),
        (file_part(letter(), "no_extension"), "no_extension"),
    ] {
        let form = Form::new().text("_", "").part("file", part).text("made_up", "x");
        let created: Value = app.post_form(form).await.json().await.unwrap();
        assert_eq!(created["file_name"], name);
        assert_eq!(created["status"], "Starting");
        let job = app.get_json(&format!("/jobs/{}", created["job_id"].as_str().unwrap())).await;
        assert_eq!(job["pdf_name"], name);
    }
    app.stop().await;
}

async fn a_text_in_place_of_the_file_is_refused(database: Database) {
    let app = App::start(database).await;
    let schema = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    for (path, field) in [
        ("/parse", "file"),
        ("/parse/excel", "file"),
        ("/v2/extract", "pdf_file"),
        ("/v2/extract", "file"),
        ("/extract", "pdf_file"),
        ("/cite", "pdf_file"),
        ("/classify", "pdf_file"),
        ("/splitter", "file"),
        ("/splitter", "pdf_file"),
        ("/chunking", "document_file"),
        ("/chunking", "file"),
        ("/batch/cite", "pdf_files"),
    ] {
        let plain = Part::text("just text").mime_str("text/plain; charset=utf-8").unwrap();
        for part in [Part::text("just text"), plain] {
            let form = Form::new().text("schema_data", schema).text("categories", "[\"a\"]");
            let request = app.http.post(format!("{}{path}", app.base)).header("api-key", &app.key);
            let answer = request.multipart(form.part(field, part)).send().await.unwrap();
            refused(answer, &format!("{field} must be a file")).await;
        }
    }
    assert_eq!(app.get_json("/jobs").await, json!({ "jobs": [] }));
    let uploads = app.blobs().join("uploads");
    assert_eq!(crate::jobs::files_below(&uploads), 0);
    app.stop().await;
}

async fn bad_submits_are_refused_and_leave_nothing(database: Database) {
    let app = App::start(database).await;
    let exe = || file_part(b"MZ\x90\0MZ\x90\0".to_vec(), "setup.exe");
    let pdf = || file_part(letter(), "a.pdf");
    let cases = [
        (Form::new(), "Either file or url"),
        (Form::new().part("file", file_part(Vec::new(), "a.pdf")), "empty"),
        (Form::new().part("file", exe()), "Unsupported file type"),
        (Form::new().part("file", pdf()).text("url", "http://127.0.0.1:9/x.pdf"), "Only one of"),
        (Form::new().part("file", pdf()).part("file", pdf()), "Only one file"),
        (Form::new().part("file", pdf()).text("segment_analysis", "{nope"), "Not a valid JSON"),
        (Form::new().part("file", pdf()).text("page_range", "5-1"), "page_range"),
        (Form::new().text("url", "ftp://example.org/x.pdf"), "http://"),
    ];
    for (form, text) in cases {
        refused(app.post_form(form).await, text).await;
    }
    let raw = |kind: &'static str, body: &'static str| {
        let request = app.http.post(format!("{}/parse", app.base)).header("api-key", &app.key);
        request.header("content-type", kind).body(body).send()
    };
    refused(raw("application/json", "[1]").await.unwrap(), "JSON object").await;
    refused(raw("multipart/form-data", "x").await.unwrap(), "Invalid form").await;
    refused(raw("multipart/form-data; boundary=b", "--b\r\nbroken").await.unwrap(), "Invalid form")
        .await;
    refused(raw("text/plain", "hello").await.unwrap(), "Either file or url").await;
    assert_eq!(app.get_json("/jobs").await, json!({ "jobs": [] }));
    app.stop().await;
}

async fn refused(answer: Response, text: &str) {
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{text}");
    let body: Value = answer.json().await.unwrap();
    let detail = body["detail"].as_str().unwrap();
    assert!(detail.contains(text), "{detail:?} lacks {text:?}");
}

async fn too_large_an_upload_is_refused(database: Database) {
    let policy = Policy { upload_bytes_max: 1024 * 1024, ..Policy::default() };
    let app = App::start_with(database, policy).await;
    let mut body = b"%PDF-1.4\n".to_vec();
    body.resize(1024 * 1024 + 1, b'0');
    let answer = app.post_form(Form::new().part("file", file_part(body, "big.pdf"))).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"], "file_too_large");
    assert_eq!(body["max_file_size_bytes"], 1024 * 1024);
    assert_eq!(body["detail"], "File size exceeds maximum limit of 1MB.");
    app.stop().await;
}

/// Sends a large body to the end before it reads a byte, as simple clients do.
async fn an_early_refusal_reaches_a_client_that_still_sends(database: Database) {
    let app = App::start(database).await;
    let address = app.base.strip_prefix("http://").unwrap();
    let length = 20 * 1024 * 1024;
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /parse HTTP/1.1\r\nhost: {address}\r\napi-key: wrong\r\nconnection: close\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: {length}\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let piece = vec![b'x'; 64 * 1024];
    for _ in 0..length / piece.len() {
        socket.write_all(&piece).await.expect("the connection must take the whole body");
    }
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains("Invalid API key"), "{answer}");
    app.stop().await;
}

async fn documents_are_fetched_by_url(database: Database) {
    let mut app = App::start(database).await;
    let mut settings = WorkerSettings::new(child_command());
    settings.fetch = FetchSettings { allow_private_hosts: true, ..FetchSettings::default() };
    app.start_worker_with(settings);
    let host = file_host().await;

    let url = format!("{host}/moved/letter.pdf?sig=a");
    let created = submit_url(&app, &json!({ "url": url })).await;
    assert_eq!(created["file_name"], "letter.pdf");
    let id = created["job_id"].as_str().unwrap();
    let job = app.wait(id).await;
    assert_eq!(job["status"], "COMPLETED", "{job}");
    assert_eq!(job["pdf_hash"].as_str().unwrap().len(), "sha256:".len() + 64);
    assert!(text_of(&app.get_json(&format!("/parse/{id}")).await).contains("Total due"));

    for (path, reason) in
        [("missing.pdf", "404"), ("page.xyz", "Unsupported file type"), ("loop.pdf", "too often")]
    {
        let created = submit_url(&app, &json!({ "url": format!("{host}/{path}") })).await;
        let job = app.wait(created["job_id"].as_str().unwrap()).await;
        assert_eq!(job["status"], "FAILED");
        assert!(job["error"].as_str().unwrap().contains(reason), "{job}");
    }
    app.stop().await;
}

async fn private_hosts_are_not_fetched(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let host = file_host().await;
    let port = host.rsplit(':').next().unwrap().to_owned();
    for url in [
        format!("{host}/letter.pdf"),
        format!("http://localhost:{port}/letter.pdf"),
        format!("http://[::1]:{port}/letter.pdf"),
        format!("http://[::ffff:127.0.0.1]:{port}/letter.pdf"),
        format!("http://2130706433:{port}/letter.pdf"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
    ] {
        let created = submit_url(&app, &json!({ "url": url })).await;
        let job = app.wait(created["job_id"].as_str().unwrap()).await;
        assert_eq!(job["status"], "FAILED", "{url}");
        assert!(
            job["error"].as_str().unwrap().contains("not on the public internet"),
            "{url}: {job}"
        );
    }
    app.stop().await;
}

async fn submit_url(app: &App, body: &Value) -> Value {
    let request = app.http.post(format!("{}/parse", app.base)).header("api-key", &app.key);
    let answer = request.json(body).timeout(Duration::from_secs(30)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

/// A web server with a letter, a page that is no PDF, and redirects.
pub(crate) async fn file_host() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let Ok(length) = socket.read(&mut request).await else {
                continue;
            };
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default();
            let answer = answer_for(path.split('?').next().unwrap_or_default());
            let _ = socket.write_all(&answer).await;
        }
    });
    base
}

fn answer_for(path: &str) -> Vec<u8> {
    let (head, body) = match path {
        "/letter.pdf" => ("200 OK", letter()),
        "/three.pdf" => ("200 OK", pages(3)),
        "/page.xyz" => ("200 OK", b"<html>hello</html>".to_vec()),
        "/moved/letter.pdf" => ("302 Found\r\nlocation: /letter.pdf", Vec::new()),
        "/loop.pdf" => ("302 Found\r\nlocation: /loop.pdf", Vec::new()),
        _ => ("404 Not Found", Vec::new()),
    };
    let head =
        format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.into_bytes(), body].concat()
}
