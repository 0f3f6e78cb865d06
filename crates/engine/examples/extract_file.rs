//! Extracts the values that a schema asks for from a file and prints them as JSON.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

use std::process::ExitCode;

use docket_contract::ParseSpec;
use docket_contract::spec::{ExtractSpec, ModelTier};
use docket_engine::{ParseRequest, extract, read};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, schema] = arguments.as_slice() else {
        eprintln!("usage: extract_file FILE SCHEMA");
        return ExitCode::from(2);
    };
    match run(file, schema) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(file: &str, schema: &str) -> Result<String, Box<dyn std::error::Error>> {
    let bytes = std::fs::read(file)?;
    let schema = serde_json::from_str(&std::fs::read_to_string(schema)?)?;
    let spec = ParseSpec::default();
    let request = ParseRequest::new(&spec, uuid::Uuid::nil());
    let document = read(bytes, &request, &mut |_| {})?;
    let spec = ExtractSpec {
        schema,
        schema_name: None,
        model: ModelTier::Gamma,
        citations: true,
        scored: false,
        warnings: Vec::new(),
    };
    Ok(serde_json::to_string(&extract(&document, &spec))?)
}
