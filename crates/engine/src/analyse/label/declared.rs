//! Headings that the document tells of by itself: in its structure tree or in its outline.

use super::tolerances;
use std::collections::HashMap;

use super::norms::Norms;
use super::part::{Label, Part};
use crate::analyse::draft::BlockDraft;
use crate::model::{OutlineEntry, TagRole};

/// With fewer headings a tree says little of what it calls text.
const HEADINGS_MIN: usize = 3;

/// The parts that are told to be headings, and how deep they stand.
#[derive(Debug, Default)]
pub(super) struct Declared {
    ranks: HashMap<usize, u8>,
    /// The tree tells headings from text throughout.
    by_tree: bool,
}

impl Declared {
    /// Asks the tree, then the outline.
    pub(super) fn new(parts: &[Part], outline: &[OutlineEntry], norms: &Norms) -> Self {
        let by_tree = by_tree(parts);
        if !by_tree.is_empty() {
            return Self { ranks: by_tree, by_tree: true };
        }
        Self { ranks: by_outline(parts, outline, norms), by_tree: false }
    }

    pub(super) fn is_heading(&self, part: usize) -> bool {
        self.ranks.contains_key(&part)
    }

    /// The tree calls the part text and others headings.
    pub(super) fn is_text(&self, part: &Part) -> bool {
        let is_text = |block: &BlockDraft| {
            block.share(|style| style.role == TagRole::Text) > tolerances::STYLE_OF_BLOCK
        };
        self.by_tree && self.ranks.len() >= HEADINGS_MIN && part.written().is_some_and(is_text)
    }

    /// The only heading of the tree's first rank, if it opens the document.
    pub(super) fn title(&self, parts: &[Part]) -> Option<usize> {
        let mut first_rank = self.ranks.iter().filter(|(_, rank)| **rank == 1);
        let (part, _) = first_rank.next().filter(|_| self.by_tree)?;
        let opens = parts[*part].page == parts.first()?.page
            && parts[*part].rect.y0 < 0.5 * parts[*part].page_size.1;
        (opens && first_rank.next().is_none() && self.ranks.len() > 1).then_some(*part)
    }

    /// Levels from 2 on, the highest rank among sections first; a title's rank does not count.
    pub(super) fn levels(&self, parts: &[Part]) -> HashMap<usize, u8> {
        let sections = self.ranks.iter().filter(|(part, _)| parts[**part].label == Label::Heading);
        let sections: Vec<(usize, u8)> = sections.map(|(part, rank)| (*part, *rank)).collect();
        let top = sections.iter().map(|(_, rank)| *rank).min().unwrap_or(0);
        sections.into_iter().map(|(part, rank)| (part, (rank - top + 2).min(6))).collect()
    }
}

fn by_tree(parts: &[Part]) -> HashMap<usize, u8> {
    let mut ranks = HashMap::new();
    let (mut headings, mut all) = (0, 0);
    for (index, part) in parts.iter().enumerate() {
        let Some(block) = part.written() else { continue };
        all += block.characters();
        let is_open = matches!(part.label, Label::Text | Label::ListItem);
        let heading = (1..=6).find(|level| {
            block.share(|style| style.role == TagRole::Heading(*level)) > tolerances::STYLE_OF_BLOCK
        });
        if let Some(level) = heading.filter(|_| is_open) {
            headings += block.characters();
            ranks.insert(index, level);
        }
    }
    if headings as f32 > tolerances::HEADINGS_SHARE_MAX * all as f32 {
        HashMap::new()
    } else {
        ranks
    }
}

/// The part that each title of the outline names: the biggest, and of several the last, as tables of
/// contents come first.
fn by_outline(parts: &[Part], outline: &[OutlineEntry], norms: &Norms) -> HashMap<usize, u8> {
    if outline.is_empty() {
        return HashMap::new();
    }
    let mut by_text: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, part) in parts.iter().enumerate() {
        let Some(block) = part.written().filter(|_| !part.sideways) else { continue };
        let is_open = matches!(part.label, Label::Text | Label::ListItem);
        if is_open
            && block.lines().count() <= 4
            && block.size() > tolerances::PLAIN_RATIO_MIN * norms.body_size
        {
            let text: String = block.lines().map(|line| line.text() + " ").collect();
            by_text.entry(bare(&text)).or_default().push(index);
        }
    }
    let mut ranks = HashMap::new();
    for entry in outline {
        let title = bare(&entry.title);
        let named = by_text.get(&title).filter(|_| title.chars().count() >= 3);
        let size = |part: &usize| parts[*part].written().map_or(0.0, BlockDraft::size);
        let free = named.into_iter().flatten().filter(|part| !ranks.contains_key(*part));
        let biggest = free.max_by(|a, b| size(a).total_cmp(&size(b)).then(a.cmp(b)));
        if let Some(part) = biggest {
            ranks.insert(*part, entry.depth);
        }
    }
    ranks
}

/// Letters and digits without case, without the number in front.
fn bare(text: &str) -> String {
    let text = text.trim();
    let number = |word: &str| {
        word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ')' | ':'))
            || word.len() <= 4
                && word.ends_with('.')
                && word.chars().all(|c| c.is_ascii_uppercase() || c == '.')
    };
    let rest = match text.split_once(char::is_whitespace) {
        Some((first, rest)) if number(first) => rest,
        _ => text,
    };
    rest.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_compared_without_numbers_and_signs() {
        for text in ["2.1 The lamp", "The Lamp.", "IV. the lamp ", "2) The\u{A0}lamp"] {
            assert_eq!(bare(text), "thelamp", "{text}");
        }
        assert_eq!(bare("Part 2"), "part2");
    }
}
