//! Cuts long tables of workbooks into parts of so many rows, each below the table's head.

use crate::model::{Block, Cell, Content, Table};

/// Cuts every table of more than `rows_max` rows. A cell that continues over a cut is in both parts.
pub(crate) fn cut_long_tables(blocks: Vec<Block>, rows_max: usize) -> Vec<Block> {
    let cut = |block: Block| -> Vec<Block> {
        match &block.content {
            Content::Table(table) if table.rows > rows_max => {
                let part = |table| Block { content: Content::Table(table), ..block.clone() };
                parts(table, rows_max).map(part).collect()
            }
            _ => vec![block],
        }
    };
    blocks.into_iter().flat_map(cut).collect()
}

/// The parts of a table: its head, and as many rows as there is room for below it.
fn parts(table: &Table, rows_max: usize) -> impl Iterator<Item = Table> {
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
        Table { rows: head + end - start, columns: table.columns, cells }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    fn cell(row: usize, column: usize, row_span: usize, header: bool) -> Cell {
        Cell { row, column, row_span, column_span: 1, header, text: Text::default() }
    }

    #[test]
    fn parts_have_the_head_and_cells_over_the_cut() {
        let mut cells = vec![cell(0, 0, 1, true), cell(0, 1, 1, true), cell(1, 0, 5, false)];
        cells.extend((1..6).map(|row| cell(row, 1, 1, false)));
        let table = Table { rows: 6, columns: 2, cells };
        let found: Vec<Vec<(usize, usize, usize)>> = parts(&table, 4)
            .map(|part| {
                part.cells.iter().map(|cell| (cell.row, cell.column, cell.row_span)).collect()
            })
            .collect();
        let first = vec![(0, 0, 1), (0, 1, 1), (1, 0, 3), (1, 1, 1), (2, 1, 1), (3, 1, 1)];
        let second = vec![(0, 0, 1), (0, 1, 1), (1, 0, 2), (1, 1, 1), (2, 1, 1)];
        assert_eq!(found, [first, second]);
        assert_eq!(parts(&table, 1).count(), 6, "no room for a head");
    }
}
