//! Parts of Office files, web pages, mails and texts of all kinds. The first byte says which.

#![no_main]

use docket_fuzz::{package, parse_all, watch_panics};
use libfuzzer_sys::fuzz_target;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The relations of the package: its main part.
fn relations(target: &str) -> Vec<u8> {
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" Target=\"{target}\"/>\
         </Relationships>"
    )
    .into_bytes()
}

/// The relation of a main part to a slide or sheet.
fn relation(kind: &str, target: &str) -> Vec<u8> {
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>\
         </Relationships>"
    )
    .into_bytes()
}

fn word(part: &[u8]) -> Vec<u8> {
    package(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", &relations("word/document.xml")),
        ("word/document.xml", part),
    ])
}

fn slides(part: &[u8]) -> Vec<u8> {
    let deck = format!(
        "<p:presentation xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" \
         xmlns:r=\"{RELATIONS}\"><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId1\"/></p:sldIdLst>\
         </p:presentation>"
    );
    package(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", &relations("ppt/presentation.xml")),
        ("ppt/presentation.xml", deck.as_bytes()),
        ("ppt/_rels/presentation.xml.rels", &relation("slide", "slides/slide1.xml")),
        ("ppt/slides/slide1.xml", part),
    ])
}

fn workbook(part: &[u8]) -> Vec<u8> {
    let book = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"One\" sheetId=\"1\" r:id=\"rId1\"/></sheets>\
         </workbook>"
    );
    package(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", &relations("xl/workbook.xml")),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", &relation("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", part),
    ])
}

fn open_document(kind: &str, part: &[u8]) -> Vec<u8> {
    let media_type = format!("application/vnd.oasis.opendocument.{kind}");
    package(&[("mimetype", media_type.as_bytes()), ("content.xml", part)])
}

fn book(part: &[u8]) -> Vec<u8> {
    let container = b"<container><rootfiles><rootfile full-path=\"b.opf\"/></rootfiles></container>";
    let list = b"<package><manifest><item id=\"a\" href=\"a.xhtml\" \
                 media-type=\"application/xhtml+xml\"/></manifest><spine><itemref idref=\"a\"/>\
                 </spine></package>";
    package(&[
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", container),
        ("b.opf", list),
        ("a.xhtml", part),
    ])
}

/// A mail of which the rest is made up: its head, its parts and its attachments.
fn mail(part: &[u8]) -> Vec<u8> {
    let head = b"From: a@example.org\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000\r\n";
    [head, part].concat()
}

fuzz_target!(init: watch_panics(), |data: &[u8]| {
    let Some((kind, part)) = data.split_first() else { return };
    let _ = match kind % 17 {
        0 => parse_all(part, Some("text/html")),
        1 => parse_all(part, Some("text/markdown")),
        2 => parse_all(&word(part), None),
        3 => parse_all(&slides(part), None),
        4 => parse_all(&workbook(part), None),
        6 => parse_all(&open_document("text", part), None),
        7 => parse_all(&open_document("spreadsheet", part), None),
        8 => parse_all(&open_document("presentation", part), None),
        9 => parse_all(&book(part), None),
        10 => parse_all(&mail(part), Some("message/rfc822")),
        11 => parse_all(&[b"{\\rtf1", part].concat(), None),
        12 => parse_all(part, Some("text/csv")),
        13 => parse_all(part, Some("text/plain")),
        14 => parse_all(part, Some("application/json")),
        15 => parse_all(part, Some("text/asciidoc")),
        // Files of older programs and whole packages: as they are.
        _ => parse_all(part, None),
    };
});
