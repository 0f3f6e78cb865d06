//! The fields of `/parse` that shape the result.

use serde_json::{Value, json};

use crate::document::SegmentType;
use crate::fields::values::{
    CONTENT_SOURCES, CROPS, UNMADE_TYPES, content_sources, cropped_types, segment_types,
    unknown_segment_types,
};
use crate::fields::wants_model::segment_wants_model;
use crate::fields::{Echo, Effect, Field, Kind, Otherwise, Reading};
use crate::spec::{
    ErrorHandling, ExportFormat, Layout, OcrMode, OutputFields, PageRange, ParseSpec, SegmentNaming,
};

/// Names of output fields; those that no segment here has are accepted.
const OUTPUT_FIELDS: &[&str] = &[
    "bbox",
    "chart_data",
    "confidence",
    "content",
    "embed",
    "html",
    "image",
    "llm",
    "markdown",
    "ocr",
];

/// Options that shape the result. The order is that of reading: a later field may build on an
/// earlier one.
pub const SHAPING: &[Field<ParseSpec>] = &[
    Field {
        default: Some("all"),
        echo: Echo::Of(|spec| {
            spec.page_range.as_ref().map_or_else(|| json!("all"), |range| json!(range.to_string()))
        }),
        ..Field::new(
            "page_range",
            Kind::Text(page_range),
            "Pages to read: `2`, `1-5`, `2,4,6`, `[1,3,5]` and combinations.",
        )
    },
    Field {
        aliases: &["segmentation_method", "segmentation_strategy"],
        default: Some("smart_layout_detection"),
        echo: Echo::Of(|spec| match spec.layout {
            Layout::Smart => json!("smart_layout_detection"),
            Layout::PageByPage => json!("page_by_page"),
        }),
        ..Field::new(
            "layout_analysis",
            LAYOUT,
            "`page_by_page` (or `Page`) makes one segment of each page.",
        )
    },
    Field {
        aliases: &["ocr_mode"],
        default: Some("auto_detection"),
        echo: Echo::Of(|spec| match spec.ocr_mode {
            OcrMode::Auto => json!("auto_detection"),
            OcrMode::Force => json!("force_ocr"),
        }),
        ..Field::new(
            "ocr_strategy",
            OCR,
            "Pages to recognise: those without a usable text layer (`auto_detection`, `auto_ocr`, \
             `Auto`), or all (`force_ocr`, `full_ocr`, `All`).",
        )
    },
    Field {
        default: Some("false"),
        echo: Echo::Of(|spec| json!(spec.merge_tables)),
        ..Field::new(
            "merge_tables",
            Kind::Boolean(|spec, on| spec.merge_tables = on),
            "A table that continues on the next page becomes one segment on its first page; \
             `merged_page_bboxes` lists its parts.",
        )
    },
    Field {
        aliases: &["keep_segment_types"],
        default: Some("all"),
        echo: Echo::Of(|spec| json!(kept_types(spec))),
        ..Field::new(
            "segment_filter",
            Kind::Text(|spec, text, reading| {
                unknown_segment_types(text, reading);
                spec.keep_segment_types = segment_types(text);
                Ok(())
            }),
            "Segment types to keep: `all`, or names in any case, separated by commas.",
        )
    },
    Field {
        default: Some("Unsiloed"),
        echo: Echo::Of(|spec| match spec.segment_type_naming {
            SegmentNaming::Unsiloed => json!("Unsiloed"),
            SegmentNaming::Other => json!("Other"),
        }),
        ..Field::new(
            "segment_type_naming",
            NAMING,
            "`Other` uses `Header`, `Footer`, `Section Header`, `List Item` and `Figure`.",
        )
    },
    Field {
        default: Some("Continue"),
        echo: Echo::Of(|spec| match spec.error_handling {
            ErrorHandling::Continue => json!("Continue"),
            ErrorHandling::Fail => json!("Fail"),
        }),
        ..Field::new(
            "error_handling",
            ON_ERROR,
            "`Fail`: a page that cannot be read fails the job; otherwise it is listed in \
             `failed_pages`.",
        )
    },
    Field {
        default: Some(r#"{"target_length": 512, "ignore_headers_and_footers": false}"#),
        echo: Echo::Of(|spec| {
            json!({
                "target_length": spec.chunking.target_length_words,
                "ignore_headers_and_footers": spec.chunking.ignore_headers_and_footers,
                "tokenizer": {"Enum": "Word"},
            })
        }),
        ..Field::new(
            "chunk_processing",
            Kind::Json(chunking),
            "`target_length`: words per chunk, 0 for one chunk per segment; \
             `ignore_headers_and_footers`: running headers and footers stay out of `embed`.",
        )
    },
    Field {
        aliases: &["segment_analysis"],
        default: Some("{}"),
        echo: Echo::Always,
        effect: Effect::WorksInPart(segment_wants_model),
        ..Field::new(
            "segment_processing",
            Kind::Json(segment_processing),
            "An object by segment type. `content_source`: `HTML` or `Markdown` moves that text into \
             `content` and leaves the other two empty. `crop_image`: `All`, `Auto` (only pictures) or \
             `None` selects the segments whose picture is cut from the page.",
        )
    },
    Field {
        default: Some("{}"),
        echo: Echo::Of(|spec| json!(spec.output_fields)),
        ..Field::new(
            "output_fields",
            Kind::Json(output_fields),
            "An object of booleans: `bbox`, `confidence`, `content`, `embed`, `html`, `image`, \
             `markdown`, `ocr`. A field that is `false` is left out of the result.",
        )
    },
    Field {
        default: Some("full"),
        echo: Echo::AsSent,
        ..Field::new(
            "response_profile",
            PROFILE,
            "`slim` leaves out `html` and `ocr`; `full` and `slim` override `output_fields`.",
        )
    },
    Field {
        default: Some("false"),
        echo: Echo::AsSent,
        ..Field::new(
            "extract_links",
            Kind::Boolean(|spec, on| spec.word_details.links = on),
            "Words in `ocr` have the address that they link to (`link`).",
        )
    },
    Field {
        default: Some("false"),
        echo: Echo::AsSent,
        ..Field::new(
            "extract_colors",
            Kind::Boolean(|spec, on| spec.word_details.colors = on),
            "Words in `ocr` have their colour (`color`: `r`, `g`, `b`, `hex`).",
        )
    },
    Field {
        default: Some("false"),
        echo: Echo::AsSent,
        ..Field::new(
            "detect_checkboxes",
            Kind::Boolean(|spec, on| spec.checkboxes = on),
            "PDFs and images: checkboxes (form fields, drawn squares, box characters, squares on \
             scanned pages) become `\u{2610}` or `\u{2611}` beside their text, and `[ ]` or `[x]` at \
             the start of a list item in Markdown. Three or more squares in a row are fields for \
             single characters.",
        )
    },
    Field {
        default: Some("false"),
        echo: Echo::AsSent,
        ..Field::new(
            "xml_citation",
            Kind::Boolean(|spec, on| spec.bibliography = on),
            "PDFs: `metadata` has `citations` (`id`, `text` and, where the entry shows them, `title`, \
             `authors`, `year`, `journal`, `volume`, `pages`, `doi`) and `document_metadata`; segments \
             have `references`; Markdown links each reference to its entry.",
        )
    },
    Field {
        default: Some("[]"),
        echo: Echo::AsSent,
        ..Field::new(
            "export_format",
            Kind::Json(exports),
            "A list of `docx`, `markdown` and `json`: `exports` of the finished job has a link to \
             each file. Running headers and footers are left out of `docx` and `markdown`, pictures \
             out of `docx`; `json` is the stored result.",
        )
    },
];

const LAYOUT: Kind<ParseSpec> = Kind::Words {
    allowed: &[
        "smart_layout_detection",
        "page_by_page",
        "advanced_layout_detection",
        "LayoutAnalysis",
        "Page",
    ],
    otherwise: Otherwise::Warns,
    set: |spec, word| {
        spec.layout = match word {
            "page_by_page" | "Page" => Layout::PageByPage,
            _ => Layout::Smart,
        };
    },
};

const OCR: Kind<ParseSpec> = Kind::Words {
    allowed: &["auto_detection", "auto_ocr", "force_ocr", "full_ocr", "Auto", "All"],
    otherwise: Otherwise::Warns,
    set: |spec, word| {
        spec.ocr_mode = match word {
            "force_ocr" | "full_ocr" | "All" => OcrMode::Force,
            _ => OcrMode::Auto,
        };
    },
};

const NAMING: Kind<ParseSpec> = Kind::Words {
    allowed: &["Unsiloed", "Other"],
    otherwise: Otherwise::Warns,
    set: |spec, word| {
        spec.segment_type_naming =
            if word == "Other" { SegmentNaming::Other } else { SegmentNaming::Unsiloed };
    },
};

const ON_ERROR: Kind<ParseSpec> = Kind::Words {
    allowed: &["Continue", "Fail"],
    otherwise: Otherwise::Warns,
    set: |spec, word| {
        spec.error_handling =
            if word == "Fail" { ErrorHandling::Fail } else { ErrorHandling::Continue };
    },
};

const PROFILE: Kind<ParseSpec> = Kind::Words {
    allowed: &["full", "slim", "custom"],
    otherwise: Otherwise::Warns,
    set: |spec, word| {
        let all = OutputFields::default();
        match word {
            "slim" => spec.output_fields = OutputFields { html: false, ocr: false, ..all },
            "full" => spec.output_fields = all,
            _ => {}
        }
    },
};

fn page_range(spec: &mut ParseSpec, text: &str, _: &mut Reading<'_>) -> Result<(), String> {
    spec.page_range = if text.eq_ignore_ascii_case("all") {
        None
    } else {
        Some(PageRange::parse(text).map_err(|error| error.to_string())?)
    };
    Ok(())
}

fn chunking(spec: &mut ParseSpec, value: &Value, reading: &mut Reading<'_>) -> Result<(), String> {
    let Some(given) = reading.object(value) else { return Ok(()) };
    reading.check_keys(given, &["target_length", "ignore_headers_and_footers", "tokenizer"]);
    let length = given.get("target_length").and_then(Value::as_u64);
    if let Some(length) = length.and_then(|length| usize::try_from(length).ok()) {
        spec.chunking.target_length_words = length;
    }
    if let Some(ignore) = given.get("ignore_headers_and_footers").and_then(Value::as_bool) {
        spec.chunking.ignore_headers_and_footers = ignore;
    }
    Ok(())
}

fn segment_processing(
    spec: &mut ParseSpec,
    value: &Value,
    reading: &mut Reading<'_>,
) -> Result<(), String> {
    let Some(given) = reading.object(value) else { return Ok(()) };
    spec.content_sources = content_sources(given);
    spec.cropped_types = cropped_types(given);
    for (name, options) in given {
        let is_unmade = UNMADE_TYPES.iter().any(|kind| kind.eq_ignore_ascii_case(name));
        if SegmentType::from_any_name(name).is_none() && !is_unmade {
            reading.unknown_value(name, &SegmentType::wire_names());
        }
        for (key, allowed) in [("content_source", CONTENT_SOURCES), ("crop_image", CROPS)] {
            let word = options.get(key).and_then(Value::as_str);
            let is_known =
                |word: &str| allowed.iter().any(|known| known.eq_ignore_ascii_case(word));
            if let Some(word) = word.filter(|word| !is_known(word)) {
                reading.unknown_value(word, allowed);
            }
        }
    }
    Ok(())
}

/// `slim` and `full` of `response_profile` win.
fn output_fields(
    spec: &mut ParseSpec,
    value: &Value,
    reading: &mut Reading<'_>,
) -> Result<(), String> {
    let Some(given) = reading.object(value) else { return Ok(()) };
    reading.check_keys(given, OUTPUT_FIELDS);
    if matches!(reading.text("response_profile"), Some("slim" | "full")) {
        return Ok(());
    }
    let on = |name: &str| given.get(name).and_then(Value::as_bool).unwrap_or(true);
    spec.output_fields = OutputFields {
        bbox: on("bbox"),
        confidence: on("confidence"),
        content: on("content"),
        embed: on("embed"),
        html: on("html"),
        markdown: on("markdown"),
        ocr: on("ocr"),
    };
    if !on("image") {
        spec.cropped_types.clear();
    }
    Ok(())
}

/// A JSON list, or a single JSON text.
fn exports(spec: &mut ParseSpec, value: &Value, reading: &mut Reading<'_>) -> Result<(), String> {
    let names = match value {
        Value::Array(names) => names.as_slice(),
        single => std::slice::from_ref(single),
    };
    let mut wanted = Vec::new();
    for name in names {
        match name.as_str().and_then(ExportFormat::from_wire) {
            Some(format) => wanted.push(format),
            None => reading.unknown_value(
                &name.as_str().map_or_else(|| name.to_string(), str::to_owned),
                &ExportFormat::ALL.map(ExportFormat::as_str),
            ),
        }
    }
    spec.exports = ExportFormat::ALL.into_iter().filter(|kind| wanted.contains(kind)).collect();
    Ok(())
}

fn kept_types(spec: &ParseSpec) -> String {
    match &spec.keep_segment_types {
        None => "all".to_owned(),
        Some(kinds) => kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(","),
    }
}
