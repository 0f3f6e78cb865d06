//! The one binary: reads the configuration, connects the crates, and is a client of its own API.
#![expect(clippy::print_stderr, reason = "the one room that prints")]

/// Prints a line. If the reader has gone (`| head`), the rest of the output is dropped without an error.
macro_rules! say {
    ($($part:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($part)*);
    }};
}
pub(crate) use say;

mod cli;
mod client;
mod commands;
mod config;
mod exit;
mod limits;
mod logging;
mod private;
mod rooms;
mod traces;

use std::process::ExitCode;

use clap::Parser;
use docket_worker::{RecogniserLimits, Sandbox};

use cli::{Cli, Command, OcrChildArgs};

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Processes that read documents confine themselves before any thread or runtime is started.
    match cli.command {
        Command::EngineChild { memory_bytes, best_effort } => {
            docket_worker::child_main(memory_bytes, sandbox(best_effort))
        }
        Command::OcrChild(OcrChildArgs {
            memory_bytes,
            cpu_s,
            data_dir,
            best_effort,
            program,
            arguments,
        }) => {
            let sandbox = sandbox(best_effort);
            let limits = RecogniserLimits { memory_bytes, cpu_s, data_dir, sandbox };
            docket_worker::recogniser_main(&program, &arguments, &limits)
        }
        command => run(command),
    }
}

fn sandbox(best_effort: bool) -> Sandbox {
    if best_effort { Sandbox::BestEffort } else { Sandbox::Required }
}

fn run(command: Command) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("docket: the runtime could not be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    // TLS has one provider for the whole process; installing it twice is the only way to fail.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match runtime.block_on(commands::run(command)) {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("docket: {error:#}");
            exit::Exit::of_error(&error).into()
        }
    }
}
