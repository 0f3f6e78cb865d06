//! Texts that a page keeps in its annotations: values of form fields and what notes say. Read apart
//! from what draws them, so that their loss shows.

use std::borrow::Cow;

use hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString, dict::keys};

use super::marked_content::decode_text;

/// No page has a reason for more.
const ANNOTATIONS_MAX: usize = 5000;
/// Values that are looked for, and bytes of each.
const VALUES_MAX: usize = 1000;
const VALUE_BYTES_MAX: usize = 4096;
/// Fields within fields.
const PARENTS_MAX: usize = 16;
/// Bytes of a stream that is read, and those of all streams of a page after decompression.
const STREAM_BYTES_MAX: usize = 8 * 1024;
const STREAMS_BYTES_MAX: usize = 8 << 20;

/// The texts of the annotations of a page, in their order.
pub(crate) fn values(page: &Dict<'_>) -> Vec<String> {
    let annotations = page.get::<Array<'_>>(keys::ANNOTS).unwrap_or_default();
    let annotations = annotations.iter::<Dict<'_>>().take(ANNOTATIONS_MAX);
    let mut budget = STREAMS_BYTES_MAX;
    let texts = annotations.flat_map(|annotation| texts(&annotation, &mut budget));
    texts.filter(|text| !text.trim().is_empty()).take(VALUES_MAX).collect()
}

fn texts(annotation: &Dict<'_>, budget: &mut usize) -> Vec<String> {
    const HIDDEN: u32 = 1 << 1;
    const NO_VIEW: u32 = 1 << 5;
    let flags = annotation.get::<u32>(keys::F).unwrap_or(0);
    if flags & (HIDDEN | NO_VIEW) != 0 || draws_text(annotation, budget) {
        return Vec::new();
    }
    match annotation.get::<Name<'_>>(keys::SUBTYPE).as_deref() {
        Some(b"Widget") => field_values(annotation, budget),
        Some(b"FreeText" | b"Text") => {
            text_of(annotation, &b"Contents"[..], budget).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// True if an appearance shows text: that text counts as all other on the page, and may have
/// another form than the value, as dates and amounts have.
fn draws_text(annotation: &Dict<'_>, budget: &mut usize) -> bool {
    let appearances = annotation.get::<Dict<'_>>(keys::AP);
    let Some(Object::Stream(normal)) = appearances.and_then(|all| all.get::<Object<'_>>(keys::N))
    else {
        return false;
    };
    let Some(content) = decoded(&normal, budget) else { return true };
    content.windows(2).any(|operator| matches!(operator, b"Tj" | b"TJ" | b"Do"))
}

/// The value of a text field or the chosen options of a choice (PDF 32000, 12.7.4.3 and 12.7.4.4).
fn field_values(widget: &Dict<'_>, budget: &mut usize) -> Vec<String> {
    const PASSWORD: u32 = 1 << 13;
    let chain = chain(widget);
    let kind = chain.iter().find_map(|field| field.get::<Name<'_>>(&b"FT"[..]));
    let flags = chain.iter().find_map(|field| field.get::<u32>(&b"Ff"[..])).unwrap_or(0);
    let Some(holder) = chain.iter().find(|field| field.contains_key(&b"V"[..])) else {
        return Vec::new();
    };
    match kind.as_deref() {
        Some(b"Tx") if flags & PASSWORD == 0 => {
            text_of(holder, &b"V"[..], budget).into_iter().collect()
        }
        Some(b"Ch") => {
            let several = holder.get::<Array<'_>>(&b"V"[..]).map(|values| {
                values.iter::<PdfString<'_>>().map(|text| decode_text(text.as_bytes())).collect()
            });
            let chosen: Vec<String> =
                several.unwrap_or_else(|| text_of(holder, &b"V"[..], budget).into_iter().collect());
            let options = chain.iter().find_map(|field| field.get::<Array<'_>>(&b"Opt"[..]));
            chosen.into_iter().map(|value| shown(value, options.as_ref())).collect()
        }
        _ => Vec::new(),
    }
}

/// The field and those that it is part of.
fn chain<'a>(widget: &Dict<'a>) -> Vec<Dict<'a>> {
    let parent = |field: &Dict<'a>| field.get::<Dict<'a>>(keys::PARENT);
    std::iter::successors(Some(widget.clone()), parent).take(PARENTS_MAX).collect()
}

/// The text of an option, which may have another value.
fn shown(value: String, options: Option<&Array<'_>>) -> String {
    let pairs = options.into_iter().flat_map(|options| options.iter::<Array<'_>>());
    let mut pairs = pairs.filter_map(|pair| {
        let mut both = pair.iter::<PdfString<'_>>();
        let (own, text) = (both.next()?, both.next()?);
        (decode_text(own.as_bytes()) == value).then(|| decode_text(text.as_bytes()))
    });
    pairs.next().unwrap_or(value)
}

fn text_of(dict: &Dict<'_>, key: &[u8], budget: &mut usize) -> Option<String> {
    match dict.get::<Object<'_>>(key)? {
        Object::String(text) => {
            let bytes = text.as_bytes();
            Some(decode_text(&bytes[..bytes.len().min(VALUE_BYTES_MAX)]))
        }
        Object::Stream(stream) => decoded(&stream, budget)
            .map(|data| decode_text(&data[..data.len().min(VALUE_BYTES_MAX)])),
        _ => None,
    }
}

/// The bytes of a small stream.
fn decoded<'a>(stream: &Stream<'a>, budget: &mut usize) -> Option<Cow<'a, [u8]>> {
    let is_small = stream.raw_data().len() <= STREAM_BYTES_MAX && *budget > 0;
    let data = is_small.then(|| stream.decoded_data().ok()).flatten()?;
    *budget = budget.saturating_sub(data.len());
    Some(data)
}
