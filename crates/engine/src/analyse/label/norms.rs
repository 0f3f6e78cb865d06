//! What the running text of a document looks like: what stands out is judged by it.

use super::tolerances;
use crate::analyse::tolerances as shared;
use std::collections::HashMap;

use crate::analyse::draft::{BlockDraft, PageLayout};

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

/// The looks of the pages, given with their 1-based numbers.
pub(super) fn norms(pages: &[(usize, PageLayout)]) -> Norms {
    let mut weights: Vec<(f32, usize)> = Vec::new();
    let (mut bold, mut italic, mut total) = (0.0, 0.0, 0.0);
    let mut families: HashMap<u32, usize> = HashMap::new();
    for line in pages.iter().flat_map(|(_, page)| &page.blocks).flat_map(BlockDraft::lines) {
        let characters = line.characters();
        let size = (line.size * tolerances::SIZE_STEPS_PER_POINT).round()
            / tolerances::SIZE_STEPS_PER_POINT;
        match weights.iter_mut().find(|(known, _)| (known - size).abs() < tolerances::SIZE_SAME) {
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
    let body_size = weights
        .into_iter()
        .max_by_key(|(_, weight)| *weight)
        .map_or(shared::FONT_SIZE_FALLBACK, |(s, _)| s);
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
