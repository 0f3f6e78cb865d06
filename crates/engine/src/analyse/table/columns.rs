//! Columns of a table from the phrases of its rows: phrases above one another share a column, and a
//! phrase over two columns that some row fills apart spans them.

use super::tolerances;
use std::collections::BTreeSet;
use std::ops::Range;

use super::aligned::parted;
use super::column::{Column, Piece};
use super::numbers::is_numeric;
use super::phrases::{Phrase, TextRow};
use crate::model::Word;

/// A pair of columns stays apart only if phrases over both are less than this many times as many as
/// the rows that fill both.
const BRIDGES_PER_CONFLICT: usize = 3;
/// More columns are a drawing.
const COLUMNS_MAX: usize = 60;

/// Finds the columns of rows.
pub(super) fn columns(rows: &[TextRow]) -> Vec<Column> {
    let mut phrases: Vec<(usize, &Phrase)> = rows
        .iter()
        .enumerate()
        .flat_map(|(at, row)| row.phrases.iter().map(move |phrase| (at, phrase)))
        .collect();
    phrases.sort_by(|a, b| a.1.rect.width().total_cmp(&b.1.rect.width()));
    let mut columns: Vec<Column> = Vec::new();
    let mut spanning: Vec<&Phrase> = Vec::new();
    for (row, phrase) in phrases {
        let Range { start: from, end: to } = touched(&columns, phrase);
        if are_apart(&columns[from..to]) {
            spanning.push(phrase);
            continue;
        }
        let mut whole = Column::new(phrase.rect.x0, phrase.rect.x1);
        whole.rows.insert(row);
        for column in columns.drain(from..to) {
            whole = united(whole, column);
        }
        columns.insert(from, whole);
        if columns.len() > COLUMNS_MAX {
            return Vec::new();
        }
    }
    bridge(&mut columns, &spanning);
    without_floating(&columns).into_iter().flat_map(|column| parted(column, rows)).collect()
}

/// Some row fills two of the columns.
fn are_apart(columns: &[Column]) -> bool {
    let mut seen = BTreeSet::new();
    columns.iter().any(|column| {
        let again = column.rows.iter().any(|row| seen.contains(row));
        seen.extend(column.rows.iter().copied());
        again
    })
}

/// Leaves out what stands between two columns and never beside either: it heads both.
fn without_floating(columns: &[Column]) -> Vec<Column> {
    let floats = |at: usize| {
        let (Some(left), Some(right)) =
            (at.checked_sub(1).map(|left| &columns[left]), columns.get(at + 1))
        else {
            return false;
        };
        let own = &columns[at].rows;
        own.is_disjoint(&left.rows)
            && own.is_disjoint(&right.rows)
            && own.len() * 3 <= left.rows.intersection(&right.rows).count()
    };
    let keep: Vec<bool> = (0..columns.len()).map(|at| !floats(at)).collect();
    columns.iter().zip(keep).filter(|(_, keep)| *keep).map(|(column, _)| column.clone()).collect()
}

fn united(a: Column, b: Column) -> Column {
    let mut rows = a.rows;
    rows.extend(b.rows);
    Column { x0: a.x0.min(b.x0), x1: a.x1.max(b.x1), rows, aligned: false }
}

/// The columns that a phrase stands over, as a range.
pub(super) fn touched(columns: &[Column], phrase: &Phrase) -> Range<usize> {
    let slack = tolerances::COLUMN_REACH * phrase.words.first().map_or(0.0, |word| word.size);
    let from = columns.partition_point(|column| column.x1 <= phrase.rect.x0 + slack);
    let to = columns.partition_point(|column| column.x0 < phrase.rect.x1 - slack);
    from..to.max(from)
}

