//! Logs go to standard error, as text for people or JSON for machines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{LogFilter, LogFormat};

/// Starts logging.
pub(crate) fn start(filter: &LogFilter, format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&filter.0).map_err(|error| {
        crate::exit::Exit::Usage.error(format!("log filter '{}': {error}", filter.0))
    })?;
    // A closed standard error must not bring down what logs to it.
    let lines = tracing_subscriber::fmt()
        .log_internal_errors(false)
        .with_ansi(has_colours())
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging could not be started: {error}"))
}

/// Colours are for terminals: in a file they are noise that searches stumble over.
fn has_colours() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::stderr().is_terminal() && !refused
}
