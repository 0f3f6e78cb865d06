//! How much the words change at every gap between units, after Hearst's `TextTiling`.

use std::collections::HashMap;

/// Words on either side of a gap that are compared.
const WINDOW_WORDS: usize = 80;

/// For every gap between units, given by their words: 0 where the words on both sides are the same
/// as around, 1 where they change most. Units without words have no say.
pub(super) fn changes(units: &[Vec<String>]) -> Vec<f64> {
    let numbers = numbered(units);
    let similarities: Vec<f64> = (1..numbers.len()).map(|gap| similarity(&numbers, gap)).collect();
    let depths: Vec<f64> = (0..similarities.len()).map(|gap| depth(&similarities, gap)).collect();
    let count = depths.len().max(1) as f64;
    let mean = depths.iter().sum::<f64>() / count;
    let variance = depths.iter().map(|depth| (depth - mean).powi(2)).sum::<f64>() / count;
    let deviation = variance.sqrt().max(1e-9);
    // Hearst cuts at depths above the mean less half a deviation: that is 0.5 here.
    let place = |depth: &f64| 0.5 + ((depth - mean) / deviation + 0.5) / 4.0;
    depths.iter().map(|depth| place(depth).clamp(0.0, 1.0)).collect()
}

fn numbered(units: &[Vec<String>]) -> Vec<Vec<usize>> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut number = |word| {
        let next = numbers.len();
        *numbers.entry(word).or_insert(next)
    };
    units.iter().map(|unit| unit.iter().map(|word| number(word.as_str())).collect()).collect()
}

/// Cosine of the counts of words before and behind a gap.
fn similarity(units: &[Vec<usize>], gap: usize) -> f64 {
    let before = counts(units[..gap].iter().rev().flat_map(|unit| unit.iter().rev()));
    let behind = counts(units[gap..].iter().flatten());
    let length = |counts: &HashMap<usize, f64>| counts.values().map(|n| n * n).sum::<f64>().sqrt();
    let shared: f64 =
        before.iter().filter_map(|(word, count)| behind.get(word).map(|other| count * other)).sum();
    shared / (length(&before) * length(&behind)).max(1e-9)
}

fn counts<'u>(words: impl Iterator<Item = &'u usize>) -> HashMap<usize, f64> {
    let mut counts = HashMap::new();
    for word in words.take(WINDOW_WORDS) {
        *counts.entry(*word).or_insert(0.0) += 1.0;
    }
    counts
}

/// How deep a gap lies below the peaks on both sides.
fn depth(similarities: &[f64], gap: usize) -> f64 {
    let climb = |places: &mut dyn Iterator<Item = &f64>| {
        let mut peak = similarities[gap];
        for similarity in places {
            if *similarity < peak {
                break;
            }
            peak = *similarity;
        }
        peak - similarities[gap]
    };
    climb(&mut similarities[..gap].iter().rev()) + climb(&mut similarities[gap + 1..].iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_change_most_between_two_subjects() {
        let unit = |text: &str| crate::task::classify::words::content_words(text);
        let cats = "cat purr whisker cat paw fur purr cat claw";
        let ships = "ship sail mast ship anchor sea sail ship harbour";
        let units = [unit(cats), unit(cats), unit(cats), unit(ships), unit(ships), unit(ships)];
        let changes = changes(&units);
        assert_eq!(changes.len(), 5);
        let deepest = (0..5).max_by(|a, b| changes[*a].total_cmp(&changes[*b]));
        assert_eq!(deepest, Some(2));
    }
}
