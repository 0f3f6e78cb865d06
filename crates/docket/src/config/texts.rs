//! Texts made from the table of settings: `docket.example.toml`, and the tables of
//! `docs/operations.md`.

use std::fmt::Write;

use super::groups::GROUPS;
use super::setting::Setting;
use super::value::Kind;

/// Columns of a comment line in the example.
const WIDTH: usize = 100;

const EXAMPLE_HEAD: &str = "\
# Every setting of Docket with its default, made from the tables in crates/docket/src/config/.
#
# Copy this file to docket.toml and remove the '#' from what you change. A flag (--lease-s 20) beats
# the environment (DOCKET_LEASE_S=20), which beats this file. A value after '# ' is an example: the
# default depends on the machine, and the comment describes it. An empty value counts as none.
";

/// `docket.example.toml`.
pub(super) fn example() -> String {
    let mut text = EXAMPLE_HEAD.to_owned();
    for group in GROUPS {
        let heading = group.first().map_or("", |setting| setting.group);
        let _ = write!(text, "\n\n## {heading}\n");
        for setting in group.iter().filter(|setting| !setting.is_hidden) {
            let mut paragraphs = setting.paragraphs().join(" ");
            if !setting.default_words.is_empty() {
                let _ = write!(paragraphs, " Default: {}.", setting.default_words);
            }
            let _ = write!(text, "\n{}{}\n", comment(&paragraphs), line(setting));
        }
    }
    text
}

/// A setting with its default, or, after a space, with an example.
fn line(setting: &Setting) -> String {
    let (mark, value) = match (setting.default, setting.example) {
        ("", "") => ("#", value(setting, "")),
        ("", example) => ("# ", value(setting, example)),
        (default, _) => ("#", value(setting, default)),
    };
    format!("{mark}{} = {value}", setting.name)
}

fn value(setting: &Setting, text: &str) -> String {
    let items = || text.split(',').filter(|item| !item.is_empty()).collect::<Vec<_>>().join(", ");
    match setting.kind {
        Kind::Number(_) | Kind::Switch => text.to_owned(),
        Kind::Numbers | Kind::Texts => format!("[{}]", items()),
        Kind::Text | Kind::Path | Kind::Address | Kind::Url | Kind::LogFilter | Kind::Choice(_) => {
            format!("\"{text}\"")
        }
    }
}

fn comment(text: &str) -> String {
    let mut lines = String::new();
    let mut line = String::from("#");
    for word in text.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH {
            lines.push_str(&line);
            lines.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line + "\n"
}

/// The tables of every setting in Markdown.
pub(super) fn tables() -> String {
    let mut text = String::new();
    for group in GROUPS {
        let heading = group.first().map_or("", |setting| setting.group);
        let _ =
            write!(text, "\n### {heading}\n\n| setting | takes | default | |\n|---|---|---|---|\n");
        for setting in *group {
            let default = setting.default_shown();
            let default = if default.is_empty() { "none" } else { default };
            let mut about = setting.paragraphs().join(" ");
            if !setting.env.eq_ignore_ascii_case(&format!("DOCKET_{}", setting.name)) {
                let _ = write!(about, " Environment variable: `{}`.", setting.env);
            }
            let about = about.replace('|', "\\|").replace('<', "\\<").replace('*', "\\*");
            let allowed = setting.allowed();
            let _ = writeln!(text, "| `{}` | {allowed} | {default} | {about} |", setting.name);
        }
    }
    text
}
