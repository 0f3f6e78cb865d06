//! Small documents that would cost much: each makes one kind of excess, as little of it as a test
//! wants.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::pdf::RawPdf;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const SHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const SLIDES: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";
const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";

/// Bytes compressed once.
///
/// # Panics
/// Never: memory takes everything.
#[must_use]
pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// A package of these parts.
///
/// # Panics
/// If the same part is given twice.
#[must_use]
pub fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("each part comes once");
        zip.write_all(bytes).expect("memory takes it");
    }
    zip.finish().expect("memory takes it").into_inner()
}

/// A package whose main part is of this kind.
fn office(main: &str, kind: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let types = format!(
        "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/{main}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}.main+xml\"/></Types>"
    );
    let relations = relations(&[("officeDocument", main)]);
    let mut all =
        vec![("[Content_Types].xml", types.as_bytes()), ("_rels/.rels", relations.as_bytes())];
    all.extend_from_slice(parts);
    package(&all)
}

/// The list of what a part refers to, by kind and target; their ids count from `rId1`.
fn relations(targets: &[(&str, &str)]) -> String {
    let entries: String = targets
        .iter()
        .enumerate()
        .map(|(index, (kind, target))| {
            let number = index + 1;
            format!(
                "<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>"
            )
        })
        .collect();
    format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{entries}</Relationships>")
}

/// A Word document with this body.
#[must_use]
pub fn word(body: &str) -> Vec<u8> {
    word_with("", body, &[])
}

/// A Word document with something ahead of its root element, and with further parts.
#[must_use]
pub fn word_with(head: &str, body: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let document =
        format!("{head}<w:document xmlns:w=\"{WORD}\"><w:body>{body}</w:body></w:document>");
    let mut all = vec![("word/document.xml", document.as_bytes())];
    all.extend_from_slice(parts);
    office("word/document.xml", "wordprocessingml.document", &all)
}

/// A paragraph of Word.
#[must_use]
pub fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A workbook of sheets, each given by what follows its start tag, with shared strings.
#[must_use]
pub fn workbook(sheets: &[&str], strings: &[&str]) -> Vec<u8> {
    let names: Vec<String> =
        (1..=sheets.len()).map(|number| format!("xl/worksheets/sheet{number}.xml")).collect();
    let mut targets: Vec<(&str, &str)> =
        names.iter().map(|name| ("worksheet", name.trim_start_matches("xl/"))).collect();
    targets.push(("sharedStrings", "sharedStrings.xml"));
    let relations = relations(&targets);
    let listed: String = (1..=sheets.len())
        .map(|n| format!("<sheet name=\"S{n}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>"))
        .collect();
    let list = format!(
        "<workbook xmlns=\"{SHEET}\" xmlns:r=\"{RELATIONS}\"><sheets>{listed}</sheets></workbook>"
    );
    let strings: String = strings.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    let strings = format!("<sst xmlns=\"{SHEET}\">{strings}</sst>");
    let bodies: Vec<String> = sheets
        .iter()
        .map(|body| format!("<worksheet xmlns=\"{SHEET}\">{body}</worksheet>"))
        .collect();
    let mut parts = vec![
        ("xl/workbook.xml", list.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ];
    parts.extend(names.iter().map(String::as_str).zip(bodies.iter().map(String::as_bytes)));
    office("xl/workbook.xml", "spreadsheetml.sheet", &parts)
}

/// A presentation that lists the same slide so many times, with so many text boxes on it.
#[must_use]
pub fn presentation(listed: usize, boxes: usize) -> Vec<u8> {
    let slides: String = (0..listed)
        .map(|index| format!("<p:sldId id=\"{}\" r:id=\"rId1\"/>", 256 + index))
        .collect();
    let list = format!(
        "<p:presentation xmlns:p=\"{SLIDES}\" xmlns:r=\"{RELATIONS}\"><p:sldIdLst>{slides}</p:sldIdLst></p:presentation>"
    );
    let text = "<p:sp><p:txBody><a:p><a:r><a:t>slide text</a:t></a:r></a:p></p:txBody></p:sp>";
    let slide = format!(
        "<p:sld xmlns:p=\"{SLIDES}\" xmlns:a=\"{DRAWING}\"><p:cSld><p:spTree>{}</p:spTree></p:cSld></p:sld>",
        text.repeat(boxes)
    );
    let relations = relations(&[("slide", "slides/slide1.xml")]);
    let parts = [
        ("ppt/presentation.xml", list.as_bytes()),
        ("ppt/_rels/presentation.xml.rels", relations.as_bytes()),
        ("ppt/slides/slide1.xml", slide.as_bytes()),
    ];
    office("ppt/presentation.xml", "presentationml.presentation", &parts)
}

/// A page of a PDF and what belongs to it. Object 3 is the page, 5 is Helvetica under the name `F1`;
/// numbers from 6 on are free. Resources that name fonts name `F1` too.
#[must_use]
pub fn pdf_page(content: &str, resources: &str, add: impl FnOnce(RawPdf) -> RawPdf) -> Vec<u8> {
    pdf_pages(1, content, resources, add)
}

/// So many pages that share their content.
#[must_use]
pub fn pdf_pages(
    count: usize,
    content: &str,
    resources: &str,
    add: impl FnOnce(RawPdf) -> RawPdf,
) -> Vec<u8> {
    let fonts = if resources.contains("/Font") { "" } else { "/Font<</F1 5 0 R>>" };
    let page = format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<{fonts}{resources}>>>>"
    );
    let kids = vec![page.as_str(); count].join(" ");
    let pdf = RawPdf::new()
        .object(1, "<</Type/Catalog/Pages 2 0 R>>")
        .object(2, &format!("<</Type/Pages/Count {count}/Kids[{kids}]>>"))
        .stream(4, "/Filter/FlateDecode", &deflated(content.as_bytes()))
        .object(5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
    add(pdf).build(1)
}

/// A TIFF of so many pages of eight by eight pixels, which share one strip of this shade.
///
/// # Panics
/// If there are too many pages for the format.
#[must_use]
pub fn tiff(pages: usize, shade: u8) -> Vec<u8> {
    let mut file = b"II*\0\x48\0\0\0".to_vec();
    file.extend_from_slice(&[shade; 64]);
    for page in 1..=pages {
        // Width, height, bits, no compression, black is 0, where the strip is, rows, its length.
        let tags: [(u16, u32); 8] =
            [(256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, 8), (278, 8), (279, 64)];
        file.extend_from_slice(&8_u16.to_le_bytes());
        for (tag, value) in tags {
            file.extend_from_slice(&tag.to_le_bytes());
            file.extend_from_slice(&4_u16.to_le_bytes());
            file.extend_from_slice(&1_u32.to_le_bytes());
            file.extend_from_slice(&value.to_le_bytes());
        }
        let next = if page == pages { 0 } else { file.len() + 4 };
        let next = u32::try_from(next).expect("the file stays small");
        file.extend_from_slice(&next.to_le_bytes());
    }
    file
}
