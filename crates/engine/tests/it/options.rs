//! What a request can ask for.

use docket_contract::spec::{
    ContentSource, ErrorHandling, Layout, OcrMode, PageRange, ParseChunking, SegmentNaming,
    WordDetails,
};
use docket_contract::{ParseSpec, SegmentType, WarningCode};
use docket_engine::{Error, Limits, inspect};
use docket_testkit::pdf::{Font, PdfBuilder, RawPdf, fixtures};

use crate::support::{outline, page, parsed, reports, result, segments, text};

fn numbered(pages: u32) -> Vec<u8> {
    (1..=pages)
        .fold(PdfBuilder::new(), |pdf, number| {
            pdf.page(|page| {
                page.text(72.0, 400.0, 12.0, Font::Times, &format!("Sheet {number} here"))
            })
        })
        .build()
}

fn range(text: &str) -> ParseSpec {
    ParseSpec {
        page_range: Some(PageRange::parse(text).expect("a page range")),
        ..ParseSpec::default()
    }
}

#[test]
fn inspection_counts_pages() {
    let inspection = inspect(numbered(3), None, None, &Limits::DEFAULT).unwrap();
    assert_eq!((inspection.page_count, inspection.encrypted), (Some(3), false));
}

#[test]
fn a_page_range_selects_pages() {
    let result = parsed(numbered(5), &range("2,4-9")).unwrap();
    assert_eq!(text(&result), "Sheet 2 here\nSheet 4 here\nSheet 5 here");
    assert_eq!(result.page_count, 5);
    let pages: Vec<usize> = segments(&result).iter().map(|one| one.page_number).collect();
    assert_eq!(pages, [2, 4, 5]);
}

#[test]
fn a_page_range_beyond_the_end_is_an_error() {
    let error = parsed(numbered(2), &range("3-4")).unwrap_err();
    assert_eq!(error, Error::PageRangeEmpty { page_count: 2 });
}

#[test]
fn progress_is_told_before_the_first_page_and_after_each() {
    let done: Vec<(usize, usize, usize)> = reports(numbered(4), &range("2-3"))
        .iter()
        .map(|report| (report.pages_done, report.pages_selected, report.page_count))
        .collect();
    assert_eq!(done, [(0, 2, 4), (1, 2, 4), (2, 2, 4)]);
}

#[test]
fn kinds_are_kept_and_empty_chunks_dropped() {
    let spec = ParseSpec {
        keep_segment_types: Some(vec![SegmentType::ListItem]),
        chunking: ParseChunking { target_length_words: 0, ..ParseChunking::default() },
        ..ParseSpec::default()
    };
    let result = parsed(fixtures::quickstart(), &spec).unwrap();
    assert_eq!(result.total_chunks, 7);
    assert!(outline(&result).iter().all(|(kind, _)| kind == "ListItem"));
    let none = ParseSpec { keep_segment_types: Some(vec![SegmentType::Formula]), ..spec };
    let result = parsed(fixtures::quickstart(), &none).unwrap();
    assert_eq!((result.total_chunks, result.chunks.len()), (0, 0));
}

#[test]
fn the_other_naming() {
    let spec = ParseSpec { segment_type_naming: SegmentNaming::Other, ..ParseSpec::default() };
    let result = parsed(fixtures::quickstart(), &spec).unwrap();
    let names: Vec<String> = outline(&result).into_iter().map(|(kind, _)| kind).collect();
    for wanted in ["Header", "Footer", "Section Header", "List Item", "Figure", "Title"] {
        assert!(names.iter().any(|name| name == wanted), "{wanted} in {names:?}");
    }
}

#[test]
fn fields_can_be_switched_off() {
    let mut spec = ParseSpec::default();
    spec.output_fields.ocr = false;
    spec.output_fields.html = false;
    spec.output_fields.bbox = false;
    spec.output_fields.embed = false;
    let result = parsed(numbered(1), &spec).unwrap();
    let segment = segments(&result)[0];
    assert!(segment.ocr.is_none() && segment.html.is_none() && segment.bbox.is_none());
    assert!(segment.content.is_some() && result.chunks[0].embed.is_none());
}

#[test]
fn one_segment_per_chunk() {
    let chunking = ParseChunking { target_length_words: 0, ..ParseChunking::default() };
    let spec = ParseSpec { chunking, ..ParseSpec::default() };
    let result = parsed(fixtures::quickstart(), &spec).unwrap();
    assert!(result.chunks.iter().all(|chunk| chunk.segments.len() == 1));
}

