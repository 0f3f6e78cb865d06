//! Boxes to tick (`detect_checkboxes`): form fields, drawn squares and signs become one sign each, a
//! box that is ticked or is not, beside the text that it stands at.

use crate::model::{Checkbox, Direction, Field, Glyph, PageContent, Rect};

const EMPTY: char = '\u{2610}';
const TICKED: char = '\u{2611}';

/// A box stands within this many points of its text.
const TO_TEXT_MAX: f32 = 30.0;
/// Boxes of a page; one with more is a grid to write letters into.
const BOXES_MAX: usize = 500;
/// A page with more squares is a drawing or a grid.
const SQUARES_MAX: usize = 1_000;
/// Pages with more glyphs are not searched.
const GLYPHS_MAX: usize = 100_000;

/// The checkboxes of a page: its form fields, and drawn squares.
pub(crate) fn find_boxes(content: &PageContent) -> Vec<Checkbox> {
    let mut boxes: Vec<Checkbox> = content.fields.iter().filter_map(Field::checkbox).collect();
    let squares = &content.squares;
    if content.glyphs.len() > GLYPHS_MAX || squares.len() > SQUARES_MAX {
        return boxes;
    }
    for square in squares {
        let known = boxes.iter().any(|other| {
            other.rect.contains(square.center()) || square.contains(other.rect.center())
        });
        let in_a_row = squares.iter().any(|other| touches(square, other));
        if !known && !in_a_row && boxes.len() < BOXES_MAX {
            boxes.extend(ticked(content, square).map(|ticked| Checkbox { rect: *square, ticked }));
        }
    }
    boxes
}

/// Puts a sign in the place of every checkbox that was found.
pub(crate) fn note_boxes(content: &mut PageContent) {
    if content.glyphs.len() > GLYPHS_MAX {
        return;
    }
    content.glyphs.iter_mut().for_each(|glyph| glyph.character = sign(glyph.character));
    content.squares.clear();
    for found in content.checkboxes.clone() {
        put_sign(content, &found);
    }
}

/// Puts a sign in the place of every box that was found in the page's picture, but where its text
/// has one already.
pub(crate) fn note_found_boxes(content: &mut PageContent, boxes: &[Checkbox]) {
    if content.glyphs.len() > GLYPHS_MAX {
        return;
    }
    for found in boxes.iter().take(BOXES_MAX) {
        let known = |glyph: &Glyph| {
            matches!(glyph.character, EMPTY | TICKED) && found.rect.contains(glyph.rect.center())
        };
        if !content.glyphs.iter().any(known) {
            put_sign(content, found);
        }
    }
}

/// Signs of other fonts that are boxes.
fn sign(character: char) -> char {
    match character {
        '\u{25A1}' | '\u{25FB}' | '\u{25FD}' | '\u{2751}' | '\u{2752}' | '\u{274F}'
        | '\u{2750}' => EMPTY,
        '\u{2612}' | '\u{1F5F9}' | '\u{1F5F5}' | '\u{1F5F7}' | '\u{1F5F8}' => TICKED,
        other => other,
    }
}

/// Squares side by side are places for letters.
fn touches(square: &Rect, other: &Rect) -> bool {
    let beside = (other.x0 - square.x1).max(square.x0 - other.x1);
    square != other
        && beside.abs() < 1.5
        && square.overlap_y(other) > 0.7 * square.height().min(other.height())
}

/// Whether a square is ticked; `None` if it is no box to tick, as it holds something else.
fn ticked(content: &PageContent, square: &Rect) -> Option<bool> {
    let mut marks = 0;
    for glyph in content.glyphs.iter().filter(|glyph| glyph.character != ' ') {
        if square.contains(glyph.rect.center()) {
            if !is_mark(glyph.character) {
                return None;
            }
            marks += 1;
        }
    }
    if marks > 1 {
        return None;
    }
    let big = |rect: &&Rect| {
        square.contains(rect.center())
            && rect.width().max(rect.height()) > 0.4 * square.width()
            && rect.width().min(rect.height()) < 0.95 * square.width()
    };
    let drawn = content.ticks.iter().any(|tick| big(&tick));
    let filled = content.fills.iter().filter(big).any(|fill| fill.area() < 0.8 * square.area());
    Some(marks > 0 || drawn || filled)
}

/// What boxes are ticked with.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        'x' | 'X'
            | '\u{D7}'
            | '\u{221A}'
            | '\u{25A0}'
            | '\u{25AA}'
            | '\u{25CF}'
            | '\u{2022}'
            | '\u{2713}'..='\u{2718}' | '\u{2611}' | '\u{2B1B}'
    )
}

