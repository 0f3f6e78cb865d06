//! Tables without rules: rows of text one below the other whose phrases stand in columns, with
//! figures in them.

use super::column::Column;
use super::columns::{columns, touched};
use super::numbers::is_numeric;
use super::phrases::{Phrase, TextRow, is_leader};
use super::rules::{has_signs_of_code, is_numbered, is_prose, is_typed};
use super::runs::{are_flush, is_spread, is_words, parts, run_end, with_head, with_wrapped};
use super::tolerances;

/// Rows with several phrases that make a table.
const ROWS_MIN: usize = 3;

/// Tables of words only are told from prose by so many columns ...
const WORD_COLUMNS_MIN: usize = 4;
/// ... in so many rows.
const WORD_ROWS_MIN: usize = 5;

/// A head of words above full rows, with a column of figures below a word, has so many columns ...
const HEADED_COLUMNS_MIN: usize = 4;
/// ... or so many with a single row below the head, of which so many cells are figures.
const SMALL_FIGURES_MIN: usize = 3;

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
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let end = run_end(rows, at);
        let mut after = end.max(at + 1);
        for part in parts(rows, &(at..end)) {
            let free = runs.last().map_or(0, |(_, end)| *end);
            let part = with_head(rows, part, free);
            if is_table(&rows[part.clone()], expected) || is_small(&rows[part.clone()]) {
                let whole = with_wrapped(rows, &part, free);
                after = after.max(whole.end);
                runs.push((whole.start, whole.end));
            }
        }
        at = after;
    }
    runs
}

fn is_table(rows: &[TextRow], expected: Expected) -> bool {
    let spread: Vec<&TextRow> = rows.iter().filter(|row| is_spread(row)).collect();
    let columns = columns(rows);
    if spread.len() < ROWS_MIN || columns.len() < 2 || is_prose(rows, &columns) {
        return false;
    }
    // Words of the head say nothing of what stands below them.
    let body = match spread.split_first() {
        Some((head, body)) if body.len() >= ROWS_MIN && is_words(head) => body,
        _ => &spread,
    };
    let cells = || body.iter().flat_map(|row| row.phrases.iter().skip(1));
    let figures = cells().filter(|phrase| is_numeric(&phrase.words)).count();
    let total = cells().count();
    // A column of words beside one of figures may be a list or an index.
    let enough = if columns.len() == 2 { figures * 10 >= total * 8 } else { figures * 2 >= total };
    let is_typed = is_typed(rows);
    (enough
        || !is_typed
            && (expected == Expected::Table
                || are_full(&spread, columns.len())
                || is_headed(&spread, &columns)))
        && (columns.len() > 3 || spread.len() > ROWS_MIN)
        && are_filled(&columns, &spread)
        && !leads_to_pages(rows, columns.len())
        && !is_list(rows)
        && !is_formula(rows)
        && !has_signs_of_code(rows)
        && !(is_typed && columns.len() == 2)
}

/// A head of words above full rows, with a column of figures below one of its words: price lists
/// and time sheets of words and few figures.
fn is_headed(rows: &[&TextRow], columns: &[Column]) -> bool {
    let Some((head, body)) = rows.split_first() else { return false };
    let is_figure = |row: &&TextRow, column: usize| {
        let mut phrases = row.phrases.iter();
        phrases.any(|phrase| {
            touched(columns, phrase) == (column..column + 1) && is_numeric(&phrase.words)
        })
    };
    columns.len() >= HEADED_COLUMNS_MIN
        && is_words(head)
        && rows.iter().all(|row| row.phrases.len() == columns.len())
        && (1..columns.len()).any(|column| body.iter().all(|row| is_figure(row, column)))
}

