//! How much a request may ask for, on every way in, and that what is accepted runs.

use reqwest::header::CONTENT_TYPE;
use reqwest::multipart::Form;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::app::{App, Database, file_part, letter};
use crate::on_both_databases;

on_both_databases!(
    specs_over_the_limit_are_refused_on_every_way_in,
    options_over_the_limit_are_refused_on_every_way_in,
    the_largest_specs_run,
    invalid_schemas_are_refused_and_cost_nothing,
);

const LIMIT_BYTES: usize = 256 * 1024;

/// A schema of so many bytes.
fn schema(bytes: usize) -> String {
    let frame = |filling: &str| {
        format!(r#"{{"type":"object","properties":{{"total":{{}}}},"title":"{filling}"}}"#)
    };
    frame(&"t".repeat(bytes - frame("").len()))
}

/// Categories of more bytes than are allowed.
fn large_categories() -> String {
    let category = |n: usize| json!({ "name": format!("n{n}"), "description": "d".repeat(9000) });
    Value::from_iter((0..30).map(category)).to_string()
}

async fn refused(request: RequestBuilder, text: &str) {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{}", answer.url());
    let path = answer.url().path().to_owned();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["detail"], text, "{path}");
}

fn post(app: &App, path: &str) -> RequestBuilder {
    app.http.post(format!("{}{path}", app.base)).header("api-key", &app.key)
}

async fn specs_over_the_limit_are_refused_on_every_way_in(database: Database) {
    let app = App::start(database).await;
    let (large, categories) = (schema(LIMIT_BYTES + 1), large_categories());
    let schema_refused = "Invalid schema data: larger than 256 KiB";
    let form = |file: &'static str, field: &'static str, text: &str| {
        Form::new().part(file, file_part(letter(), "a.pdf")).text(field, text.to_owned())
    };
    for path in ["/v2/extract", "/extract", "/cite"] {
        let sent = post(&app, path).multipart(form("pdf_file", "schema_data", &large));
        refused(sent, schema_refused).await;
        let by_url = format!("file_url=http://127.0.0.1:9/a.pdf&schema_data={large}");
        let encoded = (CONTENT_TYPE, "application/x-www-form-urlencoded");
        let sent = post(&app, path).header(encoded.0, encoded.1).body(by_url);
        refused(sent, schema_refused).await;
        let by_url = json!({ "file_url": "http://127.0.0.1:9/a.pdf", "schema_data": large });
        refused(post(&app, path).json(&by_url), schema_refused).await;
    }
    let batch = post(&app, "/batch/cite").multipart(form("pdf_files", "schema_data", &large));
    refused(batch, schema_refused).await;
    for (path, file, field) in [
        ("/classify", "pdf_file", "categories"),
        ("/classify", "pdf_file", "conditions"),
        ("/splitter", "file", "categories"),
    ] {
        let sent = post(&app, path).multipart(form(file, field, &categories));
        refused(sent, "Invalid categories: larger than 256 KiB").await;
    }
    let deep = format!(
        r#"{{"type":"object","properties":{{}},"x":{}{}}}"#,
        "[".repeat(101),
        "]".repeat(101)
    );
    let sent = post(&app, "/v2/extract").multipart(form("pdf_file", "schema_data", &deep));
    refused(sent, "Invalid schema data: nested deeper than 100 levels").await;
    assert_eq!(app.get_json("/jobs").await, json!({ "jobs": [] }));
    app.stop().await;
}

