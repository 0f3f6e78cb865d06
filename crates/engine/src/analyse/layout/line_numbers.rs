//! Numbers of lines in the margin: transcripts and pleadings, in which every line of the page has one.

use super::tolerances;
use crate::model::{Line, Rect, line_of_words};

/// So many lines have numbers at least, one after the other.
const LINES_MIN: usize = 8;
/// So many numbers that mostly stand alone are those of an empty page.
const EMPTY_LINES_MIN: usize = 20;
/// Numbers of more digits are none of lines.
const DIGITS_MAX: usize = 3;

/// A number at the start of a line, or alone.
#[derive(Clone, Copy)]
struct Number {
    line: usize,
    value: u32,
    rect: Rect,
    baseline: f32,
    size: f32,
    alone: bool,
}

/// Takes the numbers of lines out of the lines of a page: the lines without them, and the numbers.
pub(super) fn take(lines: Vec<Line>) -> (Vec<Line>, Vec<Line>) {
    let numbers = margin(&lines);
    if numbers.is_empty() {
        return (lines, Vec::new());
    }
    let mut taken = Vec::with_capacity(numbers.len());
    let mut kept = Vec::with_capacity(lines.len());
    for (at, mut line) in lines.into_iter().enumerate() {
        let is_numbered = numbers.iter().any(|number| number.line == at);
        if !is_numbered {
            kept.push(line);
            continue;
        }
        let rest = line.words.split_off(1);
        taken.push(line_of_words(std::mem::take(&mut line.words), line.order));
        if !rest.is_empty() {
            kept.push(Line { tabular: line.tabular, ..line_of_words(rest, line.order) });
        }
    }
    taken.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    (kept, taken)
}

/// The numbers in the margin of a page of running text; none if they number rows or items.
fn margin(lines: &[Line]) -> Vec<Number> {
    let mut found: Vec<Number> =
        lines.iter().enumerate().filter_map(|(at, line)| number(at, line)).collect();
    if found.len() < LINES_MIN {
        return Vec::new();
    }
    found.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let series = longest_series(&found);
    if series.len() < LINES_MIN || !is_left_of_text(&series, lines) || !runs_on(&series, lines) {
        return Vec::new();
    }
    series
}

fn number(at: usize, line: &Line) -> Option<Number> {
    let word = line.words.first()?;
    let is_number = word.text.len() <= DIGITS_MAX && word.text.bytes().all(|b| b.is_ascii_digit());
    let gap = line.words.get(1).map(|next| next.rect.x0 - word.rect.x1);
    let is_apart = gap.is_none_or(|gap| gap > tolerances::LINE_NUMBER_GAP * line.size);
    let value = word.text.parse().ok().filter(|_| is_number && is_apart)?;
    Some(Number {
        line: at,
        value,
        rect: word.rect,
        baseline: word.baseline,
        size: line.size,
        alone: gap.is_none(),
    })
}

/// The longest run of numbers that count on by one, in even steps and below one another.
fn longest_series(numbers: &[Number]) -> Vec<Number> {
    let mut best: Vec<Number> = Vec::new();
    for start in 0..numbers.len() {
        let mut series = vec![numbers[start]];
        for next in &numbers[start + 1..] {
            let Some(last) = series.last() else { break };
            let ends = (next.rect.x1 - last.rect.x1).abs().min((next.rect.x0 - last.rect.x0).abs());
            let step = next.baseline - last.baseline;
            let usual = series.get(1).map_or(step, |second| second.baseline - series[0].baseline);
            let is_even = (step - usual).abs() < tolerances::LINE_NUMBER_STEP * usual;
            if next.value == last.value + 1 && ends < 0.5 * last.size && is_even && step > 0.0 {
                series.push(*next);
            }
        }
        if series.len() > best.len() {
            best = series;
        }
        if best.len() > numbers.len() - start {
            break;
        }
    }
    best
}

/// All other text beside the numbers stands to the right of them.
fn is_left_of_text(series: &[Number], lines: &[Line]) -> bool {
    let rect = series.iter().fold(Rect::NOTHING, |whole, number| whole.union(&number.rect));
    lines.iter().enumerate().all(|(at, line)| {
        let own = series.iter().any(|number| number.line == at);
        own || line.rect.overlap_y(&rect) <= 0.0 || line.rect.x0 > rect.x1
    })
}

/// The text beside the numbers runs on from line to line, which rows of tables and items of lists do
/// not: some numbers stand alone, or sentences go on in the next line; and few lines have columns.
fn runs_on(series: &[Number], lines: &[Line]) -> bool {
    let beside = |number: &Number| -> Vec<&Line> {
        let level = lines.iter().enumerate().filter(|(at, line)| {
            (line.baseline - number.baseline).abs() < tolerances::BASELINE_SLACK * number.size
                && (*at != number.line || !number.alone)
        });
        level.map(|(_, line)| line).collect()
    };
    let texts: Vec<Vec<&Line>> = series.iter().map(beside).collect();
    let empty = texts.iter().filter(|text| text.is_empty()).count();
    let columns = texts.iter().filter(|text| {
        let parts: usize = text.iter().map(|line| parts(line)).sum();
        parts > 1
    });
    let goes_on = texts.iter().filter(|text| {
        let words = text.first().map_or(&[][..], |line| &line.words);
        let first = words.iter().find(|word| word.text.chars().any(char::is_alphabetic));
        first.is_some_and(|word| word.text.starts_with(char::is_lowercase))
    });
    let (columns, goes_on) = (columns.count(), goes_on.count());
    let is_empty = series.len() >= EMPTY_LINES_MIN && empty * 2 > series.len();
    let runs_on = goes_on * 5 >= series.len() || empty > 0 && goes_on > 0;
    columns * 5 < series.len() * 2 && (runs_on || is_empty)
}

/// The parts of a line between wide gaps, its number aside.
fn parts(line: &Line) -> usize {
    let is_number =
        line.words.first().is_some_and(|word| word.text.bytes().all(|b| b.is_ascii_digit()));
    let words = &line.words[usize::from(is_number)..];
    let gaps = words
        .windows(2)
        .filter(|pair| pair[1].rect.x0 - pair[0].rect.x1 > tolerances::TABLE_GAP * line.size);
    usize::from(!words.is_empty()) + gaps.count()
}
