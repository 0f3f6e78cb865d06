//! The commands, one file each.

mod accounts;
mod doctor;
mod jobs;
mod keys;
mod migrate;
mod operations;
mod parse;
mod progress;
mod quickstart;
mod serve;
mod webhooks;
mod work;

use crate::cli::Command;
use crate::exit::Exit;

/// Runs a command to its end.
pub(crate) async fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Serve(options) => serve::run(*options).await,
        Command::Work(options) => work::run(*options).await,
        Command::Migrate(options) => migrate::run(*options).await,
        Command::Doctor(options) => doctor::run(*options).await,
        Command::Quickstart(arguments) => quickstart::run(*arguments).await,
        Command::Keys(command) => keys::run(command).await,
        Command::Accounts(command) => accounts::run(command).await,
        Command::Parse(arguments) => parse::run(*arguments).await,
        Command::Extract(arguments) => operations::extract(*arguments).await,
        Command::Chunk(arguments) => operations::chunk(*arguments).await,
        Command::Classify(arguments) => operations::classify(*arguments).await,
        Command::Split(arguments) => operations::split(*arguments).await,
        Command::Jobs(command) => jobs::run(command).await,
        Command::Webhooks(command) => webhooks::run(command).await,
        Command::EngineChild { .. } | Command::OcrChild(_) => {
            Err(anyhow::anyhow!("an engine child runs without a runtime"))
        }
    }
}
