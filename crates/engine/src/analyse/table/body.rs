//! Text rows to rows of a table: which rows of text belong to one row of cells.

use super::tolerances;
use std::collections::HashSet;

use super::column::{Column, Piece};
use super::grid::Edge;
use super::numbers::is_numeric;
use crate::model::Word;

/// A row of text with what stands in its columns.
#[derive(Clone, Debug)]
pub(super) struct PlacedRow {
    pub pieces: Vec<Piece>,
    pub baseline: f32,
    pub size: f32,
}

/// What rows of a table are judged against.
pub(super) struct Setting<'t> {
    pub columns: &'t [Column],
    /// Horizontal rules over most of the table, by their height.
    pub rules: &'t [f32],
    /// The tight distance of baselines in a table that has tight and wide ones.
    tight: Option<f32>,
    /// What stands in the first column of several rows: names of rows, not ends of names.
    labels: HashSet<String>,
    /// Wide distances cut the table into its rows.
    clustered: bool,
}

impl<'t> Setting<'t> {
    pub(super) fn new(rows: &[PlacedRow], columns: &'t [Column], rules: &'t [f32]) -> Self {
        let tight = tight_distance(rows);
        let clustered = tight.is_some_and(|tight| are_clusters(rows, tight, columns.len()));
        Self { columns, rules, tight, labels: repeated_labels(rows), clustered }
    }

    fn is_ruled_between(&self, above: &PlacedRow, below: &PlacedRow) -> bool {
        let at = self
            .rules
            .partition_point(|y| *y < above.baseline - tolerances::RULE_BELOW_TEXT * above.size);
        self.rules
            .get(at)
            .is_some_and(|y| *y < below.baseline - tolerances::RULE_ABOVE_TEXT * below.size)
    }
}

/// What stands at the start of several rows.
fn repeated_labels(rows: &[PlacedRow]) -> HashSet<String> {
    let mut seen = HashSet::new();
    let first = rows.iter().filter_map(|row| row.pieces.first()).filter(|piece| piece.from == 0);
    first.map(|piece| piece.phrase.text()).filter(|text| !seen.insert(text.clone())).collect()
}

/// The smaller one of two usual distances, if cells have several lines and rows stand apart.
fn tight_distance(rows: &[PlacedRow]) -> Option<f32> {
    let steps: Vec<f32> = rows.windows(2).map(|pair| pair[1].baseline - pair[0].baseline).collect();
    let usual = |step: &&f32| **step > tolerances::STEP_MIN * rows[0].size;
    let least = steps.iter().filter(usual).copied().fold(f32::INFINITY, f32::min);
    let tight = steps.iter().filter(|step| **step <= tolerances::WIDER * least).count();
    let wide = steps.len() - tight;
    (least <= tolerances::LEADING_MAX * rows.first()?.size
        && tight * 5 >= steps.len()
        && wide * 5 >= steps.len())
    .then_some(least)
}

/// Wide distances cut rows of text into groups of which each has one row that the others are wrapped
/// lines of: the only one with something in the first column, also where its cells are centred, or
/// the only one that is full.
fn are_clusters(rows: &[PlacedRow], tight: f32, columns: usize) -> bool {
    let near = |a: &PlacedRow, b: &PlacedRow| b.baseline - a.baseline <= tolerances::WIDER * tight;
    let clusters: Vec<&[PlacedRow]> = rows.chunk_by(near).collect();
    let is_named = |row: &&PlacedRow| row.fills(0);
    let by_name = |cluster: &&[PlacedRow]| cluster.iter().filter(is_named).count() == 1;
    let is_inside = |cluster: &&[PlacedRow]| !cluster[0].fills(0);
    if clusters.iter().all(by_name) && clusters.iter().any(is_inside) {
        return true;
    }
    let is_full = |row: &&PlacedRow| row.pieces.len() + 1 >= columns;
    let is_name = |row: &PlacedRow| row.pieces.len() == 1 && row.fills(0);
    let by_fill = |cluster: &&[PlacedRow]| {
        cluster.iter().filter(is_full).count() == 1 && !is_name(&cluster[0])
    };
    columns > 2 && clusters.iter().all(by_fill) && clusters.iter().any(|cluster| cluster.len() > 1)
}

/// Cuts rows of text into groups that are one row each; the answer is where groups begin.
pub(super) fn group(rows: &[PlacedRow], setting: &Setting<'_>) -> Vec<usize> {
    let mut starts = Vec::new();
    for at in 0..rows.len() {
        let joined =
            starts.last().is_some_and(|start| joins(&rows[*start..at], &rows[at], setting));
        if !joined {
            starts.push(at);
        }
    }
    starts
}

