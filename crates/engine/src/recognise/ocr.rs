//! Reads the text of a page's picture: makes the picture ready for the recogniser, and turns its
//! answer into glyphs, so that everything after works as on a text layer.

mod glyphs;
mod measure;
mod part;

use super::picture::{self, Prepared, Rows, brighten_panels, levelled, prepare};
use super::picture::{rulings, take_checkboxes};
use super::turn::Turn;
use crate::model::Raster;
use crate::model::{Checkbox, Glyph, PageContent, Rect};
use crate::recognise::models::{Arrangement, RecognisedLine, RecognisedText, RecognisedWord};
use crate::source::pdf::note_found_boxes;
use image::{GrayImage, imageops};

/// Pages that are this much higher than wide are strips such as till receipts: one column, in which
/// looking for columns does harm. Sheets of paper have 1.3 to 1.42, long ones 1.55.
const STRIP_PROPORTION: f32 = 1.6;

/// The part of the page's area from which pictures are the page itself.
const WHOLE_SHARE: f32 = 0.5;
/// A word of so many letters or digits that is less sure than this is an uncertain one.
const WORD_LETTERS_MIN: usize = 2;
const WORD_CONFIDENCE_MIN: f32 = 0.6;
/// The longer side of the copy in which rows of letters are looked for, in pixels.
const ROWS_SIDE_MAX: u32 = 1800;
/// Ink of a levelled picture is at or below this shade.
const LEVELLED_INK: u8 = 127;

/// A page's picture, or a part of it, that a recogniser is asked about.
pub(crate) struct Asked {
    prepared: Prepared,
    /// The page's width and height in points.
    size: (f32, f32),
    /// The lines that were drawn on it, in its own points.
    lines: Vec<Rect>,
    /// Its checkboxes, if they were asked for, in its own points.
    boxes: Vec<Checkbox>,
    /// Its rows of letters from left to right and from top to bottom, in its pixels.
    rows: (Rows, Rows),
}

impl Asked {
    /// Makes a picture ready that is a page by itself.
    pub(crate) fn of_image(raster: Raster, checkboxes: bool) -> Self {
        let size = raster.size_points();
        let mut prepared = prepare(raster);
        let boxes = if checkboxes { take_checkboxes(&mut prepared.raster) } else { Vec::new() };
        brighten_panels(&mut prepared.raster.pixels);
        let lines = rulings(&prepared.raster);
        if prepared.is_cut {
            prepared.erase(&lines);
            prepared.darken();
        }
        Self::new(prepared, size, lines, boxes)
    }

    /// Makes the picture ready that a page of a PDF was drawn as, or the part of it that begins at
    /// `origin`. It is whole, however few letters it shows.
    pub(crate) fn of_page(
        raster: Raster,
        (size, origin): ((f32, f32), (f32, f32)),
        checkboxes: bool,
    ) -> Self {
        let mut prepared = prepare(raster);
        prepared.origin = origin;
        let boxes = if checkboxes { take_checkboxes(&mut prepared.raster) } else { Vec::new() };
        prepared.is_cut = false;
        brighten_panels(&mut prepared.raster.pixels);
        let lines = rulings(&prepared.raster);
        Self::new(prepared, size, lines, boxes)
    }

    fn new(prepared: Prepared, size: (f32, f32), lines: Vec<Rect>, boxes: Vec<Checkbox>) -> Self {
        let rows = rows_of(&prepared.raster.pixels);
        Self { prepared, size, lines, boxes, rows }
    }

    pub(crate) fn pixels(&self) -> &GrayImage {
        &self.prepared.raster.pixels
    }

    pub(crate) fn dpi(&self) -> u32 {
        self.prepared.raster.dpi.round() as u32
    }

    pub(crate) fn rows(&self) -> &(Rows, Rows) {
        &self.rows
    }

    /// How its text is arranged when it is turned so.
    pub(crate) fn arrangement(&self, turn: Turn) -> Arrangement {
        let (width, height) = self.pixels().dimensions();
        let (width, height) = if turn.is_sideways() { (height, width) } else { (width, height) };
        let strip = height as f32 > STRIP_PROPORTION * width as f32;
        match (strip, self.prepared.is_cut) {
            (true, _) => Arrangement::Column,
            (_, true) => Arrangement::Rows,
            _ => Arrangement::Page,
        }
    }

    /// The page that is nothing but this picture.
    pub(crate) fn page(&self, text: RecognisedText) -> PageContent {
        let (width, height) = self.size;
        let page = self.read(text);
        let mut content = PageContent {
            width,
            height,
            rulings: on_page(&self.lines, &self.prepared),
            is_cut: self.prepared.is_cut,
            glyphs: page.glyphs,
            pictures: page.pictures,
            words_recognised: page.words,
            words_uncertain: page.words_uncertain,
            ..PageContent::default()
        };
        note_found_boxes(&mut content, &self.boxes_on_page());
        content
    }

