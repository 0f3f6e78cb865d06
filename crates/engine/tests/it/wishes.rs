//! What a request can wish for beyond the text: boxes to tick, the bibliography, files.

use docket_contract::citations::Citation;
use docket_contract::spec::{ExportFormat, ParseChunking};
use docket_contract::{ParseResult, ParseSpec};
use docket_engine::{ParseRequest, parse_with_files};
use docket_testkit::pdf::{Font, Page, PdfBuilder, RawPdf, fixtures};
use uuid::Uuid;

use crate::support::{outline, page, parsed, segments, text};

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

fn with_boxes() -> ParseSpec {
    ParseSpec { checkboxes: true, ..ParseSpec::default() }
}

/// Three drawn boxes before their texts: empty, crossed by strokes, marked by a letter.
fn drawn_boxes(page: Page) -> Page {
    let row = |page: Page, y: f64, text: &str| page.text(92.0, y, 11.0, Font::Times, text);
    let page = row(page, 100.0, "Send the lamp by ship");
    let page = row(page, 130.0, "Send the lamp by cart");
    let page = row(page, 160.0, "Keep the lamp here");
    let page = page.text(74.0, 160.0, 9.0, Font::Helvetica, "X");
    page.raw("0.7 w 72 741 10 10 re S 72 711 10 10 re S 72 681 10 10 re S")
        .raw("73 712 m 81 720 l 73 720 m 81 712 l S")
}

#[test]
fn drawn_boxes_say_whether_they_are_ticked() {
    let result = parsed(page(drawn_boxes), &with_boxes()).unwrap();
    assert_eq!(
        text(&result),
        "\u{2610} Send the lamp by ship\n\u{2611} Send the lamp by cart\n\u{2611} Keep the lamp here"
    );
    let second = segments(&result)[1];
    assert_eq!(second.markdown.as_deref(), Some("- [x] Send the lamp by cart"));
    assert_eq!(
        second.html.as_deref(),
        Some("<li><input type=\"checkbox\" disabled checked> Send the lamp by cart</li>")
    );
    let plain = text(&parsed(page(drawn_boxes), &ParseSpec::default()).unwrap());
    assert!(!plain.contains(['\u{2610}', '\u{2611}']), "{plain}");
}

/// A form with two check boxes, one of them ticked, and a button to push.
fn form() -> Vec<u8> {
    let field = |rect: &str, more: &str| {
        format!("<< /Type /Annot /Subtype /Widget /FT /Btn /Rect [{rect}] {more} >>")
    };
    RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
        .object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R \
             /Annots [6 0 R 7 0 R 8 0 R] /Resources << /Font << /F 5 0 R >> >> >>",
        )
        .stream(4, "", b"BT /F 12 Tf 60 300 Td (Oil is there) Tj 0 -40 Td (Wick is there) Tj ET")
        .object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>")
        .object(6, &field("40 298 52 310", "/AS /Off"))
        .object(7, &field("40 258 52 270", "/AS /Yes"))
        .object(8, &field("140 298 160 310", "/Ff 65536"))
        .build(1)
}

#[test]
fn fields_of_forms_say_whether_they_are_ticked() {
    let result = parsed(form(), &with_boxes()).unwrap();
    assert_eq!(text(&result), "\u{2610} Oil is there\n\u{2611} Wick is there");
}

/// A line of prose over a bibliography, of which the entries are given.
fn article(prose: &str, entries: &[&str]) -> Vec<u8> {
    let write = |page: Page| {
        let page = page.text(72.0, 80.0, 20.0, Font::TimesBold, "On lamps");
        let page = page.text(72.0, 120.0, 10.0, Font::Times, prose);
        let page = page.text(72.0, 180.0, 14.0, Font::TimesBold, "References");
        entries.iter().enumerate().fold(page, |page, (index, entry)| {
            page.text(72.0, 210.0 + 20.0 * index as f64, 10.0, Font::Times, entry)
        })
    };
    page(write)
}

fn read(document: Vec<u8>) -> (ParseResult, Vec<Citation>) {
    let chunking = ParseChunking { target_length_words: 0, ..ParseChunking::default() };
    let spec = ParseSpec { bibliography: true, chunking, ..ParseSpec::default() };
    let result = parsed(document, &spec).expect("the document can be read");
    let citations = result.bibliography.clone().expect("it was asked for").citations;
    (result, citations)
}

#[test]
fn numbers_refer_to_the_bibliography() {
    let (result, citations) = read(article(
        "The oldest lamp is known [2]. Later ones are told of in many places [1, 2].",
        &[
            "[1] L. Chen, \"Lamps of the north,\" Journal of Lamps, vol. 12, pp. 45-67, 2021.",
            "[2] A. Berg, \"Wicks and oil,\" Harbour Press, 1999. doi:10.1000/wick.7",
        ],
    ));
    assert_eq!(citations.len(), 2);
    assert_eq!(citations[0].title.as_deref(), Some("Lamps of the north"));
    assert_eq!(citations[0].authors, ["L. Chen"]);
    assert_eq!(citations[1].doi.as_deref(), Some("10.1000/wick.7"));
    let markdown = |index: usize| segments(&result)[index].markdown.clone().unwrap();
    assert!(markdown(1).contains("known [[2](#ref-2)]. Later"), "{}", markdown(1));
    let ids: Vec<usize> = segments(&result)[1].references.iter().map(|one| one.id).collect();
    assert_eq!(ids, [2, 1, 2]);
    assert!(markdown(3).starts_with("- <a id=\"ref-1\"></a>[1] L. Chen"), "{}", markdown(3));
    let metadata = result.bibliography.unwrap().document_metadata;
    assert_eq!(metadata.title.as_deref(), Some("On lamps"));
}

