//! Reading order within one column: the content stream's where it runs down the page, else by place.

use super::bidi;
use super::item::Item;
use super::lines::append;
use super::tolerances;
use crate::model::{Line, Rect, runs_left};

/// Lines of a cell or another small area in reading order.
pub(crate) fn rows_of_lines(lines: Vec<Line>) -> Vec<Line> {
    let items = rows_of_items(lines.into_iter().map(Item::Line).collect());
    let lines = items.into_iter().filter_map(|item| match item {
        Item::Line(line) => Some(line),
        Item::Table(_) | Item::Panel(_) => None,
    });
    lines.collect()
}

/// What stands in a column, given in stream order, in reading order, each line from its start.
pub(crate) fn rows_of_items(items: Vec<Item>) -> Vec<Item> {
    let mut rows = arrange(items);
    for row in &mut rows {
        if let Item::Line(line) = row {
            bidi::to_reading_order(line);
        }
    }
    rows
}

/// Brings the lines of a column, given in stream order, into reading order and joins rows.
pub(crate) fn arrange(lines: Vec<Item>) -> Vec<Item> {
    let mut runs: Vec<Run> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some(run) if !run.is_jump(&line) => run.push(line),
            _ => runs.push(Run { rect: *line.rect(), lines: vec![line] }),
        }
    }
    if runs.len() > 1 {
        runs = merge(runs);
    }
    rows(runs.into_iter().flat_map(|run| run.lines).collect())
}

/// Lines that run down the page in the stream.
struct Run {
    lines: Vec<Item>,
    rect: Rect,
}

impl Run {
    fn is_jump(&self, line: &Item) -> bool {
        self.lines.last().is_some_and(|last| {
            let size = last.size().max(line.size());
            last.baseline() - line.baseline() > tolerances::JUMP * size
        })
    }

    fn push(&mut self, line: Item) {
        self.rect = self.rect.union(line.rect());
        self.lines.push(line);
    }
}

/// Sorts runs down the page; runs beside one another become one, sorted by place.
fn merge(mut runs: Vec<Run>) -> Vec<Run> {
    runs.sort_by(|a, b| a.rect.y0.total_cmp(&b.rect.y0));
    let mut merged: Vec<(Run, bool)> = Vec::new();
    for run in runs {
        let slack = tolerances::RUN_OVERLAP * run.lines.first().map_or(0.0, Item::size);
        match merged.last_mut() {
            Some((last, mixed)) if run.rect.y0 + slack < last.rect.y1 => {
                last.rect = last.rect.union(&run.rect);
                last.lines.extend(run.lines);
                *mixed = true;
            }
            _ => merged.push((run, false)),
        }
    }
    let sorted = merged.into_iter().map(|(mut run, mixed)| {
        let boxes = run.lines.iter().filter(|item| item.is_panel()).count();
        if mixed && boxes * 2 > run.lines.len() {
            // Boxes side by side: only the stream tells whether they go across or down.
            run.lines.sort_by_key(Item::order);
        } else if mixed {
            run.lines = by_place(run.lines);
        }
        run
    });
    sorted.collect()
}

/// Sorts lines into rows from top to bottom, each from left to right.
fn by_place(mut lines: Vec<Item>) -> Vec<Item> {
    lines.sort_by(|a, b| a.baseline().total_cmp(&b.baseline()));
    let mut sorted: Vec<Item> = Vec::with_capacity(lines.len());
    let mut row_start = 0;
    for line in lines {
        if let Some(first) = sorted.get(row_start)
            && line.baseline() - first.baseline()
                > tolerances::ROW_STEP * first.size().min(line.size())
        {
            sorted[row_start..].sort_by(|a, b| a.rect().x0.total_cmp(&b.rect().x0));
            row_start = sorted.len();
        }
        sorted.push(line);
    }
    sorted[row_start..].sort_by(|a, b| a.rect().x0.total_cmp(&b.rect().x0));
    sorted
}

/// Joins neighbours that stand in one row. Far apart they stay apart, but for rows of tables: those
/// with a third part, or with a row of several parts above or below.
fn rows(lines: Vec<Item>) -> Vec<Item> {
    let mut rows: Vec<Vec<Item>> = Vec::with_capacity(lines.len());
    for line in lines {
        match rows.last_mut() {
            Some(row) if row.last().is_some_and(|last| is_same_row(last, &line)) => row.push(line),
            _ => rows.push(vec![line]),
        }
    }
    for row in rows
        .iter_mut()
        .filter(|row| row.len() > 1 && row.iter().filter_map(Item::line).any(runs_left))
    {
        row.sort_by(|a, b| a.rect().x0.total_cmp(&b.rect().x0));
    }
    let parts: Vec<(usize, f32, f32)> =
        rows.iter().map(|row| (row.len(), row[0].baseline(), row[0].size())).collect();
    let in_table = |index: usize| {
        let (count, baseline, size) = parts[index];
        let near = [index.checked_sub(1), Some(index + 1)].into_iter().flatten();
        let mut near = near.filter_map(|other| parts.get(other));
        count > 2
            || near.any(|row| row.0 > 1 && (row.1 - baseline).abs() < tolerances::ROWS_APART * size)
    };
    let mut joined = Vec::with_capacity(rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        let table = in_table(index);
        let mut open: Option<Item> = None;
        for part in row {
            match (&mut open, part) {
                (Some(Item::Line(line)), Item::Line(part))
                    if table || part.rect.x0 - line.rect.x1 < tolerances::NEAR * line.size =>
                {
                    append(line, part);
                }
                (open, part) => joined.extend(open.replace(part)),
            }
        }
        joined.extend(open);
    }
    joined
}

fn is_same_row(row: &Item, line: &Item) -> bool {
    let (Some(row), Some(line)) = (row.line(), line.line()) else {
        return false;
    };
    let small = row.size.min(line.size);
    let gap = line.rect.x0 - row.rect.x1;
    if gap < -0.5 * row.size.max(line.size) {
        let to_the_left = row.rect.x0 - line.rect.x1 > -0.5 * small;
        return to_the_left
            && (row.baseline - line.baseline).abs() <= tolerances::BASELINE_SLACK * small
            && (runs_left(row) || runs_left(line));
    }
    if (row.baseline - line.baseline).abs() <= tolerances::BASELINE_SLACK * small {
        return true;
    }
    let beside = row.rect.overlap_y(&line.rect);
    gap < row.size.max(line.size) && beside > 0.5 * row.rect.height().min(line.rect.height())
}
