//! Form fields and free texts: what the annotations of a page say that they hold, whether or not
//! they bring an appearance that shows it (ISO 32000-2, 12.7 and 12.5.6.6).

use hayro_syntax::object::{
    Dict, Name, Object, Rect as PdfRect, Stream, String as PdfString, dict::keys,
};
use kurbo::Affine;

use super::annotations::placed;
use super::marked_content::decode_text;
use crate::model::{Field, FieldKind, Note};

/// Fields around a field that are followed.
const DEPTH_MAX: usize = 16;
/// Options of a choice that are looked through.
const OPTIONS_MAX: usize = 10_000;

/// A field, and how its text is set where it has no appearance.
pub(super) struct Filled {
    pub field: Field,
    /// The font size that the file names; 0 if it is to fit.
    pub size: f32,
    /// Its text may have several lines.
    pub is_multiline: bool,
}

/// Reads the field that an annotation shows. `decode` reads a stream.
pub(super) fn filled<'a>(
    annotation: &Dict<'a>,
    transform: Affine,
    decode: &mut dyn FnMut(&Stream<'a>) -> Option<Vec<u8>>,
) -> Option<Filled> {
    let rect = placed(&annotation.get::<PdfRect>(keys::RECT)?, transform);
    if !rect.is_finite() {
        return None;
    }
    let lineage = Lineage::of(annotation);
    let size = lineage.string(b"DA").and_then(|looks| font_size(&looks)).unwrap_or(0.0);
    let subtype = annotation.get::<Name<'_>>(keys::SUBTYPE);
    if subtype.as_deref() == Some(b"FreeText") {
        let value = lines_of(&lineage.string(b"Contents")?);
        let kind = FieldKind::FreeText;
        let field = Field { name: String::new(), label: String::new(), value, kind, rect };
        return Some(Filled { field, size, is_multiline: true });
    }
    let (kind, value) = lineage.kind_and_value(decode)?;
    let is_multiline = kind == FieldKind::Text && lineage.flags() & MULTILINE != 0;
    let label = lineage.string(b"TU").unwrap_or_default();
    let field = Field { name: lineage.name(), label, value: lines_of(&value), kind, rect };
    Some(Filled { field, size, is_multiline })
}

/// The comment that an annotation holds, which a viewer shows beside the page.
pub(super) fn note(annotation: &Dict<'_>, transform: Affine) -> Option<Note> {
    let subtype = annotation.get::<Name<'_>>(keys::SUBTYPE)?;
    let is_comment = matches!(
        subtype.as_ref(),
        b"Text"
            | b"Highlight"
            | b"Underline"
            | b"Squiggly"
            | b"StrikeOut"
            | b"Caret"
            | b"Square"
            | b"Circle"
            | b"Line"
            | b"Polygon"
            | b"PolyLine"
            | b"Ink"
            | b"Stamp"
    );
    if !is_comment {
        return None;
    }
    let text = annotation.get::<PdfString<'_>>(&b"Contents"[..])?;
    let text = lines_of(&decode_text(text.as_bytes()));
    let rect = placed(&annotation.get::<PdfRect>(keys::RECT)?, transform);
    (rect.is_finite() && !text.is_empty()).then_some(Note { text, rect })
}

const MULTILINE: u32 = 1 << 12;
const PASSWORD: u32 = 1 << 13;
const RADIO: u32 = 1 << 15;
const PUSH_BUTTON: u32 = 1 << 16;

/// An annotation, and the fields around it, from which it inherits.
struct Lineage<'a>(Vec<Dict<'a>>);

impl<'a> Lineage<'a> {
    fn of(annotation: &Dict<'a>) -> Self {
        let parent = |child: &Dict<'a>| child.get::<Dict<'a>>(keys::PARENT);
        let all = std::iter::successors(Some(annotation.clone()), parent);
        Self(all.take(DEPTH_MAX).collect())
    }

    fn name_of(&self, key: &[u8]) -> Option<Name<'a>> {
        self.0.iter().find_map(|dict| dict.get::<Name<'a>>(key))
    }

    fn object(&self, key: &[u8]) -> Option<Object<'a>> {
        self.0.iter().find_map(|dict| dict.get::<Object<'a>>(key))
    }

