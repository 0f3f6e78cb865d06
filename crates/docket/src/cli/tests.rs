//! The help texts of all commands.

use clap::CommandFactory;
use docket_testkit::words::unclear_lines;

use super::Cli;

/// The help of a command and of those below it, hidden ones included.
fn helps(command: &mut clap::Command) -> Vec<String> {
    let mut texts = vec![command.render_long_help().to_string()];
    for below in command.get_subcommands_mut() {
        texts.extend(helps(below));
    }
    texts
}

#[test]
fn help_is_in_plain_english() {
    let helps = helps(&mut Cli::command());
    assert!(helps.len() > 20, "not all commands were found");
    for help in helps {
        assert_eq!(unclear_lines(&help), [""; 0], "docs/style.md says what to write instead");
    }
}

#[test]
fn commands_and_flags_are_well_formed() {
    Cli::command().debug_assert();
}