#[test]
fn chunks_have_their_length_and_do_not_end_with_headings() {
    let chunking = ParseChunking { target_length_words: 60, ..ParseChunking::default() };
    let spec = ParseSpec { chunking, ..ParseSpec::default() };
    let result = parsed(fixtures::quickstart(), &spec).unwrap();
    assert!(result.chunks.len() > 5);
    for (index, chunk) in result.chunks.iter().enumerate() {
        assert!(chunk.segments.len() == 1 || chunk.chunk_length <= 60 + 12, "chunk {index}");
        let last = chunk.segments.last().unwrap();
        assert!(
            index + 1 == result.chunks.len() || last.segment_type != "SectionHeader",
            "{index}"
        );
    }
}

#[test]
fn headers_and_footers_can_stay_out_of_embed() {
    let chunking = ParseChunking { ignore_headers_and_footers: true, ..ParseChunking::default() };
    let spec = ParseSpec { chunking, ..ParseSpec::default() };
    let result = parsed(fixtures::quickstart(), &spec).unwrap();
    let embed: String = result.chunks.iter().filter_map(|chunk| chunk.embed.clone()).collect();
    assert!(!embed.contains("Registered in Port Ellery"));
    assert!(text(&result).contains("Registered in Port Ellery"));
}

#[test]
fn every_segment_stands_in_its_chunk_word_for_word() {
    for chunk in result(fixtures::quickstart()).chunks {
        let embed = chunk.embed.unwrap();
        for segment in chunk.segments {
            assert!(embed.contains(&segment.markdown.unwrap()));
        }
    }
}

#[test]
fn one_segment_per_page() {
    let spec = ParseSpec { layout: Layout::PageByPage, ..ParseSpec::default() };
    let result = parsed(fixtures::quickstart(), &spec).unwrap();
    let kinds: Vec<String> = outline(&result).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["Page", "Page", "Page"]);
    let markdown = segments(&result)[0].markdown.clone().unwrap();
    assert!(markdown.contains("# Annual Report 2025") && markdown.contains("- Move the paint"));
}

#[test]
fn forced_ocr_is_told_to_be_missing() {
    let spec = ParseSpec { ocr_mode: OcrMode::Force, ..ParseSpec::default() };
    let result = parsed(numbered(1), &spec).unwrap();
    assert_eq!(text(&result), "Sheet 1 here");
    assert_eq!(result.warnings[0].code, WarningCode::OcrNotDone);
}

#[test]
fn a_page_that_fails_can_end_the_job() {
    let mixed = PdfBuilder::new()
        .page(|page| page.text(72.0, 90.0, 12.0, Font::Times, "Words"))
        .page(|page| page.picture(72.0, 72.0, 300.0, 300.0))
        .build();
    let spec = ParseSpec { error_handling: ErrorHandling::Fail, ..ParseSpec::default() };
    assert!(matches!(parsed(mixed, &spec), Err(Error::PageFailed { page: 2, .. })));
}

#[test]
fn ids_follow_from_the_namespace_and_the_place() {
    let ids = |document| -> Vec<uuid::Uuid> {
        segments(&result(document)).iter().map(|segment| segment.segment_id).collect()
    };
    let first = ids(fixtures::quickstart());
    assert_eq!(first, ids(fixtures::quickstart()));
    let apart: std::collections::HashSet<_> = first.iter().collect();
    assert_eq!(apart.len(), first.len());
}

#[test]
fn boxes_lie_within_their_page_and_words_within_their_segment() {
    let document = page(|page| {
        page.text(560.0, 838.0, 30.0, Font::Times, "Over the edge").text(
            72.0,
            90.0,
            12.0,
            Font::Times,
            "In",
        )
    });
    for document in [document, fixtures::quickstart()] {
        for segment in segments(&result(document)) {
            let bbox = segment.bbox.unwrap();
            assert!(bbox.left >= 0.0 && bbox.left + bbox.width <= segment.page_width + 0.01);
            assert!(bbox.top >= 0.0 && bbox.top + bbox.height <= segment.page_height + 0.01);
            for word in segment.ocr.iter().flatten() {
                assert!(word.bbox.left + word.bbox.width <= bbox.width + 0.02, "{word:?}");
                assert!(word.bbox.top + word.bbox.height <= bbox.height + 0.02, "{word:?}");
            }
        }
    }
}

