//! How likely a page is the first of its document, judged by it and the page before it.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::signs::PageSigns;
use crate::task::classify::PageScores;

/// Documents in a bundle have a few pages: one page in four is a first one, in log odds.
const PRIOR: f64 = -1.1;

/// For every page, how likely a document begins with it; the first page is certain to. `scores`
/// tells how well each page answers to each category.
pub(super) fn beginnings(sheets: &[PageSigns], scores: &[PageScores]) -> Vec<f64> {
    let mut beginnings = vec![1.0; sheets.len()];
    for (index, (pair, scores)) in sheets.windows(2).zip(scores.windows(2)).enumerate() {
        let odds = PRIOR + evidence(&pair[0], &pair[1]) + declaration(&scores[0], &scores[1]);
        beginnings[index + 1] = 1.0 / (1.0 + (-odds).exp());
    }
    beginnings
}

/// A page that names its kind much more clearly than the page before it has a title.
fn declaration(before: &PageScores, page: &PageScores) -> f64 {
    if !before.has_text || !page.has_text {
        return 0.0;
    }
    let gains = page.scores.iter().zip(&before.scores).map(|(page, before)| page - before);
    0.8 * gains.fold(0.0, f64::max).min(2.0) - 0.4
}

/// Log odds that speak for a beginning; negative ones for a continuation.
fn evidence(before: &PageSigns, page: &PageSigns) -> f64 {
    let mut odds = numbers(before, page) + paper(before, page);
    match (before.has_text, page.has_text) {
        // Scans are added behind text more often than text behind scans.
        (false, true) => return odds + 0.6,
        (_, false) => return odds,
        (true, true) => {}
    }
    let running = likeness(&before.running, &page.running);
    if before.running.len().min(page.running.len()) >= 2 {
        odds += if running >= 0.5 { -2.5 } else { 0.3 - running };
    }
    odds += (4.0 * (0.3 - cosine(&before.words, &page.words))).clamp(-1.5, 1.2);
    odds += if page.titled { 1.0 } else { -0.3 };
    if page.starts_within {
        odds -= 1.0;
        if before.stops_within {
            odds -= 1.5;
        }
    }
    if before.closes && !page.starts_within {
        odds += 0.5;
    }
    if let (Some((_, last)), Some((first, _))) = (before.items, page.items) {
        odds += match first {
            first if first == last + 1 => -1.5,
            1 if last > 1 => 0.5,
            _ => 0.0,
        };
    }
    odds
}

fn numbers(before: &PageSigns, page: &PageSigns) -> f64 {
    let Some(number) = page.number else { return 0.0 };
    let Some(previous) = before.number else {
        return match (number.number, number.of) {
            (1, Some(_)) => 2.0,
            (1, None) => 1.0,
            (2.., _) => -0.8,
            _ => 0.0,
        };
    };
    let both_of = number.of.is_some() && previous.of.is_some();
    let counts_on = number.number == previous.number + 1;
    match (counts_on, both_of) {
        (true, true) if number.of == previous.of => -4.0,
        (_, true) if number.of != previous.of => 3.0,
        (true, _) => -2.5,
        (false, _) if number.number == 1 => 2.5,
        (false, _) => 0.5,
    }
}

/// Sheets of one document mostly have one size; scans of one stack differ by little.
fn paper(before: &PageSigns, page: &PageSigns) -> f64 {
    let known = before.size.0 > 0.0 && page.size.0 > 0.0;
    if !known {
        return 0.0;
    }
    let off = |a: f64, b: f64| (a - b).abs() / a.max(b);
    let upright = off(before.size.0, page.size.0).max(off(before.size.1, page.size.1));
    let turned = off(before.size.0, page.size.1).max(off(before.size.1, page.size.0));
    let without_text = !page.has_text || !before.has_text;
    match upright.min(turned) {
        same if same < 0.002 => -0.6,
        alike if alike < 0.02 => 0.4,
        _ if without_text => 3.5,
        _ => 1.5,
    }
}

/// The share of things in either set that is in both.
fn likeness<T: Eq + Hash>(a: &HashSet<T>, b: &HashSet<T>) -> f64 {
    a.intersection(b).count() as f64 / a.union(b).count().max(1) as f64
}

fn cosine(a: &HashMap<String, f64>, b: &HashMap<String, f64>) -> f64 {
    let length = |counts: &HashMap<String, f64>| counts.values().map(|n| n * n).sum::<f64>().sqrt();
    let shared: f64 =
        a.iter().filter_map(|(word, count)| b.get(word).map(|other| count * other)).sum();
    shared / (length(a) * length(b)).max(1e-9)
}
