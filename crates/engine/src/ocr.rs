//! Reads the text of a page's picture: makes the picture ready, asks the recogniser, and turns its
//! answer into glyphs, so that everything after works as on a text layer.

mod glyphs;
mod hocr;
mod measure;

use crate::geometry::Rect;
use crate::models::{Arrangement, Models, OcrFault, Picture};
use crate::pdf::{Glyph, PageContent};
use crate::raster::{Prepared, Raster, prepare, rulings};

/// Pages that are this much higher than wide are strips such as till receipts: one column, in which
/// looking for columns does harm. Sheets of paper have 1.3 to 1.42, long ones 1.55.
const STRIP_PROPORTION: f32 = 1.6;

/// Reads a page that is nothing but a picture.
///
/// # Errors
/// If the recogniser does not read it.
pub(crate) fn read_picture(raster: Raster, models: &dyn Models) -> Result<PageContent, OcrFault> {
    let (width, height) = raster.size_points();
    let mut content = PageContent { width, height, ..PageContent::default() };
    let mut prepared = prepare(raster);
    let lines = rulings(&prepared.raster);
    if prepared.is_cut {
        prepared.erase(&lines);
        prepared.darken();
        content.is_cut = true;
    }
    let page = read(&prepared, models, (width, height))?;
    content.rulings = on_page(lines, &prepared);
    content.glyphs = page.glyphs;
    content.pictures = page.pictures;
    Ok(content)
}

/// Adds to a page of a PDF what its picture shows: to its text, where `keep_text` holds, else
/// instead of it.
///
/// # Errors
/// If the recogniser does not read it; the page is unchanged then.
pub(crate) fn complete(
    content: &mut PageContent,
    raster: Raster,
    models: &dyn Models,
    keep_text: bool,
) -> Result<(), OcrFault> {
    // The page of a PDF is whole, however few letters it shows.
    let mut prepared = prepare(raster);
    prepared.is_cut = false;
    let page = read(&prepared, models, (content.width, content.height))?;
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
        content.rulings.extend(on_page(rulings(&prepared.raster), &prepared));
    }
    content.glyphs_unmapped = 0;
    Ok(())
}

/// What a recogniser found, in points.
struct ReadPage {
    glyphs: Vec<Glyph>,
    pictures: Vec<Rect>,
}

fn read(prepared: &Prepared, models: &dyn Models, size: (f32, f32)) -> Result<ReadPage, OcrFault> {
    let pixels = &prepared.raster.pixels;
    let strip = size.1 > STRIP_PROPORTION * size.0;
    let arrangement = match (strip, prepared.is_cut) {
        (true, _) => Arrangement::Column,
        (_, true) => Arrangement::Rows,
        _ => Arrangement::Page,
    };
    let picture = Picture {
        width: pixels.width(),
        height: pixels.height(),
        pixels: pixels.as_raw().clone(),
        dpi: prepared.raster.dpi.round() as u32,
        arrangement,
    };
    let answer = models.read_text(picture)?;
    let mut found = hocr::read(&answer).ok_or(OcrFault::Failed)?;
    if prepared.is_cut {
        found.lines.iter_mut().for_each(hocr::FoundLine::drop_strokes);
        found.lines.retain(|line| !line.words.is_empty());
    }
    let lines = measure::measure(&found.lines, prepared, size);
    Ok(ReadPage {
        glyphs: glyphs::glyphs(&lines, size),
        pictures: found.pictures.iter().map(|area| measure::on_page(area, prepared)).collect(),
    })
}

fn on_page(rulings: Vec<Rect>, prepared: &Prepared) -> Vec<Rect> {
    let (left, top) = prepared.to_points(0.0, 0.0);
    let moved = |rect: Rect| Rect {
        x0: rect.x0 + left,
        y0: rect.y0 + top,
        x1: rect.x1 + left,
        y1: rect.y1 + top,
    };
    rulings.into_iter().map(moved).collect()
}

/// A glyph of the picture where the page's own text already stands.
fn stands_on(glyph: &Glyph, known: &[Rect]) -> bool {
    let middle = glyph.rect.center();
    known.iter().any(|rect| rect.contains(middle))
}
