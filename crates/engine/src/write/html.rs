//! Text for HTML.

use crate::model::{Script, Text};

/// Escaped, with raised and lowered characters marked.
pub(super) fn marked(text: &Text) -> String {
    let content = &text.content;
    let mut html = String::with_capacity(content.len() + 16 * text.scripts.len());
    let mut done = 0;
    for (bytes, script) in &text.scripts {
        let tag = if *script == Script::Raised { "sup" } else { "sub" };
        let (before, marked) = (&content[done..bytes.start], &content[bytes.clone()]);
        html += &format!("{}<{tag}>{}</{tag}>", escape(before), escape(marked));
        done = bytes.end;
    }
    html.push_str(&escape(&content[done..]));
    html
}

/// With the signs of HTML escaped.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
