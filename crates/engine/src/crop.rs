//! Pictures of segments: cuts them out of their drawn pages.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use docket_contract::document::PAGE_UNITS_PER_POINT;
use docket_contract::{BoundingBox, ParseResult, Segment, SegmentType};
use image::{ImageFormat, RgbImage, imageops};
use uuid::Uuid;

use crate::kind::{Kind, kind};
use crate::pdf::open;
use crate::raster::{ImageFile, draw_colors};

/// Pages are drawn with one pixel per page unit.
const DPI: f32 = 72.0 * PAGE_UNITS_PER_POINT as f32;
/// Pictures of one document; a document with more keeps the first.
const PICTURES_MAX: usize = 500;
/// Bytes of all pictures of one document.
const BYTES_MAX: usize = 256 * 1024 * 1024;
/// Narrower cuts show nothing.
const SIDE_MIN: u32 = 4;

/// A picture as a PNG file, under the id that its segment names it by.
pub type PictureFile = (Uuid, Vec<u8>);

/// Cuts out the segments of these kinds and names the files in them. A page that cannot be drawn
/// has no pictures. `before_page` is called before a page is drawn.
#[must_use]
pub fn crop(
    document: Vec<u8>,
    password: Option<&str>,
    kinds: &[SegmentType],
    result: &mut ParseResult,
    before_page: &mut dyn FnMut(),
) -> Vec<PictureFile> {
    let mut by_page: BTreeMap<usize, Vec<&mut Segment>> = BTreeMap::new();
    let wanted = |segment: &&mut Segment| {
        let kind = SegmentType::from_any_name(&segment.segment_type);
        segment.bbox.is_some() && kind.is_some_and(|kind| kinds.contains(&kind))
    };
    for segment in result.every_segment_mut().filter(wanted).take(PICTURES_MAX) {
        by_page.entry(segment.page_number).or_default().push(segment);
    }
    if by_page.is_empty() {
        return Vec::new();
    }
    let Some(mut pages) = Pages::open(document, password) else {
        return Vec::new();
    };
    let mut files: Vec<PictureFile> = Vec::new();
    let mut bytes = 0;
    for (page, segments) in by_page {
        before_page();
        let drawn = catch_unwind(AssertUnwindSafe(|| pages.draw(page - 1)));
        let Some(drawn) = drawn.ok().flatten() else { continue };
        for segment in segments {
            let Some(file) = cut(&drawn, segment).filter(|_| bytes < BYTES_MAX) else { continue };
            bytes += file.len();
            let id = Uuid::new_v5(&segment.segment_id, b"image");
            segment.image = Some(id.to_string());
            files.push((id, file));
        }
    }
    files
}

/// A document whose pages can be drawn.
enum Pages {
    Pdf(Box<crate::pdf::Document>),
    Images(ImageFile),
}

impl Pages {
    fn open(document: Vec<u8>, password: Option<&str>) -> Option<Self> {
        match kind(&document, None) {
            Some(Kind::Image(format)) => ImageFile::new(document, format).ok().map(Self::Images),
            Some(Kind::Office(_)) => None,
            Some(Kind::Pdf) | None => open(document, password).ok().map(Box::new).map(Self::Pdf),
        }
    }

    fn draw(&mut self, index: usize) -> Option<RgbImage> {
        match self {
            Self::Pdf(document) => Some(draw_colors(document.pdf.pages().get(index)?, DPI)?.0),
            Self::Images(file) => file.colors(index),
        }
    }
}

/// The part of a drawn page that a segment covers, as a PNG file.
fn cut(page: &RgbImage, segment: &Segment) -> Option<Vec<u8>> {
    let BoundingBox { left, top, width, height } = segment.bbox?;
    let across = f64::from(page.width()) / segment.page_width;
    let down = f64::from(page.height()) / segment.page_height;
    let pixel = |place: f64, most: u32| place.round().clamp(0.0, f64::from(most)) as u32;
    let (x0, x1) =
        (pixel(left * across, page.width()), pixel((left + width) * across, page.width()));
    let (y0, y1) = (pixel(top * down, page.height()), pixel((top + height) * down, page.height()));
    if x1.saturating_sub(x0) < SIDE_MIN || y1.saturating_sub(y0) < SIDE_MIN {
        return None;
    }
    let part = imageops::crop_imm(page, x0, y0, x1 - x0, y1 - y0).to_image();
    let mut file = Cursor::new(Vec::new());
    part.write_to(&mut file, ImageFormat::Png).ok()?;
    Some(file.into_inner())
}
