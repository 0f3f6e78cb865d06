//! Splitting: sorts the pages of a document into categories, page by page in runs, and writes the
//! pages of a category as a file of their own.

mod copy;
mod objects;
mod pages;

pub use pages::pages_as_pdf;

use docket_contract::ParseResult;
use docket_contract::results::{SplitPart, SplitResult};
use docket_contract::spec::{ClassifySpec, SplitSpec};
use uuid::Uuid;

/// Sorts the pages of a fully parsed document into the given categories. `namespace` names the
/// parts: their ids are version 5 UUIDs of it and their category.
#[must_use]
pub fn split(document: &ParseResult, spec: &SplitSpec, namespace: Uuid) -> SplitResult {
    let classified =
        crate::classify::classify(document, &ClassifySpec { categories: spec.categories.clone() });
    let mut parts: Vec<SplitPart> = Vec::new();
    for page in &classified.pages {
        let category = page.classification.as_ref().unwrap_or(&classified.classification);
        match parts.iter_mut().find(|part| part.category == *category) {
            Some(part) => part.pages.push(page.page),
            None => parts.push(SplitPart {
                category: category.clone(),
                pages: vec![page.page],
                confidence: classified.confidence,
                file_id: Uuid::new_v5(&namespace, category.as_bytes()),
                blob_key: None,
            }),
        }
    }
    SplitResult { parts, page_count: document.page_count, warnings: document.warnings.clone() }
}
