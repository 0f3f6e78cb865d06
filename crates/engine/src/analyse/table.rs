//! Tables: cells between drawn lines, or columns and rows that words stand in.

mod aligned;
mod body;
mod build;
mod checkbox_sides;
mod column;
mod columns;
mod fills;
mod found;
mod grid;
mod header;
mod numbers;
mod phrases;
mod pictured;
mod rules;
mod runs;
mod side_names;
mod split;
mod stub;
mod tolerances;
mod trim;
mod turned;
mod typed;
mod unruled;

use crate::analyse::draft::{CellDraft, TableDraft};
use crate::analyse::layout::rows_of_lines;
use crate::model::{Line, Rect, Word, is_rtl, line_of_words};
use build::build;
use checkbox_sides::without_sides;
use fills::{cell_sides, goes_on};
pub(crate) use found::FoundTable;
use grid::{Edge, Grid, edges, grids};
use numbers::is_numeric;
use phrases::text_rows;
use side_names::with_names;
use split::{split_columns, split_rows};
use trim::{trim, without_flat_rows, without_thin_columns};
pub(crate) use turned::TurnedLine;
use turned::in_cells;
use unruled::Expected;

/// Fewer filled cells are a box around something, not a table.
const FILLED_CELLS_MIN: usize = 4;
/// Boxes with more text than this are columns or panels of a page, not cells.
const CELL_CHARACTERS_MAX: usize = 2500;
const MEAN_CHARACTERS_MAX: usize = 400;

/// What a page shows beside its text, in the frame in which that is upright.
pub(crate) struct Drawn<'p> {
    pub rulings: Vec<Rect>,
    pub fills: Vec<Rect>,
    /// Squares that may be checkboxes.
    pub squares: Vec<Rect>,
    pub pictures: &'p [Rect],
    /// Lines that run another way than the text of this frame.
    pub turned: Vec<TurnedLine>,
}

/// The lines of a page that stand in no table, and the tables of the others.
#[derive(Default)]
pub(crate) struct Extracted {
    /// In the order of the content stream.
    pub lines: Vec<Line>,
    pub tables: Vec<FoundTable>,
    /// Where the turned lines stand that are in cells of these tables.
    pub turned: Vec<Rect>,
}

/// Finds the tables with rules among the lines of a page.
pub(crate) fn extract(lines: Vec<Line>, drawn: Drawn<'_>) -> Extracted {
    let Drawn { rulings, fills, squares, pictures, turned } = drawn;
    let mut found = Extracted { lines, ..Extracted::default() };
    let mut rulings = without_sides(rulings, &squares);
    let by_lines = edges(&rulings).1;
    let drawn = rulings.len();
    rulings.extend(cell_sides(&fills));
    if rulings.len() < 2 {
        return found;
    }
    let (horizontal, vertical) = edges(&rulings);
    let mut parts: Vec<Rect> = Vec::new();
    for grid in grids(&horizontal, &vertical) {
        let is_drawn = by_lines.iter().any(|edge| grid.holds(edge));
        // Backgrounds side by side in a single row are panels.
        if !is_drawn && (grid.is_single_row() || goes_on(&grid, &found.lines)) {
            parts.push(grid.rect);
            continue;
        }
        let grid = with_names(grid, &found.lines);
        let (upright, used) = in_cells(&grid, &turned, &found.lines);
        let is_table = found.replace(&grid.rect, tolerances::FILLED_OF_DRAWN, |within| {
            in_grid(&grid, &[within, &upright].concat(), &horizontal)
        });
        if is_table {
            found.turned.extend(used.into_iter().map(|number| turned[number].rect));
        }
    }
    // Areas that are not cells do not show where rows end either.
    let is_part = |side: &Rect| parts.iter().any(|part| part.contains(side.center()));
    let sides = rulings.split_off(drawn).into_iter().filter(|side| !is_part(side));
    rulings.extend(sides);
    let horizontal = if parts.is_empty() { horizontal } else { edges(&rulings).0 };
    for table in pictured::tables(&found.lines, &horizontal, pictures) {
        found.put(table);
    }
    for area in rules::regions(&found.lines, &horizontal) {
        found.replace(&area, tolerances::FILLED_BETWEEN_RULES, |within| {
            in_area(&area, within, &horizontal)
        });
    }
    found.lines.sort_by_key(|line| line.order);
    found
}

