//! Workbooks and slides, made by hand: XLSX, XLS and PPTX through the server.

use reqwest::StatusCode;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::app::{App, Database, file_part};
use crate::office::package;
use crate::on_both_databases;

on_both_databases!(
    a_workbook_has_a_page_for_each_sheet,
    long_tables_are_cut_where_the_request_says,
    a_workbook_of_an_older_program_is_read_too,
    slides_keep_their_titles_and_lists,
    a_workbook_that_ends_early_fails_and_says_so,
);

const SCHEMAS: &str = "http://schemas.openxmlformats.org";

/// The parts of a package: the types, and for each part that has some its relations.
fn relations(of: &[(&str, &str)]) -> String {
    let one = |(index, (kind, target)): (usize, &(&str, &str))| {
        format!(
            "<Relationship Id=\"rId{}\" Type=\"{SCHEMAS}/officeDocument/2006/relationships/{kind}\" \
             Target=\"{target}\"/>",
            index + 1
        )
    };
    let all: String = of.iter().enumerate().map(one).collect();
    format!("<Relationships xmlns=\"{SCHEMAS}/package/2006/relationships\">{all}</Relationships>")
}

fn sheet(rows: &[&[&str]]) -> String {
    let cell = |(column, text): (usize, &&str), row: usize| {
        let place = format!("{}{row}", char::from(b'A' + u8::try_from(column).unwrap()));
        match text.parse::<f64>() {
            Ok(number) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
            Err(_) => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        }
    };
    let row = |(index, cells): (usize, &&[&str])| {
        let cells: String = cells.iter().enumerate().map(|one| cell(one, index + 1)).collect();
        format!("<row r=\"{}\">{cells}</row>", index + 1)
    };
    let rows: String = rows.iter().enumerate().map(row).collect();
    format!(
        "<worksheet xmlns=\"{SCHEMAS}/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
    )
}

const OIL: [&[&str]; 3] = [&["Month", "Litres"], &["January", "110"], &["February", "98.5"]];
const WICKS: [&[&str]; 2] = [&["Keeper", "Wicks"], &["Lena", "7"]];

fn xlsx() -> Vec<u8> {
    let book = format!(
        "<workbook xmlns=\"{SCHEMAS}/spreadsheetml/2006/main\" \
         xmlns:r=\"{SCHEMAS}/officeDocument/2006/relationships\"><sheets>\
         <sheet name=\"Oil\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"Wicks\" sheetId=\"2\" r:id=\"rId2\"/>\
         </sheets></workbook>"
    );
    let (oil, wicks) = (sheet(&OIL), sheet(&WICKS));
    let sheets = relations(&[
        ("worksheet", "worksheets/sheet1.xml"),
        ("worksheet", "worksheets/sheet2.xml"),
    ]);
    package(
        &[
            ("[Content_Types].xml", "<Types/>"),
            ("_rels/.rels", &relations(&[("officeDocument", "xl/workbook.xml")])),
            ("xl/workbook.xml", &book),
            ("xl/_rels/workbook.xml.rels", &sheets),
            ("xl/worksheets/sheet1.xml", &oil),
            ("xl/worksheets/sheet2.xml", &wicks),
        ],
        None,
    )
}

async fn long_tables_are_cut_where_the_request_says(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let rows = async |path: &str, fields: &[(&'static str, &'static str)]| -> Vec<usize> {
        let form = Form::new().part("file", file_part(xlsx(), "oil.xlsx"));
        let form = fields.iter().fold(form, |form, (name, value)| form.text(*name, *value));
        let request = app.http.post(format!("{}{path}", app.base)).header("api-key", &app.key);
        let created: Value = request.multipart(form).send().await.unwrap().json().await.unwrap();
        let id = created["job_id"].as_str().unwrap();
        app.wait(id).await;
        let parsed = app.get_json(&format!("/parse/{id}?keep_segment_types=Table")).await;
        let chunks = parsed["chunks"].as_array().unwrap().iter();
        let tables = chunks.flat_map(|chunk| chunk["segments"].as_array().unwrap());
        tables
            .map(|table| {
                let html = table["html"].as_str().unwrap();
                assert_eq!(html.matches("<th>").count(), 2, "each has the head: {html}");
                html.matches("<tr>").count()
            })
            .collect()
    };
    assert_eq!(rows("/parse/excel", &[("max_rows_per_segment", "2")]).await, [2, 2, 2]);
    assert_eq!(rows("/parse/excel", &[]).await, [3, 2]);
    let whole = [("max_rows_per_segment", "2"), ("split_large_tables", "false")];
    assert_eq!(rows("/parse/excel", &whole).await, [3, 2]);
    let elsewhere = [("max_rows_per_segment", "2"), ("merge_tables", "true")];
    assert_eq!(rows("/parse", &elsewhere).await, [3, 2], "sheets are no pages of one table");
    app.stop().await;
}