async fn options_over_the_limit_are_refused_on_every_way_in(database: Database) {
    let mut app = App::start(database).await;
    let large = json!(["x".repeat(LIMIT_BYTES)]);
    let refusal = "Invalid options: larger than 256 KiB";
    for path in ["/parse", "/parse/excel"] {
        let form = Form::new().part("file", file_part(letter(), "a.pdf"));
        let form = form.text("validate_segments", large.to_string());
        refused(post(&app, path).multipart(form), refusal).await;
        let by_url = json!({ "url": "http://127.0.0.1:9/a.pdf", "llm_processing": large });
        refused(post(&app, path).json(&by_url), refusal).await;
    }
    let later = json!({ "file_name": "a.pdf", "segment_analysis": large });
    refused(post(&app, "/v2/parse/upload").json(&later), refusal).await;
    let task = json!({ "file": "http://127.0.0.1:9/a.pdf", "segment_processing": large });
    refused(post(&app, "/api/v1/task/parse").json(&task), refusal).await;
    let long_password = "p".repeat(1025);
    let form = Form::new().part("file", file_part(letter(), "a.pdf"));
    let form = form.text("password", long_password);
    refused(post(&app, "/parse").multipart(form), "password: longer than 1024 bytes").await;
    assert_eq!(app.get_json("/jobs").await, json!({ "jobs": [] }));

    let half = json!(["x".repeat(LIMIT_BYTES * 2 / 3)]).to_string();
    let created = app.submit(letter(), &[("validate_segments", &half)]).await;
    let id = created["job_id"].as_str().unwrap();
    app.start_worker();
    app.wait(id).await;
    let path = format!("{}/api/v1/task/{id}/parse", app.base);
    let more = json!({ "llm_processing": half });
    refused(app.http.patch(path).header("api-key", &app.key).json(&more), refusal).await;
    app.stop().await;
}

async fn the_largest_specs_run(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    // Written out, its numbers are longer than a frame of the pipe to an engine child.
    let frame = r#"{"type":"object","properties":{"total":{"type":"number"}},"x-numbers":[1]}"#;
    let numbers = "9e14,".repeat((LIMIT_BYTES - frame.len()) / 5);
    let long = frame.replace("[1]", &format!("[{numbers}1]"));
    assert!(long.len() <= LIMIT_BYTES && long.len() > LIMIT_BYTES - 8);
    let deep = format!(
        r#"{{"type":"object","properties":{{"total":{{"type":"number"}}}},"x":{}{}}}"#,
        "[".repeat(99),
        "]".repeat(99)
    );
    for schema in [schema(LIMIT_BYTES), long, deep] {
        let form = Form::new().part("pdf_file", file_part(letter(), "a.pdf"));
        let form = form.text("schema_data", schema.clone());
        let answer = post(&app, "/v2/extract").multipart(form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let created: Value = answer.json().await.unwrap();
        let id = created["job_id"].as_str().unwrap();
        let job = app.wait(id).await;
        assert_eq!(job["status"], "COMPLETED", "{job}");
        let extracted = app.get_json(&format!("/extract/{id}")).await;
        let sent: Value = serde_json::from_str(&schema).unwrap();
        assert!(extracted["metadata"]["schema"] == sent, "the schema is echoed as it was sent");
    }
    app.stop().await;
}

async fn invalid_schemas_are_refused_and_cost_nothing(database: Database) {
    let app = App::start(database).await;
    for (schema, text) in [
        (
            r#"{"type":"object","properties":{}}"#,
            "Invalid schema data: properties must have at least one property",
        ),
        (
            r#"{"type":"object","properties":{"total":{"type":"money"}}}"#,
            "Invalid schema data: properties/total/type must be a type, or a list of types",
        ),
        (
            r#"{"type":"object","properties":{"total":"number"}}"#,
            "Invalid schema data: properties/total must be a schema",
        ),
    ] {
        for (path, file) in
            [("/v2/extract", "pdf_file"), ("/cite", "pdf_file"), ("/batch/cite", "pdf_files")]
        {
            let form = Form::new().part(file, file_part(letter(), "a.pdf"));
            let form = form.text("schema_data", schema.to_owned());
            refused(post(&app, path).multipart(form), text).await;
        }
    }
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 0);
    assert_eq!(app.get_json("/jobs").await, json!({ "jobs": [] }));
    app.stop().await;
}
