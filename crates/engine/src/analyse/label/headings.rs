//! Headings: blocks that stand out from running text, their levels, and the title.

use super::tolerances;
use crate::analyse::tolerances as shared;
use crate::lexicon;
use std::collections::HashMap;

use super::authors::drop_authors;
use super::covers::Disguises;
use super::declared::Declared;
use super::look::Look;
use super::norms::Norms;
use super::part::{Label, Part};
use crate::analyse::draft::BlockDraft;
use crate::model::OutlineEntry;

/// Longer blocks are paragraphs, however they look.
const CHARACTERS_MAX: usize = 220;
const LINES_MAX: usize = 4;

/// Finds headings among the parts that are still text, and gives them levels.
pub(crate) fn assign(parts: &mut [Part], outline: &[OutlineEntry], norms: &Norms) {
    let mut looks: Vec<(usize, Look)> = Vec::new();
    let declared = Declared::new(parts, outline, norms);
    let disguises = Disguises::new(parts, norms);
    for index in 0..parts.len() {
        if let Some((look, confidence)) = heading(parts, index, (&declared, &disguises), norms) {
            parts[index].label = Label::Heading;
            parts[index].confidence = confidence;
            looks.push((index, look));
        }
    }
    let title = declared.title(parts).and_then(|part| looks.iter().position(|look| look.0 == part));
    if let Some(title) = title.or_else(|| title_by_looks(parts, &looks, norms)) {
        let (index, look) = looks.remove(title);
        mark_title(&mut parts[index]);
        // A title may come in two blocks of the same looks.
        let follows = looks.get(title).is_some_and(|(next, other)| {
            *next == index + 1 && (other.size - look.size).abs() < tolerances::HEADING_SAME_SIZE
        });
        if follows {
            let (next, _) = looks.remove(title);
            mark_title(&mut parts[next]);
        }
    }
    drop_authors(parts, &mut looks);
    levels(parts, &looks, &declared.levels(parts));
}

fn mark_title(part: &mut Part) {
    part.label = Label::Title;
    part.level = 1;
}

fn heading(
    parts: &[Part],
    index: usize,
    (declared, disguises): (&Declared, &Disguises),
    norms: &Norms,
) -> Option<(Look, f32)> {
    let part = &parts[index];
    let block = part.written()?;
    let is_open = matches!(part.label, Label::Text | Label::ListItem);
    if !is_open || part.sideways {
        return None;
    }
    if declared.is_heading(index) && block.characters() <= CHARACTERS_MAX {
        return Some((look(block, norms), tolerances::DECLARED));
    }
    if !could_be(block) {
        return None;
    }
    let look = look(block, norms);
    let is_disguised =
        disguises.is_of_form(index) || look.numbers == 0 && disguises.is_of_cover(part, look.size);
    if is_disguised {
        return None;
    }
    let certainty = certainty(parts, index, &look, norms)?;
    if certainty < tolerances::BY_SIZE && declared.is_text(part) {
        return None;
    }
    let is_item = part.label == Label::ListItem;
    if is_item
        && !(look.numbers > 0
            && (look.stands_out(norms)
                || look.size > tolerances::NUMBERED_ITEM_BIGGER * norms.body_size))
    {
        return None;
    }
    Some((look, certainty))
}

/// How sure it is that a block of this look in this place is a heading.
fn certainty(parts: &[Part], index: usize, look: &Look, norms: &Norms) -> Option<f32> {
    let ratio = look.size / norms.body_size;
    let bold = look.bold && !norms.body_bold;
    let italic = look.italic && !norms.body_italic;
    let numbered = look.numbers > 0;
    if ratio >= shared::BIGGER_THAN_TEXT {
        return Some(tolerances::BY_SIZE);
    }
    if look.label && !numbered || !stands_alone(parts, index) {
        return None;
    }
    if bold && ratio > tolerances::BOLD_RATIO_MIN {
        return Some(tolerances::BOLD);
    }
    if ratio >= tolerances::SLIGHTLY_BIGGER && (numbered || italic || bold || look.foreign) {
        return Some(tolerances::SLIGHTLY_BIGGER_CERTAINTY);
    }
    let apart = is_apart(parts, index);
    if apart
        && bold
        && ratio > tolerances::SMALL_BOLD_RATIO_MIN
        && (look.capitals || numbered || look.centred)
    {
        return Some(tolerances::SMALL_BOLD);
    }
    if apart && look.capitals && ratio > tolerances::PLAIN_RATIO_MIN {
        return Some(tolerances::CAPITALS);
    }
    if numbered
        && (italic || look.foreign || apart && look.capitals)
        && ratio > tolerances::PLAIN_RATIO_MIN
    {
        return Some(tolerances::NUMBERED);
    }
    let introduces =
        text_after(parts, index).is_some_and(|next| next.rect.y0 >= parts[index].rect.y0);
    (apart && look.foreign && !look.italic && ratio > tolerances::PLAIN_RATIO_MIN && introduces)
        .then_some(tolerances::OTHER_TYPEFACE)
}

