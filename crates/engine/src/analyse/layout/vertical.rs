//! Vertical writing that the file sets glyph by glyph: columns of upright characters from right to
//! left, as Japanese and Chinese books have. A vertical font says so itself.

use std::borrow::Cow;

use super::tolerances;
use crate::model::{Direction, Glyph, PageContent, Rect};

/// Fewer characters show no direction.
const GLYPHS_MIN: usize = 6;
/// Pages with more characters are read as they are.
const GLYPHS_MAX: usize = 6000;

/// The glyphs of a page, in which those of vertical columns run down.
pub(super) fn turned(page: &PageContent) -> Cow<'_, [Glyph]> {
    let set: Vec<usize> = (0..page.glyphs.len())
        .filter(|at| {
            let glyph = &page.glyphs[*at];
            glyph.direction == Direction::Right && is_vertical(glyph.character)
        })
        .collect();
    if !(GLYPHS_MIN..=GLYPHS_MAX).contains(&set.len()) || runs_across(page, &set) {
        return Cow::Borrowed(&page.glyphs);
    }
    let below: Vec<Option<usize>> = set.iter().map(|at| neighbour(page, &set, *at, true)).collect();
    let beside = set.iter().filter(|at| neighbour(page, &set, **at, false).is_some());
    if below.iter().flatten().count() <= beside.count() {
        return Cow::Borrowed(&page.glyphs);
    }
    let mut glyphs = page.glyphs.clone();
    for (at, next) in set.iter().zip(&below) {
        let glyph = &mut glyphs[*at];
        // The advance of a glyph reaches to the next one.
        let rect = next.map_or(glyph.rect, |next| {
            let bottom = page.glyphs[next].rect.y0.max(glyph.rect.y0 + 0.5 * glyph.size);
            Rect { y1: bottom, ..glyph.rect }
        });
        glyph.rect = rect;
        glyph.direction = Direction::Down;
        let upright = Direction::Down.upright(&rect, page.width, page.height);
        glyph.baseline = upright.y1 - tolerances::VERTICAL_DESCENT * glyph.size;
    }
    Cow::Owned(glyphs)
}

/// Characters that are upright in vertical writing: ideographs, kana, hangul and their signs.
fn is_vertical(character: char) -> bool {
    matches!(
        character,
        '\u{2E80}'..='\u{30FF}' | '\u{3100}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}'
    )
}

/// As most text does: half of the glyphs stand beside the one before them in the file.
fn runs_across(page: &PageContent, set: &[usize]) -> bool {
    let across = set.windows(2).filter(|pair| {
        let (last, next) = (&page.glyphs[pair[0]], &page.glyphs[pair[1]]);
        let gap = next.rect.x0 - last.rect.x1;
        (last.baseline - next.baseline).abs() < tolerances::BASELINE_SLACK * last.size
            && (-0.5 * last.size..tolerances::FRAGMENT_GAP * last.size).contains(&gap)
    });
    across.count() * 2 > set.len()
}

/// The next glyph below one, or beside it to the right, no further than glyphs of one line are.
fn neighbour(page: &PageContent, set: &[usize], at: usize, below: bool) -> Option<usize> {
    let glyph = &page.glyphs[at];
    let (x, y) = glyph.rect.center();
    let slack = tolerances::VERTICAL_SLACK * glyph.size;
    let near = set.iter().copied().filter_map(|other| {
        let (other_x, other_y) = page.glyphs[other].rect.center();
        let (along, aside) =
            if below { (other_y - y, other_x - x) } else { (other_x - x, other_y - y) };
        let reach = 0.5 * glyph.size..tolerances::VERTICAL_PITCH * glyph.size;
        (aside.abs() < slack && reach.contains(&along)).then_some((along, other))
    });
    near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| other)
}
