//! Finds tables that go on on the next page, and joins their parts (`merge_tables`).

use super::part::{Label, Part};
use super::tolerances;
use crate::analyse::draft::{CellDraft, TableDraft};
use crate::lexicon;
use crate::model::Line;

/// A table that goes on over the ends of pages.
pub(crate) struct ContinuedDraft {
    /// Its parts among those of the document, in reading order.
    pub parts: Vec<usize>,
    /// All of its rows.
    pub whole: TableDraft,
}

/// Finds the tables that end a page and go on on the next: both parts have the same columns. The
/// rows of the second follow those of the first; a repeated head is left out.
pub(crate) fn continued_tables(parts: &[Part]) -> Vec<ContinuedDraft> {
    let mut found: Vec<ContinuedDraft> = Vec::new();
    // The table that the page before ends with, by its last part, and whether it went on before.
    let mut open: Option<(usize, bool)> = None;
    for (index, part) in parts.iter().enumerate() {
        if stands_between(part) {
            continue;
        }
        let goes_on = open.filter(|(last, _)| parts[*last].page + 1 == part.page);
        let rest = goes_on.and_then(|(last, _)| continuation(&parts[last], part));
        open = (part.label == Label::Table).then_some((index, rest.is_some()));
        let (Some((last, known)), Some(rest)) = (goes_on, rest) else { continue };
        let Some(first) = parts[last].block.table() else { continue };
        if !known {
            found.push(ContinuedDraft { parts: vec![last], whole: first.clone() });
        }
        if let Some(table) = found.last_mut() {
            append(&mut table.whole, rest);
            table.parts.push(index);
        }
    }
    found
}

/// What may stand between two parts of one table: furniture, notes, and that it goes on.
fn stands_between(part: &Part) -> bool {
    const LINES_MAX: usize = 2;
    match part.label {
        Label::PageHeader | Label::PageFooter | Label::Footnote => true,
        Label::Table | Label::Picture => false,
        _ => {
            part.written().filter(|block| block.lines().count() <= LINES_MAX).is_some_and(|block| {
                let texts: Vec<String> = block.lines().map(Line::text).collect();
                let text = texts.join(" ").to_lowercase();
                lexicon::words(lexicon::CONTINUED).any(|sign| {
                    text.trim_end_matches(['.', ':', ')'])
                        .ends_with(sign.trim_end_matches([')', '.']))
                })
            })
        }
    }
}

/// The table of the second part, if it continues that of the first.
fn continuation(first: &Part, second: &Part) -> Option<TableDraft> {
    let fits = second.label == Label::Table
        && first.rect.overlap_x(&second.rect)
            >= tolerances::WIDTH_SHARE * first.rect.width().max(second.rect.width());
    let columns = first.block.table()?.columns;
    let table = second.block.table().filter(|_| fits)?;
    (table.columns == columns).then(|| table.clone())
}

fn append(table: &mut TableDraft, mut rest: TableDraft) {
    let repeated = repeated_rows(table, &rest);
    rest.cells.retain(|cell| cell.row >= repeated);
    let mut repeated = repeated;
    if goes_on(table, &rest, repeated) {
        let (broken, others) = rest.cells.into_iter().partition(|cell| cell.row == repeated);
        rest.cells = others;
        finish_row(table, broken);
        repeated += 1;
    }
    let shift = table.rows - repeated;
    table.cells.extend(rest.cells.into_iter().map(|mut cell| {
        cell.row += shift;
        cell.header = false;
        cell
    }));
    table.rows += rest.rows - repeated;
}

/// The first row of the second part is the end of the last row of the first: it has no name, as all
/// other rows have, and no more than text below the text of some cells of that row.
fn goes_on(table: &TableDraft, rest: &TableDraft, first: usize) -> bool {
    let Some(last) = table.rows.checked_sub(1) else { return false };
    let is_whole = |cell: &&CellDraft| cell.row_span == 1 && cell.column_span == 1;
    let filled = |table: &TableDraft, row: usize| -> Vec<CellDraft> {
        let cells = table.cells.iter().filter(|cell| cell.row == row && !cell.lines.is_empty());
        cells.cloned().collect()
    };
    let names = |table: &TableDraft, mut rows: std::ops::Range<usize>| {
        rows.all(|row| {
            table.cells.iter().any(|cell| {
                cell.row == row && cell.column == 0 && (cell.header || !cell.lines.is_empty())
            })
        })
    };
    let (above, below) = (filled(table, last), filled(rest, first));
    let is_text = |cell: &CellDraft| !cell.lines.iter().all(is_figure);
    let continues = |cell: &CellDraft| {
        let above = above.iter().find(|above| above.column == cell.column);
        above.is_some_and(|above| is_text(above) && is_text(cell))
    };
    first < rest.rows
        && !below.is_empty()
        && below.len() * 2 <= table.columns
        && below.iter().all(|cell| cell.column > 0 && !cell.header && continues(cell))
        && above.iter().chain(&below).all(|cell| is_whole(&cell))
        && names(table, 0..table.rows)
        && names(rest, first + 1..rest.rows)
}

/// No letters, but digits.
fn is_figure(line: &Line) -> bool {
    let characters = || line.words.iter().flat_map(|word| word.text.chars());
    characters().any(|c| c.is_ascii_digit()) && !characters().any(char::is_alphabetic)
}

/// Puts the lines of a broken row below those of the last row.
fn finish_row(table: &mut TableDraft, broken: Vec<CellDraft>) {
    let last = table.rows.saturating_sub(1);
    for cell in broken {
        let whole =
            table.cells.iter_mut().find(|whole| whole.row == last && whole.column == cell.column);
        if let Some(whole) = whole {
            whole.lines.extend(cell.lines);
        }
    }
}

/// How many rows at the top of the second table say the same as those of the first.
fn repeated_rows(first: &TableDraft, second: &TableDraft) -> usize {
    let text = |table: &TableDraft, row: usize| -> Vec<String> {
        let cells = table.cells.iter().filter(|cell| cell.row == row);
        cells.map(|cell| cell.lines.iter().map(Line::text).collect()).collect()
    };
    let is_head =
        |row: &usize| second.cells.iter().filter(|cell| cell.row == *row).all(|cell| cell.header);
    (0..first.rows.min(second.rows))
        .take_while(is_head)
        .take_while(|row| text(first, *row) == text(second, *row))
        .count()
}
