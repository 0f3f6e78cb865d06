//! Rulings to grids: edges are snapped and joined, crossing edges form a table, and cells are the
//! rectangles that no edge cuts. The way of pdfplumber and of Nurminen's thesis.

use super::tolerances;
use crate::analyse::draft::CellDraft;
use crate::model::Rect;

/// More pairs of edges than this are a drawing.
const PAIRS_MAX: usize = 2_000_000;
/// Bigger grids are drawings or graph paper.
const CELLS_MAX: usize = 10_000;
/// The biggest grids of a page are looked at.
const GRIDS_MAX: usize = 100;

/// The lines of a table.
pub(super) struct Grid {
    pub rect: Rect,
    pub xs: Vec<f32>,
    pub ys: Vec<f32>,
    /// Cells without text.
    pub cells: Vec<CellDraft>,
    /// The number of the cell that covers each elementary square, row by row.
    owners: Vec<usize>,
}

/// A horizontal or vertical edge: its height or its x, and from where to where it runs.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub at: f32,
    pub from: f32,
    pub to: f32,
}

/// The horizontal and the vertical edges that rulings draw.
pub(super) fn edges(rulings: &[Rect]) -> (Vec<Edge>, Vec<Edge>) {
    let (flat, upright): (Vec<&Rect>, Vec<&Rect>) =
        rulings.iter().partition(|rect| rect.width() >= rect.height());
    let edge = |at: f32, from: f32, to: f32| Edge { at, from, to };
    let horizontal = joined(flat.iter().map(|r| edge(r.center().1, r.x0, r.x1)).collect());
    let vertical = joined(upright.iter().map(|r| edge(r.center().0, r.y0, r.y1)).collect());
    (horizontal, vertical)
}

/// The grids that edges draw.
pub(super) fn grids(horizontal: &[Edge], vertical: &[Edge]) -> Vec<Grid> {
    if horizontal.len().saturating_mul(vertical.len()) > PAIRS_MAX {
        return Vec::new();
    }
    let drawn = components(horizontal, vertical).into_iter();
    let mut grids: Vec<Grid> =
        drawn.filter_map(|(horizontal, vertical)| grid(horizontal, vertical)).collect();
    grids.sort_by(|a, b| b.rect.area().total_cmp(&a.rect.area()));
    grids.truncate(GRIDS_MAX);
    grids
}

/// Edges on one line that touch become one.
fn joined(mut edges: Vec<Edge>) -> Vec<Edge> {
    edges.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut lines: Vec<Vec<Edge>> = Vec::new();
    for edge in edges {
        match lines.last_mut() {
            Some(line) if edge.at - line[0].at <= tolerances::SNAP => line.push(edge),
            _ => lines.push(vec![edge]),
        }
    }
    let mut joined: Vec<Edge> = Vec::new();
    for mut line in lines {
        let at = line.iter().map(|edge| edge.at).sum::<f32>() / line.len() as f32;
        line.sort_by(|a, b| a.from.total_cmp(&b.from));
        let first = joined.len();
        for edge in line {
            match joined[first..].last_mut() {
                Some(last) if edge.from <= last.to + tolerances::REACH => {
                    last.to = last.to.max(edge.to)
                }
                _ => joined.push(Edge { at, ..edge }),
            }
        }
    }
    joined
}

fn cross(horizontal: &Edge, vertical: &Edge) -> bool {
    (horizontal.from - tolerances::REACH..=horizontal.to + tolerances::REACH).contains(&vertical.at)
        && (vertical.from - tolerances::REACH..=vertical.to + tolerances::REACH)
            .contains(&horizontal.at)
}

/// Groups of edges that hang together by crossings.
fn components(horizontal: &[Edge], vertical: &[Edge]) -> Vec<(Vec<Edge>, Vec<Edge>)> {
    let total = horizontal.len() + vertical.len();
    let mut parents: Vec<usize> = (0..total).collect();
    for (h, flat) in horizontal.iter().enumerate() {
        for (v, upright) in vertical.iter().enumerate() {
            if cross(flat, upright) {
                let (a, b) = (root(&mut parents, h), root(&mut parents, horizontal.len() + v));
                parents[a.max(b)] = a.min(b);
            }
        }
    }
    let mut groups: Vec<(Vec<Edge>, Vec<Edge>)> = vec![(Vec::new(), Vec::new()); total];
    for index in 0..total {
        let group = &mut groups[root(&mut parents, index)];
        match horizontal.get(index) {
            Some(edge) => group.0.push(*edge),
            None => group.1.push(vertical[index - horizontal.len()]),
        }
    }
    groups.retain(|(flat, upright)| flat.len() >= 2 && !upright.is_empty());
    groups
}

