//! Options of a parse that are told apart at the boundary: tables over the ends of pages in both
//! forms, filters, and what is said of options that nobody carries out.

use docket_testkit::pdf::fixtures;
use serde_json::{Value, json};

use crate::app::{App, Database, letter};
use crate::on_both_databases;

on_both_databases!(
    tables_are_joined_or_apart_as_the_reader_asks,
    filters_of_a_reader_are_told_and_keep_embed,
    options_without_effect_are_told,
    unknown_options_are_reported_with_the_result,
);

fn table_on_two_pages() -> Vec<u8> {
    let mut tables = fixtures::tables().into_iter();
    tables.find(|(name, _)| name.ends_with("two_pages.pdf")).unwrap().1
}

fn segments<'v>(parsed: &'v Value, kind: &str) -> Vec<&'v Value> {
    let chunks = parsed["chunks"].as_array().unwrap().iter();
    let segments = chunks.flat_map(|chunk| chunk["segments"].as_array().unwrap());
    segments.filter(|segment| segment["segment_type"] == kind).collect()
}

/// Pages, contents and pages of the parts of all tables.
fn tables(parsed: &Value) -> Value {
    let told = |table: &&Value| {
        let places = table.get("merged_page_bboxes").and_then(Value::as_array);
        let pages = places.map(|places| places.iter().map(|place| &place["page_number"]).collect());
        let content = table["content"].as_str().unwrap().lines().collect::<Vec<_>>();
        let pages: Vec<&Value> = pages.unwrap_or_default();
        json!([table["page_number"], content.len(), pages])
    };
    segments(parsed, "Table").iter().map(told).collect()
}

