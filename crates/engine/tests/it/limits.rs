//! Documents beyond a limit are refused with its name, or read without the part that is beyond it.
//! Limits are lowered, so that the documents stay small.

use docket_contract::{ParseResult, ParseSpec, WarningCode};
use docket_engine::{Damage, Error, Limit, Limits, ParseRequest, inspect, parse};
use docket_testkit::hostile::{
    deflated, package, paragraph, pdf_page, pdf_pages, presentation, tiff, word, word_with,
    workbook,
};
use docket_testkit::scan::image_file;
use image::{GrayImage, ImageFormat};
use uuid::Uuid;

fn read(
    document: Vec<u8>,
    media_type: Option<&str>,
    lower: impl FnOnce(&mut Limits),
) -> Result<ParseResult, Error> {
    let mut limits = Limits::DEFAULT;
    lower(&mut limits);
    let spec = ParseSpec::default();
    let request =
        ParseRequest { media_type, limits: &limits, ..ParseRequest::new(&spec, Uuid::nil()) };
    parse(document, &request, &mut |_| {})
}

/// The document is refused because of this limit alone: with more room it is read, and the error
/// names it.
fn check(document: &[u8], media_type: Option<&str>, limit: Limit, lower: impl FnOnce(&mut Limits)) {
    let error = read(document.to_vec(), media_type, lower).expect_err("it is beyond the limit");
    let Error::TooLarge(excess) = error else { panic!("{limit:?}: {error}") };
    assert_eq!(excess.limit, limit);
    assert!(excess.amount > excess.allowed, "{excess}");
    assert!(error.to_string().contains(limit.name()), "{error}");
    let read = read(document.to_vec(), media_type, |_| {});
    assert!(!matches!(read, Err(Error::TooLarge(_))), "{limit:?}: {:?}", read.err());
}

/// The page is left out, or a part of it: a warning names the limit.
fn check_warning(document: &[u8], limit: Limit, lower: impl FnOnce(&mut Limits)) -> ParseResult {
    let result = read(document.to_vec(), None, lower).expect("the rest is read");
    let named = |warning: &&docket_contract::Warning| {
        warning.code == WarningCode::ContentTruncated && warning.message.contains(limit.name())
    };
    assert!(result.warnings.iter().find(named).is_some(), "{limit:?}: {:?}", result.warnings);
    let free = read(document.to_vec(), None, |_| {}).expect("it is read");
    assert!(free.warnings.iter().find(named).is_none(), "{:?}", free.warnings);
    result
}

const CELL: &str = "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData>";

#[test]
fn one_merged_range_is_refused_by_its_area() {
    let merged = format!("{CELL}<mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>");
    let error = read(workbook(&[&merged], &[]), None, |_| {}).unwrap_err();
    let Error::TooLarge(excess) = error else { panic!("{error}") };
    assert_eq!((excess.limit, excess.amount), (Limit::MergedCells, 17_179_869_184));
    assert!(error.to_string().contains("17179869184 cells in merged ranges"), "{error}");
}

#[test]
fn a_sheet_beyond_a_limit_is_left_out_and_the_others_are_read() {
    let merged = format!("{CELL}<mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>");
    let other = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData>";
    let result = read(workbook(&[&merged, other], &["kept"]), None, |_| {}).unwrap();
    assert!(crate::support::text(&result).contains("kept"));
    assert_eq!(result.page_count, 2);
    assert_eq!(result.failed_pages, [1]);
    let warning = &result.warnings[0];
    assert_eq!((warning.page, warning.code), (Some(1), WarningCode::ContentTruncated));
    assert!(warning.message.contains("merged_cells"), "{warning:?}");
}

#[test]
fn cells_far_apart_are_refused_by_the_area_between_them() {
    let far = "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"900\"><c r=\"ZZ900\"><v>1</v></c></row></sheetData>";
    check(&workbook(&[far], &[]), None, Limit::TableCells, |limits| limits.table_cells = 600_000);
}

#[test]
fn a_shared_string_counts_as_often_as_it_is_shown() {
    let rows: String = (1..=100)
        .map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>"))
        .collect();
    let sheet = format!("<sheetData>{rows}</sheetData>");
    let long = "word ".repeat(100);
    check(&workbook(&[&sheet], &[&long]), None, Limit::TextCharacters, |limits| {
        limits.text_characters = 40_000;
    });
}

