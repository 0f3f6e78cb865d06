//! Vowel signs of Indic scripts that are written before their consonant and read after it: some
//! producers map glyphs to characters one by one, so that the text has them in the order of the eye.

use crate::model::Glyph;

/// The scripts from Devanagari to Malayalam have blocks of this size with the same order.
const BLOCKS: std::ops::Range<u32> = 0x900..0xD80;
const BLOCK: u32 = 0x80;

/// Puts these signs behind their consonants if the page has them before: one at the beginning of a
/// word shows that, as no word begins with a vowel sign. The boxes of glyphs stay where they are.
pub(super) fn order_vowel_signs(glyphs: &mut [Glyph]) {
    let begins = |at: usize| at == 0 || !is_indic(glyphs[at - 1].character);
    let is_visual = (0..glyphs.len()).any(|at| is_sign_before(glyphs[at].character) && begins(at));
    if !is_visual {
        return;
    }
    let mut at = 0;
    while at < glyphs.len() {
        let end =
            if is_sign_before(glyphs[at].character) { syllable(&glyphs[at + 1..]) } else { 0 };
        for place in at..at + end {
            let (one, next) = (glyphs[place].character, glyphs[place + 1].character);
            (glyphs[place].character, glyphs[place + 1].character) = (next, one);
        }
        at += end + 1;
    }
}

/// How many of these glyphs are the consonants of the first syllable, joined by viramas.
fn syllable(glyphs: &[Glyph]) -> usize {
    let is = |at: usize, is: fn(char) -> bool| glyphs.get(at).is_some_and(|one| is(one.character));
    let mut end = 0;
    while is(end, is_consonant) {
        end += 1 + usize::from(is(end + 1, |sign| offset(sign) == Some(0x3C)));
        if !is(end, |sign| offset(sign) == Some(0x4D)) || !is(end + 1, is_consonant) {
            break;
        }
        end += 1;
    }
    end
}

fn is_indic(character: char) -> bool {
    BLOCKS.contains(&u32::from(character))
}

fn offset(character: char) -> Option<u32> {
    is_indic(character).then(|| (u32::from(character) - BLOCKS.start) % BLOCK)
}

fn is_consonant(character: char) -> bool {
    matches!(offset(character), Some(0x15..=0x39 | 0x58..=0x5F))
}

/// A vowel sign that stands before its consonant on the page.
fn is_sign_before(character: char) -> bool {
    matches!(
        character,
        '\u{93F}'
            | '\u{9BF}'
            | '\u{9C7}'
            | '\u{9C8}'
            | '\u{A3F}'
            | '\u{ABF}'
            | '\u{B47}'
            | '\u{BC6}'..='\u{BC8}'
            | '\u{D46}'..='\u{D48}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Rect, Style};

    fn check(text: &str, want: &str) {
        let rect = Rect { x0: 0.0, y0: 0.0, x1: 5.0, y1: 10.0 };
        let (style, direction) = (Style::default(), Direction::Right);
        let glyph = |character| Glyph {
            character,
            rect,
            baseline: 8.0,
            size: 10.0,
            direction,
            style,
            confidence: 1.0,
        };
        let mut glyphs: Vec<Glyph> = text.chars().map(glyph).collect();
        order_vowel_signs(&mut glyphs);
        let got: String = glyphs.iter().map(|glyph| glyph.character).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn signs_in_the_order_of_the_eye_are_put_behind_their_consonants() {
        check(
            "\u{93F}\u{930}\u{92A}\u{94B}\u{930}\u{94D}\u{91F} \u{936}\u{93F}\u{915}\u{94D}\u{924}",
            "\u{930}\u{93F}\u{92A}\u{94B}\u{930}\u{94D}\u{91F} \u{936}\u{915}\u{94D}\u{924}\u{93F}",
        );
        check("\u{9BF}\u{9A6}\u{9A8}", "\u{9A6}\u{9BF}\u{9A8}");
    }

    #[test]
    fn signs_in_reading_order_stay() {
        for text in ["\u{930}\u{93F}\u{92A}\u{94B}\u{930}\u{94D}\u{91F}", "plain", "", "\u{93F}"] {
            check(text, text);
        }
    }
}
