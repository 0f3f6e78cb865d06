//! Cuts a page into columns: an XY cut that takes a vertical gap for a gutter only if the text on
//! both sides reads like columns, so rows of tables stay rows.

use super::tolerances;
use std::collections::VecDeque;

use super::item::Item;
use crate::analyse::draft::Relation;
use crate::model::{Rect, dominant};

/// Columns within columns; deeper ones are read as rows.
const DEPTH_MAX: usize = 6;
/// Pages with more fragments than this are read without looking for columns.
const FRAGMENTS_MAX: usize = 3000;
/// The widest gaps are tried as gutters.
const GUTTERS_TRIED: usize = 4;

/// Lines that are read as one column.
pub(crate) struct Region {
    pub items: Vec<Item>,
    /// Its left and right edge.
    pub column: (f32, f32),
    /// Why it is read after the region before it.
    pub follows: Relation,
}

/// Cuts lines into regions in reading order. Within a region lines stay in stream order.
pub(crate) fn cut(lines: Vec<Item>) -> Vec<Region> {
    let size = dominant(lines.iter().map(|line| (line.size(), line.characters()))).max(1.0);
    let mut cuts = Cuts { regions: Vec::new(), size };
    if lines.len() > FRAGMENTS_MAX {
        cuts.push(lines, Relation::Below);
    } else {
        cuts.cut(lines, 0, Relation::Below);
    }
    cuts.regions
}

fn bounds(lines: &[Item]) -> Rect {
    lines.iter().fold(Rect::NOTHING, |whole, line| whole.union(line.rect()))
}

/// Regions in reading order, as far as the page was cut.
struct Cuts {
    regions: Vec<Region>,
    /// The font size of most of the page.
    size: f32,
}

impl Cuts {
    /// Cuts lines that are read after the regions so far, as `follows` says.
    fn cut(&mut self, lines: Vec<Item>, depth: usize, mut follows: Relation) {
        if lines.len() < 4 || depth >= DEPTH_MAX {
            self.push(lines, follows);
            return;
        }
        let whole = bounds(&lines);
        let mut plain: Vec<Band> = Vec::new();
        let mut bands: VecDeque<Band> = bands(lines).into();
        while !bands.is_empty() {
            let Some((count, gutter)) = longest_run(bands.make_contiguous(), &whole, self.size)
            else {
                plain.extend(bands.pop_front());
                continue;
            };
            let run: Vec<Band> = bands.drain(..count).collect();
            let head = plain.split_off(plain.len() - head_of_columns(&plain, &run, gutter));
            if !plain.is_empty() {
                self.push(lines_of(std::mem::take(&mut plain)), follows);
                follows = Relation::Below;
            }
            let lines = head.into_iter().chain(run).flat_map(|band| band.lines);
            let (left, right) = lines.partition(|line| line.rect().center().0 < gutter);
            self.cut(in_stream_order(left), depth + 1, follows);
            self.cut(in_stream_order(right), depth + 1, Relation::Beside);
            follows = Relation::Below;
        }
        self.push(lines_of(plain), follows);
    }

    fn push(&mut self, lines: Vec<Item>, follows: Relation) {
        if !lines.is_empty() {
            // A box may be wider than the text around it.
            let text: Vec<Item> = lines.iter().filter(|item| !item.is_panel()).cloned().collect();
            let whole = bounds(if text.is_empty() { &lines } else { &text });
            let lines = in_stream_order(lines);
            self.regions.push(Region { items: lines, column: (whole.x0, whole.x1), follows });
        }
    }
}

fn lines_of(bands: Vec<Band>) -> Vec<Item> {
    bands.into_iter().flat_map(|band| band.lines).collect()
}

/// How many of the last bands before a run are the head of one of its columns, beside a figure at the
/// head of the other: none crosses the gutter, and lines end where the column does, as only text that
/// was broken there can. (What stands above the right column alone may be a title, so that more of
/// its lines must be full.)
fn head_of_columns(before: &[Band], run: &[Band], gutter: f32) -> usize {
    const FULL_LINES_MIN: usize = 2;
    const FULL_LINES_MIN_RIGHT: usize = 4;
    let side = |is_left: bool| {
        let lines = run.iter().flat_map(|band| &band.lines);
        let own = lines.filter(|line| (line.rect().center().0 < gutter) == is_left);
        own.fold(Rect::NOTHING, |whole, line| whole.union(line.rect()))
    };
    let is_clear = |band: &&Band| band.gaps.iter().any(|gap| gap.0 < gutter && gutter < gap.1);
    let head = |column: Rect, full_min: usize| {
        let slack = tolerances::FULL_LINE_SLACK * column.width();
        let is_full = |band: &Band| {
            (band.rect.x0 - column.x0).abs() < slack && (band.rect.x1 - column.x1).abs() < slack
        };
        let clear = before.iter().rev().take_while(is_clear);
        let full = clear.enumerate().filter(|(_, band)| is_full(band)).map(|(above, _)| above + 1);
        let full: Vec<usize> = full.collect();
        if full.len() < full_min { 0 } else { full[full.len() - 1] }
    };
    let (left, right) = (side(true), side(false));
    // Columns of one text are as wide as one another; beside notes in the margin stands the text.
    let alike = left.width() > tolerances::COLUMNS_ALIKE * right.width();
    let right = if alike { head(right, FULL_LINES_MIN_RIGHT) } else { 0 };
    head(left, FULL_LINES_MIN).max(right)
}

