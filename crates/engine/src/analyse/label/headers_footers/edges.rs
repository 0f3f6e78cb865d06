//! What stands at the edges of one page: rows of lines at its head and foot, text along its margins,
//! and which of them look like furniture by themselves.

use super::pattern::{is_page_number, pattern};
use crate::analyse::draft::{BlockDraft, DraftContent, PageLayout};
use crate::analyse::label::tolerances;
use crate::model::{Direction, Line, Rect};

/// An edge of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Edge {
    Top,
    Bottom,
}

/// Where a line stands: page, block and line within the block.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub page: usize,
    pub block: usize,
    pub line: usize,
}

/// Lines on one baseline.
pub(super) struct Row<'l> {
    pub lines: Vec<(Place, &'l Line)>,
    pub rect: Rect,
    pub baseline: f32,
    size: f32,
}

impl Row<'_> {
    /// The texts between wide gaps, and where they stand.
    fn parts(&self) -> Vec<(Rect, String)> {
        let mut parts: Vec<(Rect, String)> = Vec::new();
        let mut words: Vec<_> = self.lines.iter().flat_map(|(_, line)| &line.words).collect();
        words.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
        for word in words {
            match parts.last_mut() {
                Some((rect, text)) if word.rect.x0 - rect.x1 < tolerances::PART_GAP * self.size => {
                    *rect = rect.union(&word.rect);
                    text.push(' ');
                    text.push_str(&word.text);
                }
                _ => parts.push((word.rect, word.text.clone())),
            }
        }
        parts
    }

    fn is_bold(&self) -> bool {
        self.lines.iter().all(|(_, line)| line.share(|style| style.bold) > 0.5)
    }
}

/// The rows of upright text of a page from top to bottom, tables and listings left out.
pub(super) fn rows(index: usize, page: &PageLayout) -> Vec<Row<'_>> {
    let mut lines: Vec<(Place, &Line)> = Vec::new();
    for (block_index, block) in page.blocks.iter().enumerate() {
        if block.direction == Direction::Right && matches!(block.content, DraftContent::Lines(_)) {
            let place = |line| Place { page: index, block: block_index, line };
            lines.extend(block.lines().enumerate().map(|(at, line)| (place(at), line)));
        }
    }
    lines.sort_by(|a, b| a.1.baseline.total_cmp(&b.1.baseline));
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (place, line) in lines {
        match rows.last_mut() {
            Some(row) if line.baseline - row.baseline < tolerances::EDGE_ROW_SLACK * row.size => {
                row.rect = row.rect.union(&line.rect);
                row.lines.push((place, line));
            }
            _ => rows.push(Row {
                rect: line.rect,
                baseline: line.baseline,
                size: line.size.max(1.0),
                lines: vec![(place, line)],
            }),
        }
    }
    rows
}

