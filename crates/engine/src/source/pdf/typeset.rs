//! Sets the text of fields that bring no appearance of it, as a viewer does, so that it stands in its
//! place among the text of the page.

use std::borrow::Cow;

use hayro_syntax::object::Dict;
use kurbo::Affine;

use super::fields::{Filled, filled, note};
use super::interpreter::Interpreter;
use crate::model::{Direction, Field, FieldKind, Glyph, Rect, Style, is_rtl};

/// Fields of a page that are kept.
const FIELDS_MAX: usize = 20_000;
/// Around the fields of a form that has none on its pages, in points.
const MARGIN: f32 = 40.0;
/// The size of text of which the file names none, and beside which no other stands.
const USUAL_SIZE: f32 = 10.0;
/// Text that does not fit is set smaller, down to this size.
const SIZE_MIN: f32 = 4.0;
/// From the edge of a field to its text, in points.
const PADDING: f32 = 2.0;
/// From line to line, in font sizes.
const LEADING: f32 = 1.15;
/// A field belongs to the row of text that ends at most so many points before it.
const TO_ROW_MAX: f32 = 300.0;
/// The text of a field moves onto the baseline of its row by at most so many font sizes.
const TO_BASELINE_MAX: f32 = 0.7;
/// So many signs in a row fill the space in which something is to be written.
const LEADERS_MIN: usize = 4;

