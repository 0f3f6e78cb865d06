//! The one binary: reads the configuration, plugs the rooms together, and is its own client.
#![expect(clippy::print_stderr, reason = "the one room that prints")]

/// Prints a line. A reader that has gone (`| head`) is no fault of ours: what is left is dropped.
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
mod rooms;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    // An engine child confines itself before any thread is started, so before any runtime.
    if let Command::EngineChild { memory_bytes } = cli.command {
        return docket_worker::child_main(memory_bytes);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("docket: the runtime could not be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    // TLS has one provider for the whole process; installing it twice is the only way to fail.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match runtime.block_on(commands::run(cli.command)) {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("docket: {error:#}");
            exit::Exit::of_error(&error).into()
        }
    }
}
