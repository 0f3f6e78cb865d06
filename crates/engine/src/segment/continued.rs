//! Joins tables that go on on the next page (`merge_tables`).

use docket_contract::SegmentType;

use super::Part;
use crate::table::Table;

/// Edges of the parts of one table differ by this many points at most.
const EDGES_SLACK: f32 = 12.0;

/// Joins a table that ends a page and one that begins the next if both have the same columns. The
/// rows of the second follow those of the first; a repeated head is left out. The joined table keeps
/// the page and the box of its first part.
pub(crate) fn merge_tables(parts: Vec<Part>) -> Vec<Part> {
    let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
    // The table that the page before ends with, and the page that its last rows stand on.
    let mut open: Option<(usize, usize)> = None;
    for mut part in parts {
        if matches!(part.kind, SegmentType::PageHeader | SegmentType::PageFooter) {
            merged.push(part);
            continue;
        }
        if let Some((at, page)) = open
            && part.page == page + 1
            && let Some(rest) = continuation(&merged[at], &mut part)
            && let Some(table) = merged[at].block.as_mut().and_then(|block| block.table.as_mut())
        {
            append(table, rest);
            open = Some((at, part.page));
            continue;
        }
        open = (part.kind == SegmentType::Table).then_some((merged.len(), part.page));
        merged.push(part);
    }
    merged
}

/// The table of the second part, if it continues that of the first.
fn continuation(first: &Part, second: &mut Part) -> Option<Table> {
    let fits = second.kind == SegmentType::Table
        && (first.rect.x0 - second.rect.x0).abs() < EDGES_SLACK
        && (first.rect.x1 - second.rect.x1).abs() < EDGES_SLACK;
    let columns = first.block.as_ref()?.table.as_ref()?.columns;
    let block = second.block.as_mut().filter(|_| fits)?;
    if block.table.as_ref()?.columns != columns {
        return None;
    }
    block.table.take().map(|table| *table)
}

fn append(table: &mut Table, mut rest: Table) {
    let repeated = repeated_rows(table, &rest);
    rest.cells.retain(|cell| cell.row >= repeated);
    let shift = table.rows - repeated;
    table.cells.extend(rest.cells.into_iter().map(|mut cell| {
        cell.row += shift;
        cell.header = false;
        cell
    }));
    table.rows += rest.rows - repeated;
}

/// How many rows at the top of the second table say the same as those of the first.
fn repeated_rows(first: &Table, second: &Table) -> usize {
    let text = |table: &Table, row: usize| -> Vec<String> {
        let cells = table.cells.iter().filter(|cell| cell.row == row);
        cells.map(|cell| cell.lines.iter().map(crate::layout::Line::text).collect()).collect()
    };
    let is_head =
        |row: &usize| second.cells.iter().filter(|cell| cell.row == *row).all(|cell| cell.header);
    (0..first.rows.min(second.rows))
        .take_while(is_head)
        .take_while(|row| text(first, *row) == text(second, *row))
        .count()
}
