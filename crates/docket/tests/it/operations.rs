//! Extraction, chunking, classification and splitting, from submit to result.

use docket_testkit::pdf::{Font, PdfBuilder};
use reqwest::multipart::Form;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{App, Database, file_part, pages, until};
use crate::on_both_databases;

on_both_databases!(
    values_are_extracted_where_they_stand,
    a_text_is_chunked_without_loss,
    a_document_is_classified_page_by_page,
    a_bundle_is_split_into_files_behind_links,
    links_open_without_a_key_and_cannot_be_altered,
    failures_speak_each_familys_words,
    bad_options_are_refused_in_each_familys_shape,
    usage_follows_the_credits,
);

/// An invoice and two pages of a contract.
fn bundle() -> Vec<u8> {
    let invoice = |page: docket_testkit::pdf::Page| {
        page.text(72.0, 90.0, 22.0, Font::HelveticaBold, "Invoice")
            .text(72.0, 130.0, 11.0, Font::Helvetica, "Invoice number: INV-2025-001")
            .text(72.0, 150.0, 11.0, Font::Helvetica, "Date: 2025-03-14")
            .text(72.0, 170.0, 11.0, Font::Helvetica, "Amount due: 1,250.00 USD")
    };
    let contract = |page: docket_testkit::pdf::Page, title: &str| {
        page.text(72.0, 90.0, 22.0, Font::HelveticaBold, title)
            .text(
                72.0,
                130.0,
                11.0,
                Font::Helvetica,
                "This agreement is made between the parties named below.",
            )
            .text(
                72.0,
                150.0,
                11.0,
                Font::Helvetica,
                "Each party to this contract agrees to the terms and conditions.",
            )
    };
    PdfBuilder::new()
        .page(invoice)
        .page(|page| contract(page, "Service Contract"))
        .page(|page| contract(page, "Terms of the Contract"))
        .build()
}

const CATEGORIES: &str = r#"[{"name":"Invoice","description":"Bills with an amount due"},
    {"name":"Contract","description":"Agreements between parties"}]"#;

const SCHEMA: &str = r#"{"type":"object","properties":{
    "invoice_number":{"type":"string","description":"Invoice number printed on the document"},
    "amount_due":{"type":"number","description":"Amount due, digits only"},
    "serial_number_of_the_moon_rocket":{"type":"string"}}}"#;

async fn post(app: &App, path: &str, form: Form) -> Response {
    let request = app.http.post(format!("{}{path}", app.base)).header("api-key", &app.key);
    request.multipart(form).send().await.unwrap()
}

async fn start(
    app: &App,
    path: &str,
    field: &str,
    fields: &[(&str, &str)],
    status: StatusCode,
) -> String {
    let mut form = Form::new().part(field.to_owned(), file_part(bundle(), "bundle.pdf"));
    for (name, text) in fields {
        form = form.text((*name).to_owned(), (*text).to_owned());
    }
    let answer = post(app, path, form).await;
    assert_eq!(answer.status(), status, "{path}");
    let created: Value = answer.json().await.unwrap();
    assert!(created["quota_remaining"].is_i64(), "{created}");
    created["job_id"].as_str().unwrap().to_owned()
}

async fn values_are_extracted_where_they_stand(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let fields = [("schema_data", SCHEMA), ("enable_citations", "true")];
    let id = start(&app, "/v2/extract", "pdf_file", &fields, StatusCode::OK).await;
    let job = app.wait(&id).await;
    assert_eq!(
        (&job["status"], &job["type"]),
        (&json!("COMPLETED"), &json!("extraction")),
        "{job}"
    );
    let body = app.get_json(&format!("/extract/{id}")).await;
    assert_eq!(body["status"], "completed");
    let result = body["result"].as_object().unwrap();
    let names: Vec<&String> = result.keys().collect();
    assert_eq!(names, ["invoice_number", "amount_due", "serial_number_of_the_moon_rocket"]);
    assert_eq!(result["invoice_number"]["value"], "INV-2025-001");
    assert_eq!(result["amount_due"]["value"], 1250.0);
    let place = &result["invoice_number"]["bboxes"][0];
    let [left, top] = [0, 1].map(|side| place["bbox"][side].as_f64().unwrap());
    assert!((72.0..300.0).contains(&left) && (110.0..140.0).contains(&top), "{place}");
    let missing = &result["serial_number_of_the_moon_rocket"];
    assert_eq!((&missing["value"], &missing["page_no"]), (&Value::Null, &Value::Null));
    assert_eq!(missing["score"].as_f64(), Some(0.0));
    assert_eq!(body["metadata"]["page_count"], 3);

    let scored = app.get_json(&format!("/extract/{id}?result_format=scored")).await;
    assert!(scored["result"]["amount_due"]["score"]["grounding_score"].is_f64());
    let data = app.get_json(&format!("/jobs/{id}/result")).await;
    assert_eq!(data["data"]["min_confidence_score"].as_f64(), Some(0.0));
    assert!(data["result"].get("min_confidence_score").is_none());
    app.stop().await;
}

