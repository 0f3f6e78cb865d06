//! Tables without rules: rows of text one below the other whose phrases stand in columns, with
//! figures in them.

use super::column::Column;
use super::columns::columns;
use super::numbers::is_numeric;
use super::phrases::{Phrase, TextRow};
use super::rules::{is_code, is_numbered, is_prose};
use super::tolerances;

/// Rows of one phrase between rows of several, such as names of groups.
const SINGLES_MAX: usize = 2;
/// Rows with several phrases that make a table.
const ROWS_MIN: usize = 3;

/// Tables of words only are told from prose by so many columns ...
const WORD_COLUMNS_MIN: usize = 4;
/// ... in so many rows.
const WORD_ROWS_MIN: usize = 5;

/// What the lines come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A page, which is text unless there is proof.
    Prose,
    /// A picture cut from a page, which would not have been cut for its text alone.
    Table,
}

/// Runs of rows that are tables, as ranges.
pub(super) fn runs(rows: &[TextRow], expected: Expected) -> Vec<(usize, usize)> {
    // A picture of which most rows have no gap shows text.
    let gaps = rows.iter().filter(|row| is_spread(row)).count();
    let expected = if gaps * 2 >= rows.len() { expected } else { Expected::Prose };
    let mut runs = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let end = run_end(rows, at);
        if end > at && is_table(&rows[at..end], expected) {
            runs.push((at, end));
        }
        at = end.max(at + 1);
    }
    runs
}

/// Where the run that begins at a row ends; rows of one phrase at its end do not belong to it.
fn run_end(rows: &[TextRow], start: usize) -> usize {
    let mut end = start;
    let mut singles = 0;
    for at in start..rows.len() {
        let step = at.checked_sub(1).filter(|_| at > start).map_or(0.0, |above| {
            (rows[at].baseline - rows[above].baseline) / rows[at].size.max(1.0)
        });
        if step > tolerances::ROWS_APART {
            break;
        }
        if is_spread(&rows[at]) {
            singles = 0;
            end = at + 1;
        } else {
            singles += 1;
            if end == start || singles > SINGLES_MAX {
                break;
            }
        }
    }
    end
}

/// The row has a gap as wide as those between columns.
fn is_spread(row: &TextRow) -> bool {
    let wide = |pair: &[Phrase]| pair[1].rect.x0 - pair[0].rect.x1 > tolerances::GAP_MIN * row.size;
    row.phrases.windows(2).any(wide)
}

fn is_table(rows: &[TextRow], expected: Expected) -> bool {
    let spread: Vec<&TextRow> = rows.iter().filter(|row| is_spread(row)).collect();
    let columns = columns(rows);
    if spread.len() < ROWS_MIN || columns.len() < 2 || is_prose(rows, &columns) {
        return false;
    }
    let cells = || spread.iter().flat_map(|row| row.phrases.iter().skip(1));
    let figures = cells().filter(|phrase| is_numeric(&phrase.words)).count();
    let total = cells().count();
    // A column of words beside one of figures may be a list or an index.
    let enough = if columns.len() == 2 { figures * 10 >= total * 8 } else { figures * 2 >= total };
    (enough || expected == Expected::Table || are_full(&spread, columns.len()))
        && (columns.len() > 3 || spread.len() > ROWS_MIN)
        && columns.iter().all(|column| is_filled(column, &spread))
        && !rows.iter().any(has_leaders)
        && !is_numbered(rows)
        && !is_formula(rows)
        && !is_code(rows)
}

/// Many columns, of which most rows fill all but one.
fn are_full(rows: &[&TextRow], columns: usize) -> bool {
    let full = rows.iter().filter(|row| row.phrases.len() + 1 >= columns).count();
    columns >= WORD_COLUMNS_MIN && full >= WORD_ROWS_MIN && full * 5 >= rows.len() * 4
}

/// Several rows fill the column.
fn is_filled(column: &Column, rows: &[&TextRow]) -> bool {
    let fills = |row: &&&TextRow| {
        row.phrases.iter().any(|phrase| phrase.rect.x0 < column.x1 && column.x0 < phrase.rect.x1)
    };
    rows.iter().filter(fills).count() * 3 >= rows.len()
}

/// Dots that lead to the number of a page.
fn has_leaders(row: &TextRow) -> bool {
    let mut words = row.phrases.iter().flat_map(|phrase| &phrase.words);
    words.any(|word| word.text.contains("....") || word.text.contains(". . . "))
        || row
            .phrases
            .iter()
            .flat_map(|phrase| &phrase.words)
            .filter(|word| word.text == ".")
            .count()
            > 3
}

fn is_formula(rows: &[TextRow]) -> bool {
    let is_sign = |c: char| c == '=' || ('\u{2200}'..='\u{22FF}').contains(&c) && c != '\u{2212}';
    let signs = |row: &&TextRow| {
        row.phrases
            .iter()
            .flat_map(|phrase| &phrase.words)
            .any(|word| word.text.chars().any(is_sign))
    };
    rows.iter().filter(signs).count() * 4 > rows.len()
}