async fn tables_are_joined_or_apart_as_the_reader_asks(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let (apart, joined) = (json!([[1, 4, []], [2, 3, []]]), json!([[1, 6, [1, 2]]]));
    for (asked, first) in [("false", &apart), ("true", &joined)] {
        let crop = ("segment_analysis", r#"{"Table":{"crop_image":"All"}}"#);
        let fields =
            [("merge_tables", asked), ("chunk_processing", r#"{"target_length":0}"#), crop];
        let parsed = app.parse(table_on_two_pages(), &fields).await;
        assert_eq!(&tables(&parsed), first, "submit {asked}");
        let path = format!("/parse/{}", parsed["job_id"].as_str().unwrap());
        for (query, want) in [("false", &apart), ("true", &joined), ("perhaps", first)] {
            let read = app.get_json(&format!("{path}?merge_tables={query}")).await;
            assert_eq!(&tables(&read), want, "submit {asked}, read {query}");
            assert_eq!(read["merge_tables"], json!(want == &joined));
            assert_eq!(read["total_chunks"], read["chunks"].as_array().unwrap().len());
            for table in segments(&read, "Table") {
                let picture = app.http.get(table["image"].as_str().unwrap()).send().await.unwrap();
                assert_eq!(picture.headers()["content-type"], "image/png");
            }
        }
        let request = app.http.get(format!("{}{path}", app.base)).header("api-key", &app.key);
        let answer = request.header("merge-tables", "true").send().await.unwrap();
        assert_eq!(tables(&answer.json().await.unwrap()), joined, "as a header");
        let none = app.get_json(&format!("{path}?merge_tables=true&segment_filter=Text")).await;
        assert_eq!(tables(&none), json!([]), "a filter is stronger");
    }
    let fields = [("merge_tables", "true"), ("output_fields", r#"{"bbox":false}"#)];
    let parsed = app.parse(table_on_two_pages(), &fields).await;
    assert_eq!(tables(&parsed), json!([[1, 6, []]]), "no boxes where none are wanted");
    app.stop().await;
}

async fn filters_of_a_reader_are_told_and_keep_embed(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let moved = ("segment_analysis", r#"{"Text":{"content_source":"HTML"}}"#);
    let parsed = app.parse(letter(), &[moved]).await;
    let path = format!("/parse/{}", parsed["job_id"].as_str().unwrap());
    let texts = app.get_json(&format!("{path}?keep_segment_types=Text,Table")).await;
    assert_eq!(texts["metadata"]["keep_segment_types"], "Text,Table");
    let embed = texts["chunks"][0]["embed"].as_str().unwrap();
    assert!(embed.starts_with("<p>"), "what stands in content: {embed}");
    let unknown = app.get_json(&format!("{path}?keep_segment_types=nonsense")).await;
    assert_eq!(unknown["chunks"], parsed["chunks"], "an unknown word is the default");
    let unmade = app.get_json(&format!("{path}?keep_segment_types=Signature")).await;
    assert_eq!(unmade["total_chunks"], 0);
    app.stop().await;
}

async fn options_without_effect_are_told(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let told = |parsed: &Value| -> Vec<String> {
        let warnings = parsed["metadata"].get("warnings").and_then(Value::as_array);
        let of_options =
            warnings.into_iter().flatten().filter(|one| one["code"] == "option_unsupported");
        let words =
            of_options.map(|one| one["message"].as_str().unwrap().split(' ').next().unwrap());
        words.map(str::to_owned).collect()
    };
    let fields = [
        ("segment_analysis", r#"{"Table":{"html":"LLM"}}"#),
        ("detect_pii", "true"),
        ("extract_charts", "false"),
        ("page_range", "1"),
    ];
    let parsed = app.parse(letter(), &fields).await;
    assert_eq!(told(&parsed), ["segment_analysis", "detect_pii"]);
    assert_eq!(parsed["configuration"]["page_range"], "1");
    let path = format!("/parse/{}", parsed["job_id"].as_str().unwrap());
    let enhanced = app.get_json(&format!("{path}?enhanced_table=true")).await;
    assert_eq!(told(&enhanced), ["segment_analysis", "detect_pii", "enhanced_table"]);
    let plain = app.parse(letter(), &[]).await;
    assert_eq!(told(&plain), [""; 0]);
    app.stop().await;
}

/// The messages of `option_unknown`.
fn unknown(warnings: &Value) -> Vec<&str> {
    let all = warnings.as_array().into_iter().flatten();
    let unknown = all.filter(|one| one["code"] == "option_unknown");
    unknown.map(|one| one["message"].as_str().unwrap()).collect()
}

async fn unknown_options_are_reported_with_the_result(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let mistakes =
        [("page_rang", "1"), ("ocr_mode", "banana"), ("_", ""), ("merge_tables", "true")];
    let parsed = app.parse(letter(), &mistakes).await;
    let messages = unknown(&parsed["metadata"]["warnings"]);
    let [value, field] = messages[..] else { panic!("{messages:?}") };
    assert!(field.contains("\"page_rang\" is not a field"), "{field}");
    assert!(value.starts_with("ocr_mode: \"banana\"") && value.contains("force_ocr"), "{value}");
    assert_eq!(parsed["configuration"]["ocr_mode"], "auto_detection", "the default");
    let id = parsed["job_id"].as_str().unwrap();
    let file = app.get_json(&format!("/parse/{id}?output_file=true")).await;
    let link = file["result"]["output_file_url"].as_str().unwrap();
    let stored: Value = app.http.get(link).send().await.unwrap().json().await.unwrap();
    assert_eq!(unknown(&stored["warnings"]).len(), 2, "the result keeps them");

    // As one published client sends a parse of its own.
    let usual = [("_", ""), ("enhanced_table", "false"), ("ocr_engine", "UnsiloedHawk")];
    let parsed = app.parse(letter(), &usual).await;
    assert!(unknown(&parsed["metadata"]["warnings"]).is_empty(), "{}", parsed["metadata"]);

    let schema = r#"{"type":"object","properties":{"total":{"type":"number"}}}"#;
    for (path, read, option, warnings) in [
        ("/v2/extract", "/extract/", ("schema_data", schema), "/metadata/warnings"),
        ("/classify", "/classify/", ("categories", r#"["A","B"]"#), "/result/warnings"),
        ("/splitter", "/splitter/", ("categories", r#"["A","B"]"#), "/result/warnings"),
        ("/chunking", "/jobs/", ("strategy", "page"), "/result/warnings"),
    ] {
        for (mistake, count) in [("enable_citation", 1), ("expires_in", 0)] {
            let part = crate::app::file_part(letter(), "a.pdf");
            let form = reqwest::multipart::Form::new().part("file", part);
            let form = form.text(option.0, option.1).text(mistake, "60");
            let request = app.http.post(format!("{}{path}", app.base)).header("api-key", &app.key);
            let answer = request.multipart(form).send().await.unwrap();
            let created: Value = answer.json().await.unwrap();
            let id = created["job_id"].as_str().unwrap_or_else(|| panic!("{path}: {created}"));
            app.wait(id).await;
            let result = if path == "/chunking" { "/result" } else { "" };
            let done = app.get_json(&format!("{read}{id}{result}")).await;
            let none = json!([]);
            let listed = done.pointer(warnings).unwrap_or(&none);
            assert_eq!(unknown(listed).len(), count, "{path} {mistake}: {done}");
        }
    }
    app.stop().await;
}