fn in_stream_order(mut lines: Vec<Item>) -> Vec<Item> {
    lines.sort_by_key(|line| line.order());
    lines
}

/// Lines between two horizontal gaps that go through the whole region.
struct Band {
    lines: Vec<Item>,
    rect: Rect,
    /// Free intervals of the region's width, margins included.
    gaps: Vec<(f32, f32)>,
}

fn bands(mut lines: Vec<Item>) -> Vec<Band> {
    lines.sort_by(|a, b| a.rect().y0.total_cmp(&b.rect().y0));
    let mut bands: Vec<Band> = Vec::new();
    for line in lines {
        // Ascents and descents reach into the lines above and below, so a little overlap is none.
        let slack = tolerances::BAND_OVERLAP * line.size();
        match bands.last_mut() {
            Some(band) if line.rect().y0 + slack < band.rect.y1 => {
                band.rect = band.rect.union(line.rect());
                band.lines.push(line);
            }
            _ => bands.push(Band { rect: *line.rect(), lines: vec![line], gaps: Vec::new() }),
        }
    }
    for band in &mut bands {
        band.gaps = gaps(&band.lines);
    }
    bands
}

/// The free intervals of the x axis, from minus to plus infinity.
fn gaps(lines: &[Item]) -> Vec<(f32, f32)> {
    let mut spans: Vec<(f32, f32)> =
        lines.iter().map(|line| (line.rect().x0, line.rect().x1)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut gaps = Vec::new();
    let mut end = f32::NEG_INFINITY;
    for (from, to) in spans {
        if from > end {
            gaps.push((end, from));
        }
        end = end.max(to);
    }
    gaps.push((end, f32::INFINITY));
    gaps
}

fn common(a: &[(f32, f32)], b: &[(f32, f32)], width_min: f32) -> Vec<(f32, f32)> {
    let mut out = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let (from, to) = (a[i].0.max(b[j].0), a[i].1.min(b[j].1));
        if to - from >= width_min {
            out.push((from, to));
        }
        if a[i].1 < b[j].1 { i += 1 } else { j += 1 }
    }
    out
}

/// The longest run of bands from the first one that splits into columns: its length and where.
fn longest_run(bands: &[Band], whole: &Rect, size: f32) -> Option<(usize, f32)> {
    let width_min = tolerances::GUTTER_MIN * size;
    let mut free = bands.first()?.gaps.clone();
    let mut reach = 0;
    for band in bands {
        let mut next = common(&free, &band.gaps, width_min);
        if !next.iter().any(|gap| is_inside(*gap, whole))
            && let Some(gaps) = without_overlong(band, &free, whole)
        {
            next = common(&free, &gaps, width_min);
        }
        if !next.iter().any(|gap| is_inside(*gap, whole)) {
            break;
        }
        free = next;
        reach += 1;
    }
    let mut gutters: Vec<(f32, f32)> =
        free.into_iter().filter(|gap| is_inside(*gap, whole)).collect();
    gutters.sort_by(|a, b| (b.1 - b.0).total_cmp(&(a.1 - a.0)));
    gutters.iter().take(GUTTERS_TRIED).find_map(|gutter| {
        let middle = f32::midpoint(gutter.0, gutter.1);
        let run = &bands[..trimmed(&bands[..reach], middle, size)];
        reads_like_columns(run, middle).then_some((run.len(), middle))
    })
}

/// The gaps of a band without a line that is too long for its column: it crosses the only gutter so
/// far, while a line of the other column begins beside it where that column does.
fn without_overlong(band: &Band, free: &[(f32, f32)], whole: &Rect) -> Option<Vec<(f32, f32)>> {
    let mut inside = free.iter().filter(|gap| is_inside(**gap, whole));
    let (gutter, None) = (inside.next()?, inside.next()) else { return None };
    let crosses = |line: &&Item| {
        line.rect().x0 < gutter.0 && line.rect().x1 > gutter.1 && line.rect().center().0 < gutter.0
    };
    let long = band.lines.iter().find(crosses)?;
    let begins = |line: &&Item| {
        (line.rect().x0 - gutter.1).abs() < tolerances::OVERLONG_SLACK * line.size()
            && line.rect().overlap_y(long.rect()) > 0.5 * line.size()
    };
    band.lines.iter().find(begins)?;
    let others: Vec<Item> = band.lines.iter().filter(|line| !crosses(line)).cloned().collect();
    Some(gaps(&others))
}

