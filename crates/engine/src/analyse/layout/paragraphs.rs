//! Lines to paragraphs.

use super::item::Item;
use crate::analyse::draft::BlockDraft;
use crate::model::{Direction, Line, Marker, Rect, item_marker};

/// What the whole page is like.
pub(crate) struct Habits<'p> {
    /// The font size of most of it.
    pub body_size: f32,
    /// It was recognised from a picture, so that sizes and distances are inexact.
    pub noisy: bool,
    /// Pictures and boxes, around which text flows.
    pub obstacles: &'p [Rect],
}

/// Cuts what stands in a column, in reading order, into blocks.
pub(crate) fn gather(
    items: Vec<Item>,
    column: (f32, f32),
    direction: Direction,
    habits: &Habits<'_>,
) -> Vec<BlockDraft> {
    let leading = usual_leading(&items, habits.noisy);
    let (gap_max, size_slack) = if habits.noisy {
        (1.4 * leading, 0.3)
    } else {
        ((leading * 1.2).max(leading + 0.12), 0.08)
    };
    let edges = if habits.noisy { usual_edges(&items, column) } else { column };
    let (body_size, obstacles) = (habits.body_size, habits.obstacles);
    let setting = Setting { column: edges, gap_max, body_size, size_slack, obstacles };
    let mut blocks: Vec<BlockDraft> = Vec::new();
    let mut open: Vec<Line> = Vec::new();
    let close = |open: &mut Vec<Line>, blocks: &mut Vec<BlockDraft>| {
        if !open.is_empty() {
            blocks.push(BlockDraft::new(std::mem::take(open), column, direction));
        }
    };
    for item in items {
        match item {
            Item::Line(line) => {
                if starts_block(&open, &line, &setting) {
                    close(&mut open, &mut blocks);
                }
                open.push(line);
            }
            Item::Table(found) => {
                close(&mut open, &mut blocks);
                blocks.push(BlockDraft::of_table(found.table, column, direction));
            }
            // Panels are read by themselves.
            Item::Panel(_) => {}
        }
    }
    close(&mut open, &mut blocks);
    blocks
}

/// Where lines start and end, but for the few that specks of a scan make longer.
fn usual_edges(items: &[Item], column: (f32, f32)) -> (f32, f32) {
    let mut starts: Vec<f32> = items.iter().map(|item| item.rect().x0).collect();
    let mut ends: Vec<f32> = items.iter().map(|item| item.rect().x1).collect();
    starts.sort_by(f32::total_cmp);
    ends.sort_by(|a, b| b.total_cmp(a));
    let few = items.len() / 12;
    match (starts.get(few), ends.get(few)) {
        (Some(start), Some(end)) => (*start, *end),
        _ => column,
    }
}

/// The distance of baselines, in font sizes, that most neighbours of one size have.
fn usual_leading(items: &[Item], noisy: bool) -> f32 {
    let mut ratios: Vec<f32> = items
        .windows(2)
        .filter(|pair| (pair[0].size() - pair[1].size()).abs() < 0.05 * pair[0].size())
        .map(|pair| (pair[1].baseline() - pair[0].baseline()) / pair[0].size())
        .filter(|ratio| (0.9..2.6).contains(ratio))
        .collect();
    if ratios.is_empty() {
        return 1.3;
    }
    // The lower third: in a column of short paragraphs the gaps between them are the majority.
    let at = if noisy { ratios.len() / 2 } else { ratios.len() / 3 };
    *ratios.select_nth_unstable_by(at, f32::total_cmp).1
}

/// What lines are judged against.
struct Setting<'p> {
    /// Left and right edge of the column.
    column: (f32, f32),
    /// Baselines of one paragraph are at most this many font sizes apart.
    gap_max: f32,
    /// The font size of most of the page.
    body_size: f32,
    /// Lines of one paragraph differ by less than this part of their size.
    size_slack: f32,
    /// Pictures and boxes, around which text flows.
    obstacles: &'p [Rect],
}

impl Setting<'_> {
    /// The edges of the column beside a line: what stands next to it narrows it.
    fn edges_at(&self, line: &Line) -> (f32, f32) {
        let (left, right) = self.column;
        let beside = self.obstacles.iter().filter(|obstacle| {
            obstacle.x0 > line.rect.x1 - line.size && obstacle.overlap_y(&line.rect) > 0.0
        });
        (left, beside.map(|obstacle| obstacle.x0 - line.size).fold(right, f32::min))
    }

    /// Bigger than running text, as titles are.
    fn is_big(&self, line: &Line) -> bool {
        line.size > 1.15 * self.body_size
    }
}

