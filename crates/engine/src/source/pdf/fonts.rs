//! Fonts as the text operators need them: codes to characters and advances, looks and heights.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use hayro_cmap::{BfString, load_embedded};
use hayro_font::{
    CMapResolverFn, Font, FontCache, FontData, FontGlyph, FontQuery, FontResolverFn, StandardFont,
};
use hayro_syntax::object::{Array, Dict, Name, Rect as PdfRect, dict::keys};

use super::encoding::differences;
use super::font_limits::check_font;
use super::glyph_names::{Rescue, numbered};
use super::ligatures::{CODES_MAX, Ligatures, Widths};
use super::unicode::{GlyphText, clean, sign};
use crate::limits::{Excess, Limit, Limits};
use crate::model::{Style, TagRole};

/// All fonts of a document that were asked for so far.
pub(crate) struct FontStore<'a> {
    limits: Limits,
    cache: FontCache<'a>,
    font_resolver: FontResolverFn,
    cmap_resolver: CMapResolverFn,
    loaded: RefCell<HashMap<(usize, usize), Rc<LoadedFont<'a>>>>,
}

impl<'a> FontStore<'a> {
    pub(crate) fn new(limits: &Limits) -> Self {
        let standard = |query: &FontQuery| -> Option<(FontData, u32)> {
            Some(match query {
                FontQuery::Standard(font) => font.get_font_data(),
                FontQuery::Fallback(wanted) => wanted.pick_standard_font().get_font_data(),
            })
        };
        Self {
            limits: limits.clone(),
            cache: FontCache::new(),
            font_resolver: Arc::new(standard),
            cmap_resolver: Arc::new(load_embedded),
            loaded: RefCell::new(HashMap::new()),
        }
    }

    /// The font of a font dictionary.
    pub(crate) fn load(&self, dict: &Dict<'a>) -> Rc<LoadedFont<'a>> {
        let key = (dict.data().as_ptr().addr(), dict.data().len());
        if let Some(font) = self.loaded.borrow().get(&key) {
            return font.clone();
        }
        let read = || {
            let found = self.cache.font(dict, &self.font_resolver, &self.cmap_resolver);
            let helvetica =
                || self.cache.standard_font(StandardFont::Helvetica, &self.font_resolver);
            found.or_else(helvetica)
        };
        let checked = check_font(dict, &self.limits);
        let font = if checked.is_ok() { read() } else { None };
        let loaded = LoadedFont::new(dict.clone(), font, self.limits.map_characters);
        loaded.excess.set(checked.err());
        let loaded = Rc::new(loaded);
        self.loaded.borrow_mut().insert(key, loaded.clone());
        loaded
    }
}

/// What a character code means and how far it moves the pen.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub text: GlyphText,
    /// In thousandths of the font size.
    pub advance: f32,
}

/// A font with what was looked up in it so far.
pub(crate) struct LoadedFont<'a> {
    font: Option<Font<'a>>,
    dict: Dict<'a>,
    name: String,
    pub style: Style,
    /// In parts of the font size, above the baseline.
    pub ascent: f32,
    /// In parts of the font size, negative: below the baseline.
    pub descent: f32,
    /// What one unit of the size operand means in points, 1 but for Type 3 fonts.
    pub size_scale: f32,
    /// The limit that it, or what one of its codes stands for, is beyond.
    pub excess: Cell<Option<Excess>>,
    characters_max: u64,
    simple: bool,
    /// A bitmap font of TeX, whose codes follow TeX's encoding.
    tex_bitmap: bool,
    /// Glyphs without names of their own, under codes that are characters of Latin 1.
    keeps_codes: bool,
    ligatures: OnceCell<Ligatures>,
    widths: OnceCell<Widths>,
    rescue: OnceCell<Rescue>,
    codes: RefCell<HashMap<u32, Rc<Code>>>,
    low_codes: RefCell<Vec<Option<Rc<Code>>>>,
}

