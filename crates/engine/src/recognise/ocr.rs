//! Reads the text of a page's picture: makes the picture ready for the recogniser, and turns its
//! answer into glyphs, so that everything after works as on a text layer.

mod glyphs;
mod measure;

use crate::model::Raster;
use crate::model::{Checkbox, Glyph, PageContent, Rect};
use crate::recognise::models::{Arrangement, Picture, RecognisedLine, RecognisedText};
use crate::recognise::picture::{Prepared, prepare, rulings, take_checkboxes};
use crate::source::pdf::note_found_boxes;

/// Pages that are this much higher than wide are strips such as till receipts: one column, in which
/// looking for columns does harm. Sheets of paper have 1.3 to 1.42, long ones 1.55.
const STRIP_PROPORTION: f32 = 1.6;

/// A page's picture that a recogniser is asked about.
pub(crate) struct Asked {
    prepared: Prepared,
    /// The page's width and height in points.
    size: (f32, f32),
    /// The lines that were drawn on it, in its own points.
    lines: Vec<Rect>,
    /// Its checkboxes, if they were asked for, in its own points.
    boxes: Vec<Checkbox>,
}

impl Asked {
    /// Makes a picture ready that is a page by itself.
    pub(crate) fn of_image(raster: Raster, checkboxes: bool) -> (Self, Picture) {
        let size = raster.size_points();
        let mut prepared = prepare(raster);
        let boxes = if checkboxes { take_checkboxes(&mut prepared.raster) } else { Vec::new() };
        let lines = rulings(&prepared.raster);
        if prepared.is_cut {
            prepared.erase(&lines);
            prepared.darken();
        }
        Self { prepared, size, lines, boxes }.with_picture()
    }

    /// Makes the picture ready that a page of a PDF was drawn as. It is whole, however few letters
    /// it shows.
    pub(crate) fn of_page(raster: Raster, size: (f32, f32), checkboxes: bool) -> (Self, Picture) {
        let mut prepared = prepare(raster);
        let boxes = if checkboxes { take_checkboxes(&mut prepared.raster) } else { Vec::new() };
        prepared.is_cut = false;
        let lines = rulings(&prepared.raster);
        Self { prepared, size, lines, boxes }.with_picture()
    }

    fn with_picture(self) -> (Self, Picture) {
        let pixels = &self.prepared.raster.pixels;
        let strip = self.size.1 > STRIP_PROPORTION * self.size.0;
        let arrangement = match (strip, self.prepared.is_cut) {
            (true, _) => Arrangement::Column,
            (_, true) => Arrangement::Rows,
            _ => Arrangement::Page,
        };
        let picture = Picture {
            width: pixels.width(),
            height: pixels.height(),
            pixels: pixels.as_raw().clone(),
            dpi: self.prepared.raster.dpi.round() as u32,
            arrangement,
        };
        (self, picture)
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
        }
        let known: Vec<Rect> = content.glyphs.iter().map(|glyph| glyph.rect).collect();
        content.glyphs.extend(page.glyphs.into_iter().filter(|glyph| !stands_on(glyph, &known)));
        let drawn = content.pictures.iter().fold(0.0, |area, picture| area + picture.area());
        let scanned = drawn > 0.5 * content.width * content.height;
        if scanned {
            // The picture that is the page itself is none of its pictures.
            let whole = 0.5 * content.width * content.height;
            content.pictures.retain(|picture| picture.area() < whole);
            content.pictures.extend(page.pictures);
            content.rulings.extend(on_page(&self.lines, &self.prepared));
        }
        content.glyphs_unmapped = 0;
        note_found_boxes(content, &self.boxes_on_page());
    }

    fn read(&self, text: RecognisedText) -> ReadPage {
        let pixels = &self.prepared.raster.pixels;
        let mut found = text.checked(pixels.width(), pixels.height());
        if self.prepared.is_cut {
            found.lines.iter_mut().for_each(drop_strokes);
            found.lines.retain(|line| !line.words.is_empty());
        }
        let lines = measure::measure(&found.lines, &self.prepared, self.size);
        let on_page = |area| measure::on_page(area, &self.prepared);
        ReadPage {
            glyphs: glyphs::glyphs(&lines, self.size),
            pictures: found.pictures.iter().map(on_page).collect(),
        }
    }
}

/// Drops words that are no more than a piece of a drawn line.
fn drop_strokes(line: &mut RecognisedLine) {
    line.words.retain(|word| !word.text.chars().all(|c| matches!(c, '|' | '_' | '\u{2014}')));
}

/// What a recogniser found, in points.
struct ReadPage {
    glyphs: Vec<Glyph>,
    pictures: Vec<Rect>,
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
