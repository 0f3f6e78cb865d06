//! Steadies the font sizes of text that was recognised from a picture, where every line has a size of
//! its own; text that was set has few sizes and is left alone.

use super::item::Item;
use super::tolerances;
use crate::model::Line;

/// Fewer lines do not show a habit.
const LINES_MIN: usize = 8;
const COMMON_SIZES: usize = 5;

/// Gives lines that are about as big as most of the page the same size. True if it had to: then
/// distances are noise too.
pub(crate) fn steady(lines: &mut [Line]) -> bool {
    let Some(middle) = middle_of_noise(lines) else {
        return false;
    };
    for line in
        lines.iter_mut().filter(|line| tolerances::NOISY_SIZES.contains(&(line.size / middle)))
    {
        line.size = middle;
        for word in line
            .words
            .iter_mut()
            .filter(|word| tolerances::NOISY_SIZES.contains(&(word.size / middle)))
        {
            word.size = middle;
        }
    }
    true
}

/// Spaces of justified lines come out wide at times: only gaps beyond all doubt part columns.
pub(crate) fn judge_gaps(items: &mut [Item]) {
    let lines = items.iter_mut().filter_map(|item| match item {
        Item::Line(line) => Some(line),
        Item::Table(_) | Item::Panel(_) => None,
    });
    for line in lines.filter(|line| line.tabular) {
        let mut pairs = line.words.windows(2);
        let size = line.size;
        line.tabular =
            pairs.any(|pair| pair[1].rect.x0 - pair[0].rect.x1 > tolerances::GAP_OF_COLUMNS * size);
    }
}

/// The size in the middle of all characters, if their sizes are noise.
fn middle_of_noise(lines: &[Line]) -> Option<f32> {
    if lines.len() < LINES_MIN {
        return None;
    }
    let mut sizes: Vec<(f32, usize)> =
        lines.iter().map(|line| (line.size, line.characters())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: usize = sizes.iter().map(|(_, weight)| weight).sum();
    let mut groups: Vec<usize> = sizes
        .chunk_by(|a, b| b.0 - a.0 <= tolerances::SAME_SIZE * b.0)
        .map(|group| group.iter().map(|(_, weight)| weight).sum())
        .collect();
    groups.sort_unstable_by(|a, b| b.cmp(a));
    let common: usize = groups.iter().take(COMMON_SIZES).sum();
    let varied =
        groups.len() > COMMON_SIZES && (common as f32) < tolerances::COMMON_SHARE * total as f32;
    if !varied && odd_words(lines) < tolerances::ODD_WORDS_SHARE {
        return None;
    }
    let mut before = 0;
    let middle = sizes.iter().find(|(_, weight)| {
        before += weight;
        before * 2 >= total
    });
    middle.map(|(size, _)| *size).filter(|size| *size > 0.0)
}

/// The share of words, marks and numbers aside, that have another size than their line.
fn odd_words(lines: &[Line]) -> f32 {
    let (mut odd, mut all) = (0_usize, 0_usize);
    for line in lines {
        for word in line.words.iter().filter(|word| is_plain(&word.text)) {
            all += 1;
            odd += usize::from((word.size - line.size).abs() > tolerances::SAME_SIZE * line.size);
        }
    }
    odd as f32 / all.max(1) as f32
}

fn is_plain(text: &str) -> bool {
    text.chars().count() >= 3 && text.chars().any(char::is_lowercase)
}
