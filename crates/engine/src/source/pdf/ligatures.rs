//! Ligatures by the names of their glyphs. Some programs write maps to Unicode that tell a
//! ligature's last letter alone; the name in the font's encoding tells all of them.

use std::collections::HashMap;

use hayro_syntax::object::{Dict, Name};

use super::encoding::differences;

/// The letters of the ligatures of a simple font, by code.
#[derive(Debug, Default)]
pub(crate) struct Ligatures(HashMap<u32, String>);

impl Ligatures {
    /// Reads the differences of the font's encoding.
    pub(crate) fn read(dict: &Dict<'_>) -> Self {
        let named = differences(dict).unwrap_or_default().into_iter();
        let found =
            named.filter_map(|(code, name)| Some((u32::try_from(code).ok()?, letters(&name)?)));
        Self(found.collect())
    }

    /// All letters of a code of which the map tells the last.
    pub(crate) fn whole(&self, code: u32, last: char) -> Option<&str> {
        self.0.get(&code).map(String::as_str).filter(|letters| letters.ends_with(last))
    }
}

/// The advances of `f` and of the letters that ligatures with it end with, of a composite font. Its
/// glyphs have no names, but many typefaces make `fi` as wide as `f` and `i` together.
#[derive(Debug, Default)]
pub(crate) struct Widths {
    f: Option<f32>,
    last: Vec<(char, f32)>,
}

/// Codes that are looked at for them.
pub(crate) const CODES_MAX: u32 = 1024;
/// The widths of a ligature and of its letters are one within this part.
const SAME_WIDTH: f32 = 0.01;

impl Widths {
    /// Notes a code's character and advance: of codes for one letter the narrowest is that letter.
    pub(crate) fn note(&mut self, character: char, advance: f32) {
        if !matches!(character, 'f' | 'i' | 'l') || advance <= 0.0 {
            return;
        }
        if character == 'f' {
            self.f = Some(self.f.map_or(advance, |known| known.min(advance)));
        }
        match self.last.iter_mut().find(|(letter, _)| *letter == character) {
            Some((_, known)) => *known = known.min(advance),
            None => self.last.push((character, advance)),
        }
    }

    /// The letters of a code that is said to be `last` and is as wide as a ligature ending with it.
    pub(crate) fn whole(&self, last: char, advance: f32) -> Option<String> {
        let f = self.f?;
        let (_, own) = self.last.iter().find(|(letter, _)| *letter == last)?;
        let fits = |count: f32| (advance / (count * f + own) - 1.0).abs() <= SAME_WIDTH;
        let before = if fits(1.0) {
            "f"
        } else if fits(2.0) {
            "ff"
        } else {
            return None;
        };
        Some(format!("{before}{last}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ligatures_are_as_wide_as_their_letters() {
        let mut widths = Widths::default();
        // As in Arial: the ligature comes before the letter.
        for (character, advance) in [('i', 500.0), ('f', 278.0), ('i', 222.0), ('n', 556.0)] {
            widths.note(character, advance);
        }
        assert_eq!(widths.whole('i', 500.0).as_deref(), Some("fi"));
        assert_eq!(widths.whole('i', 778.0).as_deref(), Some("ffi"));
        assert_eq!(widths.whole('i', 222.0), None, "the letter itself");
        assert_eq!(widths.whole('i', 520.0), None, "of no ligature's width");
        assert_eq!(widths.whole('l', 500.0), None, "its own width is not known");
        assert_eq!(Widths::default().whole('i', 500.0), None);
    }
}
