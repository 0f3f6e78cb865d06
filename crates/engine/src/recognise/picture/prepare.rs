//! Makes a picture of a page easier to read: upright, smooth, and large enough.

use image::GrayImage;
use image::imageops::{self, FilterType};

use super::components::letter_height;
use super::skew;
use super::threshold::otsu;
use crate::model::Raster;
use crate::model::Rect;

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

/// Pictures with less room than this for letters above one another, in heights of small letters,
/// are cut from a page: a whole page of A4 or Letter has room for 110 and more.
const CUT_LETTERS_MAX: f32 = 100.0;
/// Higher pictures, as multiples of their width, have columns of their own kind: receipts, strips.
const CUT_PROPORTION_MAX: f32 = 1.2;
/// Standard deviation in pixels of the blur after an enlargement, which hides the pixels of before.
const ENLARGED_BLUR: f32 = 1.0;
/// Thin letters of small pictures are pale: shades of ink are darkened by this power.
const PALE_GAMMA: f32 = 2.2;

/// A picture ready to be read, and the way back to the page.
pub(crate) struct Prepared {
    pub raster: Raster,
    /// It is a small part of a page, with rows of text over its whole width.
    pub is_cut: bool,
    /// White pixels on each side.
    margin: f32,
    /// By how much it was enlarged.
    scale: f32,
    /// Where its upper left corner stands on the page, in points.
    pub origin: (f32, f32),
}

impl Prepared {
    /// Points on the page of a place in the picture.
    pub(crate) fn to_points(&self, x: f32, y: f32) -> (f32, f32) {
        let points = self.raster.points_per_pixel();
        let (left, top) = self.origin;
        (left + (x - self.margin) * points, top + (y - self.margin) * points)
    }

    /// Whitens lines, given in points of the picture: they lead recognisers astray. With
    /// them goes the pixel of gray that they had on either side before the picture was enlarged.
    pub(crate) fn erase(&mut self, lines: &[Rect]) {
        let points = self.raster.points_per_pixel();
        let (width, height) = self.raster.pixels.dimensions();
        let beside = self.scale.ceil() as i64;
        for line in lines {
            let pixel = |at: f32| (at / points).round() as i64;
            let span = |from: f32, to: f32, side: u32| {
                let within = |pixel: i64| pixel.clamp(0, i64::from(side)) as u32;
                within(pixel(from) - beside)..within(pixel(to) + beside)
            };
            for y in span(line.y0, line.y1, height) {
                for x in span(line.x0, line.x1, width) {
                    self.raster.pixels.put_pixel(x, y, image::Luma([255]));
                }
            }
        }
    }

    /// Makes pale ink darker.
    pub(crate) fn darken(&mut self) {
        let darker = |shade: u8| (255.0 * (f32::from(shade) / 255.0).powf(PALE_GAMMA)) as u8;
        let table: Vec<u8> = (0..=255).map(darker).collect();
        for pixel in self.raster.pixels.pixels_mut() {
            pixel.0[0] = table[usize::from(pixel.0[0])];
        }
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
    let letters = letter_height(&raster.pixels, otsu(&raster.pixels));
    let is_cut = letters.is_some_and(|height| is_cut(&raster.pixels, height));
    let scale = enlargement(&raster.pixels, letters);
    if scale > 1.0 {
        let side = |pixels: u32| (pixels as f32 * scale).round().max(1.0) as u32;
        let (width, height) = (side(raster.pixels.width()), side(raster.pixels.height()));
        raster.pixels = imageops::resize(&raster.pixels, width, height, FilterType::CatmullRom);
        if is_cut {
            raster.pixels = imageops::blur(&raster.pixels, ENLARGED_BLUR);
        }
        raster.dpi *= scale;
    }
    let (width, height) = raster.pixels.dimensions();
    if width.min(height) > CUT_SIDE_MAX && !is_cut {
        return Prepared { raster, is_cut, margin: 0.0, scale, origin: (0.0, 0.0) };
    }
    raster.pixels = framed(&raster.pixels);
    Prepared { raster, is_cut, margin: MARGIN_PIXELS as f32, scale, origin: (0.0, 0.0) }
}

fn is_cut(pixels: &GrayImage, letters: f32) -> bool {
    let (width, height) = (pixels.width() as f32, pixels.height() as f32);
    height < CUT_LETTERS_MAX * letters && height < CUT_PROPORTION_MAX * width
}

/// Nearly all pixels are black or white.
fn is_bilevel(pixels: &GrayImage) -> bool {
    let extreme = pixels.as_raw().iter().filter(|shade| !(8..=247).contains(*shade)).count();
    extreme as f64 >= BILEVEL_SHARE * pixels.as_raw().len() as f64
}

fn enlargement(pixels: &GrayImage, letters: Option<f32>) -> f32 {
    let Some(height) = letters else {
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
