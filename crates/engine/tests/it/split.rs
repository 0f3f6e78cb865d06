//! Splitting bundles, and the PDFs of their parts.

use docket_contract::SegmentType;
use docket_contract::results::SplitResult;
use docket_contract::spec::{Category, SplitSpec};
use docket_engine::{Error, Limits, ReadDocument, inspect, pages_as_pdf, split};
use docket_testkit::pdf::{Font, PdfBuilder, RawPdf};
use uuid::Uuid;

use crate::handmade::made;
use crate::support::{result, text};

use SegmentType::{PageFooter, PageHeader, Picture, Text, Title};

fn spec(names: &[&str]) -> SplitSpec {
    let category = |name: &&str| Category { name: (*name).to_owned(), description: None };
    SplitSpec {
        categories: names.iter().map(category).collect(),
        enable_reordering: false,
        ..SplitSpec::default()
    }
}

fn parts(result: &SplitResult) -> Vec<(&str, &[usize])> {
    result.parts.iter().map(|part| (part.category.as_str(), part.pages.as_slice())).collect()
}

/// An invoice of two pages, a contract of one, a letter, and another invoice.
fn bundle() -> ReadDocument {
    made(
        5,
        &[
            (1, Title, "# Invoice"),
            (1, Text, "Invoice number 7781, amount due 912.00"),
            (1, PageFooter, "Page 1 of 2"),
            (2, Text, "Terms of payment: 30 days. Dear customer, thank you for your letter."),
            (2, PageFooter, "Page 2 of 2"),
            (3, Title, "# Contract"),
            (3, Text, "This agreement is made between the parties. In witness whereof they sign."),
            (4, Text, "Dear Ms Ruiz,"),
            (4, Text, "Thank you for your letter. We are glad to hear that the roof is dry again."),
            (4, Text, "Yours sincerely"),
            (5, Title, "# Invoice"),
            (5, Text, "Invoice number 7782, amount due 13.00"),
            (5, PageFooter, "Page 1 of 1"),
        ],
    )
}

#[test]
fn pages_of_one_document_stay_together() {
    let result = split(&bundle(), &spec(&["Letter", "Contract", "Invoice"]), Uuid::nil());
    assert_eq!(parts(&result), [("Invoice", &[1, 2, 5][..]), ("Contract", &[3]), ("Letter", &[4])]);
    assert!(result.parts.iter().all(|part| (0.0..=1.0).contains(&part.confidence)));
    assert_eq!(result.parts[0].file_id, Uuid::new_v5(&Uuid::nil(), b"Invoice"));
    assert_eq!(result.page_count, 5);
}

#[test]
fn a_scan_of_the_same_paper_goes_with_the_page_before_it() {
    let mut document = made(
        3,
        &[
            (1, Title, "# Contract"),
            (1, Text, "This agreement is made between the parties."),
            (2, Picture, ""),
            (3, Picture, ""),
        ],
    );
    document.document.pages[2].size = Some((250.0, 550.0));
    let result = split(&document, &spec(&["Receipt", "Contract"]), Uuid::nil());
    assert_eq!(parts(&result), [("Contract", &[1, 2][..]), ("Receipt", &[3])]);
}

#[test]
fn every_page_is_in_exactly_one_part() {
    for names in [&["Invoice"][..], &["zebra", "giraffe"], &["", "的", "Letter"], &["A", "A"]] {
        let result = split(&bundle(), &spec(names), Uuid::nil());
        let mut pages: Vec<usize> =
            result.parts.iter().flat_map(|part| part.pages.clone()).collect();
        pages.sort_unstable();
        assert_eq!(pages, [1, 2, 3, 4, 5], "{names:?}");
        let firsts: Vec<usize> = result.parts.iter().map(|part| part.pages[0]).collect();
        assert!(firsts.is_sorted(), "{names:?}");
    }
    assert!(split(&made(0, &[]), &spec(&["A"]), Uuid::nil()).parts.is_empty());
}

#[test]
fn numbered_pages_are_put_in_order_if_that_is_wanted() {
    let document = made(
        3,
        &[
            (1, PageHeader, "Manual of the pump - Page 3 of 3"),
            (1, Text, "Warning: switch off before cleaning."),
            (2, PageHeader, "Manual of the pump - Page 1 of 3"),
            (2, Text, "Installation of the pump."),
            (3, PageHeader, "Manual of the pump - Page 2 of 3"),
            (3, Text, "Troubleshooting of the pump."),
        ],
    );
    let mut wish = spec(&["Manual"]);
    assert_eq!(parts(&split(&document, &wish, Uuid::nil())), [("Manual", &[1, 2, 3][..])]);
    wish.enable_reordering = true;
    assert_eq!(parts(&split(&document, &wish, Uuid::nil())), [("Manual", &[2, 3, 1][..])]);
}