/// There is more room above or below it than within a paragraph, or nothing above.
fn is_apart(parts: &[Part], index: usize) -> bool {
    let rect = parts[index].rect;
    let page = parts[index].page;
    let above = parts[..index].iter().rev().take(8).filter(|other| {
        other.page == page && other.written().is_some() && other.rect.overlap_x(&rect) > 0.0
    });
    let nearest = above.map(|other| rect.y0 - other.rect.y1).filter(|gap| *gap > -2.0);
    let size = parts[index].written().map_or(shared::FONT_SIZE_FALLBACK, BlockDraft::size);
    let below = text_after(parts, index);
    nearest.fold(f32::INFINITY, f32::min) > tolerances::ROOM_ABOVE * size
        || below.is_some_and(|next| next.rect.y0 - rect.y1 > tolerances::ROOM_BELOW * size)
}

/// The next text of the same page.
fn text_after(parts: &[Part], index: usize) -> Option<&Part> {
    let page = parts[index].page;
    let mut after = parts[index + 1..].iter().take_while(|other| other.page == page);
    after.find(|other| other.written().is_some())
}

/// Short, with letters, and not the end of a sentence.
fn could_be(block: &BlockDraft) -> bool {
    let characters = block.characters();
    if block.lines().count() > LINES_MAX || !(2..=CHARACTERS_MAX).contains(&characters) {
        return false;
    }
    let text: String = block.lines().flat_map(|l| &l.words).map(|w| w.text.as_str()).collect();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let ends =
        text.ends_with(['.', ',', ';']) && !text.ends_with("etc.") && block.lines().count() > 1
            || text.ends_with([',', ';']);
    letters >= 3 && letters * 5 >= characters * 2 && !ends && !block.lines().any(|l| l.tabular)
}

/// Nothing stands beside it in its row, as cells of a table would, nor a table of which it names a row.
fn stands_alone(parts: &[Part], index: usize) -> bool {
    let rect = parts[index].rect;
    let page = parts[index].page;
    let beside = |other: &Part| {
        let common = other.rect.overlap_y(&rect);
        let in_column = other.written().zip(parts[index].written()).is_some_and(|(a, b)| {
            (a.column.0 - b.column.0).abs() < 1.0 && (a.column.1 - b.column.1).abs() < 1.0
        });
        other.page == page
            && in_column
            && common > tolerances::ROW_COMMON * rect.height().min(other.rect.height())
            && (other.label == Label::Table
                || other.rect.height() < tolerances::ROW_HEIGHT_MAX * rect.height())
            && other.rect.overlap_x(&rect) < 0.0
            && (other.rect.x0 - rect.x1).max(rect.x0 - other.rect.x1) < tolerances::ROW_DISTANCE_MAX
    };
    let near = index.saturating_sub(3)..(index + 4).min(parts.len());
    let after = parts[index + 1..].iter().take_while(|other| other.page == page);
    let before = parts[..index].iter().rev().take_while(|other| other.page == page);
    let mut tables = after.chain(before).filter(|other| other.label == Label::Table);
    !near.filter(|other| *other != index).any(|other| beside(&parts[other])) && !tables.any(beside)
}

fn look(block: &BlockDraft, norms: &Norms) -> Look {
    let text: String = block.lines().map(|line| line.text() + " ").collect();
    let text = text.trim_end();
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    let upper = letters.iter().filter(|c| c.is_uppercase()).count();
    let (left, right) = (block.rect.x0 - block.column.0, block.column.1 - block.rect.x1);
    let size = block.size();
    Look {
        size,
        bold: block.share(|style| style.bold) > tolerances::STYLE_OF_BLOCK,
        italic: block.share(|style| style.italic) > tolerances::STYLE_OF_BLOCK,
        capitals: letters.len() >= 4 && upper * 10 >= letters.len() * 9,
        numbers: numbers(text),
        foreign: block.share(|style| style.family != norms.body_family && !style.monospaced)
            > tolerances::TYPEFACE_OF_BLOCK,
        centred: left > 2.0 * size && (left - right).abs() < 2.0 * size,
        label: text.ends_with(':'),
    }
}

