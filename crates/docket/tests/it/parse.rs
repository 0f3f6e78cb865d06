//! `POST /parse` and `GET /parse/{id}`: options and the shape of the result.

use docket_worker::{TesseractSettings, WorkerSettings};
use reqwest::StatusCode;
use serde_json::Value;

use crate::app::{App, Database, child_command, letter, pages, program, text_of};
use crate::on_both_databases;

on_both_databases!(
    the_result_has_the_shape_of_the_wire,
    pages_and_fields_are_chosen_by_the_request,
    both_sets_of_configuration_names_are_there,
    blank_and_scanned_pages_are_told,
    page_ranges_outside_the_document_fail,
);

async fn the_result_has_the_shape_of_the_wire(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let parsed = app.parse(pages(2), &[]).await;
    assert_eq!(parsed["status"], "Succeeded");
    assert_eq!(parsed["page_count"], 2);
    assert_eq!(parsed["credit_used"], 2);
    assert_eq!(parsed["file_type"], "application/pdf");
    assert!(parsed.get("result").is_none() && parsed.get("content").is_none());
    let chunks = parsed["chunks"].as_array().unwrap();
    assert_eq!(parsed["total_chunks"], chunks.len());
    for chunk in chunks {
        let segments = chunk["segments"].as_array().unwrap();
        let numbers = segments.iter().map(|segment| segment["page_number"].as_u64().unwrap());
        assert_eq!(chunk["page_number"].as_u64(), numbers.min());
        for segment in segments {
            check_segment(segment);
            assert!(
                chunk["embed"].as_str().unwrap().contains(segment["markdown"].as_str().unwrap())
            );
        }
    }
    let without = app
        .get_json(&format!("/parse/{}?include_chunks=false", parsed["job_id"].as_str().unwrap()))
        .await;
    assert!(without.get("chunks").is_none());
    assert_eq!(without["status"], "Succeeded");
    app.stop().await;
}

fn check_segment(segment: &Value) {
    let (width, height) =
        (segment["page_width"].as_f64().unwrap(), segment["page_height"].as_f64().unwrap());
    assert!((1000.0..2000.0).contains(&width) && (1000.0..2000.0).contains(&height), "1/144 inch");
    let side = |value: &Value, name: &str| value["bbox"][name].as_f64().unwrap();
    assert!(side(segment, "left") + side(segment, "width") <= width + 1.0);
    assert!(side(segment, "top") + side(segment, "height") <= height + 1.0);
    for word in segment["ocr"].as_array().unwrap() {
        assert!(
            side(word, "left") + side(word, "width") <= side(segment, "width") + 1.0,
            "relative to its segment"
        );
        assert!(!word["text"].as_str().unwrap().is_empty());
    }
}

async fn pages_and_fields_are_chosen_by_the_request(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let created = app.submit(pages(5), &[("page_range", "2,4-9")]).await;
    assert_eq!(created["credit_used"], 3, "only the pages asked for are charged");
    let id = created["job_id"].as_str().unwrap();
    app.wait(id).await;
    let parsed = app.get_json(&format!("/parse/{id}")).await;
    assert_eq!(parsed["page_count"], 5);
    let text = text_of(&parsed);
    assert!(text.contains("Letter 2") && text.contains("Letter 5") && !text.contains("Letter 1"));

    let fields = [("output_fields", r#"{"html":false,"ocr":false,"bbox":false}"#)];
    let parsed = app.parse(letter(), &fields).await;
    let segment = &parsed["chunks"][0]["segments"][0];
    assert!(
        segment.get("html").is_none()
            && segment.get("ocr").is_none()
            && segment.get("bbox").is_none()
    );
    assert!(segment["markdown"].is_string());

    let tables = app.parse(letter(), &[("keep_segment_types", "TABLE")]).await;
    assert_eq!(
        (&tables["total_chunks"], tables["chunks"].as_array().unwrap().len()),
        (&0.into(), 0)
    );
    let whole = app.parse(letter(), &[]).await;
    let path = format!("/parse/{}", whole["job_id"].as_str().unwrap());
    for query in ["?keep_segment_types=table", "?segment_filter=Table,Picture"] {
        assert_eq!(app.get_json(&format!("{path}{query}")).await["total_chunks"], 0, "{query}");
    }
    let all = app.get_json(&format!("{path}?keep_segment_types=all")).await;
    assert_eq!(all["chunks"], whole["chunks"]);

    let single = app.parse(letter(), &[("chunk_processing", r#"{"target_length":0}"#)]).await;
    assert!(
        single["chunks"].as_array().unwrap().iter().all(|c| c["segments"]
            .as_array()
            .unwrap()
            .len()
            == 1)
    );
    app.stop().await;
}

async fn both_sets_of_configuration_names_are_there(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let fields = [("merge_tables", "TRUE"), ("segment_analysis", r#"{"Table":{"html":"LLM"}}"#)];
    let parsed = app.parse(letter(), &fields).await;
    assert_eq!(parsed["merge_tables"], true);
    let configuration = &parsed["configuration"];
    for name in [
        "high_resolution",
        "ocr_strategy",
        "ocr_engine",
        "segmentation_strategy",
        "layout_analysis",
        "segmentation_version",
        "segment_type_naming",
        "error_handling",
        "chunk_processing",
        "segment_processing",
        "segment_analysis",
        "llm_processing",
        "merge_tables",
    ] {
        assert!(!configuration[name].is_null(), "{name}");
    }
    assert_eq!(configuration["segment_processing"]["Table"]["html"], "LLM");
    app.stop().await;
}

async fn blank_and_scanned_pages_are_told(database: Database) {
    use docket_testkit::pdf::{Font, PdfBuilder};
    let mut app = App::start(database).await;
    let nowhere = TesseractSettings::new(program(), "/nowhere/tesseract".into());
    let settings = WorkerSettings::new(child_command());
    app.start_worker_with(WorkerSettings { tesseract: nowhere, ..settings });
    let mixed = PdfBuilder::new()
        .page(|page| page.text(72.0, 90.0, 12.0, Font::Helvetica, "Only this page has text."))
        .page(|page| page)
        .page(|page| page.picture(0.0, 0.0, 612.0, 792.0))
        .build();
    let parsed = app.parse(mixed, &[]).await;
    let warnings = parsed["metadata"]["warnings"].as_array().unwrap();
    let told =
        |code: &str, page: u64| warnings.iter().any(|w| w["code"] == code && w["page"] == page);
    assert!(told("blank_page", 2) && told("no_text_layer", 3), "{warnings:?}");
    assert_eq!(parsed["metadata"]["failed_pages"], serde_json::json!([3]));

    let scan = PdfBuilder::new().page(|page| page.picture(0.0, 0.0, 612.0, 792.0)).build();
    let id = app.submit_id(scan).await;
    let job = app.wait(&id).await;
    assert_eq!(job["status"], "FAILED", "no text is no success");
    assert!(job["error"].as_str().unwrap().contains("text layer"), "{job}");
    app.stop().await;
}

async fn page_ranges_outside_the_document_fail(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let created = app.submit(letter(), &[("page_range", "7")]).await;
    let job = app.wait(created["job_id"].as_str().unwrap()).await;
    assert_eq!(job["status"], "FAILED");
    let missing = app.get("/parse/not-an-id").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    let body: Value = missing.json().await.unwrap();
    assert_eq!(body["error"]["code"], "task_not_found");
    assert_eq!(body["error"]["details"]["task_id"], "not-an-id");
    app.stop().await;
}
