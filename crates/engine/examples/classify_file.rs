//! Classifies a file by categories and prints the result as JSON.

#![expect(clippy::print_stdout, reason = "it is a command")]

use docket_contract::ParseSpec;
use docket_contract::spec::{Category, ClassifySpec};
use docket_engine::{ParseRequest, classify, read};
use serde_json::Value;

/// Reads the document and classifies it.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(categories)) = (arguments.next(), arguments.next()) else {
        return Err("usage: classify_file DOCUMENT.pdf CATEGORIES.json [PASSWORD]".into());
    };
    let password = arguments.next();
    let parsing = ParseSpec::default();
    let request = ParseRequest {
        password: password.as_deref(),
        ..ParseRequest::new(&parsing, uuid::Uuid::nil())
    };
    let document = read(std::fs::read(file)?, &request, &mut |_| {})?;
    let categories: Vec<Value> = serde_json::from_slice(&std::fs::read(categories)?)?;
    let categories = categories.iter().map(category).collect();
    let result = classify(&document, &ClassifySpec { categories, ..ClassifySpec::default() });
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
