//! Runs of rows that may be a table without rules: where they begin and end, and the rows of a single
//! phrase that belong to them.

use std::ops::Range;

use super::columns::{columns, touched};
use super::numbers::is_numeric;
use super::phrases::{Phrase, TextRow};
use super::tolerances;

/// Rows of one phrase between rows of several, such as names of groups.
const SINGLES_MAX: usize = 2;
/// Lines of a cell that stand alone in their row of text, at the start or end of a table.
const WRAPPED_MAX: usize = 4;

/// Where the run that begins at a row ends; rows of one phrase at its end do not belong to it.
pub(super) fn run_end(rows: &[TextRow], start: usize) -> usize {
    let mut end = start;
    let mut singles = 0;
    for at in start..rows.len() {
        let step = at.checked_sub(1).filter(|_| at > start).map_or(0.0, |above| {
            (rows[at].baseline - rows[above].baseline) / rows[at].size.max(1.0)
        });
        if step > tolerances::ROWS_APART
            && !(step < tolerances::LIKE_ROWS_APART
                && end > start
                && are_alike(&rows[end - 1], &rows[at]))
        {
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

/// Both rows have the same cells, set flush with one another.
fn are_alike(above: &TextRow, below: &TextRow) -> bool {
    const CELLS_MIN: usize = 3;
    above.phrases.len() >= CELLS_MIN
        && above.phrases.len() == below.phrases.len()
        && above.phrases.iter().zip(&below.phrases).all(|pair| are_flush(pair, below.size))
}

pub(super) fn are_flush((above, below): (&Phrase, &Phrase), size: f32) -> bool {
    let slack = tolerances::ALIGNED_SLACK * size;
    (above.rect.x0 - below.rect.x0).abs() < slack || (above.rect.x1 - below.rect.x1).abs() < slack
}

/// The run with the row of words above it that heads its columns, each with a phrase of its own, also
/// where more room is left below that than between rows. Rows before `free` belong to other tables.
pub(super) fn with_head(rows: &[TextRow], run: Range<usize>, free: usize) -> Range<usize> {
    let Some(above) = run.start.checked_sub(1).filter(|above| *above >= free) else { return run };
    let (head, first) = (&rows[above], &rows[run.start]);
    let close = first.baseline - head.baseline < tolerances::LIKE_ROWS_APART * first.size;
    if is_words(first) || !is_words(head) || !is_spread(head) || !close {
        return run;
    }
    let columns = columns(&rows[run.clone()]);
    let places: Vec<_> = head.phrases.iter().map(|phrase| touched(&columns, phrase)).collect();
    let heads = columns.len() > 2
        && places.len() + 1 >= columns.len()
        && places.iter().all(|place| place.len() == 1)
        && places.windows(2).all(|pair| pair[0].start < pair[1].start);
    if heads { above..run.end } else { run }
}

/// The row has a gap as wide as those between columns.
pub(super) fn is_spread(row: &TextRow) -> bool {
    let wide = |pair: &[Phrase]| pair[1].rect.x0 - pair[0].rect.x1 > tolerances::GAP_MIN * row.size;
    row.phrases.windows(2).any(wide)
}

pub(super) fn is_words(row: &TextRow) -> bool {
    !row.phrases.iter().any(|phrase| is_numeric(&phrase.words))
}

/// Cuts a run where the heading of another table stands in it: a line by itself, set apart from a row
/// with figures above it, with a row of words below it, which are the heads of the next.
pub(super) fn parts(rows: &[TextRow], run: &Range<usize>) -> Vec<Range<usize>> {
    let mut steps: Vec<f32> = rows[run.clone()]
        .windows(2)
        .filter(|pair| pair.iter().all(is_spread))
        .map(|pair| pair[1].baseline - pair[0].baseline)
        .collect();
    steps.sort_by(f32::total_cmp);
    let usual = steps.get(steps.len() / 2).copied().unwrap_or(f32::INFINITY);
    let has_figures = |row: &TextRow| row.phrases.iter().any(|phrase| is_numeric(&phrase.words));
    let is_heading = |at: usize| {
        let (above, row, below) = (&rows[at - 1], &rows[at], &rows[at + 1]);
        let apart = row.baseline - above.baseline > tolerances::HEADING_APART * usual;
        let looks =
            row.size > tolerances::HEADING_BIGGER * above.size || is_bold(row) && !is_bold(above);
        !is_spread(row)
            && row.phrases.len() == 1
            && (apart || looks)
            && is_spread(above)
            && is_spread(below)
            && has_figures(above)
            && !has_figures(below)
    };
    let mut parts = Vec::new();
    let mut start = run.start;
    for at in run.start + 1..run.end.saturating_sub(1) {
        if is_heading(at) {
            parts.push(start..at);
            start = at + 1;
        }
    }
    parts.push(start..run.end);
    parts
}

fn is_bold(row: &TextRow) -> bool {
    row.phrases.iter().flat_map(|phrase| &phrase.words).all(|word| word.style.bold)
}

fn has_letters(phrase: &Phrase) -> bool {
    phrase.words.iter().any(|word| word.text.contains(char::is_alphabetic))
}

/// The run with the lines right above and below it that are wrapped text of a cell: they begin where
/// a column behind the first does, and have room in it. (Text around a table begins at its left.)
/// Rows before `free` belong to other tables.
pub(super) fn with_wrapped(rows: &[TextRow], run: &Range<usize>, free: usize) -> Range<usize> {
    let columns = columns(&rows[run.clone()]);
    let is_wrapped = |row: &TextRow| {
        let [phrase] = &row.phrases[..] else { return false };
        let place = touched(&columns, phrase);
        let next = columns.get(place.end).map_or(f32::INFINITY, |next| next.x0);
        place.len() == 1
            && place.start > 0
            && (columns[place.start].x0 - phrase.rect.x0).abs()
                < tolerances::ALIGNED_SLACK * row.size
            && phrase.rect.x1 < next
            && has_letters(phrase)
    };
    let close = |above: &TextRow, below: &TextRow, most: f32| {
        below.baseline - above.baseline <= most * above.size.max(below.size)
    };
    let mut whole = run.clone();
    while whole.end < rows.len()
        && whole.end - run.end < WRAPPED_MAX
        && is_wrapped(&rows[whole.end])
        && close(&rows[whole.end - 1], &rows[whole.end], tolerances::LEADING_MAX)
    {
        whole.end += 1;
    }
    // Above a head stands no cell.
    let is_body = rows[run.start].phrases.iter().any(|phrase| is_numeric(&phrase.words));
    while is_body
        && whole.start > free
        && run.start - whole.start < WRAPPED_MAX
        && is_wrapped(&rows[whole.start - 1])
        && close(&rows[whole.start - 1], &rows[whole.start], tolerances::WRAPPED_ABOVE)
    {
        whole.start -= 1;
    }
    whole
}
