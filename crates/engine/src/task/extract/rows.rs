//! Finds the rows of a property that is a list of objects: in the tables of the document, and where
//! these have none, in its lines.

mod column;
mod header;
mod lines;
mod tables;

use docket_contract::results::{Extracted, ExtractedField, ExtractedValue};

use self::column::{Column, FoundRow};
use super::candidate::{Candidate, Source};
use super::run::Run;
use super::scalar::extracted;
use super::schema::Property;
use super::values::read;
use super::wish::Wish;

/// Rows of one list at most.
const ROWS_MAX: usize = 5_000;

/// The rows of a property that is a list of objects.
pub(super) fn find_rows(source: Source<'_>, properties: &[Property]) -> Extracted {
    let columns: Vec<Column<'_>> = properties.iter().map(Column::new).collect();
    let of_tables = read_rows(source, &columns, tables::rows(source, &columns));
    let of_lines = read_rows(source, &columns, lines::rows(source, &columns));
    let count = |rows: &[Vec<ExtractedField>]| {
        rows.iter().flatten().filter(|field| is_found(&field.found)).count()
    };
    // Lists of one or two rows, and those between other text, are no tables.
    let rows = if count(&of_lines) > count(&of_tables) { of_lines } else { of_tables };
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

/// The values of rows; those with fewer than two are none.
fn read_rows(
    source: Source<'_>,
    columns: &[Column<'_>],
    rows: Vec<FoundRow>,
) -> Vec<Vec<ExtractedField>> {
    let read = rows.into_iter().map(|row| fields(source, columns, row));
    let enough = |fields: &Vec<ExtractedField>| {
        let found = fields.iter().filter(|field| is_found(&field.found)).count();
        found >= columns.len().min(2)
    };
    read.filter(enough).take(ROWS_MAX).collect()
}

fn is_found(found: &Extracted) -> bool {
    found.value != ExtractedValue::Missing
}

fn fields(source: Source<'_>, columns: &[Column<'_>], row: FoundRow) -> Vec<ExtractedField> {
    let FoundRow { words, qualities } = row;
    let cells = columns.iter().zip(words).zip(qualities);
    let field = |((column, words), quality): ((&Column<'_>, Vec<usize>), Option<f64>)| {
        let found = match (&column.wish, quality) {
            (Some(wish), Some(quality)) => value(source, wish, words, quality),
            _ => Extracted::default(),
        };
        ExtractedField { name: column.property.name.clone(), found }
    };
    cells.map(field).collect()
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