fn starts_block(block: &[Line], line: &Line, setting: &Setting<'_>) -> bool {
    let Some(last) = block.last() else {
        return true;
    };
    let size = last.size.max(line.size);
    let step = line.baseline - last.baseline;
    let big = setting.is_big(last) && setting.is_big(line);
    let same_size = (last.size - line.size).abs() < 0.03 * size;
    if big && same_size && (0.8..1.65).contains(&(step / size)) && !starts_item(block, line) {
        return changes_style(last, line);
    }
    if step < -0.5 * size || step > setting.gap_max * size {
        return true;
    }
    if is_script(last, line) {
        return false;
    }
    if (last.size - line.size).abs() > setting.size_slack * size || last.tabular || line.tabular {
        return true;
    }
    if changes_style(last, line) || starts_item(block, line) {
        return true;
    }
    if continues_item(block, line) {
        return false;
    }
    indents(block, line) || would_have_fit(last, line, setting)
}

/// One of the lines is set throughout in a cut that the other does not have.
fn changes_style(last: &Line, line: &Line) -> bool {
    let bold = (last.share(|style| style.bold), line.share(|style| style.bold));
    if bold.0 > 0.95 && bold.1 < 0.5 || bold.0 < 0.2 && bold.1 > 0.95 {
        return true;
    }
    let told =
        (last.share(|style| style.role.is_heading()), line.share(|style| style.role.is_heading()));
    if (told.0 - told.1).abs() > 0.95 {
        return true;
    }
    let italic = (last.share(|style| style.italic), line.share(|style| style.italic));
    let changes = italic.0 > 0.95 && italic.1 < 0.05 || italic.0 < 0.05 && italic.1 > 0.95;
    let is_numbered = |line: &Line| {
        line.words.first().is_some_and(|word| {
            word.text.starts_with(|c: char| c.is_ascii_digit()) && word.text.contains('.')
        })
    };
    changes && (bold.0 > 0.95 && bold.1 > 0.95 || is_numbered(last) || is_numbered(line))
}

/// The line stands under the text of an item, behind its marker.
fn continues_item(block: &[Line], line: &Line) -> bool {
    let Some(first) = block.first() else {
        return false;
    };
    let (Some(sign), Some(text)) = (first.words.first(), first.words.get(1)) else {
        return false;
    };
    item_marker(sign).is_some() && (line.rect.x0 - text.rect.x0).abs() < 0.4 * line.size
}

/// A line of raised or lowered text within a formula.
fn is_script(last: &Line, line: &Line) -> bool {
    last.rect.overlap_y(&line.rect) > 0.2 * last.rect.height().min(line.rect.height())
}

/// The line starts an item of a list: with a bullet anywhere, with a number only where the text
/// before it has come to an end or was such an item too.
fn starts_item(block: &[Line], line: &Line) -> bool {
    let marker_of =
        |line: &Line| line.words.first().filter(|_| line.words.len() > 1).and_then(item_marker);
    let Some(found) = marker_of(line) else {
        return false;
    };
    if matches!(found, Marker::Bullet) {
        return true;
    }
    let ended = block.last().and_then(|last| last.words.last()).is_some_and(|word| {
        word.text.ends_with(['.', ':', ';', '!', '?']) || matches!(found, Marker::Reference(_))
    });
    let sibling = block.first().is_some_and(|first| {
        marker_of(first).is_some() && (first.rect.x0 - line.rect.x0).abs() < 1.2 * line.size
    });
    ended || sibling
}

/// A first line stands in from the lines before it, or out in a block with hanging lines.
fn indents(block: &[Line], line: &Line) -> bool {
    let (Some(first), Some(last)) = (block.first(), block.last()) else {
        return false;
    };
    let em = line.size;
    let in_from = line.rect.x0 - last.rect.x0;
    if block.len() >= 2 {
        let hanging = last.rect.x0 - first.rect.x0 > 0.8 * em;
        let body = block[1..].iter().all(|other| (other.rect.x0 - last.rect.x0).abs() < 0.5 * em);
        if hanging && body && (line.rect.x0 - first.rect.x0).abs() < 0.5 * em {
            return true;
        }
        if body && in_from > 0.8 * em && in_from < 4.0 * em && !hanging {
            return true;
        }
    }
    false
}

/// The first word of the line would have had room at the end of the last one. Centred lines are
/// broken by sense, so nothing follows from their length.
fn would_have_fit(last: &Line, line: &Line, setting: &Setting<'_>) -> bool {
    let Some(word) = line.words.first() else {
        return false;
    };
    let (left, right) = setting.edges_at(last);
    let centred = (last.rect.center().0 - line.rect.center().0).abs() < 0.5 * line.size
        && (last.rect.x0 - line.rect.x0).abs() > line.size;
    if centred {
        return false;
    }
    let room = right - last.rect.x1;
    room > word.rect.width() + 2.5 * last.size && room > 0.12 * (right - left)
}