fn sheets(count: usize) -> Vec<u8> {
    (1..=count)
        .fold(PdfBuilder::new(), |pdf, number| {
            let line = format!("Sheet {number} here");
            pdf.page(|page| {
                let page = page.text(72.0, 200.0, 12.0, Font::Times, &line);
                if number == 2 { page.rotated(90) } else { page }
            })
        })
        .build()
}

fn taken(document: Vec<u8>, password: Option<&str>, pages: &[usize]) -> (usize, String) {
    let pdf = pages_as_pdf(document, password, pages).expect("the pages can be taken");
    let inspection = inspect(pdf.clone(), None, None, &Limits::DEFAULT).expect("it opens again");
    assert!(!inspection.encrypted);
    (inspection.page_count.expect("pages"), text(&result(pdf)))
}

#[test]
fn pages_are_taken_in_the_order_given() {
    assert_eq!(taken(sheets(5), None, &[4, 2]), (2, "Sheet 4 here\nSheet 2 here".to_owned()));
    assert_eq!(taken(sheets(2), None, &[1, 1]).0, 2, "a page may come twice");
    assert_eq!(taken(sheets(2), None, &[9, 2, 0]), (1, "Sheet 2 here".to_owned()));
    let beyond = pages_as_pdf(sheets(2), None, &[3]);
    assert_eq!(beyond, Err(Error::PageRangeEmpty { page_count: 2 }));
}

#[test]
fn a_turned_page_stays_turned() {
    let size = |pdf: Vec<u8>| {
        let parsed = result(pdf);
        let first = &parsed.chunks[0].segments[0];
        (first.page_width, first.page_height)
    };
    let pdf = pages_as_pdf(sheets(2), None, &[2]).expect("the page can be taken");
    let (width, height) = size(pdf);
    assert!(width > height);
}

#[test]
fn encrypted_pages_come_out_open() {
    let locked = include_bytes!("locked.pdf").to_vec();
    assert!(pages_as_pdf(locked.clone(), None, &[1]).is_err());
    let open = taken(locked, Some("open sesame"), &[3, 1]);
    assert_eq!(open, (2, "Third sheet of three\nFirst sheet of three".to_owned()));
}

/// Two pages under a node with shared resources; both draw forms, and each has a field of one form
/// whose other fields stand on the other page.
fn with_fields() -> Vec<u8> {
    let page = |form: usize, field: usize, contents: usize| {
        format!(
            "<< /Type /Page /Parent 2 0 R /Contents {contents} 0 R /Annots [{field} 0 R] \
             /Resources << /XObject << /Form {form} 0 R >> >> >>"
        )
    };
    let drawn = "/Type /XObject /Subtype /Form /BBox [0 0 300 300] \
                 /Resources << /Font << /F 9 0 R >> >>";
    let field = |kid: usize, looks: usize| {
        format!(
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (f{kid}) /Parent 10 0 R /F 4 \
             /Rect [72 500 300 520] /AP << /N {looks} 0 R >> >>"
        )
    };
    let fonts = "/Type /XObject /Subtype /Form /BBox [0 0 228 20] \
                 /Resources << /Font << /F 9 0 R >> >>";
    RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [10 0 R] >> >>")
        .object(2, "<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] /MediaBox [0 0 400 600] >>")
        .object(3, &page(5, 11, 7))
        .object(4, &page(6, 12, 7))
        .stream(5, drawn, b"BT /F 12 Tf 72 200 Td (Drawn on one) Tj ET")
        .stream(6, drawn, b"BT /F 12 Tf 72 200 Td (Drawn on two) Tj ET")
        .stream(7, "", b"/Form Do")
        .object(9, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        .object(10, "<< /T (form) /Kids [11 0 R 12 0 R] >>")
        .object(11, &field(1, 13))
        .object(12, &field(2, 14))
        .stream(13, fonts, b"BT /F 12 Tf 2 5 Td (Filled on one) Tj ET")
        .stream(14, fonts, b"BT /F 12 Tf 2 5 Td (Filled on two) Tj ET")
        .build(1)
}

#[test]
fn forms_and_fields_come_along_and_those_of_other_pages_do_not() {
    let (pages, text) = taken(with_fields(), None, &[2]);
    assert_eq!(pages, 1);
    assert!(text.contains("Drawn on two") && text.contains("Filled on two"), "{text}");
    let pdf = pages_as_pdf(with_fields(), None, &[2]).expect("the page can be taken");
    let bytes = String::from_utf8_lossy(&pdf);
    assert!(bytes.contains("/AcroForm"));
    assert!(!bytes.contains("on one"), "nothing of the other page is in the file");
}

#[test]
fn a_broken_document_is_an_error() {
    assert!(pages_as_pdf(b"no document".to_vec(), None, &[1]).is_err());
    assert!(pages_as_pdf(Vec::new(), None, &[1]).is_err());
}
