//! Office files, web pages and Markdown: headings, lists and tables come out, and every job takes
//! them but splitting.

use std::io::Write;

use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::app::{App, Database, file_part, text_of};
use crate::on_both_databases;

on_both_databases!(
    a_word_file_keeps_headings_lists_and_tables,
    web_pages_and_markdown_are_read_by_their_names,
    values_and_chunks_come_out_of_word_files,
    what_is_no_document_or_a_bomb_is_refused,
);

const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// A package of stored parts: a ZIP file without compression (APPNOTE 4.3).
pub(crate) fn package(parts: &[(&str, &str)], stated_bytes: Option<u32>) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in parts {
        let place = u32::try_from(file.len()).unwrap();
        let length = u32::try_from(text.len()).unwrap();
        let name_length = u16::try_from(name.len()).unwrap();
        let mut common = Vec::new();
        common.extend_from_slice(&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        common.extend_from_slice(&crc32(text.as_bytes()).to_le_bytes());
        common.extend_from_slice(&length.to_le_bytes());
        common.extend_from_slice(&stated_bytes.unwrap_or(length).to_le_bytes());
        common.extend_from_slice(&name_length.to_le_bytes());
        file.extend_from_slice(b"PK\x03\x04");
        file.extend_from_slice(&common);
        file.extend_from_slice(&[0, 0]);
        file.extend_from_slice(name.as_bytes());
        file.extend_from_slice(text.as_bytes());
        directory.extend_from_slice(b"PK\x01\x02\x14\0");
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 12]);
        directory.extend_from_slice(&place.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let (count, place) = (u16::try_from(parts.len()).unwrap(), u32::try_from(file.len()).unwrap());
    let length = u32::try_from(directory.len()).unwrap();
    file.extend_from_slice(&directory);
    file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    file.extend_from_slice(&count.to_le_bytes());
    file.extend_from_slice(&count.to_le_bytes());
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(&place.to_le_bytes());
    file.extend_from_slice(&[0, 0]);
    file
}

/// The checksum of ZIP entries, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

