//! Splitting: sorts the pages of a document into categories, page by page in runs, and writes the
//! pages of a category as a file of their own.

mod continuity;
mod decode;
mod numbering;
mod reorder;
mod sheet;

use docket_contract::ParseResult;
use docket_contract::results::{SplitPart, SplitResult};
use docket_contract::spec::SplitSpec;
use uuid::Uuid;

use crate::task::classify::{score_pages, segments_by_page, shares};
use sheet::Sheet;

/// Sorts the pages of a fully parsed document into the given categories. `namespace` names the
/// parts: their ids are version 5 UUIDs of it and their category.
#[must_use]
pub fn split(document: &ParseResult, spec: &SplitSpec, namespace: Uuid) -> SplitResult {
    let sheets: Vec<Sheet> =
        segments_by_page(document).iter().map(|segments| Sheet::new(segments)).collect();
    let scores = score_pages(document, &spec.categories);
    let beginnings = continuity::beginnings(&sheets, &scores);
    let pages: Vec<Vec<f64>> = scores.iter().map(|page| shares(&page.scores)).collect();
    let mut parts: Vec<SplitPart> = Vec::new();
    for (index, page) in decode::decode(&pages, &beginnings).into_iter().enumerate() {
        let category = &spec.categories[page.category].name;
        let known = parts.iter().position(|part| part.category == *category);
        let part = known.unwrap_or_else(|| {
            parts.push(SplitPart {
                category: category.clone(),
                pages: Vec::new(),
                confidence: 0.0,
                file_id: Uuid::new_v5(&namespace, category.as_bytes()),
            });
            parts.len() - 1
        });
        parts[part].pages.push(index + 1);
        parts[part].confidence += page.confidence;
    }
    for part in &mut parts {
        part.confidence = (part.confidence / part.pages.len() as f64).clamp(0.0, 1.0);
        if spec.enable_reordering {
            reorder::reorder(&mut part.pages, &sheets);
        }
    }
    SplitResult { parts, page_count: document.page_count, warnings: document.warnings.clone() }
}
