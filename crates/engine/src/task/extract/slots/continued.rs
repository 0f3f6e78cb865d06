//! Follows a value onto the lines on which it goes on.

use super::super::index::{Cell, Index};
use super::super::kinds::Kind;
use super::super::labels::Label;
use super::super::values::ends_legally;
use super::super::wish::Wish;
use super::cells::is_label_like;

/// Joins the lines on which a name or an address goes on.
pub(super) fn continued(
    index: &Index,
    wish: &Wish,
    mut words: Vec<usize>,
    label: &Label,
) -> Vec<usize> {
    let lines_max = match wish.kind {
        Kind::Identifier => return with_suffix(index, words),
        Kind::Address => 4,
        Kind::Name | Kind::Text => 1,
        _ => return words,
    };
    let Some(first) = words.first().copied() else { return words };
    let left = index.words[first].area.left;
    for _ in 0..lines_max {
        let Some(last) = words.last().copied() else { break };
        let Some(next) = line_below(index, last, left) else { break };
        let cell = &index.cells[next];
        let goes_on = wish.kind == Kind::Address
            || is_unfinished(&index.words[last].text)
            || (label.closed && wish.kind == Kind::Name && runs_on(index, label, last, cell));
        if !goes_on {
            break;
        }
        if is_label_like(index, cell) || cell.words.contains(&label.words.start) {
            break;
        }
        words.extend(cell.words.clone());
    }
    words
}

/// A name goes on below itself where nothing stands below its label: the next field has one.
fn runs_on(index: &Index, label: &Label, last: usize, next: &Cell) -> bool {
    let beside = index.words[label.words.start].area;
    let here = index.cell_of(last);
    let same_line = here.line == index.cell_of(label.words.start).line;
    let close = next.area.top - here.area.bottom < 0.35 * here.area.height();
    let text = index.text(next.words.clone());
    let plain = !text.contains(|letter: char| letter.is_ascii_digit()) && text.len() < 40;
    let blank = !index.lines[next.line].cells.clone().any(|cell| {
        let area = index.cells[cell].area;
        area.shared_width(&beside) > 0.0 && area.left < next.area.left
    });
    let name = index.text(here.words.clone());
    same_line && close && plain && blank && !ends_legally(&name)
}

/// "272355", "/" and "3" side by side are one number and its revision.
fn with_suffix(index: &Index, mut words: Vec<usize>) -> Vec<usize> {
    let Some(last) = words.last().copied() else { return words };
    let cell = index.words[last].cell;
    let line = index.line_of(&index.cells[cell]);
    let mut right = index.words[last].area.right;
    for next in cell + 1..line.cells.end.min(cell + 3) {
        let suffix = &index.cells[next];
        let text = index.text(suffix.words.clone());
        let figures = text.chars().filter(char::is_ascii_digit).count();
        let plain = text.chars().all(|sign| sign.is_ascii_digit() || sign == '/' || sign == ' ');
        let slash =
            text.starts_with('/') || index.words[words[words.len() - 1]].text.ends_with('/');
        if !plain || !slash || figures > 2 || suffix.area.left - right > 20.0 {
            break;
        }
        right = suffix.area.right;
        words.extend(suffix.words.clone());
    }
    words
}

fn is_unfinished(word: &str) -> bool {
    let open = ["for", "of", "and", "the", "to", "in", "&", "de", "und", "von"];
    open.contains(&word.to_lowercase().as_str()) || word.ends_with(['-', '/', ','])
}

/// The cell just below a word that begins at `left`.
fn line_below(index: &Index, word: usize, left: f64) -> Option<usize> {
    let cell = index.cell_of(word);
    let line = index.line_of(cell);
    let height = cell.area.height().max(4.0);
    for next in cell.line + 1..(cell.line + 4).min(index.lines.len()) {
        let lower = &index.lines[next];
        if lower.page != line.page || lower.area.top > cell.area.bottom + height {
            return None;
        }
        let aligned = |at: &usize| (index.cells[*at].area.left - left).abs() < 0.8 * height;
        if let Some(found) = lower.cells.clone().find(aligned) {
            return Some(found);
        }
    }
    None
}
