//! Whether the text layer of a page can be text at all, by its words: fonts without true character
//! maps, wrong encodings and damaged layers give words that no language has.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::{Glyph, PageContent};
use crate::recognise::models::RecognisedText;

/// Characters from which a layer can be judged.
const CHARACTERS_MIN: usize = 40;
/// Words of so many small letters are judged, ...
const WORD_LETTERS_MIN: usize = 4;
/// ... if they have so many pairs of neighbouring letters, ...
const PAIRS_MIN: usize = 30;
/// ... and this share of strange pairs makes a layer doubtful. Of texts in 26 languages under .01 of the
/// pairs are strange, of names and listings up to .05; with letters moved or exchanged .1 to .5.
const STRANGE_SHARE: f32 = 0.12;
/// The share of signs that are neither letters, digits nor leaders from which a layer is doubtful.
const SIGNS_SHARE: f32 = 0.5;
/// The share of accented capitals and small letters of Latin-1 among letters: no language has so
/// many, texts of other alphabets read as Latin-1 have.
const ACCENTED_SHARE: f32 = 0.5;
/// Recognised words so sure are compared with the layer; from this share of them it is right.
const COMPARED_CONFIDENCE: f32 = 0.6;
const AGREEING_SHARE: f32 = 0.5;
const COMPARED_LETTERS_MIN: usize = 3;

/// The words of the layer are hardly those of any language.
pub(crate) fn is_doubtful(content: &PageContent) -> bool {
    let characters = || content.glyphs.iter().map(|glyph| glyph.character).filter(|c| *c != ' ');
    let count = characters().count();
    if count < CHARACTERS_MIN {
        return false;
    }
    let share = |is: fn(&char) -> bool| characters().filter(is).count() as f32 / count as f32;
    if share(is_odd_sign) > SIGNS_SHARE || share(is_accented) > ACCENTED_SHARE {
        return true;
    }
    let (mut pairs, mut strange) = (0, 0);
    for word in latin_words(&content.glyphs) {
        for pair in word.windows(2) {
            pairs += 1;
            strange += usize::from(USUAL_PAIRS[usize::from(pair[0])] & (1 << pair[1]) == 0);
        }
    }
    pairs >= PAIRS_MIN && strange as f32 >= STRANGE_SHARE * pairs as f32
}

/// Signs but those of leaders, rules and fields of forms.
fn is_odd_sign(character: &char) -> bool {
    character.is_ascii_punctuation()
        && !matches!(character, '.' | '_' | '-' | '=' | '*' | '|' | '+')
}

fn is_accented(character: &char) -> bool {
    matches!(character, '\u{A1}'..='\u{FF}')
}

/// Runs of Latin letters of which all but the first are small, in the order of the layer, each letter
/// as its place in the alphabet. Words of capitals are left out, as they may be abbreviations, and so
/// are words with letters that are none of the alphabet's.
fn latin_words(glyphs: &[Glyph]) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut last: Option<&Glyph> = None;
    for glyph in glyphs {
        let is_letter = glyph.character.is_alphabetic();
        let apart = last.is_some_and(|last| {
            let line = (last.baseline - glyph.baseline).abs() > 0.5 * last.size;
            let gap = glyph.rect.x0 - last.rect.x1 > 0.2 * last.size;
            line || gap || last.direction != glyph.direction
        });
        if !is_letter || apart {
            words.push(std::mem::take(&mut word));
        }
        if is_letter {
            word.push(glyph.character);
        }
        last = Some(glyph);
    }
    words.push(word);
    words.iter().filter_map(|word| in_alphabet(word)).collect()
}

fn in_alphabet(word: &str) -> Option<Vec<u8>> {
    let is_small = word.chars().skip(1).all(char::is_lowercase);
    let letters = word.nfd().filter(|letter| !is_combining_mark(*letter));
    let place = |letter: char| {
        let letter = letter.to_ascii_lowercase();
        letter.is_ascii_lowercase().then(|| letter as u8 - b'a')
    };
    let places: Vec<u8> = letters.map(place).collect::<Option<_>>()?;
    (is_small && places.len() >= WORD_LETTERS_MIN).then_some(places)
}

/// For each letter of the alphabet the letters that follow it in words of a language in Latin letters,
/// one bit each, `a` the lowest: at least 6 of 10,000 pairs of English, German, French, Spanish,
/// Italian, Portuguese, Dutch, Swedish, Danish, Norwegian, Finnish, Polish, Czech, Hungarian,
/// Romanian, Turkish, Indonesian, Catalan, Slovak, Slovene, Croatian, Lithuanian, Latvian, Filipino or
/// Icelandic (the word lists of wordfreq 3.1, without accents).
const USUAL_PAIRS: [u32; 26] = [
    0x37f_ffff, 0x11e_6913, 0x31e_6f95, 0x33e_ef19, 0x3fe_ffff, 0x11e_6b39, 0x11e_efdb, 0x17e_7f1d,
    0x3ff_ffff, 0x014_7519, 0x13e_6f9d, 0x13c_7fff, 0x11c_fb1b, 0x33e_7ffd, 0x37e_ffff, 0x01e_c9b1,
    0x010_0000, 0x37f_ffff, 0x37e_ff95, 0x37e_7fd3, 0x3fe_ffff, 0x316_6b19, 0x116_699d, 0x000_c111,
    0x37e_ffff, 0x37e_fd5f,
];

