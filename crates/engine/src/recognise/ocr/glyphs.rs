//! Recognised words as glyphs: each character gets an equal part of its word's box.

use super::measure::Line;
use crate::model::{Direction, Glyph, Rect, Style};

/// Glyphs of lines on a page of this size, with spaces between words.
pub(super) fn glyphs(lines: &[Line<'_>], page: (f32, f32)) -> Vec<Glyph> {
    let mut glyphs = Vec::new();
    for line in lines {
        for (index, (word, rect)) in line.words.iter().enumerate() {
            let upright = line.direction.upright(rect, page.0, page.1);
            let glyph = |character, rect: Rect| Glyph {
                character,
                rect: back(line.direction, &rect, page),
                baseline: line.baseline,
                size: line.size,
                direction: line.direction,
                style: Style::default(),
                confidence: word.confidence,
            };
            if index > 0 {
                let gap = Rect { x0: upright.x0 - 0.1 * line.size, x1: upright.x0, ..upright };
                glyphs.push(glyph(' ', gap));
            }
            let characters = word.text.chars().filter(|c| !c.is_whitespace());
            let step = upright.width() / characters.clone().count().max(1) as f32;
            for (place, character) in characters.enumerate() {
                let x0 = upright.x0 + step * place as f32;
                glyphs.push(glyph(character, Rect { x0, x1: x0 + step, ..upright }));
            }
        }
    }
    glyphs
}

fn back(direction: Direction, rect: &Rect, page: (f32, f32)) -> Rect {
    direction.back(rect, page.0, page.1)
}
