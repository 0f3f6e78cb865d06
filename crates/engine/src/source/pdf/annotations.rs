//! Annotations that show something, by the forms of their normal appearance, and those that link.

use hayro_syntax::object::{
    Array, Dict, Name, Object, Rect as PdfRect, Stream, String as PdfString, dict::keys,
};
use hayro_syntax::page::Page;
use kurbo::{Affine, Rect};

use super::marked_content::decode_text;
use crate::model::{Checkbox, Link};

/// An appearance and where it goes.
pub(crate) struct Appearance<'a> {
    pub form: Stream<'a>,
    /// From the form's space (after its own matrix) to the page's user space.
    pub transform: Affine,
}

/// No page has a reason for more.
const ANNOTATIONS_MAX: usize = 5000;

/// The appearances of a page in drawing order, hidden ones left out.
pub(crate) fn appearances<'a>(page: &Dict<'a>) -> Vec<Appearance<'a>> {
    let annotations = page.get::<Array<'a>>(keys::ANNOTS).unwrap_or_default();
    annotations
        .iter::<Dict<'a>>()
        .take(ANNOTATIONS_MAX)
        .filter_map(|annotation| appearance(&annotation))
        .collect()
}

fn appearance<'a>(annotation: &Dict<'a>) -> Option<Appearance<'a>> {
    const HIDDEN: u32 = 1 << 1;
    const NO_VIEW: u32 = 1 << 5;
    let flags = annotation.get::<u32>(keys::F).unwrap_or(0);
    let subtype = annotation.get::<Name<'_>>(keys::SUBTYPE);
    if flags & (HIDDEN | NO_VIEW) != 0 || matches!(subtype.as_deref(), Some(b"Popup" | b"Link")) {
        return None;
    }
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

/// The fields of a page that are ticked or are not: check boxes and radio buttons (PDF 32000,
/// 12.7.4.2).
pub(crate) fn checkbox_fields(page: &Page<'_>) -> Vec<Checkbox> {
    let transform = Affine::new(page.initial_transform(true).as_coeffs());
    let annotations = page.raw().get::<Array<'_>>(keys::ANNOTS).unwrap_or_default();
    annotations
        .iter::<Dict<'_>>()
        .take(ANNOTATIONS_MAX)
        .filter_map(|annotation| tick_field(&annotation, transform))
        .collect()
}

fn tick_field(annotation: &Dict<'_>, transform: Affine) -> Option<Checkbox> {
    const HIDDEN: u32 = 1 << 1;
    const PUSH_BUTTON: u32 = 1 << 16;
    let parent = annotation.get::<Dict<'_>>(keys::PARENT).unwrap_or_default();
    let kind = annotation.get::<Name<'_>>(&b"FT"[..]).or_else(|| parent.get(&b"FT"[..]))?;
    let flags = annotation.get::<u32>(&b"Ff"[..]).or_else(|| parent.get(&b"Ff"[..])).unwrap_or(0);
    let hidden = annotation.get::<u32>(keys::F).unwrap_or(0) & HIDDEN != 0;
    if kind.as_ref() != b"Btn" || flags & PUSH_BUTTON != 0 || hidden {
        return None;
    }
    let ticked = annotation.get::<Name<'_>>(keys::AS).is_some_and(|state| state.as_ref() != b"Off");
    let rect = placed(&annotation.get::<PdfRect>(keys::RECT)?, transform);
    rect.is_finite().then_some(Checkbox { rect, ticked })
}

fn placed(rect: &PdfRect, transform: Affine) -> crate::model::Rect {
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
        .filter_map(|annotation| link(&annotation, transform))
        .collect()
}

fn link(annotation: &Dict<'_>, transform: Affine) -> Option<Link> {
    if annotation.get::<Name<'_>>(keys::SUBTYPE).as_deref() != Some(b"Link") {
        return None;
    }
    let action = annotation.get::<Dict<'_>>(keys::A)?;
    let address = action.get::<PdfString<'_>>(&b"URI"[..])?;
    let rect = placed(&annotation.get::<PdfRect>(keys::RECT)?, transform);
    let address = decode_text(address.as_bytes());
    (rect.is_finite() && !address.is_empty()).then_some(Link { rect, address })
}

/// The `Matrix` of a form.
pub(crate) fn form_matrix(form: &Dict<'_>) -> Affine {
    form.get::<[f64; 6]>(keys::MATRIX).map_or(Affine::IDENTITY, Affine::new)
}
