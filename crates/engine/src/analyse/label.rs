//! Gives blocks their kinds: headings, list items, captions, notes, running headers and footers.

mod authors;
mod continued;
mod declared;
mod headers_footers;
mod headings;
mod pictures;
mod roles;

pub(crate) use authors::lists_names;
pub(crate) use continued::{Continued, continued_tables};

use std::collections::HashMap;

use docket_contract::SegmentType;

use crate::model::{Block, Direction, OutlineEntry, PageLayout, Part, Rect};

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

/// Turns laid-out pages, given with their 1-based numbers, into parts in reading order.
pub(crate) fn classify(mut pages: Vec<(usize, PageLayout)>, outline: &[OutlineEntry]) -> Vec<Part> {
    let furniture = headers_footers::separate(&mut pages);
    let norms = norms(&pages);
    let mut parts = Vec::new();
    for ((page, layout), furniture) in pages.into_iter().zip(furniture) {
        let sheet = Sheet::of(page, &layout);
        let furniture_of = |kind, block| sheet.part(kind, block);
        let headers = furniture.headers.into_iter();
        parts.extend(headers.map(|block| furniture_of(SegmentType::PageHeader, block)));
        let flow = flow(layout.blocks, sheet, &norms);
        parts.extend(pictures::place(flow, &layout.pictures, sheet));
        let footers = furniture.footers.into_iter();
        parts.extend(footers.map(|block| furniture_of(SegmentType::PageFooter, block)));
    }
    headings::assign(&mut parts, outline, &norms);
    parts
}

/// The text of a page with its kinds, headings apart.
fn flow(blocks: Vec<Block>, sheet: Sheet, norms: &Norms) -> Vec<Part> {
    let parts = blocks.into_iter().map(|block| sheet.part(SegmentType::Text, block));
    let mut flow: Vec<Part> = parts.collect();
    roles::assign(&mut flow, norms);
    flow
}

/// The page that parts stand on.
#[derive(Clone, Copy)]
struct Sheet {
    /// 1-based.
    page: usize,
    /// In points, as displayed.
    size: (f32, f32),
    /// Which way most of its text runs.
    direction: Direction,
}

impl Sheet {
    fn of(page: usize, layout: &PageLayout) -> Self {
        let direction = layout.blocks.first().map_or(Direction::Right, |block| block.direction);
        Self { page, size: (layout.width, layout.height), direction }
    }

    fn part(self, kind: SegmentType, block: Block) -> Part {
        let rect = block.direction.back(&block.rect, self.size.0, self.size.1);
        let sideways = block.direction != self.direction;
        Part { sideways, block: Some(block), ..self.empty_part(kind, rect) }
    }

    fn empty_part(self, kind: SegmentType, rect: Rect) -> Part {
        Part {
            page: self.page,
            page_size: self.size,
            kind,
            level: 0,
            depth: 0,
            confidence: 0.9,
            sideways: false,
            entry: None,
            block: None,
            rect,
        }
    }
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
