//! Documents that people put into `fixtures/given/`: each reads as the goldens beside it say.

use std::path::{Path, PathBuf};

use docket_contract::{ParseResult, ParseSpec};
use docket_engine::{ParseRequest, parse};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{markdown, segments};

/// The golden files of a document: its name with these extensions after its own.
const GOLDENS: [&str; 2] = ["md", "json"];

/// Every document has a golden in Markdown and one in JSON. `UPDATE_GOLDENS=1` rewrites them.
#[test]
fn goldens_of_given_documents() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/given");
    let mut documents = Vec::new();
    gather(&root, &mut documents);
    assert!(!documents.is_empty(), "fixtures/given was not found");
    let wrong: Vec<String> = documents.iter().flat_map(|document| differences(document)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
}

#[test]
fn goldens_are_recognised_by_the_document_beside_them() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("given");
    std::fs::create_dir_all(&folder).expect("a folder");
    for name in ["notes.md", "notes.md.md", "notes.md.json", "page.html", "README.md"] {
        std::fs::write(folder.join(name), "# Title\n").expect("a file");
    }
    let mut documents = Vec::new();
    gather(&folder, &mut documents);
    let names: Vec<_> = documents.iter().map(|path| path.file_name().expect("a name")).collect();
    assert_eq!(names, ["notes.md", "page.html"], "a README explains the folder");
}

/// The documents below a folder, in the order of their names. A file is a golden if its name without
/// the last extension is another file's.
fn gather(folder: &Path, documents: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        let is_golden = || {
            let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            GOLDENS.contains(&extension.as_str()) && path.with_extension("").is_file()
        };
        if path.is_dir() {
            gather(&path, documents);
        } else if !is_golden() && path.file_name().is_some_and(|name| name != "README.md") {
            documents.push(path);
        }
    }
}

/// Compares a document with its goldens, or writes them.
fn differences(document: &Path) -> Vec<String> {
    let result = read(document);
    let outline = serde_json::to_string_pretty(&outline(&result)).expect("JSON") + "\n";
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut wrong = Vec::new();
    for (extension, actual) in GOLDENS.into_iter().zip([markdown(&result), outline]) {
        let mut golden = document.as_os_str().to_owned();
        golden.push(".");
        golden.push(extension);
        if update {
            std::fs::write(&golden, &actual).expect("the golden can be written");
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != actual {
            wrong.push(format!("{} should be:\n{actual}", Path::new(&golden).display()));
        }
    }
    wrong
}

fn read(document: &Path) -> ParseResult {
    let name = document.file_name().unwrap_or_default().to_string_lossy();
    let format = docket_contract::Format::of_name(&name).expect("the extension is of a format");
    let spec = ParseSpec::default();
    let request = ParseRequest {
        media_type: Some(format.media_type()),
        ..ParseRequest::new(&spec, Uuid::nil())
    };
    let bytes = std::fs::read(document).expect("the document can be read");
    parse(bytes, &request, &mut |_| {}).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What the Markdown does not show: types, pages, boxes and warnings.
fn outline(result: &ParseResult) -> Value {
    let segments = segments(result).into_iter().map(|segment| {
        json!({
            "type": segment.segment_type,
            "page": segment.page_number,
            "bbox": segment.bbox,
            "content": segment.content,
        })
    });
    json!({
        "page_count": result.page_count,
        "failed_pages": result.failed_pages,
        "warnings": result.warnings,
        "segments": segments.collect::<Vec<_>>(),
    })
}
