//! `/parse`.

use docket_contract::wire::parse::{ParseCreated, ParseStatus};
use serde_json::{Value, json};

use super::fault::Fault;
use super::form::{EVERY_SUBMIT, Field, Form, boolean, integer, json_text, text, words};
use super::operation::Operation;
use super::schemas::Schemas;

pub(crate) const TAG: &str = "Parse";

const LAYOUTS: &[&str] = &["smart_layout_detection", "page_by_page", "advanced_layout_detection"];
const TASK_LAYOUTS: &[&str] = &["LayoutAnalysis", "Page"];
const OCR_MODES: &[&str] = &["auto_detection", "auto_ocr", "force_ocr", "full_ocr", "Auto", "All"];

/// Options that shape the result.
pub(crate) const SHAPING: &[Field] = &[
    text("page_range", "Pages to read: `2`, `1-5`, `2,4,6`, `[1,3,5]`, mixes. Default: all."),
    words("layout_analysis", LAYOUTS, "`page_by_page` makes one segment of each page."),
    words("segmentation_method", LAYOUTS, "Older name of `layout_analysis`."),
    words("ocr_strategy", OCR_MODES, "OCR where there is no text layer, or on every page."),
    words("ocr_mode", OCR_MODES, "Older name of `ocr_strategy`."),
    boolean("merge_tables", "Tables that go on over a page's end become one."),
    text("segment_filter", "Kinds of segments to keep: `all`, or names in any case with commas."),
    text("keep_segment_types", "Older name of `segment_filter`."),
    words("segmentation_strategy", TASK_LAYOUTS, "The same in the words of tasks."),
    words(
        "segment_type_naming",
        &["Unsiloed", "Other"],
        "`Other` says `Section Header`, `List Item`, `Figure`.",
    ),
    json_text(
        "chunk_processing",
        "`{\"target_length\": 512, \"ignore_headers_and_footers\": false}`: words that a chunk \
         aims at (0 makes one chunk per segment), and whether running headers and footers stay out \
         of `embed`.",
    ),
    json_text(
        "output_fields",
        "Booleans: `bbox confidence content embed html markdown ocr`; what is false is left out. \
         Default: all true.",
    ),
    words(
        "response_profile",
        &["full", "slim", "custom"],
        "`slim` leaves `html` and `ocr` out; `custom` is what `output_fields` says.",
    ),
    words(
        "error_handling",
        &["Continue", "Fail"],
        "What a page that cannot be read does: it is told in `failed_pages`, or fails the job.",
    ),
];

const NEEDS_MODEL: &str =
    "Needs a model that this server does not have: told back, and told in `metadata.warnings`.";

/// Options that are accepted and told back.
pub(crate) const ACCEPTED: &[Field] = &[
    boolean("use_high_resolution", "Accepted and told back."),
    boolean("high_resolution", "Another name of `use_high_resolution`."),
    words("segmentation_version", &["v1", "v2"], "Accepted and told back."),
    words(
        "ocr_engine",
        &["UnsiloedHawk", "UnsiloedBeta", "UnsiloedStorm"],
        "Accepted and told back.",
    ),
    boolean("validate_table_segments", NEEDS_MODEL),
    boolean("enhanced_table", NEEDS_MODEL),
    boolean(
        "xml_citation",
        "PDFs: `metadata` tells the entries of the bibliography, segments tell their `references`, \
         and Markdown links what refers to an entry to it.",
    ),
    boolean("extract_charts", NEEDS_MODEL),
    boolean("extract_colors", "Words bear the colour they are painted in."),
    boolean("extract_links", "Words bear the address they link to."),
    boolean("extract_strikethrough", "Accepted and told back."),
    boolean(
        "detect_checkboxes",
        "PDFs and pictures: boxes to tick come out as `\u{2610}` or `\u{2611}`, at the start of a list item \
         as `[ ]` or `[x]` in Markdown.",
    ),
    boolean("enhance_reading_order", NEEDS_MODEL),
    boolean("detect_pii", NEEDS_MODEL),
    text("agentic_ocr", NEEDS_MODEL),
    text("pii_engine", "Accepted and told back."),
    text("pii_block_severity", "Accepted and told back."),
    integer("merge_batch_size", 0, "Accepted and told back."),
    json_text("validate_segments", NEEDS_MODEL),
    json_text(
        "segment_processing",
        "By kind of segment: `content_source` `HTML` or `Markdown` moves that text into `content`; \
         `crop_image` `All`, `Auto` or `None` says whether its picture is cut. The rest is told \
         back; `LLM` and `VLM` need a model that this server does not have, which is told in \
         `metadata.warnings`.",
    ),
    json_text("segment_analysis", "Newer name of `segment_processing`."),
    json_text(
        "export_format",
        "A list of `docx`, `markdown` and `json`: the document in these forms, behind the links of \
         `exports`.",
    ),
    json_text("llm_processing", NEEDS_MODEL),
];