/// The run without lines at its end that stand on one side and apart, and nothing at all if it
/// starts on the right: such lines are read before or after the columns.
fn trimmed(run: &[Band], middle: f32, size: f32) -> usize {
    let sides = |band: &Band| (band.rect.x0 < middle, band.rect.x1 > middle);
    if run.first().is_none_or(|band| sides(band) == (false, true)) {
        return 0;
    }
    let mut length = run.len();
    while length > 1 {
        let (above, last) = (&run[length - 2], &run[length - 1]);
        let one_sided = sides(last) != (true, true);
        if !one_sided || last.rect.y0 - above.rect.y1 < tolerances::APART * size {
            break;
        }
        length -= 1;
    }
    length
}

fn is_inside(gap: (f32, f32), whole: &Rect) -> bool {
    gap.0 > whole.x0 && gap.1 < whole.x1
}

/// What stands on one side of a gutter.
#[derive(Default)]
struct Side {
    rows: Vec<(f32, usize, f32)>,
    width: f32,
}

/// True if the text beside the gap is to be read down one side and then down the other.
fn reads_like_columns(run: &[Band], gutter: f32) -> bool {
    let mut lines: Vec<&Item> = run.iter().flat_map(|band| &band.lines).collect();
    lines.sort_by_key(|line| line.order());
    let is_left = |line: &Item| line.rect().center().0 < gutter;
    // A box beside lines of text is read by itself; boxes beside boxes are in the stream's order.
    let boxes = |on_left: bool| {
        let mut side = lines.iter().filter(|line| is_left(line) == on_left);
        side.all(|line| line.is_panel())
    };
    if boxes(true) != boxes(false) {
        return true;
    }
    lines.retain(|line| !line.is_panel());
    let switches = lines.windows(2).filter(|pair| is_left(pair[0]) != is_left(pair[1])).count();
    let left = side(lines.iter().copied().filter(|line| is_left(line)));
    let right = side(lines.iter().copied().filter(|line| !is_left(line)));
    let rows = left.rows.len().min(right.rows.len());
    if rows < 2 {
        return false;
    }
    let text = |side: &Side| {
        side.rows.iter().map(|row| row.1).sum::<usize>() as f32 / side.rows.len() as f32
    };
    let fill = |side: &Side| {
        side.rows.iter().map(|row| row.2).sum::<f32>()
            / side.rows.len() as f32
            / side.width.max(1.0)
    };
    let least_text = text(&left).min(text(&right));
    let aligned = aligned_rows(&left, &right);
    if switches <= 1 + rows / 5 {
        // Written one side after the other. Short entries on common baselines are still a table.
        return least_text >= tolerances::COLUMN_CHARACTERS_MIN
            || aligned < tolerances::ALIGNED_SHARE_MAX
                && least_text >= tolerances::ENTRY_CHARACTERS_MIN;
    }
    rows >= 6
        && least_text >= tolerances::WOVEN_CHARACTERS_MIN
        && fill(&left).min(fill(&right)) > tolerances::WOVEN_FILL_MIN
}

fn side<'l>(lines: impl Iterator<Item = &'l Item>) -> Side {
    let mut rows: Vec<(f32, usize, f32)> = Vec::new();
    let mut rect = Rect::NOTHING;
    let mut sorted: Vec<&Item> = lines.collect();
    sorted.sort_by(|a, b| a.baseline().total_cmp(&b.baseline()));
    for line in sorted {
        rect = rect.union(line.rect());
        let (characters, width) = (line.characters(), line.rect().width());
        match rows.last_mut() {
            Some(row)
                if (row.0 - line.baseline()).abs() < tolerances::COLUMN_ROW_SLACK * line.size() =>
            {
                row.1 += characters;
                row.2 += width;
            }
            _ => rows.push((line.baseline(), characters, width)),
        }
    }
    Side { rows, width: rect.width() }
}

/// The part of the shorter side's rows that stand on a baseline of the other side.
fn aligned_rows(left: &Side, right: &Side) -> f32 {
    let (few, many) =
        if left.rows.len() < right.rows.len() { (left, right) } else { (right, left) };
    let aligned = few
        .rows
        .iter()
        .filter(|row| {
            let at = many.rows.partition_point(|other| other.0 < row.0 - 1.0);
            many.rows.get(at).is_some_and(|other| (other.0 - row.0).abs() <= 1.0)
        })
        .count();
    aligned as f32 / few.rows.len().max(1) as f32
}
