//! The guard: compares what a document holds with what was written of it, whatever the stages
//! between made of it. Every loss becomes a warning with its page and amount.
//!
//! Hyphens at line ends, leaders and typed rules, text that is drawn twice, and what the request leaves out are no losses.

use docket_contract::document::PageCoverage;
use docket_contract::{ParseResult, Warning, WarningCode};

use crate::model::{Glyph, Intake, Output, PageContent, PageIntake, PageOutput, Rect, Tally, Unit};
use crate::recognise::scan::many_unmapped;

/// Points. Pictures with a shorter side are dots, icons and signs.
const PICTURE_SIDE_MIN: f32 = 24.0;
/// Share of the page. Pictures that cover more are the background of its text.
const BACKGROUND_SHARE: f32 = 0.85;
/// Points by which a picture may stand out of its segment.
const SLACK: f32 = 2.0;
/// A sign that is repeated so often is a line.
const LINE_SIGNS_MIN: usize = 3;
/// Coverage has this many steps: a loss never rounds to none.
const STEPS: f64 = 10_000.0;

/// What a page holds, before it is laid out.
pub(super) fn page_intake(content: &PageContent) -> PageIntake {
    let mut text = Tally::new(Unit::Characters);
    characters(content).for_each(|character| text.add_character(character));
    let page = Rect { x0: 0.0, y0: 0.0, x1: content.width, y1: content.height };
    let has_text = text.total() > 0;
    // Pictures that cover the page together are its background, or its scan.
    let covered = content.pictures.iter().map(|rect| rect.intersection(&page).area()).sum::<f32>();
    let is_background = has_text && covered > BACKGROUND_SHARE * page.area();
    let counts = |rect: &Rect| {
        let seen = rect.intersection(&page);
        seen.width().min(seen.height()) >= PICTURE_SIDE_MIN && !is_background
    };
    let pictures = content.pictures.iter().filter(|rect| counts(rect)).copied().collect();
    // Many unknown glyphs have a warning of their own.
    let glyphs_unknown = if many_unmapped(content) { 0 } else { content.glyphs_unmapped as u64 };
    let values = content.values.clone();
    PageIntake { text, glyphs_unknown, pictures, values, ..PageIntake::default() }
}

/// The characters of a page without leaders and typed rules, which are lines drawn with signs: tables
/// leave them out.
fn characters(content: &PageContent) -> impl Iterator<Item = char> {
    let runs = content.glyphs.chunk_by(|a, b| a.character == b.character);
    let is_line = |run: &&[Glyph]| {
        run.len() >= LINE_SIGNS_MIN
            && matches!(
                run[0].character,
                '.' | '=' | '-' | '_' | '*' | '\u{2013}' | '\u{2014}' | '\u{2500}' | '\u{2550}'
            )
    };
    runs.filter(move |run| !is_line(run)).flatten().map(|glyph| glyph.character)
}

/// Adds what the result lacks to its warnings, and how much of each page it has.
pub(super) fn check_result(intake: &Intake, output: &Output, result: &mut ParseResult) {
    result.warnings.extend(losses(intake, output));
    let coverage = intake.pages.iter().filter_map(|(number, page)| {
        let total = page.text.total() + page.glyphs_unknown + page.cells;
        let loss = Loss::of(page, output.pages.get(number));
        let share = 1.0 - (loss.text + loss.cells) as f64 / total.max(1) as f64;
        let coverage = (share.max(0.0) * STEPS).floor() / STEPS;
        (total > 0).then_some(PageCoverage { page: *number, coverage })
    });
    result.coverage = coverage.collect();
}

/// A warning for each page of which something was not written.
pub(super) fn losses(intake: &Intake, output: &Output) -> Vec<Warning> {
    let pages = intake.pages.iter().filter_map(|(number, page)| {
        let message = Loss::of(page, output.pages.get(number)).message(page)?;
        Some(Warning { code: WarningCode::ContentDropped, message, page: Some(*number) })
    });
    let segments = (output.segments_lost > 0).then(|| Warning {
        code: WarningCode::ContentDropped,
        message: format!("{} segments are not in the result", output.segments_lost),
        page: None,
    });
    pages.chain(segments).collect()
}

/// What a page lost.
#[derive(Debug, Default, PartialEq, Eq)]
struct Loss {
    /// Characters or words.
    text: u64,
    pictures: u64,
    cells: u64,
    values: u64,
}

impl Loss {
    fn of(page: &PageIntake, written: Option<&PageOutput>) -> Self {
        let nothing = PageOutput::default();
        let written = written.unwrap_or(&nothing);
        let text = page.text.missing_in(&written.text) + page.glyphs_unknown + written.unwritten;
        let shows = |picture: &&Rect| {
            let (x, y) = picture.center();
            let covers = |rect: &Rect| {
                rect.x0 - SLACK <= x
                    && x <= rect.x1 + SLACK
                    && rect.y0 - SLACK <= y
                    && y <= rect.y1 + SLACK
            };
            written.rects.iter().any(covers)
        };
        let pictures = page.pictures.iter().filter(|picture| !shows(picture)).count() as u64;
        let values = page.values.iter().filter(|value| !written.has(value)).count() as u64;
        Self {
            text,
            pictures: pictures + page.picture_count.saturating_sub(written.picture_count),
            cells: page.cells.saturating_sub(written.cells),
            values,
        }
    }

    fn message(&self, page: &PageIntake) -> Option<String> {
        let texts = match page.text.unit() {
            Unit::Characters => "characters",
            Unit::Words => "words",
        };
        let pictures = page.pictures.len() as u64 + page.picture_count;
        let amounts = [
            (self.text, page.text.total() + page.glyphs_unknown, texts),
            (self.pictures, pictures, "pictures"),
            (self.cells, page.cells, "cells"),
            (self.values, page.values.len() as u64, "form values and notes"),
        ];
        let lost: Vec<String> = amounts
            .iter()
            .filter(|(lost, ..)| *lost > 0)
            .map(|(lost, all, name)| format!("{lost} of {} {name}", (*all).max(*lost)))
            .collect();
        (!lost.is_empty()).then(|| format!("Not in the result: {}", lost.join(", ")))
    }
}