fn paragraph(style: &str, text: &str) -> String {
    let style = match style {
        "" => String::new(),
        style => format!("<w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>"),
    };
    format!("<w:p>{style}<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

fn row(cells: &[&str]) -> String {
    let cells: String =
        cells.iter().map(|text| format!("<w:tc>{}</w:tc>", paragraph("", text))).collect();
    format!("<w:tr>{cells}</w:tr>")
}

fn word_parts() -> Vec<(&'static str, String)> {
    let body = [
        paragraph("Heading1", "Delivery Note"),
        paragraph("", "Order number: 4711"),
        paragraph("Heading2", "Goods"),
        format!(
            "<w:tbl>{}{}{}</w:tbl>",
            row(&["Item", "Quantity", "Price"]),
            row(&["Anchor", "2", "10.50"]),
            row(&["Rope &amp; tar", "7", "3.25"])
        ),
        paragraph("", "Thank you."),
    ];
    let types = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let relations = "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"{NAMESPACE}\"><w:body>{}</w:body></w:document>",
        body.concat()
    );
    vec![
        ("[Content_Types].xml", types.to_owned()),
        ("_rels/.rels", relations.to_owned()),
        ("word/document.xml", document),
    ]
}

fn word_file(stated_bytes: Option<u32>) -> Vec<u8> {
    let parts = word_parts();
    let parts: Vec<(&str, &str)> =
        parts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    package(&parts, stated_bytes)
}

async fn parsed(app: &App, body: Vec<u8>, name: &str) -> Value {
    let response = app.post_form(Form::new().part("file", file_part(body, name))).await;
    let created: Value = response.json().await.unwrap();
    let id = created["job_id"].as_str().unwrap_or_else(|| panic!("{created}"));
    app.wait(id).await;
    app.get_json(&format!("/parse/{id}")).await
}

async fn a_word_file_keeps_headings_lists_and_tables(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    // Without a name the package itself tells what it is.
    for name in ["note.docx", "document.pdf"] {
        let parsed = parsed(&app, word_file(None), name).await;
        assert_eq!(parsed["status"], "Succeeded", "{parsed}");
        assert!(parsed["file_type"].as_str().unwrap().ends_with("wordprocessingml.document"));
        assert_eq!((&parsed["page_count"], &parsed["credit_used"]), (&json!(1), &json!(1)));
        let segments = parsed["chunks"][0]["segments"].as_array().unwrap();
        let kinds: Vec<&str> =
            segments.iter().map(|segment| segment["segment_type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["Title", "Text", "SectionHeader", "Table", "Text"]);
        let table = &segments[3];
        assert!(table["html"].as_str().unwrap().contains("Rope &amp; tar"), "{table}");
        assert!(table["markdown"].as_str().unwrap().contains("| Anchor | 2 | 10.50 |"), "{table}");
        for segment in segments {
            assert!(segment.get("bbox").is_none() && segment.get("ocr").is_none(), "{segment}");
            assert!(segment["page_width"].as_f64().unwrap() > 1000.0);
        }
    }
    app.stop().await;
}

async fn web_pages_and_markdown_are_read_by_their_names(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let markdown = "# Notes\n\nSome *words*.\n\n- one\n- two\n\n| A | B |\n|---|---|\n| 1 | 2 |\n";
    let html = "<!DOCTYPE html><html><body><h1>Notes</h1><p>Some <i>words</i>.</p><ul><li>one</li><li>two</li></ul><table><tr><th colspan=\"2\">A</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>";
    for (body, name, media_type) in
        [(markdown, "notes.md", "text/markdown"), (html, "notes.html", "text/html")]
    {
        let parsed = parsed(&app, body.as_bytes().to_vec(), name).await;
        assert_eq!(parsed["file_type"], media_type);
        let text = text_of(&parsed);
        assert!(
            text.contains("# Notes") && text.contains("Some *words*.") && text.contains("- two"),
            "{text}"
        );
        let segments = parsed["chunks"][0]["segments"].as_array().unwrap();
        assert!(segments.iter().any(|segment| segment["segment_type"] == "Table"), "{text}");
    }
    app.stop().await;
}

async fn values_and_chunks_come_out_of_word_files(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let submit = async |path: &str, form: Form| -> Value {
        let request = app.http.post(format!("{}{path}", app.base)).header("api-key", &app.key);
        let created: Value = request.multipart(form).send().await.unwrap().json().await.unwrap();
        let id = created["job_id"].as_str().unwrap_or_else(|| panic!("{created}"));
        app.wait(id).await;
        app.get_json(&format!("/jobs/{id}/result")).await
    };
    let schema = json!({"type": "object", "properties": {"order_number": {"type": "string"}}});
    let form = Form::new()
        .part("pdf_file", file_part(word_file(None), "note.docx"))
        .text("schema_data", schema.to_string())
        .text("enable_citations", "true");
    let extracted = submit("/v2/extract", form).await;
    let field = &extracted["result"]["order_number"];
    assert_eq!(field["value"], "4711", "{extracted}");
    assert_eq!(field["bboxes"], json!([]), "no place is claimed where the file tells none");
    let form = Form::new()
        .part("document_file", file_part(word_file(None), "note.docx"))
        .text("strategy", "page");
    let chunked = submit("/chunking", form).await;
    assert_eq!(chunked["result"]["file_type"], "docx");
    assert_eq!(chunked["result"]["strategy"], "paragraph");
    assert!(chunked["result"]["warnings"][0]["message"].as_str().unwrap().contains("no pages"));
    app.stop().await;
}

async fn what_is_no_document_or_a_bomb_is_refused(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let photos = package(&[("photos/a.txt", "nothing")], None);
    let response = app.post_form(Form::new().part("file", file_part(photos, "photos.zip"))).await;
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("Unsupported file type"));

    let bomb = parsed(&app, word_file(Some(u32::MAX)), "note.docx").await;
    assert_eq!(bomb["status"], "Failed");
    assert!(bomb["error"].as_str().unwrap().contains("limit package_bytes"), "{bomb}");

    let mut torn = word_file(None);
    torn.truncate(300);
    torn.write_all(b"torn").unwrap();
    let torn = parsed(&app, torn, "note.docx").await;
    assert_eq!(torn["status"], "Failed", "{torn}");

    let form = Form::new()
        .part("file", file_part(word_file(None), "note.docx"))
        .text("categories", json!([{"name": "A"}]).to_string());
    let request = app.http.post(format!("{}/splitter", app.base)).header("api-key", &app.key);
    let response = request.multipart(form).send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("File must be a PDF"));
    app.stop().await;
}
