//! Shows strings: codes to placed glyphs.

use kurbo::{Affine, Point};

use super::fonts::LoadedFont;
use super::interpreter::Interpreter;
use super::unicode::GlyphText;
use crate::limits::Excess;
use crate::model::{Direction, Glyph, Rect, Style};

/// Glyphs of one syllable are at most so far apart, in font sizes.
const SYLLABLE_GAP: f32 = 0.05;

/// Where a glyph of a string stands in text space, before the text matrix.
struct Cell {
    x0: f64,
    x1: f64,
    y0: f64,
    y1: f64,
}

impl<'a> Interpreter<'a, '_> {
    /// Shows a string of the current font.
    pub(crate) fn show(&mut self, bytes: &[u8]) {
        let Some(font) = self.state.text.font.clone() else {
            return;
        };
        let mut offset = 0;
        while offset < bytes.len() {
            let (code, length) = font.read_code(bytes, offset);
            offset += length;
            if let Err(excess) = self.show_code(&font, code, length) {
                self.page.leave_out(excess);
                return;
            }
        }
        if let Some(excess) = font.excess.get() {
            self.page.leave_out(excess);
        }
    }

    fn show_code(&mut self, font: &LoadedFont<'a>, code: u32, length: usize) -> Result<(), Excess> {
        let known = font.code(code, length);
        let characters = match &known.text {
            GlyphText::Many(many) => many.chars().count(),
            _ => 1,
        };
        self.budget.take_glyphs(characters)?;
        let text = &self.state.text;
        let advance = f64::from(known.advance) / 1000.0 * text.size;
        let mut spacing = text.character_spacing;
        if code == 32 && length == 1 {
            spacing += text.word_spacing;
        }
        let horizontal = font.is_horizontal();
        let size = text.size * f64::from(font.size_scale);
        let scaling = text.horizontal_scaling;
        let cell = if horizontal {
            Cell {
                x0: 0.0,
                x1: advance * scaling,
                y0: text.rise + f64::from(font.descent) * size,
                y1: text.rise + f64::from(font.ascent) * size,
            }
        } else {
            Cell { x0: -size / 2.0, x1: size / 2.0, y0: advance, y1: 0.0 }
        };
        match &known.text {
            GlyphText::Nothing => self.widen_last(&cell, size),
            GlyphText::Unknown if self.is_replaced() => self.widen_last(&cell, size),
            GlyphText::Unknown => self.page.glyphs_unmapped += 1,
            GlyphText::Char(only) => self.place(&cell, std::iter::once(*only), 1, font, size),
            GlyphText::Many(many) => {
                let count = characters;
                // A ligature of a right-to-left script stands on the page from right to left.
                if many.chars().all(crate::model::is_rtl) {
                    self.place(&cell, many.chars().rev(), count, font, size);
                } else {
                    self.place(&cell, many.chars(), count, font, size);
                }
            }
        }
        if horizontal {
            self.position.advance((advance + spacing) * scaling, 0.0);
        } else {
            self.position.advance(0.0, advance + spacing);
        }
        Ok(())
    }

    /// What is shown stands for the replacement text of a sequence that has glyphs already: a glyph
    /// without a character is a part of it.
    fn is_replaced(&self) -> bool {
        let glyphs = self.page.glyphs.len();
        self.marked.iter().any(|marked| marked.actual_text.is_some() && marked.first_glyph < glyphs)
    }

    /// Of several glyphs that stand for one syllable, fonts map the first to its letters and the others
    /// to nothing: they are part of what was placed before.
    fn widen_last(&mut self, cell: &Cell, size: f64) {
        let matrix = self.state.transform * self.position.matrix;
        let rect = transformed(cell, matrix);
        let slack = SYLLABLE_GAP * size as f32;
        if let Some(last) = self.page.glyphs.last_mut()
            && rect.is_finite()
            && last.character != ' '
            && last.rect.overlap_x(&rect) > -slack
            && last.rect.overlap_y(&rect) > -slack
        {
            last.rect = last.rect.union(&rect);
        }
    }

    /// Places characters side by side into a cell.
    fn place(
        &mut self,
        cell: &Cell,
        characters: impl Iterator<Item = char>,
        count: usize,
        font: &LoadedFont<'_>,
        size: f64,
    ) {
        if self.state.text.mode == 3 {
            self.page.glyphs_invisible += count;
        }
        let matrix = self.state.transform * self.position.matrix;
        let [a, b, c, d, _, _] = matrix.as_coeffs();
        let horizontal = font.is_horizontal();
        let direction =
            if horizontal { Direction::of_vector(a, b) } else { Direction::of_vector(-c, -d) };
        let size = (size * c.hypot(d)).abs() as f32;
        if !(0.05..20_000.0).contains(&size) {
            return;
        }
        let step = (cell.x1 - cell.x0) / count as f64;
        let bold = font.style.bold || self.state.text.mode == 2;
        let style = Style { bold, color: self.state.fill.color, role: self.role, ..font.style };
        let mut shown = true;
        for (index, character) in characters.enumerate() {
            let x0 = cell.x0 + step * index as f64;
            let part = Cell { x0, x1: x0 + step, y0: cell.y0, y1: cell.y1 };
            let rect = transformed(&part, matrix);
            let origin = matrix * Point::new(0.0, self.state.text.rise);
            let glyph = Glyph {
                character,
                rect,
                baseline: self.baseline(direction, horizontal, origin, &rect),
                size,
                direction,
                style,
                confidence: 1.0,
            };
            // Of a ligature without a width, all letters stand at one place.
            if index == 0 || step != 0.0 {
                shown = self.push(glyph);
            } else if shown {
                self.page.glyphs.push(glyph);
            }
        }
    }

    /// The height of the baseline in the frame in which the line is upright.
    fn baseline(&self, direction: Direction, horizontal: bool, origin: Point, rect: &Rect) -> f32 {
        let (width, height) = (self.page.width, self.page.height);
        if !horizontal {
            let upright = direction.upright(rect, width, height);
            return upright.y1;
        }
        let (x, y) = (origin.x as f32, origin.y as f32);
        let spot = Rect { x0: x, y0: y, x1: x, y1: y };
        direction.upright(&spot, width, height).y0
    }

    /// False if it is not seen, or stands where the same was drawn before.
    fn push(&mut self, glyph: Glyph) -> bool {
        let page = Rect { x0: 0.0, y0: 0.0, x1: self.page.width, y1: self.page.height };
        let is_on_page = glyph.rect.is_finite() && page.contains(glyph.rect.center());
        if !is_on_page || !self.state.shows(&glyph.rect) {
            return false;
        }
        if glyph.character != ' ' {
            let at = (glyph.rect.x0, glyph.rect.y1);
            let index = self.page.glyphs.len();
            if let Some(former) = self.duplicates.note(glyph.character, at, glyph.size, index) {
                if let Some(former) = self.page.glyphs.get_mut(former)
                    && (former.rect.x0, former.rect.y1) != at
                {
                    former.style.bold = true;
                }
                return false;
            }
        }
        self.page.glyphs.push(glyph);
        true
    }
}

fn transformed(cell: &Cell, matrix: Affine) -> Rect {
    let corner = |x: f64, y: f64| {
        let point = matrix * Point::new(x, y);
        (point.x as f32, point.y as f32)
    };
    let one = Rect::of_corners(corner(cell.x0, cell.y0), corner(cell.x1, cell.y1));
    let [_, b, c, _, _, _] = matrix.as_coeffs();
    if b == 0.0 && c == 0.0 {
        return one;
    }
    one.union(&Rect::of_corners(corner(cell.x1, cell.y0), corner(cell.x0, cell.y1)))
}
