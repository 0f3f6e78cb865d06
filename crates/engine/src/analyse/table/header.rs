//! The head of a table: how many rows of text it has, which of its cells stand over several columns,
//! and its levels.

use super::body::PlacedRow;
use super::column::{Column, Piece};
use super::grid::Edge;
use super::numbers::is_numeric;
use super::tolerances;

/// Heads of more rows of text than this are none.
const ROWS_MAX: usize = 9;

/// A cell of the head.
#[derive(Debug)]
pub(super) struct HeadCell {
    /// Its first level and the level behind its last.
    pub levels: (usize, usize),
    /// Its first column and the column behind its last.
    pub columns: (usize, usize),
    pub pieces: Vec<Piece>,
}

/// Counts the rows of text above the body.
pub(super) fn count(rows: &[PlacedRow], rules: &[f32]) -> usize {
    let above =
        |y: f32| rows.partition_point(|row| row.baseline < y + tolerances::HEADER_RULE * row.size);
    let ruled = rules.iter().map(|y| above(*y)).find(|count| *count > 0);
    if let Some(count) = ruled
        && count < rows.len()
        && count <= ROWS_MAX
        && rows[..count].iter().filter(|row| is_data(row)).count() * 2 <= count
        && count * 2 <= rows.len() + 1
    {
        return count;
    }
    let columns = figure_columns(rows);
    let is_body = |row: &PlacedRow| is_data(row) || has_figure_of(row, &columns);
    let first = rows.iter().take(ROWS_MAX).take_while(|row| !is_body(row)).count();
    if first == rows.len().min(ROWS_MAX) {
        return 1;
    }
    let wrapped = (1..first).rev().take_while(|at| is_wrapped(rows, *at)).last();
    wrapped.filter(|at| is_set_apart(rows, *at)).unwrap_or(first)
}

/// The columns of figures below a word: most of what stands below it, in two rows at least.
fn figure_columns(rows: &[PlacedRow]) -> Vec<usize> {
    const FIGURES_MIN: usize = 2;
    let Some((head, body)) = rows.split_first() else { return Vec::new() };
    let is_word = |piece: &&Piece| piece.to == piece.from + 1 && !is_numeric(&piece.phrase.words);
    let is_column = |column: &usize| {
        let cells = body.iter().flat_map(|row| &row.pieces);
        let cells = cells.filter(|piece| piece.from == *column && piece.to == column + 1);
        let (figures, words): (Vec<&Piece>, Vec<&Piece>) =
            cells.partition(|piece| is_numeric(&piece.phrase.words));
        figures.len() >= FIGURES_MIN && figures.len() >= 2 * words.len()
    };
    head.pieces.iter().filter(is_word).map(|piece| piece.from).filter(is_column).collect()
}

/// A figure that is no year stands in one of the columns of figures.
fn has_figure_of(row: &PlacedRow, columns: &[usize]) -> bool {
    row.pieces.iter().any(|piece| {
        columns.contains(&piece.from) && is_numeric(&piece.phrase.words) && !is_label(piece)
    })
}

/// A single piece of words behind the first column: a line of a cell that is centred beside its row,
/// or the end of a row that the page before began. (What stands in brackets is rather a unit.)
fn is_wrapped(rows: &[PlacedRow], at: usize) -> bool {
    let [piece] = &rows[at].pieces[..] else { return false };
    piece.from > 0
        && piece.to == piece.from + 1
        && !is_numeric(&piece.phrase.words)
        && !piece.phrase.words[0].text.starts_with('(')
}

/// A wider distance stands above the row than below it, or one that lines of a cell never have.
fn is_set_apart(rows: &[PlacedRow], at: usize) -> bool {
    let step = |row: usize| rows[row + 1].baseline - rows[row].baseline;
    step(at - 1) > tolerances::WIDER * step(at)
        || step(at - 1) > tolerances::LEADING_MAX * rows[at].size
}

/// Most of its cells behind the first column are figures, and not years or numbers of columns.
fn is_data(row: &PlacedRow) -> bool {
    let cells = row.pieces.iter().filter(|piece| piece.from > 0);
    let (mut figures, mut labels, mut total) = (0, 0, 0);
    for piece in cells {
        total += 1;
        if is_numeric(&piece.phrase.words) {
            figures += 1;
            labels += usize::from(is_label(piece));
        }
    }
    figures * 2 > total && labels < figures
}

