//! Draws pages of PDFs.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use hayro_syntax::page::Page;
use image::{GrayImage, RgbImage};

use super::Raster;

/// Pixels of the largest drawing: A4 at 300 dpi has 8.7 million.
const PIXELS_MAX: f32 = 30_000_000.0;
/// The longest side of a drawing.
const SIDE_MAX: f32 = 16_000.0;
const SIDE_MIN: f32 = 8.0;

/// Draws a page in shades of gray at this resolution, or at a lower one if it is very large.
/// `None` for a page without extent.
pub(crate) fn draw_page<'a>(page: &'a Page<'a>, dpi: f32) -> Option<Raster> {
    let (colors, dpi) = draw_colors(page, dpi)?;
    let mut pixels = GrayImage::new(colors.width(), colors.height());
    for (gray, color) in pixels.pixels_mut().zip(colors.pixels()) {
        // The weights of ITU-R BT.601.
        let [red, green, blue] = color.0.map(u32::from);
        gray.0[0] = u8::try_from((299 * red + 587 * green + 114 * blue) / 1000).unwrap_or(255);
    }
    Some(Raster { pixels, dpi })
}

/// Draws a page in its colours; the second value is the resolution that was possible.
pub(crate) fn draw_colors<'a>(page: &'a Page<'a>, dpi: f32) -> Option<(RgbImage, f32)> {
    let (width, height) = page.render_dimensions();
    if !(width.is_finite() && height.is_finite()) {
        return None;
    }
    let scale =
        (dpi / 72.0).min((PIXELS_MAX / (width * height)).sqrt()).min(SIDE_MAX / width.max(height));
    if width * scale < SIDE_MIN || height * scale < SIDE_MIN {
        return None;
    }
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let pixmap = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &settings,
    );
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    // On white nothing is left transparent.
    let colors =
        pixmap.data_as_u8_slice().chunks_exact(4).flat_map(|color| [color[0], color[1], color[2]]);
    Some((RgbImage::from_raw(width, height, colors.collect())?, scale * 72.0))
}
