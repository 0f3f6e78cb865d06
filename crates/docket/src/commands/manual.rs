//! `docket completions` and `docket man`: texts for shells and for `man`, made from the flags.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::Exit;

/// Prints the completion script of a shell.
pub(crate) fn completions(shell: Shell) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "docket", &mut script);
    print(&script)
}

/// Prints the page of `docket`, or writes the pages of all commands to a folder.
pub(crate) fn man(folder: Option<&Path>) -> anyhow::Result<Exit> {
    let command = Cli::command();
    match folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(command, folder))
                .with_context(|| format!("{} cannot be written", folder.display()))?;
            Ok(Exit::Done)
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            print(&page)
        }
    }
}

fn print(bytes: &[u8]) -> anyhow::Result<Exit> {
    crate::say!("{}", String::from_utf8_lossy(bytes).trim_end());
    Ok(Exit::Done)
}
