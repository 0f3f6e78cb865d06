//! Documents of many pages read by several threads.

use docket_contract::spec::ErrorHandling;
use docket_contract::{ParseResult, ParseSpec};
use docket_engine::{Error, ParseRequest, Progress, parse};
use docket_testkit::pdf::{Font, Page, PdfBuilder};
use uuid::Uuid;

/// Pages in three typefaces with a title each, but for one that is drawn otherwise.
fn book(pages: usize, other: usize, draw: fn(Page) -> Page) -> Vec<u8> {
    let fonts = [Font::Times, Font::Helvetica, Font::Courier];
    (1..=pages)
        .fold(PdfBuilder::new(), |book, number| {
            let font = fonts[number % fonts.len()];
            book.page(|page| {
                if number == other {
                    return draw(page);
                }
                let page =
                    page.text(72.0, 90.0, 18.0, Font::TimesBold, &format!("Part {number} of all"));
                (0..20).fold(page, |page, line| {
                    let text = format!("Line {line} of page {number} runs on and on over the page");
                    page.text(72.0, 130.0 + 14.0 * f64::from(line), 11.0, font, &text)
                })
            })
        })
        .build()
}

fn read(
    document: Vec<u8>,
    spec: &ParseSpec,
    threads: usize,
) -> (Result<ParseResult, Error>, Vec<Progress>) {
    let request = ParseRequest { threads, ..ParseRequest::new(spec, Uuid::nil()) };
    let mut told = Vec::new();
    (parse(document, &request, &mut |progress| told.push(progress)), told)
}

#[test]
fn the_result_and_its_progress_are_the_same_with_any_number_of_threads() {
    let spec = ParseSpec::default();
    let (alone, told_alone) = read(book(61, 40, |blank| blank), &spec, 1);
    let alone = alone.expect("the book can be read");
    assert_eq!(alone.warnings.len(), 1);
    assert_eq!(alone.warnings[0].page, Some(40));
    for threads in [2, 3, 7] {
        let (together, told) = read(book(61, 40, |blank| blank), &spec, threads);
        assert_eq!(together.as_ref(), Ok(&alone), "{threads} threads");
        assert_eq!(told, told_alone, "{threads} threads");
    }
}

#[test]
fn a_selection_of_pages_is_read_by_several_threads_too() {
    let range = docket_contract::spec::PageRange::parse("3-30,50-61").unwrap();
    let spec = ParseSpec { page_range: Some(range), ..ParseSpec::default() };
    let (alone, _) = read(book(61, 0, |page| page), &spec, 1);
    let (together, told) = read(book(61, 0, |page| page), &spec, 4);
    assert_eq!(alone, together);
    assert_eq!(told.last().unwrap().pages_done, 40);
}

#[test]
fn the_first_page_that_fails_ends_the_parse() {
    let spec = ParseSpec { error_handling: ErrorHandling::Fail, ..ParseSpec::default() };
    // The picture needs a recogniser that is not there.
    let document = book(48, 20, |page| page.picture(0.0, 0.0, 612.0, 792.0));
    let (outcome, told) = read(document, &spec, 3);
    assert!(matches!(outcome, Err(Error::PageFailed { page: 20, .. })), "{outcome:?}");
    assert!(told.last().unwrap().pages_done == 19);
}
