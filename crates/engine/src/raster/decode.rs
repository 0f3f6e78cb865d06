//! Image files: what kind they are, how many pages they have, and each page as a picture.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage, Rgba};

use super::Raster;
use super::resolution::dots_per_inch;
use crate::error::{Damage, Error};

/// Pixels of the largest picture that is read: a page of A2 at 600 dpi has 140 million.
const PIXELS_MAX: u64 = 150_000_000;
/// The longest side.
const SIDE_MAX: u32 = 30_000;
/// What a decoder may allocate, in bytes.
const DECODER_BYTES_MAX: u64 = 900 * 1024 * 1024;
/// Pages of a TIFF that are looked for.
const PAGES_MAX: usize = 10_000;
/// Where a file tells no resolution, a pixel is one unit of the page: 1/144 inch.
const DPI_UNKNOWN: f32 = 144.0;

/// An image file.
pub(crate) struct ImageFile {
    bytes: Vec<u8>,
    format: ImageFormat,
    /// Of a TIFF: where the directory of each page stands.
    directories: Vec<u32>,
}

impl ImageFile {
    /// Looks at the file's first bytes; `None` for what is no image that can be read.
    pub(crate) fn format_of(bytes: &[u8]) -> Option<ImageFormat> {
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        if starts(b"\x89PNG\r\n\x1a\n") {
            Some(ImageFormat::Png)
        } else if starts(b"\xff\xd8\xff") {
            Some(ImageFormat::Jpeg)
        } else if starts(b"II*\0") || starts(b"MM\0*") {
            Some(ImageFormat::Tiff)
        } else if starts(b"BM") && bytes.len() > 26 {
            Some(ImageFormat::Bmp)
        } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(ImageFormat::WebP)
        } else {
            None
        }
    }

    /// Takes in a file of this format.
    ///
    /// # Errors
    /// If it has no pages.
    pub(crate) fn new(bytes: Vec<u8>, format: ImageFormat) -> Result<Self, Error> {
        let directories = match format {
            ImageFormat::Tiff => directories(&bytes),
            _ => vec![0],
        };
        if directories.is_empty() {
            return Err(Error::UnreadableFile(Damage::Corrupt));
        }
        Ok(Self { bytes, format, directories })
    }

    /// How many pages it has.
    pub(crate) fn page_count(&self) -> usize {
        self.directories.len()
    }

    /// A page, upright and on white; `None` if it is damaged or too large.
    pub(crate) fn page(&mut self, index: usize) -> Option<Raster> {
        let image = self.image(index)?;
        let dpi = dots_per_inch(&self.bytes, self.format).unwrap_or(DPI_UNKNOWN);
        Some(Raster { pixels: on_white(image).into_luma8(), dpi })
    }

    /// A page in its colours, upright and on white; `None` if it is damaged or too large.
    pub(crate) fn colors(&mut self, index: usize) -> Option<RgbImage> {
        Some(on_white(self.image(index)?).into_rgb8())
    }

    fn image(&mut self, index: usize) -> Option<DynamicImage> {
        if self.format == ImageFormat::Tiff {
            // All places in a TIFF count from its start, so the page becomes the first by its
            // directory being named in the header.
            let place = self.directories.get(index)?;
            let little = self.bytes[0] == b'I';
            let place = if little { place.to_le_bytes() } else { place.to_be_bytes() };
            self.bytes.get_mut(4..8)?.copy_from_slice(&place);
        }
        decode(&self.bytes, self.format)
    }
}

fn decode(bytes: &[u8], format: ImageFormat) -> Option<DynamicImage> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || width == 0 || height == 0 {
        return None;
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    image.apply_orientation(orientation);
    Some(image)
}

/// The same, what is transparent being white.
fn on_white(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let mut image = image.into_rgba8();
    for Rgba([red, green, blue, alpha]) in image.pixels_mut() {
        let opaque = u16::from(*alpha);
        for shade in [red, green, blue] {
            let mixed = (u16::from(*shade) * opaque + 255 * (255 - opaque)) / 255;
            *shade = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
        *alpha = 255;
    }
    DynamicImage::ImageRgba8(image)
}

/// Where the pages of a TIFF stand, in their order; a chain that goes in circles ends at its first
/// repetition.
fn directories(bytes: &[u8]) -> Vec<u32> {
    let little = bytes.first() == Some(&b'I');
    let number = |at: usize, length: usize| -> Option<u32> {
        let part = bytes.get(at..at.checked_add(length)?)?;
        let digits = part.iter().map(|byte| u32::from(*byte));
        let add = |sum: u32, byte: u32| (sum << 8) | byte;
        Some(if little { digits.rev().fold(0, add) } else { digits.fold(0, add) })
    };
    let mut found = Vec::new();
    let mut place = number(4, 4).unwrap_or(0);
    while place != 0 && found.len() < PAGES_MAX && !found.contains(&place) {
        let Some(entries) = number(place as usize, 2) else { break };
        found.push(place);
        place = number(place as usize + 2 + entries as usize * 12, 4).unwrap_or(0);
    }
    found
}
