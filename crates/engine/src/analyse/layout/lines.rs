//! Fragments to lines where the file writes one line in several pieces.

use super::tolerances;
use crate::analyse::tolerances as shared;
use crate::model::{Line, join_scripts, line_of_words};

/// Joins neighbours in the stream that stand side by side on one baseline.
pub(crate) fn join(fragments: Vec<Line>) -> Vec<Line> {
    let mut joined: Vec<Line> = Vec::with_capacity(fragments.len());
    for fragment in fragments {
        match joined.last_mut() {
            Some(last) if continues(last, &fragment) => append(last, fragment),
            _ => joined.push(fragment),
        }
    }
    joined
}

/// True if the second goes on where the first ends, on its baseline or as a script of it.
fn continues(first: &Line, second: &Line) -> bool {
    let size = first.size.max(second.size);
    let small = first.size.min(second.size);
    let gap = second.rect.x0 - first.rect.x1;
    if gap > tolerances::JOIN_GAP * size || gap < -0.5 * size {
        return false;
    }
    let shift = (second.baseline - first.baseline).abs();
    if shift <= tolerances::BASELINE_SLACK * small {
        return true;
    }
    // Raised and lowered text: smaller, and still beside the line.
    let beside = first.rect.overlap_y(&second.rect);
    small < shared::SCRIPT_SIZE * size
        && beside > tolerances::SCRIPT_BESIDE * second.rect.height().min(first.rect.height())
}

/// Puts the words of the second behind those of the first.
pub(crate) fn append(first: &mut Line, second: Line) {
    let (order, tabular) = (first.order, first.tabular || second.tabular);
    let gap = second.rect.x0 - first.rect.x1;
    let tabular = tabular || gap > tolerances::TABLE_GAP * first.size.max(second.size);
    let mut words = std::mem::take(&mut first.words);
    let touching = words.last().is_some_and(|last| {
        second.words.first().is_some_and(|next| {
            let gap = next.rect.x0 - last.rect.x1;
            gap.abs() < tolerances::TOUCHING_GAP * last.size.min(next.size)
        })
    });
    let mut rest = second.words.into_iter();
    if touching && let (Some(last), Some(next)) = (words.last_mut(), rest.next()) {
        join_scripts(last, &next);
        last.rect = last.rect.union(&next.rect);
    }
    words.extend(rest);
    *first = Line { tabular, ..line_of_words(words, order) };
}
