//! Of several totals, prefers the one that two others add up to: the sum to pay is the total of the
//! totals of its parts.

use super::candidate::Candidate;
use super::index::Index;
use crate::task::extract::tolerances::{PART_KEEPS, SUM_GAIN};

/// Values that are added up.
const VALUES_MAX: usize = 40;
/// Less than this is no total.
const SCORE_MIN: f64 = 0.3;

/// Raises the scores of the largest sum, and lowers those of its parts.
pub(super) fn prefer_sum(index: &Index, candidates: &mut [Candidate]) {
    let cents = |candidate: &Candidate| -> Option<i64> {
        let value = candidate.reading.value.as_f64()?;
        let text = index.text(candidate.words.iter().copied());
        let is_money = value > 0.0 && value < 1e12 && text.contains(['.', ',']);
        (is_money && candidate.score >= SCORE_MIN).then(|| (value * 100.0).round() as i64)
    };
    let mut values: Vec<i64> = candidates.iter().filter_map(cents).collect();
    values.sort_unstable();
    values.dedup();
    if values.len() > VALUES_MAX {
        return;
    }
    let parts_of = |sum: i64| {
        let smaller = values.iter().copied().filter(|part| 2 * part < sum);
        smaller.map(|part| (part, sum - part)).find(|(_, rest)| values.contains(rest))
    };
    let Some((sum, parts)) = values.iter().rev().find_map(|sum| Some((*sum, parts_of(*sum)?)))
    else {
        return;
    };
    let factors: Vec<f64> = candidates
        .iter()
        .map(|candidate| match cents(candidate) {
            Some(value) if value == sum => SUM_GAIN,
            Some(value) if value == parts.0 || value == parts.1 => PART_KEEPS,
            _ => 1.0,
        })
        .collect();
    for (candidate, factor) in candidates.iter_mut().zip(factors) {
        candidate.score *= factor;
    }
}
