//! Takes away what is drawn as part of a table and is none: captions above, notes below, and the
//! space between double lines.

use super::tolerances;
use crate::analyse::draft::{CellDraft, TableDraft};
use crate::lexicon;
use crate::model::{Line, Word};

/// A row of one cell at the end of a table with this many characters or more is a note.
const NOTE_CHARACTERS: usize = 60;

/// Parts a table from captions in its first rows and notes in its last ones. Their lines come out.
pub(super) fn trim(table: TableDraft) -> (TableDraft, Vec<Line>) {
    let whole = |row: usize| {
        let mut cells = table.cells.iter().filter(|cell| cell.row == row);
        let first = cells.next();
        first.filter(|cell| {
            cell.column_span == table.columns && cell.row_span == 1 && table.columns > 1
        })
    };
    let top = (0..table.rows)
        .take_while(|row| {
            whole(*row)
                .is_some_and(|cell| is_caption(cell.lines.iter().flat_map(|line| &line.words)))
        })
        .count();
    let notes = (top..table.rows).rev().take_while(|row| whole(*row).is_some_and(is_note)).count();
    if top == 0 && notes == 0 || top + notes == table.rows {
        return (table, Vec::new());
    }
    let rows = table.rows - top - notes;
    let mut kept = Vec::with_capacity(table.cells.len());
    let mut outside = Vec::new();
    let mut rect = table.rect;
    for cell in table.cells {
        if cell.row < top {
            rect.y0 = cell.lines.iter().map(|line| line.rect.y1).fold(rect.y0, f32::max);
            outside.extend(cell.lines);
        } else if cell.row >= top + rows {
            rect.y1 = cell.lines.iter().map(|line| line.rect.y0).fold(rect.y1, f32::min);
            outside.extend(cell.lines);
        } else {
            kept.push(CellDraft { row: cell.row - top, ..cell });
        }
    }
    (TableDraft { rect, rows, columns: table.columns, cells: kept }, outside)
}

/// A word that names what follows, and its number.
pub(super) fn is_caption<'w>(mut words: impl Iterator<Item = &'w Word>) -> bool {
    let (Some(name), Some(number)) = (words.next(), words.next()) else { return false };
    lexicon::has(lexicon::TABLE_CAPTIONS, &name.text.to_lowercase())
        && (number.text.chars().any(|c| c.is_ascii_digit()) || number.text.len() <= 3)
}

fn is_note(cell: &CellDraft) -> bool {
    let Some(first) = cell.lines.iter().flat_map(|line| &line.words).next() else { return false };
    let name = first.text.trim_end_matches([':', '.']).to_lowercase();
    lexicon::has(lexicon::TABLE_NOTES, &name)
        || first.text.starts_with(['*', '\u{2020}', '\u{2021}', '\u{A7}'])
        || cell.characters() >= NOTE_CHARACTERS
}

/// Drops columns without text that are no wider than the space between the two lines of a double one.
pub(super) fn without_thin_columns(cells: Vec<CellDraft>, xs: &[f32]) -> (Vec<CellDraft>, usize) {
    let columns = xs.len() - 1;
    let mut filled = vec![false; columns];
    for cell in cells.iter().filter(|cell| cell.column_span == 1 && !cell.lines.is_empty()) {
        filled[cell.column] = true;
    }
    let keep: Vec<bool> =
        (0..columns).map(|at| filled[at] || xs[at + 1] - xs[at] > tolerances::THIN).collect();
    let kept = |from: usize, to: usize| keep[from..to].iter().filter(|keep| **keep).count();
    let cells = cells.into_iter().filter_map(|cell| {
        let column_span = kept(cell.column, cell.column + cell.column_span);
        let column = kept(0, cell.column);
        (column_span > 0).then_some(CellDraft { column, column_span, ..cell })
    });
    (cells.collect(), kept(0, columns))
}

/// Drops rows without text that are too low for any: the space between boxes drawn one below the other.
pub(super) fn without_flat_rows(cells: Vec<CellDraft>, ys: &[f32]) -> (Vec<CellDraft>, usize) {
    let rows = ys.len() - 1;
    let mut keep: Vec<bool> =
        ys.windows(2).map(|pair| pair[1] - pair[0] > tolerances::FLAT).collect();
    for cell in cells.iter().filter(|cell| !cell.lines.is_empty()) {
        let own = cell.row..cell.row + cell.row_span;
        // What holds text keeps a row.
        keep[cell.row] |= !keep[own].contains(&true);
    }
    let kept = |from: usize, to: usize| keep[from..to].iter().filter(|keep| **keep).count();
    let cells = cells.into_iter().filter_map(|cell| {
        let row_span = kept(cell.row, cell.row + cell.row_span);
        let row = kept(0, cell.row);
        (row_span > 0).then_some(CellDraft { row, row_span, ..cell })
    });
    (cells.collect(), kept(0, rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::line_of_words;

    #[test]
    fn the_space_between_boxes_is_no_row() {
        let cell = |row: usize, row_span: usize, has_text: bool| CellDraft {
            row,
            column: 0,
            row_span,
            column_span: 1,
            header: false,
            lines: if has_text { vec![line_of_words(Vec::new(), 0)] } else { Vec::new() },
        };
        let ys = [0.0, 12.0, 17.0, 29.0, 34.0, 39.0];
        let cells = vec![cell(0, 1, true), cell(1, 1, false), cell(2, 1, true), cell(3, 2, true)];
        let (cells, rows) = without_flat_rows(cells, &ys);
        let places: Vec<(usize, usize)> =
            cells.iter().map(|cell| (cell.row, cell.row_span)).collect();
        assert_eq!((places, rows), (vec![(0, 1), (1, 1), (2, 1)], 3));
    }
}