#[test]
fn names_and_years_refer_to_the_bibliography() {
    let (result, citations) = read(article(
        "The oldest lamp was found by Chen et al. (2021), who left it alone (Berg, 1999).",
        &[
            "Berg, A. (1999). Wicks and oil. Harbour Press.",
            "Chen, L., Dahl, M. & Eide, O. (2021). Lamps of the north. Journal of Lamps, 12, 45-67.",
        ],
    ));
    assert_eq!(citations[1].authors, ["Chen, L.", "Dahl, M.", "Eide, O."]);
    let prose = segments(&result)[1].markdown.clone().unwrap();
    assert!(prose.contains("by [Chen et al. (2021)](#ref-2), who"), "{prose}");
    assert!(prose.ends_with("([Berg, 1999](#ref-1))."), "{prose}");
}

#[test]
fn without_the_wish_nothing_is_linked() {
    let document = article("A lamp [1] of old.", &["[1] A. Berg. Wicks. Press, 1999."]);
    let result = parsed(document, &ParseSpec::default()).unwrap();
    assert!(result.bibliography.is_none());
    assert!(segments(&result).iter().all(|segment| segment.references.is_empty()));
    assert!(!segments(&result)[1].markdown.as_deref().unwrap().contains('#'));
}

fn files(document: Vec<u8>, spec: &ParseSpec) -> Vec<(Uuid, Vec<u8>)> {
    let request = ParseRequest::new(spec, Uuid::nil());
    let parsed = parse_with_files(document, &request, &mut |_| {});
    parsed.expect("the document can be read").files
}

#[test]
fn a_word_file_reads_as_the_document_does() {
    let spec = ParseSpec { exports: vec![ExportFormat::Docx], ..ParseSpec::default() };
    let files = files(fixtures::quickstart(), &spec);
    assert_eq!(files[0].0, ExportFormat::Docx.file_id(Uuid::nil()).unwrap());
    let mut request = ParseRequest::new(&spec, Uuid::nil());
    request.media_type = Some(DOCX);
    let again = parse_with_files(files[0].1.clone(), &request, &mut |_| {}).unwrap().result;
    let plain = |result: &ParseResult| -> Vec<(String, String)> {
        let texts = outline(result).into_iter();
        let texts = texts
            .filter(|(kind, _)| !matches!(kind.as_str(), "PageHeader" | "PageFooter" | "Picture"));
        texts.map(|(kind, text)| (kind, text.replace("\u{2022} ", ""))).collect()
    };
    let document = parsed(fixtures::quickstart(), &ParseSpec::default()).unwrap();
    let kinds = |result: &ParseResult, wanted: &str| -> Vec<String> {
        plain(result).into_iter().filter(|(kind, _)| kind == wanted).map(|(_, text)| text).collect()
    };
    for kind in ["Title", "SectionHeader", "Table"] {
        assert!(!kinds(&document, kind).is_empty(), "{kind}");
        assert_eq!(kinds(&again, kind), kinds(&document, kind));
    }
    let words = |result: &ParseResult| -> String {
        plain(result).into_iter().map(|(_, text)| text + " ").collect()
    };
    let bare = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(bare(words(&again)), bare(words(&document)));
}

#[test]
fn spanning_cells_span_in_the_word_file() {
    let spec = ParseSpec { exports: vec![ExportFormat::Docx], ..ParseSpec::default() };
    for (name, bytes) in fixtures::tables() {
        let tables = |result: &ParseResult| -> Vec<String> {
            let found = segments(result).into_iter().filter(|one| one.segment_type == "Table");
            found
                .filter_map(|one| one.html.clone())
                .map(|html| html.replace("th>", "td>"))
                .collect()
        };
        let file = files(bytes.clone(), &spec).remove(0).1;
        let again = parsed(file, &ParseSpec::default());
        let document = parsed(bytes, &ParseSpec::default()).unwrap();
        let spans =
            |html: &String| (html.matches("colspan").count(), html.matches("rowspan").count());
        let again: Vec<_> = tables(&again.unwrap()).iter().map(spans).collect();
        let wanted: Vec<_> = tables(&document).iter().map(spans).collect();
        assert_eq!(again, wanted, "{name}");
    }
}

#[test]
fn the_markdown_file_holds_what_is_kept_without_running_lines() {
    let spec = ParseSpec { exports: vec![ExportFormat::Markdown], ..ParseSpec::default() };
    let document = || {
        (1..=3)
            .fold(PdfBuilder::new(), |pdf, number| {
                pdf.page(|page| {
                    page.text(72.0, 30.0, 9.0, Font::Times, "The keeper's book").text(
                        72.0,
                        400.0,
                        12.0,
                        Font::Times,
                        &format!("Sheet {number} here"),
                    )
                })
            })
            .build()
    };
    let file = String::from_utf8(files(document(), &spec).remove(0).1).unwrap();
    assert_eq!(file, "Sheet 1 here\n\nSheet 2 here\n\nSheet 3 here\n");
    let json = ParseSpec { exports: vec![ExportFormat::Json], ..ParseSpec::default() };
    assert!(files(document(), &json).is_empty(), "the result is that file");
}
