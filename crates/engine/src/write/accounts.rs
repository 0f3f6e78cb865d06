//! Accounts of what is written: the text, pictures and cells of every segment, by page. They are
//! made from the segments themselves, so that a loss in any stage shows.

use std::collections::HashSet;

use docket_contract::SegmentType;
use uuid::Uuid;

use super::frame::Frame;
use super::segments::Rendered;
use crate::model::{Block, Content, Document, Intake, Line, Output, PageOutput, Rect, Tally};

const POINTS_PER_UNIT: f64 = 1.0 / docket_contract::document::PAGE_UNITS_PER_POINT;

/// Stands for a bullet that is a letter of its font.
const LETTER_BULLET: char = '\u{25E6}';

/// What was written so far.
pub(super) struct Accounts {
    output: Output,
    segments: usize,
    /// Tables that stand for their parts on several pages, which were counted.
    joined: HashSet<Uuid>,
}

/// What the blocks of a document hold, for tasks that write no segments.
pub(crate) fn of_blocks(document: &Document, intake: &Intake) -> Output {
    let mut accounts = Accounts::of(intake);
    document.blocks.iter().for_each(|block| accounts.left_out(block));
    accounts.hyphens(&document.blocks);
    accounts.output
}

impl Accounts {
    pub(super) fn of(intake: &Intake) -> Self {
        Self { output: Output::of(intake), segments: 0, joined: HashSet::new() }
    }

    /// Counts a segment that is written.
    pub(super) fn written(&mut self, segment: &Rendered, frame: Option<&Frame>) {
        self.segments += 1;
        let is_counted = self.joined.contains(&segment.segment.segment_id);
        let Some(page) = self.output.pages.get_mut(&segment.segment.page_number) else { return };
        page.unwritten += segment.unwritten;
        if is_counted {
            return;
        }
        add_rendered(page, segment);
        page.rects.extend(frame.and_then(|frame| frame.bbox).map(|bbox| {
            let points = |units: f64| (units * POINTS_PER_UNIT) as f32;
            let (right, bottom) = (bbox.left + bbox.width, bbox.top + bbox.height);
            Rect::of_corners((points(bbox.left), points(bbox.top)), (points(right), points(bottom)))
        }));
    }

    /// Counts a block that the request leaves out.
    pub(super) fn left_out(&mut self, block: &Block) {
        let Some(page) = self.output.pages.get_mut(&block.page) else { return };
        let text = block.text();
        page.add(&text);
        if text.starts_with(LETTER_BULLET) {
            page.text.add_times('o', 1);
        }
        page.rects.extend(block.rect);
        match block.content {
            Content::Picture => page.picture_count += 1,
            Content::Table(_) => page.cells += filled_cells(&text),
            _ => {}
        }
    }

    /// Counts the parts of a table over several pages, of which the whole is written.
    pub(super) fn joined(&mut self, whole: &Rendered, parts: &[Rendered]) {
        self.joined.insert(whole.segment.segment_id);
        for part in parts {
            if let Some(page) = self.output.pages.get_mut(&part.segment.page_number) {
                add_rendered(page, part);
            }
        }
    }

    /// Compares the two forms of a table over several pages: a head that is repeated stands in the
    /// whole once.
    pub(super) fn compare(&mut self, whole: &Rendered, parts: &[&Rendered]) {
        let Some(page) = self.output.pages.get_mut(&whole.segment.page_number) else { return };
        let unit = page.text.unit();
        let (mut of_parts, mut of_whole) = (Tally::new(unit), Tally::new(unit));
        of_whole.add(whole.text());
        let head: Vec<&str> =
            parts.first().map(|part| part.text().lines().collect()).unwrap_or_default();
        for (index, part) in parts.iter().enumerate() {
            let lines = part.text().lines().enumerate();
            let repeats = |at: usize, line: &str| index > 0 && head.get(at) == Some(&line);
            let own = lines.skip_while(|(at, line)| repeats(*at, line));
            own.for_each(|(_, line)| of_parts.add(line));
        }
        page.unwritten += of_parts.missing_in(&of_whole);
    }

    /// Counts the hyphens at line ends that fell away when words were joined.
    pub(super) fn hyphens(&mut self, blocks: &[Block]) {
        for block in blocks {
            let Some(page) = self.output.pages.get_mut(&block.page) else { continue };
            for text in block.texts() {
                let ends = text.lines.iter().filter(|line| ends_in_hyphen(line)).count();
                if ends == 0 {
                    continue;
                }
                let words = text.lines.iter().flat_map(|line| &line.words);
                let held: usize = words.map(|word| hyphens_in(&word.text)).sum();
                let gone = held.saturating_sub(hyphens_in(&text.content)).min(ends);
                page.text.add_times('-', gone);
            }
        }
    }

    /// The accounts, with the number of segments that are in the result.
    pub(super) fn close(mut self, in_result: usize) -> Output {
        self.output.segments_lost = self.segments.saturating_sub(in_result);
        self.output
    }
}

fn add_rendered(page: &mut PageOutput, segment: &Rendered) {
    page.add(segment.text());
    if segment.text().starts_with(LETTER_BULLET) {
        page.text.add_times('o', 1);
    }
    match segment.kind {
        SegmentType::Picture => page.picture_count += 1,
        SegmentType::Table => page.cells += filled_cells(segment.text()),
        SegmentType::Page => {
            page.picture_count += segment.pictures;
            page.cells += filled_cells(segment.text());
        }
        _ => {}
    }
}

/// The plain text of a table has a line for each row, and a tab between cells.
fn filled_cells(text: &str) -> u64 {
    text.split(['\t', '\n']).filter(|cell| !cell.trim().is_empty()).count() as u64
}

fn ends_in_hyphen(line: &Line) -> bool {
    line.words.last().is_some_and(|word| word.text.ends_with(['-', '\u{2010}']))
}

fn hyphens_in(text: &str) -> usize {
    text.chars().filter(|c| matches!(c, '-' | '\u{2010}' | '\u{2011}')).count()
}