impl<'a> LoadedFont<'a> {
    fn new(dict: Dict<'a>, font: Option<Font<'a>>, characters_max: u64) -> Self {
        let subtype = dict.get::<Name<'_>>(keys::SUBTYPE);
        let composite = subtype.as_deref() == Some(b"Type0");
        let type3 = subtype.as_deref() == Some(b"Type3");
        let descendant = dict
            .get::<Array<'_>>(keys::DESCENDANT_FONTS)
            .and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        let descriptor = descendant
            .as_ref()
            .unwrap_or(&dict)
            .get::<Dict<'_>>(keys::FONT_DESC)
            .unwrap_or_default();
        let name = font_name(&dict, &descriptor);
        let (ascent, descent, size_scale) =
            if type3 { type3_heights(&dict) } else { heights(&descriptor) };
        let tex_bitmap = type3 && is_tex_bitmap(&dict);
        let keeps_codes = type3 && keeps_codes(&dict);
        Self {
            style: style(&name, &descriptor),
            font,
            dict,
            name,
            ascent,
            descent,
            size_scale,
            excess: Cell::new(None),
            characters_max,
            simple: !composite,
            tex_bitmap,
            keeps_codes,
            ligatures: OnceCell::new(),
            widths: OnceCell::new(),
            rescue: OnceCell::new(),
            codes: RefCell::new(HashMap::new()),
            low_codes: RefCell::new(vec![None; 256]),
        }
    }

    /// Reads the next code of a string: the code and the number of its bytes.
    pub(crate) fn read_code(&self, bytes: &[u8], offset: usize) -> (u32, usize) {
        match &self.font {
            Some(font) => {
                let (code, length) = font.read_code(bytes, offset);
                (code, length.max(1))
            }
            None => (u32::from(bytes[offset]), 1),
        }
    }

    pub(crate) fn is_horizontal(&self) -> bool {
        self.font.as_ref().is_none_or(Font::is_horizontal)
    }

    /// What a code means.
    pub(crate) fn code(&self, code: u32, code_bytes: usize) -> Rc<Code> {
        if let Some(Some(known)) = self.low_codes.borrow().get(code as usize) {
            return known.clone();
        }
        if code >= 256
            && let Some(known) = self.codes.borrow().get(&code)
        {
            return known.clone();
        }
        let found = Rc::new(self.look_up(code, code_bytes));
        if let Some(place) = self.low_codes.borrow_mut().get_mut(code as usize) {
            *place = Some(found.clone());
        } else {
            self.codes.borrow_mut().insert(code, found.clone());
        }
        found
    }

    fn look_up(&self, code: u32, code_bytes: usize) -> Code {
        let Some(font) = &self.font else {
            return Code { text: GlyphText::Unknown, advance: 500.0 };
        };
        let advance = font.code_advance(code);
        let advance = if font.is_horizontal() { advance.x } else { advance.y } as f32;
        let advance = if advance.is_finite() { advance } else { 0.0 };
        let mut text = self.cleaned(character(font, code));
        if text == GlyphText::Unknown {
            text = self.rescued(font, code, code_bytes);
        }
        if text == GlyphText::Unknown {
            text = sign(code, &self.name);
        }
        if text == GlyphText::Unknown && shows_nothing(font, code) {
            text = GlyphText::Nothing;
        }
        if let GlyphText::Char(last @ 'A'..='z') = text
            && let Some(letters) = self.ligature(font, code, last, advance)
        {
            text = GlyphText::Many(letters.into());
        }
        Code { text, advance }
    }

    /// All letters of a ligature that is said to be its last.
    fn ligature(&self, font: &Font<'_>, code: u32, last: char, advance: f32) -> Option<String> {
        if self.simple {
            let ligatures = self.ligatures.get_or_init(|| Ligatures::read(&self.dict));
            return ligatures.whole(code, last).map(str::to_owned);
        }
        if !matches!(last, 'f' | 'i' | 'l') || !font.is_horizontal() {
            return None;
        }
        let widths = self.widths.get_or_init(|| {
            let mut widths = Widths::default();
            for code in 0..CODES_MAX {
                if let GlyphText::Char(character) = self.cleaned(character(font, code)) {
                    widths.note(character, font.code_advance(code).x as f32);
                }
            }
            widths
        });
        widths.whole(last, advance)
    }

