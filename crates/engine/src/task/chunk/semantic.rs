//! Chunks by subject and size: the cheapest way to cut, found by dynamic programming.
//!
//! A cut costs little where a heading follows or the words change, and much within a thought;
//! chunks cost by their distance from the size aimed at.

use std::ops::Range;

use super::cohesion;
use super::sentences::{characters, pieces_up_to};
use super::text::{DocumentText, Piece};
use crate::model::{Content, Role};
use crate::task::classify::words::content_words;

/// Sizes of chunks in characters.
#[derive(Clone, Copy)]
struct Sizes {
    aim: usize,
    most: usize,
}

/// About 250 tokens, which most embedding models take in whole, and twice that at most.
const BY_SUBJECT: Sizes = Sizes { aim: 1000, most: 2000 };

/// A part of the text that is not cut any more.
struct Unit {
    bytes: Range<usize>,
    characters: usize,
    piece: usize,
}

/// Runs that each keep to one subject, as far as headings and words tell.
pub(super) fn by_subject(text: &DocumentText<'_>) -> Vec<Range<usize>> {
    let units = units(text, 0..text.pieces.len(), BY_SUBJECT.most);
    let words: Vec<Vec<String>> = units
        .iter()
        .map(|unit| match text.pieces[unit.piece].block.is_running() {
            true => Vec::new(),
            false => content_words(&text.text[unit.bytes.clone()]),
        })
        .collect();
    let changes = cohesion::changes(&words);
    let costs: Vec<f64> = changes
        .iter()
        .enumerate()
        .map(|(gap, change)| structure_cost(text, &units, gap) + 0.6 * (1.0 - change))
        .collect();
    cheapest(&units, &costs, BY_SUBJECT)
}

/// Runs under one heading each, longer sections cut by size.
pub(super) fn by_section_and_size(text: &DocumentText<'_>, size: usize) -> Vec<Range<usize>> {
    let sizes = Sizes { aim: size.max(1), most: size.max(1) };
    let mut runs = Vec::new();
    let mut first = 0;
    for index in 0..text.pieces.len() {
        let next = text.pieces.get(index + 1);
        let last = next.is_none();
        // Headings that follow one another head one section together.
        if last
            || next.is_some_and(|next| next.is_heading())
                && !heading_stands_last(text, first..index + 1)
        {
            let units = units(text, first..index + 1, sizes.most);
            let gaps = 0..units.len().saturating_sub(1);
            let costs: Vec<f64> = gaps.map(|gap| structure_cost(text, &units, gap)).collect();
            runs.extend(cheapest(&units, &costs, sizes));
            first = index + 1;
        }
    }
    runs
}

/// The last of some pieces, running headers and footers aside, is a heading.
fn heading_stands_last(text: &DocumentText<'_>, pieces: Range<usize>) -> bool {
    let body = text.pieces[pieces].iter().rev().find(|piece| !piece.block.is_running());
    body.is_some_and(|piece| piece.is_heading())
}

/// Whole segments, and the sentences of those that are too long for one chunk.
fn units(text: &DocumentText<'_>, pieces: Range<usize>, most: usize) -> Vec<Unit> {
    let mut units = Vec::new();
    for piece in pieces {
        let bytes = text.pieces[piece].bytes.clone();
        let whole = &text.text[bytes.clone()];
        let length = characters(whole);
        if length <= most {
            if length > 0 {
                units.push(Unit { bytes, characters: length, piece });
            }
            continue;
        }
        units.extend(pieces_up_to(whole, most).into_iter().map(|part| Unit {
            characters: characters(&whole[part.clone()]),
            bytes: bytes.start + part.start..bytes.start + part.end,
            piece,
        }));
    }
    units
}

/// What a cut costs for the structure of the document: less than nothing before a heading, much
/// within a segment, behind a heading, and within a list or a sentence.
fn structure_cost(text: &DocumentText<'_>, units: &[Unit], gap: usize) -> f64 {
    let (before, behind) = (units[gap].piece, units[gap + 1].piece);
    if before == behind {
        return 0.4;
    }
    let content = text.content(before).trim_end();
    let (before, behind) = (&text.pieces[before], &text.pieces[behind]);
    if before.is_heading() {
        return 2.0;
    }
    if let Some(level) = behind.block.heading_level() {
        return -0.6 + 0.1 * f64::from(level.min(4));
    }
    if behind.block.is_running() || before.block.is_running() {
        return if before.page == behind.page { 0.3 } else { 0.1 };
    }
    let is_caption = |piece: &Piece<'_>| piece.block.role() == Some(Role::Caption);
    let is_shown =
        |piece: &Piece<'_>| matches!(piece.block.content, Content::Table(_) | Content::Picture);
    let is_item = |piece: &Piece<'_>| matches!(piece.block.role(), Some(Role::ListItem(_)));
    let captions = is_caption(before) && is_shown(behind) || is_caption(behind) && is_shown(before);
    let leads_in = content.ends_with(':') || content.ends_with(',');
    if captions || leads_in {
        return 0.8;
    }
    if is_item(before) && is_item(behind) { 0.4 } else { 0.0 }
}

/// The runs of the cheapest way to cut. `costs[gap]` is the price of a cut between the units `gap`
/// and `gap + 1`; a run longer than allowed consists of one unit.
fn cheapest(units: &[Unit], costs: &[f64], sizes: Sizes) -> Vec<Range<usize>> {
    // The price of the best way up to each unit, and where its last run starts.
    let mut best: Vec<(f64, usize)> = vec![(0.0, 0)];
    for end in 1..=units.len() {
        let mut length = 0;
        let mut found = (f64::INFINITY, end - 1);
        for start in (0..end).rev() {
            length += units[start].characters;
            if length > sizes.most && start + 1 < end {
                break;
            }
            let cut = if start == 0 { 0.0 } else { costs[start - 1] };
            let price = best[start].0 + cut + size_cost(length, sizes);
            if price < found.0 {
                found = (price, start);
            }
        }
        best.push(found);
    }
    let mut runs = Vec::new();
    let mut end = units.len();
    while end > 0 {
        let start = best[end].1;
        runs.push(units[start].bytes.start..units[end - 1].bytes.end);
        end = start;
    }
    runs.reverse();
    runs
}

fn size_cost(length: usize, sizes: Sizes) -> f64 {
    let (length, aim) = (length as f64, sizes.aim as f64);
    let spare = (sizes.most as f64 - aim).max(1.0);
    let off = if length < aim { (aim - length) / aim } else { (length - aim) / spare };
    off * off
}
