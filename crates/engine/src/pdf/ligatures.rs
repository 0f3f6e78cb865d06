//! Ligatures by the names of their glyphs. Some programs write maps to Unicode that tell a
//! ligature's last letter alone; the name in the font's encoding tells all of them.

use std::collections::HashMap;

use hayro_syntax::object::{Array, Dict, Name, Object, dict::keys};

/// The letters of the ligatures of a simple font, by code.
#[derive(Debug, Default)]
pub(crate) struct Ligatures(HashMap<u32, String>);

impl Ligatures {
    /// Reads the differences of the font's encoding.
    pub(crate) fn read(dict: &Dict<'_>) -> Self {
        let differences = dict
            .get::<Dict<'_>>(keys::ENCODING)
            .and_then(|encoding| encoding.get::<Array<'_>>(keys::DIFFERENCES))
            .unwrap_or_default();
        let (mut code, mut found) = (0_u32, HashMap::new());
        for entry in differences.iter::<Object<'_>>() {
            match entry {
                Object::Number(number) => code = u32::try_from(number.as_i64()).unwrap_or(0),
                Object::Name(name) => {
                    found.extend(letters(&name).map(|letters| (code, letters)));
                    code = code.saturating_add(1);
                }
                _ => {}
            }
        }
        Self(found)
    }

    /// All letters of a code of which the map tells the last.
    pub(crate) fn whole(&self, code: u32, last: char) -> Option<&str> {
        self.0.get(&code).map(String::as_str).filter(|letters| letters.ends_with(last))
    }
}

/// The letters that the name of a glyph tells, if they are several: `fi`, `f_f_i`, `T_h.alt`
/// (Adobe Glyph List Specification, section 2).
fn letters(name: &Name<'_>) -> Option<String> {
    let base = name.as_str().split('.').next().unwrap_or_default();
    if matches!(base, "ff" | "fi" | "fl" | "ffi" | "ffl") {
        return Some(base.to_owned());
    }
    let parts: Vec<&str> = base.split('_').collect();
    let is_letter = |part: &&str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_alphabetic());
    (parts.len() > 1 && parts.iter().all(is_letter)).then(|| parts.concat())
}
