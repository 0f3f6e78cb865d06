//! Finds the rows of a list of objects that is no table: below the line whose words name the objects'
//! properties, as lists of one or two rows are.

use super::column::{Column, FoundRow, Row, begins};
use super::header::{Header, headers};
use crate::task::extract::candidate::Source;
use crate::task::extract::index::Index;
use crate::task::extract::slots::starts_total;

/// Lines without a cell in any column end a table.
const STRAY_LINES_MAX: usize = 3;
/// Empty space that ends a table, in heights of its lines.
const GAP_MAX: f64 = 6.0;

/// The rows below a header.
fn body(source: Source<'_>, columns: &[Column<'_>], header: &Header) -> Vec<Row> {
    let index = source.index;
    let page = index.lines[header.line].page;
    let mut rows: Vec<Row> = Vec::new();
    let mut bottom = index.lines[header.line].area.bottom;
    let mut stray = 0;
    for at in header.line + 1..index.lines.len() {
        let line = &index.lines[at];
        let gap = line.area.top - bottom;
        if line.page != page || gap > GAP_MAX * line.area.height().max(8.0) || ends(index, at) {
            break;
        }
        let cells = assigned(index, header, columns.len(), at);
        if cells.iter().all(Vec::is_empty) {
            stray += 1;
            if stray > STRAY_LINES_MAX {
                break;
            }
            continue;
        }
        (stray, bottom) = (0, line.area.bottom);
        match rows.last_mut() {
            Some(row) if !begins(source, columns, &cells) => {
                for (known, more) in row.iter_mut().zip(cells) {
                    known.extend(more);
                }
            }
            _ if begins(source, columns, &cells) => rows.push(cells),
            _ => {}
        }
    }
    rows
}

/// The words of a line by the property in whose column they stand.
fn assigned(index: &Index, header: &Header, count: usize, line: usize) -> Row {
    let mut row: Row = vec![Vec::new(); count];
    for cell in index.lines[line].cells.clone() {
        for words in header.pieces(index, index.cells[cell].words.clone()) {
            if let Some(property) = header.column_of(index, &words) {
                row[property].extend(words);
            }
        }
    }
    row
}

/// Sums and what follows them are no rows.
fn ends(index: &Index, line: usize) -> bool {
    let first = index.lines[line].cells.start;
    let concepts = index.words[index.cells[first].words.clone()]
        .iter()
        .take(2)
        .flat_map(|word| &word.concepts)
        .next();
    starts_total(index, line)
        || concepts.is_some_and(|concept| matches!(concept.as_str(), "subtotal" | "grand"))
}

/// The rows that lines make, below the best header and those like it.
pub(super) fn rows(source: Source<'_>, columns: &[Column<'_>]) -> Vec<FoundRow> {
    let mut rows = Vec::new();
    for header in headers(source.index, columns) {
        let qualities: Vec<Option<f64>> = (0..columns.len())
            .map(|at| {
                let known = header.columns.iter().find(|known| known.property == Some(at));
                known.map(|known| known.quality)
            })
            .collect();
        let found = body(source, columns, &header).into_iter();
        rows.extend(found.map(|words| FoundRow { words, qualities: qualities.clone() }));
    }
    rows
}