    fn rescued(&self, font: &Font<'_>, code: u32, code_bytes: usize) -> GlyphText {
        if self.tex_bitmap {
            return numbered(code).map_or(GlyphText::Unknown, |text| clean(text, &self.name));
        }
        if self.keeps_codes {
            return self.cleaned(char::from_u32(code).map(BfString::Char));
        }
        if self.simple {
            return GlyphText::Unknown;
        }
        let rescue = self.rescue.get_or_init(|| Rescue::find(&self.dict, font));
        self.cleaned(rescue.character(font, code, u8::try_from(code_bytes).unwrap_or(4)))
    }

    fn cleaned(&self, raw: Option<BfString>) -> GlyphText {
        match raw {
            None => GlyphText::Unknown,
            Some(BfString::Char(only)) if only.is_ascii_graphic() => GlyphText::Char(only),
            Some(BfString::Char(only)) => clean(only.encode_utf8(&mut [0; 4]), &self.name),
            Some(BfString::String(many)) => {
                let amount = many.chars().count() as u64;
                let (limit, allowed) = (Limit::MapCharacters, self.characters_max);
                if amount > allowed {
                    self.excess.set(Some(Excess { limit, amount, allowed }));
                    return GlyphText::Unknown;
                }
                clean(&many, &self.name)
            }
        }
    }
}

fn character(font: &Font<'_>, code: u32) -> Option<BfString> {
    match font.glyph(font.map_code(code), code) {
        FontGlyph::Outline(glyph) => glyph.as_unicode(),
        FontGlyph::Type3(glyph) => glyph.as_unicode(),
    }
}

/// True for a glyph without an outline.
fn shows_nothing(font: &Font<'_>, code: u32) -> bool {
    match font.glyph(font.map_code(code), code) {
        FontGlyph::Outline(glyph) => glyph.outline().is_empty(),
        FontGlyph::Type3(_) => false,
    }
}

