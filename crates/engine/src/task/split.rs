//! Splitting: sorts the pages of a document into categories, page by page in runs.

mod continuity;
mod decode;
mod numbering;
mod reorder;
mod signs;

use docket_contract::results::SplitPart;
use docket_contract::spec::SplitSpec;
use uuid::Uuid;

use super::classify::{score_pages, shares as category_shares};
use super::pages::pages;
use crate::model::Document;
use signs::PageSigns;

/// Sorts the pages of a document into the given categories. `namespace` names the parts: their ids
/// are version 5 UUIDs of it and their category.
pub(crate) fn split(document: &Document, spec: &SplitSpec, namespace: Uuid) -> Vec<SplitPart> {
    let pages = pages(document);
    let signs: Vec<PageSigns> = pages.iter().map(PageSigns::new).collect();
    let scores = score_pages(&pages, &spec.categories);
    let beginnings = continuity::beginnings(&signs, &scores);
    let shares: Vec<Vec<f64>> = scores.iter().map(|page| category_shares(&page.scores)).collect();
    let mut parts: Vec<SplitPart> = Vec::new();
    for (index, page) in decode::decode(&shares, &beginnings).into_iter().enumerate() {
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
            reorder::reorder(&mut part.pages, &signs);
        }
    }
    parts
}