impl<'a> Interpreter<'a, '_> {
    /// Notes the field that an annotation shows, and sets its text if neither its appearance, whose
    /// glyphs begin with `first_glyph`, nor the page shows it.
    pub(crate) fn fill_in(&mut self, annotation: &Dict<'a>, first_glyph: usize, transform: Affine) {
        if self.page.fields.len() >= FIELDS_MAX {
            return;
        }
        if let Some(note) = note(annotation, transform)
            && self.has_room_for(&note.text)
        {
            self.page.notes.push(note);
        }
        let budget = &mut self.budget;
        let mut decode =
            |stream: &_| budget.decode_form(stream).ok().flatten().map(Cow::into_owned);
        let Some(mut filled) = filled(annotation, transform, &mut decode) else { return };
        if filled.field.value.is_empty()
            && let Some(value) = self.document.xfa.value(&filled.field.name)
        {
            value.clone_into(&mut filled.field.value);
        }
        if !self.has_room_for(&filled.field.value) {
            return;
        }
        if filled.field.checkbox().is_none() && self.lacks(&filled, first_glyph) {
            self.set(&filled);
        }
        self.page.fields.push(filled.field);
    }

    /// Counts a text that is kept beside the glyphs of the page: many annotations may share one.
    fn has_room_for(&mut self, text: &str) -> bool {
        let taken = self.budget.take_glyphs(text.chars().count());
        if let Err(excess) = taken {
            self.page.leave_out(excess);
        }
        taken.is_ok()
    }

    /// Sets the fields of a form that has none on its pages, below what the page shows: a viewer
    /// that knows such forms lays them out anew.
    pub(crate) fn set_captioned(&mut self) {
        let fields = &self.document.xfa.captioned;
        let bottom = self.page.glyphs.iter().map(|glyph| glyph.rect.y1).fold(MARGIN, f32::max);
        let room = (self.page.height - bottom - MARGIN).max(1.0);
        let step = (room / (fields.len() + 1) as f32).min(LEADING * USUAL_SIZE * 1.5);
        let size = (step / (1.5 * LEADING)).min(USUAL_SIZE);
        for (nth, (caption, value)) in fields.iter().enumerate() {
            let mark = if caption.is_empty() || caption.ends_with([':', '?']) { "" } else { ":" };
            let line = format!("{caption}{mark} {value}");
            let baseline = bottom + (nth + 1) as f32 * step;
            let (x0, x1) = (MARGIN, (self.page.width - MARGIN).max(2.0 * MARGIN));
            let rect = Rect { x0, y0: baseline - size, x1, y1: baseline };
            if self.set_line(line.trim(), baseline, &rect, size, Style::default()).is_none() {
                return;
            }
            let (kind, name) = (FieldKind::Text, String::new());
            let (label, value) = (caption.clone(), value.clone());
            self.page.fields.push(Field { name, label, value, kind, rect });
        }
    }

    /// The text of a field is not shown yet. An appearance that runs the lines of the text together
    /// is taken away.
    fn lacks(&mut self, filled: &Filled, first_glyph: usize) -> bool {
        let field = &filled.field;
        let value = squeezed(field.value.chars());
        if value.is_empty() {
            return false;
        }
        let glyphs = &self.page.glyphs;
        let shown = &glyphs[first_glyph..];
        let text = squeezed(shown.iter().map(|glyph| glyph.character));
        if text.is_empty() {
            let inside = |glyph: &&Glyph| field.rect.contains(glyph.rect.center());
            let before = glyphs[..first_glyph].iter().filter(inside);
            return !squeezed(before.map(|glyph| glyph.character)).contains(&value);
        }
        let lines = field.value.lines().filter(|line| !line.trim().is_empty()).count();
        let run_together = text == value && rows(shown) < lines;
        if run_together {
            self.page.glyphs.truncate(first_glyph);
        }
        run_together
    }

    /// Sets the text of a field.
    fn set(&mut self, filled: &Filled) {
        let rect = filled.field.rect;
        let page = Rect { x0: 0.0, y0: 0.0, x1: self.page.width, y1: self.page.height };
        if rect.width() < 1.0 || rect.height() < 1.0 || !page.contains(rect.center()) {
            return;
        }
        let row = self.row_of(&rect, filled.is_multiline).copied();
        let beside = row.map_or(USUAL_SIZE, |glyph| glyph.size);
        let size = if filled.size > 0.0 { filled.size } else { beside.min(0.8 * rect.height()) };
        let size = size.max(SIZE_MIN);
        let (size, lines) = fitted(&filled.field.value, &rect, size, filled.is_multiline);
        let usual = if filled.is_multiline {
            rect.y0 + PADDING + 0.85 * size
        } else {
            rect.center().1 + 0.35 * size
        };
        let of_row = row.map(|glyph| glyph.baseline);
        let close = |baseline: &f32| (baseline - usual).abs() < TO_BASELINE_MAX * size;
        let first = of_row.filter(close).unwrap_or(usual);
        if filled.field.kind == FieldKind::FreeText || !filled.is_multiline {
            self.remove_leaders(&Rect { y0: first - 0.7 * size, y1: first + 0.3 * size, ..rect });
        }
        let like = row.or(self.page.glyphs.last().copied()).map(|glyph| glyph.style.family);
        let style = Style { family: like.unwrap_or_default(), ..Style::default() };
        for (nth, line) in lines.iter().enumerate() {
            let baseline = first + nth as f32 * LEADING * size;
            if self.set_line(line, baseline, &rect, size, style).is_none() {
                return;
            }
        }
    }

    /// The last glyph before a field in the row in which its first line stands.
    fn row_of(&self, rect: &Rect, is_multiline: bool) -> Option<&Glyph> {
        let lower = if is_multiline { rect.y1.min(rect.y0 + 2.0 * USUAL_SIZE) } else { rect.y1 };
        let before = self.page.glyphs.iter().filter(|glyph| {
            let gap = rect.x0 - glyph.rect.x1;
            glyph.direction == Direction::Right
                && glyph.character != ' '
                && !is_leader(glyph.character)
                && (rect.y0..=lower).contains(&glyph.baseline)
                && glyph.rect.x0 < rect.x0
                && gap < TO_ROW_MAX
        });
        before.max_by(|a, b| a.rect.x1.total_cmp(&b.rect.x1))
    }

    /// Takes away the dots or dashes on which a text is written.
    fn remove_leaders(&mut self, line: &Rect) {
        let glyphs = &mut self.page.glyphs;
        let covered = |glyph: &Glyph| {
            is_leader(glyph.character)
                && line.overlap_x(&glyph.rect) > 0.0
                && line.overlap_y(&glyph.rect) > 0.0
        };
        let mut from = 0;
        while let Some(at) = glyphs[from..].iter().position(covered).map(|at| from + at) {
            let sample = glyphs[at];
            let same = |glyph: &Glyph| {
                glyph.character == sample.character && glyph.baseline == sample.baseline
            };
            let before = glyphs[..at].iter().rev().take_while(|glyph| same(glyph)).count();
            let after = glyphs[at..].iter().take_while(|glyph| same(glyph)).count();
            if before + after >= LEADERS_MIN {
                glyphs.drain(at - before..at + after);
                from = at - before;
            } else {
                from = at + after;
            }
        }
    }

    /// Sets a line within the width of a field; `None` at the end of the budget.
    fn set_line(
        &mut self,
        line: &str,
        baseline: f32,
        rect: &Rect,
        size: f32,
        style: Style,
    ) -> Option<()> {
        let room = (rect.width() - 2.0 * PADDING).max(1.0);
        let narrow = (room / width(line, size).max(1.0)).min(1.0);
        let letters = line.chars().filter(|c| c.is_alphabetic()).count();
        let leftward = 2 * line.chars().filter(|c| is_rtl(*c)).count() > letters;
        let mut x = if leftward { rect.x1 - PADDING } else { rect.x0 + PADDING };
        for character in line.chars() {
            if let Err(excess) = self.budget.take_glyphs(1) {
                self.page.leave_out(excess);
                return None;
            }
            let advance = narrow * letter_width(character) * size;
            let (x0, x1) = if leftward { (x - advance, x) } else { (x, x + advance) };
            x = if leftward { x0 } else { x1 };
            self.page.glyphs.push(Glyph {
                character: if character.is_whitespace() { ' ' } else { character },
                rect: Rect { x0, y0: baseline - 0.75 * size, x1, y1: baseline + 0.22 * size },
                baseline,
                size,
                direction: Direction::Right,
                style,
                confidence: 1.0,
            });
        }
        Some(())
    }
}