/// A head of words and a single row of figures, each below its word: sums of a period, terms of a
/// booking.
fn is_small(rows: &[TextRow]) -> bool {
    let [head, row] = rows else { return false };
    let figures = row.phrases.iter().filter(|phrase| is_numeric(&phrase.words)).count();
    head.phrases.len() >= HEADED_COLUMNS_MIN
        && head.phrases.len() == row.phrases.len()
        && is_words(head)
        && figures >= SMALL_FIGURES_MIN
        && head.phrases.iter().zip(&row.phrases).all(|pair| are_flush(pair, row.size))
        && row.baseline - head.baseline <= tolerances::SMALL_STEP * row.size
}

/// Its rows are items of a list, and no rows of cells behind their numbers.
fn is_list(rows: &[TextRow]) -> bool {
    const CELLS_MIN: usize = 3;
    if !is_numbered(rows) {
        return false;
    }
    let spread = || rows.iter().filter(|row| is_spread(row));
    let cells = |row: &&TextRow| {
        let is_apart = row.phrases[0].words.len() == 1;
        row.phrases.len() - usize::from(is_apart) >= CELLS_MIN
    };
    spread().filter(cells).count() * 5 < spread().count() * 4
}

/// Many columns, of which most rows fill all but one.
fn are_full(rows: &[&TextRow], columns: usize) -> bool {
    let full = rows.iter().filter(|row| row.phrases.len() + 1 >= columns).count();
    columns >= WORD_COLUMNS_MIN && full >= WORD_ROWS_MIN && full * 5 >= rows.len() * 4
}

/// Several rows fill each column. The first may name groups of rows, each in its first row, if the
/// others are full.
fn are_filled(columns: &[Column], rows: &[&TextRow]) -> bool {
    const GROUPS_MIN: usize = 2;
    let count = |column: &Column| {
        let fills = |row: &&&TextRow| {
            let mut phrases = row.phrases.iter();
            phrases.any(|phrase| phrase.rect.x0 < column.x1 && column.x0 < phrase.rect.x1)
        };
        rows.iter().filter(fills).count()
    };
    // One column of figures may be emptier, such as that of the payments in.
    let is_spare = |column: &Column| {
        let stands_in = |phrase: &&Phrase| phrase.rect.x0 < column.x1 && column.x0 < phrase.rect.x1;
        let body = rows.iter().skip(usize::from(rows.first().is_some_and(|row| is_words(row))));
        let mut cells = body.flat_map(|row| &row.phrases).filter(stands_in).peekable();
        cells.peek().is_some() && cells.all(|phrase| is_numeric(&phrase.words))
    };
    let spare = columns.iter().skip(2).find(|column| count(column) * 3 < rows.len());
    let spare =
        spare.filter(|column| columns.len() > 3 && is_spare(column)).map(|column| column.x0);
    let is_filled = |column: &Column| count(column) * 3 >= rows.len() || spare == Some(column.x0);
    let Some((first, others)) = columns.split_first() else { return false };
    let full = rows.iter().filter(|row| row.phrases.len() + 1 >= columns.len()).count();
    let names_groups = columns.len() >= WORD_COLUMNS_MIN
        && count(first) >= GROUPS_MIN
        && full * 5 >= rows.len() * 4;
    others.iter().all(is_filled) && (is_filled(first) || names_groups)
}

/// Dots lead to the numbers of pages. Names of rows may be followed by dots too, where several
/// columns stand behind them.
fn leads_to_pages(rows: &[TextRow], columns: usize) -> bool {
    let is_behind_name = |row: &TextRow| {
        let mut others = row.phrases.iter().skip(1);
        !others.any(|phrase| phrase.words.iter().any(is_leader))
    };
    let leading = || rows.iter().filter(|row| has_leaders(row));
    leading().next().is_some()
        && !(columns > 3 && leading().all(|row| row.phrases.len() > 3 && is_behind_name(row)))
}

/// Dots between words.
fn has_leaders(row: &TextRow) -> bool {
    let words = || row.phrases.iter().flat_map(|phrase| &phrase.words);
    words().any(|word| word.text.contains("....") || word.text.contains(". . . "))
        || words().filter(|word| word.text == ".").count() > 3
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
