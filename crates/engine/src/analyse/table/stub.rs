//! The names of rows beside rules that are drawn over the columns of figures only.

use super::numbers::is_numeric;
use super::phrases::{Phrase, text_rows};
use super::tolerances;
use crate::model::{Line, Rect};

/// A table whose rules leave out the names of its rows has so many rows of numbers.
const STUB_ROWS_MIN: usize = 3;

/// Widens an area between rules to the names of its rows, if all that it holds are figures.
pub(super) fn with_stub(mut area: Rect, lines: &[Line]) -> Rect {
    let level = |line: &&Line| {
        line.rect.x1 < area.x1 + line.size && (area.y0..area.y1).contains(&line.rect.center().1)
    };
    let rows = text_rows(&lines.iter().filter(level).cloned().collect::<Vec<Line>>());
    let parts: Vec<(&[Phrase], &[Phrase])> = rows
        .iter()
        .map(|row| {
            let beside = |phrase: &Phrase| phrase.rect.x1 < area.x0 + row.size;
            row.phrases.split_at(row.phrases.partition_point(beside))
        })
        .collect();
    let is_data = |inside: &[Phrase]| {
        !inside.is_empty() && inside.iter().all(|phrase| is_numeric(&phrase.words))
    };
    let data = || parts.iter().filter(|(_, inside)| is_data(inside));
    let begins = |(_, inside): &&(&[Phrase], &[Phrase])| {
        inside[0].rect.x0 < area.x0 + tolerances::STUB_SHARE * area.width()
    };
    let named = data().filter(|(names, _)| names.len() == 1);
    let (count, total) = (named.clone().count(), data().count());
    let others = parts.iter().filter(|(_, inside)| inside.is_empty()).count();
    if total >= STUB_ROWS_MIN
        && data().filter(begins).count() * 2 >= total
        && count * 5 >= total * 4
        && others * 2 <= count
    {
        area.x0 = named.map(|(names, _)| names[0].rect.x0 - 1.0).fold(area.x0, f32::min);
    }
    area
}