fn font_name(dict: &Dict<'_>, descriptor: &Dict<'_>) -> String {
    let name = dict
        .get::<Name<'_>>(keys::BASE_FONT)
        .or_else(|| descriptor.get::<Name<'_>>(keys::FONT_NAME))
        .or_else(|| dict.get::<Name<'_>>(keys::NAME))
        .map(|name| name.as_str().to_owned())
        .unwrap_or_default();
    match name.split_once('+') {
        Some((prefix, rest)) if prefix.len() == 6 => rest.to_owned(),
        _ => name,
    }
}

fn style(name: &str, descriptor: &Dict<'_>) -> Style {
    const ITALIC: u32 = 1 << 6;
    const FIXED_PITCH: u32 = 1;
    const FORCE_BOLD: u32 = 1 << 18;
    let flags = descriptor.get::<u32>(keys::FLAGS).unwrap_or(0);
    let lower = name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let light = has(&["semilight", "demilight", "extralight", "ultralight"]);
    let named_bold =
        has(&["bold", "black", "heavy", "demi", "cmbx", "cmb10", "sfbx", "sfb1", "cmssbx"])
            || lower.ends_with("-medi")
            || lower.ends_with("-medium") && lower.starts_with("nimbus")
            || lower.ends_with("-bd")
            || lower.contains("-bd")
            || lower.ends_with("-b");
    let weight = descriptor.get::<f32>(keys::FONT_WEIGHT).unwrap_or(0.0);
    let angle = descriptor.get::<f32>(keys::ITALIC_ANGLE).unwrap_or(0.0);
    Style {
        family: family(name),
        color: [0; 3],
        role: TagRole::Unknown,
        bold: !light && (named_bold || weight >= 600.0 || flags & FORCE_BOLD != 0),
        italic: flags & ITALIC != 0
            || angle.abs() >= 5.0
            || has(&["ital", "oblique", "cmti", "cmmi", "sfti", "-it", "slanted"]),
        monospaced: flags & FIXED_PITCH != 0 && !has(&["arial", "times", "helvetica"])
            || has(&["courier", "mono", "cmtt", "consolas", "typewriter", "menlo"]),
    }
}

/// The number of a typeface: its name hashed with FNV-1a, so that every reader of the document has
/// the same.
fn family(name: &str) -> u32 {
    let hashed = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    family_name(name).bytes().fold(0x811C_9DC5, hashed)
}

/// The name without cut and design size: `NewCMSans10-Bold` is of `newcmsans`.
fn family_name(name: &str) -> String {
    let base = name.split(['-', ',']).next().unwrap_or_default();
    let letters: String = base
        .chars()
        .filter(|character| character.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    // Computer Modern names its cuts in the family's place.
    match letters.as_str() {
        "cmr" | "cmb" | "cmbx" | "cmti" | "cmsl" | "cmbxti" | "cmcsc" | "cmmi" | "cmsy"
        | "cmex" | "cmmib" | "cmbsy" | "msbm" | "msam" | "sfrm" | "sfbx" | "sfti" | "sfcc"
        | "sfsl" => "cm".to_owned(),
        "cmss" | "cmssbx" | "cmssi" | "sfss" => "cmss".to_owned(),
        _ => letters,
    }
}

/// Ascent and descent in parts of the font size. Descriptors are often wrong, hence the bounds.
fn heights(descriptor: &Dict<'_>) -> (f32, f32, f32) {
    let ascent = descriptor.get::<f32>(keys::ASCENT).unwrap_or(0.0) / 1000.0;
    let descent = descriptor.get::<f32>(keys::DESCENT).unwrap_or(0.0) / 1000.0;
    let ascent = if (0.4..=1.2).contains(&ascent) { ascent.clamp(0.6, 1.0) } else { 0.75 };
    let descent = -descent.abs();
    let descent =
        if (-0.6..=-0.05).contains(&descent) { descent.clamp(-0.3, -0.15) } else { -0.22 };
    (ascent, descent, 1.0)
}

/// Drivers for TeX's bitmap fonts name every glyph by its code: `a65` is the glyph of code 65.
fn is_tex_bitmap(dict: &Dict<'_>) -> bool {
    numbered_codes(dict, "a").is_some_and(|codes| !codes.is_empty())
}

/// Some converters name glyphs by their codes alone (`65`). The codes are then characters, unless
/// they were given out one after the other.
fn keeps_codes(dict: &Dict<'_>) -> bool {
    numbered_codes(dict, "").is_some_and(|codes| {
        let control = codes.iter().filter(|code| **code < 32).count();
        let (Some(first), Some(last)) = (codes.iter().min(), codes.iter().max()) else {
            return false;
        };
        let dense = last - first < codes.len() as i64;
        *first >= 9 && control <= 2 && !dense && codes.contains(&32)
    })
}

/// The codes of an encoding in which every glyph's name is a prefix and its own code.
fn numbered_codes(dict: &Dict<'_>, prefix: &str) -> Option<Vec<i64>> {
    let named = differences(dict)?.into_iter().filter(|(_, name)| name.as_str() != ".notdef");
    let own_code = |(code, name): (i64, Name<'_>)| {
        let number = name.as_str().strip_prefix(prefix)?.parse::<i64>().ok()?;
        (number == code).then_some(code)
    };
    named.map(own_code).collect()
}

/// Type 3 fonts have units of their own, so their size is judged by the box around all glyphs.
fn type3_heights(dict: &Dict<'_>) -> (f32, f32, f32) {
    let matrix =
        dict.get::<[f64; 6]>(keys::FONT_MATRIX).unwrap_or([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]);
    let vertical = (matrix[2].hypot(matrix[3])) as f32;
    let height =
        dict.get::<PdfRect>(keys::FONT_BBOX).map_or(0.0, |bbox| bbox.height() as f32 * vertical);
    // The box of a text font is a little higher than its size.
    let scale = if height > 0.0 && height.is_finite() { height / 1.1 } else { vertical * 1000.0 };
    (0.75, -0.22, if scale > 0.0 { scale } else { 1.0 })
}
