//! Chunking: nothing is lost, and every strategy cuts where it says.

use docket_contract::SegmentType;
use docket_contract::results::ChunkResult;
use docket_contract::spec::{ChunkSpec, ChunkStrategy};
use docket_engine::{ReadDocument, chunk};
use proptest::prelude::*;
use uuid::Uuid;

use crate::handmade::{made, text_of};

fn spec(strategy: ChunkStrategy) -> ChunkSpec {
    ChunkSpec { strategy, chunk_chars: 1000, overlap_chars: 100, ..ChunkSpec::default() }
}

fn texts(result: &ChunkResult) -> Vec<&str> {
    result.chunks.iter().map(|chunk| chunk.text.as_str()).collect()
}

fn metadata<'a>(result: &'a ChunkResult, key: &str) -> Vec<&'a serde_json::Value> {
    result.chunks.iter().map(|chunk| &chunk.metadata[key]).collect()
}

/// Title, two sections of which the first has a part, and a blank page in between.
fn report() -> ReadDocument {
    made(
        4,
        &[
            (1, SegmentType::PageHeader, "Yearly report"),
            (1, SegmentType::Title, "# The year"),
            (1, SegmentType::Text, "It was good."),
            (1, SegmentType::SectionHeader, "## Sales"),
            (1, SegmentType::Text, "They rose."),
            (2, SegmentType::SectionHeader, "### Abroad"),
            (2, SegmentType::Picture, ""),
            (2, SegmentType::Text, "There too."),
            (4, SegmentType::SectionHeader, "## Costs"),
            (4, SegmentType::Text, "They fell."),
        ],
    )
}

#[test]
fn a_page_is_a_chunk_and_a_blank_one_is_empty() {
    let result = chunk(&report(), &spec(ChunkStrategy::Page), Uuid::nil());
    assert_eq!(result.total_chunks, 4);
    assert_eq!(metadata(&result, "page_number"), [1, 2, 3, 4]);
    assert_eq!(result.chunks[2].text, "");
    assert_eq!(result.chunks[2].metadata["pages"], serde_json::json!([3]));
    assert_eq!(result.chunks[3].text, "Costs\n\nThey fell.");
}

#[test]
fn fixed_chunks_overlap_exactly() {
    let document = made(1, &[(1, SegmentType::Text, "äöüß"), (1, SegmentType::Text, "0123456789")]);
    let fixed = ChunkSpec {
        strategy: ChunkStrategy::Fixed,
        chunk_chars: 6,
        overlap_chars: 2,
        ..ChunkSpec::default()
    };
    let result = chunk(&document, &fixed, Uuid::nil());
    assert_eq!(texts(&result), ["äöüß\n\n", "\n\n0123", "234567", "6789"]);
    assert_eq!(metadata(&result, "start_char"), [0, 4, 8, 12]);
    assert_eq!(metadata(&result, "end_char"), [6, 10, 14, 16]);
    assert!((result.avg_chunk_size - 5.5).abs() < 1e-9);
}

#[test]
fn paragraphs_keep_their_heading_and_pictures() {
    let result = chunk(&report(), &spec(ChunkStrategy::Paragraph), Uuid::nil());
    assert_eq!(
        texts(&result),
        [
            "Yearly report\n\n",
            "The year\n\nIt was good.\n\n",
            "Sales\n\nThey rose.\n\n",
            "Abroad\n\n\n\nThere too.\n\n",
            "Costs\n\nThey fell.",
        ]
    );
}

#[test]
fn sections_know_their_heading() {
    let result = chunk(&report(), &spec(ChunkStrategy::Heading), Uuid::nil());
    let none = serde_json::Value::Null;
    assert_eq!(
        metadata(&result, "heading"),
        [&none, &"The year".into(), &"Sales".into(), &"Abroad".into(), &"Costs".into(),]
    );
    assert_eq!(
        metadata(&result, "heading_level"),
        [&none, &1.into(), &2.into(), &3.into(), &2.into(),]
    );
}

#[test]
fn nested_sections_know_their_parent() {
    let result = chunk(&report(), &spec(ChunkStrategy::Hierarchical), Uuid::nil());
    let ids = metadata(&result, "chunk_id");
    let parents = metadata(&result, "parent_id");
    let none = &serde_json::Value::Null;
    assert_eq!(parents, [none, none, ids[1], ids[2], ids[1]]);
    assert_eq!(metadata(&result, "level"), [1, 1, 2, 3, 2]);
    let distinct: std::collections::HashSet<_> = ids.iter().map(|id| id.as_str()).collect();
    assert_eq!(distinct.len(), ids.len());
}

#[test]
fn semantic_chunks_end_where_the_subject_changes() {
    let cats = "The cat purrs and licks its paw. A cat has whiskers and fur, and claws that it \
                hides in its paws. Cats sleep and purr, and their fur is warm. ";
    let ships = "The ship sets sail from the harbour. A ship has masts and sails, and an anchor \
                 that holds it in the harbour. Ships cross the sea under sail. ";
    let paragraphs: Vec<(usize, SegmentType, String)> =
        [cats, cats, cats, cats, ships, ships, ships, ships]
            .iter()
            .map(|text| (1, SegmentType::Text, text.repeat(2)))
            .collect();
    let borrowed: Vec<_> =
        paragraphs.iter().map(|(page, kind, text)| (*page, *kind, text.as_str())).collect();
    let result = chunk(&made(1, &borrowed), &spec(ChunkStrategy::Semantic), Uuid::nil());
    assert!(result.total_chunks >= 2);
    for chunk in &result.chunks {
        let both = chunk.text.contains("cat") && chunk.text.contains("ship");
        assert!(!both, "two subjects in one chunk: {}", chunk.text);
    }
}

