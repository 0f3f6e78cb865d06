//! Pages as pictures.

use image::GrayImage;

/// A page as a picture.
#[derive(Clone, Debug)]
pub(crate) struct Raster {
    pub pixels: GrayImage,
    /// Dots per inch.
    pub dpi: f32,
}

impl Raster {
    /// Points (1/72 inch) per pixel.
    pub(crate) fn points_per_pixel(&self) -> f32 {
        72.0 / self.dpi
    }

    /// Width and height in points.
    pub(crate) fn size_points(&self) -> (f32, f32) {
        let points = self.points_per_pixel();
        (self.pixels.width() as f32 * points, self.pixels.height() as f32 * points)
    }
}
