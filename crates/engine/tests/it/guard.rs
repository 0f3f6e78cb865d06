//! Nothing of a document vanishes without a warning: documents of other libraries with one item each,
//! and the amounts that a warning names.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use docket_contract::spec::{ContentSource, Layout};
use docket_contract::{ParseResult, ParseSpec, SegmentType, WarningCode};
use docket_engine::{ParseRequest, parse};
use docket_testkit::pdf::{Font, PdfBuilder, RawPdf};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{parsed, read_whole, result, segments};

/// Documents of each seed have other words, places and sizes.
const SEEDS: [&str; 2] = ["3", "17"];

/// A document with an item that must not vanish.
pub(crate) struct Case {
    pub file: String,
    pub bytes: Vec<u8>,
    pub media_type: String,
    /// The text of the item; `None` for a picture.
    item: Option<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Documents that Python libraries write.
pub(crate) fn cases(seed: &str) -> Vec<Case> {
    let python = root().join("target/venv-documents/bin/python");
    assert!(python.exists(), "no Python libraries for documents: run dev/test once");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/documents.py");
    let folder = tempfile_folder(seed);
    let output = Command::new(python).arg(script).arg(&folder).arg(seed).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let case = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| line[key].as_str().map(str::to_owned);
        let file = text("file").unwrap();
        let bytes = std::fs::read(folder.join(&file)).unwrap();
        Case { bytes, media_type: text("media_type").unwrap(), item: text("item"), file }
    };
    let cases = lines.lines().map(case).collect();
    std::fs::remove_dir_all(&folder).unwrap();
    cases
}

/// A folder of its own for every call: tests run at the same time.
fn tempfile_folder(seed: &str) -> PathBuf {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let name = format!("docket-documents-{}-{call}-{seed}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn dropped(result: &ParseResult) -> Vec<(Option<usize>, &str)> {
    let warnings = result.warnings.iter();
    let dropped = warnings.filter(|warning| warning.code == WarningCode::ContentDropped);
    dropped.map(|warning| (warning.page, warning.message.as_str())).collect()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

fn has_item(result: &ParseResult, item: Option<&str>) -> bool {
    let segments = segments(result);
    let Some(item) = item else {
        return segments.iter().any(|segment| segment.segment_type == "Picture");
    };
    let texts = segments.iter().filter_map(|segment| segment.content.as_deref());
    squeezed(&texts.collect::<String>()).contains(&squeezed(item))
}

#[test]
fn every_item_of_documents_of_other_libraries_comes_out_or_is_warned_of() {
    let (mut tried, mut warned, mut silent, mut false_alarms) = (0, 0, Vec::new(), Vec::new());
    for case in SEEDS.iter().flat_map(|seed| cases(seed)) {
        let spec = ParseSpec::default();
        let media_type = Some(case.media_type.as_str());
        let request = ParseRequest { media_type, ..ParseRequest::new(&spec, Uuid::nil()) };
        let result = parse(case.bytes, &request, &mut |_| {}).unwrap();
        tried += 1;
        match (has_item(&result, case.item.as_deref()), dropped(&result).first()) {
            (true, None) => {}
            (true, Some((_, message))) => false_alarms.push(format!("{}: {message}", case.file)),
            (false, Some(_)) => warned += 1,
            (false, None) => silent.push(case.file),
        }
    }
    assert!(tried > 200, "{tried}");
    assert!(silent.is_empty(), "lost without a warning: {silent:?}");
    assert!(false_alarms.is_empty(), "{false_alarms:?}");
    // Without the guard these would be lost in silence.
    assert!(warned > 0);
}

#[test]
fn fixtures_are_covered_whole() {
    for folder in ["layout", "tables", "quickstart"] {
        for entry in std::fs::read_dir(root().join("fixtures").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "pdf") {
                let result = result(std::fs::read(&path).unwrap());
                assert_eq!(dropped(&result), [], "{}", path.display());
                let lacking = result.coverage.iter().find(|page| page.coverage < 1.0);
                assert_eq!(lacking, None, "{}", path.display());
            }
        }
    }
}

fn two_pages() -> Vec<u8> {
    PdfBuilder::new()
        .page(|page| {
            let page = page.text(72.0, 90.0, 24.0, Font::HelveticaBold, "Report");
            page.text(72.0, 200.0, 11.0, Font::Helvetica, "Some text.")
        })
        .page(|page| page.text(72.0, 90.0, 11.0, Font::Helvetica, "More of it, at the end."))
        .build()
}

#[test]
fn what_the_request_leaves_out_is_no_loss() {
    let specs = [
        ParseSpec { keep_segment_types: Some(vec![SegmentType::Title]), ..ParseSpec::default() },
        ParseSpec { layout: Layout::PageByPage, ..ParseSpec::default() },
        ParseSpec {
            content_sources: vec![(SegmentType::Text, ContentSource::Html)],
            ..ParseSpec::default()
        },
        ParseSpec {
            output_fields: docket_contract::spec::OutputFields {
                content: false,
                html: false,
                markdown: false,
                ..Default::default()
            },
            ..ParseSpec::default()
        },
    ];
    for spec in specs {
        let result = parsed(two_pages(), &spec).unwrap();
        assert_eq!(dropped(&result), [], "{spec:?}");
        let pages: Vec<(usize, f64)> =
            result.coverage.iter().map(|page| (page.page, page.coverage)).collect();
        assert_eq!(pages, [(1, 1.0), (2, 1.0)], "{spec:?}");
    }
}

#[test]
fn a_value_that_nothing_draws_is_missed_on_its_page_by_every_task() {
    let document = RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        .object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [6 0 R] \
             /Resources << /Font << /F 5 0 R >> >> >>",
        )
        .stream(4, "", b"BT /F 11 Tf 72 700 Td (Name of the boat:) Tj ET")
        .object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        .object(
            6,
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Marrowfield) \
             /Rect [72 500 300 520] >>",
        )
        .build(1);
    let result = result(document.clone());
    let is_written = has_item(&result, Some("Marrowfield"));
    let warned = |count: usize| usize::from(!is_written) == count;
    assert!(warned(dropped(&result).len()), "{:?}", result.warnings);
    let read = read_whole(document);
    let chunked = docket_engine::chunk(&read, &Default::default(), Uuid::nil());
    let losses = chunked.warnings.iter().filter(|one| one.code == WarningCode::ContentDropped);
    assert!(warned(losses.count()), "{:?}", chunked.warnings);
}

#[test]
fn web_pages_of_other_encodings_are_read_without_alarm() {
    for (charset, body) in [
        ("iso-8859-1", &b"<p>Caf\xe9 am Hafen, 12&nbsp;&euro; f\xfcr Boote</p>"[..]),
        ("shift_jis", b"<p>\x93\xfa\x96{\x8c\xea\x82\xcc\x83y\x81[\x83W 12</p>"),
    ] {
        let head = format!("<html><head><meta charset=\"{charset}\"></head><body>");
        let page = [head.as_bytes(), body, b"</body></html>"].concat();
        let spec = ParseSpec::default();
        let media_type = Some("text/html");
        let request = ParseRequest { media_type, ..ParseRequest::new(&spec, Uuid::nil()) };
        let result = parse(page, &request, &mut |_| {}).unwrap();
        assert_eq!(dropped(&result), [], "{charset}");
        assert!(has_item(&result, Some("12")), "{charset}");
    }
}
