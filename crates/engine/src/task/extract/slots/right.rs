//! Looks for values right of their label, in its line.

use super::cells::{Slot, is_label_like, is_sub_label, wants_number, without_lead};
use super::continued::continued;
use crate::task::extract::index::Index;
use crate::task::extract::labels::Label;
use crate::task::extract::wish::Wish;

/// A value stands at most this far right of its label, in points.
const REACH_RIGHT: f64 = 320.0;

/// The slots right of a cell.
pub(super) fn right_of(index: &Index, wish: &Wish, label: &Label, cell: usize) -> Vec<Slot> {
    let line = index.line_of(&index.cells[cell]);
    let mut slots: Vec<Slot> = Vec::new();
    let mut edge = index.cells[cell].area.right;
    let mut trust = 0.97;
    for next in cell + 1..line.cells.end {
        let right = &index.cells[next];
        // Cells of a head name columns, not one another.
        if is_head(index, cell) && is_head(index, next) {
            break;
        }
        let gap = right.area.left - edge;
        if gap > REACH_RIGHT {
            trust *= 0.7;
        }
        if is_sub_label(index, wish, right) && slots.is_empty() {
            (edge, trust) = (right.area.right, trust * 0.98);
            continue;
        }
        if is_label_like(index, right) {
            // Its first words label something else, unless a value stands in the same cell.
            break;
        }
        let words: Vec<usize> = right.words.clone().collect();
        let words = without_lead(index, wish, words);
        slots.push(Slot { words: continued(index, wish, words, label), position: trust });
        if !wants_number(&wish.kind) {
            break;
        }
        edge = right.area.right;
    }
    if slots.is_empty() && line.cells.end == cell + 1 {
        slots.extend(
            beside(index, cell)
                .map(|words| Slot { words: continued(index, wish, words, label), position: 0.93 }),
        );
    }
    // Of the figures in a row of totals the last one is the sum.
    let count = slots.len();
    for (at, slot) in slots.iter_mut().enumerate() {
        slot.position *= if at + 1 == count { 1.0 } else { 0.9 };
    }
    slots
}

fn is_head(index: &Index, cell: usize) -> bool {
    index.words[index.cells[cell].words.start].is_head
}

/// The words right of a cell that stand a little higher or lower than it.
fn beside(index: &Index, cell: usize) -> Option<Vec<usize>> {
    let here = &index.cells[cell];
    let line = here.line;
    let near = line.saturating_sub(2)..(line + 3).min(index.lines.len());
    let cells = near
        .filter(|other| *other != line && index.lines[*other].page == index.lines[line].page)
        .flat_map(|other| index.lines[other].cells.clone());
    let level = |other: &usize| {
        let area = index.cells[*other].area;
        let shared = area.bottom.min(here.area.bottom) - area.top.max(here.area.top);
        shared > 0.3 * area.height().min(here.area.height()) && area.left > here.area.right
    };
    let left = |other: &usize| index.cells[*other].area.left;
    let nearest = cells.filter(level).min_by(|a, b| left(a).total_cmp(&left(b)))?;
    let close = left(&nearest) - here.area.right < REACH_RIGHT;
    let free = close && !is_label_like(index, &index.cells[nearest]);
    free.then(|| index.cells[nearest].words.clone().collect())
}
