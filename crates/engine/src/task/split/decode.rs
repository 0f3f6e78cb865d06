//! The likeliest sequence of categories, given the pages one by one and how they go together.
//!
//! A hidden Markov model: a page begins a document of any category, or goes on with the category
//! of the page before it. Viterbi's algorithm finds the best sequence; the forward and backward
//! sums tell how sure every page of it is.

/// A page's place in the best sequence.
pub(super) struct Decoded {
    /// Index of its category.
    pub(super) category: usize,
    /// How likely it has that category, 0 to 1.
    pub(super) confidence: f64,
}

/// What a page's own words weigh where it goes on with a document: titles stand on first pages.
const WEIGHT_OF_CONTINUATION: f64 = 0.7;
/// Every category keeps this much, spread over all, whatever the words say.
const DOUBT: f64 = 0.02;

/// Log probabilities of the model.
struct Model {
    /// Per page and category: what the page costs as the first of a document, and as another.
    first: Vec<Vec<f64>>,
    other: Vec<Vec<f64>>,
}

/// Finds the best sequence. `pages` holds the categories' shares of every page, `beginnings` how
/// likely each page is the first of its document.
pub(super) fn decode(pages: &[Vec<f64>], beginnings: &[f64]) -> Vec<Decoded> {
    let categories = pages.first().map_or(0, Vec::len);
    if categories == 0 {
        return Vec::new();
    }
    let model = Model::new(pages, beginnings, categories as f64);
    let path = model.best_path();
    let forward = model.forward();
    let backward = model.backward();
    path.into_iter()
        .enumerate()
        .map(|(page, category)| {
            let all: Vec<f64> =
                forward[page].iter().zip(&backward[page]).map(|(a, b)| a + b).collect();
            let confidence = (all[category] - log_sum(&all)).exp();
            Decoded { category, confidence }
        })
        .collect()
}

impl Model {
    fn new(pages: &[Vec<f64>], beginnings: &[f64], categories: f64) -> Self {
        let seen =
            |share: &f64| ((1.0 - DOUBT) * share + DOUBT / categories).max(f64::MIN_POSITIVE).ln();
        let (mut first, mut other) = (Vec::new(), Vec::new());
        for (page, beginning) in pages.iter().zip(beginnings) {
            let begin = (beginning / categories).max(1e-12).ln();
            let go_on = (1.0 - beginning).max(1e-12).ln();
            first.push(page.iter().map(|share| begin + seen(share)).collect());
            let weighed = |share: &f64| go_on + WEIGHT_OF_CONTINUATION * seen(share);
            other.push(page.iter().map(weighed).collect());
        }
        Self { first, other }
    }

    fn best_path(&self) -> Vec<usize> {
        let mut best = self.first[0].clone();
        let mut came_from: Vec<Vec<usize>> = Vec::new();
        for page in 1..self.first.len() {
            let top = greatest(&best);
            let mut next = Vec::with_capacity(best.len());
            let mut from = Vec::with_capacity(best.len());
            for category in 0..best.len() {
                let begins = best[top] + self.first[page][category];
                let goes_on = best[category] + self.other[page][category];
                next.push(begins.max(goes_on));
                from.push(if goes_on >= begins { category } else { top });
            }
            best = next;
            came_from.push(from);
        }
        let mut category = greatest(&best);
        let mut path = vec![category];
        for from in came_from.iter().rev() {
            category = from[category];
            path.push(category);
        }
        path.reverse();
        path
    }

    fn forward(&self) -> Vec<Vec<f64>> {
        let mut rows = vec![self.first[0].clone()];
        for page in 1..self.first.len() {
            let before = &rows[page - 1];
            let all = log_sum(before);
            let row = (0..before.len()).map(|category| {
                let begins = all + self.first[page][category];
                log_sum(&[begins, before[category] + self.other[page][category]])
            });
            let row = row.collect();
            rows.push(row);
        }
        rows
    }

    fn backward(&self) -> Vec<Vec<f64>> {
        let pages = self.first.len();
        let mut rows = vec![vec![0.0; self.first[0].len()]; pages];
        for page in (0..pages - 1).rev() {
            let behind = &rows[page + 1];
            let begins: Vec<f64> =
                self.first[page + 1].iter().zip(behind).map(|(a, b)| a + b).collect();
            let begins = log_sum(&begins);
            let row: Vec<f64> = (0..behind.len())
                .map(|category| {
                    log_sum(&[begins, self.other[page + 1][category] + behind[category]])
                })
                .collect();
            rows[page] = row;
        }
        rows
    }
}

/// The first of the greatest.
fn greatest(values: &[f64]) -> usize {
    let better =
        |best: usize, index: usize| if values[index] > values[best] { index } else { best };
    (0..values.len()).fold(0, better)
}

/// The logarithm of the sum of what the values are logarithms of.
fn log_sum(values: &[f64]) -> f64 {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + values.iter().map(|value| (value - most).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(pages: &[[f64; 2]], beginnings: &[f64]) -> Vec<usize> {
        let pages: Vec<Vec<f64>> = pages.iter().map(|page| page.to_vec()).collect();
        decode(&pages, beginnings).into_iter().map(|page| page.category).collect()
    }

    #[test]
    fn a_doubtful_page_goes_with_the_page_that_it_continues() {
        let pages = [[0.9, 0.1], [0.4, 0.6], [0.1, 0.9]];
        assert_eq!(path(&pages, &[1.0, 0.05, 0.9]), [0, 0, 1]);
        assert_eq!(path(&pages, &[1.0, 0.95, 0.1]), [0, 1, 1]);
    }

    #[test]
    fn confidence_is_a_probability() {
        let pages = vec![vec![0.9, 0.1], vec![0.5, 0.5]];
        for page in decode(&pages, &[1.0, 0.5]) {
            assert!((0.5..=1.0).contains(&page.confidence), "{}", page.confidence);
        }
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(decode(&[], &[]).is_empty());
        assert!(decode(&[Vec::new()], &[1.0]).is_empty());
    }
}