fn joins(group: &[PlacedRow], next: &PlacedRow, setting: &Setting<'_>) -> bool {
    let Some(last) = group.last() else { return false };
    let step = next.baseline - last.baseline;
    let size = last.size.max(next.size);
    if setting.clustered {
        return !setting.is_ruled_between(last, next)
            && setting.tight.is_some_and(|tight| step <= tolerances::WIDER * tight);
    }
    // Shares in parentheses below their numbers.
    let is_tight = setting.tight.is_some_and(|tight| step <= tolerances::WIDER * tight);
    let is_share = in_parentheses(next)
        && (is_tight
            || step <= tolerances::LEADING_MAX * size
                && next.fills(0)
                && !group.iter().any(in_parentheses));
    if setting.is_ruled_between(last, next) || clash(group, next) && !is_share {
        return false;
    }
    if is_share {
        return true;
    }
    if step < tolerances::OFFSET * size {
        return true;
    }
    if step > tolerances::LEADING_MAX * size
        || setting.tight.is_some_and(|tight| step > tolerances::WIDER * tight)
    {
        return false;
    }
    let filled = |column: usize| group.iter().any(|row| row.fills(column));
    let within = next.pieces.iter().all(|piece| (piece.from..piece.to).any(filled));
    let stub_only = |row: &PlacedRow| row.pieces.len() == 1 && row.pieces[0].from == 0;
    if !within {
        return group.iter().all(stub_only) && continues(group, next, 0, setting, Proof::Strong);
    }
    let proof = if next.fills(0) && (next.pieces.len() > 1 || group.iter().all(stub_only)) {
        Proof::Strong
    } else {
        Proof::Weak
    };
    let goes_on = |piece: &Piece| continues(group, next, piece.from, setting, proof);
    if setting.tight.is_some() && !spans(next) && !group.iter().any(spans) {
        return !next.fills(0) || next.pieces.iter().all(goes_on);
    }
    if !next.fills(0) {
        return next.pieces.len() == 1 && group.iter().any(|row| row.pieces.len() > 1)
            || next.pieces.iter().any(goes_on);
    }
    next.pieces.iter().all(goes_on)
}

fn spans(row: &PlacedRow) -> bool {
    row.pieces.iter().any(|piece| piece.to > piece.from + 1)
}

/// Both have figures in a column: those are two rows.
fn clash(group: &[PlacedRow], next: &PlacedRow) -> bool {
    let figures = |row: &PlacedRow, column: usize| {
        row.pieces.iter().any(|piece| {
            piece.from == column && piece.to == column + 1 && is_numeric(&piece.phrase.words)
        })
    };
    next.pieces
        .iter()
        .filter(|piece| piece.from > 0)
        .any(|piece| figures(next, piece.from) && group.iter().any(|row| figures(row, piece.from)))
}

/// All figures of the row stand in parentheses.
fn in_parentheses(row: &PlacedRow) -> bool {
    let text = |piece: &Piece| -> String {
        piece.phrase.words.iter().map(|word| word.text.as_str()).collect()
    };
    let mut figures = row.pieces.iter().filter(|piece| is_numeric(&piece.phrase.words)).map(text);
    let first = figures.next();
    let enclosed = |text: &String| text.starts_with('(') && text.ends_with(')');
    first.as_ref().is_some_and(enclosed) && figures.all(|text| enclosed(&text))
}

/// How sure it must be that a line goes on in the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    Weak,
    Strong,
}

/// The text of a column goes on in the next row: it starts in lower case, as the text above does not,
/// or its first word had no room in the line above.
fn continues(
    group: &[PlacedRow],
    next: &PlacedRow,
    column: usize,
    setting: &Setting<'_>,
    proof: Proof,
) -> bool {
    let piece_of = |row: &PlacedRow| row.pieces.iter().find(|piece| piece.from == column).cloned();
    let (Some(above), Some(below)) = (group.iter().rev().find_map(piece_of), piece_of(next)) else {
        return false;
    };
    let (Some(last), Some(first)) = (above.phrase.words.last(), below.phrase.words.first()) else {
        return false;
    };
    if below.phrase.rect.x0 < above.phrase.rect.x0 - tolerances::OUTDENT * first.size && column == 0
    {
        return false;
    }
    let open = last.text.ends_with(['-', ',', '/', '\u{2013}', '&', '\u{AD}']);
    let is_lower = |word: &Word| word.text.starts_with(char::is_lowercase);
    let start = group.iter().find_map(piece_of);
    let begins_lower = start.and_then(|piece| piece.phrase.words.first().map(is_lower));
    if open || begins_lower == Some(false) && is_lower(first) && first.text.chars().count() > 1 {
        return true;
    }
    if column == 0 && setting.labels.contains(&below.phrase.text()) {
        return false;
    }
    let indented = below.phrase.rect.x0 > above.phrase.rect.x0 + tolerances::INDENT * first.size;
    if proof == Proof::Strong && indented {
        return false;
    }
    let edge = match (proof, setting.columns.get(below.to)) {
        (Proof::Strong, Some(right)) => right.x0 - first.size,
        _ => setting.columns[below.to - 1].x1,
    };
    let needed =
        above.phrase.rect.x1 + tolerances::WORD_SPACE_OF_CELL * first.size + first.rect.width();
    needed > edge + tolerances::CELL_EDGE_SLACK * first.size && above.phrase.words.len() > 1
}

impl PlacedRow {
    pub(super) fn fills(&self, column: usize) -> bool {
        self.pieces.iter().any(|piece| (piece.from..piece.to).contains(&column))
    }
}

/// Rules that cover most of a width and the first column, by height.
pub(super) fn full_rules(rules: &[Edge], columns: &[Column]) -> Vec<f32> {
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return Vec::new() };
    let (x0, x1) = (first.x0, last.x1);
    let stub = f32::midpoint(first.x0, first.x1);
    let mut covered: Vec<(f32, f32, bool)> = Vec::new();
    let mut sorted: Vec<&Edge> = rules.iter().collect();
    sorted.sort_by(|a, b| a.at.total_cmp(&b.at));
    for rule in sorted {
        let length = (rule.to.min(x1) - rule.from.max(x0)).max(0.0);
        let heads = (rule.from..=rule.to).contains(&stub);
        match covered.last_mut() {
            Some((at, sum, stubs)) if rule.at - *at < tolerances::RULE_SAME_HEIGHT => {
                *sum += length;
                *stubs |= heads;
            }
            _ => covered.push((rule.at, length, heads)),
        }
    }
    covered.retain(|(_, length, heads)| *heads && *length > tolerances::RULE_COVER * (x1 - x0));
    covered.into_iter().map(|(at, ..)| at).collect()
}