/// Counts the parts of a section number at the start: `3` 1, `3.1.` 2, `IV.` 1, `A.` 1.
fn numbers(text: &str) -> usize {
    let Some(first) = text.split_whitespace().next() else {
        return 0;
    };
    if text.split_whitespace().nth(1).is_none() {
        return 0;
    }
    let bare = first.trim_end_matches(['.', ')', ':']);
    let parts: Vec<&str> = bare.split('.').collect();
    let digits = |part: &&str| {
        (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if parts.iter().all(digits) {
        return parts.len();
    }
    let closed = bare.len() < first.len();
    if lexicon::has(lexicon::APPENDIX, first) {
        return 1;
    }
    let roman = bare.bytes().all(|byte| b"IVXL".contains(&byte));
    let letter = bare.len() == 1 && bare.bytes().all(|byte| byte.is_ascii_uppercase());
    let appendix = parts.len() > 1
        && parts[0].len() == 1
        && parts[0].bytes().all(|byte| byte.is_ascii_uppercase())
        && parts[1..].iter().all(digits);
    if appendix {
        return parts.len();
    }
    usize::from(closed && !bare.is_empty() && (roman || letter))
}

/// The first page's biggest heading, if it stands near its top and is bigger than sections are.
fn title_by_looks(parts: &[Part], looks: &[(usize, Look)], norms: &Norms) -> Option<usize> {
    let first_page = parts.first()?.page;
    let candidates = looks.iter().enumerate().filter(|(_, (index, look))| {
        let part = &parts[*index];
        part.page == first_page
            && part.rect.y0 < tolerances::TITLE_WITHIN * part.page_size.1
            && look.size > shared::BIGGER_THAN_TEXT * norms.body_size
            && look.numbers == 0
    });
    let (at, (_, best)) =
        candidates.max_by(|a, b| a.1.1.size.total_cmp(&b.1.1.size).then(b.0.cmp(&a.0)))?;
    let bigger =
        looks.iter().any(|(_, look)| look.size > best.size + tolerances::HEADING_SAME_SIZE);
    (!bigger).then_some(at)
}

/// Levels as the document tells them; else by looks: bigger first, then bold, then capitals; numbers
/// decide where they are given.
fn levels(parts: &mut [Part], looks: &[(usize, Look)], declared: &HashMap<usize, u8>) {
    let rank = |look: &Look| {
        look.size
            + if look.bold { tolerances::RANK_BOLD } else { 0.0 }
            + if look.capitals { tolerances::RANK_CAPITALS } else { 0.0 }
            - if look.italic { tolerances::RANK_ITALIC } else { 0.0 }
    };
    let mut ranks: Vec<f32> = looks.iter().map(|(_, look)| rank(look)).collect();
    ranks.sort_by(|a, b| b.total_cmp(a));
    ranks.dedup_by(|a, b| (*a - *b).abs() < tolerances::RANKS_APART);
    let alike = |own: f32| {
        let known =
            looks.iter().filter_map(|(index, look)| Some((rank(look), *declared.get(index)?)));
        known
            .into_iter()
            .find(|(other, _)| (other - own).abs() < tolerances::RANK_DECLARED)
            .map(|(_, level)| level)
    };
    for (index, look) in looks {
        let own = rank(look);
        if let Some(level) = declared.get(index).copied().or_else(|| alike(own)) {
            parts[*index].level = level;
            continue;
        }
        let by_look =
            ranks.iter().position(|other| (other - own).abs() < tolerances::RANK_SAME).unwrap_or(0);
        let level = if look.numbers > 0 { look.numbers } else { by_look + 1 };
        parts[*index].level = u8::try_from(level + 1).unwrap_or(6).min(6);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_numbers() {
        for (text, parts) in [
            ("3 Results", 1),
            ("3.1. Setup", 2),
            ("IV. RESULTS", 1),
            ("A. Proofs", 1),
            ("A.1 Proofs", 2),
            ("Results", 0),
            ("2019 was", 0),
            ("A story", 0),
        ] {
            assert_eq!(numbers(text), parts, "{text}");
        }
    }
}
