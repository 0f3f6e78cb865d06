//! Makes a picture of a page easier to read: upright, smooth, and large enough.

use image::GrayImage;
use image::imageops::{self, FilterType};

use super::components::letter_height;
use super::{Raster, otsu, skew};

/// Pictures of ink and paper only have this share of their pixels at both ends of the scale.
const BILEVEL_SHARE: f64 = 0.98;
/// Standard deviation, in pixels, of the blur that gives jagged edges back the grays of a scan: the
/// recogniser has learned from pictures in shades of gray.
const BILEVEL_BLUR: f32 = 0.8;
/// Letters lower than this many pixels lose their details in recognition.
const LETTER_PIXELS_MIN: f32 = 13.0;
/// The height to which lower letters are enlarged.
const LETTER_PIXELS_AIM: f32 = 22.0;
const ENLARGEMENT_MAX: f32 = 4.0;
const PIXELS_MAX: f32 = 40_000_000.0;
/// A tilt of fewer degrees is left alone.
const TILT_MIN_DEGREES: f32 = 0.4;
/// The recogniser sees letters that touch an edge badly: so many white pixels go around pictures
/// that are cut from a page, which are smaller than any page.
const MARGIN_PIXELS: u32 = 16;
const CUT_SIDE_MAX: u32 = 1200;

/// A picture ready to be read, and the way back to the page.
pub(crate) struct Prepared {
    pub raster: Raster,
    /// White pixels on each side.
    margin: f32,
}

impl Prepared {
    /// Points on the page of a place in the picture.
    pub(crate) fn to_points(&self, x: f32, y: f32) -> (f32, f32) {
        let points = self.raster.points_per_pixel();
        ((x - self.margin) * points, (y - self.margin) * points)
    }
}

/// Prepares the picture of a page. Tilted pages are straightened around their middle, so boxes are
/// those of the straightened page.
pub(crate) fn prepare(mut raster: Raster) -> Prepared {
    let tilt = skew::tilt_degrees(&raster.pixels);
    if is_bilevel(&raster.pixels) {
        raster.pixels = imageops::blur(&raster.pixels, BILEVEL_BLUR);
    }
    if tilt.abs() >= TILT_MIN_DEGREES {
        raster.pixels = skew::turned(&raster.pixels, -tilt);
    }
    let scale = enlargement(&raster.pixels);
    if scale > 1.0 {
        let side = |pixels: u32| (pixels as f32 * scale).round().max(1.0) as u32;
        let (width, height) = (side(raster.pixels.width()), side(raster.pixels.height()));
        raster.pixels = imageops::resize(&raster.pixels, width, height, FilterType::CatmullRom);
        raster.dpi *= scale;
    }
    let (width, height) = raster.pixels.dimensions();
    if width.min(height) > CUT_SIDE_MAX {
        return Prepared { raster, margin: 0.0 };
    }
    raster.pixels = framed(&raster.pixels);
    Prepared { raster, margin: MARGIN_PIXELS as f32 }
}

/// Nearly all pixels are black or white.
fn is_bilevel(pixels: &GrayImage) -> bool {
    let extreme = pixels.as_raw().iter().filter(|shade| !(8..=247).contains(*shade)).count();
    extreme as f64 >= BILEVEL_SHARE * pixels.as_raw().len() as f64
}

fn enlargement(pixels: &GrayImage) -> f32 {
    let Some(height) = letter_height(pixels, otsu(pixels)) else {
        return 1.0;
    };
    if height >= LETTER_PIXELS_MIN {
        return 1.0;
    }
    let room = (PIXELS_MAX / (pixels.width() as f32 * pixels.height() as f32)).sqrt();
    (LETTER_PIXELS_AIM / height).min(ENLARGEMENT_MAX).min(room).max(1.0)
}

fn framed(pixels: &GrayImage) -> GrayImage {
    let (width, height) = (pixels.width() + 2 * MARGIN_PIXELS, pixels.height() + 2 * MARGIN_PIXELS);
    let mut framed = GrayImage::from_pixel(width, height, image::Luma([255]));
    imageops::replace(&mut framed, pixels, i64::from(MARGIN_PIXELS), i64::from(MARGIN_PIXELS));
    framed
}