async fn a_text_is_chunked_without_loss(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let mut texts = Vec::new();
    for strategy in ["semantic", "paragraph", "page", "heading", "hybrid", "hierarchical"] {
        let id =
            start(&app, "/chunking", "document_file", &[("strategy", strategy)], StatusCode::OK)
                .await;
        assert_eq!(app.wait(&id).await["type"], "chunking");
        let result = app.get_json(&format!("/jobs/{id}/result")).await;
        assert_eq!(result["data"], result["result"]);
        let chunks = result["result"]["chunks"].as_array().unwrap();
        assert_eq!(result["result"]["strategy"], strategy);
        assert_eq!(result["result"]["total_chunks"], chunks.len());
        texts.push(chunks.iter().map(|chunk| chunk["text"].as_str().unwrap()).collect::<String>());
    }
    assert!(texts[0].contains("INV-2025-001") && texts[0].contains("Terms of the Contract"));
    let plain = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(texts.iter().all(|text| plain(text) == plain(&texts[0])), "{texts:#?}");
    app.stop().await;
}

async fn a_document_is_classified_page_by_page(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let fields = [("categories", CATEGORIES)];
    let id = start(&app, "/classify", "pdf_file", &fields, StatusCode::ACCEPTED).await;
    app.wait(&id).await;
    let body = app.get_json(&format!("/classify/{id}")).await;
    assert_eq!(
        (&body["status"], &body["progress"]),
        (&json!("completed"), &json!("Classification completed"))
    );
    assert_eq!(body["error"], Value::Null);
    let pages = body["result"]["page_results"].as_array().unwrap();
    let classes: Vec<&str> =
        pages.iter().map(|page| page["classification"].as_str().unwrap()).collect();
    assert_eq!(classes, ["Invoice", "Contract", "Contract"]);
    app.stop().await;
}

async fn a_bundle_is_split_into_files_behind_links(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let fields = [("categories", CATEGORIES)];
    let id = start(&app, "/splitter", "file", &fields, StatusCode::ACCEPTED).await;
    app.wait(&id).await;
    let body = app.get_json(&format!("/splitter/{id}")).await;
    assert_eq!(body["result"]["splits"], json!({ "Invoice": [1], "Contract": [2, 3] }), "{body}");
    for (file, count) in body["result"]["files"].as_array().unwrap().iter().zip([1, 2]) {
        let link = file["full_path"].as_str().unwrap();
        assert!(link.starts_with(&app.base), "{link}");
        let answer = app.http.get(link).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        let pdf = answer.bytes().await.unwrap().to_vec();
        let parsed = app.parse(pdf, &[]).await;
        assert_eq!(parsed["page_count"], count, "{file}");
    }
    let blobs = app.database.folder.path().join("blobs/results");
    let before = crate::jobs::files_below(&blobs);
    app.delete(&format!("/jobs/{id}")).await;
    assert_eq!(before - crate::jobs::files_below(&blobs), 3, "the result and both files are gone");
    app.stop().await;
}

