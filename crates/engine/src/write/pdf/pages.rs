//! Pages of a document as a PDF of their own, with their annotations, form fields and layers.
//!
//! Whatever belongs to the other pages stays behind. Bookmarks, named destinations and the
//! structure tree belong to the whole document and are not copied.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::Pdf;
use hayro_syntax::object::dict::keys;
use hayro_syntax::object::{Array, Dict, MaybeRef, Object, ObjectIdentifier, Rect};
use hayro_syntax::page::{Page, Rotation};

use super::copy::{Copier, is_field};
use super::objects::{self, formatted};
use crate::error::{Damage, Error};
use crate::limits::Limits;
use crate::source::pdf::open;

/// Fields of forms are nested less deeply than this.
const FIELD_DEPTH_MAX: usize = 32;

/// Page trees are climbed no higher than this.
const TREE_DEPTH_MAX: usize = 64;

/// Entries of a page that are written from what it inherits, or that belong to the document.
const WRITTEN_ANEW: [&[u8]; 10] = [
    b"Type",
    b"Parent",
    b"Resources",
    b"MediaBox",
    b"CropBox",
    b"Rotate",
    b"B",
    b"Thumb",
    b"PresSteps",
    b"TemplateInstantiated",
];

/// The given 1-based pages, in this order, as a PDF of their own. Encrypted input is opened with
/// the password and written unencrypted. Numbers beyond the document's pages are passed over.
///
/// # Errors
/// If the document cannot be opened, or has none of the pages; see [`Error`].
pub fn pages_as_pdf(
    document: Vec<u8>,
    password: Option<&str>,
    pages: &[usize],
) -> Result<Vec<u8>, Error> {
    let document = open(document, password, &Limits::DEFAULT)?;
    let copied = catch_unwind(AssertUnwindSafe(|| copy_pages(&document.pdf, pages)));
    let page_count = document.pdf.pages().len();
    let copied = copied.map_err(|_| Error::Unreadable(Damage::Corrupt))?;
    copied.ok_or(Error::PageRangeEmpty { page_count })
}

fn copy_pages(pdf: &Pdf, wanted: &[usize]) -> Option<Vec<u8>> {
    let all = pdf.pages();
    let pages: Vec<&Page<'_>> =
        wanted.iter().filter_map(|page| all.get(page.checked_sub(1)?)).collect();
    if pages.is_empty() {
        return None;
    }
    let mut copier = Copier::new(pdf.xref(), fields_on(pdf, &pages));
    let (catalog, tree) = (copier.file.allot(), copier.file.allot());
    for id in all.iter().filter_map(|page| page.raw().obj_id()) {
        copier.replace(id, None);
    }
    let numbers: Vec<usize> = pages.iter().map(|_| copier.file.allot()).collect();
    for (page, number) in pages.iter().zip(&numbers) {
        if let Some(id) = page.raw().obj_id() {
            copier.replace(id, Some(*number));
        }
    }
    for (page, number) in pages.iter().zip(&numbers) {
        let body = page_body(&mut copier, page, tree);
        copier.file.object(*number, &body);
    }
    let body = catalog_body(&mut copier, pdf, tree);
    copier.file.object(catalog, &body);
    copier.write_waiting();
    let mut body = b"<</Type/Pages/Kids[".to_vec();
    for number in &numbers {
        objects::reference(&mut body, *number);
        body.push(b' ');
    }
    formatted(&mut body, format_args!("]/Count {}>>", numbers.len()));
    copier.file.object(tree, &body);
    Some(copier.file.finish(catalog))
}

