//! Classification: which of the given categories a document and each of its pages belong to, told
//! by words and layout.

mod categories;
mod kinds;
mod looks;
mod page;
pub(crate) mod words;

use docket_contract::results::{CategoryScore, PageClass};
use docket_contract::spec::{Category, ClassifySpec};

use super::pages::{PageText, pages};
use crate::model::Document;
use page::Page;

/// Differences of scores are divided by this before they become shares: one temperature for all
/// lists, fitted so that the shares agree with how often the first category is right.
const TEMPERATURE: f64 = 0.28;
/// How much the first page with text weighs in a document; the later ones weigh 1.
const FIRST_PAGE_WEIGHT: f64 = 4.0;

/// How well each page answers to each category.
pub(crate) struct PageScores {
    /// The page has text.
    pub has_text: bool,
    /// In the order of the categories; 0 is no sign of it.
    pub scores: Vec<f64>,
}

/// What a document and its pages are classified as.
pub(crate) struct Classes {
    /// All categories, best first.
    pub categories: Vec<CategoryScore>,
    /// The best category of each page.
    pub pages: Vec<PageClass>,
}

/// Finds which of the given categories a document belongs to.
pub(crate) fn classify(document: &Document, spec: &ClassifySpec) -> Classes {
    let pages = score_pages(&pages(document), &spec.categories);
    let whole = shares(&whole_document(&pages, spec.categories.len()));
    let mut categories: Vec<CategoryScore> = spec
        .categories
        .iter()
        .zip(&whole)
        .map(|(category, share)| CategoryScore { name: category.name.clone(), score: *share })
        .collect();
    categories.sort_by(|a, b| b.score.total_cmp(&a.score));
    let page_class = |(index, page): (usize, &PageScores)| {
        let best = best(&shares(&page.scores)).filter(|_| page.has_text);
        PageClass {
            page: index + 1,
            classification: best.map(|(category, _)| spec.categories[category].name.clone()),
            confidence: best.map_or(0.0, |(_, share)| share),
        }
    };
    let pages = pages.iter().enumerate().map(page_class).collect();
    Classes { categories, pages }
}

/// The scores of every page, in their order.
pub(crate) fn score_pages(pages: &[PageText<'_>], categories: &[Category]) -> Vec<PageScores> {
    let questions = categories::questions(categories);
    let score = |page: &PageText<'_>| {
        let page = Page::new(page);
        let scores = questions.iter().map(|question| question.score(&page)).collect();
        PageScores { has_text: page.has_text(), scores }
    };
    pages.iter().map(score).collect()
}

/// The mean of the pages with text, or of all if there is no text.
fn whole_document(pages: &[PageScores], categories: usize) -> Vec<f64> {
    let any_text = pages.iter().any(|page| page.has_text);
    let mut sums = vec![0.0; categories];
    let mut weights = 0.0;
    for page in pages.iter().filter(|page| page.has_text || !any_text) {
        let weight = if weights == 0.0 { FIRST_PAGE_WEIGHT } else { 1.0 };
        weights += weight;
        for (sum, score) in sums.iter_mut().zip(&page.scores) {
            *sum += weight * score;
        }
    }
    sums.iter().map(|sum| sum / f64::max(weights, 1.0)).collect()
}

/// Scores to shares that add up to 1.
pub(crate) fn shares(scores: &[f64]) -> Vec<f64> {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> =
        scores.iter().map(|score| ((score - most) / TEMPERATURE).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

/// The first of the greatest, and how great it is.
fn best(shares: &[f64]) -> Option<(usize, f64)> {
    let better = |best: Option<(usize, f64)>, (index, share): (usize, &f64)| match best {
        Some((_, most)) if most >= *share => best,
        _ => Some((index, *share)),
    };
    shares.iter().enumerate().fold(None, better)
}
