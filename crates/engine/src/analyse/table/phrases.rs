//! Words to rows of phrases: words on one height, cut where more than a word space parts them.

use super::numbers::is_numeric;
use super::tolerances;
use crate::model::{Line, Rect, Word};

/// Fewer dots are the end of an unfinished sentence.
const LEADER_DOTS_MIN: usize = 3;

/// Words with no more than word spaces between them.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    pub words: Vec<Word>,
    pub rect: Rect,
}

/// Phrases on one height, from left to right.
#[derive(Clone, Debug)]
pub(super) struct TextRow {
    pub phrases: Vec<Phrase>,
    pub rect: Rect,
    pub baseline: f32,
    pub size: f32,
}

impl Phrase {
    pub(super) fn new(words: Vec<Word>) -> Self {
        let rect = words.iter().fold(Rect::NOTHING, |whole, word| whole.union(&word.rect));
        Self { words, rect }
    }

    pub(super) fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// Sorts lines, or parts of lines, into rows from top to bottom.
pub(super) fn text_rows(lines: &[Line]) -> Vec<TextRow> {
    let mut sorted: Vec<&Line> = lines.iter().collect();
    sorted.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut groups: Vec<Vec<&Line>> = Vec::new();
    for line in sorted {
        match groups.last_mut() {
            Some(group)
                if line.baseline - group[0].baseline
                    <= tolerances::ROW_SLACK * line.size.min(group[0].size) =>
            {
                group.push(line);
            }
            _ => groups.push(vec![line]),
        }
    }
    let groups = with_scripts(groups);
    groups.iter().map(|group| text_row(group)).collect()
}

/// Raised and lowered marks join the row that they stand beside.
fn with_scripts(groups: Vec<Vec<&Line>>) -> Vec<Vec<&Line>> {
    let size = |group: &[&Line]| group.iter().map(|line| line.size).fold(0.0, f32::max);
    let rect =
        |group: &[&Line]| group.iter().fold(Rect::NOTHING, |all, line| all.union(&line.rect));
    let is_script = |small: &[&Line], big: &[&Line]| {
        let (a, b) = (rect(small), rect(big));
        size(small) < tolerances::SCRIPT_ROW_SIZE * size(big) && a.overlap_y(&b) > 0.5 * a.height()
    };
    let mut joined: Vec<Vec<&Line>> = Vec::with_capacity(groups.len());
    for group in groups {
        match joined.last_mut() {
            Some(last) if is_script(&group, last) => last.extend(group),
            Some(last) if is_script(last, &group) => {
                let scripts = std::mem::replace(last, group);
                last.extend(scripts);
            }
            _ => joined.push(group),
        }
    }
    joined
}

fn text_row(lines: &[&Line]) -> TextRow {
    let mut words: Vec<Word> = lines.iter().flat_map(|line| line.words.iter().cloned()).collect();
    words.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
    let rect = words.iter().fold(Rect::NOTHING, |whole, word| whole.union(&word.rect));
    let mut phrases: Vec<Vec<Word>> = Vec::new();
    let mut end = f32::NEG_INFINITY;
    for word in words {
        let gap = word.rect.x0 - end;
        end = end.max(word.rect.x1);
        match phrases.last_mut() {
            Some(phrase) if gap <= reach(phrase, &word) => phrase.push(word),
            _ => phrases.push(vec![word]),
        }
    }
    TextRow {
        phrases: phrases.into_iter().map(Phrase::new).collect(),
        rect,
        baseline: lines[0].baseline,
        size: lines[0].size,
    }
}

/// How far from the end of a phrase a word may begin and still belong to it.
fn reach(phrase: &[Word], word: &Word) -> f32 {
    let is_money =
        |word: &Word| matches!(word.text.as_str(), "$" | "\u{20AC}" | "\u{A3}" | "\u{A5}");
    let is_number =
        word.text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '(' | '-' | '.'));
    let figures = |word: &Word| is_numeric(std::slice::from_ref(word));
    let gap = if is_number && phrase.len() == 1 && is_money(&phrase[0]) {
        tolerances::MONEY_GAP
    } else if figures(word) && phrase.last().is_some_and(figures) {
        tolerances::NUMBER_GAP
    } else {
        tolerances::PHRASE_GAP
    };
    let last = phrase.last().map_or(word.size, |last| last.size);
    if phrase.last().is_some_and(is_leader) && !is_leader(word) {
        return 0.0;
    }
    gap * last.max(word.size)
}

/// Dots that lead from the name of a row to its cells.
pub(super) fn is_leader(word: &Word) -> bool {
    word.text.len() >= LEADER_DOTS_MIN && word.text.bytes().all(|byte| byte == b'.')
}
