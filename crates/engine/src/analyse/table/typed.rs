//! Rules and leaders that are typed: rows of signs across a table, and dots behind the names of its
//! rows.

use super::grid::Edge;
use super::phrases::{Phrase, TextRow, is_leader};
use crate::model::Line;

/// Signs that make a rule, and how many of them one word of it has.
const RULE_SIGNS: [char; 8] = ['=', '-', '_', '*', '\u{2014}', '\u{2013}', '\u{2500}', '\u{2550}'];
const RULE_SIGNS_MIN: usize = 3;

/// The words of a line are nothing but a rule.
pub(super) fn is_rule(line: &Line) -> bool {
    let is_sign = |c: char| RULE_SIGNS.contains(&c);
    line.words
        .iter()
        .all(|word| word.text.chars().count() >= RULE_SIGNS_MIN && word.text.chars().all(is_sign))
}

/// The edges that typed rules draw.
pub(super) fn edges(rules: &[Line]) -> Vec<Edge> {
    let edge =
        |line: &Line| Edge { at: line.rect.center().1, from: line.rect.x0, to: line.rect.x1 };
    rules.iter().map(edge).collect()
}

/// The rows without the dots behind their names.
pub(super) fn without_leaders(mut rows: Vec<TextRow>) -> Vec<TextRow> {
    for row in &mut rows {
        let Some(name) = row.phrases.first_mut() else { continue };
        let kept = name.words.iter().rposition(|word| !is_leader(word)).map_or(0, |last| last + 1);
        if kept > 0 && kept < name.words.len() {
            name.words.truncate(kept);
            *name = Phrase::new(std::mem::take(&mut name.words));
        }
    }
    rows
}
