//! The text of pictures that stand beside text: taken if the picture is written rather than drawn.

use super::{Asked, WHOLE_SHARE, measure, on_page};
use crate::model::{PageContent, Rect};
use crate::recognise::models::{PixelBox, RecognisedLine, RecognisedText, RecognisedWord};
use crate::recognise::picture;
use crate::source::pdf::note_found_boxes;

/// A picture with so many words of letters, this share of which stands in lines of so many words, is
/// a page or a part of one, not a drawing with labels.
const PAGE_WORDS_MIN: usize = 12;
const PAGE_LINES_SHARE: f32 = 0.6;
const PAGE_LINE_WORDS_MIN: usize = 4;
/// A picture with fewer words is written if this share of its ink is in words, of which so many have
/// so many letters.
const WRITTEN_INK_SHARE: f32 = 0.8;
const WRITTEN_WORDS_MIN: usize = 3;
const WRITTEN_LETTERS_MIN: usize = 3;
/// Pictures that cover less of their page than this, and drawings, have to be read more surely:
/// screenshots and logos give words that nobody wrote.
const LARGE_SHARE: f32 = 0.35;
const SMALL_CONFIDENCE_MIN: f32 = 0.75;
/// Lines of a picture beside text are less sure than this if they are no text at all.
const PART_CONFIDENCE_MIN: f32 = 0.6;

impl Asked {
    /// Adds to a page of a PDF the text of one of its pictures, if the picture is written rather than
    /// drawn: labels of a drawing stay in their picture. What is no text for sure is left out; false
    /// if that is a page's worth of text.
    pub(crate) fn complete_part(
        &self,
        content: &mut PageContent,
        mut text: RecognisedText,
        sureness: f32,
    ) -> bool {
        let (width, height) = self.prepared.raster.size_points();
        let (left, top) = self.prepared.origin;
        let area = Rect { x0: left, y0: top, x1: left + width, y1: top + height };
        let large = area.area() >= LARGE_SHARE * content.width * content.height;
        let is_page = is_running_text(&text);
        if sureness < if large && is_page { PART_CONFIDENCE_MIN } else { SMALL_CONFIDENCE_MIN } {
            return !is_page;
        }
        text.lines.retain(|line| measure::confidence(line) >= PART_CONFIDENCE_MIN);
        if !is_page && (self.ink_share(&text) < WRITTEN_INK_SHARE || !has_words(&text)) {
            return true;
        }
        let page = self.read(text);
        if is_page {
            let is_part =
                |picture: &Rect| picture.intersection(&area).area() >= WHOLE_SHARE * picture.area();
            content.pictures.retain(|picture| !is_part(picture));
            content.pictures.extend(&page.pictures);
            content.rulings.extend(on_page(&self.lines, &self.prepared));
        }
        page.add_to(content);
        note_found_boxes(content, &self.boxes_on_page());
        true
    }

    /// The share of the picture's ink that stands in the words of its text.
    fn ink_share(&self, text: &RecognisedText) -> f32 {
        let pixels = self.pixels();
        let threshold = picture::otsu(pixels);
        let ink = |shades: &[u8]| shades.iter().filter(|shade| **shade <= threshold).count();
        let words = text.lines.iter().flat_map(|line| &line.words);
        let (mut within, width) = (0, pixels.width() as usize);
        for PixelBox { left, top, right, bottom } in words.map(|word| word.bounds) {
            for y in top as usize..bottom as usize {
                within +=
                    ink(&pixels.as_raw()[y * width + left as usize..y * width + right as usize]);
            }
        }
        within as f32 / ink(pixels.as_raw()).max(1) as f32
    }
}

fn letters(word: &RecognisedWord) -> usize {
    word.text.chars().filter(|character| character.is_alphabetic()).count()
}

fn has_words(text: &RecognisedText) -> bool {
    let words = text.lines.iter().flat_map(|line| &line.words);
    words.filter(|word| letters(word) >= WRITTEN_LETTERS_MIN).count() >= WRITTEN_WORDS_MIN
}

fn is_running_text(text: &RecognisedText) -> bool {
    let is_word = |word: &&RecognisedWord| letters(word) >= 2;
    let words = |line: &RecognisedLine| line.words.iter().filter(is_word).count();
    let all: usize = text.lines.iter().map(words).sum();
    let running: usize = text.lines.iter().map(words).filter(|n| *n >= PAGE_LINE_WORDS_MIN).sum();
    all >= PAGE_WORDS_MIN && running as f32 >= PAGE_LINES_SHARE * all as f32
}