#[test]
fn pages_of_packages_are_counted_from_their_lists() {
    let sheets = workbook(&[CELL, "<sheetData/>", CELL], &[]);
    let count =
        |document: Vec<u8>| inspect(document, None, None, &Limits::DEFAULT).unwrap().page_count;
    assert_eq!(count(sheets.clone()), Some(3));
    assert_eq!(read(sheets, None, |_| {}).unwrap().page_count, 3);
    let slides = presentation(7, 2);
    assert_eq!(count(slides.clone()), Some(7));
    assert_eq!(read(slides, None, |_| {}).unwrap().page_count, 7);
    assert_eq!(count(word(&paragraph("one page"))), Some(1));
    // Counting does not convert: what is beyond a limit is counted all the same.
    let merged = format!("{CELL}<mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>");
    assert_eq!(count(workbook(&[&merged], &[])), Some(1));
}

#[test]
fn a_slide_counts_as_often_as_it_is_listed() {
    check(&presentation(30, 50), None, Limit::Elements, |limits| limits.elements = 5_000);
    check(&presentation(30, 1), None, Limit::Slides, |limits| limits.slides = 20);
}

#[test]
fn long_and_wide_word_documents_are_refused() {
    let long = word(&paragraph("some words of text here").repeat(400));
    check(&long, None, Limit::TextCharacters, |limits| limits.text_characters = 5_000);
    check(&long, None, Limit::Elements, |limits| limits.elements = 1_000);
    let cell = |span: usize| {
        format!("<w:tc><w:tcPr><w:gridSpan w:val=\"{span}\"/></w:tcPr>{}</w:tc>", paragraph("x"))
    };
    let wide = format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", cell(600));
    check(&word(&wide.repeat(3)), None, Limit::TableCells, |limits| limits.table_cells = 1_000);
    let nested =
        "<w:tbl><w:tr><w:tc>".repeat(8) + &paragraph("deep") + &"</w:tc></w:tr></w:tbl>".repeat(8);
    check(&word(&nested), None, Limit::TablesNested, |limits| limits.tables_nested = 5);
    check(&word(&nested), None, Limit::Depth, |limits| limits.depth = 20);
}

#[test]
fn declared_entities_are_refused() {
    let head = "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let error = read(word_with(head, &paragraph("&x;"), &[]), None, |_| {}).unwrap_err();
    assert_eq!(error, Error::UnreadableFile(Damage::Declares));
}

#[test]
fn packages_that_inflate_are_refused() {
    let zeros = vec![0; 20 << 20];
    let bomb = word_with("", &paragraph("x"), &[("word/media/image1.png", &zeros)]);
    let lower = |limits: &mut Limits| {
        limits.package_bytes = 10 << 20;
        limits.package_ratio = 10_000;
    };
    let error = read(bomb.clone(), None, lower).unwrap_err();
    assert!(error.to_string().contains("limit package_bytes"), "{error}");
    let error = read(bomb, None, |_| {}).unwrap_err();
    assert!(error.to_string().contains("limit package_ratio"), "{error}");
    let text = word(&paragraph(&"a b ".repeat(100_000)));
    check(&text, None, Limit::XmlBytes, |limits| limits.xml_bytes = 200_000);
    let parts: Vec<String> = (0..50).map(|part| format!("word/part{part}.bin")).collect();
    let mut all: Vec<(&str, &[u8])> = vec![("word/document.xml", b"<d/>")];
    all.extend(parts.iter().map(|part| (part.as_str(), &b"x"[..])));
    check(&package(&all), None, Limit::PackageParts, |limits| limits.package_parts = 40);
}

#[test]
fn spans_of_web_pages_are_counted() {
    let html = Some("text/html");
    let page = "<html><table><tr><td colspan=100000>some text<td>b</table>";
    check(page.as_bytes(), html, Limit::TextCharacters, |limits| limits.text_characters = 5_000);
    let rows = format!("<html><table>{}</table>", "<tr><td>a<td>b".repeat(100));
    check(rows.as_bytes(), html, Limit::TableCells, |limits| limits.table_cells = 150);
    let nested = "<table><tr><td>".repeat(12);
    check(nested.as_bytes(), html, Limit::TablesNested, |limits| limits.tables_nested = 10);
    let nested = "<b>".repeat(100);
    check(nested.as_bytes(), html, Limit::Depth, |limits| limits.depth = 90);
    check(nested.as_bytes(), html, Limit::Elements, |limits| limits.elements = 10_000);
}