/// Puts the sign beside the text of its row. A box far from any text is a drawing.
fn put_sign(content: &mut PageContent, found: &Checkbox) {
    let rect = found.rect;
    content.glyphs.retain(|glyph| !(rect.contains(glyph.rect.center()) && glyph.character != ' '));
    let Some((at, is_right)) = beside(&content.glyphs, &rect) else {
        return;
    };
    let text = content.glyphs[at];
    let character = if found.ticked { TICKED } else { EMPTY };
    let sign = Glyph { character, rect, confidence: 1.0, ..text };
    let gap = Glyph { character: ' ', ..sign };
    let (at, pair) = if is_right { (at, [sign, gap]) } else { (at + 1, [gap, sign]) };
    content.glyphs.splice(at..at, pair);
    let around =
        Rect { x0: rect.x0 - 1.0, y0: rect.y0 - 1.0, x1: rect.x1 + 1.0, y1: rect.y1 + 1.0 };
    let is_side = |ruling: &Rect| {
        around.contains((ruling.x0, ruling.y0)) && around.contains((ruling.x1, ruling.y1))
    };
    content.rulings.retain(|ruling| !is_side(ruling));
}

/// The glyph of the row that is nearest, to the right rather than to the left.
fn beside(glyphs: &[Glyph], rect: &Rect) -> Option<(usize, bool)> {
    let middle = rect.center().1;
    let in_row = |glyph: &Glyph| {
        glyph.direction == Direction::Right
            && glyph.character != ' '
            && (glyph.rect.y0..=glyph.rect.y1).contains(&middle)
    };
    let mut best: Option<(usize, bool, f32)> = None;
    for (index, glyph) in glyphs.iter().enumerate().filter(|(_, glyph)| in_row(glyph)) {
        let (right, left) = (glyph.rect.x0 - rect.x1, rect.x0 - glyph.rect.x1);
        let is_right = right >= left;
        let distance = if is_right { right } else { left + 0.5 * TO_TEXT_MAX };
        if (-2.0..=TO_TEXT_MAX).contains(&distance)
            && best.is_none_or(|(.., least)| distance < least)
        {
            best = Some((index, is_right, distance));
        }
    }
    best.map(|(index, is_right, _)| (index, is_right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Style;

    fn glyph(character: char, x: f32) -> Glyph {
        Glyph {
            character,
            rect: Rect { x0: x, y0: 100.0, x1: x + 5.0, y1: 110.0 },
            baseline: 108.0,
            size: 10.0,
            direction: Direction::Right,
            style: Style::default(),
            confidence: 1.0,
        }
    }

    fn square(x: f32) -> Rect {
        Rect { x0: x, y0: 100.0, x1: x + 9.0, y1: 109.0 }
    }

    fn text(glyphs: Vec<Glyph>, squares: Vec<Rect>, ticks: Vec<Rect>) -> String {
        let mut content = PageContent { glyphs, squares, ticks, ..PageContent::default() };
        content.checkboxes = find_boxes(&content);
        note_boxes(&mut content);
        content.glyphs.iter().map(|glyph| glyph.character).collect()
    }

    #[test]
    fn squares_beside_text_become_signs() {
        let row = || vec![glyph('a', 30.0), glyph('b', 36.0)];
        let tick = Rect { x0: 11.0, y0: 101.0, x1: 18.0, y1: 108.0 };
        assert_eq!(text(row(), vec![square(10.0)], vec![]), "\u{2610} ab");
        assert_eq!(text(row(), vec![square(10.0)], vec![tick]), "\u{2611} ab");
        assert_eq!(text(row(), vec![square(45.0)], vec![]), "ab \u{2610}");
        let marked = [vec![glyph('x', 12.0)], row()].concat();
        assert_eq!(text(marked, vec![square(10.0)], vec![]), "\u{2611} ab");
    }

    #[test]
    fn other_squares_stay_what_they_are() {
        let letter = [vec![glyph('Q', 12.0)], vec![glyph('a', 30.0)]].concat();
        assert_eq!(text(letter, vec![square(10.0)], vec![]), "Qa", "it frames a letter");
        let row = vec![glyph('a', 30.0)];
        assert_eq!(text(row.clone(), vec![square(10.0), square(19.0)], vec![]), "a", "a grid");
        assert_eq!(text(row, vec![square(300.0)], vec![]), "a", "far from any text");
    }
}