/// True if the outermost row of a page, at its head or foot, is furniture by its looks alone: one
/// page by itself cannot show what comes back.
pub(super) fn outermost_is_running(rows: &[Row<'_>], edge: Edge, page: &PageLayout) -> bool {
    let (row, next) = match (rows, edge) {
        ([first, second, ..], Edge::Top) => (first, second),
        ([.., second, last], Edge::Bottom) => (last, second),
        _ => return false,
    };
    if blocks_below_or_above(row, edge, page) {
        return false;
    }
    let text = rows.iter().fold(Rect::NOTHING, |whole, row| whole.union(&row.rect));
    let gap =
        (row.baseline - next.baseline).abs() / row.size.max(tolerances::NEXT_ROW_SIZE * next.size);
    let near = near_edge(row.baseline, edge, page.height);
    let prose = is_prose(rows, &text);
    is_lonely(row, rows, gap, edge, page.height)
        || is_lone_number(row, gap, near, &text)
        || near && is_spread(row, next, gap, &text, prose)
        || near && prose && has_number_apart(row, next, gap)
}

/// Most rows are lines of running text. On forms and bills a row at the edge with two parts is more
/// often a label and its value.
fn is_prose(rows: &[Row<'_>], text: &Rect) -> bool {
    const ROWS_MIN: usize = 10;
    let full = |row: &&Row<'_>| {
        row.rect.width() > tolerances::FULL_LINE * text.width() && row.parts().len() == 1
    };
    rows.len() >= ROWS_MIN && rows.iter().filter(full).count() * 2 > rows.len()
}

pub(super) fn near_edge(baseline: f32, edge: Edge, height: f32) -> bool {
    if edge == Edge::Top {
        baseline < tolerances::EDGE * height
    } else {
        baseline > (1.0 - tolerances::EDGE) * height
    }
}

/// A table or turned text stands further out than the row.
fn blocks_below_or_above(row: &Row<'_>, edge: Edge, page: &PageLayout) -> bool {
    let tables = page.blocks.iter().filter(|block| block.table().is_some());
    let further = |block: &BlockDraft| {
        if edge == Edge::Top { block.rect.y0 < row.rect.y0 } else { block.rect.y1 > row.rect.y1 }
    };
    tables.into_iter().any(further)
}

/// It stands at the very edge of a page full of text, apart from it, and is no bigger than it.
fn is_lonely(row: &Row<'_>, rows: &[Row<'_>], gap: f32, edge: Edge, page_height: f32) -> bool {
    const ROWS_MIN: usize = 15;
    let body = rows[rows.len() / 2].size;
    let in_band = if edge == Edge::Top {
        row.baseline < tolerances::BAND * page_height
    } else {
        row.baseline > (1.0 - tolerances::BAND) * page_height
    };
    rows.len() >= ROWS_MIN
        && in_band
        && gap > tolerances::LONELY_GAP
        && row.size <= tolerances::LONELY_SIZE_MAX * body
        && !row.is_bold()
}

/// A number alone in its row, at the edge or in the middle under everything else.
fn is_lone_number(row: &Row<'_>, gap: f32, near: bool, text: &Rect) -> bool {
    let parts = row.parts();
    let [(rect, number)] = parts.as_slice() else {
        return false;
    };
    let centred = (rect.center().0 - text.center().0).abs() < 2.0 * row.size;
    is_page_number(&pattern(number)) && gap > tolerances::NUMBER_GAP && (near || centred)
}

/// Three texts, or two beside running text, from the left edge of the text to its right edge, apart
/// from what follows.
fn is_spread(row: &Row<'_>, next: &Row<'_>, gap: f32, text: &Rect, prose: bool) -> bool {
    let parts = row.parts();
    let short = parts.iter().all(|(_, part)| part.chars().count() <= 60);
    (parts.len() == 3 || parts.len() == 2 && prose)
        && short
        && gap > tolerances::SPREAD_GAP
        && row.rect.width() > tolerances::SPREAD * text.width()
        && next.parts().len() < parts.len()
}

/// A number of a page at one end of the row, and a running title far from it.
fn has_number_apart(row: &Row<'_>, next: &Row<'_>, gap: f32) -> bool {
    let parts = row.parts();
    let (Some((_, first)), Some((_, last))) = (parts.first(), parts.last()) else {
        return false;
    };
    let is_number = |text: &str| text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    (2..=3).contains(&parts.len())
        && (is_number(first) != is_number(last))
        && gap > tolerances::TITLE_NUMBER_GAP
        && next.parts().len() == 1
}

/// Turned text in the outer margins, beside everything that stands upright.
pub(super) fn is_in_margin(block: &BlockDraft, page: &PageLayout, upright: &Rect) -> bool {
    if !matches!(block.direction, Direction::Up | Direction::Down) || block.table().is_some() {
        return false;
    }
    let rect = block.direction.back(&block.rect, page.width, page.height);
    let outer = rect.x1 < tolerances::MARGIN * page.width
        || rect.x0 > (1.0 - tolerances::MARGIN) * page.width;
    outer && rect.overlap_x(upright) <= 1.0
}
