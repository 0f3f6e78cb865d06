//! Annotations that show something, by the forms of their normal appearance, and those that link.

use hayro_syntax::object::{
    Array, Dict, Name, Object, Rect as PdfRect, Stream, String as PdfString, dict::keys,
};
use hayro_syntax::page::Page;
use kurbo::{Affine, Rect};

use super::marked_content::decode_text;
use crate::model::Link;

/// An appearance and where it goes.
pub(crate) struct Appearance<'a> {
    pub form: Stream<'a>,
    /// From the form's space (after its own matrix) to the page's user space.
    pub transform: Affine,
}

/// No page has a reason for more.
const ANNOTATIONS_MAX: usize = 5000;

/// The annotations of a page in drawing order, hidden ones left out.
pub(crate) fn shown<'a>(page: &Dict<'a>) -> Vec<Dict<'a>> {
    let annotations = page.get::<Array<'a>>(keys::ANNOTS).unwrap_or_default();
    annotations.iter::<Dict<'a>>().take(ANNOTATIONS_MAX).filter(is_shown).collect()
}

fn is_shown(annotation: &Dict<'_>) -> bool {
    const HIDDEN: u32 = 1 << 1;
    const NO_VIEW: u32 = 1 << 5;
    let flags = annotation.get::<u32>(keys::F).unwrap_or(0);
    let subtype = annotation.get::<Name<'_>>(keys::SUBTYPE);
    flags & (HIDDEN | NO_VIEW) == 0 && !matches!(subtype.as_deref(), Some(b"Popup" | b"Link"))
}

/// The normal appearance of an annotation.
pub(crate) fn appearance<'a>(annotation: &Dict<'a>) -> Option<Appearance<'a>> {
    let form = normal_form(annotation)?;
    let rect = annotation.get::<PdfRect>(keys::RECT)?;
    let bbox = form.dict().get::<PdfRect>(keys::BBOX)?;
    let matrix = form_matrix(form.dict());
    let placed = matrix.transform_rect_bbox(Rect::new(bbox.x0, bbox.y0, bbox.x1, bbox.y1));
    if placed.width() <= 0.0 || placed.height() <= 0.0 {
        return None;
    }
    let scale = (rect.width() / placed.width(), rect.height() / placed.height());
    let transform = Affine::translate((rect.x0, rect.y0))
        * Affine::scale_non_uniform(scale.0, scale.1)
        * Affine::translate((-placed.x0, -placed.y0));
    Some(Appearance { form, transform })
}

/// `AP/N` is a form, or a dictionary of forms of which `AS` picks one.
fn normal_form<'a>(annotation: &Dict<'a>) -> Option<Stream<'a>> {
    let normal = annotation.get::<Dict<'a>>(keys::AP)?.get::<Object<'a>>(keys::N)?;
    match normal {
        Object::Stream(form) => Some(form),
        Object::Dict(states) => {
            let state = annotation.get::<Name<'_>>(keys::AS)?;
            states.get::<Stream<'a>>(state.as_ref())
        }
        _ => None,
    }
}

/// A rectangle of the page's user space as displayed.
pub(crate) fn placed(rect: &PdfRect, transform: Affine) -> crate::model::Rect {
    let placed = transform.transform_rect_bbox(Rect::new(rect.x0, rect.y0, rect.x1, rect.y1));
    let corner = |x: f64, y: f64| (x as f32, y as f32);
    crate::model::Rect::of_corners(corner(placed.x0, placed.y0), corner(placed.x1, placed.y1))
}

/// The areas of a page that lead to addresses, in page space.
pub(crate) fn links(page: &Page<'_>) -> Vec<Link> {
    let transform = Affine::new(page.initial_transform(true).as_coeffs());
    let annotations = page.raw().get::<Array<'_>>(keys::ANNOTS).unwrap_or_default();
    annotations
        .iter::<Dict<'_>>()
        .take(ANNOTATIONS_MAX)
        .flat_map(|annotation| links_of(&annotation, transform).unwrap_or_default())
        .collect()
}

/// The areas of a link, each of which covers a piece of a line.
fn links_of(annotation: &Dict<'_>, transform: Affine) -> Option<Vec<Link>> {
    if annotation.get::<Name<'_>>(keys::SUBTYPE).as_deref() != Some(b"Link") {
        return None;
    }
    let action = annotation.get::<Dict<'_>>(keys::A)?;
    let address = action.get::<PdfString<'_>>(&b"URI"[..])?;
    let address = decode_text(address.as_bytes()).trim().to_owned();
    if address.is_empty() {
        return None;
    }
    let mut areas = quads(annotation);
    if areas.is_empty() {
        areas.push(annotation.get::<PdfRect>(keys::RECT)?);
    }
    let areas =
        areas.iter().map(|area| placed(area, transform)).filter(crate::model::Rect::is_finite);
    Some(areas.map(|rect| Link { rect, address: address.clone() }).collect())
}

/// The boxes around the quadrilaterals of an annotation.
fn quads(annotation: &Dict<'_>) -> Vec<PdfRect> {
    const QUADS_MAX: usize = 500;
    let points = annotation.get::<Array<'_>>(&b"QuadPoints"[..]).unwrap_or_default();
    let points: Vec<f64> = points.iter::<f64>().take(8 * QUADS_MAX).collect();
    let quads = points.as_chunks::<8>().0.iter().map(|quad| {
        let side = |from: usize, pick: fn(f64, f64) -> f64| {
            quad[from..].iter().step_by(2).copied().reduce(pick).unwrap_or_default()
        };
        PdfRect::new(side(0, f64::min), side(1, f64::min), side(0, f64::max), side(1, f64::max))
    });
    quads.collect()
}

/// The `Matrix` of a form.
pub(crate) fn form_matrix(form: &Dict<'_>) -> Affine {
    form.get::<[f64; 6]>(keys::MATRIX).map_or(Affine::IDENTITY, Affine::new)
}
