//! What of a page tells whether it goes on from the page before it.

use std::collections::{HashMap, HashSet};

use docket_contract::{Segment, SegmentType};

use super::numbering::{PageNumber, item_number, page_number};
use crate::task::classify::words::{content_words, is_stop_word, words};

/// Lines within this share of the page's height from its edges may be running ones.
const EDGE: f64 = 0.09;
/// Segments that may hold a title, an opening or a closing.
const OUTERMOST: usize = 6;

/// A page, seen as a leaf among others.
pub(super) struct Sheet {
    /// Width and height; zero for a page without segments.
    pub(super) size: (f64, f64),
    pub(super) has_text: bool,
    /// How often it uses each word that carries a meaning.
    pub(super) words: HashMap<String, f64>,
    /// Words at its edges.
    pub(super) running: HashSet<String>,
    pub(super) number: Option<PageNumber>,
    /// A title stands at its top.
    pub(super) titled: bool,
    /// Its text starts in the middle of a sentence.
    pub(super) starts_within: bool,
    /// Its text stops in the middle of a sentence.
    pub(super) stops_within: bool,
    /// It ends as letters and contracts do.
    pub(super) closes: bool,
    /// The first and the last number of its list items and sections.
    pub(super) items: Option<(u32, u32)>,
}

impl Sheet {
    pub(super) fn new(segments: &[&Segment]) -> Self {
        let size = segments.first().map_or((0.0, 0.0), |one| (one.page_width, one.page_height));
        let with_text: Vec<&Segment> =
            segments.iter().copied().filter(|one| !text(one).trim().is_empty()).collect();
        let (edge, body): (Vec<&Segment>, Vec<&Segment>) =
            with_text.iter().copied().partition(|one| at_edge(one));
        let mut counts: HashMap<String, f64> = HashMap::new();
        for word in body.iter().flat_map(|one| content_words(text(one))) {
            *counts.entry(word).or_default() += 1.0;
        }
        let is_word = |word: &String| word.len() > 1 && !word.bytes().all(|b| b.is_ascii_digit());
        let running = edge.iter().flat_map(|one| words(text(one)));
        let running = running.filter(|word| is_word(word) && !is_stop_word(word)).collect();
        let flowing: Vec<&str> =
            body.iter().filter(|one| kind(one) == SegmentType::Text).map(|one| text(one)).collect();
        let numbers: Vec<u32> = body.iter().filter_map(|one| item_number(text(one))).collect();
        Self {
            size,
            has_text: !with_text.is_empty(),
            words: counts,
            running,
            number: page_number(&edge.iter().map(|one| text(one)).collect::<Vec<_>>()),
            titled: body.iter().take(OUTERMOST).any(|one| kind(one) == SegmentType::Title),
            starts_within: body.first().is_some_and(|first| starts_within(first)),
            stops_within: flowing.last().is_some_and(|last| stops_within(last)),
            closes: body.iter().rev().take(OUTERMOST).any(|one| closes(text(one))),
            items: numbers.first().zip(numbers.last()).map(|(first, last)| (*first, *last)),
        }
    }
}

fn text(segment: &Segment) -> &str {
    segment.content.as_deref().unwrap_or_default()
}

fn kind(segment: &Segment) -> SegmentType {
    SegmentType::from_any_name(&segment.segment_type).unwrap_or(SegmentType::Text)
}

fn at_edge(segment: &Segment) -> bool {
    let furniture = matches!(kind(segment), SegmentType::PageHeader | SegmentType::PageFooter);
    let near = segment.bbox.is_some_and(|bbox| {
        let height = segment.page_height.max(1.0);
        bbox.top + bbox.height < EDGE * height || bbox.top > (1.0 - EDGE) * height
    });
    furniture || near && text(segment).chars().count() < 120
}

fn starts_within(first: &Segment) -> bool {
    let plain = matches!(kind(first), SegmentType::Text);
    plain && text(first).trim_start().starts_with(char::is_lowercase)
}

fn stops_within(text: &str) -> bool {
    let long = text.chars().count() > 60;
    let last = text.trim_end().chars().last();
    long && last.is_some_and(|last| last.is_alphanumeric() || matches!(last, ',' | '-' | ';'))
}

fn closes(text: &str) -> bool {
    let lower = text.trim_start().to_lowercase();
    let closings = [
        "sincerely",
        "yours ",
        "kind regards",
        "best regards",
        "in witness whereof",
        "signature",
        "signed",
        "by:",
    ];
    closings.iter().any(|closing| lower.starts_with(closing))
}
