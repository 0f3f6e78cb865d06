//! Documents of which little or nothing can be read, and what is said of them.

use docket_contract::{FailureCode, ParseSpec, WarningCode};
use docket_engine::{Damage, Error, Limits, Lock, OcrFault, ParseRequest, inspect, parse};
use docket_testkit::pdf::{Font, PdfBuilder, RawPdf};
use uuid::Uuid;

use crate::support::{outline, page, parsed, result, text};

fn error(document: Vec<u8>) -> Error {
    parsed(document, &ParseSpec::default()).expect_err("the document cannot be read")
}

#[test]
fn bytes_that_are_no_document() {
    assert_eq!(error(Vec::new()), Error::Unreadable(Damage::Empty));
    assert_eq!(
        error(b"PK\x03\x04 no pdf at all".to_vec()).code(),
        FailureCode::DocumentUnsupported
    );
    let broken = error(b"%PDF-1.7\nnothing follows".to_vec());
    assert_eq!(broken.to_string(), "Failed to process PDF: File appears to be corrupted");
    assert_eq!(broken.code(), FailureCode::DocumentUnreadable);
}

/// A heading in a nested list without items makes the library for web pages panic, alone or within
/// Markdown. The first was found by fuzzing.
#[test]
fn web_pages_on_which_a_library_panics_are_read() {
    let fuzzed = "<!DOCTYPE html><html><ul><x>a<ul><li>b<ul><h1>One</h1>c</ul></ul></ul></html>";
    assert_eq!(web_text(fuzzed, "text/html"), "a\n\u{2022} b\nOne\nc");
    let menu = "<ul><li>Menu<ul><li>Group<ul><h1>Shoes</h1><li>Red</li></ul></li></ul></li></ul>\n\n\
                <h2>News</h2><p>After</p>\n";
    let read = "\u{2022} Menu\n\u{2022} Group\nShoes\n\u{2022} Red\nNews\nAfter";
    assert_eq!(web_text(menu, "text/html"), read);
    assert_eq!(web_text(menu, "text/markdown"), read);
}

fn web_text(page: &str, media_type: &str) -> String {
    let spec = ParseSpec::default();
    let mut request = ParseRequest::new(&spec, Uuid::nil());
    request.media_type = Some(media_type);
    text(&parse(page.as_bytes().to_vec(), &request, &mut |_| {}).expect("the page can be read"))
}

#[test]
fn pictures_without_text_need_ocr() {
    let scan = error(page(|page| page.picture(0.0, 0.0, 595.0, 842.0)));
    assert_eq!(scan, Error::NoText { pages_without_text: 1, fault: OcrFault::Unavailable });
    assert!(scan.to_string().contains("needs OCR"));
}

#[test]
fn a_scanned_page_among_others_is_a_failed_page() {
    let mixed = PdfBuilder::new()
        .page(|page| page.text(72.0, 90.0, 12.0, Font::Times, "Words"))
        .page(|page| page.picture(72.0, 72.0, 300.0, 300.0))
        .build();
    let result = result(mixed);
    assert_eq!(result.failed_pages, [2]);
    assert_eq!(result.warnings[0].code, WarningCode::NoTextLayer);
    assert_eq!(result.warnings[0].page, Some(2));
    assert!(outline(&result).iter().any(|(kind, _)| kind == "Picture"));
}

#[test]
fn blank_pages_are_a_success_with_nothing_in_it() {
    let result = result(PdfBuilder::new().page(|page| page).page(|page| page).build());
    assert_eq!((result.total_chunks, result.page_count), (0, 2));
    assert!(result.failed_pages.is_empty());
    let codes: Vec<WarningCode> = result.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, [WarningCode::BlankPage, WarningCode::BlankPage]);
}

#[test]
fn glyphs_without_characters_are_told() {
    let font = "<< /Type /Font /Subtype /Type3 /FontMatrix [0.001 0 0 0.001 0 0] /FontBBox [0 0 700 900] \
                /FirstChar 200 /LastChar 200 /Widths [700] /CharProcs << /x9 6 0 R >> \
                /Encoding << /Differences [200 /x9] >> >>";
    let content = format!("BT /F 12 Tf 20 700 Td <{}> Tj ET", "C8".repeat(40));
    let document = RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
        .object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << /Font << /F 5 0 R /G 7 0 R >> >> >>",
        )
        .stream(4, "", (content + " BT /G 12 Tf 20 600 Td (known) Tj ET").as_bytes())
        .object(5, font)
        .stream(6, "", b"700 0 d0")
        .object(7, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        .build(1);
    let result = result(document);
    assert_eq!(text(&result), "known");
    assert_eq!(result.warnings[0].code, WarningCode::UnmappedGlyphs);
}

/// A document with an encryption dictionary whose keys fit no password.
fn locked(handler: &str) -> Vec<u8> {
    let plain = page(|page| page.text(72.0, 90.0, 12.0, Font::Times, "Secret"));
    let key = "AB".repeat(32);
    let encrypt = format!(
        "/Encrypt << /Filter /{handler} /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >> /ID [<01> <01>] /Root"
    );
    let text: String = plain.iter().map(|byte| char::from(*byte)).collect();
    text.replacen("/Root", &encrypt, 1).chars().map(|c| c as u8).collect()
}

#[test]
fn locked_documents_say_what_they_need() {
    assert_eq!(error(locked("Standard")), Error::Encrypted(Lock::PasswordNeeded));
    assert_eq!(error(locked("Elsewhere")), Error::Encrypted(Lock::Unsupported));
    let spec = ParseSpec::default();
    let request = ParseRequest { password: Some("guess"), ..ParseRequest::new(&spec, Uuid::nil()) };
    let wrong = parse(locked("Standard"), &request, &mut |_| {}).unwrap_err();
    assert_eq!(wrong, Error::Encrypted(Lock::PasswordWrong));
    assert_eq!(wrong.code(), FailureCode::DocumentEncrypted);
    assert_eq!(
        inspect(locked("Standard"), None, None, &Limits::DEFAULT),
        Err(Error::Encrypted(Lock::PasswordNeeded))
    );
}
