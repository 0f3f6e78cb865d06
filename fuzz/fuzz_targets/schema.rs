//! The schema of an extraction, and the categories of a classification, over a known document.

#![no_main]

use std::sync::LazyLock;

use docket_contract::ParseSpec;
use docket_contract::spec::{Category, ClassifySpec, ExtractSpec, ModelTier, PageRange, SplitSpec};
use docket_engine::{ParseRequest, ReadDocument, classify, extract, read, split};
use docket_fuzz::watch_panics;
use libfuzzer_sys::fuzz_target;

static DOCUMENT: LazyLock<ReadDocument> = LazyLock::new(|| {
    let bytes = include_bytes!("../../fixtures/quickstart/sample.pdf");
    let spec = ParseSpec::default();
    let request = ParseRequest::new(&spec, uuid::Uuid::nil());
    read(bytes.to_vec(), &request, &mut |_| {}).expect("the sample can be read")
});

fuzz_target!(init: watch_panics(), |text: &str| {
    let _ = PageRange::parse(text);
    let categories: Vec<Category> = text
        .lines()
        .map(|line| Category { name: line.to_owned(), description: Some(line.to_owned()) })
        .collect();
    if !categories.is_empty() && categories.len() < 20 {
        let _ = classify(&DOCUMENT, &ClassifySpec { categories: categories.clone(), ..ClassifySpec::default() });
        let spec = SplitSpec { categories, enable_reordering: true, ..SplitSpec::default() };
        let _ = split(&DOCUMENT, &spec, uuid::Uuid::nil());
    }
    let Ok(schema) = serde_json::from_str(text) else { return };
    let spec = ExtractSpec {
        schema,
        schema_name: None,
        model: ModelTier::Gamma,
        citations: true,
        scored: false,
        warnings: Vec::new(),
    };
    let _ = extract(&DOCUMENT, &spec);
});