fn root(parents: &mut [usize], mut index: usize) -> usize {
    while parents[index] != index {
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

fn positions(edges: &[Edge]) -> Vec<f32> {
    let mut positions: Vec<f32> = edges.iter().map(|edge| edge.at).collect();
    positions.sort_by(f32::total_cmp);
    positions.dedup_by(|a, b| (*a - *b).abs() <= tolerances::SNAP);
    positions
}

/// Edges where the lines across end, if those reach beyond the outermost edge: tables are often open
/// to the left and to the right.
fn closed(mut edges: Vec<Edge>, across: &[Edge]) -> Vec<Edge> {
    let outermost = |pick: fn(&Edge) -> f32, sign: f32| {
        let end = across.iter().map(|edge| sign * pick(edge)).fold(f32::NEG_INFINITY, f32::max);
        let known = edges.iter().map(|edge| sign * edge.at).fold(f32::NEG_INFINITY, f32::max);
        let shared = across
            .iter()
            .filter(|edge| (sign * pick(edge) - end).abs() <= tolerances::SNAP)
            .count();
        (end > known + tolerances::OPEN_MIN && shared >= 2).then_some(sign * end)
    };
    let ends = [outermost(|edge| edge.from, -1.0), outermost(|edge| edge.to, 1.0)];
    let from = across.iter().map(|edge| edge.at).fold(f32::INFINITY, f32::min);
    let to = across.iter().map(|edge| edge.at).fold(f32::NEG_INFINITY, f32::max);
    edges.extend(ends.into_iter().flatten().map(|at| Edge { at, from, to }));
    edges
}

fn grid(horizontal: Vec<Edge>, vertical: Vec<Edge>) -> Option<Grid> {
    let vertical = closed(vertical, &horizontal);
    let horizontal = closed(horizontal, &vertical);
    let (horizontal, vertical) = (&horizontal[..], &vertical[..]);
    let (xs, ys) = (positions(vertical), positions(horizontal));
    if xs.len() < 2 || ys.len() < 2 || (xs.len() - 1) * (ys.len() - 1) > CELLS_MAX {
        return None;
    }
    let rect = Rect { x0: xs[0], y0: ys[0], x1: xs[xs.len() - 1], y1: ys[ys.len() - 1] };
    let mut grid = Grid {
        rect,
        owners: vec![usize::MAX; (xs.len() - 1) * (ys.len() - 1)],
        xs,
        ys,
        cells: Vec::new(),
    };
    let walls = Walls::new(&grid, horizontal, vertical);
    for row in 0..grid.ys.len() - 1 {
        for column in 0..grid.xs.len() - 1 {
            if grid.owners[grid.square(row, column)] == usize::MAX {
                grid.add_cell(row, column, &walls);
            }
        }
    }
    (grid.cells.len() >= 2).then_some(grid)
}

impl Grid {
    fn square(&self, row: usize, column: usize) -> usize {
        row * (self.xs.len() - 1) + column
    }

    /// The cell that a point within the grid stands in.
    pub(super) fn cell_at(&self, x: f32, y: f32) -> Option<usize> {
        let index = |lines: &[f32], at: f32| {
            lines.partition_point(|line| *line <= at).saturating_sub(1).min(lines.len() - 2)
        };
        let square = self.square(index(&self.ys, y), index(&self.xs, x));
        self.owners.get(square).copied()
    }

    /// No more than one of its rows is high enough for text.
    pub(super) fn is_single_row(&self) -> bool {
        self.ys.windows(2).filter(|pair| pair[1] - pair[0] > tolerances::ROW_MIN).count() < 2
    }

    /// The vertical edge is one of its lines.
    pub(super) fn holds(&self, edge: &Edge) -> bool {
        (self.rect.x0 - tolerances::SNAP..=self.rect.x1 + tolerances::SNAP).contains(&edge.at)
            && edge.to.min(self.rect.y1) - edge.from.max(self.rect.y0) > tolerances::SNAP
    }

    /// The same grid with a column more on its left, which begins at an x and has a cell for each row.
    pub(super) fn with_first_column(self, x: f32) -> Self {
        let Self { mut rect, mut xs, ys, cells, owners } = self;
        let (rows, columns) = (ys.len() - 1, xs.len() - 1);
        let own = |row| CellDraft {
            row,
            column: 0,
            row_span: 1,
            column_span: 1,
            header: false,
            lines: Vec::new(),
        };
        let moved = cells.into_iter().map(|cell| CellDraft { column: cell.column + 1, ..cell });
        let mut all: Vec<(Option<usize>, CellDraft)> =
            (0..rows).map(|row| (None, own(row))).collect();
        all.extend(moved.enumerate().map(|(at, cell)| (Some(at), cell)));
        all.sort_by_key(|(_, cell)| (cell.row, cell.column));
        let place = |wanted: (Option<usize>, usize)| {
            all.iter()
                .position(|(at, cell)| (*at, if at.is_none() { cell.row } else { 0 }) == wanted)
        };
        let old: Vec<usize> =
            (0..all.len()).map(|at| place((Some(at), 0)).unwrap_or(usize::MAX)).collect();
        let mut placed = Vec::with_capacity(rows * (columns + 1));
        for row in 0..rows {
            placed.push(place((None, row)).unwrap_or(usize::MAX));
            let squares = &owners[row * columns..(row + 1) * columns];
            placed.extend(squares.iter().map(|at| old.get(*at).copied().unwrap_or(usize::MAX)));
        }
        xs.insert(0, x);
        rect.x0 = x;
        let cells = all.into_iter().map(|(_, cell)| cell).collect();
        Self { rect, xs, ys, cells, owners: placed }
    }

    /// The column in which an x stands.
    pub(super) fn column_at(&self, x: f32) -> usize {
        self.xs.partition_point(|line| *line <= x).saturating_sub(1).min(self.xs.len() - 2)
    }

    /// Grows a cell to the right and then down as far as no wall stands between.
    fn add_cell(&mut self, row: usize, column: usize, walls: &Walls) {
        let free = |grid: &Self, row, column| grid.owners[grid.square(row, column)] == usize::MAX;
        let (columns, rows) = (self.xs.len() - 1, self.ys.len() - 1);
        let mut right = column + 1;
        while right < columns && !walls.beside(row, right) && free(self, row, right) {
            right += 1;
        }
        let mut below = row + 1;
        while below < rows
            && (column..right).all(|at| !walls.above(below, at) && free(self, below, at))
            && (column + 1..right).all(|at| !walls.beside(below, at))
        {
            below += 1;
        }
        for r in row..below {
            for c in column..right {
                let square = self.square(r, c);
                self.owners[square] = self.cells.len();
            }
        }
        let (row_span, column_span) = (below - row, right - column);
        self.cells.push(CellDraft {
            row,
            column,
            row_span,
            column_span,
            header: false,
            lines: Vec::new(),
        });
    }
}

/// Which sides of the elementary squares are drawn.
struct Walls {
    columns: usize,
    left: Vec<bool>,
    top: Vec<bool>,
}

impl Walls {
    fn new(grid: &Grid, horizontal: &[Edge], vertical: &[Edge]) -> Self {
        let (columns, rows) = (grid.xs.len() - 1, grid.ys.len() - 1);
        let mut walls =
            Self { columns, left: vec![false; rows * columns], top: vec![false; rows * columns] };
        let nearest = |lines: &[f32], at: f32| {
            let after = lines.partition_point(|line| *line < at - tolerances::SNAP);
            lines.get(after).filter(|line| (**line - at).abs() <= tolerances::SNAP).map(|_| after)
        };
        for edge in vertical {
            let Some(column) = nearest(&grid.xs, edge.at).filter(|c| *c < columns) else {
                continue;
            };
            for row in 0..rows {
                if covers(edge, grid.ys[row], grid.ys[row + 1]) {
                    walls.left[row * columns + column] = true;
                }
            }
        }
        for edge in horizontal {
            let Some(row) = nearest(&grid.ys, edge.at).filter(|r| *r < rows) else { continue };
            for column in 0..columns {
                if covers(edge, grid.xs[column], grid.xs[column + 1]) {
                    walls.top[row * columns + column] = true;
                }
            }
        }
        walls
    }

    /// A wall stands to the left of the square.
    fn beside(&self, row: usize, column: usize) -> bool {
        self.left[row * self.columns + column]
    }

    /// A wall stands above the square.
    fn above(&self, row: usize, column: usize) -> bool {
        self.top[row * self.columns + column]
    }
}

/// The edge runs along more than half of the side.
fn covers(edge: &Edge, from: f32, to: f32) -> bool {
    edge.to.min(to) - edge.from.max(from) > 0.5 * (to - from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(y: f32, x0: f32, x1: f32) -> Rect {
        Rect { x0, y0: y, x1, y1: y }
    }

    fn upright(x: f32, y0: f32, y1: f32) -> Rect {
        Rect { x0: x, y0, x1: x, y1 }
    }

    #[test]
    fn a_grid_with_a_cell_over_two_columns() {
        let rulings = [
            flat(0.0, 0.0, 200.0),
            flat(20.0, 0.0, 200.0),
            flat(40.0, 0.0, 200.0),
            upright(0.0, 0.0, 40.0),
            upright(100.0, 20.0, 40.0),
            upright(200.0, 0.0, 40.0),
        ];
        let (horizontal, vertical) = edges(&rulings);
        let grids = grids(&horizontal, &vertical);
        let spans: Vec<(usize, usize)> =
            grids[0].cells.iter().map(|cell| (cell.row, cell.column_span)).collect();
        assert_eq!(spans, [(0, 2), (1, 1), (1, 1)]);
        assert_eq!(grids[0].cell_at(150.0, 10.0), Some(0));
        assert_eq!(grids[0].cell_at(150.0, 30.0), Some(2));
    }

    #[test]
    fn lines_that_do_not_cross_are_no_grid() {
        let rulings = [flat(0.0, 0.0, 200.0), flat(20.0, 0.0, 200.0), upright(300.0, 0.0, 40.0)];
        let (horizontal, vertical) = edges(&rulings);
        assert!(grids(&horizontal, &vertical).is_empty());
    }
}