    fn boxes_on_page(&self) -> Vec<Checkbox> {
        let rects: Vec<Rect> = self.boxes.iter().map(|found| found.rect).collect();
        let placed = on_page(&rects, &self.prepared).into_iter().zip(&self.boxes);
        placed.map(|(rect, found)| Checkbox { rect, ..*found }).collect()
    }

    /// Adds to a page of a PDF what its picture shows: to its text, where `keep_text` holds, else
    /// instead of it.
    pub(crate) fn complete(
        &self,
        content: &mut PageContent,
        text: RecognisedText,
        keep_text: bool,
    ) {
        let page = self.read(text);
        if !keep_text {
            content.glyphs.clear();
            content.glyphs_invisible = 0;
        }
        let drawn = content.pictures.iter().fold(0.0, |area, picture| area + picture.area());
        let scanned = drawn > WHOLE_SHARE * content.width * content.height;
        if scanned {
            // The picture that is the page itself is none of its pictures.
            let whole = WHOLE_SHARE * content.width * content.height;
            content.pictures.retain(|picture| picture.area() < whole);
            content.pictures.extend(&page.pictures);
            content.rulings.extend(on_page(&self.lines, &self.prepared));
        }
        content.glyphs_unmapped = 0;
        page.add_to(content);
        note_found_boxes(content, &self.boxes_on_page());
    }

    fn read(&self, mut found: RecognisedText) -> ReadPage {
        if self.prepared.is_cut {
            found.lines.iter_mut().for_each(drop_strokes);
            found.lines.retain(|line| !line.words.is_empty());
        }
        let lines = measure::measure(&found.lines, &self.prepared, self.size);
        let on_page = |area| measure::on_page(area, &self.prepared);
        let words = || lines.iter().flat_map(|line| &line.words).map(|(word, _)| *word);
        let counts = |word: &&RecognisedWord| {
            let letters = word.text.chars().filter(|character| character.is_alphanumeric());
            letters.count() >= WORD_LETTERS_MIN
        };
        let uncertain = |word: &&RecognisedWord| word.confidence < WORD_CONFIDENCE_MIN;
        ReadPage {
            glyphs: glyphs::glyphs(&lines, self.size),
            pictures: found.pictures.iter().map(on_page).collect(),
            words: words().filter(counts).count(),
            words_uncertain: words().filter(counts).filter(uncertain).count(),
        }
    }
}

/// The rows of letters of a picture, looked for in a copy of bounded size.
fn rows_of(pixels: &GrayImage) -> (Rows, Rows) {
    let (width, height) = pixels.dimensions();
    let shrink = (width.max(height) as f32 / ROWS_SIDE_MAX as f32).max(1.0);
    let side = |pixels: u32| ((pixels as f32 / shrink) as u32).max(1);
    let small = if shrink > 1.0 {
        levelled(&imageops::thumbnail(pixels, side(width), side(height)))
    } else {
        levelled(pixels)
    };
    let (mut across, mut down) = picture::rows(&small, LEVELLED_INK);
    for (row, _) in across.rows.iter_mut().chain(&mut down.rows) {
        let [x0, y0, x1, y1] = [row.x0, row.y0, row.x1, row.y1].map(|at| at * shrink);
        *row = Rect { x0, y0, x1, y1 };
    }
    (across, down)
}

/// Drops words that are no more than a piece of a drawn line.
fn drop_strokes(line: &mut RecognisedLine) {
    line.words.retain(|word| !word.text.chars().all(|c| matches!(c, '|' | '_' | '\u{2014}')));
}

/// What a recogniser found, in points.
struct ReadPage {
    glyphs: Vec<Glyph>,
    pictures: Vec<Rect>,
    words: usize,
    words_uncertain: usize,
}

impl ReadPage {
    /// Adds its glyphs where the page has none.
    fn add_to(self, content: &mut PageContent) {
        let known: Vec<Rect> = content.glyphs.iter().map(|glyph| glyph.rect).collect();
        content.glyphs.extend(self.glyphs.into_iter().filter(|glyph| !stands_on(glyph, &known)));
        content.words_recognised += self.words;
        content.words_uncertain += self.words_uncertain;
    }
}

fn on_page(lines: &[Rect], prepared: &Prepared) -> Vec<Rect> {
    let (left, top) = prepared.to_points(0.0, 0.0);
    let moved = |rect: &Rect| Rect {
        x0: rect.x0 + left,
        y0: rect.y0 + top,
        x1: rect.x1 + left,
        y1: rect.y1 + top,
    };
    lines.iter().map(moved).collect()
}

/// A glyph of the picture where the page's own text already stands.
fn stands_on(glyph: &Glyph, known: &[Rect]) -> bool {
    let middle = glyph.rect.center();
    known.iter().any(|rect| rect.contains(middle))
}