    fn string(&self, key: &[u8]) -> Option<String> {
        let found = self.0.iter().find_map(|dict| dict.get::<PdfString<'a>>(key))?;
        Some(decode_text(found.as_bytes()).trim().to_owned())
    }

    fn flags(&self) -> u32 {
        self.0.iter().find_map(|dict| dict.get::<u32>(&b"Ff"[..])).unwrap_or(0)
    }

    /// The names from the outermost field to this one.
    fn name(&self) -> String {
        let names = self.0.iter().rev().filter_map(|dict| dict.get::<PdfString<'a>>(&b"T"[..]));
        names.map(|name| decode_text(name.as_bytes())).collect::<Vec<_>>().join(".")
    }

    /// What kind of field it is and what is filled in; `None` if that is nothing to be read.
    fn kind_and_value(
        &self,
        decode: &mut dyn FnMut(&Stream<'a>) -> Option<Vec<u8>>,
    ) -> Option<(FieldKind, String)> {
        let flags = self.flags();
        match self.name_of(b"FT")?.as_ref() {
            b"Tx" if flags & PASSWORD == 0 => {
                let value = self.object(keys::V).and_then(|value| text(value, decode));
                Some((FieldKind::Text, value.unwrap_or_default()))
            }
            b"Ch" => {
                let value = self.object(keys::V);
                let chosen: Vec<String> = match value {
                    Some(Object::Array(values)) => values
                        .iter::<Object<'a>>()
                        .take(OPTIONS_MAX)
                        .filter_map(|value| text(value, decode))
                        .collect(),
                    Some(value) => text(value, decode).into_iter().collect(),
                    None => Vec::new(),
                };
                let shown: Vec<String> =
                    chosen.into_iter().map(|value| self.option_named(value)).collect();
                Some((FieldKind::Choice, shown.join(", ")))
            }
            b"Btn" if flags & PUSH_BUTTON == 0 => {
                let (ticked, option) = self.button();
                let is_radio = flags & RADIO != 0;
                let kind = if is_radio {
                    FieldKind::Radio { ticked }
                } else {
                    FieldKind::Checkbox { ticked }
                };
                Some((kind, option))
            }
            _ => None,
        }
    }

    /// How the options of a choice show a value.
    fn option_named(&self, value: String) -> String {
        let Some(Object::Array(options)) = self.object(b"Opt") else { return value };
        let pairs = options.iter::<Object<'a>>().take(OPTIONS_MAX).filter_map(|option| {
            let Object::Array(pair) = option else { return None };
            let mut pair = pair.iter::<PdfString<'a>>();
            Some((decode_text(pair.next()?.as_bytes()), decode_text(pair.next()?.as_bytes())))
        });
        let shown = pairs.into_iter().find(|(exported, _)| *exported == value);
        shown.map_or(value, |(_, shown)| shown)
    }

    /// Whether a button is chosen, and the option that it stands for.
    fn button(&self) -> (bool, String) {
        let Some(annotation) = self.0.first() else { return (false, String::new()) };
        let appearances = annotation.get::<Dict<'a>>(keys::AP);
        let states = appearances.and_then(|all| all.get::<Dict<'a>>(keys::N)).unwrap_or_default();
        let on = states.keys().find(|state| state.as_ref() != b"Off");
        let on = on.map(|state| state.as_str().to_owned());
        let state = annotation.get::<Name<'a>>(keys::AS);
        let value = self.name_of(keys::V).map(|value| value.as_str().to_owned());
        let ticked = match (&state, &on, &value) {
            (Some(state), _, _) => state.as_ref() != b"Off",
            (None, Some(on), Some(value)) => on == value,
            (None, None, Some(value)) => value != "Off",
            (None, _, None) => false,
        };
        let shown = state.filter(|state| state.as_ref() != b"Off");
        let option = on.or_else(|| shown.map(|state| state.as_str().to_owned()));
        (ticked, self.option_numbered(option.unwrap_or_default()))
    }

    /// Buttons may have numbers for states, which count the options.
    fn option_numbered(&self, state: String) -> String {
        let Some(Object::Array(options)) = self.object(b"Opt") else { return state };
        let named = state.parse::<usize>().ok().filter(|at| *at < OPTIONS_MAX);
        let named = named.and_then(|at| options.iter::<PdfString<'a>>().nth(at));
        named.map_or(state, |option| decode_text(option.as_bytes()))
    }
}

/// A value as text.
fn text<'a>(
    value: Object<'a>,
    decode: &mut dyn FnMut(&Stream<'a>) -> Option<Vec<u8>>,
) -> Option<String> {
    match value {
        Object::String(text) => Some(decode_text(text.as_bytes())),
        Object::Name(name) => Some(name.as_str().to_owned()),
        Object::Stream(stream) => decode(&stream).map(|bytes| decode_text(&bytes)),
        Object::Number(number) => Some(number.as_f64().to_string()),
        _ => None,
    }
}

/// Lines that end alike, without characters that are not shown.
fn lines_of(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let shown = lines.chars().filter(|c| *c == '\n' || !c.is_control());
    shown.collect::<String>().trim().to_owned()
}

/// The size in `/Helv 10 Tf 0 g`.
fn font_size(looks: &str) -> Option<f32> {
    let mut before = "";
    for word in looks.split_whitespace() {
        if word == "Tf" {
            return before.parse::<f32>().ok().filter(|size| (0.0..1000.0).contains(size));
        }
        before = word;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_looks() {
        assert_eq!(font_size("/Helv 10 Tf 0 g"), Some(10.0));
        assert_eq!(font_size("0 g /F1 0 Tf"), Some(0.0));
        assert_eq!(font_size("/F1 x Tf"), None);
        assert_eq!(font_size(""), None);
    }

    #[test]
    fn lines_end_alike() {
        assert_eq!(lines_of("one\r\ntwo\rthree\u{7}\n"), "one\ntwo\nthree");
    }
}