/// A record of BIFF8 ([MS-XLS] 2.1.4).
fn record(kind: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), payload].concat()
}

/// The stream of a workbook with one sheet.
fn biff(rows: &[&[&str]]) -> Vec<u8> {
    let begin =
        |what: u8| record(0x0809, &[0, 6, what, 0, 0xDB, 0x0D, 0xCC, 7, 0, 0, 0, 0, 6, 0, 0, 0]);
    let end = record(0x000A, &[]);
    let name = [&[0, 0, 0, 0, 0, 0, 3, 0][..], b"Oil"].concat();
    let length = begin(5).len() + record(0x0085, &name).len() + end.len();
    let place = u32::try_from(length).unwrap().to_le_bytes();
    let named = [&place[..], &name[4..]].concat();
    let mut stream = [begin(5), record(0x0085, &named), end.clone(), begin(16)].concat();
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            let at = [u8::try_from(row).unwrap(), 0, u8::try_from(column).unwrap(), 0, 0, 0];
            let cell = match text.parse::<f64>() {
                Ok(number) => record(0x0203, &[&at[..], &number.to_le_bytes()].concat()),
                Err(_) => {
                    let length = u8::try_from(text.len()).unwrap();
                    record(0x0204, &[&at[..], &[length, 0, 0], text.as_bytes()].concat())
                }
            };
            stream.extend(cell);
        }
    }
    stream.extend(end);
    stream
}

/// A compound file ([MS-CFB]) with one stream, which is long enough to stand in sectors of its own.
fn xls() -> Vec<u8> {
    const SECTOR: usize = 512;
    const STREAM_SECTORS: u32 = 8;
    const END: u32 = 0xFFFF_FFFE;
    const FREE: u32 = 0xFFFF_FFFF;
    let words = |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|w| w.to_le_bytes()).collect() };
    let mut header = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    header.resize(24, 0);
    header.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    // No directory count in this version, one sector of the table, the directory in sector 1.
    header.extend(words(&[0, 1, 1, 0, 4096, END, 0, END, 0, 0]));
    header.resize(SECTOR, 0xFF);
    let mut table = vec![0xFFFF_FFFD, END];
    table.extend(3..2 + STREAM_SECTORS);
    table.push(END);
    table.resize(SECTOR / 4, FREE);
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: u32| -> Vec<u8> {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let name_bytes = u8::try_from(entry.len() + 2).unwrap();
        entry.resize(64, 0);
        entry.extend([name_bytes, 0, kind, 1]);
        entry.extend(words(&[FREE, FREE, child]));
        entry.resize(116, 0);
        entry.extend(words(&[start, size, 0]));
        entry
    };
    let mut directory = entry("Root Entry", 5, 1, END, 0);
    directory.extend(entry("Workbook", 2, FREE, 2, STREAM_SECTORS * 512));
    directory.resize(SECTOR, 0);
    let mut stream = biff(&OIL);
    stream.resize(STREAM_SECTORS as usize * SECTOR, 0);
    [header, words(&table), directory, stream].concat()
}

fn pptx() -> Vec<u8> {
    let shape = |kind: &str, paragraphs: &[&str]| {
        let paragraph = |text: &&str| format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>");
        let paragraphs: String = paragraphs.iter().map(paragraph).collect();
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"x\"/><p:cNvSpPr/><p:nvPr><p:ph type=\"{kind}\"/>\
             </p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>{paragraphs}</p:txBody></p:sp>"
        )
    };
    let slide = |title: &str, body: &[&str]| {
        format!(
            "<p:sld xmlns:p=\"{SCHEMAS}/presentationml/2006/main\" \
             xmlns:a=\"{SCHEMAS}/drawingml/2006/main\"><p:cSld><p:spTree>{}{}</p:spTree></p:cSld></p:sld>",
            shape("title", &[title]),
            shape("body", body)
        )
    };
    let deck = format!(
        "<p:presentation xmlns:p=\"{SCHEMAS}/presentationml/2006/main\" \
         xmlns:r=\"{SCHEMAS}/officeDocument/2006/relationships\"><p:sldIdLst>\
         <p:sldId id=\"256\" r:id=\"rId1\"/><p:sldId id=\"257\" r:id=\"rId2\"/></p:sldIdLst>\
         <p:sldSz cx=\"9144000\" cy=\"6858000\"/></p:presentation>"
    );
    let slides = relations(&[("slide", "slides/slide1.xml"), ("slide", "slides/slide2.xml")]);
    package(
        &[
            ("[Content_Types].xml", "<Types/>"),
            ("_rels/.rels", &relations(&[("officeDocument", "ppt/presentation.xml")])),
            ("ppt/presentation.xml", &deck),
            ("ppt/_rels/presentation.xml.rels", &slides),
            ("ppt/slides/slide1.xml", &slide("The harbour", &["Two quays", "One light"])),
            ("ppt/slides/slide2.xml", &slide("The keepers", &["Lena"])),
        ],
        None,
    )
}

