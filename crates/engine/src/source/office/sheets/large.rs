//! Large sheets as tables, row by row: the library would hold every cell several times.

use std::collections::{HashMap, HashSet};

use super::Sheet;
use crate::model::{Cell, Mark, Table, Text};
use crate::source::office::format::Requested;
use crate::source::office::styled::Styled;
use crate::source::office::survey::CellArea;

type Place = (u32, u32);

/// The tables of a sheet of which all cells were read: rows without an empty row between them.
pub(in crate::source::office) fn tables(mut sheet: Sheet, requested: Requested) -> Vec<Table> {
    let mut cells = std::mem::take(&mut sheet.texts);
    let shows = |(row, column): Place| {
        (requested.rows || !sheet.hides_row(row))
            && (requested.columns || !sheet.hides_column(column))
    };
    cells.retain(|(place, text)| shows(*place) && !text.trim().is_empty());
    let gap = |last: u32, row: u32| {
        (last + 1..row).any(|between| requested.rows || !sheet.hides_row(between))
    };
    let mut starts = vec![0];
    starts.extend((1..cells.len()).filter(|at| gap(cells[at - 1].0.0, cells[*at].0.0)));
    let mut tables = Vec::with_capacity(starts.len());
    // From the last to the first, so that the cells of each can be taken.
    while let Some(start) = starts.pop() {
        let own = cells.split_off(start);
        tables.extend(table(own, &sheet, requested));
    }
    tables.reverse();
    tables
}

fn table(cells: Vec<(Place, Box<str>)>, sheet: &Sheet, requested: Requested) -> Option<Table> {
    let first = cells.iter().map(|((_, column), _)| *column).min()?;
    let last = cells.iter().map(|((_, column), _)| *column).max()?;
    let shown = |column: &u32| requested.columns || !sheet.hides_column(*column);
    let columns: Vec<u32> = (first..=last).filter(shown).collect();
    let mut rows: Vec<u32> = cells.iter().map(|((row, _), _)| *row).collect();
    rows.dedup();
    let (spans, covered) = spans(sheet, &rows, &columns);
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
            let text = text.map_or_else(Text::default, |text| shown_text(text, sheet.link(place)));
            out.push(Cell { row, column, row_span, column_span, header: row == 0, text });
        }
    }
    Some(Table { rows: rows.len(), columns: columns.len(), cells: out })
}

fn shown_text(text: Box<str>, link: Option<&str>) -> Text {
    let mut text = match text.contains(char::is_whitespace) {
        true => Styled::from(text.into_string()).into_text(),
        false => Text::plain(text),
    };
    if let Some(address) = link {
        text.marks.push((0..text.content.len(), Mark::Link(address.to_owned())));
    }
    text
}

/// Where merged ranges begin and how large they are, and the places that they cover otherwise.
type Spans = (HashMap<(usize, usize), (usize, usize)>, HashSet<(usize, usize)>);

/// The merged ranges within these rows and columns.
fn spans(sheet: &Sheet, rows: &[u32], columns: &[u32]) -> Spans {
    let (mut spans, mut covered) = (HashMap::new(), HashSet::new());
    for CellArea { rows: tall, columns: wide } in &sheet.merged {
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
        let sheet = Sheet {
            texts: vec![
                text((0, 1), "Boat"),
                text((0, 3), "Fee"),
                text((1, 1), "Marrow of Delft"),
                text((2, 1), "hidden"),
                text((3, 3), "12"),
                text((5, 1), "Sum"),
            ],
            merged: vec![CellArea { rows: (1, 1), columns: (1, 2) }],
            hidden_rows: vec![2],
            ..Sheet::default()
        };
        let tables = tables(sheet, Requested::default());
        let texts: Vec<String> = tables.iter().map(Table::text).collect();
        assert_eq!(texts, ["Boat\t\tFee\nMarrow of Delft\n\t\t12", "Sum"]);
        let spans: Vec<usize> = tables[0].cells.iter().map(|cell| cell.column_span).collect();
        assert_eq!(spans, [1, 1, 1, 2, 1, 1, 1, 1]);
    }
}