async fn links_open_without_a_key_and_cannot_be_altered(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let parsed = app.parse(pages(1), &[]).await;
    let link = parsed["pdf_url"].as_str().unwrap().to_owned();
    let get = async |link: &str| app.http.get(link).send().await.unwrap();
    let answer = get(&link).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.bytes().await.unwrap().starts_with(b"%PDF-"));
    let other = link.replace("/document?", "/result?");
    let later = link.replace("expires=1", "expires=2");
    let unsigned = link.split("&signature").next().unwrap().to_owned();
    for altered in [other, later, unsigned, format!("{link}00")] {
        assert_eq!(get(&altered).await.status(), StatusCode::FORBIDDEN, "{altered}");
    }
    let id = parsed["job_id"].as_str().unwrap();
    let file = app.get_json(&format!("/parse/{id}?output_file=true")).await;
    assert_eq!(file["chunks"], json!([]));
    let stored: Value =
        get(file["result"]["output_file_url"].as_str().unwrap()).await.json().await.unwrap();
    assert_eq!(stored["chunks"], parsed["chunks"]);
    let without = app.get_json(&format!("/parse/{id}?include_url=false")).await;
    assert!(without["pdf_url"].is_null() && without["file_url"].is_null());

    let request = app.http.get(format!("{}/parse/{id}", app.base)).header("api-key", &app.key);
    let proxied =
        request.header("x-forwarded-proto", "https").header("x-forwarded-host", "docs.example.org");
    let proxied: Value = proxied.send().await.unwrap().json().await.unwrap();
    let own = format!("{}/files/", app.base);
    assert!(proxied["pdf_url"].as_str().unwrap().starts_with(&own), "nobody is trusted unasked");
    app.delete(&format!("/jobs/{id}")).await;
    assert_eq!(
        get(&link).await.status(),
        StatusCode::NOT_FOUND,
        "a deleted job's link leads nowhere"
    );
    app.stop().await;
}

async fn failures_speak_each_familys_words(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let broken = || file_part(b"%PDF-1.7 broken off".to_vec(), "bad.pdf");
    for (path, status_path, field, option) in [
        ("/v2/extract", "/extract", "pdf_file", ("schema_data", SCHEMA)),
        ("/classify", "/classify", "pdf_file", ("categories", CATEGORIES)),
        ("/splitter", "/splitter", "file", ("categories", CATEGORIES)),
    ] {
        let form = Form::new().part(field, broken()).text(option.0, option.1);
        let created: Value = post(&app, path, form).await.json().await.unwrap();
        let id = created["job_id"].as_str().unwrap();
        until(async || app.get_json(&format!("{status_path}/{id}")).await["status"] == "failed")
            .await;
        let body = app.get_json(&format!("{status_path}/{id}")).await;
        assert!(!body["error"].as_str().unwrap().is_empty(), "{body}");
        assert!(body.get("result").is_none_or(Value::is_null), "{body}");
        let other = app.get(&format!("/parse/{id}")).await;
        assert_eq!(
            other.status(),
            StatusCode::NOT_FOUND,
            "a job of another family is unknown here"
        );
    }
    app.stop().await;
}

async fn bad_options_are_refused_in_each_familys_shape(database: Database) {
    let app = App::start(database).await;
    let pdf = || Form::new().part("pdf_file", file_part(pages(1), "a.pdf"));
    let missing = post(&app, "/v2/extract", pdf()).await;
    assert_eq!(missing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let body: Value = missing.json().await.unwrap();
    assert_eq!(body["detail"][0]["loc"], json!(["body", "schema_data"]));
    for (path, form, text) in [
        ("/v2/extract", pdf().text("schema_data", "x"), "Invalid schema data: Not a valid JSON"),
        ("/classify", pdf().text("categories", "[]"), "Invalid categories"),
        ("/chunking", pdf().text("strategy", "sideways"), "semantic, fixed, page"),
        ("/classify", Form::new().text("categories", CATEGORIES), "Either pdf_file or file_url"),
    ] {
        let answer = post(&app, path, form).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{path}");
        let body: Value = answer.json().await.unwrap();
        assert!(body["detail"].as_str().unwrap().contains(text), "{body}");
    }
    let zip = Form::new().part("file", file_part(b"PK\x03\x04 no pdf".to_vec(), "a.docx"));
    let answer = post(&app, "/splitter", zip.text("categories", CATEGORIES)).await;
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "detail": "File must be a PDF" }));
    for path in ["/extract", "/classify", "/splitter"] {
        let answer = app.get(&format!("{path}/b2094b38-e432-44b6-a5d0-67bed07d5de1")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "detail": "Job not found" }));
    }
    assert_eq!(app.get_json("/jobs").await, json!({ "jobs": [] }));
    app.stop().await;
}

async fn usage_follows_the_credits(database: Database) {
    let app = App::start(database).await;
    start(&app, "/chunking", "document_file", &[], StatusCode::OK).await;
    for path in ["/org/get_usage", "/api/v1/org/get_usage"] {
        let usage = app.get_json(path).await;
        assert_eq!(
            (&usage["current_usage"], &usage["remaining_quota"]),
            (&json!(3), &json!(999_997))
        );
        assert_eq!(usage["last_billed_date"].as_str().unwrap().len(), "2026-01-31".len());
    }
    app.stop().await;
}
