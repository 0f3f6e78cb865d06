//! No file that cannot be read becomes an empty success, of any kind; an empty one is a success with
//! a warning.

use std::io::{Cursor, Write};

use docket_contract::{FailureCode, ParseResult, ParseSpec, WarningCode};
use docket_engine::{Error, ParseRequest, parse};
use uuid::Uuid;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::guard::cases;
use crate::mail::container;
use crate::support::segments;

fn read(bytes: &[u8], media_type: &str) -> Result<ParseResult, Error> {
    let spec = ParseSpec::default();
    let request =
        ParseRequest { media_type: Some(media_type), ..ParseRequest::new(&spec, Uuid::nil()) };
    parse(bytes.to_vec(), &request, &mut |_| {})
}

/// It failed with a reason, or something came out and a warning says that it is not all.
fn is_honest(read: &Result<ParseResult, Error>) -> bool {
    match read {
        Ok(result) => !segments(result).is_empty() && !result.warnings.is_empty(),
        Err(error) => !error.to_string().is_empty(),
    }
}

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in parts {
        zip.start_file(*name, stored).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The same package with a part cut in the middle, or without it.
fn damaged(bytes: &[u8], part: &str, keep: bool) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for index in 0..from.len() {
        let mut file = from.by_index(index).unwrap();
        let name = file.name().unwrap().to_string();
        let mut content = Vec::new();
        std::io::copy(&mut file, &mut content).unwrap();
        if name == part {
            content.truncate(if keep { content.len() / 2 } else { 0 });
        }
        if name != part || keep {
            to.start_file(name, stored).unwrap();
            to.write_all(&content).unwrap();
        }
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn damaged_packages_fail_or_say_so() {
    let main = [
        ("docx", "word/document.xml"),
        ("pptx", "ppt/presentation.xml"),
        ("xlsx", "xl/workbook.xml"),
        ("odt", "content.xml"),
        ("ods", "content.xml"),
        ("odp", "content.xml"),
    ];
    let cases = cases("5");
    for (extension, part) in main {
        let case = cases.iter().find(|case| case.file.ends_with(extension)).unwrap();
        let half = &case.bytes[..case.bytes.len() / 2];
        assert!(is_honest(&read(half, &case.media_type)), "{extension}: half of the file");
        for keep in [true, false] {
            let read = read(&damaged(&case.bytes, part, keep), &case.media_type);
            assert!(is_honest(&read), "{extension}: {part} kept in part: {keep}: {read:?}");
        }
    }
}

const CONTENT: &str = "<office:document-content xmlns:office=\
    \"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:table=\
    \"urn:oasis:names:tc:opendocument:xmlns:table:1.0\"><office:body>BODY</office:body>\
    </office:document-content>";

#[test]
fn files_of_other_kinds_that_cannot_be_read_fail() {
    let noise: Vec<u8> =
        (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let noise: Vec<u8> = noise.into_iter().filter(|byte| *byte != 0).collect();
    let with_start = |start: &[u8]| [start, &noise].concat();
    let ole = |stream: &str| {
        let mut whole = container(&[(stream, vec![0; 8192])]);
        whole.truncate(5000);
        whole
    };
    for (media_type, bytes) in [
        ("text/plain", noise.clone()),
        ("text/csv", noise.clone()),
        ("text/markdown", noise.clone()),
        ("text/html", with_start(b"<html><body>")),
        ("text/asciidoc", noise.clone()),
        ("application/json", b"{\"a\": ".to_vec()),
        ("application/xml", b"<a><b".to_vec()),
        ("application/rtf", b"{\\rtf1 {\\fonttbl {\\f0 Arial".to_vec()),
        ("application/epub+zip", package(&[("mimetype", "application/epub+zip")])),
        (
            "application/vnd.oasis.opendocument.text",
            package(&[("mimetype", "application/vnd.oasis.opendocument.text")]),
        ),
        ("application/msword", ole("WordDocument")),
        ("application/vnd.ms-powerpoint", ole("PowerPoint Document")),
        ("application/vnd.ms-excel", ole("Workbook")),
        ("application/vnd.ms-outlook", ole("__properties_version1.0")),
        ("application/vnd.ms-outlook", container(&[("__properties_version1.0", vec![0; 8192])])),
        ("message/rfc822", b"\n\n".to_vec()),
        ("image/png", with_start(b"\x89PNG\r\n\x1a\n")),
        ("application/pdf", with_start(b"%PDF-1.7\n")),
    ] {
        let error = read(&bytes, media_type).err();
        let code = error.as_ref().map(Error::code);
        assert_eq!(code, Some(FailureCode::DocumentUnreadable), "{media_type}: {error:?}");
    }
}

#[test]
fn empty_files_are_a_success_with_a_warning() {
    let odf = |kind: &str, body: &str| {
        let media_type = format!("application/vnd.oasis.opendocument.{kind}");
        package(&[("mimetype", &media_type), ("content.xml", &CONTENT.replace("BODY", body))])
    };
    for (media_type, bytes) in [
        ("text/plain", b" \n\n".to_vec()),
        ("text/csv", b"\n".to_vec()),
        ("text/markdown", b"\n".to_vec()),
        ("text/html", b"<html><body> <p></p></body></html>".to_vec()),
        ("application/rtf", b"{\\rtf1\\ansi\\par}".to_vec()),
        ("application/odt", odf("text", "<office:text/>")),
        (
            "application/ods",
            odf("spreadsheet", "<office:spreadsheet><table:table/></office:spreadsheet>"),
        ),
    ] {
        let result =
            read(&bytes, media_type).unwrap_or_else(|error| panic!("{media_type}: {error}"));
        assert!(segments(&result).is_empty(), "{media_type}");
        let codes: Vec<WarningCode> = result.warnings.iter().map(|one| one.code).collect();
        assert_eq!(codes, [WarningCode::BlankPage], "{media_type}");
    }
}

#[test]
fn empty_slides_among_others_are_blank_pages() {
    let case = cases("5").into_iter().find(|case| case.file == "pptx-empty-slide.pptx").unwrap();
    let result = read(&case.bytes, &case.media_type).unwrap();
    let blank: Vec<Option<usize>> = result
        .warnings
        .iter()
        .filter(|warning| warning.code == WarningCode::BlankPage)
        .map(|warning| warning.page)
        .collect();
    assert_eq!(blank, [Some(2)]);
    assert_eq!(result.page_count, 3);
}
