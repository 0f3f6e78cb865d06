//! Rows and columns without lines between them: a drawn row of which the cells hold columns of
//! figures is as many rows as it has figures.

use super::body::{PlacedRow, Setting, group};
use super::column::{Column, Piece};
use super::numbers::is_numeric;
use super::phrases::Phrase;
use super::tolerances;
use crate::analyse::draft::CellDraft;
use crate::model::{Line, Word, line_of_words};

/// A cell over several columns of which the words stand in these columns, apart from one another, is
/// as many cells: the lines between them were drawn in other rows only.
pub(super) fn split_columns(cell: CellDraft, xs: &[f32]) -> Vec<CellDraft> {
    let borders = &xs[cell.column + 1..cell.column + cell.column_span];
    if borders.is_empty() || !cell.lines.iter().any(|line| is_apart(line, borders)) {
        return vec![cell];
    }
    let crossed = |line: &Line| {
        borders.iter().any(|x| line.rect.x0 < *x && *x < line.rect.x1) && !is_apart(line, borders)
    };
    if cell.lines.iter().any(crossed) {
        return vec![cell];
    }
    let mut parts: Vec<CellDraft> = (0..cell.column_span)
        .map(|at| CellDraft { column: cell.column + at, column_span: 1, lines: Vec::new(), ..cell })
        .collect();
    for line in cell.lines {
        let column = |word: &Word| borders.partition_point(|x| *x < word.rect.center().0);
        for words in line.words.chunk_by(|a, b| column(a) == column(b)) {
            let part = line_of_words(words.to_vec(), line.order);
            parts[column(&words[0])].lines.push(part);
        }
    }
    parts
}

/// Wide gaps stand wherever the words of the line cross a border.
fn is_apart(line: &Line, borders: &[f32]) -> bool {
    let mut crossings = 0;
    let free = line.words.windows(2).all(|pair| {
        let (left, right) = (&pair[0].rect, &pair[1].rect);
        let crosses = borders.iter().any(|x| left.center().0 < *x && *x < right.center().0);
        crossings += usize::from(crosses);
        !crosses || right.x0 - left.x1 > tolerances::PHRASE_GAP * line.size
    });
    free && crossings > 0
}

/// Splits such rows. Cells are given and come back row by row.
pub(super) fn split_rows(cells: Vec<CellDraft>, rows: usize) -> (Vec<CellDraft>, usize) {
    let starts_within: Vec<Vec<f32>> =
        cells.chunk_by(|a, b| a.row == b.row).fold(vec![Vec::new(); rows], |mut all, row| {
            all[row[0].row] = rows_within(row);
            all
        });
    let mut starts = Vec::with_capacity(rows + 1);
    let mut next = 0;
    for own in &starts_within {
        starts.push(next);
        next += own.len().max(1);
    }
    starts.push(next);
    let mut split: Vec<Vec<CellDraft>> = vec![Vec::new(); next];
    for cell in cells {
        let start = starts[cell.row];
        let own = &starts_within[cell.row];
        if cell.row_span == 1 && own.len() > 1 {
            for (index, lines) in by_start(&cell.lines, own).into_iter().enumerate() {
                split[start + index].push(CellDraft {
                    row: start + index,
                    row_span: 1,
                    lines,
                    ..cell
                });
            }
        } else {
            let row_span = starts[cell.row + cell.row_span] - start;
            split[start].push(CellDraft { row: start, row_span, ..cell });
        }
    }
    (split.into_iter().flatten().collect(), next)
}

/// The baselines at which the rows begin that one drawn row holds; none or one if it is a single row.
fn rows_within(row: &[CellDraft]) -> Vec<f32> {
    let single: Vec<&CellDraft> = row.iter().filter(|cell| cell.row_span == 1).collect();
    let several = single.iter().filter(|cell| cell.column > 0 && cell.lines.len() > 1);
    let figures =
        several.clone().filter(|cell| cell.lines.iter().all(|line| is_numeric(&line.words)));
    let (several, figures) = (several.count(), figures.count());
    if figures == 0 || figures * 2 < several {
        return Vec::new();
    }
    let (placed, columns) = placed(&single);
    let starts = group(&placed, &Setting::new(&placed, &columns, &[]));
    starts.into_iter().map(|start| placed[start].baseline).collect()
}

/// The lines of cells as rows of text.
fn placed(cells: &[&CellDraft]) -> (Vec<PlacedRow>, Vec<Column>) {
    let count = cells.iter().map(|cell| cell.column + cell.column_span).max().unwrap_or(0);
    let mut columns = vec![Column::new(f32::INFINITY, f32::NEG_INFINITY); count];
    let mut lines: Vec<(&CellDraft, &Line)> = Vec::new();
    for cell in cells {
        for line in &cell.lines {
            let (first, last) = (cell.column, cell.column + cell.column_span - 1);
            columns[first].x0 = columns[first].x0.min(line.rect.x0);
            columns[last].x1 = columns[last].x1.max(line.rect.x1);
            lines.push((cell, line));
        }
    }
    lines.sort_by(|a, b| a.1.baseline.total_cmp(&b.1.baseline));
    let mut rows: Vec<PlacedRow> = Vec::new();
    for (cell, line) in lines {
        let piece = Piece {
            from: cell.column,
            to: cell.column + cell.column_span,
            phrase: Phrase::new(line.words.clone()),
        };
        match rows.last_mut() {
            Some(row) if line.baseline - row.baseline < tolerances::ROW_SLACK * row.size => {
                row.pieces.push(piece)
            }
            _ => rows.push(PlacedRow {
                pieces: vec![piece],
                baseline: line.baseline,
                size: line.size,
            }),
        }
    }
    (rows, columns)
}

/// Each line goes to the last row that begins above it or beside it.
fn by_start(lines: &[Line], starts: &[f32]) -> Vec<Vec<Line>> {
    let mut rows = vec![Vec::new(); starts.len()];
    for line in lines {
        let row = starts
            .partition_point(|start| *start < line.baseline + tolerances::ROW_SLACK * line.size);
        rows[row.saturating_sub(1)].push(line.clone());
    }
    rows
}
