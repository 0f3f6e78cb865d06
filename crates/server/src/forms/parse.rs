//! The form fields of `POST /parse` as a checked spec: old and new names, every spelling that
//! clients send. Unknown values fall back to the default; a JSON field that is not JSON is refused.

use docket_contract::document::SegmentType;
use docket_contract::spec::{
    ContentSource, ErrorHandling, ExportFormat, Layout, OcrMode, OutputFields, PageRange,
    ParseChunking, ParseSpec, SegmentNaming, WordDetails,
};
use serde_json::{Map, Value};

use crate::forms::body::Form;
use crate::forms::crops::cropped_types;
use crate::forms::limits::{check_stored_size, read_option};
use crate::problem::Problem;

/// Options that are told back in `configuration` as they came, with how they are read. Some of them
/// also change what is done, and are read a second time for that.
const ECHOED_BOOLS: [&str; 10] = [
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
const ECHOED_TEXTS: [&str; 3] = ["agentic_ocr", "pii_engine", "pii_block_severity"];
const ECHOED_JSON: [&str; 5] = [
    "validate_segments",
    "segment_analysis",
    "segment_processing",
    "export_format",
    "llm_processing",
];

/// Those with a closed set of words.
const ECHOED_WORDS: [(&str, &[&str]); 3] = [
    ("ocr_engine", &["UnsiloedHawk", "UnsiloedBeta", "UnsiloedStorm"]),
    ("segmentation_version", &["v1", "v2"]),
    ("response_profile", &["slim", "full", "custom"]),
];

/// The switches of workbooks with their defaults.
const WORKBOOK_BOOLS: [(&str, bool); 7] = [
    ("exclude_hidden", false),
    ("exclude_hidden_cols", true),
    ("exclude_hidden_rows", true),
    ("exclude_hidden_sheets", true),
    ("exclude_styling", true),
    ("exclude_images", false),
    ("split_large_tables", true),
];
const WORKBOOK_ROWS_DEFAULT: u32 = 50;
const CLUSTERINGS: [&str; 3] = ["accurate", "fast", "off"];

/// Reads the options.
pub(crate) fn parse_spec(form: &Form) -> Result<ParseSpec, Problem> {
    parse_spec_over(form, ParseSpec::default())
}

/// Reads the options of a workbook: those of a parse, and switches of its own with their defaults,
/// told back in `configuration`.
pub(crate) fn workbook_spec(form: &Form) -> Result<ParseSpec, Problem> {
    let mut spec = parse_spec(form)?;
    for (name, default) in WORKBOOK_BOOLS {
        let value = boolean(form, name).unwrap_or(default);
        spec.echoed.insert(name.to_owned(), Value::Bool(value));
    }
    let rows = form.text("max_rows_per_segment").and_then(|text| text.parse::<u32>().ok());
    let rows = rows.filter(|rows| *rows > 0).unwrap_or(WORKBOOK_ROWS_DEFAULT);
    let splits = spec.echoed.get("split_large_tables") == Some(&Value::Bool(true));
    spec.table_rows_max = splits.then_some(rows);
    spec.echoed.insert("max_rows_per_segment".to_owned(), Value::from(rows));
    let clustering = form.text("table_clustering").filter(|word| CLUSTERINGS.contains(word));
    let clustering = clustering.unwrap_or(CLUSTERINGS[0]).to_owned();
    spec.echoed.insert("table_clustering".to_owned(), Value::String(clustering));
    Ok(spec)
}

/// Reads the options; what the form does not say, or says in an unknown word, stays as it is.
pub(crate) fn parse_spec_over(form: &Form, base: ParseSpec) -> Result<ParseSpec, Problem> {
    let spec = ParseSpec {
        page_range: page_range(form, base.page_range)?,
        layout: layout(form).unwrap_or(base.layout),
        ocr_mode: ocr_mode(form).unwrap_or(base.ocr_mode),
        merge_tables: boolean(form, "merge_tables").unwrap_or(base.merge_tables),
        keep_segment_types: match form.first_text(&["segment_filter", "keep_segment_types"]) {
            Some(text) => segment_types(text),
            None => base.keep_segment_types,
        },
        segment_type_naming: match form.text("segment_type_naming") {
            Some("Other") => SegmentNaming::Other,
            Some("Unsiloed") => SegmentNaming::Unsiloed,
            _ => base.segment_type_naming,
        },
        chunking: chunking(form, base.chunking)?,
        output_fields: output_fields(form, base.output_fields)?,
        error_handling: match form.text("error_handling") {
            Some("Fail") => ErrorHandling::Fail,
            Some("Continue") => ErrorHandling::Continue,
            _ => base.error_handling,
        },
        content_sources: match content_sources(form)? {
            Some(sources) => sources,
            None => base.content_sources,
        },
        word_details: WordDetails {
            links: boolean(form, "extract_links").unwrap_or(base.word_details.links),
            colors: boolean(form, "extract_colors").unwrap_or(base.word_details.colors),
        },
        cropped_types: cropped_types(form, base.cropped_types),
        checkboxes: boolean(form, "detect_checkboxes").unwrap_or(base.checkboxes),
        bibliography: boolean(form, "xml_citation").unwrap_or(base.bibliography),
        table_rows_max: base.table_rows_max,
        exports: exports(form)?.unwrap_or(base.exports),
        echoed: echoed(form, base.echoed)?,
    };
    check_stored_size(&spec, "Invalid options")?;
    Ok(spec)
}

/// The texts that are to stand in `content`, by kind: `{"Table": {"content_source": "HTML"}}`.
fn content_sources(form: &Form) -> Result<Option<Vec<(SegmentType, ContentSource)>>, Problem> {
    let given = match object(form, "segment_processing")? {
        Some(given) => given,
        None => match object(form, "segment_analysis")? {
            Some(given) => given,
            None => return Ok(None),
        },
    };
    let source = |(name, options): (&String, &Value)| {
        let kind = SegmentType::from_any_name(name)?;
        match options.get("content_source")?.as_str()?.to_ascii_lowercase().as_str() {
            "html" => Some((kind, ContentSource::Html)),
            "markdown" => Some((kind, ContentSource::Markdown)),
            _ => None,
        }
    };
    Ok(Some(given.iter().filter_map(source).collect()))
}

/// The formats of a JSON list, or of a single JSON text; unknown names are left out.
fn exports(form: &Form) -> Result<Option<Vec<ExportFormat>>, Problem> {
    let Some(given) = json(form, "export_format")? else {
        return Ok(None);
    };
    let names: Vec<&str> = match &given {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        Value::String(name) => vec![name],
        _ => Vec::new(),
    };
    let wanted: Vec<ExportFormat> = names.into_iter().filter_map(ExportFormat::from_wire).collect();
    Ok(Some(ExportFormat::ALL.into_iter().filter(|format| wanted.contains(format)).collect()))
}

/// Under its three names, newest first; tasks have words of their own.
fn layout(form: &Form) -> Option<Layout> {
    let names = ["layout_analysis", "segmentation_method", "segmentation_strategy"];
    match form.first_text(&names)? {
        "page_by_page" | "Page" => Some(Layout::PageByPage),
        "smart_layout_detection" | "advanced_layout_detection" | "LayoutAnalysis" => {
            Some(Layout::Smart)
        }
        _ => None,
    }
}

fn ocr_mode(form: &Form) -> Option<OcrMode> {
    match form.first_text(&["ocr_strategy", "ocr_mode"])? {
        "force_ocr" | "full_ocr" | "All" => Some(OcrMode::Force),
        "auto_ocr" | "auto_detection" | "Auto" => Some(OcrMode::Auto),
        _ => None,
    }
}

/// The longest time that a client may name: a hundred years.
const EXPIRES_IN_S_MAX: u64 = 36_500 * 24 * 60 * 60;

/// Seconds until the job is deleted (of a later upload: until its link ends), if the client names
/// them. More than the server grants means as long as it grants.
pub(crate) fn expires_in_s(form: &Form) -> Result<Option<u64>, Problem> {
    let Some(text) = form.text("expires_in") else { return Ok(None) };
    let seconds = text.parse().ok().filter(|seconds| (1..=EXPIRES_IN_S_MAX).contains(seconds));
    seconds.map(Some).ok_or_else(|| {
        let text = format!("expires_in must be a number of seconds from 1 to {EXPIRES_IN_S_MAX}");
        Problem::bad_request(&text)
    })
}

fn page_range(form: &Form, base: Option<PageRange>) -> Result<Option<PageRange>, Problem> {
    match form.text("page_range") {
        None => Ok(base),
        Some(text) if text.eq_ignore_ascii_case("all") => Ok(None),
        Some(text) => match PageRange::parse(text) {
            Ok(range) => Ok(Some(range)),
            Err(error) => Err(Problem::bad_request(&error.to_string())),
        },
    }
}

/// Names of kinds that the wire knows and no parse here makes: asked for alone, they leave nothing.
const UNMADE_TYPES: [&str; 3] = ["KeyValuePair", "Signature", "Seal"];

/// The kinds named in a comma list or a JSON list; `None` for all of them, also where no name is
/// known.
pub(crate) fn segment_types(text: &str) -> Option<Vec<SegmentType>> {
    let names = text.trim_matches(['[', ']']).split(',').map(|name| name.trim_matches([' ', '"']));
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    if names.is_empty() || names.iter().any(|name| name.eq_ignore_ascii_case("all")) {
        return None;
    }
    let is_unmade = |name: &&str| UNMADE_TYPES.iter().any(|kind| kind.eq_ignore_ascii_case(name));
    let any_unmade = names.iter().any(is_unmade);
    let kinds: Vec<SegmentType> =
        names.into_iter().filter_map(SegmentType::from_any_name).collect();
    (any_unmade || !kinds.is_empty()).then_some(kinds)
}

fn chunking(form: &Form, defaults: ParseChunking) -> Result<ParseChunking, Problem> {
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
fn output_fields(form: &Form, base: OutputFields) -> Result<OutputFields, Problem> {
    let all = OutputFields::default();
    let given = object(form, "output_fields")?;
    match form.text("response_profile") {
        Some("slim") => {
            return Ok(OutputFields { html: false, ocr: false, ..all });
        }
        Some("full") => return Ok(all),
        _ => {}
    }
    let Some(given) = given else { return Ok(base) };
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

fn echoed(form: &Form, mut echoed: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let high_resolution = form.first_text(&["use_high_resolution", "high_resolution"]);
    if let Some(value) = high_resolution.and_then(read_boolean) {
        echoed.insert("use_high_resolution".to_owned(), Value::Bool(value));
    }
    for name in ECHOED_BOOLS {
        if let Some(value) = boolean(form, name) {
            echoed.insert(name.to_owned(), Value::Bool(value));
        }
    }
    for name in ECHOED_TEXTS {
        if let Some(text) = form.text(name) {
            echoed.insert(name.to_owned(), Value::String(text.to_owned()));
        }
    }
    for (name, words) in ECHOED_WORDS {
        if let Some(text) = form.text(name).filter(|text| words.contains(text)) {
            echoed.insert(name.to_owned(), Value::String(text.to_owned()));
        }
    }
    if let Some(size) = form.text("merge_batch_size").and_then(|text| text.parse::<u32>().ok()) {
        echoed.insert("merge_batch_size".to_owned(), Value::from(size));
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
    read_option(text, &format!("Invalid {name}")).map(Some)
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
            parse_spec(&Form::of(&[("llm_processing", &long), ("validate_segments", &long)]))
                .is_err()
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
        assert_eq!(parse_spec_over(&Form::of(&unknown), base.clone()).unwrap(), base);
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
        assert_eq!(changed.echoed["use_high_resolution"], true);
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
        assert_eq!(
            asked.echoed["export_format"],
            serde_json::json!(["markdown", "DOCX", "odt", 7])
        );
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
}
