//! What a document holds, and what is written of it, page by page: two sides of an account.

use std::collections::BTreeMap;

use super::geometry::Rect;
use super::tally::{Tally, Unit};

/// What a document was found to hold when it was read, before anything was made of it.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// By page, from 1. Nothing is known of pages that are not here.
    pub(crate) pages: BTreeMap<usize, PageIntake>,
}

/// What a page holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageIntake {
    pub text: Tally,
    /// Glyphs that show something, of which the character is not known.
    pub glyphs_unknown: u64,
    /// Boxes of pictures that are to be seen, where they are known.
    pub pictures: Vec<Rect>,
    /// Pictures of a file that does not say where they stand.
    pub picture_count: u64,
    /// Cells of sheets that show something.
    pub cells: u64,
    /// Values of form fields and texts of notes that the file keeps apart from what it draws.
    pub values: Vec<String>,
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    pub pages: BTreeMap<usize, PageOutput>,
    /// Segments that are in no chunk.
    pub segments_lost: usize,
}

/// What was written of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageOutput {
    pub text: Tally,
    /// Boxes of all segments.
    pub rects: Vec<Rect>,
    pub picture_count: u64,
    /// Cells of tables that show something.
    pub cells: u64,
    /// The text without white space, if values have to be found in it.
    pub squeezed: Option<String>,
    /// Characters of the text that are not in the Markdown or the HTML of their segment.
    pub unwritten: u64,
}

impl Intake {
    /// The page with this number, of a file that names its texts.
    pub(crate) fn page(&mut self, number: usize) -> &mut PageIntake {
        let page = || PageIntake { text: Tally::new(Unit::Words), ..PageIntake::default() };
        self.pages.entry(number).or_insert_with(page)
    }

    /// True if a page was found to hold something.
    pub(crate) fn holds_something(&self) -> bool {
        self.pages.values().any(PageIntake::holds_something)
    }
}

impl PageIntake {
    /// Adds what another part of the page holds.
    pub(crate) fn join(&mut self, other: Self) {
        self.text.join(other.text);
        self.glyphs_unknown += other.glyphs_unknown;
        self.pictures.extend(other.pictures);
        self.picture_count += other.picture_count;
        self.cells += other.cells;
        self.values.extend(other.values);
    }

    pub(crate) fn holds_something(&self) -> bool {
        let texts = self.text.total() > 0 || self.glyphs_unknown > 0 || !self.values.is_empty();
        let pictures = !self.pictures.is_empty() || self.picture_count > 0;
        texts || pictures || self.cells > 0
    }
}

impl Output {
    /// An account for the pages of a document.
    pub(crate) fn of(intake: &Intake) -> Self {
        let page = |(number, page): (&usize, &PageIntake)| {
            let squeezed = (!page.values.is_empty()).then(String::new);
            let text = Tally::new(page.text.unit());
            (*number, PageOutput { text, squeezed, ..PageOutput::default() })
        };
        Self { pages: intake.pages.iter().map(page).collect(), segments_lost: 0 }
    }
}

impl PageOutput {
    /// Counts a text.
    pub(crate) fn add(&mut self, text: &str) {
        self.text.add(text);
        if let Some(squeezed) = &mut self.squeezed {
            squeezed.extend(squeezed_characters(text));
        }
    }

    /// True if the text has this value, wherever its lines end.
    pub(crate) fn has(&self, value: &str) -> bool {
        let value: String = squeezed_characters(value).collect();
        self.squeezed.as_ref().is_some_and(|text| text.contains(&value))
    }
}

/// The characters of a text without white space and hyphens, as lines may end in them.
fn squeezed_characters(text: &str) -> impl Iterator<Item = char> {
    let counts = |c: &char| {
        super::tally::is_counted(*c)
            && !c.is_whitespace()
            && !c.is_control()
            && !matches!(c, '-' | '\u{2010}')
    };
    text.chars().filter(counts)
}
