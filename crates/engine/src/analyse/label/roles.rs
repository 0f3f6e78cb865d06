//! Labels that show on a block itself: list items, captions, footnotes, formulas.

use super::norms::Norms;
use super::part::{Label, Part};
use super::tolerances;
use crate::analyse::draft::{BlockDraft, DraftContent};
use crate::analyse::tolerances as shared;
use crate::lexicon;
use crate::model::{Marker, item_marker, letter_with_dot, line_marker};

/// Gives the parts of one page their labels, headings apart.
pub(crate) fn assign(parts: &mut [Part], norms: &Norms) {
    for part in parts.iter_mut() {
        if let DraftContent::Lines(lines) = &mut part.block.content
            && let Some(word) = lines.first_mut().and_then(|line| line.words.first_mut())
            && word.text == "o"
            && item_marker(word).is_some()
        {
            word.text = "\u{25E6}".to_owned();
        }
        let height = part.rect.y0 / part.page_size.1;
        if let Some((label, confidence)) = label(&part.block, height, norms) {
            part.label = label;
            part.confidence = confidence;
        }
    }
    lettered(parts);
    nest(parts);
}

/// Paragraphs below one another that begin with letters in the order of the alphabet, each with a
/// dot, are items.
fn lettered(parts: &mut [Part]) {
    let letter = |part: &Part| {
        let block = part.written().filter(|_| part.label == Label::Text)?;
        let word = block.lines().next().filter(|line| line.words.len() > 1)?.words.first()?;
        Some((letter_with_dot(&word.text)?, block.rect.x0, block.size()))
    };
    let found: Vec<(usize, (u8, f32, f32))> =
        (0..parts.len()).filter_map(|at| Some((at, letter(&parts[at])?))).collect();
    for pair in found.windows(2) {
        let [(first, (letter, x, size)), (second, (next, next_x, _))] = pair else { continue };
        let is_next = *next == letter + 1 && (x - next_x).abs() < tolerances::NEST_SLACK * size;
        if is_next && parts[*first].page == parts[*second].page {
            for at in [*first, *second] {
                parts[at].label = Label::ListItem;
                parts[at].confidence = tolerances::NUMBER_ITEM;
            }
        }
    }
}

fn label(block: &BlockDraft, height: f32, norms: &Norms) -> Option<(Label, f32)> {
    if block.table().is_some() {
        return Some((Label::Table, tolerances::TABLE));
    }
    if matches!(block.content, DraftContent::Listing(_)) {
        return Some((Label::Listing, tolerances::LISTING));
    }
    let first = block.lines().next()?;
    first.words.first()?;
    if is_caption(block, norms) {
        return Some((Label::Caption, tolerances::CAPTION));
    }
    if height > tolerances::FOOT && is_footnote(block, norms) {
        return Some((Label::Footnote, tolerances::FOOTNOTE));
    }
    if is_formula(block) {
        return Some((Label::Formula, tolerances::FORMULA));
    }
    let items = first.words.len() > 1 || block.lines().count() > 1;
    match line_marker(&first.words).filter(|_| items)? {
        Marker::Bullet | Marker::Reference(_) => Some((Label::ListItem, tolerances::BULLET_ITEM)),
        Marker::Number(_) | Marker::Letter => Some((Label::ListItem, tolerances::NUMBER_ITEM)),
    }
}

/// `Figure 3:`, `Table 2.` and the like at the start of a block.
fn is_caption(block: &BlockDraft, norms: &Norms) -> bool {
    let mut words = block.lines().flat_map(|line| &line.words);
    let (Some(name), Some(number)) = (words.next(), words.next()) else {
        return false;
    };
    if !lexicon::has(lexicon::CAPTIONS, &name.text.to_lowercase())
        || !name.text.starts_with(|c: char| c.is_uppercase())
    {
        return false;
    }
    let bare = number.text.trim_end_matches(['.', ':', ')']);
    let numbered = !bare.is_empty()
        && bare.chars().count() <= 6
        && bare.chars().any(|c| c.is_ascii_digit() || "IVX".contains(c))
        && bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '\u{2013}'));
    if !numbered {
        return false;
    }
    let closed = number.text.ends_with(['.', ':'])
        || words.next().is_some_and(|next| {
            matches!(next.text.as_str(), ":" | "." | "|" | "-" | "\u{2013}" | "\u{2014}")
        });
    let set_apart = name.style.bold && !norms.body_bold
        || name.style.italic && !norms.body_italic
        || block.size() < tolerances::CAPTION_SMALLER * norms.body_size;
    closed || set_apart
}

/// Small text at the foot of the page behind a raised number or sign.
fn is_footnote(block: &BlockDraft, norms: &Norms) -> bool {
    if block.size() > tolerances::FOOTNOTE_SIZE_MAX * norms.body_size {
        return false;
    }
    let Some(line) = block.lines().next() else {
        return false;
    };
    let Some(word) = line.words.first() else {
        return false;
    };
    let sign = word.text.starts_with(['*', '\u{2020}', '\u{2021}', '\u{A7}', '\u{B6}', '\u{2217}']);
    let digits = word.text.chars().take_while(char::is_ascii_digit).count();
    let raised = word.size < shared::SCRIPT_SIZE * line.size
        || word.baseline < line.baseline - tolerances::MARK_SHIFT * line.size;
    let number = (1..=3).contains(&digits) && (raised || digits < word.text.chars().count());
    sign || number && !word.text.contains(['.', '/', '-', ',', '%'])
}

/// A displayed formula: mostly signs and single letters.
fn is_formula(block: &BlockDraft) -> bool {
    let words: Vec<&str> =
        block.lines().flat_map(|line| &line.words).map(|word| word.text.as_str()).collect();
    if words.len() < 3 || words.len() > 80 {
        return false;
    }
    let is_operator = |c: char| {
        matches!(c, '=' | '+' | '\u{2212}' | '\u{D7}' | '\u{B1}')
            || ('\u{2190}'..='\u{22FF}').contains(&c)
    };
    let operators = words.iter().filter(|word| word.chars().any(is_operator)).count();
    let prose = words
        .iter()
        .filter(|word| word.chars().count() >= 4 && word.chars().all(char::is_alphabetic))
        .count();
    operators >= 1
        && prose * 6 <= words.len()
        && words.iter().any(|w| w.chars().any(char::is_alphabetic))
}

/// Items that stand further in than the item before them are nested in it.
fn nest(parts: &mut [Part]) {
    let mut indents: Vec<f32> = Vec::new();
    for part in parts {
        let Some(block) = part.written().filter(|_| part.label == Label::ListItem) else {
            if part.label != Label::Text {
                indents.clear();
            }
            continue;
        };
        let (x, slack) = (block.rect.x0, tolerances::NEST_SLACK * block.size());
        while indents.last().is_some_and(|last| *last > x + slack) {
            indents.pop();
        }
        if indents.last().is_none_or(|last| *last < x - slack) {
            // Another column starts anew.
            if indents.last().is_some_and(|last| x - last > tolerances::NEST_MAX * block.size()) {
                indents.clear();
            }
            indents.push(x);
        }
        part.depth = u8::try_from(indents.len().saturating_sub(1)).unwrap_or(u8::MAX).min(5);
    }
}
