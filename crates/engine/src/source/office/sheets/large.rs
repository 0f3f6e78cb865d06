//! Large sheets as tables, row by row: the library would hold every cell several times.

use std::collections::{HashMap, HashSet};

use crate::model::{Cell, Mark, Table, Text};
use crate::source::office::styled::Styled;
use crate::source::office::survey::CellArea;

type Place = (u32, u32);

/// A sheet of which all cells were read, and what it shows of them.
pub(super) struct Grid<'s> {
    /// By row and column.
    pub texts: Vec<(Place, Box<str>)>,
    pub merged: &'s [CellArea],
    pub link: &'s dyn Fn(Place) -> Option<String>,
    pub shows_row: &'s dyn Fn(u32) -> bool,
    pub shows_column: &'s dyn Fn(u32) -> bool,
}

/// The tables of a sheet: rows without an empty row between them.
pub(super) fn tables(mut grid: Grid<'_>) -> Vec<Table> {
    let mut cells = std::mem::take(&mut grid.texts);
    let shows = |(row, column): Place| (grid.shows_row)(row) && (grid.shows_column)(column);
    cells.retain(|(place, text)| shows(*place) && !text.trim().is_empty());
    let gap = |last: u32, row: u32| (last + 1..row).any(|between| (grid.shows_row)(between));
    let mut starts = vec![0];
    starts.extend((1..cells.len()).filter(|at| gap(cells[at - 1].0.0, cells[*at].0.0)));
    let mut tables = Vec::with_capacity(starts.len());
    // From the last to the first, so that the cells of each can be taken.
    while let Some(start) = starts.pop() {
        let own = cells.split_off(start);
        tables.extend(table(own, &grid));
    }
    tables.reverse();
    tables
}

fn table(cells: Vec<(Place, Box<str>)>, grid: &Grid<'_>) -> Option<Table> {
    let first = cells.iter().map(|((_, column), _)| *column).min()?;
    let last = cells.iter().map(|((_, column), _)| *column).max()?;
    let shown = |column: &u32| (grid.shows_column)(*column);
    let columns: Vec<u32> = (first..=last).filter(shown).collect();
    let mut rows: Vec<u32> = cells.iter().map(|((row, _), _)| *row).collect();
    rows.dedup();
    let (spans, covered) = spans(grid.merged, &rows, &columns);
    let mut out: Vec<Cell> = Vec::with_capacity(rows.len() * columns.len());
    let mut cells = cells.into_iter().peekable();
    for (row, number) in rows.iter().enumerate() {
        for (column, letter) in columns.iter().enumerate() {
            let place = (*number, *letter);
            let text = cells.next_if(|(own, _)| *own == place).map(|(_, text)| text);
            if covered.contains(&(row, column)) {
                continue;
            }
            let (row_span, column_span) = spans.get(&(row, column)).copied().unwrap_or((1, 1));
            let text = text.map_or_else(Text::default, |text| shown_text(text, (grid.link)(place)));
            out.push(Cell { row, column, row_span, column_span, header: row == 0, text });
        }
    }
    Some(Table { rows: rows.len(), columns: columns.len(), cells: out })
}

fn shown_text(text: Box<str>, link: Option<String>) -> Text {
    let mut text = match text.contains(char::is_whitespace) {
        true => Styled::from(text.into_string()).into_text(),
        false => Text::plain(text),
    };
    if let Some(address) = link {
        text.marks.push((0..text.content.len(), Mark::Link(address)));
    }
    text
}

/// Where merged ranges begin and how large they are, and the places that they cover otherwise.
type Spans = (HashMap<(usize, usize), (usize, usize)>, HashSet<(usize, usize)>);

/// The merged ranges within these rows and columns.
fn spans(merged: &[CellArea], rows: &[u32], columns: &[u32]) -> Spans {
    let (mut spans, mut covered) = (HashMap::new(), HashSet::new());
    for CellArea { rows: tall, columns: wide } in merged {
        let within = |places: &[u32], (first, last): (u32, u32)| {
            places.partition_point(|place| *place < first)
                ..places.partition_point(|place| *place <= last)
        };
        let (tall, wide) = (within(rows, *tall), within(columns, *wide));
        if tall.is_empty() || wide.is_empty() {
            continue;
        }
        let corner = (tall.start, wide.start);
        spans.insert(corner, (tall.len(), wide.len()));
        covered.extend(tall.flat_map(|row| wide.clone().map(move |column| (row, column))));
        covered.remove(&corner);
    }
    (spans, covered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text((row, column): Place, text: &str) -> (Place, Box<str>) {
        ((row, column), text.into())
    }

    #[test]
    fn rows_become_tables_with_their_empty_cells_and_spans() {
        let tables = tables(Grid {
            texts: vec![
                text((0, 1), "Boat"),
                text((0, 3), "Fee"),
                text((1, 1), "Marrow of Delft"),
                text((2, 1), "hidden"),
                text((3, 3), "12"),
                text((5, 1), "Sum"),
            ],
            merged: &[CellArea { rows: (1, 1), columns: (1, 2) }],
            link: &|place| (place == (5, 1)).then(|| "https://example.org/x".to_owned()),
            shows_row: &|row| row != 2,
            shows_column: &|_| true,
        });
        assert_eq!(tables[1].cells[0].text.marks.len(), 1);
        let texts: Vec<String> = tables.iter().map(Table::text).collect();
        assert_eq!(texts, ["Boat\t\tFee\nMarrow of Delft\n\t\t12", "Sum"]);
        let spans: Vec<usize> = tables[0].cells.iter().map(|cell| cell.column_span).collect();
        assert_eq!(spans, [1, 1, 1, 2, 1, 1, 1, 1]);
    }
}
