//! Characters for fonts that do not name them: embedded font tables, collections, TeX encodings.

use std::collections::HashMap;

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_font::{Font, FontGlyph};
use hayro_syntax::object::{Array, Dict, Name, String as PdfString, dict::keys};
use skrifa::{FontRef, GlyphId, MetadataProvider};

/// Entries of a font's own character map that are read; fonts hold at most 65,535 glyphs.
const MAPPINGS_MAX: usize = 500_000;

/// Where the characters of a composite font without `ToUnicode` come from.
pub(crate) enum Rescue {
    /// Nowhere.
    None,
    /// The embedded font's own character map, read backwards.
    Program(HashMap<u32, char>),
    /// The character collection: codes to CIDs, CIDs to characters.
    Collection { encoding: Option<Box<CMap>>, characters: Box<CMap> },
}

impl Rescue {
    /// Looks for the best source for a composite font.
    pub(crate) fn find(dict: &Dict<'_>, font: &Font<'_>) -> Self {
        if let Some(collection) = collection(dict) {
            return collection;
        }
        match font.glyph(font.map_code(1), 1) {
            FontGlyph::Outline(glyph) => glyph
                .font_data()
                .and_then(|data| program_characters((*data.data).as_ref()))
                .map_or(Self::None, Self::Program),
            FontGlyph::Type3(_) => Self::None,
        }
    }

    /// The character of a code.
    pub(crate) fn character(&self, font: &Font<'_>, code: u32, code_bytes: u8) -> Option<BfString> {
        match self {
            Self::None => None,
            Self::Program(characters) => {
                characters.get(&font.map_code(code).to_u32()).copied().map(BfString::Char)
            }
            Self::Collection { encoding, characters } => {
                let cid = match encoding {
                    Some(encoding) => encoding.lookup_cid_code(code, code_bytes)?,
                    None => code,
                };
                characters.lookup_bf_string(cid)
            }
        }
    }
}

fn collection(dict: &Dict<'_>) -> Option<Rescue> {
    let descendant = dict.get::<Array<'_>>(keys::DESCENDANT_FONTS)?.iter::<Dict<'_>>().next()?;
    let info = descendant.get::<Dict<'_>>(&b"CIDSystemInfo"[..])?;
    let registry = info.get::<PdfString<'_>>(&b"Registry"[..])?;
    let ordering = info.get::<PdfString<'_>>(&b"Ordering"[..])?;
    let family = CidFamily::from_registry_ordering(registry.as_bytes(), ordering.as_bytes());
    let characters = CMap::parse(load_embedded(family.ucs2_cmap()?)?, load_embedded)?;
    let encoding = match dict.get::<Name<'_>>(keys::ENCODING) {
        Some(name) if !name.as_ref().starts_with(b"Identity") => {
            let data = load_embedded(CMapName::from_bytes(name.as_ref()))?;
            Some(Box::new(CMap::parse(data, load_embedded)?))
        }
        _ => None,
    };
    Some(Rescue::Collection { encoding, characters: Box::new(characters) })
}

fn program_characters(data: &[u8]) -> Option<HashMap<u32, char>> {
    let font = FontRef::new(data).ok()?;
    let mut characters: HashMap<u32, char> = HashMap::new();
    for (code, glyph) in font.charmap().mappings().take(MAPPINGS_MAX) {
        if let Some(character) = char::from_u32(code) {
            characters.entry(glyph.to_u32()).or_insert(character);
        }
    }
    let names = font.glyph_names();
    let glyph_count = names.num_glyphs();
    for id in 0..glyph_count {
        if characters.contains_key(&id) {
            continue;
        }
        if let Some(character) =
            names.get(GlyphId::new(id)).and_then(|name| named_character(name.as_str()))
        {
            characters.insert(id, character);
        }
    }
    (!characters.is_empty()).then_some(characters)
}

/// The character of a glyph name of the forms `A`, `uni0041` and `u1F600`.
fn named_character(name: &str) -> Option<char> {
    let base = name.split('.').next().unwrap_or_default();
    let mut characters = base.chars();
    if let (Some(only), None) = (characters.next(), characters.next()) {
        return Some(only);
    }
    let hex = base.strip_prefix("uni").or_else(|| base.strip_prefix('u'))?;
    if !(4..=6).contains(&hex.len()) {
        return None;
    }
    u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
}

/// The character of a code in a simple font that names its glyphs by number (`a65`, `g12`, `C7`),
/// as drivers for TeX's bitmap fonts do: letters are ASCII, ligatures stand below.
pub(crate) fn numbered(code: u32) -> Option<&'static str> {
    const LOW: [&str; 21] = [
        "ff", "fi", "fl", "ffi", "ffl", "\u{131}", "j", "`", "\u{B4}", "\u{2C7}", "\u{2D8}",
        "\u{AF}", "\u{2DA}", "\u{B8}", "\u{DF}", "\u{E6}", "\u{153}", "\u{F8}", "\u{C6}",
        "\u{152}", "\u{D8}",
    ];
    const ASCII: &str = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz";
    let code = usize::try_from(code).ok()?;
    match code {
        11..=31 => LOW.get(code - 11).copied(),
        92 => Some("\u{201C}"),
        34 => Some("\u{201D}"),
        39 => Some("\u{2019}"),
        96 => Some("\u{2018}"),
        123 => Some("\u{2013}"),
        124 => Some("\u{2014}"),
        33..=122 => ASCII.get(code - 33..code - 32),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_glyphs_follow_the_tex_text_encoding() {
        assert_eq!(numbered(65), Some("A"));
        assert_eq!(numbered(122), Some("z"));
        assert_eq!(numbered(12), Some("fi"));
        assert_eq!(numbered(31), Some("\u{D8}"));
        assert_eq!(numbered(200), None);
    }

    #[test]
    fn names_with_hex() {
        assert_eq!(named_character("uni0041"), Some('A'));
        assert_eq!(named_character("B.alt"), Some('B'));
        assert_eq!(named_character("glyph17"), None);
    }
}
