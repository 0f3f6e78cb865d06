//! Inline Markdown, as the library gives text, to plain text.

use pulldown_cmark::{Event, Options, Parser};

/// The text without its marks, its line breaks kept. What would be a block of its own, such as a
/// line that begins with a number, stays as it is written.
pub(super) fn plain(markdown: &str) -> String {
    let lines = markdown.lines().map(plain_line);
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The library parts runs of different looks by spaces, also before what closes a sentence or a
/// bracket: those go.
pub(super) fn closed_up(text: &str) -> String {
    let mut closed = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let before_close = character == ' '
            && characters.peek().is_some_and(|next| matches!(next, '.' | ',' | ')' | ']'))
            && !closed.is_empty();
        let after_open = character == ' ' && closed.ends_with(['(', '[']);
        if !before_close && !after_open {
            closed.push(character);
        }
    }
    closed
}

fn plain_line(line: &str) -> String {
    // A word before the line keeps its beginning from being read as the mark of a block.
    const GUARD: &str = "x ";
    let guarded = format!("{GUARD}{line}");
    let mut text = String::new();
    for event in Parser::new_ext(&guarded, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::InlineHtml(part) if part.starts_with("<br") => text.push(' '),
            Event::InlineHtml(part) | Event::Html(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text.strip_prefix(GUARD).or_else(|| text.strip_prefix(GUARD.trim())).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{closed_up, plain};

    #[test]
    fn runs_are_closed_up() {
        assert_eq!(closed_up("Some words . And ( code ) , too"), "Some words. And (code), too");
    }

    #[test]
    fn marks_go_and_text_stays() {
        for (markdown, want) in [
            ("**Bold** and *leaning* `code`", "Bold and leaning code"),
            ("a &amp; b &lt; c", "a & b < c"),
            (r"snake\_case", "snake_case"),
            ("[a link](https://example.org/x)", "a link"),
            ("1. is no list", "1. is no list"),
            ("# 7 is no heading", "# 7 is no heading"),
            ("first\nsecond", "first\nsecond"),
            ("", ""),
        ] {
            assert_eq!(plain(markdown), want, "{markdown}");
        }
    }
}
