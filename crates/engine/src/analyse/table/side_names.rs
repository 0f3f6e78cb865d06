//! The names of rows that stand beside a drawn grid of figures, outside of its lines.

use super::grid::Grid;
use super::numbers::is_numeric;
use super::tolerances;
use crate::model::Line;

/// So many rows have names at least.
const ROWS_MIN: usize = 3;

/// The grid with a column for the names of its rows, if they stand to the left of it: one line beside
/// nearly every row, below one another, and figures in the first column of the grid itself.
pub(super) fn with_names(grid: Grid, lines: &[Line]) -> Grid {
    match names(&grid, lines) {
        Some(x) => grid.with_first_column(x),
        None => grid,
    }
}

/// Where the names begin.
fn names(grid: &Grid, lines: &[Line]) -> Option<f32> {
    let beside: Vec<&Line> = lines.iter().filter(|line| is_beside(grid, line)).collect();
    let mut names: Vec<&Line> = Vec::new();
    let (mut named, mut filled, mut first, mut figures) = (0, 0, 0, 0);
    for row in grid.ys.windows(2) {
        let is_level = |line: &&&Line| (row[0]..row[1]).contains(&line.rect.center().1);
        let inside = || {
            let level =
                lines.iter().filter(|line| (row[0]..row[1]).contains(&line.rect.center().1));
            level.filter(|line| (grid.rect.x0..grid.rect.x1).contains(&line.rect.center().0))
        };
        let own: Vec<&&Line> = beside.iter().filter(is_level).collect();
        if own.len() > 1 {
            return None;
        }
        let words = inside().flat_map(|line| &line.words);
        let of_first: Vec<_> = words.filter(|word| word.rect.center().0 < grid.xs[1]).collect();
        filled += usize::from(inside().next().is_some());
        named += own.len();
        first += usize::from(!of_first.is_empty());
        figures += usize::from(
            !of_first.is_empty()
                && of_first.iter().all(|word| is_numeric(std::slice::from_ref(*word))),
        );
        names.extend(own.into_iter().copied());
    }
    let start = names.iter().map(|line| line.rect.x0).fold(f32::INFINITY, f32::min);
    let end = names.iter().map(|line| line.rect.x1).fold(f32::NEG_INFINITY, f32::max);
    let is_aligned =
        |line: &&Line| (line.rect.x0 - start).min(end - line.rect.x1) < tolerances::SIDE_NAME_SLACK;
    // Text above or below the names is a column of its own.
    let goes_on = lines.iter().any(|line| {
        let gap = (grid.rect.y0 - line.rect.y1).max(line.rect.y0 - grid.rect.y1);
        (line.rect.x0 - start).abs() < tolerances::SIDE_NAME_SLACK
            && (0.0..line.size).contains(&gap)
            && line.rect.x1 < grid.rect.x0
    });
    (named >= ROWS_MIN
        && named * 5 >= filled * 4
        // The row of the heads has none.
        && figures >= ROWS_MIN
        && (figures + 1) * 5 >= first * 4
        && names.iter().all(is_aligned)
        && grid.rect.x0 - end < tolerances::SIDE_NAME_REACH * grid.rect.width()
        && !goes_on)
        .then_some(start - 1.0)
}

/// It stands to the left of the grid, level with it.
fn is_beside(grid: &Grid, line: &Line) -> bool {
    (grid.rect.y0..grid.rect.y1).contains(&line.rect.center().1)
        && line.rect.x1 < grid.rect.x0 + tolerances::SNAP
}
