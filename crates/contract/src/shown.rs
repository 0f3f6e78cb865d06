//! Texts of clients as they are shown to people.

use std::borrow::Cow;

/// The text without characters that change how what stands beside them looks: controls, and those
/// that turn the direction of writing, by which `fdp.exe` reads as `exe.pdf`. Each becomes `U+FFFD`.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.contains(misleads) {
        Cow::Owned(text.replace(misleads, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            // Marks, embeddings, overrides and isolates of direction.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Ends of lines and paragraphs, characters without a width, and invisible tags.
            | '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{2060}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misleads_is_replaced_and_nothing_else() {
        assert_eq!(shown("in\u{202e}fdp.exe"), "in\u{fffd}fdp.exe");
        assert_eq!(shown("a\u{1b}[2J\r\n"), "a\u{fffd}[2J\u{fffd}\u{fffd}");
        for name in ["räk ning.pdf", "דוח.pdf", "نامه\u{200c}ها.pdf", "👩\u{200d}💻.png", ""]
        {
            assert!(matches!(shown(name), Cow::Borrowed(same) if same == name), "{name}");
        }
    }
}