/// The same for tables without rules, in the lines of one column.
pub(crate) fn extract_unruled(lines: Vec<Line>) -> Extracted {
    extract_rows(lines, Expected::Prose)
}

/// The same for the lines of a picture that is a small part of a page, and likely a table.
pub(crate) fn extract_lone(lines: Vec<Line>) -> Extracted {
    extract_rows(lines, Expected::Table)
}

fn extract_rows(lines: Vec<Line>, expected: Expected) -> Extracted {
    let mut found = Extracted { lines, ..Extracted::default() };
    if found.lines.len() < FILLED_CELLS_MIN {
        return found;
    }
    let rows = text_rows(&found.lines);
    let runs = unruled::runs(&rows, expected);
    if runs.is_empty() {
        return found;
    }
    for (start, end) in runs {
        let rect = rows[start..end].iter().fold(Rect::NOTHING, |all, row| all.union(&row.rect));
        found.replace(&rect, tolerances::FILLED_WITHOUT_RULES, |within| {
            let (rules, lines): (Vec<Line>, Vec<Line>) =
                within.iter().cloned().partition(typed::is_rule);
            in_area(&rect, &lines, &typed::edges(&rules))
        });
    }
    found.lines.sort_by_key(|line| line.order);
    found
}

impl Extracted {
    /// Takes out the lines whose middle stands in an area.
    fn take(&mut self, area: &Rect) -> Vec<Line> {
        let inside = |line: &Line| area.contains(line.rect.center());
        let (within, rest) = std::mem::take(&mut self.lines).into_iter().partition(inside);
        self.lines = rest;
        within
    }

    /// Puts a table in the place of the lines within it.
    fn put(&mut self, table: TableDraft) {
        let within = self.take(&table.rect);
        self.tables.push(FoundTable::new(mirrored(table), &within));
    }

    /// Replaces the lines within an area by the table that they make, if that part of its cells is
    /// filled. True if it did.
    fn replace(
        &mut self,
        area: &Rect,
        part: f32,
        table: impl Fn(&[Line]) -> Option<TableDraft>,
    ) -> bool {
        let within = self.take(area);
        match table(&within).map(trim) {
            Some((table, outside)) if is_filled(&table, part) => {
                self.tables.push(FoundTable::new(mirrored(with_heads(table)), &within));
                self.lines.extend(outside);
                true
            }
            _ => {
                self.lines.extend(within);
                false
            }
        }
    }
}

fn in_grid(grid: &Grid, lines: &[Line], horizontal: &[Edge]) -> Option<TableDraft> {
    let drawn = fill(grid, lines);
    if grid.xs.len() <= 3 {
        let by_words = in_area(&grid.rect, lines, horizontal);
        let columns = by_words.as_ref().map_or(0, |table| table.columns);
        if drawn.is_none() || columns >= 2 * (grid.xs.len() - 1) {
            return by_words;
        }
    }
    drawn
}

fn in_area(area: &Rect, lines: &[Line], horizontal: &[Edge]) -> Option<TableDraft> {
    let rows = text_rows(lines);
    let rules: Vec<Edge> = horizontal
        .iter()
        .filter(|rule| {
            (area.y0 - 1.0..=area.y1 + 1.0).contains(&rule.at)
                && rule.to.min(area.x1) - rule.from.max(area.x0) > 0.5 * (rule.to - rule.from)
        })
        .copied()
        .collect();
    let table = build(&typed::without_leaders(rows), &rules)?;
    let rect = table.rect.union(area);
    Some(TableDraft { rect, ..table })
}

