//! Finds the words that belong to checkboxes, line by line: options stand beside their boxes, on the
//! same side of all boxes of a line, or at the head of their columns.

use std::collections::HashSet;

use super::{Tick, is_sign};
use crate::task::extract::area::Area;
use crate::task::extract::index::Index;
use crate::task::extract::tolerances::{NO_OPTION, ROW_DISTANCE, TO_OPTION_MAX};

/// Lines above a box that are searched for the head of its column.
const LINES_TO_HEAD_MAX: usize = 40;
/// Lines on which an option goes on.
const OPTION_LINES_MAX: usize = 3;

/// The lines of a document, and the words in them that are marks in boxes.
struct Rows<'i> {
    index: &'i Index,
    marks: HashSet<usize>,
}

/// Finds the option and the question of every checkbox.
pub(super) fn options(all: &mut [Tick], index: &Index) {
    if all.is_empty() {
        return;
    }
    for tick in all.iter_mut() {
        tick.line = line_of(tick, index);
    }
    let marks = all.iter().flat_map(|tick| marks_in(tick, index)).collect();
    let rows = &Rows { index, marks };
    let order = |tick: &Tick| (tick.line.unwrap_or(usize::MAX), tick.area.left);
    all.sort_by(|a, b| {
        let (a, b) = (order(a), order(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let mut start = 0;
    while start < all.len() {
        let line = all[start].line;
        let end = start + all[start..].iter().take_while(|tick| tick.line == line).count();
        if let Some(line) = line {
            let (before, rest) = all.split_at_mut(start);
            of_line(&mut rest[..end - start], before, rows, line);
        }
        start = end;
    }
    go_on(all, rows);
}

/// The line whose middle is nearest to that of a box, among those that it touches.
fn line_of(tick: &Tick, index: &Index) -> Option<usize> {
    let lines = index.lines.iter().enumerate().filter(|(_, line)| {
        line.page == tick.page
            && line.area.top < tick.area.middle()
            && tick.area.middle() < line.area.bottom
    });
    let distance = |area: &Area| (area.middle() - tick.area.middle()).abs();
    let nearest = lines.min_by(|(_, a), (_, b)| distance(&a.area).total_cmp(&distance(&b.area)));
    nearest.map(|(at, _)| at)
}

/// Letters of a mark in a box.
const MARK_LETTERS_MAX: usize = 2;

/// The words that stand in a box: what it is checked with.
fn marks_in(tick: &Tick, index: &Index) -> Vec<usize> {
    let Some(line) = tick.line else { return Vec::new() };
    let cells = index.lines[line].cells.clone();
    let words = cells.flat_map(|cell| index.cells[cell].words.clone());
    let inside = |word: &usize| {
        let word = &index.words[*word];
        let middle = f64::midpoint(word.area.left, word.area.right);
        (tick.area.left..=tick.area.right).contains(&middle)
            && word.text.chars().count() <= MARK_LETTERS_MAX
    };
    words.filter(inside).collect()
}

impl Rows<'_> {
    /// The words of a line that are no signs.
    fn words_of(&self, line: usize) -> Vec<usize> {
        let cells = self.index.lines[line].cells.clone();
        let words = cells.flat_map(|cell| self.index.cells[cell].words.clone());
        words.filter(|word| !self.is_sign(*word)).collect()
    }

    fn is_sign(&self, word: usize) -> bool {
        self.marks.contains(&word) || is_sign(&self.index.words[word].text)
    }
}

/// The words of a line between its boxes: before the first, and behind each.
fn between(ticks: &[Tick], rows: &Rows<'_>, line: usize) -> Vec<Vec<usize>> {
    let index = rows.index;
    let mut parts = vec![Vec::new(); ticks.len() + 1];
    for word in rows.words_of(line) {
        let area = index.words[word].area;
        let middle = f64::midpoint(area.left, area.right);
        let box_middle = |tick: &Tick| f64::midpoint(tick.area.left, tick.area.right);
        let at = ticks.iter().take_while(|tick| box_middle(tick) < middle).count();
        parts[at].push(word);
    }
    parts
}

fn of_line(ticks: &mut [Tick], before: &[Tick], rows: &Rows<'_>, line: usize) {
    let index = rows.index;
    let parts = between(ticks, rows, line);
    let left = |word: Option<&usize>| word.map(|word| index.words[*word].area.left);
    let right = |word: Option<&usize>| word.map(|word| index.words[*word].area.right);
    let gap = |gap: Option<f64>| gap.map_or(NO_OPTION, |gap| gap.clamp(0.0, NO_OPTION));
    let behind = |at: usize| gap(left(parts[at + 1].first()).map(|x| x - ticks[at].area.right));
    let ahead = |at: usize| gap(right(parts[at].last()).map(|x| ticks[at].area.left - x));
    let sum = |side: &dyn Fn(usize) -> f64| (0..ticks.len()).map(side).sum::<f64>();
    let is_behind = sum(&behind) <= sum(&ahead);
    let options: Vec<Vec<usize>> = (0..ticks.len())
        .map(|at| match is_behind {
            true if behind(at) <= TO_OPTION_MAX => first_cell(index, &parts[at + 1]),
            false if ahead(at) <= TO_OPTION_MAX => last_cell(index, &parts[at]),
            _ => Vec::new(),
        })
        .collect();
    let first = options.iter().flatten().min().copied();
    let mut question: Vec<usize> = match first {
        Some(first) => parts[0].iter().copied().filter(|word| *word < first).collect(),
        None => parts[0].clone(),
    };
    let is_beside_question = !question.is_empty();
    if !is_beside_question {
        question = question_above(&ticks[0], before, rows, line);
    }
    for (tick, option) in ticks.iter_mut().zip(options) {
        let has_option = !option.is_empty();
        tick.option = if has_option { option } else { head_above(tick, before, rows, line) };
        tick.question.clone_from(&question);
        tick.is_beside_question = is_beside_question;
    }
}

/// The words up to the end of the first one's cell.
fn first_cell(index: &Index, words: &[usize]) -> Vec<usize> {
    let Some(first) = words.first() else { return Vec::new() };
    let cell = index.words[*first].cell;
    words.iter().copied().take_while(|word| index.words[*word].cell == cell).collect()
}

/// The words from the start of the last one's cell, without a question that stands in it as well.
fn last_cell(index: &Index, words: &[usize]) -> Vec<usize> {
    let Some((last, rest)) = words.split_last() else { return Vec::new() };
    let cell = index.words[*last].cell;
    let same = |word: &&usize| {
        let word = &index.words[**word];
        word.cell == cell && !word.text.ends_with([':', '?'])
    };
    let count = rest.iter().rev().take_while(same).count();
    words[rest.len() - count..].to_vec()
}

/// The question over boxes that stand one below the other: that of the box above, or the line over
/// the first of them.
fn question_above(tick: &Tick, before: &[Tick], rows: &Rows<'_>, line: usize) -> Vec<usize> {
    let index = rows.index;
    let reach = ROW_DISTANCE * index.lines[line].area.height().max(8.0);
    let above = before
        .iter()
        .rev()
        .find(|other| other.page == tick.page && (other.area.left - tick.area.left).abs() < 4.0);
    if let Some(above) = above.filter(|above| tick.area.top - above.area.bottom < reach) {
        return above.question.clone();
    }
    let Some(over) = line.checked_sub(1) else { return Vec::new() };
    let upper = &index.lines[over];
    let close = upper.page == tick.page && index.lines[line].area.top - upper.area.bottom < reach;
    let has_boxes = before.iter().any(|other| other.line == Some(over));
    if close && !has_boxes { rows.words_of(over) } else { Vec::new() }
}

/// The cell that heads the column of a box.
fn head_above(tick: &Tick, before: &[Tick], rows: &Rows<'_>, line: usize) -> Vec<usize> {
    let index = rows.index;
    let middle = f64::midpoint(tick.area.left, tick.area.right);
    for over in (0..line).rev().take(LINES_TO_HEAD_MAX) {
        if index.lines[over].page != tick.page {
            break;
        }
        let cells = index.lines[over].cells.clone();
        let found = cells.into_iter().find(|cell| {
            let area = index.cells[*cell].area;
            (area.left - 4.0..=area.right + 4.0).contains(&middle)
        });
        let Some(cell) = found else { continue };
        let words = index.cells[cell].words.clone();
        let words: Vec<usize> = words.filter(|word| !rows.is_sign(*word)).collect();
        let is_row = before.iter().any(|other| other.line == Some(over));
        if !words.is_empty() && !is_row {
            return words;
        }
    }
    Vec::new()
}

/// Options go on below themselves.
fn go_on(all: &mut [Tick], rows: &Rows<'_>) {
    let index = rows.index;
    let with_boxes: HashSet<usize> = all.iter().filter_map(|tick| tick.line).collect();
    for tick in all.iter_mut() {
        let (Some(mut line), Some(first)) = (tick.line, tick.option.first().copied()) else {
            continue;
        };
        let left = index.words[first].area.left;
        if left < tick.area.left {
            continue;
        }
        for _ in 0..OPTION_LINES_MAX {
            let next = line + 1;
            let Some(lower) = index.lines.get(next) else { break };
            let height = lower.area.height();
            let close = lower.area.top - index.lines[line].area.bottom < 0.6 * height;
            if lower.page != tick.page || !close || with_boxes.contains(&next) {
                break;
            }
            let words = rows.words_of(next);
            let begins = words.first().map(|word| index.words[*word].area.left);
            if begins.is_none_or(|begins| (begins - left).abs() > 4.0) {
                break;
            }
            tick.option.extend(words);
            line = next;
        }
    }
}
