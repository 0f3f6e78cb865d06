//! Tables from words: columns from what stands above one another, rows from what wraps, spans from
//! what stands across, with the rules that are drawn as witnesses.

use super::body::{PlacedRow, Setting, full_rules, group};
use super::column::{Column, Piece};
use super::columns::{columns, place, word_space};
use super::grid::Edge;
use super::header;
use super::phrases::TextRow;
use crate::analyse::draft::{CellDraft, TableDraft};
use crate::analyse::layout::rows_of_lines;
use crate::model::{Line, Rect, line_of_words};

/// Builds the table that rows of text are. `None`: they do not stand in columns.
pub(super) fn build(rows: &[TextRow], rules: &[Edge]) -> Option<TableDraft> {
    let columns = columns(rows);
    if columns.len() < 2 {
        return None;
    }
    let space = word_space(rows);
    let mut placed: Vec<PlacedRow> = rows
        .iter()
        .map(|row| PlacedRow {
            pieces: place(row, &columns, space),
            baseline: row.baseline,
            size: row.size,
        })
        .collect();
    let rect = rows.iter().fold(Rect::NOTHING, |whole, row| whole.union(&row.rect));
    let full = full_rules(rules, &columns);
    let head_count = header::count(&placed, &full);
    let (head, body) = placed.split_at_mut(head_count);
    let end = body.first().map_or(f32::INFINITY, |row| row.baseline - 0.5 * row.size);
    let above: Vec<Edge> = rules.iter().filter(|rule| rule.at < end).copied().collect();
    let (head_cells, levels) = header::cells(head, &above, &columns);
    let mut cells: Vec<CellDraft> = head_cells.into_iter().map(head_cell).collect();
    let setting = Setting::new(body, &columns, &full);
    let starts = group(body, &setting);
    let ends = starts.iter().skip(1).copied().chain([body.len()]);
    for (index, (start, end)) in starts.iter().zip(ends).enumerate() {
        cells.extend(body_cells(&body[*start..end], levels + index, &columns));
    }
    Some(TableDraft { rect, rows: levels + starts.len(), columns: columns.len(), cells })
}

fn head_cell(cell: header::HeadCell) -> CellDraft {
    CellDraft {
        row: cell.levels.0,
        column: cell.columns.0,
        row_span: cell.levels.1 - cell.levels.0,
        column_span: cell.columns.1 - cell.columns.0,
        header: true,
        lines: lines(cell.pieces),
    }
}

fn lines(pieces: Vec<Piece>) -> Vec<Line> {
    let lines = pieces.into_iter().enumerate();
    rows_of_lines(lines.map(|(at, piece)| line_of_words(piece.phrase.words, at)).collect())
}

/// The cells of one row of the body.
fn body_cells(rows: &[PlacedRow], row: usize, columns: &[Column]) -> Vec<CellDraft> {
    let ranges = ranges(rows, columns.len());
    ranges
        .into_iter()
        .map(|(from, to)| {
            let pieces = rows.iter().flat_map(|row| &row.pieces);
            let inside = pieces.filter(|piece| (from..to).contains(&piece.from)).cloned();
            CellDraft {
                row,
                column: from,
                row_span: 1,
                column_span: to - from,
                header: false,
                lines: lines(inside.collect()),
            }
        })
        .collect()
}

/// The columns of the cells of a row: pieces that overlap share a cell. The name of a group of rows
/// may be longer than the first column is wide.
fn ranges(rows: &[PlacedRow], columns: usize) -> Vec<(usize, usize)> {
    let mut joined = vec![false; columns];
    if columns > 2 && rows.iter().all(|row| row.pieces.len() == 1 && row.pieces[0].from == 0) {
        return (0..columns).map(|column| (column, column + 1)).collect();
    }
    for piece in rows.iter().flat_map(|row| &row.pieces) {
        joined[piece.from + 1..piece.to].fill(true);
    }
    let mut ranges: Vec<(usize, usize)> = Vec::with_capacity(columns);
    for (column, joined) in joined.into_iter().enumerate() {
        match ranges.last_mut() {
            Some(range) if joined => range.1 = column + 1,
            _ => ranges.push((column, column + 1)),
        }
    }
    ranges
}