/// A year, a span of years, or a date with a year.
fn is_label(piece: &Piece) -> bool {
    let text: String = piece.phrase.words.iter().map(|word| word.text.as_str()).collect();
    let is_year = |part: &str| {
        part.len() == 4
            && (part.starts_with("19") || part.starts_with("20"))
            && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let words = &piece.phrase.words;
    let is_date = words.iter().any(|word| is_year(&word.text))
        && words.iter().any(|word| word.text.starts_with(char::is_alphabetic));
    is_date
        || text.split(['-', '\u{2013}', '/']).next().is_some_and(is_year)
        || text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A piece that stands over several columns: its rows of text and its columns.
struct Spanner {
    rows: (usize, usize),
    columns: (usize, usize),
}

/// Cuts the head into cells. `rules` are all horizontal rules of the table.
pub(super) fn cells(
    rows: &mut [PlacedRow],
    rules: &[Edge],
    columns: &[Column],
) -> (Vec<HeadCell>, usize) {
    if rows.is_empty() {
        return (Vec::new(), 0);
    }
    for at in 0..rows.len() {
        widen(rows, at, rules, columns);
    }
    let spanners = spanners(rows, rules);
    let edges = edges(rows, &spanners, rules);
    let mut cuts: Vec<usize> = edges.iter().map(|edge| edge.0).collect();
    cuts.retain(|cut| *cut < rows.len());
    cuts.sort_unstable();
    cuts.dedup();
    let level_of = |row: usize| cuts.partition_point(|cut| *cut <= row);
    let levels = cuts.len() + 1;
    let cut_below = |row: usize, column: usize| {
        edges.iter().any(|(at, columns)| *at == row && (columns.0..columns.1).contains(&column))
    };
    let mut cells: Vec<HeadCell> = Vec::new();
    let mut column = 0;
    let mut open: Vec<Option<usize>> = vec![None; columns.len()];
    for level in 0..levels {
        column = 0;
        while column < columns.len() {
            let bottom = level.checked_sub(1).map(|above| cuts[above]);
            let goes_on =
                open[column].filter(|_| bottom.is_some_and(|cut| !cut_below(cut, column)));
            if let Some(index) = goes_on
                && cells[index].columns.0 == column
            {
                cells[index].levels.1 = level + 1;
                column = cells[index].columns.1;
                continue;
            }
            let spanner = spanners.iter().find(|spanner| {
                spanner.columns.0 == column
                    && (level_of(spanner.rows.0)..=level_of(spanner.rows.1 - 1)).contains(&level)
            });
            let end = spanner.map_or(column + 1, |spanner| spanner.columns.1);
            open[column..end].fill(Some(cells.len()));
            cells.push(HeadCell {
                levels: (level, level + 1),
                columns: (column, end),
                pieces: Vec::new(),
            });
            column = end;
        }
    }
    let _ = column;
    for (at, row) in rows.iter().enumerate() {
        let level = level_of(at);
        for piece in &row.pieces {
            let cell = cells.iter_mut().find(|cell| {
                (cell.levels.0..cell.levels.1).contains(&level)
                    && (cell.columns.0..cell.columns.1).contains(&piece.from)
            });
            if let Some(cell) = cell {
                cell.pieces.push(piece.clone());
            }
        }
    }
    (split_empty(cells), levels)
}

/// Where columns are cut: below each spanner, and above it where a rule parts it from the
/// heads of single columns.
fn edges(rows: &[PlacedRow], spanners: &[Spanner], rules: &[Edge]) -> Vec<(usize, (usize, usize))> {
    let is_parted = |spanner: &&Spanner| {
        let Some((row, above)) = rows[..=spanner.rows.0].split_last() else { return false };
        let (from, to) = spanner.columns;
        let own = row.pieces.iter().find(|piece| piece.from == from && piece.to == to);
        let heads =
            |row: &PlacedRow| row.pieces.iter().any(|piece| piece.from < to && from < piece.to);
        let last = above.iter().rfind(|row| heads(row));
        let are_narrow =
            |row: &PlacedRow| row.pieces.iter().all(|piece| piece.to == piece.from + 1);
        last.zip(own)
            .is_some_and(|(above, own)| are_narrow(above) && is_ruled(above, row, own, rules))
    };
    let below = spanners.iter().map(|spanner| (spanner.rows.1, spanner.columns));
    let above = spanners.iter().filter(is_parted).map(|spanner| (spanner.rows.0, spanner.columns));
    below.chain(above).collect()
}

/// Cells without text are one level high.
fn split_empty(cells: Vec<HeadCell>) -> Vec<HeadCell> {
    let mut split: Vec<HeadCell> = Vec::with_capacity(cells.len());
    for cell in cells {
        if cell.pieces.is_empty() {
            let levels = cell.levels.0..cell.levels.1;
            split.extend(levels.map(|level| HeadCell {
                levels: (level, level + 1),
                columns: cell.columns,
                pieces: Vec::new(),
            }));
        } else {
            split.push(cell);
        }
    }
    split.sort_by_key(|cell| (cell.levels.0, cell.columns.0));
    split
}

/// Pieces over several columns that follow one another over the same columns are one, unless a rule
/// parts them or several stand below one.
fn spanners(rows: &[PlacedRow], rules: &[Edge]) -> Vec<Spanner> {
    let mut spanners: Vec<Spanner> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        for piece in row.pieces.iter().filter(|piece| piece.to > piece.from + 1) {
            let goes_on = |known: &&mut Spanner| {
                let (from, to) = known.columns;
                let below = row.pieces.iter().filter(|piece| piece.from < to && from < piece.to);
                known.rows.1 == at
                    && from < piece.to
                    && piece.from < to
                    && below.count() == 1
                    && !is_ruled(&rows[at - 1], row, piece, rules)
            };
            match spanners.iter_mut().find(goes_on) {
                Some(known) => {
                    known.rows.1 = at + 1;
                    known.columns =
                        (known.columns.0.min(piece.from), known.columns.1.max(piece.to));
                }
                None => {
                    spanners.push(Spanner { rows: (at, at + 1), columns: (piece.from, piece.to) });
                }
            }
        }
    }
    spanners
}

/// A rule stands between a row and the piece of the next.
fn is_ruled(above: &PlacedRow, below: &PlacedRow, piece: &Piece, rules: &[Edge]) -> bool {
    rules.iter().any(|rule| {
        rule.at > above.baseline - tolerances::RULE_BELOW_TEXT * above.size
            && rule.at < below.baseline - 0.5 * below.size
            && rule.from < piece.phrase.rect.x1
            && rule.to > piece.phrase.rect.x0
    })
}

/// Widens the pieces of a row to the columns that they head: those that a rule below them covers, or
/// those over whose middle they are set.
fn widen(rows: &mut [PlacedRow], at: usize, rules: &[Edge], columns: &[Column]) {
    let (above, below) = rows.split_at_mut(at + 1);
    let Some((row, above)) = above.split_last_mut() else { return };
    let size = row.size;
    for index in 0..row.pieces.len() {
        let free_from = index.checked_sub(1).map_or(0, |before| row.pieces[before].to);
        let free_to = row.pieces.get(index + 1).map_or(columns.len(), |next| next.from);
        let piece = &row.pieces[index];
        let end = below
            .iter()
            .find(|next| {
                next.pieces.iter().any(|other| other.from < piece.to && piece.from < other.to)
            })
            .map_or(f32::INFINITY, |next| next.baseline - 0.5 * next.size);
        let center = piece.phrase.rect.center().0;
        let ruled = rules.iter().find(|rule| {
            rule.at > row.baseline - tolerances::RULE_BELOW_TEXT * size
                && rule.at < end
                && rule.from <= center
                && center <= rule.to
        });
        let range = match ruled {
            Some(rule) => covered(rule, columns),
            None if heads_all(row, above.last(), rules, columns) => Some((1, columns.len())),
            None => centered(piece, (free_from, free_to), below, columns, size),
        };
        if let Some((from, to)) = range
            && from >= free_from
            && to <= free_to
            && to - from < columns.len()
        {
            row.pieces[index].from = from.min(row.pieces[index].from);
            row.pieces[index].to = to.max(row.pieces[index].to);
        }
    }
}

/// The only piece of a row, over the middle of all columns but the first, parted by a rule from the
/// heads of these: it says something of all of them, such as their unit.
fn heads_all(
    row: &PlacedRow,
    above: Option<&PlacedRow>,
    rules: &[Edge],
    columns: &[Column],
) -> bool {
    let ([piece], Some(above), [_, first, .., last]) = (&row.pieces[..], above, columns) else {
        return false;
    };
    let middle = f32::midpoint(first.x0, last.x1);
    (piece.phrase.rect.center().0 - middle).abs() < row.size && is_ruled(above, row, piece, rules)
}

fn covered(rule: &Edge, columns: &[Column]) -> Option<(usize, usize)> {
    let is_covered =
        |column: &Column| (rule.from..=rule.to).contains(&f32::midpoint(column.x0, column.x1));
    let from = columns.iter().position(is_covered)?;
    let to = columns.iter().rposition(is_covered)? + 1;
    Some((from, to))
}

/// The free columns, with heads of their own below, over whose middle the piece stands.
fn centered(
    piece: &Piece,
    free: (usize, usize),
    below: &[PlacedRow],
    columns: &[Column],
    size: f32,
) -> Option<(usize, usize)> {
    let headed = |column: usize| {
        below.iter().any(|row| {
            row.pieces.iter().any(|piece| piece.from == column && piece.to == column + 1)
        })
    };
    let center = piece.phrase.rect.center().0;
    let off = |from: usize, to: usize| {
        (f32::midpoint(columns[from].x0, columns[to - 1].x1) - center).abs()
    };
    if piece.to == piece.from + 1 {
        let column = &columns[piece.from];
        let rect = &piece.phrase.rect;
        let flush =
            (rect.x0 - column.x0).abs() < 0.5 * size || (rect.x1 - column.x1).abs() < 0.5 * size;
        if flush || off(piece.from, piece.to) < size {
            return None;
        }
    }
    let first = (free.0..piece.from).rev().take_while(|column| headed(*column)).last();
    let last = (piece.to..free.1).take_while(|column| headed(*column)).last();
    let (first, last) = (first.unwrap_or(piece.from), last.map_or(piece.to, |last| last + 1));
    let mut best: Option<(f32, (usize, usize))> = None;
    for from in first..=piece.from {
        for to in piece.to..=last {
            if to - from > 1 && best.is_none_or(|(least, _)| off(from, to) < least - 0.5) {
                best = Some((off(from, to), (from, to)));
            }
        }
    }
    best.filter(|(off, _)| *off < tolerances::SPANNER_OFFSET * size).map(|(_, range)| range)
}