#[test]
fn pages_are_measured_at_144_to_the_inch() {
    let result = result(numbered(1));
    let segment = segments(&result)[0];
    assert_eq!((segment.page_width, segment.page_height), (1190.0, 1684.0));
    let bbox = segment.bbox.unwrap();
    assert!((bbox.left - 144.0).abs() < 1.0, "{bbox:?}");
    assert!(bbox.top < 800.0 && bbox.top + bbox.height > 800.0, "{bbox:?}");
}

#[test]
fn another_text_moves_into_the_content() {
    let document = || {
        page(|page| {
            page.text(72.0, 80.0, 22.0, Font::HelveticaBold, "Lamp & wick").text(
                72.0,
                120.0,
                10.0,
                Font::Times,
                "Plain text stays as it is.",
            )
        })
    };
    let spec = |source| ParseSpec {
        content_sources: vec![(SegmentType::Title, source)],
        ..ParseSpec::default()
    };
    for (source, content) in [
        (ContentSource::Html, "<h1>Lamp &amp; wick</h1>"),
        (ContentSource::Markdown, "# Lamp & wick"),
    ] {
        let result = parsed(document(), &spec(source)).unwrap();
        let (title, text) = (&result.chunks[0].segments[0], &result.chunks[0].segments[1]);
        assert_eq!(title.content.as_deref(), Some(content));
        assert_eq!((title.html.as_deref(), title.markdown.as_deref()), (Some(""), Some("")));
        assert_eq!(text.html.as_deref(), Some("<p>Plain text stays as it is.</p>"));
        assert!(result.chunks[0].embed.as_deref().unwrap().starts_with("# Lamp & wick"));
    }
}

/// A page of three words: red by RGB, green by inks, and half of a named ink; the second links.
fn painted_and_linked() -> Vec<u8> {
    RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
        .object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R /Annots [6 0 R] \
             /Resources << /Font << /F 5 0 R >> /ColorSpace << /Spot [/Separation /Gold \
             /DeviceGray 7 0 R] >> >> >>",
        )
        .stream(
            4,
            "",
            b"BT /F 12 Tf 1 0 0 rg 40 300 Td (red) Tj q 1 0 1 0 k 60 0 Td (linked) Tj Q \
              /Spot cs 0.6 scn 60 0 Td (spot) Tj ET",
        )
        .object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>")
        .object(
            6,
            "<< /Type /Annot /Subtype /Link /Rect [98 296 150 312] /A << /S /URI \
             /URI (https://lamp.example/) >> >>",
        )
        .object(7, "<< /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0] /N 1 >>")
        .build(1)
}

#[test]
fn words_tell_their_colours_and_links_if_asked() {
    let word_details = WordDetails { links: true, colors: true };
    let asked = ParseSpec { word_details, ..ParseSpec::default() };
    let words = |spec: &ParseSpec| -> Vec<(String, Option<String>, Option<String>)> {
        let result = parsed(painted_and_linked(), spec).unwrap();
        let words = segments(&result).into_iter().flat_map(|one| one.ocr.clone().unwrap());
        words.map(|word| (word.text, word.color.map(|color| color.hex), word.link)).collect()
    };
    let found = |text: &str, color: &str, link: Option<&str>| {
        (text.to_owned(), Some(color.to_owned()), link.map(str::to_owned))
    };
    assert_eq!(
        words(&asked),
        [
            found("red", "#ff0000", None),
            found("linked", "#00ff00", Some("https://lamp.example/")),
            found("spot", "#666666", None),
        ]
    );
    assert!(
        words(&ParseSpec::default()).iter().all(|(_, color, link)| (color, link) == (&None, &None))
    );
}

#[test]
fn tables_that_go_on_are_joined_where_asked_for() {
    let (_, bytes) =
        fixtures::tables().into_iter().find(|(name, _)| name.ends_with("two_pages.pdf")).unwrap();
    let tables = |merge_tables: bool| -> Vec<String> {
        let spec = ParseSpec { merge_tables, ..ParseSpec::default() };
        let segments =
            parsed(bytes.clone(), &spec).unwrap().chunks.into_iter().flat_map(|c| c.segments);
        segments.filter(|s| s.segment_type == "Table").filter_map(|s| s.content).collect()
    };
    assert_eq!(tables(false).len(), 2);
    assert_eq!(
        tables(true),
        [
            "Month\tHours\tLitres\nJanuary\t420\t110\nFebruary\t380\t98\nMarch\t331\t84\nApril\t260\t70\nMay\t210\t55"
        ]
    );
}
