//! Glyphs to words, and words to fragments: runs on one baseline as the content stream writes them.

use super::tolerances;
use crate::analyse::tolerances as shared;
use crate::model::{
    Glyph, Line, Rect, Style, Word, compose, is_rtl, line_of_words, script, script_runs,
};

/// A glyph in the upright frame.
#[derive(Clone, Copy)]
struct Letter {
    character: char,
    rect: Rect,
    baseline: f32,
    size: f32,
    style: Style,
    after_space: bool,
    confidence: f32,
}

/// Cuts glyphs, in stream order, into fragments of words.
pub(crate) fn fragments(glyphs: &[&Glyph], upright: impl Fn(&Rect) -> Rect) -> Vec<Line> {
    let mut fragments = Vec::new();
    let mut run: Vec<Letter> = Vec::new();
    let mut spaces = 0;
    let mut after_space = false;
    let mut leftward = false;
    for (order, glyph) in glyphs.iter().enumerate() {
        if glyph.character == ' ' {
            after_space = true;
            continue;
        }
        let letter = Letter {
            character: glyph.character,
            rect: upright(&glyph.rect),
            baseline: glyph.baseline,
            size: glyph.size,
            style: glyph.style,
            after_space,
            confidence: glyph.confidence,
        };
        if let Some(last) = run.last_mut()
            && goes_left(last, &letter)
        {
            last.after_space |= std::mem::take(&mut after_space);
            leftward = true;
            run.push(Letter { after_space: false, ..letter });
            continue;
        }
        if let Some(last) = run.last()
            && (leftward || ends_fragment(last, &letter))
        {
            let start = order - run.len();
            fragments.push(fragment(&mut run, leftward, spaces, start));
            run.clear();
            (spaces, leftward) = (0, false);
        }
        spaces += usize::from(after_space && !run.is_empty());
        after_space = false;
        push_letter(&mut run, letter);
    }
    if !run.is_empty() {
        fragments.push(fragment(&mut run, leftward, spaces, glyphs.len()));
    }
    fragments
}

/// The pen moves to the left, as it does where a right-to-left script is written in reading order.
fn goes_left(last: &Letter, next: &Letter) -> bool {
    let size = last.size.max(next.size);
    let gap = last.rect.x0 - next.rect.x1;
    is_rtl(last.character)
        && (is_rtl(next.character) || !next.character.is_alphanumeric())
        && (next.baseline - last.baseline).abs() < tolerances::LEFTWARD_SHIFT * size
        && gap > -tolerances::LEFTWARD_SHIFT * size
        && gap < tolerances::FRAGMENT_GAP * size
}

fn ends_fragment(last: &Letter, next: &Letter) -> bool {
    let size = last.size.max(next.size);
    let gap = next.rect.x0 - last.rect.x1;
    if (next.baseline - last.baseline).abs() > tolerances::BASELINE_SHIFT * size {
        return true;
    }
    // A big letter next to small ones on about the same baseline is a drop cap or a sum sign.
    let ratio = last.size / next.size;
    if !tolerances::SIZES_OF_FRAGMENT.contains(&ratio)
        && gap > tolerances::DROP_CAP_GAP * last.size.min(next.size)
    {
        return true;
    }
    let forward = if last.after_space || next.after_space {
        tolerances::FRAGMENT_GAP + tolerances::FRAGMENT_GAP_AT_SPACE
    } else {
        tolerances::FRAGMENT_GAP
    };
    gap > forward * size || gap < -tolerances::STEP_BACK * size - accent_allowance(last)
}

/// An accent that was set on a letter leaves the pen behind.
fn accent_allowance(last: &Letter) -> f32 {
    if last.rect.width() > tolerances::ACCENT_LETTER_WIDTH * last.size {
        last.rect.width()
    } else {
        0.0
    }
}

/// Appends a letter; an accent over a letter becomes one character with it.
fn push_letter(run: &mut Vec<Letter>, letter: Letter) {
    if let Some(last) = run.last_mut()
        && !letter.character.is_ascii_alphanumeric() | !last.character.is_ascii_alphanumeric()
    {
        let overlap = last.rect.overlap_x(&letter.rect);
        if overlap > tolerances::ACCENT_OVERLAP * last.rect.width().min(letter.rect.width()) {
            let composed = compose(last.character, letter.character)
                .or_else(|| compose(letter.character, last.character));
            if let Some(composed) = composed {
                let after_space = last.after_space;
                let base = if letter.character.is_alphabetic() { letter } else { *last };
                let rect = last.rect.union(&letter.rect);
                *last = Letter { character: composed, rect, after_space, ..base };
                return;
            }
        }
    }
    run.push(letter);
}

