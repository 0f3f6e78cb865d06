//! Draws pages of PDFs.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::util::TransformExt;
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderSettings, render_into};
use hayro_syntax::page::Page;
use image::{GrayImage, RgbImage};

use crate::limits::{Excess, Limits};
use crate::model::Raster;
use crate::model::Rect;
use crate::source::pdf::{Document, check_drawing};

pub(crate) use hayro::RenderCache;

/// Pixels of the largest drawing: A4 at 300 dpi has 8.7 million.
const PIXELS_MAX: f32 = 30_000_000.0;
/// The longest side of a drawing.
const SIDE_MAX: f32 = 16_000.0;
const SIDE_MIN: f32 = 8.0;

/// Draws a page in shades of gray at this resolution, or at a lower one if it is very large.
/// `None` for a page without extent.
///
/// # Errors
/// If what it draws is beyond a limit.
pub(crate) fn draw_page<'a>(
    page: &'a Page<'a>,
    dpi: f32,
    document: &Document,
    limits: &Limits,
) -> Result<Option<Raster>, Excess> {
    let Some(drawing) = Drawing::new(page, dpi, limits)? else { return Ok(None) };
    document.take_pixels(drawing.pixels, limits)?;
    let (width, height) = drawing.size;
    let whole = Rect { x0: 0.0, y0: 0.0, x1: width, y1: height };
    let Some(colors) = drawing.part(&whole, &RenderCache::new()) else { return Ok(None) };
    Ok(Some(Raster { pixels: in_gray(&colors), dpi: drawing.scale * 72.0 }))
}

/// Draws parts of a page, given in points as displayed, as [`draw_page`] draws all of it; a part
/// without extent is `None`.
///
/// # Errors
/// If what the page draws is beyond a limit.
pub(crate) fn draw_parts<'a>(
    page: &'a Page<'a>,
    (parts, dpi): (&[Rect], f32),
    document: &Document,
    limits: &Limits,
) -> Result<Vec<Option<Raster>>, Excess> {
    let Some(drawing) = Drawing::new(page, dpi, limits)? else {
        return Ok(parts.iter().map(|_| None).collect());
    };
    document.take_pixels(drawing.pixels, limits)?;
    let cache = RenderCache::new();
    let draw = |part| {
        let pixels = in_gray(&drawing.part(part, &cache)?);
        Some(Raster { pixels, dpi: drawing.scale * 72.0 })
    };
    Ok(parts.iter().map(draw).collect())
}

fn in_gray(colors: &RgbImage) -> GrayImage {
    let mut pixels = GrayImage::new(colors.width(), colors.height());
    for (gray, color) in pixels.pixels_mut().zip(colors.pixels()) {
        // The weights of ITU-R BT.601.
        let [red, green, blue] = color.0.map(u32::from);
        gray.0[0] = u8::try_from((299 * red + 587 * green + 114 * blue) / 1000).unwrap_or(255);
    }
    pixels
}

/// A page that is to be drawn.
pub(crate) struct Drawing<'a> {
    page: &'a Page<'a>,
    /// Pixels per point.
    scale: f32,
    /// Width and height in points.
    pub size: (f32, f32),
    /// Pixels of the drawing, and of the pictures in it.
    pixels: u64,
}

impl<'a> Drawing<'a> {
    /// At this resolution, or at a lower one if the page is very large. `None` for a page without
    /// extent.
    ///
    /// # Errors
    /// If what the page draws is beyond a limit.
    pub(crate) fn new(
        page: &'a Page<'a>,
        dpi: f32,
        limits: &Limits,
    ) -> Result<Option<Self>, Excess> {
        let (width, height) = page.render_dimensions();
        if !(width.is_finite() && height.is_finite()) {
            return Ok(None);
        }
        let pictured = check_drawing(page, limits)?;
        let scale = (dpi / 72.0)
            .min((PIXELS_MAX / (width * height)).sqrt())
            .min(SIDE_MAX / width.max(height));
        let large = width * scale >= SIDE_MIN && height * scale >= SIDE_MIN;
        let pixels = pictured.saturating_add((width * height * scale * scale) as u64);
        Ok(large.then_some(Self { page, scale, size: (width, height), pixels }))
    }

    /// A part of the page, given in points as displayed, in its colours. What is drawn elsewhere on
    /// the page costs little. The cache is for pages of the same document.
    pub(crate) fn part(&self, part: &Rect, cache: &RenderCache<'a>) -> Option<RgbImage> {
        let pixel = |place: f32| (place * self.scale).round().clamp(0.0, SIDE_MAX);
        let (x0, y0) = (pixel(part.x0), pixel(part.y0));
        let (width, height) = ((pixel(part.x1) - x0) as u16, (pixel(part.y1) - y0) as u16);
        if width == 0 || height == 0 {
            return None;
        }
        let mut context = RenderContext::new(width, height);
        let transform = Affine::translate((-f64::from(x0), -f64::from(y0)))
            * Affine::scale(f64::from(self.scale))
            * self.page.initial_transform(true).to_kurbo();
        let settings = RenderSettings::default();
        let interpreting = InterpreterSettings::default();
        render_into(self.page, cache, &interpreting, &settings, &mut context, transform);
        context.flush();
        let mut pixmap = Pixmap::new(width, height);
        let white =
            RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..Default::default() };
        context.render_with(&mut pixmap, &mut Resources::default(), white);
        // On white nothing is left transparent.
        let pixels = pixmap.data_as_u8_slice().chunks_exact(4);
        let colors = pixels.flat_map(|color| [color[0], color[1], color[2]]).collect();
        RgbImage::from_raw(u32::from(width), u32::from(height), colors)
    }
}
