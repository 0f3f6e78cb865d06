//! Finds the rows of a list of objects below the line whose words name the objects' properties.

mod column;
mod header;

use docket_contract::results::{Extracted, ExtractedField, ExtractedValue};

use self::column::Column;
use self::header::{Header, headers};
use super::candidate::{Candidate, Source};
use super::index::Index;
use super::kinds::Kind;
use super::run::Run;
use super::scalar::extracted;
use super::schema::{Property, Shape};
use super::slots::starts_total;
use super::values::read;
use super::wish::Wish;

/// Rows of one list at most.
const ROWS_MAX: usize = 5_000;
/// Lines without a cell in any column end a table.
const STRAY_LINES_MAX: usize = 3;
/// Empty space that ends a table, in heights of its lines.
const GAP_MAX: f64 = 6.0;

/// The words of one row by column.
type Row = Vec<Vec<usize>>;

/// The rows of a property that is a list of objects.
pub(super) fn find_rows(source: Source<'_>, properties: &[Property]) -> Extracted {
    let columns: Vec<Column<'_>> = properties.iter().map(column).collect();
    let mut rows: Vec<Vec<ExtractedField>> = Vec::new();
    for header in headers(source.index, &columns) {
        for row in body(source, &columns, &header) {
            let fields = fields(source, &columns, &header, row);
            let found = fields.iter().filter(|field| is_found(&field.found)).count();
            if found >= columns.len().min(2) && rows.len() < ROWS_MAX {
                rows.push(fields);
            }
        }
    }
    let scores = rows.iter().flatten().filter(|field| is_found(&field.found));
    let (sum, count) =
        scores.fold((0.0, 0_u32), |(sum, count), field| (sum + field.found.score, count + 1));
    if count == 0 {
        return Extracted::default();
    }
    let page = rows.iter().flatten().filter_map(|field| field.found.page).min();
    let score = (sum / f64::from(count) * 1000.0).round() / 1000.0;
    Extracted { value: ExtractedValue::Rows(rows), score, page, boxes: Vec::new() }
}

fn is_found(found: &Extracted) -> bool {
    found.value != ExtractedValue::Missing
}

fn column(property: &Property) -> Column<'_> {
    let flat = matches!(property.shape, Shape::Scalar(_) | Shape::Choice(_));
    Column { property, wish: flat.then(|| Wish::of_column(property)) }
}

fn fields(
    source: Source<'_>,
    columns: &[Column<'_>],
    header: &Header,
    row: Row,
) -> Vec<ExtractedField> {
    let mut row: Vec<Vec<usize>> = row;
    columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let fit = header.columns.iter().find(|known| known.property == Some(at));
            let words = std::mem::take(&mut row[at]);
            let found = match (&column.wish, fit) {
                (Some(wish), Some(fit)) => value(source, wish, words, fit.quality),
                _ => Extracted::default(),
            };
            ExtractedField { name: column.property.name.clone(), found }
        })
        .collect()
}

fn value(source: Source<'_>, wish: &Wish, words: Vec<usize>, quality: f64) -> Extracted {
    let run = Run::new(source.index, words);
    // In a column everything is text that is not of another kind.
    let readings = read(wish, &run.text, source.day_first);
    readings.into_iter().next().map_or_else(Extracted::default, |reading| {
        let words = run.touching(reading.start, reading.end);
        let score = (quality * reading.quality).min(1.0);
        extracted(source.index, Candidate { words, reading, score })
    })
}

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

/// A line begins a row if it has a value in a column of figures or dates; where the table has no
/// such column, every line is a row.
fn begins(source: Source<'_>, columns: &[Column<'_>], cells: &Row) -> bool {
    let typed = |column: &Column<'_>| {
        column.wish.as_ref().is_some_and(|wish| {
            !matches!(wish.kind, Kind::Text | Kind::Name | Kind::Address | Kind::Choice(_))
        })
    };
    if !columns.iter().any(typed) {
        return true;
    }
    columns.iter().zip(cells).any(|(column, words)| {
        let filled = typed(column) && !words.is_empty();
        let text = || Run::new(source.index, words.iter().copied()).text;
        let wish = column.wish.as_ref().filter(|_| filled);
        wish.is_some_and(|wish| !read(wish, &text(), source.day_first).is_empty())
    })
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
