//! Finds the rows of a list of objects in the tables of a document, also over the ends of pages.

use super::column::{Column, FoundRow, Row, begins};
use crate::model::{Cell, Content, Table};
use crate::task::extract::candidate::Source;
use crate::task::extract::labels::fit;

/// A column fits from this quality on.
const QUALITY_MIN: f64 = 0.4;
/// A head has at most so many rows.
const HEAD_ROWS_MAX: usize = 4;

/// A table, or one that continues over the end of a page: its blocks.
type Parts = Vec<usize>;

/// What the head of a table says of the properties.
struct Head {
    /// The column of each property, and how well its name fits.
    columns: Vec<Option<(usize, f64)>>,
    /// The names of all columns.
    names: Vec<String>,
    /// How many rows it has.
    rows: usize,
}

impl Head {
    fn score(&self) -> f64 {
        self.columns.iter().flatten().map(|(_, quality)| quality).sum()
    }
}

/// The rows of the table whose head fits the properties best, and of those with the same head.
pub(super) fn rows(source: Source<'_>, columns: &[Column<'_>]) -> Vec<FoundRow> {
    let found: Vec<(Parts, Head)> = tables(source)
        .into_iter()
        .filter_map(|parts| {
            let head = head(source, parts[0], columns)?;
            Some((parts, head))
        })
        .collect();
    let best = found.iter().map(|(_, head)| head.score()).fold(0.0, f64::max);
    let Some((_, first)) = found.iter().find(|(_, head)| head.score() >= best) else {
        return Vec::new();
    };
    let same = found.iter().filter(|(_, head)| head.names == first.names);
    same.flat_map(|(parts, head)| body(source, parts, head, columns)).collect()
}

/// All tables in their order, those that continue over the end of a page as one.
fn tables(source: Source<'_>) -> Vec<Parts> {
    let document = source.document;
    let continued = &document.continued_tables;
    let blocks = document.blocks.iter().enumerate();
    let tables = blocks.filter(|(_, block)| matches!(block.content, Content::Table(_)));
    tables
        .filter_map(|(at, _)| match continued.iter().find(|whole| whole.parts.contains(&at)) {
            Some(whole) => (whole.parts[0] == at).then(|| whole.parts.clone()),
            None => Some(vec![at]),
        })
        .collect()
}

fn table(source: Source<'_>, block: usize) -> Option<&Table> {
    match &source.document.blocks[block].content {
        Content::Table(table) => Some(table),
        _ => None,
    }
}

/// The rows at the top of which every cell names what stands below it; the first row where no cell
/// does.
fn head_rows(table: &Table) -> usize {
    let is_head = |row: usize| {
        let mut cells = table.cells.iter().filter(|cell| cell.row == row).peekable();
        cells.peek().is_some() && cells.all(|cell| cell.header)
    };
    (0..table.rows).take_while(|row| is_head(*row)).count().max(1)
}

/// The head of a table: properties claim the columns that fit them best, one after another.
fn head(source: Source<'_>, block: usize, columns: &[Column<'_>]) -> Option<Head> {
    let table = table(source, block)?;
    let rows = head_rows(table);
    if rows > HEAD_ROWS_MAX || rows >= table.rows {
        return None;
    }
    let mut names = vec![Vec::new(); table.columns];
    let mut lowest = vec![Vec::new(); table.columns];
    for (at, cell) in table.cells.iter().enumerate().filter(|(_, cell)| cell.row < rows) {
        let words = source.index.words_of_text(block, at);
        for column in cell.column..(cell.column + cell.column_span).min(table.columns) {
            names[column].extend_from_slice(words);
            if !words.is_empty() {
                lowest[column] = words.to_vec();
            }
        }
    }
    let mut claims: Vec<(f64, usize, usize)> = Vec::new();
    for at in 0..table.columns {
        for (property, column) in columns.iter().enumerate() {
            let quality = |words: &[usize]| {
                let words = words.iter().map(|word| &source.index.words[*word]);
                let concepts: Vec<String> = words.flat_map(|word| word.concepts.clone()).collect();
                column.wish.as_ref().map_or(0.0, |wish| fit(wish, &concepts))
            };
            let quality = quality(&names[at]).max(quality(&lowest[at]));
            if quality >= QUALITY_MIN {
                claims.push((quality, property, at));
            }
        }
    }
    claims.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut found: Vec<Option<(usize, f64)>> = vec![None; columns.len()];
    for (quality, property, at) in claims {
        let is_taken = found.iter().flatten().any(|(other, _)| *other == at);
        if !is_taken && found[property].is_none() {
            found[property] = Some((at, quality));
        }
    }
    let names = names.into_iter().map(|words| source.index.text(words)).collect();
    let enough = found.iter().flatten().count() >= columns.len().min(2);
    enough.then_some(Head { columns: found, names, rows })
}

/// The rows below the head, in all parts of the table.
fn body(source: Source<'_>, parts: &[usize], head: &Head, columns: &[Column<'_>]) -> Vec<FoundRow> {
    let qualities: Vec<Option<f64>> =
        head.columns.iter().map(|column| column.map(|(_, quality)| quality)).collect();
    let mut found: Vec<FoundRow> = Vec::new();
    for (part, block) in parts.iter().enumerate() {
        let Some(table) = table(source, *block) else { continue };
        let is_head = |row: usize| table.cells.iter().any(|cell| cell.row == row && cell.header);
        let start = if part == 0 { head.rows } else { 0 };
        for row in (start..table.rows).filter(|row| part == 0 || !is_head(*row)) {
            if is_total(source, *block, table, row) {
                break;
            }
            let words: Row = head
                .columns
                .iter()
                .map(|column| {
                    column.map_or_else(Vec::new, |(at, _)| cell(source, *block, table, row, at))
                })
                .collect();
            match found.last_mut() {
                _ if words.iter().all(Vec::is_empty) => {}
                Some(last) if !begins(source, columns, &words) => {
                    for (known, more) in last.words.iter_mut().zip(words) {
                        known.extend(more);
                    }
                }
                _ if begins(source, columns, &words) => {
                    found.push(FoundRow { words, qualities: qualities.clone() });
                }
                _ => {}
            }
        }
    }
    found
}

/// The words of the cell that covers a place; of a cell over several columns only in the first.
fn cell(source: Source<'_>, block: usize, table: &Table, row: usize, column: usize) -> Vec<usize> {
    let covers =
        |cell: &Cell| (cell.row..cell.row + cell.row_span).contains(&row) && cell.column == column;
    let at = table.cells.iter().position(covers);
    at.map_or_else(Vec::new, |at| source.index.words_of_text(block, at).to_vec())
}

/// Sums and what follows them are no rows.
fn is_total(source: Source<'_>, block: usize, table: &Table, row: usize) -> bool {
    let cells = table.cells.iter().enumerate().filter(|(_, cell)| cell.row == row);
    let mut words = cells.flat_map(|(at, _)| source.index.words_of_text(block, at));
    words.by_ref().take(2).any(|word| {
        let concept = source.index.words[*word].concepts.first();
        concept.is_some_and(|concept| matches!(concept.as_str(), "total" | "subtotal" | "grand"))
    })
}
