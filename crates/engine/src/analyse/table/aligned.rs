//! Columns that no gap parts, but words that begin exactly below one another.

use super::tolerances;
use std::collections::BTreeSet;

use super::column::Column;
use super::phrases::{Phrase, TextRow};

/// Words that begin below one another part a column in so many rows at least.
const ALIGNED_ROWS_MIN: usize = 5;

/// A column of figures, each with words behind it that begin below one another, is two columns: a
/// year and a name, however small the gap.
pub(super) fn parted(column: Column, rows: &[TextRow]) -> Vec<Column> {
    let inside: Vec<&Phrase> = rows
        .iter()
        .flat_map(|row| &row.phrases)
        .filter(|phrase| column.x0 <= phrase.rect.x0 && phrase.rect.x1 <= column.x1)
        .collect();
    let mut starts: Vec<(f32, f32, &str)> =
        inside.iter().filter_map(|phrase| border(phrase)).collect();
    if starts.len() < ALIGNED_ROWS_MIN || starts.len() * 5 < inside.len() * 4 {
        return vec![column];
    }
    let size = inside[0].words[0].size;
    let middle = starts.len() / 2;
    let x = starts.select_nth_unstable_by(middle, |a, b| a.1.total_cmp(&b.1)).1.1;
    let end = starts.iter().map(|start| start.0).fold(column.x0, f32::max);
    let names: BTreeSet<&str> = starts.iter().map(|start| start.2).collect();
    let exact = starts.iter().all(|start| (start.1 - x).abs() < tolerances::ALIGNED_SLACK * size);
    // Units stand behind their figures as exactly, but are few.
    if !exact || end >= x || names.len() * 2 < starts.len() {
        return vec![column];
    }
    let part =
        |x0: f32, x1: f32, aligned: bool| Column { x0, x1, aligned, rows: column.rows.clone() };
    vec![part(column.x0, end, column.aligned), part(x, column.x1, true)]
}

/// Where the figure at the start of a phrase ends, and where the word behind it begins.
fn border(phrase: &Phrase) -> Option<(f32, f32, &str)> {
    let [first, second, ..] = &phrase.words[..] else { return None };
    let is_number = first.text.chars().all(|c| c.is_ascii_digit());
    let is_name = second.text.starts_with(char::is_uppercase);
    (is_number && is_name).then_some((first.rect.x1, second.rect.x0, second.text.as_str()))
}
