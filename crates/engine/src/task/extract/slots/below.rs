//! Looks for values below their label, in the column that it heads.

use super::super::area::Area;
use super::super::index::Index;
use super::super::labels::Label;
use super::super::wish::Wish;
use super::cells::{Slot, is_label_like, is_sub_label, starts_total, wants_number, without_lead};
use super::continued::continued;
use super::right::right_of;

/// Lines of a column that are walked down from its header.
const COLUMN_LINES_MAX: usize = 80;

/// The slots below a cell.
pub(super) fn below(index: &Index, wish: &Wish, label: &Label, cell: usize) -> Vec<Slot> {
    let here = &index.cells[cell];
    let line = index.line_of(here);
    let column = column_of(index, cell);
    let reach = (4.0 * here.area.height()).clamp(24.0, 60.0);
    let mut slots = Vec::new();
    let mut trust = 0.9;
    let mut bottom = here.area.bottom;
    let mut walked = 0;
    for next in here.line + 1..index.lines.len() {
        let lower = &index.lines[next];
        walked += 1;
        if lower.page != line.page || lower.area.top - bottom > reach || walked > COLUMN_LINES_MAX {
            break;
        }
        let figures = wants_number(&wish.kind);
        if figures {
            bottom = lower.area.bottom;
        }
        let Some(found) = cell_in(index, next, &column, figures) else { continue };
        let value = &index.cells[found];
        bottom = value.area.bottom;
        if is_sub_label(index, wish, value) {
            let rest = right_of(index, wish, label, found);
            slots.extend(
                rest.into_iter().map(|slot| Slot { position: 0.9 * slot.position, ..slot }),
            );
            trust *= 0.98;
            continue;
        }
        if is_label_like(index, value) {
            break;
        }
        let words = without_lead(index, wish, value.words.clone().collect());
        let total = starts_total(index, next);
        let position = if total { 0.97 } else { trust };
        slots.push(Slot { words: continued(index, wish, words, label), position });
        if total || (!wants_number(&wish.kind) && slots.len() >= 2) {
            break;
        }
        trust = (0.8 * trust).max(0.5);
    }
    // A column of many figures without a sum holds no single value.
    if wants_number(&wish.kind) && slots.len() > 1 && slots.iter().all(|slot| slot.position < 0.95)
    {
        slots.iter_mut().for_each(|slot| slot.position *= 0.5);
    }
    slots
}

/// The room below a cell up to its neighbours.
fn column_of(index: &Index, cell: usize) -> Area {
    let here = index.cells[cell].area;
    let line = index.line_of(&index.cells[cell]);
    let left = if cell > line.cells.start {
        index.cells[cell - 1].area.right.max(here.left - 40.0)
    } else {
        here.left - 20.0
    };
    let right = if cell + 1 < line.cells.end {
        index.cells[cell + 1].area.left.max(here.right)
    } else {
        here.right + 120.0
    };
    Area { left, right, ..here }
}

/// The cell of a line that stands in a column, the one that shares most of it first.
fn cell_in(index: &Index, line: usize, column: &Area, figures: bool) -> Option<usize> {
    let shared = |cell: &usize| {
        let area = index.cells[*cell].area;
        area.shared_width(column) / (area.right - area.left).max(1.0)
    };
    let mut cells = index.lines[line].cells.clone().filter(|cell| shared(cell) > 0.3);
    // Several values below a wide label: the first one begins where the label does.
    if !figures && cells.clone().filter(|cell| shared(cell) > 0.95).count() > 1 {
        return cells.next();
    }
    cells.max_by(|a, b| {
        let width = |cell: &usize| index.cells[*cell].area.shared_width(column);
        width(a).total_cmp(&width(b))
    })
}
