//! Options in every spelling that clients send.

use docket_contract::document::SegmentType;
use docket_contract::fields::SUBMIT;
use docket_contract::spec::{
    ChunkStrategy, ContentSource, ErrorHandling, ExportFormat, Layout, ModelTier, OcrMode,
    OutputFields, WordDetails,
};

use super::*;

/// Bytes of a schema or of a list of categories as the client sends it.
const SPEC_BYTES_MAX: usize = 256 * 1024;

fn spec(fields: &[(&str, &str)]) -> ParseSpec {
    parse_spec(&Form::of(fields)).unwrap()
}

#[test]
fn nothing_given_is_the_default() {
    assert_eq!(spec(&[]), ParseSpec::default());
    let unknown = spec(&[("made_up", "x"), ("ocr_engine", "NoSuch")]);
    assert_eq!(ParseSpec { warnings: Vec::new(), ..unknown }, ParseSpec::default());
}

#[test]
fn the_new_name_wins() {
    let both =
        [("segmentation_method", "smart_layout_detection"), ("layout_analysis", "page_by_page")];
    assert_eq!(spec(&both).layout, Layout::PageByPage);
    assert_eq!(spec(&[("ocr_mode", "full_ocr")]).ocr_mode, OcrMode::Force);
}

#[test]
fn booleans_in_every_spelling() {
    for word in ["true", "True", "TRUE", "1"] {
        assert!(spec(&[("merge_tables", word)]).merge_tables, "{word}");
    }
    assert!(!spec(&[("merge_tables", "nonsense")]).merge_tables);
}

#[test]
fn segment_filters_ignore_case() {
    let want = Some(vec![SegmentType::Text, SegmentType::SectionHeader]);
    for text in ["text,sectionheader", "TEXT, SECTIONHEADER", r#"["Text","SectionHeader"]"#] {
        assert_eq!(spec(&[("keep_segment_types", text)]).keep_segment_types, want, "{text}");
    }
    for all in ["all", "", "nonsense", "nonsense,All"] {
        assert_eq!(spec(&[("keep_segment_types", all)]).keep_segment_types, None, "{all}");
    }
    let known = spec(&[("keep_segment_types", "nonsense,Signature")]).keep_segment_types;
    assert_eq!(known, Some(Vec::new()), "a kind that no document here has");
}

