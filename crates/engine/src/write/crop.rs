//! Pictures of segments: cuts them out of their drawn pages.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use docket_contract::document::PAGE_UNITS_PER_POINT;
use docket_contract::{BoundingBox, ParseResult, Segment, SegmentType};
use hayro_syntax::page::Page;
use image::{ImageFormat, RgbImage, imageops};
use uuid::Uuid;

use super::frame::Frame;
use crate::limits::Limits;
use crate::model::Rect;
use crate::source::ahead::with_pages;
use crate::source::kind::{Kind, kind};
use crate::source::pdf::open;
use crate::source::raster::{Drawing, ImageFile, RenderCache};

/// Pages are drawn with one pixel per page unit.
const DPI: f32 = 72.0 * PAGE_UNITS_PER_POINT as f32;
/// Pictures of one document; a document with more keeps the first.
const PICTURES_MAX: usize = 500;
/// Bytes of all pictures of one document.
const BYTES_MAX: usize = 256 * 1024 * 1024;
/// Of a page with more pictures the whole is drawn once.
const PARTS_MAX: usize = 3;
/// Narrower cuts show nothing.
const SIDE_MIN: u32 = 4;

/// A picture as a PNG file, under the id that its segment names it by.
pub type PictureFile = (Uuid, Vec<u8>);

/// Which segments are wanted as pictures, and how the document opens.
#[derive(Clone, Copy, Debug)]
pub struct CropRequest<'a> {
    /// The kinds of segments.
    pub kinds: &'a [SegmentType],
    /// Opens the document if the empty password does not.
    pub password: Option<&'a str>,
    /// Threads that may draw pages, at least 1.
    pub threads: usize,
    /// What the document may hold.
    pub limits: &'a Limits,
}

/// Cuts out the segments of these kinds and names the files in them. `places` has where segments
/// stand; a page that cannot be drawn has no pictures. `progress` is called for every page that was
/// drawn.
#[must_use]
pub(crate) fn crop(
    document: Vec<u8>,
    request: CropRequest<'_>,
    (result, places): (&mut ParseResult, &HashMap<Uuid, Frame>),
    progress: &mut dyn FnMut(),
) -> Vec<PictureFile> {
    let place = |segment: &Segment| Place::of(places.get(&segment.segment_id)?);
    let mut by_page: BTreeMap<usize, Vec<&mut Segment>> = BTreeMap::new();
    let wanted = |segment: &&mut Segment| {
        let kind = SegmentType::from_any_name(&segment.segment_type);
        place(segment).is_some() && kind.is_some_and(|kind| request.kinds.contains(&kind))
    };
    for segment in result.every_segment_mut().filter(wanted).take(PICTURES_MAX) {
        by_page.entry(segment.page_number).or_default().push(segment);
    }
    let cuts: Vec<Cuts> = by_page
        .iter()
        .map(|(page, segments)| Cuts {
            page: page - 1,
            places: segments.iter().filter_map(|segment| place(segment)).collect(),
        })
        .collect();
    let mut files: Vec<PictureFile> = Vec::new();
    let mut bytes = 0;
    let mut segments = by_page.into_values();
    each_page(document, request, &cuts, &mut |drawn| {
        progress();
        let cut = segments.next().into_iter().flatten().zip(drawn.unwrap_or_default());
        for (segment, file) in cut {
            let Some(file) = file.filter(|_| bytes < BYTES_MAX) else { continue };
            bytes += file.len();
            let id = Uuid::new_v5(&segment.segment_id, b"image");
            segment.image = Some(id.to_string());
            files.push((id, file));
        }
    });
    files
}

/// What is to be cut out of a page, given by its index.
struct Cuts {
    page: usize,
    places: Vec<Place>,
}

/// A box in parts of the page's width and height.
#[derive(Clone, Copy)]
struct Place(Rect);