#[test]
fn tables_and_nesting_of_markdown_are_counted() {
    let markdown = Some("text/markdown");
    let table = format!("|{}\n|{}\n{}", "a|".repeat(50), "-|".repeat(50), "|x|\n".repeat(50));
    check(table.as_bytes(), markdown, Limit::TableCells, |limits| limits.table_cells = 2_000);
    let quoted = ">".repeat(100) + " deep";
    check(quoted.as_bytes(), markdown, Limit::Depth, |limits| limits.depth = 50);
    let marks = "*_".repeat(1_000);
    check(marks.as_bytes(), markdown, Limit::Elements, |limits| limits.elements = 500);
}

#[test]
fn image_files_are_judged_by_their_headers() {
    let png = image_file(&GrayImage::new(200, 100), ImageFormat::Png);
    check(&png, None, Limit::Pixels, |limits| limits.pixels = 10_000);
    check(&png, None, Limit::PictureBytes, |limits| limits.picture_bytes = 10_000);
    check(&tiff(30, 0), None, Limit::ImagePages, |limits| limits.image_pages = 20);
    let error = inspect(tiff(6_000, 0), None, None, &Limits::DEFAULT).unwrap_err();
    assert!(error.to_string().contains("limit image_pages is 5000"), "{error}");
}

#[test]
fn blank_pictures_are_not_recognised() {
    let result = read(tiff(3, 255), None, |_| {}).unwrap();
    let codes: Vec<WarningCode> = result.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, [WarningCode::BlankPage; 3]);
    assert_eq!(result.failed_pages, Vec::<usize>::new());
}

const HELLO: &str = "BT /F1 12 Tf 72 700 Td (Hello world) Tj ET\n";

#[test]
fn streams_of_pages_are_measured_before_they_are_decoded() {
    let spaces = " ".repeat(1 << 20);
    let chain = pdf_page("", "", |pdf| {
        let data = deflated(&deflated(&deflated(spaces.as_bytes())));
        pdf.stream(4, "/Filter[/FlateDecode/FlateDecode/FlateDecode]", &data)
    });
    let lower = |limits: &mut Limits| limits.stream_bytes = 1 << 19;
    check(&chain, None, Limit::StreamBytes, lower);
    let contents = pdf_page("", "", |pdf| {
        pdf.object(3, "")
            .object(
                2,
                "<</Type/Pages/Count 1/Kids[<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents[4 0 R 4 0 R 4 0 R]>>]>>",
            )
            .stream(4, "/Filter/FlateDecode", &deflated(&spaces.as_bytes()[..1 << 18]))
    });
    check(&contents, None, Limit::StreamBytes, lower);
    let form = pdf_page(&format!("{HELLO} /X Do"), "/XObject<</X 6 0 R>>", |pdf| {
        let entries = "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Filter/FlateDecode";
        pdf.stream(6, entries, &deflated(spaces.as_bytes()))
    });
    let result = check_warning(&form, Limit::StreamBytes, lower);
    assert!(crate::support::text(&result).contains("Hello world"));
}

#[test]
fn pages_and_objects_of_a_pdf_are_counted() {
    check(&pdf_pages(30, HELLO, "", |pdf| pdf), None, Limit::Pages, |limits| limits.pages = 20);
    let objects = pdf_page(HELLO, "", |pdf| {
        pdf.stream(9, "/Type/ObjStm/N 0/First 0/Filter/FlateDecode", &deflated(&[b' '; 1 << 20]))
    });
    check(&objects, None, Limit::ObjectBytes, |limits| limits.object_bytes = 1 << 19);
}

#[test]
fn operators_and_characters_of_pages_are_counted() {
    let busy = pdf_page(&(HELLO.to_owned() + &"q Q ".repeat(1_000)), "", |pdf| pdf);
    let result = check_warning(&busy, Limit::PageOperators, |limits| limits.page_operators = 500);
    assert!(crate::support::text(&result).contains("Hello world"));
    let dense = pdf_page(&HELLO.repeat(20), "", |pdf| pdf);
    check_warning(&dense, Limit::PageCharacters, |limits| limits.page_characters = 100);
    // Of many pages the first are read; each adds its share to the limit.
    let line = format!("BT /F1 1 Tf 9 9 Td ({}) Tj ET\n", "abcdefghij".repeat(50));
    let page = (0..80).map(|row| line.replace("9 9 Td", &format!("9 {} Td", 9 + 9 * row)));
    let pages = pdf_pages(3, &page.collect::<String>(), "", |pdf| pdf);
    let result = check_warning(&pages, Limit::Characters, |limits| limits.characters = 0);
    assert_eq!(result.failed_pages, [3]);
}

