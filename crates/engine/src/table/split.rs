//! Rows without lines between them: a drawn row of which the cells hold columns of figures is as
//! many rows as it has figures.

use super::Cell;
use crate::layout::Line;

/// Splits such rows. Cells are given and come back row by row.
pub(super) fn split_rows(cells: Vec<Cell>, rows: usize) -> (Vec<Cell>, usize) {
    let baselines: Vec<Vec<f32>> =
        cells.chunk_by(|a, b| a.row == b.row).fold(vec![Vec::new(); rows], |mut baselines, row| {
            baselines[row[0].row] = rows_within(row);
            baselines
        });
    let mut starts = Vec::with_capacity(rows + 1);
    let mut next = 0;
    for own in &baselines {
        starts.push(next);
        next += own.len().max(1);
    }
    starts.push(next);
    let mut split: Vec<Vec<Cell>> = vec![Vec::new(); next];
    for cell in cells {
        let start = starts[cell.row];
        let own = &baselines[cell.row];
        if cell.row_span == 1 && own.len() > 1 {
            for (index, lines) in by_baseline(cell.lines, own).into_iter().enumerate() {
                let column_span = cell.column_span;
                split[start + index].push(Cell {
                    row: start + index,
                    row_span: 1,
                    column_span,
                    lines,
                });
            }
        } else {
            let row_span = starts[cell.row + cell.row_span] - start;
            split[start].push(Cell { row: start, row_span, ..cell });
        }
    }
    (split.into_iter().flatten().collect(), next)
}

/// The baselines of the rows that one drawn row holds; none or one if it is a single row.
fn rows_within(row: &[Cell]) -> Vec<f32> {
    let single: Vec<&Cell> = row.iter().filter(|cell| cell.row_span == 1).collect();
    let figures = |cell: &&&Cell| cell.lines.len() > 1 && cell.lines.iter().all(is_figure);
    let columns: Vec<&&Cell> = single.iter().filter(figures).collect();
    let Some(longest) = columns.iter().max_by_key(|cell| cell.lines.len()) else {
        return Vec::new();
    };
    let several = single.iter().filter(|cell| cell.lines.len() > 1).count();
    let count = longest.lines.len();
    let equal = columns.iter().filter(|cell| cell.lines.len() == count).count();
    if equal < 2
        || columns.len() * 2 < several
        || single.iter().any(|cell| cell.lines.len() > count)
    {
        return Vec::new();
    }
    longest.lines.iter().map(|line| line.baseline).collect()
}

/// A number, with its signs and units, rather than words.
fn is_figure(line: &Line) -> bool {
    let text: Vec<char> = line.words.iter().flat_map(|word| word.text.chars()).collect();
    let digits = text.iter().filter(|c| c.is_numeric()).count();
    let letters = text.iter().filter(|c| c.is_alphabetic()).count();
    digits > letters || text.len() == 1 && matches!(text[0], '-' | '\u{2013}' | '\u{2014}')
}

/// Each line goes to the row with the nearest baseline.
fn by_baseline(lines: Vec<Line>, baselines: &[f32]) -> Vec<Vec<Line>> {
    let mut rows = vec![Vec::new(); baselines.len()];
    for line in lines {
        let distance = |index: &usize| (baselines[*index] - line.baseline).abs();
        let nearest = (0..baselines.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)));
        rows[nearest.unwrap_or(0)].push(line);
    }
    rows
}
