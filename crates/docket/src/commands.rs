//! The commands, one file each.

mod accounts;
mod backup;
mod doctor;
mod documents;
mod jobs;
mod keys;
mod manual;
mod migrate;
mod parse;
mod quickstart;
mod serve;
mod usage;
mod webhooks;
mod work;

use crate::cli::Command;
use crate::client::Operation;
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
        Command::Extract(arguments) => {
            let fields = arguments.fields.given;
            let operation = Operation { fields, ..Operation::EXTRACT };
            documents::run(&arguments.documents, operation, parse::JSON).await
        }
        Command::Chunk(arguments) => {
            let fields = arguments.fields.given;
            let operation = Operation { fields, ..Operation::CHUNK };
            documents::run(&arguments.documents, operation, parse::JSON).await
        }
        Command::Classify(arguments) => {
            let fields = arguments.fields.given;
            let operation = Operation { fields, ..Operation::CLASSIFY };
            documents::run(&arguments.documents, operation, parse::JSON).await
        }
        Command::Split(arguments) => {
            let fields = arguments.fields.given;
            let operation = Operation { fields, ..Operation::SPLIT };
            documents::run(&arguments.documents, operation, parse::JSON).await
        }
        Command::Jobs(command) => jobs::run(command).await,
        Command::Webhooks(command) => webhooks::run(command).await,
        Command::Usage(server) => usage::run(&server).await,
        Command::Backup(arguments) => backup::backup(*arguments).await,
        Command::Restore(arguments) => backup::restore(*arguments).await,
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { out_dir } => manual::man(out_dir.as_deref()),
        Command::EngineChild { .. } | Command::OcrChild(_) => {
            Err(anyhow::anyhow!("an engine child runs without a runtime"))
        }
    }
}
