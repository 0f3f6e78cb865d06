//! Text that runs another way in the cells of a drawn table, such as heads that are written upwards.

use super::grid::Grid;
use super::tolerances;
use crate::model::{Line, Rect, line_of_words};

/// A line that runs another way than the text of its table. Its words stand where they do in the
/// frame of the table; its baseline is that in its own frame.
pub(crate) type TurnedLine = Line;

/// The turned lines within cells of a table: one line for each cell, its words in reading order, and
/// which lines these are. None where they are most of what it holds: the table itself is turned.
pub(super) fn in_cells(
    grid: &Grid,
    turned: &[TurnedLine],
    upright: &[Line],
) -> (Vec<Line>, Vec<usize>) {
    let within = |lines: &[Line]| -> usize {
        lines.iter().filter(|line| grid.rect.contains(line.rect.center())).count()
    };
    if within(turned) >= within(upright) {
        return (Vec::new(), Vec::new());
    }
    let mut inside: Vec<(usize, usize)> = Vec::new();
    for (number, line) in turned.iter().enumerate() {
        let (x, y) = line.rect.center();
        let cell = grid.cell_at(x, y).filter(|_| grid.rect.contains((x, y)));
        inside
            .extend(cell.filter(|cell| holds(grid, *cell, &line.rect)).map(|cell| (cell, number)));
    }
    inside
        .sort_by(|a, b| a.0.cmp(&b.0).then(turned[a.1].baseline.total_cmp(&turned[b.1].baseline)));
    let lines = inside.chunk_by(|a, b| a.0 == b.0).map(|own| {
        let mut words: Vec<_> =
            own.iter().flat_map(|(_, number)| turned[*number].words.iter().cloned()).collect();
        let rect = words.iter().fold(Rect::NOTHING, |whole, word| whole.union(&word.rect));
        words.iter_mut().for_each(|word| word.baseline = rect.y1);
        line_of_words(words, turned[own[0].1].order)
    });
    (lines.collect(), inside.iter().map(|(_, number)| *number).collect())
}

fn holds(grid: &Grid, cell: usize, rect: &Rect) -> bool {
    let Some(cell) = grid.cells.get(cell) else { return false };
    let slack = tolerances::SNAP;
    rect.x0 >= grid.xs[cell.column] - slack
        && rect.x1 <= grid.xs[cell.column + cell.column_span] + slack
        && rect.y0 >= grid.ys[cell.row] - slack
        && rect.y1 <= grid.ys[cell.row + cell.row_span] + slack
}
