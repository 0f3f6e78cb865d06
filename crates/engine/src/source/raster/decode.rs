//! Image files: what kind they are, how many pages they have, and each page as a picture.

use std::collections::HashSet;
use std::io::Cursor;

use docket_contract::format::Format;
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits as ImageLimits, RgbImage, Rgba,
    imageops,
};

use super::resolution::dots_per_inch;
use crate::error::{Damage, Error};
use crate::limits::{Excess, Limit, Limits};
use crate::model::Raster;

/// The longest side of a picture.
const SIDE_MAX: u32 = 100_000;
/// A picture with more pixels is made smaller before it is looked at: A4 at 600 dots per inch has 35
/// million, and recognisers need half of that resolution.
const PIXELS_NEEDED: u64 = 40_000_000;
/// A picture whose shades differ by less shows nothing.
const SHADES_MIN: u8 = 8;
/// Pixels that a byte of the file may stand for on average. Pages of text reach 2,500.
const PIXELS_PER_BYTE: u64 = 5_000;
/// Where a file tells no resolution, a pixel is one unit of the page: 1/144 inch.
const DPI_UNKNOWN: f32 = 144.0;

/// An image file.
pub(crate) struct ImageFile {
    bytes: Vec<u8>,
    format: ImageFormat,
    /// Of a TIFF: where the directory of each page stands.
    directories: Vec<u32>,
    limits: Limits,
    /// Pixels of the pages that were read so far.
    pixels: u64,
}

impl ImageFile {
    /// Takes in a file of this format.
    ///
    /// # Errors
    /// If it has no pages, or more than the limit allows.
    pub(crate) fn new(bytes: Vec<u8>, format: Format, limits: &Limits) -> Result<Self, Error> {
        let format = image_format(format).ok_or(Error::UnreadableFile(Damage::Corrupt))?;
        let directories = match format {
            ImageFormat::Tiff => directories(&bytes, limits)?,
            _ => vec![0],
        };
        if directories.is_empty() {
            return Err(Error::UnreadableFile(Damage::Corrupt));
        }
        Ok(Self { bytes, format, directories, limits: limits.clone(), pixels: 0 })
    }

    /// How many pages it has.
    pub(crate) fn page_count(&self) -> usize {
        self.directories.len()
    }

    /// A page, upright and on white; `None` if it is damaged.
    ///
    /// # Errors
    /// If it is larger than a limit allows.
    pub(crate) fn page(&mut self, index: usize) -> Result<Option<Raster>, Excess> {
        let Some(image) = self.image(index)? else { return Ok(None) };
        let dpi = dots_per_inch(&self.bytes, self.format).unwrap_or(DPI_UNKNOWN);
        Ok(Some(reduced(Raster { pixels: on_white(image).into_luma8(), dpi })))
    }

    /// A page in its colours, upright and on white; `None` if it is damaged or too large.
    pub(crate) fn colors(&mut self, index: usize) -> Option<RgbImage> {
        Some(on_white(self.image(index).ok()??).into_rgb8())
    }

    fn image(&mut self, index: usize) -> Result<Option<DynamicImage>, Excess> {
        if self.format == ImageFormat::Tiff && self.turn_to(index).is_none() {
            return Ok(None);
        }
        let Some((decoder, pixels)) = decoder(&self.bytes, self.format, &self.limits)? else {
            return Ok(None);
        };
        self.pixels = self.pixels.saturating_add(pixels);
        let many = PIXELS_PER_BYTE.saturating_mul(self.bytes.len() as u64);
        self.limits.check(Limit::DocumentPixels, self.pixels.saturating_sub(many))?;
        Ok(decode(decoder))
    }

    /// All places in a TIFF count from its start, so a page becomes the first by its directory being
    /// named in the header.
    fn turn_to(&mut self, index: usize) -> Option<()> {
        let place = self.directories.get(index)?;
        let little = self.bytes[0] == b'I';
        let place = if little { place.to_le_bytes() } else { place.to_be_bytes() };
        self.bytes.get_mut(4..8)?.copy_from_slice(&place);
        Some(())
    }
}

impl Raster {
    /// It shows nothing.
    pub(crate) fn is_blank(&self) -> bool {
        let shades = self.pixels.as_raw();
        let (darkest, brightest) = shades
            .iter()
            .fold((u8::MAX, 0), |(low, high), shade| (low.min(*shade), high.max(*shade)));
        brightest.saturating_sub(darkest) < SHADES_MIN
    }
}

/// A very large picture at a lower resolution.
fn reduced(raster: Raster) -> Raster {
    let (width, height) = raster.pixels.dimensions();
    let factor = (1..).find(|factor: &u32| {
        u64::from(width / factor) * u64::from(height / factor) <= PIXELS_NEEDED
    });
    match factor {
        None | Some(1) => raster,
        Some(factor) => {
            let (width, height) = ((width / factor).max(1), (height / factor).max(1));
            let pixels = imageops::thumbnail(&raster.pixels, width, height);
            Raster { pixels, dpi: raster.dpi / factor as f32 }
        }
    }
}

/// The decoder's name for a format, if it is one of images.
fn image_format(format: Format) -> Option<ImageFormat> {
    match format {
        Format::Png => Some(ImageFormat::Png),
        Format::Jpeg => Some(ImageFormat::Jpeg),
        Format::Tiff => Some(ImageFormat::Tiff),
        Format::Bmp => Some(ImageFormat::Bmp),
        Format::WebP => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// A decoder that has read the header of its picture.
type Decoder<'b> = Box<dyn ImageDecoder + 'b>;

/// What decodes a picture, and how many pixels it has by its header.
fn decoder<'b>(
    bytes: &'b [u8],
    format: ImageFormat,
    limits: &Limits,
) -> Result<Option<(Decoder<'b>, u64)>, Excess> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = ImageLimits::default();
    allowed.max_image_width = Some(SIDE_MAX);
    allowed.max_image_height = Some(SIDE_MAX);
    allowed.max_alloc = Some(2 * limits.picture_bytes);
    reader.limits(allowed);
    let Ok(decoder) = reader.into_decoder() else { return Ok(None) };
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    limits.check(Limit::Pixels, pixels)?;
    limits.check(Limit::PictureBytes, decoder.total_bytes())?;
    Ok((pixels > 0).then(|| (Box::new(decoder) as Decoder<'b>, pixels)))
}

fn decode(mut decoder: Decoder<'_>) -> Option<DynamicImage> {
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
fn directories(bytes: &[u8], limits: &Limits) -> Result<Vec<u32>, Excess> {
    let little = bytes.first() == Some(&b'I');
    let number = |at: usize, length: usize| -> Option<u32> {
        let part = bytes.get(at..at.checked_add(length)?)?;
        let digits = part.iter().map(|byte| u32::from(*byte));
        let add = |sum: u32, byte: u32| (sum << 8) | byte;
        Some(if little { digits.rev().fold(0, add) } else { digits.fold(0, add) })
    };
    let (mut found, mut known) = (Vec::new(), HashSet::new());
    let mut place = number(4, 4).unwrap_or(0);
    while place != 0 && known.insert(place) {
        let Some(entries) = number(place as usize, 2) else { break };
        found.push(place);
        limits.check(Limit::ImagePages, found.len() as u64)?;
        place = number(place as usize + 2 + entries as usize * 12, 4).unwrap_or(0);
    }
    Ok(found)
}
