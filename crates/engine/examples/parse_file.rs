//! Parses a file and prints its markdown, its JSON (`--json`) or its timing (`--time`).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

use std::process::ExitCode;
use std::time::Instant;

use docket_contract::ParseSpec;
use docket_engine::{ParseRequest, parse};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!(
            "usage: parse_file FILE [--json | --time] [--password WORD] [--media-type TYPE] [--threads N]"
        );
        return ExitCode::from(2);
    };
    let rest: Vec<String> = arguments.collect();
    let given =
        |option: &str| rest.iter().position(|word| word == option).and_then(|at| rest.get(at + 1));
    let threads = given("--threads").and_then(|count| count.parse().ok()).unwrap_or(1);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let spec = ParseSpec::default();
    let request = ParseRequest {
        password: given("--password").map(String::as_str),
        media_type: given("--media-type").map(String::as_str),
        threads,
        ..ParseRequest::new(&spec, uuid::Uuid::nil())
    };
    let start = Instant::now();
    let mut pages = 0;
    let result = match parse(bytes, &request, &mut |progress| pages = progress.pages_selected) {
        Ok(result) => result,
        Err(error) => {
            eprintln!("{path}: {} ({})", error, error.code().as_str());
            return ExitCode::FAILURE;
        }
    };
    let spent = start.elapsed();
    if rest.iter().any(|word| word == "--time") {
        println!("{pages} {:.3}", spent.as_secs_f64() * 1000.0);
    } else if rest.iter().any(|word| word == "--json") {
        match serde_json::to_string(&result) {
            Ok(text) => println!("{text}"),
            Err(error) => eprintln!("{error}"),
        }
    } else {
        let texts = result.chunks.iter().filter_map(|chunk| chunk.embed.as_deref());
        println!("{}", texts.collect::<Vec<_>>().join("\n\n"));
        for warning in &result.warnings {
            eprintln!("{warning:?}");
        }
    }
    ExitCode::SUCCESS
}