/// The rows of a drawn table that head it: those before the first with figures behind its first
/// column, and one at least if all cells hold words.
fn with_heads(mut table: TableDraft) -> TableDraft {
    if table.rows < 2 || table.cells.iter().any(|cell| cell.header) {
        return table;
    }
    let has_figures = |cell: &&CellDraft| {
        cell.column > 0
            && !cell.lines.is_empty()
            && cell.lines.iter().all(|line| is_numeric(&line.words))
    };
    let body = table.cells.iter().filter(has_figures).map(|cell| cell.row).min().unwrap_or(1);
    // Below a cell over several columns stand the names of each.
    let reach = |cell: &CellDraft| cell.row_span + usize::from(cell.column_span > 1);
    let reach = table.cells.iter().filter(|cell| cell.row == 0).map(reach).max();
    let heads = body.min(reach.unwrap_or(1)).max(1);
    for cell in table.cells.iter_mut().filter(|cell| cell.row < heads) {
        cell.header = true;
    }
    table
}

/// Tables of right-to-left scripts begin at the right.
fn mirrored(mut table: TableDraft) -> TableDraft {
    let characters = || {
        let words = table.cells.iter().flat_map(|cell| &cell.lines).flat_map(|line| &line.words);
        words.flat_map(|word| word.text.chars()).filter(|c| c.is_alphabetic())
    };
    let rightward = characters().filter(|c| is_rtl(*c)).count();
    if rightward * 2 > characters().count() {
        for cell in &mut table.cells {
            cell.column = table.columns - cell.column - cell.column_span;
        }
        table.cells.sort_by_key(|cell| (cell.row, cell.column));
    }
    table
}

/// Enough cells hold text, in rows of several; the labels of a chart stand scattered.
fn is_filled(table: &TableDraft, part: f32) -> bool {
    let filled = || table.cells.iter().filter(|cell| !cell.lines.is_empty());
    let mut in_row = vec![0_usize; table.rows];
    filled().for_each(|cell| in_row[cell.row] += 1);
    let rows = in_row.iter().filter(|count| **count > 1).count();
    let count = filled().count();
    let with_text = in_row.iter().filter(|count| **count > 0).count();
    count >= FILLED_CELLS_MIN
        && count as f32 >= part * table.cells.len() as f32
        && rows >= 2
        && rows * 5 >= with_text * 2
}

/// Puts words into cells. `None`: too few cells hold any.
fn fill(grid: &Grid, lines: &[Line]) -> Option<TableDraft> {
    let mut words: Vec<Vec<(usize, Word)>> = vec![Vec::new(); grid.cells.len()];
    for (number, line) in lines.iter().enumerate() {
        for word in &line.words {
            let (x, y) = word.rect.center();
            words[grid.cell_at(x, y)?].push((number, word.clone()));
        }
    }
    let filled = words.iter().filter(|words| !words.is_empty()).count();
    if filled < FILLED_CELLS_MIN {
        return None;
    }
    let cells = grid.cells.iter().zip(words).map(|(cell, words)| {
        let parts = words.chunk_by(|a, b| a.0 == b.0).map(|part| {
            line_of_words(part.iter().map(|(_, word)| word.clone()).collect(), part[0].0)
        });
        CellDraft { lines: rows_of_lines(parts.collect()), ..cell.clone() }
    });
    let cells: Vec<CellDraft> = cells.collect();
    let longest = cells.iter().map(CellDraft::characters).max().unwrap_or(0);
    let total: usize = cells.iter().map(CellDraft::characters).sum();
    if longest > CELL_CHARACTERS_MAX || total > filled * MEAN_CHARACTERS_MAX {
        return None;
    }
    let (cells, rows) = without_flat_rows(cells, &grid.ys);
    let cells = cells.into_iter().flat_map(|cell| split_columns(cell, &grid.xs)).collect();
    let (cells, rows) = split_rows(cells, rows);
    let (cells, columns) = without_thin_columns(cells, &grid.xs);
    Some(TableDraft { rect: grid.rect, rows, columns, cells })
}