#[test]
fn hybrid_chunks_keep_to_their_section_and_size() {
    let long = "A sentence of some length stands here. ".repeat(60);
    let document = made(
        2,
        &[
            (1, SegmentType::SectionHeader, "## One"),
            (1, SegmentType::SectionHeader, "### Within"),
            (1, SegmentType::Text, &long),
            (2, SegmentType::SectionHeader, "## Two"),
            (2, SegmentType::Text, "Short."),
        ],
    );
    let result = chunk(&document, &spec(ChunkStrategy::Hybrid), Uuid::nil());
    assert!(result.chunks.iter().all(|chunk| chunk.text.chars().count() <= 1000));
    assert!(result.chunks[0].text.starts_with("One\n\nWithin\n\nA sentence"));
    assert_eq!(result.chunks.last().map(|last| last.text.as_str()), Some("Two\n\nShort."));
    let kinds = serde_json::json!(["SectionHeader", "Text"]);
    assert_eq!(result.chunks[0].metadata["segment_types"], kinds);
    let boxes = result.chunks[0].metadata["bboxes"].as_array().expect("boxes");
    assert_eq!((boxes.len(), &boxes[0]["page_number"]), (3, &serde_json::json!(1)));
}

#[test]
fn a_document_without_segments_has_only_blank_pages() {
    for strategy in ChunkStrategy::ALL {
        let result = chunk(&made(2, &[]), &spec(strategy), Uuid::nil());
        let expected = if strategy == ChunkStrategy::Page { 2 } else { 0 };
        assert_eq!(result.total_chunks, expected, "{strategy:?}");
        assert!(result.avg_chunk_size.abs() < f64::EPSILON);
    }
}

fn document() -> impl Strategy<Value = ReadDocument> {
    let kind = prop::sample::select(SegmentType::ALL.to_vec());
    let text = prop_oneof![
        3 => "[a-zA-Zäß。.!? \n]{0,80}",
        1 => "([a-z]{1,9}[.,]? ){0,120}",
        1 => Just(String::new()),
        1 => "[a-z]{2500,3000}",
    ];
    let blocks = prop::collection::vec((kind, text, 0_usize..3, any::<bool>()), 0..25);
    (blocks, 0_usize..4).prop_map(|(blocks, blank)| {
        let mut page = 1;
        let blocks: Vec<(usize, SegmentType, String, bool)> = blocks
            .into_iter()
            .map(|(kind, text, pages_on, has_place)| {
                page += pages_on;
                (page, kind, text, has_place)
            })
            .collect();
        let page_count = blocks.last().map_or(0, |last| last.0) + blank;
        let given: Vec<_> =
            blocks.iter().map(|(page, kind, text, _)| (*page, *kind, text.as_str())).collect();
        let mut document = made(page_count, &given);
        for (block, (.., has_place)) in document.document.blocks.iter_mut().zip(&blocks) {
            block.rect = block.rect.filter(|_| *has_place);
        }
        document
    })
}

/// Checks what holds for every strategy, and gives the chunks joined without their overlap.
fn joined(document: &ReadDocument, spec: &ChunkSpec) -> String {
    let result = chunk(document, spec, Uuid::nil());
    assert_eq!(result.total_chunks, result.chunks.len());
    let mut joined = String::new();
    let mut reached = 0;
    for chunk in &result.chunks {
        let pages: Vec<u64> = chunk.metadata["pages"]
            .as_array()
            .map(|pages| pages.iter().filter_map(serde_json::Value::as_u64).collect())
            .unwrap_or_default();
        assert!(!pages.is_empty() && pages.is_sorted());
        assert_eq!(chunk.metadata["page_number"], pages[0]);
        assert_eq!(chunk.metadata["strategy"], spec.strategy.as_str());
        let shared = match chunk.metadata.get("start_char").and_then(serde_json::Value::as_u64) {
            Some(start) => reached - start as usize,
            None => 0,
        };
        joined.extend(chunk.text.chars().skip(shared));
        reached = joined.chars().count();
        assert!(spec.strategy == ChunkStrategy::Page || !chunk.text.is_empty());
        if let Some(end) = chunk.metadata.get("end_char") {
            assert_eq!(end.as_u64(), Some(reached as u64));
        }
    }
    joined
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn nothing_is_lost_and_nothing_stands_twice(
        document in document(),
        size in 1usize..1500,
        overlap in 0usize..400,
    ) {
        let text = text_of(&document);
        for strategy in ChunkStrategy::ALL {
            let overlap_chars = overlap.min(size - 1).min(size.div_ceil(2));
            let spec = ChunkSpec { strategy, chunk_chars: size, overlap_chars, ..ChunkSpec::default() };
            prop_assert_eq!(&joined(&document, &spec), &text, "{:?}", strategy);
        }
    }

    #[test]
    fn chunks_by_size_are_never_longer(document in document(), size in 1usize..300) {
        for strategy in [ChunkStrategy::Fixed, ChunkStrategy::Hybrid] {
            let spec = ChunkSpec { strategy, chunk_chars: size, overlap_chars: 0, ..ChunkSpec::default() };
            let longest = chunk(&document, &spec, Uuid::nil()).chunks.iter().map(|c| c.text.chars().count()).max();
            prop_assert!(longest.is_none_or(|longest| longest <= size));
        }
        let longest = chunk(&document, &spec(ChunkStrategy::Semantic), Uuid::nil())
            .chunks.iter().map(|c| c.text.chars().count()).max();
        prop_assert!(longest.is_none_or(|longest| longest <= 2000));
    }
}
