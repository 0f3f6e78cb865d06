//! Cuts long tables of workbooks into parts of so many rows, each below the table's head.

use crate::model::{Block, Cell, Part, Rect, Table};

/// Cuts every table of more than `rows_max` rows. A cell that goes on over a cut is in both parts.
pub(crate) fn cut_long_tables(parts: Vec<Part>, rows_max: usize) -> Vec<Part> {
    let cut = |part: Part| -> Vec<Part> {
        let long = part.block.as_ref().and_then(|block| block.table.as_ref());
        match long.filter(|table| table.rows > rows_max) {
            Some(table) => pieces(table, rows_max).map(|piece| with_table(&part, piece)).collect(),
            None => vec![part],
        }
    };
    parts.into_iter().flat_map(cut).collect()
}

fn with_table(part: &Part, table: Table) -> Part {
    let mut piece = part.clone();
    if let Some(block) = &mut piece.block {
        piece.rect = table.rect;
        *block = Block::of_table(Box::new(table), block.column, block.direction);
    }
    piece
}

/// The parts of a table: its head, and as many rows as there is room for below it.
fn pieces(table: &Table, rows_max: usize) -> impl Iterator<Item = Table> {
    let is_head = |row: &usize| {
        let mut cells = table.cells.iter().filter(|cell| cell.row == *row).peekable();
        cells.peek().is_some() && cells.all(|cell| cell.header && cell.row_span == 1)
    };
    let head = (0..table.rows).take_while(is_head).count();
    // A head that fills a part is none.
    let head = if head < rows_max { head } else { 0 };
    let room = rows_max.saturating_sub(head).max(1);
    (head..table.rows).step_by(room).map(move |start| {
        let end = (start + room).min(table.rows);
        let heads = table.cells.iter().filter(|cell| cell.row < head).cloned();
        let body = table.cells.iter().filter(|cell| cell.row >= head);
        let body = body.filter_map(|cell| {
            let (first, last) = (cell.row.max(start), (cell.row + cell.row_span).min(end));
            let row_span = last.checked_sub(first).filter(|rows| *rows > 0)?;
            Some(Cell { row: first - start + head, row_span, ..cell.clone() })
        });
        let mut cells: Vec<Cell> = heads.chain(body).collect();
        cells.sort_by_key(|cell| (cell.row, cell.column));
        let lines = cells.iter().flat_map(|cell| &cell.lines);
        let rect = lines.fold(Rect::NOTHING, |whole, line| whole.union(&line.rect));
        let rect = if rect.is_finite() { rect } else { table.rect };
        Table { rect, rows: head + end - start, columns: table.columns, cells }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(row: usize, column: usize, row_span: usize, header: bool) -> Cell {
        Cell { row, column, row_span, column_span: 1, header, lines: Vec::new() }
    }

    #[test]
    fn parts_have_the_head_and_cells_over_the_cut() {
        let mut cells = vec![cell(0, 0, 1, true), cell(0, 1, 1, true), cell(1, 0, 5, false)];
        cells.extend((1..6).map(|row| cell(row, 1, 1, false)));
        let table = Table { rect: Rect::NOTHING, rows: 6, columns: 2, cells };
        let told: Vec<Vec<(usize, usize, usize)>> = pieces(&table, 4)
            .map(|piece| {
                piece.cells.iter().map(|cell| (cell.row, cell.column, cell.row_span)).collect()
            })
            .collect();
        let first = vec![(0, 0, 1), (0, 1, 1), (1, 0, 3), (1, 1, 1), (2, 1, 1), (3, 1, 1)];
        let second = vec![(0, 0, 1), (0, 1, 1), (1, 0, 2), (1, 1, 1), (2, 1, 1)];
        assert_eq!(told, [first, second]);
        assert_eq!(pieces(&table, 1).count(), 6, "no room for a head");
    }
}
