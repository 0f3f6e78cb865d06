//! How far a scanned page is tilted, and how it is straightened.

use image::imageops::{self, FilterType};
use image::{GrayImage, Luma};

use super::threshold::otsu;

/// Pages are judged at about this width in pixels.
const WIDTH: u32 = 800;
/// The largest tilt that is looked for, in degrees.
const TILT_MAX: f32 = 8.0;
const STEP_COARSE: f32 = 0.5;
const STEP_FINE: f32 = 0.1;
/// Ink tells nothing of a tilt unless straight rows of it are this much sharper than untilted ones.
const GAIN_MIN: f64 = 1.08;

/// The tilt of a page's rows in degrees, positive if they fall to the right; 0 if no tilt can be
/// told. The angle is the one along which the ink of rows gathers best: the sum of squared
/// differences of neighbouring rows' ink is greatest (W. Postl, Detection of linear oblique
/// structures and skew scan in digitized documents, 1986).
pub(super) fn tilt_degrees(pixels: &GrayImage) -> f32 {
    let ink = ink(pixels);
    if ink.len() < 200 {
        return 0.0;
    }
    let level = sharpness(&ink, 0.0);
    let steps = (TILT_MAX / STEP_COARSE) as i32;
    let coarse = (-steps..=steps).map(|step| step as f32 * STEP_COARSE);
    let (rough, _) = best(&ink, coarse, (0.0, level));
    let around = (STEP_COARSE / STEP_FINE) as i32;
    let fine = (-around..=around).map(|step| rough + step as f32 * STEP_FINE);
    let (angle, found) = best(&ink, fine, (0.0, level));
    // At the end of the range the true angle lies beyond: it is no tilt but something drawn.
    if found < level * GAIN_MIN || angle.abs() >= TILT_MAX { 0.0 } else { angle }
}

fn best(ink: &[(f32, f32)], angles: impl Iterator<Item = f32>, start: (f32, f64)) -> (f32, f64) {
    angles
        .map(|angle| (angle, sharpness(ink, angle)))
        .fold(start, |best, other| if other.1 > best.1 { other } else { best })
}

/// Places of ink in a small copy, from its middle.
fn ink(pixels: &GrayImage) -> Vec<(f32, f32)> {
    let shrink = (pixels.width().max(pixels.height()) as f32 / (1.3 * WIDTH as f32)).max(1.0);
    let side = |pixels: u32| ((pixels as f32 / shrink) as u32).max(1);
    let (width, height) = (side(pixels.width()), side(pixels.height()));
    let small = imageops::resize(pixels, width, height, FilterType::Triangle);
    let threshold = otsu(&small);
    let (middle_x, middle_y) = (width as f32 / 2.0, height as f32 / 2.0);
    small
        .enumerate_pixels()
        .filter(|(_, _, pixel)| pixel.0[0] <= threshold)
        .map(|(x, y, _)| (x as f32 - middle_x, y as f32 - middle_y))
        .collect()
}

fn sharpness(ink: &[(f32, f32)], degrees: f32) -> f64 {
    let slope = degrees.to_radians().tan();
    let mut rows = vec![0_u32; 4096];
    for (x, y) in ink {
        let row = (y - x * slope + 2048.0) as usize;
        if let Some(count) = rows.get_mut(row) {
            *count += 1;
        }
    }
    rows.windows(2)
        .map(|pair| f64::from(pair[0]) - f64::from(pair[1]))
        .map(|step| step * step)
        .sum()
}

/// Turned by so many degrees with the clock around its middle; what comes in from outside is white.
pub(super) fn turned(pixels: &GrayImage, degrees: f32) -> GrayImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = pixels.dimensions();
    let (middle_x, middle_y) = (width as f32 / 2.0, height as f32 / 2.0);
    GrayImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
        let from_x = middle_x + cos * dx + sin * dy;
        let from_y = middle_y - sin * dx + cos * dy;
        Luma([sampled(pixels, from_x, from_y)])
    })
}

/// Between the four pixels around a place, by their distance.
fn sampled(pixels: &GrayImage, x: f32, y: f32) -> u8 {
    let (x0, y0) = (x.floor(), y.floor());
    let (right, down) = (x - x0, y - y0);
    let shade = |dx: f32, dy: f32| -> f32 {
        let (x, y) = (x0 + dx, y0 + dy);
        if x < 0.0 || y < 0.0 {
            return 255.0;
        }
        let pixel = pixels.get_pixel_checked(x as u32, y as u32);
        pixel.map_or(255.0, |pixel| f32::from(pixel.0[0]))
    };
    let upper = shade(0.0, 0.0) * (1.0 - right) + shade(1.0, 0.0) * right;
    let lower = shade(0.0, 1.0) * (1.0 - right) + shade(1.0, 1.0) * right;
    (upper * (1.0 - down) + lower * down).round() as u8
}