/// The words that were recognised stand in the layer too.
pub(crate) fn agrees(content: &PageContent, text: &RecognisedText) -> bool {
    let letters = |text: &mut dyn Iterator<Item = char>| -> String {
        text.filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let layer = letters(&mut content.glyphs.iter().map(|glyph| glyph.character));
    let words = text.lines.iter().flat_map(|line| &line.words);
    let sure = words.filter(|word| word.confidence >= COMPARED_CONFIDENCE);
    let compared = sure.map(|word| letters(&mut word.text.chars()));
    let compared = compared.filter(|word| word.chars().count() >= COMPARED_LETTERS_MIN);
    let (mut all, mut found) = (0, 0);
    for word in compared.take(500) {
        all += 1;
        found += usize::from(layer.contains(&word));
    }
    all > 0 && found as f32 >= AGREEING_SHARE * all as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Rect, Style};

    fn page(text: &str) -> PageContent {
        let glyphs = (0_u8..=255).cycle().zip(text.chars()).map(|(place, character)| {
            let x0 = 5.0 * f32::from(place);
            let rect = Rect { x0, y0: 0.0, x1: x0 + 5.0, y1: 10.0 };
            let style = Style::default();
            let direction = Direction::Right;
            Glyph { character, rect, baseline: 8.0, size: 10.0, direction, style, confidence: 1.0 }
        });
        PageContent { glyphs: glyphs.collect(), ..PageContent::default() }
    }

    #[test]
    fn languages_and_listings_are_no_doubtful_layers() {
        for text in [
            "The harbour was dredged again in the spring of that year, and ships of greater draught",
            "Rechtsschutzversicherung und Angstschweiss schrumpften im Herbst, sagt der Pfortner dort",
            "Strzelec zatrzyma\u{142} si\u{119} przed bram\u{105}, wszystkie drzwi by\u{142}y zamkni\u{119}te, krta\u{144} \u{15b}ci\u{15b}ni\u{119}ta",
            "Hirugarren eguna zen eta itsasoa lasai zegoen, arrantzaleek sareak konpontzen zituzten kaian",
            "L'\u{e9}t\u{e9} pass\u{e9}, les \u{e9}l\u{e8}ves rentrent \u{e0} l'\u{e9}cole apr\u{e8}s de longues journ\u{e9}es pr\u{e8}s du lac",
            "let mut words = Vec::new(); for (index, glyph) in glyphs.iter().enumerate() { words.push(glyph); }",
            "1. Introduction ............ 3  2. Methods ................ 9  3. Results ............... 21 ___",
            "ISBN 978-3-16-148410-0 EUR 12.50 XJ-220-KQ 4471 HRB 33812 DE811907980 12.03.2026 09:41 44.50",
        ] {
            assert!(!is_doubtful(&page(text)), "{text}");
        }
    }

    #[test]
    fn wrong_character_maps_are_doubtful() {
        for text in [
            // Each letter three places on.
            "Wkh uhqw lv vla kxqguhg srxqgv iru hdfk prqwk, wr eh sdlg rq wkh iluvw gdb ri wkh prqwk",
            "Wkh ihuub wr wkh lvodqg ohdyhv dw kdoi sdvw vla lq wkh pruqlqj wlfnhwv duh vrog rq erdug",
            // Codes of a font instead of characters.
            "!\"#$ %&'( )*+, #$%& '()\" !!#$ %%&' (()# $%&( )*\"! #$%& '()* \"#$% &'()",
            // Cyrillic read as Latin-1.
            "\u{cf}\u{f0}\u{e8}\u{e2}\u{e5}\u{f2} \u{cc}\u{ee}\u{f1}\u{ea}\u{e2}\u{e0} \u{e4}\u{ee}\u{e3}\u{ee}\u{e2}\u{ee}\u{f0} \u{e0}\u{f0}\u{e5}\u{ed}\u{e4}\u{fb} \u{ec}\u{e0}\u{f1}\u{f2}\u{e5}\u{f0}\u{f1}\u{ea}\u{ee}\u{e9} \u{ef}\u{ee}\u{e4}\u{ef}\u{e8}\u{f1}\u{e0}\u{ed}",
            // Letters at random.
            "xkQv bdtrs nnqpl zzgh wqrtp klmnb vcxz trwq plkj hgfds mnbv qwrt zxcvb plmk jnhb gvtf rdcx",
        ] {
            assert!(is_doubtful(&page(text)), "{text}");
        }
    }
}
