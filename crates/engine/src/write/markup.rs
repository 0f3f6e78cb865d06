//! Plain text to markdown and html, escaped.

use docket_contract::SegmentType;
use docket_contract::citations::Reference;

use crate::model::{Marker, marker};

/// A segment's text in its three forms.
#[derive(Default)]
pub(crate) struct Forms {
    pub content: String,
    pub markdown: String,
    pub html: String,
    /// What in it refers to the bibliography.
    pub references: Vec<Reference>,
}

/// Writes a text of a kind, `escaped` for HTML. `level` is a heading's, `depth` a list item's.
pub(crate) fn write(kind: SegmentType, level: u8, depth: u8, text: &str, escaped: &str) -> Forms {
    let (markdown, html) = match kind {
        SegmentType::Title | SegmentType::SectionHeader => {
            heading(level.clamp(1, 6), text, escaped)
        }
        SegmentType::ListItem => item(depth, text, escaped),
        SegmentType::Picture => (String::new(), "<img alt=\"\">".to_owned()),
        SegmentType::PageHeader => (block_safe(text), tag("header", escaped)),
        SegmentType::PageFooter => (block_safe(text), tag("footer", escaped)),
        SegmentType::Caption => (block_safe(text), tag("figcaption", escaped)),
        _ => (block_safe(text), tag("p", escaped)),
    };
    Forms { content: text.to_owned(), markdown, html, references: Vec::new() }
}

fn heading(level: u8, text: &str, escaped: &str) -> (String, String) {
    let hashes = "#".repeat(usize::from(level));
    (format!("{hashes} {}", tag_safe(text)), tag(&format!("h{level}"), escaped))
}

fn item(depth: u8, text: &str, escaped: &str) -> (String, String) {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let escaped_rest = escaped.split_once(' ').map_or("", |(_, rest)| rest);
    let indent = "  ".repeat(usize::from(depth));
    if let Some(ticked) = box_to_tick(first) {
        let (sign, attribute) = if ticked { ("x", " checked") } else { (" ", "") };
        let html = format!("<li><input type=\"checkbox\" disabled{attribute}> {escaped_rest}</li>");
        return (format!("{indent}- [{sign}] {}", tag_safe(rest)), html);
    }
    match marker(first) {
        Some(Marker::Bullet) => (format!("{indent}- {}", tag_safe(rest)), tag("li", escaped_rest)),
        Some(Marker::Number(number)) if first.ends_with('.') => {
            let html = format!("<li value=\"{number}\">{escaped_rest}</li>");
            (format!("{indent}{number}. {}", tag_safe(rest)), html)
        }
        _ => (format!("{indent}- {}", tag_safe(text)), tag("li", escaped)),
    }
}

/// Whether a sign is a box, and ticked.
fn box_to_tick(sign: &str) -> Option<bool> {
    match sign {
        "\u{2610}" => Some(false),
        "\u{2611}" | "\u{2612}" => Some(true),
        _ => None,
    }
}

/// Puts something at the start of a block of Markdown: of a list item, behind its marker.
pub(crate) fn behind_marker(markdown: &str, addition: &str) -> String {
    let bare = markdown.trim_start_matches(' ');
    let number = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    let marker = match (bare.strip_prefix("- "), number.strip_prefix(". ")) {
        (Some(rest), _) => rest.len(),
        (None, Some(rest)) if number.len() < bare.len() => rest.len(),
        _ => bare.len(),
    };
    let (before, after) = markdown.split_at(markdown.len() - marker);
    format!("{before}{addition}{after}")
}

fn tag(name: &str, escaped: &str) -> String {
    format!("<{name}>{escaped}</{name}>")
}

/// Keeps a paragraph from being read as another kind of block.
fn block_safe(text: &str) -> String {
    let safe = tag_safe(text);
    let hashes = safe.chars().take_while(|c| *c == '#').count();
    let is_heading = (1..=6).contains(&hashes) && safe[hashes..].starts_with(' ');
    let is_other = safe.starts_with('>') || safe.starts_with("```") || safe.starts_with("~~~");
    if is_heading || is_other { format!("\\{safe}") } else { safe }
}

/// Keeps text from being read as a html tag; everything else stays as the document has it.
fn tag_safe(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let opens = characters
            .peek()
            .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'));
        if character == '<' && opens {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::html::escape;

    fn check(kind: SegmentType, text: &str, markdown: &str, html: &str) {
        let forms = write(kind, 2, 1, text, &escape(text));
        assert_eq!((forms.markdown.as_str(), forms.html.as_str()), (markdown, html));
    }

    #[test]
    fn kinds_in_markdown_and_html() {
        check(SegmentType::SectionHeader, "A & B", "## A & B", "<h2>A &amp; B</h2>");
        check(SegmentType::ListItem, "\u{2022} one", "  - one", "<li>one</li>");
        check(SegmentType::ListItem, "3. three", "  3. three", "<li value=\"3\">three</li>");
        check(
            SegmentType::ListItem,
            "\u{2611} done",
            "  - [x] done",
            "<li><input type=\"checkbox\" disabled checked> done</li>",
        );
        check(SegmentType::ListItem, "(a) first", "  - (a) first", "<li>(a) first</li>");
        check(SegmentType::Text, "# no", "\\# no", "<p># no</p>");
        check(SegmentType::Text, "a <b> 1 < 2", "a \\<b> 1 < 2", "<p>a &lt;b&gt; 1 &lt; 2</p>");
    }

    #[test]
    fn additions_stand_behind_markers() {
        for (markdown, want) in [
            ("  - one", "  - X+one"),
            ("12. one", "12. X+one"),
            ("one", "X+one"),
            ("1.5 one", "X+1.5 one"),
        ] {
            assert_eq!(behind_marker(markdown, "X+"), want);
        }
    }
}