/// Characters without those that separate them.
fn squeezed(characters: impl Iterator<Item = char>) -> String {
    characters.filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

/// How many baselines glyphs stand on.
fn rows(glyphs: &[Glyph]) -> usize {
    let mut rows = 0;
    let mut last: Option<f32> = None;
    for glyph in glyphs.iter().filter(|glyph| glyph.character != ' ') {
        if last.is_none_or(|last| (last - glyph.baseline).abs() > 0.3 * glyph.size) {
            rows += 1;
        }
        last = Some(glyph.baseline);
    }
    rows
}

fn is_leader(character: char) -> bool {
    matches!(character, '.' | '_' | '\u{2026}' | '\u{B7}' | '-')
}

/// The lines of a text in a field, and the size in which they fit.
fn fitted(text: &str, rect: &Rect, size: f32, is_multiline: bool) -> (f32, Vec<String>) {
    if !is_multiline {
        return (size, vec![text.split_whitespace().collect::<Vec<_>>().join(" ")]);
    }
    let mut size = size;
    loop {
        let lines = wrapped(text, rect.width() - 2.0 * PADDING, size);
        let height = lines.len() as f32 * LEADING * size;
        if height <= rect.height() || size <= SIZE_MIN {
            return (size, lines);
        }
        size = (0.9 * size).max(SIZE_MIN);
    }
}

/// Lines of at most this width, but for words that are wider.
fn wrapped(text: &str, room: f32, size: f32) -> Vec<String> {
    let mut lines = Vec::new();
    for written in text.lines() {
        let mut line = String::new();
        for word in written.split_whitespace() {
            let fits = width(&line, size) + width(word, size) + 0.3 * size <= room;
            if !line.is_empty() && !fits {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

fn width(text: &str, size: f32) -> f32 {
    text.chars().map(letter_width).sum::<f32>() * size
}

/// The width of a character of Helvetica, in which fields are set, in font sizes.
fn letter_width(character: char) -> f32 {
    /// From the space to the tilde, in hundredths of the font size.
    const WIDTHS: [u8; 95] = [
        28, 28, 36, 56, 56, 89, 67, 19, 33, 33, 39, 58, 28, 33, 28, 28, 56, 56, 56, 56, 56, 56, 56,
        56, 56, 56, 28, 28, 58, 58, 58, 56, 102, 67, 67, 72, 72, 67, 61, 78, 72, 28, 50, 67, 56,
        83, 72, 78, 67, 78, 72, 67, 61, 72, 67, 94, 67, 67, 61, 28, 28, 28, 47, 56, 33, 56, 56, 50,
        56, 56, 28, 56, 56, 22, 22, 50, 22, 83, 56, 56, 56, 56, 33, 50, 28, 56, 50, 72, 50, 50, 50,
        33, 26, 33, 58,
    ];
    let code = u32::from(character);
    let known = code.checked_sub(32).and_then(|at| WIDTHS.get(at as usize));
    match known {
        Some(hundredths) => f32::from(*hundredths) / 100.0,
        // Ideographs and what belongs to them are square.
        None if (0x2E80..0xD7B0).contains(&code) || (0xF900..0xFFE7).contains(&code) => 1.0,
        None => 0.56,
    }
}
