//! The form fields of `POST /parse` as a checked spec: old and new names, every spelling that
//! clients send. Unknown values fall back to the default; a JSON field that is not JSON is refused.

use docket_contract::document::SegmentType;
use docket_contract::spec::{
    ErrorHandling, Layout, OcrMode, OutputFields, PageRange, ParseChunking, ParseSpec,
    SegmentNaming,
};
use serde_json::{Map, Value};

use crate::form::Form;
use crate::problem::Problem;

/// Options that change nothing yet, but are told back in `configuration`, with how they are read.
const ECHOED_BOOLS: [&str; 11] = [
    "use_high_resolution",
    "validate_table_segments",
    "enhanced_table",
    "xml_citation",
    "extract_charts",
    "extract_colors",
    "extract_links",
    "extract_strikethrough",
    "detect_checkboxes",
    "enhance_reading_order",
    "detect_pii",
];
const ECHOED_TEXTS: [&str; 4] = ["ocr_engine", "agentic_ocr", "pii_engine", "pii_block_severity"];
const ECHOED_JSON: [&str; 5] = [
    "validate_segments",
    "segment_analysis",
    "segment_processing",
    "export_format",
    "llm_processing",
];

/// The engines that the wire names.
const OCR_ENGINES: [&str; 3] = ["UnsiloedHawk", "UnsiloedBeta", "UnsiloedStorm"];

/// Reads the options.
pub(crate) fn parse_spec(form: &Form) -> Result<ParseSpec, Problem> {
    Ok(ParseSpec {
        page_range: page_range(form)?,
        layout: match form.first_text(&["layout_analysis", "segmentation_method"]) {
            Some("page_by_page") => Layout::PageByPage,
            _ => Layout::Smart,
        },
        ocr_mode: match form.first_text(&["ocr_strategy", "ocr_mode"]) {
            Some("force_ocr" | "full_ocr") => OcrMode::Force,
            _ => OcrMode::Auto,
        },
        merge_tables: boolean(form, "merge_tables").unwrap_or(false),
        keep_segment_types: form
            .first_text(&["segment_filter", "keep_segment_types"])
            .and_then(segment_types),
        segment_type_naming: match form.text("segment_type_naming") {
            Some("Other") => SegmentNaming::Other,
            _ => SegmentNaming::Unsiloed,
        },
        chunking: chunking(form)?,
        output_fields: output_fields(form)?,
        error_handling: match form.text("error_handling") {
            Some("Fail") => ErrorHandling::Fail,
            _ => ErrorHandling::Continue,
        },
        echoed: echoed(form)?,
    })
}

/// Seconds until the job is deleted, if the client shortens them.
pub(crate) fn expires_in_s(form: &Form) -> Option<u64> {
    form.text("expires_in").and_then(|text| text.parse().ok())
}

fn page_range(form: &Form) -> Result<Option<PageRange>, Problem> {
    let Some(text) = form.text("page_range").filter(|text| !text.eq_ignore_ascii_case("all"))
    else {
        return Ok(None);
    };
    PageRange::parse(text).map(Some).map_err(|error| Problem::bad_request(&error.to_string()))
}

/// The kinds named in a comma list or a JSON list; `None` for all of them.
pub(crate) fn segment_types(text: &str) -> Option<Vec<SegmentType>> {
    let names = text.trim_matches(['[', ']']).split(',').map(|name| name.trim_matches([' ', '"']));
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    if names.is_empty() || names.iter().any(|name| name.eq_ignore_ascii_case("all")) {
        return None;
    }
    Some(names.into_iter().filter_map(SegmentType::from_any_name).collect())
}

fn chunking(form: &Form) -> Result<ParseChunking, Problem> {
    let defaults = ParseChunking::default();
    let Some(given) = object(form, "chunk_processing")? else {
        return Ok(defaults);
    };
    let length = given.get("target_length").and_then(Value::as_u64);
    let ignore = given.get("ignore_headers_and_footers").and_then(Value::as_bool);
    Ok(ParseChunking {
        target_length_words: length
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or(defaults.target_length_words),
        ignore_headers_and_footers: ignore.unwrap_or(defaults.ignore_headers_and_footers),
    })
}

/// `response_profile` beats `output_fields` unless it is `custom`.
fn output_fields(form: &Form) -> Result<OutputFields, Problem> {
    let all = OutputFields::default();
    let given = object(form, "output_fields")?;
    match form.text("response_profile") {
        Some("slim") => {
            return Ok(OutputFields { html: false, ocr: false, ..all });
        }
        Some("full") => return Ok(all),
        _ => {}
    }
    let Some(given) = given else { return Ok(all) };
    let on = |name: &str| given.get(name).and_then(Value::as_bool).unwrap_or(true);
    Ok(OutputFields {
        bbox: on("bbox"),
        confidence: on("confidence"),
        content: on("content"),
        embed: on("embed"),
        html: on("html"),
        markdown: on("markdown"),
        ocr: on("ocr"),
    })
}

fn echoed(form: &Form) -> Result<Map<String, Value>, Problem> {
    let mut echoed = Map::new();
    for name in ECHOED_BOOLS {
        if let Some(value) = boolean(form, name) {
            echoed.insert(name.to_owned(), Value::Bool(value));
        }
    }
    for name in ECHOED_TEXTS {
        if let Some(text) = form.text(name)
            && (name != "ocr_engine" || OCR_ENGINES.contains(&text))
        {
            echoed.insert(name.to_owned(), Value::String(text.to_owned()));
        }
    }
    for name in ECHOED_JSON {
        if let Some(value) = json(form, name)? {
            echoed.insert(name.to_owned(), value);
        }
    }
    Ok(echoed)
}

fn boolean(form: &Form, name: &str) -> Option<bool> {
    form.text(name).and_then(read_boolean)
}

/// `true` and `false` in any case, `1` and `0`.
pub(crate) fn read_boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn json(form: &Form, name: &str) -> Result<Option<Value>, Problem> {
    let Some(text) = form.text(name) else {
        return Ok(None);
    };
    match serde_json::from_str(text) {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(Problem::bad_request(&format!("Invalid {name}: Not a valid JSON"))),
    }
}

fn object(form: &Form, name: &str) -> Result<Option<Map<String, Value>>, Problem> {
    Ok(match json(form, name)? {
        Some(Value::Object(object)) => Some(object),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(fields: &[(&str, &str)]) -> ParseSpec {
        parse_spec(&Form::of(fields)).unwrap()
    }

    #[test]
    fn nothing_given_is_the_default() {
        assert_eq!(spec(&[]), ParseSpec::default());
        assert_eq!(spec(&[("made_up", "x"), ("ocr_engine", "NoSuch")]), ParseSpec::default());
    }

    #[test]
    fn the_new_name_wins() {
        let both = [
            ("segmentation_method", "smart_layout_detection"),
            ("layout_analysis", "page_by_page"),
        ];
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
        assert_eq!(spec(&[("keep_segment_types", "all")]).keep_segment_types, None);
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
    fn options_without_effect_are_kept_for_the_echo() {
        let spec =
            spec(&[("segment_processing", r#"{"Table":{"html":"LLM"}}"#), ("detect_pii", "TRUE")]);
        assert_eq!(spec.echoed["segment_processing"]["Table"]["html"], "LLM");
        assert_eq!(spec.echoed["detect_pii"], true);
    }
}