fn fragment(run: &mut [Letter], leftward: bool, spaces: usize, order: usize) -> Line {
    if leftward {
        run.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
    }
    let run = &*run;
    let usual = usual_gap(run);
    let beyond = if spaces * 12 > run.len() {
        tolerances::WORD_GAP_WITH_SPACES
    } else {
        tolerances::WORD_GAP
    };
    let mut words: Vec<Word> = Vec::new();
    let mut start = 0;
    for index in 1..=run.len() {
        let ends = index == run.len() || {
            let (last, next) = (&run[index - 1], &run[index]);
            let gap = next.rect.x0 - last.rect.x1;
            let size = last.size.min(next.size);
            let script = (last.baseline - next.baseline).abs() > tolerances::SCRIPT_SHIFT * size;
            let signs = spaces > 0 && has_signs(last.character) && has_signs(next.character);
            let threshold = match (signs, script) {
                (true, _) => tolerances::WORD_GAP_OF_SIGNS,
                (false, true) => beyond + tolerances::WORD_GAP_AT_SCRIPT,
                (false, false) => beyond,
            };
            next.after_space
                || gap > usual * size + threshold * size
                || index <= 2 && ends_raised_marker(&run[..index], next)
        };
        if ends {
            words.push(word(&run[start..index]));
            start = index;
        }
    }
    line_of_words(words, order)
}

/// Letters of the scripts of India, whose signs stand before, above and behind them.
fn has_signs(character: char) -> bool {
    matches!(character, '\u{900}'..='\u{DFF}')
}

/// A raised number at the start of a fragment is the mark of a note, not part of its first word.
fn ends_raised_marker(start: &[Letter], next: &Letter) -> bool {
    next.character.is_alphabetic()
        && start.iter().all(|letter| {
            let raised = next.baseline - letter.baseline;
            letter.character.is_ascii_digit()
                && (letter.size < shared::SCRIPT_SIZE * next.size
                    && raised > tolerances::SCRIPT_SHIFT * next.size
                    || raised > tolerances::MARK_SHIFT * next.size)
        })
}

/// The gap between letters that most letters of a run have, in font sizes; more than 0 in text that
/// is spaced out.
fn usual_gap(run: &[Letter]) -> f32 {
    let mut gaps: Vec<f32> = run
        .windows(2)
        .filter(|pair| !pair[1].after_space)
        .map(|pair| (pair[1].rect.x0 - pair[0].rect.x1) / pair[0].size.min(pair[1].size))
        .collect();
    if gaps.len() < 4 {
        return 0.0;
    }
    let middle = gaps.len() / 2;
    let (_, median, _) = gaps.select_nth_unstable_by(middle, f32::total_cmp);
    median.clamp(0.0, tolerances::LETTER_SPACING_MAX)
}

/// How many letters at the start and at the end of a word do not have its looks.
fn edges(letters: &[Letter], (bold, italic): (bool, bool)) -> [u8; 2] {
    let differs = |letter: &&Letter| letter.style.bold != bold || letter.style.italic != italic;
    let count = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
    let start = letters.iter().take_while(differs).count();
    [count(start), count(letters.iter().rev().take_while(differs).count())]
}

fn word(letters: &[Letter]) -> Word {
    let first = letters[0];
    let rect = letters.iter().fold(first.rect, |whole, letter| whole.union(&letter.rect));
    let main = letters.iter().max_by(|a, b| a.size.total_cmp(&b.size)).unwrap_or(&first);
    let bold = letters.iter().filter(|letter| letter.style.bold).count() * 2 > letters.len();
    let italic = letters.iter().filter(|letter| letter.style.italic).count() * 2 > letters.len();
    Word {
        text: letters.iter().map(|letter| letter.character).collect(),
        rect,
        baseline: main.baseline,
        size: main.size,
        style: Style { bold, italic, ..main.style },
        edges: edges(letters, (bold, italic)),
        confidence: letters.iter().map(|letter| letter.confidence).fold(1.0, f32::min),
        scripts: script_runs(
            letters
                .iter()
                .map(|letter| script((letter.baseline, letter.size), (main.baseline, main.size))),
        ),
        glued: false,
    }
}
