//! Marked content: hidden layers and replacement text (`ActualText`).

use std::collections::HashSet;

use hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, String as PdfString};

use super::unicode::{GlyphText, clean};
use crate::model::{Glyph, TagRole};

/// One open marked-content sequence.
pub(crate) struct Marked {
    /// Glyphs from here on belong to it.
    pub first_glyph: usize,
    /// What they stand for.
    pub actual_text: Option<String>,
    /// It hides its content.
    pub hidden: bool,
    /// What the text around it is.
    pub outer: TagRole,
}

/// Decodes a text string: UTF-16 or UTF-8 with a mark, else bytes of `PDFDocEncoding`.
pub(crate) fn decode_text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The replacement text of a property list.
pub(crate) fn actual_text(properties: &Dict<'_>) -> Option<String> {
    let text = properties.get::<PdfString<'_>>(&b"ActualText"[..])?;
    Some(decode_text(text.as_bytes()))
}

/// True if the group or membership is switched off.
pub(crate) fn is_hidden(
    dict: &Dict<'_>,
    reference: Option<ObjectIdentifier>,
    hidden: &HashSet<ObjectIdentifier>,
) -> bool {
    if hidden.is_empty() {
        return false;
    }
    if reference.or_else(|| dict.obj_id()).is_some_and(|id| hidden.contains(&id)) {
        return true;
    }
    if dict.get::<Name<'_>>(&b"Type"[..]).as_deref() != Some(b"OCMD") {
        return false;
    }
    let groups: Vec<ObjectIdentifier> = match dict.get_ref(&b"OCGs"[..]) {
        Some(one) if !matches!(dict.get::<Object<'_>>(&b"OCGs"[..]), Some(Object::Array(_))) => {
            vec![one.into()]
        }
        _ => {
            let array = dict.get::<Array<'_>>(&b"OCGs"[..]).unwrap_or_default();
            array.raw_iter().filter_map(|entry| entry.as_obj_ref()).map(Into::into).collect()
        }
    };
    // The policy `AnyOn` is the default, and the others are rare enough to be read as it.
    !groups.is_empty() && groups.iter().all(|group| hidden.contains(group))
}

/// Puts replacement text in the place of glyphs. Glyphs over several lines stay as they are.
pub(crate) fn replace(glyphs: &mut Vec<Glyph>, first: usize, text: &str) {
    let GlyphText::Many(text) = widened(clean(text, "")) else {
        return;
    };
    let Some(sample) = glyphs.get(first).copied() else {
        return;
    };
    let replaced = &glyphs[first..];
    let one_line = replaced.iter().all(|glyph| {
        glyph.direction == sample.direction
            && (glyph.baseline - sample.baseline).abs() < sample.size * 0.6
    });
    let count = text.chars().count();
    if !one_line || text.trim().is_empty() {
        return;
    }
    if count == replaced.len() {
        for (glyph, character) in glyphs[first..].iter_mut().zip(text.chars()) {
            glyph.character = character;
        }
        return;
    }
    let whole = replaced.iter().fold(sample.rect, |whole, glyph| whole.union(&glyph.rect));
    let (width, height) = (whole.width() / count as f32, whole.height() / count as f32);
    glyphs.truncate(first);
    for (index, character) in text.chars().enumerate() {
        let step = index as f32;
        let mut rect = whole;
        match sample.direction {
            crate::model::Direction::Up => {
                rect.y1 = whole.y1 - step * height;
                rect.y0 = rect.y1 - height;
            }
            crate::model::Direction::Down => {
                rect.y0 = whole.y0 + step * height;
                rect.y1 = rect.y0 + height;
            }
            crate::model::Direction::Left => {
                rect.x1 = whole.x1 - step * width;
                rect.x0 = rect.x1 - width;
            }
            _ => {
                rect.x0 = whole.x0 + step * width;
                rect.x1 = rect.x0 + width;
            }
        }
        glyphs.push(Glyph { character, rect, ..sample });
    }
}

fn widened(text: GlyphText) -> GlyphText {
    match text {
        GlyphText::Char(only) => GlyphText::Many(only.to_string().into_boxed_str()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_strings_in_three_encodings() {
        assert_eq!(decode_text(b"plain"), "plain");
        assert_eq!(decode_text(&[0xFE, 0xFF, 0x20, 0x22]), "\u{2022}");
        assert_eq!(decode_text(&[0xEF, 0xBB, 0xBF, 0xC3, 0xA9]), "é");
    }
}