async fn parsed(app: &App, path: &str, body: Vec<u8>, name: &str) -> Value {
    let form = Form::new().part("file", file_part(body, name));
    let request = app.http.post(format!("{}{path}", app.base)).header("api-key", &app.key);
    let response = request.multipart(form).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let created: Value = response.json().await.unwrap();
    let id = created["job_id"].as_str().unwrap();
    app.wait(id).await;
    app.get_json(&format!("/parse/{id}")).await
}

/// Kind, page and text of all segments.
fn found(parsed: &Value) -> Vec<(String, u64, String)> {
    let chunks = parsed["chunks"].as_array().unwrap_or_else(|| panic!("{parsed}")).iter();
    let segments = chunks.flat_map(|chunk| chunk["segments"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    segments
        .map(|one| {
            let page = one["page_number"].as_u64().unwrap();
            (text(&one["segment_type"]), page, text(&one["content"]))
        })
        .collect()
}

fn tables(parsed: &Value) -> Vec<(u64, String)> {
    let tables = found(parsed).into_iter().filter(|(kind, ..)| kind == "Table");
    tables.map(|(_, page, text)| (page, text)).collect()
}

async fn a_workbook_has_a_page_for_each_sheet(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    for path in ["/parse", "/parse/excel"] {
        let parsed = parsed(&app, path, xlsx(), "oil.xlsx").await;
        assert_eq!((&parsed["status"], &parsed["page_count"]), (&json!("Succeeded"), &json!(2)));
        assert_eq!(parsed["credit_used"], 2);
        assert!(parsed["file_type"].as_str().unwrap().ends_with("spreadsheetml.sheet"));
        assert_eq!(
            tables(&parsed),
            [
                (1, "Month\tLitres\nJanuary\t110\nFebruary\t98.5".to_owned()),
                (2, "Keeper\tWicks\nLena\t7".to_owned())
            ]
        );
    }
    app.stop().await;
}

async fn a_workbook_of_an_older_program_is_read_too(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let parsed = parsed(&app, "/parse/excel", xls(), "oil.xls").await;
    assert_eq!((&parsed["status"], &parsed["page_count"]), (&json!("Succeeded"), &json!(1)));
    assert_eq!(parsed["file_type"], "application/vnd.ms-excel");
    let tables = tables(&parsed);
    assert_eq!(tables, [(1, "Month\tLitres\nJanuary\t110\nFebruary\t98.5".to_owned())]);
    app.stop().await;
}

async fn slides_keep_their_titles_and_lists(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let parsed = parsed(&app, "/parse", pptx(), "harbour.pptx").await;
    assert_eq!((&parsed["status"], &parsed["page_count"]), (&json!("Succeeded"), &json!(2)));
    assert!(parsed["file_type"].as_str().unwrap().ends_with("presentationml.presentation"));
    let found = found(&parsed);
    let headings: Vec<(u64, &str)> = found
        .iter()
        .filter(|(kind, ..)| kind == "Title" || kind == "SectionHeader")
        .map(|(_, page, text)| (*page, text.as_str()))
        .collect();
    assert_eq!(headings, [(1, "The harbour"), (2, "The keepers")]);
    let body: String =
        found.iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>().join("\n");
    for text in ["Two quays", "One light", "Lena"] {
        assert!(body.contains(text), "{body}");
    }
    app.stop().await;
}

async fn a_workbook_that_ends_early_fails_and_says_so(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    for (name, mut body) in [("oil.xlsx", xlsx()), ("oil.xls", xls())] {
        body.truncate(body.len() / 2);
        let created = app.post_form(Form::new().part("file", file_part(body, name))).await;
        let created: Value = created.json().await.unwrap();
        let job = app.wait(created["job_id"].as_str().unwrap()).await;
        assert_eq!(job["status"], "FAILED", "{name}: {job}");
        assert!(!job["error"].as_str().unwrap().is_empty(), "{job}");
    }
    app.stop().await;
}
