//! Web pages with headings turned into paragraphs: what is left to do where the library loses its
//! way over a heading, so that the text at least is read.

/// Which headings become paragraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    /// Those inside of lists.
    InLists,
    /// All of them.
    Everywhere,
}

/// Writes `p` in place of `h1` to `h6`. Everything else stays as it is, byte by byte: only tags are
/// told, and comments, scripts and styles passed over.
pub(super) fn plain_headings(page: &[u8], which: Plain) -> Vec<u8> {
    let mut out = Vec::with_capacity(page.len());
    let (mut lists, mut opened) = (0_usize, 0_usize);
    let mut rest = page;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        let (before, tagged) = rest.split_at(at);
        out.extend_from_slice(before);
        let tag = Tag::at(tagged);
        match tag.name.as_str() {
            "ul" | "ol" | "dl" | "menu" | "dir" if tag.closes => lists = lists.saturating_sub(1),
            "ul" | "ol" | "dl" | "menu" | "dir" => lists += 1,
            _ => {}
        }
        let replaced = match (tag.is_heading(), tag.closes) {
            (false, _) => false,
            (true, false) => lists > 0 || which == Plain::Everywhere,
            (true, true) => opened > 0,
        };
        if replaced {
            out.extend_from_slice(if tag.closes { b"</p" } else { b"<p" });
            opened = if tag.closes { opened - 1 } else { opened + 1 };
        } else {
            out.extend_from_slice(&tagged[..tag.bytes]);
        }
        rest = &tagged[tag.bytes..];
    }
    out.extend_from_slice(rest);
    out
}

/// The start of a tag, or what stands in its place.
struct Tag {
    /// In lower case; empty if this is not a tag.
    name: String,
    closes: bool,
    /// Up to the end of the name; of what holds no tags, up to its end.
    bytes: usize,
}

impl Tag {
    /// Reads what begins with the `<` that `text` begins with.
    fn at(text: &[u8]) -> Self {
        if text.starts_with(b"<!--") {
            let bytes = end_of(text, b"-->");
            return Self { name: String::new(), closes: false, bytes };
        }
        let closes = text.get(1) == Some(&b'/');
        let start = 1 + usize::from(closes);
        let length = text[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = &text[start..start + length];
        let name: String = name.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect();
        let raw = !closes && matches!(name.as_str(), "script" | "style" | "textarea" | "title");
        let bytes = if raw { end_of(text, format!("</{name}").as_bytes()) } else { start + length };
        Self { name, closes, bytes }
    }

    fn is_heading(&self) -> bool {
        matches!(self.name.as_bytes(), [b'h', b'1'..=b'6'])
    }
}

/// Behind the first place where `end` stands, in any case; the end of the text if it does not.
fn end_of(text: &[u8], end: &[u8]) -> usize {
    let found = text.windows(end.len()).position(|window| window.eq_ignore_ascii_case(end));
    found.map_or(text.len(), |at| at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, in_lists: &str, everywhere: &str) {
        let told = |which| String::from_utf8(plain_headings(page.as_bytes(), which)).unwrap();
        assert_eq!((told(Plain::InLists).as_str(), told(Plain::Everywhere).as_str()), {
            (in_lists, everywhere)
        });
    }

    #[test]
    fn headings_become_paragraphs() {
        check(
            "<H1 id=a>A</H1><ul><li><h3>B</h3></li></ul>",
            "<H1 id=a>A</H1><ul><li><p>B</p></li></ul>",
            "<p id=a>A</p><ul><li><p>B</p></li></ul>",
        );
    }

    #[test]
    fn what_is_no_heading_stays() {
        for page in [
            "<ul><!-- <h1> --><header>x</header><hr></ul> 1 < 2 <",
            "<ul><script>'<h1>'</SCRIPT><li><!-- <h2>",
            "</ul></h2><html><textarea><ul><h1>",
        ] {
            check(page, page, page);
        }
    }
}