/// Neighbours that many more phrases stand across than rows part are one column.
fn bridge(columns: &mut Vec<Column>, spanning: &[&Phrase]) {
    let mut bridges = vec![0_usize; columns.len()];
    for phrase in spanning {
        let Range { start: from, end: to } = touched(columns, phrase);
        for count in bridges.iter_mut().take(to).skip(from + 1) {
            *count += 1;
        }
    }
    for at in (1..columns.len()).rev() {
        let conflicts = columns[at].rows.intersection(&columns[at - 1].rows).count();
        if bridges[at] > BRIDGES_PER_CONFLICT * conflicts {
            let right = columns.remove(at);
            let left = columns.remove(at - 1);
            columns.insert(at - 1, united(left, right));
        }
    }
}

/// The usual space between words in font sizes.
pub(super) fn word_space(rows: &[TextRow]) -> f32 {
    let mut gaps: Vec<f32> = rows
        .iter()
        .flat_map(|row| &row.phrases)
        .flat_map(|phrase| phrase.words.windows(2))
        .map(|pair| gap(&pair[0], &pair[1]))
        .filter(|gap| *gap > 0.0)
        .collect();
    if gaps.is_empty() {
        return tolerances::WORD_SPACE_FALLBACK;
    }
    let middle = gaps.len() / 2;
    *gaps.select_nth_unstable_by(middle, f32::total_cmp).1
}

fn gap(left: &Word, right: &Word) -> f32 {
    (right.rect.x0 - left.rect.x1) / left.size.max(right.size).max(1.0)
}

/// Puts the phrases of a row into columns. A phrase over several is cut where a wide gap between its
/// words stands between them; what is left over several spans them.
pub(super) fn place(row: &TextRow, columns: &[Column], space: f32) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for phrase in &row.phrases {
        for part in parts(phrase, columns, space) {
            let Range { start: from, end: to } = touched(columns, &part);
            let (from, to) = if to > from {
                (from, to)
            } else {
                let nearest = nearest(columns, &part);
                (nearest, nearest + 1)
            };
            match pieces.last_mut() {
                Some(last) if last.to > from => {
                    last.to = last.to.max(to);
                    last.phrase.words.extend(part.words);
                    last.phrase.rect = last.phrase.rect.union(&part.rect);
                }
                _ => pieces.push(Piece { from, to, phrase: part }),
            }
        }
    }
    pieces
}

fn nearest(columns: &[Column], phrase: &Phrase) -> usize {
    let center = phrase.rect.center().0;
    let distance = |column: &Column| (column.x0 - center).max(center - column.x1).max(0.0);
    (0..columns.len())
        .min_by(|a, b| distance(&columns[*a]).total_cmp(&distance(&columns[*b])))
        .unwrap_or(0)
}

fn parts(phrase: &Phrase, columns: &[Column], space: f32) -> Vec<Phrase> {
    let Range { start: from, end: to } = touched(columns, phrase);
    if to <= from + 1 || phrase.words.len() < 2 {
        return vec![phrase.clone()];
    }
    let mut parts: Vec<Vec<Word>> = vec![Vec::new()];
    for (index, word) in phrase.words.iter().enumerate() {
        if let Some(last) = index.checked_sub(1).map(|before| &phrase.words[before]) {
            let figures = [last, word].iter().all(|word| is_numeric(std::slice::from_ref(*word)));
            let ratio = if figures { 1.0 } else { tolerances::SPLIT_RATIO };
            let wide = gap(last, word) > tolerances::SPLIT_GAP.max(ratio * space);
            let between = columns[from..to].windows(2).any(|pair| {
                let (left, right) = (&pair[0], &pair[1]);
                let aligned = right.aligned
                    && (word.rect.x0 - right.x0).abs() < tolerances::ALIGNED_SLACK * word.size;
                let border = f32::midpoint(left.x1, right.x0);
                let slack = 0.5 * word.size;
                let around = last.rect.x1 < border + slack && word.rect.x0 > border - slack;
                // Names of columns may be wider than what stands in them.
                let meets = last.rect.x1 < right.x0 && word.rect.x0 > left.x1;
                (wide || aligned) && (around || meets)
            });
            if between {
                parts.push(Vec::new());
            }
        }
        if let Some(part) = parts.last_mut() {
            part.push(word.clone());
        }
    }
    parts.into_iter().map(Phrase::new).collect()
}
