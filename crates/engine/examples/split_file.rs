//! Splits a file by categories and prints the result as JSON; with a folder, writes the parts to it.

#![expect(clippy::print_stdout, reason = "it is a command")]

use std::path::Path;

use docket_contract::ParseSpec;
use docket_contract::spec::{Category, SplitSpec};
use docket_engine::{ParseRequest, pages_as_pdf, read, split};
use serde_json::Value;
use uuid::Uuid;

/// Reads the document and splits it.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(document), Some(categories)) = (arguments.next(), arguments.next()) else {
        return Err("usage: split_file DOCUMENT.pdf CATEGORIES.json [FOLDER]".into());
    };
    let folder = arguments.next();
    let bytes = std::fs::read(document)?;
    let parsing = ParseSpec::default();
    let request = ParseRequest::new(&parsing, Uuid::nil());
    let read = read(bytes.clone(), &request, &mut |_| {})?;
    let categories: Vec<Value> = serde_json::from_slice(&std::fs::read(categories)?)?;
    let categories = categories.iter().map(category).collect();
    let spec = SplitSpec { categories, enable_reordering: false, ..SplitSpec::default() };
    let result = split(&read, &spec, Uuid::nil());
    for part in folder.iter().flat_map(|_| &result.parts) {
        let path = Path::new(folder.as_deref().unwrap_or_default());
        let pdf = pages_as_pdf(bytes.clone(), None, &part.pages)?;
        std::fs::write(path.join(format!("{}.pdf", part.file_id)), pdf)?;
    }
    println!("{}", serde_json::to_string_pretty(&result)?);
    Ok(())
}

/// A category is a name, or an object with a name and perhaps a description.
fn category(value: &Value) -> Category {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match value.get("name") {
        Some(name) => Category {
            name: text(name),
            description: value.get("description").map(text).filter(|text| !text.is_empty()),
        },
        None => Category { name: text(value), description: None },
    }
}
