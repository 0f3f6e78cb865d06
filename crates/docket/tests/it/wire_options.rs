//! Options of requests that change how an answer looks, and operations for one kind of document.

use reqwest::StatusCode;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::app::{App, Database, file_part, letter};
use crate::on_both_databases;

on_both_databases!(
    a_slash_at_the_end_changes_nothing,
    links_are_there_where_they_are_wanted,
    only_workbooks_are_taken_as_such,
    the_document_comes_as_files_where_asked_for,
);

const CATEGORIES: &str = r#"["Letter","Invoice"]"#;
const SCHEMA: &str = r#"{"type":"object","properties":{"total":{"type":"number"}}}"#;

async fn post(app: &App, path: &str, form: Form) -> (StatusCode, Value) {
    let request = app.http.post(format!("{}{path}", app.base)).header("api-key", &app.key);
    let answer = request.multipart(form).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

fn split() -> Form {
    Form::new().part("file", file_part(letter(), "a.pdf")).text("categories", CATEGORIES)
}

fn extract() -> Form {
    Form::new().part("pdf_file", file_part(letter(), "a.pdf")).text("schema_data", SCHEMA)
}

async fn a_slash_at_the_end_changes_nothing(database: Database) {
    let app = App::start(database).await;
    let (status, split) = post(&app, "/splitter/", split()).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let (status, _) = post(&app, "/v2/extract/?a=b", extract()).await;
    assert_eq!(status, StatusCode::OK);
    let id = split["job_id"].as_str().unwrap();
    let job = app.get_json(&format!("/jobs/{id}")).await;
    assert_eq!(app.get_json(&format!("/jobs/{id}/")).await, job);
    assert_eq!(app.get_json("/jobs/?limit=1").await["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(app.get("//").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(app.get("/no/such/").await.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}

async fn links_are_there_where_they_are_wanted(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let (_, split) = post(&app, "/splitter", split()).await;
    let (_, extract) = post(&app, "/v2/extract", extract()).await;
    let (split, extract) = (split["job_id"].as_str().unwrap(), extract["job_id"].as_str().unwrap());
    app.wait(split).await;
    app.wait(extract).await;
    let with = app.get_json(&format!("/splitter/{split}")).await;
    assert!(with["file_url"].is_string() && with["result"]["files"][0]["full_path"].is_string());
    let without = app.get_json(&format!("/splitter/{split}?include_url=false")).await;
    assert!(without.get("file_url").is_none(), "{without}");
    assert!(without["result"]["files"][0].get("full_path").is_none(), "{without}");
    let without = app.get_json(&format!("/extract/{extract}")).await;
    assert!(without.get("file_url").is_none(), "older clients break on it");
    let with = app.get_json(&format!("/extract/{extract}?include_url=true")).await;
    let document = app.http.get(with["file_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(document.bytes().await.unwrap(), letter());
    let parse = app.parse(letter(), &[]).await;
    let path = format!("/parse/{}", parse["job_id"].as_str().unwrap());
    let as_file = app.get_json(&format!("{path}?output_file=true")).await;
    assert_eq!((&as_file["chunks"], &as_file["total_chunks"]), (&json!([]), &json!(0)));
    assert!(as_file["result"]["output_file_url"].is_string());
    app.stop().await;
}

async fn only_workbooks_are_taken_as_such(database: Database) {
    let app = App::start(database).await;
    let named = |body: Vec<u8>, name: &str| Form::new().part("file", file_part(body, name));
    let url = |url: &str| Form::new().text("url", url.to_owned());
    for form in [
        named(letter(), "a.pdf"),
        named(letter(), "a.xlsx"),
        named(b"PK\x03\x04 an archive".to_vec(), "a.zip"),
        named(Vec::new(), "a.xlsx"),
        url("http://example.org/a.pdf"),
        Form::new(),
    ] {
        let (status, problem) = post(&app, "/parse/excel", form).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        assert!(problem["detail"].is_string(), "{problem}");
    }
    let workbook = b"PK\x03\x04 an archive".to_vec();
    let form = named(workbook, "a.xlsx").text("max_rows_per_segment", "7");
    let (status, created) = post(&app, "/parse/excel", form).await;
    assert_eq!((status, &created["status"]), (StatusCode::OK, &json!("Starting")), "{created}");
    let parse = app.get_json(&format!("/parse/{}", created["job_id"].as_str().unwrap())).await;
    let options = &parse["configuration"];
    assert_eq!(
        (&options["max_rows_per_segment"], &options["exclude_hidden_rows"]),
        (&json!(7), &json!(true))
    );
    assert_eq!(options["table_clustering"], "accurate");
    assert_eq!(
        parse["file_type"],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );
    let (status, _) = post(&app, "/parse/excel", url("http://example.org/download?id=7")).await;
    assert_eq!(status, StatusCode::OK, "what it is shows when it is fetched");
    app.stop().await;
}

async fn the_document_comes_as_files_where_asked_for(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let wish = [("export_format", r#"["docx","markdown","json"]"#), ("xml_citation", "true")];
    let parsed = app.parse(letter(), &wish).await;
    let exports = parsed["exports"].as_object().unwrap();
    let mut names: Vec<&str> = exports.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["docx", "json", "markdown"]);
    let markdown = app.http.get(exports["markdown"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(markdown.headers()["content-type"], "text/markdown; charset=utf-8");
    let disposition = markdown.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.contains(".md\""), "{disposition}");
    let text = markdown.text().await.unwrap();
    let embed = parsed["chunks"][0]["embed"].as_str().unwrap();
    assert_eq!(text.split_whitespace().next(), embed.split_whitespace().next());
    let word = app.http.get(exports["docx"].as_str().unwrap()).send().await.unwrap();
    assert!(
        word.headers()["content-type"].to_str().unwrap().ends_with("wordprocessingml.document")
    );
    let again = app.parse(word.bytes().await.unwrap().to_vec(), &[]).await;
    assert_eq!(again["status"], "Succeeded", "{again}");
    let json: Value =
        app.http.get(exports["json"].as_str().unwrap()).send().await.unwrap().json().await.unwrap();
    assert_eq!(json["total_chunks"], parsed["total_chunks"]);
    assert!(parsed["metadata"]["citations"].is_array(), "{}", parsed["metadata"]);
    assert_eq!(parsed["configuration"]["export_format"], json!(["docx", "markdown", "json"]));

    let without = app.parse(letter(), &[]).await;
    assert!(without.get("exports").is_none() && without["metadata"].get("citations").is_none());
    let id = parsed["job_id"].as_str().unwrap();
    assert_eq!(app.delete(&format!("/jobs/{id}")).await.status(), StatusCode::OK);
    let gone = app.http.get(exports["markdown"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}
