//! Cleans the characters that fonts give: ligatures, private use, odd spaces, spacing accents.

use unicode_normalization::UnicodeNormalization;

/// What a character code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GlyphText {
    /// The font does not tell.
    Unknown,
    /// Nothing that is read, such as a joiner.
    Nothing,
    /// One character.
    Char(char),
    /// Several characters, such as an expanded ligature.
    Many(Box<str>),
}

/// Cleans what a font says a glyph means.
pub(crate) fn clean(raw: &str, font_name: &str) -> GlyphText {
    let mut out = String::with_capacity(raw.len());
    let mut unknown = false;
    for character in raw.chars() {
        match character {
            '\u{FB00}' => out.push_str("ff"),
            '\u{FB01}' => out.push_str("fi"),
            '\u{FB02}' => out.push_str("fl"),
            '\u{FB03}' => out.push_str("ffi"),
            '\u{FB04}' => out.push_str("ffl"),
            '\u{FB05}' | '\u{FB06}' => out.push_str("st"),
            '\t'
            | '\n'
            | '\r'
            | '\u{A0}'
            | '\u{2000}'..='\u{200A}'
            | '\u{202F}'
            | '\u{205F}'
            | '\u{3000}' => out.push(' '),
            '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{FEFF}' => {}
            '\u{F000}'..='\u{F0FF}' => match symbol(character, font_name) {
                Some(known) => out.push(known),
                None => unknown = true,
            },
            // Pieces of tall brackets and roots, which are drawn one above the other.
            '\u{F8E5}'..='\u{F8FE}' => {}
            '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFFF}' => unknown = true,
            // Shapes of Arabic letters and radicals of Chinese ones stand for the letters.
            '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{2F00}'..='\u{2FDF}' => {
                out.extend(std::iter::once(character).nfkc());
            }
            '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => unknown = true,
            _ => out.push(character),
        }
    }
    let mut characters = out.chars();
    match (characters.next(), characters.next()) {
        (None, _) if unknown => GlyphText::Unknown,
        (None, _) => GlyphText::Nothing,
        (Some(only), None) => GlyphText::Char(only),
        _ => GlyphText::Many(out.into_boxed_str()),
    }
}

/// What a code of a font of signs stands for, where the font has no names for its glyphs.
pub(crate) fn sign(code: u32, font_name: &str) -> GlyphText {
    let is_of_signs = font_name.contains("Wingdings") || font_name.contains("Webdings");
    let character = char::from_u32(0xF000 | code).filter(|_| is_of_signs && code < 0x100);
    let sign = character.and_then(|character| symbol(character, font_name));
    sign.map_or(GlyphText::Unknown, GlyphText::Char)
}

/// Symbol fonts put their codes at U+F000; the meaning depends on the font.
fn symbol(character: char, font_name: &str) -> Option<char> {
    let code = (u32::from(character) & 0xFF) as u8;
    if font_name.contains("Wingdings") || font_name.contains("Webdings") {
        return Some(match code {
            0x20 => ' ',
            0xFC | 0xFE => '\u{2713}',
            0xFB | 0xFD => '\u{2717}',
            0xA8 | 0x6F | 0x71 | 0x72 => '\u{2610}',
            0xE0 | 0xE8 | 0xF0 => '\u{2192}',
            0xD8 => '\u{27A2}',
            0xA7 | 0x6E => '\u{25AA}',
            _ => '\u{2022}',
        });
    }
    Some(match code {
        0xB7 => '\u{2022}',
        0xA7 => '\u{25AA}',
        0xD8 => '\u{27A2}',
        0xFC => '\u{2713}',
        0xA8 => '\u{25A1}',
        0xAE => '\u{2192}',
        0x2D => '\u{2212}',
        0xB3 => '\u{2265}',
        0xA3 => '\u{2264}',
        0xB1 => '\u{B1}',
        0xB0 => '\u{B0}',
        0xB4 => '\u{D7}',
        0xD7 => '\u{22C5}',
        0x20..=0x7E => char::from(code),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ligatures_are_expanded_and_joiners_vanish() {
        assert_eq!(clean("\u{FB03}", "Any"), GlyphText::Many("ffi".into()));
        assert_eq!(clean("\u{200D}", "Any"), GlyphText::Nothing);
        assert_eq!(clean("\u{A0}", "Any"), GlyphText::Char(' '));
        assert_eq!(clean("\u{E123}", "Any"), GlyphText::Unknown);
        assert_eq!(clean("\u{FE91}", "Any"), GlyphText::Char('\u{628}'));
        assert_eq!(clean("\u{FEFB}", "Any"), GlyphText::Many("\u{644}\u{627}".into()));
        assert_eq!(clean("\u{F0B7}", "Symbol"), GlyphText::Char('\u{2022}'));
        assert_eq!(clean("\u{F8EB}", "CMEX10"), GlyphText::Nothing);
    }

    #[test]
    fn fonts_of_signs_need_no_names() {
        assert_eq!(sign(0xFC, "Wingdings-Regular"), GlyphText::Char('\u{2713}'));
        assert_eq!(sign(0x84, "Wingdings"), GlyphText::Char('\u{2022}'));
        assert_eq!(sign(0xFC, "Times"), GlyphText::Unknown);
    }
}
