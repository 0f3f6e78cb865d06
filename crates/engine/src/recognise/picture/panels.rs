//! Dark panels with light letters, such as the heads of tables and banners: made light with dark
//! letters, which recognisers read better.

use image::{GrayImage, imageops};

use super::components::patches;
use super::rows::rows;
use super::threshold::otsu;
use crate::model::Rect;

/// The smallest panel in pixels.
const WIDTH_MIN: f32 = 40.0;
const HEIGHT_MIN: f32 = 12.0;
/// A panel is filled to this share at least: the rest are its letters.
const FILL_MIN: f32 = 0.55;
/// Letters from which it is a panel of text.
const LETTERS_MIN: usize = 4;
/// Panels that are looked at, the first from the top.
const PANELS_MAX: usize = 60;
/// Shades between panel and letters; less is a texture.
const CONTRAST_MIN: f32 = 40.0;

/// Turns the shades of dark panels with letters in them.
pub(crate) fn brighten_panels(pixels: &mut GrayImage) {
    let threshold = otsu(pixels);
    let rects = patches(pixels, threshold).into_iter().map(|patch| patch.rect());
    let large = |rect: &Rect| rect.width() >= WIDTH_MIN && rect.height() >= HEIGHT_MIN;
    let panels: Vec<Rect> = rects.filter(large).take(PANELS_MAX).collect();
    for panel in panels {
        let (x, y) = (panel.x0 as u32, panel.y0 as u32);
        let (width, height) = (panel.width() as u32, panel.height() as u32);
        let part = imageops::crop_imm(pixels, x, y, width, height).to_image();
        let ink = part.as_raw().iter().filter(|shade| **shade <= threshold).count();
        if (ink as f32) < FILL_MIN * part.as_raw().len() as f32 {
            continue;
        }
        let Some(bright) = turned(&part) else { continue };
        let (across, down) = rows(&bright, otsu(&bright));
        if across.letters.max(down.letters) >= LETTERS_MIN {
            imageops::replace(pixels, &bright, i64::from(x), i64::from(y));
        }
    }
}

/// The panel white and its letters black; `None` if it has no letters that differ enough.
fn turned(part: &GrayImage) -> Option<GrayImage> {
    let mut shades: Vec<u8> = part.as_raw().clone();
    let middle = shades.len() / 2;
    let dark = f32::from(*shades.select_nth_unstable(middle).1);
    let bright = f32::from(*shades.iter().max()?);
    if bright - dark < CONTRAST_MIN {
        return None;
    }
    let mut turned = part.clone();
    for pixel in turned.pixels_mut() {
        let shade = f32::from(pixel.0[0]);
        pixel.0[0] = (255.0 * (bright - shade) / (bright - dark)).clamp(0.0, 255.0) as u8;
    }
    Some(turned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    fn fill(pixels: &mut GrayImage, [x, y, width, height]: [u32; 4], shade: u8) {
        for (x, y) in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
            pixels.put_pixel(x, y, Luma([shade]));
        }
    }

    #[test]
    fn light_letters_on_a_dark_panel_become_dark_on_light() {
        let mut pixels = GrayImage::from_pixel(300, 200, Luma([250]));
        fill(&mut pixels, [20, 20, 200, 30], 60);
        (0..8).for_each(|at| fill(&mut pixels, [40 + 12 * at, 30, 8, 10], 240));
        // A dark picture without letters stays.
        fill(&mut pixels, [20, 100, 200, 60], 60);
        fill(&mut pixels, [60, 120, 90, 20], 180);
        brighten_panels(&mut pixels);
        let shade = |x, y| pixels.get_pixel(x, y).0[0];
        assert_eq!((shade(25, 25), shade(42, 35), shade(10, 10)), (255, 0, 250));
        assert_eq!((shade(25, 105), shade(70, 130)), (60, 180));
    }
}