/// A page's dictionary, with all that it inherits written out.
fn page_body<'a>(copier: &mut Copier<'a>, page: &Page<'a>, tree: usize) -> Vec<u8> {
    let mut body = b"<</Type/Page/Parent ".to_vec();
    objects::reference(&mut body, tree);
    for key in [&b"MediaBox"[..], b"CropBox"] {
        if let Some(area) = inherited_area(page.raw(), key) {
            objects::name(&mut body, key);
            body.push(b' ');
            copier.maybe_reference(&mut body, &area, 0);
        } else if key == b"MediaBox" {
            let area = page.media_box();
            formatted(&mut body, format_args!("/MediaBox"));
            objects::numbers(&mut body, &[area.x0, area.y0, area.x1, area.y1]);
        }
    }
    let degrees = match page.rotation() {
        Rotation::None => 0,
        Rotation::Horizontal => 90,
        Rotation::Flipped => 180,
        Rotation::FlippedHorizontal => 270,
    };
    formatted(&mut body, format_args!("/Rotate {degrees}/Resources<<"));
    let resources = page.resources();
    for (key, dict) in [
        (keys::EXT_G_STATE, &resources.ext_g_states),
        (keys::SHADING, &resources.shadings),
        (keys::PATTERN, &resources.patterns),
        (keys::XOBJECT, &resources.x_objects),
        (keys::COLORSPACE, &resources.color_spaces),
        (keys::FONT, &resources.fonts),
        (keys::PROPERTIES, &resources.properties),
    ] {
        if !dict.is_empty() {
            objects::name(&mut body, key);
            body.extend_from_slice(b"<<");
            copier.entries(&mut body, dict, &[], 0);
            body.extend_from_slice(b">>");
        }
    }
    body.extend_from_slice(b">>");
    copier.entries(&mut body, page.raw(), &WRITTEN_ANEW, 0);
    body.extend_from_slice(b">>");
    body
}

/// An area as the page or a node above it states it.
fn inherited_area<'a>(page: &Dict<'a>, key: &[u8]) -> Option<MaybeRef<Object<'a>>> {
    let mut node = page.clone();
    for _ in 0..TREE_DEPTH_MAX {
        if node.get::<Rect>(key).is_some() {
            return node.get_raw::<Object<'_>>(key);
        }
        node = node.get::<Dict<'_>>(keys::PARENT)?;
    }
    None
}

/// The catalog: the page tree, the form as far as it stands on the pages, and the layers.
fn catalog_body<'a>(copier: &mut Copier<'a>, pdf: &'a Pdf, tree: usize) -> Vec<u8> {
    let mut body = b"<</Type/Catalog/Pages ".to_vec();
    objects::reference(&mut body, tree);
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap_or_default();
    if let Some(layers) = root.get_raw::<Object<'_>>(&b"OCProperties"[..]) {
        body.extend_from_slice(b"/OCProperties ");
        copier.maybe_reference(&mut body, &layers, 0);
    }
    if let Some(form) = root.get::<Dict<'_>>(&b"AcroForm"[..]) {
        body.extend_from_slice(b"/AcroForm<<");
        copier.entries(&mut body, &form, &[b"XFA", b"CO", b"SigFlags"], 0);
        body.extend_from_slice(b">>");
    }
    body.extend_from_slice(b">>");
    body
}

/// Fields of the form that are shown on the pages, with those above them.
fn fields_on(pdf: &Pdf, pages: &[&Page<'_>]) -> HashSet<ObjectIdentifier> {
    let mut fields = HashSet::new();
    for page in pages {
        let annotations = page.raw().get::<Array<'_>>(keys::ANNOTS);
        for shown in annotations.iter().flat_map(Array::raw_iter) {
            let mut next = match shown {
                MaybeRef::Ref(id) => Some(ObjectIdentifier::from(id)),
                MaybeRef::NotRef(_) => None,
            };
            for _ in 0..FIELD_DEPTH_MAX {
                let Some(id) = next else { break };
                let dict = pdf.xref().get::<Dict<'_>>(id);
                let Some(dict) = dict.filter(is_field) else { break };
                if !fields.insert(id) {
                    break;
                }
                next = dict.get_ref(keys::PARENT).map(ObjectIdentifier::from);
            }
        }
    }
    fields
}