fn composite(extra: &str) -> String {
    format!(
        "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 7 0 R/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(A)/Ordering(I)/Supplement 0>>{extra}>>]>>"
    )
}

#[test]
fn maps_of_fonts_are_counted_before_they_are_expanded() {
    let content = format!("{HELLO} BT /F2 9 Tf 9 9 Td <00410042> Tj ET");
    let with = |extra: &str, map: &str| {
        pdf_page(&content, "/Font<</F1 5 0 R/F2 6 0 R>>", |pdf| {
            pdf.object(6, &composite(extra)).stream(7, "", map.as_bytes())
        })
    };
    let begin = "begincmap 1 begincodespacerange <0000><ffff> endcodespacerange";
    let wide = with("/W[0 4294967295 500]", begin);
    let result = read(wide, None, |_| {}).unwrap();
    let message = &result.warnings[0].message;
    assert!(message.contains("limit map_entries"), "{message}");
    let entries = "<0041><0041>".repeat(50);
    let many = with("", &format!("{begin} 50 beginbfchar {entries} endbfchar endcmap"));
    check_warning(&many, Limit::MapEntries, |limits| limits.map_entries = 20);
    let long = "0041".repeat(60);
    let long = with("", &format!("{begin} 1 beginbfrange <0000><ffff><{long}> endbfrange endcmap"));
    check_warning(&long, Limit::MapCharacters, |limits| limits.map_characters = 18);
}

/// The page has to be drawn to be recognised, and is not: the limit is the document's failure.
fn check_drawing(
    content: &str,
    resources: &str,
    objects: &[(usize, &str, &[u8])],
    limit: Limit,
    lower: impl FnOnce(&mut Limits),
) {
    let document = pdf_page(content, resources, |pdf| {
        objects.iter().fold(pdf, |pdf, (number, entries, data)| pdf.stream(*number, entries, data))
    });
    check(&document, None, limit, lower);
}

#[test]
fn pages_are_judged_before_they_are_drawn() {
    let image =
        "/Type/XObject/Subtype/Image/Width 200/Height 100/BitsPerComponent 8/ColorSpace/DeviceGray";
    let draw = "q 612 0 0 792 0 0 cm /I Do Q\n";
    let gray = [0; 20_000];
    let flate = format!("{image}/Filter/FlateDecode");
    let images = "/XObject<</I 6 0 R>>";
    check_drawing(draw, images, &[(6, image, &gray)], Limit::Pixels, |l| l.pixels = 10_000);
    check_drawing(&draw.repeat(9), images, &[(6, image, &gray)], Limit::PagePixels, |l| {
        l.page_pixels = 100_000;
    });
    check_drawing(
        draw,
        images,
        &[(6, &flate, &deflated(&[0; 1 << 20]))],
        Limit::PictureBytes,
        |l| {
            l.picture_bytes = 100_000;
        },
    );
    check_drawing(draw, images, &[(6, &flate, &deflated(&gray))], Limit::DocumentPixels, |l| {
        l.document_pixels = 1_000;
    });
    check_drawing(&draw.repeat(30), images, &[(6, image, &gray)], Limit::PagePaintings, |l| {
        l.page_paintings = 20;
    });
    let fax = "/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 100000/Rows 8>>";
    check_drawing(draw, images, &[(6, fax, b"\0")], Limit::Pixels, |l| l.pixels = 10_000);
    let dashed = format!("{draw} [.1 .1] 0 d 0 0 m 600 700 l S");
    check_drawing(&dashed, images, &[(6, image, &gray)], Limit::PageMarks, |l| {
        l.page_marks = 1_000
    });
    let pattern =
        "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 99 99]/XStep 1/YStep 1";
    let tiled = format!("{draw} /Pattern cs /P scn 0 0 9 9 re f");
    let resources = format!("{images}/Pattern<</P 7 0 R>>");
    check_drawing(
        &tiled,
        &resources,
        &[(6, image, &gray), (7, pattern, b"0 0 1 1 re f")],
        Limit::PageMarks,
        |l| l.page_marks = 1_000,
    );
}