/// Options of workbooks.
const WORKBOOK: &[Field] = &[
    boolean("exclude_hidden", "Accepted and told back. Default: false."),
    boolean("exclude_hidden_cols", "Accepted and told back. Default: true."),
    boolean("exclude_hidden_rows", "Accepted and told back. Default: true."),
    boolean("exclude_hidden_sheets", "Accepted and told back. Default: true."),
    boolean("exclude_styling", "Accepted and told back. Default: true."),
    boolean("exclude_images", "Accepted and told back. Default: false."),
    boolean("split_large_tables", "Tables of many rows become several segments. Default: true."),
    integer("max_rows_per_segment", 1, "Their rows, the repeated head among them. Default: 50."),
    words(
        "table_clustering",
        &["accurate", "fast", "off"],
        "Accepted and told back. Default: `accurate`.",
    ),
];

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let document = submit(
        &Submit {
            path: "/parse",
            id: "parse",
            summary: "Parse a document",
            text: "Exactly one of `file` and `url`. When the answer is there, document and job survive a \
               power cut. One credit per page that is read, given back when the job fails or is \
               cancelled.",
            file: "The document.",
            options: &[SHAPING, EVERY_SUBMIT, ACCEPTED],
            curl: "curl \"$DOCKET_URL/parse\" -H \"api-key: $DOCKET_API_KEY\" -F file=@report.pdf",
        },
        schemas,
    );
    let workbook = submit(
        &Submit {
            path: "/parse/excel",
            id: "parseExcel",
            summary: "Parse a workbook",
            text: "As `POST /parse`, for workbooks only; any other document is 400.",
            file: "The workbook.",
            options: &[WORKBOOK, SHAPING, EVERY_SUBMIT, ACCEPTED],
            curl: "curl \"$DOCKET_URL/parse/excel\" -H \"api-key: $DOCKET_API_KEY\" -F file=@figures.xlsx",
        },
        schemas,
    );
    vec![document, status(schemas), workbook]
}

/// What the submits of this family differ in.
struct Submit<'a> {
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    text: &'static str,
    file: &'static str,
    options: &'a [&'a [Field]],
    curl: &'static str,
}

fn submit(told: &Submit<'_>, schemas: &mut Schemas) -> Operation {
    let form =
        Form { file: ("file", told.file), url: "url", required: &[], optional: told.options };
    Operation::new("post", told.path, TAG, told.id, told.summary)
        .text(told.text)
        .once_only()
        .takes(form.content(), true)
        .answer(200, "The job was made.", schemas.of::<ParseCreated>())
        .example(200, created_example())
        .faults(&Fault::PARSE_SUBMIT)
        .fault(Fault::ParseInternal)
        .curl(told.curl)
}

fn created_example() -> Value {
    json!({
        "job_id": "0199b0f5-5a2c-7c3e-9d1b-2f6f0c1a7e44", "status": "Starting",
        "file_name": "report.pdf", "created_at": "2026-11-24T10:30:00.000302Z",
        "message": "Task created successfully. Use GET /parse/{job_id} to check status and retrieve results.",
        "credit_used": 12, "quota_remaining": 999_988, "merge_tables": false,
    })
}

fn status(schemas: &mut Schemas) -> Operation {
    let mut operation = Operation::new(
        "get",
        "/parse/{job_id}",
        TAG,
        "getParse",
        "Status and result of a parse",
    )
    .text(
        "When `status` is `Succeeded`, `chunks` is there: each with `embed` (Markdown) and its \
         segments, each segment with type, texts, box and words. Boxes are in units of 1/144 inch \
         from the top left of the page as displayed, words relative to their segment. Every option \
         is a query parameter, and a header of the same name with dashes.",
    )
    .job_id();
    let flag = |default: bool| json!({ "type": "boolean", "default": default });
    let words = json!({ "type": "string" });
    for (name, dashed, schema, text) in [
        ("include_chunks", "include-chunks", flag(true), "False leaves the chunks out."),
        (
            "base64_urls",
            "base64-urls",
            flag(false),
            "True sends pictures as `data:` URLs instead of links to them.",
        ),
        ("include_url", "include-url", flag(true), "False nulls the links."),
        (
            "output_file",
            "output-file",
            flag(false),
            "True sends a link to the result instead of the chunks.",
        ),
        (
            "merge_tables",
            "merge-tables",
            json!({ "type": "boolean" }),
            "Tables that go on over a page's end as one, or page by page. Default: as the submit's \
             `merge_tables` said.",
        ),
        (
            "enhanced_table",
            "enhanced-table",
            flag(false),
            "Needs a model that this server does not have: true is told in `metadata.warnings`.",
        ),
        ("segment_filter", "segment-filter", words.clone(), "Only these kinds of segments."),
        ("keep_segment_types", "keep-segment-types", words, "Older name of `segment_filter`."),
    ] {
        operation = operation.query(name, &schema, text).header(
            dashed,
            &schema,
            "The same, if the parameter is not there.",
        );
    }
    operation
        .named_client()
        .answer(200, "The job as it stands, with its result.", schemas.of::<ParseStatus<'_>>())
        .faults(&[
            Fault::BadRequest,
            Fault::UnauthorizedOrText,
            Fault::ParseNotFound,
            Fault::ParseInternal,
        ])
        .curl("curl \"$DOCKET_URL/parse/$JOB_ID\" -H \"api-key: $DOCKET_API_KEY\"")
}
