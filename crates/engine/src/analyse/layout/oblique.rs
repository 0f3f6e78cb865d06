//! Text at an angle, such as watermarks and labels of charts: each run of letters is a block of its
//! own, as its lines say nothing about the lines of the page.

use super::tolerances;
use crate::analyse::draft::BlockDraft;
use crate::model::{Direction, Glyph, Line, Rect, Word, line_of_words};

/// Blocks of glyphs at an angle, in the order of the content stream.
pub(super) fn blocks(glyphs: &[&Glyph]) -> Vec<BlockDraft> {
    let mut blocks = Vec::new();
    let mut run: Vec<&Glyph> = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    let mut after_space = false;
    for (order, glyph) in glyphs.iter().enumerate() {
        if glyph.character == ' ' {
            after_space = true;
            continue;
        }
        if let Some(last) = run.last() {
            let step = distance(last, glyph) / glyph.size;
            let far = step
                > tolerances::OBLIQUE_STEP
                    + if after_space { tolerances::OBLIQUE_SPACE } else { 0.0 };
            let ends_run = far || !tolerances::OBLIQUE_SIZES.contains(&(last.size / glyph.size));
            if ends_run || after_space || step > tolerances::OBLIQUE_LETTER {
                words.push(word(&std::mem::take(&mut run)));
            }
            if ends_run {
                blocks.push(block(std::mem::take(&mut words), order));
            }
        }
        run.push(glyph);
        after_space = false;
    }
    if !run.is_empty() {
        words.push(word(&run));
        blocks.push(block(words, glyphs.len()));
    }
    blocks
}

fn distance(last: &Glyph, next: &Glyph) -> f32 {
    let ((x0, y0), (x1, y1)) = (last.rect.center(), next.rect.center());
    (x1 - x0).hypot(y1 - y0)
}

/// A word of letters, which are not none.
fn word(letters: &[&Glyph]) -> Word {
    let rect = letters.iter().fold(Rect::NOTHING, |whole, letter| whole.union(&letter.rect));
    let first = letters[0];
    Word {
        text: letters.iter().map(|letter| letter.character).collect(),
        rect,
        baseline: rect.y1,
        size: first.size,
        style: first.style,
        edges: [0; 2],
        confidence: letters.iter().map(|letter| letter.confidence).fold(1.0, f32::min),
        scripts: Vec::new(),
        glued: false,
    }
}

fn block(words: Vec<Word>, order: usize) -> BlockDraft {
    let line: Line = line_of_words(words, order);
    let column = (line.rect.x0, line.rect.x1);
    BlockDraft::new(vec![line], column, Direction::Oblique)
}
