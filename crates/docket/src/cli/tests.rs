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

#[test]
fn every_field_of_a_form_has_its_flag() {
    use docket_contract::fields::{
        CHUNKING, CLASSIFY, COMPATIBLE, EXTRACT, Field, SHAPING, SPLIT, SUBMIT, WORKBOOK,
    };
    fn names<S>(table: &[Field<S>]) -> Vec<String> {
        table.iter().flat_map(Field::names).map(|name| name.replace('_', "-")).collect()
    }
    for (command, tables) in [
        ("parse", vec![names(SHAPING), names(COMPATIBLE), names(WORKBOOK), names(SUBMIT)]),
        ("extract", vec![names(EXTRACT), names(SUBMIT)]),
        ("chunk", vec![names(CHUNKING), names(SUBMIT)]),
        ("classify", vec![names(CLASSIFY), names(SUBMIT)]),
        ("split", vec![names(SPLIT), names(SUBMIT)]),
    ] {
        let cli = Cli::command();
        let found = cli.find_subcommand(command).unwrap();
        let flags: Vec<&str> = found
            .get_arguments()
            .flat_map(|arg| {
                arg.get_long_and_visible_aliases()
                    .into_iter()
                    .flatten()
                    .chain(arg.get_all_aliases().into_iter().flatten())
            })
            .collect();
        for name in tables.concat() {
            assert!(flags.contains(&name.as_str()), "docket {command} has no --{name}");
        }
    }
}