impl Place {
    const WHOLE: Self = Self(Rect { x0: 0.0, y0: 0.0, x1: 1.0, y1: 1.0 });

    fn of(frame: &Frame) -> Option<Self> {
        let BoundingBox { left, top, width, height } = frame.bbox?;
        let (across, down) = frame.page;
        let part = |place: f64, whole: f64| (place / whole).clamp(0.0, 1.0) as f32;
        Some(Self(Rect {
            x0: part(left, across),
            y0: part(top, down),
            x1: part(left + width, across),
            y1: part(top + height, down),
        }))
    }

    fn on(&self, width: f32, height: f32) -> Rect {
        let Rect { x0, y0, x1, y1 } = self.0;
        Rect { x0: x0 * width, y0: y0 * height, x1: x1 * width, y1: y1 * height }
    }
}

/// The files of a page, one for each place; a place that shows nothing has none.
type Drawn = Vec<Option<Vec<u8>>>;

/// Draws page after page and hands over what was cut out of each; `None` for a page that cannot be
/// drawn. Hands over nothing at all if the document cannot be opened.
fn each_page(
    document: Vec<u8>,
    request: CropRequest<'_>,
    cuts: &[Cuts],
    take: &mut dyn FnMut(Option<Drawn>),
) {
    if cuts.is_empty() {
        return;
    }
    match kind(&document, None) {
        Some(Kind::Office(_)) => {}
        Some(Kind::Image(format)) => {
            let Ok(mut file) = ImageFile::new(document, format, request.limits) else { return };
            for cuts in cuts {
                let drawn = catch_unwind(AssertUnwindSafe(|| of_image(&mut file, cuts)));
                take(drawn.ok().flatten());
            }
        }
        Some(Kind::Pdf) | None => {
            let Ok(document) = open(document, request.password, request.limits) else { return };
            let indices: Vec<usize> = (0..cuts.len()).collect();
            let prepare = || {
                let cache = RenderCache::new();
                let pages = document.pdf.pages();
                move |index: usize| {
                    of_page(pages.get(cuts[index].page)?, &cuts[index], &cache, request.limits)
                }
            };
            with_pages(request.threads, &indices, &prepare, |next| {
                indices.iter().for_each(|index| take(next(*index)));
            });
        }
    }
}

fn of_image(file: &mut ImageFile, cuts: &Cuts) -> Option<Drawn> {
    let drawn = file.colors(cuts.page)?;
    Some(cuts.places.iter().map(|place| cut(&drawn, *place)).collect())
}

fn of_page<'a>(
    page: &'a Page<'a>,
    cuts: &Cuts,
    cache: &RenderCache<'a>,
    limits: &Limits,
) -> Option<Drawn> {
    let drawing = Drawing::new(page, DPI, limits).ok()??;
    let (width, height) = drawing.size;
    let draw = |place: Place| drawing.part(&place.on(width, height), cache);
    if cuts.places.len() > PARTS_MAX {
        let whole = draw(Place::WHOLE)?;
        return Some(cuts.places.iter().map(|place| cut(&whole, *place)).collect());
    }
    Some(cuts.places.iter().map(|place| png(&draw(*place)?)).collect())
}

/// The part of a drawn page, as a file.
fn cut(page: &RgbImage, place: Place) -> Option<Vec<u8>> {
    let Rect { x0, y0, x1, y1 } = place.on(page.width() as f32, page.height() as f32);
    let pixel = |edge: f32| edge.round() as u32;
    let (left, top) = (pixel(x0), pixel(y0));
    let (width, height) = (pixel(x1).saturating_sub(left), pixel(y1).saturating_sub(top));
    png(&imageops::crop_imm(page, left, top, width, height).to_image())
}

fn png(picture: &RgbImage) -> Option<Vec<u8>> {
    if picture.width().min(picture.height()) < SIDE_MIN {
        return None;
    }
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).ok()?;
    Some(file.into_inner())
}
