//! The pictures of a page that has text of its own: which of them may show more text.

use image::{GrayImage, imageops};

use super::picture::{otsu, rows};
use crate::model::{PageContent, Raster, Rect};

/// Pictures that can hold a few words, in points.
const WIDTH_MIN: f32 = 36.0;
const HEIGHT_MIN: f32 = 9.0;
/// Pictures of a page that are looked at, the largest first.
const LOOKED_AT_MAX: usize = 12;
/// Pictures so close in points are strips of one.
const STRIPS_APART: f32 = 1.0;
/// Rectangles that are joined to strips; a page with more is a drawing.
const RECTS_MAX: usize = 400;
/// A picture over which so much is written is the background of typed text.
const BACKGROUND_GLYPHS: usize = 1_500;
/// Invisible glyphs from which the text of a scan was recognised before.
const RECOGNISED_GLYPHS: usize = 200;
/// Letters in rows from which a picture shows text.
const LETTERS_MIN: usize = 6;
/// Fewer letters are labels of something drawn, unless this share of the ink is in their rows.
const LABELS_MAX: usize = 40;
const WRITTEN_SHARE: f32 = 0.45;
/// How far around known glyphs a picture is hidden, in points.
const HALO: f32 = 1.0;

/// The parts of the page that may show text which its text layer lacks, from top to bottom.
pub(crate) fn candidates(content: &PageContent) -> Vec<Rect> {
    let page = Rect { x0: 0.0, y0: 0.0, x1: content.width, y1: content.height };
    let shown = content.pictures.iter().take(RECTS_MAX).map(|rect| rect.intersection(&page));
    let mut parts = joined(shown.filter(|rect| rect.area() > 0.0));
    parts.retain(|rect| {
        let written = content.glyphs.iter().filter(|glyph| rect.contains(glyph.rect.center()));
        rect.width() >= WIDTH_MIN
            && rect.height() >= HEIGHT_MIN
            && written.take(BACKGROUND_GLYPHS).count() < BACKGROUND_GLYPHS
    });
    if content.glyphs_invisible >= RECOGNISED_GLYPHS {
        return Vec::new();
    }
    parts.sort_by(|a, b| b.area().total_cmp(&a.area()));
    parts.truncate(LOOKED_AT_MAX);
    parts.sort_by(|a, b| a.y0.total_cmp(&b.y0).then(a.x0.total_cmp(&b.x0)));
    parts
}

/// Strips as the picture that they make.
fn joined(rects: impl Iterator<Item = Rect>) -> Vec<Rect> {
    let mut joined: Vec<Rect> = Vec::new();
    for mut whole in rects {
        let touches = |other: &Rect, whole: &Rect| {
            other.overlap_x(whole) >= -STRIPS_APART && other.overlap_y(whole) >= -STRIPS_APART
        };
        while let Some(at) = joined.iter().position(|other| touches(other, &whole)) {
            whole = whole.union(&joined.swap_remove(at));
        }
        joined.push(whole);
    }
    joined
}

/// Paints over the text of the page's text layer in the drawing of this part, in the shade around it.
pub(crate) fn hide_known_text(raster: &mut Raster, part: &Rect, content: &PageContent) {
    let scale = raster.dpi / 72.0;
    let (width, height) = raster.pixels.dimensions();
    let within = |at: f32, side: u32| (at * scale).clamp(0.0, side as f32) as u32;
    for glyph in content.glyphs.iter().filter(|glyph| glyph.character != ' ') {
        let Rect { x0, y0, x1, y1 } = glyph.rect;
        let xs = within(x0 - part.x0 - HALO, width)..within(x1 - part.x0 + HALO, width);
        let ys = within(y0 - part.y0 - HALO, height)..within(y1 - part.y0 + HALO, height);
        if xs.is_empty() || ys.is_empty() {
            continue;
        }
        let above = ys.start.saturating_sub(1);
        let mut around: Vec<u8> = xs
            .clone()
            .flat_map(|x| [above, ys.end.min(height - 1)].map(|y| (x, y)))
            .map(|(x, y)| raster.pixels.get_pixel(x, y).0[0])
            .collect();
        let middle = around.len() / 2;
        let shade = *around.select_nth_unstable(middle).1;
        for (x, y) in ys.flat_map(|y| xs.clone().map(move |x| (x, y))) {
            raster.pixels.put_pixel(x, y, image::Luma([shade]));
        }
    }
}

/// Whether a drawing has rows of letters, dark or light: more than labels of something drawn.
pub(crate) fn shows_text(raster: &Raster) -> bool {
    if raster.is_blank() {
        return false;
    }
    has_text(&raster.pixels) || {
        let mut turned = raster.pixels.clone();
        imageops::invert(&mut turned);
        has_text(&turned)
    }
}

fn has_text(pixels: &GrayImage) -> bool {
    let threshold = otsu(pixels);
    let (across, down) = rows(pixels, threshold);
    let rows = if across.letters >= down.letters { across } else { down };
    if rows.letters < LETTERS_MIN || rows.letters >= LABELS_MAX {
        return rows.letters >= LETTERS_MIN;
    }
    let ink = |part: &GrayImage| part.pixels().filter(|pixel| pixel.0[0] <= threshold).count();
    let of_row = |row: &Rect| {
        let [x0, y0, width, height] =
            [row.x0, row.y0, row.width(), row.height()].map(|at| at as u32);
        ink(&imageops::crop_imm(pixels, x0, y0, width, height).to_image())
    };
    let written: usize = rows.rows.iter().map(|(row, _)| of_row(row)).sum();
    written as f32 >= WRITTEN_SHARE * ink(pixels) as f32
}
