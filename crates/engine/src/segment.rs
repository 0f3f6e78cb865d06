//! Gives blocks their kinds: headings, list items, captions, notes, running headers and footers.

mod authors;
mod continued;
mod furniture;
mod headings;
mod kinds;
mod markers;
mod told;

pub(crate) use authors::lists_names;
pub(crate) use continued::merge_tables;
pub(crate) use markers::{Marker, item_marker, marker};

use std::collections::HashMap;

use docket_contract::SegmentType;

use crate::bibliography::EntryPart;
use crate::geometry::Rect;
use crate::layout::{Block, PageLayout};
use crate::pdf::OutlineEntry;

/// A block with its kind.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// 1-based.
    pub page: usize,
    /// Size of the page in points.
    pub page_size: (f32, f32),
    pub kind: SegmentType,
    /// Of a heading: 1 for a title, from 2 for sections.
    pub level: u8,
    /// Of a list item: how deep it is nested, from 0.
    pub depth: u8,
    /// 0 to 1.
    pub confidence: f32,
    /// It runs another way than most text of its page.
    pub sideways: bool,
    /// Its place in the bibliography, if that was read.
    pub entry: Option<EntryPart>,
    /// `None` for a picture.
    pub block: Option<Block>,
    /// In points, as displayed.
    pub rect: Rect,
}

/// What the whole document looks like, for telling what stands out.
pub(crate) struct Norms {
    /// The font size of running text.
    pub body_size: f32,
    /// Most running text is bold.
    pub body_bold: bool,
    /// Most running text is italic.
    pub body_italic: bool,
    /// The typeface of most running text.
    pub body_family: u32,
}

/// Pictures smaller than this in points are dots, icons or rules.
const PICTURE_SIDE_MIN: f32 = 24.0;

/// Turns laid-out pages, given with their 1-based numbers, into parts in reading order.
pub(crate) fn classify(mut pages: Vec<(usize, PageLayout)>, outline: &[OutlineEntry]) -> Vec<Part> {
    let furniture = furniture::separate(&mut pages);
    let norms = norms(&pages);
    let mut parts = Vec::new();
    for ((page, layout), furniture) in pages.into_iter().zip(furniture) {
        let page_size = (layout.width, layout.height);
        let main = layout.blocks.first().map(|block| block.direction);
        let on_page = |kind, block: Block| {
            let rect = block.direction.back(&block.rect, page_size.0, page_size.1);
            Part {
                page,
                page_size,
                kind,
                level: 0,
                depth: 0,
                confidence: 0.9,
                sideways: main.is_some_and(|main| main != block.direction),
                entry: None,
                block: Some(block),
                rect,
            }
        };
        parts.extend(furniture.headers.into_iter().map(|b| on_page(SegmentType::PageHeader, b)));
        let first = parts.len();
        parts.extend(layout.blocks.into_iter().map(|b| on_page(SegmentType::Text, b)));
        kinds::assign(&mut parts[first..], &norms);
        place_pictures(&mut parts, first, page, page_size, &layout.pictures);
        parts.extend(furniture.footers.into_iter().map(|b| on_page(SegmentType::PageFooter, b)));
    }
    headings::assign(&mut parts, outline, &norms);
    parts
}

fn norms(pages: &[(usize, PageLayout)]) -> Norms {
    let mut weights: Vec<(f32, usize)> = Vec::new();
    let (mut bold, mut italic, mut total) = (0.0, 0.0, 0.0);
    let mut families: HashMap<u32, usize> = HashMap::new();
    for line in pages.iter().flat_map(|(_, page)| &page.blocks).flat_map(|block| &block.lines) {
        let characters = line.characters();
        let size = (line.size * 4.0).round() / 4.0;
        match weights.iter_mut().find(|(known, _)| (known - size).abs() < 0.01) {
            Some((_, weight)) => *weight += characters,
            None => weights.push((size, characters)),
        }
        for word in &line.words {
            *families.entry(word.style.family).or_default() += word.text.len();
        }
        bold += line.share(|style| style.bold) * characters as f32;
        italic += line.share(|style| style.italic) * characters as f32;
        total += characters as f32;
    }
    let body_size = weights.into_iter().max_by_key(|(_, weight)| *weight).map_or(10.0, |(s, _)| s);
    Norms {
        body_size,
        body_bold: bold > 0.5 * total,
        body_italic: italic > 0.5 * total,
        body_family: families
            .into_iter()
            .max_by_key(|(family, weight)| (*weight, *family))
            .map_or(0, |(family, _)| family),
    }
}

/// Puts pictures behind the last block that stands above them.
fn place_pictures(
    parts: &mut Vec<Part>,
    first: usize,
    page: usize,
    page_size: (f32, f32),
    pictures: &[Rect],
) {
    let covers_page = |rect: &Rect| rect.area() > 0.85 * page_size.0 * page_size.1;
    let has_text = parts.len() > first;
    for rect in joined(pictures) {
        let small = rect.width().min(rect.height()) < PICTURE_SIDE_MIN;
        if small || covers_page(&rect) && has_text {
            continue;
        }
        let above = parts[first..]
            .iter()
            .rposition(|part| part.rect.y1 <= rect.y0 + 2.0 && part.rect.overlap_x(&rect) > 0.0);
        let at = above.map_or(first, |above| first + above + 1);
        let picture = Part {
            page,
            page_size,
            kind: SegmentType::Picture,
            level: 0,
            depth: 0,
            confidence: 0.9,
            sideways: false,
            entry: None,
            block: None,
            rect,
        };
        parts.insert(at, picture);
    }
}

/// Pictures that touch are strips of one picture. A page with very many of them keeps the first.
fn joined(pictures: &[Rect]) -> Vec<Rect> {
    const PICTURES_MAX: usize = 300;
    let mut joined: Vec<Rect> = Vec::new();
    for picture in pictures.iter().take(PICTURES_MAX) {
        let mut whole = *picture;
        loop {
            let touching = joined
                .iter()
                .position(|other| other.overlap_x(&whole) > -1.0 && other.overlap_y(&whole) > -1.0);
            let Some(at) = touching else { break };
            whole = whole.union(&joined.swap_remove(at));
        }
        joined.push(whole);
    }
    joined.sort_by(|a, b| a.y0.total_cmp(&b.y0));
    joined
}
