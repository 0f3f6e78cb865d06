//! Lines to paragraphs.

use super::item::Item;
use super::listing::listings;
use super::tolerances::{self, ALL_OF_LINE, NONE_OF_LINE};
use crate::analyse::draft::BlockDraft;
use crate::analyse::tolerances as shared;
use crate::model::{Direction, Line, Marker, Rect, letter_with_dot, line_marker};

/// What the whole page is like.
pub(crate) struct Habits<'p> {
    /// The font size of most of it.
    pub body_size: f32,
    /// It was recognised from a picture, so that sizes and distances are inexact.
    pub noisy: bool,
    /// Pictures and boxes, around which text flows.
    pub obstacles: &'p [Rect],
    /// Most of it is set in a typewriter face.
    pub typed: bool,
    /// From where to where its lines have numbers in the margin.
    pub numbered: Option<(f32, f32)>,
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
        (tolerances::PARAGRAPH_GAP_OF_SCANS * leading, tolerances::SIZE_SLACK_OF_SCANS)
    } else {
        (
            (leading * tolerances::PARAGRAPH_GAP).max(leading + tolerances::PARAGRAPH_GAP_MORE),
            tolerances::SIZE_SLACK,
        )
    };
    let edges = match habits.numbered {
        Some(range) => edges_within(&items, range).unwrap_or(column),
        None if habits.noisy => usual_edges(&items, column),
        None => column,
    };
    let (body_size, obstacles) = (habits.body_size, habits.obstacles);
    let noisy = habits.noisy;
    let setting = Setting { column: edges, gap_max, body_size, size_slack, obstacles, noisy };
    let mut blocks: Vec<BlockDraft> = Vec::new();
    let mut open: Vec<Line> = Vec::new();
    let close = |open: &mut Vec<Line>, blocks: &mut Vec<BlockDraft>| {
        if !open.is_empty() {
            blocks.push(BlockDraft::new(std::mem::take(open), column, direction));
        }
    };
    let mut listings = listings(&items, habits.typed).into_iter().peekable();
    let mut listing: Vec<Line> = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        let in_listing = listings.peek().is_some_and(|range| range.contains(&at));
        match item {
            Item::Line(line) if in_listing => {
                close(&mut open, &mut blocks);
                listing.push(line);
                if listings.next_if(|range| range.end == at + 1).is_some() {
                    let lines = std::mem::take(&mut listing);
                    blocks.push(BlockDraft::of_listing(lines, column, direction));
                }
            }
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

/// The edges of the text beside numbers of lines: running heads above and below are set apart.
fn edges_within(items: &[Item], (top, bottom): (f32, f32)) -> Option<(f32, f32)> {
    let beside = items.iter().filter(|item| (top..=bottom).contains(&item.rect().center().1));
    let whole = beside.fold(Rect::NOTHING, |whole, item| whole.union(item.rect()));
    whole.is_finite().then_some((whole.x0, whole.x1))
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
        .filter(|pair| {
            (pair[0].size() - pair[1].size()).abs() < tolerances::LEADING_SAME_SIZE * pair[0].size()
        })
        .map(|pair| (pair[1].baseline() - pair[0].baseline()) / pair[0].size())
        .filter(|ratio| tolerances::LEADINGS.contains(ratio))
        .collect();
    if ratios.is_empty() {
        return tolerances::LEADING_FALLBACK;
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
    /// It was recognised from a picture.
    noisy: bool,
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
        line.size > shared::BIGGER_THAN_TEXT * self.body_size
    }
}

fn starts_block(block: &[Line], line: &Line, setting: &Setting<'_>) -> bool {
    let Some(last) = block.last() else {
        return true;
    };
    let size = last.size.max(line.size);
    let step = line.baseline - last.baseline;
    let big = setting.is_big(last) && setting.is_big(line);
    let same_size = (last.size - line.size).abs() < tolerances::TITLE_SAME_SIZE * size;
    if big
        && same_size
        && tolerances::TITLE_LEADINGS.contains(&(step / size))
        && !starts_item(block, line)
    {
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
    if bold.0 > ALL_OF_LINE && bold.1 < 0.5
        || bold.0 < tolerances::FEW_OF_LINE_BOLD && bold.1 > ALL_OF_LINE
    {
        return true;
    }
    let told =
        (last.share(|style| style.role.is_heading()), line.share(|style| style.role.is_heading()));
    if (told.0 - told.1).abs() > ALL_OF_LINE {
        return true;
    }
    let italic = (last.share(|style| style.italic), line.share(|style| style.italic));
    let changes = italic.0 > ALL_OF_LINE && italic.1 < NONE_OF_LINE
        || italic.0 < NONE_OF_LINE && italic.1 > ALL_OF_LINE;
    let is_numbered = |line: &Line| {
        line.words.first().is_some_and(|word| {
            word.text.starts_with(|c: char| c.is_ascii_digit()) && word.text.contains('.')
        })
    };
    changes
        && (bold.0 > ALL_OF_LINE && bold.1 > ALL_OF_LINE || is_numbered(last) || is_numbered(line))
}

/// The line stands under the text of an item, behind its marker.
fn continues_item(block: &[Line], line: &Line) -> bool {
    let Some(first) = block.first() else {
        return false;
    };
    let Some(text) = first.words.get(1) else {
        return false;
    };
    line_marker(&first.words).is_some()
        && (line.rect.x0 - text.rect.x0).abs() < tolerances::ITEM_INDENT_SLACK * line.size
}

/// A line of raised or lowered text within a formula.
fn is_script(last: &Line, line: &Line) -> bool {
    last.rect.overlap_y(&line.rect)
        > tolerances::SCRIPT_LINE_OVERLAP * last.rect.height().min(line.rect.height())
}

/// The line starts an item of a list: with a bullet anywhere, with a number only where the text
/// before it has come to an end or was such an item too.
fn starts_item(block: &[Line], line: &Line) -> bool {
    let marker_of = |line: &Line| line_marker(&line.words).filter(|_| line.words.len() > 1);
    let letter_of = |line: &Line| line.words.first().and_then(|word| letter_with_dot(&word.text));
    if let (Some(letter), Some(first)) = (letter_of(line), block.first())
        && letter_of(first).is_some_and(|before| before + 1 == letter)
        && (first.rect.x0 - line.rect.x0).abs() < tolerances::ITEM_ALIGN_SLACK * line.size
    {
        return true;
    }
    let Some(found) = marker_of(line) else {
        return false;
    };
    if is_nested(block, line, |first| marker_of(first).is_some() || letter_of(first).is_some()) {
        return true;
    }
    if matches!(found, Marker::Bullet) {
        return true;
    }
    let ended = block.last().and_then(|last| last.words.last()).is_some_and(|word| {
        word.text.ends_with(['.', ':', ';', '!', '?']) || matches!(found, Marker::Reference(_))
    });
    let sibling = block.first().is_some_and(|first| {
        marker_of(first).is_some()
            && (first.rect.x0 - line.rect.x0).abs() < tolerances::ITEM_ALIGN_SLACK * line.size
    });
    ended || sibling
}

/// A line with a marker stands further in or out than the item that it follows, and not where the
/// text of that does; or further in than a line which no text goes on from.
fn is_nested(block: &[Line], line: &Line, is_item: impl Fn(&Line) -> bool) -> bool {
    let (Some(first), Some(last)) = (block.first(), block.last()) else {
        return false;
    };
    let apart = |x: f32| (line.rect.x0 - x).abs() > tolerances::ITEM_INDENT_SLACK * line.size;
    if is_item(first) {
        return first.words.get(1).is_some_and(|text| apart(text.rect.x0));
    }
    let has_words =
        line.words.get(1).is_some_and(|word| word.text.starts_with(char::is_alphabetic));
    let goes_on = last.words.last().is_some_and(|word| word.text.ends_with([',', '-']));
    has_words
        && !goes_on
        && block.len() == 1
        && line.rect.x0 - last.rect.x0 > tolerances::INDENT_MIN * line.size
}

/// A first line stands in from the lines before it, or out in a block with hanging lines.
fn indents(block: &[Line], line: &Line) -> bool {
    let (Some(first), Some(last)) = (block.first(), block.last()) else {
        return false;
    };
    let em = line.size;
    let in_from = line.rect.x0 - last.rect.x0;
    if block.len() >= 2 {
        let hanging = last.rect.x0 - first.rect.x0 > tolerances::INDENT_MIN * em;
        let body = block[1..].iter().all(|other| (other.rect.x0 - last.rect.x0).abs() < 0.5 * em);
        if hanging && body && (line.rect.x0 - first.rect.x0).abs() < 0.5 * em {
            return true;
        }
        if body
            && in_from > tolerances::INDENT_MIN * em
            && in_from < tolerances::INDENT_MAX * em
            && !hanging
        {
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
    // A capital behind the end of a line that had room begins a line of its own.
    let begins = word.text.starts_with(char::is_uppercase)
        && last.words.last().is_some_and(|end| !end.text.ends_with([',', '-', '&', '/']));
    let spare = if begins && !setting.noisy {
        tolerances::ROOM_BEFORE_CAPITAL
    } else {
        tolerances::ROOM_AT_END
    };
    room > word.rect.width() + spare * last.size
        && room > tolerances::ROOM_AT_END_SHARE * (right - left)
}
