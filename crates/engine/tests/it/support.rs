//! Short ways to parse in tests.

use docket_contract::{ParseResult, ParseSpec, Segment};
use docket_engine::{Error, ParseRequest, Progress, ReadDocument, parse, read};
use docket_testkit::pdf::{Page, PdfBuilder};
use uuid::Uuid;

/// Parses with options.
pub(crate) fn parsed(document: Vec<u8>, spec: &ParseSpec) -> Result<ParseResult, Error> {
    let request = ParseRequest::new(spec, Uuid::nil());
    parse(document, &request, &mut |_| {})
}

/// Parses with the default options and expects a result.
pub(crate) fn result(document: Vec<u8>) -> ParseResult {
    parsed(document, &ParseSpec::default()).expect("the document can be read")
}

/// Reads with the default options and expects a document.
pub(crate) fn read_whole(document: Vec<u8>) -> ReadDocument {
    let spec = ParseSpec::default();
    let request = ParseRequest::new(&spec, Uuid::nil());
    read(document, &request, &mut |_| {}).expect("the document can be read")
}

/// A document of one page.
pub(crate) fn page(draw: impl FnOnce(Page) -> Page) -> Vec<u8> {
    PdfBuilder::new().page(draw).build()
}

/// All segments in order.
pub(crate) fn segments(result: &ParseResult) -> Vec<&Segment> {
    result.chunks.iter().flat_map(|chunk| &chunk.segments).collect()
}

/// Kind and text of all segments in order.
pub(crate) fn outline(result: &ParseResult) -> Vec<(String, String)> {
    let one = |segment: &&Segment| {
        (segment.segment_type.clone(), segment.content.clone().unwrap_or_default())
    };
    segments(result).iter().map(one).collect()
}

/// The text of all segments, one a line.
pub(crate) fn text(result: &ParseResult) -> String {
    outline(result).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n")
}

/// The markdown of the whole document.
pub(crate) fn markdown(result: &ParseResult) -> String {
    let embeds = result.chunks.iter().filter_map(|chunk| chunk.embed.as_deref());
    embeds.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// Every progress report of a parse.
pub(crate) fn reports(document: Vec<u8>, spec: &ParseSpec) -> Vec<Progress> {
    let mut reports = Vec::new();
    let request = ParseRequest::new(spec, Uuid::nil());
    parse(document, &request, &mut |progress| reports.push(progress))
        .expect("the document can be read");
    reports
}
