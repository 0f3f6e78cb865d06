//! Plain text to markdown and html, escaped.

use docket_contract::SegmentType;
use docket_contract::citations::Reference;

use super::html::escape;
use super::inline;
use crate::model::{Marker, Text, marker};

/// A segment's text in its three forms.
#[derive(Default)]
pub(crate) struct Forms {
    pub content: String,
    pub markdown: String,
    pub html: String,
    /// What in it refers to the bibliography.
    pub references: Vec<Reference>,
}

/// Writes a text of a kind. `level` is a heading's, `depth` a list item's.
pub(crate) fn write(kind: SegmentType, level: u8, depth: u8, text: &Text) -> Forms {
    let (markdown, html) = match kind {
        SegmentType::Title | SegmentType::SectionHeader => {
            heading(level.clamp(1, 6), &text.without_whole_bold())
        }
        SegmentType::ListItem => item(depth, text),
        SegmentType::Picture => (String::new(), "<img alt=\"\">".to_owned()),
        SegmentType::PageHeader => block(text, "header"),
        SegmentType::PageFooter => block(text, "footer"),
        SegmentType::Caption => block(text, "figcaption"),
        _ => block(text, "p"),
    };
    Forms { content: text.content.clone(), markdown, html, references: Vec::new() }
}

/// Writes a listing, whose lines and indentation stay.
pub(crate) fn listing(text: &Text) -> Forms {
    let content = text.content.clone();
    let longest = content.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let markdown = format!("{fence}\n{content}\n{fence}");
    let html = format!("<pre><code>{}</code></pre>", escape(&content));
    Forms { content, markdown, html, references: Vec::new() }
}

fn block(text: &Text, name: &str) -> (String, String) {
    (block_safe(inline::markdown(text, 0)), tag(name, &inline::html(text, 0)))
}

fn heading(level: u8, text: &Text) -> (String, String) {
    let hashes = "#".repeat(usize::from(level));
    let markdown = format!("{hashes} {}", inline::markdown(text, 0));
    (markdown, tag(&format!("h{level}"), &inline::html(text, 0)))
}

fn item(depth: u8, text: &Text) -> (String, String) {
    let content = text.content.as_str();
    let first = content.split_once(' ').map_or(content, |(first, _)| first);
    let rest = (first.len() + 1).min(content.len());
    let written_rest = || (inline::markdown(text, rest), inline::html(text, rest));
    let indent = "  ".repeat(usize::from(depth));
    if let Some(ticked) = box_to_tick(first) {
        let (sign, attribute) = if ticked { ("x", " checked") } else { (" ", "") };
        let (markdown, html) = written_rest();
        let html = format!("<li><input type=\"checkbox\" disabled{attribute}> {html}</li>");
        return (format!("{indent}- [{sign}] {markdown}"), html);
    }
    match marker(first) {
        Some(Marker::Bullet) => {
            let (markdown, html) = written_rest();
            (format!("{indent}- {markdown}"), tag("li", &html))
        }
        Some(Marker::Number(number)) if first.ends_with('.') => {
            let (markdown, html) = written_rest();
            let html = format!("<li value=\"{number}\">{html}</li>");
            (format!("{indent}{number}. {markdown}"), html)
        }
        _ => {
            let (markdown, html) = (inline::markdown(text, 0), inline::html(text, 0));
            (format!("{indent}- {markdown}"), tag("li", &html))
        }
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
fn block_safe(safe: String) -> String {
    let hashes = safe.chars().take_while(|c| *c == '#').count();
    let is_heading = (1..=6).contains(&hashes) && safe[hashes..].starts_with(' ');
    let is_other = safe.starts_with('>') || safe.starts_with("```") || safe.starts_with("~~~");
    if is_heading || is_other { format!("\\{safe}") } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: SegmentType, text: &str, markdown: &str, html: &str) {
        let forms = write(kind, 2, 1, &Text::plain(text));
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
