//! Pictures of segments: cut from their pages, behind signed links.

use std::path::Path;

use docket_testkit::pdf::{Font, PdfBuilder};
use docket_testkit::scan::{image_file, scan, scanned_pdf};
use image::{GrayImage, ImageFormat, Luma};
use reqwest::StatusCode;
use serde_json::Value;

use crate::app::{App, Database};
use crate::on_both_databases;

on_both_databases!(
    pictures_are_cut_and_linked,
    what_is_cut_is_the_clients_choice,
    pictures_of_image_files_are_cut_too,
);

/// A page that is dark in its middle third, under a line of text.
fn document() -> Vec<u8> {
    let dark = GrayImage::from_pixel(10, 10, Luma([40]));
    let operators = "1 g 0 0 595 842 re f q 200 0 0 200 100 400 cm /Im Do Q \
                     0 g BT /F0 12 Tf 100 700 Td (A line of text above the picture) Tj ET";
    scanned_pdf(&[(&dark, operators)])
}

fn segments(parsed: &Value) -> Vec<&Value> {
    let chunks = parsed["chunks"].as_array().unwrap().iter();
    chunks.flat_map(|chunk| chunk["segments"].as_array().unwrap()).collect()
}

fn of_kind<'a>(parsed: &'a Value, kind: &str) -> Vec<&'a Value> {
    segments(parsed).into_iter().filter(|segment| segment["segment_type"] == kind).collect()
}

async fn pictures_are_cut_and_linked(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let parsed = app.parse(document(), &[]).await;
    let pictures = of_kind(&parsed, "Picture");
    assert_eq!(pictures.len(), 1, "{parsed}");
    let link = pictures[0]["image"].as_str().unwrap();
    assert!(link.starts_with(&app.base), "{link}");
    let response = app.http.get(link).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "image/png");
    let picture = image::load_from_memory(&response.bytes().await.unwrap()).unwrap().into_luma8();
    let (width, height) = picture.dimensions();
    assert!((395..=405).contains(&width) && (395..=405).contains(&height), "{width} x {height}");
    assert!(picture.get_pixel(width / 2, height / 2).0[0] < 60, "it shows what was there");

    let altered = link.replace("expires=", "expires=9");
    assert_eq!(app.http.get(altered).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert!(of_kind(&parsed, "Text")[0].get("image").is_none());

    let id = parsed["job_id"].as_str().unwrap();
    let embedded = app.get_json(&format!("/parse/{id}?base64_urls=true")).await;
    let data = of_kind(&embedded, "Picture")[0]["image"].as_str().unwrap();
    assert!(data.starts_with("data:image/png;base64,iVBOR"), "{}", &data[..40]);
    let result = app.get_json(&format!("/jobs/{id}/result")).await;
    assert!(
        of_kind(&result["result"], "Picture")[0]["image"].as_str().unwrap().starts_with("http")
    );

    let deleted = app.delete(&format!("/jobs/{id}")).await;
    assert_eq!(deleted.status(), StatusCode::OK);
    assert_eq!(app.http.get(link).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(files_below(&app.blobs()), 0, "pictures go with their job");
    app.stop().await;
}

fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

async fn what_is_cut_is_the_clients_choice(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let wish = r#"{"Text": {"crop_image": "All"}, "Picture": {"crop_image": "None"}}"#;
    let parsed = app.parse(document(), &[("segment_analysis", wish)]).await;
    assert!(of_kind(&parsed, "Picture")[0].get("image").is_none());
    assert!(of_kind(&parsed, "Text")[0]["image"].is_string());
    let without_boxes = [("output_fields", r#"{"bbox": false}"#)];
    let parsed = app.parse(document(), &without_boxes).await;
    let picture = of_kind(&parsed, "Picture")[0];
    assert!(picture["image"].is_string() && picture.get("bbox").is_none(), "{picture}");
    app.stop().await;
}

async fn pictures_of_image_files_are_cut_too(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let page = PdfBuilder::new().page(|page| {
        page.text(72.0, 100.0, 14.0, Font::Helvetica, "Every word of this page is text.")
    });
    let file = image_file(&scan(page.build(), 150.0), ImageFormat::Png);
    let wish = [("segment_processing", r#"{"Text": {"crop_image": "All"}}"#)];
    let parsed = app.parse(file, &wish).await;
    let cut = segments(&parsed).into_iter().find(|segment| segment.get("image").is_some());
    let link = cut.expect("a segment was cut")["image"].as_str().unwrap();
    let bytes = app.http.get(link).send().await.unwrap().bytes().await.unwrap();
    let picture = image::load_from_memory(&bytes).unwrap().into_luma8();
    assert!(picture.pixels().any(|pixel| pixel.0[0] < 100), "letters are on it");
    app.stop().await;
}