#[test]
fn profiles_beat_fields() {
    let fields = ("output_fields", r#"{"html":false,"bbox":false}"#);
    let custom = spec(&[fields, ("response_profile", "custom")]).output_fields;
    assert!(!custom.html && !custom.bbox && custom.ocr);
    assert_eq!(
        spec(&[fields, ("response_profile", "full")]).output_fields,
        OutputFields::default()
    );
}

#[test]
fn bad_json_and_bad_pages_are_refused() {
    for (name, text) in [
        ("segment_analysis", "{nope"),
        ("chunk_processing", "x"),
        ("output_fields", "{"),
        ("page_range", "5-1"),
    ] {
        assert!(parse_spec(&Form::of(&[(name, text)])).is_err(), "{name}");
    }
}

#[test]
fn options_have_a_limit_together() {
    let long = format!("\"{}\"", "x".repeat(200 * 1024));
    let one = parse_spec(&Form::of(&[("llm_processing", &long)])).unwrap();
    assert!(
        parse_spec(&Form::of(&[("llm_processing", &long), ("validate_segments", &long)])).is_err()
    );
    // A rerun keeps what the first submit asked for.
    assert!(parse_spec_over(&Form::of(&[("validate_segments", &long)]), one).is_err());
    let pages: Vec<String> = (0..60_000).map(|page| (2 * page + 1).to_string()).collect();
    assert!(parse_spec(&Form::of(&[("page_range", &pages.join(","))])).is_err());
}

#[test]
fn what_is_not_given_anew_stays() {
    let base = spec(&[
        ("page_range", "2-3"),
        ("layout_analysis", "page_by_page"),
        ("ocr_mode", "force_ocr"),
        ("merge_tables", "true"),
        ("keep_segment_types", "Text"),
        ("output_fields", r#"{"html":false}"#),
        ("chunk_processing", r#"{"target_length":7,"ignore_headers_and_footers":true}"#),
        ("error_handling", "Fail"),
        ("ocr_engine", "UnsiloedBeta"),
    ]);
    assert_eq!(parse_spec_over(&Form::of(&[]), base.clone()).unwrap(), base);
    let unknown = [("layout_analysis", "sideways"), ("error_handling", "Pray")];
    let over = parse_spec_over(&Form::of(&unknown), base.clone()).unwrap();
    assert_eq!(ParseSpec { warnings: Vec::new(), ..over }, base);
    let anew = [
        ("page_range", "all"),
        ("segmentation_strategy", "LayoutAnalysis"),
        ("ocr_strategy", "Auto"),
        ("merge_tables", "false"),
        ("segment_filter", "all"),
        ("response_profile", "full"),
        ("chunk_processing", r#"{"target_length":9}"#),
        ("high_resolution", "true"),
    ];
    let changed = parse_spec_over(&Form::of(&anew), base).unwrap();
    assert_eq!((changed.page_range, changed.keep_segment_types), (None, None));
    assert_eq!((changed.layout, changed.ocr_mode), (Layout::Smart, OcrMode::Auto));
    assert_eq!(changed.output_fields, OutputFields::default());
    assert_eq!(changed.chunking.target_length_words, 9);
    assert!(changed.chunking.ignore_headers_and_footers && !changed.merge_tables);
    assert_eq!(changed.error_handling, ErrorHandling::Fail);
    assert_eq!(changed.echoed["ocr_engine"], "UnsiloedBeta");
    assert_eq!(changed.echoed["high_resolution"], true);
}

#[test]
fn options_without_effect_are_kept_for_the_echo() {
    let spec =
        spec(&[("segment_processing", r#"{"Table":{"html":"LLM"}}"#), ("detect_pii", "TRUE")]);
    assert_eq!(spec.echoed["segment_processing"]["Table"]["html"], "LLM");
    assert_eq!(spec.echoed["detect_pii"], true);
}

#[test]
fn files_checkboxes_and_the_bibliography() {
    let asked = spec(&[
        ("export_format", r#"["markdown","DOCX","odt",7]"#),
        ("detect_checkboxes", "True"),
        ("xml_citation", "1"),
    ]);
    assert_eq!(asked.exports, [ExportFormat::Docx, ExportFormat::Markdown]);
    assert!(asked.checkboxes && asked.bibliography);
    assert_eq!(asked.echoed["export_format"], serde_json::json!(["markdown", "DOCX", "odt", 7]));
    assert_eq!(spec(&[("export_format", r#""json""#)]).exports, [ExportFormat::Json]);
    let none = parse_spec_over(&Form::of(&[("export_format", "[]")]), asked).unwrap();
    assert!(none.exports.is_empty() && none.checkboxes);
    assert!(parse_spec(&Form::of(&[("export_format", "docx")])).is_err(), "it is no JSON");
}

#[test]
fn content_sources_links_and_colours() {
    let spec = spec(&[
        ("segment_analysis", r#"{"Table":{"content_source":"HTML"},"Text":{"html":"LLM"}}"#),
        ("extract_links", "true"),
        ("extract_colors", "1"),
    ]);
    assert_eq!(spec.content_sources, [(SegmentType::Table, ContentSource::Html)]);
    assert_eq!(spec.word_details, WordDetails { links: true, colors: true });
    assert_eq!(spec.echoed["segment_analysis"]["Table"]["content_source"], "HTML");
}

#[test]
fn schemas() {
    let good = r#"{"type":"object","properties":{"b":{},"a":{}}}"#;
    let spec =
        extract_spec(&Form::of(&[("schema_data", good), ("model", "omega")]), false).unwrap();
    let names: Vec<&String> = spec.schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["b", "a"], "the order of keys is part of the answer");
    assert_eq!((spec.model, spec.citations), (ModelTier::Gamma, false));
    for bad in ["{not json", "[\"a\"]", r#"{"type":"array"}"#, r#"{"type":"object"}"#] {
        assert!(extract_spec(&Form::of(&[("schema_data", bad)]), false).is_err(), "{bad}");
    }
    assert!(extract_spec(&Form::of(&[]), false).is_err());
}

#[test]
fn schemas_and_categories_have_a_limit() {
    let schema = |bytes: usize| {
        let frame = r#"{"type":"object","properties":{"a":{}},"title":""}"#;
        frame.replace(r#""title":""#, &format!(r#""title":"{}"#, "t".repeat(bytes - frame.len())))
    };
    let read = |text: &str| extract_spec(&Form::of(&[("schema_data", text)]), false);
    assert!(read(&schema(SPEC_BYTES_MAX)).is_ok());
    assert!(read(&schema(SPEC_BYTES_MAX + 1)).is_err());
    let list = |entries: usize| {
        let entry = format!(r#"{{"name":"N","description":"{}"}}"#, "d".repeat(9000));
        let named = (0..entries).map(|n| entry.replacen("\"N\"", &format!("\"{n}\""), 1));
        format!("[{}]", named.collect::<Vec<_>>().join(","))
    };
    let read = |text: &str| classify_spec(&Form::of(&[("categories", text)]));
    assert!(read(&list(28)).is_ok());
    assert!(read(&list(30)).is_err());
    let named = [("schema_data", schema(100)), ("schema_name", "n".repeat(10_001))];
    let named = named.each_ref().map(|(name, text)| (*name, text.as_str()));
    assert!(extract_spec(&Form::of(&named), false).is_err());
}

#[test]
fn category_spellings() {
    let read = |text: &str| classify_spec(&Form::of(&[("categories", text)]));
    let spec = read(r#"["A", {"name":" B ","description":"b"}, {"name":"C"}]"#).unwrap();
    let names: Vec<&str> = spec.categories.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["A", "B", "C"]);
    assert_eq!(spec.categories[1].description.as_deref(), Some("b"));
    for bad in ["{nope", "[]", "{\"a\":1}", "[{\"description\":\"x\"}]", "[1]", "[\"A\",\"A\"]"] {
        assert!(read(bad).is_err(), "{bad}");
    }
    assert!(classify_spec(&Form::of(&[("conditions", "[\"A\"]")])).is_ok());
}

#[test]
fn chunk_numbers() {
    let read = |fields: &[(&str, &str)]| chunk_spec(&Form::of(fields));
    let spec = read(&[]).unwrap();
    assert_eq!(
        (spec.strategy, spec.chunk_chars, spec.overlap_chars),
        (ChunkStrategy::Semantic, 1000, 100)
    );
    assert_eq!(read(&[("strategy", "zchunk")]).unwrap().strategy, ChunkStrategy::Semantic);
    for bad in [
        &[("strategy", "sideways")][..],
        &[("chunk_size", "0")],
        &[("overlap", "-1")],
        &[("chunk_size", "100"), ("overlap", "100")],
    ] {
        assert!(read(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn pictures_are_cut_by_type() {
    let cropped = |fields: &[(&str, &str)]| spec(fields).cropped_types;
    assert_eq!(cropped(&[]), [SegmentType::Picture]);
    let old =
        ("segment_analysis", r#"{"Table":{"crop_image":"All"},"Picture":{"crop_image":"None"}}"#);
    assert_eq!(cropped(&[old]), [SegmentType::Table]);
    let new = ("segment_processing", r#"{"Table":{"crop_image":"Auto"}}"#);
    assert_eq!(cropped(&[old, new]), [SegmentType::Picture]);
    let off = ("output_fields", r#"{"image":false}"#);
    assert_eq!(cropped(&[old, off]), []);
    assert_eq!(cropped(&[old, off, ("response_profile", "full")]), [SegmentType::Table]);
}

#[test]
fn long_passwords_are_refused() {
    let read = |length: usize| {
        submit_options(SUBMIT, &Form::of(&[("password", "p".repeat(length).as_str())]))
    };
    assert_eq!(read(1024).unwrap().password.map(|text| text.len()), Some(1024));
    assert!(read(1025).is_err());
    assert_eq!(read(0).unwrap().password, None);
}

fn warned(warnings: &[docket_contract::Warning]) -> Vec<&str> {
    warnings.iter().map(|warning| warning.message.as_str()).collect()
}

#[test]
fn unknown_values_name_the_field_and_what_it_knows() {
    let unknown = spec(&[("ocr_mode", "banana"), ("merge_tables", "perhaps")]);
    assert_eq!(
        warned(&unknown.warnings),
        [
            "ocr_mode: \"banana\" is unknown and changed nothing; known: auto_detection, auto_ocr, \
             force_ocr, full_ocr, Auto, All",
            "merge_tables: \"perhaps\" is unknown and changed nothing; known: true, false",
        ]
    );
    assert_eq!(ParseSpec { warnings: Vec::new(), ..unknown }, ParseSpec::default());
    for (name, text, count) in [
        ("keep_segment_types", "Table,nonsense,Signature", 1),
        ("export_format", r#"["docx","odt",7]"#, 2),
        ("output_fields", r#"{"bbox":false,"bboxes":false}"#, 1),
        ("output_fields", "[]", 1),
        ("chunk_processing", r#"{"target_length":7,"tokenizer":{"Enum":"Word"},"size":1}"#, 1),
        ("segment_analysis", r#"{"Tabel":{},"Text":{"content_source":"pdf","html":"Auto"}}"#, 2),
        ("merge_batch_size", "-1", 1),
        ("response_profile", "custom", 0),
        ("agentic_ocr", "whatever", 0),
    ] {
        let warnings = spec(&[(name, text)]).warnings;
        assert_eq!(warnings.len(), count, "{name}={text}: {warnings:?}");
        assert!(warned(&warnings).iter().all(|message| message.starts_with(name)));
    }
    let schema = ("schema_data", r#"{"type":"object","properties":{"a":{}}}"#);
    let extract = extract_spec(&Form::of(&[schema, ("model", "omega")]), false).unwrap();
    assert_eq!(warned(&extract.warnings).len(), 1);
    let again = parse_spec_over(&Form::of(&[]), spec(&[("ocr_mode", "banana")])).unwrap();
    assert!(again.warnings.is_empty(), "warnings are of one request");
}
