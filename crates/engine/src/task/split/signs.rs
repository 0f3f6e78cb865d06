//! What of a page tells whether it goes on from the page before it.

use std::collections::{HashMap, HashSet};

use super::numbering::{PageNumber, item_number, page_number};
use crate::model::Role;
use crate::task::classify::words::{content_words, is_stop_word, words};
use crate::task::pages::{BlockText, PageText};

/// Lines within this share of the page's height from its edges may be running ones.
const EDGE: f32 = 0.09;
/// Segments that may hold a title, an opening or a closing.
const OUTERMOST: usize = 6;

/// What a page shows of where it belongs.
pub(super) struct PageSigns {
    /// Width and height in points; zero for a page without blocks.
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

impl PageSigns {
    pub(super) fn new(page: &PageText<'_>) -> Self {
        let size = page.size.filter(|_| !page.blocks.is_empty()).unwrap_or_default();
        let with_text = page.blocks.iter().filter(|one| !one.text.trim().is_empty());
        let (edge, body): (Vec<&BlockText<'_>>, Vec<&BlockText<'_>>) =
            with_text.partition(|one| at_edge(one, size.1));
        let mut counts: HashMap<String, f64> = HashMap::new();
        for word in body.iter().flat_map(|one| content_words(&one.text)) {
            *counts.entry(word).or_default() += 1.0;
        }
        let is_word = |word: &String| word.len() > 1 && !word.bytes().all(|b| b.is_ascii_digit());
        let running = edge.iter().flat_map(|one| words(&one.text));
        let running = running.filter(|word| is_word(word) && !is_stop_word(word)).collect();
        let last_paragraph = body.iter().rfind(|one| one.block.is_paragraph());
        let numbers: Vec<u32> = body.iter().filter_map(|one| item_number(&one.text)).collect();
        let is_title = |one: &&BlockText<'_>| one.block.role() == Some(Role::Title);
        Self {
            size: (f64::from(size.0), f64::from(size.1)),
            has_text: !(edge.is_empty() && body.is_empty()),
            words: counts,
            running,
            number: page_number(&edge.iter().map(|one| &*one.text).collect::<Vec<_>>()),
            titled: body.iter().take(OUTERMOST).any(is_title),
            starts_within: body.first().is_some_and(|first| starts_within(first)),
            stops_within: last_paragraph.is_some_and(|last| stops_within(&last.text)),
            closes: body.iter().rev().take(OUTERMOST).any(|one| closes(&one.text)),
            items: numbers.first().zip(numbers.last()).map(|(first, last)| (*first, *last)),
        }
    }
}

fn at_edge(one: &BlockText<'_>, page_height: f32) -> bool {
    let near = one
        .block
        .rect
        .is_some_and(|rect| rect.y1 < EDGE * page_height || rect.y0 > (1.0 - EDGE) * page_height);
    one.block.is_running() || near && one.text.chars().count() < 120
}

fn starts_within(first: &BlockText<'_>) -> bool {
    first.block.is_paragraph() && first.text.trim_start().starts_with(char::is_lowercase)
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
