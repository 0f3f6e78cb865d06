//! Puts numbered pages in order.

use super::signs::PageSigns;

/// Sorts runs of pages that all bear one of *1 of n* to *n of n* by these numbers.
pub(super) fn reorder(pages: &mut [usize], sheets: &[PageSigns]) {
    let number = |page: &usize| sheets[*page - 1].number.filter(|number| number.of.is_some());
    let together = |a: &usize, b: &usize| match (number(a), number(b)) {
        (Some(a), Some(b)) => a.of == b.of,
        _ => false,
    };
    for run in pages.chunk_by_mut(together) {
        let mut numbers: Vec<u32> =
            run.iter().filter_map(number).map(|number| number.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.len() == run.len() {
            run.sort_by_key(|page| number(page).map(|number| number.number));
        }
    }
}
